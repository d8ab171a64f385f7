// server/cli/environment.h: the APPROVAL_* variables as a layer of the configuration.
#pragma once

#include "server/cli/configuration.h"

namespace gatewright::cli {

// `variables` is a null-terminated list of "NAME=text", as `environ`. A variable that begins with
// APPROVAL_ and is not known is a problem; so is one given both plainly and as NAME_FILE. An empty
// variable counts as not given, as compose files cannot unset one.
Layer ReadEnvironment(char** variables);

}  // namespace gatewright::cli
