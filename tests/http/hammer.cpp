// tests/http/hammer.cpp: many impatient clients against a running server. Every request carries its
// own X-Request-Id; every answer must carry the same one back. Most clients leave early (close,
// RST, half-close); whoever stays must get an answer in time. Exits with 1 otherwise.
//
//   gw_hammer --url http://127.0.0.1:8003/livez --seconds 30
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

constexpr char kUsage[] =
    "gw_hammer --url http://ADDRESS:PORT/PATH [--threads 16] [--requests 200000] [--seconds 60]\n"
    "          [--drop-percent 70] [--limit-ms 5000] [--seed 1]\n"
    "Stops at --requests or --seconds, whichever comes first.\n";

struct Settings {
  sockaddr_in address{};
  std::string path;
  int threads = 16;
  std::int64_t requests = 200'000;
  int seconds = 60;
  unsigned drop_percent = 70;
  int limit_ms = 5000;
  unsigned seed = 1;
};

struct Counts {
  std::atomic<std::int64_t> sent{0}, answered{0}, dropped{0}, wrong{0}, missing{0}, refused{0};
  std::atomic<std::int64_t> not_2xx{0}, slowest_us{0};
};

bool ParseUrl(std::string_view url, Settings& settings) {
  constexpr std::string_view kScheme = "http://";
  if (!url.starts_with(kScheme)) return false;
  url.remove_prefix(kScheme.size());
  const std::size_t slash = std::min(url.find('/'), url.size());
  settings.path = slash < url.size() ? url.substr(slash) : "/";
  const std::string_view host_port = url.substr(0, slash);
  const std::size_t colon = host_port.find(':');
  if (colon == std::string_view::npos) return false;
  std::string host(host_port.substr(0, colon));
  if (host == "localhost") host = "127.0.0.1";
  std::uint16_t port = 0;
  std::from_chars(host_port.data() + colon + 1, host_port.data() + host_port.size(), port);
  settings.address.sin_family = AF_INET;
  settings.address.sin_port = htons(port);
  return port != 0 && inet_pton(AF_INET, host.c_str(), &settings.address.sin_addr) == 1;
}

std::optional<Settings> ParseArguments(int argc, char** argv) {
  Settings settings;
  bool has_url = false;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i];
    const long number = std::strtol(argv[i + 1], nullptr, 10);
    if (name == "--url") {
      has_url = ParseUrl(argv[i + 1], settings);
    } else if (name == "--threads") {
      settings.threads = static_cast<int>(number);
    } else if (name == "--requests") {
      settings.requests = number;
    } else if (name == "--seconds") {
      settings.seconds = static_cast<int>(number);
    } else if (name == "--drop-percent") {
      settings.drop_percent = static_cast<unsigned>(number);
    } else if (name == "--limit-ms") {
      settings.limit_ms = static_cast<int>(number);
    } else if (name == "--seed") {
      settings.seed = static_cast<unsigned>(number);
    } else {
      return std::nullopt;
    }
  }
  if (!has_url || argc % 2 == 0) return std::nullopt;
  return settings;
}

// One connection of one thread.
class Client {
 public:
  Client(const Settings& settings, Counts& counts) : settings_(settings), counts_(counts) {}
  ~Client() { Close(); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  bool Connect() {
    fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int on = 1;
    setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const auto* address = reinterpret_cast<const sockaddr*>(&settings_.address);
    return ::connect(fd_, address, sizeof settings_.address) == 0;
  }

  bool Send(const std::vector<std::string>& tags) {
    std::string text;
    for (const std::string& tag : tags) {
      text += "GET " + settings_.path + " HTTP/1.1\r\nHost: hammer\r\nX-Request-Id: " + tag +
              "\r\n\r\n";
    }
    sent_at_ = Clock::now();
    counts_.sent += static_cast<std::int64_t>(tags.size());
    return ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size());
  }

  // Leaves in one of the ways clients leave.
  void Leave(std::mt19937& random) {
    const unsigned way = random() % 5;
    if (way == 1) usleep(random() % 400);
    if (way == 2) usleep(random() % 2000);
    if (way == 3) {
      ::shutdown(fd_, SHUT_WR);
      usleep(random() % 300);
    }
    if (random() % 3 == 0) {
      const linger reset{1, 0};
      setsockopt(fd_, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    }
    Close();
  }

  void HalfClose() { ::shutdown(fd_, SHUT_WR); }

  // Reads one answer and checks that it is ours. False when the connection is of no more use.
  bool Check(const std::string& tag) {
    std::size_t head_size = 0;
    while ((head_size = buffer_.find("\r\n\r\n")) == std::string::npos) {
      if (!Fill()) return Missing(tag);
    }
    const std::string head = buffer_.substr(0, head_size + 2);
    const std::size_t size = head_size + 4 + Number(Value(head, "Content-Length"));
    while (buffer_.size() < size) {
      if (!Fill()) return Missing(tag);
    }
    buffer_.erase(0, size);
    if (Value(head, "X-Request-Id") != tag || !head.starts_with("HTTP/1.1 ")) {
      if (counts_.wrong++ < 5) {
        std::fprintf(stderr, "WRONG: sent %s, got:\n%s\n", tag.c_str(), head.c_str());
      }
      return false;
    }
    counts_.answered++;
    if (head[9] != '2') counts_.not_2xx++;
    const auto taken =
        std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - sent_at_).count();
    for (auto slowest = counts_.slowest_us.load();
         taken > slowest && !counts_.slowest_us.compare_exchange_weak(slowest, taken);) {
    }
    return Value(head, "Connection") != "close";
  }

