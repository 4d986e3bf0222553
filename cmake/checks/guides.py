"""The guides are followed: their commands are run as they stand, each guide in an empty folder.

usage: guides.py ROOT BUILD
Blocks of `sh` are run one after another by one shell; the lines of a block of `text` behind one are
lines that it printed. BUILD stands in for build/release of the clone at $KRONOS. The folders are not
below BUILD, whose path may have blanks.
"""

import glob
import os
import re
import subprocess
import sys
import tempfile

import tree

BLOCK = re.compile(r"^```(sh|text)\n(.*?)^```$", re.M | re.S)
MARK = "---- guides: end of block"


def follow(root, build, scratch, path):
    with open(path, encoding="utf-8") as file:
        blocks = BLOCK.findall(file.read())
    commands = [text for kind, text in blocks if kind == "sh"]
    if not commands:
        return 0, []
    name = os.path.basename(path)
    folder = os.path.join(scratch, name[: -len(".md")])
    os.makedirs(folder)
    script = f"\necho '{MARK}'\n".join(commands).replace("$KRONOS/build/release", build)
    run = subprocess.run(["bash", "-euo", "pipefail", "-c", script], cwd=folder, text=True,
                         env={**os.environ, "KRONOS": root}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    print(f"==== {name}\n{run.stdout}")
    if run.returncode != 0:
        return len(commands), [f"{name}: exit code {run.returncode}"]

    faults, printed, done = [], run.stdout.split(MARK), 0
    for kind, text in blocks:
        if kind == "sh":
            done += 1
        elif done:
            lines = printed[done - 1].splitlines()
            faults += [f"{name}: did not print '{line}'" for line in text.splitlines() if line not in lines]
    return len(commands), faults


def main():
    root, build = sys.argv[1:]
    count, faults = 0, []
    with tempfile.TemporaryDirectory(prefix="kronos-guides-") as scratch:
        for path in sorted(glob.glob(os.path.join(root, "docs/guides/*.md"))):
            blocks, found = follow(root, build, scratch, path)
            count += blocks
            faults += found
    tree.finish("guides' commands", count, faults)


main()
