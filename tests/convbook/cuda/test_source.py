"""What a kernel must not hold, and how its parameters are read."""

import numpy as np
import pytest
from machine import needs

from convbook import cuda
from convbook.cuda import source

BODY = 'extern "C" __global__ void f(float* x) {{ {} }}'
REFUSED = {
    "include": "#include <cstdio>\n" + BODY.format(""),
    "include, spaced": "  #  include <cstdio>\n" + BODY.format(""),
    "include, continued": "#inc\\\nlude <cstdio>\n" + BODY.format(""),
    "include, digraph": "%:include <cstdio>\n" + BODY.format(""),
    "include, trigraph": "??=include <cstdio>\n" + BODY.format(""),
    "include, after a comment": "/* */ #include <cstdio>\n" + BODY.format(""),
    "has_include": "#if __has_include(<cstdio>)\n#endif\n" + BODY.format(""),
    "line": '#line 1 "a"\n' + BODY.format(""),
    "pragma": "#pragma GCC optimize(0)\n" + BODY.format(""),
    "_Pragma": BODY.format('_Pragma("GCC optimize(0)")'),
    "asm": BODY.format('asm("nop");'),
    "__asm__": BODY.format('__asm__ volatile("nop");'),
    "asm by a macro": "#define A asm\n" + BODY.format('A("nop");'),
    "attribute": '__attribute__((no_sanitize("thread"))) ' + BODY.format(""),
    "C++ attribute": "[[gnu::no_sanitize]] " + BODY.format(""),
    "builtin": BODY.format("__builtin_trap();"),
    "the machine's own": BODY.format("emu_barrier(1);"),
    "the sanitizer's own": BODY.format("__tsan_init();"),
    "extern": "extern int system(const char*);\n" + BODY.format(""),
    "extern C": 'extern "C" int system(const char*);\n' + BODY.format(""),
    "dynamic shared memory": BODY.format("extern __shared__ float s[];"),
    "pointer to a function": BODY.format("((void (*)(int))0x401000)(1);"),
    "pointer to a function, named": BODY.format("int (*g)(const char*) = 0; g(0);"),
    "typedef": "typedef int F(const char*);\n" + BODY.format("((F*)1)(0);"),
    "using": "using F = int(const char*);\n" + BODY.format("((F*)1)(0);"),
    "decltype": BODY.format("decltype(&f) g = 0;"),
    "virtual": "struct S { virtual void f(); };\n" + BODY.format(""),
    "the standard library": BODY.format("x[0] = std::max(x[0], 0.0f);"),
    "warp": BODY.format("__shfl_down_sync(0, 1, 1);"),
    "other letters": BODY.format("float \u00e4 = 0;"),
    "no such kernel": "__global__ void g(float* x) {}",
    "another type": 'extern "C" __global__ void f(double* x) {}',
}


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_what_could_get_around_the_checks_is_refused(text: str) -> None:
    with pytest.raises(cuda.Refused) as caught:
        source.check(text)
        source.parameters(text, "f")
    assert len(str(caught.value)) > 20


@needs("g++")
@pytest.mark.parametrize("call", ['system("ls");', "abort();", "x[0] = rand();", "free(x);"])
def test_functions_of_the_host_are_refused_once_compiled(call: str) -> None:
    with pytest.raises(cuda.CompileError):
        cuda.emulate(BODY.format(call), "f", (1,), (1,), (np.zeros(1, np.float32),))


def test_what_looks_alike_is_taken() -> None:
    source.check(
        """
// asm and #include in a comment, __builtin_trap too
#define T 8
#if T > 4
#endif
extern "C" __global__ void f(float* __restrict__ x, const int n) {
    #pragma unroll
    for (int i = 0; i < n; i++) (*x) += (*(x + i)) * (i % 2);
}
"""
    )


def test_parameters_are_read_from_the_signature() -> None:
    text = """
// __global__ void f(int wrong)
extern "C" __global__ void
__launch_bounds__(64) f(const float* __restrict__ x, float const *y, float *out, /* size */ int n,
    const float scale)
{}
"""
    kinds = [(p.name, p.kind, p.pointer, p.const) for p in source.parameters(text, "f")]
    assert kinds == [
        ("x", "float", True, True),
        ("y", "float", True, True),
        ("out", "float", True, False),
        ("n", "int", False, False),
        ("scale", "float", False, True),
    ]
