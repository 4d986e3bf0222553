// Programs call shaders through what `kronos bind` wrote for them. Compiled as C, and as C++ by
// sample.cpp.
#include <kronos/test.h>

#include "arrays.h"
#include "members.h"
#include "pick_buffer.h"
#include "saxpy.h"
#include "sum_across_sets.h"

static const uint32_t arrays_spirv[] =
#include "arrays.spv.inc"
    ;
static const uint32_t members_spirv[] =
#include "members.spv.inc"
    ;
static const uint32_t pick_buffer_spirv[] =
#include "pick_buffer.spv.inc"
    ;
static const uint32_t saxpy_spirv[] =
#include "saxpy.spv.inc"
    ;
static const uint32_t sum_across_sets_spirv[] =
#include "sum_across_sets.spv.inc"
    ;

// Words in the order that members.comp writes them.
typedef struct word_list {
    uint32_t words[64];
    size_t count;
    uint32_t last; // the last number that was made up
} word_list;

static void add_word(word_list *list, uint32_t word)
{
    list->words[list->count++] = word;
}

static void add_float(word_list *list, float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    add_word(list, bits);
}

// Numbers that differ from all before.
static uint32_t new_word(word_list *list)
{
    add_word(list, ++list->last);
    return list->last;
}

static float new_float(word_list *list)
{
    float value = 0.5f + (float)++list->last;
    add_float(list, value);
    return value;
}

static members_push fill_push(word_list *list)
{
    members_push push;
    memset(&push, 0xff, sizeof push); // padding included
    push.new_ = new_word(list);
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < 3; j++)
            push.corners[i][j] = new_float(list);
    for (int column = 0; column < 2; column++)
        for (int row = 0; row < 3; row++)
            push.turn[row][column] = new_float(list);
    push.A = new_word(list);
    push.a_ = new_word(list);
    for (int column = 0; column < 2; column++)
        for (int row = 0; row < 3; row++)
            push.spin[column][row] = new_float(list);
    for (int i = 0; i < 2; i++) {
        push.lights[i].power = new_float(list);
        push.lights[i].cell = new_word(list);
    }
    return push;
}

// Dispatches members.comp with given constants, or with none.
static void check_members(kro_test *t, const kro_constant *constants, uint32_t constant_count,
                          word_list *list, members_push push)
{
    const uint32_t word = 0xabcdef01;
    kro_pipeline *members =
        kro_test_pipeline(t, members_spirv, sizeof members_spirv, constants, constant_count);
    kro_buffer *words = kro_test_buffer(t, sizeof list->words, NULL);
    KRO_CHECK_OK(members_dispatch(kro_test_stream(t), members, words,
                                  kro_test_buffer(t, sizeof word, &word), push, 1, 1, 1));
    KRO_CHECK_EQ(words, list->words, list->count);
}

KRO_TEST(members_and_defaults_are_those_of_the_shader)
{
    word_list list;
    memset(&list, 0, sizeof list);
    members_push push = fill_push(&list);
    add_float(&list, MEMBERS_DEFAULT_DELETE_);
    add_word(&list, (uint32_t)MEMBERS_DEFAULT_LEAST);
    add_word(&list, MEMBERS_DEFAULT_SIGNED_);
    add_word(&list, MEMBERS_DEFAULT_MOST);
    add_word(&list, (uint32_t)MEMBERS_DEFAULT_MINUS);
    add_word(&list, 0xabcdef01);
    add_word(&list, MEMBERS_DEFAULT_LOCAL_SIZE_X);
    check_members(t, NULL, 0, &list, push);
}

KRO_TEST(constants_reach_the_shader)
{
    const kro_constant constants[] = {
        members_constant_delete_(-0.25f), members_constant_least(-5),
        members_constant_signed_(false),  members_constant_most(77),
        members_constant_local_size_x(1),
    };
    word_list list;
    memset(&list, 0, sizeof list);
    members_push push = fill_push(&list);
    add_float(&list, -0.25f);
    add_word(&list, (uint32_t)-5);
    add_word(&list, 0);
    add_word(&list, 77);
    add_word(&list, (uint32_t)-7);
    add_word(&list, 0xabcdef01);
    add_word(&list, 1);
    check_members(t, constants, sizeof constants / sizeof constants[0], &list, push);
}

