#include "validate.h"

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <new>

#include <spirv-tools/libspirv.h>
#include <spirv/unified1/spirv.h>

// The validator is C++ that was compiled without exceptions: one that passes through it frees
// nothing. So the blocks of a call stand in a list, and after an exception they are freed here.
// Blocks that a call which succeeded leaves behind belong to the C++ runtime and are let go of.
//
// These operators are for this library alone; its linker script keeps them in. A sanitizer brings
// its own, and checks that what its `new` gave is what its `delete` gets: with KRO__SYSTEM_NEW
// there is no list, and running out of memory inside the validator leaks.
#ifndef KRO__SYSTEM_NEW

namespace
{

struct alignas(alignof(std::max_align_t)) Block {
    Block *previous, *next; // next: towards the newest; both NULL outside a call
};

// Ends of the list, so that linking and unlinking need no special case.
struct Call {
    Block oldest, newest;
};

thread_local Call *current_call;

void unlink(Block *block)
{
    if (!block->next)
        return;
    block->previous->next = block->next;
    block->next->previous = block->previous;
    block->previous = block->next = nullptr;
}

class Tracking
{
  public:
    Tracking()
    {
        call_.oldest = {nullptr, &call_.newest};
        call_.newest = {&call_.oldest, nullptr};
        current_call = &call_;
    }
    ~Tracking()
    {
        current_call = nullptr;
        while (call_.oldest.next != &call_.newest) {
            Block *block = call_.oldest.next;
            unlink(block);
            if (failed_)
                std::free(block);
        }
    }
    Tracking(const Tracking &) = delete;
    Tracking &operator=(const Tracking &) = delete;
    void fail()
    {
        failed_ = true;
    }

  private:
    Call call_;
    bool failed_ = false;
};

} // namespace

void *operator new(std::size_t bytes)
{
    Block *block = nullptr;
    if (bytes <= SIZE_MAX - sizeof(Block))
        block = static_cast<Block *>(std::malloc(sizeof(Block) + bytes));
    if (!block)
        throw std::bad_alloc();
    *block = {nullptr, nullptr};
    if (current_call) {
        Block *newest = &current_call->newest;
        *block = {newest->previous, newest};
        newest->previous->next = block;
        newest->previous = block;
    }
    return block + 1;
}

void operator delete(void *data) noexcept
{
    if (!data)
        return;
    Block *block = static_cast<Block *>(data) - 1;
    unlink(block);
    std::free(block);
}

void *operator new[](std::size_t bytes)
{
    return operator new(bytes);
}

void operator delete[](void *data) noexcept
{
    operator delete(data);
}

void operator delete(void *data, std::size_t) noexcept
{
    operator delete(data);
}

void operator delete[](void *data, std::size_t) noexcept
{
    operator delete(data);
}

// libstdc++ keeps memory for exceptions that are thrown when there is no more. The copy of it that
// is in this library goes when the library is unloaded, and so must that memory.
namespace __gnu_cxx
{
__attribute__((weak)) void __freeres();
}

namespace
{

__attribute__((destructor)) void free_runtime()
{
    if (__gnu_cxx::__freeres)
        __gnu_cxx::__freeres();
}

} // namespace

#else

namespace
{

class Tracking
{
  public:
    void fail()
    {
    }
};

} // namespace

#endif

