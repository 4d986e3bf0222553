"""What analysis tools are told to be silent about is not ours: every suppression file (*.supp) is short,
and each of its entries names a driver or a library of the system and why, in its name or in a comment
above it, has a frame of theirs, and none that could be a function or a file of ours. Whatever a driver
calls is not ours: Kronos hands no driver a function to call.

usage: suppressions.py ROOT [NM LIBRARY...]
With NM, what LIBRARY defines is ours, and so is each kro_ and kt_.
"""

import fnmatch
import re
import subprocess
import sys

import tree

MOST_LINES = 60
LEAST_REASON = 60  # characters
ANYTHING = ("obj:*", "fun:*")
THEIRS = ("Mesa", "lavapipe", "LLVM", "SwiftShader", "RADV", "ANV", "NVK", "NVIDIA", "glibc",
          "Vulkan loader")
OUR_FILES = ("libkronos.so", "libkronos.so.0.1.0", "libkronos_null.so", "libkronos_proxy.so",
             "kronos", "kronos-unit", "kronos-conformance", "kronos-leakcheck")
OUR_FUNCTIONS = ("kro_buffer_create", "kro__vk_kernel_create", "kt_context", "cli_leaks", "main")
# Stand between whoever allocates or copies and what they call: ours do, too.
ANYBODYS = ("malloc", "calloc", "realloc", "free", "posix_memalign", "aligned_alloc", "_Znwm",
            "strdup", "memcpy", "memmove", "memset", "strlen", "pthread_create@@GLIBC_2.34",
            "pthread_create", "start_thread", "clone")

# Entries that this check must refuse.
BAD = (
    # no reason
    "{\n name\n Memcheck:Leak\n fun:malloc\n obj:*libvulkan_lvp.so*\n}\n",
    # a reason without a name
    "# Something or other is never freed by somebody, and nothing can be done about that here.\n"
    "{\n name\n Memcheck:Leak\n fun:malloc\n obj:*libvulkan_lvp.so*\n}\n",
    # nothing of theirs
    "# Mesa never frees this, and nothing can be done about that in a program that uses it.\n"
    "{\n name\n Memcheck:Leak\n fun:malloc\n}\n",
    "# Mesa never frees this, and nothing can be done about that in a program that uses it.\n"
    "{\n name\n Memcheck:Leak\n fun:*alloc\n ...\n}\n",
    # ours
    "# Mesa never frees this, and nothing can be done about that in a program that uses it.\n"
    "{\n name\n Memcheck:Leak\n fun:malloc\n obj:*libvulkan_lvp.so*\n fun:kro_*\n}\n",
    "# Mesa never frees this, and nothing can be done about that in a program that uses it.\n"
    "{\n name\n Memcheck:Leak\n fun:malloc\n obj:*lib*.so*\n}\n",
    "# Mesa never frees this, and nothing can be done about that in a program that uses it.\n"
    "{\n name\n Memcheck:Leak\n match-leak-kinds: definite\n fun:malloc\n fun:*\n}\n",
    "# Mesa never frees this, and nothing can be done about that in a program that uses it.\n"
    "{\n name\n Memcheck:Leak\n obj:*\n ...\n obj:*/libvulkan_lvp.so*\n}\n",
    "# Mesa never frees this, and nothing can be done about that in a program that uses it.\n"
    "leak:kro__vk_*\n",
    "# Mesa never frees this, and nothing can be done about that in a program that uses it.\n"
    "leak:kronos\n",
)
GOOD = (
    "# Mesa never frees this, and nothing can be done about that in a program that uses it.\n"
    "{\n name\n Memcheck:Leak\n fun:malloc\n obj:*/libvulkan_lvp.so*\n}\n",
    "{\n lavapipe (Mesa): what it calls, and the code that it makes at run time\n Helgrind:Race\n"
    " obj:*\n obj:*/libvulkan_lvp.so*\n}\n",
    "# SwiftShader's threads, which are not built with the sanitizer, look like races to it.\n"
    "race:libvk_swiftshader.so\n",
)


