#include "engine/runtime/scope.h"

#include "engine/codec/json.h"

namespace gatewright::runtime {

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
  out += "}}";
  return out;
}

}  // namespace gatewright::runtime
