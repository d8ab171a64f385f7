// The executor `http`: calls a service to do the action, which ends with its answer, with what a
// status address says later, or by callback (docs/executors.md says which failure is which).
#include <gatewright/plugin.hpp>

#include <strings.h>

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/time.h"
#include "http_answer.h"
#include "http_schema.h"
#include "json_rule.h"
#include "plugins/outbound/http_post.h"
#include "plugins/outbound/signature.h"

namespace {

using gatewright::Config;
using gatewright::Json;
using gatewright::Report;
using gatewright::outbound::HttpReply;
using std::chrono::milliseconds;
using Headers = std::vector<std::pair<std::string, std::string>>;

constexpr std::size_t kMaxReply = 1024 * 1024;
constexpr std::string_view kByCallback = "callback";  // a handle

milliseconds ReadLength(const Config& config, const std::string& key, milliseconds usual) {
  if (!config.Has(key)) return usual;
  const auto length = gatewright::ParseDuration(config.String(key));
  if (length && *length >= std::chrono::seconds{1}) {
    return std::chrono::duration_cast<milliseconds>(*length);
  }
  throw gatewright::InvalidConfig("/" + key + ": expected a duration of at least 1s, such as 30s");
}

class HttpCall final : public gatewright::Executor {
 public:
  static constexpr bool kConcurrent = true;
  static constexpr char kName[] = "http";
  static constexpr char kSummary[] =
      "Calls a service over HTTP, and waits for its answer, a status or a callback.";
  static constexpr const char* kSchema = kHttpSchema;

  explicit HttpCall(const Config& config)
      : allows_private_(config.Bool("allow_private", false)),
        target_(Target("/url", config.String("url"))),
        method_(config.String("method", "POST")),
        answer_(config.String("answer", "response")),
        timeout_(ReadLength(config, "timeout", milliseconds{0})),
        success_(config, "success"),
        failure_(config, "failure"),
        is_idempotent_(config.Bool("idempotent", method_ != "POST" && method_ != "PATCH")) {
    if (const Json* body = config.Find("body")) {
      body_ = body->IsString() ? body->string() : body->source();
      is_text_ = body->IsString();
    }
    if (config.Has("headers")) {
      for (const auto& [name, value] : config.Find("headers")->members()) {
        headers_.emplace_back(name, value.string());
      }
    }
    if (config.Has("secret")) keys_ = gatewright::outbound::ReadKeys(*config.Find("secret"));
    ReadPoll(config);
    if (config.Has("stop")) {
      const Config stop = config.Object("stop");
      stop_method_ = stop.String("method", "DELETE");
      if (stop.Has("url")) stop_url_ = Target("/stop/url", stop.String("url")).url;
    }
  }

  Report Start(const gatewright::Attempt& attempt, gatewright::Call& call) override {
    call.Checkpoint();
    if (answer_ == "callback" && attempt.callback_url.empty()) {
      return gatewright::FailedPermanent(
          "this server does not know its own address, so nobody can call back");
    }
    const std::string body = body_ ? *body_ : DefaultBody(attempt);
    HttpReply reply;
    try {
      reply = Request(target_, method_, body, attempt, call);
    } catch (const gatewright::CallError& stopped) {
      if (stopped.status() != GW_CANCELLED || is_idempotent_) throw;
      return MayHaveHappened("cancelled before the service had answered");
    }
    if (!reply.problem.empty()) return NoAnswer(reply);
    call.Output(reply.body);
    if (auto refused = Refused(reply)) return *std::move(refused);
    const auto json = ParseBody(reply);
    if (failure_.Matches(json)) return Failed(reply, json);
    if (answer_ == "callback") {
      return gatewright::Running(Found(reply) + ", and calls back", milliseconds{0},
                                 std::string(kByCallback));
    }
    if (answer_ == "poll") return BeginPolling(reply, json);
    return Ended(reply, json);
  }

