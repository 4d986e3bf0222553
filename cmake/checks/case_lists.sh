#!/usr/bin/env bash
# What case_lists.py says of trees made for it, with a program that only lists.
#
# usage: case_lists.sh CHECKS PYTHON
set -euo pipefail
checks=$1 python=$2
scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT
tree=$scratch/tree lists=$scratch/tree/conformance/lists

fail() {
    printf 'case_lists: %s\n' "$*" >&2
    exit 1
}

cases() { # NAME TIER...
    local separator='['
    {
        while (($#)); do
            printf '%s{"name": "%s", "tier": "%s"}' "$separator" "$1" "$2"
            separator=,
            shift 2
        done
        printf ']\n'
    } >"$scratch/cases"
}

check() { # CODE WORDS [--update]
    local code=0
    "$python" -B "$checks/case_lists.py" "$tree" "$scratch/program" "${@:3}" \
        >"$scratch/said" 2>&1 || code=$?
    if ((code != $1)) || ! grep -q -e "$2" "$scratch/said"; then
        cat "$scratch/said" >&2
        fail "exit code $code, expected $1 and '$2'"
    fi
}

changelog() { printf '# Changelog\n\n## 1.2.3 (%s)\n' "$1" >"$tree/CHANGELOG.md"; }

mkdir -p -- "$lists" "$tree/libkronos/include/kronos"
printf '#define KRO_VERSION       "1.2.3"\n' >"$tree/libkronos/include/kronos/kronos.h"
printf '#!/usr/bin/env bash\ncat -- "%s/cases"\n' "$scratch" >"$scratch/program"
chmod +x "$scratch/program"
: >"$lists/aliases.txt"

# Before anything is frozen whatever is there is right; a release refuses it.
changelog unreleased
cases s/g/a quick s/g/b standard s/g/f/1 full
check 0 '0 at fault'
changelog 2027-01-01
check 1 'released and its list does not have s/g/a quick'
check 1 'its list stays as it is' --update
[[ ! -e $lists/1.2.txt ]] || fail "a released version got a list"

# Frozen: new cases may come, none may go or move to a later tier.
changelog unreleased
check 0 '3 cases' --update
grep -qx 's/g/f/1 full' "$lists/1.2.txt" || fail "the list lacks a case"
cases s/g/a quick s/g/b quick s/g/f/1 full s/g/new quick
check 0 '0 at fault'
changelog 2027-01-01
check 1 'does not have s/g/new quick'
changelog unreleased
cases s/g/a standard s/g/b standard s/g/f/1 full
check 1 '1.2.txt:2: s/g/a runs from standard on, and ran from quick on'
check 0 '3 cases' --update
cases s/g/a standard s/g/b standard s/g/f/2 full
check 1 '1.2.txt:4: s/g/f/1 is gone'
check 1 's/g/f/1 is gone' --update

# Other names keep their cases, of this list and of older ones.
printf 's/g/z quick\ns/old/f/1 quick\n' >"$lists/0.9.txt"
cases s/g/a standard s/h/b standard s/h/f/1 full
check 1 '0.9.txt:1: s/g/z is gone'
printf 's/old/f s/g/f\n# b is better\ns/g/b s/h/b\ns/g/f s/h/f\ns/g/z gone it was wrong\n' \
    >"$lists/aliases.txt"
check 0 '0 at fault'
check 0 '3 cases' --update
grep -qx 's/h/f/1 full' "$lists/1.2.txt" || fail "the list has an old name"
changelog 2027-01-01
check 0 '0 at fault'
changelog unreleased

# What a certificate in the repository names is there, too.
results=$tree/vendor-matrix/results/device
mkdir -p -- "$results"
printf '{"type": "run"}\n{"name": "%s"}\n' s/g/b >"$results/results.jsonl"
check 0 '0 at fault'
printf '{"name": "%s"}\n' s/g/z other/g/z s/g/never >>"$results/results.jsonl"
check 1 'results.jsonl:5: s/g/never is gone'
grep -q '1 at fault' "$scratch/said" || fail "a renamed case or another suite's was at fault"
rm -- "$results/results.jsonl"

# A case became a family of the same name.
printf 's/g/single quick\n' >"$lists/0.9.txt"
cases s/g/single/1 quick s/g/single/2 quick
printf 's/g/single s/g/single/1\n' >"$lists/aliases.txt"
: >"$lists/1.2.txt"
check 0 '2 cases' --update
check 0 '0 at fault'

# Names that change with the seed or the device are none.
# shellcheck disable=SC2016 # the program expands it
printf '#!/usr/bin/env bash\nprintf "[{\\"name\\": \\"s/g/%%s\\", \\"tier\\": \\"quick\\"}]" "${*: -1}"\n' \
    >"$scratch/program"
: >"$lists/1.2.txt"
rm -- "$lists/0.9.txt"
check 1 's/g/99: is there with one seed or device'
# shellcheck disable=SC2016
printf '#!/usr/bin/env bash\nprintf "[{\\"name\\": \\"s/g/a\\", \\"tier\\": \\"%%s\\"}]" "${VK_DRIVER_FILES:+quick}"\n' \
    >"$scratch/program"
VK_DRIVER_FILES='' check 1 's/g/a: is there with one seed or device'
printf 'case_lists: as expected\n'
