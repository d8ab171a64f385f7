// server/api/resources.h: one function per resource, each in a file of its own, called by Mount.
#pragma once

#include "server/api/call.h"

namespace gatewright::api {

void MountAuth(Routes& routes);    // sessions
void MountTokens(Routes& routes);  // for programs
void MountDeployments(Routes& routes);
void MountRuns(Routes& routes);
void MountRunCommands(Routes& routes);
void MountVoteLinks(Routes& routes);  // of messages
void MountVotes(Routes& routes);      // many at once
void MountInbox(Routes& routes);      // and why a run waits
void MountStops(Routes& routes);
void MountDelegations(Routes& routes);
void MountDeliveries(Routes& routes);  // of notifications
void MountLocks(Routes& routes);
void MountCalendars(Routes& routes);
void MountRunDetails(Routes& routes);  // history, attempts
void MountAttemptLog(Routes& routes);  // their output
void MountCallbacks(Routes& routes);   // of what goes on outside
void MountWorkflows(Routes& routes);
void MountNumbers(Routes& routes);
void MountPlugins(Routes& routes);
void MountEvents(Routes& routes);
void MountHealth(Routes& routes);
void MountMetrics(Routes& routes);
void MountDocs(Routes& routes);
void MountPage(Routes& routes);  // the operator's

}  // namespace gatewright::api
