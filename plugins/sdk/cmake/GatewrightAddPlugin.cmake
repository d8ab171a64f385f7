# gatewright_add_plugin(name sources…): builds name.so, from which one symbol can be seen.
# Used by our own plugins and, installed, by everybody else's.
function(gatewright_add_plugin name)
  if(ARGC LESS 2)
    message(FATAL_ERROR "gatewright_add_plugin(${name}): expected at least one source file")
  endif()
  add_library(${name} MODULE ${ARGN})
  target_link_libraries(${name} PRIVATE Gatewright::SDK)
  # Not target_compile_features: a project of plain C plugins has no C++ compiler to ask.
  if(NOT CMAKE_CXX_STANDARD OR CMAKE_CXX_STANDARD LESS 20)
    set_target_properties(${name} PROPERTIES CXX_STANDARD 20 CXX_STANDARD_REQUIRED ON)
  endif()
  target_link_options(${name} PRIVATE
    "LINKER:--version-script=${GATEWRIGHT_PLUGIN_MAP}" "LINKER:-z,relro" "LINKER:-z,now")
  # A symbol that nobody defines should fail the build, not the server. Sanitizers resolve theirs
  # in the program that loads the plugin.
  if(NOT GATEWRIGHT_SANITIZE)
    target_link_options(${name} PRIVATE "LINKER:-z,defs")
  endif()
  set_target_properties(${name} PROPERTIES
    PREFIX ""
    SUFFIX ".so"
    POSITION_INDEPENDENT_CODE ON
    C_VISIBILITY_PRESET hidden
    CXX_VISIBILITY_PRESET hidden
    VISIBILITY_INLINES_HIDDEN ON
    LINK_DEPENDS "${GATEWRIGHT_PLUGIN_MAP}")
  # The server refuses a plugin that others may overwrite, whatever the umask here is.
  add_custom_command(TARGET ${name} POST_BUILD COMMAND chmod go-w "$<TARGET_FILE:${name}>" VERBATIM)
endfunction()
