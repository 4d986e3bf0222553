# kronos_add_suite(NAME SOURCES a.c b.c ... LIBRARIES lib ... [FOLDER f] [DEVICE] [NO_CTEST]
#                  [LABELS label ...] [MAIN main.c] [QUICK_GROUPS regex] [SAMPLED_GROUPS regex])
#
# Makes a suite from FOLDER/tests.def (default: this folder) and its sources:
#   kronos_NAME_cases   an object library with the cases and the table kt_suite_NAME, for programs that
#                       hold several suites
#   kronos-NAME         a program that runs this suite alone
#   NAME/GROUP          one ctest entry for each TEST_GROUP of tests.def
#
# Old names of cases and the names of each version stand in FOLDER/lists (harness/suite.h).
#
# LIBRARIES  what the cases call: kronos for users of the public API, kronos_core for unit tests
# DEVICE     cases run on a device unless they say otherwise
# NO_CTEST   no ctest entries
# LABELS     more ctest labels; the suite's name is one
# MAIN       the main function of kronos-NAME, for a suite that has more to say than others
# QUICK_GROUPS  groups of which ctest's standard tier runs the quick tier alone
# SAMPLED_GROUPS  groups of which ctest runs one case of three
set(KRONOS_TEST_TIER standard CACHE STRING "How much ctest runs: quick, standard or full")

function(kronos_add_suite name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "DEVICE;NO_CTEST" "FOLDER;MAIN;QUICK_GROUPS;SAMPLED_GROUPS"
        "SOURCES;LIBRARIES;LABELS")
    if(NOT arg_SOURCES OR arg_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "usage: kronos_add_suite(NAME SOURCES a.c ... LIBRARIES lib ... [DEVICE])")
    endif()
    set(cases kronos_${name}_cases)
    set(harness ${PROJECT_SOURCE_DIR}/harness)
    set(folder ${CMAKE_CURRENT_SOURCE_DIR}/${arg_FOLDER})

    add_library(${cases} OBJECT ${arg_SOURCES} ${harness}/suite_table.c)
    target_include_directories(${cases} PRIVATE ${folder})
    target_compile_definitions(${cases}
        PRIVATE KT_SUITE=${name} KT_SUITE_DEVICE=$<BOOL:${arg_DEVICE}> _GNU_SOURCE)
    target_link_libraries(${cases} PUBLIC kronos_harness ${arg_LIBRARIES})
    kronos_warnings(${cases})
    file(GLOB lists CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR} ${folder}/lists/*.txt)
    if(lists)
        kronos_embed(${cases} kt_lists_${name} ROOT ${PROJECT_SOURCE_DIR} FILES ${lists})
        target_compile_definitions(${cases} PRIVATE KT_LISTS=kt_lists_${name})
    endif()
    # A TEST that tests.def does not name has no prototype, and must not be forgotten.
    target_compile_options(${cases} PRIVATE -Werror=missing-prototypes)

    if(NOT arg_MAIN)
        set(arg_MAIN ${harness}/suite_main.c)
    endif()
    add_executable(kronos-${name} ${arg_MAIN})
    set_target_properties(kronos-${name} PROPERTIES
        RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
    target_compile_definitions(kronos-${name} PRIVATE KT_SUITE=${name})
    target_include_directories(kronos-${name} PRIVATE ${folder})
    target_link_libraries(kronos-${name} PRIVATE ${cases})
    kronos_warnings(kronos-${name})

    if(arg_NO_CTEST)
        return()
    endif()
    set(definition ${folder}/tests.def)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${definition})
    # Seconds a case may take: sanitizers slow everything down several times.
    set(patience)
    if(kronos_sanitized)
        set(patience --timeout 300)
    endif()
    file(STRINGS ${definition} groups REGEX "^TEST_GROUP\\([a-z0-9_]+\\)")
    foreach(line IN LISTS groups)
        string(REGEX REPLACE "^TEST_GROUP\\(([a-z0-9_]+)\\).*" "\\1" group "${line}")
        set(test ${name}/${group})
        set(tier ${KRONOS_TEST_TIER})
        if(arg_QUICK_GROUPS AND tier STREQUAL "standard" AND group MATCHES "${arg_QUICK_GROUPS}")
            set(tier quick)
        endif()
        # Some groups have no quick case. A filter that matches nothing is an error; an empty shard
        # is not.
        set(all_cases)
        if(tier STREQUAL "quick")
            set(all_cases --shard 0/1)
        endif()
        if(arg_SAMPLED_GROUPS AND group MATCHES "${arg_SAMPLED_GROUPS}")
            set(all_cases --shard 0/3)
        endif()
        add_test(NAME ${test}
            COMMAND kronos-${name} --filter ${test}/* --tier ${tier} ${patience} ${all_cases})
        set(labels ${name} ${arg_LABELS})
        if(group MATCHES "threads$") # what ThreadSanitizer runs
            list(APPEND labels threads)
        endif()
        set_tests_properties(${test} PROPERTIES
            SKIP_RETURN_CODE 77 TIMEOUT 900 LABELS "${labels}")
        kronos_test_environment(${test})
    endforeach()
endfunction()

# kronos_balance_suite(NAME FILTER [TIER]): cases of a suite once more, behind the proxy. Each must
# leave the device as it found it: no object, no byte of its memory, no mapping more
# (harness/ledger.h).
function(kronos_balance_suite name filter)
    if(NOT KRONOS_LAVAPIPE OR kronos_sanitized)
        return()
    endif()
    set(test ${name}-on/ledger)
    set(tier ${KRONOS_TEST_TIER})
    if(ARGC GREATER 2)
        set(tier ${ARGV2})
        string(APPEND test _${tier})
    endif()
    set(drivers $<TARGET_FILE_DIR:kronos_proxy>)
    add_test(NAME ${test} COMMAND kronos-${name} --tier ${tier} --filter ${filter})
    set_tests_properties(${test} PROPERTIES
        SKIP_RETURN_CODE 77 TIMEOUT 1200 LABELS "${name};variants;ledger")
    kronos_test_environment(${test})
    set_property(TEST ${test} APPEND PROPERTY ENVIRONMENT_MODIFICATION
        VK_DRIVER_FILES=set:${drivers}/kronos_proxy.json KRONOS_PROXY_DRIVER=set:${KRONOS_LAVAPIPE}
        KRONOS_PROXY=unset: KRONOS_DRIVER_FOLDER=set:${drivers}/watched)
endfunction()
