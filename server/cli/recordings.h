// server/cli/recordings.h: keeps what plugins are asked, where the settings say so.
#pragma once

#include <memory>

#include "engine/base/result.h"
#include "engine/codec/secrets.h"
#include "engine/ports/log.h"
#include "plugins/check/recorder.h"
#include "server/cli/settings.h"

namespace gatewright::cli {

struct Recordings {
  codec::SecretReader read_secret;              // what the engine is to use
  std::unique_ptr<check::Recorder> recorder{};  // null: nothing is recorded
};

// `log` must outlive it.
Result<Recordings> OpenRecordings(const Settings& settings, codec::SecretReader read_secret,
                                  ports::Log& log);

}  // namespace gatewright::cli
