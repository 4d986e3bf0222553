# Assembles a module and writes its words as a C initializer; run with cmake -P.
#
# In:  SPIRV_AS  the assembler
#      PRELUDE   what a module without a memory model starts with
#      SOURCE    the module; it may ask for "target: spv1.4" in a comment
#      MODULE    the file to write, in binary form
#      WORDS     the file to write, as C
cmake_minimum_required(VERSION 3.25)

file(READ ${SOURCE} text)
set(target spv1.3)
if(text MATCHES "; target: (spv[0-9.]+)")
    set(target ${CMAKE_MATCH_1})
endif()
if(NOT text MATCHES "OpMemoryModel")
    file(READ ${PRELUDE} prelude)
    string(PREPEND text "${prelude}")
endif()
file(WRITE ${WORDS}.spvasm "${text}")
execute_process(COMMAND ${SPIRV_AS} --target-env ${target} ${WORDS}.spvasm -o ${MODULE}
    COMMAND_ERROR_IS_FATAL ANY)
file(READ ${MODULE} hex HEX)
string(REGEX REPLACE "(..)(..)(..)(..)" "0x\\4\\3\\2\\1,\n" words "${hex}")
file(WRITE ${WORDS} "${words}")
