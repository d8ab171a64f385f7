// Plugins in processes of their own. Whatever a hostile one does ends as an answer that decides
// nothing, and the next call, to it or to anybody else, is served.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "tests/plugins/plugin_folder.h"

namespace gatewright::host {
namespace {

using testing::HasSubstr;

constexpr Duration kShort = std::chrono::milliseconds{400};
constexpr Duration kLong =
    std::chrono::seconds{20};  // for what ends by itself, however busy we are

std::filesystem::path Hostile(const std::string& name) {
  return std::filesystem::path(TEST_PLUGINS) / "hostile" / (name + ".so");
}

// A host over one hostile library and a decent one, both isolated.
class Isolated {
 public:
  explicit Isolated(const std::string& hostile, std::set<Grant> grants = {}) {
    folder_.Add(Hostile(hostile));
    folder_.Add(std::filesystem::path(TEST_PLUGINS) / "good" / "everything.so");
    PluginHostOptions options;
    options.folder = folder_.path();
    options.rules = {Isolation::kProcess, std::move(grants)};
    options.child_program = PLUGIN_HOST;
    options.child_memory = 512LL * 1024 * 1024;
    options.cancel_grace = std::chrono::milliseconds{200};
    options.create_limit = std::chrono::seconds{5};
    options.log = std::ref(lines_);
    host_ = MustLoad(std::move(options));
  }

  PluginHost& host() { return *host_; }
  bool Said(std::string_view what) {
    const std::lock_guard lock(lines_.mutex);
    return std::ranges::any_of(lines_.lines,
                               [&](const auto& line) { return line.find(what) != line.npos; });
  }

