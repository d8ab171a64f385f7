// plugins/host/place.h: one place where an offer is used, with an instance of every version of the
// plugin that came while it was used. What comes back is thread-safe.
#pragma once

#include <memory>
#include <string>

#include "engine/ports/plugins.h"
#include "plugins/host/chain.h"
#include "plugins/host/descriptor.h"

namespace gatewright::host {

struct Place {
  ports::PluginKind kind;
  std::string name;
  std::string config_json;
  // That its newest instance is of; only who reloads the folder looks here.
  std::shared_ptr<const LoadedOffer> offer;
};

template <class Port>
struct PlaceOf final : Place {
  explicit PlaceOf(Place place) : Place(std::move(place)) {}
  using PortType = Port;
  Chain<Port> instances;
};

// Each question goes to the instance that was there when the gate opened; what is delivered, to the
// newest.
std::shared_ptr<ports::Approver> AsPort(std::shared_ptr<PlaceOf<ports::Approver>> place);
std::shared_ptr<ports::Policy> AsPort(std::shared_ptr<PlaceOf<ports::Policy>> place);
std::shared_ptr<ports::Notifier> AsPort(std::shared_ptr<PlaceOf<ports::Notifier>> place);

// Why nothing can be asked of an offer whose file was taken away.
Error WasRemoved(ports::PluginKind kind, std::string_view name);

}  // namespace gatewright::host
