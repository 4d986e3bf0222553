"""Code shown in the documents is code that is built and run.

usage: documents.py ROOT
Each block of C, C++, GLSL, CMake or JSON in README.md and docs/ stands, as it is, in a source of the
project or in committed results. Each fault in vendor-matrix/expect stands in the known issues, with
its versions; each status stands in the guide to errors. Links within the project lead somewhere.
"""

import glob
import os
import re
import sys

import tree

BLOCK = re.compile(r"^```(c|cpp|glsl|cmake|json)\n(.*?)^```$", re.M | re.S)
SOURCES = (".c", ".cpp", ".h", ".comp", ".spvasm", ".cmake", "CMakeLists.txt", ".json")
PLACES = ("examples/", "shaders/", "conformance/", "cli/new/", "vendor-matrix/results/")


def check_blocks(root, path, text, sources):
    for language, block in BLOCK.findall(text):
        if not any(block in source for source in sources):
            yield f"{path}: in no source:\n{block}"


def check_links(root, path, text):
    for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", text):
        if not os.path.exists(os.path.join(root, os.path.dirname(path), target)):
            yield f"{path}: leads nowhere: {target}"


def check_known_issues(root):
    path = "docs/guides/known-issues.md"
    rows = tree.read(root, path).replace("\\|", "|")
    for file in sorted(glob.glob(os.path.join(root, "vendor-matrix/expect/*.txt"))):
        for entry in tree.read(root, file).split("\n[")[1:]:
            fields = dict(re.findall(r"^(\w+) = (.*)$", entry, re.M))
            row = f"| {fields['driver']} | {fields['versions']} | {fields['reason']} |"
            if row not in rows:
                yield f"{path}: lacks {row}"


def check_statuses(root):
    path = "docs/guides/errors.md"
    text = tree.read(root, path)
    for name in re.findall(r"^    (KRO_\w+) =", tree.read(root, "libkronos/include/kronos/status.h"), re.M):
        if f"| `{name}` |" not in text:
            yield f"{path}: lacks {name}"


def main():
    root = sys.argv[1]
    documents = [path for path in tree.files(root, ".md") if "/" not in path or path.startswith("docs/")]
    sources = [tree.read(root, path) for path in tree.files(root, *SOURCES) if path.startswith(PLACES)]
    faults = [*check_known_issues(root), *check_statuses(root)]
    for path in documents:
        text = tree.read(root, path)
        faults += check_blocks(root, path, text, sources)
        faults += check_links(root, path, text)
    tree.finish("documents", len(documents), faults)


main()
