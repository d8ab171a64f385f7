// Has an entry that returns nothing.
#include "healthy.h"

const gw_plugin* gw_plugin_entry(void) { return nullptr; }
