#include "doctor_library.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "doctor_elf.h"
#include "doctor_linker.h"

// The file behind a path. False, with the problem, where there is none.
static bool find_file(cli_library *library, const cli_place *place, const char *path)
{
    char *file = cli_place_file(place, path);
    library->file = realpath(file, NULL);
    if (!library->file)
        kt_text_format(&library->problem, "%s",
                       errno == ENOENT ? "there is no such file" : strerror(errno));
    free(file);
    return library->file;
}

void cli_library_init(cli_library *library, const cli_place *place, const char *name)
{
    *library = (cli_library){0};
    bool is_path = strchr(name, '/');
    if (is_path && !find_file(library, place, name)) {
        library->fix = "install the package that it belongs to, or remove what names it";
        return;
    }
    if (is_path && !cli_elf_check(library->file, &library->problem)) {
        library->fix = "install the library that was built for this architecture";
        return;
    }
    cli_linker_answer answer;
    cli_linker_ask(&answer, place, is_path ? library->file : name);
    if (!is_path && answer.file)
        library->file = realpath(answer.file, NULL);
    kt_text_format(&library->problem, "%s", kt_text_string(&answer.problem));
    kt_text_format(&library->missing, "%s", kt_text_string(&answer.missing));
    library->fix = "install the package that it belongs to, or add its folder to "
                   "/etc/ld.so.conf.d and run ldconfig";
    cli_linker_answer_finish(&answer);
}

void cli_fix_library(cli_findings *findings, const cli_place *place, const cli_library *library)
{
    if (library->missing.size_bytes)
        cli_fix_by_libraries(findings, place, kt_text_string(&library->missing));
    else
        cli_fix(findings, "%s", library->fix);
}

void cli_library_finish(cli_library *library)
{
    free(library->file);
    kt_text_finish(&library->problem);
    kt_text_finish(&library->missing);
    *library = (cli_library){0};
}
