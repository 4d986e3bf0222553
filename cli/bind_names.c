#include "bind_names.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

// Words that C11 or C++17 keeps for itself, and macros that compilers and the headers bring.
static const char RESERVED[] =
    " alignas alignof and and_eq asm assert auto bitand bitor bool break case catch char class "
    "compl const const_cast constexpr continue decltype default delete do double dynamic_cast else "
    "enum errno explicit export extern false float for friend goto if inline int linux long "
    "mutable "
    "namespace new noexcept not not_eq nullptr offsetof operator or or_eq private protected public "
    "register reinterpret_cast restrict return short signed sizeof static static_assert "
    "static_cast "
    "struct switch template this thread_local throw true try typedef typeid typename typeof union "
    "unix unsigned using virtual void volatile while xor xor_eq ";

static bool is_reserved(const char *name)
{
    size_t length = strlen(name);
    // Types of the C library.
    if (length > 2 && !strcmp(name + length - 2, "_t"))
        return true;
    for (const char *at = RESERVED; (at = strstr(at, name)); at++)
        if (at[-1] == ' ' && at[length] == ' ')
            return true;
    return false;
}

static bool is_taken(const cli_names *names, const char *name)
{
    for (size_t i = 0; i < names->count; i++)
        if (!strcasecmp(names->items[i], name))
            return true;
    return is_reserved(name);
}

// The letters, digits and '_' of a name; everything else becomes '_'. What begins like a name of
// Kronos begins otherwise.
static void append_identifier(kt_text *text, const char *name)
{
    if (!strncasecmp(name, "kro_", 4))
        kt_text_append(text, "a_", 2);
    if (isdigit((unsigned char)*name))
        kt_text_append(text, "_", 1);
    for (; *name; name++) {
        unsigned char c = (unsigned char)*name;
        kt_text_append(text, c < 128 && isalnum(c) ? name : "_", 1);
    }
}

const char *cli_names_add(cli_names *names, const char *wanted, const char *fallback)
{
    kt_text name = {0};
    append_identifier(&name, wanted);
    if (strspn(kt_text_string(&name), "_") == name.size_bytes) {
        kt_text_clear(&name);
        append_identifier(&name, fallback);
    }
    size_t own_bytes = name.size_bytes;
    for (unsigned i = 1; is_taken(names, kt_text_string(&name)); i++) {
        name.size_bytes = own_bytes;
        if (i == 1)
            kt_text_append(&name, "_", 1);
        else
            kt_text_format(&name, "_%u", i);
    }
    names->items = kt_memory_append(names->items, names->count, sizeof *names->items);
    names->items[names->count] = kt_copy_string(kt_text_string(&name));
    kt_text_finish(&name);
    return names->items[names->count++];
}

void cli_names_finish(cli_names *names)
{
    for (size_t i = 0; i < names->count; i++)
        free(names->items[i]);
    free(names->items);
    *names = (cli_names){0};
}

void cli_append_capitals(kt_text *text, const char *name)
{
    for (; *name; name++) {
        char c = (char)toupper((unsigned char)*name);
        kt_text_append(text, &c, 1);
    }
}

void cli_append_in_comment(kt_text *text, const char *name)
{
    for (; *name; name++) {
        bool plain = (unsigned char)*name > ' ' && (unsigned char)*name < 127 && *name != '\\';
        kt_text_append(text, plain ? name : "_", 1);
    }
}
