// plugins/host/raw_context.h: the engine's values as the C structs of the ABI. They borrow, so they
// live on the stack of one call.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "engine/core/principal.h"
#include "engine/ports/plugins.h"
#include "plugins/host/text.h"

namespace gatewright::host {

inline gw_context MakeRaw(const ports::Context& context) {
  return {sizeof(gw_context),
          0,
          context.run.value,
          context.epoch,
          Borrow(context.workflow),
          Borrow(context.stage),
          Borrow(context.rule),
          Borrow(context.requester),
          Borrow(context.subject_json),
          Borrow(context.subject_digest),
          ToMicros(context.now),
          Borrow(context.facts_json),
          Borrow(context.callback_url)};
}

// A list of names, without allocating for the usual few.
class RawNames {
 public:
  explicit RawNames(const std::vector<std::string>& names) : count_(names.size()) {
    if (count_ > near_.size()) far_.resize(count_);
    gw_string* const items = far_.empty() ? near_.data() : far_.data();
    for (std::size_t i = 0; i < count_; ++i) items[i] = Borrow(names[i]);
  }
  RawNames(const RawNames&) = delete;
  RawNames& operator=(const RawNames&) = delete;

  gw_string_list list() const { return {far_.empty() ? near_.data() : far_.data(), count_}; }

 private:
  std::size_t count_;
  std::array<gw_string, 8> near_;  // only the first count_ are set
  std::vector<gw_string> far_;
};

inline gw_principal_kind MakeRaw(core::PrincipalKind kind) {
  switch (kind) {
    case core::PrincipalKind::kPerson:
      return GW_PERSON;
    case core::PrincipalKind::kService:
      return GW_SERVICE;
    case core::PrincipalKind::kPolicy:
      return GW_POLICY_VOTER;
    case core::PrincipalKind::kTimer:
      return GW_TIMER;
    case core::PrincipalKind::kEngine:
      return GW_ENGINE;
  }
  return 0;
}

}  // namespace gatewright::host
