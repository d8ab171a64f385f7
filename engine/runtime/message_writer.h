// engine/runtime/message_writer.h: everything that a delivery needs, found again from its row: what
// is said, by which notifier, and whether it is still wanted. Thread-safe.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/codec/secrets.h"
#include "engine/ports/clock.h"
#include "engine/ports/plugins.h"
#include "engine/ports/store.h"
#include "engine/runtime/delivery_message.h"
#include "engine/runtime/runs.h"
#include "engine/runtime/surroundings.h"

namespace gatewright::runtime {

struct Parcel {
  Message message;
  std::shared_ptr<ports::Notifier> notifier;
  std::vector<std::string> secrets;  // of its settings: not to be shown
  bool is_needed = true;
};

class MessageWriter {
 public:
  struct Around {
    ports::Store& store;
    Runs& runs;
    const Workflows& workflows;
    const Surroundings& surroundings;
    ports::Plugins& plugins;
    const ports::Clock& clock;
    codec::SecretReader read_secret;
    std::function<std::string()> public_url;  // how people reach this server; empty: no links
    Duration longest_link;                    // a used link is remembered for so long
    // Does the run's open gate miss a vote that this person can give? May ask plugins.
    std::function<bool(const LoadedRun&, const core::Principal&)> is_needed;
  };
  explicit MessageWriter(Around around) : around_(std::move(around)) {}

  // `rows` are of one lane. kInvalid: it can never be said again.
  Result<Parcel> Write(const std::vector<ports::DeliveryRow>& rows, const Message* known);

 private:
  struct Made {
    std::shared_ptr<ports::Notifier> notifier;
    std::vector<std::string> secrets;
  };

  Result<Made> NotifierFor(const core::NotifyRule& rule, const std::string& lane,
                           const PrincipalId& person);
  Result<Message> Read(const core::NotifyRule& rule, const ports::DeliveryRow& row,
                       bool& is_needed) const;
  std::optional<Links> LinksFor(const core::NotifyRule& rule, const LoadedRun& loaded,
                                const ports::DeliveryRow& row) const;

  const Around around_;
  std::mutex mutex_;
  std::map<std::string, std::pair<std::string, Made>> made_;  // by lane, with the settings
};

}  // namespace gatewright::runtime
