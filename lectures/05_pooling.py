# %% run
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Rectangle

from convbook import data, demo, drawing, trained
from convbook.drawing.cells import TEXT
from convbook.layers import avg_pool_forward, conv_forward, max_pool_forward

grid = np.array([[2, 7, 1, 0], [5, 2, 4, 3], [0, 1, 9, 2], [8, 3, 4, 5]])
winners = [(0, 1), (1, 2), (3, 0), (2, 2)]

# The trained net of lesson 01, which tells four photographs apart.
net = data.pretrained("photos4")
cat = data.photo("chelsea")  # (1, 3, 300, 451)

# Seven weights that blur: a row of Pascal's triangle, divided by its sum.
seven = np.array([1, 6, 15, 20, 15, 6, 1]) / 64


def blurred(x):
    """Blur maps of one channel over 7 x 7, and keep every fourth pixel of every fourth row."""
    return conv_forward(x[:, :, :255, :255], np.outer(seven, seven)[None, None], np.zeros(1), 4)[0]


def largest(x):
    """The maximum of every window of 4 x 4, at stride 1, so far as the blur above fits on it."""
    return max_pool_forward(x, 4, 4, 1)[0][:, :, :251, :251]


def hidden(axis):
    axis.set(xticks=[], yticks=[])
    axis.spines[:].set_visible(False)


# %% [markdown] slide
# # Pool, or stride
#
# Lecture 05: smaller maps, and what is lost

# %% [markdown] notes
# (1 min) A net has to come down from 224 x 224 to a few scores. Today: the cheap way to get there,
# and why it is less innocent than it looks.

# %% [markdown] slide
# ## One pixel, another answer
#
# A trained net looks at a cat. The frame moves, pixel by pixel.

# %% picture
"""Three pictures of an eye and the nose of a cat, the frame one pixel further to the right each
time. Above them the net's answers: astronaut, cat, astronaut. At the right a plot of the
probabilities of cat and astronaut against pixels to the side, 0 to 7: they cross four times."""
shifts = range(8)
pieces = [cat[:, :, 120:248:4, 4 * (52 + d) : 4 * (84 + d) : 4] for d in shifts]
scores = trained.volumes(net, np.concatenate(pieces))[-1][:, :, 0, 0]
p = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
figure, axes = plt.subplots(1, 4, figsize=(13.4, 4), width_ratios=[1.3, 1.3, 1.3, 1.6])
for axis, d in zip(axes, range(3), strict=False):
    axis.imshow(pieces[d][0].transpose(1, 2, 0))
    axis.set_title(f"“{net.classes[p[d].argmax()]}”", fontsize=22)
    axis.set_xlabel(f"{d} to the side")
    hidden(axis)
for k, line in ((0, "o-"), (2, "s--")):
    axes[3].plot(shifts, p[:, k], line, color=f"C{k}", label=net.classes[k])
axes[3].set_xlabel("pixels to the side")
axes[3].set_ylabel("probability")
axes[3].set_ylim(0.1, 0.6)
axes[3].legend(loc="lower right")
figure.tight_layout()

# %% [markdown] notes
# (3 min) Let the room look for the difference between the three pictures. There is none that a
# person would see: the frame of 32 x 32 moves over the photograph by one pixel of the small
# picture. This is the net of lesson 01, which gets 940 of 1000 new pieces right. It does not know
# this piece well, but whether it sees a cat should not hang on a pixel.
#
# It is no fault of a small net. Azulay and Weiss, 2019, moved pictures by one pixel before large,
# well-trained nets, and many answers changed. Ask what in the net could be to blame: a convolution
# moves with the picture. Keep the question for the end.

# %% [markdown] question
# ## What a smaller map buys
#
# Five layers of 3 x 3, a 2 x 2 pool after each. If the first costs 1, what do all cost? How far
# does the fifth see?

# %% picture
"""Five squares, each half as high and wide as the one before: 224, 112, 56, 28 and 14."""
figure, axis = plt.subplots(figsize=(12, 3.6))
left = 0
for k in range(5):
    side = 224 // 2**k
    axis.add_patch(Rectangle((left, 0), side, side, facecolor="C5", edgecolor="C0", linewidth=2))
    axis.text(left + side / 2, -12, f"{side}", ha="center", va="top", fontsize=20)
    left += side + 60
axis.set(xlim=(-5, left), ylim=(-50, 228), aspect="equal")
axis.set_axis_off()

