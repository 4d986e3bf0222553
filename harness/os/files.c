#include "files.h"

#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "text.h"

char *kt_program_folder(void)
{
    char path[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    if (length <= 0)
        return strdup(".");
    path[length] = '\0';
    char *slash = strrchr(path, '/');
    if (slash)
        *slash = '\0';
    return strdup(path);
}

bool kt_file_exists(const char *path)
{
    return access(path, F_OK) == 0;
}

static bool make_one(const char *path)
{
    struct stat state;
    if (mkdir(path, 0777) == 0)
        return true;
    if (errno != EEXIST || stat(path, &state) != 0)
        return false;
    if (!S_ISDIR(state.st_mode))
        errno = ENOTDIR;
    return S_ISDIR(state.st_mode);
}

bool kt_make_folder(const char *path)
{
    char *copy = strdup(path);
    if (!copy)
        return false;
    bool made = true;
    for (char *slash = strchr(copy + 1, '/'); made && slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        made = make_one(copy);
        *slash = '/';
    }
    made = made && make_one(copy);
    int error = errno;
    free(copy);
    errno = error;
    return made;
}

static int remove_one(const char *path, const struct stat *state, int kind, struct FTW *where)
{
    (void)state, (void)kind, (void)where;
    (void)remove(path);
    return 0;
}

void kt_remove_folder(const char *path)
{
    enum { OPEN_FOLDERS = 16 };
    (void)nftw(path, remove_one, OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS);
}

bool kt_is_terminal(int descriptor)
{
    return isatty(descriptor);
}

bool kt_terminal_moves(void)
{
    const char *name = getenv("TERM");
    return name && *name && strcmp(name, "dumb") != 0;
}

int kt_terminal_width(int descriptor)
{
    enum { USUAL_COLUMNS = 80 };
    struct winsize size = {0};
    return ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : USUAL_COLUMNS;
}

char *kt_read_file(const char *path, size_t *size_bytes)
{
    FILE *file = fopen(path, "rbe");
    if (!file)
        return NULL;
    size_t size = 0, capacity = 0;
    char *bytes = NULL;
    do {
        if (capacity - size < 2) {
            capacity = capacity ? capacity * 2 : 4096;
            char *grown = realloc(bytes, capacity);
            if (!grown)
                goto fail;
            bytes = grown;
        }
        size += fread(bytes + size, 1, capacity - size - 1, file);
    } while (!feof(file) && !ferror(file));
    if (ferror(file))
        goto fail;
    fclose(file);
    bytes[size] = '\0';
    if (size_bytes)
        *size_bytes = size;
    return bytes;
fail:;
    const int error = errno;
    fclose(file);
    free(bytes);
    errno = error ? error : EIO;
    return NULL;
}

static bool write_in_place(const char *path, const void *bytes, size_t size_bytes)
{
    FILE *file = fopen(path, "wbe");
    if (!file)
        return false;
    errno = 0;
    bool written = fwrite(bytes, 1, size_bytes, file) == size_bytes;
    const int error = errno;
    if (fclose(file) != 0)
        return false;
    errno = error ? error : EIO;
    return written;
}

bool kt_write_file(const char *path, const void *bytes, size_t size_bytes)
{
    struct stat old;
    if (stat(path, &old) == 0 && !S_ISREG(old.st_mode))
        return write_in_place(path, bytes, size_bytes);
    kt_text part = {0};
    kt_text_format(&part, "%s.part", path);
    bool written = write_in_place(kt_text_string(&part), bytes, size_bytes) &&
                   rename(kt_text_string(&part), path) == 0;
    if (!written) {
        const int error = errno;
        remove(kt_text_string(&part));
        errno = error;
    }
    kt_text_finish(&part);
    return written;
}

long long kt_unix_time(void)
{
    return (long long)time(NULL);
}

void kt_date(long long unix_time, char out[KT_DATE_CHARACTERS])
{
    time_t when = (time_t)unix_time;
    struct tm parts;
    out[0] = '\0';
    if (gmtime_r(&when, &parts))
        strftime(out, KT_DATE_CHARACTERS, "%Y-%m-%d", &parts);
}
