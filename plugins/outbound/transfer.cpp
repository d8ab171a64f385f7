#include "plugins/outbound/transfer.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <new>

#include "plugins/outbound/address.h"

namespace gatewright::outbound {
namespace {

// Part of the deadline is for the answer's way back through the engine.
constexpr long kReserveMs = 100;

// Why this address may not be called; empty when it may.
std::string FindAddressProblem(const Reach& reach, const sockaddr& address) {
  const AddressKind kind = Classify(address);
  const std::string text = AddressText(address);
  if (kind == AddressKind::kForbidden) return "address " + text + " is never called";
  if (kind == AddressKind::kPrivate && !reach.allows_private) {
    return "address " + text + " is private, which " + std::string(reach.setting) + " would allow";
  }
  if (kind == AddressKind::kPublic && !reach.allows_public) {
    return "address " + text + " is public, which needs https://";
  }
  return {};
}

}  // namespace

void InitOnce() {
  static const CURLcode done = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (done != CURLE_OK) throw std::runtime_error("libcurl cannot be initialised");
}

std::string PartOf(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, 0) != CURLUE_OK) return {};
  return Owned<char>(text).get();
}

void Append(Owned<curl_slist>& list, const std::string& line) {
  curl_slist* const longer = curl_slist_append(list.get(), line.c_str());
  if (longer == nullptr) throw std::bad_alloc();
  static_cast<void>(list.release());
  list.reset(longer);
}

Transfer::Transfer(const std::string& url, Reach reach, const Call& call)
    : reach_(reach), call_(call) {
  InitOnce();
  handle_.reset(curl_easy_init());
  if (handle_ == nullptr) throw std::bad_alloc();
  const auto left = static_cast<long>(call.remaining().count());
  Set(CURLOPT_URL, url.c_str());
  Set(CURLOPT_PROXY, "");
  Set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  Set(CURLOPT_NOSIGNAL, 1L);
  Set(CURLOPT_TIMEOUT_MS, std::max(1L, left - kReserveMs));
  Set(CURLOPT_ERRORBUFFER, static_cast<char*>(details_));
  Set(CURLOPT_OPENSOCKETFUNCTION, &OpenSocket);
  Set(CURLOPT_OPENSOCKETDATA, this);
  Set(CURLOPT_NOPROGRESS, 0L);
  Set(CURLOPT_XFERINFOFUNCTION, &LookWhetherCancelled);
  Set(CURLOPT_XFERINFODATA, this);
}

CURLcode Transfer::Perform() {
  const CURLcode code = curl_easy_perform(handle_.get());
  if (call_.is_cancelled()) throw Cancelled("cancelled by the engine");
  if (code == CURLE_OK) {
    problem.clear();  // another address of the same name answered
    is_refused = false;
  } else if (problem.empty()) {
    problem = *details_ != '\0' ? details_ : curl_easy_strerror(code);
  }
  return code;
}

long Transfer::ResponseCode() const {
  long code = 0;
  curl_easy_getinfo(handle_.get(), CURLINFO_RESPONSE_CODE, &code);
  return code;
}

std::string Transfer::ResponseHeader(const char* name) const {
  curl_header* header = nullptr;
  const auto found = curl_easy_header(handle_.get(), name, 0, CURLH_HEADER, -1, &header);
  return found == CURLHE_OK ? header->value : std::string();
}

long Transfer::SentBytes() const {
  long bytes = 0;
  curl_easy_getinfo(handle_.get(), CURLINFO_REQUEST_SIZE, &bytes);
  return bytes;
}

std::chrono::seconds Transfer::RetryAfter() const {
  curl_off_t seconds = 0;
  curl_easy_getinfo(handle_.get(), CURLINFO_RETRY_AFTER, &seconds);
  return std::chrono::seconds{std::max<curl_off_t>(0, seconds)};
}

curl_socket_t Transfer::OpenSocket(void* self, curlsocktype, curl_sockaddr* address) {
  auto& transfer = *static_cast<Transfer*>(self);
  transfer.problem = FindAddressProblem(transfer.reach_, address->addr);
  transfer.is_refused = !transfer.problem.empty();
  if (transfer.is_refused) return CURL_SOCKET_BAD;
  return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

int Transfer::LookWhetherCancelled(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<Transfer*>(self)->call_.is_cancelled() ? 1 : 0;
}

}  // namespace gatewright::outbound
