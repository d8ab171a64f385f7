#include "server/http/mailbox.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <utility>

#include "engine/base/assert.h"
#include "server/http/pending_answer.h"

namespace gatewright::http {

Mailbox::Mailbox() : fd_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) { GW_ASSERT(fd_ >= 0); }

Mailbox::~Mailbox() { ::close(fd_); }

template <class Item>
bool Mailbox::Put(std::vector<Item>& list, Item item) {
  bool must_wake = false;
  {
    const std::lock_guard lock(mutex_);
    if (is_closed_) return false;
    must_wake = waiting_.tasks.empty() && waiting_.answers.empty();
    list.push_back(std::move(item));
  }
  if (must_wake) eventfd_write(fd_, 1);
  return true;
}

bool Mailbox::Post(Task task) { return Put(waiting_.tasks, std::move(task)); }

bool Mailbox::PostAnswer(std::shared_ptr<PendingAnswer> answer) {
  return Put(waiting_.answers, std::move(answer));
}

void Mailbox::Take(Batch& batch) {
  eventfd_t ignored;
  eventfd_read(fd_, &ignored);  // before the swap: whatever is posted after it wakes us again
  const std::lock_guard lock(mutex_);
  std::swap(batch, waiting_);
}

void Mailbox::Close() {
  Batch unrun;  // destroyed outside the lock: a task may hold the last copy of a Responder
  {
    const std::lock_guard lock(mutex_);
    is_closed_ = true;
    std::swap(unrun, waiting_);
  }
  for (const auto& answer : unrun.answers) answer->Drop();
}

}  // namespace gatewright::http
