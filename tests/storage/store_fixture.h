// tests/storage/store_fixture.h: one suite for every database. A test says what a store promises;
// a Backend knows how to make one. INSTANTIATE_STORE_SUITE(fixture) runs it on all of them.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "engine/ports/store.h"
#include "engine/storage/store_options.h"

namespace gatewright::storage {

// An empty folder, removed with everything in it.
class TempFolder {
 public:
  TempFolder();
  ~TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  std::string Path(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

struct Backend {
  const char* name;
  // Opens the database of this folder; the same one again the next time.
  Result<std::unique_ptr<ports::Store>> (*open)(const TempFolder& folder, StoreOptions options);
};

const std::vector<Backend>& Backends();

class StoreTest : public testing::TestWithParam<Backend> {
 protected:
  StoreTest();

  ports::Store& store() { return *store_; }
  // Closes and opens it again, as a restart does.
  void Restart(StoreOptions options = {});

 private:
  TempFolder folder_;
  std::unique_ptr<ports::Store> store_;
};

#define INSTANTIATE_STORE_SUITE(fixture)                                  \
  INSTANTIATE_TEST_SUITE_P(Every, fixture, testing::ValuesIn(Backends()), \
                           [](const auto& of) { return std::string(of.param.name); })

// The value of a Result, or a failed test with the error's message.
template <class T>
T Get(Result<T> result) {
  if (result) return std::move(result).value();
  ADD_FAILURE() << result.error().message;
  return T{};
}

// A run that goes through its life one entry at a time, with a good hash chain.
class TestRun {
 public:
  explicit TestRun(std::int64_t id, std::string name = "release 1");

  // The next entry, and the row after it.
  ports::Change Next(const std::string& events_json = R"([{"type":"VoteCast"}])");

  ports::RunRow row;  // set state, status, … before Next()
};

// The run's first entry: with `state` "requested" and status kWaiting.
ports::Change NewRun(std::int64_t id);

// The installation's own log, one entry at a time, with a good hash chain.
class TestSite {
 public:
  ports::Change Next(const std::string& events_json = R"([{"type":"StopSet"}])");

  Sequence version;
  std::string head_hash;
};

Time At(std::int64_t seconds);

}  // namespace gatewright::storage
