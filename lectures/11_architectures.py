# %% run
import matplotlib.pyplot as plt
import numpy as np

from autograder import course
from autograder.slides import draw
from convbook import data, drawing, layers, nets
from convbook.drawing.cells import GREY, PALE_BLUE, PALE_GREEN, PALE_GREY, PALE_ORANGE, box

# What the exercises give, shown and not told.
LESSON = course.lessons()["11_architectures"].reference()
TABLES = {name: LESSON["layer_table"](nets.spec(name)) for name in nets.NETS}
TOTALS = {name: LESSON["totals"](table) for name, table in TABLES.items()}
VGG = [row for row in TABLES["vgg16"] if row["kind"] != "RELU"]
values = np.array([row["activations"] for row in VGG])
weights = np.array([row["weights"] for row in VGG])
assert TOTALS["vgg16"]["activations"] == 15_237_608
assert TOTALS["vgg16"]["weights"] == 138_344_128
assert TOTALS["vgg16"]["parameters"] == 138_357_544


def contest(axis):
    """Draw the top-5 errors of those who won the ImageNet contest; the ConvNets in blue."""
    errors = [28.2, 25.8, 16.4, 11.7, 6.7, 3.6]
    years = np.arange(2010, 2016)
    bars = axis.bar(years, errors, 0.7, color=["C4"] * 2 + ["C0"] * 4)
    axis.bar_label(bars, padding=4)
    axis.set_xticks(years)
    axis.set_ylim(0, 32)
    axis.set_ylabel("top-5 error, %")


# %% [markdown] slide
# # LeNet to ResNet
#
# Lecture 11: take the famous nets apart

# %% [markdown] notes
# (1 min) You know every layer already. Today we count: where are the weights, where is the memory,
# and why do these nets look as they do?

# %% [markdown] question
# ## What happened in 2012?
#
# ImageNet, 1000 classes: the error of each year's winner.

# %% [markdown] answer
# ConvNets, in blue: from then on features are learned.

# %% picture
"""Bars of the top-5 error of the winners of the ImageNet contest. 2010 and 2011, in grey: 28.2 and
25.8 per cent. From 2012 on, in blue: 16.4, 11.7, 6.7 and 3.6. Names above: AlexNet in 2012,
GoogLeNet in 2014, ResNet in 2015."""
figure, axis = plt.subplots(figsize=(11, 3.3))
contest(axis)
for year, name, height in ((2012, "AlexNet", 21), (2014, "GoogLeNet", 12), (2015, "ResNet", 9)):
    axis.text(year, height, name, ha="center", color="C0", fontweight="bold")
axis.set_xlabel("year of the contest")

# %% [markdown] notes
# (3 min) Let the room describe the picture first. Top-5: a picture counts as wrong if its class is
# not among the five best guesses. The nets grew from 8 layers to 152.
#
# The second place of 2012 was no ConvNet: 26 per cent against 16. 2013 was won by Clarifai, the
# company of Matthew Zeiler, the Z of ZF Net. And from 2014 to 2015 the error halves again. What was
# new in that year? That is the last third of today.

# %% [markdown] slide
# ## Twenty years: depth, and a few ideas

# %% picture
"""Layers with weights against the year, upwards on a logarithmic axis. LeNet-5 has 5 in 1998. Then
nothing until 2012: AlexNet 8, ZF Net 8 in 2013, VGG 16 and GoogLeNet 22 in 2014, ResNet 152 in 2015
and DenseNet 121 in 2016. Beside each stands its idea."""
figure, axis = plt.subplots(figsize=(12, 5.6))
for year, deep, text, side in (
    (1998, 5, "LeNet-5\nreads digits", "left"),
    (2012, 8, "AlexNet: ReLU, two GPUs", "right"),
    (2013, 8, "ZF Net: smaller\nfilters and stride first", "left"),
    (2014, 16, "VGG: 3 x 3 and 2 x 2 throughout", "right"),
    (2014, 22, "GoogLeNet: Inception, no large FC", "right"),
    (2015, 152, "ResNet: skips, batch norm", "right"),
    (2016, 121, "DenseNet: sees all\nmaps before it", "left"),
):
    axis.semilogy(year, deep, "o", color="C0", markersize=13)
    axis.text(year + (0.4 if side == "left" else -0.4), deep, text, ha=side, va="center")
