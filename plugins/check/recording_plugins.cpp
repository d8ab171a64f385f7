#include "plugins/check/recording_plugins.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <chrono>
#include <mutex>
#include <string_view>
#include <utility>

#include "engine/codec/json.h"
#include "plugins/check/answer.h"

namespace gatewright::check {
namespace {

namespace json = boost::json;
using ports::PluginKind;

constexpr std::size_t kMostOutput = 64 * 1024;
constexpr std::int64_t kLongestLimit = 3'600'000;  // milliseconds that a case may say
// Whoever has it can answer in the plugin's place.
constexpr std::string_view kNoCallback = "https://gatewright.invalid/callback";

json::value Parsed(std::string_view text) {
  const auto value = codec::ParseJson(text);
  return value ? *value : json::value();
}

json::array ArrayOf(const std::vector<std::string>& texts) {
  json::array array;
  for (const std::string& text : texts) array.emplace_back(text);
  return array;
}

json::object QuestionOf(const ports::Context& context, Duration limit) {
  json::object question{{"run", context.run.value},       {"epoch", context.epoch},
                        {"workflow", context.workflow},   {"stage", context.stage},
                        {"requester", context.requester}, {"now", FormatTime(context.now)}};
  if (!context.rule.empty()) question["rule"] = context.rule;
  if (!context.subject_json.empty()) question["subject"] = Parsed(context.subject_json);
  if (!context.facts_json.empty()) question["facts"] = Parsed(context.facts_json);
  if (!context.callback_url.empty()) question["callbackUrl"] = kNoCallback;
  const auto limit_ms = std::chrono::duration_cast<std::chrono::milliseconds>(limit).count();
  question["limitMs"] = std::clamp<std::int64_t>(limit_ms, 0, kLongestLimit);
  return question;
}

// What one place asks, and where it is kept.
struct Place {
  Recorder& recorder;
  std::string file;
  std::string offer;
  std::string config_json;

  void Keep(std::string_view function, json::object question, json::object answer, Time now) const {
    json::value config = Parsed(config_json);
    recorder.Keep(file,
                  {{"offer", offer},
                   {"function", function},
                   {"config", config.is_object() ? std::move(config) : json::object()},
                   {"question", std::move(question)}},
                  std::move(answer), now);
  }
};

class RecordedApprover final : public ports::Approver {
 public:
  RecordedApprover(std::shared_ptr<ports::Approver> port, Place place)
      : port_(std::move(port)), place_(std::move(place)) {}
  Result<ports::Eligibility> Check(const ports::Context& context, const core::Principal& principal,
                                   Duration limit) override {
    auto made = port_->Check(context, principal, limit);
    json::object question = QuestionOf(context, limit);
    question["principal"] = {{"id", principal.id.value},
                             {"kind", ToString(principal.kind)},
                             {"everybody", principal.is_everybody},
                             {"roles", ArrayOf(principal.roles)},
                             {"groups", ArrayOf(principal.groups)}};
    place_.Keep("check", std::move(question), AnswerOf(made), context.now);
    return made;
  }

 private:
  std::shared_ptr<ports::Approver> port_;
  Place place_;
};

class RecordedPolicy final : public ports::Policy {
 public:
  RecordedPolicy(std::shared_ptr<ports::Policy> port, Place place)
      : port_(std::move(port)), place_(std::move(place)) {}
  Result<ports::PolicyVerdict> Evaluate(const ports::Context& context, Duration limit) override {
    auto made = port_->Evaluate(context, limit);
    place_.Keep("evaluate", QuestionOf(context, limit), AnswerOf(made), context.now);
    return made;
  }

 private:
  std::shared_ptr<ports::Policy> port_;
  Place place_;
};

// The beginning of an attempt's output, on its way.
class Listening final : public ports::AttemptSink {
 public:
  explicit Listening(ports::AttemptSink& to) : to_(to) {}
  void Output(std::string_view bytes) override {
    {
      const std::lock_guard lock(mutex_);
      heard_ += bytes.substr(0, kMostOutput - heard_.size());
    }
    to_.Output(bytes);
  }
  void Progress(int percent, std::string_view text) override { to_.Progress(percent, text); }
  std::string heard() {
    const std::lock_guard lock(mutex_);
    return heard_;
  }

 private:
  ports::AttemptSink& to_;
  std::mutex mutex_;
  std::string heard_;
};

class RecordedExecutor final : public ports::Executor {
 public:
  using Report = Result<ports::AttemptReport>;

