"""What a batch of 100,000 operations costs beside one of 10,000, in instructions.

usage: growth.py GROWTH DRIVER SHAPE
GROWTH is kronos-growth, DRIVER the null driver. Ten times the operations may cost ten times as much and
a little more for each doubling of what is kept: n log n is 12.5 times, and the depth of a random tree is
not quite its logarithm. Exit code 1 where it is more than 16 times (the square would be 100); 77
(skipped) where there is no valgrind.
"""

import sys

import callgrind

FEW, MANY = 10000, 100000
MOST = 16


def main():
    growth, driver, shape = sys.argv[1:]
    callgrind.skip_without("growth")
    # The difference leaves out what it costs to begin and to end.
    none, few, many = (callgrind.count(growth, driver, shape, n) for n in (0, FEW, MANY))
    ratio = (many - none) / (few - none)
    print(f"{shape}: {(few - none) / FEW:.0f} instructions per operation in a batch of {FEW}, "
          f"{(many - none) / MANY:.0f} in one of {MANY}: {ratio:.1f} times as many in all, "
          f"at most {MOST}")
    sys.exit(ratio > MOST)


main()
