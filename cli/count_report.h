// What `kronos count` prints.
#ifndef CLI_COUNT_REPORT_H
#define CLI_COUNT_REPORT_H

#include <stdio.h>

#include "count_budget.h"
#include "guest.h"

typedef struct cli_count_result {
    const cli_guest *guest;
    kro__counts *counts;
    const cli_count_budget *budget; // empty where there is none
    int exit_code;
} cli_count_result;

void cli_count_print_table(const cli_count_result *result, FILE *file);
void cli_count_print_json(const cli_count_result *result);
// A line for each figure over its budget.
void cli_count_print_over(const cli_count_result *result, FILE *file);

#endif
