#include "engine/calendar/ics.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "engine/calendar/ics_event.h"

namespace gatewright::calendar {
namespace {

constexpr std::size_t kMaxProblems = 100;
constexpr std::size_t kMaxDepth = 8;

class Reader {
 public:
  explicit Reader(const Zone& calendar_zone) : events_reader_(calendar_zone, file_.problems) {}

  IcsFile Read(std::string_view text) {
    if (text.size() > kMaxIcsBytes) {
      Mistake(1, fmt::format("{} bytes are too many (allowed: {})", text.size(), kMaxIcsBytes));
      return std::move(file_);
    }
    const auto lines = ReadContentLines(text, file_.problems);
    if (lines.empty() || lines[0].name != "BEGIN" || lines[0].value != "VCALENDAR") {
      Mistake(lines.empty() ? 1 : lines[0].line,
              "expected an iCalendar file, which begins with BEGIN:VCALENDAR");
      return Finish();
    }
    for (const ContentLine& line : lines) {
      if (file_.problems.size() >= kMaxProblems) break;
      ReadLine(line);
    }
    if (!open_.empty() && file_.problems.size() < kMaxProblems) {
      Mistake(lines.back().line,
              fmt::format("the file ends within {} of line {} (expected END:{})",
                          open_.back().value, open_.back().line, open_.back().value));
    }
    ApplyReplacements();
    for (IcsEvent& event : events_) {
      if (event.is_cancelled || !event.lasts) {
        ++file_.skipped;
      } else {
        file_.windows.push_back(std::move(event.window));
      }
    }
    return Finish();
  }

 private:
  void Mistake(std::size_t line, std::string message) {
    file_.problems.push_back({line, std::move(message)});
  }

  IcsFile Finish() {
    std::stable_sort(file_.problems.begin(), file_.problems.end(),
                     [](const auto& a, const auto& b) { return a.line < b.line; });
    if (file_.problems.size() > kMaxProblems) file_.problems.resize(kMaxProblems);
    if (!file_.ok()) file_.windows.clear();
    return std::move(file_);
  }

  void ReadLine(const ContentLine& line) {
    if (line.name == "BEGIN") return Begin(line);
    if (line.name == "END") return End(line);
    // What an alarm within an event says is not about the event.
    if (!open_.empty() && open_.back().value == "VEVENT") event_lines_.push_back(line);
  }

  void Begin(const ContentLine& line) {
    if (open_.empty() && line.value != "VCALENDAR") {
      Mistake(line.line,
              fmt::format("expected BEGIN:VCALENDAR, found BEGIN:{}", ReadText(line.value, 40)));
    }
    if (open_.size() >= kMaxDepth) {
      return Mistake(line.line, fmt::format("nested deeper than {} levels", kMaxDepth));
    }
    open_.push_back(line);
    if (line.value != "VEVENT") return;
    event_lines_.clear();
    if (++event_count_ == kMaxIcsEvents + 1) {
      Mistake(line.line, fmt::format("more events than the allowed {}", kMaxIcsEvents));
    }
  }

  void End(const ContentLine& line) {
    if (open_.empty() || open_.back().value != line.value) {
      return Mistake(line.line,
                     fmt::format("END:{} ends nothing (expected {})", ReadText(line.value, 40),
                                 open_.empty() ? "BEGIN:VCALENDAR" : "END:" + open_.back().value));
    }
    const std::size_t begun = open_.back().line;
    open_.pop_back();
    if (line.value != "VEVENT" || event_count_ > kMaxIcsEvents) return;
    if (auto event = events_reader_.Read(event_lines_, begun)) events_.push_back(std::move(*event));
  }

  // An event with RECURRENCE-ID stands for one occurrence of the event with the same UID.
  void ApplyReplacements() {
    std::unordered_map<std::string, IcsEvent*> masters;  // the first of each UID
    for (IcsEvent& event : events_) {
      if (!event.replaces && !event.uid.empty()) masters.emplace(event.uid, &event);
    }
    for (const IcsEvent& event : events_) {
      if (!event.replaces) continue;
      const auto found = masters.find(event.uid);
      if (found == masters.end()) continue;
      Window& master = found->second->window;
      if (event.replaces_moment) {
        master.except.push_back(events_reader_.ZoneOf(master).ToLocal(*event.replaces_moment));
      } else {
        master.except_days.push_back(DayOf(event.replaces->local));
      }
    }
  }

  IcsFile file_;
  IcsEventReader events_reader_;
  std::vector<ContentLine> open_;  // the BEGINs without their END
  std::vector<ContentLine> event_lines_;
  std::size_t event_count_ = 0;
  std::vector<IcsEvent> events_;
};

}  // namespace

IcsFile ReadIcs(std::string_view text, const Zone& calendar_zone) {
  return Reader(calendar_zone).Read(text);
}

}  // namespace gatewright::calendar
