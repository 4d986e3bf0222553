"""Every C and C++ source is as clang-format writes it.

usage: format.py ROOT CLANG_FORMAT
Other versions of clang-format disagree in places, so only version 14 decides; ctest counts exit code
77 as skipped.
"""

import subprocess
import sys

import tree

VERSION = "version 14."


def main():
    root, program = sys.argv[1:]
    said = subprocess.run([program, "--version"], check=True, capture_output=True, text=True).stdout
    if VERSION not in said:
        print(f"clang-format {VERSION} decides, this is: {said.strip()}")
        sys.exit(77)
    sources = tree.files(root, ".c", ".h", ".cc", ".cpp")
    command = [program, "--dry-run", "-Werror", *sources]
    run = subprocess.run(command, cwd=root, capture_output=True, text=True)
    faults = [run.stderr] if run.returncode != 0 else []
    tree.finish("format", len(sources), faults)


main()
