#include "report.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "call.h"
#include "ledger.h"
#include "state.h"

enum { KEPT = 256 }; // sentences; what comes after is counted only

static struct {
    pthread_mutex_t mutex;
    char *sentences[KEPT];
    uint64_t count;
} found = {.mutex = PTHREAD_MUTEX_INITIALIZER};

void kro__report_violation(const char *format, ...)
{
    char sentence[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    pthread_mutex_lock(&found.mutex);
    if (found.count < KEPT)
        found.sentences[found.count] = strdup(sentence);
    found.count++;
    pthread_mutex_unlock(&found.mutex);
}

uint64_t kro__report_violations(void)
{
    pthread_mutex_lock(&found.mutex);
    uint64_t count = found.count;
    pthread_mutex_unlock(&found.mutex);
    return count;
}

void kro__report_list(kro__text *text)
{
    pthread_mutex_lock(&found.mutex);
    for (uint64_t i = 0; i < found.count && i < KEPT; i++)
        kro__text_add(text, "%s\n", found.sentences[i] ? found.sentences[i] : "out of memory");
    if (found.count > KEPT)
        kro__text_add(text, "and %llu more\n", (unsigned long long)(found.count - KEPT));
    pthread_mutex_unlock(&found.mutex);
}

void kro__report_reset(void)
{
    pthread_mutex_lock(&found.mutex);
    for (uint64_t i = 0; i < found.count && i < KEPT; i++)
        free(found.sentences[i]);
    found.count = 0;
    pthread_mutex_unlock(&found.mutex);
}

static void add_counts(kro__text *text)
{
    for (int i = 0; i < KRO__CALL_COUNT; i++) {
        uint64_t calls = atomic_load(&kro__counters[i].calls);
        if (calls)
            kro__text_add(text, "%s %llu\n", kro__vk_calls[i].name, (unsigned long long)calls);
    }
}

static void compose(kro__text *text, bool counts)
{
    if (kro__report_violations()) {
        kro__text_add(text, "kronos proxy: violations\n");
        kro__report_list(text);
    }
    if (kro__ledger_count(NULL)) {
        kro__text_add(text, "kronos proxy: still alive at exit\n");
        kro__ledger_list(text);
    }
    if (counts) {
        kro__text_add(text, "kronos proxy: calls\n");
        add_counts(text);
    }
}

void kro__report_at_exit(void)
{
    kro__spec spec;
    kro__state_spec(&spec);
    kro__text text = {0};
    compose(&text, spec.count); // how long it is
    text.room = text.length + 1;
    text.length = 0;
    text.at = malloc(text.room);
    FILE *file = spec.report[0] ? fopen(spec.report, "w") : stderr;
    if (text.at && file) {
        text.at[0] = 0;
        compose(&text, spec.count);
        fputs(text.at, file);
    } else {
        fprintf(stderr, "kronos proxy: the report could not be written to '%s'\n", spec.report);
    }
    if (file && file != stderr)
        fclose(file);
    free(text.at);
}
