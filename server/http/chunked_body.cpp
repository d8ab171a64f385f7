#include "server/http/chunked_body.h"

#include <fmt/format.h>

#include <algorithm>

namespace gatewright::http {
namespace {

constexpr std::size_t kMaxSizeDigits = 8;
constexpr std::size_t kMaxLine = 256;
constexpr std::size_t kMaxTrailerLine = 4096;
constexpr std::size_t kMaxTrailers = 4096;

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

void ChunkedBody::Start() {
  state_ = State::kSize;
  left_ = trailer_bytes_ = 0;
  line_.clear();
  error_ = {};
}

ChunkedBody::Progress ChunkedBody::Feed(std::string_view& input, std::size_t max_body,
                                        std::string& body) {
  while (!input.empty()) {
    if (state_ == State::kData) {
      const std::size_t taken = std::min(left_, input.size());
      body.append(input.substr(0, taken));
      input.remove_prefix(taken);
      left_ -= taken;
      if (left_ == 0) state_ = State::kDataEnd;
      continue;
    }
    if (!TakeLine(input)) return HasFailed() ? Progress::kError : Progress::kNeedMore;
    switch (state_) {
      case State::kSize:
        if (!ReadSize(body.size(), max_body)) return Progress::kError;
        break;
      case State::kDataEnd:
        if (!line_.empty()) {
          Fail(400, "bad_request", "A chunk is longer than its size says.");
          return Progress::kError;
        }
        state_ = State::kSize;
        break;
      case State::kTrailer:
        if (line_.empty()) return Progress::kDone;
        break;
      case State::kData:
        break;
    }
    line_.clear();
  }
  return Progress::kNeedMore;
}

bool ChunkedBody::TakeLine(std::string_view& input) {
  const std::size_t newline = input.find('\n');
  const std::size_t taken = newline == std::string_view::npos ? input.size() : newline + 1;
  const bool is_trailer = state_ == State::kTrailer;
  if (is_trailer && (trailer_bytes_ += taken) > kMaxTrailers) {
    return Fail(431, "trailers_too_large", fmt::format("{} bytes are allowed.", kMaxTrailers));
  }
  if (line_.size() + taken > (is_trailer ? kMaxTrailerLine : kMaxLine)) {
    return Fail(400, "bad_request", "A line of the chunked body is too long.");
  }
  line_.append(input.substr(0, taken));
  input.remove_prefix(taken);
  if (state_ == State::kDataEnd && line_.front() != '\r') {
    return Fail(400, "bad_request", "A chunk is longer than its size says.");
  }
  if (newline == std::string_view::npos) return false;
  const std::size_t size = line_.size();
  if (size < 2 || line_.find('\r') != size - 2) {
    return Fail(400, "bad_request", "A line of the chunked body does not end in CR LF.");
  }
  line_.resize(size - 2);
  return true;
}

bool ChunkedBody::ReadSize(std::size_t body_size, std::size_t max_body) {
  std::size_t digits = 0;
  std::size_t size = 0;
  for (; digits < line_.size() && HexDigit(line_[digits]) >= 0; ++digits) {
    if (digits == kMaxSizeDigits) return Fail(400, "bad_request", "A chunk size has >8 digits.");
    size = size * 16 + static_cast<std::size_t>(HexDigit(line_[digits]));
  }
  if (digits == 0 || (digits < line_.size() && line_[digits] != ';')) {
    return Fail(400, "bad_request", "A chunk size must be hexadecimal digits.");
  }
  if (size + body_size > max_body) {
    return Fail(413, "body_too_large", fmt::format("{} bytes are allowed.", max_body));
  }
  left_ = size;
  state_ = size == 0 ? State::kTrailer : State::kData;
  return true;
}

bool ChunkedBody::Fail(int status, std::string_view code, std::string detail) {
  error_ = {status, code, std::move(detail)};
  return false;
}

}  // namespace gatewright::http
