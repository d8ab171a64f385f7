// The policy `http`: asks a service how to vote (docs/auto-approval.md has the request and the
// answer). Whatever is not exactly an answer is an abstention, so that people decide.
#include <gatewright/plugin.hpp>

#include <optional>
#include <stdexcept>
#include <string>

#include "engine/base/time.h"
#include "plugins/outbound/http_post.h"

namespace {

using gatewright::Json;

constexpr std::size_t kMaxReply = 64 * 1024;
// The vote's evidence may have 64 KiB, and says more than the service's own.
constexpr std::size_t kMaxEvidence = 60 * 1024;

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
      }
    }
  })";

  explicit Http(const gatewright::Config& config)
      : target_{config.String("url"), config.Bool("allowPrivate", false)} {
    const std::string problem = gatewright::outbound::FindUrlProblem(target_);
    if (!problem.empty()) throw gatewright::InvalidConfig("/url: " + problem);
  }

  gatewright::Verdict Evaluate(const gatewright::Context& context,
                               gatewright::Call& call) override {
    call.Checkpoint();
    const std::string question = QuestionOf(context);
    const auto reply =
        gatewright::outbound::Post(target_, {.body = question, .max_reply = kMaxReply}, call);
    gatewright::JsonObject evidence;
    evidence.Add("url", std::string_view(target_.url));
    if (!reply.problem.empty()) return Doubt(reply.problem).WithEvidence(evidence.text());
    evidence.Add("status", std::int64_t{reply.status});
    if (reply.status != 200) {
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
  static gatewright::Verdict Doubt(const std::string& problem) {
    return gatewright::Abstain("the service gave no usable answer: " + problem);
  }

  static std::string QuestionOf(const gatewright::Context& context) {
    const std::string run = gatewright::JsonObject()
                                .Add("id", context.run_id)
                                .Add("workflow", context.workflow)
                                .Add("requester", context.requester)
                                .Add("subject_digest", context.subject_digest)
                                .text();
    const std::string stage =
        gatewright::JsonObject().Add("name", context.stage).Add("epoch", context.epoch).text();
    return gatewright::JsonObject()
        .AddJson("subject", context.subject_json.empty() ? "{}" : context.subject_json)
        .AddJson("run", run)
        .AddJson("stage", stage)
        .AddJson("facts", context.facts_json.empty() ? "{}" : context.facts_json)
        .text();
  }

  gatewright::outbound::HttpTarget target_;
};

}  // namespace

GATEWRIGHT_PLUGIN("http", "1.0.0", gatewright::Offer<Http>)
