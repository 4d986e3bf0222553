"""Names of cases are a contract: what a version had, later ones have too.

usage: case_lists.py ROOT SUITE_PROGRAM [--update]
Asks the program for its cases and holds them against ROOT/conformance/lists:
- Every name in a list X.Y.txt is that of a case, or aliases.txt says what it is called now or why it
  is gone.
- So is every name in the certificates of ROOT/vendor-matrix.
- No case of this version's list runs from a later tier on than the list says.
- Once CHANGELOG.md gives the version its day, its list has every case; until then new ones may wait.
- The names are the same with another seed, and without a driver.
--update writes this version's list, where nothing speaks against it.
"""

import json
import os
import re
import subprocess
import sys

import tree

FOLDER = "conformance/lists"
MATRIX = "vendor-matrix/results"
TIERS = ["quick", "standard", "full"]
SHOWN = 5

HEAD = """# The cases of Kronos {} and the first tier that runs each; CONTRIBUTING.md tells how this is made.
"""


def list_cases(program, seed, **environment):
    """Tiers by name."""
    text = subprocess.run(
        [program, "--list", "--json", "--tier", "full", "--seed", seed],
        check=True, stdout=subprocess.PIPE, text=True, env={**os.environ, **environment},
    ).stdout
    return {case["name"]: case["tier"] for case in json.loads(text)}


def lines_of(root, path):
    for number, line in enumerate(tree.read(root, path).splitlines(), 1):
        words = line.split()
        if words and not line.startswith("#"):
            yield f"{path}:{number}", words


def read_aliases(root):
    path = f"{FOLDER}/aliases.txt"
    return {words[0]: words[1] for _, words in lines_of(root, path)}


def name_now(name, aliases, cases):
    """What a case is called now; None: it is gone."""
    for _ in range(len(aliases) + 1):
        family, _, param = name.rpartition("/")
        if name in cases: # of a family that has the name of a case before it
            break
        if name in aliases:
            name = aliases[name]
        elif family in aliases:
            name = aliases[family] if aliases[family] == "gone" else f"{aliases[family]}/{param}"
        else:
            break
        if name == "gone":
            return None
    return name


def version_of(root):
    """X.Y, and whether it has been released."""
    header = tree.read(root, "libkronos/include/kronos/kronos.h")
    version = re.search(r'^#define KRO_VERSION +"((\d+\.\d+)[^"]*)"', header, re.M)
    heading = re.search(rf"^## {re.escape(version[1])} .*$", tree.read(root, "CHANGELOG.md"), re.M)
    return version[2], heading is not None and "unreleased" not in heading[0]


def gone(where, name):
    return (f"{where}: {name} is gone: {FOLDER}/aliases.txt must say what it is called now, or why "
            "there is no such case")


def check_list(root, path, cases, aliases, is_current):
    for where, words in lines_of(root, path):
        name = name_now(words[0], aliases, cases)
        if len(words) != 2 or words[1] not in TIERS:
            yield f"{where}: a line is a case and its tier"
        elif name is not None and name not in cases:
            yield gone(where, words[0])
        elif name is not None and is_current and TIERS.index(cases[name]) > TIERS.index(words[1]):
            yield f"{where}: {name} runs from {cases[name]} on, and ran from {words[1]} on"


def check_certificate(root, path, cases, aliases):
    suites = {name.partition("/")[0] for name in cases}
    for number, line in enumerate(tree.read(root, path).splitlines(), 1):
        name = json.loads(line).get("name", "")
        if name.partition("/")[0] not in suites:
            continue
        now = name_now(name, aliases, cases)
        if now is not None and now not in cases:
            yield gone(f"{path}:{number}", name)


def check_frozen(root, path, version, cases, aliases):
    listed = {}
    if os.path.exists(os.path.join(root, path)):
        listed = {name_now(words[0], aliases, cases): words[1] for _, words in lines_of(root, path)}
    missing = sorted(name for name in cases if listed.get(name) != cases[name])
    for name in missing[:SHOWN]:
        yield f"{path}: {version} is released and its list does not have {name} {cases[name]}"
    if missing[SHOWN:]:
        yield f"{path}: and {len(missing) - SHOWN} more; the target kronos_case_list writes them"


def check_names(program, cases):
    """Parameters come neither from the seed nor from a device."""
    for seed, environment in (("99", {}), ("1", {"VK_DRIVER_FILES": "/nonexistent.json",
                                                 "VK_ICD_FILENAMES": "/nonexistent.json"})):
        others = list_cases(program, seed, **environment)
        for name in sorted(cases.items() ^ others.items())[:SHOWN]:
            yield f"{name[0]}: is there with one seed or device and not with another"


def write_list(root, path, version, cases):
    with open(os.path.join(root, path), "w", encoding="utf-8") as file:
        file.write(HEAD.format(version))
        file.writelines(f"{name} {tier}\n" for name, tier in sorted(cases.items()))
    print(f"{path}: {len(cases)} cases")


def main():
    root, program = sys.argv[1:3]
    update = sys.argv[3:] == ["--update"]
    cases, aliases = list_cases(program, "1"), read_aliases(root)
    version, released = version_of(root)
    current = f"{FOLDER}/{version}.txt"
    faults = list(check_names(program, cases))
    for path in tree.files(os.path.join(root, FOLDER), ".txt"):
        path = f"{FOLDER}/{path}"
        if re.search(r"/\d+\.\d+\.txt$", path):
            # An update is what moves a case to another tier.
            faults += check_list(root, path, cases, aliases, path == current and not update)
    for path in tree.files(os.path.join(root, MATRIX), "results.jsonl"):
        faults += check_certificate(root, f"{MATRIX}/{path}", cases, aliases)
    if released:
        faults += check_frozen(root, current, version, cases, aliases)
    if update and released:
        faults.append(f"{current}: {version} is released, and its list stays as it is")
    if update and not faults:
        write_list(root, current, version, cases)
    tree.finish("case lists", len(cases), faults)


if __name__ == "__main__":
    main()
