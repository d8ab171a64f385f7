// What an attempt writes: kept, cut and told; and how far it says it is.
#include <gmock/gmock.h>

#include <condition_variable>
#include <mutex>
#include <thread>

#include "engine/runtime/kept_output.h"
#include "tests/runtime/engine_fixture.h"

namespace gatewright::testing {
namespace {

using core::RunStatus;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using Report = Result<ports::AttemptReport>;

std::string Kept(std::int64_t limit, const std::vector<std::string>& pieces) {
  runtime::KeptOutput kept(limit);
  std::string all;
  for (const std::string& piece : pieces) {
    kept.Add(piece);
    all += kept.Take();
  }
  kept.End();
  return all + kept.Take();
}

TEST(KeptOutputTest, WhatFitsIsKeptByteForByte) {
  EXPECT_EQ(Kept(1000, {}), "");
  EXPECT_EQ(Kept(1000, {"one\n", "\x1b[31mtwo\x1b[0m"}), "one\n\x1b[31mtwo\x1b[0m");
  const std::string full(1000, 'x');
  EXPECT_EQ(Kept(1000, {full}), full);
  EXPECT_EQ(Kept(1000, {full.substr(1), "x"}), full);
}

TEST(KeptOutputTest, OfMoreTheBeginningAndTheEndAreKept) {
  std::vector<std::string> lines;
  for (int i = 1000; i < 2000; ++i) lines.push_back(std::to_string(i) + "\n");
  const std::string kept = Kept(1000, lines);
  EXPECT_THAT(kept, StartsWith("1000\n1001\n"));
  EXPECT_THAT(kept, HasSubstr("1149\n[more than 1000 bytes of output: from here on only the last "
                              "250 are kept, to be read once the attempt has ended]\n"
                              "[4000 bytes of output were left out here]\n1950\n"));
  EXPECT_THAT(kept, EndsWith("1998\n1999\n"));
}

TEST(KeptOutputTest, OneHugePieceIsCutTheSameWay) {
  const std::string kept = Kept(1000, {std::string(1'000'000, 'x')});
  EXPECT_THAT(kept, StartsWith(std::string(750, 'x') + "\n[more than 1000 bytes"));
  EXPECT_THAT(kept, HasSubstr("[999000 bytes of output were left out here]\n"));
  EXPECT_THAT(kept, EndsWith("\n" + std::string(250, 'x')));
}

TEST(KeptOutputTest, CharactersAreNotCutInTwo) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "\u20ac";  // three bytes each
  const std::string kept = Kept(1000, {text});
  EXPECT_EQ(kept.find("\n[more"), 750u);
  EXPECT_THAT(kept, HasSubstr("[2001 bytes of output were left out here]\n\u20ac"));
}

TEST(KeptOutputTest, AsSoonAsSomethingIsLeftOutTheOutputSaysSo) {
  runtime::KeptOutput kept(1000);
  kept.Add(std::string(900, 'x'));
  EXPECT_EQ(kept.Take().size(), 750u);
  kept.Add(std::string(101, 'x'));
  EXPECT_THAT(kept.Take(), StartsWith("\n[more than 1000 bytes"));
}

class OutputTest : public EngineTest {
 protected:
  // The executor writes this and ends once `may_end_`.
  void Writes(std::vector<std::string> pieces) {
    plugins_.start = [this, pieces = std::move(pieces)](const auto&, ports::AttemptSink& sink,
                                                        const auto& cancelled) -> Report {
      for (const std::string& piece : pieces) sink.Output(piece);
      while (!may_end_ && !cancelled) std::this_thread::sleep_for(std::chrono::milliseconds{1});
      return ports::AttemptReport{ports::AttemptOutcome::kSucceeded, "done", ""};
    };
  }
  std::string Read(RunId run, std::int64_t offset = 0) {
    const auto bytes = engine_->ReadOutput(run, AttemptNumber{1}, offset, 10'000'000);
    return bytes ? *bytes : bytes.error().message;
  }
  std::string UntilRead(RunId run, const std::string& wanted) {
    for (int i = 0; i < 2'000 && Read(run) != wanted; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
    return Read(run);
  }

  std::atomic<bool> may_end_{false};
};

TEST_F(OutputTest, WhatWasWrittenCanBeReadWhileTheAttemptIsSilent) {
  Writes({"one\n", "two\n", "three"});
  Open();
  const RunId run = Executing();
  EXPECT_EQ(UntilRead(run, "one\ntwo\nthree"), "one\ntwo\nthree");
  EXPECT_TRUE(engine_->StateOfOutput(run, AttemptNumber{1}).is_open);
  may_end_ = true;
  UntilStatus(run, RunStatus::kSucceeded);
  EXPECT_FALSE(engine_->StateOfOutput(run, AttemptNumber{2}).is_open);
}

TEST_F(OutputTest, WhoSeesTheEndFindsAllOfTheOutput) {
  may_end_ = true;
  std::vector<std::string> pieces;
  std::string all;
  for (int i = 0; i < 3'000; ++i) all += pieces.emplace_back(std::string(99, 'a' + i % 26) + "\n");
  Writes(pieces);
  Open();
  const RunId run = Executing();
  UntilStatus(run, RunStatus::kSucceeded);
  EXPECT_EQ(Read(run), all);
  EXPECT_EQ(Read(run, 299'990), all.substr(299'990));
}

TEST_F(OutputTest, OutputBeyondTheLimitKeepsItsEndAndCountsTheRest) {
  may_end_ = true;
  options_.output_limit = 400'000;
  std::vector<std::string> pieces(1'000, std::string(999, 'x') + "\n");
  pieces.push_back("error: out of paper\n");
  Writes(pieces);
  Open();
  const RunId run = Executing();
  UntilStatus(run, RunStatus::kSucceeded);
  const std::string output = Read(run);
  EXPECT_THAT(output, HasSubstr("[600020 bytes of output were left out here]\n"));
  EXPECT_THAT(output, EndsWith("x\nerror: out of paper\n"));
  EXPECT_EQ(output.find("[more than 400000 bytes"), 400'000u - 65'536u + 1);
  EXPECT_EQ(engine_->StateOfOutput(run, AttemptNumber{1}).left_out, 600'020);
}

TEST_F(OutputTest, ANewlyStoredPieceIsToldAndSoIsTheEnd) {
  std::mutex mutex;
  std::condition_variable told;
  int times = 0;
  output_ = [&](RunId, AttemptNumber) {
    const std::lock_guard lock(mutex);
    ++times;
    told.notify_all();
  };
  Writes({"one\n"});
  Open();
  const RunId run = Executing();
  std::unique_lock lock(mutex);
  ASSERT_TRUE(told.wait_for(lock, std::chrono::seconds{20}, [&] { return times > 0; }));
  EXPECT_EQ(Read(run), "one\n");
  lock.unlock();
  may_end_ = true;
  UntilStatus(run, RunStatus::kSucceeded);
  Close();
}

TEST_F(OutputTest, OutputThatCouldNotBeStoredIsStoredLater) {
  std::atomic<bool> may_go_on{false};
  plugins_.start = [&](const auto&, ports::AttemptSink& sink, const auto&) -> Report {
    sink.Output("one\n");
    while (!may_go_on) std::this_thread::sleep_for(std::chrono::milliseconds{1});
    sink.Output("two\n");
    while (!may_end_) std::this_thread::sleep_for(std::chrono::milliseconds{1});
    sink.Output("three\n");
    return ports::AttemptReport{ports::AttemptOutcome::kSucceeded, "done", ""};
  };
  Open();
  const RunId run = Executing();
  EXPECT_EQ(UntilRead(run, "one\n"), "one\n");
  store_->FailWith(Error{ErrorCode::kUnavailable, "disk full"});
  may_go_on = true;
  Until(run, [&](const core::Run&) { return store_->failed_commits() > 1; });
  store_->FailWith(std::nullopt);
  EXPECT_EQ(UntilRead(run, "one\ntwo\n"), "one\ntwo\n");
  may_end_ = true;
  UntilStatus(run, RunStatus::kSucceeded);
  EXPECT_EQ(Read(run), "one\ntwo\nthree\n");
}

TEST_F(OutputTest, ProgressIsShownWhileTheAttemptRuns) {
  plugins_.start = [this](const auto&, ports::AttemptSink& sink, const auto&) -> Report {
    sink.Progress(10, "copying");
    sink.Progress(40, "still copying");
    while (!may_end_) std::this_thread::sleep_for(std::chrono::milliseconds{1});
    return ports::AttemptReport{ports::AttemptOutcome::kSucceeded, "done", ""};
  };
  Open();
  const RunId run = Executing();
  const auto is_said = [&] {
    const auto said = engine_->ProgressOf(run);
    return !said.empty() && said.front().percent == 40;
  };
  Until(run, [&](const core::Run&) { return is_said(); });
  const auto progress = engine_->ProgressOf(run);
  ASSERT_EQ(progress.size(), 1u);
  EXPECT_EQ(progress.front().text, "still copying");
  EXPECT_EQ(progress.front().at, clock_.Now());
  EXPECT_EQ(progress.front().number, AttemptNumber{1});
  may_end_ = true;
  UntilStatus(run, RunStatus::kSucceeded);
  EXPECT_TRUE(engine_->ProgressOf(run).empty());
}

}  // namespace
}  // namespace gatewright::testing
