#!/usr/bin/env bash
# A program linked to libkronos starts on a machine without Vulkan and says so in a sentence. The
# machine is a folder with the program and the libraries it is linked to, and nothing else.
#
# usage: no_loader.sh PROGRAM SCRATCH
# Exit code 77 (skipped) where nobody may change the root folder.
set -euo pipefail
program=$1 scratch=$2

enter=(chroot)
if ((EUID != 0)); then
    enter=(unshare --user --map-root-user chroot)
fi

rm -rf -- "$scratch"
mkdir -p -- "$scratch/bin"
cp -- "$program" "$scratch/bin/program"
# ldd prints `name => /path (address)`, and the dynamic linker as `/path (address)`.
ldd "$program" | grep -o '/[^ ]*' | while read -r library; do
    mkdir -p -- "$scratch$(dirname -- "$library")"
    cp -L -- "$library" "$scratch$library"
done

code=0
said=$("${enter[@]}" "$scratch" /bin/program 2>&1) || code=$?
printf '%s\n' "$said"
if ((code == 125)) || [[ $said == unshare:* ]]; then
    exit 77
fi
if ((code != 1)) || [[ $said != "KRO_ERROR_NO_DRIVER: "?* ]]; then
    printf 'no_loader: exit code %d, expected 1 and a sentence after KRO_ERROR_NO_DRIVER\n' "$code" >&2
    exit 1
fi
