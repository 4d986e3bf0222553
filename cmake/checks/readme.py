"""Code shown in the README is code that is built and run.

usage: readme.py ROOT
Each block of C, C++ or GLSL stands, as it is, in a file of examples/ or shaders/.
"""

import re
import sys

import tree


def main():
    root = sys.argv[1]
    text = tree.read(root, "README.md")
    blocks = re.findall(r"^```(?:c|cpp|glsl)\n(.*?)^```$", text, re.M | re.S)
    sources = [
        tree.read(root, path)
        for path in tree.files(root, ".c", ".cpp", ".comp")
        if path.startswith(("examples/", "shaders/"))
    ]
    faults = [
        f"README.md: in no example or shader:\n{block}"
        for block in blocks
        if not any(block in source for source in sources)
    ]
    tree.finish("README's code", len(blocks), faults)


main()
