// What a context logs counts for the case that runs.
#include "test.h"

static void log_line(kt_test *t, kro_log_level level, const char *message)
{
    const kro_context_config config = kt_context_config(t);
    if (CHECK(config.log))
        config.log(config.log_user, level, message);
}

TEST(an_error_in_the_log_fails)
{
    log_line(t, KRO_LOG_ERROR, "validation says no");
}

TEST(an_error_in_the_log_is_expected)
{
    log_line(t, KRO_LOG_ERROR, "validation says no");
}

TEST(a_warning_in_the_log_is_noted)
{
    log_line(t, KRO_LOG_WARNING, "validation frowns");
}
