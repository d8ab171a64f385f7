// Long: one function per word of the script, side by side.
#include "engine/simulation/steps.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "engine/codec/digest.h"
#include "engine/codec/json.h"
#include "engine/definition/yaml_json.h"
#include "engine/simulation/script_workflow.h"

namespace gatewright::simulation {
namespace {

using definition::Node;

constexpr std::array<std::string_view, 28> kActions = {
    "create",   "vote",      "policy",  "cancel",   "timer",  "attempt", "resolve",
    "incident", "advance",   "subject", "retry",    "claim",  "release", "extend",
    "override", "stop",      "lift",    "delegate", "revoke", "try",     "eligible",
    "migrate",  "supersede", "stale",   "calendar", "locks",  "lint",    "rollback"};

constexpr core::Choice kChoices[] = {core::Choice::kApprove, core::Choice::kReject,
                                     core::Choice::kWithdraw, core::Choice::kAbstain};

std::string JsonIn(const Args& args, std::string_view key) {
  const Node* node = args.Find(key);
  return node == nullptr ? "" : codec::CanonicalJson(definition::ToJsonValue(*node));
}

Duration DurationOf(const Node& node, std::string_view key) {
  const auto duration = ParseDuration(node.text());
  if (!duration) {
    throw Mistake(node.mark(), fmt::format("'{}': expected a duration such as 24h, found {}", key,
                                           Describe(node)));
  }
  return *duration;
}

Time TimeOf(const Node& node, std::string_view key) {
  const auto time = ParseTime(node.text());
  if (!time) {
    throw Mistake(node.mark(),
                  fmt::format("'{}': expected a time such as 2026-03-02T09:00:00Z, found {}", key,
                              Describe(node)));
  }
  return *time;
}

Outcome OutcomeOf(const runtime::Reply& reply) {
  Outcome outcome;
  switch (reply.kind) {
    case runtime::ReplyKind::kRefused:
      outcome.code = ToString(reply.refusal.code);
      outcome.detail = reply.refusal.detail;
      break;
    case runtime::ReplyKind::kInvalid:
      outcome.code = "invalid";
      for (const auto& problem : reply.problems) {
        outcome.detail += fmt::format("{}{}: {}", outcome.detail.empty() ? "" : "; ",
                                      problem.pointer, problem.detail);
      }
      break;
    default:
      outcome.code = "failed";
      outcome.detail = reply.error.message;
  }
  return outcome;
}

}  // namespace

std::string Flow(const Node& node) {
  std::vector<std::string> parts;
  if (node.is_map()) {
    for (const auto& member : node.members()) {
      parts.push_back(fmt::format("{}: {}", member.key, Flow(member.value)));
    }
    return fmt::format("{{{}}}", fmt::join(parts, ", "));
  }
  if (node.is_list()) {
    for (const Node& item : node.items()) parts.push_back(Flow(item));
    return fmt::format("[{}]", fmt::join(parts, ", "));
  }
  return node.is_null() ? "null" : node.text();
}

Steps::Steps(Simulation& simulation, const People& people, runtime::RevisionPtr revision,
             ports::Plugins& plugins, std::string folder, std::string subject_json)
    : simulation_(simulation),
      people_(people),
      revision_(std::move(revision)),
      plugins_(plugins),
      folder_(std::move(folder)),
      subject_json_(std::move(subject_json)) {}

bool Steps::IsAction(std::string_view key) {
  return std::ranges::find(kActions, key) != kActions.end();
}

std::string Steps::ActionNames() { return fmt::format("{}", fmt::join(kActions, ", ")); }

std::optional<RunId> Steps::Find(const std::string& run) const {
  const auto found = ids_.find(run);
  return found == ids_.end() ? std::nullopt : std::optional(found->second);
}

Outcome Steps::Do(const std::string& run, const definition::YamlMember& action) {
  const std::string title = fmt::format("{}: {}", action.key, Flow(action.value));
  const Node& node = action.value;
  if (action.key == "create") return Create(run, node, title);
  if (action.key == "advance") return Advance(node);
  if (action.key == "lint") return Lint(node, title);
  if (action.key == "stop") return Stop(node, title);
  if (action.key == "delegate") return Delegate(node, title);
  if (action.key == "calendar") return Calendar(node, title);
  if (action.key == "lift") {
    const Args args(node, {"by", "id", "reason"});
    return simulation_.Do(core::LiftStop{Who(args, "operator"), args.Number("id").value_or(0),
                                         args.Text("reason", "it is over")},
                          title);
  }
  if (action.key == "revoke") {
    const Args args(node, {"by", "id", "reason"});
    return simulation_.Do(
        core::RevokeDelegation{Who(args, "operator"),
                               args.Number("id").value_or(simulation_.site().newest_id),
                               args.Text("reason", "back again")},
        title);
  }
  const auto id = Find(run);
  if (!id) {
    throw Mistake(action.key_mark, run.empty() ? "no run was created yet"
                                               : fmt::format("no run '{}' was created yet", run));
  }
  return DoOnRun(*id, action.key, node, title);
}

Outcome Steps::DoOnRun(RunId id, const std::string& action, const Node& node,
                       const std::string& title) {
  if (action == "vote") return Vote(id, node, title);
  if (action == "subject") return Subject(id, node, title);
  if (action == "migrate") return Migrate(id, node, title);
  if (action == "locks") return Locks(id, node, title);
  if (action == "claim") {
    const Args args(node, {"by", "stage", "epoch", "expect"});
    runtime::ClaimRequest claim;
    claim.actor = Who(args);
    if (args.Has("stage")) claim.stage = StageName{args.Text("stage")};
    if (const auto epoch = args.Number("epoch")) claim.epoch = Epoch{*epoch};
    claim.expected = ExpectationIn(id, args);
    return Send(id, runtime::PrepareClaim(claim, simulation_.Loaded(id), simulation_.Asking()),
                title);
  }
  if (action == "override") {
    const Args args(node, {"by", "kind", "reason", "expect"});
    constexpr core::OverrideKind kKinds[] = {
        core::OverrideKind::kGate, core::OverrideKind::kCalendar, core::OverrideKind::kLock};
    runtime::OverrideRequest request;
    request.actor = Who(args);
    request.kind = kKinds[args.Choice("kind", {"gate", "calendar", "lock"}, 0)];
    request.reason = args.Text("reason", "it cannot wait");
    request.expected = ExpectationIn(id, args);
    return Send(id, runtime::PrepareOverride(request, simulation_.Loaded(id), simulation_.Asking()),
                title);
  }
  const auto command = Plain(id, action, node);
  if (!command) throw Mistake(node.mark(), fmt::format("unknown step '{}'", action));
  return simulation_.Do(id, *command, title);
}

std::optional<core::Command> Steps::Plain(RunId id, const std::string& action,
                                          const Node& node) const {
  const core::Run& run = simulation_.Get(id).run;
  if (action == "policy") return Policy(id, node);
  if (action == "timer") return Timer(id, node);
  if (action == "attempt") return Attempt(id, node);
  if (action == "resolve") return Resolve(id, node);
  if (action == "eligible") return Eligible(id, node);
  if (action == "extend") return Extend(id, node);
  if (action == "try") return core::TryStart{};
  if (action == "cancel") {
    const Args args(node, {"by", "reason", "expect"});
    return core::CancelRun{Who(args), args.Text("reason", ""), ExpectationIn(id, args)};
  }
  if (action == "incident") {
    const Args args(node, {"code", "message"});
    return core::RaiseIncident{args.Text("code"), args.Text("message", "")};
  }
  if (action == "retry") {
    const Args args(node, {"by", "reason", "expect"});
    return core::RetryRun{Who(args, "operator"), args.Text("reason", "once more"),
                          ExpectationIn(id, args)};
  }
  if (action == "rollback") {
    const Args args(node, {"by", "reason", "expect"});
    return core::RollBackRun{Who(args, "operator"), args.Text("reason", "it does harm"),
                             ExpectationIn(id, args)};
  }
  if (action == "release") {
    const Args args(node, {"by", "stage", "expect"});
    return core::ReleaseGate{Who(args), StageName{args.Text("stage", run.current_stage.value)},
                             ExpectationIn(id, args)};
  }
  if (action == "supersede") {
    const Args args(node, {"by_run"});
    const std::string by = args.Text("by_run");
    const auto winner = Find(by);
    return core::SupersedeRun{winner.value_or(RunId{args.Number("by_run").value_or(0)})};
  }
  if (action == "stale") {
    const Args args(node, {"digest"});
    const core::Attempt* open = run.OpenAttempt();
    return core::MarkStale{open == nullptr ? AttemptNumber{1} : open->number,
                           args.Text("digest", "another")};
  }
  return std::nullopt;
}

template <class Prepared>
Outcome Steps::Send(RunId id, Prepared prepared, const std::string& title) {
  if (const auto* reply = std::get_if<runtime::Reply>(&prepared)) {
    return simulation_.Tell(id, OutcomeOf(*reply), title);
  }
  return simulation_.Do(id, std::get<0>(std::move(prepared)), title);
}

Outcome Steps::Create(const std::string& run, const Node& node, const std::string& title) {
  const Args args(node, {"by", "name", "subject", "skip", "not_before", "parent", "workflow"});
  if (ids_.contains(run)) {
    throw Mistake(node.mark(), run.empty()
                                   ? "the run is there already; give this one a name: run: b"
                                   : fmt::format("run '{}' is there already", run));
  }
  runtime::RevisionPtr revision = revision_;
  if (args.Has("workflow")) {
    revision = ReadWorkflow(*args.Find("workflow"), folder_, plugins_);
  }
  runtime::CreateRequest request;
  request.actor = Who(args);
  request.workflow = revision->workflow.name;
  request.name = args.Text("name", "a release");
  request.subject_json = args.Has("subject") ? JsonIn(args, "subject") : subject_json_;
  if (args.Has("not_before")) request.not_before = TimeOf(*args.Find("not_before"), "not_before");
  if (args.Has("parent")) {
    const auto parent = Find(args.Text("parent"));
    if (!parent) throw Mistake(args.Find("parent")->mark(), "'parent': there is no such run");
    request.parent = parent;
  }
  auto prepared = runtime::PrepareCreate(request, *revision);
  const RunId id = simulation_.Add(run, revision);
  ids_.emplace(run, id);
  if (auto* create = std::get_if<core::CreateRun>(&prepared)) {
    for (const std::string& stage : args.Texts("skip")) {
      create->skips.push_back({StageName{stage}, "its `when` does not match"});
    }
  }
  return Send(id, std::move(prepared), title);
}

Outcome Steps::Subject(RunId id, const Node& node, const std::string& title) {
  const Args args(node, {"by", "to", "digest", "skip", "keep", "reason", "expect"});
  const core::Run& run = simulation_.Get(id).run;
  runtime::SubjectRequest request;
  request.actor = Who(args, run.requester.value);
  request.subject_json = args.Has("to") ? JsonIn(args, "to") : run.subject_json;
  request.reason = args.Text("reason", "");
  request.expected = ExpectationIn(id, args);
  auto prepared = runtime::PrepareSubject(request, simulation_.Loaded(id));
  if (auto* change = std::get_if<core::ChangeSubject>(&prepared)) {
    // A subject that only its digest is known of: enough where nothing looks into it.
    if (args.Has("digest")) change->subject_digest = args.Text("digest");
    for (const std::string& stage : args.Texts("skip")) {
      change->skips.push_back({StageName{stage}, "its `when` does not match"});
    }
    for (const std::string& stage : args.Texts("keep")) change->kept.emplace_back(stage);
  }
  return Send(id, std::move(prepared), title);
}

Outcome Steps::Vote(RunId id, const Node& node, const std::string& title) {
  const Args args(node, {"stage", "by", "choice", "comment", "epoch", "expect", "form",
                         "on_behalf_of", "subject_digest"});
  runtime::VoteRequest request;
  request.actor = Who(args);
  // Without a stage it is a vote on whatever is open.
  if (args.Has("stage")) request.stage = StageName{args.Text("stage")};
  request.choice = kChoices[args.Choice("choice", {"approve", "reject", "withdraw", "abstain"}, 0)];
  request.comment = args.Text("comment", "");
  if (const auto epoch = args.Number("epoch")) request.epoch = Epoch{*epoch};
  request.expected = ExpectationIn(id, args);
  if (args.Has("subject_digest")) {
    request.expected.subject_digest = DigestOf(id, args.Text("subject_digest"));
  }
  request.form_json = JsonIn(args, "form");
  request.on_behalf_of = PrincipalId{args.Text("on_behalf_of", "")};
  return Send(id, runtime::PrepareVote(request, simulation_.Loaded(id), simulation_.Asking()),
              title);
}

Outcome Steps::Migrate(RunId id, const Node& node, const std::string& title) {
  const Args args(node, {"by", "to", "map", "expect"});
  if (!args.Has("to")) throw Mistake(node.mark(), "'to' is missing: a workflow");
  const runtime::RevisionPtr target = ReadWorkflow(*args.Find("to"), folder_, plugins_);
  runtime::MigrateRequest request;
  request.actor = Who(args, "operator");
  if (const Node* map = args.Find("map")) {
    for (const auto& member : map->members()) {
      request.stages.push_back({StageName{member.key}, StageName{member.value.text()}});
    }
  }
  request.expected = ExpectationIn(id, args);
  simulation_.ExpectMigration(target);
  return Send(id, runtime::PrepareMigrate(request, simulation_.Loaded(id), *target), title);
}

Outcome Steps::Lint(const Node& node, const std::string& title) {
  Outcome outcome;
  for (const auto& diagnostic : LintWorkflow(node, folder_, plugins_)) {
    if (outcome.is_accepted()) outcome.code = diagnostic.code;
    outcome.detail += (outcome.detail.empty() ? "" : "\n") + Format(diagnostic);
  }
  return simulation_.Tell(core::kSite, std::move(outcome), title);
}

Outcome Steps::Stop(const Node& node, const std::string& title) {
  const Args args(node, {"by", "reason", "until", "for", "workflow", "stage", "lock_key"});
  core::SetStop stop;
  stop.actor = Who(args, "operator");
  stop.selector = SelectorIn(args);
  stop.reason = args.Text("reason", "");
  if (args.Has("until")) stop.until = TimeOf(*args.Find("until"), "until");
  if (args.Has("for")) stop.until = simulation_.now() + DurationOf(*args.Find("for"), "for");
  return simulation_.Do(stop, title);
}

Outcome Steps::Delegate(const Node& node, const std::string& title) {
  const Args args(node, {"by", "from", "to", "reason", "valid_from", "valid_until", "for",
                         "workflow", "stage", "lock_key"});
  const core::Principal from = people_.Find(args.Text("from"));
  core::AddDelegation add;
  add.actor = Who(args, from.id.value);
  add.delegation.from = from.id;
  add.delegation.to = PrincipalId{args.Text("to")};
  add.delegation.scope = SelectorIn(args);
  add.delegation.reason = args.Text("reason", "on holiday");
  add.delegation.roles = from.roles;
  add.delegation.groups = from.groups;
  add.delegation.valid_from =
      args.Has("valid_from") ? TimeOf(*args.Find("valid_from"), "valid_from") : simulation_.now();
  const Duration length =
      args.Has("for") ? DurationOf(*args.Find("for"), "for") : std::chrono::hours{24 * 14};
  add.delegation.valid_until = args.Has("valid_until")
                                   ? TimeOf(*args.Find("valid_until"), "valid_until")
                                   : add.delegation.valid_from + length;
  add.delegation.by = add.actor.id;
  return simulation_.Do(add, title);
}

Outcome Steps::Calendar(const Node& node, const std::string& title) {
  const Args args(node, {"name", "open"});
  simulation_.Tell(core::kSite, {}, title);
  simulation_.SetCalendar(args.Text("name"), args.IsSet("open"));
  return {};
}

Outcome Steps::Locks(RunId id, const Node& node, const std::string& title) {
  const Args args(node, {"taken"});
  simulation_.Tell(core::kSite, {}, title);
  simulation_.HoldElsewhere(simulation_.Get(id).run.facts.lock_keys, args.IsSet("taken"));
  return {};
}

Outcome Steps::Advance(const Node& node) {
  Duration duration{0};
  if (const auto until = ParseTime(node.text())) {
    if (*until < simulation_.now()) {
      throw Mistake(node.mark(), fmt::format("the clock is past {} already: it is {}", node.text(),
                                             FormatTime(simulation_.now())));
    }
    duration = *until - simulation_.now();
  } else {
    duration = DurationOf(node, "advance");
  }
  Outcome outcome;
  outcome.events = simulation_.Advance(duration);
  return outcome;
}

core::Command Steps::Policy(RunId id, const Node& node) const {
  const Args args(node, {"stage", "id", "choice", "epoch", "reason", "evidence"});
  core::RecordPolicyVote vote;
  vote.auto_voter = args.Text("id");
  vote.stage = StageName{args.Text("stage", simulation_.Get(id).run.current_stage.value)};
  vote.epoch = EpochIn(id, args, vote.stage);
  constexpr core::Choice kSaid[] = {core::Choice::kApprove, core::Choice::kReject,
                                    core::Choice::kAbstain};
  vote.choice = kSaid[args.Choice("choice", {"approve", "reject", "abstain"}, 0)];
  vote.reason = args.Text("reason", "");
  vote.evidence_json = JsonIn(args, "evidence");
  return vote;
}

core::Command Steps::Timer(RunId id, const Node& node) const {
  const Args args(node, {"gate", "attempt", "epoch", "look_again", "locks"});
  if (const auto attempt = args.Number("attempt")) {
    return core::StartAttempt{AttemptNumber{*attempt}};
  }
  if (args.IsSet("look_again")) return core::TryStart{};
  if (args.IsSet("locks")) return core::ExpireLocks{};
  const StageName stage{args.Text("gate")};
  return core::GateDue{stage, EpochIn(id, args, stage)};
}

core::Command Steps::Attempt(RunId id, const Node& node) const {
  const Args args(node, {"number", "end", "failure", "summary", "token", "outputs", "handle"});
  constexpr core::AttemptEnd kEnds[] = {core::AttemptEnd::kSucceeded, core::AttemptEnd::kFailed,
                                        core::AttemptEnd::kTimedOut, core::AttemptEnd::kCancelled,
                                        core::AttemptEnd::kUnknown};
  const core::Run& run = simulation_.Get(id).run;
  core::FinishAttempt finish;
  finish.number =
      AttemptNumber{args.Number("number").value_or(static_cast<std::int64_t>(run.attempts.size()))};
  finish.end =
      kEnds[args.Choice("end", {"succeeded", "failed", "timed_out", "cancelled", "unknown"}, 0)];
  const core::Attempt* attempt = run.FindAttempt(finish.number);
  if (attempt != nullptr) finish.fencing_token = attempt->fencing_token;
  finish.failure = args.Choice("failure", {"transient", "permanent"}, 1) == 0
                       ? core::FailureClass::kTransient
                       : core::FailureClass::kPermanent;
  finish.summary = args.Text("summary", "the executor's words");
  finish.fencing_token = args.Number("token").value_or(finish.fencing_token);
  finish.outputs_json = JsonIn(args, "outputs");
  if (args.Has("handle")) {  // it goes on outside
    return core::HandOver{finish.number, finish.fencing_token, args.Text("handle"), finish.summary};
  }
  return finish;
}

core::Command Steps::Resolve(RunId id, const Node& node) const {
  const Args args(node, {"by", "as", "reason", "expect"});
  constexpr core::Resolution kResolutions[] = {
      core::Resolution::kRetry, core::Resolution::kSucceeded, core::Resolution::kFailed};
  return core::ResolveIncident{Who(args),
                               kResolutions[args.Choice("as", {"retry", "succeeded", "failed"}, 2)],
                               args.Text("reason", "looked at it"), ExpectationIn(id, args)};
}

core::Command Steps::Eligible(RunId id, const Node& node) const {
  const Args args(node, {"stage", "epoch", "rules"});
  core::RecordEligible people;
  people.stage = StageName{args.Text("stage", simulation_.Get(id).run.current_stage.value)};
  people.epoch = EpochIn(id, args, people.stage);
  if (const Node* rules = args.Find("rules")) {
    for (const auto& member : rules->members()) {
      core::RulePeople one{RuleId{member.key}, {}};
      for (const Node& person : member.value.items()) one.people.emplace_back(person.text());
      people.rules.push_back(std::move(one));
    }
  }
  return people;
}

core::Command Steps::Extend(RunId id, const Node& node) const {
  const Args args(node, {"by", "stage", "epoch", "to", "later", "reason", "expect"});
  const core::Run& run = simulation_.Get(id).run;
  core::ExtendDeadline extend;
  extend.actor = Who(args);
  extend.stage = StageName{args.Text("stage", run.current_stage.value)};
  if (const auto epoch = args.Number("epoch")) extend.epoch = Epoch{*epoch};
  extend.reason = args.Text("reason", "they need longer");
  extend.expected = ExpectationIn(id, args);
  if (args.Has("to")) {
    extend.deadline = TimeOf(*args.Find("to"), "to");
    return extend;
  }
  if (!args.Has("later"))
    throw Mistake(node.mark(), "expected 'to: <time>' or 'later: <duration>'");
  const core::Stage* stage = run.FindStage(extend.stage);
  const bool has_deadline = stage != nullptr && stage->gate && stage->gate->deadline;
  extend.deadline = (has_deadline ? *stage->gate->deadline : simulation_.now()) +
                    DurationOf(*args.Find("later"), "later");
  return extend;
}

core::Expectation Steps::ExpectationIn(RunId id, const Args& args) const {
  core::Expectation expected;
  const Node* node = args.Find("expect");
  if (node == nullptr) return expected;
  const Args wanted(*node, {"version", "state", "digest"});
  if (const auto version = wanted.Number("version")) expected.version = Sequence{*version};
  if (wanted.Has("state")) expected.state = wanted.Text("state");
  if (wanted.Has("digest")) expected.subject_digest = DigestOf(id, wanted.Text("digest"));
  return expected;
}

// "digest-2" is that of the run's second subject; everything else stands for itself.
std::string Steps::DigestOf(RunId id, const std::string& text) const {
  constexpr std::string_view kSymbol = "digest-";
  const auto& digests = simulation_.Get(id).digests;
  for (std::size_t i = 0; i < digests.size(); ++i) {
    if (text == fmt::format("{}{}", kSymbol, i + 1)) return digests[i];
  }
  return text;
}

core::Selector Steps::SelectorIn(const Args& args) const {
  core::Selector selector;
  selector.workflow = WorkflowName{args.Text("workflow", "")};
  selector.stage = StageName{args.Text("stage", "")};
  selector.lock_key = args.Text("lock_key", "");
  return selector;
}

core::Principal Steps::Who(const Args& args, std::string_view otherwise) const {
  return people_.Find(otherwise.empty() ? args.Text("by") : args.Text("by", otherwise));
}

Epoch Steps::EpochIn(RunId id, const Args& args, const StageName& stage) const {
  if (const auto epoch = args.Number("epoch")) return Epoch{*epoch};
  const core::Stage* reached = simulation_.Get(id).run.FindStage(stage);
  return reached != nullptr && reached->gate ? reached->gate->epoch : Epoch{1};
}

}  // namespace gatewright::simulation