def split(text):
    """The entries: (reason, frames) of each; sanitizers have one frame a line, without braces."""
    entries, comment, frames, after_blank = [], [], None, False
    for line in (line.strip() for line in text.splitlines()):
        if line.startswith("#"):
            comment = [] if after_blank else comment
            comment.append(line.lstrip("# "))
        elif line == "{":
            frames = []
        elif line == "}":
            # A name and the tool's kind go before the frames.
            entries.append((" ".join(comment + frames[:1]), frames[2:]))
            comment, frames = [], None
        elif frames is not None and not line.startswith("match-leak-kinds"):
            frames.append(line)
        elif line:
            entries.append((" ".join(comment), ["any:" + line.split(":", 1)[-1]]))
            comment = []
        after_blank = not line
    return entries


def matches(kind, pattern, name):
    if kind == "any":  # sanitizers: a part of a function, file or module
        return fnmatch.fnmatchcase(name, f"*{pattern}*")
    return fnmatch.fnmatchcase(name, pattern)


def whose(frame, ours):
    """What a frame may stand for: "ours", "anybody's" or "theirs"."""
    kind, _, pattern = frame.partition(":")
    if frame == "..." or (kind == "obj" and "/vgpreload_" in pattern):  # Valgrind's own
        return "anybody's"
    names = []
    if kind in ("fun", "any"):
        names += ours
    if kind in ("obj", "any"):
        names += [f"/somewhere/lib/{name}" for name in OUR_FILES]
    if any(matches(kind, pattern, name) for name in names):
        return "ours"
    anybodys = kind == "fun" and any(matches(kind, pattern, name) for name in ANYBODYS)
    return "anybody's" if anybodys else "theirs"


def whose_all(frames, ours):
    kinds = [whose(frame, ours) for frame in frames]
    for i, frame in enumerate(frames[:-1]):
        called_by_driver = frames[i + 1].startswith("obj:") and kinds[i + 1] == "theirs"
        if frame in ANYTHING and called_by_driver:
            kinds[i] = "anybody's"
    return kinds


def check(path, text, ours):
    faults = []
    entries = split(text)
    if not entries:
        faults.append(f"{path}: has no entry, and is not needed")
    if len(text.splitlines()) > MOST_LINES:
        faults.append(f"{path}: {len(text.splitlines())} lines; {MOST_LINES} at most")
    for number, (reason, frames) in enumerate(entries, 1):
        at = f"{path}: entry {number}"
        if len(reason) < LEAST_REASON:
            faults.append(f"{at}: does not say why")
        if not any(name in reason for name in THEIRS):
            faults.append(f"{at}: names none of {', '.join(THEIRS)}")
        kinds = whose_all(frames, ours)
        for frame, kind in zip(frames, kinds):
            if kind == "ours":
                faults.append(f"{at}: '{frame}' covers code of ours")
        if "theirs" not in kinds:
            faults.append(f"{at}: no frame says that it is theirs")
    return faults


def defined(nm, libraries):
    names = set(OUR_FUNCTIONS)
    for library in libraries:
        out = subprocess.run([nm, "--defined-only", library], check=True, capture_output=True,
                             encoding="utf-8").stdout
        names.update(re.findall(r" [tT] (\w+)$", out, re.MULTILINE))
    return sorted(name for name in names if re.match(r"(kro|kt|cli|kp)_", name)) + ["main"]


def main():
    root = sys.argv[1]
    ours = defined(sys.argv[2], sys.argv[3:]) if len(sys.argv) > 2 else list(OUR_FUNCTIONS)
    faults = [f"this check lets pass:\n{text}" for text in BAD if not check("", text, ours)]
    faults += [f"this check refuses:\n{text}{check('', text, ours)}"
               for text in GOOD if check("", text, ours)]
    files = tree.files(root, ".supp")
    for path in files:
        faults += check(path, tree.read(root, path), ours)
    tree.finish("suppression files", len(files), faults)


main()
