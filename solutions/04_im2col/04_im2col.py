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
# # 04 One big matrix multiply
#
# Your convolution layer takes a window, multiplies, adds, and takes the next window. It is right,
# and it is slow: a photograph keeps it busy for seconds. In this lesson you copy all windows into
# the columns of one matrix. Then the layer is a matrix product, and a computer is very good at
# those.
#
# **You will** write `im2col` and `col2im`, count what the copies cost, test that the two belong
# together, build the layer and its gradients from one product each, and measure what you have won.
#
# **You will learn** in which order windows and weights must lie, why the way back adds, how to test
# a backward function without a step $h$, and why a product of two matrices is so fast.
#
# **You need** `conv_forward` of lesson 02, `conv_backward` of lesson 03, and the product of two
# matrices.
#
# | section | exercise | points | minutes | difficulty |
# |---|---|---|---|---|
# | 1 | `im2col` | 5 | 16 | hard |
# | 2 | `memory_factor` | 1 | 4 | easy |
# | 3 | `col2im` | 3 | 14 | medium |
# | 4 | `cover_count` | 2 | 3 | easy |
# | 5 | `adjoint_gap` | 2 | 2 | easy |
# | 6 | `conv_forward_im2col`, `conv_backward_im2col` | 7 | 18 | medium |
# | 8 | a written answer, graded by hand | 2 | 5 | medium |
#
# Plan about 85 minutes. What is marked as going further, at the end of section 7, takes two more.
# A check is folded to one line, which says what it is worth and what it tries; a click opens it.
# It shows part of the test; grading uses further random input, so a green check is a good sign
# and not yet the grade. In grading all sizes may differ, no function may change its arguments,
# and besides Python's own library only NumPy and Matplotlib can be imported.

# %% given="setup"
import matplotlib.pyplot as plt
import numpy as np

from convbook import check, data, demo, drawing, living, plot
from convbook.layers.windows import output_size

rng = np.random.default_rng(4)

# %% tags=["guess"]
# What you guessed wrong in lesson 02 comes back here, and otherwise nothing: press Shift+Enter.
from convbook import guess

guess.again("04")

# %% [markdown]
# Your loops of lessons 02 and 03 will run a race in section 7. The next cell fetches them, and says
# whether they are yours. If it says "the given layer", finish lesson 03 first. Otherwise what
# section 7 calls "loops" is a matrix product, too, and its time says nothing about loops.

# %% tags=["experiment"]
from convbook.earlier import conv_backward as loops_backward
from convbook.earlier import conv_forward as loops_forward

# %% [markdown]
# `output_size(size, window, stride, pad)` counts the stops of a window along one axis, and raises
# `ValueError` where it does not fit. You have written that twice; it is given from here on.
#
# ## 1. A window becomes a column
#
# What does a matrix product do? Row $f$ of the left matrix meets column $l$ of the right one, and
# their dot product becomes entry $(f, l)$. Dot products, and nothing else.
#
# A convolution layer does nothing else either. So write each filter as a row, and each window as a
# column. Take a picture of 2 x 4 and windows of 2 x 2, with stride 1:
#
# $$x = \begin{pmatrix} 0 & 1 & 2 & 3 \\ 4 & 5 & 6 & 7 \end{pmatrix}$$
#
# There are three stops. Read each window row by row and write it from top to bottom.
#
# **Predict before you run.** The first column is 0, 1, 4, 5. What are the other two? And what does
# the filter $\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}$ make of the first?
#
# <!-- guess 04/columns
# row | the second column | 1, 2, 5, 6
# row | the third | 2, 3, 6, 7
# number | what the filter makes of the first | 34
# -->
#
# <details><summary>Answer</summary>
#
# 1, 2, 5, 6 and 2, 3, 6, 7. The filter gives
# $1 \cdot 0 + 2 \cdot 1 + 3 \cdot 4 + 4 \cdot 5 = 34$.
#
# </details>

# %%
cols = np.array([[0.0, 1, 2], [1, 2, 3], [4, 5, 6], [5, 6, 7]])
w_row = np.array([[1.0, 2, 3, 4]])
print(w_row @ cols)

# %% [markdown]
# One product, and all three outputs are there:

# %% tags=["plot"] alt="A picture of 2 x 4 with the numbers 0 to 7, its first window marked. An arrow leads to a matrix of 4 x 3, whose first column is the window: 0, 1, 4, 5. To its left the filter as a row: 1, 2, 3, 4. The product is 34, 44, 54."
drawing.window_to_column("A filter is a row, a window is a column")

# %% [markdown]
# Look at the marked cells: the first window of `x` stands in the first column. The function that
# writes this matrix is called `im2col`, image to columns.
#
# Watch it on a picture with two channels. Step with the arrow keys: right for the next window, down
# for the next row. Then look at the map of copies: how often was each pixel written?

# %% tags=["demo"]
demo.im2col()

# %% [markdown]
# The matrix is called `cols`. It has $C \cdot HH \cdot WW$ rows, one for each weight of a filter,
# and $N \cdot H_{\text{out}} \cdot W_{\text{out}}$ columns, one for each window of the batch. In
# which order do they stand? The course keeps to one order, chosen so that little has to be moved
# afterwards.
#
# **Down a column:** channel $c$, then row $u$ in the window, then column $v$. The numbers of a
# filter lie in memory in this very order, so `w.reshape(F, -1)` is the matrix of filters, without a
# copy.
#
# **From column to column:** picture $n$, then row $i$ of the output, then column $j$. So the
# windows of a picture stay together, and a row of results can be folded into maps by a reshape.
#
# The last letter of each three runs fastest. In one line, with the padded picture $x^{\text{pad}}$
# of lesson 02:
#
# $$\text{cols}_{r,\,l} = x^{\text{pad}}_{n,\,c,\,iS+u,\,jS+v}
# \qquad r = (c \cdot HH + u) \cdot WW + v
# \qquad l = (n \cdot H_{\text{out}} + i) \cdot W_{\text{out}} + j$$
#
# **Predict before you run.** A photograph of 227 x 227 x 3 meets the first layer of AlexNet:
# windows of 11 x 11, stride 4, no padding. How many rows and columns does `cols` have? Which entry
# of `x` stands in row 150, column 100?
#
# <!-- guess 04/alexnet
# number | rows of `cols` | 363
# number | columns of `cols` | 3025
# row | the entry's place in `x`, as in `n, c, p, q` | 0, 1, 6, 187
# -->
#
# <details><summary>Answer</summary>
#
# $3 \cdot 11 \cdot 11 = 363$ rows. $(227 - 11)/4 + 1 = 55$ stops each way, $55 \cdot 55 = 3025$
# columns.
#
# Row $150 = 1 \cdot 121 + 2 \cdot 11 + 7$: channel 1, row 2 and column 7 of the window. Column
# $100 = 1 \cdot 55 + 45$: the window of $i = 1$, $j = 45$, which starts at row 4 and column 180. It
# is `x[0, 1, 6, 187]`.
#
# </details>
#
# > **If you know other libraries.** PyTorch's `torch.nn.functional.unfold` keeps the batch apart:
# > it returns shape $(N,\; C \cdot HH \cdot WW,\; H_{\text{out}} \cdot W_{\text{out}})$, with the
# > rows in the same order as here. Where a window does not fit, it crops and says nothing. Its
# > `fold` is the `col2im` of section 3. CS231n's `im2col` has these rows, too, but its columns run
# > $i, j, n$: pictures fastest. The fold of section 6 is then another.

# %% [markdown]
# ### Exercise 1: `im2col` (5 points)
#
# Pad, then copy. Loop over the windows if you like, one column at a time. That is clear and good
# enough.
#
# By hand: the picture of 2 x 4 gives the 4 x 3 matrix above.
#
# <details><summary>Hint</summary>
#
# `window.ravel()` of a box $(C, HH, WW)$ has the right order already.
#
# </details>
#
# <details><summary>Hint for a faster way</summary>
#
# Fix a place $(u, v)$ in the window, rather than a window. All windows together see a strided slice
# of `x_pad` there, of shape $(N, C, H_{\text{out}}, W_{\text{out}})$. That makes $HH \cdot WW$
# passes of the loop. Fill an array of shape $(C, HH, WW, N, H_{\text{out}}, W_{\text{out}})$ and
# reshape it last.
#
# </details>


