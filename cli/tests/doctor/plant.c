#include "plant.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "os/files.h"

static void remove_machine(void *object)
{
    plant *machine = object;
    kt_remove_folder(machine->place.root);
    free((char *)machine->place.root);
    cli_findings_finish(&machine->findings);
    cli_drivers_finish(&machine->drivers);
    free(machine);
}

plant *plant_machine(kt_test *t)
{
    const char *base = getenv("TMPDIR");
    plant *machine = kt_memory(1, sizeof *machine);
    kt_text root = {0};
    kt_text_format(&root, "%s/kronos-XXXXXX", base ? base : "/tmp");
    CHECK(mkdtemp(root.bytes));
    machine->place = (cli_place){
        .root = root.bytes, .environment = machine->variables, .uid = 1000, .user = "alice"};
    kt_defer(t, remove_machine, machine);
    return machine;
}

static const char *keep(kt_test *t, kt_text *text)
{
    char *copy = kt_alloc(t, text->size_bytes + 1);
    memcpy(copy, kt_text_string(text), text->size_bytes);
    kt_text_finish(text);
    return copy;
}

void plant_variable(kt_test *t, plant *machine, const char *variable)
{
    if (CHECK(machine->variable_count < PLANT_VARIABLES))
        machine->variables[machine->variable_count++] = variable;
}

const char *plant_path(kt_test *t, const plant *machine, const char *path)
{
    kt_text text = {0};
    kt_text_format(&text, "%s%s", machine->place.root, path);
    return keep(t, &text);
}

void plant_folder(kt_test *t, plant *machine, const char *path)
{
    CHECK(kt_make_folder(plant_path(t, machine, path)));
}

// The folders above a file, and the file's path on this machine.
static const char *make_room(kt_test *t, plant *machine, const char *path)
{
    kt_text folder = {0};
    kt_text_append(&folder, path, (size_t)(strrchr(path, '/') - path));
    if (folder.size_bytes)
        plant_folder(t, machine, folder.bytes);
    kt_text_finish(&folder);
    return plant_path(t, machine, path);
}

static void write_file(kt_test *t, const char *path, const char *bytes, size_t size_bytes)
{
    FILE *file = fopen(path, "we");
    if (!CHECK(file))
        return;
    CHECK(fwrite(bytes, 1, size_bytes, file) == size_bytes);
    CHECK(fclose(file) == 0);
}

void plant_file(kt_test *t, plant *machine, const char *path, const char *text)
{
    write_file(t, make_room(t, machine, path), text, strlen(text));
}

void plant_link(kt_test *t, plant *machine, const char *path, const char *target)
{
    CHECK(symlink(target, make_room(t, machine, path)) == 0);
}

void plant_driver(kt_test *t, plant *machine, const char *path, const char *library)
{
    kt_text text = {0};
    kt_text_format(&text,
                   "{\"file_format_version\": \"1.0.0\", \"ICD\": {\"library_path\": \"%s\", "
                   "\"api_version\": \"1.3.230\"}}",
                   library);
    plant_file(t, machine, path, text.bytes);
    kt_text_finish(&text);
}

void plant_layer(kt_test *t, plant *machine, const char *path, const char *name,
                 const char *members)
{
    kt_text text = {0};
    kt_text_format(&text,
                   "{\"file_format_version\": \"1.2.0\", \"layer\": {\"name\": \"%s\", "
                   "\"type\": \"GLOBAL\", \"api_version\": \"1.3.239\"%s}}",
                   name, members);
    plant_file(t, machine, path, text.bytes);
    kt_text_finish(&text);
}

void plant_library(kt_test *t, plant *machine, const char *path, const char *name,
                   size_t size_bytes)
{
    char *folder = kt_program_folder();
    kt_text source = {0};
    kt_text_format(&source, "%s/doctor/libkronos_%s.so", folder, name);
    free(folder);
    size_t whole_bytes = 0;
    char *bytes = kt_read_file(source.bytes, &whole_bytes);
    if (CHECK(bytes && whole_bytes > size_bytes))
        write_file(t, make_room(t, machine, path), bytes, size_bytes ? size_bytes : whole_bytes);
    free(bytes);
    kt_text_finish(&source);
}

void plant_bytes(kt_test *t, plant *machine, const char *path, long offset, const char *bytes,
                 size_t size_bytes)
{
    FILE *file = fopen(plant_path(t, machine, path), "r+e");
    if (!CHECK(file))
        return;
    CHECK(fseek(file, offset, SEEK_SET) == 0);
    CHECK(fwrite(bytes, 1, size_bytes, file) == size_bytes);
    CHECK(fclose(file) == 0);
}

static void append_all(kt_text *text, const cli_findings *findings)
{
    static const char *const STATES[] = {"ok", "warning", "wrong"};
    for (size_t i = 0; i < findings->count; i++) {
        const cli_finding *finding = &findings->items[i];
        kt_text_format(text, "\n  %s %s: %s (fix: %s)", STATES[finding->state], finding->check,
                       finding->sentence, finding->fix ? finding->fix : "none");
    }
}

void plant_check(kt_test *t, kt_here here, const cli_findings *findings, cli_state state,
                 const char *check, const char *sentence, const char *fix)
{
    bool found = false;
    for (size_t i = 0; i < findings->count; i++) {
        const cli_finding *finding = &findings->items[i];
        found = found || (finding->state == state && !strcmp(finding->check, check) &&
                          strstr(finding->sentence, sentence) &&
                          (fix ? finding->fix && strstr(finding->fix, fix) : !finding->fix));
    }
    kt_text text = {0};
    append_all(&text, findings);
    if (!kt_check(t, here, found, sentence))
        kt_log(t, "not among these:%s", kt_text_string(&text));
    kt_text_finish(&text);
}

void plant_check_troubles(kt_test *t, kt_here here, const cli_findings *findings, size_t count)
{
    size_t troubles = 0;
    for (size_t i = 0; i < findings->count; i++)
        troubles += findings->items[i].state != CLI_OK;
    kt_text text = {0};
    append_all(&text, findings);
    if (!kt_check_u64(t, here, "findings that are not ok", "expected", troubles, count))
        kt_log(t, "the findings:%s", kt_text_string(&text));
    kt_text_finish(&text);
}
