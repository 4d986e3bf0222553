#include "bound.h"

// A set that is being gone through, with the dynamic offsets of its buffers.
typedef struct walk {
    void (*visit)(void *user, const kro__slot *slot);
    void *user;
    const uint32_t *offsets;
    uint32_t offset_count;
    bool right;
} walk;

static void visit_slot(void *user, const kro__slot *slot)
{
    walk *self = user;
    kro__slot moved = *slot;
    if (slot->dynamic != KRO__SLOT_FIXED && slot->dynamic >= self->offset_count)
        self->right = false;
    else if (slot->dynamic != KRO__SLOT_FIXED)
        moved.offset += self->offsets[slot->dynamic];
    self->visit(self->user, &moved);
}

static void visit_bound(walk *self, const kro__bind *bind, uint32_t set)
{
    uint32_t before = 0; // dynamic buffers of the sets ahead of this one
    for (uint32_t s = 0; s < set - bind->sets.first; s++)
        before += kro__writes_dynamic_count(bind->sets.sets[s]);
    self->offset_count = before < bind->sets.dynamic_count ? bind->sets.dynamic_count - before : 0;
    self->offsets = self->offset_count ? bind->sets.dynamic_offsets + before : NULL;
    kro__writes_visit_set(bind->sets.sets[set - bind->sets.first], visit_slot, self);
}

static void visit_pushed(walk *self, const kro__bind *bind)
{
    for (uint32_t w = 0; w < bind->pushed.count; w++) {
        const VkWriteDescriptorSet *write = &bind->pushed.writes[w];
        bool is_buffer = write->descriptorType == VK_DESCRIPTOR_TYPE_STORAGE_BUFFER ||
                         write->descriptorType == VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER;
        for (uint32_t i = 0; is_buffer && i < write->descriptorCount; i++)
            self->visit(self->user, &(kro__slot){.binding = write->dstBinding,
                                                 .element = write->dstArrayElement + i,
                                                 .dynamic = KRO__SLOT_FIXED,
                                                 .type = write->descriptorType,
                                                 .buffer = write->pBufferInfo[i].buffer,
                                                 .offset = write->pBufferInfo[i].offset,
                                                 .range = write->pBufferInfo[i].range});
    }
}

bool kro__bound_visit_set(const kro__bound *bound, uint32_t set,
                          void (*visit)(void *user, const kro__slot *slot), void *user)
{
    walk self = {.visit = visit, .user = user, .right = true};
    for (uint32_t b = bound->count; b-- > 0;) {
        const kro__bind *bind = bound->binds[b];
        if (bind->kind == KRO__BIND_PUSHED_SETS && bind->pushed.set == set)
            visit_pushed(&self, bind);
        if (bind->kind != KRO__BIND_SETS || set < bind->sets.first ||
            set - bind->sets.first >= bind->sets.count)
            continue;
        visit_bound(&self, bind, set);
        break;
    }
    return self.right;
}
