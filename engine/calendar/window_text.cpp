#include "engine/calendar/window_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/calendar/rrule_walk.h"

namespace gatewright::calendar {
namespace {

using std::chrono::days;
using std::chrono::seconds;

std::string_view Shorten(std::string_view text) { return text.substr(0, 60); }

Time MomentOf(const WrittenTime& written) {
  return Time{written.local.time_since_epoch() - *written.utc_offset};
}

class Reader {
 public:
  Reader(const WindowText& text, const std::optional<Zone>& calendar_zone,
         std::vector<Problem>& problems)
      : text_(text), zone_(calendar_zone), problems_(problems) {}

  std::optional<Window> Read() {
    const std::size_t before = problems_.size();
    window_.name = text_.name.value_or("");
    window_.reason = text_.reason.value_or("");
    ReadZone();
    window_zone_ = zone_;
    ReadStart();
    ReadRule();
    ReadLength();
    ReadExceptions();
    ReadExtra();
    if (problems_.size() > before || !window_zone_) return std::nullopt;
    for (Problem& problem : CheckWindow(window_, *window_zone_)) {
      if (problem.field == "end" && text_.duration) problem.field = "duration";
      problems_.push_back(std::move(problem));
    }
    if (problems_.size() == before) CheckExceptions();
    if (problems_.size() > before) return std::nullopt;
    return std::move(window_);
  }

 private:
  void Mistake(std::string_view field, std::string message,
               std::optional<std::size_t> item = std::nullopt) {
    problems_.push_back({std::string(field), item, std::move(message)});
  }

  bool recurs() const { return text_.rrule || !text_.rdates.empty() || !text_.exdates.empty(); }

  std::optional<WrittenTime> ReadTime(std::string_view field, std::string_view text,
                                      std::optional<std::size_t> item = std::nullopt) {
    const auto time = ParseWrittenTime(text);
    if (!time) {
      Mistake(field, fmt::format("expected {}, found '{}'", kWrittenTimeForms, Shorten(text)),
              item);
    }
    return time;
  }

  void ReadZone() {
    if (!text_.timezone) return;
    const auto zone = Zone::Find(*text_.timezone);
    if (!zone) {
      Mistake("timezone", zone.error().message);
      zone_.reset();
      return;
    }
    window_.timezone = *text_.timezone;
    zone_ = *zone;
  }

  void ReadStart() {
    if (!text_.start) return Mistake("start", "is missing");
    start_ = ReadTime("start", *text_.start);
    if (!start_) return;
    window_.is_all_day = start_->is_date;
    window_.start = start_->local;
    if (!start_->utc_offset) return;
    if (recurs()) {
      Mistake("start", fmt::format("expected a local time such as {}, because a window that recurs "
                                   "follows the clocks of its time zone, found '{}' (for UTC say "
                                   "timezone: UTC)",
                                   FormatLocal(start_->local), *text_.start));
    } else if (const auto utc = Zone::Find("UTC")) {
      // Local times cannot say everything: not the second pass of a doubled hour.
      window_.timezone = "UTC";
      window_.start = start_->local - *start_->utc_offset;
      window_zone_ = *utc;
    } else {
      Mistake("start", utc.error().message);
    }
  }

  void ReadRule() {
    if (!text_.rrule) return;
    auto rule = ParseRRule(*text_.rrule);
    if (rule) {
      window_.rule = std::move(*rule);
    } else {
      Mistake("rrule", rule.error().message);
    }
  }

  void ReadLength() {
    if (text_.end && text_.duration) {
      return Mistake("duration", "end and duration are both there (allowed: one of them)");
    }
    if (text_.duration) return ReadDuration();
    if (text_.end) return ReadEnd();
    if (!start_) return;
    if (start_->is_date) {
      window_.length.wall = days{1};
    } else {
      Mistake("start", "expected an end or a duration as well, because this is not a whole day");
    }
  }

  // Days by the clock on the wall, hours and less by the stopwatch.
  void ReadDuration() {
    const auto duration = ParseDuration(*text_.duration);
    if (!duration || *duration % seconds{1} != Duration{0}) {
      return Mistake("duration", fmt::format("expected a duration such as 8h, 90m or 2d of whole "
                                             "seconds, found '{}'",
                                             Shorten(*text_.duration)));
    }
    window_.length.wall = std::chrono::floor<days>(*duration);
    window_.length.exact = std::chrono::floor<seconds>(*duration % days{1});
    if (start_ && start_->is_date && window_.length.exact != seconds{0}) {
      Mistake("duration", fmt::format("expected whole days, such as 1d, because the start is a "
                                      "date, found '{}'",
                                      *text_.duration));
    }
  }

