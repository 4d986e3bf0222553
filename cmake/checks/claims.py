"""Every command that a document names exists, and every test that it names is there to be run.

usage: claims.py ROOT BUILD KRONOS
`./kronos test -R PATTERN` must select tests of BUILD, `./kronos WORD` must be a word of the script or of
the command KRONOS, and options behind it must be in that word's --help.
"""

import re
import subprocess
import sys

import tree

COMMAND = re.compile(r"(?:^    |`)((?:\./)?kronos [a-z][^`#\n]*)", re.M)
SCRIPT_WORDS = {"test", "build", "setup", "help"}


def said(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def check(command, build, kronos, words):
    program, word, *rest = command.split()
    if word == "test" and program == "./kronos":
        if "-R" in rest:
            pattern = rest[rest.index("-R") + 1].strip("'\"")
            total = re.search(r"^Total Tests: (\d+)", said("ctest", "--test-dir", build, "-N", "-R", pattern), re.M)
            if not total or total[1] == "0":
                return "selects no test"
        return None
    if word in SCRIPT_WORDS and program == "./kronos":
        return None
    if word not in words:
        return "is no command"
    usage = said(kronos, word, "--help")
    for option in rest:
        name = option.split("=")[0]
        if re.fullmatch(r"--[a-z][a-z-]*", name) and not re.search(rf"^  {name}\b", usage, re.M):
            return f"has no option {name}"
    return None


def main():
    root, build, kronos = sys.argv[1:]
    words = re.findall(r"^  ([a-z]+)  ", said(kronos, "--help").split("\n\n")[2], re.M)
    commands, faults = 0, []
    for path in tree.files(root, ".md"):
        if "/" in path and not path.startswith("docs/"):
            continue
        # In a table a vertical bar is written with a backslash.
        for command in COMMAND.findall(tree.read(root, path).replace("\\|", "|")):
            commands += 1
            fault = check(command, build, kronos, words)
            if fault:
                faults.append(f"{path}: '{command.strip()}' {fault}")
    tree.finish("commands in documents", commands, faults)


main()
