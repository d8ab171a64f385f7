// plugins/outbound/transfer.h: one call of a plugin to a server outside, over libcurl, with the
// guards that any of them needs: no address that may not be called, no proxy, a deadline, an end
// when the engine cancels. HTTP and mail set their own options on top. For one thread.
#pragma once

#include <curl/curl.h>
#include <gatewright/call.hpp>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace gatewright::outbound {

struct Free {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  void operator()(char* text) const { curl_free(text); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

void InitOnce();
// Empty when the URL has no such part.
std::string PartOf(CURLU* url, CURLUPart part);
// Throws when there is no memory.
void Append(Owned<curl_slist>& list, const std::string& line);

// Which addresses may be called.
struct Reach {
  bool allows_private = false;
  bool allows_public = true;
  std::string_view setting;  // what the user calls allows_private; a literal
};

class Transfer {
 public:
  // `url` and `call` outlive the transfer.
  Transfer(const std::string& url, Reach reach, const Call& call);
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  template <class Value>
  void Set(CURLoption option, Value value) {
    if (curl_easy_setopt(handle_.get(), option, value) != CURLE_OK) {
      throw std::runtime_error("libcurl does not know option " + std::to_string(option));
    }
  }

  // Waits until the call's deadline; throws when the engine cancels. Unless CURLE_OK comes back,
  // `problem` says why.
  CURLcode Perform();
  long ResponseCode() const;
  // Of the answer; empty: none.
  std::string ResponseHeader(const char* name) const;
  long SentBytes() const;
  std::chrono::seconds RetryAfter() const;  // of HTTP; 0 when the answer names none

  std::string problem;      // the first thing that went wrong; a sentence's end, without the URL
  bool is_refused = false;  // the address may not be called: trying again hardly helps

 private:
  static curl_socket_t OpenSocket(void* self, curlsocktype, curl_sockaddr* address);
  static int LookWhetherCancelled(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t);

  Owned<CURL> handle_;
  Reach reach_;
  const Call& call_;
  char details_[CURL_ERROR_SIZE] = "";
};

}  // namespace gatewright::outbound
