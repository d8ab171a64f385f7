// What an attempt wrote: a piece of it, all of it, or all of it and what is still to come.
#include <fmt/format.h>

#include "server/api/lists.h"
#include "server/api/log_readers.h"
#include "server/api/parameters.h"
#include "server/api/parts.h"
#include "server/api/problems.h"
#include "server/api/resources.h"

namespace gatewright::api {
namespace {

constexpr std::int64_t kMaxLogBytes = 1 << 20;  // in one answer that is not streamed
constexpr std::int64_t kMaxOffset = std::int64_t{1} << 40;
constexpr std::string_view kRangeUnit = "bytes=";

// A log as it is at one moment.
struct LogState {
  RunId run;
  AttemptNumber number{1};
  core::AttemptState attempt = core::AttemptState::kPlanned;
  bool is_over = false;  // nothing more comes
  std::int64_t size = 0;
  std::int64_t left_out = 0;
};

Checked<LogState> Look(Call& call) {
  GW_TRY(id, PathRun(call.request));
  GW_TRY(number, PathAttempt(call.request));
  GW_TRY(run, FindRun(call, id));
  const core::Attempt* attempt = run->FindAttempt(number);
  if (attempt == nullptr) {
    return http::Problem(404, "not_found",
                         fmt::format("run {} has no attempt {}; it has {}", id.value, number.value,
                                     run->attempts.size()));
  }
  // In this order: after the end nothing is appended, so the size is the last one.
  const runtime::OutputState output = call.engine().StateOfOutput(id, number);
  const auto size = call.engine().OutputSize(id, number);
  if (!size) return Failed(size.error());
  return LogState{id,    number,         attempt->state, !IsOpen(attempt->state) && !output.is_open,
                  *size, output.left_out};
}

// What all answers about the log say; `next`: where these bytes end, when that is known now.
http::Response Head(const LogState& log, std::int64_t offset, std::optional<std::int64_t> next,
                    bool is_download) {
  http::Response head;
  head.content_type = "text/plain; charset=utf-8";
  head.headers = {
      {"X-Log-Offset", fmt::to_string(offset)},
      {"X-Log-Size", fmt::to_string(log.size)},
      {"X-Log-Complete", log.is_over && next.value_or(log.size) >= log.size ? "true" : "false"},
      {"X-Attempt-State", std::string(ToString(log.attempt))},
      {"X-Content-Type-Options", "nosniff"}};
  if (next) head.headers.push_back({"X-Log-Next-Offset", fmt::to_string(*next)});
  if (log.left_out > 0) head.headers.push_back({"X-Log-Left-Out", fmt::to_string(log.left_out)});
  if (is_download) {
    head.headers.push_back(
        {"Content-Disposition", fmt::format("attachment; filename=\"run-{}-attempt-{}.log\"",
                                            log.run.value, log.number.value)});
  }
  return head;
}

struct Span {
  std::int64_t begin = 0;
  std::int64_t end = 0;
};

// The one range of "bytes=0-99", "bytes=100-" or "bytes=-100", which may be empty; nothing when it
// is none of these: then the whole is answered, as RFC 9110 says.
std::optional<Span> ReadRange(std::string_view text, std::int64_t size) {
  if (!text.starts_with(kRangeUnit)) return std::nullopt;
  text.remove_prefix(kRangeUnit.size());
  const std::size_t dash = text.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto first = ParseCanonicalInteger(text.substr(0, dash));
  const auto last = ParseCanonicalInteger(text.substr(dash + 1));
  if (dash == 0) {
    if (!last) return std::nullopt;
    return Span{size - std::min(size, *last), size};
  }
  const bool is_open = dash + 1 == text.size();
  if (!first || (!is_open && (!last || *last < *first))) return std::nullopt;
  return Span{*first, is_open ? size : std::min(size, *last + 1)};
}

http::Response NoSuchRange(const LogState& log) {
  auto refusal = http::Problem(416, "range_not_satisfiable",
                               fmt::format("the log has {} bytes so far", log.size));
  refusal.headers.push_back({"Content-Range", fmt::format("bytes */{}", log.size)});
  return refusal;
}

Outcome AnswerPiece(Call& call, const LogState& log, Span span, bool is_range, bool is_download) {
  const std::int64_t wanted = std::min(kMaxLogBytes, span.end - span.begin);
  auto bytes =
      call.engine().ReadOutput(log.run, log.number, span.begin, std::max<std::int64_t>(wanted, 0));
  if (!bytes) return Failed(bytes.error());
  const auto next = span.begin + static_cast<std::int64_t>(bytes->size());
  http::Response response = Head(log, span.begin, next, is_download);
  response.headers.push_back({"Accept-Ranges", "bytes"});
  if (is_range) {
    response.status = 206;
    response.headers.push_back(
        {"Content-Range", fmt::format("bytes {}-{}/{}", span.begin, next - 1,
                                      log.is_over ? fmt::to_string(log.size) : "*")});
  }
  response.body = *std::move(bytes);
  return response;
}

Outcome Stream(Call& call, const LogState& log, std::int64_t offset, bool does_follow,
               bool is_download) {
  LogReaders::Wish wish{log.run, log.number, offset, std::nullopt};
  if (!does_follow) wish.end = log.size;
  call.api.parts().log_readers->Open(call.responder, Head(log, offset, std::nullopt, is_download),
                                     wish);
  return std::nullopt;
}

Outcome ReadLog(Call& call) {
  GW_TRY(offset, QueryInteger(call.request, "offset", {0, kMaxOffset, 0}));
  GW_TRY(limit, QueryInteger(call.request, "limit", {1, kMaxLogBytes, kMaxLogBytes}));
  GW_TRY(does_follow, QueryFlag(call.request, "follow"));
  GW_TRY(is_download, QueryFlag(call.request, "download"));
  const bool has_offset = call.request.Query("offset").has_value();
  const bool has_limit = call.request.Query("limit").has_value();
  if (does_follow && has_limit) {
    return http::Problem(400, "invalid_parameter",
                         "query parameter 'limit' does not go with follow=true, which has no end "
                         "but the attempt's");
  }
  GW_TRY(log, Look(call));
  if (does_follow) return Stream(call, log, offset, true, is_download);
  if (!has_offset && !has_limit) {
    if (const auto range = ReadRange(call.request.Get("Range"), log.size)) {
      if (range->begin >= range->end) return NoSuchRange(log);
      return AnswerPiece(call, log, *range, true, is_download);
    }
  }
  if (is_download && !has_limit) return Stream(call, log, offset, false, true);
  return AnswerPiece(call, log, {offset, offset + limit}, false, is_download);
}

}  // namespace

void MountAttemptLog(Routes& routes) {
  routes.Get("/api/v1/runs/:id/attempts/:number/log", Access::To(access::Verb::kView, RunOfPath),
             {.query = {"offset", "limit", "follow", "download"}}, ReadLog);
}

}  // namespace gatewright::api
