// Opens a connection.
#include <sys/socket.h>

#include <cstdlib>

#include "kit.h"

HOSTILE(if (socket(AF_INET, SOCK_STREAM, 0) < 0) std::abort(); (void)call)
