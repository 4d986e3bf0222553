#!/usr/bin/env bash
# The archive runs on a machine that has the C library and nothing else: no package, compiler,
# source, network or right of root. Without a driver it says what is missing; given one, it
# certifies it.
#
# usage: archive.sh ROOT BUILD SCRATCH PYTHON READELF NM LIBRARY DRIVER
#   LIBRARY  libkronos.so as it was linked, with all its symbols
#   DRIVER   manifest of SwiftShader, the one driver that needs no package; empty where it is not
set -euo pipefail
root=$1 build=$2 scratch=$3 python=$4 readelf=$5 nm=$6 library=$7 driver=$8
source "${BASH_SOURCE[0]%/*}/common.sh"

[[ -e /etc/debian_version ]] || skip 'archives are made on Debian or Ubuntu'
need xz xz-utils
empty_folder "$scratch"
quietly "$scratch/cpack.log" cpack --config "$build/CPackConfig.cmake" -B "$scratch/made"
archive=$(find "$scratch/made" -maxdepth 1 -name '*.tar.xz')
[[ $archive ]] || fail 'cpack made no archive'
(cd "$scratch/made" && sha256sum --check --quiet -- "$archive.sha256") || fail 'wrong checksum'

machine=$scratch/machine
mkdir -p -- "$machine/opt/kronos" "$machine"/{proc,dev,home,driver}
mkdir -m 1777 -- "$machine/tmp"
chmod 777 "$machine/home"
touch -- "$machine/dev/null"
tar -x -f "$archive" -C "$machine/opt/kronos" --strip-components=1
"$python" -B "$root/packaging/tests/bill.py" "$machine/opt/kronos" \
    "$root/packaging/components.json" "$readelf" "$nm" "$library"

# Each library of others brings its licence along, and says which sources it was built from.
others=$machine/opt/kronos/share/doc/kronos/others
while read -r brought; do
    package=$(dpkg -S "*/${brought##*/}" | sed -n '1s/:.*//p')
    [[ -s $others/$package.txt ]] || fail "${brought##*/} has no licence in $others"
    grep -q "^$package: " "$others/SOURCES.txt" || fail "${brought##*/} has no sources"
done < <(find "$machine/opt/kronos/lib" -maxdepth 1 -name '*.so*' ! -name 'libkronos*')

# Copies what a program loads from the machine under test to the machine under test's empty double.
copy_libraries() { # WHICH FILE...
    local which=$1 path
    shift
    ldd "$@" | grep -oE '/[^ ]+' | grep -E "/($which)\.so\.[0-9]+$" | sort -u |
        while read -r path; do
            mkdir -p -- "$machine$(dirname -- "$path")"
            cp -L -- "$path" "$machine$path"
        done
}
copy_libraries 'libc|libm|ld-linux-[a-z0-9-]*' "$machine"/opt/kronos/{bin/kronos,lib/libkronos.so.*}

# Runs kronos there, as a user without rights and without a network. What it says goes to a file.
there() { # ARGUMENTS...
    local namespaces=(--mount --pid --fork --net) user=(--userspec=65534:65534)
    if ((EUID != 0)); then
        namespaces+=(--user --map-root-user) user=()
    fi
    # shellcheck disable=SC2016 # expanded by the inner shell
    unshare "${namespaces[@]}" env -i HOME=/home sh -c '
        mount -t proc proc "$0/proc" && mount --bind /dev/null "$0/dev/null" || exit 126
        exec chroot "$@"' "$machine" "${user[@]}" "$machine" /opt/kronos/bin/kronos "$@" \
        >"$scratch/said" 2>&1
}

code=0
there --version || code=$?
if ((code == 126)) || grep -q '^unshare:' "$scratch/said"; then
    skip 'nobody may make namespaces here'
fi
((code == 0)) || fail "--version: exit code $code: $(cat "$scratch/said")"
say "$(cat "$scratch/said")"

code=0
there certify --out /home/none || code=$?
((code == 3)) || fail "no driver: exit code $code, expected 3: $(cat "$scratch/said")"
grep -q 'no Vulkan loader on this machine' "$scratch/said" ||
    fail "no driver: said '$(cat "$scratch/said")'"
say 'no driver: exit code 3, and a sentence'

null=$(cd -- "$machine" && find opt/kronos/lib -name libkronos_null.so)
code=0
there threads --driver "/$null" --schedules 2 '*/contexts/*' || code=$?
((code == 0)) || fail "threads: exit code $code: $(tail -n 30 "$scratch/said")"
say "threads: $(grep ' schedules of seed ' "$scratch/said")"

[[ $driver ]] || skip 'SwiftShader was not fetched'
cp -- "$(dirname -- "$driver")"/*swiftshader* "$machine/driver"
copy_libraries 'libgcc_s|libstdc\+\+' "$machine"/driver/*.so
code=0
there certify --driver /driver/swiftshader.json --out /home/out || code=$?
((code == 0)) || fail "certify: exit code $code: $(tail -n 30 "$scratch/said")"
certificate=$(find "$machine/home/out" -name certificate.json)
[[ $certificate ]] || fail 'certify wrote no certificate'
say "certify: $(grep 'not Khronos conformance' "$scratch/said" | head -n 1)"
