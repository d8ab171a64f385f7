#include "engine/proof/prove.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/assert.h"
#include "engine/proof/findings.h"

namespace gatewright::proof {
namespace {

core::Decision RealDecide(const core::Run& run, const core::Workflow& workflow,
                          const core::Command& command, Time now, const core::World& world) {
  return core::Decide(run, workflow, command, now, world);
}

class Prover {
 public:
  Prover(const core::Workflow& workflow, const ProveOptions& options)
      : workflow_(workflow),
        options_(options),
        decider_(options.decider ? options.decider : RealDecide) {
    proof_.state_limit = options.state_limit;
  }

  Proof Go() {
    const Cast cast = options_.people.empty() ? DefaultCast(workflow_, options_.traits_of)
                                              : CastOf(options_.people);
    proof_.people = cast.people;
    const Model model(workflow_, cast, options_.traits_of, decider_);
    NameLimits(model);
    ExploreOptions explore;
    explore.state_limit = options_.state_limit;
    explore.is_out_of_time = options_.is_out_of_time;
    const Exploration seen = Explore(model, explore);
    Count(seen);
    proof_.answers = AnswersOf(model, seen, Joined());
    AloneAnswers();
    std::ranges::sort(proof_.answers, {}, &Answer::property);
    return std::move(proof_);
  }

 private:
  void NameLimits(const Model& model) {
    if (!model.is_every_skip()) {
      proof_.limits.push_back(
          "not every combination of stages that 'when' may skip was tried: none, each alone, all");
    }
    if (!model.is_every_kept_set()) {
      proof_.limits.push_back(
          "not every combination of gates that 'keepIf' may keep was tried: none, each alone, all");
    }
  }

  std::string Joined() const { return fmt::format("{}", fmt::join(proof_.limits, "; ")); }

  void Count(const Exploration& seen) {
    proof_.states += seen.states;
    proof_.transitions += seen.transitions;
    proof_.depth = std::max(proof_.depth, seen.depth);
    if (seen.ending == Ending::kStateLimit) {
      AddLimit(fmt::format("the limit of {} states was reached", options_.state_limit));
    }
    if (seen.ending == Ending::kTimeLimit) AddLimit("the time was over");
  }

  void AddLimit(std::string limit) {
    if (std::ranges::find(proof_.limits, limit) == proof_.limits.end()) {
      proof_.limits.push_back(std::move(limit));
    }
  }

  // One person on the stage, and somebody who only requests.
  void AloneAnswers() {
    std::vector<Person> lone = options_.people;
    if (lone.empty()) lone = LonePeople(workflow_, options_.traits_of);
    std::erase_if(lone, [](const Person& person) { return person.name == kOutsider; });
    const bool has_policies = std::ranges::any_of(workflow_.stages, [](const auto& stage) {
      return stage.gate && !stage.gate->auto_voters.empty();
    });
    const std::string_view but = has_policies ? " (policies vote besides)" : "";
    const Person outsider{std::string(kOutsider), {}, false, false};
    std::vector<Cast> by_requester;
    std::vector<Cast> by_other;
    for (Person person : lone) {
      person.is_teammate = person.is_committer = false;
      by_requester.push_back({{person}, {0}});
      by_other.push_back({{outsider, person}, {0}});
    }
    const Cast nobody{{outsider}, {0}};
    proof_.answers.push_back(Alone(Property::kNotByPolicies, {nobody},
                                   has_policies ? "the policies pass it without any person"
                                                : "it passes without anybody's vote"));
    proof_.answers.push_back(
        Alone(Property::kNotByRequester, by_requester,
              fmt::format("one person passes it alone, who also asked for it{}", but)));
    proof_.answers.push_back(
        Alone(Property::kNotByOnePerson, by_other,
              fmt::format("one person passes it alone, who has not asked for it{}", but)));
  }

  // Without overrides and without time: those are told apart. First without skipping anything.
  Answer Alone(Property property, const std::vector<Cast>& casts, const std::string& message) {
    Answer answer{property, Verdict::kProven, {}, ""};
    core::Workflow unskipped = workflow_;
    for (core::StageSpec& stage : unskipped.stages) stage.when_schema_json.clear();
    const bool may_skip = unskipped != workflow_;
    for (const core::Workflow* workflow : {&std::as_const(unskipped), &workflow_}) {
      if (workflow == &workflow_ && !may_skip) break;
      for (const Cast& cast : casts) TryAlone(*workflow, cast, message, answer);
      if (!answer.findings.empty()) {
        if (workflow == &workflow_) answer.findings.front().message += ", when stages are skipped";
        break;
      }
    }
    if (!answer.findings.empty()) {
      answer.verdict = Verdict::kViolated;
      answer.why_not_proven.clear();
    } else if (!answer.why_not_proven.empty()) {
      answer.verdict = Verdict::kNotProven;
    }
    return answer;
  }

