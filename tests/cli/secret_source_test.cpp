#include "server/cli/secret_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

namespace gatewright::cli {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class SecretSource : public testing::Test {
 protected:
  SecretSource() {
    std::string name = fs::temp_directory_path() / "gatewright-secrets-XXXXXX";
    root_ = mkdtemp(name.data());
    fs::create_directory(root_ / "secrets");
  }
  ~SecretSource() override { fs::remove_all(root_); }

  fs::path Write(const std::string& name, std::string_view text) {
    std::ofstream(root_ / name) << text;
    return root_ / name;
  }
  Result<std::string> File(const fs::path& file) {
    return SecretsFrom(root_ / "secrets")({"", file.string()});
  }
  Result<std::string> Variable(const std::string& name) {
    return SecretsFrom(root_ / "secrets")({name, ""});
  }

  fs::path root_;
};

TEST_F(SecretSource, AFileLosesTheLineFeedAtItsEndAndNothingElse) {
  const auto text = File(Write("secrets/a", " two\nlines \n"));
  ASSERT_TRUE(text) << text.error().message;
  EXPECT_EQ(*text, " two\nlines ");
}

TEST_F(SecretSource, AFileElsewhereIsRefusedHoweverItIsNamed) {
  const fs::path outside = Write("outside", "text");
  fs::create_symlink(outside, root_ / "secrets/link");
  for (const fs::path& file :
       {outside, root_ / "secrets/../outside", root_ / "secrets/link", root_ / "secrets"}) {
    const auto text = File(file);
    ASSERT_FALSE(text) << file;
    EXPECT_THAT(text.error().message, HasSubstr("expected a file below")) << file;
  }
}

TEST_F(SecretSource, WhatIsMissingOrEmptyIsSaidWithoutAnyContent) {
  EXPECT_THAT(File(root_ / "secrets/none").error().message, HasSubstr("expected to read"));
  EXPECT_THAT(File(Write("secrets/empty", "\n")).error().message, HasSubstr("expected text"));
  EXPECT_THAT(Variable("GATEWRIGHT_TEST_NONE").error().message, HasSubstr("found none"));
}

TEST_F(SecretSource, AVariableOfTheServersOwnIsRefused) {
  setenv("APPROVAL_JWT_SECRET", "0123456789", 1);
  const auto text = Variable("APPROVAL_JWT_SECRET");
  unsetenv("APPROVAL_JWT_SECRET");
  ASSERT_FALSE(text);
  EXPECT_THAT(text.error().message, testing::Not(HasSubstr("0123456789")));
}

}  // namespace
}  // namespace gatewright::cli
