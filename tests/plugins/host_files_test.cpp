// What the host finds in its folder, before any plugin gets to say something.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <fstream>
#include <sstream>

#include "plugins/host/elf.h"
#include "tests/plugins/plugin_folder.h"

namespace gatewright::host {
namespace {

using ports::PluginHealth;
using ports::PluginKind;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr char kRole[] = OUR_PLUGINS "/role.so";

std::string ReadFile(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

// The problem of the only plugin in the folder; empty when it is healthy.
std::string ProblemIn(const PluginFolder& folder, PluginHostOptions options = {}) {
  options.folder = folder.path();
  const auto host = MustLoad(std::move(options));
  if (host->List().size() != 1) return "not one plugin";
  return host->List().front().problem;
}

TEST(PluginFolderLoad, ListsWhatAGoodPluginOffers) {
  PluginFolder folder;
  const auto file = folder.Add(kRole);
  const auto host = MustLoad({.folder = folder.path()});

  ASSERT_EQ(host->List().size(), 1u);
  const ports::PluginInfo info = host->List().front();
  EXPECT_EQ(info.health, PluginHealth::kOk) << info.problem;
  EXPECT_EQ(info.name, "role");
  EXPECT_EQ(info.version, "1.0.0");
  EXPECT_EQ(info.abi, "1.0");
  EXPECT_EQ(info.path, file);
  ASSERT_EQ(info.offers.size(), 1u);

  const ports::Offer* const offer = host->Find(PluginKind::kApprover, "role");
  ASSERT_NE(offer, nullptr);
  EXPECT_EQ(offer->summary, "Eligible is who holds one of the roles.");
  EXPECT_EQ(offer->library, "role");
  EXPECT_TRUE(offer->is_pure);
  EXPECT_THAT(offer->config_schema, HasSubstr("The role, or a list of roles"));
  EXPECT_THAT(host->Names(PluginKind::kApprover), ElementsAre("role"));
  EXPECT_EQ(host->Find(PluginKind::kPolicy, "role"), nullptr);
}

TEST(PluginFolderLoad, ReadsOnlySharedLibrariesInTheOrderOfTheirNames) {
  PluginFolder folder;
  folder.Add(OUR_PLUGINS "/user.so");
  folder.Add(kRole);
  folder.Write("README.md", "not a plugin");
  folder.Write(".hidden.so", "not a plugin either");
  const auto host = MustLoad({.folder = folder.path()});
  ASSERT_EQ(host->List().size(), 2u);
  EXPECT_EQ(host->List()[0].name, "role");
  EXPECT_EQ(host->List()[1].name, "user");
}

TEST(PluginFolderLoad, EmptyFolderIsFine) {
  PluginFolder folder;
  const auto host = MustLoad({.folder = folder.path()});
  EXPECT_THAT(host->List(), IsEmpty());
  const auto approver = host->MakeApprover("role", "{}");
  ASSERT_FALSE(approver);
  EXPECT_EQ(approver.error().code, ErrorCode::kNotFound);
}

TEST(PluginFolderLoad, MissingRelativeOrWrongFolderIsASentence) {
  PluginFolder folder;
  const auto missing = PluginHost::Load({.folder = folder.path() / "no-such-folder"});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(missing.error().message, HasSubstr("no-such-folder"));

  const auto relative = PluginHost::Load({.folder = "plugins"});
  ASSERT_FALSE(relative);
  EXPECT_EQ(relative.error().message,
            "expected the plugin folder as an absolute path, found 'plugins'");

  const auto file = PluginHost::Load({.folder = folder.Write("file", "")});
  ASSERT_FALSE(file);
  EXPECT_THAT(file.error().message, HasSubstr("to be a folder of plugins"));
}

TEST(PluginFile, EmptyJunkOrTruncatedIsRefusedBeforeItRuns) {
  {
    PluginFolder folder;
    folder.Write("empty.so", "");
    EXPECT_THAT(ProblemIn(folder),
                HasSubstr("empty.so: expected a shared library, found an empty"));
  }
  {
    PluginFolder folder;
    folder.Write("junk.so", "#!/bin/sh\necho hello\n");
    EXPECT_THAT(ProblemIn(folder), HasSubstr("found 21 bytes that are not an ELF file"));
  }
  {
    PluginFolder folder;
    const std::string whole = ReadFile(kRole);
    folder.Write("half.so", whole.substr(0, whole.size() / 2));
    EXPECT_THAT(ProblemIn(folder), HasSubstr("found one that was cut off"));
  }
}

// No prefix of a library and no single changed byte of its header may make the reader misbehave.
TEST(PluginFile, ElfReaderSurvivesAnyPrefixAndAnyHeader) {
  const std::string whole = ReadFile(kRole);
  EXPECT_EQ(FindElfProblem(whole, "gw_plugin_entry"), "");
  for (std::size_t size = 0; size < whole.size(); size += 1 + size / 8) {
    EXPECT_NE(FindElfProblem(std::string_view(whole).substr(0, size), "gw_plugin_entry"), "");
  }
  for (std::size_t at = 0; at < 64; ++at) {
    for (const char value : {'\0', '\x7f', '\xff'}) {
      std::string changed = whole;
      changed[at] = value;
      (void)FindElfProblem(changed, "gw_plugin_entry");
    }
  }
}

TEST(PluginFile, ThatOthersMayOverwriteIsRefused) {
  PluginFolder folder;
  const auto file = folder.Add(kRole);
  PluginFolder::Permit(file, 0757);
  EXPECT_THAT(ProblemIn(folder),
              HasSubstr("to be writable by its owner only, found mode 0757; try: "
                        "chmod go-w"));
  PluginFolder::Permit(file, 0775);
  EXPECT_THAT(ProblemIn(folder), HasSubstr("found mode 0775"));
  EXPECT_EQ(ProblemIn(folder, {.trust = FolderTrust::kAnybody}), "");
}

TEST(PluginFile, InAFolderThatOthersMayChangeIsRefused) {
  PluginFolder folder;
  folder.Add(kRole);
  PluginFolder::Permit(folder.path(), 0777);
  const auto host = PluginHost::Load({.folder = folder.path()});
  ASSERT_FALSE(host);
  EXPECT_THAT(host.error().message, HasSubstr("found mode 0777"));
  EXPECT_EQ(ProblemIn(folder, {.trust = FolderTrust::kAnybody}), "");
}

TEST(PluginFile, MustBeARegularFile) {
  PluginFolder folder;
  std::filesystem::create_directory(folder.path() / "folder.so");
  ASSERT_EQ(mkfifo((folder.path() / "pipe.so").c_str(), 0600), 0);
  std::filesystem::create_symlink("/no/such/file", folder.path() / "nowhere.so");
  const auto host = MustLoad({.folder = folder.path()});
  ASSERT_EQ(host->List().size(), 3u);
  EXPECT_THAT(host->List()[0].problem, HasSubstr("folder.so: expected a regular file"));
  EXPECT_THAT(host->List()[1].problem,
              HasSubstr("nowhere.so: expected to read it, found: No such"));
  EXPECT_THAT(host->List()[2].problem, HasSubstr("pipe.so: expected a regular file"));
}

TEST(PluginFile, PinnedByItsDigestLoadsOnlyAsThatFile) {
  PluginFolder folder;
  folder.Add(kRole);
  const auto host = MustLoad({.folder = folder.path()});
  const std::string digest = host->List().front().sha256;

  EXPECT_EQ(ProblemIn(folder, {.pins = {{"role.so", digest}}}), "");
  EXPECT_THAT(ProblemIn(folder, {.pins = {{"role.so", std::string(64, '0')}}}),
              HasSubstr("(pinned), found " + digest + "; nothing of it was run"));

  const auto missing =
      MustLoad({.folder = folder.path(), .pins = {{"gone.so", std::string(64, '0')}}});
  ASSERT_EQ(missing->List().size(), 2u);
  EXPECT_THAT(missing->List()[0].problem, HasSubstr("gone.so: expected this file"));
}

TEST(PluginFolderLoad, FirstToOfferANameKeepsIt) {
  PluginFolder folder;
  const auto first = folder.Add(kRole);
  std::filesystem::copy_file(first, folder.path() / "second.so");
  const auto host = MustLoad({.folder = folder.path()});
  ASSERT_EQ(host->List().size(), 2u);
  EXPECT_EQ(host->List()[0].health, PluginHealth::kOk);
  EXPECT_EQ(host->List()[1].health, PluginHealth::kBroken);
  EXPECT_THAT(host->List()[1].problem,
              HasSubstr("expected to be the only one to offer approver 'role'"));
  EXPECT_NE(host->Find(PluginKind::kApprover, "role"), nullptr);
}

}  // namespace
}  // namespace gatewright::host
