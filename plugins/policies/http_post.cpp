#include "plugins/policies/http_post.h"

#include <curl/curl.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <stdexcept>

#include "plugins/policies/address.h"

namespace gatewright::policies {
namespace {

// Part of the deadline is for the answer's way back through the engine.
constexpr long kReserveMs = 100;

struct Free {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  void operator()(char* text) const { curl_free(text); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

void InitOnce() {
  static const CURLcode done = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (done != CURLE_OK) throw std::runtime_error("libcurl cannot be initialised");
}

// What libcurl's callbacks share for one transfer.
struct Transfer {
  const Call& call;
  const HttpTarget& target;
  std::size_t max_reply;
  HttpReply reply;
};

std::string PartOf(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, 0) != CURLUE_OK) return {};
  return Owned<char>(text).get();
}

bool IsPlain(const HttpTarget& target) { return target.url.starts_with("http:"); }

// Why this address may not be called; empty when it may.
std::string FindAddressProblem(const HttpTarget& target, const sockaddr& address) {
  const AddressKind kind = Classify(address);
  const std::string text = AddressText(address);
  if (kind == AddressKind::kForbidden) return "address " + text + " is never called";
  if (kind == AddressKind::kPrivate && !target.allows_private) {
    return "address " + text + " is private, which allowPrivate would allow";
  }
  if (kind == AddressKind::kPublic && IsPlain(target)) {
    return "address " + text + " is public, which needs https://";
  }
  return {};
}

extern "C" curl_socket_t OpenSocket(void* self, curlsocktype, curl_sockaddr* address) {
  auto& transfer = *static_cast<Transfer*>(self);
  transfer.reply.problem = FindAddressProblem(transfer.target, address->addr);
  if (!transfer.reply.problem.empty()) return CURL_SOCKET_BAD;
  return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

extern "C" std::size_t TakeBody(char* bytes, std::size_t, std::size_t size, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  std::string& body = transfer.reply.body;
  if (body.size() + size > transfer.max_reply) {
    transfer.reply.problem =
        "its answer is longer than " + std::to_string(transfer.max_reply) + " bytes";
    return 0;
  }
  body.append(bytes, size);
  return size;
}

extern "C" int LookWhetherCancelled(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<Transfer*>(self)->call.is_cancelled() ? 1 : 0;
}

}  // namespace

std::string FindUrlProblem(const HttpTarget& target) {
  InitOnce();
  const Owned<CURLU> url(curl_url());
  if (url == nullptr ||
      curl_url_set(url.get(), CURLUPART_URL, target.url.c_str(), 0) != CURLUE_OK ||
      PartOf(url.get(), CURLUPART_HOST).empty()) {
    return "expected a URL such as https://policies.example.com/vote";
  }
  const std::string scheme = PartOf(url.get(), CURLUPART_SCHEME);
  if (scheme != "https" && scheme != "http") return "expected https://, found " + scheme + "://";
  if (!PartOf(url.get(), CURLUPART_USER).empty() ||
      !PartOf(url.get(), CURLUPART_PASSWORD).empty()) {
    return "expected no user and no password in it: whoever reads the workflow would see them";
  }
  if (!PartOf(url.get(), CURLUPART_FRAGMENT).empty()) return "expected no #fragment in it";
  if (scheme == "http" && !target.allows_private) {
    return "expected https://; http:// only goes to private addresses, with allowPrivate: true";
  }
  return {};
}

HttpReply PostJson(const HttpTarget& target, std::string_view body, std::size_t max_reply,
                   const Call& call) {
  InitOnce();
  const Owned<CURL> handle(curl_easy_init());
  const Owned<curl_slist> headers(curl_slist_append(
      curl_slist_append(curl_slist_append(nullptr, "Content-Type: application/json"),
                        "Accept: application/json"),
      "Expect:"));
  if (handle == nullptr || headers == nullptr) throw std::bad_alloc();
  Transfer transfer{call, target, max_reply, {}};
  char details[CURL_ERROR_SIZE] = "";
  CURL* const curl = handle.get();
  const auto set = [curl](CURLoption option, auto value) {
    if (curl_easy_setopt(curl, option, value) != CURLE_OK) {
      throw std::runtime_error("libcurl does not know option " + std::to_string(option));
    }
  };
  const auto left = static_cast<long>(call.remaining().count());
  set(CURLOPT_URL, target.url.c_str());
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_PROXY, "");
  set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(CURLOPT_USERAGENT, "gatewright");
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_TIMEOUT_MS, std::max(1L, left - kReserveMs));
  set(CURLOPT_HTTPHEADER, headers.get());
  set(CURLOPT_POST, 1L);
  set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  set(CURLOPT_POSTFIELDS, body.data());
  set(CURLOPT_ERRORBUFFER, static_cast<char*>(details));
  set(CURLOPT_OPENSOCKETFUNCTION, &OpenSocket);
  set(CURLOPT_OPENSOCKETDATA, &transfer);
  set(CURLOPT_WRITEFUNCTION, &TakeBody);
  set(CURLOPT_WRITEDATA, &transfer);
  set(CURLOPT_NOPROGRESS, 0L);
  set(CURLOPT_XFERINFOFUNCTION, &LookWhetherCancelled);
  set(CURLOPT_XFERINFODATA, &transfer);

  const CURLcode code = curl_easy_perform(curl);
  if (call.is_cancelled()) throw Cancelled("cancelled by the engine");
  HttpReply& reply = transfer.reply;
  if (code == CURLE_OK) {
    reply.problem.clear();  // another address of the same name answered
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &reply.status);
  } else if (reply.problem.empty()) {
    reply.problem = *details != '\0' ? details : curl_easy_strerror(code);
  }
  return reply;
}

}  // namespace gatewright::policies
