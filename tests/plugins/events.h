// What notifiers are told, as the engine writes it, for tests.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <string>

namespace gatewright::testing {

inline boost::json::object SomeRun() {
  return {{"id", 42}, {"name", "v1.2"}, {"workflow", "deployment"}, {"requester", "ann"}};
}

inline std::string EventJson(const std::string& id, const std::string& topic,
                             const boost::json::object& event,
                             const boost::json::object& run = SomeRun()) {
  return boost::json::serialize(boost::json::object{
      {"specversion", "1.0"},
      {"id", id},
      {"source", "/gatewright"},
      {"type", "dev.gatewright." + topic + ".v1"},
      {"subject", "runs/42"},
      {"time", "2023-11-14T22:13:20Z"},
      {"datacontenttype", "application/json"},
      {"data", boost::json::object{{"run", run}, {"actor", "bob"}, {"event", event}}}});
}

}  // namespace gatewright::testing
