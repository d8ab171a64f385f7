// What the tables of the library say, before anything is made of it.
#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cstddef>
#include <string>

#include "engine/codec/json.h"
#include "plugins/check/checks/checks.h"
#include "plugins/host/text.h"

namespace gatewright::check {
namespace {

// The host looks at schemas as a part of the tables; here they are a check of their own.
bool IsAboutSchema(const std::string& problem) {
  return problem.find("config_schema: ") != std::string::npos;
}

}  // namespace

Finding CheckAbi(Specimen& specimen) {
  const gw_plugin& table = specimen.table();
  constexpr std::size_t kNeeded = offsetof(gw_plugin, abi_minor) + sizeof(table.abi_minor);
  if (table.struct_size < kNeeded) {
    return Failed(fmt::format("a struct_size of at least {}", sizeof(gw_plugin)),
                  fmt::format("{}", table.struct_size));
  }
  if (table.abi_major != GW_ABI_MAJOR || table.abi_minor > GW_ABI_MINOR) {
    return Failed(
        fmt::format("ABI {}.{}, or an older {}.x", GW_ABI_MAJOR, GW_ABI_MINOR, GW_ABI_MAJOR),
        fmt::format("{}.{}", table.abi_major, table.abi_minor));
  }
  return Ok(fmt::format("ABI {}.{}", table.abi_major, table.abi_minor));
}

Finding CheckDescriptor(Specimen& specimen) {
  const std::string& problem = specimen.description().problem;
  if (problem.empty() || IsAboutSchema(problem)) return Ok();
  return Failed("complete tables", problem);
}

Finding CheckSchema(Specimen& specimen) {
  const std::string& problem = specimen.description().problem;
  if (!problem.empty()) return Failed("a JSON Schema", problem);
  for (const auto& offer : specimen.description().offers) {
    const auto schema = codec::ParseJson(offer->offer.config_schema);
    const auto* const node = schema ? schema->if_object() : nullptr;
    const auto* const examples = node ? node->if_contains("examples") : nullptr;
    if (examples == nullptr || !examples->is_array()) continue;
    for (const auto& example : examples->get_array()) {
      const auto problems = offer->schema.Validate(example);
      if (problems.empty()) continue;
      return Failed(fmt::format("the schema of '{}' to take its own examples", offer->offer.name),
                    fmt::format("{}: {}: {}", host::CleanLine(codec::ToJson(example), 200),
                                problems.front().pointer, problems.front().message));
    }
  }
  return Ok();
}

Finding CheckStrictConfig(Specimen& specimen) {
  constexpr char kStranger[] = "no_such_key_a_typo";
  std::string config = specimen.samples().empty() ? "{}" : specimen.samples().front().json;
  auto document = codec::ParseJson(config);
  if (!document || !document->is_object()) return NotChecked("the config is no JSON object");
  document->get_object()[kStranger] = true;
  for (const auto& problem : specimen.offer().schema.Validate(*document)) {
    if (problem.pointer.empty() || problem.pointer.find(kStranger) != std::string::npos) {
      return Ok();
    }
  }
  return Failed(R"(a schema with "additionalProperties": false, so that a typo is found)",
                fmt::format("one that takes the key '{}'", kStranger));
}

}  // namespace gatewright::check