# %% [markdown] answer
# $1 + \tfrac14 + \tfrac1{16} + \tfrac1{64} + \tfrac1{256} = 1.33$ in place of 5. And 78 in place of
# 11: its **receptive field**.

# %% [markdown] notes
# (3 min) A quarter of the outputs from layer to layer. For the receptive field: after one pool the
# neighbours lie two pixels apart, so two more neighbours are four pixels, and the pool's own window
# adds one: 3, 8, 18, 38, 78 in place of 3, 5, 7, 9, 11.

# %% [markdown] slide
# ## Cheaper, and further

# %% picture
"""Left, bars of multiplications in billions for layers 1 to 5: 1.85 each without pools, and with
them a quarter from layer to layer. Right, a cat's face of 224 by 224 pixels with two frames: 11 by
11, what an output of the fifth layer sees without pools, and 78 by 78, what it sees with them."""
cost = 64 * 224**2 * 576 / 1e9 / np.array([np.ones(5), 4.0 ** np.arange(5)])
figure, axes = plt.subplots(1, 2, figsize=(13, 5.2), width_ratios=[1.5, 1])
for k, name in enumerate(("no pools", "2 x 2 pools between")):
    axes[0].bar(np.arange(1, 6) + 0.4 * k - 0.2, cost[k], 0.38, color=f"C{1 - k}", label=name)
axes[0].set_title("what each layer costs")
axes[0].set_xlabel("layer")
axes[0].set_ylabel("billion multiplications")
axes[0].set_ylim(0, 2.7)
axes[0].legend(ncols=2)
axes[1].imshow(cat[0, :, 30:254, 110:334].transpose(1, 2, 0))
for size, colour in ((11, "C1"), (78, "C0")):
    corner = (112 - size / 2, 88 - size / 2)
    axes[1].add_patch(Rectangle(corner, size, size, fill=False, edgecolor=colour, linewidth=5))
axes[1].set_title("layer 5 sees 11, or 78")
hidden(axes[1])
figure.tight_layout()

# %% [markdown] notes
# (2 min) 64 maps of 224 x 224, 3 x 3 filters: 1.85 billion multiplications in a layer without
# pools, five times over. With pools the fifth layer costs a 256th of that, and sees a third of the
# picture across. Most nets spend what they save on more filters.
#
# What is lost is the place: after four pools a number stands for 16 x 16 pixels.

# %% [markdown] question halves
# ## Keep the largest
#
# Slide a window, keep its largest number, in each channel by itself.
#
# $$H_{\text{out}} = \frac{H - HH}{S} + 1$$
#
# 224 x 224 x 64, $F = S = 2$? And 55 x 55 x 96, $F = 3$, $S = 2$?

# %% picture
"""A map of 4 by 4 numbers, whose four windows of 2 by 2 have the maxima 7, 4, 8 and 9. Beside it
the 2 by 2 map of these four."""
drawing.two_maps((grid, [[7, 4], [8, 9]]), ("x", "out"), (winners, ()))

# %% [markdown] answer
# 112 x 112 x 64, and $(55 - 3)/2 + 1 = 27$: 27 x 27 x 96.

# %% [markdown] notes
# (4 min) Do the four windows of the map aloud: 7, 4, 8, 9. There is no padding in pooling, so the
# formula has no P. Three of four numbers are gone: 75 per cent. Then the question. Ask for the
# depth as well; someone always divides it. And for the weights: none. The second is AlexNet's; its
# windows overlap by one row. Then ask what 224 gives with F = 3 and S = 2: 111.5, it does not fit.

# %% [markdown] slide
# ## What survives
#
# One number for each window of the map at the left.

# %% picture
"""Two rows of four pictures. Above, a cat's face in grey and three small maps of it: by the maximum
the whiskers are thick and white, by the average and by L2 they fade. Below, a map of the trained
net, thin light lines along the edges of the face, and three small maps of it: the maximum keeps the
lines light, the others dim them."""
grey = cat[:, :, :288, :448].mean(axis=1, keepdims=True)
lines = trained.volumes(net, cat[:, :, :288:2, :448:2])[2][:, 11:12]
figure, axes = plt.subplots(2, 4, figsize=(13.4, 4.6))
for row, array, F in zip(axes, (grey, lines), (8, 4), strict=True):
    mean_square = avg_pool_forward(array**2, F, F, F)[0]
    small = [pool(array, F, F, F)[0] for pool in (max_pool_forward, avg_pool_forward)]
    shown = [array, *small, F * np.sqrt(mean_square)]
    white = np.quantile(array, 0.995) * np.array([1, 1, 1, F])
    for axis, one, most in zip(row, shown, white, strict=True):
        axis.imshow(one[0, 0], cmap="gray", vmin=0, vmax=most)
        hidden(axis)
