#include "engine/definition/lock_reader.h"

#include <fmt/format.h>

#include <array>

#include "engine/definition/lists.h"
#include "engine/definition/references.h"

namespace gatewright::definition {
namespace {

constexpr std::size_t kMaxKeys = 16;
constexpr std::size_t kMaxKeyLength = 256;
constexpr std::uint32_t kMaxLimit = 1'000;
constexpr Duration kShortestTtl = std::chrono::seconds{1};
constexpr Duration kLongestTtl = std::chrono::days{366};

std::vector<std::string> ReadKeys(const Fields& fields, const LoadContext& context,
                                  const Scope& scope) {
  std::vector<std::string> keys;
  const auto read = [&](const Node& node, std::string_view label) {
    const auto key = scope.AsText(node, label, kMaxKeyLength);
    if (!key) return;
    if (key->empty()) {
      scope.Report(node.mark(), codes::kBadValue,
                   fmt::format("'{}': expected a name such as env/production, found nothing in the "
                               "quotes",
                               label));
    }
    CheckReferences(node, context, ReferenceUse::kLockKey, scope);
    keys.push_back(*key);
  };
  if (const Node* one = fields.Find("key")) read(*one, "key");
  if (const Node* list = fields.List("keys", 1, kMaxKeys)) {
    ForEachOnce(*list, "keys", scope, [&](const Node& item) { read(item, "keys"); });
  }
  if (fields.Find("key") && fields.Find("keys")) {
    scope.Report(fields.Find("keys")->mark(), codes::kBadValue,
                 "'key' and 'keys' are both given (allowed: one of them)");
  } else if (!fields.Find("key") && !fields.Find("keys")) {
    scope.Report(fields.node().mark(), codes::kMissingKey, "'key' (or 'keys', a list) is missing");
  }
  return keys;
}

}  // namespace

core::LockSpec ReadLock(const Node& node, const LoadContext& context, const Scope& spec) {
  constexpr std::array<std::string_view, 2> kPoints = {"after_gate", "before_gate"};
  constexpr std::array<std::string_view, 4> kModes = {"fifo", "lifo", "latest_wins", "parallel"};
  constexpr std::array<core::LockMode, 4> kModeValues = {
      core::LockMode::kFifo, core::LockMode::kLifo, core::LockMode::kLatestWins,
      core::LockMode::kParallel};
  const Scope scope = spec.In("lock");
  const Fields fields(scope, node, {{}, {"key", "keys", "acquire", "mode", "limit", "ttl"}, {}});
  core::LockSpec lock;
  lock.keys = ReadKeys(fields, context, scope);
  if (fields.Choice("acquire", kPoints) == std::size_t{1}) {
    lock.acquire = core::LockAcquire::kBeforeGate;
  }
  if (const auto mode = fields.Choice("mode", kModes)) lock.mode = kModeValues[*mode];
  lock.limit = fields.Count("limit", 1, kMaxLimit).value_or(1);
  lock.ttl = fields.Time("ttl", kShortestTtl, kLongestTtl);
  if (const Node* limit = fields.Find("limit"); limit && !IsText(fields.Find("mode"), "parallel")) {
    scope.Report(limit->mark(), codes::kBadValue,
                 "'limit' is about 'mode: parallel'; in every other mode one run holds the lock");
  }
  if (const Node* ttl = fields.Find("ttl"); ttl && !IsText(fields.Find("acquire"), "before_gate")) {
    scope.Report(ttl->mark(), codes::kBadValue,
                 "'ttl' is about 'acquire: before_gate'; otherwise nobody holds the lock while "
                 "people decide");
  }
  return lock;
}

core::CalendarUse ReadCalendarUse(const Node& node, const Scope& scope) {
  core::CalendarUse use;
  if (node.is_map()) {
    const Fields fields(scope.In("calendar"), node, {{"name"}, {"minRunway"}, {}});
    use.name = fields.Name("name", kWorkflowNameRule).value_or("");
    use.min_runway =
        fields.Time("minRunway", Duration{0}, std::chrono::days{7}).value_or(Duration{0});
  } else if (node.is_string()) {
    use.name = scope.AsName(node, "calendar", kWorkflowNameRule).value_or("");
  } else {
    scope.Report(node.mark(), codes::kWrongType,
                 fmt::format("'calendar': expected the name of a calendar, or {{name: …, "
                             "minRunway: 20m}}, found {}",
                             Describe(node)));
  }
  return use;
}

}  // namespace gatewright::definition