# %% exercise="im2col"
def im2col(x, HH, WW, stride=1, pad=0):
    """Copy every window of a batch into a column of one matrix.

    Args:
        x: pictures, shape (N, C, H, W).
        HH: height of the window.
        WW: width of the window.
        stride: pixels between neighbouring windows.
        pad: rows and columns of zeros on every side.

    Returns:
        cols: shape (C * HH * WW, N * H_out * W_out). Rows in the order c, u, v and
            columns in the order n, i, j; the last of each runs fastest.

    Raises:
        ValueError: the windows do not end at the edge.
    """
    ### BEGIN SOLUTION
    N, C, H, W = x.shape
    H_out, W_out = output_size(H, HH, stride, pad), output_size(W, WW, stride, pad)
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    cols = np.empty((C, HH, WW, N, H_out, W_out), dtype=x.dtype)
    for u, v in np.ndindex(HH, WW):
        rows = slice(u, u + stride * H_out, stride)
        columns = slice(v, v + stride * W_out, stride)
        cols[:, u, v] = x_pad[:, :, rows, columns].transpose(1, 0, 2, 3)  # (C, N, H_out, W_out)
    return cols.reshape(C * HH * WW, N * H_out * W_out)
    ### END SOLUTION


# %% [markdown]
# Try it on the picture by hand. Then on two pictures of one row each:

# %%
print(im2col(np.arange(8.0).reshape(1, 1, 2, 4), 2, 2))
print(im2col(np.array([[[[1.0, 2, 3]]], [[[10.0, 20, 30]]]]), 1, 2))

