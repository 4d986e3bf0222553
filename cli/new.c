#include "cli.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "embedded.h"

enum { NAME = 1 << 0, MAX_NAME_BYTES = 64 };

static const char USAGE[] =
    "kronos new DIR [options]\n\n"
    "Writes a project that computes on the GPU: a kernel in GLSL, a program that runs it, a test "
    "of\n"
    "the kernel, and what builds them. DIR is made, or is empty. Then\n\n"
    "  cd DIR\n"
    "  cmake -B build\n"
    "  cmake --build build\n"
    "  ctest --test-dir build\n\n"
    "builds and tests it, without network. CMake finds Kronos where it was installed; where that\n"
    "is a folder of its own, give the first cmake -D CMAKE_PREFIX_PATH=FOLDER.\n\n"
    "Exit code: 0 written, 2 wrong usage, 3 it cannot be written; then nothing is left behind.";

static const kt_argument OPTIONS[] = {
    {NAME, "--name", "NAME", "of the project and its program; default: the name of DIR"},
};

// The files of cli/new; @PROJECT@ and @VERSION@ stand in them for names to fill in.
extern const kt_embedded cli_project_files[];
extern const size_t cli_project_files_count;

typedef struct command {
    const char *folder, *given_name;
    char *name;
    size_t written_count; // of cli_project_files
    bool made_folder;
} command;

static bool take(void *user, unsigned bit, const char *value, kt_text *problem)
{
    command *self = user;
    if (bit == NAME)
        self->given_name = value;
    else if (self->folder)
        return kt_refuse(problem, "new takes one folder; '%s' is too much", value);
    else
        self->folder = value;
    return true;
}

// The last name in a path, which may end in slashes; of ".", the folder's own. The caller frees it.
static char *name_of(const char *path)
{
    char *real = realpath(path, NULL); // a folder that is not there yet has no other name
    const char *text = real ? real : path;
    size_t end = strlen(text);
    while (end > 1 && text[end - 1] == '/')
        end--;
    size_t begin = end;
    while (begin > 0 && text[begin - 1] != '/')
        begin--;
    char *name = kt_memory(end - begin + 1, 1);
    memcpy(name, text + begin, end - begin);
    free(real);
    return name;
}

// Targets and files that CMake makes itself.
static bool is_cmakes_own(const char *name)
{
    static const char *const NAMES[] = {
        "ALL_BUILD",
        "CMakeFiles",
        "Makefile",
        "RUN_TESTS",
        "Testing",
        "ZERO_CHECK",
        "all",
        "clean",
        "depend",
        "edit_cache",
        "help",
        "install",
        "list_install_components",
        "package",
        "package_source",
        "preinstall",
        "rebuild_cache",
        "test",
    };
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++)
        if (!strcmp(name, NAMES[i]))
            return true;
    return false;
}