axis.set_xlim(1997, 2023)
axis.set_xticks([1998, 2004, 2012, 2014, 2016])
axis.set_ylim(3.5, 250)
axis.set_yticks([5, 10, 20, 50, 100, 200], ["5", "10", "20", "50", "100", "200"])
axis.minorticks_off()
axis.set_xlabel("year")
axis.set_ylabel("layers with weights")

# %% [markdown] notes
# (3 min) The empty stretch comes first: the layers of 1998 and those of 2012 are the same. What was
# missing were a million labelled pictures and a processor for them. Then read the ideas from left
# to right. ZF Net also has a wider middle.
#
# One more is in the lesson: NiN (2013) has 1 x 1 convolutions, and the mean of a map for large FC
# layers. ResNets come with 18 to 152 layers; the DenseNet of the picture is that with 121.

# %% [markdown] slide
# ## Four numbers for a layer
#
# LeNet-5. Its first CONV: $K = 6$, $F = 5$, $S = 1$, $P = 0$.

# %% picture
"""LeNet-5 as boxes: the picture, 32 by 32 and 1 deep; CONV, 28 by 28, 6 deep; POOL, 14 by 14; CONV,
10 by 10, 16 deep; POOL, 5 by 5; CONV, 1 by 1, 120 deep; FC 84 and FC 10."""
big = [row for row in TABLES["lenet5"] if row["kind"] != "RELU"]
names = ["x" if row["kind"] == "INPUT" else row["kind"] for row in big]
draw.boxes([row["shape"] for row in big], names, inch=0.5)

# %% [markdown] fragment
# Activations $6 \cdot 28 \cdot 28 = 4704$; weights $5 \cdot 5 \cdot 1 \cdot 6 = 150$; biases
# $K = 6$; multiply-adds $150 \cdot 784 = 117{,}600$.

# %% [markdown] notes
# (3 min) Ask for each number before you show them. A weight is stored once and used at each of 28
# times 28 places. So its cost in memory and its cost in time have little to do with each other.

# %% [markdown] question
# ## Which row has been trained?
#
# First layers: five filters, and what two of them make of a cat.

# %% [markdown] answer
# B: smooth edges, and spots of a colour. A was drawn at random, and even there the cat stays.
# Training **chooses** filters.

# %% picture
"""Two rows. A: five filters that look like noise, and two maps in which a cat's face can be seen.
B: five filters with smooth edges and spots of a colour, and two maps: thin lines along the eyes and
the fur, and light areas."""
net, rng = data.pretrained("photos4"), np.random.default_rng(11)
face = data.photo("chelsea")[:, :, :288:2, :448:2]  # (1, 3, 144, 224)
w, b = net.params["w1"][[11, 0, 3, 7, 9]], net.params["b1"][[11, 0, 3, 7, 9]]
drawn = rng.normal(scale=w.std(), size=w.shape)
figure, axes = plt.subplots(2, 7, figsize=(12, 3.2), width_ratios=[1] * 5 + [1.6] * 2)
for line, name, bank, bias in zip(axes, "AB", (drawn, w), (0 * b, b), strict=True):
    maps = np.maximum(layers.conv_forward(face - net.mean, bank, bias, pad=2)[0], 0)[0]
    for axis, one in zip(line[:5], bank, strict=True):
        axis.imshow(0.5 + 0.5 * one.transpose(1, 2, 0) / np.abs(one).max())
    for axis, one in zip(line[5:], maps, strict=False):
        axis.imshow(one, cmap="gray", vmax=np.quantile(one, 0.99))
    line[0].set_ylabel(name, rotation=0, labelpad=24, va="center", fontsize=26)
