// What calls use besides their parameters.
#include "device.h"
#include "external.h"
#include "ledger.h"

void kro__external_parent(kro__inside *inside, VkObjectType type, uint64_t handle,
                          VkObjectType parent)
{
    kro__external_use(inside, parent, kro__ledger_parent(type, handle), KRO__USE_ALONE);
}

// What a visit finds.
typedef struct found {
    kro__inside *inside;
    VkObjectType type;
    kro__use_kind kind;
} found;

static void add_found(uint64_t handle, void *user)
{
    const found *as = user;
    kro__external_use(as->inside, as->type, handle, as->kind);
}

void kro__external_children(kro__inside *inside, VkObjectType type, uint64_t parent,
                            kro__use_kind kind)
{
    found as = {inside, type, kind};
    if (parent)
        kro__ledger_children(type, parent, add_found, &as);
}

void kro__external_queues(kro__inside *inside, VkDevice device, kro__use_kind kind)
{
    found as = {inside, VK_OBJECT_TYPE_QUEUE, kind};
    kro__queues_visit(device, add_found, &as);
}

void kro__external_physical(kro__inside *inside, VkInstance instance)
{
    found as = {inside, VK_OBJECT_TYPE_PHYSICAL_DEVICE, KRO__USE_LAST};
    kro__physical_visit(instance, add_found, &as);
}

// Updates of bindings with VK_DESCRIPTOR_BINDING_UPDATE_AFTER_BIND_BIT may meet each other and
// commands that bind the set, though not its end; only pools with this flag have such sets.
void kro__external_pool(VkDescriptorPool pool, VkDescriptorPoolCreateFlags flags)
{
    if (flags & VK_DESCRIPTOR_POOL_CREATE_UPDATE_AFTER_BIND_BIT)
        kro__ledger_mark(VK_OBJECT_TYPE_DESCRIPTOR_POOL, KRO__HANDLE(pool));
}

void kro__external_update(kro__inside *inside, VkDescriptorSet set)
{
    const VkObjectType type = VK_OBJECT_TYPE_DESCRIPTOR_SET;
    uint64_t pool = kro__ledger_parent(type, KRO__HANDLE(set));
    bool concurrent = kro__ledger_is_marked(VK_OBJECT_TYPE_DESCRIPTOR_POOL, pool);
    kro__external_use(inside, type, KRO__HANDLE(set),
                      concurrent ? KRO__USE_SHARED : KRO__USE_ALONE);
}

void kro__external_writes(kro__inside *inside, uint32_t write_count,
                          const VkWriteDescriptorSet *writes, uint32_t copy_count,
                          const VkCopyDescriptorSet *copies)
{
    for (uint32_t i = 0; i < write_count; i++)
        kro__external_update(inside, writes[i].dstSet);
    for (uint32_t i = 0; i < copy_count; i++)
        kro__external_update(inside, copies[i].dstSet);
}
