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
# # 02 Slide a filter
#
# A convolution layer is one small dot product, repeated at every place of a picture. In this lesson
# you write it: first along a line, then over a picture, then over a batch of volumes.
#
# **You will** write `correlate1d`, `correlate2d` and the layer `conv_forward`; take the sharing of
# weights away again; and find edges in a photograph, blur it and sharpen it.
#
# **You will learn** what stride and padding do to the output's size, why the layer is called a
# convolution although it does not flip, and what "equivariant" means.
#
# **You need** NumPy indexing, and the volumes of lesson 01.
#
# | section | exercise | points | minutes | difficulty |
# |---|---|---|---|---|
# | 1 | `correlate1d` | 2 | 8 | easy |
# | 2 | `correlate2d` | 3 | 8 | easy |
# | 3 | `volume_entry` | 1 | 5 | easy |
# | 4 | `conv_forward` | 7 | 23 | hard |
# | 5 | `locally_connected_forward` | 3 | 10 | medium |
# | 6 | `shift_gap` | 1 | 4 | easy |
# | 7 | `edge_filters`, `blur_and_sharpen` | 3 | 9 | easy |
# | 8 | a written answer, graded by hand | 2 | 5 | medium |
#
# Plan about 90 minutes. The end of section 7, marked as going further, takes two more, and its
# laboratory as long as you like. A check is folded to one line, which says what it is worth and
# what it tries; a click opens it. It shows part of the test; grading uses further random input,
# so a green check is a good sign and not yet the grade. In grading all sizes may differ, no
# function may change its arguments, and besides Python's own library only NumPy and Matplotlib
# can be imported.

# %% given="setup"
import matplotlib.pyplot as plt
import numpy as np

from convbook import check, data, demo, drawing, living, plot

rng = np.random.default_rng(2)

# %% [markdown]
# ## 1. Along a line
#
# Take five numbers `x` and a filter `w` of three. A filter is also called a **kernel**.
#
# $$x = [2, 0, 1, 3, -1] \qquad w = [1, 0, -1]$$
#
# Put the filter over the first three numbers, multiply in pairs and add:
# $2 \cdot 1 + 0 \cdot 0 + 1 \cdot (-1) = 1$. Move it by one and do it again. Each stop gives one
# output. How many stops are there?
#
# With $W$ numbers, a filter of $F$, a stride $S$ between stops and $P$ zeros of padding on each
# side, the answer is
#
# $$\frac{W - F + 2P}{S} + 1$$
#
# With stride 1 and no padding that is 3 here.
#
# **Predict before you run.** Here $W = 5$, $F = 3$. How many outputs are there for $S = 1$, $P = 1$?
# For $S = 2$, $P = 1$? For $S = 3$, $P = 1$?
#
# <!-- guess 02/stops
# number | `S = 1` | 5
# number | `S = 2` | 3
# choice | `S = 3` | two | three | * it does not fit
# -->
#
# <details><summary>Answer</summary>
#
# Five, three, and none: $(5 - 3 + 2)/3 + 1 = 2.33$ is not a whole number, so the filter does not
# fit.
#
# </details>

# %% [markdown]
# The first of the five outputs at $S = 1$, $P = 1$ has a zero of padding on its left:

# %%
x = np.array([2.0, 0.0, 1.0, 3.0, -1.0])
w = np.array([1.0, 0.0, -1.0])
x_pad = np.pad(x, 1)
print(x_pad)
np.sum(x_pad[0:3] * w)

# %% [markdown]
# The same as a picture, with all five outputs:

# %% tags=["plot"] alt="A line of seven cells: 2, 0, 1, 3, minus 1, with a zero of padding at each end. The filter 1, 0, minus 1 stands under the first three, and an arrow leads from it to the first of five outputs: 0, 1, minus 3, 2, 3."
drawing.first_stop(x, w, [0, 1, -3, 2, 3], "The first of five stops")

# %% [markdown]
# Look at the blue cells: the filter lies on them, three products are added, and the green cell is
# the sum. Then the filter moves on by one.
#
# ### Exercise 1: `correlate1d` (2 points)
#
# By hand, all five outputs are $[0, 1, -3, 2, 3]$. Write the function that finds them.
#
# A filter that does not fit is an error. Raise `ValueError` and say why, as Python's own functions
# do. A layer that quietly drops the last column would be wrong for weeks before anybody saw it. A
# filter longer than the padded line never fits, even where the formula gives a whole number: with
# $W = 4$, $F = 6$, $S = 1$ and no padding it gives $-1$.
#
# <details><summary>Hint</summary>
#
# Output `i` looks at `x_pad[i * stride : i * stride + F]`. `%` gives the remainder of the division.
# Where it is 0 the filter fits, if it is not too long.
#
# </details>


# %% exercise="correlate1d"
def correlate1d(x, w, stride=1, pad=0):
    """Slide a filter along a line of numbers.

    Args:
        x: numbers, shape (W,).
        w: the filter, shape (F,).
        stride: numbers between neighbouring stops.
        pad: zeros on each side.

    Returns:
        One dot product for each stop, shape ((W - F + 2 * pad) / stride + 1,).

    Raises:
        ValueError: the stops do not end at the last number, or the filter is longer than the
            padded line.
    """
    ### BEGIN SOLUTION
    W, F = len(x), len(w)
    room = W - F + 2 * pad
    if room < 0 or room % stride:
        raise ValueError(f"a filter of {F} does not fit: W={W}, stride={stride}, pad={pad}")
    x_pad = np.pad(x, pad)
    stops = range(0, room + 1, stride)
    return np.array([np.sum(x_pad[i : i + F] * w) for i in stops])
    ### END SOLUTION


# %% [markdown]
# Try it first. Five outputs, then three of the same five:

# %%
print(correlate1d(x, w, stride=1, pad=1))
print(correlate1d(x, w, stride=2, pad=1))

# %% check="correlate1d" points=2
# 2 points. Shown: the example by hand. Hidden: random lines, filters, strides and paddings.
line = np.array([2.0, 0.0, 1.0, 3.0, -1.0])
slope = np.array([1.0, 0.0, -1.0])
check.same(correlate1d(line, slope, 1, 1), [0.0, 1.0, -3.0, 2.0, 3.0], "stride 1")
check.same(correlate1d(line, slope, 2, 1), [0.0, -3.0, 3.0], "stride 2")
check.raises(ValueError, lambda: correlate1d(line, slope, 3, 1), "stride 3")
### BEGIN HIDDEN TESTS
from autograder.judging import judge

