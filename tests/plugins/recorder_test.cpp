// What a plugin is asked, kept as cases.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include "plugins/check/case.h"
#include "plugins/check/recorder.h"
#include "plugins/check/recording_plugins.h"
#include "tests/plugins/plugin_folder.h"

namespace gatewright::check {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

std::string Read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class Recordings : public testing::Test {
 protected:
  Recordings() { Open(64 * 1024); }

  void Open(std::int64_t most_bytes) {
    RecorderOptions options;
    options.folder = folder_.path();
    options.files = {"everything.so"};
    options.most_bytes = most_bytes;
    options.redact = [](std::string text) {
      for (std::size_t at; (at = text.find("hush\n")) != text.npos;)
        text.replace(at, 5, "[secret]");
      return text;
    };
    options.complain = [this](const std::string& what) { complaints_.push_back(what); };
    recorder_ = *Recorder::Open(std::move(options));
  }
  std::vector<fs::path> Files() {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder_.path() / "everything.so")) {
      files.push_back(entry.path());
    }
    std::ranges::sort(files);
    return files;
  }
  void Keep(const std::string& text) {
    recorder_->Keep("everything.so", {{"offer", "test.echo"}, {"config", {{"a", text}}}},
                    {{"answer", "eligible"}}, *ParseTime("2026-03-01T09:30:00Z"));
  }

  host::PluginFolder folder_;
  std::vector<std::string> complaints_;
  std::unique_ptr<Recorder> recorder_;
};

TEST_F(Recordings, ACallBecomesACaseThatCanBeRead) {
  host::PluginHostOptions options;
  options.folder = fs::path(TEST_PLUGINS) / "good";
  options.trust = host::FolderTrust::kAnybody;
  const auto plugins = host::MustLoad(std::move(options));
  RecordingPlugins recording(*plugins, *recorder_);
  const auto approver = recording.MakeApprover("test.echo", "{}");
  ASSERT_TRUE(approver) << approver.error().message;
  core::Principal ann;
  ann.id = PrincipalId{"ann"};
  ann.roles = {"qa"};
  const auto said = (*approver)->Check(host::SomeContext(), ann, host::kLimit);
  ASSERT_TRUE(said) << said.error().message;

  ASSERT_THAT(Files(), SizeIs(1));
  EXPECT_THAT(Files()[0].filename(), testing::EndsWith("-test.echo.json"));
  EXPECT_EQ(fs::status(Files()[0]).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  const auto read = ReadCase(Read(Files()[0]));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->offer, "test.echo");
  EXPECT_EQ(read->function, host::Function::kCheck);
  EXPECT_EQ(read->run, 42);
  EXPECT_EQ(read->stage, "QA");
  EXPECT_EQ(read->principal.id, ann.id);
  EXPECT_EQ(read->principal.roles, ann.roles);
  EXPECT_EQ(read->now, host::SomeContext().now);
  EXPECT_EQ(read->expect, (json::object{{"answer", "eligible"}, {"reason", said->reason}}));
}

TEST_F(Recordings, WhatIsNotNamedIsNotKept) {
  host::PluginHostOptions options;
  options.folder = OUR_PLUGINS;
  options.trust = host::FolderTrust::kAnybody;
  const auto plugins = host::MustLoad(std::move(options));
  RecordingPlugins recording(*plugins, *recorder_);
  const auto approver = recording.MakeApprover("role", R"({"role":"qa"})");
  ASSERT_TRUE(approver);
  EXPECT_TRUE((*approver)->Check(host::SomeContext(), {}, host::kLimit));
  EXPECT_THAT(Files(), SizeIs(0));
}

TEST_F(Recordings, NoFileHoldsASecret) {
  Keep("before hush\n after");
  EXPECT_THAT(Read(Files()[0]), HasSubstr("before [secret] after"));
  EXPECT_THAT(Read(Files()[0]), Not(HasSubstr("hush")));
}

TEST_F(Recordings, TheOldestMakeRoomAlsoThoseOfAnEarlierServer) {
  Open(1'000);
  for (const char* text : {"first", "second", "third"}) Keep(text + std::string(300, '.'));
  ASSERT_THAT(Files(), SizeIs(2));
  EXPECT_THAT(Read(Files()[0]), HasSubstr("second"));
  Open(1'000);
  recorder_->Keep("everything.so", {{"offer", "test.echo"}, {"config", {{"a", "fourth"}}}}, {},
                  *ParseTime("2026-03-02T00:00:00Z"));
  EXPECT_THAT(Read(Files().back()), HasSubstr("fourth"));
  Keep(std::string(2'000, '.'));
  Keep(std::string(2'000, '.'));
  EXPECT_THAT(complaints_, SizeIs(1)) << "larger than all that may be kept, said once";
}

}  // namespace
}  // namespace gatewright::check
