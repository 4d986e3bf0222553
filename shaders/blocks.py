"""Makes shaders and C structs of the blocks in blocks.txt.

usage: blocks.py BLOCKS OUT
Writes into the folder OUT, leaving alone what is there already as it should be:
    block_LAYOUT_STORAGE_NAME.comp   a shader that reads, writes and copies each member of the block
    blocks.inc                the same block as a C struct, and where its members lie
and prints the names of the shaders, joined by semicolons.

Only alignments are written here, those of GLSL 4.60, 7.6.2.2, and of GL_EXT_scalar_block_layout.
Where a member lies, how far elements are apart and how long a struct is, the C compiler tells from
them on one side, glslc on the other.
"""

import os
import re
import sys
from collections import namedtuple

DEFAULT_LAYOUTS = ["std140-uniform", "std430-buffer", "scalar-buffer"]
LENGTH_TO_THE_END = 3  # elements of an array without a length

# A kind of scalar: the prefix of its vectors and matrices in GLSL, its type in C, its size, and how a
# shader makes words of a value and a value of words. Narrow kinds, which shaders may convert and do
# nothing else with, come as whole vectors: {uvec} and the like are of as many components.
Kind = namedtuple("Kind", "scalar prefix c size to_words of_words")
KINDS = [
    Kind("float", "", "float", 4, "floatBitsToUint({value})", "uintBitsToFloat({words})"),
    Kind("double", "d", "double", 8, "unpackDouble2x32({value})", "packDouble2x32({words})"),
    Kind("int", "i", "int32_t", 4, "uint({value})", "int({words})"),
    Kind("uint", "u", "uint32_t", 4, "{value}", "{words}"),
    Kind("int64_t", "i64", "int64_t", 8, "unpackUint2x32(uint64_t({value}))",
         "int64_t(packUint2x32({words}))"),
    Kind("uint64_t", "u64", "uint64_t", 8, "unpackUint2x32({value})", "packUint2x32({words})"),
    Kind("float16_t", "f16", "uint16_t", 2, "floatBitsToUint({vec}({value}))",
         "{type}(uintBitsToFloat({words}))"),
    Kind("int16_t", "i16", "int16_t", 2, "{uvec}({ivec}({value}))", "{type}({ivec}({words}))"),
    Kind("uint16_t", "u16", "uint16_t", 2, "{uvec}({value})", "{type}({words})"),
    Kind("int8_t", "i8", "int8_t", 1, "{uvec}({ivec}({value}))", "{type}({ivec}({words}))"),
    Kind("uint8_t", "u8", "uint8_t", 1, "{uvec}({value})", "{type}({words})"),
]
EXTENSIONS = {8: "GL_EXT_shader_8bit_storage", 16: "GL_EXT_shader_16bit_storage",
              64: "GL_EXT_shader_explicit_arithmetic_types_int64"}

# columns 1: a scalar or a vector of `rows` components.
Numeric = namedtuple("Numeric", "kind columns rows")
Struct = namedtuple("Struct", "name members")
Member = namedtuple("Member", "type name lengths row_major glsl")  # of lengths the last may be 0
Block = namedtuple("Block", "name layouts structs members")
# A scalar, a vector or a column of a block: how C calls its components and GLSL the whole.
Vector = namedtuple("Vector", "kind c glsl")


def numeric_types():
    types = {}
    for kind in KINDS:
        types[kind.scalar] = Numeric(kind, 1, 1)
        for rows in (2, 3, 4):
            types[f"{kind.prefix}vec{rows}"] = Numeric(kind, 1, rows)
            if kind.prefix in ("", "d"):
                types[f"{kind.prefix}mat{rows}"] = Numeric(kind, rows, rows)
                for columns in (2, 3, 4):
                    types[f"{kind.prefix}mat{columns}x{rows}"] = Numeric(kind, columns, rows)
    return types


NUMERIC = numeric_types()


def parse_members(text, structs):
    members = []
    for glsl in filter(None, (part.strip() for part in text.split(";"))):
        match = re.fullmatch(r"(row_major )?(\w+) (\w+)((?:\[\d*\])*)", glsl)
        if not match or (match[2] not in NUMERIC and match[2] not in structs):
            sys.exit(f"blocks.py: no member: '{glsl}'")
        lengths = [int(n or 0) for n in re.findall(r"\[(\d*)\]", match[4])]
        type = NUMERIC.get(match[2]) or structs[match[2]]
        glsl = glsl.replace("row_major", "layout(row_major)")
        members.append(Member(type, match[3], lengths, bool(match[1]), glsl))
    return members


def parse(text):
    text = re.sub(r"^#.*\n", "", text, flags=re.M)
    for head, body in re.findall(r"^\[(.*)\]$([^\[]*(?:\[\d*\][^\[]*)*)", text, re.M):
        name, *layouts = head.split()
        structs = {}
        for match in re.finditer(r"struct (\w+) \{(.*?)\};", body):
            structs[match[1]] = Struct(match[1], parse_members(match[2], structs))
        members = parse_members(re.sub(r"struct .*?\};", "", body).replace("\n", " "), structs)
        yield Block(name, layouts or DEFAULT_LAYOUTS, structs, members)


