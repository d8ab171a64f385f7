// tests/storage/power_loss_writer.cpp: commits to a database until it is killed, and writes each
// acknowledged head to standard output only after Commit returned. Run by power_loss_test.
#include <unistd.h>

#include <cstdlib>
#include <random>

#include "engine/storage/sqlite_store.h"
#include "tests/storage/store_fixture.h"

int main(int argc, char** argv) {
  using namespace gatewright;
  using namespace gatewright::storage;
  if (argc != 3) return 2;
  StoreOptions options;
  options.path = argv[1];
  options.checkpoint_pages = 60;  // often enough that cuts fall into checkpoints
  options.max_log_pages = 400;
  auto store = OpenSqlite(options);
  if (!store) return 3;

  std::mt19937 random(static_cast<unsigned>(std::atoi(argv[2])));
  std::vector<TestRun> runs;
  for (auto id = (*store)->LastRunId()->value; runs.size() < 20;) runs.emplace_back(++id);
  const std::string events = "[\"" + std::string(300, 'e') + "\"]";
  for (;;) {
    std::vector<ports::Change> batch;
    for (auto left = 1 + random() % 20; left > 0; --left) {
      batch.push_back(runs[random() % runs.size()].Next(events));
    }
    auto first = (*store)->Commit(batch);
    if (!first) return 4;
    const std::int64_t head = first->value + static_cast<std::int64_t>(batch.size()) - 1;
    if (write(STDOUT_FILENO, &head, sizeof head) != sizeof head) return 5;
  }
}
