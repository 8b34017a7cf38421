# %% run
import matplotlib.pyplot as plt
import numpy as np

from autograder.slides import draw
from convbook import cuda, gpu
from convbook.gpu import cupy as cp

# The kernels on the slides. Where there is a compiler, the emulator confirms what is said of them.
HALVE = """extern "C" __global__
void halve(const float* x, float* out, int n) {
    int i = threadIdx.x + blockIdx.x * blockDim.x;
    out[i] = x[i] / 2;
}
"""
SUM = """extern "C" __global__
void sum(const float* x, float* total) {
    total[0] += x[threadIdx.x];
}
"""

# %% [markdown] slide
# # The same layers on a GPU
#
# Lecture 10: a second processor, a second memory

# %% [markdown] notes
# (1 min) No layer is new today. The question is what you have to change so that a GPU can run them,
# and what you must not do.
#
# Say it now: every time of a GPU in this lecture is an estimate from round numbers. None was
# measured. The counts are exact: they come from a simulated device and from an emulator.

# %% [markdown] slide
# ## Two memories and a narrow road
#
# The round numbers of this lecture. They are assumed, not measured:

# %% picture
"""Two boxes: the host, with processor and memory, and the device, with thousands of small units and
a memory of its own at 2 TB a second, 50 tera-operations a second. Between them a bus of 40 GB a
second. To the device is an upload, back is a download."""
axis = draw.canvas(20, 8)
for left, width, colour in ((0.3, 6, "C5"), (12.2, 7.5, "C7")):
    axis.add_patch(plt.Rectangle((left, 0.8), width, 6.4, facecolor=colour, edgecolor="C4"))
axis.text(3.3, 1.6, "host: NumPy", ha="center", va="center", fontsize=20, fontweight="bold")
axis.text(3.3, 4.2, "processor\n\nits memory", ha="center", va="center", fontsize=20)
axis.text(15.95, 1.6, "device: CuPy", ha="center", va="center", fontsize=20, fontweight="bold")
axis.text(
    15.95,
    3.2,
    "thousands of small units\n50 tera-operations / s",
    ha="center",
    va="center",
    fontsize=20,
)
axis.text(15.95, 5.9, "its own memory\n2 TB / s", ha="center", va="center", fontsize=20)
draw.arrow(axis, (6.6, 3.0), (11.9, 3.0))
draw.arrow(axis, (11.9, 5.0), (6.6, 5.0))
axis.text(9.25, 2.5, "upload", ha="center", va="center", fontsize=20)
axis.text(9.25, 4.0, "bus: 40 GB / s", ha="center", va="center", fontsize=20, fontweight="bold")
axis.text(9.25, 5.5, "download", ha="center", va="center", fontsize=20)

# %% [markdown] notes
# (4 min) The bus is fifty times slower than the memory behind it. That ratio shapes everything
# today. Cards differ: the numbers are of the right size for a large one, and easy to divide by.
#
# An array lies in one of the two memories. CuPy has NumPy's names for the arrays on the right.

# %% [markdown] question
# ## Is it worth the trip?
#
# 64 pictures of 64 x 56 x 56, float32: 51 MB. A convolution with 64 filters of 3 x 3 makes 14.8
# Giga-operations, and `out` is as large as `x`.
#
# Upload `x`, convolve, download `out`. Which of the three takes longest?

# %% [markdown] answer
# An estimate: $51 / 40{,}000$ s is 1.3 ms up and 1.3 ms down. $14.8 / 50{,}000$ s is 0.3 ms of
# arithmetic. Nine tenths of the time goes to the road.

# %% [markdown] notes
# (4 min) Let them work it out without paper: MB over GB/s is thousandths. Then ask what to do about
# it. Leave the data there: a layer takes its input from the layer before, on the device.

# %% [markdown] slide
# ## The processor orders, the GPU works

# %% picture
"""Two rows over time. The processor makes three short launches, goes on with other work, then waits
in float(total). The GPU starts a little later and runs three long kernels one after the other. The
wait ends just after the third kernel."""
figure, axis = plt.subplots(figsize=(11, 4.8))
for k, name in enumerate(("x * 2", "+ 1", "sum")):
    axis.broken_barh([(0.5 * k, 0.4)], (1.25, 0.7), facecolor="C0")
    axis.broken_barh([(0.5 + 2.5 * k, 2.4)], (0, 0.7), facecolor="C7", edgecolor="C2")
    axis.text(1.7 + 2.5 * k, 0.35, name, ha="center", va="center")
