// plugins/check/conformance.h: holds a plugin to its contract, check by check, each in a process of
// its own that is killed and reaped when its time is over. One thread.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/check/finding.h"
#include "plugins/check/order.h"
#include "plugins/host/child/sandbox.h"

namespace gatewright::check {

struct CheckOptions {
  std::filesystem::path library;  // absolute
  std::filesystem::path program;  // what knows `plugin-check-child`
  std::string only_offer;         // empty = every offer
  std::vector<std::string> configs;
  std::set<host::Grant> grants;
  bool has_walls = true;
  std::int64_t memory = 1024LL * 1024 * 1024;
  std::chrono::seconds limit{3600};  // of each check; most have a shorter one
};

struct CheckResult {
  std::string_view check;
  std::string_view promise;
  std::optional<OfferName> offer;  // nothing: about the whole library
  Finding finding;
  std::chrono::milliseconds took{0};
};

struct Conformance {
  std::vector<CheckResult> results;
  std::string problem;  // nothing could be checked at all: no such offer, no new process

  const CheckResult* first_failure() const;  // null when there is none
  bool is_complete() const;                  // everything that applies was looked at
};

// `on_result` is told each result as it comes.
Conformance CheckPlugin(const CheckOptions& options,
                        const std::function<void(const CheckResult&)>& on_result = {});

}  // namespace gatewright::check
