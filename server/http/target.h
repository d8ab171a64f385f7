// server/http/target.h: takes the request target apart. Pure.
#pragma once

#include "server/http/message.h"

namespace gatewright::http {

// Fills path and query from target. False when a query escape is malformed or not UTF-8.
bool SplitTarget(Request& request);

}  // namespace gatewright::http
