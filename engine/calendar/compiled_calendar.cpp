#include "engine/calendar/compiled_calendar.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "engine/calendar/open_segments.h"
#include "engine/calendar/window_check.h"

namespace gatewright::calendar {
namespace {

constexpr std::size_t kMaxMistakesShown = 20;
constexpr std::int64_t kStepsOfEachRecurring = 1'000;

// No window is anywhere near these, so clamping to them changes no answer.
constexpr Time kFirst = std::chrono::sys_days{std::chrono::year{kFirstYear - 20} / 1 / 1};
constexpr Time kLast = std::chrono::sys_days{std::chrono::year{kLastYear + 20} / 1 / 1};

std::string LabelOf(const Window& window) {
  std::string label = window.name.empty()
                          ? fmt::format("the window that starts {}", FormatLocal(window.start))
                          : fmt::format("'{}'", window.name);
  if (!window.reason.empty()) label += fmt::format(" ({})", window.reason);
  return label;
}

}  // namespace

Result<std::shared_ptr<const CompiledCalendar>> CompiledCalendar::Compile(CalendarSpec spec) {
  GW_TRY(zone, Zone::Find(spec.timezone));
  const std::size_t count = spec.allow.size() + spec.deny.size() + spec.holidays.size();
  if (count > kMaxWindows) {
    return Error{
        ErrorCode::kInvalid,
        fmt::format("{} windows and holidays are too many (allowed: {})", count, kMaxWindows)};
  }
  const std::shared_ptr<CompiledCalendar> calendar(new CompiledCalendar(std::move(spec), zone));
  const std::vector<std::string> mistakes = calendar->Build();
  if (!mistakes.empty()) {
    return Error{ErrorCode::kInvalid, fmt::format("{}", fmt::join(mistakes, "; "))};
  }
  return std::shared_ptr<const CompiledCalendar>(calendar);
}

CompiledCalendar::CompiledCalendar(CalendarSpec spec, const Zone& zone)
    : spec_(std::move(spec)), zone_(zone) {}

std::vector<std::string> CompiledCalendar::Build() {
  std::vector<std::string> mistakes;
  const auto is_recurring = [](const Window& window) { return window.rule.has_value(); };
  const auto recurring = std::count_if(spec_.allow.begin(), spec_.allow.end(), is_recurring) +
                         std::count_if(spec_.deny.begin(), spec_.deny.end(), is_recurring);
  if (recurring > static_cast<std::ptrdiff_t>(kMaxRecurringWindows)) {
    return {fmt::format("{} recurring windows are too many (allowed: {})", recurring,
                        kMaxRecurringWindows)};
  }
  const auto add = [&](const std::vector<Window>& windows, std::string_view key, Coverage& to) {
    for (const Window& window : windows) {
      if (mistakes.size() >= kMaxMistakesShown) return;
      const auto zone = window.timezone.empty() ? Result<Zone>(zone_) : Zone::Find(window.timezone);
      if (!zone) {
        mistakes.push_back(fmt::format("{}: {}: {}", key, LabelOf(window), zone.error().message));
        continue;
      }
      const auto problems = CheckWindow(window, *zone);
      for (const Problem& problem : problems) {
        mistakes.push_back(
            fmt::format("{}: {}: '{}': {}", key, LabelOf(window), problem.field, problem.message));
      }
      if (!problems.empty()) continue;
      to.Add(window, *zone, labels_.size());
      labels_.push_back(LabelOf(window));
    }
    to.Seal();
  };
  std::vector<Window> closing = spec_.deny;
  for (const Holiday& holiday : spec_.holidays) {
    Window window;
    window.start = LocalTime{holiday.date};
    window.is_all_day = true;
    window.length.wall = std::chrono::days{1};
    window.name = holiday.name.empty() ? FormatDate(holiday.date) : holiday.name;
    window.reason = "holiday";
    closing.push_back(std::move(window));
  }
  add(spec_.allow, "allow", allow_);
  add(closing, "deny", deny_);
  return mistakes;
}

Budget CompiledCalendar::NewBudget() const {
  const auto recurring = allow_.recurring_count() + deny_.recurring_count();
  return {Budget().steps + kStepsOfEachRecurring * static_cast<std::int64_t>(recurring)};
}

core::Opening CompiledCalendar::At(Time at) const {
  at = std::clamp(at, kFirst, kLast);
  const Time limit = at + kHorizon;
  core::Opening opening;
  opening.is_open = !deny_.ActiveAt(at) && (!allow_.has_windows() || allow_.ActiveAt(at));
  Budget budget = NewBudget();
  OpenSegments segments(allow_, deny_, at, limit, budget);
  if (const auto segment = segments.Next()) {
    const Time change = opening.is_open ? segment->end : segment->start;
    if (change < limit) opening.changes_at = change;
  }
  opening.reason =
      opening.is_open ? WhyOpen(at, opening.changes_at) : WhyClosed(at, opening.changes_at);
  return opening;
}

std::string CompiledCalendar::WhyOpen(Time at, std::optional<Time> changes_at) const {
  const std::string until = changes_at ? " until " + zone_.Format(*changes_at) : "";
  const auto active = allow_.ActiveAt(at);
  if (!active) return "open" + until;
  return fmt::format("open by {}{}", labels_[active->label], until);
}

std::string CompiledCalendar::WhyClosed(Time at, std::optional<Time> changes_at) const {
  const auto active = deny_.ActiveAt(at);
  if (!active) {
    return changes_at
               ? fmt::format("closed outside of its windows until {}", zone_.Format(*changes_at))
               : "closed outside of its windows, and not known to open again";
  }
  std::string reason =
      fmt::format("closed by {} until {}", labels_[active->label], zone_.Format(active->end));
  if (!changes_at) {
    reason += ", and not known to open again";
  } else if (*changes_at != active->end) {
    reason += ", opens " + zone_.Format(*changes_at);
  }
  return reason;
}

std::optional<Time> CompiledCalendar::NextOpen(Time from, Duration runway) const {
  from = std::clamp(from, kFirst, kLast);
  Budget budget = NewBudget();
  OpenSegments segments(allow_, deny_, from, from + kHorizon, budget);
  while (const auto segment = segments.Next()) {
    if (segment->end - segment->start >= runway) return segment->start;
  }
  return std::nullopt;
}

std::optional<Time> CompiledCalendar::AfterOpenTime(Time from, Duration open_time) const {
  if (open_time <= Duration{0}) return from;
  from = std::clamp(from, kFirst, kLast);
  Budget budget = NewBudget();
  OpenSegments segments(allow_, deny_, from, from + kHorizon, budget);
  while (const auto segment = segments.Next()) {
    const Duration length = segment->end - segment->start;
    if (length >= open_time) return segment->start + open_time;
    open_time -= length;
  }
  return std::nullopt;
}

}  // namespace gatewright::calendar
