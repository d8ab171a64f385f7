// engine/core/graph.h: a workflow as a picture: the states of its runs and what leads from one to
// the next; and the life of any run, drawn from the transition table itself.
#pragma once

#include <string>

#include "engine/core/workflow.h"

namespace gatewright::core {

struct GraphEdge {
  std::string from;
  std::string to;
  std::string label;

  bool operator==(const GraphEdge&) const = default;
};

// From the initial state to every end, in the order of the stages.
std::vector<GraphEdge> EdgesOf(const Workflow& workflow);
// From the transition table; "new" is a run that does not exist yet.
std::vector<GraphEdge> LifecycleEdges();

std::string DrawMermaid(const std::vector<GraphEdge>& edges);
std::string DrawDot(const std::vector<GraphEdge>& edges, const std::string& title);

}  // namespace gatewright::core
