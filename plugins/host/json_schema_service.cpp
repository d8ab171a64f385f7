#include "plugins/host/json_schema_service.h"

#include <new>
#include <string_view>
#include <utility>

#include "engine/codec/json_schema.h"
#include "plugins/host/text.h"

// The opaque type of plugin.h, as the host knows it.
struct gw_json_schema {
  gatewright::codec::JsonSchema schema;
};

namespace gatewright::host {
namespace {

void Tell(gw_problem_fn on_problem, void* context, std::string_view pointer,
          std::string_view message) {
  if (on_problem != nullptr) on_problem(context, Borrow(pointer), Borrow(message));
}

gw_status Compile(gw_string schema_json, gw_problem_fn on_problem, void* context,
                  gw_json_schema** schema) noexcept {
  auto compiled = codec::JsonSchema::Compile(View(schema_json));
  if (!compiled) {
    Tell(on_problem, context, "", compiled.error().message);
    return GW_INVALID_ARGUMENT;
  }
  *schema = new gw_json_schema{*std::move(compiled)};
  return GW_OK;
}

gw_status Validate(const gw_json_schema* schema, gw_string document_json, gw_problem_fn on_problem,
                   void* context) noexcept {
  if (schema == nullptr) {
    Tell(on_problem, context, "", "expected a compiled schema, found a null pointer");
    return GW_INVALID_ARGUMENT;
  }
  for (const codec::SchemaProblem& problem : schema->schema.Validate(View(document_json))) {
    Tell(on_problem, context, problem.pointer, problem.message);
  }
  return GW_OK;
}

void Release(gw_json_schema* schema) noexcept { delete schema; }

}  // namespace

const gw_json_schema_service& JsonSchemaService() {
  static constexpr gw_json_schema_service kService = {sizeof(gw_json_schema_service), 0, &Compile,
                                                      &Validate, &Release};
  return kService;
}

}  // namespace gatewright::host
