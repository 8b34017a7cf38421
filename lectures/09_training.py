# %% run
import matplotlib.pyplot as plt
import numpy as np

from autograder import course
from autograder.slides import draw
from convbook import data, demo

# What the exercises give, shown and not told.
LESSON = course.lessons()["09_training"].reference()
layer_names, draw_weights = LESSON["layer_names"], LESSON["draw_weights"]
loss_and_grads, slope_gap, train = (LESSON[n] for n in ("loss_and_grads", "slope_gap", "train"))
loss_of, fresh, adam = (LESSON[n] for n in ("loss_of", "fresh", "adam"))


def build(names, weights, dtype=np.float32):
    return LESSON["build_net"](names, weights, LESSON["quick_pair"], dtype)


emoji = data.load("emoji10")
x_train = data.centred(emoji.x_train, emoji.mean)
order = np.random.default_rng(0).permutation(5000)
held, few = order[:500], order[500:1000]


def look(net, run, rows):
    """Loss at test time, and which of the pictures are right."""
    net.params, net.running = run["params"], run["running"]
    scores, y = LESSON["scores_of"](net, x_train[rows]), emoji.y_train[rows]
    return LESSON["softmax_loss"](scores, y)[0], scores.argmax(axis=1) == y


def decayed(w, dw, state, rate):
    return adam(w, dw, state, rate, decay=0.2 if w.ndim > 1 else 0.0)


def by_heart(extra, update, rate, **how):
    """Train on 500 pictures; look every 25 steps: loss, share right, on those and on 500 others.

    Returns what was seen, an array of four rows, and which pictures are right in the end.
    """
    names = ["INPUT", *["CONV", "NORM", "RELU", "POOL"] * 2, *extra, "FC"]
    net = build(names, draw_weights(names, (3, 32, 32), [8, 16], [10]))
    f, run, seen = loss_of(net, x_train[few], emoji.y_train[few], **how), fresh(net), []
    for t in range(25, 201, 25):
        run = train(f, run, t, update, rate)
        looks = [look(net, run, rows) for rows in (few, held)]
        seen.append([number for loss, right in looks for number in (loss, right.mean())])
    return np.array(seen).T, [right for _, right in looks]


def sheet(axis, pictures, columns=8):
    """Show small pictures, (N, 3, 32, 32), as rows and columns."""
    rows = len(pictures) // columns
    tiles = np.pad(pictures, ((0, 0), (0, 0), (1, 1), (1, 1)), constant_values=255)
    tiles = tiles.reshape(rows, columns, 3, 34, 34).transpose(0, 3, 1, 4, 2)
    axis.imshow(tiles.reshape(rows * 34, columns * 34, 3))
    axis.set_axis_off()


warm = {"rate": 5e-3, "warmup": 10}
plain, its_right = by_heart([], adam, lambda t: 5e-3)
helped, _ = by_heart(
    ["DROP"],
    decayed,
    lambda t: float(LESSON["cosine_rate"](t, 200, **warm)),
    change=LESSON["changed"],
)

# %% [markdown] slide
# # Train a ConvNet
#
# Lecture 09: three tests, and pictures held back

# %% [markdown] notes
# (1 min) All layers are written. Today they become one net. Most of the work of training is to find
# out before the long run whether anything is wrong, and after it whether the net has learned or
# only memorised.

# %% [markdown] question
# ## It knows them by heart
#
# Of its 500 pictures **all** are right. How many of 500 new ones?

# %% picture
"""Two sheets of 24 small pictures: emoji on pieces of photographs. Left, pictures that the net was
trained on; right, new ones. Both look alike."""
figure, axes = plt.subplots(1, 2, figsize=(13, 3.3))
for axis, rows, title in zip(
    axes, (few, held), ("trained on: 500 of 500", "new: ? of 500"), strict=True
):
    sheet(axis, emoji.x_train[rows[:24]])
    axis.set_title(title)
figure.tight_layout()

# %% [markdown] answer
# 225 or so: 45 %. It has learned the list, and little of the rule.

# %% run
assert its_right[0].all() and 215 <= its_right[1].sum() <= 240

# %% [markdown] notes
# (4 min) Ten kinds of pictures: animals, buildings, clothing, faces, flags, food, hands, persons,
# plants, vehicles. Guessing has a tenth right. Let everybody write a number down.
#
# Then ask how one would have noticed, with the 500 alone. Not at all: the loss on them is nearly 0.
# We come back to this net with its curves, and with help.

