#!/usr/bin/env bash
# A program linked to libkronos starts on a machine without Vulkan and says what is wrong. The machine
# is a folder with the program and the libraries it is linked to, and nothing else.
#
# usage: no_loader.sh SCRATCH CODE PATTERN PROGRAM [ARGUMENT...]
# CODE is the exit code that is expected, PATTERN matches all that the program says.
# Exit code 77 (skipped) where nobody may change the root folder.
set -euo pipefail
scratch=$1 expected=$2 pattern=$3 program=$4
shift 4

enter=(chroot)
if ((EUID != 0)); then
    enter=(unshare --user --map-root-user chroot)
fi

rm -rf -- "$scratch"
mkdir -p -- "$scratch/bin"
cp -- "$program" "$scratch/bin/program"
# ldd prints `name => /path (address)`, and the dynamic linker as `/path (address)`. Everything goes to
# /lib, too: a run path that begins with $ORIGIN leads nowhere without /proc.
ldd "$program" | sed -n 's,^[^/]*\(/.*\) (0x[0-9a-f]*)$,\1,p' | while read -r library; do
    mkdir -p -- "$scratch$(dirname -- "$library")" "$scratch/lib"
    cp -L -- "$library" "$scratch$library"
    cp -L -- "$library" "$scratch/lib"
done

code=0
said=$("${enter[@]}" "$scratch" /bin/program "$@" 2>&1) || code=$?
printf '%s\n' "$said"
if ((code == 125)) || [[ $said == unshare:* ]]; then
    exit 77
fi
# The pattern is meant as one.
# shellcheck disable=SC2053
if ((code != expected)) || [[ $said != $pattern ]]; then
    printf 'no_loader: exit code %d, expected %d and %s\n' "$code" "$expected" "$pattern" >&2
    exit 1
fi
