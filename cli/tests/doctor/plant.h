// A machine that a test plants in a folder: files, links and variables for the doctor's checks.
#ifndef PLANT_H
#define PLANT_H

#include "doctor.h"
#include "doctor_manifests.h"
#include "test.h"

enum { PLANT_VARIABLES = 16 };

typedef struct plant {
    cli_place place;
    cli_findings findings;
    cli_drivers drivers;
    const char *variables[PLANT_VARIABLES + 1];
    int variable_count;
} plant;

// An empty machine of an ordinary user; belongs to the case.
plant *plant_machine(kt_test *t);
// "NAME=VALUE".
void plant_variable(kt_test *t, plant *machine, const char *variable);
// A file with its folders. `path` starts at the machine's root.
void plant_file(kt_test *t, plant *machine, const char *path, const char *text);
void plant_link(kt_test *t, plant *machine, const char *path, const char *target);
void plant_folder(kt_test *t, plant *machine, const char *path);
// The manifest of a driver, and of a layer named VK_LAYER_TEST_x with more members.
void plant_driver(kt_test *t, plant *machine, const char *path, const char *library);
void plant_layer(kt_test *t, plant *machine, const char *path, const char *name,
                 const char *members);
// A library of this build, "doctor_good" or "doctor_needy"; `size_bytes` of it, 0 for all.
void plant_library(kt_test *t, plant *machine, const char *path, const char *name,
                   size_t size_bytes);
// Overwrites bytes of a planted file.
void plant_bytes(kt_test *t, plant *machine, const char *path, long offset, const char *bytes,
                 size_t size_bytes);
// The file on this machine that a planted path means; belongs to the case.
const char *plant_path(kt_test *t, const plant *machine, const char *path);

// A finding is there, with that state and check; `sentence` and `fix` are parts of its own, "" any,
// and a NULL fix none at all.
#define CHECK_FINDS(machine, state, check, sentence, fix) \
    plant_check(t, KT_HERE, &(machine)->findings, state, check, sentence, fix)
void plant_check(kt_test *t, kt_here here, const cli_findings *findings, cli_state state,
                 const char *check, const char *sentence, const char *fix);
// Exactly so many findings are not ok.
#define CHECK_TROUBLES(machine, count) plant_check_troubles(t, KT_HERE, &(machine)->findings, count)
void plant_check_troubles(kt_test *t, kt_here here, const cli_findings *findings, size_t count);

#endif
