# kronos_merge(OUT): one object made of libkronos and, where it has its validator, SPIRV-Tools and the
# C++ runtime, in which only the public calls are global. An archive of it links into a C program with
# plain cc, and next to another copy of SPIRV-Tools or another C++ runtime without a clash. OUT is
# empty where it cannot be made.
function(kronos_merge out)
    set(${out} "" PARENT_SCOPE)
    if(kronos_sanitized OR KRONOS_COVERAGE)
        return()
    endif()

    # --force-group-allocation dissolves COMDAT groups; left as groups, a C++ program's copy of an
    # inline function would replace ours and leave our now local names pointing at nothing.
    set(link_flags -r -nostdlib -Wl,--force-group-allocation)
    set(archive "")
    set(runtime "")
    if(kronos_has_validator)
        set(archive ${KRONOS_SPIRV_TOOLS_ARCHIVE})
        set(runtime -Wl,-Bstatic -lstdc++ -lgcc_eh -lgcc)
    endif()
    include(CheckCXXSourceCompiles)
    set(CMAKE_REQUIRED_LINK_OPTIONS ${link_flags} ${runtime})
    check_cxx_source_compiles("int kro_probe(void) { return 0; }" KRONOS_CAN_MERGE)
    if(NOT KRONOS_CAN_MERGE OR NOT CMAKE_OBJCOPY)
        message(STATUS "Objects cannot be merged: libkronos.a is built without its SPIR-V check")
        return()
    endif()

    set(object ${CMAKE_CURRENT_BINARY_DIR}/libkronos_merged.o)
    set(inputs ${objects} $<TARGET_OBJECTS:kronos_validator>)
    add_custom_command(
        OUTPUT ${object}
        COMMAND ${CMAKE_CXX_COMPILER} ${link_flags} -o ${object} ${inputs} ${archive} ${runtime}
        # objcopy localises no STB_GNU_UNIQUE symbol, which C++ statics are, unless it is weak.
        COMMAND ${CMAKE_OBJCOPY} --wildcard --weaken-symbol=_Z* ${object}
        COMMAND ${CMAKE_OBJCOPY} --wildcard --keep-global-symbol=kro_[!_]* ${object}
        DEPENDS ${inputs} ${archive}
        COMMENT "Merging libkronos"
        COMMAND_EXPAND_LISTS
        VERBATIM)
    set(${out} ${object} PARENT_SCOPE)
endfunction()
