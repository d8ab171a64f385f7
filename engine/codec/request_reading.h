// engine/codec/request_reading.h: what the readers of request bodies share. Private to the codec;
// pure.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <string_view>
#include <utility>

#include "engine/codec/json.h"
#include "engine/codec/object_reader.h"
#include "engine/codec/requests.h"

namespace gatewright::codec {

inline constexpr TextLimit kName{kMaxNameLength, false};
inline constexpr TextLimit kWord{kMaxNameLength, false};
inline constexpr TextLimit kComment{kMaxCommentLength, true};
inline constexpr TextLimit kReason{kMaxCommentLength, false};

// Reads the body as an object and hands it to `read(reader, value)`.
template <class T, class Read>
Result<Reading<T>> ReadObject(std::string_view json, Read read) {
  Reading<T> reading;
  boost::json::value body = boost::json::object();
  if (!json.empty()) {
    GW_TRY(parsed, ParseJson(json));
    body = std::move(parsed);
  }
  if (!body.is_object()) {
    reading.problems.push_back({"", "expected a JSON object"});
    return reading;
  }
  ObjectReader reader(body.get_object(), reading.problems);
  read(reader, reading.value);
  reader.RefuseUnknown();
  return reading;
}

inline core::Expectation ReadExpectation(ObjectReader& reader) {
  core::Expectation expected;
  expected.state = reader.Text("expected_state", kWord);
  expected.subject_digest = reader.Text("subject_digest", kWord);
  return expected;
}

inline std::string ReadReason(ObjectReader& reader) {
  return reader.Text("reason", kComment).value_or("");
}

}  // namespace gatewright::codec
