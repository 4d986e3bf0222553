"""The manual and the shells know every command and option that --help knows.

usage: manual.py KRONOS MANUAL_FOLDER COMPLETION_FOLDER
--help is read here in another way than by the scripts that write them. Completion is asked in real
shells; one that is missing is named and left out, as is mandoc, which reads the pages.
"""

import glob
import os
import re
import shutil
import subprocess
import sys

faults = []


def expect(condition, what):
    if not condition:
        faults.append(what)


def read(*path):
    with open(os.path.join(*path), encoding="utf-8") as file:
        return file.read()


def run(*command, **more):
    return subprocess.run(command, capture_output=True, text=True, **more)


def has(program):
    if not shutil.which(program):
        print(f"{program} is not installed: left out")
    return shutil.which(program)


def check_words(kronos, manual, completion):
    texts = {
        "bash": read(completion, "bash", "kronos"),
        "zsh": read(completion, "zsh", "_kronos"),
        "fish": read(completion, "fish", "kronos.fish"),
    }
    commands = re.findall(r"^  ([a-z]+) +\w", run(kronos, "--help").stdout.split("\n\n")[2], re.M)
    expect(len(commands) >= 5, f"--help lists its commands, not {commands}")
    for command in commands:
        page = read(manual, f"kronos-{command}.1").replace("\\-", "-")
        expect(f"kronos-{command}" in read(manual, "kronos.1").replace("\\-", "-"), f"kronos(1) names {command}")
        for shell, text in texts.items():
            expect(command in text, f"{shell} knows {command}")
        options = re.findall(r"--[a-z][a-z-]*", run(kronos, command, "--help").stdout)
        expect("--help" in options, f"{command} --help lists options")
        own = {
            "bash": re.search(rf"^        {command}\)\n *options='(.*)' ", texts["bash"], re.M)[1],
            "zsh": texts["zsh"].split(f"\n    {command})\n")[1].split(";;")[0],
            "fish": "\n".join(line.replace(" -l ", " --") for line in texts["fish"].splitlines()
                              if f"__fish_seen_subcommand_from {command}'" in line),
        }
        listed = re.findall(r"^  (--[a-z][a-z-]*)", run(kronos, command, "--help").stdout, re.M)
        for option in listed:
            expect(option in page, f"kronos-{command}(1) names {option}")
            for shell, text in own.items():
                expect(re.search(rf"{option}\b", text), f"{shell} knows {command} {option}")
    return len(commands)


def check_pages(manual):
    if has("mandoc"):
        said = run("mandoc", "-T", "lint", "-W", "warning", *glob.glob(os.path.join(manual, "*.1"))).stdout
        expect(not said, f"mandoc finds nothing: {said}")


BASH = """
PATH="{folder}:$PATH"
source "{file}"
COMP_WORDS=({words}) COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
_kronos
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


def check_answers(kronos, completion):
    """What a shell offers after some words; the last is begun only."""
    folder = os.path.dirname(kronos)
    fish = has("fish")
    for words, answers in (
        ("kronos cer", ["certify"]),
        ("kronos run --tie", ["--tier"]),
        ("kronos run --tier q", ["quick"]),
        ("kronos certify --strict --se", ["--seed"]),
        ("kronos run conformance/dispatch/dispatch_a", ["conformance/dispatch/dispatch_adds_vectors"]),
        ("kronos info --tie", []),
        ("kronos certify --seed q", []),
    ):
        script = BASH.format(folder=folder, file=os.path.join(completion, "bash", "kronos"), words=words)
        said = run("bash", "-c", script).stdout.split()
        expect(said == answers, f"bash offers {answers} after '{words}', not {said}")
        if fish and answers:
            script = f"source '{os.path.join(completion, 'fish', 'kronos.fish')}'; complete -C '{words}'"
            environment = {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"}
            said = [line.split("\t")[0] for line in run("fish", "--no-config", "-c", script, env=environment).stdout.splitlines()]
            expect(said == answers, f"fish offers {answers} after '{words}', not {said}")
    if has("zsh"):
        checked = run("zsh", "-n", os.path.join(completion, "zsh", "_kronos"))
        expect(checked.returncode == 0, f"zsh reads its file: {checked.stderr}")


def main():
    kronos, manual, completion = sys.argv[1:]
    commands = check_words(kronos, manual, completion)
    check_pages(manual)
    check_answers(kronos, completion)
    for fault in faults:
        print("not so:", fault)
    print(f"manual: {commands} commands, {len(faults)} faults")
    sys.exit(1 if faults else 0)


main()
