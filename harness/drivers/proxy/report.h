// The broken rules that the proxy has seen.
#ifndef KRO_PROXY_REPORT_H
#define KRO_PROXY_REPORT_H

#include <stdint.h>

#include "text.h"

// Notes that a rule was broken, as one sentence.
void kro__report_violation(const char *format, ...) __attribute__((format(printf, 1, 2)));

// Appends sentences to the file at `path` as they are noted, for programs that do not come to their
// end, which writes it anew. "": none.
void kro__report_at_once(const char *path);

uint64_t kro__report_violations(void);
void kro__report_list(kro__text *text); // a sentence a line
void kro__report_reset(void);

#endif
