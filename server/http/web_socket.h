// server/http/web_socket.h: the WebSocket protocol (RFC 6455) of one connection, without I/O: what
// the client sends goes in, what has to be sent to it comes out. The framing is libwslay's. One
// thread.
//
// A client has nothing to say here but control frames: its pings are answered and its close is
// returned; a message of it ends the connection with 1008.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "server/http/message.h"

struct wslay_event_context;

namespace gatewright::http {

class WebSocket {
 public:
  enum class CloseCode { kGoingAway = 1001, kFailed = 1011 };

  WebSocket();
  ~WebSocket();
  WebSocket(const WebSocket&) = delete;
  WebSocket& operator=(const WebSocket&) = delete;

  // Appends what has to be sent because of these bytes.
  void Receive(std::string_view bytes, std::string& out);
  void Ping(std::string& out);
  // Nothing can be sent after it.
  void Close(CloseCode code, std::string_view reason, std::string& out);
  // Both sides have said what they had to: the connection is to be closed once all is sent.
  bool IsOver() const;

 private:
  struct Callbacks;
  struct Free {
    void operator()(wslay_event_context* context) const;
  };
  void Send(std::string& out);

  std::unique_ptr<wslay_event_context, Free> context_;
  std::string_view input_;  // during Receive
  std::string* out_ = nullptr;
  bool is_broken_ = false;
};

// One whole text message, as the server sends it to any number of clients.
std::string TextMessage(std::string_view text);

// What Sec-WebSocket-Accept says to this key.
std::string AcceptKey(std::string_view key);

// Why this request cannot become a WebSocket; nothing when it can.
std::optional<Response> RefuseUpgrade(const Request& request);

}  // namespace gatewright::http
