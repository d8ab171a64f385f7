// The policy `quiet-history`: approves when the last runs of the same target all succeeded. It
// looks at how earlier runs of the workflow ended (facts), and abstains in every doubt.
#include <gatewright/plugin.hpp>

#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/time.h"

namespace {

using gatewright::Json;

enum class Mark { kGood = 1, kBad, kNotCounted };

// People and calendars end runs as well, which says nothing about what a run does. A status that
// is not known here is bad.
Mark MarkOf(std::string_view status) {
  if (status == "succeeded") return Mark::kGood;
  for (const char* one : {"rejected", "expired", "cancelled", "superseded"}) {
    if (status == one) return Mark::kNotCounted;
  }
  return Mark::kBad;
}

// What a JSON pointer leads to; null when that is nothing.
const Json* Follow(const Json& root, std::string_view pointer) {
  const Json* at = &root;
  while (at != nullptr && !pointer.empty()) {
    pointer.remove_prefix(1);
    const std::string_view raw = pointer.substr(0, pointer.find('/'));
    pointer.remove_prefix(raw.size());
    std::string key;
    for (std::size_t i = 0; i < raw.size(); ++i) {
      const bool is_escape = raw[i] == '~' && i + 1 < raw.size();
      key += is_escape ? (raw[++i] == '1' ? '/' : '~') : raw[i];
    }
    if (!at->IsArray()) {
      at = at->Find(key);
      continue;
    }
    std::size_t index = 0;
    const auto [end, problem] = std::from_chars(key.data(), key.data() + key.size(), index);
    const bool is_index = problem == std::errc{} && end == key.data() + key.size();
    at = is_index && index < at->items().size() ? &at->items()[index] : nullptr;
  }
  return at;
}

std::string TextOf(const Json& json, std::string_view key) {
  const Json* const found = json.Find(key);
  return found != nullptr && found->IsString() ? found->string() : std::string();
}

std::string NameOf(const Json& run) {
  const Json* const id = run.Find("id");
  const std::string name = TextOf(run, "name");
  return "run " + (id == nullptr ? "?" : id->source()) + (name.empty() ? "" : " '" + name + "'");
}

class QuietHistory final : public gatewright::Policy {
 public:
  static constexpr bool kConcurrent = true;
  static constexpr bool kWantsFacts = true;
  static constexpr char kName[] = "quiet-history";
  static constexpr char kSummary[] = "Approves when the last runs of the same target succeeded.";
  static constexpr char kSchema[] = R"({
    "type": "object",
    "additionalProperties": false,
    "properties": {
      "last": {
        "description": "How many of the last runs must all have succeeded.",
        "type": "integer", "minimum": 1, "maximum": 20, "default": 5
      },
      "minimum": {
        "description": "So many runs there must be at least.",
        "type": "integer", "minimum": 1, "maximum": 20, "default": 1
      },
      "of": {
        "description": "A JSON pointer into the subject: only runs with the same value there. Absent: every run of the workflow.",
        "type": "string", "pattern": "^(/([^~/]|~[01])*)+$", "maxLength": 1000
      },
      "within": {
        "description": "Only runs that ended so recently, as in 7d.",
        "type": "string", "maxLength": 100
      }
    }
  })";

  explicit QuietHistory(const gatewright::Config& config)
      : last_(config.Int("last", 5)),
        minimum_(config.Int("minimum", 1)),
        of_(config.String("of", "")) {
    if (minimum_ > last_) {
      throw gatewright::InvalidConfig("/minimum: expected at most 'last', which is " +
                                      std::to_string(last_) + ", found " +
                                      std::to_string(minimum_));
    }
    if (!config.Has("within")) return;
    within_ = gatewright::ParseDuration(config.String("within"));
    if (!within_ || within_->count() <= 0) {
      throw gatewright::InvalidConfig("/within: expected a duration such as 12h or 7d, found '" +
                                      config.String("within") + "'");
    }
  }

  gatewright::Verdict Evaluate(const gatewright::Context& context,
                               gatewright::Call& call) override {
    call.Checkpoint();
    if (context.facts_json.empty()) return gatewright::Abstain("earlier runs are not known");
    const Json subject = Json::Parse(context.subject_json);
    const Json facts = Json::Parse(context.facts_json);
    const Json* const target = Follow(subject, of_);
    if (target == nullptr) return gatewright::Abstain("the subject has nothing at " + of_);
    const Json* const history = facts.Find("history");
    if (history == nullptr || !history->IsArray()) {
      return gatewright::Abstain("earlier runs are not known");
    }
    return Judge(Pick(*history, *target, context.now));
  }

 private:
  // The newest that count, newest first.
  std::vector<const Json*> Pick(const Json& history, const Json& target,
                                gatewright::TimePoint now) const {
    std::vector<const Json*> runs;
    for (const Json& run : history.items()) {
      if (std::ssize(runs) == last_) break;
      if (MarkOf(TextOf(run, "status")) == Mark::kNotCounted) continue;
      if (IsOfTarget(run, target) && IsRecent(run, now)) runs.push_back(&run);
    }
    return runs;
  }

  // Both subjects are canonical JSON, so that equal values are equal texts.
  bool IsOfTarget(const Json& run, const Json& target) const {
    if (of_.empty()) return true;
    const Json* const subject = run.Find("subject");
    const Json* const there = subject == nullptr ? nullptr : Follow(*subject, of_);
    return there != nullptr && there->source() == target.source();
  }

  // One that has not ended is in trouble now, however long ago that began.
  bool IsRecent(const Json& run, gatewright::TimePoint now) const {
    if (!within_) return true;
    const auto ended = gatewright::ParseTime(TextOf(run, "finished_at"));
    return !ended || *ended >= now - *within_;
  }

  gatewright::Verdict Judge(const std::vector<const Json*>& runs) const {
    const std::string evidence = EvidenceOf(runs);
    for (const Json* run : runs) {
      const std::string status = TextOf(*run, "status");
      if (MarkOf(status) == Mark::kGood) continue;
      return gatewright::Abstain(NameOf(*run) + " " + (status.empty() ? "is unclear" : status))
          .WithEvidence(evidence);
    }
    if (std::ssize(runs) < minimum_) {
      return gatewright::Abstain("expected at least " + std::to_string(minimum_) +
                                 " earlier runs to judge by, found " + std::to_string(runs.size()))
          .WithEvidence(evidence);
    }
    return gatewright::Approve(runs.size() == 1
                                   ? "the last run succeeded, " + NameOf(*runs.front())
                                   : "the last " + std::to_string(runs.size()) + " runs succeeded")
        .WithEvidence(evidence);
  }

  static std::string EvidenceOf(const std::vector<const Json*>& runs) {
    std::string list;
    for (const Json* run : runs) {
      const Json* const id = run->Find("id");
      if (!list.empty()) list += ',';
      list += gatewright::JsonObject()
                  .AddJson("id", id == nullptr ? "null" : id->source())
                  .Add("name", std::string_view(TextOf(*run, "name")))
                  .Add("status", std::string_view(TextOf(*run, "status")))
                  .Add("finished_at", std::string_view(TextOf(*run, "finished_at")))
                  .text();
    }
    return gatewright::JsonObject().AddJson("runs", '[' + list + ']').text();
  }

  std::int64_t last_;
  std::int64_t minimum_;
  std::string of_;
  std::optional<gatewright::Duration> within_;
};

}  // namespace

GATEWRIGHT_PLUGIN("quiet-history", "1.0.0", gatewright::Offer<QuietHistory>)
