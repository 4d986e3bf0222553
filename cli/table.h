// Tables of text with columns as wide as they need to be.
#ifndef CLI_TABLE_H
#define CLI_TABLE_H

#include <stddef.h>
#include <stdio.h>

#include "text.h"

typedef struct cli_table {
    size_t columns;
    char **cells; // row after row
    size_t cell_count;
} cli_table;

void cli_table_init(cli_table *table, size_t columns);
void cli_table_finish(cli_table *table);
// Adds the next cell.
void cli_table_add(cli_table *table, const char *format, ...) KT_PRINTF(2, 3);
void cli_table_print(const cli_table *table, FILE *file);

#endif