for axis in axes.ravel():
    axis.set(xticks=[], yticks=[])
    axis.spines[:].set_visible(False)
axes[0, 2].set_title("five filters")
axes[0, 5].set_title("map of the first")
axes[0, 6].set_title("of the second")
figure.tight_layout(w_pad=0.6)

# %% [markdown] notes
# (3 min) Row B is the first layer of our own small net of lesson 01, which tells four photographs
# apart: filters of 5 x 5. Those of AlexNet are 11 x 11, and people saw the same in them: edges and
# colours.
#
# The notebook sends this cat through the whole of AlexNet, with random weights: all 61 million do
# their work, and the scores mean nothing.

# %% [markdown] question
# ## The border decides
#
# ResNet: 224, $F = 7$, $S = 2$, $P = 3$, crop. GoogLeNet: 112, $F = 3$, $S = 2$, pad. How many
# rows?

# %% [markdown] answer
# $(224 - 7 + 6)/2 + 1 = 112.5$, cropped to 112. $(112 - 3)/2 + 1 = 55.5$, padded to 56.

# %% picture
"""The last pixels of two lines, with windows below. ResNet: pixels 217 to 223, then three of
padding; a window begins at 217, one at 219, and one at 221 would reach beyond the padding.
GoogLeNet: pixels 107 to 111; one window begins at 108, and one at 110 reaches beyond the end."""
axis = draw.canvas(20.5, 4.8, inch=0.5)
for left, pixels, grey, F, starts, title in (
    (0.5, range(217, 224), 3, 7, (217, 219, 221), "ResNet: the last pixels"),
    (13, range(107, 112), 1, 3, (108, 110), "GoogLeNet"),
):
    draw.cells(axis, pixels, left, 1, label=title, size=16)
    draw.cells(axis, np.full(grey, np.nan), left + len(pixels), 1, fill="C9")
    for k, start in enumerate(starts):
        at, last = (left + start - pixels[0], 2.2 + 0.9 * k), start == starts[-1]
        axis.add_patch(plt.Rectangle(at, F - 0.08, 0.7, facecolor="C1" if last else "C6"))
    axis.text(at[0] + F + 0.2, at[1] + 0.35, "?", va="center", color="C1", fontweight="bold")

# %% [markdown] notes
# (3 min) The first CONV of ResNet, and a pool of GoogLeNet. Grey is padding, or what is not there.
# The last window does not fit: leave it out, or pad until it does. A published net is not fully
# described before its borders are. Our own layers refuse what does not fit; some published nets did
# not.

# %% [markdown] question
# ## Where does VGG-16 need most?
#
# Which box holds most numbers? And between which two boxes are most of the weights?

# %% picture
"""VGG-16 as boxes: two CONV of 224 by 224, 64 deep; two of 112 by 112, 128 deep; three of 56 by
56, 256 deep; three of 28 by 28 and three of 14 by 14, 512 deep; POOL, 7 by 7; FC, 4096 deep."""
stages = [VGG[k]["shape"] for k in (1, 4, 7, 11, 15, 18, 19)]
draw.boxes(stages, [*["2 CONV"] * 2, *["3 CONV"] * 3, "POOL", "FC"], inch=0.29)

# %% [markdown] notes
# (3 min) Take a vote on both; the next slide answers. Two FC follow, of 4096 and of 1000. VGG is
# one idea, five times: two or three CONV of 3 x 3, then a pool that halves the sides, while the
# depth doubles. AlexNet has three pools and ends at 6 x 6 x 256; VGG-16 has five and ends at 7 x 7
# x 512.

# %% [markdown] slide
# ## Memory early, weights late

