// The approver `user`: eligible is who is named. Pure.
#include <gatewright/plugin.hpp>

#include "names.h"

namespace {

class User final : public gatewright::Approver {
 public:
  static constexpr bool kPure = true, kConcurrent = true;
  static constexpr char kName[] = "user";
  static constexpr char kSummary[] = "Eligible is who is named.";
  static constexpr char kSchema[] = R"({
    "type": "object",
    "required": ["user"],
    "additionalProperties": false,
    "properties": {
      "user": {
        "description": "The id of a person or service, or a list of ids.",
        "type": ["string", "array"],
        "minLength": 1,
        "minItems": 1,
        "maxItems": 1000,
        "items": {"type": "string", "minLength": 1}
      }
    }
  })";

  explicit User(const gatewright::Config& config)
      : users_(config.Strings("user")), stranger_("must be " + Describe("user", "users", users_)) {}

  gatewright::Eligibility Check(const gatewright::Question& question, gatewright::Call&) override {
    for (const std::string& user : users_) {
      if (question.principal.Is(user)) return gatewright::Eligible("is named as an approver");
    }
    return gatewright::NotEligible(stranger_);
  }

 private:
  std::vector<std::string> users_;
  std::string stranger_;
};

}  // namespace

GATEWRIGHT_PLUGIN("user", "1.0.0", gatewright::Offer<User>)
