"""Every public call appears in an example that is built and run.

usage: examples.py ROOT
What a public macro calls counts where the macro is used.
"""

import re
import sys

import declarations
import tree


def expand_macros(root, text):
    """Adds the body of every public macro that the text uses, and of those that these use."""
    headers = "\n".join(tree.read(root, path) for path in tree.files(root, ".h")
                        if path.startswith(declarations.INCLUDE))
    macros = re.findall(r"^#define (KRO_\w+)\b((?:.*\\\n)*.*)", headers, re.M)
    while True:
        more = [body for name, body in macros if re.search(rf"\b{name}\b", text) and body not in text]
        if not more:
            return text
        text += "\n".join(more)


def main():
    root = sys.argv[1]
    listed = tree.read(root, "examples/CMakeLists.txt")
    text = ""
    for path in tree.files(root, ".c", ".cpp"):
        name = path.removeprefix("examples/")
        if path.startswith("examples/") and re.search(rf"\b{re.escape(name)}\b", listed):
            text += tree.read(root, path)
    text = expand_macros(root, text)
    # C++ picks an element's type by overloads of its own.
    inner = {"kro_test_float_element", "kro_test_integer_element"}
    calls = [call for mark in (declarations.LIBRARY, declarations.TEST_LIBRARY)
             for call in declarations.calls(root, mark) if call.name not in inner]
    faults = [f"{call.header}: {call.name} is in no example" for call in calls
              if not re.search(rf"\b{call.name}\(", text)]
    tree.finish("calls in examples", len(calls), faults)


main()
