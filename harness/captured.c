#include "captured.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "drivers/shared/capture_format.h"

static const kronos_proxy_api *capturing(const kt_session *session)
{
    return session->proxy && session->proxy->captures() ? session->proxy : NULL;
}

void kt_capture_failure(kt_session *session, const char *text)
{
    const kronos_proxy_api *proxy = capturing(session);
    if (proxy)
        proxy->capture(KRO__CAPTURE_FAILURE, text, strlen(text) + 1, NULL, 0);
}

void kt_capture_end(kt_session *session)
{
    const kronos_proxy_api *proxy = capturing(session);
    if (proxy)
        proxy->capture(KRO__CAPTURE_END, NULL, 0, NULL, 0);
}

static kro__capture_element element_kind(kro_element element)
{
    switch (element) {
    case KRO_ELEMENT_F16:
        return KRO__CAPTURE_FLOAT16;
    case KRO_ELEMENT_F32:
        return KRO__CAPTURE_FLOAT32;
    case KRO_ELEMENT_F64:
        return KRO__CAPTURE_FLOAT64;
    default:
        return KRO__CAPTURE_BYTES;
    }
}

static bool is_right(kro_element element, const void *actual, const void *low, const void *high,
                     size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const double least = kro__element_value(element, low, i);
        const double most = kro__element_value(element, high, i);
        const double value = kro__element_value(element, actual, i);
        const bool right =
            isnan(least) ? isnan(value) : isnan(most) || (least <= value && value <= most);
        if (!right)
            return false;
    }
    return true;
}

// Tells of three arrays.
static void tell(const kronos_proxy_api *proxy, kro__capture_arrays head, const void *actual,
                 const void *low, const void *high)
{
    const size_t size_bytes = (size_t)head.size_bytes;
    char *bytes = kt_memory(3, size_bytes);
    memcpy(bytes, actual, size_bytes);
    memcpy(bytes + size_bytes, low, size_bytes);
    memcpy(bytes + 2 * size_bytes, high, size_bytes);
    proxy->capture(KRO__CAPTURE_ARRAYS, &head, sizeof head, bytes, 3 * size_bytes);
    free(bytes);
}

bool kt_is_captured(kt_test *t)
{
    return capturing(t->session) != NULL;
}

void kt_compared(kt_test *t, kro_element element, const void *actual, const void *low,
                 const void *high, size_t count)
{
    const kronos_proxy_api *proxy = capturing(t->session);
    kro__capture_arrays head = {.element = element_kind(element),
                                .size_bytes = count * kro__element_bytes(element)};
    if (!proxy)
        return;
    head.right = head.element == KRO__CAPTURE_BYTES ? !memcmp(actual, low, (size_t)head.size_bytes)
                                                    : is_right(element, actual, low, high, count);
    tell(proxy, head, actual, low, high);
}

// Numbers that must have the same bits, but for NaNs, which are all alike.
static void capture_exact(kt_test *t, const kro__arrays *arrays, size_t count)
{
    const size_t each = kro__element_bytes(arrays->element);
    char *expected = kt_memory(count, each);
    memcpy(expected, arrays->expected, count * each);
    for (size_t i = 0; element_kind(arrays->element) && i < count; i++)
        if (isnan(kro__element_value(arrays->element, arrays->actual, i)) &&
            isnan(kro__element_value(arrays->element, expected, i)))
            memcpy(expected + i * each, (const char *)arrays->actual + i * each, each);
    kt_compared(t, KRO_ELEMENT_U8, arrays->actual, expected, expected, count * each);
    free(expected);
}

void kt_capture_arrays(kt_test *t, const kro__arrays *arrays, const kro_tolerance *tolerance)
{
    const size_t size_bytes = tolerance->count * kro__element_bytes(arrays->element);
    if (!capturing(t->session))
        return;
    if (!element_kind(arrays->element) ||
        !(tolerance->ulp || tolerance->absolute > 0 || tolerance->any_zero_sign)) {
        capture_exact(t, arrays, tolerance->count);
        return;
    }
    char *low = kt_memory(2, size_bytes), *high = low + size_bytes;
    for (size_t i = 0; i < tolerance->count; i++)
        kro__element_range(arrays, tolerance, i, low, high);
    kt_compared(t, arrays->element, arrays->actual, low, high, tolerance->count);
    free(low);
}
