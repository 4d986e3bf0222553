"""Writes the bill of materials: an SPDX 2.3 document in JSON about what is inside Kronos and what
it needs.

usage: sbom.py --components FILE --version V --source DIR --build DIR --out FILE
               [--gcc V] [--map FILE]... [--binary FILE]... [--stage DIR]

--components  what is known about others' libraries: components.json
--version     the version of Kronos
--source      the checkout, for the commit and its date
--build       the build folder: archives in it are ours
--gcc         the version of GCC that linked, where it was GCC
--map         a linker's map: archives in it are linked statically
--binary      a program or library of ours: what it loads is linked dynamically
--stage       the folder of an archive: its files are listed with their checksums, and a library
              that lies there is handed out with Kronos

Nothing is listed because it ought to be there: archives are those the linker took members from, and
libraries those the dynamic linker finds. What components.json does not know is listed with
NOASSERTION, which the tests do not accept. Arguments may stand in a file, one a line, named as
@FILE.
"""

import argparse
import ctypes
import datetime
import hashlib
import json
import os
import re
import subprocess
import uuid

UNKNOWN = "NOASSERTION"
LICENCE = "MIT OR Apache-2.0"


def git(source, *words):
    run = subprocess.run(["git", "-C", source, *words], capture_output=True, text=True)
    return run.stdout.strip() if run.returncode == 0 else ""


def archives(link_map, own_folder):
    """The archives of others that the linker took something from, as its map names them."""
    with open(link_map, encoding="utf-8", errors="replace") as file:
        found = {os.path.realpath(path) for path in re.findall(r"^(/\S+\.a)\(", file.read(), re.M)}
    return {path for path in found if not path.startswith(own_folder)}


def libraries(binary, own):
    """Paths of the libraries of others that a binary loads, each in its turn."""
    run = subprocess.run(["ldd", binary], capture_output=True, text=True, check=True)
    # `name => /path (address)`; the dynamic linker as `/path (address)`.
    found = set(re.findall(r"^\s*(?:\S+ => )?(/\S+) \(", run.stdout, re.M))
    missing = re.findall(r"(\S+) => not found", run.stdout)
    if missing:
        raise SystemExit(f"sbom: {binary}: {', '.join(missing)} cannot be found")
    return {path for path in found if os.path.realpath(path) not in own}


def version(how, path, gcc):
    """Asks the library itself, or finds what it says in its bytes, or its folder in its path."""
    if "folder" in how:
        found = re.search(how["folder"], path)
        series = found.group(1) if found else UNKNOWN
        return gcc if gcc.startswith(series) else series
    if "text" in how:
        with open(path, "rb") as file:
            found = re.search(how["text"].encode(), file.read())
        return found.group(1).decode() if found else UNKNOWN
    try:
        library = ctypes.CDLL(path)
        if "variable" in how:
            return ctypes.c_char_p.in_dll(library, how["variable"]).value.decode()
        call = getattr(library, how["call"])
    except (AttributeError, OSError, ValueError):
        return UNKNOWN  # another of the component's files knows
    call.restype = ctypes.c_char_p
    return call().decode()


def describe(path, known, gcc):
    """The SPDX package that a file of others belongs to."""
    name = os.path.basename(path)
    for entry in known:
        if re.fullmatch(entry["files"], name):
            break
    else:
        entry = {"name": name, "licence": UNKNOWN, "home": UNKNOWN}
    return {
        "SPDXID": "SPDXRef-" + re.sub(r"[^A-Za-z0-9.]+", "-", entry["name"]),
        "name": entry["name"],
        "versionInfo": version(entry["version"], path, gcc) if "version" in entry else UNKNOWN,
        "supplier": "Organization: " + entry["supplier"] if "supplier" in entry else UNKNOWN,
        "downloadLocation": UNKNOWN,
        "homepage": entry["home"],
        "filesAnalyzed": False,
        "licenseConcluded": entry["licence"],
        "licenseDeclared": entry["licence"],
        "copyrightText": UNKNOWN,
    }


def staged_files(stage):
    for folder, folders, names in os.walk(stage):
        folders.sort()
        for name in sorted(names):
            path = os.path.join(folder, name)
            if not os.path.islink(path):
                yield path


