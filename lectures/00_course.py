# %% run
import matplotlib.pyplot as plt
import numpy as np

from autograder.slides import draw
from convbook import check, data, demo, plot
from convbook.layers import conv_forward

photos4 = data.pretrained("photos4")


def filter_picture(one):
    """A filter (3, HH, WW) as a picture in colour; grey is a weight of 0."""
    return 0.5 + 0.5 * one.transpose(1, 2, 0) / np.abs(one).max()


# %% [markdown] slide
# # See like a ConvNet
#
# Lecture 00: what we build in this course, and how

# %% [markdown] notes
# (1 min) Welcome. In thirteen notebooks everybody in this room writes a convolutional network,
# every line of it, in NumPy: forwards, backwards, trained, on a GPU, and up to the famous
# architectures.
#
# Today: what the thing is, what the course asks of you, and how to start tonight. But first a
# story that begins with a cat.

# %% [markdown] question
# ## 1959: what does this cell wait for?
#
# Hubel and Wiesel showed pictures to a cat, and listened to one cell of its visual cortex.

# %% picture
"""Seven pictures of a screen: a spot of light, and six bars of light, each turned on by 30
degrees. Below each a bar says how strongly a small filter answers. It answers to the bar at 60
degrees, and is silent for all others."""
place = np.linspace(-1, 1, 41)
across, up = np.meshgrid(place, -place)


def bar(degrees):
    angle = np.radians(degrees)
    return np.abs(across * np.sin(angle) - up * np.cos(angle)) < 0.12


screens = [np.hypot(across, up) < 0.3, *(bar(d) for d in range(0, 180, 30))]
offset = across * np.sin(np.pi / 3) - up * np.cos(np.pi / 3)
cell = (
    np.where(np.abs(offset) < 0.14, 1.0, -1.5)
    * (np.abs(offset) < 0.4)
    * (np.hypot(across, up) < 0.9)
)
answers = [max(0, np.sum(cell * screen)) for screen in screens]
figure = plt.figure(figsize=(13, 3.3))
for k, screen in enumerate(screens):
    axis = figure.add_axes((0.05 + 0.136 * k, 0.45, 0.12, 0.52))
    axis.imshow(screen * (np.hypot(across, up) < 0.95), cmap="gray")
    axis.set_axis_off()
axis = figure.add_axes((0.05, 0.06, 0.936, 0.34))
axis.bar(range(7), answers, width=0.5, color="C2")
axis.set_xlim(-0.44, 6.44)
axis.set_xticks([])
axis.set_yticks([])
axis.set_ylabel("answer", fontsize=18)

# %% [markdown] answer
# A bar of one slant, at one place. A spot of light leaves it silent.

# %% [markdown] notes
# (3 min) Let the room look, then ask: why the fourth, and not its neighbours?
#
# They had tried spots of light for hours, and the cell said next to nothing. Then, as they pushed
# in another slide of glass, it fired. It was not the spot on the slide: it was the moving shadow
# of its edge, and only at one slant. Their paper is of 1959; the Nobel Prize came in 1981.
#
# What is on the screen here is no recording. A filter of 41 x 41 numbers plays the cell: light
# along one line is counted for it, light beside the line against it, and what is negative counts
# as silence.

# %% [markdown] slide
# ## Nobody drew these
#
# A net that learns to tell photographs grows such cells by itself.

