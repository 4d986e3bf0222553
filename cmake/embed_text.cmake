# Writes files into a C table; run with cmake -P by kronos_embed.
#
# In:  TABLE  name of the table; TABLE_count is how many files it has
#      ROOT   folder that the paths in the table start from
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
    string(APPEND arrays "static const unsigned char text_${count}[] = {\n    ${bytes}0,\n};\n")
    file(SHA256 ${ROOT}/${file} hash)
    string(APPEND rows "    {\"${file}\", (const char *)text_${count}, \"${hash}\"},\n")
    math(EXPR count "${count} + 1")
endforeach()
file(WRITE ${OUT} "#include \"embedded.h\"\n\n${arrays}
extern const kt_embedded ${TABLE}[];
extern const size_t ${TABLE}_count;
const kt_embedded ${TABLE}[] = {\n${rows}    {0},\n};
const size_t ${TABLE}_count = ${count};\n")