random = judge.rng()
for W, F, stride, pad in ((9, 4, 1, 0), (10, 2, 2, 1), (8, 3, 3, 2), (6, 6, 5, 0), (7, 1, 2, 0)):
    judge.value(
        "correlate1d", correlate1d, random.normal(size=W), random.normal(size=F), stride, pad
    )
judge.value("correlate1d", correlate1d, random.normal(size=7), random.normal(size=3))
for W, F, stride, pad in ((10, 3, 2, 0), (4, 6, 1, 0), (5, 6, 1, 0), (8, 5, 4, 1)):
    line, slope = random.normal(size=W), random.normal(size=F)
    judge.refuses(ValueError, "correlate1d", correlate1d, line, slope, stride, pad)
### END HIDDEN TESTS

# %% [markdown]
# **Take away.** A filter fits $(W - F + 2P)/S + 1$ times, or it does not fit.

# %% [markdown]
# ## 2. Over a picture, and a word that is wrong
#
# In two dimensions the filter slides along rows and columns. With a filter of height $HH$ and width
# $WW$, stride 1 and no padding:
#
# $$\text{out}_{i,j} = \sum_{u=0}^{HH-1} \sum_{v=0}^{WW-1} x_{i+u,\,j+v} \; w_{u,v}$$

# %% tags=["plot"] alt="A picture of 4 by 4 numbers; its 2 by 2 window at row 1, column 2 is marked: 1, 0, 0, 1. Beside it the filter 1, 2, 0, 1 and the 3 by 3 output; its entry at row 1, column 2 is marked: 2."
picture = np.array([[1, 0, 2, 1], [0, 3, 1, 0], [2, 1, 0, 1], [1, 0, 1, 2]])
result = np.array([[4, 5, 4], [7, 5, 2], [4, 2, 4]])
drawing.one_window(
    picture, np.array([[1, 2], [0, 1]]), result, 1, 2, "One entry of the output, and what it sees"
)

# %% [markdown]
# Look at the green cell, at row 1 and column 2. The blue window has its top left corner there, too.
# It holds 1, 0, 0 and 1: $1 \cdot 1 + 0 \cdot 2 + 0 \cdot 0 + 1 \cdot 1 = 2$.
#
# This is a **cross-correlation**. A convolution, as mathematicians define it, flips the filter in
# both directions first. Convolutional networks are named after the second and compute the first.
#
# **Predict before you run.** The picture below is zero except for a single 1 in its middle, an
# impulse. You slide the filter $\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}$ over it. Where does
# the 4 end up: top left or bottom right?
#
# <!-- guess 02/impulse
# choice | the 4 ends up | * top left | top right | bottom left | bottom right
# -->
#
# <details><summary>Answer</summary>
#
# Top left. Think of the very first window that touches the 1: it touches it with its bottom right
# corner, where the 4 is.
#
# </details>

# %%
impulse = np.zeros((3, 3))
impulse[1, 1] = 1.0
w = np.array([[1.0, 2.0], [3.0, 4.0]])
np.sum(impulse[0:2, 0:2] * w)

# %% [markdown]
# ### Exercise 2: `correlate2d` (3 points)
#
# Write it with two loops, stride 1, no padding. By hand, the impulse gives
# $\begin{pmatrix} 4 & 3 \\ 2 & 1 \end{pmatrix}$: the filter rotated by 180 degrees.


# %% exercise="correlate2d"
def correlate2d(x, w):
    """Slide a filter over a picture, without padding and with stride 1.

    Args:
        x: picture, shape (H, W).
        w: filter, shape (HH, WW), no larger than the picture.

    Returns:
        The dot product at every stop, shape (H - HH + 1, W - WW + 1).
    """
    ### BEGIN SOLUTION
    H, W = x.shape
    HH, WW = w.shape
    out = np.empty((H - HH + 1, W - WW + 1))
    for i, j in np.ndindex(out.shape):
        out[i, j] = np.sum(x[i : i + HH, j : j + WW] * w)
    return out
    ### END SOLUTION


# %% [markdown]
# Try it. The impulse shows the filter rotated; a filter rotated beforehand comes out upright.

# %%
print(correlate2d(impulse, w))
print(correlate2d(impulse, w[::-1, ::-1]))

# %% check="correlate2d" points=3
# 3 points. Shown: the impulse, and a picture that is not square. Hidden: random pictures.
impulse = np.zeros((3, 3))
impulse[1, 1] = 1.0
corner = np.array([[1.0, 2.0], [3.0, 4.0]])
check.same(
    correlate2d(impulse, corner),
    [[4.0, 3.0], [2.0, 1.0]],
    "the impulse",
    hint="out[0, 0] is the window at the top left: its bottom right corner touches the 1.",
)
wide = np.arange(8.0).reshape(2, 4)
check.same(correlate2d(wide, np.ones((2, 1))), [[4.0, 6.0, 8.0, 10.0]], "a wide picture")
### BEGIN HIDDEN TESTS
from autograder.judging import judge

random = judge.rng()
for H, W, HH, WW in ((5, 7, 3, 2), (6, 4, 1, 4), (4, 9, 4, 1), (5, 5, 5, 5)):
    picture, kernel = random.normal(size=(H, W)), random.normal(size=(HH, WW))
    judge.value("correlate2d", correlate2d, picture, kernel)
### END HIDDEN TESTS

# %% [markdown]
# Does the flip matter? Look at three pictures: an F as a filter, what correlation makes of an
# impulse, and what convolution makes of it.

# %% tags=["plot"] alt="Three pictures: a filter in the shape of an F; what correlation makes of a single point, the F rotated by 180 degrees; and what convolution makes of it, the F as it is."
letter = np.pad([[1.0, 1, 1], [1, 0, 0], [1, 1, 0], [1, 0, 0], [1, 0, 0]], 1)  # an F, (7, 5)
impulse = np.zeros((15, 13))
impulse[7, 6] = 1.0
plot.maps(
    [letter, correlate2d(impulse, letter), correlate2d(impulse, letter[::-1, ::-1])],
    ["filter w", "correlation with an impulse", "convolution with an impulse"],
    "What a filter leaves of a single point",
)

# %% [markdown]
# Correlation rotates the F by 180 degrees; convolution draws it as it is. For a layer that learns
# its filter either will do: it would simply learn the other one.
#
# **Take away.** A convolution layer computes a cross-correlation. No flip.

