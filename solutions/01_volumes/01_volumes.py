# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 01 Layers turn volumes into volumes
#
# A colour picture is a box of numbers. It has a height and a width, and it is three numbers deep. A
# convolutional network takes such a box, turns it into another box, and that into another, until
# the last one holds the scores. You begin with a look at a net that does it. Then you ask, for each
# of its layers, how large its box is and how many numbers it has to learn.
#
# **You will** count the weights of a layer that looks at everything; find out when a window fits
# and when it does not; solve an old puzzle about a famous network by search; and trace a picture
# through a whole net, from the pixels to the scores.
#
# **You will learn** how a volume is laid out in memory, what stride and padding do to its size, and
# why sharing weights makes a layer three thousand times smaller.
#
# **You need** Python's functions and lists, and NumPy arrays with more than one axis.
#
# | section | exercise | points | minutes | difficulty |
# |---|---|---|---|---|
# | 2 | `fc_weights` | 1 | 3 | easy |
# | 3 | `column_and_slice`, `to_nchw` | 2 | 4 | easy |
# | 4 | `conv_output_size` | 5 | 10 | medium |
# | 5 | `same_padding` | 2 | 4 | easy |
# | 6 | `find_sizes` | 2 | 6 | easy |
# | 7 | `conv_numbers` | 2 | 6 | easy |
# | 8 | `layer_facts` | 1 | 4 | easy |
# | 9 | `trace_shapes` | 5 | 11 | medium |
# | 10 | a written answer, graded by hand | 2 | 5 | medium |
#
# Plan about 90 minutes. Some lines of an exercise are given; `raise NotImplementedError` stands where
# yours are missing. A check is folded to one line, which says what it is worth and what it tries; a
# click opens it. It shows part of the test; grading uses further random input, so a green check is
# a good sign and not yet the grade.
# In grading all sizes may differ, no function may change its arguments, and besides Python's own
# library only NumPy and Matplotlib can be imported.
#
# A prediction waits for your guess and only then says what is true. It gives no points, and what you
# guess stays on your machine. What you guessed wrong comes back two lessons later.

# %% given="setup"
import matplotlib.pyplot as plt
import numpy as np

from convbook import check, data, demo, drawing, living, plot, trained

# %% [markdown]
# ## 1. A net at work
#
# Here is where the course is going. A small net has learned to tell from which of four photographs
# a piece is: a cat, a cup of coffee, an astronaut or a rocket. It has learned from pieces of their
# left halves. Now it is shown a piece of a right half: an eye of the cat, 32 x 32 pixels. Of 1000
# pieces of right halves it gets 940 right.
#
# **Predict before you run.** Nobody has told the net what an eye is. It has only been given pieces,
# and the right answer for each. What will its first layer look for? And its last?
#
# <!-- guess 01/layers
# choice | the first layer looks for | whole eyes | * edges, and spots of a colour | the outline of a cat
# choice | the last layers look for | * large parts of the picture | edges again, but finer ones | single pixels
# -->
#
# <details><summary>Answer</summary>
#
# The first layer sees 5 x 5 pixels at a time. No eye fits into that, but an edge does, or a spot of
# a colour. The last layers see much more of the picture, and can look for whole parts. Go on to see
# whether they do.
#
# </details>

# %% tags=["plot"] alt="An eye of a cat, then eight grey maps for each of nine layers. The outline of the eye is sharp in the first maps and coarser in each later one; the last maps are 4 x 4 pixels. Of four bars of scores that of the cat is the highest."
photos4 = data.pretrained("photos4")
cat = data.photo("chelsea")  # (1, 3, 300, 451)
eye = cat[:, :, 70:198:4, 250:378:4]  # every fourth pixel: (1, 3, 32, 32)
boxes = trained.volumes(photos4, eye)
plot.activations(
    eye[0].transpose(1, 2, 0),
    [box[0] for box in boxes[1:-1]],
    trained.KINDS[1:-1],
    boxes[-1].ravel(),
    photos4.classes,
    "A net looks at an eye",
)

# %% [markdown]
# Read it from left to right. Above each column stands the kind of a layer; section 8 says what the
# four kinds do. The column is what the layer makes of the column before. It is a **volume**: a box
# of numbers. After the first CONV the box is 32 high, 32 wide and 12 deep, and eight of its 12
# maps are shown. Each map answers to one thing that the layer looks for: light where it is found,
# dark where it is not. The literature calls them **activation maps**.
#
# RELU makes negative numbers 0, and much of a map turns black. POOL halves height and width, and the
# maps get coarser. After the last layer, FC, the box is 4 deep, one pixel high and one wide. Its
# four numbers are the **class scores**. The largest is the answer.
#
# A piece of 32 x 32 shows little of a cat. But the layers before FC take a picture of any size that
# can be halved three times. So let them see the whole face:

# %% tags=["plot"] alt="A cat's face in colour, and three maps of it. In the first, thin lines follow the edges of eyes, ears and fur. In the second, eyes and nose are soft light areas. In the third only the two eyes and the line of the nose are light."
face = cat[:, :, :288:2, :448:2]  # (1, 3, 144, 224)
boxes = trained.volumes(photos4, face)
maps = [face[0].transpose(1, 2, 0), boxes[2][0, 11], boxes[5][0, 3], boxes[8][0, 11]]
plot.maps(
    maps, ["photograph", "after RELU 1", "after RELU 2", "after RELU 3"], "Edges, blobs, parts"
)

# %% [markdown]
# Look at the three maps. The first is light along **edges**. The second is light in **blobs**: soft
# areas, the eyes and the nose among them. The third is light at **parts**: two eyes, and the line of
# a nose between them. These three are picked out of 36, and most of the others are harder to name.
#
# Nobody drew any of this. Training found it, because it helps to tell this cat from a cup.
# The net knows four photographs, and no other cat. Larger nets that have seen a million photographs
# go the same way, and further: from edges and spots of colour to corners and textures, then to
# wheels, and to the faces of dogs.
#
# The net is at work below. Move the white frame over the photograph, by hand or with the arrow
# keys, and every box follows. Then make the picture darker and darker. At what point does it become
# coffee? Or draw over the eye, or put in a picture of your own: a net that knows four things takes
# whatever it is shown for one of the four.

# %% tags=["demo"]
living.net().show(cat, at=(17, 62))

# %% [markdown]
# All that this net has learned is 4300 numbers. Where are they, and why are there so few? And how
# large is each box? At the end of the lesson you can tell, for this net and for any other.
#
# **Take away.** A net turns a volume into a volume, layer by layer, until the last one holds the
# class scores.

# %% [markdown]
# ## 2. Look at everything at once
#
# The layers of an ordinary neural network are **fully connected**. Each neuron looks at every
# number of its input and has one weight for each.
#
# Take a tiny picture, 2 pixels high and 4 wide, in 3 colours. It holds $3 \cdot 2 \cdot 4 = 24$
# numbers. One neuron needs 24 weights. A layer of five neurons needs $5 \cdot 24 = 120$.
#
# **Predict before you run.** How many weights does one such neuron have over a picture of 32 x 32
# in colour? Over one of 200 x 200?
#
# <!-- guess 01/weights
# number | over 32 x 32 in colour | 3072
# number | over 200 x 200 in colour | 120000
# -->
#
# <details><summary>Answer</summary>
#
# $32 \cdot 32 \cdot 3 = 3072$, which is no trouble. $200 \cdot 200 \cdot 3 = 120{,}000$, for a
# single neuron, and a layer has hundreds of them. So many weights can also learn the training
# pictures by heart and fail on new ones, which is called **overfitting**.
#
# </details>
#
# ### Exercise 1: `fc_weights` (1 point)
#
# Shapes in this course put the depth first: $C$ channels, then height $H$, then width $W$. Count
# the weights of a whole layer. Its biases, one for each neuron, are not weights and are not counted
# here. By hand: the tiny picture and five neurons give 120.


# %% exercise="fc_weights"
def fc_weights(shape, units):
    """Count the weights of a fully-connected layer, without its biases.

    Args:
        shape: of the input volume, (C, H, W).
        units: neurons of the layer.

    Returns:
        How many weights the layer has, a whole number.
    """
    ### BEGIN SOLUTION
    C, H, W = shape
    return C * H * W * units
    ### END SOLUTION


