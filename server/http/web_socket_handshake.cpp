// How a request becomes a WebSocket (RFC 6455, 4.2), and the one message that all clients share.
#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>

#include "server/http/problem.h"
#include "server/http/text.h"
#include "server/http/web_socket.h"

namespace gatewright::http {
namespace {

constexpr std::string_view kGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
constexpr std::size_t kKeySize = 24;  // 16 bytes in Base64

bool HasWord(std::string_view list, std::string_view word) {
  bool has_word = false;
  ForEachElement(list, [&](std::string_view one) { has_word |= EqualsIgnoreCase(one, word); });
  return has_word;
}

Response NeedsUpgrade(std::string detail) {
  Response refusal = Problem(426, "upgrade_required", std::move(detail));
  refusal.headers.push_back({"Upgrade", "websocket"});
  refusal.headers.push_back({"Sec-WebSocket-Version", "13"});
  return refusal;
}

}  // namespace

std::optional<Response> RefuseUpgrade(const Request& request) {
  const bool is_asked =
      HasWord(request.Get("Upgrade"), "websocket") && HasWord(request.Get("Connection"), "upgrade");
  if (!is_asked || request.is_head || request.minor_version == 0) {
    return NeedsUpgrade("Expected a WebSocket: GET over HTTP/1.1 with Upgrade: websocket.");
  }
  if (request.Get("Sec-WebSocket-Version") != "13") {
    return NeedsUpgrade(fmt::format("Expected Sec-WebSocket-Version: 13, found '{}'.",
                                    request.Get("Sec-WebSocket-Version")));
  }
  const std::string_view key = request.Get("Sec-WebSocket-Key");
  if (request.Count("Sec-WebSocket-Key") != 1 || key.size() != kKeySize || !key.ends_with("==")) {
    return Problem(400, "invalid_header", "Sec-WebSocket-Key: expected 16 bytes in Base64, once.");
  }
  return std::nullopt;
}

std::string AcceptKey(std::string_view key) {
  const std::string text = std::string(key) + std::string(kGuid);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  std::size_t size = 0;
  EVP_Q_digest(nullptr, "SHA1", nullptr, text.data(), text.size(), digest.data(), &size);
  std::array<unsigned char, 4 * ((EVP_MAX_MD_SIZE + 2) / 3) + 1> encoded{};
  const int length = EVP_EncodeBlock(encoded.data(), digest.data(), static_cast<int>(size));
  return {reinterpret_cast<const char*>(encoded.data()), static_cast<std::size_t>(length)};
}

std::string TextMessage(std::string_view text) {
  constexpr char kWholeText = '\x81';
  std::string out(1, kWholeText);
  const auto append = [&](std::size_t size, int bytes) {
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
      out += static_cast<char>((size >> shift) & 0xff);
    }
  };
  if (text.size() < 126) {
    append(text.size(), 1);
  } else if (text.size() < 65'536) {
    out += static_cast<char>(126);
    append(text.size(), 2);
  } else {
    out += static_cast<char>(127);
    append(text.size(), 8);
  }
  out += text;
  return out;
}

}  // namespace gatewright::http
