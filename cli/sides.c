#include "sides.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arguments.h"
#include "main.h"
#include "os/files.h"
#include "tool.h"

// Runs a tool whose last word is NULL, and says nothing of what it prints but in the log.
#define RUN(sides, problem, ...)                                                                 \
    cli_tool_run(                                                                                \
        &(cli_tool){.arguments = (const char *const[]){__VA_ARGS__, NULL}, .log = (sides)->log}, \
        problem)

static char *join(const char *folder, const char *name)
{
    kt_text path = {0};
    kt_text_format(&path, "%s/%s", folder, name);
    return path.bytes;
}

// The line that git answers with; NULL where it fails, with a sentence in `problem` where it cannot
// be asked.
static char *ask_git(const char *const *arguments, kt_text *problem)
{
    kt_text line = {0};
    const int code = cli_tool_run(&(cli_tool){.arguments = arguments, .line = &line}, problem);
    if (code == 0 && line.size_bytes)
        return line.bytes;
    kt_text_finish(&line);
    return NULL;
}

// Where we are, and which commit that is.
static int find(cli_sides *sides, const char *ref, kt_text *problem)
{
    kt_text name = {0};
    kt_text_format(&name, "%s^{commit}", ref);
    sides->top =
        ask_git((const char *const[]){"git", "rev-parse", "--show-toplevel", NULL}, problem);
    char *project = sides->top ? join(sides->top, "perf/side/CMakeLists.txt") : NULL;
    if (project && kt_file_exists(project))
        sides->commit = ask_git((const char *const[]){"git", "rev-parse", "--verify", "--quiet",
                                                      "--end-of-options", name.bytes, NULL},
                                problem);
    else if (!problem->size_bytes)
        kt_refuse(problem, "--against builds from sources: this folder is in no git checkout of "
                           "Kronos");
    if (!sides->commit && !problem->size_bytes)
        kt_refuse(problem, "--against: %s has no commit '%s'", sides->top, ref);
    free(project);
    kt_text_finish(&name);
    return sides->commit ? KT_EXIT_EXPECTED : KT_EXIT_USAGE;
}

static int make_folder(cli_sides *sides, kt_text *problem)
{
    char *build = join(sides->top, "build");
    char *folder = join(build, "against-XXXXXX");
    sides->log = join(build, "against.log");
    if (kt_make_folder(build) && mkdtemp(folder) && kt_write_file(sides->log, "", 0))
        sides->folder = folder;
    else
        kt_refuse(problem, "--against: %s: %s", folder, strerror(errno));
    if (!sides->folder)
        free(folder);
    free(build);
    return sides->folder ? KT_EXIT_EXPECTED : KT_EXIT_UNUSABLE;
}

static int check_out(cli_sides *sides, kt_text *problem)
{
    sides->worktree = join(sides->folder, "source");
    const int code = RUN(sides, problem, "git", "-C", sides->top, "worktree", "add", "--detach",
                         sides->worktree, sides->commit);
    if (code > 0)
        kt_refuse(problem, "--against: git cannot check out %s; %s says why", sides->commit,
                  sides->log);
    return code ? KT_EXIT_UNUSABLE : KT_EXIT_EXPECTED;
}

// Builds the module with the library of a source tree. `what` is that, for people.
static char *build(const cli_sides *sides, const char *library, const char *name, const char *what,
                   kt_text *problem)
{
    char *project = join(sides->top, "perf/side"), *folder = join(sides->folder, name);
    char *module = join(folder, "kronos_side.so");
    kt_text tree = {0};
    kt_text_format(&tree, "-DKRONOS_LIBRARY=%s", library);
    fprintf(stderr, "building %s\n", what);
    int code = RUN(sides, problem, "cmake", "-G", "Ninja", "-S", project, "-B", folder,
                   "-DCMAKE_BUILD_TYPE=Release", tree.bytes);
    if (code == 0)
        code = RUN(sides, problem, "cmake", "--build", folder);
    if (code > 0)
        kt_refuse(problem, "--against: %s does not build with the workloads of today; %s says why",
                  what, sides->log);
    if (code != 0) {
        free(module);
        module = NULL;
    }
    kt_text_finish(&tree);
    free(project);
    free(folder);
    return module;
}

static int build_both(cli_sides *sides, const char *ref, kt_text *problem)
{
    enum { SHORT_HASH = 12 };
    kt_text what = {0};
    kt_text_format(&what, "%s (%.*s)", ref, SHORT_HASH, sides->commit);
    sides->before = build(sides, sides->worktree, "before", kt_text_string(&what), problem);
    if (sides->before)
        sides->now = build(sides, sides->top, "now", "the working tree", problem);
    kt_text_finish(&what);
    return sides->now ? KT_EXIT_EXPECTED : KT_EXIT_UNUSABLE;
}

int cli_sides_init(cli_sides *sides, const char *ref, kt_text *problem)
{
    *sides = (cli_sides){0};
    int code = find(sides, ref, problem);
    if (code == KT_EXIT_EXPECTED)
        code = make_folder(sides, problem);
    if (code == KT_EXIT_EXPECTED)
        code = check_out(sides, problem);
    if (code == KT_EXIT_EXPECTED)
        code = build_both(sides, ref, problem);
    return code;
}

static void remove_worktree(const cli_sides *sides)
{
    const char *const arguments[] = {"git",    "-C",      sides->top,      "worktree",
                                     "remove", "--force", sides->worktree, NULL};
    kt_text unheard = {0}; // the log has it
    (void)cli_tool_run(&(cli_tool){.arguments = arguments, .log = sides->log, .anyway = true},
                       &unheard);
    kt_text_finish(&unheard);
}

void cli_sides_finish(cli_sides *sides)
{
    if (sides->worktree)
        remove_worktree(sides);
    if (sides->folder)
        kt_remove_folder(sides->folder);
    free(sides->top);
    free(sides->commit);
    free(sides->log);
    free(sides->folder);
    free(sides->worktree);
    free(sides->now);
    free(sides->before);
    *sides = (cli_sides){0};
}