  Report Probe(const gatewright::Attempt& attempt, gatewright::Call& call) {
    if (attempt.handle == kByCallback) {
      return gatewright::Running("waits for the callback", milliseconds{0}, "");
    }
    const std::string url = attempt.handle.empty() ? poll_url_ : std::string(attempt.handle);
    if (url.empty() || (attempt.handle.empty() && !is_idempotent_)) {
      return gatewright::OutcomeUnknown(
          "the server stopped during the request; whether it arrived is not known");
    }
    const HttpReply reply = Request(Target("", url), "GET", "", attempt, call);
    if (!reply.problem.empty()) throw gatewright::Unavailable(reply.problem);
    if (reply.status == 404 || reply.status == 410) {
      return gatewright::OutcomeUnknown(Found(reply) + " at the status address: it knows no more");
    }
    const auto json = ParseBody(reply);
    const bool is_good = reply.status / 100 == 2 || success_.AllowsStatus(reply.status) ||
                         failure_.AllowsStatus(reply.status);
    if (!is_good) throw gatewright::Unavailable(Found(reply) + " at the status address");
    if (failure_.AllowsStatus(reply.status) || failure_.Matches(json)) return Failed(reply, json);
    if (!IsDone(reply, json)) {
      return gatewright::Running("in progress: " + Found(reply), poll_every_, "");
    }
    call.Output(reply.body);
    return Ended(reply, json);
  }

  Report Stop(const gatewright::Attempt& attempt, gatewright::Call& call) {
    const bool has_status_url = !attempt.handle.empty() && attempt.handle != kByCallback;
    const std::string url =
        stop_url_.empty() && has_status_url ? std::string(attempt.handle) : stop_url_;
    if (stop_method_.empty() || url.empty()) {
      return gatewright::OutcomeUnknown(
          "the service was not told to stop: the workflow does not say how ('stop')");
    }
    const HttpReply reply = Request(Target("", url), stop_method_, "", attempt, call);
    if (!reply.problem.empty()) throw gatewright::Unavailable(reply.problem);
    if (reply.status == 202) {
      return gatewright::Running("the service was told to stop", poll_every_, "");
    }
    if (reply.status / 100 == 2) return gatewright::FailedPermanent("the service stopped it");
    if (reply.status == 404 || reply.status == 410) {
      return gatewright::OutcomeUnknown(Found(reply) + " when it was told to stop");
    }
    throw gatewright::Unavailable(Found(reply) + " when it was told to stop");
  }

 private:
  gatewright::outbound::HttpTarget Target(const std::string& place, std::string url) const {
    gatewright::outbound::HttpTarget target{std::move(url), allows_private_, "allow_private"};
    const std::string problem = gatewright::outbound::FindUrlProblem(target);
    if (!problem.empty()) throw gatewright::InvalidConfig(place + ": " + problem);
    return target;
  }

  void ReadPoll(const Config& config) {
    if (answer_ != "poll") {
      if (config.Has("poll")) {
        throw gatewright::InvalidConfig("/poll: expected only with answer: poll");
      }
      return;
    }
    if (!config.Has("poll")) return;
    const Config poll = config.Object("poll");
    if (poll.Has("url")) poll_url_ = Target("/poll/url", poll.String("url")).url;
    poll_pointer_ = poll.String("pointer", "");
    poll_every_ = ReadLength(poll, "every", poll_every_);
  }

  HttpReply Request(const gatewright::outbound::HttpTarget& target, std::string_view method,
                    std::string_view body, const gatewright::Attempt& attempt,
                    const gatewright::Call& call) const {
    namespace outbound = gatewright::outbound;
    Headers headers = {{"Idempotency-Key", std::string(attempt.attempt_id)},
                       {"X-Gatewright-Fencing-Token", std::to_string(attempt.fencing_token)}};
    std::string type = is_text_ ? "text/plain; charset=utf-8" : "application/json";
    // What the workflow says to one server is nobody else's business.
    if (outbound::OriginOf(target.url) == outbound::OriginOf(target_.url)) {
      for (const auto& [name, value] : headers_) {
        const bool is_type = name.size() == 12 && strcasecmp(name.c_str(), "Content-Type") == 0;
        if (is_type) type = value;
        if (!is_type) headers.emplace_back(name, value);
      }
      if (answer_ == "callback") {
        headers.emplace_back("X-Gatewright-Callback-Url", attempt.callback_url);
      }
      if (!keys_.empty()) {
        const auto signed_with =
            gatewright::outbound::SignedHeaders(keys_, attempt.attempt_id, call.now(), body);
        headers.insert(headers.end(), signed_with.begin(), signed_with.end());
      }
    }
    return outbound::Send(target,
                          {.body = body,
                           .content_type = type,
                           .headers = std::move(headers),
                           .max_reply = kMaxReply,
                           .limit = timeout_,
                           .may_cut = true,
                           .method = method},
                          call);
  }

  std::string DefaultBody(const gatewright::Attempt& attempt) const {
    gatewright::JsonObject body = AboutAttempt(attempt);
    if (answer_ == "callback") body.Add("callback_url", attempt.callback_url);
    return body.text();
  }

