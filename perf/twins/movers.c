#include "movers.h"

#include <stdlib.h>
#include <string.h>

#include "arguments.h"
#include "senders.h"

enum { SLOTS = 3, PIECE_BYTES = 4 << 20 };

// Staging memory of a piece, and what sends it.
typedef struct slot {
    kp_hand_buffer upload, readback;
    kp_sender sender;
} slot;

struct kp_mover {
    kp_hand hand;
    kp_hand_buffer device;
    uint64_t size_bytes;
    bool writes, reads; // the host does, in the device's memory
    slot slots[SLOTS];
};

static VkResult make_slot(kp_mover *mover, slot *out)
{
    const kp_hand *hand = &mover->hand;
    const uint64_t bytes = mover->size_bytes < PIECE_BYTES ? mover->size_bytes : PIECE_BYTES;
    VkResult result = VK_SUCCESS;
    if (!mover->writes)
        result = kp_hand_make_buffer(hand, KP_PLACE_UPLOAD, bytes, &out->upload);
    if (result >= 0 && !mover->reads)
        result = kp_hand_make_buffer(hand, KP_PLACE_READBACK, bytes, &out->readback);
    return result < 0 ? result : kp_sender_init(&out->sender, hand);
}

kp_mover *kp_mover_create(const kp_scene *scene, uint64_t size_bytes, bool staged, kt_text *problem)
{
    kp_mover *mover = kt_memory(1, sizeof *mover);
    mover->size_bytes = size_bytes;
    if (!kp_hand_init(&mover->hand, scene, problem)) {
        free(mover);
        return NULL;
    }
    VkResult result =
        kp_hand_make_buffer(&mover->hand, KP_PLACE_DEVICE, size_bytes, &mover->device);
    mover->writes = mover->device.host && !staged;
    mover->reads = mover->writes && mover->device.cached;
    for (int i = 0; result >= 0 && i < SLOTS; i++)
        result = make_slot(mover, &mover->slots[i]);
    if (result >= 0)
        return mover;
    kt_refuse(problem, "the twin's buffers of %llu bytes: Vulkan returned %d",
              (unsigned long long)size_bytes, result);
    kp_mover_destroy(mover);
    return NULL;
}

void kp_mover_destroy(kp_mover *mover)
{
    if (!mover)
        return;
    const kp_hand *hand = &mover->hand;
    for (int i = 0; i < SLOTS; i++) {
        slot *it = &mover->slots[i];
        kp_sender_finish(&it->sender, hand);
        kp_hand_destroy_buffer(hand, &it->upload);
        kp_hand_destroy_buffer(hand, &it->readback);
    }
    kp_hand_destroy_buffer(hand, &mover->device);
    free(mover);
}

static VkResult await_piece(const kp_mover *mover, uint64_t index)
{
    return kp_sender_await(&mover->slots[index % SLOTS].sender, &mover->hand);
}

static uint64_t piece_count(const kp_mover *mover)
{
    return (mover->size_bytes + PIECE_BYTES - 1) / PIECE_BYTES;
}

static uint64_t piece_bytes(const kp_mover *mover, uint64_t index)
{
    const uint64_t left = mover->size_bytes - index * PIECE_BYTES;
    return left < PIECE_BYTES ? left : PIECE_BYTES;
}

static VkResult upload_piece(kp_mover *mover, uint64_t index, const uint8_t *src)
{
    const slot *it = &mover->slots[index % SLOTS];
    const uint64_t at = index * PIECE_BYTES, bytes = piece_bytes(mover, index);
    const kp_sent moved = {.dst = mover->device.handle,
                           .src = it->upload.handle,
                           .region = {.dstOffset = at, .size = bytes}};
    memcpy(it->upload.host, src + at, (size_t)bytes);
    return kp_sender_copy(&it->sender, &mover->hand, &moved);
}

