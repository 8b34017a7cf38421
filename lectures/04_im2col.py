# %% run
import platform
import re
from pathlib import Path
from time import process_time

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Rectangle
from threadpoolctl import threadpool_limits

from convbook import data, demo, drawing
from convbook.drawing.cells import PAPER, TEXT, box
from convbook.layers import conv_forward

# AlexNet's first layer, and one photograph for it.
photo = data.photo("astronaut")[0, :, :227, 110:337].astype(np.float32)  # (3, 227, 227)
seen = np.lib.stride_tricks.sliding_window_view(photo, (11, 11), axis=(1, 2))[:, ::4, ::4]
cols = seen.transpose(0, 3, 4, 1, 2).reshape(363, 3025)
windows = np.ascontiguousarray(cols.T)  # one window in each row
filters = np.random.default_rng(4).normal(size=(96, 363)).astype(np.float32)
OPERATIONS = 2 * 96 * 363 * 3025


def seconds(call):
    """The least computing time of some calls: what else the machine does is not counted."""
    times = []
    while sum(times) < 0.25:
        start = process_time()
        call()
        times.append(process_time() - start)
    return min(times)


def corner():
    """One dot product at a time, for 16 of the 3025 windows."""
    for i, j in np.ndindex(4, 4):
        for one in filters:
            np.sum(photo[:, 4 * i : 4 * i + 11, 4 * j : 4 * j + 11] * one.reshape(3, 11, 11))


def at_a_time(n):
    """A product for every n windows."""
    return [filters @ cols[:, start : start + n] for start in range(0, 3025, n)]


def processor():
    """The name of this machine's processor."""
    info = Path("/proc/cpuinfo")
    names = re.findall(r"model name\s*: (.+)", info.read_text()) if info.exists() else []
    return names[0] if names else platform.processor() or platform.machine()


counts = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 3025]
with threadpool_limits(1):
    loops = seconds(corner) * 3025 / 16
    single = seconds(lambda: [filters @ one for one in windows])
    spent = [seconds(lambda n=n: at_a_time(n)) for n in counts]
rungs = np.array([loops, single, spent[-1]])

# The trained net of lesson 01, whose first layer has 12 filters of 5 x 5.
net = data.pretrained("photos4")
eye = data.photo("chelsea")[:, :, 70:198:4, 250:378:4]  # (1, 3, 32, 32)
cup = data.photo("coffee")[:, :, 40:328:9, 150:438:9]


def hidden(axis):
    axis.set(xticks=[], yticks=[])
    axis.spines[:].set_visible(False)


# %% [markdown] slide
# # One big matrix multiply
#
# Lecture 04: the same sums, in a fraction of the time

# %% [markdown] notes
# (1 min) You have a layer that is right and slow. Today it becomes fast without a new idea in
# mathematics. All the trouble is in the order of numbers.

# %% [markdown] slide
# ## Where did the years go?
#
# 2012: AlexNet looks at 1.2 million photographs, about 90 times each. **Your loops could do its
# first layer, too.**

# %% picture
"""Two bars. The first layer alone, by four loops, forward only, takes years. The whole net in 2012,
forward and backward, took 6 days: beside the first bar it is a line."""
years = 1.2e6 * 90 * loops / (365.25 * 24 * 3600)
figure, axis = plt.subplots(figsize=(12, 3.9))
names = ["the first layer, forward,\nby four loops", "the whole net, forward\nand backward, 2012"]
bars = axis.barh(names, [years, 6 / 365.25], color=["C1", "C0"])
axis.bar_label(bars, [f"{years:.1f} years", "6 days"], padding=8, fontsize=20)
axis.set_title("Training AlexNet", loc="left")
axis.set_xlabel("years")
axis.set_xlim(0, 1.25 * years)
axis.invert_yaxis()

# %% [markdown] notes
# (3 min) Read the two bars and stop: what did they have that you have not? The second took five to
# six days on two graphics cards (Krizhevsky and others, 2012). The first is 108 million passes over
# a photograph, times what one pass takes where the deck is built. On one core of an AMD EPYC that
# was about 2 s, which makes six to eight years.
#
# Graphics cards are half of the answer. The other half was six years old by then: Chellapilla, Puri
# and Simard, 2006, wanted a net to read documents faster, and wrote its convolutions as products of
# matrices. It works on any processor, and it is today's lesson.

