"""Turns Kronos' comments into Doxygen's.

usage: filter.py HEADER
In the headers a plain // comment documents what stands below it, or, at the end of a line, what
stands before it. The labels of a comment (Errors:, Threads:, ...) become paragraphs with titles.
"""

import glob
import os
import re
import sys

COMMENT = re.compile(r"^( *)//(?: ?(.*))$")
TRAILING = re.compile(r"^(.*\S.*?) // (.*)$")
LABEL = re.compile(r"^(Shapes|Units|Returns|Errors|Ownership|Threads|Blocks|Source): +(.*)$")
ERROR = re.compile(r"^([A-Z]{2,}(?:_[A-Z]+)*)  +(.*)$")


CALL = re.compile(r"^KRO_API[^;(]*?\b(kro_\w+)\(", re.M)


def read_calls(folder):
    """The names of all calls, which become links."""
    text = ""
    for path in glob.glob(os.path.join(folder, "*.h")):
        with open(path, encoding="utf-8") as file:
            text += file.read()
    return set(CALL.findall(text))


CALLS = read_calls(os.path.dirname(os.path.abspath(sys.argv[1])))


def mark_up(text):
    """Escapes what means something to Doxygen and not here; names of calls become links."""
    text = re.sub(r"[\\@<>#%]", lambda match: "\\" + match[0], text)
    text = re.sub(r"\bkro_\w+\b(?!\()", lambda match: match[0] + "()" * (match[0] in CALLS), text)
    return text.replace("kro_*", "kro_\\*")


def paragraph(lines):
    """The text of a comment above a declaration, with its labels as titled paragraphs."""
    out, label = [], None
    for line in lines:
        match = LABEL.match(line)
        if match:
            label, line = match[1], match[2]
            out.append(f"@par {label}")
        text = line.strip()
        error = ERROR.match(text) if label == "Errors" else None
        if error:
            out.append(f"- `KRO_ERROR_{error[1]}`: {mark_up(error[2])}")
        else:
            out.append(("  " if label else "") + mark_up(text))
    return out


def write_block(out, indent, lines, is_file):
    if is_file:
        out.append("/// @file")
    out += [f"{indent}/// {line}".rstrip() for line in paragraph(lines)]


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        lines = file.read().splitlines()
    out, i, trailing = [], 0, False
    while i < len(lines):
        comment = COMMENT.match(lines[i])
        if comment and trailing and len(comment[1]) > 4:  # goes on beside the code
            out.append(f"{comment[1]}///< {mark_up(comment[2])}")
            i += 1
            continue
        trailing = False
        if comment:
            block = []
            start = i
            while i < len(lines) and COMMENT.match(lines[i]):
                block.append(COMMENT.match(lines[i])[2] or "")
                i += 1
            documents = i < len(lines) and lines[i].strip()
            if start == 0:
                write_block(out, "", block, True)
                out.append("")
            elif documents:
                write_block(out, comment[1], block, False)
            continue
        match = TRAILING.match(lines[i])
        if match:
            out.append(f"{match[1]} ///< {mark_up(match[2])}")
            trailing = True
        else:
            out.append(lines[i])
        i += 1
    print("\n".join(out))


main()
