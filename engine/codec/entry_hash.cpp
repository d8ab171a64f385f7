// engine/codec/entry_hash.cpp: joins the parts and leaves the rest to digest.h.
#include "engine/codec/entry_hash.h"

#include <fmt/format.h>

#include "engine/codec/digest.h"

namespace gatewright::codec {

std::string EntryHash(std::string_view previous_hash, RunId run, Sequence sequence, Time at,
                      std::string_view actor, std::string_view events_json) {
  fmt::memory_buffer numbers;
  fmt::format_to(std::back_inserter(numbers), "\n{}\n{}\n{}\n", run.value, sequence.value,
                 ToMicros(at));
  return Sha256Hex(
      {previous_hash, std::string_view(numbers.data(), numbers.size()), actor, "\n", events_json});
}

}  // namespace gatewright::codec
