// Command lines.
#include "options.h"

#include <string.h>

enum { MAX_WORDS = 20 };

static bool parse(kt_options *options, const char *line, char *copy, kt_text *problem)
{
    char *words[MAX_WORDS];
    int count = 0;
    strcpy(copy, line);
    for (char *word = strtok(copy, " "); word && count < MAX_WORDS; word = strtok(NULL, " "))
        words[count++] = word;
    return kt_options_init(options, KT_OPTIONS_ALL, count, words, problem);
}

TEST(options_are_read)
{
    kt_options options;
    kt_text problem = {0};
    char copy[256];
    CHECK(parse(&options, "", copy, &problem));
    CHECK_EQ_U64(options.seed, 1);
    CHECK_EQ_U64(options.timeout_s, 60);
    CHECK_EQ_U64(options.selection.tier, KT_TIER_QUICK);
    CHECK_EQ_U64(options.selection.filter_count, 0);
    CHECK_EQ_U64(options.jobs, 1);
    CHECK_EQ_U64(options.repeat, 1);
    CHECK(!options.resume);
    kt_options_finish(&options);

    CHECK(parse(&options,
                "a/* --require executed>=3 --require type=*e* --filter=b/* --tier full --shard=2/5 "
                "--seed 9 c "
                "--strict --require=type!=cpu --jobs 8 --repeat=3 --resume d",
                copy, &problem));
    CHECK_EQ_STRING(kt_text_string(&problem), "");
    CHECK_EQ_U64(options.timeout_s, 1800); // of the full tier
    CHECK_EQ_U64(options.selection.filter_count, 3);
    CHECK_EQ_STRING(options.selection.filters[0], "a/*");
    CHECK_EQ_STRING(options.selection.filters[1], "b/*");
    CHECK_EQ_STRING(options.selection.filters[2], "c");
    CHECK_EQ_U64(options.requirement_count, 3);
    CHECK_EQ_STRING(options.requirements[0], "executed>=3");
    CHECK_EQ_STRING(options.requirements[1], "type=*e*");
    CHECK_EQ_STRING(options.requirements[2], "type!=cpu");
    CHECK_EQ_U64(options.selection.tier, KT_TIER_FULL);
    CHECK_EQ_U64(options.selection.shard_index, 2);
    CHECK_EQ_U64(options.selection.shard_count, 5);
    CHECK_EQ_U64(options.seed, 9);
    CHECK(options.given & KT_OPTION_STRICT);
    CHECK_EQ_U64(options.jobs, 8);
    CHECK_EQ_U64(options.repeat, 3);
    CHECK_EQ_STRING(options.resume, "d");
    CHECK(!(options.given & KT_OPTION_JSON));
    kt_options_finish(&options);
    kt_text_finish(&problem);
}

TEST(wrong_options_are_named)
{
    static const char *const ROWS[][2] = {
        {"--bogus", "'--bogus'"},
        {"-x", "'-x'"},
        {"--tier", "--tier needs a value"},
        {"--tier fast", "--tier is quick, standard or full, not 'fast'"},
        {"--seed x", "--seed is a number, not 'x'"},
        {"--seed 18446744073709551616", "--seed is a number"},
        {"--timeout 0", "--timeout is a number of seconds from 1"},
        {"--shard 3/3", "--shard is I/N"},
        {"--shard 1", "--shard is I/N"},
        {"--shard 0/0", "--shard is I/N"},
        {"--strict=yes", "--strict takes no value"},
        {"--require colour=red", "--require does not understand 'colour=red'"},
        {"--require executed>=many", "--require does not understand"},
        {"--require type=", "--require does not understand"},
        {"--require type=gpu",
         "--require does not understand 'type=gpu'; --help lists what it takes"},
        {"--require version>=new", "--require does not understand"},
        {"--require version>=", "--require does not understand"},
        {"--require skipped<=-1", "--require does not understand"},
        {"--jobs 0", "--jobs is a number from 1 to 256, not '0'"},
        {"--jobs 257", "--jobs is a number from 1 to 256, not '257'"},
        {"--repeat 0", "--repeat is a number from 1 to 1000000, not '0'"},
        {"--repeat", "--repeat needs a value (N)"},
        {"--resume", "--resume needs a value (DIR)"},
        {"--here --jobs 2", "--here runs everything in one process, without --jobs"},
        {"--json --tap", "standard output is JSON or TAP"},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        kt_options options;
        kt_text problem = {0};
        char copy[256];
        CHECK(!parse(&options, ROWS[i][0], copy, &problem));
        CHECK_CONTAINS(kt_text_string(&problem), ROWS[i][1]);
        kt_options_finish(&options);
        kt_text_finish(&problem);
    }
}
