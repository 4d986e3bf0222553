# Words of a spec, around programs that are not ours and come to the proxy through the Vulkan loader.
#
# In:  VULKANINFO, VKCUBE  the programs, with what starts them and arguments; "": not here
#      MANIFEST  the proxy's     DRIVER  what stands behind it     FOLDER  for the reports
set(ENV{VK_DRIVER_FILES} ${MANIFEST})
set(ENV{VK_ICD_FILENAMES} ${MANIFEST}) # what older loaders call it
set(ENV{KRONOS_PROXY_DRIVER} ${DRIVER})
file(MAKE_DIRECTORY ${FOLDER})
set(report ${FOLDER}/report.txt)

# run(COMMAND SPEC): leaves all that the program and the proxy said in `said`, and whether it went
# well in `result`.
function(run command spec)
    file(REMOVE ${report})
    set(ENV{KRONOS_PROXY} "${spec};report=${report}")
    separate_arguments(command UNIX_COMMAND "${command}")
    execute_process(COMMAND ${command}
        OUTPUT_VARIABLE output ERROR_VARIABLE errors RESULT_VARIABLE result)
    set(written "")
    if(EXISTS ${report})
        file(READ ${report} written)
    endif()
    set(said "${output}${errors}${written}" PARENT_SCOPE)
    set(result "${result}" PARENT_SCOPE)
endfunction()

# shows(COMMAND SPEC PATTERN...): the program ends well and says this.
function(shows command spec)
    run("${command}" "${spec}")
    if(result)
        message(FATAL_ERROR "'${command}' with '${spec}' ended with ${result}:\n${said}")
    endif()
    foreach(pattern IN LISTS ARGN)
        if(NOT said MATCHES "${pattern}")
            message(FATAL_ERROR "'${pattern}' is missing with '${spec}':\n${said}")
        endif()
    endforeach()
endfunction()

# fails(COMMAND SPEC): the program looks at its results.
function(fails command spec)
    run("${command}" "${spec}")
    if(NOT result)
        message(FATAL_ERROR "'${command}' with '${spec}' went well")
    endif()
endfunction()

if(VULKANINFO)
    shows("${VULKANINFO}" "count" "\nvkCreateInstance [1-9]" "\nvkCreateDevice [1-9]")
    shows("${VULKANINFO}" "hide=timeline,sync2"
        "timelineSemaphore += false" "synchronization2 += false" "shaderInt64 += true")
    shows("${VULKANINFO}" "api=1.1" "apiVersion += 1\\.1\\.")
    shows("${VULKANINFO}" "limit=maxPushConstantsSize:128;limit=heap_bytes:1000000"
        "maxPushConstantsSize += 128" "size += 1000000 ")
    shows("${VULKANINFO}" "noncoherent" "HOST_VISIBLE")
    if(said MATCHES "HOST_COHERENT")
        message(FATAL_ERROR "some memory is coherent:\n${said}")
    endif()
    fails("${VULKANINFO}" "fail=vkCreateDevice:1:VK_ERROR_OUT_OF_HOST_MEMORY")
endif()
if(VKCUBE)
    foreach(word IN ITEMS delay=3 reorder=3 split_queues=4 api=1.1 hide=timeline,sync2)
        shows("${VKCUBE}" "count;${word}" "\nvkQueueSubmit [1-9]")
    endforeach()
    fails("${VKCUBE}" "fail=vkCreateFence:1:VK_ERROR_OUT_OF_HOST_MEMORY")
    fails("${VKCUBE}" "lose=5")
    fails("${VKCUBE}" "fail=any:60:VK_ERROR_DEVICE_LOST")
endif()