# %% [markdown]
# ## 3. One entry of a volume
#
# A layer's input has depth: `X` below has shape (11, 11, 4), eleven by eleven places with four
# numbers each, written depth last as in lesson 01. Its filter has the same depth and runs along
# height and width only. So one output is a sum over a box of $F \cdot F \cdot 4$ products.
#
# **Predict before you run.** There are two filters, with $F = 5$, $S = 2$ and $P = 0$. How large is
# the output `V`? Which slice of `X` does `V[1, 0, 0]` see, and which does `V[2, 3, 1]`, where the
# last index says which filter?
#
# <!-- guess 02/volume
# shape | of `V` | 4, 4, 2
# box | the rows and columns of `X` that `V[1, 0, 0]` sees | grid 11 x 11 | 2:7, 0:5
# box | those that `V[2, 3, 1]` sees | grid 11 x 11 | 4:9, 6:11
# -->
#
# <details><summary>Answer</summary>
#
# $(11 - 5)/2 + 1 = 4$ rows and columns, and two filters: `V` has shape (4, 4, 2). Some of its
# entries and the slices that they see:
#
# | entry | slice of `X` |
# |---|---|
# | `V[0, 0, 0]` | `X[:5, :5, :]` |
# | `V[1, 0, 0]` | `X[2:7, :5, :]` |
# | `V[2, 0, 0]` | `X[4:9, :5, :]` |
# | `V[3, 0, 0]` | `X[6:11, :5, :]` |
# | `V[0, 1, 1]` | `X[:5, 2:7, :]` |
# | `V[2, 3, 1]` | `X[4:9, 6:11, :]` |
#
# </details>
#
# **Find the mistake.** Some copies of a well-known lecture note say
# `V[0, 0, 0] = np.sum(X[2:7, :5, :] * W0) + b0`. Which entry is that really?
#
# <details><summary>Answer</summary>
#
# `V[1, 0, 0]`. The slice starts at 2, and 2 is index 1 times stride 2.
#
# </details>

# %% [markdown]
# ### Exercise 3: `volume_entry` (1 point)
#
# Write one entry. By hand: with `X` all ones, a filter of all ones and a bias of 0.5, every entry is
# $5 \cdot 5 \cdot 4 + 0.5 = 100.5$.


# %% exercise="volume_entry"
def volume_entry(X, filters, biases, i, j, k, stride=2):
    """Compute one entry of a convolution layer's output volume, depth last.

    Args:
        X: input volume, shape (H, W, D).
        filters: a list of K filters, each of shape (F, F, D).
        biases: a list of K numbers.
        i: row of the entry in the output.
        j: column of the entry in the output.
        k: which filter.
        stride: pixels between neighbouring stops.

    Returns:
        V[i, j, k], a number.
    """
    ### BEGIN SOLUTION
    w = filters[k]
    F = len(w)
    top, left = i * stride, j * stride
    return np.sum(X[top : top + F, left : left + F, :] * w) + biases[k]
    ### END SOLUTION


# %% [markdown]
# Try it, and fill the whole volume:

# %%
X = np.ones((11, 11, 4))
filters, biases = [np.ones((5, 5, 4)), np.zeros((5, 5, 4))], [0.5, -1.0]
V = np.empty((4, 4, 2))
for i, j, k in np.ndindex(V.shape):
    V[i, j, k] = volume_entry(X, filters, biases, i, j, k)
print(V.shape, V[1, 0, 0], V[2, 3, 1])

# %% check="volume_entry" points=1
# 1 point. Shown: all ones, and a volume that counts its rows. Hidden: random volumes and strides.
ones, none = np.ones((5, 5, 4)), np.zeros((5, 5, 4))
flat = np.ones((11, 11, 4))
check.same(volume_entry(flat, [ones, none], [0.5, -1.0], 1, 0, 0), 100.5, "V[1, 0, 0]")
check.same(volume_entry(flat, [ones, none], [0.5, -1.0], 2, 3, 1), -1.0, "V[2, 3, 1]")
rows = np.arange(11.0)[:, None, None] * np.ones((11, 11, 4))
check.same(
    volume_entry(rows, [ones, none], [0.0, 0.0], 2, 0, 0),
    600.0,
    "V[2, 0, 0] over rows 4 to 8",
    hint="The average row is 6, and 5 * 5 * 4 * 6 = 600. Entry i starts at row i * stride.",
)
### BEGIN HIDDEN TESTS
from autograder.judging import judge

random = judge.rng()
X = random.normal(size=(11, 13, 4))
filters = [random.normal(size=(5, 5, 4)) for _ in range(3)]
biases = random.normal(size=3).tolist()
for i, j, k in ((0, 0, 0), (1, 0, 0), (3, 0, 0), (0, 1, 1), (2, 3, 1), (3, 4, 2)):
    judge.value("volume_entry", volume_entry, X, filters, biases, i, j, k)
judge.value("volume_entry", volume_entry, X, filters, biases, 4, 1, 2, stride=1)
judge.value("volume_entry", volume_entry, X, filters, biases, 2, 1, 0, stride=3)
### END HIDDEN TESTS

# %% [markdown]
# **Take away.** Entry $i$ of the output starts at row $i \cdot S$ of the input.

# %% [markdown]
# ## 4. The layer
#
# Now everything at once: a batch of $N$ pictures, $C$ channels, $F$ filters, stride and padding.
# From here on arrays are **NCHW**: `x` has shape $(N, C, H, W)$ and the filters `w` have shape
# $(F, C, HH, WW)$.
#
# Watch it first. Below a 5 x 5 x 3 input meets two 3 x 3 x 3 filters with stride 2 and padding 1.
# Click on Next, then step with the arrow keys. After that, change the numbers until a size does not
# fit. Leave the dilation at 1; lesson 07 gives it a meaning.

# %% tags=["demo"]
demo.convolution()

# %% [markdown]
# Every step is one entry of the output:
#
# $$\text{out}_{n,f,i,j} = b_f + \sum_{c,u,v} x^{\text{pad}}_{n,\,c,\,iS+u,\,jS+v} \; w_{f,c,u,v}$$
#
# where $x^{\text{pad}}$ is `x` with $P$ rows and columns of zeros on every side. So
#
# $$H_{\text{out}} = \frac{H - HH + 2P}{S} + 1 \qquad W_{\text{out}} = \frac{W - WW + 2P}{S} + 1$$
#
# **Predict before you run.** A batch of shape (8, 3, 32, 32) meets ten 5 x 5 filters with stride 1
# and padding 2. What is the shape of `w`? Of `out`? How many weights and biases are there?
#
# <!-- guess 02/batch
# shape | of `w` | 10, 3, 5, 5
# shape | of `out` | 8, 10, 32, 32
# number | weights | 750
# number | biases | 10
# -->
#
# <details><summary>Answer</summary>
#
# `w` is (10, 3, 5, 5), `out` is (8, 10, 32, 32). Each filter has $5 \cdot 5 \cdot 3 = 75$ weights;
# ten of them make 750, and ten biases come on top.
#
# </details>

