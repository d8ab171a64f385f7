// plugins/outbound/address.h: which network addresses a plugin may call. Judged after the name was
// resolved, so that a name cannot lead where its address may not. Pure; any thread.
#pragma once

#include <sys/socket.h>

#include <string>

namespace gatewright::outbound {

enum class AddressKind {
  kPublic = 1,
  kPrivate,    // loopback, the private ranges, shared and unique local: only when allowed
  kForbidden,  // link-local, metadata services, multicast, unspecified, reserved: never
};

// IPv4 inside of IPv6 (mapped, compatible, NAT64, 6to4) is judged as the IPv4 it is.
AddressKind Classify(const sockaddr& address);
// "10.0.0.1", "::1"
std::string AddressText(const sockaddr& address);

}  // namespace gatewright::outbound