KRO_TEST(arrays_lie_where_the_shader_has_them)
{
    word_list list;
    memset(&list, 0, sizeof list);
    arrays_push push;
    memset(&push, 0xff, sizeof push);
    for (int i = 0; i < 2; i++) {
        arrays_push_lights_cells *cell = &push.lights[i].cells[0];
        for (int j = 0; j < 2; j++)
            for (int k = 0; k < 3; k++)
                cell->row[j][k] = new_word(&list);
        push.lights[i].power = new_float(&list);
    }
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 2; j++)
            push.pairs[i][j] = new_word(&list);
    kro_buffer *words = kro_test_buffer(t, sizeof list.words, NULL);
    kro_pipeline *arrays = kro_test_pipeline(t, arrays_spirv, sizeof arrays_spirv, NULL, 0);
    KRO_CHECK_OK(arrays_dispatch(kro_test_stream(t), arrays, words, push, 1, 1, 1));
    KRO_CHECK_EQ(words, list.words, list.count);
}

KRO_TEST(a_dispatch_computes)
{
    enum { COUNT = 1000 }; // not a multiple of the workgroup's size
    float x[COUNT], y[COUNT], want[COUNT];
    for (int i = 0; i < COUNT; i++) {
        x[i] = (float)i;
        y[i] = (float)(3 * i);
        want[i] = 2 * x[i] + y[i];
    }
    saxpy_push push;
    push.a = 2;
    push.count = COUNT;
    kro_pipeline *saxpy = kro_test_pipeline(t, saxpy_spirv, sizeof saxpy_spirv, NULL, 0);
    kro_buffer *x_buffer = kro_test_buffer(t, sizeof x, x);
    kro_buffer *y_buffer = kro_test_buffer(t, sizeof y, y);
    KRO_CHECK_OK(saxpy_dispatch(kro_test_stream(t), saxpy, x_buffer, y_buffer, push, COUNT, 1, 1));
    KRO_CHECK_NEAR(y_buffer, want, COUNT, .ulp = 0);
    // No invocation is a dispatch, too.
    KRO_CHECK_OK(saxpy_dispatch(kro_test_stream(t), saxpy, x_buffer, y_buffer, push, 0, 1, 1));
    KRO_CHECK_NEAR(y_buffer, want, COUNT);
    KRO_CHECK(SAXPY_LOCAL_SIZE_X == kro_pipeline_get_info(saxpy)->local_size[0]);
}

KRO_TEST(arrays_of_buffers_and_other_sets_are_filled)
{
    const uint32_t words[3][2] = {{1, 2}, {30, 40}, {500, 600}};
    kro_buffer *inputs[3];
    for (int i = 0; i < 3; i++)
        inputs[i] = kro_test_buffer(t, sizeof words[i], words[i]);
    kro_buffer *out = kro_test_buffer(t, sizeof words[0], NULL);
    kro_pipeline *pick = kro_test_pipeline(t, pick_buffer_spirv, sizeof pick_buffer_spirv, NULL, 0);
    for (uint32_t i = 0; i < 3; i++) {
        pick_buffer_push push;
        push.which = i;
        KRO_CHECK_OK(pick_buffer_dispatch(kro_test_stream(t), pick, inputs, out, push, 2, 1, 1));
        KRO_CHECK_EQ(out, words[i], 2);
    }
    const uint32_t sums[2] = {1 + 2 * 30 + 3 * 500, 2 + 2 * 40 + 3 * 600};
    kro_pipeline *sum =
        kro_test_pipeline(t, sum_across_sets_spirv, sizeof sum_across_sets_spirv, NULL, 0);
    KRO_CHECK_OK(sum_across_sets_dispatch(kro_test_stream(t), sum, inputs[0], inputs[1], inputs[2],
                                          out, 2, 1, 1));
    KRO_CHECK_EQ(out, sums, 2);
}

static const kro_test_case CASES[] = {
    {"members_and_defaults_are_those_of_the_shader", members_and_defaults_are_those_of_the_shader},
    {"constants_reach_the_shader", constants_reach_the_shader},
    {"arrays_lie_where_the_shader_has_them", arrays_lie_where_the_shader_has_them},
    {"a_dispatch_computes", a_dispatch_computes},
    {"arrays_of_buffers_and_other_sets_are_filled", arrays_of_buffers_and_other_sets_are_filled},
};
KRO_TEST_MAIN(CASES)
