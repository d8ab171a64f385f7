// The executor `kubernetes`: creates a Job through the API server, watches it by asking, writes its
// pod's log, ends it by deleting it. The Job's name says which attempt it belongs to, so that it is
// found again whatever happened in between (docs/executors.md).
#include <gatewright/plugin.hpp>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/time.h"
#include "json_rule.h"
#include "plugins/outbound/http_post.h"

namespace {

using gatewright::Config;
using gatewright::Json;
using gatewright::Report;
using gatewright::outbound::HttpReply;
using std::chrono::milliseconds;

constexpr std::size_t kMaxReply = 4 * 1024 * 1024;
constexpr std::size_t kMaxName = 52;  // a pod's name is the Job's and a suffix, together 63
constexpr char kInPod[] = "/var/run/secrets/kubernetes.io/serviceaccount/";
constexpr std::string_view kUnsure = "?";  // before a handle: whether it was created is not known

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  return text;
}

std::string Environment(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

const std::string& TextAt(const Json& json, std::string_view pointer) {
  static const std::string kNone;
  const Json* const found = FindAt(json, pointer);
  return found != nullptr && found->IsString() ? found->string() : kNone;
}

std::int64_t CountAt(const Json& json, std::string_view pointer) {
  const Json* const found = FindAt(json, pointer);
  return found == nullptr ? 0 : found->integer().value_or(0);
}

// What the API server says of a request that it does not carry out.
std::string WhyNot(const HttpReply& reply) {
  std::string why = "the API server answered " + std::to_string(reply.status);
  try {
    const std::string message = TextAt(Json::Parse(reply.body), "/message");
    if (!message.empty()) why += ": " + message;
  } catch (const std::invalid_argument&) {
    // Not one of its own answers: a proxy's, perhaps.
  }
  return why;
}

bool MayHelpLater(long status) { return status == 408 || status == 429 || status >= 500; }

// How much of the newest pod's log was written, by attempt; of this process only.
class Written {
 public:
  struct Place {
    std::string pod;
    std::size_t bytes = 0;
  };

  std::optional<Place> Get(const std::string& attempt) {
    const std::lock_guard lock(mutex_);
    const auto found = places_.find(attempt);
    return found == places_.end() ? std::nullopt : std::optional(found->second);
  }
  void Set(const std::string& attempt, Place place) {
    const std::lock_guard lock(mutex_);
    places_[attempt] = std::move(place);
  }
  void Forget(const std::string& attempt) {
    const std::lock_guard lock(mutex_);
    places_.erase(attempt);
  }

 private:
  std::mutex mutex_;
  std::map<std::string, Place> places_;
};
Written written;

class Kubernetes final : public gatewright::Executor {
 public:
  static constexpr bool kConcurrent = true;
  static constexpr char kName[] = "kubernetes";
  static constexpr char kSummary[] = "Runs a Kubernetes Job.";
  static constexpr char kSchema[] = R"json({
    "type": "object",
    "required": ["job"],
    "additionalProperties": false,
    "examples": [{
      "server": "https://cluster.example.com:6443",
      "job": {"template": {"spec": {"restartPolicy": "Never",
              "containers": [{"name": "one", "image": "registry.example.com/one:1"}]}}}
    }],
    "properties": {
      "job": {
        "description": "The Job's spec, as in a manifest. backoffLimit is 0 where it is not said: the workflow's own retries count.",
        "type": "object", "required": ["template"]
      },
      "namespace": {
        "description": "Default: the server's own, in a pod; else default.",
        "type": "string", "pattern": "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$", "maxLength": 63
      },
      "prefix": {
        "description": "What Jobs' names begin with.",
        "type": "string", "pattern": "^[a-z]([a-z0-9-]*[a-z0-9])?$", "maxLength": 20, "default": "gatewright"
      },
      "server": {
        "description": "The API server, such as https://10.0.0.1:6443. Default: that of the cluster in which this server runs.",
        "type": "string", "minLength": 1, "maxLength": 2000
      },
      "token": {
        "description": "What this server may do there. Default: the service account's, in a pod.",
        "type": "string"
      },
      "ca": {
        "description": "PEM: who signed the API server's certificate. Default: the service account's, in a pod; else the system's.",
        "type": "string"
      },
      "every": {"description": "How often the Job is looked at.", "type": "string", "default": "5s"}
    }
  })json";

  explicit Kubernetes(const Config& config)
      : job_(*config.Find("job")), prefix_(config.String("prefix", "gatewright")) {
    const bool is_in_pod = !config.Has("server");
    const auto setting = [&](const char* key, const char* file) {
      return config.Has(key) ? config.String(key)
             : is_in_pod     ? ReadFile(std::string(kInPod) + file)
                             : "";
    };
    server_.allows_private = true;  // where API servers are
    server_.authorities = setting("ca", "ca.crt");
    server_.url = is_in_pod ? ServerOfThisCluster() : config.String("server");
    while (server_.url.ends_with('/')) server_.url.pop_back();
    token_ = setting("token", "token");
    namespace_ = setting("namespace", "namespace");
    if (namespace_.empty()) namespace_ = "default";
    const std::string problem = gatewright::outbound::FindUrlProblem(server_);
    if (!problem.empty()) throw gatewright::InvalidConfig("/server: " + problem);
    if (!config.Has("every")) return;
    const auto every = gatewright::ParseDuration(config.String("every"));
    if (!every || *every < std::chrono::seconds{1}) {
      throw gatewright::InvalidConfig("/every: expected a duration of at least 1s, such as 5s");
    }
    every_ = std::chrono::duration_cast<milliseconds>(*every);
  }

  Report Start(const gatewright::Attempt& attempt, gatewright::Call& call) override {
    call.Checkpoint();
    const std::string name = NameOf(attempt);
    const HttpReply reply = Send("POST", Jobs(), ManifestOf(name, attempt), call);
    if (!reply.problem.empty() && (!reply.was_sent || reply.is_refused)) {
      const std::string why = "the API server was not reached: " + reply.problem;
      return reply.is_refused ? gatewright::FailedPermanent(why) : gatewright::FailedTransient(why);
    }
    // Whether it was created is looked up: another attempt would have another name.
    if (!reply.problem.empty() || reply.status >= 500) {
      return gatewright::Running("the API server gave no clear answer; looking for Job " + name,
                                 milliseconds{1'000}, std::string(kUnsure) + name);
    }
    if (reply.status == 409) return Adopt(name, attempt, call);
    if (reply.status == 429) return gatewright::FailedTransient(WhyNot(reply));
    if (reply.status / 100 != 2) return gatewright::FailedPermanent(WhyNot(reply));
    written.Set(std::string(attempt.attempt_id), {});
    return gatewright::Running("created Job " + name, every_, name);
  }

  Report Probe(const gatewright::Attempt& attempt, gatewright::Call& call) {
    const std::string name = NameOf(attempt);
    const HttpReply reply = Send("GET", Jobs() + "/" + name, "", call);
    if (reply.status == 404) return NotThere(name, attempt);
    const Json job = MustRead(reply);
    if (!IsOurs(job, attempt)) return SomebodyElses(name);
    WriteLog(name, attempt, call);
    if (const Json* condition = FindCondition(job, "Complete")) {
      written.Forget(std::string(attempt.attempt_id));
      return gatewright::Succeeded("Job " + name + " is complete")
          .WithOutputs(OutputsOf(name, *condition, job));
    }
    if (const Json* condition = FindCondition(job, "Failed")) {
      written.Forget(std::string(attempt.attempt_id));
      return gatewright::FailedPermanent("Job " + name +
                                         " failed: " + TextAt(*condition, "/reason") + ": " +
                                         TextAt(*condition, "/message"))
          .WithOutputs(OutputsOf(name, *condition, job));
    }
    const bool is_active = CountAt(job, "/status/active") > 0;
    return gatewright::Running("Job " + name + (is_active ? " runs" : " waits for its pod"), every_,
                               name);
  }

  Report Stop(const gatewright::Attempt& attempt, gatewright::Call& call) {
    const std::string name = NameOf(attempt);
    const HttpReply reply = Send(
        "DELETE", Jobs() + "/" + name,
        R"({"apiVersion":"v1","kind":"DeleteOptions","propagationPolicy":"Background"})", call);
    if (!reply.problem.empty()) throw gatewright::Unavailable(reply.problem);
    if (MayHelpLater(reply.status)) throw gatewright::Unavailable(WhyNot(reply));
    if (reply.status == 404) return NotThere(name, attempt);
    if (reply.status / 100 != 2) return gatewright::OutcomeUnknown(WhyNot(reply));
    written.Forget(std::string(attempt.attempt_id));
    return gatewright::FailedPermanent("Job " + name + " was deleted, and its pods with it");
  }

 private:
  static std::string ServerOfThisCluster() {
    std::string host = Environment("KUBERNETES_SERVICE_HOST");
    if (host.empty()) {
      throw gatewright::InvalidConfig(
          "/server: expected the address of an API server, as this server does not run in a pod");
    }
    if (host.find(':') != host.npos) host = '[' + host + ']';
    return "https://" + host + ":" + Environment("KUBERNETES_SERVICE_PORT");
  }

  // The same for the same attempt, however often it is asked for.
  std::string NameOf(const gatewright::Attempt& attempt) const {
    std::string name = prefix_ + "-" + std::string(attempt.attempt_id);
    for (char& c : name) {
      const bool is_fit = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
      if (!is_fit) c = '-';
    }
    return name.substr(0, kMaxName);
  }

  std::string Jobs() const { return "/apis/batch/v1/namespaces/" + namespace_ + "/jobs"; }

  HttpReply Send(std::string_view method, const std::string& path, std::string_view body,
                 const gatewright::Call& call) const {
    auto target = server_;
    target.url += path;
    std::vector<std::pair<std::string, std::string>> headers;
    if (!token_.empty()) headers.emplace_back("Authorization", "Bearer " + token_);
    return gatewright::outbound::Send(target,
                                      {.body = body,
                                       .headers = std::move(headers),
                                       .max_reply = kMaxReply,
                                       .may_cut = true,
                                       .method = method},
                                      call);
  }

  // A problem is asked about again.
  static Json MustRead(const HttpReply& reply) {
    if (!reply.problem.empty()) throw gatewright::Unavailable(reply.problem);
    if (reply.status != 200) throw gatewright::Unavailable(WhyNot(reply));
    try {
      return Json::Parse(reply.body);
    } catch (const std::invalid_argument& problem) {
      throw gatewright::Unavailable(std::string("the API server's answer: ") + problem.what());
    }
  }

  static std::string MarksOf(const gatewright::Attempt& attempt) {
    return gatewright::JsonObject()
        .Add("gatewright.dev/attempt", attempt.attempt_id)
        .Add("gatewright.dev/fencing-token", std::to_string(attempt.fencing_token))
        .Add("gatewright.dev/subject-digest", attempt.subject_digest)
        .text();
  }

  std::string ManifestOf(const std::string& name, const gatewright::Attempt& attempt) const {
    const std::string labels = R"({"app.kubernetes.io/managed-by":"gatewright"})";
    const std::string metadata = gatewright::JsonObject()
                                     .Add("name", name)
                                     .AddJson("labels", labels)
                                     .AddJson("annotations", MarksOf(attempt))
                                     .text();
    gatewright::JsonObject spec;
    for (const auto& [key, value] : job_.members()) spec.AddJson(key, value.source());
    if (job_.Find("backoffLimit") == nullptr) spec.Add("backoffLimit", std::int64_t{0});
    return gatewright::JsonObject()
        .Add("apiVersion", "batch/v1")
        .Add("kind", "Job")
        .AddJson("metadata", metadata)
        .AddJson("spec", spec.text())
        .text();
  }

  static bool IsOurs(const Json& job, const gatewright::Attempt& attempt) {
    const Json* const marks = FindAt(job, "/metadata/annotations");
    const Json ours = Json::Parse(MarksOf(attempt));
    for (const auto& [key, value] : ours.members()) {
      const Json* const found = marks == nullptr ? nullptr : marks->Find(key);
      if (found == nullptr || found->source() != value.source()) return false;
    }
    return true;
  }

  static Report SomebodyElses(const std::string& name) {
    return gatewright::FailedPermanent("there is a Job " + name +
                                       " that belongs to something else; another 'prefix' keeps "
                                       "two installations apart");
  }

  // Its name is taken: by itself, when the request came a second time.
  Report Adopt(const std::string& name, const gatewright::Attempt& attempt,
               gatewright::Call& call) {
    const Json job = MustRead(Send("GET", Jobs() + "/" + name, "", call));
    if (!IsOurs(job, attempt)) return SomebodyElses(name);
    return gatewright::Running("found Job " + name + " of this attempt", every_, name);
  }

  Report NotThere(const std::string& name, const gatewright::Attempt& attempt) const {
    written.Forget(std::string(attempt.attempt_id));
    const bool was_seen = !attempt.handle.empty() && !attempt.handle.starts_with(kUnsure);
    if (was_seen || job_.Find("ttlSecondsAfterFinished") != nullptr) {
      return gatewright::OutcomeUnknown("Job " + name +
                                        " is gone: somebody deleted it, or its time "
                                        "after the end was over");
    }
    return gatewright::FailedTransient("Job " + name + " was not created");
  }

  static const Json* FindCondition(const Json& job, std::string_view type) {
    const Json* const conditions = FindAt(job, "/status/conditions");
    if (conditions == nullptr) return nullptr;
    for (const Json& one : conditions->items()) {
      if (TextAt(one, "/type") == type && TextAt(one, "/status") == "True") return &one;
    }
    return nullptr;
  }

  static std::string OutputsOf(const std::string& name, const Json& condition, const Json& job) {
    return gatewright::JsonObject()
        .Add("job", std::string_view(name))
        .Add("reason", std::string_view(TextAt(condition, "/reason")))
        .Add("pods_succeeded", CountAt(job, "/status/succeeded"))
        .Add("pods_failed", CountAt(job, "/status/failed"))
        .text();
  }

  // What the newest pod wrote since it was last asked. A log that cannot be read keeps nothing from
  // going on.
  void WriteLog(const std::string& name, const gatewright::Attempt& attempt,
                const gatewright::Call& call) const {
    const std::string pods = "/api/v1/namespaces/" + namespace_ + "/pods";
    const HttpReply list = Send("GET", pods + "?labelSelector=job-name%3D" + name, "", call);
    if (!list.problem.empty() || list.status != 200) return;
    std::string pod;
    std::string newest;
    try {
      const Json all = Json::Parse(list.body);
      const Json* const items = all.Find("items");
      if (items == nullptr) return;
      for (const Json& one : items->items()) {
        const std::string& created = TextAt(one, "/metadata/creationTimestamp");
        if (TextAt(one, "/status/phase") == "Pending" || created < newest) continue;
        newest = created;
        pod = TextAt(one, "/metadata/name");
      }
    } catch (const std::invalid_argument&) {
      return;
    }
    if (pod.empty()) return;
    const HttpReply log = Send("GET", pods + "/" + pod + "/log", "", call);
    if (!log.problem.empty() || log.status != 200) return;
    const std::string id(attempt.attempt_id);
    const auto before = written.Get(id);
    if (!before && !log.body.empty()) {
      call.Output(
          "[the pod's log from its beginning: what was written of it before is not known]\n");
    }
    const bool is_same = before && before->pod == pod;
    const std::size_t from = is_same ? std::min(before->bytes, log.body.size()) : 0;
    if (from < log.body.size()) call.Output(std::string_view(log.body).substr(from));
    written.Set(id, {pod, log.body.size()});
  }

  Json job_;
  std::string prefix_;
  gatewright::outbound::HttpTarget server_{"", true, "server"};
  std::string token_;
  std::string namespace_;
  milliseconds every_ = std::chrono::seconds{5};
};

}  // namespace

GATEWRIGHT_PLUGIN("kubernetes", "1.0.0", gatewright::Offer<Kubernetes>)
