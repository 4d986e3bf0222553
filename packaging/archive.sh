#!/usr/bin/env bash
# Makes the archive that runs where nothing is installed: the kronos command, its library and
# drivers, and the libraries of others that they load, apart from the C library. Called by cpack.
#
# usage: archive.sh BUILD FOLDER NAME PYTHON ARCHIVE_LIBRARY... -- SBOM_ARGUMENT...
#   FOLDER           where FOLDER/NAME is laid out and NAME.tar.xz written
#   ARCHIVE_LIBRARY  archives of others that are linked in, whose licences come along
#
# The same sources give the same bytes: names are sorted, owners and modes are fixed, and every date
# is that of the commit, or SOURCE_DATE_EPOCH.
set -euo pipefail
build=$1 folder=$2 name=$3 python=$4
shift 4
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
stage=$folder/$name
linked_in=()
while [[ $1 != -- ]]; do
    linked_in+=("$1")
    shift
done
shift

fail() {
    printf 'archive: %s\n' "$*" >&2
    exit 1
}

# Libraries of others that ours load, as the dynamic linker finds them: `NAME PATH` lines. The C
# library is the machine's.
needed_libraries() {
    find "$stage" -type f \( -path '*/bin/*' -o -name '*.so*' \) -exec ldd {} + |
        sed -n 's/^\t\([^ ]*\) => \(\/[^ ]*\) (.*/\1 \2/p' |
        grep -vE '^(libc|libm|libdl|libpthread|librt)\.so\.' | grep -vF " $stage/" | sort -u
}

# The copyright file of the Debian package that a file belongs to, and which sources it was built
# from.
copy_notice() { # FILE NOTICES
    local package
    package=$(dpkg -S "$(realpath -- "$1")" 2>/dev/null || dpkg -S "$1" 2>/dev/null) ||
        fail "no package owns $1, so its licence is not known; make archives on Debian or Ubuntu"
    package=${package%%:*}
    cp -L -- "/usr/share/doc/$package/copyright" "$2/$package.txt"
    # shellcheck disable=SC2016 # dpkg's own variables
    dpkg-query -W -f '${Package}: ${source:Package} ${source:Version}\n' "$package" >>"$2/sources"
}

rm -rf -- "$stage"
mkdir -p -- "$stage"
for component in runtime suites licences; do
    cmake --install "$build" --prefix "$stage" --component "$component" --strip
done
library=$(find "$stage" -name 'libkronos.so.*' -type f)
[[ $library ]] || fail "$build installed no libkronos"
libraries=$(dirname -- "$library")

notices=$stage/share/doc/kronos/others
mkdir -p -- "$notices"
while read -r soname path; do
    cp -L -- "$path" "$libraries/$soname"
    chmod 644 "$libraries/$soname"
    copy_notice "$path" "$notices"
done < <(needed_libraries)
for path in "${linked_in[@]}"; do
    copy_notice "$path" "$notices"
done
for licence in Apache-2.0 GPL-2 GPL-3 LGPL-3; do
    cp -L -- "/usr/share/common-licenses/$licence" "$notices"
done
{
    printf 'Debian packages that are inside, and the source packages they were built from:\n\n'
    sort -u "$notices/sources"
} >"$notices/SOURCES.txt"
rm -- "$notices/sources"
cp -- "$here/archive-README.txt" "$stage/README.txt"

sbom=$stage/share/doc/kronos/kronos.spdx.json
rm -f -- "$sbom"
"$python" -B "$here/sbom.py" "$@" --stage "$stage" --out "$sbom"

date=${SOURCE_DATE_EPOCH:-$(git -C "$here" log -1 --format=%ct 2>/dev/null || echo 0)}
tar --sort=name --mtime="@$date" --owner=0 --group=0 --numeric-owner --format=gnu \
    --mode=u+rwX,go+rX,go-w -C "$folder" -c "$name" | xz -T1 -6 >"$folder/$name.tar.xz"
