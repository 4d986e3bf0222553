#!/usr/bin/env bash
# The vcpkg port goes through its steps, as a static and as a shared library, and a program is built
# with what it installs.
#
# usage: vcpkg.sh ROOT SCRATCH PYTHON
# vcpkg itself is not packaged in Debian. Its functions are acted by vcpkg_stub.cmake, so this shows
# that the port's own steps and what they produce fit together, not that a certain vcpkg accepts
# them.
set -euo pipefail
root=$1 scratch=$2 python=$3
source "${BASH_SOURCE[0]%/*}/common.sh"

port=$root/packaging/vcpkg/kronos
empty_folder "$scratch"
header=$root/libkronos/include/kronos/kronos.h
"$python" - "$port/vcpkg.json" "$header" <<'END' || fail 'wrong vcpkg.json'
import json, re, sys

manifest, header = (open(path, encoding="utf-8").read() for path in sys.argv[1:])
manifest = json.loads(manifest)
version = re.search(r'#define KRO_VERSION +"([^"]+)"', header).group(1)
assert manifest["version"] == version, f"version {manifest['version']}, kronos.h has {version}"
features = manifest["features"]
assert set(manifest["default-features"]) <= set(features), "an unknown feature is default"
assert all(feature.get("description") for feature in features.values()), "no description"
END

for linkage in static dynamic; do
    packages=$scratch/$linkage/packages
    quietly "$scratch/$linkage.log" cmake -D PORT_DIR="$port" -D LINKAGE=$linkage \
        -D SCRATCH="$scratch/$linkage" -P "$root/packaging/tests/vcpkg_stub.cmake"
    # What vcpkg complains about after an installation.
    for wrong in debug/include share/doc; do
        [[ ! -e $packages/$wrong ]] || fail "$linkage: leaves $wrong"
    done
    for file in "share/kronos/"{copyright,usage,kronos-config.cmake} include/kronos/kronos.h; do
        [[ -s $packages/$file ]] || fail "$linkage: no $file"
    done
    libraries=$(find "$packages/lib" -maxdepth 1 -name "libkronos.so" -o -name "libkronos.a")
    expected=$([[ $linkage == static ]] && echo libkronos.a || echo libkronos.so)
    [[ $libraries == "$packages/lib/$expected" ]] || fail "$linkage: has $libraries, not $expected"

    # vcpkg's tool chain puts the installed tree into CMAKE_PREFIX_PATH.
    consumer=$scratch/$linkage/consumer
    mkdir -- "$consumer"
    cp -- "$root/examples/vector_add.c" "$root/shaders/vector_add.comp" "$consumer"
    {
        printf 'cmake_minimum_required(VERSION 3.25)\nproject(main LANGUAGES C)\n'
        printf 'add_executable(main vector_add.c)\n'
        sed -n 's/^    //p' "$port/usage" | sed 's/kernel\.comp/vector_add.comp/'
    } >"$consumer/CMakeLists.txt"
    quietly "$scratch/$linkage.consumer.log" cmake -G Ninja -S "$consumer" -B "$consumer/build" \
        -D CMAKE_PREFIX_PATH="$packages"
    quietly "$scratch/$linkage.consumer.log" cmake --build "$consumer/build"
    said=$("$consumer/build/main") || fail "$linkage: exit code $?"
    [[ $said == '999 + 0.5 = 999.5' ]] || fail "$linkage: printed '$said'"
    say "$linkage: $said"
done
