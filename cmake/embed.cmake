# kronos_embed(TARGET TABLE ROOT FOLDER FILES path ...)
#
# Makes text files part of a program: sources of TARGET may declare
#
#     extern const kt_embedded TABLE[];
#     extern const size_t TABLE_count;
#
# Paths start from FOLDER and are the names in the table. TARGET sees harness/embedded.h.
function(kronos_embed target table)
    cmake_parse_arguments(PARSE_ARGV 2 arg "" "ROOT" "FILES")
    if(NOT arg_ROOT OR NOT arg_FILES OR arg_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "usage: kronos_embed(TARGET TABLE ROOT folder FILES path ...)")
    endif()
    set(script ${PROJECT_SOURCE_DIR}/cmake/embed_text.cmake)
    set(out ${CMAKE_CURRENT_BINARY_DIR}/${table}.c)
    set(depends ${arg_FILES})
    list(TRANSFORM depends PREPEND ${arg_ROOT}/)
    list(JOIN arg_FILES "|" joined)
    add_custom_command(
        OUTPUT ${out}
        COMMAND ${CMAKE_COMMAND} -D TABLE=${table} -D ROOT=${arg_ROOT} -D "FILES=${joined}"
            -D OUT=${out} -P ${script}
        DEPENDS ${depends} ${script}
        COMMENT "Embedding ${table}"
        VERBATIM)
    target_sources(${target} PRIVATE ${out})
endfunction()
