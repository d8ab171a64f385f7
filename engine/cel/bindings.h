// engine/cel/bindings.h: the values of an evaluation's variables, and what it leaves behind.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/result.h"
#include "engine/cel/limits.h"
#include "engine/cel/value.h"

namespace gatewright::cel {

class Bindings {
 public:
  Bindings& Set(std::string name, Value value) {
    values_.insert_or_assign(std::move(name), std::move(value));
    return *this;
  }
  // Null when it has no value.
  const Value* Find(std::string_view name) const {
    const auto found = values_.find(name);
    return found == values_.end() ? nullptr : &found->second;
  }

 private:
  std::map<std::string, Value, std::less<>> values_;
};

struct RunOptions {
  std::uint64_t cost_limit = kDefaultCostLimit;
  bool has_trace = false;
};

// The value of one part of the expression: a path of fields, a call or an operator.
struct TraceEntry {
  std::string expression;
  std::string value;  // "error: …" when it had none
};

struct Evaluation {
  Result<Value> value;
  std::uint64_t cost = 0;
  std::vector<TraceEntry> trace;  // inner parts before outer ones, at most kMaxTraceEntries
  bool is_trace_cut = false;      // there was more
};

}  // namespace gatewright::cel
