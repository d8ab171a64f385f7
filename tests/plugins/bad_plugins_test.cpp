// One wrong plugin after the other: the host says what is wrong and goes on.
#include <gmock/gmock.h>

#include "plugins/host/text.h"
#include "tests/plugins/plugin_folder.h"

namespace gatewright::host {
namespace {

using ports::PluginKind;
using testing::HasSubstr;
using testing::IsEmpty;

struct Case {
  const char* file;
  const char* problem;
};

std::string NameOf(const testing::TestParamInfo<Case>& info) { return info.param.file; }

// ---- Plugins that cannot be used at all ----

class BrokenPlugin : public testing::TestWithParam<Case> {};

TEST_P(BrokenPlugin, IsListedWithASentenceAndCostsNobodyElseAnything) {
  PluginFolder folder;
  const auto bad = folder.Add(std::string(TEST_PLUGINS "/bad/") + GetParam().file + ".so");
  folder.Add(OUR_PLUGINS "/role.so");
  const auto host = MustLoad({.folder = folder.path()});

  ASSERT_EQ(host->List().size(), 2u);
  const auto list = host->List();
  const auto& broken = list[0].path == bad ? list[0] : list[1];
  EXPECT_EQ(broken.health, ports::PluginHealth::kBroken);
  EXPECT_THAT(broken.problem, HasSubstr(GetParam().problem));
  EXPECT_THAT(broken.problem, HasSubstr(bad.string()));
  EXPECT_THAT(broken.offers, IsEmpty());
  EXPECT_EQ(broken.sha256.size(), 64u);
  EXPECT_NE(host->Find(PluginKind::kApprover, "role"), nullptr);
}

INSTANTIATE_TEST_SUITE_P(
    Bad, BrokenPlugin,
    testing::Values(
        Case{"no_entry", "expected the exported function gw_plugin_entry()"},
        Case{"null_entry", "expected gw_plugin_entry() to return a table, found a null pointer"},
        Case{"throwing_entry", "expected gw_plugin_entry() to return, but it threw"},
        Case{"wrong_major", "expected ABI 1.x, found 2.0"},
        Case{"newer_minor", "expected ABI 1.0 or older, found 1.1"},
        Case{"short_plugin", "gw_plugin: expected struct_size to be at least 40, found 16"},
        Case{"short_offer", "offer 0: gw_offer: expected struct_size to be at least 64, found 8"},
        Case{"null_offer", "offer 0: expected gw_offer, found a null pointer"},
        Case{"no_offers", "expected 1 to 256 offers, found 0"},
        Case{"bad_name", "characters of a-z 0-9 . _ -, found 'On Call\\n'"},
        Case{"duplicate_name",
             "offer 1: expected every name once, found approver 'bad.duplicate-name' twice"},
        Case{"unknown_kind", "expected a kind out of gw.approver/1, gw.policy/1"},
        Case{"missing_slot", "'bad.missing-slot': expected the function check"},
        Case{"missing_destroy", "'bad.missing-destroy': expected the function destroy"},
        Case{"bad_schema", "config_schema: expected a JSON Schema"}),
    NameOf);

// ---- Plugins that load, and then answer wrongly ----

class WrongAnswer : public testing::TestWithParam<Case> {};

TEST_P(WrongAnswer, IsAnErrorAndNeverEligible) {
  PluginFolder folder;
  folder.Add(std::string(TEST_PLUGINS "/bad/") + GetParam().file + ".so");
  const auto host = MustLoad({.folder = folder.path()});
  const auto names = host->Names(PluginKind::kApprover);
  ASSERT_EQ(names.size(), 1u) << host->List().front().problem;

  const auto approver = host->MakeApprover(names.front(), "{}");
  ASSERT_TRUE(approver) << approver.error().message;
  const auto answer = (*approver)->Check(SomeContext(), {}, kLimit);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::kInternal);
  EXPECT_EQ(answer.error().message, "approver '" + names.front() + "' " + GetParam().problem);
}

INSTANTIATE_TEST_SUITE_P(
    Bad, WrongAnswer,
    testing::Values(
        Case{"answers_nothing", "broke its contract: expected one answer, found 0"},
        Case{"answers_twice", "broke its contract: expected one answer, found 2"},
        Case{"unknown_value",
             "broke its contract: expected eligible (1) or not eligible (2), found 0"},
        Case{"short_answer",
             "broke its contract: expected eligible (1) or not eligible (2), found 0"},
        Case{"null_answer",
             "broke its contract: expected eligible (1) or not eligible (2), found 0"},
        Case{"wrong_answer_kind", "broke its contract: it answered with another kind's function"},
        Case{"unknown_status", "returned a status that is none (77)"},
        Case{"throws_in_check", "broke its contract: an exception crossed the C boundary"}),
    NameOf);

TEST(BadPlugin, ThatFailsAfterItsAnswerHasFailed) {
  PluginFolder folder;
  folder.Add(TEST_PLUGINS "/bad/fails_after_answer.so");
  const auto host = MustLoad({.folder = folder.path()});
  const auto approver = host->MakeApprover("bad.fails-after-answer", "{}");
  const auto answer = (*approver)->Check(SomeContext(), {}, kLimit);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(answer.error().message, HasSubstr("failed: the directory is down"));
}

TEST(BadPlugin, ThatThrowsInCreateMakesNoInstance) {
  PluginFolder folder;
  folder.Add(TEST_PLUGINS "/bad/throws_in_create.so");
  const auto host = MustLoad({.folder = folder.path()});
  const auto approver = host->MakeApprover("bad.throws-in-create", "{}");
  ASSERT_FALSE(approver);
  EXPECT_EQ(approver.error().code, ErrorCode::kInternal);
  EXPECT_THAT(approver.error().message, HasSubstr("exception crossed the C boundary of create()"));
}

TEST(BadPlugin, ReasonIsCutAndRepaired) {
  PluginFolder folder;
  folder.Add(TEST_PLUGINS "/bad/endless_reason.so");
  const auto host = MustLoad({.folder = folder.path()});
  const auto approver = host->MakeApprover("bad.endless-reason", "{}");
  const auto answer = (*approver)->Check(SomeContext(), {}, kLimit);
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_FALSE(answer->is_eligible);
  EXPECT_LE(answer->reason.size(), kMaxText);
  EXPECT_THAT(answer->reason, testing::StartsWith("ä\uFFFD\uFFFD"));
}

}  // namespace
}  // namespace gatewright::host
