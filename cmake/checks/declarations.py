"""The public calls, read from the headers."""

import collections
import re

import tree

Call = collections.namedtuple("Call", "header name returns comment")

INCLUDE = "libkronos/include"

LIBRARY = "KRO_API"  # of libkronos
TEST_LIBRARY = "KRO_TEST_API"  # of libkronos_test.a

# The comment block, then `MARK [KRO_MUST_USE] type name(`.
DECLARATION = (
    r"((?:^//.*\n)*)^{}\s+(?:KRO_MUST_USE\s+)?((?:const\s+)?\w+)[\s*]+(\w+)\s*\("
)


def calls(root, mark=LIBRARY):
    """Every function with that mark, in the order of the headers."""
    declaration = re.compile(DECLARATION.format(mark), re.M)
    found = []
    for path in tree.files(root, ".h"):
        if path.startswith(INCLUDE + "/"):
            for comment, returns, name in declaration.findall(tree.read(root, path)):
                found.append(Call(path, name, returns, comment))
    return found
