// The standard streams of a program.
#ifndef KT_OS_STREAMS_H
#define KT_OS_STREAMS_H

#include <stdbool.h>

// Takes the places of standard streams that the caller has closed, so that no file or channel of
// ours gets their numbers: such a stream can be neither read nor written.
void kt_streams_open(void);

// Ends standard output. False, with errno (0 where it is no longer known), where something that was
// printed could not be written.
bool kt_streams_close(void);

#endif
