# Writes text files into a C table; run with cmake -P.
#
# In:  ROOT   folder that the paths in the table start from
#      FILES  paths below it, joined by '|'
#      OUT    the C file
cmake_minimum_required(VERSION 3.25)

string(REPLACE "|" ";" FILES "${FILES}")
set(arrays "")
set(rows "")
set(count 0)
foreach(file IN LISTS FILES)
    file(READ ${ROOT}/${file} bytes HEX)
    string(REGEX REPLACE "(..)" "0x\\1," bytes "${bytes}")
    string(REGEX REPLACE "((0x..,){16})" "\\1\n    " bytes "${bytes}")
    string(APPEND arrays "static const char text_${count}[] = {\n    ${bytes}0,\n};\n")
    string(APPEND rows "    {\"${file}\", text_${count}},\n")
    math(EXPR count "${count} + 1")
endforeach()
file(WRITE ${OUT} "#include \"main.h\"\n\n${arrays}
const kt_builtin_file kt_builtin_expectations[] = {\n${rows}    {0},\n};
const size_t kt_builtin_expectation_count = ${count};\n")
