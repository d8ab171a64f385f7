#include "engine/simulation/report.h"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "engine/codec/events.h"
#include "engine/codec/json.h"
#include "engine/simulation/wording.h"

namespace gatewright::simulation {
namespace {

std::vector<std::string> Happened(const Moment& moment) {
  std::vector<std::string> sentences;
  for (const auto& event : moment.outcome.events) sentences.push_back(InWords(event));
  for (const auto& event : moment.outcome.site_events) sentences.push_back(InWords(event));
  return sentences;
}

boost::json::object ToValue(const Moment& moment) {
  boost::json::array events;
  for (const auto& event : moment.outcome.events) events.emplace_back(codec::EventType(event));
  boost::json::array happened;
  for (const std::string& sentence : Happened(moment)) happened.emplace_back(sentence);
  return {{"at", FormatTime(moment.at)},   {"run", moment.run},
          {"command", moment.title},       {"by_engine", moment.is_followup},
          {"result", moment.outcome.code}, {"detail", moment.outcome.detail},
          {"events", std::move(events)},   {"happened", std::move(happened)},
          {"state", moment.state},         {"status", moment.status},
          {"waits_for", moment.waits_for}};
}

}  // namespace

std::string ToText(const Report& report) {
  std::string text;
  for (const Moment& moment : report.moments) {
    text += fmt::format("{}  {}{}{}\n", FormatTime(moment.at),
                        moment.run.empty() ? "" : fmt::format("[{}] ", moment.run),
                        moment.is_followup ? "» " : "", moment.title);
    if (!moment.outcome.is_accepted()) {
      text += fmt::format("    refused: {}: {}\n", moment.outcome.code, moment.outcome.detail);
    } else if (moment.outcome.events.empty() && moment.outcome.site_events.empty() &&
               !moment.run.empty()) {
      text += "    nothing changes\n";
    }
    for (const std::string& sentence : Happened(moment)) text += fmt::format("    {}\n", sentence);
    if (!moment.state.empty()) {
      text += fmt::format("    = {}, {}: {}\n", moment.state, moment.status, moment.waits_for);
    }
  }
  for (const Problem& problem : report.problems) {
    text += problem.line == 0 ? fmt::format("NOT AS EXPECTED: {}\n", problem.message)
                              : fmt::format("NOT AS EXPECTED: the step in line {}: {}\n",
                                            problem.line, problem.message);
  }
  if (!report.mistake.empty()) text += fmt::format("MISTAKE: {}\n", report.mistake);
  for (const SimulatedRun& run : report.runs) {
    text += fmt::format("{}{} in state '{}' at {}\n",
                        run.name.empty() ? "" : fmt::format("[{}] ", run.name),
                        core::ToString(run.run.status), run.run.state, FormatTime(report.ended_at));
  }
  return text;
}

std::string ToJson(const Report& report) {
  boost::json::array steps;
  for (const Moment& moment : report.moments) steps.push_back(ToValue(moment));
  boost::json::array problems;
  for (const Problem& problem : report.problems) {
    problems.push_back({{"line", problem.line}, {"message", problem.message}});
  }
  if (!report.mistake.empty()) {
    problems.push_back({{"line", 0}, {"message", report.mistake}});
  }
  const boost::json::value whole = {{"ok", report.is_passed()},
                                    {"ended_at", FormatTime(report.ended_at)},
                                    {"steps", std::move(steps)},
                                    {"problems", std::move(problems)}};
  return codec::ToJson(whole) + "\n";
}

}  // namespace gatewright::simulation
