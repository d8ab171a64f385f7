// tests/server/server_fixture.h: the whole server but for its main: real engine, SQLite, plugins
// and HTTP over loopback. Every answer that goes through Ask is held to docs/openapi.yaml.
#pragma once

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "engine/runtime/engine.h"
#include "server/api/api.h"
#include "server/http/server.h"
#include "tests/http/raw_client.h"
#include "tests/server/openapi_check.h"

namespace gatewright::testing {

struct Answer : http::RawAnswer {
  boost::json::value json;  // null when the body is not JSON

  // A member of the body as text: strings without quotes, the rest as JSON; "" when absent.
  std::string operator[](std::string_view member) const;
};

class ServerTest : public ::testing::Test {
 public:
  ServerTest();
  ~ServerTest() override;

 protected:
  void SetUp() override;
  void TearDown() override;

  void Start();
  void Stop();
  void Restart() {
    Stop();
    Start();
  }

  // Of a file of tests/server/workflows, or a text.
  void Publish(const std::string& source);

  Answer Ask(std::string_view method, std::string_view target, std::string_view body = "",
             std::string_view headers = "");
  Answer Get(std::string_view target, std::string_view headers = "") {
    return Ask("GET", target, "", headers);
  }
  Answer Post(std::string_view target, std::string_view body = "", std::string_view headers = "") {
    return Ask("POST", target, body, headers);
  }
  // Asks until `member` is `wanted`, or ten seconds have passed.
  Answer Until(std::string_view target, std::string_view member, std::string_view wanted);

  // Authentication from the next Start on.
  void SetAuth(api::AuthOptions auth) { auth_ = std::move(auth); }

  std::uint16_t port() const { return port_; }
  runtime::Engine& engine();
  api::ApiContext& api();
  http::Server& server();
  OpenApiCheck& openapi() { return openapi_; }
  std::filesystem::path folder() const { return folder_; }

 private:
  struct Running;
  std::filesystem::path folder_;
  std::unique_ptr<Running> running_;
  std::uint16_t port_ = 0;
  api::AuthOptions auth_;
  OpenApiCheck openapi_;
};

}  // namespace gatewright::testing
