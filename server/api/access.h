// server/api/access.h: what a route asks of its caller: a verb, and what it is done to. Every route
// says it where it is added, and it is looked at in one place before the handler runs (call.cpp).
// Immutable; any thread.
#pragma once

#include <functional>
#include <optional>
#include <string_view>
#include <utility>

#include "engine/access/decide.h"
#include "engine/core/run.h"
#include "engine/ports/store.h"
#include "server/api/api.h"
#include "server/api/checked.h"
#include "server/auth/identity.h"

namespace gatewright::api {

// What the request is about.
using PlaceOf = std::function<Checked<access::Resource>(ApiContext&, const http::Request&)>;

class Access {
 public:
  // Nobody is asked: what has a ticket of its own, or holds nothing that anybody must not know.
  static Access Open() { return Access(true, std::nullopt, {}); }
  // Whoever says who they are.
  static Access SignedIn() { return Access(false, std::nullopt, {}); }
  static Access To(access::Verb verb, PlaceOf place) {
    return Access(false, verb, std::move(place));
  }

  bool is_open() const { return is_open_; }
  std::optional<access::Verb> verb() const { return verb_; }
  const PlaceOf& place() const { return place_; }

 private:
  Access(bool is_open, std::optional<access::Verb> verb, PlaceOf place)
      : is_open_(is_open), verb_(verb), place_(std::move(place)) {}

  bool is_open_;
  std::optional<access::Verb> verb_;
  PlaceOf place_;
};

// Lists and what belongs to no run: it is enough to have the verb in some place.
Checked<access::Resource> Somewhere(ApiContext& api, const http::Request& request);
// The installation as a whole.
Checked<access::Resource> Everywhere(ApiContext& api, const http::Request& request);
// The run of the path, at its stage; or at the member `stage` of the body.
Checked<access::Resource> RunOfPath(ApiContext& api, const http::Request& request);
// The run that the query names, else everywhere.
Checked<access::Resource> RunOfQuery(ApiContext& api, const http::Request& request);
// The workflow of the path, or of the member `workflow` of the body.
Checked<access::Resource> WorkflowOfPath(ApiContext& api, const http::Request& request);
Checked<access::Resource> WorkflowOfBody(ApiContext& api, const http::Request& request);
// The workflow that the query names, else everywhere.
Checked<access::Resource> WorkflowOfQuery(ApiContext& api, const http::Request& request);

access::Resource ResourceOf(ApiContext& api, const ports::RunRow& row);
// At another stage than the run's own; empty: its own.
access::Resource ResourceOf(ApiContext& api, const core::Run& run, std::string_view stage);

access::Decision DecideFor(ApiContext& api, const auth::Identity& caller, access::Verb verb,
                           const access::Resource& resource);
// Nothing when the caller may; else the 403 that says which verb is missing, and who has it.
Outcome RefuseVerb(ApiContext& api, const auth::Identity& caller, access::Verb verb,
                   const access::Resource& resource);
// False without looking when authentication is off.
bool IsHidden(ApiContext& api, const auth::Identity& caller, const ports::RunRow& row);

}  // namespace gatewright::api