def kinds_of(members):
    for member in members:
        if isinstance(member.type, Struct):
            yield from kinds_of(member.type.members)
        else:
            yield member.type.kind


# The C struct.


def vector_alignment(layout, kind, length, in_array):
    """Of a vector, or of a vector that is an element or a column."""
    if layout == "scalar":
        return kind.size
    alignment = kind.size * (4 if length == 3 else length)
    return max(alignment, 16) if layout == "std140" and in_array else alignment


def c_vector(layout, kind, length, in_array, name):
    alignment = vector_alignment(layout, kind, length, in_array)
    return f"_Alignas({alignment}) {kind.c} {name}[{length}]"


def c_member(layout, member, inherited_rows):
    suffix = "".join(f"[{n or LENGTH_TO_THE_END}]" for n in member.lengths)
    if isinstance(member.type, Struct):
        type = c_struct(layout, member.type.members, inherited_rows or member.row_major)
        return f"{type} {member.name}{suffix}"
    kind, columns, rows = member.type
    if columns == 1 and not suffix:
        return c_vector(layout, kind, rows, False, member.name)
    if columns == 1:
        return f"struct {{ {c_vector(layout, kind, rows, True, 'v')}; }} {member.name}{suffix}"
    if inherited_rows or member.row_major:
        columns, rows = rows, columns
    column = f"struct {{ {c_vector(layout, kind, rows, True, 'v')}; }}"
    return f"struct {{ {column} m[{columns}]; }} {member.name}{suffix}"


def c_struct(layout, members, inherited_rows):
    texts = [c_member(layout, member, inherited_rows) for member in members]
    if layout == "std140":  # a struct is aligned to 16
        texts[0] = "_Alignas(16) " + texts[0]
    return "struct { " + "; ".join(texts) + "; }"


def elements(lengths):
    """The subscripts of all elements of an array, as tuples."""
    if not lengths:
        return [()]
    return [(i,) + rest for i in range(lengths[0] or LENGTH_TO_THE_END)
            for rest in elements(lengths[1:])]


def vectors(members, inherited_rows, c_path="", glsl_path=""):
    for member in members:
        rows_first = inherited_rows or member.row_major
        for element in elements(member.lengths):
            c = c_path + member.name + "".join(f"[{i}]" for i in element)
            glsl = glsl_path + member.name + "".join(f"[AT({i})]" for i in element)
            if isinstance(member.type, Struct):
                yield from vectors(member.type.members, rows_first, c + ".", glsl + ".")
                continue
            kind, columns, rows = member.type
            if columns == 1:
                whole = c + (".v" if element else "")
                yield Vector(kind, [f"{whole}[{row}]" for row in range(rows)], glsl)
                continue
            for column in range(columns):
                places = [(row, column) if rows_first else (column, row) for row in range(rows)]
                yield Vector(kind, [f"{c}.m[{first}].v[{second}]" for first, second in places],
                             f"{glsl}[AT({column})]")


# The shader.

SHADER = """// Block {name} of shaders/blocks.txt in {layout}: reads, writes and copies each member.
#version 450
{extensions}
layout(local_size_x = 1) in;

{structs}
layout({layout}, binding = 0) {storage} From {{
    {members}
}} from;
layout({layout}, binding = 1) writeonly buffer To {{
    {members}
}} to;
layout(std430, binding = 2) writeonly buffer Seen {{ uint seen[]; }};
layout(std430, binding = 3) readonly buffer Given {{ uint given[]; }};

layout(constant_id = 0) const uint MODE = 0;
layout(push_constant) uniform Push {{ uint zero; }};

uint next = 0;

void put(uint word) {{ seen[next++] = word; }}
void put(uvec2 words) {{ put(words.x); put(words.y); }}
void put(uvec3 words) {{ put(words.xy); put(words.z); }}
void put(uvec4 words) {{ put(words.xy); put(words.zw); }}
uint get_1() {{ return given[next++]; }}
uvec2 get_2() {{ uint first = get_1(); return uvec2(first, get_1()); }}
uvec3 get_3() {{ uvec2 first = get_2(); return uvec3(first, get_1()); }}
uvec4 get_4() {{ uvec2 first = get_2(); return uvec4(first, get_2()); }}

#define AT(n) n // a constant
void read_members()
{{
{reads}
}}
void write_members()
{{
{writes}
}}

#undef AT
#define AT(n) (n + zero) // computed
void read_subscripted()
{{
{reads}
}}
void write_subscripted()
{{
{writes}
}}

void copy_members()
{{
{copies}
}}

void main()
{{
    if (MODE == 0)
        read_members();
    else if (MODE == 1)
        write_members();
    else if (MODE == 2)
        read_subscripted();
    else if (MODE == 3)
        write_subscripted();
    else
        copy_members();
}}
"""


