# %% run
import matplotlib.pyplot as plt
import numpy as np

from convbook import demo, drawing, gpu
from convbook.gpu import cupy as cp

# %% [markdown] slide
# # The same layers on a GPU
#
# Lecture 10: a second processor, a second memory

# %% [markdown] notes
# (1 min) No layer is new today. The question is what you have to change so that a GPU can run them,
# and what you must not do.
#
# Say it now: every time of a GPU in this lecture is an estimate from round numbers. None was
# measured. The counts are exact: they come from a simulated device.

# %% [markdown] slide
# ## Two memories and a narrow road
#
# The round numbers of this lecture. They are assumed, not measured:

# %% picture
"""Two boxes: the host, with processor and memory, and the device, with thousands of small units and
a memory of its own at 2 TB a second, 50 tera-operations a second. Between them a bus of 40 GB a
second. To the device is an upload, back is a download."""
drawing.two_memories()

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
drawing.orders("total = (x * 2 + 1).sum(), then float(total)")

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
    print("launches", seen.launches, "waits", seen.waits)
    with gpu.counting() as seen:
        value = float(total)
    print(value, "waits", seen.waits)

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

# %% [markdown] slide
# ## One batch after the other

# %% demo
x = np.ones((512, 1024), np.float32)
with gpu.simulated(kernel_ms=0.03), gpu.counting() as seen:
    for start in range(0, 512, 128):
        cp.asarray(x[start : start + 128]).sum(axis=1)
demo.timeline(seen)

# %% [markdown] notes
# (4 min) The simulated device keeps a log, and has a table of costs. From both follows who is busy
# when: a timeline. The notebook draws one of the students' own code.
#
# Read it aloud: who is busy, who waits, for whom. Bus and GPU are never busy at the same time. Then
# pull the bus to a tenth, and let the room guess who waits now. Ask what would have to be true for
# the bus to carry batch 1 while the GPU works on batch 0.

# %% [markdown] question
# ## How long, overlapped?
#
# Four batches, 2 ms each on the bus and 3 ms on the GPU. One after the other that is 20 ms. And if
# the next batch travels while the GPU works on this one?

# %% [markdown] answer
# $2 + 4 \cdot 3 = 14$ ms. Only the first upload is in the way.

# %% [markdown] notes
# (3 min) Let them draw it. And if the bus took 4 ms? Then the GPU waits for the bus: 4 times 4 and
# 3 are 19.

# %% [markdown] slide
# ## What it takes to overlap
#
# - **Pinned memory:** the bus cannot read what may move.
# - **A second stream:** one queue does one thing after the other.
# - **Events:** the work waits for its upload, the next upload for the work.

# %% picture
"""Two rows over time, bus and GPU. The bus is busy from 0 on, the GPU from 2 ms on without a gap.
Uploads 1, 2 and 3 lie beside the work on the batch before. The end is at 14 ms."""
axis = plt.subplots(figsize=(11, 2.4))[1]
for k, (up, work) in enumerate([(0, 2), (2, 5), (5, 8), (8, 11)]):
    axis.broken_barh([(up, 1.95)], (1.2, 0.8), facecolor="C6", edgecolor="C1")
    axis.broken_barh([(work, 2.95)], (0, 0.8), facecolor="C7", edgecolor="C2")
    axis.text(up + 1, 1.6, str(k), ha="center", va="center")
    axis.text(work + 1.5, 0.4, str(k), ha="center", va="center")
axis.set(xlim=(0, 15), ylim=(-0.2, 2.3), xticks=range(0, 15, 2), xlabel="ms", ylabel="who")
axis.set_yticks([0.4, 1.6], ["GPU", "bus"])
axis.set_title("Four batches: 14 ms")

# %% [markdown] fragment
# Leave an event out, and the values may still be right. That is a **race**.

# %% [markdown] notes
# (4 min) Each array on the device has two waits: the work on it waits for the upload, and the next
# upload into it waits for that work. Upload 2 begins at 5 and not at 4: there are two arrays on the
# device, and array 0 is in use until then. With a third array it could begin at 4, and the end
# would be the same.
#
# Play it: one student writes numbers on the board, another reads them aloud, and a third
# wipes them. Without signs between them it goes wrong sooner or later, and not each time.
#
# The host orders all of it and waits for nothing. A student who calls synchronize has the right
# values, too, and a timeline like the first one.

# %% [markdown] slide
# ## Which bits are given up

# %% picture
"""Four rows of bits, one for each kind of number. After the sign, float32 has 8 bits of exponent
and 23 of mantissa, TF32 8 and 10, bfloat16 8 and 7, float16 5 and 10."""
drawing.formats(
    {"float32": (8, 23), "TF32": (8, 10), "bfloat16": (8, 7), "float16": (5, 10)},
    "Bits of exponent (orange) and mantissa (blue)",
)

# %% [markdown] notes
# (4 min) Exponent: how large, how small. Mantissa: how exact. Tensor cores multiply short numbers:
# on NVIDIA's A100, by its data sheet, 19.5 tera-operations in plain float32, 156 in TF32, 312 in
# float16.
#
# TF32 changes nothing in memory: the last 13 bits are rounded away on the way into the product.
# float16 gives up digits and range.

