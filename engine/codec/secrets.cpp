#include "engine/codec/secrets.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <optional>

#include "engine/codec/json.h"

namespace gatewright::codec {
namespace {

namespace json = boost::json;

constexpr std::string_view kSecret = "secret";

std::optional<SecretReference> ReferenceIn(const json::value& value) {
  const auto* object = value.if_object();
  if (object == nullptr || object->size() != 1) return std::nullopt;
  const auto& only = *object->begin();
  const auto* text = only.value().if_string();
  if (text == nullptr) return std::nullopt;
  if (only.key() == "env") return SecretReference{std::string(*text), ""};
  if (only.key() == "file") return SecretReference{"", std::string(*text)};
  return std::nullopt;
}

class Filler {
 public:
  explicit Filler(const SecretReader& read) : read_(read) {}

  Result<void> Fill(json::value& value, bool is_top) {
    if (auto* array = value.if_array()) {
      for (json::value& element : *array) GW_CHECK(Fill(element, false));
      return {};
    }
    auto* object = value.if_object();
    if (object == nullptr) return {};
    for (auto& member : *object) {
      const auto reference =
          member.key() == kSecret ? ReferenceIn(member.value()) : std::optional<SecretReference>();
      if (!reference) {
        GW_CHECK(Fill(member.value(), false));
        continue;
      }
      GW_TRY(text, read_(*reference));
      if (!is_top && object->size() == 1) {
        value = json::value(text);  // ends the map that is walked over
        return {};
      }
      member.value() = json::value(text);
    }
    return {};
  }

 private:
  const SecretReader& read_;
};

}  // namespace

Result<std::string> FillSecrets(std::string_view settings_json, const SecretReader& read) {
  if (settings_json.find("\"secret\"") == settings_json.npos) return std::string(settings_json);
  GW_TRY(settings, ParseJson(settings_json));
  GW_CHECK(Filler(read).Fill(settings, true));
  return ToJson(settings);
}

}  // namespace gatewright::codec
