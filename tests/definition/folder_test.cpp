// Folders of definition files, as people and Kubernetes fill them; and what lint says about them.
#include <gtest/gtest.h>
#include <unistd.h>

#include <fmt/format.h>

#include <filesystem>
#include <fstream>

#include "engine/definition/lint.h"
#include "tests/support/fake_plugins.h"

namespace gatewright::definition {
namespace {

namespace fs = std::filesystem;

std::string Workflow(std::string_view name) {
  return fmt::format(R"(apiVersion: gatewright/v1
kind: Workflow
metadata: {{name: {}}}
spec:
  stages: [{{name: S, doneState: s, gate: {{rules: [{{id: r, from: {{role: r}}}}]}}}}]
)",
                     name);
}

class FolderTest : public ::testing::Test {
 protected:
  FolderTest() {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::temp_directory_path() / fmt::format("gatewright-{}-{}", test->name(), getpid());
    fs::create_directories(folder_);
  }
  ~FolderTest() override { fs::remove_all(folder_); }

  void Write(const std::string& name, const std::string& text) {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name) << text;
  }
  std::string Names() {
    std::string names;
    for (const auto& loaded : LoadFolder(folder_, plugins_).workflows) {
      names += loaded.workflow.name.value + " ";
    }
    return names;
  }
  // Without the folder's own path.
  std::string Diagnostics() {
    std::string all;
    for (const auto& diagnostic : LoadFolder(folder_, plugins_).diagnostics) {
      all += Format(diagnostic) + "\n";
    }
    for (auto at = all.find(folder_.string()); at != all.npos; at = all.find(folder_.string())) {
      all.erase(at, folder_.string().size());
    }
    return all;
  }

  testing::FakePlugins plugins_;
  fs::path folder_;
};

TEST_F(FolderTest, ReadsYamlFilesInTheOrderOfTheirNames) {
  Write("b.yaml", Workflow("second"));
  Write("a.yml", Workflow("first"));
  Write("README.md", "not a workflow");
  Write(".hidden.yaml", "not: read");
  Write("sub/c.yaml", "not: read");
  EXPECT_EQ(Names(), "first second ");
  EXPECT_EQ(Diagnostics(), "");
}

TEST_F(FolderTest, AMountedConfigMapIsReadOnce) {
  Write("..2026_03_01/deployment.yaml", Workflow("deployment"));
  fs::create_directory_symlink("..2026_03_01", folder_ / "..data");
  fs::create_symlink("..data/deployment.yaml", folder_ / "deployment.yaml");
  EXPECT_EQ(Names(), "deployment ");
  EXPECT_EQ(Diagnostics(), "");
}

TEST_F(FolderTest, ABrokenFileDoesNotTakeTheOthersDown) {
  Write("bad.yaml", "kind: Calendar\n");
  Write("good.yaml", Workflow("good"));
  EXPECT_EQ(Names(), "good ");
  EXPECT_EQ(Diagnostics(),
            "/bad.yaml:1:7: 'kind: Calendar' belongs into the folder of calendars, not among the "
            "workflows\n");
}

TEST_F(FolderTest, OneNameInTwoFilesIsAContradiction) {
  Write("a.yaml", Workflow("same"));
  Write("b.yaml", Workflow("same"));
  Write("c.yaml", Workflow("other"));
  EXPECT_EQ(Names(), "other ");
  EXPECT_EQ(Diagnostics(),
            "/b.yaml:3:18: metadata: the workflow 'same' is defined twice (first in /a.yaml:3)\n");
}

constexpr char kUsesPolicy[] = R"(apiVersion: gatewright/v1
kind: Workflow
metadata: {name: uses}
spec:
  stages:
    - name: S
      doneState: s
      gate: {rules: [{id: r, from: {role: r}}], auto: [{policy: small, fills: [r]}]}
)";
constexpr char kPolicy[] = R"(# Shared.
apiVersion: gatewright/v1
kind: Policy
metadata: {name: small}
spec: {plugin: match, with: {schema: {required: [version]}}}
)";

TEST_F(FolderTest, APolicyOfOneFileServesTheWorkflowsOfAnother) {
  Write("z-policies.yaml", kPolicy);
  Write("a.yaml", kUsesPolicy);
  EXPECT_EQ(Diagnostics(), "");
  const LoadResult folder = LoadFolder(folder_, plugins_);
  ASSERT_EQ(folder.workflows.size(), 1u);
  const core::Workflow& workflow = folder.workflows[0].workflow;
  const core::AutoVoter& voter = workflow.stages.at(0).gate->auto_voters.at(0);
  EXPECT_EQ(voter.id, "small");
  EXPECT_EQ(voter.use, (core::PluginUse{"match", R"({"schema":{"required":["version"]}})"}));

  const LoadResult alone = LoadFile(folder_ / "a.yaml", plugins_);
  ASSERT_EQ(alone.workflows.size(), 1u) << "its neighbours are looked at, too";
  EXPECT_EQ(alone.workflows[0].workflow, workflow);

  const LoadResult stored = LoadStored(folder.workflows[0].source, "(stored)", plugins_);
  ASSERT_EQ(stored.workflows.size(), 1u) << "what is stored is complete in itself";
  EXPECT_EQ(stored.workflows[0].workflow, workflow);
}

