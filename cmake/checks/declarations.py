"""The public calls, read from the headers."""

import collections
import re

import tree

Call = collections.namedtuple("Call", "header name returns comment")

INCLUDE = "libkronos/include"

# The comment block, then `KRO_API [KRO_MUST_USE] type name(`.
DECLARATION = re.compile(
    r"((?:^//.*\n)*)^KRO_API\s+(?:KRO_MUST_USE\s+)?((?:const\s+)?\w+)[\s*]+(\w+)\s*\(", re.M
)


def calls(root):
    """Every KRO_API function, in the order of the headers."""
    found = []
    for path in tree.files(root, ".h"):
        if path.startswith(INCLUDE + "/"):
            for comment, returns, name in DECLARATION.findall(tree.read(root, path)):
                found.append(Call(path, name, returns, comment))
    return found
