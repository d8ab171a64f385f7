// Every mistake has a sentence, and a file's mistakes come all at once.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "engine/codec/events.h"
#include "tests/definition/one_mistake.h"

namespace gatewright::definition {
namespace {

TEST(Mistakes, AMisspelledKeyIsFoundWithItsPlaceAndWhatWasMeant) {
  EXPECT_EQ(
      Mistakes(R"(apiVersion: gatewright/v1
kind: Workflow
metadata: {name: w}
spec:
  stages:
    - name: QA
      doneState: ok
      gate: {ruls: [{id: qa, from: {role: qa}}], rules: [{id: qa, from: {role: qa}}]}
)"),
      "unknown_key w.yaml:8:14: stage 'QA', gate: unknown key 'ruls' (known: rules, reject, "
      "separationOfDuties, distinct, humanRequired, form, auto, deadline, votes). Did you mean "
      "'rules'?");
}

TEST(Mistakes, AllOfThemAtOnce) {
  EXPECT_EQ(
      Mistakes(R"(apiVersion: gatewright/v2
kind: Workflow
metadata: {name: My Workflow, titel: x}
spec:
  initialState: rejected
  states: {requested: {color: rd}}
  lock: {kee: x}
  stages:
    - name: QA
      doneState: ok
      gate: {rules: [{id: qa, from: {rol: qa}, need: 0}, {id: qa, from: {role: 5}}]}
    - name: QA
      doneState: ok
      gate: none
  notify: [{plugin: log, on: [gate.open]}]
)"),
      R"(bad_value w.yaml:1:13: 'apiVersion': the string 'gatewright/v2' is not allowed (allowed: gatewright/v1). Did you mean 'gatewright/v1'?
bad_value w.yaml:3:18: metadata: 'name': the name 'My Workflow' is not allowed (allowed: a small letter, then up to 62 small letters, digits or '-')
unknown_key w.yaml:3:31: metadata: unknown key 'titel' (known: name, title, labels). Did you mean 'title'?
reserved w.yaml:5:17: 'initialState': the engine itself uses the state 'rejected' (reserved: rejected, cancelled, expired, failed, executing, rolled_back, rollback_failed)
unknown_name w.yaml:6:12: state 'requested': no run is ever in the state 'requested' (there are: rejected, ok, rejected, cancelled, expired, failed, executing, rolled_back, rollback_failed). Did you mean 'rejected'?
bad_value w.yaml:6:31: state 'requested': 'color': the string 'rd' is not allowed (allowed: gray, blue, teal, green, yellow, orange, red, purple). Did you mean 'red'?
missing_key w.yaml:7:9: lock: 'key' (or 'keys', a list) is missing
unknown_key w.yaml:7:10: lock: unknown key 'kee' (known: key, keys, acquire, mode, limit, ttl). Did you mean 'key'?
unknown_plugin w.yaml:11:38: stage 'QA', gate, rule 'qa': no plugin offers an approver 'rol' (installed: expr, group, role, user). Did you mean 'role'?
bad_value w.yaml:11:54: stage 'QA', gate, rule 'qa': 'need': 0 is not allowed (allowed: 1 to 1000)
duplicate w.yaml:11:63: stage 'QA', gate, rule 'qa': the rule 'qa' is defined twice in this gate (first in line 11)
bad_config w.yaml:11:74: stage 'QA', gate, rule 'qa': 'from/role': expected a string or a list, found 5
duplicate w.yaml:12:13: stage 'QA': the stage 'QA' is defined twice (first in line 9)
duplicate w.yaml:13:18: stage 'QA': 'doneState': 'ok' is used twice (first in line 10)
out_of_range w.yaml:14:13: stage 'QA': the stage has neither a gate nor an action: it would do nothing
bad_value w.yaml:15:31: notify: 'on': the string 'gate.open' is not allowed (allowed: )" +
          fmt::format("{}). Did you mean 'gate.opened'?", fmt::join(codec::EventTopics(), ", ")));
}

class OneMistake : public ::testing::TestWithParam<Row> {};

TEST_P(OneMistake, IsTold) {
  EXPECT_EQ(MistakesOf(GetParam()), GetParam().mistake) << FileWith(GetParam());
}

INSTANTIATE_TEST_SUITE_P(
    Gate, OneMistake,
    ::testing::ValuesIn(std::vector<Row>{
        {"gate", "5",
         "wrong_type stage 'S': 'gate': expected a map with 'rules', or none (the "
         "stage then runs without asking), found 5"},
        {"gate", "nobody",
         "bad_value stage 'S': 'gate': expected a map with 'rules', or none (the "
         "stage then runs without asking), found the string 'nobody'"},
        {"gate", "{}", "missing_key stage 'S', gate: 'rules' is missing"},
        {"gate", "{rules: []}",
         "bad_value stage 'S', gate: 'rules': expected at least 1, found an empty list"},
        {"gate", "{rules: [x]}",
         "wrong_type stage 'S', gate: 'rule': expected a map, found the string 'x'"},
        {"gate", "{rules: [{id: 5, from: {role: r}}]}",
         "wrong_type stage 'S', gate, rule: 'id': expected a string, found 5 (quote it)"},
        {"gate", "{rules: [{id: -r, from: {role: r}}]}",
         "bad_value stage 'S', gate, rule '-r': 'id': the name '-r' is not allowed (allowed: a "
         "letter, then up to 62 letters, digits, '_' or '-')"},
        {"gate", "{rules: [{id: r}]}", "missing_key stage 'S', gate, rule 'r': 'from' is missing"},
        {"gate", "{rules: [{id: r, from: {}}]}",
         "bad_value stage 'S', gate, rule 'r': 'from': names nobody (write {role: qa}, or {plugin: "
         "…, with: …})"},
        {"gate", "{rules: [{id: r, from: {role: a, user: b}}]}",
         "bad_value stage 'S', gate, rule 'r': 'from': 2 keys are too many (allowed: one approver "
         "such as {role: qa}; use 'any' or 'all' for more)"},
        {"gate", "{rules: [{id: r, from: {plugin: role, wit: {}}}]}",
         "bad_config stage 'S', gate, rule 'r': 'with': 'role' is missing\n"
         "unknown_key stage 'S', gate, rule 'r': unknown key 'wit' (known: plugin, with). Did you "
         "mean 'with'?"},
        {"gate", "{rules: [{id: r, from: {command: x}}]}",
         "unknown_plugin stage 'S', gate, rule 'r': 'command' is an executor; needed here is an "
         "approver"},
        {"gate", "{rules: [{id: r, from: {role: \"${subject.version}\"}}]}",
         "bad_reference stage 'S', gate, rule 'r': '${…}' is filled in only in the settings of an "
         "action"},
        {"gate", "{rules: [{id: r, from: {role: r}, need: 1.5}]}",
         "wrong_type stage 'S', gate, rule 'r': 'need': expected a whole number from 1 to 1000, "
         "found 1.5"},
        {"gate", "{rules: [{id: r, from: {role: r}, need: 02}]}",
         "ambiguous 02 starts with a zero: some readers take it for octal; write it without (octal "
         "is 0o…), or quote it"},
        {"gate", "{rules: [{nOf: 2, of: [" RULE "]}]}",
         "out_of_range stage 'S', gate: 'nOf': 2 of 1 rules can never be satisfied (allowed: 1 to "
         "1)"},
        {"gate", "{rules: [{of: [" RULE "]}]}", "missing_key stage 'S', gate: 'nOf' is missing"},
        {"gate", "{rules: [{any: [" RULE "], need: 2}]}",
         "unknown_key stage 'S', gate: unknown key 'need' (known: any)."},
        {"gate", "{rules: [" RULE "], reject: vetoe}",
         "bad_value stage 'S', gate: 'reject': the string 'vetoe' is not allowed (allowed: veto, "
         "block). Did you mean 'veto'?"},
        {"gate", "{rules: [" RULE "], reject: {threshold: 0}}",
         "bad_value stage 'S', gate, reject: 'threshold': 0 is not allowed (allowed: 1 to 1000)"},
        {"gate", "{rules: [" RULE "], reject: 2}",
         "wrong_type stage 'S', gate: 'reject': expected veto, block or {threshold: n}, found 2"},
        {"gate", "{rules: [" RULE "], separationOfDuties: [requestor]}",
         "bad_value stage 'S', gate: 'separationOfDuties': the string 'requestor' is not allowed "
         "(allowed: requester, previous_voters, committers, same_team). Did you mean 'requester'?"},
        {"gate", "{rules: [" RULE "], separationOfDuties: [requester, requester]}",
         "bad_value stage 'S', gate: 'separationOfDuties': 'requester' is in the list already"},
        {"gate", "{rules: [" RULE "], distinct: no}",
         "wrong_type stage 'S', gate: 'distinct': expected true or false, found the string 'no' "
         "(only true and false are booleans in YAML 1.2)"},
        {"gate", "{rules: [" RULE "], deadline: {after: 90}}",
         "wrong_type stage 'S', gate, deadline: 'after': expected a duration such as 30s, 15m or "
         "1h30m (units: w d h m s ms), found 90"},
        {"gate", "{rules: [" RULE "], deadline: {after: 1 hour}}",
         "bad_value stage 'S', gate, deadline: 'after': expected a duration such as 30s, 15m or "
         "1h30m (units: w d h m s ms), found the string '1 hour'"},
        {"gate", "{rules: [" RULE "], deadline: {after: 0s}}",
         "out_of_range stage 'S', gate, deadline: 'after': 0s is not allowed (allowed: 1s to "
         "52w2d)"},
        {"gate",
         "{rules: [" RULE "], auto: [{id: a, plugin: match, with: {schema: true}, fills: [s]}]}",
         "unknown_name stage 'S', gate, auto 'a': 'fills': this gate has no rule 's' (it has: r)."},
        {"gate", "{rules: [" RULE "], auto: [{id: a, plugin: match, with: {schema: true}}]}",
         "missing_key stage 'S', gate, auto 'a': 'fills' is missing"},
        {"gate",
         "{rules: [" RULE
         "], auto: [{id: a, plugin: scripted, fills: []}, {id: a, plugin: scripted, "
         "fills: []}]}",
         "duplicate stage 'S', gate: the auto entry 'a' is defined twice in this gate (first in "
         "line 7)"},
    }));

INSTANTIATE_TEST_SUITE_P(
    Action, OneMistake,
    ::testing::ValuesIn(std::vector<Row>{
        {"action", "{plugin: nop}",
         "unknown_plugin stage 'S', action: no plugin offers an executor 'nop' (installed: "
         "assistants, command, http, kubernetes, "
         "noop). Did you mean 'noop'?"},
        {"action", "{plugin: command}", "bad_config stage 'S', action: 'with': 'argv' is missing"},
        {"action", "{plugin: command, with: {argv: [a, 5]}}",
         "bad_config stage 'S', action: 'with/argv/1': expected a string, found 5"},
        {"action", "{plugin: command, with: {argv: [\"${subject.versoin}\"]}}",
         "bad_reference stage 'S', action: '${subject.versoin}' names nothing: the subject's "
         "schema "
         "has no 'versoin' (it has: version). Did you mean 'version'?"},
        {"action", "{plugin: command, with: {argv: [\"${run.nam}\"]}}",
         "bad_reference stage 'S', action: '${run.nam}' names nothing ('run' has: id, name, "
         "workflow, requester). Did you mean 'name'?"},
        {"action", "{plugin: command, with: {argv: [\"${env.HOME}\"]}}",
         "bad_reference stage 'S', action: '${env.HOME}' starts with 'env' (allowed: subject, run, "
         "stage, stages)."},
        {"action", "{plugin: command, with: {argv: [\"${subject}\"]}}",
         "bad_reference stage 'S', action: '${subject}' is a whole object; name one of its values, "
         "as in ${subject.version}"},
        {"action", "{plugin: command, with: {argv: [\"${$(rm)}\"]}}",
         "bad_reference stage 'S', action: '${$(rm)}' is not a path such as ${subject.version} (a "
         "path is names joined by dots, nothing more)"},
        {"action", "{plugin: command, with: {argv: [\"${run.id\"]}}",
         "bad_reference stage 'S', action: '${' without a closing '}'"},
        {"action", "{plugin: noop, timeout: 8d}",
         "out_of_range stage 'S', action: 'timeout': 8d is not allowed (allowed: 100ms to 1w)"},
        {"action", "{plugin: noop, timeout: 9999999w}",
         "out_of_range stage 'S', action: 'timeout': 9999999w is not allowed (allowed: 100ms to "
         "1w)"},
        {"action", "{plugin: noop, retry: {attempts: 101}}",
         "bad_value stage 'S', action, retry: 'attempts': 101 is not allowed (allowed: 1 to 100)"},
        {"action", "{plugin: noop, retry: {attempts: 2, backoff: 1m, max: 1s}}",
         "out_of_range stage 'S', action, retry: 'max': 1s is shorter than 'backoff' (1m)"},
        {"action", "{plugin: noop, retry: {attempts: 2, factor: 0.5}}",
         "bad_value stage 'S', action, retry: 'factor': 0.5 is not allowed (allowed: 1 to 100)"},
        {"action", "{plugin: noop, retry: {attempts: 2, on: [sometimes]}}",
         "bad_value stage 'S', action, retry: 'on': the string 'sometimes' is not allowed "
         "(allowed: "
         "transient, permanent)."},
        {"action", "{plugin: noop, rollback: {}}",
         "bad_value stage 'S', action, rollback: executor 'noop' cannot undo what it did; name a "
         "'plugin' that does"},
        {"action", "{plugin: noop, rollback: {plugin: noop, gate: all}}",
         "bad_value stage 'S', action, rollback: 'gate': expected same (whom the stage asks, asked "
         "anew), none, or a map with 'rules', found the string 'all'"},
        {"action", "{plugin: noop, rollback: {plugin: nop}}",
         "unknown_plugin stage 'S', action, rollback: no plugin offers an executor 'nop' "
         "(installed: assistants, command, http, kubernetes, noop). Did you mean 'noop'?"},
        {"action", "{plugin: command, with: {argv: [x], env: {T: {secret: {env: A, file: /b}}}}}",
         "bad_value stage 'S', action: 'secret': expected one of {env: NAME} and {file: PATH}"},
        {"action", "{plugin: command, with: {argv: [x], env: {T: {secret: {env: APPROVAL_X}}}}}",
         "bad_value stage 'S', action: 'secret': 'env': the server's own variables are not for "
         "plugins"},
        {"action", "{plugin: command, with: {argv: [x], env: {T: {secret: {env: '${run.id}'}}}}}",
         "bad_value stage 'S', action: 'secret': 'env': expected the name of an environment "
         "variable"},
        {"action", "{plugin: command, with: {argv: [x], env: {T: {secret: {file: a/b}}}}}",
         "bad_value stage 'S', action: 'secret': 'file': expected an absolute path"},
    }));

INSTANTIATE_TEST_SUITE_P(
    Rest, OneMistake,
    ::testing::ValuesIn(std::vector<Row>{
        {"stage", "{name: S, doneState: s, action: {plugin: noop}}",
         "missing_key stage 'S': 'gate' is missing"},
        {"stage", "{name: S, doneState: executing, gate: {rules: [" RULE "]}}",
         "reserved stage 'S': 'doneState': the engine itself uses the state 'executing' (reserved: "
         "rejected, cancelled, expired, failed, executing, rolled_back, rollback_failed)"},
        {"stage", "{name: S, doneState: requested, gate: {rules: [" RULE "]}}",
         "reserved stage 'S': 'doneState': 'requested' is the initial state; nobody could see that "
         "the stage is done"},
        {"stage",
         "{name: S, doneState: s, gate: {rules: [" RULE "]}, when: {match: {typ: object}}}",
         "bad_schema stage 'S', when: 'match/typ': 'typ' is not a keyword this validator honours. "
         "Did you mean 'type'?"},
        {"stage", "{name: S, doneState: s, gate: {rules: [" RULE "]}, when: {}}",
         "missing_key stage 'S', when: 'match' is missing"},
        {"spec", "initialState: 1st",
         "bad_value 'initialState': the name '1st' is not allowed (allowed: a letter, then up to "
         "62 "
         "letters, digits, '_' or '-')"},
        {"spec", "notify: [{plugin: log, on: []}]",
         "bad_value notify: 'on': expected at least 1, found an empty list"},
        {"spec", "notify: [{plugin: log, on: [gate.opened], with: {level: inf}}]",
         "bad_config notify: 'with/level': \"inf\" is not one of the allowed values (debug, info, "
         "warning, error). Did you mean 'info'?"},
        {"spec",
         "notify: [{plugin: webhook, on: [gate.opened], with: {url: 'https://x/${run.id}'}}]",
         "bad_reference notify: '${…}' is filled in only in the settings of an action"},
        {"file", "", "wrong_type the file is empty (expected a workflow)"},
        {"file", "hello",
         "wrong_type expected a map with apiVersion, kind, metadata and spec, found the string "
         "'hello'"},
        {"file", "{}",
         "missing_key 'apiVersion' is missing\nmissing_key 'kind' is missing\nmissing_key "
         "'metadata' is missing\nmissing_key 'spec' is missing"},
        {"file", "a: [", "yaml not YAML: end of sequence flow not found"},
    }));

TEST(Mistakes, ADuplicateKeyDoesNotHideTheOthers) {
  EXPECT_EQ(
      Mistakes("kind: Workflow\nkind: Workflow\napiVersion: gatewright/v1\nmetadata: {name: "
               "w}\nspec: {stags: []}\n"),
      "yaml w.yaml:2:1: the key 'kind' is given twice (first in line 1)\n"
      "missing_key w.yaml:5:7: 'stages' is missing\n"
      "unknown_key w.yaml:5:8: unknown key 'stags' (known: stages, initialState, states, "
      "subject, committers, drafts, lock, calendar, override, notify). Did you mean 'stages'?");
}

TEST(Mistakes, TheListOfThemEnds) {
  std::string text = "apiVersion: gatewright/v1\nkind: Workflow\nmetadata: {name: w}\nspec:\n";
  for (int i = 0; i < 5'000; ++i) text += fmt::format("  key{}: 1\n", i);
  const testing::FakePlugins plugins;
  EXPECT_EQ(LoadWorkflows(text, "w.yaml", plugins).diagnostics.size(), 200u);
}

TEST(Mistakes, TooManyStagesAndRules) {
  std::string stages, rules;
  for (int i = 0; i < 65; ++i) {
    stages += fmt::format("{{name: S{0}, doneState: s{0}, gate: {{rules: [{1}]}}}}, ", i, RULE);
    if (i >= 33) continue;
    const std::string leaf = fmt::format("{{id: a{}, from: {{role: r}}}}", i);
    const std::string other = fmt::format("{{id: b{}, from: {{role: r}}}}", i);
    rules += fmt::format("{{any: [{}, {}]}}, ", leaf, other);
  }
  const auto file = [](const std::string& text) {
    return "apiVersion: gatewright/v1\nkind: Workflow\nmetadata: {name: w}\nspec:\n  stages: [" +
           text + "]\n";
  };
  EXPECT_EQ(Mistakes(file(stages)),
            "bad_value w.yaml:5:11: 'stages': 65 are too many (allowed: 64)");
  EXPECT_EQ(Mistakes(file("{name: S, doneState: s, gate: {rules: [" + rules + "]}}")),
            "too_many w.yaml:5:50: stage 'S', gate: 'rules': 66 rules are too many for one gate "
            "(allowed: 64)");
}

}  // namespace
}  // namespace gatewright::definition
