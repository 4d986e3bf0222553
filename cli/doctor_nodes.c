#include "doctor.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// Where drivers reach GPUs: folders, and which of their entries count.
static const struct {
    const char *folder, *pattern;
} NODES[] = {
    {"/dev/dri", "renderD[0-9]*"},
    {"/dev", "nvidia[0-9]*"},
    {"/dev", "nvidiactl"},
    {"/dev", "kfd"},
};

// The name of a group and whether it lists the user; false where it has no name there.
static bool find_group(const cli_place *place, gid_t gid, kt_text *name, bool *lists_user)
{
    char *path = cli_place_file(place, "/etc/group");
    FILE *file = fopen(path, "re");
    free(path);
    const struct group *group = NULL;
    *lists_user = false;
    while (file && (group = fgetgrent(file)) && group->gr_gid != gid)
        ;
    if (group)
        kt_text_format(name, "%s", group->gr_name);
    for (char **member = group ? group->gr_mem : NULL; member && *member; member++)
        *lists_user = *lists_user || !strcmp(*member, place->user);
    if (file)
        fclose(file);
    return group;
}

static void fix_group(cli_findings *findings, const cli_place *place, gid_t gid)
{
    kt_text name = {0};
    bool lists_user;
    bool named = find_group(place, gid, &name, &lists_user);
    if (lists_user)
        cli_fix(findings, "%s is in group %s since the last login: log in again", place->user,
                name.bytes);
    else if (cli_container(place))
        cli_fix(findings, "start the container with --group-add %u", (unsigned)gid);
    else if (named)
        cli_fix(findings, "sudo usermod -aG %s %s, then log in again", name.bytes,
                *place->user ? place->user : "USER");
    else
        cli_fix(findings, "give the node a group that has a name: its group %u has none",
                (unsigned)gid);
    kt_text_finish(&name);
}

void cli_find_refused_node(cli_findings *findings, const cli_place *place, const char *path,
                           const struct stat *state, int error)
{
    cli_find(findings, CLI_WRONG, "node", "%s (mode %04o, group %u) cannot be opened: %s", path,
             (unsigned)(state->st_mode & 07777), (unsigned)state->st_gid, strerror(error));
    const mode_t group_rights = S_IRGRP | S_IWGRP;
    if (error == EPERM)
        cli_fix(findings,
                cli_container(place) ? "start the container with --device %s (docker, podman)"
                                     : "let the device cgroup of this service allow %s",
                path);
    else if (error != EACCES)
        cli_fix(findings, "the kernel driver behind it does not answer: see dmesg");
    else if ((state->st_mode & group_rights) == group_rights)
        fix_group(findings, place, state->st_gid);
    else
        cli_fix(findings, "sudo chmod a+rw %s, or let a udev rule do so", path);
}

static bool check_node(cli_findings *findings, const cli_place *place, const char *path)
{
    struct stat state;
    char *file = cli_place_file(place, path);
    // Only opening tells: access lists, cgroups and sandboxes decide too. It changes nothing.
    int descriptor = open(file, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    const int error = errno;
    if (descriptor >= 0)
        cli_find(findings, CLI_OK, "node", "%s can be opened for reading and writing", path);
    else if (stat(file, &state) == 0)
        cli_find_refused_node(findings, place, path, &state, error);
    if (descriptor >= 0)
        close(descriptor);
    free(file);
    return descriptor >= 0;
}

bool cli_check_nodes(cli_findings *findings, const cli_place *place)
{
    const size_t before = findings->count;
    bool opened = false;
    for (size_t i = 0; i < sizeof NODES / sizeof NODES[0]; i++) {
        char **names = cli_place_names(place, NODES[i].folder);
        for (char **name = names; *name; name++) {
            kt_text path = {0};
            kt_text_format(&path, "%s/%s", NODES[i].folder, *name);
            if (fnmatch(NODES[i].pattern, *name, 0) == 0)
                opened |= check_node(findings, place, path.bytes);
            kt_text_finish(&path);
        }
        free(names);
    }
    if (findings->count == before)
        cli_find(findings, CLI_OK, "node", "no GPU's device node is in /dev: CPU drivers only");
    return opened;
}
