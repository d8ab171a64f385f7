#include "engine/simulation/stand_ins.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "engine/codec/json.h"

namespace gatewright::simulation {
namespace {

Error NoStandIn(std::string_view name) {
  return Error{ErrorCode::kUnavailable,
               fmt::format("'{}' has no stand-in; only role, group and user have", name)};
}

// {"role": "qa"} and {"role": ["qa", "ops"]} both name a list.
std::vector<std::string> NamesIn(std::string_view plugin, std::string_view config_json) {
  std::vector<std::string> names;
  const auto config = codec::ParseJson(config_json);
  if (!config || !config->is_object()) return names;
  const boost::json::value* found = config->get_object().if_contains(plugin);
  if (found == nullptr) return names;
  if (found->is_string()) names.emplace_back(found->get_string());
  if (!found->is_array()) return names;
  for (const auto& name : found->get_array()) {
    if (name.is_string()) names.emplace_back(name.get_string());
  }
  return names;
}

class ByName final : public ports::Approver {
 public:
  ByName(std::string_view plugin, std::vector<std::string> names)
      : plugin_(plugin), names_(std::move(names)) {}

  Result<ports::Eligibility> Check(const ports::Context&, const core::Principal& person,
                                   Duration) override {
    if (person.is_everybody) return ports::Eligibility{true, ""};
    const auto has = [&](const std::string& name) {
      if (plugin_ == "user") return person.id.value == name;
      const auto& words = plugin_ == "role" ? person.roles : person.groups;
      return std::ranges::find(words, name) != words.end();
    };
    if (std::ranges::any_of(names_, has)) return ports::Eligibility{true, ""};
    return ports::Eligibility{false, fmt::format("{} is none of: {} {}", person.id.value, plugin_,
                                                 fmt::join(names_, "/"))};
  }

 private:
  std::string plugin_;
  std::vector<std::string> names_;
};

}  // namespace

Result<std::shared_ptr<ports::Approver>> StandIns::MakeApprover(std::string_view name,
                                                                std::string_view config_json) {
  if (name != "role" && name != "group" && name != "user") return NoStandIn(name);
  return std::shared_ptr<ports::Approver>(
      std::make_shared<ByName>(name, NamesIn(name, config_json)));
}

Result<std::shared_ptr<ports::Policy>> StandIns::MakePolicy(std::string_view name,
                                                            std::string_view) {
  return NoStandIn(name);
}

Result<std::shared_ptr<ports::Executor>> StandIns::MakeExecutor(std::string_view name,
                                                                std::string_view) {
  return NoStandIn(name);
}

Result<std::shared_ptr<ports::Notifier>> StandIns::MakeNotifier(std::string_view name,
                                                                std::string_view) {
  return NoStandIn(name);
}

}  // namespace gatewright::simulation
