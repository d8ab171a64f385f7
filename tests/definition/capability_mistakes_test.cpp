// Every mistake in locks, calendars, overrides, waits, forms, escalation, rules about votes, named
// policies and references has a sentence.
#include <gtest/gtest.h>

#include <vector>

#include "tests/definition/one_mistake.h"

namespace gatewright::definition {
namespace {

class CapabilityMistake : public ::testing::TestWithParam<Row> {};

TEST_P(CapabilityMistake, IsTold) {
  EXPECT_EQ(MistakesOf(GetParam()), GetParam().mistake) << FileWith(GetParam());
}

INSTANTIATE_TEST_SUITE_P(
    Spec, CapabilityMistake,
    ::testing::ValuesIn(std::vector<Row>{
        {"spec", "lock: env", "wrong_type 'lock': expected a map, found the string 'env'"},
        {"spec", "lock: {}", "missing_key lock: 'key' (or 'keys', a list) is missing"},
        {"spec", "lock: {key: a, keys: [b]}",
         "bad_value lock: 'key' and 'keys' are both given (allowed: one of them)"},
        {"spec", "lock: {key: ''}",
         "bad_value lock: 'key': expected a name such as env/production, found nothing in the "
         "quotes"},
        {"spec", "lock: {key: 5}", "wrong_type lock: 'key': expected a string, found 5 (quote it)"},
        {"spec", "lock: {keys: []}",
         "bad_value lock: 'keys': expected at least 1, found an empty list"},
        {"spec", "lock: {keys: [a, a]}", "bad_value lock: 'keys': 'a' is in the list already"},
        {"spec", "lock: {key: 'env/${subject.versoin}'}",
         "bad_reference lock: '${subject.versoin}' names nothing: the subject's schema has no "
         "'versoin' (it has: version). Did you mean 'version'?"},
        {"spec", "lock: {key: '${stages.S.form.x}'}",
         "bad_reference lock: '${stages.S.form.x}' starts with 'stages' (allowed in the key of a "
         "lock: subject, run)."},
        {"spec", "lock: {key: '${run.id}'}",
         "bad_reference lock: '${run.id}' names nothing ('run' has: name, workflow, requester)."},
        {"spec", "lock: {key: a, mode: fife}",
         "bad_value lock: 'mode': the string 'fife' is not allowed (allowed: fifo, lifo, "
         "latest_wins, parallel). Did you mean 'fifo'?"},
        {"spec", "lock: {key: a, acquire: early}",
         "bad_value lock: 'acquire': the string 'early' is not allowed (allowed: after_gate, "
         "before_gate)."},
        {"spec", "lock: {key: a, limit: 2}",
         "bad_value lock: 'limit' is about 'mode: parallel'; in every other mode one run holds the "
         "lock"},
        {"spec", "lock: {key: a, mode: parallel, limit: 0}",
         "bad_value lock: 'limit': 0 is not allowed (allowed: 1 to 1000)"},
        {"spec", "lock: {key: a, ttl: 2h}",
         "bad_value lock: 'ttl' is about 'acquire: before_gate'; otherwise nobody holds the lock "
         "while people decide"},
        {"spec", "calendar: 5",
         "wrong_type 'calendar': expected the name of a calendar, or {name: …, minRunway: 20m}, "
         "found 5"},
        {"spec", "calendar: Office Hours",
         "bad_value 'calendar': the name 'Office Hours' is not allowed (allowed: a small letter, "
         "then up to 62 small letters, digits or '-')"},
        {"spec", "calendar: {minRunway: 20m}", "missing_key calendar: 'name' is missing"},
        {"spec", "calendar: {name: a, minRunway: 8d}",
         "out_of_range calendar: 'minRunway': 8d is not allowed (allowed: 0s to 1w)"},
        {"spec", "committers: authors",
         "bad_value 'committers': expected a JSON pointer into the subject such as "
         "/commits/authors, found the string 'authors'"},
        {"spec", "committers: /a~2b",
         "bad_value 'committers': expected a JSON pointer into the subject such as "
         "/commits/authors, found the string '/a~2b'"},
        {"spec", "committers: /versio",
         "bad_reference 'committers': '/versio' names nothing: the subject's schema has no "
         "'versio' (it has: version). Did you mean 'version'?"},
        {"spec", "override: {}", "missing_key override: 'from' is missing"},
        {"spec", "override: {from: {rol: x}}",
         "unknown_plugin override: no plugin offers an approver 'rol' (installed: expr, group, "
         "role, user). Did you mean 'role'?"},
        {"spec", "override: {from: {role: x}, expires: 1s}",
         "out_of_range override: 'expires': 1s is not allowed (allowed: 1m to 1w)"},
        {"spec", "override: {from: {role: x}, review: {rules: [" RULE "], auto: []}}",
         "unknown_key override, review: unknown key 'auto' (known: rules, reject, "
         "separationOfDuties, distinct, humanRequired, form, deadline, within)."},
        {"spec",
         "override: {from: {role: x}, review: {rules: [" RULE
         "], within: 1h, deadline: {after: 1h}}}",
         "bad_value override, review: 'within' and 'deadline' say the same thing twice (allowed: "
         "one of them)"},
        {"stage", "{name: override-review, doneState: s, gate: {rules: [" RULE "]}}",
         "reserved stage 'override-review': 'name': the engine itself uses the stage "
         "'override-review'"},
        {"stage", "{name: S, doneState: s, gate: {rules: [" RULE "]}, wait: 1h}",
         "out_of_range stage 'S': 'wait' is between the gate and the action, and the stage has no "
         "action"},
        {"stage", "{name: S, doneState: s, gate: none, action: {plugin: noop}, wait: 2}",
         "wrong_type stage 'S': 'wait': expected a duration such as 30s, 15m or 1h30m (units: w d "
         "h m s ms), found 2"},
        {"file", "kind: Calendar",
         "bad_value 'kind: Calendar' belongs into the folder of calendars, not among the "
         "workflows"},
        {"file", "kind: Directory",
         "bad_value 'kind: Directory' belongs into the file of the directory, not among the "
         "workflows"},
    }));

INSTANTIATE_TEST_SUITE_P(
    Rules, CapabilityMistake,
    ::testing::ValuesIn(std::vector<Row>{
        {"gate", "{rules: [{id: r, from: {role: r}, need: al}]}",
         "wrong_type stage 'S', gate, rule 'r': 'need': expected a whole number from 1 to 1000, or "
         "all, found the string 'al'"},
        {"gate", "{rules: [{id: r, from: {role: r}, separationOfDuties: [team]}]}",
         "bad_value stage 'S', gate, rule 'r': 'separationOfDuties': the string 'team' is not "
         "allowed (allowed: requester, previous_voters, committers, same_team)."},
        {"gate", "{rules: [{id: r, from: {role: r}, separationOfDuties: requester}]}",
         "wrong_type stage 'S', gate, rule 'r': 'separationOfDuties': expected a list, found the "
         "string 'requester'"},
        {"gate", "{rules: [" RULE "], separationOfDuties: [committers]}",
         "bad_reference stage 'S', gate: 'separationOfDuties': nobody could ever be a committer: "
         "the subject's schema has no 'committers' (it has: version)."},
        {"gate",
         "{rules: [{nOf: 1, of: [" RULE ", " RULE ", " RULE ", " RULE ", " RULE ", " RULE ", " RULE
         ", " RULE ", " RULE ", " RULE ", " RULE ", " RULE ", " RULE ", " RULE ", " RULE ", " RULE
         ", " RULE "]}]}",
         "bad_value stage 'S', gate: 'of': 17 are too many (allowed: 16)"},
        {"gate", "{rules: [{id: r, from: {user: [ann, bob, ann]}, need: 3}]}",
         "impossible stage 'S', gate: the gate can never be satisfied: rule 'r' needs 3 people, "
         "but its list names 2"},
        {"gate", "{rules: [{id: r, from: {plugin: user, with: {user: ann}}, need: 2}]}",
         "impossible stage 'S', gate: the gate can never be satisfied: rule 'r' needs 2 people, "
         "but its list names 1"},
        {"gate",
         "{rules: [{id: a, from: {user: [ann, bob]}, need: 2}, {id: b, from: {user: bob}}]}",
         "impossible stage 'S', gate: the gate can never be satisfied: even if everybody its rules "
         "name approves, there are not enough different people, because one person fills one place "
         "('distinct: false' would let them fill several)"},
        {"gate",
         "{rules: [{nOf: 2, of: [{id: a, from: {user: ann}}, {id: b, from: {user: ann}}]}, {id: c, "
         "from: {role: c}}]}",
         "impossible stage 'S', gate: the gate can never be satisfied: even if everybody its rules "
         "name approves, there are not enough different people, because one person fills one place "
         "('distinct: false' would let them fill several)"},
        {"gate", "{rules: [" RULE "], form: {type: array}}",
         "bad_schema stage 'S', gate, form: a form is always an object: write 'type: object'"},
        {"gate", "{rules: [" RULE "], form: {type: object, propertees: {}}}",
         "bad_schema stage 'S', gate, form: 'form/propertees': 'propertees' is not a keyword this "
         "validator honours. Did you mean 'properties'?"},
        {"gate", "{rules: [" RULE "], auto: [{policy: low-risk, fills: []}]}",
         "unknown_name stage 'S', gate, auto 'low-risk': 'policy': no document of kind Policy in "
         "this file or folder is named 'low-risk' (there are: none)."},
        {"gate", "{rules: [" RULE "], auto: [{policy: low-risk, plugin: match, fills: []}]}",
         "unknown_name stage 'S', gate, auto 'low-risk': 'policy': no document of kind Policy in "
         "this file or folder is named 'low-risk' (there are: none).\n"
         "unknown_key stage 'S', gate, auto 'low-risk': unknown key 'plugin' (known: policy, "
         "fills, id, shadow)."},
    }));

INSTANTIATE_TEST_SUITE_P(
    Deadlines, CapabilityMistake,
    ::testing::ValuesIn(std::vector<Row>{
        {"gate", "{rules: [" RULE "], deadline: {after: 1h, clock: 9-to-5}}",
         "bad_value stage 'S', gate, deadline: 'clock': the name '9-to-5' is not allowed (allowed: "
         "a small letter, then up to 62 small letters, digits or '-')"},
        {"gate", "{rules: [" RULE "], deadline: {after: 1h, remind: [1h]}}",
         "out_of_range stage 'S', gate, deadline: 'remind': 1h before the deadline is not after "
         "the opening of the gate (allowed: less than 1h)"},
        {"gate", "{rules: [" RULE "], deadline: {after: 4h, remind: [1h, 2h]}}",
         "out_of_range stage 'S', gate, deadline: 'remind': 2h is out of order: write the longest "
         "first, each once (the one before is 1h)"},
        {"gate",
         "{rules: [" RULE "], deadline: {after: 4h, remind: [1m, 1m, 1m, 1m, 1m, 1m, 1m, 1m, 1m, "
         "1m, 1m]}}",
         "bad_value stage 'S', gate, deadline: 'remind': 11 are too many (allowed: 10)"},
        {"gate", "{rules: [" RULE "], deadline: {after: 1h, onTimeout: escalate}}",
         "missing_key stage 'S', gate, deadline: 'onTimeout: escalate' needs 'escalate', the list "
         "of who may vote then"},
        {"gate", "{rules: [" RULE "], deadline: {after: 1h, onTimeout: approve}}",
         "missing_key stage 'S', gate, deadline: 'onTimeout: approve' lets time approve without "
         "anybody; if that is meant, add 'allowAutoTimeout: true'"},
        {"gate",
         "{rules: [" RULE "], deadline: {after: 1h, onTimeout: approve, allowAutoTimeout: false}}",
         "bad_value stage 'S', gate, deadline: 'onTimeout: approve' lets time approve without "
         "anybody; if that is meant, add 'allowAutoTimeout: true'"},
        {"gate",
         "{rules: [" RULE "], deadline: {after: 1h, escalate: [{after: 2h, add: {role: x}}]}}",
         "out_of_range stage 'S', gate, deadline, level 1: 'after': 2h is not before the deadline "
         "(allowed: less than 1h)"},
        {"gate",
         "{rules: [" RULE
         "], deadline: {after: 4h, escalate: [{after: 2h, add: {role: x}}, {after: "
         "2h, add: {role: y}}]}}",
         "out_of_range stage 'S', gate, deadline, level 2: 'after': 2h is out of order: each level "
         "is later than the one before (2h)"},
        {"gate", "{rules: [" RULE "], deadline: {after: 4h, escalate: [{after: 2h}]}}",
         "missing_key stage 'S', gate, deadline, level 1: 'add' is missing"},
        {"gate",
         "{rules: [" RULE "], deadline: {after: 4h, escalate: [{after: 2h, add: {role: x}, rules: "
         "[rr]}]}}",
         "unknown_name stage 'S', gate, deadline, level 1: 'rules': this gate has no rule 'rr' (it "
         "has: r). Did you mean 'r'?"},
        {"gate",
         "{rules: [" RULE "], deadline: {after: 4h, escalate: [{after: 2h, add: {role: x}, rules: "
         "[]}]}}",
         "bad_value stage 'S', gate, deadline, level 1: 'rules': expected at least 1, found an "
         "empty list"},
    }));

INSTANTIATE_TEST_SUITE_P(
    Votes, CapabilityMistake,
    ::testing::ValuesIn(std::vector<Row>{
        {"gate", "{rules: [" RULE "], votes: {ttl: 0s}}",
         "out_of_range stage 'S', gate, votes: 'ttl': 0s is not allowed (allowed: 1s to 52w2d)"},
        {"gate", "{rules: [" RULE "], votes: {onSubjectChange: keep}}",
         "bad_value stage 'S', gate, votes: 'onSubjectChange': expected reset, {resetFrom: stage} "
         "or {keepIf: expression}, found the string 'keep'"},
        {"gate", "{rules: [" RULE "], votes: {onSubjectChange: {}}}",
         "missing_key stage 'S', gate, votes, onSubjectChange: 'resetFrom' is missing"},
        {"gate", "{rules: [" RULE "], votes: {onSubjectChange: {resetFrom: T}}}",
         "unknown_name stage 'S', gate, votes, onSubjectChange: 'resetFrom': 'T' is neither this "
         "stage nor an earlier one (allowed: S)."},
        {"gate", "{rules: [" RULE "], votes: {onSubjectChange: {keepIf: 'true', resetFrom: S}}}",
         "unknown_key stage 'S', gate, votes, onSubjectChange: unknown key 'resetFrom' (known: "
         "keepIf)."},
        {"gate", "{rules: [" RULE "], votes: {earlyVotes: keep}}",
         "bad_value stage 'S', gate, votes: 'earlyVotes': the string 'keep' is not allowed "
         "(allowed: refuse, hold)."},
        {"gate", "{rules: [" RULE "], votes: {requireDigest: yes}}",
         "wrong_type stage 'S', gate, votes: 'requireDigest': expected true or false, found the "
         "string 'yes' (only true and false are booleans in YAML 1.2)"},
    }));

TEST(KeepIf, IsCompiledAndItsMistakesAreToldWithTheirPlace) {
  const auto with = [](const char* expression) {
    const std::string gate = fmt::format(
        "{{rules: [{}], votes: {{onSubjectChange: {{keepIf: \"{}\"}}}}}}", RULE, expression);
    return MistakesOf({"gate", gate.c_str(), ""});
  };
  const std::string where = "bad_expression stage 'S', gate, votes, onSubjectChange: 'keepIf': ";
  EXPECT_EQ(with("old.version == new.version && stage.name != 'x' && run.id > 0"), "");
  EXPECT_EQ(with("old.version == "),
            where + "line 1, column 16 of the expression: expected an expression, found the end");
  EXPECT_EQ(with("true &&\\n  nwe.version == '1'"),
            where +
                "line 2, column 3 of the expression: unknown variable 'nwe' (known: new, old, run, "
                "stage). Did you mean 'new'?");
  EXPECT_EQ(
      with("old.version.size()"),
      where + "line 1, column 1 of the expression: expected the expression to be bool, found int");
  EXPECT_EQ(
      with("1 + 2"),
      where + "line 1, column 1 of the expression: expected the expression to be bool, found int");
  EXPECT_EQ(with(""),
            where + "line 1, column 1 of the expression: expected an expression, found the end");
}

// The first stage has the form {ticket}.
std::string AfterForm(std::string_view path) {
  return fmt::format(R"(apiVersion: gatewright/v1
kind: Workflow
metadata: {{name: w}}
spec:
  stages:
    - {{name: QA, doneState: qa, gate: {{rules: [{}], form: {{type: object, properties: {{ticket: {{type: object, additionalProperties: false, properties: {{id: {{}}}}}}}}}}}}}}
    - {{name: S, doneState: s, gate: none, action: {{plugin: command, with: {{argv: ["${{{}}}"]}}}}}}
)",
                     RULE, path);
}

TEST(FormReferences, AreHeldToTheForm) {
  const std::string where = "bad_reference w.yaml:7:83: stage 'S', action: ";
  EXPECT_EQ(Mistakes(AfterForm("stages.QA.form.ticket")), "");
  EXPECT_EQ(Mistakes(AfterForm("stages.QA.form.ticket.id")), "");
  EXPECT_EQ(Mistakes(AfterForm("stages.QA.form.ticket.di")),
            where +
                "'${stages.QA.form.ticket.di}' names nothing: the form of stage 'QA' has no 'di' "
                "(it has: id). Did you mean 'id'?");
  EXPECT_EQ(Mistakes(AfterForm("stages.QA.form.tikcet")),
            where +
                "'${stages.QA.form.tikcet}' names nothing: the form of stage 'QA' declares no "
                "'tikcet' (it has: ticket). Did you mean 'ticket'?");
  EXPECT_EQ(Mistakes(AfterForm("stages.AQ.form.ticket")),
            where +
                "'${stages.AQ.form.ticket}' names nothing: no stage 'AQ' with a form comes before "
                "this one (there are: QA). Did you mean 'QA'?");
  EXPECT_EQ(Mistakes(AfterForm("stages.S.form.ticket")),
            where +
                "'${stages.S.form.ticket}' names nothing: no stage 'S' with a form comes before "
                "this one (there are: QA).");
  EXPECT_EQ(Mistakes(AfterForm("stages.QA.ticket")),
            where +
                "'${stages.QA.ticket}' is no value of a form (expected a path such as "
                "${stages.QA.form.ticket})");
}

}  // namespace
}  // namespace gatewright::definition
