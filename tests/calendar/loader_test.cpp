// Calendar files: what a good one becomes, and every mistake of a bad one with its place.
#include "engine/definition/calendar_loader.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "engine/calendar/compiled_calendar.h"
#include "engine/codec/json_schema.h"
#include "engine/definition/yaml_json.h"

namespace gatewright::definition {
namespace {

namespace fs = std::filesystem;

class CalendarFiles : public testing::Test {
 protected:
  CalendarFiles() {
    std::string name = fs::temp_directory_path() / "gatewright-calendars-XXXXXX";
    folder_ = mkdtemp(name.data());
  }
  ~CalendarFiles() override { fs::remove_all(folder_); }

  void Write(const std::string& name, std::string_view text) {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name, std::ios::binary) << text;
  }

  CalendarLoadResult Load(std::string_view text) {
    return LoadCalendarText(text, "c.yaml", folder_.string());
  }

  // One a line, with its code in front, and without the folder's name.
  std::string Mistakes(const CalendarLoadResult& result) {
    std::string all;
    for (const auto& diagnostic : result.diagnostics) {
      all += fmt::format("{}{} {}", all.empty() ? "" : "\n", diagnostic.code, Format(diagnostic));
    }
    const std::string name = folder_.string() + "/";
    for (std::size_t at = 0; (at = all.find(name)) != all.npos;) all.erase(at, name.size());
    return all;
  }
  std::string Mistakes(std::string_view text) { return Mistakes(Load(text)); }

