// plugins/executors/json_rule.h: what a workflow says of an answer, such as {pointer: /state, in:
// [done]}. Pure; any thread.
#pragma once

#include <gatewright/config.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

// A JSON pointer (RFC 6901) into `json`; null when there is nothing.
const gatewright::Json* FindAt(const gatewright::Json& json, std::string_view pointer);

// Statuses, and a value in a JSON body.
class AnswerRule {
 public:
  // Of the setting `key`; absent: nothing is asked.
  AnswerRule(const gatewright::Config& config, const std::string& key);

  bool has_statuses() const { return !statuses_.empty(); }
  bool has_json() const { return !pointer_.empty(); }
  bool AllowsStatus(long status) const;
  // `body` may be none, then nothing matches.
  bool Matches(const std::optional<gatewright::Json>& body) const;

 private:
  std::vector<std::int64_t> statuses_;
  std::string pointer_;
  std::vector<std::string> values_;  // as JSON text
};
