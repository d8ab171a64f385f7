#include "plugins/check/case.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <utility>

#include "engine/codec/digest.h"
#include "engine/codec/json.h"
#include "engine/codec/json_schema.h"

namespace gatewright::check {
namespace {

namespace json = boost::json;

// What a case file may hold; the mistakes are worded by the validator.
constexpr char kCaseSchema[] = R"({
  "type": "object",
  "required": ["offer"],
  "additionalProperties": false,
  "properties": {
    "offer": {"type": "string"},
    "function": {"enum": ["check", "evaluate", "start", "probe", "stop", "rollback", "deliver"]},
    "config": {"type": "object"},
    "expect": {"type": "object"},
    "question": {
      "type": "object",
      "additionalProperties": false,
      "properties": {
        "run": {"type": "integer"}, "epoch": {"type": "integer"},
        "workflow": {"type": "string"}, "stage": {"type": "string"}, "rule": {"type": "string"},
        "requester": {"type": "string"}, "callbackUrl": {"type": "string"},
        "subject": {"type": "object"}, "facts": {"type": "object"},
        "now": {"type": "string", "format": "date-time"},
        "limitMs": {"type": "integer", "minimum": 0, "maximum": 3600000},
        "principal": {
          "type": "object",
          "additionalProperties": false,
          "properties": {
            "id": {"type": "string"},
            "kind": {"enum": ["person", "service", "policy", "timer", "engine"]},
            "everybody": {"type": "boolean"},
            "roles": {"type": "array", "items": {"type": "string"}},
            "groups": {"type": "array", "items": {"type": "string"}}
          }
        },
        "attempt": {
          "type": "object",
          "additionalProperties": false,
          "properties": {
            "id": {"type": "string"}, "number": {"type": "integer"},
            "fencingToken": {"type": "integer"}, "handle": {"type": "string"}
          }
        },
        "event": {"type": "object"}
      }
    }
  }
})";

constexpr std::array<std::pair<std::string_view, host::Function>, 7> kFunctions = {
    {{"check", host::Function::kCheck},
     {"evaluate", host::Function::kEvaluate},
     {"start", host::Function::kStart},
     {"probe", host::Function::kProbe},
     {"stop", host::Function::kStop},
     {"rollback", host::Function::kRollback},
     {"deliver", host::Function::kDeliver}}};

constexpr std::array<std::pair<std::string_view, core::PrincipalKind>, 5> kPrincipals = {
    {{"person", core::PrincipalKind::kPerson},
     {"service", core::PrincipalKind::kService},
     {"policy", core::PrincipalKind::kPolicy},
     {"timer", core::PrincipalKind::kTimer},
     {"engine", core::PrincipalKind::kEngine}}};

// The document fits the schema, so that what is there has the right type.
class Members {
 public:
  explicit Members(const json::object* object) : object_(object) {}

  const json::value* Find(std::string_view name) const {
    return object_ == nullptr ? nullptr : object_->if_contains(name);
  }
  const json::object* Object(std::string_view name) const {
    const json::value* const value = Find(name);
    return value == nullptr ? nullptr : value->if_object();
  }
  void Read(std::string_view name, std::string& text) const {
    if (const auto* value = Find(name)) text = value->get_string();
  }
  void Read(std::string_view name, std::int64_t& number) const {
    if (const auto* value = Find(name)) number = value->to_number<std::int64_t>();
  }
  void Read(std::string_view name, std::vector<std::string>& texts) const {
    if (const auto* value = Find(name)) {
      for (const json::value& text : value->get_array()) texts.emplace_back(text.get_string());
    }
  }
  void ReadJson(std::string_view name, std::string& text) const {
    if (const auto* value = Find(name)) text = codec::CanonicalJson(*value);
  }

 private:
  const json::object* object_;
};

void ReadPrincipal(const Members& members, core::Principal& principal) {
  std::string id, kind;
  members.Read("id", id);
  members.Read("kind", kind);
  principal.id = PrincipalId{id};
  for (const auto& [word, value] : kPrincipals) {
    if (word == kind) principal.kind = value;
  }
  members.Read("roles", principal.roles);
  members.Read("groups", principal.groups);
  if (const auto* everybody = members.Find("everybody")) {
    principal.is_everybody = everybody->get_bool();
  }
}

