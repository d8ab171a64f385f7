// 20,000 damaged requests: none may crash, hang or get a 500, and every refusal is a problem
// document. The seed is printed; GATEWRIGHT_SEED repeats a run, GATEWRIGHT_MUTATIONS sets the
// count.
#include <fmt/format.h>

#include <array>
#include <cstdlib>
#include <random>

#include "engine/codec/json.h"
#include "tests/server/server_fixture.h"

namespace gatewright::testing {
namespace {

struct Parts {
  std::string method;
  std::string target;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

const std::vector<Parts>& Seeds() {
  static const std::pair<std::string, std::string> json{"Content-Type", "application/json"};
  static const std::vector<Parts> seeds = {
      {"POST",
       "/deployments",
       {json, {"Idempotency-Key", "k1"}},
       R"({"name":"a","subject":{"environment":"staging","n":[1,2.5,null,true]},"workflow":"deployment","idempotency":"k1"})"},
      {"POST",
       "/deployments/1/approve?wait=1s",
       {json, {"If-Match", "\"1-1\""}, {"X-Gatewright-Actor", "alice; roles=qa,devops; groups=x"}},
       R"({"comment":"c","expected_state":"requested","subject_digest":"00"})"},
      {"POST", "/deployments/2/reject", {json}, R"({"comment":"no"})"},
      {"GET", "/deployments?state=requested&q=a&limit=2&cursor=MTAuMTIzNDU2Nzg", {}, ""},
      {"GET", "/deployments/1", {{"If-None-Match", "W/\"1-1\", \"1-2\""}}, ""},
      {"POST", "/api/v1/runs", {json}, R"({"workflow":"deployment","name":"a","draft":false})"},
      {"GET",
       "/api/v1/"
       "runs?workflow=deployment&status=waiting,failed&stage=QA&requester=dev&sort=-created_at",
       {},
       ""},
      {"GET", "/api/v1/runs/1", {}, ""},
      {"POST",
       "/api/v1/runs/3/votes",
       {json, {"Idempotency-Key", "k2"}},
       R"({"stage":"QA","epoch":1,"choice":"approve","comment":"c","on_behalf_of":"bob"})"},
      {"POST", "/api/v1/runs/4/cancel", {json}, R"({"reason":"r","expected_state":"requested"})"},
      {"POST", "/api/v1/runs/1/resolve", {json}, R"({"resolution":"retry","reason":"r"})"},
      {"GET", "/api/v1/runs/1/history", {}, ""},
      {"GET", "/api/v1/runs/1/attempts/1/log?offset=0&limit=10", {}, ""},
      {"POST",
       "/api/v1/workflows?dry_run=true",
       {{"Content-Type", "application/yaml"}},
       "apiVersion: gatewright/v1\nkind: Workflow\nmetadata: {name: m}\nspec:\n  stages:\n"
       "    - {name: QA, doneState: done, gate: {rules: [{id: qa, from: {role: qa}, need: 1}]}}\n"},
      {"GET", "/api/v1/workflows/deployment/graph?format=dot", {}, ""},
      {"GET", "/api/v1/events?since=0&run=1", {{"Last-Event-ID", "3"}}, ""},
      {"GET", "/readyz?verbose", {}, ""},
      {"GET", "/docs/assets/init.js?v=1", {}, ""},
  };
  return seeds;
}

constexpr auto kTokens = std::to_array<std::string_view>({"",
                                                          "\"",
                                                          "{",
                                                          "}",
                                                          "[",
                                                          "]",
                                                          ":",
                                                          ",",
                                                          "null",
                                                          "true",
                                                          "-1",
                                                          "0",
                                                          "1e999",
                                                          "18446744073709551616",
                                                          "9223372036854775807",
                                                          "0.1",
                                                          "\\u0000",
                                                          "\\ud800",
                                                          "\xff",
                                                          "\xc3\xa9",
                                                          "%00",
                                                          "%zz",
                                                          "%2f",
                                                          "..",
                                                          "//",
                                                          "?",
                                                          "&",
                                                          "=",
                                                          ";",
                                                          "*",
                                                          "W/",
                                                          "\"1-1\"",
                                                          "name",
                                                          "\"name\":1",
                                                          " ",
                                                          "\t",
                                                          "${subject.x}",
                                                          "&a *a",
                                                          "!!x",
                                                          "- ",
                                                          "\n",
                                                          "approve",
                                                          "executing",
                                                          "{\"a\":{\"a\":{\"a\":{}}}}"});

class Mutator {
 public:
  explicit Mutator(std::uint64_t seed) : random_(seed) {}

  std::size_t Below(std::size_t limit) { return random_() % limit; }

