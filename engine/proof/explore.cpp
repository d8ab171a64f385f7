#include "engine/proof/explore.h"

#include <algorithm>
#include <deque>
#include <string>
#include <unordered_map>

#include "engine/proof/canonical.h"
#include "engine/proof/perform.h"

namespace gatewright::proof {
namespace {

constexpr std::size_t kStatesBetweenLooksAtTheClock = 256;

struct Edge {
  std::uint32_t to = 0;
  std::uint32_t from = 0;
};

class Explorer {
 public:
  Explorer(const Model& model, const ExploreOptions& options) : model_(model), options_(options) {}

  Exploration Run() {
    Enter(Nothing(model_), 0, {}, true);
    while (!frontier_.empty() && result_.ending == Ending::kEverything) {
      const auto [index, state] = std::move(frontier_.front());
      frontier_.pop_front();
      ++expanded_;
      for (const Step& step : MovesOf(model_, state.run, options_.moves)) {
        Take(index, state, step, true);
      }
      LookAtTheLimits();
    }
    result_.states = result_.nodes.size() - 1;  // without the run that does not exist yet
    if (result_.ending == Ending::kEverything) FindStuck();
    return std::move(result_);
  }

 private:
  void LookAtTheLimits() {
    if (result_.ending != Ending::kEverything) return;
    if (is_full_) result_.ending = Ending::kStateLimit;
    const bool is_time_to_look = expanded_ % kStatesBetweenLooksAtTheClock == 0;
    if (is_time_to_look && options_.is_out_of_time && options_.is_out_of_time()) {
      result_.ending = Ending::kTimeLimit;
    }
  }

  void Take(std::uint32_t from, const State& state, const Step& step, bool is_free) {
    const core::Run run = AtItsMoment(model_, state.run, step, ProofTime());
    core::Decision decision = model_.decider()(run, model_.workflow(), CommandOf(model_, run, step),
                                               ProofTime(), model_.WorldWith(step.obstacle));
    auto* accepted = std::get_if<core::Accepted>(&decision);
    if (accepted == nullptr || accepted->events.empty()) return;
    ++result_.transitions;
    State next;
    next.passages = state.passages;
    for (const Sight& sight : Watch(model_, state.run, step, *accepted, next.passages)) {
      result_.sightings.try_emplace(sight, Sighting{from, step});
      if (options_.stop_at == sight.kind) result_.ending = Ending::kFound;
    }
    const bool is_obstructable = is_free && ActsOrLocks(accepted->events);
    next.run = std::move(accepted->run);
    Enter(std::move(next), from, step, !IsEscape(step.kind));
    if (!is_obstructable) return;
    for (const Step& other : ObstructedBy(model_, state.run, step)) Take(from, state, other, false);
  }

  static bool ActsOrLocks(const std::vector<core::Event>& events) {
    return std::ranges::any_of(events, [](const core::Event& event) {
      return std::holds_alternative<core::AttemptStarted>(event) ||
             std::holds_alternative<core::LocksTaken>(event);
    });
  }

  void Enter(State state, std::uint32_t from, const Step& step, bool is_on_the_way) {
    Canonical canonical = Canonicalize(model_, std::move(state));
    const auto fresh = static_cast<std::uint32_t>(result_.nodes.size());
    const auto [place, is_new] = index_of_.try_emplace(KeyOf(model_, canonical.state), fresh);
    if (is_on_the_way && place->second != from) edges_.push_back({place->second, from});
    if (!is_new) return;
    const std::uint32_t depth = result_.nodes.empty() ? 0 : result_.nodes[from].depth + 1;
    result_.nodes.push_back({from, depth, step});
    result_.depth = std::max<std::size_t>(result_.depth, depth);
    const core::Run& run = canonical.state.run;
    if (run.exists() && run.is_finished()) {
      ends_.push_back(fresh);
      if (std::ranges::find(result_.ends, run.status) == result_.ends.end()) {
        result_.ends.push_back(run.status);
      }
    }
    if (result_.nodes.size() > options_.state_limit) is_full_ = true;
    frontier_.emplace_back(fresh, std::move(canonical.state));
  }

  // Walks back from the ends: what is not met on the way has none ahead of it.
  void FindStuck() {
    std::ranges::sort(edges_, {}, &Edge::to);
    std::vector<bool> can_end(result_.nodes.size(), false);
    std::vector<std::uint32_t> todo = ends_;
    for (const std::uint32_t end : ends_) can_end[end] = true;
    while (!todo.empty()) {
      const std::uint32_t to = todo.back();
      todo.pop_back();
      auto edge = std::ranges::lower_bound(edges_, to, {}, &Edge::to);
      for (; edge != edges_.end() && edge->to == to; ++edge) {
        if (can_end[edge->from]) continue;
        can_end[edge->from] = true;
        todo.push_back(edge->from);
      }
    }
    const auto stuck = std::ranges::find(can_end, false);
    if (stuck != can_end.end()) {
      result_.stuck = static_cast<std::uint32_t>(stuck - can_end.begin());
    }
  }

  const Model& model_;
  const ExploreOptions& options_;
  Exploration result_;
  std::unordered_map<std::string, std::uint32_t> index_of_;
  std::deque<std::pair<std::uint32_t, State>> frontier_;
  std::vector<Edge> edges_;
  std::vector<std::uint32_t> ends_;
  std::size_t expanded_ = 0;
  bool is_full_ = false;
};

}  // namespace

State Nothing(const Model& model) {
  State state;
  state.run.id = RunId{1};
  state.passages.assign(model.stage_count() + 1, kNotPassed);
  return state;
}

const Sighting* Exploration::Find(SightKind kind, std::size_t stage) const {
  const auto found = sightings.find({kind, static_cast<std::uint8_t>(stage)});
  return found == sightings.end() ? nullptr : &found->second;
}

const Sighting* Exploration::FindAny(SightKind kind) const {
  const Sighting* nearest = nullptr;
  for (const auto& [sight, sighting] : sightings) {
    if (sight.kind != kind) continue;
    if (nearest == nullptr || nodes[sighting.from].depth < nodes[nearest->from].depth) {
      nearest = &sighting;
    }
  }
  return nearest;
}

std::vector<Step> Exploration::WayTo(std::uint32_t state) const {
  std::vector<Step> steps;
  for (; state != 0; state = nodes[state].parent) steps.push_back(nodes[state].step);
  std::ranges::reverse(steps);
  return steps;
}

std::vector<Step> Exploration::WayTo(const Sighting& sighting) const {
  auto steps = WayTo(sighting.from);
  steps.push_back(sighting.step);
  return steps;
}

Exploration Explore(const Model& model, const ExploreOptions& options) {
  return Explorer(model, options).Run();
}

}  // namespace gatewright::proof
