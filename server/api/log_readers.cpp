#include "server/api/log_readers.h"

#include <algorithm>
#include <string>

namespace gatewright::api {
namespace {

constexpr std::int64_t kPiece = 64 << 10;
constexpr std::size_t kMostPieces = 64;  // in memory for readers that stand at different offsets

}  // namespace

// What was read of one log in one go, for all who want the same.
class LogReaders::Pieces {
 public:
  using Piece = Result<std::shared_ptr<const std::string>>;

  Pieces(runtime::Engine& engine, const Key& key) : engine_(engine), key_(key) {}

  const Piece& Get(std::int64_t offset, std::int64_t size) {
    const auto found = pieces_.find({offset, size});
    if (found != pieces_.end()) return found->second;
    if (pieces_.size() >= kMostPieces) pieces_.clear();
    auto bytes = engine_.ReadOutput(key_.first, key_.second, offset, size);
    Piece piece = bytes ? Piece(std::make_shared<const std::string>(*std::move(bytes)))
                        : Piece(bytes.error());
    return pieces_.emplace(std::pair(offset, size), std::move(piece)).first->second;
  }

 private:
  runtime::Engine& engine_;
  const Key& key_;
  std::map<std::pair<std::int64_t, std::int64_t>, Piece> pieces_;
};

void LogReaders::Open(const http::Responder& responder, http::Response head, const Wish& wish) {
  const Key key{wish.run, wish.number};
  auto reader = std::make_shared<Reader>();
  reader->offset = wish.offset;
  reader->end = wish.end;
  {
    const std::lock_guard lock(mutex_);
    reader->id = ++last_id_;
    TopicPtr& topic = topics_[key];
    if (topic == nullptr) topic = std::make_shared<Topic>(Topic{key, 1, false, false, {}});
    topic->readers.push_back(reader);
    ++size_;
  }
  http::StreamCallbacks callbacks;
  callbacks.on_closed = [weak = weak_from_this(), key, id = reader->id] {
    if (const auto self = weak.lock()) self->Remove(key, id);
  };
  callbacks.on_drained = [weak = weak_from_this(), key, id = reader->id] {
    if (const auto self = weak.lock()) self->HasRoom(key, id);
  };
  http::Stream stream = responder.OpenBytes(std::move(head), std::move(callbacks));
  {
    const std::lock_guard lock(mutex_);
    reader->stream = std::move(stream);
  }
  HasRoom(key, reader->id);
}

void LogReaders::Appended(RunId run, AttemptNumber number) {
  if (size_ == 0) return;
  const std::lock_guard lock(mutex_);
  const auto found = topics_.find({run, number});
  if (found == topics_.end()) return;
  ++found->second->moved;
  ScheduleLocked(found->second);
}

void LogReaders::Moved(const std::vector<ports::Entry>& entries) {
  if (size_ == 0) return;
  const std::lock_guard lock(mutex_);
  for (const ports::Entry& entry : entries) {
    for (auto next = topics_.lower_bound({entry.run, AttemptNumber{0}});
         next != topics_.end() && next->first.first == entry.run; ++next) {
      ++next->second->moved;
      ScheduleLocked(next->second);
    }
  }
}

// Looks again only for a reader that has not seen all there is.
void LogReaders::HasRoom(const Key& key, std::uint64_t id) {
  const std::lock_guard lock(mutex_);
  const auto topic = topics_.find(key);
  if (topic == topics_.end()) return;
  const auto reader = std::ranges::find(topic->second->readers, id, &Reader::id);
  if (reader == topic->second->readers.end()) return;
  (*reader)->has_room = true;
  if ((*reader)->seen != topic->second->moved) ScheduleLocked(topic->second);
}

void LogReaders::Remove(const Key& key, std::uint64_t id) {
  std::shared_ptr<Reader> removed;  // goes without the lock: its stream may call back
  const std::lock_guard lock(mutex_);
  const auto topic = topics_.find(key);
  if (topic == topics_.end()) return;
  auto& readers = topic->second->readers;
  const auto reader = std::ranges::find(readers, id, &Reader::id);
  if (reader == readers.end()) return;
  removed = std::move(*reader);
  readers.erase(reader);
  --size_;
  if (readers.empty()) topics_.erase(topic);
}

void LogReaders::ScheduleLocked(const TopicPtr& topic) {
  if (topic->is_scheduled) {
    topic->is_sent_again = true;
    return;
  }
  topic->is_scheduled = background_.Post([weak = weak_from_this(), topic] {
    if (const auto self = weak.lock()) self->Send(topic);
  });
  if (topic->is_scheduled) return;
  // Too much waits already. Cut off, a reader knows that and comes back with its offset.
  for (const auto& reader : topic->readers) reader->stream.Abort();
}

void LogReaders::Send(const TopicPtr& topic) {
  while (true) {
    std::vector<std::shared_ptr<Reader>> readers;
    std::uint64_t moved = 0;
    {
      const std::lock_guard lock(mutex_);
      topic->is_sent_again = false;
      moved = topic->moved;
      for (const auto& reader : topic->readers) {
        if (reader->has_room && reader->seen != moved) readers.push_back(reader);
      }
    }
    if (!readers.empty()) SendOnce(topic, readers, moved);
    const std::lock_guard lock(mutex_);
    if (topic->is_sent_again) continue;
    topic->is_scheduled = false;
    return;
  }
}

void LogReaders::SendOnce(const TopicPtr& topic,
                          const std::vector<std::shared_ptr<Reader>>& readers,
                          std::uint64_t moved) {
  const auto is_over = IsOver(topic->key);  // before reading: then what is read is all
  if (!is_over) {
    for (const auto& reader : readers) reader->stream.Abort();
    return;
  }
  Pieces pieces(engine_, topic->key);
  for (const auto& reader : readers) {
    const std::int64_t wanted =
        reader->end ? std::min(kPiece, *reader->end - reader->offset) : kPiece;
    const auto& piece = pieces.Get(reader->offset, std::max<std::int64_t>(wanted, 0));
    if (!piece) {
      reader->stream.Abort();
      continue;
    }
    const auto size = static_cast<std::int64_t>((*piece)->size());
    const bool is_last = size < kPiece;
    bool is_done = is_last && (*is_over || reader->end.has_value());
    {
      const std::lock_guard lock(mutex_);
      if (is_last) reader->seen = moved;
      reader->has_room = size == 0 && !is_done;
    }
    reader->offset += size;
    if (reader->end && reader->offset >= *reader->end) is_done = true;
    if (size > 0) reader->stream.Write(*piece);
    if (is_done) {
      reader->stream.Close();
    } else if (size > 0) {
      reader->stream.NotifyWhenDrained();
    }
  }
}

// The end of an attempt is committed after its output, but for a store in trouble.
Result<bool> LogReaders::IsOver(const Key& key) {
  GW_TRY(run, engine_.GetRun(key.first));
  const core::Attempt* attempt = run ? run->FindAttempt(key.second) : nullptr;
  if (attempt != nullptr && core::IsOpen(attempt->state)) return false;
  return !engine_.StateOfOutput(key.first, key.second).is_open;
}

}  // namespace gatewright::api
