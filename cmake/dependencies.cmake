# What the build needs from outside. A LunarG SDK named by VULKAN_SDK comes before the system. All that
# is missing is said at once; why it is needed stands in packages.txt.
set(sdk $ENV{VULKAN_SDK})
set(missing "")

# Notes what was not found, and Debian's package that has it.
macro(kronos_need variable what package)
    if(NOT ${variable})
        string(APPEND missing "  ${what}: Debian's ${package}, or -D ${variable}=PATH\n")
    endif()
endmacro()

find_path(KRONOS_VULKAN_INCLUDE vulkan/vulkan.h HINTS ${sdk}/include
    DOC "Folder of the Vulkan headers")
kronos_need(KRONOS_VULKAN_INCLUDE "Vulkan headers" libvulkan-dev)
find_path(KRONOS_SPIRV_INCLUDE spirv/unified1/spirv.h HINTS ${sdk}/include
    DOC "Folder of the SPIR-V headers")
kronos_need(KRONOS_SPIRV_INCLUDE "SPIR-V headers" spirv-headers)

if(KRONOS_SUITES)
    # The registry that belongs to the headers; the code made of it checks that it does.
    find_file(KRONOS_VULKAN_REGISTRY vk.xml
        HINTS ${KRONOS_VULKAN_INCLUDE}/../share/vulkan/registry
        PATHS /usr/share/vulkan/registry /usr/local/share/vulkan/registry
        NO_DEFAULT_PATH
        DOC "The Vulkan registry, vk.xml")
    kronos_need(KRONOS_VULKAN_REGISTRY "the Vulkan registry, vk.xml" libvulkan-dev)
    find_program(KRONOS_GLSLC glslc HINTS ${sdk}/bin DOC "Compiles shaders")
    kronos_need(KRONOS_GLSLC glslc glslc)
    find_program(KRONOS_SPIRV_VAL spirv-val HINTS ${sdk}/bin DOC "Checks shaders")
    kronos_need(KRONOS_SPIRV_VAL spirv-val spirv-tools)
    find_program(KRONOS_SPIRV_OPT spirv-opt HINTS ${sdk}/bin DOC "Optimises shaders")
    kronos_need(KRONOS_SPIRV_OPT spirv-opt spirv-tools)
    find_program(KRONOS_SPIRV_AS spirv-as HINTS ${sdk}/bin DOC "Assembles shaders")
    kronos_need(KRONOS_SPIRV_AS spirv-as spirv-tools)
    find_library(KRONOS_CJSON cjson DOC "cJSON")
    kronos_need(KRONOS_CJSON cJSON libcjson-dev)
    find_path(KRONOS_SODIUM_INCLUDE sodium.h DOC "Folder of libsodium's header")
    kronos_need(KRONOS_SODIUM_INCLUDE "libsodium's header" libsodium-dev)
    find_library(KRONOS_SODIUM sodium DOC "libsodium")
    kronos_need(KRONOS_SODIUM libsodium libsodium-dev)
    find_library(KRONOS_MPFR mpfr DOC "MPFR: correctly rounded reference arithmetic")
    kronos_need(KRONOS_MPFR MPFR libmpfr-dev)
endif()

# The archive, not the shared library: libkronos keeps its validator to itself.
if(KRONOS_VALIDATOR)
    find_library(KRONOS_SPIRV_TOOLS_ARCHIVE libSPIRV-Tools.a HINTS ${sdk}/lib
        DOC "SPIRV-Tools as an archive")
    find_path(KRONOS_SPIRV_TOOLS_INCLUDE spirv-tools/libspirv.h HINTS ${sdk}/include
        DOC "Folder of the SPIRV-Tools headers")
    if(NOT KRONOS_SPIRV_TOOLS_ARCHIVE OR NOT KRONOS_SPIRV_TOOLS_INCLUDE)
        message(STATUS "libSPIRV-Tools.a was not found (Debian's spirv-tools): "
            "libkronos is built without its SPIR-V check")
    endif()
endif()
if(KRONOS_SPIRV_TOOLS_ARCHIVE AND KRONOS_SPIRV_TOOLS_INCLUDE)
    set(kronos_has_validator ${KRONOS_VALIDATOR})
else()
    set(kronos_has_validator OFF)
endif()

# Python runs a generator and the tests. Modules that distributions package belong to the system's own
# interpreter, whichever comes first in PATH.
if(NOT DEFINED Python3_EXECUTABLE AND EXISTS /usr/bin/python3)
    set(Python3_EXECUTABLE /usr/bin/python3 CACHE FILEPATH "Python")
endif()
if(KRONOS_SUITES)
    find_package(Python3 REQUIRED COMPONENTS Interpreter)
endif()

if(missing)
    message(FATAL_ERROR "Kronos needs what is not here:\n${missing}")
endif()
