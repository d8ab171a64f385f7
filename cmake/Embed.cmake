# gatewright_embed(target table name=path…): builds files into a library. The C++ function
# `gatewright::<table>()` then returns them all; see engine/base/embedded.h.
function(gatewright_embed target table)
  set(labels "")
  set(symbols "")
  set(rows "")
  set(files "")
  set(index 0)
  foreach(entry ${ARGN})
    string(REGEX MATCH "^([^=]+)=(.+)$" matched "${entry}")
    set(name "${CMAKE_MATCH_1}")
    set(path "${CMAKE_MATCH_2}")
    set(symbol "gw_embedded_${table}_${index}")
    string(APPEND labels "    \"${symbol}:\\n.incbin \\\"${path}\\\"\\n${symbol}_end:\\n.byte 0\\n\"\n")
    string(APPEND symbols "extern const char ${symbol}[], ${symbol}_end[];\n")
    string(APPEND rows
      "      {\"${name}\", {${symbol}, static_cast<std::size_t>(${symbol}_end - ${symbol})}},\n")
    list(APPEND files "${path}")
    math(EXPR index "${index} + 1")
  endforeach()
  set(source "${CMAKE_CURRENT_BINARY_DIR}/${table}.cpp")
  file(CONFIGURE OUTPUT "${source}" @ONLY CONTENT [=[// Made by gatewright_embed: files as part of the program, without a copy.
#include <array>

#include "engine/base/embedded.h"

asm(".pushsection .rodata\n"
@labels@    ".popsection\n");

extern "C" {
@symbols@}

namespace gatewright {

std::span<const EmbeddedFile> @table@() {
  static const auto files = std::to_array<EmbeddedFile>({
@rows@  });
  return files;
}

}  // namespace gatewright
]=])
  # Alone where files are built together: only so is it built again when its files change.
  set_source_files_properties("${source}" PROPERTIES OBJECT_DEPENDS "${files}"
    SKIP_UNITY_BUILD_INCLUSION ON)
  target_sources(${target} PRIVATE "${source}")
endfunction()
