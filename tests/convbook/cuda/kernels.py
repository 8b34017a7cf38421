"""Kernels right and wrong: how to launch each, and what the emulator must say of it.

A wrong kernel is a right one with an edit. The mark `//!` stands on the line that is to be named.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

F4 = np.float32
rng = np.random.default_rng(0)


@dataclass
class Kernel:
    """A kernel, its launch, and either the array that must come out or the fault to be found."""

    name: str
    source: str
    entry: str
    grid: tuple[int, ...]
    block: tuple[int, ...]
    args: tuple[Any, ...]
    out: int = 0  # which argument is compared
    expected: np.ndarray | None = None
    fault: str = ""  # or several, one of which an order of threads shows first: "race barrier"

    @property
    def line(self) -> int:
        """The line that the fault must name; 0 where any will do."""
        lines = self.source.splitlines()
        return next((n for n, line in enumerate(lines, start=1) if "//!" in line), 0)


KERNELS: list[Kernel] = []


def family(
    entry: str, source: str, grid: tuple, block: tuple, args: tuple, out: int, expected: np.ndarray
) -> Callable[..., None]:
    """Add a right kernel, and return a function that adds wrong ones."""

    def text(edits: tuple[tuple[str, str], ...]) -> str:
        changed = source
        for old, new in edits:
            assert changed.count(old) == 1, (entry, old)
            changed = changed.replace(old, new)
        return changed

    def wrong(name: str, fault: str, *edits: tuple[str, str], **launch: Any) -> None:
        given = {"grid": grid, "block": block, "args": args} | launch
        KERNELS.append(Kernel(f"{entry}: {name}", text(edits), entry, **given, fault=fault))

    def right(name: str, *edits: tuple[str, str], **launch: Any) -> None:
        given = {"grid": grid, "block": block, "args": args, "expected": expected} | launch
        KERNELS.append(Kernel(f"{entry}: {name}", text(edits), entry, out=out, **given))

    right("right")
    wrong.right = right  # type: ignore[attr-defined]
    return wrong


# One thread for each number, and a guard for those too many.
x, b = rng.normal(size=(2, 5, 7)).astype(F4), rng.normal(size=5).astype(F4)
bias_relu = family(
    "bias_relu",
    """
extern "C" __global__
void bias_relu(const float* x, const float* b, float* out, int F, int P, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) return;
    out[i] = max(x[i] + b[i / P % F], 0.0f);
}
""",
    (5,),
    (16,),
    (x, b, np.zeros_like(x), 5, 7, 70),
    2,
    np.maximum(x + b[:, None], 0),
)
bias_relu("no guard", "out of bounds", ("if (i >= n) return;", ""), (";\n}", "; //!\n}"))
bias_relu("guard off by one", "out of bounds", ("i >= n", "i > n"), (";\n}", "; //!\n}"))
bias_relu(
    "all blocks write the same",
    "race",
    ("blockIdx.x * blockDim.x + threadIdx.x", "threadIdx.x"),
    (";\n}", "; //!\n}"),
)
bias_relu("divides by zero", "crash", ("i / P % F", "i / (P - 7) % F"))
bias_relu.right("more threads than numbers", grid=(9,))
bias_relu.right(
    "in a device function",
    ("max(x[i] + b[i / P % F], 0.0f)", "relu(x[i] + b[i / P % F])"),
    ("\nextern", "\n__device__ float relu(float v) { return v > 0.0f ? v : 0.0f; }\nextern"),
)
bias_relu.right(
    "in a template",
    ("max(x[i] + b[i / P % F], 0.0f)", "larger(x[i] + b[i / P % F], 0.0f)"),
    (
        "\nextern",
        "\ntemplate <class T> __device__ T larger(T a, T b) { return a > b ? a : b; }\nextern",
    ),
)

# The columns of one picture.
C, H, W, K = 3, 8, 7, 3
OH, OW = H - K + 1, W - K + 1
picture = rng.normal(size=(C, H, W)).astype(F4)
windows = np.lib.stride_tricks.sliding_window_view(picture, (K, K), axis=(1, 2))
columns = windows.transpose(0, 3, 4, 1, 2).reshape(C * K * K, OH * OW)
im2col = family(
    "im2col",
    """