axis.broken_barh([(1.5, 2.5)], (1.25, 0.7), facecolor="C5", edgecolor="C0")
axis.text(2.75, 1.6, "other work", ha="center", va="center")
axis.broken_barh([(4.05, 4.25)], (1.25, 0.7), facecolor="C9", edgecolor="C4", hatch="//")
axis.text(6.2, 2.2, "float(total): it waits", ha="center", va="center")
axis.text(0.7, 2.2, "three launches", ha="center", va="center")
axis.set_yticks([0.35, 1.6], ["GPU", "processor"])
axis.set_xticks([])
axis.set_ylim(-0.2, 2.6)
axis.set_xlim(-0.2, 8.5)
axis.set_title("total = (x * 2 + 1).sum(), then float(total)")
axis.set_xlabel("time (a sketch, not to scale)")
axis.set_ylabel("who")

# %% [markdown] notes
# (3 min) An order is called a launch. NumPy returns when the work is done, CuPy when it is ordered.
# So the two work side by side, until the processor wants to see a value.

# %% [markdown] slide
# ## Counting what happens
#
# A **simulated device**: NumPy's values, CuPy's rules, and counters.

# %% code
with gpu.simulated():
    x = cp.asarray(np.arange(6, dtype=np.float32))
    with gpu.counting() as seen:
        total = (x * 2 + 1).sum()
    print(seen)
    with gpu.counting() as seen:
        value = float(total)
    print(value, "|", seen)

# %% [markdown] notes
# (4 min) Three launches, nothing moved, nobody waited. `total` is an array without dimensions, over
# there. Then `float` costs a download and a wait, for four bytes.
#
# It knows nothing about speed. Its launches are counted roughly, one for each call that makes new
# numbers.

# %% [markdown] question
# ## Which line waits?
#
# `x` lies on the device, 2 x 3, float32.
#
# ```
# 1   y = cp.where(x > 0, x, 0)
# 2   if (x > 0).any(): print("positive")
# 3   N, D = x.shape
# 4   z = x.T @ x
# ```

# %% [markdown] answer
# Line 2 alone: the processor has to know the value to go on. A shape lies on the host; lines 1 and
# 4 only give orders.

# %% run
with gpu.simulated():
    x = cp.ones((2, 3), dtype=np.float32)
    for wanted, line in enumerate((lambda: cp.where(x > 0, x, 0), lambda: bool((x > 0).any()))):
        with gpu.counting() as seen:
            line()
        assert seen.waits == wanted
    with gpu.counting() as seen:
        x.shape, x.T @ x
    assert seen.waits == 0

# %% [markdown] notes
# (3 min) Hands up for each line. The rule: where Python itself needs a number, an `if`, a `print`,
# a `range`, it waits. The notebook has eight more lines to guess.

# %% [markdown] slide
# ## One source for both
#
# Ask the data where it lies, and call the answer `xp`.


# %% code
def sigmoid(x):
    xp = cp.get_array_module(x)
    return 1 / (1 + xp.exp(-x))


with gpu.simulated():
    print(sigmoid(np.zeros(2, np.float32)))
    there = sigmoid(cp.zeros(2, np.float32))
    print(type(there).__module__, there)

# %% [markdown] notes
# (4 min) This is the convention of CuPy's own guide. A call such as `np.exp` on a device array
# finds its way by itself, because NumPy sees whose array it is. Something like `np.zeros` cannot:
# there is no array to look at.
#
# The second line of the output names the simulated device; with the real CuPy it begins with cupy.
#
# Say float32 every time. NumPy's default is float64, twice the bytes on every road.

# %% [markdown] slide
# ## A loop launches for every picture

# %% picture
"""Launches against the number of pictures from 1 to 64. With a loop they grow from 3 to 129, on a
straight line. For the whole batch at once they stay at 2."""
sizes, loop, whole = [1, 8, 16, 24, 32, 40, 48, 56, 64], [], []
with gpu.simulated():
    w = cp.ones((3, 5, 5), dtype=np.float32)
    for N in sizes:
        x = cp.ones((N, 3, 5, 5), dtype=np.float32)
        with gpu.counting() as seen:
            cp.stack([(picture * w).sum() for picture in x])
        loop.append(seen.launches)
        with gpu.counting() as seen:
            (x * w).sum(axis=(1, 2, 3))
        whole.append(seen.launches)