# %% picture
"""Two bar charts of the layers of VGG-16, from the input at the top. Activations: the first two
CONV layers are the longest, 3.2 million each; beside them stands 42 %. Weights: one bar dwarfs all
others, the first FC, 103 million; beside it stands 74 %."""
names = [f"{row['kind']} {row['shape'][0]}" for row in VGG]
figure, axes = plt.subplots(1, 2, figsize=(12, 5.8), sharey=True)
places = np.arange(len(VGG))
axes[0].barh(places, values / 1e6, color=["C0" if k in (1, 2) else "C5" for k in places])
axes[1].barh(places, weights / 1e6, color=["C1" if k == 19 else "C6" for k in places])
first = [k for k in places[1:] if "POOL" not in names[k] and names[k] != names[k - 1]]
axes[0].set_yticks(first, [names[k] for k in first], fontsize=14)
axes[0].invert_yaxis()
axes[0].text(2.1, 4.6, "these two: 42 %", color="C0", fontweight="bold")
axes[1].text(40, 17.8, "this one: 74 %", color="C1", fontweight="bold")
axes[0].set_title("activations")
axes[1].set_title("weights")
for axis in axes:
    axis.set_xlabel("millions")
axes[0].set_ylabel("layer")
figure.tight_layout()

# %% [markdown] notes
# (3 min) A name stands at the first of several like layers; a short bar before a name is a pool,
# the topmost the input. The first two CONV layers hold 42 per cent of all activations and have
# 38,592 weights. The first FC holds 102,760,448 weights, 74 per cent of the net, and 4,096
# activations.
#
# So memory is saved in the first layer: ZF Net 7 x 7 with stride 2, AlexNet 11 x 11 with stride 4.

# %% [markdown] question halves
# ## Find the mistake
#
# Copies of a well-known note list the rows of VGG-16, and write below them: 24M values, 93 MB for
# each picture.
#
# The rows sum to 15,237,608. How many MiB is that?

# %% [markdown] answer
# $15{,}237{,}608 \cdot 4 / 1024^2 = 58.1$ MiB. The rows are right.

# %% picture
"""Two columns. The rows, piled up in pieces of 7.4, 3.6, 2.6, 1.3 and 0.3 million, reach 15.2
million. The sum that is written below them reaches 24 million."""
pieces = np.add.reduceat(values, [0, 4, 7, 11, 15]) / 1e6
figure, axis = plt.subplots(figsize=(6, 4.6))
for piece, end, colour in zip(pieces, np.cumsum(pieces), ["C0", "C5"] * 2 + ["C0"], strict=True):
    axis.bar(0, piece, 0.6, bottom=end - piece, color=colour)
axis.bar(1, 24, 0.6, color="C4")
for k, height in enumerate((values.sum() / 1e6, 24)):
    axis.text(k, height + 0.5, f"{height:.3g}", ha="center")
axis.set_xticks([0, 1], ["the rows", "the sum below"])
axis.set_ylim(0, 27)
axis.set_xlabel("what the note says")
axis.set_ylabel("millions of numbers")

# %% [markdown] notes
# (2 min) A piece of the column is a stage with its pool; the first has the input, the last the FC.
# Four bytes a number in float32. With their gradients it is 116 MiB. The weights are another
# matter: 138,344,128, and 138,357,544 parameters with the biases.

# %% [markdown] slide
# ## What a net costs
#
# GoogLeNet: a ninth of AlexNet's parameters, and twice its work.

