# Compiler settings and the one way to make a library or a test of this project.
set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()
find_program(MOLD mold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
endif()

set(COUNTERSIGN_SANITIZE "" CACHE STRING "address,undefined or thread; empty for none")
if(COUNTERSIGN_SANITIZE)
  add_compile_options(-fsanitize=${COUNTERSIGN_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${COUNTERSIGN_SANITIZE})
  # Asio has memory fences, which ThreadSanitizer of g++ does not follow, and g++ warns of each. What they guard here is
  # guarded by Asio's locks too.
  if(COUNTERSIGN_SANITIZE STREQUAL "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options(-Wno-tsan)
  endif()
endif()
option(COUNTERSIGN_FAILPOINTS "Compile the named failpoints that crash tests use" OFF)
if(COUNTERSIGN_FAILPOINTS)
  add_compile_definitions(COUNTERSIGN_FAILPOINTS=1)
endif()

add_library(countersign_warnings INTERFACE)
# g++ 12 calls every member that a designated initializer leaves at its default "missing"; leaving it is the point.
target_compile_options(countersign_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Werror
                                                      -Wno-missing-field-initializers)
# What the optimiser of g++ 12 makes up inside the standard library: overlapping copies in std::string's operator+ (GCC
# bug 105651) and uninitialised members of a std::variant that holds another alternative. Clang and the sanitizers
# look at the same code.
target_compile_options(countersign_warnings INTERFACE
  $<$<AND:$<CXX_COMPILER_ID:GNU>,$<CONFIG:Release,RelWithDebInfo>>:-Wno-restrict;-Wno-maybe-uninitialized>)

# Most of a file's time goes into reading headers, so several files of a module are compiled as one: a clean build takes
# a third. Names inside a file are therefore unique in its module. The preset `clang` compiles every file by itself.
option(COUNTERSIGN_UNITY "Compile several files of a module together" ON)
function(countersign_together target)
  set_target_properties(${target} PROPERTIES UNITY_BUILD ${COUNTERSIGN_UNITY} UNITY_BUILD_BATCH_SIZE 8)
endfunction()

# countersign_library(NAME LINKS ...) makes countersign::NAME of src/NAME/**.cpp. A folder without sources is
# an interface library, so that headers alone are a module too.
function(countersign_library name)
  cmake_parse_arguments(ARG "" "" "LINKS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/src/${name}/*.cpp)
  if(sources)
    add_library(countersign_${name} STATIC ${sources})
    target_include_directories(countersign_${name} PUBLIC ${CMAKE_CURRENT_SOURCE_DIR}/src)
    target_link_libraries(countersign_${name} PUBLIC ${ARG_LINKS} PRIVATE countersign_warnings)
    countersign_together(countersign_${name})
  else()
    add_library(countersign_${name} INTERFACE)
    target_include_directories(countersign_${name} INTERFACE ${CMAKE_CURRENT_SOURCE_DIR}/src)
    target_link_libraries(countersign_${name} INTERFACE ${ARG_LINKS})
  endif()
  add_library(countersign::${name} ALIAS countersign_${name})
endfunction()

# countersign_test(NAME LINKS ... [SOURCES ...]) makes one GoogleTest program of tests/NAME/**_test.cpp (and the
# other .cpp files there), registered with ctest test by test.
function(countersign_test name)
  cmake_parse_arguments(ARG "" "" "LINKS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cpp)
  if(NOT sources)
    return()
  endif()
  add_executable(${name}_test ${sources})
  target_include_directories(${name}_test PRIVATE ${CMAKE_SOURCE_DIR})
  target_link_libraries(${name}_test PRIVATE ${ARG_LINKS} countersign_source_folder countersign_warnings GTest::gtest
                                             GTest::gmock GTest::gtest_main)
  countersign_together(${name}_test)
  add_dependencies(module_tests ${name}_test)
  gtest_discover_tests(${name}_test DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT 300 LABELS ${name})
endfunction()
