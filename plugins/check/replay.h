// plugins/check/replay.h: asks a plugin one recorded question, the way the server would.
#pragma once

#include <boost/json/object.hpp>
#include <filesystem>
#include <functional>
#include <set>

#include "engine/base/result.h"
#include "plugins/check/case.h"
#include "plugins/host/child/sandbox.h"
#include "plugins/host/plugin_host.h"

namespace gatewright::check {

struct ReplayOptions {
  std::filesystem::path library;  // absolute
  std::filesystem::path program;  // what knows `plugin-host`
  std::set<host::Grant> grants;
  bool has_walls = true;  // false = in this process
  // What the plugin says, a printable line at a time; called by any thread.
  std::function<void(host::LogSeverity, std::string_view offer, std::string_view line)> log;
};

// The answer as an object: "answer" and what belongs to it; a call that failed is "answer": "error"
// with its code. An Error when there was nobody to ask.
Result<boost::json::object> Replay(const ReplayOptions& options, const Case& recorded);

}  // namespace gatewright::check