for axis, title in zip(axes[0], ("one map", "max", "average", "L2"), strict=True):
    axis.set_title(title, fontsize=18)
axes[0, 0].set_ylabel("photograph")
axes[1, 0].set_ylabel("after ReLU 1")
figure.tight_layout()

# %% [markdown] notes
# (3 min) Above, the photograph, a number for every 8 x 8 pixels. Below, a map that the trained net
# makes of it in its first layer: it is light along edges. A number for every 4 x 4 places.
#
# Look at the whiskers, then at the rims of the eyes in the lower row. The maximum asks: is it
# anywhere in this window? An edge that is one pixel wide is kept at full strength. The average
# mixes it with the nothing beside it. L2, the length of the window, lies between. All have the same
# greys, but for L2: a window of F x F equal numbers is F times as long as one of them, so its white
# is F times as much.

# %% [markdown] slide
# ## Three pools, forward and backward

# %% picture
"""Three rows. The window -3, -4, -12, 0 in each. Max gives 0, and of a gradient of 26 the pixels
get 0, 0, 0, 26. Average gives -4.75, and 6.5 each. L2 gives 13, and -6, -8, -24, 0."""
axis = drawing.canvas(18, 6.6)
rows = {
    "max": (0, [0, 0, 0, 26], [(0, 3)]),
    "average": (-4.75, [6.5] * 4, [(0, k) for k in range(4)]),
    "L2": (13, [-6, -8, -24, 0], [(0, 0), (0, 1), (0, 2)]),
}
for left, name in ((3, "x"), (9.2, "out"), (13.4, "dx, if dout is 26")):
    axis.text(left, 0.9, name, fontsize=18)
for k, (name, (out, back, on)) in enumerate(rows.items()):
    top = 1.2 + 1.8 * k
    axis.text(2.6, top + 0.5, name, ha="right", va="center", fontsize=20)
    drawing.cells(axis, [-3, -4, -12, 0], 3, top, size=16)
    drawing.arrow(axis, (7.3, top + 0.5), (8.9, top + 0.5))
    axis.add_patch(Rectangle((9.24, top + 0.04), 1.92, 0.92, facecolor="C7"))
    axis.text(
        10.2,
        top + 0.5,
        f"{out:g}".replace("-", "−"),
        ha="center",
        va="center",
        color=TEXT,
        fontsize=18,
    )
    drawing.arrow(axis, (11.5, top + 0.5), (13.1, top + 0.5))
    drawing.cells(axis, back, 13.4, top, "C8", on, "C3", size=16)

# %% [markdown] notes
# (2 min) Max: the largest, and its slope is 1 for the winner. Average: the mean, a quarter of 26
# each. L2 is the root of the sum of squares: 9 plus 16 plus 144 is 169, and its root is 13. Its
# slope is x over out: 26 times minus 3 over 13 is minus 6. What L2 does with a window of zeros is a
# question of the notebook.
#
# A pool that starts from zero as the largest so far would answer 0 for a window of negatives. Here
# it would look right by chance. That is the commonest bug of this lesson.

# %% [markdown] slide halves
# ## The gradient goes to the winner
#
# Make a loser a little larger: nothing happens. Make the winner larger: the output follows.
#
# So the slope is 1 for the winner and 0 for the others. Its place is called the **switch**, and
# forward remembers it.

# %% picture
"""The gradient 1, 2, 3, 4 of the four outputs, and beside it the gradient of the 4 by 4 map: zeros,
except for 1, 2, 3 and 4 at the places of the four maxima."""
dx = np.zeros((4, 4))
for value, place in enumerate(winners, start=1):
    dx[place] = value
drawing.two_maps(([[1, 2], [3, 4]], dx), ("dout", "dx"), ((), winners))

# %% [markdown] notes
# (3 min) 5 becomes 5.1: the output is still 7. 7 becomes 7.1: the output is 7.1. That is the whole
# derivation. Twelve pixels learn nothing from this picture.

