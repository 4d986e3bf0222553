#!/usr/bin/env bash
# The README's way from an installed library to a first program, followed in an empty folder: its
# commands are run as they stand there, and print what it says they print.
#
# usage: readme.sh ROOT BUILD
# BUILD stands in for build/release of the clone at $KRONOS. The folder is not below it: its path may
# have blanks.
set -euo pipefail
root=$1 build=$2

commands=$(sed -n '/^    cmake --install/,/^$/ s/^    //p' "$root/README.md")
# shellcheck disable=SC2016 # Markdown's backquotes
printed=$(sed -n 's/^It prints `\([^`]*\)`.*/\1/p' "$root/README.md")
[[ -n $commands && -n $printed ]] || {
    echo 'readme: README.md has no block that begins with cmake --install, or no line "It prints"' >&2
    exit 1
}

scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT
cd "$scratch"
# shellcheck disable=SC2016 # README's variable, not ours
commands=${commands//'$KRONOS/build/release'/"$build"}
said=$(KRONOS=$root bash -eu -c "$commands")
printf '%s\n' "$said"
if [[ ${said##*$'\n'} != "$printed" ]]; then
    printf 'readme: the last line is not "%s"\n' "$printed" >&2
    exit 1
fi
