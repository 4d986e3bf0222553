# Runs a program on the null driver behind the proxy and looks at what the proxy writes at the end.
#
# In:  PROGRAM  computes something    PROXY, NULL  the driver libraries
#      FOLDER   for the reports
set(ENV{KRONOS_DRIVER} ${PROXY})
set(ENV{KRONOS_PROXY_DRIVER} ${NULL})
file(MAKE_DIRECTORY ${FOLDER})

# run(SPEC): leaves what the program said on stderr in `errors`.
function(run spec)
    set(ENV{KRONOS_PROXY} ${spec})
    execute_process(COMMAND ${PROGRAM}
        OUTPUT_VARIABLE output ERROR_VARIABLE errors RESULT_VARIABLE result)
    if(result)
        message(FATAL_ERROR "'${PROGRAM}' ended with ${result}:\n${errors}")
    endif()
    set(errors "${errors}" PARENT_SCOPE)
endfunction()

function(expect text pattern)
    if(NOT text MATCHES "${pattern}")
        message(FATAL_ERROR "'${pattern}' is missing in:\n${text}")
    endif()
endfunction()

set(report ${FOLDER}/report.txt)
file(REMOVE ${report})
run("count\;report=${report}")
file(READ ${report} written)
expect("${written}" "^kronos proxy: calls\n.*\nvkCreateInstance 1\n")

run("count")
expect("${errors}" "kronos proxy: calls\n.*\nvkDestroyInstance 1\n")

run("report=${report}")
file(READ ${report} written)
if(written) # nothing broken, nothing left
    message(FATAL_ERROR "the report should be empty:\n${written}")
endif()

run("count\;report=${FOLDER}/none/report.txt")
expect("${errors}" "the report could not be written to '.*/none/report.txt'")
