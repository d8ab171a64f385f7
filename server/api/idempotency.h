// server/api/idempotency.h: what makes a POST safe to repeat: its Idempotency-Key, the digests
// under which the engine keeps the first answer, and that answer as it is kept. Pure; any thread.
#pragma once

#include <optional>
#include <string>

#include "engine/core/principal.h"
#include "engine/ports/store.h"
#include "server/api/checked.h"

namespace gatewright::api {

struct IdempotencyDigests {
  std::string key;          // of principal and key: nobody meets another's answers
  std::string fingerprint;  // of method, path, principal and body
};

// Nothing without a key. `body_key` is the member `idempotency` of the facade's bodies.
Checked<std::optional<IdempotencyDigests>> ReadIdempotency(
    const http::Request& request, const core::Principal& caller,
    const std::optional<std::string>& body_key);

ports::AnswerRow ToAnswerRow(const IdempotencyDigests& digests, const http::Response& response);
http::Response FromAnswerRow(const ports::AnswerRow& row);

// Puts the request id into a problem now, so that the kept answer has the bytes of the first one.
void FixRequestId(http::Response& response, const std::string& request_id);

}  // namespace gatewright::api
