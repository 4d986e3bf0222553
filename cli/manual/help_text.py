"""What the kronos command says about itself, read from its --help."""

import dataclasses
import re
import subprocess


@dataclasses.dataclass
class Option:
    name: str  # "--out"
    value: str  # "DIR"; "" where it takes none
    text: str


@dataclasses.dataclass
class Command:
    name: str
    summary: str  # a line of `kronos --help`
    usage: list  # "kronos run [options] [GLOB ...]"; a line each
    paragraphs: list  # what it says between usage and options
    options: list


@dataclasses.dataclass
class Help:
    about: str
    commands: list
    sections: dict  # title to lines, below the commands: "Exit codes" and others
    version: str
    date: str = "" # of the manual


OPTION = re.compile(r"^  (--[\w-]+)(?: ([^\s].*?))?(?:  +(\S.*)|: (\S.*)|$)")


def said(program, *words):
    return subprocess.run([program, *words], check=True, capture_output=True, text=True).stdout


def read_options(lines):
    options = []
    for line in lines:
        match = OPTION.match(line)
        if match:
            options.append(Option(match[1], match[2] or "", match[3] or match[4] or ""))
        elif options and line.startswith("   ") and line.strip():
            options[-1].text = f"{options[-1].text} {line.strip()}".strip()
    # A value as long as its column has one blank before the help.
    for option in options:
        if not option.text and " " in option.value:
            option.value, option.text = option.value.split(" ", 1)
    return options


def read_command(program, name, summary):
    blocks = said(program, name, "--help").strip("\n").split("\n\n")
    usage = [line.removeprefix("usage:").strip() for line in blocks[0].splitlines()]
    options = [block for block in blocks if block.startswith("  --")]
    paragraphs = [block for block in blocks[1:] if block not in options]
    return Command(name, summary, usage, paragraphs, read_options("\n".join(options).splitlines()))


def read(program):
    """Everything, by asking the built command."""
    blocks = said(program, "--help").strip("\n").split("\n\n")
    listed = next(block for block in blocks if block.startswith("  "))
    commands = [
        read_command(program, *re.match(r"^  (\S+) +(.+)$", line).groups())
        for line in listed.splitlines()
    ]
    sections = {}
    for block in blocks[1:]:
        title, *lines = block.splitlines()
        if title.endswith(":") and lines:
            sections[title[:-1]] = lines
    return Help(blocks[0], commands, sections, said(program, "--version").split()[1])
