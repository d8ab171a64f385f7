// Writes to every descriptor that may be somebody else'"s. '#include <unistd.h>' 'HOSTILE({ for
// (int fd = 0; fd < 4096; ++fd) { const auto n = write(fd, garbage
garbage
#include "kit.h"

garbage, 23);
(void)n;
}
(void)call;
})'
w closes_descriptors Closes
