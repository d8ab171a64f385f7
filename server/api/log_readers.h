// server/api/log_readers.h: sends attempts' output to those who read it, from an offset on, as fast
// as each of them reads: up to a given end, or until the attempt has ended. Thread-safe.
//
// No thread per reader: a log that is read is looked at by a background thread when the engine says
// that something was appended, that its run moved, or when a reader has room again. All who stand
// at the same offset share one read of the store. A reader has at most 128 KiB queued.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "engine/runtime/engine.h"
#include "server/api/background.h"
#include "server/http/responder.h"

namespace gatewright::api {

class LogReaders : public std::enable_shared_from_this<LogReaders> {
 public:
  // Both must outlive the last call.
  LogReaders(runtime::Engine& engine, Background& background)
      : engine_(engine), background_(background) {}

  struct Wish {
    RunId run;
    AttemptNumber number{1};
    std::int64_t offset = 0;
    std::optional<std::int64_t> end;  // nothing: until the attempt has ended
  };
  // Answers with `head` and the bytes. A body that is cut off before its end has no last chunk.
  void Open(const http::Responder& responder, http::Response head, const Wish& wish);

  // By the engine's command loop: something was appended, or nothing more will be.
  void Appended(RunId run, AttemptNumber number);
  // By the same: runs moved, so that an attempt of theirs may have ended.
  void Moved(const std::vector<ports::Entry>& entries);

  int size() const { return size_; }

 private:
  using Key = std::pair<RunId, AttemptNumber>;

  struct Reader {
    std::uint64_t id = 0;
    http::Stream stream;
    std::int64_t offset = 0;
    std::optional<std::int64_t> end;
    std::uint64_t seen = 0;  // all there was when the log had moved so many times
    bool has_room = false;   // for the next piece
  };
  // One attempt's log with those who read it. Guarded by mutex_; offset, end and seen of a reader
  // belong to Send, of which one runs at a time.
  struct Topic {
    Key key;
    std::uint64_t moved = 1;
    bool is_scheduled = false;
    bool is_sent_again = false;  // something came up while it was being sent
    std::vector<std::shared_ptr<Reader>> readers;
  };
  using TopicPtr = std::shared_ptr<Topic>;

  class Pieces;

  void HasRoom(const Key& key, std::uint64_t id);
  void Remove(const Key& key, std::uint64_t id);
  void ScheduleLocked(const TopicPtr& topic);
  void Send(const TopicPtr& topic);
  void SendOnce(const TopicPtr& topic, const std::vector<std::shared_ptr<Reader>>& readers,
                std::uint64_t moved);
  Result<bool> IsOver(const Key& key);

  runtime::Engine& engine_;
  Background& background_;
  std::atomic<int> size_{0};
  std::mutex mutex_;
  std::uint64_t last_id_ = 0;
  std::map<Key, TopicPtr> topics_;
};

}  // namespace gatewright::api