# %% [markdown] slide
# ## A verse with a refrain
#
# ```
# INPUT -> [[CONV -> RELU]*N -> POOL?]*M -> [FC -> RELU]*K -> FC
# ```

# %% picture
"""Three nets as rows of boxes, each as high as its maps. N, M, K = 1, 1, 0: INPUT, CONV, RELU,
POOL, FC. 2, 1, 1: INPUT, two times CONV and RELU, POOL, FC, RELU, FC. 1, 2, 0: INPUT, two times
CONV, RELU and POOL, then FC. Each POOL is half as high as what is before it, and an FC is flat."""
fills = {"INPUT": "C9", "CONV": "C6", "RELU": "C7", "POOL": "C5", "FC": "C8"}
axis = draw.canvas(30, 11.4, inch=0.42)
for row, (N, M, K) in enumerate(((1, 1, 0), (2, 1, 1), (1, 2, 0))):
    middle, high = 2.0 + 3.8 * row, 3.2
    axis.text(0, middle, f"N = {N}, M = {M}, K = {K}", va="center", fontsize=18)
    for k, name in enumerate(layer_names(N=N, M=M, K=K)):
        high = high / 2 if name == "POOL" else 0.8 if name == "FC" else high
        left = 7.6 + 2.5 * k
        corner = left, middle - high / 2
        axis.add_patch(plt.Rectangle(corner, 2.2, high, facecolor=fills[name], edgecolor="C4"))
        axis.text(left + 1.1, middle, name, ha="center", va="center", fontsize=15)

# %% [markdown] notes
# (4 min) Read the second row aloud with a finger on the pattern. The question mark: the pool may be
# left out. A box is as high as its maps: convolutions of 3 x 3 with padding 1 keep the size, and
# all downsampling is done by the pools.
#
# Usually N is 0 to 3, M 0 or more, K 0 to 2. These are habits, no laws. VGG-16 has N = 2 in two
# blocks and N = 3 in the other three, and K = 2. Ask what is left for M = K = 0: INPUT and one FC,
# a linear classifier. It comes back as the one to beat.
#
# The third row with 16 and 32 filters has 448, 4,640 and 20,490 parameters: 25,578. Where memory is
# short, one compromises in the first layer, whose maps are the largest: ZF Net has 7 x 7 with
# stride 2 there, AlexNet 11 x 11 with stride 4.

# %% [markdown] slide
# ## Forward and backward
#
# Two layers of one weight each. Every layer keeps what it saw; the backward pass needs it.

# %% picture
"""Above, from left to right: 2 goes through a layer of weight 3 and becomes 6, then through one of
weight 5 and becomes 30. Below, from right to left: the gradient 1 becomes 5 and then 15. Each layer
keeps the gradient of its weight: 10 for the 3, and 6 for the 5."""
axis = draw.canvas(15, 6.6, inch=0.75)
for left, value in zip((1, 7, 13), (2, 6, 30), strict=True):
    draw.cells(axis, [value], left, 0.8, on=[(0, 0)], size=22)
for left, value in zip((1, 7, 13), (15, 5, 1), strict=True):
    draw.cells(axis, [value], left, 4.8, fill="C8", on=[(0, 0)], strong="C3", size=22)
for k, (left, weight, gradient, seen) in enumerate(((3.8, 3, 10, 2), (9.8, 5, 6, 6))):
    draw.cells(axis, [weight], left + 0.2, 0.8, fill="C6", size=22)
    axis.text(left + 0.7, 0.5, f"w{k}", ha="center", fontsize=18)
    draw.cells(axis, [gradient], left + 0.2, 4.8, fill="C8", size=22)
    axis.text(left + 0.7, 6.3, f"dw{k}", ha="center", fontsize=18)
    axis.text(left + 0.7, 3.3, f"remembers {seen}", ha="center", va="center", fontsize=18)
    draw.arrow(axis, (left + 0.7, 1.9), (left + 0.7, 2.8))
    draw.arrow(axis, (left + 0.7, 3.8), (left + 0.7, 4.7))
    for start, end in ((-1.7, 0.1), (1.3, 3.1)):
        draw.arrow(axis, (left + start, 1.3), (left + end, 1.3))
        draw.arrow(axis, (left + end, 5.3), (left + start, 5.3))
