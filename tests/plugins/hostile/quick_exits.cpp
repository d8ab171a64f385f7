// Ends the process without destructors.
#include <unistd.h>
#include "kit.h"

HOSTILE(_exit(7); (void)call)
