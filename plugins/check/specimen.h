// plugins/check/specimen.h: the library under examination, in the process of one check. Each step
// is made when it is asked for first; the table of checks sees to it that those before it are good.
// One thread, but for Say().
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "plugins/check/meters.h"
#include "plugins/check/order.h"
#include "plugins/check/sample_config.h"
#include "plugins/host/descriptor.h"
#include "plugins/host/environment.h"

namespace gatewright::check {

// An instance that the plugin's create() made, or why it did not. destroy() is left to the check.
struct Made {
  bool has_thrown = false;
  gw_status status = GW_INTERNAL;
  void* instance = nullptr;
  std::string said;

  bool is_good() const { return !has_thrown && status == GW_OK; }
};

class Specimen {
 public:
  // `say` takes what is being done, for the case that it never ends.
  Specimen(Order order, const Meters& meters, std::function<void(std::string_view)> say);

  const Order& order() const { return order_; }
  const Meters& meters() const { return meters_; }
  void Say(std::string_view what) const { say_(what); }
  const host::Environment& environment() const { return *environment_; }

  // The file, before any code of it runs.
  Result<std::string> ReadFile() const;
  // Runs the constructors of the library.
  Result<void> Open();
  using Entry = const gw_plugin* (*)();
  Entry entry();
  const gw_plugin& table();
  const host::Description& description();
  const host::LoadedOffer& offer();
  std::uint32_t minor() { return table().abi_minor; }

  // What the offer may be configured with, and of these what create() takes; in the same order.
  const std::vector<SampleConfig>& samples();
  const std::vector<SampleConfig>& good_configs();

  Made Create(std::string_view config_json);
  void Destroy(const Made& made) { offer().table.destroy(made.instance); }

 private:
  const Order order_;
  const Meters& meters_;
  std::function<void(std::string_view)> say_;
  std::shared_ptr<const host::Environment> environment_;
  void* library_ = nullptr;
  const gw_plugin* table_ = nullptr;
  std::optional<host::Description> description_;
  std::optional<std::vector<SampleConfig>> samples_;
  std::optional<std::vector<SampleConfig>> good_configs_;
};

}  // namespace gatewright::check
