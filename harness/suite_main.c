// The program that runs one suite; kronos_add_suite compiles this file into each.
#include "main.h"

#define KT_SUITE_TABLE KT_JOIN(kt_suite_, KT_SUITE, )

extern const kt_suite KT_SUITE_TABLE;

int main(int argc, char **argv)
{
    const kt_suite *suites[] = {&KT_SUITE_TABLE};
    return kt_main(argc, argv, &(kt_program){.suites = suites, .suite_count = 1});
}
