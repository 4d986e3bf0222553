# kronos_warnings(TARGET): the project's warnings. They become errors with
# CMAKE_COMPILE_WARNING_AS_ERROR, which the presets for developers and CI set; a user's newer compiler
# may warn about more than ours and must still be able to build.
function(kronos_warnings target)
    target_compile_options(${target} PRIVATE
        -Wall -Wextra -Wpedantic -Wshadow
        $<$<COMPILE_LANGUAGE:C>:-Wmissing-prototypes>)
endfunction()
