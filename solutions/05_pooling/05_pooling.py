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
# # 05 Pool, or stride
#
# A feature map says where something was found, pixel by pixel. Often a rougher answer will do: it
# was found about here. A pooling layer makes the map smaller by keeping one number for each window.
#
# **You will** write four kinds of pooling, forward and backward; get max pooling out of the columns
# of lesson 04; make a convolution that pools; take a net's pools away; and train nets with and
# without them.
#
# **You will learn** what a smaller map saves, where the gradient goes when windows overlap and when
# values tie, why a whole map can change when the picture moves by one pixel, and what helps.
#
# **You need** windows and strides from lesson 02, backward functions from lesson 03, `im2col` from
# lesson 04.
#
# | section | exercise | points | minutes | difficulty |
# |---|---|---|---|---|
# | 2, 3 | `max_pool_forward`, `max_pool_backward` | 8 | 21 | hard |
# | 4 | `avg_pool_forward`, `avg_pool_backward` | 2 | 4 | easy |
# | 5 | `l2_pool_forward`, `l2_pool_backward` | 2 | 5 | medium |
# | 6 | `max_pool_im2col` | 2 | 6 | medium |
# | 7 | `avg_pool_weights` | 1 | 4 | easy |
# | 8 | `replace_pools` | 3 | 8 | medium |
# | 9 | `blur_pool_forward`, `blur_pool_backward` | 2 | 5 | medium |
# | 11 | a written answer, graded by hand | 2 | 5 | easy |
#
# Plan about 90 minutes. Section 10, marked as going further, takes five more, and section 12 as long
# as you like. A check is folded to one line, which says what it is worth and what it tries; a click
# opens it. It shows part of the test; grading uses further random input, so a green check is a good
# sign and not yet the grade.
# In grading all sizes may differ, no function may change its arguments, and besides Python's own
# library only NumPy and Matplotlib can be imported.

# %% given="setup"
import matplotlib.pyplot as plt
import numpy as np

from convbook import check, data, demo, drawing, layers, living, plot
from convbook.earlier import conv_forward

rng = np.random.default_rng(5)

# %% tags=["guess"]
# What you guessed wrong in lesson 03 comes back here, and otherwise nothing: press Shift+Enter.
from convbook import guess

guess.again("05")

# %% [markdown]
# ## 1. What a smaller map buys
#
# Think of five convolution layers in a row. Each takes 64 maps of 224 x 224 to 64 maps of the same
# size, with filters of 3 x 3 and a padding of 1. One output number takes $3 \cdot 3 \cdot 64 = 576$
# multiplications, and a layer has $224 \cdot 224 \cdot 64 = 3{,}211{,}264$ output numbers. That is
# 1.85 billion multiplications, five times over.
#
# Now put something between the layers that keeps one number of every window of 2 x 2.
#
# **Predict before you run.** What does the second layer cost then, compared with the first? The
# third? And all five together, if the first costs 1?
#
# <!-- guess 05/cost
# number | the second layer | 0.25
# number | the third | 1/16
# number | all five together | 1.33
# -->
#
# <details><summary>Answer</summary>
#
# Half as many rows and half as many columns are a quarter of the outputs: $\tfrac14$, then
# $\tfrac1{16}$. Together $1 + \tfrac14 + \tfrac1{16} + \tfrac1{64} + \tfrac1{256} = 1.33$ in place
# of 5. So much for time; the numbers that backward must remember shrink in the same way.
#
# </details>
#
# There is a second gain. An output of the first layer depends on 3 x 3 pixels, which are called its
# **receptive field**. Every further layer adds one pixel on each side: 5, 7, 9, 11. The window of a
# pool adds a pixel, too, and in the halved map neighbours stand for places two pixels apart. After
# the next pool it is four, then eight.

# %% tags=["plot"] alt="Two plots against the layer, 1 to 5. Left, multiplications: 1.85 billion in each layer without pools; with pools a quarter from layer to layer. Right, width of the receptive field: 3 to 11 without pools; 3, 8, 18, 38, 78 with them."
figure, axes = plt.subplots(1, 2, figsize=(9, 3.2))
for name, shrink, mark in (("no pools", 1, "s--"), ("2 x 2 pools between", 2, "o-")):
    cost, field, side, sees, step = [], [], 224, 1, 1
    for _ in range(5):
        cost.append(64 * side**2 * 576 / 1e9)
        sees += 2 * step  # 3 x 3: one neighbour more on each side
        field.append(sees)
        sees += (shrink - 1) * step  # the pool's window
        side, step = side // shrink, step * shrink
    axes[0].plot(range(1, 6), cost, mark, label=name)
    axes[1].plot(range(1, 6), field, mark, label=name)
    print(f"{name}: {sum(cost):.2f} billion multiplications, receptive fields {field}")
axes[0].set(title="multiplications", xlabel="layer", ylabel="billions in one layer", ylim=0)
axes[1].set(title="receptive field", xlabel="layer", ylabel="pixels across", ylim=0)
axes[0].legend()
figure.suptitle("Five layers of 3 x 3, with and without pools")
figure.tight_layout()
plt.show()

# %% [markdown]
# Look at the fifth layer. With pools each of its outputs knows 78 x 78 pixels, a third of the
# picture across, for a 256th of the price. Most nets spend what they save: after most of its pools
# VGG-16 doubles its filters, and twice the channels times twice the filters at a quarter of the
# places cost what they cost before.
#
# What is lost is the place. After four pools a number says that something is there, somewhere in a
# square of 16 x 16 pixels.
#
# **Take away.** A 2 x 2 pool makes the layers after it four times cheaper, and lets them see twice
# as far.

# %% [markdown]
# ## 2. Keep the largest
#
# Slide a window over a feature map, as in lesson 02. There is no filter this time. At every stop,
# keep the largest number of the window and forget the others:
#
# $$\text{out}_{n,c,i,j} = \max_{u < HH,\; v < WW} x_{n,\,c,\,iS+u,\,jS+v}$$
#
# Every picture $n$ and every channel $c$ is pooled by itself, so the depth does not change. There
# is no padding, and so
#
# $$H_{\text{out}} = \frac{H - HH}{S} + 1 \qquad W_{\text{out}} = \frac{W - WW}{S} + 1$$
#
# A square window is written $F$ for short, $HH = WW = F$. The usual pool has $F = 2$, $S = 2$.
# AlexNet uses $F = 3$, $S = 2$: neighbouring windows overlap by one row or column.
#
# **Predict before you run.** A volume of 224 x 224 x 64 is pooled with $F = 2$, $S = 2$. What is
# the size of the result? What fraction of the numbers is dropped? How many weights does the layer
# have? Then pool a map of 55 x 55 with $F = 3$, $S = 2$. And one of 224 x 224?
#
# <!-- guess 05/pooled
# shape | of the result, `(H, W, C)` | 112, 112, 64
# number | the fraction that is dropped | 0.75
# number | weights | 0
# number | 55 becomes | 27
# choice | 224 with `F = 3`, `S = 2` becomes | 111 | 112 | * it does not fit
# -->
#
# <details><summary>Answer</summary>
#
# 112 x 112 x 64. Of every four numbers one remains: 75 % are dropped. There are no weights; $F$ and
# $S$ are chosen, not learned.
#
# $(55 - 3)/2 + 1 = 27$. And $(224 - 3)/2 + 1 = 111.5$: it does not fit.
#
# </details>

# %% [markdown]
# This map of 4 x 4 will serve for the whole lesson. Pool it in your head with $F = 2$, $S = 2$; the
# cell does the top left window.

# %%
grid = np.array([[2.0, 7, 1, 0], [5, 2, 4, 3], [0, 1, 9, 2], [8, 3, 4, 5]])
print(grid)
np.max(grid[0:2, 0:2])

# %% [markdown]
# All four windows give $\begin{pmatrix} 7 & 4 \\ 8 & 9 \end{pmatrix}$:

# %% tags=["plot"] alt="A map of 4 x 4 numbers. 7, 4, 8 and 9 stand out, the largest of the four windows of 2 x 2. An arrow leads to the map of these four."
winners = [(0, 1), (1, 2), (3, 0), (2, 2)]
drawing.two_maps((grid, [[7, 4], [8, 9]]), ("x", "out"), (winners, ()), "The largest of each window")

# %% [markdown]
# Nothing else of the map goes on.
#
# **Take away.** Max pooling keeps the strongest answer of each window, and has nothing to learn.

# %% [markdown]
# ## 3. The gradient goes to the winner
#
# Now the backward pass. `dout` says how much each output matters to the loss, and we want `dx`.
#
# **Predict before you run.** In the top left window of our map the 7 has won over 2, 5 and 2. What
# happens to the output if the 5 becomes 5.1? If the 7 becomes 7.1?
#
# <!-- guess 05/winner
# choice | if the 5 becomes 5.1, the output | rises by 0.1 | rises by a little less | * stays
# choice | if the 7 becomes 7.1, it | * rises by 0.1 | rises by 0.025 | stays
# -->
#
# <details><summary>Answer</summary>
#
# If the 5 becomes 5.1, nothing. If the 7 becomes 7.1, so does the output.
#
# </details>
#
# So the slope is 0 for the losers and 1 for the winner, and the whole gradient of an output goes to
# the one pixel that won. The place of the winner is called the **switch**. The forward pass has to
# remember it.
#
# With `dout` $= \begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}$ the 7 gets 1, and so on:

# %% tags=["plot"] alt="A map of 2 x 2 gradients, 1 to 4. An arrow leads to a map of 4 x 4: the four gradients stand at the places of the winners, and zeros everywhere else."
dx = np.zeros((4, 4))
for value, place in enumerate(winners, start=1):
    dx[place] = value
drawing.two_maps(([[1, 2], [3, 4]], dx), ("dout", "dx"), ((), winners), "Back to where they came from")

# %% [markdown]
# Compare the places with those of the first picture: they are the same.
#
# Watch it both ways. The windows below are 3 x 3 with stride 2. First they move over `x` and set
# the switches; then the gradients come back.

# %% tags=["demo"]
demo.max_pooling()

