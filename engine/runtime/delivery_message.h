// engine/runtime/delivery_message.h: what a notifier is told, from the log: events are written as
// CloudEvents 1.0 JSON. Thread-safe.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/ports/plugins.h"
#include "engine/ports/store.h"
#include "engine/runtime/runs.h"

namespace gatewright::runtime {

// The receiver of one notify rule of one workflow version: for a channel "<version>/<rule>", for a
// person with "/<id>" behind it.
std::string LaneOf(const WorkflowVersion& version, std::size_t rule,
                   const PrincipalId& recipient = {});

struct Message {
  std::string id;
  std::string topic;
  std::string json;
};

// "1207-0": an entry's position, and which of its events.
std::string EventId(Position position, std::size_t event);
Message WriteMessage(const ports::Entry& entry, std::size_t event, const core::Event& what,
                     const LoadedRun& loaded);

// Everything that a delivery needs.
struct Parcel {
  Message message;
  std::shared_ptr<ports::Notifier> notifier;
  std::vector<std::string> secrets;  // of its settings: not to be shown
  bool is_needed = true;
};

class MessageWriter {
 public:
  MessageWriter(ports::Store& store, Runs& runs, const Workflows& workflows)
      : store_(store), runs_(runs), workflows_(workflows) {}

  // kInvalid: it can never be said again. `rows` are of one lane.
  Result<Parcel> Write(const std::vector<ports::DeliveryRow>& rows, const Message* known) const;

 private:
  Result<Message> Read(const ports::DeliveryRow& row) const;

  ports::Store& store_;
  Runs& runs_;
  const Workflows& workflows_;
};

}  // namespace gatewright::runtime
