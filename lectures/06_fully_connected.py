# %% run
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import ConnectionPatch, Rectangle

from autograder.slides import draw
from convbook import data, demo, drawing
from convbook.drawing.cells import PAPER
from convbook.layers import conv_forward, max_pool_forward, relu_forward, softmax_loss, svm_loss

# The trained net of lesson 01: pieces of 32 x 32 of four photographs.
net = data.pretrained("photos4")
units = np.moveaxis(net.params["w4"].reshape(12, 4, 4, 4), -1, 0)  # (4, 12, 4, 4)
cat = data.photo("chelsea")  # (1, 3, 300, 451)


def slid(x, pads=(2, 1, 1)):
    """The scores of the trained net for every crop of a picture, (N, 4, h, w)."""
    x = x - net.mean
    for k, pad in enumerate(pads, start=1):
        x, _ = conv_forward(x, net.params[f"w{k}"], net.params[f"b{k}"], pad=pad)
        x, _ = max_pool_forward(relu_forward(x)[0])
    return conv_forward(x, units, net.params["b4"])[0]


def softmax(scores):
    """Probabilities of scores (N, 4, ...)."""
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    return p / p.sum(axis=1, keepdims=True)


def hidden(axis):
    axis.set(xticks=[], yticks=[])
    axis.spines[:].set_visible(False)


# Four photographs in one picture, each 144 x 224.
corners = {"chelsea": (0, 0), "coffee": (30, 60), "astronaut": (0, 20), "rocket": (60, 80)}
parts = [
    data.photo(name)[0, :, top : top + 288 : 2, left : left + 448 : 2]
    for name, (top, left) in corners.items()
]
wall = np.concatenate([np.concatenate(pair, axis=2) for pair in (parts[:2], parts[2:])], axis=1)

# %% [markdown] slide
# # Fully connected is convolution
#
# Lecture 06: the end of the net, and a net for pictures of any size

# %% [markdown] notes
# (1 min) Two halves. First the last layer and its loss: nothing surprising, and two traps. Then a
# surprise: the last layer is the first layer in disguise, and that is worth a lot.

# %% [markdown] slide
# ## Where is the cat?
#
# A net has learned from pieces of 32 x 32: cat, coffee, astronaut, rocket. Can it read this?

# %% picture
"""Four photographs side by side and below each other make one picture of 288 by 448: a cat, a cup
of coffee, an astronaut, a rocket. A small white frame of 32 by 32 in the corner: what the net was
made for."""
figure, axis = plt.subplots(figsize=(8.6, 5.4))
axis.imshow(wall.transpose(1, 2, 0))
axis.add_patch(Rectangle((8, 8), 32, 32, fill=False, edgecolor="white", linewidth=4))
axis.text(46, 26, "32 x 32", color="white", va="center", fontsize=18)
hidden(axis)

# %% [markdown] notes
# (2 min) This is the net of lesson 01. Its last layer wants 192 numbers, and of this picture the
# layers before it make 24,192. What would you do? Most say: cut pieces out and ask one by one. With
# a piece every eight pixels that is 1749 passes over the same pixels.
#
# ZIP codes on letters asked the same in 1991. Matan, Burges, LeCun and Denker had a net that read
# one digit, and ZIP codes of five, touching. They did not cut. They let the whole net slide over
# the code, in one pass. At the end of this lecture ours reads the wall.

# %% [markdown] slide halves
# ## Everything meets everything
#
# $M$ units, each with a weight for every one of the $D$ numbers of a picture:
#
# $$\text{out} = x\,w + b$$
#
# - `x`: $(N, D)$, a picture a row
# - `w`: $(D, M)$, a unit a column
# - `b`: $(M,)$
#
# Here $D = 12 \cdot 4 \cdot 4 = 192$.