assert loop == [2 * N + 1 for N in sizes] and set(whole) == {2}
figure, axis = plt.subplots(figsize=(11, 5))
axis.plot(sizes, loop, "o-", color="C1", label="a loop over pictures")
axis.plot(sizes, whole, "s--", color="C0", label="the whole batch at once")
axis.set_title("One filter over N pictures, counted on the simulated device")
axis.set_xlabel("N, pictures in the batch")
axis.set_ylabel("launches")
axis.set_ylim(0, 140)
axis.legend()

# %% [markdown] notes
# (4 min) A product and a sum for each picture, and one stack: 2 N + 1. A launch costs some
# microseconds, whether it computes one number or a million. With 5 of them, an estimate, 129
# launches are 0.6 ms, and the arithmetic is next to nothing.
#
# The test for a good layer: its number of launches does not depend on N.

# %% [markdown] question
# ## Does the training set fit?
#
# CIFAR-10 trains on 50,000 pictures of 3 x 32 x 32, in float32. A small card has 8 GB. Upload all
# of it once, or each batch when its turn comes?

# %% [markdown] answer
# $50{,}000 \cdot 3072 \cdot 4$ bytes are 614 MB: it fits. One upload of about 15 ms, an estimate.
# A batch is then a slice of what is there: a view, and nothing moves.

# %% [markdown] notes
# (3 min) The other way is a trip over the bus at every step. Ask what else in a training loop talks
# to the host: the printed loss.

# %% [markdown] slide
# ## A stopwatch that lies
#
# This simulated device takes 20 ms a kernel, and 50 ms to compile it.

# %% code
with gpu.simulated(kernel_ms=20, compile_ms=50):
    x = cp.ones(3, dtype=np.float32)
    start = gpu.clock()
    cp.exp(x)
    first = gpu.clock()
    cp.exp(x)
    second = gpu.clock() - first
    print(round(first - start, 6), round(second, 6))

# %% [markdown] fragment
# Neither is 0.02 s. **Warm up, mark, repeat, wait, divide.**

# %% [markdown] notes
# (4 min) The numbers are seconds. Before the key: ask what each of them is. The first is compiling,
# the second ordering. A mark is an event, put into the GPU's own queue: it is reached when the work
# before it is done.
#
# Whoever reports that a GPU is ten thousand times faster: ask whether it is the second number.

# %% [markdown] question
# ## Who works on which number?
#
# Below, 13 numbers and blocks of 4 threads. Now take 1000 numbers and blocks of 256. How many
# blocks? How many threads have no number?

# %% [markdown] answer
# 4 blocks, 1024 threads, and 24 have no number.

# %% picture
"""Sixteen threads in four blocks of four, with threadIdx from 0 to 3 in each. Below them 13
numbers, from 0 to 12. Thread 1 of block 2 is marked, and number 9 below it."""
axis = draw.canvas(20, 4.2, inch=0.55)
for block in range(4):
    left = 2.5 + 4.2 * block
    draw.cells(axis, range(4), left, 0.8, on=[(0, 1)] if block == 2 else (), label=f"block {block}")
    values = [i if i < 13 else np.nan for i in range(4 * block, 4 * block + 4)]
    present = [v for v in values if not np.isnan(v)]
    mark = [(0, 1)] if block == 2 else ()
    draw.cells(axis, present, left, 3.1, fill="C7", on=mark, strong="C2")
axis.text(2.3, 1.3, "threadIdx.x", ha="right", va="center")
axis.text(2.3, 3.6, "i", ha="right", va="center")
draw.arrow(axis, (2.5 + 4.2 * 2 + 1.5, 1.9), (2.5 + 4.2 * 2 + 1.5, 3.0))

# %% [markdown] notes
# (4 min) Below: thread 1 of block 2 has number 1 + 2 * 4 = 9, and three threads have none.
#
# A kernel is one small program that all threads run at once. A thread differs from its
# neighbours by its number alone. Blocks come whole, so there are too many threads, nearly always.

# %% [markdown] slide
# ## A kernel, and a missing guard
#
# ```
# extern "C" __global__
# void halve(const float* x, float* out, int n) {
#     int i = threadIdx.x + blockIdx.x * blockDim.x;
#     out[i] = x[i] / 2;
# }
# ```
#
# The **emulator** runs it on the processor, thread by thread, and watches:
#
# ```
# Out of bounds in line 4: thread (1,0,0) of block (3,0,0)
# reads element 13 of x (argument 0), which has 13 elements.
# ```