axis.text(0.7, 1.3, "x", ha="right", va="center", fontsize=20)
axis.text(0.7, 5.3, "dx", ha="right", va="center", fontsize=20)

# %% [markdown] notes
# (4 min) Forward in order: 2, 6, 30. Back in reverse: 1, 5, 15. dw1 is 1 times 6, what the second
# layer saw. dw0 is 5 times 2. Each is the product of the other factors of 30.
#
# The whole chain rule of a net is this: a loop over a list, and the list from its end.

# %% [markdown] question halves
# ## A layer has two modes
#
# Batch norm, gamma 1, beta 0. Two pictures of one pixel come: 1 and 3.
#
# What comes out in training? At test time? What is kept, if 0.9 of the running numbers stay?

# %% picture
"""Two pixels, 1 and 3, go into a box, batch norm, that keeps the mean 0 and the variance 1. Two
arrows leave it: one to the output in training, one to that at test time. Both are question
marks."""
axis = draw.canvas(13.2, 7, inch=0.45)
for k, value in enumerate((1, 3)):
    draw.cells(axis, [value], 0.2, 1.4 + 1.4 * k, size=20)
axis.add_patch(plt.Rectangle((3.2, 0.4), 4.6, 5.6, facecolor="C9", edgecolor="C4"))
for top, text in ((1.3, "batch norm"), (3.0, "keeps"), (4.0, "mean 0"), (5.0, "variance 1")):
    axis.text(5.5, top, text, ha="center", va="center", fontsize=18)
draw.arrow(axis, (1.5, 2.6), (3.0, 2.6))
for top, name in ((1.4, "training"), (4.6, "test time")):
    draw.arrow(axis, (8.0, top), (9.5, top))
    axis.text(11.3, top - 0.9, name, ha="center", va="center", fontsize=18)
    for k in range(2):
        axis.add_patch(plt.Rectangle((10 + 1.4 * k, top - 0.3), 1.2, 1.2, facecolor="C7"))
        axis.text(10.6 + 1.4 * k, top + 0.3, "?", ha="center", va="center", fontsize=20)

# %% [markdown] answer
# In training $-1$ and $1$, and $(0.2, 1)$ is kept. At test time 1 and 3, and nothing changes. No
# gradient leads to what is kept, and it belongs to the run all the same.

# %% [markdown] notes
# (4 min) So forward gets a mode, and a net hands it from layer to layer. A layer with running
# numbers gets them with the mode, and gives them back anew. For dropout it is the seed of its next
# mask.
#
# Ask what happens to a run that is saved without them: batch norm begins at mean 0 again, dropout
# repeats its first masks. PyTorch calls them buffers.

# %% [markdown] slide
# ## Test one: the first loss is $\log\, C$
#
# A net that favours none of $C$ classes gives each the probability $1/C$.

