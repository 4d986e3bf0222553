# Compiles, validates and embeds one shader; run with cmake -P by kronos_add_shaders.
#
# In:  GLSLC, SPIRV_VAL  programs
#      SOURCE            GLSL
#      OPTIONS           a file that sets `target_env` and `flags` (-D and -I)
#      SPIRV             where the module goes; SPIRV.inc gets its words as a C initializer, SPIRV.d
#                        the list of files that SOURCE includes
cmake_minimum_required(VERSION 3.25)

include(${OPTIONS})
file(STRINGS ${SOURCE} first_line LIMIT_COUNT 1)
if(first_line MATCHES "^// *target-env: *([a-z0-9.]+)")
    set(target_env ${CMAKE_MATCH_1})
endif()

# run(FAULT COMMAND...): FAULT ends the build where the command fails; the command has said why.
function(run fault)
    execute_process(COMMAND ${ARGN} RESULT_VARIABLE result)
    if(NOT result EQUAL 0)
        message(FATAL_ERROR "${fault} for ${target_env}: ${SOURCE}")
    endif()
endfunction()

set(compile ${GLSLC} --target-env=${target_env} -fshader-stage=compute -Werror ${flags} ${SOURCE})
run("The shader does not compile" ${compile} -o ${SPIRV} -MD -MF ${SPIRV}.d -MT out)

# glslc writes paths as they are, and a space would end one. All are absolute, so " /" parts them.
file(READ ${SPIRV}.d files)
string(REGEX REPLACE "^out: (.*)\n$" "\\1" files "${files}")
string(REPLACE " /" "\n/" files "${files}")
set(rule "${SPIRV}.inc:\n${files}\n")
foreach(special IN ITEMS " " "#")
    string(REPLACE "${special}" "\\${special}" rule "${rule}")
endforeach()
string(REPLACE "$" "$$" rule "${rule}")
string(REPLACE "\n/" " \\\n /" rule "${rule}")
file(WRITE ${SPIRV}.d "${rule}")

# The validator takes scalar layout only when it is told to.
set(layout "")
string(REPLACE "\n" ";" files "${files}")
foreach(file IN LISTS files)
    file(STRINGS ${file} scalar_line REGEX "^#extension GL_EXT_scalar_block_layout" LIMIT_COUNT 1)
    if(scalar_line)
        set(layout --scalar-block-layout)
    endif()
endforeach()
run("The shader is not valid SPIR-V" ${SPIRV_VAL} --target-env ${target_env} ${layout} ${SPIRV})
run("The shader does not compile" ${compile} -o ${SPIRV}.inc -mfmt=c)
