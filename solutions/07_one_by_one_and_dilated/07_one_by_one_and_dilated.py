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
# # 07 Shapes of receptive fields
#
# A filter may see one pixel, nine neighbours, or nine pixels far apart. It may see one channel, or
# all. A stack of layers sees more than any of its filters. In this lesson you make filters that see
# next to nothing, and filters with holes; you make a map larger again; and you find out what an
# output deep in a net can see of the picture, and at what price.
#
# **You will** write `conv_1x1`, put dilation into `conv_forward` and `conv_backward`, cut a layer
# into groups, run a convolution backward to make a map larger, compute receptive fields and measure
# them, and turn two layers into a single one.
#
# **You will learn** what a 1 x 1 filter is good for, how a layer can make do with a tenth of its
# multiplications, why three 3 x 3 layers may be better than one of 7 x 7, why there must be a ReLU
# between them, and what padding is for.
#
# **You need** your `conv_forward` of lesson 02, your `conv_backward` of lesson 03 and
# `affine_forward` of lesson 06.
#
# | section | exercise | points | minutes | difficulty |
# |---|---|---|---|---|
# | 1 | `conv_1x1` | 2 | 6 | easy |
# | 2 | `conv_forward`, `conv_backward` | 6 | 16 | medium |
# | 3 | `grouped_forward`, `grouped_backward` | 4 | 8 | medium |
# | 3 | `conv_cost` | 1 | 3 | easy |
# | 4 | `conv_transpose` | 3 | 8 | medium |
# | 5 | `receptive_field` | 2 | 7 | medium |
# | 7 | `collapse` | 2 | 12 | hard |
# | 9 | a written answer, graded by hand | 2 | 5 | medium |
#
# Plan about 90 minutes. What is marked as going further, at the ends of sections 2, 4, 5 and 7 and in
# section 8, takes five more. A check is folded to one line, which says what it is worth and what
# it tries; a click opens it. It shows part of the test; grading uses further random input, so a
# green check is a good sign and not yet the grade. In grading all sizes may differ, no function
# may change its arguments, and besides Python's own library only NumPy and Matplotlib can be
# imported.

# %% given="setup"
import matplotlib.pyplot as plt
import numpy as np

from convbook import check, data, demo, drawing, living, plot
from convbook.earlier import affine_forward

rng = np.random.default_rng(7)

# %% tags=["guess"]
# What you guessed wrong in lesson 05 comes back here, and otherwise nothing: press Shift+Enter.
from convbook import guess

guess.again("07")

# %% [markdown]
# ## 1. A filter of one pixel
#
# Make the window of a convolution layer as small as it can be: $HH = WW = 1$. What is left to do?
#
# On a line of single numbers, nothing but a multiplication. But a pixel of a volume has depth. A
# 1 x 1 filter has $C$ weights, and it takes a dot product with the $C$ numbers of one pixel:
#
# $$\text{out}_{n,f,i,j} = b_f + \sum_{c} x_{n,c,i,j} \; w_{f,c,0,0}$$
#
# That is a fully-connected layer with $C$ inputs and $F$ units. It is used at every pixel, with the
# same weights. It mixes channels and looks at no neighbour.
#
# **Predict before you run.** A volume of 28 x 28 x 192 meets sixteen 1 x 1 filters. What is the
# shape of the output, depth last? How many weights are there, without biases?
#
# <!-- guess 07/thin
# row | the output, depth last | 28, 28, 16
# number | weights | 3072
# -->
#
# <details><summary>Answer</summary>
#
# 28 x 28 x 16, and $192 \cdot 16 = 3072$ weights.
#
# </details>

# %% [markdown]
# Here is one pixel with three channels, and one filter with the bias 0.5:

# %%
pixel = np.array([1.0, 2.0, 3.0])
weights = np.array([1.0, 10.0, 100.0])
print(np.sum(pixel * weights) + 0.5)

# %% [markdown]
# ### Exercise 1: `conv_1x1` (2 points)
#
# Use no loop over pixels. Make every pixel a row of $C$ numbers, send all the rows through one
# fully-connected layer, and put the rows back in their places. You may call `affine_forward`.
#
# By hand: the pixel above gives $1 + 20 + 300 + 0.5 = 321.5$.
#
# <details><summary>Hint</summary>
#
# Rows of $C$ numbers need the channels as the last axis, so `transpose` comes before `reshape`. On
# the way back it comes after. A plain `reshape(-1, C)` of NCHW has the right shape and wrong rows.
#
# </details>


# %% exercise="conv_1x1"
def conv_1x1(x, w, b):
    """Apply one fully-connected layer to the channels of every pixel.

    Args:
        x: pictures, shape (N, C, H, W).
        w: filters, shape (F, C, 1, 1).
        b: one bias per filter, shape (F,).

    Returns:
        out: feature maps, shape (N, F, H, W).
    """
    ### BEGIN SOLUTION
    N, C, H, W = x.shape
    F = len(w)
    pixels = x.transpose(0, 2, 3, 1).reshape(N * H * W, C)
    out, _ = affine_forward(pixels, w.reshape(F, C).T, b)  # (N * H * W, F)
    return out.reshape(N, H, W, F).transpose(0, 3, 1, 2)  # (N, F, H, W)
    ### END SOLUTION


# %% [markdown]
# Try it on that pixel, and then on two pixels beside each other:

# %%
x = np.array([[1.0, 4.0], [2.0, 5.0], [3.0, 6.0]]).reshape(1, 3, 1, 2)
w = np.array([1.0, 10.0, 100.0]).reshape(1, 3, 1, 1)
print(conv_1x1(x[:, :, :, :1], w, np.array([0.5])))
print(conv_1x1(x, w, np.array([0.5])))

# %% check="conv_1x1" points=1
# 1 point. Shown: two pixels, two filters. Hidden: one random picture at a time.
x = np.array([[1.0, 4.0], [2.0, 5.0], [3.0, 6.0]]).reshape(1, 3, 1, 2)
w = np.array([[1.0, 10.0, 100.0], [0.0, 5.0, -1.0]]).reshape(2, 3, 1, 1)
out = conv_1x1(x, w, np.array([0.5, 7.0]))
expected = [[[[321.5, 654.5]], [[14.0, 26.0]]]]
check.same(out, expected, "two filters", hint="A pixel is x[n, :, i, j], and out[0, f] is one map.")
### BEGIN HIDDEN TESTS
from autograder.judging import judge

random = judge.rng()
for C, H, W, F in ((3, 4, 5, 2), (2, 5, 3, 4), (1, 2, 6, 3), (4, 3, 2, 1)):
    x, w = random.normal(size=(1, C, H, W)), random.normal(size=(F, C, 1, 1))
    judge.value("conv_1x1", conv_1x1, x, w, random.normal(size=F))
x, w = random.normal(size=(1, 4, 300, 300)), random.normal(size=(8, 4, 1, 1))
judge.no_loops("conv_1x1", conv_1x1, (x, w, np.zeros(8)))
### END HIDDEN TESTS

# %% check="conv_1x1" part="batch" points=1
# 1 point. Shown: two pictures of one pixel. Hidden: random batches.
x = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]).reshape(2, 3, 1, 1)
w = np.array([1.0, 10.0, 100.0]).reshape(1, 3, 1, 1)
out = conv_1x1(x, w, np.array([0.5]))
check.same(out.reshape(2), [321.5, 654.5], "two pictures")
### BEGIN HIDDEN TESTS
from autograder.judging import judge

random = judge.rng()
for N, C, H, W, F in ((2, 3, 4, 5, 6), (3, 2, 5, 4, 1), (4, 6, 1, 3, 2), (2, 5, 6, 3, 4)):
    x, w = random.normal(size=(N, C, H, W)), random.normal(size=(F, C, 1, 1))
    judge.value("conv_1x1", conv_1x1, x, w, random.normal(size=F))
x, w = random.normal(size=(4, 4, 150, 150)), random.normal(size=(8, 4, 1, 1))
judge.no_loops("conv_1x1", conv_1x1, (x, w, np.zeros(8)))
### END HIDDEN TESTS

# %% [markdown]
# What can one pixel tell? Its colour. Below are three filters made by hand for the channels red,
# green and blue: one for grey, one for red against green, one for yellow against blue.

# %% tags=["plot"] alt="A photograph of a red cup and three maps of it: grey; red against green, in which the saucer is lightest; yellow against blue, in which the coffee is lightest. All edges are sharp."
photo = data.photo("coffee")  # (1, 3, 400, 600)
w = np.array([[0.3, 0.6, 0.1], [1.0, -1.0, 0.0], [0.5, 0.5, -1.0]]).reshape(3, 3, 1, 1)
out = conv_1x1(photo, w, np.zeros(3))
plot.maps(
    [photo[0].transpose(1, 2, 0), out[0, 0], out[0, 1], out[0, 2]],
    ["photograph", "grey", "red against green", "yellow against blue"],
    "Three 1 x 1 filters mix the channels and move nothing",
)

# %% [markdown]
# Look at the saucer. It is dark in the grey picture and the lightest thing in the third, since it
# is red. White and grey have no colour: the rim of the cup and the spoon are mid-grey there, which
# is 0. In the fourth picture the coffee is lightest. All edges are as sharp as in the photograph,
# for no pixel has seen its neighbour.
#
# The main use is to make a volume thin before an expensive layer, as GoogLeNet does. The thin place
# is called a **bottleneck**.
#
# **Predict before you run.** 32 filters of 5 x 5 over 192 channels: how many weights? And if
# sixteen 1 x 1 filters come first, so that the 5 x 5 filters meet 16 channels?
#
# <!-- guess 07/bottleneck
# number | 5 x 5 at once | 153600
# number | with the thin layer | 15872
# -->
#
# <details><summary>Answer</summary>
#
# $5 \cdot 5 \cdot 192 \cdot 32 = 153600$. With the thin layer before it
# $3072 + 5 \cdot 5 \cdot 16 \cdot 32 = 3072 + 12800 = 15872$, about a tenth. The multiplications
# shrink by the same factor, as every weight is used once at each place.
#
# </details>
#
# **Take away.** A 1 x 1 convolution is a fully-connected layer at every pixel: it changes the depth
# and sees one pixel.