# %% picture
"""The weights of four units, cat, coffee, astronaut and rocket: for each, twelve grey squares of 4
by 4 in two rows of six, one for each of the twelve maps before the layer."""
figure, axes = plt.subplots(4, 1, figsize=(6, 6.2))
for axis, unit, name in zip(axes, units, net.classes, strict=True):
    framed = np.pad(unit, ((0, 0), (0, 1), (0, 1)), constant_values=np.nan)
    sheet = framed.reshape(2, 6, 5, 5).transpose(0, 2, 1, 3).reshape(10, 30)
    most = np.abs(unit).max()
    axis.imshow(sheet, cmap="gray", vmin=-most, vmax=most)
    axis.set_title(f"{name}: 192 weights", fontsize=16, loc="left")
    hidden(axis)
figure.tight_layout()

# %% [markdown] notes
# (3 min) At the right the last layer of the trained net. A unit has a weight for each place of each
# of the twelve maps of 4 x 4 before it: light adds to the class's score, dark takes away. Over a
# picture of 32 x 32 x 3 it would be 3072 weights a unit.
#
# A row of x is channel by channel, and in a channel row by row. PyTorch stores w the other way
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

# %% picture
"""Bars: scores 0 and 1.10, the logarithm of 3, become probabilities one quarter and three quarters.
The gradient, if class 0 is right, is minus three quarters and plus three quarters."""
rows = {"scores": [0, np.log(3)], "p": [0.25, 0.75], "dscores": [-0.75, 0.75]}
drawing.bars(rows, ["class 0 (right)", "class 1"], "Two scores, and what softmax makes of them")

# %% [markdown] notes
# (3 min) Scores 0 and log 3. The exponentials are 1 and 3, so a quarter and three quarters. The
# loss is log 4. The gradient takes from the wrong class and gives to the right one: a row adds up
# to 0.

# %% [markdown] slide
# ## Sure and wrong is the worst

# %% picture
"""Two plots. Left, the loss against the probability of the right class: 0 at 1, 0.69 at a half,
2.303 at a tenth, and without bound towards 0. Right, two losses against the lead of the right
class, for two classes: cross-entropy never reaches 0, the SVM loss is 0 from a lead of 1 on."""
figure, axes = plt.subplots(1, 2, figsize=(13, 5))
p = np.linspace(0.01, 1, 200)
axes[0].plot(p, -np.log(p))
for share, text in ((1, "0"), (0.5, "ln 2 = 0.69"), (0.1, "ln 10 = 2.303")):
    axes[0].plot(share, -np.log(share), "o", color="C1")
    axes[0].text(share + 0.02, -np.log(share) + 0.18, text, ha="right" if share == 1 else "left")
axes[0].set_title("cross-entropy")
axes[0].set_xlabel("probability of the right class")
axes[0].set_ylabel("loss")
leads = np.linspace(-4, 4, 81)
for loss, line, name in ((softmax_loss, "-", "cross-entropy"), (svm_loss, "--", "SVM loss")):
    values = [loss(np.array([[lead, 0.0]]), np.array([0]))[0] for lead in leads]
    axes[1].plot(leads, values, line, label=name)
axes[1].set_title("two classes, two losses")
axes[1].set_xlabel("lead of the right class, in scores")
axes[1].set_ylabel("loss")
axes[1].legend()
figure.tight_layout()

# %% [markdown] notes
# (3 min) Each time the probability is halved, the loss grows by 0.69. Ten classes that look alike
# cost log 10: a net that has learned nothing shows 2.303. Remember that number.
#
# The name: minus the sum of q log p measures how badly probabilities p foretell events whose
# probabilities are q. Here we know what happened: q is 1 at the right class, and one term is left.
#
# At the right the other loss of the notebook. The SVM loss asks for a lead of 1 and no more: scores
# 3, 5, 1 with class 0 right cost 3. Cross-entropy never stops asking.

# %% [markdown] question
# ## Scores of 1000, 0 and -1000
#
# What does the formula do? What number could be subtracted from all scores without changing a
# probability? Which one would you take?

