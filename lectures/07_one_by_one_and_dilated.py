# %% run
import matplotlib.pyplot as plt
import numpy as np

from convbook import data, demo, drawing
from convbook.layers import conv_backward, conv_forward


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


# %% [markdown] slide
# # Shapes of receptive fields
#
# Lecture 07: filters of one pixel, filters with holes, and what a stack sees

# %% [markdown] notes
# (1 min) A filter may see one pixel, nine neighbours, or nine pixels far apart. Today: what each is
# good for, and what an output deep in a net can see of the picture.

# %% [markdown] slide
# ## A filter of one pixel
#
# A 1 x 1 filter takes a dot product with the $C$ numbers of one pixel:
#
# $$\text{out}_{n,f,i,j} = b_f + \sum_c x_{n,c,i,j} \; w_{f,c,0,0}$$
#
# A fully-connected layer with $C$ inputs and $F$ units, used at every pixel.
#
# The pixel $[1, 2, 3]$, the filter $[1, 10, 100]$, the bias 0.5: $1 + 20 + 300 + 0.5 = 321.5$.

# %% [markdown] notes
# (4 min) On a single channel it would be a multiplication and no more. With depth it mixes channels
# and looks at no neighbour. Link it to lecture 06: the FC layers that became filters of 1 x 1.

# %% [markdown] slide
# ## It mixes colours and moves nothing

# %% picture
"""A photograph of a cup of coffee on a red saucer, and three maps. In grey the saucer is dark; in
red against green it is the lightest thing; in yellow against blue the coffee is lightest. Edges are
sharp."""
photo = data.photo("coffee")
w = np.array([[0.3, 0.6, 0.1], [1, -1, 0], [0.5, 0.5, -1]]).reshape(3, 3, 1, 1)
maps = conv_forward(photo, w, np.zeros(3))[0][0]
figure, axes = plt.subplots(2, 2, figsize=(9, 6.2))
titles = ["photograph", "grey", "red against green", "yellow against blue"]
for axis, array, title in zip(axes.flat, [photo[0].transpose(1, 2, 0), *maps], titles, strict=True):
    axis.imshow(array, cmap="gray")
    axis.set_title(title, fontsize=18)
    axis.set_axis_off()
figure.tight_layout()

# %% [markdown] notes
# (3 min) Three filters made by hand. Look at the saucer: dark in grey, the lightest thing in the
# third picture. All edges are as sharp as in the photograph, for no pixel has seen its neighbour.

# %% [markdown] question
# ## Thin first
#
# 32 filters of 5 x 5 over 192 channels: how many weights, without biases? And if sixteen 1 x 1
# filters come first?

# %% [markdown] answer
# $5 \cdot 5 \cdot 192 \cdot 32 = 153{,}600$. With the thin layer
# $192 \cdot 16 + 5 \cdot 5 \cdot 16 \cdot 32 = 15{,}872$: about a tenth.

# %% [markdown] notes
# (4 min) This is GoogLeNet's trick. The multiplications shrink by the same factor, as every weight
# is used once at each place.

# %% [markdown] slide
# ## A filter with holes
#
# The dilation $D$ is the distance between neighbouring weights, in pixels.

# %% picture
"""The line 0, 1, 2, 3, 4 twice. With D = 1 the filter 1, 10, 100 stands over 0, 1, 2 and gives 210.
With D = 2 its weights stand over 0, 2 and 4, and it gives 420."""
drawing.holes(np.arange(5.0), [1.0, 10.0, 100.0])

# %% [markdown] notes
# (4 min) Read the digits from the right: 210 has seen pixels 0, 1, 2; 420 has seen 0, 2, 4. D = 1
# leaves nothing out; PyTorch counts like this. Some notes count the pixels left out: their 1 is
# our 2.

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
# A filter of $HH$ rows reaches over $D(HH - 1) + 1$ rows of the picture:
#
# $$H_{\text{out}} = \frac{H - D(HH - 1) - 1 + 2P}{S} + 1$$
#
# A 3 x 3 filter with $D = 2$: over 25 pixels it skips 16 and has 9 weights, as ever.
#
# The stride moves the filter, the dilation spreads it. $P = D$ keeps the size of a 3 x 3 layer at
# $S = 1$.

