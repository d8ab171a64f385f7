// A WebSocket without a network: what a client's bytes lead to, and the words of the handshake.
#include "server/http/web_socket.h"

#include <gmock/gmock.h>

namespace gatewright::http {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

// As a client sends it: masked, here by zeros, so that the payload is readable.
std::string FromClient(char first, std::string_view payload) {
  std::string bytes{first, static_cast<char>(0x80 | payload.size()), 0, 0, 0, 0};
  return bytes.append(payload);
}
constexpr char kText = '\x81';
constexpr char kClose = '\x88';
constexpr char kPing = '\x89';

std::string Answer(WebSocket& socket, std::string_view bytes) {
  std::string out;
  socket.Receive(bytes, out);
  return out;
}

// A close frame begins with its code.
std::string Closing(int code) {
  return {kClose, static_cast<char>(0), static_cast<char>(code >> 8), static_cast<char>(code)};
}
void ExpectClosed(WebSocket& socket, const std::string& answer, int code) {
  ASSERT_GE(answer.size(), 4U);
  EXPECT_EQ(answer[0], kClose);
  EXPECT_EQ(answer.substr(2, 2), Closing(code).substr(2));
  EXPECT_TRUE(socket.IsOver());
}

Request Upgrade() {
  Request request;
  request.method = "GET";
  request.headers = {{"Upgrade", "websocket"},
                     {"Connection", "keep-alive, Upgrade"},
                     {"Sec-WebSocket-Version", "13"},
                     {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="}};
  return request;
}

TEST(WebSocket, AnswersAPingInOneReadOrInMany) {
  WebSocket socket;
  const std::string ping = FromClient(kPing, "hi");
  EXPECT_EQ(Answer(socket, ping), "\x8a\x02hi");
  std::string answer;
  for (const char byte : ping) socket.Receive({&byte, 1}, answer);
  EXPECT_EQ(answer, "\x8a\x02hi");
  EXPECT_FALSE(socket.IsOver());
}

TEST(WebSocket, ReturnsAClose) {
  WebSocket socket;
  ExpectClosed(socket, Answer(socket, FromClient(kClose, std::string("\x03\xe8", 2))), 1000);
}

TEST(WebSocket, TakesNoMessages) {
  WebSocket socket;
  const std::string answer = Answer(socket, FromClient(kText, "hello"));
  ExpectClosed(socket, answer, 1008);
  EXPECT_THAT(answer, HasSubstr("takes no messages"));
  EXPECT_THAT(Answer(socket, FromClient(kPing, "late")), IsEmpty());
}

TEST(WebSocket, RefusesWhatIsNotMasked) {
  WebSocket socket;
  ExpectClosed(socket, Answer(socket, "\x81\x02hi"), 1002);
}

TEST(WebSocket, RefusesWhatIsTooLong) {
  WebSocket socket;
  const std::string head("\x82\xfe\xff\xff\0\0\0\0", 8);
  ExpectClosed(socket, Answer(socket, head + std::string(65'535, 'a')), 1009);
}

TEST(WebSocket, RefusesWhatIsNotUtf8) {
  WebSocket socket;
  ExpectClosed(socket, Answer(socket, FromClient(kText, "\xe9")), 1007);
}

TEST(WebSocket, SaysWhyItGoes) {
  WebSocket socket;
  std::string out;
  socket.Close(WebSocket::CloseCode::kGoingAway, "the server stops", out);
  ExpectClosed(socket, out, 1001);
}

TEST(TextMessage, HasItsSizeInOneThreeOrNineBytes) {
  EXPECT_EQ(TextMessage("hi"), "\x81\x02hi");
  EXPECT_THAT(TextMessage(std::string(125, 'a')), StartsWith("\x81\x7d"));
  EXPECT_THAT(TextMessage(std::string(126, 'a')), StartsWith(std::string("\x81\x7e\x00\x7e", 4)));
  EXPECT_THAT(TextMessage(std::string(65'535, 'a')), StartsWith("\x81\x7e\xff\xff"));
  EXPECT_THAT(TextMessage(std::string(65'536, 'a')),
              StartsWith(std::string("\x81\x7f\0\0\0\0\0\x01\0\0", 10)));
}

TEST(Upgrade, AcceptsWithTheKeyOfTheStandard) {
  EXPECT_FALSE(RefuseUpgrade(Upgrade()));
  EXPECT_EQ(AcceptKey("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=") << "RFC 6455";
}

TEST(Upgrade, SaysWhatIsMissing) {
  for (std::size_t i = 0; i < Upgrade().headers.size(); ++i) {
    Request request = Upgrade();
    request.headers.erase(request.headers.begin() + static_cast<std::ptrdiff_t>(i));
    const auto refusal = RefuseUpgrade(request);
    ASSERT_TRUE(refusal) << Upgrade().headers[i].name;
    EXPECT_EQ(refusal->status, Upgrade().headers[i].name.ends_with("Key") ? 400 : 426);
  }
  Request old = Upgrade();
  old.minor_version = 0;
  EXPECT_EQ(RefuseUpgrade(old)->status, 426);
}

}  // namespace
}  // namespace gatewright::http
