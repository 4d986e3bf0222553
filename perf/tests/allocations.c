#include <dlfcn.h>
#include <stdlib.h>

#include "heap.h"
#include "scenes.h"

static kt_function find(const char *name)
{
    kt_function function = NULL;
    *(void **)&function = dlsym(RTLD_DEFAULT, name);
    return function;
}

static kro_buffer *make_buffer(kt_test *t, const kp_scene *scene)
{
    kro_buffer *buffer;
    CHECK_OK(kro_buffer_create(scene->ctx, &(kro_buffer_config){.size_bytes = 4096}, &buffer));
    return buffer;
}

static bool begin(kt_test *t, kp_heap *heap)
{
    kt_text problem = {0};
    const bool begun = kp_heap_begin(heap, find("kro_version"), &problem);
    CHECK_EQ_STRING(kt_text_string(&problem), "");
    kt_text_finish(&problem);
    return begun;
}

// Those of the library, not ours; from the beginning to the end.
TEST(allocations_of_the_library_are_counted)
{
    const kp_scene *scene = scene_on_null(t);
    kp_heap heap;
    if (!scene || !begin(t, &heap))
        return;
    free(kt_memory(1, 1));
    CHECK_EQ_U64(kp_heap_end(&heap), 0);

    if (!begin(t, &heap))
        return;
    kro_buffer *buffer = make_buffer(t, scene);
    const uint64_t count = kp_heap_end(&heap);
    CHECK(count > 0);
    kro_buffer *other = make_buffer(t, scene);
    CHECK_EQ_U64(kp_heap_end(&heap), count); // the end again: nothing more came to it
    kro_buffer_destroy(buffer);
    kro_buffer_destroy(other);
}

// A library that never allocates might be one whose calls are not found.
TEST(a_library_that_cannot_be_watched_is_refused)
{
    kp_heap heap;
    kt_text problem = {0};
    CHECK(!kp_heap_begin(&heap, find("cos"), &problem));
    CHECK_CONTAINS(kt_text_string(&problem), "cannot be watched");
    kt_text_finish(&problem);
}
