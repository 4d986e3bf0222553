#include "child.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device_json.h"
#include "driver_library.h"
#include "json.h"
#include "known_answer.h"
#include "message.h"
#include "os/process.h"
#include "races.h"
#include "session.h"

// A parent that is gone leaves nobody to report to.
static void send_message(uint32_t kind, const void *bytes, size_t size_bytes)
{
    size_t used = size_bytes < KT_MAX_MESSAGE_BYTES ? size_bytes : KT_MAX_MESSAGE_BYTES;
    kt_message_header header = {.kind = kind, .size_bytes = (uint32_t)used};
    if (!kt_channel_write(&header, sizeof header) || !kt_channel_write(bytes, used))
        _Exit(1);
}

static void send_event(void *user, kt_event event, const char *text)
{
    (void)user;
    send_message((uint32_t)event, text, strlen(text));
}

static void send_json(uint32_t kind, cJSON *json)
{
    char *text = cJSON_PrintUnformatted(json);
    cJSON_Delete(json);
    send_message(kind, text ? text : "", text ? strlen(text) : 0);
    cJSON_free(text);
}

static void send_refusal(kro_status status)
{
    kt_text text = {0};
    kt_text_append(&text, &status, sizeof status);
    kt_text_format(&text, "%s", kro_error_detail());
    send_message(KT_MESSAGE_REFUSED, text.bytes, text.size_bytes);
    kt_text_finish(&text);
}

// Adds a path, if there is one, and frees it.
static void add_path(cJSON *json, const char *name, char *path)
{
    if (path)
        kt_json_add_text(json, name, path);
    free(path);
}

static void open_device(kt_session *session)
{
    kro_context *context = kt_session_open(session);
    if (!context) {
        send_refusal(session->open_status);
        return;
    }
    cJSON *json = kt_device_json(kro_context_info(context));
    add_path(json, "driver_library", kt_driver_library(context));
    add_path(json, "driver_code_library", kt_driver_code_library(context));
    add_path(json, "loader_library", kt_loader_library(context));
    send_json(KT_MESSAGE_DEVICE, json);
}

static void list_devices(kt_session *session)
{
    kro_devices *devices;
    kro_status status = kro_devices_create(&(kro_context_config){.driver = session->driver,
                                                                 .log = kt_session_log,
                                                                 .log_user = session},
                                           &devices);
    if (status < 0) {
        send_refusal(status);
        return;
    }
    cJSON *array = cJSON_CreateArray();
    for (uint32_t i = 0; i < kro_devices_count(devices); i++) {
        const kro_device_info *info = kro_devices_info(devices, i);
        cJSON *device = kt_device_json(info);
        cJSON_AddItemToObject(device, "heaps", kt_heaps_json(&info->memory));
        cJSON_AddItemToArray(array, device);
    }
    kro_devices_destroy(devices);
    send_json(KT_MESSAGE_DEVICES, array);
}

// `test_case` may be NULL.
static void run_case(kt_session *session, const kt_case *test_case, uint64_t seed)
{
    kt_completion completion = {0};
    if (test_case)
        completion = kt_session_run(session, test_case, seed);
    else
        kt_session_event(session, KT_EVENT_INTERNAL, "the child does not know this case");
    // Output goes before the message that ends the case, so that it is counted to this case.
    fflush(NULL);
    send_message(KT_MESSAGE_DONE, &completion, sizeof completion);
}

// Reads a request; `text` receives its payload. KT_REQUEST_QUIT once the parent is gone.
static uint32_t read_request(kt_text *text)
{
    kt_message_header header;
    kt_text_clear(text);
    if (!kt_channel_read(&header, sizeof header) || header.size_bytes > KT_MAX_MESSAGE_BYTES)
        return KT_REQUEST_QUIT;
    char *payload = kt_memory(header.size_bytes, 1);
    bool complete = kt_channel_read(payload, header.size_bytes);
    kt_text_append(text, payload, header.size_bytes);
    free(payload);
    return complete ? header.kind : KT_REQUEST_QUIT;
}

bool kt_is_child(int argc, char **argv)
{
    return argc == 6 && !strcmp(argv[1], KT_CHILD_FLAG);
}

int kt_child_main(int argc, char **argv, const kt_suite *const *suites, size_t suite_count)
{
    uint64_t parent_pid, seed;
    if (!kt_is_child(argc, argv) || !kt_parse_number(argv[2], INT32_MAX, &parent_pid) ||
        !kt_parse_number(argv[3], UINT64_MAX, &seed) || !kt_process_become_child((int)parent_pid)) {
        fputs("kronos: " KT_CHILD_FLAG " is for the runner alone\n", stderr);
        return 2;
    }
    // Whole lines leave at once, so that a crash does not swallow them.
    setvbuf(stdout, NULL, _IOLBF, 0);
    kt_cases cases;
    kt_cases_init(&cases, suites, suite_count);
    kt_session session;
    kt_session_init(&session, *argv[4] ? argv[4] : NULL, *argv[5] ? argv[5] : NULL,
                    (kt_sink){.event = send_event});
    kt_text text = {0};
    for (;;) {
        uint32_t request = read_request(&text);
        if (request == KT_REQUEST_RUN)
            run_case(&session, kt_cases_find(&cases, kt_text_string(&text)), seed);
        else if (request == KT_REQUEST_KNOWN)
            run_case(&session, &kt_known_answer, seed);
        else if (request == KT_REQUEST_COMPUTED)
            run_case(&session, &kt_computed_answer, seed);
        else if (request == KT_REQUEST_OPEN)
            open_device(&session);
        else if (request == KT_REQUEST_LIST)
            list_devices(&session);
        else
            break;
    }
    kt_text_finish(&text);
    kt_session_finish(&session);
    kt_cases_finish(&cases);
    // Cases have failed for every race there was: the sanitizer's exit status would tell it again.
    if (kt_race_reports() && kt_race_count() == session.race_count)
        _Exit(0);
    return 0;
}
