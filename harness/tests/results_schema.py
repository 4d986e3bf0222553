"""Every line of results.jsonl is what its schema says, and the schema says nothing else.

usage: results_schema.py SCHEMA SAMPLE
Runs the sample suite in ways that make it write every kind of line, and checks each line with an
independent validator. Exit code 77: there is no validator (python3-jsonschema).
"""

import json
import os
import subprocess
import sys
import tempfile

try:
    import jsonschema
except ImportError:
    print("skipped: python3-jsonschema is not here")
    sys.exit(77)

KNOWN = """
[sample/bad/fails]
status = Fail
driver = *
versions = ..
reason = it is bad
link = none
expires = 9999-12-31
[sample/bad/fails_a_lot]
status = Fail
driver = *
versions = ..
reason = it was bad
link = none
expires = 2001-02-03
[sample/good/passes]
status = Fail
driver = *
versions = ..
reason = once
link = none
expires = 9999-12-31
"""

# Arguments of the runs; a file of expectations stands for EXPECT.
RUNS = [
    ["sample/good/*", "sample/bad/*", "sample/log/*", "sample/late/*"],
    ["sample/ugly/*", "--timeout", "1"],
    ["sample/bad/fails*", "sample/good/passes", "--expect", "EXPECT", "--strict"],
    ["sample/state/*", "--shard", "0/2", "--seed", "18446744073709551615", "--tier", "full"],
    ["sample/good/passes", "--here"],
    ["sample/device/*"],
    ["sample/device/*", "--device", "no such device"],
]


def lines_of(sample, arguments, folder):
    expect = os.path.join(folder, "expect.txt")
    with open(expect, "w", encoding="utf-8") as file:
        file.write(KNOWN)
    command = [sample] + [expect if word == "EXPECT" else word for word in arguments]
    subprocess.run(command + ["--out", folder], stdout=subprocess.DEVNULL, check=False)
    with open(os.path.join(folder, "results.jsonl"), encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def definition(schema, kind):
    """The part of the schema for one type of line, so that a fault is named where it is."""
    return {"$schema": schema["$schema"], "$ref": f"#/$defs/{kind}", "$defs": schema["$defs"]}


def open_objects(part, path):
    """Places of the schema that would take a field it does not know."""
    if isinstance(part, list):
        for number, item in enumerate(part):
            yield from open_objects(item, f"{path}[{number}]")
    if not isinstance(part, dict):
        return
    if part.get("type") == "object" and path and part.get("additionalProperties", True) is True:
        yield path
    for name, item in part.items():
        yield from open_objects(item, f"{path}/{name}")


def faults_of(schema, lines):
    kinds = [kind for kind in ("run", "case", "end")]
    for number, line in enumerate(lines, 1):
        kind = line.get("type")
        if kind not in kinds:
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
    schema_path, sample = sys.argv[1:]
    with open(schema_path, encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    faults = [f"{place} takes unknown fields" for place in open_objects(schema, "")]
    count = 0
    for arguments in RUNS:
        with tempfile.TemporaryDirectory() as folder:
            lines = lines_of(sample, arguments, folder)
        faults += [f"{' '.join(arguments)}: {fault}" for fault in faults_of(schema, lines)]
        count += len(lines)
    faults += check_validator(schema, lines[1])
    for fault in faults:
        print(fault)
    print(f"{count} lines checked, {len(faults)} faults")
    sys.exit(1 if faults else 0)


main()
