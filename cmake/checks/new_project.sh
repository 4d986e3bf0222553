#!/usr/bin/env bash
# `kronos new` from an installed Kronos: the project that it writes builds, passes its tests and runs at
# once, without network and in less than a minute; and what it refuses it leaves as it was.
#
# usage: new_project.sh PREFIX SCRATCH CC CXX
set -euo pipefail
prefix=$1 scratch=$2 cc=$3 cxx=$4
max_seconds=60

fail() {
    printf 'new: %s\n' "$*" >&2
    exit 1
}

# A newcomer's whole way; the arguments are what cmake is given.
make_project() { # NAME [OPTION...]
    local name=$1
    shift
    kronos new "$name" || return 1
    cd "$name"
    CC=$cc CXX=$cxx cmake -B build "$@" || return 1
    cmake --build build || return 1
    ctest --test-dir build || return 1
    "build/$name"
}

expect_project() { # NAME [OPTION...]
    export -f make_project
    export cc cxx
    local started=$SECONDS
    "${offline[@]}" bash -euo pipefail -c 'make_project "$@"' new "$@" >log 2>&1 ||
        fail "$1: $(cat log)"
    local took=$((SECONDS - started))
    grep -q '^100% tests passed, 0 tests failed out of 1$' log || fail "$1: $(cat log)"
    ! grep -q 'Skipped' log || fail "$1: its test found no device: $(cat log)"
    [[ $(tail -n 1 log) == '0 0 0 1 2 3 3 3' ]] || fail "$1: printed: $(tail -n 1 log)"
    ((took < max_seconds)) || fail "$1: took $took s, not less than $max_seconds"
    printf 'new: %s %s: tested after %d s\n' "$*" "${offline[*]}" "$took"
}

# The names of what is here, to be compared.
names() {
    find . -mindepth 1 | sort
}

expect_refused() { # CODE SENTENCE WORD...
    local code=0 wanted=$1 sentence=$2 before
    shift 2
    before=$(names)
    kronos new "$@" 2>../said || code=$?
    [[ $code == "$wanted" ]] || fail "new $*: exit code $code, not $wanted: $(cat ../said)"
    grep -qF -- "kronos: $sentence" ../said || fail "new $*: said: $(cat ../said)"
    [[ $(names) == "$before" ]] || fail "new $*: left behind: $(names)"
}

rm -rf -- "$scratch"
mkdir -p -- "$scratch/refusals" "$scratch/with spaces"
cd "$scratch/with spaces"
PATH=$prefix/bin:$PATH
# Without network, where this machine has namespaces.
offline=()
if said=$(unshare -rn true 2>&1); then
    offline=(unshare -rn)
else
    printf 'new: with network, because there is no namespace without: %s\n' "$said"
fi
expect_project t
expect_project my-kernels -G Ninja
# The tests of the project can fail: here the kernel is wrong.
sed -i 's/ \/ 3\.0/ \/ 3.1/' t/smooth.comp
cmake --build t/build >log 2>&1 || fail "$(cat log)"
! ctest --test-dir t/build --output-on-failure >log 2>&1 || fail "a wrong kernel passes: $(cat log)"
grep -q 'to\[0\] is .* not want\[0\] = .* ulp away' log || fail "$(cat log)"
# What `kronos bind --help` says to put into CMakeLists.txt; then the program calls what bind wrote.
sed -i 's/ \/ 3\.1/ \/ 3.0/' t/smooth.comp
kronos bind --help | sed -n '/^  add_custom_command/,/^$/ s/^  //p' | sed 's/saxpy/smooth/g; s/\bapp\b/t/g' \
    >>t/CMakeLists.txt
sed -i -e 's/^#include <stdio.h>$/&\n#include "smooth.h"/' \
    -e '/status = kro_dispatch(/,/;$/ c\
    status = smooth_dispatch(kro_context_stream(ctx), pipeline, from, to,\
                             (smooth_push){.count = count}, COUNT, 1, 1);' t/main.c
grep -q 'smooth_dispatch' t/main.c || fail 'main.c has no dispatch to replace'
cmake --build t/build >log 2>&1 || fail "$(cat log)"
[[ $(t/build/t) == '0 0 0 1 2 3 3 3' ]] || fail "with its header it printed $(t/build/t)"
# A push constant has another name, and the program does not compile until it knows.
sed -i 's/\bcount\b/total/g' t/smooth.comp
! cmake --build t/build >log 2>&1 || fail 'a program with an old push constant was built'
grep -q "smooth_push.*count" log || fail "$(cat log)"
# The folder's own name, where none is given.
mkdir here
(cd here && kronos new . >../log)
grep -q '^project(here ' here/CMakeLists.txt || fail "$(cat here/CMakeLists.txt)"

cd "$scratch/refusals"
mkdir full
touch full/.hidden file
expect_refused 2 'full is not empty, it holds .hidden; new wants' full
expect_refused 2 'file: Not a directory' file
expect_refused 2 'absent/t cannot be made: No such file' absent/t
expect_refused 2 "'a b' cannot name a project: it takes a letter" 'a b'
expect_refused 2 "'2d' cannot name a project" 2d
expect_refused 2 "'test' is a name that CMake keeps for itself" test
expect_refused 2 "'' cannot name a project" t --name ''
expect_refused 2 'new takes one folder' t u
expect_refused 2 'new takes the folder of the project'
# A file system that is full: what was written is taken away again. The limit is in KiB.
mkdir empty
trap '' XFSZ
ulimit -f 1
expect_refused 3 't/README.md cannot be written: File too large' t
expect_refused 3 'empty/README.md cannot be written: File too large' empty