# %% check="im2col" points=3
# 3 points. Shown: by hand, two channels, AlexNet's size. Hidden: random pictures, no padding.
by_hand = [[0.0, 1.0, 2.0], [1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [5.0, 6.0, 7.0]]
check.same(im2col(np.arange(8.0).reshape(1, 1, 2, 4), 2, 2), by_hand, "the picture of 2 x 4")
channels = np.array([[[[1.0, 2], [3, 4], [5, 6]], [[10, 20], [30, 40], [50, 60]]]])  # (1, 2, 3, 2)
check.same(
    im2col(channels, 2, 2),
    [[1.0, 3.0], [2.0, 4.0], [3, 5], [4, 6], [10, 30], [20, 40], [30, 50], [40, 60]],
    "two channels",
    hint="Down a column: all of channel 0, row by row, then all of channel 1.",
)
shape = im2col(np.zeros((1, 3, 227, 227)), 11, 11, stride=4).shape
check.same(shape, (363, 3025), "the shape for AlexNet's first layer")
### BEGIN HIDDEN TESTS
from autograder.judging import judge

random = judge.rng()
for C, H, W, HH, WW in ((3, 5, 7, 2, 4), (2, 7, 4, 4, 3), (4, 3, 6, 3, 1), (5, 6, 4, 1, 2)):
    judge.value("im2col", im2col, random.normal(size=(1, C, H, W)), HH, WW)
judge.value("im2col", im2col, random.random(size=(1, 3, 227, 227)), 11, 11, 4)
### END HIDDEN TESTS

# %% check="im2col" part="batch" points=2
# 2 points. Shown: two pictures; stride 2 with padding. Hidden: batches, strides, paddings up to 3.
pair = np.array([[[[1.0, 2, 3]]], [[[10.0, 20, 30]]]])  # (2, 1, 1, 3)
check.same(
    im2col(pair, 1, 2),
    [[1.0, 2.0, 10.0, 20.0], [2.0, 3.0, 20.0, 30.0]],
    "two pictures",
    hint="First all windows of picture 0, then all of picture 1.",
)
check.same(
    im2col(np.array([[[[1.0, 2], [3, 4]]]]), 2, 2, stride=2, pad=1),
    [[0.0, 0.0, 0.0, 4.0], [0.0, 0.0, 3.0, 0.0], [0.0, 2.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0]],
    "stride 2, padding 1",
    hint="Each of the four windows sees one pixel and three zeros of padding.",
)
### BEGIN HIDDEN TESTS
from autograder.judging import inputs, judge

for x, w, _, how in inputs.conv(judge.rng()):
    judge.value("im2col", im2col, x, *w.shape[2:], how["stride"], how["pad"])
for N, C, H, W, HH, WW, stride, pad in ((2, 3, 4, 9, 3, 2, 1, 2), (3, 2, 10, 5, 3, 4, 3, 1)):
    x = judge.rng().normal(size=(N, C, H, W))
    judge.value("im2col", im2col, x, HH, WW, stride, pad)
judge.refuses(ValueError, "im2col", im2col, np.ones((2, 3, 10, 9)), 3, 3, 2)
judge.refuses(ValueError, "im2col", im2col, np.ones((2, 3, 9, 10)), 3, 3, 2)
### END HIDDEN TESTS

# %% [markdown]
# Now a real photograph, and the entry that you predicted:

# %% tags=["experiment"]
photo = data.photo("astronaut")[:, :, :227, 110:337]  # (1, 3, 227, 227)
cols = im2col(photo, 11, 11, stride=4)
print(cols.shape)
print(cols[150, 100], photo[0, 1, 6, 187])

# %% [markdown]
# A column is a window; that is how the matrix was made. What is a row? Fold column 1512 and two
# rows back into pictures:

# %% tags=["plot"] alt="Four pictures: a portrait with a red frame; the 11 x 11 pixels inside it, which are column 1512; and rows 0 and 120 of cols, each the portrait again, small and grey, the second moved up and left."
marked = photo[0].transpose(1, 2, 0).copy()  # (227, 227, 3)
marked[105:122, 105:122] = (1.0, 0.0, 0.0)
marked[108:119, 108:119] = photo[0, :, 108:119, 108:119].transpose(1, 2, 0)
window = cols[:, 1512].reshape(3, 11, 11).transpose(1, 2, 0)  # (11, 11, 3)
first, last = cols[0].reshape(55, 55), cols[120].reshape(55, 55)
plot.maps(
    [marked, window, first, last],
    ["x, 227 x 227 x 3", "column 1512: 11 x 11 x 3", "row 0: 55 x 55", "row 120: 55 x 55"],
    "A column of cols is a window, a row is the whole picture",
)

# %% [markdown]
# Look at the two small portraits on the right. A row collects what one weight meets at all of its
# stops: the first weight of the first channel in row 0, the last one of that channel in row 120.
# Each is the picture, every fourth pixel of it, and the second is moved by ten pixels of `x` up and
# to the left. So `cols` could be filled row by row as well.
#
# **Take away.** A column of `cols` is what one stop sees; a row is what one weight sees.

# %% [markdown]
# ## 2. The price
#
# The demo counted copies: with overlapping windows each pixel is written several times. How much
# larger than `x` is `cols`?
#
# **Predict before you run.** A window of 3 x 3 with stride 1 and padding 1: how many times? A
# window of 1 x 1 with stride 1? And AlexNet's 11 x 11 with stride 4? A guess will do: how many
# windows cover a pixel that is far from the border?
#
# <!-- guess 04/price
# number | 3 x 3, stride 1, padding 1 | 9
# number | 1 x 1, stride 1 | 1
# number | 11 x 11, stride 4 | 7.1 | within 10 %
# -->
#
# <details><summary>Answer</summary>
#
# Nine times, since there are as many windows as pixels and each holds nine. Once. And nearly
# $(11/4)^2 = 7.6$ times; pixels near the border lie in fewer windows, so it is a little less.
#
# </details>
#
# ### Exercise 2: `memory_factor` (1 point)
#
# Count both and divide. The picture's own numbers count without padding.
#
# By hand: the picture of 2 x 4 has 8 numbers and its matrix 12, a factor of 1.5. For AlexNet it is
# $363 \cdot 3025 = 1{,}098{,}075$ numbers over $3 \cdot 227 \cdot 227 = 154{,}587$.


# %% exercise="memory_factor"
def memory_factor(x_shape, HH, WW, stride=1, pad=0):
    """Tell how many times more numbers im2col returns than it is given.

    Args:
        x_shape: shape of the pictures, (N, C, H, W).
        HH: height of the window.
        WW: width of the window.
        stride: pixels between neighbouring windows.
        pad: rows and columns of zeros on every side.

    Returns:
        Numbers in cols for each number in x.
    """
    ### BEGIN SOLUTION
    _, _, H, W = x_shape  # N and C count on both sides
    windows = output_size(H, HH, stride, pad) * output_size(W, WW, stride, pad)
    return HH * WW * windows / (H * W)
    ### END SOLUTION


# %% [markdown]
# Try it on your three guesses:

# %%
print(memory_factor((1, 64, 32, 32), 3, 3, pad=1))
print(memory_factor((1, 64, 32, 32), 1, 1))
print(memory_factor((1, 3, 227, 227), 11, 11, stride=4))

# %% check="memory_factor" points=1
# 1 point. Shown: by hand, and AlexNet's first layer. Hidden: batches, strides and paddings.
check.same(memory_factor((1, 1, 2, 4), 2, 2), 1.5, "the picture of 2 x 4")
factor = memory_factor((1, 3, 227, 227), 11, 11, 4)
check.same(factor, 1098075 / 154587, "AlexNet's first layer", hint="7.10, rounded.")
### BEGIN HIDDEN TESTS
from autograder.judging import judge

for x_shape, HH, WW, stride, pad in (
    ((4, 3, 7, 10), 3, 2, 1, 0),
    ((2, 5, 6, 8), 3, 5, 1, 2),
    ((3, 2, 9, 13), 3, 5, 2, 1),
    ((2, 4, 9, 7), 1, 1, 2, 0),
):
    judge.value("memory_factor", memory_factor, x_shape, HH, WW, stride, pad)
N, C, H, W = judge.rng().permutation(np.arange(5, 13))[:4].tolist()
judge.value("memory_factor", memory_factor, (N, C, H, W), 2, 3, 1, 1)
### END HIDDEN TESTS

# %% [markdown]
# In bytes: a batch of 64 volumes of 32 x 32 x 32 takes 8 MiB in float32. Its columns for a 3 x 3
# window take 72 MiB, in every layer, and the way back wants them again. So libraries that multiply
# columns take a few pictures at a time and use the same small piece of memory for all of them.
#
# **Take away.** `im2col` buys speed with memory: 9 times for 3 x 3, 7.1 times for AlexNet's first
# layer.

# %% [markdown]
# ## 3. Columns back into a picture
#
# The gradient will come back as a matrix of the shape of `cols`, one number for every copy. The
# picture wants one number for every pixel. What must happen to the copies of one pixel?
#
# Lesson 03 had the answer: find every place where the number is used, and **add**. So `col2im` goes
# through the windows as `im2col` did. Where `im2col` reads, `col2im` adds.
#
# **Predict before you run.** The matrix is 4 x 3 and all ones, made for the picture of 2 x 4 and
# its three windows of 2 x 2. What does `col2im` return?
#
# <!-- guess 04/ones
# row | what comes back, row by row | 1, 2, 2, 1, 1, 2, 2, 1
# -->
#
# <details><summary>Answer</summary>
#
# $\begin{pmatrix} 1 & 2 & 2 & 1 \\ 1 & 2 & 2 & 1 \end{pmatrix}$. The columns in the middle lie in
# two windows each.
#
# </details>
#
# The picture's size cannot be read off `cols`: a wide picture and a tall one may have the same
# number of windows. So `col2im` is told the shape of `x`.
#
# ### Exercise 3: `col2im` (3 points)
#
# By hand: put the matrix of section 1 back. The pixel 1 was copied twice, so it comes out as 2, and
# the whole is $\begin{pmatrix} 0 & 2 & 4 & 3 \\ 4 & 10 & 12 & 7 \end{pmatrix}$.
#
# <details><summary>Hint</summary>
#
# Begin with zeros of the padded size. Reshape `cols` to $(C, HH, WW, N, H_{\text{out}},
# W_{\text{out}})$; then every index has its name. Cut the padding off last, and remember `pad = 0`.
#
# </details>


# %% exercise="col2im"
def col2im(cols, x_shape, HH, WW, stride=1, pad=0):
    """Add every column back onto the window that it was copied from.

    Args:
        cols: shape (C * HH * WW, N * H_out * W_out), in the order of im2col.
        x_shape: shape of the pictures, (N, C, H, W).
        HH: height of the window.
        WW: width of the window.
        stride: pixels between neighbouring windows.
        pad: rows and columns of zeros on every side; what was added there is dropped.

    Returns:
        x: shape (N, C, H, W). Each pixel is the sum of all of its copies.
    """
    ### BEGIN SOLUTION
    N, C, H, W = x_shape
    H_out, W_out = output_size(H, HH, stride, pad), output_size(W, WW, stride, pad)
    copies = cols.reshape(C, HH, WW, N, H_out, W_out)
    x_pad = np.zeros((N, C, H + 2 * pad, W + 2 * pad), dtype=cols.dtype)
    for u, v in np.ndindex(HH, WW):
        rows = slice(u, u + stride * H_out, stride)
        columns = slice(v, v + stride * W_out, stride)
        x_pad[:, :, rows, columns] += copies[:, u, v].transpose(1, 0, 2, 3)  # (N, C, H_out, W_out)
    return x_pad[:, :, pad : pad + H, pad : pad + W]
    ### END SOLUTION


# %% [markdown]
# Try it on the ones, then on the matrix of section 1:

# %%
print(col2im(np.ones((4, 3)), (1, 1, 2, 4), 2, 2))
print(col2im(im2col(np.arange(8.0).reshape(1, 1, 2, 4), 2, 2), (1, 1, 2, 4), 2, 2))

# %% check="col2im" points=2
# 2 points. Shown: by hand, two channels of two pictures. Hidden: random matrices, no padding.
by_hand = np.array([[0.0, 1, 2], [1, 2, 3], [4, 5, 6], [5, 6, 7]])
check.same(
    col2im(by_hand, (1, 1, 2, 4), 2, 2),
    [[[[0.0, 2.0, 4.0, 3.0], [4.0, 10.0, 12.0, 7.0]]]],
    "the matrix of section 1",
    hint="Copies of the same pixel add up. None of them replaces another.",
)
counting = np.arange(16.0).reshape(4, 4)  # rows c, v = 00, 01, 10, 11; columns n, j likewise
check.same(
    col2im(counting, (2, 2, 1, 3), 1, 2),
    [[[[0.0, 5.0, 5.0]], [[8.0, 21.0, 13.0]]], [[[2.0, 9.0, 7.0]], [[10.0, 25.0, 15.0]]]],
    "two pictures, two channels",
    hint="Rows are ordered c, u, v and columns n, i, j.",
)
### BEGIN HIDDEN TESTS
from autograder.judging import judge

random = judge.rng()
for N, C, H, W, HH, WW in ((2, 3, 5, 7, 2, 4), (3, 2, 7, 4, 4, 3), (1, 4, 3, 6, 3, 1)):
    cols = random.normal(size=(C * HH * WW, N * (H - HH + 1) * (W - WW + 1)))
    judge.value("col2im", col2im, cols, (N, C, H, W), HH, WW)
### END HIDDEN TESTS

# %% check="col2im" part="stride_pad" points=1
# 1 point. Shown: padding that is dropped. Hidden: strides and paddings up to 3.
cols = np.array([[9.0, 9, 9, 4], [9, 9, 3, 9], [9, 2, 9, 9], [1, 9, 9, 9]])
check.same(
    col2im(cols, (1, 1, 2, 2), 2, 2, stride=2, pad=1),
    [[[[1.0, 2.0], [3.0, 4.0]]]],
    "stride 2, padding 1",
    hint="Every 9 falls on padding. Cut off pad rows and columns on every side.",
)
### BEGIN HIDDEN TESTS
from autograder.judging import inputs, judge

for x, w, _, how in inputs.conv(judge.rng()):
    HH, WW, stride, pad = *w.shape[2:], how["stride"], how["pad"]
    cols = judge.reference("im2col")(x, HH, WW, stride, pad)
    cols = judge.rng().normal(size=cols.shape)
    judge.value("col2im", col2im, cols, x.shape, HH, WW, stride, pad)
cols = judge.rng().normal(size=(2 * 3 * 4, 3 * 3 * 2))
judge.value("col2im", col2im, cols, (3, 2, 7, 5), 3, 4, 3, 1)
### END HIDDEN TESTS

# %% [markdown]
# The same numbers as a picture:

# %% tags=["plot"] alt="A picture of 2 x 4 with the numbers 0 to 7, and below it what comes back: 0, 2, 4, 3 and 4, 10, 12, 7. The four numbers in the middle have doubled."
drawing.added_back("Copied, and added back")

# %% [markdown]
# Look at the middle: what was copied twice comes back doubled.
#
# **Find the mistake.** Somebody has kept, for every entry of `cols`, the place in `x` it was copied
# from. The whole of `col2im` then seems to be one line, `x[places] += cols`. Here is the same idea
# on three numbers: three ones, of which two go to place 0.
#
# **Predict before you run.** What is printed first?
#
# <!-- guess 04/lost
# row | printed first | 1, 1, 0
# -->

# %%
places = [0, 0, 1]
total = np.zeros(3)
total[places] += 1.0
print(total)
total = np.zeros(3)
np.add.at(total, places, 1.0)
print(total)

# %% [markdown]
# `total[places] += 1` reads all three places, adds, and writes all three back. Place 0 is written
# twice with the same 1, and one copy is lost. No error, no warning. `np.add.at` adds one by one and
# is right; it is also slow. Slices never name a place twice, so `+=` is safe there, and fast.
#
# **Take away.** `im2col` copies; `col2im` adds the copies up.

# %% [markdown]
# ## 4. Copied and added back is not what you had
#
# The name `col2im` sounds like the inverse of `im2col`. It is not: 1 came back as 2, and 5 as 10.
# Each pixel comes back times the number of windows that cover it:
#
# $$\text{col2im}(\text{im2col}(x))_{n,c,p,q} = x_{n,c,p,q} \cdot \text{count}_{p,q}$$
#
# **Predict before you run.** Five pixels in a row, a window of 3, stride 1, no padding. How many
# windows cover each pixel? With padding 1? With stride 2 and no padding?
#
# <!-- guess 04/cover
# row | without padding | 1, 2, 3, 2, 1
# row | with padding 1 | 2, 3, 3, 3, 2
# row | with stride 2, no padding | 1, 1, 2, 1, 1
# -->
#
# <details><summary>Answer</summary>
#
# Without padding 1, 2, 3, 2, 1. Padding 1 makes it 2, 3, 3, 3, 2. With stride 2 there are two
# windows, and they share one pixel: 1, 1, 2, 1, 1.
#
# </details>
#
# ### Exercise 4: `cover_count` (2 points)
#
# Count the windows for every pixel of a picture. You have all that you need; or count rows and
# columns separately and multiply.
#
# By hand: over 5 x 5 pixels a 3 x 3 window with stride 1 covers a corner once and the middle
# $3 \cdot 3 = 9$ times.


# %% exercise="cover_count"
def cover_count(H, W, HH, WW, stride=1, pad=0):
    """Count the windows that cover each pixel.

    Args:
        H: height of the picture.
        W: width of the picture.
        HH: height of the window.
        WW: width of the window.
        stride: pixels between neighbouring windows.
        pad: rows and columns of zeros on every side. They are not counted.

    Returns:
        count: shape (H, W), as floating point.
    """
    ### BEGIN SOLUTION
    ones = np.ones((1, 1, H, W))
    cols = im2col(ones, HH, WW, stride, pad)
    return col2im(cols, ones.shape, HH, WW, stride, pad)[0, 0]
    ### END SOLUTION


# %% [markdown]
# Try it on the row of five, and on the promise above:

# %%
print(cover_count(1, 5, 1, 3), cover_count(1, 5, 1, 3, stride=2))
x = rng.normal(size=(2, 3, 7, 9))
there_and_back = col2im(im2col(x, 3, 5, 2, 1), x.shape, 3, 5, 2, 1)
print(np.allclose(there_and_back, x * cover_count(7, 9, 3, 5, 2, 1)))

# %% check="cover_count" points=2
# 2 points. Shown: 5 x 5, a row, padding. Hidden: sizes, windows, strides and paddings.
check.same(
    np.asarray(cover_count(5, 5, 3, 3))[[0, 0, 2], [0, 2, 2]],
    [1.0, 3.0, 9.0],
    "a corner, the middle of an edge, the middle of 5 x 5",
    hint="Count rows and columns separately; then multiply.",
)
check.same(cover_count(1, 5, 1, 3), [[1.0, 2.0, 3.0, 2.0, 1.0]], "a row of five")
check.same(
    cover_count(3, 5, 3, 3, stride=2, pad=1),
    [[1.0, 2.0, 1.0, 2.0, 1.0], [2.0, 4.0, 2.0, 4.0, 2.0], [1.0, 2.0, 1.0, 2.0, 1.0]],
    "stride 2, padding 1",
    hint="The windows start at -1, 1 and 3 along the width.",
)
### BEGIN HIDDEN TESTS
from autograder.judging import judge

for H, W, HH, WW, stride, pad in (
    (6, 9, 3, 2, 1, 0),
    (7, 5, 2, 4, 1, 1),
    (9, 11, 5, 3, 2, 0),
    (7, 10, 3, 6, 3, 1),
    (8, 5, 2, 2, 3, 0),
    (4, 6, 2, 3, 1, 2),
):
    judge.value("cover_count", cover_count, H, W, HH, WW, stride, pad)
### END HIDDEN TESTS

# %% [markdown]
# Three covers of a map of 7 x 9 by windows of 3 x 3, written out:

# %% tags=["plot"] alt="Three tables of 7 x 9 numbers: how many windows cover each pixel. Stride 1 without padding: 1 at the corners, 9 inside. With padding 1: 4 at the corners. Stride 2: a pattern of 1, 2 and 4."
figure, axes = plt.subplots(1, 3, figsize=(12, 3.6))
for axis, (stride, pad) in zip(axes, [(1, 0), (1, 1), (2, 0)], strict=True):
    count = cover_count(7, 9, 3, 3, stride, pad)
    axis.imshow(count, cmap="Blues", vmin=0, vmax=16)
    for (p, q), times in np.ndenumerate(count):
        axis.text(q, p, f"{times:.0f}", ha="center", va="center")
    axis.set_title(f"stride {stride}, padding {pad}")
    axis.set_xlabel("column q")
    axis.set_ylabel("row p")
figure.suptitle("How many 3 x 3 windows cover each pixel")
figure.tight_layout()
plt.show()

# %% [markdown]
# Look at the left map: a corner pixel is seen once, one in the middle nine times. A net without
# padding hardly looks at its corners. Padding evens this out. With stride 2 the counts make a
# pattern of 1, 2 and 4: away from the border, neighbouring windows share every second row and every
# second column, and where the two cross it is $2 \cdot 2 = 4$.
#
# Each count is a number of copies. So without padding their mean is the price of section 2.
# AlexNet's first layer once more:

# %%
count = cover_count(227, 227, 11, 11, stride=4)
print(count.min(), count.max(), count.mean())

# %% [markdown]
# **Take away.** `col2im(im2col(x))` is `x` times the number of windows over each pixel.

# %% [markdown]
# ## 5. An identity that finds mistakes
#
# If `col2im` is not the inverse, what is it? Take any picture `x` and any matrix `y` of the shape
# of its columns. Write $\langle a, b \rangle$ for the sum of all products $a_k b_k$. Then
#
# $$\langle \text{im2col}(x),\; y \rangle = \langle x,\; \text{col2im}(y) \rangle$$
#
# Why? On the left every copy of a pixel meets its own number of `y`. On the right the numbers of
# `y` are added up first, and the pixel meets their sum. It is $x_0 y_0 + x_0 y_1 = x_0 (y_0 +
# y_1)$, once for every pixel.
#
# Two linear functions that do this are **adjoint** to each other. For a matrix $A$ the adjoint is
# the transpose: $\langle A x, y \rangle = \langle x, A^T y \rangle$. The matrix of a layer is its
# Jacobian, so going back means multiplying by the transposed Jacobian, as lesson 03 did without
# writing it down.
#
# This is not just elegant. Let $y$ be `dout`. Then the left side is the loss of lesson 03,
# $L(x) = \sum_k \text{out}_k \cdot \text{dout}_k$, and the right side says
# $L(x) = \langle x, \text{col2im}(\text{dout}) \rangle$. So
# $\text{dx} = \text{col2im}(\text{dout})$. **The backward pass of a linear function is its
# adjoint.** To test one, take random numbers and compare two sums. There is no step $h$, and
# nothing but rounding between the two.
#
# **Predict before you run.** Let `f` cut a frame of padding off a picture, one pixel wide. What
# must its backward function do?
#
# <!-- guess 04/frame
# choice | it must | cut the frame off once more | * put zeros around | repeat the border's numbers
# -->
#
# <details><summary>Answer</summary>
#
# Put zeros around it. The numbers that were cut off have no effect on the loss, so their gradient
# is 0.
#
# </details>
#
# ### Exercise 5: `adjoint_gap` (2 points)
#
# Measure it: the distance between the two sums, for any pair of functions.
#
# By hand: $x = [1, 2]$, $y = [3, 4]$. Let `f` and `back` both double. Then $\langle [2, 4], y
# \rangle = 6 + 16 = 22$ and $\langle x, [6, 8] \rangle = 6 + 16 = 22$: the gap is 0. If `back`
# returns $y$ as it is, the gap is $22 - 11 = 11$.


# %% exercise="adjoint_gap"
def adjoint_gap(f, back, x, y):
    """Measure how far two linear functions are from being adjoint, for one x and one y.

    Args:
        f: a function of arrays of the shape of x.
        back: a function of arrays of the shape of f(x).
        x: any shape.
        y: the shape of f(x).

    Returns:
        |<f(x), y> - <x, back(y)>|, a number.
    """
    ### BEGIN SOLUTION
    return abs(np.sum(f(x) * y) - np.sum(x * back(y)))
    ### END SOLUTION


# %% [markdown]
# Try it on your two functions; rounding may leave something like $10^{-14}$. Then on a `col2im`
# that takes the mean of the copies, not their sum:

# %%
x = rng.normal(size=(2, 3, 7, 9))
y = rng.normal(size=(3 * 2 * 4, 2 * 6 * 6))
columns = lambda x: im2col(x, 2, 4)
print(adjoint_gap(columns, lambda y: col2im(y, x.shape, 2, 4), x, y))
mean = lambda y: col2im(y, x.shape, 2, 4) / cover_count(7, 9, 2, 4)
print(adjoint_gap(columns, mean, x, y))

# %% check="adjoint_gap" points=2
# 2 points. Shown: by hand, and a cut. Hidden: random matrices, with the transpose and without.
two, weights = np.array([1.0, 2.0]), np.array([3.0, 4.0])
double, keep = (lambda a: 2 * a), (lambda a: a)
check.same(float(adjoint_gap(double, double, two, weights)), 0.0, "double and double")
check.same(float(adjoint_gap(double, keep, two, weights)), 11.0, "double and keep")
check.same(float(adjoint_gap(keep, double, two, weights)), 11.0, "keep and double")
board, inside = np.arange(12.0).reshape(3, 4), np.array([[1.0, -2.0]])
gap = adjoint_gap(lambda a: a[1:-1, 1:-1], lambda a: np.pad(a, 1), board, inside)
check.same(float(gap), 0.0, "cut and pad", hint="x and y may have any shapes, also different ones.")
### BEGIN HIDDEN TESTS
from autograder.judging import judge

random = judge.rng()
for M, N, K in ((3, 5, 2), (6, 4, 3), (2, 7, 1)):
    A, B, sign = random.normal(size=(M, N)), random.normal(size=(N, M)), np.sign(random.normal())
    x, y = random.normal(size=(N, K)), random.normal(size=(M, K))
    right, wrong = (lambda a, A=A: A.T @ a), (lambda a, B=B: B @ a)
    judge.value("adjoint_gap", adjoint_gap, lambda a, A=A: A @ a, right, x, y)
    for s in (sign, -sign):
        judge.value("adjoint_gap", adjoint_gap, lambda a, A=A, s=s: s * A @ a, wrong, x, y)
x, y = random.normal(size=(2, 3, 4)), random.normal(size=(2, 4))
third = lambda a: np.repeat(a[:, None], 3, axis=1) / 3  # (2, 3, 4)
judge.value("adjoint_gap", adjoint_gap, lambda a: a.sum(axis=1), third, x, y)
### END HIDDEN TESTS

# %% [markdown]
# **Take away.** `col2im` is the adjoint of `im2col`, and so its backward pass.

# %% [markdown]
# ## 6. The layer
#
# Everything is ready. Forward: columns, one product, a bias for every row, and a fold.
#
# $$\text{out} = \underbrace{w}_{(F,\; C \cdot HH \cdot WW)} \cdot
# \underbrace{\text{cols}}_{(C \cdot HH \cdot WW,\;
# N \cdot H_{\text{out}} \cdot W_{\text{out}})} + b$$
#
# For AlexNet's first layer, drawn to scale:

# %% tags=["plot"] alt="Three rectangles to scale: w with 96 x 363 times cols with 363 x 3025 is out with 96 x 3025. The matrix cols is by far the largest of the factors."
figure, axis = plt.subplots(figsize=(11, 1.7))
left = 0
for name, rows, width, sign in [
    ("w", 96, 363, "@"),
    ("cols", 363, 3025, "="),
    ("out", 96, 3025, ""),
]:
    axis.add_patch(plt.Rectangle((left, 0), width, rows, facecolor="lightsteelblue", edgecolor="k"))
    axis.text(left + width / 2, rows + 40, f"{name}: {rows} x {width}", ha="center")
    axis.text(left + width + 400, 48, sign, ha="center", va="center", fontsize=14)
    left += width + 800
axis.set_xlim(-400, left - 400)
axis.set_ylim(-20, 520)
axis.set_aspect("equal")
axis.set_axis_off()
axis.set_title("96 filters meet 3025 windows")
plt.show()

# %% [markdown]
# Look at the filters on the left: they are small beside the matrix that `im2col` writes for one
# photograph. Every row of `w` meets every column of `cols`, and the 363 in the middle is summed
# away.
#
# **Predict before you run.** Two pictures of 1 x 2 pixels, [1, 2] and [3, 4], meet two filters of
# 1 x 1, with the weights 1 and 10. The product is
# $\begin{pmatrix} 1 & 2 & 3 & 4 \\ 10 & 20 & 30 & 40 \end{pmatrix}$. Somebody reshapes it to
# $(N, F, H_{\text{out}}, W_{\text{out}})$. What is then the output of the first picture, and what
# should it be?
#
# <!-- guess 04/reshape
# row | the first picture's output then, filter by filter | 1, 2, 3, 4
# row | what it should be | 1, 2, 10, 20
# -->

# %%
product = np.array([[1.0, 2, 3, 4], [10, 20, 30, 40]])
print(product.reshape(2, 2, 1, 2)[0])
print(product.reshape(2, 2, 1, 2).transpose(1, 0, 2, 3)[0])

# %% [markdown]
# A reshape never moves a number. The rows of the product are filters, so the first axis is $F$;
# inside a row the pictures come first. Reshape to $(F, N, H_{\text{out}}, W_{\text{out}})$, then
# let the first two axes change places. The wrong way has the right shape, and it is right where $N$
# or $F$ is 1.
#
# **Backward** is two more products. Turn `dout` into the matrix $D$ of shape
# $(F,\; N \cdot H_{\text{out}} \cdot W_{\text{out}})$ by the same steps in reverse. Then
#
# $$\text{dw} = D \cdot \text{cols}^T \qquad \text{dcols} = w^T \cdot D \qquad
# \text{dx} = \text{col2im}(\text{dcols})$$
#
# and `db` is the sum of each row of $D$. The shapes leave no other choice: $(F, L)$ times $(L, C
# \cdot HH \cdot WW)$ gives the shape of the filters as rows, with $L = N \cdot H_{\text{out}} \cdot
# W_{\text{out}}$.
#
# **Find the mistake.** Somebody needs $w^T$, of shape $(C \cdot HH \cdot WW, F)$, and writes
# `w.reshape(-1, F)`. The shape is right. Is the matrix? Try two filters of three weights,
# $\begin{pmatrix} 1 & 2 & 3 \\ 4 & 5 & 6 \end{pmatrix}$, in your head.
#
# <details><summary>Answer</summary>
#
# The transpose is $\begin{pmatrix} 1 & 4 \\ 2 & 5 \\ 3 & 6 \end{pmatrix}$, the reshape
# $\begin{pmatrix} 1 & 2 \\ 3 & 4 \\ 5 & 6 \end{pmatrix}$. A reshape keeps the order of the numbers
# in memory, and a transpose must change it. Write `w.reshape(F, -1).T`.
#
# </details>
#
# ### Exercise 6: `conv_forward_im2col` and `conv_backward_im2col` (7 points)
#
# As in lesson 03, a gradient that is measured instead of derived earns no points.
#
# No loops of your own. Three checks follow, and you can earn them one by one: return `None` for
# what you have not written yet. What you keep in the cache is up to you.
#
# By hand: the picture of 2 x 4, the filter $\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}$ and a
# second one of ones. Forward, the maps are $[34, 44, 54]$ and $[10, 14, 18]$, plus the biases.
#
# Backward, let `dout` be ones for the first filter and zeros for the second. Then `dw[0]` is the
# sum of each row of `cols`, which is $\begin{pmatrix} 3 & 6 \\ 15 & 18 \end{pmatrix}$, and `db` is
# $[3, 0]$. Each column of `dcols` is 1, 2, 3, 4. Add them back: $\text{dx} = \begin{pmatrix} 1 & 3
# & 3 & 2 \\ 3 & 7 & 7 & 4 \end{pmatrix}$.


# %% exercise="conv_forward_im2col" withholds="conv_forward conv_backward conv_weight_gradients"
def conv_forward_im2col(x, w, b, stride=1, pad=0):
    """Convolve a batch of pictures with a bank of filters by one matrix product.

    Args:
        x: pictures, shape (N, C, H, W).
        w: filters, shape (F, C, HH, WW).
        b: one bias per filter, shape (F,).
        stride: pixels between neighbouring windows.
        pad: rows and columns of zeros on every side.

    Returns:
        out: feature maps, shape (N, F, H_out, W_out).
        cache: whatever conv_backward_im2col will need.

    Raises:
        ValueError: the windows do not end at the edge.
    """
    ### BEGIN SOLUTION
    N, _, H, W = x.shape
    F, _, HH, WW = w.shape
    H_out, W_out = output_size(H, HH, stride, pad), output_size(W, WW, stride, pad)
    cols = im2col(x, HH, WW, stride, pad)  # (C*HH*WW, N*H_out*W_out)
    product = w.reshape(F, -1) @ cols + b[:, None]  # (F, N*H_out*W_out)
    out = product.reshape(F, N, H_out, W_out).transpose(1, 0, 2, 3)  # (N, F, H_out, W_out)
    return out, (x.shape, cols, w, stride, pad)
    ### END SOLUTION


def conv_backward_im2col(dout, cache):
    """Send the gradient of the output back by two matrix products and col2im.

    Args:
        dout: gradient with respect to out, shape (N, F, H_out, W_out).
        cache: from conv_forward_im2col.

    Returns:
        dx: gradient with respect to x, shape (N, C, H, W).
        dw: gradient with respect to w, shape (F, C, HH, WW).
        db: gradient with respect to b, shape (F,).
    """
    ### BEGIN SOLUTION
    x_shape, cols, w, stride, pad = cache
    F, _, HH, WW = w.shape
    D = dout.transpose(1, 0, 2, 3).reshape(F, -1)  # (F, N*H_out*W_out)
    dw = (D @ cols.T).reshape(w.shape)
    db = D.sum(axis=1)
    dcols = w.reshape(F, -1).T @ D  # (C*HH*WW, N*H_out*W_out)
    dx = col2im(dcols, x_shape, HH, WW, stride, pad)
    return dx, dw, db
    ### END SOLUTION


# %% [markdown]
# Try it on the numbers by hand:

# %%
x = np.arange(8.0).reshape(1, 1, 2, 4)
w = np.array([[[[1.0, 2], [3, 4]]], [[[1, 1], [1, 1]]]])  # (2, 1, 2, 2)
out, cache = conv_forward_im2col(x, w, np.array([0.0, 0.5]))
dx, dw, db = conv_backward_im2col(np.array([[[[1.0, 1, 1]], [[0, 0, 0]]]]), cache)
print(out[0, :, 0], dx[0, 0], dw[0, 0], db, sep="\n")

# %% check="conv_forward_im2col" points=3
# 3 points. Shown: by hand, two pictures with two filters. Hidden: all sizes, strides and paddings.
x = np.arange(8.0).reshape(1, 1, 2, 4)
w = np.array([[[[1.0, 2], [3, 4]]], [[[1, 1], [1, 1]]]])  # (2, 1, 2, 2)
out, _ = conv_forward_im2col(x, w, np.array([0.0, 0.5]))
check.same(out, [[[[34.0, 44.0, 54.0]], [[10.5, 14.5, 18.5]]]], "the picture of 2 x 4")
pair = np.array([[[[1.0, 2]]], [[[3, 4]]]])  # (2, 1, 1, 2)
out, _ = conv_forward_im2col(pair, np.array([[[[1.0]]], [[[10.0]]]]), np.zeros(2))
check.same(
    out,
    [[[[1.0, 2.0]], [[10.0, 20.0]]], [[[3.0, 4.0]], [[30.0, 40.0]]]],
    "two pictures, two filters",
    hint="The product's first axis is F, not N: reshape first, then transpose.",
)
x = np.arange(1.0, 9.0).reshape(1, 2, 2, 2)
w = np.array([[[[1.0, 1], [1, 1]], [[1, 2], [3, 4]]]])  # (1, 2, 2, 2)
out, _ = conv_forward_im2col(x, w, np.array([-15.0]), stride=2, pad=1)
check.same(
    out,
    [[[[6.0, 5.0], [2.0, -3.0]]]],
    "two channels, stride 2, padding 1",
    hint="Each window sees one pixel of each channel: 1 * 1 + 5 * 4 - 15 = 6.",
)
### BEGIN HIDDEN TESTS
from autograder.judging import inputs, judge

for x, w, b, how in inputs.conv(judge.rng()):
    judge.forward("conv_forward_im2col", conv_forward_im2col, x, w, b, **how)
random = judge.rng()
for N, C, H, W, F, HH, WW, stride, pad in (
    (2, 3, 4, 9, 5, 3, 2, 1, 2),
    (4, 2, 10, 5, 3, 3, 4, 3, 1),
):
    x, w = random.normal(size=(N, C, H, W)), random.normal(size=(F, C, HH, WW))
    judge.forward("conv_forward_im2col", conv_forward_im2col, x, w, np.arange(F) - 0.5, stride, pad)
x, w = np.ones((2, 3, 10, 9)), np.ones((4, 3, 3, 3))
judge.refuses(ValueError, "conv_forward_im2col", conv_forward_im2col, x, w, np.zeros(4), 2)
x, w = random.normal(size=(4, 4, 30, 30)), random.normal(size=(64, 4, 3, 3))
judge.no_loops("conv_forward_im2col", conv_forward_im2col, (x, w, np.zeros(64)))
### END HIDDEN TESTS

# %% check="conv_backward_im2col" part="dw" points=2
# 2 points. For dw and db. Shown: by hand, two pictures with two filters. Hidden: all sizes and strides.
x = np.arange(8.0).reshape(1, 1, 2, 4)
w = np.array([[[[1.0, 2], [3, 4]]], [[[1, 1], [1, 1]]]])  # (2, 1, 2, 2)
_, cache = conv_forward_im2col(x, w, np.zeros(2))
_, dw, db = conv_backward_im2col(np.array([[[[1.0, 1, 1]], [[0, 0, 0]]]]), cache)
check.same(
    dw,
    [[[[3.0, 6.0], [15.0, 18.0]]], [[[0.0, 0.0], [0.0, 0.0]]]],
    "dw",
    hint="Row f of D times cols.T, in the shape of w.",
)
check.same(db, [3.0, 0.0], "db", hint="Filter f adds its bias in every picture, at every place.")
x, w = np.array([[[[1.0, 2]]], [[[3, 4]]]]), np.array([[[[1.0]]], [[[10.0]]]])
_, cache = conv_forward_im2col(x, w, np.zeros(2))
dout = np.array([[[[1.0, 2]], [[10, 20]]], [[[3, 4]], [[30, 40]]]])  # (2, 2, 1, 2)
_, dw, db = conv_backward_im2col(dout, cache)
expected = [[[[30.0]]], [[[300.0]]]]
check.same(dw, expected, "dw of two pictures", hint="1 * 1 + 2 * 2 + 3 * 3 + 4 * 4 = 30.")
check.same(db, [10.0, 100.0], "db of two pictures")
x = np.arange(1.0, 9.0).reshape(1, 2, 2, 2)
_, cache = conv_forward_im2col(x, np.ones((1, 2, 2, 2)), np.zeros(1), stride=2, pad=1)
_, dw, _ = conv_backward_im2col(np.array([[[[1.0, 10], [100, 1000]]]]), cache)
check.same(
    dw,
    [[[[4000.0, 300.0], [20.0, 1.0]], [[8000.0, 700.0], [60.0, 5.0]]]],
    "dw of two channels, stride 2, padding 1",
    hint="Each weight has met one pixel: the first the last one, 4, where dout is 1000.",
)
### BEGIN HIDDEN TESTS
from autograder.judging import inputs, judge

for x, w, b, how in inputs.conv(judge.rng()):
    out, own = judge.reference("conv_forward_im2col")(x, w, b, **how)
    dout = judge.rng().normal(size=out.shape)
    _, dw_wanted, db_wanted = judge.reference("conv_backward_im2col")(dout, own)
    _, dw, db = conv_backward_im2col(dout, conv_forward_im2col(x, w, b, **how)[1])
    check.same(dw, dw_wanted, f"dw for x {x.shape}, w {w.shape}, {how}")
    check.same(db, db_wanted, f"db for x {x.shape}, w {w.shape}, {how}")
pair = ("conv_forward_im2col", "conv_backward_im2col"), (conv_forward_im2col, conv_backward_im2col)
with judge.derived("conv_backward_im2col"):
    for case in inputs.no_slope_conv(judge.rng()):
        judge.backward(*pair, *case, results=("dx", "dw", "db"), only="dw")
x, w = np.ones((4, 4, 30, 30)), np.ones((64, 4, 3, 3))
out, own = judge.reference("conv_forward_im2col")(x, w, np.zeros(64))
_, cache = conv_forward_im2col(x, w, np.zeros(64))
judge.no_loops("conv_backward_im2col", conv_backward_im2col, (out, cache), (out, own))
### END HIDDEN TESTS

# %% check="conv_backward_im2col" part="dx" points=2
# 2 points. For dx. Shown: by hand, two pictures with two filters. Hidden: all sizes, strides, paddings.
x = np.arange(8.0).reshape(1, 1, 2, 4)
w = np.array([[[[1.0, 2], [3, 4]]], [[[1, 1], [1, 1]]]])  # (2, 1, 2, 2)
_, cache = conv_forward_im2col(x, w, np.zeros(2))
dx, _, _ = conv_backward_im2col(np.array([[[[1.0, 1, 1]], [[0, 0, 0]]]]), cache)
expected = [[[[1.0, 3.0, 3.0, 2.0], [3.0, 7.0, 7.0, 4.0]]]]
check.same(dx, expected, "dx", hint="dcols = w.reshape(F, -1).T @ D")
x, w = np.array([[[[1.0, 2]]], [[[3, 4]]]]), np.array([[[[1.0]]], [[[10.0]]]])
_, cache = conv_forward_im2col(x, w, np.zeros(2))
dout = np.array([[[[1.0, 2]], [[10, 20]]], [[[3, 4]], [[30, 40]]]])  # (2, 2, 1, 2)
dx, _, _ = conv_backward_im2col(dout, cache)
expected = [[[[101.0, 202.0]]], [[[303.0, 404.0]]]]
check.same(dx, expected, "dx of two pictures", hint="1 * 1 + 10 * 10 = 101, and so on.")
w = np.array([[[[1.0, 1], [1, 1]], [[1, 2], [3, 4]]]])  # (1, 2, 2, 2)
_, cache = conv_forward_im2col(np.ones((1, 2, 2, 2)), w, np.zeros(1), stride=2, pad=1)
dx, _, _ = conv_backward_im2col(np.array([[[[1.0, 10], [100, 1000]]]]), cache)
check.same(
    dx,
    [[[[1.0, 10.0], [100.0, 1000.0]], [[4.0, 30.0], [200.0, 1000.0]]]],
    "dx of two channels, stride 2, padding 1",
    hint="Each pixel is in one window: the first meets w[0, 1, 1, 1] = 4.",
)
### BEGIN HIDDEN TESTS
from autograder.judging import inputs, judge

for x, w, b, how in inputs.conv(judge.rng()):
    out, own = judge.reference("conv_forward_im2col")(x, w, b, **how)
    dout = judge.rng().normal(size=out.shape)
    before = dout.copy()
    expected, _, _ = judge.reference("conv_backward_im2col")(dout, own)
    dx, _, _ = conv_backward_im2col(dout, conv_forward_im2col(x, w, b, **how)[1])
    check.same(dx, expected, f"dx for x {x.shape}, w {w.shape}, {how}")
    check.same(dout, before, "dout afterwards", hint="Work on a copy.")
pair = ("conv_forward_im2col", "conv_backward_im2col"), (conv_forward_im2col, conv_backward_im2col)
with judge.derived("conv_backward_im2col"):
    for case in inputs.no_slope_conv(judge.rng()):
        judge.backward(*pair, *case, results=("dx", "dw", "db"), only="dx")
x, w = np.ones((4, 4, 30, 30)), np.ones((64, 4, 3, 3))
out, own = judge.reference("conv_forward_im2col")(x, w, np.zeros(64))
_, cache = conv_forward_im2col(x, w, np.zeros(64))
judge.no_loops("conv_backward_im2col", conv_backward_im2col, (out, cache), (out, own))
### END HIDDEN TESTS

# %% [markdown]
# **Take away.** Forward is one product and a fold; backward is two products and `col2im`.

# %% [markdown]
# ## 7. Three rungs
#
# AlexNet's first layer makes $290{,}400$ dot products of 363 numbers for a photograph. Count each
# multiplication and each addition as one **operation**:
# $2 \cdot 363 \cdot 290{,}400 = 210{,}830{,}400$. The speed is measured in thousand million
# operations per second, **GFLOP/s**. Climb a ladder; on each rung the operations are the same.
#
# 1. **Loops:** one dot product at a time, $290{,}400$ passes through Python. It is your layer of
#    lesson 02.
# 2. **A product for each window:** the matrix of filters times one column. That is 96 dot products
#    in one call, and 3025 calls.
# 3. **One product** for all windows: one call.
#
# **Predict before you run.** A pass through Python costs some microseconds, millionths of a second.
# So rung 2 spends a few thousandths of a second on its 3025 calls, and Python hardly counts any
# more. What is left to win on rung 3: nothing, twice, ten times?
#
# <!-- guess 04/ladder
# choice | left to win | nothing | about twice | * about ten times | about a hundred times
# -->
#
# <details><summary>Answer</summary>
#
# About ten times, where this was written; the next cells measure yours. The rest of this section says
# why.
#
# </details>

# %% tags=["experiment"]
from time import perf_counter

from threadpoolctl import threadpool_limits


def milliseconds(call):
    """Time a call up to five times and return the best, in milliseconds."""
    times = []
    while len(times) < 5 and sum(times) < 500:
        start = perf_counter()
        call()
        times.append(1000 * (perf_counter() - start))
    return min(times)


# %% [markdown]
# The loops get a corner of 16 windows only, so that nobody has to wait; their time is scaled up. All
# three use float32 and a single core.

# %% tags=["experiment"]
x = photo.astype(np.float32)
w, b = rng.normal(size=(96, 3, 11, 11)).astype(np.float32), np.zeros(96, dtype=np.float32)
w_rows = w.reshape(96, -1)  # (96, 363)
cols = im2col(x, 11, 11, stride=4).astype(np.float32)  # (363, 3025)
windows = np.ascontiguousarray(cols.T)  # one window in each row
operations = 2 * 96 * 363 * 3025

with threadpool_limits(1):
    rungs = {
        "1. loops": milliseconds(lambda: loops_forward(x[:, :, :23, :23], w, b, 4)) * 3025 / 16,
        "2. a product for each window": milliseconds(lambda: [w_rows @ one for one in windows]),
        "3. one product": milliseconds(lambda: w_rows @ cols),
    }
for name, spent in rungs.items():
    print(f"{name:29} {spent:9.1f} ms {operations / spent / 1e6:8.2f} GFLOP/s")

# %% [markdown]
# Rung 2 wins because it passes through Python less often: 96 dot products per call. Rung 3 makes
# the same dot products, in the same compiled code, and is again much faster. What slowed rung 2
# down?
#
# Look at what has to be fetched. For one window the whole matrix of filters is needed,
# $96 \cdot 363 = 34{,}848$ weights. Each is fetched, used for one multiplication and one addition,
# and let go. For the next window all of them are fetched again. A processor core computes faster
# than numbers reach it, so it waits.
#
# Rung 3 has a choice. It can take a **block** of filters and a block of windows, and keep both near
# the arithmetic: in registers, of which there are few, and in the **cache**, a small and fast
# memory in the processor.

# %% tags=["plot"] alt="Three grids: w, cols and out. Two rows of w and two columns of cols are marked, and so are the four entries of out where they meet."
drawing.blocks("Two filters meet two windows: four outputs")

# %% [markdown]
# Look at the marked cells. One step along the two rows and the two columns fetches 2 weights and 2
# pixels, and makes 4 products of them: every weight meets both pixels. A single output fetches 1 and
# 1 for 1 product.
#
# **Predict before you run.** How many numbers does one step fetch for a block of 8 x 8 outputs, and
# how many products does it make of them?
#
# <!-- guess 04/block
# number | numbers fetched | 16
# number | products | 64
# -->
#
# <details><summary>Answer</summary>
#
# 8 weights and 8 pixels, and 64 products: four products for each number, eight times as many as
# with a single output.
#
# </details>
#
# Operations for each number that must be fetched: that is the **arithmetic intensity**. If every
# number were fetched once and every output written once, the three rungs would have
#
# | rung | operations | numbers | intensity |
# |---|---|---|---|
# | a dot product | $2 \cdot 363 = 726$ | $363 + 363 + 1 = 727$ | 1.0 |
# | a product for one window | $2 \cdot 96 \cdot 363 = 69{,}696$ | $34{,}848 + 363 + 96 = 35{,}307$ | 2.0 |
# | one product | $210{,}830{,}400$ | $34{,}848 + 1{,}098{,}075 + 290{,}400 = 1{,}423{,}323$ | 148 |
#
# Between the second rung and the third lies everything else: multiply 2, 4, 8 windows at a time.
# Each time the number of windows doubles, a weight that was fetched is used twice as often.
#
# **Predict before you run.** Sketch the speed against the number of windows at a time, from 1 to all of
# the 3025. Where does it stop growing?
#
# <!-- guess 04/speed
# curve | how many times as fast as one window at a time | windows at a time 1 .. 3025 log | times as fast 1 .. 100 log | 1 1, 4 2.5, 16 6, 64 10, 3025 10 | within 15 %
# -->

# %% tags=["experiment"] alt="Speed in GFLOP/s against windows at a time, both axes logarithmic. The curve climbs from the speed of a product for each window, by ten times or more, and flattens at some dozens of windows. The loops lie far below, a horizontal line."
at_a_time = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 3025]


