#include "server/http/web_socket.h"

#include <wslay/wslay.h>

#include <algorithm>
#include <cstring>
#include <new>

namespace gatewright::http {
namespace {

constexpr std::size_t kMaxMessage = 4 * 1024;  // of a client: it has nothing to say
constexpr std::string_view kNothingToSay = "this feed takes no messages";

const std::uint8_t* Bytes(std::string_view text) {
  return reinterpret_cast<const std::uint8_t*>(text.data());
}

}  // namespace

struct WebSocket::Callbacks {
  static ssize_t Read(wslay_event_context* context, std::uint8_t* to, std::size_t size, int,
                      void* user) {
    auto& socket = *static_cast<WebSocket*>(user);
    if (socket.input_.empty()) {
      wslay_event_set_error(context, WSLAY_ERR_WOULDBLOCK);
      return -1;
    }
    const std::size_t count = std::min(size, socket.input_.size());
    std::memcpy(to, socket.input_.data(), count);
    socket.input_.remove_prefix(count);
    return static_cast<ssize_t>(count);
  }

  static ssize_t Write(wslay_event_context*, const std::uint8_t* data, std::size_t size, int,
                       void* user) {
    static_cast<WebSocket*>(user)->out_->append(reinterpret_cast<const char*>(data), size);
    return static_cast<ssize_t>(size);
  }

  // Pings and closes are answered by the library.
  static void OnMessage(wslay_event_context* context, const wslay_event_on_msg_recv_arg* message,
                        void*) {
    if (wslay_is_ctrl_frame(message->opcode)) return;
    wslay_event_queue_close(context, WSLAY_CODE_POLICY_VIOLATION, Bytes(kNothingToSay),
                            kNothingToSay.size());
    wslay_event_shutdown_read(context);
  }
};

void WebSocket::Free::operator()(wslay_event_context* context) const {
  wslay_event_context_free(context);
}

WebSocket::WebSocket() {
  static constexpr wslay_event_callbacks kCallbacks = {
      &Callbacks::Read, &Callbacks::Write,    nullptr, nullptr, nullptr,
      nullptr,          &Callbacks::OnMessage};
  wslay_event_context* context = nullptr;
  if (wslay_event_context_server_init(&context, &kCallbacks, this) != 0) throw std::bad_alloc();
  context_.reset(context);
  wslay_event_config_set_max_recv_msg_length(context, kMaxMessage);
}

WebSocket::~WebSocket() = default;

void WebSocket::Receive(std::string_view bytes, std::string& out) {
  input_ = bytes;
  if (wslay_event_recv(context_.get()) != 0) is_broken_ = true;
  input_ = {};
  Send(out);
}

void WebSocket::Ping(std::string& out) {
  const wslay_event_msg ping{WSLAY_PING, nullptr, 0};
  wslay_event_queue_msg(context_.get(), &ping);
  Send(out);
}

void WebSocket::Close(CloseCode code, std::string_view reason, std::string& out) {
  wslay_event_queue_close(context_.get(), static_cast<std::uint16_t>(code), Bytes(reason),
                          reason.size());
  wslay_event_shutdown_read(context_.get());
  Send(out);
}

bool WebSocket::IsOver() const {
  return is_broken_ || wslay_event_get_close_sent(context_.get()) != 0;
}

void WebSocket::Send(std::string& out) {
  out_ = &out;
  if (wslay_event_send(context_.get()) != 0) is_broken_ = true;
  out_ = nullptr;
}

}  // namespace gatewright::http
