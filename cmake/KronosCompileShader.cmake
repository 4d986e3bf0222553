# Compiles, validates and embeds one shader; run with cmake -P by kronos_add_shaders.
#
# In:  GLSLC, SPIRV_VAL  programs
#      SPIRV_AS          another, where SOURCE is SPIR-V
#      SOURCE            GLSL, or SPIR-V in text where it ends in .spvasm
#      OPTIONS           a file that sets `target_env` and `flags` (-D and -I)
#      SPIRV             where the module goes; SPIRV.inc gets its words as a C initializer, SPIRV.d
#                        the list of files that SOURCE includes
cmake_minimum_required(VERSION 3.25)

include(${OPTIONS})
file(STRINGS ${SOURCE} first_line LIMIT_COUNT 1) # where a ";" stands behind a backslash
if(first_line MATCHES "^(//|.?;) *target-env: *([a-z0-9.]+)")
    set(target_env ${CMAKE_MATCH_2})
endif()

# run(FAULT COMMAND...): FAULT ends the build where the command fails; the command has said why.
function(run fault)
    execute_process(COMMAND ${ARGN} RESULT_VARIABLE result)
    if(NOT result EQUAL 0)
        message(FATAL_ERROR "${fault} for ${target_env}: ${SOURCE}")
    endif()
endfunction()

# What the shader is made of, one name a line, as the rule of a depfile.
function(write_rule files)
    set(rule "${SPIRV}.inc:\n${files}\n")
    foreach(special IN ITEMS " " "#")
        string(REPLACE "${special}" "\\${special}" rule "${rule}")
    endforeach()
    string(REPLACE "$" "$$" rule "${rule}")
    string(REPLACE "\n/" " \\\n /" rule "${rule}")
    file(WRITE ${SPIRV}.d "${rule}")
endfunction()

# Words as the machine has them: the first byte is the lowest. `glslc -mfmt=c` writes the same, and
# would compile a second time.
function(embed)
    file(READ ${SPIRV} bytes HEX)
    string(REGEX REPLACE "(..)(..)(..)(..)" "0x\\4\\3\\2\\1," words "${bytes}")
    string(REGEX REPLACE "([^,]+,[^,]+,[^,]+,[^,]+,)" "\\1\n" words "${words}")
    string(REGEX REPLACE ",\n?$" "" words "${words}")
    file(WRITE ${SPIRV}.inc "{${words}}\n")
endfunction()

if(SOURCE MATCHES "\\.spvasm$")
    write_rule("${SOURCE}")
    run("The shader does not assemble" ${SPIRV_AS} --target-env ${target_env} ${SOURCE} -o ${SPIRV})
    run("The shader is not valid SPIR-V" ${SPIRV_VAL} --target-env ${target_env} ${SPIRV})
    embed()
    return()
endif()

run("The shader does not compile"
    ${GLSLC} --target-env=${target_env} -fshader-stage=compute -Werror ${flags} ${SOURCE}
    -o ${SPIRV} -MD -MF ${SPIRV}.d -MT out)

# glslc writes paths as they are, and a space would end one. All are absolute, so " /" parts them.
file(READ ${SPIRV}.d files)
string(REGEX REPLACE "^out: (.*)\n$" "\\1" files "${files}")
string(REPLACE " /" "\n/" files "${files}")
write_rule("${files}")

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
embed()
