// server/cli/client.h: requests to a running server. Every way in which one can fail is a sentence
// and an exit code. libcurl stays behind it. One thread.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "engine/base/result.h"

namespace gatewright::cli {

struct ClientOptions {
  std::string server;  // "http://127.0.0.1:8003", also with a path in front of the API
  std::string actor;   // as whom: "alice; roles=qa"; empty: as everybody
  std::string token;   // for a server with authentication; never shown
  std::chrono::milliseconds timeout{30'000};
};

struct Request {
  std::string_view method = "GET";
  std::string path;  // from the server's address on, with the query
  std::string body = {};
  std::string_view content_type = "application/json";
};

struct Answer {
  int exit_code = 0;    // kExitOk exactly when the server did what it was asked
  std::string problem;  // otherwise: a sentence, maybe of several lines
  long status = 0;      // of HTTP; 0 when there was no answer
  std::string body;
};

class Client {
 public:
  // kInvalid when the address or the actor cannot be used.
  static Result<Client> Open(ClientOptions options);

  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;
  ~Client();

  Answer Send(const Request& request);

  // The body goes to `take` piece by piece, however long it lasts; false from it ends the transfer.
  // `silence`: how long nothing may come; zero = for ever. kExitUnreachable: the server could not
  // be asked, or the body was cut off: then `status` is 200.
  Answer Receive(const Request& request, std::chrono::milliseconds silence,
                 const std::function<bool(std::string_view)>& take);

 private:
  struct Impl;
  struct Transfer;
  void Prepare(Transfer& transfer, const Request& request);
  void Conclude(Answer& answer);

  explicit Client(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

// For one segment of a path, or a value of the query.
std::string UrlEncoded(std::string_view text);

}  // namespace gatewright::cli
