"""What a dispatch costs, in instructions: callgrind counts them, the null driver adds next to none.

usage: instructions.py WORKLOAD DRIVER FIGURES [SLOWER PATTERN=PERCENT...]
WORKLOAD is kronos-workload, DRIVER the null driver, FIGURES instructions.json. Exit code 1 names what
got worse and by how much, and what got so much better that the figure holds nothing any more; 77
(skipped) where there is no valgrind. With SLOWER, a library to preload
(tests/slower.c), only those patterns are counted, and each dispatch executes so much more than is
written down.
"""

import json
import os
import sys

import callgrind

# The difference leaves out what it costs to begin and to end.
ROUNDS = (4, 14)
DISPATCHES_PER_ROUND = 1000


def per_dispatch(workload, driver, pattern):
    few, many = (callgrind.count(workload, driver, pattern, rounds) for rounds in ROUNDS)
    return (many - few) / ((ROUNDS[1] - ROUNDS[0]) * DISPATCHES_PER_ROUND)


def main():
    workload, driver, figures, *planted = sys.argv[1:]
    callgrind.skip_without("instructions")
    with open(figures, encoding="utf-8") as file:
        limits = json.load(file)
    patterns = dict.fromkeys(limits["instructions"], "0")
    if planted:
        os.environ["LD_PRELOAD"] = planted[0]
        patterns = dict(word.split("=") for word in planted[1:])
    faults = 0
    for pattern, percent in patterns.items():
        expected = limits["instructions"][pattern]
        os.environ["KRONOS_SLOWER"] = str(expected * int(percent) // 100)
        found = per_dispatch(workload, driver, pattern)
        change = found / expected - 1
        verdict = ""
        if change > limits["margin"]:
            verdict = ": worse"
        elif change < -limits["margin"]:
            verdict = f": better, write it down in {figures}"
        faults += verdict != ""
        print(f"{pattern}: {found:.0f} instructions per dispatch, {expected} written down ({change:+.1%}){verdict}")
    sys.exit(1 if faults else 0)


main()
