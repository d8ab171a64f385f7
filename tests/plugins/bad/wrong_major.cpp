// Was built for another major of the ABI.
#include "healthy.h"

BAD_PLUGIN("bad.wrong-major", it.plugin.abi_major = GW_ABI_MAJOR + 1)
