// gatewright/json_schema.hpp: the host's JSON Schema service, as C++. A JsonSchema is immutable
// and [thread-safe]; it may be kept as long as the plugin likes.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gatewright/call.hpp"

namespace gatewright {
inline namespace sdk1 {

class JsonSchema {
 public:
  struct Problem {
    std::string pointer;  // JSON pointer into the document, "" = the whole
    std::string message;
  };

  // Throws InvalidConfig, with every problem, when `schema_json` is not a schema.
  JsonSchema(std::string_view schema_json, const Call& call)
      : service_(call.FindService<gw_json_schema_service>(GW_SERVICE_JSON_SCHEMA)) {
    if (!service_) throw Unavailable("expected the host service " GW_SERVICE_JSON_SCHEMA);
    std::vector<Problem> problems;
    gw_json_schema* made = nullptr;
    const gw_status status = service_->compile(Borrow(schema_json), &Collect, &problems, &made);
    if (status != GW_OK) throw CallError(status, Join(problems));
    schema_ = {made, service_->release};
  }

  // Every problem of the document; empty = valid.
  std::vector<Problem> Validate(std::string_view document_json) const {
    std::vector<Problem> problems;
    const gw_status status =
        service_->validate(schema_.get(), Borrow(document_json), &Collect, &problems);
    if (status != GW_OK) throw CallError(status, Join(problems));
    return problems;
  }

  static std::string Join(const std::vector<Problem>& problems) {
    std::string text;
    for (const Problem& problem : problems) {
      if (!text.empty()) text += "; ";
      if (!problem.pointer.empty()) text += problem.pointer + ": ";
      text += problem.message;
    }
    return text;
  }

 private:
  static void Collect(void* context, gw_string pointer, gw_string message) noexcept {
    static_cast<std::vector<Problem>*>(context)->push_back(
        {std::string(View(pointer)), std::string(View(message))});
  }

  const gw_json_schema_service* service_;
  std::shared_ptr<gw_json_schema> schema_;
};

}  // namespace sdk1
}  // namespace gatewright
