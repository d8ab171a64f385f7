#include "engine/codec/requests.h"

#include <fmt/format.h>

#include "engine/codec/json.h"
#include "engine/codec/object_reader.h"

namespace gatewright::codec {
namespace {

constexpr TextLimit kName{kMaxNameLength, false};
constexpr TextLimit kComment{kMaxCommentLength, true};
constexpr TextLimit kReason{kMaxCommentLength, false};
constexpr TextLimit kWord{kMaxNameLength, false};

// Reads the body as an object and hands it to `read(reader, value)`.
template <class T, class Read>
Result<Reading<T>> ReadObject(std::string_view json, Read read) {
  Reading<T> reading;
  boost::json::value body = boost::json::object();
  if (!json.empty()) {
    GW_TRY(parsed, ParseJson(json));
    body = std::move(parsed);
  }
  if (!body.is_object()) {
    reading.problems.push_back({"", "expected a JSON object"});
    return reading;
  }
  ObjectReader reader(body.get_object(), reading.problems);
  read(reader, reading.value);
  reader.RefuseUnknown();
  return reading;
}

core::Expectation ReadExpectation(ObjectReader& reader) {
  core::Expectation expected;
  expected.state = reader.Text("expected_state", kWord);
  expected.subject_digest = reader.Text("subject_digest", kWord);
  return expected;
}

void ReadVoteMembers(ObjectReader& reader, VoteBody& body) {
  if (auto stage = reader.Text("stage", kWord)) body.stage = StageName(*std::move(stage));
  if (const auto epoch = reader.PositiveInteger("epoch")) body.epoch = Epoch(*epoch);
  body.comment = reader.Text("comment", kComment).value_or("");
  body.expected = ReadExpectation(reader);
  reader.Later("on_behalf_of");
}

}  // namespace

Result<Reading<CreateBody>> ReadDeploymentBody(std::string_view json) {
  return ReadObject<CreateBody>(json, [](ObjectReader& reader, CreateBody& body) {
    body.name = reader.NeedText("name", kName);
    body.workflow = reader.Text("workflow", kWord);
    body.subject_json = reader.Object("subject");
    body.idempotency = reader.Text("idempotency", kWord);
  });
}

Result<Reading<CreateBody>> ReadRunBody(std::string_view json) {
  return ReadObject<CreateBody>(json, [](ObjectReader& reader, CreateBody& body) {
    body.name = reader.NeedText("name", kName);
    body.workflow = reader.NeedText("workflow", kWord);
    body.subject_json = reader.Object("subject");
    reader.Later("draft");
  });
}

Result<Reading<DecisionBody>> ReadDeploymentDecision(std::string_view json) {
  return ReadObject<DecisionBody>(json, [](ObjectReader& reader, DecisionBody& body) {
    body.comment = reader.Text("comment", kComment).value_or("");
    body.expected = ReadExpectation(reader);
    body.idempotency = reader.Text("idempotency", kWord);
  });
}

Result<Reading<VoteBody>> ReadVoteBody(std::string_view json) {
  return ReadObject<VoteBody>(json, [](ObjectReader& reader, VoteBody& body) {
    const auto choice = reader.Choice("choice", {"approve", "reject", "withdraw"});
    constexpr core::Choice kChoices[] = {core::Choice::kApprove, core::Choice::kReject,
                                         core::Choice::kWithdraw};
    if (choice) {
      body.choice = kChoices[*choice];
    } else if (!reader.Has("choice")) {
      reader.Problem("choice", "'choice' is needed: approve, reject or withdraw");
    }
    ReadVoteMembers(reader, body);
  });
}

Result<Reading<VoteBody>> ReadShortVoteBody(std::string_view json, core::Choice choice) {
  return ReadObject<VoteBody>(json, [choice](ObjectReader& reader, VoteBody& body) {
    body.choice = choice;
    ReadVoteMembers(reader, body);
  });
}

Result<Reading<CancelBody>> ReadCancelBody(std::string_view json) {
  return ReadObject<CancelBody>(json, [](ObjectReader& reader, CancelBody& body) {
    body.reason = reader.Text("reason", kComment).value_or("");
    body.expected = ReadExpectation(reader);
  });
}

Result<Reading<ResolveBody>> ReadResolveBody(std::string_view json) {
  return ReadObject<ResolveBody>(json, [](ObjectReader& reader, ResolveBody& body) {
    const auto resolution = reader.Choice("resolution", {"retry", "succeeded", "failed"});
    constexpr core::Resolution kResolutions[] = {
        core::Resolution::kRetry, core::Resolution::kSucceeded, core::Resolution::kFailed};
    if (resolution) {
      body.resolution = kResolutions[*resolution];
    } else if (!reader.Has("resolution")) {
      reader.Problem("resolution", "'resolution' is needed: retry, succeeded or failed");
    }
    body.reason = reader.NeedText("reason", kReason);
    body.expected = ReadExpectation(reader);
  });
}

}  // namespace gatewright::codec
