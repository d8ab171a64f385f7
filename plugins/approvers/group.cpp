// The approver `group`: eligible is who belongs to one of the groups. Pure.
#include <gatewright/plugin.hpp>

#include "names.h"

namespace {

class Group final : public gatewright::Approver {
 public:
  static constexpr bool kPure = true, kConcurrent = true;
  static constexpr char kName[] = "group";
  static constexpr char kSummary[] = "Eligible is who belongs to one of the groups.";
  static constexpr char kSchema[] = R"({
    "type": "object",
    "required": ["group"],
    "additionalProperties": false,
    "properties": {
      "group": {
        "description": "The group, or a list of groups of which one is enough.",
        "type": ["string", "array"],
        "minLength": 1,
        "minItems": 1,
        "maxItems": 100,
        "items": {"type": "string", "minLength": 1}
      }
    }
  })";

  explicit Group(const gatewright::Config& config)
      : groups_(config.Strings("group")),
        stranger_("must belong to " + Describe("group", "groups", groups_)) {}

  gatewright::Eligibility Check(const gatewright::Question& question, gatewright::Call&) override {
    for (const std::string& group : groups_) {
      if (question.principal.IsIn(group))
        return gatewright::Eligible("belongs to group '" + group + "'");
    }
    return gatewright::NotEligible(stranger_);
  }

 private:
  std::vector<std::string> groups_;
  std::string stranger_;
};

}  // namespace

GATEWRIGHT_PLUGIN("group", "1.0.0", gatewright::Offer<Group>)
