"""Runs a program under Valgrind's memcheck, which finds what is read or written outside of what was
allocated, used before it was set, freed twice or never.

usage: memcheck.py [--finds TEXT] PROGRAM [ARGUMENTS...]
Exit code: the program's own, or 99 where memcheck found something that valgrind.supp does not name;
77 (skipped) where there is no valgrind. With --finds, 0 where memcheck found something and said TEXT,
otherwise 1.
"""

import os
import shutil
import subprocess
import sys

FOUND = 99
SUPPRESSIONS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "valgrind.supp")
OPTIONS = [
    "--quiet",
    f"--error-exitcode={FOUND}",
    "--leak-check=full",
    "--show-leak-kinds=definite,indirect",
    "--errors-for-leak-kinds=definite,indirect",
    "--num-callers=40",
    "--gen-suppressions=all",
    f"--suppressions={SUPPRESSIONS}",
]


def main():
    words = sys.argv[1:]
    wanted = None
    if words[0] == "--finds":
        wanted = words[1]
        words = words[2:]
    if not shutil.which("valgrind"):
        print("memcheck: skipped: needs valgrind (package valgrind)")
        sys.exit(77)
    command = ["valgrind", *OPTIONS, *words]
    if wanted is None:
        sys.exit(subprocess.run(command, check=False).returncode)
    run = subprocess.run(command, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                         encoding="utf-8", errors="replace")
    print(run.stdout)
    found = run.returncode == FOUND and wanted in run.stdout
    print(f"memcheck: '{wanted}' was {'' if found else 'not '}found")
    sys.exit(0 if found else 1)


main()
