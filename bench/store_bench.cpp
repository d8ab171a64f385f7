// bench/store_bench.cpp: what the store costs over the machine under it. Measures, in turns, so
// that a noisy machine is noisy for all:
//   disk   4 KiB overwrite + fdatasync
//   raw    the same statements on the same schema through SQLite's C interface
//   store  Store::Commit
// and prints rates and ratios. Usage: gw_store_bench [folder] [seconds per measurement] [batch]
#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include "engine/codec/entry_hash.h"
#include "engine/storage/check.h"
#include "engine/storage/sqlite_store.h"

namespace {

using namespace gatewright;
using Clock = std::chrono::steady_clock;

constexpr int kRuns = 10'000;
constexpr int kRounds = 5;

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

[[noreturn]] void Fail(const std::string& message) {
  fmt::print(stderr, "{}\n", message);
  std::exit(1);
}

// Votes on random hot runs: 300 bytes of events each, every second one changes the run's state.
class Load {
 public:
  Load() : rows_(kRuns) {
    for (int i = 0; i < kRuns; ++i) {
      auto& row = rows_[static_cast<std::size_t>(i)];
      row.id = RunId{i + 1};
      row.name = fmt::format("shop 1.{} to production", i);
      row.workflow = "deployment";
      row.workflow_version = std::string(64, 'a');
      row.requester = "alice@example.com";
      row.state = "requested";
      row.stage = "QA";
      row.created_at = FromMicros(1'700'000'000'000'000 + i);
    }
  }

  std::vector<ports::Change> Creations() {
    std::vector<ports::Change> changes;
    for (auto& row : rows_) changes.push_back(Next(row));
    return changes;
  }

  std::vector<ports::Change> Batch(int size) {
    std::vector<ports::Change> changes;
    for (int i = 0; i < size; ++i) {
      auto& row = rows_[random_() % rows_.size()];
      if (random_() % 2 == 0) row.state = row.state == "requested" ? "approved_by_QA" : "requested";
      changes.push_back(Next(row));
    }
    return changes;
  }

 private:
  static ports::Change Next(ports::RunRow& row) {
    ports::Change change;
    ports::Entry entry;
    entry.run = row.id;
    entry.sequence = Sequence{row.version.value + 1};
    entry.at = FromMicros(1'700'000'000'000'000 + entry.sequence.value * 1'000'000);
    entry.actor = "bob@example.com";
    entry.events_json =
        R"([{"type":"VoteCast","stage":"QA","epoch":1,"voter":"bob@example.com","kind":"person",)"
        R"("choice":"approve","rules":["qa"],"comment":"looks good, amount and target checked )" +
        std::string(120, 'x') + R"("}])";
    entry.hash = codec::EntryHash(row.head_hash, entry.run, entry.sequence, entry.at, entry.actor,
                                  entry.events_json);
    row.version = entry.sequence;
    row.updated_at = entry.at;
    row.head_hash = entry.hash;
    change.entry = std::move(entry);
    change.row = row;
    return change;
  }

  std::vector<ports::RunRow> rows_;
  std::mt19937 random_{1};
};

double DiskRate(const std::string& path, double seconds) {
  const int file = open(path.c_str(), O_RDWR | O_CREAT, 0644);
  const std::string page(4096, 'x');
  if (file < 0 || pwrite(file, page.data(), page.size(), 0) != 4096) Fail("cannot write " + path);
  fsync(file);
  const auto start = Clock::now();
  int count = 0;
  for (; SecondsSince(start) < seconds; ++count) {
    if (pwrite(file, page.data(), page.size(), 0) != 4096 || fdatasync(file) != 0) Fail("disk");
  }
  close(file);
  return count / SecondsSince(start);
}

