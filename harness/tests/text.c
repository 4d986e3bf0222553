// Text from anywhere.
#include "text.h"

#include <stdlib.h>
#include <string.h>

TEST(clean_text_is_utf8_without_controls)
{
    static const struct {
        const char *raw, *clean;
    } ROWS[] = {
        {"plain\tline\n", "plain\tline\n"},
        {"\x01\x1b[31m\r\x7f", "\xef\xbf\xbd\xef\xbf\xbd[31m\xef\xbf\xbd\xef\xbf\xbd"},
        {"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80"},
        {"\xff", "\xef\xbf\xbd"},
        {"\xc3", "\xef\xbf\xbd"},
        {"\xc0\x80", "\xef\xbf\xbd\xef\xbf\xbd"},
        {"\xe0\x80\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
        {"\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
        {"\xf4\x90\x80\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
        {"\xef\xbf\xbf", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
        {"a\xe2\x82", "a\xef\xbf\xbd\xef\xbf\xbd"},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        kt_text text = {0};
        kt_text_append_clean(&text, ROWS[i].raw, strlen(ROWS[i].raw));
        CHECK_EQ_STRING(kt_text_string(&text), ROWS[i].clean);
        kt_text_finish(&text);
    }
    kt_text text = {0};
    kt_text_append_clean(&text, "a\0b", 3);
    CHECK_EQ_STRING(kt_text_string(&text), "a\xef\xbf\xbd"
                                           "b");
    kt_text_finish(&text);
}

TEST(numbers_are_read_whole_or_not_at_all)
{
    uint64_t value = 7;
    CHECK(kt_parse_number("0", UINT64_MAX, &value) && value == 0);
    CHECK(kt_parse_number("18446744073709551615", UINT64_MAX, &value) && value == UINT64_MAX);
    CHECK(kt_parse_number("100", 100, &value) && value == 100);
    CHECK(!kt_parse_number("18446744073709551616", UINT64_MAX, &value));
    CHECK(!kt_parse_number("101", 100, &value));
    static const char *const WRONG[] = {"", "-1", "+1", " 1", "1 ", "0x1", "1.0", "one"};
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++)
        CHECK(!kt_parse_number(WRONG[i], UINT64_MAX, &value));
    CHECK_EQ_U64(value, 100);
}

// Thousands of cases are added one by one: a move for each would take longer than most of them.
TEST(arrays_move_only_where_their_room_doubles)
{
    enum { COUNT = 100 };
    size_t *items = NULL;
    for (size_t count = 0; count < COUNT; count++) {
        size_t *before = items;
        items = kt_memory_append(items, count, sizeof *items);
        items[count] = count;
        if (count & (count - 1)) // not at 1, 2, 4, 8 ...
            CHECK(items == before);
    }
    for (size_t i = 0; i < COUNT; i++)
        CHECK_EQ_U64(items[i], i);
    free(items);
}
