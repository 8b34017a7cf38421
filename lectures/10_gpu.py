# %% run
import matplotlib.pyplot as plt
import numpy as np

from autograder.slides import draw
from convbook import demo, drawing, gpu
from convbook.gpu import cupy as cp
from convbook.gpu import cupyx
from convbook.layers import affine_forward, softmax_loss


def stopwatch(axis, left, ms, name):
    """Draw a stopwatch of 60 ms that has stopped at `ms`, with its reading and a name below."""
    middle, angle = np.array([left + 2.5, 3.2]), 2 * np.pi * ms / 60
    hand = middle + 1.7 * np.array([np.sin(angle), -np.cos(angle)])
    axis.add_patch(plt.Rectangle(middle - (0.35, 2.9), 0.7, 0.6, facecolor="C4"))
    axis.add_patch(plt.Circle(middle, 2.3, facecolor="C9", edgecolor="C4", linewidth=6))
    for tick in range(12):
        where = np.array([np.sin(np.pi * tick / 6), -np.cos(np.pi * tick / 6)])
        axis.plot(*zip(middle + 1.9 * where, middle + 2.1 * where, strict=True), color="C4")
    axis.plot(*zip(middle, hand, strict=True), color="C1", linewidth=6)
    axis.text(middle[0], 6.5, f"{ms:.3f} ms", ha="center", fontsize=24, fontweight="bold")
    axis.text(middle[0], 7.6, name, ha="center", fontsize=20)


def lanes(uploads, works, end, title, height=2.4):
    """Draw when bus and GPU are busy with batches 0, 1, ..., in milliseconds."""
    axis = plt.subplots(figsize=(12, height))[1]
    for k, (up, work) in enumerate(zip(uploads, works, strict=True)):
        axis.broken_barh([(up, 1.95)], (1.3, 0.8), facecolor="C6", edgecolor="C1")
        axis.broken_barh([(work, 2.95)], (0, 0.8), facecolor="C7", edgecolor="C2")
        axis.text(up + 1, 1.7, str(k), ha="center", va="center")
        axis.text(work + 1.5, 0.4, str(k), ha="center", va="center")
    axis.set(xlim=(0, end), ylim=(-0.2, 2.3), xticks=range(0, end + 1, 2), xlabel="ms", title=title)
    axis.set_yticks([0.4, 1.7], ["GPU", "bus"])
    axis.set_ylabel("who")
    return axis


# %% [markdown] slide
# # The same layers on a GPU
#
# Lecture 10: a second processor, a second memory

# %% [markdown] notes
# (1 min) No layer is new today. The question is what you have to change so that a GPU can run them,
# and what you must not do.
#
# Say it now: every time of a GPU in this lecture is an estimate from round numbers, or the clock of
# a simulated device. None was measured on a card. The counts are exact.

# %% [markdown] question
# ## A stopwatch that lies
#
# How long does this GPU work on `cp.exp(x)`?

# %% picture
"""Three stopwatches. The first has stopped at 50.005 milliseconds, the other two at 0.005."""
axis = draw.canvas(24, 8, inch=0.42)
with gpu.simulated(kernel_ms=20, compile_ms=50):
    x = cp.ones(3, dtype=np.float32)
    cp.cuda.Device().synchronize()
    for k, name in enumerate(("first call", "second call", "third call")):
        start = gpu.clock()
        cp.exp(x)
        stopwatch(axis, 1.5 + 8 * k, 1000 * (gpu.clock() - start), name)

# %% [markdown] answer
# 20 ms. The watch saw the compiler, and then only the **order**.

# %% [markdown] notes
# (3 min) Hands up for 50, for 0.005, for "none of them". Then say that this is a simulated device
# that takes 20 ms a kernel and 50 ms to compile it, once. Nobody's watch was broken.
#
# Whoever reports that a GPU is ten thousand times faster: ask whether it is the second number. By
# the end of the lecture they know how to measure it.

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

# %% [markdown] question halves
# ## Is it worth the trip?
#
# 64 pictures of 64 x 56 x 56, float32: 51 MB. A convolution with 64 filters of 3 x 3 makes 14.8
# Giga-operations, and `out` is as large as `x`.
#
# Which of the three takes longest?

