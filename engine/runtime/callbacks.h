// engine/runtime/callbacks.h: the addresses at which somebody outside may answer for one attempt or
// one policy, and what such an address names. The ticket in it is the credential: signed, bound to
// one attempt or one opening of one gate, so that nothing has to be kept about it. Thread-safe.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "engine/base/ids.h"

namespace gatewright::runtime {

// The names under which the store keeps and SignTicket tells apart.
constexpr std::string_view kTicketSecret = "tickets";  // of ports::Store::Secret

struct AttemptTicket {
  RunId run;
  AttemptNumber number{1};
  std::int64_t fencing_token = 0;

  bool operator==(const AttemptTicket&) const = default;
};

struct PolicyTicket {
  RunId run;
  StageName stage;
  Epoch epoch{1};
  std::string policy;  // AutoVoter::id

  bool operator==(const PolicyTicket&) const = default;
};

using CallbackTicket = std::variant<AttemptTicket, PolicyTicket>;

// `base` is how others reach this server, such as "https://gates.example.com". Empty without it:
// then nobody can call back.
std::string AttemptCallbackUrl(std::string_view base, std::string_view secret, RunId run,
                               AttemptNumber number, std::int64_t fencing_token);
std::string PolicyCallbackUrl(std::string_view base, std::string_view secret, RunId run,
                              const StageName& stage, Epoch epoch, std::string_view policy);
// Empty when this installation gave out no such ticket.
std::optional<CallbackTicket> ReadCallbackTicket(std::string_view secret, std::string_view ticket);

// What the above need to know of this installation. Thread-safe.
class Callbacks {
 public:
  void SetSecret(std::string secret);
  void SetBase(std::string base);

  std::string ForAttempt(RunId run, AttemptNumber number, std::int64_t fencing_token) const;
  std::string ForPolicy(RunId run, const StageName& stage, Epoch epoch,
                        std::string_view policy) const;
  std::optional<CallbackTicket> Read(std::string_view ticket) const;

 private:
  mutable std::mutex mutex_;
  std::string secret_;
  std::string base_;
};

}  // namespace gatewright::runtime