# %% [markdown] slide
# ## Forward, then back

# %% demo
demo.max_pooling()

# %% [markdown] notes
# (5 min) Step with the right arrow. Windows of 3 x 3 with stride 2 overlap. Stop at the 7 in the
# middle: it wins four windows. Go on to the backward half and let the room say what arrives there.

# %% [markdown] question
# ## One pixel, two windows
#
# A window of 3 with stride 2. `dout` is $[10, 1]$. What is `dx`?

# %% picture
"""A line of five cells, 2, 1, 9, 4, 3. Below it two windows of three cells, the first under 2, 1, 9
with the gradient 10, the second under 9, 4, 3 with the gradient 1. The 9 is marked."""
axis = drawing.canvas(13, 4.4)
drawing.cells(axis, [2, 1, 9, 4, 3], 3, 0.2, on=[(0, 2)], size=20)
for k, value in enumerate((10, 1)):
    axis.add_patch(Rectangle((3.04 + 2 * k, 1.5 + 1.1 * k), 2.92, 0.9, facecolor="C6"))
    axis.text(
        4.5 + 2 * k,
        1.95 + 1.1 * k,
        f"dout {value}",
        ha="center",
        va="center",
        color=TEXT,
        fontsize=20,
    )

# %% [markdown] answer
# $[0, 0, 11, 0, 0]$. The 9 wins both windows, and gradients of a number that is used twice add up.

# %% [markdown] notes
# (2 min) Assigning in place of adding gives 1: the last window wins. Of public solutions whose
# backward passes the best-known assignment's own test, 87 per cent fail on overlapping windows or
# on ties.

# %% [markdown] slide
# ## Two winners
#
# A window holds 5, 5, 1, 2, and its gradient is 6. Who gets it?

# %% picture
"""Three rows: both, 6, 6, 0, 0; the first, 6, 0, 0, 0; a half each, 3, 3, 0, 0. Beside each a bar
with the sum of dx. The first bar reaches 12, the others 6, where a dashed line says how much the
loss rises."""
axis = drawing.canvas(20, 6.4)
ties = {"both": [6, 6, 0, 0], "the first": [6, 0, 0, 0], "a half each": [3, 3, 0, 0]}
for k, (name, back) in enumerate(ties.items()):
    top = 1.6 + 1.5 * k
    axis.text(4.1, top + 0.5, name, ha="right", va="center", fontsize=20)
    on = [(0, i) for i in range(4) if back[i]]
    drawing.cells(axis, back, 4.5, top, "C8", on, "C3", "" if k else "dx", 18)
    colour = "C2" if sum(back) == 6 else "C1"
    axis.add_patch(Rectangle((10, top + 0.1), 0.7 * sum(back), 0.8, facecolor=colour))
    axis.text(10.2 + 0.7 * sum(back), top + 0.5, f"{sum(back)}", va="center", fontsize=20)
axis.plot([14.2, 14.2], [1.3, 6.2], "--", color="C4")
axis.text(14.2, 1.0, "raise all pixels by 1: the loss rises by 6", ha="center", fontsize=18)

# %% [markdown] notes
# (3 min) Raise all four pixels by the same small amount. The output rises by as much, the loss by
# six times as much. So the numbers of dx must add up to 6: the sum of dx is the sum of dout,
# always. Both passes for two winners and is wrong; the other two are right, and libraries differ.
#
# Ties are not rare: after a ReLU many windows are all zeros.

# %% [markdown] question
# ## Can a convolution pool?
#
# Average pooling of 64 channels, windows of 2 x 2, as one convolution. Which weights? How many of
# the 16,384 are not zero? And the maximum?

# %% [markdown] answer
# Filter $f$ has four weights of $\tfrac14$ on channel $f$ and zeros elsewhere: 256 of 16,384. The
# maximum is no convolution: the weights would have to know the winner.

# %% [markdown] notes
# (3 min) 64 times 64 times 4 is 16,384. A convolution whose filters see one channel each is called
# depthwise.

# %% [markdown] slide
# ## Or no pool at all
#
# A convolution with stride 2 shrinks, too, and learns how. It costs weights.