# %% [markdown] answer
# `np.exp(1000)` is infinite, and infinity over infinity is no number. Any number may be subtracted.
# Take the largest of **each row**. And never take the logarithm of a 0.

# %% [markdown] notes
# (2 min) One maximum for the whole batch is not enough: rows far below it become all zeros. Of
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
axes[0].imshow(line.T, cmap="cividis", aspect="auto")
for (i, j), value in np.ndenumerate(line.T):
    axes[0].text(
        j, i, value, ha="center", va="center", fontsize=20, color="white" if value < 2 else "black"
    )
axes[0].set_title("four numbers, filter [1, 2]")
axes[1].imshow(matrix.T, cmap="cividis", aspect="auto")
axes[1].set_title("a picture of 5 x 6, filter 3 x 3")
for axis in axes:
    axis.set_xlabel("inputs")
    axis.set_ylabel("outputs")
    axis.set_xticks([])
    axis.set_yticks([])
figure.tight_layout()

# %% [markdown] notes
# (3 min) Shown lying down: a row is an output. Not to look at a pixel, and to look with weight 0,
# are the same. So a convolution is a fully-connected layer whose matrix is mostly zeros and whose
# other numbers repeat along diagonals.

# %% [markdown] slide
# ## AlexNet's first layer, as an FC layer

# %% picture
"""Left, a large pale square for all entries, 44.9 billion, with a small strong square in its corner
for those that are not zero, 105 million. At the right that small square, enlarged, with a dot in
its corner for those that differ, 34,848."""
figure, axes = plt.subplots(1, 2, figsize=(11.6, 5.4))
for axis, share, colours, text in (
    (axes[0], 426, ("C9", "C0"), "44.9 billion entries: 167 GiB"),
    (axes[1], 3025, ("C0", "C1"), "105,415,200 are not zero"),
):
    axis.add_patch(Rectangle((0, 0), 1, 1, facecolor=colours[0], edgecolor="C4"))
    side = share**-0.5
    axis.add_patch(Rectangle((1 - side, 1 - side), side, side, facecolor=colours[1]))
    axis.set(xlim=(0, 1), ylim=(0, 1), aspect="equal")
    axis.set_title(text, fontsize=18)
    hidden(axis)
small = 426**-0.5
for y in (0, 1):
    one, other = (1, 1 - small + y * small), (0, y)
    ends = {"xyA": one, "coordsA": axes[0].transData, "xyB": other, "coordsB": axes[1].transData}
    figure.add_artist(ConnectionPatch(**ends, color="C4", linewidth=1.5))
axes[1].text(0.96, 0.93, "34,848 are different", ha="right", va="top", color=PAPER, fontsize=18)

# %% [markdown] notes
# (3 min) Areas are true. 154,587 inputs times 290,400 outputs: 44,892,064,800 entries. Not zero:
# 290,400 times 363. Different: 96 times 363. The first step, look only near, keeps 1 in 426: that
# is the window. The second, share, keeps 1 in 3025 of those.

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
third = cat[:, :, ::3, ::3]
eye = third[:, :, 32:46, 46:67]
template = eye - eye.mean(axis=(2, 3), keepdims=True)
unit = template / np.sum(template**2)
scores = conv_forward(third, unit, np.zeros(1))[0][0, 0]
figure, axes = plt.subplots(1, 2, figsize=(13, 4.6), layout="constrained")
axes[0].imshow(third[0].transpose(1, 2, 0))
axes[0].add_patch(Rectangle((46, 32), 21, 14, fill=False, edgecolor="white", linewidth=3))
axes[0].set_title("the weights: one eye")
shown = axes[1].imshow(scores, cmap="gray", vmin=0, vmax=1, extent=(10, 141, 93, 7))
axes[1].set(xlim=(0, 151), ylim=(100, 0))
axes[1].set_title("the score of each crop")
figure.colorbar(shown, ax=axes, fraction=0.02, pad=0.02)
for axis in axes:
    axis.set_axis_off()