# %% run
if cuda.compiler():
    x = np.zeros(13, dtype=np.float32)
    fault = cuda.emulate(HALVE, "halve", (4,), (4,), (x, x, 13)).fault
    assert fault.text.startswith(
        "Out of bounds in line 4: thread (1,0,0) of block (3,0,0) "
        "reads element 13 of x (argument 0), which has 13 elements."
    )

# %% [markdown] notes
# (4 min) The cure is a line before the last one: `if (i >= n) return;`. On a GPU a kernel without
# it mostly seems to work, because there is some memory behind the array. It belongs to somebody
# else.
#
# CuPy takes the very same text: `cupy.RawKernel(source, "halve")`.

# %% [markdown] slide
# ## Neighbours should read neighbours
#
# Memory comes in **sectors** of 32 bytes: eight numbers. Eight threads read `x[i * step]`:

# %% picture
"""Three rows of 64 numbers, cut into eight sectors. With step 1 eight threads read the whole of the
first sector. With step 2 they read every second number of two sectors, with step 8 one number of
each of the eight sectors."""
axis = draw.canvas(27, 8.6, inch=0.42)
for row, step in enumerate((1, 2, 8)):
    top = 1.2 + 2.6 * row
    for sector in range(8):
        left = 3.4 + 2.55 * sector
        read = [k for k in range(8) if (8 * sector + k) % step == 0 and 8 * sector + k < 8 * step]
        for k in range(8):
            place = (left + 0.3 * k, top)
            colour = "C0" if k in read else "C5" if read else "C9"
            axis.add_patch(plt.Rectangle(place, 0.27, 1.2, facecolor=colour))
    axis.text(0, top + 0.6, f"step {step}", va="center")
    axis.text(24, top + 0.6, f"{step} sector" + "s" * (step > 1), va="center")

# %% [markdown] notes
# (4 min) Dark is read, pale is sent along and thrown away, grey stays where it is. With step 8
# seven eighths of what travels is waste.
#
# 32 threads work in step and are called a warp. A warp that reads 32 neighbours needs 4 sectors;
# with step 8 it needs 32. Ask: a matrix row by row in memory, and each thread reads its own row,
# from the left. Is that good? No: at each moment 32 rows, 32 sectors.

# %% [markdown] question
# ## Thread after thread it gives 10
#
# Four threads, and `x` is 1, 2, 3, 4. Is the kernel right?
#
# ```
# extern "C" __global__
# void sum(const float* x, float* total) {
#     total[0] += x[threadIdx.x];
# }
# ```

# %% [markdown] answer
# No. `+=` loads, adds, stores; two threads may load the same 0. The emulator: *Race in line 3:
# thread (1,0,0) of block (0,0,0) reads a value that thread (0,0,0) wrote, with no barrier between.*

# %% run
if cuda.compiler():
    x, total = np.arange(1, 5, dtype=np.float32), np.zeros(1, dtype=np.float32)
    fault = cuda.emulate(SUM, "sum", (1,), (4,), (x, total)).fault
    assert fault.text.startswith(
        "Race in line 3: thread (1,0,0) of block (0,0,0) reads a value that thread (0,0,0) "
        "wrote, with no barrier between."
    )

# %% [markdown] notes
# (4 min) Play it with two people and a number on the board: both read 0, both add, both write. The
# answer depends on an order that nobody fixed. That is a race, also where the answer is right. On a
# GPU these four would run in step, all load the 0, and three numbers would be lost.
#
# There are two cures: an atomic addition, which nobody can get in between, or a plan in which each
# number has one writer, with barriers between the steps.

# %% [markdown] slide
# ## Tiles: load once, share, wait twice
#
# 64 x 64 numbers each. A square is a tile of 16 x 16 of them.

# %% picture
"""Matrices A, B and out as 4 by 4 squares. In out the tile at row 1, column 2 is marked; in A the
four tiles of row 1, in B the four tiles of column 2."""
axis = draw.canvas(20, 5.2, inch=0.58)
empty = np.full((4, 4), np.nan)
draw.cells(axis, empty, 0.5, 1, on=[(1, k) for k in range(4)], label="A", size=20)
draw.cells(
    axis, empty, 7, 1, fill="C6", on=[(k, 2) for k in range(4)], strong="C1", label="B", size=20
)
draw.cells(axis, empty, 13.5, 1, fill="C7", on=[(1, 2)], strong="C2", label="out", size=20)
axis.text(5.75, 3, "@", ha="center", va="center", fontsize=24)
axis.text(12.25, 3, "=", ha="center", va="center", fontsize=24)

