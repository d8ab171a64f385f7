#include "engine/simulation/player.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "engine/codec/json.h"
#include "engine/definition/files.h"
#include "engine/definition/yaml_json.h"
#include "engine/simulation/args.h"
#include "engine/simulation/expectations.h"
#include "engine/simulation/people.h"
#include "engine/simulation/script_workflow.h"
#include "engine/simulation/steps.h"

namespace gatewright::simulation {
namespace {

using definition::Node;

// A Monday morning.
constexpr std::string_view kStart = "2026-03-02T09:00:00Z";

constexpr std::array<std::string_view, 11> kKeys = {"name",  "workflow", "people",    "steps",
                                                    "cases", "subject",  "directory", "timers",
                                                    "now",   "actions",  "calendars"};

void CheckKeys(const Node& node) {
  for (const auto& member : node.members()) {
    if (std::ranges::find(kKeys, member.key) != kKeys.end()) continue;
    throw Mistake(member.key_mark,
                  fmt::format("unknown key '{}' (known: {})", member.key, fmt::join(kKeys, ", ")));
  }
}

// Does the script say itself when what the engine does of its own accord happens?
bool SpeaksForTheEngine(const Node& steps) {
  return std::ranges::any_of(steps.items(), [](const Node& step) {
    return step.Find("timer") != nullptr || step.Find("eligible") != nullptr;
  });
}

class Player {
 public:
  Player(const Case& one, const PlayOptions& options) : case_(one), options_(options) {}

  Report Play() && {
    try {
      PlaySteps();
    } catch (const Mistake& mistake) {
      report_.mistake = mistake.what();
    }
    return std::move(report_);
  }

 private:
  const Node* Find(std::string_view key) const {
    const Node* own = case_.own.Find(key);
    return own != nullptr ? own : case_.file.Find(key);
  }

  std::string Word(std::string_view key, std::string_view otherwise) const {
    const Node* node = Find(key);
    return node == nullptr ? std::string(otherwise) : node->text();
  }

  std::string OneOf(std::string_view key, std::string_view first, std::string_view second,
                    std::string_view otherwise) const {
    const std::string word = Word(key, otherwise);
    if (word == first || word == second) return word;
    throw Mistake(Find(key)->mark(),
                  fmt::format("'{}': expected {} or {}, found '{}'", key, first, second, word));
  }

  People ReadPeople() const {
    People people;
    for (const Node* node : {case_.file.Find("people"), case_.own.Find("people")}) {
      if (node != nullptr) people.Read(*node);
    }
    return people;
  }

  runtime::RevisionPtr Workflow() const {
    if (options_.revision != nullptr) return options_.revision;
    const Node* node = Find("workflow");
    if (node == nullptr) throw Mistake(case_.file.mark(), "'workflow' is missing");
    return ReadWorkflow(*node, case_.folder, options_.plugins);
  }

  Simulation::Options SimulationOptions(const Node& steps, const People& people) const {
    Simulation::Options options;
    const auto start = ParseTime(Word("now", kStart));
    if (!start) {
      throw Mistake(Find("now")->mark(), "'now': expected a time such as 2026-03-02T09:00:00Z");
    }
    options.start = *start;
    options.is_automatic = OneOf("timers", "automatic", "manual",
                                 SpeaksForTheEngine(steps) ? "manual" : "automatic") == "automatic";
    options.is_acting = OneOf("actions", "succeed", "scripted", "scripted") == "succeed";
    if (OneOf("directory", "people", "none", "none") == "people") {
      options.directory = people.MakeDirectory();
    }
    options.calendars = options_.calendars;
    if (const Node* calendars = Find("calendars")) {
      for (auto& [name, calendar] : ReadCalendars(*calendars, case_.folder)) {
        options.calendars[name] = calendar;
      }
    }
    return options;
  }

