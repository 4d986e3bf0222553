# The same sources give the same bytes, wherever they lie and whenever they are built.
#
# Names of source files in messages are those inside the project; Ninja names a source by the way
# from the build folder when that is inside the project, and by its absolute path when it is not.
cmake_path(RELATIVE_PATH PROJECT_SOURCE_DIR BASE_DIRECTORY ${PROJECT_BINARY_DIR}
    OUTPUT_VARIABLE way_to_sources)
add_compile_options(
    -fmacro-prefix-map=${PROJECT_SOURCE_DIR}/=
    -fmacro-prefix-map=${way_to_sources}/=
    -fmacro-prefix-map=${PROJECT_BINARY_DIR}/=)

# An absolute path of the build folder would leave its length behind in what is installed.
set(CMAKE_BUILD_RPATH_USE_ORIGIN ON)
