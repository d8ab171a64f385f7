// server/api/resources.h: one function per resource, each in a file of its own, called by Mount.
#pragma once

#include "server/api/call.h"

namespace gatewright::api {

void MountDeployments(Routes& routes);
void MountRuns(Routes& routes);
void MountRunDetails(Routes& routes);  // history, attempts, their output
void MountWorkflows(Routes& routes);
void MountPlugins(Routes& routes);
void MountEvents(Routes& routes);
void MountHealth(Routes& routes);
void MountMetrics(Routes& routes);
void MountDocs(Routes& routes);

}  // namespace gatewright::api
