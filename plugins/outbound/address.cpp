#include "plugins/outbound/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <initializer_list>

namespace gatewright::outbound {
namespace {

struct Range4 {
  std::uint32_t start;
  int bits;
};

constexpr std::uint32_t Ip4(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
  return a << 24 | b << 16 | c << 8 | d;
}

bool IsIn(std::uint32_t address, std::initializer_list<Range4> ranges) {
  for (const Range4 range : ranges) {
    if ((address ^ range.start) >> (32 - range.bits) == 0) return true;
  }
  return false;
}

AddressKind ClassifyIp4(std::uint32_t address) {
  const bool is_forbidden = IsIn(address, {{Ip4(0, 0, 0, 0), 8},           // this network
                                           {Ip4(169, 254, 0, 0), 16},      // link-local, metadata
                                           {Ip4(100, 100, 100, 200), 32},  // metadata
                                           {Ip4(168, 63, 129, 16), 32},    // metadata
                                           {Ip4(192, 0, 0, 0), 24},        // metadata, assignments
                                           {Ip4(192, 0, 2, 0), 24},        // documentation
                                           {Ip4(198, 51, 100, 0), 24},     // documentation
                                           {Ip4(203, 0, 113, 0), 24},      // documentation
                                           {Ip4(198, 18, 0, 0), 15},       // benchmarks
                                           {Ip4(224, 0, 0, 0), 4},         // multicast
                                           {Ip4(240, 0, 0, 0), 4}});       // reserved, broadcast
  if (is_forbidden) return AddressKind::kForbidden;
  const bool is_private = IsIn(address, {{Ip4(127, 0, 0, 0), 8},
                                         {Ip4(10, 0, 0, 0), 8},
                                         {Ip4(172, 16, 0, 0), 12},
                                         {Ip4(192, 168, 0, 0), 16},
                                         {Ip4(100, 64, 0, 0), 10}});
  return is_private ? AddressKind::kPrivate : AddressKind::kPublic;
}

using Ip6 = std::array<std::uint8_t, 16>;

bool StartsWith(const Ip6& address, std::initializer_list<std::uint8_t> bytes) {
  return std::memcmp(address.data(), std::data(bytes), bytes.size()) == 0;
}

std::uint32_t Ip4At(const Ip6& address, std::size_t at) {
  return Ip4(address[at], address[at + 1], address[at + 2], address[at + 3]);
}

AddressKind ClassifyIp6(const Ip6& address) {
  if (StartsWith(address, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff})) {
    return ClassifyIp4(Ip4At(address, 12));
  }
  if (StartsWith(address, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0})) {
    const std::uint32_t low = Ip4At(address, 12);
    return low == 1 ? AddressKind::kPrivate : ClassifyIp4(low);  // "::1", "::", "::10.0.0.1"
  }
  if (StartsWith(address, {0x00, 0x64, 0xff, 0x9b})) return ClassifyIp4(Ip4At(address, 12));
  if (StartsWith(address, {0x20, 0x02})) return ClassifyIp4(Ip4At(address, 2));
  constexpr Ip6 kMetadata = {0xfd, 0x00, 0x0e, 0xc2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x02, 0x54};
  if (address == kMetadata) return AddressKind::kForbidden;
  if ((address[0] & 0xfe) == 0xfc) return AddressKind::kPrivate;  // unique local
  // All that is routed in public lies in 2000::/3, without documentation and Teredo.
  const bool is_routed = (address[0] & 0xe0) == 0x20 &&
                         !StartsWith(address, {0x20, 0x01, 0x0d, 0xb8}) &&
                         !StartsWith(address, {0x20, 0x01, 0x00, 0x00});
  return is_routed ? AddressKind::kPublic : AddressKind::kForbidden;
}

}  // namespace

AddressKind Classify(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    sockaddr_in in;
    std::memcpy(&in, &address, sizeof in);
    return ClassifyIp4(ntohl(in.sin_addr.s_addr));
  }
  if (address.sa_family == AF_INET6) {
    sockaddr_in6 in;
    std::memcpy(&in, &address, sizeof in);
    Ip6 bytes;
    std::memcpy(bytes.data(), &in.sin6_addr, bytes.size());
    return ClassifyIp6(bytes);
  }
  return AddressKind::kForbidden;
}

std::string AddressText(const sockaddr& address) {
  char text[INET6_ADDRSTRLEN] = "?";
  if (address.sa_family == AF_INET) {
    sockaddr_in in;
    std::memcpy(&in, &address, sizeof in);
    inet_ntop(AF_INET, &in.sin_addr, text, sizeof text);
  } else if (address.sa_family == AF_INET6) {
    sockaddr_in6 in;
    std::memcpy(&in, &address, sizeof in);
    inet_ntop(AF_INET6, &in.sin6_addr, text, sizeof text);
  }
  return text;
}

}  // namespace gatewright::outbound
