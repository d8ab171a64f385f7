// plugins/check/ask.h: one call into the plugin, by the rules of the host, and what came of it.
// Several threads may ask at once.
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "plugins/check/finding.h"
#include "plugins/check/layout.h"
#include "plugins/check/question.h"
#include "plugins/host/child/messages.h"
#include "plugins/host/descriptor.h"
#include "plugins/host/environment.h"

namespace gatewright::check {

// The functions that this offer has.
std::vector<host::Function> FunctionsOf(const host::LoadedOffer& offer);
std::string_view NameOf(host::Function function);  // "check" …

struct AskOptions {
  Duration limit = std::chrono::milliseconds{500};
  const std::atomic<bool>* cancelled = nullptr;
  Lengths lengths = Lengths::kOurs;
  std::uint32_t minor = GW_ABI_MINOR;  // that the plugin was built for
  std::function<void()> on_touch{};    // whenever the plugin calls its host
};

struct Asked {
  bool has_thrown = false;
  gw_status status = GW_INTERNAL;
  int answers = 0;
  bool has_foreign_answer = false;
  std::string answer;     // "eligible"; empty when there is none
  std::string judgement;  // why the host takes no answer from it
  std::string said;       // with fail()
  std::string handle;     // of an action that goes on outside
  Duration took{0};

  bool is_answered() const { return !answer.empty(); }
  // "eligible", or "UNAVAILABLE (the directory is down)".
  std::string Words() const;
};

Asked Ask(void* instance, const host::LoadedOffer& offer, const host::Environment& environment,
          host::Function function, const Question& question, const AskOptions& options = {});

// Each nothing when all is well. The first is part of the second, and that of the third.
std::optional<Finding> FindThrow(host::Function function, const Asked& asked);
std::optional<Finding> FindMiscount(host::Function function, const Asked& asked);
std::optional<Finding> FindBreach(host::Function function, const Asked& asked);

}  // namespace gatewright::check
