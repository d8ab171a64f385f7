// The policy `match`: approves a subject that a JSON Schema describes, and else abstains or
// rejects. Stands on the host's JSON Schema service, so that it means what schemas mean elsewhere.
#include <gatewright/plugin.hpp>

#include <string>
#include <vector>

namespace {

using Problems = std::vector<gatewright::JsonSchema::Problem>;

class Match final : public gatewright::Policy {
 public:
  static constexpr bool kConcurrent = true;
  static constexpr char kName[] = "match";
  static constexpr char kSummary[] = "Approves a subject that matches a JSON Schema.";
  static constexpr char kSchema[] = R"({
    "type": "object",
    "required": ["schema"],
    "additionalProperties": false,
    "properties": {
      "schema": {
        "description": "A JSON Schema of the subjects to approve.",
        "type": ["object", "boolean"]
      },
      "otherwise": {
        "description": "What to do with any other subject.",
        "enum": ["abstain", "reject"],
        "default": "abstain"
      }
    }
  })";

  Match(const gatewright::Config& config, const gatewright::Call& call)
      : schema_(config.Find("schema")->source(), call),
        rejects_(config.String("otherwise", "abstain") == "reject") {}

  gatewright::Verdict Evaluate(const gatewright::Context& context,
                               gatewright::Call& call) override {
    call.Checkpoint();
    const Problems problems = schema_.Validate(context.subject_json);
    if (problems.empty()) {
      return gatewright::Approve("the subject matches the schema")
          .WithEvidence(R"({"matches":true})");
    }
    std::string reason = "the subject does not match: " + problems.front().pointer +
                         (problems.front().pointer.empty() ? "" : ": ") + problems.front().message;
    if (problems.size() > 1) {
      reason += " (and " + std::to_string(problems.size() - 1) + " more)";
    }
    auto verdict =
        rejects_ ? gatewright::Reject(std::move(reason)) : gatewright::Abstain(std::move(reason));
    return std::move(verdict).WithEvidence(EvidenceOf(problems));
  }

 private:
  // Evidence is for reading: the first few problems tell enough.
  static std::string EvidenceOf(const Problems& problems) {
    constexpr std::size_t kShown = 20;
    std::string list = "[";
    for (std::size_t i = 0; i < problems.size() && i < kShown; ++i) {
      if (i > 0) list += ',';
      list += gatewright::JsonObject()
                  .Add("pointer", std::string_view(problems[i].pointer).substr(0, 1000))
                  .Add("message", std::string_view(problems[i].message).substr(0, 1000))
                  .text();
    }
    return gatewright::JsonObject().Add("matches", false).AddJson("problems", list + ']').text();
  }

  gatewright::JsonSchema schema_;
  bool rejects_;
};

}  // namespace

GATEWRIGHT_PLUGIN("match", "1.0.0", gatewright::Offer<Match>)