# %% picture
"""A way from the host to the device and back: x is uploaded, the device convolves it, out is
downloaded. Beside each of the three stands a question mark."""
axis = draw.canvas(14, 9, inch=0.45)
for left, fill, name in ((0.2, "C5", "host"), (9.6, "C7", "device")):
    axis.add_patch(plt.Rectangle((left, 0.9), 4.2, 7.4, facecolor=fill, edgecolor="C4"))
    axis.text(left + 2.1, 0.5, name, ha="center", fontsize=20)
for top, left, text in (
    (2.1, 2.3, "x, 51 MB"),
    (7.1, 2.3, "out, 51 MB"),
    (4.6, 11.7, "CONV: ? ms"),
):
    axis.text(left, top, text, ha="center", va="center", fontsize=18)
for top, start, end, text in ((2.1, 4.6, 9.4, "upload: ? ms"), (7.1, 9.4, 4.6, "download: ? ms")):
    draw.arrow(axis, (start, top), (end, top))
    axis.text(7, top - 0.4, text, ha="center", fontsize=18)
draw.arrow(axis, (11.7, 2.2), (11.7, 3.9))
draw.arrow(axis, (11.7, 5.3), (11.7, 7.0))

# %% [markdown] answer
# An estimate: 1.3 ms up, $14.8/50{,}000$ s $= 0.3$ ms of arithmetic, 1.3 ms down. Nine tenths of
# the time goes to the road.

# %% [markdown] notes
# (4 min) Let them work it out without paper: MB over GB/s is thousandths, 51 over 40. Then ask what
# to do about it. Leave the data there: a layer takes its input from the layer before, on the
# device.
#
# All of CIFAR-10, 50,000 pictures of 3 x 32 x 32 in float32, is 614 MB: it fits on a small card,
# and goes up once in about 15 ms. A batch is then a slice of what is there: a view, and nothing
# moves.

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
# 4   x[x < 0] = 0
# 5   z = x.T @ x
# ```

# %% [markdown] answer
# Line 2: the processor has to know the value to go on. And line 4: CuPy counts the places first. A
# shape lies on the host; lines 1 and 5 only give orders.

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
    with gpu.counting() as seen:
        x[x < 0] = 0
    assert seen.waits == 1

# %% [markdown] notes
# (3 min) Hands up for each line. The rule: where Python itself needs a number, an `if`, a `print`,
# a `range`, it waits. Line 4 catches everybody: a mask as an index waits in CuPy 14, on both sides
# of the equals sign. Line 1 does the same work and does not. The notebook has eight more lines.

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

# %% [markdown] slide
# ## Warm up, mark, repeat, wait, divide
#
# A mark is an **event**: it lies in the GPU's own queue, and is reached when all before it is done.

# %% picture
"""Two rows over time. The host compiles and calls once, sets a mark, orders four calls, sets a
second mark and waits. The GPU runs the first call, then four kernels of 20 ms each. The marks lie
before the first of the four and after the last, 80 ms apart."""
axis = plt.subplots(figsize=(12.5, 4.6))[1]
axis.broken_barh([(0, 50)], (1.6, 0.8), facecolor="C6", edgecolor="C1")
axis.text(25, 2, "compiles", ha="center", va="center")
for k in range(5):
    axis.broken_barh([(50.5 + 3 * k, 2)], (1.6, 0.8), facecolor="C0")
    axis.broken_barh([(53 + 20 * k, 19.6)], (0, 0.8), facecolor="C7" if k else "C9", edgecolor="C2")
    axis.text(63 + 20 * k, 0.4, "20 ms" if k else "warm up", ha="center", va="center")
axis.broken_barh([(66, 87)], (1.6, 0.8), facecolor="C9", edgecolor="C4", hatch="//")
axis.text(110, 2.6, "waits for the second mark", ha="center")
for x, name in ((73, "mark"), (153, "mark")):
    axis.plot([x, x], [-0.15, 1.1], color="C3", linewidth=5)
    axis.text(x, 1.16, name, ha="center", color="C3")
axis.annotate("", (73, -0.55), (153, -0.55), arrowprops={"arrowstyle": "<|-|>", "color": "C3"})
axis.text(113, -0.62, "80 ms / 4 = 20 ms", ha="center", va="top", color="C3")
axis.text(58, 2.6, "orders", ha="center", color="C0")
axis.set(xlim=(0, 160), ylim=(-1.2, 3), xlabel="ms (the launches are drawn wider than they are)")
axis.set_yticks([0.4, 2], ["GPU", "host"])
axis.set_ylabel("who")

