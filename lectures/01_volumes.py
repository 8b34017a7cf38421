# %% run
import matplotlib.pyplot as plt
import numpy as np

from autograder.slides import draw
from convbook import data, demo, drawing, trained

# %% [markdown] slide
# # Layers turn volumes into volumes
#
# Lecture 01: how large, and how many numbers, before anything is computed

# %% [markdown] notes
# (1 min) Today nothing is computed. For every layer we ask two things: how large is the box that
# comes out, and how many numbers does the layer have to learn.
#
# This looks dull, and it is what you do first with every new net. Most errors in the first week of
# a project are errors of shape. But first a game, and a look at what the boxes are for.

# %% [markdown] question
# ## Cat, coffee, astronaut or rocket?
#
# Six pieces of four photographs, 32 x 32 pixels each. A small net gets 94% of such pieces right.

# %% picture
"""Six coarse pieces of photographs, A to F: ginger fur with a bit of nose; black with a white
square; a plain orange-brown surface; a soft grey-brown surface; lattice of steel on a dark sky; a
pale wall with a dark corner."""
pieces = [
    ("chelsea", 3, 165, 240),
    ("astronaut", 2, 426, 317),
    ("coffee", 2, 19, 534),
    ("chelsea", 3, 173, 348),
    ("rocket", 2, 75, 576),
    ("astronaut", 2, 174, 294),
]
figure, axes = plt.subplots(1, 6, figsize=(13, 2.6))
for axis, letter, (name, step, top, left) in zip(axes, "ABCDEF", pieces, strict=True):
    piece = data.photo(name)[0, :, top : top + 32 * step : step, left : left + 32 * step : step]
    axis.imshow(piece.transpose(1, 2, 0))
    axis.set_title(letter, fontsize=20)
    axis.set_axis_off()
figure.tight_layout(w_pad=0.3)

# %% [markdown] answer
# Cat, astronaut, coffee, cat, rocket, astronaut. The net takes A for coffee and C for a cat. The
# other four it gets right.

# %% [markdown] notes
# (3 min) Play it: everybody writes down six words, then compares with the neighbour, then with the
# net. B is the helmet, C the table, D fur out of focus, F the wall.
#
# Compare who is right where. The net misses A, which shows a nose, and gets B, D and F, which show
# next to nothing. It has learned from the left halves of these photographs; the pieces are from
# the right halves. It has 4300 numbers. How can so few do it? Look inside.

# %% [markdown] slide
# ## A net at work: edges, blobs, parts
#
# Nobody told it what an eye is.

# %% picture
"""A cat's face in colour, and three maps of it. In the first, thin lines follow the edges of eyes,
ears and fur. In the second, eyes and nose are soft light areas. In the third only the two eyes and
the line of the nose are light."""
net = data.pretrained("photos4")
face = data.photo("chelsea")[:, :, :288:2, 50:370:2]
boxes = trained.volumes(net, face)
figure, axes = plt.subplots(1, 4, figsize=(14, 3.5))
axes[0].imshow(face[0].transpose(1, 2, 0))
for axis, layer, k in zip(axes[1:], (2, 5, 8), (11, 3, 11), strict=True):
    axis.imshow(boxes[layer][0, k], cmap="gray")
titles = ["photograph", "block 1: edges", "block 2: blobs", "block 3: parts"]
for axis, title in zip(axes, titles, strict=True):
    axis.set_title(title, fontsize=20)
    axis.set_axis_off()
figure.tight_layout(w_pad=0.3)

# %% [markdown] notes
# (3 min) Three of the 36 maps of that net, over one photograph. The first looks for edges, the
# second for blobs, the third for eyes and a nose. Say that they are picked: most maps have no
# name.
#
# Each row of maps is a box: 12 deep here. The last box has one number for each class: the scores.
# Where are the 4300 numbers, and how large is each box? That is today.

# %% [markdown] slide
# ## Look at everything at once
#
# In a **fully connected** layer each neuron has a weight for each number it sees.