# %% [markdown]
# ### Exercise 4: `conv_forward` (7 points)
#
# Four nested loops: pictures, filters, rows, columns. Aim for clarity; lesson 04 makes it fast.
#
# By hand: a 4 x 4 picture of the numbers 0 to 15 meets a 2 x 2 filter of ones with stride 2. Each
# output adds up one quarter of the picture. The first is $0 + 1 + 4 + 5 = 10$; the four are
# $10, 18, 42, 50$.
#
# Return two things: `out`, and a `cache` with whatever the way back will need. Lesson 03 goes that
# way back. What you keep in the cache is up to you; no check looks inside. If in doubt, keep the
# arguments.
#
# As along a line, what does not fit raises `ValueError`: in height or in width, with a remainder or
# because the filter is larger than the padded picture. Pictures may hold whole numbers; the output
# is floating point all the same.
#
# The argument `dilation` stays 1 here.
#
# <details><summary>Hint</summary>
#
# Pad height and width only, once, before the loops: `np.pad` takes one pair for each axis. The
# window for row `i` and column `j` is a box of all channels.
#
# </details>


# %% exercise="conv_forward" withholds="conv_backward conv_weight_gradients"
def conv_forward(x, w, b, stride=1, pad=0, dilation=1):
    """Convolve a batch of pictures with a bank of filters.

    Args:
        x: pictures, shape (N, C, H, W).
        w: filters, shape (F, C, HH, WW).
        b: one bias per filter, shape (F,).
        stride: pixels between neighbouring windows.
        pad: rows and columns of zeros on every side.
        dilation: always 1 in this lesson.

    Returns:
        out: feature maps, shape (N, F, H_out, W_out), floating point.
        cache: whatever conv_backward will need.

    Raises:
        ValueError: the windows do not end at the edge, or one is larger than the padded picture.
    """
    ### BEGIN SOLUTION
    N, _, H, W = x.shape
    F, _, HH, WW = w.shape
    if (H - HH + 2 * pad) % stride or (W - WW + 2 * pad) % stride:
        raise ValueError(f"{HH} x {WW} does not fit {H} x {W}: stride={stride}, pad={pad}")
    H_out = (H - HH + 2 * pad) // stride + 1
    W_out = (W - WW + 2 * pad) // stride + 1
    if H_out < 1 or W_out < 1:
        raise ValueError(f"a window of {HH} x {WW} is larger than the padded picture")
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    out = np.empty((N, F, H_out, W_out))
    for n, f, i, j in np.ndindex(out.shape):
        top, left = i * stride, j * stride
        window = x_pad[n, :, top : top + HH, left : left + WW]  # (C, HH, WW)
        out[n, f, i, j] = np.sum(window * w[f]) + b[f]
    return out, (x, w, stride, pad)
    ### END SOLUTION


# %% [markdown]
# Try it: the filter of ones adds up quarters.

# %%
x = np.arange(16.0).reshape(1, 1, 4, 4)
out, _ = conv_forward(x, np.ones((1, 1, 2, 2)), np.zeros(1), stride=2)
print(out)

# %% check="conv_forward" points=3
# 3 points. Shown: the quarters, and two channels with a bias. Hidden: stride 1, no padding.
x = np.arange(16.0).reshape(1, 1, 4, 4)
out, _ = conv_forward(x, np.ones((1, 1, 2, 2)), np.zeros(1), stride=2)
check.same(out, [[[[10.0, 18.0], [42.0, 50.0]]]], "the quarters")
x = np.stack([np.ones((2, 3)), np.full((2, 3), 10.0)])[None]  # (1, 2, 2, 3)
w = np.array([[[1.0, 0.0]], [[0.0, 2.0]]])[None]  # (1, 2, 1, 2)
out, _ = conv_forward(x, w, np.array([0.5]))
check.same(
    out,
    np.full((1, 1, 2, 2), 21.5),
    "two channels",
    hint="1 * 1 + 2 * 10 + 0.5: every channel has its own slice of the filter; the bias comes once.",
)
### BEGIN HIDDEN TESTS
from autograder.judging import inputs, judge

for x, w, b, how in inputs.conv(judge.rng()):
    if how["stride"] == 1 and how["pad"] == 0:
        judge.forward("conv_forward", conv_forward, x, w, b, **how)
counting = judge.rng().integers(-9, 9, size=(2, 3, 4, 5))
filters = judge.rng().normal(size=(2, 3, 2, 2))
judge.forward("conv_forward", conv_forward, counting, filters, np.array([0.25, -0.75]))
### END HIDDEN TESTS

# %% check="conv_forward" part="stride_pad" points=3
# 3 points. Shown: a corner that sees padding. Hidden: strides and paddings up to 3, not square.
x = np.ones((1, 1, 3, 5))
out, _ = conv_forward(x, np.ones((1, 1, 3, 3)), np.zeros(1), stride=2, pad=1)
check.same(
    out,
    [[[[4.0, 6.0, 4.0], [4.0, 6.0, 4.0]]]],
    "stride 2, padding 1",
    hint="A corner window sees 2 x 2 ones and five zeros; height and width have their own sizes.",
)
### BEGIN HIDDEN TESTS
from autograder.judging import inputs, judge

for x, w, b, how in inputs.conv(judge.rng()):
    judge.forward("conv_forward", conv_forward, x, w, b, **how)
### END HIDDEN TESTS

# %% check="conv_forward" part="fit" points=1
# 1 point. What does not fit is refused. Hidden: every size that does not fit, in both directions.
x, w, b = np.ones((1, 1, 10, 9)), np.ones((1, 1, 3, 3)), np.zeros(1)
check.raises(
    ValueError,
    lambda: conv_forward(x, w, b, stride=2),
    "10 rows, a window of 3, stride 2",
    hint="(10 - 3)/2 + 1 = 4.5 rows: the last window would hang over the edge.",
)
### BEGIN HIDDEN TESTS
from autograder.judging import judge

b3 = np.zeros(3)
for HH, WW, stride, pad, fits in ((4, 3, 2, 0, (6, 5)), (4, 2, 3, 1, (5, 6))):
    w = np.ones((3, 2, HH, WW))
    # One direction runs through the sizes; the other fits.
    for H, W in [(H, fits[1]) for H in range(1, 10)] + [(fits[0], W) for W in range(1, 10)]:
        x = np.ones((1, 2, H, W))
        room = H - HH + 2 * pad, W - WW + 2 * pad
        if min(room) < 0 or room[0] % stride or room[1] % stride:
            judge.refuses(ValueError, "conv_forward", conv_forward, x, w, b3, stride, pad)
        else:
            judge.forward("conv_forward", conv_forward, x, w, b3, stride, pad)
