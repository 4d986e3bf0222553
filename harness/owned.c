#include "running.h"

#include <stdlib.h>

void kt_defer(kt_test *t, void (*release)(void *object), void *object)
{
    kt_owned *owned = kt_memory(1, sizeof *owned);
    pthread_mutex_lock(&t->lock);
    *owned = (kt_owned){.next = t->owned, .release = release, .object = object};
    t->owned = owned;
    pthread_mutex_unlock(&t->lock);
}

// Takes the newest owned thing, or the one that is `object`, off the list.
static kt_owned *take(kt_test *t, const void *object)
{
    pthread_mutex_lock(&t->lock);
    kt_owned **link = &t->owned;
    while (object && *link && (*link)->object != object)
        link = &(*link)->next;
    kt_owned *owned = *link;
    if (owned)
        *link = owned->next;
    pthread_mutex_unlock(&t->lock);
    return owned;
}

static void release(kt_owned *owned)
{
    owned->release(owned->object);
    free(owned);
}

void kt_release(kt_test *t, const void *object)
{
    kt_owned *owned = object ? take(t, object) : NULL;
    if (owned)
        release(owned);
    else if (object)
        kt_internal_error(t, "kt_release: the case does not own %p", object);
}

void kt_release_all(kt_test *t)
{
    kt_owned *owned;
    while ((owned = take(t, NULL)))
        release(owned);
}

void *kt_alloc(kt_test *t, size_t size_bytes)
{
    void *memory = kt_memory(size_bytes, 1);
    kt_defer(t, free, memory);
    return memory;
}

// A variable as it was.
typedef struct variable {
    char *name, *value; // value NULL: it was not set
} variable;

static void restore_variable(void *object)
{
    variable *old = object;
    if (old->value)
        (void)setenv(old->name, old->value, 1);
    else
        (void)unsetenv(old->name);
    free(old->name);
    free(old->value);
    free(old);
}

void kt_set_environment(kt_test *t, const char *name, const char *value)
{
    const char *current = getenv(name);
    variable *old = kt_memory(1, sizeof *old);
    *old =
        (variable){.name = kt_copy_string(name), .value = current ? kt_copy_string(current) : NULL};
    kt_defer(t, restore_variable, old);
    int failed = value ? setenv(name, value, 1) : unsetenv(name);
    if (failed)
        kt_internal_error(t, "kt_set_environment: '%s' is no name of a variable", name);
}
