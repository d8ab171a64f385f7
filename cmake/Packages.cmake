# Debian packages, built by `cpack -G DEB` in the build folder: gatewright (the program and its
# service), gatewright-doc, gatewright-sdk.
set(CPACK_PACKAGE_NAME gatewright)
set(CPACK_PACKAGE_VENDOR "Gatewright")
set(CPACK_PACKAGE_CONTACT "Gatewright <maintainers@gatewright.invalid>")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_GENERATOR DEB)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_GROUPING ONE_PER_GROUP)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)

# Only in the package: an installation below any other prefix touches nothing outside of it. Relative
# to /usr: an absolute path would leave the folder where the package is put together.
set(service COMPONENT service EXCLUDE_FROM_ALL)
set(debian ${PROJECT_SOURCE_DIR}/deploy/debian)
install(FILES config/server.yaml DESTINATION ../etc/gatewright ${service})
install(DIRECTORY config/workflows config/calendars DESTINATION ../etc/gatewright ${service}
        PATTERN *_test.yaml EXCLUDE)
install(FILES ${debian}/gatewright.default DESTINATION ../etc/default RENAME gatewright ${service})
install(FILES deploy/systemd/gatewright.service DESTINATION ../lib/systemd/system ${service})

# Debian wants these compressed, and everything about a package below its own name.
find_program(GZIP gzip REQUIRED)
function(gatewright_compressed source name folder component)
  set(made ${CMAKE_CURRENT_BINARY_DIR}/packages/${component}/${name}.gz)
  get_filename_component(made_in ${made} DIRECTORY)
  file(MAKE_DIRECTORY ${made_in})
  execute_process(COMMAND ${GZIP} -9nc ${source} OUTPUT_FILE ${made} COMMAND_ERROR_IS_FATAL ANY)
  set_property(DIRECTORY ${PROJECT_SOURCE_DIR} APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${source})
  install(FILES ${made} DESTINATION ${folder} COMPONENT ${component} EXCLUDE_FROM_ALL)
endfunction()
gatewright_compressed(${debian}/gatewright.1 gatewright.1 share/man/man1 service)
foreach(component service sdk_about doc)
  string(REGEX REPLACE "^service$" "gatewright" package ${component})
  string(REGEX REPLACE "^(sdk|doc).*$" "gatewright-\\1" package ${package})
  gatewright_compressed(${debian}/changelog changelog share/doc/${package} ${component})
  install(FILES ${debian}/copyright DESTINATION share/doc/${package} COMPONENT ${component}
          EXCLUDE_FROM_ALL)
endforeach()
install(FILES ${debian}/sdk.lintian-overrides DESTINATION share/lintian/overrides RENAME gatewright-sdk
        COMPONENT sdk_about EXCLUDE_FROM_ALL)
install(DIRECTORY docs/ DESTINATION share/doc/gatewright-doc COMPONENT doc EXCLUDE_FROM_ALL)
install(DIRECTORY examples DESTINATION share/doc/gatewright-doc COMPONENT doc EXCLUDE_FROM_ALL
        PATTERN node_modules EXCLUDE)
install(FILES README.md CHANGELOG.md DESTINATION share/doc/gatewright-doc COMPONENT doc
        EXCLUDE_FROM_ALL)

set(CPACK_COMPONENTS_ALL server service doc sdk sdk_about)
set(CPACK_COMPONENT_SERVER_GROUP gatewright)
set(CPACK_COMPONENT_SERVICE_GROUP gatewright)
set(CPACK_COMPONENT_SDK_GROUP sdk)
set(CPACK_COMPONENT_SDK_ABOUT_GROUP sdk)
set(CPACK_COMPONENT_DOC_GROUP doc)

set(CPACK_DEBIAN_GATEWRIGHT_PACKAGE_NAME gatewright)
set(CPACK_DEBIAN_GATEWRIGHT_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_GATEWRIGHT_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_GATEWRIGHT_PACKAGE_DEPENDS "tzdata, ca-certificates")
set(CPACK_DEBIAN_GATEWRIGHT_PACKAGE_SUGGESTS "gatewright-doc, gatewright-sdk")
set(CPACK_DEBIAN_GATEWRIGHT_PACKAGE_CONTROL_EXTRA
  ${debian}/conffiles ${debian}/postinst ${debian}/prerm ${debian}/postrm)
set(CPACK_DEBIAN_GATEWRIGHT_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_GATEWRIGHT_DESCRIPTION
  "workflow engine for approvals\nStages with gates and actions, described in YAML; plugins as shared\nlibraries; every decision durable, explained and provable. One program,\none file.")

set(CPACK_DEBIAN_DOC_PACKAGE_NAME gatewright-doc)
set(CPACK_DEBIAN_DOC_PACKAGE_ARCHITECTURE all)
set(CPACK_DEBIAN_DOC_PACKAGE_SECTION doc)
set(CPACK_DEBIAN_DOC_DESCRIPTION
  "workflow engine for approvals (documentation)\nHow to write workflows and plugins, run the server and use its API, with\nexamples.")

set(CPACK_DEBIAN_SDK_PACKAGE_NAME gatewright-sdk)
set(CPACK_DEBIAN_SDK_PACKAGE_ARCHITECTURE all)
set(CPACK_DEBIAN_SDK_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_SDK_PACKAGE_SUGGESTS "cmake, pkg-config, g++ | clang")
set(CPACK_DEBIAN_SDK_DESCRIPTION
  "workflow engine for approvals (to write plugins)\nHeaders, CMake package and pkg-config file for writing Gatewright plugins\nin C++20 or C.")
include(CPack)
