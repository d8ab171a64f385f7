// The approver `role`: eligible is who holds one of the roles. Pure.
#include <gatewright/plugin.hpp>

#include "names.h"

namespace {

class Role final : public gatewright::Approver {
 public:
  static constexpr bool kPure = true, kConcurrent = true;
  static constexpr char kName[] = "role";
  static constexpr char kSummary[] = "Eligible is who holds one of the roles.";
  static constexpr char kSchema[] = R"({
    "type": "object",
    "required": ["role"],
    "additionalProperties": false,
    "properties": {
      "role": {
        "description": "The role, or a list of roles of which one is enough.",
        "type": ["string", "array"],
        "minLength": 1,
        "minItems": 1,
        "maxItems": 100,
        "items": {"type": "string", "minLength": 1}
      }
    }
  })";

  explicit Role(const gatewright::Config& config)
      : roles_(config.Strings("role")), stranger_("needs " + Describe("role", "roles", roles_)) {}

  gatewright::Eligibility Check(const gatewright::Question& question, gatewright::Call&) override {
    for (const std::string& role : roles_) {
      if (question.principal.HasRole(role))
        return gatewright::Eligible("holds role '" + role + "'");
    }
    return gatewright::NotEligible(stranger_);
  }

 private:
  std::vector<std::string> roles_;
  std::string stranger_;
};

}  // namespace

GATEWRIGHT_PLUGIN("role", "1.0.0", gatewright::Offer<Role>)