# %% [markdown] slide halves
# ## A day in the life of a loop
#
# 55 x 55 x 96 = **290,400 turns**, and in each a dot product of 363 numbers.
#
# Stretch one turn to a day. The sums themselves, as fast as this processor can do them, are done in
# a few minutes.
#
# The rest of the day is Python.

# %% picture
"""The dial of a clock of 24 hours. Nearly all of it is pale: Python. A thin wedge at the top stands
out: the sums."""
share = rungs[2] / rungs[0]
figure, axis = plt.subplots(figsize=(5.8, 5.8), subplot_kw={"projection": "polar"})
axis.set_theta_zero_location("N")
axis.set_theta_direction(-1)
axis.bar(np.pi, 1, 2 * np.pi, color="C6", edgecolor="none")
axis.bar(np.pi * share, 1, 2 * np.pi * share, color="C1", edgecolor="none")
axis.set_xticks(np.arange(8) * np.pi / 4, [f"{3 * k} h" for k in range(8)])
axis.set_yticks([])
axis.grid(False)
axis.text(np.pi, 0.45, "Python", ha="center", fontsize=22)
axis.set_title(f"the sums: {24 * 60 * share:.0f} minutes", color="C1", pad=14)

# %% [markdown] notes
# (2 min) A turn takes some microseconds: find the window, make an array for the product, call NumPy
# twice. The wedge is what the same 363 multiplications and additions take inside the large product
# at the end of this lecture, on the same core: 2 of 1440 minutes where this was written.
#
# What can a computer do fast? The best-tuned piece of code on any machine is the product of two
# matrices.

# %% [markdown] slide
# ## A window becomes a column

# %% picture
"""A picture of 2 by 4 numbers from 0 to 7, its first window of 2 by 2 marked. An arrow leads to a
matrix of 4 by 3, whose first column is 0, 1, 4, 5. To its left the filter as a row: 1, 2, 3, 4. To
the right the product: 34, 44, 54."""
drawing.window_to_column()

# %% [markdown] notes
# (4 min) Read each window row by row and write it from top to bottom. The filter is a row. Row
# times column is one stop: 0 plus 2 plus 12 plus 20 is 34. All three stops are one product.
#
# More filters are more rows. More windows are more columns. That is all.

# %% [markdown] slide
# ## Watch it

# %% demo
demo.im2col()

# %% [markdown] notes
# (4 min) Two channels. Right arrow for the next window. A column holds channel 0's four numbers,
# then channel 1's. Then show the map of copies: the pixels in the middle have been written four
# times.

# %% [markdown] question halves
# ## AlexNet's first layer
#
# 227 x 227 x 3, windows of 11 x 11, stride 4, 96 filters.
#
# How many rows and columns does `cols` have?

# %% picture
"""A portrait of 227 by 227 pixels. A frame of 11 by 11 pixels stands at its top left, a second one
four pixels to its right, and one in the middle of the face."""
figure, axis = plt.subplots(figsize=(4.4, 4.4))
axis.imshow(photo.transpose(1, 2, 0))
for top, left in ((0, 0), (0, 4), (108, 108)):
    axis.add_patch(Rectangle((left, top), 11, 11, fill=False, edgecolor="red", linewidth=4))
axis.set_title("three of the windows")
axis.set_xlabel("227 pixels")
hidden(axis)

# %% [markdown] answer
# $3 \cdot 11 \cdot 11 = 363$ rows, $55 \cdot 55 = 3025$ columns.

# %% [markdown] notes
# (2 min) The 55 is lecture 01: 227 minus 11, over 4, plus 1. A product of 96 x 363 by 363 x 3025;
# the 363 is summed away. The frame in the face is column 1512, the middle one.

# %% [markdown] slide
# ## A trained layer, as one product

# %% picture
"""Above, the twelve filters of a trained net, small colour pictures of edges and spots. In the
middle three matrices: w with a filter in each row, 12 by 75; cols, 75 by 1024; out, 12 by 1024.
Below, the twelve rows of out, each folded to a map of an eye."""
w = net.params["w1"].reshape(12, -1)
sees = np.pad((eye - net.mean)[0], ((0, 0), (2, 2), (2, 2)))
sees = np.lib.stride_tricks.sliding_window_view(sees, (5, 5), axis=(1, 2))
eye_cols = sees.transpose(0, 3, 4, 1, 2).reshape(75, 1024)
product = w @ eye_cols
figure = plt.figure(figsize=(13, 6.4))
for k in range(12):
    top = figure.add_axes((0.01 + 0.083 * k, 0.84, 0.065, 0.13))
    top.imshow(0.5 + 0.5 * net.params["w1"][k].transpose(1, 2, 0) / np.abs(w[k]).max())
    below = figure.add_axes((0.01 + 0.083 * k, 0.0, 0.065, 0.13))
    below.imshow(product[k].reshape(32, 32), cmap="gray")
    hidden(top)
    hidden(below)