# %% picture
"""Left, twelve small squares of 5 by 5 coloured pixels: filters that a net has learned. Some are
light on one side and dark on the other, one is red. Right, an astronaut in an orange suit and the
maps of two of the filters: one is light on the suit, the other follows upright edges."""
w = photos4.params["w1"]
seen = data.photo("astronaut")[:, :, 10:350:2, 60:390:2]
maps = conv_forward(seen - photos4.mean, w[[8, 9]], photos4.params["b1"][[8, 9]])[0][0]
figure = plt.figure(figsize=(13, 4.7))
for k, one in enumerate(w):
    axis = figure.add_axes((0.075 * (k % 3), 0.69 - 0.228 * (k // 3), 0.07, 0.2))
    axis.imshow(filter_picture(one))
    axis.set_axis_off()
    if k in (8, 9):
        colour = {8: "C1", 9: "C0"}[k]
        frame = plt.Rectangle((-0.5, -0.5), 5, 5, fill=False, ec=colour, lw=7, clip_on=False)
        axis.add_patch(frame)
figure.text(0.11, 0.93, "its twelve filters", fontsize=18, ha="center")
pictures = [seen[0].transpose(1, 2, 0), *maps]
names = ["a photograph", "the red one answers", "the edge answers"]
for k, (array, name) in enumerate(zip(pictures, names, strict=True)):
    axis = figure.add_axes((0.255 + 0.255 * k, 0, 0.235, 0.89))
    least, most = np.percentile(array, [1, 99])
    axis.imshow(array, cmap="gray", vmin=least, vmax=most)
    axis.set_xticks([])
    axis.set_yticks([])
    axis.set_title(name, fontsize=18)
    axis.spines[:].set(visible=k > 0, color={1: "C1", 2: "C0"}.get(k), linewidth=7)

# %% [markdown] notes
# (3 min) These twelve filters were random numbers once. The net was shown pieces of four
# photographs and the right answer for each, and nothing else. Some of what it has found one can
# name: a spot of red, an edge that is light on the left. The frames say whose map is whose.
#
# AlexNet, of 2012, has 96 such filters, of 11 x 11 pixels. Half of them look for edges at all
# slants, as the cell of the cat does; the others look for colours. Nobody had told it of the cat.

# %% [markdown] slide
# ## A picture is a block of numbers
#
# One number for each place, three with colour. Nobody told the computer what an eye is.

# %% picture
"""A photograph of a cameraman, 512 by 512. A small square at his eye is marked, and shown beside
it as 6 by 9 numbers from 0 to 255, on cells as bright as the numbers say."""
photo = data.photo("camera")[0, 0]
top, left = 112, 214
crop = photo[top : top + 30 : 5, left : left + 45 : 5]
figure, axes = plt.subplots(1, 2, figsize=(12, 4.7), width_ratios=(1, 1.75))
axes[0].imshow(photo[40:340, 60:450], cmap="gray", vmin=0, vmax=1)
axes[0].add_patch(plt.Rectangle((left - 60, top - 40), 45, 30, fill=False, ec="gold", lw=3))
axes[1].imshow(crop, cmap="gray", vmin=0, vmax=1)
for (i, j), value in np.ndenumerate(crop):
    colour = "white" if value < 0.5 else "black"
    axes[1].text(j, i, round(255 * value), ha="center", va="center", color=colour, fontsize=19)
for axis in axes:
    axis.set_axis_off()
figure.tight_layout()

# %% [markdown] notes
# (3 min) Let the room look at the numbers first. Where is the eye? Then at the picture.
#
# Every fifth pixel of the marked square is shown. This is all a program gets: a block of numbers,
# here 512 x 512 of them. The question of the course is how to get from there to a name.

# %% [markdown] question halves
# ## One neuron, looking at all of it
#
# It has a weight for each number of a picture in colour, 200 x 200 places.
#
# How many weights? And what does it know about a cat that moves by ten pixels?

# %% picture
"""A cat, and beside it how much each pixel changes when the cat moves by ten pixels: all its
outlines show. 99 percent of the numbers are others."""
cat = data.photo("chelsea")[0, :, 40:240, 120:330]
before, after = cat[:, :, :200], cat[:, :, 10:]
figure, axes = plt.subplots(1, 2, figsize=(7, 4.2))
axes[0].imshow(before.transpose(1, 2, 0))
axes[1].imshow(np.abs(after - before).max(axis=0), cmap="gray", vmax=0.6)
others = f"moved by ten pixels:\n{np.mean(after != before):.0%} of its numbers change"
for axis, name in zip(axes, ["a cat", others], strict=True):
    axis.set_title(name, fontsize=18)
    axis.set_axis_off()
figure.tight_layout(w_pad=0.4)

# %% [markdown] answer
# $200 \cdot 200 \cdot 3 = 120{,}000$ weights. About the moved cat it knows nothing: other pixels,
# other weights.

# %% [markdown] notes
# (3 min) A minute with the neighbour. The number is easy. The second half is the point: a weight
# that belongs to one place learns about that place only.

# %% [markdown] slide
# ## Three ideas make a ConvNet

# %% picture
"""Three drawings. Nearby: a grid of cells, of which a window of 5 by 5 leads to one neuron; 75
weights in place of 120,000. Share: the same window w at six places of a grid; 760 numbers in place
of 778,240. Stack: rows of 7, 5, 3 and 1 cells, each looking at three of the row above; 27 weights
in place of 49."""
axis = draw.canvas(39, 16.2, inch=0.32)
grid = np.full((11, 11), np.nan)
window = [(3 + i, 2 + j) for i, j in np.ndindex(5, 5)]
draw.cells(axis, grid, 0, 2, on=window)
draw.cells(axis, [np.nan], 11.6, 7, fill="C2")
draw.arrow(axis, (7.2, 7.5), (11.5, 7.5))
draw.cells(axis, grid, 14, 2)
for i, j in ((0, 0), (0, 6), (3, 3), (6, 0), (6, 6)):
    axis.add_patch(plt.Rectangle((14.04 + j, 2.04 + i), 4.92, 4.92, fc="C6", ec="C1", lw=3))
    axis.text(16.5 + j, 4.5 + i, "w", ha="center", va="center", fontsize=20)
for row, count in enumerate((7, 5, 3, 1)):
    left, top = 30 + row, 2.2 + 3.2 * row
    draw.cells(axis, [np.nan] * count, left, top, fill=("C5", "C7", "C7", "C2")[row])
    for k in range(count if row else 0):
        for end in (k - 1, k + 2):  # what it sees of the row above
            axis.plot(
                [left + k + 0.5, left + end + 0.5 - (end > k)], [top, top - 2.2], color="C4", lw=1
            )
for left, name, saves in (
    (0, "nearby", "75 weights, not 120,000"),
    (14, "share", "760 numbers, not 778,240"),
    (28, "stack", "27 weights, not 49"),
):
    axis.text(left, 0.8, name, fontsize=22, fontweight="bold", va="center")
    axis.text(left, 15.3, saves, fontsize=19, va="center")

# %% [markdown] notes
# (4 min) One drawing at a time.
#
# Nearby: a neuron sees a window. A filter of 5 x 5 on three colours has 75 weights. Share: the
# same weights at every place. Ten such filters with their biases are 760 numbers; with a filter of
# its own for each of 32 x 32 places it would be 778,240.
#
# Stack: each layer sees a little further. Three layers of 3 x 3 see as far as one of 7 x 7, with
# 27 instead of 49 weights for each pair of channels. Lectures 02 and 07 come back to these
# numbers.

# %% [markdown] slide
# ## One filter answers everywhere

# %% picture
"""A photograph of a rocket at its launch pad, and two maps of it: one is bright or dark at upright
edges, the other at level edges. In a corner of each map stands its filter, 3 by 3: dark left and
light right, or dark above and light below."""
photo = data.photo("rocket").mean(axis=1, keepdims=True)[:, :, 60:420, 130:420]
up = np.array([[-3, 0, 3], [-10, 0, 10], [-3, 0, 3.0]])
maps, _ = conv_forward(photo, np.stack([up, up.T])[:, None], np.zeros(2))
figure, axes = plt.subplots(1, 3, figsize=(12, 5.3))
axes[0].imshow(photo[0, 0], cmap="gray")
for axis, one, edges in zip(axes[1:], (up, up.T), maps[0], strict=True):
    axis.imshow(edges, cmap="gray", vmin=-6, vmax=6)
    corner = axis.inset_axes((0.03, 0.77, 0.24, 0.2))
    corner.imshow(one, cmap="gray")
    corner.set_xticks([])
    corner.set_yticks([])
    corner.spines[:].set(visible=True, color="C1", linewidth=4)
for axis, name in zip(axes, ["a photograph", "upright edges", "level edges"], strict=True):
    axis.set_title(name, fontsize=18)
    axis.set_axis_off()
figure.tight_layout(w_pad=0.5)

# %% [markdown] notes
# (3 min) Two filters of nine numbers, made by hand; they stand in the corners. Grey is no answer.
# See how the tower shows in the middle picture and hardly in the right one.
#
# The same nine numbers were used at every place. In a ConvNet nobody makes them by hand: it learns
# them, and some of what it learns first looks much like these.

# %% [markdown] slide
# ## See one at work

# %% demo
x = np.array([[0, 0, 2, 2, 2]] * 5)
w = np.array([[-1, 0, 1]] * 3)
demo.convolution(x[None], w[None, None], stride=1, pad=0)

# %% [markdown] notes
# (4 min) Step with the arrow keys or the remote; at the end they turn the page.
#
# The picture is dark on the left and light on the right. The filter answers 6 at the edge and 0
# where nothing changes. Do the first two windows aloud: products, sum, one number of the output.
# The rest of the course is this, many times.

# %% [markdown] question halves
# ## Ten filters look at a colour picture
#
# It has 32 x 32 places. Each filter sees 5 x 5 of them at a time, in all three colours, and may
# hang over the edge.
#
# How deep is what comes out? How deep is a filter?

# %% picture
"""A box, the picture, 3 deep and 32 by 32; a small box before it, a filter, 5 by 5; and an arrow
to a box with a question mark."""
figure, axis = plt.subplots(figsize=(7, 6))
plot.box(axis, 0, (1, 6, 6), ("C5", "C9", "C9"), edgecolor="C0", linewidth=2)
plot.box(axis, 5.6, (1, 1.6, 1.6), ("C6", "C6", "C6"), edgecolor="C1", linewidth=2)
plot.box(axis, 9.6, (2.4, 6, 6), ("C7", "C9", "C9"), edgecolor="C2", linewidth=2)
axis.annotate("", (9.2, 3.6), (4.6, 3.6), arrowprops={"arrowstyle": "-|>", "lw": 3, "color": "C4"})
axis.text(10.8, 3, "?", fontsize=44, ha="center", va="center")
for left, words in ((0, "picture\n32 x 32"), (5.2, "filter\n5 x 5"), (9.6, "out\n32 x 32")):
    axis.text(left, -0.4, words, fontsize=22, va="top")
axis.set_ylim(-2.6, 8.6)
axis.set_aspect("equal")
axis.set_axis_off()

# %% [markdown] answer
# 10 deep: a sheet for each filter. A filter is as deep as its input, 3, so it has
# $5 \cdot 5 \cdot 3 = 75$ weights.

# %% [markdown] notes
# (4 min) An ordinary net has its neurons in a row. Here they stand in a box: a place has a row, a
# column and a depth. The depth is three colours first, later one sheet for each filter. Lesson 01
# is about these boxes alone.
#
# Hands up for 3, 10 and 30. Who says 30 thinks that a filter gives a sheet for each colour: it
# adds the colours up.

# %% [markdown] slide
# ## From pixels to a name

# %% picture
"""A small picture of a face, twelve maps after each of three layers, coarser from layer to layer,
and bars for the scores of seven classes; the longest bar is the one of its class."""
net, emoji = data.pretrained(), data.load("emoji10")
p = net.params


def block(x, k, stride):
    return np.maximum(conv_forward(x, p[f"w{k}"], p[f"b{k}"], stride)[0], 0)


k = emoji.classes.index("face")
seen = emoji.x_test[emoji.y_test == k][:40]
first = block(data.centred(seen, net.mean), 1, 2)
second = block(first, 2, 2)
third = block(second, 3, 1)
scores = third.reshape(len(seen), -1) @ p["w4"] + p["b4"]
chance = np.exp(scores - scores.max(axis=1, keepdims=True))
chance /= chance.sum(axis=1, keepdims=True)
best = np.argmax(chance[:, net.classes.index("face")])
figure = plt.figure(figsize=(13, 5.2))
axis = figure.add_axes((0, 0.27, 0.18, 0.46))
axis.imshow(seen[best].transpose(1, 2, 0))
axis.set_title("32 x 32 x 3", fontsize=18)
axis.set_axis_off()
for n, maps in enumerate((first[best], second[best], third[best])):
    left = 0.205 + 0.205 * n
    C, H, W = maps.shape
    figure.text(left + 0.09, 0.95, f"{H} x {W} x {C}", fontsize=18, ha="center")
    liveliest = np.argsort(-maps.std(axis=(1, 2)))[:12]
    for i, one in enumerate(maps[liveliest]):
        place = (left + 0.063 * (i % 3), 0.7 - 0.228 * (i // 3), 0.06, 0.21)
        axis = figure.add_axes(place)
        axis.imshow(one, cmap="gray")
        axis.set_axis_off()
axis = figure.add_axes((0.92, 0.06, 0.13, 0.85))
axis.barh(np.arange(len(net.classes)), chance[best], color="C2")
axis.set_yticks(np.arange(len(net.classes)), net.classes, fontsize=18)
axis.set_xticks([0, 1], ["0", "1"], fontsize=18)
axis.invert_yaxis()
axis.set_title("what it says", fontsize=18)

# %% [markdown] notes
# (4 min) A net that was trained for this course; lesson 12 starts from it. A layer turns a volume
# into a volume: 32 x 32 and 3 deep becomes 14 x 14 and 32 deep, then 64, then 96 deep. What is
# known about a place grows deeper, and there are fewer places. Twelve maps of each layer are
# shown, the liveliest.
#
# The last layer turns the last block into seven numbers, one for each class. They are drawn as
# shares that add up to one. This picture is among those it knows best.

# %% [markdown] slide
# ## Then, in 2012, it worked
#
# The winner's errors, year by year: a thousand classes of photographs, five guesses for each

# %% picture
"""Six bars, the errors of the winners of ImageNet's challenge. 2010: 28 percent and 2011: 26
percent, no ConvNet. 2012: 16 percent, AlexNet. 2013: 12 percent, the makers of ZF Net. 2014: 6.7
percent, GoogLeNet. 2015: 3.6 percent, ResNet. A dashed line at 5.1 percent is a trained person."""
errors = [28.2, 25.8, 16.4, 11.7, 6.7, 3.6]
names = ["", "", "AlexNet", "ZF Net,\nrefined", "GoogLeNet", "ResNet"]
figure, axis = plt.subplots(figsize=(11.5, 4.7))
axis.bar(range(2010, 2016), errors, color=["C4"] * 2 + ["C2"] * 4, width=0.66)
for year, error, name in zip(range(2010, 2016), errors, names, strict=True):
    top = max(error, 5.1)  # above the dashed line
    axis.text(year, top + 0.7, f"{error:g}%", ha="center", fontsize=19, fontweight="bold")
    axis.text(year, top + 3.6, name, ha="center", fontsize=18, color="C2")
axis.text(2010.5, 31.5, "no ConvNet", ha="center", fontsize=18, color="C4")
axis.axhline(5.1, color="C1", linestyle="--")
axis.text(2015.5, 6.4, "a trained\nperson: 5.1%", fontsize=18, color="C1")
axis.set_xlim(2009.4, 2016.6)
axis.set_xticks(range(2010, 2016))
axis.set_ylim(0, 34)
axis.set_ylabel("top-five error, %")
axis.tick_params(labelsize=17)
figure.tight_layout()

# %% [markdown] notes
# (3 min) Ask before you say it: what happened in 2012? The runner-up of that year, without a
# ConvNet, had 26%.
#
# LeNet read digits in the 1990s. AlexNet is of its kind, only larger. What was new was data, GPUs
# and the will to train something that large. ZF Net has smaller filters first and a wider middle;
# GoogLeNet has Inception, and averages in place of big layers. VGG, second in 2014, has only 3 x 3
# and 2 x 2, and is deep. ResNet has skip connections and batch norm.
#
# The person is one who had trained on five hundred pictures. Lesson 11 counts every weight of
# these nets, and runs AlexNet on a photograph with your layers.

# %% [markdown] slide
# ## You write all of it

# %% picture
"""Thirteen boxes in three rows. The layers: 01 volumes, 02 convolution, 03 backprop, 04 im2col, 05
pooling, 06 fully connected. Make it good: 07 1x1 and dilated, 08 normalisation, 09 training; and
the famous nets: 11 LeNet to ResNet, 12 transfer. Make it fast: 10 a GPU, 13 kernels."""
rows = [
    (0, 1.6, "C5", "every layer, both ways", ["01\nvolumes", "02\nconvolution", "03\nbackprop"]),
    (20.7, 1.6, "C5", "", ["04\nim2col", "05\npooling", "06\nfully\nconnected"]),
    (
        0,
        7.6,
        "C7",
        "make it good",
        ["07\n1 x 1 and\ndilated", "08\nnormal-\nisation", "09\ntraining"],
    ),
    (0, 13.6, "C8", "make it fast", ["10\na GPU", "13\nkernels"]),
    (20.7, 13.6, "C6", "use it", ["11\nLeNet to\nResNet", "12\ntransfer"]),
]
axis = draw.canvas(41, 17.8, inch=0.29)
for left, top, fill, name, boxes in rows:
    axis.text(left, top - 0.7, name, fontsize=18, fontweight="bold", va="center")
    for k, text in enumerate(boxes):
        axis.add_patch(plt.Rectangle((left + 6.9 * k, top), 5.8, 4, fc=fill))
        middle = left + 6.9 * k + 2.9, top + 2.05
        axis.text(*middle, text, fontsize=16.5, ha="center", va="center")
        if k or (left and top < 2):
            draw.arrow(axis, (left + 6.9 * k - 1.1, top + 2), (left + 6.9 * k, top + 2))

# %% [markdown] notes
# (3 min) Thirteen notebooks. The first six give you every layer of a classic net, both ways. The
# others make it good: shapes, ranges, training, speed, and the nets that people use.
#
# A later lesson takes your own functions from the earlier ones. Where one is missing, it takes the
# course's and says so. A bad week does not sink the term.

# %% [markdown] slide
# ## A lesson goes like this
#
# You bring Python's functions and lists, slices of NumPy arrays, the chain rule, and the product of
# two matrices. No GPU, and no deep-learning library.

# %% picture
"""Five boxes in a circle, joined by arrows: predict, work a number by hand, write the function,
let it be checked, take a sentence away; and on to the next section."""
steps = [
    ("predict", "before you run", "C5"),
    ("by hand", "one number", "C6"),
    ("write", "a function", "C7"),
    ("check", "says what differs", "C8"),
    ("take away", "one sentence", "C9"),
]
axis = draw.canvas(40, 11, inch=0.3)
for k, (name, more, fill) in enumerate(steps):
    left = 8.15 * k
    axis.add_patch(plt.Rectangle((left, 1), 6.9, 5.4, fc=fill))
    axis.text(left + 3.45, 2.9, name, fontsize=22, fontweight="bold", ha="center", va="center")
    axis.text(left + 3.45, 4.9, more, fontsize=15, ha="center", va="center")
    if k:
        draw.arrow(axis, (left - 1.25, 3.7), (left - 0.05, 3.7))
axis.plot([36, 36, 3.4, 3.4], [6.6, 9.2, 9.2, 7.4], color="C4", lw=2)
draw.arrow(axis, (3.4, 7.6), (3.4, 6.5))
axis.text(19.7, 10.2, "and on to the next section", fontsize=18, ha="center", va="center")

# %% [markdown] notes
# (4 min) Say why the prediction comes first: a wrong guess that you have written down teaches more
# than a right answer that you have read. Do not skip the number by hand. The check gives that
# number back first, so whoever has worked it knows at once what went wrong.
#
# Each lesson takes 80 to 90 minutes. Ask for hands: who has never used NumPy? The first two
# lessons are the place to learn it, and the hints in the notebook are for you. No classes before
# lesson 09. Why no library? Because one that does it for you is the thing we want to understand.
# In lessons 10 and 11 you will see how theirs compare.

# %% [markdown] question
# ## What went wrong here?
#
# 5 x 5, a filter of 3 x 3, and padding 1 was asked for.

# %% run
x, w, b = np.ones((1, 1, 5, 5)), np.ones((1, 1, 3, 3)), np.zeros(1)
expected = conv_forward(x, w, b, pad=1)[0]

# %% code
out, _ = conv_forward(x, w, b)
try:
    check.same(out, expected, "out")
except check.NotYet as message:
    print(message)

# %% [markdown] answer
# The padding was forgotten: $(5 - 3)/1 + 1 = 3$, not 5.

# %% [markdown] notes
# (3 min) The last line is what a check says in the notebook. Let somebody read it aloud, and ask
# for the cause. Shapes are the first thing to look at, always.
#
# A check says what differs and where. Why, is yours to find.

# %% [markdown] slide
# ## How you are graded

# %% picture
"""A row of 22 squares: 20 are green, for functions, which checks grade; two are purple, for a
written answer, which a person reads. Below the green ones two bars: what a check shows in the
notebook, and what it keeps hidden: fresh numbers, other shapes."""
axis = draw.canvas(40, 16, inch=0.26)
for k in range(22):
    left = 1.7 * k + (1.2 if k >= 20 else 0)
    axis.add_patch(plt.Rectangle((left, 2.6), 1.5, 2.4, fc="C2" if k < 20 else "C3"))
for left, side, first, second in (
    (0, "left", "20 points: your functions", "checks grade them"),
    (38.4, "right", "2: a written answer", "a person reads it"),
):
    axis.text(left, 1.2, first, fontsize=20, va="center", ha=side, fontweight="bold")
    axis.text(left, 6.4, second, fontsize=18, va="center", ha=side)
for left, width, words in (
    (0, 12, "shown in the notebook"),
    (12.4, 21.4, "hidden: fresh numbers and other shapes"),
):
    axis.add_patch(plt.Rectangle((left, 8), width, 2.8, fc="C7"))
    axis.text(left + width / 2, 9.45, words, fontsize=17, ha="center", va="center")
for top, words in (
    (12.8, "A common mistake is named, with a hint."),
    (14.9, "An early mistake costs its points once."),
):
    axis.text(0, top, words, fontsize=19, va="center")

# %% [markdown] notes
# (3 min) In each lesson 20 points, and 2 for a written answer. A green check in the notebook is a
# good sign and not yet the grade. It shows a part of the test; the rest uses random input. A
# function made for the example only will lose there. Later lessons are graded with the course's
# layers, so an early mistake is not paid for twice.
#
# Hand in with `convbook hand-in`, which looks the notebook over first. Say here when the first one
# is due.

# %% [markdown] slide
# ## Why the checks are so strict

# %% picture
"""Three bars. Of the public solutions of a well-known exercise, 56 percent of the convolutions
break without padding, 87 percent of the max pools on overlapping windows or ties, and 41 percent
of the softmax losses overflow."""
figure, axis = plt.subplots(figsize=(12, 4.4))
names = [
    "conv backward: breaks without padding",
    "max-pool backward: breaks on overlaps or ties",
    "softmax loss: overflows",
]
shares = [56, 87, 41]
axis.barh(names, shares, color=["C1", "C1", "C1"], height=0.6)
for k, share in enumerate(shares):
    axis.text(share + 1.5, k, f"{share}%", va="center", fontsize=20, fontweight="bold")
axis.set_xlim(0, 100)
axis.set_xlabel("of about 70 public solutions to a well-known assignment")
axis.invert_yaxis()
axis.tick_params(axis="y", labelsize=18)
figure.tight_layout()

# %% [markdown] notes
# (3 min) The first two bars are solutions that pass that assignment's own test. Its test has
# padding 1 and windows that do not overlap, so nobody saw it.
#
# Weak tests are how wrong code survives. It is why your check tries sizes that are all different.

# %% [markdown] question
# ## How would you know your layer is right?
#
# You have written a layer and its gradient. Nobody has a solution. What would convince you?

# %% [markdown] answer
# A number worked by hand; a slow version written another way that agrees; slopes measured by
# nudging each input; and inputs where all sizes differ.

# %% [markdown] notes
# (4 min) Collect on the board. Whatever they say is in the course: numbers by hand in every
# lesson, the slow version in 02 as the judge of the fast one in 04, measured slopes in 03.
#
# Keep the list. It is the one skill of this course that outlives ConvNets.

# %% [markdown] slide
# ## Start tonight
#
# ```
# make lab                          # opens lesson 01
# .venv/bin/convbook doctor         # says what is missing
# .venv/bin/convbook progress       # points so far
# ```
#
# **You can now**
#
# - say what a cell in a cat's cortex and a filter of nine numbers have in common,
# - count the weights of a neuron that looks at everything, and of one that looks nearby,
# - name three ideas that make a ConvNet, and four ways to know that a layer is right.

# %% [markdown] notes
# (3 min) Do it once on the projector, from the clone to the first green check. Most questions of
# the first week are about the set-up, and `convbook doctor` answers them. After the set-up it
# needs no network. Lesson 01 takes an hour and a half. Bring what you did not understand.
#
# Ask before they leave: who has no laptop with Python 3.11 or newer?
