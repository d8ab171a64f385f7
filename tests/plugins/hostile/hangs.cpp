// Never returns, and looks at nothing.
#include <unistd.h>
#include "kit.h"

HOSTILE(for (;;) pause(); (void)call)
