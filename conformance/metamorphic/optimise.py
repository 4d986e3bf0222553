#!/usr/bin/env python3
"""Optimises SPIR-V modules by spirv-opt and writes a table of them in C.

usage: optimise.py SPIRV_OPT OUT.c NAME.spv ...

The table is metamorphic_optimised of optimised.h: each module twice, by -O and by -Os.
"""

import pathlib
import struct
import subprocess
import sys

FORMS = {"o": "-O", "os": "-Os"}


def optimise(spirv_opt, module, flag):
    """The words of an optimised module."""
    result = subprocess.run([spirv_opt, flag, module, "-o", "-"], check=True, capture_output=True)
    return struct.unpack(f"={len(result.stdout) // 4}I", result.stdout)


def main():
    spirv_opt, out, *modules = sys.argv[1:]
    arrays, rows = [], []
    for module in modules:
        name = pathlib.Path(module).stem
        for form, flag in FORMS.items():
            words = optimise(spirv_opt, module, flag)
            array = f"{name}_{form}"
            numbers = ",".join(f"{word:#x}" for word in words)
            arrays.append(f"static const uint32_t {array}[] = {{{numbers}}};\n")
            rows.append(f'    {{"{name}.{form}", {array}, sizeof {array}}},\n')
    pathlib.Path(out).write_text(
        "// Made by optimise.py.\n"
        '#include "metamorphic/optimised.h"\n\n'
        + "".join(arrays)
        + "\nconst kronos_shader metamorphic_optimised[] = {\n"
        + "".join(rows)
        + "};\n"
        "const size_t metamorphic_optimised_count =\n"
        "    sizeof metamorphic_optimised / sizeof metamorphic_optimised[0];\n",
        encoding="ascii",
    )


if __name__ == "__main__":
    main()
