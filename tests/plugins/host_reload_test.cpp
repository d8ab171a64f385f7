// The folder of plugins changes while they are used.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/plugins/plugin_folder.h"

namespace gatewright::host {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;

// `versions.so`, which somebody replaces; the clock moves when the test says so.
class Reloading : public testing::Test {
 protected:
  Reloading() {
    Install("1");
    PluginHostOptions options;
    options.folder = folder_.path();
    options.trust = FolderTrust::kAnybody;
    options.now = [this] { return now_; };
    options.log = [this](LogSeverity severity, std::string_view offer, std::string_view line) {
      log_(severity, offer, line);
    };
    host_ = MustLoad(std::move(options));
  }

  void Install(const std::string& version, const std::string& as = "versions.so") {
    const auto from = std::filesystem::path(TEST_PLUGINS) / "versions" / (version + ".so");
    std::filesystem::copy_file(from, folder_.path() / "new");
    std::filesystem::rename(folder_.path() / "new", folder_.path() / as);
  }
  void Take(const std::string& name = "versions.so") {
    std::filesystem::remove(folder_.path() / name);
  }
  bool Reload() {
    now_ += seconds{1};
    const auto changed = host_->Reload({});
    now_ += seconds{1};
    return changed && *changed;
  }
  std::shared_ptr<ports::Approver> Approver(const std::string& config = "{}") {
    auto made = host_->MakeApprover("test.says", config);
    EXPECT_TRUE(made) << made.error().message;
    return made ? *made : nullptr;
  }
  // What somebody is told at a gate that opened then.
  std::string Asked(ports::Approver& approver, Time opened) {
    ports::Context context = SomeContext();
    context.began = opened;
    const auto said = approver.Check(context, {}, kLimit);
    return said ? said->reason : said.error().message;
  }
  std::string States() {
    std::string states;
    for (const auto& info : host_->List()) {
      constexpr const char* kWords[] = {"", "current", "replaced", "removed", "refused"};
      states += info.version + " " + kWords[static_cast<int>(info.state)] + "; ";
    }
    return states;
  }

  Time now_ = *ParseTime("2026-03-01T09:00:00Z");
  PluginFolder folder_;
  LogLines log_;
  std::unique_ptr<PluginHost> host_;
};

TEST_F(Reloading, ANewVersionHasTheGatesThatOpenAfterIt) {
  const auto approver = Approver();
  const Time before = now_;
  Install("2");
  ASSERT_TRUE(Reload());
  EXPECT_EQ(Asked(*approver, before), "says version 1.0");
  EXPECT_EQ(Asked(*approver, now_), "says version 2.0");
  EXPECT_EQ(Asked(*Approver(), now_), "says version 2.0");
  EXPECT_EQ(States(), "2.0 current; 1.0 replaced; ");
  EXPECT_THAT(log_.lines.back(), HasSubstr("version 2.0 (SHA-256 "));
}

TEST_F(Reloading, NothingNewIsNothingDone) {
  EXPECT_FALSE(Reload());
  EXPECT_EQ(States(), "1.0 current; ");
}

TEST_F(Reloading, WhatCannotBeLoadedLeavesTheOldOne) {
  const auto approver = Approver();
  folder_.Write("half", "ELF?");
  std::filesystem::rename(folder_.path() / "half", folder_.path() / "versions.so");
  ASSERT_TRUE(Reload());
  EXPECT_EQ(Asked(*approver, now_), "says version 1.0");
  EXPECT_EQ(States(), "1.0 current;  refused; ");
  EXPECT_THAT(log_.lines.back(), HasSubstr("version 1.0 (SHA-256 "));
  EXPECT_FALSE(Reload()) << "it is said once";
  Install("1");
  EXPECT_TRUE(Reload());
  EXPECT_EQ(States(), "1.0 current; ");
}

TEST_F(Reloading, ANewVersionHasToOfferWhatTheOldOneOffers) {
  Install("less");
  ASSERT_TRUE(Reload());
  EXPECT_EQ(States(), "1.0 current; less.0 refused; ");
  EXPECT_THAT(host_->List()[1].problem, HasSubstr("found no executor 'test.waits'"));
}

TEST_F(Reloading, WhoseSettingsTheNewOneDoesNotTakeStaysOnTheOldOne) {
  const auto old = Approver(R"({"old":true})");
  const auto other = Approver();
  Install("3");
  ASSERT_TRUE(Reload());
  EXPECT_EQ(Asked(*old, now_), "says version 1.0");
  EXPECT_EQ(Asked(*other, now_), "says version 3.0");
  EXPECT_THAT(log_.lines.back(), HasSubstr("stays on the version before in 1 place"));
  EXPECT_FALSE(host_->MakeApprover("test.says", R"({"old":true})"));
}

TEST_F(Reloading, WhatWasTakenAwayKeepsWhatItHas) {
  const auto approver = Approver();
  const Time before = now_;
  Take();
  ASSERT_TRUE(Reload());
  const Time after = now_;
  EXPECT_EQ(Asked(*approver, before), "says version 1.0");
  EXPECT_THAT(Asked(*approver, after), HasSubstr("this waits until it is back"));
  EXPECT_EQ(States(), "1.0 removed; ");
  EXPECT_EQ(host_->Find(ports::PluginKind::kApprover, "test.says"), nullptr);
  EXPECT_EQ(host_->MakeExecutor("test.waits", R"({"file":"/"})").error().code,
            ErrorCode::kUnavailable);

  Install("2", "renamed.so");
  ASSERT_TRUE(Reload());
  EXPECT_EQ(Asked(*approver, after), "says version 2.0") << "it has waited for it";
  EXPECT_EQ(Asked(*approver, before), "says version 1.0");
}

TEST_F(Reloading, TheOldOneCanComeBack) {
  const auto approver = Approver();
  Install("2");
  ASSERT_TRUE(Reload());
  const Time meanwhile = now_;
  Install("1");
  ASSERT_TRUE(Reload());
  EXPECT_EQ(Asked(*approver, now_), "says version 1.0");
  EXPECT_EQ(Asked(*approver, meanwhile), "says version 2.0");
  EXPECT_EQ(States(), "1.0 current; 2.0 replaced; ");
}

TEST_F(Reloading, ASecondFileMayNotOfferTheSame) {
  Install("2", "another.so");
  ASSERT_TRUE(Reload());
  EXPECT_EQ(States(), "2.0 refused; 1.0 current; ");
}

TEST_F(Reloading, WhatIsWrittenOverWhileItRunsIsNotTrusted) {
  std::ofstream(folder_.path() / "versions.so", std::ios::app) << "more";
  ASSERT_TRUE(Reload());
  EXPECT_THAT(host_->List()[1].problem, HasSubstr("written over while its code runs"));
}

TEST_F(Reloading, AnAttemptStaysOnTheVersionItBeganWith) {
  const Time before = now_;
  Install("2");
  ASSERT_TRUE(Reload());
  struct Nowhere final : ports::AttemptSink {
    void Output(std::string_view) override {}
    void Progress(int, std::string_view) override {}
  } sink;
  const auto asked = [&](Time began) {
    const auto made = host_->MakeExecutorAt("test.waits", R"({"file":"/"})", began);
    ports::AttemptRequest request;
    request.context = SomeContext();
    return (*made)->Start(request, sink, kLimit, std::atomic<bool>{false})->summary;
  };
  EXPECT_EQ(asked(before), "done by version 1.0");
  EXPECT_EQ(asked(now_), "done by version 2.0");
}

}  // namespace
}  // namespace gatewright::host
