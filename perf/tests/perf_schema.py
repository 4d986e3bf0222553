"""What `kronos perf` writes is what docs/perf.schema.json says, and the schema says nothing else.

usage: perf_schema.py SCHEMA KRONOS DRIVER BASELINE...
DRIVER is the null driver. Results of several kinds are checked with an independent validator, some of
the default device where there is one, and so are the committed baselines. A field that the schema
does not have is a fault, and so is one that was never written. Exit code 77: there is no validator (python3-jsonschema).
"""

import json
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "harness", "tests"))
from schema import documented_fields, fields_of, open_objects  # noqa: E402

try:
    import jsonschema
except ImportError:
    print("skipped: python3-jsonschema is not here")
    sys.exit(77)

MAPS = ("/workloads/costs", "/workloads/ratios")
# What needs another build, or a device that is too small: the test perf/against checks the first.
ELSEWHERE = ("/against", "/workloads/counts_before", "/skipped")
# What only a device that computes has; the null driver does not.
SPEEDS = ("/workloads/costs/*/gb_per_s", "/workloads/costs/*/gflop_per_s")
NO_DEVICE = 3  # exit code


def main():
    schema_path, kronos, driver, *baselines = sys.argv[1:]
    with open(schema_path, encoding="utf-8") as file:
        schema = json.load(file)
    validator = jsonschema.Draft202012Validator(schema)
    validator.check_schema(schema)
    faults = [f"{place} takes unknown fields" for place in open_objects(schema, "")]
    environment = dict(os.environ, KRONOS_ALLOW_UNTRUSTED_DRIVERS="1", LP_NUM_THREADS="0")
    results = []

    def measure(*words, code=0):
        command = [kronos, "perf", "--driver", driver, "--json", *words]
        run = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True)
        if run.returncode != code:
            faults.append(f"{' '.join(command)}: exit code {run.returncode}")
        results.append(json.loads(run.stdout))

    def measure_device(*words):
        command = [kronos, "perf", "--json", *words]
        run = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True)
        if run.returncode not in (0, NO_DEVICE):
            faults.append(f"{' '.join(command)}: exit code {run.returncode}")
        if run.returncode == 0:
            results.append(json.loads(run.stdout))
        return run.returncode == 0

    for path in baselines:
        with open(path, encoding="utf-8") as file:
            results.append(json.load(file))
    with tempfile.TemporaryDirectory() as folder:
        saved, history = (os.path.join(folder, name) for name in ("saved.json", "history.jsonl"))
        measure("--seed", "18446744073709551615", "--history", history)
        measure("--counts", "--save", saved)
        with open(saved, encoding="utf-8") as file:
            before = json.load(file)
        before["workloads"][0]["counts"]["submits"] = 0
        before["workloads"][1]["counts"]["level_barriers"] = 99
        with open(saved, "w", encoding="utf-8") as file:
            json.dump(before, file)
        measure("--counts", "--compare", saved, code=1)
        with open(history, encoding="utf-8") as file:
            results.append(json.loads(file.read()))

    has_device = measure_device("saxpy/64ki/1") and measure_device("gemm/256/1")
    elsewhere = ELSEWHERE if has_device else ELSEWHERE + SPEEDS

    written = set()
    for number, result in enumerate(results):
        written.update(fields_of(result, "", MAPS))
        for error in validator.iter_errors(result):
            faults.append(f"result {number}: {'/'.join(map(str, error.absolute_path))}: {error.message[:300]}")
    for field in documented_fields(schema, schema, ""):
        if field not in written and not field.startswith(elsewhere):
            faults.append(f"{field} is in the schema and was never written")
    for wrong in ({**results[-1], "colour": "red"}, {**results[-1], "tier": "slow"}, {**results[-1], "time": -1}):
        if validator.is_valid(wrong):
            faults.append("the schema takes anything")  # a validator that does proves nothing
    for fault in faults:
        print(fault)
    print(f"{len(results)} results checked, {len(faults)} faults")
    return 1 if faults else 0


sys.exit(main())
