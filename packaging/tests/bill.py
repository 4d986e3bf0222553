"""The bill of materials of an archive is true and complete.

usage: bill.py UNPACKED COMPONENTS READELF NM UNSTRIPPED_LIBRARY

- It is SPDX 2.3: what must be there is there, and names lead somewhere.
- Each component has a version and a licence.
- Every library that a binary of the archive needs is listed, and every one that lies in it.
- Whose symbols are inside libkronos, is listed.
- Every file of the archive is listed with its checksum, and no other.

It reads the binaries with readelf and nm, where the bill was written from linker maps and ldd.
"""

import hashlib
import json
import os
import re
import subprocess
import sys

UNKNOWN = "NOASSERTION"
DOCUMENT = ("spdxVersion", "dataLicense", "SPDXID", "name", "documentNamespace", "creationInfo")
PACKAGE = ("name", "SPDXID", "versionInfo", "downloadLocation", "licenseDeclared")


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def check_form(bill):
    if bill.get("spdxVersion") != "SPDX-2.3":
        yield "is not SPDX 2.3"
    yield from (f"has no {key}" for key in DOCUMENT if not bill.get(key))
    things = bill["packages"] + bill.get("files", [])
    names = ["SPDXRef-DOCUMENT"] + [thing["SPDXID"] for thing in things]
    yield from (f"{name} is there twice" for name in set(names) if names.count(name) > 1)
    wrong = [name for name in names if not re.fullmatch(r"SPDXRef-[\w.-]+", name)]
    yield from (f"{name} is no SPDX id" for name in wrong)
    for relation in bill["relationships"]:
        for end in (relation["spdxElementId"], relation["relatedSpdxElement"]):
            if end not in names:
                yield f"a relationship names {end}, which is not there"
    for package in bill["packages"]:
        for key in PACKAGE:
            if not package.get(key) or package[key] == UNKNOWN and key != "downloadLocation":
                yield f"{package.get('name')} has no {key}"


def related(bill, kind):
    """Names of the packages that Kronos has this relationship to."""
    names = {package["SPDXID"]: package["name"] for package in bill["packages"]}
    relations = [entry for entry in bill["relationships"] if entry["relationshipType"] == kind]
    ends = {entry["relatedSpdxElement"] for entry in relations}
    return {names[end] for end in ends if end in names}


def owner(library, components):
    for component in components:
        if re.fullmatch(component["files"], library):
            return component["name"]
    return library


def files(folder):
    for parent, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(parent, name)
            if not os.path.islink(path):
                yield path


def is_elf(path):
    with open(path, "rb") as file:
        return file.read(4) == b"\x7fELF"


def check_libraries(bill, unpacked, components, readelf):
    linked, inside = related(bill, "DYNAMIC_LINK"), related(bill, "CONTAINS")
    binaries = [path for path in files(unpacked) if is_elf(path)]
    if not binaries:
        yield "the archive has no binary"
    for path in binaries:
        name = os.path.basename(path)
        if not name.startswith(("kronos", "libkronos")) and owner(name, components) not in inside:
            yield f"{name} lies in the archive and is not listed as contained"
        for needed in re.findall(r"\(NEEDED\).*\[(.*)\]", run(readelf, "--dynamic", path)):
            if not needed.startswith("libkronos") and owner(needed, components) not in linked:
                yield f"{name} needs {needed}, which is not listed"


def check_symbols(bill, components, nm, library):
    linked = related(bill, "STATIC_LINK")
    symbols = run(nm, "--defined-only", "--format=posix", library)
    for component in components:
        pattern = component.get("symbols")
        if pattern and re.search(pattern, symbols, re.M) and component["name"] not in linked:
            yield f"libkronos has symbols of {component['name']}, which is not listed"


def check_files(bill, unpacked, own):
    listed = {file["fileName"]: file["checksums"] for file in bill.get("files", [])}
    for path in files(unpacked):
        name = "./" + os.path.relpath(path, unpacked)
        sums = {entry["algorithm"]: entry["checksumValue"] for entry in listed.pop(name, [])}
        with open(path, "rb") as file:
            right = hashlib.sha256(file.read()).hexdigest()
        if path != own and sums.get("SHA256") != right:
            yield f"{name} is not listed with its checksum"
    yield from (f"{name} is listed and not there" for name in listed)


def main():
    unpacked, components, readelf, nm, library = sys.argv[1:]
    own = os.path.join(unpacked, "share/doc/kronos/kronos.spdx.json")
    with open(own, encoding="utf-8") as file:
        bill = json.load(file)
    with open(components, encoding="utf-8") as file:
        components = json.load(file)
    faults = [
        *check_form(bill),
        *check_libraries(bill, unpacked, components, readelf),
        *check_symbols(bill, components, nm, library),
        *check_files(bill, unpacked, own),
    ]
    for fault in faults:
        print(f"bill of materials: {fault}")
    print(f"bill of materials: {len(bill['packages'])} packages, {len(bill['files'])} files")
    sys.exit(1 if faults else 0)


main()
