// What happened to a run: its history, its attempts and what they wrote.
#include <fmt/format.h>

#include "engine/codec/views.h"
#include "server/api/lists.h"
#include "server/api/parameters.h"
#include "server/api/problems.h"
#include "server/api/resources.h"

namespace gatewright::api {
namespace {

constexpr std::int64_t kMaxLogBytes = 1 << 20;

Outcome History(Call& call) {
  GW_TRY(id, PathRun(call.request));
  const auto entries = call.engine().History(id);
  if (!entries) return Failed(entries.error());
  if (entries->empty()) return NoSuchRun(fmt::to_string(id.value));
  std::string body;
  codec::OpenPage(body);
  for (const ports::Entry& entry : *entries) codec::AppendHistory(body, entry);
  codec::ClosePage(body);
  return AnswerList(call.request, std::move(body));
}

Outcome Attempts(Call& call) {
  GW_TRY(id, PathRun(call.request));
  GW_TRY(run, FindRun(call, id));
  std::string body;
  codec::OpenPage(body);
  for (const core::Attempt& attempt : run->attempts) {
    codec::AppendAttempt(body, attempt);
  }
  codec::ClosePage(body);
  return AnswerList(call.request, std::move(body));
}

// The attempt's output from ?offset on. X-Log-Next-Offset says where to go on; while the attempt
// runs, more may come.
Outcome Log(Call& call) {
  GW_TRY(id, PathRun(call.request));
  GW_TRY(number, PathAttempt(call.request));
  GW_TRY(offset, QueryInteger(call.request, "offset", {0, std::int64_t{1} << 40, 0}));
  GW_TRY(limit, QueryInteger(call.request, "limit", {1, kMaxLogBytes, kMaxLogBytes}));
  GW_TRY(run, FindRun(call, id));
  const core::Attempt* attempt = run->FindAttempt(number);
  if (attempt == nullptr) {
    return http::Problem(404, "not_found",
                         fmt::format("run {} has no attempt {}; it has {}", id.value, number.value,
                                     run->attempts.size()));
  }
  const auto size = call.engine().OutputSize(id, number);
  if (!size) return Failed(size.error());
  auto bytes = call.engine().ReadOutput(id, number, offset, limit);
  if (!bytes) return Failed(bytes.error());
  http::Response response;
  response.content_type = "text/plain; charset=utf-8";
  const auto next = offset + static_cast<std::int64_t>(bytes->size());
  response.body = *std::move(bytes);
  response.headers = {
      {"X-Log-Offset", fmt::to_string(offset)},
      {"X-Log-Next-Offset", fmt::to_string(next)},
      {"X-Log-Size", fmt::to_string(*size)},
      {"X-Log-Complete", IsOpen(attempt->state) || next < *size ? "false" : "true"}};
  return response;
}

}  // namespace

void MountRunDetails(Routes& routes) {
  routes.Get("/api/v1/runs/:id/history", {}, History);
  routes.Get("/api/v1/runs/:id/attempts", {}, Attempts);
  routes.Get("/api/v1/runs/:id/attempts/:number/log",
             {.query = {"offset", "limit"}, .later_query = {"follow"}}, Log);
}

}  // namespace gatewright::api
