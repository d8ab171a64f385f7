// server/cli/client.cpp: one HTTP exchange with libcurl, and what its failures mean.
#include "server/cli/client.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "server/cli/arguments.h"
#include "server/cli/json_view.h"

namespace gatewright::cli {
namespace {

constexpr std::size_t kLargestAnswer = 64U << 20;  // bytes
constexpr std::size_t kLongestToken = 8192;        // bytes
constexpr long kConnectMilliseconds = 5'000;

using Handle = std::unique_ptr<CURL, decltype(&::curl_easy_cleanup)>;

class HeaderList {
 public:
  HeaderList() = default;
  HeaderList(const HeaderList&) = delete;
  HeaderList& operator=(const HeaderList&) = delete;
  ~HeaderList() { ::curl_slist_free_all(list_); }

  void Add(const std::string& line) {
    if (auto* longer = ::curl_slist_append(list_, line.c_str())) list_ = longer;
  }
  const curl_slist* list() const { return list_; }

 private:
  curl_slist* list_ = nullptr;
};

// Taking less than was offered ends the transfer.
std::size_t Take(const char* bytes, std::size_t, std::size_t count, void* target) {
  auto& body = *static_cast<std::string*>(target);
  if (body.size() + count > kLargestAnswer) return 0;
  body.append(bytes, count);
  return count;
}

bool HasControl(std::string_view text) {
  return std::ranges::any_of(text, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

// A proxy that the environment names is for other machines.
bool IsLoopback(std::string_view server) {
  server.remove_prefix(std::min(server.size(), server.find("://") + 3));
  return server.starts_with("127.") || server.starts_with("localhost") ||
         server.starts_with("[::1]");
}

int ExitCodeOf(long status) {
  switch (status) {
    case 401:
    case 403:
      return kExitNotAllowed;
    case 404:
      return kExitNotFound;
    case 409:
    case 412:
      return kExitConflict;
    case 502:
    case 503:
    case 504:
      return kExitUnreachable;
    default:
      return kExitFailure;
  }
}

// The sentence of a problem document, and its single mistakes where it has some.
std::string ProblemOf(const Answer& answer, const std::string& server) {
  const auto document = codec::ParseJson(answer.body);
  const std::string detail = document ? JsonView(*document)["detail"].text() : "";
  if (detail.empty()) {
    return fmt::format("{} answered {}, and not as a Gatewright server does", server,
                       answer.status);
  }
  std::string problem = detail;
  const auto errors = JsonView(*document)["errors"].items();
  if (errors.size() < 2 && !errors.empty() && !errors.front()["pointer"].text().empty()) {
    return problem;  // the sentence has it already
  }
  for (const JsonView& error : errors) {
    const std::string pointer = error["pointer"].text();
    problem +=
        fmt::format("\n{}{}{}", pointer, pointer.empty() ? "" : ": ", error["detail"].text());
  }
  return problem;
}

}  // namespace

struct Client::Impl {
  ClientOptions options;
  Handle handle{nullptr, &::curl_easy_cleanup};
};

Client::Client(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;
Client::~Client() = default;

Result<Client> Client::Open(ClientOptions options) {
  const bool has_scheme =
      options.server.starts_with("http://") || options.server.starts_with("https://");
  if (!has_scheme || HasControl(options.server)) {
    return Error{ErrorCode::kInvalid,
                 fmt::format("--server: expected an address like http://127.0.0.1:8003, found '{}'",
                             Shown(options.server))};
  }
  if (HasControl(options.actor)) {
    return Error{ErrorCode::kInvalid,
                 fmt::format("--as: expected a name like \"alice; roles=qa\", found '{}'",
                             Shown(options.actor))};
  }
  if (options.token.size() > kLongestToken || HasControl(options.token)) {
    return Error{ErrorCode::kInvalid,
                 "--token-file: expected one line with a token, found something else"};
  }
  while (options.server.ends_with('/')) options.server.pop_back();
  auto impl = std::make_unique<Impl>();
  impl->options = std::move(options);
  impl->handle.reset(::curl_easy_init());
  if (!impl->handle) return Error{ErrorCode::kInternal, "libcurl cannot be used"};
  return Client(std::move(impl));
}

// What must live as long as libcurl works on it.
struct Client::Transfer {
  HeaderList headers;
  std::string url;
  std::string method;
};

void Client::Prepare(Transfer& transfer, const Request& request) {
  const ClientOptions& options = impl_->options;
  CURL* curl = impl_->handle.get();
  ::curl_easy_reset(curl);  // keeps the connection
  transfer.headers.Add("Accept: application/json");
  transfer.headers.Add("Expect:");
  if (!options.actor.empty()) transfer.headers.Add("X-Gatewright-Actor: " + options.actor);
  if (!options.token.empty()) transfer.headers.Add("Authorization: Bearer " + options.token);
  transfer.url = options.server + request.path;
  transfer.method = request.method;
  ::curl_easy_setopt(curl, CURLOPT_URL, transfer.url.c_str());
  ::curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  ::curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, transfer.method.c_str());
  if (transfer.method != "GET") {
    transfer.headers.Add(fmt::format("Content-Type: {}", request.content_type));
    ::curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE,
                       static_cast<curl_off_t>(request.body.size()));
    ::curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.body.c_str());
  }
  ::curl_easy_setopt(curl, CURLOPT_HTTPHEADER, transfer.headers.list());
  ::curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  ::curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, kConnectMilliseconds);
  if (IsLoopback(options.server)) ::curl_easy_setopt(curl, CURLOPT_PROXY, "");
}