class RawStore {
 public:
  explicit RawStore(const std::string& path) {
    sqlite3_open(path.c_str(), &connection_);
    for (const char* pragma : {"PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL",
                               "PRAGMA wal_autocheckpoint=16000", "PRAGMA cache_size=-65536"}) {
      sqlite3_exec(connection_, pragma, nullptr, nullptr, nullptr);
    }
    find_ = Prepare("SELECT version, head, status, state FROM runs WHERE id = ?");
    entry_ = Prepare("INSERT INTO events VALUES(?, ?, ?, ?, ?, ?, ?, ?)");
    create_ = Prepare("INSERT INTO runs VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    const std::string set =
        "UPDATE runs SET version = ?, name = ?, workflow = ?, workflow_version = ?, requester = ?, "
        "stage = ?, created_at = ?, updated_at = ?, head = ?, head_hash = ?";
    advance_ = Prepare(set + " WHERE id = ? AND version = ?");
    move_ = Prepare(set + ", state = ?, status = ? WHERE id = ? AND version = ?");
    begin_ = Prepare("BEGIN IMMEDIATE");
    commit_ = Prepare("COMMIT");
  }
  ~RawStore() {
    for (auto* statement : {find_, entry_, create_, advance_, move_, begin_, commit_}) {
      sqlite3_finalize(statement);
    }
    sqlite3_close(connection_);
  }

  void Commit(const std::vector<ports::Change>& changes) {
    Step(begin_);
    for (const auto& change : changes) Write(change);
    Step(commit_);
  }

 private:
  sqlite3_stmt* Prepare(const std::string& sql) {
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v2(connection_, sql.c_str(), -1, &statement, nullptr) != SQLITE_OK) {
      Fail(sqlite3_errmsg(connection_));
    }
    return statement;
  }

  void Step(sqlite3_stmt* statement) {
    const int code = sqlite3_step(statement);
    if (code != SQLITE_DONE && code != SQLITE_ROW) Fail(sqlite3_errmsg(connection_));
    sqlite3_reset(statement);
  }

  template <class... Values>
  void Run(sqlite3_stmt* statement, const Values&... values) {
    int index = 0;
    (Bind(statement, ++index, values), ...);
    Step(statement);
  }
  static void Bind(sqlite3_stmt* statement, int index, std::int64_t value) {
    sqlite3_bind_int64(statement, index, value);
  }
  static void Bind(sqlite3_stmt* statement, int index, const std::string& value) {
    sqlite3_bind_text(statement, index, value.data(), static_cast<int>(value.size()),
                      SQLITE_STATIC);
  }

  void Write(const ports::Change& change) {
    const ports::Entry& e = *change.entry;
    const ports::RunRow& r = change.row;
    std::int64_t version = 0;
    std::int64_t head = 0;
    std::int64_t status = 0;
    std::string state;
    sqlite3_bind_int64(find_, 1, r.id.value);
    if (sqlite3_step(find_) == SQLITE_ROW) {
      version = sqlite3_column_int64(find_, 0);
      head = sqlite3_column_int64(find_, 1);
      status = sqlite3_column_int64(find_, 2);
      state = reinterpret_cast<const char*>(sqlite3_column_text(find_, 3));
    }
    sqlite3_reset(find_);
    const std::int64_t new_status = static_cast<int>(r.status);
    Run(entry_, ++position_, e.run.value, e.sequence.value, ToMicros(e.at), e.actor, e.events_json,
        head, e.hash);
    if (version == 0) {
      Run(create_, r.id.value, r.version.value, r.name, r.workflow, r.workflow_version, r.requester,
          r.state, new_status, r.stage, ToMicros(r.created_at), ToMicros(r.updated_at), position_,
          e.hash);
    } else if (status == new_status && state == r.state) {
      Run(advance_, r.version.value, r.name, r.workflow, r.workflow_version, r.requester, r.stage,
          ToMicros(r.created_at), ToMicros(r.updated_at), position_, e.hash, r.id.value, version);
    } else {
      Run(move_, r.version.value, r.name, r.workflow, r.workflow_version, r.requester, r.stage,
          ToMicros(r.created_at), ToMicros(r.updated_at), position_, e.hash, r.state, new_status,
          r.id.value, version);
    }
  }

