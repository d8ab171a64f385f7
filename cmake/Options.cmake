# Warnings and sanitizers for our own code: link `gatewright_options` to get them.
set(GATEWRIGHT_SANITIZE "" CACHE STRING "address;undefined | thread | empty")

add_library(gatewright_options INTERFACE)
target_include_directories(gatewright_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(gatewright_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow
  "$<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor;-Woverloaded-virtual>" -Werror
  # clang: libstdc++ 12 deprecates a function that its own algorithms call.
  "$<$<CXX_COMPILER_ID:Clang>:-Wthread-safety;-Wno-deprecated-declarations>"
  # g++ 12 reports moved std::variants as uninitialized (GCC bug 105562 and its kin).
  $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
target_link_libraries(gatewright_options INTERFACE Threads::Threads)

if(GATEWRIGHT_SANITIZE)
  string(REPLACE ";" "," sanitizers "${GATEWRIGHT_SANITIZE}")
  add_compile_options(-fsanitize=${sanitizers} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  # A null pointer that is used ends the program anyway, and nothing here casts down or packs: these
  # checks together are half of the compile time.
  add_compile_options(-fno-sanitize=null,alignment,object-size,vptr)
  add_link_options(-fsanitize=${sanitizers})
  add_compile_definitions(GATEWRIGHT_SANITIZED)
endif()

# gatewright_library(name sources…): one static library per folder, with our warnings.
function(gatewright_library name)
  add_library(${name} STATIC ${ARGN})
  target_link_libraries(${name} PUBLIC gatewright_options)
endfunction()

# What is tested is optimised; the test itself only has to be built.
function(gatewright_build_quickly name)
  target_compile_options(${name} PRIVATE -O0)
  # Addresses are watched in what is tested; threads have to be watched everywhere.
  if(GATEWRIGHT_SANITIZE MATCHES address)
    target_compile_options(${name} PRIVATE -fno-sanitize=all)
  endif()
endfunction()

# gatewright_test(name LIBS… SOURCES…): one GoogleTest program, run by ctest. OPTIMIZED: what it does
# itself takes long (random worlds, brute force), so that building it well pays. ALL_INCLUDE: a header
# that all of its many files include.
function(gatewright_test name)
  cmake_parse_arguments(ARG "OPTIMIZED" "ALL_INCLUDE" "SOURCES;LIBS;LABELS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE gatewright_options ${ARG_LIBS} GTest::gtest_main GTest::gmock)
  if(NOT ARG_OPTIMIZED)
    gatewright_build_quickly(${name})
  endif()
  # Not where people work: a changed precompiled header is a reason to compile all tests, and ccache
  # does not like them.
  if(ARG_ALL_INCLUDE AND CMAKE_UNITY_BUILD)
    target_precompile_headers(${name} PRIVATE
      ${PROJECT_SOURCE_DIR}/tests/support/common.h ${PROJECT_SOURCE_DIR}/${ARG_ALL_INCLUDE})
  elseif(NOT ARG_OPTIMIZED AND CMAKE_UNITY_BUILD)
    if(NOT TARGET tests_common)
      add_library(tests_common OBJECT ${PROJECT_SOURCE_DIR}/tests/support/common.cpp)
      target_link_libraries(tests_common PRIVATE gatewright_options GTest::gtest_main GTest::gmock)
      gatewright_build_quickly(tests_common)
      target_precompile_headers(tests_common PRIVATE
        $<$<COMPILE_LANGUAGE:CXX>:${PROJECT_SOURCE_DIR}/tests/support/common.h>)
    endif()
    target_precompile_headers(${name} REUSE_FROM tests_common)
  endif()
  # Tests may use the same names for their helpers: each file stands alone.
  set_target_properties(${name} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests UNITY_BUILD OFF)
  add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  # `ninja tests-http` builds, and `ctest -L '^http$'` runs, what is in tests/http.
  get_filename_component(area ${CMAKE_CURRENT_SOURCE_DIR} NAME)
  set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABELS};${area}" TIMEOUT 300)
  if(NOT TARGET tests-${area})
    add_custom_target(tests-${area})
  endif()
  add_dependencies(tests-${area} ${name})
endfunction()