def c_name(layout, storage, block):
    return f"block_{layout}_{storage}_{block.name}"


def copies(members):
    """What is assigned whole: members where GLSL has assignments of their type, else their vectors."""
    for member in members:
        if any(kind.size < 4 for kind in kinds_of([member])):
            yield from (vector.glsl for vector in vectors([member], False))
        elif member.lengths and member.lengths[0] == 0:
            yield from (f"{member.name}[{i}]" for i in range(LENGTH_TO_THE_END))
        else:
            yield member.name


def moves(vector):
    """The statements that read a vector and that write it."""
    kind, length = vector.kind, len(vector.c)
    parts = [(vector.glsl, length)]
    if kind.size >= 4 and length > 1:
        parts = [(f"{vector.glsl}[AT({i})]", 1) for i in range(length)]
    for glsl, count in parts:
        names = {"vec": f"vec{count}", "ivec": f"ivec{count}", "uvec": f"uvec{count}",
                 "type": f"{kind.prefix}vec{count}"}
        if count == 1:
            names = {"vec": "float", "ivec": "int", "uvec": "uint", "type": kind.scalar}
        value = kind.to_words.format(value=f"from.{glsl}", **names)
        words = f"get_{count * 2 if kind.size == 8 else count}()"
        yield f"    put({value});", f"    to.{glsl} = {kind.of_words.format(words=words, **names)};"


def shader(block, layout, storage):
    kinds = set(kinds_of(block.members))
    wanted = {8 * kind.size for kind in kinds if kind.size < 4 or kind.scalar.endswith("int64_t")}
    extensions = [EXTENSIONS[bits] for bits in sorted(wanted)]
    if layout == "scalar":
        extensions.insert(0, "GL_EXT_scalar_block_layout")
    moved = [move for vector in vectors(block.members, False) for move in moves(vector)]
    return SHADER.format(
        name=block.name,
        layout=layout,
        storage="uniform" if storage == "uniform" else "readonly buffer",
        extensions="".join(f"#extension {name} : require\n" for name in extensions),
        structs="".join(
            f"struct {struct.name} {{ {'; '.join(m.glsl for m in struct.members)}; }};\n"
            for struct in block.structs.values()),
        members="\n    ".join(f"{m.glsl};" for m in block.members),
        reads="\n".join(read for read, _ in moved),
        writes="\n".join(written for _, written in moved),
        copies="\n".join(f"    to.{path} = from.{path};" for path in copies(block.members)))


# The table.


def needs(block, layout, storage):
    names = {"NEEDS_SCALAR_LAYOUT"} if layout == "scalar" else set()
    for kind in kinds_of(block.members):
        if kind.size < 4:
            names.add(f"NEEDS_STORAGE{8 * kind.size}")
            if storage == "uniform":
                names.add(f"NEEDS_UNIFORM{8 * kind.size}")
        if kind.scalar.endswith("int64_t"):
            names.add("NEEDS_INT64")
        if kind.scalar == "double":
            names.add("NEEDS_FLOAT64")
    return " | ".join(sorted(names)) or "NEEDS_NOTHING"


def table(blocks):
    yield "// Written by shaders/blocks.py from blocks.txt.\n"
    rows = []
    for block, layout, storage in blocks:
        name = c_name(layout, storage, block)
        yield f"typedef {c_struct(layout, block.members, False)} {name};\n"
        yield f"static const block_component {name}_components[] = {{\n"
        for kind, c, _ in vectors(block.members, False):
            number = f"BLOCK_{kind.scalar.upper().removesuffix('_T')}"
            yield "".join(f"    {{offsetof({name}, {place}), {number}}},\n" for place in c)
        yield "};\n"
        rows.append(f"    {{\"{layout}-{storage}-{block.name}\", \"{name}\", {name}_components,\n"
                    f"     sizeof {name}_components / sizeof {name}_components[0],\n"
                    f"     sizeof({name}), {needs(block, layout, storage)}}},\n")
    yield "static const block BLOCKS[] = {\n" + "".join(rows) + "};\n"


def write(path, text):
    try:
        with open(path, encoding="utf-8") as file:
            if file.read() == text:
                return
    except FileNotFoundError:
        pass
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def main():
    source, out = sys.argv[1:]
    with open(source, encoding="utf-8") as file:
        shapes = list(parse(file.read()))
    blocks = [(block, *layout.split("-")) for block in shapes for layout in block.layouts]
    os.makedirs(out, exist_ok=True)
    write(os.path.join(out, "blocks.inc"), "".join(table(blocks)))
    paths = []
    for block, layout, storage in blocks:
        path = os.path.join(out, c_name(layout, storage, block) + ".comp")
        write(path, shader(block, layout, storage))
        paths.append(path)
    print(";".join(paths), end="")


main()
