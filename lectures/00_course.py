# %% run
import matplotlib.pyplot as plt
import numpy as np

from autograder.slides import draw
from convbook import check, data, demo
from convbook.layers import conv_forward

# %% [markdown] slide
# # See like a ConvNet
#
# Lecture 00: what we build in this course, and how

# %% [markdown] notes
# (1 min) Welcome. In thirteen notebooks everybody in this room writes a convolutional network,
# every line of it, in NumPy: forwards, backwards, trained, on a GPU, and up to the famous
# architectures.
#
# Today: what the thing is, what the course asks of you, and how to start tonight.

# %% [markdown] slide
# ## A picture is a block of numbers
#
# One number for each place, three with colour. Nobody told the computer what an eye is.

# %% picture
"""A photograph of a cameraman, 512 by 512. A small square at his eye is marked, and shown beside it
as 6 by 9 numbers from 0 to 255, on cells as bright as the numbers say."""
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

# %% [markdown] question
# ## One neuron, looking at all of it
#
# It has a weight for each number of a picture in colour,
# 200 x 200 places.
#
# How many weights is that? And what has it learned about a cat, if the cat moves by ten pixels?

# %% [markdown] answer
# $200 \cdot 200 \cdot 3 = 120{,}000$ weights, for one neuron. About the moved cat it knows nothing:
# other pixels, other weights.

# %% [markdown] notes
# (3 min) A minute with the neighbour. The number is easy. The second half is the point: a weight
# that belongs to one place learns about that place only.

# %% [markdown] slide
# ## Three ideas make a ConvNet
#
# | idea | what it means | what it saves |
# |---|---|---|
# | **nearby** | a neuron sees 5 x 5 x 3 numbers | 75 weights for 120,000 |
# | **share** | the same weights at every place | 760 for 778,240 |
# | **stack** | each layer sees a little further | 27 weights for 49 |

# %% [markdown] notes
# (4 min) One line at a time.
#
# Nearby: a filter of 5 x 5 on three colours has 75 weights. Share: ten such filters with their
# biases are 760 numbers; with a filter of its own for each of 32 x 32 places it would be 778,240.
#
# Stack: three layers of 3 x 3 see as far as one of 7 x 7, with 27 instead of 49 weights for each
# pair of channels. Lectures 02 and 07 come back to these numbers.

# %% [markdown] slide
# ## One filter answers everywhere

# %% picture
"""A photograph of a rocket at its launch pad, and two maps of it: one is bright or dark at upright
edges, the other at level edges."""
photo = data.photo("rocket").mean(axis=1, keepdims=True)[:, :, 60:420, 100:460]
up = np.array([[-3, 0, 3], [-10, 0, 10], [-3, 0, 3.0]])
maps, _ = conv_forward(photo, np.stack([up, up.T])[:, None], np.zeros(2))
figure, axes = plt.subplots(1, 3, figsize=(14, 5))
axes[0].imshow(photo[0, 0], cmap="gray")
axes[1].imshow(maps[0, 0], cmap="gray", vmin=-6, vmax=6)
axes[2].imshow(maps[0, 1], cmap="gray", vmin=-6, vmax=6)
for axis, title in zip(axes, ["a photograph", "upright edges", "level edges"], strict=True):
    axis.set_title(title, fontsize=19)
    axis.set_axis_off()
figure.tight_layout()

# %% [markdown] notes
# (3 min) Two filters of nine numbers, made by hand. Grey is no answer. See how the tower shows in
# the middle picture and hardly in the right one.
#
# The same nine numbers were used at every place. In a ConvNet nobody makes them by hand: it learns
# them, and what it learns first looks much like these.

# %% [markdown] slide
# ## See one at work

# %% demo
x = np.array([[0, 0, 2, 2, 2]] * 5)
w = np.array([[-1, 0, 1]] * 3)
demo.convolution(x[None], w[None, None], stride=1, pad=0)

