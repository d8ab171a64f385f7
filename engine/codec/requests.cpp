#include "engine/codec/requests.h"

#include "engine/codec/request_reading.h"

namespace gatewright::codec {
namespace {

void ReadVoteMembers(ObjectReader& reader, VoteBody& body) {
  if (auto stage = reader.Text("stage", kWord)) body.stage = StageName(*std::move(stage));
  if (const auto epoch = reader.PositiveInteger("epoch")) body.epoch = Epoch(*epoch);
  body.comment = reader.Text("comment", kComment).value_or("");
  body.expected = ReadExpectation(reader);
  body.form_json = reader.CanonicalObject("form");
  body.on_behalf_of = PrincipalId(reader.Text("on_behalf_of", kWord).value_or(""));
}

core::Choice ReadChoice(ObjectReader& reader) {
  const auto choice = reader.Choice("choice", {"approve", "reject", "withdraw"});
  constexpr core::Choice kChoices[] = {core::Choice::kApprove, core::Choice::kReject,
                                       core::Choice::kWithdraw};
  if (choice) return kChoices[*choice];
  if (!reader.Has("choice")) {
    reader.Problem("choice", "'choice' is needed: approve, reject or withdraw");
  }
  return core::Choice::kApprove;
}

// Members that every new run may have.
void ReadPlanMembers(ObjectReader& reader, CreateBody& body) {
  body.subject_json = reader.Object("subject");
  body.not_before = reader.Moment("not_before");
  if (const auto parent = reader.PositiveInteger("parent")) body.parent = RunId(*parent);
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
    ReadPlanMembers(reader, body);
    body.is_draft = reader.Flag("draft");
  });
}

Result<Reading<ResubmitBody>> ReadResubmitBody(std::string_view json) {
  return ReadObject<ResubmitBody>(json, [](ObjectReader& reader, ResubmitBody& body) {
    body.name = reader.Text("name", kName);
    body.subject_json = reader.Object("subject");
    body.not_before = reader.Moment("not_before");
    body.expected = ReadExpectation(reader);
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
    body.choice = ReadChoice(reader);
    ReadVoteMembers(reader, body);
  });
}

Result<Reading<BulkVoteBody>> ReadBulkVoteBody(std::string_view json) {
  return ReadObject<BulkVoteBody>(json, [](ObjectReader& reader, BulkVoteBody& body) {
    reader.Each("votes", 1, kMaxBulkVotes, [&body](ObjectReader& element) {
      BulkVote& vote = body.votes.emplace_back();
      vote.run = RunId(element.NeedPositiveInteger("run"));
      vote.vote.choice = ReadChoice(element);
      ReadVoteMembers(element, vote.vote);
    });
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
