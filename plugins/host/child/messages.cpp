#include "plugins/host/child/messages.h"

#include <fmt/format.h>

#include <algorithm>

#include "plugins/host/text.h"

namespace gatewright::host {
namespace {

// More than a library may offer or a policy may wait for is nothing a healthy process says.
constexpr std::int64_t kMostOffers = 256;
constexpr std::int64_t kLongestWaitUs = 366LL * 24 * 3600 * 1'000'000;

void Pack(Packer& out, const ports::Offer& offer) {
  out.One(offer.kind).Text(offer.name).Text(offer.summary).Text(offer.config_schema);
  out.Flag(offer.is_pure).Flag(offer.can_probe).Flag(offer.can_rollback).Flag(offer.wants_facts);
  out.Flag(offer.can_stop);
}

void Unpack(Unpacker& in, ports::Offer& offer) {
  offer.kind = in.One(ports::PluginKind::kNotifier);
  offer.name = in.Text();
  offer.summary = in.Text();
  offer.config_schema = in.Text();
  offer.is_pure = in.Flag();
  offer.can_probe = in.Flag();
  offer.can_rollback = in.Flag();
  offer.wants_facts = in.Flag();
  offer.can_stop = in.Flag();
}

void Pack(Packer& out, const ports::Context& context) {
  out.Number(context.run.value).Text(context.workflow).Text(context.stage).Text(context.rule);
  out.Number(context.epoch).Text(context.requester).Text(context.subject_json);
  out.Text(context.subject_digest).Text(context.facts_json).Text(context.callback_url);
  out.Number(ToMicros(context.now));
}

void Unpack(Unpacker& in, ports::Context& context) {
  context.run = RunId{in.Number()};
  context.workflow = in.Text();
  context.stage = in.Text();
  context.rule = in.Text();
  context.epoch = in.Number();
  context.requester = in.Text();
  context.subject_json = in.Text();
  context.subject_digest = in.Text();
  context.facts_json = in.Text();
  context.callback_url = in.Text();
  context.now = FromMicros(in.Number());
}

void Pack(Packer& out, const core::Principal& principal) {
  out.Text(principal.id.value).One(principal.kind).Texts(principal.roles).Texts(principal.groups);
  out.Flag(principal.is_everybody);
}

void Unpack(Unpacker& in, core::Principal& principal) {
  principal.id = PrincipalId{in.Text()};
  principal.kind = in.One(core::PrincipalKind::kEngine);
  principal.roles = in.Texts();
  principal.groups = in.Texts();
  principal.is_everybody = in.Flag();
}

// Text of the plugin's is made fit to show once more: its process may have been taken over.
std::string Shown(std::string_view text) { return CleanText(text); }

}  // namespace

void Pack(Packer& out, const Described& value) {
  out.Text(value.name).Text(value.version).Text(value.abi).Text(value.problem);
  out.Number(static_cast<std::int64_t>(value.offers.size()));
  for (const ports::Offer& offer : value.offers) Pack(out, offer);
}

void Unpack(Unpacker& in, Described& value) {
  value.name = CleanLine(in.Text());
  value.version = CleanLine(in.Text());
  value.abi = CleanLine(in.Text());
  value.problem = CleanLine(in.Text());
  const std::int64_t count = in.Number();
  for (std::int64_t i = 0; i < std::min(count, kMostOffers); ++i) {
    Unpack(in, value.offers.emplace_back());
  }
}

void Pack(Packer& out, const MakeMessage& value) {
  out.Number(value.order)
      .Number(value.instance)
      .One(value.kind)
      .Text(value.name)
      .Text(value.config_json);
}

void Unpack(Unpacker& in, MakeMessage& value) {
  value.order = in.Number();
  value.instance = in.Number();
  value.kind = in.One(ports::PluginKind::kNotifier);
  value.name = in.Text();
  value.config_json = in.Text();
}

void Pack(Packer& out, const CallMessage& value) {
  out.Number(value.order).Number(value.instance).One(value.function).Number(value.limit.count());
  out.Number(ToMicros(value.now));
  Pack(out, value.request.context);
  out.Text(value.request.attempt_id).Number(value.request.number);
  out.Number(value.request.fencing_token).Text(value.request.handle);
  if (value.function == Function::kCheck) Pack(out, value.principal);
  if (value.function == Function::kDeliver) {
    out.Text(value.event.id).Text(value.event.type).Text(value.event.json);
  }
}

void Unpack(Unpacker& in, CallMessage& value) {
  value.order = in.Number();
  value.instance = in.Number();
  value.function = in.One(Function::kDeliver);
  value.limit = Duration{in.Number()};
  value.now = FromMicros(in.Number());
  Unpack(in, value.request.context);
  value.request.attempt_id = in.Text();
  value.request.number = in.Number();
  value.request.fencing_token = in.Number();
  value.request.handle = in.Text();
  if (value.function == Function::kCheck) Unpack(in, value.principal);
  if (value.function == Function::kDeliver) {
    value.event.id = in.Text();
    value.event.type = in.Text();
    value.event.json = in.Text();
  }
}

void Pack(Packer& out, const LogMessage& value) {
  out.One(value.severity).Text(value.offer).Text(value.line);
}

void Unpack(Unpacker& in, LogMessage& value) {
  value.severity = in.One(LogSeverity::kError);
  value.offer = in.Text();
  value.line = in.Text();
}

void Pack(Packer& out, const ProgressMessage& value) { out.Number(value.percent).Text(value.text); }

void Unpack(Unpacker& in, ProgressMessage& value) {
  value.percent = static_cast<int>(std::clamp<std::int64_t>(in.Number(), -1, 100));
  value.text = in.Text();
}

void Pack(Packer& out, const ports::Eligibility& value) {
  out.Flag(value.is_eligible).Text(value.reason);
}

void Unpack(Unpacker& in, ports::Eligibility& value) {
  value.is_eligible = in.Flag();
  value.reason = Shown(in.Text());
}

void Pack(Packer& out, const ports::PolicyVerdict& value) {
  out.One(value.choice).Text(value.reason).Text(value.evidence_json);
  out.Number(value.ask_again_after.count());
}

void Unpack(Unpacker& in, ports::PolicyVerdict& value) {
  value.choice = in.One(ports::PolicyChoice::kWait);
  value.reason = Shown(in.Text());
  value.evidence_json = in.Text();
  const std::int64_t wait = in.Number();
  value.ask_again_after = Duration{std::clamp<std::int64_t>(wait, 0, kLongestWaitUs)};
  // Evidence is why a vote was cast: without it the vote must not count.
  if (!FindJsonObjectProblem(value.evidence_json).empty()) {
    value = {ports::PolicyChoice::kAbstain, "its evidence cannot be read", "", Duration{0}};
  }
}

void Pack(Packer& out, const ports::AttemptReport& value) {
  out.One(value.outcome).Text(value.summary).Text(value.outputs_json);
  out.Number(value.ask_again_after.count()).Text(value.handle);
}

void Unpack(Unpacker& in, ports::AttemptReport& value) {
  value.outcome = in.One(ports::AttemptOutcome::kRunning);
  value.summary = Shown(in.Text());
  value.outputs_json = in.Text();
  if (!FindJsonObjectProblem(value.outputs_json).empty()) value.outputs_json.clear();
  value.ask_again_after = Duration{std::clamp<std::int64_t>(in.Number(), 0, kLongestWaitUs)};
  value.handle = Shown(in.Text());
}

void Pack(Packer& out, const DeliveryMessage& value) {
  out.Flag(value.is_delivered).One(value.code).Text(value.message);
  out.Number(value.advice.retry_after.count()).Flag(value.advice.is_gone);
}

void Unpack(Unpacker& in, DeliveryMessage& value) {
  value.is_delivered = in.Flag();
  value.code = in.One(ErrorCode::kInternal);
  value.message = Shown(in.Text());
  value.advice.retry_after = Duration{std::clamp<std::int64_t>(in.Number(), 0, kLongestWaitUs)};
  value.advice.is_gone = in.Flag();
}

std::string PackedResult(const Result<void>& result) {
  Packer out;
  out.Flag(result.has_value());
  if (!result) out.One(result.error().code).Text(result.error().message);
  return std::string(out.bytes());
}

Error Garbled(std::string_view what) {
  return {ErrorCode::kInternal, fmt::format("the plugin's process sent an {} that is none", what)};
}

std::optional<Error> UnpackError(Unpacker& in) {
  if (in.Flag()) return std::nullopt;
  const ErrorCode code = in.One(ErrorCode::kInternal);
  std::string message = CleanText(in.Text());
  if (!in.is_good()) return Garbled("answer");
  return Error{code, std::move(message)};
}

template <>
Result<void> UnpackedResult<void>(std::string_view bytes) {
  Unpacker in(bytes);
  if (auto error = UnpackError(in)) return *std::move(error);
  if (!in.is_good()) return Garbled("answer");
  return {};
}

}  // namespace gatewright::host
