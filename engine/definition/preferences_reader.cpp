#include "engine/definition/preferences_reader.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "engine/calendar/zone_clock.h"

namespace gatewright::definition {
namespace {

constexpr std::array<std::string_view, 1> kOnly = {"needed"};
constexpr std::size_t kMostAddresses = 16;
constexpr std::size_t kLongestAddress = 2000;

std::optional<core::TimeOfDay> ReadTimeOfDay(const Fields& fields, std::string_view key,
                                             const Scope& scope) {
  const auto text = fields.Text(key);
  if (!text) return std::nullopt;
  const auto digit = [&text](std::size_t at) {
    const char c = (*text)[at];
    return c >= '0' && c <= '9' ? c - '0' : 99;
  };
  if (text->size() == 5 && (*text)[2] == ':') {
    const int hours = digit(0) * 10 + digit(1);
    const int minutes = digit(3) * 10 + digit(4);
    if (hours < 24 && minutes < 60) return core::TimeOfDay{hours * 60 + minutes};
  }
  scope.Report(
      fields.Find(key)->mark(), codes::kBadValue,
      fmt::format("'{}': expected hours and minutes such as \"08:30\", found '{}'", key, *text));
  return std::nullopt;
}

std::shared_ptr<const core::LocalClock> ReadClock(const Fields& fields, const Scope& scope) {
  const auto name = fields.Text("zone");
  if (!name) return nullptr;
  auto zone = calendar::Zone::Find(*name);
  if (zone) return std::make_shared<const calendar::ZoneClock>(*std::move(zone));
  scope.Report(fields.Find("zone")->mark(), codes::kOutOfRange,
               fmt::format("'zone': {}", zone.error().message));
  return nullptr;
}

std::optional<core::QuietHours> ReadQuietHours(const Node& node, const Scope& scope) {
  const Fields fields(scope, node, {{"from", "to", "zone"}, {}, {}});
  const auto from = ReadTimeOfDay(fields, "from", scope);
  const auto to = ReadTimeOfDay(fields, "to", scope);
  auto clock = ReadClock(fields, scope);
  if (from && to && *from == *to) {
    scope.Report(node.mark(), codes::kOutOfRange,
                 "'quietHours': they end when they begin; a whole day would be no address at all");
  }
  if (!from || !to || clock == nullptr) return std::nullopt;
  return core::QuietHours{*from, *to, std::move(clock)};
}

std::optional<core::Digest> ReadDigest(const Node& node, const Scope& scope) {
  const Fields fields(scope, node, {{"at", "zone"}, {}, {}});
  const auto at = ReadTimeOfDay(fields, "at", scope);
  auto clock = ReadClock(fields, scope);
  if (!at || clock == nullptr) return std::nullopt;
  return core::Digest{*at, std::move(clock)};
}

void ReadAddresses(const Node& node, const Scope& scope, core::Preferences& preferences) {
  if (node.members().size() > kMostAddresses) {
    scope.Report(node.mark(), codes::kTooMany,
                 fmt::format("'addresses': {} are too many (allowed: {})", node.members().size(),
                             kMostAddresses));
  }
  for (const YamlMember& member : node.members()) {
    if (!scope.IsName(member.key, member.key_mark, "addresses", kIdentifierRule)) continue;
    if (member.key == "id") {
      scope.Report(member.key_mark, codes::kBadValue, "'addresses': 'id' is the user's own");
    }
    const auto address = scope.AsText(member.value, member.key, kLongestAddress);
    if (address && address->empty()) {
      scope.Report(
          member.value.mark(), codes::kBadValue,
          fmt::format("'{}': expected an address, found nothing in the quotes", member.key));
    }
    if (address) preferences.addresses[member.key] = *address;
  }
}

}  // namespace

core::Preferences ReadPreferences(const Node& node, const Scope& scope) {
  core::Preferences preferences;
  if (!scope.IsMap(node, "notify")) return preferences;
  const Fields fields(scope, node, {{}, {"addresses", "only", "quietHours", "digest"}, {}});
  if (const Node* addresses = fields.Map("addresses")) {
    ReadAddresses(*addresses, scope, preferences);
  }
  preferences.only_needed = fields.Choice("only", kOnly).has_value();
  if (const Node* quiet = fields.Map("quietHours")) {
    preferences.quiet_hours = ReadQuietHours(*quiet, scope.In("quietHours"));
  }
  if (const Node* digest = fields.Map("digest")) {
    preferences.digest = ReadDigest(*digest, scope.In("digest"));
  }
  return preferences;
}

}  // namespace gatewright::definition
