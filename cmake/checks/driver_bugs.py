"""docs/driver-bugs.md names cases that there are.

usage: driver_bugs.py ROOT SUITE_PROGRAM
Each pattern in the last column of a table, such as `loops/*`, matches a case of the full tier; where
there is none, the row says why.
"""

import fnmatch
import re
import sys

import case_lists
import tree

PAGE = "docs/driver-bugs.md"


def faults_of(page, cases):
    rows = [line.strip("| ").split(" | ") for line in page.splitlines() if line.startswith("| [")]
    for row in rows:
        patterns = re.findall(r"`([a-z_0-9]*[/*][^`]*)`", row[-1])
        if len(row) != 3:
            yield f"{PAGE}: {row[0]} has not three columns"
        elif not patterns and not row[2].startswith("none: "):
            yield f"{PAGE}: {row[0]} has neither a case nor a reason"
        for pattern in patterns:
            if not fnmatch.filter(cases, f"conformance/{pattern}"):
                yield f"{PAGE}: {row[0]}: there is no case {pattern}"


def main():
    root, program = sys.argv[1:]
    page = tree.read(root, PAGE)
    cases = list(case_lists.list_cases(program, "1"))
    tree.finish("driver bugs", page.count("\n| ["), list(faults_of(page, cases)))


if __name__ == "__main__":
    main()
