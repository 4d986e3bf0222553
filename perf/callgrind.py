"""Counts the instructions that a program executes."""

import os
import re
import shutil
import subprocess
import sys


def skip_without(name):
    if not shutil.which("valgrind"):
        print(f"{name}: skipped: needs valgrind (package valgrind)")
        sys.exit(77)


def count(*program):
    command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null",
               *(str(word) for word in program)]
    environment = dict(os.environ, KRONOS_ALLOW_UNTRUSTED_DRIVERS="1", LC_ALL="C")
    run = subprocess.run(command, capture_output=True, text=True, env=environment)
    collected = re.search(r"Collected *: *(\d+)", run.stderr)
    if run.returncode != 0 or not collected:
        sys.exit(f"{' '.join(command)}: exit code {run.returncode}\n{run.stderr}")
    return int(collected.group(1))
