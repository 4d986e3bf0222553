# What the build needs from outside. A LunarG SDK named by VULKAN_SDK comes before the system.
set(sdk $ENV{VULKAN_SDK})

find_path(KRONOS_VULKAN_INCLUDE vulkan/vulkan.h HINTS ${sdk}/include REQUIRED
    DOC "Folder of the Vulkan headers")
find_path(KRONOS_SPIRV_INCLUDE spirv/unified1/spirv.h HINTS ${sdk}/include REQUIRED
    DOC "Folder of the SPIR-V headers")

# The archive, not the shared library: libkronos keeps its validator to itself.
if(KRONOS_VALIDATOR)
    find_library(KRONOS_SPIRV_TOOLS_ARCHIVE libSPIRV-Tools.a HINTS ${sdk}/lib
        DOC "SPIRV-Tools as an archive")
    find_path(KRONOS_SPIRV_TOOLS_INCLUDE spirv-tools/libspirv.h HINTS ${sdk}/include
        DOC "Folder of the SPIRV-Tools headers")
    if(NOT KRONOS_SPIRV_TOOLS_ARCHIVE OR NOT KRONOS_SPIRV_TOOLS_INCLUDE)
        message(STATUS "SPIRV-Tools was not found: libkronos is built without its SPIR-V check")
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
