// gatewright/offer.hpp: turns a C++ class into the C tables of plugin.h, and GATEWRIGHT_PLUGIN into
// the one exported function. Included by plugin.hpp; no exception leaves a function in here.
#pragma once

#include <concepts>
#include <exception>
#include <memory>
#include <string>
#include <type_traits>

#include "gatewright/plugin.hpp"

namespace gatewright {
inline namespace sdk1 {
namespace detail {

inline void Fail(const gw_call* call, const char* message) noexcept {
  call->fail(call, gw_text(message));
}

// Runs `body`; what it throws becomes a status and a message.
template <class Body>
gw_status Guard(const gw_call* call, Body body) noexcept {
  try {
    body();
    return GW_OK;
  } catch (const CallError& error) {
    Fail(call, error.what());
    return error.status();
  } catch (const std::exception& error) {
    Fail(call, error.what());
  } catch (...) {
    Fail(call, "threw something that is not a std::exception");
  }
  return GW_INTERNAL;
}

template <class T>
concept HasCancel = requires(T& t, std::string_view id) {
  t.Cancel(id);
};
template <class T>
concept HasProbe = requires(T& t, const Attempt& attempt, Call& call) {
  { t.Probe(attempt, call) } -> std::same_as<Report>;
};
template <class T>
concept HasStop = requires(T& t, const Attempt& attempt, Call& call) {
  { t.Stop(attempt, call) } -> std::same_as<Report>;
};
template <class T>
concept HasRollback = requires(T& t, const Attempt& attempt, Call& call) {
  { t.Rollback(attempt, call) } -> std::same_as<Report>;
};

template <class T>
T& Self(void* instance) {
  return *static_cast<T*>(instance);
}

inline void Answer(const gw_call* call, const Report& report) {
  const gw_report answer = {sizeof answer,
                            report.outcome,
                            Borrow(report.summary),
                            Borrow(report.outputs_json),
                            report.ask_again_after.count(),
                            Borrow(report.handle)};
  call->answer_report(call, &answer);
}

template <class T>
gw_status Check(void* instance, const gw_question* question, const gw_call* raw) noexcept {
  return Guard(raw, [&] {
    Call call(raw);
    const Eligibility made = Self<T>(instance).Check(Question(*question), call);
    const gw_eligibility answer = {sizeof answer, made.value, Borrow(made.reason)};
    raw->answer_eligibility(raw, &answer);
  });
}

template <class T>
gw_status Evaluate(void* instance, const gw_context* context, const gw_call* raw) noexcept {
  return Guard(raw, [&] {
    Call call(raw);
    const Verdict made = Self<T>(instance).Evaluate(Context(*context), call);
    const gw_verdict answer = {sizeof answer, made.choice, made.ask_again_after.count(),
                               Borrow(made.reason), Borrow(made.evidence_json)};
    raw->answer_verdict(raw, &answer);
  });
}

template <class T>
gw_status Start(void* instance, const gw_attempt* attempt, const gw_call* raw) noexcept {
  return Guard(raw, [&] {
    Call call(raw);
    Answer(raw, Self<T>(instance).Start(Attempt(*attempt), call));
  });
}

template <class T>
void Cancel(void* instance, gw_string attempt_id) noexcept {
  Self<T>(instance).Cancel(View(attempt_id));
}

template <class T>
gw_status Probe(void* instance, const gw_attempt* attempt, const gw_call* raw) noexcept {
  return Guard(raw, [&] {
    Call call(raw);
    Answer(raw, Self<T>(instance).Probe(Attempt(*attempt), call));
  });
}

template <class T>
gw_status Rollback(void* instance, const gw_attempt* attempt, const gw_call* raw) noexcept {
  return Guard(raw, [&] {
    Call call(raw);
    Answer(raw, Self<T>(instance).Rollback(Attempt(*attempt), call));
  });
}

template <class T>
gw_status Stop(void* instance, const gw_attempt* attempt, const gw_call* raw) noexcept {
  return Guard(raw, [&] {
    Call call(raw);
    Answer(raw, Self<T>(instance).Stop(Attempt(*attempt), call));
  });
}

template <class T>
gw_status Deliver(void* instance, const gw_event* event, const gw_call* raw) noexcept {
  return Guard(raw, [&] {
    Call call(raw);
    gw_delivery answer = {sizeof answer, GW_DELIVERED, 0, {nullptr, 0}};
    std::string problem;
    try {
      Self<T>(instance).Deliver(Event{View(event->id), View(event->type), View(event->json)}, call);
    } catch (const Unavailable& error) {
      problem = error.what();
      answer = {sizeof answer, GW_DELIVER_LATER, error.retry_after.count(), Borrow(problem)};
    } catch (const ReceiverGone& error) {
      problem = error.what();
      answer = {sizeof answer, GW_RECEIVER_GONE, 0, Borrow(problem)};
    }
    raw->answer_delivery(raw, &answer);
  });
}

// The kind's own table.
template <class T>
constexpr auto MakeFunctions() {
  if constexpr (std::derived_from<T, Approver>) {
    return gw_approver{sizeof(gw_approver), 0, &Check<T>};
  } else if constexpr (std::derived_from<T, Policy>) {
    return gw_policy{sizeof(gw_policy), 0, &Evaluate<T>};
  } else if constexpr (std::derived_from<T, Executor>) {
    gw_executor table{sizeof(gw_executor), 0, &Start<T>, nullptr, nullptr, nullptr, nullptr};
    if constexpr (HasCancel<T>) table.cancel = &Cancel<T>;
    if constexpr (HasProbe<T>) table.probe = &Probe<T>;
    if constexpr (HasStop<T>) table.stop = &Stop<T>;
    if constexpr (HasRollback<T>) table.rollback = &Rollback<T>;
    return table;
  } else {
    static_assert(std::derived_from<T, Notifier>,
                  "an offer derives from Approver, Policy, Executor or Notifier");
    return gw_notifier{sizeof(gw_notifier), 0, &Deliver<T>};
  }
}

template <class T>
constexpr const char* Kind() {
  if (std::derived_from<T, Approver>) return GW_KIND_APPROVER;
  if (std::derived_from<T, Policy>) return GW_KIND_POLICY;
  if (std::derived_from<T, Executor>) return GW_KIND_EXECUTOR;
  return GW_KIND_NOTIFIER;
}

template <class T>
constexpr std::uint32_t Flags() {
  std::uint32_t flags = 0;
  if constexpr (requires { T::kConcurrent; }) {
    if (T::kConcurrent) flags |= GW_CONCURRENT;
  }
  if constexpr (requires { T::kPure; }) {
    if (T::kPure) flags |= GW_PURE;
  }
  if constexpr (requires { T::kWantsFacts; }) {
    if (T::kWantsFacts) flags |= GW_WANTS_FACTS;
  }
  return flags;
}

template <class T>
gw_status Create(gw_string config, const gw_call* raw, void** instance) noexcept {
  return Guard(raw, [&] {
    if constexpr (std::constructible_from<T, Config, Call&>) {
      Call call(raw);
      *instance = std::make_unique<T>(Config(View(config)), call).release();
    } else {
      *instance = std::make_unique<T>(Config(View(config))).release();
    }
  });
}

template <class T>
void Destroy(void* instance) noexcept {
  delete static_cast<T*>(instance);
}

template <class T>
inline constexpr auto kFunctions = MakeFunctions<T>();

template <class T>
inline constexpr gw_offer kOffer = {sizeof(gw_offer), Flags<T>(),  Kind<T>(),
                                    T::kName,         T::kSummary, T::kSchema,
                                    &Create<T>,       &Destroy<T>, &kFunctions<T>};

}  // namespace detail

template <class T>
inline constexpr const gw_offer* Offer = &detail::kOffer<T>;

}  // namespace sdk1
}  // namespace gatewright

// GATEWRIGHT_PLUGIN(name, version, gatewright::Offer<A>, gatewright::Offer<B>, …), once per
// library.
#define GATEWRIGHT_PLUGIN(plugin_name, plugin_version, ...)                                    \
  extern "C" GW_EXPORT const gw_plugin* gw_plugin_entry(void) {                                \
    static constexpr const gw_offer* kOffers[] = {__VA_ARGS__};                                \
    static constexpr gw_plugin kPlugin = {                                                     \
        sizeof(gw_plugin), GW_ABI_MAJOR,   GW_ABI_MINOR, sizeof(kOffers) / sizeof(kOffers[0]), \
        plugin_name,       plugin_version, kOffers};                                           \
    return &kPlugin;                                                                           \
  }
