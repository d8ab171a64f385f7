// The policy `http`: asks a service how to vote (docs/auto-approval.md has the request and the
// answer). Whatever is not exactly an answer is an abstention, so that people decide. A service
// that needs longer answers by callback, and one that was written for GitHub is asked as GitHub
// asks (docs/external-checks.md).
#include <gatewright/plugin.hpp>

#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/time.h"
#include "plugins/outbound/crypto.h"
#include "plugins/outbound/http_post.h"
#include "plugins/outbound/signature.h"
#include "plugins/policies/github_question.h"

namespace {

using gatewright::Json;

constexpr std::size_t kMaxReply = 64 * 1024;
// The vote's evidence may have 64 KiB, and says more than the service's own.
constexpr std::size_t kMaxEvidence = 60 * 1024;

constexpr std::chrono::milliseconds kTryAgainAfter = std::chrono::minutes{1};
// Longer than any gate stays open: the callback brings the vote.
constexpr std::chrono::milliseconds kNeverAgain = std::chrono::hours{24 * 365};

// An answer that is none; what() says what was expected and found.
struct BadAnswer : std::runtime_error {
  using std::runtime_error::runtime_error;
};

const Json* Member(const Json& answer, std::string_view key, Json::Type wanted) {
  const Json* const found = answer.Find(key);
  if (found == nullptr || found->type() == wanted) return found;
  throw BadAnswer("expected '" + std::string(key) + "' to be " + std::string(ToString(wanted)) +
                  ", found " + std::string(ToString(found->type())));
}

// How often to ask again for an answer that comes by callback.
std::chrono::milliseconds ReadPoll(const gatewright::Config& config) {
  if (!config.Has("poll")) return kNeverAgain;
  const auto every = gatewright::ParseDuration(config.String("poll"));
  if (every && *every >= std::chrono::seconds{10}) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(*every);
  }
  throw gatewright::InvalidConfig("/poll: expected a duration of at least 10s, such as 10m");
}

bool MayHelpLater(long status) {
  return status == 408 || status == 425 || status == 429 || status >= 500;
}

std::chrono::milliseconds ReadDelay(const Json& answer) {
  const Json* const text = Member(answer, "ask_again_after", Json::Type::kString);
  if (text == nullptr) throw BadAnswer("expected 'ask_again_after' with the choice wait");
  const auto delay = gatewright::ParseDuration(text->string());
  if (delay && *delay >= std::chrono::seconds{1}) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(*delay);
  }
  throw BadAnswer("expected 'ask_again_after' to be a duration of at least 1s, such as 10m");
}

gatewright::Verdict ReadVerdict(const Json& answer) {
  if (!answer.IsObject()) {
    throw BadAnswer("expected an object, found " + std::string(ToString(answer.type())));
  }
  for (const auto& [key, value] : answer.members()) {
    if (key != "choice" && key != "reason" && key != "ask_again_after" && key != "evidence") {
      throw BadAnswer("expected only choice, reason, ask_again_after and evidence, found '" + key +
                      "'");
    }
  }
  const Json* const reason_given = Member(answer, "reason", Json::Type::kString);
  std::string reason =
      reason_given == nullptr ? "the service gave no reason" : reason_given->string();
  const Json* const choice = Member(answer, "choice", Json::Type::kString);
  const std::string word = choice == nullptr ? "" : choice->string();
  if (word == "wait") return gatewright::AskAgainAfter(ReadDelay(answer), std::move(reason));
  if (answer.Find("ask_again_after") != nullptr) {
    throw BadAnswer("expected 'ask_again_after' only with the choice wait");
  }
  if (word == "approve") return gatewright::Approve(std::move(reason));
  if (word == "reject") return gatewright::Reject(std::move(reason));
  if (word == "abstain") return gatewright::Abstain(std::move(reason));
  throw BadAnswer("expected 'choice' to be approve, reject, abstain or wait, found " +
                  (choice == nullptr ? "nothing" : "'" + word.substr(0, 100) + "'"));
}

// Whoever calls back may answer anything to the request, such as "ok".
bool HasChoice(const std::string& body) {
  try {
    return Json::Parse(body).Find("choice") != nullptr;
  } catch (const std::invalid_argument&) {
    return false;
  }
}

