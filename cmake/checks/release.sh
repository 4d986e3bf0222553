#!/usr/bin/env bash
# .ci/release, in a repository made for it: what it refuses, and what it puts into a release. Building,
# testing, packing and certifying are stand-ins that note how they were called.
#
# usage: release.sh ROOT
set -euo pipefail
root=$1
scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT
tree=$scratch/tree

fail() {
    printf 'release: %s\n' "$*" >&2
    exit 1
}

skip() {
    printf 'release: skipped: %s\n' "$*" >&2
    [[ -z ${KRONOS_NO_SKIP-} ]] || exit 1
    exit 77
}

stand_in() { # PATH BODY
    mkdir -p -- "$(dirname -- "$1")"
    printf '#!/usr/bin/env bash\nprintf "%%s\\n" "%s $*" >>"%s/calls"\n%s\n' \
        "$(basename -- "$1")" "$scratch" "$2" >"$1"
    chmod +x "$1"
}

git() { command git -C "$tree" -c user.name=A -c user.email=a@example.org "$@"; }

release() { # CODE ARGUMENTS...
    local expected=$1 code=0
    shift
    : >"$scratch/calls"
    PATH=$scratch/bin:$PATH bash "$tree/.ci/release" "$@" >"$scratch/said" 2>&1 || code=$?
    ((code == expected)) || {
        cat "$scratch/said" >&2
        fail "$*: exit code $code, expected $expected"
    }
}

said() { grep -q -e "$1" "$scratch/said" || fail "did not say '$1'"; }

changelog() { # HEADING
    printf '# Changelog\n\n## 1.2.30 (2029-01-01)\n\n- a later one\n\n## %s\n\n- what is new\n\n## 1.2.2 (2026-01-01)\n\n- an older one\n' \
        "$1" >"$tree/CHANGELOG.md"
}

commit() { git add -A && git commit -q -m "a: change" --allow-empty; }

command -v git >/dev/null || skip "git is not here"
mkdir -p -- "$tree/libkronos/include/kronos" "$tree/.ci"
cp -- "$root/.ci/release" "$tree/.ci"
printf '#define KRO_VERSION       "1.2.3"\n' >"$tree/libkronos/include/kronos/kronos.h"
printf '/build/\n/dist*/\n' >"$tree/.gitignore"
# shellcheck disable=SC2016 # the stand-ins expand these
stand_in "$tree/kronos" 'case $1 in
    test) exit "${TESTS_END-0}" ;;
    certify)
        mkdir -p "$3/device" && echo verdict >"$3/device/certificate.json"
        find "$3" -exec touch -d "@$((RANDOM * 9999))" {} +
        ;;
esac'
# shellcheck disable=SC2016
stand_in "$scratch/bin/cpack" 'mkdir -p "$4" && echo archive >"$4/kronos-1.2.3-linux.tar.xz"'
git init -q
changelog '1.2.3 (2027-01-01)'
commit

release 2 v1.2.4
said 'the tag is v1.2.4, the sources are version 1.2.3'
release 2 1.2.3
changelog '1.2.3 (unreleased)'
commit
release 2 v1.2.3
said 'CHANGELOG.md says that 1.2.3 is unreleased'
changelog '1.2.31 (2027-01-01)'
commit
release 2 v1.2.3
said 'CHANGELOG.md says nothing about 1.2.3'
changelog '1.2.3 (2027-01-01)'
release 2 v1.2.3
said 'there are changes that no commit has'
commit
mkdir -p -- "$tree/dist-full"
: >"$tree/dist-full/file"
release 2 v1.2.3 "$tree/dist-full"
said 'is not empty'
[[ ! -s $scratch/calls ]] || fail 'built something before it looked'

# A test that fails ends it with nothing to hand out.
TESTS_END=1 release 1 v1.2.3 "$tree/dist-failed"
[[ -z $(ls -A -- "$tree/dist-failed") ]] || fail 'a failed test left something behind'

release 0 v1.2.3 "$tree/dist"
handed_out=$(cd -- "$tree/dist" && printf '%s ' *)
for file in NOTES.md SHA256SUMS kronos-1.2.3-certificates.tar.xz kronos-1.2.3-linux.tar.xz; do
    [[ " $handed_out" == *" $file "* ]] || fail "$file is not in: $handed_out"
done
[[ $(sed '/^$/d' "$tree/dist/NOTES.md") == '- what is new' ]] || fail "notes: $(cat "$tree/dist/NOTES.md")"
(cd -- "$tree/dist" && sha256sum --quiet -c SHA256SUMS)
tar -tf "$tree/dist/kronos-1.2.3-certificates.tar.xz" | grep -q '^certificates/device/certificate.json$' ||
    fail 'the certificates are not in their archive'
release 0 v1.2.3 "$tree/dist-again"
cmp -- "$tree/dist/SHA256SUMS" "$tree/dist-again/SHA256SUMS" || fail 'twice the same gave other bytes'
