// Included ahead of everything in the sources of libkronos that a schedule runs, and in the cases:
// atomics, locks, threads, time and Vulkan calls become points. The library that is shipped is
// compiled without it.
#ifndef KS_HOOKS_H
#define KS_HOOKS_H

#pragma GCC system_header // what stands here is not the warnings' business

#include <stdatomic.h>

#include "annotate.h"
#include "ks_calls.h" // made from vk/calls.def
#include "os/time.h"
#include "sync.h"

#ifdef __clang__
#define KS_RAW(operation)       __c11_atomic_##operation
#define KS_RAW_VALUE(operation) __c11_atomic_##operation
#else
#define KS_RAW(operation)       __atomic_##operation
#define KS_RAW_VALUE(operation) __atomic_##operation##_n
#endif

#undef atomic_load
#undef atomic_load_explicit
#undef atomic_store
#undef atomic_store_explicit
#undef atomic_exchange
#undef atomic_fetch_add
#undef atomic_fetch_add_explicit
#undef atomic_fetch_sub
#undef atomic_fetch_sub_explicit

#define atomic_load(object)                         KS_LOAD_AT(object, memory_order_seq_cst, #object)
#define atomic_load_explicit(object, order)         KS_LOAD_AT(object, order, #object)
#define atomic_store(object, value)                 KS_STORE_AT(object, value, memory_order_seq_cst, #object)
#define atomic_store_explicit(object, value, order) KS_STORE_AT(object, value, order, #object)
#define atomic_exchange(object, value)                                                       \
    KS_CHANGE_AT(object, value, memory_order_seq_cst, KS_EXCHANGE, KS_RAW_VALUE(exchange), , \
                 #object)
#define atomic_fetch_add(object, value) \
    atomic_fetch_add_explicit(object, value, memory_order_seq_cst)
#define atomic_fetch_add_explicit(object, value, order) \
    KS_CHANGE_AT(object, value, order, KS_ADD, KS_RAW(fetch_add), ks_before +, #object)
#define atomic_fetch_sub(object, value) \
    atomic_fetch_sub_explicit(object, value, memory_order_seq_cst)
#define atomic_fetch_sub_explicit(object, value, order) \
    KS_CHANGE_AT(object, value, order, KS_SUBTRACT, KS_RAW(fetch_sub), ks_before -, #object)

#define KS_LOAD_AT(object, order, text)                          \
    __extension__({                                              \
        const ks_site *ks_at = KS_SITE(KS_LOAD, text);           \
        ks_point(ks_at);                                         \
        __typeof__(KS_RAW_VALUE(load)(object, order)) ks_value = \
            KS_RAW_VALUE(load)(object, order);                   \
        ks_observed((void *)(object), sizeof *(object), order);  \
        ks_is_blind(ks_at) ? 0 : ks_value;                       \
    })

#define KS_STORE_AT(object, value, order, text)                  \
    __extension__({                                              \
        ks_point(KS_SITE(KS_STORE, text));                       \
        ks_published((void *)(object), sizeof *(object), order); \
        KS_RAW_VALUE(store)(object, value, order);               \
    })

// A torn operation is what a plain variable would do: read, be interrupted, write.
#define KS_CHANGE_AT(object, value, order, kind, operation, torn, text)         \
    __extension__({                                                             \
        const ks_site *ks_at = KS_SITE(kind, text);                             \
        ks_point(ks_at);                                                        \
        ks_published((void *)(object), sizeof *(object), order);                \
        __typeof__(KS_RAW_VALUE(load)(object, memory_order_relaxed)) ks_before; \
        if (ks_is_torn(ks_at)) {                                                \
            ks_before = KS_RAW_VALUE(load)(object, memory_order_relaxed);       \
            ks_point(ks_at);                                                    \
            KS_RAW_VALUE(store)(object, torn(value), memory_order_relaxed);     \
        } else {                                                                \
            ks_before = operation(object, value, order);                        \
        }                                                                       \
        ks_observed((void *)(object), sizeof *(object), order);                 \
        ks_before;                                                              \
    })

// An atomic operation without a point would be a hole in every schedule.
#undef atomic_compare_exchange_strong
#undef atomic_compare_exchange_strong_explicit
#undef atomic_compare_exchange_weak
#undef atomic_compare_exchange_weak_explicit
#undef atomic_exchange_explicit
#undef atomic_fetch_and
#undef atomic_fetch_and_explicit
#undef atomic_fetch_or
#undef atomic_fetch_or_explicit
#undef atomic_fetch_xor
#undef atomic_fetch_xor_explicit

#define kro__mutex_lock(mutex)   ks_mutex_lock(mutex, KS_SITE(KS_LOCK, #mutex))
#define kro__mutex_unlock(mutex) ks_mutex_unlock(mutex, KS_SITE(KS_UNLOCK, #mutex))
#define kro__condition_wait(condition, held) \
    ks_condition_wait(condition, held, KS_SITE(KS_CONDITION_WAIT, #condition))
#define kro__condition_wake_all(condition) \
    ks_condition_wake_all(condition, KS_SITE(KS_CONDITION_WAKE, #condition))
#define kro__thread_start(thread, function, user) \
    ks_thread_start(thread, function, user, KS_SITE(KS_THREAD_START, #function))
#define kro__thread_join(thread) ks_thread_join(thread, KS_SITE(KS_THREAD_JOIN, #thread))
#define kro__now_ns()            ks_now_ns()
#define kro__cpu_relax()         ks_relax(KS_SITE(KS_YIELD, "kro__cpu_relax"))

#endif
