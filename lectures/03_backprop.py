# %% run
import matplotlib.pyplot as plt
import numpy as np

from autograder.slides import draw
from convbook import demo
from convbook.layers import conv_backward, conv_forward

rng = np.random.default_rng(3)

# %% [markdown] slide
# # Push gradients back
#
# Lecture 03: from the loss to every weight, through a convolution

# %% [markdown] notes
# (1 min) The loss is at the end of a net and the weights are in the middle. To train we must know,
# for each weight, what the loss does when the weight moves a little.
#
# Today: how to measure that, how to derive it, and how to check the one with the other.

# %% [markdown] slide
# ## What a layer owes
#
# `dout` says how the loss $L$ changes with each entry of `out`. The layer owes the same for `x`.

# %% picture
"""Three boxes in a row, x, layer and out, and at the end the loss L. Arrows lead forwards above.
Below, arrows lead backwards, from the loss to dout, and through the layer to dx."""
axis = draw.canvas(18, 5.6)
for left, name, fill in (
    (0.2, "x", "C5"),
    (5.6, "layer", "C9"),
    (11, "out", "C7"),
    (16, "L", "C9"),
):
    axis.add_patch(plt.Rectangle((left, 0.6), 1.8, 1.3, facecolor=fill))
    axis.text(left + 0.9, 1.25, name, ha="center", va="center", fontsize=20)
for start, end in ((2.2, 5.4), (7.6, 10.8), (13, 15.8)):
    draw.arrow(axis, (start, 1.25), (end, 1.25))
for left, name in ((0.2, "dx"), (11, "dout")):
    axis.add_patch(plt.Rectangle((left, 3.7), 1.8, 1.3, facecolor="C8"))
    axis.text(left + 0.9, 4.35, name, ha="center", va="center", fontsize=20)
draw.arrow(axis, (16.9, 2.1), (13, 4.35))
draw.arrow(axis, (10.8, 4.35), (6.5, 2.1))
draw.arrow(axis, (6.3, 2.1), (2.2, 4.35))
axis.text(14.2, 4.1, "other layers", fontsize=18)

# %% [markdown] notes
# (3 min) A layer knows nothing of what comes behind it. It gets dout, an array of the shape of out.
#
# As far as the layer can tell, the loss is the sum of out times dout, entry by entry. So it can
# work out its part alone. That is why a net can be built of layers.

# %% [markdown] slide
# ## Measure a slope
#
# Move one number by $h$, and look at what $L$ does:
#
# $$\text{forward } \frac{L(x + h) - L(x)}{h}\qquad \text{central } \frac{L(x + h) - L(x - h)}{2h}$$
#
# | $L(x) = x^2$ at 3, with $h = 0.1$ | slope |
# |---|---|
# | forward | 6.1 |
# | central | 6.0 |
# | true | 6 |

# %% [markdown] notes
# (3 min) Let the room work both rows: 3.1 squared is 9.61, 2.9 squared is 8.41.
#
# The parabola bends. What the bend adds on the right it adds on the left as well, and the central
# difference does not see it.

# %% [markdown] question
# ## Is a smaller step always better?
#
# The formula is exact in the limit $h \to 0$. On a computer, what happens to the error of the slope
# as $h$ goes from 1 to $10^{-13}$?

# %% [markdown] answer
# It falls, and then it rises again. Both values agree in so many digits that little is left of
# their difference, and rounding is divided by a tiny $h$.

# %% [markdown] notes
# (3 min) Let everybody sketch the curve before the answer. Then show the next slide.

# %% [markdown] slide
# ## Too large, and too small
#
# The best step for central differences is near $10^{-5}$.

# %% picture
"""The error of a measured slope against the step h, both axes logarithmic. From the right both
errors fall, the central one twice as steeply, to about ten to the minus eleven near a step of ten
to the minus five. To the left of that it rises again."""
h = 10.0 ** np.arange(-13, 0.5, 0.5)
forward = abs((np.sin(1 + h) - np.sin(1)) / h - np.cos(1))
central = abs((np.sin(1 + h) - np.sin(1 - h)) / (2 * h) - np.cos(1))
figure, axis = plt.subplots(figsize=(11.5, 4.8))
axis.loglog(h, forward, "o-", color="C1", label="forward difference")
axis.loglog(h, central, "s-", color="C0", label="central difference")
axis.set_xlabel("step h")
axis.set_ylabel("error of the slope of sin at 1")
axis.legend()
figure.tight_layout()