  void PlaySteps() {
    CheckKeys(case_.file);
    CheckKeys(case_.own);
    const Node* steps = Find("steps");
    if (steps == nullptr || !steps->is_list()) {
      throw Mistake(case_.file.mark(), "'steps' is missing: a list of what happens");
    }
    const People people = ReadPeople();
    Simulation simulation(SimulationOptions(*steps, people),
                          [this](const Moment& moment) { report_.moments.push_back(moment); });
    const Node* subject = Find("subject");
    Steps player(simulation, people, Workflow(), options_.plugins, case_.folder,
                 subject == nullptr ? options_.subject_json
                                    : codec::CanonicalJson(definition::ToJsonValue(*subject)));
    try {
      for (const Node& step : steps->items()) {
        PlayStep(step, simulation, player, people);
        // What follows a step that went wrong says nothing new.
        if (!report_.problems.empty()) break;
      }
    } catch (const Mistake& mistake) {
      report_.mistake = mistake.what();
    }
    report_.ended_at = simulation.now();
    for (const RunId id : simulation.Runs()) report_.runs.push_back(simulation.Get(id));
  }

  void PlayStep(const Node& step, const Simulation& simulation, Steps& player,
                const People& people) {
    if (!step.is_map()) {
      throw Mistake(step.mark(),
                    "expected a step, such as 'vote: {by: ann}', found " + Describe(step));
    }
    const definition::YamlMember* action = nullptr;
    std::string run = run_;
    for (const auto& member : step.members()) {
      if (member.key == "run") {
        run = member.value.text();
      } else if (Steps::IsAction(member.key)) {
        if (action != nullptr) throw Mistake(member.key_mark, "a step is one thing that happens");
        action = &member;
      } else if (!IsExpectation(member.key)) {
        throw Mistake(member.key_mark,
                      fmt::format("unknown key '{}' (what happens: {}; what is expected: {}; run)",
                                  member.key, Steps::ActionNames(), ExpectationNames()));
      }
    }
    // The first run is the one that is meant where none is named.
    if (report_.steps == 0) run_ = run;
    ++report_.steps;
    std::optional<Outcome> outcome;
    if (action != nullptr) outcome = player.Do(run, *action);
    const Checked checked{simulation, player, people, run, outcome ? &*outcome : nullptr};
    for (std::string& problem : Check(step, checked)) {
      report_.problems.push_back({step.mark().line, std::move(problem)});
    }
  }

  const Case& case_;
  const PlayOptions& options_;
  std::string run_;
  Report report_;
};

}  // namespace

Cases ReadCases(const std::string& text, const std::string& path) {
  Cases read;
  const auto yaml = definition::ParseYaml(text);
  if (!yaml.problems.empty()) {
    const auto& problem = yaml.problems.front();
    read.mistake = fmt::format("line {}: {}", problem.mark.line, problem.message);
    return read;
  }
  if (yaml.documents.size() != 1 || !yaml.documents.front().root.is_map()) {
    read.mistake = "expected one document: a map with 'steps' or 'cases'";
    return read;
  }
  const Node& root = yaml.documents.front().root;
  const std::filesystem::path file(path);
  const std::string folder = file.parent_path().string();
  const Node* cases = root.Find("cases");
  if (cases == nullptr) {
    const Node* name = root.Find("name");
    read.cases.push_back(
        {name != nullptr ? name->text() : file.stem().string(), root, Node(), folder});
    return read;
  }
  for (const Node& one : cases->items()) {
    const Node* name = one.Find("name");
    if (name == nullptr) {
      read.mistake = fmt::format("line {}: a case needs a 'name'", one.mark().line);
      return read;
    }
    read.cases.push_back({name->text(), root, one, folder});
  }
  if (read.cases.empty()) read.mistake = "'cases' is empty";
  return read;
}

Cases ReadCasesOf(const std::string& path) {
  const auto text = definition::ReadUpTo(path, definition::kMaxYamlBytes);
  if (!text) return {{}, "the file cannot be read"};
  return ReadCases(*text, path);
}

Report Play(const Case& one, const PlayOptions& options) { return Player(one, options).Play(); }

}  // namespace gatewright::simulation