TEST_F(FolderTest, AChangedPolicyIsANewVersionOfWhatUsesIt) {
  Write("policies.yaml", kPolicy);
  Write("a.yaml", kUsesPolicy);
  Write("b.yaml", Workflow("other"));
  const LoadResult before = LoadFolder(folder_, plugins_);
  std::string changed = kPolicy;
  changed.replace(changed.find("[version]"), 9, "[image]");
  Write("policies.yaml", changed);
  const LoadResult after = LoadFolder(folder_, plugins_);
  ASSERT_EQ(before.workflows.size(), 2u);
  ASSERT_EQ(after.workflows.size(), 2u);
  EXPECT_NE(before.workflows[0].workflow.version, after.workflows[0].workflow.version);
  EXPECT_EQ(before.workflows[1].workflow.version, after.workflows[1].workflow.version);
}

TEST_F(FolderTest, APolicyWithMistakesIsNotUsed) {
  Write("policies.yaml",
        "apiVersion: gatewright/v1\nkind: Policy\nmetadata: {name: small}\n"
        "spec: {plugin: mach}\n");
  Write("a.yaml", kUsesPolicy);
  EXPECT_EQ(Names(), "");
  EXPECT_EQ(Diagnostics(),
            "/a.yaml:8:65: stage 'S', gate, auto 'small': 'policy': 'small' has mistakes or is "
            "defined twice (/policies.yaml:3)\n"
            "/policies.yaml:4:16: policy 'small': no plugin offers a policy 'mach' (installed: "
            "expr, http, match, quiet-history, scripted, window). Did you mean 'match'?\n");
}

TEST_F(FolderTest, APolicyDefinedTwiceIsAContradiction) {
  Write("a.yaml", kPolicy);
  Write("b.yaml", kPolicy);
  EXPECT_EQ(Diagnostics(),
            "/b.yaml:4:18: metadata: the policy 'small' is defined twice (first in /a.yaml:4)\n");
}

TEST_F(FolderTest, WhatIsNoFileIsTold) {
  fs::create_symlink("nowhere", folder_ / "a.yaml");
  EXPECT_EQ(Diagnostics(),
            "/a.yaml:1:1: expected a file, found a link to nothing, a socket or a pipe\n");
  folder_ /= "missing";
  EXPECT_EQ(Diagnostics(), ":1:1: the folder cannot be read: No such file or directory\n");
}

TEST_F(FolderTest, AnEmptyFolderIsNoMistake) {
  EXPECT_EQ(Names(), "");
  EXPECT_EQ(Diagnostics(), "");
}

TEST_F(FolderTest, AHugeFileIsRefusedBySize) {
  Write("huge.yaml", std::string(5 << 20, '#'));
  EXPECT_EQ(Diagnostics(), "/huge.yaml:1:1: the file has more than the allowed 1048576 bytes\n");
}

TEST_F(FolderTest, LintSaysGoodAndEndsWith0) {
  Write("a.yaml", Workflow("fine"));
  const std::vector<std::string> paths = {folder_ / "a.yaml"};
  const LintReport report = Lint(paths, plugins_, LintFormat::kText);
  EXPECT_EQ(report.exit_code, kLintGood);
  EXPECT_TRUE(report.output.starts_with(paths[0] + ": workflow 'fine' is good (1 stage, version "))
      << report.output;
}

TEST_F(FolderTest, LintCountsMistakesAndEndsWith1) {
  Write("a.yaml", "{}");
  const std::vector<std::string> paths = {folder_};
  const LintReport text = Lint(paths, plugins_, LintFormat::kText);
  EXPECT_EQ(text.exit_code, kLintMistakes);
  EXPECT_TRUE(text.output.ends_with("4 mistakes in 1 file\n")) << text.output;
  const LintReport json = Lint(paths, plugins_, LintFormat::kJson);
  EXPECT_EQ(json.exit_code, kLintMistakes);
  EXPECT_TRUE(json.output.starts_with(fmt::format(
      R"({{"ok":false,"workflows":[],"diagnostics":[{{"file":"{}/a.yaml","line":1,"column":1,"where":"","message":"'apiVersion' is missing","code":"missing_key"}},)",
      folder_.string())))
      << json.output;
}

TEST_F(FolderTest, LintOfNothingIsAMistakeInTheCommandLine) {
  EXPECT_EQ(Lint({}, plugins_, LintFormat::kText).exit_code, kLintUsage);
  const std::vector<std::string> paths = {folder_ / "nowhere"};
  EXPECT_EQ(Lint(paths, plugins_, LintFormat::kText).exit_code, kLintUsage);
}

}  // namespace
}  // namespace gatewright::definition
