// The policy `window`: approves while a calendar is open that is written in its settings, with the
// words and the meaning of a Calendar file. Otherwise it waits, abstains or rejects.
#include <gatewright/plugin.hpp>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/calendar/compiled_calendar.h"
#include "engine/calendar/window_text.h"
#include "engine/calendar/zone.h"

namespace {

namespace calendar = gatewright::calendar;
using Problems = std::vector<calendar::Problem>;

// Time zones change, and so may the clock: it is asked again at least this often.
constexpr std::chrono::milliseconds kLongestWait = std::chrono::hours{1};
constexpr std::chrono::milliseconds kShortestWait = std::chrono::seconds{1};

std::optional<std::string> Text(const gatewright::Config& config, std::string_view key) {
  return config.Has(key) ? std::optional(config.String(key)) : std::nullopt;
}

// Reads what `with:` says, and collects what is wrong with it, each with its place.
class Reader {
 public:
  calendar::CalendarSpec Read(const gatewright::Config& config) {
    spec_.timezone = config.String("timezone");
    const auto zone = calendar::Zone::Find(spec_.timezone);
    if (zone) {
      zone_ = *zone;
    } else {
      mistakes_ = "/timezone: " + zone.error().message;
    }
    ReadWindows(config, "allow", spec_.allow);
    ReadWindows(config, "deny", spec_.deny);
    std::size_t index = 0;
    for (const auto& holiday : config.Objects("holidays")) {
      Problems problems;
      const auto read =
          calendar::ReadHoliday(holiday.String("date"), holiday.String("name", ""), problems);
      Report(problems, "/holidays/" + std::to_string(index++));
      if (read) spec_.holidays.push_back(*read);
    }
    if (!mistakes_.empty()) throw gatewright::InvalidConfig(mistakes_);
    return std::move(spec_);
  }

 private:
  void ReadWindows(const gatewright::Config& config, std::string_view key,
                   std::vector<calendar::Window>& windows) {
    std::size_t index = 0;
    for (const auto& one : config.Objects(key)) {
      calendar::WindowText text;
      text.name = Text(one, "name");
      text.reason = Text(one, "reason");
      text.timezone = Text(one, "timezone");
      text.start = Text(one, "start");
      text.end = Text(one, "end");
      text.duration = Text(one, "duration");
      text.rrule = Text(one, "rrule");
      text.exdates = one.Strings("exdates");
      text.rdates = one.Strings("rdates");
      Problems problems;
      auto window = calendar::ReadWindow(text, zone_, problems);
      Report(problems, '/' + std::string(key) + '/' + std::to_string(index++));
      if (window) windows.push_back(std::move(*window));
    }
  }

  void Report(const Problems& problems, const std::string& place) {
    for (const calendar::Problem& problem : problems) {
      if (!mistakes_.empty()) mistakes_ += "; ";
      mistakes_ += place + '/' + problem.field;
      if (problem.item) mistakes_ += '/' + std::to_string(*problem.item);
      mistakes_ += ": " + problem.message;
    }
  }

  calendar::CalendarSpec spec_;
  std::optional<calendar::Zone> zone_;
  std::string mistakes_;
};

std::shared_ptr<const calendar::CompiledCalendar> Compile(const gatewright::Config& config) {
  auto compiled = calendar::CompiledCalendar::Compile(Reader().Read(config));
  if (!compiled) throw gatewright::InvalidConfig(compiled.error().message);
  return std::move(*compiled);
}

class Window final : public gatewright::Policy {
 public:
  static constexpr bool kConcurrent = true;
  static constexpr char kName[] = "window";
  static constexpr char kSummary[] = "Approves while a calendar is open.";
  static constexpr char kSchema[] = R"({
    "type": "object",
    "examples": [{
      "timezone": "Europe/Berlin",
      "allow": [{"start": "2026-01-05T09:00", "end": "2026-01-05T17:00",
                 "rrule": "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"}]
    }],
    "required": ["timezone"],
    "additionalProperties": false,
    "properties": {
      "timezone": {"description": "An IANA name such as Europe/Berlin.", "type": "string"},
      "allow": {"description": "Open only within these.", "$ref": "#/$defs/windows"},
      "deny": {"description": "Closed within these.", "$ref": "#/$defs/windows"},
      "holidays": {
        "description": "Days on which it is closed.",
        "type": "array",
        "maxItems": 2000,
        "items": {
          "type": "object",
          "required": ["date"],
          "additionalProperties": false,
          "properties": {"date": {"type": "string"}, "name": {"type": "string", "maxLength": 256}}
        }
      },
      "outside": {
        "description": "What to do while it is closed.",
        "enum": ["wait", "abstain", "reject"],
        "default": "wait"
      }
    },
    "$defs": {
      "times": {"type": "array", "maxItems": 2000, "items": {"type": "string"}},
      "windows": {
        "type": "array",
        "maxItems": 1000,
        "items": {
          "type": "object",
          "required": ["start"],
          "additionalProperties": false,
          "properties": {
            "name": {"type": "string", "maxLength": 256},
            "reason": {"type": "string", "maxLength": 256},
            "timezone": {"type": "string"},
            "start": {"type": "string"},
            "end": {"type": "string"},
            "duration": {"type": "string"},
            "rrule": {"type": "string", "maxLength": 2000},
            "exdates": {"$ref": "#/$defs/times"},
            "rdates": {"$ref": "#/$defs/times"}
          }
        }
      }
    }
  })";

  explicit Window(const gatewright::Config& config)
      : calendar_(Compile(config)), outside_(config.String("outside", "wait")) {}

  gatewright::Verdict Evaluate(const gatewright::Context& context,
                               gatewright::Call& call) override {
    call.Checkpoint();
    const auto opening = calendar_->At(context.now);
    gatewright::JsonObject evidence;
    evidence.Add("open", opening.is_open).Add("reason", std::string_view(opening.reason));
    if (opening.changes_at) {
      evidence.Add("changes_at", std::string_view(gatewright::FormatTime(*opening.changes_at)));
    }
    return Judge(opening, context.now).WithEvidence(evidence.text());
  }

 private:
  gatewright::Verdict Judge(const gatewright::core::Opening& opening, gatewright::Time now) const {
    if (opening.is_open) return gatewright::Approve(opening.reason);
    if (outside_ == "abstain") return gatewright::Abstain(opening.reason);
    if (outside_ == "reject") return gatewright::Reject(opening.reason);
    if (!opening.changes_at) return gatewright::Abstain(opening.reason);
    const auto wait = std::chrono::ceil<std::chrono::milliseconds>(*opening.changes_at - now);
    return gatewright::AskAgainAfter(std::clamp(wait, kShortestWait, kLongestWait), opening.reason);
  }

  std::shared_ptr<const calendar::CompiledCalendar> calendar_;
  std::string outside_;
};

}  // namespace

GATEWRIGHT_PLUGIN("window", "1.0.0", gatewright::Offer<Window>)
