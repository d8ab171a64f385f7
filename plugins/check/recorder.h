// plugins/check/recorder.h: keeps what a running server asks a plugin, and what it answers, as case
// files for `gatewright plugin run`. Thread-safe.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>

#include "engine/base/result.h"
#include "engine/base/time.h"

namespace gatewright::check {

struct RecorderOptions {
  std::filesystem::path folder;  // made when missing, for nobody but us
  std::set<std::string> files;   // of the plugins whose calls are kept, such as on-call.so
  std::int64_t most_bytes = 0;   // of each plugin's cases; the oldest make room
  std::function<std::string(std::string)> redact;  // what no file may hold
  std::function<void(const std::string&)> complain;
};

class Recorder {
 public:
  static Result<std::unique_ptr<Recorder>> Open(RecorderOptions options);

  bool Wants(const std::string& file) const { return options_.files.contains(file); }
  // `asked`: offer, function, config and question, as in plugins/check/case.h. What goes wrong is
  // complained about, once for each plugin; the call itself does not suffer.
  void Keep(const std::string& file, boost::json::object asked, boost::json::object answer,
            Time now);

 private:
  struct Kept {
    std::deque<std::pair<std::filesystem::path, std::int64_t>> cases;  // oldest first
    std::int64_t bytes = 0;
    bool has_complained = false;
  };

  explicit Recorder(RecorderOptions options) : options_(std::move(options)) {}
  void Complain(Kept& kept, const std::string& what);
  bool MakeRoom(Kept& kept, std::int64_t bytes);

  const RecorderOptions options_;
  std::mutex mutex_;
  std::map<std::string, Kept> kept_;  // by file
  std::uint64_t newest_ = 0;
};

}  // namespace gatewright::check