# %% [markdown]
# **When windows overlap**, one pixel can win in several of them. Look at the 7 of the demo's map:
# it wins four windows, and four gradients meet there. They add up, as the gradients of a value that
# is used in several places always do.
#
# Over $[2, 1, 9, 4, 3]$ slides a window of 1 x 3 with stride 2. It stops twice, and the 9 wins both
# times. If `dout` is $[10, 1]$, the 9 gets 11.
#
# **When values tie**, there is no single winner. In the window
# $\begin{pmatrix} 5 & 5 \\ 1 & 2 \end{pmatrix}$ both fives are largest. Say the output's gradient
# is 6. Should the first five get it all, each of them a half, or both 6?
#
# Raise all pixels by a small $\varepsilon$. The output rises by $\varepsilon$, and the loss by
# $6 \varepsilon$. So the numbers in `dx` must add up to 6. Giving it to the first winner does that,
# and so does sharing it evenly.
#
# The argument holds for whole batches: raise everything, and every output rises as much. So
# `sum(dx)` equals `sum(dout)`, always. Ties are not rare. After a ReLU many windows hold nothing
# but zeros.
#
# ### Exercise 1: `max_pool_forward` and `max_pool_backward` (8 points)
#
# As in lesson 03, a gradient that is measured instead of derived earns no points.
#
# Both stand in one cell, because they share the cache. What you keep in it is up to you: no check
# looks inside. Give a tie to its first winner or share it evenly, as you like.
#
# A window that does not fit raises `ValueError`, as in lesson 02, and so does one that is larger
# than the map.
#
# <details><summary>Hint for the forward pass</summary>
#
# Loop over $i$ and $j$ only. `x[:, :, rows, columns]` is the same window in all pictures and
# channels at once, and `max` takes a tuple of axes.
#
# </details>
#
# <details><summary>Hint for the backward pass</summary>
#
# `argmax` of a window written as one line gives the winner's number $k$. Its row in the window is
# `k // WW` and its column `k % WW`; `divmod(k, WW)` gives both. Loop over $n$ and $c$ as well, if
# that is easier.
#
# </details>


# %% exercise="max_pool_forward"
def max_pool_forward(x, HH=2, WW=2, stride=2):
    """Keep the largest value of every window.

    Args:
        x: feature maps, shape (N, C, H, W).
        HH: height of the window.
        WW: width of the window.
        stride: pixels between neighbouring windows.

    Returns:
        out: shape (N, C, H_out, W_out).
        cache: whatever max_pool_backward will need.

    Raises:
        ValueError: the windows do not end at the edge.
    """
    ### BEGIN SOLUTION
    N, C, H, W = x.shape
    if H < HH or W < WW or (H - HH) % stride or (W - WW) % stride:
        raise ValueError(f"a window of {HH} x {WW} does not fit {H} x {W}: stride={stride}")
    H_out, W_out = (H - HH) // stride + 1, (W - WW) // stride + 1
    out = np.empty((N, C, H_out, W_out))
    switches = np.empty((N, C, H_out, W_out), dtype=int)
    for i, j in np.ndindex(H_out, W_out):
        top, left = i * stride, j * stride
        window = x[:, :, top : top + HH, left : left + WW]  # (N, C, HH, WW)
        out[:, :, i, j] = window.max(axis=(2, 3))
        switches[:, :, i, j] = window.reshape(N, C, -1).argmax(axis=2)
    return out, (x.shape, switches, WW, stride)
    ### END SOLUTION


def max_pool_backward(dout, cache):
    """Send the gradient of every output to the pixel that won its window.

    Args:
        dout: gradient of the loss with respect to out, shape (N, C, H_out, W_out).
        cache: from max_pool_forward.

    Returns:
        dx: gradient with respect to x, shape (N, C, H, W).
    """
    ### BEGIN SOLUTION
    shape, switches, WW, stride = cache
    dx = np.zeros(shape)
    for n, c, i, j in np.ndindex(dout.shape):
        u, v = divmod(switches[n, c, i, j], WW)
        dx[n, c, i * stride + u, j * stride + v] += dout[n, c, i, j]
    return dx
    ### END SOLUTION


# %% [markdown]
# Try the forward pass. Four winners of the map, then the line with its 9:

# %%
print(max_pool_forward(grid[None, None])[0])
print(max_pool_forward(np.array([[[[2.0, 1, 9, 4, 3]]]]), HH=1, WW=3)[0])

# %% check="max_pool_forward" points=1
# 1 point. Shown: the map, and below zero. Hidden: random maps, windows side by side.
board = np.array([[2.0, 7, 1, 0], [5, 2, 4, 3], [0, 1, 9, 2], [8, 3, 4, 5]])[None, None]
check.same(max_pool_forward(board)[0], [[[[7.0, 4.0], [8.0, 9.0]]]], "the map")
check.same(
    max_pool_forward(-board)[0],
    [[[[-2.0, 0.0], [0.0, -2.0]]]],
    "the map times -1",
    hint="The largest of -2, -7, -5 and -2 is -2: a search must not start from 0.",
)
channels = np.concatenate([board, board + 10], axis=1)  # (1, 2, 4, 4)
check.same(
    max_pool_forward(channels)[0],
    [[[[7.0, 4.0], [8.0, 9.0]], [[17.0, 14.0], [18.0, 19.0]]]],
    "two channels",
    hint="Every channel is pooled by itself.",
)
### BEGIN HIDDEN TESTS
from autograder.judging import inputs, judge

for x, HH, WW, stride in inputs.pool(judge.rng()):
    if HH == WW == stride:
        judge.forward("max_pool_forward", max_pool_forward, x, HH, WW, stride)
for shape, F in (((3, 1, 6, 9), 3), ((1, 4, 8, 4), 4)):
    x = judge.rng().normal(size=shape) - 2
    judge.forward("max_pool_forward", max_pool_forward, x, F, F, F)
### END HIDDEN TESTS

# %% check="max_pool_forward" part="sizes" points=1
# 1 point. Shown: windows that overlap. Hidden: windows of any size with any stride.
line = np.array([[[[2.0, 1.0, 9.0, 4.0, 3.0]]]])
check.same(max_pool_forward(line, 1, 3, 2)[0], [[[[9.0, 9.0]]]], "1 x 3 windows, stride 2")
check.same(max_pool_forward(line, 1, 2, 3)[0], [[[[2.0, 4.0]]]], "1 x 2 windows, stride 3")
board = np.arange(12.0).reshape(1, 1, 4, 3)
check.same(
    max_pool_forward(board, 3, 2, 1)[0],
    [[[[7.0, 8.0], [10.0, 11.0]]]],
    "3 x 2 windows, stride 1",
    hint="A window is HH high and WW wide, whatever the stride.",
)
### BEGIN HIDDEN TESTS
from autograder.judging import inputs, judge

for x, HH, WW, stride in inputs.pool(judge.rng()):
    judge.forward("max_pool_forward", max_pool_forward, x, HH, WW, stride)
### END HIDDEN TESTS

# %% check="max_pool_forward" part="fit" points=1
# 1 point. What does not fit is refused. Hidden: more sizes, in both directions.
check.raises(
    ValueError,
    lambda: max_pool_forward(np.ones((1, 1, 7, 6))),
    "7 rows, a window of 2, stride 2",
    hint="(7 - 2)/2 + 1 = 3.5 rows: the last row would never be looked at.",
)
### BEGIN HIDDEN TESTS
from autograder.judging import judge

for H, W, HH, WW, stride in (
    (6, 7, 2, 2, 2),
    (8, 9, 3, 3, 2),
    (9, 5, 3, 3, 3),
    (3, 8, 4, 2, 1),
    (8, 2, 2, 3, 1),
):
    x = np.ones((1, 2, H, W))
    judge.refuses(ValueError, "max_pool_forward", max_pool_forward, x, HH, WW, stride)
out, _ = max_pool_forward(np.ones((1, 1, 7, 9)), 3, 3, 2)
check.same(out.shape, (1, 1, 3, 4), "7 rows and 9 columns, a window of 3, stride 2")
### END HIDDEN TESTS

# %% [markdown]
# Try the backward pass on the map, then on the line:

# %%
_, cache = max_pool_forward(grid[None, None])
print(max_pool_backward(np.array([[[[1.0, 2], [3, 4]]]]), cache))
_, cache = max_pool_forward(np.array([[[[2.0, 1, 9, 4, 3]]]]), HH=1, WW=3)
print(max_pool_backward(np.array([[[[10.0, 1]]]]), cache))

# %% check="max_pool_backward" points=2
# 2 points. Shown: the map. Hidden: random maps, windows side by side, no ties.
board = np.array([[2.0, 7, 1, 0], [5, 2, 4, 3], [0, 1, 9, 2], [8, 3, 4, 5]])[None, None]
_, cache = max_pool_forward(board)
check.same(
    max_pool_backward(np.array([[[[1.0, 2.0], [3.0, 4.0]]]]), cache),
    [[[[0.0, 1, 0, 0], [0, 0, 2, 0], [0, 0, 4, 0], [3, 0, 0, 0]]]],
    "dx of the map",
    hint="1 goes to the place of the 7, 2 to the 4, 3 to the 8 and 4 to the 9.",
)
### BEGIN HIDDEN TESTS
from autograder.judging import inputs, judge

names, pair = ("max_pool_forward", "max_pool_backward"), (max_pool_forward, max_pool_backward)
for shape, F in (((2, 3, 4, 6), 2), ((3, 1, 6, 9), 3), ((1, 4, 8, 4), 4)):
    judge.backward(names, pair, judge.rng().normal(size=shape), F, F, F)
    judge.backward(names, pair, -1 - judge.rng().random(size=shape), F, F, F)
with judge.derived("max_pool_backward"):
    judge.backward(names, pair, inputs.FAR * (1 + judge.rng().random(size=(2, 3, 4, 6))))
### END HIDDEN TESTS

