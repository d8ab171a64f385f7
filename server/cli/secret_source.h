// server/cli/secret_source.h: where secrets come from: the server's environment, and files below
// one folder. Thread-safe.
#pragma once

#include <filesystem>

#include "engine/codec/secrets.h"

namespace gatewright::cli {

// Our own variables (APPROVAL_…) are no secrets for workflows, and neither is a file elsewhere:
// whoever writes a workflow should not read the server's disk by it.
codec::SecretReader SecretsFrom(std::filesystem::path folder);

}  // namespace gatewright::cli
