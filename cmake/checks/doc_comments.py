"""Each public call has a doc comment with its labels.

usage: doc_comments.py ROOT
A comment stands directly above each KRO_API or KRO_TEST_API function. It says `Threads:`; where the call returns a
kro_status, also `Returns:` or `Errors:`. Labels come in the order of the style guide, and the errors
named are those of kro_status.
"""

import re
import sys

import declarations
import tree

LABELS = ["Shapes", "Units", "Returns", "Errors", "Ownership", "Threads", "Blocks", "Source"]


def check(call, errors):
    faults = []
    labels = re.findall(r"^// ([A-Z][a-z]+):  *\S", call.comment, re.M)
    unknown = [label for label in labels if label not in LABELS]
    known = [label for label in labels if label in LABELS]
    if not call.comment.strip():
        faults.append("has no doc comment")
    if "Threads" not in known:
        faults.append("does not say Threads:")
    if call.returns == "kro_status" and not {"Returns", "Errors"} & set(known):
        faults.append("says neither Returns: nor Errors:")
    if known != sorted(known, key=LABELS.index) or len(known) != len(set(known)):
        faults.append(f"has its labels out of order: {', '.join(known)}")
    if unknown:
        faults.append(f"has unknown labels: {', '.join(unknown)}")
    # Errors are the words that begin the lines of the Errors part.
    part = re.search(r"^// Errors:(.*?)(?=^// [A-Z][a-z]+:|\Z)", call.comment, re.M | re.S)
    for name in re.findall(r"\b[A-Z]{2,}(?:_[A-Z]+)*(?=  )", part.group(1) if part else ""):
        if name not in errors:
            faults.append(f"names an unknown error: {name}")
    return faults


def main():
    root = sys.argv[1]
    calls = declarations.calls(root) + declarations.calls(root, declarations.TEST_LIBRARY)
    status_h = tree.read(root, "libkronos/include/kronos/status.h")
    errors = set(re.findall(r"^    KRO_ERROR_([A-Z_]+) =", status_h, re.M))
    faults = [
        f"{call.header}: {call.name} {fault}" for call in calls for fault in check(call, errors)
    ]
    tree.finish("doc comments", len(calls), faults)


main()
