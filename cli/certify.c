#include "cli.h"

#include <inttypes.h>
#include <stdio.h>

#include "certificate.h"
#include "report_github.h"
#include "results.h"
#include "table.h"
#include "targets.h"

// One device being certified.
typedef struct certification {
    const char *folder;
    cli_table *summary;
    kt_github *github;
    bool written;
} certification;

static void finished(void *user, const kt_run *run)
{
    certification *self = user;
    kt_github_add(self->github, run);
    kt_text problem = {0};
    self->written = cli_certificate_write(run, self->folder, &problem);
    if (!self->written)
        (void)kt_usage_error(kt_text_string(&problem));
    kt_text_finish(&problem);

    const kt_verdict verdict = kt_run_verdict(run);
    cli_table_add(self->summary, "%s", kt_run_device_string(run, "name"));
    cli_table_add(self->summary, "%s %s", kt_run_device_string(run, "driver_name"),
                  kt_text_string(&run->driver_version));
    cli_table_add(self->summary, "%" PRIu64, run->counts[KT_PASS] + run->counts[KT_WARN]);
    cli_table_add(self->summary, "%" PRIu64, run->counts[KT_NOT_SUPPORTED]);
    cli_table_add(self->summary, "%" PRIu64, verdict.known);
    cli_table_add(self->summary, "%" PRIu64, verdict.faults - verdict.known);
    cli_table_add(self->summary, "%.1f s", (double)run->duration_ns / 1e9);
    cli_table_add(self->summary, "%s/certificate.json", self->folder);
}

static void append_folder(kt_text *out, const char *base, const cli_target *target)
{
    kt_text_format(out, "%s/%s", base, target->folder);
}

static bool can_resume(const cli_targets *targets, const char *base)
{
    bool can = false;
    kt_text folder = {0};
    for (size_t i = 0; i < targets->count && !can; i++) {
        kt_text_clear(&folder);
        append_folder(&folder, base, &targets->items[i]);
        can = cli_has_results(kt_text_string(&folder));
    }
    kt_text_finish(&folder);
    return can;
}

static int certify_one(const cli_target *target, const kt_options *options, cli_table *summary,
                       kt_github *github)
{
    // Devices that a run before did not come to have nothing to go on from.
    kt_text folder = {0}, resumed = {0};
    const char *out = options->out ? options->out : options->resume ? options->resume : "out";
    append_folder(&folder, out, target);
    if (options->resume)
        append_folder(&resumed, options->resume, target);
    kt_options own = *options;
    own.device = target->selector;
    own.out = kt_text_string(&folder);
    own.resume = resumed.size_bytes && cli_has_results(resumed.bytes) ? resumed.bytes : NULL;
    certification state = {.folder = own.out, .summary = summary, .github = github};
    int code = kt_job_run(&(kt_job){.program = "kronos run",
                                    .suites = cli_suites,
                                    .suite_count = cli_suite_count,
                                    .options = &own,
                                    .environment = (const char *const *)target->environment,
                                    .brief = true,
                                    .finished = finished,
                                    .user = &state});
    if (!state.written && code == KT_EXIT_EXPECTED)
        code = KT_EXIT_USAGE;
    puts("");
    kt_text_finish(&folder);
    kt_text_finish(&resumed);
    return code;
}

static int certify_all(const cli_targets *targets, const kt_options *options, kt_github *github)
{
    static const char *const HEADS[] = {"DEVICE", "DRIVER", "PASSED", "SKIPPED",
                                        "KNOWN",  "FAULTS", "TIME",   "CERTIFICATE"};
    enum { COLUMNS = sizeof HEADS / sizeof HEADS[0] };
    cli_table summary;
    cli_table_init(&summary, COLUMNS);
    for (int i = 0; i < COLUMNS; i++)
        cli_table_add(&summary, "%s", HEADS[i]);
    int code = KT_EXIT_SKIPPED;
    for (size_t i = 0; i < targets->count; i++)
        code = cli_worse(code, certify_one(&targets->items[i], options, &summary, github));
    if (summary.cell_count > COLUMNS) { // below the heads stands something
        cli_table_print(&summary, stdout);
        puts("not Khronos conformance");
    }
    cli_table_finish(&summary);
    return code;
}

int cli_certify(int count, char **arguments)
{
    kt_options options;
    int code;
    if (!kt_options_read(
            &options,
            KT_OPTION_TIER | KT_OPTION_DEVICE | KT_OPTION_DRIVER | KT_OPTION_OUT |
                KT_OPTION_EXPECT | KT_OPTION_STRICT | KT_OPTION_REQUIRE | KT_OPTION_SEED |
                KT_OPTION_SHARD | KT_OPTION_TIMEOUT | KT_OPTION_JOBS | KT_OPTION_REPEAT |
                KT_OPTION_RESUME,
            "kronos certify [options]\n\nOne device with --device, otherwise every one. "
            "Writes certificate.json, device.json,\nresults.jsonl and junit.xml into a "
            "folder for each below DIR (default: out).",
            count, arguments, &code))
        return code;
    cli_targets targets;
    cli_targets_init(&targets, &options);
    fputs(kt_text_string(&targets.problems), stderr);
    kt_github *github = kt_github_create(stdout);
    if (targets.problems.size_bytes)
        kt_github_error(github, "a driver could not be asked", kt_text_string(&targets.problems));
    if (targets.count && options.resume && !can_resume(&targets, options.resume)) {
        code = kt_usage_error("--resume: there are no results of any device here");
    } else if (targets.count) {
        code = certify_all(&targets, &options, github);
    } else {
        fputs("kronos: there is no device to certify\n", stderr);
        kt_github_error(github, "nothing was certified", "there is no device to certify");
    }
    kt_github_finish(github);
    // A driver that cannot even be asked is not certified.
    if (!targets.count || targets.problems.size_bytes)
        code = KT_EXIT_UNUSABLE;
    cli_targets_finish(&targets);
    kt_options_finish(&options);
    return code;
}
