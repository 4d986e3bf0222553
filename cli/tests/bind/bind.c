// What `kronos bind` says of files and modules that are not as they should be.
#include "bind_header.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <spirv/unified1/spirv.h>

#include "bind_names.h"
#include "kronos.h"
#include "shaders.h"

static const uint32_t members_spirv[] =
#include "members.spv.inc"
    ;
enum { HEADER_WORDS = 5, MEMBERS_WORDS = sizeof members_spirv / sizeof members_spirv[0] };

static const char *write_words(kt_test *t, const char *name, const void *words, size_t size_bytes)
{
    const char *path = program_path(t, program_folder(t), name);
    FILE *file = fopen(path, "wb");
    if (CHECK(file)) {
        CHECK(fwrite(words, 1, size_bytes, file) == size_bytes);
        CHECK(fclose(file) == 0);
    }
    return path;
}

TEST(wrong_words_and_files_are_named)
{
    const char *right = write_words(t, "members.spv", members_spirv, sizeof members_spirv);
    const char *text = write_words(t, "members.comp", "#version 450\n", 13);
    const char *cut = write_words(t, "cut.spv", members_spirv, sizeof members_spirv / 8 * 4);
    const char *empty = write_words(t, "empty.spv", "", 0);
    const struct {
        int code;
        const char *words[3];
        const char *sentence;
    } rows[] = {
        {2, {NULL}, "kronos: bind takes a file with a shader's SPIR-V"},
        {2, {"/nonexistent.spv"}, "kronos: /nonexistent.spv cannot be read: No such file"},
        {2, {right, right}, "kronos: bind takes one file; "},
        {2,
         {right, "--name", "2 d"},
         "kronos: '2 d' is no name that C and Kronos leave free; '_2_d'"},
        {2, {right, "--name", "kro_x"}, "'kro_x' is no name"},
        {2, {right, "--entry=absent"}, "has no compute entry point 'absent'; it has: main"},
        {2, {right, "--bogus"}, "kronos: '--bogus' is no option of this command"},
        {1, {text}, "kronos: shader 'members.comp' is not SPIR-V: it starts with"},
        {1, {cut}, "kronos: shader 'cut.spv' is damaged"},
        {1, {empty}, "kronos: shader 'empty.spv' is empty"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *const *words = rows[i].words;
        program_end end = program_run(
            t, (const char *const[]){"kronos", "bind", words[0], words[0] ? words[1] : NULL,
                                     words[0] && words[1] ? words[2] : NULL, NULL});
        CHECK_EQ_I64(end.code, rows[i].code);
        CHECK_CONTAINS(end.output, rows[i].sentence);
        CHECK(!strstr(end.output, "#ifndef"));
    }
}

TEST(options_choose_the_name_and_the_entry_point)
{
    const char *path = write_words(t, "in.a.folder.spv", members_spirv, sizeof members_spirv);
    program_end end = RUN_KRONOS("bind", path);
    CHECK_EQ_I64(end.code, 0);
    CHECK_CONTAINS(end.output, "// Made by kronos bind from in.a.folder.spv, entry point main.");
    CHECK_CONTAINS(end.output, "static inline kro_status in_dispatch(");
    end = RUN_KRONOS("bind", "--name", "Other_2", path, "--entry", "main");
    CHECK_EQ_I64(end.code, 0);
    CHECK_CONTAINS(end.output, "#ifndef OTHER_2_BIND_H\n");
    CHECK_CONTAINS(end.output, "} Other_2_push;\n");
    end = RUN_KRONOS("bind", "--help");
    CHECK_EQ_I64(end.code, 0);
    CHECK_CONTAINS(end.output, "usage: kronos bind FILE.spv");
}

TEST(names_become_identifiers)
{
    static const char *const ROWS[][2] = {
        {"count", "count"},
        {"count", "count_"},
        {"count", "count_2"},
        {"Count", "Count_3"},
        {"class", "class_"},
        {"size_t", "size_t_"},
        {"2d", "_2d"},
        {"a b\n*/", "a_b___"},
        {"", "fallback"},
        {"___", "fallback_"},
        {"\xc3\xa4", "fallback_2"},
        {"kro_buffer", "a_kro_buffer"},
        {"KRO_OK", "a_KRO_OK"},
        {"nul", "nul"},
    };
    cli_names names = {0};
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++)
        CHECK_EQ_STRING(cli_names_add(&names, ROWS[i][0], "fallback"), ROWS[i][1]);
    cli_names_finish(&names);

    kt_text text = {0};
    cli_append_in_comment(&text, "a b\n\\\x7f\xc3.spv");
    CHECK_EQ_STRING(kt_text_string(&text), "a_b____.spv");
    kt_text_finish(&text);
}

static kro_status write_header(const uint32_t *words, size_t count, kt_text *out, kt_text *problem)
{
    const cli_bind_request request = {
        .file = "x.spv", .name = "x", .spirv = words, .spirv_bytes = count * sizeof *words};
    return cli_bind_header(&request, out, problem);
}

// The number of a decoration with value `old`, in word `at` of its instruction.
static uint32_t *find_decoration(kt_test *t, uint32_t *words, uint32_t decoration, uint32_t old,
                                 size_t at)
{
    for (size_t i = HEADER_WORDS; i < MEMBERS_WORDS; i += words[i] >> 16)
        if ((words[i] & 0xffff) == (at == 4 ? SpvOpMemberDecorate : SpvOpDecorate) &&
            words[i + at - 1] == decoration && words[i + at] == old)
            return &words[i + at];
    FAILF(t, "no decoration %u with %u", decoration, old);
    return words + MEMBERS_WORDS - 1;
}

