#include "json_rule.h"

#include <algorithm>

using gatewright::Config;
using gatewright::Json;

namespace {

std::string Unescaped(std::string_view token) {
  std::string text;
  for (std::size_t i = 0; i < token.size(); ++i) {
    const bool is_escape = token[i] == '~' && i + 1 < token.size();
    text += is_escape ? (token[++i] == '1' ? '/' : '~') : token[i];
  }
  return text;
}

const Json* Child(const Json& json, const std::string& token) {
  if (!json.IsArray()) return json.Find(token);
  const bool is_index =
      !token.empty() && token.size() < 10 &&
      std::all_of(token.begin(), token.end(), [](char c) { return c >= '0' && c <= '9'; });
  const std::size_t index = is_index ? std::stoul(token) : json.items().size();
  return index < json.items().size() ? &json.items()[index] : nullptr;
}

}  // namespace

const Json* FindAt(const Json& json, std::string_view pointer) {
  const Json* found = &json;
  while (found != nullptr && pointer.starts_with('/')) {
    pointer.remove_prefix(1);
    const std::size_t end = std::min(pointer.find('/'), pointer.size());
    found = Child(*found, Unescaped(pointer.substr(0, end)));
    pointer.remove_prefix(end);
  }
  return found;
}

AnswerRule::AnswerRule(const Config& config, const std::string& key) {
  if (!config.Has(key)) return;
  const Config rule = config.Object(key);
  statuses_ = rule.Ints("status");
  if (!rule.Has("json")) return;
  const Config json = rule.Object("json");
  pointer_ = json.String("pointer");
  for (const Json& value : json.Find("in")->items()) values_.push_back(value.source());
}

bool AnswerRule::AllowsStatus(long status) const {
  return std::find(statuses_.begin(), statuses_.end(), status) != statuses_.end();
}

bool AnswerRule::Matches(const std::optional<Json>& body) const {
  const Json* const found = body && has_json() ? FindAt(*body, pointer_) : nullptr;
  return found != nullptr &&
         std::find(values_.begin(), values_.end(), found->source()) != values_.end();
}
