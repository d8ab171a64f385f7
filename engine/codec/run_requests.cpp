#include "engine/codec/run_requests.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/codec/request_reading.h"

namespace gatewright::codec {
namespace {

void ReadGateMembers(ObjectReader& reader, auto& body) {
  if (auto stage = reader.Text("stage", kWord)) body.stage = StageName(*std::move(stage));
  if (const auto epoch = reader.PositiveInteger("epoch")) body.epoch = Epoch(*epoch);
  body.expected = ReadExpectation(reader);
}

void ReadMap(ObjectReader& reader, std::vector<core::StageMapping>& map) {
  if (reader.IsArray("map")) {
    reader.Each("map", 0, kMaxStageMappings, [&map](ObjectReader& element) {
      StageName from(element.NeedText("from", kWord));
      StageName to(element.NeedText("to", kWord));
      const bool is_twice = std::ranges::any_of(
          map, [&](const core::StageMapping& mapping) { return mapping.from == from; });
      if (is_twice && !from.empty()) {
        element.Problem("from",
                        fmt::format("expected each stage once, found '{}' again", from.value));
      }
      map.push_back({std::move(from), std::move(to)});
    });
    return;
  }
  for (auto& [from, to] : reader.Pairs("map", kMaxStageMappings, kWord)) {
    map.push_back({StageName(std::move(from)), StageName(std::move(to))});
  }
}

}  // namespace

Result<Reading<SubjectBody>> ReadSubjectBody(std::string_view json) {
  return ReadObject<SubjectBody>(json, [](ObjectReader& reader, SubjectBody& body) {
    body.subject_json = reader.NeedObject("subject");
    body.reason = ReadReason(reader);
    body.expected = ReadExpectation(reader);
  });
}

Result<Reading<PlainBody>> ReadSubmitBody(std::string_view json) {
  return ReadObject<PlainBody>(
      json, [](ObjectReader& reader, PlainBody& body) { body.expected = ReadExpectation(reader); });
}

Result<Reading<ReasonBody>> ReadRetryBody(std::string_view json) {
  return ReadObject<ReasonBody>(json, [](ObjectReader& reader, ReasonBody& body) {
    body.reason = ReadReason(reader);
    body.expected = ReadExpectation(reader);
  });
}

Result<Reading<ReasonBody>> ReadForceBody(std::string_view json) {
  return ReadObject<ReasonBody>(json, [](ObjectReader& reader, ReasonBody& body) {
    body.reason = reader.NeedText("reason", kReason);
    body.expected = ReadExpectation(reader);
  });
}

Result<Reading<ClaimBody>> ReadClaimBody(std::string_view json) {
  return ReadObject<ClaimBody>(
      json, [](ObjectReader& reader, ClaimBody& body) { ReadGateMembers(reader, body); });
}

Result<Reading<ExtendBody>> ReadExtendBody(std::string_view json) {
  return ReadObject<ExtendBody>(json, [](ObjectReader& reader, ExtendBody& body) {
    ReadGateMembers(reader, body);
    body.deadline = reader.Moment("deadline");
    body.by = reader.Length("by");
    if (reader.Has("deadline") == reader.Has("by")) {
      reader.Problem("deadline",
                     fmt::format("expected exactly one of 'deadline' and 'by', found {}",
                                 reader.Has("by") ? "both" : "neither"));
    }
    body.reason = reader.NeedText("reason", kReason);
  });
}

Result<Reading<OverrideBody>> ReadOverrideBody(std::string_view json) {
  return ReadObject<OverrideBody>(json, [](ObjectReader& reader, OverrideBody& body) {
    constexpr core::OverrideKind kKinds[] = {
        core::OverrideKind::kGate, core::OverrideKind::kCalendar, core::OverrideKind::kLock};
    body.kind = kKinds[reader.NeedChoice("kind", {"gate", "calendar", "lock"})];
    body.reason = reader.NeedText("reason", kReason);
    body.expected = ReadExpectation(reader);
  });
}

Result<Reading<MigrateBody>> ReadMigrateBody(std::string_view json) {
  return ReadObject<MigrateBody>(json, [](ObjectReader& reader, MigrateBody& body) {
    body.to = reader.NeedText("to", kWord);
    ReadMap(reader, body.map);
    body.expected = ReadExpectation(reader);
  });
}

Result<Reading<MigrateBody>> ReadMigrateRunsBody(std::string_view json) {
  return ReadObject<MigrateBody>(json, [](ObjectReader& reader, MigrateBody& body) {
    body.from = reader.NeedText("from", kWord);
    body.to = reader.NeedText("to", kWord);
    ReadMap(reader, body.map);
  });
}

}  // namespace gatewright::codec
