#!/usr/bin/env bash
# What the programs built with --coverage have run of libkronos' own sources: libkronos.info for lcov, a
# page in html/, and gate.py's table and verdict.
#
# usage: collect.sh ROOT OBJECTS UNCOVERED OUT
# OBJECTS: the folder of the objects of libkronos. UNCOVERED: see gate.py.
set -euo pipefail
root=$(cd -- "$1" && pwd) objects=$2 uncovered=$3 out=$4
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
trace=$out/libkronos.info
mkdir -p -- "$out"

# lcov 1.16 prints a warning for each Perl function that it defines twice.
quietly() {
    "$@" >"$out/log" 2>&1 || {
        cat -- "$out/log" >&2
        exit 1
    }
}

lcov() {
    quietly command lcov --config-file "$here/lcovrc" "$@"
}

# Headers and libraries of others are compiled in, too.
capture() { # FILE ARGUMENTS...
    lcov --capture --directory "$objects" --include "$root/libkronos/src/*" \
        --include "$root/libkronos/include/*" --output-file "$@"
}

# Objects that no program ran are seen by the first alone.
capture "$out/compiled.info" --initial
capture "$out/run.info"
lcov --add-tracefile "$out/compiled.info" --add-tracefile "$out/run.info" --output-file "$trace"
quietly genhtml --config-file "$here/lcovrc" --prefix "$root" --title libkronos --legend \
    --demangle-cpp --output-directory "$out/html" "$trace"
printf 'coverage: %s\n' "$out/html/index.html"
python3 -B "$here/gate.py" "$root" "$trace" "$uncovered"