def by(n):
    """Multiply n windows at a time."""
    return [w_rows @ cols[:, start : start + n] for start in range(0, 3025, n)]


with threadpool_limits(1):
    spent = np.array([milliseconds(lambda n=n: by(n)) for n in at_a_time])
plt.loglog(at_a_time, operations / spent / 1e6, "o-", label="n windows at a time")
plt.axhline(operations / rungs["1. loops"] / 1e6, color="C1", label="loops")
plt.title("The same operations, on one core")
plt.xlabel("windows at a time, n")
plt.ylabel("GFLOP/s")
plt.legend()
plt.show()

# %% [markdown]
# Look at the left half: more windows at a time, more speed, while Python's part stays small all the
# way. On the right the curve is nearly flat. The numbers come fast enough now, and the core is busy
# computing; more reuse does not help any more. (Notches in the curve come from whatever else your
# machine was doing; run the cell again.) Compiled code that multiplies matrices in this way
# is called **GEMM**, general matrix multiply; the makers of processors tune one for each.
#
# **Take away.** Leaving Python out is the first factor; using each number many times while it is
# near is the second.

# %% [markdown]
# **Going further**, without points: the whole layer, with its copies and its way back, on as many
# cores as NumPy takes. The **given** layer is the one that later lessons fall back on: it makes the
# same product, with the columns of a few pictures at a time in a small buffer.

