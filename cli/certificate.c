#include "certificate.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "hash.h"
#include "json.h"
#include "kronos_build.h"
#include "os/files.h"

static void add_time(cJSON *object, const char *name, long long seconds)
{
    time_t when = (time_t)seconds;
    struct tm parts;
    char text[32] = "";
    if (gmtime_r(&when, &parts))
        strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
    cJSON_AddStringToObject(object, name, text);
}

static void add_program(cJSON *certificate)
{
    cJSON *kronos = cJSON_AddObjectToObject(certificate, "kronos");
    cJSON_AddStringToObject(kronos, "version", kro_version());
    cJSON_AddStringToObject(kronos, "git_hash", KRONOS_GIT_HASH);
    cJSON_AddBoolToObject(kronos, "git_clean", KRONOS_GIT_CLEAN);
}

static void add_device(cJSON *certificate, const kt_run *run)
{
    static const char *const FIELDS[] = {"name", "vendor", "type", "uuid", "api_version"};
    cJSON *device = cJSON_AddObjectToObject(certificate, "device");
    for (size_t i = 0; i < sizeof FIELDS / sizeof FIELDS[0]; i++)
        cJSON_AddStringToObject(device, FIELDS[i], kt_run_device_string(run, FIELDS[i]));
}

// A library's path and, below it, the hash of the file; null where it cannot be read.
static void add_library(cJSON *driver, const char *name, const char *hash_name, const char *path)
{
    char hash[CLI_HASH_CHARACTERS];
    kt_json_add_text(driver, name, path);
    if (*path && cli_hash_file(path, hash))
        cJSON_AddStringToObject(driver, hash_name, hash);
    else
        cJSON_AddNullToObject(driver, hash_name);
}

static void add_driver(cJSON *certificate, const kt_run *run)
{
    const char *library = kt_run_device_string(run, "driver_library");
    const char *code = kt_run_device_string(run, "driver_code_library");
    cJSON *driver = cJSON_AddObjectToObject(certificate, "driver");
    cJSON_AddStringToObject(driver, "name", kt_run_device_string(run, "driver_name"));
    cJSON_AddStringToObject(driver, "info", kt_run_device_string(run, "driver_info"));
    cJSON_AddStringToObject(driver, "version", kt_text_string(&run->driver_version));
    add_library(driver, "library", "library_sha256", library);
    if (strcmp(code, library) != 0)
        add_library(driver, "code_library", "code_library_sha256", code);
}

// The names of the selected cases, in order, each with a line break.
static void add_case_list(cJSON *certificate, const kt_run *run)
{
    kt_text names = {0};
    for (size_t i = 0; i < run->selected_count; i++)
        kt_text_format(&names, "%s\n", run->selected[i]->name);
    char hash[CLI_HASH_CHARACTERS];
    cli_hash_bytes(kt_text_string(&names), names.size_bytes, hash);
    kt_text_finish(&names);
    kt_json_add_u64(certificate, "case_count", run->selected_count);
    cJSON_AddStringToObject(certificate, "case_list_sha256", hash);
    cJSON *list = kt_run_list_json(run);
    if (list)
        cJSON_AddItemToObject(certificate, "case_list", list);
}

// Each case that did not run, under what the device lacks for it.
static void add_skips(cJSON *certificate, const kt_run *run)
{
    cJSON *skips = cJSON_AddObjectToObject(certificate, "skips");
    for (size_t i = 0; i < run->result_count; i++) {
        const kt_result *result = &run->results[i];
        if (result->status != KT_NOT_SUPPORTED)
            continue;
        kt_text lack = {0};
        const char *message = kt_text_string(&result->first.message);
        kt_text_append_clean(&lack, message, strlen(message));
        cJSON *cases = cJSON_GetObjectItemCaseSensitive(skips, kt_text_string(&lack));
        if (!cases)
            cases = cJSON_AddArrayToObject(skips, kt_text_string(&lack));
        cJSON_AddItemToArray(cases, cJSON_CreateString(result->test_case->name));
        kt_text_finish(&lack);
    }
}

