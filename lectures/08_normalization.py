# %% run
import matplotlib.pyplot as plt
import numpy as np

from autograder.slides import draw
from convbook import data, drawing
from convbook.layers import (
    affine_backward,
    affine_forward,
    batchnorm_backward,
    batchnorm_forward,
    dropout_forward,
    lrn_forward,
    numerical_gradient,
    relu_backward,
    relu_forward,
    softmax_loss,
)

rng = np.random.default_rng(8)
START = np.zeros(50), np.ones(50)


def pieces(count):
    """Pieces of 5 x 10 grey pixels, (5 * count, 50), and the number of each one's photograph."""
    x = []
    for name in data.PHOTOS:
        grey = data.photo(name).mean(axis=1)[0]
        for _ in range(count):
            i, j = rng.integers(grey.shape[0] - 5), rng.integers(grey.shape[1] - 10)
            x.append(grey[i : i + 5, j : j + 10].ravel())
    x = np.array(x)
    return (x - x.mean()) / x.std(), np.repeat(np.arange(5), count)


x_pieces, labels = pieces(400)

# %% [markdown] slide
# # Keep activations in range
#
# Lecture 08: normalisation and dropout

# %% [markdown] notes
# (1 min) Ten layers are enough to make every number vanish, or explode. Today: layers that keep
# activations in range, and one that keeps them apart.

# %% [markdown] slide
# ## A layer multiplies the size
#
# $D$ units, a ReLU after each, weights with mean 0 and standard deviation $s$.
#
# - A unit adds up $D$ products. Inputs of mean square $q$ give sums of mean square $D s^2 q$.
# - Half of the sums are negative. The ReLU sets them to zero.
#
# $$q \;\to\; \frac{D s^2}{2} \, q$$

# %% [markdown] notes
# (3 min) The size of the activations is the root of q. Sums have mean 0, because the weights have.
# So half of the mean square comes from negative sums, and the ReLU drops it.

# %% [markdown] question
# ## Ten layers deep
#
# $D = 50$. By what factor does the size $\sqrt{q}$ change in one layer, and in ten, if $s = 0.1$?
# If $s = 0.4$? Which $s$ keeps it?

# %% [markdown] answer
# $50 \cdot 0.01 / 2 = 1/4$: the size is halved, and ten layers leave $1/1024$. With $s = 0.4$ it
# doubles, and ends 1024 times as large. $s = 0.2$ keeps it.

# %% [markdown] notes
# (3 min) Let them do s = 0.1 alone first, then ask for the other two by proportion. Ten factors of
# a half make a thousandth. Depth turns a small slip of scale into a large one.

# %% [markdown] slide
# ## Measured, on 2000 pieces of photographs

# %% picture
"""Nine histograms of what arrives at the ReLU of layers 1, 4 and 10. In the first row, s = 0.1,
they narrow to a spike; in the second, s = 0.2, they stay in range; in the third, s = 0.4, they
become so wide that hardly anything is left on the axis."""
figure, axes = plt.subplots(3, 3, figsize=(13, 6.6), sharex=True, sharey=True)
for line, s in zip(axes, (0.1, 0.2, 0.4), strict=True):
    x, arrived = x_pieces, []
    for _ in range(10):
        arrived.append(x @ rng.normal(scale=s, size=(50, 50)))
        x = relu_forward(arrived[-1])[0]
    for axis, layer in zip(line, (1, 4, 10), strict=True):
        values = arrived[layer - 1].ravel()
        share = np.full(values.size, 1 / values.size)
        axis.hist(values, np.linspace(-4, 4, 42), weights=share, color="C0", edgecolor="none")
        std = np.format_float_positional(values.std(), 2, fractional=False, trim="-")
        axis.set_title(f"s = {s}, layer {layer}: std {std}", fontsize=16)
for axis in axes[:, 0]:
    axis.set_ylabel("share")
for axis in axes[-1]:
    axis.set_xlabel("what arrives at the ReLU")
axes[0, 0].set_ylim(0, 0.25)
figure.tight_layout()

# %% [markdown] notes
# (3 min) Read a row from left to right; std is the standard deviation. Above, the spike leaves the
# picture: by layer 10 all pieces look the same. Below, most values lie beyond the axis. Only the
# middle row stays in range. 0.2 was found by calculation; then training moves every weight, and the
# calculation no longer holds.