# %% picture
"""Three bar charts for seven nets. Parameters in millions: LeNet-5 0.06, AlexNet 61, ZF Net 62,
VGG-16 138, GoogLeNet 7, ResNet-18 12, ResNet-50 26. Multiply-adds: VGG-16 far ahead with 15.5
thousand million. Activations: VGG-16 and ResNet-50 are the longest."""
shown = {"lenet5": "LeNet-5", "alexnet": "AlexNet", "zfnet": "ZF Net", "vgg16": "VGG-16"}
shown |= {"googlenet": "GoogLeNet", "resnet18": "ResNet-18", "resnet50": "ResNet-50"}
figure, axes = plt.subplots(1, 3, figsize=(12.5, 4.9), sharey=True)
for axis, key, unit, word, colour in zip(
    axes,
    ("parameters", "multiply_adds", "activations"),
    (1e6, 1e9, 1e6),
    ("parameters, millions", "multiply-adds, billions", "activations, millions"),
    ("C1", "C2", "C0"),
    strict=True,
):
    sums = [TOTALS[name][key] / unit for name in shown]
    bars = axis.barh(list(shown.values()), sums, color=colour)
    axis.bar_label(bars, [f"{s:.2g}" if s < 10 else f"{s:.0f}" for s in sums], padding=4)
    axis.set_xlim(0, 1.2 * max(sums))
    axis.set_xlabel(word)
    axis.set_xticks([])
axes[0].invert_yaxis()
axes[0].set_ylabel("net, by year")
figure.tight_layout()

# %% [markdown] notes
# (3 min) Three charts, and the order is not the same: ResNet-50 is deeper than VGG-16 and
# costs a quarter of its multiply-adds, but keeps more activations, for its batch norm. Are the
# large FC layers needed? No: NiN (Lin and others, 2013) takes the mean of each map, and GoogLeNet
# had 0.6 per cent more right answers when average pooling took their place.
#
# Beware of round numbers. One often reads 4 million for GoogLeNet. No variant has that: 6,998,552
# in 2014, 5,973,552 without its FC. AlexNet has 60,965,224 in its two columns of 2012 and
# 61,100,840 in torchvision's one; VGG-16 138,357,544 with biases; ResNet-50 25,557,032.

# %% [markdown] question halves
# ## Does VGG-16 fit?
#
# - **parameters**, gradients, velocities: 1.55 GB, once
# - **activations**, gradients, the next batch: 117 MB a picture
#
# How many pictures fit into 3 GB? Into 6?

# %% [markdown] answer
# In 3 GB 1490 MB are left: 12 pictures. In 6 GB 39: twice the memory, three times the batch.

# %% picture
"""Two columns, cards of 3 and 6 GB. In both the lowest 1.55 GB are parameters, and upon them lies a
thin slice, one picture. The rest of each is free, with a question mark."""
fixed, each = 1.546, 0.114  # GB: 3 copies of the parameters, and a picture with its place in line
figure, axis = plt.subplots(figsize=(6, 4.4))
for k, card in enumerate((3, 6)):
    axis.bar(k, card, 0.6, color="C9")
    axis.bar(k, fixed, 0.6, color="C1")
    axis.bar(k, each, 0.6, bottom=fixed + 0.02, color="C0")
    axis.text(k, (card + fixed + each) / 2, "?", ha="center", va="center", fontsize=28)
line = {"arrowstyle": "->", "color": "C0"}
axis.annotate("one picture", (0.3, 1.62), (0.34, 3.2), color="C0", arrowprops=line)
axis.text(0.5, 0.7, "para-\nmeters", ha="center", va="center", color="C1")
axis.set_xticks([0, 1], ["3 GB", "6 GB"])
axis.set_xlim(-0.45, 1.45)
axis.set_xlabel("card of 2016")
axis.set_ylabel("memory, GB")

# %% [markdown] notes
# (4 min) Four bytes a number. Half of the small card goes to the parameters, and they do not grow.
# If it does not fit, lower the batch. Plain SGD keeps two copies of the parameters, Adam four.
#
# All activations at once, that is the peak of a program that lets nothing go. Divide by 1024 for
# KB, MB, GB. At test time nothing has to be kept. A real library needs more: space for columns, and
# some hundred MB for itself.

# %% [markdown] slide
# ## From 3 GB to 80

