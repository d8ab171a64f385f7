# Packages, one for each component that is one: `cpack -G DEB` in the build folder.
set(CPACK_PACKAGE_NAME gatewright)
set(CPACK_PACKAGE_VENDOR "Gatewright")
set(CPACK_PACKAGE_CONTACT "Gatewright <maintainers@gatewright.invalid>")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_GENERATOR DEB)
set(CPACK_COMPONENTS_ALL sdk)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)

set(CPACK_DEBIAN_SDK_PACKAGE_NAME gatewright-sdk)
set(CPACK_DEBIAN_SDK_PACKAGE_ARCHITECTURE all)
set(CPACK_DEBIAN_SDK_PACKAGE_SECTION libdevel)
set(CPACK_COMPONENT_SDK_DESCRIPTION
  "Headers, CMake package and pkg-config file for writing Gatewright plugins in C++20 or C")
set(CPACK_DEBIAN_SDK_PACKAGE_SUGGESTS "cmake, pkg-config, g++ | clang")
include(CPack)
