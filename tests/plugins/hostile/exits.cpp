// Ends the process as if all was well.
#include <cstdlib>
#include "kit.h"

HOSTILE(std::exit(0); (void)call)
