#include "guest.h"

#include <stdlib.h>
#include <string.h>

#include "text.h"

void cli_guest_add(cli_guest *guest, const char *word)
{
    guest->words = kt_memory_grow(guest->words, guest->word_count + 2, sizeof *guest->words);
    guest->words[guest->word_count++] = (char *)word; // posix_spawn changes none
    guest->words[guest->word_count] = NULL;
}

void cli_guest_finish(cli_guest *guest)
{
    free(guest->words);
    *guest = (cli_guest){0};
}

void cli_guest_add_json(const cli_guest *guest, cJSON *json)
{
    char name[32];
    cJSON *words = cJSON_AddArrayToObject(json, "program");
    for (size_t i = 0; i < guest->word_count; i++) {
        kt_text clean = {0};
        kt_text_append_clean(&clean, guest->words[i], strlen(guest->words[i]));
        cJSON_AddItemToArray(words, cJSON_CreateString(kt_text_string(&clean)));
        kt_text_finish(&clean);
    }
    if (guest->end.signaled)
        cJSON_AddStringToObject(json, "program_signal",
                                kt_signal_name(guest->end.code, name, sizeof name));
    else
        cJSON_AddNumberToObject(json, "program_exit_code", guest->end.code);
}