# %% [markdown] notes
# (3 min) No training: the weights are the eye itself, less the mean of each colour. It scores 1
# where it was cut out, and the other eye, which the unit has never seen, is the second brightest
# spot: 0.75. The map ends where the last crop does.

# %% [markdown] slide
# ## A whole net that slides
#
# VGG-16 halves five times. Its FC layers have become filters.

# %% picture
"""Four boxes: the picture, 384 by 384 and 3 deep; after five pools 12 by 12 and 512 deep; 6 by 6
and 4096 deep; 6 by 6 and 1000 deep."""
draw.boxes(
    [(3, 384, 384), (512, 12, 12), (4096, 6, 6), (1000, 6, 6)],
    ["picture", "five halvings", "filters 7 x 7", "filters 1 x 1"],
    inch=0.42,
)

# %% [markdown] notes
# (2 min) 384 over 32 is 12, and 12 minus 7 plus 1 is 6: 6 x 6 x 1000, the answers to 36 crops in
# one pass, each 32 pixels from the next. One by one, the crops have 36 times 224 squared pixels,
# 12.25 times as many as the picture. Neighbouring crops share most of their pixels, and the large
# picture computes them once.

# %% [markdown] slide
# ## There is the cat
#
# Four units have become four filters of 4 x 4.

# %% picture
"""Left, the picture of four photographs. Right, four grey maps of 33 by 53 cells, for cat, coffee,
astronaut and rocket: each is light mostly in its own quarter of the picture."""
p = softmax(slid(wall[None]))[0]
figure, axes = plt.subplot_mosaic("aabc;aade", figsize=(13.4, 4.6), width_ratios=[1, 1, 1.03, 1.03])
axes["a"].imshow(wall.transpose(1, 2, 0))
axes["a"].set_title("288 x 448, one pass")
for letter, one, name in zip("bcde", p, net.classes, strict=True):
    axes[letter].imshow(one, cmap="gray", vmin=0, vmax=1)
    axes[letter].set_title(name)
for axis in axes.values():
    hidden(axis)
figure.tight_layout()

# %% [markdown] notes
# (3 min) The same weights as in the first half of the lecture: the four units became four filters
# of 4 x 4 over 12 channels. One pass gives 33 x 53 answers, each for a crop of 32 x 32, eight
# pixels from the next. White is a probability of 1. It errs at plain places: a wall says nothing of
# who stands before it. Nobody has taught the net where anything is. It only learned what pieces
# show.

# %% [markdown] question halves
# ## Half the stride
#
# "Forward the net twice, the second time over the picture shifted by 16 pixels along both axes."
#
# The first pass fills the strong cells. How many of the 121 do both fill?

# %% picture
"""A grid of 11 by 11 cells. Those with an even row and an even column, 36 of them, stand out."""
axis = draw.canvas(11.2, 11.2, inch=0.46)
first = [(i, j) for i in range(0, 11, 2) for j in range(0, 11, 2)]
draw.cells(axis, np.full((11, 11), np.nan), 0.1, 0.1, "C5", first, "C0")

# %% [markdown] answer
# $36 + 25 = 61$: a checkerboard. Four passes fill it: $36 + 30 + 30 + 25 = 121$.

# %% [markdown] notes
# (3 min) This sentence stands in a well-known lecture note. A shift along both axes fills cells
# with odd row and odd column. Those with one odd and one even need two more: the shifts are (0, 0),
# (16, 0), (0, 16) and (16, 16). Show it in the demo with passes 2, then 4.

# %% [markdown] slide
# ## Is the map what the crops would get?
#
# A crop alone sees **zeros** where the map sees the picture.

# %% picture
"""Bars of the largest difference between the map's cells and the scores of the crops, for the
trained net's weights with other paddings. Without padding, and where the picture was padded before
it was cut, it is 0. With padding in the first layer or in all three it is not."""
face = cat[:, :, 16:208:2, 60:444:2]  # (1, 3, 96, 192)