  void TryAlone(const core::Workflow& workflow, const Cast& cast, const std::string& message,
                Answer& answer) {
    const Model model(workflow, cast, options_.traits_of, decider_);
    ExploreOptions explore;
    explore.state_limit = options_.state_limit;
    explore.is_out_of_time = options_.is_out_of_time;
    explore.moves.with_overrides = false;
    explore.moves.with_approval_by_time = false;
    explore.stop_at = SightKind::kPassed;
    const Exploration seen = Explore(model, explore);
    Count(seen);
    if (const Sighting* passed = seen.FindAny(SightKind::kPassed)) {
      Script script = Tell(model, seen.WayTo(*passed));
      if (!script.is_replayed) {
        answer.why_not_proven =
            "a way was found, but only with moments in an order that the "
            "workflow's durations do not allow";
      } else if (answer.findings.empty() ||
                 script.steps.size() < answer.findings.front().script.steps.size()) {
        answer.findings = {{message, std::move(script)}};
      }
    } else if (!seen.is_complete() || !model.is_every_skip() || !model.is_every_kept_set()) {
      answer.why_not_proven = Joined();
    }
  }

  const core::Workflow& workflow_;
  const ProveOptions& options_;
  Decider decider_;
  Proof proof_;
};

}  // namespace

std::string_view NameOf(Property property) {
  switch (property) {
    case Property::kEnds:
      return "ends";
    case Property::kGated:
      return "gated";
    case Property::kHeld:
      return "held";
    case Property::kOnce:
      return "once";
    case Property::kStagesReached:
      return "stages-reached";
    case Property::kGatesSatisfiable:
      return "gates-satisfiable";
    case Property::kGuarded:
      return "guarded";
    case Property::kNotByRequester:
      return "not-by-requester";
    case Property::kNotByOnePerson:
      return "not-by-one-person";
    case Property::kNotByPolicies:
      return "not-by-policies";
    case Property::kNotByOverride:
      return "not-by-override";
    case Property::kNotByTime:
      return "not-by-time";
  }
  GW_ASSERT(false);
}

std::string_view SentenceOf(Property property) {
  switch (property) {
    case Property::kEnds:
      return "every run can end, from every state";
    case Property::kGated:
      return "nothing acts without the votes of every gate before it, in the newest epoch";
    case Property::kHeld:
      return "nothing acts against a stop, a closed calendar or another run's lock";
    case Property::kOnce:
      return "an action that has succeeded is not done again";
    case Property::kStagesReached:
      return "every stage can be reached";
    case Property::kGatesSatisfiable:
      return "every gate can be satisfied by votes";
    case Property::kGuarded:
      return "somebody is asked before anything acts";
    case Property::kNotByRequester:
      return "nobody alone passes what they asked for";
    case Property::kNotByOnePerson:
      return "no one person alone passes what somebody else asked for";
    case Property::kNotByPolicies:
      return "nothing passes without any person's vote";
    case Property::kNotByOverride:
      return "no gate is passed by override";
    case Property::kNotByTime:
      return "no gate is passed because nobody decided it in time";
  }
  GW_ASSERT(false);
}

bool IsMistake(Property property) { return property < Property::kGuarded; }

std::string_view ToString(Verdict verdict) {
  switch (verdict) {
    case Verdict::kProven:
      return "proven";
    case Verdict::kViolated:
      return "violated";
    case Verdict::kNotProven:
      return "not proven";
  }
  GW_ASSERT(false);
}

const Answer& Proof::Of(Property property) const {
  const auto found = std::ranges::find(answers, property, &Answer::property);
  GW_ASSERT(found != answers.end());
  return *found;
}

Verdict Proof::Overall(bool is_strict) const {
  Verdict worst = Verdict::kProven;
  for (const Answer& answer : answers) {
    if (!is_strict && !IsMistake(answer.property)) continue;
    if (answer.verdict == Verdict::kViolated) return Verdict::kViolated;
    if (answer.verdict == Verdict::kNotProven) worst = Verdict::kNotProven;
  }
  return worst;
}

Proof Prove(const core::Workflow& workflow, const ProveOptions& options) {
  return Prover(workflow, options).Go();
}

}  // namespace gatewright::proof
