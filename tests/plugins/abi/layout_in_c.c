/* What a C compiler makes of gatewright/plugin.h. */
#include "tests/plugins/abi/layout.h"

void gw_layout_in_c(char* text, size_t size);
void gw_layout_in_c(char* text, size_t size) { DescribeLayout(text, size); }
