#include "arguments.h"

#include <string.h>

bool kt_refuse(kt_text *problem, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    kt_text_format_list(problem, format, list);
    va_end(list);
    return false;
}

// The option that an argument names. `*value` is what stands behind '=', or NULL.
static const kt_argument *find(const kt_argument_table *table, const char *argument,
                               const char **value)
{
    size_t length = strcspn(argument, "=");
    *value = argument[length] ? argument + length + 1 : NULL;
    for (size_t i = 0; i < table->option_count; i++) {
        const kt_argument *option = &table->options[i];
        if ((option->bit & table->accepted) && strlen(option->name) == length &&
            !memcmp(option->name, argument, length))
            return option;
    }
    return NULL;
}

bool kt_arguments_read(const kt_argument_table *table, void *user, int count, char **arguments,
                       kt_text *problem)
{
    bool words_only = false;
    for (int i = 0; i < count; i++) {
        const char *argument = arguments[i], *value;
        if (table->takes_words && !words_only && !strcmp(argument, "--")) {
            words_only = true;
            continue;
        }
        if (table->takes_words && (words_only || argument[0] != '-')) {
            if (!table->take(user, 0, argument, problem))
                return false;
            continue;
        }
        const kt_argument *option = find(table, argument, &value);
        if (!option && argument[0] != '-')
            return kt_refuse(problem, "'%s' is too much: this command takes options only",
                             argument);
        if (!option)
            return kt_refuse(problem, "'%s' is no option of this command", argument);
        if (!option->value && value)
            return kt_refuse(problem, "%s takes no value", option->name);
        if (option->value && !value) {
            if (i + 1 == count)
                return kt_refuse(problem, "%s needs a value (%s)", option->name, option->value);
            value = arguments[++i];
        }
        if (!table->take(user, option->bit, value, problem))
            return false;
    }
    return true;
}

bool kt_arguments_ask_help(int count, char **arguments)
{
    for (int i = 0; i < count && strcmp(arguments[i], "--") != 0; i++)
        if (!strcmp(arguments[i], "--help") || !strcmp(arguments[i], "-h"))
            return true;
    return false;
}

static void print_option(const kt_argument *option, FILE *file)
{
    enum { HELP_COLUMN = 18 };
    int width = fprintf(file, "  %s%s%s", option->name, option->value ? " " : "",
                        option->value ? option->value : "");
    const char *text = option->help;
    while (*text) {
        size_t length = strcspn(text, "\n");
        fprintf(file, "%*s%.*s\n", width < HELP_COLUMN ? HELP_COLUMN - width : 1, "", (int)length,
                text);
        text += length + (text[length] == '\n');
        width = 0;
    }
}

void kt_arguments_help(const kt_argument_table *table, FILE *file)
{
    for (size_t i = 0; i < table->option_count; i++)
        if (table->options[i].bit & table->accepted)
            print_option(&table->options[i], file);
    print_option(&(kt_argument){.name = "--help", .help = "this text"}, file);
}
