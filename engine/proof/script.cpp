#include "engine/proof/script.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>

#include "engine/proof/canonical.h"
#include "engine/proof/perform.h"
#include "engine/proof/script_text.h"

namespace gatewright::proof {
namespace {

// The exploration calls people of one kind by turns by the same name, and time stands still in it.
// Here a second run goes the same way with every person keeping one name, on a clock.
class Teller {
 public:
  explicit Teller(const Model& model)
      : model_(model), abstract_(Nothing(model)), real_(Nothing(model)), now_(ProofTime()) {
    names_.resize(model.cast().people.size());
    std::iota(names_.begin(), names_.end(), std::uint16_t{0});
    script_.is_replayed = true;
  }

  void Go(const Step& step) {
    Step real_step = step;
    real_step.person = names_[step.person];
    const bool goes = GoAbstract(step);
    if (!script_.is_replayed) return;
    if (!goes || !GoReal(real_step)) {
      script_.is_replayed = false;
      return;
    }
    const Canonical met = Canonicalize(model_, real_);
    script_.is_replayed = KeyOf(model_, met.state) == KeyOf(model_, abstract_);
  }

  Script Take() && {
    script_.status = real_.run.status;
    for (std::size_t p = 0; p < takes_part_.size(); ++p) {
      if (takes_part_[p]) script_.people.push_back(model_.cast().people[p]);
    }
    return std::move(script_);
  }

 private:
  bool GoAbstract(const Step& step) {
    const core::Run run = AtItsMoment(model_, abstract_.run, step, ProofTime());
    const auto decision = model_.decider()(run, model_.workflow(), CommandOf(model_, run, step),
                                           ProofTime(), model_.WorldWith(step.obstacle));
    const auto* accepted = std::get_if<core::Accepted>(&decision);
    if (accepted == nullptr) return false;
    State next{accepted->run, abstract_.passages};
    script_.sights = Watch(model_, abstract_.run, step, *accepted, next.passages);
    Canonical canonical = Canonicalize(model_, std::move(next));
    // Who is called `new` from here on was called `renamed[new]`.
    auto names = names_;
    for (std::size_t p = 0; p < names.size(); ++p) names[p] = names_[canonical.renamed[p]];
    names_ = std::move(names);
    abstract_ = std::move(canonical.state);
    return true;
  }

  bool GoReal(const Step& step) {
    const Time moment = MomentOf(model_, real_.run, step, now_);
    if (moment > now_) {
      Say(fmt::format("advance: {}", FormatDuration(RoundUp(moment - now_))), "");
      now_ += RoundUp(moment - now_);
    }
    for (std::string& line : LinesBetween(model_, obstacle_, step.obstacle)) {
      Say(std::move(line), "");
    }
    obstacle_ = step.obstacle;
    const core::Command command = CommandOf(model_, real_.run, step);
    const auto decision = model_.decider()(real_.run, model_.workflow(), command, now_,
                                           model_.WorldWith(step.obstacle));
    const auto* accepted = std::get_if<core::Accepted>(&decision);
    if (accepted == nullptr) return false;
    Say(LineOf(model_, real_.run, step), Describe(accepted->events));
    script_.commands.push_back(command);
    script_.times.push_back(now_);
    const bool is_of_somebody = step.kind == StepKind::kCreate || step.kind == StepKind::kVote ||
                                step.kind == StepKind::kOverride;
    takes_part_.resize(names_.size(), false);
    if (is_of_somebody) takes_part_[step.person] = true;
    State next{accepted->run, real_.passages};
    Watch(model_, real_.run, step, *accepted, next.passages);
    real_ = std::move(next);
    return true;
  }

  // Whole seconds read better.
  static Duration RoundUp(Duration duration) {
    return std::chrono::ceil<std::chrono::seconds>(duration);
  }

  void Say(std::string line, std::string happens) {
    script_.steps.push_back(std::move(line));
    script_.happens.push_back(std::move(happens));
  }

  const Model& model_;
  State abstract_;
  State real_;
  Time now_;
  Obstacle obstacle_ = Obstacle::kNone;
  std::vector<std::uint16_t> names_;  // of the real run, by those of the exploration
  std::vector<bool> takes_part_;
  Script script_;
};

// "role:qa" and "role:ops" are roles: [qa, ops].
std::string TraitsLine(const Person& person) {
  std::vector<std::string_view> roles;
  std::vector<std::string_view> groups;
  std::vector<std::string_view> others;
  for (const std::string_view trait : person.traits) {
    if (trait.starts_with("role:")) {
      roles.push_back(trait.substr(5));
    } else if (trait.starts_with("group:")) {
      groups.push_back(trait.substr(6));
    } else if (!trait.starts_with(kOnePerson)) {
      others.push_back(trait);
    }
  }
  std::vector<std::string> words;
  if (!roles.empty()) words.push_back(fmt::format("roles: [{}]", fmt::join(roles, ", ")));
  if (!groups.empty()) words.push_back(fmt::format("groups: [{}]", fmt::join(groups, ", ")));
  std::string line = fmt::format("{}: {{{}}}", person.name, fmt::join(words, ", "));
  if (!others.empty()) line += fmt::format("  # eligible by {}", fmt::join(others, "; "));
  return line;
}

}  // namespace

Script Tell(const Model& model, const std::vector<Step>& way) {
  Teller teller(model);
  for (const Step& step : way) teller.Go(step);
  return std::move(teller).Take();
}

std::string ToYaml(const Script& script, const std::string& workflow) {
  std::string text;
  if (!workflow.empty()) text += fmt::format("workflow: {}\n", workflow);
  // Whatever moment comes, the script says it.
  text += "timers: manual\npeople:\n";
  for (const Person& person : script.people) text += fmt::format("  {}\n", TraitsLine(person));
  text += "steps:\n";
  std::size_t width = 0;
  for (const std::string& step : script.steps) {
    if (step.size() <= 72) width = std::max(width, step.size());
  }
  for (std::size_t i = 0; i < script.steps.size(); ++i) {
    const std::string& happens = script.happens[i];
    text += happens.empty() ? fmt::format("  - {}\n", script.steps[i])
                            : fmt::format("  - {:<{}}  # {}\n", script.steps[i], width, happens);
  }
  return text;
}

}  // namespace gatewright::proof
