#!/usr/bin/env bash
# Processes that share a cache folder do each other no harm, whoever removes or spoils its files
# meanwhile: every program ends well and with the right numbers, and a whole file is left behind.
#
# usage: cache_processes.sh SCRATCH EXPECTED PROGRAM
# EXPECTED is what the program prints.
set -euo pipefail
scratch=$1 expected=$2 program=$3
processes=8 rounds=5
cache=$scratch/cache

rm -rf -- "$scratch"
mkdir -p -- "$cache"
export KRONOS_CACHE_DIR=$cache KRONOS_LOG=info

run() {
    local said
    said=$("$program" 2>> "$scratch/log")
    if [[ $said != "$expected" ]]; then
        printf 'cache_processes: %s printed "%s", expected "%s"\n' "$program" "$said" "$expected" >&2
        return 1
    fi
}

run_often() {
    for ((round = 0; round < rounds; round++)); do
        run || return 1
    done
}

# Cuts files and writes into them, in place.
spoil() {
    truncate --no-create --size=$((RANDOM % 120)) "$1" 2> /dev/null || true
    printf 'x' | dd of="$1" bs=1 seek=$((RANDOM % 120)) conv=notrunc,nocreat status=none \
        2> /dev/null || true
}

remove() {
    rm -f -- "$1"
}

disturb() {
    local file
    while [[ ! -e $scratch/done ]]; do
        for file in "$cache"/*.cache; do
            "$1" "$file"
        done
        sleep 0.01
    done
}

# crowd DISTURBANCE: all processes at once, while the files are disturbed.
crowd() {
    local disturber started=() id failed=0
    : > "$scratch/log"
    rm -f -- "$scratch/done"
    disturb "$1" &
    disturber=$!
    for ((i = 0; i < processes; i++)); do
        run_often &
        started+=($!)
    done
    for id in "${started[@]}"; do
        wait "$id" || failed=1
    done
    touch "$scratch/done"
    wait "$disturber"
    return $failed
}

# Files are whole from the moment they are there: whoever finds one can use it.
expect_no_rebuild() {
    if grep -q 'starting anew' "$scratch/log"; then
        echo "cache_processes: a file that $1 left was refused" >&2
        exit 1
    fi
}

shopt -s nullglob dotglob
crowd remove
expect_no_rebuild 'a process'
crowd spoil
run # mends what was spoilt last
: > "$scratch/log"
run
expect_no_rebuild 'the last process'
files=("$cache"/*)
if ((${#files[@]} != 1)) || [[ ${files[0]} != *.cache ]]; then
    printf 'cache_processes: expected one .cache file, found: %s\n' "${files[*]}" >&2
    exit 1
fi
