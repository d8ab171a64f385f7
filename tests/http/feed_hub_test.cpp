// The feed's promise, without sockets or threads: no frame is lost, none comes twice.
#include "server/http/feed_hub.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace gatewright::http {
namespace {

Frame MakeFrame(std::int64_t position, std::size_t size = 8) {
  std::string text = std::to_string(position);
  text.resize(std::max(size, text.size()), ' ');
  return {position, position % 3, "deployment", std::make_shared<const std::string>(text)};
}

std::vector<Frame> Frames(std::int64_t first, std::int64_t last, std::size_t size = 8) {
  std::vector<Frame> frames;
  for (std::int64_t position = first; position <= last; ++position) {
    frames.push_back(MakeFrame(position, size));
  }
  return frames;
}

// A log whose reads are answered when the test says so.
class FakeSource : public FeedSource {
 public:
  void ReadAfter(std::int64_t position, std::size_t limit, Done done) override {
    Frames page;
    for (const Frame& frame : log) {
      if (frame.position > position && page.size() < limit) page.push_back(frame);
    }
    if (fails) {
      pending.push_back([done] { done(Error{ErrorCode::kUnavailable, "disk is busy"}); });
    } else {
      pending.push_back([done, page] { done(page); });
    }
    ++reads;
  }

  std::vector<Frame> log;
  std::vector<std::function<void()>> pending;
  int reads = 0;
  bool fails = false;
};

class FakeOutlet : public FeedOutlet {
 public:
  std::size_t QueuedBytes(const ConnectionKey& key) override { return queued[key.id]; }
  void Write(const ConnectionKey& key, const std::shared_ptr<const std::string>& bytes) override {
    received[key.id].push_back(std::stoll(*bytes));
    if (!reads_at_once) queued[key.id] += bytes->size();
  }
  void NotifyWhenDrained(const ConnectionKey& key) override { waiting.push_back(key); }
  bool IsStalled(const ConnectionKey& key) override { return stalled[key.id]; }
  void CloseSlow(const ConnectionKey& key) override { closed.push_back(key.id); }
  void CloseFailed(const ConnectionKey& key, const std::string&) override {
    closed.push_back(key.id);
  }
  std::function<void(HubTask)> Poster() override {
    return [this](HubTask task) { tasks.push_back(std::move(task)); };
  }

  std::map<std::uint64_t, std::size_t> queued;
  std::map<std::uint64_t, bool> stalled;
  std::map<std::uint64_t, std::vector<std::int64_t>> received;
  std::vector<ConnectionKey> waiting;
  std::vector<std::uint64_t> closed;
  std::vector<HubTask> tasks;
  bool reads_at_once = true;
};

class FeedHubTest : public testing::Test {
 protected:
  static constexpr std::size_t kMaxQueue = 256 * 1024;

  // Commits and, unless told otherwise, publishes.
  void Commit(std::int64_t count, bool publish = true, std::size_t size = 8) {
    const auto after = static_cast<std::int64_t>(source_.log.size());
    const auto frames = Frames(after + 1, after + count, size);
    source_.log.insert(source_.log.end(), frames.begin(), frames.end());
    if (publish) hub_.Publish(after, frames);
  }

  void AnswerOneRead() {
    auto answer = source_.pending.front();
    source_.pending.erase(source_.pending.begin());
    answer();
    for (auto& task : std::exchange(outlet_.tasks, {})) task(hub_);
  }

  void AnswerReads() {
    while (!source_.pending.empty()) AnswerOneRead();
  }

  void Drain() {
    outlet_.queued.clear();
    for (const ConnectionKey& key : std::exchange(outlet_.waiting, {})) hub_.Drained(key);
  }

  void ExpectReceived(std::uint64_t id, std::int64_t first, std::int64_t last) {
    std::vector<std::int64_t> expected;
    for (std::int64_t position = first; position <= last; ++position) expected.push_back(position);
    EXPECT_EQ(outlet_.received[id], expected);
  }

