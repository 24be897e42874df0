# The programs as built: what the compiler and the linker were to make hard for whoever finds a mistake.

setup()
{
    REPO=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    : "${BUILD:=$REPO/build}"
    PROGRAMS=("$BUILD/schoolgated" "$BUILD/schoolgate")
}

# A sanitizer's build is for finding mistakes, and is not hardened.
sanitized() { readelf -d "$1" | grep -qE 'NEEDED.*lib[at]san'; }

# says PROGRAM WHAT READELF-OPTION PATTERN
says()
{
    readelf -W "$3" "$1" | grep -qE "$4" && return 0
    echo "$1: no $2" >&2
    return 1
}

@test "they lie at another address each time" {
    for program in "${PROGRAMS[@]}"; do
        says "$program" 'position independence' -h 'Type: *DYN'
        says "$program" 'position independence' -d 'FLAGS_1.*PIE' || sanitized "$program"
    done
}

@test "what is linked is fixed before the first line runs, and cannot be changed later" {
    for program in "${PROGRAMS[@]}"; do
        sanitized "$program" && continue
        says "$program" 'binding at start' -d 'BIND_NOW'
        says "$program" 'read-only relocations' -l 'GNU_RELRO'
    done
}

@test "no stack can be run, and nothing is both written and run" {
    for program in "${PROGRAMS[@]}"; do
        says "$program" 'stack of data only' -l 'GNU_STACK .* RW +0x'
        run bash -c "readelf -lW '$program' | grep -E 'LOAD .* RWE'"
        [ "$status" -ne 0 ]
    done
}

@test "no library is looked for in a folder of its own" {
    for program in "${PROGRAMS[@]}"; do
        run bash -c "readelf -dW '$program' | grep -E 'R(UN)?PATH'"
        [ "$status" -ne 0 ]
    done
}

@test "stacks are guarded, and copies are checked where their size is known" {
    for program in "${PROGRAMS[@]}"; do
        sanitized "$program" && continue
        says "$program" 'stack protector' --dyn-syms '__stack_chk_fail'
        says "$program" 'fortified functions' --dyn-syms '__(memcpy|snprintf|vsnprintf|read|fdelt|printf|fprintf|memset)_chk'
    done
}

# Whether the whole program is marked for it is up to the C library's own beginning of programs.
@test "functions begin with what the machine allows jumps to, where it knows of that" {
    for program in "${PROGRAMS[@]}"; do
        sanitized "$program" && continue
        case $(uname -m) in
        x86_64) objdump -d --disassemble=main "$program" | grep -q endbr64 ;;
        aarch64) objdump -d --disassemble=main "$program" | grep -qE 'paciasp|bti' ;;
        esac
    done
}