# %% picture
"""The same cat three times: as 2 by 4 coloured squares, as 32 by 32 pixels, and as 200 by 200.
Below, the weights of one neuron: 24, then 3,072, then 120,000."""
cat = data.photo("chelsea")[0, :, 40:240, 60:260]
tiny = cat.reshape(3, 2, 100, 4, 50).mean(axis=(2, 4))
small = cat[:, 4:196:6, 4:196:6]
figure, axes = plt.subplots(1, 3, figsize=(12, 4.4))
sizes = ["2 x 4", "32 x 32", "200 x 200"]
for axis, seen, size in zip(axes, (tiny, small, cat), sizes, strict=True):
    axis.imshow(seen.transpose(1, 2, 0), aspect="auto")
    axis.set_title(size, fontsize=19)
    axis.set_xlabel(f"{seen.size:,} weights", fontsize=22)
    axis.set_xticks([])
    axis.set_yticks([])
    axis.spines[:].set_visible(False)
figure.tight_layout(w_pad=1.5)

# %% [markdown] notes
# (3 min) Work the first one on the board: 2 times 4 places, 3 colours, 24 numbers, 24 weights. Let
# the room say the last one before you point at it.
#
# That was one neuron. A hundred have 2,400, 307,200 and 12,000,000: twelve million weights for one
# small layer on one small picture. They must be stored, and learned from examples. Weights, not
# parameters: each neuron has a bias as well.

# %% [markdown] slide
# ## A place, and a slice
#
# `X` has shape (2, 3, 4): two rows, three columns, four deep. `X[x, y, d]` is $100x + 10y + d$.

# %% picture
"""Four grids of 2 by 3 numbers, the slices 0 to 3 of X. In each, row 1, column 2 is marked: 120,
121, 122 and 123 make a depth column. The last grid as a whole is the depth slice X[:, :, 3]."""
x, y, d = np.indices((2, 3, 4))
drawing.column_and_slice(100 * x + 10 * y + d, 1, 2, 3)

# %% [markdown] fragment
# In (32, 32, 12) a column has 12 numbers, a slice $32 \cdot 32 = 1024$. There is a column for
# each place: 1024.

# %% [markdown] notes
# (4 min) A depth column is all that is known about one place. A depth slice is one number for each
# place; for a colour picture, the red, the green or the blue.
#
# They share one number: 123. First index is the row from the top, second the column, as in a
# matrix.
#
# Ask before the last line: a volume of (32, 32, 12), how many numbers in a column, in a slice, and
# how many columns? A minute without paper. Whoever mixes up column and slice does it here, and not
# in the notebook.

# %% [markdown] slide
# ## In code the depth comes second
#
# A batch of pictures is `x[n, c, i, j]`, of shape (N, C, H, W): **NCHW** for short.

# %% picture
"""Three pictures of a cup of coffee. Left, in colour. In the middle its red slice, a grey picture
of the cup. On the right what a reshape makes of it: arcs and grains, one over the other."""
cup = data.photo("coffee")[:, :, ::2, ::2]
last = cup[0].transpose(1, 2, 0)  # (H, W, 3)
figure, axes = plt.subplots(1, 3, figsize=(14, 3.8))
axes[0].imshow(last)
axes[1].imshow(cup[0, 0], cmap="gray")
axes[2].imshow(last.reshape(cup.shape[1:])[0], cmap="gray")
titles = ["depth last", "axes change places: red", "reshape: no slice at all"]
for axis, title in zip(axes, titles, strict=True):
    axis.set_title(title, fontsize=19)
    axis.set_axis_off()
figure.tight_layout()

# %% [markdown] notes
# (4 min) A lecture writes X[x, y, d], with the depth last. Both arrays in the middle and on the
# right have the right shape. Python raises no error.
#
# Reshape keeps all numbers in their order and only cuts them into other rows. The right picture is
# the upper third of the photograph, its left, middle and right third laid over one another. Axes
# must change places: that is a transpose.

# %% [markdown] slide
# ## How many times does a window fit?
#
# The last window begins at $W + 2P - F$. Stops are one more than steps:
#
# $$\frac{W - F + 2P}{S} + 1$$

# %% picture
"""A line of seven cells, numbered 0 to 6. Below it three windows of three cells each, at 0, 2 and
4; each begins two cells after the one before."""
drawing.stops(7, 3, 2)

# %% [markdown] notes
# (4 min) Derive it with the picture. The line with its padding is W + 2P long. The first window
# begins at 0, the last at W + 2P - F. From one to the other it takes that many steps of S.
#
# A fence has one post more than gaps: the plus one. It is the part that people forget.

# %% [markdown] slide
# ## Seven pixels, a window of three: how many stops?

# %% demo
demo.windows()

