#include "server/api/feed.h"

#include <fmt/format.h>

#include "engine/codec/views.h"
#include "server/api/parts.h"
#include "server/http/web_socket.h"

namespace gatewright::api {

http::Frame FrameOf(const ports::Entry& entry) {
  const std::string_view topic = codec::TopicOf(entry);
  std::string bytes = fmt::format("id: {}\nevent: {}\ndata: ", entry.position.value, topic);
  const std::size_t begin = bytes.size();
  codec::AppendFeedEntry(bytes, entry);
  bytes += "\n\n";
  http::Frame frame;
  frame.position = entry.position.value;
  frame.run_id = entry.run.value;
  frame.bytes = std::make_shared<const std::string>(std::move(bytes));
  frame.message = std::make_shared<http::LazyText>(
      [whole = frame.bytes, begin, position = entry.position.value, topic] {
        const auto data = std::string_view(*whole).substr(begin, whole->size() - begin - 2);
        return http::TextMessage(
            fmt::format(R"({{"id":{},"event":"{}","data":{}}})", position, topic, data));
      });
  return frame;
}

void LogFeed::ReadAfter(std::int64_t position, std::size_t limit, Done done) {
  const bool is_posted = api_.parts().background.Post([this, position, limit, done] {
    const auto entries =
        api_.engine().ReadEntries(Position(position), static_cast<std::int64_t>(limit));
    if (!entries) return done(entries.error());
    Frames frames;
    frames.reserve(entries->size());
    for (const ports::Entry& entry : *entries) frames.push_back(FrameOf(entry));
    done(std::move(frames));
  });
  if (!is_posted) done(Error{ErrorCode::kUnavailable, "too many readers of the log are waiting"});
}

}  // namespace gatewright::api
