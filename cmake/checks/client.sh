#!/usr/bin/env bash
# A program in another language computes saxpy through the installed library, and nothing else of
# ours.
#
# usage: client.sh LANGUAGE ROOT PREFIX SCRATCH GLSLC TOOL
# TOOL  compiler or interpreter of the language; where it is not installed the check is skipped (77)
set -euo pipefail
language=$1 root=$2 prefix=$3 scratch=$4 glslc=$5 tool=$6
expected='3 * 999 + 1 = 2998'

fail() {
    printf 'client: %s: %s\n' "$language" "$*" >&2
    exit 1
}

[[ -x $(command -v "$tool") ]] || {
    printf 'client: %s: skipped, there is no %s here\n' "$language" "$tool"
    exit 77
}
library=$(find "$prefix" -name libkronos.so)
[[ -n $library ]] || fail "there is no libkronos.so below $prefix"
folder=$(dirname -- "$library")

rm -rf -- "$scratch"
mkdir -p -- "$scratch"
cd "$scratch"
"$glslc" "$root/shaders/saxpy.comp" -o saxpy.spv
source=$root/examples/clients/saxpy
case $language in
    cpp)
        # Blanks in paths have a backslash in what pkg-config answers.
        mapfile -t flags < <(PKG_CONFIG_PATH=$folder/pkgconfig pkg-config --cflags --libs kronos |
            xargs printf '%s\n')
        "$tool" -std=c++17 -Wall -Wextra -Wpedantic -Wshadow -Werror "$source.cpp" -o saxpy \
            "${flags[@]}"
        client=(./saxpy)
        ;;
    python) client=("$tool" -B "$source.py") ;;
    rust)
        "$tool" --edition 2021 -D warnings -L "$folder" "$source.rs" -o saxpy
        client=(./saxpy)
        ;;
    *) fail 'no such language' ;;
esac

export LD_LIBRARY_PATH=$folder
said=$("${client[@]}" saxpy.spv) || fail "exit code $?: $said"
[[ $said == "$expected" ]] || fail "printed '$said', not '$expected'"
printf 'client: %s: %s\n' "$language" "$said"

# An error crosses the border as well: its status, and its sentence.
code=0
said=$("${client[@]}" absent.spv 2>&1) || code=$?
((code == 1)) || fail "exit code $code for a kernel that is not there, expected 1"
[[ $said == KRO_ERROR_IO:*absent.spv* ]] || fail "said '$said' of a kernel that is not there"
