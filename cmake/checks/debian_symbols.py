"""debian/libkronos0.symbols lists the public calls, each with the version that it came with.

usage: debian_symbols.py ROOT
"""

import re
import sys

import declarations
import tree


def main():
    root = sys.argv[1]
    path = "debian/libkronos0.symbols"
    listed = set(re.findall(r"^ (kro_\w+)@", tree.read(root, path), re.M))
    declared = {call.name for call in declarations.calls(root)}
    header = tree.read(root, "libkronos/include/kronos/kronos.h")
    version = re.search(r'#define KRO_VERSION +"([^"]+)"', header).group(1)
    faults = [f"{path}: lacks ' {name}@KRONOS_0 {version}'" for name in sorted(declared - listed)]
    faults += [f"{path}: has {name}, which is no public call" for name in sorted(listed - declared)]
    tree.finish("symbols of the Debian package", len(declared), faults)


main()
