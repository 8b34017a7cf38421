# %% run
import matplotlib.pyplot as plt
import numpy as np

from autograder.slides import draw
from convbook import cuda, demo
from convbook.drawing.cells import GREY, PALE_BLUE, PALE_GREEN, PALE_GREY, PALE_ORANGE, TEXT

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

# An election: a thread for each vote. A warp reads, adds and writes in step, so it adds 1 at most.
CAST = np.array([160, 100, 60])
voters = np.random.default_rng(13).permutation(np.repeat([0, 1, 2], CAST)).reshape(-1, 32)
COUNTED = sum(np.isin([0, 1, 2], warp) for warp in voters)  # one warp after the other
assert COUNTED.tolist() == [10, 10, 10]


def votes(axis, counts):
    """Draw the votes of three parties side by side, for each way of counting."""
    for k, (name, numbers) in enumerate(counts.items()):
        places = np.arange(3) + 0.27 * (k - (len(counts) - 1) / 2)
        axis.bar_label(axis.bar(places, numbers, 0.25, label=name), padding=3)
    axis.set_xticks(range(3), ["party A", "party B", "party C"])
    axis.set_ylim(0, 190)
    axis.set_xlabel("who was voted for")
    axis.set_ylabel("votes")
    axis.legend()


# %% [markdown] slide
# # Write the kernels yourself
#
# Lecture 13: threads, blocks, warps, and memory

# %% [markdown] notes
# (1 min) In lecture 10 somebody else had written the kernels. Today we do. The language is C, and
# the lines are easy. What is new: nobody says which thread comes first.
#
# All counts of this lecture are exact, from the emulator. Nothing in it is a measured time.

# %% [markdown] question
# ## Where did the votes go?
#
# 320 votes, a thread for each: `out[vote[i]] += 1;`

# %% [markdown] answer
# They lost a **race**. Today you find such a line, and mend it.

# %% picture
"""Bars for three parties. Cast: 160, 100 and 60 votes. Counted by 320 threads: 10, 10 and 10."""
figure, axis = plt.subplots(figsize=(11, 3.3))
votes(axis, {"cast": CAST, "counted by 320 threads": COUNTED})

# %% [markdown] notes
# (3 min) Let the room look for the mistake in the line. In Python it would be right. Nobody will
# find it in the line itself: it lies in who does what at the same time.
#
# The numbers are those of a model: 32 threads at a time work in step, ten groups of them, one group
# after the other. On a GPU the groups run at once, and it may be worse.

# %% [markdown] slide
# ## Threads, warps, blocks
#
# 32 threads in step are a **warp**. A **block** has a near memory.

# %% picture
"""Two blocks side by side. Each holds two rows of 32 small cells, its warps, and below a strip,
its shared memory. Arrows lead from both to one wide strip below, the global memory."""
axis = draw.canvas(34, 12.6, inch=0.36)
for block in range(2):
    left = 0.4 + 17 * block
    axis.add_patch(plt.Rectangle((left, 1.3), 16, 7.2, facecolor=PALE_GREY))
    axis.text(left, 1, f"block {block}", va="bottom", fontsize=20)
    for warp in range(2):
        for t in range(32):
            place = left + 0.65 + 0.46 * t, 1.9 + 1.9 * warp
            axis.add_patch(plt.Rectangle(place, 0.38, 1.3, facecolor="C0" if warp else "C3"))
    axis.add_patch(plt.Rectangle((left + 0.65, 6), 14.6, 1.8, facecolor=PALE_ORANGE))
    axis.text(left + 8, 6.9, "shared memory", ha="center", va="center", fontsize=18)
    draw.arrow(axis, (left + 8, 10), (left + 8, 8.5))
axis.add_patch(plt.Rectangle((0.4, 10), 33, 2.2, facecolor=PALE_GREEN))
axis.text(16.9, 11.1, "global memory: all arrays", ha="center", va="center", fontsize=20)

# %% [markdown] notes
# (3 min) A thread does one number's worth of work. Here are two blocks of 64 threads, two warps
# each, one purple and one blue. Threads of a block can wait for each other and share a memory;
# those of different blocks only meet in global memory. All blocks together are the grid.