Result<void> ReadQuestion(const Members& question, Case& read) {
  question.Read("run", read.run);
  question.Read("epoch", read.epoch);
  question.Read("workflow", read.workflow);
  question.Read("stage", read.stage);
  question.Read("rule", read.rule);
  question.Read("requester", read.requester);
  question.Read("callbackUrl", read.callback_url);
  question.ReadJson("subject", read.subject_json);
  question.ReadJson("facts", read.facts_json);
  std::string now;
  question.Read("now", now);
  if (!now.empty()) {
    read.now = ParseTime(now);
    if (!read.now) {
      return Error{ErrorCode::kInvalid,
                   fmt::format("/question/now: expected a time such as 2026-01-06T09:00:00Z, found "
                               "'{}'",
                               now)};
    }
  }
  std::int64_t limit_ms = std::chrono::duration_cast<std::chrono::milliseconds>(read.limit).count();
  question.Read("limitMs", limit_ms);
  read.limit = std::chrono::milliseconds{limit_ms};
  ReadPrincipal(Members(question.Object("principal")), read.principal);
  const Members attempt(question.Object("attempt"));
  attempt.Read("id", read.attempt_id);
  attempt.Read("number", read.attempt_number);
  attempt.Read("fencingToken", read.fencing_token);
  attempt.Read("handle", read.handle);
  question.ReadJson("event", read.event_json);
  const Members event(question.Object("event"));
  for (const auto& [name, text] : {std::pair("id", &read.event_id), {"type", &read.event_type}}) {
    const json::value* const value = event.Find(name);
    if (value != nullptr && value->is_string()) *text = value->get_string();
  }
  return {};
}

void Indent(std::string& out, const json::value& value, std::size_t depth) {
  constexpr std::size_t kLine = 90;
  const std::string flat = codec::ToJson(value);
  const auto* const object = value.if_object();
  const auto* const array = value.if_array();
  if (flat.size() <= kLine || (object == nullptr && array == nullptr)) {
    out += flat;
    return;
  }
  const std::string inside(2 * depth + 2, ' ');
  out += object != nullptr ? "{" : "[";
  bool is_first = true;
  const auto next = [&] {
    out += is_first ? "\n" : ",\n";
    out += inside;
    is_first = false;
  };
  if (object != nullptr) {
    for (const auto& member : *object) {
      next();
      codec::AppendJsonString(out, member.key());
      out += ": ";
      Indent(out, member.value(), depth + 1);
    }
  } else {
    for (const json::value& item : *array) {
      next();
      Indent(out, item, depth + 1);
    }
  }
  out += '\n' + std::string(2 * depth, ' ') + (object != nullptr ? "}" : "]");
}

}  // namespace

Result<Case> ReadCase(std::string_view text) {
  GW_TRY(document, codec::ParseJson(text));
  static const auto schema = codec::JsonSchema::Compile(kCaseSchema);
  if (!schema) return schema.error();
  std::string problems;
  for (const auto& problem : schema->Validate(document)) {
    problems += fmt::format("{}{}{}{}", problems.empty() ? "" : "; ", problem.pointer,
                            problem.pointer.empty() ? "" : ": ", problem.message);
  }
  if (!problems.empty()) return Error{ErrorCode::kInvalid, std::move(problems)};
  Case read;
  read.document = document.get_object();
  const Members members(&read.document);
  members.Read("offer", read.offer);
  members.ReadJson("config", read.config_json);
  if (const auto* expect = members.Object("expect")) read.expect = *expect;
  std::string function;
  members.Read("function", function);
  for (const auto& [word, value] : kFunctions) {
    if (word == function) read.function = value;
  }
  GW_CHECK(ReadQuestion(Members(members.Object("question")), read));
  return read;
}

std::vector<std::string> Differences(const json::object& expect, const json::object& answer) {
  std::vector<std::string> differences;
  for (const auto& member : expect) {
    const json::value* const found = answer.if_contains(member.key());
    if (found != nullptr && codec::CanonicalJson(*found) == codec::CanonicalJson(member.value())) {
      continue;
    }
    differences.push_back(fmt::format("{}: expected {}, found {}", std::string_view(member.key()),
                                      codec::ToJson(member.value()),
                                      found ? codec::ToJson(*found) : "nothing"));
  }
  return differences;
}

std::string WriteCase(const Case& recorded, const json::object& answer) {
  json::object document = recorded.document;
  document["expect"] = answer;
  std::string text;
  Indent(text, document, 0);
  return text + "\n";
}

}  // namespace gatewright::check
