// plugins/notifiers/mime.h: the parts of a mail, so written that no text can become a header or end
// the mail: whatever is not plain ASCII is encoded. Lines end with CR LF. Pure; any thread.
#pragma once

#include <gatewright/call.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace gatewright::notifiers {

// "name: text", any text; encoded and folded as RFC 2047 says where it has to be.
std::string TextHeader(std::string_view name, std::string_view text);
// "name: a,\r\n b"; what addresses may look like was checked before.
std::string AddressHeader(std::string_view name, const std::vector<std::string>& addresses);
// "Date: Tue, 14 Nov 2023 22:13:20 +0000"
std::string DateHeader(TimePoint when);
// The headers that describe a body of plain text, the empty line, and the body.
std::string TextBody(std::string_view text);

// A bare address such as ann@example.com, of characters that need no quoting.
bool IsAddress(std::string_view text);

}  // namespace gatewright::notifiers
