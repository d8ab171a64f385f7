// Every case of the specification's conformance files gives the value, or the error, it says;
// except those in the table below, which need what expressions here do not have.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "engine/cel/cel.h"
#include "tests/cel/proto_value.h"

namespace gatewright::cel {
namespace {

namespace fs = std::filesystem;
using testing::Message;

constexpr char kFolder[] = "tests/cel/conformance";
constexpr std::size_t kCases = 971;
constexpr std::size_t kExcluded = 98;

// file/section/name, or file/section/* for all of a section. The reason of all of them: the case
// is about protocol buffer messages.
const std::set<std::string> kNeedsMessages = {
    "comparisons/eq_literal/eq_dyn_json_null",
    "comparisons/eq_literal/not_eq_dyn_proto2_msg_null",
    "comparisons/eq_literal/not_eq_dyn_proto3_msg_null",
    "comparisons/eq_wrapper/*",
    "comparisons/ne_literal/ne_proto2",
    "comparisons/ne_literal/ne_proto2_any_unpack",
    "comparisons/ne_literal/ne_proto2_any_unpack_bytewise_fallback",
    "comparisons/ne_literal/ne_proto2_missing_fields_neq",
    "comparisons/ne_literal/ne_proto3",
    "comparisons/ne_literal/ne_proto3_any_unpack",
    "comparisons/ne_literal/ne_proto3_any_unpack_bytewise_fallback",
    "comparisons/ne_literal/ne_proto3_missing_fields_neq",
    "comparisons/ne_literal/ne_proto_different_types",
    "comparisons/ne_literal/ne_proto_nan_not_equal",
    "parse/comments/*",
    "parse/nest/message_literal",
    "parse/repeat/message_literal",
    "parse/repeat/select",
    "parse/struct_field_names/*",
    "parse/whitespace/*",
};

struct Case {
  std::string path;
  Message message;
};

std::vector<Case> ReadCases() {
  std::vector<Case> cases;
  for (const auto& entry : fs::directory_iterator(kFolder)) {
    if (entry.path().extension() != ".textproto") continue;
    std::stringstream text;
    text << std::ifstream(entry.path()).rdbuf();
    const Message file = testing::ParseTextproto(text.str());
    for (const Message* section : file.All("section")) {
      for (const Message* test : section->All("test")) {
        cases.push_back(
            {fmt::format("{}/{}/{}", file.Text("name"), section->Text("name"), test->Text("name")),
             *test});
      }
    }
  }
  return cases;
}

Declarations ToDeclarations(const Message& test) {
  Declarations declarations;
  for (const Message* variable : test.All("type_env")) {
    declarations.Add(variable->Text("name"),
                     testing::ToType(*variable->Find("ident")->Find("type")));
  }
  return declarations;
}

Bindings ToBindings(const Message& test) {
  Bindings bindings;
  for (const Message* binding : test.All("bindings")) {
    bindings.Set(binding->Text("key"), testing::ToValue(*binding->Find("value")->Find("value")));
  }
  return bindings;
}

// Empty when the case came out as it should.
std::string Check(const Message& test) {
  const bool is_error = test.Find("eval_error") != nullptr;
  const auto program = Compile(test.Text("expr"), ToDeclarations(test),
                               {.checks_types = test.Text("disable_check") != "true"});
  if (!program) return "did not compile: " + program.error().message;
  const auto value = program->Evaluate(ToBindings(test));
  if (is_error) return value ? "expected an error, found " + ToText(*value) : "";
  const Message* const wanted = test.Find("value");
  const Value expected = wanted ? testing::ToValue(*wanted) : Value::Bool(true);
  if (!value) return fmt::format("expected {}, found {}", ToText(expected), value.error().message);
  if (testing::AreSame(*value, expected)) return "";
  return fmt::format("expected {}, found {}", ToText(expected), ToText(*value));
}

bool IsExcluded(const std::string& path) {
  return kNeedsMessages.contains(path) ||
         kNeedsMessages.contains(path.substr(0, path.rfind('/')) + "/*");
}

TEST(Conformance, EveryCaseOutsideProtocolBuffersGivesItsValueOrError) {
  std::map<std::string, std::size_t> run_by_file;
  std::size_t run = 0, excluded = 0;
  for (const auto& [path, message] : ReadCases()) {
    if (IsExcluded(path)) {
      ++excluded;
      continue;
    }
    ++run;
    ++run_by_file[path.substr(0, path.find('/'))];
    std::string problem;
    try {
      problem = Check(message);
    } catch (const std::exception& error) {
      problem = error.what();
    }
    EXPECT_EQ(problem, "") << path << "\n  " << message.Text("expr");
  }
  for (const auto& [file, count] : run_by_file) fmt::print("{}: {} cases\n", file, count);
  fmt::print("{} cases run, {} excluded\n", run, excluded);
  EXPECT_EQ(run + excluded, kCases);
  EXPECT_EQ(excluded, kExcluded);
  EXPECT_EQ(run_by_file.size(), 9u);
}

}  // namespace
}  // namespace gatewright::cel
