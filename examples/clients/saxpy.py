#!/usr/bin/env python3
"""y = a * x + y from Python, with nothing but its standard library.

usage: saxpy.py saxpy.spv

ctypes opens the installed library by its SONAME; LD_LIBRARY_PATH says where, unless it lies where
the system looks anyway. Every struct is the header's, member by member; a newer library with
another SONAME has other structs, so the number in the name is part of the contract.
"""

import array
import ctypes
import sys
from ctypes import POINTER, byref, c_bool, c_char_p, c_float, c_int, c_uint32, c_uint64, c_void_p

ARGS_BUFFERS = 8  # KRO_ARGS_BUFFERS


class kro_buffer_config(ctypes.Structure):
    _fields_ = [
        ("size_bytes", c_uint64),
        ("memory", c_int),
        ("data", c_void_p),
        ("device_address", c_bool),
        ("label", c_char_p),
    ]


class kro_dispatch_args(ctypes.Structure):
    _fields_ = [
        ("buffers", c_void_p * ARGS_BUFFERS),
        ("bindings", c_void_p),
        ("binding_count", c_uint32),
        ("push_bytes", c_uint32),
        ("push", c_void_p),
        ("groups", c_uint32 * 3),
        ("threads", c_uint32 * 3),
        ("dims", c_uint32),
        ("independent", c_bool),
        ("touches", POINTER(c_void_p)),
        ("touch_count", c_uint32),
    ]


class Push(ctypes.Structure):
    """The shader's push constant block."""

    _fields_ = [("a", c_float), ("count", c_uint32)]


# What is called: the result's type, then the arguments'. Handles are plain pointers.
CALLS = {
    "kro_status_name": (c_char_p, c_int),
    "kro_error_detail": (c_char_p,),
    "kro_context_create": (c_int, c_void_p, POINTER(c_void_p)),
    "kro_context_destroy": (None, c_void_p),
    "kro_context_stream": (c_void_p, c_void_p),
    "kro_pipeline_load": (c_int, c_void_p, c_char_p, c_void_p, POINTER(c_void_p)),
    "kro_pipeline_destroy": (None, c_void_p),
    "kro_buffer_create": (c_int, c_void_p, POINTER(kro_buffer_config), POINTER(c_void_p)),
    "kro_buffer_destroy": (None, c_void_p),
    "kro_buffer_read": (c_int, c_void_p, c_uint64, c_void_p, c_uint64),
    "kro_dispatch": (c_int, c_void_p, c_void_p, POINTER(kro_dispatch_args)),
}


class KronosError(Exception):
    pass


def open_library():
    library = ctypes.CDLL("libkronos.so.0")
    for name, (result, *arguments) in CALLS.items():
        call = getattr(library, name)
        call.restype, call.argtypes = result, arguments
    return library


def check(library, status):
    if status < 0:
        name, detail = library.kro_status_name(status), library.kro_error_detail()
        raise KronosError(f"{name.decode()}: {detail.decode()}")


def make_buffer(library, ctx, data):
    address, count = data.buffer_info()
    config = kro_buffer_config(size_bytes=count * data.itemsize, data=address)
    buffer = c_void_p()
    check(library, library.kro_buffer_create(ctx, byref(config), byref(buffer)))
    return buffer


def saxpy(library, spirv_path, a, x, y):
    ctx, kernel, x_buffer, y_buffer = c_void_p(), c_void_p(), None, None
    try:
        check(library, library.kro_context_create(None, byref(ctx)))
        check(library, library.kro_pipeline_load(ctx, spirv_path.encode(), None, byref(kernel)))
        x_buffer = make_buffer(library, ctx, x)
        y_buffer = make_buffer(library, ctx, y)

        push = Push(a, len(y))
        args = kro_dispatch_args(push=ctypes.addressof(push), push_bytes=ctypes.sizeof(push))
        args.buffers[0], args.buffers[1] = x_buffer.value, y_buffer.value
        args.threads[0] = len(y)
        check(library, library.kro_dispatch(library.kro_context_stream(ctx), kernel, byref(args)))
        address, count = y.buffer_info()
        check(library, library.kro_buffer_read(y_buffer, 0, address, count * y.itemsize))
    finally:  # every destroy call accepts NULL
        library.kro_buffer_destroy(y_buffer)
        library.kro_buffer_destroy(x_buffer)
        library.kro_pipeline_destroy(kernel)
        library.kro_context_destroy(ctx)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    x = array.array("f", range(1000))
    y = array.array("f", [1.0] * 1000)
    try:
        saxpy(open_library(), sys.argv[1], 3.0, x, y)
    except (KronosError, OSError) as error:
        sys.exit(str(error))
    print(f"3 * {x[-1]:g} + 1 = {y[-1]:g}")


if __name__ == "__main__":
    main()
