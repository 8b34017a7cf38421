# %% run
import matplotlib.pyplot as plt
import numpy as np

from convbook import data, demo, figures
from convbook.layers import conv_forward

# %% [markdown] slide
# # Fully connected is convolution
#
# Lecture 06: the end of the net, and a net for pictures of any size

# %% [markdown] notes
# (1 min) Two halves. First the last layer and its loss: nothing surprising, and two traps. Then a
# surprise: the last layer is the first layer in disguise, and that is worth a lot.

# %% [markdown] slide
# ## Everything meets everything
#
# $M$ units, each with a weight for every one of the $D$ numbers of a picture:
#
# $$\text{out} = x\,w + b$$
#
# | array | shape |
# |---|---|
# | `x`, each picture as a row | $(N, D)$, $D = C \cdot H \cdot W$ |
# | `w` | $(D, M)$ |
# | `b` | $(M,)$ |
#
# Over 32 x 32 x 3, one unit has 3072 weights.

# %% [markdown] notes
# (3 min) A row is channel by channel, and in a channel row by row. PyTorch stores w the other way
# round, M by D.

# %% [markdown] question
# ## Three gradients, three sums
#
# `dout` is $(N, M)$. A gradient adds up the shares of all places where a number was used. In how
# many places is a number of `x` used? A weight? A bias?

# %% [markdown] answer
# A number of `x` meets $M$ units. A weight meets $N$ pictures, and so does a bias. The notebook
# asks for `dx` and `dw` as matrix products: the shapes leave one choice.

# %% [markdown] notes
# (3 min) The question of lesson 03: where is the number used? Leave the products to the notebook.
# There dx goes back to the shape of the pictures; people forget that reshape.

# %% [markdown] slide halves
# ## How wrong is it?
#
# Softmax makes probabilities of scores; the loss, **cross-entropy**, is the mean of $-\ln p$ of the
# right class.
#
# $$p_m = \frac{e^{s_m}}{\sum_k e^{s_k}}$$
#
# $$\text{dscores} = \frac{1}{N}\,(p - [m = y])$$
#
# Ten classes that look alike: $\ln 10 = 2.303$.

# %% picture
"""Bars: scores 0 and 1.10, the logarithm of 3, become probabilities one quarter and three quarters.
The gradient, if class 0 is right, is minus three quarters and plus three quarters."""
rows = {"scores": [0, np.log(3)], "p": [0.25, 0.75], "dscores": [-0.75, 0.75]}
figures.bars(rows, ["class 0 (right)", "class 1"], "Two scores, and what softmax makes of them")

# %% [markdown] notes
# (4 min) Scores 0 and log 3. The exponentials are 1 and 3, so a quarter and three quarters. The
# loss is log 4. The gradient takes from the wrong class and gives to the right one: a row adds up
# to 0.

# %% [markdown] question
# ## Scores of 1000, 0 and -1000
#
# What does the formula do? What number could be subtracted from all scores without changing a
# probability? Which one would you take?

# %% [markdown] answer
# `np.exp(1000)` is infinite, and infinity over infinity is no number. Any number may be subtracted.
# Take the largest of **each row**. And never take the logarithm of a 0.

# %% [markdown] notes
# (3 min) One maximum for the whole batch is not enough: rows far below it become all zeros. Of
# about 70 public solutions, 41 per cent of the softmax losses overflow.

# %% [markdown] slide
# ## A convolution with all its zeros

# %% picture
"""The matrix of a convolution along four numbers with the filter 1, 2: three rows by four columns.
The row of an output holds 1 and 2 at its window, and zeros elsewhere; each row is the one before
it, one place further right. To its right, the much larger matrix of a picture of 5 by 6 and a
filter of 3 by 3: a pattern of bands."""
line = np.array([[1, 0, 0], [2, 1, 0], [0, 2, 1], [0, 0, 2]])
impulses = np.eye(30).reshape(30, 1, 5, 6)
kernel = np.arange(1, 10).reshape(1, 1, 3, 3)
matrix = conv_forward(impulses, kernel, np.zeros(1))[0].reshape(30, -1)
figure, axes = plt.subplots(1, 2, figsize=(13, 4.8), width_ratios=[1, 2.2])
axes[0].imshow(line.T, cmap="cividis")
for (i, j), value in np.ndenumerate(line.T):
    axes[0].text(
        j, i, value, ha="center", va="center", fontsize=18, color="white" if value < 2 else "black"
    )
axes[0].set_title("four numbers, filter [1, 2]")
axes[1].imshow(matrix.T, cmap="cividis")
axes[1].set_title("a picture of 5 x 6, filter 3 x 3")
for axis in axes:
    axis.set_xlabel("inputs")
    axis.set_ylabel("outputs")
    axis.set_xticks([])
    axis.set_yticks([])
figure.tight_layout()

# %% [markdown] notes
# (4 min) Shown lying down: a row is an output. Not to look at a pixel, and to look with weight 0,
# are the same. So a convolution is a fully-connected layer whose matrix is mostly zeros and whose
# other numbers repeat along diagonals.