extern "C" __global__
void im2col(const float* x, float* col, int C, int H, int W, int K, int OH, int OW) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= C * K * K * OH * OW) return;
    int ow = i % OW, oh = i / OW % OH, r = i / (OW * OH);
    int kw = r % K, kh = r / K % K, c = r / (K * K);
    col[i] = x[(c * H + oh + kh) * W + ow + kw]; //!
}
""",
    (4,),
    (256,),
    (picture, np.zeros_like(columns), C, H, W, K, OH, OW),
    1,
    columns,
)
im2col("no guard", "out of bounds", ("if (i >= C * K * K * OH * OW) return;", ""))
im2col("one to the left", "out of bounds", ("ow + kw]", "ow + kw - 1]"))
im2col("one row too far", "out of bounds", ("oh + kh)", "oh + kh + 1)"))
im2col.right(
    "elements far apart",
    (
        "int ow = i % OW, oh = i / OW % OH, r = i / (OW * OH);",
        "int r = i % (C*K*K), oh = i / (C*K*K) / OW, ow = i / (C*K*K) % OW;",
    ),
    ("col[i]", "col[(r * OH + oh) * OW + ow]"),
)

# And their sum back into the picture.
counts = np.zeros((C, H, W), F4)
for u in range(K):
    for v in range(K):
        counts[:, u : u + OH, v : v + OW] += 1
col2im = family(
    "col2im",
    """
extern "C" __global__
void col2im(const float* col, float* x, int C, int H, int W, int K, int OH, int OW) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= C * K * K * OH * OW) return;
    int ow = i % OW, oh = i / OW % OH, r = i / (OW * OH);
    int kw = r % K, kh = r / K % K, c = r / (K * K);
    atomicAdd(&x[(c * H + oh + kh) * W + ow + kw], col[i]); //!
}
""",
    (4,),
    (256,),
    (np.ones_like(columns), np.zeros_like(picture), C, H, W, K, OH, OW),
    1,
    counts,
)
col2im(
    "+= for atomicAdd",
    "race",
    (
        "atomicAdd(&x[(c * H + oh + kh) * W + ow + kw], col[i])",
        "x[(c * H + oh + kh) * W + ow + kw] += col[i]",
    ),
)

# A product of matrices by tiles in shared memory.
M, N, D = 20, 37, 13
A, B = rng.normal(size=(M, D)).astype(F4), rng.normal(size=(D, N)).astype(F4)
product = family(
    "mm",
    """
#define T 8
extern "C" __global__ void mm(const float* A, const float* B, float* C, int M, int N, int D) {
    __shared__ float sA[T][T];
    __shared__ float sB[T][T];
    int tx = threadIdx.x, ty = threadIdx.y;
    int r = blockIdx.y * T + ty, c = blockIdx.x * T + tx;
    float sum = 0.0f;
    for (int k = 0; k < D; k += T) {
        sA[ty][tx] = (r < M && k + tx < D) ? A[r * D + k + tx] : 0.0f;
        sB[ty][tx] = (c < N && k + ty < D) ? B[(k + ty) * N + c] : 0.0f;
        __syncthreads(); // one
        #pragma unroll
        for (int j = 0; j < T; j++) sum += sA[ty][j] * sB[j][tx]; //!
        __syncthreads(); // two
    }
    if (r < M && c < N) C[r * N + c] = sum;
}
""",
    (5, 3),
    (8, 8),
    (A, B, np.zeros((M, N), F4), M, N, D),
    2,
    A @ B,
)
product("no first barrier", "uninitialised", ("        __syncthreads(); // one\n", ""))
product("no second barrier", "race", ("        __syncthreads(); // two\n", ""))
product(
    "early return",
    "barrier",
    ("    float sum", "    if (r >= M || c >= N) return;\n    float sum"),
    ("__syncthreads(); // one", "__syncthreads(); //!"),
    ("[tx]; //!", "[tx];"),
)
product(
    "a barrier for some",
    "barrier race uninitialised",
    ("__syncthreads(); // one", "if (tx < 4) __syncthreads();"),
    ("[tx]; //!", "[tx];"),
)
product("past a row of the tile", "out of bounds", ("sA[ty][j] *", "sA[ty][j + 1] *"))
product(
    "a guard forgotten",
    "out of bounds",
    ("(r < M && k + tx < D) ? A[r * D + k + tx] : 0.0f;", "A[r * D + k + tx]; //!"),
    ("[tx]; //!", "[tx];"),
)
product("an array too many", "compile", ("float sB[T][T]", "float sB[T][T * 200]"))

# Split along D without atomics: the sums of blocks meet in one place.
split = family(
    "split",
    """
extern "C" __global__ void split(const float* A, float* out, int M, int D) {
    int t = threadIdx.x;
    if (t < M) atomicAdd(&out[t], A[t * D + blockIdx.x]); //!
}
""",
    (D,),
    (32,),
    (A, np.zeros(M, F4), M, D),
    1,
    A.sum(axis=1),
)
split(
    "no atomics across blocks",
    "race",
    ("atomicAdd(&out[t], A[t * D + blockIdx.x])", "out[t] += A[t * D + blockIdx.x]"),
)

# A sum by halves in shared memory.
numbers = rng.normal(size=100).astype(F4)
halves = family(
    "total",
    """
