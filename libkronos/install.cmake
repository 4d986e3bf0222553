# What `cmake --install` lays out. Nothing in it holds an absolute path: the prefix may be moved.
#
# Components: `runtime` is what a program needs that was built with libkronos, `development` what
# building one needs, `licences` our two, and `documentation` the reference where it was built; all
# else belongs to `suites`, the kronos command.
include(CMakePackageConfigHelpers)
set(CMAKE_INSTALL_DEFAULT_COMPONENT_NAME development)

set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/kronos)

set(libraries kronos_test)
if(KRONOS_SHARED)
    list(APPEND libraries kronos)
endif()
if(KRONOS_STATIC)
    list(APPEND libraries kronos_static)
endif()
install(TARGETS ${libraries} EXPORT kronos-targets
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
        COMPONENT runtime NAMELINK_COMPONENT development
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(FILES ${public_headers} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/kronos)
install(EXPORT kronos-targets NAMESPACE kronos:: DESTINATION ${package_folder})

write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/kronos-config-version.cmake
    COMPATIBILITY SameMinorVersion)
install(FILES
    kronos-config.cmake
    ${CMAKE_CURRENT_BINARY_DIR}/kronos-config-version.cmake
    ${PROJECT_SOURCE_DIR}/cmake/KronosShaders.cmake
    ${PROJECT_SOURCE_DIR}/cmake/KronosCompileShader.cmake
    DESTINATION ${package_folder})

# The .pc file finds its prefix from where it lies itself.
cmake_path(RELATIVE_PATH CMAKE_INSTALL_PREFIX
    BASE_DIRECTORY ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig OUTPUT_VARIABLE pc_prefix)
list(TRANSFORM system_libraries PREPEND "-l" OUTPUT_VARIABLE pc_private)
list(JOIN pc_private " " pc_private)
foreach(pc IN ITEMS kronos.pc kronos-test.pc)
    configure_file(${pc}.in ${pc} @ONLY)
    install(FILES ${CMAKE_CURRENT_BINARY_DIR}/${pc} DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endforeach()

install(FILES ${PROJECT_SOURCE_DIR}/LICENSE-MIT ${PROJECT_SOURCE_DIR}/LICENSE-APACHE
    DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT licences)
