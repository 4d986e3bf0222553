#include "ledger.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "calls.h"
#include "leftovers.h"
#include "report.h"

typedef struct object {
    kro__entry entry;
    uint64_t owner, parent;
    uint64_t number;   // in order of creation, from 1
    char *label;       // or NULL
    kro__tally *tally; // or NULL
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
}

void kro__ledger_describe(kro__text *text, VkObjectType type, uint64_t handle)
{
    const object *found = (object *)kro__table_find(live, type, handle);
    if (found)
        describe(text, found);
    else
        kro__text_add(text, "%s 0x%llx", kro__vk_name_of(kro__vk_object_types, type),
                      (unsigned long long)handle);
}

uint64_t kro__ledger_parent(VkObjectType type, uint64_t handle)
{
    const object *found = (object *)kro__table_find(live, type, handle);
    return found ? found->parent : 0;
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
    kro__leftovers_tell(kro__vk_name_of(kro__vk_object_types, left->entry.type), left->number, at,
                        left->label);
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
typedef struct labelling {
    VkObjectType type;
    uint64_t handle;
    char *label; // NULL once it has been used
} labelling;

static bool set_label(kro__entry *entry, void *user)
{
    labelling *wanted = user;
    if (entry->handle != wanted->handle || entry->type != wanted->type || !wanted->label)
        return false;
    object *named = (object *)entry;
    free(named->label);
    named->label = wanted->label;
    wanted->label = NULL;
    return false;
}

void kro__ledger_label(VkObjectType type, uint64_t handle, const char *label)
{
    labelling wanted = {.type = type, .handle = handle, .label = strdup(label ? label : "")};
    kro__table_visit(live, set_label, &wanted);
    free(wanted.label);
}

typedef struct tally {
    const char *type;
    uint64_t count;
    kro__text *text;
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

static bool list_entry(kro__entry *entry, void *user)
{
    tally *listing = user;
    describe(listing->text, (const object *)entry);
    kro__text_add(listing->text, "\n");
    return false;
}

void kro__ledger_list(kro__text *text)
{
    tally listing = {.text = text};
    if (live)
        kro__table_visit(live, list_entry, &listing);
}
