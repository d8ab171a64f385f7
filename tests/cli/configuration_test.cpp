// Flag > environment > file > default; whatever is wrong names itself.
#include "server/cli/configuration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/cli/config_file.h"
#include "server/cli/environment.h"

namespace gatewright::cli {
namespace {

using ::testing::HasSubstr;

Layer Defaults() {
  Layer layer;
  for (const Setting& setting : AllSettings()) {
    if (setting.initial.data() == nullptr) continue;
    layer.values.push_back(
        {std::string(setting.key), std::string(setting.initial), Origin::kDefault, "default"});
  }
  layer.values.push_back({"db.path", "data/gatewright.db", Origin::kDefault, "default"});
  return layer;
}

Layer Environment(std::vector<std::string> variables) {
  std::vector<char*> pointers;
  for (std::string& variable : variables) pointers.push_back(variable.data());
  pointers.push_back(nullptr);
  return ReadEnvironment(pointers.data());
}

Layer Flag(std::string key, std::string text) {
  Layer layer;
  layer.values.push_back({std::move(key), std::move(text), Origin::kFlag, "--flag"});
  return layer;
}

std::string ProblemOf(const std::vector<Layer>& layers) {
  const auto made = Combine(layers);
  return made ? "" : made.error().message;
}

TEST(Configuration, EveryDefaultIsGood) {
  const auto made = Combine({Defaults()});
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(made->settings.host, "127.0.0.1");
  EXPECT_EQ(made->settings.port, 8003);
  EXPECT_EQ(made->settings.body_bytes, 1 << 20);
  EXPECT_EQ(made->settings.shutdown_grace, std::chrono::seconds(10));
}

TEST(Configuration, AFlagWinsOverTheEnvironmentAndThatOverTheFile) {
  const Layer file = ParseConfig("server.yaml", "server: {host: 127.0.0.2, port: 1}\n");
  const Layer environment = Environment({"APPROVAL_HOST=127.0.0.3", "APPROVAL_PORT=2"});
  const auto made = Combine({Defaults(), file, environment, Flag("server.port", "3")});
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(made->settings.host, "127.0.0.3");
  EXPECT_EQ(made->settings.port, 3);
  EXPECT_EQ(made->values[0].place, "APPROVAL_HOST");
  EXPECT_EQ(made->values[1].origin, Origin::kFlag);
}

TEST(Configuration, AValueThatIsOverriddenMustBeRightAllTheSame) {
  EXPECT_THAT(ProblemOf({Defaults(), Environment({"APPROVAL_PORT=ten"}), Flag("server.port", "3")}),
              HasSubstr("APPROVAL_PORT: server.port: expected a whole number from 0 to 65535"));
}

TEST(Configuration, EveryMistakeIsReportedAtOnceWithItsPlace) {
  const std::string problem = ProblemOf(
      {Defaults(), ParseConfig("server.yaml", "servr: {}\nserver:\n  port: 99999\n  hots: x\n"),
       Environment({"APPROVAL_PROT=1"})});
  EXPECT_THAT(problem, HasSubstr("server.yaml:1:1: unknown key 'servr'"));
  EXPECT_THAT(problem, HasSubstr("Did you mean 'server'?"));
  EXPECT_THAT(problem, HasSubstr("server.yaml:3:9: server.port: expected"));
  EXPECT_THAT(problem, HasSubstr("server.yaml:4:3: unknown key 'server.hots'"));
  EXPECT_THAT(problem, HasSubstr("unknown environment variable APPROVAL_PROT."));
  EXPECT_THAT(problem, HasSubstr("Did you mean 'APPROVAL_PORT'?"));
}

TEST(Configuration, TheWrongKindOfYamlIsRefused) {
  const auto problem_with = [](const char* text) {
    return ProblemOf({Defaults(), ParseConfig("s.yaml", text)});
  };
  EXPECT_THAT(problem_with("- 1\n"), HasSubstr("expected keys"));
  EXPECT_THAT(problem_with("server: 3\n"), HasSubstr("expected keys below it"));
  EXPECT_THAT(problem_with("server: {port: [1]}\n"), HasSubstr("expected one value"));
  EXPECT_THAT(problem_with("server: {port: 010}\n"), HasSubstr("leading zeros"));
  EXPECT_THAT(problem_with("log: {level: loud}\n"),
              HasSubstr("expected debug or info or warning or error, found 'loud'"));
  EXPECT_THAT(problem_with("a: 1\n---\nb: 1\n"), HasSubstr("one document"));
  EXPECT_EQ(problem_with("# nothing\n"), "");
  EXPECT_EQ(problem_with("server:\n"), "");
}

TEST(Configuration, SecretsAreTakenFromTheEnvironmentOnlyAndNeverRepeated) {
  EXPECT_THAT(ProblemOf({Defaults(), ParseConfig("s.yaml", "token: {secret: hunter2}\n")}),
              HasSubstr("secrets do not belong in this file"));
  const std::string problem = ProblemOf({Defaults(), Environment({"APPROVAL_JWT_SECRET=hunter2"})});
  EXPECT_THAT(problem, HasSubstr("at least 32 bytes"));
  EXPECT_THAT(problem, Not(HasSubstr("hunter2")));
  EXPECT_THAT(ProblemOf({Defaults(), Environment({"APPROVAL_JWT_SECRET=a",
                                                  "APPROVAL_JWT_SECRET_FILE=/nowhere"})}),
              HasSubstr("both set"));
  EXPECT_THAT(ProblemOf({Defaults(), Environment({"APPROVAL_JWT_SECRET_FILE=/nowhere"})}),
              HasSubstr("cannot read a secret from '/nowhere'"));
}

TEST(Configuration, TheDatabaseIsNamedOncePerOrigin) {
  const auto by_url = Combine({Defaults(), Environment({"APPROVAL_DB_URL=sqlite:///tmp/x.db"})});
  ASSERT_TRUE(by_url) << by_url.error().message;
  EXPECT_EQ(by_url->settings.db_path, "/tmp/x.db");

  const auto path_wins = Combine({Defaults(), Environment({"APPROVAL_DB_URL=sqlite:///tmp/x.db"}),
                                  Flag("db.path", "/tmp/y.db")});
  ASSERT_TRUE(path_wins) << path_wins.error().message;
  EXPECT_EQ(path_wins->settings.db_path, "/tmp/y.db");

  EXPECT_THAT(ProblemOf({Defaults(), Environment({"APPROVAL_DB_URL=sqlite:///tmp/x.db",
                                                  "APPROVAL_DB_PATH=/tmp/y.db"})}),
              HasSubstr("the database is named twice"));
  EXPECT_THAT(ProblemOf({Defaults(), Environment({"APPROVAL_DB_URL=mysql://x"})}),
              HasSubstr("APPROVAL_DB_URL: db.url: "));
}

TEST(Configuration, WithoutAuthenticationItListensOnlyOnThisMachine) {
  for (const char* host : {"0.0.0.0", "::", "192.168.1.4", "example.com"}) {
    EXPECT_THAT(ProblemOf({Defaults(), Flag("server.host", host)}), HasSubstr("loopback")) << host;
  }
  for (const char* host : {"127.0.0.1", "127.1.2.3", "::1", "localhost"}) {
    EXPECT_EQ(ProblemOf({Defaults(), Flag("server.host", host)}), "") << host;
  }
  EXPECT_THAT(ProblemOf({Defaults(), Flag("auth", "token")}), HasSubstr("APPROVAL_JWT_SECRET"));
  EXPECT_THAT(ProblemOf({Defaults(), Flag("auth", "oidc")}), HasSubstr("not available yet"));
}

TEST(Configuration, PinsAreKeptByFileName) {
  const std::string hash(64, 'a');
  const auto made =
      Combine({Defaults(), ParseConfig("s.yaml", "plugins: {pins: {role.so: " + hash + "}}\n")});
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(made->settings.plugin_pins.at("role.so"), hash);
  EXPECT_THAT(ProblemOf({Defaults(), ParseConfig("s.yaml", "plugins: {pins: {role.so: beef}}\n")}),
              HasSubstr("s.yaml:1:27: plugins.pins.role.so: expected a SHA-256"));
}

TEST(Configuration, AnEmptyVariableCountsAsNotGiven) {
  EXPECT_EQ(ProblemOf({Defaults(), Environment({"APPROVAL_PORT="})}), "");
}

}  // namespace
}  // namespace gatewright::cli
