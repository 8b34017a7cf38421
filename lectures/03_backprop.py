# %% run
import matplotlib.pyplot as plt
import numpy as np

from autograder.slides import draw
from convbook import demo, drawing
from convbook.layers import conv_backward, conv_forward

rng = np.random.default_rng(3)
letter = np.array([[1.0, 1, 1], [1, 0, 0], [1, 1, 0], [1, 0, 0], [1, 0, 0]])
hidden = 2 * letter[None, None] - 1  # 1 on the letter, -1 beside it
noise = rng.normal(size=(1, 1, 20, 20))
target = conv_forward(noise, hidden, np.zeros(1))[0]

# %% [markdown] slide
# # Push gradients back
#
# Lecture 03: from the loss to every weight, through a convolution

# %% [markdown] notes
# (1 min) The loss is at the end of a net and the weights are in the middle. To train we must know,
# for each weight, what the loss does when the weight moves a little.
#
# Today: a small riddle; then how to measure that, how to derive it, and how to check the one with
# the other. In the end the riddle is solved.

# %% [markdown] question
# ## A filter has got lost
#
# We still have a picture, and the map that the filter made of it. How would you get its 15 numbers
# back?

# %% picture
"""A picture of noise, 20 by 20; an arrow to an empty frame of 5 by 3 with a question mark; an
arrow to a map of grey, 16 by 18."""
figure = plt.figure(figsize=(12, 3.4))
for left, width, array, name in ((0.04, 0.25, noise, "picture x"), (0.71, 0.25, target, "map out")):
    axis = figure.add_axes((left, 0.02, width, 0.86))
    axis.imshow(array[0, 0], cmap="gray")
    axis.set_title(name, fontsize=23)
    axis.set_axis_off()
axis = figure.add_axes((0.44, 0.14, 0.12, 0.62))
axis.text(0.5, 0.47, "?", fontsize=60, ha="center", va="center", transform=axis.transAxes)
axis.set_title("filter w", fontsize=23)
axis.set_xticks([])
axis.set_yticks([])
axis.spines[:].set(visible=True, color="C1", linewidth=4)
for start in (0.31, 0.585):
    figure.add_artist(
        plt.matplotlib.patches.FancyArrowPatch(
            (start, 0.45), (start + 0.11, 0.45), transform=figure.transFigure,
            arrowstyle="-|>", mutation_scale=26, lw=3, color="C4",
        )
    )  # fmt: skip

# %% [markdown] answer
# Guess, see how wrong the map is, and ask of each weight: which way does the error fall?

# %% [markdown] notes
# (3 min) Collect. Somebody says: solve a system of equations. That works here, as a map is linear
# in its filter; behind a ReLU it does so no longer. Somebody says: try all. With ten values for
# each weight that is ten to the fifteen.
#
# The answer that scales to sixty million weights is on the slide. All of today is its last
# question, asked of all weights in one pass. We come back to this filter.

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

# %% [markdown] slide halves
# ## Measure a slope
#
# Move one number by $h$, and look at what $L$ does.
#
# Forward:
#
# $$\frac{L(x + h) - L(x)}{h}$$
#
# Central:
#
# $$\frac{L(x + h) - L(x - h)}{2h}$$

# %% picture
"""The parabola x squared around 3, with h = 2. A line through the points at 3 and 5 is steeper
than the curve at 3: slope 8. A line through the points at 1 and 5 is parallel to it: slope 6."""
x = np.linspace(0.5, 5.4, 100)
figure, axis = plt.subplots(figsize=(6.4, 6.2))
axis.plot(x, x**2, color="C4", lw=4, label="L = x²")
ends = np.array([0.7, 5.3])
axis.plot(ends, 9 + 8 * (ends - 3), "--", color="C1", label="forward: 8")
axis.plot(ends, 13 + 6 * (ends - 3), color="C0", label="central: 6")
axis.plot(ends, 9 + 6 * (ends - 3), ":", color="C2", lw=4, label="true: 6")
axis.plot([1, 3, 5], [1, 9, 25], "o", color="C4", ms=14)
axis.set_xticks([1, 3, 5], ["x − h", "x = 3", "x + h"], fontsize=19)
axis.tick_params(axis="y", labelsize=18)
axis.legend(fontsize=19)
figure.tight_layout()