class Http final : public gatewright::Policy {
 public:
  static constexpr bool kConcurrent = true;
  static constexpr bool kWantsFacts = true;
  static constexpr char kName[] = "http";
  static constexpr char kSummary[] = "Asks a service over HTTP how to vote.";
  static constexpr char kSchema[] = R"({
    "type": "object",
    "examples": [{"url": "https://gates.example.com/vote"}],
    "required": ["url"],
    "additionalProperties": false,
    "properties": {
      "url": {
        "description": "Where the question is POSTed to: https://, or http:// to a private address.",
        "type": "string", "minLength": 1, "maxLength": 2000
      },
      "allowPrivate": {
        "description": "Loopback and private addresses may be called.",
        "type": "boolean", "default": false
      },
      "secret": {
        "description": "whsec_ and base64 of 24 to 64 random bytes, or a list of up to three: all sign, as Standard Webhooks says. With format: github any text, as for GitHub's webhooks."
      },
      "format": {
        "description": "github: asked as GitHub asks a custom deployment protection rule, which answers by callback.",
        "enum": ["gatewright", "github"], "default": "gatewright"
      },
      "environment": {
        "description": "With format: github. Default: the subject's environment, else the stage's name.",
        "type": "string", "minLength": 1, "maxLength": 255
      },
      "repository": {
        "description": "With format: github, OWNER/NAME. Default: the subject's repository.",
        "type": "string", "pattern": "^[^/ ]+/[^/ ]+$", "maxLength": 200
      },
      "installation": {
        "description": "With format: github, the id of the App's installation.",
        "type": "integer", "minimum": 0
      },
      "answer": {
        "description": "response: the answer to the request is the vote. callback: the service may POST it later to callback_url.",
        "enum": ["response", "callback"], "default": "response"
      },
      "poll": {
        "description": "With answer: callback, ask again so often while there is no answer, such as 10m. Default: only the callback counts.",
        "type": "string"
      }
    }
  })";

  explicit Http(const gatewright::Config& config)
      : target_{config.String("url"), config.Bool("allowPrivate", false)},
        is_github_(config.String("format", "gatewright") == "github"),
        is_callback_(is_github_ || config.String("answer", "response") == "callback"),
        poll_(ReadPoll(config)) {
    if (is_github_) {
      ReadGitHub(config);
    } else if (config.Has("environment") || config.Has("repository") ||
               config.Has("installation")) {
      throw gatewright::InvalidConfig(
          "expected environment, repository and installation only with format: github");
    } else if (config.Has("secret")) {
      keys_ = gatewright::outbound::ReadKeys(*config.Find("secret"));
    }
    if (config.Has("poll") && !is_callback_) {
      throw gatewright::InvalidConfig("/poll: expected only with answer: callback");
    }
    const std::string problem = gatewright::outbound::FindUrlProblem(target_);
    if (!problem.empty()) throw gatewright::InvalidConfig("/url: " + problem);
  }

  gatewright::Verdict Evaluate(const gatewright::Context& context,
                               gatewright::Call& call) override {
    call.Checkpoint();
    if (is_callback_ && context.callback_url.empty()) {
      return Doubt("this server does not know its own address, so nobody can call back");
    }
    const std::string question =
        is_github_ ? gatewright::policies::GitHubQuestion(context, names_, TextOf(call.now()))
                   : QuestionOf(context);
    std::vector<std::pair<std::string, std::string>> headers;
    if (is_github_) {
      headers = gatewright::policies::GitHubHeaders(IdOf(context), github_key_, question);
    } else if (!keys_.empty()) {
      headers = gatewright::outbound::SignedHeaders(keys_, IdOf(context), call.now(), question);
    }
    const auto reply = gatewright::outbound::Post(
        target_, {.body = question, .headers = std::move(headers), .max_reply = kMaxReply}, call);
    if (is_callback_) {
      if (auto waits = WaitFor(reply, call)) return *std::move(waits);
    }
    gatewright::JsonObject evidence;
    evidence.Add("url", std::string_view(target_.url));
    if (!reply.problem.empty()) return Doubt(reply.problem).WithEvidence(evidence.text());
    evidence.Add("status", std::int64_t{reply.status});
    if (reply.status != 200 && !(is_callback_ && reply.status / 100 == 2)) {
      return Doubt("expected status 200, found " + std::to_string(reply.status))
          .WithEvidence(evidence.text());
    }
    try {
      const Json answer = Json::Parse(reply.body);
      auto verdict = ReadVerdict(answer);
      if (const Json* given = Member(answer, "evidence", Json::Type::kObject)) {
        if (given->source().size() > kMaxEvidence) {
          throw BadAnswer("expected 'evidence' of at most " + std::to_string(kMaxEvidence) +
                          " bytes, found " + std::to_string(given->source().size()));
        }
        evidence.AddJson("answer", given->source());
      }
      return std::move(verdict).WithEvidence(evidence.text());
    } catch (const BadAnswer& problem) {
      return Doubt(problem.what()).WithEvidence(evidence.text());
    } catch (const std::invalid_argument& problem) {
      return Doubt(problem.what()).WithEvidence(evidence.text());
    }
  }

 private:
  void ReadGitHub(const gatewright::Config& config) {
    if (config.Has("answer") && config.String("answer") != "callback") {
      throw gatewright::InvalidConfig("/answer: expected callback with format: github");
    }
    if (config.Has("secret")) {
      if (config.Find("secret")->type() != Json::Type::kString) {
        throw gatewright::InvalidConfig("/secret: expected one text with format: github");
      }
      github_key_ = config.String("secret");
    }
    names_.environment = config.String("environment", "");
    names_.repository = config.String("repository", "");
    names_.installation = static_cast<std::int64_t>(config.Number("installation", 0));
  }

  static std::string TextOf(gatewright::TimePoint now) {
    return gatewright::FormatTime(
        std::chrono::floor<std::chrono::seconds>(gatewright::Time(now.time_since_epoch())));
  }

  // Empty when the reply itself is to be read.
  std::optional<gatewright::Verdict> WaitFor(const gatewright::outbound::HttpReply& reply,
                                             const gatewright::Call& call) const {
    if (reply.is_refused) return std::nullopt;
    const bool is_down = !reply.problem.empty() || MayHelpLater(reply.status);
    if (is_down) {
      const std::string why =
          reply.problem.empty() ? "it answered " + std::to_string(reply.status) : reply.problem;
      call.Log(GW_WARNING, "the service was not reached, and is asked again: " + why);
      return gatewright::AskAgainAfter(std::min(kTryAgainAfter, poll_), why);
    }
    // Who was written for GitHub answers by callback alone.
    if (reply.status / 100 == 2 && is_github_) {
      return gatewright::AskAgainAfter(poll_, "the service answers by callback");
    }
    if (reply.status / 100 != 2 || HasChoice(reply.body)) return std::nullopt;
    return gatewright::AskAgainAfter(poll_, "the service answers by callback");
  }

  // The same as long as it is the same question, so that the service knows a repeated one.
  static std::string IdOf(const gatewright::Context& context) {
    const auto ticket = context.callback_url.substr(context.callback_url.rfind('/') + 1);
    const std::string about = std::to_string(context.run_id) + '\n' +
                              std::to_string(context.epoch) + '\n' + std::string(context.stage) +
                              '\n' + std::string(ticket);
    return "ask_" +
           gatewright::outbound::ToBase64(gatewright::outbound::Sha256(about).substr(0, 18));
  }

  static gatewright::Verdict Doubt(const std::string& problem) {
    return gatewright::Abstain("the service gave no usable answer: " + problem);
  }

  std::string QuestionOf(const gatewright::Context& context) const {
    const std::string run = gatewright::JsonObject()
                                .Add("id", context.run_id)
                                .Add("workflow", context.workflow)
                                .Add("requester", context.requester)
                                .Add("subject_digest", context.subject_digest)
                                .text();
    const std::string stage =
        gatewright::JsonObject().Add("name", context.stage).Add("epoch", context.epoch).text();
    gatewright::JsonObject question;
    question.AddJson("subject", context.subject_json.empty() ? "{}" : context.subject_json)
        .AddJson("run", run)
        .AddJson("stage", stage)
        .AddJson("facts", context.facts_json.empty() ? "{}" : context.facts_json);
    if (is_callback_) question.Add("callback_url", context.callback_url);
    return question.text();
  }

  gatewright::outbound::HttpTarget target_;
  bool is_github_;
  bool is_callback_;
  std::chrono::milliseconds poll_;
  std::vector<std::string> keys_;
  std::string github_key_;
  gatewright::policies::GitHubNames names_;
};

}  // namespace

GATEWRIGHT_PLUGIN("http", "1.0.0", gatewright::Offer<Http>)