# %% picture
"""The largest batch against memory, 3 to 80 GB, both axes logarithmic, for four nets. AlexNet is on
top, with 208 to 7141 pictures; VGG-16 and ResNet-50 are lowest. VGG-16 begins with 12, has 196 at
24 GB and 687 at 80."""
sizes = [3, 6, 12, 24, 80]
figure, axis = plt.subplots(figsize=(11.5, 5.4))
for name, mark in zip(("alexnet", "googlenet", "resnet50", "vgg16"), "osDv", strict=True):
    batches = [LESSON["largest_batch"](nets.spec(name), "momentum", size) for size in sizes]
    axis.loglog(sizes, batches, mark + "-", label=shown[name])
for size, batch in zip(sizes, batches, strict=True):
    above = 1.3 if size > 6 else 0.55
    axis.text(size, above * batch, str(batch), ha="center", color="C3", fontweight="bold")
axis.set_xticks(sizes, ["3", "6", "12", "24\nRTX 4090", "80\nH100"])
axis.set_ylim(5, 15_000)
axis.minorticks_off()
axis.set_xlabel("memory of the card, GB")
axis.set_ylabel("pictures in a batch, with momentum")
axis.legend()

# %% [markdown] notes
# (3 min) VGG-16 bends at the left, where its parameters weigh: 12, 39, then 91 pictures. On 24 and
# 80 GB they hardly matter, and the batch grows with the memory: 196 and 687. ResNet-50 is nearly
# straight from the start, because its parameters are few and its activations many.

# %% [markdown] slide
# ## Which peak?

# %% picture
"""A plot of memory during one step of VGG-16 with one picture. Forward it rises to 58 MB. On the
way back it rises to 116 MB where all is kept; where each is let go it stays below 60 and falls."""
kept = np.cumsum(values)
back = range(len(values) - 1, 0, -1)
keeps_all = [kept[-1] + sum(values[k - 1 :]) for k in back]
lets_go = [kept[k] + values[k] + values[k - 1] for k in back]
figure, axis = plt.subplots(figsize=(11, 5.2))
for name, after, line in (("all is kept", keeps_all, "--"), ("each is let go", lets_go, "-")):
    memory = np.array([*kept, *after]) * 4 / 1024**2
    axis.plot(memory, line, label=f"{name}: at most {memory.max():.0f} MB")
axis.axvline(len(values) - 1, color="C4", linestyle=":")
axis.text(10, 8, "forward", ha="center", color="C4")
axis.text(32, 8, "backward", ha="center", color="C4")
axis.set_xlabel("layers done")
axis.set_ylabel("memory for one picture, MB")
axis.legend()

# %% [markdown] notes
# (3 min) On the way back a layer takes the gradient of its output and makes that of its input.
# Then nobody needs its output any more. Who lets go has the peak about the turn, the dotted line:
# half of the other, and about twice the batch. PyTorch does; the notebook's functions count the
# dashed line.

# %% [markdown] slide
# ## Inception: four ways at once
#
# Heights and widths agree, and depths add up to 256.

# %% picture
"""From x, 192 by 28 by 28, four paths: 1x1 with 64 filters; 1x1 with 96, then 3x3 with 128; 1x1
with 16, then 5x5 with 32; a 3x3 pool, then 1x1 with 32. They meet in CONCAT, 256 by 28 by 28."""
four = [["1x1, 64"], ["1x1, 96", "3x3, 128"], ["1x1, 16", "5x5, 32"], ["pool 3x3", "1x1, 32"]]
drawing.paths("x\n192 x 28 x 28", four, "CONCAT\n256 x 28 x 28")

# %% [markdown] notes
# (4 min) Ask for the weights of the third path: 192 times 16 are 3,072, and 25 times 16 times 32
# are 12,800; together 15,872. Then for 5 x 5 with 32 filters straight on 192 channels: 153,600. The
# narrow 1 x 1 layer makes it about ten times as cheap.
#
# With an empty path CONCAT keeps what came in and puts new maps on top: DenseNet. Inception-v4
# (Szegedy and others, 2016) has three kinds of modules, and a variant with skips around them.

