#include "engine/codec/event_reader.h"

#include <fmt/format.h>

#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <optional>
#include <string_view>

#include "engine/codec/json.h"

namespace gatewright::codec {
namespace {

namespace json = boost::json;
using namespace core;  // NOLINT: this file is about nothing else

// Reads members by name and remembers the first thing that is wrong; counts what it has taken, so
// that a member nobody asked for shows too.
class Reader {
 public:
  explicit Reader(const json::object& object) : object_(object) {}

  std::string Text(std::string_view name) {
    const json::value* value = Take(name);
    if (value == nullptr) return "";
    if (const auto* text = value->if_string()) return std::string(*text);
    return Fail(name, "a string"), "";
  }
  std::int64_t Integer(std::string_view name) {
    const json::value* value = Take(name);
    if (value != nullptr && value->is_int64()) return value->get_int64();
    return Fail(name, "an integer"), 0;
  }
  bool Flag(std::string_view name) {
    const json::value* value = Take(name);
    if (value == nullptr) return false;
    if (const bool* flag = value->if_bool()) return *flag;
    return Fail(name, "true or false"), false;
  }
  std::optional<Time> MaybeAt(std::string_view name) {
    const json::value* value = Take(name);
    if (value == nullptr) return std::nullopt;
    const auto* text = value->if_string();
    const auto time = text != nullptr ? ParseTime(*text) : std::nullopt;
    if (!time) Fail(name, "a time");
    return time;
  }
  Time At(std::string_view name) {
    const auto time = MaybeAt(name);
    if (!time) Fail(name, "a time");
    return time.value_or(Time{});
  }
  std::string Json(std::string_view name) {
    const json::value* value = Take(name);
    return value == nullptr ? "" : CanonicalJson(*value);
  }
  // One of `words`, whose index + 1 is the enumerator.
  template <class Enum, std::size_t N>
  Enum Word(std::string_view name, const std::array<std::string_view, N>& words, Enum otherwise) {
    const std::string text = Text(name);
    if (text.empty()) return otherwise;
    for (std::size_t i = 0; i < N; ++i) {
      if (words[i] == text) return static_cast<Enum>(i + 1);
    }
    return Fail(name, fmt::format("one of {}", fmt::join(words, ", "))), otherwise;
  }
  std::vector<RuleId> Rules() {
    std::vector<RuleId> rules;
    const json::value* value = Take("rules");
    if (value == nullptr) return rules;
    const auto* array = value->if_array();
    if (array == nullptr) return Fail("rules", "an array"), rules;
    for (const auto& rule : *array) {
      const auto* text = rule.if_string();
      if (text == nullptr) return Fail("rules", "an array of strings"), rules;
      rules.emplace_back(std::string(*text));
    }
    return rules;
  }
  std::vector<SkippedStage> Skips() {
    std::vector<SkippedStage> skips;
    const json::value* value = Take("skips");
    if (value == nullptr) return skips;
    const auto* array = value->if_array();
    if (array == nullptr) return Fail("skips", "an array"), skips;
    for (const auto& element : *array) {
      const auto* object = element.if_object();
      if (object == nullptr) return Fail("skips", "an array of objects"), skips;
      Reader skip(*object);
      skips.push_back({StageName{skip.Text("stage")}, skip.Text("reason")});
      if (!skip.Problem().empty()) return Fail("skips", skip.Problem()), skips;
    }
    return skips;
  }
  StageName Stage() { return StageName{Text("stage")}; }
  Epoch GateEpoch() { return Epoch{Integer("epoch")}; }
  AttemptNumber Attempt() { return AttemptNumber{Integer("attempt")}; }

  // Empty when every member was good and known.
  std::string Problem() const {
    if (!problem_.empty() || taken_ == object_.size()) return problem_;
    return fmt::format("found {} members, expected {}", object_.size(), taken_);
  }

 private:
  const json::value* Take(std::string_view name) {
    const json::value* value = object_.if_contains(name);
    if (value != nullptr) ++taken_;
    return value;
  }
  void Fail(std::string_view name, std::string_view expected) {
    if (problem_.empty()) problem_ = fmt::format("'{}': expected {}", name, expected);
  }

