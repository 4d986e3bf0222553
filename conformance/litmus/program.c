#include "program.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool litmus_step_reads(const litmus_step *step)
{
    return step->operation == LITMUS_LOAD || step->operation == LITMUS_EXCHANGE ||
           step->operation == LITMUS_ADD;
}

bool litmus_step_writes(const litmus_step *step)
{
    return step->operation == LITMUS_STORE || step->operation == LITMUS_EXCHANGE ||
           step->operation == LITMUS_ADD;
}

bool litmus_step_accesses(const litmus_step *step)
{
    return litmus_step_reads(step) || litmus_step_writes(step);
}

const char *litmus_scope_name(litmus_scope scope)
{
    static const char *const NAMES[] = {"subgroup", "workgroup", "queue_family", "device"};
    return NAMES[scope];
}

// A location's letter.
static bool read_location(char letter, litmus_step *step)
{
    step->location = letter == 'y';
    step->order = letter == 'p' ? LITMUS_PLAIN : LITMUS_RELAXED;
    return letter == 'x' || letter == 'y' || letter == 'p';
}

// One word of a role but F.
static bool read_step(const char *word, litmus_step *step)
{
    const size_t length = strlen(word);
    if (word[0] == '?' && length == 3 && word[1] == 'r') {
        *step = (litmus_step){.operation = LITMUS_ONLY_IF, .result = (uint8_t)(word[2] - '0')};
        return step->result < LITMUS_REGISTERS;
    }
    if (word[0] == 'r' && length > 3 && word[2] == '=') { // r0=
        step->has_result = true;
        step->result = (uint8_t)(word[1] - '0');
        word += 3;
    }
    static const char SIGNS[] = "=:+";
    static const litmus_operation OPERATIONS[] = {LITMUS_STORE, LITMUS_EXCHANGE, LITMUS_ADD};
    const char *sign = word[0] && word[1] ? strchr(SIGNS, word[1]) : NULL;
    if (sign && isdigit((unsigned char)word[2])) {
        step->operation = OPERATIONS[sign - SIGNS];
        step->value = (uint8_t)(word[2] - '0');
    }
    return read_location(word[0], step) && step->result < LITMUS_REGISTERS &&
           step->value < LITMUS_VALUES && strlen(word) == (sign ? 3 : 1) &&
           !(step->operation == LITMUS_STORE && step->has_result) &&
           !(step->operation == LITMUS_LOAD && !step->has_result);
}

// Lets the accesses around a role's F acquire and release.
static void order_accesses(litmus_role *role, uint32_t at)
{
    for (uint32_t i = 0; i < role->count; i++) {
        litmus_step *step = &role->steps[i];
        if (step->order == LITMUS_PLAIN)
            continue;
        if (i < at && litmus_step_reads(step))
            step->order = LITMUS_ACQUIRE;
        if (i >= at && litmus_step_writes(step))
            step->order = LITMUS_RELEASE;
    }
}