  RecordedExecutor(std::shared_ptr<ports::Executor> port, Place place)
      : port_(std::move(port)), place_(std::move(place)) {}
  Report Start(const ports::AttemptRequest& request, ports::AttemptSink& sink, Duration limit,
               const std::atomic<bool>& cancelled) override {
    return Ask("start", request, sink, limit,
               [&](ports::AttemptSink& to) { return port_->Start(request, to, limit, cancelled); });
  }
  Report Probe(const ports::AttemptRequest& request, ports::AttemptSink& sink,
               Duration limit) override {
    return Ask("probe", request, sink, limit,
               [&](ports::AttemptSink& to) { return port_->Probe(request, to, limit); });
  }
  Report Stop(const ports::AttemptRequest& request, ports::AttemptSink& sink,
              Duration limit) override {
    return Ask("stop", request, sink, limit,
               [&](ports::AttemptSink& to) { return port_->Stop(request, to, limit); });
  }
  Report Rollback(const ports::AttemptRequest& request, ports::AttemptSink& sink, Duration limit,
                  const std::atomic<bool>& cancelled) override {
    return Ask("rollback", request, sink, limit, [&](ports::AttemptSink& to) {
      return port_->Rollback(request, to, limit, cancelled);
    });
  }

 private:
  template <class Call>
  Report Ask(std::string_view function, const ports::AttemptRequest& request,
             ports::AttemptSink& sink, Duration limit, Call call) {
    Listening listening(sink);
    auto made = call(listening);
    json::object question = QuestionOf(request.context, limit);
    question["attempt"] = {{"id", request.attempt_id},
                           {"number", request.number},
                           {"fencingToken", request.fencing_token},
                           {"handle", request.handle}};
    place_.Keep(function, std::move(question), AnswerOf(made, listening.heard()),
                request.context.now);
    return made;
  }

  std::shared_ptr<ports::Executor> port_;
  Place place_;
};

class RecordedNotifier final : public ports::Notifier {
 public:
  RecordedNotifier(std::shared_ptr<ports::Notifier> port, Place place)
      : port_(std::move(port)), place_(std::move(place)) {}
  Result<void> Deliver(std::string_view event_id, std::string_view event_type,
                       std::string_view event_json, Duration limit,
                       ports::DeliveryAdvice* advice) override {
    ports::DeliveryAdvice own;
    auto told =
        port_->Deliver(event_id, event_type, event_json, limit, advice == nullptr ? &own : advice);
    const Time now = std::chrono::floor<Duration>(std::chrono::system_clock::now());
    json::value event = Parsed(event_json);
    place_.Keep("deliver", {{"event", event.is_object() ? std::move(event) : json::object()}},
                AnswerOf(told, advice == nullptr ? own : *advice), now);
    return told;
  }

 private:
  std::shared_ptr<ports::Notifier> port_;
  Place place_;
};

}  // namespace

std::string RecordingPlugins::FileOf(PluginKind kind, std::string_view name) const {
  for (const ports::PluginInfo& plugin : plugins_.List()) {
    const std::string file = plugin.path.substr(plugin.path.rfind('/') + 1);
    const bool offers_it = std::ranges::any_of(plugin.offers, [&](const ports::Offer& offer) {
      return offer.kind == kind && offer.name == name;
    });
    if (offers_it && plugin.state == ports::PluginState::kCurrent) {
      return recorder_.Wants(file) ? file : "";
    }
  }
  return "";
}

template <class Recorded, class Port>
Result<std::shared_ptr<Port>> RecordingPlugins::Wrapped(PluginKind kind, std::string_view name,
                                                        std::string_view config_json,
                                                        Result<std::shared_ptr<Port>> made) {
  if (!made) return made;
  std::string file = FileOf(kind, name);
  if (file.empty()) return made;
  return std::shared_ptr<Port>(std::make_shared<Recorded>(
      *std::move(made),
      Place{recorder_, std::move(file), std::string(name), std::string(config_json)}));
}

Result<std::shared_ptr<ports::Approver>> RecordingPlugins::MakeApprover(
    std::string_view name, std::string_view config_json) {
  return Wrapped<RecordedApprover>(PluginKind::kApprover, name, config_json,
                                   plugins_.MakeApprover(name, config_json));
}

Result<std::shared_ptr<ports::Policy>> RecordingPlugins::MakePolicy(std::string_view name,
                                                                    std::string_view config_json) {
  return Wrapped<RecordedPolicy>(PluginKind::kPolicy, name, config_json,
                                 plugins_.MakePolicy(name, config_json));
}

Result<std::shared_ptr<ports::Executor>> RecordingPlugins::MakeExecutor(
    std::string_view name, std::string_view config_json) {
  return MakeExecutorAt(name, config_json, Time::max());
}

Result<std::shared_ptr<ports::Executor>> RecordingPlugins::MakeExecutorAt(
    std::string_view name, std::string_view config_json, Time began) {
  return Wrapped<RecordedExecutor>(PluginKind::kExecutor, name, config_json,
                                   plugins_.MakeExecutorAt(name, config_json, began));
}

Result<std::shared_ptr<ports::Notifier>> RecordingPlugins::MakeNotifier(
    std::string_view name, std::string_view config_json) {
  return Wrapped<RecordedNotifier>(PluginKind::kNotifier, name, config_json,
                                   plugins_.MakeNotifier(name, config_json));
}

}  // namespace gatewright::check
