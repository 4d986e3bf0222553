// What the head of an ELF file says, as far as it decides whether this process can load it.
#ifndef CLI_DOCTOR_ELF_H
#define CLI_DOCTOR_ELF_H

#include "text.h"

// Whether a file is a whole dynamic library for the architecture of this program; a sentence's end
// in `problem` where it is not. Any bytes may be in the file.
bool cli_elf_check(const char *file, kt_text *problem);

#endif
