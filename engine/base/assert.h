// engine/base/assert.h: our own mistakes. On in release too: the process stops and recovers from
// the log, because going on with a broken invariant could approve something.
#pragma once

#include <cstdio>
#include <cstdlib>

#define GW_ASSERT(condition)                                                                 \
  do {                                                                                       \
    if (!(condition)) {                                                                      \
      std::fprintf(stderr, "%s:%d: broken invariant: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                          \
    }                                                                                        \
  } while (false)
