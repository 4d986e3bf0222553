# kronos_add_shaders(TARGET FILES a.comp b.comp ...
#                    [INCLUDES folder ...] [DEFINES NAME[=VALUE] ...] [TARGET_ENV vulkan1.2])
#
# Compiles GLSL compute shaders to SPIR-V, validates them and embeds them. What GLSL has no words for
# may be SPIR-V in text, NAME.spvasm, for which INCLUDES and DEFINES do nothing. For each NAME.comp or
# NAME.spvasm, the sources of TARGET may then write
#
#     static const uint32_t name_spirv[] =
#     #include "NAME.spv.inc"
#         ;
#
# and hand `name_spirv` and `sizeof name_spirv` to kro_pipeline_config. `glslc -mfmt=c` writes the same
# file, so such a source also builds without CMake. NAME.spv lies beside it, for kro_pipeline_load.
#
# INCLUDES    folders where #include looks, after the shader's own
# DEFINES     macros; for two variants of one shader, give each a target of its own
# TARGET_ENV  what the shaders are compiled for; default: vulkan1.1. A shader that needs another says
#             so in its first line, for example `// target-env: vulkan1.2`, or behind a `;` in
#             SPIR-V, and that counts
#
# Call it in the folder that adds TARGET, as often as options differ; a NAME stands once in a target.
# Warnings are errors. A shader is compiled again when it, a file that it includes, or an option
# changes.
#
# This file serves Kronos' own build and, installed, every project that does find_package(kronos).

# Finds a program of the shader tools, or says where it comes from.
function(kronos_find_shader_tool variable name package)
    find_program(${variable} ${name} HINTS $ENV{VULKAN_SDK}/bin DOC "Compiles or checks shaders")
    if(NOT ${variable})
        message(FATAL_ERROR "kronos_add_shaders needs ${name}, which is not here: install Debian's "
            "package ${package} or the Vulkan SDK (and set VULKAN_SDK), or give -D ${variable}=PATH")
    endif()
endfunction()

# What each shader of a call must be, before anything is added.
function(kronos_check_shader target source name)
    get_source_file_property(generated ${source} GENERATED)
    if(NOT EXISTS ${source} AND NOT generated)
        message(FATAL_ERROR "kronos_add_shaders(${target}): there is no file ${source}")
    endif()
    get_target_property(earlier ${target} KRONOS_SHADER_${name})
    if(earlier)
        message(FATAL_ERROR "kronos_add_shaders(${target}): ${earlier} and ${source} would both "
            "become ${name}.spv.inc; rename one, or give it to another target")
    endif()
    set_target_properties(${target} PROPERTIES KRONOS_SHADER_${name} ${source})
endfunction()

function(kronos_add_shaders target)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "TARGET_ENV" "FILES;INCLUDES;DEFINES")
    if(NOT arg_FILES OR arg_UNPARSED_ARGUMENTS OR arg_KEYWORDS_MISSING_VALUES)
        message(FATAL_ERROR "usage: kronos_add_shaders(TARGET FILES a.comp ... [INCLUDES folder ...] "
            "[DEFINES NAME=VALUE ...] [TARGET_ENV vulkan1.2])")
    endif()
    if(NOT TARGET ${target})
        message(FATAL_ERROR "kronos_add_shaders(${target}): add_executable(${target} ...) or "
            "add_library(${target} ...) comes first")
    endif()
    get_target_property(home ${target} SOURCE_DIR)
    if(NOT home STREQUAL CMAKE_CURRENT_SOURCE_DIR)
        message(FATAL_ERROR "kronos_add_shaders(${target}): call it in ${home}, which adds ${target}")
    endif()
    kronos_find_shader_tool(KRONOS_GLSLC glslc glslc)
    kronos_find_shader_tool(KRONOS_SPIRV_VAL spirv-val spirv-tools)
    set(assembler "")
    if(arg_FILES MATCHES "\\.spvasm(;|$)")
        kronos_find_shader_tool(KRONOS_SPIRV_AS spirv-as spirv-tools)
        set(assembler -D SPIRV_AS=${KRONOS_SPIRV_AS})
    endif()
    if(NOT arg_TARGET_ENV)
        set(arg_TARGET_ENV vulkan1.1)
    endif()

    # Options lie in a file, so that every generator compiles again when they change.
    set(flags "")
    foreach(define IN LISTS arg_DEFINES)
        string(APPEND flags " [==[-D${define}]==]")
    endforeach()
    foreach(include IN LISTS arg_INCLUDES)
        cmake_path(ABSOLUTE_PATH include)
        string(APPEND flags " [==[-I${include}]==]")
    endforeach()

    set(script ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/KronosCompileShader.cmake)
    set(folder ${CMAKE_CURRENT_BINARY_DIR}/${target}.shaders)
    file(MAKE_DIRECTORY ${folder})
    foreach(file IN LISTS arg_FILES)
        cmake_path(ABSOLUTE_PATH file OUTPUT_VARIABLE source)
        cmake_path(GET source STEM LAST_ONLY name)
        kronos_check_shader(${target} ${source} ${name})
        set(spirv ${folder}/${name}.spv)
        file(GENERATE OUTPUT ${folder}/${name}.options.cmake
            CONTENT "set(target_env ${arg_TARGET_ENV})\nset(flags${flags})\n")
        add_custom_command(
            OUTPUT ${spirv}.inc
            BYPRODUCTS ${spirv}
            COMMAND ${CMAKE_COMMAND}
                -D GLSLC=${KRONOS_GLSLC} -D SPIRV_VAL=${KRONOS_SPIRV_VAL} ${assembler}
                -D SOURCE=${source} -D SPIRV=${spirv}
                -D OPTIONS=${folder}/${name}.options.cmake -P ${script}
            DEPENDS ${source} ${script} ${folder}/${name}.options.cmake
            DEPFILE ${spirv}.d
            COMMENT "Shader ${name}"
            VERBATIM)
        target_sources(${target} PRIVATE ${spirv}.inc)
    endforeach()
    target_include_directories(${target} PRIVATE ${folder})
endfunction()
