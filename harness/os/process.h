// Child processes with a two-way channel and captured output.
#ifndef KT_OS_PROCESS_H
#define KT_OS_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { KT_MAX_PROCESSES = 256 }; // that one process waits for

typedef struct kt_process {
    int pid;     // 0: none
    int channel; // messages both ways; -1 once the child's end is closed
    int output;  // what the child prints; -1 once nobody can print there any more
} kt_process;

typedef struct kt_process_config {
    const char *const *arguments;   // NULL-terminated; [0] is the name it is shown by
    const char *const *environment; // "NAME=VALUE" sets, "NAME" removes; NULL-terminated or NULL
} kt_process_config;

// How a process ended.
typedef struct kt_process_end {
    bool signaled;
    int code; // exit status or signal number
} kt_process_end;

// Starts this program again, in a process group of its own that dies with us.
//
// Returns: 0, or the error number.
int kt_process_start(const kt_process_config *config, kt_process *out);

// Waits, for up to KT_MAX_PROCESSES processes, until one of them can be read from, a signal came,
// or `timeout_ns` has passed. The end of a process alone wakes nobody up.
void kt_processes_wait(const kt_process *const *processes, size_t count, uint64_t timeout_ns);

// Sends to the child. False when it is gone.
bool kt_process_send(const kt_process *process, const void *bytes, size_t size_bytes);

// Reads what there is now. 0: nothing; -1: closed.
ptrdiff_t kt_process_receive(kt_process *process, void *out, size_t size_bytes);
ptrdiff_t kt_process_read_output(kt_process *process, void *out, size_t size_bytes);

// Whether the child has ended. It keeps its number until it is reaped.
bool kt_process_has_ended(const kt_process *process);

// Ends the child and everything it started, at once.
void kt_process_kill(const kt_process *process);

// After its end: ends what the child left running, frees everything and says how it ended.
kt_process_end kt_process_reap(kt_process *process);

// "SIGSEGV" or "signal 63".
const char *kt_signal_name(int number, char *out, size_t size_bytes);

// In the child: ties its life to the parent's and hides the channel from programs it starts. False
// where this process was not started by kt_process_start.
bool kt_process_become_child(int parent_pid);
// In the child: reads or writes all of it. False when the parent is gone.
bool kt_channel_read(void *out, size_t size_bytes);
bool kt_channel_write(const void *bytes, size_t size_bytes);

int kt_process_id(void);
#define KT_NS_PER_S UINT64_C(1000000000)
// Nanoseconds of a clock that never goes back.
uint64_t kt_now_ns(void);

// Notices SIGINT, SIGTERM and SIGHUP once each instead of dying of them, and ignores broken pipes.
void kt_interrupts_begin(void);
// The signal that came since then; 0: none.
int kt_interrupted(void);
// Restores what was before; a signal that came is raised again then.
void kt_interrupts_end(void);

#endif
