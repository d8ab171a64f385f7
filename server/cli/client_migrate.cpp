// server/cli/client_migrate.cpp: `gatewright migrate`: the waiting runs of one version of a
// workflow are moved to another, each by a command of its own, so that one refusal stops no other.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "engine/codec/json_writer.h"
#include "server/cli/client_commands.h"
#include "server/cli/commands.h"

namespace gatewright::cli {
namespace {

constexpr std::size_t kShortVersion = 12;

struct Revision {
  std::int64_t number = 0;
  std::string version;
  std::string source;

  std::string text() const {
    return fmt::format("revision {} ({})", number, version.substr(0, kShortVersion));
  }
};

// One run, and what became of it.
struct Line {
  std::int64_t run = 0;
  std::string name;
  std::string result;  // "moved", "unchanged", "refused", "would_move"
  std::vector<std::string> details;
};

struct Migration {
  const ClientArguments& arguments;
  Revision from;
  Revision to;
  std::vector<Line> lines;

  std::size_t Count(std::string_view result) const {
    return static_cast<std::size_t>(std::ranges::count(lines, result, &Line::result));
  }
};

bool IsNumber(const std::string& text) {
  return !text.empty() && text.size() < 10 &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// By number, by version, by the beginning of one version only, or "current". Newest first.
std::optional<Revision> Find(const std::vector<Revision>& revisions, const std::string& wanted,
                             std::string_view flag) {
  std::vector<const Revision*> found;
  for (const Revision& revision : revisions) {
    const bool is_it = wanted == "current" ? &revision == &revisions.front()
                       : IsNumber(wanted) && std::to_string(revision.number) == wanted
                           ? true
                           : !wanted.empty() && revision.version.starts_with(wanted);
    if (is_it) found.push_back(&revision);
    if (is_it && std::to_string(revision.number) == wanted) return revision;
  }
  if (found.size() == 1) return *found.front();
  std::vector<std::string> names;
  for (const Revision& revision : revisions) names.push_back(revision.text());
  PrintError(fmt::format("{}: {} version of the workflow is called '{}'; there are {}", flag,
                         found.empty() ? "no" : "more than one", Shown(wanted), Names(names)));
  return std::nullopt;
}

std::string BodyOf(const Migration& migration) {
  std::string body;
  codec::JsonWriter json(body);
  json.OpenObject();
  json.Key("to").Text(migration.to.version);
  json.Key("map").OpenArray();
  for (const std::string& mapping : migration.arguments.mappings) {
    const auto pair = SplitPair(mapping);
    if (!pair) continue;
    json.OpenObject();
    json.Key("from").Text(pair->first);
    json.Key("to").Text(pair->second);
    json.CloseObject();
  }
  json.CloseArray().CloseObject();
  return body;
}

// Asks nobody to change anything: what is known of the version says what would be asked then.
void AddImpact(Client& client, Migration& migration) {
  const Answer answer = client.Send({.method = "POST",
                                     .path = "/api/v1/workflows?dry_run=true",
                                     .body = migration.to.source,
                                     .content_type = "application/yaml"});
  const auto document = codec::ParseJson(answer.body);
  if (answer.exit_code != kExitOk || !document) {
    PrintError("what would change for each run cannot be said: " + answer.problem);
    return;
  }
  std::map<std::int64_t, std::vector<std::string>> notes;
  for (const JsonView& run : JsonView(*document)["impact"]["affected"].items()) {
    auto& texts = notes[run["run"].number()];
    for (const JsonView& note : run["notes"].items()) texts.push_back(note["detail"].text());
  }
  for (Line& line : migration.lines) line.details = std::move(notes[line.run]);
}

// The exit code when there is no point in going on.
int Move(Client& client, const std::string& body, Line& line) {
  const Answer answer = client.Send(
      {.method = "POST", .path = fmt::format("/api/v1/runs/{}/migrate", line.run), .body = body});
  if (answer.exit_code == kExitOk) {
    const auto document = codec::ParseJson(answer.body);
    const JsonView changed = document ? JsonView(*document)["changed"] : JsonView();
    line.result = changed.is_null() || changed.flag() ? "moved" : "unchanged";
    return kExitOk;
  }
  line.result = "refused";
  line.details.push_back(Shown(answer.problem));
  return answer.exit_code == kExitUnreachable ? answer.exit_code : kExitOk;
}

void PrintJson(const Migration& migration) {
  std::string out;
  codec::JsonWriter json(out);
  const auto write = [&json](std::string_view name, const Revision& revision) {
    json.Key(name).OpenObject();
    json.Key("revision").Integer(revision.number);
    json.Key("version").Text(revision.version);
    json.CloseObject();
  };
  json.OpenObject();
  json.Key("workflow").Text(migration.arguments.workflow);
  write("from", migration.from);
  write("to", migration.to);
  json.Key("dry_run").Boolean(migration.arguments.is_dry_run);
  for (const auto* result : {"moved", "unchanged", "refused", "would_move"}) {
    json.Key(result).Integer(static_cast<std::int64_t>(migration.Count(result)));
  }
  json.Key("runs").OpenArray();
  for (const Line& line : migration.lines) {
    json.OpenObject();
    json.Key("run").Integer(line.run);
    json.Key("name").Text(line.name);
    json.Key("result").Word(line.result);
    json.Key("details").OpenArray();
    for (const std::string& detail : line.details) json.Text(detail);
    json.CloseArray().CloseObject();
  }
  json.CloseArray().CloseObject();
  fmt::print("{}\n", out);
}

void PrintLine(const Line& line) {
  std::string result = line.result;
  std::ranges::replace(result, '_', ' ');
  fmt::print("run {} {}: {}\n", line.run, line.name, result);
  for (const std::string& detail : line.details) fmt::print("  {}\n", detail);
}

void PrintSummary(const Migration& migration) {
  const std::string versions =
      fmt::format("from {} to {}", migration.from.text(), migration.to.text());
  if (migration.arguments.is_dry_run) {
    fmt::print("{} would be moved {}. Nothing was changed.\n", migration.Count("would_move"),
               versions);
  } else {
    fmt::print("{} moved {}, {} refused.\n", migration.Count("moved"), versions,
               migration.Count("refused"));
  }
}

std::vector<Revision> RevisionsIn(const JsonView& page) {
  std::vector<Revision> revisions;
  for (const JsonView& item : page["items"].items()) {
    revisions.push_back(
        {item["revision"].number(), item["version"].raw_text(), item["source"].raw_text()});
  }
  std::ranges::sort(revisions, std::greater<>(), &Revision::number);
  return revisions;
}

}  // namespace

int MigrateRuns(Client& client, const ClientArguments& arguments) {
  const std::string name = UrlEncoded(arguments.workflow);
  const Fetched revisions =
      Fetch(client, {.path = fmt::format("/api/v1/workflows/{}/revisions", name)});
  if (revisions.exit_code != kExitOk) return revisions.exit_code;
  const auto known = RevisionsIn(JsonView(revisions.document));
  const auto from = Find(known, arguments.from, "--from");
  const auto to = Find(known, arguments.to, "--to");
  if (!from || !to) return kExitNotFound;
  if (from->version == to->version) {
    PrintError(fmt::format("--from and --to are the same: {}", to->text()));
    return kExitUsage;
  }

  const Fetched runs =
      FetchAll(client, fmt::format("/api/v1/runs?workflow={}&status=waiting%2Cblocked&", name));
  if (runs.exit_code != kExitOk) return runs.exit_code;
  Migration migration{arguments, *from, *to, {}};
  for (const JsonView& run : JsonView(runs.document)["items"].items()) {
    if (run["workflow_version"].raw_text() != from->version) continue;
    migration.lines.push_back({run["id"].number(), run["name"].text(), "would_move", {}});
  }
  std::ranges::sort(migration.lines, {}, &Line::run);

  int exit_code = kExitOk;
  if (arguments.is_dry_run) {
    if (!migration.lines.empty()) AddImpact(client, migration);
  } else {
    const std::string body = BodyOf(migration);
    for (std::size_t i = 0; i < migration.lines.size() && exit_code == kExitOk; ++i) {
      exit_code = Move(client, body, migration.lines[i]);
      // What was not tried is not listed.
      if (exit_code != kExitOk) migration.lines.resize(i + 1);
    }
  }
  if (arguments.is_json) {
    PrintJson(migration);
  } else {
    for (const Line& line : migration.lines) PrintLine(line);
    PrintSummary(migration);
  }
  if (exit_code != kExitOk) return exit_code;
  return migration.Count("refused") > 0 ? kExitConflict : kExitOk;
}

}  // namespace gatewright::cli
