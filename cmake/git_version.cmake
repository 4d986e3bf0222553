# Writes which commit is built into a C header; run with cmake -P at every build.
#
# In:  SOURCE  the checkout
#      OUT     the header; rewritten only when it changes
cmake_minimum_required(VERSION 3.25)

execute_process(COMMAND git -C ${SOURCE} rev-parse HEAD
    OUTPUT_VARIABLE hash OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
execute_process(COMMAND git -C ${SOURCE} status --porcelain
    OUTPUT_VARIABLE changes ERROR_QUIET)
set(clean 0)
if(failed)
    set(hash unknown) # an archive of the sources, or no git
elseif(changes STREQUAL "")
    set(clean 1)
endif()
file(CONFIGURE OUTPUT ${OUT} CONTENT "// Which commit this is.
#define KRONOS_GIT_HASH  \"@hash@\"
#define KRONOS_GIT_CLEAN @clean@ // nothing differs from it
" @ONLY)
