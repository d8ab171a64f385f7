// engine/cel/trace.h: keeps what the parts of an expression came to, for people who ask later why
// it was decided so. One evaluation's own.
#pragma once

#include <vector>

#include "engine/base/result.h"
#include "engine/cel/bindings.h"
#include "engine/cel/node.h"
#include "engine/cel/source.h"

namespace gatewright::cel {

class Trace {
 public:
  Trace(const Source& source, bool is_on) : source_(source), is_on_(is_on) {}

  void Add(const Node& node, const Result<Value>& value);
  std::vector<TraceEntry> Take() { return std::move(entries_); }
  bool is_cut() const { return is_cut_; }

 private:
  const Source& source_;
  bool is_on_;
  bool is_cut_ = false;
  std::vector<TraceEntry> entries_;
};

}  // namespace gatewright::cel
