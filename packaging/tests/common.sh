# What the tests of this folder share; read by them with `source`.
# shellcheck shell=bash

name=$(basename -- "$0" .sh)

# What is handed out is not made with the preferences of whoever runs the tests.
unset CMAKE_C_COMPILER_LAUNCHER CMAKE_CXX_COMPILER_LAUNCHER CMAKE_GENERATOR CFLAGS CXXFLAGS LDFLAGS \
    DEB_BUILD_OPTIONS DEB_BUILD_PROFILES SOURCE_DATE_EPOCH

fail() {
    printf '%s: %s\n' "$name" "$*" >&2
    exit 1
}

say() { printf '%s: %s\n' "$name" "$*"; }

# Ends a test that this machine cannot run.
skip() {
    say "skipped: $*"
    exit 77
}

# Ends a test whose tool is not installed; where every tool has to be, as in .ci/run, that is a
# fault.
need() { # TOOL PACKAGE
    if ! command -v "$1" >/dev/null; then
        [[ ! ${KRONOS_NEED_TOOLS-} ]] || fail "$1 is not installed (package $2)"
        skip "$1 is not installed (package $2)"
    fi
}

# Runs a command with its output in a log that is shown only if it fails.
quietly() { # LOG COMMAND...
    local log=$1
    shift
    "$@" >"$log" 2>&1 </dev/null || {
        tail -n 60 -- "$log" >&2
        fail "failed: $*"
    }
}

empty_folder() { # FOLDER
    rm -rf -- "$1"
    mkdir -p -- "$1"
}

# Copies the sources, with what no commit has yet, and nothing that was built.
copy_sources() { # ROOT FOLDER
    mkdir -p -- "$2"
    (cd -- "$1" && git ls-files -z --cached --others --exclude-standard |
        tar -c --null --files-from=-) | tar -x -C "$2"
}