TEST(what_c_has_no_struct_for_is_refused)
{
    static const struct {
        uint32_t decoration, old, wrong;
        size_t at; // word of the instruction
        const char *sentence;
    } ROWS[] = {
        {SpvDecorationOffset, 16, 18, 4, "'corners' lies where C puts no value of its type"},
        {SpvDecorationOffset, 48, 40, 4, "'turn' begins before the one in front of it ends in C"},
        {SpvDecorationOffset, 72, 1 << 20, 4, "'A' lies behind the end of any push constants"},
        {SpvDecorationMatrixStride, 8, 4, 4, "'turn' is a matrix whose lines overlap"},
        {SpvDecorationArrayStride, 8, 6, 3,
         "'lights' is an array that is spaced as no array in C is"},
        {SpvDecorationArrayStride, 8, 1 << 20, 3, "'lights' is longer than any push constants"},
        {SpvDecorationArrayStride, 16, 14, 3, "'corners' is an array that is spaced as no array"},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        uint32_t *words = kt_alloc(t, sizeof members_spirv);
        memcpy(words, members_spirv, sizeof members_spirv);
        *find_decoration(t, words, ROWS[i].decoration, ROWS[i].old, ROWS[i].at) = ROWS[i].wrong;
        kt_text out = {0}, problem = {0};
        CHECK_STATUS(write_header(words, MEMBERS_WORDS, &out, &problem), KRO_ERROR_UNSUPPORTED);
        CHECK_CONTAINS(kt_text_string(&problem), "shader 'x.spv': the push constant ");
        CHECK_CONTAINS(kt_text_string(&problem), ROWS[i].sentence);
        kt_text_finish(&problem);
        kt_text_finish(&out);
    }
}

TEST(stripped_modules_get_numbers)
{
    uint32_t *words = kt_alloc(t, sizeof members_spirv);
    size_t count = HEADER_WORDS;
    memcpy(words, members_spirv, HEADER_WORDS * sizeof *words);
    for (size_t i = HEADER_WORDS; i < MEMBERS_WORDS; i += members_spirv[i] >> 16) {
        uint32_t opcode = members_spirv[i] & 0xffff, length = members_spirv[i] >> 16;
        if (opcode == SpvOpName || opcode == SpvOpMemberName)
            continue;
        memcpy(words + count, members_spirv + i, length * sizeof *words);
        count += length;
    }
    kt_text out = {0}, problem = {0};
    CHECK_STATUS(write_header(words, count, &out, &problem), KRO_OK);
    static const char *const PARTS[] = {
        "    uint32_t member_0; // at 0\n",
        "    float member_2[3][2]; // at 48, a 2x3 matrix as [row][column]\n",
        "    x_push_member_6 member_6[2]; // at 112\n",
        "#define X_CONSTANT_ID_1 1u\n#define X_DEFAULT_ID_1 (2.5f)\n",
        "#define X_DEFAULT_ID_2 INT32_MIN\n",
        "x_constant_local_size_x(uint32_t value)",
        "    kro_buffer *buffer_0_0,\n    kro_buffer *buffer_0_9,\n",
    };
    for (size_t i = 0; i < sizeof PARTS / sizeof PARTS[0]; i++)
        CHECK_CONTAINS(kt_text_string(&out), PARTS[i]);
    kt_text_finish(&problem);
    kt_text_finish(&out);
}

// Any words are safe: a header or a sentence comes, and no end of text.
static void check_survives(kt_test *t, const uint32_t *words, size_t count)
{
    kt_text out = {0}, problem = {0};
    kro_status status = write_header(words, count, &out, &problem);
    if ((status < 0) != (problem.size_bytes > 0) || out.size_bytes > 1 << 20)
        FAILF(t, "status %d, %zu bytes, problem '%s'", status, out.size_bytes,
              kt_text_string(&problem));
    kt_text_finish(&problem);
    kt_text_finish(&out);
}

static void damage(kt_test *t, const uint32_t *right, size_t count)
{
    uint32_t *words = kt_alloc(t, count * sizeof *words);
    memcpy(words, right, count * sizeof *words);
    for (size_t i = 0; i < count; i++) {
        const uint32_t values[] = {0,
                                   1,
                                   UINT32_MAX,
                                   right[i] + 1,
                                   right[i] - 1,
                                   right[i] ^ 0x10000,
                                   right[kt_random_below(t, count)]};
        for (size_t j = 0; j < sizeof values / sizeof values[0]; j++) {
            words[i] = values[j];
            check_survives(t, words, count);
        }
        words[i] = right[i];
        check_survives(t, words, i);
    }
    // Several at once reach further.
    for (int round = 0; round < 2000; round++) {
        for (int i = 0; i < 3; i++)
            words[HEADER_WORDS + kt_random_below(t, count - HEADER_WORDS)] =
                right[kt_random_below(t, count)];
        check_survives(t, words, count);
        memcpy(words, right, count * sizeof *words);
    }
}

TEST(damaged_modules_are_survived)
{
    damage(t, members_spirv, MEMBERS_WORDS);
    static const char *const SHADERS[] = {"pick_buffer", "constant_types_half", "add_by_address"};
    for (size_t i = 0; i < sizeof SHADERS / sizeof SHADERS[0]; i++) {
        const kronos_shader *shader = kronos_shader_find(SHADERS[i]);
        if (CHECK(shader))
            damage(t, shader->words, shader->size_bytes / sizeof *shader->words);
    }
    CHECK(true);
}
