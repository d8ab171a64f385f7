#include "tests/http/raw_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>
#include <cerrno>

#include <algorithm>
#include <charconv>

#include "server/http/text.h"

namespace gatewright::http {
namespace {

constexpr timeval kPatience{20, 0};  // a test that waits longer has failed

}  // namespace

std::string_view RawAnswer::Get(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (EqualsIgnoreCase(key, name)) return value;
  }
  return {};
}

bool RawAnswer::Has(std::string_view name) const {
  return std::any_of(headers.begin(), headers.end(),
                     [&](const auto& header) { return EqualsIgnoreCase(header.first, name); });
}

RawClient::RawClient(std::uint16_t port, int receive_buffer) {
  fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (receive_buffer > 0) {
    setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  }
  const int on = 1;
  setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
  setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof kPatience);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    ::close(std::exchange(fd_, -1));
  }
}

RawClient::~RawClient() {
  if (fd_ >= 0) ::close(fd_);
}

bool RawClient::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void RawClient::HalfClose() { ::shutdown(fd_, SHUT_WR); }

void RawClient::Reset() {
  const linger at_once{1, 0};
  setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  ::close(std::exchange(fd_, -1));
}

RawAnswer RawClient::Read(bool to_head) {
  std::string head = ReadUntil("\r\n\r\n");
  while (head.starts_with("HTTP/1.1 100 ")) {
    ++continues_;
    head = ReadUntil("\r\n\r\n");
  }
  RawAnswer answer;
  if (!head.ends_with("\r\n\r\n") || !head.starts_with("HTTP/1.1 ")) return answer;
  std::from_chars(head.data() + 9, head.data() + 12, answer.status);
  for (std::size_t begin = head.find("\r\n") + 2; begin + 2 < head.size();) {
    const std::size_t end = head.find("\r\n", begin);
    const std::size_t colon = head.find(": ", begin);
    answer.headers.emplace_back(head.substr(begin, colon - begin),
                                head.substr(colon + 2, end - colon - 2));
    begin = end + 2;
  }
  std::size_t length = 0;
  const std::string_view text = answer.Get("content-length");
  std::from_chars(text.data(), text.data() + text.size(), length);
  if (to_head) return answer;
  if (answer.Get("transfer-encoding") == "chunked") {
    auto chunk = ReadChunk();
    for (; chunk && !chunk->empty(); chunk = ReadChunk()) answer.body += *chunk;
    if (!chunk) answer.status = 0;
    return answer;
  }
  while (buffer_.size() < length && Fill()) {
  }
  if (buffer_.size() < length) answer.status = 0;
  answer.body = buffer_.substr(0, length);
  buffer_.erase(0, length);
  return answer;
}

std::string RawClient::ReadUntil(std::string_view mark) {
  std::size_t found = 0;
  while ((found = buffer_.find(mark)) == std::string::npos && Fill()) {
  }
  const std::size_t size = found == std::string::npos ? buffer_.size() : found + mark.size();
  std::string text = buffer_.substr(0, size);
  buffer_.erase(0, size);
  return text;
}

std::optional<std::string> RawClient::ReadChunk() {
  const std::string line = ReadUntil("\r\n");
  std::size_t size = 0;
  const auto read = std::from_chars(line.data(), line.data() + line.size(), size, 16);
  if (read.ec != std::errc() || read.ptr == line.data()) return std::nullopt;
  while (buffer_.size() < size + 2 && Fill()) {
  }
  if (buffer_.size() < size + 2 || buffer_.compare(size, 2, "\r\n") != 0) return std::nullopt;
  std::string chunk = buffer_.substr(0, size);
  buffer_.erase(0, size + 2);
  return chunk;
}

std::string RawClient::ReadToEnd() {
  while (Fill()) {
  }
  return std::exchange(buffer_, {});
}

bool RawClient::Fill() {
  char bytes[64 * 1024];
  ssize_t size = 0;
  do {  // a child of the process under test that ends interrupts a socket with a timeout
    size = ::recv(fd_, bytes, sizeof bytes, 0);
  } while (size < 0 && errno == EINTR);
  if (size <= 0) return false;
  buffer_.append(bytes, static_cast<std::size_t>(size));
  return true;
}

std::string Get(std::string_view path, std::string_view more_headers) {
  std::string text = "GET ";
  text += path;
  text += " HTTP/1.1\r\nHost: test\r\n";
  text += more_headers;
  return text + "\r\n";
}

std::string Post(std::string_view path, std::string_view body, std::string_view more_headers) {
  std::string text = "POST ";
  text += path;
  text += " HTTP/1.1\r\nHost: test\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
  text += more_headers;
  text += "\r\n";
  text += body;
  return text;
}

}  // namespace gatewright::http