# %% [markdown]
# Try it on the pictures of the prediction, with one neuron and then with a hundred. Then count the
# weights of the only such layer in the net of section 1: four neurons over a box of 12 x 4 x 4.

# %%
print(fc_weights((3, 32, 32), 1), fc_weights((3, 200, 200), 1))
print(fc_weights((3, 200, 200), 100))
fc_weights((12, 4, 4), 4)

# %% check="fc_weights" points=1
# 1 point. Shown: the tiny picture, and the neuron over 32 x 32. Hidden: random volumes.
check.same(fc_weights((3, 2, 4), 5), 120, "3 x 2 x 4 and five neurons")
check.same(fc_weights((3, 32, 32), 1), 3072, "3 x 32 x 32 and one neuron")
### BEGIN HIDDEN TESTS
from autograder.judging import judge

check.same(fc_weights((3, 200, 200), 1), 120_000, "3 x 200 x 200 and one neuron")
for _ in range(5):
    C, H, W, units = judge.rng().integers(2, 60, size=4).tolist()
    judge.value("fc_weights", fc_weights, (C, H, W), units)
### END HIDDEN TESTS

# %% [markdown]
# **Take away.** A neuron that looks at everything needs a weight for every pixel and every channel.

# %% [markdown]
# ## 3. A place and a slice
#
# A convolutional layer keeps the box. Its input and its output are **volumes** with height, width
# and depth. In a picture the depth is the three colours. Further in, each slice of the depth holds
# the answers of one filter.
#
# On paper a volume is often written `X[x, y, d]`: first the place, then the depth. The first index
# counts rows from the top, the second columns from the left, as in a matrix. `X` has shape
# $(H, W, D)$. Two parts of it have names:
#
# - The **depth column** at a place is everything that is known about that place: `X[x, y, :]`. Some
#   call it a fibre.
# - A **depth slice** is one number for each place: `X[:, :, d]`. For a colour picture it is the
#   red, the green or the blue.
#
# **Predict before you run.** After its first CONV our net has a volume of shape (32, 32, 12). How
# many numbers are in a depth column? In a depth slice? How many depth columns are there?
#
# <!-- guess 01/column
# number | in a depth column | 12
# number | in a depth slice | 1024
# number | how many depth columns | 1024
# -->
#
# <details><summary>Answer</summary>
#
# A depth column has 12 numbers, a slice $32 \cdot 32 = 1024$. There is one column for each place,
# so 1024 as well.
#
# </details>
#
# The volume below spells out its own index: `X[x, y, d]` is $100 x + 10 y + d$. It will serve for
# two exercises.

# %%
x, y, d = np.indices((2, 3, 4))
X = 100 * x + 10 * y + d  # (H, W, D)
X[1, 2, 3]

# %% [markdown]
# Here it is as a picture, one slice beside the other:

# %% tags=["plot"] alt="Four grids of 2 by 3 numbers, the slices 0 to 3 of X. In each, row 1, column 2 is marked: 120, 121, 122 and 123 make a depth column. The last grid as a whole is the depth slice 3."
drawing.column_and_slice(X, 1, 2, 3, "A depth column and a depth slice")

# %% [markdown]
# Look at the four cells in strong blue. One depth column goes through all four slices, always at the
# same place.
#
# ### Exercise 2: `column_and_slice` (1 point)
#
# By hand: the depth column at $(1, 2)$ is $[120, 121, 122, 123]$. The depth slice 3 is
# $\begin{pmatrix} 3 & 13 & 23 \\ 103 & 113 & 123 \end{pmatrix}$. They share one number, 123.


# %% exercise="column_and_slice"
def column_and_slice(X, x, y, d):
    """Cut a depth column and a depth slice out of a volume with its depth last.

    Args:
        X: the volume, shape (H, W, D).
        x: row of the place.
        y: column of the place.
        d: which slice.

    Returns:
        column: the depth column at (x, y), shape (D,).
        slice: the depth slice d, shape (H, W).
    """
    ### BEGIN SOLUTION
    return X[x, y, :], X[:, :, d]
    ### END SOLUTION


# %% [markdown]
# Try it:

# %%
for part in column_and_slice(X, 1, 2, 3):
    print(part)

# %% check="column_and_slice" points=1
# 1 point. Shown: the volume that spells out its index. Hidden: random volumes.
index = np.arange(2)[:, None, None] * 100 + np.arange(3)[:, None] * 10 + np.arange(4)  # (2, 3, 4)
column, piece = column_and_slice(index, 1, 2, 3)
check.same(column, [120, 121, 122, 123], "the depth column at (1, 2)")
check.same(piece, [[3, 13, 23], [103, 113, 123]], "the depth slice 3")
### BEGIN HIDDEN TESTS
from autograder.judging import judge

for shape in ((4, 6, 5), (7, 5, 6), (5, 8, 7)):
    volume = judge.rng().normal(size=shape)
    x, y, d = judge.rng().permutation(4)[:3].tolist()
    judge.value("column_and_slice", column_and_slice, volume, x, y, d)
### END HIDDEN TESTS

# %% [markdown]
# Code holds many pictures at once, and another order of axes is handier for it. Here, and in
# PyTorch, a batch of $N$ volumes is one array of shape $(N, C, H, W)$, called **NCHW** for short.
# $C$ counts channels; it is the $D$ from above.
#
# | | on paper | code |
# |---|---|---|
# | shape | $(H, W, D)$ | $(N, C, H, W)$ |
# | depth column | `X[x, y, :]` | `x[n, :, i, j]` |
# | depth slice | `X[:, :, d]` | `x[n, c]` |
#
# In code `x` is the batch itself, so a place is written $(i, j)$: row $i$, column $j$. A slice
# `x[n, c]` is a grey picture of its own, and `x[n]` is a whole volume.
#
# ### Exercise 3: `to_nchw` (1 point)
#
# Turn a list of volumes with their depth last into one batch. By hand: entry $(1, 2, 3)$ of the
# volume above is 123. In the batch it must stand at $(0, 3, 1, 2)$.
#
# <details><summary>Hint</summary>
#
# `np.stack` makes a batch. `transpose` then names the old axes in their new order. `reshape` will
# not do: it keeps all numbers in their order and only cuts them into other rows.
#
# </details>


# %% exercise="to_nchw"
def to_nchw(volumes):
    """Put volumes with their depth last into one batch in NCHW order.

    Args:
        volumes: a list of N volumes, each of shape (H, W, D).

    Returns:
        The batch, shape (N, C, H, W) with C = D.
    """
    ### BEGIN SOLUTION
    batch = np.stack(volumes)  # (N, H, W, C)
    return batch.transpose(0, 3, 1, 2)  # (N, C, H, W)
    ### END SOLUTION


# %% [markdown]
# Try it, and look for the 123:

# %%
batch = to_nchw([X, -X])
print(batch.shape, batch[0, 3, 1, 2], batch[1, 3, 1, 2])

# %% check="to_nchw" points=1
# 1 point. Shown: the volume that spells out its index. Hidden: random volumes, not square.
index = np.arange(2)[:, None, None] * 100 + np.arange(3)[:, None] * 10 + np.arange(4)  # (2, 3, 4)
batch = to_nchw([index, -index])
check.same(np.shape(batch), (2, 4, 2, 3), "the shape of the batch")
check.same(
    batch[0, 3],
    [[3, 13, 23], [103, 113, 123]],
    "slice 3 of the first volume",
    hint="The axes must change places; the numbers must not only be cut into other rows.",
)
check.same(batch[1, :, 1, 2], [-120, -121, -122, -123], "a depth column of the second volume")
### BEGIN HIDDEN TESTS
from autograder.judging import judge

for N, H, W, D in ((3, 4, 6, 5), (1, 7, 2, 3), (2, 5, 5, 4)):
    volumes = [judge.rng().normal(size=(H, W, D)) for _ in range(N)]
    judge.value("to_nchw", to_nchw, volumes)
### END HIDDEN TESTS

# %% [markdown]
# What does `reshape` do to a photograph? The left picture has its depth last. In the middle stands
# its first slice after `to_nchw`, the red. On the right stands the first slice after a `reshape` to
# the same shape.

