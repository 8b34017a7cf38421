# %% run
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Rectangle

from autograder.slides import draw
from convbook import data, demo, drawing, nets
from convbook.layers import conv_backward, conv_forward

net = data.pretrained("photos4")  # the trained net of lesson 01
cat = data.photo("chelsea")  # (1, 3, 300, 451)


def field(layers):
    """Ways that lead from each pixel to one output, of 3 x 3 filters of ones so dilated."""
    x, caches = np.zeros((1, 1, 31, 31)), []
    for dilation in layers:
        x, cache = conv_forward(
            x, np.ones((1, 1, 3, 3)), np.zeros(1), pad=dilation, dilation=dilation
        )
        caches.append(cache)
    gradient = np.zeros(x.shape)
    gradient[0, 0, 15, 15] = 1
    for cache in reversed(caches):
        gradient = conv_backward(gradient, cache)[0]
    return gradient[0, 0]


def hidden(axis):
    axis.set(xticks=[], yticks=[])
    axis.spines[:].set_visible(False)


# %% [markdown] slide
# # Shapes of receptive fields
#
# Lecture 07: filters of one pixel, filters with holes, and what a stack sees

# %% [markdown] notes
# (1 min) A filter may see one pixel, nine neighbours, or nine pixels far apart. Today: what each is
# good for, and what an output deep in a net can see of the picture.

# %% [markdown] slide
# ## Through the keyhole
#
# What one output of a trained net sees, layer by layer. From which layer on do you know?

# %% picture
"""Four pieces of one photograph, enlarged. 5 by 5 pixels: dark squares. 10 by 10: a dark oval. 20
by 20: an eye. 48 by 48: the eye and nose of a cat."""
figure, axes = plt.subplots(1, 4, figsize=(13.4, 4.2))
for axis, size, name in zip(
    axes, (5, 10, 20, 48), ("CONV 1", "CONV 2", "CONV 3", "FC"), strict=True
):
    top, left = 134 - 2 * size, 316 - 2 * size
    piece = cat[0, :, top : top + 4 * size : 4, left : left + 4 * size : 4]
    axis.imshow(piece.transpose(1, 2, 0), interpolation="nearest")
    axis.set_title(name, fontsize=20)
    axis.set_xlabel(f"{size} x {size} pixels", fontsize=16)
    hidden(axis)
figure.tight_layout()

# %% [markdown] notes
# (3 min) Cover the right half with a sheet of paper, or ask before you turn the page. The net of
# lesson 01: filters of 5 x 5, then 3 x 3 twice, a pool of 2 x 2 after each. An output of its first
# layer cannot know what an eye is: it has 25 pixels. One of the third has 400. Where do 5, 10, 20
# and 48 come from? That is what you can compute at the end. (The net pads: its crops are 32 x 32,
# and beyond them FC sees zeros.)

# %% [markdown] slide
# ## A filter of one pixel
#
# $$\text{out}_{n,f,i,j} = b_f + \sum_c x_{n,c,i,j} \; w_{f,c,0,0}$$

# %% picture
"""A photograph of a cup of coffee on a red saucer, and three maps. In grey the saucer is dark; in
red against green it is the lightest thing; in yellow against blue the coffee is lightest. Edges are
sharp."""
photo = data.photo("coffee")[:, :, ::2, ::2]
w = np.array([[0.3, 0.6, 0.1], [1, -1, 0], [0.5, 0.5, -1]]).reshape(3, 3, 1, 1)
maps = conv_forward(photo, w, np.zeros(3))[0][0]
figure, axes = plt.subplots(1, 4, figsize=(13.4, 2.9))
titles = ["photograph", "grey", "red against green", "yellow against blue"]
for axis, array, title in zip(axes, [photo[0].transpose(1, 2, 0), *maps], titles, strict=True):
    axis.imshow(array, cmap="gray")
    axis.set_title(title, fontsize=18)
    hidden(axis)
figure.tight_layout()

# %% [markdown] notes
# (4 min) A 1 x 1 filter takes a dot product with the C numbers of one pixel: a fully-connected
# layer with C inputs and F units, used at every pixel. By hand: the pixel 1, 2, 3, the filter 1,
# 10, 100, the bias 0.5 give 321.5. On a single channel it would be a multiplication and no more.
#
# Three filters made by hand. Look at the saucer: dark in grey, the lightest thing in the third
# picture. All edges are as sharp as in the photograph, for no pixel has seen its neighbour. Link it
# to lecture 06: the FC layers that became filters of 1 x 1.

