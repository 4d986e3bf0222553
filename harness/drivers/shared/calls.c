#include "calls.h"

#include <stdlib.h>
#include <string.h>

static int compare_names(const void *name, const void *call)
{
    return strcmp(name, ((const kro__vk_call *)call)->name);
}

int kro__vk_call_find(const char *name)
{
    const kro__vk_call *found =
        bsearch(name, kro__vk_calls, KRO__CALL_COUNT, sizeof kro__vk_calls[0], compare_names);
    return found ? (int)(found - kro__vk_calls) : -1;
}

const kro__vk_name *kro__vk_name_find(const kro__vk_name *names, const char *name)
{
    for (; names->name; names++)
        if (!strcmp(names->name, name))
            return names;
    return NULL;
}

const char *kro__vk_name_of(const kro__vk_name *names, int32_t value)
{
    for (; names->name; names++)
        if (names->value == value)
            return names->name;
    return "?";
}

bool kro__vk_has_word(const char *list, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = list; (at = strstr(at, word)); at += length) {
        bool starts = at == list || at[-1] == ' ';
        bool ends = at[length] == ' ' || at[length] == 0;
        if (starts && ends)
            return true;
    }
    return false;
}
