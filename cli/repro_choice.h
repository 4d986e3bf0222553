// Which dispatch of a case shows what was wrong, and in which bytes.
#ifndef CLI_REPRO_CHOICE_H
#define CLI_REPRO_CHOICE_H

#include "repro_capture.h"

typedef struct cli_choice {
    const cli_dispatch *dispatch;
    size_t number;            // of the dispatch, from 1
    const cli_arrays *arrays; // what the case compared of it; NULL: nothing that was found
    // The result: the bytes that were compared, or all that the dispatch changed of one region.
    uint32_t region;
    uint64_t offset_bytes, size_bytes;
} cli_choice;

// Chooses the dispatch that wrote what the case found wrong first; where it found nothing wrong,
// what it compared last. `number` names another one; 0: none does.
//
// Returns: false with a sentence in `problem` where there is none that can be run elsewhere.
bool cli_choose(const cli_capture *capture, size_t number, cli_choice *out, kt_text *problem);

#endif
