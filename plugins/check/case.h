// plugins/check/case.h: a recorded question to a plugin, and the answer that is expected: the file
// of `gatewright plugin run`. Values; reading and writing is pure.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/base/time.h"
#include "engine/core/principal.h"
#include "plugins/host/child/messages.h"

namespace gatewright::check {

struct Case {
  std::string offer;
  std::optional<host::Function> function;  // nothing: the one of its kind; of an executor, start
  std::string config_json = "{}";
  boost::json::object expect;  // members that the answer has to have; empty = anything will do

  // The question; what the file leaves out is empty.
  std::int64_t run = 1;
  std::int64_t epoch = 1;
  std::string workflow, stage, rule, requester;
  std::string subject_json = "{}";
  std::string facts_json;
  std::string callback_url;
  std::optional<Time> now;  // nothing: the time when it is asked
  Duration limit = std::chrono::seconds{10};
  core::Principal principal;
  std::string attempt_id = "1";
  std::int64_t attempt_number = 1;
  std::int64_t fencing_token = 1;
  std::string handle;
  std::string event_id, event_type, event_json = "{}";

  boost::json::object document;  // the file as it was
};

Result<Case> ReadCase(std::string_view text);

// Each member of `expect` that `answer` does not have like that, as a sentence.
std::vector<std::string> Differences(const boost::json::object& expect,
                                     const boost::json::object& answer);

// The file with this answer as what is expected, for people to read.
std::string WriteCase(const Case& recorded, const boost::json::object& answer);

}  // namespace gatewright::check