# %% [markdown] question
# ## Thin first
#
# 32 filters of 5 x 5 over 192 channels: how many weights? And if sixteen 1 x 1 filters come first?

# %% picture
"""Three boxes of 28 by 28: 192 deep, then thin, 16 deep, then 32 deep."""
draw.boxes(
    [(192, 28, 28), (16, 28, 28), (32, 28, 28)],
    ["before", "sixteen 1 x 1", "32 of 5 x 5"],
    inch=0.42,
)

# %% [markdown] answer
# $153{,}600$, or $3072 + 12{,}800 = 15{,}872$: about a tenth.

# %% [markdown] notes
# (3 min) Without biases: 5 times 5 times 192 times 32; or 192 times 16, and 5 times 5 times 16
# times 32. This is GoogLeNet's trick; the thin place is called a bottleneck. The multiplications
# shrink by the same factor, as every weight is used once at each place.

# %% [markdown] slide
# ## A filter with holes
#
# The dilation $D$ is the distance between neighbouring weights.

# %% picture
"""The line 0, 1, 2, 3, 4 twice. With D = 1 the filter 1, 10, 100 stands over 0, 1, 2 and gives 210.
With D = 2 its weights stand over 0, 2 and 4, and it gives 420."""
drawing.holes(np.arange(5.0), [1.0, 10.0, 100.0])

# %% [markdown] notes
# (4 min) Read the digits from the right: 210 has seen pixels 0, 1, 2; 420 has seen 0, 2, 4. D = 1
# leaves nothing out; PyTorch counts like this. Some notes count the pixels left out: their 1 is our
# 2.

# %% [markdown] question
# ## Find the mistake
#
# "With gap 1: `w[0]*x[0] + w[2]*x[2] + w[2]*x[4]`." For $x = [0, 1, 2, 3, 4]$ and
# $w = [1, 10, 100]$, what does it give, and how does the number betray it?

# %% [markdown] answer
# 600: hundreds only. $w_2$ stands twice, and $w_1$, the weight of the tens, is missing. Each weight
# is used exactly once in an output.

# %% [markdown] notes
# (3 min) The line stands in a copy of a well-known lecture note. Numbers that can be read digit by
# digit are a good test of any indexing.

# %% [markdown] slide
# ## How far it reaches
#
# $$H_{\text{out}} = \frac{H - D(HH - 1) - 1 + 2P}{S} + 1$$

# %% picture
"""A learned filter of 5 by 5 with D = 1, dense, and with D = 4, over 17 by 17 pixels with holes.
Beside each the map that it makes of a cat's face: fine lines, and broad ones."""
edge = net.params["w1"][11:12]  # (1, 3, 5, 5)
face = cat[:, :, :288:2, :448:2] - net.mean
figure, axes = plt.subplots(1, 4, figsize=(13.6, 3.6), width_ratios=[1, 1.56] * 2)
for k, D in enumerate((1, 4)):
    spread = np.full((17, 17, 4), 0.0)
    shade = 0.5 + 0.5 * edge[0].transpose(1, 2, 0) / np.abs(edge).max()
    places = slice(8 - 2 * D, 9 + 2 * D, D)
    spread[places, places, :3], spread[places, places, 3] = shade, 1
    axes[2 * k].imshow(spread, interpolation="nearest")
    axes[2 * k].set_title(f"D = {D}: {4 * D + 1} x {4 * D + 1}", fontsize=16)
    axes[2 * k].set(xticks=[], yticks=[])
    axes[2 * k].spines[:].set_visible(True)
    seen = conv_forward(face, edge, np.zeros(1), pad=2 * D, dilation=D)[0]
    axes[2 * k + 1].imshow(np.maximum(seen[0, 0], 0), cmap="gray")
    hidden(axes[2 * k + 1])
figure.tight_layout()

# %% [markdown] notes
# (3 min) A filter of HH rows reaches over D (HH minus 1) plus 1 rows: HH minus 1 steps from the
# first row to the last, each D pixels long, and the first row itself. The pictures: one filter that
# the net of lesson 01 has learned, and what it finds in the cat, dense and with holes. 75 weights
# each time; with D = 4 it asks for the same pattern in a larger size.
#
# The stride moves the filter, the dilation spreads it. A 3 x 3 filter with D = 2: over 25 pixels it
# skips 16. P = D keeps the size of a 3 x 3 layer at S = 1. Backward changes in the same way: the
# gradient goes where the forward pass has read.

