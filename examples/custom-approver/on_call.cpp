// The approver com.example.on-call: eligible is who is on call right now, by a weekly table of UTC
// hours in the workflow file.
#include <gatewright/plugin.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr std::array<std::string_view, 7> kDays = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

// One line of the table: these days, from this hour until that one.
struct Shift {
  explicit Shift(const gatewright::Config& config)
      : user(config.String("user")),
        days(config.Strings("days")),
        from(config.Int("from", 0)),
        until(config.Int("until", 24)) {
    if (from >= until) {
      throw gatewright::InvalidConfig("shift of " + user + ": expected from before until, found " +
                                      std::to_string(from) + " and " + std::to_string(until));
    }
  }

  bool Covers(gatewright::TimePoint time) const {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const auto hour = std::chrono::floor<std::chrono::hours>(time - day).count();
    const std::string_view name = kDays[std::chrono::weekday(day).c_encoding()];
    return hour >= from && hour < until && std::find(days.begin(), days.end(), name) != days.end();
  }

  std::string user;
  std::vector<std::string> days;
  std::int64_t from;
  std::int64_t until;
};

class OnCall final : public gatewright::Approver {
 public:
  static constexpr char kName[] = "com.example.on-call";
  static constexpr char kSummary[] = "Eligible is who is on call now.";
  static constexpr bool kPure = true;        // no I/O: asked on the thread of the request
  static constexpr bool kConcurrent = true;  // nothing changes after the constructor
  static constexpr char kSchema[] = R"({
    "type": "object",
    "required": ["shifts"],
    "additionalProperties": false,
    "properties": {
      "shifts": {
        "description": "Who is on call, and when (UTC).",
        "type": "array", "minItems": 1, "maxItems": 1000,
        "items": {
          "type": "object",
          "required": ["user", "days"],
          "additionalProperties": false,
          "properties": {
            "user": {"description": "The id of a person.", "type": "string", "minLength": 1},
            "days": {
              "description": "The days of the shift.",
              "type": "array", "minItems": 1,
              "items": {"enum": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]}
            },
            "from": {"description": "First hour.", "type": "integer",
                     "minimum": 0, "maximum": 23, "default": 0},
            "until": {"description": "The hour in which it is over.", "type": "integer",
                      "minimum": 1, "maximum": 24, "default": 24}
          }
        }
      }
    }
  })";

  explicit OnCall(const gatewright::Config& config) {
    for (const gatewright::Config& shift : config.Objects("shifts")) shifts_.emplace_back(shift);
  }

  gatewright::Eligibility Check(const gatewright::Question& q, gatewright::Call& call) override {
    std::string others;
    for (const Shift& shift : shifts_) {
      call.Checkpoint();  // throws when nobody waits for the answer any more
      if (!shift.Covers(q.now)) continue;
      if (q.principal.Is(shift.user)) return gatewright::Eligible("is on call");
      others += (others.empty() ? "" : ", ") + shift.user;
    }
    if (others.empty()) return gatewright::NotEligible("nobody is on call now");
    return gatewright::NotEligible("is not on call now; on call: " + others);
  }

 private:
  std::vector<Shift> shifts_;
};

}  // namespace

GATEWRIGHT_PLUGIN("on-call", "1.0.0", gatewright::Offer<OnCall>)
