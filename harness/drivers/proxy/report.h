// What the proxy has to say: violations as they are found, and the whole at exit.
#ifndef KRO_PROXY_REPORT_H
#define KRO_PROXY_REPORT_H

#include <stdint.h>

#include "text.h"

// Notes that a rule was broken, as one sentence.
void kro__report_violation(const char *format, ...) __attribute__((format(printf, 1, 2)));

uint64_t kro__report_violations(void);
void kro__report_list(kro__text *text); // a sentence a line
void kro__report_reset(void);

// Writes what the spec's `report` and `count` ask for.
void kro__report_at_exit(void);

#endif