static VkResult upload(kp_mover *mover, const uint8_t *src)
{
    const uint64_t count = piece_count(mover), first = count < SLOTS ? 0 : count - SLOTS;
    VkResult result = VK_SUCCESS;
    for (uint64_t i = 0; result >= 0 && i < count; i++) {
        if (i >= SLOTS)
            result = await_piece(mover, i);
        if (result >= 0)
            result = upload_piece(mover, i, src);
    }
    for (uint64_t i = first; result >= 0 && i < count; i++)
        result = await_piece(mover, i);
    return result;
}

static VkResult fetch_piece(kp_mover *mover, uint64_t index)
{
    const slot *it = &mover->slots[index % SLOTS];
    const kp_sent moved = {
        .dst = it->readback.handle,
        .src = mover->device.handle,
        .region = {.srcOffset = index * PIECE_BYTES, .size = piece_bytes(mover, index)},
        .to_host = true,
    };
    return kp_sender_copy(&it->sender, &mover->hand, &moved);
}

static VkResult download(kp_mover *mover, uint8_t *dst)
{
    const uint64_t count = piece_count(mover);
    uint64_t fetched = 0;
    VkResult result = VK_SUCCESS;
    for (uint64_t i = 0; result >= 0 && i < count; i++) {
        for (; result >= 0 && fetched < count && fetched < i + SLOTS; fetched++)
            result = fetch_piece(mover, fetched);
        if (result >= 0)
            result = await_piece(mover, i);
        if (result >= 0)
            memcpy(dst + i * PIECE_BYTES, mover->slots[i % SLOTS].readback.host,
                   (size_t)piece_bytes(mover, i));
    }
    return result;
}

kro_status kp_mover_upload(kp_mover *mover, const void *src)
{
    if (mover->writes) {
        memcpy(mover->device.host, src, (size_t)mover->size_bytes);
        return KRO_OK;
    }
    return upload(mover, src) < 0 ? KRO_ERROR_DRIVER : KRO_OK;
}

kro_status kp_mover_download(kp_mover *mover, void *dst)
{
    if (mover->reads) {
        memcpy(dst, mover->device.host, (size_t)mover->size_bytes);
        return KRO_OK;
    }
    return download(mover, dst) < 0 ? KRO_ERROR_DRIVER : KRO_OK;
}

// Copies between the buffer and staging memory as large as it is, and waits.
static VkResult move_all(kp_mover *mover, const kp_hand_buffer *staging, bool to_host)
{
    const kp_sender *sender = &mover->slots[0].sender;
    const kp_sent all = {
        .dst = to_host ? staging->handle : mover->device.handle,
        .src = to_host ? mover->device.handle : staging->handle,
        .region = {.size = mover->size_bytes},
        .to_host = to_host,
    };
    VkResult result = kp_sender_copy(sender, &mover->hand, &all);
    return result < 0 ? result : kp_sender_await(sender, &mover->hand);
}

kro_status kp_mover_upload_plainly(kp_mover *mover, const void *src)
{
    kp_hand_buffer staging;
    VkResult result =
        kp_hand_make_buffer(&mover->hand, KP_PLACE_UPLOAD, mover->size_bytes, &staging);
    if (result >= 0) {
        memcpy(staging.host, src, (size_t)mover->size_bytes);
        result = move_all(mover, &staging, false);
    }
    kp_hand_destroy_buffer(&mover->hand, &staging);
    return result < 0 ? KRO_ERROR_DRIVER : KRO_OK;
}

kro_status kp_mover_download_plainly(kp_mover *mover, void *dst)
{
    kp_hand_buffer staging;
    VkResult result =
        kp_hand_make_buffer(&mover->hand, KP_PLACE_READBACK, mover->size_bytes, &staging);
    if (result >= 0)
        result = move_all(mover, &staging, true);
    if (result >= 0)
        memcpy(dst, staging.host, (size_t)mover->size_bytes);
    kp_hand_destroy_buffer(&mover->hand, &staging);
    return result < 0 ? KRO_ERROR_DRIVER : KRO_OK;
}
