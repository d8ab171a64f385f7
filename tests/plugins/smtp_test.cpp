// The notifier `smtp`, through the host, against a real mail server on a loopback address.
#include <gmock/gmock.h>

#include <boost/json/array.hpp>
#include <boost/json/value_to.hpp>

#include "tests/plugins/events.h"
#include "tests/plugins/mail_server.h"
#include "tests/plugins/plugin_folder.h"

namespace gatewright::host {
namespace {

namespace json = boost::json;
using gatewright::testing::EventJson;
using gatewright::testing::MailServer;
using gatewright::testing::SomeRun;
using ::testing::AllOf;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::StartsWith;

const json::array kHeaders = {"From",         "To",           "Subject",
                              "Date",         "Message-ID",   "Auto-Submitted",
                              "MIME-Version", "Content-Type", "Content-Transfer-Encoding"};

json::object ConfigFor(const std::string& url) {
  return {{"url", url},
          {"from", "gatewright@example.com"},
          {"to", "ann@example.com"},
          {"allow_private", true},
          {"allow_plaintext", true}};
}

std::string HeaderOf(const json::object& mail, const std::string& name) {
  return json::value_to<std::string>(mail.at("headers").at(name));
}

class Smtp : public ::testing::Test {
 protected:
  Smtp() {
    PluginHostOptions options;
    options.folder = OUR_PLUGINS;
    options.trust = FolderTrust::kAnybody;
    options.now = [] { return FromMicros(1'700'000'000'900'000); };
    host_ = MustLoad(std::move(options));
  }

  Result<void> Deliver(const json::object& config, const std::string& event,
                       const std::string& id = "17-0") {
    GW_TRY(notifier, host_->MakeNotifier("smtp", json::serialize(config)));
    return notifier->Deliver(id, "vote.cast", event, kLimit);
  }
  Result<void> Deliver(const json::object& config) {
    return Deliver(config, EventJson("17-0", "vote.cast", vote_));
  }

  Error Trouble(const json::object& config) {
    const auto delivered = Deliver(config);
    EXPECT_FALSE(delivered);
    return delivered ? Error{} : delivered.error();
  }

  const json::object vote_{{"stage", "QA"}, {"voter", "bob"}, {"choice", "approve"}};
  std::unique_ptr<PluginHost> host_;
};

TEST_F(Smtp, MailsTheEvent) {
  MailServer server;
  json::object config = ConfigFor(server.url());
  config["to"] = {"ann@example.com", "qa@example.com"};
  const auto delivered = Deliver(config);
  ASSERT_TRUE(delivered) << delivered.error().message;

  const json::object mail = server.TakeMail();
  EXPECT_EQ(mail.at("from"), "gatewright@example.com");
  EXPECT_EQ(mail.at("to"), (json::array{"ann@example.com", "qa@example.com"}));
  EXPECT_EQ(mail.at("names"), kHeaders);
  EXPECT_EQ(mail.at("defects"), json::array());
  EXPECT_EQ(HeaderOf(mail, "From"), "gatewright@example.com");
  EXPECT_EQ(HeaderOf(mail, "To"), "ann@example.com, qa@example.com");
  EXPECT_EQ(HeaderOf(mail, "Subject"),
            "[Gatewright] deployment run 42 'v1.2': bob votes approve at gate QA");
  EXPECT_EQ(HeaderOf(mail, "Date"), "Tue, 14 Nov 2023 22:13:20 +0000");
  EXPECT_THAT(HeaderOf(mail, "Message-ID"), MatchesRegex("<17-0\\.[0-9a-f]{16}@example\\.com>"));
  EXPECT_EQ(mail.at("body"),
            "deployment run 42 'v1.2': bob votes approve at gate QA\n\n"
            "Run: 42\nName: v1.2\nWorkflow: deployment\nRequested by: ann\nCaused by: bob\n"
            "Event: vote.cast\nEvent id: 17-0\nTime: 2023-11-14T22:13:20Z\n");
}

TEST_F(Smtp, ARedeliveryIsTheSameMessage) {
  MailServer server;
  const auto id_of = [&](json::object config, const std::string& event) {
    const auto delivered = Deliver(config, EventJson(event, "vote.cast", vote_), event);
    EXPECT_TRUE(delivered) << delivered.error().message;
    return HeaderOf(server.TakeMail(), "Message-ID");
  };
  const json::object config = ConfigFor(server.url());
  const std::string first = id_of(config, "17-0");
  EXPECT_EQ(id_of(config, "17-0"), first);
  EXPECT_NE(id_of(config, "17-1"), first);
  json::object to_others = config;
  to_others["to"] = "qa@example.com";
  EXPECT_NE(id_of(to_others, "17-0"), first);
}

TEST_F(Smtp, NoTextBecomesAHeaderOrEndsTheMail) {
  MailServer server;
  for (const std::string evil :
       {"x\r\nBcc: victim@example.com\r\n\r\nbody", "x\nBcc: victim@example.com", "x\rBcc: v@e.com",
        "\r\n.\r\nMAIL FROM:<evil@example.com>\r\n",
        "=?UTF-8?Q?x=0D=0ABcc:_v@e.com?=", "x\u2028Bcc: victim@example.com",
        "x\x01"
        "Bcc: victim@example.com"}) {
    const json::object run{{"id", 42}, {"name", evil}, {"workflow", evil}, {"requester", evil}};
    const json::object vote{{"stage", evil}, {"voter", evil}, {"choice", evil}, {"comment", evil}};
    json::object config = ConfigFor(server.url());
    config["subject_prefix"] = evil;
    const auto delivered = Deliver(config, EventJson(evil, "vote.cast", vote, run), evil);
    ASSERT_TRUE(delivered) << delivered.error().message;
    const json::object mail = server.TakeMail();
    EXPECT_EQ(mail.at("from"), "gatewright@example.com");
    EXPECT_EQ(mail.at("to"), json::array{"ann@example.com"});
    EXPECT_EQ(mail.at("names"), kHeaders);
    EXPECT_EQ(mail.at("defects"), json::array());
    EXPECT_THAT(HeaderOf(mail, "Subject"), Not(HasSubstr("\n")));
    EXPECT_THAT(HeaderOf(mail, "Message-ID"),
                MatchesRegex("<[A-Za-z0-9_-]+\\.[0-9a-f]{16}@example\\.com>"));
  }
}

TEST_F(Smtp, EveryLanguageArrives) {
  MailServer server;
  json::object run = SomeRun();
  run["name"] = "Größe 大小 👍 – und so weiter, über mehr als ein kodiertes Wort hinaus";
  const auto delivered =
      Deliver(ConfigFor(server.url()), EventJson("17-0", "vote.cast", vote_, run));
  ASSERT_TRUE(delivered) << delivered.error().message;
  const json::object mail = server.TakeMail();
  const std::string name = json::value_to<std::string>(run.at("name"));
  EXPECT_EQ(HeaderOf(mail, "Subject"),
            "[Gatewright] deployment run 42 '" + name + "': bob votes approve at gate QA");
  EXPECT_THAT(json::value_to<std::string>(mail.at("body")), HasSubstr("\nName: " + name + "\n"));
  const std::string raw = json::value_to<std::string>(mail.at("raw"));
  EXPECT_THAT(raw, Each(AllOf(::testing::Gt('\0'), ::testing::Le('~'))));
  for (std::size_t at = 0; at < raw.size(); at = raw.find("\r\n", at) + 2) {
    EXPECT_LE(raw.find("\r\n", at) - at, 78u);
  }
}

TEST_F(Smtp, SaysWhetherToTryAgain) {
  MailServer server;
  json::object config = ConfigFor(server.url());
  config["to"] = "later@example.com";
  EXPECT_EQ(Trouble(config).code, ErrorCode::kUnavailable);
  config["to"] = "gone@example.com";
  const Error refused = Trouble(config);
  EXPECT_EQ(refused.code, ErrorCode::kInvalid);
  EXPECT_THAT(refused.message, HasSubstr("it answered 550"));
}

TEST_F(Smtp, MayBeTriedAgainWhenTheServerIsDown) {
  std::string url;
  {
    const MailServer gone;
    url = gone.url();
  }
  const Error down = Trouble(ConfigFor(url));
  EXPECT_EQ(down.code, ErrorCode::kUnavailable);
  EXPECT_THAT(down.message, HasSubstr("connect"));
}

TEST_F(Smtp, SendsNothingUnencryptedUnlessTold) {
  MailServer server;
  json::object config = ConfigFor(server.url());
  config["username"] = "gatewright";
  config["password"] = "open sesame";
  config.erase("allow_plaintext");
  const Error error = Trouble(config);
  EXPECT_EQ(error.code, ErrorCode::kInvalid);
  EXPECT_THAT(error.message, HasSubstr("expected STARTTLS, which it does not offer"));
}

TEST_F(Smtp, StartsTlsWhereItIsOfferedAndBelievesNoCertificateOfItsOwnMaking) {
  PluginFolder folder;
  const std::string certificate = folder.path() / "cert.pem";
  const std::string key = folder.path() / "key.pem";
  const std::string make =
      "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes "
      "-subj /CN=127.0.0.1 -days 2 -out '" +
      certificate + "' -keyout '" + key + "' 2> /dev/null";
  ASSERT_EQ(std::system(make.c_str()), 0) << make;
  MailServer server({"--certificate", certificate, key});
  for (const bool allows_plaintext : {false, true}) {
    json::object config = ConfigFor(server.url());
    config["allow_plaintext"] = allows_plaintext;
    const Error error = Trouble(config);
    EXPECT_EQ(error.code, ErrorCode::kUnavailable);
    EXPECT_THAT(error.message, HasSubstr("certificate"));
  }
}

TEST_F(Smtp, LogsInAndNeverShowsThePassword) {
  MailServer server({"--login", "gatewright", "open sesame"});
  json::object config = ConfigFor(server.url());
  config["username"] = "gatewright";
  config["password"] = "open sesame";
  const auto delivered = Deliver(config);
  ASSERT_TRUE(delivered) << delivered.error().message;
  EXPECT_EQ(server.TakeMail().at("is_logged_in"), true);

  config["password"] = "hunter2 hunter2";
  const Error error = Trouble(config);
  EXPECT_EQ(error.code, ErrorCode::kInvalid);
  EXPECT_THAT(error.message, AllOf(HasSubstr("it answered 535"), Not(HasSubstr("hunter2"))));
  config["password"] = json::array{"hunter2"};
  EXPECT_THAT(Trouble(config).message,
              AllOf(HasSubstr("/password: expected a string"), Not(HasSubstr("hunter2"))));
}

TEST_F(Smtp, CallsPrivateAddressesOnlyWhenTold) {
  MailServer server;
  json::object config = ConfigFor(server.url());
  config["allow_private"] = false;
  const Error error = Trouble(config);
  EXPECT_EQ(error.code, ErrorCode::kInvalid);
  EXPECT_THAT(error.message, HasSubstr("is private, which allow_private would allow"));
  EXPECT_THAT(Trouble(ConfigFor("smtp://169.254.169.254:25")).message,
              HasSubstr("is never called"));
}

TEST_F(Smtp, RefusesAConfigThatCannotBeMeant) {
  const auto problem = [&](const char* key, const json::value& value) {
    json::object config = ConfigFor("smtp://mail.example.com:587");
    config[key] = value;
    return Trouble(config).message;
  };
  EXPECT_THAT(problem("url", "mail.example.com"), HasSubstr("/url: expected"));
  EXPECT_THAT(problem("url", "https://mail.example.com"),
              HasSubstr("expected smtp:// or smtps://, found https://"));
  EXPECT_THAT(problem("url", "smtp://ann:hidden@mail.example.com"),
              AllOf(HasSubstr("expected no user and no password"), Not(HasSubstr("hidden"))));
  EXPECT_THAT(problem("url", "smtp://mail.example.com/inbox"), HasSubstr("expected nothing after"));
  EXPECT_THAT(problem("from", "ann"), HasSubstr("/from: expected an address"));
  EXPECT_THAT(problem("from", "ann@example.com>\r\nRCPT TO:<bob@example.com"),
              HasSubstr("/from: expected an address"));
  EXPECT_THAT(problem("to", json::array{"ann@example.com", "bob smith@example.com"}),
              HasSubstr("/to/1: expected an address such as ann@example.com"));
  EXPECT_THAT(problem("to", json::array{}), HasSubstr("expected at least 1"));
  EXPECT_THAT(problem("username", "ann"), HasSubstr("'password' is missing"));
}

}  // namespace
}  // namespace gatewright::host
