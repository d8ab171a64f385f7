// Calls abort().
#include <cstdlib>
#include "kit.h"

HOSTILE(std::abort(); (void)call)