# %% [markdown] notes
# (4 min) The device of the first question again. Say the five words at the picture. Warm up: the
# compiler is done. Mark: not on the host's watch, but in the queue. Repeat: one launch is short.
# Wait: without it there is no second mark yet, and CuPy says so. Divide.
#
# The host's watch has seen only the blue parts: 0.005 ms each.

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
# Four batches, 2 ms each on the bus, 3 ms on the GPU. And if the next batch travels while the GPU
# works on this one?

# %% picture
"""Two rows over time, bus and GPU. Each batch takes 2 ms on the bus and then 3 ms on the GPU; only
then the next one begins. The end is at 20 ms, and the two are never busy together."""
lanes([0, 5, 10, 15], [2, 7, 12, 17], 20, "One after the other: 20 ms")

# %% [markdown] answer
# $2 + 4 \cdot 3 = 14$ ms. Only the first upload is in the way.

# %% [markdown] notes
# (3 min) Let them draw it, below the picture. And if the bus took 4 ms? Then the GPU waits for the
# bus: 4 times 4 and 3 are 19.

# %% [markdown] slide
# ## What it takes to overlap
#
# - **Pinned memory:** the bus cannot read what may move.
# - **A second stream:** one queue does one thing after the other.
# - **Events:** the work waits for its upload, the next upload for the work.

# %% picture
"""Two rows over time, bus and GPU. The bus is busy from 0 on, the GPU from 2 ms on without a gap.
Uploads 1, 2 and 3 lie beside the work on the batch before. Arrows lead from each upload to its
work, and from works 0 and 1 to uploads 2 and 3. The end is at 14 ms."""
axis = lanes([0, 2, 5, 8], [2, 5, 8, 11], 15, "Four batches on two streams: 14 ms", 2.9)
waits = [(up, start, "down") for up, start in ((2, 2), (4, 5), (7, 8), (10, 11))]
for left, right, way in [*waits, (5, 5, "up"), (8, 8, "up")]:
    start, end = ((left, 1.3), (right, 0.8)) if way == "down" else ((left, 0.8), (right, 1.3))
    axis.annotate("", end, start, arrowprops={"arrowstyle": "-|>", "color": "C3", "linewidth": 2.5})

# %% [markdown] fragment
# Leave an event out, and the values may still be right. That is a **race**.

# %% [markdown] notes
# (4 min) The purple arrows are the events. Each array on the device has two waits: the work on it
# waits for the upload, and the next upload into it waits for that work. Upload 2 begins at 5 and
# not at 4: there are two arrays on the device, and array 0 is in use until then. With a third array
# it could begin at 4, and the end would be the same.
#
# Play it: one student writes numbers on the board, another reads them aloud, and a third
# wipes them. Without signs between them it goes wrong sooner or later, and not each time.
#
# The host orders all of it and waits for nothing. A student who calls synchronize has the right
# values, too, and a timeline like the first one.

# %% [markdown] question
# ## Which bits are given up
#
# What does float16 make of $10^{-8}$? Of $1 + 0.0001$? Of 70,000?

# %% picture
"""Four rows of bits, one for each kind of number. After the sign, float32 has 8 bits of exponent
and 23 of mantissa, TF32 8 and 10, bfloat16 8 and 7, float16 5 and 10."""
drawing.formats(
    {"float32": (8, 23), "TF32": (8, 10), "bfloat16": (8, 7), "float16": (5, 10)},
    "Bits of exponent (orange) and mantissa (blue)",
)

# %% [markdown] answer
# 0, then 1, then infinity. The first is a gradient that is lost, the second a step that is lost.

# %% run
with np.errstate(all="ignore"):
    assert np.float16(1e-8) == 0 and np.float16(1) + np.float16(0.0001) == 1
    assert np.isinf(np.float16(70000))

