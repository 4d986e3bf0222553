# Sanitizers and coverage act on everything that is built: mixed code would hide what they look for.
if(KRONOS_SANITIZE)
    list(JOIN KRONOS_SANITIZE "," sanitizers)
    add_compile_options(
        -fsanitize=${sanitizers} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    add_link_options(-fsanitize=${sanitizers})
endif()

# A project that takes Kronos in may have sanitizers among its own flags.
string(TOUPPER "${CMAKE_BUILD_TYPE}" build_type)
get_directory_property(flags COMPILE_OPTIONS)
string(APPEND flags " ${CMAKE_C_FLAGS} ${CMAKE_CXX_FLAGS} ${CMAKE_C_FLAGS_${build_type}}"
    " ${CMAKE_CXX_FLAGS_${build_type}}")
set(kronos_sanitized OFF)
if(flags MATCHES "-fsanitize=")
    set(kronos_sanitized ON)
endif()

if(KRONOS_COVERAGE)
    # Absolute paths let lcov run from any folder. Threads count one after another.
    add_compile_options(
        --coverage -fprofile-update=atomic $<$<C_COMPILER_ID:GNU>:-fprofile-abs-path>)
    add_link_options(--coverage)
endif()
