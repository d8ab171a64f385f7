#include "engine/runtime/subject.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "engine/codec/digest.h"
#include "engine/codec/json.h"
#include "engine/runtime/scope.h"
#include "engine/runtime/substitute.h"

namespace gatewright::runtime {
namespace {

constexpr std::size_t kMaxReason = 200;
constexpr std::size_t kMaxLockKey = 256;
constexpr std::size_t kMaxCommitters = 1'000;
// Known only later, when the stage's voters have filled in its form.
constexpr std::string_view kLaterScope = "stages.";

// References that this subject cannot answer, found now and not when the action is due.
void CheckReferences(const std::vector<core::StageSpec>& stages, const core::Run& run,
                     std::vector<FieldProblem>& problems) {
  for (const core::StageSpec& stage : stages) {
    if (!stage.action || stage.action->use.with_json.find("${") == std::string::npos) continue;
    const auto substituted =
        Substitute(stage.action->use.with_json, ScopeJson(run, stage.name.value));
    if (!substituted) continue;  // the definition was checked when it was published
    for (const std::string& path : substituted->missing_paths) {
      if (path.starts_with(kLaterScope)) continue;
      problems.push_back({"/subject", fmt::format("stage '{}' needs '{}', which this run does not "
                                                  "have (expected a string, number or boolean)",
                                                  stage.name.value, path)});
    }
  }
}

std::vector<core::SkippedStage> SkipsOf(const Revision& revision, const core::Run& run) {
  std::vector<core::SkippedStage> skips;
  for (const core::StageSpec& stage : revision.workflow.stages) {
    const auto when = revision.when.find(stage.name);
    if (when == revision.when.end()) continue;
    const auto problems = when->second.Validate(ScopeJson(run, stage.name.value));
    if (problems.empty()) continue;
    skips.push_back({stage.name, fmt::format("its `when` does not match: {}: {}",
                                             problems.front().pointer, problems.front().message)
                                     .substr(0, kMaxReason)});
  }
  return skips;
}

void ReadLockKeys(const core::LockSpec& lock, const core::Run& run, CheckedSubject& checked) {
  for (const std::string& pattern : lock.keys) {
    std::string text;
    codec::AppendJsonString(text, pattern);
    const auto substituted = Substitute(text, ScopeJson(run, ""));
    const auto key = substituted ? codec::ParseJson(substituted->json)
                                 : Result<boost::json::value>(substituted.error());
    if (!key || !key->is_string() || !substituted->missing_paths.empty()) {
      checked.problems.push_back(
          {"/subject", fmt::format("the lock '{}' needs a value that this run does not have "
                                   "(expected a string, number or boolean)",
                                   pattern)});
      continue;
    }
    const std::string value(key->get_string());
    if (value.size() > kMaxLockKey) {
      checked.problems.push_back(
          {"/subject", fmt::format("the lock '{}' would have a key of {} bytes (allowed: {})",
                                   pattern, value.size(), kMaxLockKey)});
      continue;
    }
    checked.facts.lock_keys.push_back(value);
  }
  auto& keys = checked.facts.lock_keys;
  std::ranges::sort(keys);
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
}

bool AsksForCommitters(const core::Workflow& workflow) {
  return std::ranges::any_of(workflow.stages, [](const core::StageSpec& stage) {
    if (!stage.gate) return false;
    if (stage.gate->separation.excludes_committers) return true;
    return std::ranges::any_of(core::Leaves(stage.gate->rules), [](const core::Rule* leaf) {
      return leaf->separation && leaf->separation->excludes_committers;
    });
  });
}

void ReadCommitters(const std::string& pointer, const boost::json::value& subject,
                    CheckedSubject& checked) {
  const auto complain = [&](std::string_view found) {
    checked.problems.push_back(
        {"/subject" + pointer,
         fmt::format("expected the committers, as a name or a list of names (separation of duties "
                     "looks at them), found {}",
                     found)});
  };
  boost::system::error_code error;
  const boost::json::value* value = subject.find_pointer(pointer, error);
  if (value == nullptr) return complain("nothing");
  boost::json::array one;
  if (value->is_string()) one.push_back(*value);
  if (!value->is_string() && !value->is_array()) return complain("something else");
  const boost::json::array& names = value->is_string() ? one : value->get_array();
  if (names.size() > kMaxCommitters) return complain("more than 1,000");
  for (const boost::json::value& name : names) {
    if (!name.is_string()) return complain("a list of something else");
    checked.facts.committers.emplace_back(std::string_view(name.get_string()));
  }
}

}  // namespace

Result<CheckedSubject> CheckSubject(const Revision& revision, const core::Run& run,
                                    const std::string& subject_json) {
  CheckedSubject checked;
  const auto subject = codec::ParseJson(subject_json.empty() ? "{}" : subject_json);
  if (!subject) {
    checked.problems.push_back({"/subject", subject.error().message});
    return checked;
  }
  if (!subject->is_object()) {
    checked.problems.push_back({"/subject", "expected an object"});
    return checked;
  }
  if (!revision.workflow.subject_schema_json.empty() && !revision.subject_schema) {
    return Error{ErrorCode::kInternal, "the workflow's subject schema cannot be used"};
  }
  if (revision.subject_schema) {
    for (const auto& problem : revision.subject_schema->Validate(*subject)) {
      checked.problems.push_back({"/subject" + problem.pointer, problem.message});
    }
  }
  checked.json = codec::CanonicalJson(*subject);
  if (!checked.problems.empty()) return checked;

  core::Run draft;
  draft.id = run.id;
  draft.name = run.name;
  draft.workflow = run.workflow;
  draft.requester = run.requester;
  draft.subject_json = checked.json;
  CheckReferences(revision.workflow.stages, draft, checked.problems);
  CheckReferences(revision.workflow.rollbacks, draft, checked.problems);
  if (revision.workflow.lock) ReadLockKeys(*revision.workflow.lock, draft, checked);
  if (AsksForCommitters(revision.workflow)) {
    ReadCommitters(revision.workflow.committers_pointer, *subject, checked);
  }
  if (!checked.problems.empty()) return checked;
  checked.digest = codec::Sha256Hex(checked.json);
  checked.skips = SkipsOf(revision, draft);
  return checked;
}

}  // namespace gatewright::runtime
