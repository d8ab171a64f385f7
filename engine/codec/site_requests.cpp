#include "engine/codec/site_requests.h"

#include "engine/codec/request_reading.h"

namespace gatewright::codec {
namespace {

constexpr TextLimit kSource{1024 * 1024, false};  // what a request may hold at most

core::Selector ReadSelector(ObjectReader& reader) {
  core::Selector selector;
  selector.workflow = WorkflowName(reader.Text("workflow", kWord).value_or(""));
  selector.stage = StageName(reader.Text("stage", kWord).value_or(""));
  selector.labels = reader.Pairs("labels", kMaxLabels, {kMaxNameLength, true});
  selector.lock_key = reader.Text("lock_key", kWord).value_or("");
  return selector;
}

}  // namespace

Result<Reading<StopBody>> ReadStopBody(std::string_view json) {
  return ReadObject<StopBody>(json, [](ObjectReader& reader, StopBody& body) {
    body.selector = ReadSelector(reader);
    body.reason = reader.NeedText("reason", kReason);
    body.until = reader.Moment("until");
    body.lasts = reader.Length("for");
    if (reader.Has("until") && reader.Has("for")) {
      reader.Problem("for", "expected at most one of 'until' and 'for', found both");
    }
  });
}

Result<Reading<LiftBody>> ReadLiftBody(std::string_view json) {
  return ReadObject<LiftBody>(
      json, [](ObjectReader& reader, LiftBody& body) { body.reason = ReadReason(reader); });
}

Result<Reading<DelegationBody>> ReadDelegationBody(std::string_view json) {
  return ReadObject<DelegationBody>(json, [](ObjectReader& reader, DelegationBody& body) {
    if (auto from = reader.Text("from", kWord)) body.from = PrincipalId(*std::move(from));
    body.to = PrincipalId(reader.NeedText("to", kWord));
    body.scope = ReadSelector(reader);
    body.valid_from = reader.Moment("valid_from");
    body.valid_until = reader.NeedMoment("valid_until");
    body.reason = ReadReason(reader);
  });
}

Result<Reading<SimulationBody>> ReadSimulationBody(std::string_view json) {
  return ReadObject<SimulationBody>(json, [](ObjectReader& reader, SimulationBody& body) {
    body.source = reader.NeedText("source", kSource);
    body.subject_json = reader.Has("subject") ? reader.NeedObject("subject") : "{}";
  });
}

}  // namespace gatewright::codec
