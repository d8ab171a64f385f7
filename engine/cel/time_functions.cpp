// getFullYear() and the like, of timestamps (in UTC or at an offset from it) and of durations.
#include <fmt/format.h>

#include "engine/cel/functions.h"

namespace gatewright::cel {
namespace {

using Arg = const Arguments&;

// The wall clock at the second argument, or in UTC.
Result<CivilTime> Civil(Arg a) {
  if (a.values.size() < 2) return ToCivil(a[0].timestamp(), 0);
  const auto offset = ParseOffset(a[1].string());
  if (!offset) {
    return Problem(
        fmt::format("expected 'UTC' or an offset such as '+02:00', found {}; the rules "
                    "of named time zones are not known here",
                    ToText(a[1], 40)));
  }
  return ToCivil(a[0].timestamp(), *offset);
}

template <int CivilTime::*Part, int kBase = 0>
Result<Value> PartOf(Arg a) {
  GW_TRY(civil, Civil(a));
  return Value::Int(civil.*Part - kBase);
}

// Of a duration the whole of it in that unit, of a timestamp what the clock shows.
template <int CivilTime::*Part, int kSeconds>
Result<Value> HoursAndSmaller(Arg a) {
  if (a[0].Is(Kind::kDuration)) return Value::Int(ToMillis(a[0].duration()) / 1'000 / kSeconds);
  return PartOf<Part>(a);
}

// Of a duration only what is left over the whole seconds, as the specification has it.
Result<Value> Milliseconds(Arg a) {
  if (a[0].Is(Kind::kDuration)) return Value::Int(ToMillis(a[0].duration()) % 1'000);
  return PartOf<&CivilTime::millisecond>(a);
}

}  // namespace

void AddTimeFunctions(FunctionTable& table) {
  const Type time(Kind::kTimestamp), text(Kind::kString), number(Kind::kInt);
  const auto add = [&](std::string_view name, Result<Value> (*call)(Arg)) {
    table.push_back(
        {name, Style::kMethod, {Overload{{time}, number}, Overload{{time, text}, number}}, call});
  };
  const auto add_for_both = [&](std::string_view name, Result<Value> (*call)(Arg)) {
    add(name, call);
    table.back().overloads.push_back({{Type(Kind::kDuration)}, number});
  };
  add("getFullYear", PartOf<&CivilTime::year>);
  add("getMonth", PartOf<&CivilTime::month, 1>);
  add("getDate", PartOf<&CivilTime::day>);
  add("getDayOfMonth", PartOf<&CivilTime::day, 1>);
  add("getDayOfWeek", PartOf<&CivilTime::day_of_week>);
  add("getDayOfYear", PartOf<&CivilTime::day_of_year>);
  add_for_both("getHours", HoursAndSmaller<&CivilTime::hour, 3'600>);
  add_for_both("getMinutes", HoursAndSmaller<&CivilTime::minute, 60>);
  add_for_both("getSeconds", HoursAndSmaller<&CivilTime::second, 1>);
  add_for_both("getMilliseconds", Milliseconds);
}

}  // namespace gatewright::cel
