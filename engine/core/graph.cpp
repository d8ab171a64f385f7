#include "engine/core/graph.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/core/transitions.h"

namespace gatewright::core {
namespace {

std::string Describe(const Rule& rule) {
  if (rule.kind == RuleKind::kLeaf) return fmt::format("{} × {}", rule.need, rule.id.value);
  std::vector<std::string> parts;
  for (const Rule& child : rule.children) parts.push_back(Describe(child));
  if (parts.size() == 1) return parts.front();
  switch (rule.kind) {
    case RuleKind::kAny:
      return fmt::format("({})", fmt::join(parts, " or "));
    case RuleKind::kNOf:
      return fmt::format("({} of {})", rule.need, fmt::join(parts, ", "));
    default:
      return fmt::format("({})", fmt::join(parts, " and "));
  }
}

void AddGate(const StageSpec& stage, const std::string& from, const std::string& to,
             std::vector<GraphEdge>& edges) {
  const std::string applies = stage.when_schema_json.empty() ? "" : " (when it applies)";
  if (!stage.gate) {
    edges.push_back({from, to, stage.name.value + applies});
    return;
  }
  edges.push_back(
      {from, to, fmt::format("{}{}: {}", stage.name.value, applies, Describe(stage.gate->rules))});
  if (stage.gate->reject.kind != RejectKind::kBlock) edges.push_back({from, "rejected", "reject"});
  edges.push_back({from, "cancelled", "cancel"});
  if (!stage.gate->deadline) return;
  const bool is_reject = stage.gate->deadline->on_timeout == OnTimeout::kReject;
  edges.push_back({from, is_reject ? "rejected" : "expired",
                   "after " + FormatDuration(stage.gate->deadline->after)});
}

// Names that both languages accept; quotes would end a label early.
std::string Quoted(std::string text) {
  std::ranges::replace(text, '"', '\'');
  return text;
}

std::string Identifier(std::string_view state) {
  std::string id = "s_";
  for (const char c : state) {
    const bool is_plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    id += is_plain ? std::string(1, c) : fmt::format("_{:02x}", static_cast<unsigned char>(c));
  }
  return id;
}

std::vector<std::string> StatesOf(const std::vector<GraphEdge>& edges) {
  std::vector<std::string> states;
  const auto add = [&](const std::string& state) {
    if (std::ranges::find(states, state) == states.end()) states.push_back(state);
  };
  for (const GraphEdge& edge : edges) {
    add(edge.from);
    add(edge.to);
  }
  return states;
}

bool IsEnd(const std::string& state, const std::vector<GraphEdge>& edges) {
  return std::ranges::none_of(
      edges, [&](const GraphEdge& edge) { return edge.from == state && edge.to != state; });
}

}  // namespace

std::vector<GraphEdge> EdgesOf(const Workflow& workflow) {
  std::vector<GraphEdge> edges;
  // What a run's state may be when it comes to the stage: a skipped stage leaves it as it was.
  std::vector<std::string> states = {workflow.initial_state};
  for (const StageSpec& stage : workflow.stages) {
    const std::string acting = fmt::format("executing {}", stage.name.value);
    for (const std::string& state : states) {
      AddGate(stage, state, stage.action ? acting : stage.done_state, edges);
    }
    if (stage.action) {
      edges.push_back({acting, stage.done_state, stage.action->use.plugin + " succeeded"});
      edges.push_back({acting, "failed", "failed for good"});
      edges.push_back({acting, "cancelled", "cancel"});
    }
    if (stage.when_schema_json.empty()) states.clear();
    states.push_back(stage.done_state);
  }
  return edges;
}

std::vector<GraphEdge> LifecycleEdges() {
  std::vector<GraphEdge> edges;
  for (const Transition& row : kTransitions) {
    const std::string label = row.when.empty()
                                  ? std::string(ToString(row.command))
                                  : fmt::format("{}: {}", ToString(row.command), row.when);
    edges.push_back({row.from ? std::string(ToString(*row.from)) : "new",
                     row.to ? std::string(ToString(*row.to)) : "as before its rollback", label});
  }
  return edges;
}

std::string DrawMermaid(const std::vector<GraphEdge>& edges) {
  std::string out = "stateDiagram-v2\n";
  for (const std::string& state : StatesOf(edges)) {
    out += fmt::format("  state \"{}\" as {}\n", Quoted(state), Identifier(state));
  }
  if (!edges.empty()) out += fmt::format("  [*] --> {}\n", Identifier(edges.front().from));
  for (const GraphEdge& edge : edges) {
    std::string label = Quoted(edge.label);
    std::ranges::replace(label, ':', ',');  // a second colon ends a Mermaid label
    out += fmt::format("  {} --> {}: {}\n", Identifier(edge.from), Identifier(edge.to), label);
  }
  for (const std::string& state : StatesOf(edges)) {
    if (IsEnd(state, edges)) out += fmt::format("  {} --> [*]\n", Identifier(state));
  }
  return out;
}

std::string DrawDot(const std::vector<GraphEdge>& edges, const std::string& title) {
  std::string out = fmt::format("digraph \"{}\" {{\n  rankdir=LR;\n", Quoted(title));
  for (const std::string& state : StatesOf(edges)) {
    out += fmt::format("  \"{}\" [shape={}];\n", Quoted(state),
                       IsEnd(state, edges) ? "doublecircle" : "box");
  }
  for (const GraphEdge& edge : edges) {
    out += fmt::format("  \"{}\" -> \"{}\" [label=\"{}\"];\n", Quoted(edge.from), Quoted(edge.to),
                       Quoted(edge.label));
  }
  return out + "}\n";
}

}  // namespace gatewright::core