for (left, wide), array, name in zip(
    ((0.01, 0.16), (0.22, 0.36), (0.64, 0.35)),
    (w, eye_cols, product),
    ("w: 12 x 75", "cols: 75 x 1024", "out: 12 x 1024"),
    strict=True,
):
    tall = 0.42 * len(array) / 75
    axis = figure.add_axes((left, 0.465 - tall / 2, wide, tall))
    axis.imshow(array, cmap="gray", aspect="auto", interpolation="nearest")
    axis.set_title(name, fontsize=16)
    hidden(axis)
figure.text(0.195, 0.45, "·", fontsize=34, ha="center")
figure.text(0.61, 0.45, "=", fontsize=30, ha="center")
figure.text(0.01, 0.78, "12 filters, each becomes a row", fontsize=16)
figure.text(0.99, 0.16, "each row is folded: 12 maps of an eye", fontsize=16, ha="right")

# %% [markdown] notes
# (3 min) These are the filters that the net of lesson 01 has learned, edges and spots of a colour,
# and the eye of the cat. From top to bottom: a filter of 5 x 5 x 3 is written as a row of 75. The
# middle matrix is the eye, 1024 windows of it, with two pixels of padding. Each row of the product
# is the answer of one filter at all stops, and folded to 32 x 32 it is a map.
#
# Look at cols: its rows look alike. A row is what one weight sees at all stops, the picture itself
# moved by a pixel or two.

# %% [markdown] slide
# ## One order, kept everywhere
#
# Any order would do, if both sides kept to it. This one saves a copy.

# %% picture
"""Left: a filter with two channels of 2 by 2, numbered 0 to 3 and 4 to 7, and a column that holds 0
to 7 from top to bottom. Right: the outputs of two pictures, 2 by 2 each, numbered 0 to 3 and 4 to
7, and a row that holds 0 to 7."""
axis = drawing.canvas(21, 8.6)
for k, fill in enumerate(("C6", "C5")):
    number = 4 * k + np.arange(4).reshape(2, 2)
    drawing.cells(axis, number, 0, 1 + 3.6 * k, fill, label=f"w, channel {k}", size=18)
    drawing.cells(axis, number.reshape(4, 1), 5.4, 0.3 + 4 * k, fill, size=18)
    drawing.arrow(axis, (2.3, 2 + 3.6 * k), (5.2, 2.3 + 4 * k))
    fill = ("C7", "C8")[k]
    drawing.cells(axis, number, 10.4 + 4.6 * k, 1, fill, label=f"out, picture {k}", size=18)
    drawing.cells(axis, number.reshape(1, 4), 9 + 4 * k, 5.4, fill, size=18)
    drawing.arrow(axis, (11.4 + 4.6 * k, 3.3), (11 + 4 * k, 5.2))
axis.text(6.7, 3.6, "down\na column:\nc, u, v", fontsize=16)
axis.text(9, 7.2, "from column to column: n, i, j", fontsize=16)

# %% [markdown] notes
# (3 min) Down a column channel c is slowest, then the row u of the window, then v. A filter lies in
# memory in this very order, so w.reshape(F, -1) needs no copy. From column to column picture n is
# slowest, then the row i of the output, then j: the windows of a picture stay together, and results
# fold into maps by a reshape.
#
# PyTorch's unfold has the same rows and keeps the batch apart. CS231n's columns run with the
# pictures fastest.

# %% [markdown] slide
# ## The price: copies
#
# Windows that overlap are written several times.

# %% picture
"""Left, a map of 227 by 227 pixels that says how often each is copied: in a pattern of small
squares 4, 6 or 9 times, at the border less. Right, three pairs of squares, x inside cols: equal for
windows of 1 by 1; 7.1 times the area for 11 by 11 with stride 4; 9 times for 3 by 3."""
covers = np.zeros(227)
for i in range(55):
    covers[4 * i : 4 * i + 11] += 1
