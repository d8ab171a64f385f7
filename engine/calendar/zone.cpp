#include "engine/calendar/zone.h"

#include <date/tz.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <iterator>
#include <vector>

#include "engine/base/edit_distance.h"

namespace gatewright::calendar {
namespace {

using std::chrono::seconds;
using SysSeconds = std::chrono::sys_seconds;

// What the date library can count in; far outside of any window.
constexpr SysSeconds kFirst = std::chrono::sys_days{std::chrono::year{1800} / 1 / 1};
constexpr SysSeconds kLast = std::chrono::sys_days{std::chrono::year{2500} / 1 / 1};

SysSeconds Clamp(Time at) { return std::clamp(std::chrono::floor<seconds>(at), kFirst, kLast); }

date::local_info InfoOf(const date::time_zone& zone, LocalTime local) {
  const auto clamped =
      std::clamp(local.time_since_epoch(), kFirst.time_since_epoch(), kLast.time_since_epoch());
  return zone.get_info(date::local_seconds{clamped});
}

std::string MeantName(std::string_view name) {
  std::vector<std::string> names;
  for (const auto& zone : date::get_tzdb().zones) names.push_back(zone.name());
  std::string suffix = DidYouMeanSuffix(name, names);
  if (!suffix.empty()) return suffix;
  // "Berlin": people know the town and not the continent.
  for (const std::string& known : names) {
    const auto slash = known.rfind('/');
    if (slash != known.npos && EditDistance(name, std::string_view(known).substr(slash + 1)) == 0) {
      return fmt::format(" Did you mean '{}'?", known);
    }
  }
  return "";
}

// Slim files end with a rule for all further years, which the date library does not read: zones
// would silently lack summer time.
bool LacksItsChanges(const date::time_zone& zone) {
  const auto info =
      zone.get_info(SysSeconds{std::chrono::sys_days{std::chrono::year{2036} / 1 / 1}});
  if (info.end < SysSeconds{std::chrono::sys_days{std::chrono::year{2037} / 1 / 1}}) return false;
  std::ifstream file("/usr/share/zoneinfo/" + zone.name(), std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  if (bytes.size() < 2 || bytes.back() != '\n') return false;
  const auto line = bytes.rfind('\n', bytes.size() - 2);
  return line != bytes.npos && bytes.find(',', line) != bytes.npos;
}

}  // namespace

Result<Zone> Zone::Find(std::string_view name) try {
  const auto& zones = date::get_tzdb().zones;
  const auto found = std::find_if(zones.begin(), zones.end(),
                                  [&](const auto& zone) { return zone.name() == name; });
  if (found == zones.end()) {
    const auto shown = name.substr(0, 64);
    return Error{ErrorCode::kNotFound,
                 fmt::format("'{}' is not a time zone (expected an IANA name such as "
                             "Europe/Berlin or UTC).{}",
                             shown, MeantName(shown))};
  }
  if (LacksItsChanges(*found)) {
    return Error{ErrorCode::kUnavailable,
                 fmt::format("the system's file for the time zone '{}' is of the slim kind, "
                             "without the changes of the coming years (expected the fat kind, "
                             "as Debian's package tzdata has it)",
                             name)};
  }
  return Zone(&*found);
} catch (const std::exception& problem) {
  return Error{ErrorCode::kUnavailable,
               fmt::format("the time zones of this system cannot be read: {} (expected the "
                           "package tzdata)",
                           problem.what())};
}

const std::string& Zone::name() const { return zone_->name(); }

Time Zone::Resolve(LocalTime local) const {
  const auto info = InfoOf(*zone_, local);
  if (info.result == date::local_info::nonexistent) return info.first.end;
  return SysSeconds{local.time_since_epoch() - info.first.offset};
}

LocalTime Zone::ToLocal(Time at) const {
  const SysSeconds second = Clamp(at);
  return LocalTime{second.time_since_epoch() + zone_->get_info(second).offset};
}

LocalTime Zone::LastLocalUntil(Time at) const {
  const LocalTime local = ToLocal(at);
  const auto info = InfoOf(*zone_, local);
  if (info.result != date::local_info::ambiguous || Clamp(at) < info.first.end) return local;
  return LocalTime{info.first.end.time_since_epoch() + info.first.offset} - seconds{1};
}

std::string Zone::Format(Time at) const {
  const auto offset = zone_->get_info(Clamp(at)).offset.count();
  if (name() == "UTC" || name() == "Etc/UTC") return FormatLocal(ToLocal(at)) + "Z";
  const auto minutes = std::abs(offset) / 60;
  return fmt::format("{}{}{:02}:{:02} {}", FormatLocal(ToLocal(at)), offset < 0 ? '-' : '+',
                     minutes / 60, minutes % 60, name());
}

}  // namespace gatewright::calendar
