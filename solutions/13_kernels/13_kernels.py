# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 13 Write the kernels yourself
#
# In lesson 10 every call of CuPy launched a kernel, and somebody else had written it. What is in
# it? Twenty lines of C, as a rule, which some ten thousand threads run at once. The lines are easy.
# What is new is that nobody says which thread comes first.
#
# **You will** write what matters in kernels of CUDA C, the language of the GPU: from one line that
# doubles a number to a product of matrices in which each thread makes sixteen outputs.
#
# **You will learn** how threads share the work, how they share memory, and how they get into each
# other's way; and why two kernels with the same arithmetic can differ by a factor of a hundred in
# what they ask of memory.
#
# **You need** im2col of lesson 04, the roofline of lesson 10, and enough C to read
# `for (int j = 0; j < 8; j++)`; what else C needs is said where it comes. You need no GPU.
#
# | section | exercise | points | minutes | difficulty |
# |---|---|---|---|---|
# | 1 | `relu_kernel`, `reverse_kernel` | 2 | 7 | easy |
# | 2 | `pad_kernel` | 2 | 5 | medium |
# | 4 | `blur_kernel` | 2 | 5 | medium |
# | 5 | `block_sum_kernel` | 2 | 4 | medium |
# | 6 | `bias_gradient_kernel` | 1 | 2 | easy |
# | 7 | `corrections` | 2 | 4 | medium |
# | 8 | `im2col_kernel` | 2 | 5 | medium |
# | 9 | `flop_per_byte` | 1 | 3 | easy |
# | 10 | `coalesced_kernel` | 1 | 3 | easy |
# | 11 | `product_kernel` | 3 | 7 | hard |
# | 12 | `register_kernel` | 2 | 6 | medium |
# | 14 | a written answer, graded by hand | 2 | 4 | medium |
#
# Plan about 90 minutes. Section 13 goes further, without points. A check is folded to one line,
# which says what it is worth and what it tries; a click opens it. It shows part of the test;
# grading uses further random input, so a green check is a good sign and not yet the grade. In
# grading all sizes may differ, no function may change its arguments, and besides Python's own
# library only NumPy and Matplotlib can be imported.

# %% given="setup"
import matplotlib.pyplot as plt
import numpy as np

from convbook import check, cuda, data, demo, drawing, living
from convbook.cuda import tiers as kernels
from convbook.gpu import tiers

# %% [markdown]
# What can this machine show?

# %%
print(kernels.banner())

# %% tags=["guess"]
# What you guessed wrong in lesson 11 comes back here, and otherwise nothing: press Shift+Enter.
from convbook import guess

guess.again("13")

# %% [markdown]
# Points come from the **emulator**. It compiles your kernel for the processor, runs its threads one
# after the other in several orders, and watches every access to memory. It finds what a GPU would
# do without a word: an index that leaves its array, two threads that meddle with one number. It
# counts what a kernel asks of memory, and knows nothing about speed.

# %% [markdown]
# ## 1. One thread, one number
#
# A **kernel** is a function that many threads run, each for itself. The threads come in **blocks**
# of equal size, and all blocks together are the **grid**. A thread knows who it is: `threadIdx.x`
# is its number within the block, `blockIdx.x` the number of its block, and `blockDim.x` says how
# many threads a block has. So
#
#     int i = blockIdx.x * blockDim.x + threadIdx.x;
#
# counts all threads from 0. The kernel below is a text, which a compiler gets. `__global__` marks
# what can be launched, and `extern "C"` lets it keep its name. It returns nothing, so what it makes
# is written into an array. The launch says how many blocks there are, `(3,)`, how many threads are
# in each, `(4,)`, and then the arguments: here none.
#
# **Predict before you run.** Three blocks of four threads. Who is thread 1 of block 2?
#
# <!-- guess 13/who
# number | its `i` | 9
# -->

# %%
hello = r"""
extern "C" __global__ void hello() {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    printf("block %d, thread %d: i = %2d\n", blockIdx.x, threadIdx.x, i);
}
"""
ran = kernels.look(hello, "hello", (3,), (4,), ())

# %% [markdown]
# Thread 1 of block 2 is $2 \cdot 4 + 1 = 9$. The emulator puts the lines in order. On a GPU they come
# as they like. In your own kernels `printf` works too, and a check shows what it printed.
#
# Now a kernel that computes. There are $n = 10$ numbers to be doubled, and threads come in blocks
# of 4. Three blocks are 12 threads, and two of them have no number. Element 10 belongs to somebody
# else. So each kernel begins with a **guard**, `if (i >= n) return;`. Here it is forgotten:

# %%
twice = r"""
extern "C" __global__ void twice(const float* x, float* out, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    out[i] = 2.0f * x[i];
}
"""
x = np.arange(10, dtype=np.float32)
ran = kernels.look(twice, "twice", (3,), (4,), (x, np.zeros_like(x), 10))

# %% [markdown]
# The emulator names the thread, the element and the line. On a GPU the kernel would seem to work,
# most of the time: there is some memory after the array, and it would be overwritten.
#
# `const` promises that `x` is only read. `2.0f` is a float32; plain `2.0` would be a float64 and
# slow on a GPU. In `cupy.RawKernel(twice, "twice")` CuPy takes the very same text.
#
# ### Exercise 1: `relu_kernel` (1 point)
#
# A **map**: thread $i$ makes `out[i]` of `x[i]`. `fmaxf(a, b)` is the larger of two floats. Below
# the kernel is begun, as in most exercises: write your lines in the place of `...`, take the
# `raise` away, and leave the rest. The work is shared out: no thread may read or write memory more
# than 4 times.


# %% exercise="relu_kernel"
def relu_kernel():
    """Write the kernel that cuts off what is negative.

    Returns:
        CUDA C: out[i] = max(x[i], 0) for all i < n, one thread for each number.
    """
    kernel = r"""
extern "C" __global__ void relu(const float* x, float* out, int n) {
    // which number is mine, the guard, and out[i]
    ...
}
"""
    ### BEGIN SOLUTION
    lines = r"""
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) return;
    out[i] = fmaxf(x[i], 0.0f);
"""
    kernel = kernel.replace("\n    ...\n", lines)
    ### END SOLUTION
    return kernel


# %% check="relu_kernel" points=1
# 1 point. Shown: five numbers, two blocks of four threads. Hidden: other sizes.
x = np.array([1, -2, 3, -4, 5], dtype=np.float32)
given = (x, np.zeros_like(x), 5)
ran = kernels.runs(relu_kernel(), "relu", (2,), (4,), given, {1: [1, 0, 3, 0, 5]})
kernels.few_accesses(ran, 4)
### BEGIN HIDDEN TESTS
from autograder.judging import judge