figure, axes = plt.subplots(1, 2, figsize=(13, 4.6), width_ratios=[1, 1.9])
shown = axes[0].imshow(np.outer(covers, covers)[:57, :57], cmap="cividis", interpolation="nearest")
axes[0].set_title("copies of each pixel, AlexNet", fontsize=16)
axes[0].set_xlabel("the top left corner, 57 x 57")
hidden(axes[0])
figure.colorbar(shown, ax=axes[0], ticks=[1, 2, 4, 6, 9], fraction=0.046)
factors = {"1 x 1, stride 1": 1, "11 x 11, stride 4": 7.1, "3 x 3, stride 1": 9}
left = 0.0
for name, factor in factors.items():
    side = np.sqrt(factor)
    axes[1].add_patch(Rectangle((left, 0), side, side, facecolor="C6"))
    axes[1].add_patch(Rectangle((left, 0), 1, 1, facecolor="C0"))
    axes[1].text(left, side + 0.12, f"cols: {factor:g} times x", fontsize=16)
    axes[1].text(left, -0.15, name, va="top", fontsize=16)
    left += max(side, 2.5) + 0.6
axes[1].text(0.5, 0.5, "x", color=PAPER, ha="center", va="center", fontsize=20)
axes[1].set(xlim=(0, left), ylim=(-0.6, 3.5), aspect="equal")
axes[1].set_axis_off()
figure.tight_layout()

# %% [markdown] notes
# (3 min) A guess without counting: 11 over 4, squared, is 7.6. Near the border it is a little less,
# as the dark edge of the map shows: 363 times 3025 is 1,098,075 numbers, made of 154,587, or 7.1.
# Windows of 3 x 3 with padding 1: 9.
#
# For a batch of 64 volumes of 32 x 32 x 32, 8 MiB become 72 MiB. Libraries make the columns of a
# few pictures at a time, in a small buffer that stays in the cache.

# %% [markdown] question halves
# ## A fold that went wrong
#
# Two pictures of two pixels, two filters. The product is
#
# $$\begin{pmatrix} 1 & 2 & 3 & 4 \\ 10 & 20 & 30 & 40 \end{pmatrix}$$
#
# `product.reshape(N, F, 1, 2)`: what is now the output of picture 0?

# %% picture
"""Two rows of three pictures. Above, the eye of a cat, and the two maps that two filters make of
it. Below, the eye again, and its two maps as the wrong fold gives them: one of the eye, one of a
cup."""
pair = conv_forward(
    np.concatenate([eye, cup]) - net.mean, net.params["w1"][:2], np.zeros(2), pad=2
)[0]
wrong = pair.transpose(1, 0, 2, 3).reshape(2, 2, 32, 32)
figure, axes = plt.subplots(2, 3, figsize=(6.4, 5))
for line, maps, name in zip(axes, (pair, wrong), ("right", "this fold"), strict=True):
    line[0].imshow(eye[0].transpose(1, 2, 0))
    line[0].set_ylabel(name, fontsize=18)
    for axis, one in zip(line[1:], maps[0], strict=True):
        axis.imshow(one, cmap="gray")
for axis, name in zip(axes[0], ("picture 0", "filter 0", "filter 1"), strict=True):
    axis.set_title(name, fontsize=18)
for axis in axes.flat:
    hidden(axis)
figure.tight_layout()

# %% [markdown] answer
# $[[1, 2], [3, 4]]$. It should be $[[1, 2], [10, 20]]$: reshape to $(F, N, ...)$, then let the
# first two axes change places.

# %% [markdown] notes
# (3 min) At the right the same mistake with a trained net and two pictures: where the second map of
# the eye should be, there is filter 0 of a cup of coffee. The shape is right and the values are
# right; they stand in wrong places. With one picture it is no mistake, so a test with a batch of
# one never finds it. A reshape never moves a number.

# %% [markdown] slide
# ## Backward is two more products
#
# $D$: `dout` with the filters as rows, $L$ windows in the batch, $K = C \cdot HH \cdot WW$.

# %% picture
"""Two products of matrices, drawn as rectangles. D, F by L, times the transpose of cols, L by K, is
dw, F by K. The transpose of w, K by F, times D, F by L, is dcols, K by L."""
F, K, L = 1.2, 2.2, 4
axis = drawing.canvas(20, 7.6)


def rectangle(left, middle, tall, wide, fill, text):
    axis.add_patch(Rectangle((left, middle - tall / 2), wide, tall, facecolor=fill))
    axis.text(left + wide / 2, middle, text, ha="center", va="center", color=TEXT, fontsize=18)


