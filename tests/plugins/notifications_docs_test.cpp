// docs/notifications.md names every event, quotes examples/workflows/who-is-told.yaml and scripts
// that are run; and our notifiers, the real ones, can be made with what stands there.
#include <gmock/gmock.h>

#include <fstream>
#include <set>
#include <sstream>

#include "engine/codec/events.h"
#include "engine/codec/secrets.h"
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

// What an operator would have there.
Result<std::string> Secret(const codec::SecretReference& reference) {
  if (reference.env == "PORTAL_WEBHOOK_SECRET") {
    return std::string("whsec_YW4gZXhhbXBsZSBpcyBub3QgYSBzZWNyZXQ6IDIwMjY=");
  }
  if (reference.env == "SLACK_WEBHOOK_URL")
    return std::string("https://hooks.slack.com/services/T0/B0/x");
  return std::string("a password");
}

class NotificationsPage : public ::testing::Test {
 protected:
  // What is fenced as `kind` stands in one of these files, letter by letter.
  void ExpectQuotes(const std::string& kind, const std::vector<std::string>& paths,
                    std::size_t count) const {
    std::string whole;
    for (const std::string& path : paths) whole += ReadAll(path) + "\n=== another file\n";
    const std::string fence = "```" + kind + "\n";
    std::size_t found = 0;
    for (auto at = page_.find(fence); at != page_.npos; at = page_.find(fence, at + 1)) {
      const auto start = at + fence.size();
      EXPECT_THAT(whole, HasSubstr(page_.substr(start, page_.find("```", start) - start)));
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
  ExpectQuotes("yaml", {kExample, SOURCE_ROOT "/examples/directory.yaml"}, 6);
  ExpectQuotes("js", {SOURCE_ROOT "/tests/plugins/second-opinion/verify.mjs"}, 1);
  ExpectQuotes("python", {SOURCE_ROOT "/tests/plugins/second-opinion/verify.py"}, 1);
}

TEST_F(NotificationsPage, ItsNotifiersCanBeMade) {
  const auto host = LoadOurs();
  const auto loaded = definition::LoadFile(kExample, *host);
  ASSERT_TRUE(loaded.ok()) << definition::FormatLint(loaded, definition::LintFormat::kText);
  std::set<std::string> seen;
  for (const core::NotifyRule& rule : loaded.workflows.at(0).workflow.notify) {
    std::string with = rule.use.with_json;
    constexpr std::string_view kMail = "${recipient.email}";
    if (const auto at = with.find(kMail); at != with.npos) {
      with.replace(at, kMail.size(), "alice@example.com");
    }
    const auto settings = codec::FillSecrets(with, Secret);
    ASSERT_TRUE(settings) << settings.error().message;
    const auto made = host->MakeNotifier(rule.use.plugin, *settings);
    EXPECT_TRUE(made) << made.error().message;
    seen.insert(rule.use.plugin);
  }
  const auto names = host->Names(ports::PluginKind::kNotifier);
  EXPECT_EQ(seen, std::set<std::string>(names.begin(), names.end()));
}

}  // namespace
}  // namespace gatewright::host
