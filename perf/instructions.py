"""What a dispatch costs, in instructions: callgrind counts them, the null driver adds next to none.

usage: instructions.py WORKLOAD DRIVER FIGURES [PATTERN SLOWDOWN]
WORKLOAD is kronos-workload, DRIVER the null driver, FIGURES instructions.json. Exit code 1 names what
got worse and by how much; 77 (skipped) where there is no valgrind. With PATTERN and SLOWDOWN only that
pattern is counted, as if it had become so many times slower.
"""

import json
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
    only, slowdown = (planted[0], float(planted[1])) if planted else (None, 1)
    worse = 0
    for pattern, expected in limits["instructions"].items():
        if only not in (None, pattern):
            continue
        found = per_dispatch(workload, driver, pattern) * slowdown
        change = found / expected - 1
        fault = change > limits["margin"]
        worse += fault
        print(f"{pattern}: {found:.0f} instructions per dispatch, {expected} written down "
              f"({change:+.1%}){': worse' if fault else ''}")
    sys.exit(1 if worse else 0)


main()
