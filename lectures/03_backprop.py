# %% run
import matplotlib.pyplot as plt
import numpy as np

from convbook import demo, drawing
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
drawing.chain()

# %% [markdown] notes
# (3 min) A layer knows nothing of what comes after it. It gets dout, an array of the shape of out.
#
# As far as the layer can tell, the loss is the sum of out times dout, entry by entry. So it can
# work out its part alone. That is why a net can be built of layers.

# %% [markdown] slide
# ## A circuit of three nodes
#
# $s = x + y$, $\;m = x \cdot s$, $\;L = m^2$. Each node multiplies what comes back, its **upstream
# gradient**, by its own slope. Where two ways meet, **add**: $36 + 24 = 60$.

# %% picture
"""A circuit: x = 2 and y = 1 go into a sum, s = 3; x and s into a product, m = 6; m into a square,
L = 36. Below the wires the gradients: 1 at L, 12 at m, 24 at s, 24 at y, and 36 and 24 on the two
wires of x."""
drawing.circuit()

# %% [markdown] notes
# (4 min) Go backward on the board. The square: 2 times 6 is 12. The product hands each factor the
# other one: 12 times 2 to s, 12 times 3 to x. The sum passes 24 on to both.
#
# Move x by h and both ways move m: 3h and 2h. That is the chain rule: multiply along each way, add
# up all ways. The product of two small steps does not count.

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
drawing.gate()

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
# (6 min) Step with the arrow keys. Stride 2 and padding 1.
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
# zero. A filter that stops wherever it touches the picture at all makes a **full** convolution. At
# stride $S$ first put $S - 1$ zeros between the entries of `dout`.

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
drawing.places()

# %% [markdown] notes
# (4 min) In lecture 02 each place had a filter of its own. There the gradient of a filter is its
# dout times its window. Sharing means that all these filters are one: a number used in many places
# collects from all of them.
#
# Check one on the board: 0 plus 1 plus 3 plus 4 is 8. Nothing is turned around here.

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
# (4 min) Ask first: how many passes do central differences need for a batch of shape
# (8, 3, 32, 32)? 24,576 numbers, two passes each: 49,152.
#
# Every circle lies on the line. Of the crosses hardly any do: one random direction finds a
# wrong gradient nearly always. One that is chosen badly may not, such as a v of zeros with a single
# 1.
#
# This is how large layers are tested, in this course as in the libraries.

# %% [markdown] slide
# ## Today's notebook
#
# - Seven functions, from `numerical_gradient` to `projection_check`: 20 points, about 90 minutes.
# - A written answer, and gradient descent that finds a hidden filter.
#
# **Take away**
#
# - Multiply along each way to the loss, and add up all ways.
# - Forward reads windows; backward writes to the same windows, and adds.
# - Measured gradients are slow and need no thought. They check the fast ones.

# %% [markdown] notes
# (2 min) The hard part is `conv_backward`, ten points in four checks. They can be earned one by
# one; db first.
#
# Whoever is stuck: try a dout with a single 1.
