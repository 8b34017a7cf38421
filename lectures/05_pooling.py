# %% run
import matplotlib.pyplot as plt
import numpy as np

from convbook import data, demo, drawing
from convbook.layers import avg_pool_forward, max_pool_forward

grid = np.array([[2, 7, 1, 0], [5, 2, 4, 3], [0, 1, 9, 2], [8, 3, 4, 5]])
winners = [(0, 1), (1, 2), (3, 0), (2, 2)]

# %% [markdown] slide
# # Pool, or stride
#
# Lecture 05: smaller maps, and what is lost

# %% [markdown] notes
# (1 min) A net has to come down from 224 x 224 to a few scores. Today: the cheap way to get there,
# and why it is less innocent than it looks.

# %% [markdown] question
# ## What a smaller map buys
#
# Five layers of 3 x 3 in a row. Between them, every 2 x 2 numbers become one. What do all five cost
# then, if the first costs 1? How many pixels across does an output of the fifth know?

# %% [markdown] answer
# $1 + \tfrac14 + \tfrac1{16} + \tfrac1{64} + \tfrac1{256} = 1.33$ in place of 5. And 3, 8, 18, 38,
# 78 pixels in place of 3, 5, 7, 9, 11: its **receptive field**.

# %% [markdown] notes
# (4 min) A quarter of the outputs from layer to layer. For the receptive field: after one pool the
# neighbours lie two pixels apart, so two more neighbours are four pixels, and the pool's own window
# adds one. What is lost is the place: after four pools a number stands for 16 x 16 pixels.

# %% [markdown] slide halves
# ## Keep the largest
#
# Slide a window, keep its largest number, forget the rest. Each channel by itself: the depth stays.
#
# $$\text{out}_{i,j} = \max_{u,v} x_{iS+u,jS+v}$$
#
# $$H_{\text{out}} = \frac{H - HH}{S} + 1$$
#
# Nothing to learn.

# %% picture
"""A map of 4 by 4 numbers, whose four windows of 2 by 2 have the maxima 7, 4, 8 and 9. Beside it
the 2 by 2 map of these four."""
drawing.two_maps((grid, [[7, 4], [8, 9]]), ("x", "out"), (winners, ()))

# %% [markdown] notes
# (4 min) Do the four windows aloud: 7, 4, 8, 9. There is no padding in pooling, so the formula has
# no P. Three of four numbers are gone: 75 per cent.

# %% [markdown] question
# ## Two pools
#
# A volume of 224 x 224 x 64 through $F = 2$, $S = 2$. And AlexNet's: 55 x 55 x 96 through $F = 3$,
# $S = 2$. Sizes? Weights?

# %% [markdown] answer
# 112 x 112 x 64, and $(55 - 3)/2 + 1 = 27$: 27 x 27 x 96. No weights. The second pool's windows
# overlap by one row.

# %% [markdown] notes
# (3 min) Ask for the depth as well; someone always divides it. Then ask what 224 gives with F = 3
# and S = 2: 111.5, it does not fit.

# %% [markdown] slide
# ## What survives
#
# One number for every 8 x 8 pixels of the photograph at the left.

# %% picture
"""A photograph of a cameraman, and three maps of 64 by 64 made from it: by the maximum, the legs of
the tripod have grown thick and white; by the average and by the L2 length they fade into the
grass."""
photo = data.photo("camera")
mean_square = avg_pool_forward(photo**2, 8, 8, 8)[0]
small = [pool(photo, 8, 8, 8)[0] for pool in (max_pool_forward, avg_pool_forward)]
small = [maps[0, 0] for maps in (*small, 8 * np.sqrt(mean_square))]
figure, axes = plt.subplots(1, 4, figsize=(14, 4))
titles = ["photograph", "max", "average", "L2"]
for axis, array, title in zip(axes, [photo[0, 0], *small], titles, strict=True):
    axis.imshow(array, cmap="gray")
    axis.set_title(title, fontsize=18)
    axis.set_axis_off()
figure.tight_layout()

# %% [markdown] notes
# (2 min) Look at the legs of the tripod. The maximum sees only their light side, the average mixes
# light and dark, and L2, the length of the window, looks like the average here.
#
# For feature maps after a ReLU the maximum asks: is it anywhere in this window?

# %% [markdown] slide
# ## Three pools
#
# | | out of a window | $-3, -4, -12, 0$ | a gradient of 26 |
# |---|---|---|---|
# | max | the largest | 0 | 0, 0, 0, 26 |
# | average | the mean | $-4.75$ | 6.5 each |
# | L2 | $\sqrt{\sum x^2}$ | 13 | $-6, -8, -24, 0$ |
#
# The last column: each pixel's slope, times 26.

# %% [markdown] notes
# (2 min) 9 plus 16 plus 144 is 169, and its root is 13. The slope of L2 is x over out: 26 times
# minus 3 over 13 is minus 6. What L2 does with a window of zeros is a question of the notebook.
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
# $[2, 1, 9, 4, 3]$ is pooled with a window of 3 and stride 2. `dout` is $[10, 1]$. What is `dx`?

# %% [markdown] answer
# $[0, 0, 11, 0, 0]$. The 9 wins both windows, and gradients of a number that is used twice add up.

# %% [markdown] notes
# (2 min) Assigning in place of adding gives 1: the last window wins. Of public solutions whose
# backward passes the best-known assignment's own test, 87 per cent fail on overlapping windows or
# on ties.

# %% [markdown] slide
# ## Two winners
#
# A window holds 5, 5, 1, 2, and its gradient is 6.
#
# | who gets it | `dx` | raise all by $\varepsilon$: the loss rises by |
# |---|---|---|
# | both | 6, 6, 0, 0 | $12\,\varepsilon$ |
# | the first | 6, 0, 0, 0 | $6\,\varepsilon$ |
# | a half each | 3, 3, 0, 0 | $6\,\varepsilon$ |
#
# The output rises by $\varepsilon$, so the loss rises by $6\,\varepsilon$.

