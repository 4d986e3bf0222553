# What tests run on, so that ctest gives the same answer on every machine.
#
# KRONOS_LAVAPIPE      manifest of Mesa's CPU driver, where tests run unless they choose another
# KRONOS_SWIFTSHADER   manifest of Google's CPU driver
# KRONOS_LAYER_FOLDER  folder with the manifest of a recent Khronos validation layer
#
# ./kronos fetches the last two; each is empty where it is missing.
file(GLOB manifest LIST_DIRECTORIES false
    /usr/share/vulkan/icd.d/lvp_icd*.json /usr/local/share/vulkan/icd.d/lvp_icd*.json)
list(SUBLIST manifest 0 1 manifest)
set(KRONOS_LAVAPIPE "${manifest}" CACHE FILEPATH "Manifest of Mesa's CPU driver")
if(NOT KRONOS_LAVAPIPE)
    message(WARNING "Mesa's CPU driver was not found: tests run on whatever driver there is")
endif()

set(KRONOS_SWIFTSHADER ${PROJECT_SOURCE_DIR}/build/drivers/swiftshader.json)
if(NOT EXISTS ${KRONOS_SWIFTSHADER})
    set(KRONOS_SWIFTSHADER "")
endif()
set(KRONOS_LAYER_FOLDER ${PROJECT_SOURCE_DIR}/build/drivers/layers)
if(NOT EXISTS ${KRONOS_LAYER_FOLDER}/VkLayer_khronos_validation.json)
    set(KRONOS_LAYER_FOLDER "")
endif()

# kronos_test_environment(TEST...): runs tests on lavapipe and shields them from the variables of
# whoever started ctest.
function(kronos_test_environment)
    set(changes
        KRONOS_DEVICE=unset: KRONOS_DRIVER=unset: KRONOS_VALIDATION=unset: KRONOS_PLAIN=unset:
        KRONOS_CACHE_DIR=unset: KRONOS_LOG=unset: KRONOS_EXTRA_DRIVERS=unset:
        KRONOS_ALLOW_UNTRUSTED_DRIVERS=unset: VK_ICD_FILENAMES=unset: VK_INSTANCE_LAYERS=unset:
        GITHUB_ACTIONS=unset: GITHUB_STEP_SUMMARY=unset:)
    if(KRONOS_LAVAPIPE)
        list(APPEND changes VK_DRIVER_FILES=set:${KRONOS_LAVAPIPE})
    endif()
    set_property(TEST ${ARGN} APPEND PROPERTY ENVIRONMENT_MODIFICATION ${changes})
endfunction()