static bool read_role(litmus_role *role, char *text, litmus_synchronisation by)
{
    uint32_t synchronises_at = UINT32_MAX;
    char *rest = text;
    for (char *word = strtok_r(text, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
        if (role->count == LITMUS_STEPS)
            return false;
        litmus_step *step = &role->steps[role->count];
        if (strcmp(word, "F") != 0) {
            if (!read_step(word, step))
                return false;
            role->count++;
            continue;
        }
        synchronises_at = role->count;
        step->order = LITMUS_ACQUIRE_RELEASE;
        step->operation = by == LITMUS_BY_FENCES ? LITMUS_FENCE : LITMUS_BARRIER;
        role->count += by != LITMUS_BY_ACCESSES;
        if (by == LITMUS_BY_ACCESSES)
            *step = (litmus_step){0};
    }
    if (by == LITMUS_BY_ACCESSES && synchronises_at != UINT32_MAX)
        order_accesses(role, synchronises_at);
    return role->count > 0;
}

static bool read_outcome(litmus_program *program, char *text)
{
    char *rest = text;
    for (char *word = strtok_r(text, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
        const size_t length = strlen(word);
        if (program->observed_count == LITMUS_OBSERVED || length < 3)
            return false;
        const bool is_register = word[0] == 'r';
        program->observed[program->observed_count++] = (litmus_observable){
            .in_the_end = !is_register,
            .index = (uint8_t)(is_register ? word[1] - '0' : word[0] == 'y'),
            .target = (uint8_t)(word[length - 1] - '0'),
        };
    }
    return program->observed_count > 0;
}

bool litmus_parse(litmus_program *program, const char *name, const char *text, const char *outcome,
                  litmus_synchronisation by, const litmus_place *place)
{
    char words[LITMUS_TEXT_BYTES], observed[LITMUS_TEXT_BYTES], *rest = words;
    *program = (litmus_program){
        .storage = place->storage,
        .reach = place->scope,
        .wide = place->wide,
        .vulkan_model = place->vulkan_model,
    };
    snprintf(program->name, sizeof program->name, "%s", name);
    snprintf(words, sizeof words, "%s", text);
    snprintf(observed, sizeof observed, "%s", outcome);
    for (char *role = strtok_r(words, "|", &rest); role; role = strtok_r(NULL, "|", &rest)) {
        if (program->role_count == LITMUS_ROLES ||
            !read_role(&program->roles[program->role_count++], role, by))
            return false;
    }
    for (uint32_t r = 0; r < program->role_count; r++) {
        for (uint32_t s = 0; s < program->roles[r].count; s++)
            program->roles[r].steps[s].scope = place->scope;
    }
    return program->role_count > 0 && read_outcome(program, observed);
}

uint32_t litmus_target(const litmus_program *program)
{
    uint32_t outcome = 0;
    for (uint32_t i = program->observed_count; i > 0; i--)
        outcome = outcome * LITMUS_VALUES + program->observed[i - 1].target;
    return outcome;
}

__attribute__((format(printf, 3, 4))) static void append(char *text, size_t bytes,
                                                         const char *format, ...)
{
    const size_t used = strlen(text);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text + used, bytes - used, format, arguments);
    va_end(arguments);
}

void litmus_outcome_text(const litmus_program *program, uint32_t outcome, char *text, size_t bytes)
{
    text[0] = '\0';
    for (uint32_t i = 0; i < program->observed_count; i++, outcome /= LITMUS_VALUES) {
        const litmus_observable *seen = &program->observed[i];
        const char *space = i ? " " : "";
        if (seen->in_the_end)
            append(text, bytes, "%s%c=%u", space, "xy"[seen->index], outcome % LITMUS_VALUES);
        else
            append(text, bytes, "%sr%u=%u", space, seen->index, outcome % LITMUS_VALUES);
    }
}

void litmus_step_text(const litmus_step *step, char *text, size_t bytes)
{
    static const char *const OPERATIONS[] = {"load",  "store",           "exchange", "add",
                                             "fence", "control barrier", "only if"};
    static const char *const ORDERS[] = {"plain", "relaxed", "acquire", "release", "acq_rel"};
    text[0] = '\0';
    if (step->operation == LITMUS_ONLY_IF) {
        append(text, bytes, "only if r%u=1", step->result);
        return;
    }
    if (step->has_result)
        append(text, bytes, "r%u=", step->result);
    append(text, bytes, "%s.%s", OPERATIONS[step->operation], ORDERS[step->order]);
    if (step->order != LITMUS_PLAIN)
        append(text, bytes, ".%s", litmus_scope_name(step->scope));
    if (litmus_step_accesses(step))
        append(text, bytes, " %c", "xy"[step->location]);
    if (litmus_step_writes(step))
        append(text, bytes, "=%u", step->value);
}

void litmus_program_text(const litmus_program *program, char *text, size_t bytes)
{
    text[0] = '\0';
    for (uint32_t r = 0; r < program->role_count; r++) {
        for (uint32_t s = 0; s < program->roles[r].count; s++) {
            char step[64];
            litmus_step_text(&program->roles[r].steps[s], step, sizeof step);
            append(text, bytes, "%s%s", s ? "; " : r ? " || " : "", step);
        }
    }
}