# %% [markdown] question
# ## Who works on which number?
#
# As below, but 1000 numbers and blocks of 256. How many blocks? How many threads have no number?

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
# (3 min) Below: thread 1 of block 2 has number 1 + 2 * 4 = 9, and three threads have none.
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
# %% picture
"""Thirteen numbers, 0 to 12, and three cells after them that belong to somebody else. Four threads
of block 3 stand above. Thread 0 points to number 12, the other three to what lies beyond."""
axis = draw.canvas(21, 3.5, inch=0.5)
draw.cells(axis, range(4), 16, 0.1, size=18)
axis.text(15.8, 0.6, "block 3", ha="right", va="center", fontsize=18)
draw.cells(axis, range(13), 4, 2.4, fill="C7", size=18)
axis.text(3.8, 2.9, "x", ha="right", va="center", fontsize=18)
for t in range(4):
    if t:
        axis.add_patch(plt.Rectangle((16.04 + t, 2.44), 0.92, 0.92, facecolor="C6"))
        axis.text(16.5 + t, 2.92, "?", ha="center", va="center", fontsize=18, color="C1")
    draw.arrow(axis, (16.5 + t, 1.2), (16.5 + t, 2.3))

# %% [markdown] fragment
# *Out of bounds in line 4: thread (1,0,0) of block (3,0,0) reads element 13 of x (argument 0),
# which has 13 elements.*

# %% run
if cuda.compiler():
    x = np.zeros(13, dtype=np.float32)
    fault = cuda.emulate(HALVE, "halve", (4,), (4,), (x, x, 13)).fault
    assert fault.text.startswith(
        "Out of bounds in line 4: thread (1,0,0) of block (3,0,0) "
        "reads element 13 of x (argument 0), which has 13 elements."
    )

# %% [markdown] notes
# (4 min) The sentence below is the emulator's: it runs the kernel on the processor, thread by
# thread, and watches every access.
#
# The cure is a line before the last one: `if (i >= n) return;`. On a GPU a kernel without
# it mostly seems to work, because there is some memory after the array. It belongs to somebody
# else.
#
# CuPy takes the very same text: `cupy.RawKernel(source, "halve")`.

# %% [markdown] slide
# ## Blocks have two axes, memory has one
#
# `j = blockIdx.x * blockDim.x + threadIdx.x`, the column

# %% picture
"""A picture of 3 by 5 pixels, numbered 0 to 14 row by row, under four blocks of 4 by 2 threads.
Pixel number 9 is marked: row 1, column 4, in block (1, 0). Seventeen threads lie outside the
picture."""
axis = draw.canvas(16, 5.6, inch=0.6)
numbers = np.full((4, 8), np.nan)
numbers[:3, :5] = np.arange(15).reshape(3, 5)
draw.cells(axis, numbers, 0.2, 1.2, fill="C9", size=20)
draw.cells(axis, numbers[:3, :5], 0.2, 1.2, on=[(1, 4)], size=20)
for left in (0.2, 4.2):
    for top in (1.2, 3.2):
        axis.add_patch(plt.Rectangle((left, top), 4, 2, fill=False, edgecolor="C1", linewidth=3))
axis.text(0.2, 0.9, "block (0, 0)", va="bottom", color="C1", fontsize=18)
axis.text(4.2, 0.9, "block (1, 0)", va="bottom", color="C1", fontsize=18)
axis.text(8.8, 2.7, "i = 1, j = 4\nnumber i * W + j = 9", va="center", color="C0", fontsize=20)
axis.text(8.8, 4.2, "grey: no pixel", va="center", fontsize=20)

# %% [markdown] notes
# (2 min) Ask for the block and the thread of pixel 9 before you say it: block (1, 0), thread
# (0, 1). 32 threads, 15 pixels: the guard looks at both axes.
#
# By custom x is the column. It matters later today: x is what runs fastest in a warp.

# %% [markdown] question
# ## How often is a number loaded?
#
# A **stencil** needs both neighbours. 24 numbers, blocks of 8: how many loads one by one, and how
# many by block?

# %% [markdown] answer
# $3 \cdot 24 - 2 = 70$, and $3 \cdot 10 - 2 = 28$.

# %% picture
"""Sixteen of the numbers, 4 to 19. Those of the middle block, 8 to 15, are marked, and one more on
either side: the halo. Below lies the block's shared memory of ten cells, the halo bold."""
axis = draw.canvas(20, 3.9, inch=0.6)
draw.cells(axis, np.arange(4, 20), 2, 0.2, on=[(0, k) for k in range(3, 13)], size=21)
draw.cells(axis, np.arange(7, 17), 5, 2.5, fill="C7", on=[(0, 0), (0, 9)], strong="C2", size=21)
draw.arrow(axis, (10, 1.3), (10, 2.4))
axis.text(4.8, 3, "shared memory", ha="right", va="center", fontsize=21)
axis.text(15.3, 3, "bold: the halo", va="center", fontsize=21)

