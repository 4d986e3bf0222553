// What a run says about a device, as files.
#ifndef CLI_CERTIFICATE_H
#define CLI_CERTIFICATE_H

#include "cli.h"

// Writes device.json and certificate.json into a folder.
//
// Returns: false with a sentence in `problem`.
bool cli_certificate_write(const kt_run *run, const char *folder, kt_text *problem);

#endif
