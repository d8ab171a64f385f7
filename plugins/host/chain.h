// plugins/host/chain.h: the versions of one thing, each in force for what began after it came.
// `Add` is for one thread at a time; reading is for any, and takes no lock.
#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <optional>
#include <utility>

#include "engine/base/time.h"

namespace gatewright::host {

template <class Value>
class Chain {
 public:
  Chain() = default;
  Chain(const Chain&) = delete;
  Chain& operator=(const Chain&) = delete;

  // `since` nothing: for ever. `value` null: from then on there is none.
  void Add(std::optional<Time> since, std::shared_ptr<Value> value) {
    links_.push_back({since, std::move(value), newest_.load()});
    newest_.store(&links_.back(), std::memory_order_release);
  }

  // What began in a time when there was none takes the first that came after it.
  const std::shared_ptr<Value>& At(Time began) const {
    const Link* first_after = nullptr;
    for (const Link* link = newest_.load(std::memory_order_acquire);; link = link->older) {
      if (link == nullptr) return first_after != nullptr ? first_after->value : None();
      if (!link->since || *link->since < began) {
        return link->value == nullptr && first_after != nullptr ? first_after->value : link->value;
      }
      if (link->value != nullptr) first_after = link;
    }
  }
  const std::shared_ptr<Value>& newest() const { return At(Time::max()); }

 private:
  struct Link {
    std::optional<Time> since;
    std::shared_ptr<Value> value;
    const Link* older;
  };

  static const std::shared_ptr<Value>& None() {
    static const std::shared_ptr<Value> none;
    return none;
  }

  std::deque<Link> links_;  // never moves what it holds
  std::atomic<const Link*> newest_{nullptr};
};

}  // namespace gatewright::host
