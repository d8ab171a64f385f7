// Throws over the C boundary.
#include <stdexcept>

#include "kit.h"

HOSTILE(throw std::runtime_error("over the border"); (void)call)
