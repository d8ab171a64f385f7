#include "plugins/outbound/http_post.h"

#include <algorithm>

#include "plugins/outbound/transfer.h"

namespace gatewright::outbound {
namespace {

// What is being read of an answer.
struct Reading {
  std::size_t max;
  std::string body = {};
  bool is_enough = false;  // the status was all that was wanted
  bool is_too_long = false;
};

std::size_t TakeBody(char* bytes, std::size_t, std::size_t size, void* self) {
  auto& reading = *static_cast<Reading*>(self);
  reading.is_enough = reading.max == 0;
  reading.is_too_long = !reading.is_enough && reading.body.size() + size > reading.max;
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

HttpReply Post(const HttpTarget& target, const HttpRequest& request, const Call& call) {
  Owned<curl_slist> headers;
  Append(headers, Header("Content-Type", request.content_type));
  Append(headers, "Accept: application/json");
  Append(headers, "Expect:");
  for (const auto& [name, value] : request.headers) Append(headers, Header(name, value));
  Reading reading{request.max_reply};
  Transfer transfer(target.url, {target.allows_private, !IsPlain(target), target.setting}, call);
  transfer.Set(CURLOPT_PROTOCOLS_STR, "http,https");
  transfer.Set(CURLOPT_FOLLOWLOCATION, 0L);
  transfer.Set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  transfer.Set(CURLOPT_USERAGENT, "gatewright");
  transfer.Set(CURLOPT_HTTPHEADER, headers.get());
  transfer.Set(CURLOPT_POST, 1L);
  transfer.Set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
  transfer.Set(CURLOPT_POSTFIELDS, request.body.data());
  transfer.Set(CURLOPT_WRITEFUNCTION, &TakeBody);
  transfer.Set(CURLOPT_WRITEDATA, &reading);

  HttpReply reply;
  if (transfer.Perform() == CURLE_OK || reading.is_enough) {
    reply.status = transfer.ResponseCode();
    reply.retry_after = transfer.RetryAfter();
    reply.body = std::move(reading.body);
  } else if (reading.is_too_long) {
    reply.problem = "its answer is longer than " + std::to_string(request.max_reply) + " bytes";
  } else {
    reply.problem = std::move(transfer.problem);
    reply.is_refused = transfer.is_refused;
  }
  return reply;
}

}  // namespace gatewright::outbound
