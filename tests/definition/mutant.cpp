#include "tests/definition/mutant.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <iterator>

#include "engine/codec/json.h"

namespace gatewright::definition {
namespace {

namespace json = boost::json;

// Keys of the grammar, those of it that are not honoured yet, and words that are near to them.
constexpr const char* kKeys[] = {"name",
                                 "title",
                                 "labels",
                                 "stages",
                                 "doneState",
                                 "gate",
                                 "rules",
                                 "id",
                                 "from",
                                 "need",
                                 "all",
                                 "any",
                                 "nOf",
                                 "of",
                                 "reject",
                                 "threshold",
                                 "distinct",
                                 "humanRequired",
                                 "auto",
                                 "fills",
                                 "shadow",
                                 "deadline",
                                 "after",
                                 "onTimeout",
                                 "action",
                                 "plugin",
                                 "with",
                                 "timeout",
                                 "retry",
                                 "attempts",
                                 "backoff",
                                 "factor",
                                 "max",
                                 "jitter",
                                 "on",
                                 "safeRerun",
                                 "notify",
                                 "states",
                                 "color",
                                 "icon",
                                 "label",
                                 "subject",
                                 "when",
                                 "match",
                                 "lock",
                                 "calendar",
                                 "votes",
                                 "clock",
                                 "remind",
                                 "escalate",
                                 "rollback",
                                 "secret",
                                 "policy",
                                 "allowAutoTimeout",
                                 "role",
                                 "group",
                                 "user",
                                 "ruls",
                                 "initialState",
                                 "separationOfDuties",
                                 "spec",
                                 "kind",
                                 "x",
                                 "",
                                 "a b",
                                 "apiVersion",
                                 "key",
                                 "keys",
                                 "acquire",
                                 "mode",
                                 "limit",
                                 "ttl",
                                 "name",
                                 "minRunway",
                                 "committers",
                                 "override",
                                 "secondPerson",
                                 "expires",
                                 "review",
                                 "within",
                                 "wait",
                                 "form",
                                 "reuse",
                                 "onSubjectChange",
                                 "resetFrom",
                                 "keepIf",
                                 "earlyVotes",
                                 "requireDigest",
                                 "add",
                                 "users",
                                 "roles",
                                 "groups",
                                 "disabled",
                                 "isolation"};

// Values that some key wants and most do not.
constexpr const char* kValues[] = {"null",
                                   "true",
                                   "false",
                                   "0",
                                   "1",
                                   "2",
                                   "1.0",
                                   "1.5",
                                   "-1",
                                   "64",
                                   "65",
                                   "100",
                                   "101",
                                   "1000",
                                   "1001",
                                   "1e3",
                                   "18446744073709551615",
                                   "\"\"",
                                   "\"x\"",
                                   "\"none\"",
                                   "\"all\"",
                                   "\"veto\"",
                                   "\"block\"",
                                   "\"vetos\"",
                                   "\"15m\"",
                                   "\"1h30m\"",
                                   "\"30m1h\"",
                                   "\"1m1m\"",
                                   "\"250ms\"",
                                   "\"90\"",
                                   "\"1 hour\"",
                                   "\"0000000001s\"",
                                   "\"9999999w\"",
                                   "\"99999999w\"",
                                   "\"-5s\"",
                                   "\"s\"",
                                   "\"expire\"",
                                   "\"reject\"",
                                   "\"escalate\"",
                                   "\"approve\"",
                                   "\"requester\"",
                                   "\"committers\"",
                                   "\"transient\"",
                                   "\"gate.opened\"",
                                   "\"red\"",
                                   "\"check\"",
                                   "\"Workflow\"",
                                   "\"Calendar\"",
                                   "\"gatewright/v1\"",
                                   "\"9lives\"",
                                   "\"has space\"",
                                   "\"caf\\u00e9\"",
                                   "\"a_b-c\"",
                                   "\"a.b\"",
                                   "\"A\"",
                                   "[]",
                                   "{}",
                                   "[1]",
                                   "[\"x\"]",
                                   "[\"x\",\"x\"]",
                                   "[\"requester\",\"requester\"]",
                                   "[[]]",
                                   "{\"x\":1}",
                                   "{\"role\":\"qa\"}",
                                   "{\"role\":\"qa\",\"user\":\"x\"}",
                                   "{\"plugin\":\"role\"}",
                                   "{\"threshold\":2}",
                                   "{\"threshold\":0}",
                                   "{\"secret\":{\"env\":\"X\"}}",
                                   "{\"secret\":[{\"secret\":{}}]}",
                                   "{\"secret\":\"plain\"}",
                                   "{\"env\":\"X\"}",
                                   "{\"id\":\"r9\",\"from\":{\"role\":\"x\"}}",
                                   "{\"all\":[{\"id\":\"r8\",\"from\":{\"role\":\"x\"}}]}",
                                   "{\"nOf\":1,\"of\":[{\"id\":\"r7\",\"from\":{\"role\":\"x\"}}]}",
                                   "{\"after\":\"1h\"}",
                                   "{\"match\":{}}",
                                   "{\"attempts\":3}",
                                   "\"Policy\"",
                                   "\"Directory\"",
                                   "\"fifo\"",
                                   "\"parallel\"",
                                   "\"before_gate\"",
                                   "\"same_team\"",
                                   "\"hold\"",
                                   "\"reset\"",
                                   "\"/authors\"",
                                   "\"/a~1b\"",
                                   "\"/a~2b\"",
                                   "\"a/b\"",
                                   "\"business-hours\"",
                                   "[\"4h\",\"1h\"]",
                                   "{\"key\":\"a\"}",
                                   "{\"key\":\"a\",\"keys\":[\"b\"]}",
                                   "{\"key\":\"a\",\"limit\":2}",
                                   "{\"key\":\"a\",\"limit\":2,\"mode\":\"parallel\"}",
                                   "{\"name\":\"office\"}",
                                   "{\"resetFrom\":\"QA\"}",
                                   "{\"keepIf\":\"true\"}",
                                   "{\"after\":\"1h\",\"onTimeout\":\"approve\"}",
                                   "{\"after\":\"1h\",\"onTimeout\":\"escalate\"}",
                                   "{\"after\":\"1h\",\"add\":{\"role\":\"x\"}}",
                                   "{\"type\":\"object\"}",
                                   "{\"policy\":\"p\",\"fills\":[]}",
                                   "{\"id\":\"x\"}"};

}  // namespace

json::value Mutator::AnyValue() {
  return codec::ParseJson(kValues[Below(std::size(kValues))]).value();
}

std::string Mutator::AnyKey() { return kKeys[Below(std::size(kKeys))]; }

void Mutator::Collect(json::value& root, std::vector<json::value*>& all) {
  all.push_back(&root);
  if (auto* map = root.if_object()) {
    for (auto& member : *map) Collect(member.value(), all);
  } else if (auto* list = root.if_array()) {
    for (auto& element : *list) Collect(element, all);
  }
}

json::value Mutator::Mutate(json::value document) {
  for (std::size_t n = 1 + Below(3); n > 0; --n) ChangeSomething(document);
  return document;
}

void Mutator::ChangeSomething(json::value& root) {
  std::vector<json::value*> all;
  Collect(root, all);
  json::value& place = *all[Below(all.size())];
  const json::value elsewhere = *all[Below(all.size())];
  if (Below(4) == 0) {
    place = Below(3) == 0 ? elsewhere : AnyValue();
  } else if (auto* map = place.if_object()) {
    ChangeMap(*map, elsewhere);
  } else if (auto* list = place.if_array()) {
    ChangeList(*list, elsewhere);
  } else if (auto* text = place.if_string()) {
    ChangeText(*text);
  } else {
    place = AnyValue();
  }
}

void Mutator::ChangeMap(json::object& map, const json::value& elsewhere) {
  const std::size_t choice = Below(5);
  if (map.empty() || choice == 0) {
    map[AnyKey()] = Below(2) == 0 ? AnyValue() : elsewhere;
    return;
  }
  auto member = map.begin() + static_cast<std::ptrdiff_t>(Below(map.size()));
  if (choice == 1) {
    map.erase(member);
  } else if (choice == 2) {
    std::string key(member->key());
    json::value value = member->value();
    map.erase(member);
    if (Below(2) == 0)
      key = AnyKey();
    else if (!key.empty())
      key.erase(Below(key.size()), 1);
    map[key] = std::move(value);
  } else {
    member->value() = Below(3) == 0 ? elsewhere : AnyValue();
  }
}

void Mutator::ChangeList(json::array& list, const json::value& elsewhere) {
  const std::size_t choice = Below(4);
  if (list.empty() || choice == 0) {
    list.push_back(Below(2) == 0 ? AnyValue() : elsewhere);
    return;
  }
  const auto at = list.begin() + static_cast<std::ptrdiff_t>(Below(list.size()));
  if (choice == 1) {
    list.erase(at);
  } else if (choice == 2) {
    list.push_back(json::value(*at));
  } else {
    const json::value item = *at;
    for (std::size_t n = Below(80); n > 0; --n) list.push_back(item);
  }
}

void Mutator::ChangeText(json::string& text) {
  std::string changed(text);
  switch (Below(4)) {
    case 0:
      if (!changed.empty()) changed.erase(Below(changed.size()), 1);
      break;
    case 1:
      changed.insert(Below(changed.size() + 1), 1, "aZ0-_. $"[Below(8)]);
      break;
    case 2:
      changed += std::string(Below(300), 'a');
      break;
    default:
      changed += changed;
  }
  if (codec::ParseJson(codec::ToJson(json::value(changed)))) text = changed;
}

}  // namespace gatewright::definition