# %% tags=["experiment"] alt="Bars on a logarithmic axis, milliseconds for AlexNet's first layer, forward and backward. The loops take thousands, im2col and the given layer tens."
from convbook import layers


def measure(forward, backward, x):
    """Time a layer's forward and backward pass, scaled up to all 3025 windows."""
    out, cache = forward(x, w, b, 4)
    dout = np.ones_like(out)
    there = milliseconds(lambda: forward(x, w, b, 4))
    back = milliseconds(lambda: backward(dout, cache))
    return np.array([there, back]) * 3025 / out[0, 0].size


times = {
    "loops": measure(loops_forward, loops_backward, x[:, :, :23, :23]),
    "im2col": measure(conv_forward_im2col, conv_backward_im2col, x),
    "given": measure(layers.conv_forward, layers.conv_backward, x),
}
for k, (name, spent) in enumerate(times.items()):
    bars = plt.bar(np.arange(2) + 0.27 * (k - 1), spent, 0.25, label=name)
    plt.bar_label(bars, fmt="{:,.0f}", fontsize=9)
plt.yscale("log")
plt.margins(y=0.1)
plt.xticks(range(2), ["forward", "backward"])
plt.title("AlexNet's first layer in three ways, one picture")
plt.ylabel("milliseconds, logarithmic")
plt.legend()
plt.show()
print("im2col against the loops, times as fast:", *(times["loops"] / times["im2col"]).round(1))
print("given layer against im2col:             ", *(times["im2col"] / times["given"]).round(1))

