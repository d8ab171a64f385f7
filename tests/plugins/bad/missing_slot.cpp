// Leaves out the one function that its kind is about.
#include "healthy.h"

BAD_PLUGIN("bad.missing-slot", it.functions.check = nullptr)