 private:
  bool Missing(const std::string& tag) {
    if (counts_.missing++ < 5) {
      std::fprintf(stderr, "MISSING: no answer to %s, %zu bytes came\n", tag.c_str(),
                   buffer_.size());
    }
    return false;
  }

  bool Fill() {
    const auto waited =
        std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - sent_at_).count();
    pollfd watched{fd_, POLLIN, 0};
    const auto left = settings_.limit_ms - static_cast<int>(waited);
    if (left <= 0 || ::poll(&watched, 1, left) <= 0) return false;
    char bytes[16 * 1024];
    const ssize_t size = ::recv(fd_, bytes, sizeof bytes, 0);
    if (size <= 0) return false;
    buffer_.append(bytes, static_cast<std::size_t>(size));
    return true;
  }

  static std::string_view Value(std::string_view head, std::string_view name) {
    const std::string mark = "\r\n" + std::string(name) + ": ";
    const std::size_t begin = head.find(mark);
    if (begin == std::string_view::npos) return {};
    head.remove_prefix(begin + mark.size());
    return head.substr(0, head.find("\r\n"));
  }

  static std::size_t Number(std::string_view text) {
    std::size_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
  }

  void Close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }

  const Settings& settings_;
  Counts& counts_;
  int fd_ = -1;
  std::string buffer_;
  Clock::time_point sent_at_;
};

// One connection's life: some exchanges, perhaps pipelined, perhaps ended early.
void RunConnection(const Settings& settings, Counts& counts, std::mt19937& random,
                   const std::string& prefix, std::int64_t& next_tag) {
  Client client(settings, counts);
  if (!client.Connect()) {
    counts.refused++;
    usleep(5000);
    return;
  }
  const unsigned exchanges = 1 + random() % 8;
  for (unsigned i = 0; i < exchanges; ++i) {
    std::vector<std::string> tags(random() % 10 == 0 ? 1 + random() % 5 : 1);
    for (std::string& tag : tags) tag = prefix + std::to_string(next_tag++);
    const bool was_sent = client.Send(tags);
    if (random() % 100 < settings.drop_percent) {
      counts.dropped += static_cast<std::int64_t>(tags.size());
      return client.Leave(random);
    }
    if (!was_sent) {
      counts.missing += static_cast<std::int64_t>(tags.size());
      return;
    }
    const bool is_last = random() % 20 == 0;
    if (is_last) client.HalfClose();  // and still every answer must come
    bool may_go_on = true;
    for (const std::string& tag : tags) may_go_on = client.Check(tag) && may_go_on;
    if (is_last || !may_go_on) return;
  }
}

void RunThread(const Settings& settings, Counts& counts, int index, Clock::time_point end) {
  std::mt19937 random(settings.seed * 7919u + static_cast<unsigned>(index));
  const std::string prefix =
      "h" + std::to_string(settings.seed) + "-" + std::to_string(index) + "-";
  std::int64_t next_tag = 0;
  while (counts.sent < settings.requests && Clock::now() < end) {
    RunConnection(settings, counts, random, prefix, next_tag);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const auto settings = ParseArguments(argc, argv);
  if (!settings) {
    std::fputs(kUsage, stderr);
    return 2;
  }
  Counts counts;
  const auto end = Clock::now() + std::chrono::seconds(settings->seconds);
  std::vector<std::thread> threads;
  for (int i = 0; i < settings->threads; ++i) {
    threads.emplace_back([&, i] { RunThread(*settings, counts, i, end); });
  }
  for (std::thread& thread : threads) thread.join();
  std::printf(
      "seed %u: sent %ld, answered %ld (%ld not 2xx), left early %ld, WRONG %ld, MISSING %ld, "
      "connections refused %ld, slowest %.1f ms\n",
      settings->seed, counts.sent.load(), counts.answered.load(), counts.not_2xx.load(),
      counts.dropped.load(), counts.wrong.load(), counts.missing.load(), counts.refused.load(),
      static_cast<double>(counts.slowest_us.load()) / 1000.0);
  const bool is_good = counts.wrong == 0 && counts.missing == 0 && counts.refused == 0;
  return is_good && counts.answered > 0 ? 0 : 1;
}