# %% [markdown]
# Look at the first bar of each group: the loops take seconds, the product tens to hundreds of times
# less. The two lines below the picture say how much on your machine. The second bar and the third
# belong to the same product; they differ by what the copies cost. What the given layer saves above
# all is memory: it never holds the columns of 64 pictures. It makes those of a few, multiplies
# while they are still in the cache, and makes them again on the way back.
#
# If your `im2col` takes far longer than the given layer, look at its own time. A loop over windows
# takes $N \cdot H_{\text{out}} \cdot W_{\text{out}}$ passes, one over places $HH \cdot WW$: 3025
# against 121 here. The second hint of section 1 shows how. Look at its dtype, too: `np.zeros` makes
# float64 of everything, unless told otherwise, and that takes twice the time.
#
# In lesson 02 the living net crawled behind your hand. Give it your new layer, press Play, and read
# the looks a second:

# %% tags=["demo"]
living.net(conv_forward_im2col, conv_backward_im2col).show(data.photo("chelsea"), at=(17, 62))

# %% [markdown]
# **Take away.** The same sums, done as one product, are tens to hundreds of times as fast.

# %% [markdown]
# ## 8. In your own words
#
# A friend says: "Of course im2col is faster. It needs fewer multiplications." Count them for
# AlexNet's first layer and one photograph, in the loops and in the matrix product. Is she right?
# Say what makes the product faster, both reasons, and what it costs. Three or four sentences, with
# numbers. (2 points, graded by hand)