# %% [markdown] notes
# (3 min) HH minus 1 steps from the first row to the last, each D pixels long, and the first row
# itself. Backward changes in the same way: the gradient goes where the forward pass has read.

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
# (4 min) White: the filter sees the channel. AlexNet had two groups, to fit on two graphics cards.
# As many groups as channels is depthwise: it looks around and mixes nothing. The 1 x 1 layer after
# it, pointwise, mixes and looks nowhere. The share is 1 over 9 plus 1 over 192, and the
# multiplications shrink alike.

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
# (4 min) Each number of the small map lays the whole filter down, two pixels further on; what
# overlaps adds up. With P = 1 the two ends are cut off: 4, 6, 8, 5, 2. That is the map, and the
# means between its numbers. Nets that give every pixel a score learn such filters. Where the stride
# does not divide the filter's size, the overlaps are uneven and may leave a checkerboard.

# %% [markdown] slide
# ## What an output sees

# %% demo
demo.receptive_field()

# %% [markdown] notes
# (5 min) Click any cell, or use the arrow keys: up and down change the layer. The number in a cell
# counts the ways from it to the output. Change one stride and let the room say what happens to the
# layers after it.

# %% [markdown] slide
# ## Size and jump
#
# The field has a `size`; neighbouring outputs see fields that are one `jump` apart. Both begin
# as 1.
#
# - A layer $(F, S, D)$ widens the field by $(F - 1) \cdot D \cdot \text{jump}$.
# - After that its stride multiplies the jump by $S$.
#
# | layers | size | jump |
# |---|---|---|
# | three times (3, 1, 1) | 7 | 1 |
# | (3, 2, 1), then (3, 1, 1) | 7 | 2 |
# | VGG-16 up to its last pool | 212 | 32 |

# %% [markdown] notes
# (4 min) A stride makes nothing wider in its own layer; it makes all later layers wider. The 32 is
# the 32 by which lecture 06 divided 384. Padding changes none of this.

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
    axis.set_xticks([])
    axis.set_yticks([])
    axis.set_xlabel("17 pixels")
axes[0].set_ylabel("17 pixels")
figure.tight_layout()

# %% [markdown] notes
# (4 min) The gradient of one output, through three 3 x 3 layers of ones: 27 weights each time.
# Left: 49 ways from the middle, one from a corner. Right: every step is even, so odd rows and
# columns are never met. That is why dilations grow from layer to layer.

# %% [markdown] slide
# ## Three small filters, or one large?
#
# Both see 7 x 7. $C$ channels in and out, here 64 over 224 x 224, float32:
#
# | | three of 3 x 3 | one of 7 x 7 |
# |---|---|---|
# | weights | $27 C^2$ | $49 C^2$ |
# | nonlinearities | 3 | 1 |
# | activations | 36.75 MiB | 12.25 MiB |
# | with their gradients | 73.5 MiB | 24.5 MiB |

# %% [markdown] notes
# (4 min) 9,633,792 values of 4 bytes. A well-known note says 10 million activations, 72 MB: that is
# with all gradients kept to the end, which has to be said. At test time nobody keeps them.

# %% [markdown] question
# ## And without the ReLU?
#
# Two layers on a line, nothing between them: the filters $[1, 2]$ and then $[3, 4]$. Which single
# filter does the same?

# %% [markdown] answer
# $[3, 10, 8]$: $1 \cdot 3$, $\; 2 \cdot 3 + 1 \cdot 4$, $\; 2 \cdot 4$. Polynomials multiply like
# that. It is the true convolution of the two.

# %% [markdown] notes
# (4 min) Let them put h into the second formula and sort by pixels. No filter does what a stack
# with a ReLU does: x and minus x would have to give opposite outputs. The ReLU makes depth worth
# something.

# %% [markdown] slide
# ## Today's notebook
#
# - A 1 x 1 layer, dilation and groups forward and backward, a transposed convolution, receptive
#   fields, costs, a stack made one: 20 points.
# - A written answer: three ways to see 31 x 31 pixels. Which would you take?
#
# **Take away**
#
# - A 1 x 1 convolution is a fully-connected layer at every pixel.
# - Depthwise looks around, pointwise mixes: a tenth of the products.
# - A layer adds $(F - 1) \cdot D \cdot \text{jump}$ to what is seen.
# - Small filters in a stack have fewer weights and need more memory.

# %% [markdown] notes
# (2 min) Section 8 of the notebook was not on a slide: without padding, fifteen 3 x 3 layers use up
# a picture of 32 x 32, and its border hardly counts.
