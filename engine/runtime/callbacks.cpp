#include "engine/runtime/callbacks.h"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include "engine/codec/json.h"
#include "engine/codec/ticket.h"

namespace gatewright::runtime {
namespace {

namespace json = boost::json;

constexpr std::string_view kAttempt = "attempt";
constexpr std::string_view kPolicy = "policy";

std::string UrlOf(std::string_view base, std::string_view secret, std::string_view purpose,
                  const json::array& content) {
  if (base.empty()) return "";
  while (base.ends_with('/')) base.remove_suffix(1);
  return fmt::format("{}/api/v1/callbacks/{}", base,
                     codec::SignTicket(secret, purpose, codec::CanonicalJson(content)));
}

// Who signed it wrote it as it is read here, so a mistake in it cannot come from outside.
std::optional<json::array> ContentOf(std::string_view secret, std::string_view purpose,
                                     std::string_view ticket, std::size_t members) {
  const auto content = codec::ReadTicket(secret, purpose, ticket);
  if (!content) return std::nullopt;
  const auto value = codec::ParseJson(*content);
  if (!value || !value->is_array() || value->get_array().size() != members) return std::nullopt;
  return value->get_array();
}

}  // namespace

std::string AttemptCallbackUrl(std::string_view base, std::string_view secret, RunId run,
                               AttemptNumber number, std::int64_t fencing_token) {
  return UrlOf(base, secret, kAttempt, {run.value, number.value, fencing_token});
}

std::string PolicyCallbackUrl(std::string_view base, std::string_view secret, RunId run,
                              const StageName& stage, Epoch epoch, std::string_view policy) {
  return UrlOf(base, secret, kPolicy, {run.value, stage.value, epoch.value, policy});
}

std::optional<CallbackTicket> ReadCallbackTicket(std::string_view secret, std::string_view ticket) {
  if (const auto attempt = ContentOf(secret, kAttempt, ticket, 3)) {
    return AttemptTicket{RunId{(*attempt)[0].as_int64()}, AttemptNumber{(*attempt)[1].as_int64()},
                         (*attempt)[2].as_int64()};
  }
  if (const auto policy = ContentOf(secret, kPolicy, ticket, 4)) {
    return PolicyTicket{RunId{(*policy)[0].as_int64()},
                        StageName{std::string((*policy)[1].as_string())},
                        Epoch{(*policy)[2].as_int64()}, std::string((*policy)[3].as_string())};
  }
  return std::nullopt;
}

void Callbacks::SetSecret(std::string secret) {
  const std::lock_guard lock(mutex_);
  secret_ = std::move(secret);
}

void Callbacks::SetBase(std::string base) {
  const std::lock_guard lock(mutex_);
  base_ = std::move(base);
}

std::string Callbacks::ForAttempt(RunId run, AttemptNumber number,
                                  std::int64_t fencing_token) const {
  const std::lock_guard lock(mutex_);
  return AttemptCallbackUrl(base_, secret_, run, number, fencing_token);
}

std::string Callbacks::ForPolicy(RunId run, const StageName& stage, Epoch epoch,
                                 std::string_view policy) const {
  const std::lock_guard lock(mutex_);
  return PolicyCallbackUrl(base_, secret_, run, stage, epoch, policy);
}

std::optional<CallbackTicket> Callbacks::Read(std::string_view ticket) const {
  const std::lock_guard lock(mutex_);
  return ReadCallbackTicket(secret_, ticket);
}

}  // namespace gatewright::runtime
