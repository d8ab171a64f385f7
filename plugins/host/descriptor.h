// plugins/host/descriptor.h: reads the tables that gw_plugin_entry() returned into copies of ours,
// and refuses the library as a whole when one of them breaks the contract. Thread-safe.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "engine/base/result.h"
#include "engine/codec/json_schema.h"
#include "engine/ports/plugins.h"
#include "plugins/sdk/gatewright/plugin.h"

namespace gatewright::host {

class ChildPool;

// What the maker of `raw` wrote, in a copy whose other members are zero. Both ends of the ABI may
// be of different minors, so nothing beyond the maker's struct_size is looked at.
template <class Struct>
Struct ReadStruct(const Struct* raw) {
  Struct copy{};
  const auto size = std::min<std::size_t>(raw->struct_size, sizeof(Struct));
  std::memcpy(&copy, raw, size);
  return copy;
}

// One healthy offer. Immutable; shared by its instances, so that it outlives the host if they do.
struct LoadedOffer {
  ports::Offer offer;
  gw_offer table;  // zero when it is called in a process of its own
  std::variant<gw_approver, gw_policy, gw_executor, gw_notifier> functions;
  codec::JsonSchema schema;
  std::shared_ptr<ChildPool> pool = nullptr;  // where it is called; null = in this process

  bool is_concurrent() const { return (table.flags & GW_CONCURRENT) != 0; }
};

struct Description {
  std::string name;
  std::string version;
  std::string abi;
  std::vector<std::shared_ptr<const LoadedOffer>> offers;
  std::string problem;  // empty = usable; else `offers` is empty
};

// `plugin` may be null. Calls nothing in the library.
Description ReadDescriptor(const gw_plugin* plugin);

// The same of a library that was described by its own process, which nobody has to believe.
struct Described;
Description ReadDescribed(Described described, const std::shared_ptr<ChildPool>& pool);

}  // namespace gatewright::host
