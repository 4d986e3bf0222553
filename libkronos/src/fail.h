// Error sentences and log lines: the two ways the library speaks to people.
#ifndef KRO_SRC_FAIL_H
#define KRO_SRC_FAIL_H

#include <kronos/context.h>
#include <kronos/status.h>

// An error sentence; a longer one is cut.
typedef struct kro__sentence {
    char text[1024];
} kro__sentence;

// Checks the arguments like those of printf, and expects no call of it.
#if defined(__GNUC__)
#define KRO__PRINTF(format_index, first_index) \
    __attribute__((cold, format(printf, format_index, first_index)))
#else
#define KRO__PRINTF(format_index, first_index)
#endif

// Writes the calling thread's error sentence and returns `status`, so that a check reads
// `return kro__fail(KRO_ERROR_…, "…")`. Called once per failure, where the most is known.
kro_status kro__fail(kro_status status, const char *format, ...) KRO__PRINTF(2, 3);

// The calling thread's sentence as it is now, and putting it back: because an error is told again,
// or because something failed that the caller need not hear of.
kro__sentence kro__sentence_keep(void);
void kro__sentence_restore(const kro__sentence *kept);

// The calling thread's last sentence; "" before the first.
const char *kro__detail(void);

// Where an object's log lines go; copied from the context's config.
typedef struct kro__log {
    kro_log_function function; // NULL: silent
    void *user;
} kro__log;

void kro__log_line(const kro__log *log, kro_log_level level, const char *format, ...)
    KRO__PRINTF(3, 4);

#endif
