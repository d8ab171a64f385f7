// What happened to a run: its history and its attempts.
#include <fmt/format.h>

#include "engine/codec/views.h"
#include "server/api/lists.h"
#include "server/api/parameters.h"
#include "server/api/problems.h"
#include "server/api/progress.h"
#include "server/api/resources.h"

namespace gatewright::api {
namespace {

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
  const auto progress = ProgressOf(call, id);
  for (const core::Attempt& attempt : run->attempts) {
    codec::AppendAttempt(body, attempt, progress);
  }
  codec::ClosePage(body);
  return AnswerList(call.request, std::move(body));
}

}  // namespace

void MountRunDetails(Routes& routes) {
  routes.Get("/api/v1/runs/:id/history", Access::To(access::Verb::kView, RunOfPath), {}, History);
  routes.Get("/api/v1/runs/:id/attempts", Access::To(access::Verb::kView, RunOfPath), {}, Attempts);
}

}  // namespace gatewright::api