# %% [markdown] question
# ## Is deeper better?
#
# The further layers could do nothing. Is the deep net's loss on **training** pictures then at most
# that of the shallow one?

# %% [markdown] answer
# If it found that. Plain nets do not: 56 layers had a larger training error than 20 (He and others,
# 2015). This is **degradation**.

# %% picture
"""Two rows of layers. Above x, three CONV and FC. Below the same, with three more layers before FC,
which are asked to give out what they take in."""
axis = draw.canvas(26, 4.9, inch=0.45)
for y, more in ((1.0, 0), (3.7, 3)):
    words = ["x", *["CONV"] * 3, *["out = in"] * more, "FC"]
    fills = [PALE_BLUE, *[PALE_ORANGE] * 3, *[PALE_GREY] * more, PALE_GREEN]
    for k, (word, fill) in enumerate(zip(words, fills, strict=True)):
        box(axis, (1.5 + 3.3 * k, y), word, fill, 2.6)
        if k:
            draw.arrow(axis, (3.3 * k - 0.5, y), (3.3 * k + 0.2, y))
axis.text(16.2, 1.0, "the shallow net", va="center", color=GREY)

# %% [markdown] notes
# (3 min) Let the room vote before the answer. It is about training pictures, so nobody can say that
# the deep net has learned them by heart: it is no overfitting. Two slides on we see it, in small.

# %% [markdown] slide halves
# ## A way around: the skip
#
# $$\text{out} = \text{ReLU}(x + f(x))$$
#
# - $f$ learns what to **add**.
# - Where $f(x) = 0$, only the ReLU is left.
# - On the way back the sum gives its gradient to both.
# - All shapes must agree.

# %% picture
"""A residual block from top to bottom: x, then CONV 3x3, RELU, CONV 3x3, then a plus and a RELU. A
line leaves x, goes around the three layers, and meets them at the plus."""
axis = draw.canvas(11, 11.4, inch=0.48)
words = ("x", "CONV 3 x 3", "RELU", "CONV 3 x 3", "+", "RELU")
fills = (PALE_BLUE, *[PALE_ORANGE] * 3, PALE_GREEN, PALE_GREY)
for k, (word, fill) in enumerate(zip(words, fills, strict=True)):
    box(axis, (4, 0.9 + 1.95 * k), word, fill, 5)
    if k:
        draw.arrow(axis, (4, 1.95 * k - 0.4), (4, 1.95 * k + 0.25))
axis.plot([6.5, 9, 9, 9], [0.9, 0.9, 8.7, 8.7], color="C3", linewidth=4)
line = {"arrowstyle": "-|>", "color": "C3", "linewidth": 4}
axis.annotate("", (6.5, 8.7), (9.06, 8.7), arrowprops=line)
axis.text(0.2, 4.8, "$f$", fontsize=26, va="center", color="C1")
axis.text(9.3, 4.8, "$x$", fontsize=26, va="center", color="C3")

# %% [markdown] notes
# (3 min) ResNet has a batch norm after each CONV. On the way back one gradient goes through f, the
# other goes straight on, whatever the weights of f are. Ask the room what a gate of the last ReLU
# does to both.
#
# Identity Mappings (He and others, 2016) puts batch norm and ReLU in front of each convolution and
# nothing after the sum: pre-activation. Then the line on the right is free from end to end, and
# 1001 layers learn.

# %% [markdown] slide
# ## Deeper is worse, unless there is a way around

