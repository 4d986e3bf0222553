#!/usr/bin/env bash
# The Debian packages build, lintian has nothing to say about them, and each has what it is for.
#
# usage: debian_build.sh ROOT SCRATCH
# They lie in SCRATCH afterwards, for debian_chroot.sh.
set -euo pipefail
root=$1 scratch=$2
source "${BASH_SOURCE[0]%/*}/common.sh"

need git git
need dpkg-buildpackage dpkg-dev
need dh debhelper
need lintian lintian

header=$root/libkronos/include/kronos/kronos.h
version=$(sed -n 's/^#define KRO_VERSION  *"\([^"]*\)".*/\1/p' "$header")
packaged=$(dpkg-parsechangelog --file "$root/debian/changelog" --show-field Version)
[[ $packaged == "$version" ]] || fail "debian/changelog has $packaged, kronos.h has $version"

empty_folder "$scratch"
copy_sources "$root" "$scratch/kronos"
cd "$scratch/kronos"
export DEB_BUILD_OPTIONS=nocheck
quietly "$scratch/build.log" dpkg-buildpackage --no-sign --build=binary
quietly "$scratch/lintian.log" lintian --allow-root --display-info \
    --fail-on error,warning,info "$scratch"/*.changes
! grep . "$scratch/lintian.log" || fail 'lintian has something to say'

contains() { # PACKAGE PATTERN...
    local package=$1 pattern list
    shift
    list=$(dpkg-deb --contents "$scratch/${package}_${version}"_*.deb)
    for pattern in "$@"; do
        grep -q -e "$pattern" <<<"$list" || fail "$package has no $pattern"
    done
    say "$package: $(wc -l <<<"$list") names"
}
contains libkronos0 '/libkronos\.so\.0 -> '
contains libkronos-dev '/include/kronos/kronos\.h$' '/libkronos\.so -> ' '/libkronos\.a$' \
    '/kronos\.pc$' '/kronos-config\.cmake$'
contains libkronos-doc '/html/index\.html$' '/man3/kro_dispatch\.3\.gz '
contains kronos '/bin/kronos$' '/libkronos_proxy\.so$' '/man1/kronos\.1\.gz$' '/kronos\.spdx\.json'
