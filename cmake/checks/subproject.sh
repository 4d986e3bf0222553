#!/usr/bin/env bash
# Kronos is built as a part of another project: in C++ alone, by Make, unoptimised, without exceptions,
# with AddressSanitizer.
#
# usage: subproject.sh ROOT FOLDER CC CXX
set -euo pipefail
root=$1 folder=$2 cc=$3 cxx=$4
checks=${BASH_SOURCE[0]%/*}

command -v make >/dev/null || {
    printf 'subproject: make is not installed\n' >&2
    exit 77
}
rm -rf -- "$folder"
cmake -S "$checks/subproject" -B "$folder" -G 'Unix Makefiles' -D CMAKE_BUILD_TYPE=Debug \
    -D CMAKE_C_COMPILER="$cc" -D CMAKE_CXX_COMPILER="$cxx" -D KRONOS="$root"
cmake --build "$folder" --parallel
for kind in kronos static; do
    said=$("$folder/with_$kind")
    [[ $said == '999 + 0.5 = 999.5' ]] || {
        printf 'subproject: kronos::%s computed %s\n' "$kind" "$said" >&2
        exit 1
    }
done
[[ ! $(find "$folder" -name kronos -type f) ]] || {
    printf 'subproject: the kronos command was built along\n' >&2
    exit 1
}
