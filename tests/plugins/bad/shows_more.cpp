// Shows the linker more than its entry: built without the version script.
#include "healthy.h"

extern "C" GW_EXPORT int helper_of_somebody(void) { return 7; }

BAD_PLUGIN("bad.shows-more", (void)it)