# %% [markdown] notes
# (3 min) In the picture h is 2, so that one can see it: half of 25 minus 9 is 8, and a quarter of
# 25 minus 1 is 6. Let the room work both for h = 0.1: 3.1 squared is 9.61, 2.9 squared is 8.41.
# That gives 6.1 and 6.0.
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

# %% [markdown] question halves
# ## Along a line, with pencil and paper
#
# $$\text{out}_0 = x_0 w_0 + x_1 w_1 + b$$
#
# $$\text{out}_1 = x_1 w_0 + x_2 w_1 + b$$
#
# $w = [3, 5]$ and $\text{dout} = [10, 1]$. What is $\text{dx}_1$? You know neither $x$ nor $b$:
# does it matter?

# %% picture
"""Three cells x0, x1, x2 above two cells of dout, 10 and 1. Lines lead from x0 and x1 to the
first, from x1 and x2 to the second, each with its weight. The two of x1 are strong: 5 and 3. Above
x1 stands dx1 with a question mark."""
axis = draw.canvas(11, 7, inch=0.5)
for k in range(3):
    axis.add_patch(plt.Rectangle((1 + 3.5 * k, 1.3), 1.9, 1.4, fc="C0" if k == 1 else "C5"))
    colour = "#fffffe" if k == 1 else "#1b1f24"
    axis.text(1.95 + 3.5 * k, 2, f"x{k}", fontsize=20, ha="center", va="center", color=colour)
for k, value in enumerate((10, 1)):
    middle = 3.7 + 3.5 * k
    axis.add_patch(plt.Rectangle((middle - 0.95, 5.2), 1.9, 1.4, fc="C8"))
    axis.text(middle, 5.9, value, fontsize=20, color="#1b1f24", ha="center", va="center")
    for side, weight in ((0, 3), (1, 5)):
        centre, ours = 1.95 + 3.5 * (k + side), k + side == 1
        look = {"color": "C3", "lw": 5} if ours else {"color": "C4", "lw": 2}
        axis.plot([centre, middle], [2.75, 5.15], **look)
        place = (centre + middle) / 2 + (0.5 if side else -0.5)
        axis.text(place, 4.2, weight, fontsize=19, ha="center", va="center")
axis.text(2.5, 5.9, "dout", fontsize=19, ha="right", va="center")
axis.text(5.45, 0.6, "dx1 = ?", fontsize=20, ha="center", va="center")

# %% [markdown] answer
# $\text{dx}_1 = 10 \cdot 5 + 1 \cdot 3 = 53$. It does not matter: $b$ stays while $x$ moves, and
# $x$ enters with the factor $w$ alone.

# %% [markdown] notes
# (4 min) This is the whole lecture in one line: find every place where the number is used, and
# add. Where does x 1 stand? Twice: with w 1 in out 0, with w 0 in out 1. Each place sends its own
# gradient back.
#
# A minute alone. Somebody will have 35: that is 10 times 3 plus 1 times 5, the two weights
# exchanged. Keep it on the board, it comes back as the flip. Ask for dx 0 and dx 2: each stands in
# one place only. With four numbers the same is a written exercise of today's notebook.

# %% [markdown] slide
# ## Where each gradient goes
#
# To the window of `x`, times `w`; to `w`, times the window; to `b`, as it is. Each share is
# **added**.

# %% demo
demo.backward()

# %% [markdown] notes
# (6 min) An entry of out is a window times a filter, plus a bias. A product has two factors; each
# gets the gradient times the other one. Nothing more than that is behind the whole backward pass.
# Windows overlap, and a filter is used at every place: hence "added". Writing a share over the
# last one is the most common mistake of this lesson.
#
# Step with the arrow keys. Stride 2 and padding 1.
#
# Before each of the first steps ask: which cells of dx will change? At the end the padding is cut
# off: those zeros are no part of x, and their gradient is dropped.

# %% [markdown] question halves
# ## One single 1
#
# `dout` is zero except for a 1 at row 0, column 1. Stride 1, no padding.
#
# What do `dx`, `dw` and `db` look like?

