// engine/storage/log_check.cpp: each entry is checked against the one before it of the same run,
// which the database looks up, so that nothing has to be remembered.
#include "engine/storage/log_check.h"

#include <fmt/format.h>

#include "engine/codec/entry_hash.h"
#include "engine/core/site.h"

namespace gatewright::storage {
namespace {

using soci::into;

struct Link {
  Integer position = 0, run = 0, sequence = 0, at = 0, previous = 0;
  std::string actor, events, hash;
  // The entry at `previous`; zero and empty when there is none.
  Integer previous_run = 0, previous_sequence = 0;
  std::string previous_hash;
};

std::string Owner(Integer run) {
  return run == core::kSite.value ? "the installation" : fmt::format("run {}", run);
}

std::string ProblemOf(const Link& link, Integer expected_position) {
  const auto where = fmt::format("Log entry at position {} ({}, number {})", link.position,
                                 Owner(link.run), link.sequence);
  if (link.position != expected_position) {
    return fmt::format("Log: expected an entry at position {}, found none; the next one is at {}.",
                       expected_position, link.position);
  }
  if (link.sequence < 1) return where + ": its number must be 1 or more.";
  if (link.sequence == 1 && link.previous != 0) {
    return fmt::format("{}: the first entry of a run points back to position {}.", where,
                       link.previous);
  }
  if (link.sequence > 1 && (link.previous >= link.position || link.previous_run != link.run ||
                            link.previous_sequence != link.sequence - 1)) {
    return fmt::format(
        "{}: expected number {} of the same run at position {}, found {}.", where,
        link.sequence - 1, link.previous,
        link.previous_hash.empty()
            ? "none"
            : fmt::format("number {} of {}", link.previous_sequence, Owner(link.previous_run)));
  }
  const auto expected =
      codec::EntryHash(link.previous_hash, RunId{link.run}, Sequence{link.sequence},
                       FromMicros(link.at), link.actor, link.events);
  if (expected != link.hash) {
    return fmt::format(
        "{}: its hash is {}, but its content and the entry before it give {}. One "
        "of them was changed.",
        where, link.hash, expected);
  }
  return "";
}

}  // namespace

void CheckLog(soci::session& session, CheckReport& report) {
  Link link;
  soci::statement entries(
      (session.prepare << "SELECT e.position, e.run_id, e.sequence, e.at, e.actor, e.events, "
                          "e.prev_position, e.hash, coalesce(p.run_id, 0), "
                          "coalesce(p.sequence, 0), coalesce(p.hash, '') FROM events AS e "
                          "LEFT JOIN events AS p ON p.position = e.prev_position "
                          "ORDER BY e.position",
       into(link.position), into(link.run), into(link.sequence), into(link.at), into(link.actor),
       into(link.events), into(link.previous), into(link.hash), into(link.previous_run),
       into(link.previous_sequence), into(link.previous_hash)));
  for (Rows rows(entries); rows.has_row(); rows.Next()) {
    report.problem = ProblemOf(link, report.head.value + 1);
    if (!report.problem.empty()) return;
    ++report.entries;
    report.head = Position{link.position};
  }
}

}  // namespace gatewright::storage