for n, threads in ((8, 8), (45, 16)):
    x = judge.rng().normal(size=n).astype(np.float32)
    given, grid = (x, np.full_like(x, 9), n), (n // threads + 1,)
    ran = kernels.runs(relu_kernel(), "relu", grid, (threads,), given, {1: np.maximum(x, 0)})
    kernels.few_accesses(ran, 4)
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise 2: `reverse_kernel` (1 point)
#
# A thread need not write where it reads. With $n = 5$, thread 0 reads `x[0]` and writes the last
# place, `out[4]`. Where does thread $i$ write? The work is shared out as before.


# %% exercise="reverse_kernel"
def reverse_kernel():
    """Write the kernel that turns an array round.

    Returns:
        CUDA C: out is x from its last number to its first, one thread for each number.
    """
    kernel = r"""
extern "C" __global__ void reverse(const float* x, float* out, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    // the guard, and x[i] to its new place
    ...
}
"""
    ### BEGIN SOLUTION
    lines = r"""
    if (i >= n) return;
    out[n - 1 - i] = x[i];
"""
    kernel = kernel.replace("\n    ...\n", lines)
    ### END SOLUTION
    return kernel


# %% check="reverse_kernel" points=1
# 1 point. Shown: five numbers, two blocks of four threads. Hidden: other sizes.
x = np.array([1, 2, 3, 4, 5], dtype=np.float32)
given = (x, np.zeros_like(x), 5)
ran = kernels.runs(reverse_kernel(), "reverse", (2,), (4,), given, {1: [5, 4, 3, 2, 1]})
kernels.few_accesses(ran, 4)
### BEGIN HIDDEN TESTS
from autograder.judging import judge

for n, threads in ((8, 8), (45, 16)):
    x = judge.rng().normal(size=n).astype(np.float32)
    given, grid = (x, np.full_like(x, 9), n), (n // threads + 1,)
    ran = kernels.runs(reverse_kernel(), "reverse", grid, (threads,), given, {1: x[::-1]})
    kernels.few_accesses(ran, 4)
### END HIDDEN TESTS

# %% [markdown]
# **Take away.** One thread for each output, and a guard for the threads left over.

# %% [markdown]
# ## 2. Rows and columns
#
# Pictures have two axes, and so may blocks. In a block of `(4, 2)` there are 4 threads along x and
# 2 along y: `threadIdx.x` runs from 0 to 3, `threadIdx.y` from 0 to 1. Blocks are counted in the
# same way, by `blockIdx.x` and `blockIdx.y`. By custom x counts columns and y counts rows:
#
#     int j = blockIdx.x * blockDim.x + threadIdx.x;   // column
#     int i = blockIdx.y * blockDim.y + threadIdx.y;   // row
#
# Memory has one axis. A matrix with $W$ columns lies there row after row, so element $(i, j)$ is
# number $i W + j$.
#
# **Predict before you run.** A picture of 3 rows and 5 columns, in blocks of `(4, 2)`. How large is
# the grid? How many threads have no pixel?
#
# <!-- guess 13/grid
# shape | of the grid, x first | 2, 2
# number | threads without a pixel | 17
# -->
#
# <details><summary>Answer</summary>
#
# Two blocks for 5 columns and two for 3 rows: `(2, 2)`. That is 32 threads for 15 pixels, and 17
# have none. The guard must look at both axes.
#
# </details>

# %%
places = r"""
extern "C" __global__ void places(int H, int W) {
    int j = blockIdx.x * blockDim.x + threadIdx.x;
    int i = blockIdx.y * blockDim.y + threadIdx.y;
    if (i >= H || j >= W) return;  // || is or
    printf("block (%d, %d): pixel (%d, %d), number %2d\n", blockIdx.x, blockIdx.y, i, j, i * W + j);
}
"""
ran = kernels.look(places, "places", (2, 2), (4, 2), (3, 5))

# %% [markdown]
# ### Exercise 3: `pad_kernel` (2 points)
#
# Lesson 02 put zeros around a picture. Here a thread makes one pixel of the padded picture. Is there
# a pixel of `x` for it? What lies outside `x` must not be read. In C `&&` is and, and `a ? b : c` is
# `b` where `a` holds, else `c`.
#
# By hand: a picture of 2 x 3 with a padding of 1 becomes 4 x 5. Pixel $(1, 1)$ of `out` is pixel
# $(0, 0)$ of `x`; pixel $(0, 3)$ is a zero. The work is shared out as before. Where two threads
# write to one place, the emulator speaks of a race; section 6 says what that is.


# %% exercise="pad_kernel"
def pad_kernel():
    """Write the kernel that puts zeros around a picture.

    Returns:
        CUDA C: x is (H, W), out is (H + 2*P, W + 2*P), one thread for each number of out; x counts
        columns and y rows.
    """
    kernel = r"""
extern "C" __global__ void pad(const float* x, float* out, int H, int W, int P) {
    int j = blockIdx.x * blockDim.x + threadIdx.x;  // column of out
    int i = blockIdx.y * blockDim.y + threadIdx.y;  // row of out
    int row = i - P, col = j - P;                   // the same pixel's place in x
    // the guard of both axes; is the place inside x? the pixel, or a zero
    ...
}
"""
    ### BEGIN SOLUTION
    lines = r"""
    if (i >= H + 2 * P || j >= W + 2 * P) return;
    bool inside = row >= 0 && row < H && col >= 0 && col < W;
    out[i * (W + 2 * P) + j] = inside ? x[row * W + col] : 0.0f;
"""
    kernel = kernel.replace("\n    ...\n", lines)
    ### END SOLUTION
    return kernel


# %% check="pad_kernel" points=2
# 2 points. Shown: 2 x 3 with a padding of 1. Hidden: other sizes and paddings.
x = np.array([[1, 2, 3], [4, 5, 6]], dtype=np.float32)
expected = [[0, 0, 0, 0, 0], [0, 1, 2, 3, 0], [0, 4, 5, 6, 0], [0, 0, 0, 0, 0]]
given = (x, np.full((4, 5), 9, dtype=np.float32), 2, 3, 1)
ran = kernels.runs(pad_kernel(), "pad", (2, 3), (4, 2), given, {1: expected})
kernels.few_accesses(ran, 4)
### BEGIN HIDDEN TESTS
from autograder.judging import judge

for H, W, P in ((7, 3, 2), (5, 9, 0)):
    x = judge.rng().normal(size=(H, W)).astype(np.float32)
    expected = np.pad(x, P)
    given = (x, np.full_like(expected, 9), H, W, P)
    grid = ((W + 2 * P) // 4 + 1, (H + 2 * P) // 8 + 1)
    ran = kernels.runs(pad_kernel(), "pad", grid, (4, 8), given, {1: expected})
    kernels.few_accesses(ran, 4)
### END HIDDEN TESTS

# %% [markdown]
# **Take away.** Threads may have two axes; memory has one.

# %% [markdown]
# ## 3. Two layers in one launch
#
# After a convolution come the biases and the ReLU. As two launches they read and write every number
# twice. One kernel reads it, adds, cuts off, and writes it once. That is called **fusing**.
#
# `x` has $N \cdot F \cdot L$ numbers, $L = H \cdot W$ of them for each feature map, and `b` has $F$.
# Which bias belongs to number $i$?
#
# By hand: with $F = 2$ and $L = 3$, number 7 lies in map $7 // 3 = 2$, counted through all
# pictures, and $2 \bmod 2 = 0$: it gets `b[0]`. In C, `/` between two ints drops the remainder, and
# `%` is what remains.

# %%
bias_relu = r"""
extern "C" __global__
void bias_relu(const float* x, const float* b, float* out, int F, int L, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) return;
    out[i] = fmaxf(x[i] + b[i / L % F], 0.0f);
}
"""
x = np.array([[[1, -2, 3], [4, -5, 6]]], dtype=np.float32)
b = np.array([10, -5], dtype=np.float32)
ran = kernels.look(bias_relu, "bias_relu", (2,), (4,), (x, b, np.zeros_like(x), 2, 3, 6))
print(ran.arrays[2])

# %% [markdown]
# **Take away.** What is done number by number is fused into the kernel before it.

# %% [markdown]
# ## 4. Neighbours need the same numbers
#
# Blur a line, as lesson 05 did: $\text{out}_i = \tfrac14 x_{i-1} + \tfrac12 x_i + \tfrac14
# x_{i+1}$, with zeros beyond both ends. A computation of this kind, in which an output needs its
# neighbourhood, is called a **stencil**. A convolution is one, too.
#
# By hand: $[4, 8, 0, 0]$ gives $[4, 5, 2, 0]$.
#
# Written as a map, a number is loaded up to three times. The threads of a block can do better. They
# have a small memory of their own, **shared memory**, which is near and fast:
#
#     __shared__ float s[10];
#
# A block of 8 makes 8 outputs, and for them it needs 10 numbers: its own and one on either side,
# the **halo**. So each thread copies its number into `s`, two threads copy one more, and then all
# read `s`.
#
# But stop: when does a thread know that its neighbour's number is there? Threads run in any order.
# `__syncthreads()` is a **barrier**: here a thread waits until all threads of its block have come.
# What was written before it can be read after it.
#
# Two rules. *All* threads of the block must come to the barrier: where one has returned or has
# taken another branch, the others wait for somebody who never comes. And the barrier holds within a
# block; between blocks nobody waits.
#
# **Predict before you run.** Twenty-four numbers, three blocks of 8. How many loads from global
# memory does the map make, and how many the kernel with a halo? The zeros beyond the ends are not
# loads.
#
# <!-- guess 13/halo
# number | loads of the map | 70
# number | loads with a halo | 28
# -->
#
# <details><summary>Answer</summary>
#
# The map: three for each number, less the two beyond the ends, $72 - 2 = 70$. With a halo: ten for
# each block, less the same two, $30 - 2 = 28$.
#
# </details>
#
# What happens without a barrier? The kernel below only hands each number to the thread on the left.

# %%
pass_on = r"""
extern "C" __global__ void pass_on(const float* x, float* out) {
    __shared__ float s[8];
    int t = threadIdx.x;
    s[t] = x[t];
    out[t] = s[(t + 1) % 8];
}
"""
x = np.arange(8, dtype=np.float32)
ran = kernels.look(pass_on, "pass_on", (1,), (8,), (x, np.zeros_like(x)))

# %% [markdown]
# Thread 0 came first and found nothing. With `__syncthreads();` between the two lines all is well.
# Try it.
#
# ### Exercise 4: `blur_kernel` (2 points)
#
# Blocks have 8 threads. $n$ need not be a multiple of 8: a thread without a number of its own puts
# a 0 into `s`, comes to the barrier, and writes nothing. No thread may return before the barrier. A
# block may load no more than 10 numbers from global memory. Thread 0 also fills `s[0]`, as you see.
# Who fills `s[9]`, and with what?


# %% exercise="blur_kernel"
def blur_kernel():
    """Write the kernel that blurs a line, with its numbers in shared memory.

    Returns:
        CUDA C: out[i] = x[i-1]/4 + x[i]/2 + x[i+1]/4 for all i < n, with zeros beyond the ends.
    """
    kernel = r"""
extern "C" __global__ void blur(const float* x, float* out, int n) {
    __shared__ float s[10];                      // s[t + 1] belongs to thread t
    int t = threadIdx.x, i = blockIdx.x * 8 + t;
    s[t + 1] = i < n ? x[i] : 0.0f;
    if (t == 0) s[0] = i > 0 ? x[i - 1] : 0.0f;  // the left end of the halo
    // its right end, the barrier, and out[i]
    ...
}
"""
    ### BEGIN SOLUTION
    lines = r"""
    if (t == 7) s[9] = i + 1 < n ? x[i + 1] : 0.0f;
    __syncthreads();
    if (i < n) out[i] = 0.25f * s[t] + 0.5f * s[t + 1] + 0.25f * s[t + 2];
"""
    kernel = kernel.replace("\n    ...\n", lines)
    ### END SOLUTION
    return kernel


# %% check="blur_kernel" points=2
# 2 points. Shown: four numbers, and loads for 24. Hidden: other lengths, many orders of threads.
def blurred(x):
    wide = np.pad(x, 1)
    return wide[:-2] / 4 + wide[1:-1] / 2 + wide[2:] / 4


def blur_it(x):
    blocks = -(-len(x) // 8)
    given = (x, np.full_like(x, 9), len(x))
    ran = kernels.runs(blur_kernel(), "blur", (blocks,), (8,), given, {1: blurred(x)})
    kernels.few_loads(ran, 10 * blocks)


blur_it(np.array([4, 8, 0, 0], dtype=np.float32))
blur_it(np.arange(24, dtype=np.float32))
### BEGIN HIDDEN TESTS
from autograder.judging import judge

for n in (9, 47):
    blur_it(judge.rng().normal(size=n).astype(np.float32))
### END HIDDEN TESTS

# %% [markdown]
# **Take away.** Load once, wait for each other, then read what the others have loaded: 28 loads for
# 24 numbers, where the map makes 70.

# %% [markdown]
# ## 5. A sum in six rounds
#
# A mean is a sum, the loss is a sum. How do 64 threads add 64 numbers? One thread could do it alone,
# in 63 additions, while the others wait. Or: thread 0 adds numbers 0 and 32, thread 1 adds 1 and
# 33, and so on. That leaves 32 sums. Then 16, 8, 4, 2, 1. This is called a **reduction**.
#
# **Predict before you run.** How many rounds are there for 64 numbers? For 1024? And where must the
# threads wait?
#
# <!-- guess 13/rounds
# number | rounds for 64 numbers | 6
# number | rounds for 1024 | 10
# choice | the threads must wait | once, before the first round | once, after the last round | * before each round
# -->
#
# <details><summary>Answer</summary>
#
# Six, and ten. Each round reads what other threads wrote in the round before, so there is a barrier
# before each round.
#
# </details>
#
# By hand, with eight numbers: $[1, 2, 3, 4, 5, 6, 7, 8]$ becomes $[6, 8, 10, 12]$, then $[16, 20]$,
# then $36$.
#
# ### Exercise 5: `block_sum_kernel` (2 points)
#
# Blocks have 64 threads, and each block makes one sum: block $k$ adds the numbers from $64 k$ on,
# as many of its 64 as there are. The barrier must stand where all 64 threads come by. The work is
# shared out: no thread may read or write memory more than 32 times. The loop is given, and what is
# left is one round of it: who adds, and what?


# %% exercise="block_sum_kernel"
def block_sum_kernel():
    """Write the kernel that adds up the numbers of each block.

    Returns:
        CUDA C: out[k] is the sum of x[64*k] to x[64*k + 63], as far as they are there.
    """
    kernel = r"""
extern "C" __global__ void block_sum(const float* x, float* out, int n) {
    __shared__ float part[64];
    int t = threadIdx.x, i = blockIdx.x * 64 + t;
    part[t] = i < n ? x[i] : 0.0f;
    for (int half = 32; half > 0; half /= 2) {
        // one round: the barrier, and the sum of two numbers where it is yours to add
        ...
    }
    if (t == 0) out[blockIdx.x] = part[0];
}
"""
    ### BEGIN SOLUTION
    lines = r"""
        __syncthreads();
        if (t < half) part[t] += part[t + half];
"""
    kernel = kernel.replace("\n        ...\n", lines)
    ### END SOLUTION
    return kernel


# %% check="block_sum_kernel" points=2
# 2 points. Shown: 64 numbers, then 70. Hidden: other lengths, many orders of threads.
def add_up(x):
    blocks = -(-len(x) // 64)
    sums = [x[64 * k : 64 * k + 64].sum() for k in range(blocks)]
    given = (x, np.full(blocks, 9, dtype=np.float32), len(x))
    ran = kernels.runs(block_sum_kernel(), "block_sum", (blocks,), (64,), given, {1: sums})
    kernels.few_accesses(ran, 32)


add_up(np.arange(64, dtype=np.float32))
add_up(np.ones(70, dtype=np.float32))
### BEGIN HIDDEN TESTS
from autograder.judging import judge

for n in (5, 200):
    add_up(judge.rng().normal(size=n).astype(np.float32))
### END HIDDEN TESTS

# %% [markdown]
# **Take away.** Halve, wait, halve: $\log_2 n$ rounds, and every thread comes to every barrier.

# %% [markdown]
# ## 6. Many threads, one number
#
# How often does each class occur? One thread for each label, and each adds 1 to its class:

# %%
votes = r"""
extern "C" __global__ void votes(const int* label, int* out, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n)
        out[label[i]] += 1;
}
"""
label = np.array([0, 1, 1, 2, 1], dtype=np.int32)
given = (label, np.zeros(3, dtype=np.int32), 5)
ran = kernels.look(votes, "votes", (1,), (8,), given)

# %% [markdown]
# Where is the mistake? The line looks like one thing, and is three: read, add, write. Between the
# read and the write others may come by. That is a **race**: two threads touch one number, at least
# one of them writes, and nothing says who comes first.
#
# **Predict before you run.** The labels are 0, 1, 1, 2, 1, so the right counts are 1, 3, 1. The
# threads of a **warp**, 32 neighbours, work in step as a rule: all read, then all add, then all
# write. What comes out? Step through it.
#
# <!-- guess 13/race
# row | the three counts | 1, 1, 1
# -->

# %% tags=["demo"]
demo.race()

# %% [markdown]
# All three voters of class 1 read the same 0, so all three write a 1, and two votes are lost. With
# equal labels in one warp that happens every time, and not once in a while. Between warps and
# between blocks it happens now and then.
#
# `atomicAdd(&out[k], 1)` reads, adds and writes in one go, and nobody gets in between. The `&` says
# where the number lies. It works on floats as well. The price: threads that meet at one number must
# queue.
#
# ### Exercise 6: `bias_gradient_kernel` (1 point)
#
# The backward pass of the bias: $db_f$ is the sum of `dout` over all pictures and places of map
# $f$. `dout` has $N \cdot F \cdot L$ numbers, laid out as `x` of section 3. Let each thread add
# its number to its map's sum. `db` holds zeros before the launch. The work is shared out: no thread
# may read or write memory more than 8 times.
#
# By hand: $F = 2$, $L = 3$, one picture: $[1, 2, 3]$ and $[4, 5, 6]$ give $[6, 15]$.


# %% exercise="bias_gradient_kernel"
def bias_gradient_kernel():
    """Write the kernel that adds up the gradients of each map.

    Returns:
        CUDA C: dout is (N, F, L) with n numbers, db is (F,) and holds zeros before; db[f] becomes
        the sum of all dout of map f. One thread for each number of dout.
    """
    kernel = r"""
extern "C" __global__ void bias_gradient(const float* dout, float* db, int F, int L, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) return;
    // dout[i] to the sum of its map
    ...
}
"""
    ### BEGIN SOLUTION
    lines = r"""
    atomicAdd(&db[i / L % F], dout[i]);
"""
    kernel = kernel.replace("\n    ...\n", lines)
    ### END SOLUTION
    return kernel


# %% check="bias_gradient_kernel" points=1
# 1 point. Shown: two maps of three numbers. Hidden: other sizes.
def gradient_of(dout):
    _, F, L = dout.shape
    given = (dout, np.zeros(F, dtype=np.float32), F, L, dout.size)
    grid = (dout.size // 8 + 1,)
    wanted = {1: dout.sum(axis=(0, 2))}
    ran = kernels.runs(bias_gradient_kernel(), "bias_gradient", grid, (8,), given, wanted)
    kernels.few_accesses(ran, 8)


gradient_of(np.array([[[1, 2, 3], [4, 5, 6]]], dtype=np.float32))
### BEGIN HIDDEN TESTS
from autograder.judging import judge

for shape in ((3, 4, 5), (2, 3, 17)):
    gradient_of(judge.rng().normal(size=shape).astype(np.float32))
### END HIDDEN TESTS

# %% [markdown]
# **Take away.** `+=` is three steps. Where threads meet at one number, it takes an atomic, or a
# plan in which they do not meet.

# %% [markdown]
# ## 7. Find the mistake
#
# Three kernels, each with one mistake, one of each kind that you have met: a bound, a race, a
# barrier. The first adds two rows of numbers. The second counts how many numbers lie in each of
# three bins. The third finds the largest number of a block.

# %% given="suspects"
suspects = {
    "add": r"""extern "C" __global__ void add(const float* x, const float* y, float* out, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i > n) return;
    out[i] = x[i] + y[i];
}
""",
    "bins": r"""extern "C" __global__ void bins(const float* x, int* out, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) return;
    int bin = x[i] < -1.0f ? 0 : x[i] < 1.0f ? 1 : 2;  // below -1, below 1, the rest
    out[bin]++;
}
""",
    "largest": r"""extern "C" __global__ void largest(const float* x, float* out, int n) {
    __shared__ float part[64];
    int t = threadIdx.x, i = blockIdx.x * 64 + t;
    part[t] = i < n ? x[i] : -1e30f;
    __syncthreads();
    for (int half = 32; half > 0; half /= 2) {
        if (t < half) part[t] = fmaxf(part[t], part[t + half]);
    }
    if (t == 0) out[blockIdx.x] = part[0];
}
""",
}

# %% [markdown]
# Let the emulator look at the third. It names two threads and a line:

# %%
x = np.arange(64, dtype=np.float32)
given = (x, np.zeros(1, dtype=np.float32), 64)
ran = kernels.look(suspects["largest"], "largest", (1,), (64,), given)

# %% [markdown]
# A race, although a barrier is missing: without it two threads meet at one number. The line that is
# named is where the harm was seen, and need not be the one to change.
#
# ### Exercise 7: `corrections` (2 points)
#
# For each kernel the number of one line, counted from 1, and what should stand in its place. One
# line is enough for each; a line may hold two statements. More than one answer can be right. For
# `add` it is `(3, "if (i >= n) return;")`: thread $n$ has no number. Find the other two.


# %% exercise="corrections"
def corrections():
    """Say which line of each suspect to change, and what should stand there.

    Returns:
        A dict from "add", "bins" and "largest" to a pair: the number of a line, counted from 1, and
        the new line.
    """
    ### BEGIN SOLUTION
    return {
        "add": (3, "if (i >= n) return;"),
        "bins": (5, "atomicAdd(&out[bin], 1);"),
        "largest": (7, "if (t < half) part[t] = fmaxf(part[t], part[t + half]); __syncthreads();"),
    }
    ### END SOLUTION


# %% check="corrections" points=1
# 1 point. Shown: add and bins, on few numbers. Hidden: on others.
def corrected(name):
    return kernels.with_line(suspects[name], *corrections()[name])


def added(x, y):
    given = (x, y, np.full_like(x, 9), len(x))
    kernels.runs(corrected("add"), "add", (len(x) // 4 + 1,), (4,), given, {2: x + y})


def counted(x):
    wanted = np.bincount(np.digitize(x, [-1, 1]), minlength=3)
    given = (x, np.zeros(3, dtype=np.int32), len(x))
    kernels.runs(corrected("bins"), "bins", (len(x) // 8 + 1,), (8,), given, {1: wanted})


x, y = np.array([[1, 2, 3], [10, 20, 30]], dtype=np.float32)
added(x, y)
counted(np.array([0, 0.5, -2, 3, 0], dtype=np.float32))
### BEGIN HIDDEN TESTS
from autograder.judging import judge

for n in (8, 13):
    added(*judge.rng().normal(size=(2, n)).astype(np.float32))
for n in (50, 7):
    counted(judge.rng().normal(size=n).astype(np.float32))
### END HIDDEN TESTS

# %% check="corrections" part="barrier" points=1
# 1 point. Shown: largest, of 64 numbers. Hidden: several blocks, the last not full.
def largest_of(x):
    source = kernels.with_line(suspects["largest"], *corrections()["largest"])
    blocks = -(-len(x) // 64)
    wanted = [x[64 * k : 64 * k + 64].max() for k in range(blocks)]
    given = (x, np.zeros(blocks, dtype=np.float32), len(x))
    kernels.runs(source, "largest", (blocks,), (64,), given, {1: wanted})


largest_of(np.arange(64, dtype=np.float32))
### BEGIN HIDDEN TESTS
from autograder.judging import judge

for n in (64, 150):
    largest_of(judge.rng().normal(size=n).astype(np.float32))
### END HIDDEN TESTS

# %% [markdown]
# **Take away.** A right answer does not show that a kernel is right. Look at what every thread
# touched.

# %% [markdown]
# ## 8. What a warp asks for
#
# So far kernels were right or wrong. Now they become good or bad. Memory sends **sectors** of 32
# bytes, eight float32 at a time. A warp's 32 threads ask together, and get every sector in which
# one of their numbers lies.
#
# The two kernels below copy a matrix of 64 x 64 and turn it upside down. They write the same
# numbers. In the first, neighbouring threads take neighbours in a row, in the second, neighbours in
# a column.
#
# **Predict before you run.** 32 threads read 32 numbers. How many sectors are sent at least? How
# many at most?
#
# <!-- guess 13/sectors
# number | sectors at least | 4
# number | sectors at most | 32
# -->

# %%
by_rows = r"""
extern "C" __global__ void upside_down(const float* x, float* out, int side) {
    int n = blockIdx.x * blockDim.x + threadIdx.x;
    if (n >= side * side) return;
    int row = n / side, column = n % side;
    out[(side - 1 - row) * side + column] = x[row * side + column];
}
"""
by_columns = r"""
extern "C" __global__ void upside_down(const float* x, float* out, int side) {
    int n = blockIdx.x * blockDim.x + threadIdx.x;
    if (n >= side * side) return;
    int row = n % side, column = n / side;
    out[(side - 1 - row) * side + column] = x[row * side + column];
}
"""

# %% tags=["plot"] alt="Two pictures of a warp. Along rows: threads 0 to 31 in four colours, and four sectors, every number of them coloured. Down columns: 32 threads and 32 sectors, one coloured number in each, seven grey."
x = np.arange(4096, dtype=np.float32)
for name, source in (("along rows", by_rows), ("down columns", by_columns)):
    if cuda.compiler():
        seen = cuda.watch(source, "upside_down", (64,), (64,), (x, np.zeros_like(x), 64))
        drawing.warp(seen.request("x"), f"What the first warp reads {name}")

# %% [markdown]
# A thread has the colour of the sector that it reads. Along rows 32 neighbours fill four sectors,
# and all that is sent is used. Down columns each number costs a sector of its own, and seven
# eighths of what is sent is thrown away. Accesses of the first kind are called **coalesced**.
#
# **Predict before you run.** In im2col, thread $n$ writes one element of `cols`, which has the
# shape $(C \cdot HH \cdot WW, H_{out} \cdot W_{out})$. Which index should change fastest from
# thread to thread: the one of the patch's element, or the one of the place?
#
# <!-- guess 13/fastest
# choice | fastest should change | * the place | the patch's element | either, it is the same
# -->
#
# <details><summary>Answer</summary>
#
# The place. Neighbouring places read neighbouring pixels and write neighbouring numbers of one row.
# With the patch's element fastest, each write lands in another row.
#
# </details>
#
# ### Exercise 8: `im2col_kernel` (2 points)
#
# One picture, any stride and padding. A pixel in the padding is 0, and must not be read. At stride
# 1 an access of a warp may take 8 sectors on average, and no more.
#
# By hand: a 4 x 4 picture and a 3 x 3 window without padding give a 9 x 4 matrix: 36 threads.
# Thread 5 is element $5 // 4 = 1$ of the patch, at place $5 \bmod 4 = 1$: $u, v = 0, 1$ and $i, j =
# 0, 1$. It reads `x[0, 2]`.
#
# The kernel splits the thread's number, as one splits seconds into hours, minutes and seconds. You
# write that; the rest is that of exercise 3.


# %% exercise="im2col_kernel"
def im2col_kernel():
    """Write the kernel that makes the columns of one picture.

    Returns:
        CUDA C: x is (C, H, W), cols is (C*HH*WW, H_out*W_out), one thread for each number of cols.
    """
    kernel = r"""
extern "C" __global__
void im2col(const float* x, float* cols, int C, int H, int W, int HH, int WW, int stride, int pad,
            int H_out, int W_out) {
    int n = blockIdx.x * blockDim.x + threadIdx.x;
    if (n >= C * HH * WW * H_out * W_out) return;
    // from n its place and its element; c, u and v of the element
    ...
    int i = place / W_out, j = place % W_out;
    int row = i * stride + u - pad, col = j * stride + v - pad;
    bool inside = row >= 0 && row < H && col >= 0 && col < W;
    cols[n] = inside ? x[(c * H + row) * W + col] : 0.0f;
}
"""
    ### BEGIN SOLUTION
    lines = r"""
    int place = n % (H_out * W_out), element = n / (H_out * W_out);
    int c = element / (HH * WW), u = element / WW % HH, v = element % WW;
"""
    kernel = kernel.replace("\n    ...\n", lines)
    ### END SOLUTION
    return kernel


# %% check="im2col_kernel" points=2
# 2 points. Shown: a 4 x 4 picture, and sectors on 3 x 16 x 16. Hidden: strides, padding, sizes.
def columns(x, HH, WW, stride, pad):
    x_pad = np.pad(x, ((0, 0), (pad, pad), (pad, pad)))
    windows = np.lib.stride_tricks.sliding_window_view(x_pad, (HH, WW), axis=(1, 2))
    windows = windows[:, ::stride, ::stride]
    H_out, W_out = windows.shape[1:3]
    cols = windows.transpose(0, 3, 4, 1, 2).reshape(-1, H_out * W_out)
    return cols, (*x.shape, HH, WW, stride, pad, H_out, W_out)


def try_it(x, *how):
    cols, sizes = columns(x, *how)
    given = (x, np.full_like(cols, 9), *sizes)
    grid = (cols.size // 64 + 1,)
    return kernels.runs(im2col_kernel(), "im2col", grid, (64,), given, {1: cols})


picture = np.arange(16, dtype=np.float32).reshape(1, 4, 4)
try_it(picture, 3, 3, 1, 0)
ran = try_it(np.ones((3, 16, 16), dtype=np.float32), 3, 3, 1, 1)
kernels.few_sectors(ran, 8)
### BEGIN HIDDEN TESTS
from autograder.judging import judge

for shape, *how in (((2, 5, 6), 3, 2, 2, 1), ((3, 6, 4), 2, 3, 1, 2), ((1, 8, 9), 1, 1, 1, 0)):
    try_it(judge.rng().normal(size=shape).astype(np.float32), *how)
### END HIDDEN TESTS

# %% [markdown]
# **Take away.** Let the fastest index of the thread be the fastest index of the memory.

# %% [markdown]
# ## 9. A ladder, and a ruler
#
# The columns are made; what remains of a convolution is a product of matrices, `out = A @ B`. The
# next three sections write it three times, each time better. They share a ruler.
#
# Lesson 10 weighed the least bytes that a layer could move. A kernel moves more than the least. Its
# own operations (**FLOP**, a product or a sum each) for each byte that it asks for are its
# **arithmetic intensity**. The GPU is the one of lesson 10: 50 Tera-operations and 2 TB a second,
# round numbers and not measured. Below $50 / 2 = 25$ FLOP for each byte a kernel waits for memory.
#
# Take $A$ of $M \times K$, $B$ of $K \times N$; here $N$ does not count pictures. The result has
# $M \cdot N$ numbers of $K$ products and $K$ sums, so $2 M N K$ operations. Without any sharing,
# each of the $M \cdot N$ threads loads $2 K$ numbers. That is one FLOP for each number of four
# bytes: a quarter for each byte.
#
# Now let a block make a tile of $T \times T$ outputs and load each number that it needs once. It
# needs $T$ rows of $A$ and $T$ columns of $B$. All tiles side by side load all of $A$ once for each
# column of tiles, and all of $B$ once for each row of tiles:
#
# $$\text{loads} = M K \left\lceil \frac{N}{T} \right\rceil +
#   K N \left\lceil \frac{M}{T} \right\rceil \qquad \text{stores} = M N$$
#
# By hand: $M = N = K = 16$ and $T = 8$: $2 \cdot 16^3 = 8192$ FLOP, $2 \cdot 256 + 2 \cdot 256 =
# 1024$ loads, 256 stores, and so $8192 / (4 \cdot 1280) = 1.6$ FLOP for each byte.
#
# **Predict before you run.** For large matrices, how large must $T$ be to get to 25?
#
# <!-- guess 13/ruler
# number | `T` | 100
# -->
#
# ### Exercise 9: `flop_per_byte` (1 point)
#
# Loads and stores both count, four bytes each.


# %% exercise="flop_per_byte"
def flop_per_byte(M, N, K, T):
    """Compute the arithmetic intensity of a product by tiles.

    Args:
        M, N, K: A is (M, K), B is (K, N), both float32.
        T: a block makes T x T outputs, and loads each number that it needs once.

    Returns:
        Operations for each byte that is loaded or stored.
    """
    ### BEGIN SOLUTION
    loads = M * K * -(-N // T) + K * N * -(-M // T)
    return 2 * M * N * K / (4 * (loads + M * N))
    ### END SOLUTION


# %% check="flop_per_byte" points=1
# 1 point. Shown: 16 x 16 by hand, with tiles and without. Hidden: random sizes.
check.same(float(flop_per_byte(16, 16, 16, 8)), 1.6, "FLOP for each byte with T = 8")
check.same(float(flop_per_byte(16, 16, 16, 1)), 8192 / 33792, "FLOP for each byte with T = 1")
### BEGIN HIDDEN TESTS
from autograder.judging import judge

for _ in range(6):
    M, N, K, T = (int(v) for v in judge.rng().integers(1, 70, size=4))
    judge.value("flop_per_byte", flop_per_byte, M, N, K, T)
### END HIDDEN TESTS

# %% [markdown]
# For large matrices it comes to $T / 4$: tiles of 100 x 100 would do.

# %%
for T in (1, 8, 32, 64, 128):
    print(f"T = {T:3}: {flop_per_byte(4096, 4096, 4096, T):5.2f} FLOP for each byte")

# %% [markdown]
# **Take away.** A product can be far from memory's limit, or sit on it. It depends on how often a
# number is used once it is there.

# %% [markdown]
# ## 10. First rung: neighbours in a row
#
# The plainest product: a thread for each output, a loop along $K$. Blocks are `(32, 4)`, so a warp
# is 32 neighbours along x. Here x counts rows:

# %%
naive = r"""
extern "C" __global__
void product(const float* A, const float* B, float* out, int M, int N, int K) {
    int row = blockIdx.x * blockDim.x + threadIdx.x;
    int col = blockIdx.y * blockDim.y + threadIdx.y;
    if (row >= M || col >= N) return;
    float sum = 0.0f;
    for (int k = 0; k < K; k++) sum += A[row * K + k] * B[k * N + col];
    out[row * N + col] = sum;
}
"""

# %% tags=["plot"] alt="Two pictures of the first warp. In A the 32 threads take 32 sectors, one number of each. In B all 32 threads have one colour, and take one number of one sector."
square = np.arange(4096, dtype=np.float32).reshape(64, 64) / 4096
squares = (square, square, np.zeros_like(square), 64, 64, 64)
if cuda.compiler():
    seen = cuda.watch(naive, "product", (2, 16), (32, 4), squares)
    for matrix in "AB":
        drawing.warp(seen.request(matrix), f"Rung 0, its first access to {matrix}")

# %% [markdown]
# In `B` all threads want the same number, and it is sent once. In `A` each wants another row: 32
# sectors for 32 numbers. A step along $K$ takes 33 sectors, 1056 bytes, and does 64 operations with
# them. The quarter of section 9 counted numbers; memory counts sectors, and so it is a sixteenth of
# a FLOP for each byte.
#
# **Predict before you run.** Let x count columns. What does a warp read of `A` then, and of `B`?
# How many sectors is a step?
#
# <!-- guess 13/across
# choice | of `A` a warp reads | * a single number | 32 neighbours in a row | 32 numbers of a column
# choice | of `B` it reads | a single number | * 32 neighbours in a row | 32 numbers of a column
# number | sectors in a step | 5
# -->
#
# <details><summary>Answer</summary>
#
# One row of `A`: a single number, 1 sector. 32 neighbours of `B`: 4 sectors. Five in place of 33.
#
# </details>
#
# ### Exercise 10: `coalesced_kernel` (1 point)
#
# `blockIdx.x` and `threadIdx.x` count columns of `out`, `blockIdx.y` and `threadIdx.y` rows. Where
# sizes are multiples of 32, an access of a warp may take 3 sectors on average, and no more.


# %% exercise="coalesced_kernel"
def coalesced_kernel():
    """Write the plain product, in which the threads of a warp make neighbours of one row.

    Returns:
        CUDA C, with a kernel
        product(const float* A, const float* B, float* out, int M, int N, int K):
        A is (M, K), B is (K, N), out is (M, N). Blocks are 32 x 4; x counts columns, y rows.
    """
    ### BEGIN SOLUTION
    return r"""
extern "C" __global__
void product(const float* A, const float* B, float* out, int M, int N, int K) {
    int col = blockIdx.x * blockDim.x + threadIdx.x;
    int row = blockIdx.y * blockDim.y + threadIdx.y;
    if (row >= M || col >= N) return;
    float sum = 0.0f;
    for (int k = 0; k < K; k++) sum += A[row * K + k] * B[k * N + col];
    out[row * N + col] = sum;
}
"""
    ### END SOLUTION


# %% check="coalesced_kernel" points=1
# 1 point. Shown: 32 x 32, and its sectors. Hidden: other sizes.
def multiply(A, B):
    (M, K), N = A.shape, B.shape[1]
    given = (A, B, np.full((M, N), 9, dtype=np.float32), M, N, K)
    grid = (-(-N // 32), -(-M // 4))
    return kernels.runs(coalesced_kernel(), "product", grid, (32, 4), given, {2: A @ B})


numbers = np.arange(1024, dtype=np.float32).reshape(32, 32) / 1024
kernels.few_sectors(multiply(numbers, numbers.T.copy()), 3)
### BEGIN HIDDEN TESTS
from autograder.judging import judge

for M, K, N in ((5, 13, 40), (9, 3, 7)):
    multiply(*(judge.rng().normal(size=s).astype(np.float32) for s in ((M, K), (K, N))))
for shapes in (((8, 32), (32, 64)),):
    ran = multiply(*(judge.rng().normal(size=s).astype(np.float32) for s in shapes))
    kernels.few_sectors(ran, 3)
### END HIDDEN TESTS

# %% [markdown]
# **Take away.** Two names change places, and memory sends less than a sixth: 5 sectors, 160 bytes,
# for 64 operations, or $2/5$ of a FLOP for each byte.

# %% [markdown]
# ## 11. Second rung: tiles in shared memory
#
# Still every number is loaded again and again: each of `A` by every thread of its row, each of `B`
# by every thread of its column. Let a block of 8 x 8 threads make a tile of 8 x 8 outputs. It walks
# along $K$ in steps of 8. At each step its threads load a tile of `A` and a tile of `B` into shared
# memory, one number each:
#
#     __shared__ float a[8][8];
#     __shared__ float b[8][8];
#
# All must have loaded before the first one reads, and all must have read before the first one loads
# the next tile. So there are two barriers in the loop.
#
# **Predict before you run.** `A` and `B` are 32 x 32. Without tiles, each of the 1024 threads loads
# 64 numbers: 65,536 loads. How many are there with tiles of 8 x 8?
#
# <!-- guess 13/tiles
# number | loads with tiles | 8192
# -->
#
# <details><summary>Answer</summary>
#
# $2 \cdot 1024 \cdot 4 = 8192$, by section 9. An eighth: 8 is the side of the tile.
#
# </details>
#
# ### Exercise 11: `product_kernel` (3 points)
#
# Blocks are 8 x 8, and the sizes need not be multiples of 8. A thread whose number lies outside the
# matrix puts a 0 into its tile, and takes part in everything else: none may return before the last
# barrier. There may be no more loads from global memory than tiles need, as counted in section 9.


# %% exercise="product_kernel"
def product_kernel():
    """Write the kernel that multiplies two matrices by tiles in shared memory.

    Returns:
        CUDA C: A is (M, K), B is (K, N), out is (M, N). blockIdx.x counts tiles of columns of out,
        blockIdx.y tiles of rows.
    """
    kernel = r"""
#define T 8  // T stands for 8 from here on
extern "C" __global__
void product(const float* A, const float* B, float* out, int M, int N, int K) {
    __shared__ float a[T][T];
    __shared__ float b[T][T];
    int tx = threadIdx.x, ty = threadIdx.y;
    int row = blockIdx.y * T + ty, col = blockIdx.x * T + tx;
    float sum = 0.0f;
    for (int k = 0; k < K; k += T) {
        a[ty][tx] = row < M && k + tx < K ? A[row * K + k + tx] : 0.0f;
        // b in the same way; add T products to the sum; and where must all have come?
        ...
    }
    if (row < M && col < N) out[row * N + col] = sum;
}
"""
    ### BEGIN SOLUTION
    lines = r"""
        b[ty][tx] = k + ty < K && col < N ? B[(k + ty) * N + col] : 0.0f;
        __syncthreads();
        for (int j = 0; j < T; j++) sum += a[ty][j] * b[j][tx];
        __syncthreads();
"""
    kernel = kernel.replace("\n        ...\n", lines)
    ### END SOLUTION
    return kernel


# %% check="product_kernel" points=3
# 3 points. Shown: 16 x 16 by 16 x 16, and 1024 loads. Hidden: other sizes, many orders of threads.
def multiply(A, B):
    (M, K), N = A.shape, B.shape[1]
    given = (A, B, np.full((M, N), 9, dtype=np.float32), M, N, K)
    grid = (-(-N // 8), -(-M // 8))
    ran = kernels.runs(product_kernel(), "product", grid, (8, 8), given, {2: A @ B})
    kernels.few_loads(ran, M * K * grid[0] + K * N * grid[1])


numbers = np.arange(256, dtype=np.float32).reshape(16, 16) / 64
multiply(numbers, numbers.T.copy())
### BEGIN HIDDEN TESTS
from autograder.judging import judge

for M, K, N in ((5, 13, 9), (8, 3, 17), (19, 8, 2)):
    A, B = (judge.rng().normal(size=s).astype(np.float32) for s in ((M, K), (K, N)))
    multiply(A, B)
### END HIDDEN TESTS

# %% [markdown]
# Each CONV of the living net is such a product, of its filters and the columns of `im2col`. The first
# has 12 filters of $3 \cdot 5 \cdot 5 = 75$ numbers, and a map has $32 \cdot 32 = 1024$ places. How many
# blocks would your kernel take for one picture, and how many steps along $K$ does each walk?
#
# <details><summary>Answer</summary>
#
# `out` is 12 x 1024: 2 tiles of rows, the second half empty, and 128 of columns, so 256 blocks. Each
# walks 10 steps of 8, the last with 3 numbers and 5 zeros.
#
# </details>
#
# Move the frame. At every stop a GPU would launch these 256 blocks for the twelve maps of the first
# CONV.

# %% tags=["demo"]
living.net().show(data.photo("chelsea"), at=(17, 62))

# %% [markdown]
# **Take away.** Load once, share, wait for each other twice.

# %% [markdown]
# ## 12. Third rung: more work for each thread
#
# Shared memory is near, but it is not free. In the loop above a thread reads two numbers from it
# for one product and one sum. The only place that costs nothing is a **register**: a thread's own
# local variable.
#
# So let a thread make 4 x 4 outputs. For each $k$ it takes four numbers of `a` and four of `b` into
# registers, and makes sixteen products of them. Its sums begin as zeros, which C writes as `= {}`:
#
#     float sum[4][4] = {};
#
# **Predict before you run.** How many numbers does it read from shared memory for each product,
# compared with before? And 8 x 8 threads now make a tile of what side?
#
# <!-- guess 13/registers
# number | numbers read for each product | 0.5
# number | side of the tile | 32
# -->
#
# <details><summary>Answer</summary>
#
# Eight for sixteen products: a half, where it was two. The tile is $8 \cdot 4 = 32$ on a side, so
# loads from global memory fall to a quarter of those of section 11.
#
# </details>
#
# ### Exercise 12: `register_kernel` (2 points)
#
# Blocks are 8 x 8 threads. Each loads four numbers of either tile, such that neighbours load
# neighbours, and makes 4 x 4 outputs: rows $ty, ty + 8, ty + 16, ty + 24$ and columns $tx, tx + 8,
# tx + 16, tx + 24$ of the block's tile. All that is given. You write what is done for one number `j`
# of a step.
#
# Sizes need not be multiples of anything. Loads from global memory: as in section 9, with $T = 32$.
# Loads from shared memory: eight for each thread and each $k$, with $K$ rounded up to a multiple
# of 8.


# %% exercise="register_kernel"
def register_kernel():
    """Write the product in which each thread makes 4 x 4 outputs.

    Returns:
        CUDA C: A is (M, K), B is (K, N), out is (M, N). blockIdx.x counts tiles of columns of out,
        blockIdx.y tiles of rows.
    """
    kernel = r"""
#define T 32  // side of the tile of out
#define D 8   // length of a step along K
#define E 4   // side of a thread's share
extern "C" __global__
void product(const float* A, const float* B, float* out, int M, int N, int K) {
    __shared__ float a[T][D];
    __shared__ float b[D][T];
    int tx = threadIdx.x, ty = threadIdx.y, t = ty * 8 + tx;
    int top = blockIdx.y * T, left = blockIdx.x * T;
    float sum[E][E] = {};
    for (int k = 0; k < K; k += D) {
        for (int q = t; q < T * D; q += 64) {  // 64 threads load 256 numbers of A
            int i = q / D, j = q % D;
            a[i][j] = top + i < M && k + j < K ? A[(top + i) * K + k + j] : 0.0f;
        }
        for (int q = t; q < D * T; q += 64) {  // and 256 of B
            int i = q / T, j = q % T;
            b[i][j] = k + i < K && left + j < N ? B[(k + i) * N + left + j] : 0.0f;
        }
        __syncthreads();
        for (int j = 0; j < D; j++) {
            float mine[E], other[E];
            for (int r = 0; r < E; r++) mine[r] = a[ty + 8 * r][j];
            // four numbers of b into registers as well; then sixteen products
            ...
        }
        __syncthreads();
    }
    for (int r = 0; r < E; r++)
        for (int s = 0; s < E; s++) {
            int row = top + ty + 8 * r, col = left + tx + 8 * s;
            if (row < M && col < N) out[row * N + col] = sum[r][s];
        }
}
"""
    ### BEGIN SOLUTION
    lines = r"""
            for (int s = 0; s < E; s++) other[s] = b[j][tx + 8 * s];
            for (int r = 0; r < E; r++)
                for (int s = 0; s < E; s++) sum[r][s] += mine[r] * other[s];
"""
    kernel = kernel.replace("\n            ...\n", lines)
    ### END SOLUTION
    return kernel


# %% check="register_kernel" points=1
# 1 point. Shown: the values, 32 x 8 by 8 x 32. Hidden: other sizes, many orders of threads.
def multiply(A, B):
    (M, K), N = A.shape, B.shape[1]
    given = (A, B, np.full((M, N), 9, dtype=np.float32), M, N, K)
    grid = (-(-N // 32), -(-M // 32))
    return kernels.runs(register_kernel(), "product", grid, (8, 8), given, {2: A @ B})


numbers = np.arange(256, dtype=np.float32).reshape(32, 8) / 64
ran = multiply(numbers, numbers.T.copy())
### BEGIN HIDDEN TESTS
from autograder.judging import judge

for M, K, N in ((5, 13, 35), (40, 3, 9)):
    multiply(*(judge.rng().normal(size=s).astype(np.float32) for s in ((M, K), (K, N))))
### END HIDDEN TESTS

# %% check="register_kernel" part="loads" points=1
# 1 point. Shown: loads of both memories, 64 x 16 by 16 x 32. Hidden: other sizes.
def multiply(A, B):
    (M, K), N = A.shape, B.shape[1]
    given = (A, B, np.full((M, N), 9, dtype=np.float32), M, N, K)
    grid = (-(-N // 32), -(-M // 32))
    ran = kernels.runs(register_kernel(), "product", grid, (8, 8), given, {2: A @ B})
    kernels.few_loads(ran, M * K * grid[0] + K * N * grid[1])
    threads, steps = 64 * grid[0] * grid[1], -(-K // 8) * 8
    kernels.few_shared(ran, 8 * threads * steps)


A, B = np.ones((64, 16), dtype=np.float32), np.ones((16, 32), dtype=np.float32)
multiply(A, B)
### BEGIN HIDDEN TESTS
from autograder.judging import judge

for shapes in (((33, 21), (21, 40)),):
    multiply(*(judge.rng().normal(size=s).astype(np.float32) for s in shapes))
### END HIDDEN TESTS

# %% [markdown]
# Now the whole ladder on one ruler: 64 x 64 by 64 x 64, $2 \cdot 64^3 = 524{,}288$ operations each
# time. Bytes are the sectors that were sent, 32 bytes each.

# %% tags=["plot"] alt="A plot with two logarithmic axes: Tera-operations a second that the roofline allows against FLOP for each byte. A slope rises to a flat roof of 50 at 25. Four points lie on the slope: rung 0 at 0.06, coalesced at 0.40, tiles at 1.9, registers at 6.4; a line at 16 marks tiles of 64."
rungs = [
    ("rung 0", naive, (2, 16), (32, 4)),
    ("coalesced", coalesced_kernel(), (2, 16), (32, 4)),
    ("tiles", product_kernel(), (8, 8), (8, 8)),
    ("registers", register_kernel(), (2, 2), (8, 8)),
]
peak, bandwidth = 50e12, 2e12
intensity = np.geomspace(0.02, 200)
plt.loglog(intensity, np.minimum(peak, bandwidth * intensity) / 1e12, color="0.5", label="roofline")
for name, source, grid, block in rungs if cuda.compiler() else []:
    ran = cuda.emulate(source, "product", grid, block, squares)
    each = 2 * 64**3 / (32 * ran.sectors)
    plt.loglog(each, min(peak, bandwidth * each) / 1e12, "o", label=name)
    print(f"{name:9}  loads {ran.loads:7,}  shared {ran.shared_loads:7,}  sectors {ran.sectors:7,}"
          f"  FLOP for each byte {each:5.2f}")  # fmt: skip
plt.axvline(16, color="0.7", linestyle=":", label="tiles of 64")
plt.title("Four kernels with the same arithmetic")
plt.xlabel("FLOP for each byte asked of memory")
plt.ylabel("Tera-operations a second, at most")
plt.legend()
plt.show()

# %% [markdown]
# Look at the first and the last: a factor of a hundred between two kernels that add the same
# products. Still all four are on the slope. Libraries use tiles of 128 and more, in which a thread
# makes 8 x 8 outputs.
#
# What the picture leaves out: a GPU has caches, and a sector that was asked for a moment ago often
# comes from there. How much slower the naive kernel is on a real GPU, only a measurement says.
#
# **Take away.** Each rung uses a number more often before it lets go of it: in the warp, in the
# block, in the thread.

# %% [markdown]
# ## 13. Fourth rung: no columns at all
#
# **Going further**, without points.
#
# im2col writes every pixel $HH \cdot WW$ times and reads it again. A **fused** kernel makes no
# columns: each block loads the pixels of its tile straight from the picture into shared memory,
# where the product of section 12 looks for them. Libraries call this an **implicit
# GEMM**; GEMM is the product of two matrices.
#
# Think of `cols` with $K = C \cdot HH \cdot WW$ rows and $N \cdot H_{out} \cdot W_{out}$ columns,
# $N$ pictures again. Element $(k, p)$ is never stored; $k$ says which channel and which place in
# the window, $p$ which picture and which place. `A` is `w`, as $(F, K)$. `out` is $(N, F, H_{out},
# W_{out})$, so mind where you write. Stride is 1.
#
# The kernel gets blocks of 256 threads, `blockIdx.x` counts tiles of 64 columns $p$ and
# `blockIdx.y` tiles of 64 filters. So each thread makes 4 x 4 outputs, and steps along $K$ are as
# long as you like.

# %% tags=["experiment"]
implicit_gemm = r"""
extern "C" __global__
void implicit_gemm(const float* x, const float* w, float* out, int N, int C, int H, int W, int F,
                   int HH, int WW, int pad, int H_out, int W_out) {
}
"""

# %% [markdown]
# The harness tries three layers and says what memory was asked for. For comparison, on the last of
# them a kernel of ours, with steps of 8 along $K$, makes 35,360 loads and takes 13,926 sectors: 5.3
# FLOP for each byte. It can be beaten: more than half of its sectors are its stores, as its threads
# make four neighbours each.


# %% tags=["experiment"]
def try_fused(source, N, C, H, W, F, HH, WW, pad):
    rng = np.random.default_rng(13)
    x = rng.normal(size=(N, C, H, W)).astype(np.float32)
    w = rng.normal(size=(F, C, HH, WW)).astype(np.float32)
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    windows = np.lib.stride_tricks.sliding_window_view(x_pad, (HH, WW), axis=(2, 3))
    expected = np.einsum("nchwuv,fcuv->nfhw", windows, w)
    H_out, W_out = expected.shape[2:]
    grid = (-(-N * H_out * W_out // 64), -(-F // 64))
    given = (x, w, np.zeros_like(expected), N, C, H, W, F, HH, WW, pad, H_out, W_out)
    ran = kernels.look(source, "implicit_gemm", grid, (256,), given)
    if ran.fault or not np.allclose(ran.arrays[2], expected, rtol=1e-3, atol=1e-4):
        return "not right yet"
    each = 2 * expected.size * C * HH * WW / (32 * max(ran.sectors, 1))
    return f"right: {ran.loads:,} loads, {ran.sectors:,} sectors, {each:.1f} FLOP for each byte"


for layer in ((1, 3, 6, 7, 5, 3, 3, 1), (2, 2, 5, 9, 70, 3, 2, 0), (1, 8, 16, 16, 64, 3, 3, 1)):
    print(layer, try_fused(implicit_gemm, *layer))

# %% [markdown]
# **Take away.** What is only read once need not be written at all.

# %% [markdown]
# ## 14. In your own words
#
# A friend takes the second barrier out of his tiled product. On his GPU it is a tenth faster, and a
# thousand runs give the right result. What can go wrong, why has he not seen it, and what would you
# show him? Three or four sentences. (2 points, graded by hand)

# %% [markdown] answer="barrier" points=2
# Without the second barrier a fast thread may load the next tile while a slow one still reads the
# old one, and the slow one then adds wrong products: a race. With his block, his sizes and his GPU
# the threads happen to keep step; larger blocks with several warps, another GPU or a busier one can
# change the order, so a thousand right results show nothing. I would show him the emulator's
# report, which names both threads and both lines on the first order that it tries, because it looks
# at accesses and not at results.
#
# **Rubric**
#
# - **2 points:** a thread overwrites the tile that another still reads; right results depend on
#   an order that nobody promises; and a check that looks at accesses (an emulator, a race checker).
# - **1 point:** two of the three.
# - **0 points:** "a thousand right runs are proof", or "it only gets slower".

# %% [markdown]
# What was not run on this machine? It costs no points: `[nvrtc]` is NVIDIA's compiler and `[gpu]` a
# GPU, and points come from the emulator.

# %%
print(tiers.summary())

# %% [markdown]
# ## Summary
#
# | word | meaning |
# |---|---|
# | thread, block, grid | one number's worth of work; threads that share memory; all blocks |
# | guard | what keeps threads without a number from touching memory |
# | shared memory, barrier | a block's own near memory; where its threads wait for each other |
# | race | two threads touch one number, one writes, and no order is given |
# | atomic | read, add and write in one go |
# | warp, sector | 32 threads in step; 32 bytes of memory |
# | arithmetic intensity | operations for each byte asked of memory |
#
# | rung | what is used again | FLOP for each byte |
# |---|---|---|
# | naive, down the rows | nothing | $1/16$ |
# | coalesced | a sector, by its warp | $2/5$ |
# | tiles of $T$ | a number, by its block | $T/4$ |
# | registers | a number, by its thread | $T/4$, with a larger $T$ |
# | implicit GEMM | a pixel, by its windows | the same, and no columns |
#
# This was the last lesson. You have written every layer of a ConvNet, trained it, counted it, moved
# it to another processor, and now you know what that processor does.

# %% [markdown]
# ## Read on
#
# - John Nickolls, Ian Buck, Michael Garland and Kevin Skadron, *Scalable Parallel Programming with
#   CUDA*, 2008. Threads, blocks and barriers, by those who built them.
# - Samuel Williams, Andrew Waterman and David Patterson, *Roofline: An Insightful Visual Performance
#   Model for Multicore Architectures*, 2009. The ruler of section 9.
# - Vasily Volkov and James Demmel, *Benchmarking GPUs to Tune Dense Linear Algebra*, 2008. Why a
#   thread should make many outputs: section 12.
# - Sharan Chetlur and others, *cuDNN: Efficient Primitives for Deep Learning*, 2014. The implicit
#   GEMM of section 13.
# - Andrew Lavin and Scott Gray, *Fast Algorithms for Convolutional Neural Networks*, 2015. Fewer
#   products than you thought a 3 x 3 convolution needs.

# %% [markdown]
# ## An open question
#
# You climbed the ladder by hand, one idea at a time, and the best tile differs from GPU to GPU and
# from layer to layer. Compilers and searches try to climb it by themselves: they are told what to
# compute, and look for the order, the tiles and the places in memory. They often come near to what
# people write, and sometimes pass them. Whether a machine can find the next idea, as tiles or
# registers once were, and not only the best numbers for ideas that it was given, nobody knows.
