// Adds two vectors from C++17: handles owned by unique_ptr, configs named, errors as exceptions.
#include <kronos/kronos.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace
{

const std::uint32_t vector_add_spirv[] =
#include "vector_add.spv.inc"
    ;

struct Destroy {
    void operator()(kro_context *ctx) const
    {
        kro_context_destroy(ctx);
    }
    void operator()(kro_buffer *buffer) const
    {
        kro_buffer_destroy(buffer);
    }
    void operator()(kro_pipeline *pipeline) const
    {
        kro_pipeline_destroy(pipeline);
    }
};

template <typename T> using Owned = std::unique_ptr<T, Destroy>;

void check(kro_status status)
{
    if (status < 0)
        throw std::runtime_error(std::string(kro_status_name(status)) + ": " + kro_error_detail());
}

Owned<kro_context> open_best_device()
{
    kro_context *ctx = nullptr;
    check(kro_context_create(nullptr, &ctx));
    return Owned<kro_context>(ctx);
}

Owned<kro_pipeline> make_kernel(const Owned<kro_context> &ctx)
{
    kro_pipeline_config config = {};
    config.spirv = vector_add_spirv;
    config.spirv_bytes = sizeof vector_add_spirv;

    kro_pipeline *pipeline = nullptr;
    check(kro_pipeline_create(ctx.get(), &config, &pipeline));
    return Owned<kro_pipeline>(pipeline);
}

Owned<kro_buffer> make_buffer(const Owned<kro_context> &ctx, std::size_t count, const float *data)
{
    kro_buffer_config config = {};
    config.size_bytes = count * sizeof(float);
    config.data = data;

    kro_buffer *buffer = nullptr;
    check(kro_buffer_create(ctx.get(), &config, &buffer));
    return Owned<kro_buffer>(buffer);
}

} // namespace

int main()
{
    const std::size_t count = 1000;
    std::vector<float> x(count), y(count, 0.5f), sum(count);
    for (std::size_t i = 0; i < count; i++)
        x[i] = static_cast<float>(i);

    try {
        const auto ctx = open_best_device();
        const auto add = make_kernel(ctx);
        const auto a = make_buffer(ctx, count, x.data());
        const auto b = make_buffer(ctx, count, y.data());
        const auto c = make_buffer(ctx, count, nullptr);

        kro_dispatch_args args = {};
        args.buffers[0] = a.get();
        args.buffers[1] = b.get();
        args.buffers[2] = c.get();
        args.threads[0] = static_cast<std::uint32_t>(count);
        check(kro_dispatch(kro_context_stream(ctx.get()), add.get(), &args));
        check(kro_buffer_read(c.get(), 0, sum.data(), count * sizeof(float)));
    } catch (const std::exception &error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
    std::printf("%g + %g = %g\n", x[count - 1], y[count - 1], sum[count - 1]);
    return 0;
}
