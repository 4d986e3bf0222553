// What `kronos count` prints.
#ifndef CLI_COUNT_REPORT_H
#define CLI_COUNT_REPORT_H

#include <stdio.h>

#include <cjson/cJSON.h>

#include "count_budget.h"
#include "os/process.h"

typedef struct cli_count_result {
    char **words; // the program and its arguments
    kt_process_end end;
    kro__counts *counts;
    const cli_count_budget *budget; // empty where there is none
    int exit_code;
} cli_count_result;

void cli_count_print_table(const cli_count_result *result, FILE *file);
void cli_count_print_json(const cli_count_result *result);
// A line for each figure over its budget.
void cli_count_print_over(const cli_count_result *result, FILE *file);

#endif
