# kronos_add_shaders(TARGET FILES a.comp b.comp ...)
#
# Compiles GLSL compute shaders to SPIR-V, validates them and embeds them. For each NAME.comp, the
# sources of TARGET may then write
#
#     static const uint32_t name_spirv[] =
#     #include "NAME.spv.inc"
#         ;
#
# and hand `name_spirv` and `sizeof name_spirv` to kro_pipeline_config. `glslc -mfmt=c` writes the same
# file, so such a source also builds without CMake. NAME.spv lies beside it, for kro_pipeline_load.
#
# Shaders are compiled for Vulkan 1.1; one that needs more says so in its first line, for example
# `// target-env: vulkan1.2`. Warnings are errors. Files that a shader includes are tracked.
#
# This file serves Kronos' own build and, installed, every project that does find_package(kronos).

function(kronos_add_shaders target)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "FILES")
    if(NOT arg_FILES OR arg_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "usage: kronos_add_shaders(TARGET FILES a.comp b.comp ...)")
    endif()
    find_program(KRONOS_GLSLC glslc HINTS $ENV{VULKAN_SDK}/bin REQUIRED)
    find_program(KRONOS_SPIRV_VAL spirv-val HINTS $ENV{VULKAN_SDK}/bin REQUIRED)

    set(script ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/KronosCompileShader.cmake)
    set(folder ${CMAKE_CURRENT_BINARY_DIR}/${target}.shaders)
    file(MAKE_DIRECTORY ${folder})
    foreach(file IN LISTS arg_FILES)
        cmake_path(ABSOLUTE_PATH file OUTPUT_VARIABLE source)
        cmake_path(GET source STEM LAST_ONLY name)
        set(spirv ${folder}/${name}.spv)
        add_custom_command(
            OUTPUT ${spirv}.inc
            BYPRODUCTS ${spirv}
            COMMAND ${CMAKE_COMMAND}
                -D GLSLC=${KRONOS_GLSLC} -D SPIRV_VAL=${KRONOS_SPIRV_VAL}
                -D SOURCE=${source} -D SPIRV=${spirv} -P ${script}
            DEPENDS ${source} ${script}
            DEPFILE ${spirv}.d
            COMMENT "Shader ${name}"
            VERBATIM)
        target_sources(${target} PRIVATE ${spirv}.inc)
    endforeach()
    target_include_directories(${target} PRIVATE ${folder})
endfunction()
