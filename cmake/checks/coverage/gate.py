"""Fails where tests reach too little of libkronos.

usage: gate.py ROOT TRACE UNCOVERED
TRACE is what lcov captured. UNCOVERED names each line that no test reaches, with the reason:

    [PATH FUNCTION]
    reason = why no test reaches the lines that follow
    line = the line, without the space around it; once for each such line
    varies = the same for a line that is reached at times, as threads happen to run

Prints a table of files. A line that is neither reached nor named is a fault, and so is one that is named
and was reached, or stands there no more. So is a share below the two that stand here.
"""

import collections
import os
import re
import sys

LINES_PERCENT, BRANCHES_PERCENT = 95, 90

Record = collections.namedtuple("Record", "functions lines branches")
Place = collections.namedtuple("Place", "path function text")
Named = collections.namedtuple("Named", "never varies")  # each: how often a Place is named


def plain_name(name):
    """What a function is called: of a C++ name the last part, without types."""
    parts = re.match(r"_ZN?", name)
    if not parts:
        return name
    at, last = parts.end(), name
    while length := re.match(r"\d+", name[at:]):
        at += length.end()
        last, at = name[at : at + int(length.group())], at + int(length.group())
    return last


def read_trace(root, trace):
    """Record for each path below root. The same source may be compiled into several objects."""
    records = {}
    with open(trace, encoding="utf-8") as file:
        for line in file:
            key, _, value = line.strip().partition(":")
            fields = value.split(",")
            if key == "SF":
                path = os.path.relpath(value, root)
                record = records.setdefault(path, Record({}, collections.Counter(), collections.Counter()))
            elif key == "FN":
                record.functions[int(fields[0])] = plain_name(fields[1])
            elif key == "DA":
                record.lines[int(fields[0])] += int(fields[1])
            elif key == "BRDA":
                record.branches[tuple(fields[:3])] += 0 if fields[3] == "-" else int(fields[3])
    return records


def find_places(root, records):
    """Each Place of code: the numbers of its lines, and of those that were not reached."""
    lines, uncovered = collections.defaultdict(list), collections.defaultdict(list)
    for path, record in sorted(records.items()):
        with open(os.path.join(root, path), encoding="utf-8") as file:
            texts = file.read().splitlines()
        for number, runs in sorted(record.lines.items()):
            begin = max((first for first in record.functions if first <= number), default=None)
            place = Place(path, record.functions.get(begin, "-"), texts[number - 1].strip())
            lines[place].append(number)
            if not runs:
                uncovered[place].append(number)
    return lines, uncovered


def read_named(path):
    """What is named, and what is wrong with the file."""
    named, faults = Named(collections.Counter(), collections.Counter()), []
    section, reason = None, None
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            line = line.strip()
            if not line or line.startswith("#"):
                continue
            if header := re.fullmatch(r"\[(\S+) (\S+)\]", line):
                section, reason = header.groups(), None
                continue
            key, _, value = line.partition(" = ")
            if key == "reason" and section and value:
                reason = value
            elif key in ("line", "varies") and reason and value:
                (named.never if key == "line" else named.varies)[Place(*section, value)] += 1
            else:
                faults.append(
                    f"{path}:{number}: expected [PATH FUNCTION], then reason = and line = or varies ="
                )
    return named, faults


def compare(lines, uncovered, named, list_path):
    for place, numbers in uncovered.items():
        if len(numbers) > named.never[place] + named.varies[place]:
            where = ", ".join(str(number) for number in numbers)
            yield (
                f"{place.path}:{where}: no test reaches it: {place.text}\n"
                f"    test it, delete it, or name it below [{place.path} {place.function}] in {list_path}"
            )
    stale = [place for place, count in named.never.items() if count > len(uncovered.get(place, ()))]
    stale += [place for place, count in named.varies.items() if count > len(lines.get(place, ()))]
    for place in sorted(stale):
        yield (
            f"{list_path}: [{place.path} {place.function}] names a line that is reached now, or is there "
            f"no more: {place.text}"
        )


def share(counts):
    """Reached, of how many, in percent."""
    reached = sum(runs > 0 for runs in counts)
    return reached, len(counts), 100 * reached / len(counts) if counts else 100.0


def row(name, lines, branches):
    cells = (f"{reached:5} / {total:5} {percent:6.1f} %" for reached, total, percent in (lines, branches))
    return f"{name:44}" + "".join(f"{cell:>24}" for cell in cells)


def main():
    root, trace, list_path = sys.argv[1:]
    records = read_trace(root, trace)
    if not records:
        sys.exit("coverage: nothing was measured")
    print(f"{'file':44}{'lines':>24}{'branches':>24}")
    for path, record in sorted(records.items()):
        print(row(path, share(record.lines.values()), share(record.branches.values())))
    lines = share([runs for record in records.values() for runs in record.lines.values()])
    branches = share([runs for record in records.values() for runs in record.branches.values()])
    print(row("libkronos", lines, branches))

    named, faults = read_named(list_path)
    faults += compare(*find_places(root, records), named, list_path)
    for what, (reached, total, percent), least in (
        ("lines", lines, LINES_PERCENT),
        ("branches", branches, BRANCHES_PERCENT),
    ):
        if percent < least:
            faults.append(f"{reached} of {total} {what} are reached: {percent:.2f} %, below {least} %")
    for fault in faults:
        print(fault)
    print(f"coverage: {sum(named.never.values())} lines are named as unreached, {len(faults)} at fault")
    sys.exit(1 if faults else 0)


main()
