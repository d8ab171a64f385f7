#include "plugins/check/recorder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <cerrno>
#include <system_error>
#include <vector>

#include "plugins/check/case.h"

namespace gatewright::check {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

// A secret may need escapes in JSON, so every text is looked at by itself.
void RedactAll(json::value& value, const std::function<std::string(std::string)>& redact) {
  if (auto* text = value.if_string()) {
    *text = redact(std::string(*text));
  } else if (auto* array = value.if_array()) {
    for (json::value& item : *array) RedactAll(item, redact);
  } else if (auto* object = value.if_object()) {
    for (auto& member : *object) RedactAll(member.value(), redact);
  }
}

// "20260301T090000.250Z": sorts by time, and is a name on every file system.
std::string StampOf(Time now) {
  std::string stamp = FormatTime(now);
  std::erase_if(stamp, [](char c) { return c == '-' || c == ':'; });
  return stamp;
}

bool WritePrivate(const fs::path& path, std::string_view text) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return false;
  bool is_good = true;
  for (; is_good && !text.empty();) {
    const ssize_t written = write(file, text.data(), text.size());
    is_good = written > 0 || (written < 0 && errno == EINTR);
    if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
  }
  return close(file) == 0 && is_good;
}

Error CannotUse(const fs::path& folder, const std::error_code& problem) {
  return {ErrorCode::kUnavailable, fmt::format("expected to write recordings to '{}': {}",
                                               folder.string(), problem.message())};
}

}  // namespace

Result<std::unique_ptr<Recorder>> Recorder::Open(RecorderOptions options) {
  std::unique_ptr<Recorder> recorder(new Recorder(std::move(options)));
  for (const std::string& file : recorder->options_.files) {
    const fs::path folder = recorder->options_.folder / file;
    std::error_code problem;
    fs::create_directories(folder, problem);
    if (problem) return CannotUse(folder, problem);
    fs::permissions(folder, fs::perms::owner_all, problem);
    if (problem) return CannotUse(folder, problem);
    // What an earlier server kept counts, and is the first to go.
    Kept& kept = recorder->kept_[file];
    for (fs::directory_iterator entry(folder, problem), end; !problem && entry != end;
         entry.increment(problem)) {
      if (entry->path().extension() != ".json") continue;
      const auto size = static_cast<std::int64_t>(entry->file_size(problem));
      kept.cases.emplace_back(entry->path(), size);
      kept.bytes += size;
    }
    if (problem) return CannotUse(folder, problem);
    std::ranges::sort(kept.cases);
  }
  return recorder;
}

void Recorder::Keep(const std::string& file, json::object asked, json::object answer, Time now) {
  json::value question(std::move(asked)), expected(std::move(answer));
  RedactAll(question, options_.redact);
  RedactAll(expected, options_.redact);
  const std::string offer(question.at("offer").as_string());
  Case recorded;
  recorded.document = std::move(question.get_object());
  const std::string text = WriteCase(recorded, expected.get_object());
  const auto bytes = static_cast<std::int64_t>(text.size());

  const std::lock_guard lock(mutex_);
  Kept& kept = kept_[file];
  if (!MakeRoom(kept, bytes)) {
    return Complain(kept, fmt::format("a call of '{}' is larger than all that may be kept", file));
  }
  // Two servers after each other may be so fast that only the number tells them apart.
  const fs::path path = options_.folder / file /
                        fmt::format("{}-{:06}-{}.json", StampOf(now), ++newest_ % 1'000'000, offer);
  if (!WritePrivate(path, text)) {
    return Complain(kept, fmt::format("a call could not be written to '{}'", path.string()));
  }
  kept.cases.emplace_back(path, bytes);
  kept.bytes += bytes;
}

bool Recorder::MakeRoom(Kept& kept, std::int64_t bytes) {
  if (bytes > options_.most_bytes) return false;
  while (!kept.cases.empty() && kept.bytes + bytes > options_.most_bytes) {
    std::error_code ignored;  // somebody may have taken it away
    fs::remove(kept.cases.front().first, ignored);
    kept.bytes -= kept.cases.front().second;
    kept.cases.pop_front();
  }
  return true;
}

void Recorder::Complain(Kept& kept, const std::string& what) {
  if (std::exchange(kept.has_complained, true)) return;
  options_.complain(what + "; this is said once");
}

}  // namespace gatewright::check
