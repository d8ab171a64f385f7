// plugins/check/probe_call.h: a gw_call that remembers what the plugin did with it. What is an
// answer, the host itself judges. The plugin may use it from any thread until the call returns.
#pragma once

#include <atomic>
#include <functional>
#include <string>

#include "plugins/host/child/messages.h"
#include "plugins/host/host_call.h"

namespace gatewright::check {

// How an action that goes on outside is put in words, see Take.
constexpr std::string_view kRunningWord = "outcome 5";

class ProbeCall {
 public:
  ProbeCall(const host::Environment& environment, const host::LoadedOffer& offer, Duration limit,
            const std::atomic<bool>* cancelled);
  ProbeCall(const ProbeCall&) = delete;
  ProbeCall& operator=(const ProbeCall&) = delete;

  const gw_call& raw() const { return raw_; }
  const host::HostCall& host() const { return host_; }
  // Is called whenever the plugin calls its host.
  void OnTouch(std::function<void()> on_touch) { on_touch_ = std::move(on_touch); }

  int answers() const { return answers_; }
  bool has_foreign_answer() const { return has_foreign_answer_; }
  std::string failure() const;
  std::string handle() const;
  // What came of a call that returned `status`, in a few words that two calls can be compared by:
  // "eligible: is on call". An Error is the host's own judgement.
  Result<std::string> Take(host::Function function, gw_status status);

 private:
  friend struct ProbeCallFunctions;

  host::HostCall host_;
  gw_call raw_;
  ports::PluginKind kind_;
  std::function<void()> on_touch_;
  std::atomic<int> answers_{0};
  std::atomic<bool> has_foreign_answer_{false};
  mutable std::mutex mutex_;
  std::string failure_;  // guarded by mutex_
  std::string handle_;   // guarded by mutex_
};

}  // namespace gatewright::check
