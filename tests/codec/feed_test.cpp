// tests/codec/feed_test.cpp: the log as callers see it, of runs and of the installation itself.
#include <gtest/gtest.h>

#include "engine/codec/events.h"
#include "engine/codec/site_events.h"
#include "engine/codec/views.h"

namespace gatewright::codec {
namespace {

ports::Entry EntryOf(RunId run, std::string events_json) {
  ports::Entry entry;
  entry.position = Position{7};
  entry.run = run;
  entry.sequence = Sequence{2};
  entry.at = FromMicros(0);
  entry.actor = "carol";
  entry.events_json = std::move(events_json);
  return entry;
}

ports::Entry StopAndDelegation() {
  core::StopSet stop;
  stop.stop.id = 1;
  stop.stop.reason = R"(a "reason", with ] and })";
  return EntryOf(core::kSite, SiteEventsToJson({stop, core::DelegationRevoked{2, "back"}}));
}

TEST(Feed, TellsWhatHappenedToTheInstallation) {
  std::string out;
  AppendFeedEntry(out, StopAndDelegation());
  EXPECT_EQ(out, R"({"position":7,"run_id":0,"sequence":2,"at":"1970-01-01T00:00:00.000Z",)"
                 R"("actor":"carol","events":[{"type":"StopSet","id":1,)"
                 R"("reason":"a \"reason\", with ] and }","since":"1970-01-01T00:00:00.000Z"},)"
                 R"({"type":"DelegationRevoked","id":2,"reason":"back"}]})");
}

TEST(Feed, HistoryHasOneLinePerEvent) {
  std::string out;
  AppendHistory(out, StopAndDelegation());
  EXPECT_NE(out.find(R"("index":0,"event":{"type":"StopSet")"), out.npos) << out;
  EXPECT_NE(out.find(R"("index":1,"event":{"type":"DelegationRevoked")"), out.npos) << out;
}

TEST(Feed, TopicIsThatOfTheFirstEventThatHasOne) {
  const std::pair<ports::Entry, std::string_view> kTable[] = {
      {StopAndDelegation(), "stop.set"},
      {EntryOf(core::kSite, "[]"), "site"},
      {EntryOf(RunId{1}, "[]"), "run"},
      {EntryOf(RunId{1}, EventsToJson({core::EligibleListed{}})), "run"},
      {EntryOf(RunId{1}, EventsToJson({core::EligibleListed{}, core::GateClaimed{}})),
       "gate.claimed"},
      {EntryOf(RunId{1}, EventsToJson({core::SubjectChanged{}, core::GateOpened{}})),
       "subject.changed"},
  };
  for (const auto& [entry, topic] : kTable) EXPECT_EQ(TopicOf(entry), topic) << entry.events_json;
}

}  // namespace
}  // namespace gatewright::codec
