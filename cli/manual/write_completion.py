"""Completion of the kronos command for bash, zsh and fish, made from its --help.

usage: write_completion.py KRONOS FOLDER
Writes FOLDER/bash/kronos, FOLDER/zsh/_kronos and FOLDER/fish/kronos.fish.
"""

import os
import sys

import help_text

TIERS = ["quick", "standard", "full"]
FOLDERS, FILES = ("DIR",), ("FILE", "PATH")


def kind(value):
    """What stands for a value or a word in the help says what it is."""
    words = value.strip("[]. ").split()
    word = words[0] if words else ""
    if word == "TIER":
        return "tier"
    if word in FOLDERS or word in ("A", "B"):
        return "folder"
    if word in FILES or "." in word:
        return "file"
    return "case" if word == "GLOB" else ""


def word_kind(command):
    """What its words are: the first in its usage that is neither the command nor an option."""
    for word in command.usage[0].split()[2:]:
        if word not in ("[options]", "options", "..."):
            return kind(word)
    return ""


BASH = """\
# Completion of kronos for bash; made from `kronos --help`.
_kronos()
{{
    local current=${{COMP_WORDS[COMP_CWORD]}} before='' options='' words='' kind=''
    ((COMP_CWORD > 0)) && before=${{COMP_WORDS[COMP_CWORD - 1]}}
    COMPREPLY=()
    if ((COMP_CWORD == 1)); then
        mapfile -t COMPREPLY < <(compgen -W "{commands} --help --version" -- "$current")
        return
    fi
    case ${{COMP_WORDS[1]}} in
{cases}        *) return ;;
    esac
    case "${{COMP_WORDS[1]}} $before" in
{values}        *) kind=$words ;;
    esac
    if [[ $kind == "$words" && $current == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current")
        return
    fi
    case $kind in
        tier) mapfile -t COMPREPLY < <(compgen -W "{tiers}" -- "$current") ;;
        folder) mapfile -t COMPREPLY < <(compgen -d -- "$current") ;;
        file) mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
        case)
            mapfile -t COMPREPLY < <(
                compgen -W "$("${{COMP_WORDS[0]}}" list --tier full 2>/dev/null)" -- "$current"
            )
            ;;
    esac
}}
complete -o filenames -F _kronos kronos
"""


def bash(everything):
    cases, values = "", ""
    for command in everything.commands:
        names = " ".join(option.name for option in command.options)
        cases += f"        {command.name})\n            options='{names}' words='{word_kind(command)}'\n"
        cases += "            ;;\n"
        for option in command.options:
            if option.value:
                values += f"        '{command.name} {option.name}') kind='{kind(option.value) or 'none'}' ;;\n"
    commands = " ".join(command.name for command in everything.commands)
    return BASH.format(commands=commands, cases=cases, values=values, tiers=" ".join(TIERS))


def quote(text):
    return "'" + text.replace("'", "'\\''") + "'"


def zsh_action(name):
    return {"tier": f"({' '.join(TIERS)})", "folder": "_files -/", "file": "_files",
            "case": "{compadd -- ${(f)\"$(kronos list --tier full 2>/dev/null)\"}}", "": " "}[name]


def zsh(everything):
    out = ["#compdef kronos", "# Completion of kronos for zsh; made from `kronos --help`.",
           "local -a commands", "commands=("]
    out += [f"    {quote(command.name + ':' + command.summary.replace(':', chr(92) + ':'))}" for command in everything.commands]
    out += [")", "if ((CURRENT == 2)); then", "    _describe command commands", "    return", "fi",
            "local word=$words[2]", "shift words", "((CURRENT--))", "case $word in"]
    for command in everything.commands:
        out.append(f"    {command.name})\n        _arguments \\")
        for option in command.options:
            text = option.text.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]").replace(":", "\\:")
            value = f":{option.value.replace(':', chr(92) + ':')}:{zsh_action(kind(option.value))}" if option.value else ""
            out.append(f"            {quote(f'*{option.name}[{text}]{value}')} \\")
        out.append(f"            {quote(f'*:word:{zsh_action(word_kind(command))}')}\n        ;;")
    out.append("esac")
    return "\n".join(out) + "\n"


def fish(everything):
    out = ["# Completion of kronos for fish; made from `kronos --help`.",
           "complete -c kronos -f"]
    for command in everything.commands:
        seen = f"-n '__fish_seen_subcommand_from {command.name}'"
        out.append(f"complete -c kronos -n __fish_use_subcommand -a {command.name} -d {quote(command.summary)}")
        for option in command.options:
            line = f"complete -c kronos {seen} -l {option.name[2:]} -d {quote(option.text)}"
            if option.value:
                what = kind(option.value)
                line += " -r" + {"tier": f" -f -a '{' '.join(TIERS)}'", "folder": " -f -a '(__fish_complete_directories)'",
                                 "file": " -F"}.get(what, " -f")
            out.append(line)
        what = word_kind(command)
        if what == "case":
            out.append(f"complete -c kronos {seen} -a '(kronos list --tier full 2>/dev/null)'")
        elif what:
            out.append(f"complete -c kronos {seen} -F")
    return "\n".join(out) + "\n"


def main():
    program, folder = sys.argv[1:]
    everything = help_text.read(program)
    for path, text in (("bash/kronos", bash(everything)), ("zsh/_kronos", zsh(everything)), ("fish/kronos.fish", fish(everything))):
        path = os.path.join(folder, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)


main()
