// Objects live in a context until they are destroyed, and a little longer: until every open batch
// and every submit that may use them has passed.
//
// Opening a batch publishes a context-wide count in the stream; destroying an object notes the
// count and moves it on. Batches opened earlier may hold the object, later ones cannot: they show a
// higher count. Nobody destroys what another thread still gives to a dispatch, so whatever a batch
// holds was given before the count moved, and no stronger order than that is needed. When no stream
// has such a batch open any more, all uses have been submitted: the object notes each queue's last
// value and is freed when these have finished. Nothing of this costs a dispatch anything.
#ifndef KRO_SRC_RETIRE_H
#define KRO_SRC_RETIRE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <kronos/context.h>
#include <kronos/graph.h>

#include "backend.h"
#include "os/thread.h"

typedef struct kro__object kro__object;

// The first member of every buffer, pipeline and stream.
struct kro__object {
    kro_context *ctx;
    void (*free_object)(kro__object *object); // called with no lock held
    kro__object *previous, *next;             // among the living, or in the graveyard
    uint64_t grave_serial;                    // batches that show up to this may use it
    bool submitted;                           // no such batch is open; `values` count now
    bool reported;                            // check_hazards has said that it is pinned
    uint32_t named;                           // by how many nodes of graphs; under lock
    uint64_t values[KRO__MAX_QUEUES];
};

typedef struct kro__graveyard {
    kro__mutex lock;
    kro__object *living, *dead; // under lock
    kro_stream *streams;        // under lock: every stream, for its open batch's number
    kro_graph *graphs;          // under lock: every graph, for what its nodes name
    _Atomic uint32_t dead_count;
    _Atomic uint64_t serials; // objects destroyed so far, and 1
} kro__graveyard;

bool kro__graveyard_init(kro__graveyard *graveyard);

// Frees every object, dead or living. The device has finished or is lost.
void kro__graveyard_finish(kro__graveyard *graveyard);

// Makes an object one of its context's.
void kro__object_register(kro__object *object, kro_context *ctx,
                          void (*free_object)(kro__object *object));

// Takes an object out of use and frees it as soon as nothing can use it any more.
void kro__object_retire(kro__object *object);

// Frees an object at once. The caller has seen its submitted uses finish.
//
// Returns: false, and nothing is freed, while an open batch that showed up to `serial` may use the
//          object; `name` receives that stream's label.
bool kro__object_release(kro__object *object, uint64_t serial, char *name, size_t name_bytes);

// Frees the dead whose last use has passed. Cheap when there are none.
void kro__retire_collect(kro_context *ctx);

#endif
