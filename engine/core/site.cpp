#include "engine/core/site.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/assert.h"

namespace gatewright::core {
namespace {

constexpr Duration kLongestDelegation = std::chrono::days{366};

bool IsAbout(const Selector& selector, const Workflow& workflow) {
  if (!selector.workflow.empty() && selector.workflow != workflow.name) return false;
  return std::ranges::all_of(selector.labels, [&](const auto& label) {
    return std::ranges::find(workflow.labels, label) != workflow.labels.end();
  });
}

bool IsValid(const Delegation& delegation, Time now) {
  return delegation.valid_from <= now && now < delegation.valid_until;
}

Refusal NoStop(std::int64_t id) {
  return {RefusalCode::kNotFound, fmt::format("there is no stop {} in force", id)};
}

Refusal NoCredential(const std::string& id) {
  return {RefusalCode::kNotFound, fmt::format("there is no session or token '{}'", id)};
}

class SiteDecider {
 public:
  SiteDecider(const Site& site, Time now) : site_(site), now_(now) {}

  SiteDecision operator()(const SetStop& command) const {
    if (command.until && *command.until <= now_) {
      return Refusal{RefusalCode::kNotPossible,
                     fmt::format("a stop until {} would be over already (it is {})",
                                 FormatTime(*command.until), FormatTime(now_))};
    }
    return Accept({StopSet{{site_.newest_id + 1, command.selector, command.reason, command.actor.id,
                            now_, command.until}}});
  }

  SiteDecision operator()(const LiftStop& command) const {
    std::vector<SiteEvent> events;
    for (const Stop& stop : site_.stops) {
      if (command.id != 0 && stop.id != command.id) continue;
      events.emplace_back(StopLifted{stop.id, command.reason});
    }
    if (events.empty() && command.id != 0) return NoStop(command.id);
    return Accept(std::move(events));
  }

  SiteDecision operator()(const AddDelegation& command) const {
    Delegation delegation = command.delegation;
    delegation.id = site_.newest_id + 1;
    delegation.by = command.actor.id;
    if (delegation.from != command.actor.id && !command.actor.is_everybody) {
      return Refusal{RefusalCode::kNotAllowed,
                     fmt::format("{} may delegate their own votes only, not those of {}",
                                 command.actor.id.value, delegation.from.value)};
    }
    if (delegation.from == delegation.to) {
      return Refusal{RefusalCode::kNotPossible,
                     fmt::format("{} cannot delegate to themselves", delegation.from.value)};
    }
    if (delegation.valid_until <= std::max(now_, delegation.valid_from)) {
      return Refusal{RefusalCode::kNotPossible,
                     fmt::format("a delegation has to end after it begins and after now: expected "
                                 "a time after {}, found {}",
                                 FormatTime(std::max(now_, delegation.valid_from)),
                                 FormatTime(delegation.valid_until))};
    }
    if (delegation.valid_until - delegation.valid_from > kLongestDelegation) {
      return Refusal{RefusalCode::kNotPossible,
                     fmt::format("a delegation holds for 366 days at most, found {}",
                                 FormatDuration(delegation.valid_until - delegation.valid_from))};
    }
    return Accept({DelegationAdded{std::move(delegation)}});
  }

  SiteDecision operator()(const RevokeDelegation& command) const {
    const auto found = std::ranges::find(site_.delegations, command.id, &Delegation::id);
    if (found == site_.delegations.end()) {
      return Refusal{RefusalCode::kNotFound, fmt::format("there is no delegation {}", command.id)};
    }
    const PrincipalId& actor = command.actor.id;
    const bool is_theirs = actor == found->from || actor == found->to || actor == found->by;
    if (!is_theirs && !command.actor.is_everybody) {
      return Refusal{RefusalCode::kNotAllowed,
                     fmt::format("delegation {} is between {} and {}; {} may not revoke it",
                                 command.id, found->from.value, found->to.value, actor.value)};
    }
    return Accept({DelegationRevoked{command.id, command.reason}});
  }

