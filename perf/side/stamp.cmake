# kp_side_stamp: what the headers say that a module and the program that loads it both see. A program
# from other sources than a module would take its structs for something else.
get_filename_component(kp_side_perf ${CMAKE_CURRENT_LIST_DIR} DIRECTORY)
get_filename_component(kp_side_tree ${kp_side_perf} DIRECTORY)
file(GLOB kp_side_headers CONFIGURE_DEPENDS ${kp_side_perf}/*.h ${kp_side_perf}/side/*.h)
list(APPEND kp_side_headers ${kp_side_tree}/harness/shaders.h ${kp_side_tree}/harness/text.h)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${kp_side_headers})
set(kp_side_stamp "")
foreach(header IN LISTS kp_side_headers)
    file(SHA256 ${header} hash)
    string(APPEND kp_side_stamp ${hash})
endforeach()
string(SHA256 kp_side_stamp "${kp_side_stamp}")
