#!/usr/bin/env bash
# Installs a build into an empty folder, for the checks that use what is installed.
#
# usage: install.sh BUILD PREFIX
set -euo pipefail
build=$1 prefix=$2

rm -rf -- "$prefix"
cmake --install "$build" --prefix "$prefix"
