#include "doctor_elf.h"

#include <elf.h>
#include <errno.h>
#include <link.h>
#include <stdio.h>
#include <string.h>

// What both classes have in common: the identification, the type and the machine.
typedef struct elf_head {
    unsigned char identification[EI_NIDENT];
    uint16_t type, machine;
} elf_head;

static const char *machine_name(uint16_t machine, char *out, size_t size_bytes)
{
    static const struct {
        uint16_t machine;
        const char *name;
    } NAMES[] = {
        {EM_386, "i386"},
        {EM_X86_64, "x86-64"},
        {EM_ARM, "ARM"},
        {EM_AARCH64, "AArch64"},
        {EM_PPC64, "PowerPC"},
        {EM_RISCV, "RISC-V"},
        {EM_LOONGARCH, "LoongArch"},
    };
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++)
        if (NAMES[i].machine == machine)
            return NAMES[i].name;
    snprintf(out, size_bytes, "machine %u", machine);
    return out;
}

static void append_architecture(kt_text *text, const elf_head *head)
{
    char number[24];
    kt_text_format(text, "%s, %s", machine_name(head->machine, number, sizeof number),
                   head->identification[EI_CLASS] == ELFCLASS32 ? "32 bit" : "64 bit");
}

static bool read_at(FILE *file, uint64_t offset, void *out, size_t size_bytes)
{
    return offset <= INT64_MAX && fseeko(file, (off_t)offset, SEEK_SET) == 0 &&
           fread(out, 1, size_bytes, file) == size_bytes;
}

// A file that was cut short has segments past its end; touching those would end the process.
static bool check_segments(FILE *file, kt_text *problem)
{
    ElfW(Ehdr) head;
    if (fseeko(file, 0, SEEK_END) != 0)
        return true;
    const uint64_t size_bytes = (uint64_t)ftello(file);
    if (!read_at(file, 0, &head, sizeof head) || head.e_phentsize != sizeof(ElfW(Phdr))) {
        kt_text_format(problem, "its ELF header is damaged");
        return false;
    }
    for (unsigned i = 0; i < head.e_phnum; i++) {
        ElfW(Phdr) segment;
        bool read =
            read_at(file, head.e_phoff + (uint64_t)i * sizeof segment, &segment, sizeof segment);
        if (read && segment.p_type != PT_LOAD)
            continue;
        if (!read || segment.p_filesz > size_bytes ||
            segment.p_offset > size_bytes - segment.p_filesz) {
            kt_text_format(problem,
                           "the file is cut short or damaged: its segments reach past "
                           "its end at %llu bytes",
                           (unsigned long long)size_bytes);
            return false;
        }
    }
    return true;
}

static bool check_head(const elf_head *head, const elf_head *own, kt_text *problem)
{
    if (memcmp(head->identification, ELFMAG, SELFMAG) != 0) {
        kt_text_format(problem, "the file is no ELF file");
        return false;
    }
    if (head->identification[EI_CLASS] != own->identification[EI_CLASS] ||
        head->identification[EI_DATA] != own->identification[EI_DATA] ||
        head->machine != own->machine) {
        kt_text_format(problem, "it is built for ");
        append_architecture(problem, head);
        kt_text_format(problem, "; this program is ");
        append_architecture(problem, own);
        return false;
    }
    if (head->type != ET_DYN)
        kt_text_format(problem, "the file is an ELF file, but no dynamic library");
    return head->type == ET_DYN;
}

bool cli_elf_check(const char *path, kt_text *problem)
{
    elf_head head, own;
    FILE *program = fopen("/proc/self/exe", "rbe");
    bool know_own = program && read_at(program, 0, &own, sizeof own);
    if (program)
        fclose(program);
    FILE *file = fopen(path, "rbe");
    if (!file) {
        kt_text_format(problem, "the file cannot be read: %s", strerror(errno));
        return false;
    }
    bool good = read_at(file, 0, &head, sizeof head);
    if (!good)
        kt_text_format(problem, "the file is no ELF file");
    good = good && (!know_own || check_head(&head, &own, problem)) && check_segments(file, problem);
    fclose(file);
    return good;
}
