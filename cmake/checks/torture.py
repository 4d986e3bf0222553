"""Each public call is tortured: leakcheck/calls.def names it in at least one case.

usage: torture.py ROOT
"""

import re
import sys

import declarations
import tree

CASES = "leakcheck/calls.def"


def main():
    root = sys.argv[1]
    calls = {call.name for call in declarations.calls(root)}
    tortured = set(re.findall(r"^TORTURE_CALL\((\w+),", tree.read(root, CASES), re.M))
    faults = [f"{CASES}: {name} is missing: no failure of it is tried" for name in calls - tortured]
    faults += [f"{CASES}: {name} is no public call" for name in tortured - calls]
    tree.finish("tortured calls", len(calls), sorted(faults))


main()