  SiteDecision operator()(const IssueCredential& command) const {
    const Credential& made = command.credential;
    if (FindCredential(site_, made.id) != nullptr) {
      return Refusal{RefusalCode::kNotPossible, fmt::format("'{}' is taken", made.id)};
    }
    if (made.expires_at <= now_) {
      return Refusal{RefusalCode::kNotPossible,
                     fmt::format("it would be over already: expected a time after {}, found {}",
                                 FormatTime(now_), FormatTime(made.expires_at))};
    }
    const bool is_session = made.kind == CredentialKind::kSession;
    const Credential* oldest = nullptr;
    std::size_t count = 0;
    for (const Credential& one : site_.credentials) {
      const bool is_like = (one.kind == CredentialKind::kSession) == is_session;
      if (one.owner != made.owner || !is_like || one.expires_at <= now_) continue;
      ++count;
      if (oldest == nullptr || one.issued_at < oldest->issued_at) oldest = &one;
    }
    if (!is_session && count >= kMaxTokens) {
      return Refusal{RefusalCode::kNotPossible,
                     fmt::format("{} has {} tokens already; revoke one of them first",
                                 made.owner.value, count)};
    }
    std::vector<SiteEvent> events;
    if (is_session && count >= kMaxSessions) {
      events.emplace_back(CredentialRevoked{oldest->id, "a newer session took its place"});
    }
    CredentialIssued issued{made};
    issued.credential.by = command.actor.id;
    issued.credential.issued_at = now_;
    events.emplace_back(std::move(issued));
    return Accept(std::move(events));
  }

  SiteDecision operator()(const RefreshSession& command) const {
    const Credential* session = FindCredential(site_, command.id);
    if (session == nullptr || session->kind != CredentialKind::kSession ||
        session->expires_at <= now_) {
      return NoCredential(command.id);
    }
    if (session->generation != command.generation) {
      return Accept({CredentialRevoked{command.id, "a refresh token was used a second time"}});
    }
    return Accept({SessionRefreshed{command.id, command.generation + 1}});
  }

  SiteDecision operator()(const RevokeCredential& command) const {
    const Credential* found = FindCredential(site_, command.id);
    // Whose it is, nobody learns who may not end it.
    const bool may = found != nullptr && (found->owner == command.actor.id || command.may_others ||
                                          command.actor.is_everybody);
    if (!may) return NoCredential(command.id);
    return Accept({CredentialRevoked{command.id, command.reason}});
  }

 private:
  SiteDecision Accept(std::vector<SiteEvent> events) const {
    if (!events.empty()) Sweep(events);
    SiteAccepted accepted{std::move(events), site_};
    if (!accepted.events.empty()) ApplySiteEntry(accepted.site, accepted.events);
    return accepted;
  }

  // What has ended by itself is taken out on the way.
  void Sweep(std::vector<SiteEvent>& events) const {
    Site left = site_;
    for (const SiteEvent& event : events) ApplySite(left, event);
    for (const Stop& stop : left.stops) {
      if (stop.until && *stop.until <= now_) {
        events.emplace_back(StopLifted{stop.id, "its time was over"});
      }
    }
    for (const Delegation& one : left.delegations) {
      if (one.valid_until <= now_) {
        events.emplace_back(DelegationRevoked{one.id, "its time was over"});
      }
    }
    for (const Credential& one : left.credentials) {
      if (one.expires_at <= now_) {
        events.emplace_back(CredentialRevoked{one.id, "its time was over"});
      }
    }
  }

  const Site& site_;
  Time now_;
};

// Where it is, or belongs.
auto PlaceOf(std::vector<Credential>& credentials, const std::string& id) {
  return std::ranges::lower_bound(credentials, id, {}, &Credential::id);
}

class SiteApplier {
 public:
  explicit SiteApplier(Site& site) : site_(site) {}

  void operator()(const StopSet& event) {
    site_.newest_id = std::max(site_.newest_id, event.stop.id);
    site_.stops.push_back(event.stop);
  }
  void operator()(const StopLifted& event) {
    std::erase_if(site_.stops, [&](const Stop& stop) { return stop.id == event.id; });
  }
  void operator()(const DelegationAdded& event) {
    site_.newest_id = std::max(site_.newest_id, event.delegation.id);
    site_.delegations.push_back(event.delegation);
  }
  void operator()(const DelegationRevoked& event) {
    std::erase_if(site_.delegations, [&](const Delegation& one) { return one.id == event.id; });
  }
  void operator()(const CredentialIssued& event) {
    const auto place = PlaceOf(site_.credentials, event.credential.id);
    site_.credentials.insert(place, event.credential);
  }
  void operator()(const SessionRefreshed& event) {
    const auto place = PlaceOf(site_.credentials, event.id);
    if (place != site_.credentials.end() && place->id == event.id) {
      place->generation = event.generation;
    }
  }
  void operator()(const CredentialRevoked& event) {
    std::erase_if(site_.credentials, [&](const Credential& one) { return one.id == event.id; });
  }

