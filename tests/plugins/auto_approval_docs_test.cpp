// docs/auto-approval.md quotes examples/workflows/every-policy.yaml, and our policies, the real
// ones, can be made with what stands there. So can `expr` with the policies of docs/expressions.md.
#include <gtest/gtest.h>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fstream>
#include <set>
#include <sstream>

#include "engine/definition/lint.h"
#include "engine/definition/workflow_loader.h"
#include "tests/plugins/plugin_folder.h"

namespace gatewright::host {
namespace {

constexpr char kExample[] = SOURCE_ROOT "/examples/workflows/every-policy.yaml";

std::string ReadAll(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

// What stands in blocks fenced as `kind`.
std::vector<std::string> Blocks(const std::string& page, const std::string& kind) {
  std::vector<std::string> blocks;
  const std::string fence = "```" + kind + "\n";
  for (auto at = page.find(fence); at != page.npos; at = page.find(fence, at + 1)) {
    const auto start = at + fence.size();
    blocks.push_back(page.substr(start, page.find("```", start) - start));
  }
  return blocks;
}

TEST(AutoApprovalPage, QuotesTheExample) {
  const std::string example = ReadAll(kExample);
  const auto blocks = Blocks(ReadAll(SOURCE_ROOT "/docs/auto-approval.md"), "yaml");
  EXPECT_GE(blocks.size(), 6u);
  for (const std::string& block : blocks) {
    // Whole files are loaded and played by tests/system/docs_test.py.
    if (block.starts_with("apiVersion:") || block.starts_with("workflow:")) continue;
    EXPECT_NE(example.find(block), example.npos) << "expected in " << kExample << ":\n" << block;
  }
}

TEST(AutoApprovalPage, ItsPoliciesCanBeMade) {
  const auto host = LoadOurs();
  const auto loaded = definition::LoadFile(kExample, *host);
  ASSERT_TRUE(loaded.ok()) << definition::FormatLint(loaded, definition::LintFormat::kText);
  const core::Workflow& workflow = loaded.workflows.at(0).workflow;
  std::set<std::string> seen;
  for (const core::AutoVoter& voter : workflow.stages.at(0).gate->auto_voters) {
    const auto made = host->MakePolicy(voter.use.plugin, voter.use.with_json);
    EXPECT_TRUE(made) << voter.id << ": " << made.error().message;
    seen.insert(voter.use.plugin);
  }
  const auto names = host->Names(ports::PluginKind::kPolicy);
  EXPECT_EQ(seen, std::set<std::string>(names.begin(), names.end()));
}

TEST(ExpressionsPage, ItsPoliciesCanBeMade) {
  const auto host = LoadOurs();
  const auto blocks = Blocks(ReadAll(SOURCE_ROOT "/docs/expressions.md"), "cel-policy");
  EXPECT_GE(blocks.size(), 1u);
  for (const std::string& block : blocks) {
    const boost::json::object config = {{"expression", block}};
    const auto made = host->MakePolicy("expr", boost::json::serialize(config));
    EXPECT_TRUE(made) << made.error().message;
  }
}

}  // namespace
}  // namespace gatewright::host
