#!/usr/bin/env bash
# The tools and libraries here are those that Kronos is made and tested with: cmake/tools.txt.
#
# usage: tools.sh ROOT
# Others may do as well, so away from CI a difference is shown, and no fault (77).
set -euo pipefail
root=$1
source "${BASH_SOURCE[0]%/*}/common.sh"

checked=0 differences=()
while read -r tool pinned command; do
    [[ $tool && $tool != '#'* ]] || continue
    checked=$((checked + 1))
    said=$(bash -c "$command" 2>/dev/null) || said='not here'
    grep -qE "(^|[^0-9.])${pinned//./\\.}([^0-9.]|\.?$|\.[^0-9])" <<<"$said" ||
        differences+=("$tool $pinned, found: ${said%%$'\n'*}")
done <"$root/cmake/tools.txt"
((checked > 0)) || fail 'cmake/tools.txt names no tool'
say "$checked tools, ${#differences[@]} of another version"
((${#differences[@]} == 0)) && exit 0
printf '  %s\n' "${differences[@]}"
[[ ! ${KRONOS_NEED_TOOLS-} ]] ||
    fail 'test with the new versions, then write them into cmake/tools.txt'
exit 77
