/* tests/plugins/abi/layout.h: the layout of gatewright/plugin.h, as text: a line for each thing
 * that a built plugin relies on. Included by one C and one C++ file, which must come to the same.
 */
#include <gatewright/plugin.h>
#include <stddef.h>
#include <stdio.h>

#define GW_LINE(...) length += (size_t)snprintf(text + length, size - length, __VA_ARGS__)

#define STRUCT(type) GW_LINE("struct %s: %zu bytes\n", #type, sizeof(type));
#define MEMBER(type, member)                                                      \
  GW_LINE("  %s.%s: at %zu, %zu bytes\n", #type, #member, offsetof(type, member), \
          sizeof(((type*)0)->member));
#define VALUE(name) GW_LINE("%s = %zu\n", #name, (size_t)name);
#define TYPE(type) GW_LINE("%s: %zu bytes\n", #type, sizeof(type));
#define NAME(name) GW_LINE("%s = \"%s\"\n", #name, name);

static void DescribeLayout(char* text, size_t size) {
  size_t length = 0;
#include "tests/plugins/abi/layout.inc"
}