# %% [markdown] question halves
# ## Divide by the neighbours
#
# AlexNet, 2012: **local response normalisation**, over $n$ channels around $c$.
#
# $$\text{out}_c = \frac{x_c}{\big(k + \alpha \sum_{c'} x_{c'}^2\big)^{\beta}}$$
#
# $n = 3$, $k = 0$, $\alpha = \beta = 1$. What becomes of each 1?

# %% [markdown] answer
# Beside the 3: $1/(1 + 9) = 0.1$. The other, alone: $1/1 = 1$.

# %% picture
"""One place with five channels: 1, 3, 0, 0, 1. The first and the last are marked. A line below the
first two shows the neighbourhood of the first channel, one below the last two that of the last."""
axis = draw.canvas(5.4, 3.3, inch=1.1)
draw.cells(
    axis,
    [1, 3, 0, 0, 1],
    0.2,
    0.9,
    on=[(0, 0), (0, 4)],
    label="x: five channels, one place",
    size=22,
)
for left in (0.2, 3.2):
    axis.plot([left + 0.05, left + 1.95], [2.15, 2.15], color="C4", linewidth=5)
axis.text(0.2, 2.6, "seen by channel 0", fontsize=18)
axis.text(5.2, 3.1, "seen by channel 4", fontsize=18, ha="right")

# %% [markdown] notes
# (4 min) The sum takes the channels at the same place, c itself included. A loud channel quiets its
# neighbours. At the first and last channels the neighbourhood is smaller. AlexNet has n = 5, k = 2,
# alpha = 0.0001, beta = 0.75. PyTorch divides alpha by n, and its k is 1 unless you say otherwise.

# %% [markdown] slide
# ## A brake that pulls back

# %% picture
"""A plot. Across: activation x from 0 to 1000. Up: out. With a silent neighbour the curve rises to
52 at x = 200 and falls after it. With a neighbour at 200 or at 500 it starts lower and rises more
slowly."""
line = np.linspace(0, 1000, 201)
figure, axis = plt.subplots(figsize=(11, 5.6))
for neighbour, style in ((0, "-"), (200, "--"), (500, ":")):
    pair = np.stack([line, np.full(201, float(neighbour))], axis=1).reshape(201, 2, 1, 1)
    out = lrn_forward(pair, 5, 2.0, 1e-4, 0.75)[:, 0].ravel()
    axis.plot(line, out, style, label=f"neighbour at {neighbour}")
axis.set_title("Local response normalisation with AlexNet's numbers")
axis.set_xlabel("activation x")
axis.set_ylabel("out")
axis.legend()
figure.tight_layout()

# %% [markdown] notes
# (3 min) The solid curve rises to 52 at x = 200, then falls: the divisor grows like x to the
# power 1.5. Up to about 10 the sum of squares hardly matters, and everything is divided by 1.68.
#
# AlexNet's authors measured a gain of a little more than one per cent. VGG's measured none, and
# left it out. The layer fell out of use; the next one came to stay.

# %% [markdown] slide halves
# ## The batch is the measure
#
# **Batch norm**, 2015. For each feature, that is, each column:
#
# $$\text{mean} = \frac{1}{N} \sum_n x_n$$
#
# $$\text{var} = \frac{1}{N} \sum_n (x_n - \text{mean})^2$$
#
# $$\hat{x}_n = \frac{x_n - \text{mean}}{\sqrt{\text{var} + \text{eps}}}$$

# %% picture
"""A batch of four rows and two columns: 0, 0, 4, 4 and 10, 50, 10, 50. The means are 2 and 30, the
deviations 2 and 20. An arrow leads to x_hat: minus 1, minus 1, 1, 1 and minus 1, 1, minus 1, 1."""
x = np.array([[0.0, 10], [0, 50], [4, 10], [4, 50]])
x_hat = batchnorm_forward(x, np.ones(2), np.zeros(2), (np.zeros(2), np.ones(2)), eps=0.0)[0]
axis = draw.canvas(7.4, 8.2, inch=0.75)
draw.cells(axis, x, 0, 0.7, label="x", size=20)
draw.cells(axis, x_hat, 5, 0.7, fill="C7", label="x_hat, eps = 0", size=20)
draw.arrow(axis, (2.5, 2.7), (4.5, 2.7))
draw.cells(axis, x.mean(axis=0), 0, 5.5, fill="C9", size=20)
draw.cells(axis, x.std(axis=0), 0, 6.8, fill="C9", size=20)
axis.text(2.3, 6.02, "mean", va="center", fontsize=20)
axis.text(2.3, 7.32, "deviation", va="center", fontsize=20)