 private:
  PluginFolder folder_;
  LogLines lines_;
  std::unique_ptr<PluginHost> host_;
};

class Discard final : public ports::AttemptSink {
 public:
  void Output(std::string_view bytes) override { count += bytes.size(); }
  void Progress(int, std::string_view) override {}
  std::size_t count = 0;
};

Result<ports::AttemptReport> StartHostile(PluginHost& host, Duration limit) {
  GW_TRY(executor, host.MakeExecutor("hostile", "{}"));
  ports::AttemptRequest request;
  request.context = SomeContext();
  request.attempt_id = "run-42-attempt-1";
  Discard sink;
  std::atomic<bool> cancelled{false};
  return executor->Start(request, sink, limit, cancelled);
}

struct Case {
  const char* name;
  const char* says;  // part of why the call has no answer
};

// What each comes to when it is asked to vote: an Error, never an answer.
class HostilePlugin : public testing::TestWithParam<Case> {};

TEST_P(HostilePlugin, CostsItsOwnCallOnly) {
  Isolated isolated(GetParam().name);
  auto approver = isolated.host().MakeApprover("hostile", "{}");
  ASSERT_TRUE(approver) << approver.error().message;
  const bool ends_by_itself = std::string_view(GetParam().says).starts_with("SIG");
  const Duration limit = ends_by_itself ? kLong : kShort;
  const auto asked = (*approver)->Check(SomeContext(), {}, limit);
  // Files are Landlock's: a kernel that has none lets them through, and the log says so.
  const std::string_view name = GetParam().name;
  const bool is_about_files = name == "reads_shadow" || name == "writes_files";
  if (asked && is_about_files) {
    EXPECT_TRUE(isolated.Said("cannot restrict it by Landlock"));
    return;
  }
  ASSERT_FALSE(asked) << asked->reason;
  EXPECT_THAT(asked.error().message, HasSubstr(GetParam().says));

  const auto policy = isolated.host().MakePolicy("hostile", "{}");
  ASSERT_TRUE(policy) << policy.error().message;
  EXPECT_FALSE((*policy)->Evaluate(SomeContext(), limit));

  const auto report = StartHostile(isolated.host(), limit);
  if (report) {
    EXPECT_NE(report->outcome, ports::AttemptOutcome::kSucceeded) << report->summary;
  }
  // Its neighbour has noticed nothing.
  auto decent = isolated.host().MakeApprover("test.echo", "{}");
  ASSERT_TRUE(decent) << decent.error().message;
  EXPECT_TRUE((*decent)->Check(SomeContext(), {}, kLimit));
}

INSTANTIATE_TEST_SUITE_P(
    Kit, HostilePlugin,
    testing::Values(Case{"segfault", "SIGSEGV"}, Case{"aborts", "SIGABRT"},
                    Case{"exits", "exited with status 0"},
                    Case{"quick_exits", "exited with status 7"}, Case{"hangs", "deadline"},
                    Case{"spins", "deadline"}, Case{"divides", "SIGFPE"},
                    Case{"overflows_stack", "SIGSEGV"}, Case{"eats_memory", "SIGSEGV"},
                    Case{"forks_once", "SIGABRT"}, Case{"runs_a_program", "SIGABRT"},
                    Case{"endless_log", "deadline"}, Case{"closes_descriptors", "its process"},
                    Case{"reads_shadow", "SIGABRT"}, Case{"writes_files", "SIGABRT"},
                    Case{"connects_out", "SIGABRT"}, Case{"kills_parent", "SIGABRT"},
                    Case{"kills_everybody", "SIGABRT"}, Case{"traces_parent", "SIGABRT"},
                    Case{"raises_limits", "SIGABRT"}, Case{"throws", "C boundary"},
                    Case{"longjmps", "its process"}, Case{"deaf", "deadline"},
                    Case{"reads_environment", "SIGABRT"}, Case{"forges_frames", "that is none"},
                    Case{"huge_frame", "no frame"}),
    [](const auto& one) { return one.param.name; });

// These come to an answer all the same: what they tried had no effect.
TEST(Isolation, HarmWithoutEffect) {
  for (const char* name : {"foreign_descriptors", "forks"}) {
    Isolated isolated(name);
    auto approver = isolated.host().MakeApprover("hostile", "{}");
    ASSERT_TRUE(approver) << approver.error().message;
    const auto asked = (*approver)->Check(SomeContext(), {}, std::chrono::seconds{5});
    if (asked) {
      EXPECT_EQ(asked->reason, "survived");
    }
  }
}

TEST(Isolation, EndlessOutputIsCutOffAtTheDeadline) {
  Isolated isolated("endless_output");
  const auto report = StartHostile(isolated.host(), kShort);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::kTimeout);
}

TEST(Isolation, ACrashInsideAnActionIsUnknown) {
  Isolated isolated("segfault");
  const auto report = StartHostile(isolated.host(), kShort);
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->outcome, ports::AttemptOutcome::kUnknown);
  EXPECT_THAT(report->summary, HasSubstr("SIGSEGV"));
  const auto processes = isolated.host().Usage().processes;
  const auto failed = std::ranges::max_element(processes, {}, &ports::ProcessUsage::failed);
  ASSERT_NE(failed, processes.end());
  EXPECT_EQ(failed->library, "hostile");
  EXPECT_EQ(failed->failed, 1U);
  EXPECT_FALSE(failed->is_resting);
}

TEST(Isolation, WhoeverIsDeafToACancelIsKilled) {
  Isolated isolated("deaf");
  auto executor = isolated.host().MakeExecutor("hostile", "{}");
  ASSERT_TRUE(executor);
  ports::AttemptRequest request;
  request.context = SomeContext();
  Discard sink;
  std::atomic<bool> cancelled{false};
  std::thread canceller([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds{100});
    cancelled = true;
  });
  const auto report = (*executor)->Start(request, sink, std::chrono::hours{1}, cancelled);
  canceller.join();
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::kCancelled);
}