def describe_file(path, stage):
    relative = os.path.relpath(path, stage)
    with open(path, "rb") as file:
        contents = file.read()
    return {
        "SPDXID": "SPDXRef-File-" + hashlib.sha256(relative.encode()).hexdigest()[:16],
        "fileName": "./" + relative,
        "checksums": [
            {"algorithm": "SHA1", "checksumValue": hashlib.sha1(contents).hexdigest()},
            {"algorithm": "SHA256", "checksumValue": hashlib.sha256(contents).hexdigest()},
        ],
        "licenseConcluded": UNKNOWN,
        "copyrightText": UNKNOWN,
    }


def date(source):
    """When what is described was written, not when it was built: the same bytes each time."""
    seconds = os.environ.get("SOURCE_DATE_EPOCH") or git(source, "log", "-1", "--format=%ct") or 0
    then = datetime.datetime.fromtimestamp(int(seconds), datetime.timezone.utc)
    return then.strftime("%Y-%m-%dT%H:%M:%SZ")


class Document:
    def __init__(self, options):
        commit = git(options.source, "rev-parse", "HEAD")
        self.own = {
            "SPDXID": "SPDXRef-Kronos",
            "name": "Kronos",
            "versionInfo": options.version,
            "supplier": "Organization: the Kronos authors",
            "downloadLocation": UNKNOWN,
            "sourceInfo": f"commit {commit}" if commit else "commit unknown",
            "filesAnalyzed": False,
            "licenseConcluded": LICENCE,
            "licenseDeclared": LICENCE,
            "copyrightText": "Copyright (c) the Kronos authors",
        }
        self.created = date(options.source)
        self.packages, self.files, self.relations = {}, [], set()
        self.relate("SPDXRef-DOCUMENT", "DESCRIBES", self.own["SPDXID"])

    def relate(self, element, kind, other):
        self.relations.add((element, kind, other))

    def add(self, package, *kinds):
        before = self.packages.get(package["SPDXID"])
        if not before or before["versionInfo"] == UNKNOWN:
            self.packages[package["SPDXID"]] = package
        for kind in kinds:
            self.relate(self.own["SPDXID"], kind, package["SPDXID"])

    def add_file(self, file):
        self.files.append(file)
        self.relate(self.own["SPDXID"], "CONTAINS", file["SPDXID"])

    def contents(self):
        packages = [self.own] + [self.packages[key] for key in sorted(self.packages)]
        relations = [
            {"spdxElementId": element, "relationshipType": kind, "relatedSpdxElement": other}
            for element, kind, other in sorted(self.relations)
        ]
        document = {
            "spdxVersion": "SPDX-2.3",
            "dataLicense": "CC0-1.0",
            "SPDXID": "SPDXRef-DOCUMENT",
            "name": f"Kronos {self.own['versionInfo']}",
            "creationInfo": {
                "created": self.created,
                "creators": [f"Tool: kronos-sbom-{self.own['versionInfo']}"],
            },
            "packages": packages,
            "relationships": relations,
        }
        if self.files:
            document["files"] = self.files
        # Unique for what is described, and the same for the same.
        name = json.dumps(document, sort_keys=True)
        document["documentNamespace"] = f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, name)}"
        return document


def main():
    parser = argparse.ArgumentParser(fromfile_prefix_chars="@", allow_abbrev=False)
    for name in ("--components", "--version", "--source", "--build", "--out"):
        parser.add_argument(name, required=True)
    parser.add_argument("--gcc", default="")
    parser.add_argument("--map", action="append", default=[])
    parser.add_argument("--binary", action="append", default=[])
    parser.add_argument("--stage", default="")
    options = parser.parse_args()
    with open(options.components, encoding="utf-8") as file:
        known = json.load(file)

    document = Document(options)
    own = {os.path.realpath(path) for path in options.binary}
    for link_map in options.map:
        for path in archives(link_map, os.path.realpath(options.build)):
            document.add(describe(path, known, options.gcc), "CONTAINS", "STATIC_LINK")
    staged = list(staged_files(options.stage)) if options.stage else []
    handed_out = {os.path.basename(path) for path in staged}
    for binary in options.binary:
        for path in libraries(binary, own):
            kinds = ["CONTAINS"] if os.path.basename(path) in handed_out else []
            document.add(describe(path, known, options.gcc), "DYNAMIC_LINK", *kinds)
    for path in staged:
        document.add_file(describe_file(path, options.stage))

    with open(options.out, "w", encoding="utf-8") as file:
        json.dump(document.contents(), file, indent=2)
        file.write("\n")


main()
