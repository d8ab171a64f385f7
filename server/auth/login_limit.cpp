#include "server/auth/login_limit.h"

#include <algorithm>

namespace gatewright::auth {
namespace {

// Beyond it, whoever has not tried lately has to wait: memory is not for attackers to fill.
constexpr std::size_t kMostKeys = 100'000;

template <class Tries>
void DropOld(Tries& tries, Time now) {
  while (!tries.empty() && tries.front() + kLoginWindow <= now) tries.pop_front();
}

template <class Tries>
std::int64_t SecondsUntilFree(const Tries& tries, Time now) {
  if (tries.empty()) return 0;
  const auto left = std::chrono::ceil<std::chrono::seconds>(tries.front() + kLoginWindow - now);
  return std::max<std::int64_t>(1, left.count());
}

}  // namespace

LoginTry LoginLimit::Take(std::string_view user, std::string_view address, Time now) {
  const std::lock_guard lock(mutex_);
  if (now >= next_sweep_) Forget(now);
  if (tries_.size() >= kMostKeys) return {false, 0, 60};
  Tries& of_address = tries_[std::string(address)];
  Tries& of_user = tries_[std::string(address) + "\n" + std::string(user)];
  DropOld(of_address, now);
  DropOld(of_user, now);
  if (of_user.size() >= kLoginTries) return {false, 0, SecondsUntilFree(of_user, now)};
  if (of_address.size() >= kAddressTries) return {false, 0, SecondsUntilFree(of_address, now)};
  of_address.push_back(now);
  of_user.push_back(now);
  const std::size_t left =
      std::min(kLoginTries - of_user.size(), kAddressTries - of_address.size());
  return {true, left, SecondsUntilFree(of_user, now)};
}

void LoginLimit::Forget(Time now) {
  for (auto& [who, tries] : tries_) DropOld(tries, now);
  std::erase_if(tries_, [](const auto& one) { return one.second.empty(); });
  next_sweep_ = now + kLoginWindow;
}

}  // namespace gatewright::auth