static bool check_name(const char *name, kt_text *problem)
{
    static const char LETTERS[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    static const char OTHERS[] = "0123456789_-";
    size_t letters = strspn(name, LETTERS), length = letters;
    while (letters && name[length] &&
           (strchr(LETTERS, name[length]) || strchr(OTHERS, name[length])))
        length++;
    if (!letters || name[length] || length > MAX_NAME_BYTES)
        return kt_refuse(problem,
                         "'%s' cannot name a project: it takes a letter, then letters, digits, '_' "
                         "and '-', %d in all; choose one with --name",
                         name, MAX_NAME_BYTES);
    if (is_cmakes_own(name))
        return kt_refuse(problem,
                         "'%s' is a name that CMake keeps for itself; choose another with "
                         "--name",
                         name);
    return true;
}

// Whether a folder that is there is empty.
static bool check_empty(const char *path, kt_text *problem)
{
    DIR *folder = opendir(path);
    if (!folder)
        return kt_refuse(problem, "%s: %s", path, strerror(errno));
    const struct dirent *entry;
    do
        entry = readdir(folder);
    while (entry && (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")));
    if (entry)
        kt_text_format(problem,
                       "%s is not empty, it holds %s; new wants a folder that is empty or "
                       "not there yet",
                       path, entry->d_name);
    closedir(folder);
    return problem->size_bytes == 0;
}

static void append_path(kt_text *path, const command *self, size_t file)
{
    kt_text_format(path, "%s/%s", self->folder, cli_project_files[file].path);
}

// A template with its names filled in.
static void fill_in(const char *text, const command *self, kt_text *out)
{
    const struct {
        const char *place, *value;
    } rows[] = {{"@PROJECT@", self->name}, {"@VERSION@", KRO_VERSION}};
    while (*text) {
        size_t length = strcspn(text, "@");
        kt_text_append(out, text, length);
        text += length;
        bool found = false;
        for (size_t i = 0; i < sizeof rows / sizeof rows[0] && !found; i++) {
            found = !strncmp(text, rows[i].place, strlen(rows[i].place));
            if (found) {
                kt_text_format(out, "%s", rows[i].value);
                text += strlen(rows[i].place);
            }
        }
        if (!found && *text)
            kt_text_append(out, text++, 1);
    }
}

// Writes a file that is not there yet.
static bool write_file(command *self, size_t file, kt_text *problem)
{
    kt_text path = {0}, text = {0};
    append_path(&path, self, file);
    fill_in(cli_project_files[file].text, self, &text);
    FILE *out = fopen(kt_text_string(&path), "wxe");
    bool right = out != NULL;
    if (out) {
        self->written_count = file + 1;
        right = fwrite(text.bytes, 1, text.size_bytes, out) == text.size_bytes;
        int error = errno;
        if (fclose(out) != 0 && right) {
            right = false;
            error = errno;
        }
        errno = error;
    }
    if (!right)
        kt_refuse(problem, "%s cannot be written: %s", kt_text_string(&path), strerror(errno));
    kt_text_finish(&text);
    kt_text_finish(&path);
    return right;
}

// Takes away what was written.
static void undo(const command *self)
{
    for (size_t i = 0; i < self->written_count; i++) {
        kt_text path = {0};
        append_path(&path, self, i);
        (void)unlink(kt_text_string(&path));
        kt_text_finish(&path);
    }
    if (self->made_folder)
        (void)rmdir(self->folder);
}

// Checks everything, then writes.
//
// Returns: an exit code; other than 0 with a sentence in `problem`.
static int write_project(command *self, kt_text *problem)
{
    struct stat status;
    bool there = stat(self->folder, &status) == 0;
    if (!check_name(self->name, problem) || (there && !check_empty(self->folder, problem)))
        return KT_EXIT_USAGE;
    if (!there && mkdir(self->folder, 0777) != 0) {
        int error = errno;
        kt_refuse(problem, "%s cannot be made: %s", self->folder, strerror(error));
        return error == ENOENT ? KT_EXIT_USAGE : KT_EXIT_UNUSABLE;
    }
    self->made_folder = !there;
    for (size_t i = 0; i < cli_project_files_count; i++) {
        if (!write_file(self, i, problem)) {
            undo(self);
            return KT_EXIT_UNUSABLE;
        }
    }
    return KT_EXIT_EXPECTED;
}

int cli_new(int count, char **arguments)
{
    const cli_command_line line = {
        .usage = USAGE,
        .options = OPTIONS,
        .option_count = sizeof OPTIONS / sizeof OPTIONS[0],
        .takes_words = true,
        .take = take,
    };
    command self = {0};
    int code;
    if (!cli_arguments(&line, &self, count, arguments, &code))
        return code;
    if (!self.folder || !*self.folder)
        return kt_usage_error("new takes the folder of the project; see kronos new --help");
    kt_text problem = {0};
    self.name = self.given_name ? kt_copy_string(self.given_name) : name_of(self.folder);
    code = write_project(&self, &problem);
    const char *quote = strchr(self.folder, ' ') ? "'" : "";
    if (code == KT_EXIT_EXPECTED)
        printf("%s: a kernel, a program, a test. To build and test it:\n\n"
               "  cd %s%s%s\n  cmake -B build\n  cmake --build build\n  ctest --test-dir build\n"
               "  build/%s\n",
               self.folder, quote, self.folder, quote, self.name);
    else
        fprintf(stderr, "kronos: %s\n", kt_text_string(&problem));
    kt_text_finish(&problem);
    free(self.name);
    return code;
}