 private:
  Site& site_;
};

}  // namespace

bool Selector::is_everything() const {
  return workflow.empty() && stage.empty() && labels.empty() && lock_key.empty();
}

bool Matches(const Selector& selector, const Run& run, const Workflow& workflow,
             const StageName& stage) {
  if (!IsAbout(selector, workflow)) return false;
  if (!selector.stage.empty() && !stage.empty() && selector.stage != stage) return false;
  const auto& keys = run.facts.lock_keys;
  return selector.lock_key.empty() || std::ranges::find(keys, selector.lock_key) != keys.end();
}

const Credential* FindCredential(const Site& site, std::string_view id) {
  const auto place = std::ranges::lower_bound(site.credentials, id, {}, &Credential::id);
  return place != site.credentials.end() && place->id == id ? &*place : nullptr;
}

std::string_view ToString(CredentialKind kind) {
  switch (kind) {
    case CredentialKind::kSession:
      return "session";
    case CredentialKind::kPersonal:
      return "personal";
    case CredentialKind::kService:
      return "service";
  }
  return "?";
}

std::string Describe(const Selector& selector) {
  if (selector.is_everything()) return "every run";
  std::string text;
  const auto add = [&](std::string_view what, std::string_view value) {
    if (!text.empty()) text += ", ";
    text += fmt::format("{} '{}'", what, value);
  };
  if (!selector.workflow.empty()) add("workflow", selector.workflow.value);
  if (!selector.stage.empty()) add("stage", selector.stage.value);
  for (const auto& [key, value] : selector.labels) add("label", fmt::format("{}={}", key, value));
  if (!selector.lock_key.empty()) add("lock", selector.lock_key);
  return text;
}

PrincipalId ActorOf(const SiteCommand& command) {
  return std::visit([](const auto& one) { return one.actor.id; }, command);
}

SiteDecision DecideSite(const Site& site, const SiteCommand& command, Time now) {
  return std::visit(SiteDecider(site, now), command);
}

void ApplySite(Site& site, const SiteEvent& event) { std::visit(SiteApplier(site), event); }

void ApplySiteEntry(Site& site, const std::vector<SiteEvent>& events) {
  for (const SiteEvent& event : events) ApplySite(site, event);
  ++site.version.value;
}

std::vector<const Stop*> StopsFor(const Site& site, const Run& run, const Workflow& workflow,
                                  const StageName& stage, Time now) {
  std::vector<const Stop*> stops;
  for (const Stop& stop : site.stops) {
    if (stop.until && *stop.until <= now) continue;
    if (Matches(stop.selector, run, workflow, stage)) stops.push_back(&stop);
  }
  return stops;
}

std::vector<Delegator> DelegatorsOf(const Site& site, const PrincipalId& delegate, const Run& run,
                                    const Workflow& workflow, const StageName& stage, Time now) {
  std::vector<Delegator> found;
  // Breadth first: the shortest way to a delegator is the one that is shown.
  std::vector<std::pair<PrincipalId, std::vector<PrincipalId>>> front = {{delegate, {}}};
  for (std::size_t step = 0; step < kMaxDelegationSteps && !front.empty(); ++step) {
    std::vector<std::pair<PrincipalId, std::vector<PrincipalId>>> next;
    for (const auto& [to, through] : front) {
      for (const Delegation& one : site.delegations) {
        if (one.to != to || one.from == delegate || !IsValid(one, now)) continue;
        if (!Matches(one.scope, run, workflow, stage)) continue;
        if (std::ranges::find(found, one.from, &Delegator::id) != found.end()) continue;
        found.push_back({one.from, one.roles, one.groups, through});
        auto way = through;
        way.insert(way.begin(), one.from);
        next.emplace_back(one.from, std::move(way));
      }
    }
    front = std::move(next);
  }
  return found;
}

}  // namespace gatewright::core