# %% [markdown] notes
# (4 min) Do the first column aloud: mean 2, each two away from it, deviation 2. The second has
# ten times the deviation, and its four numbers come out just as large. Its unit no longer matters.

# %% [markdown] slide
# ## What the next layer needs
#
# Mean 0 and deviation 1 may not be it. Each feature learns a scale and a shift:
#
# $$\text{out}_n = \text{gamma} \cdot \hat{x}_n + \text{beta}$$
#
# `eps` stands **inside** the root, and $\text{eps} = 10^{-5}$ is not noticed at variance 1. Test it
# where it counts:
#
# | `x` | var | eps | root | $\hat{x}$ |
# |---|---|---|---|---|
# | $[-0.1, 0.1]$ | 0.01 | 0.03 | $\sqrt{0.04} = 0.2$ | $[-0.5, 0.5]$ |

# %% [markdown] notes
# (3 min) Why normalise, and then scale and shift again? Because now the scale is one number that is
# learned, and does not hang on all weights before it. eps saves a feature that is the same in all
# rows. Beside the root it would give 0.1 over 0.13 here.

# %% [markdown] question
# ## A bias before batch norm
#
# A layer computes `x @ w + b`, and batch norm follows. In training, what does `b` do to `out`?

# %% [markdown] answer
# Nothing. It raises every row alike, so it raises the mean, and the mean is subtracted. Layers
# before a batch norm are usually built without a bias: `beta` does its work.

# %% [markdown] notes
# (2 min) Then ask the same about w times 2. It doubles the deviation, too: nothing, except for eps.
# So the size of a layer's weights stops mattering to the layers after it.

# %% [markdown] slide
# ## One picture at a time
#
# At test time an answer must not depend on the rest of a batch. So training keeps `running`
# statistics: with a momentum of 0.9, nine tenths of the old ones and a tenth of the new.

# %% picture
"""A plot. Across: batches seen, 0 to 40. Up: the running mean. It starts at 0, is 0.2 after one
batch, and comes ever closer to 2. After 22 batches it crosses the dashed line at 1.8."""
mean, var, means = np.zeros(1), np.ones(1), [0.0]
for _ in range(40):
    mean, var = batchnorm_forward(x[:, :1], np.ones(1), np.zeros(1), (mean, var), momentum=0.9)[2]
    means.append(mean[0])
figure, axis = plt.subplots(figsize=(11, 3.9))
axis.plot(means, "o-", markersize=6)
axis.axhline(1.8, color="C4", linestyle="--", linewidth=2)
axis.text(0, 1.85, "90 % of 2", va="bottom")
axis.plot(22, means[22], "s", color="C1", markersize=13)
axis.text(22.7, 1.72, "22 batches", va="top", color="C1")
axis.set_ylim(0, 2.3)
axis.set_title("The running mean, if every batch is [0, 0, 4, 4]")
axis.set_xlabel("batches seen")
axis.set_ylabel("running mean")
figure.tight_layout()

# %% [markdown] notes
# (4 min) Once for the mean, once for the variance. After the first batch: mean 0.2, variance 1.3.
# What is missing shrinks by 0.9 a batch, and 0.9 to the power 22 is 0.098. At test time both stay
# as they are.
#
# Our momentum weighs the old, PyTorch's the new: our 0.9 is its 0.1. And for the running variance
# PyTorch divides by N - 1; we keep N.

# %% [markdown] question
# ## Back through the statistics
#
# The feature $[0, 0, 4, 4]$, gamma 1, eps 0. The loss is the first output alone, so `dout` is
# $[1, 0, 0, 0]$. The deviation is 2. Is `dx` $[0.5, 0, 0, 0]$?
#
# Raise all four numbers by 1: what does the loss do?

