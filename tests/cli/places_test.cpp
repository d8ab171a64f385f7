// A program finds what belongs to it: installed, or built in a checkout.
#include "server/cli/places.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

namespace gatewright::cli {
namespace {

namespace fs = std::filesystem;

class PlacesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = ::testing::TempDir() + "gatewright-places-XXXXXX";
    root_ = ::mkdtemp(name.data());
  }
  void TearDown() override { fs::remove_all(root_); }

  std::string Make(const std::string& folder) {
    fs::create_directories(root_ / folder);
    return (root_ / folder).string();
  }
  Places Find(const std::string& program, const std::string& here) {
    return FindPlaces((root_ / program).string(), (root_ / here).string(),
                      (root_ / "etc").string());
  }

  fs::path root_;
};

TEST_F(PlacesTest, BuiltAndStartedInTheCheckout) {
  Make("repo/config/workflows");
  const std::string plugins = Make("repo/build/release/plugins");
  const Places places = Find("repo/build/release/bin/gatewright", "repo");
  EXPECT_FALSE(places.is_installed);
  EXPECT_EQ(places.config, "config");
  EXPECT_EQ(places.plugins, plugins);
  EXPECT_EQ(places.database, "data/gatewright.db");
}

TEST_F(PlacesTest, BuiltAndStartedElsewhere) {
  const std::string workflows = Make("repo/config/workflows");
  Make("elsewhere/config");  // somebody else's: holds no workflows
  const Places places = Find("repo/build/release/bin/gatewright", "elsewhere");
  EXPECT_EQ(places.config + "/workflows", workflows);
}

TEST_F(PlacesTest, Installed) {
  const std::string config = Make("usr/share/gatewright/config");
  const std::string plugins = Make("usr/lib/gatewright/plugins");
  Make("here/config/workflows");  // an installed program ignores what lies around
  Places places = Find("usr/bin/gatewright", "here");
  EXPECT_TRUE(places.is_installed);
  EXPECT_EQ(places.config, config);
  EXPECT_EQ(places.plugins, plugins);
  EXPECT_EQ(places.database, "/var/lib/gatewright/gatewright.db");

  const std::string etc = Make("etc/gatewright");
  EXPECT_EQ(Find("usr/bin/gatewright", "here").config, etc);
}

TEST_F(PlacesTest, NothingThere) {
  const Places places = Find("bin/gatewright", "here");
  EXPECT_EQ(places.config, "");
  EXPECT_EQ(places.plugins, "");
}

}  // namespace
}  // namespace gatewright::cli
