# Runs programs through the Vulkan loader behind the proxy, which checks external synchronisation.
#
# In:  PROGRAMS  right ones, with arguments, joined by "|"
#      BROKEN    one that lets threads meet if it is told to
#      MANIFEST  the proxy's     DRIVER  what stands behind it     FOLDER  for the reports
set(ENV{VK_DRIVER_FILES} ${MANIFEST})
set(ENV{VK_ICD_FILENAMES} ${MANIFEST}) # what older loaders call it
set(ENV{KRONOS_PROXY_DRIVER} ${DRIVER})
file(MAKE_DIRECTORY ${FOLDER})
set(report ${FOLDER}/report.txt)
set(ENV{KRONOS_PROXY} "external=500:1;report=${report}")

# run(COMMAND): leaves what the proxy reports in `written`.
function(run command)
    file(REMOVE ${report})
    separate_arguments(command UNIX_COMMAND "${command}")
    execute_process(COMMAND ${command}
        OUTPUT_VARIABLE output ERROR_VARIABLE errors RESULT_VARIABLE result)
    if(result)
        message(FATAL_ERROR "'${command}' ended with ${result}:\n${output}${errors}")
    endif()
    file(READ ${report} written) # each program that comes to the proxy writes it, if with nothing
    set(written "${written}" PARENT_SCOPE)
endfunction()

string(REPLACE | ";" PROGRAMS "${PROGRAMS}")
list(APPEND PROGRAMS "${BROKEN} turns")
foreach(program IN LISTS PROGRAMS)
    run("${program}")
    if(written)
        message(FATAL_ERROR "'${program}' is right and was reported:\n${written}")
    endif()
endforeach()

run("${BROKEN} meet")
if(NOT written MATCHES "vkQueueWaitIdle: thread [^\n]* entered VkQueue 0x[^\n]* in vkQueueWaitIdle")
    message(FATAL_ERROR "threads met in one queue, and the report is:\n${written}")
endif()

# What was found is in the report even where the program does not come to its end.
run("${BROKEN} meet leave")
if(NOT written MATCHES "^vkQueueWaitIdle: thread ")
    message(FATAL_ERROR "the program left early, and the report is:\n${written}")
endif()
