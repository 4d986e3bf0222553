#include "copier.h"

#include <string.h>

// Small enough that nobody waits long for the last piece, and whole pages.
static const uint64_t piece_bytes = UINT64_C(256) << 10;

bool kro__copier_init(kro__copier *copier, uint32_t thread_count)
{
    *copier = (kro__copier){.thread_count = thread_count};
    if (thread_count > KRO__COPIER_MAX_THREADS)
        copier->thread_count = KRO__COPIER_MAX_THREADS;
    if (thread_count <= 1)
        return true;
    if (!kro__mutex_init(&copier->lock))
        return false;
    if (!kro__condition_init(&copier->work))
        goto fail_work;
    if (!kro__condition_init(&copier->finished))
        goto fail_finished;
    copier->has_locks = true;
    return true;
fail_finished:
    kro__condition_finish(&copier->work);
fail_work:
    kro__mutex_finish(&copier->lock);
    return false;
}

void kro__copier_finish(kro__copier *copier)
{
    if (!copier->has_locks)
        return;
    kro__mutex_lock(&copier->lock);
    copier->stopping = true;
    kro__condition_wake_all(&copier->work);
    kro__mutex_unlock(&copier->lock);
    for (uint32_t i = 0; i < copier->helper_count; i++)
        kro__thread_join(&copier->helpers[i]);
    kro__condition_finish(&copier->finished);
    kro__condition_finish(&copier->work);
    kro__mutex_finish(&copier->lock);
    copier->has_locks = false;
}

// Copies pieces of the job until none is left. Its fields stand still while anybody is here.
//
// Returns: how many bytes it copied.
static uint64_t copy_pieces(kro__copier *copier)
{
    uint64_t copied_bytes = 0;
    for (;;) {
        uint64_t at =
            atomic_fetch_add_explicit(&copier->next_bytes, piece_bytes, memory_order_relaxed);
        if (at >= copier->size_bytes)
            return copied_bytes;
        uint64_t left = copier->size_bytes - at;
        uint64_t size_bytes = left < piece_bytes ? left : piece_bytes;
        memcpy(copier->dst + at, copier->src + at, (size_t)size_bytes);
        copied_bytes += size_bytes;
    }
}

static void *help(void *user)
{
    kro__copier *copier = user;
    uint64_t seen = 0;
    kro__mutex_lock(&copier->lock);
    for (;;) {
        while (!copier->stopping && (!copier->open || copier->job == seen))
            kro__condition_wait(&copier->work, &copier->lock);
        if (copier->stopping)
            break;
        seen = copier->job;
        copier->active++;
        kro__mutex_unlock(&copier->lock);
        atomic_fetch_add(&copier->helped_bytes, copy_pieces(copier));
        kro__mutex_lock(&copier->lock);
        if (--copier->active == 0)
            kro__condition_wake_all(&copier->finished);
    }
    kro__mutex_unlock(&copier->lock);
    return NULL;
}

// Tried once: a machine that has no thread to give would be asked at each copy.
static void start_helpers(kro__copier *copier)
{
    copier->started = true;
    while (copier->helper_count + 1 < copier->thread_count &&
           kro__thread_start(&copier->helpers[copier->helper_count], help, copier))
        copier->helper_count++;
}

// Opens a job, unless another caller has one.
static bool open_job(kro__copier *copier, void *dst, const void *src, uint64_t size_bytes)
{
    kro__mutex_lock(&copier->lock);
    bool opened = !copier->taken;
    if (opened) {
        copier->dst = dst;
        copier->src = src;
        copier->size_bytes = size_bytes;
        atomic_store_explicit(&copier->next_bytes, 0, memory_order_relaxed);
        copier->taken = true;
        copier->open = true;
        copier->job++;
        if (!copier->started)
            start_helpers(copier);
        kro__condition_wake_all(&copier->work);
    }
    kro__mutex_unlock(&copier->lock);
    return opened;
}

// Nobody joins any more; those who did are waited for.
static void close_job(kro__copier *copier)
{
    kro__mutex_lock(&copier->lock);
    copier->open = false;
    while (copier->active > 0)
        kro__condition_wait(&copier->finished, &copier->lock);
    copier->taken = false;
    kro__mutex_unlock(&copier->lock);
}

void kro__copier_copy(kro__copier *copier, void *dst, const void *src, uint64_t size_bytes)
{
    if (copier->thread_count <= 1 || size_bytes < KRO__COPIER_LEAST_BYTES ||
        !open_job(copier, dst, src, size_bytes)) {
        memcpy(dst, src, (size_t)size_bytes);
        return;
    }
    copy_pieces(copier);
    close_job(copier);
}
