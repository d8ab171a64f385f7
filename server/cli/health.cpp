// server/cli/health.cpp: `gatewright health`: one GET /livez of a running server, for containers
// and scripts. Waits at most a few seconds.
#include <fmt/format.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>

#include "server/cli/commands.h"

namespace gatewright::cli {
namespace {

constexpr timeval kPatience{3, 0};

// Connected, or -1.
int Connect(const std::string& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found) != 0) return -1;
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owned(found, &::freeaddrinfo);
  for (const addrinfo* address = found; address != nullptr; address = address->ai_next) {
    const int fd = ::socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) continue;
    ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
    ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof kPatience);
    if (::connect(fd, address->ai_addr, address->ai_addrlen) == 0) return fd;
    ::close(fd);
  }
  return -1;
}

// The first bytes of the answer; the status line is enough.
std::string Ask(int fd, const std::string& host) {
  const std::string request =
      fmt::format("GET /livez HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", host);
  if (::send(fd, request.data(), request.size(), MSG_NOSIGNAL) < 0) return {};
  std::string answer;
  char buffer[512];
  while (answer.find("\r\n") == std::string::npos) {
    const ssize_t count = ::recv(fd, buffer, sizeof buffer, 0);
    if (count <= 0) break;
    answer.append(buffer, static_cast<std::size_t>(count));
  }
  return answer.substr(0, answer.find("\r\n"));
}

}  // namespace

int RunHealth(const Arguments& arguments) {
  const auto configuration = Configure(arguments);
  if (!configuration) return kExitUsage;
  const Settings& settings = configuration->settings;
  const int fd = Connect(settings.host, settings.port);
  if (fd < 0) {
    PrintError(fmt::format("no server answers on {}:{}", settings.host, settings.port));
    return kExitFailure;
  }
  const std::string status = Ask(fd, settings.host);
  ::close(fd);
  if (!status.starts_with("HTTP/1.1 200")) {
    PrintError(fmt::format("expected HTTP/1.1 200 from http://{}:{}/livez, found '{}'",
                           settings.host, settings.port, status));
    return kExitFailure;
  }
  fmt::print("ok\n");
  return kExitOk;
}

}  // namespace gatewright::cli
