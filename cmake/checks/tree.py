"""What the checks share: walking the source tree, and reporting."""

import os
import sys

SKIPPED = {".git", "build", "out"}


def files(root, *suffixes):
    """Paths below root, relative to it, with '/' between names, sorted."""
    found = []
    for folder, folders, names in os.walk(root):
        if folder == root:
            folders[:] = [name for name in folders if name not in SKIPPED]
        for name in names:
            if name.endswith(suffixes):
                path = os.path.relpath(os.path.join(folder, name), root)
                found.append(path.replace(os.sep, "/"))
    return sorted(found)


def read(root, path):
    with open(os.path.join(root, path), encoding="utf-8") as file:
        return file.read()


def finish(what, checked, faults):
    """Prints the faults and ends the program. Having looked at nothing is a fault too."""
    if not checked:
        faults = ["nothing was found to check"]
    for fault in faults:
        print(fault)
    print(f"{what}: {checked} checked, {len(faults)} at fault")
    sys.exit(1 if faults else 0)
