#include "bench/load.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>

namespace gatewright::bench {
namespace {

using Clock = std::chrono::steady_clock;

struct Connection {
  int fd = -1;
  std::string received;
  Exchange current;
  Clock::time_point sent_at;
};

[[noreturn]] void Fail(const char* what) {
  std::perror(what);
  std::exit(1);
}

int Connect(int port) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) Fail("connect");
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  fcntl(fd, F_SETFL, O_NONBLOCK);
  return fd;
}

// Bytes of the whole answer at the front of `text`; 0 when it is not all there yet.
std::size_t AnswerSize(const std::string& text) {
  const auto head = text.find("\r\n\r\n");
  if (head == std::string::npos) return 0;
  constexpr std::string_view kLength = "Content-Length: ";
  const auto at = text.find(kLength);
  const std::size_t body =
      at < head ? std::strtoul(text.c_str() + at + kLength.size(), nullptr, 10) : 0;
  return text.size() >= head + 4 + body ? head + 4 + body : 0;
}

void Send(Connection& connection) {
  connection.sent_at = Clock::now();
  const auto& request = connection.current.request;
  // Requests are far smaller than a socket's buffer, which is empty here.
  if (send(connection.fd, request.data(), request.size(), MSG_NOSIGNAL) !=
      static_cast<ssize_t>(request.size())) {
    Fail("send");
  }
}

}  // namespace

double LoadResult::Percentile(double share) const {
  if (milliseconds.empty()) return 0;
  auto sorted = milliseconds;
  const auto at = static_cast<std::ptrdiff_t>(share * static_cast<double>(sorted.size() - 1));
  std::nth_element(sorted.begin(), sorted.begin() + at, sorted.end());
  return sorted[static_cast<std::size_t>(at)];
}

LoadResult RunLoad(int port, int connections, double seconds, const Next& next) {
  const int epoll = epoll_create1(0);
  std::vector<Connection> all(static_cast<std::size_t>(connections));
  for (int i = 0; i < connections; ++i) {
    Connection& connection = all[static_cast<std::size_t>(i)];
    connection.fd = Connect(port);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u32 = static_cast<std::uint32_t>(i);
    epoll_ctl(epoll, EPOLL_CTL_ADD, connection.fd, &event);
    connection.current = next(i, "");
  }
  LoadResult result;
  const auto begin = Clock::now();
  const auto end = begin + std::chrono::duration<double>(seconds);
  for (Connection& connection : all) Send(connection);
  std::vector<epoll_event> events(256);
  std::vector<char> buffer(1 << 16);
  while (Clock::now() < end) {
    const int ready = epoll_wait(epoll, events.data(), static_cast<int>(events.size()), 100);
    for (int i = 0; i < ready; ++i) {
      const auto index = events[static_cast<std::size_t>(i)].data.u32;
      Connection& connection = all[index];
      const ssize_t got = recv(connection.fd, buffer.data(), buffer.size(), 0);
      if (got <= 0) Fail("the server closed a connection");
      connection.received.append(buffer.data(), static_cast<std::size_t>(got));
      const std::size_t size = AnswerSize(connection.received);
      if (size == 0) continue;
      const std::string answer = connection.received.substr(0, size);
      connection.received.erase(0, size);
      result.milliseconds.push_back(
          std::chrono::duration<double, std::milli>(Clock::now() - connection.sent_at).count());
      ++result.answers;
      if (!connection.current.check(answer)) ++result.wrong;
      connection.current = next(static_cast<int>(index), answer);
      Send(connection);
    }
  }
  result.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  for (Connection& connection : all) close(connection.fd);
  close(epoll);
  return result;
}

std::string AskOnce(int port, const std::string& request) {
  Connection connection;
  connection.fd = Connect(port);
  fcntl(connection.fd, F_SETFL, 0);  // it may wait
  connection.current.request = request;
  Send(connection);
  std::vector<char> buffer(1 << 16);
  while (AnswerSize(connection.received) == 0) {
    const ssize_t got = recv(connection.fd, buffer.data(), buffer.size(), 0);
    if (got <= 0) Fail("the server closed a connection");
    connection.received.append(buffer.data(), static_cast<std::size_t>(got));
  }
  close(connection.fd);
  return connection.received;
}

std::string Get(const std::string& path) {
  return fmt::format("GET {} HTTP/1.1\r\nHost: bench\r\n\r\n", path);
}

std::string Post(const std::string& path, const std::string& body) {
  return fmt::format(
      "POST {} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
      "Content-Length: {}\r\n\r\n{}",
      path, body.size(), body);
}

std::string_view Member(std::string_view answer, std::string_view member) {
  const std::string key = fmt::format("\"{}\":", member);
  auto at = answer.find(key);
  if (at == std::string_view::npos) return {};
  answer.remove_prefix(at + key.size());
  if (answer.starts_with('"')) return answer.substr(1, answer.find('"', 1) - 1);
  return answer.substr(0, answer.find_first_of(",}"));
}

}  // namespace gatewright::bench
