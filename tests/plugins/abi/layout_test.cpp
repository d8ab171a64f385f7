// The ABI is frozen: what gatewright/plugin.h lays out is what tests/plugins/abi/1.0.txt recorded.
// Members may be added behind the last one, with a new minor and a file of its own; nothing moves.
#include "tests/plugins/abi/layout.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

extern "C" void gw_layout_in_c(char* text, size_t size);

namespace {

constexpr std::size_t kRoom = 64 * 1024;

std::string ReadText(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

std::string InThisLanguage() {
  std::string text(kRoom, '\0');
  DescribeLayout(text.data(), text.size());
  return text.substr(0, text.find('\0'));
}

// "gw_context.run_id", "GW_ELIGIBLE" and so on: everything that the header declares, read from its
// text, so that nothing new is left out of the record.
std::set<std::string> DeclaredIn(const std::string& header) {
  std::set<std::string> names;
  std::string code;
  for (std::size_t at = 0; at < header.size();) {
    const auto comment = header.find("/*", at);
    code += header.substr(at, comment - at);
    if (comment == std::string::npos) break;
    at = header.find("*/", comment) + 2;
  }
  std::istringstream lines(code);
  std::string owner;
  bool is_enum = false;
  for (std::string line; std::getline(lines, line);) {
    const auto words_end = line.find_last_not_of(" \t");
    line = words_end == std::string::npos ? "" : line.substr(0, words_end + 1);
    const auto start = line.find("struct gw_");
    if (start != std::string::npos && line.ends_with("{")) {
      owner = line.substr(start + 7, line.find(' ', start + 7) - start - 7);
      names.insert(owner);
    } else if (line.starts_with("enum {")) {
      is_enum = true;
    } else if (line.starts_with("}")) {
      owner.clear();
      is_enum = false;
    }
    if (!owner.empty() && line.ends_with(";")) {
      const auto pointer = line.find("(*");
      // The rest of a function's arguments.
      if (pointer == std::string::npos && line.find(')') != std::string::npos) continue;
      const auto begin = pointer != std::string::npos ? pointer + 2 : line.find_last_of(" *") + 1;
      const auto end = line.find_first_of(pointer != std::string::npos ? ")" : ";", begin);
      names.insert(owner + "." + line.substr(begin, end - begin));
    }
    if (is_enum || line.starts_with("enum {")) {
      for (auto at = line.find("GW_"); at != std::string::npos; at = line.find("GW_", at + 1)) {
        const auto end = line.find(' ', at);
        if (end != std::string::npos && line.substr(end, 2) == " =") {
          names.insert(line.substr(at, end - at));
        }
      }
      if (line.find('}') != std::string::npos) is_enum = false;
    }
  }
  return names;
}

TEST(Abi, IsLaidOutAsItWasRecorded) {
  const std::string now = InThisLanguage();
  const std::string recorded = ReadText(SOURCE_ROOT "/tests/plugins/abi/1.0.txt");
  if (now == recorded) return;
  const std::filesystem::path made = std::filesystem::temp_directory_path() / "abi.txt";
  std::ofstream(made) << now;
  FAIL() << "plugins that are built already rely on tests/plugins/abi/1.0.txt; what it would be "
            "now is in "
         << made << ", so that the two can be compared. See docs/plugin-abi.md";
}

TEST(Abi, IsTheSameInC) {
  std::string text(kRoom, '\0');
  gw_layout_in_c(text.data(), text.size());
  EXPECT_EQ(text.substr(0, text.find('\0')), InThisLanguage());
}

TEST(Abi, IsRecordedWhole) {
  const std::string recorded = InThisLanguage();
  const auto declared = DeclaredIn(ReadText(SOURCE_ROOT "/plugins/sdk/gatewright/plugin.h"));
  EXPECT_GE(declared.size(), 100u);
  for (const std::string& name : declared) {
    EXPECT_TRUE(recorded.find(name + ": ") != std::string::npos ||
                recorded.find(name + " = ") != std::string::npos)
        << name << " is missing in tests/plugins/abi/layout.inc";
  }
}

TEST(Abi, EveryStructOfACallBeginsWithItsSize) {
  const std::string recorded = InThisLanguage();
  for (const char* const type :
       {"gw_principal", "gw_context", "gw_eligibility", "gw_verdict", "gw_report", "gw_delivery",
        "gw_call", "gw_question", "gw_approver", "gw_policy", "gw_attempt", "gw_executor",
        "gw_event", "gw_notifier", "gw_offer", "gw_plugin"}) {
    EXPECT_NE(recorded.find(std::string(type) + ".struct_size: at 0, 4 bytes"), std::string::npos)
        << type;
  }
}

}  // namespace
