// Exports nothing that the host could call.
extern "C" int something_else(void) { return 0; }
