#include "server/http/framer.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace gatewright::http {
namespace {

constexpr std::size_t kRequestLineSlack = 64;   // method, version and blanks around the target
constexpr std::size_t kMaxReserve = 64 * 1024;  // a promised length is not yet a reason to allocate

}  // namespace

Framer::Progress Framer::Feed(std::string_view& input, const FramingLimits& limits,
                              Request& request) {
  if (input.empty()) return Progress::kNeedMore;
  if (stage_ != Stage::kBody) {
    const Progress progress = FeedHead(input, limits, request);
    if (progress != Progress::kRequest) return progress;
    const bool has_body = facts_.is_chunked || facts_.content_length.value_or(0) > 0;
    if (!has_body) {
      stage_ = Stage::kIdle;
      return Progress::kRequest;
    }
    stage_ = Stage::kBody;
    wants_continue_ = facts_.expects_continue && input.empty();
    if (facts_.is_chunked) {
      chunks_.Start();
    } else {
      request.body.reserve(std::min(*facts_.content_length, kMaxReserve));
    }
    if (input.empty()) return Progress::kNeedMore;
  }
  return FeedBody(input, limits, request);
}

bool Framer::TakeWantsContinue() { return std::exchange(wants_continue_, false); }

// kRequest means here: the header block is complete.
Framer::Progress Framer::FeedHead(std::string_view& input, const FramingLimits& limits,
                                  Request& request) {
  stage_ = Stage::kHead;
  const bool in_pieces = !kept_.empty();
  std::string_view data = input;
  if (in_pieces) {
    kept_.append(input);
    data = kept_;
  }
  switch (FindHeadEnd(data, limits)) {
    case Found::kError:
      return Progress::kError;
    case Found::kNothing:
      if (!in_pieces) kept_ = input;
      input = {};
      return Progress::kNeedMore;
    case Found::kHead:
      break;
  }
  const std::string_view head = data.substr(head_begin_, head_size_ - head_begin_ - 4);
  auto error = ParseHead(head, limits, request, facts_);
  input.remove_prefix(input.size() - (data.size() - head_size_));
  if (in_pieces) std::string().swap(kept_);
  scanned_ = line_begin_ = head_begin_ = head_size_ = 0;
  if (error) return Fail(*std::move(error));
  return Progress::kRequest;
}

Framer::Progress Framer::FeedBody(std::string_view& input, const FramingLimits& limits,
                                  Request& request) {
  if (facts_.is_chunked) {
    switch (chunks_.Feed(input, limits.max_body, request.body)) {
      case ChunkedBody::Progress::kNeedMore:
        return Progress::kNeedMore;
      case ChunkedBody::Progress::kError:
        return Fail(chunks_.error());
      case ChunkedBody::Progress::kDone:
        break;
    }
  } else {
    const std::size_t taken = std::min(*facts_.content_length - request.body.size(), input.size());
    request.body.append(input.substr(0, taken));
    input.remove_prefix(taken);
    if (request.body.size() < *facts_.content_length) return Progress::kNeedMore;
  }
  stage_ = Stage::kIdle;
  return Progress::kRequest;
}

// Looks at each byte once: every line must end in CR LF, the first empty line ends the block.
Framer::Found Framer::FindHeadEnd(std::string_view data, const FramingLimits& limits) {
  const std::size_t max_request_line = limits.max_target + kRequestLineSlack;
  for (;;) {
    const std::size_t newline = data.find('\n', scanned_);
    if (newline == std::string_view::npos) break;
    if (newline == 0 || data[newline - 1] != '\r') {
      Fail({400, "bad_request", "A line of the header block ends in LF without CR."});
      return Found::kError;
    }
    scanned_ = newline + 1;
    const bool is_empty = newline - 1 == line_begin_;
    const bool is_request_line = line_begin_ == head_begin_;
    if (is_request_line && scanned_ - line_begin_ > max_request_line) return TooLongTarget(limits);
    line_begin_ = scanned_;
    if (!is_empty) continue;
    if (scanned_ == 2) {  // RFC 9112, 2.2: one empty line before the request line is forgiven
      head_begin_ = 2;
      continue;
    }
    if (scanned_ == head_begin_ + 2) {
      Fail({400, "bad_request", "Expected a request line, found empty lines."});
      return Found::kError;
    }
    head_size_ = scanned_;
    if (head_size_ > limits.max_header_block) break;
    return Found::kHead;
  }
  if (data.find('\0', scanned_) != std::string_view::npos) {
    Fail({400, "bad_request", "The header block holds a NUL byte."});
    return Found::kError;
  }
  const bool in_request_line = line_begin_ == head_begin_;
  if (in_request_line && data.size() - line_begin_ > max_request_line) return TooLongTarget(limits);
  if (data.size() > limits.max_header_block) {
    Fail({431, "header_too_large",
          fmt::format("The header block is longer than {} bytes.", limits.max_header_block)});
    return Found::kError;
  }
  scanned_ = data.size();
  return Found::kNothing;
}

Framer::Found Framer::TooLongTarget(const FramingLimits& limits) {
  Fail({414, "target_too_long",
        fmt::format("The request target is longer than {} bytes.", limits.max_target)});
  return Found::kError;
}

Framer::Progress Framer::Fail(FramingError error) {
  error_ = std::move(error);
  return Progress::kError;
}

}  // namespace gatewright::http
