// What a case leaves for whoever looks into its failure.
#include "running.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "os/files.h"

const char *kt_keep(kt_test *t, const char *name, const void *bytes, size_t size_bytes)
{
    const char *folder = getenv(KT_KEPT_VARIABLE), *base = getenv("TMPDIR");
    kt_text path = {0};
    if (folder)
        kt_text_format(&path, "%s", folder);
    else
        kt_text_format(&path, "%s/kronos-XXXXXX", base && *base ? base : "/tmp");
    if (folder ? !kt_make_folder(path.bytes) : !mkdtemp(path.bytes)) {
        kt_internal_error(t, "%s cannot be made: %s", path.bytes, strerror(errno));
    } else {
        const size_t above = path.size_bytes + 1;
        kt_text_format(&path, "/%s.%s", t->test_case->name, name);
        for (char *at = path.bytes + above; *at; at++)
            if (*at == '/')
                *at = '-';
        if (!kt_write_file(path.bytes, bytes, size_bytes))
            kt_internal_error(t, "%s cannot be written: %s", path.bytes, strerror(errno));
    }
    kt_defer(t, free, path.bytes);
    return path.bytes;
}

const char *kt_repro_command(kt_test *t)
{
    kt_text command = {0};
    kt_text_format(&command, "kronos repro %s -o it.tar --seed %" PRIu64, t->test_case->name,
                   t->run_seed);
    kt_defer(t, free, command.bytes);
    return command.bytes;
}
