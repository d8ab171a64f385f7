// What `gatewright plugin-host` is, without the rest of the program: plugins that are called in a
// process of their own are loaded by this in the tests.
#include "plugins/host/child/serve.h"

int main(int argc, char** argv) { return gatewright::host::RunPluginHost(argc, argv); }
