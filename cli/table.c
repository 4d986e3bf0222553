#include "table.h"

#include <stdlib.h>

void cli_table_init(cli_table *table, size_t columns)
{
    *table = (cli_table){.columns = columns};
}

void cli_table_finish(cli_table *table)
{
    for (size_t i = 0; i < table->cell_count; i++)
        free(table->cells[i]);
    free(table->cells);
    *table = (cli_table){0};
}

void cli_table_add(cli_table *table, const char *format, ...)
{
    kt_text raw = {0}, clean = {0};
    va_list list;
    va_start(list, format);
    kt_text_format_list(&raw, format, list);
    va_end(list);
    // Names come from drivers.
    kt_text_append_clean(&clean, kt_text_string(&raw), raw.size_bytes);
    kt_text_finish(&raw);
    table->cells = kt_memory_append(table->cells, table->cell_count, sizeof *table->cells);
    table->cells[table->cell_count++] = kt_copy_string(kt_text_string(&clean));
    kt_text_finish(&clean);
}

// Characters, not bytes.
static size_t width(const char *text)
{
    size_t count = 0;
    for (; *text; text++)
        count += (*text & 0xc0) != 0x80;
    return count;
}

void cli_table_print(const cli_table *table, FILE *file)
{
    size_t *widths = kt_memory(table->columns, sizeof *widths);
    for (size_t i = 0; i < table->cell_count; i++) {
        size_t cell = width(table->cells[i]);
        if (cell > widths[i % table->columns])
            widths[i % table->columns] = cell;
    }
    for (size_t i = 0; i < table->cell_count; i++) {
        bool last = i % table->columns == table->columns - 1;
        int padding = last ? 0 : (int)(widths[i % table->columns] - width(table->cells[i])) + 2;
        fprintf(file, "%s%*s%s", table->cells[i], padding, "", last ? "\n" : "");
    }
    free(widths);
}
