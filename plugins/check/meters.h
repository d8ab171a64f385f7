// plugins/check/meters.h: what a process holds: memory, descriptors, threads; and what is set for
// it as a whole. One thread. Open it before the sandbox, which hides /proc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace gatewright::check {

struct Usage {
  std::size_t heap_bytes = 0;    // handed out by malloc
  std::size_t mapped_bytes = 0;  // of address space
  int descriptors = 0;
  int threads = 0;
};

class Meters {
 public:
  Meters();
  ~Meters();
  Meters(const Meters&) = delete;
  Meters& operator=(const Meters&) = delete;

  Usage Read() const;
  // The same, once threads that are ending have had a moment for it.
  Usage ReadSettled(int threads_wanted) const;

 private:
  int statm_;
  int descriptors_;
  int tasks_;
};

// What a library may change behind everybody's back: how signals are handled, the working
// directory, the mask of new files, the environment, the locale. Two texts are compared.
std::string ProcessWideState();

}  // namespace gatewright::check
