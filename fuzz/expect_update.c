// `kronos expect`: any file of known faults gets a patch for a good run's results. What is left
// after that is a file of known faults again, but for the values that a person must give.
#include "fuzz.h"

#include "earlier.h"
#include "expect_update.h"

// The text with its edits, which cli_patch_write has put in order.
static void apply(const cli_patch *patch, kt_text *out)
{
    size_t line = 0;
    for (size_t i = 0; i < patch->edit_count; i++) {
        const cli_edit *edit = &patch->edits[i];
        fuzz_require(edit->line + edit->count <= patch->line_count);
        for (; line < edit->line; line++)
            kt_text_format(out, "%s\n", patch->lines[line]);
        kt_text_format(out, "%s", edit->added);
        line = edit->line + edit->count > line ? edit->line + edit->count : line;
    }
    for (; line < patch->line_count; line++)
        kt_text_format(out, "%s\n", patch->lines[line]);
}

static void update(const cli_expect_file *file, const cli_results *results)
{
    cli_patch patch;
    cli_expect_counts counts = {0};
    kt_text diff = {0}, patched = {0}, problem = {0};
    kt_expectations entries = {0};
    cli_patch_init(&patch, file->text);
    cli_expect_update(file, results, 1, "2026-06-30", &patch, &counts);
    cli_patch_write(&patch, file->path, file->is_new, &diff);
    fuzz_require((counts.added || counts.ended || counts.renewed) == (diff.size_bytes > 0));
    apply(&patch, &patched);
    if (!counts.added && !counts.renewed)
        fuzz_require(kt_expect_parse(&entries, "patched.txt", kt_text_string(&patched), &problem));
    kt_expect_finish(&entries);
    kt_text_finish(&problem);
    kt_text_finish(&patched);
    kt_text_finish(&diff);
    cli_patch_finish(&patch);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size_bytes)
{
    cli_results results;
    kt_text problem = {0};
    cli_expect_file file = {.path = (char[]){"fuzz.txt"}, .text = fuzz_text(bytes, size_bytes)};
    const size_t length = strlen(file.text);
    // `kronos expect` refuses a last line without an end.
    if ((!length || file.text[length - 1] == '\n') &&
        kt_expect_parse(&file.entries, file.path, file.text, &problem)) {
        fuzz_require(cli_results_parse(&results, "earlier", fuzz_earlier_lines, NULL, &problem));
        update(&file, &results);
        cli_results_finish(&results);
    }
    kt_expect_finish(&file.entries);
    kt_text_finish(&problem);
    free(file.text);
    return 0;
}
