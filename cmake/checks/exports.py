"""A library's global symbols are exactly the public calls.

usage: exports.py ROOT NM LIBRARY
LIBRARY is libkronos.so, libkronos.a or libkronos_test.a, whose members share internal names, which
begin with kro__.
"""

import subprocess
import sys

import declarations
import tree


def main():
    root, nm, library = sys.argv[1:]
    table = ["--extern-only"] if library.endswith(".a") else ["--dynamic"]
    command = [nm, "--defined-only", "--format=posix", *table, library]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    # Archive members have a header line ending in ':'; type A is the version node itself.
    fields = [line.split() for line in lines if line and not line.endswith(":")]
    exported = {name.split("@")[0] for name, kind, *_ in fields if kind != "A"}
    mark = declarations.LIBRARY
    if library.endswith("_test.a"):
        mark = declarations.TEST_LIBRARY
        exported = {name for name in exported if not name.startswith("kro__")}
    declared = {call.name for call in declarations.calls(root, mark)}

    faults = [f"exported, not declared: {name}" for name in sorted(exported - declared)]
    faults += [f"declared, not exported: {name}" for name in sorted(declared - exported)]
    tree.finish(f"symbols of {library}", len(declared), faults)


main()
