// What a kernel sees of CUDA. Compiled before the student's source, as one file with it.
#pragma once
#include <ciso646>  // the library's settings, and nothing else
#undef _GLIBCXX_USE_STD_SPEC_FUNCS  // Bessel functions: to read them takes half of the time
#include <cmath>
// NVIDIA's compiler reads no headers, so it does not know these.
#undef INFINITY
#undef NAN
#undef M_PI

struct dim3 {
    unsigned x, y, z;
};

extern "C" {
dim3 emu_thread();
dim3 emu_block();
dim3 emu_block_dim();
dim3 emu_grid_dim();
void emu_barrier(int line);
float emu_add_float(float* place, float value);
int emu_add_int(int* place, int value);
int emu_max_int(int* place, int value);
int emu_min_int(int* place, int value);
void emu_print_start(const char* format);
void emu_print_whole(long long value);
void emu_print_real(double value);
void emu_print_end();
}

#define threadIdx (emu_thread())
#define blockIdx (emu_block())
#define blockDim (emu_block_dim())
#define gridDim (emu_grid_dim())
#define __syncthreads() emu_barrier(__LINE__)

#define __global__
#define __device__ static
#define __forceinline__ inline
#define __restrict__
#define __launch_bounds__(...)
// A slot of 64 KiB for each array, more than any may have: running over its end meets nothing.
#define __shared__ static __attribute__((section("emu_shared"), aligned(65536)))

static inline float atomicAdd(float* place, float value) { return emu_add_float(place, value); }
static inline int atomicAdd(int* place, int value) { return emu_add_int(place, value); }
static inline int atomicMax(int* place, int value) { return emu_max_int(place, value); }
static inline int atomicMin(int* place, int value) { return emu_min_int(place, value); }

template <class T>
static inline T __ldg(const T* place) {
    return *place;
}

struct alignas(8) float2 {
    float x, y;
};
struct alignas(16) float4 {
    float x, y, z, w;
};
static inline float2 make_float2(float x, float y) { return {x, y}; }
static inline float4 make_float4(float x, float y, float z, float w) { return {x, y, z, w}; }

static inline void emu_print_one(int value) { emu_print_whole(value); }
static inline void emu_print_one(unsigned value) { emu_print_whole(value); }
static inline void emu_print_one(long value) { emu_print_whole(value); }
static inline void emu_print_one(unsigned long value) { emu_print_whole((long long)value); }
static inline void emu_print_one(long long value) { emu_print_whole(value); }
static inline void emu_print_one(double value) { emu_print_real(value); }
template <class... T>
static inline int emu_printf(const char* format, T... values) {
    emu_print_start(format);
    (emu_print_one(values), ...);
    emu_print_end();
    return int(sizeof...(values));
}
#define printf emu_printf

using std::isfinite;
using std::isinf;
using std::isnan;
using std::signbit;

template <class T>
static constexpr const T& max(const T& a, const T& b) {
    return a < b ? b : a;
}
template <class T>
static constexpr const T& min(const T& a, const T& b) {
    return b < a ? b : a;
}
