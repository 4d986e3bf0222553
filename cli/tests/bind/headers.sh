#!/usr/bin/env bash
# `kronos bind` writes a header for each shader here, and it compiles as C11 and as C++17 without a
# warning; the shaders that it refuses are refused for what they are.
#
# usage: headers.sh KRONOS SPIRV_FOLDER INCLUDE_FOLDER SCRATCH CC CXX
set -euo pipefail
kronos=$1 modules=$2 include=$3 scratch=$4 cc=$5 cxx=$6
warnings=(-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror -fsyntax-only)

fail() {
    printf 'bind-headers: %s\n' "$*" >&2
    exit 1
}

declare -A refused=(
    [invert_image]="'picture' (id "
    [pick_storage_descriptor]='is an array of buffers without a length'
    [pick_uniform_descriptor]='is an array of buffers without a length'
    [push_array]='has a length that depends on specialization constants'
)

rm -rf -- "$scratch"
mkdir -p -- "$scratch"
cd "$scratch"
count=0
for module in "$modules"/*.spv; do
    name=$(basename "$module" .spv)
    code=0
    "$kronos" bind "$module" >"$name.h" 2>error || code=$?
    if [[ -n ${refused[$name]:-} ]]; then
        [[ $code == 1 && ! -s $name.h ]] || fail "$name: exit code $code, or half a header"
        grep -qF "${refused[$name]}" error || fail "$name: said: $(cat error)"
    else
        [[ $code == 0 && ! -s error ]] || fail "$name: exit code $code: $(cat error)"
        # Together: names of one header leave those of another alone.
        echo "#include \"$name.h\"" >>all.h
        count=$((count + 1))
    fi
done
[[ $count -ge 80 ]] || fail "only $count headers"
first=$(head -n 1 all.h)
for language in "$cc -x c -std=c11 -Wmissing-prototypes" "$cxx -x c++ -std=c++17"; do
    read -ra compile <<<"$language"
    printf '%s\n' "$first" 'int main(void) { return 0; }' |
        "${compile[@]}" "${warnings[@]}" -I. -I"$include" - || fail "$language: one header alone"
    printf '%s\n' '#include "all.h"' 'int main(void) { return 0; }' |
        "${compile[@]}" "${warnings[@]}" -I. -I"$include" - || fail "$language: all headers"
done
printf 'bind-headers: %s headers\n' "$count"
