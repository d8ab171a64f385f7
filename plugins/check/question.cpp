#include "plugins/check/question.h"

#include <array>
#include <limits>

namespace gatewright::check {
namespace {

constexpr char kFacts[] =
    R"({"run":{"id":42,"name":"Deploy","workflow":"deployment","requester":"ann",)"
    R"("created_at":"2026-01-06T08:00:00.000Z"},"stage":{"name":"QA","epoch":1,)"
    R"("opened_at":"2026-01-06T08:30:00.000Z"},"votes":[],"history":[],"calendars":{}})";

template <class Options>
const auto& OneOf(std::mt19937& random, const Options& options) {
  return options[std::uniform_int_distribution<std::size_t>(0, std::size(options) - 1)(random)];
}

std::string StrangeText(std::mt19937& random) {
  constexpr std::size_t kLong = 100'000;
  switch (std::uniform_int_distribution<int>(0, 6)(random)) {
    case 0:
      return "";
    case 1:
      return std::string(kLong, 'x');
    case 2:
      return std::string("a\0b\n\r\t\x1b[31m", 11);
    case 3:
      return "\xC3\xA4\xF0\x9F\x98\x80 \xE2\x80\xAE";
    case 4:
      return "'; DROP TABLE runs; -- ${jndi:x} %s%n $(id) ../../etc/passwd";
    case 5:
      return " ";
    default:
      return "bob";
  }
}

std::string StrangeJson(std::mt19937& random, int depth = 0) {
  static constexpr std::array<const char*, 12> kLeaves = {"null",
                                                          "true",
                                                          "0",
                                                          "-1",
                                                          "1e308",
                                                          "9223372036854775807",
                                                          "18446744073709551615",
                                                          "0.1",
                                                          "\"\"",
                                                          "[]",
                                                          "{}",
                                                          R"("\u0000\ud83d\ude00")"};
  const int shape = depth > 4 ? 0 : std::uniform_int_distribution<int>(0, 3)(random);
  if (shape < 2) return OneOf(random, kLeaves);
  std::string text = shape == 2 ? "[" : "{";
  const int count = std::uniform_int_distribution<int>(0, 5)(random);
  for (int i = 0; i < count; ++i) {
    if (i > 0) text += ',';
    if (shape == 3) text += "\"k" + std::to_string(i) + "\":";
    text += StrangeJson(random, depth + 1);
  }
  return text + (shape == 2 ? "]" : "}");
}

std::string StrangeObject(std::mt19937& random) {
  static constexpr std::array<const char*, 4> kUsual = {"environment", "version", "risk", "id"};
  std::string text = "{";
  for (const char* const name : kUsual) {
    if (std::uniform_int_distribution<int>(0, 1)(random) == 0) continue;
    text += (text.size() > 1 ? ",\"" : "\"") + std::string(name) + "\":" + StrangeJson(random);
  }
  return text + "}";
}

}  // namespace

std::vector<Question> OrdinaryQuestions() {
  Question plain;
  plain.facts_json = kFacts;
  Question nameless = plain;
  nameless.is_everybody = true;
  nameless.principal.clear();
  nameless.roles.clear();
  nameless.groups.clear();
  Question service = plain;
  service.principal_kind = GW_SERVICE;
  service.principal = "ci";
  service.roles.clear();
  service.event_id = "1208-0";
  service.event_type = "dev.gatewright.vote.cast.v1";
  service.event_json =
      R"({"specversion":"1.0","id":"1208-0","source":"/gatewright",)"
      R"("type":"dev.gatewright.vote.cast.v1","subject":"runs/42","time":"2026-01-06T09:00:01.000Z",)"
      R"("data":{"run":{"id":42,"name":"v1.2","workflow":"deployment","requester":"ann"},)"
      R"("actor":"ci","event":{"type":"VoteCast","stage":"QA","voter":"ci","choice":"approve"}}})";
  Question empty = plain;
  empty.subject_json = "{}";
  empty.requester.clear();
  return {plain, nameless, service, empty};
}

Question StrangeQuestion(std::mt19937& random) {
  static constexpr std::array<std::int64_t, 7> kNumbers = {0,
                                                           1,
                                                           -1,
                                                           42,
                                                           std::numeric_limits<std::int64_t>::max(),
                                                           std::numeric_limits<std::int64_t>::min(),
                                                           1LL << 53};
  static constexpr std::array<std::int64_t, 4> kTimes = {0, 1'767'690'000'000'000, -1,
                                                         253'402'300'799'000'000};
  static constexpr std::array<gw_principal_kind, 7> kKinds = {
      GW_PERSON, GW_SERVICE, GW_POLICY_VOTER, GW_TIMER, GW_ENGINE, 0, 99};
  Question question;
  question.facts_json = kFacts;
  question.run = OneOf(random, kNumbers);
  question.epoch = OneOf(random, kNumbers);
  for (std::string* const text :
       {&question.workflow, &question.stage, &question.rule, &question.requester,
        &question.subject_digest, &question.principal, &question.attempt_id, &question.handle,
        &question.event_id, &question.event_type}) {
    if (std::uniform_int_distribution<int>(0, 1)(random) == 1) *text = StrangeText(random);
  }
  question.subject_json = StrangeObject(random);
  question.event_json = StrangeObject(random);
  question.now_unix_us = OneOf(random, kTimes);
  question.principal_kind = OneOf(random, kKinds);
  question.is_everybody = std::uniform_int_distribution<int>(0, 3)(random) == 0;
  for (std::vector<std::string>* const names : {&question.roles, &question.groups}) {
    names->assign(OneOf(random, std::array<std::size_t, 4>{0, 1, 2, 1000}), "name");
    if (!names->empty()) names->front() = StrangeText(random);
  }
  question.number = OneOf(random, kNumbers);
  question.fencing_token = OneOf(random, kNumbers);
  return question;
}

}  // namespace gatewright::check