extern "C" __global__ void total(const float* x, float* out, int n) {
    __shared__ float part[128];
    int t = threadIdx.x;
    part[t] = t < n ? x[t] : 0.0f;
    for (int half = 64; half > 0; half /= 2) {
        __syncthreads();
        if (t < half) part[t] += part[t + half];
    }
    if (t == 0) out[0] = part[0];
}
""",
    (1,),
    (128,),
    (numbers, np.zeros(1, F4), 100),
    1,
    numbers.sum(keepdims=True),
)
halves(
    "no barrier", "race uninitialised", ("        __syncthreads();\n", ""), ("half];", "half]; //!")
)
halves(
    "no last barrier",
    "race",
    (
        "        __syncthreads();\n        if (t < half) part[t] += part[t + half];",
        "        if (t < half) part[t] += part[t + half];\n        if (half > 1) __syncthreads();",
    ),
    ("    for", "    __syncthreads();\n    for"),
    ("if (t == 0) out[0] = part[0];", "if (t == 1) out[0] = part[0]; //!"),
)
halves(
    "into the next shared array",
    "out of bounds",
    ("float part[128];", "float part[128]; __shared__ float next[4];"),
    ("int t = threadIdx.x;", "int t = threadIdx.x; next[0 * t] = 0;"),
    ("part[t] = t < n", "float* p = part; p[t + 128] = t < n"),
    (";\n    for", "; //!\n    for"),
)
halves(
    "half the threads write",
    "uninitialised",
    ("    part[t] =", "    if (t < 64) part[t] ="),
    ("half];", "half]; //!"),
)

# Votes of labels.
labels = rng.integers(0, 10, 200).astype(np.int32)
votes = family(
    "votes",
    """
extern "C" __global__ void votes(const int* label, int* out, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) atomicAdd(&out[label[i]], 1); //!
}
""",
    (4,),
    (64,),
    (labels, np.zeros(10, np.int32), 200),
    1,
    np.bincount(labels, minlength=10).astype(np.int32),
)
votes("++ for atomicAdd", "race", ("atomicAdd(&out[label[i]], 1)", "out[label[i]]++"))

# Four numbers at a time.
four = rng.normal(size=64).astype(F4)
fours = family(
    "twice",
    """
extern "C" __global__ void twice(const float* x, float* out, int n) {
    int i = 4 * (blockIdx.x * blockDim.x + threadIdx.x);
    if (i + 3 >= n) return;
    float4 v = *reinterpret_cast<const float4*>(x + i); //!
    *reinterpret_cast<float4*>(out + i) = make_float4(2 * v.x, 2 * v.y, 2 * v.z, 2 * v.w);
}
""",
    (2,),
    (8,),
    (four, np.zeros_like(four), 64),
    1,
    2 * four,
)
fours("starts at one", "misaligned", ("(x + i)", "(x + i + 1)"), ("i + 3 >= n", "i + 4 >= n"))

# The largest of each window, a transposed tile, and what never ends.
maps = rng.normal(size=(3, 8, 6)).astype(F4)
pool = family(
    "pool",
    """
extern "C" __global__ void pool(const float* x, float* out, int H, int W) {
    int ow = threadIdx.x, oh = threadIdx.y, c = blockIdx.x;
    const float* window = x + (c * H + 2 * oh) * W + 2 * ow;
    float best = window[0];
    for (int k = 1; k < 4; k++) best = fmaxf(best, window[k / 2 * W + k % 2]); //!
    out[(c * (H / 2) + oh) * (W / 2) + ow] = best;
}
""",
    (3,),
    (3, 4),
    (maps, np.zeros((3, 4, 3), F4), 8, 6),
    1,
    maps.reshape(3, 4, 2, 3, 2).max(axis=(2, 4)),
)
pool("three rows", "out of bounds", ("k < 4", "k < 6"))
pool("never ends", "endless", ("k < 4; k++", "k < 4; k += 0"), (" //!", ""))
turn = family(
    "turn",
    """
extern "C" __global__ void turn(const float* x, float* out, int M, int N) {
    __shared__ float tile[8][9];
    int r = blockIdx.y * 8 + threadIdx.y, c = blockIdx.x * 8 + threadIdx.x;
    if (r < M && c < N) tile[threadIdx.y][threadIdx.x] = x[r * N + c];
    __syncthreads();
    r = blockIdx.x * 8 + threadIdx.y, c = blockIdx.y * 8 + threadIdx.x;
    if (r < N && c < M) out[r * M + c] = tile[threadIdx.x][threadIdx.y];
}
""",
    (5, 3),
    (8, 8),
    (rng.normal(size=(M, N)).astype(F4), np.zeros((N, M), F4), M, N),
    1,
    np.empty(0),
)
KERNELS[-1].expected = KERNELS[-1].args[0].T
turn(
    "no barrier",
    "uninitialised",
    ("    __syncthreads();\n", ""),
    ("[threadIdx.y];", "[threadIdx.y]; //!"),
)
