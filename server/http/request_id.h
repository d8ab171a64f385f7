// server/http/request_id.h: the name under which a request is found in logs. One thread each.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace gatewright::http {

// 1 to 128 characters of [A-Za-z0-9._-]: safe to echo and to log.
bool IsRequestId(std::string_view text);

// Makes UUIDs of version 7: sorted by time, the rest random. Not a secret.
class RequestIds {
 public:
  RequestIds();
  void Make(std::string& out);  // replaces `out`, 36 characters

 private:
  std::uint64_t Random();
  std::uint64_t state_;
};

}  // namespace gatewright::http
