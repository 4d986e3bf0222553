"""docs/conformance.md says of each group what it proves and what it does not.

usage: conformance_page.py ROOT
Each TEST_GROUP of conformance/tests.def has one section, in the order of the alphabet, and no section is
of a group that is not there. Each says what is proved, and what is not, but for those that look at
libkronos (contract_…): of them the page says that once.
"""

import re
import sys

import tree

PAGE = "docs/conformance.md"


def faults_of(page, groups):
    parts = re.split(r"^## (.+)\n", page, flags=re.M)
    titles, texts = parts[1::2], parts[2::2]
    for group in groups:
        if group not in titles:
            yield f"{PAGE}: has no section of {group}"
    for title, text in zip(titles, texts):
        if title not in groups:
            yield f"{PAGE}: there is no group {title}"
        if not text.startswith("\n**Proves** "):
            yield f"{PAGE}: {title} does not begin with what it proves"
        if "\n**Does not prove** " not in text and not title.startswith("contract_"):
            yield f"{PAGE}: {title} does not say what it does not prove"
    for before, after in zip(titles, titles[1:]):
        if before >= after:
            yield f"{PAGE}: {after} stands behind {before}"


def main():
    root = sys.argv[1]
    groups = re.findall(r"^TEST_GROUP\((\w+)\)", tree.read(root, "conformance/tests.def"), re.M)
    tree.finish("conformance page", len(groups), list(faults_of(tree.read(root, PAGE), groups)))


main()