# %% [markdown] notes
# (6 min) Ask first for stride 1, 2, 3 and 4, hands up for each, then step with the arrow keys. The
# mouse moves the sliders.
#
# 5, then 3, then 4/3 + 1 = 2.33: it does not fit. And with stride 4 it fits again, twice. Most
# people expect that a larger stride is the harder one. What counts is whether S divides W - F +
# 2P.
#
# Then let the room name sizes. Watch what is left over after the last window. Add a padding, and
# see whether that mends it.

# %% [markdown] question
# ## What if something is left over?
#
# Raise, pad or crop: at which sizes do all three agree?

# %% picture
"""Stops of a window of 5 with stride 4 over lines of 5 to 30 pixels. Two staircases, pad above
crop by one. They meet at the dots, 5, 9, 13 and so on, the only sizes that are accepted by
raise."""
widths = np.arange(5, 31)
steps = (widths - 5) / 4
figure, axis = plt.subplots(figsize=(11.5, 3.9))
axis.plot(widths, np.ceil(steps) + 1, "^--", color="C1", label="pad: zeros until one more is full")
axis.plot(widths, np.floor(steps) + 1, "v--", color="C0", label="crop: leave the rest out")
whole = steps % 1 == 0
axis.plot(
    widths[whole], steps[whole] + 1, "o", color="C2", ms=15, label="raise: an error elsewhere"
)
axis.set_xlabel("W, pixels of the line (F = 5, S = 4, P = 0)")
axis.set_ylabel("stops")
axis.legend()
figure.tight_layout()

# %% [markdown] answer
# Only where the window fits: here at one line in four.

# %% [markdown] notes
# (3 min) See the green dots. Between two of them padding counts one stop more than cropping.
#
# This course raises an error. PyTorch crops and says nothing.
#
# A window longer than the padded line does not fit even once, and no policy mends that.

# %% [markdown] slide halves
# ## Keep the size
#
# Windows of 3 wear a picture away: after fifteen layers 32 x 32 is down to 2 x 2.
#
# With stride 1 the size stays if
#
# $$P = \frac{F - 1}{2}$$

# %% picture
"""A cat of 32 by 32 pixels with three nested frames: 22 pixels are left after five layers, 12
after ten and 2 after fifteen."""
figure, axis = plt.subplots(figsize=(6, 6))
axis.imshow(small.transpose(1, 2, 0))
for layers in (5, 10, 15):
    edge = 32 - 2 * layers
    axis.add_patch(plt.Rectangle((layers - 0.5,) * 2, edge, edge, fill=False, ec="gold", lw=5))
    axis.annotate(
        f"after {layers}: {edge}", (31.5 - layers, 2.2 * layers - 5), (33.5, 2.2 * layers - 5),
        fontsize=20, va="center", arrowprops={"arrowstyle": "-", "color": "C4"},
    )  # fmt: skip
axis.set_axis_off()

# %% [markdown] notes
# (2 min) The frames are what the output still has of the picture, if nothing is padded. Solve W -
# F + 2P + 1 = W for P on the board: 0 for a window of 1, then 1 for 3, 2 for 5 and 5 for 11.
# People call it same padding.
#
# Ask about a window of 4. It would be 1.5, and there is no half pixel: even windows have no
# middle.

# %% [markdown] question
# ## The puzzle of 224
#
# AlexNet's authors wrote: pictures of 224, windows of 11, stride 4, output 55. Can that be?
#
# A well-known note says they must have padded 3 pixels on each side. Can that be?

# %% [markdown] answer
# $(224 - 11)/4 + 1 = 54.25$: no. With $P = 3$ it is $(224 - 11 + 6)/4 + 1 = 55.75$: no.

# %% [markdown] notes
# (4 min) Two minutes with the neighbour, pencil in hand. Then ask: which padding would do?
#
# Somebody will say one and a half. That is the next slide.

# %% [markdown] slide
# ## No padding mends 224
#
# A size fits where its mark lies on a line.

# %% picture
"""The size of the output against the padding, for 224 and for 227 pixels. The line of 227 meets a
whole number at P = 0, 2 and 4. The line of 224 passes beside all of them."""
P = np.arange(5)
figure, axis = plt.subplots(figsize=(11.5, 4.8))
for W, mark, colour in ((224, "o--", "C1"), (227, "s--", "C0")):
    axis.plot(P, (W - 11 + 2 * P) / 4 + 1, mark, color=colour, ms=13, label=f"W = {W}")
