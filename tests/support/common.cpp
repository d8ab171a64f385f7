// Only there for common.h to be compiled.