### END HIDDEN TESTS

# %% [markdown]
# Here is the net of lesson 01 again. Its three CONV boxes are now computed by your own
# `conv_forward`, and marked as yours; the layers of later lessons are the course's. Move the frame
# and see what your loops cost: the line at the bottom says how long one look takes.

# %% tags=["demo"]
living.net(conv_forward).show(data.photo("chelsea"), at=(17, 62))

# %% [markdown]
# **Take away.** One filter makes one feature map, also called an activation map. Its weights are
# used at every place.
#
# > **If you know other libraries.** The course follows CS231n in names and PyTorch in layout.
# > `dilation=1` leaves nothing out, as in PyTorch; some notes call that dilation 0. Where a later
# > lesson differs from one of the two, it says so.

# %% [markdown]
# ## 5. What if weights were not shared?
#
# Take the same windows, and give every place a filter of its own. This is a **locally connected**
# layer. It may suit faces that are always centred: eyes are looked for only where eyes are.
#
# **Predict before you run.** A 32 x 32 x 3 picture, ten filters of 5 x 5, stride 1, padding 2. A
# convolution layer has 760 numbers to learn. How many does the locally connected layer have?
#
# <!-- guess 02/local
# number | numbers to learn | 778240
# -->
#
# <details><summary>Answer</summary>
#
# One filter and one bias for each of $32 \cdot 32 \cdot 10 = 10240$ outputs:
# $10240 \cdot 76 = 778240$. About a thousand times as many.
#
# </details>

# %% [markdown]
# ### Exercise 5: `locally_connected_forward` (3 points)
#
# The filters now carry their place: `w` has shape $(H_{\text{out}}, W_{\text{out}}, F, C, HH, WW)$
# and `b` has shape $(F, H_{\text{out}}, W_{\text{out}})$.
#
# By hand: over a picture of ones, let the 1 x 1 filter at place $(i, j)$ be $10 i + j$. Then the
# output spells out its own index.


# %% exercise="locally_connected_forward"
def locally_connected_forward(x, w, b, stride=1):
    """Apply a filter of its own at every place of the output, without padding.

    Args:
        x: pictures, shape (N, C, H, W).
        w: filters, shape (H_out, W_out, F, C, HH, WW).
        b: biases, shape (F, H_out, W_out).
        stride: pixels between neighbouring windows.

    Returns:
        out: feature maps, shape (N, F, H_out, W_out).
    """
    ### BEGIN SOLUTION
    H_out, W_out, F, _, HH, WW = w.shape
    out = np.empty((len(x), F, H_out, W_out))
    for i, j in np.ndindex(H_out, W_out):
        top, left = i * stride, j * stride
        window = x[:, :, top : top + HH, left : left + WW]  # (N, C, HH, WW)
        out[:, :, i, j] = np.tensordot(window, w[i, j], axes=([1, 2, 3], [1, 2, 3])) + b[:, i, j]
    return out
    ### END SOLUTION


# %% [markdown]
# Try it with filters that spell out their index:

# %%
x = np.ones((1, 1, 2, 3))
index = np.array([[10.0 * i + j for j in range(3)] for i in range(2)])  # (2, 3)
w_local = index.reshape(2, 3, 1, 1, 1, 1)  # (H_out, W_out, F, C, HH, WW)
print(locally_connected_forward(x, w_local, np.zeros((1, 2, 3))))

# %% check="locally_connected_forward" points=3
# 3 points. Shown: filters that spell out their index, two channels. Hidden: random, strides to 3.
index = np.array([[0.0, 1.0, 2.0], [10.0, 11.0, 12.0]])
spelling = index[:, :, None, None, None, None]  # (2, 3, 1, 1, 1, 1)
out = locally_connected_forward(np.ones((1, 1, 2, 3)), spelling, np.zeros((1, 2, 3)))
check.same(out, index[None, None], "the index")
shifts = np.array([[[100.0, 200.0, 300.0], [400.0, 500.0, 600.0]]])  # (1, 2, 3)
out = locally_connected_forward(np.ones((1, 1, 2, 3)), spelling, shifts)
check.same(out, (index + shifts)[None], "biases", hint="Every place has its own bias, b[f, i, j].")
two = np.array([[[[1.0, 2.0, 3.0, 4.0]], [[10.0, 20.0, 30.0, 40.0]]]])  # (1, 2, 1, 4)
left, right = [[[1.0, 2.0]], [[0.0, 1.0]]], [[[1.0, 0.0]], [[2.0, 1.0]]]  # (2, 1, 2) each
w = np.array([left, right])[None, :, None]  # (1, 2, 1, 2, 1, 2)
check.same(
    locally_connected_forward(two, w, np.zeros((1, 1, 2)), stride=2),
    [[[[25.0, 103.0]]]],
    "two channels, stride 2",
    hint="1 * 1 + 2 * 2 + 20 * 1 = 25; at the second place 3 * 1 + 30 * 2 + 40 * 1 = 103.",
)
### BEGIN HIDDEN TESTS
from autograder.judging import judge

random = judge.rng()
for N, C, H, W, F, HH, WW, stride in (
    (2, 3, 5, 7, 4, 3, 2, 1),
    (3, 2, 7, 5, 1, 3, 3, 2),
    (1, 4, 8, 11, 2, 2, 5, 3),
):
    H_out, W_out = (H - HH) // stride + 1, (W - WW) // stride + 1
    x = random.normal(size=(N, C, H, W))
    w = random.normal(size=(H_out, W_out, F, C, HH, WW))
    b = random.normal(size=(F, H_out, W_out))
    judge.value("locally_connected_forward", locally_connected_forward, x, w, b, stride)
x, w, b = (
    random.normal(size=(1, 2, 5, 3)),
    random.normal(size=(4, 2, 3, 2, 2, 2)),
    np.zeros((3, 4, 2)),
)
judge.value("locally_connected_forward", locally_connected_forward, x, w, b)
### END HIDDEN TESTS

# %% [markdown]
# **Take away.** Convolution is local connection with one filter for all places.

# %% [markdown]
# ## 6. Move the picture, and the answer moves along
#
# A filter that finds a nose at the left finds it at the right as well. To put it exactly,
# there are two ways. Cut the first rows and columns off the picture and convolve, or convolve and
# cut the same rows and columns off the map. With stride 1 and no padding both give the same result:
# the layer is **equivariant** to shifts.
#
# Below, a filter for slanted edges meets a photograph twice. The second time the view has moved 40
# columns to the right, so everything in it lies 40 columns further left.

