// Runs a target on files, where the compiler has no libFuzzer: what was found once is looked at in
// every build.
//
// usage: fuzz-TARGET PATH...    a file, or a folder of files
#include "fuzz.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>

#include "os/files.h"
#include "text.h"

// Returns: false, with a line on standard error, where the file cannot be read.
static bool replay_file(const char *path)
{
    size_t size_bytes;
    char *bytes = kt_read_file(path, &size_bytes);
    if (!bytes) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        return false;
    }
    // The last line of a finding names its file.
    printf("%s\n", path);
    fflush(stdout);
    (void)LLVMFuzzerTestOneInput((const uint8_t *)bytes, size_bytes);
    free(bytes);
    return true;
}

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

// Returns: how many files were read; a negative number where one could not be.
static int replay(const char *path)
{
    struct dirent **entries = NULL;
    const int count = scandir(path, &entries, is_visible, alphasort);
    if (count < 0)
        return replay_file(path) ? 1 : -1;
    int read = 0;
    for (int i = 0; i < count; i++) {
        kt_text file = {0};
        kt_text_format(&file, "%s/%s", path, entries[i]->d_name);
        if (read >= 0)
            read = replay_file(kt_text_string(&file)) ? read + 1 : -1;
        kt_text_finish(&file);
        free(entries[i]);
    }
    free(entries);
    return read;
}

int main(int count, char **arguments)
{
    int files = 0;
    for (int i = 1; i < count; i++) {
        const int read = replay(arguments[i]);
        if (read < 0)
            return EXIT_FAILURE;
        files += read;
    }
    printf("%d inputs\n", files);
    if (!files)
        fprintf(stderr, "there is nothing to replay: name files or folders\n");
    return files ? EXIT_SUCCESS : EXIT_FAILURE;
}