# %% [markdown] notes
# (3 min) Read both curves from the right. Each tenfold smaller step makes the forward error ten
# times smaller, and the central one a hundred times.
#
# Then rounding takes over. With central differences and a step of ten to the minus five you get
# about ten digits. That is the default in the notebook.

# %% [markdown] slide
# ## A gate
#
# ReLU lets positive numbers through. Backward it lets the gradient through **at the same places**.

# %% picture
"""Four columns. x is 3, minus 2, 4 and minus 1; out is 3, 0, 4 and 0. Below, dout is 5, 7, minus 1
and 2, and dx is 5, 0, minus 1 and 0: the gate is open in the first and the third column."""
x, dout = np.array([3, -2, 4, -1]), np.array([5, 7, -1, 2])
axis = draw.canvas(17, 5)
is_open = [(0, 0), (0, 2)]
draw.cells(axis, x, 2, 0.5, on=is_open, size=20)
draw.cells(axis, [3, 0, 4, 0], 11, 0.5, fill="C7", on=is_open, strong="C2", size=20)
draw.cells(axis, [5, 0, -1, 0], 2, 3.2, fill="C8", on=is_open, strong="C3", size=20)
draw.cells(axis, dout, 11, 3.2, fill="C8", size=20)
for left, top, name in ((1.8, 1, "x"), (10.8, 1, "out"), (1.8, 3.7, "dx"), (10.8, 3.7, "dout")):
    axis.text(left, top, name, ha="right", va="center", fontsize=20)
draw.arrow(axis, (6.4, 1), (9.2, 1))
draw.arrow(axis, (9.2, 3.7), (6.4, 3.7))

# %% [markdown] notes
# (3 min) Where x is positive, out follows it one for one. Where it is negative, out stays 0
# whatever x does.
#
# The common mistake is to look at the sign of dout. Minus 1 passes: its gate is open. Exactly at
# zero there is a kink, and 0 and 1 are both right.

# %% [markdown] slide
# ## Along a line, with pencil and paper
#
# $$\text{out}_0 = x_0 w_0 + x_1 w_1 + b \qquad \text{out}_1 = x_1 w_0 + x_2 w_1 + b$$
#
# Where does $x_1$ stand? Twice: with $w_1$ in $\text{out}_0$, with $w_0$ in $\text{out}_1$.

# %% [markdown] fragment
# Each place sends its own gradient back, and they add up:
#
# $$\text{dx}_1 = \text{dout}_0 \, w_1 + \text{dout}_1 \, w_0$$

# %% [markdown] notes
# (4 min) This is the whole lecture in one line: find every place where the number is used, and add.
#
# Ask for dx 0 and dx 2: each stands in one place only. With four numbers the same is a written
# exercise of today's notebook.

# %% [markdown] question
# ## Three numbers, a filter of two
#
# $w = [3, 5]$ and $\text{dout} = [10, 1]$. What is $\text{dx}_1$? You know neither $x$ nor $b$:
# does it matter?

# %% [markdown] answer
# $\text{dx}_1 = 10 \cdot 5 + 1 \cdot 3 = 53$. It does not matter: $b$ stays while $x$ moves, and
# $x$ enters with the factor $w$ alone.

# %% [markdown] notes
# (3 min) A minute alone. Somebody will have 35: that is 10 times 3 plus 1 times 5, the two weights
# exchanged. Keep it on the board, it comes back as the flip.

# %% [markdown] slide
# ## Back through the layer
#
# An entry of `out` is a window times a filter, plus a bias. Its gradient `dout[n, f, i, j]` goes
#
# - to the **window** of `x`, times the filter,
# - to the **filter**, times the window,
# - to the **bias**, as it is.
#
# Windows overlap, and a filter is used at every place: each share is **added** to what is there.