# %% [markdown] notes
# (4 min) Raise all four pixels by the same small amount. The output rises by as much, the loss by
# six times as much. So the numbers of dx must add up to 6: the sum of dx is the sum of dout,
# always.
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
# A convolution with stride 2 shrinks, too, and learns how. It costs weights:
#
# | layer | weights and biases |
# |---|---|
# | CONV, 3 to 16 channels, 3 x 3 | 448 |
# | POOL 2 x 2 | 0 |
# | in its place: CONV 16 to 16, 2 x 2, stride 2 | 1,040 |
#
# For the five pools of VGG-16: 2.4 million, of 138 million.

# %% [markdown] notes
# (3 min) 16 times 64 plus 16 is 1,040: more than the layer before it. In VGG-16 that is not even
# two per cent. ResNet and most nets after it have one pool, or none, in the middle.

# %% [markdown] slide
# ## One pixel to the side

# %% picture
"""A plot. Across: pixels to the side, 0 to 4. Up: change of the small map. Stride alone rises to
about 1 with the first pixel; average and max pooling stay near a quarter to a third there, and rise
after it. A thin line at 1.2 to 1.35 for each: maps with nothing in common."""
edges = np.maximum(np.diff(data.photo("camera"))[:, :, 128:384], 0)


def change(shrink, pixels):
    before, after = shrink(edges[..., 128:384]), shrink(edges[..., 128 + pixels : 384 + pixels])
    return np.mean(np.abs(after - before)) / np.mean(np.abs(before - before.mean()))


def unrelated(shrink):
    small = shrink(edges[..., 128:384])
    other = np.random.default_rng(5).permutation(small.ravel()).reshape(small.shape)
    return np.mean(np.abs(other - small)) / np.mean(np.abs(small - small.mean()))


shrinks = {
    "stride alone": lambda x: x[:, :, ::4, ::4],
    "average pooling": lambda x: avg_pool_forward(x, 4, 4, 4)[0],
    "max pooling": lambda x: max_pool_forward(x, 4, 4, 4)[0],
}
figure, axis = plt.subplots(figsize=(11, 5))
for (name, shrink), mark in zip(shrinks.items(), ["^:", "s--", "o-"], strict=True):
    (line,) = axis.plot(range(5), [change(shrink, p) for p in range(5)], mark, label=name)
    axis.axhline(unrelated(shrink), color=line.get_color(), linestyle=mark[1:], linewidth=1)
axis.set_title("Pooled maps change less (thin lines: unrelated maps)")
axis.set_xticks(range(5))
axis.set_xlabel("pixels to the side")
axis.set_ylabel("change of the small map")
axis.legend()

# %% [markdown] notes
# (3 min) A map of edges, made smaller by four in three ways. One pixel to the side, and the map
# made by stride alone has come most of the way to its thin line, where two maps have nothing in
# common: narrow edges fall between the pixels that are kept. The pools forgive a shift that is
# small against their window. At four pixels each small map is the old one moved by one cell: it
# differs nearly everywhere, and has lost next to nothing.

# %% [markdown] question
# ## Stripes
#
# Stripes two pixels wide, and the same one pixel further to the left:
# $[0, 0, 1, 1, 0, 0, 1, 1]$ and $[0, 1, 1, 0, 0, 1, 1, 0]$. What does a pool of 1 x 2 with stride 2
# make of them?

# %% [markdown] answer
# $[0, 1, 0, 1]$ and $[1, 1, 1, 1]$: the second time the stripes are gone. That is **aliasing**.
#
# Take the maximum at stride 1, blur with $[\tfrac14, \tfrac12, \tfrac14]$, and only then keep every
# second number: $[\tfrac34, \tfrac34, \tfrac34]$ and $[1, \tfrac12, 1]$.

# %% [markdown] notes
# (3 min) The maximum at stride 1 moves with the line, as a convolution does. What breaks is the
# second step: every second number is thrown away, and nothing that is kept knows of it. So blur
# first.
#
# Why these weights? At stride 2 a pixel counts 1/2 in the middle of a window, or 1/4 in two of
# them: the same wherever it lies. Zhang, 2019.

# %% [markdown] slide
# ## Pool, or stride: train both
#
# Four small nets on coloured emoji, the same but for how they shrink:
#
# | of 100 new pictures | right | another answer one pixel to the side |
# |---|---|---|
# | stride alone | 35 | 38 |
# | a learned convolution with stride | 38 | 34 |
# | max pooling | 40 | 26 |
# | maximum, blur, stride | 43 | 14 |

# %% [markdown] notes
# (3 min) Let the room guess before the table. The numbers are those of the notebook: 400 steps, one
# seed; with others they move by up to seven, and the learned layer comes anywhere from first to
# last. In all of five seeds the pool was ahead of the stride, and the blur steadiest. The learned
# layer has to find out what the pool is told. In large nets with long training it does as well
# (Springenberg and others, 2014).

# %% [markdown] slide
# ## Today's notebook
#
# - Max, average, L2 and blur pooling, forward and backward; nets with and without pools: 20 points.
# - A written answer: what does one win and lose without pools?
#
# **Take away**
#
# - A pool keeps the depth, has no weights, and $F = 2$, $S = 2$ drops 75 %.
# - The maximum sends its gradient to the winner, the average spreads it, L2 gives $x/\text{out}$.
# - Gradients that meet add up: `sum(dx)` is `sum(dout)` for max and average.

# %% [markdown] notes
# (2 min) The sum rule does not hold for L2: say so. Ask for the bug that would pass on windows
# which do not overlap.
