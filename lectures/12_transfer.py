# %% run
import matplotlib.pyplot as plt
import numpy as np

from autograder import course
from autograder.slides import draw
from convbook import data, demo

# What the exercises give, shown and not told.
LESSON = course.lessons()["12_transfer"].reference()
features, forward = LESSON["features"], LESSON["forward"]

net, emoji = data.pretrained(), data.load("emoji10")
known = [emoji.classes.index(name) for name in net.classes]


def pictures(x, y, classes):
    """The pictures of some classes, centred, and their numbers among these classes."""
    rows = np.isin(y, classes)
    return data.centred(x[rows], net.mean), np.searchsorted(classes, y[rows])


x_known, y_known = pictures(emoji.x_test, emoji.y_test, known)

# %% [markdown] slide
# # Don't train from scratch
#
# Lecture 12: take a trained net and give it a new task

# %% [markdown] notes
# (1 min) A hundred pictures and a question: too few to train a ConvNet. But somebody has trained
# one already, for another question. In practice that is where one starts.

# %% [markdown] slide
# ## What is in the file
#
# INPUT, three times CONV and RELU, FC. No pools: strides. No padding.
#
# | array | shape | numbers | stride |
# |---|---|---|---|
# | `w1` | (32, 3, 6, 6) | 3,456 | 2 |
# | `w2` | (64, 32, 4, 4) | 32,768 | 2 |
# | `w3` | (96, 64, 3, 3) | 55,296 | 1 |
# | `w4` | (1536, 7) | 10,752 | |
#
# With 199 biases 102,471 numbers. And the mean colour of its pictures.

# %% [markdown] notes
# (4 min) It was trained on 3500 pictures of seven classes of Emoji-10, by the layers of this
# course. It has never seen a hand, a person or a plant. Of 100 test pictures 57 are right, where
# guessing would get 14. Modest; it will do.
#
# The mean belongs to the net as much as its weights: subtract it from whatever you show.
#
# A file of weights should be data. A pickled file may hold any program, and opening it runs that
# program. Ours is read with allow_pickle=False.

# %% [markdown] question
# ## How many numbers does the head see?
#
# A picture of 32 x 32, filters of 6, 4 and 3 with strides 2, 2 and 1, no padding. How large are the
# three volumes? The last is 96 deep.

# %% [markdown] answer
# $(32-6)/2+1 = 14$, $(14-4)/2+1 = 6$, $(6-3)/1+1 = 4$. The head looks at
# $4 \cdot 4 \cdot 96 = 1536$ numbers, the **features** of the picture.

# %% [markdown] notes
# (3 min) A repetition of lecture 02. The features are what the net has understood of the picture;
# the head turns them into scores.

# %% [markdown] slide
# ## What block 1 sees

# %% picture
"""Three pictures, a yellow face, a green shirt and a pink octopus, each with three of its maps.
Filter 25 lights up over the face and the shirt, and is dark over the octopus. Filter 26 lights up
around the shirt. Filter 2 lights up over the shirt and at light edges in the gravel."""
few = x_known[[0, 2, 4]]
maps = features(net.params, few, 1)  # (3, 32, 14, 14)
figure, axes = plt.subplots(3, 4, figsize=(10, 7.4))
for line, picture, seen in zip(axes, few, maps, strict=True):
    line[0].imshow((picture + net.mean).transpose(1, 2, 0).clip(0, 1))
    for axis, f in zip(line[1:], (25, 26, 2), strict=True):
        axis.imshow(seen[f], cmap="gray", vmin=0, vmax=maps[:, f].max())
titles = ["picture", "filter 25", "filter 26", "filter 2"]
for axis, title in zip(axes[0], titles, strict=True):
    axis.set_title(title, fontsize=18)
for axis in axes.ravel():
    axis.set_axis_off()
figure.tight_layout()

# %% [markdown] notes
# (3 min) A block is a convolution and its ReLU. These are maps of 14 x 14. Filter 25 sees a colour:
# the yellow face and the green shirt, and not the pink octopus. Filter 2 finds light edges.
#
# Nothing of this speaks of faces or shirts. That is why it can be used again.

# %% [markdown] slide halves
# ## The head becomes filters
#
# As in lecture 06, each unit is a filter as large as the volume:
#
# | `w4` | shape |
# |---|---|
# | matrix | (1536, 7) |
# | filters | (7, 96, 4, 4) |
#
# No number changes. And a filter can slide.

