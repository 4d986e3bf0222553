# find_package(kronos) gives kronos::kronos (shared), kronos::static, kronos::test (for kronos/test.h)
# and kronos_add_shaders().
cmake_policy(PUSH)
cmake_policy(VERSION 3.25)
include(${CMAKE_CURRENT_LIST_DIR}/kronos-targets.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/KronosShaders.cmake)
cmake_policy(POP)