TEST(Isolation, ALibraryThatHarmsWhileItIsLoadedIsBroken) {
  for (const Case& one :
       {Case{"constructor_aborts", "SIGABRT"}, Case{"constructor_hangs", "not loaded in time"}}) {
    PluginFolder folder;
    folder.Add(Hostile(one.name));
    PluginHostOptions options;
    options.folder = folder.path();
    options.rules = {Isolation::kProcess, {}};
    options.child_program = PLUGIN_HOST;
    const auto host = MustLoad(std::move(options));
    ASSERT_EQ(host->List().size(), 1U);
    EXPECT_EQ(host->List()[0].health, ports::PluginHealth::kBroken);
    EXPECT_THAT(host->List()[0].problem, HasSubstr(one.says));
  }
}

TEST(Isolation, AGrantIsWhatMakesTheDifference) {
  Isolated isolated("connects_out", {Grant::kNetwork});
  auto approver = isolated.host().MakeApprover("hostile", "{}");
  ASSERT_TRUE(approver);
  const auto asked = (*approver)->Check(SomeContext(), {}, kLimit);
  ASSERT_TRUE(asked) << asked.error().message;
  EXPECT_EQ(asked->reason, "survived");
}

// After five failures in a row nobody waits for the sixth.
TEST(Isolation, ALibraryThatKeepsFailingIsLeftAlone) {
  Isolated isolated("segfault");
  auto approver = isolated.host().MakeApprover("hostile", "{}");
  ASSERT_TRUE(approver);
  std::string last;
  for (int i = 0; i < 6; ++i) {
    const auto asked = (*approver)->Check(SomeContext(), {}, std::chrono::seconds{5});
    ASSERT_FALSE(asked);
    last = asked.error().message;
  }
  EXPECT_THAT(last, HasSubstr("failed 5 times in a row"));
  const auto processes = isolated.host().Usage().processes;
  EXPECT_TRUE(std::ranges::any_of(processes, &ports::ProcessUsage::is_resting));
}

TEST(Isolation, FiftyThatHangHoldNobodyUp) {
  Isolated isolated("hangs");
  auto approver = isolated.host().MakeApprover("hostile", "{}");
  auto decent = isolated.host().MakeApprover("test.echo", "{}");
  ASSERT_TRUE(approver);
  ASSERT_TRUE(decent);
  std::vector<std::thread> stuck;
  std::atomic<int> refused{0};
  for (int i = 0; i < 50; ++i) {
    stuck.emplace_back([&] {
      if (!(*approver)->Check(SomeContext(), {}, std::chrono::seconds{2})) ++refused;
    });
  }
  EXPECT_TRUE((*decent)->Check(SomeContext(), {}, kLimit));
  for (std::thread& one : stuck) one.join();
  EXPECT_EQ(refused, 50);
}

TEST(Isolation, AnAnswerIsTheSameAsInTheServer) {
  PluginFolder folder;
  folder.Add(std::filesystem::path(TEST_PLUGINS) / "good" / "everything.so");
  PluginHostOptions near;
  near.folder = folder.path();
  PluginHostOptions far = near;
  far.rules = {Isolation::kProcess, {}};
  far.child_program = PLUGIN_HOST;
  const auto here = MustLoad(std::move(near));
  const auto there = MustLoad(std::move(far));
  for (const auto kind : {ports::PluginKind::kApprover, ports::PluginKind::kPolicy,
                          ports::PluginKind::kExecutor, ports::PluginKind::kNotifier}) {
    EXPECT_EQ(here->Names(kind), there->Names(kind));
  }
  EXPECT_TRUE(there->List()[0].is_isolated);
  core::Principal ann;
  ann.id = PrincipalId{"ann"};
  ann.roles = {"qa", "devops"};
  auto near_approver = here->MakeApprover("test.echo", "{}");
  auto far_approver = there->MakeApprover("test.echo", "{}");
  ASSERT_TRUE(near_approver);
  ASSERT_TRUE(far_approver);
  const auto expected = (*near_approver)->Check(SomeContext(), ann, kLimit);
  const auto found = (*far_approver)->Check(SomeContext(), ann, kLimit);
  ASSERT_TRUE(expected && found);
  EXPECT_EQ(found->is_eligible, expected->is_eligible);
  EXPECT_EQ(found->reason, expected->reason);
}

}  // namespace
}  // namespace gatewright::host
