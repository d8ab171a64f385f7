#include "tests/core/support/installation.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/core/support/build.h"

namespace gatewright::core::test {

SiteDecision Installation::Do(const SiteCommand& command) {
  SiteDecision decision = DecideSite(site, command, now);
  if (const auto* accepted = std::get_if<SiteAccepted>(&decision)) {
    Site replayed = site;
    if (!accepted->events.empty()) ApplySiteEntry(replayed, accepted->events);
    EXPECT_TRUE(replayed == accepted->site) << "replaying does not give the site decided";
    site = accepted->site;
  }
  return decision;
}

std::int64_t Installation::StopAll(const std::string& reason) {
  Do(SetStop{Person("operator"), {}, reason, std::nullopt});
  return site.newest_id;
}

void Installation::Lift(std::int64_t id) { Do(LiftStop{Person("operator"), id, "all is well"}); }

Opening FakeCalendar::At(Time at) const {
  for (const auto& [from, to] : windows_) {
    if (at < from) return {false, from, "closed"};
    if (at < to) return {true, to, ""};
  }
  return {false, std::nullopt, "closed"};
}

std::optional<Time> FakeCalendar::NextOpen(Time from, Duration runway) const {
  for (const auto& [opens, closes] : windows_) {
    const Time start = std::max(from, opens);
    if (start < closes && closes - start >= runway) return start;
  }
  return std::nullopt;
}

std::optional<Time> FakeCalendar::AfterOpenTime(Time from, Duration open_time) const {
  for (const auto& [opens, closes] : windows_) {
    const Time start = std::max(from, opens);
    if (start >= closes) continue;
    if (closes - start >= open_time) return start + open_time;
    open_time -= closes - start;
  }
  return std::nullopt;
}

}  // namespace gatewright::core::test
