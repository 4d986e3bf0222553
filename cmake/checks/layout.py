"""The tree keeps its rules.

usage: layout.py ROOT
- Vulkan headers are included only where Vulkan is spoken.
- A .c file begins with the header that declares what it defines: one beside it, which several may
  share, a public header, or the seam that it implements.
- Every source of libkronos is built.
- Sources stay short, hold no tab and no note of unfinished work.
- Every shader is used.
"""

import os
import re
import sys

import tree

# Folders and files that may include Vulkan headers.
VULKAN = (
    "libkronos/src/vk/",
    "libkronos/include/kronos/vulkan.h",
    "harness/raw.h",
    "harness/drivers/",
    "perf/twins/",
    "cli/repro/",
    "examples/imported_device.c",
    "examples/raw_vulkan.c",
    "examples/standard_vulkan.c",
)
# Places whose .c files define programs, tests or plug-ins and have nothing to declare.
WITHOUT_HEADER = re.compile(r"examples/|unit/|cli/new/|cmake/checks/|conformance/|leakcheck/|harness/drivers/|[a-z]+/tests/")
MAX_LINES = 500
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
STRING = re.compile(r'"(?:[^"\\\n]|\\.)*"')  # TAP has a directive of such a name


def check_vulkan(path, text):
    if not path.startswith(VULKAN) and re.search(r'#\s*include\s*[<"](vulkan|vk_video)/', text):
        yield f"{path}: includes a Vulkan header"


def check_header(root, path, text):
    if not path.endswith(".c") or WITHOUT_HEADER.match(path):
        return
    if re.search(r"^int main\(", text, re.M):
        return
    first = re.search(r'^#include [<"](.*)[>"]$', text, re.M)
    name = first.group(1) if first else ""
    # Headers of libkronos' core are named from src/, others from their own folder.
    folder = "libkronos/src" if path.startswith("libkronos/src/") else os.path.dirname(path)
    header = os.path.join(folder, name)
    beside = os.path.dirname(header) == os.path.dirname(path)
    if name.startswith("kronos/") or name == "backend.h":
        return
    if not beside or not os.path.exists(os.path.join(root, header)):
        yield f"{path}: does not begin with a header that lies beside it"


def check_built(root, sources):
    listed = tree.read(root, "libkronos/CMakeLists.txt")
    for path in sources:
        name = path[len("libkronos/") :]
        if path.startswith("libkronos/src/") and not path.endswith(".h") and name not in listed:
            yield f"{path}: is not in libkronos/CMakeLists.txt"


def check_text(path, text):
    lines = text.splitlines()
    if len(lines) > MAX_LINES:
        yield f"{path}: {len(lines)} lines; is it two files?"
    for number, line in enumerate(lines, 1):
        if "\t" in line:
            yield f"{path}:{number}: a tab"
        if UNFINISHED.search(STRING.sub("", line)):
            yield f"{path}:{number}: unfinished work"


def check_shaders(root, shaders, sources):
    text = "\n".join(tree.read(root, path) for path in sources)
    text += "\n".join(tree.read(root, path) for path in tree.files(root, "CMakeLists.txt", ".def"))
    for path in shaders:
        name = os.path.splitext(os.path.basename(path))[0]
        if not re.search(rf'"{name}"|\b{name}\.(comp|spvasm|spv)\b|\({name}[,)]', text):
            yield f"{path}: no source names it"


def main():
    root = sys.argv[1]
    sources = tree.files(root, ".c", ".h", ".cc", ".cpp")
    shaders = tree.files(root, ".comp")
    shaders += [path for path in tree.files(root, ".spvasm") if path.startswith("shaders/")]
    faults = []
    for path in sources:
        text = tree.read(root, path)
        faults += check_vulkan(path, text)
        faults += check_header(root, path, text)
        faults += check_text(path, text)
    faults += check_built(root, sources)
    faults += check_shaders(root, shaders, sources)
    tree.finish("layout", len(sources) + len(shaders), faults)


main()