# %% picture
"""A picture x of 3 by 3 numbers, a filter w of 2 by 2, and dout of 2 by 2: zeros with a 1 at row
0, column 1."""
axis = draw.canvas(11.6, 4, inch=0.5)
draw.cells(axis, [[7, 1, 5], [0, 2, 4], [6, 3, 8]], 0, 0.9, label="x", size=20)
draw.cells(axis, [[1, 2], [3, 4]], 4.6, 0.9, fill="C6", label="w", size=20)
draw.cells(axis, [[0, 1], [0, 0]], 8.2, 0.9, "C8", [(0, 1)], "C3", "dout", 20)

# %% [markdown] answer
# `dx`: zeros, and one copy of `w`, upright, in columns 1 and 2 of rows 0 and 1. `dw`: the window of
# `x` there, 1 5 2 4. `db`: 1.

# %% [markdown] notes
# (3 min) When a layer is wrong, this is the dout to try: each gradient can be read off.

# %% [markdown] slide
# ## Every entry of `dout` stamps the filter

# %% picture
"""Three pictures. dout with one bright cell. Its dx: an F, upright, as the filter is. The dx of
two entries: two Fs that share a lighter cell."""
cache = conv_forward(np.zeros((1, 1, 9, 9)), letter[None, None], np.zeros(1))[1]
one, two = np.zeros((2, 1, 1, 5, 7))
one[0, 0, 1, 1] = 1
two[0, 0, 1, 1] = two[0, 0, 3, 2] = 1
shown = [one[0, 0], conv_backward(one, cache)[0][0, 0], conv_backward(two, cache)[0][0, 0]]
figure, axes = plt.subplots(1, 3, figsize=(12.5, 4.7))
titles = ["dout: one entry", "its dx", "dx of two entries"]
for axis, array, title in zip(axes, shown, titles, strict=True):
    rows, columns = np.add(array.shape, 1)
    top, left = (9 - array.shape[0]) / 2, (9 - array.shape[1]) / 2
    axis.pcolormesh(
        left + np.arange(columns), top + np.arange(rows), array,
        cmap="cividis", vmin=0, vmax=2, edgecolors="C4", linewidth=1,
    )  # fmt: skip
    axis.set_xlim(0, 9)
    axis.set_ylim(9, 0)
    axis.set_title(title, fontsize=20)
    axis.set_aspect("equal")
    axis.set_axis_off()
figure.tight_layout()

# %% [markdown] notes
# (3 min) Remember lecture 02: the F that slid over a single point came out rotated by 180 degrees.
# Here it is upright. It fills the window that its entry of dout had seen.
#
# Two entries leave two Fs. The cell that they share is lighter: the shares add up.

# %% [markdown] slide
# ## `dx` is a convolution, a real one
#
# $$\text{dx}_{p,q} = \sum_{u,v} \text{dout}_{p-u,\,q-v} \; w_{u,v}$$
#
# The minus signs are the **flip**. What is not in `dout` is zero. At stride 2 a zero stands
# between, too:

# %% picture
"""Three rows of numbers. dout is 1 and 10. With zeros it is 0, 0, 1, 0, 10, 0, 0, and the flipped
filter 3, 2, 1 slides along it. dx is 1, 2, 13, 20, 30."""
drawing.between_zeros()

# %% [markdown] notes
# (4 min) Derive it with the board: cover the picture with the window and ask at which row it
# starts. Pixel p, q stood under w u, v in the window that starts at row p - u, column q - v. A
# stamp that comes out upright was the sign of a true convolution.
#
# Then the row of numbers: w is 1, 2, 3 at stride 2. A filter that stops wherever it touches dout
# at all makes a full convolution: F - 1 zeros at each end. At stride S put S - 1 zeros between.
# Let the room do the 13: 1 times 3 plus 10 times 1. Forward, five numbers became two; backward,
# two become five.
#
# Channels: forward a filter takes C channels to one; backward each channel collects from all F
# filters.

# %% [markdown] question halves
# ## How many zeros around `dout`?
#
# `dout` is 5 x 6, the filter 3 x 4; stride 1, no padding. How many rows and columns of zeros does
# `dout` need on each side?
#
# How large is `x`?

