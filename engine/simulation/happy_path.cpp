#include "engine/simulation/happy_path.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <set>

#include "engine/codec/json.h"
#include "engine/core/explain.h"
#include "engine/runtime/prepare.h"

namespace gatewright::simulation {
namespace {

constexpr std::size_t kMaxSteps = 2'000;
constexpr std::string_view kRequester = "requester";
const Time kStart = *ParseTime("2026-03-02T09:00:00Z");

// The first rules, from the top, that together satisfy `rule`.
void Pick(const core::Rule& rule, std::vector<const core::Rule*>& leaves) {
  if (rule.kind == core::RuleKind::kLeaf) return leaves.push_back(&rule);
  std::size_t wanted = rule.children.size();
  if (rule.kind == core::RuleKind::kAny) wanted = 1;
  if (rule.kind == core::RuleKind::kNOf) wanted = rule.need;
  for (std::size_t i = 0; i < wanted && i < rule.children.size(); ++i) {
    Pick(rule.children[i], leaves);
  }
}

// Whom a rule names itself: {"user": ["ann", "bob"]}.
std::vector<std::string> UsersOf(const core::PluginUse& from) {
  std::vector<std::string> names;
  const auto config = codec::ParseJson(from.with_json);
  if (from.plugin != "user" || !config || !config->is_object()) return names;
  const boost::json::value* found = config->get_object().if_contains("user");
  if (found == nullptr) return names;
  if (found->is_string()) names.emplace_back(found->get_string());
  if (!found->is_array()) return names;
  for (const auto& name : found->get_array()) {
    if (name.is_string()) names.emplace_back(name.get_string());
  }
  return names;
}

class Walk {
 public:
  explicit Walk(const PlayOptions& options)
      : options_(options),
        simulation_({kStart, true, false, nullptr, options.calendars},
                    [this](const Moment& moment) { report_.moments.push_back(moment); }) {}

  Report Go() && {
    if (Create()) {
      while (!run().is_finished() && report_.steps < kMaxSteps && Step()) ++report_.steps;
      if (!run().is_finished()) {
        report_.problems.push_back(
            {0, fmt::format("the run does not come to its end: {}", Waits())});
      } else if (run().status != core::RunStatus::kSucceeded) {
        report_.problems.push_back(
            {0, fmt::format("the run ends {}", core::ToString(run().status))});
      }
    }
    report_.ended_at = simulation_.now();
    if (id_.value != 0) report_.runs.push_back(simulation_.Get(id_));
    return std::move(report_);
  }

 private:
  const core::Run& run() const { return simulation_.Get(id_).run; }
  const core::Workflow& workflow() const { return options_.revision->workflow; }

  std::string Waits() const {
    return core::Explain(run(), workflow(), simulation_.now(), simulation_.world(), std::nullopt)
        .summary;
  }

  bool Create() {
    runtime::CreateRequest request;
    request.actor.id = PrincipalId{kRequester};
    request.workflow = workflow().name;
    request.name = "a simulated run";
    request.subject_json = options_.subject_json;
    auto prepared = runtime::PrepareCreate(request, *options_.revision);
    if (const auto* reply = std::get_if<runtime::Reply>(&prepared)) {
      std::string why = reply->error.message;
      for (const auto& problem : reply->problems) {
        why += fmt::format("{}{}: {}", why.empty() ? "" : "; ", problem.pointer, problem.detail);
      }
      report_.mistake =
          fmt::format("no run can be created with the subject {}: {}", options_.subject_json, why);
      return false;
    }
    id_ = simulation_.Add("", options_.revision);
    Do(std::get<core::CreateRun>(prepared), fmt::format("create: {{by: {}}}", kRequester));
    return report_.problems.empty();
  }

  bool Do(const core::Command& command, const std::string& title) {
    const Outcome outcome = simulation_.Do(id_, command, title);
    if (!outcome.is_accepted()) {
      report_.problems.push_back({0, fmt::format("{} is refused: {}", title, outcome.detail)});
    }
    return outcome.is_accepted() && !outcome.events.empty();
  }

  bool Step() {
    if (run().status == core::RunStatus::kWaiting) return Agree();
    const core::Attempt* attempt = run().OpenAttempt();
    if (attempt != nullptr && attempt->state == core::AttemptState::kStarted) {
      core::FinishAttempt finish;
      finish.number = attempt->number;
      finish.fencing_token = attempt->fencing_token;
      finish.end = core::AttemptEnd::kSucceeded;
      finish.summary = "simulated";
      return Do(finish, "attempt: {end: succeeded}");
    }
    const auto next = simulation_.NextMoment();
    if (run().status == core::RunStatus::kNeedsAttention || !next) return false;
    simulation_.Advance(std::max(*next - simulation_.now(), Duration{0}));
    return true;
  }

  // Everybody who is needed at the open gate approves.
  bool Agree() {
    const core::StageSpec* stage = workflow().FindStage(run().current_stage);
    if (stage == nullptr || !stage->gate) return false;
    std::vector<const core::Rule*> leaves;
    Pick(stage->gate->rules, leaves);
    const auto epoch = run().FindStage(stage->name)->gate->epoch;
    std::vector<std::pair<std::string, const core::Rule*>> voters;
    core::RecordEligible listed{stage->name, epoch, {}};
    for (const core::Rule* leaf : leaves) {
      for (std::uint32_t n = 0; n < (leaf->needs_all ? 1 : leaf->need); ++n) {
        voters.emplace_back(Invent(*leaf, stage->name), leaf);
      }
      if (leaf->needs_all) {
        listed.rules.push_back({leaf->id, {PrincipalId{voters.back().first}}});
      }
    }
    if (!listed.rules.empty()) Do(listed, "eligible: whoever is needed");
    bool has_changed = false;
    for (const auto& [name, leaf] : voters) {
      const core::Stage* now = run().FindStage(stage->name);
      if (now == nullptr || !now->gate || !now->gate->is_open()) break;
      has_changed = Vote(name, *leaf, stage->name) || has_changed;
      if (!report_.problems.empty()) return false;
    }
    return has_changed;
  }

  bool Vote(const std::string& name, const core::Rule& leaf, const StageName& stage) {
    core::CastVote vote;
    vote.actor.id = PrincipalId{name};
    vote.stage = stage;
    vote.expected.subject_digest = run().subject_digest;
    vote.facts.stage = stage;
    vote.facts.rules = {leaf.id};
    vote.facts.escalated = run().FindStage(stage)->gate->escalated;
    return Do(vote, fmt::format("vote: {{by: {}, stage: {}}}", name, stage.value));
  }

  // Somebody who has not voted before where that can be had.
  std::string Invent(const core::Rule& leaf, const StageName& stage) {
    const auto users = UsersOf(leaf.from);
    for (const std::string& user : users) {
      if (used_.insert(user).second) return user;
    }
    if (!users.empty()) return users.front();
    for (int n = 1;; ++n) {
      std::string name = fmt::format("{}-{}", leaf.id.value, n);
      if (used_.insert(name).second) return name;
      if (n > 1'000) return fmt::format("{}-{}-{}", stage.value, leaf.id.value, n);
    }
  }

  const PlayOptions& options_;
  Report report_;
  Simulation simulation_;
  RunId id_{0};
  std::set<std::string> used_;
};

}  // namespace

Report WalkHappyPath(const PlayOptions& options) { return Walk(options).Go(); }

}  // namespace gatewright::simulation