# %% [markdown] notes
# (4 min) Exponent: how large, how small. Mantissa: how exact. The largest float16 is 65504, the
# smallest above zero 0.00000006, and after 1 comes 1.00098.
#
# Tensor cores multiply short numbers: on NVIDIA's A100, according to its data sheet, 19.5
# tera-operations in plain float32, 156 in TF32, 312 in float16. TF32 changes nothing in memory: the
# last 13 bits are rounded away on the way into the product. bfloat16 reaches as far as float32,
# and pays in digits.

# %% [markdown] slide
# ## Loss scaling moves the hill
#
# Multiply the loss by $S$: the chain rule multiplies all gradients. Divide them again in float32.

# %% picture
"""Two histograms, one below the other, of the powers of two of the gradients of 50,176 places, with
a line at minus 25. Above, S = 1: a quarter of the hill lies left of the line, in orange, and
becomes 0 in float16. Below, S = 4096: the same hill lies 12 powers further right, and nearly
nothing is left of the line."""
random, N = np.random.default_rng(9), 224 * 224
y = random.integers(0, 2, N)
x = random.normal(size=(N, 3)) + 2 * y[:, None]
w, b = np.zeros((3, 2)), np.zeros(2)
for step in range(200):
    part = slice(256 * step % N, 256 * step % N + 256)
    dscores = softmax_loss(affine_forward(x[part], w, b)[0], y[part])[1]
    w, b = w - 0.5 * x[part].T @ dscores, b - 0.5 * dscores.sum(axis=0)
sizes = np.abs(softmax_loss(affine_forward(x, w, b)[0], y)[1]).ravel()
figure, axes = plt.subplots(2, 1, figsize=(12, 4.9), sharex=True, sharey=True)
for axis, S in zip(axes, (1, 4096), strict=True):
    lost = (S * sizes).astype(np.float16) == 0
    for these, colour in ((lost, "C1"), (~lost, "C0")):
        axis.hist(np.log2(S * sizes[these]), np.arange(-46, 0, 0.5), color=colour)
    axis.axvline(-25, color="C4", linestyle="--")
    axis.set(ylabel="how many", yticks=[])
    axis.text(-45, 4000, f"S = {S}", va="center", fontweight="bold")
    word = f"{100 * lost.mean():.0f} % become 0" if S == 1 else "hardly any becomes 0"
    axis.text(-45, 2000, word, va="center", color="C1")
axes[0].set_title("Gradients of 50,176 places, each a share of one mean")
axes[1].set_xlabel("power of two; left of the dashed line float16 makes 0 of it")
figure.tight_layout()

# %% [markdown] notes
# (4 min) A loss is a mean, so gradients are small: over 224 x 224 places each is divided by 50,176.
# Here are two clouds of points and a trained classifier. A scale of 4096 is twelve powers of two.
#
# The lost step needs another cure: the weights stay float32, as master weights. Only the layers get
# a copy in float16.
#
# Ask what happens if S is too large. Infinity: leave out the step, halve S.

# %% [markdown] slide
# ## What limits a layer?
#
# $$t = \max\left(\frac{\text{operations}}{\text{peak}},
# \frac{\text{bytes}}{\text{bandwidth}}\right)$$

# %% picture
"""Tera-FLOP a second against FLOP for each byte, both on logarithmic axes. One slope leads to three
roofs: float32 at 50 from 25 FLOP a byte on, TF32 at 400 from 200 on, float16 at 800 from 400 on.
ReLU at an eighth and the 1 by 1 convolution at 16 lie on the slope. The 3 by 3 convolution lies on
the roof of float32, at 144, and on the slope with TF32, at 144, and with float16, at 288."""
many = np.array([0.05, 25, 200, 400, 3000])
moved = 4 * (2 * 64 * 64 * 56**2 + 64 * 64 * np.array([1, 9]))
done = 2 * 64 * 64 * 56**2 * 64 * np.array([1, 9])
relu, (one, three) = 1 / 8, done / moved
figure, axis = plt.subplots(figsize=(11.5, 4.1))
for name, peak, colour, style, at in (
    ("float16", 800, "C2", ":", 2 * three),
    ("TF32", 400, "C3", "--", three),
    ("float32", 50, "C0", "-", three),
):
    axis.loglog(many, np.minimum(peak, 2 * many), style, color=colour)
    axis.plot(at, min(peak, 2 * at), "^", color=colour, markersize=14)
    axis.text(3300, peak, name, va="top" if name == "TF32" else "bottom", color=colour)
