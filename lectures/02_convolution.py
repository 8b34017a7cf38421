# %% run
import matplotlib.pyplot as plt
import numpy as np

from autograder.slides import draw
from convbook import data, demo, drawing
from convbook.layers import conv_forward

rng = np.random.default_rng(2)

# %% [markdown] slide
# # Slide a filter
#
# Lecture 02: the convolution layer, forwards

# %% [markdown] notes
# (1 min) Today has one idea: a small dot product, repeated at every place of a picture. All the
# rest is counting. By the end everybody can write the layer with four loops, and that is the
# notebook.
#
# Have the room close the laptops for the first half. The numbers are small enough for paper.

# %% [markdown] slide
# ## One dot product, repeated
#
# Put `w` over three numbers, multiply in pairs, add. Move on by one.

# %% picture
"""The line 2, 0, 1, 3, minus 1 with a zero of padding at each end. The filter 1, 0, minus 1 stands
below the first zero and the first two numbers. An arrow leads to the first of five outputs: 0, 1,
minus 3, 2, 3."""
drawing.first_stop([2, 0, 1, 3, -1], [1, 0, -1], [0, 1, -3, 2, 3])

# %% [markdown] notes
# (4 min) The first stop is on the slide: 0. Do the second aloud: 2 times 1, plus 0 times 0, plus 1
# times minus 1, is 1. Then let the room do the other three. They are minus 3, 2 and 3.
#
# The grey cells are padding: zeros, one at each end.

# %% [markdown] slide
# ## How many stops are there?
#
# $W$ numbers, a filter of $F$, stride $S$, and $P$ zeros at each end:
#
# $$\frac{W - F + 2P}{S} + 1$$
#
# | $W = 5$, $F = 3$, $P = 1$ | outputs |
# |---|---|
# | $S = 1$ | 5 |
# | $S = 2$ | 3 |
# | $S = 3$ | 2.33: it does not fit |

# %% [markdown] notes
# (3 min) Derive it: the last stop begins at W + 2P - F, the first at 0, so there are that many
# steps of S in between, and one stop more than steps. The plus one is what people forget.
#
# In the notebook a size that does not fit is an error. A layer that quietly drops the last column
# is wrong for weeks before anybody sees it.

# %% [markdown] question
# ## Ten numbers, a filter of three
#
# Stride 2, no padding. How many outputs? What would you want a library to do?

# %% [markdown] answer
# $(10 - 3)/2 + 1 = 4.5$: the filter does not fit. A library may raise an error, pad to get 5, or
# crop to get 4. PyTorch crops.

# %% [markdown] notes
# (3 min) One minute alone, one minute with the neighbour, then hands up for 4, 5, and "an error".
# All three exist. There is no right answer but: know which one yours does.

# %% [markdown] slide halves
# ## Over a picture
#
# The filter slides along rows and columns:
#
# $$\text{out}_{i,j} = \sum_{u,v} x_{i+u,\,j+v} \; w_{u,v}$$
#
# Entry $i, j$ of the output sees the window whose top left corner is $i, j$.

# %% picture
"""A picture of 4 by 4 numbers; its 2 by 2 window at row 1, column 2 is marked. Beside it the 3 by
3 output; its entry at row 1, column 2 is marked."""
x = np.array([[1, 0, 2, 1], [0, 3, 1, 0], [2, 1, 0, 1], [1, 0, 1, 2]])
w = np.array([[1, 2], [0, 1]])
out = conv_forward(x[None, None], w[None, None], np.zeros(1))[0][0, 0]
axis = draw.canvas(8.2, 8.4, inch=0.7)
draw.cells(axis, x, 0, 0.7, on=[(1, 2), (1, 3), (2, 2), (2, 3)], label="x", size=20)
draw.cells(axis, w, 5.6, 0.7, fill="C6", label="w", size=20)
draw.cells(axis, out, 0, 5.4, fill="C7", on=[(1, 2)], strong="C2", label="out", size=20)
axis.text(3.4, 6.9, "1·1 + 0·2 + 0·0 + 1·1 = 2", va="center", fontsize=17)

# %% [markdown] notes
# (3 min) The same in two dimensions. Point at the marked window: its corner is row 1, column 2, and
# so is the place of the output. The output is smaller than the picture by F - 1.

# %% [markdown] question halves
# ## A single 1 in a field of zeros
#
# Slide `w` over it. Where does the 4 end up: top left, or bottom right?

# %% [markdown] answer
# Top left. The very first window touches the 1 with its bottom right corner, the 4. The filter
# comes out rotated by 180 degrees.

