// Plugins that were built outside the tree by strangers/build.sh, loaded by the host: the example
// by every compiler there is, and one in plain C.
#include <gmock/gmock.h>

#include "tests/plugins/plugin_folder.h"

namespace gatewright::host {
namespace {

using testing::HasSubstr;

// Copied, because a build folder may be writable by others.
std::unique_ptr<PluginHost> LoadStranger(const std::filesystem::path& library) {
  PluginFolder folder;
  folder.Add(library);
  return MustLoad({.folder = folder.path()});
}

constexpr char kShifts[] = R"({"shifts": [{"user": "ann", "days": ["tue"], "from": 20, "until": 22},
                                          {"user": "bob", "days": ["tue", "wed"], "from": 21}]})";
constexpr auto kTuesday = std::chrono::sys_days{std::chrono::January / 6 / 2026};

std::string AskOnCall(ports::Approver& approver, const std::string& user, Time now) {
  ports::Context context = SomeContext();
  context.now = now;
  core::Principal principal;
  principal.id = PrincipalId(user);
  const auto answer = approver.Check(context, principal, kLimit);
  if (!answer) return answer.error().message;
  return (answer->is_eligible ? "yes: " : "no: ") + answer->reason;
}

TEST(Stranger, ExampleWorksWhicheverCompilerBuiltIt) {
  int seen = 0;
  for (const auto& entry : std::filesystem::directory_iterator(STRANGERS)) {
    const auto library = entry.path() / "on-call.so";
    if (!std::filesystem::exists(library)) continue;
    SCOPED_TRACE(library.string());
    ++seen;
    const auto host = LoadStranger(library);
    const auto approver = host->MakeApprover("com.example.on-call", kShifts);
    ASSERT_TRUE(approver) << approver.error().message << host->List().front().problem;
    using std::chrono::hours;
    EXPECT_EQ(AskOnCall(**approver, "ann", kTuesday + hours{20}), "yes: is on call");
    EXPECT_EQ(AskOnCall(**approver, "bob", kTuesday + hours{20}),
              "no: is not on call now; on call: ann");
    EXPECT_EQ(AskOnCall(**approver, "ann", kTuesday + hours{22}),
              "no: is not on call now; on call: bob");
    EXPECT_EQ(AskOnCall(**approver, "bob", kTuesday + hours{24 + 23}), "yes: is on call");
    EXPECT_EQ(AskOnCall(**approver, "bob", kTuesday + hours{12}), "no: nobody is on call now");
  }
  EXPECT_GE(seen, 2);  // as built, and stripped
}

TEST(Stranger, ExampleRefusesAWrongConfigWhereItIsWrong) {
  const auto host = LoadStranger(STRANGERS "/default/on-call.so");
  const auto problems = host->CheckConfig(ports::PluginKind::kApprover, "com.example.on-call",
                                          R"({"shifts": [{"user": "ann", "days": ["someday"]}]})");
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_EQ(problems.front().pointer, "/shifts/0/days/0");

  const auto made =
      host->MakeApprover("com.example.on-call",
                         R"({"shifts": [{"user": "a", "days": ["sun"], "from": 9, "until": 9}]})");
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ErrorCode::kInvalid);
  EXPECT_THAT(made.error().message, HasSubstr("shift of a: expected from before until"));
}

TEST(Stranger, PlainCWorks) {
  const auto host = LoadStranger(STRANGERS "/plain_c/never.so");
  const auto approver = host->MakeApprover("com.example.never", "{}");
  ASSERT_TRUE(approver) << approver.error().message << host->List().front().problem;
  EXPECT_EQ(AskOnCall(**approver, "ann", kTuesday), "no: nobody is ever eligible");
}

}  // namespace
}  // namespace gatewright::host
