"""Names Doxygen's manual pages so that they can stand among those of other libraries.

usage: pages.py FROM TO INCLUDE_FOLDER
Pages of calls, types and constants keep their names, those of headers become kronos_NAME.h, and those
of struct members are left out: a page `device(3)` says nothing to anybody. A call without a page is an
error: Doxygen takes a filter that could not run for an empty file.
"""

import glob
import os
import re
import sys


def calls(folder):
    for path in glob.glob(os.path.join(folder, "*.h")):
        with open(path, encoding="utf-8") as file:
            yield from re.findall(r"^KRO(?:_TEST)?_API[^;(]*?\b(kro_\w+)\(", file.read(), re.M)


def main():
    source, target, include = sys.argv[1:]
    os.makedirs(target, exist_ok=True)
    headers = {name for name in os.listdir(source) if name.endswith(".h.3")}
    for name in sorted(os.listdir(source)):
        if name not in headers and not re.match(r"kro_|KRO_", name):
            continue
        with open(os.path.join(source, name), encoding="utf-8") as file:
            text = file.read()
        text = re.sub(r"^\.so man3/(\w+\.h\.3)$", r".so man3/kronos_\1", text, flags=re.M)
        path = os.path.join(target, f"kronos_{name}" if name in headers else name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    missing = [call for call in calls(include) if not os.path.exists(os.path.join(target, f"{call}.3"))]
    for call in missing:
        print(f"{call} has no page")
    sys.exit(1 if missing else 0)


main()
