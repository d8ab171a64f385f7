// server/cli/client_deliveries.cpp: `gatewright delivery list` and `replay`: what became of
// notifications.
#include <fmt/format.h>

#include "server/cli/client_commands.h"
#include "server/cli/commands.h"

namespace gatewright::cli {
namespace {

constexpr const char* kDeliveries = "/api/v1/deliveries";

void PrintDelivery(const JsonView& one) {
  const std::string to = one["recipient"].is_null() ? "" : " to " + one["recipient"].text();
  fmt::print("{:>6}  {:<9}  run {:<5} {}{}  {}\n", one["id"].number(), one["state"].text(),
             one["run_id"].number(), one["notifier"].text(), to, one["type"].text());
  const std::string next =
      one["next_try_at"].is_null() ? "" : ", next at " + TimeText(one["next_try_at"]);
  if (!one["last_error"].is_null()) {
    fmt::print("        {} tries{}: {}\n", one["tries"].number(), next, one["last_error"].text());
  } else if (!next.empty()) {
    fmt::print("        {} tries{}\n", one["tries"].number(), next);
  }
}

std::string FilterOf(const ClientArguments& arguments) {
  std::string query;
  const auto add = [&query](std::string_view name, const std::string& value) {
    if (!value.empty()) query += fmt::format("{}={}&", name, UrlEncoded(value));
  };
  add("run", arguments.run == 0 ? "" : std::to_string(arguments.run));
  add("state", arguments.state);
  add("notifier", arguments.notifier);
  return query;
}

int Print(const Fetched& fetched, const ClientArguments& arguments, const char* none) {
  if (fetched.exit_code != kExitOk) return fetched.exit_code;
  const JsonView found(fetched.document);
  if (arguments.is_json) {
    fmt::print("{}\n", found.json());
    return kExitOk;
  }
  if (!found["id"].is_null()) {
    PrintDelivery(found);
    return kExitOk;
  }
  const auto items = found["items"].items();
  if (items.empty()) fmt::print("{}\n", none);
  for (const JsonView& one : items) PrintDelivery(one);
  return kExitOk;
}

}  // namespace

int ListDeliveries(Client& client, const ClientArguments& arguments) {
  const std::string filter = FilterOf(arguments);
  return Print(FetchAll(client, filter.empty() ? kDeliveries : kDeliveries + ("?" + filter)),
               arguments, "there are no such deliveries");
}

int ReplayDeliveries(Client& client, const ClientArguments& arguments) {
  if (arguments.id != 0) {
    return Print(Fetch(client, {.method = "POST",
                                .path = fmt::format("{}/{}/replay", kDeliveries, arguments.id)}),
                 arguments, "");
  }
  if (arguments.state.empty()) {
    PrintError("name a delivery, or --state failed or disabled for all of them");
    return kExitUsage;
  }
  std::string path = fmt::format("{}/replay?{}", kDeliveries, FilterOf(arguments));
  path.pop_back();
  return Print(Fetch(client, {.method = "POST", .path = path}), arguments,
               "there are no such deliveries");
}

}  // namespace gatewright::cli
