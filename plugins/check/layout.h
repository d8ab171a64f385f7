// plugins/check/layout.h: the structs of one call, as long as an older or a newer host would make
// them. What an older host does not know lies behind a page that nobody may read.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

#include "plugins/sdk/gatewright/plugin.h"

namespace gatewright::check {

enum class Lengths {
  kOurs = 1,
  kAsDeclared,  // of the oldest host that takes the plugin: the minor it says it was built for
  kLonger,      // of a newer host: more members, which are not zero
};

// How long each struct was when the minor came out. None has grown since 1.0; one that does says so
// here: if constexpr (std::is_same_v<Struct, gw_context>) if (minor < 1) return offsetof(…).
template <class Struct>
std::size_t LengthIn([[maybe_unused]] std::uint32_t minor) {
  return sizeof(Struct);
}

class GuardedPages {
 public:
  GuardedPages() = default;
  ~GuardedPages() {
    for (void* const pages : mapped_) munmap(pages, 2 * PageSize());
  }
  GuardedPages(const GuardedPages&) = delete;
  GuardedPages& operator=(const GuardedPages&) = delete;

  // A copy whose last byte is the last one before the wall.
  void* Copy(const void* from, std::size_t size) {
    void* const pages =
        mmap(nullptr, 2 * PageSize(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED) return nullptr;
    mapped_.push_back(pages);
    char* const wall = static_cast<char*>(pages) + PageSize();
    mprotect(wall, PageSize(), PROT_NONE);
    std::memcpy(wall - size, from, size);
    return wall - size;
  }

 private:
  static std::size_t PageSize() { return static_cast<std::size_t>(sysconf(_SC_PAGESIZE)); }
  std::vector<void*> mapped_;
};

// Lays the structs of one call out. What it returns lives as long as it does.
class Layout {
 public:
  Layout(Lengths lengths, std::uint32_t minor) : lengths_(lengths), minor_(minor) {}

  template <class Struct>
  const Struct* Lay(const Struct& ours) {
    if (lengths_ == Lengths::kOurs) return &ours;
    if (lengths_ == Lengths::kAsDeclared) {
      Struct shorter = ours;
      const std::size_t size = LengthIn<Struct>(minor_);
      shorter.struct_size = static_cast<std::uint32_t>(size);
      const void* const laid = pages_.Copy(&shorter, size);
      return laid != nullptr ? static_cast<const Struct*>(laid) : &ours;
    }
    constexpr std::size_t kMore = 128;
    constexpr unsigned char kNotZero = 0xA5;
    auto& bytes = longer_.emplace_back(new unsigned char[sizeof(Struct) + kMore]);
    std::memset(bytes.get(), kNotZero, sizeof(Struct) + kMore);
    std::memcpy(bytes.get(), &ours, sizeof(Struct));
    auto* const laid = reinterpret_cast<Struct*>(bytes.get());
    laid->struct_size = sizeof(Struct) + kMore;
    return laid;
  }

 private:
  Lengths lengths_;
  std::uint32_t minor_;
  GuardedPages pages_;
  std::vector<std::unique_ptr<unsigned char[]>> longer_;
};

}  // namespace gatewright::check
