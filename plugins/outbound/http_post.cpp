#include "plugins/outbound/http_post.h"

#include <algorithm>

#include "plugins/outbound/transfer.h"

namespace gatewright::outbound {
namespace {

// What is being read of an answer.
struct Reading {
  std::size_t max;
  bool may_cut;
  std::string body = {};
  bool is_enough = false;  // the status was all that was wanted
  bool is_too_long = false;
  bool is_cut = false;
};

std::size_t TakeBody(char* bytes, std::size_t, std::size_t size, void* self) {
  auto& reading = *static_cast<Reading*>(self);
  reading.is_enough = reading.max == 0;
  const bool is_over = !reading.is_enough && reading.body.size() + size > reading.max;
  if (is_over && reading.may_cut) {
    reading.body.append(bytes, reading.max - reading.body.size());
    reading.is_cut = true;
    return 0;
  }
  reading.is_too_long = is_over;
  if (reading.is_enough || reading.is_too_long) return 0;  // ends the transfer
  reading.body.append(bytes, size);
  return size;
}

// Of http and https, in whatever case it was written.
bool IsPlain(const HttpTarget& target) { return target.url.find(':') == 4; }

// A line of its own would be another header, or the body.
std::string Header(std::string_view name, std::string_view value) {
  const auto breaks = [](char c) { return c == '\r' || c == '\n' || c == '\0'; };
  if (std::ranges::any_of(value, breaks)) {
    throw CallError(GW_INVALID_ARGUMENT,
                    "expected the header " + std::string(name) + " to be one line");
  }
  return std::string(name) + ": " + std::string(value);
}

}  // namespace

std::string ResolveUrl(const std::string& base, const std::string& reference) {
  if (reference.empty()) return {};
  const Owned<CURLU> url(curl_url());
  if (url == nullptr || curl_url_set(url.get(), CURLUPART_URL, base.c_str(), 0) != CURLUE_OK ||
      curl_url_set(url.get(), CURLUPART_URL, reference.c_str(), 0) != CURLUE_OK) {
    return {};
  }
  return PartOf(url.get(), CURLUPART_URL);
}

std::string OriginOf(const std::string& text) {
  const Owned<CURLU> url(curl_url());
  if (url == nullptr || curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK) {
    return {};
  }
  char* port = nullptr;
  if (curl_url_get(url.get(), CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) != CURLUE_OK) return {};
  return PartOf(url.get(), CURLUPART_SCHEME) + "://" + PartOf(url.get(), CURLUPART_HOST) + ":" +
         Owned<char>(port).get();
}

std::string FindUrlProblem(const HttpTarget& target) {
  InitOnce();
  const Owned<CURLU> url(curl_url());
  if (url == nullptr ||
      curl_url_set(url.get(), CURLUPART_URL, target.url.c_str(), 0) != CURLUE_OK ||
      PartOf(url.get(), CURLUPART_HOST).empty()) {
    return "expected a URL such as https://gates.example.com/vote";
  }
  const std::string scheme = PartOf(url.get(), CURLUPART_SCHEME);
  if (scheme != "https" && scheme != "http") return "expected https://, found " + scheme + "://";
  if (!PartOf(url.get(), CURLUPART_USER).empty() ||
      !PartOf(url.get(), CURLUPART_PASSWORD).empty()) {
    return "expected no user and no password in it: whoever reads the workflow would see them";
  }
  if (!PartOf(url.get(), CURLUPART_FRAGMENT).empty()) return "expected no #fragment in it";
  if (scheme == "http" && !target.allows_private) {
    return "expected https://; http:// only goes to private addresses, with " +
           std::string(target.setting) + ": true";
  }
  return {};
}

HttpReply Send(const HttpTarget& target, const HttpRequest& request, const Call& call) {
  const bool has_body = request.method != "GET";
  const std::string method(request.method);
  Owned<curl_slist> headers;
  if (has_body) Append(headers, Header("Content-Type", request.content_type));
  Append(headers, "Accept: application/json");
  Append(headers, "Expect:");
  for (const auto& [name, value] : request.headers) Append(headers, Header(name, value));
  Reading reading{request.max_reply, request.may_cut};
  Transfer transfer(target.url, {target.allows_private, !IsPlain(target), target.setting}, call);
  transfer.Set(CURLOPT_PROTOCOLS_STR, "http,https");
  transfer.Set(CURLOPT_FOLLOWLOCATION, 0L);
  transfer.Set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  transfer.Set(CURLOPT_USERAGENT, "gatewright");
  transfer.Set(CURLOPT_HTTPHEADER, headers.get());
  if (has_body) {
    transfer.Set(CURLOPT_POST, 1L);
    transfer.Set(CURLOPT_CUSTOMREQUEST, method.c_str());
    transfer.Set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    transfer.Set(CURLOPT_POSTFIELDS, request.body.empty() ? "" : request.body.data());
  }
  if (request.limit.count() > 0 && request.limit < call.remaining()) {
    transfer.Set(CURLOPT_TIMEOUT_MS, static_cast<long>(request.limit.count()));
  }
  curl_blob authorities{const_cast<char*>(target.authorities.data()), target.authorities.size(),
                        CURL_BLOB_NOCOPY};
  if (!target.authorities.empty()) transfer.Set(CURLOPT_CAINFO_BLOB, &authorities);
  transfer.Set(CURLOPT_WRITEFUNCTION, &TakeBody);
  transfer.Set(CURLOPT_WRITEDATA, &reading);

  HttpReply reply;
  const bool is_complete = transfer.Perform() == CURLE_OK;
  reply.was_sent = transfer.SentBytes() > 0;
  if (is_complete || reading.is_enough || reading.is_cut) {
    reply.status = transfer.ResponseCode();
    reply.retry_after = transfer.RetryAfter();
    reply.body = std::move(reading.body);
    reply.is_cut = reading.is_cut;
    reply.location = ResolveUrl(target.url, transfer.ResponseHeader("Location"));
  } else if (reading.is_too_long) {
    reply.problem = "its answer is longer than " + std::to_string(request.max_reply) + " bytes";
  } else {
    reply.problem = std::move(transfer.problem);
    reply.is_refused = transfer.is_refused;
  }
  return reply;
}

}  // namespace gatewright::outbound