# %% [markdown] fragment
# Each thread alone: $2 \cdot 64^3 = 524{,}288$ loads. By tiles: $16 \cdot 8 \cdot 256 = 32{,}768$,
# a sixteenth.

# %% [markdown] notes
# (5 min) Count: 16 tiles of out, 8 tiles to load for each, 256 numbers in a tile. The saving is the
# side of the tile.
#
# A block makes one tile of out. Its threads load a tile of A and a tile of B into shared
# memory, which is near. All 256 use them, then come the next two.
#
# Two barriers. The first: nobody computes before all have loaded. The second: nobody loads the next
# tile before all have computed. Ask what happens if a thread has left before a barrier: the others
# wait for somebody who never comes.

# %% [markdown] slide
# ## What limits a layer?
#
# $$t = \max\left(\frac{\text{operations}}{\text{peak}},
# \frac{\text{bytes}}{\text{bandwidth}}\right)$$

# %% picture
"""Tera-operations a second against operations for each byte, both on logarithmic axes. The line
rises to 50 at 25 operations a byte, then is flat. ReLU, at an eighth, and the 1 by 1 convolution,
at 16, lie on the slope: memory. The 3 by 3 convolution, at 144, lies on the flat part:
arithmetic."""
many = np.array([0.05, 25, 1000])
moved = 4 * (2 * 64 * 64 * 56**2 + 64 * 64 * np.array([1, 9]))
done = 2 * 64 * 64 * 56**2 * 64 * np.array([1, 9])
points = [1 / 8, *(done / moved)]
figure, axis = plt.subplots(figsize=(11, 4.1))
axis.loglog(many, np.minimum(50, 2 * many), color="C4")
names = ["ReLU", "CONV 1 x 1", "CONV 3 x 3"]
for name, place, marker, colour in zip(names, points, "os^", ("C0", "C1", "C2"), strict=True):
    height = min(50, 2 * place)
    axis.plot(place, height, marker, color=colour, markersize=13)
    axis.text(place * 1.25, height * 0.62, name, va="top", color=colour, fontweight="bold")
axis.set_title("An estimate: the most that 50 tera-operations and 2 TB a second allow")
axis.set_xlabel("operations for each byte that must move")
axis.set_ylabel("tera-operations / s")
axis.set_ylim(0.05, 150)

# %% [markdown] notes
# (4 min) The layer is that of the second question, 64 channels in and out. The bend is at 50 over
# 2, 25 operations a byte. ReLU makes one operation for 8 bytes, so it gets a quarter of a
# tera-operation out of fifty. The 1 x 1 has 16, the 3 x 3 has 144.
#
# Why do libraries join bias and ReLU to the convolution? Because left of the bend a byte saved is
# time saved.

# %% [markdown] slide
# ## What a check without a GPU shows
#
# | mark | what runs | shows | cannot show |
# |---|---|---|---|
# | `[cpu-sim]` | a simulated device | values, transfers, waits | speed |
# | `[emulator]` | CUDA C, watched | values, bounds, races | speed |
# | `[nvrtc]` | NVIDIA's compiler | errors in the text | values |
# | `[gpu]` | a real device | values, times | races |

# %% [markdown] notes
# (3 min) Points come from the first two, on every machine. What did not run is reported as
# not run. It is no pass.
#
# The last row surprises: a right answer on a real GPU does not show that a kernel is free of races.
# Somebody has to look at every access.

# %% [markdown] slide
# ## Today's notebook
#
# - Port the layers, train, measure; three kernels in CUDA C; find three mistakes; a written answer:
#   20 graded by machine, 2 by hand, about 90 minutes. You need no GPU.
#
# **Take away**
#
# - Upload once, ask rarely: the bus is the narrow part.
# - As many launches for a thousand pictures as for one.
# - Warm up, mark, repeat, wait, divide.
# - A right answer does not prove a kernel.

# %% [markdown] notes
# (2 min) Exercise 1 is a guess about eight lines: write it down before you try them. Whoever has a
# GPU at home runs the same notebook there, and sees real times for the first time.
