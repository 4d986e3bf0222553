#!/usr/bin/env bash
# Builds the targets of fuzz/ with clang's libFuzzer, replays their corpora, and tries new inputs on each
# for some seconds.
#
# usage: fuzz.sh ROOT SCRATCH
set -euo pipefail
root=$1 scratch=$2
mkdir -p -- "$scratch"

# Where every tool has to be, as in .ci/run, a missing one is a fault.
skip() {
    printf 'fuzz: skipped: %s (./kronos setup ci)\n' "$*" >&2
    [[ -z ${KRONOS_NEED_TOOLS-} ]] || exit 1
    exit 77
}

for tool in clang clang++; do
    command -v "$tool" >/dev/null || skip "$tool is not here"
done
printf 'int LLVMFuzzerTestOneInput(const char *bytes, unsigned long size_bytes);\n%s\n' \
    'int LLVMFuzzerTestOneInput(const char *bytes, unsigned long size_bytes) { return !bytes && size_bytes; }' \
    >"$scratch/probe.c"
clang -fsanitize=fuzzer,address "$scratch/probe.c" -o "$scratch/probe" 2>"$scratch/probe.log" ||
    skip "clang has no libFuzzer, $scratch/probe.log says why"

build() {
    cmake -S "$root" --preset fuzz -B "$scratch/build" -D KRONOS_FUZZ_SECONDS=3 &&
        cmake --build "$scratch/build" --target fuzz
}
build >"$scratch/log" 2>&1 || {
    tail -n 40 -- "$scratch/log" >&2
    printf 'fuzz: the targets do not build\n' >&2
    exit 1
}
ctest --test-dir "$scratch/build" --label-regex '^fuzz$' --no-tests=error --output-on-failure --parallel 2