# %% [markdown] question
# ## What does float16 make of it?
#
# Its largest number is 65504, its smallest above zero 0.00000006.
#
# ```
# 1   np.float16(1e-8)
# 2   np.float16(1) + np.float16(0.0001)
# 3   np.float16(1e-8 * 4096)
# ```

# %% [markdown] answer
# 0, then 1, then 0.000041. Line 1 is a gradient that is lost, line 2 a step that is lost. Line 3 is
# the cure for line 1: **loss scaling**.

# %% run
with np.errstate(all="ignore"):
    assert np.float16(1e-8) == 0 and np.float16(1) + np.float16(0.0001) == 1
assert abs(np.float16(1e-8 * 4096) / 4.1e-5 - 1) < 0.01

# %% [markdown] notes
# (4 min) A loss is a mean, so gradients are small: over 224 x 224 places each is divided by 50,176.
# Multiply the loss by S, and the chain rule multiplies them all. Divide in float32.
#
# Line 2 needs another cure: the weights stay float32. Only the layers get a copy in float16.
#
# Ask what happens if S is too large. Infinity: leave out the step, halve S.

# %% [markdown] slide
# ## What limits a layer?
#
# $$t = \max\left(\frac{\text{operations}}{\text{peak}},
# \frac{\text{bytes}}{\text{bandwidth}}\right)$$

# %% picture
"""Tera-FLOP a second against FLOP for each byte, both on logarithmic axes. One slope leads to two
roofs: float32 at 50 from 25 FLOP a byte on, TF32 at 400 from 200 on. ReLU at an eighth and the 1 by
1 convolution at 16 lie on the slope. The 3 by 3 convolution, at 144, lies on the roof of float32,
and on the slope with TF32."""
many = np.array([0.05, 25, 200, 3000])
moved = 4 * (2 * 64 * 64 * 56**2 + 64 * 64 * np.array([1, 9]))
done = 2 * 64 * 64 * 56**2 * 64 * np.array([1, 9])
points = [1 / 8, *(done / moved)]
figure, axis = plt.subplots(figsize=(11, 4.1))
for name, peak, colour, style in (("TF32", 400, "C3", "--"), ("float32", 50, "C4", "-")):
    axis.loglog(many, np.minimum(peak, 2 * many), style, color=colour, label=name)
    axis.plot(points[2], min(peak, 2 * points[2]), "^", color=colour, markersize=13)
names = ["ReLU", "CONV 1 x 1", "CONV 3 x 3"]
for name, place, marker in zip(names, points, "os ", strict=True):
    height = min(50, 2 * place)
    axis.plot(place, height, marker, color="C4", markersize=13)
    axis.text(place * 1.25, height * 0.62, name, va="top", fontweight="bold")
axis.set_title("An estimate: what 2 TB a second allow, with two kinds of numbers")
axis.set_xlabel("FLOP for each byte that must move")
axis.set_ylabel("tera-FLOP / s")
axis.set_ylim(0.05, 900)
axis.legend(loc="lower right")

# %% [markdown] notes
# (5 min) The layer is that of the second question, 64 channels in and out. FLOP for each byte are
# its arithmetic intensity; the bend is the ridge, at 50 over 2, 25. ReLU makes one operation for 8
# bytes, so it gets a quarter of a tera-operation out of fifty. The 1 x 1 has 16, the 3 x 3 has 144.
#
# Then ask about TF32, assumed to be eight times as fast: its ridge is at 200, and the 3 x 3 falls
# off the roof. It is nearly six times as fast, and now limited by memory.
#
# Why do libraries join bias and ReLU to the convolution? Because left of the bend a byte saved is
# time saved. Lesson 13 writes such kernels.

# %% [markdown] slide
# ## What a check without a GPU shows
#
# | mark | what runs | shows | cannot show |
# |---|---|---|---|
# | `[cpu-sim]` | a simulated device | values, transfers, waits, races between streams | speed |
# | `[gpu]` | a real device | values, times | races |

# %% [markdown] notes
# (3 min) Points come from the first, on every machine. What did not run is reported as not run. It
# is no pass.
#
# The timeline of the simulated device is computed from round numbers: it shows who waits for whom,
# and nothing about a card. The last row surprises: a right answer on a real GPU does not show that
# there is no race. Somebody has to look at who waits for whom.

# %% [markdown] slide
# ## Today's notebook
#
# - Port the layers, train, measure; upload beside the work; a step in float16; a roofline; a
#   written answer: 20 graded by machine, 2 by hand, about 140 minutes. You need no GPU.
#
# **Take away**
#
# - Upload once, ask at the end: the bus is the narrow part.
# - As many launches for a thousand pictures as for one.
# - Warm up, mark, repeat, wait, divide.
# - Half the bytes, if the gradients survive.

# %% [markdown] notes
# (2 min) Exercise 1 is a guess about eight lines: write it down before you try them. Whoever has a
# GPU at home runs the same notebook there, and sees real times for the first time.
