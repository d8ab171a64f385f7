// engine/runtime/delivery_message.h: what a notifier is told: events as CloudEvents 1.0 in JSON.
// Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/ports/store.h"
#include "engine/runtime/runs.h"

namespace gatewright::runtime {

// The receiver of one notify rule of one workflow version: for a channel "<version>/<rule>", for a
// person with "/<id>" behind it.
std::string LaneOf(const WorkflowVersion& version, std::size_t rule,
                   const PrincipalId& recipient = {});

struct LaneName {
  WorkflowVersion version;
  std::size_t rule = 0;
};
std::optional<LaneName> ReadLane(std::string_view lane);

// "1207-0": an entry's position, and which of its events.
std::string EventId(Position position, std::size_t event);

struct EventPlace {
  Position position;
  std::size_t event = 0;
};
std::optional<EventPlace> ReadEventId(std::string_view id);

// What a person can do at once, and until when.
struct Links {
  std::string approve;  // addresses
  std::string reject;
  Time expires;
};

struct Message {
  std::string id;
  std::string topic;
  std::string json;
};

// A message to a person has an id of its own: receivers know messages by it.
std::string MessageId(const std::string& event_id, const PrincipalId& recipient);

// Without a recipient for a channel. `links` may be null.
Message WriteMessage(const ports::Entry& entry, std::size_t event, const core::Event& what,
                     const LoadedRun& loaded, const PrincipalId& recipient = {},
                     const Links* links = nullptr);

// Several in one, of the time of the first.
Message WriteDigest(std::int64_t id, Time time, const PrincipalId& recipient,
                    const std::vector<Message>& messages);

}  // namespace gatewright::runtime