# %% [markdown] answer="fewer_multiplications" points=2
# She is not. The loops make $290{,}400$ dot products of $363$ numbers; the product of $96$ x $363$
# and $363$ x $3025$ makes as many, $96 \cdot 3025 = 290{,}400$, of the same length. That is
# $105{,}415{,}200$ multiplications in both. But the loops take 290,400 passes through Python, and
# each costs far more than its 363 multiplications. The product is one call of compiled code, which
# keeps small blocks of both matrices near the arithmetic and uses every number there many times:
# up to 148 operations for each number fetched, in place of one. It costs memory: `cols` has
# 1,098,075 numbers, 7.1 times as many as the picture.
#
# **Rubric**
#
# - **2 points:** 105,415,200 both ways, one call of compiled code instead of 290,400 passes, numbers
#   that are used many times while they are near, and 7.1 times the memory.
# - **1 point:** the count with one or two of the other three.
# - **0 points:** "fewer, because the matrix is multiplied once".

# %% [markdown]
# ## Summary
#
# | letter | meaning |
# |---|---|
# | $N, C, H, W$ | pictures in the batch, channels, height, width |
# | $F, HH, WW$ | filters; height and width of a filter |
# | $S, P$ | `stride` and `pad` |
# | $u, v$ | row and column inside a window |
# | $i, j$ | row and column of the output, which say which window |
# | `cols` | shape $(C \cdot HH \cdot WW,\; N \cdot H_{\text{out}} \cdot W_{\text{out}})$ |
# | $r, l$ | row of `cols` in the order $c, u, v$; column of `cols` in the order $n, i, j$ |
# | $D$ | `dout` as a matrix, shape $(F,\; N \cdot H_{\text{out}} \cdot W_{\text{out}})$ |
#
# - `im2col` writes each window as a column. `w.reshape(F, -1)` times that matrix is the layer.
# - The copies cost memory: 9 times for 3 x 3 windows, 7.1 times for AlexNet's first layer.
# - `col2im` adds the copies up. It is the adjoint of `im2col`, not its inverse.
# - A reshape never moves a number. Where axes must change places, transpose.
# - A product of matrices is fast because it uses each number many times while it is near.
#
# Lesson 05 makes maps smaller, and finds another use for columns.

