#!/usr/bin/env bash
# Kronos builds with what a LunarG Vulkan SDK brings, on a machine that has nothing else of Vulkan:
# headers, registry, SPIRV-Tools and shader tools are found by VULKAN_SDK. The SDK is acted by a
# folder laid out like one, filled with what this build used; the machine's own are hidden.
#
# usage: sdk.sh ROOT BUILD SCRATCH
set -euo pipefail
root=$1 build=$2 scratch=$3
source "${BASH_SOURCE[0]%/*}/common.sh"

cached() { # VARIABLE: its value in the first build's cache
    local value
    value=$(sed -n "s/^$1:[A-Z]*=//p" "$build/CMakeCache.txt")
    [[ -e $value ]] || skip "the build has no $1"
    printf '%s' "$value"
}

empty_folder "$scratch"
sdk=$scratch/1.3.999.0/x86_64
mkdir -p -- "$sdk"/{bin,lib,include,share/vulkan/registry}
hidden=()
# Puts a file or folder into the SDK, and notes that the machine's is to be hidden.
move() { # PATH FOLDER_OF_SDK
    cp -rL -- "$1" "$sdk/$2"
    hidden+=("$1")
}
vulkan=$(cached KRONOS_VULKAN_INCLUDE)
spirv=$(cached KRONOS_SPIRV_INCLUDE)
tools=$(cached KRONOS_SPIRV_TOOLS_INCLUDE)
archive=$(cached KRONOS_SPIRV_TOOLS_ARCHIVE)
registry=$(cached KRONOS_VULKAN_REGISTRY)
glslc=$(cached KRONOS_GLSLC)
validator=$(cached KRONOS_SPIRV_VAL)
assembler=$(cached KRONOS_SPIRV_AS)
move "$vulkan/vulkan" include
move "$vulkan/vk_video" include
move "$spirv/spirv" include
move "$tools/spirv-tools" include
move "$archive" lib
move "$registry" share/vulkan/registry
move "$glslc" bin
move "$validator" bin
move "$assembler" bin

# In a mount namespace of its own, an empty folder or file lies on top of each.
mkdir -- "$scratch/nothing"
touch -- "$scratch/nothing.file"
cat >"$scratch/without" <<'END'
#!/bin/bash
# usage: without NOTHING COMMAND... ; the paths to hide come from standard input
nothing=$1
shift
while read -r path; do
    if [[ -d $path ]]; then
        mount --bind "$nothing" "$path" || exit 126
    else
        mount --bind "$nothing.file" "$path" || exit 126
    fi
done
exec "$@" </dev/null
END
without_system() { # COMMAND...
    local namespaces=(--mount)
    ((EUID == 0)) || namespaces+=(--user --map-root-user)
    printf '%s\n' "${hidden[@]}" |
        unshare "${namespaces[@]}" bash "$scratch/without" "$scratch/nothing" "$@"
}
code=0
without_system test ! -e "$vulkan/vulkan/vulkan.h" 2>"$scratch/unshare.log" || code=$?
((code == 0)) || skip "nothing can be hidden here: $(cat "$scratch/unshare.log")"

configure=(cmake -G Ninja -S "$root" -D CMAKE_BUILD_TYPE=Release -B)
if VULKAN_SDK='' without_system "${configure[@]}" "$scratch/none" >"$scratch/none.log" 2>&1; then
    fail 'it configures with nothing of Vulkan at all: the machine was not hidden'
fi

# The library with its validator, a driver made from the registry, and a program with a shader.
export VULKAN_SDK=$sdk
quietly "$scratch/configure.log" without_system "${configure[@]}" "$scratch/build"
quietly "$scratch/build.log" without_system cmake --build "$scratch/build" \
    --target kronos kronos_null vector_add
for variable in KRONOS_VULKAN_INCLUDE KRONOS_SPIRV_INCLUDE KRONOS_SPIRV_TOOLS_INCLUDE \
    KRONOS_SPIRV_TOOLS_ARCHIVE KRONOS_VULKAN_REGISTRY KRONOS_GLSLC KRONOS_SPIRV_VAL; do
    grep -q "^$variable:[A-Z]*=$sdk/" "$scratch/build/CMakeCache.txt" ||
        fail "$variable is not from the SDK: $(grep "^$variable:" "$scratch/build/CMakeCache.txt")"
done
said=$("$scratch/build/bin/vector_add")
[[ $said == '999 + 0.5 = 999.5' ]] || fail "vector_add said '$said'"
say "everything of Vulkan came from the SDK: $said"