axis.plot(1.5, 55, "*", color="C2", ms=24, label="224 with 3 zeros in all")
axis.set_yticks(range(54, 59))
axis.set_xticks(P)
axis.grid(axis="y", color="C4", alpha=0.4)
axis.set_xlabel("P, zeros at each end")
axis.set_ylabel("(W − F + 2P)/S + 1")
axis.legend()
figure.tight_layout()

# %% [markdown] notes
# (3 min) The round marks step over every line. 55 needs W + 2P = 227, which is odd; 224 + 2P is
# even whatever P is.
#
# The star: three pixels in all, one at one end and two at the other. That is what people settled
# on. torchvision pads 224 by 2, gets 55.25 and crops.

# %% [markdown] slide halves
# ## Share the weights
#
# AlexNet's first layer has $96 \cdot (11 \cdot 11 \cdot 3 + 1) = 34{,}944$ numbers at one place.
#
# Each place with its own: 105,705,600. If it helps here, it helps there: **share them**.

# %% picture
"""A square of 55 by 55 small cells, one for each place. One cell is marked and stands for 34,944
numbers; all 3025 of them are 105,705,600."""
figure, axis = plt.subplots(figsize=(6, 6.2))
axis.add_patch(plt.Rectangle((0, 0), 55, 55, fc="C6"))
axis.vlines(range(56), 0, 55, color="C1", lw=0.8)
axis.hlines(range(56), 0, 55, color="C1", lw=0.8)
axis.add_patch(plt.Rectangle((20, 30), 1, 1, fc="C0", ec="C0", lw=4))
axis.annotate(
    "34,944, for all", (20.5, 31.5), (13, 46), fontsize=22, color="#1b1f24",
    arrowprops={"arrowstyle": "-|>", "color": "C0", "lw": 3},
    bbox={"fc": "C5", "ec": "C0", "boxstyle": "round"},
)  # fmt: skip
axis.set_title("55 x 55 places: 3025 times as many", fontsize=20)
axis.set_xlim(-0.3, 55.3)
axis.set_ylim(-0.3, 55.3)
axis.set_aspect("equal")
axis.set_axis_off()

# %% [markdown] notes
# (4 min) At every stop stands a column of 96 neurons that look at the same window for 96 different
# things: 55 times 55 times 96 is 290,400 neurons, with 364 numbers each. All neurons of one depth
# slice look for the same thing, at different places. So they may share.
#
# Some copies of a well-known note give F times C weights for each filter: 33 here, not 363. A
# filter is a box and not a bar: F times F times C weights, and a bias. Let somebody draw it on the
# board.
#
# The ratio is 3025, which is 55 times 55: each filter serves that many places. The size of the
# picture is not in the lower number at all.

# %% [markdown] slide halves
# ## What a first layer looks for
#
# The twelve filters of our net, each a picture of 5 x 5 in colour. Grey is a weight of 0.
#
# AlexNet's 96 are of 11 x 11: one GPU found edges at all slants, the other found colours.

# %% picture
"""Twelve squares of 5 by 5 coloured pixels, filters that a net has learned. Some are light on one
side and dark on the other, one is red nearly everywhere, the rest have no clear pattern."""
figure, axes = plt.subplots(4, 3, figsize=(5.4, 7))
for axis, one in zip(axes.ravel(), net.params["w1"], strict=True):
    axis.imshow(0.5 + 0.5 * one.transpose(1, 2, 0) / np.abs(one).max())
    axis.set_axis_off()
figure.tight_layout(pad=0.3)

# %% [markdown] notes
# (3 min) These are all the weights of its first layer: twelve times 75. Ask which are edges, which
# are spots of one colour. The one that is red nearly everywhere answers to the coffee and to the
# cat's nose; those with a light and a dark side answer to edges. Some have no name. They began as
# random numbers.
#
# AlexNet's are the famous ones; the picture is in the paper of 2012. The net was cut in two halves
# that hardly talked to each other, and each half took a trade of its own.

# %% [markdown] slide
# ## Four kinds of layers
#
# An eye goes through the first of each kind. What happens to it?

# %% picture
"""An eye of a cat; after CONV a grey map with the outline of the eye; after RELU the same map,
much of it black; after POOL the same, half as large and coarser; and after FC four bars of scores,
of which that of the cat is the longest."""
eye = data.photo("chelsea")[:, :, 70:198:4, 250:378:4]
boxes = trained.volumes(net, eye)
figure, axes = plt.subplots(1, 5, figsize=(14, 3.6))
axes[0].imshow(eye[0].transpose(1, 2, 0))
for axis, box in zip(axes[1:4], boxes[1:4], strict=True):
    axis.imshow(box[0, 11], cmap="gray")
