#include "cli.h"

extern const kt_suite kt_suite_conformance;

const kt_suite *const cli_suites[] = {&kt_suite_conformance};
const size_t cli_suite_count = sizeof cli_suites / sizeof cli_suites[0];