# %% [markdown] question halves
# ## A filter for each channel
#
# White: the filter sees the channel.
#
# 192 channels in, 192 out, 3 x 3. How many weights are there with one group? And with 192 groups,
# and a 1 x 1 layer after them?

# %% picture
"""Four squares of 8 filters by 8 channels. With 1 group all cells are filled. With 2 groups two
blocks of 4 by 4 lie on the diagonal, with 4 groups four of 2 by 2, with 8 groups the diagonal."""
figure, axes = plt.subplots(2, 2, figsize=(4.2, 4))
for axis, groups in zip(axes.flat, (1, 2, 4, 8), strict=True):
    sees = np.kron(np.eye(groups), np.ones((8 // groups, 8 // groups)))
    axis.imshow(sees, cmap="gray", vmin=0, vmax=1)
    axis.set(xticks=[], yticks=[])
    axis.spines[:].set_visible(True)
    axis.set_title(f"groups = {groups}", fontsize=16)
for axis in axes[:, 0]:
    axis.set_ylabel("filter")
for axis in axes[1]:
    axis.set_xlabel("channel")
figure.tight_layout()

# %% [markdown] answer
# $9 \cdot 192^2 = 331{,}776$. Depthwise and pointwise: $9 \cdot 192 + 192^2 = 38{,}592$.

# %% [markdown] notes
# (4 min) AlexNet had two groups, to fit on two graphics cards. As many groups as channels is
# depthwise: it looks around and mixes nothing. The 1 x 1 layer after it, pointwise, mixes and looks
# nowhere. The next slide draws both.

# %% [markdown] slide
# ## Look around, then mix

# %% picture
"""Three rows. For each, the weights of one filter over four channels of 3 by 3, and a bar. A full
layer sees all nine places of all channels: 331,776 weights. Depthwise sees nine places of one
channel: 1,728. Pointwise sees the middle of all channels: 36,864."""
axis = drawing.canvas(34, 13.6, inch=0.36)
everywhere, middle = list(np.ndindex(3, 3)), [(1, 1)]
rows = (
    ("3 x 3", 331_776, [everywhere] * 4),
    ("depthwise", 1_728, [[], everywhere, [], []]),
    ("pointwise", 36_864, [middle] * 4),
)
for k, (name, weights, seen) in enumerate(rows):
    top = 1.4 + 4.2 * k
    axis.text(4.6, top + 1.5, name, ha="right", va="center", fontsize=20)
    for c, on in enumerate(seen):
        empty = np.full((3, 3), np.nan)
        drawing.cells(axis, empty, 5.2 + 3.5 * c, top, "C6", on, "C1")
    long = 10 * weights / 331_776
    axis.add_patch(Rectangle((20, top + 0.7), long, 1.6, facecolor="C1"))
    axis.text(20.5 + long, top + 1.5, f"{weights:,}", va="center", fontsize=20)
axis.text(5.2, 0.8, "one filter, four of its channels", fontsize=18)
axis.text(20, 0.8, "weights, 192 to 192", fontsize=18)

# %% [markdown] notes
# (3 min) Depthwise and pointwise together are a depthwise separable convolution: 38,592 in place of
# 331,776, or 11.6 per cent. The share is 1 over 9 plus 1 over 192, and the multiplications shrink
# alike: at 28 x 28 places 260 million become 30 million. Nearly all that is left is the mixing.
# MobileNet (Howard and others, 2017) is built of these pairs.

# %% [markdown] slide
# ## Make a map larger
#
# The backward pass of a convolution with stride 2 makes a map larger. Take `dx` as a layer: a
# **transposed convolution**.

# %% picture
"""The numbers 4, 8 and 2 each lay the filter 0.5, 1, 0.5 down, two cells apart: 2, 4, 2, then 4, 8,
4, then 1, 2, 1. Below them the sum: 2, 4, 6, 8, 5, 2, 1."""
drawing.stamps([4.0, 8.0, 2.0], [0.5, 1.0, 0.5], 2)

# %% [markdown] notes
# (3 min) Each number of the small map lays the whole filter down, two pixels further on; what
# overlaps adds up. With P = 1 the two ends are cut off: 4, 6, 8, 5, 2. That is the map, and the
# means between its numbers. The size is the formula of lesson 01, solved for the input: (H minus 1)
# times S plus HH minus 2P. Nets that give every pixel a score learn such filters.

# %% [markdown] slide
# ## Which filter lays a grid?
#
# 25 x 38 pixels, twice made larger with a stride of 2.

# %% picture
"""A cup of coffee on 25 by 38 pixels, and enlarged four times with three filters. Ones of 2 by 2
make blocks; the hill of 3 by 3 makes it smooth; ones of 3 by 3 lay a grid of light and dark over
it."""
small = data.photo("coffee").mean(axis=1, keepdims=True)[:, :, ::16, ::16]  # (1, 1, 25, 38)
hill = np.outer([0.5, 1, 0.5], [0.5, 1, 0.5])


def grown(x, w, pad):
    """The dx of a convolution of stride 2 whose output is x."""
    H, W = (2 * n - 2 + len(w) - 2 * pad for n in x.shape[2:])
    before = np.zeros((1, 1, H, W))
    _, kept = conv_forward(before, w[None, None], np.zeros(1), 2, pad)
    return conv_backward(x, kept)[0]


pictures = {"small": small}
for name, w, pad in (
    ("2 x 2, all ones", np.ones((2, 2)), 0),
    ("3 x 3, a hill", hill, 1),
    ("3 x 3, all equal", np.ones((3, 3)) / 2.25, 1),
):
    pictures[name] = grown(grown(small, w, pad), w, pad)
figure, axes = plt.subplots(1, 4, figsize=(13.4, 3.2))
for axis, (name, one) in zip(axes, pictures.items(), strict=True):
    axis.imshow(one[0, 0], cmap="gray", interpolation="nearest")
    axis.set_title(name, fontsize=18)
    hidden(axis)
figure.tight_layout()

# %% [markdown] notes
# (2 min) The ones of 2 x 2 repeat each pixel. The hill draws smooth lines between them. The last
# picture has a grid that is not in the photograph, a checkerboard artefact: windows of 3 pixels, 2
# apart, overlap at every second pixel, and there more is added up. The hill overlaps just as often,
# but its weights add up to 1 at every pixel. Where the stride divides the filter's size, all pixels
# are covered equally often.

# %% [markdown] slide
# ## What an output sees

# %% demo
demo.receptive_field()

# %% [markdown] notes
# (5 min) Click any cell, or use the arrow keys: up and down change the layer. The number in a cell
# counts the ways from it to the output. Change one stride and let the room say what happens to the
# layers after it.

# %% [markdown] slide halves
# ## Size and jump
#
# The field has a `size`; neighbouring outputs see fields one `jump` apart. Both begin as 1.
#
# - A layer $(F, S, D)$ adds $(F - 1) \cdot D \cdot \text{jump}$ to the size.
# - Then its stride multiplies the jump by $S$.
#
# The keyholes: 5, 10, 20, 48.

# %% picture
"""A plot of the receptive field of VGG-16, layer by layer, up to its last pool. It grows slowly at
first, then faster after each of five pools, to 212 pixels. The pools are marked, with the jump
after each: 2, 4, 8, 16, 32."""
size, jump, fields, pools = 1, 1, [], []
for kind, how in nets.spec("vgg16"):
    if kind in ("CONV", "POOL"):
        size, jump = size + (how["F"] - 1) * jump, jump * how.get("S", 1)
        fields.append(size)
        if kind == "POOL":
            pools.append((len(fields), size, jump))
figure, axis = plt.subplots(figsize=(6.4, 5.8))
axis.plot(range(1, len(fields) + 1), fields, "-", color="C0")
for place, size, jump in pools:
    axis.plot(place, size, "o", color="C1")
    axis.text(place + 0.4, size - 3, f"jump {jump}", va="top", color="C1")
axis.set_title("VGG-16: 212 pixels at its last pool", fontsize=16)
axis.set_xlabel("layer, pools included")
axis.set_ylabel("size of the field, in pixels")
axis.set_xlim(0, 23)
axis.set_ylim(-14, 225)

# %% [markdown] notes
# (4 min) A stride makes nothing wider in its own layer; it makes all later layers wider: the curve
# bends after each pool. Three layers (3, 1, 1): size 7, jump 1. (3, 2, 1), then (3, 1, 1): 7 and 2.
# VGG-16 up to its last pool: 212 and 32. The 32 is the 32 by which lecture 06 divided 384. Padding
# changes none of this.
#
# The first picture: 5; the pool makes 6, jump 2; CONV 2 adds 4, which is 10; the pool 12, jump 4;
# CONV 3 adds 8, which is 20; the pool 24, jump 8; FC adds 3 times 8, which is 48.

# %% [markdown] question
# ## Stride first, or last?
#
# A 3 x 3 layer with stride 2 and then one with stride 1, or the other way round: which sees more?

# %% [markdown] answer
# Stride first: 7 against 5. The jump is 2 in both.

# %% [markdown] notes
# (2 min) First: 1 plus 2, then 2 times 2 more. Last: 1 plus 2, then 2 more; its stride comes too
# late.

# %% [markdown] slide
# ## The same weights, three fields
#
# The lighter a pixel, the more ways lead from it to the output.

# %% picture
"""Three maps of 17 by 17 pixels. Dilations 1, 1, 1: a field of 7 by 7, brightest in its middle.
Dilations 1, 2, 4: a full field of 15 by 15. Dilations 2, 2, 2: a grid of 49 single pixels over 13
by 13."""
figure, axes = plt.subplots(1, 3, figsize=(13, 4.8))
for axis, layers in zip(axes, [(1, 1, 1), (1, 2, 4), (2, 2, 2)], strict=True):
    ways = field(layers)[7:24, 7:24]
    axis.imshow(ways, cmap="cividis")
    axis.set_title(
        f"D = {layers[0]}, {layers[1]}, {layers[2]}: {np.sum(ways > 0)} pixels", fontsize=18
    )
    axis.set_xlabel("17 x 17 pixels")
    hidden(axis)
figure.tight_layout()

# %% [markdown] notes
# (3 min) The gradient of one output, through three 3 x 3 layers of ones: 27 weights each time.
# Left: 49 ways from the middle, one from a corner. What really counts, the effective field, is
# smaller (Luo and others, 2016). Right: every step is even, so odd rows and columns are never met.
# That is why dilations grow from layer to layer.

# %% [markdown] slide
# ## Three small filters, or one large?

# %% picture
"""Three pairs of bars, three layers of 3 by 3 against one of 7 by 7. Weights over C squared: 27 and
49. Nonlinearities: 3 and 1. Activations in MiB: 36.75 and 12.25."""
figure, axes = plt.subplots(1, 3, figsize=(13.4, 5))
for axis, title, values in zip(
    axes,
    ("weights, in $C^2$", "nonlinearities", "activations, in MiB"),
    ((27, 49), (3, 1), (36.75, 12.25)),
    strict=True,
):
    bars = axis.bar(["three\n3 x 3", "one\n7 x 7"], values, 0.6, color=["C0", "C1"])
    axis.bar_label(bars, padding=4, fontsize=20)
    axis.set_title(title)
    axis.set_yticks([])
    axis.spines.left.set_visible(False)
    axis.margins(y=0.15)
figure.tight_layout(w_pad=4)

# %% [markdown] notes
# (3 min) Both see 7 x 7. C channels in and out; the activations are those of 64 channels over 224 x
# 224 in float32. 9,633,792 values of 4 bytes are 36.75 MiB. A well-known note says 10 million
# activations, 72 MB: that is with all gradients kept to the end, 73.5 MiB, which has to be said. At
# test time nobody keeps them.

# %% [markdown] question
# ## And without the ReLU?
#
# Two layers on a line, nothing between them: the filters $[1, 2]$ and then $[3, 4]$. Which single
# filter does the same?

# %% [markdown] answer
# $[3, 10, 8]$: $1 \cdot 3$, $\; 2 \cdot 3 + 1 \cdot 4$, $\; 2 \cdot 4$. Polynomials multiply like
# that. It is the true convolution of the two.

# %% [markdown] notes
# (3 min) Let them put h into the second formula and sort by pixels. No filter does what a stack
# with a ReLU does: x and minus x would have to give opposite outputs. The ReLU makes depth worth
# something.

# %% [markdown] slide
# ## What you can do now
#
# - Make a layer thin, full of holes, or ten times as cheap: 1 x 1, dilated, depthwise.
# - Make a map larger, without a grid.
# - Say of any stack how far it sees: $(F - 1) \cdot D \cdot \text{jump}$ a layer.
# - Choose between small filters and large ones: weights against memory.
#
# **Today's notebook**
#
# - 1 x 1, dilation and groups, a transposed convolution, receptive fields, costs, a stack made one:
#   20 points. A written answer: 2.

# %% [markdown] notes
# (2 min) The written answer: three ways to see 31 x 31 pixels. Which would you take? Section 8 of
# the notebook was not on a slide: without padding, fifteen 3 x 3 layers use up a picture of 32 x
# 32, and its border hardly counts.
