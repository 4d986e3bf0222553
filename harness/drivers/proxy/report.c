#include "report.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spec.h"

enum { KEPT = 256 }; // sentences; what comes after is counted only

static struct {
    pthread_mutex_t mutex;
    char *sentences[KEPT];
    uint64_t count;
    char file[KRO__SPEC_PATH]; // "": none
} found = {.mutex = PTHREAD_MUTEX_INITIALIZER};

void kro__report_at_once(const char *path)
{
    pthread_mutex_lock(&found.mutex);
    snprintf(found.file, sizeof found.file, "%s", path);
    pthread_mutex_unlock(&found.mutex);
}

static void append(const char *path, const char *sentence)
{
    FILE *file = fopen(path, "ae");
    if (!file)
        return; // the end of the process says so
    fprintf(file, "%s\n", sentence);
    fclose(file);
}

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
    if (found.count < KEPT && found.file[0])
        append(found.file, sentence);
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
