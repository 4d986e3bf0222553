// Which device a request finds, and what it is told when there is none.
#include "selection.h"

#include "test.h"

static const kro_device_info cpu = {.name = "llvmpipe (LLVM 15.0.6, 256 bits)",
                                    .vendor = "Mesa",
                                    .uuid = "00000000000000000000000000000001",
                                    .type = KRO_DEVICE_TYPE_CPU,
                                    .device_memory_bytes = 1u << 30};
static const kro_device_info integrated = {.name = "Intel(R) Graphics",
                                           .vendor = "Intel",
                                           .uuid = "00000000000000000000000000000002",
                                           .type = KRO_DEVICE_TYPE_INTEGRATED,
                                           .device_memory_bytes = 1u << 31};
static const kro_device_info small = {.name = "NVIDIA T4",
                                      .vendor = "NVIDIA",
                                      .uuid = "000000000000000000000000000000aB",
                                      .type = KRO_DEVICE_TYPE_DISCRETE,
                                      .device_memory_bytes = 1u << 28};
static const kro_device_info large = {.name = "NVIDIA H200",
                                      .vendor = "NVIDIA",
                                      .uuid = "000000000000000000000000000000cd",
                                      .type = KRO_DEVICE_TYPE_DISCRETE,
                                      .device_memory_bytes = 1u << 30};

TEST(devices_rank_by_type_then_memory_then_the_drivers_order)
{
    const kro_device_info infos[] = {cpu, small, integrated, large, cpu};
    const uint32_t best_first[] = {3, 1, 2, 0, 4};
    uint32_t order[5];
    kro__rank_devices(infos, 5, order);
    CHECK_U32S(order, best_first, 5);
}

// A type of a later version counts as none of the known ones.
TEST(a_virtual_gpu_ranks_before_an_unknown_device)
{
    enum { LATER_TYPE = 77 };
    const kro_device_info infos[] = {cpu,
                                     {.type = (kro_device_type)LATER_TYPE},
                                     {.type = KRO_DEVICE_TYPE_OTHER},
                                     {.type = KRO_DEVICE_TYPE_VIRTUAL},
                                     integrated};
    const uint32_t best_first[] = {4, 3, 1, 2, 0};
    uint32_t order[5];
    kro__rank_devices(infos, 5, order);
    CHECK_U32S(order, best_first, 5);
}

static uint32_t select_from_all(kt_test *t, const char *request, kro_status expected)
{
    const kro_device_info *ranked[] = {&large, &small, &integrated, &cpu};
    uint32_t chosen = 99;
    CHECK_STATUS(kro__select_device(ranked, 4, request, &chosen), expected);
    return chosen;
}

TEST(each_form_of_request_finds_its_device)
{
    CHECK_EQ_U64(select_from_all(t, NULL, KRO_OK), 0);
    CHECK_EQ_U64(select_from_all(t, "", KRO_OK), 0);
    CHECK_EQ_U64(select_from_all(t, "index:2", KRO_OK), 2);
    CHECK_EQ_U64(select_from_all(t, "vendor:intel", KRO_OK), 2);
    CHECK_EQ_U64(select_from_all(t, "vendor:NVIDIA", KRO_OK), 0);
    CHECK_EQ_U64(select_from_all(t, "type:cpu", KRO_OK), 3);
    CHECK_EQ_U64(select_from_all(t, "uuid:000000000000000000000000000000AB", KRO_OK), 1);
    CHECK_EQ_U64(select_from_all(t, "t4", KRO_OK), 1);
    CHECK_EQ_U64(select_from_all(t, "LLVM", KRO_OK), 3);
}

TEST(a_request_that_nothing_fits_lists_what_there_is)
{
    select_from_all(t, "radeon", KRO_ERROR_NO_DEVICE);
    CHECK_CONTAINS(kro_error_detail(), "radeon");
    CHECK_CONTAINS(kro_error_detail(), "kronos doctor");
    CHECK_CONTAINS(kro_error_detail(), "NVIDIA H200");
    CHECK_CONTAINS(kro_error_detail(), "llvmpipe");
    select_from_all(t, "index:4", KRO_ERROR_NO_DEVICE);
    CHECK_CONTAINS(kro_error_detail(), "there are 4");
    select_from_all(t, "vendor:nvidi", KRO_ERROR_NO_DEVICE);
}

TEST(a_request_of_unknown_form_is_an_invalid_argument)
{
    const char *const requests[] = {"index:",   "index:x", "index:-1", "index:99999999999",
                                    "index:1x", "vendor:", "type:",    "uuid:"};
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++)
        select_from_all(t, requests[i], KRO_ERROR_INVALID_ARGUMENT);
    select_from_all(t, "type:gpu", KRO_ERROR_INVALID_ARGUMENT);
    CHECK_CONTAINS(kro_error_detail(), "'type:gpu': types are other, integrated, discrete");
    select_from_all(t, "type:virtual", KRO_ERROR_NO_DEVICE);
}

TEST(no_device_at_all_says_what_was_looked_for)
{
    uint32_t chosen;
    CHECK_STATUS(kro__select_device(NULL, 0, NULL, &chosen), KRO_ERROR_NO_DEVICE);
    CHECK_CONTAINS(kro_error_detail(), "Vulkan 1.1");
    CHECK_CONTAINS(kro_error_detail(), "kronos doctor");
}