# %% tags=["plot"] alt="Three pictures: a cup of coffee in colour; its red slice in grey, the same cup; and what a reshape gives, strips of the cup and the table mixed into each other."
cup = data.photo("coffee")[0].transpose(1, 2, 0)[::2, ::2]  # (H, W, 3)
H, W, D = cup.shape
plot.maps(
    [cup, to_nchw([cup])[0, 0], cup.reshape(D, H, W)[0]],
    ["depth last", "to_nchw: the red slice", "reshape: no slice at all"],
    "Axes change places, or numbers do",
)

# %% [markdown]
# Look at the right picture: arcs of the cup and grains of the table, one over the other. Each row
# of the photograph fills three rows here, its left, its middle and its right third, all colours
# mixed, and only the upper third of the photograph is in it. The shape is right. No error tells you
# that the numbers are in the wrong places.
#
# **Take away.** In code the depth comes before height and width, and a transpose takes it there.

# %% [markdown]
# ## 4. How many times does a window fit?
#
# The layers of this course look at their input through a small window, which stops at one place
# after the other. Each stop gives one output. How many stops are there?
#
# Think of one line of $W$ pixels and a window of $F$. The **stride** $S$ is the distance between
# two stops. The **padding** $P$ is a number of zeros, put at each end of the line.
#
# The line is now $W + 2P$ long. The first window starts at 0. If the last one ends with the line, it
# starts at $W + 2P - F$. From one to the other it takes $(W - F + 2P)/S$ steps. And there is one
# stop more than there are steps, as a fence has one post more than it has gaps:
#
# $$\frac{W - F + 2P}{S} + 1$$

# %% tags=["plot"] alt="A line of seven cells, numbered 0 to 6. Below it three windows of three cells each, at 0, 2 and 4; each begins two cells after the one before."
drawing.stops(7, 3, 2, "Three stops, two steps")

# %% [markdown]
# Count the windows: three stops, with two steps of 2 between them.
#
# **Predict before you run.** Let $W = 5$, $F = 3$, $P = 1$. How many stops are there for $S = 1$,
# $S = 2$ and $S = 3$? And with $W = 7$, $F = 3$, $P = 0$ for $S = 1$ and $S = 2$?
#
# <!-- guess 01/stops
# number | `W = 5`, `S = 1` | 5
# number | `W = 5`, `S = 2` | 3
# choice | `W = 5`, `S = 3` | two stops | three stops | * it does not fit
# row | `W = 7`, for `S = 1` and `S = 2` | 5, 3
# -->
#
# <details><summary>Answer</summary>
#
# Five, three, and $4/3 + 1 = 2.33$. That is no number of stops: the window does not fit.
# With $W = 7$ there are five and three.
#
# </details>
#
# Move the sliders below. Watch what is left over after the last window when a size does not fit.

# %% tags=["demo"]
demo.windows()

# %% [markdown]
# What should a layer do when something is left over? There are three policies. Take $W = 10$,
# $F = 3$, $S = 2$, $P = 0$, where the formula gives 4.5:
#
# | `policy` | what it does | stops |
# |---|---|---|
# | `"raise"` | it refuses with a `ValueError` | none |
# | `"crop"` | it leaves the rest of the line out | 4 |
# | `"pad"` | it puts zeros after the line until one more window is full | 5 |
#
# This course raises. PyTorch's convolutions crop and say nothing; its pools crop, too, unless
# `ceil_mode=True` asks for the extra window.
#
# A window that is longer than the padded line does not fit even once. No policy can help there: it
# is an error under all three. So is a policy of another name.
#
# ### Exercise 4: `conv_output_size` (5 points)
#
# Write the formula with its three policies. The first lines, which refuse any other policy, are
# given. Return a whole number: an array cannot have 3.0 rows. Let the message of your error show
# the sizes. Later you will be glad to read it.
#
# Below your function stands another one, `every_size`, which is given. It tries yours on all sizes
# up to a limit. Take the limit 2: there are 24 ways to choose $W$, $F$ and $S$ from 1 and 2 and $P$
# from 0 to 2. With $S = 1$ only one of 12 fails, the window of 2 on a single pixel without padding.
# With $S = 2$ the 6 fit where $W = F$. So 17 fit.
#
# <details><summary>Hint</summary>
#
# `//` divides and rounds down, `%` gives the remainder. Both work on whole numbers and return whole
# numbers. For $W = 10$ above, 7 divided by 2 leaves the remainder 1, so one more zero is needed.
#
# </details>


# %% exercise="conv_output_size" withholds="output_size"
def conv_output_size(W, F, S=1, P=0, policy="raise"):
    """Count the stops of a window along a line.

    Args:
        W: pixels of the line.
        F: pixels of the window.
        S: the stride, pixels between neighbouring stops, at least 1.
        P: zeros of padding at each end.
        policy: what to do with a remainder: "raise", "crop" or "pad".

    Returns:
        The number of stops, an int.

    Raises:
        ValueError: a remainder under "raise", a window longer than the padded line, or another
            policy.
    """
    if policy not in ("raise", "crop", "pad"):
        raise ValueError(f"no policy {policy!r}; there are raise, crop and pad")
    # Refuse what does not fit under this policy. Return the number of stops.
    ### BEGIN SOLUTION
    room = W - F + 2 * P
    if room < 0 or (policy == "raise" and room % S):
        raise ValueError(f"{W} pixels, F={F}, S={S}, P={P}: it does not fit")
    missing = -room % S if policy == "pad" else 0  # zeros that fill one more window
    return (room + missing) // S + 1
    ### END SOLUTION


def every_size(most):
    """Try all W, F and S from 1 to most with all P from 0 to most; given, leave it as it is.

    Args:
        most: the largest size.

    Returns:
        A list of what conv_output_size returned, P fastest, None where it raised ValueError.
    """
    sizes = []
    for w, f, s, P in np.ndindex(most, most, most, most + 1):
        try:
            sizes.append(conv_output_size(w + 1, f + 1, s + 1, P))
        except ValueError:
            sizes.append(None)
    return sizes


# %% [markdown]
# Try it with the sizes of the prediction. Then take the first CONV and the first POOL of our net,
# where 32 pixels meet $F = 5$, $S = 1$, $P = 2$ and then $F = 2$, $S = 2$, $P = 0$. Then come
# the three policies:

# %%
print([conv_output_size(5, 3, S, 1) for S in (1, 2)], [conv_output_size(7, 3, S) for S in (1, 2)])
print(conv_output_size(32, 5, 1, 2), conv_output_size(32, 2, 2))
for policy in ("raise", "crop", "pad"):
    try:
        print(policy, conv_output_size(10, 3, 2, 0, policy))
    except ValueError as error:
        print(policy, error)

