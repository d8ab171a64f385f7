// plugins/executors/http_answer.h: what executors that call a service say to it of an attempt, and
// what they make of its answer. Pure; any thread.
#pragma once

#include <gatewright/plugin.hpp>

#include <optional>
#include <string>

#include "plugins/outbound/http_post.h"

// The subject, the run and the attempt, as a JSON object to which more can be added.
gatewright::JsonObject AboutAttempt(const gatewright::Attempt& attempt);

// Nothing when the answer is no JSON, or was cut.
std::optional<gatewright::Json> ParseBody(const gatewright::outbound::HttpReply& reply);

// `status` and, where it is not too long, `body`.
std::string OutputsOf(const gatewright::outbound::HttpReply& reply,
                      const std::optional<gatewright::Json>& body);

// The service is busy, and has done nothing: later it may.
bool IsBusy(const gatewright::outbound::HttpReply& reply);

// Failed for good, with what the service said.
gatewright::Report NotDone(const gatewright::outbound::HttpReply& reply);

// "the service answered 503"
std::string Found(const gatewright::outbound::HttpReply& reply);
