#include "server/http/target.h"

#include <algorithm>
#include <string_view>

#include "server/http/text.h"

namespace gatewright::http {

bool SplitTarget(Request& request) {
  const std::string_view target = request.target;
  const std::size_t mark = std::min(target.find('?'), target.size());
  request.path = target.substr(0, mark);
  if (mark == target.size()) return true;
  std::string_view rest = target.substr(mark + 1);
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('&'), rest.size());
    const std::string_view pair = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (pair.empty()) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    Parameter parameter;
    if (!PercentDecode(pair.substr(0, equals), PlusSign::kSpace, parameter.name)) return false;
    const std::string_view value = pair.substr(std::min(equals + 1, pair.size()));
    if (!PercentDecode(value, PlusSign::kSpace, parameter.value)) return false;
    request.query.push_back(std::move(parameter));
  }
  return true;
}

}  // namespace gatewright::http
