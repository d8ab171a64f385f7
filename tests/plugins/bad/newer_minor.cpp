// Was built for a newer minor than the host knows.
#include "healthy.h"

BAD_PLUGIN("bad.newer-minor", it.plugin.abi_minor = GW_ABI_MINOR + 1)
