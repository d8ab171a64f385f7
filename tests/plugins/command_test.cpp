// The executor `command`, with real programs of the machine.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <signal.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <thread>

#include "tests/plugins/plugin_folder.h"

namespace gatewright::host {
namespace {

namespace json = boost::json;
using testing::HasSubstr;
using testing::Not;

struct Sink final : ports::AttemptSink {
  void Output(std::string_view bytes) override {
    output += bytes;
    if (on_output) on_output();
  }
  void Progress(int, std::string_view) override {}
  std::string output;
  std::function<void()> on_output;
};

class Command : public testing::Test {
 protected:
  Result<ports::AttemptReport> Run(const json::value& config, Duration limit = kLimit) {
    GW_TRY(command, host_->MakeExecutor("command", json::serialize(config)));
    return command->Start({SomeContext(), "a-1", 2, 7}, sink_, limit, cancelled_);
  }
  Result<ports::AttemptReport> RunScript(const char* script) {
    return Run({{"argv", {"/bin/sh", "-c", script}}});
  }

  std::unique_ptr<PluginHost> host_ = LoadOurs();
  Sink sink_;
  std::atomic<bool> cancelled_{false};
};

// Gone, or only a zombie that init has not looked after yet.
bool HasEnded(pid_t process) {
  std::ifstream file("/proc/" + std::to_string(process) + "/stat");
  std::string text;
  if (!std::getline(file, text)) return true;
  const auto name_end = text.rfind(')');
  return name_end == std::string::npos || text.substr(name_end + 2, 1) == "Z";
}

// A killed process ends soon, not at once.
void ExpectToEnd(pid_t process) {
  ASSERT_GT(process, 0);
  for (int i = 0; i < 2000 && !HasEnded(process); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
  EXPECT_TRUE(HasEnded(process)) << process;
}

TEST_F(Command, ThatExitsWithZeroSucceeded) {
  const auto report = RunScript("echo out; echo err >&2");
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->outcome, ports::AttemptOutcome::kSucceeded);
  EXPECT_EQ(report->summary, "'/bin/sh' ended with exit code 0");
  EXPECT_EQ(report->outputs_json, R"({"output_bytes":8,"exit_code":0})");
  EXPECT_EQ(sink_.output, "out\nerr\n");
}

TEST_F(Command, ThatExitsOtherwiseFailedForGoodOrNot) {
  const auto permanent = RunScript("exit 3");
  EXPECT_EQ(permanent->outcome, ports::AttemptOutcome::kFailedPermanent);
  EXPECT_EQ(permanent->summary, "'/bin/sh' ended with exit code 3");
  const auto transient =
      Run({{"argv", {"/bin/sh", "-c", "exit 75"}}, {"transient_exit_codes", {69, 75}}});
  EXPECT_EQ(transient->outcome, ports::AttemptOutcome::kFailedTransient);
  const auto signalled = RunScript("kill -9 $$");
  EXPECT_EQ(signalled->outcome, ports::AttemptOutcome::kFailedPermanent);
  EXPECT_EQ(signalled->summary, "'/bin/sh' was ended by signal 9 (Killed)");
}

TEST_F(Command, ArgumentsArriveByteByByteAndMeanNothing) {
  const json::array argv = {"printf",      "%s|", "$(touch /tmp/x)", "; rm -rf /", "a\"b'c", "*",
                            "line\nbreak", "",    "--help",          "ä€😀",        "\\n",    "`id`",
                            "&& reboot #", "%s",  "${HOME}"};
  const auto report = Run({{"argv", argv}});
  ASSERT_TRUE(report) << report.error().message;
  std::string expected;
  for (std::size_t i = 2; i < argv.size(); ++i) expected += std::string(argv[i].as_string()) + "|";
  EXPECT_EQ(sink_.output, expected);
}

TEST_F(Command, OutputMayBeAnyBytes) {
  ASSERT_TRUE(RunScript(R"(printf '\377\000\001\r\n\200')"));
  EXPECT_EQ(sink_.output, std::string("\xff\0\x01\r\n\x80", 6));
}

TEST_F(Command, MayWriteMuch) {
  const auto report = RunScript("head -c 5000000 /dev/zero");
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(sink_.output.size(), 5'000'000u);
  EXPECT_THAT(report->outputs_json, HasSubstr("\"output_bytes\":5000000"));
}

TEST_F(Command, ReadsItsStdin) {
  std::string text;
  for (int i = 0; i < 30'000; ++i) text += "line " + std::to_string(i) + "\n";
  ASSERT_TRUE(Run({{"argv", {"cat"}}, {"stdin", text}}));
  EXPECT_EQ(sink_.output, text);
  sink_.output.clear();
  ASSERT_TRUE(Run({{"argv", {"cat"}}}));
  EXPECT_EQ(sink_.output, "");
  // Nobody reads it: nobody is killed by it either.
  ASSERT_TRUE(Run({{"argv", {"true"}}, {"stdin", text}}));
}

TEST_F(Command, SeesOnlyTheEnvironmentItWasGiven) {
  setenv("TEST_SECRET", "s3cret", 1);
  setenv("TEST_PASSED_ON", "yes", 1);
  const auto report =
      Run({{"argv", {"env"}}, {"env", {"A=1=2", "TEST_PASSED_ON", "TEST_NOT_THERE", "A=3"}}});
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(sink_.output,
            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n"
            "A=3\n"
            "TEST_PASSED_ON=yes\n"
            "GATEWRIGHT_ATTEMPT_ID=a-1\n"
            "GATEWRIGHT_ATTEMPT_NUMBER=2\n"
            "GATEWRIGHT_FENCING_TOKEN=7\n"
            "GATEWRIGHT_RUN_ID=42\n"
            "GATEWRIGHT_WORKFLOW=deployment\n"
            "GATEWRIGHT_STAGE=QA\n"
            "GATEWRIGHT_SUBJECT_DIGEST=d1\n");
}

TEST_F(Command, InheritsNoFilesAndASessionOfItsOwn) {
  const int leaked = fcntl(STDIN_FILENO, F_DUPFD, 100);  // without FD_CLOEXEC, on purpose
  ASSERT_GE(leaked, 100);
  ASSERT_TRUE(RunScript("for f in /proc/$$/fd/*; do printf '%s ' \"${f##*/}\"; done"));
  close(leaked);
  EXPECT_THAT(sink_.output, testing::StartsWith("0 1 2 "));
  EXPECT_THAT(sink_.output, Not(HasSubstr(std::to_string(leaked))));
}

TEST_F(Command, RunsInItsFolderAndFindsAProgramThere) {
  PluginFolder folder;
  PluginFolder::Permit(folder.Write("deploy.sh", "#!/bin/sh\npwd\necho \"$1\"\n"), 0755);
  const auto report = Run({{"argv", {"./deploy.sh", "v1"}}, {"cwd", folder.path().string()}});
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->outcome, ports::AttemptOutcome::kSucceeded) << report->summary;
  EXPECT_EQ(sink_.output, folder.path().string() + "\nv1\n");
}

TEST_F(Command, ThatCannotBeStartedSaysWhy) {
  PluginFolder folder;
  const auto why = [&](const json::value& config) {
    const auto report = Run(config);
    if (!report) return report.error().message;
    EXPECT_EQ(report->outcome, ports::AttemptOutcome::kFailedPermanent);
    return report->summary;
  };
  EXPECT_EQ(why({{"argv", {"no-such-program"}}, {"env", {"PATH=/bin:relative:"}}}),
            "expected a program 'no-such-program' in one of /bin:relative:, found none");
  EXPECT_EQ(why({{"argv", {"/no/such/program"}}}),
            "expected a program at '/no/such/program', but there is no such file");
  EXPECT_THAT(why({{"argv", {"./x"}}, {"cwd", "/no/such/folder"}}),
              HasSubstr("working directory '/no/such/folder' to be a folder"));
  const auto plain = folder.Write("plain.sh", "#!/bin/sh\n");
  EXPECT_THAT(why({{"argv", {plain.string()}}}), HasSubstr("it is not executable"));
  const auto orphan = folder.Write("orphan.sh", "#!/no/such/interpreter\n");
  PluginFolder::Permit(orphan, 0755);
  EXPECT_THAT(why({{"argv", {orphan.string()}}}), HasSubstr("is its interpreter"));
  EXPECT_THAT(why({{"argv", {folder.path().string()}}}), HasSubstr("not a regular file"));
}

TEST_F(Command, RefusesAConfigThatCannotMeanWhatItSays) {
  const auto problem = [&](const json::value& config) {
    const auto made = host_->MakeExecutor("command", json::serialize(config));
    return made ? std::string("accepted") : made.error().message;
  };
  EXPECT_THAT(problem({{"argv", json::array{}}}), HasSubstr("/argv"));
  EXPECT_THAT(problem({{"argv", {"a"}}, {"shell", true}}), HasSubstr("shell"));
  EXPECT_THAT(problem({{"argv", {"a"}}, {"cwd", "relative"}}), HasSubstr("/cwd"));
  EXPECT_THAT(problem({{"argv", {"a"}}, {"env", {"1BAD=x"}}}), HasSubstr("/env/0"));
  EXPECT_THAT(problem({{"argv", {"a"}}, {"env", {"GATEWRIGHT_RUN_ID=1"}}}),
              HasSubstr("which the engine sets itself"));
  EXPECT_THAT(problem({{"argv", {"a", json::string(std::string_view("b\0c", 3))}}}),
              HasSubstr("/argv: expected no NUL byte"));
}

TEST_F(Command, IsAskedToStopWhenCancelled) {
  sink_.on_output = [this] { cancelled_ = true; };
  const auto report = RunScript("echo $$; exec sleep 1000");
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::kCancelled);
  EXPECT_THAT(report.error().message, HasSubstr("cancelled: '/bin/sh' stopped when it was asked"));
  ExpectToEnd(std::stoi(sink_.output));
}

TEST_F(Command, IsKilledWhenItIgnoresThat) {
  sink_.on_output = [this] { cancelled_ = true; };
  const auto report =
      Run({{"argv", {"/bin/sh", "-c", "trap '' TERM; echo $$; while :; do sleep 1; done"}},
           {"grace_ms", 50}});
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::kCancelled);
  EXPECT_THAT(report.error().message, HasSubstr("killed after 50 ms"));
  ExpectToEnd(std::stoi(sink_.output));
}