  fs::path folder_;
};

constexpr char kHolidays[] =
    "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Epiphany\nDTSTART;VALUE=DATE:20260106\n"
    "RRULE:FREQ=YEARLY\nEND:VEVENT\nEND:VCALENDAR\n";

constexpr char kHead[] = "apiVersion: gatewright/v1\nkind: Calendar\nmetadata: {name: c}\nspec:\n";

TEST_F(CalendarFiles, BecomeCalendars) {
  Write("feeds/holidays.ics", kHolidays);
  const auto result = Load(R"(apiVersion: gatewright/v1
kind: Calendar
metadata: {name: business-hours, title: Business hours}
spec:
  timezone: Europe/Berlin
  overrun: true
  minRunway: 20m
  allow: [{name: weekdays, start: "2026-01-05T09:00", end: "2026-01-05T17:00", rrule: "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"}]
  deny: [{name: year-end freeze, start: "2026-12-20", end: "2027-01-07"}, {ics: feeds/holidays.ics}]
  holidays: [{date: 2026-12-25, name: Christmas}]
)");
  ASSERT_TRUE(result.ok()) << Mistakes(result);
  const LoadedCalendar& loaded = result.calendars.at(0);
  EXPECT_EQ(loaded.name, "business-hours");
  EXPECT_EQ(loaded.line, 3u);
  EXPECT_EQ(loaded.version.size(), 64u);
  const auto& spec = loaded.calendar->spec();
  EXPECT_EQ(spec.title, "Business hours");
  EXPECT_TRUE(spec.overrun);
  EXPECT_EQ(spec.min_runway, std::chrono::minutes{20});
  EXPECT_EQ(spec.deny.size(), 2u);
  EXPECT_EQ(loaded.calendar->At(*ParseTime("2027-01-06T12:00:00Z")).reason,
            "closed by 'year-end freeze' until 2027-01-07T00:00+01:00 Europe/Berlin, opens "
            "2027-01-07T09:00+01:00 Europe/Berlin");
  EXPECT_EQ(loaded.calendar->At(*ParseTime("2028-01-06T12:00:00Z")).reason,
            "closed by 'Epiphany' until 2028-01-07T00:00+01:00 Europe/Berlin, opens "
            "2028-01-07T09:00+01:00 Europe/Berlin");
}

TEST_F(CalendarFiles, DoNotPromiseToEndWhatRuns) {
  EXPECT_EQ(
      Mistakes(std::string(kHead) + "  timezone: UTC\n  overrun: false\n"),
      "not_supported_yet c.yaml:6:12: 'overrun: false' (to end what still runs when the calendar "
      "closes) is not supported yet; it is refused so that nothing is silently ignored");
}

TEST_F(CalendarFiles, HaveAnotherVersionWhenTheirIcsFileChanges) {
  Write("h.ics", kHolidays);
  const std::string text = std::string(kHead) + "  timezone: UTC\n  deny: [{ics: h.ics}]\n";
  const auto first = Load(text);
  Write("h.ics", std::string(kHolidays) + "\n");
  const auto second = Load(text);
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_NE(first.calendars[0].version, second.calendars[0].version);
}

TEST_F(CalendarFiles, TellAllTheirMistakesAtOnce) {
  Write("bad.ics", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:x\nEND:VEVENT\nEND:VCALENDAR\n");
  EXPECT_EQ(
      Mistakes(R"(apiVersion: gatewright/v2
kind: Calender
metadata: {name: Business Hours, titel: x}
spec:
  timezone: Europe/Berln
  alow: []
  overrun: no
  minRunway: 30d
  allow:
    - {name: weekdays, start: "2026-01-05T09:00", end: "2026-01-05T08:00", rrule: "FREQ=WEEKLY;BYDAY=XX"}
    - {nam: x, start: 5}
    - weekdays
    - {end: "2026-01-05"}
  deny:
    - {ics: bad.ics}
    - {ics: ../up.ics}
    - {ics: /etc/passwd}
    - {ics: missing.ics, name: x}
    - {ics: .}
    - {start: "2026-01-05", duration: 5h, exdates: ["2026-01-05", "2026-13-05"]}
  holidays: [{date: 25.12.2026, name: Christmas}, {name: nothing}]
)"),
      R"(bad_value c.yaml:1:13: 'apiVersion': the string 'gatewright/v2' is not allowed (allowed: gatewright/v1). Did you mean 'gatewright/v1'?
bad_value c.yaml:2:7: 'kind': the string 'Calender' is not allowed (allowed: Calendar). Did you mean 'Calendar'?
bad_value c.yaml:3:18: metadata: 'name': the name 'Business Hours' is not allowed (allowed: a small letter, then up to 62 small letters, digits or '-')
unknown_key c.yaml:3:34: metadata: unknown key 'titel' (known: name, title). Did you mean 'title'?
out_of_range c.yaml:5:13: 'timezone': 'Europe/Berln' is not a time zone (expected an IANA name such as Europe/Berlin or UTC). Did you mean 'Europe/Berlin'?
unknown_key c.yaml:6:3: unknown key 'alow' (known: timezone, allow, deny, holidays, overrun, minRunway). Did you mean 'allow'?
wrong_type c.yaml:7:12: 'overrun': expected true or false, found the string 'no' (only true and false are booleans in YAML 1.2)
out_of_range c.yaml:8:14: 'minRunway': 30d is not allowed (allowed: 0s to 1w)
out_of_range c.yaml:10:56: allow 'weekdays': 'end': expected an end after the start 2026-01-05T09:00, found '2026-01-05T08:00'
out_of_range c.yaml:10:83: allow 'weekdays': 'rrule': BYDAY: expected one of SU, MO, TU, WE, TH, FR, SA, with a number from 1 to 53 or from -53 to -1 in front where the nth is meant, found 'XX'
unknown_key c.yaml:11:8: allow, window 2: unknown key 'nam' (known: start, name, reason, timezone, end, duration, rrule, exdates, rdates). Did you mean 'name'?
wrong_type c.yaml:11:23: allow, window 2: 'start': expected a string, found 5 (quote it)
wrong_type c.yaml:12:7: allow, window 3: 'allow': expected a map, found the string 'weekdays'
missing_key c.yaml:13:7: allow, window 4: 'start' is missing
out_of_range c.yaml:16:13: deny, window 2: 'ics': expected a file in the folder of this one or below it, found '../up.ics'
out_of_range c.yaml:17:13: deny, window 3: 'ics': expected a file in the folder of this one or below it, found '/etc/passwd'
unreadable c.yaml:18:13: deny 'x': 'ics': the file 'missing.ics' cannot be read
unknown_key c.yaml:18:26: deny 'x': unknown key 'name' (known: ics).
unreadable c.yaml:19:13: deny, window 5: 'ics': the file '.' cannot be read (expected a regular file)
out_of_range c.yaml:20:39: deny, window 6: 'duration': expected whole days, such as 1d, because the start is a date, found '5h'
out_of_range c.yaml:20:67: deny, window 6: 'exdates': expected a date such as 2026-01-05, a local time such as 2026-01-05T09:00, or a moment such as 2026-01-05T09:00Z or 2026-01-05T09:00+01:00, from 1970 to 2199, found '2026-13-05'
out_of_range c.yaml:21:21: holidays: 'date': expected a date such as 2026-12-25, found '25.12.2026'
missing_key c.yaml:21:51: holidays: 'date' is missing)");
}

TEST_F(CalendarFiles, TellTheMistakesOfTheirIcsFiles) {
  Write("bad.ics",
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:x\nEND:VEVENT\nBEGIN:VEVENT\nEND:VEVENT\n"
        "END:VCALENDAR\n");
  EXPECT_EQ(Mistakes(std::string(kHead) + "  timezone: UTC\n  deny: [{ics: bad.ics}]\n"),
            "out_of_range c.yaml:6:16: deny, window 1: bad.ics:3: DTSTART: expected a time such as "
            "20260105T090000, 20260105T090000Z or, with VALUE=DATE, 20260105, from 1970 to 2199, "
            "found 'x'\n"
            "out_of_range c.yaml:6:16: deny, window 1: bad.ics:5: the event has no DTSTART");
}

TEST_F(CalendarFiles, ALinkOutOfTheFolderIsRefusedAndOneWithinItIsNot) {
  Write("..data/h.ics", kHolidays);
  fs::create_symlink("..data/h.ics", folder_ / "h.ics");
  const fs::path outside = folder_.string() + "-outside.ics";
  std::ofstream(outside) << kHolidays;
  fs::create_symlink(outside, folder_ / "out.ics");
  const std::string head = std::string(kHead) + "  timezone: UTC\n";
  EXPECT_EQ(Mistakes(head + "  deny: [{ics: h.ics}]\n"), "");
  EXPECT_EQ(
      Mistakes(head + "  deny: [{ics: out.ics}]\n"),
      "out_of_range c.yaml:6:16: deny, window 1: 'ics': expected a file in the folder of this "
      "one or below it, found 'out.ics'");
  fs::remove(outside);
}

TEST_F(CalendarFiles, WhatIsNoCalendarIsRefused) {
  EXPECT_EQ(Mistakes(""), "wrong_type c.yaml:1:1: the file is empty (expected a calendar)");
  EXPECT_EQ(Mistakes("[]"),
            "wrong_type c.yaml:1:1: expected a map with apiVersion, kind, metadata and spec, found "
            "an empty list");
  EXPECT_EQ(Mistakes(std::string(kHead) + "  allow: []\n"),
            "missing_key c.yaml:5:3: 'timezone' is missing");
}

TEST_F(CalendarFiles, OfOneNameContradictEachOther) {
  const std::string text = std::string(kHead) + "  timezone: UTC\n";
  Write("a.yaml", text);
  Write("b.yml", text);
  Write("good.yaml",
        "apiVersion: gatewright/v1\nkind: Calendar\nmetadata: {name: good}\nspec: "
        "{timezone: UTC}\n");
  Write(".hidden.yaml", "nonsense");
  const auto result = LoadCalendars(folder_.string());
  EXPECT_EQ(Mistakes(result),
            "duplicate b.yml:3:18: metadata: the calendar 'c' is defined twice (first in "
            "a.yaml:3)");
  ASSERT_EQ(result.calendars.size(), 1u);
  EXPECT_EQ(result.calendars[0].name, "good");
}

TEST_F(CalendarFiles, AFolderThatIsNotThereIsSaid) {
  EXPECT_EQ(LoadCalendars((folder_ / "no").string()).diagnostics.at(0).code, codes::kUnreadable);
}

// ---- what is shipped ----

std::string ReadAll(const fs::path& path) {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

TEST(ShippedCalendars, AreGoodToTheLoaderAndToTheEditorSchema) {
  const auto schema = codec::JsonSchema::Compile(ReadAll("config/schema/calendar.schema.json"));
  ASSERT_TRUE(schema) << schema.error().message;
  const auto result = LoadCalendars("config/calendars");
  ASSERT_TRUE(result.ok()) << Format(result.diagnostics.at(0));
  ASSERT_FALSE(result.calendars.empty());
  for (const LoadedCalendar& loaded : result.calendars) {
    EXPECT_EQ(fs::path(loaded.file).stem().string(), loaded.name);
    const auto yaml = ParseYaml(ReadAll(loaded.file));
    const auto problems = schema->Validate(ToJsonText(yaml.documents.at(0).root));
    EXPECT_TRUE(problems.empty()) << loaded.file << ": " << problems.front().message;
  }
}

// ---- docs/calendars.md ----

struct Question {
  std::string calendar;
  std::string at;
  std::string answer;
};

// The blocks fenced as yaml, and the rows of tables that begin with the name of a calendar and a
// time: "| `business-hours` | 2026-06-01T08:00Z | open … |".
std::vector<Question> ReadPage(std::vector<std::string>& documents) {
  std::vector<Question> questions;
  std::ifstream page("docs/calendars.md");
  bool is_inside = false;
  for (std::string line; std::getline(page, line);) {
    if (line == "```yaml") {
      is_inside = true;
      documents.emplace_back();
    } else if (line == "```") {
      is_inside = false;
    } else if (is_inside) {
      documents.back() += line + "\n";
    } else if (line.starts_with("| `") && line.find("Z` | ") != line.npos) {
      std::vector<std::string> cells;
      std::istringstream row(line.substr(2));
      for (std::string cell; std::getline(row, cell, '|');) {
        cell = cell.substr(cell.find_first_not_of(' '));
        cell.erase(cell.find_last_not_of(' ') + 1);
        cells.push_back(cell);
      }
      const auto unquote = [](const std::string& text) { return text.substr(1, text.size() - 2); };
      questions.push_back({unquote(cells.at(0)), unquote(cells.at(1)), cells.at(2)});
    }
  }
  return questions;
}

TEST(CalendarsPage, ItsExamplesLoadAndAnswerAsItSays) {
  std::vector<std::string> documents;
  const auto questions = ReadPage(documents);
  std::map<std::string, LoadedCalendar> calendars;
  for (const std::string& document : documents) {
    auto result = LoadCalendarText(document, "docs/calendars.md", "docs");
    ASSERT_TRUE(result.ok()) << Format(result.diagnostics.at(0)) << "\n" << document;
    for (LoadedCalendar& loaded : result.calendars) calendars.emplace(loaded.name, loaded);
  }
  EXPECT_GE(calendars.size(), 3u);
  EXPECT_GE(questions.size(), 10u);
  for (const Question& question : questions) {
    ASSERT_TRUE(calendars.contains(question.calendar)) << question.calendar;
    const auto at = ParseTime(question.at.substr(0, question.at.size() - 1) + ":00Z");
    ASSERT_TRUE(at) << question.at;
    EXPECT_EQ(calendars.at(question.calendar).calendar->At(*at).reason, question.answer)
        << question.at;
  }
}

}  // namespace
}  // namespace gatewright::definition
