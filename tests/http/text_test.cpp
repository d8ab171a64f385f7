#include "server/http/text.h"

#include <gtest/gtest.h>

#include "server/http/problem.h"
#include "server/http/request_id.h"
#include "server/http/target.h"

namespace gatewright::http {
namespace {

std::string Escaped(std::string_view text) {
  std::string out;
  AppendJsonEscaped(out, text);
  return out;
}

TEST(Text, EscapesAnyBytesForJson) {
  EXPECT_EQ(Escaped("a\"b\\c"), "a\\\"b\\\\c");
  EXPECT_EQ(Escaped(std::string("\0\n\x1F", 3)), "\\u0000\\n\\u001f");
  EXPECT_EQ(Escaped("Grün €"), "Grün €");
  EXPECT_EQ(Escaped("a\xFFz"), "a\xEF\xBF\xBDz");
  EXPECT_EQ(Escaped("\xC3"), "\xEF\xBF\xBD");                                  // cut short
  EXPECT_EQ(Escaped("\xED\xA0\x80"), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");  // a surrogate
}

TEST(Text, DecodesPercentEscapes) {
  std::string out;
  EXPECT_TRUE(PercentDecode("a%20b+c%2Fd", PlusSign::kLiteral, out));
  EXPECT_EQ(out, "a b+c/d");
  EXPECT_TRUE(PercentDecode("a+b%2B", PlusSign::kSpace, out));
  EXPECT_EQ(out, "a b+");
  for (const char* bad : {"%", "%4", "%zz", "%00", "%ff", "a%C3"}) {
    EXPECT_FALSE(PercentDecode(bad, PlusSign::kLiteral, out)) << bad;
  }
}

TEST(Target, SplitsPathAndQueryInOrder) {
  Request request;
  request.target = "/a%20b?x=1&y=&flag&x=%C3%A9&&p=a=b";
  ASSERT_TRUE(SplitTarget(request));
  EXPECT_EQ(request.path, "/a%20b");
  ASSERT_EQ(request.query.size(), 5u);
  EXPECT_EQ(request.Query("x"), "1");
  EXPECT_EQ(request.query[3].value, "é");
  EXPECT_EQ(request.Query("flag"), "");
  EXPECT_EQ(request.Query("p"), "a=b");
  EXPECT_EQ(request.Query("absent"), std::nullopt);
}

TEST(Target, RefusesAMalformedQuery) {
  Request request;
  request.target = "/a?x=%zz";
  EXPECT_FALSE(SplitTarget(request));
}

TEST(Problem, IsProblemJson) {
  const Response response = Problem(409, "gate_decided", "Expected \"open\".", {{"/a", "why"}});
  EXPECT_EQ(response.status, 409);
  EXPECT_EQ(response.content_type, "application/problem+json");
  EXPECT_EQ(response.body,
            R"({"type":"/docs/problems#gate_decided","title":"Conflict","status":409,)"
            R"("detail":"Expected \"open\".","code":"gate_decided",)"
            R"("errors":[{"pointer":"/a","detail":"why"}]})");
}

TEST(RequestId, AcceptsOnlyWhatIsSafeToEcho) {
  EXPECT_TRUE(IsRequestId("a-B_9.z"));
  EXPECT_FALSE(IsRequestId(""));
  EXPECT_FALSE(IsRequestId("a b"));
  EXPECT_FALSE(IsRequestId(std::string(129, 'a')));
}

TEST(RequestId, MakesDifferentUuidsOfVersion7) {
  RequestIds ids;
  std::string a;
  std::string b;
  ids.Make(a);
  ids.Make(b);
  EXPECT_EQ(a.size(), 36u);
  EXPECT_EQ(a[14], '7');
  EXPECT_NE(a, b);
  EXPECT_TRUE(IsRequestId(a));
}

}  // namespace
}  // namespace gatewright::http
