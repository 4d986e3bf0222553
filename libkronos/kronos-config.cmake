# find_package(kronos) gives kronos::kronos (shared), kronos::static and kronos_add_shaders().
include(${CMAKE_CURRENT_LIST_DIR}/kronos-targets.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/KronosShaders.cmake)