# %% [markdown]
# ## Read on
#
# - Kumar Chellapilla, Sidd Puri and Patrice Simard, *High performance convolutional neural networks
#   for document processing*, 2006: windows unrolled into columns.
# - Kazushige Goto and Robert A. van de Geijn, *Anatomy of high-performance matrix multiplication*,
#   2008: which block stays in which memory, and why.
# - Samuel Williams, Andrew Waterman and David Patterson, *Roofline: an insightful visual performance
#   model for multicore architectures*, 2009: speed against arithmetic intensity, in one picture.
# - Sharan Chetlur and others, *cuDNN: efficient primitives for deep learning*, 2014: the same product
#   on a GPU, with a piece of `cols` at a time, made where it is used.
# - Volker Strassen, *Gaussian elimination is not optimal*, 1969: for the question below.

# %% [markdown]
# ## An open question
#
# The usual product of two 2 x 2 matrices takes eight multiplications. Strassen found a way with seven,
# and with it, for large $n$, a product of two $n$ x $n$ matrices that takes about $n^{2.81}$ in place
# of $n^3$. Others have brought the exponent below 2.38, with methods that no computer uses: they win
# only at sizes beyond any memory. Less than 2 is impossible, for the result has $n^2$ entries. Is
# every exponent above 2 enough? Nobody knows.
