#!/usr/bin/env bash
# Bundles a script of this folder and runs it. The packages of package-lock.json lie below build/,
# where ./kronos setup ci puts them; Node.js loads GitHub's own only when they are bundled.
#
# usage: run.sh ROOT SCRATCH NAME [ARGUMENTS]     NAME: lint or action
set -euo pipefail
root=$(cd -- "$1" && pwd) scratch=$2 name=$3
shift 3
tools=$root/build/workflow-tools
checks=$root/cmake/checks/workflows

skip() {
    printf 'workflows: %s\n' "$*" >&2
    [[ -z ${KRONOS_NO_SKIP-} ]] || exit 1
    exit 77
}

for tool in node shellcheck; do
    command -v "$tool" >/dev/null || skip "skipped: $tool is not here (./kronos setup ci)"
done
cmp -s "$checks/package-lock.json" "$tools/package-lock.json" ||
    skip "skipped: build/workflow-tools is not what package-lock.json says (./kronos setup ci)"

mkdir -p -- "$scratch"
# Packages in it are of the older kind of module and ask for require.
NODE_PATH=$tools/node_modules "$tools/node_modules/.bin/esbuild" "$checks/$name.mjs" \
    --bundle --platform=node --target=node18 --format=esm --log-level=warning \
    --banner:js='import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);' \
    --outfile="$scratch/$name.mjs"
exec node "$scratch/$name.mjs" "$root" "$tools/node_modules" "$@"