# %% [markdown] slide
# ## How many zeros?
#
# | | 4 x 4, one 3 x 3 filter | AlexNet's first layer |
# |---|---|---|
# | entries | 64 | 44.9 billion (167 GiB) |
# | not zero | 36 | 105,415,200 |
# | different | 9 | 34,848 |
#
# Two steps: look only near (1 in 426), and share (1 in 3025).

# %% [markdown] notes
# (3 min) 154,587 inputs times 290,400 outputs. Not zero: 290,400 times 363. Different: 96
# times 363. The first step is the window, the second is sharing.

# %% [markdown] question
# ## And the other way round
#
# VGG-16 ends with 7 x 7 x 512 and an FC layer of 4096. Which convolution computes the same? And the
# next FC layer, 4096 to 4096?

# %% [markdown] answer
# 4096 filters of 7 x 7 over 512 channels, no padding, stride 1: 102,760,448 weights, as before. The
# next sees 1 x 1 x 4096, so its filters are 1 x 1.

# %% [markdown] notes
# (3 min) A window as large as the picture stops once. No number changes; each only gets a new
# place.

# %% [markdown] slide
# ## Now let it slide

# %% demo
demo.fc_to_conv()

# %% [markdown] notes
# (4 min) An FC layer for crops of 3 x 3 over a picture of 7 x 7. Each cell of the map is the
# layer's answer to one crop. Tap a pixel: which cells have it in their crop? Keep the demo open for
# the question of half a stride: set passes to 4.

# %% [markdown] slide
# ## Find the other eye

# %% picture
"""At the left a cat; a frame marks one eye, 14 by 21 pixels. At the right the map of a single unit
whose weights are that eye: two bright spots, at the eye itself and at the other eye."""
cat = data.photo("chelsea")[:, :, ::3, ::3]
eye = cat[:, :, 32:46, 46:67]
template = eye - eye.mean(axis=(2, 3), keepdims=True)
unit = template / np.sum(template**2)
scores = conv_forward(cat, unit, np.zeros(1))[0][0, 0]
figure, axes = plt.subplots(1, 2, figsize=(13, 4.6))
axes[0].imshow(cat[0].transpose(1, 2, 0))
axes[0].add_patch(plt.Rectangle((46, 32), 21, 14, fill=False, edgecolor="white", linewidth=3))
axes[0].set_title("one unit's weights: the eye in the frame")
shown = axes[1].imshow(scores, cmap="gray", vmin=0, vmax=1)
axes[1].set_title("its score everywhere")
figure.colorbar(shown, ax=axes[1], fraction=0.04)
for axis in axes:
    axis.set_axis_off()
figure.tight_layout()

# %% [markdown] notes
# (3 min) No training: the weights are the eye itself, less the mean of each colour. It scores 1
# where it was cut out, and the other eye, which the unit has never seen, is the second brightest
# spot: 0.75.

# %% [markdown] slide
# ## A whole net that slides
#
# VGG-16 halves five times, a factor of 32. Its FC layers became filters of 7 x 7.
#
# $$384 / 32 = 12 \qquad (12 - 7)/1 + 1 = 6$$
#
# **6 x 6 x 1000**: the answers to 36 crops in one pass, each 32 pixels from the next.
#
# One by one, the crops have 12.25 times as many pixels.

# %% [markdown] notes
# (3 min) 36 times 224 squared, over 384 squared. Neighbouring crops share most of their pixels, and
# the large picture computes them once.

# %% [markdown] question
# ## Half the stride
#
# "Forward the net twice, the second time over the picture shifted by 16 pixels along both axes."
# How much of the 11 x 11 map does that fill?

# %% [markdown] answer
# $36 + 25 = 61$ of 121: a checkerboard. It takes four passes, with the shifts (0, 0), (16, 0),
# (0, 16) and (16, 16): $36 + 30 + 30 + 25 = 121$.

# %% [markdown] notes
# (4 min) This sentence stands in a well-known lecture note. A shift along both axes fills cells
# with odd row and odd column. Those with one odd and one even need two more passes.

# %% [markdown] slide
# ## Is the map what the crops would get?
#
# A cell of the map depends on its field. A crop alone sees **zeros** where the map sees the
# picture.
#
# | padding inside the net | map and crops |
# |---|---|
# | none | equal, except for rounding |
# | in one layer or in all | they differ |
# | a border around the picture, cropped afterwards | equal |
#
# VGG-16 pads all thirteen convolutions.

# %% [markdown] notes
# (3 min) "Identical scores" is often said and holds for nets without padding only. The difference
# need not be bad: the map sees more. But a test of fc_to_conv must know it.

# %% [markdown] slide
# ## Today's notebook
#
# - Affine, softmax and SVM losses, two conversions, a net that slides: 20 points.
# - A written answer: the map differs from the crop; is the conversion wrong?
#
# **Take away**
#
# - A convolution is an FC layer with zeros and shared weights; an FC layer is a convolution as
#   large as its input.
# - Shift each row by its maximum before you exponentiate.
# - A converted net takes pictures of any size. Half the stride takes four passes.

# %% [markdown] notes
# (2 min) The SVM loss was not on a slide; it is in the notebook with its own numbers: scores 3, 5,
# 1 with class 0 right cost 3.
