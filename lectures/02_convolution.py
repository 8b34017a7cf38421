# %% run
import matplotlib.pyplot as plt
import numpy as np

from autograder.slides import draw
from convbook import data, demo, drawing, plot
from convbook.layers import conv_forward

photos4 = data.pretrained("photos4")


def show_filter(axis, one):
    """A filter of (HH, WW), grey, or (3, HH, WW), in colour, framed; 0 is mid-grey."""
    scaled = 0.5 + 0.5 * one / np.abs(one).max()
    axis.imshow(scaled if one.ndim == 2 else scaled.transpose(1, 2, 0), cmap="gray", vmin=0, vmax=1)
    axis.set_xticks([])
    axis.set_yticks([])
    axis.spines[:].set(visible=True, color="C1", linewidth=4)


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

# %% [markdown] question
# ## Four filters, four maps: which made which?
#
# Light is a positive weight, dark a negative one, grey is 0.

# %% picture
"""Four filters, 1 to 4, as small grey pictures: dark left and light right; all light; light in the
middle of four dark neighbours; dark above left and light below right. Beside them four maps of a
cameraman's head, A to D: sharper than a photograph; grey with upright outlines; grey with slanting
outlines; blurred."""
upright = np.array([[-3, 0, 3], [-10, 0, 10], [-3, 0, 3.0]]) / 16
average = np.ones((7, 7)) / 49
crisp = np.array([[0, -1, 0], [-1, 5, -1], [0, -1, 0.0]])
slant = np.array([[-2, -1, 0], [-1, 0, 1], [0, 1, 2.0]]) / 4
shown = data.photo("camera")[:, :, 70:190, 180:300]
figure = plt.figure(figsize=(13, 3.2))
for k, one in enumerate((upright, average, crisp, slant)):
    axis = figure.add_axes((0.03 + 0.12 * (k % 2), 0.52 - 0.5 * (k // 2), 0.09, 0.37))
    show_filter(axis, one)
    axis.set_title(f"{k + 1}", fontsize=18, pad=5)
for k, one in enumerate((crisp, upright, slant, average)):
    axis = figure.add_axes((0.27 + 0.185 * k, 0.02, 0.175, 0.87))
    least, most = (0, 1) if one.sum() > 0.5 else (-0.6, 0.6)
    seen = conv_forward(shown, one[None, None], np.zeros(1))[0][0, 0]
    axis.imshow(seen, cmap="gray", vmin=least, vmax=most)
    axis.set_title("ABCD"[k], fontsize=18, pad=5)
    axis.set_axis_off()

# %% [markdown] answer
# 1 B, 2 D, 3 A, 4 C. A filter answers to what it looks like.

# %% [markdown] notes
# (4 min) Two minutes in pairs, then hands up for each. Nobody needs to know yet how a filter
# works.
#
# Which two maps have grey skies? Those whose weights add up to 0: in a flat sky they say nothing.
# The others add up to 1, and the sky stays as light as it was. Seven by seven equal weights take
# the mean, and blur. A middle of 5 among four times minus 1 adds what a pixel has beyond its
# neighbours, and sharpens. By the end of this hour everybody can say why.

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
# A line of $W$, a filter of $F$, stride $S$, padding $P$: $\;\dfrac{W - F + 2P}{S} + 1$

# %% picture
"""Three times the line 0, 2, 0, 1, 3, minus 1, 0, padded. Below it the stops of a filter of three:
five at stride 1, three at stride 2. At stride 3 there are two, and the last cell is left over."""
axis = draw.canvas(27.6, 8.4, inch=0.38)
for block, (S, words) in enumerate(((1, "5 stops"), (2, "3 stops"), (3, "does not fit"))):
    left = 10 * block
    axis.text(left, 0.4, f"S = {S}: {words}", fontsize=20, fontweight="bold", va="center")
    line = [0, 2, 0, 1, 3, -1, 0]
    draw.cells(axis, line, left, 1.3, on=[(0, 6)] if S == 3 else [], strong="C1")
    for k, start in enumerate(range(0, 5, S)):
        axis.add_patch(plt.Rectangle((left + start + 0.04, 2.7 + 1.1 * k), 2.92, 0.9, fc="C6"))

# %% [markdown] notes
# (4 min) Here W is 5, F is 3 and P is 1. Derive the formula: the last stop begins at W + 2P - F,
# the first at 0, so there are that many steps of S in between, and one stop more than steps. The
# plus one is what people forget. For stride 3 it says 2.33.
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
axis = draw.canvas(8.2, 8.4, inch=0.6)
draw.cells(axis, x, 0, 0.7, on=[(1, 2), (1, 3), (2, 2), (2, 3)], label="x", size=22)
draw.cells(axis, w, 5.6, 0.7, fill="C6", label="w", size=22)
draw.cells(axis, out, 0, 5.4, fill="C7", on=[(1, 2)], strong="C2", label="out", size=22)
axis.text(3.4, 6.9, "1·1 + 0·2 + 0·0 + 1·1 = 2", va="center", fontsize=18)

# %% [markdown] notes
# (3 min) The same in two dimensions. Point at the marked window: its corner is row 1, column 2,
# and so is the place of the output. The output is smaller than the picture by F - 1.

# %% [markdown] question halves
# ## A single 1 in a field of zeros
#
# Slide `w` over it. Where does the 4 end up?
#
# 1. Top left
# 2. Bottom right

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
"""Four panels of 9 by 7 cells: the filter, an F; the impulse, one light cell; what correlation
makes of them, the F rotated by 180 degrees; and what convolution makes of them, the F as it is."""
letter = np.array([[1.0, 1, 1], [1, 0, 0], [1, 1, 0], [1, 0, 0], [1, 0, 0]])
upright_f = np.pad(letter, 2)
impulse = np.zeros((9, 7))
impulse[4, 3] = 1
figure, axes = plt.subplots(1, 4, figsize=(12, 4.6))
panels = {
    "filter w": upright_f,
    "impulse x": impulse,
    "correlation": upright_f[::-1, ::-1],
    "convolution": upright_f,
}
for axis, (name, array) in zip(axes, panels.items(), strict=True):
    axis.pcolormesh(array[::-1], cmap="cividis", edgecolors="C4", linewidth=1)
    axis.set_title(name, fontsize=20)
    axis.set_aspect("equal")
    axis.set_axis_off()
figure.tight_layout(w_pad=1.5)

# %% [markdown] notes
# (3 min) Look at the F: correlation rotates it by 180 degrees, convolution draws it as it is. The
# nets are named after the second and compute the first.
#
# Do not say yet whether it matters for a layer that learns: the notebook asks that in the end.

# %% [markdown] question halves
# ## A filter is as deep as its input
#
# `X` is (11, 11, 4), $F = 5$, $S = 2$, $P = 0$. A well-known note says that `V[0, 0, 0]` is
#
# `np.sum(X[2:7, :5, :] * W0)`
#
# Which window is that? Find the mistake.

# %% picture
"""A grid of 11 by 11 cells, X from above, with three windows of 5 by 5: A at row 0, column 0; B at
row 2, column 0; C at row 4, column 6. Beside it V, two slices of 4 by 4: A is at 0, 0 of the
first, C at 2, 3 of the second, and B is not entered."""
axis = draw.canvas(17.6, 12.2, inch=0.42)
draw.cells(axis, np.full((11, 11), np.nan), 0, 1, label="X, from above", size=22)
for letter_, row, column, colour in (("A", 0, 0, "C1"), ("B", 2, 0, "C2"), ("C", 4, 6, "C3")):
    corner = column + 0.1 + 0.12 * (letter_ == "B"), row + 1.1
    axis.add_patch(plt.Rectangle(corner, 4.8, 4.8, fill=False, ec=colour, lw=5))
    axis.text(column + 4.5, row + 1.55, letter_, fontsize=20, color="#1b1f24", ha="center",
              va="center", fontweight="bold")  # fmt: skip
for k, place in enumerate(((0, 0), (2, 3))):
    top = 1 + 6 * k
    draw.cells(
        axis, np.full((4, 4), np.nan), 13, top, "C7", [place], ("C1", "C3")[k], f"V[:, :, {k}]", 22
    )
    axis.text(13.5 + place[1], top + 0.52 + place[0], "AC"[k], fontsize=20, color="#fffffe",
              ha="center", va="center", fontweight="bold")  # fmt: skip

# %% [markdown] answer
# B, and B is `V[1, 0, 0]`: its rows begin at 2, and 2 is index 1 times stride 2.

# %% [markdown] notes
# (5 min) First the picture: 4 x 4 stops, as (11 - 5)/2 + 1 is 4. A window slides along height and
# width, never along depth: the last colon takes all four slices. One output adds up 5 times 5
# times 4 products. The last index of V says which filter.
#
# Then let the room say slices. `V[0, 0, 0]` sees `X[:5, :5, :]`, which is A; `V[3, 0, 0]` sees
# `X[6:11, :5, :]`; `V[0, 1, 1]` sees `X[:5, 2:7, :]` with the second filter, and `V[2, 3, 1]` sees
# `X[4:9, 6:11, :]`, which is C. Index times stride is where it begins.
#
# The error stood there for years, and many copied it.

# %% [markdown] slide
# ## Every product of a small layer

# %% demo
demo.convolution()

# %% [markdown] notes
# (6 min) Step with the arrow keys. Do the first window by hand. Then let it play, with Space.
#
# Change S to 1 and count the outputs, then S to 3 and read the sentence. Then dilation 2, as a
# glimpse of lesson 07.

# %% [markdown] slide
# ## The layer
#
# $$\text{out}_{n,f,i,j} = b_f + \sum_{c,u,v} x^{\text{pad}}_{n,\,c,\,iS+u,\,jS+v} \; w_{f,c,u,v}$$

# %% picture
"""Three groups of boxes. x: two large boxes, one behind the other, a batch of pictures, N, C, H,
W. w: four small boxes, filters, F, C, HH, WW, with a bias each. out: two boxes, deeper than x, one
map for each filter, N, F, H out, W out."""
figure, axis = plt.subplots(figsize=(12, 4.2))
blue, orange, green = ("C5", "C9", "C9"), ("C6", "C6", "C6"), ("C7", "C9", "C9")
for shift in (2.4, 0):
    plot.box(axis, shift, (0.9, 5, 5), blue, edgecolor="C0", linewidth=2)
    plot.box(axis, 20 + 1.5 * shift, (2.2, 5, 5), green, edgecolor="C2", linewidth=2)
for k in range(4):
    plot.box(axis, 10 + 1.9 * k, (0.9, 1.3, 1.3), orange, edgecolor="C1", linewidth=2)
    axis.text(10.6 + 1.9 * k, 2.5, "+b", fontsize=18, ha="center")
for left, name, shape, words in (
    (0, "x", "(N, C, H, W)", "a batch of pictures"),
    (10, "w", "(F, C, HH, WW)", "filters, and b (F,)"),
    (20, "out", "(N, F, H_out, W_out)", "a map for each filter"),
):
    axis.text(left, -0.5, f"{name}  {shape}\n{words}", fontsize=19, va="top", linespacing=1.5)
for start in (8, 18):
    arrow = {"arrowstyle": "-|>", "lw": 3, "color": "C4"}
    axis.annotate("", (start + 1.4, 1), (start - 0.2, 1), arrowprops=arrow)
axis.set_ylim(-3, 7)
axis.set_aspect("equal")
axis.set_axis_off()

# %% [markdown] notes
# (4 min) From here on depth comes second: NCHW. Read the formula aloud from the inside: for one
# picture, one filter, one place, add up all channels and the window. The bias comes once.
#
# Point at the drawing for each letter. What is n? Which of the boxes behind one another. What is
# f? Which of the small ones, and which sheet of out.

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

# %% picture
"""Two grids of 3 by 4 places. Left each place has the same filter: 760 numbers. Right each place
has another one: 778,240 numbers."""
w = photos4.params["w1"]
figure = plt.figure(figsize=(12, 4.6))
for side, name in enumerate(("shared: 760 numbers", "one for each place: 778,240")):
    for k in range(12):
        left = 0.54 * side + 0.118 * (k % 4)
        axis = figure.add_axes((left, 0.6 - 0.3 * (k // 4), 0.105, 0.27))
        show_filter(axis, w[k] if side else w[9])
    figure.text(0.54 * side + 0.23, 0.93, name, fontsize=21, ha="center")

# %% [markdown] notes
# (3 min) The numbers are those of ten filters of 5 x 5 over 32 x 32 x 3: 10,240 outputs times 76.
# For AlexNet's first layer 55 times 55 times 96 is 290,400 outputs, and each would have 363
# weights and a bias: 105,705,600 in place of 34,944.
#
# When would one want it? Where things are always at the same place, such as centred faces.

# %% [markdown] slide
# ## The picture moves, and so does the map

# %% picture
"""A photograph of a cameraman and its map of slanting edges; below, the photograph shifted to the
left, and its map: the same map, shifted by as much."""
slant = np.array([[0, 1, 2], [-1, 0, 1], [-2, -1, 0.0]])[None, None]
photo = data.photo("camera")[:, :, ::2, ::2]
figure, axes = plt.subplots(1, 4, figsize=(12, 4.5))
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
# (3 min) The layer is equivariant to shifts: convolve and shift, or shift and convolve, with
# stride 1 the result is the same. A filter that finds a nose at the left finds it at the right.
#
# Locally connected layers are not equivariant. The notebook measures the gap.

# %% [markdown] slide
# ## A filter in colour, made by hand
#
# Red counts +2, green and blue −1. What does it answer to grey?

# %% picture
"""Three flat squares of 5 by 5, the slices of a filter: light for red, dark grey for green and for
blue. An astronaut in an orange suit before a flag. A map that is white on the suit, light on the
flag's red stripes and on the face, and mid-grey on grey, black and white."""
red = np.ones((1, 3, 5, 5)) * np.array([2.0, -1.0, -1.0])[:, None, None] / 25
astronaut = data.photo("astronaut")[:, :, ::3, ::3]
spots = conv_forward(astronaut, red, np.zeros(1), pad=2)[0][0, 0]
figure = plt.figure(figsize=(12, 4.8))
for k, (name, one) in enumerate(zip(("red: +2", "green: −1", "blue: −1"), red[0], strict=True)):
    axis = figure.add_axes((0.02, 0.69 - 0.33 * k, 0.1, 0.22))
    show_filter(axis, one)
    axis.images[0].set_data(0.5 + 0.5 * one / np.abs(red).max())  # one scale for all three
    axis.set_title(name, fontsize=17, pad=8)
for k, (name, array) in enumerate(
    {"photograph": astronaut[0].transpose(1, 2, 0), "its answer": spots}.items()
):
    axis = figure.add_axes((0.19 + 0.41 * k, 0, 0.37, 0.92))
    axis.imshow(array, cmap="gray", vmin=-0.9, vmax=0.9)
    axis.set_title(name, fontsize=18)
    axis.set_axis_off()

# %% [markdown] notes
# (3 min) To grey it answers 2 - 1 - 1 = 0 times the grey. So grey, black and white stay mid-grey,
# and the orange suit is white. Let somebody find the badge: blue on orange, a dark spot.
#
# A filter is as deep as its input: this one is three squares of 5 x 5, added up.

# %% [markdown] slide
# ## Two that nobody made
#
# Two of the twelve filters that a small net has learned. What will their maps show?

# %% picture
"""A cat's face, and two maps of it, each with its filter in the corner. The filter that is red
nearly everywhere: fur and nose are light, eyes and background dark. The filter that is light on
the left and dark on the right: outlines are light on one side and dark on the other."""
cat = data.photo("chelsea")[:, :, :, 60:380]
pair = photos4.params["w1"][[8, 9]]
seen = conv_forward(cat[:, :, ::2, ::2] - photos4.mean, pair, photos4.params["b1"][[8, 9]])[0][0]
figure, axes = plt.subplots(1, 3, figsize=(13, 4.6))
axes[0].imshow(cat[0].transpose(1, 2, 0))
for axis, one, array in zip(axes[1:], pair, seen, strict=True):
    least, most = np.percentile(array, [1, 99])
    axis.imshow(array, cmap="gray", vmin=least, vmax=most)
    show_filter(axis.inset_axes((0.02, 0.68, 0.28, 0.3)), one)
for axis, name in zip(axes, ["photograph", "a colour", "an edge"], strict=True):
    axis.set_title(name, fontsize=19)
    axis.set_axis_off()
figure.tight_layout(w_pad=0.4)

# %% [markdown] notes
# (3 min) Cover the maps, show the filters, and ask. One has one colour, the other a light and a
# dark side.
#
# They are from the net that opened lesson 01. The first looks for a warm colour: the nose is
# lightest, the green eyes are dark. The second follows upright edges, as filter 1 of the opening
# does with the sign changed. They are not as clean as ours. Training wants right answers, not
# pretty filters.

# %% [markdown] slide
# ## Nine numbers over the camera

# %% demo
demo.laboratory()

# %% [markdown] notes
# (4 min) Press C, or the button, and allow the camera: the map on the right is computed in the
# page from each of its frames, and nothing leaves this machine. Where there is no camera, the
# photograph stays, and all works on it.
#
# The right arrow key goes from filter to filter. At vertical edges hold a pen upright, then flat,
# and ask why it is gone. At blur ask what the sum has to be, then move the middle slider up by
# hand: the picture gets lighter. Sharpen is next; let the room say what stands in its middle.
#
# The camera goes off when the slide is left.

# %% [markdown] slide
# ## Today's notebook
#
# - Eight exercises, from `correlate1d` to `blur_and_sharpen`: 20 points. A written answer: 2.
#
# **You can now**
#
# - say at a glance what a filter looks for, and match it to its map,
# - compute any entry of a layer by hand: a cross-correlation over all channels, plus a bias,
# - tell how large its output is: $(W - F + 2P)/S + 1$, or that it does not fit,
# - say what shared weights buy: a thousand times fewer, and a map that moves along.

# %% [markdown] notes
# (2 min) It takes about 90 minutes. Say what is new in the notebook: nothing. Every exercise was
# on a slide as a picture or a formula. The written answer: does the missing flip matter? Ask for
# the one thing that is still unclear.
