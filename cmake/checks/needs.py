"""libkronos.so needs the C library at run time and nothing else.

usage: needs.py READELF LIBRARY
"""

import re
import subprocess
import sys

import tree

ALLOWED = re.compile(r"(libc|libm|libdl|libpthread|ld-[a-z0-9-]+)\.(so|musl)[.\w-]*$|libc\.musl.*")


def main():
    readelf, library = sys.argv[1:]
    command = [readelf, "--dynamic", "--wide", library]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    needed = re.findall(r"\(NEEDED\).*\[(.*)\]", text)
    faults = [f"needs {name}" for name in needed if not ALLOWED.match(name)]
    tree.finish(f"libraries that {library} needs", len(needed), faults)


main()
