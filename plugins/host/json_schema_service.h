// plugins/host/json_schema_service.h: gw.json_schema/1, the engine's own JSON Schema for plugins.
// Thread-safe.
#pragma once

#include "plugins/sdk/gatewright/plugin.h"

namespace gatewright::host {

const gw_json_schema_service& JsonSchemaService();

}  // namespace gatewright::host
