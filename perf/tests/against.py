"""`kronos perf --against`, in a repository of its own: slowdowns planted in the library are found, the
same code is not, and nothing stays behind, whatever goes wrong.

usage: against.py KRONOS DRIVER ROOT SCRATCH
DRIVER is the null driver, ROOT the source tree, SCRATCH a folder for the copy. Exit code 77 (skipped)
where there is no git or ROOT is no checkout.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time

try:
    import jsonschema
except ImportError:
    jsonschema = None  # what is written is then held to no schema

KRONOS, DRIVER, ROOT, SCRATCH = sys.argv[1:]
DISPATCH, BARRIER = "libkronos/src/dispatch.c", "libkronos/src/vk/barrier.c"
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "CMAKE_"))}
ENVIRONMENT.update(KRONOS_ALLOW_UNTRUSTED_DRIVERS="1", GIT_CONFIG_GLOBAL="/dev/null", LC_ALL="C")

faults = []


def expect(condition, what):
    if not condition:
        faults.append(what)
        print("not so:", what)


def git(*words):
    names = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
    return subprocess.run(["git", *names, *words], cwd=SCRATCH, env=ENVIRONMENT, check=True,
                          capture_output=True, text=True).stdout


def copy_sources():
    listed = subprocess.run(["git", "-C", ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                            capture_output=True, text=True)
    if listed.returncode:
        print("skipped:", ROOT, "is no git checkout")
        sys.exit(77)
    shutil.rmtree(SCRATCH, ignore_errors=True)
    for name in filter(None, listed.stdout.split("\0")):
        source, target = os.path.join(ROOT, name), os.path.join(SCRATCH, name)
        if os.path.isfile(source):
            os.makedirs(os.path.dirname(target), exist_ok=True)
            shutil.copy(source, target)
    git("init", "-q")
    commit("all")


def commit(subject):
    git("add", "-A")
    git("commit", "-q", "-m", subject)


def plant(path, pattern, text):
    """Changes one place of a source file; that it is still there is part of the test."""
    path = os.path.join(SCRATCH, path)
    with open(path, encoding="utf-8") as file:
        source = file.read()
    changed, count = re.subn(pattern, text, source, count=1, flags=re.M | re.S)
    assert count == 1, f"{path} has nothing like {pattern}"
    with open(path, "w", encoding="utf-8") as file:
        file.write(changed)


def start(ref, folder=SCRATCH, more=()):
    command = [KRONOS, "perf", "--driver", DRIVER, "--against", ref, "chain/256", *more]
    return subprocess.Popen(command, cwd=folder, env=ENVIRONMENT, text=True, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE)


def run(ref, code, folder=SCRATCH, more=()):
    """What it prints, on standard output and elsewhere."""
    process = start(ref, folder, more)
    said, errors = process.communicate()
    print(f"--against {ref}: exit code {process.returncode}\n{said}{errors}")
    expect(process.returncode == code, f"exit code {code}")
    expect_nothing_left()
    return said, errors


def check_json(text):
    results = json.loads(text)
    head = git("rev-parse", "HEAD").strip()
    expect(results["against"] == {"ref": "HEAD", "commit": head}, "the other commit is named")
    expect(results["worse"] == [], "the same code is no worse")
    row = results["workloads"][0]
    expect(row["counts"] == row["counts_before"], "nor does it ask for more")
    if jsonschema:
        with open(os.path.join(ROOT, "docs/perf.schema.json"), encoding="utf-8") as file:
            jsonschema.Draft202012Validator(json.load(file)).validate(results)


def expect_nothing_left():
    left = [name for name in os.listdir(os.path.join(SCRATCH, "build")) if name != "against.log"]
    expect(not left, f"nothing is left in build/, not {left}")
    expect(len(git("worktree", "list").splitlines()) == 1, "there is one worktree")


def main():
    if not shutil.which("git"):
        print("skipped: needs git")
        return 77
    copy_sources()
    os.makedirs(os.path.join(SCRATCH, "build"))

    check_json(run("HEAD", 0, more=["--json"])[0])

    # A loop that costs as much as a dispatch, an allocation for each, and barriers that nothing needs.
    plant(DISPATCH, r"^(kro_status kro_dispatch\([^{]*\{\n)",
          r"\1    for (volatile int i = 0; i < 30; i++)\n        ;\n    void *volatile kept = malloc(16);\n    free(kept);\n")
    plant(DISPATCH, r"\A", "#include <stdlib.h>\n")
    plant(BARRIER, r"^( *vk->vkCmdPipelineBarrier\(.*?;\n)", r"\1\1")
    said, _ = run("HEAD", 1)
    expect("WORSE: chain/256: level_barriers is 510 for a batch, was 255" in said, "the barrier is found")
    expect("WORSE: chain/256: heap_allocations is 256 for a batch, was 0" in said, "the allocation is found")
    expect(re.search(r"WORSE: chain/256: takes \d+ % more CPU time than before", said), "so is the time")

    commit("slower")
    plant(DISPATCH, r"^kro_status kro_dispatch\(", "kro_status kro_dispatch(no_such_type x, ")
    commit("broken")
    git("revert", "--no-edit", "HEAD")
    _, said = run("HEAD~1", 3)
    log = os.path.join(SCRATCH, "build", "against.log")
    expect(f"HEAD~1 ({git('rev-parse', 'HEAD~1')[:12]}) does not build" in said and log in said, "it says what does not build")
    with open(log, encoding="utf-8") as file:
        expect("no_such_type" in file.read(), "the log says why")

    plant("perf/batch.h", r"\A", "// Another word.\n")
    expect("built from other sources" in run("HEAD", 3)[1], "a program of other sources is told apart")
    git("checkout", "-q", "perf/batch.h")

    expect("has no commit 'v99'" in run("v99", 2)[1], "a commit that there is not is named")
    expect("no git checkout" in run("HEAD", 2, folder="/")[1], "a folder without git is refused")

    process = start("HEAD")
    while "building" not in process.stderr.readline():
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    process.communicate()
    expect(process.returncode == -signal.SIGINT, f"an interrupt ends it, not {process.returncode}")
    expect_nothing_left()

    shutil.rmtree(SCRATCH)
    print(f"against: {len(faults)} faults")
    return 1 if faults else 0


sys.exit(main())