# %% [markdown] notes
# (3 min) Each output needs its number and one on either side; so a block needs ten. Shared memory
# belongs to a block, and is near. `__shared__ float s[10];` makes ten numbers of it. Two threads
# load one number more.
#
# A convolution is a stencil. Ask what a 3 x 3 convolution loads for a tile of 8 x 8: 10 x 10
# numbers for 64 outputs.

# %% [markdown] slide
# ## The barrier
#
# `__syncthreads()`: wait until **all** threads of the block have come.

# %% picture
"""Four threads as lines from left to right. Each loads, at different times. A wall stands across
all of them. After it each reads what its neighbour loaded."""
figure, axis = plt.subplots(figsize=(11, 4.4))
for t, loaded in enumerate((1.0, 2.6, 0.6, 1.8)):
    axis.broken_barh([(loaded, 1)], (t - 0.3, 0.6), facecolor="C0")
    axis.broken_barh([(loaded + 1, 3.8 - loaded - 1)], (t - 0.3, 0.6), facecolor="C9")
    axis.broken_barh([(4 + 0.3 * (t % 3), 1.2)], (t - 0.3, 0.6), facecolor="C2")
axis.axvline(3.9, color="C1", linewidth=6)
axis.set_yticks(range(4), [f"thread {t}" for t in range(4)])
axis.invert_yaxis()
axis.set_xticks([])
axis.set_xlim(0, 6)
axis.set_title("blue: loads   grey: waits   green: reads what a neighbour loaded")
axis.set_xlabel("time (a sketch)")
axis.set_ylabel("who")

# %% [markdown] notes
# (4 min) What was written before it can be read after it. A thread that has returned never comes,
# and between blocks there is no barrier at all.
#
# Where two threads touch one number, one of them writes and no barrier lies between, there
# is a race. The emulator reports it on the first order of threads that shows it, with both threads
# and the line.
#
# The commonest slip: `if (i >= n) return;` out of habit, and then a barrier. Here the guard must
# stand around the last write only.

# %% [markdown] question halves
# ## How do 64 threads add 64 numbers?
#
# One thread alone makes 63 additions, and 63 threads watch. How many rounds does it take if all of
# them help? Where do they have to wait?

# %% [markdown] answer
# Six: halve, wait, halve. A barrier before each round.

