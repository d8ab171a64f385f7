#include "server/http/acceptor.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

namespace gatewright::http {
namespace {

constexpr int kBacklog = 4096;
constexpr std::chrono::milliseconds kPauseWhenFull{20};  // no descriptors left: let some be closed

std::string AddressText(const sockaddr_storage& address) {
  char text[INET6_ADDRSTRLEN] = "";
  if (address.ss_family == AF_INET) {
    inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in&>(address).sin_addr, text, sizeof text);
  } else if (address.ss_family == AF_INET6) {
    inet_ntop(AF_INET6, &reinterpret_cast<const sockaddr_in6&>(address).sin6_addr, text,
              sizeof text);
  }
  const std::string_view plain = text;
  constexpr std::string_view kMapped = "::ffff:";  // IPv4 as a dual-stack socket shows it
  return std::string(plain.starts_with(kMapped) ? plain.substr(kMapped.size()) : plain);
}

std::uint16_t PortOf(int fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
  return ntohs(address.ss_family == AF_INET6
                   ? reinterpret_cast<const sockaddr_in6&>(address).sin6_port
                   : reinterpret_cast<const sockaddr_in&>(address).sin_port);
}

// A listening socket, or -1 with errno.
int OpenListener(const addrinfo& info) {
  const int fd = ::socket(info.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  const int on = 1;
  const int off = 0;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);  // inherited by what it accepts
  if (info.ai_family == AF_INET6) setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  if (::bind(fd, info.ai_addr, info.ai_addrlen) == 0 && ::listen(fd, kBacklog) == 0) return fd;
  const int problem = errno;
  ::close(fd);
  errno = problem;
  return -1;
}

}  // namespace

OwnedSocket::~OwnedSocket() {
  if (fd_ >= 0) ::close(fd_);
}

int OwnedSocket::Take() { return std::exchange(fd_, -1); }

Result<std::uint16_t> Acceptor::Listen(const std::string& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo* found = nullptr;
  const int problem = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
  if (problem != 0) {
    return Error{ErrorCode::kInvalid,
                 fmt::format("Cannot listen on '{}': expected an IP address or "
                             "a known host name ({}).",
                             host, gai_strerror(problem))};
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, freeaddrinfo);
  listen_fd_ = OpenListener(*found);
  if (listen_fd_ < 0) {
    return Error{ErrorCode::kUnavailable,
                 fmt::format("Cannot listen on {} port {}: {}.", host, port, std::strerror(errno))};
  }
  return PortOf(listen_fd_);
}

void Acceptor::Run(Taker taker) {
  taker_ = std::move(taker);
  wake_fd_ = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  thread_ = std::thread([this] { Loop(); });
}

void Acceptor::Stop() {
  if (thread_.joinable()) {
    is_stopping_ = true;
    eventfd_write(wake_fd_, 1);
    thread_.join();
    ::close(wake_fd_);
  }
  if (listen_fd_ >= 0) ::close(std::exchange(listen_fd_, -1));
}

void Acceptor::Loop() {
  pollfd watched[2] = {{listen_fd_, POLLIN, 0}, {wake_fd_, POLLIN, 0}};
  while (!is_stopping_) {
    ::poll(watched, 2, -1);
    while (AcceptOne()) {
      if (is_stopping_) break;
    }
  }
  while (AcceptOne()) {  // whoever had connected before we stopped
  }
}

bool Acceptor::AcceptOne() {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  const int fd = ::accept4(listen_fd_, reinterpret_cast<sockaddr*>(&address), &size,
                           SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd >= 0) {
    taker_(std::make_shared<OwnedSocket>(fd), AddressText(address));
    return true;
  }
  if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
    std::this_thread::sleep_for(kPauseWhenFull);
    return false;
  }
  return errno == EINTR || errno == ECONNABORTED;
}

}  // namespace gatewright::http
