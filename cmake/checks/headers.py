"""Each public header compiles alone, as C11 and as C++17, with pedantic warnings.

usage: headers.py ROOT CC CXX [INCLUDE_FOLDER...]
"""

import os
import subprocess
import sys

import tree

INCLUDE = "libkronos/include"
WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Werror", "-fsyntax-only"]


def main():
    root, cc, cxx, *folders = sys.argv[1:]
    includes = [f"-I{os.path.join(root, INCLUDE)}"]
    for folder in folders:
        includes += ["-isystem", folder]
    languages = [
        [cc, "-x", "c", "-std=c11", "-Wmissing-prototypes", "-Wstrict-prototypes"],
        [cxx, "-x", "c++", "-std=c++17", "-Wold-style-cast"],
    ]
    headers = [
        path[len(INCLUDE) + 1 :] for path in tree.files(root, ".h") if path.startswith(INCLUDE)
    ]
    faults = []
    for header in headers:
        for language in languages:
            command = [*language, *WARNINGS, *includes, "-"]
            run = subprocess.run(
                command, input=f"#include <{header}>\n", text=True, capture_output=True
            )
            if run.returncode != 0:
                faults.append(f"{header} with {' '.join(command)}\n{run.stderr}")
    tree.finish("headers alone", len(headers), faults)


main()
