// server/http/answer_head.h: writes the status line and header block of an answer. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "server/http/message.h"

namespace gatewright::http {

// kUpgrade: what follows is another protocol.
enum class BodyLength { kKnown = 1, kUntilClose, kChunked, kUpgrade };

struct AnswerContext {
  std::string_view date;        // of the Date header
  std::string_view request_id;  // of X-Request-Id
  int minor_version = 1;        // of the request
  bool keep_alive = true;
  BodyLength length = BodyLength::kKnown;
};

// 1xx, 204 and 304 have no body, whatever the response holds.
bool MayHaveBody(int status);

// Adds "request_id" to a problem's JSON body.
void CompleteProblem(Response& response, std::string_view request_id);

void AppendAnswerHead(std::string& out, const AnswerContext& context, const Response& response);

}  // namespace gatewright::http
