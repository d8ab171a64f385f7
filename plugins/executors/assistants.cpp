// The executor `assistants`: publishes what was approved to the assistants service, whose address
// is the operator's to say (ASSISTANTS_BASE), not the workflow's (docs/drafts.md).
#include <gatewright/plugin.hpp>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/time.h"
#include "http_answer.h"
#include "plugins/outbound/http_post.h"

namespace {

using gatewright::Config;
using gatewright::Report;
using gatewright::outbound::HttpReply;
using gatewright::outbound::HttpTarget;
using std::chrono::milliseconds;

constexpr char kBase[] = "ASSISTANTS_BASE";
constexpr std::size_t kMaxReply = 1024 * 1024;
constexpr std::size_t kMaxPath = 1'000;
constexpr milliseconds kLookAfter = std::chrono::seconds{1};
constexpr milliseconds kLookAgainAfter = std::chrono::seconds{10};

// What is put into a path by a subject stays in the path: no query, no other host, no way up.
std::string FindPathProblem(std::string_view path) {
  constexpr std::string_view kOthers = "-._~!$&'()*+,;=:@/";
  const bool is_plain = std::ranges::all_of(path, [&](char c) {
    const bool is_word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return is_word || kOthers.find(c) != kOthers.npos;
  });
  if (path.size() > kMaxPath) return "the path is longer than " + std::to_string(kMaxPath);
  if (!path.starts_with('/') || path.starts_with("//")) return "the path does not begin with one /";
  if (!is_plain)
    return "the path holds a character other than a letter, a digit or " + std::string(kOthers);
  const std::string closed = std::string(path) + '/';
  const bool goes_up = closed.find("/../") != closed.npos || closed.find("/./") != closed.npos;
  return goes_up ? "the path goes up ('..')" : "";
}

class Assistants final : public gatewright::Executor {
 public:
  static constexpr bool kConcurrent = true;
  static constexpr char kName[] = "assistants";
  static constexpr char kSummary[] = "Publishes what was approved to the assistants service.";
  static constexpr char kSchema[] = R"json({
    "type": "object",
    "additionalProperties": false,
    "examples": [
      {},
      {"path": "/assistants/7/publications", "probe": true, "timeout": "20s"}
    ],
    "properties": {
      "path": {
        "description": "Below ASSISTANTS_BASE: what is POSTed to. What the subject puts into it stays in the path.",
        "type": "string", "minLength": 1, "maxLength": 1000, "default": "/publications"
      },
      "headers": {
        "description": "Further header lines; a value may be a secret.",
        "type": "object", "maxProperties": 50, "additionalProperties": {"type": "string"},
        "propertyNames": {"pattern": "^[A-Za-z0-9-]+$"}
      },
      "timeout": {"description": "Of one request, such as 30s. Default: the attempt's.", "type": "string"},
      "probe": {
        "description": "The service answers GET of the path and the attempt's id: 200 when it was published, 404 when not.",
        "type": "boolean", "default": false
      }
    }
  })json";

  explicit Assistants(const Config& config)
      : path_(config.String("path", "/publications")), can_probe_(config.Bool("probe", false)) {
    if (config.Has("headers")) {
      for (const auto& [name, value] : config.Find("headers")->members()) {
        headers_.emplace_back(name, value.string());
      }
    }
    if (!config.Has("timeout")) return;
    const auto timeout = gatewright::ParseDuration(config.String("timeout"));
    if (!timeout || *timeout < std::chrono::seconds{1}) {
      throw gatewright::InvalidConfig("/timeout: expected a duration of at least 1s, such as 30s");
    }
    timeout_ = std::chrono::duration_cast<milliseconds>(*timeout);
  }

  // Without the service's address an attempt fails, and only that: workflows load, and drafts are
  // written and submitted all the same.
  Report Start(const gatewright::Attempt& attempt, gatewright::Call& call) override {
    call.Checkpoint();
    if (std::string problem = FindProblem(); !problem.empty()) {
      return gatewright::FailedPermanent(std::move(problem));
    }
    const std::string body = AboutAttempt(attempt).text();
    HttpReply reply;
    try {
      reply = Send("POST", path_, body, attempt, call);
    } catch (const gatewright::CallError& stopped) {
      if (stopped.status() != GW_CANCELLED) throw;
      return MayBePublished("cancelled before the service had answered");
    }
    if (!reply.problem.empty()) return NoAnswer(reply);
    call.Output(reply.body);
    return Judge(reply);
  }

  Report Probe(const gatewright::Attempt& attempt, gatewright::Call& call) {
    if (std::string problem = FindProblem(); !problem.empty()) {
      throw gatewright::Unavailable(problem);
    }
    if (!can_probe_) {
      return gatewright::OutcomeUnknown(
          "the server stopped during the request; whether it arrived is not known");
    }
    const HttpReply reply =
        Send("GET", path_ + "/" + std::string(attempt.attempt_id), "", attempt, call);
    if (!reply.problem.empty()) throw gatewright::Unavailable(reply.problem);
    if (reply.status == 200) return Published(reply);
    if (reply.status == 404) {
      return gatewright::FailedTransient("the service knows nothing of it: it did not arrive");
    }
    if (reply.status == 202 || reply.status == 204) {
      return gatewright::Running("in progress: " + Found(reply), kLookAgainAfter, "");
    }
    if (reply.status == 405 || reply.status == 501) {
      return gatewright::OutcomeUnknown(Found(reply) +
                                        " to GET: it does not say what became of it");
    }
    throw gatewright::Unavailable(Found(reply) + " when it was asked what became of it");
  }

 private:
  // The base is the operator's word, so that a private address is no mistake.
  static HttpTarget Target(std::string url) { return {std::move(url), true, kBase}; }

  static std::string Base() {
    const char* const value = std::getenv(kBase);
    std::string base = value == nullptr ? "" : value;
    while (base.ends_with('/')) base.pop_back();
    return base;
  }

  std::string FindProblem() const {
    const std::string base = Base();
    if (base.empty()) {
      return std::string(kBase) +
             " is not set: expected the address of the assistants service in the server's "
             "environment, such as http://assistants:8002; then the run can be retried";
    }
    std::string problem = gatewright::outbound::FindUrlProblem(Target(base));
    if (problem.empty() && base.find_first_of("?#") != base.npos) {
      problem = "expected an address without ? and #";
    }
    if (!problem.empty()) return std::string(kBase) + ": " + problem;
    return FindPathProblem(path_);
  }

  HttpReply Send(std::string_view method, const std::string& path, std::string_view body,
                 const gatewright::Attempt& attempt, const gatewright::Call& call) const {
    std::vector<std::pair<std::string, std::string>> headers = headers_;
    headers.emplace_back("Idempotency-Key", attempt.attempt_id);
    headers.emplace_back("X-Gatewright-Fencing-Token", std::to_string(attempt.fencing_token));
    return gatewright::outbound::Send(Target(Base() + path),
                                      {.body = body,
                                       .headers = std::move(headers),
                                       .max_reply = kMaxReply,
                                       .limit = timeout_,
                                       .may_cut = true,
                                       .method = method},
                                      call);
  }

  // A new attempt has another key, so it is made only when this one is known to have done nothing.
  Report MayBePublished(const std::string& why) const {
    if (can_probe_) {
      return gatewright::Running(why + "; looking whether it was published", kLookAfter, "");
    }
    return gatewright::OutcomeUnknown(why + "; it may have been published");
  }

  Report NoAnswer(const HttpReply& reply) const {
    const std::string why = "the assistants service gave no usable answer: " + reply.problem;
    if (reply.is_refused) return gatewright::FailedPermanent(why);
    if (!reply.was_sent) return gatewright::FailedTransient(why);
    return MayBePublished(why);
  }

  Report Judge(const HttpReply& reply) const {
    if (reply.status == 202 && can_probe_) {
      return gatewright::Running(Found(reply) + ", and goes on", kLookAfter, "");
    }
    if (reply.status / 100 == 2) return Published(reply);
    if (IsBusy(reply)) return gatewright::FailedTransient(Found(reply));
    if (reply.status >= 500) return MayBePublished(Found(reply));
    return NotDone(reply);
  }

  static Report Published(const HttpReply& reply) {
    return gatewright::Succeeded("published: " + Found(reply))
        .WithOutputs(OutputsOf(reply, ParseBody(reply)));
  }

  std::string path_;
  bool can_probe_;
  std::vector<std::pair<std::string, std::string>> headers_;
  milliseconds timeout_{0};
};

}  // namespace

GATEWRIGHT_PLUGIN("assistants", "1.0.0", gatewright::Offer<Assistants>)
