// What `kronos doctor` reads of a driver's library: any bytes are a whole one for this program, or
// give the end of a sentence.
#include "fuzz.h"

#include <elf.h>
#include <link.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "doctor_elf.h"

// Segments that are not in the file would end the process that loads it.
static void check_segments(const uint8_t *bytes, size_t size_bytes)
{
    ElfW(Ehdr) head;
    fuzz_require(size_bytes >= sizeof head);
    memcpy(&head, bytes, sizeof head);
    for (size_t i = 0; i < head.e_phnum; i++) {
        ElfW(Phdr) segment;
        const uint64_t offset = head.e_phoff + i * sizeof segment;
        fuzz_require(offset <= size_bytes && size_bytes - offset >= sizeof segment);
        memcpy(&segment, bytes + offset, sizeof segment);
        fuzz_require(
            segment.p_type != PT_LOAD ||
            (segment.p_offset <= size_bytes && segment.p_filesz <= size_bytes - segment.p_offset));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size_bytes)
{
    char path[64];
    kt_text problem = {0};
    const int file = memfd_create("fuzz", MFD_CLOEXEC);
    fuzz_require(file >= 0 && write(file, bytes, size_bytes) == (ssize_t)size_bytes);
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    const bool good = cli_elf_check(path, &problem);
    fuzz_require(good == !problem.size_bytes);
    if (good)
        check_segments(bytes, size_bytes);
    close(file);
    kt_text_finish(&problem);
    return 0;
}