  FakeSource source_;
  FakeOutlet outlet_;
  FeedHub hub_{outlet_, &source_, kMaxQueue};
};

TEST_F(FeedHubTest, CatchesUpAndThenFollows) {
  Commit(3);
  hub_.Add({1, 0, 1}, {0, {}});
  AnswerReads();
  Commit(2);
  ExpectReceived(1, 1, 5);
}

TEST_F(FeedHubTest, GoesLiveFromTheRingWithoutReading) {
  Commit(100);
  hub_.Add({1, 0, 1}, {40, {}});
  EXPECT_EQ(source_.reads, 0);
  ExpectReceived(1, 41, 100);
}

TEST_F(FeedHubTest, ReadsPagesUntilItReachesTheRing) {
  Commit(5000);
  hub_.Add({1, 0, 1}, {0, {}});
  AnswerReads();
  EXPECT_GE(source_.reads, 15);
  Commit(1);
  ExpectReceived(1, 1, 5001);
}

TEST_F(FeedHubTest, MissesNothingPublishedWhileAPageIsOnItsWay) {
  Commit(300, false);
  hub_.Add({1, 0, 1}, {0, {}});
  Commit(10);
  AnswerOneRead();
  Commit(2000);  // pushes the first frames out of the ring
  AnswerReads();
  Commit(1);
  ExpectReceived(1, 1, 2311);
}

TEST_F(FeedHubTest, GoesBackToTheSourceAfterAGapInPublishing) {
  Commit(5);
  hub_.Add({1, 0, 1}, {5, {}});
  Commit(3, false);
  Commit(2);
  AnswerReads();
  Commit(1);
  ExpectReceived(1, 6, 11);
}

TEST_F(FeedHubTest, TheFirstAfterASilenceReadsWhatNobodyPublished) {
  Commit(5);
  Commit(3, false);  // nobody listened
  hub_.Add({1, 0, 1}, {5, {}, false, 8});
  AnswerReads();
  ExpectReceived(1, 6, 8);
  Commit(1);
  AnswerReads();
  ExpectReceived(1, 6, 9);
}

TEST_F(FeedHubTest, WhoHasSeenItAllReadsNothingAfterASilence) {
  Commit(5);
  Commit(3, false);
  hub_.Add({1, 0, 1}, {8, {}, false, 8});
  EXPECT_EQ(source_.reads, 0);
  Commit(1);
  ExpectReceived(1, 9, 9);
}

TEST_F(FeedHubTest, IgnoresFramesPublishedTwice) {
  Commit(5);
  hub_.Add({1, 0, 1}, {0, {}});
  hub_.Publish(0, Frames(1, 5));
  AnswerReads();
  hub_.Publish(3, Frames(4, 7));
  ExpectReceived(1, 1, 7);
}

TEST_F(FeedHubTest, PassesOverFramesThatDoNotMatch) {
  Commit(4);
  hub_.Add({1, 0, 1}, {0, [](const Frame& frame) { return frame.run_id == 0; }});
  Commit(4);
  EXPECT_EQ(outlet_.received[1], (std::vector<std::int64_t>{3, 6}));
}

TEST_F(FeedHubTest, StartsLiveWithoutASource) {
  FeedHub hub(outlet_, nullptr, kMaxQueue);
  hub.Add({1, 0, 1}, {7, {}});
  hub.Publish(7, Frames(8, 9));
  ExpectReceived(1, 8, 9);
}

TEST_F(FeedHubTest, ClosesALiveSubscriberThatDoesNotRead) {
  outlet_.reads_at_once = false;
  Commit(1);
  hub_.Add({1, 0, 1}, {1, {}});
  hub_.Add({2, 0, 2}, {1, {}});
  outlet_.stalled[1] = true;
  Commit(1, true, kMaxQueue);
  outlet_.queued[2] = 0;
  Commit(1);
  EXPECT_EQ(outlet_.closed, std::vector<std::uint64_t>{1});
  ExpectReceived(2, 2, 3);
}

TEST_F(FeedHubTest, PacesABurstLargerThanTheQueue) {
  outlet_.reads_at_once = false;
  Commit(1);
  hub_.Add({1, 0, 1}, {1, {}});
  Commit(900, true, 1024);
  EXPECT_LE(outlet_.queued[1], kMaxQueue);
  EXPECT_TRUE(outlet_.closed.empty());
  while (!outlet_.waiting.empty()) Drain();
  Commit(1);
  ExpectReceived(1, 2, 902);
}

TEST_F(FeedHubTest, ClosesASubscriberWhosePastCannotBeRead) {
  Commit(2000);
  source_.fails = true;
  hub_.Add({1, 0, 1}, {0, {}});
  AnswerReads();
  EXPECT_EQ(outlet_.closed, std::vector<std::uint64_t>{1});
  EXPECT_EQ(hub_.size(), 0u);
}

TEST_F(FeedHubTest, ForgetsAPageForASubscriberThatHasLeft) {
  Commit(2000);
  hub_.Add({1, 0, 1}, {0, {}});
  hub_.Remove({1, 0, 1});
  AnswerReads();
  EXPECT_TRUE(outlet_.received[1].empty());
}

// Random subscribers, reads, gaps, drains and departures: each sees exactly its cursor's tail.
TEST_F(FeedHubTest, KeepsItsPromiseInAnyOrderOfEvents) {
  constexpr unsigned kSeed = 20260301;
  std::mt19937 random(kSeed);
  outlet_.reads_at_once = false;
  std::map<std::uint64_t, std::int64_t> cursors;
  std::uint64_t next_id = 1;
  for (int step = 0; step < 20'000; ++step) {
    switch (random() % 8) {
      case 0:
        if (cursors.size() < 40) {
          const auto cursor = static_cast<std::int64_t>(random() % (source_.log.size() + 1));
          cursors[next_id] = cursor;
          hub_.Add({next_id, 0, 1}, {cursor, {}});
          ++next_id;
        }
        break;
      case 1:
        Commit(1 + random() % 400, random() % 10 != 0, 8 + random() % 500);
        break;
      case 2:
        Drain();
        break;
      case 3:
        if (!cursors.empty() && random() % 4 == 0) {
          const auto id = cursors.begin()->first;
          hub_.Remove({id, 0, 1});
          cursors.erase(id);
        }
        break;
      default:
        if (!source_.pending.empty()) AnswerOneRead();
    }
    if (source_.log.size() > 20'000) break;
  }
  Commit(1);
  while (!source_.pending.empty() || !outlet_.waiting.empty()) {
    AnswerReads();
    Drain();
  }
  ASSERT_TRUE(outlet_.closed.empty());
  for (const auto& [id, cursor] : cursors) {
    SCOPED_TRACE(id);
    ExpectReceived(id, cursor + 1, static_cast<std::int64_t>(source_.log.size()));
  }
}

}  // namespace
}  // namespace gatewright::http