# %% picture
"""Two bar charts. Left, a small net: the convolution before the pool has 448 weights and biases,
the pool none, the convolution in its place 1040. Right, VGG-16: 138 million, and 2.4 million for
convolutions in the place of its five pools."""
figure, axes = plt.subplots(1, 2, figsize=(13, 4.4))
small = {"CONV before,\n3 to 16": 448, "POOL 2 x 2": 0, "CONV in its\nplace, 16 to 16": 1040}
large = {"all of VGG-16": 138.4, "in the place of\nits five pools": 2.4}
for axis, bars, title, unit in (
    (axes[0], small, "a small net", "weights and biases"),
    (axes[1], large, "VGG-16", "millions of weights and biases"),
):
    drawn = axis.barh(list(bars), list(bars.values()), color=["C4", "C0", "C1"][-len(bars) :])
    axis.bar_label(drawn, [f"{n:,}" for n in bars.values()], padding=6, fontsize=18)
    axis.set_title(title)
    axis.set_xlabel(unit)
    axis.set_xlim(0, 1.25 * max(bars.values()))
    axis.invert_yaxis()
figure.tight_layout()

# %% [markdown] notes
# (2 min) 16 times 64 plus 16 is 1,040: more than the layer before it. In VGG-16 the five are 2.4
# million of 138 million, not even two per cent. ResNet and most nets after it have one pool, or
# none, in the middle. Springenberg and others, 2014: "Striving for Simplicity".

# %% [markdown] slide
# ## One pixel to the side

# %% picture
"""A plot. Across: pixels to the side, 0 to 4. Up: change of the small map. Stride alone rises to
about 1 with the first pixel. A blur before the stride, max pooling, and a maximum that is blurred
stay at a fifth to a third there, and rise after it. A grey band at 1.2 to 1.35: maps with nothing
in common."""
edges = np.maximum(np.diff(data.photo("camera"))[:, :, 128:384], 0)


def change(shrink, pixels):
    before, after = shrink(edges[..., 128:384]), shrink(edges[..., 128 + pixels : 384 + pixels])
    return np.mean(np.abs(after - before)) / np.mean(np.abs(before - before.mean()))


shrinks = {
    "stride alone": lambda x: x[:, :, ::4, ::4],
    "blur, then stride": blurred,
    "max pooling": lambda x: max_pool_forward(x, 4, 4, 4)[0],
    "maximum, blur,\nthen stride": lambda x: blurred(
        np.pad(largest(x), ((0, 0),) * 2 + ((0, 4),) * 2)
    ),
}
figure, axis = plt.subplots(figsize=(12, 5.4))
axis.axhspan(1.2, 1.35, color="C9")
axis.text(0.05, 1.275, "maps with nothing in common", va="center", color=TEXT)
for k, ((name, shrink), mark) in enumerate(
    zip(shrinks.items(), ["^:", "s--", "o-", "d-."], strict=True)
):
    changes = [change(shrink, p) for p in range(5)]
    axis.plot(range(5), changes, mark)
    axis.text(4.1, changes[-1], name, va="center", color=f"C{k}")
axis.set_title("A map of edges, made smaller by four in four ways")
axis.set_xticks(range(5))
axis.set_ylim(0, 1.4)
axis.set_xlabel("pixels to the side")
axis.set_ylabel("change of the small map")
axis.set_xlim(-0.15, 5.5)

# %% [markdown] notes
# (3 min) Here is the culprit of the first picture. One pixel to the side, and the map made by
# stride alone has come most of the way to the band, where two maps have nothing in common: narrow
# edges fall between the pixels that are kept. A blur of 7 pixels before the stride cuts 0.99 to
# 0.33, the maximum to 0.24, both together to 0.21. The pools forgive a shift that is small against
# their window. At four pixels each small map is the old one moved by one cell: it differs nearly
# everywhere, and has lost next to nothing.

# %% [markdown] question
# ## Stripes
#
# The same stripes, one pixel further to the left. A pool of 1 x 2 with stride 2?

# %% picture
"""Two lines of eight cells: 0, 0, 1, 1, 0, 0, 1, 1, and 0, 1, 1, 0, 0, 1, 1, 0. The ones stand out.
Below each line, brackets for windows of two cells."""
axis = drawing.canvas(20, 3)
for left, line in ((0.5, [0, 0, 1, 1, 0, 0, 1, 1]), (11, [0, 1, 1, 0, 0, 1, 1, 0])):
    drawing.cells(axis, line, left, 0.3, on=[(0, k) for k in range(8) if line[k]], size=20)
    for k in range(4):
        axis.plot([left + 2 * k + 0.1, left + 2 * k + 1.9], [1.7, 1.7], color="C4", linewidth=5)