# %% picture
"""A plot of the first loss over the number of classes: 6, 10 and 1000. A line is log C: 1.79,
2.30 and 6.91. Nets whose last layer is drawn with a tenth of the deviation lie on the line, those
drawn with the whole deviation clearly above it."""
names = layer_names(N=1, M=1)
pictures = np.random.default_rng(9).normal(size=(100, 3, 8, 8))
CLASSES = 6, 10, 1000
first = np.zeros((2, 3))
for i, (factor, K) in enumerate([(f, K) for f in (1, 10) for K in CLASSES]):
    weights = draw_weights(names, (3, 8, 8), [8], [K])
    weights[-1][0] = factor * weights[-1][0]
    net = build(names, weights, float)
    first[i // 3, i % 3] = loss_and_grads(net, pictures, np.arange(100) % K)[0]
figure, axis = plt.subplots(figsize=(11, 4.6))
axis.plot(CLASSES, np.log(CLASSES), color="C4", label="log C")
axis.plot(CLASSES, first[1], "^", color="C1", label="last layer: deviation sqrt(2/D)")
axis.plot(CLASSES, first[0], "o", color="C0", label="last layer: a tenth of that")
for K, loss in zip(CLASSES, np.log(CLASSES), strict=True):
    axis.annotate(f"{loss:.3f}", (K, loss), (8, -20), textcoords="offset points")
axis.set_xscale("log")
axis.set_xticks(CLASSES, CLASSES)
axis.minorticks_off()
axis.set_xlim(5, 1600)
axis.set_ylim(bottom=0)
axis.set_title("First loss, before any training")
axis.set_xlabel("classes")
axis.set_ylabel("loss")
axis.legend(loc="upper left")

# %% [markdown] notes
# (4 min) He's rule keeps the activations in range: deviation root of 2 over D, where D counts the
# inputs of one unit; 9 times C for a 3 x 3 filter. The last layer is special. It makes the scores,
# and a fresh net should not be sure of anything: its weights are divided by 10.
#
# Look at the triangles: undivided, the net is sure before it has seen anything, and mostly wrong.

# %% [markdown] slide halves
# ## Test two: one direction for all weights
#
# **Numeric**: a step $h$ along a random $v$, and one back.
#
# $$\frac{f(p + hv) - f(p - hv)}{2h}$$
#
# **Analytic**: the gradients, times $v$.
#
# $$\sum\nolimits_{k,i} dp_{k,i}\; v_{k,i}$$
#
# The **gap** is their difference, as a share of the larger one.

# %% picture
"""A plot of the gap over the step h, both on logarithmic scales. In float64 a deep valley, below
one in a million from h = 1e-9 to 1e-4; in float32 a narrow one that only gets down to about
1e-3, at h = 1e-3."""
names = layer_names(N=2, M=1, K=1)
weights = draw_weights(names, (2, 4, 6), [3, 4], [5, 3])
x, y = np.random.default_rng(5).normal(size=(2, 2, 4, 6)), np.array([0, 2])
steps = 10.0 ** np.arange(-11, 0)
figure, axis = plt.subplots(figsize=(6.2, 5.8))
for dtype, line in ((np.float32, "s--"), (np.float64, "o-")):
    net = build(names, weights, dtype)
    params, grads = net.params, loss_and_grads(net, x.astype(dtype), y)[1]

    def loss_with(new, net=net, dtype=dtype):
        net.params = [p.astype(dtype) for p in new]
        return loss_and_grads(net, x.astype(dtype), y)[0]

    gaps = [max(slope_gap(loss_with, params, grads, s, h) for s in range(3)) for h in steps]
    axis.loglog(steps, np.maximum(gaps, 1e-12), line, label=np.dtype(dtype).name)
axis.set_title("Right gradients, and their gap")
axis.set_xlabel("h")
axis.set_ylabel("gap")
axis.legend()

# %% [markdown] notes
# (5 min) Thousands of parameters, two losses. f is the loss of the whole net, p all its parameters;
# k counts arrays and i the numbers in each.
#
# The gradients in this plot are right. To the left of the valley rounding takes over, to the right
# the loss curves, and a ReLU or a maximum switches within the step. In float32, at h
# near 1e-3, a gradient that is off by a tenth is told easily, a small mistake is not: check in
# float64, train in float32.

# %% [markdown] slide
# ## Test three: twenty pictures by heart

# %% picture
"""Left, twenty small pictures: emoji on pieces of photographs. Right, a plot: the loss on these
twenty falls from log 10, 2.30, to a few hundredths in 40 steps."""
names = layer_names(N=1, M=2)
net = build(names, draw_weights(names, (3, 32, 32), [16, 32], [10]))
f = loss_of(net, x_train[:20], emoji.y_train[:20], 20)
losses = train(f, fresh(net), 40, adam, lambda t: 1e-3)["losses"]
figure, axes = plt.subplots(1, 2, figsize=(12.5, 5.4), width_ratios=[1, 1.9])
sheet(axes[0], emoji.x_train[:20], 4)
axes[0].set_title("the twenty")
axes[1].semilogy(losses)
axes[1].axhline(np.log(10), color="C4", linestyle="--")
axes[1].text(39, 1.06 * np.log(10), "log 10", ha="right", va="bottom")
axes[1].set_ylim(top=6)
axes[1].set_title("Their loss falls to nearly nothing")
axes[1].set_xlabel("step")
axes[1].set_ylabel("loss")
figure.tight_layout()

# %% [markdown] notes
# (3 min) A net with 25,578 parameters can learn 20 pictures by heart, in seconds. If it cannot, it
# will not learn 5000, and you know before the long run. The plot was computed when this deck was
# built.
#
# The tests come in this order because each is cheaper than the next: no step, two losses, forty
# steps.

# %% [markdown] slide halves
# ## Three ways through a valley
#
# **SGD** goes where it is steepest:
#
# $w \leftarrow w - \text{rate} \cdot dw$
#
# **Momentum** steps by a velocity:
#
# $v \leftarrow \mu\,v - \text{rate} \cdot dw$
#
# **Adam** makes all steps alike:
#
# $$w \leftarrow w - \text{rate} \cdot \frac{\hat m}{\sqrt{\hat s} + \text{eps}}$$

# %% picture
"""A valley, fifty times as steep across as along, three times, with a path of 30 steps from the
same start. SGD jumps from wall to wall and is still on its way. Momentum swings and overtakes it.
Adam cuts down at an angle. The last two pass the bottom and turn back."""
across, along = np.meshgrid(np.linspace(-1.3, 1.3, 80), np.linspace(-4.4, 1.2, 80))
levels = 10.0 ** np.arange(-0.5, 2, 0.5)
figure, axes = plt.subplots(3, 1, figsize=(6.2, 6.1), sharex=True)
walks = (("sgd", 0.036, "o-", "C1"), ("momentum", 0.01, "s-", "C0"), ("adam", 0.2, "^-", "C2"))
for axis, (name, rate, line, colour) in zip(axes, walks, strict=True):
    path, state = [np.array([-4.0, 1.0])], {}
    for _ in range(30):
        w, state = LESSON[name](path[-1], path[-1] * [1, 50], state, rate)
        path.append(w)
    axis.contour(along, across, (along**2 + 50 * across**2) / 2, levels, colors="C4", linewidths=1)
    axis.plot(*np.transpose(path), line, color=colour, markersize=6, linewidth=2)
    axis.plot(0, 0, "+", color="C4", markersize=16, markeredgewidth=3)
    axis.set_title(f"{name}, rate {rate}, 30 steps", color=colour)
    axis.set_ylabel("across")
axes[2].set_xlabel("along the valley")
figure.tight_layout()

# %% [markdown] notes
# (5 min) The gradient points across, hardly along. SGD jumps from wall to wall; a longer step would
# throw it out. Momentum swings too; it walks by v, w becomes w + v. A velocity cancels what changes
# its sign and adds up what keeps it. Adam does not see the walls: its first steps are as long along
# as across. The last two arrive sooner, and both overshoot.
#
# Adam keeps running means m of the gradient and s of its square, with beta1 0.9 and beta2 0.999.
# Both begin at 0 and are too small at first; the hats divide by 1 - beta to the power t, with t
# counted from 1. Weight decay adds decay times w beside the step, and not in the gradient, where
# the root would divide it: AdamW. PyTorch writes momentum with the rate in the other line; at a
# fixed rate the steps are the same. The rate follows a schedule: a short warm-up, then half a wave
# of the cosine down to 0.

# %% [markdown] question
# ## How long are the steps?
#
# $w = 1$, rate 0.1, $\mu = 0.9$, and a gradient of 0.5 at every step. Momentum: where is $w$ after
# two steps, and how long is a step in the end? Adam: how long is the first one? With a gradient of
# 500?

# %% [markdown] answer
# $v$ is $-0.05$, then $-0.095$: $w$ is 0.95, then 0.855. In the end $v = 0.9\,v - 0.05 = -0.5$, ten
# times SGD's step. Adam's first step has length 0.1, whatever the gradient.

# %% [markdown] notes
# (4 min) Paper. For Adam: m hat is 0.5, s hat is 0.25, its root is 0.5. Without the division by
# 1 - beta the first step would be 3.16 times as long.

# %% [markdown] slide
# ## A loop that can be stopped
#
# A step sees a **mini-batch** of 50 of 5000 pictures. 100 steps are an **epoch**; then they are
# shuffled. Whoever stops keeps four things:

# %% picture
"""A line of steps 0 to 7. After step 3 it is stopped, and an arrow leads to a file with four boxes:
params, states, running and losses. From the file an arrow leads to step 4, and the line goes on as
if nothing had happened."""
axis = draw.canvas(30, 10.4, inch=0.44)
for t in range(8):
    left = 1 + 2.6 * t + (7.4 if t > 3 else 0)
    fill, edge = ("C5", "C0") if t < 4 else ("C7", "C2")
    axis.add_patch(plt.Rectangle((left, 0.6), 2.2, 1.6, facecolor=fill, edgecolor=edge))
    axis.text(left + 1.1, 1.4, f"step {t}", ha="center", va="center", fontsize=16)
axis.text(11.8, 1.4, "stop", va="center", fontsize=20, color="C1", fontweight="bold")
draw.arrow(axis, (10.0, 2.4), (10.0, 4.4))
draw.arrow(axis, (20.0, 4.4), (20.0, 2.4))
axis.text(20.5, 3.5, "resume", va="center", fontsize=18)
axis.add_patch(plt.Rectangle((0.8, 4.6), 28.4, 5.4, facecolor="none", edgecolor="C4"))
axis.text(15, 5.3, "a run, as a file of plain arrays", ha="center", va="center", fontsize=18)
for k, (name, text) in enumerate(
    (
        ("params", "weights and\nbiases"),
        ("states", "velocities,\nAdam's m, s, t"),
        ("running", "of batch norm\nand dropout"),
        ("losses", "one for\neach step"),
    )
):
    left = 1.4 + 6.9 * k
    axis.add_patch(plt.Rectangle((left, 6.0), 6.5, 3.6, facecolor="C9", edgecolor="C4"))
    axis.text(left + 3.25, 6.8, name, ha="center", va="center", fontsize=19, fontweight="bold")
    axis.text(left + 3.25, 8.5, text, ha="center", va="center", fontsize=17)

# %% [markdown] notes
# (3 min) Ask what is lost if only the weights are saved: the velocities, and Adam's t. The run goes
# on, but not the same. The pictures of step t follow from the seed and t alone, so nothing else is
# needed.
#
# The black square of the notebook raises KeyboardInterrupt wherever Python happens to be. In the
# notebook the loop catches it and gives back the last whole step. A run is arrays and numbers:
# nothing is pickled.

# %% [markdown] slide
# ## Filters form while you look on

# %% demo
demo.training()

# %% [markdown] notes
# (4 min) Nothing here is recorded: 800 pictures of clothes are in this page, and a net of eight
# filters of 7 x 7, a ReLU, a pool and a fully-connected layer is trained in it, by Adam, 16
# pictures a step. Ask for the first loss before anything moves: log 10, test one.
#
# The right arrow key trains for 80 steps, Space goes through all 400. Ask which filter will be the
# first to become an edge. Then the clothes below, none of which it was trained on: what is it still
# wrong about at the end, and would you know better at 28 x 28 pixels?
#
# R begins again with other noise, and other filters come out. It rests when the slide is left.

# %% [markdown] slide
# ## Learned, or learned by heart?
#
# 500 pictures to train on, as in the first question; 500 others **held out**.

# %% picture
"""Two plots over 200 steps, with a name and a number at the end of each line. Left, the loss:
without help it falls to nearly 0 on the pictures trained on and rises from 1.9 to 2.4 on those held
out; with help it ends at 0.9 and 1.5. Right, the share of right answers: without help 100 and 45
per cent, with help about 74 and 52."""
figure, axes = plt.subplots(1, 2, figsize=(14, 5))
steps = np.arange(25, 201, 25)
for seen, colour, name in ((plain, "C1", "no help"), (helped, "C0", "helped")):
    for k, axis in enumerate(axes):
        for row, line, which in ((k, "--", "trained on"), (k + 2, "o-", "held out")):
            values = (1, 100)[k] * seen[row]
            axis.plot(steps, values, line, color=colour, label=name if row == 3 else "")
            end = f"{values[-1]:.0f} %" if k else f"{values[-1]:.1f}"
            above = "bottom" if name == "helped" or values[-1] < 0.1 else "center"
            axis.text(206, values[-1], f"{end} {which}", va=above, color=colour)
for axis, title, top in zip(axes, ("loss", "right answers, in %"), (2.6, 110), strict=True):
    axis.set(title=title, xlabel="step", xlim=(0, 300), ylim=(0, top), xticks=range(0, 201, 50))
axes[1].legend(loc="lower center")
figure.tight_layout()

# %% [markdown] notes
# (4 min) Dashed: trained on. First the two orange lines. The loss on the pictures trained on goes
# to 0, all are right; on those held out it turns at step 75 and rises, while the share right stays:
# the net gets surer of what it gets wrong. That is overfitting. Only the pictures held out show it.
#
# Then the blue ones: flips and shifts, dropout, weight decay, a falling rate. Less is known by
# heart, more is learned: fewer right of those trained on, more of those held out.

# %% [markdown] slide halves
# ## Four remedies
#
# - **More pictures.** Where there are none, change those there are: **augmentation**.
# - **Dropout**: do with half of the maps.
# - **Weight decay**: shrink a little in every step.
# - **Stop** where the loss on those held out is lowest.

# %% picture
"""A horse's head on a small picture, and the same picture changed in three ways: mirrored, or moved
by up to six pixels, with a plain strip where nothing was."""
versions = [x_train[:1], *(LESSON["changed"](x_train[:1], t, most=6) for t in range(3))]
figure, axes = plt.subplots(2, 2, figsize=(6, 6))
for axis, version in zip(axes.flat, versions, strict=True):
    axis.imshow(np.clip(version[0] + emoji.mean, 0, 1).transpose(1, 2, 0))
    axis.set_axis_off()
axes[0, 0].set_title("as it is")
axes[0, 1].set_title("changed")
figure.tight_layout()

# %% [markdown] notes
# (2 min) With each change you tell the net what does not matter. Ask for a change that is not
# allowed: a mirrored b is a d, a 6 on its head a 9.

# %% [markdown] question
# ## Which rate?
#
# Sixty rates, drawn evenly, and evenly by their **logarithm**. Which row is which? How many of 1000
# are below 0.01?

# %% picture
"""A logarithmic axis from 0.0001 to 1 with two rows of 60 points. In row A nearly all are crowded
at the right, above 0.1. In row B they are spread over the whole axis. A dashed line stands at
0.01."""
random = np.random.default_rng(0)
figure, axis = plt.subplots(figsize=(12, 2.9))
rows = random.uniform(1e-4, 1, 60), np.exp(random.uniform(np.log(1e-4), np.log(1), 60))
for height, (rates, colour) in enumerate(zip(rows, ("C1", "C0"), strict=True)):
    axis.semilogx(rates, np.full(60, 1 - height), "o", color=colour, markersize=12, alpha=0.6)
axis.axvline(0.01, color="C4", linestyle="--")
axis.set(ylim=(-0.6, 1.6), xlim=(8e-5, 1.2), xlabel="learning rate", ylabel="row")
axis.set_yticks([0, 1], ["B", "A"])
axis.set_title("Two ways to draw sixty rates")
figure.tight_layout()

# %% [markdown] answer
# Row A, evenly: about 10. Row B, **log-uniform**: about 500.

# %% [markdown] notes
# (3 min) A rate counts by its order of magnitude, so draw like row B. Try each for a few steps,
# compare on the pictures held out, and look at all that was tried. In the notebook the ConvNet
# wants about 0.003, the linear classifier 0.001. The best rate at the edge of what was tried means:
# go on. A run that blew up has the score nan; sort it last.
#
# Not on the test pictures. The best of twenty nets that guess at 100 questions of yes or no has 59
# right.

# %% [markdown] question halves
# ## The drawer with the test pictures
#
# A linear classifier has 30,730 parameters, a ConvNet 11,690. Both have seen 4500 pictures of
# Emoji-10.
#
# The **test** pictures show emoji that are in no training picture. How many are right?

# %% picture
"""Bars of the share of right answers. Held out: linear 31 per cent, ConvNet 59. Beside each an
empty dashed bar with a question mark, for the test pictures."""
figure, axis = plt.subplots(figsize=(5.8, 3.7))
for place, share, colour in ((0, 31, "C1"), (1, 59, "C0")):
    axis.bar(place - 0.2, share, 0.36, color=colour)
    axis.text(place - 0.2, share + 1, f"{share} %", ha="center", va="bottom")
    axis.bar(place + 0.2, share, 0.36, facecolor="none", edgecolor=colour, linestyle="--")
    axis.text(place + 0.2, share / 2, "?", ha="center", va="center", fontsize=28)
axis.axhline(10, color="C4", linewidth=1)
axis.text(2.2, 11, "guessing", ha="right", va="bottom", color="C4")
axis.set(xlim=(-0.5, 2.2), ylim=(0, 70), ylabel="right answers, in %")
axis.set_title("held out, and test (dashed)")
axis.set_xticks([0, 1], ["linear", "ConvNet"])
figure.tight_layout()

# %% [markdown] answer
# 29 % and 50 %. **Fewer** weights win: shared filters see a thing wherever it is. Both lose on new
# emoji.

# %% [markdown] notes
# (4 min) Let everybody write down two numbers. The shares are those of the notebook's run of 300
# steps, on 1000 test pictures. The 500 held out were drawn at random, so most of them show an emoji
# that was trained on, on another background. A validation set answers the question that it asks,
# and no other. Patients in medical pictures are the same trap: split by patient.
#
# No dog was photographed here: Emoji-10 is artwork on photographs, about as hard as 5000 pictures
# of CIFAR-10.

# %% [markdown] slide
# ## Where does it err?
#
# A **confusion matrix**: row, the class; column, the guess.

# %% picture
"""Left, a confusion matrix of seven classes with 100 pictures each. Its diagonal is brightest for
faces with 94 and flags with 86. Of 100 pieces of clothing 10 are right; 28 are taken for animals.
Right, four pictures that the net was surest of, and wrong, each with its class and the guess."""
shipped = data.pretrained()
known = [emoji.classes.index(name) for name in shipped.classes]
rows = np.isin(emoji.y_test, known)
x, y = data.centred(emoji.x_test[rows], shipped.mean), np.searchsorted(known, emoji.y_test[rows])
scores = course.lessons()["12_transfer"].reference()["forward"](shipped.params, x)
guess = scores.argmax(axis=1)
counts = LESSON["confusion_matrix"](y, guess, 7)
figure = plt.figure(figsize=(12.5, 5.2))
axis = figure.add_axes((0.1, 0.2, 0.38, 0.72))
axis.imshow(counts, cmap="cividis", aspect="auto")
for (i, j), count in np.ndenumerate(counts):
    colour = "white" if count < 0.6 * counts.max() else "black"
    axis.text(j, i, count, ha="center", va="center", fontsize=16, color=colour)
axis.set_xticks(range(7), shipped.classes, rotation=30, ha="right")
axis.set_yticks(range(7), shipped.classes)
axis.set(title=f"{100 * (guess == y).mean():.0f} % of {len(y)} are right", xlabel="guess")
axis.set_ylabel("class")
sure = scores.max(axis=1) - scores[np.arange(len(y)), y]  # 0 where it is right
worst = sorted((np.argmax(sure * (y == k)) for k in range(7)), key=lambda n: -sure[n])[:4]
for k, n in enumerate(worst):
    axis = figure.add_axes((0.55 + 0.23 * (k % 2), 0.54 - 0.52 * (k // 2), 0.2, 0.34))
    axis.imshow(emoji.x_test[rows][n].transpose(1, 2, 0))
    axis.set_axis_off()
    axis.set_title(f"{shipped.classes[y[n]]}, taken\nfor {shipped.classes[guess[n]]}", fontsize=16)

# %% [markdown] notes
# (3 min) The net of this matrix is the one that comes with the course, for lesson 12: seven of the
# ten classes. It finds 94 of 100 faces and 10 of 100 pieces of clothing; those it takes for
# animals, food or vehicles. Faces are round and yellow. Ask what clothing has in common.
#
# Right answers stand on the diagonal, and each row adds up to its 100 pictures.
#
# Beside it, the mistakes that it was surest of. One number says how good a net is, a matrix and a
# few pictures say what to do next. The notebook makes both for your own net.

# %% [markdown] slide halves
# ## Now you can train a net
#
# - test it before the long run: $\log\, C$, a tiny gap, twenty by heart;
# - step, stop, and go on;
# - tell learned from learned by heart;
# - search for a rate;
# - look at the test pictures once.
#
# Layers, a net, Adam, a loop, augmentation, a search: 20 points. A written answer: 2.

# %% picture
"""Forty new pictures with what the first net makes of them: those it has wrong are faded and
crossed out. That is more than half."""
figure, axis = plt.subplots(figsize=(6.4, 5.6))
shown = emoji.x_train[held[:40]].copy()
shown[~its_right[1][:40]] = 255 - (255 - shown[~its_right[1][:40]]) // 3
sheet(axis, shown)
for n in np.flatnonzero(~its_right[1][:40]):
    x, y = n % 8 * 34 + 17, n // 8 * 34 + 17
    axis.plot([x - 11, x + 11], [y - 11, y + 11], color="crimson", linewidth=4)
    axis.plot([x - 11, x + 11], [y + 11, y - 11], color="crimson", linewidth=4)
axis.set_title(f"Of these 40, {its_right[1][:40].sum()} are right")
figure.tight_layout()

# %% [markdown] notes
# (2 min) New pictures, named by the net that knew its 500 by heart. Let the room say what it would
# do for this net, with the list on the left.
#
# About 90 minutes. The notebook uses everybody's own layers for the checks and the given ones,
# which have no loops over places, for training. The long run takes about 15 seconds. The written
# answer: three friends, three nets, three diagnoses.
