#include "engine/runtime/secrets.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>

namespace gatewright::runtime {
namespace {

// Replacing something shorter would tear up ordinary text and hide nothing.
constexpr std::size_t kShortest = 4;

// The longest secret at the front of `text`; nothing when what is there may become a longer one.
std::optional<std::size_t> SecretAtFront(std::string_view text,
                                         const std::vector<std::string>& secrets, bool is_all) {
  for (const std::string& secret : secrets) {  // longest first
    if (text.starts_with(secret)) return secret.size();
    if (!is_all && std::string_view(secret).starts_with(text)) return std::nullopt;
  }
  return 0;
}

// Takes from `text` what can be shown. Without `is_all` more will follow, and what could be the
// beginning of a secret stays.
std::string TakeShown(std::string& text, const std::vector<std::string>& secrets, bool is_all) {
  std::string shown;
  std::string_view rest = text;
  while (!rest.empty()) {
    const auto size = SecretAtFront(rest, secrets, is_all);
    if (!size) break;
    if (*size > 0) {
      shown += kRedacted;
    } else {
      shown += rest.front();
    }
    rest.remove_prefix(std::max<std::size_t>(*size, 1));
  }
  text.erase(0, text.size() - rest.size());
  return shown;
}

}  // namespace

Result<FilledSettings> FillSettings(std::string_view settings_json,
                                    const codec::SecretReader& read) {
  FilledSettings filled;
  GW_TRY(json, codec::FillSecrets(settings_json, [&](const codec::SecretReference& reference) {
           auto text = read ? read(reference)
                            : Result<std::string>(Error{ErrorCode::kUnavailable,
                                                        "this engine was given no secrets"});
           if (text && text->size() >= kShortest) filled.secrets.push_back(*text);
           return text;
         }));
  filled.json = std::move(json);
  std::ranges::sort(filled.secrets, std::ranges::greater{}, &std::string::size);
  return filled;
}

std::string Redacted(std::string text, const std::vector<std::string>& secrets) {
  if (secrets.empty()) return text;
  return TakeShown(text, secrets, true);
}

RedactingSink::RedactingSink(ports::AttemptSink& to, const std::vector<std::string>& secrets)
    : to_(to), secrets_(secrets) {}

void RedactingSink::Output(std::string_view bytes) {
  if (secrets_.empty()) return to_.Output(bytes);
  const std::lock_guard lock(mutex_);
  held_ += bytes;
  to_.Output(TakeShown(held_, secrets_, false));
}

void RedactingSink::Progress(int percent, std::string_view text) {
  to_.Progress(percent, Redacted(std::string(text), secrets_));
}

void RedactingSink::Finish() {
  const std::lock_guard lock(mutex_);
  if (!held_.empty()) to_.Output(TakeShown(held_, secrets_, true));
}

}  // namespace gatewright::runtime