static void add_faults(cJSON *certificate, const kt_run *run)
{
    cJSON *known = cJSON_AddArrayToObject(certificate, "known_faults");
    cJSON *faults = cJSON_AddArrayToObject(certificate, "faults");
    for (size_t i = 0; i < run->result_count; i++) {
        const kt_result *result = &run->results[i];
        if (result->status <= KT_NOT_SUPPORTED)
            continue;
        cJSON *fault = cJSON_CreateObject();
        cJSON_AddStringToObject(fault, "name", result->test_case->name);
        cJSON_AddStringToObject(fault, "status", kt_status_text(result->status));
        cJSON_AddStringToObject(fault, "outcome", kt_status_text(result->first.status));
        kt_json_add_text(fault, "message", kt_text_string(&result->first.message));
        if (result->expectation) {
            kt_json_add_text(fault, "reason", result->expectation->reason);
            kt_json_add_text(fault, "link", result->expectation->link);
            if (result->expectation->expires)
                cJSON_AddStringToObject(fault, "expires", result->expectation->expires);
            if (result->expired)
                cJSON_AddTrueToObject(fault, "expired");
        }
        bool is_known = result->status == KT_WAIVED || result->status == KT_FLAKE;
        cJSON_AddItemToArray(is_known ? known : faults, fault);
    }
}

static cJSON *make_certificate(const kt_run *run)
{
    const kt_verdict verdict = kt_run_verdict(run);
    cJSON *certificate = cJSON_CreateObject();
    kt_json_add_u64(certificate, "schema", 1);
    kt_text text = {0};
    kt_verdict_text(run, &text);
    kt_json_add_text(certificate, "verdict", kt_text_string(&text));
    kt_text_finish(&text);
    cJSON_AddBoolToObject(certificate, "expected", verdict.expected);
    cJSON_AddBoolToObject(certificate, "clean", verdict.clean);
    cJSON_AddStringToObject(certificate, "tier", kt_tier_text(run->config.selection.tier));
    const kt_selection *selection = &run->config.selection;
    if (selection->shard_count) {
        kt_text shard = {0};
        kt_shard_text(selection, &shard);
        cJSON_AddStringToObject(certificate, "shard", kt_text_string(&shard));
        kt_text_finish(&shard);
    }
    if (run->config.resume)
        kt_json_add_u64(certificate, "resumed", run->kept_count);
    add_program(certificate);
    add_device(certificate, run);
    add_driver(certificate, run);
    kt_json_add_u64(certificate, "seed", run->config.seed);
    add_time(certificate, "start_time", run->start_time);
    cJSON_AddNumberToObject(certificate, "duration_s", (double)(run->duration_ns / 1000000) / 1e3);
    add_case_list(certificate, run);
    cJSON_AddItemToObject(certificate, "counts", kt_run_counts_json(run));
    add_skips(certificate, run);
    add_faults(certificate, run);
    return certificate;
}

static bool write_json(const cJSON *json, const char *folder, const char *name, kt_text *problem)
{
    kt_text path = {0};
    kt_text_format(&path, "%s/%s", folder, name);
    char *text = cJSON_Print(json);
    kt_text lines = {0};
    if (text)
        kt_text_format(&lines, "%s\n", text);
    bool written = text && kt_write_file(kt_text_string(&path), lines.bytes, lines.size_bytes);
    if (!written)
        kt_text_format(problem, "%s cannot be written: %s", kt_text_string(&path), strerror(errno));
    kt_text_finish(&lines);
    cJSON_free(text);
    kt_text_finish(&path);
    return written;
}

bool cli_certificate_write(const kt_run *run, const char *folder, kt_text *problem)
{
    cJSON *certificate = make_certificate(run);
    bool written = write_json(certificate, folder, "certificate.json", problem) &&
                   (!run->device || write_json(run->device, folder, "device.json", problem));
    cJSON_Delete(certificate);
    return written;
}
