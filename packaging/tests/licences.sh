#!/usr/bin/env bash
# Every file has a licence and a holder of its copyright (REUSE 3.0), and the texts beside the
# README are those of LICENSES/.
#
# usage: licences.sh ROOT
set -euo pipefail
root=$1
source "${BASH_SOURCE[0]%/*}/common.sh"

cmp -- "$root/LICENSE-MIT" "$root/LICENSES/MIT.txt" || fail 'LICENSE-MIT is another text'
cmp -- "$root/LICENSE-APACHE" "$root/LICENSES/Apache-2.0.txt" ||
    fail 'LICENSE-APACHE is another text'
need reuse reuse
reuse --root "$root" lint
