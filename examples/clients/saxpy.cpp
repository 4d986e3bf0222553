// y = a * x + y from C++17. Handles that end with their scope, errors as exceptions, and the kernel
// read from a file.
//
// usage: saxpy saxpy.spv
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

// The shader's push constant block, member by member.
struct Push {
    float a;
    std::uint32_t count;
};

void check(kro_status status)
{
    if (status < 0)
        throw std::runtime_error(std::string(kro_status_name(status)) + ": " + kro_error_detail());
}

Owned<kro_buffer> make_buffer(kro_context *ctx, const std::vector<float> &data)
{
    kro_buffer_config config = {};
    config.size_bytes = data.size() * sizeof data[0];
    config.data = data.data();

    kro_buffer *buffer = nullptr;
    check(kro_buffer_create(ctx, &config, &buffer));
    return Owned<kro_buffer>(buffer);
}

void saxpy(const char *spirv_path, float a, const std::vector<float> &x, std::vector<float> &y)
{
    kro_context *context = nullptr;
    check(kro_context_create(nullptr, &context));
    const Owned<kro_context> ctx(context);

    kro_pipeline *pipeline = nullptr;
    check(kro_pipeline_load(ctx.get(), spirv_path, nullptr, &pipeline));
    const Owned<kro_pipeline> kernel(pipeline);

    const auto x_buffer = make_buffer(ctx.get(), x);
    const auto y_buffer = make_buffer(ctx.get(), y);

    const Push push = {a, static_cast<std::uint32_t>(y.size())};
    kro_dispatch_args args = {};
    args.buffers[0] = x_buffer.get();
    args.buffers[1] = y_buffer.get();
    args.push = &push;
    args.push_bytes = sizeof push;
    args.threads[0] = push.count;
    check(kro_dispatch(kro_context_stream(ctx.get()), kernel.get(), &args));
    check(kro_buffer_read(y_buffer.get(), 0, y.data(), y.size() * sizeof y[0]));
}

} // namespace

int main(int argc, char **argv)
{
    if (argc != 2) {
        std::fprintf(stderr, "usage: %s saxpy.spv\n", argv[0]);
        return 2;
    }
    const float a = 3;
    const std::size_t count = 1000;
    std::vector<float> x(count), y(count, 1.0f);
    for (std::size_t i = 0; i < count; i++)
        x[i] = static_cast<float>(i);

    try {
        saxpy(argv[1], a, x, y);
    } catch (const std::exception &error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
    std::printf("%g * %g + 1 = %g\n", a, x[count - 1], y[count - 1]);
    return 0;
}