# %% [markdown]
# ## 2. A filter with holes
#
# Now the other way: let a filter see further without giving it more weights. Pull its weights
# apart. On a line, with $w = [w_0, w_1, w_2]$, the first output is
#
# - `w[0]*x[0] + w[1]*x[1] + w[2]*x[2]` with **dilation** $D = 1$,
# - `w[0]*x[0] + w[1]*x[2] + w[2]*x[4]` with $D = 2$.
#
# $D$ is the distance between neighbouring weights, in pixels. $D = 1$ leaves nothing out. Dilated
# convolution is also called **atrous**, from the French for "with holes". PyTorch counts like this,
# and so does this course. Some notes count the pixels left out; their dilation 0 is our 1, and
# their 1 is our 2.

# %% [markdown]
# **Predict before you run.** Choose numbers that can be read off: $x = [0, 1, 2, 3, 4]$ and
# $w = [1, 10, 100]$. What is the first output for $D = 1$, what for $D = 2$?
#
# <!-- guess 07/first
# number | `D = 1` | 210
# number | `D = 2` | 420
# -->

# %%
x = np.array([0.0, 1.0, 2.0, 3.0, 4.0])
w = np.array([1.0, 10.0, 100.0])
print(np.sum(x[0:3] * w))
print(np.sum(x[0:5:2] * w))

# %% [markdown]
# In a picture, with the filter below the line:

# %% tags=["plot"] alt="The line 0, 1, 2, 3, 4 twice. With D = 1 the filter 1, 10, 100 stands over 0, 1, 2 and gives 210. With D = 2 its weights stand over 0, 2, 4 and it gives 420."
drawing.holes(x, w, "One filter of three weights, dense and with holes")

# %% [markdown]
# Look at the cells with bold digits: they are the pixels that the three weights have met. Read the
# digits from the right: 210 has seen the pixels 0, 1 and 2, and 420 has seen the pixels 0, 2 and 4.
#
# **Find the mistake.** A copy of a lecture note has `w[0]*x[0] + w[2]*x[2] + w[2]*x[4]` for the
# second line. What does it give for these numbers, and how does the result give the mistake away?
#
# <details><summary>Answer</summary>
#
# $0 + 200 + 400 = 600$. There are only hundreds: $w_2$ is used twice and $w_1$, the weight of the
# tens, is missing. Each weight is used exactly once in an output, whatever the dilation.
#
# </details>
#
# In two dimensions rows and columns are pulled apart in the same way:
#
# $$\text{out}_{n,f,i,j} = b_f + \sum_{c,u,v}
# x^{\text{pad}}_{n,\,c,\,iS+uD,\,jS+vD} \; w_{f,c,u,v}$$
#
# The stride moves the filter, the dilation spreads it. From its first row to its last a filter of
# $HH$ rows now reaches over $D(HH - 1) + 1$ rows of the picture. Put that in the place of $HH$:
#
# $$H_{\text{out}} = \frac{H - D(HH - 1) - 1 + 2P}{S} + 1$$
#
# and the same with $W$ and $WW$.
#
# **Predict before you run.** A 3 x 3 filter has $D = 2$. Over how many pixels does it reach, how
# many of them does it skip, and how many weights does it have? Which padding keeps the size at
# $S = 1$?
#
# <!-- guess 07/holes
# number | pixels it reaches over | 25
# number | of these it skips | 16
# number | weights | 9
# number | the padding | 2
# -->
#
# <details><summary>Answer</summary>
#
# It reaches over 5 x 5 = 25 pixels, skips 16 of them, and has 9 weights as before. $P = 2$ keeps
# the size; for 3 x 3 filters it is always $P = D$.
#
# </details>

# %% [markdown]
# ### Exercise 2: `conv_forward` and `conv_backward` (6 points)
#
# As in lesson 03, a gradient that is measured instead of derived earns no points.
#
# Do not start again. Copy your `conv_forward` of lesson 02 and your `conv_backward` of lesson 03
# into the cell, loops and all, and give `dilation` its meaning. Two things change in the forward
# pass: the size of the output, and the window, which becomes a slice with a step. In the backward
# pass it is the window alone: where forward reads, backward adds.
#
# By hand: with $D = 2$ the line above has room for a single output, 420. If its gradient is 1, then
# $\text{dx} = [1, 0, 10, 0, 100]$, the filter with its holes, and $\text{dw} = [0, 2, 4]$, the
# pixels that it saw.
#
# What does not fit raises `ValueError` as before, and so does a filter that reaches over more rows
# or columns than the padded picture has.
#
# Five checks follow, three forward and two backward. In `conv_backward` you may return `None` for
# what you have not written yet.
#
# <details><summary>Hint</summary>
#
# `x_pad[n, :, top : bottom : dilation, ...]` is the window's rows. What is `bottom`? The last row
# is `top + dilation * (HH - 1)`, and a slice ends one past its last row. The result has $HH$ rows,
# so the product with `w[f]` stays as it was.
#
# </details>


