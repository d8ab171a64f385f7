// tests/http/raw_client.h: a blocking socket that sends exactly what a test says. One thread each.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gatewright::http {

struct RawAnswer {
  int status = 0;  // 0: the connection ended before a whole answer had come
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;

  std::string_view Get(std::string_view name) const;  // any case; empty when absent
  bool Has(std::string_view name) const;
};

class RawClient {
 public:
  explicit RawClient(std::uint16_t port, int receive_buffer = 0);
  ~RawClient();
  RawClient(RawClient&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  bool Send(std::string_view bytes);  // false when the other side is gone
  void HalfClose();                   // our last byte is sent; we still read
  void Reset();                       // RST instead of FIN

  // The next answer; `to_head` when its request was a HEAD. Skips "100 Continue" and counts it. A
  // chunked body that was cut off: status 0.
  RawAnswer Read(bool to_head = false);
  RawAnswer Ask(std::string_view request) {
    Send(request);
    return Read();
  }

  std::string ReadUntil(std::string_view mark);  // up to and with the mark, or the end
  std::string ReadToEnd();
  // The next chunk of a chunked body, "" for the last one; nothing when the body was cut off.
  std::optional<std::string> ReadChunk();
  int continues() const { return continues_; }

 private:
  bool Fill();  // more bytes; false at the end or after 20 s of silence

  int fd_ = -1;
  std::string buffer_;
  int continues_ = 0;
};

// "GET /path HTTP/1.1" with a Host header and whatever else is given ("X-A: b\r\n").
std::string Get(std::string_view path, std::string_view more_headers = "");
std::string Post(std::string_view path, std::string_view body, std::string_view more_headers = "");

}  // namespace gatewright::http
