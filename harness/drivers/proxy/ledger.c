#include "ledger.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "calls.h"
#include "device_memory.h"
#include "device_memory.h"
#include "leftovers.h"
#include "report.h"

typedef struct object {
    kro__entry entry;
    uint64_t owner, parent;
    uint64_t number;   // in order of creation, from 1
    char *label;       // or NULL
    kro__tally *tally; // or NULL
    bool marked;
} object;

static kro__table *live;
static _Atomic uint64_t created;

bool kro__ledger_begin(void)
{
    live = kro__table_create();
    return live != NULL;
}

static void free_object(object *dead)
{
    if (!dead)
        return;
    free(dead->label);
    free(dead->tally);
    free(dead);
}

void kro__ledger_add(VkObjectType type, uint64_t handle, uint64_t owner, uint64_t parent)
{
    object *made = handle ? calloc(1, sizeof *made) : NULL;
    if (!made) {
        if (handle)
            kro__report_violation("the proxy ran out of memory and lost count of an object");
        return;
    }
    made->entry.type = type;
    made->entry.handle = handle;
    made->owner = owner;
    made->parent = parent;
    made->number = atomic_fetch_add(&created, 1) + 1;
    kro__table_add(live, &made->entry);
}

static void describe(kro__text *text, const object *of)
{
    kro__text_add(text, "%s 0x%llx #%llu", kro__vk_name_of(kro__vk_object_types, of->entry.type),
                  (unsigned long long)of->entry.handle, (unsigned long long)of->number);
    if (of->label)
        kro__text_add(text, " '%s'", of->label);
    if (of->entry.type == VK_OBJECT_TYPE_DEVICE_MEMORY)
        kro__memory_describe(text, of->entry.handle);
}

// A question about the objects of a handle, answered inside the table's lock: a program may destroy
// them meanwhile.
typedef struct question {
    kro__text *text; // or NULL
    uint64_t parent; // of the newest
    bool marked;
    uint64_t count;
} question;

static void answer(kro__entry *entry, void *user)
{
    question *asked = user;
    const object *found = (const object *)entry;
    if (asked->count++)
        return;
    asked->parent = found->parent;
    asked->marked = found->marked;
    if (asked->text)
        describe(asked->text, found);
}

static question ask(VkObjectType type, uint64_t handle, kro__text *text)
{
    question asked = {.text = text};
    kro__table_each(live, type, handle, answer, &asked);
    return asked;
}

void kro__ledger_describe(kro__text *text, VkObjectType type, uint64_t handle)
{
    if (!ask(type, handle, text).count)
        kro__text_add(text, "%s 0x%llx", kro__vk_name_of(kro__vk_object_types, type),
                      (unsigned long long)handle);
}

uint64_t kro__ledger_parent(VkObjectType type, uint64_t handle)
{
    return ask(type, handle, NULL).parent;
}

static void mark(kro__entry *entry, void *user)
{
    (void)user;
    ((object *)entry)->marked = true;
}

void kro__ledger_mark(VkObjectType type, uint64_t handle)
{
    kro__table_each(live, type, handle, mark, NULL);
}

bool kro__ledger_is_marked(VkObjectType type, uint64_t handle)
{
    return ask(type, handle, NULL).marked;
}

uint64_t kro__ledger_namesakes(VkObjectType type, uint64_t handle)
{
    return ask(type, handle, NULL).count;
}

kro__tally *kro__ledger_tally(VkObjectType type, uint64_t handle)
{
    object *found = (object *)kro__table_find(live, type, handle);
    if (found && !found->tally)
        found->tally = calloc(1, sizeof *found->tally);
    return found ? found->tally : NULL;
}

static void tell(const object *left, const char *at)
{
    kro__leftover told = {.what = kro__vk_name_of(kro__vk_object_types, left->entry.type),
                          .number = left->number,
                          .at = at,
                          .label = left->label};
    if (left->entry.type == VK_OBJECT_TYPE_DEVICE_MEMORY)
        kro__memory_measure(left->entry.handle, &told.memory_bytes, &told.mapped);
    kro__leftovers_tell(&told);
}

// Which entries of the table to take out, and whether somebody forgot them.
typedef struct removal {
    VkObjectType type; // of the pool's children; ignored where `leaks`
    uint64_t parent;
    bool leaks;
    const char *call;
} removal;

static bool remove_matching(kro__entry *entry, void *user)
{
    const removal *which = user;
    object *dead = (object *)entry;
    bool match = which->leaks ? dead->owner == which->parent
                              : dead->parent == which->parent && entry->type == which->type;
    if (!match)
        return false;
    if (which->leaks) {
        char line[256];
        kro__text text = {.at = line, .room = sizeof line};
        describe(&text, dead);
        kro__report_violation("%s: %s was not destroyed", which->call, line);
        tell(dead, which->call);
    }
    free_object(dead);
    return true;
}

