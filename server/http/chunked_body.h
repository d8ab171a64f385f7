// server/http/chunked_body.h: takes a chunked body apart, however the bytes are split over reads.
// Chunk extensions and trailers are read and thrown away. Used by one thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "server/http/framing_error.h"

namespace gatewright::http {

class ChunkedBody {
 public:
  enum class Progress { kNeedMore = 1, kDone, kError };

  void Start();

  // Takes bytes from the front of `input` and appends the data to `body`.
  Progress Feed(std::string_view& input, std::size_t max_body, std::string& body);

  const FramingError& error() const { return error_; }

 private:
  enum class State { kSize = 1, kData, kDataEnd, kTrailer };

  bool TakeLine(std::string_view& input);  // false: not complete, or error_ is set
  bool ReadSize(std::size_t body_size, std::size_t max_body);
  bool Fail(int status, std::string_view code, std::string detail);
  bool HasFailed() const { return !error_.code.empty(); }

  State state_ = State::kSize;
  std::size_t left_ = 0;           // of the current chunk's data
  std::size_t trailer_bytes_ = 0;  // so far
  std::string line_;               // a size or trailer line; may arrive in pieces
  FramingError error_;
};

}  // namespace gatewright::http
