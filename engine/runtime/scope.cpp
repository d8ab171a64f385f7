#include "engine/runtime/scope.h"

#include "engine/codec/json.h"

namespace gatewright::runtime {
namespace {

// The newest approval with a form speaks for its stage.
const std::string* FormOf(const core::Stage& stage) {
  if (!stage.gate) return nullptr;
  const core::Vote* newest = nullptr;
  for (const core::Vote& vote : stage.gate->votes) {
    if (vote.choice != core::Choice::kApprove || vote.form_json.empty()) continue;
    if (newest == nullptr || vote.at >= newest->at) newest = &vote;
  }
  return newest == nullptr ? nullptr : &newest->form_json;
}

void AppendForms(std::string& out, const core::Run& run) {
  bool is_first = true;
  for (const core::Stage& stage : run.stages) {
    const std::string* form = FormOf(stage);
    if (form == nullptr) continue;
    out += is_first ? ",\"stages\":{" : ",";
    is_first = false;
    codec::AppendJsonString(out, stage.name.value);
    out += ":{\"form\":" + *form + '}';
  }
  if (!is_first) out += '}';
}

}  // namespace

std::string ScopeJson(const core::Run& run, std::string_view stage) {
  std::string out = "{\"subject\":";
  out += run.subject_json.empty() ? "{}" : run.subject_json;
  out += ",\"run\":{\"id\":";
  out += std::to_string(run.id.value);
  out += ",\"name\":";
  codec::AppendJsonString(out, run.name);
  out += ",\"workflow\":";
  codec::AppendJsonString(out, run.workflow.value);
  out += ",\"requester\":";
  codec::AppendJsonString(out, run.requester.value);
  out += "},\"stage\":{\"name\":";
  codec::AppendJsonString(out, stage);
  out += '}';
  AppendForms(out, run);
  out += '}';
  return out;
}

}  // namespace gatewright::runtime
