#include "doctor_place.h"

#include <dirent.h>
#include <fnmatch.h>
#include <limits.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/files.h"
#include "text.h"

extern char **environ;

cli_place cli_place_here(void)
{
    const struct passwd *user = getpwuid(geteuid());
    return (cli_place){.root = "",
                       .environment = (const char *const *)environ,
                       .uid = geteuid(),
                       .user = user ? user->pw_name : ""};
}

const char *cli_place_variable(const cli_place *place, const char *name)
{
    size_t length = strlen(name);
    for (const char *const *entry = place->environment; *entry; entry++)
        if (!strncmp(*entry, name, length) && (*entry)[length] == '=')
            return *entry + length + 1;
    return NULL;
}

char *cli_place_file(const cli_place *place, const char *path)
{
    kt_text file = {0};
    kt_text_format(&file, "%s%s", path[0] == '/' ? place->root : "", path);
    return file.bytes;
}

bool cli_place_has(const cli_place *place, const char *path)
{
    struct stat state;
    char *file = cli_place_file(place, path);
    bool there = stat(file, &state) == 0;
    free(file);
    return there;
}

char *cli_place_line(const cli_place *place, const char *path)
{
    char *file = cli_place_file(place, path);
    char *text = kt_read_file(file, NULL);
    free(file);
    if (text)
        text[strcspn(text, "\n")] = '\0';
    return text;
}

char *cli_place_link_name(const cli_place *place, const char *path)
{
    char target[PATH_MAX];
    char *file = cli_place_file(place, path);
    ssize_t length = readlink(file, target, sizeof target - 1);
    free(file);
    if (length <= 0)
        return NULL;
    target[length] = '\0';
    const char *slash = strrchr(target, '/');
    return kt_copy_string(slash ? slash + 1 : target);
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

char **cli_place_names(const cli_place *place, const char *folder)
{
    kt_text names = {0};
    size_t count = 0;
    char *file = cli_place_file(place, folder);
    DIR *open_folder = opendir(file);
    const struct dirent *entry;
    while (open_folder && (entry = readdir(open_folder))) {
        if (entry->d_name[0] == '.')
            continue;
        kt_text_append(&names, entry->d_name, strlen(entry->d_name) + 1);
        count++;
    }
    if (open_folder)
        closedir(open_folder);
    free(file);
    // One block: the array, then what it points to.
    char **array = kt_memory((count + 1) * sizeof *array + names.size_bytes, 1);
    char *at = (char *)(array + count + 1);
    if (names.size_bytes)
        memcpy(at, names.bytes, names.size_bytes);
    for (size_t i = 0; i < count; i++, at += strlen(at) + 1)
        array[i] = at;
    qsort(array, count, sizeof *array, compare_names);
    kt_text_finish(&names);
    return array;
}

const char *cli_container(const cli_place *place)
{
    // Each engine leaves its own mark; Docker sets no variable, LXC and systemd-nspawn no file.
    if (cli_place_has(place, "/.dockerenv"))
        return "docker";
    if (cli_place_has(place, "/run/.containerenv"))
        return "podman";
    if (cli_place_variable(place, "KUBERNETES_SERVICE_HOST"))
        return "kubernetes";
    return cli_place_variable(place, "container");
}

bool cli_has_nvidia_device(const cli_place *place)
{
    bool found = false;
    char **names = cli_place_names(place, "/dev");
    for (char **name = names; *name; name++)
        found = found || fnmatch("nvidia[0-9]*", *name, 0) == 0;
    free(names);
    return found;
}
