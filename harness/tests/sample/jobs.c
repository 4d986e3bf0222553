// Cases that see which others run beside them, by files in the folder KRONOS_SAMPLE_FOLDER.
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "os/files.h"
#include "text.h"

static const char *path_of(kt_test *t, const char *name)
{
    const char *folder = getenv("KRONOS_SAMPLE_FOLDER");
    CHECK(folder);
    kt_text path = {0};
    kt_text_format(&path, "%s/%s", folder ? folder : "", name);
    char *copy = kt_alloc(t, path.size_bytes + 1);
    memcpy(copy, kt_text_string(&path), path.size_bytes);
    kt_text_finish(&path);
    return copy;
}

static void make_file(kt_test *t, const char *path)
{
    FILE *file = fopen(path, "we");
    if (CHECK(file))
        fclose(file);
}

static void pause_ms(long ms)
{
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL);
}

TEST_PARAMS(enumerate_sides)
{
    kt_param(params, "left");
    kt_param(params, "right");
}

// Each waits for the other.
TEST_FAMILY_CASE(meets_its_peer)
{
    make_file(t, path_of(t, param));
    const char *peer = path_of(t, !strcmp(param, "left") ? "right" : "left");
    bool met = false;
    for (int i = 0; i < 1000 && !met; i++) {
        met = kt_file_exists(peer);
        if (!met)
            pause_ms(5);
    }
    CHECK(met);
}

TEST_PARAMS(enumerate_numbers)
{
    for (int i = 0; i < 6; i++)
        kt_param(params, "%d", i);
}

// Some time during which its file is there, and that of a case that bears no other must not be.
TEST_FAMILY_CASE(is_busy)
{
    kt_text name = {0};
    kt_text_format(&name, "busy-%s", param);
    const char *own = path_of(t, kt_text_string(&name)), *alone = path_of(t, "alone");
    kt_text_finish(&name);
    make_file(t, own);
    for (int i = 0; i < 6; i++) {
        CHECK(!kt_file_exists(alone));
        pause_ms(10);
    }
    CHECK(unlink(own) == 0);
}

// How many cases are busy.
static int count_busy(kt_test *t)
{
    int count = 0;
    for (char name[] = "busy-0"; name[5] < '6'; name[5]++)
        count += kt_file_exists(path_of(t, name));
    return count;
}

TEST(bears_no_other)
{
    const char *own = path_of(t, "alone");
    make_file(t, own);
    for (int i = 0; i < 10; i++) {
        CHECK_EQ_I64(count_busy(t), 0);
        pause_ms(10);
    }
    CHECK(unlink(own) == 0);
}

TEST(fails_beside_others)
{
    int seen = 0;
    for (int i = 0; i < 10; i++) {
        seen += count_busy(t);
        pause_ms(10);
    }
    CHECK_EQ_I64(seen, 0);
}

// Counts how often it ran, in a file.
static long count_run(kt_test *t, const char *name)
{
    const char *path = path_of(t, name);
    FILE *file = fopen(path, "ae");
    if (!CHECK(file))
        return 0;
    CHECK(fputc('x', file) == 'x');
    long count = ftell(file);
    fclose(file);
    return count;
}

TEST(counts_its_runs)
{
    CHECK(count_run(t, "runs") > 0);
}

TEST(fails_every_third_time)
{
    long count = count_run(t, "thirds");
    CHECK(count > 0);
    if (count % 3 == 0)
        FAILF(t, "time %ld", count);
}