TEST_F(Command, IsStoppedAtItsDeadline) {
  const auto report = Run({{"argv", {"sleep", "1000"}}}, std::chrono::milliseconds{50});
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::kTimeout);
  EXPECT_THAT(report.error().message, HasSubstr("the deadline passed: 'sleep' stopped"));
}

TEST_F(Command, ThatClosesItsOutputIsStillWaitedFor) {
  const auto report = RunScript("exec >&- 2>&-; sleep 0.1; exit 4");
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->summary, "'/bin/sh' ended with exit code 4");
}

TEST_F(Command, LeavesNoChildrenBehind) {
  const auto report = Run({{"argv", {"/bin/sh", "-c", "sleep 1000 & echo $!"}}, {"grace_ms", 50}});
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->outcome, ports::AttemptOutcome::kSucceeded);
  ExpectToEnd(std::stoi(sink_.output));
}

TEST_F(Command, ThatWritesThroughAHelperLosesNothing) {
  const auto report =
      Run({{"argv", {"/bin/sh", "-c", "{ head -c 300000 /dev/zero; echo last; } | cat &"}},
           {"grace_ms", 60'000}});
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_THAT(sink_.output, testing::EndsWith("last\n"));
}

TEST_F(Command, SeveralAtOnceDoNotMixTheirOutput) {
  const auto command = host_->MakeExecutor(
      "command", R"({"argv": ["/bin/sh", "-c", "echo $GATEWRIGHT_ATTEMPT_ID"]})");
  std::vector<Sink> sinks(6);
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < sinks.size(); ++i) {
      threads.emplace_back([&, i] {
        const std::string id = "a-" + std::to_string(i);
        (void)(*command)->Start({SomeContext(), id}, sinks[i], kLimit, cancelled_);
      });
    }
  }
  for (std::size_t i = 0; i < sinks.size(); ++i) {
    EXPECT_EQ(sinks[i].output, "a-" + std::to_string(i) + "\n");
  }
}

}  // namespace
}  // namespace gatewright::host
