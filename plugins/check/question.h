// plugins/check/question.h: what an offer is asked while it is checked, owned. Values.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "plugins/sdk/gatewright/plugin.h"

namespace gatewright::check {

// One question of any kind; a kind takes what it needs.
struct Question {
  std::int64_t run = 42;
  std::int64_t epoch = 1;
  std::string workflow = "deployment";
  std::string stage = "QA";
  std::string rule = "qa";
  std::string requester = "ann";
  std::string subject_json = R"({"environment":"staging","version":"1.2.3","risk":2})";
  std::string subject_digest = "sha256:9f86d081884c7d659a2feaa0c55ad015";
  std::int64_t now_unix_us = 1'767'690'000'000'000;  // Tuesday, 2026-01-06, 09:00 UTC
  std::string facts_json;
  gw_principal_kind principal_kind = GW_PERSON;
  bool is_everybody = false;
  std::string principal = "bob";
  std::vector<std::string> roles = {"dev", "qa"};
  std::vector<std::string> groups = {"sre"};
  std::string attempt_id = "42-QA-1-1";
  std::int64_t number = 1;
  std::int64_t fencing_token = 7;
  std::string handle;
  std::string callback_url = "https://gates.example.com/api/v1/callbacks/sample";
  std::string event_id = "1207-0";
  std::string event_type = "dev.gatewright.gate.opened.v1";
  std::string event_json =
      R"({"specversion":"1.0","id":"1207-0","source":"/gatewright",)"
      R"("type":"dev.gatewright.gate.opened.v1","subject":"runs/42",)"
      R"("time":"2026-01-06T09:00:00.000Z","datacontenttype":"application/json",)"
      R"("data":{"run":{"id":42,"name":"v1.2","workflow":"deployment","requester":"ann"},)"
      R"("actor":"ann","event":{"type":"GateOpened","stage":"QA","epoch":1}}})";
};

// A few ordinary ones, the plainest first.
std::vector<Question> OrdinaryQuestions();

// One that nobody would expect and a host may ask: empty and endless texts, strange numbers,
// documents of any shape. The subject and the facts stay JSON objects.
Question StrangeQuestion(std::mt19937& random);

}  // namespace gatewright::check
