#include "engine/runtime/vote_link.h"

#include <fmt/format.h>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "engine/codec/digest.h"
#include "engine/codec/json.h"
#include "engine/codec/json_writer.h"
#include "engine/codec/ticket.h"

namespace gatewright::runtime {
namespace {

constexpr std::string_view kPurpose = "vote";
constexpr std::size_t kMostLinkBytes = 4096;

}  // namespace

std::string SignVoteLink(std::string_view secret, const VoteLink& link) {
  std::string content;
  codec::JsonWriter json(content);
  json.OpenObject();
  json.Key("p").Text(link.person.value);
  json.Key("r").Integer(link.run.value);
  json.Key("s").Text(link.stage.value);
  json.Key("e").Integer(link.epoch.value);
  json.Key("d").Text(link.subject_digest);
  json.Key("c").Integer(static_cast<std::int64_t>(link.choice));
  json.Key("x").Integer(ToMicros(link.expires));
  json.Key("m").Text(link.message);
  json.CloseObject();
  return codec::SignTicket(secret, kPurpose, content);
}

std::optional<VoteLink> ReadVoteLink(std::string_view secret, std::string_view ticket) {
  if (ticket.size() > kMostLinkBytes) return std::nullopt;
  const auto content = codec::ReadTicket(secret, kPurpose, ticket);
  if (!content) return std::nullopt;
  // Whatever is signed was written above.
  const auto parsed = codec::ParseJson(*content);
  if (!parsed || !parsed->is_object()) return std::nullopt;
  const auto& object = parsed->as_object();
  const auto text = [&object](const char* name) {
    const auto* found = object.if_contains(name);
    return found != nullptr && found->is_string() ? std::string(found->as_string()) : "";
  };
  const auto number = [&object](const char* name) -> std::int64_t {
    const auto* found = object.if_contains(name);
    return found != nullptr && found->is_int64() ? found->as_int64() : 0;
  };
  VoteLink link;
  link.person = PrincipalId{text("p")};
  link.run = RunId{number("r")};
  link.stage = StageName{text("s")};
  link.epoch = Epoch{number("e")};
  link.subject_digest = text("d");
  link.choice = number("c") == static_cast<std::int64_t>(core::Choice::kReject)
                    ? core::Choice::kReject
                    : core::Choice::kApprove;
  link.expires = FromMicros(number("x"));
  link.message = text("m");
  if (link.person.empty() || link.message.empty()) return std::nullopt;
  return link;
}

std::string UseKey(const VoteLink& link) {
  return codec::Sha256Hex({"vote-link\n", link.message, "\n", link.person.value});
}

}  // namespace gatewright::runtime
