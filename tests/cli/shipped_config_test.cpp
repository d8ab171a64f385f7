// The shipped server.yaml and its schema say what the table of settings says.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>

#include "engine/codec/json.h"
#include "server/cli/config_file.h"

namespace gatewright::cli {
namespace {

// Tests run in the root of the checkout.
std::string Read(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The file with its examples switched on: what follows the introduction loses its "# ".
std::string Uncommented(const std::string& text) {
  std::istringstream lines(text.substr(text.find("\n\n")));
  std::string result;
  for (std::string line; std::getline(lines, line);) {
    result += (line.starts_with("# ") ? line.substr(2) : line) + "\n";
  }
  return result;
}

TEST(ShippedConfig, SetsNothingAsItIs) {
  const Layer layer = ParseConfig("server.yaml", Read("config/server.yaml"));
  EXPECT_THAT(layer.problems, ::testing::IsEmpty());
  EXPECT_THAT(layer.values, ::testing::IsEmpty());
}

TEST(ShippedConfig, ShowsEverySettingWithItsDefault) {
  const Layer layer = ParseConfig("server.yaml", Uncommented(Read("config/server.yaml")));
  EXPECT_THAT(layer.problems, ::testing::IsEmpty());
  std::set<std::string> shown;
  for (const Given& given : layer.values) {
    shown.insert(given.key);
    const Setting* setting = FindSetting(given.key);
    if (setting != nullptr && setting->initial.data() != nullptr) {
      EXPECT_EQ(given.text, setting->initial) << given.key;
    }
  }
  for (const Setting& setting : AllSettings()) {
    const bool is_for_later =
        setting.key.starts_with("token.") || setting.key.starts_with("assistants.");
    EXPECT_EQ(shown.contains(std::string(setting.key)), !is_for_later) << setting.key;
  }
}

TEST(ShippedConfig, ItsSchemaHasExactlyTheSettings) {
  const auto schema = codec::ParseJson(Read("config/schema/server.schema.json"));
  ASSERT_TRUE(schema) << schema.error().message;
  std::set<std::string> described;
  for (const auto& [group, body] : schema->at("properties").as_object()) {
    const auto* members = body.as_object().if_contains("properties");
    if (members == nullptr) {
      described.emplace(group);
      continue;
    }
    for (const auto& [name, ignored] : members->as_object()) {
      described.insert(std::string(group) + "." + std::string(name));
    }
  }
  std::set<std::string> settings = {"plugins.grants", "plugins.pins"};
  for (const Setting& setting : AllSettings()) {
    if (!setting.is_secret) settings.emplace(setting.key);
  }
  EXPECT_EQ(described, settings);
}

}  // namespace
}  // namespace gatewright::cli
