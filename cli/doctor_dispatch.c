#include "doctor.h"

#include <inttypes.h>
#include <string.h>

#include "json.h"
#include "message.h"
#include "os/files.h"
#include "os/process.h"
#include "targets.h"
#include "worker.h"

// A kernel whose answers are computed here as well.
static const char CASE[] = "conformance/dispatch/dispatch_adds_vectors";

static const uint64_t TIMEOUT_NS = UINT64_C(60000000000);

// Opens the device and runs the case. True where the answers were right.
static bool dispatch(kt_worker *worker, uint64_t *open_ns, kt_attempt *attempt)
{
    kro_status status;
    kt_text text = {0};
    const uint64_t start_ns = kt_now_ns();
    kt_answer answer = kt_worker_ask(worker, KT_REQUEST_OPEN, &status, &text);
    *open_ns = kt_now_ns() - start_ns;
    if (answer == KT_ANSWER_GIVEN)
        (void)kt_worker_run(worker, &(kt_case){.name = (char *)CASE}, attempt);
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

bool cli_check_dispatch(cli_findings *findings, const kt_options *options)
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
    if (targets.problems.size_bytes) {
        cli_find(findings, CLI_WRONG, "device", "%s", kt_text_string(&targets.problems));
        cli_fix(findings, "mend what the lines above name");
    } else if (!targets.count) {
        cli_find(findings, CLI_WRONG, "device", "the drivers here offer no device");
        cli_fix(findings, "mend what the lines above name, or install Mesa's CPU driver");
    }
    for (size_t i = 0; i < targets.count; i++)
        usable |= check_target(findings, &targets.items[i], options->driver);
    cli_targets_finish(&targets);
    return usable;
}