# %% picture
"""An empty grid of 5 by 6 cells, dout, and one of 3 by 4 cells, the flipped filter."""
axis = draw.canvas(12, 6.2, inch=0.5)
draw.cells(axis, np.full((5, 6), np.nan), 0, 1, fill="C8", label="dout", size=20)
draw.cells(axis, np.full((3, 4), np.nan), 7.6, 2, fill="C6", label="w, flipped", size=20)

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
"""Measured slopes against those that dx predicts, for fifty random directions. Circles, for a
right dx, all lie on the diagonal. Crosses, for a dx with a flipped filter, are scattered."""
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
# (4 min) Ask first: how many passes do central differences need for a batch of shape (8, 3, 32,
# 32)? 24,576 numbers, two passes each: 49,152.
#
# Every circle lies on the line. Of the crosses hardly any do: one random direction finds a wrong
# gradient nearly always. One that is chosen badly may not, such as a v of zeros with a single 1.
#
# This is how large layers are tested, in this course as in the libraries.

# %% [markdown] slide
# ## The lost filter, found
#
# Start from zeros. Then, step by step: `w = w - rate * dw`.

# %% picture
"""Left four filters of 5 by 3: flat at the start; a blurred F after two steps; a sharp F after 19
steps; and the hidden one, the same F. Right the loss of 20 steps on a logarithmic axis: at a rate
of 0.1 it falls slowly, at 0.5 fast, at 2 it falls twice and then grows."""


def descend(rate, steps=20):
    """The filters and the losses of all steps of gradient descent."""
    w, filters, losses = np.zeros(hidden.shape), [], []
    for _ in range(steps):
        out, cache = conv_forward(noise, w, np.zeros(1))
        filters.append(w[0, 0])
        losses.append(np.mean((out - target) ** 2) / 2)
        w = w - rate * conv_backward((out - target) / out.size, cache)[1]
    return filters, losses


found = descend(0.5)[0]
figure = plt.figure(figsize=(13, 4.9))
names = ["start", "2 steps", "19 steps", "hidden"]
for k, array in enumerate((found[0], found[2], found[19], hidden[0, 0])):
    axis = figure.add_axes((0.115 * k, 0.14, 0.105, 0.7))
    axis.imshow(array, cmap="cividis", vmin=-1, vmax=1)
    axis.set_title(names[k], fontsize=18)
    axis.set_axis_off()
axis = figure.add_axes((0.56, 0.14, 0.44, 0.8))
for rate, mark, colour in ((0.1, "o-", "C0"), (0.5, "s-", "C2"), (2.0, "^-", "C1")):
    axis.semilogy(descend(rate)[1], mark, color=colour, label=f"rate {rate:g}")
axis.set_xticks(range(0, 20, 5))
axis.set_xlabel("step")
axis.set_ylabel("loss")
axis.legend(fontsize=17)

# %% [markdown] notes
# (4 min) This is the riddle of the opening. The loss is half the mean of the squared errors, so
# dout is (out - target)/n, and the layer's own backward gives dw. After 19 steps the F is back.
#
# On this axis the falling curves are nearly straight: each step leaves about the same fraction of
# the loss. A larger rate is faster, up to a point. At 2 a step goes too far in some directions,
# and these take over. Ask what would happen if the map had been made with the flip: the F comes
# out rotated, and nobody told it.

# %% [markdown] slide
# ## Today's notebook
#
# - Seven functions, from `numerical_gradient` to `projection_check`: 20 points. A written
#   answer: 2.
#
# **You can now**
#
# - push a gradient back: multiply along each way to the loss, and add up all ways,
# - say where each share of `dout` goes: backward writes to the windows that forward reads,
#   and adds,
# - test any gradient with two passes,
# - find a filter that nobody wrote down.

# %% [markdown] notes
# (2 min) It takes about 80 minutes. The hard part is `conv_backward`, ten points in four checks.
# They can be earned one by one; db first. Measured gradients are slow and need no thought: they
# check the fast ones.
#
# Whoever is stuck: try a dout with a single 1.