# %% [markdown] answer
# The mean rises, too, and `out` stays as it is. So `dx` adds up to 0, and $[0.5, 0, 0, 0]$ cannot
# be right.

# %% [markdown] notes
# (3 min) Let them answer the second question first. Nothing needs to be derived for this: it is the
# bias of two slides ago, seen from behind.

# %% [markdown] slide
# ## Measure it


# %% code
def norm(x):
    return (x - x.mean()) / x.std()


x = np.array([0.0, 0, 4, 4])
dout = np.array([1.0, 0, 0, 0])
print(numerical_gradient(norm, x, dout).round(4) + 0)

# %% [markdown] fragment
# The second row gets a gradient, although it is no part of the first output. **Batch norm makes the
# rows of a batch depend on each other.**

# %% [markdown] notes
# (3 min) Central differences, as in lesson 03. A quarter and minus a quarter: the sum is 0, as it
# has to be. Rows 2 and 3 get nothing here by chance of these numbers, not by law.

# %% [markdown] slide
# ## Three ways from a row to the loss

# %% picture
"""A diagram. From x one arrow leads straight to x_hat, one to the mean, one to the variance. The
mean and the variance lead to x_hat as well, and x_hat leads to out."""
drawing.ways()

# %% [markdown] notes
# (4 min) Find every place where a row of x is used. Backward, a gradient comes back along every
# arrow, and the three shares add up: the rule of lesson 03. In the notebook each share is worked
# out for our four numbers. The mean is used inside the variance as well; ask why that adds nothing.

# %% [markdown] slide
# ## Six nets of ten layers

# %% picture
"""Two plots of the loss over 200 steps. Without batch norm only s = 0.2 learns; s = 0.1 stays on
the line of guessing at 1.61, and s = 0.4 is missing. With batch norm all three fall well below that
line."""


def loss_curve(s, normalised):
    ws = [rng.normal(scale=s, size=(50, 50)) for _ in range(10)]
    ws.append(rng.normal(scale=0.2, size=(50, 5)))
    norms, losses = [(np.ones(50), np.zeros(50)) for _ in range(10)], []
    for _ in range(200):
        batch = rng.integers(len(x_pieces), size=100)
        x, caches = x_pieces[batch], []
        for w, (gamma, beta) in zip(ws, norms, strict=False):
            x, affine = affine_forward(x, w, np.zeros(50))
            statistics = None
            if normalised:
                x, statistics, _ = batchnorm_forward(x, gamma, beta, START)
            x, relu = relu_forward(x)
            caches.append((affine, statistics, relu))
        scores, last = affine_forward(x, ws[10], np.zeros(5))
        loss, dout = softmax_loss(scores, labels[batch])
        losses.append(loss)
        dout, dw, _ = affine_backward(dout, last)
        ws[10] = ws[10] - 0.05 * dw
        for k in range(9, -1, -1):
            affine, statistics, relu = caches[k]
            arrived = relu_backward(dout, relu)
            if normalised:
                arrived, dgamma, dbeta = batchnorm_backward(arrived, statistics)
                norms[k] = norms[k][0] - 0.05 * dgamma, norms[k][1] - 0.05 * dbeta
            dout, dw, _ = affine_backward(arrived, affine)
            ws[k] = ws[k] - 0.05 * dw
    return losses


figure, axes = plt.subplots(1, 2, figsize=(13, 5.6), sharey=True)
for axis, normalised in zip(axes, (False, True), strict=True):
    axis.axhline(np.log(5), color="C4", linewidth=1)
    for s, style in ((0.1, ":"), (0.2, "-"), (0.4, "--")):
        with np.errstate(all="ignore"):  # one net grows until its numbers are no numbers
            losses = loss_curve(s, normalised)
        smooth = np.convolve(losses, np.ones(10) / 10, "valid")
        axis.plot(np.arange(10, 201), smooth, style, label=f"s = {s}")
    axis.set(title=f"{'with' if normalised else 'without'} batch norm", xlabel="step")
    axis.set_ylim(0.9, 2.1)
    axis.legend()
axes[0].set_ylabel("loss, mean of ten steps")
figure.tight_layout()

