// What `gatewright plugin-host` and `plugin-check-child` are, without the rest of the program: the
// processes of plugins in the tests.
#include <string_view>

#include "plugins/check/child.h"
#include "plugins/host/child/serve.h"

int main(int argc, char** argv) {
  if (argc > 1 && std::string_view(argv[1]) == "plugin-check-child") {
    return gatewright::check::RunCheckChild();
  }
  return gatewright::host::RunPluginHost(argc, argv);
}