# %% picture
"""Eight numbers, 1 to 8. Below them four sums, 6, 8, 10, 12; then two, 16 and 20; then one, 36."""
axis = draw.canvas(12, 8, inch=0.5)
row = np.arange(1, 9)
for r in range(4):
    draw.cells(axis, row, 0.3, 0.4 + 2 * r, fill="C7" if r else "C5", size=18)
    if r < 3:
        axis.text(8.9, 1.9 + 2 * r, "barrier", color="C1", va="center", fontsize=18)
        axis.plot([0.3, 8.6], [1.9 + 2 * r] * 2, color="C1", linewidth=3)
        row = row[: len(row) // 2] + row[len(row) // 2 :]
assert row.tolist() == [36]

# %% [markdown] notes
# (3 min) Eight numbers, three rounds. Thread 0 adds 1 and 5, thread 1 adds 2 and 6. It is called a
# reduction. A bias's gradient, a mean, a loss: all of them are one.

# %% [markdown] question halves
# ## Thread after thread it gives 10
#
# `x` is 1, 2, 3, 4. Is it right?
#
# ```
# extern "C" __global__
# void sum(const float* x,
#          float* total) {
#     total[0] += x[threadIdx.x];
# }
# ```

# %% [markdown] answer
# No. `+=` loads, adds, stores, and all four may load the same 0. The emulator: *Race in line 3*.

# %% picture
"""Four threads as rows. At the same time each loads 0; then each stores its own sum, 1, 2, 3 or 4.
Below stands total with a question mark."""
axis = draw.canvas(13, 9.2, inch=0.5)
for t in range(4):
    top = 1.2 + 1.6 * t
    axis.text(3, top + 0.6, f"thread {t}", ha="right", va="center", fontsize=18)
    for left, text, fill in ((3.4, "loads 0", PALE_BLUE), (8.4, f"stores {t + 1}", PALE_ORANGE)):
        axis.add_patch(plt.Rectangle((left, top), 4, 1.2, facecolor=fill))
        axis.text(left + 2, top + 0.6, text, ha="center", va="center", fontsize=18, color=TEXT)
    draw.arrow(axis, (7.5, top + 0.6), (8.3, top + 0.6))
axis.text(3.4, 0.9, "at the same time", va="bottom", fontsize=18, color=GREY)
axis.text(8.4, 8.4, "total: ?", va="center", fontsize=22, fontweight="bold")

# %% run
if cuda.compiler():
    x, total = np.arange(1, 5, dtype=np.float32), np.zeros(1, dtype=np.float32)
    fault = cuda.emulate(SUM, "sum", (1,), (4,), (x, total)).fault
    assert fault.text.startswith(
        "Race in line 3: thread (1,0,0) of block (0,0,0) reads a value that thread (0,0,0) "
        "wrote, with no barrier between."
    )

# %% [markdown] notes
# (4 min) The emulator's whole sentence: thread (1,0,0) of block (0,0,0) reads a value that thread
# (0,0,0) wrote, with no barrier between.
#
# Play it with two people and a number on the board: both read 0, both add, both write. The
# answer depends on an order that nobody fixed. That is a race, also where the answer is right. On a
# GPU these four would run in step, all load the 0, and three numbers would be lost.
#
# There are two cures: an atomic addition, which nobody can get in between, or a plan in which each
# number has one writer, with barriers between the steps.

# %% [markdown] slide
# ## Step through it
#
# Five threads count labels by `out[label[i]] += 1;`

# %% demo
demo.race()

# %% [markdown] notes
# (3 min) Before you start: the right counts are 1, 3, 1. Step to where the reads end, and ask what
# will be written. Then go on to the end: 1, 1, 1.
#
# This is the election of the beginning. With equal labels in one warp it happens every time.
# `atomicAdd(&out[k], 1)` reads, adds and writes in one go.

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
# (4 min) What stands out is read, pale is sent along and thrown away, grey stays where it is. With
# step 8 seven eighths of what travels is waste.
#
# 32 threads work in step and are called a warp. A warp that reads 32 neighbours needs 4 sectors;
# with step 8 it needs 32. Ask: a matrix row by row in memory, and each thread reads its own row,
# from the left. Is that good? No: at each moment 32 rows, 32 sectors.

# %% [markdown] question halves
# ## Which of the two is coalesced?
#
# A product, a thread for each output. At step $k$ each reads `A[row, k]` and `B[k, col]`.
#
# A warp has 32 neighbours along x. Let x count rows; then columns. How many sectors is a step?

# %% [markdown] answer
# Rows: 32 of `A` and 1 of `B`, 33. Columns: 1 of `A`, which all share, and 4 of `B`: 5.

# %% picture
"""Two matrices of 3 by 8. Above, x counts rows: in A a column of three cells is marked, one in each
row. Below, x counts columns: in B a row of eight cells side by side is marked."""
axis = draw.canvas(10, 9, inch=0.55)
empty = np.full((3, 8), np.nan)
draw.cells(axis, empty, 1, 1.3, on=[(k, 2) for k in range(3)], label="x counts rows: A", size=20)
row = [(1, k) for k in range(8)]
label = "x counts columns: B"
draw.cells(axis, empty, 1, 5.8, fill="C6", on=row, strong="C1", label=label, size=20)

# %% [markdown] notes
# (3 min) The picture shows a corner; what is pale is sent along. Two names change places in the
# kernel, and memory sends less than a sixth. The arithmetic is the same to the last bit.

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
# (4 min) Count: 16 tiles of out, 8 tiles to load for each, 256 numbers in a tile. The saving is the
# side of the tile.
#
# A block makes one tile of out. Its threads load a tile of A and a tile of B into shared
# memory, which is near. All 256 use them, then come the next two.
#
# Two barriers. The first: nobody computes before all have loaded. The second: nobody loads the next
# tile before all have computed. Ask what happens if a thread has left before a barrier: the others
# wait for somebody who never comes.

# %% [markdown] slide
# ## More work for each thread
#
# Shared memory is near, but not free. A **register** is.

# %% picture
"""A thread's sixteen outputs, 4 by 4. Beside them four numbers of a, above them four of b: eight
numbers for sixteen products."""
axis = draw.canvas(17, 6.2, inch=0.6)
blank, all_of_it = np.full((4, 4), np.nan), [(i, j) for i in range(4) for j in range(4)]
draw.cells(axis, blank[:, :1], 2.6, 2, on=all_of_it)
draw.cells(axis, blank[:1], 4.1, 0.6, fill="C6", on=all_of_it, strong="C1")
draw.cells(axis, blank, 4.1, 2, fill="C7", on=all_of_it, strong="C2")
axis.text(2.4, 4, "4 of a", ha="right", va="center", fontsize=20)
axis.text(8.4, 1.1, "4 of b", va="center", fontsize=20)
text = "16 products for 8 numbers:\nhalf a number each.\nIn the plain tile: two."
axis.text(8.6, 4, text, va="center", fontsize=20)

# %% [markdown] notes
# (3 min) A thread makes 4 x 4 outputs. Its sums, and the eight numbers of a step, are local
# variables: registers. The block's tile grows to 32 x 32 with the same 64 threads, so global memory
# is read four times less, too.
#
# Libraries use 8 x 8 for each thread.

# %% [markdown] slide
# ## Four kernels with the same arithmetic

# %% picture
"""Tera-operations a second that the roofline allows against FLOP for each byte, both on logarithmic
axes. The roof is flat at 50 from 25 on. Four points climb the slope: naive at 0.06, coalesced at
0.4, tiles at 1.9, registers at 6.4."""
# 64 x 64 by 64 x 64 on the emulator: sectors of lesson 13's four kernels
sectors = {"naive": 274_432, "coalesced": 41_472, "tiles": 8_704, "registers": 2_560}
many = np.array([0.03, 25, 300])
figure, axis = plt.subplots(figsize=(11, 4.6))
axis.loglog(many, np.minimum(50, 2 * many), color="C4")
for (name, count), marker, colour in zip(
    sectors.items(), "so^D", ("C0", "C1", "C2", "C3"), strict=True
):
    each = 2 * 64**3 / (32 * count)
    axis.plot(each, 2 * each, marker, color=colour, markersize=13)
    axis.text(each * 1.3, 1.5 * each, name, va="top", color=colour, fontweight="bold")
axis.set_title("The most that 50 tera-operations and 2 TB a second allow")
axis.set_xlabel("operations for each byte asked of memory")
axis.set_ylabel("tera-operations / s")

# %% [markdown] notes
# (4 min) A factor of a hundred from the first to the last. Each rung uses a number more often
# before it lets go: in the warp, in the block, in the thread.
#
# Say what the picture leaves out: caches. Much of what the naive kernel asks for twice comes from
# there, so it is not a hundred times slower. How much slower, only a measurement says; none is made
# here.

# %% [markdown] slide
# ## No columns at all
#
# An **implicit GEMM** computes the place of a pixel when it loads its tile.

# %% picture
"""A picture of 4 by 4 numbers. Beside it its columns, 9 by 4, crossed out. On the right a tile in
shared memory. A thick arrow leads from the picture below the columns straight to the tile."""
axis = draw.canvas(25, 11.2, inch=0.45)
x = np.arange(16).reshape(4, 4)
windows = np.lib.stride_tricks.sliding_window_view(x, (3, 3))  # (2, 2, 3, 3)
cols = windows.reshape(4, 9).T
draw.cells(axis, x, 0.3, 3.2, label="x", size=17)
draw.cells(axis, cols, 9.5, 1, fill="C9", label="cols: not written", size=17)
axis.plot([9.3, 13.7], [0.9, 10.1], color="C1", linewidth=4)
axis.plot([13.7, 9.3], [0.9, 10.1], color="C1", linewidth=4)
draw.cells(axis, cols[:4], 19.5, 3.2, fill="C7", label="tile, in shared memory", size=17)
axis.plot([2.3, 2.3, 21.5, 21.5], [7.3, 10.8, 10.8, 8], color="C3", linewidth=5)
line = {"arrowstyle": "-|>", "color": "C3", "linewidth": 5}
axis.annotate("", (21.5, 7.2), (21.5, 8.1), arrowprops=line)

# %% [markdown] notes
# (3 min) `cols[k, p]` is pixel $(c, i + u - \text{pad}, j + v - \text{pad})$ of picture $n$: who
# can compute the place need not write it. im2col writes each pixel $HH \cdot WW$ times, and reads
# it again. The rest is the product by registers, as it stands.
#
# $k$ says which channel and which place in the window, $p$ which picture and which place.
# It is the last rung, without points; the notebook has the harness, and numbers to beat.

# %% [markdown] slide halves
# ## Now you can
#
# - give each thread its number, and a guard
# - bring every thread to every barrier
# - let neighbours read neighbours
# - find a race, and mend it
#
# **Notebook**: 20 points. A written answer: 2. About 90 minutes, and no GPU.

# %% picture
"""The election once more. Cast: 160, 100 and 60 votes; counted with += 10 for each party; counted
with atomicAdd 160, 100 and 60."""
figure, axis = plt.subplots(figsize=(6.6, 5.6))
votes(axis, {"cast": CAST, "+=": COUNTED, "atomicAdd": CAST})

# %% [markdown] notes
# (2 min) A right answer does not prove a kernel: look at every access.
#
# Ten kernels that are begun, from one line to sixteen outputs a thread, and two mistakes to find.
# Start with the first two: they take seven minutes, and what comes later is made of the same parts.
# `printf` works in a kernel; use it.
