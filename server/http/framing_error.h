// server/http/framing_error.h: why a request could not be read. The connection is closed after it.
#pragma once

#include <string>
#include <string_view>

namespace gatewright::http {

struct FramingError {
  int status = 400;
  std::string_view code;  // a literal
  std::string detail;
};

}  // namespace gatewright::http