# %% tags=["plot"] alt="A photograph of a cameraman and its map of slanting edges; then the photograph shifted to the left, and its map: the same map, shifted by as much."
slant = np.array([[0.0, 1.0, 2.0], [-1.0, 0.0, 1.0], [-2.0, -1.0, 0.0]])[None, None]
photo = data.photo("camera")[:, :, ::3, ::3]  # (1, 1, 171, 171)
here, there = photo[:, :, :, :130], photo[:, :, :, 40:170]
shown = [here, conv_forward(here, slant, np.zeros(1))[0]]
shown += [there, conv_forward(there, slant, np.zeros(1))[0]]
plot.maps(
    [one[0, 0] for one in shown],
    ["photograph", "its map", "shifted by 40", "its map"],
    "The picture moves, and its map moves along",
)

# %% [markdown]
# Look at the tripod in the four pictures: in the map it has moved as far as in the photograph.
#
# **Predict before you run.** Is the locally connected layer equivariant, too? And a convolution
# layer that pads with zeros? You will measure both.
#
# <!-- guess 02/shift
# choice | the locally connected layer is | equivariant, too | * not equivariant
# choice | the layer that pads with zeros is | equivariant, too | * not equivariant
# -->

# %% [markdown]
# ### Exercise 6: `shift_gap` (1 point)
#
# Measure it: the largest difference between the two ways. `layer` is any function from pictures to
# feature maps with stride 1. By hand: for `layer = lambda x: x` the gap is 0. For a layer that adds
# a ramp $0, 1, 2, \dots$ along each row, shifting by one column gives a gap of 1.


# %% exercise="shift_gap"
def shift_gap(layer, x, rows, cols):
    """Measure how far a layer is from being equivariant to one shift.

    Args:
        layer: a function from pictures to feature maps, stride 1, both of four axes.
        x: pictures, shape (N, C, H, W).
        rows: rows cut off at the top.
        cols: columns cut off at the left.

    Returns:
        The largest |layer(shifted x) - shifted layer(x)|, a number.
    """
    ### BEGIN SOLUTION
    shifted_first = layer(x[:, :, rows:, cols:])
    shifted_last = layer(x)[:, :, rows:, cols:]
    return np.max(np.abs(shifted_first - shifted_last))
    ### END SOLUTION


# %% [markdown]
# Try it on your own layer. Rounding may leave something of the order $10^{-15}$:

# %%
pictures, w, b = rng.normal(size=(2, 3, 8, 9)), rng.normal(size=(4, 3, 3, 3)), rng.normal(size=4)
shift_gap(lambda x: conv_forward(x, w, b)[0], pictures, 2, 1)

# %% check="shift_gap" points=1
# 1 point. Shown: a ramp, in both directions. Hidden: random layers and shifts.
pictures = np.zeros((1, 1, 4, 6))
ramp = lambda x: x + np.arange(x.shape[3]) + 10.0 * np.arange(x.shape[2])[:, None]
check.same(float(shift_gap(lambda x: x, pictures, 1, 1)), 0.0, "no layer")
check.same(float(shift_gap(ramp, pictures, 1, 1)), 11.0, "ramp, one row and one column")
check.same(float(shift_gap(ramp, pictures, 0, 1)), 1.0, "ramp, one column")
check.same(float(shift_gap(ramp, pictures, 2, 0)), 20.0, "ramp, two rows")
### BEGIN HIDDEN TESTS
from autograder.judging import judge

random = judge.rng()
slopes = random.normal(size=3)
pictures = random.normal(size=(2, 3, 5, 7))


def uneven(x):
    rows, cols = np.arange(x.shape[2])[:, None], np.arange(x.shape[3])
    return 2 * x + slopes[0] * rows + slopes[1] * cols + slopes[2] * rows * cols


for rows, cols in ((1, 0), (0, 2), (2, 3)):
    judge.value("shift_gap", shift_gap, uneven, pictures, rows, cols)
### END HIDDEN TESTS

# %% [markdown]
# Now the experiment. Three layers see a random picture, shifted further and further. The first has
# shared weights, the second has them and a padding of 1, the third has local weights.

# %% tags=["experiment"] alt="A plot of shift_gap against a shift of 0 to 5. Shared weights stay at 0; with padding the gap is 1 to 3; local weights jump to 13 at the first pixel."
pictures = rng.normal(size=(1, 1, 12, 12))
w, b = rng.normal(size=(1, 1, 3, 3)), np.zeros(1)
w_local = rng.normal(size=(10, 10, 1, 1, 3, 3))


def shared(x):
    return conv_forward(x, w, b)[0]


def padded(x):
    return conv_forward(x, w, b, pad=1)[0]


def local(x):
    H_out, W_out = x.shape[2] - 2, x.shape[3] - 2
    return locally_connected_forward(x, w_local[:H_out, :W_out], np.zeros((1, H_out, W_out)))


for layer, line in ((shared, "o-"), (padded, "^:"), (local, "s--")):
    plt.plot([shift_gap(layer, pictures, s, s) for s in range(6)], line, label=layer.__name__)
plt.title("Shared weights are equivariant, away from the border")
plt.xlabel("shift, rows and columns")
plt.ylabel("shift_gap")
plt.legend()
plt.show()

# %% [markdown]
# Look at the three lines. With shared weights and no padding the gap stays at zero for every shift.
# With local weights the shifted picture meets other filters everywhere. With padding there is a gap,
# though the weights are shared.
#
# **Predict before you run.** Shift the picture by 3 rows and columns. In which places of the map
# does the padded layer have its gap? And if three such layers follow one another?
#
# <!-- guess 02/gap
# box | the part of the map, 9 x 9, that is right after one padded layer | grid 9 x 9 | 1:9, 1:9
# box | the part that is right after three | grid 9 x 9 | 3:9, 3:9
# -->
#
# <details><summary>Answer</summary>
#
# Where the first picture went on, the shifted one has an edge, and zeros beyond it. A window of 3
# meets these zeros only in the first row and the first column. The next layer looks one pixel
# further, so after three layers the first three rows and columns are wrong.
#
# </details>

# %% tags=["experiment"] alt="Two black maps of 9 by 9 places with light fields at the top and left edge. After one layer they fill the first row and column, after three layers the first three rows and columns."
def three(x):
    return padded(padded(padded(x)))


gaps = [
    np.abs(layer(pictures[:, :, 3:, 3:]) - layer(pictures)[:, :, 3:, 3:])[0, 0]
    for layer in (padded, three)
]
plot.maps(gaps, ["one padded layer", "three in a row"], "The gap after a shift of 3; black is none")

# %% [markdown]
# Look at the large black fields: there the layer is equivariant, padding or not. The wrong border is
# one pixel wide, and each padded layer makes it one wider. A dark place in the border is a small gap.
#
# **Take away.** Sharing weights is what makes the layer equivariant; zero padding spoils it at the
# border.

