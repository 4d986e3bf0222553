# As much of vcpkg as our port uses, acted: CMake really configures, builds and installs; packages
# that vcpkg would build are the machine's own. Run with cmake -P.
#
# In:  PORT_DIR  the port's folder          LINKAGE  static or dynamic
#      SCRATCH   where it works             VERSION  of the manifest
cmake_minimum_required(VERSION 3.25)
set(PORT kronos)
set(FEATURES core validator)
set(CURRENT_PORT_DIR ${PORT_DIR})
set(CURRENT_PACKAGES_DIR ${SCRATCH}/packages)
set(CURRENT_BUILDTREES_DIR ${SCRATCH}/build)
set(VCPKG_LIBRARY_LINKAGE ${LINKAGE})

function(run)
    execute_process(COMMAND ${ARGN} OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
endfunction()

function(vcpkg_check_features)
    cmake_parse_arguments(PARSE_ARGV 0 arg "" "OUT_FEATURE_OPTIONS" "FEATURES")
    set(options)
    while(arg_FEATURES)
        list(POP_FRONT arg_FEATURES feature variable)
        set(on OFF)
        if(feature IN_LIST FEATURES)
            set(on ON)
        endif()
        list(APPEND options -D${variable}=${on})
    endwhile()
    set(${arg_OUT_FEATURE_OPTIONS} ${options} PARENT_SCOPE)
endfunction()

function(vcpkg_cmake_configure)
    cmake_parse_arguments(PARSE_ARGV 0 arg "" "SOURCE_PATH" "OPTIONS")
    string(COMPARE EQUAL ${VCPKG_LIBRARY_LINKAGE} dynamic shared)
    run(${CMAKE_COMMAND} -G Ninja -S ${arg_SOURCE_PATH} -B ${CURRENT_BUILDTREES_DIR}
        -D CMAKE_BUILD_TYPE=Release -D BUILD_SHARED_LIBS=${shared}
        -D CMAKE_INSTALL_PREFIX=${CURRENT_PACKAGES_DIR} -D CMAKE_INSTALL_LIBDIR=lib
        ${arg_OPTIONS})
endfunction()

function(vcpkg_cmake_install)
    run(${CMAKE_COMMAND} --build ${CURRENT_BUILDTREES_DIR} --target install)
endfunction()

# Moves the CMake package to share/PORT and lets it find the prefix from there.
function(vcpkg_cmake_config_fixup)
    cmake_parse_arguments(PARSE_ARGV 0 arg "" "CONFIG_PATH" "")
    set(moved ${CURRENT_PACKAGES_DIR}/share/${PORT})
    file(MAKE_DIRECTORY ${CURRENT_PACKAGES_DIR}/share)
    file(RENAME ${CURRENT_PACKAGES_DIR}/${arg_CONFIG_PATH} ${moved})
    file(READ ${moved}/${PORT}-targets.cmake text)
    string(REGEX REPLACE "(get_filename_component\\(_IMPORT_PREFIX [^\n]*\n)+"
        "get_filename_component(_IMPORT_PREFIX \"\${CMAKE_CURRENT_LIST_DIR}/../..\" ABSOLUTE)\n"
        text "${text}")
    file(WRITE ${moved}/${PORT}-targets.cmake "${text}")
endfunction()

function(vcpkg_fixup_pkgconfig)
    if(NOT EXISTS ${CURRENT_PACKAGES_DIR}/lib/pkgconfig/${PORT}.pc)
        message(FATAL_ERROR "There is no ${PORT}.pc")
    endif()
endfunction()

function(vcpkg_install_copyright)
    cmake_parse_arguments(PARSE_ARGV 0 arg "" "" "FILE_LIST")
    foreach(file IN LISTS arg_FILE_LIST)
        file(READ ${file} text)
        file(APPEND ${CURRENT_PACKAGES_DIR}/share/${PORT}/copyright "${text}")
    endforeach()
endfunction()

include(${PORT_DIR}/portfile.cmake)