  const json::object& object_;
  std::size_t taken_ = 0;
  std::string problem_;
};

constexpr std::array<std::string_view, 5> kKinds = {"person", "service", "policy", "timer",
                                                    "engine"};
constexpr std::array<std::string_view, 4> kChoices = {"approve", "reject", "withdraw", "abstain"};
constexpr std::array<std::string_view, 5> kOutcomes = {"succeeded", "rejected", "expired",
                                                       "cancelled", "failed"};
constexpr std::array<std::string_view, 5> kEnds = {"succeeded", "failed", "timed_out", "cancelled",
                                                   "unknown"};
constexpr std::array<std::string_view, 2> kFailures = {"transient", "permanent"};

// Braced initialisers are evaluated from left to right, so members are read in this order.
std::optional<Event> ReadMembers(std::string_view type, Reader& r) {
  if (type == "RunCreated") {
    return RunCreated{WorkflowName{r.Text("workflow")},
                      WorkflowVersion{r.Text("version")},
                      r.Text("name"),
                      PrincipalId{r.Text("requester")},
                      r.Flag("requester_is_everybody"),
                      r.Json("subject"),
                      r.Text("subject_digest"),
                      r.Text("state"),
                      r.Skips()};
  }
  if (type == "StageSkipped") return StageSkipped{r.Stage(), r.Text("reason")};
  if (type == "GateOpened") return GateOpened{r.Stage(), r.GateEpoch(), r.MaybeAt("deadline")};
  if (type == "VoteCast") {
    return VoteCast{r.Stage(),
                    r.GateEpoch(),
                    PrincipalId{r.Text("voter")},
                    r.Word("kind", kKinds, PrincipalKind::kPerson),
                    r.Flag("voter_is_everybody"),
                    r.Word("choice", kChoices, Choice::kAbstain),
                    r.Rules(),
                    r.Text("comment"),
                    r.Flag("shadow"),
                    r.Json("evidence")};
  }
  if (type == "GateSatisfied") return GateSatisfied{r.Stage(), r.GateEpoch()};
  if (type == "GateRejected") return GateRejected{r.Stage(), r.GateEpoch()};
  if (type == "GateExpired") return GateExpired{r.Stage(), r.GateEpoch()};
  if (type == "AttemptPlanned") return AttemptPlanned{r.Stage(), r.Attempt(), r.At("not_before")};
  if (type == "AttemptStarted") {
    return AttemptStarted{r.Stage(), r.Attempt(), r.Integer("fencing_token"), r.At("deadline")};
  }
  if (type == "AttemptEnded") {
    return AttemptEnded{r.Stage(),
                        r.Attempt(),
                        r.Word("end", kEnds, AttemptEnd::kUnknown),
                        r.Word("failure", kFailures, FailureClass::kPermanent),
                        r.Text("summary"),
                        r.Json("outputs")};
  }
  if (type == "LateAnswerRecorded") {
    return LateAnswerRecorded{r.Stage(), r.Attempt(), r.Text("summary")};
  }
  if (type == "StageDone") return StageDone{r.Stage(), r.Text("state")};
  if (type == "IncidentRaised") return IncidentRaised{r.Text("code"), r.Text("message")};
  if (type == "IncidentResolved") return IncidentResolved{r.Text("reason")};
  if (type == "CancelRequested") return CancelRequested{r.Text("reason")};
  if (type == "RunFinished") {
    return RunFinished{r.Word("outcome", kOutcomes, RunOutcome::kFailed), r.Text("state"),
                       r.Text("reason")};
  }
  return std::nullopt;
}

}  // namespace

Result<Event> ReadEvent(const json::value& value) {
  const auto* object = value.if_object();
  if (object == nullptr) return Error{ErrorCode::kCorrupt, "expected an event object"};
  Reader reader(*object);
  const std::string type = reader.Text("type");
  auto event = ReadMembers(type, reader);
  if (!event) return Error{ErrorCode::kCorrupt, fmt::format("unknown event type '{}'", type)};
  if (const auto problem = reader.Problem(); !problem.empty()) {
    return Error{ErrorCode::kCorrupt, fmt::format("event {}: {}", type, problem)};
  }
  return *std::move(event);
}

}  // namespace gatewright::codec
