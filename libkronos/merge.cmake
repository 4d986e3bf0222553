# kronos_merge(OUT): one object made of libkronos, SPIRV-Tools and the C++ runtime, in which only the
# public calls are global. An archive of it links into a C program with plain cc, and next to another
# copy of SPIRV-Tools or another C++ runtime without a clash. OUT is empty where it cannot be made.
function(kronos_merge out)
    set(${out} "" PARENT_SCOPE)
    if(NOT kronos_has_validator OR KRONOS_SANITIZE OR KRONOS_COVERAGE)
        return()
    endif()

    # --force-group-allocation dissolves COMDAT groups; left as groups, a C++ program's copy of an
    # inline function would replace ours and leave our now local names pointing at nothing.
    set(link_flags -r -nostdlib -Wl,--force-group-allocation)
    include(CheckCXXSourceCompiles)
    set(CMAKE_REQUIRED_LINK_OPTIONS ${link_flags} -Wl,-Bstatic -lstdc++ -lgcc_eh -lgcc)
    check_cxx_source_compiles("int kro_probe(void) { return 0; }" KRONOS_CAN_MERGE)
    if(NOT KRONOS_CAN_MERGE OR NOT CMAKE_OBJCOPY)
        message(STATUS "Objects cannot be merged: libkronos.a is built without its SPIR-V check")
        return()
    endif()

    set(object ${CMAKE_CURRENT_BINARY_DIR}/libkronos_merged.o)
    set(inputs ${objects} $<TARGET_OBJECTS:kronos_validator>)
    add_custom_command(
        OUTPUT ${object}
        COMMAND ${CMAKE_CXX_COMPILER} ${link_flags} -o ${object} ${inputs}
            ${KRONOS_SPIRV_TOOLS_ARCHIVE} -Wl,-Bstatic -lstdc++ -lgcc_eh -lgcc
        # objcopy localises no STB_GNU_UNIQUE symbol, which C++ statics are, unless it is weak.
        COMMAND ${CMAKE_OBJCOPY} --wildcard --weaken-symbol=_Z* ${object}
        COMMAND ${CMAKE_OBJCOPY} --wildcard --keep-global-symbol=kro_[!_]* ${object}
        DEPENDS ${inputs} ${KRONOS_SPIRV_TOOLS_ARCHIVE}
        COMMENT "Merging libkronos with its validator"
        COMMAND_EXPAND_LISTS
        VERBATIM)
    set(${out} ${object} PARENT_SCOPE)
endfunction()
