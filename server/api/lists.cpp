#include "server/api/lists.h"

#include <fmt/format.h>

#include "server/api/conditions.h"
#include "server/api/cursor.h"
#include "server/api/parameters.h"
#include "server/api/problems.h"

namespace gatewright::api {

Checked<ports::RunQuery> ReadPageQuery(const http::Request& request) {
  ports::RunQuery query;
  GW_TRY(text, QueryText(request, "q"));
  GW_TRY(limit, QueryInteger(request, "limit", {1, 200, 50}));
  GW_TRY(before, ReadCursor(request));
  query.text = std::move(text);
  query.limit = limit;
  query.before = before;
  return query;
}

http::Response AnswerList(const http::Request& request, std::string body) {
  std::string tag = BodyTag(body);
  return WithTag(request, Json(200, std::move(body)), std::move(tag));
}

http::Response AnswerList(const http::Request& request, std::string body, RunId next) {
  http::Response response = AnswerList(request, std::move(body));
  if (next.value > 0) {
    response.headers.push_back({"Link", NextLink(request, WriteCursor(next))});
  }
  return response;
}

http::Response AnswerRun(const http::Request& request, RunId run, Sequence version,
                         std::string body) {
  return WithTag(request, Json(200, std::move(body)), RunTag(run, version));
}

Checked<ports::RunRow> FindRow(Call& call, RunId id) {
  auto row = call.engine().GetRow(id);
  if (!row) return Failed(row.error());
  if (!*row) return NoSuchRun(fmt::to_string(id.value));
  return std::move(**row);
}

Checked<std::shared_ptr<const core::Run>> FindRun(Call& call, RunId id) {
  auto run = call.engine().GetRun(id);
  if (!run) return Failed(run.error());
  if (*run == nullptr) return NoSuchRun(fmt::to_string(id.value));
  return *std::move(run);
}

std::chrono::milliseconds AnswerTime(const ApiOptions& options) {
  constexpr std::chrono::seconds kForTheRest{30};
  return std::chrono::duration_cast<std::chrono::milliseconds>(options.longest_wait) + kForTheRest;
}

}  // namespace gatewright::api