def gap(pads, size, border=0):
    picture = np.pad(face, ((0, 0), (0, 0), (border, border), (border, border)))
    H, W = (size + (n - size) // 8 * 8 for n in picture.shape[2:])
    found = slid(picture[:, :, :H, :W], pads)[0]
    places = list(np.ndindex(found.shape[1:]))
    crops = [picture[0, :, 8 * i : 8 * i + size, 8 * j : 8 * j + size] for i, j in places]
    alone = slid(np.array(crops), pads)[:, :, 0, 0]
    return np.abs(found.reshape(4, -1) - alone.T).max()


cases = {
    "no padding inside": ((0, 0, 0), 48),
    "first layer padded": ((2, 0, 0), 44),
    "all three padded": ((2, 1, 1), 32),
    "a border, then cut": ((0, 0, 0), 48, 6),
}
gaps = [gap(*how) for how in cases.values()]
figure, axis = plt.subplots(figsize=(12, 4.4))
bars = axis.barh(list(cases), gaps, color=["C2", "C1", "C1", "C2"])
axis.bar_label(bars, [f"{n:.1f}" if n > 1e-3 else "0" for n in gaps], padding=8, fontsize=18)
axis.set_xlabel("largest difference of a score")
axis.set_title("The trained net's weights, on the cat's face", loc="left")
axis.margins(x=0.1)
axis.invert_yaxis()

# %% [markdown] notes
# (3 min) "Identical scores" is often said and holds for nets without padding only; rounding leaves
# less than a thousandth. The crops are 48, 44, 32 and 48 pixels wide, so that 4 x 4 remain. VGG-16
# pads all thirteen convolutions, so its map is not what the crops would get. The difference need
# not be bad: the map sees more. But a test of fc_to_conv must know it.

# %% [markdown] slide
# ## Slide, then average

# %% picture
"""Four photographs of different sizes: cat, coffee, astronaut, rocket. Below each, four bars: the
probabilities of the four classes, made of the mean of the map. The right class is highest in
each."""
figure, axes = plt.subplots(2, 4, figsize=(13.4, 5.2), height_ratios=[1.5, 1])
for k, (name, axis) in enumerate(zip(corners, axes.T, strict=True)):
    photo = data.photo(name)[:, :, ::2, ::2]
    H, W = (n // 8 * 8 for n in photo.shape[2:])
    mean = slid(photo[:, :, :H, :W]).mean(axis=(2, 3))
    axis[0].imshow(photo[0].transpose(1, 2, 0))
    axis[0].set_title(f"{H} x {W}", fontsize=16)
    hidden(axis[0])
    colours = ["C2" if other == k else "C4" for other in range(4)]
    axis[1].barh(net.classes, softmax(mean)[0], color=colours)
    axis[1].set_xlim(0, 1)
    axis[1].invert_yaxis()
    if k:
        axis[1].set_yticks([])
axes[1, 0].set_xlabel("probability")
figure.tight_layout()

# %% [markdown] notes
# (2 min) A map says what is where. But often we want one answer for one picture. The mean of the
# map, class by class, is called global average pooling (Lin and others, 2013). It gives M scores
# for a picture of any size; GoogLeNet and ResNet do it inside the net, in place of the large FC
# layers.

# %% [markdown] slide
# ## What you can do now
#
# - Write the end of a net: FC layer, softmax, cross-entropy, without an overflow.
# - Turn an FC layer into filters, and let a whole net read pictures of any size.
# - Say when its map equals the crops: only without padding inside.
# - Halve the stride: four passes, not two.
#
# **Today's notebook**
#
# - Affine, softmax and SVM losses, two conversions, a net that slides: 20 points. A written
#   answer: 2.

# %% [markdown] notes
# (2 min) The written answer: the map differs from the crop; is the conversion wrong? Do not solve
# it here. A convolution is an FC layer with zeros and shared weights; an FC layer is a convolution
# as large as its input. Say it once more.