# %% [markdown] notes
# (3 min) A product has two factors; each gets the gradient times the other one. Nothing more than
# that is behind the whole backward pass.
#
# Stress the word added. Writing a share over the last one is the most common mistake of this
# lesson.

# %% [markdown] slide
# ## Where each gradient goes

# %% demo
demo.backward()

# %% [markdown] notes
# (6 min) Click into the demo, then step with the arrow keys; Escape gives the keys back to the
# slides. Stride 2 and padding 1.
#
# Before each of the first steps ask: which cells of dx will change? At the end the padding is cut
# off: those zeros are no part of x, and their gradient is dropped.

# %% [markdown] question
# ## One single 1
#
# `dout` is zero except for a 1 at row 0, column 1. Stride 1, no padding, one channel. What do `dx`,
# `dw` and `db` look like?

# %% [markdown] answer
# `dx`: zeros, and one copy of the filter, upright, at the window of (0, 1). `dw`: that window of
# `x`. `db`: 1.

# %% [markdown] notes
# (3 min) When a layer is wrong, this is the dout to try: each gradient can be read off.

# %% [markdown] slide
# ## Every entry of `dout` stamps the filter

# %% picture
"""Three pictures. dout with one bright cell. Its dx: an F, upright, as the filter is. The dx of two
entries: two Fs that share a lighter cell."""
letter = np.array([[1.0, 1, 1], [1, 0, 0], [1, 1, 0], [1, 0, 0], [1, 0, 0]])
cache = conv_forward(np.zeros((1, 1, 9, 9)), letter[None, None], np.zeros(1))[1]
one, two = np.zeros((2, 1, 1, 5, 7))
one[0, 0, 1, 1] = 1
two[0, 0, 1, 1] = two[0, 0, 3, 2] = 1
shown = [one[0, 0], conv_backward(one, cache)[0][0, 0], conv_backward(two, cache)[0][0, 0]]
figure, axes = plt.subplots(1, 3, figsize=(14, 4.6))
titles = ["dout: one entry", "its dx", "dx of two entries"]
for axis, array, title in zip(axes, shown, titles, strict=True):
    axis.imshow(array, cmap="cividis", vmin=0, vmax=2)
    axis.set_title(title, fontsize=19)
    axis.set_xticks([])
    axis.set_yticks([])
figure.tight_layout()

# %% [markdown] notes
# (3 min) Remember lecture 02: the F that slid over a single point came out rotated by 180 degrees.
# Here it is upright. It fills the window that its entry of dout had seen.
#
# Two entries leave two Fs. The cell that they share is lighter: the shares add up.

# %% [markdown] slide
# ## `dx` is a convolution, a real one
#
# Pixel $x_{p,q}$ stood under $w_{u,v}$ in the window that starts at row $p - u$, column $q - v$:
#
# $$\text{dx}_{p,q} = \sum_{u,v} \text{dout}_{p-u,\,q-v} \; w_{u,v}$$
#
# The minus signs are the **flip**. Near the edge $p - u$ falls outside `dout`: what is not there is
# zero. A filter that stops wherever it touches the picture at all makes a **full** convolution.

# %% [markdown] notes
# (4 min) Derive it with the board: cover the picture with the window and ask at which row it
# starts.
#
# A stamp that comes out upright was the sign of a true convolution. Channels: forward a filter
# takes C channels to one; backward each channel collects from all F filters.

# %% [markdown] question
# ## How many zeros around `dout`?
#
# `dout` is 5 x 6, the filter 3 x 4; stride 1, no padding. How many rows and columns of zeros does
# `dout` need on each side? How large is `x`?

# %% [markdown] answer
# 2 rows and 3 columns: the first stop touches `dout` with one corner of the filter. `x` is 7 x 9:
# forward $7 - 3 + 1 = 5$ and $9 - 4 + 1 = 6$.

# %% [markdown] notes
# (3 min) HH - 1 and WW - 1. A filter that is not square, so that nobody gets it right by luck.

