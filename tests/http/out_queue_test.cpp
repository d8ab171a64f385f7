#include "server/http/out_queue.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

namespace gatewright::http {
namespace {

class OutQueueTest : public testing::Test {
 protected:
  OutQueueTest() { EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends_), 0); }
  ~OutQueueTest() override {
    ::close(ends_[0]);
    if (ends_[1] >= 0) ::close(ends_[1]);
  }

  std::string Drain() {
    std::string all;
    char bytes[4096];
    for (ssize_t n; (n = ::read(ends_[1], bytes, sizeof bytes)) > 0;) {
      all.append(bytes, static_cast<std::size_t>(n));
    }
    return all;
  }

  int ends_[2];
  BufferPool pool_;
  OutQueue queue_;
};

TEST_F(OutQueueTest, WritesInOrder) {
  queue_.Append("one ", pool_);
  queue_.Append("two ", pool_);
  queue_.AppendShared(std::make_shared<const std::string>("three "));
  queue_.AppendOwned("four ");
  queue_.Append("five", pool_);
  EXPECT_EQ(queue_.Flush(ends_[0], pool_), OutQueue::Flushed::kAll);
  EXPECT_EQ(Drain(), "one two three four five");
  EXPECT_TRUE(queue_.empty());
}

// The socket takes a part at a time; nothing is lost, doubled or reordered.
TEST_F(OutQueueTest, GoesOnWhereAFullSocketStopped) {
  std::string expected;
  for (int i = 0; i < 3000; ++i) {
    const std::string piece = std::to_string(i) + std::string(300, 'x');
    expected += piece;
    if (i % 3 == 0) {
      queue_.AppendShared(std::make_shared<const std::string>(piece));
    } else {
      queue_.Append(piece, pool_);
    }
  }
  EXPECT_EQ(queue_.bytes(), expected.size());
  std::string got;
  int blocked = 0;
  while (queue_.Flush(ends_[0], pool_) == OutQueue::Flushed::kBlocked) {
    ++blocked;
    got += Drain();
  }
  got += Drain();
  EXPECT_GT(blocked, 0);
  EXPECT_EQ(got, expected);
}

TEST_F(OutQueueTest, ReportsAReaderThatIsGone) {
  ::close(std::exchange(ends_[1], -1));
  queue_.Append("hello", pool_);
  EXPECT_EQ(queue_.Flush(ends_[0], pool_), OutQueue::Flushed::kFailed);
}

}  // namespace
}  // namespace gatewright::http
