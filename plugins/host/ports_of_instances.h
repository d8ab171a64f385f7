// plugins/host/ports_of_instances.h: wraps an instance as the port that the engine calls. What
// comes back is thread-safe.
#pragma once

#include <memory>

#include "engine/ports/plugins.h"
#include "plugins/host/instance.h"

namespace gatewright::host {

std::shared_ptr<ports::Approver> AsApprover(std::shared_ptr<Instance> instance);
std::shared_ptr<ports::Policy> AsPolicy(std::shared_ptr<Instance> instance);
std::shared_ptr<ports::Executor> AsExecutor(std::shared_ptr<Instance> instance);
std::shared_ptr<ports::Notifier> AsNotifier(std::shared_ptr<Instance> instance);

}  // namespace gatewright::host
