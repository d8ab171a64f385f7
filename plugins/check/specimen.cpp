#include "plugins/check/specimen.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <algorithm>

#include "plugins/check/probe_call.h"
#include "plugins/host/plugin_file.h"
#include "plugins/host/text.h"

namespace gatewright::check {
namespace {

constexpr char kEntryName[] = "gw_plugin_entry";
// What the plugin sees of the clock: time stands still while it is checked.
constexpr std::int64_t kNow = 1'767'690'000'000'000;

}  // namespace

Specimen::Specimen(Order order, const Meters& meters, std::function<void(std::string_view)> say)
    : order_(std::move(order)),
      meters_(meters),
      say_(std::move(say)),
      environment_(std::make_shared<const host::Environment>(host::Environment{
          [] { return FromMicros(kNow); },
          [](host::LogSeverity, std::string_view, std::string_view) {}, std::chrono::seconds{5}})) {
}

Result<std::string> Specimen::ReadFile() const {
  GW_TRY(file, host::ReadPluginFile(order_.sandbox.library, host::FolderTrust::kAnybody));
  return std::move(file.bytes);
}

Result<void> Specimen::Open() {
  if (library_ != nullptr) return {};
  // Never closed: the process ends with the check.
  library_ = dlopen(order_.sandbox.library.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library_ != nullptr) return {};
  const char* const problem = dlerror();
  return Error{ErrorCode::kInvalid,
               host::CleanLine(problem != nullptr ? problem : "the dynamic linker refused it")};
}

Specimen::Entry Specimen::entry() {
  [[maybe_unused]] const auto opened = Open();
  return reinterpret_cast<Entry>(dlsym(library_, kEntryName));
}

const gw_plugin& Specimen::table() {
  if (table_ == nullptr) table_ = entry()();
  return *table_;
}

const host::Description& Specimen::description() {
  if (!description_) description_ = host::ReadDescriptor(&table());
  return *description_;
}

const host::LoadedOffer& Specimen::offer() {
  const auto& offers = description().offers;
  const auto found = std::ranges::find_if(offers, [this](const auto& offer) {
    return offer->offer.kind == order_.offer.kind && offer->offer.name == order_.offer.name;
  });
  // The parent has asked for the offers first, and a library that changes its mind ends here.
  if (found == offers.end()) std::abort();
  return **found;
}

const std::vector<SampleConfig>& Specimen::samples() {
  if (samples_) return *samples_;
  if (order_.configs.empty()) {
    samples_ = SampleConfigs(offer().offer.config_schema, offer().schema);
    return *samples_;
  }
  samples_.emplace();
  for (const std::string& config : order_.configs) samples_->push_back({config, true});
  return *samples_;
}

const std::vector<SampleConfig>& Specimen::good_configs() {
  if (good_configs_) return *good_configs_;
  good_configs_.emplace();
  for (const SampleConfig& sample : samples()) {
    const Made made = Create(sample.json);
    if (!made.is_good()) continue;
    Destroy(made);
    good_configs_->push_back(sample);
  }
  return *good_configs_;
}

Made Specimen::Create(std::string_view config_json) {
  const ProbeCall call(*environment_, offer(), environment_->create_limit, nullptr);
  Made made;
  try {
    made.status = offer().table.create(host::Borrow(config_json), &call.raw(), &made.instance);
  } catch (...) {
    made.has_thrown = true;
  }
  made.said = call.failure();
  return made;
}

}  // namespace gatewright::check
