// The operator's page as files: what a browser is told about each of them.
#include <set>

#include "tests/server/server_fixture.h"

namespace gatewright::testing {
namespace {

class PageTest : public ServerTest {
 protected:
  // The script that the document names.
  std::string Script() {
    const Answer page = Get("/");
    const std::size_t at = page.body.find("/assets/index-");
    return page.body.substr(at, page.body.find('"', at) - at);
  }
};

TEST_F(PageTest, EveryScreenIsTheSameDocument) {
  const Answer inbox = Get("/");
  EXPECT_EQ(inbox.status, 200);
  EXPECT_EQ(inbox.Get("Content-Type"), "text/html; charset=utf-8");
  EXPECT_EQ(Get("/runs?status=waiting&q=x").body, inbox.body);
  EXPECT_EQ(Get("/runs/7").body, inbox.body);
  EXPECT_EQ(Get("/workflows/deployment").body, inbox.body);
}

TEST_F(PageTest, WhatIsNoScreenIsAProblem) {
  for (const char* path : {"/nowhere", "/api/v1/nowhere", "/assets/passwd", "/runs/7/nowhere"}) {
    const Answer answer = Get(path);
    EXPECT_EQ(answer.status, 404) << path;
    EXPECT_EQ(answer["code"], "not_found") << path;
  }
}

TEST_F(PageTest, NothingInlineNothingFromElsewhere) {
  const Answer page = Get("/");
  const std::string policy(page.Get("Content-Security-Policy"));
  EXPECT_NE(policy.find("default-src 'none'"), std::string::npos);
  EXPECT_NE(policy.find("frame-ancestors 'none'"), std::string::npos);
  EXPECT_EQ(policy.find("unsafe"), std::string::npos);
  EXPECT_EQ(page.body.find("http"), std::string::npos) << "an outside address";
  EXPECT_EQ(page.Get("X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(page.Get("Referrer-Policy"), "no-referrer");
}

TEST_F(PageTest, FilesAreKeptForEverTheDocumentIsAskedForAgain) {
  const Answer script = Get(Script());
  EXPECT_EQ(script.status, 200);
  EXPECT_EQ(script.Get("Cache-Control"), "public, max-age=31536000, immutable");
  const Answer page = Get("/");
  EXPECT_EQ(page.Get("Cache-Control"), "no-cache");
  const std::string tag(page.Get("ETag"));
  EXPECT_EQ(Get("/runs", "If-None-Match: " + tag + "\r\n").status, 304);
}

TEST_F(PageTest, CompressedForWhoAcceptsIt) {
  const Answer plain = Get(Script());
  const Answer small = Get(Script(), "Accept-Encoding: br, gzip;q=0.8\r\n");
  const Answer refused = Get(Script(), "Accept-Encoding: gzip;q=0\r\n");
  EXPECT_EQ(small.Get("Content-Encoding"), "gzip");
  EXPECT_LT(small.body.size(), plain.body.size() / 2);
  EXPECT_EQ(plain.Get("Content-Encoding"), "");
  EXPECT_EQ(refused.body, plain.body);
  EXPECT_NE(small.Get("ETag"), plain.Get("ETag"));
  EXPECT_EQ(plain.Get("Vary"), "Accept-Encoding");
}

TEST_F(PageTest, APageOfAnotherAddressChangesNothing) {
  Post("/deployments", R"({"name":"a"})");
  for (const char* site : {"cross-site", "same-site"}) {
    const std::string header = "Sec-Fetch-Site: " + std::string(site) + "\r\n";
    const Answer refused = Post("/deployments/1/approve", "", header);
    EXPECT_EQ(refused.status, 403);
    EXPECT_EQ(refused["code"], "cross_origin");
    EXPECT_EQ(Get("/deployments/1", header)["state"], "requested");
  }
  for (const char* origin : {"https://evil.example", "null", "http://127.0.0.1:1"}) {
    const std::string header = "Origin: " + std::string(origin) + "\r\n";
    EXPECT_EQ(Post("/deployments/1/approve", "", header).status, 403) << origin;
  }
  EXPECT_EQ(Post("/deployments/1/approve", "", "Sec-Fetch-Site: same-origin\r\n").status, 200);
}

}  // namespace
}  // namespace gatewright::testing
