# Sanitizers and coverage act on everything that is built: mixed code would hide what they look for.
if(KRONOS_SANITIZE)
    list(JOIN KRONOS_SANITIZE "," sanitizers)
    add_compile_options(
        -fsanitize=${sanitizers} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    add_link_options(-fsanitize=${sanitizers})
endif()

if(KRONOS_COVERAGE)
    # Absolute paths let lcov run from any folder.
    add_compile_options(--coverage $<$<C_COMPILER_ID:GNU>:-fprofile-abs-path>)
    add_link_options(--coverage)
endif()
