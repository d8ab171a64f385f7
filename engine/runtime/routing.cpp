#include "engine/runtime/routing.h"

#include <algorithm>

#include "engine/codec/json_writer.h"

namespace gatewright::runtime {
namespace {

constexpr std::string_view kReference = "${recipient.";
constexpr std::string_view kId = "id";

bool HasVoted(const core::Run& run, const PrincipalId& id) {
  return std::ranges::any_of(run.stages, [&](const core::Stage& stage) {
    return stage.gate && std::ranges::any_of(stage.gate->votes, [&](const core::Vote& vote) {
             return vote.voter == id;
           });
  });
}

// Whether the rule is about this person, as far as the run tells.
bool IsMeant(const core::NotifyRule& rule, const core::Run& run, const PrincipalId& id) {
  switch (rule.to) {
    case core::NotifyTo::kChannel:
      return false;
    case core::NotifyTo::kNeeded:
      return true;
    case core::NotifyTo::kRequester:
      return run.requester == id;
    case core::NotifyTo::kVoters:
      return HasVoted(run, id);
  }
  return false;
}

bool HasAddresses(std::string_view with_json, const core::Preferences& preferences) {
  for (auto at = with_json.find(kReference); at != with_json.npos;
       at = with_json.find(kReference)) {
    with_json.remove_prefix(at + kReference.size());
    const std::string name(with_json.substr(0, with_json.find('}')));
    if (name != kId && !preferences.addresses.contains(name)) return false;
  }
  return true;
}

bool IsQuiet(const core::QuietHours& quiet, Time time) {
  const core::TimeOfDay shown = quiet.clock->At(time);
  const bool is_within_a_day = quiet.from < quiet.to;
  return is_within_a_day ? shown >= quiet.from && shown < quiet.to
                         : shown >= quiet.from || shown < quiet.to;
}

}  // namespace

bool AsksWhetherNeeded(const core::NotifyRule& rule, const core::Run& run, const PrincipalId& id,
                       const core::Preferences& preferences) {
  return (rule.to == core::NotifyTo::kNeeded || preferences.only_needed) &&
         IsMeant(rule, run, id) && HasAddresses(rule.use.with_json, preferences);
}

std::vector<Told> Route(const core::NotifyRule& rule, const core::Run& run,
                        const std::vector<Candidate>& candidates, Time now) {
  std::vector<Told> told;
  for (const Candidate& one : candidates) {
    const core::Preferences& wishes = *one.preferences;
    if (!IsMeant(rule, run, one.id) || !HasAddresses(rule.use.with_json, wishes)) continue;
    const bool has_to_be_needed = rule.to == core::NotifyTo::kNeeded || wishes.only_needed;
    if (has_to_be_needed && !one.is_needed) continue;
    Told here{one.id, now, wishes.digest.has_value()};
    if (wishes.digest) here.when = wishes.digest->clock->Next(wishes.digest->at, now);
    if (wishes.quiet_hours && IsQuiet(*wishes.quiet_hours, here.when)) {
      here.when = wishes.quiet_hours->clock->Next(wishes.quiet_hours->to, here.when);
    }
    told.push_back(std::move(here));
  }
  return told;
}

std::string RecipientScope(const PrincipalId& id, const core::Preferences& preferences) {
  std::string out;
  codec::JsonWriter json(out);
  json.OpenObject().Key("recipient").OpenObject();
  json.Key(kId).Text(id.value);
  for (const auto& [name, address] : preferences.addresses) json.ForeignKey(name).Text(address);
  json.CloseObject().CloseObject();
  return out;
}

}  // namespace gatewright::runtime
