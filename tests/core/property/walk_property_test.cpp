// tests/core/property/walk_property_test.cpp: random commands on random workflows. Every step is a
// row of the transition table and every row is taken; what is true of a run stays true; replaying
// the events, straight or through the JSON of the log after every step, gives the same run.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <optional>

#include "engine/codec/events.h"
#include "engine/core/apply.h"
#include "engine/core/transitions.h"
#include "tests/core/property/invariants.h"
#include "tests/core/property/random.h"
#include "tests/core/property/random_command.h"
#include "tests/core/property/random_workflow.h"

namespace gatewright::core::test {
namespace {

constexpr std::uint64_t kSteps = 30;

using Taken = std::array<std::uint64_t, kTransitions.size()>;

std::optional<std::size_t> RowOf(std::optional<RunStatus> from, CommandKind command, RunStatus to) {
  for (std::size_t row = 0; row < kTransitions.size(); ++row) {
    const Transition& transition = kTransitions[row];
    if (transition.from == from && transition.command == command && transition.to == to) return row;
  }
  return std::nullopt;
}

// One run, and beside it what replay makes of its events.
class Walk {
 public:
  Walk(Random& random, Taken& taken, bool is_restarted)
      : random_(random),
        taken_(taken),
        is_restarted_(is_restarted),
        workflow_(RandomWorkflow(random)),
        now_(*ParseTime("2026-03-02T09:00:00Z")) {
    run_.id = RunId{1};
    replayed_ = run_;
  }

  // The first thing that is wrong, or nothing.
  std::string Go() {
    std::string broken = Step(RandomCreate(random_, workflow_));
    for (std::uint64_t step = 0; broken.empty() && step < kSteps; ++step) {
      broken = Step(RandomCommand(random_, run_, workflow_, now_));
    }
    return broken;
  }

 private:
  std::string Step(const Command& command) {
    const Decision decision = Decide(run_, workflow_, command, now_);
    const auto* accepted = std::get_if<Accepted>(&decision);
    if (accepted == nullptr) {
      return std::get<Refusal>(decision).detail.empty() ? "a refusal without a sentence" : "";
    }
    for (const std::string& broken :
         {BrokenStep(run_, *accepted, workflow_), BrokenRow(command, *accepted),
          BrokenReplay(command, *accepted), BrokenRun(accepted->run, workflow_)}) {
      if (!broken.empty()) return Say(command, broken);
    }
    timers_.Follow(accepted->effects);
    const std::string broken = timers_.Broken(accepted->run);
    if (!broken.empty()) return Say(command, broken);
    // After a restart there is nothing but what was read back from the log.
    run_ = is_restarted_ ? replayed_ : accepted->run;
    return "";
  }

  std::string BrokenRow(const Command& command, const Accepted& accepted) {
    if (accepted.events.empty()) return "";
    const auto from = run_.exists() ? std::optional(run_.status) : std::nullopt;
    const auto row = RowOf(from, KindOf(command), accepted.run.status);
    if (!row) return fmt::format("no row leads to '{}'", ToString(accepted.run.status));
    ++taken_[*row];
    return "";
  }

  std::string BrokenReplay(const Command& command, const Accepted& accepted) {
    if (accepted.events.empty()) return "";
    const Stamp stamp{now_, ActorOf(command)};
    if (is_restarted_) {
      ports::Entry entry;
      entry.run = run_.id;
      entry.sequence = accepted.run.version;
      entry.at = stamp.at;
      entry.actor = stamp.actor.value;
      entry.events_json = codec::EventsToJson(accepted.events);
      entries_.push_back(std::move(entry));
      auto replayed = codec::Replay(run_.id, entries_);
      if (!replayed) return "the log cannot be read back: " + replayed.error().message;
      replayed_ = *std::move(replayed);
    } else {
      ApplyEntry(replayed_, accepted.events, stamp);
    }
    return replayed_ == accepted.run ? "" : "replay gives another run than was decided";
  }

  std::string Say(const Command& command, const std::string& broken) const {
    return fmt::format("{} (command '{}' on a run that was {} in state '{}', version {})", broken,
                       ToString(KindOf(command)), ToString(run_.status), run_.state,
                       run_.version.value);
  }

  Random& random_;
  Taken& taken_;
  bool is_restarted_;
  Workflow workflow_;
  Run run_;
  Run replayed_;
  Time now_;
  Timers timers_;
  std::vector<ports::Entry> entries_;
};

void WalkAll(std::uint64_t walks, bool is_restarted, Taken& taken) {
  for (const std::uint64_t seed : Seeds()) {
    Random random(seed);
    for (std::uint64_t walk = 0; walk < walks; ++walk) {
      const std::string broken = Walk(random, taken, is_restarted).Go();
      ASSERT_EQ(broken, "") << "in walk " << walk << " of GATEWRIGHT_SEED=" << seed;
    }
  }
}

TEST(WalkProperty, EveryStepIsARowAndEveryRowIsTaken) {
  Taken taken{};
  WalkAll(NumberFromEnvironment("GATEWRIGHT_WALKS", 4'000), false, taken);
  for (std::size_t row = 0; row < kTransitions.size(); ++row) {
    const Transition& transition = kTransitions[row];
    EXPECT_GT(taken[row], 0U) << "no run ever went from "
                              << (transition.from ? ToString(*transition.from) : "new") << " by '"
                              << ToString(transition.command) << "' to " << ToString(transition.to)
                              << " (" << transition.when << ")";
  }
}

TEST(WalkProperty, ARestartAfterEveryStepChangesNothing) {
  Taken taken{};
  WalkAll(NumberFromEnvironment("GATEWRIGHT_WALKS", 4'000) / 10, true, taken);
}

}  // namespace
}  // namespace gatewright::core::test
