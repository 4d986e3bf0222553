#!/usr/bin/env bash
# kronos_add_shaders, with Ninja and with Make, where folders have spaces in their names: what it makes,
# what makes it do so again, and what it refuses.
#
# usage: add_shaders.sh ROOT SCRATCH CC
set -euo pipefail
root=$1 scratch="$2 and spaces" cc=$3
module=$root/cmake/KronosShaders.cmake

fail() {
    printf 'add-shaders: %s\n' "$*" >&2
    exit 1
}

configure() { # OPTION...
    cmake -S "$scratch/source" -B "$build" -G "$generator" -D MODULE="$module" \
        -D CMAKE_C_COMPILER="$cc" "$@" >"$scratch/log" 2>&1
}

build() {
    cmake --build "$build" >"$scratch/log" 2>&1
}

expect_build() {
    build || fail "$generator: the build ends with $?: $(cat "$scratch/log")"
}

# The last log says so. CMake breaks its lines where it likes.
expect_said() { # TEXT
    tr -s '[:space:]' ' ' <"$scratch/log" | grep -qF -- "$1" ||
        fail "$generator: not said: '$1' in: $(cat "$scratch/log")"
}

# number.comp stores this constant.
expect_number() { # N
    spirv-dis "$build/numbers.shaders/number.spv" | grep -q "OpConstant %uint $1\$" ||
        fail "$generator: number.spv does not store $1: $(spirv-dis "$build/numbers.shaders/number.spv")"
}

expect_fault() { # FAULT TEXT
    if configure -D FAULT="$1"; then
        fail "$generator: FAULT=$1 was accepted"
    fi
    expect_said "$2"
}

expect_version() { # NAME VERSION
    spirv-dis "$build/numbers.shaders/$1.spv" | grep -q "^; Version: $2\$" ||
        fail "$generator: $1.spv is not SPIR-V $2"
}

# The words for C are those of the module.
expect_words() { # NAME
    local words
    words=$(od -An -v -t x4 "$build/numbers.shaders/$1.spv" | tr -s ' \n' '\n' | sed '/^$/d; s/^/0x/')
    [[ $(tr -d '{}\n' <"$build/numbers.shaders/$1.spv.inc" | tr , '\n') == "$words" ]] ||
        fail "$generator: $1.spv.inc has other words than $1.spv"
}

check() {
    build=$scratch/build
    rm -rf -- "$scratch"
    mkdir -p -- "$scratch"
    cp -r "$root/cmake/checks/shaders" "$scratch/source"
    configure || fail "$generator: $(cat "$scratch/log")"
    expect_build
    expect_number 1001
    expect_version number 1.3 # of Vulkan 1.1
    expect_version newer 1.5  # of Vulkan 1.2
    expect_version scalar 1.3 # its first line says so
    expect_version assembled 1.3
    expect_words assembled

    # What was built is not built again.
    touch "$scratch/before"
    expect_build
    [[ -z $(find "$build/numbers.shaders" -newer "$scratch/before" -type f) ]] ||
        fail "$generator: built again for nothing: $(cat "$scratch/log")"

    # An included file, an option, the shader itself.
    echo '#define OFFSET 2000' >"$scratch/source/more folders/in clude/offset.glsl"
    expect_build
    expect_number 2001
    configure -D NUMBER=7 || fail "$generator: $(cat "$scratch/log")"
    expect_build
    expect_number 2007
    sed -i 's/NUMBER + OFFSET/NUMBER + OFFSET + 100/' "$scratch/source/number.comp"
    expect_build
    expect_number 2107

    # Errors name the file and the line, and the build stays broken until they are mended.
    sed -i 's/NUMBER + OFFSET/NUMBER + OFFSET +;/' "$scratch/source/number.comp"
    for _ in 1 2; do
        ! build || fail "$generator: a wrong shader was built"
        expect_said "$scratch/source/number.comp:10: error: "
        expect_said 'The shader does not compile for vulkan1.1'
    done
    sed -i 's/OFFSET +;/OFFSET/' "$scratch/source/number.comp"
    expect_build

    # SPIR-V in text, too.
    cp -- "$scratch/source/assembled.spvasm" "$scratch/kept"
    sed -i 's/OpReturn$/OpReturns/' "$scratch/source/assembled.spvasm"
    ! build || fail "$generator: wrong SPIR-V was assembled"
    expect_said "Invalid Opcode name 'OpReturns'"
    expect_said 'The shader does not assemble for vulkan1.1'
    sed '/OpReturn$/d' "$scratch/kept" >"$scratch/source/assembled.spvasm"
    ! build || fail "$generator: SPIR-V that is not valid was built"
    expect_said 'The shader is not valid SPIR-V for vulkan1.1'
    cp -- "$scratch/kept" "$scratch/source/assembled.spvasm"
    expect_build

    configure -D KRONOS_SPIRV_VAL="$(type -P false)" || fail "$generator: $(cat "$scratch/log")"
    ! build || fail "$generator: a shader that the validator refuses was built"
    expect_said 'The shader is not valid SPIR-V for vulkan1.1'

    expect_fault clash 'would both become number.spv.inc; rename one'
    expect_fault missing 'there is no file'
    expect_fault target 'add_executable(number ...) or add_library(number ...) comes first'
    for fault in empty word option; do
        expect_fault "$fault" 'usage: kronos_add_shaders(TARGET FILES a.comp'
    done
}

for generator in Ninja 'Unix Makefiles'; do
    check
done