# %% exercise="conv_forward" withholds="conv_weight_gradients"
def conv_forward(x, w, b, stride=1, pad=0, dilation=1):
    """Convolve a batch of pictures with a bank of filters, which may have holes.

    Args:
        x: pictures, shape (N, C, H, W).
        w: filters, shape (F, C, HH, WW).
        b: one bias per filter, shape (F,).
        stride: pixels between neighbouring windows.
        pad: rows and columns of zeros on every side.
        dilation: pixels between neighbouring weights of a filter; 1 leaves none out.

    Returns:
        out: feature maps, shape (N, F, H_out, W_out).
        cache: whatever conv_backward will need.

    Raises:
        ValueError: the windows do not end at the edge.
    """
    ### BEGIN SOLUTION
    N, _, H, W = x.shape
    F, _, HH, WW = w.shape
    HH_reach, WW_reach = dilation * (HH - 1) + 1, dilation * (WW - 1) + 1
    H_room, W_room = H - HH_reach + 2 * pad, W - WW_reach + 2 * pad
    if min(H_room, W_room) < 0 or H_room % stride or W_room % stride:
        raise ValueError(f"{HH_reach} x {WW_reach} does not fit {H} x {W}, {stride=}, {pad=}")
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    out = np.empty((N, F, H_room // stride + 1, W_room // stride + 1))
    for n, f, i, j in np.ndindex(out.shape):
        rows = slice(i * stride, i * stride + HH_reach, dilation)
        cols = slice(j * stride, j * stride + WW_reach, dilation)
        out[n, f, i, j] = np.sum(x_pad[n, :, rows, cols] * w[f]) + b[f]  # (C, HH, WW)
    return out, (x, w, b, stride, pad, dilation)
    ### END SOLUTION


def conv_backward(dout, cache):
    """Send the gradient of the output back to pictures, filters and biases.

    Args:
        dout: gradient with respect to out, shape (N, F, H_out, W_out).
        cache: from conv_forward.

    Returns:
        dx: gradient with respect to x, shape (N, C, H, W).
        dw: gradient with respect to w, shape (F, C, HH, WW).
        db: gradient with respect to b, shape (F,).
    """
    ### BEGIN SOLUTION
    x, w, b, stride, pad, dilation = cache
    H, W = x.shape[2:]
    HH, WW = w.shape[2:]
    HH_reach, WW_reach = dilation * (HH - 1) + 1, dilation * (WW - 1) + 1
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    dx_pad, dw, db = np.zeros(x_pad.shape), np.zeros(w.shape), np.zeros(b.shape)
    for n, f, i, j in np.ndindex(dout.shape):
        rows = slice(i * stride, i * stride + HH_reach, dilation)
        cols = slice(j * stride, j * stride + WW_reach, dilation)
        dx_pad[n, :, rows, cols] += dout[n, f, i, j] * w[f]
        dw[f] += dout[n, f, i, j] * x_pad[n, :, rows, cols]
        db[f] += dout[n, f, i, j]
    dx = dx_pad[:, :, pad : pad + H, pad : pad + W]
    return dx, dw, db
    ### END SOLUTION


# %% [markdown]
# Try it on the line, forward and backward:

# %%
x = np.array([0.0, 1.0, 2.0, 3.0, 4.0]).reshape(1, 1, 1, 5)
w = np.array([1.0, 10.0, 100.0]).reshape(1, 1, 1, 3)
print(conv_forward(x, w, np.zeros(1))[0])
out, cache = conv_forward(x, w, np.zeros(1), dilation=2)
dx, dw, db = conv_backward(np.ones((1, 1, 1, 1)), cache)
print(out, dx, dw, db, sep="\n")

# %% check="conv_forward" points=1
# 1 point. Shown: the line, then a picture of the numbers 0 to 24. Hidden: random input, stride 1.
line = np.array([0.0, 1.0, 2.0, 3.0, 4.0]).reshape(1, 1, 1, 5)
digits = np.array([1.0, 10.0, 100.0]).reshape(1, 1, 1, 3)
out, _ = conv_forward(line, digits, np.zeros(1))
check.same(out, [[[[210.0, 321.0, 432.0]]]], "dilation 1")
longer = np.arange(7.0).reshape(1, 1, 1, 7)
out, _ = conv_forward(longer, digits, np.zeros(1), dilation=3)
check.same(out, [[[[630.0]]]], "dilation 3", hint="Pixels 0, 3 and 6: read the digits.")
out, _ = conv_forward(line, digits, np.zeros(1), dilation=2)
check.same(out, [[[[420.0]]]], "dilation 2", hint="Read the digits: which pixels has it seen?")
x = np.arange(25.0).reshape(1, 1, 5, 5)
out, _ = conv_forward(x, np.ones((1, 1, 2, 3)), np.ones(1), dilation=2)
check.same(
    out,
    [[[[43.0], [73.0], [103.0]]]],
    "a picture, 2 x 3 filter, dilation 2",
    hint="The first is 0 + 2 + 4 + 10 + 12 + 14 + 1. A 2 x 3 filter reaches over 3 x 5 pixels.",
)
### BEGIN HIDDEN TESTS
from autograder.judging import inputs, judge

for x, w, b, how in inputs.dilated(judge.rng()):
    if how["stride"] == 1 and how["pad"] == 0:
        judge.forward("conv_forward", conv_forward, x, w, b, **how)
### END HIDDEN TESTS

# %% check="conv_forward" part="stride_pad" points=1
# 1 point. Shown: dilation 2 under stride 2. Hidden: all three at once, and dilation 1 as before.
out, _ = conv_forward(np.ones((1, 1, 3, 5)), np.ones((1, 1, 3, 3)), np.zeros(1), 2, 2, 2)
check.same(
    out,
    [[[[4.0, 6.0, 4.0], [4.0, 6.0, 4.0]]]],
    "ones, stride 2, padding 2, dilation 2",
    hint="(3 - 5 + 4)/2 + 1 = 2 rows. Padding counts pixels, as before, and knows no dilation.",
)
line = np.arange(7.0).reshape(1, 1, 1, 7)
digits = np.array([1.0, 10.0, 100.0]).reshape(1, 1, 1, 3)
out, _ = conv_forward(line, digits, np.zeros(1), stride=2, dilation=2)
check.same(out, [[[[420.0, 642.0]]]], "stride 2, dilation 2")
### BEGIN HIDDEN TESTS
from autograder.judging import inputs, judge

for x, w, b, how in (*inputs.dilated(judge.rng()), *inputs.conv(judge.rng())):
    judge.forward("conv_forward", conv_forward, x, w, b, **how)
### END HIDDEN TESTS

# %% check="conv_forward" part="fit" points=1
# 1 point. What does not fit is refused. Hidden: sizes that do not fit, in both directions.
x, w, b = np.ones((1, 1, 6, 8)), np.ones((1, 1, 3, 3)), np.zeros(1)
check.raises(
    ValueError,
    lambda: conv_forward(x, w, b, stride=2, dilation=2),
    "6 rows, a window that reaches over 5, stride 2",
    hint="(6 - 5)/2 + 1 = 1.5 rows.",
)
check.raises(
    ValueError,
    lambda: conv_forward(x, w, b, dilation=3),
    "6 rows, a window that reaches over 7",
    hint="A filter of 3 with dilation 3 is taller than the picture.",
)
### BEGIN HIDDEN TESTS
from autograder.judging import judge

for H, W, HH, WW, stride, pad, dilation in (
    (9, 8, 3, 3, 2, 1, 2),
    (8, 9, 3, 3, 2, 1, 2),
    (4, 7, 3, 2, 1, 0, 2),
    (7, 4, 2, 3, 1, 1, 3),
    (7, 9, 3, 3, 3, 0, 3),
):
    x, w = np.ones((1, 2, H, W)), np.ones((3, 2, HH, WW))
    judge.refuses(
        ValueError, "conv_forward", conv_forward, x, w, np.zeros(3), stride, pad, dilation
    )
out, _ = conv_forward(np.ones((1, 1, 7, 9)), np.ones((1, 1, 3, 3)), np.zeros(1), 2, 0, 2)
check.same(out.shape, (1, 1, 2, 3), "7 x 9, reach 5, stride 2")
### END HIDDEN TESTS

# %% check="conv_backward" part="dw" points=1
# 1 point. Shown: the line, then stride and padding. Hidden: all three at once; db as well.
line = np.arange(7.0).reshape(1, 1, 1, 7)
digits = np.array([1.0, 10.0, 100.0]).reshape(1, 1, 1, 3)
_, cache = conv_forward(line, digits, np.zeros(1), dilation=3)
_, dw, db = conv_backward(np.ones((1, 1, 1, 1)), cache)
check.same(dw, [[[[0.0, 3.0, 6.0]]]], "dw", hint="The pixels that the three weights met.")
check.same(db, [1.0], "db")
_, cache = conv_forward(np.ones((1, 1, 3, 5)), np.ones((1, 1, 3, 3)), np.zeros(1), 2, 2, 2)
_, dw, _ = conv_backward(np.ones((1, 1, 2, 3)), cache)
expected = [[[[2.0, 3.0, 2.0], [4.0, 6.0, 4.0], [2.0, 3.0, 2.0]]]]
check.same(dw, expected, "dw at stride 2, padding 2, dilation 2")
### BEGIN HIDDEN TESTS
from autograder.judging import inputs, judge

for x, w, b, how in (*inputs.dilated(judge.rng()), *inputs.conv(judge.rng())):
    out, own = judge.reference("conv_forward")(x, w, b, **how)
    dout = judge.rng().normal(size=out.shape)
    _, dw_expected, db_expected = judge.reference("conv_backward")(dout, own)
    _, dw, db = conv_backward(dout, conv_forward(x, w, b, **how)[1])
    check.same(dw, dw_expected, f"dw for x {x.shape}, w {w.shape}, {how}")
    check.same(db, db_expected, f"db for x {x.shape}, w {w.shape}, {how}")
pair = ("conv_forward", "conv_backward"), (conv_forward, conv_backward)
with judge.derived("conv_backward"):
    for case in inputs.no_slope_conv(judge.rng()):
        judge.backward(*pair, *case, results=("dx", "dw", "db"), only="dw")
### END HIDDEN TESTS

# %% check="conv_backward" part="dx" points=2
# 2 points. Shown: the filter with its holes, two that overlap, stride and padding. Hidden: random.
digits = np.array([1.0, 10.0, 100.0]).reshape(1, 1, 1, 3)
_, cache = conv_forward(np.ones((1, 1, 1, 7)), digits, np.zeros(1), dilation=3)
dx, _, _ = conv_backward(np.ones((1, 1, 1, 1)), cache)
expected = [[[[1.0, 0.0, 0.0, 10.0, 0.0, 0.0, 100.0]]]]
check.same(dx, expected, "dx", hint="Pixels in the holes get nothing.")
_, cache = conv_forward(np.ones((1, 1, 1, 7)), digits, np.zeros(1), dilation=2)
dx, _, _ = conv_backward(np.array([[[[1.0, 0.0, 2.0]]]]), cache)
expected = [[[[1.0, 0.0, 12.0, 0.0, 120.0, 0.0, 200.0]]]]
check.same(dx, expected, "dx of two outputs", hint="Where windows share a pixel, add.")
_, cache = conv_forward(np.ones((1, 1, 3, 5)), np.ones((1, 1, 3, 3)), np.zeros(1), 2, 2, 2)
dx, _, _ = conv_backward(np.ones((1, 1, 2, 3)), cache)
check.same(
    dx,
    [[[[4.0, 0.0, 6.0, 0.0, 4.0], [0.0] * 5, [4.0, 0.0, 6.0, 0.0, 4.0]]]],
    "dx at stride 2, padding 2, dilation 2",
    hint="The windows start at rows 0, 2 and columns 0, 2, 4 of the padded x, and skip one in two.",
)
### BEGIN HIDDEN TESTS
from autograder.judging import inputs, judge

pair = ("conv_forward", "conv_backward"), (conv_forward, conv_backward)
three = ("dx", "dw", "db")
for x, w, b, how in (*inputs.dilated(judge.rng()), *inputs.conv(judge.rng())):
    judge.backward(*pair, x, w, b, results=three, only="dx", **how)
with judge.derived("conv_backward"):
    for case in inputs.no_slope_conv(judge.rng()):
        judge.backward(*pair, *case, results=three, only="dx")
### END HIDDEN TESTS

# %% [markdown]
# Your functions now do what `torch.nn.functional.conv2d` does with its arguments `stride`,
# `padding` and `dilation`. One thing differs: where the windows do not end at the edge, PyTorch
# leaves the rest out and yours raises `ValueError`.
#
# **Going further**, without points. With a dilation of 1 your layer does what that of lesson 03 did,
# so the living net runs on it, too. Its loops take their time.

# %% tags=["demo"]
living.net(conv_forward, conv_backward).show(data.photo("coffee"))

# %% [markdown]
# **Take away.** Stride moves the window, dilation spreads it: a filter of $HH$ rows reaches over
# $D(HH - 1) + 1$ rows of the picture.

# %% [markdown]
# ## 3. A filter for each channel
#
# A 1 x 1 filter sees all channels and one pixel. The filters of section 2 see all channels, too: they
# have a slice for each channel, and add up what the slices find. Must they?
#
# Cut the $C$ channels into `groups` parts of the same size, one after the other, and the $F$ filters
# as well. The filters of a part see the channels of that part, and no others. So a filter has only
# the depth $C / \text{groups}$, and `w` has shape $(F,\, C / \text{groups},\, HH,\, WW)$. AlexNet
# has layers with `groups=2`: in 2012 it was cut in two to fit on two graphics cards.
#
# **Predict before you run.** `x` has 4 channels, and `w` has shape (6, 2, 3, 3). How many groups
# are there? Which channels does filter 4 see, counted from 0?
#
# <!-- guess 07/groups
# number | groups | 2
# row | channels that filter 4 sees | 2, 3
# -->
#
# <details><summary>Answer</summary>
#
# A depth of 2 out of 4 makes 2 groups, with three filters each. Filters 3, 4 and 5 see channels 2
# and 3.
#
# </details>
#
# With `groups=1` everything is as before. With as many groups as channels each filter sees a single
# one. That is a **depthwise** convolution. Here is who sees whom, for 8 channels and 8 filters:

# %% tags=["plot"] alt="Four squares of 8 filters by 8 channels. With 1 group all is white. With 2 groups two white blocks of 4 x 4 lie on the diagonal, with 4 groups four of 2 x 2, with 8 groups the diagonal alone."
figure, axes = plt.subplots(1, 4, figsize=(10, 3.2), sharey=True)
for axis, groups in zip(axes, (1, 2, 4, 8), strict=True):
    sees = np.kron(np.eye(groups), np.ones((8 // groups, 8 // groups)))  # (F, C)
    axis.imshow(sees, cmap="gray", vmin=0, vmax=1)
    axis.set(title=f"groups = {groups}: {sees.sum():.0f} pairs", xlabel="channel")
axes[0].set_ylabel("filter")
figure.suptitle("White: the filter sees the channel")
plt.tight_layout()
plt.show()

# %% [markdown]
# Look at the white squares: each of them is a layer by itself. With 2 groups half of the pairs are
# left, with 8 groups an eighth, and so it is with the weights. What is lost is the mixing: nothing
# in one group knows of another.
#
# One pixel is enough to see it by hand. Its four channels are 1, 2, 3, 4, and the filters are
# 1 x 1:

# %%
pixel = np.array([1, 2, 3, 4])
print("1 group, one filter:  ", pixel @ [1, 10, 100, 1000])
print("2 groups, two filters:", pixel[:2] @ [1, 10], pixel[2:] @ [1, 10])
print("4 groups, four filters:", pixel * [1, 10, 100, 1000])

# %% [markdown]
# ### Exercise 3: `grouped_forward` and `grouped_backward` (4 points)
#
# As in lesson 03, a gradient that is measured instead of derived earns no points.
#
# Call your `conv_forward` of section 2 once for each group, with the group's channels, filters and
# biases, and put the outputs side by side. Stride, padding and dilation are handed on. Backward,
# every group gets its own part of `dout`, and your `conv_backward` does the rest.
#
# By hand: two groups give $[1 + 20,\; 3 + 40] = [21, 43]$ for the pixel. If `dout` is $[1, 2]$, then
# `dx` is $[1, 10, 2, 20]$, `dw` is $[1, 2]$ and $[6, 8]$, and `db` is $[1, 2]$.
#
# <details><summary>Hint</summary>
#
# `np.split(x, groups, axis=1)` cuts the channels into parts, `np.split(w, groups)` the filters.
# `np.concatenate` puts parts together. The cache may be a list: one cache for each group.
#
# </details>


# %% exercise="grouped_forward"
def grouped_forward(x, w, b, groups, stride=1, pad=0, dilation=1):
    """Convolve each part of the channels with its own part of the filters.

    Args:
        x: pictures, shape (N, C, H, W).
        w: filters, shape (F, C / groups, HH, WW).
        b: one bias per filter, shape (F,).
        groups: parts into which channels and filters are cut, in their order; C and F are
            multiples of it.
        stride, pad, dilation: as in conv_forward.

    Returns:
        out: feature maps, shape (N, F, H_out, W_out).
        cache: whatever grouped_backward will need.
    """
    ### BEGIN SOLUTION
    parts = np.split(x, groups, axis=1), np.split(w, groups), np.split(b, groups)
    pairs = [conv_forward(*part, stride, pad, dilation) for part in zip(*parts, strict=True)]
    outs, caches = zip(*pairs, strict=True)
    return np.concatenate(outs, axis=1), caches
    ### END SOLUTION


def grouped_backward(dout, cache):
    """Send the gradient back, each group by itself.

    Args:
        dout: gradient with respect to out, shape (N, F, H_out, W_out).
        cache: from grouped_forward.

    Returns:
        dx: gradient with respect to x, shape (N, C, H, W).
        dw: gradient with respect to w, shape (F, C / groups, HH, WW).
        db: gradient with respect to b, shape (F,).
    """
    ### BEGIN SOLUTION
    douts = np.split(dout, len(cache), axis=1)
    gradients = [conv_backward(*part) for part in zip(douts, cache, strict=True)]
    dx, dw, db = zip(*gradients, strict=True)
    return np.concatenate(dx, axis=1), np.concatenate(dw), np.concatenate(db)
    ### END SOLUTION


# %% [markdown]
# Try it on the pixel, with two groups:

# %%
x = np.array([1.0, 2.0, 3.0, 4.0]).reshape(1, 4, 1, 1)
w = np.array([[1.0, 10.0], [1.0, 10.0]]).reshape(2, 2, 1, 1)
out, cache = grouped_forward(x, w, np.zeros(2), groups=2)
dx, dw, db = grouped_backward(np.array([1.0, 2.0]).reshape(1, 2, 1, 1), cache)
print(out.ravel(), dx.ravel(), dw.reshape(2, 2), db, sep="\n")

# %% check="grouped_forward" points=1
# 1 point. Shown: the pixel, in 1, 2 and 4 groups. Hidden: random input, also depthwise.
x = np.array([1.0, 2.0, 3.0, 4.0]).reshape(1, 4, 1, 1)
for groups, w, expected in (
    (1, [[1.0, 10.0, 100.0, 1000.0]], [4321.0]),
    (2, [[1.0, 10.0], [1.0, 10.0]], [21.0, 43.0]),
    (2, [[1.0, 10.0], [0.0, 1.0], [1.0, 10.0], [0.0, 1.0]], [21.0, 2.0, 43.0, 4.0]),
    (4, [[1.0], [10.0], [100.0], [1000.0]], [1.0, 20.0, 300.0, 4000.0]),
):
    w = np.array(w).reshape(len(w), -1, 1, 1)
    out, _ = grouped_forward(x, w, np.zeros(len(w)), groups)
    check.same(
        np.reshape(out, -1),
        expected,
        f"{len(w)} filters in {groups} groups",
        hint="The first part of the filters sees the first part of the channels, and so on.",
    )
out, _ = grouped_forward(x, np.ones((2, 2, 1, 1)), np.array([0.5, 7.0]), 2)
check.same(np.reshape(out, -1), [3.5, 14.0], "biases", hint="Each filter keeps its own bias.")
### BEGIN HIDDEN TESTS
from autograder.judging import inputs, judge

for x, w, b, groups, how in inputs.grouped(judge.rng()):
    if how == {"stride": 1, "pad": 0, "dilation": 1}:
        judge.forward("grouped_forward", grouped_forward, x, w, b, groups, **how)
### END HIDDEN TESTS

# %% check="grouped_forward" part="handed_on" points=1
# 1 point. Shown: a depthwise layer of ones with stride 2 and padding 2. Hidden: all at once.
x, w = np.ones((1, 2, 3, 5)), np.ones((2, 1, 3, 3))
out, _ = grouped_forward(x, w, np.zeros(2), 2, stride=2, pad=2, dilation=2)
check.same(
    out,
    [[[[4.0, 6.0, 4.0], [4.0, 6.0, 4.0]]] * 2],
    "ones, stride 2, padding 2, dilation 2",
    hint="The same as in section 2, in each of the two channels.",
)
### BEGIN HIDDEN TESTS
from autograder.judging import inputs, judge

for x, w, b, groups, how in inputs.grouped(judge.rng()):
    judge.forward("grouped_forward", grouped_forward, x, w, b, groups, **how)
### END HIDDEN TESTS

# %% check="grouped_backward" part="dw" points=1
# 1 point. Shown: the pixel by hand, dw and db. Hidden: random input, stride, padding, dilation.
x = np.array([1.0, 2.0, 3.0, 4.0]).reshape(1, 4, 1, 1)
w = np.array([[1.0, 10.0], [1.0, 10.0]]).reshape(2, 2, 1, 1)
_, cache = grouped_forward(x, w, np.zeros(2), 2)
_, dw, db = grouped_backward(np.array([1.0, 2.0]).reshape(1, 2, 1, 1), cache)
expected = np.array([[1.0, 2.0], [6.0, 8.0]]).reshape(2, 2, 1, 1)
check.same(dw, expected, "dw", hint="Filter 1 has met channels 2 and 3: 2 * [3, 4].")
check.same(db, [1.0, 2.0], "db")
### BEGIN HIDDEN TESTS
from autograder.judging import inputs, judge

pair = ("grouped_forward", "grouped_backward"), (grouped_forward, grouped_backward)
three = ("dx", "dw", "db")
for only in ("dw", "db"):
    for x, w, b, groups, how in inputs.grouped(judge.rng()):
        judge.backward(*pair, x, w, b, groups, results=three, only=only, **how)
    with judge.derived("grouped_backward"):
        for case in inputs.no_slope_grouped(judge.rng()):
            judge.backward(*pair, *case, results=three, only=only)
### END HIDDEN TESTS

# %% check="grouped_backward" part="dx" points=1
# 1 point. Shown: the pixel by hand, then two filters a group. Hidden: random input, as for dw.
x = np.array([1.0, 2.0, 3.0, 4.0]).reshape(1, 4, 1, 1)
w = np.array([[1.0, 10.0], [1.0, 10.0]]).reshape(2, 2, 1, 1)
_, cache = grouped_forward(x, w, np.zeros(2), 2)
dx, _, _ = grouped_backward(np.array([1.0, 2.0]).reshape(1, 2, 1, 1), cache)
check.same(np.reshape(dx, -1), [1.0, 10.0, 2.0, 20.0], "dx", hint="Each group has its own dout.")
w = np.array([1.0, 10.0, 100.0, 1000.0]).reshape(4, 1, 1, 1)
_, cache = grouped_forward(x[:, :2], w, np.zeros(4), 2)
dx, _, _ = grouped_backward(np.ones((1, 4, 1, 1)), cache)
check.same(
    np.reshape(dx, -1),
    [11.0, 1100.0],
    "dx, two filters for each channel",
    hint="Filters 0 and 1 have seen channel 0, filters 2 and 3 channel 1.",
)
### BEGIN HIDDEN TESTS
from autograder.judging import inputs, judge

pair = ("grouped_forward", "grouped_backward"), (grouped_forward, grouped_backward)
three = ("dx", "dw", "db")
for x, w, b, groups, how in inputs.grouped(judge.rng()):
    judge.backward(*pair, x, w, b, groups, results=three, only="dx", **how)
with judge.derived("grouped_backward"):
    for case in inputs.no_slope_grouped(judge.rng()):
        judge.backward(*pair, *case, results=three, only="dx")
### END HIDDEN TESTS

# %% [markdown]
# A depthwise layer looks around in each channel and mixes none. A 1 x 1 layer mixes channels and
# looks nowhere. One after the other they do both: depthwise, then **pointwise**, as the 1 x 1 layer
# is called here. The two are a **depthwise separable convolution**. What do they save?
#
# Every filter has $(C / \text{groups}) \cdot HH \cdot WW$ weights, and uses each of them once at
# every place of the output. So the number of weights gives the number of multiplications, too:
#
# $$\text{weights} = F \cdot \frac{C}{\text{groups}} \cdot HH \cdot WW \qquad
# \text{products} = \text{weights} \cdot H_{\text{out}} \cdot W_{\text{out}}$$
#
# **Predict before you run.** A layer takes 192 channels of 28 x 28 to 192 channels of 28 x 28. How
# many weights does it have with 3 x 3 filters? How many with depthwise 3 x 3 filters and a 1 x 1
# layer after them?
#
# <!-- guess 07/separable
# number | with 3 x 3 filters | 331776
# number | depthwise, then 1 x 1 | 38592
# -->
#
# <details><summary>Answer</summary>
#
# $9 \cdot 192 \cdot 192 = 331776$ against $9 \cdot 192 + 192 \cdot 192 = 1728 + 36864 = 38592$: 11.6
# per cent. In general the share is $\frac{1}{F} + \frac{1}{HH \cdot WW}$, here
# $\frac{1}{192} + \frac{1}{9}$. Nearly all that is left is the mixing.
#
# </details>
#
# ### Exercise 4: `conv_cost` (1 point)
#
# Count it for any layer, for one picture, without biases. By hand: the 3 x 3 layer has 331,776
# weights and, at $28 \cdot 28 = 784$ places, 260,112,384 products.


# %% exercise="conv_cost"
def conv_cost(F, C, HH, WW, H_out, W_out, groups=1):
    """Count the weights of a convolution layer and its multiplications for one picture, no biases.

    Args:
        F: filters.
        C: channels of the input.
        HH, WW: height and width of a filter.
        H_out, W_out: height and width of the output.
        groups: parts into which channels and filters are cut.

    Returns:
        weights: a whole number.
        products: a whole number.
    """
    ### BEGIN SOLUTION
    weights = F * (C // groups) * HH * WW
    return weights, weights * H_out * W_out
    ### END SOLUTION


# %% [markdown]
# Try it on the layer, and on the two that take its place:

# %%
whole = conv_cost(192, 192, 3, 3, 28, 28)
depthwise = conv_cost(192, 192, 3, 3, 28, 28, groups=192)
pointwise = conv_cost(192, 192, 1, 1, 28, 28)
print(whole, depthwise, pointwise, (depthwise[1] + pointwise[1]) / whole[1])

# %% check="conv_cost" points=1
# 1 point. Shown: by hand, and AlexNet's second layer in two groups. Hidden: other layers.
check.same(conv_cost(192, 192, 3, 3, 28, 28), (331776, 260112384), "3 x 3")
check.same(
    conv_cost(192, 192, 3, 3, 28, 28, groups=192),
    (1728, 1354752),
    "3 x 3, depthwise",
    hint="192 filters of depth 1.",
)
check.same(
    conv_cost(256, 96, 5, 5, 27, 27, groups=2),
    (307200, 223948800),
    "AlexNet's second layer",
    hint="256 filters of 5 x 5 over 48 channels, at 27 * 27 places.",
)
### BEGIN HIDDEN TESTS
from autograder.judging import judge

random = judge.rng()
for groups in (1, 2, 3, 5):
    F, C = (int(n) * groups for n in random.permutation(np.arange(2, 9))[:2])
    HH, WW, H_out, W_out = (int(n) for n in random.permutation(np.arange(2, 60))[:4])
    judge.value("conv_cost", conv_cost, F, C, HH, WW, H_out, W_out, groups)
### END HIDDEN TESTS

# %% [markdown]
# **Take away.** In a grouped layer a filter sees its own part of the channels. Depthwise looks
# around, pointwise mixes; together they need about $1/(HH \cdot WW)$ of the weights and products.

# %% [markdown]
# ## 4. Make a map larger
#
# Lesson 06 made a map of scores, 6 x 6 for a picture of 384 x 384. To say of every pixel what it
# shows, the map must grow again: **upsampling**. Which layer makes a map larger, with weights that
# can be learned?
#
# You have written it. A convolution of stride 2 makes a map smaller, and so its backward pass makes
# one larger: `dx` has the size of `x`. Each number of `dout` lays the whole filter down, multiplied
# by that number, $S$ pixels further on than its neighbour, and what overlaps adds up. Take that as
# a forward pass, and it is called **transposed convolution**: in lesson 06 a convolution was one
# large matrix, and `dx` is the product with its transpose. Some call it deconvolution, but it
# undoes nothing.
#
# On a line, with the map $[4, 8, 2]$, the filter $[0.5, 1, 0.5]$ and $S = 2$:

# %% tags=["plot"] alt="Three copies of the filter, one below the other: 2, 4, 2 from column 0; 4, 8, 4 from column 2; 1, 2, 1 from column 4. Below them their sum: 2, 4, 6, 8, 5, 2, 1."
drawing.stamps([4.0, 8.0, 2.0], [0.5, 1.0, 0.5], 2, "Each number lays the filter down")

# %% [markdown]
# Look at the columns: where two copies overlap, they add. The sum has 7 numbers. $P$ rows and
# columns are cut off on each side, as `dx` loses the frame of `x_pad`. With $P = 1$ that leaves
# $[4, 6, 8, 5, 2]$: the map itself, and between two of its numbers their mean. This filter
# interpolates.
#
# The size is the formula of lesson 01, solved for the input:
#
# $$H_{\text{out}} = (H - 1) \cdot S + HH - 2P$$
#
# **Predict before you run.** A map of 6 x 6 meets filters of 4 x 4 with $S = 2$ and $P = 1$. How
# large is the output?
#
# <!-- guess 07/larger
# number | height and width | 12
# -->
#
# <details><summary>Answer</summary>
#
# $5 \cdot 2 + 4 - 2 = 12$: twice as large, exactly.
#
# </details>
#
# ### Exercise 5: `conv_transpose` (3 points)
#
# The filters are those of the convolution that is run backward. It would lead from $F$ channels to
# $C$, so `w` has shape $(C, F, HH, WW)$: $C$ filters of depth $F$. PyTorch has it like this, too.
# Call your `conv_backward`, or lay the filters down yourself. No biases, and no dilation.
#
# By hand: the line above, 7 numbers at $P = 0$ and 5 at $P = 1$.
#
# <details><summary>Hint</summary>
#
# `conv_backward` wants a cache. `conv_forward` makes one, from a picture of the size of `dx` and with
# any numbers in it, zeros for example: `dx` does not depend on them. What is its shape?
#
# </details>


# %% exercise="conv_transpose"
def conv_transpose(x, w, stride=1, pad=0):
    """Lay filters down at every place of a map: the dx of a convolution, as a layer.

    Args:
        x: maps, shape (N, C, H, W).
        w: filters, shape (C, F, HH, WW).
        stride: pixels of the output between the places of neighbouring filters.
        pad: rows and columns to cut off on every side.

    Returns:
        out: maps, shape (N, F, (H - 1) * stride + HH - 2 * pad, (W - 1) * stride + WW - 2 * pad).
    """
    ### BEGIN SOLUTION
    N, C, H, W = x.shape
    _, F, HH, WW = w.shape
    H_out, W_out = (H - 1) * stride + HH - 2 * pad, (W - 1) * stride + WW - 2 * pad
    _, cache = conv_forward(np.zeros((N, F, H_out, W_out)), w, np.zeros(C), stride, pad)
    out, _, _ = conv_backward(x, cache)
    return out
    ### END SOLUTION


# %% [markdown]
# Try it on the line, and with a filter of two ones, which repeats every number:

# %%
x = np.array([4.0, 8.0, 2.0]).reshape(1, 1, 3, 1)  # a column
w = np.array([0.5, 1.0, 0.5]).reshape(1, 1, 3, 1)
print(conv_transpose(x, w, stride=2).ravel())
print(conv_transpose(x, np.ones((1, 1, 2, 1)), stride=2).ravel())

# %% check="conv_transpose" points=2
# 2 points. Shown: the line, then two channels. Hidden: random maps, strides 1 to 3, no padding.
x, w = np.array([4.0, 8.0, 2.0]).reshape(1, 1, 3, 1), np.array([0.5, 1.0, 0.5]).reshape(1, 1, 3, 1)
out = conv_transpose(x, w, stride=2)
check.same(
    np.reshape(out, -1),
    [2.0, 4.0, 6.0, 8.0, 5.0, 2.0, 1.0],
    "the line",
    hint="4 * [0.5, 1, 0.5] at row 0, 8 times the filter at row 2, 2 times at row 4, added up.",
)
x = np.array([1.0, 2.0]).reshape(1, 2, 1, 1)
w = np.arange(12.0).reshape(2, 3, 1, 2)  # from two channels to three
out = conv_transpose(x, w)
expected = np.array([[12.0, 15.0], [18.0, 21.0], [24.0, 27.0]]).reshape(1, 3, 1, 2)
check.same(out, expected, "two channels", hint="Channel 0: 1 * w[0, 0] + 2 * w[1, 0].")
### BEGIN HIDDEN TESTS
from autograder.judging import inputs, judge

for x, w, stride, pad in inputs.transposed(judge.rng()):
    if pad == 0:
        how = {} if stride == 1 else {"stride": stride}  # 1 stands in the signature
        judge.value("conv_transpose", conv_transpose, x, w, **how)
### END HIDDEN TESTS

# %% check="conv_transpose" part="pad" points=1
# 1 point. Shown: the line without its ends. Hidden: random maps, strides and paddings.
x = np.array([[4.0, 4.0], [8.0, 8.0], [2.0, 2.0]]).reshape(1, 1, 3, 2)
w = np.array([[0.5, 0.5, 0.5], [1.0, 1.0, 1.0], [0.5, 0.5, 0.5]]).reshape(1, 1, 3, 3)
out = conv_transpose(x, w, stride=2, pad=1)
expected = np.outer([4.0, 6.0, 8.0, 5.0, 2.0], [1.0, 2.0, 1.0]).reshape(1, 1, 5, 3)
check.same(out, expected, "two columns, padding 1", hint="Cut off one row and column on each side.")
### BEGIN HIDDEN TESTS
from autograder.judging import inputs, judge

for x, w, stride, pad in inputs.transposed(judge.rng()):
    judge.value("conv_transpose", conv_transpose, x, w, stride, pad)
### END HIDDEN TESTS

# %% [markdown]
# **Predict before you run.** What is the backward pass of `conv_transpose`: which layer leads from
# the gradient of the large map to that of the small one?
#
# <!-- guess 07/back
# choice | it is | `conv_transpose` with flipped filters | * `conv_forward` with the same filters | `conv_forward` with flipped filters
# -->
#
# <details><summary>Answer</summary>
#
# The convolution itself, `conv_forward(dout, w, np.zeros(C), stride, pad)`. Transpose a matrix
# twice, and you have it back.
#
# </details>
#
# **Going further**, without points: let a map grow. Below is a photograph, made very small and then
# enlarged again, twice by the factor of two, with three filters that are made by hand.

# %% tags=["plot"] alt="A cup of coffee on 25 x 38 pixels, and enlarged four times with three filters. Ones of 2 x 2 make blocks; the hill of 3 x 3 makes it smooth; ones of 3 x 3 lay a grid of light and dark over it."
small = data.photo("coffee").mean(axis=1, keepdims=True)[:, :, ::16, ::16]  # (1, 1, 25, 38)
hill = np.outer([0.5, 1.0, 0.5], [0.5, 1.0, 0.5])
pictures = [small[0, 0]]
for w, pad in ((np.ones((2, 2)), 0), (hill, 1), (np.ones((3, 3)) / 2.25, 1)):
    large = small
    for _ in range(2):
        large = conv_transpose(large, w[None, None], stride=2, pad=pad)
    pictures.append(large[0, 0])
titles = ["small", "2 x 2, all ones", "3 x 3, a hill", "3 x 3, all equal"]
plot.maps(pictures, titles, "Transposed convolution with stride 2, applied twice")

# %% [markdown]
# The ones of 2 x 2 repeat each pixel; the hill draws smooth lines between them. The last picture
# has a grid in it that is not in the photograph. Windows of 3 pixels, 2 apart, overlap at every
# second pixel, and there more is added up: a **checkerboard artefact**. The hill overlaps just as
# often and leaves no grid: its weights add up to 1 at every pixel. Where the stride divides the
# filter's size, as 2 divides 4, all pixels are covered equally often. Nets that give every pixel a
# score learn these filters; a hill is a good start for them.
#
# **Take away.** A transposed convolution is the `dx` of a convolution, used as a layer. It makes a
# map about $S$ times as large.

# %% [markdown]
# ## 5. How far does an output see?
#
# Stack two 3 x 3 layers. An output of the second sees 3 x 3 outputs of the first, and each of these
# sees 3 x 3 pixels. They overlap, so together it is not 9 x 9. On a line: the output at 2 sees 1,
# 2, 3 of the layer below, and these see 0 to 4. Five pixels. A third layer makes it seven.
#
# All the pixels that can change an output make up its **receptive field**. Look at how it grows.
# Click any place of any layer, or use the arrow keys: left and right along a layer, up and down
# between layers. Then change $F$, $S$ and $D$. In this section and the next $F$ is the size of a
# filter, not the number of filters. In the demo all weights are 1.

# %% tags=["demo"]
demo.receptive_field()

# %% [markdown]
# The number in a cell counts the ways from it to the output you picked. The sentence says how wide
# the field is, and how far the field of the next output has moved. Call these two `size` and
# `jump`, both in pixels of `x`. Before the first layer both are 1: a pixel sees itself, and its
# neighbour is one pixel away.
#
# What does a layer with $F$, $S$, $D$ do to them? It has $F$ weights, $F - 1$ steps from the first
# to the last, and each step goes $D$ outputs along the layer below, which are `jump` pixels apart.
# So the field gets wider by
#
# $$(F - 1) \cdot D \cdot \text{jump}$$
#
# pixels. After that, neighbours are $S$ times as far apart: `jump` is multiplied by $S$. A stride
# makes nothing wider in its own layer; it makes all later layers wider.
#
# **Predict before you run.** Which sees more: a 3 x 3 layer with stride 2 and then one with stride
# 1, or the other order?
#
# <!-- guess 07/order
# choice | more sees | * stride 2 first | stride 2 last | neither
# -->

# %%
print("stride 2 first:", 1 + (3 - 1) * 1 * 1 + (3 - 1) * 1 * 2)
print("stride 2 last: ", 1 + (3 - 1) * 1 * 1 + (3 - 1) * 1 * 1)

# %% [markdown]
# Seven against five; `jump` is 2 in both. Padding changes none of this: it moves the field over the
# picture's edge and leaves it as wide as it was. And a pooling layer counts like any other layer
# with the same $F$ and $S$.
#
# ### Exercise 6: `receptive_field` (2 points)
#
# A layer is a triple $(F, S, D)$. By hand: three times $(3, 1, 1)$ gives a size of 7 and a jump of
# 1; $(3, 2, 1)$ and then $(3, 1, 1)$ gives 7 and 2.


# %% exercise="receptive_field"
def receptive_field(layers):
    """Find out how much of the input one output of a stack sees, along one axis.

    Args:
        layers: a list of triples (F, S, D), from the first layer to the last: the filter's size,
            its stride and its dilation. Pooling has D = 1.

    Returns:
        size: pixels from the first that an output sees to the last, both counted.
        jump: pixels between the fields of neighbouring outputs.
    """
    ### BEGIN SOLUTION
    size, jump = 1, 1
    for F, S, D in layers:
        size += (F - 1) * D * jump
        jump *= S
    return size, jump
    ### END SOLUTION


# %% [markdown]
# Try it. The third is VGG-16 up to its last pool: blocks of 2, 2, 3, 3 and 3 layers, a pool after
# each.

# %%
print(receptive_field([(3, 1, 1)] * 3))
print(receptive_field([(3, 2, 1), (3, 1, 1)]))
vgg = [layer for n in (2, 2, 3, 3, 3) for layer in [(3, 1, 1)] * n + [(2, 2, 1)]]
print(receptive_field(vgg))

# %% [markdown]
# VGG-16 takes pictures of 224 x 224, so an output of its last pool sees 212 of the 224 pixels of a
# row. Its jump is 32: the 32 by which lesson 06 divided 384.

# %% check="receptive_field" points=1
# 1 point. Stride 1. Shown: by hand. Hidden: random stacks, against the pixels with gradient.
check.same(receptive_field([(3, 1, 1)]), (3, 1), "one 3 x 3 layer")
check.same(receptive_field([(3, 1, 1)] * 3), (7, 1), "three 3 x 3 layers")
check.same(receptive_field([(3, 1, 2)]), (5, 1), "3 x 3 with dilation 2")
check.same(
    receptive_field([(3, 1, 1), (3, 1, 2), (3, 1, 4)]),
    (15, 1),
    "dilations 1, 2, 4",
    hint="1 + 2 + 4 + 8: a layer adds (F - 1) * D pixels while the jump is 1.",
)
### BEGIN HIDDEN TESTS
from autograder.judging import inputs, judge

random = judge.rng()
for depth in (1, 2, 3, 4, 5):
    layers = [(int(random.integers(2, 6)), 1, int(random.integers(1, 4))) for _ in range(depth)]
    check.same(
        receptive_field(layers), inputs.field_by_gradient(layers), f"receptive_field({layers})"
    )
    judge.value("receptive_field", receptive_field, layers)
judge.value("receptive_field", receptive_field, [])
judge.value("receptive_field", receptive_field, [(1, 1, 1), (1, 1, 3)])
### END HIDDEN TESTS

# %% check="receptive_field" part="stride" points=1
# 1 point. Shown: by hand. Hidden: random stacks, against the pixels with gradient.
check.same(
    receptive_field([(3, 2, 1), (3, 1, 1), (2, 2, 1)]),
    (9, 4),
    "strides 2, 1 and 2",
    hint="1 + 2 * 1 + 2 * 2 + 1 * 2 = 9: each layer adds (F - 1) times the jump before it.",
)
check.same(
    receptive_field([(3, 1, 1), (3, 2, 1)]),
    (5, 2),
    "stride 2 last",
    hint="A stride comes into effect after its own layer.",
)
check.same(
    receptive_field([(3, 2, 1), (3, 1, 1)]),
    (7, 2),
    "stride 2 first",
    hint="The second layer's outputs are two pixels apart: it adds 2 * 2.",
)
check.same(receptive_field([(3, 1, 1), (2, 2, 1)] * 2), (10, 4), "twice a layer and a pool")
### BEGIN HIDDEN TESTS
from autograder.judging import inputs, judge

random = judge.rng()
for strides in ((2, 1, 3), (1, 2, 2, 1), (3, 2), (1, 3, 1), (2, 2, 1, 2)):
    sizes = random.integers(2, 5, size=len(strides)).tolist()
    holes = random.integers(1, 4, size=len(strides)).tolist()
    layers = list(zip(sizes, strides, holes, strict=True))
    check.same(
        receptive_field(layers), inputs.field_by_gradient(layers), f"receptive_field({layers})"
    )
judge.value("receptive_field", receptive_field, [(1, 2, 1), (3, 1, 1), (1, 3, 2), (2, 1, 1)])
### END HIDDEN TESTS

# %% [markdown]
# **Going further**, without points. That is arithmetic. Is it true? A pixel belongs to the field if
# changing it changes the output, so ask for the gradient. Send a single 1 back from the middle of the
# output, through layers whose weights are all 1, and look where something arrives.


# %% tags=["plot"] alt="Three maps of 21 x 21 pixels. Dilations 1, 1, 1: a bright spot of 7 x 7. Dilations 1, 2, 4: a filled square of 15 x 15. Dilations 2, 2, 2: a grid of 49 separate dots."
def footprint(layers, side=21):
    maps, caches = np.zeros((1, 1, side, side)), []
    for F, S, D in layers:
        maps, cache = conv_forward(maps, np.ones((1, 1, F, F)), np.zeros(1), S, 0, D)
        caches.append(cache)
    dx = np.zeros(maps.shape)
    dx[0, 0, maps.shape[2] // 2, maps.shape[3] // 2] = 1.0
    for cache in reversed(caches):
        dx, _, _ = conv_backward(dx, cache)
    return dx[0, 0]


stacks = [[(3, 1, D) for D in dilations] for dilations in ((1, 1, 1), (1, 2, 4), (2, 2, 2))]
seen = [footprint(layers) for layers in stacks]
titles = ["dilations 1, 1, 1", "dilations 1, 2, 4", "dilations 2, 2, 2"]
plot.maps(seen, titles, "What one output of three 3 x 3 layers sees of 21 x 21 pixels")
for layers, dx in zip(stacks, seen, strict=True):
    rows = np.flatnonzero(dx.any(axis=1))
    print(receptive_field(layers)[0], rows[-1] - rows[0] + 1, np.count_nonzero(dx))

# %% [markdown]
# Each line says what `receptive_field` computes, what was measured, and how many pixels have a
# gradient. Look at the three pictures. The first field is 7 x 7, and its middle is brightest: 49
# ways lead from the middle pixel to the output, and only one from a corner. So the part that really
# counts, the **effective receptive field**, is smaller. The second is 15 x 15 with the same 27
# weights. It has no holes, since each layer fills those of the next.
#
# The third reaches over 13 x 13 pixels and sees 49 of the 169. All its dilations are 2, so every
# step is even and the odd rows and columns are never met. Such a net sees a picture through
# a grid. That is why dilations grow from layer to layer and do not stay the same.
#
# **Take away.** A layer adds $(F - 1) \cdot D \cdot \text{jump}$ to what is seen: its own dilation
# and all the strides before it multiply.

# %% [markdown]
# ## 6. Three small filters or one large one?
#
# Three 3 x 3 layers see 7 x 7 pixels. So does one 7 x 7 layer. Which would you take? Let each layer
# have $C$ channels going in and $C$ filters, stride 1 and a padding that keeps the size. Leave the
# biases aside.
#
# **Predict before you run.** How many weights do three 3 x 3 layers have, and how many does one of
# 7 x 7 have? And which of the two has more nonlinearities, a ReLU following each layer?
#
# <!-- guess 07/three
# number | three layers of 3 x 3, in `C * C` | 27
# number | one of 7 x 7, in `C * C` | 49
# choice | more nonlinearities has | * the stack | the large layer
# -->
#
# <details><summary>Answer</summary>
#
# $3 \cdot (3 \cdot 3 \cdot C) \cdot C = 27 C^2$ against $(7 \cdot 7 \cdot C) \cdot C = 49 C^2$. The
# stack has three ReLUs and the large layer one: two nonlinearities more, with about half the
# weights.
#
# </details>
#
# The stack has its price, and it is memory. Every output is kept until the backward pass needs it,
# and its gradient takes the same room again. Count both in full, as if nothing were let go before
# the end. In float32 a number has 4 bytes. One MiB is $1024 \cdot 1024$ bytes.

# %%
values = 3 * 64 * 224 * 224
print(values, values * 4 / 1024**2)

# %% [markdown]
# Those are three 3 x 3 layers of 64 filters over 224 x 224, as at the beginning of a large net.
#
# **Find the mistake.** A well-known lecture note says of the three layers: "10 million activations,
# 72 MB". Is that the memory of the activations?
#
# <details><summary>Answer</summary>
#
# No. 9,633,792 values make 36.75 MiB. Only with all their gradients are they 73.5 MiB, and that has
# to be said: at test time, without a backward pass, nobody keeps them. (A library that lets go of a
# gradient once it has been used peaks at 61.25 MiB.) The 7 x 7 layer needs a third of both, 12.25
# and 24.5 MiB.
#
# </details>
#
# **Take away.** Three 3 x 3 layers see what one 7 x 7 layer sees, with $27 C^2$ weights instead of
# $49 C^2$ and two more nonlinearities. They need three times the memory for activations.

# %% [markdown]
# ## 7. A stack without ReLU is one layer
#
# The stack has fewer weights, and nonlinearities between them. What if we leave the nonlinearities
# out? Take a line again, and two filters of two weights, one after the other:
#
# $$h_0 = x_0 \, w1_0 + x_1 \, w1_1 \qquad h_1 = x_1 \, w1_0 + x_2 \, w1_1 \qquad
# \text{out}_0 = h_0 \, w2_0 + h_1 \, w2_1$$
#
# Put $h$ into the last formula and sort by pixels:
#
# $$\text{out}_0 = x_0 \; w1_0 \, w2_0 + x_1 \; (w1_1 \, w2_0 + w1_0 \, w2_1) +
# x_2 \; w1_1 \, w2_1$$
#
# That is one filter of three weights. Nothing else is left of the two layers.
#
# **Predict before you run.** With $w1 = [1, 2]$ and $w2 = [3, 4]$, which three weights? And which
# operation of lesson 02 is it: correlation, or true convolution?
#
# <!-- guess 07/one
# row | the three weights | 3, 10, 8
# choice | it is | correlation | * true convolution
# -->

# %%
w1, w2 = np.array([1.0, 2.0]), np.array([3.0, 4.0])
np.convolve(w1, w2)

# %% [markdown]
# $[1 \cdot 3,\; 2 \cdot 3 + 1 \cdot 4,\; 2 \cdot 4] = [3, 10, 8]$. It is the true convolution,
# the one that flips, in full: the indices of the two factors add up to the index of the result. You
# multiply polynomials in the same way, and long numbers.
#
# With channels, each filter $f$ of the second layer collects from all filters $g$ of the first, and
# with biases the first layer's biases pass through the second layer's weights:
#
# $$w_{f,c,p,q} = \sum_{g} \sum_{u,v} w2_{f,g,u,v} \; w1_{g,c,p-u,q-v} \qquad
# b_f = b2_f + \sum_{g} \sum_{u,v} w2_{f,g,u,v} \; b1_g$$
#
# ### Exercise 7: `collapse` (2 points)
#
# Compute the one layer that does the same as two, both with stride 1 and no padding. In the
# formula, a weight outside the first filter counts as 0. Two 3 x 3 filters make a filter of 5 x 5.
#
# By hand: the line above gives $[3, 10, 8]$. With $b1 = 10$ and $b2 = 1$ the bias is
# $1 + (3 + 4) \cdot 10 = 71$.
#
# <details><summary>Hint</summary>
#
# Each weight of the second layer lays the whole first filter down once, moved by $(u, v)$ and
# multiplied by it. Begin with zeros and add, as `dx` did in lesson 03.
#
# </details>


# %% exercise="collapse"
def collapse(w1, b1, w2, b2):
    """Merge two convolution layers with nothing between them into one.

    Args:
        w1: filters of the first layer, shape (G, C, HH1, WW1).
        b1: its biases, shape (G,).
        w2: filters of the second layer, shape (F, G, HH2, WW2).
        b2: its biases, shape (F,).

    Returns:
        w: filters, shape (F, C, HH1 + HH2 - 1, WW1 + WW2 - 1).
        b: biases, shape (F,).
    """
    ### BEGIN SOLUTION
    _, C, HH1, WW1 = w1.shape
    F, _, HH2, WW2 = w2.shape
    w = np.zeros((F, C, HH1 + HH2 - 1, WW1 + WW2 - 1))
    for u, v in np.ndindex(HH2, WW2):
        stamp = np.tensordot(w2[:, :, u, v], w1, axes=1)  # (F, G) x (G, C, HH1, WW1)
        w[:, :, u : u + HH1, v : v + WW1] += stamp
    b = b2 + w2.sum(axis=(2, 3)) @ b1
    return w, b
    ### END SOLUTION


# %% [markdown]
# Try it on the line. Then compare one layer with two, on a random picture. Rounding leaves about
# $10^{-14}$.

# %%
w, b = collapse(
    np.array([[[[1.0, 2.0]]]]), np.array([10.0]), np.array([[[[3.0, 4.0]]]]), np.array([1.0])
)
print(w, b)
x = rng.normal(size=(1, 2, 7, 8))
w1, b1, w2, b2 = (rng.normal(size=shape) for shape in ((4, 2, 3, 3), 4, (3, 4, 3, 3), 3))
two, _ = conv_forward(conv_forward(x, w1, b1)[0], w2, b2)
one, _ = conv_forward(x, *collapse(w1, b1, w2, b2))
print(one.shape, np.max(np.abs(one - two)))

# %% check="collapse" points=1
# 1 point. The weights. Shown: the line, then two channels. Hidden: random layers.
w1, w2 = np.array([[[[1.0, 2.0]]]]), np.array([[[[3.0, 4.0]]]])
w, _ = collapse(w1, np.zeros(1), w2, np.zeros(1))
check.same(w, [[[[3.0, 10.0, 8.0]]]], "the line", hint="4, 11, 6 is the correlation.")
w1 = np.array([[1.0, 2.0], [10.0, 20.0]]).reshape(2, 1, 2, 1)  # two filters of two rows
w2 = np.array([3.0, 4.0]).reshape(1, 2, 1, 1)
w, _ = collapse(w1, np.zeros(2), w2, np.zeros(1))
check.same(w, np.array([43.0, 86.0]).reshape(1, 1, 2, 1), "1 x 1 over two filters")
### BEGIN HIDDEN TESTS
from autograder.judging import judge

random = judge.rng()
for C, G, F, HH1, WW1, HH2, WW2 in (
    (2, 4, 3, 3, 2, 2, 4),
    (3, 2, 1, 1, 4, 3, 2),
    (1, 3, 2, 3, 3, 3, 3),
    (2, 3, 4, 2, 5, 1, 1),
):
    w1, w2 = random.normal(size=(G, C, HH1, WW1)), random.normal(size=(F, G, HH2, WW2))
    w, _ = collapse(w1, np.zeros(G), w2, np.zeros(F))
    expected, _ = judge.reference("collapse")(w1, np.zeros(G), w2, np.zeros(F))
    check.same(w, expected, f"w for w1 {w1.shape}, w2 {w2.shape}")
### END HIDDEN TESTS

# %% check="collapse" part="bias" points=1
# 1 point. The biases. Shown: by hand. Hidden: the layer does what the two layers do.
w1, w2 = np.array([[[[1.0, 2.0]]]]), np.array([[[[3.0, 4.0]]]])
_, b = collapse(w1, np.array([10.0]), w2, np.array([1.0]))
check.same(b, [71.0], "b", hint="Each weight of the second layer meets the first layer's bias.")
### BEGIN HIDDEN TESTS
from autograder.judging import judge

random = judge.rng()
for C, G, F, HH1, WW1, HH2, WW2 in ((2, 4, 3, 3, 2, 2, 4), (1, 2, 4, 2, 3, 3, 1)):
    w1, w2 = random.normal(size=(G, C, HH1, WW1)), random.normal(size=(F, G, HH2, WW2))
    b1, b2 = random.normal(size=G), random.normal(size=F)
    judge.value("collapse", collapse, w1, b1, w2, b2)
    w, b = collapse(w1, b1, w2, b2)
    conv = judge.reference("conv_forward")
    x = random.normal(size=(1, C, 7, 8))
    two, _ = conv(conv(x, w1, b1)[0], w2, b2)
    one, _ = conv(x, np.asarray(w), np.asarray(b))
    check.same(one, two, "one layer for two")
### END HIDDEN TESTS

# %% [markdown]
# So three 3 x 3 layers without ReLU and padding are one 7 x 7 layer, and a poor one: all its
# $49 C^2$ weights are made of $27 C^2$ numbers, so most 7 x 7 layers cannot be had in this way.
# What does it look like if every weight of the three is 1? Collapse twice.

# %% tags=["plot"] alt="Three filters on 7 x 7 pixels: a flat square of 3 x 3; a hill of 5 x 5; a hill of 7 x 7, brightest in the middle."
ones, none = np.ones((1, 1, 3, 3)), np.zeros(1)
five, _ = collapse(ones, none, ones, none)
seven, _ = collapse(five, none, ones, none)
figure, axes = plt.subplots(1, 3, figsize=(9, 3.8))
texts = ["1 layer: 3 x 3", "2 layers: 5 x 5", "3 layers: 7 x 7"]
for axis, w, text in zip(axes, (ones, five, seven), texts, strict=True):
    axis.imshow(np.pad(w[0, 0], (7 - len(w[0, 0])) // 2), cmap="gray", vmin=0)
    axis.set(title=text, xticks=[], yticks=[])
figure.suptitle("Layers of ones without ReLU, and the filter they amount to")
plt.tight_layout()
plt.show()
print(seven[0, 0].astype(int))

# %% [markdown]
# All three are drawn on 7 x 7 pixels. Black is 0, white the largest weight. Look how the flat
# square turns into a hill: one layer weighs all its pixels alike, three layers weigh the middle
# pixel 49 times as much as a corner. These numbers are the ways that section 5 counted.
#
# Now put the ReLU back, between the layers. Is there a filter that does what this stack does?
#
# **Predict before you run.** A layer without bias flips the sign of its output when its input flips
# sign: $-x$ gives $-\text{out}$. Does the stack with a ReLU do that, too?
#
# <!-- guess 07/sign
# choice | the stack flips its sign, too | yes | * no
# -->
#
# <details><summary>Answer</summary>
#
# No. Take one channel and 1 x 1 filters of 1. The stack computes $\max(x, 0)$: for $x = 1$ it gives
# 1, for $x = -1$ it gives 0 and not $-1$. No filter does that, of whatever size.
#
# </details>
#
# **Going further**, without points: and with padding?
#
# **Predict before you run.** Give both 3 x 3 layers padding 1, and their one 5 x 5 filter padding 2.
# All outputs are 9 x 9, and there is no ReLU. At how many of the 81 places do two layers and one
# agree?
#
# <!-- guess 07/rim
# number | places where they agree | 49
# box | these places | grid 9 x 9 | 1:8, 1:8
# -->

# %%
x = rng.normal(size=(1, 1, 9, 9))
first, second = rng.normal(size=(2, 1, 1, 3, 3))
two, _ = conv_forward(conv_forward(x, first, none, pad=1)[0], second, none, pad=1)
one, _ = conv_forward(x, *collapse(first, none, second, none), pad=2)
print(np.isclose(one, two)[0, 0].astype(int))

# %% [markdown]
# At 49: inside, and nowhere on the rim of 32. Just outside the map the second layer finds zeros.
# The single filter finds there what the first layer would have answered. With padding between them
# the layers are still linear, but they are no longer one filter: at the border they weigh pixels
# differently.
#
# **Take away.** Without a nonlinearity between them, and away from padded borders, any number of
# convolution layers is one convolution layer. It is the ReLU that makes depth worth something.

# %% [markdown]
# ## 8. The border that wears away
#
# **Going further**, without points.
#
# Your 3 x 3 layers without padding lose one pixel on each side. That seems little.
#
# **Predict before you run.** A picture has 32 x 32 pixels. How many 3 x 3 layers without padding
# fit one after the other? In how many windows of the first layer is the corner pixel, in how many a
# pixel in the middle? And with padding 1?
#
# <!-- guess 07/corner
# number | layers that fit | 15
# number | windows with the corner | 1
# number | windows with a middle pixel | 9
# number | with the corner, at padding 1 | 4
# -->
#
# <details><summary>Answer</summary>
#
# Fifteen: they leave $32 - 2 \cdot 15 = 2$ rows, and a sixteenth finds no room. The corner is in 1
# window and the middle pixel in 9. With padding 1 the corner is in 4 windows, the middle pixel
# still in 9, and there is room for as many layers as you like.
#
# </details>
#
# Size is the smaller loss. The larger one is the border's influence. The experiment adds up all
# outputs of a stack of averaging 3 x 3 layers, and measures each pixel's share in the sum: its
# gradient. It is divided by the mean over all pixels, so that a fair share is 1. The lines run
# along the middle row of the picture, from its left edge to its right.


# %% tags=["experiment"] alt="Two plots of the share of each pixel along a row, for 1, 5, 10 and 15 layers. Without padding, on a logarithmic axis, the share at the edges falls to a few millionths. With padding 1 it falls to 0.3."
def influence(depth, pad, side=32):
    maps, caches = np.zeros((1, 1, side, side)), []
    for _ in range(depth):
        maps, cache = conv_forward(maps, np.full((1, 1, 3, 3), 1 / 9), np.zeros(1), 1, pad)
        caches.append(cache)
    dx = np.ones(maps.shape)
    for cache in reversed(caches):
        dx, _, _ = conv_backward(dx, cache)
    return dx[0, 0] / dx.mean()


figure, axes = plt.subplots(1, 2, figsize=(9, 3.8))
for axis, pad in zip(axes, (0, 1), strict=True):
    for depth, line in ((1, "-"), (5, "--"), (10, "-."), (15, ":")):
        axis.plot(influence(depth, pad)[16], line, label=depth)
    axis.set(title=f"padding {pad}", xlabel="column of the pixel", ylabel="share in the sum")
    axis.legend(title="layers", loc="lower center", ncols=2)
axes[0].set(yscale="log", ylabel="share in the sum, logarithmic")
axes[1].set_ylim(0, 1.5)
figure.suptitle("How much each pixel of a row counts")
plt.tight_layout()
plt.show()
edges = [f"{influence(15, pad)[row, 0]:.2g}" for pad in (0, 1) for row in (16, 0)]
print("15 layers, edge and corner:")
print("without padding", *edges[:2])
print("with padding   ", *edges[2:])

# %% [markdown]
# Look at the left plot, whose axis is logarithmic. After five layers a pixel at the edge has a
# hundredth of a fair share, after fifteen a few millionths: the whole answer comes from the middle.
# In the right plot, with padding, the lines sag towards the edges, because even there a border
# pixel lies in fewer windows. After fifteen layers a pixel in the middle of an edge has 0.32 of a
# fair share, and a corner 0.078. So padding does two things. It keeps the size, and it keeps the
# border from vanishing, though the border still counts for less.
#
# **Take away.** Without padding each layer takes a rim off the map, and the border's influence
# wears away. With padding it shrinks, and stays.

# %% [markdown]
# ## 9. In your own words
#
# A net is to see 31 x 31 pixels at full resolution, with stride 1 and $C$ channels throughout.
# Three designs: one layer of 31 x 31; fifteen layers of 3 x 3; four layers of 3 x 3 with dilations
# 1, 2, 4 and 8. Check that all three see 31 pixels. Compare their weights, their nonlinearities and
# the memory of their activations. Which one would you take, and when would you take another? Four
# or five sentences. (2 points, graded by hand)

# %% [markdown] answer="three_designs" points=2
# The large filter sees 31 pixels; fifteen layers add 2 each, $1 + 30 = 31$; the dilated layers add
# 2, 4, 8 and 16, $1 + 30 = 31$. They have $961 C^2$, $15 \cdot 9 C^2 = 135 C^2$ and
# $4 \cdot 9 C^2 = 36 C^2$ weights; one, fifteen and four nonlinearities; and they keep one, fifteen
# and four volumes for the backward pass. I would take the dilated stack: fewest weights, little
# memory, three nonlinearities more than the large layer, and no holes, as the dilations grow. Where
# memory does not matter, fifteen dense layers compare all neighbours and have the most
# nonlinearities. I would take the large layer only if memory were scarcer than anything else.
#
# **Rubric**
#
# - **2 points:** all three see 31, weights 961, 135 and 36 C^2, nonlinearities and memory
#   compared, a choice with a reason.
# - **1 point:** the weights and one of the other comparisons.
# - **0 points:** "dilated layers see fewer pixels, so they need more weights".

# %% [markdown]
# ## Summary
#
# | letter | meaning |
# |---|---|
# | $N, C, H, W$ | pictures in the batch, channels, height, width |
# | $F$ | filters in a layer (in sections 5 and 6: the filter's size) |
# | $HH, WW$ | height and width of a filter |
# | $S, P, D$ | `stride`, `pad` and `dilation` |
# | `groups` | parts into which channels and filters are cut |
# | `size` | pixels of the input that an output sees, from first to last |
# | `jump` | pixels between the fields of neighbouring outputs |
#
# - A 1 x 1 convolution is a fully-connected layer at every pixel.
# - A dilated filter of $HH$ rows reaches over $D(HH - 1) + 1$ rows.
# - In a grouped layer a filter sees its own part of the channels; depthwise, a single one.
# - A transposed convolution is the `dx` of a convolution, used to make a map larger.
# - A layer adds $(F - 1) \cdot D \cdot \text{jump}$ to the receptive field, and multiplies
#   `jump` by $S$.
# - A stack of small filters needs fewer weights than one large filter, and more memory; without a
#   ReLU between them they are one filter.
#
# Lesson 08 turns to the numbers themselves: how to keep them in range, layer after layer.

# %% [markdown]
# ## Read on
#
# - Min Lin, Qiang Chen, Shuicheng Yan, *Network in Network*, 2013: where 1 x 1 filters come from.
# - Fisher Yu, Vladlen Koltun, *Multi-Scale Context Aggregation by Dilated Convolutions*, 2015:
#   dilations that grow from layer to layer.
# - Vincent Dumoulin, Francesco Visin, *A Guide to Convolution Arithmetic for Deep Learning*, 2016:
#   every size in pictures, transposed convolutions too.
# - Wenjie Luo, Yujia Li, Raquel Urtasun, Richard Zemel, *Understanding the Effective Receptive Field
#   in Deep Convolutional Neural Networks*, 2016: how much of the field really counts.
# - Andrew Howard and others, *MobileNets: Efficient Convolutional Neural Networks for Mobile Vision
#   Applications*, 2017: a whole net of depthwise and pointwise layers.

# %% [markdown]
# ## An open question
#
# How much of a picture must an output see? For years the answer was a deep stack of small filters.
# In 2022 nets with a few depthwise filters of 31 x 31 did as well. The best size is still found by
# trying. Can it be told beforehand, from the pictures and the task alone, without training a net?
