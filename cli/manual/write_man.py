"""Manual pages of the kronos command, made from its --help.

usage: write_man.py KRONOS FOLDER DATE
Writes kronos.1 and kronos-COMMAND.1.
"""

import os
import re
import sys

import help_text


def escape(text):
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq")
    return re.sub(r"^\.", "\\&.", text, flags=re.M)


def header(name, summary, everything):
    return [
        f'.TH {name.upper()} 1 "{everything.date}" "kronos {everything.version}" "User Commands"',
        ".SH NAME",
        f"{escape(name)} \\- {escape(summary)}",
    ]


def table(lines):
    """Lines of `word  text`, and of more text below it, as tagged paragraphs."""
    out = []
    for line in lines:
        match = re.match(r"^  (\S.*?)(?:   *(\S.*))?$", line)
        if match:
            out += [".TP", f".B {escape(match[1])}", escape(match[2] or "")]
        else:
            out.append(escape(line.strip()))
    return [line for line in out if line]


def option_lines(options):
    out = []
    for option in options:
        value = f" \\fI{escape(option.value)}\\fR" if option.value else ""
        out += [".TP", f"\\fB{escape(option.name)}\\fR{value}", escape(option.text)]
    return out


def synopsis(usages):
    out = [".SH SYNOPSIS"]
    for i, usage in enumerate(usages):
        words = usage.split()
        if i:
            out.append(".br")
        named = 2 if words[1:2] and words[1].islower() else 1
        bold, rest = " ".join(words[:named]), " ".join(words[named:])
        out.append(f"\\fB{escape(bold)}\\fR {escape(rest)}".rstrip())
    return out


def command_page(command, everything):
    name = f"kronos-{command.name}"
    page = header(name, command.summary, everything) + synopsis(command.usage)
    page += [".SH DESCRIPTION"]
    if not command.paragraphs:
        page.append(escape(command.summary[0].upper() + command.summary[1:]) + ".")
    for i, paragraph in enumerate(command.paragraphs):
        page += [".PP"] * (i > 0)
        indented = [line for line in paragraph.splitlines() if line.startswith("  ")]
        if indented:
            page += [".nf", *(escape(line) for line in paragraph.splitlines()), ".fi"]
        else:
            page += [escape(line) for line in paragraph.splitlines()]
    page += [".SH OPTIONS", *option_lines(command.options)]
    page += [".SH EXIT STATUS", *table(everything.sections["Exit codes"])]
    page += [".SH SEE ALSO", "\\fBkronos\\fR(1)"]
    return name, page


def main_page(everything):
    page = header("kronos", "shows whether a Vulkan driver computes right", everything)
    page += synopsis(["kronos COMMAND [options]", "kronos COMMAND --help", "kronos --version"])
    page += [".SH DESCRIPTION", escape(everything.about), ".SH COMMANDS"]
    for command in everything.commands:
        page += [".TP", f"\\fBkronos\\-{escape(command.name)}\\fR(1)", escape(command.summary)]
    page += [".SH EXAMPLES", *table(everything.sections["First steps"])]
    page += [".SH ENVIRONMENT", *table(everything.sections["Environment"])]
    page += [".SH EXIT STATUS", *table(everything.sections["Exit codes"])]
    pages = ", ".join(f"\\fBkronos\\-{escape(command.name)}\\fR(1)" for command in everything.commands)
    page += [".SH SEE ALSO", pages]
    return "kronos", page


def main():
    program, folder, date = sys.argv[1:]
    everything = help_text.read(program)
    everything.date = date
    os.makedirs(folder, exist_ok=True)
    pages = [main_page(everything)]
    pages += [command_page(command, everything) for command in everything.commands]
    for name, lines in pages:
        with open(os.path.join(folder, f"{name}.1"), "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")


main()
