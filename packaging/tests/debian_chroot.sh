#!/usr/bin/env bash
# The Debian packages install into a fresh Debian, where the packaged command certifies Mesa's CPU
# driver and a program is built with the packaged library: debian/tests, run by autopkgtest.
#
# usage: debian_chroot.sh ROOT PACKAGES SCRATCH
#   PACKAGES  the folder that debian_build.sh filled
set -euo pipefail
root=$1 packages=$2 scratch=$3
source "${BASH_SOURCE[0]%/*}/common.sh"

need mmdebstrap mmdebstrap
need autopkgtest autopkgtest
need git git
((EUID == 0)) || skip 'only root may install packages in a chroot'
unshare --mount true 2>/dev/null || skip 'nothing may be mounted here'

empty_folder "$scratch"
# From where this machine has its own packages.
mapfile -t sources < <(find /etc/apt -maxdepth 2 -type f -size +0 \
    \( -name 'sources.list' -o -path '*/sources.list.d/*' \))
((${#sources[@]} > 0)) || skip 'this machine has no package sources'
release=$(. /etc/os-release && printf '%s' "$VERSION_CODENAME")
mmdebstrap --variant=apt --mode=root --skip=cleanup/apt/lists "$release" "$scratch/chroot" \
    "${sources[@]}" >"$scratch/mmdebstrap.log" 2>&1 || {
    tail -- "$scratch/mmdebstrap.log"
    [[ ! ${KRONOS_NEED_TOOLS-} ]] || fail 'no fresh Debian can be made'
    skip 'no fresh Debian can be made; is there a network?'
}
copy_sources "$root" "$scratch/kronos"

mapfile -t debs < <(find "$packages" -maxdepth 1 -name '*.deb' ! -name '*-dbgsym_*')
code=0
# shellcheck disable=SC2016 # expanded by the inner shell
unshare --mount sh -c 'mount -t proc proc "$0/proc" && exec "$@"' "$scratch/chroot" \
    autopkgtest --no-built-binaries "${debs[@]}" "$scratch/kronos" --output-dir "$scratch/results" \
    -- chroot "$scratch/chroot" >"$scratch/autopkgtest.log" 2>&1 || code=$?
((code == 0)) || {
    tail -n 60 -- "$scratch/autopkgtest.log" "$scratch"/results/*-std* >&2
    fail "autopkgtest: exit code $code"
}
sed "s/^/$name: /" "$scratch/results/summary"
rm -rf -- "$scratch/chroot"
