#include "engine/runtime/message_writer.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "engine/codec/events.h"
#include "engine/runtime/routing.h"
#include "engine/runtime/secrets.h"
#include "engine/runtime/substitute.h"
#include "engine/runtime/vote_link.h"

namespace gatewright::runtime {
namespace {

// Notifiers made for people; when there are more, all are made again.
constexpr std::size_t kMostMade = 1'000;

Error CannotBeSaid(const ports::DeliveryRow& row) {
  return {ErrorCode::kInvalid,
          fmt::format("event {} of run {} is not in the log", row.event, row.run.value)};
}

}  // namespace

Result<Parcel> MessageWriter::Write(const std::vector<ports::DeliveryRow>& rows,
                                    const Message* known) {
  const ports::DeliveryRow& first = rows.front();
  const auto lane = ReadLane(first.lane);
  const RevisionPtr revision = lane ? around_.workflows.Pinned(lane->version) : nullptr;
  if (revision == nullptr || lane->rule >= revision->notifiers.size()) {
    return Error{ErrorCode::kInvalid, "the version of the workflow that asked for it is not there"};
  }
  const core::NotifyRule& rule = revision->workflow.notify[lane->rule];
  Parcel parcel;
  std::vector<Message> messages;
  if (known != nullptr) {
    messages.push_back(*known);
  } else {
    for (const ports::DeliveryRow& row : rows) {
      bool is_needed = true;
      GW_TRY(message, Read(rule, row, is_needed));
      if (is_needed) messages.push_back(std::move(message));
    }
  }
  parcel.is_needed = !messages.empty();
  if (!parcel.is_needed) return parcel;
  parcel.message =
      rows.size() == 1 && !first.is_digest
          ? std::move(messages.front())
          : WriteDigest(first.id, first.created_at, PrincipalId{first.recipient}, messages);
  if (!first.recipient.empty()) {
    GW_TRY(made, NotifierFor(rule, first.lane, PrincipalId{first.recipient}));
    parcel.notifier = std::move(made.notifier);
    parcel.secrets = std::move(made.secrets);
    return parcel;
  }
  parcel.notifier = revision->notifiers[lane->rule];
  parcel.secrets = revision->notifier_secrets[lane->rule];
  if (parcel.notifier == nullptr) {
    return Error{ErrorCode::kUnavailable,
                 fmt::format("notifier '{}' is not available", rule.use.plugin)};
  }
  return parcel;
}

Result<MessageWriter::Made> MessageWriter::NotifierFor(const core::NotifyRule& rule,
                                                       const std::string& lane,
                                                       const PrincipalId& person) {
  const auto directory = around_.surroundings.directory();
  const core::Preferences* wishes = directory ? directory->FindPreferences(person) : nullptr;
  if (wishes == nullptr) {
    return Error{ErrorCode::kInvalid,
                 fmt::format("the directory has no address of {}", person.value)};
  }
  GW_TRY(settings, Substitute(rule.use.with_json, RecipientScope(person, *wishes)));
  if (!settings.missing_paths.empty()) {
    return Error{ErrorCode::kInvalid,
                 fmt::format("the directory has no {} of {}",
                             fmt::join(settings.missing_paths, ", "), person.value)};
  }
  {
    const std::lock_guard lock(mutex_);
    const auto found = made_.find(lane);
    if (found != made_.end() && found->second.first == settings.json) return found->second.second;
  }
  GW_TRY(filled, FillSettings(settings.json, around_.read_secret));
  auto notifier = around_.plugins.MakeNotifier(rule.use.plugin, filled.json);
  if (!notifier) {
    return Error{notifier.error().code, Redacted(notifier.error().message, filled.secrets)};
  }
  Made made{*std::move(notifier), std::move(filled.secrets)};
  const std::lock_guard lock(mutex_);
  if (made_.size() >= kMostMade) made_.clear();
  made_.insert_or_assign(lane, std::pair(settings.json, made));
  return made;
}

Result<Message> MessageWriter::Read(const core::NotifyRule& rule, const ports::DeliveryRow& row,
                                    bool& is_needed) const {
  const auto place = ReadEventId(row.event);
  if (!place) return CannotBeSaid(row);
  GW_TRY(entries, around_.store.ReadEntries(Position{place->position.value - 1}, 1));
  if (entries.empty() || entries.front().run != row.run) return CannotBeSaid(row);
  GW_TRY(loaded, around_.runs.Load(row.run));
  if (loaded == nullptr) return CannotBeSaid(row);
  GW_TRY(events, codec::EventsFromJson(entries.front().events_json));
  if (place->event >= events.size()) return CannotBeSaid(row);
  const PrincipalId person{row.recipient};
  std::optional<Links> links;
  if (!person.empty() && rule.to == core::NotifyTo::kNeeded) {
    const auto directory = around_.surroundings.directory();
    const core::Principal* known = directory ? directory->Find(person) : nullptr;
    is_needed = known != nullptr && around_.is_needed(*loaded, *known);
    if (is_needed) links = LinksFor(rule, *loaded, row);
  }
  return WriteMessage(entries.front(), place->event, events[place->event], *loaded, person,
                      links ? &*links : nullptr);
}

std::optional<Links> MessageWriter::LinksFor(const core::NotifyRule& rule, const LoadedRun& loaded,
                                             const ports::DeliveryRow& row) const {
  const core::Run& run = loaded.run;
  const core::Stage* stage = run.FindStage(run.current_stage);
  const std::string public_url = around_.public_url();
  if (!rule.links || public_url.empty() || stage == nullptr || !stage->gate) return std::nullopt;
  const auto secret = around_.store.Secret(kVoteLinkSecret);
  if (!secret) return std::nullopt;
  VoteLink link;
  link.person = PrincipalId{row.recipient};
  link.run = run.id;
  link.stage = run.current_stage;
  link.epoch = stage->gate->epoch;
  link.subject_digest = run.subject_digest;
  link.expires = around_.clock.Now() + std::min(*rule.links, around_.longest_link);
  link.message = MessageId(row.event, link.person);
  Links links;
  links.expires = link.expires;
  const auto address = [&](core::Choice choice) {
    link.choice = choice;
    return fmt::format("{}/vote/{}", public_url, SignVoteLink(*secret, link));
  };
  links.approve = address(core::Choice::kApprove);
  links.reject = address(core::Choice::kReject);
  return links;
}

}  // namespace gatewright::runtime