# %% [markdown] slide
# ## `dw` is what all places say together
#
# Here `dout` is 1 everywhere, so each place says: the window that I saw.

# %% picture
"""A picture of 3 by 3 with the numbers 0 to 8. Its four windows of 2 by 2: 0 1 3 4, then 1 2 4 5,
then 3 4 6 7, then 4 5 7 8. Their sum, dw, is 8 12 20 24."""
x = np.arange(9).reshape(3, 3)
axis = draw.canvas(19, 5)
draw.cells(axis, x, 0, 1, label="x", size=18)
for k, (i, j) in enumerate(np.ndindex(2, 2)):
    left = 4.4 + 2.7 * k
    draw.cells(axis, x[i : i + 2, j : j + 2], left, 1.5, label=f"at {i}, {j}", size=18)
    axis.text(left + 2.35, 2.5, "+" if k < 3 else "=", ha="center", va="center", fontsize=20)
draw.cells(axis, [[8, 12], [20, 24]], 15.5, 1.5, fill="C8", label="dw", size=18)

# %% [markdown] notes
# (4 min) In lecture 02 each place had a filter of its own. There the gradient of a filter is its
# dout times its window. Sharing means that all these filters are one: a number used in many places
# collects from all of them.
#
# Check one on the board: 0 plus 1 plus 3 plus 4 is 8. Nothing is turned around here.

# %% [markdown] question
# ## How long would measuring take?
#
# A batch of shape (8, 3, 32, 32) goes through your layer. How many forward passes do central
# differences need for its `dx`?

# %% [markdown] answer
# There are $8 \cdot 3 \cdot 32 \cdot 32 = 24{,}576$ numbers, and two passes for each: 49,152.

# %% [markdown] notes
# (2 min) So measuring is for small sizes. Or one measures something else: next slide.

# %% [markdown] slide
# ## Test all of `dx` with two passes
#
# Move all numbers at once, along `v`:
# $\;\frac{L(x + h v) - L(x - h v)}{2h} \approx \sum_k \text{dx}_k \, v_k$

# %% picture
"""Measured slopes against those that dx predicts, for fifty random directions. Circles, for a right
dx, all lie on the diagonal. Crosses, for a dx with a flipped filter, are scattered."""
x, w, b = rng.normal(size=(2, 3, 8, 9)), rng.normal(size=(4, 3, 3, 3)), np.zeros(4)
dout = rng.normal(size=(2, 4, 6, 7))
figure, axis = plt.subplots(figsize=(11.5, 4.7))
for seen, mark, colour, label in (
    (w[:, :, ::-1, ::-1], "x", "C1", "dx with a flipped filter"),
    (w, "o", "C0", "right dx"),
):
    dx = conv_backward(dout, conv_forward(x, seen, b)[1])[0]
    directions = rng.normal(size=(50, *x.shape))
    said = [np.sum(dx * v) for v in directions]
    measured = [np.sum(conv_forward(v, w, b)[0] * dout) for v in directions]
    axis.plot(said, measured, mark, color=colour, label=label)
axis.axline((0, 0), slope=1, color="C4", linewidth=1.5)
axis.set_xlabel("slope that dx predicts")
axis.set_ylabel("measured slope")
axis.legend()
figure.tight_layout()

# %% [markdown] notes
# (4 min) Every circle lies on the line. Of the crosses hardly any do: one random direction finds a
# wrong gradient nearly always. One that is chosen badly may not, such as a v of zeros with a single
# 1.
#
# This is how large layers are tested, in this course as in the libraries.

# %% [markdown] slide
# ## Today's notebook
#
# - Seven functions, from `numerical_gradient` to `projection_check`: 20 points, about 80 minutes.
# - A written answer: seven gradients in letters, and what they show.
#
# **Take away**
#
# - A number used in several places collects its gradient from all of them.
# - Forward reads windows; backward writes to the same windows, and adds.
# - Measured gradients are slow and need no thought. They check the fast ones.

# %% [markdown] notes
# (2 min) The hard part is `conv_backward`, eight points in four checks. They can be earned one by
# one; db first.
#
# Whoever is stuck: try a dout with a single 1.
