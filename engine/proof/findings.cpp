#include "engine/proof/findings.h"

#include <fmt/format.h>

#include <algorithm>

namespace gatewright::proof {
namespace {

const std::string& Name(const Model& model, std::size_t stage) {
  return model.SpecAt(stage).name.value;
}

class Judge {
 public:
  Judge(const Model& model, const Exploration& seen, const std::string& why_incomplete)
      : model_(model), seen_(seen), why_incomplete_(why_incomplete) {}

  // Something that must never be seen.
  Answer Never(Property property, std::initializer_list<SightKind> kinds) const {
    Answer answer{property, Verdict::kProven, {}, ""};
    for (const SightKind kind : kinds) {
      const Sighting* sighting = seen_.FindAny(kind);
      if (sighting == nullptr) continue;
      Script script = Tell(model_, seen_.WayTo(*sighting));
      std::size_t stage = 0;
      for (const Sight& sight : script.sights) {
        if (sight.kind == kind) stage = sight.stage;
      }
      answer.findings.push_back({Message(kind, stage), std::move(script)});
    }
    return Judged(std::move(answer), seen_.is_complete() && why_incomplete_.empty());
  }

  Answer Ends() const {
    Answer answer{Property::kEnds, Verdict::kProven, {}, ""};
    if (seen_.stuck) {
      Script script = Tell(model_, seen_.WayTo(*seen_.stuck));
      answer.findings.push_back(
          {"from here no end can be reached any more: all that is left is to cancel the run, or to "
           "change its subject and begin again",
           std::move(script)});
    }
    return Judged(std::move(answer), why_incomplete_.empty());
  }

  // Something that every stage must show. Where not everything was seen, it may still come.
  Answer EveryStage(Property property, SightKind kind) const {
    Answer answer{property, Verdict::kProven, {}, ""};
    std::vector<Finding> missing;
    for (std::size_t i = 0; i < model_.stage_count(); ++i) {
      const bool needs_gate = kind == SightKind::kSatisfied;
      const Sighting* opened = seen_.Find(SightKind::kOpened, i);
      if (needs_gate && (!model_.SpecAt(i).gate || opened == nullptr)) continue;
      if (seen_.Find(kind, i) != nullptr) continue;
      missing.push_back({Message(kind, i), Tell(model_, WayNear(i))});
    }
    if (missing.empty()) return answer;
    if (why_incomplete_.empty()) {
      answer.verdict = Verdict::kViolated;
      answer.findings = std::move(missing);
    } else {
      answer.verdict = Verdict::kNotProven;
      answer.why_not_proven = why_incomplete_;
    }
    return answer;
  }

 private:
  // A counterexample counts when it can be played on a clock.
  Answer Judged(Answer answer, bool is_complete) const {
    const bool is_real = std::ranges::any_of(
        answer.findings, [](const Finding& finding) { return finding.script.is_replayed; });
    if (is_real) {
      answer.verdict = Verdict::kViolated;
    } else if (!answer.findings.empty()) {
      answer.verdict = Verdict::kNotProven;
      answer.why_not_proven =
          "a way was found, but only with moments in an order that the workflow's durations do not "
          "allow";
      answer.findings.clear();
    } else if (!is_complete) {
      answer.verdict = Verdict::kNotProven;
      answer.why_not_proven = why_incomplete_;
    }
    return answer;
  }

  // To the stage itself, or as near to it as any run comes.
  std::vector<Step> WayNear(std::size_t stage) const {
    for (std::size_t i = stage + 1; i > 0; --i) {
      if (const Sighting* opened = seen_.Find(SightKind::kOpened, i - 1)) {
        return seen_.WayTo(*opened);
      }
    }
    return {};
  }

  std::string Message(SightKind kind, std::size_t stage) const {
    const std::string& name = Name(model_, stage);
    switch (kind) {
      case SightKind::kUnsatisfied:
        return fmt::format("stage '{}' is passed though a gate has not the votes it needs", name);
      case SightKind::kOutlived:
        return fmt::format("votes on gate '{}' still count though the subject is another", name);
      case SightKind::kDespiteStop:
        return fmt::format("stage '{}' acts though a stop stands", name);
      case SightKind::kDespiteCalendar:
        return fmt::format("stage '{}' acts though the calendar is closed", name);
      case SightKind::kDespiteLock:
        return fmt::format("stage '{}' acts though another run holds the lock", name);
      case SightKind::kRepeated:
        return fmt::format("stage '{}' acts again though it had succeeded", name);
      case SightKind::kByOverride:
        return fmt::format("stage '{}' is passed without votes: by override", name);
      case SightKind::kByTime:
        return fmt::format(
            "stage '{}' is passed without votes: by time, because a gate before it says "
            "'onTimeout: approve'",
            name);
      case SightKind::kUnguarded:
        return fmt::format("stage '{}' acts, and nobody is asked before", name);
      case SightKind::kOpened:
        return fmt::format("stage '{}' is dead: no run ever reaches it{}", name,
                           stage == 0 ? "" : "; this is as near as one comes");
      case SightKind::kSatisfied:
        return fmt::format("gate '{}' is impossible: no votes ever satisfy it", name);
      case SightKind::kPassed:
        return "the run passes";
    }
    return "";
  }

  const Model& model_;
  const Exploration& seen_;
  const std::string& why_incomplete_;
};

}  // namespace

std::vector<Answer> AnswersOf(const Model& model, const Exploration& seen,
                              const std::string& why_incomplete) {
  const Judge judge(model, seen, why_incomplete);
  return {judge.Ends(),
          judge.Never(Property::kGated, {SightKind::kUnsatisfied, SightKind::kOutlived}),
          judge.Never(Property::kHeld, {SightKind::kDespiteStop, SightKind::kDespiteCalendar,
                                        SightKind::kDespiteLock}),
          judge.Never(Property::kOnce, {SightKind::kRepeated}),
          judge.EveryStage(Property::kStagesReached, SightKind::kOpened),
          judge.EveryStage(Property::kGatesSatisfiable, SightKind::kSatisfied),
          judge.Never(Property::kGuarded, {SightKind::kUnguarded}),
          judge.Never(Property::kNotByOverride, {SightKind::kByOverride}),
          judge.Never(Property::kNotByTime, {SightKind::kByTime})};
}

}  // namespace gatewright::proof
