# %% run
from convbook import demo, sketch

# %% [markdown] slide
# # One big matrix multiply
#
# Lecture 04: the same sums, tens to hundreds of times as fast

# %% [markdown] notes
# (1 min) You have a layer that is right and slow. Today it becomes fast without a new idea in
# mathematics. All the trouble is in the order of numbers.

# %% [markdown] slide
# ## Four loops are slow
#
# AlexNet's first layer: $55 \cdot 55 \cdot 96 = 290{,}400$ outputs, and a dot product of 363
# numbers for each.
#
# A turn of a Python loop takes some 5 to 10 millionths of a second.
#
# **So one photograph takes 1.5 to 3 seconds, for one layer.**

# %% [markdown] notes
# (3 min) 105 million multiplications. The processor does some ten thousand million a second on one
# core. Nearly all of the time goes to Python telling NumPy what to do next.
#
# What can a computer do fast? The best-tuned piece of code on any machine is the product of two
# matrices.

# %% [markdown] slide
# ## A window becomes a column

# %% picture
"""A picture of 2 by 4 numbers from 0 to 7, its first window of 2 by 2 marked. An arrow leads to a
matrix of 4 by 3, whose first column is 0, 1, 4, 5. To its left the filter as a row: 1, 2, 3, 4. To
the right the product: 34, 44, 54."""
sketch.window_to_column()

# %% [markdown] notes
# (4 min) Read each window row by row and write it from top to bottom. The filter is a row. Row
# times column is one stop: 0 plus 2 plus 12 plus 20 is 34. All three stops are one product.
#
# More filters are more rows. More windows are more columns. That is all.

# %% [markdown] question
# ## AlexNet's first layer
#
# 227 x 227 x 3, windows of 11 x 11, stride 4. How many rows and columns does `cols` have?

# %% [markdown] answer
# $3 \cdot 11 \cdot 11 = 363$ rows, $55 \cdot 55 = 3025$ columns. 96 filters: a product of 96 x 363
# by 363 x 3025.

# %% [markdown] notes
# (2 min) The 55 is lecture 01: 227 minus 11, over 4, plus 1. The 363 is summed away.

# %% [markdown] slide
# ## Watch it

# %% demo
demo.im2col()

# %% [markdown] notes
# (4 min) Two channels. Right arrow for the next window. A column holds channel 0's four numbers,
# then channel 1's. Then show the map of copies: the pixels in the middle have been written four
# times.

# %% [markdown] slide
# ## One order, kept everywhere
#
# | | slowest | | fastest |
# |---|---|---|---|
# | down a column | channel $c$ | row $u$ | column $v$ |
# | from column to column | picture $n$ | row $i$ | column $j$ |
#
# - A filter lies in memory as $c, u, v$: `w.reshape(F, -1)` needs no copy.
# - The windows of a picture stay together: results fold into maps by a reshape.

# %% [markdown] notes
# (3 min) Any order would do, if it were the same on both sides. This one costs nothing for the
# filters. PyTorch's unfold has the same rows and keeps the batch apart. CS231n's columns run with
# the pictures fastest.

# %% [markdown] slide
# ## The price
#
# Windows that overlap are written several times.
#
# | window | `cols` over `x` |
# |---|---|
# | 1 x 1, stride 1 | 1 |
# | 3 x 3, stride 1, padding 1 | 9 |
# | 11 x 11, stride 4, on 227 | 7.1 |
#
# $363 \cdot 3025 = 1{,}098{,}075$ numbers, made of $154{,}587$.

# %% [markdown] notes
# (3 min) A guess without counting: 11 over 4, squared, is 7.6; near the border it is a little less.
#
# For a batch of 64 volumes of 32 x 32 x 32, 8 MiB become 72 MiB. Libraries make the columns of a
# few pictures at a time, in a small buffer that stays in the cache.

# %% [markdown] question
# ## A fold that went wrong
#
# Two pictures of two pixels, two filters. The product is
#
# $$\begin{pmatrix} 1 & 2 & 3 & 4 \\ 10 & 20 & 30 & 40 \end{pmatrix}$$
#
# `product.reshape(N, F, 1, 2)`: what is now the output of picture 0?

# %% [markdown] answer
# $[[1, 2], [3, 4]]$. It should be $[[1, 2], [10, 20]]$. Rows are filters: reshape to $(F, N, ...)$
# and let the first two axes change places.

# %% [markdown] notes
# (4 min) The shape is right and the values are right; they stand in wrong places. It is right where
# there is one picture, so a test with a batch of one never finds it. A reshape never moves a
# number.

