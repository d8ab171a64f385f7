#include "server/http/router.h"

#include <gtest/gtest.h>

namespace gatewright::http {
namespace {

Handler Nothing() {
  return [](const Request&, const Responder&) {};
}

class RouterTest : public testing::Test {
 protected:
  RouterTest() {
    router_.Add("GET", "/", Nothing());
    router_.Add("GET", "/deployments", Nothing());
    router_.Add("POST", "/deployments", Nothing());
    router_.Add("GET", "/deployments/:id", Nothing());
    router_.Add("POST", "/deployments/special", Nothing());
    router_.Add("POST", "/deployments/:id/approve", Nothing());
    router_.Add("GET", "/runs/:run/attempts/:n", Nothing(), {"attempts", {}});
  }

  Router::Match Find(std::string method, std::string path) {
    request_ = {};
    request_.method = std::move(method);
    request_.path = std::move(path);
    return router_.Find(request_);
  }

  std::string Allow(const Router::Match& match) {
    for (const Header& header : match.instead->headers) {
      if (header.name == "Allow") return header.value;
    }
    return {};
  }

  Router router_;
  Request request_;
};

TEST_F(RouterTest, FindsTheRouteAndItsParameters) {
  const Router::Match match = Find("POST", "/deployments/17/approve");
  ASSERT_NE(match.route, nullptr);
  EXPECT_EQ(match.route->pattern, "/deployments/:id/approve");
  EXPECT_EQ(match.route->options.label, "/deployments/:id/approve");
  EXPECT_EQ(request_.Param("id"), "17");
}

TEST_F(RouterTest, FindsTheRoot) { EXPECT_NE(Find("GET", "/").route, nullptr); }

TEST_F(RouterTest, FillsSeveralParametersAndUsesTheGivenLabel) {
  const Router::Match match = Find("GET", "/runs/1/attempts/2");
  ASSERT_NE(match.route, nullptr);
  EXPECT_EQ(match.route->options.label, "attempts");
  EXPECT_EQ(request_.Param("run"), "1");
  EXPECT_EQ(request_.Param("n"), "2");
}

TEST_F(RouterTest, PrefersAFixedSegment) {
  EXPECT_EQ(Find("POST", "/deployments/special").route->pattern, "/deployments/special");
  EXPECT_EQ(Find("GET", "/deployments/special").route->pattern, "/deployments/:id");
}

TEST_F(RouterTest, DecodesParameters) {
  ASSERT_NE(Find("GET", "/deployments/a%20%C3%A9%2Fb+").route, nullptr);
  EXPECT_EQ(request_.Param("id"), "a é/b+");
}

TEST_F(RouterTest, RefusesParametersThatAreNotText) {
  for (const char* path : {"/deployments/%", "/deployments/%zz", "/deployments/%00",
                           "/deployments/%ff", "/deployments/%C3"}) {
    const Router::Match match = Find("GET", path);
    EXPECT_EQ(match.route, nullptr) << path;
    EXPECT_EQ(match.instead->status, 400) << path;
  }
}

TEST_F(RouterTest, AnswersUnknownPathsWith404) {
  for (const char* path :
       {"/nope", "/deployments/", "//deployments", "/deployments//1", "/deployments/1/approve/",
        "/runs", "/runs/1", "/deploy%6Dents", "//", "/gatewright-no-such-route"}) {
    const Router::Match match = Find("GET", path);
    ASSERT_TRUE(match.instead) << path;
    EXPECT_EQ(match.instead->status, 404) << path;
  }
}

TEST_F(RouterTest, AnswersVeryDeepPathsWith404) {
  std::string deep;
  for (int i = 0; i < 4000; ++i) deep += "/a";
  EXPECT_EQ(Find("GET", deep).instead->status, 404);
}

TEST_F(RouterTest, TellsWhichMethodsThePathHas) {
  const Router::Match match = Find("DELETE", "/deployments");
  EXPECT_EQ(match.instead->status, 405);
  EXPECT_EQ(Allow(match), "GET, HEAD, POST, OPTIONS");
  EXPECT_EQ(Allow(Find("PUT", "/deployments/special")), "GET, HEAD, POST, OPTIONS");
  EXPECT_EQ(Allow(Find("TRACE", "/deployments/5/approve")), "POST, OPTIONS");
}

TEST_F(RouterTest, AnswersOptions) {
  const Router::Match match = Find("OPTIONS", "/deployments/1");
  EXPECT_EQ(match.instead->status, 204);
  EXPECT_EQ(Allow(match), "GET, HEAD, OPTIONS");
  EXPECT_EQ(Find("OPTIONS", "/nope").instead->status, 404);
  EXPECT_EQ(Find("OPTIONS", "*").instead->status, 204);
}

TEST_F(RouterTest, DoesNotKnowOtherMethods) {
  EXPECT_EQ(Find("BREW", "/deployments").instead->status, 501);
  EXPECT_EQ(Find("get", "/deployments").instead->status, 501);
}

TEST_F(RouterTest, DescribesItself) {
  EXPECT_EQ(router_.Describe().front(), "GET /");
  EXPECT_EQ(router_.Describe().size(), 7u);
}

}  // namespace
}  // namespace gatewright::http
