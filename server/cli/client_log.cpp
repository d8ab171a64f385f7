// server/cli/client_log.cpp: `gatewright log`: what an action wrote, byte for byte, also while it
// still writes.
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <optional>
#include <thread>

#include "server/cli/client_commands.h"
#include "server/cli/commands.h"

namespace gatewright::cli {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kAskAgainAfter{500};

// The newest attempt of the run; 0 when there is none, which is printed, as other failures are.
struct Attempt {
  int exit_code = kExitOk;
  std::int64_t number = 0;
};

Attempt FindAttempt(Client& client, const ClientArguments& arguments) {
  if (arguments.attempt > 0) return {kExitOk, arguments.attempt};
  const Fetched fetched =
      Fetch(client, {.path = fmt::format("/api/v1/runs/{}/attempts", arguments.id)});
  if (fetched.exit_code != kExitOk) return {fetched.exit_code, 0};
  const auto attempts = JsonView(fetched.document)["items"].items();
  if (attempts.empty()) {
    PrintError(fmt::format("run {} has started no action yet", arguments.id));
    return {kExitNotFound, 0};
  }
  return {kExitOk, attempts.back()["number"].number()};
}

}  // namespace

int ShowLog(Client& client, const ClientArguments& arguments) {
  const Attempt attempt = FindAttempt(client, arguments);
  if (attempt.exit_code != kExitOk) return attempt.exit_code;
  const std::string log =
      fmt::format("/api/v1/runs/{}/attempts/{}/log?{}=true&offset=", arguments.id, attempt.number,
                  arguments.does_follow ? "follow" : "download");
  const auto silence =
      arguments.does_follow ? std::chrono::milliseconds{0} : arguments.options.timeout;
  std::int64_t offset = arguments.offset;
  std::optional<Clock::time_point> lost_at;  // nothing: it was never reached
  while (true) {
    const Answer answer = client.Receive(
        {.path = log + std::to_string(offset)}, silence, [&](std::string_view bytes) {
          offset += static_cast<std::int64_t>(bytes.size());
          return std::fwrite(bytes.data(), 1, bytes.size(), stdout) == bytes.size() &&
                 std::fflush(stdout) == 0;
        });
    if (answer.exit_code == kExitOk) return kExitOk;
    // A server that restarts, a proxy that has waited long enough: nothing is lost by going on.
    if (answer.status == 200) lost_at = Clock::now();
    const bool may_come_back = arguments.does_follow && lost_at &&
                               answer.exit_code == kExitUnreachable &&
                               Clock::now() - *lost_at < arguments.options.timeout;
    if (!may_come_back) {
      PrintError(answer.problem);
      return answer.exit_code;
    }
    std::this_thread::sleep_for(kAskAgainAfter);
  }
}

}  // namespace gatewright::cli
