#include "server/http/message.h"

#include "server/http/text.h"

namespace gatewright::http {

std::string_view Request::Get(std::string_view header_name) const {
  for (const Header& header : headers) {
    if (EqualsIgnoreCase(header.name, header_name)) return header.value;
  }
  return {};
}

std::size_t Request::Count(std::string_view header_name) const {
  std::size_t count = 0;
  for (const Header& header : headers) {
    if (EqualsIgnoreCase(header.name, header_name)) ++count;
  }
  return count;
}

std::string_view Request::Param(std::string_view name) const {
  for (const Parameter& parameter : params) {
    if (parameter.name == name) return parameter.value;
  }
  return {};
}

std::optional<std::string_view> Request::Query(std::string_view name) const {
  for (const Parameter& parameter : query) {
    if (parameter.name == name) return parameter.value;
  }
  return std::nullopt;
}

}  // namespace gatewright::http