# %% check="max_pool_backward" part="overlap" points=2
# 2 points. Shown: the line. Hidden: windows of any size with any stride, no ties.
line = np.array([[[[2.0, 1.0, 9.0, 4.0, 3.0]]]])
_, cache = max_pool_forward(line, 1, 3, 2)
check.same(
    max_pool_backward(np.array([[[[10.0, 1.0]]]]), cache),
    [[[[0.0, 0.0, 11.0, 0.0, 0.0]]]],
    "dx of the line",
    hint="The 9 wins twice: its gradients 10 and 1 add up.",
)
board = np.array([[[[0.0, 0.5], [1.0, 0.6], [0.7, 3.0], [0.1, 0.2]]]])  # (1, 1, 4, 2)
_, cache = max_pool_forward(board, 3, 2, 1)
check.same(
    max_pool_backward(np.array([[[[5.0], [7.0]]]]), cache),
    [[[[0.0, 0.0], [0.0, 0.0], [0.0, 12.0], [0.0, 0.0]]]],
    "dx with 3 x 2 windows",
    hint="The 3 is number 5 in the first window and number 3 in the second: WW tells the row.",
)
### BEGIN HIDDEN TESTS
from autograder.judging import inputs, judge

names, pair = ("max_pool_forward", "max_pool_backward"), (max_pool_forward, max_pool_backward)
for k, (x, HH, WW, stride) in enumerate(inputs.pool(judge.rng())):
    if k % 3 < 2:  # the third of each case has ties, where more than one answer is right
        judge.backward(names, pair, x, HH, WW, stride)
with judge.derived("max_pool_backward"):
    judge.backward(names, pair, inputs.FAR * (1 + judge.rng().random(size=(2, 3, 4, 5))), 3, 2, 1)
### END HIDDEN TESTS

# %% check="max_pool_backward" part="ties" points=1
# 1 point. Shown: two fives, two zeros. Hidden: many ties, windows that overlap.
for values in ([[5.0, 5.0], [1.0, 2.0]], [[-1.0, 0.0], [-2.0, 0.0]]):
    board = np.array(values)[None, None]
    _, cache = max_pool_forward(board)
    dx = max_pool_backward(np.array([[[[6.0]]]]), cache)
    check.same(np.shape(dx), (1, 1, 2, 2), "the shape of dx")
    check.same(
        float(np.sum(dx)),
        6.0,
        "sum(dx)",
        hint="A window hands on what it was given: 6 to one winner, or 3 to each, not 6 to each.",
    )
    check.same(dx * (board < board.max()), np.zeros((1, 1, 2, 2)), "dx at the losers")
### BEGIN HIDDEN TESTS
from autograder.judging import inputs, judge

