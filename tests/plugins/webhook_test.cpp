// The notifier `webhook`, through the host, against a real server on a loopback address.
#include <gmock/gmock.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <boost/json/array.hpp>
#include <sstream>

#include "tests/plugins/events.h"
#include "tests/plugins/loopback_server.h"
#include "tests/plugins/plugin_folder.h"

namespace gatewright::host {
namespace {

namespace json = boost::json;
using gatewright::testing::EventJson;
using gatewright::testing::HttpAnswer;
using gatewright::testing::LoopbackServer;
using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

// 32 and 24 bytes.
constexpr char kOldKey[] = "0123456789abcdef0123456789abcdef";
constexpr char kOldSecret[] = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
constexpr char kNewKey[] = "the key of the new month";
constexpr char kNewSecret[] = "whsec_dGhlIGtleSBvZiB0aGUgbmV3IG1vbnRo";

// What the standard asks for, by OpenSSL alone.
std::string Signature(const std::string& key, const std::string& content) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(content.data()), content.size(), digest, &size);
  unsigned char text[2 * EVP_MAX_MD_SIZE];
  return "v1," +
         std::string(reinterpret_cast<char*>(text), static_cast<std::size_t>(EVP_EncodeBlock(
                                                        text, digest, static_cast<int>(size))));
}

std::string HeaderOf(const std::string& request, const std::string& name) {
  std::istringstream lines(request);
  for (std::string line; std::getline(lines, line) && line != "\r";) {
    if (line.starts_with(name + ": ")) {
      return line.substr(name.size() + 2, line.size() - name.size() - 3);
    }
  }
  return "";
}

std::string BodyOf(const std::string& request) {
  return request.substr(request.find("\r\n\r\n") + 4);
}

