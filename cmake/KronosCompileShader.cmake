# Compiles, validates and embeds one shader; run with cmake -P by kronos_add_shaders.
#
# In:  GLSLC, SPIRV_VAL  programs
#      SOURCE            GLSL
#      SPIRV             where the module goes; SPIRV.inc gets its words as a C initializer, SPIRV.d
#                        the list of files that SOURCE includes
cmake_minimum_required(VERSION 3.25)

set(environment vulkan1.1)
file(STRINGS ${SOURCE} first_line LIMIT_COUNT 1)
if(first_line MATCHES "^// *target-env: *([a-z0-9.]+)")
    set(environment ${CMAKE_MATCH_1})
endif()

set(compile ${GLSLC} --target-env=${environment} -fshader-stage=compute -Werror ${SOURCE})
execute_process(COMMAND ${compile} -o ${SPIRV} -MD -MF ${SPIRV}.d -MT ${SPIRV}.inc
    COMMAND_ERROR_IS_FATAL ANY)
# The validator takes scalar layout only when it is told to.
set(layout "")
file(STRINGS ${SOURCE} scalar_line REGEX "^#extension GL_EXT_scalar_block_layout" LIMIT_COUNT 1)
if(scalar_line)
    set(layout --scalar-block-layout)
endif()
execute_process(COMMAND ${SPIRV_VAL} --target-env ${environment} ${layout} ${SPIRV}
    COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${compile} -o ${SPIRV}.inc -mfmt=c
    COMMAND_ERROR_IS_FATAL ANY)
