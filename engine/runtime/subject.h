// engine/runtime/subject.h: what a workflow makes of a subject: is it valid, which stages does it
// skip, which locks does it name, who are its committers. Pure.
#pragma once

#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/core/event.h"
#include "engine/core/run.h"
#include "engine/runtime/requests.h"
#include "engine/runtime/workflows.h"

namespace gatewright::runtime {

struct CheckedSubject {
  std::string json;  // canonical
  std::string digest;
  std::vector<core::SkippedStage> skips;
  core::SubjectFacts facts;
  std::vector<FieldProblem> problems;  // not empty: the rest is not to be used
};

// `run` is what `when` and `${…}` may look at besides the subject: id, name, workflow, requester.
// An Error: the workflow itself cannot be used.
Result<CheckedSubject> CheckSubject(const Revision& revision, const core::Run& run,
                                    const std::string& subject_json);

// Of a draft: `problems` are only those that going on writing cannot put right; no skips, no facts.
Result<CheckedSubject> CheckDraft(const Revision& revision, const std::string& subject_json);

}  // namespace gatewright::runtime