# %% picture
"""Two plots. Left, the loss on training pictures against 3, 9 and 21 convolutions: plain nets 0.73,
0.90 and 2.07, near the line of a net that knows nothing; with skips 0.68, 0.64 and 0.65. Right, the
size of the gradient against the blocks it has come through, 1 to 20: without skips it falls to a
millionth of a millionth, with skips it stays near 1."""
# Left: mean of three seeds each, lesson 11, section 8.
CONVOLUTIONS = [3, 9, 21]
LOSSES = {"plain": ((0.73, 0.90, 2.07), "s--"), "with skips": ((0.68, 0.64, 0.65), "o-")}
figure, (left, right) = plt.subplots(1, 2, figsize=(12.5, 5.4))
for losses, line in LOSSES.values():
    left.plot(CONVOLUTIONS, losses, line)
left.axhline(np.log(10), color="C4", linestyle=":")
left.text(3, 2.37, "ln 10: knows nothing", color="C4")
left.text(13.5, 1.65, "plain", ha="right", color="C0")
left.text(13.5, 0.45, "with skips", ha="right", color="C1")
left.set_xticks(CONVOLUTIONS)
left.set_ylim(0, 2.6)
left.set_xlabel("convolutions, one after the other")
left.set_ylabel("loss on training pictures")
draws = np.random.default_rng(11)
x, dout = np.abs(draws.normal(size=(1, 4, 8, 8))), draws.normal(size=(1, 4, 8, 8))
nothing = {"shortcut": (np.zeros((4, 4, 1, 1)), np.zeros(4))}
for name, way in (("plain", nothing), ("with skips", {})):
    drawn, out, dx, caches, sizes = np.random.default_rng(4), x, dout, [], []
    for _ in range(20):
        both = np.sqrt(1 / 72) * drawn.normal(size=(2, 4, 4, 3, 3))
        one, two = ((w, np.zeros(4)) for w in both)
        out, cache = LESSON["residual_forward"](out, {"conv1": one, "conv2": two, **way})
        caches.append(cache)
    for cache in reversed(caches):
        dx, _ = LESSON["residual_backward"](dx, cache)
        sizes.append(np.sqrt(np.mean(dx**2)))
    right.semilogy(range(1, 21), sizes, LOSSES[name][1], markersize=5)
right.text(12, 0.02, "with skips", color="C1")
right.text(7, 1e-9, "plain", ha="right", color="C0")
right.set_title("a gradient on its way back")
left.set_title("training, mean of three seeds")
right.set_xticks(range(0, 21, 5))
right.set_xlabel("blocks the gradient has come through")
right.set_ylabel("size of dx")
figure.tight_layout()

# %% [markdown] notes
# (4 min) Left, from the notebook: 1000 pictures of clothes at 7 x 7 pixels, 100 steps, three seeds.
# The plain net of 21 convolutions learns next to nothing. At other rates it is the worst as well,
# and with batch norm in both kinds the order is the same.
#
# Right: twenty blocks with weights half as large as those that keep the activations in range.
# On the way around a block nothing is multiplied.
#
# What is not shown: that depth helps. These pictures are too small for that.

# %% [markdown] slide halves
# ## Now you can
#
# - take any net apart, and say where its memory sits
# - say what fits into a card before you train
# - build an Inception module and a residual block
#
# **Notebook**: 20 points. A written answer: 2. About 90 minutes.

# %% picture
"""The bars of the contest once more, with an idea in each blue one: ReLU, small filters, Inception
and 3 x 3, skips."""
figure, axis = plt.subplots(figsize=(6.4, 5.6))
contest(axis)
for year, text, height in (
    (2012, "ReLU, GPUs", 19),
    (2013, "smaller filters", 14.3),
    (2014, "Inception, 3 x 3", 9.3),
    (2015, "skips", 6.2),
):
    axis.text(year - 0.35, height, text, color="C0")
axis.set_xlim(2009.5, 2017.2)
axis.set_xlabel("year of the contest")

# %% [markdown] notes
# (2 min) Go through the blue bars once more: the room can now build what made each of them. In
# practice one takes a trained net and goes on from there. That is lecture 12.
