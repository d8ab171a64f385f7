// The conformance kit finds in every wrong plugin what is wrong with it, and nothing in good ones.
#include <gmock/gmock.h>

#include <filesystem>
#include <string>

#include "plugins/check/conformance.h"
#include "plugins/check/table.h"
#include "tests/plugins/plugin_folder.h"

namespace gatewright::check {
namespace {

using testing::HasSubstr;

Conformance Examine(const std::filesystem::path& library, CheckOptions options = {}) {
  options.library = library;
  options.program = PLUGIN_HOST;
  return CheckPlugin(options);
}

std::string Describe(const CheckResult& result) {
  return std::string(result.check) + (result.offer ? " of " + result.offer->name : "") +
         ": expected " + result.finding.expected + ", found " + result.finding.found +
         result.finding.note;
}

// ---- Wrong plugins: each has one first failure ----

struct Wrong {
  const char* file;
  const char* check;
  const char* found;
};
std::string NameOfWrong(const testing::TestParamInfo<Wrong>& info) { return info.param.file; }

constexpr Wrong kWrong[] = {
    {"no_entry", "file", "expected the exported function gw_plugin_entry()"},
    {"shows_more", "one-export", "helper_of_somebody"},
    {"opens_when_loaded", "load", "open descriptors instead of"},
    {"handles_signals", "load", "a handler of SIGUSR1"},
    {"null_entry", "entry", "a null pointer"},
    {"throwing_entry", "entry", "an exception"},
    {"wrong_major", "abi", "2."},
    {"newer_minor", "abi", "1."},
    {"short_offer", "descriptor", "struct_size"},
    {"missing_slot", "descriptor", "expected the function check"},
    {"bad_schema", "schema", "'strng' is not a type"},
    {"lax_config", "strict-config", "one that takes the key"},
    {"throws_in_create", "no-exception", "create()"},
    {"throws_in_check", "no-exception", "check()"},
    {"refuses_example", "create", "no such team"},
    {"leaks_memory", "leaks", "bytes for each of 1000 instances"},
    {"leaks_descriptors", "leaks", "more after"},
    {"leaks_threads", "leaks", "more after"},
    {"answers_nothing", "one-answer", "0 from check()"},
    {"answers_twice", "one-answer", "2 from check()"},
    {"wrong_answer_kind", "one-answer", "another kind's"},
    {"unknown_value", "known-values", "found 0"},
    {"unknown_status", "known-values", "77 from check()"},
    {"refuses_redelivery", "redelivery", "delivered already"},
    {"is_not_pure", "redelivery", "not eligible"},
    {"deaf_action", "cancel", "after start() was cancelled"},
    {"late_answer", "deadline", "after the deadline of check()"},
    {"one_instance_only", "two-instances", "create() refused one of them"},
    {"not_concurrent", "concurrency", "4 calls were inside at once"},
    {"reads_too_far", "short-structs", "was killed by SIGSEGV"},
    {"counts_bytes", "long-structs", "INVALID_ARGUMENT"},
    {"believes_in_names", "strange-inputs", "was killed by SIG"},
};

class WrongPlugin : public testing::TestWithParam<Wrong> {};

TEST_P(WrongPlugin, FailsFirstWhereItIsWrong) {
  const auto found = Examine(std::string(TEST_PLUGINS "/bad/") + GetParam().file + ".so");
  const CheckResult* const failure = found.first_failure();
  ASSERT_NE(failure, nullptr) << found.problem;
  EXPECT_EQ(failure->check, GetParam().check) << Describe(*failure);
  EXPECT_THAT(failure->finding.found, HasSubstr(GetParam().found));
  // What comes after it would only be what follows from it.
  for (const CheckResult* later = failure + 1; later <= &found.results.back(); ++later) {
    EXPECT_EQ(later->finding.verdict, Verdict::kSkipped) << Describe(*later);
  }
}

INSTANTIATE_TEST_SUITE_P(Bad, WrongPlugin, testing::ValuesIn(kWrong), NameOfWrong);

TEST(Conformance, HasAWrongPluginForEveryCheck) {
  for (const Check& check : AllChecks()) {
    const auto is_it = [&](const Wrong& wrong) { return wrong.check == check.name; };
    EXPECT_TRUE(std::ranges::any_of(kWrong, is_it)) << check.name;
  }
}

TEST(Conformance, KillsWhatNeverEnds) {
  CheckOptions options;
  options.limit = std::chrono::seconds{3};
  const auto found = Examine(TEST_PLUGINS "/hostile/constructor_hangs.so", options);
  ASSERT_NE(found.first_failure(), nullptr);
  EXPECT_EQ(found.first_failure()->check, "load");
  EXPECT_THAT(found.first_failure()->finding.found, HasSubstr("its constructors were running"));
}

TEST(Conformance, SaysWhatIsMissingToGoOn) {
  CheckOptions options;
  options.configs = {R"({"choice": "fail"})"};
  options.only_offer = "test.vote";
  const auto found = Examine(TEST_PLUGINS "/good/everything.so", options);
  EXPECT_EQ(found.first_failure(), nullptr);
  EXPECT_TRUE(found.is_complete());

  options.configs = {R"({"choice": 7})"};
  const auto refused = Examine(TEST_PLUGINS "/good/everything.so", options);
  EXPECT_EQ(refused.first_failure(), nullptr);
  EXPECT_FALSE(refused.is_complete());

  options.only_offer = "test.none";
  EXPECT_THAT(Examine(TEST_PLUGINS "/good/everything.so", options).problem,
              HasSubstr("expected it to offer 'test.none', found test.echo"));
}

// ---- Good ones ----

class GoodPlugin : public testing::TestWithParam<std::filesystem::path> {};

std::vector<std::filesystem::path> Shipped() {
  std::vector<std::filesystem::path> all;
  for (const char* const name : {SHIPPED_PLUGINS}) {
    all.push_back(std::string(OUR_PLUGINS "/") + name);
  }
  return all;
}

std::string NameOfGood(const testing::TestParamInfo<std::filesystem::path>& info) {
  std::string name = info.param.stem();
  std::ranges::replace(name, '-', '_');
  return name;
}

TEST_P(GoodPlugin, HoldsToItsContract) {
  CheckOptions options;
  // This one starts programs, as it does in the server; the others must not reach the network.
  options.has_walls = GetParam().filename() != "command.so";
  const auto found = Examine(GetParam(), options);
  EXPECT_EQ(found.problem, "");
  const CheckResult* const failure = found.first_failure();
  EXPECT_EQ(failure, nullptr) << Describe(*failure);
  for (const CheckResult& result : found.results) {
    EXPECT_NE(result.finding.verdict, Verdict::kNotChecked) << Describe(result);
    // All that act have an example that lasts, but for those that only call others to act.
    const bool calls_others =
        result.offer && (result.offer->name == "http" || result.offer->name == "kubernetes" ||
                         result.offer->name == "assistants");
    if (result.check == "cancel" && !calls_others &&
        result.offer->kind == ports::PluginKind::kExecutor) {
      EXPECT_EQ(result.finding.verdict, Verdict::kOk) << Describe(result);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Ours, GoodPlugin, testing::ValuesIn(Shipped()), NameOfGood);

}  // namespace
}  // namespace gatewright::check
