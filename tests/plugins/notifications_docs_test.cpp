// docs/notifications.md names every event, quotes examples/workflows/who-is-told.yaml and scripts
// that are run; and our notifiers, the real ones, can be made with what stands there.
#include <gmock/gmock.h>

#include <fstream>
#include <set>
#include <sstream>

#include "engine/codec/events.h"
#include "engine/definition/lint.h"
#include "engine/definition/workflow_loader.h"
#include "tests/plugins/plugin_folder.h"

namespace gatewright::host {
namespace {

using ::testing::HasSubstr;

constexpr char kExample[] = SOURCE_ROOT "/examples/workflows/who-is-told.yaml";

std::string ReadAll(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

class NotificationsPage : public ::testing::Test {
 protected:
  // What is fenced as `kind` stands in this file, letter by letter.
  void ExpectQuotes(const std::string& kind, const std::string& path, std::size_t count) const {
    const std::string whole = ReadAll(path);
    const std::string fence = "```" + kind + "\n";
    std::size_t found = 0;
    for (auto at = page_.find(fence); at != page_.npos; at = page_.find(fence, at + 1)) {
      const auto start = at + fence.size();
      EXPECT_THAT(whole, HasSubstr(page_.substr(start, page_.find("```", start) - start))) << path;
      ++found;
    }
    EXPECT_EQ(found, count);
  }

  const std::string page_ = ReadAll(SOURCE_ROOT "/docs/notifications.md");
};

TEST_F(NotificationsPage, NamesEveryEvent) {
  for (const std::string_view topic : codec::EventTopics()) {
    EXPECT_THAT(page_, HasSubstr("`" + std::string(topic) + "`"));
  }
}

TEST_F(NotificationsPage, QuotesWhatIsChecked) {
  ExpectQuotes("yaml", kExample, 4);
  ExpectQuotes("js", SOURCE_ROOT "/tests/plugins/second-opinion/verify.mjs", 1);
  ExpectQuotes("python", SOURCE_ROOT "/tests/plugins/second-opinion/verify.py", 1);
}

TEST_F(NotificationsPage, ItsNotifiersCanBeMade) {
  const auto host = LoadOurs();
  const auto loaded = definition::LoadFile(kExample, *host);
  ASSERT_TRUE(loaded.ok()) << definition::FormatLint(loaded, definition::LintFormat::kText);
  std::set<std::string> seen;
  for (const core::NotifyRule& rule : loaded.workflows.at(0).workflow.notify) {
    const auto made = host->MakeNotifier(rule.use.plugin, rule.use.with_json);
    EXPECT_TRUE(made) << made.error().message;
    seen.insert(rule.use.plugin);
  }
  const auto names = host->Names(ports::PluginKind::kNotifier);
  EXPECT_EQ(seen, std::set<std::string>(names.begin(), names.end()));
}

}  // namespace
}  // namespace gatewright::host