# %% [markdown] notes
# (4 min) Click into the demo and step with the arrow keys; Escape gives the keys back to the
# slides.
#
# The picture is dark on the left and light on the right. The filter answers 6 at the edge and 0
# where nothing changes. Do the first two windows aloud: products, sum, one number of the output.
# The rest of the course is this, many times.

# %% [markdown] slide
# ## A layer turns a volume into a volume
#
# Height, width and **depth**: the depth is three colours first, later one sheet for each filter.

# %% picture
"""Five boxes from left to right. The first is flat: 3 deep, 32 by 32. The next are 32 deep and 14
by 14, 64 deep and 6 by 6, 96 deep and 4 by 4. The last is a line, 7 deep and 1 by 1."""
shapes = [(3, 32, 32), (32, 14, 14), (64, 6, 6), (96, 4, 4), (7, 1, 1)]
names = ["picture", "layer 1", "layer 2", "layer 3", "scores"]
draw.boxes(shapes, names)

# %% [markdown] notes
# (3 min) An ordinary net has its neurons in a row. Here they stand in a box: a place has a row, a
# column and a depth. What is known about a place grows deeper, and there are fewer places.
#
# The edges are drawn as cube roots, or one could not see the small ones. This is the net of the
# next slides. Lesson 01 is about these boxes alone: how large is the next one?

# %% [markdown] question
# ## Ten filters look at a colour picture
#
# It has 32 x 32 places. Each filter sees 5 x 5 of them at a time, in all three colours, and may
# hang over the edge. How deep is the volume that comes out? How deep is a filter?

# %% [markdown] answer
# The output is 10 deep: a sheet for each filter. A filter is as deep as its input, 3. So it has
# $5 \cdot 5 \cdot 3 = 75$ weights.

# %% [markdown] notes
# (3 min) Hands up for 3, 10 and 30. Who says 30 thinks that a filter gives a sheet for each colour:
# it adds the colours up.

# %% [markdown] slide
# ## From pixels to a name

