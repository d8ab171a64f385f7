// server/auth/access_token.cpp: strict in every part, and the seal is looked at before the claims.
#include "server/auth/access_token.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <boost/json/object.hpp>

#include "engine/base/assert.h"
#include "engine/codec/base64.h"
#include "engine/codec/digest.h"
#include "engine/codec/json.h"
#include "engine/codec/json_writer.h"

namespace gatewright::auth {
namespace {

namespace json = boost::json;

constexpr std::string_view kAlgorithm = "HS256";

std::string_view TypeOf(Purpose purpose) {
  switch (purpose) {
    case Purpose::kAccess:
      return "at+jwt";
    case Purpose::kRefresh:
      return "rt+jwt";
    case Purpose::kCookie:
      return "ct+jwt";
  }
  return "";
}

Error Bad(std::string what) { return {ErrorCode::kInvalid, std::move(what)}; }

std::int64_t Seconds(Time time) {
  return std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
}

// An object of exactly these members.
Result<json::object> ReadPart(std::string_view text, std::string_view what,
                              std::initializer_list<std::string_view> members) {
  const auto bytes = codec::DecodeBase64Url(text);
  if (!bytes || bytes->empty()) return Bad(std::string(what) + " is not base64url");
  auto value = codec::ParseJson(*bytes);
  if (!value || !value->is_object()) return Bad(std::string(what) + " is not a JSON object");
  json::object& object = value->get_object();
  for (const auto& member : object) {
    if (std::ranges::find(members, std::string_view(member.key())) == members.end()) {
      return Bad(std::string(what) + " has a member that is not accepted");
    }
  }
  if (object.size() != members.size()) return Bad(std::string(what) + " lacks a member");
  return std::move(object);
}

Result<std::string> TextOf(const json::object& object, std::string_view name) {
  const auto* text = object.at(name).if_string();
  if (text == nullptr || text->empty()) return Bad(std::string(name) + " is not a text");
  return std::string(*text);
}

// Whole seconds of the years 1970 to 9999.
Result<Time> MomentOf(const json::object& object, std::string_view name) {
  const auto* seconds = object.at(name).if_int64();
  if (seconds == nullptr || *seconds < 0 || *seconds > 253'402'300'799) {
    return Bad(std::string(name) + " is not a time in seconds");
  }
  return Time{} + std::chrono::seconds{*seconds};
}

Result<void> NeedText(const json::object& object, std::string_view name, std::string_view text) {
  const auto* found = object.at(name).if_string();
  if (found == nullptr || std::string_view(*found) != text) {
    return Bad(std::string(name) + " is another one");
  }
  return {};
}

Result<Claims> ReadClaims(std::string_view text, Time now) {
  GW_TRY(claims,
         ReadPart(text, "the payload", {"iss", "aud", "sub", "sid", "gen", "iat", "nbf", "exp"}));
  GW_CHECK(NeedText(claims, "iss", kLocalIssuer));
  GW_CHECK(NeedText(claims, "aud", kAudience));
  Claims read;
  GW_TRY(subject, TextOf(claims, "sub"));
  GW_TRY(session, TextOf(claims, "sid"));
  const auto* generation = claims.at("gen").if_int64();
  if (generation == nullptr || *generation < 1 || *generation > 0x7fffffff) {
    return Bad("gen is not a number of a generation");
  }
  GW_TRY(issued_at, MomentOf(claims, "iat"));
  GW_TRY(not_before, MomentOf(claims, "nbf"));
  GW_TRY(expires_at, MomentOf(claims, "exp"));
  if (now >= expires_at) return Bad("it has expired");
  if (not_before > now + kClockSkew || issued_at > now + kClockSkew) {
    return Bad("it is not valid yet");
  }
  read.subject = std::move(subject);
  read.session = std::move(session);
  read.generation = static_cast<std::uint32_t>(*generation);
  read.issued_at = issued_at;
  read.expires_at = expires_at;
  return read;
}

}  // namespace

TokenKeys::TokenKeys(std::vector<std::string> secrets) {
  GW_ASSERT(!secrets.empty());
  for (std::string& secret : secrets) {
    std::string id = codec::Sha256Hex({"gatewright key id\n", secret}).substr(0, 16);
    keys_.push_back({std::move(id), std::move(secret)});
  }
}

std::string TokenKeys::Sign(Purpose purpose, const Claims& claims) const {
  const Key& key = keys_.front();
  std::string header;
  codec::JsonWriter head(header);
  head.OpenObject().Key("alg").Word(kAlgorithm).Key("typ").Word(TypeOf(purpose));
  head.Key("kid").Word(key.id).CloseObject();
  std::string payload;
  codec::JsonWriter body(payload);
  body.OpenObject().Key("iss").Word(kLocalIssuer).Key("aud").Word(kAudience);
  body.Key("sub").Text(claims.subject).Key("sid").Text(claims.session);
  body.Key("gen").Integer(claims.generation);
  body.Key("iat").Integer(Seconds(claims.issued_at)).Key("nbf").Integer(Seconds(claims.issued_at));
  body.Key("exp").Integer(Seconds(claims.expires_at)).CloseObject();
  std::string token = codec::EncodeBase64Url(header) + "." + codec::EncodeBase64Url(payload);
  const std::string seal = codec::EncodeBase64Url(codec::HmacSha256(key.secret, token));
  return token + "." + seal;
}

Result<Claims> TokenKeys::Read(Purpose purpose, std::string_view token, Time now) const {
  if (token.size() > kLongestToken) return Bad("it is too long");
  const auto first = token.find('.');
  const auto last = token.rfind('.');
  if (first == token.npos || first == last || token.find('.', first + 1) != last) {
    return Bad("it does not have three parts");
  }
  GW_TRY(header, ReadPart(token.substr(0, first), "the header", {"alg", "typ", "kid"}));
  GW_CHECK(NeedText(header, "alg", kAlgorithm));
  GW_CHECK(NeedText(header, "typ", TypeOf(purpose)));
  GW_TRY(key_id, TextOf(header, "kid"));
  const auto key = std::ranges::find(keys_, key_id, &Key::id);
  if (key == keys_.end()) return Bad("kid names no key of this server");
  const auto seal = codec::DecodeBase64Url(token.substr(last + 1));
  const std::string expected = codec::HmacSha256(key->secret, token.substr(0, last));
  if (!seal || seal->size() != expected.size() ||
      CRYPTO_memcmp(seal->data(), expected.data(), expected.size()) != 0) {
    return Bad("the signature is wrong");
  }
  return ReadClaims(token.substr(first + 1, last - first - 1), now);
}

}  // namespace gatewright::auth