# %% picture
"""A 3 by 3 picture of zeros with a 1 in the middle, and the 2 by 2 filter 1, 2, 3, 4."""
impulse = np.zeros((3, 3))
impulse[1, 1] = 1
axis = draw.canvas(7, 4)
draw.cells(axis, impulse, 0, 0.8, on=[(1, 1)], label="x", size=18)
draw.cells(axis, [[1, 2], [3, 4]], 4.5, 0.8, fill="C6", label="w", size=18)

# %% [markdown] notes
# (4 min) Vote before anybody computes. Then compute the first window together. Most rooms vote for
# bottom right, and that is the lesson of the next slide.

# %% [markdown] slide
# ## A word that is wrong
#
# The layer computes a **cross-correlation**. A mathematician's convolution flips the filter first.

# %% picture
"""Three pictures: a filter in the shape of an F; what correlation with an impulse makes of it, the
F rotated by 180 degrees; and what convolution makes of it, the F as it is."""
shape = np.pad([[1.0, 1, 1], [1, 0, 0], [1, 1, 0], [1, 0, 0], [1, 0, 0]], 1)
turned = np.pad(shape[::-1, ::-1], 1)
figure, axes = plt.subplots(1, 3, figsize=(11, 4.4))
titles = ["filter w", "correlation\nwith an impulse", "convolution\nwith an impulse"]
for axis, array, title in zip(axes, [shape, turned, turned[::-1, ::-1]], titles, strict=True):
    axis.imshow(array, cmap="cividis")
    axis.set_title(title, fontsize=18)
    axis.set_xticks([])
    axis.set_yticks([])

# %% [markdown] notes
# (3 min) Look at the F: correlation rotates it by 180 degrees, convolution draws it as it is. The
# nets are named after the second and compute the first.
#
# Do not say yet whether it matters for a layer that learns: the notebook asks that in the end.

# %% [markdown] slide
# ## A filter is as deep as its input
#
# `X` is (11, 11, 4), $F = 5$, $S = 2$, $P = 0$: 4 x 4 places, as $(11 - 5)/2 + 1 = 4$.
#
# | entry | what it sees |
# |---|---|
# | `V[0, 0, 0]` | `X[:5, :5, :]` |
# | `V[1, 0, 0]` | `X[2:7, :5, :]` |
# | `V[3, 0, 0]` | `X[6:11, :5, :]` |
# | `V[0, 1, 1]` | `X[:5, 2:7, :]`, with the second filter |
# | `V[2, 3, 1]` | `X[4:9, 6:11, :]`, with the second filter |

# %% [markdown] notes
# (4 min) It slides along height and width, never along depth. One output adds up 5 times 5 times 4
# products. The last index says which filter.
#
# Cover the right column and let the room say the slices. Index times stride is where it begins.

# %% [markdown] question
# ## Find the mistake
#
# A well-known lecture note says, in some of its copies:
#
# ```
# V[0, 0, 0] = np.sum(X[2:7, :5, :] * W0) + b0
# ```
#
# Which entry is that really?

# %% [markdown] answer
# `V[1, 0, 0]`: the slice starts at 2, and 2 is index 1 times stride 2.

# %% [markdown] notes
# (2 min) A minute is enough. Worth saying: the error stood there for years, and many copied it.

# %% [markdown] slide
# ## Every product of a small layer

# %% demo
demo.convolution()

# %% [markdown] notes
# (6 min) Click into the demo, then step with the arrow keys; Escape gives the keys back to the
# slides. Do the first window by hand. Then let it play.
#
# Change S to 1 and count the outputs, then S to 3 and read the sentence. Then dilation 2, as a
# glimpse of lesson 07.

# %% [markdown] slide
# ## The layer
#
# $$\text{out}_{n,f,i,j} = b_f + \sum_{c,u,v} x^{\text{pad}}_{n,\,c,\,iS+u,\,jS+v} \; w_{f,c,u,v}$$
#
# | array | shape | what it is |
# |---|---|---|
# | `x` | $(N, C, H, W)$ | a batch of pictures |
# | `w` | $(F, C, HH, WW)$ | filters |
# | `b` | $(F,)$ | one bias for each filter |
# | `out` | $(N, F, H_{\text{out}}, W_{\text{out}})$ | one map for each filter |

# %% [markdown] notes
# (4 min) From here on depth comes second: NCHW. Read the formula aloud from the inside: for one
# picture, one filter, one place, add up all channels and the window. The bias comes once.

# %% [markdown] question
# ## Eight pictures, 32 x 32 x 3
#
# Ten 5 x 5 filters, stride 1, padding 2. What is the shape of `w`? Of `out`? How many numbers does
# the layer learn?

# %% [markdown] answer
# `w` is (10, 3, 5, 5), `out` is (8, 10, 32, 32). A filter has $5 \cdot 5 \cdot 3 = 75$ weights and
# a bias, so ten have 760.

