"""A program may load libkronos and unload it as often as it likes: no memory and no file is left behind.

usage: unload.py LIBRARY
"""

import _ctypes
import ctypes
import os
import sys


class Mallinfo(ctypes.Structure):
    _fields_ = [(name, ctypes.c_size_t) for name in (
        "arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks",
        "fordblks", "keepcost")]


def used_bytes():
    mallinfo2 = ctypes.CDLL(None).mallinfo2
    mallinfo2.restype = Mallinfo
    info = mallinfo2()
    return info.uordblks + info.hblkhd


def load_and_unload(path):
    library = ctypes.CDLL(path)
    library.kro_version.restype = ctypes.c_char_p
    version = library.kro_version()
    _ctypes.dlclose(library._handle)
    assert version
    with open("/proc/self/maps", encoding="utf-8") as maps:
        if os.path.realpath(path) in maps.read():
            sys.exit("unload: the library stays loaded")


def main():
    rounds = 50
    for _ in range(rounds): # the first ones fill caches of Python and of the dynamic linker
        load_and_unload(sys.argv[1])
    before = used_bytes(), len(os.listdir("/proc/self/fd"))
    for _ in range(rounds):
        load_and_unload(sys.argv[1])
    left = used_bytes() - before[0]
    if left > rounds * 4096: # the dynamic linker and Python keep a little for themselves
        sys.exit(f"unload: {left // rounds} bytes stay allocated each time")
    if len(os.listdir("/proc/self/fd")) != before[1]:
        sys.exit("unload: files stay open")


main()
