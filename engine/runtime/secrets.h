// engine/runtime/secrets.h: resolves references to secrets where a plugin is made, and keeps what
// they stand for out of what an attempt says.
#pragma once

#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/codec/secrets.h"
#include "engine/ports/plugins.h"

namespace gatewright::runtime {

// What a secret is replaced by.
constexpr std::string_view kRedacted = "[secret]";

struct FilledSettings {
  std::string json;
  std::vector<std::string> secrets;  // longest first
};

Result<FilledSettings> FillSettings(std::string_view settings_json,
                                    const codec::SecretReader& read);

std::string Redacted(std::string text, const std::vector<std::string>& secrets);

// Passes output on without the secrets, also where one is split between two calls. Thread-safe.
class RedactingSink final : public ports::AttemptSink {
 public:
  // Borrows both.
  RedactingSink(ports::AttemptSink& to, const std::vector<std::string>& secrets);

  void Output(std::string_view bytes) override;
  void Progress(int percent, std::string_view text) override;
  // Passes on what was held back, because a secret could have begun there.
  void Finish();

 private:
  ports::AttemptSink& to_;
  const std::vector<std::string>& secrets_;
  std::mutex mutex_;
  std::string held_;
};

}  // namespace gatewright::runtime