# %% [markdown] notes
# (4 min) From which of five photographs does a piece come? Guessing costs log 5 = 1.61, the grey
# line. Left: with 0.1 hardly any gradient reaches the first weights. With 0.4 the first loss is in
# the hundreds or thousands, and three steps later it is no number: no line. Right: all three learn.
#
# Batch norm does not make a net cleverer. It makes it less particular about how its weights begin
# and how large its steps may be. ResNet has it after every convolution.

# %% [markdown] question
# ## Who shares a mean?
#
# $N, C, H, W$ are 8, 16, 32, 32. How many means are there?

# %% picture
"""Two pictures with four channels each, four times. Batch norm: a colour for each channel, the same
in both pictures. Layer norm: one for each picture. Instance norm: one for each map. Group norm with
G = 2: one for two channels of a picture."""
picture, channel, _, _ = np.indices((2, 4, 4, 5))
drawing.shared(
    [channel, picture, picture * 4 + channel, picture * 2 + channel // 2],
    ["batch", "layer", "instance", "group, G = 2"],
    "Places of one colour share a mean",
)

# %% [markdown] answer
# Batch 16, of 8192. Layer 8, of 16384. Instance 128, of 1024. Group, $G = 4$: 32, of 4096.

# %% [markdown] notes
# (5 min) For maps a channel is a feature, and every pixel of every picture is a row, for one filter
# made the whole map. With a mean for every pixel each place would be shifted in its own way; move
# the picture, and the answer would no longer move along. x.reshape(-1, C) has the right shape and
# mixes channels: a shape is no proof.
#
# In the other three no colour is in two pictures. Nothing to remember, and training and test time
# are the same. G = 1 is layer norm, G = C instance norm: one function in the notebook.

# %% [markdown] slide
# ## Keep some, and scale them
#
# **Dropout** keeps each activation with probability $p$. 4096 ones at $p = 0.5$: the next layer
# adds up about 2048 in training, and 4096 at test time. So what is kept grows by $1/p$, in training
# only.

# %% picture
"""Three rows of four cells. x is 1, 2, 3, 4. Below each a random number; the second, 0.99, is not
below 0.8. out is 1.25, 0, 3.75, 5."""
x = np.array([1.0, 2, 3, 4])
axis = draw.canvas(13, 5.4)
kept = np.random.default_rng(8).random(4).round(2)
out = dropout_forward(x, 0.8, seed=8)[0]
for top, row, fill, name in (
    (0.4, x, "C5", "x"),
    (2.0, kept, "C9", "random, seed 8"),
    (3.6, out, "C7", "out, p = 0.8"),
):
    draw.cells(axis, row, 5.4, top, fill=fill, size=15)
    axis.text(5.0, top + 0.5, name, ha="right", va="center", fontsize=18)
axis.text(9.7, 2.5, "0.99 is not below 0.8", va="center", fontsize=16)

# %% [markdown] notes
# (4 min) Units come to rely on each other; dropout breaks up such pairs. AlexNet does it in its
# fully-connected layers, with p = 0.5. The factor is 1 / 0.8 = 1.25. Scaled in training, it is
# called inverted dropout, and at test time x passes as it is.
#
# Our p keeps, PyTorch's drops: our 0.8 is Dropout(0.2) there. At 0.5 nobody notices which is meant.

# %% [markdown] question
# ## The same seed
#
# Somebody trains a net and gives every step the seed 8. What has she got in place of dropout?

# %% [markdown] answer
# A smaller net. The same units are dropped in every step and never learn. The others never have to
# do without each other. At test time the untrained ones join in.

# %% [markdown] notes
# (2 min) A seed makes a test repeatable, and that is why the notebook's layer takes one. In
# training every step needs another.

# %% [markdown] slide
# ## Today's notebook
#
# - LRN, batch norm for rows and for maps, group norm, dropout: 20 points. A written answer: 2.
#
# **Take away**
#
# - Ten factors of a half make a thousandth. Batch norm divides the scale out again.
# - Train with the batch's statistics, test with the running ones, `eps` inside the root.
# - Rows depend on each other: `dx` of a feature adds up to 0.
# - For maps a pixel is a row. Group norm needs no batch.
# - Dropout's factor $1/p$ belongs to training.

# %% [markdown] notes
# (2 min) The written answer is about a net that works in batches of a hundred and fails in an app.
# Do not solve it here. Advise writing the forward function of batch norm first, and its backward
# one after section 4.