for place, name in ((relu, "ReLU"), (one, "CONV 1 x 1")):
    axis.plot(place, 2 * place, "o", color="C0", markersize=13)
    axis.text(place * 1.3, 2 * place * 0.75, name, va="top", fontweight="bold")
axis.text(three * 1.2, 35, "CONV 3 x 3 (triangles)", va="top", fontweight="bold")
axis.set_title("An estimate: what 2 TB a second allow, with three kinds of numbers")
axis.set_xlabel("FLOP for each byte that must move")
axis.set_ylabel("tera-FLOP / s")
axis.set_ylim(0.05, 1600)

# %% [markdown] notes
# (5 min) The layer is that of the second question, 64 channels in and out. FLOP for each byte are
# its arithmetic intensity; the bend is the ridge, at 50 over 2, 25. ReLU makes one operation for 8
# bytes, so it gets a quarter of a tera-operation out of fifty. The 1 x 1 has 16, the 3 x 3 has 144.
#
# Then ask about TF32, assumed to be eight times as fast: its ridge is at 200, and the 3 x 3 falls
# off the roof. It is nearly six times as fast, and now limited by memory. float16, twice as fast
# again, halves the bytes too: 288 FLOP a byte, and its ridge at 400: memory again.
#
# Why do libraries join bias and ReLU to the convolution? Because left of the bend a byte saved is
# time saved. Lesson 13 writes such kernels.

# %% [markdown] slide
# ## What a check without a GPU shows

# %% picture
"""Two rows of five boxes. The simulated device shows values, transfers, waits and races between
streams, but no speed. A real device shows values and speed, but no transfers, waits or races."""
axis = draw.canvas(25, 9.6, inch=0.5)
for k, name in enumerate(("values", "transfers", "waits", "races", "speed")):
    axis.text(8.6 + 3.4 * k, 0.9, name, ha="center", va="center", fontsize=18)
    for top, shows in ((1.8, name != "speed"), (5.6, name in ("values", "speed"))):
        fill = "C7" if shows else "C9"
        corner = 7.1 + 3.4 * k, top
        axis.add_patch(
            plt.Rectangle(corner, 3, 3, facecolor=fill, edgecolor="C2" if shows else "C4")
        )
        word = "seen" if shows else "not seen"
        axis.text(corner[0] + 1.5, top + 1.5, word, ha="center", va="center", fontsize=17)
for top, name, who in ((1.8, "[cpu-sim]", "a simulated device"), (5.6, "[gpu]", "a real device")):
    axis.text(6.7, top + 1.1, name, ha="right", va="center", fontsize=20, fontweight="bold")
    axis.text(6.7, top + 2.1, who, ha="right", va="center", fontsize=17)

# %% [markdown] notes
# (3 min) Points come from the first row, on every machine. What did not run is reported as not run.
# It is no pass.
#
# The timeline of the simulated device is computed from round numbers: it shows who waits for whom,
# and nothing about a card. The lower row surprises: a right answer on a real GPU does not show that
# there is no race. Somebody has to look at who waits for whom.

# %% [markdown] slide halves
# ## Now you can use a GPU
#
# - write one source for both;
# - upload once, ask at the end;
# - launch as often for a thousand pictures as for one;
# - warm up, mark, repeat, wait, divide;
# - halve the bytes.
#
# Layers, a loop, streams, float16, a roofline: 20 points. A written answer: 2.

# %% picture
"""Two stopwatches for the same call. The one of the host has stopped at 0.005 milliseconds, the one
between two marks at 20."""
axis = draw.canvas(13, 8.2, inch=0.5)
with gpu.simulated(kernel_ms=20):
    took = cupyx.profiler.benchmark(cp.exp, (cp.ones(3, dtype=np.float32),), n_repeat=10)
stopwatch(axis, 0.5, 1000 * took.cpu_times.mean(), "the host's watch")
stopwatch(axis, 7.5, 1000 * took.gpu_times.mean(), "between two marks")

# %% [markdown] notes
# (2 min) About 90 minutes, and no GPU is needed. Exercise 1 is a guess about five lines: write it
# down before you try them. Whoever has a GPU at home runs the same notebook there, and sees real
# times for the first time. Lesson 13 writes the kernels.
