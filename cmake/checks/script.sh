#!/usr/bin/env bash
# ./kronos installs only what is missing, only when it may, and says so first. dpkg-query, apt-get,
# apt-cache and sudo are stand-ins that note how they were called.
#
# usage: script.sh ROOT
set -euo pipefail
root=$1
# Not in the build folder: a checkout may lie where another user may not look.
scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT

fail() {
    printf 'script: %s\n' "$*" >&2
    exit 1
}

stand_in() { # NAME BODY
    printf '#!/bin/sh\nprintf "%%s\\n" "%s $*" >>"%s/calls"\n%s\n' "$1" "$scratch" "$2" \
        >"$scratch/bin/$1"
    chmod +x "$scratch/bin/$1"
}

# Runs ./kronos as USER (0 or 1000) and checks its exit code.
expect() { # USER CODE ARGUMENTS...
    local user=$1 expected=$2 code=0
    shift 2
    local run=("$scratch/tree/kronos" "$@")
    if ((EUID == 0 && user != 0)); then
        run=(setpriv "--reuid=$user" "--regid=$user" --clear-groups "${run[@]}")
    fi
    : >"$scratch/calls"
    PATH=$scratch/bin:$PATH "${run[@]}" </dev/null >"$scratch/said" 2>&1 || code=$?
    cat "$scratch/said"
    ((code == expected)) || fail "$*: exit code $code, expected $expected"
}

said() { grep -q -e "$1" "$scratch/said" || fail "did not say '$1'"; }
called() { grep -q -e "$1" "$scratch/calls" || fail "did not call '$1'"; }
not_called() { ! grep -q -e "$1" "$scratch/calls" || fail "called '$1'"; }

mkdir -p -- "$scratch/bin" "$scratch/tree/cmake" "$scratch/tree/build"
cp -- "$root/kronos" "$root/CMakeLists.txt" "$scratch/tree"
mkdir "$scratch/tree/cli"
cp -- "$root/cli/main.c" "$scratch/tree/cli"
cp -- "$root/cmake/packages.txt" "$scratch/tree/cmake"
: >"$scratch/calls"
chmod 777 "$scratch" "$scratch/tree/build"
chmod 666 "$scratch/calls"
# Everything is installed but glslc and cmake; apt knows every package it is asked about.
# shellcheck disable=SC2016 # the stand-ins expand these
stand_in dpkg-query 'case "$*" in *glslc | *cmake) exit 1 ;; esac; printf installed'
# shellcheck disable=SC2016
stand_in apt-cache 'shift 2; for package; do echo "  Candidate: 1"; done'
stand_in apt-get ''
# shellcheck disable=SC2016
stand_in sudo 'exec "$@"'

expect 1000 3 setup build
said 'missing packages: cmake glslc$'
said 'please run as root: .*apt-get install .*cmake glslc$'
not_called '^apt-get'

expect 1000 0 setup build --no-install
said 'going on without them'
not_called '^apt-get'

expect 1000 0 setup build --yes
said 'missing packages: cmake glslc$'
called '^sudo .* install --no-install-recommends cmake glslc$'
called '^apt-get .* install --no-install-recommends cmake glslc$'

if ((EUID == 0)); then
    expect 0 0 setup build
    said 'missing packages: cmake glslc$'
    called '^apt-get .* install --no-install-recommends cmake glslc$'
    not_called '^sudo'
fi

# An installation that fails is tried again with fresh lists, once.
# shellcheck disable=SC2016
stand_in apt-get 'case "$*" in *" install "*) exit 100 ;; esac'
expect 1000 3 setup build --yes
called '^apt-get .* update$'
(($(grep -c '^apt-get .* install ' "$scratch/calls") == 2)) || fail 'did not install twice'

# What another package provides is not missing.
# shellcheck disable=SC2016
stand_in dpkg-query 'case "$*" in *Provides*) echo "installed a (= 1), glslc (= 2), cmake, b" ;; *glslc | *cmake) exit 1 ;; esac; printf installed'
expect 1000 0 setup build
not_called '^apt-get'
# shellcheck disable=SC2016
stand_in dpkg-query 'case "$*" in *Provides*) echo "installed glslc-tools, xcmake" ;; *glslc | *cmake) exit 1 ;; esac; printf installed'
expect 1000 0 setup build --no-install
said 'missing packages: cmake glslc$'

# Nothing is missing: apt is left alone.
stand_in dpkg-query 'printf installed'
expect 1000 0 setup build
not_called '^apt-get'

# Tools that CMake cannot do without are named, wherever the packages come from.
CC=/nonexistent/cc CXX=/nonexistent/c++ expect 1000 3 build
said 'please install what is needed to build: a C compiler, a C++ compiler$'
stand_in cmake 'echo "cmake version 3.18.4"'
CC=sh CXX=sh expect 1000 3 build
said 'CMake 3.18.4 is too old: please install 3\.[0-9]* or newer$'

# What the build lacks is said at once, with the package that has it.
! cmake -S "$root" -B "$scratch/lacks" -D CMAKE_IGNORE_PATH=/usr/include >"$scratch/said" 2>&1 || fail 'was configured without headers'
for package in libvulkan-dev spirv-headers libsodium-dev; do
    said ": Debian's $package, or -D KRONOS_[A-Z_]*=PATH$"
done

expect 1000 2 setup nonsense
expect 1000 2 certfy
said "'certfy' is no command; there are build, .*, certify, .*, threads$"
expect 1000 0 help
said 'usage: ./kronos'
