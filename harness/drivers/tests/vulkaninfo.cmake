# Runs vulkaninfo through the Vulkan loader on one driver and looks for its device.
#
# In:  VULKANINFO  the program            MANIFEST  the driver
#      DEVICE      a part of the name that must be printed
set(ENV{VK_DRIVER_FILES} ${MANIFEST})
set(ENV{VK_ICD_FILENAMES} ${MANIFEST}) # what older loaders call it
execute_process(COMMAND ${VULKANINFO}
    OUTPUT_VARIABLE output ERROR_VARIABLE errors RESULT_VARIABLE result)
if(result OR NOT output MATCHES "deviceName +=[^\n]*${DEVICE}")
    message(FATAL_ERROR "vulkaninfo on ${MANIFEST} ended with ${result}:\n${errors}")
endif()