  // A header's value and a target must stay on their line, or the framing is what is tested.
  void Damage(std::string& text, bool is_one_line) {
    const std::size_t at = Below(text.size() + 1);
    switch (Below(7)) {
      case 0:
        text.insert(at, kTokens[Below(kTokens.size())]);
        break;
      case 1:
        text.erase(at, 1 + Below(8));
        break;
      case 2:
        if (at < text.size()) text[at] = static_cast<char>(Below(256));
        break;
      case 3:
        text.insert(at, text.substr(at, Below(40)));
        break;
      case 4:
        text = text.substr(0, at);
        break;
      case 5:
        text.replace(at, std::min<std::size_t>(Below(12), text.size() - at),
                     kTokens[Below(kTokens.size())]);
        break;
      default:
        text.insert(at, std::string(Below(3000), static_cast<char>('0' + Below(70))));
        break;
    }
    if (!is_one_line) return;
    std::erase_if(text, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
  }

  Parts Next() {
    Parts parts = Seeds()[Below(Seeds().size())];
    if (Below(20) == 0) parts.body = Seeds()[Below(Seeds().size())].body;
    if (Below(20) == 0) parts.headers = Seeds()[Below(Seeds().size())].headers;
    for (std::size_t i = Below(3); i < 3; ++i) {
      const std::size_t what = Below(10);
      if (what == 0) {
        constexpr auto kMethods = std::to_array<std::string_view>(
            {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "get", "X"});
        parts.method = kMethods[Below(kMethods.size())];
      } else if (what < 4) {
        Damage(parts.target, true);
        std::erase(parts.target, ' ');
        if (!parts.target.starts_with('/')) parts.target.insert(0, "/");
      } else if (what < 6 && !parts.headers.empty()) {
        Damage(parts.headers[Below(parts.headers.size())].second, true);
      } else {
        Damage(parts.body, false);
      }
    }
    return parts;
  }

 private:
  std::mt19937_64 random_;
};

std::string Bytes(const Parts& parts) {
  std::string out =
      fmt::format("{} {} HTTP/1.1\r\nHost: t\r\nConnection: close\r\n", parts.method, parts.target);
  for (const auto& [name, value] : parts.headers) out += fmt::format("{}: {}\r\n", name, value);
  if (!parts.body.empty()) out += fmt::format("Content-Length: {}\r\n", parts.body.size());
  return out + "\r\n" + parts.body;
}

std::uint64_t FromEnvironment(const char* name, std::uint64_t usual) {
  const char* text = std::getenv(name);
  return text == nullptr ? usual : std::strtoull(text, nullptr, 10);
}

class MutateTest : public ServerTest {
 protected:
  // What is wrong with what the server answered; empty when nothing is.
  std::string Try(const std::string& request) {
    http::RawClient client(port());
    client.Send(request);
    const std::string head = client.ReadUntil("\r\n\r\n");
    if (!head.starts_with("HTTP/1.1 ")) return "no answer: " + head;
    const int status = std::atoi(head.c_str() + 9);
    ++statuses_[status];
    if (head.find("text/event-stream") != std::string::npos) return {};
    const std::string body = client.ReadToEnd();
    if (status == 500) return "500: " + body;
    if (status < 400) return {};
    if (head.find("application/problem+json") == std::string::npos) return "no problem: " + head;
    const auto problem = codec::ParseJson(body);
    if (!problem) return "the problem is not JSON: " + body;
    for (const char* member : {"type", "title", "status", "detail", "code", "request_id"}) {
      if (!problem->get_object().contains(member)) return "incomplete: " + body;
    }
    return {};
  }

  std::map<int, int> statuses_;
};

TEST_F(MutateTest, NoRequestHarmsTheServer) {
  const std::uint64_t seed = FromEnvironment("GATEWRIGHT_SEED", std::random_device{}());
  const std::uint64_t count = FromEnvironment("GATEWRIGHT_MUTATIONS", 20'000);
  fmt::print("GATEWRIGHT_SEED={}\n", seed);
  for (int i = 0; i < 4; ++i) Post("/deployments", R"({"name":"a"})");
  Mutator mutator(seed);
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::string request = Bytes(mutator.Next());
    ASSERT_EQ(Try(request), "") << "seed " << seed << ", request " << i << ":\n" << request;
  }
  for (const auto& [status, times] : statuses_) fmt::print("{}: {}\n", status, times);
  EXPECT_EQ(Get("/health").status, 200);
  EXPECT_GT(statuses_.size(), 8U) << "the mutations reach too little";
}

}  // namespace
}  // namespace gatewright::testing
