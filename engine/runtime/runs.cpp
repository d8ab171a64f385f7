#include "engine/runtime/runs.h"

#include <fmt/format.h>

#include "engine/codec/events.h"

namespace gatewright::runtime {

Result<LoadedRunPtr> Runs::Load(RunId id) {
  if (auto cached = cache_.Find(id)) return cached;
  const std::uint64_t generation = cache_.Generation(id);
  GW_TRY(history, store_.LoadRun(id));
  if (!history) return LoadedRunPtr{};
  GW_TRY(run, codec::Replay(id, history->entries));
  auto revision = workflows_.Pinned(run.workflow_version);
  if (revision == nullptr) {
    return Error{ErrorCode::kCorrupt,
                 fmt::format("run {} is pinned to version {} of workflow '{}', which is not among "
                             "the published ones or cannot be read",
                             id.value, run.workflow_version.value, run.workflow.value)};
  }
  auto loaded = std::make_shared<const LoadedRun>(
      LoadedRun{std::move(run), history->row.head_hash, std::move(revision)});
  cache_.PutRead(loaded, generation);
  return loaded;
}

}  // namespace gatewright::runtime