void kro__ledger_remove_children(VkObjectType type, uint64_t parent)
{
    removal which = {.type = type, .parent = parent};
    kro__table_visit(live, remove_matching, &which);
}

typedef struct children {
    VkObjectType type;
    uint64_t parent;
    void (*visit)(uint64_t handle, void *user);
    void *user;
} children;

static bool visit_child(kro__entry *entry, void *user)
{
    const children *wanted = user;
    if (entry->type == wanted->type && ((const object *)entry)->parent == wanted->parent)
        wanted->visit(entry->handle, wanted->user);
    return false;
}

void kro__ledger_children(VkObjectType type, uint64_t parent,
                          void (*visit)(uint64_t handle, void *user), void *user)
{
    children wanted = {type, parent, visit, user};
    kro__table_visit(live, visit_child, &wanted);
}

void kro__ledger_remove(VkObjectType type, uint64_t handle)
{
    if (!handle)
        return;
    removal leaks = {.parent = handle, .leaks = true};
    switch (type) {
    case VK_OBJECT_TYPE_COMMAND_POOL:
        kro__ledger_remove_children(VK_OBJECT_TYPE_COMMAND_BUFFER, handle);
        break;
    case VK_OBJECT_TYPE_DESCRIPTOR_POOL:
        kro__ledger_remove_children(VK_OBJECT_TYPE_DESCRIPTOR_SET, handle);
        break;
    case VK_OBJECT_TYPE_DEVICE:
        leaks.call = "vkDestroyDevice";
        kro__table_visit(live, remove_matching, &leaks);
        break;
    case VK_OBJECT_TYPE_INSTANCE:
        leaks.call = "vkDestroyInstance";
        kro__table_visit(live, remove_matching, &leaks);
        break;
    default:
        break;
    }
    free_object((object *)kro__table_remove(live, type, handle));
}

// Labels are set inside the table's lock, where a listing reads them.
static void set_label(kro__entry *entry, void *user)
{
    char **label = user; // NULL once the newest object has it
    object *named = (object *)entry;
    if (!*label)
        return;
    free(named->label);
    named->label = *label;
    *label = NULL;
}

void kro__ledger_label(VkObjectType type, uint64_t handle, const char *label)
{
    char *copy = strdup(label ? label : "");
    kro__table_each(live, type, handle, set_label, &copy);
    free(copy);
}

typedef struct tally {
    const char *type;
    uint64_t count;
} tally;

static bool count_entry(kro__entry *entry, void *user)
{
    tally *counting = user;
    const char *name = kro__vk_name_of(kro__vk_object_types, entry->type);
    counting->count += !counting->type || !strcmp(counting->type, name);
    return false;
}

uint64_t kro__ledger_count(const char *type)
{
    tally counting = {.type = type};
    if (live)
        kro__table_visit(live, count_entry, &counting);
    return counting.count;
}

static bool tell_entry(kro__entry *entry, void *user)
{
    (void)user;
    tell((const object *)entry, "exit");
    return false;
}

void kro__ledger_tell(void)
{
    if (live)
        kro__table_visit(live, tell_entry, NULL);
}

// Lines of a listing, before they are put in order.
typedef struct line {
    const char *type;
    uint64_t number;
    char text[512];
} line;

typedef struct listing {
    line *lines;
    size_t count, room;
} listing;

static bool list_entry(kro__entry *entry, void *user)
{
    listing *in = user;
    const object *of = (const object *)entry;
    if (in->count == in->room) {
        size_t room = in->room ? 2 * in->room : 64;
        line *lines = realloc(in->lines, room * sizeof *lines);
        if (!lines)
            return false; // a line is missing
        in->lines = lines;
        in->room = room;
    }
    line *made = &in->lines[in->count++];
    made->type = kro__vk_name_of(kro__vk_object_types, entry->type);
    made->number = of->number;
    kro__text text = {.at = made->text, .room = sizeof made->text};
    describe(&text, of);
    return false;
}

static int compare_lines(const void *left, const void *right)
{
    const line *a = left, *b = right;
    int types = strcmp(a->type, b->type);
    return types ? types : (a->number > b->number) - (a->number < b->number);
}

void kro__ledger_list(kro__text *text)
{
    listing in = {0};
    if (live)
        kro__table_visit(live, list_entry, &in);
    if (in.count)
        qsort(in.lines, in.count, sizeof *in.lines, compare_lines);
    for (size_t i = 0; i < in.count; i++)
        kro__text_add(text, "%s\n", in.lines[i].text);
    free(in.lines);
}
