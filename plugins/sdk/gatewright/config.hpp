// gatewright/config.hpp: reads the `with:` of a workflow file, the way the offer's schema promised.
// The host has checked the config against that schema already; a type error here means that the
// schema and the code disagree, and is thrown as such. Copies are cheap enough to pass by value.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gatewright/error.hpp"
#include "gatewright/json.hpp"

namespace gatewright {
inline namespace sdk1 {

class Config {
 public:
  explicit Config(std::string_view json) : Config(Parse(json), "") {}

  bool Has(std::string_view key) const { return Find(key) != nullptr; }

  // Each has two forms: the key must be there, or a fallback stands in for it.
  std::string String(std::string_view key) const { return Need(key, Json::Type::kString).string(); }
  std::string String(std::string_view key, std::string fallback) const {
    return Has(key) ? String(key) : std::move(fallback);
  }
  std::int64_t Int(std::string_view key) const {
    const auto value = Need(key, Json::Type::kNumber).integer();
    if (!value) throw InvalidConfig(Place(key) + ": expected a whole number");
    return *value;
  }
  std::int64_t Int(std::string_view key, std::int64_t fallback) const {
    return Has(key) ? Int(key) : fallback;
  }
  double Number(std::string_view key) const { return Need(key, Json::Type::kNumber).number(); }
  double Number(std::string_view key, double fallback) const {
    return Has(key) ? Number(key) : fallback;
  }
  bool Bool(std::string_view key) const { return Need(key, Json::Type::kBool).boolean(); }
  bool Bool(std::string_view key, bool fallback) const { return Has(key) ? Bool(key) : fallback; }

  // A list of strings, or one string standing for a list of one. Absent: empty.
  std::vector<std::string> Strings(std::string_view key) const {
    const Json* const found = Find(key);
    if (!found) return {};
    if (found->IsString()) return {found->string()};
    std::vector<std::string> result;
    for (const Json& item : Need(key, Json::Type::kArray).items()) {
      if (!item.IsString()) throw InvalidConfig(Place(key) + ": expected only strings");
      result.push_back(item.string());
    }
    return result;
  }
  // A list of whole numbers. Absent: empty.
  std::vector<std::int64_t> Ints(std::string_view key) const {
    std::vector<std::int64_t> result;
    if (!Has(key)) return result;
    for (const Json& item : Need(key, Json::Type::kArray).items()) {
      const auto value = item.integer();
      if (!value) throw InvalidConfig(Place(key) + ": expected only whole numbers");
      result.push_back(*value);
    }
    return result;
  }
  Config Object(std::string_view key) const {
    return Config(Need(key, Json::Type::kObject), Place(key));
  }
  // Every member of a nested list that must hold objects. Absent: empty.
  std::vector<Config> Objects(std::string_view key) const {
    std::vector<Config> result;
    if (!Has(key)) return result;
    for (const Json& item : Need(key, Json::Type::kArray).items()) {
      const std::string place = Place(key) + '/' + std::to_string(result.size());
      if (!item.IsObject()) throw InvalidConfig(place + ": expected an object");
      result.push_back(Config(item, place));
    }
    return result;
  }

  // The value of a key, whatever its type. Null when absent.
  const Json* Find(std::string_view key) const { return json_.Find(key); }
  const Json& json() const { return json_; }

 private:
  Config(Json json, std::string place) : json_(std::move(json)), place_(std::move(place)) {}

  static Json Parse(std::string_view text) {
    try {
      Json json = Json::Parse(text);
      if (json.IsObject()) return json;
      throw InvalidConfig("expected an object, found " + std::string(ToString(json.type())));
    } catch (const std::invalid_argument& problem) {
      throw InvalidConfig(problem.what());
    }
  }

  std::string Place(std::string_view key) const { return place_ + '/' + std::string(key); }

  const Json& Need(std::string_view key, Json::Type wanted) const {
    const Json* const found = Find(key);
    if (found && found->type() == wanted) return *found;
    throw InvalidConfig(Place(key) + ": expected " + std::string(ToString(wanted)) + ", found " +
                        std::string(found ? ToString(found->type()) : "nothing"));
  }

  Json json_;
  std::string place_;
};

}  // namespace sdk1
}  // namespace gatewright
