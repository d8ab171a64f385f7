// What attempts write, over real connections: pieces, files, and logs that are followed while they
// grow. The action is `cat` of a pipe, so that a test says what is written when.
#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/server/server_fixture.h"

namespace gatewright::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr std::string_view kLog = "/api/v1/runs/1/attempts/1/log";

// The other end of the pipe that the action reads.
class Pen {
 public:
  explicit Pen(const std::filesystem::path& pipe) : fd_(::open(pipe.c_str(), O_WRONLY)) {}
  ~Pen() { Close(); }
  Pen(const Pen&) = delete;
  Pen& operator=(const Pen&) = delete;

  void Write(std::string_view text) {
    while (!text.empty()) {
      const ssize_t written = ::write(fd_, text.data(), text.size());
      ASSERT_GT(written, 0);
      text.remove_prefix(static_cast<std::size_t>(written));
    }
  }
  void Close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }

 private:
  int fd_;
};

class AttemptLogTest : public ServerTest {
 protected:
  // Publishes a workflow whose action runs `argv`, and starts a run of it.
  void Run(const std::string& argv) {
    Publish(R"(apiVersion: gatewright/v1
kind: Workflow
metadata: {name: writing}
spec:
  stages:
    - name: Execute
      doneState: executed
      gate: {rules: [{id: qa, from: {role: qa}, need: 1}]}
      action: {plugin: command, with: {argv: )" +
            argv + "}}\n");
    Post("/deployments", R"({"name":"x","workflow":"writing"})");
    Post("/deployments/1/approve?wait=0");
  }
  std::unique_ptr<Pen> RunPipe() {
    const auto pipe = folder() / "pipe";
    EXPECT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
    Run(fmt::format("[/bin/cat, '{}']", pipe.string()));
    return std::make_unique<Pen>(pipe);  // once the action has opened it, too
  }
  void UntilExecuted() {
    EXPECT_EQ(Until("/deployments/1", "state", "executed")["state"], "executed");
  }

  std::unique_ptr<http::RawClient> Follow(std::int64_t offset, int receive_buffer = 0) {
    auto client = std::make_unique<http::RawClient>(port(), receive_buffer);
    client->Send(
        fmt::format("GET {}?follow=true&offset={} HTTP/1.1\r\nHost: t\r\n\r\n", kLog, offset));
    head_ = client->ReadUntil("\r\n\r\n");
    EXPECT_THAT(head_, HasSubstr("200 OK"));
    EXPECT_THAT(head_, HasSubstr("Transfer-Encoding: chunked\r\n"));
    EXPECT_THAT(head_, HasSubstr(fmt::format("X-Log-Offset: {}\r\n", offset)));
    return client;
  }
  // So many bytes, in however many chunks they come.
  static std::string Take(http::RawClient& client, std::size_t size) {
    std::string text;
    while (text.size() < size) {
      const auto chunk = client.ReadChunk();
      if (!chunk || chunk->empty()) break;
      text += *chunk;
    }
    return text;
  }
  // All that is left; "cut off" behind it when the body has no end.
  static std::string TakeRest(http::RawClient& client) {
    std::string text;
    while (true) {
      const auto chunk = client.ReadChunk();
      if (!chunk) return text + "cut off";
      if (chunk->empty()) return text;
      text += *chunk;
    }
  }
  int readers() { return static_cast<int>(server().Stats().streams); }
  void UntilReaders(int wanted) {
    for (int i = 0; i < 2'000 && readers() != wanted; ++i) ::usleep(5'000);
    EXPECT_EQ(readers(), wanted);
  }

  std::string head_;
};

TEST_F(AttemptLogTest, AFollowerSeesWhatIsWrittenAndTheEnd) {
  const auto pen = RunPipe();
  auto follower = Follow(0);
  EXPECT_THAT(head_, HasSubstr("Content-Type: text/plain; charset=utf-8\r\n"));
  EXPECT_THAT(head_, HasSubstr("X-Content-Type-Options: nosniff\r\n"));
  EXPECT_THAT(head_, HasSubstr("X-Attempt-State: started\r\n"));
  EXPECT_THAT(head_, HasSubstr("X-Log-Complete: false\r\n"));
  pen->Write("one\n");
  EXPECT_EQ(Take(*follower, 4), "one\n");
  pen->Write("\x1b[31mtwo\x1b[0m\n");
  EXPECT_EQ(Take(*follower, 13), "\x1b[31mtwo\x1b[0m\n");
  pen->Write("three\n");
  pen->Close();
  EXPECT_EQ(TakeRest(*follower), "three\n");
  follower.reset();
  UntilExecuted();
  UntilReaders(0);
}

TEST_F(AttemptLogTest, AFollowerBeginsAtItsOffsetAndSoDoesAnother) {
  const auto pen = RunPipe();
  pen->Write("0123456789");
  const auto first = Follow(0);
  EXPECT_EQ(Take(*first, 10), "0123456789");
  const auto second = Follow(7);
  EXPECT_EQ(Take(*second, 3), "789");
  const auto ahead = Follow(12);
  pen->Write("abcdef");
  EXPECT_EQ(Take(*first, 6), "abcdef");
  EXPECT_EQ(Take(*second, 6), "abcdef");
  EXPECT_EQ(Take(*ahead, 4), "cdef");
  pen->Close();
  EXPECT_EQ(TakeRest(*first) + TakeRest(*second) + TakeRest(*ahead), "");
}

TEST_F(AttemptLogTest, FollowersThatLeaveAreForgottenAndTheOthersGoOn) {
  const auto pen = RunPipe();
  const auto stays = Follow(0);
  {
    const auto leaves = Follow(0);
    auto resets = Follow(0);
    UntilReaders(3);
    resets->Reset();
  }
  UntilReaders(1);
  pen->Write("still here");
  EXPECT_EQ(Take(*stays, 10), "still here");
  pen->Close();
  EXPECT_EQ(TakeRest(*stays), "");
}

TEST_F(AttemptLogTest, WhatHasEndedIsSentWholeAtOnce) {
  Run("[/bin/echo, hello]");
  UntilExecuted();
  EXPECT_EQ(TakeRest(*Follow(0)), "hello\n");
  EXPECT_THAT(head_, HasSubstr("X-Log-Complete: true\r\n"));
  EXPECT_THAT(head_, HasSubstr("X-Attempt-State: succeeded\r\n"));
  EXPECT_EQ(TakeRest(*Follow(3)), "lo\n");
  EXPECT_EQ(TakeRest(*Follow(6)), "");
  EXPECT_EQ(TakeRest(*Follow(600)), "");
}

TEST_F(AttemptLogTest, AnAttemptThatWritesNothingEndsItsFollowers) {
  const auto pen = RunPipe();
  const auto follower = Follow(0);
  pen->Close();
  EXPECT_EQ(TakeRest(*follower), "");
  UntilExecuted();
  const Answer log = Get(kLog);
  EXPECT_EQ(log.body, "");
  EXPECT_EQ(log.Get("X-Log-Size"), "0");
  EXPECT_EQ(log.Get("X-Log-Complete"), "true");
  EXPECT_EQ(Get(kLog, "Range: bytes=0-\r\n").status, 416);
}

TEST_F(AttemptLogTest, ARestartCutsAFollowerOffWhoGoesOnFromItsOffset) {
  const auto pen = RunPipe();
  pen->Write("0123456789");
  const auto before = Follow(0);
  EXPECT_EQ(Take(*before, 10), "0123456789");
  Restart();
  EXPECT_EQ(TakeRest(*before), "cut off");
  const auto after = Follow(4);
  EXPECT_EQ(TakeRest(*after), "456789");  // nobody knows what became of it: it has ended
}

TEST_F(AttemptLogTest, HugeOutputHasItsBeginningItsEndAndACount) {
  Run("[/bin/sh, -c, 'seq 1 400000; echo end of it']");
  UntilExecuted();
  const Answer file = Get(std::string(kLog) + "?download=true");
  EXPECT_THAT(file.body, StartsWith("1\n2\n3\n"));
  EXPECT_THAT(file.body, HasSubstr("399999\n400000\nend of it\n"));
  const Answer first = Get(kLog);
  EXPECT_EQ(first.body, file.body.substr(0, 1 << 20));
  EXPECT_EQ(first.Get("X-Log-Next-Offset"), "1048576");
  EXPECT_EQ(first.Get("X-Log-Size"), fmt::to_string(file.body.size()));
  EXPECT_EQ(first.Get("X-Log-Complete"), "false");
  EXPECT_THAT(file.body, HasSubstr(fmt::format("[{} bytes of output were left out here]\n",
                                               first.Get("X-Log-Left-Out"))));
  EXPECT_EQ(TakeRest(*Follow(0)), file.body);
}

TEST_F(AttemptLogTest, ALogIsAFileToSave) {
  Run("[/bin/echo, hello]");
  UntilExecuted();
  const Answer file = Get(std::string(kLog) + "?download=true&offset=1");
  EXPECT_EQ(file.body, "ello\n");
  EXPECT_EQ(file.Get("Content-Disposition"), "attachment; filename=\"run-1-attempt-1.log\"");
  EXPECT_EQ(Get(std::string(kLog) + "?download=true&limit=2").body, "he");
  EXPECT_FALSE(Get(kLog).Has("Content-Disposition"));
}

TEST_F(AttemptLogTest, ARangeIsAnsweredAsHttpSays) {
  Run("[/bin/echo, hello]");
  UntilExecuted();
  const Answer middle = Get(kLog, "Range: bytes=1-3\r\n");
  EXPECT_EQ(middle.status, 206);
  EXPECT_EQ(middle.body, "ell");
  EXPECT_EQ(middle.Get("Content-Range"), "bytes 1-3/6");
  EXPECT_EQ(Get(kLog, "Range: bytes=4-\r\n").body, "o\n");
  EXPECT_EQ(Get(kLog, "Range: bytes=-2\r\n").Get("Content-Range"), "bytes 4-5/6");
  EXPECT_EQ(Get(kLog, "Range: bytes=-99\r\n").body, "hello\n");
  const Answer beyond = Get(kLog, "Range: bytes=6-\r\n");
  EXPECT_EQ(beyond.status, 416);
  EXPECT_EQ(beyond["code"], "range_not_satisfiable");
  EXPECT_EQ(beyond.Get("Content-Range"), "bytes */6");
  for (const auto* ignored : {"bytes=3-1", "bytes=0-1,3-4", "bytes=", "bytes=-", "lines=1-2"}) {
    const Answer whole = Get(kLog, fmt::format("Range: {}\r\n", ignored));
    EXPECT_EQ(whole.status, 200) << ignored;
    EXPECT_EQ(whole.body, "hello\n") << ignored;
  }
  EXPECT_EQ(Get(std::string(kLog) + "?offset=2", "Range: bytes=0-0\r\n").body, "llo\n");
}

TEST_F(AttemptLogTest, WhatCannotBeReadIsRefused) {
  Post("/deployments", R"({"name":"x"})");
  EXPECT_EQ(Get(std::string(kLog) + "?follow=true").status, 404);
  EXPECT_EQ(Get(std::string(kLog) + "?follow=maybe").status, 400);
  EXPECT_EQ(Get(std::string(kLog) + "?follow=true&limit=1").status, 400);
  EXPECT_EQ(Get("/api/v1/runs/7/attempts/1/log?follow=true").status, 404);
}

TEST_F(AttemptLogTest, AReaderThatDoesNotReadHoldsUpNobody) {
  const auto pen = RunPipe();
  const auto silent = Follow(0, 4096);
  const auto reader = Follow(0);
  const std::string part(100'000, 'x');
  for (int i = 0; i < 9; ++i) {
    pen->Write(part);
    ASSERT_EQ(Take(*reader, part.size()).size(), part.size());
  }
  pen->Close();
  EXPECT_EQ(TakeRest(*reader), "");
  EXPECT_EQ(TakeRest(*silent).size(), 900'000u);  // it wakes up
}

TEST_F(AttemptLogTest, ManyFollowersGetTheSameBytes) {
  const auto pen = RunPipe();
  std::vector<std::unique_ptr<http::RawClient>> followers;
  for (int i = 0; i < 50; ++i) followers.push_back(Follow(i));
  std::string written;
  for (int i = 0; i < 200; ++i) {
    const std::string line = fmt::format("line {}\n", i);
    pen->Write(line);
    written += line;
  }
  pen->Close();
  for (std::size_t i = 0; i < followers.size(); ++i) {
    EXPECT_EQ(TakeRest(*followers[i]), written.substr(i)) << i;
  }
}

}  // namespace
}  // namespace gatewright::testing