axes[4].barh(net.classes, boxes[-1].ravel(), color="C2")
axes[4].invert_yaxis()
axes[4].yaxis.tick_right()
axes[4].tick_params(labelsize=18)
axes[4].set_xticks([])
axes[4].tick_params(length=0)
axes[4].spines["left"].set_position("zero")
axes[4].spines["bottom"].set_visible(False)
axes[4].set_box_aspect(1)
words = [
    "32 x 32 x 3",
    "as deep as it\nhas filters: 12",
    "no number\nbelow 0",
    "halves it,\n12 deep",
    "4 scores",
]
for axis, kind, more in zip(axes, ["INPUT", "CONV", "RELU", "POOL", "FC"], words, strict=True):
    axis.set_title(kind, fontsize=22, fontweight="bold")
    axis.text(0.5, -0.08, more, fontsize=18, ha="center", va="top", transform=axis.transAxes)
    axis.set_xticks([])
    if kind != "FC":
        axis.set_yticks([])
        axis.spines[:].set_visible(False)
figure.tight_layout(w_pad=0.6)

# %% [markdown] notes
# (3 min) One map of twelve is followed. CONV slides filters over its volume. RELU makes negative
# numbers 0, and the volume stays as it is. POOL keeps the largest number of each window. FC looks
# at everything that is left and gives a volume of 1 x 1, as deep as it has neurons.
#
# Nearly every net of this course is made of these. Of each, ask two things: does it learn
# anything, and what must you choose beforehand? RELU: nothing and nothing. The other three are for
# the notebook.

# %% [markdown] question
# ## Five layers: which five shapes?

# %% code
net = [
    ("INPUT", {"C": 3, "H": 32, "W": 32}),
    ("CONV", {"K": 12, "F": 3, "S": 1, "P": 1}),
    ("RELU", {}),
    ("POOL", {"F": 2, "S": 2}),
    ("FC", {"M": 10}),
]

# %% [markdown] answer
# (3, 32, 32), (12, 32, 32), (12, 32, 32), (12, 16, 16), (10, 1, 1), as (C, H, W).

# %% [markdown] notes
# (4 min) The course writes a net as a list like this; lessons 09 and 11 use it again. Go through
# the room, one layer a person. The filters keep the size as P = (F - 1)/2, the pool halves it.
#
# In the notebook a function does this for any list, and says which layer it is that does not fit.

# %% [markdown] slide
# ## AlexNet, box by box
#
# The boxes get smaller, and deeper.

# %% picture
"""Boxes of AlexNet's volumes from left to right. The first is high and flat, 227 by 227 and 3
deep. They get lower and deeper: 55, 27, 13 and 6 pixels, 96, 256, 384 and 256 deep."""
sizes = [
    (3, 227),
    (96, 55),
    (96, 27),
    (256, 27),
    (256, 13),
    (384, 13),
    (384, 13),
    (256, 13),
    (256, 6),
]
names = ["picture", "conv", "pool", "conv", "pool", "conv", "conv", "conv", "pool"]
draw.boxes([(C, H, H) for C, H in sizes], names, inch=0.3)

# %% [markdown] notes
# (3 min) What the picture loses in places it gains in things that are known about each place.
# After the last box come three FC layers: 4096, 4096, 1000.
#
# One reads that AlexNet has five pools and goes from 224 to 7. Count them: three, and it ends at 6
# x 6 x 256. Five pools, from 224 to 7, is VGG.

# %% [markdown] slide
# ## Today's notebook
#
# - Nine exercises, from `fc_weights` to `trace_shapes`: 20 points. A written answer: 2.
#
# **You can now**
#
# - say how large each box of a net is, before anything is computed,
# - tell whether a window fits: $(W - F + 2P)/S + 1$ times, or not at all,
# - count what a layer has to learn, and say why it does not grow with the picture,
# - find the mistake in a famous paper.

# %% [markdown] notes
# (2 min) It takes about 90 minutes. The written answer: should a library raise, crop or pad? Say
# what to do when stuck: look at the number by hand first. The check gives it back.
#
# Next time we fill the boxes.
