// Locks, conditions, threads and time under a schedule.
#ifndef KS_SYNC_H
#define KS_SYNC_H

#include "os/thread.h"
#include "points.h"

// What the operations of os/thread.h and os/time.h become. Under a schedule a thread that has to
// wait gives its turn to another, and time is made of steps.
void ks_mutex_lock(kro__mutex *mutex, const ks_site *site);
void ks_mutex_unlock(kro__mutex *mutex, const ks_site *site);
void ks_condition_wait(kro__condition *condition, kro__mutex *held, const ks_site *site);
void ks_condition_wake_all(kro__condition *condition, const ks_site *site);
bool ks_thread_start(kro__thread *thread, void *(*function)(void *), void *user,
                     const ks_site *site);
void ks_thread_join(kro__thread *thread, const ks_site *site);
uint64_t ks_now_ns(void);
void ks_relax(const ks_site *site);

#endif