# %% [markdown] slide
# ## Backward is two more products
#
# $D$: `dout` with the filters as rows, shape $(F, L)$, $L$ windows in the batch.
#
# $$\text{dw} = D \cdot \text{cols}^T \qquad \text{dcols} = w^T \cdot D$$
#
# `dcols` has one number for every **copy** of a pixel. `dx` wants one for every **pixel**.

# %% [markdown] notes
# (4 min) Let the shapes decide: F by L times L by C HH WW has the shape of the filters. There is
# only one way to multiply them. db is the sum of each row of D.
#
# Ask before the next slide: what must happen to the copies of one pixel?

# %% [markdown] slide halves
# ## Add the copies up
#
# `col2im` goes through the windows as `im2col` did. Where `im2col` reads, `col2im` **adds**.
#
# What comes back is not what went in: each pixel comes back times the number of windows over it.

# %% picture
"""Above, the picture of 2 by 4 numbers from 0 to 7. Below, what comes back: 0, 2, 4, 3 and 4, 10,
12, 7; the four numbers in the middle have doubled."""
sketch.added_back()

# %% [markdown] notes
# (3 min) The 5 was copied twice and comes back as 10. The corners were copied once.

# %% [markdown] question
# ## Five pixels, a window of three
#
# Stride 1, no padding. How many windows cover each pixel? With stride 2?

# %% [markdown] answer
# 1, 2, 3, 2, 1. With stride 2: 1, 1, 2, 1, 1.

# %% [markdown] notes
# (2 min) A pixel at the border is seen less often. A net without padding hardly looks at its
# corners.

# %% [markdown] slide
# ## An identity that finds mistakes
#
# For any picture $x$ and any matrix $y$ of the shape of its columns:
#
# $$\langle \text{im2col}(x),\; y \rangle = \langle x,\; \text{col2im}(y) \rangle$$
#
# One pixel with two copies: $x_0 y_0 + x_0 y_1 = x_0 (y_0 + y_1)$.
#
# The backward pass of a linear function is its **adjoint**. Two sums of random numbers test it.

# %% [markdown] notes
# (4 min) Angle brackets: the sum of all products. On the left every copy of a pixel meets its own
# number of y; on the right these are added first. There is no step h, so nothing but rounding
# stands between the two sides: 10 to the minus 14, not 10 to the minus 7.
#
# For a matrix the adjoint is the transpose.

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
# (3 min) np.add.at adds one by one. It is right, and slow. Slices never name a place twice, so with
# slices += is safe and fast. That is how a fast col2im is written.

# %% [markdown] slide
# ## Three rungs
#
# AlexNet's first layer: 210,830,400 operations on each.
#
# | rung | calls | operations a number |
# |---|---|---|
# | loops | 290,400 | 1 |
# | a product a window | 3025 | 2 |
# | one product | 1 | 148 |

# %% [markdown] notes
# (4 min) An operation is a multiplication or an addition; the last column divides them by the
# numbers that must be fetched. From the first rung to the second, Python is left out. The middle
# rung is the instructive one: 3025 calls cost a few thousandths of a second, so Python is no excuse
# any more.
#
# Measure live with the notebook's section 7: thousand millions of operations a second, GFLOP/s, on
# one core. The third rung was about ten times the second where this was written.

# %% [markdown] slide
# ## Use a number while it is near
#
# Two weights and two pixels are fetched, and four products made. A block of 8 x 8: 16 and 64.

# %% picture
"""Three grids: w, cols and out. Two rows of w and two columns of cols are dark, and so are the four
entries of out where they meet."""
sketch.blocks()

# %% [markdown] notes
# (4 min) A core computes faster than numbers reach it. With one window, each of the 34,848 weights
# is fetched for one multiplication. With a block, every weight meets all windows of the block.
#
# The word is arithmetic intensity: operations for each number fetched. Lesson 10 draws the roofline
# with it.

# %% [markdown] slide
# ## Today's notebook
#
# - `im2col`, `col2im`, and the layer forward and backward, without a loop of your own: 20 points.
# - Three rungs, measured, and a race between loops, your layer and the given one.
#
# **Take away**
#
# - Windows are columns, filters are rows; the layer is one product.
# - `im2col` copies, `col2im` adds the copies up: they are adjoint.
# - The same sums: a fraction of the time, and 7 to 9 times the memory.

# %% [markdown] notes
# (2 min) Say once more: no multiplication was saved. The same sums are done by code that keeps the
# processor's caches and vector units busy.