rectangle(0.2, 2.2, F, L, "C8", "D: F x L")
rectangle(5.2, 2.2, L, K, "C5", "cols$^T$:\nL x K")
rectangle(8.4, 2.2, F, K, "C8", "dw")
rectangle(0.2, 6.2, K, F, "C6", "w$^T$:\nK x F")
rectangle(2.4, 6.2, F, L, "C8", "D: F x L")
rectangle(7.4, 6.2, K, L, "C8", "dcols: K x L")
for x, y, sign in ((4.7, 2.2, "·"), (7.9, 2.2, "="), (1.9, 6.2, "·"), (6.9, 6.2, "=")):
    axis.text(x, y, sign, ha="center", va="center", fontsize=30)
axis.text(12.2, 2.2, "a number for each weight:\nit is done", va="center", fontsize=18)
axis.text(
    12.2, 6.2, "a number for each copy of\na pixel: it is not yet dx", va="center", fontsize=18
)

# %% [markdown] notes
# (3 min) Let the shapes decide: F by L times L by K has the shape of the filters. There is only one
# way to multiply them. db is the sum of each row of D.
#
# dcols has one number for every copy of a pixel, and dx wants one for every pixel. Ask before the
# next slide: what must happen to the copies of one pixel?

# %% [markdown] question halves
# ## Add the copies up
#
# Where `im2col` reads, `col2im` **adds**. Each pixel comes back times the number of windows over
# it.
#
# Now five pixels on a line, a window of three, stride 1. How many windows cover each pixel? And
# with stride 2?

# %% picture
"""Above, the picture of 2 by 4 numbers from 0 to 7. Below, what comes back: 0, 2, 4, 3 and 4, 10,
12, 7; the four numbers in the middle have doubled."""
drawing.added_back()

# %% [markdown] answer
# 1, 2, 3, 2, 1. With stride 2: 1, 1, 2, 1, 1.

# %% [markdown] notes
# (3 min) First the picture: windows of 2 x 2. The 5 was copied twice and comes back as 10. The
# corners were copied once. What comes back is not what went in.
#
# Then the question. A pixel at the border is seen less often: a net without padding hardly looks at
# its corners.

# %% [markdown] slide
# ## An identity that finds mistakes
#
# $$\langle \text{im2col}(x),\; y \rangle = \langle x,\; \text{col2im}(y) \rangle$$

# %% picture
"""Left, three pixels x0, x1 and x2, and arrows down to four copies: x0, x1, x1, x2. Right, four
numbers y0 to y3, and arrows up to three sums: y0, y1 + y2, y3."""
axis = drawing.canvas(24, 7)
tops, lows = (2.5, 5.5, 8.5), (1, 4, 7, 10)
ways = ((0, 0), (1, 1), (1, 2), (2, 3))
for k, x in enumerate(tops):
    box(axis, (x, 1.6), f"x{k}", "C5")
    box(axis, (x + 13, 1.6), ("y0", "y1 + y2", "y3")[k], "C8", 2.6)
for k, x in enumerate(lows):
    box(axis, (x, 5.6), ("x0", "x1", "x1", "x2")[k], "C5")
    box(axis, (x + 13, 5.6), f"y{k}", "C8")
for top, low in ways:
    drawing.arrow(axis, (tops[top], 2.4), (lows[low], 4.8))
    drawing.arrow(axis, (lows[low] + 13, 4.8), (tops[top] + 13, 2.4))
axis.text(5.5, 0.4, "im2col copies", ha="center", fontsize=20)
axis.text(18.5, 0.4, "col2im adds", ha="center", fontsize=20)

# %% [markdown] notes
# (3 min) Angle brackets: the sum of all products. On the left every copy of a pixel meets its own
# number of y; on the right these are added first. The pixel in the middle: x1 y1 plus x1 y2 is x1
# times y1 plus y2. It holds for any picture x, and any y of the shape of its columns.
#
# So two sums of random numbers test col2im. There is no step h, and nothing but rounding stands
# between the two sides: 10 to the minus 14, not 10 to the minus 7. The backward pass of a linear
# function is its adjoint. For a matrix the adjoint is the transpose.

# %% [markdown] question
# ## The trap of the one-line scatter
#
# ```python
# total = np.zeros(2)
# places = np.array([0, 0, 1])
# total[places] += 1
# ```
#
# Three ones, two of them for place 0. What is in `total`?

# %% [markdown] answer
# $[1, 1]$. All three places are read, added to and written back: one copy is lost, with no error
# and no warning. `np.add.at(total, places, 1)` gives $[2, 1]$.

