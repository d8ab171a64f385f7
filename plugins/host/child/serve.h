// plugins/host/child/serve.h: the plugin's own process: loads one library behind the sandbox and
// answers what the server asks, until the server is gone.
#pragma once

#include "plugins/host/child/sandbox.h"

namespace gatewright::host {

// The descriptor at which the server's socket is found; standard input and output are /dev/null.
constexpr int kServerSocket = 3;

// Where the library is found when its file is not what it was.
constexpr int kCopyOfLibrary = kServerSocket + 1;

// `gatewright plugin-host LIBRARY --memory BYTES [--grant NAME]… [--from copy]`, as ChildProcess
// starts it. Ends with the socket. Call it first in main, while there is one thread. 2 = these are
// not its arguments.
int RunPluginHost(int argc, char** argv);

}  // namespace gatewright::host
