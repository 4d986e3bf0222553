#!/usr/bin/env bash
# Runs the tests that exercise libkronos, in a build with --coverage, and judges what they reach.
#
# usage: run.sh ROOT BUILD TESTS     TESTS: a regular expression of ctest's
set -euo pipefail
root=$1 build=$2 tests=$3
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
objects=$build/libkronos/CMakeFiles

command -v lcov >/dev/null || {
    printf 'coverage: lcov is not here (./kronos setup ci)\n' >&2
    exit 1
}
# What earlier runs counted, of objects that may since have been compiled anew.
find "$objects" -name '*.gcda' -delete
ctest --test-dir "$build" --tests-regex "$tests" --no-tests=error --output-on-failure \
    --parallel "$(nproc)"
"$here/collect.sh" "$root" "$objects" "$here/uncovered.txt" "$build/coverage"
