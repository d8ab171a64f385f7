// server/http/framer.h: cuts the bytes of one connection into requests, however they are split over
// reads. Says what is wrong as soon as it can be told. Used by one thread; no I/O.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "server/http/chunked_body.h"
#include "server/http/framing_error.h"
#include "server/http/head_parser.h"
#include "server/http/message.h"

namespace gatewright::http {

class Framer {
 public:
  enum class Stage { kIdle = 1, kHead, kBody };  // kIdle: no byte of the next request yet
  enum class Progress { kNeedMore = 1, kRequest, kError };

  // Takes bytes from the front of `input` into `request`, which must be the same object until the
  // request is complete. kNeedMore has taken all of `input`; kRequest leaves the next requests
  // there. After kError only error() may be called.
  Progress Feed(std::string_view& input, const FramingLimits& limits, Request& request);

  Stage stage() const { return stage_; }
  const HeadFacts& facts() const { return facts_; }
  const FramingError& error() const { return error_; }

  // True once per request whose client waits for "100 Continue" before it sends the body.
  bool TakeWantsContinue();

 private:
  enum class Found { kNothing = 1, kHead, kError };

  Progress FeedHead(std::string_view& input, const FramingLimits& limits, Request& request);
  Progress FeedBody(std::string_view& input, const FramingLimits& limits, Request& request);
  Found FindHeadEnd(std::string_view data, const FramingLimits& limits);
  Found TooLongTarget(const FramingLimits& limits);
  Progress Fail(FramingError error);

  Stage stage_ = Stage::kIdle;
  HeadFacts facts_;
  bool wants_continue_ = false;

  std::string kept_;            // the header block so far, when it comes in pieces
  std::size_t scanned_ = 0;     // of the header block
  std::size_t line_begin_ = 0;  // of the line being scanned
  std::size_t head_begin_ = 0;  // 2 after an empty line before the request line
  std::size_t head_size_ = 0;   // with the empty line, once found

  ChunkedBody chunks_;
  FramingError error_;
};

}  // namespace gatewright::http
