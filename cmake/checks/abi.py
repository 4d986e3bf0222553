"""Programs built against the recorded interface still work with this one: no public call is gone,
and no public struct, enumerator or signature is another. Additions are fine.

usage: abi.py compare|record ROOT SCRATCH SONAME CC [INCLUDE_FOLDER...]
  compare  with libkronos/libkronos.abi, the interface of the last release
  record   writes that file anew

What is compared is the interface alone: a library whose calls have the public signatures and empty
bodies, so that handles are as opaque as their users see them, under libkronos' SONAME and version
script. (project/exports holds the real library to the same declarations.) Exit code 77 (skipped)
without abidiff, or on a machine whose ABI is another than the recorded one.
"""

import os
import platform
import re
import shutil
import subprocess
import sys

import tree

INCLUDE = "libkronos/include"
RECORDED = "libkronos/libkronos.abi"
ADVICE = f"""
The interface is not the recorded one (above): programs built against that would break. If a
release has it, raise kronos_abi_number in libkronos/CMakeLists.txt, once a release. Then record the
new one and commit {RECORDED}: cmake --build build/release --target kronos_abi_record"""


def stubs(root):
    """C source in which every public call has an empty body, and the number of calls."""
    lines, count = [], 0
    for path in tree.files(root, ".h"):
        if path.startswith(INCLUDE + "/"):
            lines.append(f"#include <{path[len(INCLUDE) + 1:]}>")
            for declaration in re.findall(r"^KRO_API\s[^;]*;", tree.read(root, path), re.M):
                lines.append(declaration[:-1] + " {}")
                count += 1
    return "\n".join(lines) + "\n", count


def write_abi(root, scratch, soname, cc, includes):
    source, count = stubs(root)
    with open(os.path.join(scratch, "interface.c"), "w", encoding="utf-8") as file:
        file.write(source)
    library, abi = os.path.join(scratch, soname), os.path.join(scratch, "libkronos.abi")
    flags = ["-std=c11", "-w", "-g", "-O0", "-fPIC", "-shared", "-nostdlib"]
    flags += [f"-Wl,-soname,{soname}", f"-Wl,--version-script={root}/libkronos/libkronos.map"]
    for folder in [os.path.join(root, INCLUDE), *includes]:
        flags += ["-I", folder]
    subprocess.run([cc, *flags, "-o", library, "interface.c"], cwd=scratch, check=True)
    details = ["--no-corpus-path", "--no-comp-dir-path", "--no-architecture", "--no-show-locs"]
    # Vulkan's types are Vulkan's affair: its headers grow by a hundred enumerators a year.
    ignored = os.path.join(scratch, "ignored")
    with open(ignored, "w", encoding="utf-8") as file:
        file.write("[suppress_type]\n  name_regexp = ^Vk\n  drop = yes\n")
    details += ["--suppressions", ignored]
    subprocess.run(
        ["abidw", "--type-id-style", "hash", *details, "--out-file", abi, library], check=True
    )
    return abi, count


def main():
    verb, root, scratch, soname, cc, *includes = sys.argv[1:]
    if not shutil.which("abidiff") or platform.machine() != "x86_64":
        print("abi: skipped: needs abidiff (package abigail-tools), on x86-64")
        sys.exit(77)
    os.makedirs(scratch, exist_ok=True)
    abi, count = write_abi(root, scratch, soname, cc, includes)
    recorded = os.path.join(root, RECORDED)
    if verb == "record":
        shutil.copyfile(abi, recorded)
        return
    command = ["abidiff", "--no-added-syms", recorded, abi]
    run = subprocess.run(command, capture_output=True, text=True)
    faults = [run.stdout + run.stderr + ADVICE] if run.returncode != 0 else []
    tree.finish("interface", count, faults)


main()
