// server/cli/client_stops.cpp: `gatewright stop`, `lift` and `stops`: the emergency stop.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/codec/json_writer.h"
#include "server/cli/client_commands.h"
#include "server/cli/commands.h"

namespace gatewright::cli {
namespace {

constexpr const char* kPath = "/api/v1/stop";

std::string WhatIsStopped(const JsonView& stop) {
  std::vector<std::string> parts;
  for (const auto& [name, what] : {std::pair("workflow", "workflow"), std::pair("stage", "stage"),
                                   std::pair("lock_key", "lock")}) {
    if (!stop[name].is_null()) parts.push_back(fmt::format("{} {}", what, stop[name].text()));
  }
  for (const auto& [name, value] : stop["labels"].pairs()) {
    parts.push_back(fmt::format("label {}={}", name, value));
  }
  return parts.empty() ? "everything" : fmt::format("{}", fmt::join(parts, ", "));
}

void PrintStop(const JsonView& stop) {
  fmt::print("stop {}: {}, {}: {} (by {} at {})\n", stop["id"].number(), WhatIsStopped(stop),
             stop["until"].is_null() ? "until it is lifted" : "until " + TimeText(stop["until"]),
             stop["reason"].text(), stop["by"].text(), TimeText(stop["since"]));
}

std::string StopBodyOf(const ClientArguments& arguments) {
  std::string body;
  codec::JsonWriter json(body);
  json.OpenObject();
  json.Key("reason").Text(arguments.reason);
  const auto add = [&json](std::string_view name, const std::string& text) {
    if (!text.empty()) json.Key(name).Text(text);
  };
  add("workflow", arguments.workflow);
  add("stage", arguments.stage);
  add("lock_key", arguments.lock_key);
  add("for", arguments.lasts);
  if (!arguments.labels.empty()) {
    json.Key("labels").OpenObject();
    for (const std::string& label : arguments.labels) {
      const auto pair = SplitPair(label);
      if (pair) json.ForeignKey(pair->first).Text(pair->second);
    }
    json.CloseObject();
  }
  json.CloseObject();
  return body;
}

}  // namespace

int SetStop(Client& client, const ClientArguments& arguments) {
  const Fetched fetched =
      Fetch(client, {.method = "POST", .path = kPath, .body = StopBodyOf(arguments)});
  if (fetched.exit_code != kExitOk) return fetched.exit_code;
  const JsonView stop(fetched.document);
  if (arguments.is_json) {
    fmt::print("{}\n", stop.json());
  } else {
    PrintStop(stop);
  }
  return kExitOk;
}

int LiftStops(Client& client, const ClientArguments& arguments) {
  std::string body;
  codec::JsonWriter(body).OpenObject().Key("reason").Text(arguments.reason).CloseObject();
  std::string path = kPath;
  if (arguments.id != 0) path += fmt::format("/{}", arguments.id);
  const Fetched fetched = Fetch(client, {.method = "DELETE", .path = path, .body = body});
  if (fetched.exit_code != kExitOk) return fetched.exit_code;
  const JsonView answer(fetched.document);
  if (arguments.is_json) {
    fmt::print("{}\n", answer.json());
  } else if (answer["changed"].flag()) {
    fmt::print("lifted\n");
  } else {
    fmt::print("there was nothing to lift\n");
  }
  return kExitOk;
}

int ShowStops(Client& client, const ClientArguments& arguments) {
  const Fetched fetched = Fetch(client, {.path = kPath});
  if (fetched.exit_code != kExitOk) return fetched.exit_code;
  const JsonView stops(fetched.document);
  if (arguments.is_json) {
    fmt::print("{}\n", stops.json());
    return kExitOk;
  }
  const auto items = stops["items"].items();
  if (items.empty()) fmt::print("nothing is stopped\n");
  for (const JsonView& stop : items) PrintStop(stop);
  return kExitOk;
}

}  // namespace gatewright::cli
