// server/cli/recordings.cpp: settings → a recorder that knows every secret which was read.
#include "server/cli/recordings.h"

#include <algorithm>
#include <functional>
#include <mutex>
#include <set>
#include <utility>
#include <vector>

#include "engine/runtime/secrets.h"

namespace gatewright::cli {
namespace {

constexpr std::size_t kShortestSecret = 4;  // as in what attempts say

// A new value does not make the old one less of a secret.
class SecretsRead {
 public:
  void Add(const std::string& secret) {
    if (secret.size() < kShortestSecret) return;
    const std::lock_guard lock(mutex_);
    if (!known_.insert(secret).second) return;
    longest_first_.assign(known_.begin(), known_.end());
    std::ranges::stable_sort(longest_first_, std::ranges::greater{}, &std::string::size);
  }
  std::string Redact(std::string text) const {
    const std::lock_guard lock(mutex_);
    return runtime::Redacted(std::move(text), longest_first_);
  }

 private:
  mutable std::mutex mutex_;
  std::set<std::string> known_;
  std::vector<std::string> longest_first_;
};

}  // namespace

Result<Recordings> OpenRecordings(const Settings& settings, codec::SecretReader read_secret,
                                  ports::Log& log) {
  if (settings.recorded_plugins.empty()) return Recordings{std::move(read_secret)};
  const auto secrets = std::make_shared<SecretsRead>();
  check::RecorderOptions options;
  options.folder = settings.recordings_path;
  options.files = {settings.recorded_plugins.begin(), settings.recorded_plugins.end()};
  options.most_bytes = settings.recordings_bytes;
  options.redact = [secrets](std::string text) { return secrets->Redact(std::move(text)); };
  options.complain = [&log](const std::string& what) { log.Error("recordings: " + what); };
  GW_TRY(recorder, check::Recorder::Open(std::move(options)));
  const auto remembering = [secrets, read = std::move(read_secret)](
                               const codec::SecretReference& reference) -> Result<std::string> {
    auto text = read(reference);
    if (text) secrets->Add(*text);
    return text;
  };
  return Recordings{remembering, std::move(recorder)};
}

}  // namespace gatewright::cli
