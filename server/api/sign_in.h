// server/api/sign_in.h: from a request to who sends it. Thread-safe.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/access/directory.h"
#include "engine/core/site.h"
#include "engine/runtime/engine.h"
#include "server/api/api.h"
#include "server/api/background.h"
#include "server/api/checked.h"
#include "server/auth/access_token.h"
#include "server/auth/identity.h"
#include "server/auth/login_limit.h"

namespace gatewright::api {

class SignIn {
 public:
  // `options` without secrets: authentication is off.
  SignIn(runtime::Engine& engine, const AuthOptions& options);

  bool is_on() const { return keys_.has_value(); }
  const AuthOptions& options() const { return options_; }

  void SetDirectory(access::DirectoryPtr directory);
  access::DirectoryPtr directory() const;  // never null

  // Who sends it; 401 when that is not known, 400 when they say it in a way that is not good here.
  Checked<auth::Identity> IdentityOf(const http::Request& request) const;
  // What was shown has not been revoked and is not over, and its owner may still come in.
  bool IsGood(const auth::Identity& identity) const;

  const auth::TokenKeys& keys() const { return *keys_; }  // when it is on
  auth::LoginLimit& limit() { return limit_; }
  // Two hashes at once and no more: each takes 19 MiB and a core.
  Background& hashing() { return hashing_; }
  std::string_view cookie_name() const;

  // The session of a signed token; empty when it has ended.
  std::optional<core::Credential> SessionOf(const auth::Claims& claims) const;

 private:
  Checked<auth::Identity> OfToken(std::string_view token) const;
  Checked<auth::Identity> OfSigned(auth::Purpose purpose, std::string_view token) const;
  Checked<auth::Identity> OfCookie(const http::Request& request, std::string_view cookie) const;
  Checked<auth::Identity> OfOpaque(std::string_view token) const;
  std::optional<core::Credential> Find(std::string_view id) const;
  const access::Account* FindAccount(const access::Directory& directory,
                                     const PrincipalId& id) const;

  runtime::Engine& engine_;
  const AuthOptions options_;
  std::optional<auth::TokenKeys> keys_;
  auth::LoginLimit limit_;
  mutable std::mutex mutex_;
  access::DirectoryPtr directory_ = std::make_shared<const access::Directory>();  // by mutex_
  Background hashing_{2, 100};
};

// 401 with WWW-Authenticate. `why` empty: nothing was shown.
http::Response Unauthorized(std::string_view why);

}  // namespace gatewright::api