# %% picture
"""A matrix of four inputs by two units; its second column is 1, 0, 0, minus 1. Below, the second
filter, 2 by 2: 1 and 0 above, 0 and minus 1 below."""
axis = draw.canvas(8, 8.4, inch=0.7)
matrix = np.array([[1, 1], [1, 0], [1, 0], [1, -1]])
draw.cells(axis, matrix, 3, 0.8, fill="C6", on=[(i, 1) for i in range(4)], strong="C1", size=20)
axis.text(3, 0.6, "w4: 4 inputs, 2 units", fontsize=18)
draw.arrow(axis, (4.5, 4.9), (4.5, 5.6))
draw.cells(axis, [[1, 1], [1, 1]], 1.5, 6.2, fill="C6", label="filter 0", size=20)
whole = [(0, 0), (0, 1), (1, 0), (1, 1)]
draw.cells(axis, [[1, 0], [0, -1]], 4.5, 6.2, on=whole, strong="C1", label="filter 1", size=20)

# %% [markdown] notes
# (3 min) The small net of the notebook: its head sees a volume of 1 x 2 x 2, so four numbers. Its
# second unit takes the first minus the last.
#
# Nothing is padded inside this net. So what comes next is exact.

# %% [markdown] slide
# ## Let the head slide

# %% demo
seen = [[10, 6, 0, 2], [0, 0, 3, 1], [4, 0, 0, 5], [2, 7, 1, 0]]
demo.fc_to_conv(seen, matrix, np.array([0.5, 0]), stride=1)

# %% [markdown] notes
# (4 min) The head of the slide before, over the features of a larger picture. Step with the arrow
# keys. The first crop is 10, 6, 0, 0: scores 16.5 and 10, as in the notebook. Then let it play: all
# crops at once are one pass of the filters.

# %% [markdown] question
# ## A larger picture
#
# The same net, its head as filters, over 96 x 128. How many cells does the map of scores have? How
# far apart are they, in pixels?

# %% [markdown] answer
# 46, 22, 20, then $20 - 4 + 1 = 17$ rows; 62, 30, 28, then 25 columns. Two strides of 2 make 4
# pixels: $(96-32)/4+1 = 17$.

# %% [markdown] notes
# (3 min) Two ways to the same number; let half of the room take each. 17 times 25 is 425 crops, in
# one pass.

# %% [markdown] slide
# ## 425 answers in one pass
#
# At a dot the crop is one whole scene.

# %% picture
"""Left, twelve small scenes in three rows of four; four of them show a face. Right, the map of the
probability of face, with a dot in the middle of each scene: at the dots of the four faces it is 1,
1, 0.68 and 0.99, and at the others 0. Around them it changes within a few cells."""
right = forward(net.params, x_known).argmax(axis=1) == y_known
scenes = emoji.x_test[np.isin(emoji.y_test, known)][right][:12].reshape(3, 4, 3, 32, 32)
large = scenes.transpose(2, 0, 3, 1, 4).reshape(1, 3, 96, 128)
converted = LESSON["convert_head"](net.params, 4, 4)
scores = LESSON["class_map"](converted, data.centred(large, net.mean))[0]  # (7, 17, 25)
p = np.exp(scores) / np.exp(scores).sum(axis=0)  # the probabilities, as in softmax
figure, axes = plt.subplots(1, 2, figsize=(13, 4.7), width_ratios=[1, 1.2])
axes[0].imshow(large[0].transpose(1, 2, 0))
axes[0].set_title("twelve scenes")
extent = (14 - 0.5, 14 + 4 * 25 - 0.5, 14 + 4 * 17 - 0.5, 14 - 0.5)  # a cell: its crop's middle
image = axes[1].imshow(p[net.classes.index("face")], cmap="cividis", vmin=0, vmax=1, extent=extent)
middles = np.meshgrid(np.arange(4) * 32 + 15.5, np.arange(3) * 32 + 15.5)
axes[1].plot(*map(np.ravel, middles), "o", color="white", markeredgecolor="black")
axes[1].set_title("probability of face, for each crop")
figure.colorbar(image, ax=axes[1], shrink=0.8)
for axis in axes:
    axis.set(xlim=(-0.5, 127.5), ylim=(95.5, -0.5), xlabel="column", ylabel="row")
    axis.set_xticks(range(0, 128, 32))
    axis.set_yticks(range(0, 96, 32))
figure.tight_layout()

# %% [markdown] notes
# (4 min) Each cell is drawn in the middle of its crop, so a border of 14 pixels stays empty. At a
# dot the score is that of the scene alone, except for rounding: nothing is padded in this net. The
# face with hearts gets 0.68 there, and other values a few pixels away.
#
# Between the scenes the net answers for halves of things it has never seen, and it has no way to
# say "nothing".