# %% [markdown]
# ## 7. Filters that one can read
#
# Nothing has been learned so far. Still, handmade filters show what a first layer is for. A dot
# product is large where the window looks like the filter, so a filter finds what it looks like.
#
# **Predict before you run.** A filter answers 0 wherever the picture is flat. What must its nine
# weights add up to?
#
# <!-- guess 02/flat
# number | the sum of the nine weights | 0
# -->
#
# <details><summary>Answer</summary>
#
# Zero. In a flat window all nine pixels are the same number $c$, and the answer is $c$ times the sum
# of the weights.
#
# </details>
#
# ### Exercise 7: `edge_filters` (2 points)
#
# Make two 3 x 3 filters for a grey picture. The first answers to vertical edges: positive where it
# gets lighter from left to right, and 0 on horizontal edges. The second answers to horizontal edges:
# positive where it gets lighter from top to bottom, and 0 on vertical edges. An edge may lie between
# any two columns, or rows, of the window.
#
# By hand: $[-1, 0, 1]$ over a step from 0 to 1 gives 1. The filter of section 1 had the other sign.


# %% exercise="edge_filters"
def edge_filters():
    """Make a filter for vertical edges and one for horizontal edges.

    Returns:
        w: filters, shape (2, 1, 3, 3), floating point.
    """
    ### BEGIN SOLUTION
    vertical = np.array([[-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0], [-1.0, 0.0, 1.0]])
    return np.stack([vertical, vertical.T])[:, None]  # (2, 1, 3, 3)
    ### END SOLUTION


# %% [markdown]
# Try it on a photograph of a cameraman, 256 x 256 pixels. The loops take some seconds.

# %% tags=["plot"] alt="A photograph of a man behind a camera on a tripod, and two maps of its edges. In the first the upright column of the tripod is a light and a dark line, in the second it is gone."
photo = data.photo("camera")[:, :, ::2, ::2]  # (1, 1, 256, 256)
edges, _ = conv_forward(photo, edge_filters(), np.zeros(2))
plot.maps(
    [photo[0, 0], edges[0, 0], edges[0, 1]],
    ["photograph", "vertical edges", "horizontal edges"],
    "Two filters made by hand",
)

# %% [markdown]
# Look at the tripod: its upright centre column shows in the middle picture and is gone in the right
# one. The slanted legs show in both. Mid-grey is 0. A light line means that the picture gets
# lighter there, from left to right or from top to bottom, and a dark line that it gets darker.

# %% check="edge_filters" points=2
# 2 points. Shown: flat, a step in each direction. Hidden: steps of any height, and shape.
w = edge_filters()
check.same(w.shape, (2, 1, 3, 3), "the shape of w")
flat = np.ones((3, 3))
upright = np.array([[0.0, 0.0, 1.0]] * 3)  # lighter from left to right
answer = np.sum(w[:, 0] * upright, axis=(1, 2))
check.same(np.sum(w[:, 0] * flat, axis=(1, 2)), [0.0, 0.0], "answers to a flat picture")
check.same(np.sign(answer), [1.0, 0.0], "signs at a vertical edge")
check.same(
    np.sign(np.sum(w[:, 0] * upright.T, axis=(1, 2))), [0.0, 1.0], "signs at a horizontal edge"
)
### BEGIN HIDDEN TESTS
from autograder.judging import judge

for height in judge.rng().uniform(0.1, 5, size=4):
    for where in (1, 2):
        step = height * (np.arange(3) >= where) * np.ones((3, 1))
        check.same(
            np.sign(np.sum(w[:, 0] * step, axis=(1, 2)).round(9)), [1.0, 0.0], "vertical edge"
        )
        check.same(
            np.sign(np.sum(w[:, 0] * step.T, axis=(1, 2)).round(9)), [0.0, 1.0], "horizontal edge"
        )
### END HIDDEN TESTS

# %% [markdown]
# **Take away.** A filter whose weights add up to zero does not see brightness, only change.

# %% [markdown]
# ### Exercise 8: `blur_and_sharpen` (1 point)
#
# Two more, and here the weights add up to one. To **blur**, replace each pixel by the mean of its
# 3 x 3 window, all nine alike. What the blur takes away is the detail: $x - \text{blur}(x)$. To
# **sharpen**, add this detail to the picture once more: $x + (x - \text{blur}(x))$. That is a filter
# of 3 x 3, too.
#
# By hand: over a window with a 9 in its middle and 0 around it, the blur gives 1 and the sharpening
# $9 + (9 - 1) = 17$. With the 9 in a corner they give 1 and $0 + (0 - 1) = -1$.


# %% exercise="blur_and_sharpen"
def blur_and_sharpen():
    """Make a filter that blurs a grey picture, and one that sharpens it.

    Returns:
        w: filters, shape (2, 1, 3, 3), floating point.
    """
    ### BEGIN SOLUTION
    blur = np.full((3, 3), 1 / 9)
    picture = np.zeros((3, 3))
    picture[1, 1] = 1.0  # the filter that leaves a picture as it is
    return np.stack([blur, 2 * picture - blur])[:, None]  # (2, 1, 3, 3)
    ### END SOLUTION


# %% [markdown]
# Try it on the head of the cameraman:

# %% tags=["plot"] alt="The head of a man behind a camera, three times: as it is; blurred, with soft outlines; sharpened, with hard outlines and fine strokes in the hair."
head = data.photo("camera")[:, :, 60:188, 180:308]  # (1, 1, 128, 128)
both, _ = conv_forward(head, blur_and_sharpen(), np.zeros(2))
plot.maps(
    [head[0, 0], both[0, 0], np.clip(both[0, 1], 0, 1)],
    ["as it is", "blurred", "sharpened"],
    "Two filters whose weights add up to 1",
)

# %% [markdown]
# Look at the hair. The blur takes fine strokes away, and sharpening doubles them. It also doubles the
# grain of the sky, though that is too faint to see here. A filter cannot know what is detail and what
# is noise.

# %% check="blur_and_sharpen" points=1
# 1 point. Shown: the shape, a 9 in the middle and in a corner. Hidden: random windows.
w = blur_and_sharpen()
check.same(w.shape, (2, 1, 3, 3), "the shape of w")
middle, corner = np.zeros((3, 3)), np.zeros((3, 3))
middle[1, 1] = corner[0, 0] = 9.0
check.same(np.sum(w[:, 0] * middle, axis=(1, 2)), [1.0, 17.0], "answers to a 9 in the middle")
check.same(np.sum(w[:, 0] * corner, axis=(1, 2)), [1.0, -1.0], "answers to a 9 in a corner")
### BEGIN HIDDEN TESTS
from autograder.judging import judge

