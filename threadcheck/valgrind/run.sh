#!/usr/bin/env bash
# Runs cases of the thread suite under one of Valgrind's tools; every report is a fault.
#
# usage: run.sh TOOL PROGRAM ARGUMENTS...     TOOL: helgrind or drd
set -euo pipefail
tool=$1
shift
if ! command -v valgrind >/dev/null; then
    [[ -z ${KRONOS_NEED_TOOLS:-} ]] || { echo 'valgrind is missing' >&2 && exit 1; }
    echo 'skipped: needs valgrind'
    exit 77
fi
# Functions that the dynamic linker looks up at their first call are written by one thread and read by
# another one, under its own lock.
export LD_BIND_NOW=1
exec valgrind --tool="$tool" --quiet --error-exitcode=1 \
    --suppressions="$(dirname -- "${BASH_SOURCE[0]}")/$tool.supp" "$@"
