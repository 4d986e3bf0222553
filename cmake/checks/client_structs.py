"""The structs that clients in other languages declare are the headers'.

usage: client_structs.py ROOT SCRATCH CC RUSTC
Member names, offsets and sizes of the Python client, which ctypes knows, are asserted in C against
the headers; the Rust client's member names must be the same, and where RUSTC is installed its
sizes, too.
"""

import ctypes
import importlib.util
import os
import re
import shutil
import subprocess
import sys

import tree

CLIENTS = "examples/clients/saxpy"


def python_structs(root):
    """The Python client's classes that are named as the headers' structs are."""
    spec = importlib.util.spec_from_file_location("client", os.path.join(root, CLIENTS + ".py"))
    client = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(client)
    found = vars(client).items()
    return {name: kind for name, kind in found if re.match(r"kro_\w+$", name)}


def rust_structs(text):
    """Name -> member names, of the Rust client's kro_ structs."""
    found = re.findall(r"^struct (kro_\w+) \{\n(.*?)^\}", text, re.M | re.S)
    return {name: re.findall(r"^ +(\w+):", body, re.M) for name, body in found}


def c_assertions(structs):
    yield "#include <stddef.h>\n#include <kronos/kronos.h>"
    for name, kind in structs.items():
        yield f"_Static_assert(sizeof({name}) == {ctypes.sizeof(kind)}, \"sizeof {name}\");"
        for member, *_ in kind._fields_:
            offset, size = getattr(kind, member).offset, getattr(kind, member).size
            yield (
                f"_Static_assert(offsetof({name}, {member}) == {offset}"
                f" && sizeof((({name} *)0)->{member}) == {size}, \"{name}.{member}\");"
            )


def rust_assertions(structs):
    for name, kind in structs.items():
        yield f"const _: () = assert!(std::mem::size_of::<{name}>() == {ctypes.sizeof(kind)});"


def compile_faults(command, path, lines):
    with open(path, "a", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    run = subprocess.run([*command, path], capture_output=True, text=True)
    return [run.stderr] if run.returncode != 0 else []


def main():
    root, scratch, cc, rustc = sys.argv[1:]
    shutil.rmtree(scratch, ignore_errors=True)
    os.makedirs(scratch)
    structs = python_structs(root)
    rust = rust_structs(tree.read(root, CLIENTS + ".rs"))
    members = {name: [member for member, *_ in kind._fields_] for name, kind in structs.items()}
    faults = [] if rust == members else [f"Rust declares {rust}, Python {members}"]

    include = os.path.join(root, "libkronos/include")
    command = [cc, "-std=c11", "-fsyntax-only", "-I", include]
    faults += compile_faults(command, os.path.join(scratch, "structs.c"), c_assertions(structs))
    if shutil.which(rustc):
        copy = shutil.copy(os.path.join(root, CLIENTS + ".rs"), scratch)
        command = [rustc, "--edition", "2021", "--emit=metadata", "--out-dir", scratch]
        faults += compile_faults(command, copy, rust_assertions(structs))
    tree.finish("structs of clients", len(structs), faults)


main()