class Webhook : public ::testing::Test {
 protected:
  Webhook() {
    PluginHostOptions options;
    options.folder = OUR_PLUGINS;
    options.trust = FolderTrust::kAnybody;
    options.now = [] { return FromMicros(1'700'000'000'900'000); };
    host_ = MustLoad(std::move(options));
  }

  Result<void> Deliver(const std::string& url, const json::value& secret = kOldSecret,
                       bool allows_private = true, const std::string& id = "17-0",
                       Duration limit = kLimit, ports::DeliveryAdvice* advice = nullptr) {
    json::object config{{"url", url}, {"secret", secret}};
    if (allows_private) config["allow_private"] = true;
    GW_TRY(notifier, host_->MakeNotifier("webhook", json::serialize(config)));
    return notifier->Deliver(id, "gate.opened", event_, limit, advice);
  }

  // What is said when the receiver answers this.
  Error Trouble(const std::string& answer) {
    LoopbackServer server([&](const std::string&) { return answer; });
    const auto delivered = Deliver(server.url());
    EXPECT_FALSE(delivered) << answer;
    return delivered ? Error{} : delivered.error();
  }

  const std::string event_ = EventJson("17-0", "gate.opened", {{"stage", "QA"}});
  std::unique_ptr<PluginHost> host_;
};

TEST_F(Webhook, PostsTheEventSigned) {
  LoopbackServer server("");
  const auto delivered = Deliver(server.url());
  ASSERT_TRUE(delivered) << delivered.error().message;

  ASSERT_THAT(server.requests(), SizeIs(1));
  const std::string request = server.requests().front();
  EXPECT_THAT(request, StartsWith("POST /vote HTTP/1.1\r\n"));
  EXPECT_EQ(HeaderOf(request, "Content-Type"), "application/cloudevents+json");
  EXPECT_EQ(HeaderOf(request, "webhook-id"), "17-0");
  EXPECT_EQ(HeaderOf(request, "webhook-timestamp"), "1700000000");
  EXPECT_EQ(HeaderOf(request, "webhook-signature"),
            Signature(kOldKey, "17-0.1700000000." + event_));
  EXPECT_EQ(BodyOf(request), event_);
}

TEST_F(Webhook, EverySecretSignsWhileTheyAreRotated) {
  LoopbackServer server("");
  ASSERT_TRUE(Deliver(server.url(), json::array{kNewSecret, kOldSecret}));
  const std::string content = "17-0.1700000000." + event_;
  EXPECT_EQ(HeaderOf(server.requests().at(0), "webhook-signature"),
            Signature(kNewKey, content) + " " + Signature(kOldKey, content));
}

TEST_F(Webhook, ARedeliveryHasTheSameId) {
  LoopbackServer server("");
  ASSERT_TRUE(Deliver(server.url()));
  ASSERT_TRUE(Deliver(server.url()));
  EXPECT_EQ(HeaderOf(server.requests().at(0), "webhook-id"),
            HeaderOf(server.requests().at(1), "webhook-id"));
}

TEST_F(Webhook, AnAnswerOf2xxIsDelivered) {
  for (const std::string status : {"200 OK", "201 Created", "202 Accepted", "204 No Content"}) {
    LoopbackServer server([&](const std::string&) { return HttpAnswer("", status); });
    EXPECT_TRUE(Deliver(server.url())) << status;
  }
}

TEST_F(Webhook, OnlyTheStatusOfAnAnswerIsRead) {
  LoopbackServer chatty(std::string(1'000'000, 'x'));
  EXPECT_TRUE(Deliver(chatty.url()));
  LoopbackServer broken(
      [](const std::string&) { return "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nthanks"; });
  EXPECT_TRUE(Deliver(broken.url()));
}

TEST_F(Webhook, MayBeTriedAgainWhenTheReceiverIsInTrouble) {
  for (const std::string status : {"408 Request Timeout", "425 Too Early", "429 Too Many Requests",
                                   "500 Internal Server Error", "502 Bad Gateway",
                                   "503 Service Unavailable", "504 Gateway Timeout"}) {
    const Error error = Trouble(HttpAnswer("", status));
    EXPECT_EQ(error.code, ErrorCode::kUnavailable) << status;
    EXPECT_THAT(error.message, HasSubstr("found " + status.substr(0, 3)));
  }
}

TEST_F(Webhook, IsNotTriedAgainWhenTheReceiverRefuses) {
  for (const std::string status : {"400 Bad Request", "401 Unauthorized", "403 Forbidden",
                                   "404 Not Found", "413 Payload Too Large"}) {
    const Error error = Trouble(HttpAnswer("", status));
    EXPECT_EQ(error.code, ErrorCode::kInvalid) << status;
    EXPECT_THAT(error.message, EndsWith("found " + status.substr(0, 3)));
  }
}

TEST_F(Webhook, SaysThatAReceiverWantsNoMore) {
  LoopbackServer server([](const std::string&) { return HttpAnswer("", "410 Gone"); });
  ports::DeliveryAdvice advice;
  const auto delivered = Deliver(server.url(), kOldSecret, true, "17-0", kLimit, &advice);
  ASSERT_FALSE(delivered);
  EXPECT_EQ(delivered.error().code, ErrorCode::kInvalid);
  EXPECT_THAT(delivered.error().message, HasSubstr("it wants no more of these"));
  EXPECT_TRUE(advice.is_gone);
}

TEST_F(Webhook, SaysWhenTheReceiverWantsToBeAskedAgain) {
  const auto asked = [&](const std::string& status, const std::string& header) {
    LoopbackServer server([&](const std::string&) { return HttpAnswer("", status, header); });
    ports::DeliveryAdvice advice;
    EXPECT_FALSE(Deliver(server.url(), kOldSecret, true, "17-0", kLimit, &advice));
    EXPECT_FALSE(advice.is_gone);
    return std::chrono::duration_cast<std::chrono::seconds>(advice.retry_after).count();
  };
  EXPECT_EQ(asked("429 Too Many Requests", "Retry-After: 90\r\n"), 90);
  EXPECT_EQ(asked("503 Service Unavailable", "Retry-After: 999999999\r\n"), 24 * 3600);
  EXPECT_EQ(asked("503 Service Unavailable", "Retry-After: soon\r\n"), 0);
  EXPECT_EQ(asked("503 Service Unavailable", ""), 0);
}

TEST_F(Webhook, FollowsNoRedirect) {
  LoopbackServer other("");
  for (const std::string status :
       {"301 Moved Permanently", "302 Found", "307 Temporary Redirect"}) {
    const Error error = Trouble(HttpAnswer("", status, "Location: " + other.url() + "\r\n"));
    EXPECT_EQ(error.code, ErrorCode::kInvalid);
    EXPECT_THAT(error.message, HasSubstr("redirects are not followed"));
  }
  EXPECT_THAT(other.requests(), IsEmpty());
}

TEST_F(Webhook, MayBeTriedAgainWhenNobodyAnswers) {
  std::string url;
  {
    const LoopbackServer gone("");
    url = gone.url();
  }
  const auto down = Deliver(url);
  ASSERT_FALSE(down);
  EXPECT_EQ(down.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(down.error().message, HasSubstr("connect"));

  LoopbackServer silent([](const std::string&) { return std::string(); });
  const auto late = Deliver(silent.url(), kOldSecret, true, "17-0", std::chrono::milliseconds{400});
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(late.error().message, HasSubstr("timed out"));

  const Error stranger = Trouble("SSH-2.0-OpenSSH_9.2\r\n");
  EXPECT_EQ(stranger.code, ErrorCode::kUnavailable);
}

TEST_F(Webhook, CallsPrivateAddressesOnlyWhenTold) {
  LoopbackServer server("");
  const std::string port = server.url().substr(server.url().rfind(':'));
  for (const std::string host : {"127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "10.1.2.3"}) {
    const auto refused = Deliver("https://" + host + port, kOldSecret, false);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kInvalid);
    EXPECT_THAT(refused.error().message, HasSubstr("is private, which allow_private would allow"));
  }
  const auto plain = Deliver(server.url(), kOldSecret, false);
  ASSERT_FALSE(plain);
  EXPECT_THAT(plain.error().message,
              HasSubstr("http:// only goes to private addresses, with allow_private: true"));
  const auto metadata = Deliver("http://169.254.169.254/latest/meta-data");
  ASSERT_FALSE(metadata);
  EXPECT_THAT(metadata.error().message, HasSubstr("is never called"));
  EXPECT_THAT(server.requests(), IsEmpty());
}

TEST_F(Webhook, AnIdCannotAddAHeader) {
  LoopbackServer server("");
  const auto delivered = Deliver(server.url(), kOldSecret, true, "17\r\nX-Admin: yes");
  ASSERT_FALSE(delivered);
  EXPECT_EQ(delivered.error().code, ErrorCode::kInvalid);
  EXPECT_THAT(delivered.error().message,
              HasSubstr("expected the header webhook-id to be one line"));
  EXPECT_THAT(server.requests(), IsEmpty());
}

TEST_F(Webhook, RefusesASecretThatIsNone) {
  const auto problem = [&](const auto& text) {
    const json::value secret(text);
    const auto made = Deliver("https://example.com/", secret);
    return made ? "was made" : made.error().message;
  };
  EXPECT_THAT(problem("MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="),
              HasSubstr("/secret: expected whsec_ followed by the base64 of 24 to 64 random bytes, "
                        "found another beginning"));
  EXPECT_THAT(problem("whsec_"), HasSubstr("found 0 bytes"));
  EXPECT_THAT(problem("whsec_c2hvcnQ="), HasSubstr("found 5 bytes"));
  EXPECT_THAT(problem(json::string("whsec_" + std::string(88, 'A'))), HasSubstr("found 66 bytes"));
  EXPECT_THAT(problem("whsec_not base64, surely! ========"), HasSubstr("found what is not base64"));
  EXPECT_THAT(problem(7), HasSubstr("found a number"));
  EXPECT_THAT(problem(json::array{}), HasSubstr("expected 1 to 3 secrets, found 0"));
  EXPECT_THAT(problem(json::array{kOldSecret, kOldSecret, kOldSecret, kOldSecret}),
              HasSubstr("expected 1 to 3 secrets, found 4"));
  EXPECT_THAT(problem(json::array{kOldSecret, "whsec_c2hvcnQ="}), HasSubstr("/secret/1: expected"));
}

TEST_F(Webhook, NoMessageShowsASecret) {
  const auto hides = [](const std::string& secret) {
    return AllOf(Not(HasSubstr(secret)), Not(HasSubstr(secret.substr(6))), Not(HasSubstr("v1,")));
  };
  const auto bad = std::string(kOldSecret) + "!";
  for (const json::value& secret :
       {json::value(bad), json::value(json::array{bad}), json::value(json::object{{"env", bad}}),
        json::value(json::array{json::array{bad}})}) {
    const auto made = Deliver("https://example.com/", secret);
    ASSERT_FALSE(made);
    EXPECT_THAT(made.error().message, hides(kOldSecret));
    const json::object config{{"url", "https://example.com/"}, {"secret", secret}};
    for (const auto& problem :
         host_->CheckConfig(ports::PluginKind::kNotifier, "webhook", json::serialize(config))) {
      EXPECT_THAT(problem.message, hides(kOldSecret));
    }
  }
  for (const char* answer : {"410 Gone", "500 Internal Server Error", "302 Found"}) {
    EXPECT_THAT(Trouble(HttpAnswer(kOldSecret, answer)).message, hides(kOldSecret));
  }
  EXPECT_THAT(Trouble(std::string(kOldSecret) + "\r\n").message, hides(kOldSecret));
}

}  // namespace
}  // namespace gatewright::host
