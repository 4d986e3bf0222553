#include "recording.h"

#include <stdlib.h>
#include <string.h>

enum { CHUNK_BYTES = 16384, ALIGNMENT = 16 };

typedef struct kro__chunk {
    struct kro__chunk *next;
    size_t used, room;
    _Alignas(ALIGNMENT) unsigned char bytes[];
} kro__chunk;

kro__recording *kro__recording_create(void)
{
    kro__recording *recording = calloc(1, sizeof *recording);
    if (!recording)
        return NULL;
    atomic_init(&recording->references, 1);
    recording->end = &recording->first;
    return recording;
}

void kro__recording_hold(kro__recording *recording)
{
    atomic_fetch_add(&recording->references, 1);
}

void kro__recording_release(kro__recording *recording)
{
    if (!recording || atomic_fetch_sub(&recording->references, 1) > 1)
        return;
    for (kro__command *command = recording->first; command; command = command->next)
        if (command->kind == KRO__COMMAND_SECONDARY)
            kro__recording_release(command->secondary);
    while (recording->chunks) {
        kro__chunk *chunk = recording->chunks;
        recording->chunks = chunk->next;
        free(chunk);
    }
    free(recording);
}

void *kro__recording_room(kro__recording *recording, size_t bytes)
{
    kro__chunk *chunk = recording->chunks;
    bytes = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (!chunk || chunk->room - chunk->used < bytes) {
        size_t room = bytes > CHUNK_BYTES ? bytes : CHUNK_BYTES;
        chunk = malloc(sizeof *chunk + room);
        if (!chunk) {
            recording->failed = true;
            return NULL;
        }
        *chunk = (kro__chunk){.next = recording->chunks, .room = room};
        recording->chunks = chunk;
    }
    void *at = chunk->bytes + chunk->used;
    chunk->used += bytes;
    return at;
}

void *kro__recording_copy(kro__recording *recording, const void *from, size_t bytes)
{
    void *at = kro__recording_room(recording, bytes);
    if (at && bytes)
        memcpy(at, from, bytes);
    return at;
}

kro__command *kro__recording_add(kro__recording *recording, kro__command_kind kind)
{
    kro__command *command = kro__recording_room(recording, sizeof *command);
    if (!command)
        return NULL;
    memset(command, 0, sizeof *command);
    command->kind = kind;
    *recording->end = command;
    recording->end = &command->next;
    if (kind != KRO__COMMAND_BARRIER && kind != KRO__COMMAND_SECONDARY)
        recording->work_count++;
    return command;
}

// True if every descriptor that `old` pushed is pushed anew.
static bool covers_writes(const kro__bind *fresh, const kro__bind *old)
{
    for (uint32_t o = 0; o < old->pushed.count; o++) {
        const VkWriteDescriptorSet *a = &old->pushed.writes[o];
        bool covered = false;
        for (uint32_t n = 0; n < fresh->pushed.count && !covered; n++) {
            const VkWriteDescriptorSet *b = &fresh->pushed.writes[n];
            covered =
                a->dstBinding == b->dstBinding && a->dstArrayElement >= b->dstArrayElement &&
                a->dstArrayElement + a->descriptorCount <= b->dstArrayElement + b->descriptorCount;
        }
        if (!covered)
            return false;
    }
    return true;
}

// True if nothing of `old` can be seen any more once `fresh` is there.
static bool replaces(const kro__bind *fresh, const kro__bind *old)
{
    if (fresh->kind == KRO__BIND_CONSTANTS && old->kind == KRO__BIND_CONSTANTS)
        return !(old->constants.stages & ~fresh->constants.stages) &&
               old->constants.offset >= fresh->constants.offset &&
               old->constants.offset + old->constants.size <=
                   fresh->constants.offset + fresh->constants.size;
    if (fresh->kind == KRO__BIND_CONSTANTS || old->kind == KRO__BIND_CONSTANTS)
        return false;

    uint32_t fresh_first = fresh->pushed.set, fresh_end = fresh->pushed.set + 1;
    uint32_t old_first = old->pushed.set, old_end = old->pushed.set + 1;
    if (fresh->kind == KRO__BIND_SETS) {
        fresh_first = fresh->sets.first;
        fresh_end = fresh_first + fresh->sets.count;
    }
    if (old->kind == KRO__BIND_SETS) {
        old_first = old->sets.first;
        old_end = old_first + old->sets.count;
    }
    if (old_first < fresh_first || old_end > fresh_end)
        return false;
    bool both_pushed = fresh->kind == KRO__BIND_PUSHED_SETS && old->kind == KRO__BIND_PUSHED_SETS;
    return !both_pushed || covers_writes(fresh, old);
}

void kro__recording_bind(kro__recording *recording, const kro__bind *bind)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < recording->bind_count; i++)
        if (!replaces(bind, recording->binds[i]))
            recording->binds[kept++] = recording->binds[i];
    recording->bound = NULL;
    if (kept == KRO__BINDS_MAX) {
        recording->opaque = true; // more pieces than programs have: run it as it is
        kept--;
    }
    recording->binds[kept] = bind;
    recording->bind_count = kept + 1;
}

const kro__bound *kro__recording_bound(kro__recording *recording)
{
    if (recording->bound)
        return recording->bound;
    kro__bound *bound = kro__recording_room(recording, sizeof *bound);
    const kro__bind **binds = kro__recording_copy(
        recording, recording->binds, recording->bind_count * sizeof recording->binds[0]);
    if (!bound || !binds)
        return NULL;
    *bound = (kro__bound){
        .pipeline = recording->pipeline,
        .count = recording->bind_count,
        .binds = binds,
    };
    return recording->bound = bound;
}