# %% [markdown] slide
# ## A new head
#
# Hand, person, plant: cut the old head off, and keep the blocks. The new one starts at **zero**.

# %% picture
"""Five boxes: the picture of 32 by 32, 3 deep; the three frozen blocks with 14 by 14, 32 deep, 6 by
6, 64 deep, and 4 by 4, 96 deep; and the new head with 3 scores."""
shapes = [(3, 32, 32), (32, 14, 14), (64, 6, 6), (96, 4, 4), (3, 1, 1)]
draw.boxes(shapes, ["x", "block 1", "block 2", "block 3", "new head"], inch=0.7)

# %% [markdown] notes
# (2 min) Whatever the blocks know of edges, colours and round things is still there. The head has
# 1536 times 3 weights and 3 biases: 4,611 numbers.
#
# Zero is allowed, because each unit has a class of its own, and so a gradient of its own.

# %% [markdown] question
# ## A head that knows nothing
#
# `w4` and `b4` are zero. What are the scores of any picture? What is the first loss, for three
# classes? And which gradient do the blocks get in the first step?

# %% [markdown] answer
# All scores are 0, and the loss is $\ln\, 3 = 1.0986$. The blocks get
# $\text{dscores} \cdot w_4^T = 0$: a head that knows nothing asks nothing of them.

# %% [markdown] notes
# (3 min) The third part is the hard one. Ask what happens in the second step: the head is no longer
# zero, and the blocks would get something, if they were open.

# %% [markdown] slide
# ## Frozen features
#
# A layer that is not trained is **frozen**. Its output never changes, so compute it once.
#
# | 100 pictures, 200 steps over all of them | |
# |---|---|
# | blocks in every step | run 20,000 times |
# | blocks once, features kept | run 100 times |
# | kept: features | 153,600 numbers |
# | for comparison: the pictures | 307,200 numbers |
#
# What is left to train is a linear classifier.

# %% [markdown] notes
# (3 min) 100 times 1536, against 100 times 3072. And the blocks are never run backward at all.
#
# In the notebook the head is trained by plain gradient descent, all pictures in every step.

# %% [markdown] slide
# ## The same head, on pixels and on features

# %% picture
"""A plot of two losses over 200 steps. Both start at the logarithm of 3. On features it falls to a
tenth, on pixels to less than a half. The legend gives the shares of test pictures that are right:
51 per cent on pixels, 79 per cent on features."""
new = [k for k in range(10) if k not in known]
x_train, y_train = pictures(emoji.x_train, emoji.y_train, new)
x_test, y_test = pictures(emoji.x_test, emoji.y_test, new)
rows = np.random.default_rng(0).permutation(len(y_train))[:100]
figure, axis = plt.subplots(figsize=(11, 5.4))
sights = {"pixels": lambda x: x, "features": lambda x: features(net.params, x)}
for (name, see), line in zip(sights.items(), ("--", "-"), strict=True):
    w, b, losses = LESSON["train_head"](see(x_train[rows]), y_train[rows], 3, 0.01, 200)
    share = np.mean((see(x_test).reshape(len(x_test), -1) @ w + b).argmax(axis=1) == y_test)
    axis.plot(losses, line, label=f"{name}: {share:.0%} of test pictures right")
axis.axhline(np.log(3), color="C4", linestyle=":", label="ln 3, before the first step")
axis.set_title("Hand, person or plant? 100 pictures")
axis.set_xlabel("step")
axis.set_ylabel("loss on the 100 training pictures")
axis.set_ylim(bottom=0)
axis.legend()

# %% [markdown] notes
# (3 min) The legend first: 79 against 51, and guessing gets 33. Both losses fall: both learn their
# 100 pictures. What differs is how much of that holds for pictures they have not seen.

# %% [markdown] slide
# ## Open the last block
#
# | | forward | back | rate |
# |---|---|---|---|
# | block 1 | once | never | 0 |
# | block 2 | once | never | 0 |
# | block 3 | every step | every step | 0.003 |
# | head | every step | every step | 0.01 |
#
# The gradient goes back to the lowest open block and stops. Below it is **exactly** zero.

# %% [markdown] notes
# (3 min) What block 2 puts out never changes, so it can be kept, as before. The head has everything
# to learn; block 3 starts from something good. A step that is right for the one is too long for the
# other, so each block has a rate of its own, smaller the further down.

