// server/cli/json_view.h: reads a server's answer without asking at every step whether a member is
// there: what is missing or of another type is empty. Refers to the document. Any thread.
#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/codec/json.h"

namespace gatewright::cli {

class JsonView {
 public:
  JsonView() = default;
  explicit JsonView(const boost::json::value& value) : value_(&value) {}

  JsonView operator[](std::string_view name) const;
  bool is_null() const { return value_ == nullptr || value_->is_null(); }
  std::string text() const;  // fit to be shown
  std::string raw_text() const;
  std::int64_t number() const;
  bool flag() const;
  std::vector<JsonView> items() const;
  std::vector<std::string> texts() const;                          // of its items
  std::vector<std::pair<std::string, std::string>> pairs() const;  // of an object's texts
  std::string json() const;

 private:
  const boost::json::value* value_ = nullptr;
};

// Text that came from elsewhere, without what could command a terminal.
std::string Shown(std::string_view text);

// "a, b and 3 more" where there are many.
std::string Names(const std::vector<std::string>& names);

}  // namespace gatewright::cli
