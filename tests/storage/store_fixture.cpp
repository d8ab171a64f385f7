// tests/storage/store_fixture.cpp: backends, folders and the smallest believable run.
#include "tests/storage/store_fixture.h"

#include <fmt/format.h>
#include <stdlib.h>

#include "engine/codec/entry_hash.h"
#include "engine/core/site.h"
#include "engine/storage/sqlite_store.h"

namespace gatewright::storage {
namespace {

Result<std::unique_ptr<ports::Store>> OpenSqliteIn(const TempFolder& folder, StoreOptions options) {
  options.path = folder.Path("gatewright.db");
  return OpenSqlite(std::move(options));
}

}  // namespace

TempFolder::TempFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "gatewright-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot create " + name);
  path_ = name;
}

TempFolder::~TempFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

const std::vector<Backend>& Backends() {
  static const std::vector<Backend> all = {{"sqlite", OpenSqliteIn}};
  return all;
}

StoreTest::StoreTest() { Restart(); }

void StoreTest::Restart(StoreOptions options) {
  store_.reset();
  auto opened = GetParam().open(folder_, std::move(options));
  if (!opened) throw std::runtime_error(opened.error().message);
  store_ = std::move(opened).value();
}

TestRun::TestRun(std::int64_t id, std::string name) {
  row.id = RunId{id};
  row.name = std::move(name);
  row.workflow = "deployment";
  row.workflow_version = "c0ffee";
  row.requester = "alice";
  row.state = "requested";
  row.stage = "QA";
  row.created_at = At(id);
}

ports::Change TestRun::Next(const std::string& events_json) {
  ports::Entry entry;
  entry.run = row.id;
  entry.sequence = Sequence{row.version.value + 1};
  entry.at = At(1'000 + row.id.value + entry.sequence.value);
  entry.actor = "bob";
  entry.events_json = events_json;
  entry.hash = codec::EntryHash(row.head_hash, entry.run, entry.sequence, entry.at, entry.actor,
                                entry.events_json);
  row.version = entry.sequence;
  row.updated_at = entry.at;
  row.head_hash = entry.hash;

  ports::Change change;
  change.entry = entry;
  change.row = row;
  return change;
}

ports::Change NewRun(std::int64_t id) { return TestRun(id).Next(R"([{"type":"RunCreated"}])"); }

ports::Change TestSite::Next(const std::string& events_json) {
  ports::Entry entry;
  entry.run = core::kSite;
  entry.sequence = Sequence{version.value + 1};
  entry.at = At(5'000 + entry.sequence.value);
  entry.actor = "carol";
  entry.events_json = events_json;
  entry.hash = codec::EntryHash(head_hash, entry.run, entry.sequence, entry.at, entry.actor,
                                entry.events_json);
  version = entry.sequence;
  head_hash = entry.hash;

  ports::Change change;
  change.entry = std::move(entry);
  return change;
}

Time At(std::int64_t seconds) { return FromMicros((1'700'000'000 + seconds) * 1'000'000); }

}  // namespace gatewright::storage