namespace
{

enum {
    HEADER_WORDS = 5,
    MOST_OPERANDS = 8, // of an execution mode, with the entry point and the mode
    BOUND = 2,         // of ids in modules of our own
};

struct Request {
    const uint32_t *words;
    size_t word_count;
    uint32_t api_version;
    char *message;
    size_t message_bytes;
};

// The rules to apply. SPIR-V 1.4 on Vulkan 1.1 is an extension, and whether the device has it is
// not known here; the device has the last word.
spv_target_env choose_env(uint32_t api_version, uint32_t spirv_version)
{
    uint32_t minor = api_version >> 12 & 0x3ff;
    if (minor >= 3)
        return SPV_ENV_VULKAN_1_3;
    if (minor == 2)
        return SPV_ENV_VULKAN_1_2;
    return spirv_version >= 0x00010400 ? SPV_ENV_VULKAN_1_1_SPIRV_1_4 : SPV_ENV_VULKAN_1_1;
}

// Asks the validator itself, whatever its age, with a module that holds nothing but an instruction.
// `context` is of the newest version there is: what is merely too new is not unknown.
bool parses(spv_const_context context, uint32_t opcode, const uint32_t *operands,
            uint32_t operand_count)
{
    uint32_t module[HEADER_WORDS + 1 + MOST_OPERANDS] = {
        SpvMagicNumber, 0x00010000, 0, BOUND, 0, (operand_count + 1) << 16 | opcode};
    std::copy_n(operands, operand_count, module + HEADER_WORDS + 1);
    return spvBinaryParse(context, nullptr, module, HEADER_WORDS + 1 + operand_count, nullptr,
                          nullptr, nullptr) == SPV_SUCCESS;
}

bool knows_capability(spv_const_context context, uint32_t capability)
{
    return parses(context, SpvOpCapability, &capability, 1);
}

// A mode is known if it takes some number of operands: whether it has these is for the validator.
bool knows_execution_mode(spv_const_context context, uint32_t mode)
{
    const uint32_t operands[MOST_OPERANDS] = {BOUND - 1, mode};
    for (uint32_t count = 2; count <= MOST_OPERANDS; count++)
        if (parses(context, SpvOpExecutionMode, operands, count))
            return true;
    return false;
}

bool knows_version(uint32_t version)
{
    spv_target_env env;
    return spvParseVulkanEnv(0, version, &env);
}

// Looks at what the validator would refuse without having been told of it: capabilities, and modes
// that an extension without a capability brings. Both stand before the first function.
bool knows_module(spv_const_context newest, const Request &request)
{
    if (request.word_count < HEADER_WORDS)
        return true; // enough to refuse it
    const uint32_t version = request.words[1];
    if (!knows_version(version)) {
        std::snprintf(request.message, request.message_bytes, "SPIR-V version %u.%u", version >> 16,
                      version >> 8 & 0xff);
        return false;
    }
    size_t count;
    for (size_t i = HEADER_WORDS; i < request.word_count; i += count) {
        const uint32_t *at = request.words + i, opcode = *at & 0xffff;
        count = *at >> 16;
        if (count == 0 || count > request.word_count - i || opcode == SpvOpFunction)
            break;
        if (opcode == SpvOpCapability && count == 2 && !knows_capability(newest, at[1])) {
            std::snprintf(request.message, request.message_bytes, "capability %u", at[1]);
            return false;
        }
        if (opcode == SpvOpExecutionMode && count > 2 && !knows_execution_mode(newest, at[2])) {
            std::snprintf(request.message, request.message_bytes, "execution mode %u", at[2]);
            return false;
        }
    }
    return true;
}

kro_status run(const Request &request, kro_validated *out)
{
    const uint32_t version = request.word_count > 1 ? request.words[1] : 0;
    spv_context context = spvContextCreate(choose_env(request.api_version, version));
    spv_validator_options options = spvValidatorOptionsCreate();
    // Which of these the device was opened with is for the device to judge.
    spvValidatorOptionsSetScalarBlockLayout(options, true);
    spvValidatorOptionsSetWorkgroupScalarBlockLayout(options, true);
    spvValidatorOptionsSetAllowLocalSizeId(options, true);
    spv_const_binary_t binary = {request.words, request.word_count};
    spv_diagnostic diagnostic = nullptr;
    const spv_result_t result = spvValidateWithOptions(context, options, &binary, &diagnostic);
    if (result != SPV_SUCCESS)
        std::snprintf(request.message, request.message_bytes, "%s",
                      diagnostic && diagnostic->error ? diagnostic->error : "no reason given");
    spvDiagnosticDestroy(diagnostic);
    spvValidatorOptionsDestroy(options);
    spvContextDestroy(context);
    if (result == SPV_ERROR_OUT_OF_MEMORY)
        return KRO_ERROR_OUT_OF_HOST_MEMORY;
    if (result != SPV_SUCCESS)
        return KRO_ERROR_INVALID_SHADER;
    *out = KRO_VALIDATED_YES;
    return KRO_OK;
}

kro_status validate(const Request &request, kro_validated *out)
{
    spv_context newest = spvContextCreate(SPV_ENV_UNIVERSAL_1_6);
    const bool known = knows_module(newest, request);
    spvContextDestroy(newest);
    if (known)
        return run(request, out);
    *out = KRO_VALIDATED_UNKNOWN;
    return KRO_OK;
}

} // namespace

extern "C" kro_status kro__validate(const uint32_t *words, size_t word_count, uint32_t api_version,
                                    char *message, size_t message_bytes, kro_validated *out)
{
    const Request request = {words, word_count, api_version, message, message_bytes};
    Tracking tracking;
    *out = KRO_VALIDATED_NO;
    if (message_bytes)
        message[0] = '\0';
    try {
        return validate(request, out);
    } catch (...) { // there is nothing to throw but std::bad_alloc and its kin
        tracking.fail();
        *out = KRO_VALIDATED_NO;
        return KRO_ERROR_OUT_OF_HOST_MEMORY;
    }
}
