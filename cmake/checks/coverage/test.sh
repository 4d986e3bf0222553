#!/usr/bin/env bash
# The gate of this folder, on a small library: it passes what is reached or named, and fails for each
# reason that it has.
#
# usage: test.sh SCRATCH
set -euo pipefail
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
scratch=$1
root=$scratch/root
path=libkronos/src/numbers.c

# Where every tool has to be, as in .ci/run, a missing one is a fault.
for tool in gcc lcov; do
    command -v "$tool" >/dev/null || {
        printf 'coverage: skipped: %s is not here (./kronos setup ci)\n' "$tool" >&2
        [[ -z ${KRONOS_NEED_TOOLS-} ]] || exit 1
        exit 77
    }
done

# A number from 1 to 50 reaches a line of its own, one from 101 to 150 a branch of its own.
write_source() {
    printf '#include <stdlib.h>\n\nstatic int line(int number)\n{\n'
    for ((i = 1; i <= 50; i++)); do
        printf '    if (number == %d)\n        return %d;\n' "$i" "$i"
    done
    printf '    return 0;\n}\n\nstatic int branch(int number)\n{\n    int found = 0;\n'
    for ((i = 101; i <= 150; i++)); do
        printf '    if (number == %d) found++;\n' "$i"
    done
    printf '    return found;\n}\n\nint main(int argc, char **argv)\n{\n    int sum = 0;\n'
    printf '    for (int i = 1; i < argc; i++)\n'
    printf '        sum += line(atoi(argv[i])) + branch(atoi(argv[i]));\n    return sum < 0;\n}\n'
}

compile() { # NAME
    gcc --coverage -fprofile-abs-path -c "$root/libkronos/src/$1.c" -o "$scratch/objects/$1.o"
}

# The program runs with some numbers, the gate judges, and reads what is named from standard input.
expect() { # CODE PATTERN NUMBERS...
    local code=0 list=$scratch/uncovered.txt
    cat >"$list"
    find "$scratch/objects" -name '*.gcda' -delete
    "$scratch/program" "${@:3}"
    "$here/collect.sh" "$root" "$scratch/objects" "$list" "$scratch/out" >"$scratch/said" 2>&1 || code=$?
    if ((code != $1)) || ! grep -q -- "$2" "$scratch/said"; then
        printf 'coverage: exit code %s, expected %s and "%s":\n' "$code" "$1" "$2" >&2
        cat -- "$scratch/said" >&2
        exit 1
    fi
}

names() { # NUMBER... of lines
    (($# == 0)) && return
    printf '# A comment.\n\n[%s line]\nreason = nobody asks for it\n' "$path"
    printf 'line = return %d;\n' "$@"
}

rm -rf -- "$root" "$scratch/objects"
mkdir -p -- "$root/libkronos/src" "$scratch/objects"
write_source >"$root/$path"
compile numbers
gcc --coverage "$scratch/objects/numbers.o" -o "$scratch/program"

names | expect 0 '^libkronos  *160 / *160  100.0 %  *202 / *202  100.0 %$' {0..50} {101..150}
grep -q 'numbers.c' "$scratch/out/html/libkronos/src/index.html"

# Each line that is not reached has to be named, and no other.
names | expect 1 "^$path:18: no test reaches it: return 7;" {0..6} {8..50} {101..150}
names 7 | expect 0 ' 1 lines are named as unreached, 0 at fault' {0..6} {8..50} {101..150}
names 7 | expect 1 'that is reached now, or is there no more: return 7;' {0..50} {101..150}
names 7 7 | expect 1 'that is reached now, or is there no more: return 7;' {0..6} {8..50} {101..150}
names 7 70 | expect 1 'that is reached now, or is there no more: return 70;' {0..6} {8..50} {101..150}
names 7 | sed 's/ line\]/ branch]/' |
    expect 1 "^$path:18: no test reaches it: return 7;" {0..6} {8..50} {101..150}
names 7 | sed '/^reason/d' | expect 1 ':4: expected \[PATH FUNCTION\]' {0..6} {8..50} {101..150}

# Of a line that is reached at times both is right, while it is there.
names 7 | sed 's/^line/varies/' | expect 0 ' 0 at fault' {0..6} {8..50} {101..150}
names 7 | sed 's/^line/varies/' | expect 0 ' 0 at fault' {0..50} {101..150}
names 70 | sed 's/^line/varies/' | expect 1 'or is there no more: return 70;' {0..50} {101..150}

# Names do not help below the least shares, which are 95 % of lines and 90 % of branches.
names {1..8} | expect 0 '^libkronos  *152 */ *160 .* 194 / *202 ' 0 {9..50} {101..150}
names {1..9} | expect 1 '^151 of 160 lines are reached: 94.38 %, below 95 %' 0 {10..50} {101..150}
names | expect 0 '^libkronos  *160 / *160 .* 182 / *202 ' {0..50} {121..150}
names | expect 1 '^181 of 202 branches are reached: 89.60 %, below 90 %' {0..50} {122..150}

# A source that no program runs is not overlooked.
printf 'int forgotten(void);\nint forgotten(void)\n{\n    return 1;\n}\n' >"$root/libkronos/src/forgotten.c"
compile forgotten
names | expect 1 '^libkronos/src/forgotten.c:4: no test reaches it: return 1;' {0..50} {101..150}
