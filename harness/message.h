// What the runner and its child processes say to each other: a header, then its payload. Both ends
// are the same program, so the layout is the compiler's. Events (kt_event) are messages too.
#ifndef KT_MESSAGE_H
#define KT_MESSAGE_H

#include "attempt.h"

enum {
    // From the child, after the events:
    KT_MESSAGE_DONE = KT_EVENT_COUNT, // kt_completion: the case returned
    KT_MESSAGE_DEVICE,                // JSON: the open device
    KT_MESSAGE_DEVICES,               // JSON: an array of devices
    KT_MESSAGE_REFUSED,               // kro_status, then a sentence: there is none
    // To the child:
    KT_REQUEST_RUN,      // the name of a case
    KT_REQUEST_KNOWN,    // a dispatch whose answer is known; answered like a case
    KT_REQUEST_COMPUTED, // the same, and the null driver fails it
    KT_REQUEST_OPEN,
    KT_REQUEST_LIST,
    KT_REQUEST_QUIT,
};

typedef struct kt_message_header {
    uint32_t kind, size_bytes;
} kt_message_header;

enum { KT_MAX_MESSAGE_BYTES = 1 << 20 };

#endif