  void ReadEnd() {
    const auto end = ReadTime("end", *text_.end);
    if (!end || !start_) return;
    if (end->is_date != start_->is_date) {
      return Mistake("end", fmt::format("expected {}, like the start, found '{}'",
                                        start_->is_date ? "a date" : "a time", *text_.end));
    }
    if (!end->utc_offset && !start_->utc_offset) {
      window_.length.wall = end->local - start_->local;
    } else if (recurs()) {
      return Mistake("end", fmt::format("expected a local time, because a window that recurs "
                                        "follows the clocks of its time zone, found '{}'",
                                        *text_.end));
    } else if (!zone_ || !window_zone_) {
      return;  // the mistake is the zone
    } else {
      const Time last = end->utc_offset ? MomentOf(*end) : zone_->Resolve(end->local);
      window_.length.exact =
          std::chrono::floor<seconds>(last - window_zone_->Resolve(window_.start));
    }
    if (window_.length.wall + window_.length.exact <= seconds{0}) {
      Mistake(
          "end",
          fmt::format("expected an end after the start {}, found '{}'{}", *text_.start, *text_.end,
                      end->is_date ? " (a date ends before that day, not after it)" : ""));
    }
  }

  void ReadExceptions() {
    for (std::size_t i = 0; i < text_.exdates.size(); ++i) {
      const auto time = ReadTime("exdates", text_.exdates[i], i);
      if (!time) continue;
      if (time->utc_offset || (window_.is_all_day && !time->is_date)) {
        Mistake(
            "exdates",
            fmt::format("expected {}, found '{}'",
                        window_.is_all_day ? "a date" : "a date or a local time", text_.exdates[i]),
            i);
      } else if (time->is_date) {
        window_.except_days.push_back(DayOf(time->local));
      } else {
        window_.except.push_back(time->local);
      }
    }
  }

  void ReadExtra() {
    for (std::size_t i = 0; i < text_.rdates.size(); ++i) {
      const auto time = ReadTime("rdates", text_.rdates[i], i);
      if (!time) continue;
      if (time->utc_offset || time->is_date != window_.is_all_day) {
        Mistake("rdates",
                fmt::format("expected {}, like the start, found '{}'",
                            window_.is_all_day ? "a date" : "a local time", text_.rdates[i]),
                i);
      } else {
        window_.extra.push_back(time->local);
      }
    }
  }

  // An exception that excepts nothing is a typing mistake that would leave a window open.
  void CheckExceptions() {
    std::size_t i = 0;
    for (const std::string& written : text_.exdates) {
      const WrittenTime time = *ParseWrittenTime(written);
      const LocalTime last = time.is_date ? time.local + days{1} : time.local + seconds{1};
      if (!Happens(time.local, last)) {
        Mistake("exdates",
                fmt::format("no occurrence begins {} {}", time.is_date ? "on" : "at", written), i);
      }
      ++i;
    }
  }

  bool Happens(LocalTime from, LocalTime end) const {
    const auto is_within = [&](LocalTime time) { return time >= from && time < end; };
    if (std::any_of(window_.extra.begin(), window_.extra.end(), is_within)) return true;
    if (!window_.rule) return is_within(window_.start);
    Budget budget;
    return RRuleWalk(BoundedRule(window_, *window_zone_), window_.start, from, end)
        .Next(budget)
        .has_value();
  }

  const WindowText& text_;
  std::optional<Zone> zone_;         // of what is written
  std::optional<Zone> window_zone_;  // of window_: UTC when it starts at a moment
  std::vector<Problem>& problems_;
  std::optional<WrittenTime> start_;
  Window window_;
};

}  // namespace

std::optional<Window> ReadWindow(const WindowText& text, const std::optional<Zone>& calendar_zone,
                                 std::vector<Problem>& problems) {
  return Reader(text, calendar_zone, problems).Read();
}

std::optional<Holiday> ReadHoliday(std::string_view date, std::string name,
                                   std::vector<Problem>& problems) {
  const auto time = ParseWrittenTime(date);
  if (time && time->is_date) return Holiday{std::move(name), DayOf(time->local)};
  problems.push_back(
      {"date", std::nullopt,
       fmt::format("expected a date such as 2026-12-25, found '{}'", Shorten(date))});
  return std::nullopt;
}

}  // namespace gatewright::calendar