// What the server said, once it has said all of it.
void Client::Conclude(Answer& answer) {
  ::curl_easy_getinfo(impl_->handle.get(), CURLINFO_RESPONSE_CODE, &answer.status);
  if (answer.status >= 200 && answer.status < 300) return;
  answer.exit_code = ExitCodeOf(answer.status);
  answer.problem = ProblemOf(answer, impl_->options.server);
}

Answer Client::Send(const Request& request) {
  const ClientOptions& options = impl_->options;
  CURL* curl = impl_->handle.get();
  Answer answer;
  Transfer transfer;
  Prepare(transfer, request);
  ::curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(options.timeout.count()));
  ::curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &Take);
  ::curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer.body);

  const CURLcode code = ::curl_easy_perform(curl);
  if (code == CURLE_OPERATION_TIMEDOUT) {
    answer.exit_code = kExitUnreachable;
    answer.problem =
        fmt::format("{} did not answer within {} seconds{}", options.server,
                    static_cast<double>(options.timeout.count()) / 1000,
                    transfer.method == "GET" ? "" : "; what was asked may still happen");
    return answer;
  }
  if (code != CURLE_OK) {
    answer.exit_code = kExitUnreachable;
    answer.problem = fmt::format(
        "no server answers on {} ({}); --server or APPROVAL_SERVER names another", options.server,
        code == CURLE_WRITE_ERROR ? "its answer is too large" : ::curl_easy_strerror(code));
    return answer;
  }
  Conclude(answer);
  return answer;
}

Answer Client::Receive(const Request& request, std::chrono::milliseconds silence,
                       const std::function<bool(std::string_view)>& take) {
  CURL* curl = impl_->handle.get();
  Answer answer;
  Transfer transfer;
  Prepare(transfer, request);
  struct Target {
    CURL* curl;
    const std::function<bool(std::string_view)>& take;
    Answer& answer;
    bool is_stopped = false;
  } target{curl, take, answer};
  // A refusal is not part of what was asked for.
  const auto receive = +[](const char* bytes, std::size_t, std::size_t count, void* where) {
    auto& to = *static_cast<Target*>(where);
    long status = 0;
    ::curl_easy_getinfo(to.curl, CURLINFO_RESPONSE_CODE, &status);
    if (status < 200 || status >= 300) return Take(bytes, 1, count, &to.answer.body);
    to.is_stopped = !to.take({bytes, count});
    return to.is_stopped ? 0 : count;
  };
  if (silence.count() > 0) {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(silence);
    ::curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
    ::curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, static_cast<long>(seconds.count()));
  }
  ::curl_easy_setopt(curl, CURLOPT_TCP_KEEPALIVE, 1L);
  ::curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, receive);
  ::curl_easy_setopt(curl, CURLOPT_WRITEDATA, &target);

  const CURLcode code = ::curl_easy_perform(curl);
  if (code != CURLE_OK) {
    ::curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer.status);
    answer.exit_code = target.is_stopped ? kExitFailure : kExitUnreachable;
    answer.problem = fmt::format("the answer of {} was cut off ({})", impl_->options.server,
                                 ::curl_easy_strerror(code));
    return answer;
  }
  Conclude(answer);
  return answer;
}

std::string UrlEncoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') ||
                          std::string_view("-._~").find(c) != std::string_view::npos;
    if (is_plain) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

}  // namespace gatewright::cli