# %% [markdown] notes
# (3 min) Three answers; take them one after the other. Padding 2 keeps the size: (F - 1)/2.

# %% [markdown] slide
# ## What if weights were not shared?
#
# Give every place a filter of its own. This is a **locally connected** layer.
#
# | layer | shared | a filter for each place |
# |---|---|---|
# | 32 x 32 x 3, ten filters of 5 x 5 | 760 | 778,240 |
# | AlexNet's first, 96 filters of 11 x 11 | 34,944 | 105,705,600 |

# %% [markdown] notes
# (3 min) 10,240 outputs times 76. For AlexNet 55 times 55 times 96 is 290,400 outputs, and each
# would have 363 weights and a bias.
#
# When would one want it? Where things are always at the same place, such as centred faces.

# %% [markdown] slide
# ## The picture moves, and so does the map

# %% picture
"""A photograph of a cameraman and its map of slanting edges; below, the photograph shifted to the
left, and its map: the same map, shifted by as much."""
slant = np.array([[0, 1, 2], [-1, 0, 1], [-2, -1, 0.0]])[None, None]
photo = data.photo("camera")[:, :, ::2, ::2]
figure, axes = plt.subplots(1, 4, figsize=(14, 4))
for k, shift in enumerate((0, 60)):
    seen = photo[:, :, :, shift : shift + 190]
    edges = conv_forward(seen, slant, np.zeros(1))[0]
    axes[2 * k].imshow(seen[0, 0], cmap="gray")
    axes[2 * k + 1].imshow(edges[0, 0], cmap="gray", vmin=-3, vmax=3)
    axes[2 * k].set_title("picture" if k == 0 else "picture, shifted", fontsize=18)
    axes[2 * k + 1].set_title("its map" if k == 0 else "its map, shifted", fontsize=18)
for axis in axes:
    axis.set_axis_off()
figure.tight_layout()

# %% [markdown] notes
# (3 min) The layer is equivariant to shifts: convolve and shift, or shift and convolve, with stride
# 1 the result is the same. A filter that finds a nose at the left finds it at the right.
#
# Locally connected layers are not equivariant. The notebook measures the gap.

# %% [markdown] slide
# ## A filter answers to what it looks like
#
# One made by hand, and two that a small net has learned

# %% picture
"""An astronaut in an orange suit and a map that is white on the suit: a filter for red. A cat's
face and two maps of learned filters: one is light on the nose and the fur, the other along
edges."""
red = np.ones((1, 3, 5, 5)) * np.array([2.0, -1.0, -1.0])[:, None, None] / 25
astronaut = data.photo("astronaut")[:, :, ::4, ::4]
photos4 = data.pretrained("photos4")
cat = data.photo("chelsea")[:, :, ::2, ::2][:, :, :, :150]
learned = photos4.params["w1"][[8, 9]]
spots = conv_forward(astronaut, red, np.zeros(1), pad=2)[0]
seen = conv_forward(cat - photos4.mean, learned, photos4.params["b1"][[8, 9]], pad=2)[0]
figure, axes = plt.subplots(1, 5, figsize=(14, 3.6))
maps = [spots[0, 0], *seen[0]]
for axis, array in zip(axes[[0, 2]], [astronaut[0], cat[0]], strict=True):
    axis.imshow(array.transpose(1, 2, 0))
for axis, array in zip(axes[[1, 3, 4]], maps, strict=True):
    axis.imshow(array, cmap="gray", vmin=-np.abs(array).max(), vmax=np.abs(array).max())
titles = ["photograph", "2 red − green − blue", "photograph", "learned: colour", "learned: edge"]
for axis, title in zip(axes, titles, strict=True):
    axis.set_title(title, fontsize=16)
    axis.set_axis_off()
figure.tight_layout()

# %% [markdown] notes
# (3 min) Ask first what the filter of 2, minus 1, minus 1 answers to grey: 0. So grey, black and
# white stay mid-grey, and the orange suit is white.
#
# The two on the right are from the net that opened lesson 01. Nobody made them: one looks for a
# warm colour, the other for an upright edge. In the notebook they also blur and sharpen.

# %% [markdown] slide
# ## Today's notebook
#
# - Eight exercises, from `correlate1d` to `blur_and_sharpen`: 20 points, about 90 minutes.
# - A written answer: does the missing flip matter?
#
# **Take away**
#
# - A filter fits $(W - F + 2P)/S + 1$ times, or it does not fit.
# - The layer is a cross-correlation over all channels, plus a bias.
# - Shared weights make it equivariant, and a thousand times smaller.

# %% [markdown] notes
# (2 min) Say what is new in the notebook: nothing. Every exercise was on a slide as a picture or a
# formula. Ask for the one thing that is still unclear.