random = judge.rng()
for k, (x, HH, WW, stride) in enumerate(inputs.pool(random)):
    shape = (*x.shape[:2], (x.shape[2] - HH) // stride + 1, (x.shape[3] - WW) // stride + 1)
    douts = [random.normal(size=shape)]
    for _ in range(3):  # one output at a time: where does its gradient go?
        douts.append(np.zeros(shape))
        douts[-1][tuple(random.integers(shape))] = 1.0
    for dout in douts if k % 3 == 2 else ():
        winners = np.zeros(x.shape, dtype=bool)
        for n, c, i, j in np.argwhere(dout):
            box = np.s_[n, c, i * stride : i * stride + HH, j * stride : j * stride + WW]
            winners[box] |= x[box] == x[box].max()
        _, cache = max_pool_forward(x, HH, WW, stride)
        dx = max_pool_backward(dout, cache)
        check.same(np.shape(dx), x.shape, "the shape of dx")
        check.same(float(np.sum(dx)), float(np.sum(dout)), "sum(dx)")
        check.same(dx * ~winners, np.zeros(x.shape), "dx at pixels that win no window")
### END HIDDEN TESTS

# %% [markdown]
# In the living net the POOL boxes are yours now, forward and backward. Move the frame by one pixel
# with an arrow key, and compare the first column with the last: section 9 measures what you see.

# %% tags=["demo"]
living.net(max_pool_forward, max_pool_backward).show(data.photo("chelsea"), at=(17, 62))

# %% [markdown]
# **Take away.** Each output sends its gradient to the winner of its window; gradients that meet add
# up, and none is made or lost.

# %% [markdown]
# ## 4. Take the mean
#
# Average pooling keeps the mean of each window. All pixels of the window now count alike:
#
# $$\text{out}_{n,c,i,j} = \frac{1}{HH \cdot WW} \sum_{u,v} x_{n,\,c,\,iS+u,\,jS+v}$$
#
# **Predict before you run.** The top left window of our map holds 2, 7, 5 and 2. What is its mean?
# If one of these pixels rises by 0.1, by how much does the mean rise?
#
# <!-- guess 05/mean
# number | the mean | 4
# number | it rises by | 0.025
# -->
#
# <details><summary>Answer</summary>
#
# The mean is $16/4 = 4$, and it rises by 0.025.
#
# </details>
#
# So all pixels of a window get the same, whatever their values. The cache need not hold the values,
# only the sizes.

# %%
window = grid[0:2, 0:2]
raised = window + np.array([[0.1, 0.0], [0.0, 0.0]])
print(np.mean(window), np.mean(raised))

# %% [markdown]
# Sizes and errors are those of max pooling. So is the walk over the windows. From here on both are
# given.


# %% given="pooled_size"
def pooled_size(size, window, stride):
    """Count the stops of a window along one axis; raise ValueError where it does not fit."""
    if size < window or (size - window) % stride:
        raise ValueError(f"a window of {window} does not fit {size}: stride={stride}")
    return (size - window) // stride + 1


# %% [markdown]
# ### Exercise 2: `avg_pool_forward` and `avg_pool_backward` (2 points)
#
# By hand, the four means of our map are $\begin{pmatrix} 4 & 2 \\ 3 & 5 \end{pmatrix}$. With `dout`
# $= \begin{pmatrix} 4 & 8 \\ 12 & 16 \end{pmatrix}$ the pixels of the four windows get 1, 2, 3 and
# 4 each. Maps may hold whole numbers, in this exercise and the next; means and lengths are floating
# point.


# %% exercise="avg_pool_forward"
def avg_pool_forward(x, HH=2, WW=2, stride=2):
    """Take the mean of every window.

    Args:
        x: feature maps, shape (N, C, H, W).
        HH: height of the window.
        WW: width of the window.
        stride: pixels between neighbouring windows.

    Returns:
        out: shape (N, C, H_out, W_out), floating point.
        cache: whatever avg_pool_backward will need.

    Raises:
        ValueError: the windows do not end at the edge.
    """
    N, C, H, W = x.shape
    out = np.empty((N, C, pooled_size(H, HH, stride), pooled_size(W, WW, stride)))
    for i, j in np.ndindex(out.shape[2:]):
        top, left = i * stride, j * stride
        # Put the mean of the window at (top, left) into out[:, :, i, j], shape (N, C).
        ### BEGIN SOLUTION
        out[:, :, i, j] = x[:, :, top : top + HH, left : left + WW].mean(axis=(2, 3))
        ### END SOLUTION
    return out, (x.shape, HH, WW, stride)


def avg_pool_backward(dout, cache):
    """Spread the gradient of every output evenly over its window.

    Args:
        dout: gradient of the loss with respect to out, shape (N, C, H_out, W_out).
        cache: from avg_pool_forward.

    Returns:
        dx: gradient with respect to x, shape (N, C, H, W).
    """
    shape, HH, WW, stride = cache
    dx = np.zeros(shape)
    for i, j in np.ndindex(dout.shape[2:]):
        top, left = i * stride, j * stride
        # Give the window in dx, shape (N, C, HH, WW), its part of dout[:, :, i, j], shape (N, C).
        ### BEGIN SOLUTION
        share = dout[:, :, i, j] / (HH * WW)  # (N, C)
        dx[:, :, top : top + HH, left : left + WW] += share[:, :, None, None]
        ### END SOLUTION
    return dx


# %% [markdown]
# Try it forward and backward:

# %%
out, cache = avg_pool_forward(grid[None, None])
print(out)
print(avg_pool_backward(np.array([[[[4.0, 8], [12, 16]]]]), cache))

# %% check="avg_pool_forward" points=1
# 1 point. Shown: the map, and a line. Hidden: all sizes, strides, whole numbers, misfits.
board = np.array([[2.0, 7, 1, 0], [5, 2, 4, 3], [0, 1, 9, 2], [8, 3, 4, 5]])[None, None]
check.same(avg_pool_forward(board)[0], [[[[4.0, 2.0], [3.0, 5.0]]]], "the map")
line = np.array([[[[2.0, 1.0, 9.0, 5.0, 4.0]]]])
check.same(
    avg_pool_forward(line, 1, 3, 2)[0],
    [[[[4.0, 6.0]]]],
    "1 x 3 windows, stride 2",
    hint="(2 + 1 + 9)/3 = 4: a window of 1 x 3 has three numbers.",
)
### BEGIN HIDDEN TESTS
from autograder.judging import inputs, judge

for x, HH, WW, stride in inputs.pool(judge.rng()):
    judge.forward("avg_pool_forward", avg_pool_forward, x, HH, WW, stride)
counting = judge.rng().integers(-9, 9, size=(2, 3, 4, 6))
judge.forward("avg_pool_forward", avg_pool_forward, counting, 2, 3, 1)
for H, W, HH, WW, stride in ((7, 6, 2, 2, 2), (6, 7, 2, 2, 2), (3, 8, 4, 2, 1)):
    x = np.ones((1, 2, H, W))
    judge.refuses(ValueError, "avg_pool_forward", avg_pool_forward, x, HH, WW, stride)
### END HIDDEN TESTS

# %% check="avg_pool_backward" points=1
# 1 point. Shown: the map, and a pixel in two windows. Hidden: all sizes and strides.
board = np.array([[2.0, 7, 1, 0], [5, 2, 4, 3], [0, 1, 9, 2], [8, 3, 4, 5]])[None, None]
_, cache = avg_pool_forward(board)
check.same(
    avg_pool_backward(np.array([[[[4.0, 8.0], [12.0, 16.0]]]]), cache),
    [[[[1.0, 1, 2, 2], [1, 1, 2, 2], [3, 3, 4, 4], [3, 3, 4, 4]]]],
    "dx of the map",
    hint="The output's gradient 4 is shared by four pixels.",
)
_, cache = avg_pool_forward(np.zeros((1, 1, 1, 5)), 1, 3, 2)
check.same(
    avg_pool_backward(np.array([[[[30.0, 3.0]]]]), cache),
    [[[[10.0, 10.0, 11.0, 1.0, 1.0]]]],
    "dx of a line",
    hint="The pixel in the middle lies in both windows: 10 and 1 add up.",
)
### BEGIN HIDDEN TESTS
from autograder.judging import inputs, judge

names, pair = ("avg_pool_forward", "avg_pool_backward"), (avg_pool_forward, avg_pool_backward)
for x, HH, WW, stride in inputs.pool(judge.rng()):
    judge.backward(names, pair, x, HH, WW, stride)
with judge.derived("avg_pool_backward"):
    for shape in ((2, 3, 4, 5), (1, 20_000, 2, 3)):  # of so many numbers no slope is measured
        judge.backward(names, pair, inputs.FAR * judge.rng().normal(size=shape), 2, 2, 1)
### END HIDDEN TESTS

# %% [markdown]
# **Take away.** Max pooling routes the gradient to one pixel; average pooling spreads it over all.

# %% [markdown]
# ## 5. The length of the window
#
# Read the numbers of a window as a vector. Its length is a third way to pool, **L2 pooling**:
#
# $$\text{out}_{n,c,i,j} = \sqrt{\sum_{u,v} x_{n,\,c,\,iS+u,\,jS+v}^2}$$
#
# It is rare. It is here because its gradient is neither all for one nor the same for all.
#
# **Predict before you run.** What does L2 pooling make of the windows
# $\begin{pmatrix} 3 & 4 \\ 12 & 0 \end{pmatrix}$ and
# $\begin{pmatrix} -3 & -4 \\ -12 & 0 \end{pmatrix}$?
#
# <!-- guess 05/length
# number | of the first | 13
# number | of the second | 13
# -->
#
# <details><summary>Answer</summary>
#
# $\sqrt{9 + 16 + 144} = 13$, both times: the sign is lost.
#
# </details>
#
# Differentiate the root. The slope with respect to one pixel $x$ of the window is
#
# $$\frac{\partial\, \text{out}}{\partial x} = \frac{2 x}{2 \sqrt{\sum x^2}} = \frac{x}{\text{out}}$$
#
# Each pixel gets the gradient in proportion to its own value. In a window of zeros $x/\text{out}$
# is $0/0$, and there the length has a kink and no slope. Let the gradient be 0 there. A NaN would
# spread through the whole net in one step.
#
# ### Exercise 3: `l2_pool_forward` and `l2_pool_backward` (2 points)
#
# By hand: the window of 3, 4, 12 and 0 gives 13. With a gradient of 26 its pixels get 6, 8, 24
# and 0.


# %% exercise="l2_pool_forward"
def l2_pool_forward(x, HH=2, WW=2, stride=2):
    """Take the root of the sum of squares of every window.

    Args:
        x: feature maps, shape (N, C, H, W).
        HH: height of the window.
        WW: width of the window.
        stride: pixels between neighbouring windows.

    Returns:
        out: shape (N, C, H_out, W_out), floating point.
        cache: whatever l2_pool_backward will need.

    Raises:
        ValueError: the windows do not end at the edge.
    """
    N, C, H, W = x.shape
    out = np.empty((N, C, pooled_size(H, HH, stride), pooled_size(W, WW, stride)))
    for i, j in np.ndindex(out.shape[2:]):
        top, left = i * stride, j * stride
        window = x[:, :, top : top + HH, left : left + WW]  # (N, C, HH, WW)
        # Put the length of the window into out[:, :, i, j], shape (N, C).
        ### BEGIN SOLUTION
        out[:, :, i, j] = np.sqrt(np.sum(window**2, axis=(2, 3)))
        ### END SOLUTION
    return out, (x, out, HH, WW, stride)


def l2_pool_backward(dout, cache):
    """Share the gradient of every output among its window in proportion to x / out.

    Args:
        dout: gradient of the loss with respect to out, shape (N, C, H_out, W_out).
        cache: from l2_pool_forward.

    Returns:
        dx: gradient with respect to x, shape (N, C, H, W). A window of zeros adds nothing to it.
    """
    x, out, HH, WW, stride = cache
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(dout.shape[2:]):
        top, left = i * stride, j * stride
        box = np.s_[:, :, top : top + HH, left : left + WW]  # an index, kept: x[box] is the window
        length = out[:, :, i, j, None, None]  # (N, C, 1, 1)
        # Give dx[box], shape (N, C, HH, WW), its part of dout[:, :, i, j], shape (N, C).
        ### BEGIN SOLUTION
        slope = x[box] / np.where(length > 0, length, 1.0)  # where the length is 0, so is x
        dx[box] += dout[:, :, i, j, None, None] * slope
        ### END SOLUTION
    return dx


# %% [markdown]
# Try it on the window that gives 13, beside one of zeros:

# %%
out, cache = l2_pool_forward(np.array([[[[3.0, 4, 0, 0], [12, 0, 0, 0]]]]))
print(out)
print(l2_pool_backward(np.array([[[[26.0, 26]]]]), cache))

# %% check="l2_pool_forward" points=1
# 1 point. Shown: 13 twice. Hidden: all sizes, strides, whole numbers, misfits.
board = np.array([[[[3.0, 4, -3, -4], [12, 0, -12, 0]]]])
check.same(
    l2_pool_forward(board)[0],
    [[[[13.0, 13.0]]]],
    "3, 4, 12, 0 and its mirror",
    hint="The root of 9 + 16 + 144 is 13.",
)
line = np.array([[[[3.0, 4.0, 0.0, 5.0, 12.0]]]])
check.same(l2_pool_forward(line, 1, 3, 2)[0], [[[[5.0, 13.0]]]], "1 x 3 windows, stride 2")
### BEGIN HIDDEN TESTS
from autograder.judging import inputs, judge

for x, HH, WW, stride in inputs.pool(judge.rng()):
    judge.forward("l2_pool_forward", l2_pool_forward, x, HH, WW, stride)
counting = judge.rng().integers(-9, 9, size=(2, 3, 4, 6))
judge.forward("l2_pool_forward", l2_pool_forward, counting, 2, 3, 1)
for H, W, HH, WW, stride in ((7, 6, 2, 2, 2), (6, 7, 2, 2, 2), (3, 8, 4, 2, 1)):
    x = np.ones((1, 2, H, W))
    judge.refuses(ValueError, "l2_pool_forward", l2_pool_forward, x, HH, WW, stride)
### END HIDDEN TESTS

# %% check="l2_pool_backward" points=1
# 1 point. Shown: shares of 26, a pixel in two windows, zeros. Hidden: all sizes and strides.
_, cache = l2_pool_forward(np.array([[[[3.0, 4, 0, 0], [-12, 0, 0, 0]]]]))
check.same(
    l2_pool_backward(np.array([[[[26.0, 26.0]]]]), cache),
    [[[[6.0, 8, 0, 0], [-24, 0, 0, 0]]]],
    "dx beside a window of zeros",
    hint="26 * 3/13 = 6. Divide only where out is not 0.",
)
_, cache = l2_pool_forward(np.array([[[[0.0, 4.0, 3.0, 4.0, 0.0]]]]), 1, 3, 2)
check.same(
    l2_pool_backward(np.array([[[[10.0, 5.0]]]]), cache),
    [[[[0.0, 8.0, 9.0, 4.0, 0.0]]]],
    "dx of a line",
    hint="The 3 lies in both windows, each of length 5: 10 * 3/5 and 5 * 3/5 add up.",
)
### BEGIN HIDDEN TESTS
from autograder.judging import inputs, judge

names, pair = ("l2_pool_forward", "l2_pool_backward"), (l2_pool_forward, l2_pool_backward)
for x, HH, WW, stride in inputs.pool(judge.rng()):
    judge.backward(names, pair, x, HH, WW, stride)
sparse = np.maximum(judge.rng().normal(size=(2, 3, 7, 9)), 0)
sparse[:, :, :3, :4] = 0
judge.backward(names, pair, sparse, 3, 3, 2)
judge.backward(names, pair, sparse, 3, 1, 1)
with judge.derived("l2_pool_backward"):
    judge.backward(names, pair, inputs.FAR * (1 + judge.rng().random(size=(2, 3, 4, 5))), 3, 2, 1)
### END HIDDEN TESTS

# %% [markdown]
# What do the three keep of a photograph? Windows of 8 x 8 make 64 x 64 pixels out of 512 x 512, one
# number out of 64. The legs of the cameraman's tripod are thin, with a light and a dark side. Which
# pool will show them best?

# %% tags=["plot"] alt="A photograph of a man behind a camera on a tripod, and three versions with 8 x 8 pixels pooled to one. Max: the legs of the tripod are thick and white. Average and L2: they are faint."
photo = data.photo("camera")  # (1, 1, 512, 512)
pools = [max_pool_forward, avg_pool_forward, l2_pool_forward]
small = [pool(photo, 8, 8, 8)[0][0, 0] for pool in pools]
plot.maps(
    [photo[0, 0], *small],
    ["photograph", "max", "average", "L2"],
    "One number for every 8 x 8 pixels",
)

# %% [markdown]
# Look at the legs. The maximum sees only their light side: they have grown thick and white. The
# average mixes the two sides, and the legs fade into the grass. L2 looks like the average here,
# because most neighbouring pixels are much alike.
#
# So a pool also decides what is lost. The first ConvNets averaged. After a ReLU the maximum has
# done better in most comparisons (Scherer and others, 2010), and inside a net average pooling fell
# out of favour; it has come back at the very end, as lesson 06 will show. And windows stay small.
# Those of real nets have 2 x 2 or 3 x 3 pixels. With 8 x 8, as here, 63 of 64 numbers go at one
# stroke.
#
# **Take away.** L2 pooling measures the length of a window, and its gradient is $x/\text{out}$.

# %% [markdown]
# ## 6. Through columns
#
# In lesson 04 `im2col` wrote every window as one column of a matrix, and a convolution became a
# matrix product. Pooling can use the same columns: in place of the product, take the largest number
# of each column.
#
# Here is `im2col` without padding. The columns come picture by picture, inside a picture row by
# row.


# %% given="columns"
def columns(x, HH, WW, stride):
    """Write every window of x (N, C, H, W) as a column: (C * HH * WW, N * H_out * W_out)."""
    H_out, W_out = pooled_size(x.shape[2], HH, stride), pooled_size(x.shape[3], WW, stride)
    view = np.lib.stride_tricks.sliding_window_view(x, (HH, WW), axis=(2, 3))
    view = view[:, :, ::stride, ::stride]  # (N, C, H_out, W_out, HH, WW)
    return view.transpose(1, 4, 5, 0, 2, 3).reshape(-1, len(x) * H_out * W_out)


# %% [markdown]
# **Predict before you run.** A batch of shape (2, 3, 4, 8) is pooled with $F = 2$, $S = 2$. What is
# the shape of the matrix? How many numbers are left when you take the largest of each column? And
# how many should the layer return?
#
# <!-- guess 05/matrix
# shape | of the matrix | 12, 16
# number | numbers that are left | 16
# number | numbers that the layer should return | 48
# -->

# %%
matrix = columns(rng.normal(size=(2, 3, 4, 8)), 2, 2, 2)
print(matrix.shape, matrix.max(axis=0).size, 2 * 3 * 2 * 4)

# %% [markdown]
# Sixteen numbers, where 48 are wanted. A column holds the window of all three channels, as a filter
# wants it. A pool wants each channel by itself.
#
# Nothing stops us from calling the channels pictures: six pictures of one channel each.
#
# ### Exercise 4: `max_pool_im2col` (2 points)
#
# No loops. By hand: if one channel holds 1, 2, 3, 4 and the other 50, 60, 70, 80, a window of 2 x 2
# gives 4 and 80.
#
# <details><summary>Hint</summary>
#
# Two reshapes, one before `columns` and one after the maximum. In what order do the columns stand
# when $n$ and $c$ have become one axis?
#
# </details>


# %% exercise="max_pool_im2col"
def max_pool_im2col(x, HH=2, WW=2, stride=2):
    """Keep the largest value of every window, without a loop.

    Args:
        x: feature maps, shape (N, C, H, W).
        HH: height of the window.
        WW: width of the window.
        stride: pixels between neighbouring windows.

    Returns:
        out: shape (N, C, H_out, W_out).
    """
    ### BEGIN SOLUTION
    N, C, H, W = x.shape
    H_out, W_out = pooled_size(H, HH, stride), pooled_size(W, WW, stride)
    matrix = columns(x.reshape(N * C, 1, H, W), HH, WW, stride)  # (HH * WW, N * C * H_out * W_out)
    return matrix.max(axis=0).reshape(N, C, H_out, W_out)
    ### END SOLUTION


# %% [markdown]
# Try it on two channels, and against the loops:

# %%
print(max_pool_im2col(np.array([[[[1.0, 2], [3, 4]], [[50, 60], [70, 80]]]])))
batch = rng.normal(size=(2, 3, 7, 9))
print(np.array_equal(max_pool_im2col(batch, 3, 3, 2), max_pool_forward(batch, 3, 3, 2)[0]))

# %% check="max_pool_im2col" points=2
# 2 points. Shown: two channels, two pictures, negative numbers. Hidden: all sizes and strides.
board = np.array([[[[1.0, 2], [3, 4]], [[50, 60], [70, 80]]]])  # (1, 2, 2, 2)
check.same(
    max_pool_im2col(board),
    [[[[4.0]], [[80.0]]]],
    "two channels",
    hint="Each channel has its own maximum: make N * C pictures of one channel first.",
)
counting = np.arange(32.0).reshape(2, 2, 2, 4)
check.same(
    max_pool_im2col(counting),
    [[[[5.0, 7.0]], [[13.0, 15.0]]], [[[21.0, 23.0]], [[29.0, 31.0]]]],
    "two pictures of two channels",
    hint="The columns come picture by picture: which axis changes slowest in the reshape?",
)
below = -np.arange(12.0).reshape(1, 1, 3, 4)
check.same(
    max_pool_im2col(below, 1, 2, 1),
    below[..., :3],
    "windows of 1 x 2 with stride 1, all negative",
    hint="Of -4 and -5 the larger is -4.",
)
### BEGIN HIDDEN TESTS
from autograder.judging import inputs, judge

for x, HH, WW, stride in inputs.pool(judge.rng()):
    judge.value("max_pool_im2col", max_pool_im2col, x, HH, WW, stride)
judge.no_loops(
    "max_pool_im2col", max_pool_im2col, (judge.rng().normal(size=(32, 8, 40, 40)), 1, 1, 1)
)
### END HIDDEN TESTS

# %% [markdown]
# **Take away.** Pooling is a convolution's walk over windows, with another thing done at each stop.

# %% [markdown]
# ## 7. Average pooling is a convolution
#
# The mean of four numbers is a sum of products: each number times 1/4. So a filter with four
# weights of 1/4 and a stride of 2 computes it. But a filter of `conv_forward` adds up all channels,
# and a pool must not mix them.
#
# **Predict before you run.** There are $C$ channels in and $C$ channels out, so `w` has shape
# $(C, C, HH, WW)$. Which weights are 1/4, and which are 0? For $C = 64$ and 2 x 2 windows, how many
# of the 16,384 weights are not 0?
#
# <!-- guess 05/depthwise
# choice | 1/4 stands | in all of `w` | * in `w[f, f]` | in `w[:, 0]`
# number | weights that are not 0 | 256
# -->
#
# <details><summary>Answer</summary>
#
# Filter $f$ looks at channel $c = f$ only: `w[f, c]` is 1/4 where $f = c$ and 0 elsewhere. That
# makes $64 \cdot 4 = 256$ weights, one in 64.
#
# </details>
#
# A convolution whose filters see one channel each is called **depthwise**. Libraries store its
# weights without the zeros. Here the zeros are written out, so that the layer of lesson 02 can run
# it.
#
# ### Exercise 5: `avg_pool_weights` (1 point)
#
# By hand: for $C = 2$ and windows of 1 x 2, the first filter is $[\tfrac12, \tfrac12]$ on channel 0
# and $[0, 0]$ on channel 1. For the second filter it is the other way round.


# %% exercise="avg_pool_weights"
def avg_pool_weights(C, HH, WW):
    """Make the filters with which a convolution is average pooling, at the stride of the pool.

    Args:
        C: channels, of the input and of the output.
        HH: height of the window.
        WW: width of the window.

    Returns:
        w: filters, shape (C, C, HH, WW), floating point.
    """
    ### BEGIN SOLUTION
    w = np.zeros((C, C, HH, WW))
    for c in range(C):
        w[c, c] = 1 / (HH * WW)
    return w
    ### END SOLUTION


# %% [markdown]
# Try it: the convolution and the pool differ by rounding at most.

# %%
batch = rng.normal(size=(2, 3, 6, 4))
by_conv, _ = conv_forward(batch, avg_pool_weights(3, 2, 2), np.zeros(3), stride=2)
print(np.max(np.abs(by_conv - avg_pool_forward(batch)[0])))

# %% check="avg_pool_weights" points=1
# 1 point. Shown: the convolution, and two channels. Hidden: other channels and windows.
board = np.array([[2.0, 7, 1, 0], [5, 2, 4, 3], [0, 1, 9, 2], [8, 3, 4, 5]])[None, None]
w = np.asarray(avg_pool_weights(1, 2, 2))
out, _ = conv_forward(board, w, np.zeros(1), stride=2)
check.same(out, [[[[4.0, 2.0], [3.0, 5.0]]]], "the map, by convolution")
check.same(
    avg_pool_weights(2, 1, 2),
    [[[[0.5, 0.5]], [[0.0, 0.0]]], [[[0.0, 0.0]], [[0.5, 0.5]]]],
    "w for 2 channels, 1 x 2",
    hint="w[f, c] is 0 wherever f and c differ: a pool does not mix channels.",
)
### BEGIN HIDDEN TESTS
from autograder.judging import judge

for C, HH, WW in ((1, 2, 2), (3, 2, 4), (4, 3, 1), (2, 1, 1), (5, 3, 2)):
    judge.value("avg_pool_weights", avg_pool_weights, C, HH, WW)
### END HIDDEN TESTS

# %% [markdown]
# **Take away.** Average pooling is a convolution with fixed weights. Max pooling is not: the
# weights would have to know the winner.

# %% [markdown]
# ## 8. No pool at all
#
# If a convolution with a stride can pool, why not let it learn how? An **all-convolutional** net
# has a convolution in the place of every pool, with the same window and the same stride, and as
# many filters as there are channels. All sizes stay as they were.
#
# Write a net as a list of its layers: `("conv", K, F, S, P)` for $K$ filters of $F \times F$ with
# stride $S$ and padding $P$, `("pool", F, S)`, and `("relu",)`. This one has a pool:

# %%
net = [("conv", 16, 3, 1, 1), ("relu",), ("pool", 2, 2)]

# %% [markdown]
# **Predict before you run.** Its input has 3 channels. Which layer takes the pool's place? How many
# weights and biases does it have? How many does the convolution before it have?
#
# <!-- guess 05/replaced
# row | `K, F, S, P` of the layer | 16, 2, 2, 0
# number | its weights and biases | 1040
# number | those of the convolution before it | 448
# -->
#
# <details><summary>Answer</summary>
#
# `("conv", 16, 2, 2, 0)`. Each of its 16 filters has $2 \cdot 2 \cdot 16 = 64$ weights and a bias:
# $16 \cdot 65 = 1040$. The convolution before it has $16 \cdot (3 \cdot 3 \cdot 3 + 1) = 448$.
#
# </details>
#
# The pool had no weights, and its replacement has more than the layer it follows. In the paper
# (Springenberg and others, 2014) each of these convolutions is followed by a ReLU, as all others
# are. Here we only replace: `("relu",)` comes where it came before.
#
# ### Exercise 6: `replace_pools` (3 points)
#
# A pool has as many channels as the last convolution before it has filters, or as the input if
# there is no such convolution. Make a new list, and leave `spec` as it is.


# %% exercise="replace_pools"
def replace_pools(spec, C):
    """Put a convolution of the same window, stride and channels in the place of each pool.

    Args:
        spec: the layers in order: ("conv", K, F, S, P), ("pool", F, S) or ("relu",).
        C: channels of the net's input.

    Returns:
        new_spec: a list of the same layers without pools.
        added: weights and biases of the new convolutions together, a whole number.
    """
    new_spec, added = [], 0
    for layer in spec:
        # Keep C up to date. Where layer is a pool, put its replacement into layer, and count it.
        ### BEGIN SOLUTION
        if layer[0] == "conv":
            C = layer[1]
        elif layer[0] == "pool":
            _, F, S = layer
            layer = ("conv", C, F, S, 0)
            added += C * (F * F * C + 1)
        ### END SOLUTION
        new_spec.append(layer)
    return new_spec, added


# %% [markdown]
# Try it on the little net, then on the five pools of VGG-16, each after one convolution. The whole
# net has 138 million weights.

# %%
print(replace_pools(net, 3))
vgg = [layer for K in (64, 128, 256, 512, 512) for layer in (("conv", K, 3, 1, 1), ("pool", 2, 2))]
print(replace_pools(vgg, 3)[1])

# %% check="replace_pools" points=3
# 3 points. Shown: the little net, two pools in a row. Hidden: other nets.
little = [("conv", 16, 3, 1, 1), ("relu",), ("pool", 2, 2)]
new_spec, added = replace_pools(little, 3)
check.same(
    new_spec,
    [("conv", 16, 3, 1, 1), ("relu",), ("conv", 16, 2, 2, 0)],
    "the little net",
    hint="Same window, same stride, no padding: the sizes must stay.",
)
check.same(added, 1040, "its new numbers", hint="16 filters of 2 * 2 * 16 weights and a bias.")
new_spec, added = replace_pools([("pool", 2, 1), ("pool", 3, 2)], 5)
check.same(new_spec, [("conv", 5, 2, 1, 0), ("conv", 5, 3, 2, 0)], "pools alone")
check.same(added, 335, "their numbers", hint="5 * (2*2*5 + 1) = 105, and 5 * (3*3*5 + 1) = 230.")
### BEGIN HIDDEN TESTS
from autograder.judging import judge

random = judge.rng()
for _ in range(6):
    K, L, F, G, S, C = random.permutation(np.arange(2, 12))[:6].tolist()
    first, second = ("conv", K, 5, 1, 2), ("conv", L, 3, 2, 0)
    pool, other = ("pool", F, S), ("pool", G, F)
    judge.value("replace_pools", replace_pools, [first, ("relu",), pool, second, other], C)
    judge.value("replace_pools", replace_pools, [pool, first, ("relu",), second, ("relu",)], C)
    judge.value("replace_pools", replace_pools, [("relu",), first, second, other, pool], C)
    judge.value("replace_pools", replace_pools, [("relu",), second], C)
### END HIDDEN TESTS

# %% [markdown]
# For VGG-16 it is 2.4 million more, less than two in a hundred.
#
# Nets that draw pictures have another reason to do without pools: a maximum cannot be undone, since
# the place of the winner is lost. DCGAN (Radford and others, 2015), an early net that draws faces
# and bedrooms, has strides throughout.
#
# One can also add nothing, and let a convolution skip. With stride 2 it keeps every second pixel,
# in rows and columns, of what stride 1 gives, and computes no other: a quarter of the
# multiplications.
#
# **Take away.** A convolution with a stride can stand in for a pool. It has to learn what the pool
# is told.

# %% [markdown]
# ## 9. One pixel to the side
#
# Pooling was praised for this: move the picture a little, and the pooled map hardly changes. Does
# it? And if a smaller map is all we want, why not take every fourth pixel and be done?
#
# Take a map of edges in the photograph: where it gets lighter from left to right. Make it smaller
# by four in three ways: keep every fourth pixel of every fourth row, or the mean of each 4 x 4, or
# its maximum. Then move it to the side, pixel by pixel, and measure how much the small map changes,
# compared with how much it varies. For comparison, shuffle the numbers of a small map and measure
# the change again. That is how much two maps differ that have nothing in common.

# %% tags=["experiment"]
edges = np.maximum(np.diff(data.photo("camera"))[:, :, 128:384], 0)  # (1, 1, 256, 511)


def change(shrink, pixels):
    """Measure how much a small map changes when the picture moves to the side."""
    before, after = shrink(edges[..., 128:384]), shrink(edges[..., 128 + pixels : 384 + pixels])
    return np.mean(np.abs(after - before)) / np.mean(np.abs(before - before.mean()))


def unrelated(shrink):
    """Measure the change from a small map to its own numbers in random places."""
    small = shrink(edges[..., 128:384])
    other = rng.permutation(small.ravel()).reshape(small.shape)
    return np.mean(np.abs(other - small)) / np.mean(np.abs(small - small.mean()))


# %% [markdown]
# **Predict before you run.** Which of the three changes least when the picture moves by one pixel,
# and which most?
#
# <!-- guess 05/least
# choice | changes least | stride alone | average pooling | * max pooling
# choice | changes most | * stride alone | average pooling | max pooling
# -->

# %% tags=["experiment"] alt="A plot of the change of the small map against pixels to the side. At one pixel stride alone is at 1, average and max pooling at 0.34 and 0.24; all rise to about 1 at four. Thin lines for unrelated maps lie at 1.2 to 1.35."
def plot_changes(shrinks, title):
    for (name, shrink), mark in zip(shrinks.items(), ["^:", "s--", "o-", "d-."], strict=False):
        (line,) = plt.plot(range(5), [change(shrink, p) for p in range(5)], mark, label=name)
        plt.axhline(unrelated(shrink), color=line.get_color(), linestyle=mark[1:], linewidth=0.8)
    plt.title(title)
    plt.xticks(range(5))
    plt.xlabel("pixels to the side")
    plt.ylabel("change of the small map")
    plt.legend()
    plt.show()


every = lambda x: x[:, :, ::4, ::4]
average = lambda x: avg_pool_forward(x, 4, 4, 4)[0]
maximum = lambda x: max_pool_im2col(x, 4, 4, 4)
three = {"stride alone": every, "average pooling": average, "max pooling": maximum}
plot_changes(three, "Pooled maps change less (thin lines: unrelated maps)")

# %% [markdown]
# Look at one pixel. The map made by stride alone has already come most of the way to its thin line:
# narrow edges fall between the pixels that are kept. The pooled maps have changed by a quarter to a
# third of that, on this map the maximum least. At four pixels, do not take moved for changed. There
# each small map is the old one, moved by one cell: it differs from the old one at nearly every
# place, and has lost next to nothing.
#
# ### Blur first
#
# But a pool forgives only so much. Here are stripes, two pixels wide, and the same stripes one
# pixel further to the left. A pool of 1 x 2 with stride 2 looks at them.
#
# **Predict before you run.** What does it make of $[0, 0, 1, 1, 0, 0, 1, 1]$, and what of
# $[0, 1, 1, 0, 0, 1, 1, 0]$?
#
# <!-- guess 05/stripes
# row | the first becomes | 0, 1, 0, 1
# row | the second becomes | 1, 1, 1, 1
# -->

# %%
stripes = np.array([[0.0, 0, 1, 1, 0, 0, 1, 1], [0, 1, 1, 0, 0, 1, 1, 0]]).reshape(2, 1, 1, 8)
print(max_pool_forward(stripes, 1, 2, 2)[0])

# %% [markdown]
# The second time, the stripes are gone.
#
# Take the pool apart to see who did it. First comes a maximum at stride 1. It moves when the line
# moves, as a convolution does: no harm so far. Then every second number is kept. What stood in
# between counts for nothing, and one pixel to the side it counts for everything. Fine detail that
# is sampled too coarsely turns into something else: that is called **aliasing**. The cure is old,
# and built into cameras and sound recorders: **blur first**, so that every number that is kept
# knows a little of those that are not.
#
# The usual blur over three pixels has the weights $[\tfrac14, \tfrac12, \tfrac14]$. Why these? Let
# the stride be 2. A pixel in the middle of a window counts $\tfrac12$. A pixel between two windows
# counts $\tfrac14$ in each of them: again $\tfrac12$. Away from the edges every pixel counts the
# same. With three equal weights it would count $\tfrac13$ or $\tfrac23$.
#
# | a line | every second | blurred first |
# |---|---|---|
# | $[0, 0, 4, 0, 0]$ | $[0, 4, 0]$ | $[1, 1]$ |
# | $[0, 0, 0, 4, 0]$ | $[0, 0, 0]$ | $[0, 2]$ |
#
# The numbers 1, 2, 1 are a row of Pascal's triangle, divided by their sum. The next rows,
# 1, 3, 3, 1 and 1, 4, 6, 4, 1, blur more. In two dimensions a window has the weight of its row
# times that of its column.


# %% given="binomial"
def binomial(n):
    """Return n weights that blur: a row of Pascal's triangle, divided by its sum."""
    row = np.ones(1)
    for _ in range(n - 1):
        row = np.convolve(row, [0.5, 0.5])  # each is the mean of two neighbours above it
    return row


# %%
print(binomial(3), binomial(5) * 16)

# %% [markdown]
# ### Exercise 7: `blur_pool_forward` and `blur_pool_backward` (2 points)
#
# **Blur pooling** (Zhang, 2019) is average pooling with these weights in place of equal ones. Pixel
# $(u, v)$ of a window counts `binomial(HH)[u] * binomial(WW)[v]`. Sizes and errors are as before,
# and maps may hold whole numbers.
#
# By hand, windows of 1 x 3 on the first line of the table: send back $\text{dout} = [8, 4]$. The
# first window hands on 2, 4 and 2, the second 1, 2 and 1. They meet at the pixel in the middle:
# $[2, 4, 3, 2, 1]$.


# %% exercise="blur_pool_forward"
def blur_pool_forward(x, HH=3, WW=3, stride=2):
    """Take a mean of every window in which the middle counts most.

    Args:
        x: feature maps, shape (N, C, H, W).
        HH: height of the window.
        WW: width of the window.
        stride: pixels between neighbouring windows.

    Returns:
        out: shape (N, C, H_out, W_out), floating point.
        cache: whatever blur_pool_backward will need.

    Raises:
        ValueError: the windows do not end at the edge.
    """
    N, C, H, W = x.shape
    out = np.empty((N, C, pooled_size(H, HH, stride), pooled_size(W, WW, stride)))
    # Set weights, shape (HH, WW): what each pixel of a window counts.
    ### BEGIN SOLUTION
    weights = np.outer(binomial(HH), binomial(WW))
    ### END SOLUTION
    for i, j in np.ndindex(out.shape[2:]):
        top, left = i * stride, j * stride
        window = x[:, :, top : top + HH, left : left + WW]  # (N, C, HH, WW)
        # Put the blurred window into out[:, :, i, j], shape (N, C).
        ### BEGIN SOLUTION
        out[:, :, i, j] = np.sum(window * weights, axis=(2, 3))
        ### END SOLUTION
    return out, (x.shape, weights, stride)


def blur_pool_backward(dout, cache):
    """Share the gradient of every output among its window, by the weights of the blur.

    Args:
        dout: gradient of the loss with respect to out, shape (N, C, H_out, W_out).
        cache: from blur_pool_forward.

    Returns:
        dx: gradient with respect to x, shape (N, C, H, W).
    """
    shape, weights, stride = cache
    HH, WW = weights.shape
    dx = np.zeros(shape)
    for i, j in np.ndindex(dout.shape[2:]):
        top, left = i * stride, j * stride
        # Give the window in dx, shape (N, C, HH, WW), its part of dout[:, :, i, j], shape (N, C).
        ### BEGIN SOLUTION
        share = dout[:, :, i, j, None, None] * weights  # (N, C, HH, WW)
        dx[:, :, top : top + HH, left : left + WW] += share
        ### END SOLUTION
    return dx


# %% [markdown]
# Try it on the line. Then give the stripes a maximum at stride 1, and blur before every second
# number is kept:

# %%
out, cache = blur_pool_forward(np.array([[[[0.0, 0, 4, 0, 0]]]]), 1, 3)
print(out, blur_pool_backward(np.array([[[[8.0, 4]]]]), cache))
print(blur_pool_forward(max_pool_forward(stripes, 1, 2, 1)[0], 1, 3)[0])

# %% check="blur_pool_forward" points=1
# 1 point. Shown: two lines, two maps. Hidden: all sizes, strides, whole numbers, misfits.
lines = np.array([[0.0, 0.0, 4.0, 0.0, 0.0], [0.0, 0.0, 0.0, 4.0, 0.0]]).reshape(2, 1, 1, 5)
check.same(
    blur_pool_forward(lines, 1, 3)[0],
    [[[[1.0, 1.0]]], [[[0.0, 2.0]]]],
    "two lines",
    hint="A 4 between two windows gives 4 * 1/4 to each; in the middle of one it gives 4 * 1/2.",
)
middle = np.zeros((1, 1, 5, 5))
middle[0, 0, 2, 2] = 16.0
check.same(
    blur_pool_forward(middle)[0],
    [[[[1.0, 1.0], [1.0, 1.0]]]],
    "one 16 in the middle",
    hint="It lies in a corner of each of the four windows of 3 x 3, and a corner counts 1/16.",
)
board = np.zeros((1, 1, 3, 5))
board[0, 0, 0, 0] = board[0, 0, 1, 3] = 32.0
check.same(
    blur_pool_forward(board, 3, 4, 1)[0],
    [[[[3.0, 6.0]]]],
    "3 x 4 windows, stride 1",
    hint="The rows weigh 1/4, 2/4, 1/4, the columns 1/8, 3/8, 3/8, 1/8: 32 * 1/32 + 32 * 2/32.",
)
### BEGIN HIDDEN TESTS
from autograder.judging import inputs, judge

for x, HH, WW, stride in inputs.pool(judge.rng()):
    judge.forward("blur_pool_forward", blur_pool_forward, x, HH, WW, stride)
counting = judge.rng().integers(-9, 9, size=(2, 3, 4, 6))
judge.forward("blur_pool_forward", blur_pool_forward, counting, 2, 3, 1)
for H, W, HH, WW, stride in ((7, 6, 2, 2, 2), (6, 7, 2, 2, 2), (3, 8, 4, 2, 1)):
    x = np.ones((1, 2, H, W))
    judge.refuses(ValueError, "blur_pool_forward", blur_pool_forward, x, HH, WW, stride)
### END HIDDEN TESTS

# %% check="blur_pool_backward" points=1
# 1 point. Shown: a line, and a window of 3 x 2. Hidden: all sizes and strides.
_, cache = blur_pool_forward(np.zeros((1, 1, 1, 5)), 1, 3, 2)
check.same(
    blur_pool_backward(np.array([[[[8.0, 4.0]]]]), cache),
    [[[[2.0, 4.0, 3.0, 2.0, 1.0]]]],
    "dx of a line",
    hint="The pixel in the middle lies in both windows: 2 and 1 add up.",
)
_, cache = blur_pool_forward(np.zeros((1, 1, 3, 3)), 3, 2, 1)
check.same(
    blur_pool_backward(np.array([[[[8.0, 16.0]]]]), cache),
    [[[[1.0, 3.0, 2.0], [2.0, 6.0, 4.0], [1.0, 3.0, 2.0]]]],
    "dx with 3 x 2 windows",
    hint="The first window hands on 1, 2, 1 in each column, the second 2, 4, 2.",
)
### BEGIN HIDDEN TESTS
from autograder.judging import inputs, judge

names, pair = ("blur_pool_forward", "blur_pool_backward"), (blur_pool_forward, blur_pool_backward)
for x, HH, WW, stride in inputs.pool(judge.rng()):
    judge.backward(names, pair, x, HH, WW, stride)
with judge.derived("blur_pool_backward"):
    for shape in ((2, 3, 4, 5), (1, 20_000, 2, 3)):  # of so many numbers no slope is measured
        judge.backward(names, pair, inputs.FAR * judge.rng().normal(size=shape), 2, 2, 1)
### END HIDDEN TESTS

# %% [markdown]
# One pixel to the side, no number of the stripes now changes by more than $\tfrac14$. The pool's
# changed by 1.
#
# Now the map of edges again. For a stride of 4 take a wider blur, of 7 pixels: from its middle it
# reaches 3 to either side, just short of the next pixel that is kept.
#
# **Predict before you run.** Stride alone changed the small map by 0.99 at one pixel to the side,
# and a maximum of 4 x 4 by 0.24. What will a blur before the stride make of the one, and of the
# other?
#
# <!-- guess 05/blur
# number | a blur before the stride: in place of 0.99 | 0.33 | within 30 %
# number | a maximum, a blur, then the stride: in place of 0.24 | 0.21 | within 10 %
# -->

# %% tags=["experiment"] alt="A plot of the change of the small map against pixels to the side. At one pixel stride alone is at 1, blur then stride at 0.33, max pooling at 0.24, and a maximum that is blurred before the stride at 0.21; at four pixels it is lowest, too."
# the last rows and columns are left out where the windows would not fit
blurred = lambda x: blur_pool_forward(x[:, :, :255, :255], 7, 7, 4)[0]
blurred_maximum = lambda x: blur_pool_forward(max_pool_im2col(x, 4, 4, 1)[:, :, :251, :251], 7, 7, 4)[0]
four = {
    "stride alone": every,
    "blur, then stride": blurred,
    "max pooling": maximum,
    "maximum, blur, then stride": blurred_maximum,
}
plot_changes(four, "A blur before the stride (thin lines: unrelated maps)")

# %% [markdown]
# Look at one pixel. The blur alone cuts the change to a third, from 0.99 to 0.33: the same pixels
# are skipped as before, but those that are kept know of them. The maximum is itself a coarse kind
# of blur, and so gains less, from 0.24 to 0.21. Blurring costs, too: fine detail is gone for good,
# and every window has $7 \cdot 7$ products.
#
# **Take away.** A pool forgives a shift that is small against its window. What keeps every second
# number should blur first.

# %% [markdown]
# ## 10. Train both
#
# **Going further**, without points.
#
# Pool, or stride? Arguments do not decide it. So train four nets that differ in nothing but how
# they shrink, on 5000 coloured emoji in ten classes: animals, buildings, clothes and so on. To save
# time each picture is averaged down to 16 x 16.
#
# All four have a convolution with 8 filters, one with 16, a ReLU after each, and a fully-connected
# layer of 10 scores. After each ReLU the map is halved:
#
# - `stride`: every second pixel is kept, as by a convolution of stride 2.
# - `learned`: the pools' replacements, by your `replace_pools`.
# - `pool`: the largest of 2 x 2.
# - `blur`: the largest of 2 x 2 at stride 1, then your blur of 3 x 3 at stride 2. For this the
#   convolution pads 2 pixels, not 1, so that the sizes are as in the others.

# %% tags=["experiment"]
first, second, relu = ("conv", 8, 3, 1, 1), ("conv", 16, 3, 1, 1), ("relu",)
pool, every_second, scores = ("pool", 2, 2), ("every", 2), ("fc", 10)
soft = [("pool", 2, 1), ("blur", 3, 2)]
pooled = [first, relu, pool, second, relu, pool]
nets = {
    "stride": [first, relu, every_second, second, relu, every_second],
    "learned": replace_pools(pooled, 3)[0],
    "pool": pooled,
    "blur": [("conv", 8, 3, 1, 2), relu, *soft, ("conv", 16, 3, 1, 2), relu, *soft],
}

# %% [markdown]
# A table says what computes each kind of layer, forward and backward. It takes the given layers,
# which are quick, and your blur.


# %% tags=["experiment"]
def every_forward(x, S):
    return x[:, :, ::S, ::S], (x.shape, S)


def every_backward(dout, cache):
    shape, S = cache
    dx = np.zeros(shape)
    dx[:, :, ::S, ::S] = dout
    return dx


kinds = {
    "conv": (lambda x, w, b, K, F, S, P: layers.conv_forward(x, w, b, S, P), layers.conv_backward),
    "fc": (lambda x, w, b, M: layers.affine_forward(x, w, b), layers.affine_backward),
    "relu": (layers.relu_forward, layers.relu_backward),
    "pool": (lambda x, F, S: layers.max_pool_forward(x, F, F, S), layers.max_pool_backward),
    "blur": (lambda x, F, S: blur_pool_forward(x, F, F, S), blur_pool_backward),
    "every": (every_forward, every_backward),
}

# %% [markdown]
# Weights begin small and random. Forward goes through the layers, backward through the same in
# reverse, and every weight takes a small step against its gradient, as the filter of lesson 03 did.
# Lesson 06 explains the loss, lesson 09 the rest.


# %% tags=["experiment"]
def forward(net, weights, x):
    caches = []
    for (kind, *how), w in zip(net, weights, strict=True):
        x, cache = kinds[kind][0](x, *w, *how)
        caches.append(cache)
    return x, caches


def draw(net, x, rng):
    """Draw the weights of each layer that has any; its biases are 0."""
    weights = []
    for kind, *how in net:
        w = []
        if kind == "conv":
            (K, F, _, _), C = how, x.shape[1]
            w = [rng.normal(size=(K, C, F, F)) * np.sqrt(2 / (C * F * F)), np.zeros(K)]
        if kind == "fc":
            (M,), D = how, x[0].size
            w = [rng.normal(size=(D, M)) * np.sqrt(2 / D), np.zeros(M)]
        weights.append(w)
        x, _ = kinds[kind][0](x, *w, *how)
    return weights


def train(net, x, y, steps=400, rate=0.05):
    rng = np.random.default_rng(5)
    weights = draw(net, x[:1], rng)
    for _ in range(steps):
        batch = rng.integers(len(x), size=50)
        out, caches = forward(net, weights, x[batch])
        _, dout = layers.softmax_loss(out, y[batch])
        for (kind, *_), w, cache in zip(net[::-1], weights[::-1], caches[::-1], strict=True):
            grads = kinds[kind][1](dout, cache)
            dout, *slopes = grads if w else [grads]
            for old, slope in zip(w, slopes, strict=True):
                old -= rate * slope
    return weights


# %% [markdown]
# Two numbers are wanted of each net: how many of 1000 new pictures it gets right, and for how many
# of them it changes its answer when the picture moves by one pixel. (What leaves on the right comes
# back on the left.)
#
# **Predict before you run.** Put the four in order, by either number. The `learned` net has a third
# more weights than the others. Will it help? The training takes half a minute or so.
#
# <!-- guess 05/four
# choice | more right answers has | `stride` | * `pool`
# choice | the answers of the fewest pictures change for | `stride` | `learned` | `pool` | * `blur`
# choice | beside `pool`, `learned` has | more right answers | * fewer right answers
# -->

# %% tags=["experiment"] alt="Two rows of bars for the four nets. Right answers in 100: stride 35, learned 38, pool 40, blur 43. Answers changed by one pixel: 38, 34, 26, 14."
emoji = data.load("emoji10")
x_train, x_test = (4 * data.centred(x, emoji.mean) for x in (emoji.x_train, emoji.x_test))
x_train, x_test = avg_pool_forward(x_train)[0], avg_pool_forward(x_test)[0]  # (N, 3, 16, 16)
right, changed = [], []
for net in nets.values():
    net = [*net, scores]
    weights = train(net, x_train, emoji.y_train)
    answers = forward(net, weights, x_test)[0].argmax(axis=1)
    moved = forward(net, weights, np.roll(x_test, 1, axis=3))[0].argmax(axis=1)
    right.append(100 * np.mean(answers == emoji.y_test))
    changed.append(100 * np.mean(answers != moved))
figure, axes = plt.subplots(1, 2, figsize=(9, 3), sharey=True)
for axis, values, title in zip(axes, (right, changed), ("right", "changed by one pixel"), strict=True):
    axis.bar_label(axis.barh(list(nets), values), fmt="%.0f", padding=3)
    axis.set(title=title, xlabel="answers in 100", xlim=(0, 50))
axes[0].set_ylabel("net")
axes[0].invert_yaxis()
figure.suptitle("Four ways to shrink")
figure.tight_layout()
plt.show()

# %% [markdown]
# Look at the stride first. It has five right answers in 100 fewer than the pool. Here the learned
# net lies between the two. It could have learned to do what the pool does, or better; but its 1304
# additional weights have to find out from 5000 pictures what the pool is told. As for one pixel,
# the pool changes its mind in 26 cases of 100, the two strides in more than 30, and the blurred net
# in 14.
#
# Do not read more into it than it says. With the seeds 5 to 9 in `train`, for weights and batches,
# the numbers of right answers move by up to seven in 100, and the learned net comes anywhere from
# first to last. What stays in all five: the pool has more right answers than the stride, the pool
# changes its mind less often than both strides, and the blurred net least of all. After 2000 steps
# all four have more right answers, over 40 in 100, and the blurred net about 50. And these are
# small nets with few pictures. In larger ones, trained for long, a learned stride does as well as a
# pool (Springenberg and others, 2014), and most nets since ResNet shrink by strides and have a pool
# or two.
#
# **Take away.** A pool knows something that a stride must learn. A small net with few pictures is
# better off when it is told; and if one pixel must not matter, blur before you skip.

# %% [markdown]
# ## 11. In your own words
#
# A friend takes out every pool of 2 x 2 with stride 2, and gives the convolution before it a stride
# of 2 in place of 1. She adds no layer. Sizes further on are as before. What does she gain, and
# what does she lose? Two or three sentences, with a number. (2 points, graded by hand)

# %% [markdown] answer="stride_or_pool" points=2
# She gains time and memory: her convolution computes a quarter of the outputs, so a quarter of the
# multiplications, and no weight is added. She loses the choice among four answers, because three of
# them are never computed: an edge that falls between her stops is seen less or not at all, and a
# shift by one pixel changes her map much more (with stride 4, in section 9, about four times as
# much as with a maximum).
#
# **Rubric**
#
# - **2 points:** a quarter of the outputs is computed, and the choice among four (or the
#   steadiness under a shift) is lost.
# - **1 point:** one of the two, or both without a number.
# - **0 points:** "nothing is lost, the sizes are the same".

# %% [markdown]
# ## 12. Break the grader
#
# **Going further**, without points.
#
# These three pass every check of this lesson, as far as it is shown, and are wrong. Find an input on
# which each differs from the right pool, with as few numbers as you can. To refuse what the right
# one answers, or to answer what it refuses, is a difference, too.

# %% tags=["experiment"]
from convbook.puzzle import puzzle

broken = puzzle("05")
print(broken)

# %% [markdown]
# Ask about the first. Its `dout` goes back with its own cache:

# %% tags=["experiment"]
x = np.array([[[[1.0, 2.0], [3.0, 4.0]]]])
broken.found(1, x, 2, 2, 2, dout=np.ones((1, 1, 1, 1)))

# %% [markdown]
# There it is right. Change the input, then go on to the other two.
#
# <details><summary>Hint</summary>
#
# How many channels do the checks of `max_pool_backward` have? In which direction does a window fail
# to fit? And which kinds of numbers does an array hold?
#
# </details>
#
# **Take away.** An error is an answer, too, and so is the kind of number: a test has to ask for both.

# %% [markdown]
# ## Summary
#
# | letter | meaning |
# |---|---|
# | $N, C, H, W$ | pictures in the batch, channels, height, width |
# | $HH, WW$ | height and width of the window; $F$ where it is square |
# | $S$ | `stride` |
# | $H_{\text{out}}, W_{\text{out}}$ | $(H - HH)/S + 1$ and $(W - WW)/S + 1$ |
# | $K, P$ | filters and padding of a convolution in `spec` |
# | `dout`, `dx` | gradients with respect to `out` and `x` |
#
# | pool | `out` of a window | each pixel gets `dout` times |
# |---|---|---|
# | max | its largest value | 1 for the winner, 0 for the others |
# | average | its mean | $1/(HH \cdot WW)$ |
# | L2 | the root of the sum of squares | $x/\text{out}$, and 0 where `out` is 0 |
# | blur | its mean, the middle counting most | `binomial(HH)[u] * binomial(WW)[v]` |
#
# - A pool leaves the depth as it is and has no weights. $F = 2$, $S = 2$ drops 75 % of the numbers.
# - Where windows overlap, gradients add up.
# - A 2 x 2 pool makes the layers after it four times cheaper and doubles how far they see.
# - A convolution with the same stride can take a pool's place, at the price of its weights.
# - Blur before you keep every second number, or one pixel to the side can change everything.
#
# Lesson 06 comes to the end of the net, the fully-connected layers, and finds convolutions there.

# %% [markdown]
# ## Read on
#
# - Jost Tobias Springenberg, Alexey Dosovitskiy, Thomas Brox and Martin Riedmiller, *Striving for
#   Simplicity: The All Convolutional Net*, 2014. Section 8, trained in earnest.
# - Richard Zhang, *Making Convolutional Networks Shift-Invariant Again*, 2019. Blur pooling; the
#   stripes of section 9 are its example.
# - Dominik Scherer, Andreas Müller and Sven Behnke, *Evaluation of Pooling Operations in Convolutional
#   Architectures for Object Recognition*, 2010. Maximum against average, and windows that overlap.
# - Y-Lan Boureau, Jean Ponce and Yann LeCun, *A Theoretical Analysis of Feature Pooling in Visual
#   Recognition*, 2010. When the maximum is the better summary, and why.
# - Aharon Azulay and Yair Weiss, *Why do deep convolutional networks generalize so poorly to small
#   image transformations?*, 2019. What one pixel does to large, well-trained nets.

# %% [markdown]
# ## An open question
#
# How much of the place should a net forget, and where? Pools, strides and blurs fix it by hand,
# layer by layer, before the first picture is seen. Nets that shrink hardly at all and learn
# from very many pictures do well, too, and still change their minds over a pixel. For a given task,
# nobody can say beforehand how much steadiness to build in, how much to leave to the data, and
# whether the best net would be steady at all.
