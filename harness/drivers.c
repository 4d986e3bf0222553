#include "drivers.h"

#include <stdlib.h>
#include <string.h>

#include "os/files.h"
#include "running.h"

// The path of a file in a folder below another one; NULL where it is not there.
static char *find_in(const char *folder, const char *below, const char *file)
{
    kt_text path = {0};
    kt_text_format(&path, "%s/%s/%s", folder, below, file);
    char *found =
        kt_file_exists(kt_text_string(&path)) ? kt_copy_string(kt_text_string(&path)) : NULL;
    kt_text_finish(&path);
    return found;
}

// KT_DRIVER_FOLDER is where our drivers lie, seen from the folder of the programs; the build tree
// and an installed prefix look alike. Programs that only the kronos command starts lie beside them.
// KRONOS_DRIVER_FOLDER names another place.
char *kt_own_driver(const char *file)
{
    const char *other = getenv("KRONOS_DRIVER_FOLDER");
    if (other)
        return find_in(other, ".", file);
    char *folder = kt_program_folder();
    char *found = find_in(folder, KT_DRIVER_FOLDER, file);
    if (!found)
        found = find_in(folder, ".", file);
    free(folder);
    return found;
}

static const char *find(kt_test *t, const char *file)
{
    char *path = kt_own_driver(file);
    if (path)
        kt_defer(t, free, path);
    return path;
}

const char *kt_null_driver(kt_test *t)
{
    return find(t, "libkronos_null.so");
}

const char *kt_proxy_driver(kt_test *t)
{
    return find(t, "libkronos_proxy.so");
}