# %% picture
"""A small picture of a face, eight maps after each of three layers, smaller from layer to layer,
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
figure = plt.figure(figsize=(14, 5.4))
axis = figure.add_axes((0, 0.26, 0.19, 0.5))
axis.imshow(seen[best].transpose(1, 2, 0))
axis.set_title("32 x 32 x 3", fontsize=19)
axis.set_axis_off()
for n, maps in enumerate((first, second, third)):
    left = 0.235 + 0.165 * n
    C, H, W = maps[best].shape
    figure.text(left + 0.07, 0.94, f"{H} x {W} x {C}", fontsize=19, ha="center")
    for i in range(8):
        place = (left + 0.072 * (i % 2), 0.7 - 0.225 * (i // 2), 0.068, 0.215)
        axis = figure.add_axes(place)
        axis.imshow(maps[best, i], cmap="gray")
        axis.set_axis_off()
axis = figure.add_axes((0.84, 0.1, 0.16, 0.78))
axis.barh(np.arange(len(net.classes)), chance[best], color="C2")
axis.set_yticks(np.arange(len(net.classes)), net.classes, fontsize=19)
axis.set_xticks([0, 0.5, 1], ["0", "0.5", "1"], fontsize=19)
axis.invert_yaxis()
axis.set_title("what the net says", fontsize=19)

# %% [markdown] notes
# (4 min) The net of the boxes, trained for this course; lesson 12 starts from it. Eight maps
# of each layer are shown. They get smaller, and there are more of them.
#
# The last layer turns the last block into seven numbers, one for each class. They are drawn as
# shares that add up to one. This picture is among those it knows best.

# %% [markdown] slide
# ## The road to ResNet
#
# | year | net | what it brought |
# |---|---|---|
# | 1990s | LeNet | reads digits |
# | 2012 | AlexNet | 16% top-five errors; the next had 26% |
# | 2013 | ZF Net | smaller filters first, a wider middle |
# | 2014 | GoogLeNet | Inception; averages in place of big layers |
# | 2014 | VGG | only 3 x 3 and 2 x 2, and deep |
# | 2015 | ResNet | skip connections, batch norm |

# %% [markdown] notes
# (3 min) Not to be learned by heart. The point: nothing in 2012 was new in kind. What was new was
# data, GPUs and the will to train something that large.
#
# Lesson 11 counts every weight of these nets, and runs AlexNet on a photograph with your layers.

# %% [markdown] slide halves
# ## You write all of it
#
# | | |
# |---|---|
# | 01 | volumes |
# | 02 | convolution |
# | 03 | backprop |
# | 04 | im2col |
# | 05 | pooling |
# | 06 | fully connected |

# %% [markdown] fragment
# | | |
# |---|---|
# | 07 | 1 x 1 and dilated filters |
# | 08 | normalisation |
# | 09 | training |
# | 10 | a GPU |
# | 11 | LeNet to ResNet |
# | 12 | transfer |
# | 13 | kernels for a GPU |

# %% [markdown] notes
# (3 min) Thirteen notebooks. The first six give you every layer of a classic
# net, both ways. The others make it good: shapes, ranges, training, speed, and the nets that
# people use.
#
# A later lesson takes your own functions from the earlier ones. Where one is missing, it takes the
# course's and says so. A bad week does not sink the term.

# %% [markdown] slide
# ## What you need
#
# - **Python**: functions, lists, loops. No classes before lesson 09.
# - **NumPy**: arrays with more than one axis, and slices of them.
# - **Calculus**: the derivative of a product, and the chain rule.
# - **Algebra**: the product of two matrices.
#
# No deep-learning library, and no GPU. Six lessons take 80 to 90 minutes each, the other
# seven two sittings.

# %% [markdown] notes
# (2 min) Ask for hands at each line. Whoever is unsure about NumPy: the first two lessons are the
# place to learn it, and the hints in the notebook are for you.
#
# Why no library? Because one that does it for you is the thing we want to understand. In lesson 10
# and 11 you will see how theirs compare.

# %% [markdown] slide
# ## A lesson goes like this
#
# 1. A question, and your **prediction** before you run anything.
# 2. A number, worked **by hand**.
# 3. A **function**, which you write.
# 4. A **check**, which says what is right, or what differs and where.
# 5. One sentence to **take away**.

# %% [markdown] notes
# (3 min) Say why the prediction comes first: a wrong guess that you have written down teaches more
# than a right answer that you have read.
#
# Do not skip the number by hand. The check gives that number back first, so whoever has worked it
# knows at once what went wrong.

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
#
# | in each lesson | points | graded by |
# |---|---|---|
# | your functions | 20 | checks, some of them hidden |
# | a written answer | 2 | a person |
#
# - Hidden checks use **fresh numbers and other shapes**.
# - A common mistake is named, with a hint.
# - An early mistake costs its points once.

# %% [markdown] notes
# (3 min) A green check in the notebook is a good sign and not yet the grade. It shows a part of the
# test; the rest uses random input. A function made for the example only will lose there. Later
# lessons are graded with the course's layers, so an early mistake is not paid for twice.
#
# Hand in with `convbook hand-in`, which looks the notebook over first. Say here when the first one
# is due.

# %% [markdown] slide
# ## Why the checks are so strict

# %% picture
"""Three bars. Of the public solutions of a well-known exercise, 56 percent of the convolutions
break without padding, 87 percent of the max pools on overlapping windows or ties, and 41 percent of
the softmax losses overflow."""
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
# (4 min) Collect on the board. Whatever they say is in the course: numbers by hand in every lesson,
# the slow version in 02 as the judge of the fast one in 04, measured slopes in 03.
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
# - No GPU, and after the set-up no network.
# - Lesson 01 takes about 105 minutes, in two sittings. Bring what you did not understand.

# %% [markdown] notes
# (3 min) Do it once on the projector, from the clone to the first green check. Most questions of
# the first week are about the set-up, and `convbook doctor` answers them.
#
# Ask before they leave: who has no laptop with Python 3.11 or newer?
