"""Every line of results.jsonl is what its schema says, and the schema says nothing else.

usage: results_schema.py SCHEMA SAMPLE BREAKING_DRIVER
Runs the sample suite in ways that make it write every field and every status, and checks each line
with an independent validator. A field that the schema does not have is a fault, and so is a field or
a status that no run wrote: this test would see a runner that calls everything right, itself included.
Exit code 77: there is no validator (python3-jsonschema).
"""

import json
import os
import subprocess
import sys
import tempfile

from schema import documented_fields, fields_of, open_objects

try:
    import jsonschema
except ImportError:
    print("skipped: python3-jsonschema is not here")
    sys.exit(77)

KINDS = ("run", "case", "end")

ENTRY = """[{}]
status = {}
driver = *
versions = ..
reason = it is bad
link = none
expires = {}
"""
KNOWN = "".join(
    ENTRY.format(*values)
    for values in (
        ("sample/bad/fails", "Fail", "9999-12-31"),
        ("sample/bad/fails_a_lot", "Fail", "2001-02-03"),
        ("sample/bad/makes_no_check", "Flake", "9999-12-31"),
        ("sample/good/skips", "Flake", "9999-12-31"),
        ("sample/good/passes", "Fail", "9999-12-31"),
    )
)

# Arguments of the runs, which share a folder; EXPECT stands for a file of expectations.
RUNS = [
    ["sample/good/*", "sample/bad/*", "sample/log/*", "sample/late/*", "--jobs", "2"],
    ["sample/ugly/*", "--timeout", "1", "--jobs", "4"],
    ["sample/bad/[fm]*", "sample/good/[ps]*s", "--expect", "EXPECT", "--strict"],
    ["sample/good/passes", "sample/bad/fails", "--repeat", "3"],
    ["sample/good/passes", "sample/bad/fails", "--repeat", "3", "--resume", "FOLDER"],
    ["sample/state/*", "--shard", "0/2", "--seed", "18446744073709551615", "--tier", "full"],
    ["sample/good/passes", "--here"],
    ["sample/device/needs*"],
    ["sample/device/needs*", "--device", "no such device"],
    ["sample/device/[nb]*", "--driver", "BREAKING"],
]


def lines_of(sample, breaking, arguments, folder, driver):
    words = {
        "EXPECT": os.path.join(folder, "expect.txt"),
        "FOLDER": folder,
        "BREAKING": breaking,
    }
    with open(words["EXPECT"], "w", encoding="utf-8") as file:
        file.write(KNOWN)
    environment = dict(os.environ)
    environment["KRONOS_SAMPLE_DRIVER"] = driver
    environment["KRONOS_SAMPLE_BROKEN_FILE"] = os.path.join(folder, "broken")
    command = [sample] + [words.get(word, word) for word in arguments] + ["--out", folder]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=False, env=environment)
    with open(os.path.join(folder, "results.jsonl"), encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def definition(schema, kind):
    """The part of the schema for one type of line, so that a fault is named where it is."""
    return {"$schema": schema["$schema"], "$ref": f"#/$defs/{kind}", "$defs": schema["$defs"]}


def faults_of(schema, lines):
    for number, line in enumerate(lines, 1):
        kind = line.get("type")
        if kind not in KINDS:
            yield f"line {number}: type is {kind!r}"
            continue
        validator = jsonschema.Draft202012Validator(definition(schema, kind))
        for error in validator.iter_errors(line):
            where = "/".join(str(step) for step in error.absolute_path) or "the line"
            yield f"line {number} ({line.get('name', kind)}): {where}: {error.message[:300]}"


def check_validator(schema, line):
    """A validator that would take anything proves nothing."""
    spoiled = [
        {**line, "colour": "red"},
        {name: value for name, value in line.items() if name != "status"},
        {**line, "checks": -1},
        {**line, "status": "Fine"},
    ]
    for wrong in spoiled:
        if not list(faults_of(schema, [wrong])):
            yield f"the schema takes {json.dumps(wrong)[:200]}"


def main():
    schema_path, sample, breaking = sys.argv[1:]
    with open(schema_path, encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    faults = [f"{place} takes unknown fields" for place in open_objects(schema, "")]
    written, statuses = set(), set()
    count = 0
    driver = ""
    with tempfile.TemporaryDirectory() as folder:
        for arguments in RUNS:
            lines = lines_of(sample, breaking, arguments, folder, driver)
            faults += [f"{' '.join(arguments)}: {fault}" for fault in faults_of(schema, lines)]
            count += len(lines)
            for line in lines:
                written.update(fields_of(line, line["type"]))
            statuses.update(line["status"] for line in lines if line["type"] == "case")
            driver = lines[0].get("device", {}).get("driver_library", driver)
    faults += check_validator(schema, lines[1])
    # Without a driver there is no device to describe, and no machine that breaks.
    for kind in KINDS:
        for field in documented_fields(schema, schema["$defs"][kind], kind):
            if field not in written and (driver or not field.startswith("run/device")):
                faults.append(f"{field} is in the schema and was never written")
    for status in schema["$defs"]["status"]["enum"]:
        if status not in statuses and (driver or status != "Suspect"):
            faults.append(f"no case ended as {status}")
    for fault in faults:
        print(fault)
    print(f"{count} lines checked, {len(faults)} faults")
    sys.exit(1 if faults else 0)


main()
