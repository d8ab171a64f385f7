// Links with which people vote: what one is good for now.
#include "engine/runtime/engine_impl.h"
#include "engine/runtime/vote_link.h"

namespace gatewright::runtime {

bool Engine::Impl::IsNeeded(const LoadedRun& loaded, const core::Principal& person) const {
  const core::Viewer viewer = MakeViewer(loaded, person);
  const Time now = clock_.Now();
  return surroundings_.Look([&](const core::World& world) {
    return core::CanDecideNow(loaded.run, loaded.revision->workflow, now, world, viewer);
  });
}

Result<VoteLinkLook> Engine::Impl::LookAtVoteLink(std::string_view ticket) {
  VoteLinkLook look;
  GW_TRY(secret, store_.Secret(kVoteLinkSecret));
  auto link = ReadVoteLink(secret, ticket);
  if (!link) return look;
  look.link = *std::move(link);
  GW_TRY(run, GetRun(look.link.run));
  if (run == nullptr) return look;
  look.run = std::move(run);
  GW_TRY(used, store_.FindAnswer(UseKey(look.link)));
  const core::Stage* stage = look.run->FindStage(look.link.stage);
  const core::Gate* gate = stage != nullptr && stage->gate ? &*stage->gate : nullptr;
  const auto directory = surroundings_.directory();
  const core::Principal* person = directory ? directory->Find(look.link.person) : nullptr;
  if (person != nullptr) look.person = *person;
  if (used) {
    look.state = VoteLinkState::kUsed;
  } else if (clock_.Now() >= look.link.expires) {
    look.state = VoteLinkState::kExpired;
  } else if (person == nullptr) {
    look.state = VoteLinkState::kNobody;
  } else if (look.run->subject_digest != look.link.subject_digest) {
    look.state = VoteLinkState::kChanged;
  } else if (gate == nullptr || !gate->is_open() || gate->epoch != look.link.epoch ||
             look.run->is_finished() || look.run->current_stage != look.link.stage) {
    look.state = VoteLinkState::kDecided;
  } else {
    look.state = VoteLinkState::kGood;
  }
  return look;
}

Result<VoteLinkLook> Engine::LookAtVoteLink(std::string_view ticket) {
  return impl_->LookAtVoteLink(ticket);
}

}  // namespace gatewright::runtime
