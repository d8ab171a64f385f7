// server/auth/login_limit.h: how often somebody may try to say who they are. Thread-safe.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "engine/base/time.h"

namespace gatewright::auth {

inline constexpr std::size_t kLoginTries = 5;     // of one user from one address
inline constexpr std::size_t kAddressTries = 60;  // of all users from one address
inline constexpr Duration kLoginWindow{std::chrono::seconds{60}};

struct LoginTry {
  bool may_try = false;
  std::size_t remaining = 0;       // after this one
  std::int64_t reset_seconds = 0;  // until there is one more
};

class LoginLimit {
 public:
  LoginTry Take(std::string_view user, std::string_view address, Time now);

 private:
  using Tries = std::deque<Time>;

  void Forget(Time now);

  std::mutex mutex_;
  std::map<std::string, Tries> tries_;  // by address, and by address and user
  Time next_sweep_;
};

}  // namespace gatewright::auth