# %% check="conv_output_size" points=3
# 3 points. Shown: the sizes by hand. Hidden: every W, F, S and P up to 12.
check.same(conv_output_size(5, 3, 1, 1), 5, "W=5, F=3, S=1, P=1")
check.same(conv_output_size(5, 3, 2, 1), 3, "W=5, F=3, S=2, P=1")
check.same(conv_output_size(7, 3, 1), 5, "W=7, F=3, S=1")
check.same(conv_output_size(7, 3, 2), 3, "W=7, F=3, S=2")
check.raises(ValueError, lambda: conv_output_size(5, 3, 3, 1), "W=5, F=3, S=3, P=1")
check.raises(
    ValueError,
    lambda: conv_output_size(2, 5, 3),
    "W=2, F=5, S=3",
    hint="(2 - 5)/3 + 1 = 0 is a whole number, but a window of 5 is longer than the line.",
)
check.same(sum(size is not None for size in every_size(2)), 17, "sizes up to 2 that fit")
### BEGIN HIDDEN TESTS
check.same(conv_output_size(9, 4), 6, "W=9, F=4")
check.same(len(every_size(3)), 3 * 3 * 3 * 4, "sizes up to 3")
sizes = every_size(12)
for size, (w, f, s, P) in zip(sizes, np.ndindex(12, 12, 12, 13), strict=True):
    W, F, S = w + 1, f + 1, s + 1
    room, call = W - F + 2 * P, f"conv_output_size({W}, {F}, {S}, {P})"
    if room < 0 or room % S:
        if size is not None:
            problem = f"{call} returned a size, expected ValueError to be raised."
            raise check.not_yet(problem, outline=problem)
    elif size is None:
        problem = f"{call} raised ValueError, expected {room // S + 1}."
        raise check.not_yet(problem, outline=problem)
    elif type(size) is not int or size != room // S + 1:
        check.same(size, room // S + 1, call)
### END HIDDEN TESTS

# %% check="conv_output_size" part="policy" points=2
# 2 points. Shown: 3, 4 or 5 stops, misfits. Hidden: random sizes and policies, unknown policies.
check.same(conv_output_size(9, 2, 3, 0, "crop"), 3, "W=9, F=2, S=3, crop")
check.same(conv_output_size(10, 3, 2, 0, "crop"), 4, "W=10, F=3, S=2, crop")
check.same(conv_output_size(10, 3, 2, 0, "pad"), 5, "W=10, F=3, S=2, pad")
check.same(
    conv_output_size(7, 3, 2, 0, policy="pad"),
    3,
    "W=7, F=3, S=2, pad",
    hint="Nothing is left over here, so nothing is padded.",
)
check.raises(ValueError, lambda: conv_output_size(10, 3, 2, 0), "W=10, F=3, S=2, no policy named")
check.raises(ValueError, lambda: conv_output_size(2, 5, 3, 0, "pad"), "W=2, F=5, S=3, pad")
### BEGIN HIDDEN TESTS
from autograder.judging import judge

for policy in ("crop", "pad"):
    for _ in range(60):
        F, S, P = judge.rng().integers([1, 1, 0], [12, 9, 4]).tolist()
        W = F + int(judge.rng().integers(0, 40))
        judge.value("conv_output_size", conv_output_size, W, F, S, P, policy=policy)
    for W, F, S, P in ((1, 5, 2, 1), (3, 9, 3, 0), (2, 3, 1, 0)):
        judge.refuses(ValueError, "conv_output_size", conv_output_size, W, F, S, P, policy=policy)
for policy in ("round", "Crop", ""):
    judge.refuses(ValueError, "conv_output_size", conv_output_size, 10, 3, 2, 0, policy=policy)
### END HIDDEN TESTS

# %% [markdown]
# And the experiment. A window of 5 with stride 4 slides along lines of 5 to 30 pixels. How many
# stops does each policy count?

# %% tags=["experiment"] alt="A plot of stops against the pixels of a line, 5 to 30, for F=5, S=4. Padding and cropping are stairs; they meet at 5, 9, 13 and every fourth width, where a dot marks what is not refused."
widths = list(range(5, 31))
fits = [W for W in widths if (W - 5) % 4 == 0]
for policy, mark in (("pad", "^--"), ("crop", "v--")):
    stops = [conv_output_size(W, 5, 4, 0, policy) for W in widths]
    plt.plot(widths, stops, mark, label=policy)
plt.plot(fits, [conv_output_size(W, 5, 4) for W in fits], "ko", markersize=9, label="raise")
plt.title("One line in four fits (F=5, S=4, P=0)")
plt.xlabel("W, pixels of the line")
plt.ylabel("stops of the window")
plt.legend()
plt.show()

# %% [markdown]
# Look at the round dots: they are the sizes that this course accepts, and there all three policies
# agree. Between two dots, padding counts one stop more than cropping.
#
# **Take away.** A window fits $(W - F + 2P)/S + 1$ times, or it does not fit.

# %% [markdown]
# ## 5. Keep the size
#
# Without padding every layer shrinks its input. A window of 3 takes one pixel from each end. After
# fifteen such layers a picture of 32 x 32 is down to 2 x 2.
#
# With stride 1 the size stays if $W - F + 2P + 1 = W$. Solve it for the padding:
#
# $$P = \frac{F - 1}{2}$$
#
# People call it **same** padding. All three CONV layers of our net have it.
#
# **Predict before you run.** Which padding keeps the size for windows of 1, 3, 5 and 11? For a
# window of 4?
#
# <!-- guess 01/padding
# row | for windows of 1, 3, 5 and 11 | 0, 1, 2, 5
# choice | for a window of 4 | one | two | * there is none
# -->
#
# <details><summary>Answer</summary>
#
# 0, 1, 2 and 5. For a window of 4 it would be 1.5, and there is no half pixel. Even windows have no
# middle, and no padding that is equal at both ends. Some libraries put one more zero at one end.
#
# </details>

# %% [markdown]
# Our net's first CONV has a window of 5 over 32 pixels:

# %%
W, F = 32, 5
W - F + 2 * 2 + 1

# %% [markdown]
# ### Exercise 5: `same_padding` (2 points)
#
# By hand: a window of 5 gives 2. An even window is an error.


# %% exercise="same_padding"
def same_padding(F):
    """Find the padding that keeps the size at stride 1.

    Args:
        F: pixels of the window, odd.

    Returns:
        Zeros at each end, an int.

    Raises:
        ValueError: F is even.
    """
    ### BEGIN SOLUTION
    if F % 2 == 0:
        raise ValueError(f"no padding keeps the size for an even window, F={F}")
    return F // 2  # for odd F the same as (F - 1) / 2, and a whole number
    ### END SOLUTION


# %% [markdown]
# Try it, and see that 32 stays 32:

# %%
for F in (1, 3, 5, 11):
    print(F, same_padding(F), conv_output_size(32, F, 1, same_padding(F)))

# %% check="same_padding" points=2
# 2 points. Shown: 5, and an even window. Hidden: all windows up to 30.
check.same(same_padding(5), 2, "F=5")
check.raises(ValueError, lambda: same_padding(4), "F=4")
### BEGIN HIDDEN TESTS
from autograder.judging import judge

for F in range(1, 30, 2):
    judge.value("same_padding", same_padding, F)
    judge.refuses(ValueError, "same_padding", same_padding, F + 1)
### END HIDDEN TESTS

# %% [markdown]
# **Take away.** $P = (F - 1)/2$ keeps the size, for odd $F$ and stride 1.

# %% [markdown]
# ## 6. The puzzle of 224
#
# In 2012 a network called AlexNet won a large contest. Its authors wrote that its pictures were
# 224 x 224. The first layer has windows of 11 with stride 4, and its output is 55 x 55.
#
# **Predict before you run.** Can that be, without padding?
#
# <!-- guess 01/puzzle
# choice | can it be | yes, 224 fits | * no, it does not fit
# -->
#
# <details><summary>Answer</summary>
#
# $(224 - 11)/4 + 1 = 54.25$. It cannot.
#
# </details>

# %%
(224 - 11 + 2 * 0) / 4 + 1

# %% [markdown]
# **Find the mistake.** Some copies of a well-known lecture note guess that the authors padded with
# 3 extra pixels, and do not say where. Suppose it is 3 on each side, and put $P = 3$ into the
# formula.
#
# <details><summary>Answer</summary>
#
# $(224 - 11 + 6)/4 + 1 = 55.75$: not a whole number either.
#
# </details>
#
# What does fit? You could try sizes for an hour. Let the computer search.
#
# ### Exercise 6: `find_sizes` (2 points)
#
# Go through all widths and all paddings, and keep the pairs that give the output size you want.
# What does not fit is no answer.
#
# By hand: a window of 3 with stride 2 is to give 3 outputs. Search $W$ from 4 to 7 and $P$ from 0
# to 1. Three outputs need a padded line of $3 + 2 \cdot 2 = 7$. So the answers are $(5, 1)$ and
# $(7, 0)$.
#
# <details><summary>Hint</summary>
#
# `conv_output_size` raises where a pair does not fit. A `try` with `except ValueError` goes on to
# the next pair.
#
# </details>


# %% exercise="find_sizes"
def find_sizes(W_out, F, S, widths, pads, policy="raise"):
    """Search for the inputs with which a layer gives an output of the size wanted.

    Args:
        W_out: the size of the output.
        F: pixels of the window.
        S: the stride.
        widths: the input sizes to try, a list.
        pads: the paddings to try, a list; zeros at each end.
        policy: as in conv_output_size.

    Returns:
        A list of all pairs (W, P) that give W_out, in any order.
    """
    found = []
    for W in widths:
        for P in pads:
            # Put (W, P) into found if it gives W_out. It may also not fit at all.
            ### BEGIN SOLUTION
            try:
                size = conv_output_size(W, F, S, P, policy)
            except ValueError:
                continue
            if size == W_out:
                found.append((W, P))
            ### END SOLUTION
    return found


# %% [markdown]
# Try it on the small search. Then ask for AlexNet: which widths from 218 to 230, with up to 3 zeros
# at each end, give 55? And what about 224, if the layer crops?

# %%
print(find_sizes(3, 3, 2, [4, 5, 6, 7], [0, 1]))
print(find_sizes(55, 11, 4, list(range(218, 231)), [0, 1, 2, 3]))
print(find_sizes(55, 11, 4, [224], [0, 1, 2, 3], "crop"))

# %% check="find_sizes" points=2
# 2 points. Shown: the search by hand. Hidden: AlexNet, and random searches under all policies.
pairs = sorted((tuple(pair) for pair in find_sizes(3, 3, 2, [4, 5, 6, 7], [0, 1])), key=max)
check.same(pairs, [(5, 1), (7, 0)], "the pairs that give 3", hint="A pair is (W, P): width first.")
check.same(
    len(find_sizes(4, 3, 2, [8], [0])), 0, "pairs where nothing fits", hint="(8 - 3)/2 + 1 = 3.5"
)
### BEGIN HIDDEN TESTS
from autograder.judging import judge


def agree(W_out, F, S, widths, pads, policy="raise"):
    found = find_sizes(W_out, F, S, widths, pads, policy)
    wanted = judge.reference("find_sizes")(W_out, F, S, widths, pads, policy)
    search = f"the pairs (W, P) for W_out={W_out}, F={F}, S={S}, {policy}"
    check.same(sorted(tuple(pair) for pair in found), sorted(wanted), search)


agree(55, 11, 4, list(range(215, 235)), [0, 1, 2, 3, 4, 5])
agree(55, 11, 4, [223, 224, 227], [0, 1, 2, 3], "crop")
for policy in ("raise", "crop", "pad", "raise"):
    W_out, F, S = judge.rng().integers([2, 1, 2], [6, 6, 5]).tolist()
    agree(W_out, F, S, list(range(1, 25)), [0, 1, 2, 3], policy)
### END HIDDEN TESTS

# %% [markdown]
# Four pairs fit, and in all of them $W + 2P = 227$. That is odd, and $224 + 2P$ is even for every
# $P$. No padding that is equal at both ends can make it fit. The plot shows it.

# %% tags=["experiment"] alt="A plot of (W - F + 2P)/S + 1 against P from 0 to 4. The line for W = 224 lies between whole numbers at every P; that for W = 227 is whole at P = 0, 2 and 4. A star at P = 1.5 marks 55."
P = np.arange(5)
for W, mark in ((224, "o--"), (227, "s--")):
    plt.plot(P, (W - 11 + 2 * P) / 4 + 1, mark, label=f"W = {W}")
plt.plot(1.5, 55, "k*", markersize=14, label="224 with 3 zeros in all")
plt.yticks(range(54, 59))
plt.grid(axis="y")
plt.title("A size fits where its mark is on a grid line (F=11, S=4)")
plt.xlabel("P, zeros at each end")
plt.ylabel("(W - F + 2P)/S + 1")
plt.legend()
plt.show()

# %% [markdown]
# Look at the round marks: 224 steps over every grid line. The square marks of 227 lie on one at
# $P = 0$, 2 and 4. The star is what people settled on: 3 extra pixels in total, 1 at one end and 2 at
# the other, which makes 227. The library torchvision goes another way: it pads 224 with $P = 2$, gets
# 55.25 and crops to 55. ($P = 3$ gives 55.75, which is cropped to 55 as well.)
#
# **Take away.** Before you build a net, see whether its sizes are whole numbers.

# %% [markdown]
# ## 7. Share the weights
#
# Each output of a convolutional layer is a neuron. It looks through a window of $F$ x $F$ pixels,
# its **receptive field**, at the whole depth $C$, so it has $F \cdot F \cdot C$ weights and one
# bias. How many neurons are there? At every stop of the window stands a whole column of them, $K$
# deep: $K$ neurons that look at the same window for different things.

# %% tags=["plot"] alt="Three slices of 5 x 5 cells; in each the same window of 3 x 3 is marked. An arrow leads to four slices of 3 x 3 cells; in each the middle cell is marked: a column of four neurons."
drawing.full_depth(3, 4, 5, 3, "One window at full depth, and the neurons that look through it")

# %% [markdown]
# Look at the cells in strong blue: the window lies at one place, in all $C$ slices. The four neurons
# in strong green, one in each slice of the output, see these 27 numbers and no others.
#
# The words come from the brain. In 1959 Hubel and Wiesel found nerve cells in a cat's visual cortex
# of which each answers to a small region of what the eye sees, its receptive field, and there to a
# bar or an edge of one direction. A neuron of a net borrows that much and little more: it looks at a
# small region for one thing.
#
# Now the idea that makes the layer small. If it is useful to look for an edge here, it is useful to
# look for it there. So all neurons of one depth slice **share** their weights and their bias. Such
# a shared set is called a **filter**. The layer has $K$ of them, and in all
#
# $$(F \cdot F \cdot C) \cdot K \text{ weights} \quad + \quad K \text{ biases}$$
#
# **Predict before you run.** How many weights does a 5 x 5 filter have over a colour picture? And a
# 3 x 3 filter over a volume of depth 20?
#
# <!-- guess 01/filters
# number | a 5 x 5 filter over colour | 75
# number | a 3 x 3 filter over a depth of 20 | 180
# -->
#
# <details><summary>Answer</summary>
#
# $5 \cdot 5 \cdot 3 = 75$, and a bias. $3 \cdot 3 \cdot 20 = 180$, and a bias.
#
# </details>
#
# **Find the mistake.** Some copies of that lecture note give $F \cdot C$ weights for each filter.
# What would the 5 x 5 filter have?
#
# <details><summary>Answer</summary>
#
# $5 \cdot 3 = 15$ instead of 75. A filter is a box, not a bar: it has two sides of $F$.
#
# </details>
#
# ### Exercise 7: `conv_numbers` (2 points)
#
# Count the neurons of a layer, and the parameters (weights and biases together) it has with sharing
# and would have without.
#
# By hand: a volume of depth 2 and 5 x 5 meets $K = 4$ filters with $F = 3$, $S = 2$, $P = 1$. The
# output has depth 4 and is 3 x 3, so there are 36 neurons. A filter has
# $3 \cdot 3 \cdot 2 + 1 = 19$ parameters. Four filters have 76. If each neuron had its own, it
# would be $36 \cdot 19 = 684$.


# %% exercise="conv_numbers"
def conv_numbers(shape, K, F, S, P):
    """Count the neurons and the parameters of a convolutional layer.

    Args:
        shape: of the input volume, (C, H, W).
        K: how many filters.
        F: height and width of a filter.
        S: the stride.
        P: zeros on every side.

    Returns:
        neurons: outputs of the layer.
        shared: weights and biases, with one filter for each depth slice.
        unshared: weights and biases, if each neuron had its own.
    """
    ### BEGIN SOLUTION
    C, H, W = shape
    neurons = K * conv_output_size(H, F, S, P) * conv_output_size(W, F, S, P)
    one = F * F * C + 1  # the weights of one filter, and its bias
    return neurons, K * one, neurons * one
    ### END SOLUTION


# %% [markdown]
# Try it on the first layer of our net, $C = 3$, 32 x 32, $K = 12$, $F = 5$, $S = 1$, $P = 2$. Then
# take the first layer of AlexNet: $C = 3$, 227 x 227, $K = 96$, $F = 11$, $S = 4$, $P = 0$.

# %%
print(conv_numbers((2, 5, 5), 4, 3, 2, 1))
print(conv_numbers((3, 32, 32), 12, 5, 1, 2))
print(conv_numbers((3, 227, 227), 96, 11, 4, 0))

# %% check="conv_numbers" points=1
# 1 point. Shown: 36 neurons. Hidden: AlexNet's first layer, and random layers, not square.
check.same(conv_numbers((2, 5, 5), 4, 3, 2, 1)[0], 36, "neurons")
### BEGIN HIDDEN TESTS
from autograder.judging import judge

check.same(conv_numbers((3, 227, 227), 96, 11, 4, 0)[0], 290_400, "neurons of AlexNet's layer 1")
for F, S, P in ((3, 2, 1), (4, 3, 0), (1, 2, 0), (5, 1, 2)):
    C, K, a, b = judge.rng().permutation(9)[:4] + 2
    shape = (int(C), F - 2 * P + S * int(a), F - 2 * P + S * int(b))
    neurons = judge.reference("conv_numbers")(shape, int(K), F, S, P)[0]
    check.same(conv_numbers(shape, int(K), F, S, P)[0], neurons, f"neurons over {shape}")
### END HIDDEN TESTS

# %% check="conv_numbers" part="parameters" points=1
# 1 point. Shown: 76 and 684 parameters. Hidden: AlexNet's first layer, and random layers.
_, shared, unshared = conv_numbers((2, 5, 5), 4, 3, 2, 1)
check.same(shared, 76, "parameters, shared", hint="Each of the four filters has one bias.")
check.same(unshared, 684, "parameters, unshared", hint="Each of the 36 neurons has 18 + 1.")
### BEGIN HIDDEN TESTS
from autograder.judging import judge

_, shared, unshared = conv_numbers((3, 227, 227), 96, 11, 4, 0)
check.same(shared, 34_944, "parameters of AlexNet's layer 1, shared")
check.same(unshared, 105_705_600, "parameters of AlexNet's layer 1, unshared")
for F, S, P in ((3, 2, 1), (4, 3, 0), (1, 2, 0), (5, 1, 2)):
    C, K, a, b = judge.rng().permutation(9)[:4] + 2
    shape = (int(C), F - 2 * P + S * int(a), F - 2 * P + S * int(b))
    judge.value("conv_numbers", conv_numbers, shape, int(K), F, S, P)
### END HIDDEN TESTS

# %% [markdown]
# AlexNet's first layer has $55 \cdot 55 \cdot 96 = 290{,}400$ neurons, with 363 weights and a bias
# each. Without sharing that is $290{,}400 \cdot 364 = 105{,}705{,}600$ parameters. With sharing the
# layer has $96 \cdot 363 = 34{,}848$ weights and 96 biases, 34,944 in all. The ratio is 3025,
# which is $55 \cdot 55$: each filter serves as many places as the output has.
#
# What do learned filters look like? Those of a first layer have three slices, as a colour has, so
# each can be shown as a small picture. These are the twelve of our net:

# %% tags=["plot"] alt="Twelve pictures of 5 x 5 pixels. Some are light on one side and dark on the other, a few are one colour in the middle and another around it, the rest have no clear pattern."
plot.filters(photos4.params["w1"], "The twelve filters of our first layer", columns=6)

# %% [markdown]
# Grey means a weight of 0. Some filters are light on one side and dark on the other: they answer to
# an edge. Some have one colour: they answer to a spot of it. Some have no name.
#
# AlexNet's 96 filters of 11 x 11 x 3 are the famous ones. Half of them were trained on one GPU, half
# on another. In the picture that its paper shows, those of one GPU look for edges in all
# directions, most of them in black and white. Those of the other look for colours, many of them in
# plain blobs.
#
# **Take away.** A layer has $F \cdot F \cdot C \cdot K$ weights and $K$ biases, however large the
# picture.

# %% [markdown]
# ## 8. Four kinds of layers
#
# Nearly every net of this course is made of four kinds of layers:
#
# - **CONV** slides $K$ filters of $F$ x $F$ with stride $S$ and padding $P$ over its input, at full
#   depth.
# - **RELU** replaces each negative number by 0 and leaves the shape alone.
# - **POOL** slides a window of $F$ x $F$ with stride $S$ over each depth slice and keeps, say, its
#   largest number. There is no padding. The depth stays.
# - **FC** is a fully-connected layer of $M$ neurons. Its output is a volume as well: depth $M$, one
#   pixel high, one wide.
#
# Ask two questions of a layer. Does it have **parameters**, numbers that training finds? And does
# it have **hyperparameters**, numbers that you choose before training begins?
#
# **Predict before you run.** A pool with $F = 2$, $S = 2$ gets a volume of depth 12, 32 x 32. What
# comes out, and what fraction of the numbers is gone? Do the windows of a pool with $F = 3$,
# $S = 2$ overlap? Which of the four kinds have parameters? Which has no hyperparameters at all?
#
# <!-- guess 01/pool
# shape | what comes out, `(C, H, W)` | 12, 16, 16
# number | the fraction that is gone | 0.75
# choice | the windows with `F = 3`, `S = 2` | * overlap | touch | leave gaps
# -->
#
# <details><summary>Answer</summary>
#
# Depth 12, 16 x 16: $(32 - 2)/2 + 1 = 16$. Of every four numbers one is kept, so 75 % are gone.
# With $F = 3$, $S = 2$ neighbours overlap by one row or column.
#
# For the last two questions, write the exercise.
#
# </details>

# %%
(32 - 2) / 2 + 1, 1 - 16 * 16 / (32 * 32)

# %% [markdown]
# ### Exercise 8: `layer_facts` (1 point)
#
# Fill in the table, as a function. RELU has neither, so its row is `(False, [])`. It is given.
#
# | kind | parameters? | hyperparameters, from $K$, $F$, $S$, $P$, $M$ |
# |---|---|---|
# | RELU | no | none |
# | CONV, POOL, FC | ? | ? |


# %% exercise="layer_facts"
def layer_facts(kind):
    """Say whether a kind of layer has parameters, and which hyperparameters it has.

    Args:
        kind: "CONV", "RELU", "POOL" or "FC".

    Returns:
        learns: whether there are weights and biases to learn, True or False.
        choices: the letters of its hyperparameters, a list of strings in any order.

    Raises:
        ValueError: there is no layer of that kind.
    """
    if kind not in ("CONV", "RELU", "POOL", "FC"):
        raise ValueError(f"there is no layer {kind!r}")
    facts = {"RELU": (False, [])}
    # Put CONV, POOL and FC into facts, each as RELU is.
    ### BEGIN SOLUTION
    facts |= {
        "CONV": (True, ["K", "F", "S", "P"]),
        "POOL": (False, ["F", "S"]),
        "FC": (True, ["M"]),
    }
    ### END SOLUTION
    return facts[kind]


# %% [markdown]
# Try it, and read the table you have made:

# %%
for kind in ("CONV", "RELU", "POOL", "FC"):
    print(kind, *layer_facts(kind))

# %% check="layer_facts" points=1
# 1 point. Shown: RELU, a kind that is none, and how many. Hidden: CONV, POOL and FC.
learns, choices = layer_facts("RELU")
check.same(learns, False, "RELU has parameters")
check.same(len(choices), 0, "hyperparameters of RELU")
check.raises(ValueError, lambda: layer_facts("SOUP"), "a layer SOUP")
facts = [layer_facts(kind) for kind in ("CONV", "RELU", "POOL", "FC")]
check.same(sum(learns for learns, _ in facts), 2, "kinds that have parameters")
letters = sorted(letter for _, choices in facts for letter in choices)
check.same(letters, list("FFKMPSS"), "hyperparameters of all four kinds together")
### BEGIN HIDDEN TESTS
from autograder.judging import judge

answers, truths = [], []
for kind in ("CONV", "POOL", "FC"):
    for told, facts in ((answers, layer_facts), (truths, judge.reference("layer_facts"))):
        learns, choices = facts(kind)
        told += [learns, sorted(choices)]
judge.choices("the facts of CONV, POOL and FC", answers, truths)
### END HIDDEN TESTS

# %% [markdown]
# **Take away.** CONV and FC learn; RELU and POOL are fixed functions. All but RELU ask you for
# numbers.

# %% [markdown]
# ## 9. From pixels to scores
#
# A net is a list of layers. This course writes it as a list of pairs: the kind, and a dict of its
# numbers. Here is the net of section 1. Lessons 09 and 11 use the same form.

# %%
photo_net = [
    ("INPUT", {"C": 3, "H": 32, "W": 32}),
    ("CONV", {"K": 12, "F": 5, "S": 1, "P": 2}),
    ("RELU", {}),
    ("POOL", {"F": 2, "S": 2}),
    ("CONV", {"K": 12, "F": 3, "S": 1, "P": 1}),
    ("RELU", {}),
    ("POOL", {"F": 2, "S": 2}),
    ("CONV", {"K": 12, "F": 3, "S": 1, "P": 1}),
    ("RELU", {}),
    ("POOL", {"F": 2, "S": 2}),
    ("FC", {"M": 4}),
]

# %% [markdown]
# **Predict before you run.** What is the shape $(C, H, W)$ of the volume after each of the first
# four entries? And after the last two?
#
# <!-- guess 01/shapes
# shape | after the second entry | 12, 32, 32
# shape | after the fourth | 12, 16, 16
# shape | after the last but one | 12, 4, 4
# shape | after the last | 4, 1, 1
# -->
#
# <details><summary>Answer</summary>
#
# (3, 32, 32), (12, 32, 32), (12, 32, 32) and (12, 16, 16). The last two are (12, 4, 4) and
# (4, 1, 1).
#
# </details>
#
# ### Exercise 9: `trace_shapes` (5 points)
#
# Let a function do it for any list of layers. By hand, the first four entries and an FC of 10
# neurons give (3, 32, 32), twice (12, 32, 32), (12, 16, 16) and (10, 1, 1).
#
# Height and width have sizes of their own, and each must fit. Where one does not, raise a
# `ValueError` that names this layer and no other: its place in the list, counted from 0, and its
# kind, in capitals as in the list. The layer after INPUT has place 1.
# `layer 3 (POOL): 31 pixels, F=2, S=2, P=0: it does not fit` is a good message: it says where to
# look and what is wrong. A kind that does not exist is an error of the same form. So is a net that
# does not begin with INPUT. You need not look for a second INPUT.
#
# The loop is given, and so is the way in which it puts a name to an error. It calls `shape_after`
# for one layer after the other, and there CONV, POOL and FC are missing. What does not fit, your
# `conv_output_size` refuses by itself.
#
# <details><summary>Hint</summary>
#
# What is the depth after CONV, and after POOL? A pool has no `"P"` among its numbers, and there
# `numbers.get("P", 0)` gives 0.
#
# </details>


# %% exercise="trace_shapes"
def trace_shapes(spec):
    """Find the shape of the volume after every layer of a net.

    Args:
        spec: a list of pairs (kind, numbers). The first is ("INPUT", {"C", "H", "W"}); the others
            are ("CONV", {"K", "F", "S", "P"}), ("RELU", {}), ("POOL", {"F", "S"}) or
            ("FC", {"M"}).

    Returns:
        A list of shapes (C, H, W), one for each entry of spec.

    Raises:
        ValueError: a size does not fit, a kind is unknown, or INPUT is not first. The message names
            the layer's place in spec and its kind.
    """

    def shape_after(kind, numbers, shape):
        """Find the shape (C, H, W) after one layer from the shape before it, None before INPUT."""
        if kind == "INPUT":
            return numbers["C"], numbers["H"], numbers["W"]
        if shape is None:
            raise ValueError("a net begins with INPUT")
        if kind == "RELU":
            return shape
        if kind not in ("CONV", "POOL", "FC"):
            raise ValueError("there is no layer of this kind")
        C, H, W = shape
        # CONV, POOL and FC: return the shape (C, H, W) after each.
        ### BEGIN SOLUTION
        if kind == "FC":
            return numbers["M"], 1, 1
        F, S, P = numbers["F"], numbers["S"], numbers.get("P", 0)
        H_out, W_out = conv_output_size(H, F, S, P), conv_output_size(W, F, S, P)
        return numbers.get("K", C), H_out, W_out
        ### END SOLUTION

    shapes, shape = [], None
    for place, (kind, numbers) in enumerate(spec):
        try:
            shape = shape_after(kind, numbers, shape)
        except ValueError as error:
            raise ValueError(f"layer {place} ({kind}): {error}") from None
        shapes.append(shape)
    return shapes


# %% [markdown]
# Try it on our net. Then give it pictures of 32 x 31:

# %%
print(trace_shapes(photo_net))
try:
    trace_shapes([("INPUT", {"C": 3, "H": 32, "W": 31}), *photo_net[1:]])
except ValueError as error:
    print(error)

# %% check="trace_shapes" points=4
# 4 points. Shown: the five shapes, a net that is not square. Hidden: deeper nets, random depths.
net = [
    ("INPUT", {"C": 3, "H": 32, "W": 32}),
    ("CONV", {"K": 12, "F": 5, "S": 1, "P": 2}),
    ("RELU", {}),
    ("POOL", {"F": 2, "S": 2}),
    ("FC", {"M": 10}),
]
check.same(
    trace_shapes(net),
    [(3, 32, 32), (12, 32, 32), (12, 32, 32), (12, 16, 16), (10, 1, 1)],
    "the five shapes",
)
check.same(trace_shapes([("INPUT", {"C": 2, "H": 4, "W": 9})]), [(2, 4, 9)], "INPUT alone")
wide = [
    ("INPUT", {"C": 2, "H": 7, "W": 10}),
    ("CONV", {"K": 5, "F": 3, "S": 1, "P": 0}),
    ("POOL", {"F": 3, "S": 1}),
]
check.same(
    trace_shapes(wide),
    [(2, 7, 10), (5, 5, 8), (5, 3, 6)],
    "the shapes of a wide net",
    hint="Height and width are two questions, each with its own F, S and P.",
)
### BEGIN HIDDEN TESTS
from autograder.judging import judge


def conv(F, S, P):
    return ("CONV", {"K": int(judge.rng().integers(2, 50)), "F": F, "S": S, "P": P})


def pool(F, S):
    return ("POOL", {"F": F, "S": S})


def full():
    return ("FC", {"M": int(judge.rng().integers(2, 500))})


relu = ("RELU", {})
for H, W, layers in (
    (37, 29, [conv(5, 2, 1), relu, pool(2, 2), conv(3, 1, 0), relu, pool(3, 2), full()]),
    (11, 19, [conv(3, 4, 0), pool(3, 1), conv(1, 1, 1), relu, conv(3, 2, 0)]),
    (23, 16, [conv(4, 1, 2), relu, pool(3, 7), full(), relu, full()]),
    (8, 14, [pool(2, 3), relu, conv(3, 2, 2), full(), conv(1, 1, 0)]),
):
    spec = [("INPUT", {"C": int(judge.rng().integers(2, 9)), "H": H, "W": W}), *layers]
    judge.value("trace_shapes", trace_shapes, spec)
### END HIDDEN TESTS

# %% check="trace_shapes" part="errors" points=1
# 1 point. What does not fit is refused by name. Hidden: other layers and places, unknown kinds.
import re


def complaint(spec, place, kind):
    """Tell what the error that trace_shapes raises names: its place, its kind, both or neither."""
    try:
        trace_shapes(spec)
    except ValueError as error:
        words = re.findall(r"\d+|[A-Z]{2,}", str(error))
        places = sum(str(other) in words for other in range(len(spec)))  # to name all is no name
        named = str(place) in words and places <= len(spec) / 2
        found = [f"place {place}"] * named + [kind] * (kind in words)
        return " and ".join(found) or "neither place nor kind"
    return "nothing: there is no ValueError"


relu = ("RELU", {})
fits = [("CONV", {"K": 8, "F": 3, "S": 1, "P": 1}), ("POOL", {"F": 1, "S": 1}), relu]
odd = [("INPUT", {"C": 8, "H": 31, "W": 32}), *fits, ("POOL", {"F": 2, "S": 2}), *[relu] * 15]
said = complaint(odd, 4, "POOL")
check.same(said, "place 4 and POOL", "what is named by the ValueError of a POOL over 31 x 32")
### BEGIN HIDDEN TESTS
begin = ("INPUT", {"C": 8, "H": 20, "W": 15})
for place, kind, numbers in (
    (5, "CONV", {"K": 8, "F": 4, "S": 2, "P": 0}),
    (6, "POOL", {"F": 2, "S": 2}),
    (8, "POOL", {"F": 16, "S": 1}),
    (7, "CONV", {"K": 8, "F": 3, "S": 3, "P": 0}),
    (9, "SOUP", {}),
):
    spec = [begin, *fits, *[relu] * (place - 4), (kind, numbers), *[relu] * 15]
    error = f"what is named by the ValueError of a {kind} with {numbers} over 20 x 15"
    check.same(complaint(spec, place, kind), f"place {place} and {kind}", error)
spec = [("FC", {"M": 7}), *[relu] * 15]
said = complaint(spec, 0, "FC")
check.same(said, "place 0 and FC", "what is named by the ValueError of a net without INPUT")
### END HIDDEN TESTS

# %% [markdown]
# You saw the boxes of this net before you knew their sizes. Here they are once more: as your
# function predicts them, and as the net computes them.

# %% tags=["experiment"]
boxes = trained.volumes(photos4, eye)
for kind, told, box in zip(trained.KINDS, trace_shapes(photo_net), boxes, strict=True):
    print(f"{kind:5}", told, box.shape[1:])
print(sum(array.size for array in photos4.params.values()), "numbers learned")

# %% [markdown]
# Each line has the same shape twice. And the 4300? The three CONV have $12 \cdot 76 = 912$ and
# twice $12 \cdot 109 = 1308$ parameters, FC has $768 + 4 = 772$. That is all.
#
# Now a famous net. This is AlexNet on the 227 pixels you have found:

# %%
alexnet = [
    ("INPUT", {"C": 3, "H": 227, "W": 227}),
    ("CONV", {"K": 96, "F": 11, "S": 4, "P": 0}),
    ("POOL", {"F": 3, "S": 2}),
    ("CONV", {"K": 256, "F": 5, "S": 1, "P": 2}),
    ("POOL", {"F": 3, "S": 2}),
    ("CONV", {"K": 384, "F": 3, "S": 1, "P": 1}),
    ("CONV", {"K": 384, "F": 3, "S": 1, "P": 1}),
    ("CONV", {"K": 256, "F": 3, "S": 1, "P": 1}),
    ("POOL", {"F": 3, "S": 2}),
    ("FC", {"M": 4096}),
    ("FC", {"M": 4096}),
    ("FC", {"M": 1000}),
]

# %% [markdown]
# Its RELU layers are left out, as they change no shape. Each box below is one volume. Its edges are
# as long as the cube roots of the sizes, so that the small ones can still be seen. The depth runs
# from left to right, at half the scale.

# %% tags=["plot"] alt="AlexNet as twelve boxes from left to right: the picture, 3 x 227 x 227, is tall and thin; the boxes get smaller and deeper down to 256 x 6 x 6; three long thin bars, the FC layers, follow."
shapes = trace_shapes(alexnet)
plot.volumes(shapes, [kind for kind, _ in alexnet], "AlexNet turns volumes into volumes")

# %% [markdown]
# Follow the boxes: they get smaller in height and width and, up to the third CONV, deeper. What
# the picture loses in places, it gains in what is known about each place.
#
# **Find the mistake.** You may read that AlexNet has five pools, which bring 224 down to 7. Compare
# this with the boxes. A net called VGG has five pools with $F = 2$, $S = 2$, and convolutions that
# keep the size. Which net is meant?
#
# <details><summary>Answer</summary>
#
# VGG: 224, 112, 56, 28, 14, 7. AlexNet has three pools, and its last volume before FC has depth 256
# and is 6 x 6.
#
# </details>
#
# **Going further**, without points. How many times can a picture be halved by pools with
# $F = 2$, $S = 2$ before a size does not fit? Ask `trace_shapes` for many widths.


# %% tags=["experiment"] alt="A plot of how many times a picture can be halved against its width, 20 to 520. Most widths stop at two or three; 32, 64, 96, 224, 384 and 512, in red, reach five to nine."
def halvings(W):
    """Count the pools of 2 x 2 that fit one after the other."""
    spec = [("INPUT", {"C": 3, "H": W, "W": W})]
    while True:
        spec.append(("POOL", {"F": 2, "S": 2}))
        try:
            trace_shapes(spec)
        except ValueError:
            return len(spec) - 2


usual = [32, 64, 96, 224, 384, 512]
widths = list(range(20, 521, 4))
plt.plot(widths, [halvings(W) for W in widths], "o", color="0.7", label="any multiple of 4")
plt.plot(usual, [halvings(W) for W in usual], "rs", label="32, 64, 96, 224, 384, 512")
plt.title("Usual picture sizes can be halved five times and more")
plt.xlabel("W = H, pixels")
plt.ylabel("pools of 2 x 2 that fit")
plt.legend()
plt.show()

# %% [markdown]
# Look at the red squares: the sizes that people choose stand high. Most others stop after two or
# three pools. 224 is $7 \cdot 32$, so it can be halved five times, and 7 x 7 is left.
#
# **Take away.** Know the shape after every layer before you train; one function tells it.

# %% [markdown]
# ## 10. In your own words
#
# A friend's library crops. She gives it pictures of 224 x 224 with $F = 11$, $S = 4$, $P = 0$ and
# gets 54 x 54, without a word. How many columns at the right edge does no window ever see? What
# can go wrong because of it, and when would it do no harm? Would you rather have the library raise,
# crop or pad, and why? Three or four sentences. (2 points, graded by hand)

# %% [markdown] answer="why_raise" points=2
# $224 - 11 = 213 = 53 \cdot 4 + 1$, so one column at the right, and one row at the bottom, is never
# seen. In a photograph one column of 224 does no harm. It goes wrong where the edge matters, or
# where many layers crop: the lost columns add up, and always on the same side. And two people with
# two libraries get two shapes from one description. I would have it raise: then I decide once what
# happens, and my decision stands in the code. Padding loses no pixel, but hides the misfit as well.
#
# **Rubric**
#
# - **2 points:** one column (and one row) is never seen, a case with harm and one without, and a
#   choice with a reason.
# - **1 point:** two of these three.
# - **0 points:** "the picture gets smaller", with no count.

# %% [markdown]
# ## Summary
#
# | letter | meaning |
# |---|---|
# | $N, C, H, W$ | pictures in the batch, channels (the depth), height, width |
# | $K, F$ | filters of a CONV layer, height and width of a window |
# | $S, P$ | stride, and zeros on each side |
# | $M$ | neurons of an FC layer |
# | `X[x, y, d]` | a volume as it is written on paper, its depth last |
# | `spec` | a net: a list of pairs such as `("POOL", {"F": 2, "S": 2})` |
#
# - Each layer turns a volume into a volume.
# - A window fits $(W - F + 2P)/S + 1$ times, or not at all.
# - $P = (F - 1)/2$ keeps the size at stride 1.
# - Sharing weights takes AlexNet's first layer from 105,705,600 parameters to 34,944.
# - CONV and FC have parameters; CONV, POOL and FC have hyperparameters; RELU has neither.
#
# Lesson 02 fills the boxes: it slides a filter over a picture and computes what is inside.

# %% [markdown]
# ## Read on
#
# - David H. Hubel and Torsten N. Wiesel, *Receptive fields of single neurones in the cat's striate
#   cortex*, 1959. Each cell has its window, and its direction.
# - Kunihiko Fukushima, *Neocognitron: A self-organizing neural network model for a mechanism of
#   pattern recognition unaffected by shift in position*, 1980. Shared weights, layer by layer, and
#   not yet trained by gradients.
# - Yann LeCun, Léon Bottou, Yoshua Bengio and Patrick Haffner, *Gradient-based learning applied to
#   document recognition*, 1998. Trace the shapes of its figure of LeNet-5.
# - Alex Krizhevsky, Ilya Sutskever and Geoffrey E. Hinton, *ImageNet classification with deep
#   convolutional neural networks*, 2012. AlexNet: the 224, and the picture of the 96 filters.
# - Matthew D. Zeiler and Rob Fergus, *Visualizing and understanding convolutional networks*, 2013.
#   What later layers look for, with the pieces of photographs that they answer to.
#
# ## An open question
#
# How large must a net be for its task? You can count the weights of any net, but nobody can tell from
# a task how many it needs. People try sizes, and often find afterwards that most weights of a trained
# net can be removed with little loss. Trained anew from a random start, what is left often does
# worse. Why a net needs more weights to learn than to know is an open question.
