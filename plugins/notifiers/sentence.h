// plugins/notifiers/sentence.h: an event in words, for people. Pure; any thread.
#pragma once

#include <gatewright/plugin.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gatewright::notifiers {

// `text` on one line: control characters become spaces. At most `max` bytes, cut between
// characters, and then with an ellipsis.
std::string OneLine(std::string_view text, std::size_t max);

struct Told {
  std::string sentence;  // one line: deployment run 42 'v1.2': gate QA is open
  // Name and value, each one line, as in a mail: Run, Workflow, Requested by, …
  std::vector<std::pair<std::string, std::string>> details;
  // What the receiver can open to act, and a digest's sentences: lines below the sentence.
  std::vector<std::string> lines;
  std::string at;  // when it happened, as the event says it
};

// Throws std::invalid_argument when the event's JSON cannot be read.
Told Tell(const Event& event);

}  // namespace gatewright::notifiers