  sqlite3* connection_ = nullptr;
  sqlite3_stmt *find_, *entry_, *create_, *advance_, *move_, *begin_, *commit_;
  std::int64_t position_ = 0;
};

// Changes per second, counting only the time inside `commit`.
template <class Commit>
double Rate(Load& load, int batch, double seconds, std::vector<double>& latencies, Commit commit) {
  double spent = 0;
  int count = 0;
  while (spent < seconds) {
    const auto changes = load.Batch(batch);
    const auto start = Clock::now();
    commit(changes);
    const double took = SecondsSince(start);
    latencies.push_back(took * 1e3);
    spent += took;
    count += batch;
  }
  return count / spent;
}

double Percentile(std::vector<double> values, double part) {
  std::sort(values.begin(), values.end());
  return values[std::min(values.size() - 1, static_cast<std::size_t>(part * values.size()))];
}

storage::StoreOptions At(const std::string& path) {
  storage::StoreOptions options;
  options.path = path;
  return options;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string folder = argc > 1 ? argv[1] : "bench-data";
  const double seconds = argc > 2 ? std::atof(argv[2]) : 1.0;
  const int batch = argc > 3 ? std::atoi(argv[3]) : 64;
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  const std::string store_path = folder + "/store.db";
  const std::string raw_path = folder + "/raw.db";

  if (!storage::OpenSqlite(At(raw_path))) Fail("cannot create " + raw_path);
  RawStore raw(raw_path);
  auto store = storage::OpenSqlite(At(store_path));
  if (!store) Fail(store.error().message);
  Load raw_load;
  Load store_load;
  raw.Commit(raw_load.Creations());
  if (!(*store)->Commit(store_load.Creations())) Fail("cannot create runs");

  std::vector<double> disk_rates, raw_rates, store_rates, raw_ms, store_ms, list_ms;
  for (int round = 0; round < kRounds; ++round) {
    disk_rates.push_back(DiskRate(folder + "/disk", seconds / 2));
    raw_rates.push_back(
        Rate(raw_load, batch, seconds, raw_ms, [&](const auto& changes) { raw.Commit(changes); }));
    store_rates.push_back(Rate(store_load, batch, seconds, store_ms, [&](const auto& changes) {
      if (auto done = (*store)->Commit(changes); !done) Fail(done.error().message);
    }));
    for (int i = 0; i < 500; ++i) {
      ports::RunQuery query;
      query.state = "requested";
      query.before = RunId{kRuns - i};
      const auto start = Clock::now();
      if (!(*store)->ListRuns(query)) Fail("cannot list");
      list_ms.push_back(SecondsSince(start) * 1e3);
    }
  }

  const double disk = Percentile(disk_rates, 0.5);
  const double raw_rate = Percentile(raw_rates, 0.5);
  const double store_rate = Percentile(store_rates, 0.5);
  fmt::print("batch {}; medians of {} rounds\n", batch, kRounds);
  fmt::print("disk   {:>9.0f} fdatasync/s\n", disk);
  fmt::print("raw    {:>9.0f} changes/s, commit p50 {:.2f} ms, p99 {:.2f} ms\n", raw_rate,
             Percentile(raw_ms, 0.5), Percentile(raw_ms, 0.99));
  fmt::print("store  {:>9.0f} changes/s, commit p50 {:.2f} ms, p99 {:.2f} ms\n", store_rate,
             Percentile(store_ms, 0.5), Percentile(store_ms, 0.99));
  fmt::print("store / raw   {:.2f}\nstore / disk  {:.2f}\n", store_rate / raw_rate,
             store_rate / disk);
  fmt::print("list page     p50 {:.3f} ms, p99 {:.3f} ms\n", Percentile(list_ms, 0.5),
             Percentile(list_ms, 0.99));

  const auto start = Clock::now();
  const auto report = storage::CheckDatabase(store_path, nullptr);
  const double took = SecondsSince(start);
  if (!report || !report->is_good()) Fail("db check: the store is damaged");
  fmt::print("db check      {:.0f} entries/s ({} entries in {:.2f} s)\n", report->entries / took,
             report->entries, took);
}
