#include "engine/codec/digest.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace gatewright::codec {
namespace {

TEST(Sha256Hex, KnowsTheTestVectorsOfFips180) {
  EXPECT_EQ(Sha256Hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(Sha256Hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Sha256Hex, PartsCountAsOneText) { EXPECT_EQ(Sha256Hex({"a", "", "bc"}), Sha256Hex("abc")); }

TEST(Sha256Hex, ManyThreadsDoNotDisturbEachOther) {
  std::vector<std::string> found(8);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < found.size(); ++i) {
    threads.emplace_back([&, i] {
      for (int n = 0; n < 1'000; ++n) found[i] = Sha256Hex("abc");
    });
  }
  for (auto& thread : threads) thread.join();
  for (const auto& digest : found) EXPECT_EQ(digest, Sha256Hex("abc"));
}

}  // namespace
}  // namespace gatewright::codec
