#!/usr/bin/env bash
# A newcomer's path: libkronos is installed, then used from plain cc and from CMake, shared and static,
# in C and in C++; and all of it once more after the installation has moved.
#
# usage: installed.sh ROOT BUILD SCRATCH CC CXX GLSLC
set -euo pipefail
root=$1 build=$2 scratch=$3 cc=$4 cxx=$5 glslc=$6
sum='999 + 0.5 = 999.5'

fail() {
    printf 'installed: %s\n' "$*" >&2
    exit 1
}

# Runs a command whose last words must be the right sum.
expect_sum() { # WHAT COMMAND...
    local what=$1 said
    shift
    said=$("$@") || fail "$what: exit code $?: $said"
    [[ $said == "$sum" ]] || fail "$what: printed '$said', not '$sum'"
    printf 'installed: %s: %s\n' "$what" "$said"
}

# Runs a program of tests of kernels, whose three tests must pass.
expect_tests() { # WHAT COMMAND...
    local what=$1 said
    shift
    said=$("$@") || fail "$what: exit code $?: $said"
    [[ ${said##*$'\n'} == '3 passed, 0 failed, 0 skipped' ]] || fail "$what: printed '$said'"
    printf 'installed: %s: %s\n' "$what" "${said##*$'\n'}"
}

# What pkg-config answers, a line a flag; blanks in paths have a backslash there.
flags_of() { # OPTIONS PACKAGE...
    pkg-config "$@" | xargs printf '%s\n'
}

# No compiler flag but those that pkg-config gives.
use_from_cc() { # PREFIX LIBRARY_FOLDER
    local flags static test
    export PKG_CONFIG_PATH=$2/pkgconfig
    mkdir "$scratch/cc"
    cp "$root/examples/vector_add.c" "$root/examples/vector_add.cpp" "$root/examples/saxpy_test.c" \
        "$root/shaders/vector_add.comp" "$root/shaders/saxpy.comp" "$scratch/cc"
    cd "$scratch/cc"
    "$glslc" -mfmt=c vector_add.comp -o vector_add.spv.inc
    "$glslc" -mfmt=c saxpy.comp -o saxpy.spv.inc
    mapfile -t flags < <(flags_of --cflags --libs kronos)
    mapfile -t static < <(flags_of --static --cflags --libs kronos)
    static=("${static[@]/#-lkronos/-l:libkronos.a}")
    mapfile -t test < <(flags_of --cflags --libs kronos-test)

    "$cc" vector_add.c -o shared "${flags[@]}"
    expect_sum "$1, cc, shared" env LD_LIBRARY_PATH="$2" ./shared
    "$cc" vector_add.c -o static "${static[@]}"
    expect_sum "$1, cc, static" ./static
    "$cxx" -std=c++17 vector_add.cpp -o shared_cpp "${flags[@]}"
    expect_sum "$1, c++, shared" env LD_LIBRARY_PATH="$2" ./shared_cpp
    "$cxx" -std=c++17 vector_add.cpp -o static_cpp "${static[@]}"
    expect_sum "$1, c++, static" ./static_cpp
    "$cc" saxpy_test.c -o saxpy_test "${test[@]}"
    expect_tests "$1, cc, tests" env LD_LIBRARY_PATH="$2" ./saxpy_test
    cd "$scratch"
    rm -r cc
}

use_from_cmake() { # PREFIX
    cp -r "$root/cmake/checks/consumer" consumer
    cp "$root/examples/vector_add.c" "$root/examples/saxpy_test.c" "$root/shaders/vector_add.comp" \
        "$root/shaders/saxpy.comp" consumer
    cmake -G Ninja -S consumer -B consumer/build -D CMAKE_C_COMPILER="$cc" \
        -D CMAKE_PREFIX_PATH="$scratch/$1" >consumer.log || fail "$1: $(cat consumer.log)"
    cmake --build consumer/build >>consumer.log || fail "$1: $(cat consumer.log)"
    expect_sum "$1, find_package, shared" consumer/build/shared
    expect_sum "$1, find_package, static" consumer/build/static
    expect_tests "$1, find_package, tests" consumer/build/saxpy_test
    rm -r consumer
}

rm -rf -- "$scratch"
mkdir -p -- "$scratch"
cd "$scratch"
cmake --install "$build" --prefix "$scratch/installed" >install.log || fail "$(cat install.log)"
for prefix in installed moved; do
    [[ -d $prefix ]] || mv installed "$prefix"
    pc=$(find "$prefix" -name kronos.pc)
    use_from_cc "$prefix" "$scratch/${pc%/pkgconfig/kronos.pc}"
    use_from_cmake "$prefix"
done
! grep -rIl -e "$scratch" -e "$root" moved || fail "these files know where they were made"