  // A request that may have arrived is repeated only where that is harmless.
  Report MayHaveHappened(const std::string& why) const {
    if (is_idempotent_) return gatewright::FailedTransient(why);
    return gatewright::OutcomeUnknown(why + "; the request may have had its effect");
  }

  Report NoAnswer(const HttpReply& reply) const {
    const std::string why = "the service gave no usable answer: " + reply.problem;
    if (reply.is_refused) return gatewright::FailedPermanent(why);
    if (!reply.was_sent) return gatewright::FailedTransient(why);
    return MayHaveHappened(why);
  }

  // Statuses that say that the service does not do it, or that nobody knows.
  std::optional<Report> Refused(const HttpReply& reply) const {
    if (success_.AllowsStatus(reply.status)) return std::nullopt;
    if (failure_.AllowsStatus(reply.status)) {
      return gatewright::FailedPermanent(Found(reply)).WithOutputs(OutputsOf(reply, {}));
    }
    // Of a beginning any 2xx is good: 'success' is about the end.
    const bool is_judged = answer_ == "response" && success_.has_statuses();
    if (reply.status / 100 == 2 && !is_judged) return std::nullopt;
    if (IsBusy(reply)) return gatewright::FailedTransient(Found(reply));
    if (reply.status == 502 || reply.status == 504) return MayHaveHappened(Found(reply));
    if (reply.status >= 500 && is_idempotent_) return gatewright::FailedTransient(Found(reply));
    return NotDone(reply);
  }

  static Report Failed(const HttpReply& reply, const std::optional<Json>& json) {
    return gatewright::FailedPermanent(Found(reply) + ", and that it failed")
        .WithOutputs(OutputsOf(reply, json));
  }

  // Without a rule of its own: 200 is the end, any other 2xx is not.
  bool IsDone(const HttpReply& reply, const std::optional<Json>& json) const {
    if (success_.has_json()) return success_.Matches(json);
    return success_.has_statuses() ? success_.AllowsStatus(reply.status) : reply.status == 200;
  }

  Report Ended(const HttpReply& reply, const std::optional<Json>& json) const {
    if (success_.has_json() && !success_.Matches(json)) {
      if (reply.is_cut) {
        return gatewright::OutcomeUnknown("the answer is longer than " + std::to_string(kMaxReply) +
                                          " bytes, so that it cannot be judged");
      }
      return gatewright::FailedPermanent(Found(reply) + ", but not what 'success' asks for")
          .WithOutputs(OutputsOf(reply, json));
    }
    return gatewright::Succeeded(Found(reply)).WithOutputs(OutputsOf(reply, json));
  }

  Report BeginPolling(const HttpReply& reply, const std::optional<Json>& json) const {
    std::string url = poll_url_;
    if (url.empty() && !poll_pointer_.empty()) {
      const Json* const found = json ? FindAt(*json, poll_pointer_) : nullptr;
      if (found != nullptr && found->IsString()) {
        url = gatewright::outbound::ResolveUrl(target_.url, found->string());
      }
    } else if (url.empty()) {
      url = reply.location;
    }
    if (url.empty()) {
      return gatewright::OutcomeUnknown(
          Found(reply) + ", but expected a status address " +
          (poll_pointer_.empty() ? "in its Location header" : "at " + poll_pointer_));
    }
    const gatewright::outbound::HttpTarget target{url, allows_private_, "allow_private"};
    const std::string problem = gatewright::outbound::FindUrlProblem(target);
    if (!problem.empty() || url.size() > 2'000) {
      return gatewright::OutcomeUnknown("the status address cannot be asked: " +
                                        (problem.empty() ? "it is too long" : problem));
    }
    return gatewright::Running(Found(reply) + ", and goes on", poll_every_, url);
  }

  bool allows_private_;
  gatewright::outbound::HttpTarget target_;
  std::string method_;
  std::string answer_;
  milliseconds timeout_;
  AnswerRule success_;
  AnswerRule failure_;
  bool is_idempotent_;
  std::optional<std::string> body_;
  bool is_text_ = false;
  Headers headers_;
  std::vector<std::string> keys_;
  std::string poll_url_;
  std::string poll_pointer_;
  milliseconds poll_every_ = std::chrono::seconds{10};
  std::string stop_url_;
  std::string stop_method_;
};

}  // namespace

GATEWRIGHT_PLUGIN("http-executor", "1.0.0", gatewright::Offer<HttpCall>)