# %% [markdown] notes
# (2 min) np.add.at adds one by one. It is right, and slow. Slices never name a place twice, so with
# slices += is safe and fast. That is how a fast col2im is written.

# %% [markdown] slide
# ## Three rungs, measured

# %% picture
"""Three bars on a logarithmic axis of GFLOP/s. Loops, 290,400 calls: about a tenth. A product for
each window, 3025 calls: ten or twenty. One product, one call: several times as many again."""
speeds = OPERATIONS / rungs / 1e9
figure, axis = plt.subplots(figsize=(12.4, 4.8))
names = ["loops:\n290,400 calls", "a product a window:\n3025 calls", "one product:\n1 call"]
bars = axis.barh(names, speeds, color=["C1", "C0", "C2"])
axis.bar_label(bars, [f"{s:.2g} GFLOP/s" for s in speeds], padding=8, fontsize=20)
axis.set_xscale("log")
axis.set_xlim(speeds.min() / 4, 30 * speeds.max())
axis.set_xlabel("thousand million operations a second, logarithmic")
axis.set_title(f"AlexNet's first layer, one core of: {processor()}", loc="left")
axis.invert_yaxis()

# %% [markdown] notes
# (3 min) Measured when the deck was built, on the processor named above the bars, on one core. Each
# build measures again. Where this was written, on an AMD EPYC: 2 s, 10 ms and 2.5 ms, which is 0.1,
# 20 and 85 GFLOP/s. An operation is a multiplication or an addition: 210,830,400 on each rung.
#
# From the first rung to the second Python is left out. The middle rung is the instructive one: 3025
# calls cost a few thousandths of a second, so Python is no excuse any more. What slows it down?

# %% [markdown] slide
# ## Use a number while it is near
#
# 2 x 2: 4 numbers are fetched for 4 products. And 8 x 8?

# %% picture
"""Three grids: w, cols and out. Two rows of w and two columns of cols are dark, and so are the four
entries of out where they meet."""
drawing.blocks()

# %% [markdown] fragment
# 16 for 64: four products a number. A single entry gets a half.

# %% [markdown] notes
# (3 min) A core computes faster than numbers reach it. With one window, each of the 34,848 weights
# is fetched for one multiplication and one addition. With a block, every weight meets all windows
# of the block.
#
# The word is arithmetic intensity: operations for each number that must be fetched. Loops have 1, a
# product a window 2, one product up to 148. Lesson 10 draws the roofline with it.

# %% [markdown] slide
# ## Two windows at a time, four, eight

# %% picture
"""Speed in GFLOP/s against windows at a time, both axes logarithmic. The curve climbs from the
speed of a product for each window and flattens at some dozens of windows. The loops lie far below,
a dashed line."""
figure, axis = plt.subplots(figsize=(12, 5.2))
axis.loglog(counts, OPERATIONS / np.array(spent) / 1e9, "o-", label="n windows at a time")
axis.axhline(speeds[0], color="C1", linestyle="--", label="loops")
axis.set_title(f"The same operations, one core of: {processor()}", loc="left")
axis.set_xlabel("windows at a time, n")
axis.set_ylabel("GFLOP/s")
axis.set_xticks([1, 4, 16, 64, 256, 1024, 3025], ["1", "4", "16", "64", "256", "1024", "3025"])
axis.minorticks_off()
axis.legend()

# %% [markdown] notes
# (3 min) Ask for a sketch first: where does it stop growing? Each time n doubles, a weight that was
# fetched is used twice as often, and the curve climbs, while Python's part is small all the way. On
# the right it is flat: the numbers come fast enough, and the core is busy computing. Notches are
# whatever else the machine was doing. The code that multiplies like this is called GEMM, general
# matrix multiply.

# %% [markdown] slide
# ## What you can do now
#
# - Write a layer, forward and backward, as three products.
# - Say what it costs: 7 to 9 times the memory. No multiplication is saved.
# - Test a backward pass without a step $h$: `im2col` and `col2im` are adjoint.
# - Say why it is fast: one call, and numbers used while they are near.
#
# **Today's notebook**
#
# - `im2col`, `col2im`, the layer forward and backward: 20 points. A written answer: 2.
# - The three rungs, measured on your own machine.

# %% [markdown] notes
# (2 min) Back to the first picture: the years went into 290,400 turns a photograph. Say once more
# that the same sums are done by code that keeps the processor's caches and vector units busy. Next
# time: smaller maps.