# %% [markdown] question
# ## Find the mistake
#
# $v \leftarrow 0.9\,v - \text{rate} \cdot \text{grad}$, then $p \leftarrow p + v$. In the middle of
# training somebody freezes block 3: he sets its rate to 0. Does it stand still? It had $v = 1$.

# %% [markdown] answer
# No. It rolls on by $0.9 + 0.81 + 0.729 + \dots = 9$. What is frozen must be left out of the step.

# %% [markdown] notes
# (3 min) The gradient is without effect, the velocity is not. In PyTorch: requires_grad=False
# leaves a parameter alone; a gradient set to zero does not, and neither momentum nor weight decay
# cares. And batch norm's running statistics change in training mode even when its weights are
# frozen.

# %% [markdown] slide
# ## Is it worth it?

# %% picture
"""Two plots of right answers over 1000 steps. With 100 pictures scratch stays at 63 per cent,
frozen and last block open at 75, all blocks open at 77. With 500 pictures scratch climbs from 63 to
79, frozen and last block open stay at 81 to 82, all blocks open at 83."""
# 1000 steps, mean of three seeds: scripts/curves.py.
steps, curves = data.fine_tuning()
figure, axes = plt.subplots(1, 2, figsize=(12.5, 5.4), sharey=True)
ways = {way: line for (way, _), line in zip(list(curves)[::2], ("--", "-", "-.", ":"), strict=True)}
for axis, n in zip(axes, (100, 500), strict=True):
    for way, line in ways.items():
        axis.plot(steps, 100 * curves[way, n].mean(axis=0), line, label=way)
    axis.set_title(f"{n} pictures, mean of three seeds")
    axis.set_xlabel("step")
axes[0].set_ylabel("test pictures right, %")
axes[1].legend(loc="lower right")
figure.tight_layout()

# %% [markdown] notes
# (4 min) Scratch first: with 500 pictures it goes on until step 500, with 100 it was done early. It
# does not catch up: what is missing are pictures. At 20 pictures, in the notebook, it is 44 per
# cent against 69 with frozen blocks.
#
# Then the top. The last block alone gains nothing that shows. All blocks open, at the smaller rate:
# 77 against 75, and 83 against 81. Two per cent of 300 pictures are six pictures; but from step 500
# on it is ahead in the mean with each seed. In earnest one chooses by pictures kept aside.

# %% [markdown] question
# ## Why does it not help here?
#
# Fashion-MNIST, grey clothes on black, right answers:
#
# | pictures | scratch | frozen | last block open |
# |---|---|---|---|
# | 20 | 45 % | 42 % | 42 % |
# | 100 | 69 % | 66 % | 66 % |
# | 500 | 76 % | 74 % | 75 % |

# %% [markdown] answer
# Emoji are bright and coloured. A filter that looks for a colour is of little use for grey clothes.

# %% [markdown] notes
# (3 min) Three of the ways, means of three runs, from the notebook. Go back to filter 25. A net
# that was trained on a million photographs of all kinds is another matter: it has seen more than
# most tasks ask for.

# %% [markdown] slide
# ## One net, end to end
#
# 1. **A net**: two residual blocks with batch norm.
# 2. **A rate**: five tried, judged on 500 pictures kept aside.
# 3. **Training**: mirrored and moved pictures, a cosine, a little decay.
# 4. **Memory**: predicted by lesson 11, measured by `tracemalloc`.
# 5. **A file**: names and shapes of PyTorch, `np.savez`; equal logits there.
# 6. **A new task**: a new head, all layers open.

# %% [markdown] notes
# (4 min) The last section of the notebook, without points: all parts of the course in one small
# project. PyTorch keeps the weights of its last layer as (M, D), ours are (D, M). And the running
# statistics of batch norm belong to the file; without model.eval() PyTorch would not use them.

# %% [markdown] slide
# ## Today's notebook
#
# - Load, convert, replace the head, train it, open a block; a written answer.
#   22 points, about 90 minutes.
#
# | your pictures | few | many |
# |---|---|---|
# | like those of the net | the head alone | open the last blocks, small rate |
# | unlike them | a head on an earlier block | open all, from trained weights |
#
# **Take away**: take a pretrained net and fine-tune it. Open a layer because it measurably helps.

# %% [markdown] notes
# (4 min) Go through the table, one field at a time. Measurably means: on pictures kept aside.
#
# The room has written a ConvNet from one dot product to a trained net, and knows when not to train
# one. Lecture 13 goes below the layers, to the kernels of a GPU.
