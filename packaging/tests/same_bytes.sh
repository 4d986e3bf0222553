#!/usr/bin/env bash
# A second build of the same commit, in another folder at another time, gives the same bytes: the
# libraries, the command, the drivers and the archive.
#
# usage: same_bytes.sh ROOT BUILD SCRATCH CC CXX
#   BUILD  the first build, of type Release
set -euo pipefail
root=$1 build=$2 scratch=$3 cc=$4 cxx=$5
source "${BASH_SOURCE[0]%/*}/common.sh"

need git git
need xz xz-utils
grep -q '^CMAKE_BUILD_TYPE:[A-Z]*=Release$' "$build/CMakeCache.txt" ||
    skip 'the build is no Release'
commit=$(git -C "$root" rev-parse HEAD 2>/dev/null) || skip 'this is no git checkout'
[[ ! $(git -C "$root" status --porcelain) ]] || skip 'the checkout differs from its commit'
grep -q "\"$commit\"" "$build/cli/kronos_build.h" ||
    skip 'the build is of another commit; build again'

# Another depth, another mask, another language and another zone. No cache may hand over what was
# compiled elsewhere.
other=$scratch/elsewhere/sources second=$scratch/second
export CCACHE_DISABLE=1 TZ=Asia/Kathmandu LC_ALL=C
empty_folder "$scratch"
umask 027
quietly "$scratch/clone.log" git clone --no-local --no-tags "$root" "$other"
quietly "$scratch/checkout.log" git -C "$other" checkout --detach "$commit"
quietly "$scratch/configure.log" cmake -G Ninja -S "$other" -B "$second" \
    -D CMAKE_BUILD_TYPE=Release -D CMAKE_C_COMPILER="$cc" -D CMAKE_CXX_COMPILER="$cxx"
quietly "$scratch/build.log" cmake --build "$second" --target kronos_package

for which in "$build" "$second"; do
    nth=$([[ $which == "$build" ]] && echo first || echo second)
    quietly "$scratch/cpack.$nth.log" \
        cpack --config "$which/CPackConfig.cmake" -B "$scratch/archive.$nth"
    mkdir -- "$scratch/files.$nth"
    cp -L -- "$which/libkronos/libkronos.so" "$which/libkronos/libkronos.a" "$which/bin/kronos" \
        "$which"/lib*/kronos/*.so "$scratch/archive.$nth"/*.tar.xz "$scratch/files.$nth"
done

different=0
for file in "$scratch/files.first"/*; do
    if cmp -- "$file" "$scratch/files.second/${file##*/}"; then
        say "$(sha256sum <"$file" | cut -c 1-16) ${file##*/}"
    else
        different=$((different + 1))
    fi
done
((different == 0)) || fail "$different files differ; diffoscope on $scratch/files.* says where"
