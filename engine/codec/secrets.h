// engine/codec/secrets.h: references to secrets in a plugin's settings. `secret: {env: NAME}` or
// `secret: {file: PATH}` stands for a text that no workflow file, log or event holds. Pure.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "engine/base/result.h"

namespace gatewright::codec {

// One of the two is set.
struct SecretReference {
  std::string env;
  std::string file;
};

using SecretReader = std::function<Result<std::string>(const SecretReference&)>;

// The settings with every reference replaced by what `read` says. A map below the top that holds
// nothing but `secret` becomes the text itself: `TOKEN: {secret: {env: X}}` is `TOKEN: "…"`.
Result<std::string> FillSecrets(std::string_view settings_json, const SecretReader& read);

}  // namespace gatewright::codec