# %% [markdown] answer
# $[0, 1, 0, 1]$ and $[1, 1, 1, 1]$: the second time the stripes are gone. That is **aliasing**.

# %% [markdown] notes
# (3 min) The maximum at stride 1 moves with the line, as a convolution does. What breaks is the
# second step: every second number is thrown away, and nothing that is kept knows of it.
#
# So take the maximum at stride 1, blur with 1/4, 1/2, 1/4, and only then keep every second number:
# 3/4, 3/4, 3/4 and 1, 1/2, 1. No number changes by more than a quarter.
#
# Why these weights? At stride 2 a pixel counts 1/2 in the middle of a window, or 1/4 in two of
# them: the same wherever it lies. Zhang, 2019.

# %% [markdown] slide
# ## Blur before you skip
#
# Rings finer than the kept pixels come back as other rings.

# %% picture
"""Four pictures. Rings that get narrower outwards. Every fourth pixel of them: more rings that are
not there. The maximum of 4 by 4: false rings and white corners. Blurred, then every fourth pixel:
the true rings in the middle, and the false ones nearly gone."""
y, x = np.mgrid[-128:128, -128:128] / 128
rings = (0.5 + 0.5 * np.cos(150 * (x**2 + y**2)))[None, None]
figure, axes = plt.subplots(1, 4, figsize=(13.4, 4))
shown = {
    "256 x 256": rings,
    "every fourth pixel": rings[:, :, ::4, ::4],
    "max of 4 x 4": max_pool_forward(rings, 4, 4, 4)[0],
    "blur, every fourth": blurred(rings),
}
for axis, (title, one) in zip(axes, shown.items(), strict=True):
    axis.imshow(one[0, 0], cmap="gray", vmin=0, vmax=1)
    axis.set_title(title, fontsize=18)
    hidden(axis)
figure.tight_layout()

# %% [markdown] notes
# (2 min) The rings are drawn with one centre. In the second picture there are nine centres: what is
# finer than the grid of the pixels that are kept comes back as something coarse that was never
# there. Cameras and sound recorders blur first, and have done so for decades. Blur pooling is the
# same cure inside a net. It costs: fine detail is gone for good, here the outer rings.

# %% [markdown] slide
# ## Pool, or stride: train both

# %% picture
"""Two rows of bars for four nets. Right answers in 100: stride alone 35, a learned convolution 38,
max pooling 40, maximum and blur 43. Another answer one pixel to the side: 38, 34, 26, 14."""
kinds = ["stride alone", "a learned CONV,\nstride 2", "max pooling", "maximum, blur,\nstride"]
figure, axes = plt.subplots(1, 2, figsize=(13, 5), sharey=True)
for axis, values, title, colour in (
    (axes[0], [35, 38, 40, 43], "right", "C2"),
    (axes[1], [38, 34, 26, 14], "another answer one pixel to the side", "C1"),
):
    axis.bar_label(axis.barh(kinds, values, color=colour), padding=6, fontsize=18)
    axis.set_title(title)
    axis.set_xlabel("of 100 new pictures")
    axis.set_xlim(0, 50)
axes[0].invert_yaxis()
figure.tight_layout()

# %% [markdown] notes
# (3 min) Let the room guess first. Four small nets on coloured emoji, the same but for how they
# shrink. The numbers are those of the notebook: 400 steps, one seed; with others they move by up to
# seven, and the learned layer comes anywhere from first to last. In all of five seeds the pool was
# ahead of the stride, and the blur steadiest. The learned layer has to find out what the pool is
# told. In large nets with long training it does as well (Springenberg and others, 2014).

# %% [markdown] slide
# ## What you can do now
#
# - Shrink a map in five ways, and say what each keeps, costs and forgets.
# - Send a gradient back: to the winner, evenly, or as $x/\text{out}$. What meets adds up.
# - Find the layer that lets one pixel change an answer, and blur before it skips.
#
# **Today's notebook**
#
# - Max, average, L2 and blur pooling, forward and backward; nets without pools: 20 points. A
#   written answer: 2.

# %% [markdown] notes
# (2 min) Back to the cat: the net of the first picture has three pools of 2 x 2, each of which
# keeps every second number. The sum of dx is the sum of dout for max and average, and not for L2:
# say so. Ask for the bug that would pass on windows which do not overlap.
