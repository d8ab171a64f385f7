// engine/codec/event_reader.h: one event of the log, from JSON. Private to the codec.
#pragma once

#include <boost/json/value.hpp>

#include "engine/base/result.h"
#include "engine/core/event.h"

namespace gatewright::codec {

// kCorrupt with a sentence when a member is missing, of another type, or unknown.
Result<core::Event> ReadEvent(const boost::json::value& value);

}  // namespace gatewright::codec
