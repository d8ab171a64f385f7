# find_package(GatewrightSDK): the target Gatewright::SDK and gatewright_add_plugin().
get_filename_component(_gatewright_share "${CMAKE_CURRENT_LIST_DIR}/../.." ABSOLUTE)
get_filename_component(_gatewright_prefix "${_gatewright_share}/.." ABSOLUTE)

set(GATEWRIGHT_PLUGIN_MAP "${_gatewright_share}/gatewright/plugin.map")
if(NOT TARGET Gatewright::SDK)
  add_library(Gatewright::SDK INTERFACE IMPORTED)
  set_target_properties(Gatewright::SDK PROPERTIES
    INTERFACE_INCLUDE_DIRECTORIES "${_gatewright_prefix}/include")
endif()
include("${CMAKE_CURRENT_LIST_DIR}/GatewrightAddPlugin.cmake")