for _ in range(3):
    window = judge.rng().normal(size=(3, 3))
    mean = window.mean()
    answers = np.sum(w[:, 0] * window, axis=(1, 2))
    check.same(answers, [mean, 2 * window[1, 1] - mean], "answers to a random window")
### END HIDDEN TESTS

# %% [markdown]
# **Going further**, without points: a laboratory, a filter in colour, and two learned filters.
#
# **A laboratory.** Nine sliders, and the map at once. Begin with vertical edges, and make the left
# column 0. What has become of the sum, and what of the sky? Then find a filter that embosses: a
# picture in relief, lit from one corner.

# %% tags=["demo"]
demo.laboratory()

# %% [markdown]
# **Filters in colour.** Over a colour picture a filter has three slices. This one weighs red with
# $+2$, green and blue with $-1$, over 5 x 5 pixels. What does it answer to grey? And where in a
# photograph is its answer largest?

# %% tags=["plot"] alt="An astronaut in an orange suit before a flag, and a map. The map is white on the suit, light on the red stripes of the flag and on the face, and mid-grey on grey, black and white. A blue badge is a dark spot in the suit."
red = np.ones((1, 3, 5, 5)) * np.array([2.0, -1.0, -1.0])[:, None, None] / 25
astronaut = data.photo("astronaut")[:, :, ::4, ::4]  # (1, 3, 128, 128)
spots, _ = conv_forward(astronaut, red, np.zeros(1))
plot.maps(
    [astronaut[0].transpose(1, 2, 0), spots[0, 0]],
    ["photograph", "spots of red"],
    "A filter made by hand, in colour",
)

# %% [markdown]
# Look at the suit and at the flag: orange and red are light. Grey has as much of each colour, and
# $2 - 1 - 1 = 0$: it stays mid-grey, as black and white do.
#
# **Learned filters.** These two were made by nobody. They are from the first layer of the net that
# opened lesson 01.
#
# **Predict before you run.** First look at the filters alone. One has one colour. The other has a
# light and a dark side. What will their maps show?
#
# <!-- guess 02/learned
# choice | the filter of one colour | follows the edges of that colour | * is large where that colour is | is large where the picture is light
# choice | the one with a light and a dark side | * follows edges | tells light from dark places | finds the cat's eyes
# -->

# %% tags=["plot"] alt="Two filters of 5 x 5 pixels in colour. The first is red almost everywhere; the second is light on the left and dark on the right."
photos4 = data.pretrained("photos4")
learned = photos4.params["w1"][[8, 9]]  # (2, 3, 5, 5)
plot.filters(learned, "Two learned filters", columns=2)

# %% [markdown]
# And now slide them over the cat:

# %% tags=["plot"] alt="A cat's face, and two maps of it. In the first the fur and above all the nose are light, the eyes and the background dark; in the second, outlines are light on one side and dark on the other."
cat = data.photo("chelsea")[:, :, ::3, ::3]  # (1, 3, 100, 151)
seen, _ = conv_forward(cat - photos4.mean, learned, photos4.params["b1"][[8, 9]], pad=2)
plot.maps(
    [cat[0].transpose(1, 2, 0), seen[0, 0], seen[0, 1]],
    ["photograph", "the red one", "the one with two sides"],
    "What two learned filters answer to",
)

# %% [markdown]
# Look at the maps. The first tells warm colours from others: the nose is lightest, the green eyes are
# dark. The second follows edges, mostly upright ones, as your first edge filter does, with the sign
# changed. They are not as clean as yours. Training wants right answers, not pretty filters.
#
# **Take away.** A filter answers to what it looks like: an edge, a colour, or something that
# training has found.

# %% [markdown]
# ## 8. In your own words
#
# A friend uses a library whose "convolution layer" flips its filters as mathematicians do. She
# trains the same net on the same pictures as you. Will hers be better, worse or just as good? What
# will her learned filters look like beside yours? Two or three sentences. (2 points, graded by
# hand)

# %% [markdown] answer="why_flip" points=2
# Just as good. Whatever filter my layer learns, hers can learn the same one rotated by 180 degrees,
# and then compute the same output. Her filters will look like mine flipped in both directions. The
# flip would matter only if a filter were made by hand or carried over from one library to the
# other.
#
# **Rubric**
#
# - **2 points:** just as good, because the weights are learned, and the filters look rotated by 180
#   degrees.
# - **1 point:** one of the two.
# - **0 points:** "worse, because the flip loses information".

# %% [markdown]
# ## Summary
#
# | letter | meaning |
# |---|---|
# | $N, C, H, W$ | pictures in the batch, channels, height, width |
# | $F$ | filters, and so channels of the output (in sections 1, 3 and the demo: the filter's size) |
# | $HH, WW$ | height and width of a filter |
# | $S, P$ | `stride` and `pad` |
# | `x`, `w`, `b` | input, filters, biases |
# | `out` | feature maps (activation maps), shape $(N, F, H_{\text{out}}, W_{\text{out}})$ |
#
# - A filter fits $(H - HH + 2P)/S + 1$ times along the height, or not at all.
# - The layer is a cross-correlation over all channels, plus a bias.
# - Shared weights make it equivariant to shifts and, over 32 x 32 places, a thousand times smaller.
#
# Lesson 03 asks how much each weight contributed to the result, and sends gradients back through
# the layer.

# %% [markdown]
# ## Read on
#
# - Kunihiko Fukushima, *Neocognitron: A self-organizing neural network model for a mechanism of
#   pattern recognition unaffected by shift in position*, 1980. Shared weights, for the sake of shifts.
# - Yann LeCun, Bernhard Boser, John S. Denker and others, *Backpropagation applied to handwritten zip
#   code recognition*, 1989. The layer of this lesson, trained.
# - Bruno A. Olshausen and David J. Field, *Emergence of simple-cell receptive field properties by
#   learning a sparse code for natural images*, 1996. Edges come out of photographs alone.
# - Vincent Dumoulin and Francesco Visin, *A guide to convolution arithmetic for deep learning*, 2016.
#   Every stride and padding as a picture.
# - Osman Semih Kayhan and Jan C. van Gemert, *On translation invariance in CNNs: Convolutional layers
#   can exploit absolute spatial location*, 2020. What nets do with the border that your experiment
#   shows.
#
# ## An open question
#
# How much should a net be told in advance? Shared weights tell it that a thing looks alike at every
# place. Nets without this rule, given enough pictures, learn much of it by themselves, and some have
# done as well. For a given task and number of pictures, which rules should be built in, and which
# left to learning? There is no theory of it.
