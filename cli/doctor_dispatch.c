#include "doctor.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "doctor_linker.h"
#include "json.h"
#include "message.h"
#include "os/files.h"
#include "os/process.h"
#include "probe.h"
#include "worker.h"

static const uint64_t TIMEOUT_NS = UINT64_C(60000000000);

// Opens the device and asks for an answer that is known. True where the answers were right.
static bool dispatch(kt_worker *worker, uint64_t *open_ns, kt_attempt *attempt)
{
    kro_status status;
    kt_text text = {0};
    const uint64_t start_ns = kt_now_ns();
    kt_answer answer = kt_worker_ask(worker, KT_REQUEST_OPEN, &status, &text);
    *open_ns = kt_now_ns() - start_ns;
    if (answer == KT_ANSWER_GIVEN)
        (void)kt_worker_call(worker, KT_REQUEST_COMPUTED, "", attempt);
    else
        kt_attempt_raise(attempt, KT_INTERNAL_ERROR, kt_text_string(&text));
    kt_text_finish(&text);
    return attempt->checks && (attempt->status == KT_PASS || attempt->status == KT_WARN);
}

static bool check_target(cli_findings *findings, const cli_target *target, const char *driver)
{
    const char *name = kt_json_string(target->device, "name");
    kt_worker worker;
    kt_worker_init(&worker, &(kt_worker_config){
                                .device = target->selector,
                                .driver = driver,
                                .environment = (const char *const *)target->environment,
                                .seed = 1,
                                .timeout_ns = TIMEOUT_NS,
                            });
    uint64_t open_ns;
    kt_attempt attempt = {0};
    bool right = dispatch(&worker, &open_ns, &attempt);
    if (right) {
        cli_find(findings, CLI_OK, "device",
                 "%s (%s, Vulkan %s): opened in %.1f ms, a first dispatch was right after %.1f ms",
                 name, kt_json_string(target->device, "driver_name"),
                 kt_json_string(target->device, "api_version"), (double)open_ns / 1e6,
                 (double)attempt.duration_ns / 1e6);
    } else {
        cli_find(findings, CLI_WRONG, "device", "%s does not compute: %s: %s", name,
                 kt_status_text(attempt.status), kt_text_string(&attempt.message));
        cli_fix(findings, "kronos certify --device %s", target->selector);
    }
    kt_attempt_finish(&attempt);
    kt_worker_finish(&worker);
    return right;
}

// Asks the drivers once more under the dynamic linker's own log, which tells what they load by
// themselves and do not get: NVIDIA's, for one, offers no device without libEGL.so.1, and is
// silent.
static void trace_drivers(const char *driver, kt_text *missing, kt_text *who)
{
    const char *base = getenv("TMPDIR");
    kt_text folder = {0}, variable = {0}, ignored = {0};
    kt_text_format(&folder, "%s/kronos-doctor-XXXXXX", base && *base ? base : "/tmp");
    if (!mkdtemp(folder.bytes))
        goto done;
    kt_text_format(&variable, "LD_DEBUG_OUTPUT=%s/log", folder.bytes);
    const char *environment[] = {"LD_DEBUG=files", variable.bytes, NULL};
    cJSON_Delete(cli_probe_devices(driver, environment, &ignored));
    const cli_place here = {.root = ""};
    char **names = cli_place_names(&here, folder.bytes);
    for (char **name = names; *name; name++) {
        kt_text path = {0};
        kt_text_format(&path, "%s/%s", folder.bytes, *name);
        char *log = kt_read_file(path.bytes, NULL);
        if (log)
            cli_linker_read_debug(log, missing, who);
        free(log);
        (void)unlink(path.bytes);
        kt_text_finish(&path);
    }
    free(names);
    (void)rmdir(folder.bytes);
done:
    kt_text_finish(&folder);
    kt_text_finish(&variable);
    kt_text_finish(&ignored);
}

// The last finding has no better fix than what the drivers themselves miss.
static void fix_by_trace(cli_findings *findings, const cli_place *place, const char *driver)
{
    kt_text missing = {0}, who = {0};
    bool told = false, has_loader = true; // lines above say what is wrong
    for (size_t i = 0; i + 1 < findings->count; i++) {
        bool wrong = findings->items[i].state == CLI_WRONG;
        told = told || wrong;
        has_loader = has_loader && !(wrong && !strcmp(findings->items[i].check, "loader"));
    }
    if (has_loader)
        trace_drivers(driver, &missing, &who); // else no driver is asked
    cli_fix(findings, "%s",
            told ? "mend what is wrong above"
                 : "VK_LOADER_DEBUG=all kronos run --here 'conformance/dispatch/*' shows the "
                   "loader's log");
    if (missing.size_bytes) {
        cli_find(findings, CLI_WRONG, "driver", "asked for devices, a driver did not find %s",
                 who.bytes);
        cli_fix_by_libraries(findings, place, missing.bytes);
    }
    kt_text_finish(&missing);
    kt_text_finish(&who);
}

bool cli_find_lack(cli_findings *findings, const cli_targets *targets, bool expects_gpu)
{
    bool has_gpu = false;
    for (size_t i = 0; i < targets->count; i++)
        has_gpu = has_gpu || strcmp(kt_json_string(targets->items[i].device, "type"), "cpu") != 0;
    if (targets->problems.size_bytes)
        cli_find(findings, CLI_WRONG, "device", "%s", kt_text_string(&targets->problems));
    else if (!targets->count)
        cli_find(findings, CLI_WRONG, "device", "the drivers here offer no device");
    else if (expects_gpu && !has_gpu)
        cli_find(findings, CLI_WRONG, "device",
                 "a GPU and its drivers are here, and yet the only devices are CPUs");
    else
        return false;
    return true;
}

bool cli_check_dispatch(cli_findings *findings, const cli_place *place, const kt_options *options,
                        bool expects_gpu)
{
    bool usable = false;
    cli_targets targets;
    if (!kt_file_exists("/proc/self/exe")) {
        cli_find(findings, CLI_WRONG, "device",
                 "/proc is not mounted, so no child process can be started to ask the drivers");
        cli_fix(findings, "mount -t proc proc /proc");
        return false;
    }
    cli_targets_init(&targets, options);
    for (size_t i = 0; i < targets.count; i++)
        usable |= check_target(findings, &targets.items[i], options->driver);
    if (cli_find_lack(findings, &targets, expects_gpu))
        fix_by_trace(findings, place, options->driver);
    cli_targets_finish(&targets);
    return usable;
}
