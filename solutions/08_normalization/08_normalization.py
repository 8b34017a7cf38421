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
# # 08 Keep activations in range
#
# A deep net multiplies by a matrix, then by another, then by another. If each makes its input a
# little smaller, nothing arrives at the end. If each makes it a little larger, too much does. In
# this lesson you write the layers that keep activations in range, and one that keeps them from
# relying on each other.
#
# **You will** write `lrn_forward`, which AlexNet used; batch norm for rows of features and for
# feature maps, forward and backward; group norm, which needs no batch; and dropout.
#
# **You will learn** why a gradient must also go through the mean and the variance, why batch norm
# does one thing in training and another at test time, what it does for a net of ten layers, and
# which other layers share its formula.
#
# **You need** backward functions from lesson 03 and the layers of lesson 06.
#
# | section | exercise | points | minutes | difficulty |
# |---|---|---|---|---|
# | 2 | `lrn_forward` | 2 | 6 | easy |
# | 3, 4 | `batchnorm_forward`, `batchnorm_backward` | 8 | 22 | hard |
# | 6 | `spatial_batchnorm_forward`, `spatial_batchnorm_backward` | 2 | 9 | medium |
# | 7 | `group_norm_forward`, `group_norm_backward` | 5 | 16 | hard |
# | 8 | `dropout_forward`, `dropout_backward` | 3 | 6 | easy |
# | 9 | a written answer, graded by hand | 2 | 5 | medium |
#
# Plan about 90 minutes. What is marked as going further, at the ends of sections 4, 5, 7 and 8,
# takes four more, and section 10 as long as you like. The set-up cell says whose layers of
# earlier lessons section 5 will use. A check is folded to one line, which says what it is worth
# and what it tries; a click opens it. It shows part of the test; grading uses further random
# input, so a green check is a good sign and not yet the grade. In grading all sizes may differ,
# no function may change its arguments, and besides Python's own library only NumPy and Matplotlib
# can be imported.

# %% given="setup"
import matplotlib.pyplot as plt
import numpy as np

from convbook import check, data, drawing, living, plot
from convbook.earlier import (
    affine_backward,
    affine_forward,
    relu_backward,
    relu_forward,
    softmax_loss,
)

rng = np.random.default_rng(8)

# %% tags=["guess"]
# What you guessed wrong in lesson 06 comes back here, and otherwise nothing: press Shift+Enter.
from convbook import guess

guess.again("08")

# %% [markdown]
# ## 1. Ten layers deep
#
# Take a net of fully-connected layers with $D = 50$ units each, every one followed by a ReLU. Its
# weights are drawn at random with mean 0 and standard deviation $s$. How large are the activations
# after ten such layers?
#
# One unit adds up $D$ products. If the inputs have the mean square $q$, the sum has the mean square
# $D s^2 q$. It is as often negative as positive, so the ReLU throws half of that away:
#
# $$q \;\to\; \frac{D s^2}{2} \, q$$
#
# **Predict before you run.** With $D = 50$ and $s = 0.1$, by what factor does the size $\sqrt{q}$
# change from one layer to the next? And after ten layers? What if $s = 0.4$? Which $s$ would keep
# the size?
#
# <!-- guess 08/sizes
# number | the factor at `s = 0.1` | 0.5
# number | after ten layers | 1/1024
# number | after ten layers at `s = 0.4` | 1024
# number | the `s` that keeps the size | 0.2
# -->
#
# <details><summary>Answer</summary>
#
# $50 \cdot 0.01 / 2 = 1/4$, so the size is halved at each layer. After ten layers it is
# $1/2^{10} = 1/1024$ of what it was. With $s = 0.4$ it doubles each time, and ends up 1024 times as
# large. $s = 0.2$ keeps it. In general that is $s = \sqrt{2/D}$, known as **He initialisation**.
#
# </details>

# %%
for s in (0.1, 0.2, 0.4):
    factor = np.sqrt(50 * s**2 / 2)
    print(s, factor.round(3), (factor**10).round(5))

# %% [markdown]
# Now measure it, on pieces of photographs. A piece is 5 x 10 grey pixels: 50 numbers, with mean 0
# and standard deviation 1 over all pieces. The label says from which of the five photographs it
# comes; section 5 will need it.


# %% tags=["experiment"]
def pieces(count):
    """Cut pieces of 5 x 10 pixels: x (5 * count, 50) and the number of each one's photograph."""
    x = []
    for name in data.PHOTOS:
        grey = data.photo(name).mean(axis=1)[0]  # (H, W)
        for _ in range(count):
            i, j = rng.integers(grey.shape[0] - 5), rng.integers(grey.shape[1] - 10)
            x.append(grey[i : i + 5, j : j + 10].ravel())
    x = np.array(x)
    return (x - x.mean()) / x.std(), np.repeat(np.arange(5), count)


x_pieces, labels = pieces(400)
print(x_pieces.shape, np.bincount(labels))

# %% [markdown]
# The next cell draws weights for ten layers, lets all 2000 pieces through, and keeps what arrives
# at each ReLU.


# %% tags=["experiment", "plot"] alt="Twelve histograms of what arrives at the ReLU, in layers 1, 4, 7 and 10. With s = 0.1 they narrow to a spike, with 0.2 they keep their width, with 0.4 they spread until they are flat."
def before_relu(x, s, normalise=lambda a: a):
    """Return what arrives at the ReLU of ten layers of 50 units, one array (N, 50) a layer."""
    arrived = []
    for _ in range(10):
        arrived.append(normalise(x @ rng.normal(scale=s, size=(50, 50))))
        x = np.maximum(arrived[-1], 0)
    return arrived


shown = ["layer 1", "layer 4", "layer 7", "layer 10"]
plot.histograms(
    [before_relu(x_pieces, s)[::3] for s in (0.1, 0.2, 0.4)],
    ["s = 0.1", "s = 0.2", "s = 0.4"],
    shown,
    "Activations by depth: shrinking, staying, growing",
    "what arrives at the ReLU",
)

# %% [markdown]
# Read each row from left to right; `std` is the standard deviation. In the top row the histogram
# narrows to a spike that leaves the picture at the top: by layer 10 all pieces look the same. In
# the bottom row it spreads until hardly anything is left on the axis. Only the middle row stays in
# range, and $s = 0.2$ was found by calculation. Training then moves every weight, and the
# calculation no longer holds.
#
# **Take away.** Ten factors of a half make a thousandth. Depth turns a small error of scale into a
# large one.

# %% [markdown]
# ## 2. Divide by the neighbours
#
# AlexNet, in 2012, put a brake after its first two layers: **local response normalisation**. Each
# activation is divided by a measure of its neighbourhood in depth: the channels around it at the
# same place, itself included. With $n$ channels in the neighbourhood, channel $c$ in the middle:
#
# $$\text{out}_c = \frac{x_c}{\Big(k + \alpha \sum_{c'} x_{c'}^2\Big)^{\beta}}
# \qquad c' = \max\big(0,\, c - \lfloor n/2 \rfloor\big) \;\dots\;
# \min\big(C - 1,\, c + \lfloor n/2 \rfloor\big)$$
#
# Picture, row and column are the same everywhere in the formula, so they are left out. At the first
# and the last channels the neighbourhood is smaller. AlexNet has $n = 5$, $k = 2$,
# $\alpha = 10^{-4}$, $\beta = 0.75$.
#
# **Predict before you run.** One place has the five channels $[1, 3, 0, 0, 1]$. Let $n = 3$ and, to
# keep it easy, $k = 0$, $\alpha = 1$, $\beta = 1$. There are two ones. What becomes of each?
#
# <!-- guess 08/loud
# number | the first one becomes | 0.1
# number | the last becomes | 1
# -->
#
# <details><summary>Answer</summary>
#
# The first is next to the 3 and becomes $1/(1 + 9) = 0.1$. The last is alone and becomes $1/1 = 1$.
# A loud channel quiets its neighbours.
#
# </details>

# %% [markdown]
# The place with its five channels, and below it who is in the neighbourhood of the two ones:

# %% tags=["plot"] alt="One place with five channels: 1, 3, 0, 0, 1. The first and the last are marked. A line below the first two shows the neighbourhood of channel 0, one below the last two that of channel 4."
axis = drawing.canvas(7, 2.6, "One place, five channels, n = 3")
drawing.cells(axis, [1, 3, 0, 0, 1], 1, 0.2, on=[(0, 0), (0, 4)])
for left, c in ((1, 0), (4, 4)):
    axis.plot([left + 0.1, left + 1.9], [1.4, 1.4], color="C1", linewidth=4)
    axis.text(left + 1, 2.1, f"seen by {c}", ha="center")
plt.show()

# %% [markdown]
# One more by hand, with AlexNet's $n$, $k$ and $\beta$ but $\alpha = 1$. Three channels hold 1, 2
# and 3. With $n = 5$ each of them sees all three, and $1 + 4 + 9 = 14$:

# %%
(2 + 14) ** 0.75

# %% [markdown]
# ### Exercise 1: `lrn_forward` (2 points)
#
# So by hand, $[1, 2, 3]$ becomes $[1/8, 2/8, 3/8]$. Write the function. It has nothing to learn.
#
# <details><summary>Hint</summary>
#
# Loop over the channels. Beware of `x[:, c - 2 : c + 3]` at $c = 0$: a slice that starts at $-2$
# starts two before the end.
#
# </details>


# %% exercise="lrn_forward"
def lrn_forward(x, n=5, k=2.0, alpha=1e-4, beta=0.75):
    """Divide each activation by a measure of its neighbours in depth, as AlexNet does.

    Args:
        x: feature maps, shape (N, C, H, W).
        n: channels in the neighbourhood, odd; fewer at the first and last channels.
        k, alpha, beta: the divisor is (k + alpha * sum of squares) ** beta.

    Returns:
        out: shape (N, C, H, W).
    """
    ### BEGIN SOLUTION
    out = np.empty(x.shape)
    for c in range(x.shape[1]):
        near = x[:, max(0, c - n // 2) : c + n // 2 + 1]  # (N, up to n, H, W)
        total = np.sum(near**2, axis=1)  # (N, H, W)
        out[:, c] = x[:, c] / (k + alpha * total) ** beta
    return out
    ### END SOLUTION


# %% [markdown]
# Try it on both examples:

# %%
print(lrn_forward(np.array([1.0, 3, 0, 0, 1]).reshape(1, 5, 1, 1), 3, 0.0, 1.0, 1.0).ravel())
print(lrn_forward(np.array([1.0, 2, 3]).reshape(1, 3, 1, 1), alpha=1.0).ravel())

# %% check="lrn_forward" points=1
# 1 point. Shown: both examples. Hidden: random maps, neighbourhoods from 1 to 7.
loud = np.array([1.0, 3.0, 0.0, 0.0, 1.0]).reshape(1, 5, 1, 1)
check.same(
    lrn_forward(loud, 3, 0.0, 1.0, 1.0).ravel(),
    [0.1, 0.3, 0.0, 0.0, 1.0],
    "a loud neighbour",
    hint="Channel 0 sees channels 0 and 1: 1/(1 + 9). Channel 4 sees 3 and 4: 1/(0 + 1).",
)
three = np.array([1.0, 2.0, 3.0]).reshape(1, 3, 1, 1)
check.same(
    lrn_forward(three, alpha=1.0).ravel(),
    [0.125, 0.25, 0.375],
    "three channels",
    hint="(2 + 1 + 4 + 9)**0.75 = 8 for each of the three.",
)
### BEGIN HIDDEN TESTS
from autograder.judging import judge

random = judge.rng()
for shape, n in (((2, 7, 3, 4), 5), ((3, 4, 2, 5), 3), ((1, 9, 4, 2), 7), ((2, 3, 5, 4), 1)):
    k, alpha, beta = random.uniform(0.5, 3), random.uniform(0.2, 1), random.uniform(0.3, 1)
    judge.value("lrn_forward", lrn_forward, random.normal(size=shape), n, k, alpha, beta)
### END HIDDEN TESTS

# %% check="lrn_forward" part="alexnet" points=1
# 1 point. Shown: a single channel of 100. Hidden: AlexNet's settings, activations up to 1000.
single = np.full((1, 1, 1, 1), 100.0)
check.same(
    lrn_forward(single, beta=1.0).ravel(),
    [100 / 3],
    "100, alone",
    hint="alpha * 100**2 = 1, and k + 1 = 3.",
)
### BEGIN HIDDEN TESTS
from autograder.judging import judge

for shape in ((2, 8, 3, 4), (3, 6, 4, 2), (1, 2, 3, 5)):
    judge.value("lrn_forward", lrn_forward, judge.rng().normal(scale=300, size=shape))
### END HIDDEN TESTS

# %% [markdown]
# With AlexNet's numbers the brake is hardly felt by small activations. Up to about 10 the sum of
# squares hardly matters, and everything is divided by $2^{0.75} = 1.68$. A large one is pulled
# back: alone, `out` rises to 52 at $x = 200$, and falls beyond that.
#
# AlexNet's authors measured a gain of a little more than one per cent. The authors of VGG measured
# none, two years later, and left it out. The layer fell out of use.
#
# **Take away.** Local response normalisation lets channels at one place compete. Hardly anybody
# uses it now; batch norm took its place.

# %% [markdown]
# ## 3. Use the batch as the measure
#
# **Batch normalisation**, batch norm for short, did the obvious thing in 2015. If each feature
# should have mean 0 and standard deviation 1, then measure both over the batch, subtract the one
# and divide by the other.
#
# Let `x` have shape $(N, D)$: $N$ rows, one for each picture, and $D$ features. For each feature,
# that is, for each column:
#
# $$\text{mean} = \frac{1}{N} \sum_n x_n
# \qquad \text{var} = \frac{1}{N} \sum_n (x_n - \text{mean})^2
# \qquad \hat{x}_n = \frac{x_n - \text{mean}}{\sqrt{\text{var} + \text{eps}}}$$
#
# $\hat{x}$ is `x_hat` in code. The small number `eps` keeps the root away from 0 when a feature is
# the same in all rows. It stands **inside** the root.
#
# Mean 0 and standard deviation 1 may not be what the next layer needs. So each feature gets two
# numbers to learn, a scale `gamma` and a shift `beta`:
#
# $$\text{out}_n = \text{gamma} \cdot \hat{x}_n + \text{beta}$$
#
# **Predict before you run.** A feature is $[0, 0, 4, 4]$ over a batch of four, and `eps` is 0. What
# is $\hat{x}$? What is it for $[10, 50, 10, 50]$? What would it be if the batch had one row only?
#
# <!-- guess 08/batch
# row | of the first feature | -1, -1, 1, 1
# row | of the second | -1, 1, -1, 1
# number | of a single row | 0
# -->
#
# <details><summary>Answer</summary>
#
# The mean is 2 and so is the deviation: $[-1, -1, 1, 1]$. The other feature has mean 30 and
# deviation 20: $[-1, 1, -1, 1]$. A single row is its own mean. What is left is 0, and `out` is
# `beta`, whatever the row was.
#
# </details>

# %% tags=["plot"] alt="A batch of four rows and two columns: 0, 0, 4, 4 and 10, 50, 10, 50. The means are 2 and 30, the deviations 2 and 20. An arrow leads to x_hat: -1, -1, 1, 1 and -1, 1, -1, 1."
x = np.array([[0.0, 10], [0, 50], [4, 10], [4, 50]])
axis = drawing.canvas(11, 7.6, "A batch of two features, normalised")
drawing.cells(axis, x, 2.5, 0.9, label="x")
x_hat = (x - x.mean(axis=0)) / x.std(axis=0)
drawing.cells(axis, x_hat, 7.5, 0.9, drawing.PALE_GREEN, label="x_hat")
drawing.arrow(axis, (4.8, 2.9), (7.2, 2.9))
for top, name, row in ((5.2, "mean", x.mean(axis=0)), (6.4, "deviation", x.std(axis=0))):
    axis.text(2.2, top + 0.5, name, ha="right", va="center")
    drawing.cells(axis, row, 2.5, top, drawing.PALE_GREY)
plt.show()

# %% [markdown]
# **Where eps shows.** Activations of variance 1 do not notice an `eps` of $10^{-5}$, nor whether it
# stands in the right place, and so mistakes with it go unseen. Test it where it counts. The feature
# $[-0.1, 0.1]$ has variance 0.01. With $\text{eps} = 0.03$ the root is $\sqrt{0.04} = 0.2$, and
# $\hat{x} = [-0.5, 0.5]$.
#
# **At test time** there may be one picture only, and its answer must not depend on what else is in
# the batch. So the layer remembers, while training, what mean and variance usually are. After each
# batch:
#
# $$\text{running} \;\leftarrow\; \text{momentum} \cdot \text{running} +
# (1 - \text{momentum}) \cdot \text{new}$$
#
# once for the mean and once for the variance. At test time it uses these two in place of the
# batch's, and leaves them as they are.
#
# **Predict before you run.** `running` starts at mean 0 and variance 1, and `momentum` is 0.9. Then
# comes the feature $[0, 0, 4, 4]$, with mean 2 and variance 4. What is `running` now? If every
# batch were like this one, how many batches would it take until the running mean has come 90 % of
# the way?
#
# <!-- guess 08/running
# number | the running mean | 0.2
# number | the running variance | 1.3
# number | batches until 90 % of the way | 22 | within 10 %
# curve | the running mean, if each batch has mean 2 | batches 0 .. 40 | mean 0 .. 2 | 0 0, 3 0.54, 6 0.94, 10 1.3, 15 1.59, 22 1.8, 30 1.92, 40 1.97
# -->
#
# <details><summary>Answer</summary>
#
# The mean is $0.9 \cdot 0 + 0.1 \cdot 2 = 0.2$ and the variance $0.9 \cdot 1 + 0.1 \cdot 4 = 1.3$.
# What is missing shrinks by 0.9 each time, and $0.9^{22} = 0.098$: 22 batches.
#
# </details>

# %% tags=["plot"] alt="The running mean over 40 batches. It starts at 0, is 0.2 after one batch, and comes ever closer to 2. After 22 batches it crosses the dashed line at 1.8."
means = [0.0]
for _ in range(40):
    means.append(0.9 * means[-1] + 0.1 * 2)
plt.figure(figsize=(6, 3.2))
plt.plot(means, "o-", markersize=4)
plt.axhline(0.9 * 2, color="gray", linestyle="--")
plt.title("The running mean, if every batch has mean 2")
plt.xlabel("batches seen")
plt.ylabel("running mean")
plt.show()

# %% [markdown]
# Look where the points cross the dashed line: that is 90 % of the way, after 22 batches.

# %% [markdown]
# > **If you know other libraries.** Our `momentum` weighs the **old** statistics, as in CS231n.
# > PyTorch's weighs the **new**: our 0.9 is its 0.1. Both divide by $N$ to normalise. For the
# > running variance PyTorch divides by $N - 1$; we keep $N$. The running statistics have shape
# > $(D,)$. An answer of shape $(1, D)$ has the right values and one axis too many. The check takes
# > it and says so: drop `keepdims`. PyTorch's local response normalisation divides $\alpha$ by $n$,
# > and its $k$ is 1 unless you say otherwise.

# %% [markdown]
# ### Exercise 2: `batchnorm_forward` and `batchnorm_backward` (8 points)
#
# As in lesson 03, a gradient that is measured instead of derived earns no points.
#
# Both stand in one cell, because they share the cache. Write the forward function now, and leave
# the other one until section 4.
#
# By hand, in training, with $\text{gamma} = [2, 3]$, $\text{beta} = [5, 0]$ and $\text{eps} = 0$:
# the batch drawn above gives the rows $[3, -3]$, $[3, 3]$, $[7, -3]$, $[7, 3]$. At test time, with
# a running mean of 10 and a running variance of 4, the single number 16 becomes
# $2 \cdot (16 - 10)/2 + 5 = 11$ for gamma 2 and beta 5.
#
# Both variances are the plain ones, divided by $N$: what `np.var` gives.
#
# <details><summary>Hint</summary>
#
# First decide which mean and which variance to use. Everything after that is the same in training
# and at test time.
#
# </details>


# %% exercise="batchnorm_forward"
def batchnorm_forward(x, gamma, beta, running, train=True, momentum=0.9, eps=1e-5):
    """Give each feature mean beta and standard deviation gamma over the batch.

    Args:
        x: shape (N, D).
        gamma, beta: scale and shift of each feature, shape (D,).
        running: a pair, mean and variance so far, shape (D,) each.
        train: use the statistics of this batch, and move the running ones towards them;
            otherwise use the running ones.
        momentum: the share of the old running statistics that is kept.
        eps: added to the variance.

    Returns:
        out: shape (N, D).
        cache: whatever batchnorm_backward will need.
        running: the new pair; the old one when not training.
    """
    ### BEGIN SOLUTION
    mean, var = running
    if train:
        mean, var = x.mean(axis=0), x.var(axis=0)
        keep, add = momentum, 1 - momentum
        running = keep * running[0] + add * mean, keep * running[1] + add * var
    scale = 1 / np.sqrt(var + eps)
    x_hat = (x - mean) * scale
    out = gamma * x_hat + beta
    return out, (x, mean, scale, gamma), running
    ### END SOLUTION


def batchnorm_backward(dout, cache):
    """Send the gradient back, also through the mean and the variance of the batch.

    Args:
        dout: gradient of the loss with respect to out, shape (N, D).
        cache: from batchnorm_forward in training.

    Returns:
        dx: gradient with respect to x, shape (N, D).
        dgamma: gradient with respect to gamma, shape (D,).
        dbeta: gradient with respect to beta, shape (D,).
    """
    ### BEGIN SOLUTION
    x, mean, scale, gamma = cache
    N = len(x)
    x_hat = (x - mean) * scale
    dgamma = np.sum(dout * x_hat, axis=0)
    dbeta = np.sum(dout, axis=0)
    dx_hat = dout * gamma
    dmean = -scale * np.sum(dx_hat, axis=0)
    dvar = -0.5 * scale**3 * np.sum(dx_hat * (x - mean), axis=0)
    dx = dx_hat * scale + dmean / N + dvar * 2 * (x - mean) / N
    return dx, dgamma, dbeta
    ### END SOLUTION


# %% [markdown]
# Try the forward function, in training and at test time:

# %%
start = np.zeros(2), np.ones(2)
gamma, beta = np.array([2.0, 3.0]), np.array([5.0, 0.0])
out, cache, running = batchnorm_forward(x, gamma, beta, start, eps=0.0)
print(out, running, sep="\n")
usual = np.array([10.0, 0.0]), np.array([4.0, 1.0])
print(batchnorm_forward(np.array([[16.0, 1.0]]), gamma, beta, usual, train=False, eps=0.0)[0])

# %% [markdown]
# The checks compare running statistics with the function below, so that one axis too many costs
# nothing.


# %% given="same_running"
def same_running(running, mean, var, hint=""):
    """Check running statistics; take those of shape (1, D) and say what is odd about them."""
    pair = isinstance(running, (tuple, list)) and len(running) == 2
    odd = pair and all(np.shape(r) == (1, len(mean)) for r in running)
    if odd:
        running = np.reshape(running[0], -1), np.reshape(running[1], -1)
    check.same(running, (mean, var), "running", hint)
    if odd:
        print("running: right values, one axis too many: drop keepdims.")


# %% check="batchnorm_forward" points=2
# 2 points. Shown: two features by hand, and a small variance. Hidden: random batches, training.
batch = np.array([[0.0, 10.0], [0.0, 50.0], [4.0, 10.0], [4.0, 50.0]])
scale, shift, start = np.array([2.0, 3.0]), np.array([5.0, 0.0]), (np.zeros(2), np.ones(2))
out, _, _ = batchnorm_forward(batch, scale, shift, start, True, 0.9, 0.0)
check.same(
    out,
    [[3.0, -3.0], [3.0, 3.0], [7.0, -3.0], [7.0, 3.0]],
    "two features",
    hint="A column is a feature: [0, 0, 4, 4] has mean 2 and deviation 2. First gamma, then beta.",
)
small = np.array([[-0.1], [0.1]])
out, _, _ = batchnorm_forward(small, np.ones(1), np.zeros(1), (np.zeros(1), np.ones(1)), eps=0.03)
check.same(out, [[-0.5], [0.5]], "variance 0.01, eps 0.03", hint="0.1 / sqrt(0.01 + 0.03) = 0.5")
### BEGIN HIDDEN TESTS
from autograder.judging import inputs, judge

three = ("out", "cache", "running")
for shape, eps in (((5, 3), 1e-2), ((4, 7), 1e-2), ((9, 2), 1e-3), ((2, 6), 1e-2), ((1, 4), 1e-2)):
    case = inputs.norm(judge.rng(), shape)
    judge.forward("batchnorm_forward", batchnorm_forward, *case, returns=three, eps=eps)
x, gamma, beta, running = inputs.norm(judge.rng(), (6, 3))
x[:, 1] = 0.5  # the same in all rows
judge.forward("batchnorm_forward", batchnorm_forward, x, gamma, beta, running, returns=three)
### END HIDDEN TESTS

# %% check="batchnorm_forward" part="running" points=1
# 1 point. Shown: one batch and a second. Hidden: other batches, start values and momentums.
batch, start = np.array([[0.0], [0.0], [4.0], [4.0]]), (np.zeros(1), np.ones(1))
_, _, running = batchnorm_forward(batch, np.ones(1), np.zeros(1), start)
same_running(running, [0.2], [1.3], hint="0.9 * 0 + 0.1 * 2 = 0.2 and 0.9 * 1 + 0.1 * 4 = 1.3")
_, _, running = batchnorm_forward(batch, np.ones(1), np.zeros(1), running)
same_running(running, [0.38], [1.57], hint="0.9 * 0.2 + 0.1 * 2 and 0.9 * 1.3 + 0.1 * 4")
### BEGIN HIDDEN TESTS
from autograder.judging import inputs, judge

for shape, momentum in (((5, 3), 0.9), ((4, 6), 0.5), ((7, 2), 0.99), ((3, 5), 0.0)):
    case = (*inputs.norm(judge.rng(), shape), True, momentum, 1e-2)
    _, _, expected = judge.reference("batchnorm_forward")(*case)
    _, _, running = batchnorm_forward(*case)
    same_running(running, *expected)
### END HIDDEN TESTS

# %% check="batchnorm_forward" part="test" points=1
# 1 point. Test time. Shown: a single row. Hidden: other rows and statistics, variance 0.01.
usual = np.array([10.0, 0.0]), np.array([4.0, 1.0])
scale, shift = np.array([2.0, 3.0]), np.array([5.0, 0.0])
out, _, running = batchnorm_forward(np.array([[16.0, 1.0]]), scale, shift, usual, False, 0.9, 0.0)
check.same(out, [[11.0, 3.0]], "a single row", hint="2 * (16 - 10) / 2 + 5 = 11")
same_running(running, [10.0, 0.0], [4.0, 1.0], hint="Testing must not change what was learned.")
### BEGIN HIDDEN TESTS
from autograder.judging import inputs, judge

three = ("out", "cache", "running")
for shape in ((5, 3), (1, 4), (2, 6)):
    x, gamma, beta, running = inputs.norm(judge.rng(), shape)
    case = (x, gamma, beta, running, False, 0.9, 1e-2)
    mean, var = running[0].copy(), running[1].copy()
    judge.forward("batchnorm_forward", batchnorm_forward, *case, returns=three)
    same_running(batchnorm_forward(*case)[2], mean, var)
### END HIDDEN TESTS

# %% [markdown]
# **Predict before you run.** An affine layer computes `x @ w + b`, and batch norm follows. What
# does the bias `b` do to `out`?
#
# <!-- guess 08/bias
# choice | in training it | raises `out` by `b` | scales `out` | * does nothing
# -->
#
# <details><summary>Answer</summary>
#
# In training, nothing. It raises every row alike, and so it raises the mean, which is subtracted.
# Layers before a batch norm are usually built without a bias; `beta` does its work.
#
# </details>

# %% [markdown]
# **Take away.** Train with the batch's statistics, test with the running ones, and put `eps` inside
# the root.

# %% [markdown]
# ## 4. Back through the statistics
#
# **Predict before you run.** Take the feature $[0, 0, 4, 4]$ once more, with gamma 1 and eps 0, and
# suppose that the loss is the first output alone: $\text{dout} = [1, 0, 0, 0]$. The division by the
# deviation 2 suggests $\text{dx} = [0.5, 0, 0, 0]$. Is that right? Raise all four numbers by 1:
# what does the loss do? What must `dx` add up to?
#
# <!-- guess 08/share
# choice | `[0.5, 0, 0, 0]` is | right | * wrong
# choice | if all four rise by 1, the loss | rises | falls | * stays
# number | `dx` adds up to | 0
# -->
#
# <details><summary>Answer</summary>
#
# If all four rise by 1, so does the mean, and `out` stays as it is. So `dx` must add up to 0, and
# $[0.5, 0, 0, 0]$ cannot be right.
#
# </details>


# %%
def first_output(x):
    return (x[0] - x.mean()) / x.std()


for i in range(4):
    step = 1e-5 * (np.arange(4) == i)
    feature = np.array([0.0, 0, 4, 4])
    print(i, round((first_output(feature + step) - first_output(feature - step)) / 2e-5, 6))

# %% [markdown]
# Measured, it is $[0.25, -0.25, 0, 0]$. Row 1 gets a gradient although the loss is the output of
# row 0 alone. Batch norm makes the rows of a batch depend on each other.
#
# Write $\text{scale} = 1/\sqrt{\text{var} + \text{eps}}$, so that
# $\hat{x}_n = (x_n - \text{mean}) \cdot \text{scale}$. Now find every place where $x_n$ is used.
# There are three.

# %% tags=["plot"] alt="A diagram. From x one arrow leads straight to x_hat, one to the mean, one to the variance. The mean and the variance lead to x_hat as well, and x_hat leads to out."
drawing.ways("Three ways from a row to the loss")

# %% [markdown]
# Look at the arrows that leave `x`. Backward a gradient comes along each of them, and the three
# shares add up: `dx` is the sum of the three shares. The first is easy. With
# $\text{d}\hat{x} = \text{dout} \cdot \text{gamma}$ it is
#
# $$\text{directly:} \quad \text{d}\hat{x}_n \cdot \text{scale}$$
#
# **Predict before you run.** Find the second yourself, on paper. How does $\hat{x}_n$ change with the
# mean, and so what is `dmean`, the slope of the loss with respect to it? How much does the mean rise
# if one $x_n$ rises by 1?
#
# <!-- guess 08/dmean
# choice | `dmean` is | `scale * sum(dx_hat)` | * `-scale * sum(dx_hat)` | `-scale * mean(dx_hat)`
# choice | if one `x` rises by 1, the mean rises by | 1 | * `1 / N` | `1 / scale`
# -->
#
# <details><summary>Answer</summary>
#
# Every row has the slope $-\text{scale}$, so
# $\text{dmean} = -\text{scale} \sum_n \text{d}\hat{x}_n$. The mean rises by $1/N$. The share is
# $\text{dmean} \cdot \frac{1}{N}$. (The mean is used inside the variance as well. That adds
# $-\frac{2}{N} \sum_n (x_n - \text{mean}) = 0$ to its slope: nothing.)
#
# </details>
#
# **Predict before you run.** And the third. What is the slope of `scale` with respect to the
# variance, what is `dvar`, and how much does the variance rise with $x_n$?
#
# <!-- guess 08/dvar
# choice | the slope of `scale` is | `-scale / 2` | `-scale**2 / 2` | * `-scale**3 / 2`
# choice | the variance has the slope | `1 / N` | * `2 / N * (x[n] - mean)` | `2 * (x[n] - mean)`
# -->
#
# <details><summary>Answer</summary>
#
# $(\text{var} + \text{eps})^{-1/2}$ has the slope
# $-\frac{1}{2} (\text{var} + \text{eps})^{-3/2} = -\frac{1}{2} \text{scale}^3$. So
# $\text{dvar} = -\frac{1}{2}\, \text{scale}^3 \sum_n \text{d}\hat{x}_n \, (x_n - \text{mean})$, and
# the share is $\text{dvar} \cdot \frac{2}{N} (x_n - \text{mean})$.
#
# </details>
#
# Your formulas must give these numbers. By hand: scale is $1/2$, and $x - \text{mean}$ is
# $[-2, -2, 2, 2]$. The shares are:
#
# | | row 0 | row 1 | row 2 | row 3 |
# |---|---|---|---|---|
# | directly | 0.5 | 0 | 0 | 0 |
# | in the mean: dmean $= -0.5$ | $-0.125$ | $-0.125$ | $-0.125$ | $-0.125$ |
# | in the variance: dvar $= 0.125$ | $-0.125$ | $-0.125$ | 0.125 | 0.125 |
# | `dx` | 0.25 | $-0.25$ | 0 | 0 |
#
# The other two gradients are those of any scale and shift:
# $\text{dgamma} = \sum_n \text{dout}_n \, \hat{x}_n$ and $\text{dbeta} = \sum_n \text{dout}_n$.
# Here they are $-1$ and 1.
#
# Now go back to the cell of exercise 2 and write `batchnorm_backward`. Run it again, then try it:

# %%
column, one = np.array([[0.0], [0.0], [4.0], [4.0]]), np.ones(1)
_, cache, _ = batchnorm_forward(column, one, np.zeros(1), (np.zeros(1), one), eps=0.0)
dx, dgamma, dbeta = batchnorm_backward(np.array([[1.0], [0.0], [0.0], [0.0]]), cache)
print(dx.ravel(), dgamma, dbeta)

# %% check="batchnorm_backward" part="dgamma_dbeta" points=1
# 1 point. Shown: the column by hand, gamma 3. Hidden: random batches.
column, start = np.array([[0.0], [0.0], [4.0], [4.0]]), (np.zeros(1), np.ones(1))
_, cache, _ = batchnorm_forward(column, np.array([3.0]), np.array([7.0]), start, eps=0.0)
_, dgamma, dbeta = batchnorm_backward(np.array([[1.0], [0.0], [10.0], [0.0]]), cache)
check.same(dgamma, [9.0], "dgamma", hint="-1 * 1 + 1 * 10 = 9: gamma meets x_hat, not x.")
check.same(dbeta, [11.0], "dbeta", hint="beta is added to every row: 1 + 10 = 11.")
### BEGIN HIDDEN TESTS
from autograder.judging import inputs, judge

for shape in ((5, 3), (4, 7), (9, 2)):
    case = (*inputs.norm(judge.rng(), shape), True, 0.9, 1e-2)
    dout = judge.rng().normal(size=shape)
    _, own, _ = judge.reference("batchnorm_forward")(*case)
    _, *expected = judge.reference("batchnorm_backward")(dout, own)
    _, cache, _ = batchnorm_forward(*case)
    _, dgamma, dbeta = batchnorm_backward(dout, cache)
    check.same(dgamma, expected[0], f"dgamma for x {shape}")
    check.same(dbeta, expected[1], f"dbeta for x {shape}")
three, pair = ("out", "cache", "running"), (batchnorm_forward, batchnorm_backward)
with judge.derived("batchnorm_backward"):
    for shape in ((4, 7), (200, 1000)):
        case = inputs.no_slope_norm(judge.rng(), shape)
        for only in ("dgamma", "dbeta"):
            judge.backward(
                ("batchnorm_forward", "batchnorm_backward"),
                pair,
                *case,
                results=("dx", "dgamma", "dbeta"),
                returns=three,
                only=only,
            )
### END HIDDEN TESTS

# %% check="batchnorm_backward" points=3
# 3 points. Shown: the column, and measured slopes. Hidden: random batches of small variance.
column, start = np.array([[0.0], [0.0], [4.0], [4.0]]), (np.zeros(1), np.ones(1))
_, cache, _ = batchnorm_forward(column, np.ones(1), np.zeros(1), start, eps=0.0)
dx, _, _ = batchnorm_backward(np.array([[1.0], [0.0], [0.0], [0.0]]), cache)
check.same(
    dx,
    [[0.25], [-0.25], [0.0], [0.0]],
    "dx of the column",
    hint="Three shares: directly, in the mean, in the variance. Compare with the table.",
)
uneven = np.array([[1.0, 2.0, 0.0], [0.0, 5.0, 0.0], [3.0, 1.0, 1.0], [1.0, 1.0, 5.0]])
scale, start = np.array([1.0, 2.0, 3.0]), (np.zeros(3), np.ones(3))
dout = np.arange(12.0).reshape(4, 3) % 5
_, cache, _ = batchnorm_forward(uneven, scale, np.zeros(3), start, eps=0.5)
dx, _, _ = batchnorm_backward(dout, cache)
measured = [
    [-1.625134, -0.658955, 0.579577],
    [0.342133, 0.527164, -2.173412],
    [-0.171067, 1.18612, 2.028518],
    [1.454067, -1.054329, -0.434682],
]
check.same(dx, measured, "dx of three features")
x_hat, cache, _ = batchnorm_forward(uneven, np.ones(3), np.zeros(3), start, eps=0.0)
dx, _, _ = batchnorm_backward(dout, cache)
check.same(np.sum(dx, axis=0), np.zeros(3), "sum of dx", hint="Raise all rows: out stays.")
check.same(np.sum(dx * x_hat, axis=0), np.zeros(3), "sum of dx * x_hat, eps 0")
### BEGIN HIDDEN TESTS
from autograder.judging import inputs, judge

three = ("out", "cache", "running")
names = ("batchnorm_forward", "batchnorm_backward")
pair = (batchnorm_forward, batchnorm_backward)
results = ("dx", "dgamma", "dbeta")
for shape, eps in (((5, 3), 1e-2), ((4, 7), 1e-2), ((9, 2), 1e-3), ((3, 6), 1e-1)):
    case = (*inputs.norm(judge.rng(), shape), True, 0.9, eps)
    judge.backward(names, pair, *case, results=results, returns=three, only="dx")
with judge.derived("batchnorm_backward"):
    for shape in ((4, 7), (200, 1000)):
        case = inputs.no_slope_norm(judge.rng(), shape)
        judge.backward(names, pair, *case, results=results, returns=three, only="dx")
### END HIDDEN TESTS

# %% [markdown]
# **One line.** Put the three shares together, and write $\hat{x}_n$ for
# $(x_n - \text{mean}) \cdot \text{scale}$ wherever it stands. What is left?
#
# <details><summary>Answer</summary>
#
# $$\text{dx}_n = \text{scale} \cdot \Big(
# \text{d}\hat{x}_n - \frac{1}{N} \sum_m \text{d}\hat{x}_m -
# \hat{x}_n \cdot \frac{1}{N} \sum_m \text{d}\hat{x}_m \, \hat{x}_m\Big)$$
#
# Two things are taken away: the mean of $\text{d}\hat{x}$, and the part that goes along with
# $\hat{x}$.
#
# </details>
#
# **Going further**, without points. Can `dx` be tested without a single expected number? The forward
# pass does not notice if all rows of a feature rise by 1. So `dx` adds up to 0. It does not notice
# either, at eps 0, if all rows are twice as far from their mean. So the sum of
# $\text{dx} \cdot \hat{x}$ is 0. A wrong factor in one of the shares breaks one of these
# **invariants**. Try them on a random batch. The last number compares your `dx` with the one line. All
# of them should be 0, up to rounding:

# %%
rows, dout = rng.normal(size=(2, 6, 3))
start = np.zeros(3), np.ones(3)
x_hat, cache, _ = batchnorm_forward(rows, np.ones(3), np.zeros(3), start, eps=0.0)
dx, _, _ = batchnorm_backward(dout, cache)
line = (dout - dout.mean(axis=0) - x_hat * (dout * x_hat).mean(axis=0)) / rows.std(axis=0)
print(dx.sum(axis=0), (dx * x_hat).sum(axis=0), np.max(np.abs(dx - line)), sep="\n")

# %% [markdown]
# **Take away.** In training every row has a part in the mean and in the variance, and so in every
# other row's output: `dx` of a feature adds up to 0.

# %% [markdown]
# ## 5. With and without
#
# Back to the ten layers of section 1. Put batch norm before each ReLU, and draw the histograms
# again.
#
# **Predict before you run.** What will the top row look like, $s = 0.1$, and what the bottom row,
# $s = 0.4$?
#
# <!-- guess 08/rows
# choice | the two rows look | as they did without | * the same as each other | the other way round: the top row grows
# -->


# %% tags=["experiment", "plot"] alt="Eight histograms of what arrives at the ReLU with batch norm, in layers 1, 4, 7 and 10, for s = 0.1 and 0.4. All are alike, with standard deviation 1."
def normalise(a):
    return batchnorm_forward(a, np.ones(50), np.zeros(50), (np.zeros(50), np.ones(50)))[0]


plot.histograms(
    [before_relu(x_pieces, s, normalise)[::3] for s in (0.1, 0.4)],
    ["s = 0.1", "s = 0.4"],
    shown,
    "With batch norm: the same at every depth, for every s",
    "what arrives at the ReLU",
)

# %% [markdown]
# Look at the numbers above the pictures: the deviation is 1 at every layer, and the two rows look
# the same. Whether $s$ is too small or too large, batch norm divides it out again.
#
# Does it help training? The net has to tell which photograph a piece comes from. A layer is affine,
# then batch norm or not, then ReLU. What it learns and remembers is kept in a dict.


# %% tags=["experiment"]
def new_layer(s):
    statistics = {
        "gamma": np.ones(50),
        "beta": np.zeros(50),
        "running": (np.zeros(50), np.ones(50)),
    }
    return {"w": rng.normal(scale=s, size=(50, 50)), "b": np.zeros(50)} | statistics


def layer_forward(x, layer, norm):
    out, affine = affine_forward(x, layer["w"], layer["b"])
    statistics = None
    if norm:
        out, statistics, layer["running"] = batchnorm_forward(
            out, layer["gamma"], layer["beta"], layer["running"]
        )
    out, relu = relu_forward(out)
    return out, (affine, statistics, relu)


# %% [markdown]
# Backward, the same three in reverse. Then everything that is learned takes a small step against
# its gradient; `rate` is the **learning rate**.


# %% tags=["experiment"]
def layer_backward(dout, layer, cache, norm, rate):
    affine, statistics, relu = cache
    slopes = {}
    dout = relu_backward(dout, relu)
    if norm:
        dout, slopes["gamma"], slopes["beta"] = batchnorm_backward(dout, statistics)
    dx, slopes["w"], slopes["b"] = affine_backward(dout, affine)
    for name, slope in slopes.items():
        layer[name] = layer[name] - rate * slope
    return dx


# %% [markdown]
# Training is a loop: take 100 pieces, find the loss, carry the gradient back. Lesson 09 says more
# about it.


# %% tags=["experiment"]
def train(s, norm, steps=200, rate=0.05):
    """Train ten layers and a last one of 5 scores; return the loss of every step."""
    layers, w, losses = [new_layer(s) for _ in range(10)], rng.normal(scale=0.2, size=(50, 5)), []
    for _ in range(steps):
        batch = rng.integers(len(x_pieces), size=100)
        x, caches = x_pieces[batch], []
        for layer in layers:
            x, cache = layer_forward(x, layer, norm)
            caches.append(cache)
        loss, dscores = softmax_loss(x @ w, labels[batch])
        losses.append(loss)
        dout, w = dscores @ w.T, w - rate * x.T @ dscores
        for layer, cache in zip(layers[::-1], caches[::-1], strict=True):
            dout = layer_backward(dout, layer, cache, norm, rate)
    return losses


# %% [markdown]
# **Predict before you run.** A net that knows nothing gives each of the five photographs the
# probability $1/5$, and its loss is $\log 5 = 1.61$. Which of the six nets will get below that?
#
# <!-- guess 08/six
# number | of the three without batch norm | 1
# number | of the three with it | 3
# -->

# %% tags=["experiment", "plot"] alt="Two plots of the loss over 200 steps. Without batch norm only s = 0.2 falls; 0.1 stays at 1.61, 0.4 is missing. With batch norm all three fall."
figure, axes = plt.subplots(1, 2, figsize=(10, 4), sharey=True)
for axis, norm in zip(axes, (False, True), strict=True):
    for s, style in ((0.1, ":"), (0.2, "-"), (0.4, "--")):
        with np.errstate(all="ignore"):  # numbers that grow too large are part of the answer
            losses = train(s, norm)
        smooth = np.convolve(losses, np.ones(10) / 10, "valid")
        axis.plot(np.arange(10, 201), smooth, style, label=f"s = {s}, first loss {losses[0]:.1f}")
    axis.axhline(np.log(5), color="gray", linewidth=1)
    axis.set(title=f"{'with' if norm else 'without'} batch norm", xlabel="step", ylim=(0.6, 2.4))
    axis.legend()
axes[0].set_ylabel("loss, mean of ten steps")
figure.suptitle("Ten layers learn to tell five photographs apart")
figure.tight_layout()
plt.show()

# %% [markdown]
# Look at the left picture. With $s = 0.1$ the loss stays on the grey line at 1.61. The scores are a
# thousandth of what they could be; the gradient is halved at each layer too, and hardly any of it
# is left for the first weights: it **vanishes**. With $s = 0.2$ the net learns. The line for
# $s = 0.4$ is missing. Its scores, and so its first loss, are about a thousand times too large.
# Three steps later the loss is no longer a number: the gradient **explodes**.
#
# On the right all three learn. Nobody has to know that 0.2 is the right number.
#
# **Going further**, without points. Start both nets at $s = 0.2$, which suits both, and change the
# learning rate instead: from 0.001 to 3, each about three times the one before.
#
# **Predict before you run.** Which rates can each net live with? This takes a quarter of a minute or so.
#
# <!-- guess 08/rates
# choice | the largest without batch norm | 0.01 | * 0.1 | 1 | 3
# choice | the largest with it | 0.01 | 0.1 | 1 | * 3
# -->

# %% tags=["experiment", "plot"] alt="The loss after 200 steps against the learning rate, 0.001 to 3. Without batch norm it falls to about 1.25 at 0.1, and has no points at the largest rates. With batch norm it is below 1.3 from 0.01 to 3."
rates = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3]
for norm, style in ((False, "o--"), (True, "s-")):
    with np.errstate(all="ignore"):
        ends = [np.mean(train(0.2, norm, rate=rate)[-20:]) for rate in rates]
    plt.semilogx(rates, ends, style, label=f"{'with' if norm else 'without'} batch norm")
    print([float(round(end, 2)) for end in ends])
plt.axhline(np.log(5), color="gray", linewidth=1)
plt.title("Ten layers, 200 steps, eight learning rates")
plt.xlabel("learning rate")
plt.ylabel("loss, mean of the last 20 steps")
plt.legend()
plt.show()

# %% [markdown]
# Look where each line is low. Without batch norm 0.1 is about as far as you can go. A step or two
# above it the loss is no longer a number, and no point is drawn. With batch norm every rate from
# 0.01 to 3 works, and those from 0.03 to 1 end below the other net's best. Only at the smallest is
# it no help: two hundred tiny steps do not lead far.
#
# Batch norm does not make a net cleverer. It makes it less sensitive: to how its weights begin, and
# to how large its steps are. ResNet, in 2015, has batch norm after every convolution, and up to
# 152 layers where AlexNet had 8. Its skip connections did the rest; lesson 11 builds them.
#
# The living net has no layer that normalises. Move its brightness from one end to the other: the
# scores follow, and at both ends the answer is another one, though the picture still shows an eye.
# From pictures in all lights a net can learn that brightness does not matter. A layer that divides by
# the spread knows it from the start.

# %% tags=["demo"]
living.net().show(data.photo("chelsea"), at=(17, 62))

# %% [markdown]
# **Take away.** With batch norm the size of a layer's weights stops mattering to the layers after
# it.

# %% [markdown]
# ## 6. Batch norm for feature maps
#
# A feature map has many places, and one filter made them all. If batch norm treated each pixel as a
# feature of its own, every place would be shifted and scaled in another way, and what lesson 02
# showed would be lost: move the picture, and the answer moves with it.
#
# So one **channel** is one feature, and every pixel of every picture counts as a row. For `x` of
# shape $(N, C, H, W)$ there are $C$ means, each over $N \cdot H \cdot W$ numbers. `gamma`, `beta`
# and the two running statistics have shape $(C,)$.
#
# **Predict before you run.** A batch of shape (8, 16, 32, 32) is normalised. How many means are
# there, and over how many numbers is each? How many would there be with a mean for every pixel of a
# picture?
#
# <!-- guess 08/means
# number | means | 16
# number | numbers in each | 8192
# number | means, with one for every pixel | 16384
# -->
#
# <details><summary>Answer</summary>
#
# 16 means, each over $8 \cdot 32 \cdot 32 = 8192$ numbers. One for every pixel would make
# $16 \cdot 32 \cdot 32 = 16384$ means, each over 8 numbers.
#
# </details>
#
# Below are two pictures with three channels each, drawn twice. Places of one colour share a mean.

# %% tags=["plot"] alt="Two pictures with three channels each, twice. Left, each channel has one colour in both pictures: 3 means. Right, each of the 12 places has its own colour, the same in both pictures: 12 means."
N, C, H, W = 2, 3, 2, 2
_, channel, row, column = np.indices((N, C, H, W))
pixel = (channel * H + row) * W + column
titles = "one mean per channel", "one mean per pixel"
drawing.shared([channel, pixel], titles, "Places of one colour share a mean")

# %% [markdown]
# The left is what a convolution layer wants. Each colour fills a whole map, in both pictures. On
# the right every pixel has its own colour, and shares it only with the same pixel of the other
# picture.
#
# You have a function that normalises columns. So make channels the columns: bring the axes into the
# order $(N, H, W, C)$, make one row of each pixel, normalise, and go all the way back.
#
# **Find the mistake.** Somebody writes `x.reshape(-1, C)` at once. The shape is right. What stands
# in the first column?

# %%
x = np.array([[[[0.0, 0], [4, 4]], [[10, 50], [10, 50]]]])  # (1, 2, 2, 2)
print(x.reshape(-1, 2))
print(x.transpose(0, 2, 3, 1).reshape(-1, 2))

# %% [markdown]
# The first takes the numbers as they lie in memory, two by two: its first column holds the left
# pixels of both maps. The second has channel 0 in its first column. It is the batch of section 3
# again.
#
# ### Exercise 3: `spatial_batchnorm_forward` and `spatial_batchnorm_backward` (2 points)
#
# Call your functions of exercise 2, or write it all out again. By hand, with gamma 1, beta 0 and
# eps 0: the two maps above become $\begin{pmatrix} -1 & -1 \\ 1 & 1 \end{pmatrix}$ and
# $\begin{pmatrix} -1 & 1 \\ -1 & 1 \end{pmatrix}$. If `dout` is a single 1 at the first pixel of
# channel 0, `dx` is $\begin{pmatrix} 0.25 & -0.25 \\ 0 & 0 \end{pmatrix}$ there, as in section 4,
# and 0 in channel 1.


# %% exercise="spatial_batchnorm_forward"
def spatial_batchnorm_forward(x, gamma, beta, running, train=True, momentum=0.9, eps=1e-5):
    """Normalise each channel over the batch and all places.

    Args:
        x: feature maps, shape (N, C, H, W).
        gamma, beta: scale and shift of each channel, shape (C,).
        running: a pair, mean and variance so far, shape (C,) each.
        train, momentum, eps: as in batchnorm_forward.

    Returns:
        out: shape (N, C, H, W).
        cache: whatever spatial_batchnorm_backward will need.
        running: the new pair; the old one when not training.
    """
    ### BEGIN SOLUTION
    N, C, H, W = x.shape
    rows = x.transpose(0, 2, 3, 1).reshape(-1, C)  # (N, C, H, W) -> (N*H*W, C)
    out, cache, running = batchnorm_forward(rows, gamma, beta, running, train, momentum, eps)
    out = out.reshape(N, H, W, C).transpose(0, 3, 1, 2)  # (N*H*W, C) -> (N, C, H, W)
    return out, cache, running
    ### END SOLUTION


def spatial_batchnorm_backward(dout, cache):
    """Send the gradient back through spatial_batchnorm_forward.

    Args:
        dout: gradient of the loss with respect to out, shape (N, C, H, W).
        cache: from spatial_batchnorm_forward in training.

    Returns:
        dx: gradient with respect to x, shape (N, C, H, W).
        dgamma: gradient with respect to gamma, shape (C,).
        dbeta: gradient with respect to beta, shape (C,).
    """
    ### BEGIN SOLUTION
    N, C, H, W = dout.shape
    drows = dout.transpose(0, 2, 3, 1).reshape(-1, C)  # (N, C, H, W) -> (N*H*W, C)
    dx, dgamma, dbeta = batchnorm_backward(drows, cache)
    dx = dx.reshape(N, H, W, C).transpose(0, 3, 1, 2)  # (N*H*W, C) -> (N, C, H, W)
    return dx, dgamma, dbeta
    ### END SOLUTION


# %% [markdown]
# Try it on the two maps, forward and backward:

# %%
start = np.zeros(2), np.ones(2)
out, cache, _ = spatial_batchnorm_forward(x, np.ones(2), np.zeros(2), start, eps=0.0)
print(out[0])
dout = np.zeros((1, 2, 2, 2))
dout[0, 0, 0, 0] = 1
print(spatial_batchnorm_backward(dout, cache)[0][0])

# %% check="spatial_batchnorm_forward" points=1
# 1 point. Shown: two maps, two pictures. Hidden: random maps, both modes, running statistics.
maps = np.array([[[[0.0, 0.0], [4.0, 4.0]], [[10.0, 50.0], [10.0, 50.0]]]])
start = np.zeros(2), np.ones(2)
out, _, running = spatial_batchnorm_forward(maps, np.ones(2), np.zeros(2), start, eps=0.0)
expected = [[[[-1.0, -1.0], [1.0, 1.0]], [[-1.0, 1.0], [-1.0, 1.0]]]]
check.same(out, expected, "two maps", hint="Channel 0 has mean 2 and deviation 2, over all pixels.")
same_running(running, [0.2, 3.0], [1.3, 40.9], hint="One mean for each channel: 2 and 30.")
pair, start = np.array([[[[0.0]]], [[[4.0]]]]), (np.zeros(1), np.ones(1))  # (2, 1, 1, 1)
one = np.ones(1), np.zeros(1)
out, _, running = spatial_batchnorm_forward(pair, *one, start, momentum=0.5, eps=0.0)
check.same(out.ravel(), [-1.0, 1.0], "two pictures", hint="One mean for both pictures: 2.")
same_running(running, [1.0], [2.5], hint="Hand momentum and eps on.")
out, _, _ = spatial_batchnorm_forward(pair, *one, start, train=False, eps=0.0)
check.same(out, pair, "two pictures, not training", hint="Mean 0 and variance 1 are given.")
### BEGIN HIDDEN TESTS
from autograder.judging import inputs, judge

three = ("out", "cache", "running")
for shape, train in (((2, 3, 4, 5), True), ((3, 2, 5, 4), True), ((1, 4, 2, 3), False)):
    case = (*inputs.norm(judge.rng(), shape), train, 0.8, 1e-2)
    expected = judge.reference("spatial_batchnorm_forward")(*case)[2]
    judge.forward("spatial_batchnorm_forward", spatial_batchnorm_forward, *case, returns=three)
    same_running(spatial_batchnorm_forward(*case)[2], *expected)
case = inputs.norm(judge.rng(), (2, 4, 3, 5))  # momentum and eps as they stand in the signature
judge.forward("spatial_batchnorm_forward", spatial_batchnorm_forward, *case, returns=three)
### END HIDDEN TESTS

# %% check="spatial_batchnorm_backward" points=1
# 1 point. Shown: the single 1. Hidden: random maps of small variance, all three gradients.
maps = np.array([[[[0.0, 0.0], [4.0, 4.0]], [[10.0, 50.0], [10.0, 50.0]]]])
start, dout = (np.zeros(2), np.ones(2)), np.zeros((1, 2, 2, 2))
dout[0, 0, 0, 0] = 1.0
_, cache, _ = spatial_batchnorm_forward(maps, np.ones(2), np.zeros(2), start, eps=0.0)
dx, dgamma, dbeta = spatial_batchnorm_backward(dout, cache)
expected = [[[[0.25, -0.25], [0.0, 0.0]], [[0.0, 0.0], [0.0, 0.0]]]]
check.same(dx, expected, "dx", hint="The table of section 4, with 4 pixels for 4 rows.")
check.same(dgamma, [-1.0, 0.0], "dgamma")
check.same(dbeta, [1.0, 0.0], "dbeta")
### BEGIN HIDDEN TESTS
from autograder.judging import inputs, judge

three = ("out", "cache", "running")
names = ("spatial_batchnorm_forward", "spatial_batchnorm_backward")
pair = (spatial_batchnorm_forward, spatial_batchnorm_backward)
for shape, eps in (((2, 3, 4, 5), 1e-2), ((3, 2, 5, 4), 1e-2), ((1, 4, 2, 3), 1e-1)):
    case = (*inputs.norm(judge.rng(), shape), True, 0.9, eps)
    judge.backward(names, pair, *case, results=("dx", "dgamma", "dbeta"), returns=three)
with judge.derived("spatial_batchnorm_backward"):
    for shape in ((2, 3, 4, 5), (2, 1000, 10, 10)):
        case = inputs.no_slope_norm(judge.rng(), shape)
        judge.backward(names, pair, *case, results=("dx", "dgamma", "dbeta"), returns=three)
### END HIDDEN TESTS

# %% [markdown]
# **Take away.** For feature maps a channel is a feature, and every pixel of every picture is a row.

# %% [markdown]
# ## 7. Without the batch
#
# Batch norm has a price: what a picture becomes depends on the others in its batch. Where memory
# leaves room for only two pictures, mean and variance are rough guesses. And at test time the layer
# computes something else. Must the mean be taken over the batch?
#
# Three other layers take it within a picture. **Layer norm**, of 2016, has one mean for a whole
# picture. **Instance norm**, of the same year, has one for every channel of every picture. **Group
# norm**, of 2018, stands between them: it cuts the $C$ channels of a picture into $G$ groups, and
# each group has a mean. All four, for two pictures of four channels:

# %% tags=["plot"] alt="Two pictures with four channels each, four times. Batch norm: a colour for each channel, the same in both pictures, 4 means. Layer norm: a colour for each picture, 2. Instance norm: a colour for each map, 8. Group norm, G = 2: 4."
N, C, H, W = 2, 4, 4, 5
picture, channel, _, _ = np.indices((N, C, H, W))
drawing.shared(
    [channel, picture, picture * C + channel, picture * 2 + channel // 2],
    ["batch norm", "layer norm", "instance norm", "group norm, G = 2"],
    "Places of one colour share a mean and a variance",
)

# %% [markdown]
# In each panel a row is a picture. In batch norm a colour runs through both. In the other three no
# colour is in two pictures: what becomes of a picture is up to the picture alone. So there is
# nothing to remember, and training and test time are the same.
#
# Compare group norm with its neighbours. With $G = 1$ its group is the whole picture: layer norm.
# With $G = C$ each channel is a group: instance norm. One function does all three. `gamma` and
# `beta` stay as they were, one of each per channel, shape $(C,)$.
#
# **Predict before you run.** A batch has the shape (8, 16, 32, 32). How many means does each of the
# four layers take, group norm with $G = 4$, and over how many numbers is each mean?
#
# <!-- guess 08/four
# row | means of batch, layer, instance and group norm | 16, 8, 128, 32
# row | numbers in each mean | 8192, 16384, 1024, 4096
# -->
#
# <details><summary>Answer</summary>
#
# Batch norm 16 means over 8192 numbers; layer norm 8 over 16384; instance norm $8 \cdot 16 = 128$
# over 1024; group norm $8 \cdot 4 = 32$ over $4 \cdot 1024 = 4096$.
#
# </details>
#
# By hand: a picture has two channels of two pixels, $[0, 0]$ and $[4, 4]$. With $G = 1$ these four
# numbers are the feature of section 3, lying elsewhere: $\hat{x}$ is $[-1, -1]$ and $[1, 1]$. With
# $G = 2$ each channel has nothing but its own mean, and $\hat{x}$ is 0 everywhere.

# %% [markdown]
# ### Exercise 4: `group_norm_forward` and `group_norm_backward` (5 points)
#
# A gradient that is measured earns no points here either.
#
# The channels of a group stand one after the other, and in memory a group is one stretch of
# numbers. So one row for each group is a single `reshape`, without `transpose`. The mean is then
# that of a row. After the normalisation bring the shape back, for `gamma` and `beta` belong to
# channels.
#
# Backward is the one line of section 4, with a row for a column. Mind the order: there, `gamma` was
# one number for the whole column. Here the channels of a group have different ones, and `dx_hat`
# must have them before any mean is taken.
#
# By hand: with $G = 1$, $\text{gamma} = [2, 3]$, $\text{beta} = [5, 1]$ and eps 0, the picture above
# becomes $[3, 3]$ and $[4, 4]$. If `dout` is a single 1 at its first pixel, `dx` is $[0.5, -0.5]$ and
# $[0, 0]$: twice the table of section 4.


# %% exercise="group_norm_forward"
def group_norm_forward(x, gamma, beta, G, eps=1e-5):
    """Normalise each group of channels of each picture; then scale and shift each channel.

    Args:
        x: feature maps, shape (N, C, H, W).
        gamma, beta: scale and shift of each channel, shape (C,).
        G: groups of neighbouring channels; C is a multiple of it.
        eps: added to the variance.

    Returns:
        out: shape (N, C, H, W).
        cache: whatever group_norm_backward will need.
    """
    ### BEGIN SOLUTION
    N, _, _, _ = x.shape
    rows = x.reshape(N * G, -1)  # (N, C, H, W) -> (N*G, C/G*H*W)
    mean, var = rows.mean(axis=1, keepdims=True), rows.var(axis=1, keepdims=True)
    scale = 1 / np.sqrt(var + eps)
    x_hat = ((rows - mean) * scale).reshape(x.shape)
    out = gamma[:, None, None] * x_hat + beta[:, None, None]
    return out, (x_hat, scale, gamma)
    ### END SOLUTION


def group_norm_backward(dout, cache):
    """Send the gradient back, also through the mean and the variance of each group.

    Args:
        dout: gradient of the loss with respect to out, shape (N, C, H, W).
        cache: from group_norm_forward.

    Returns:
        dx: gradient with respect to x, shape (N, C, H, W).
        dgamma: gradient with respect to gamma, shape (C,).
        dbeta: gradient with respect to beta, shape (C,).
    """
    ### BEGIN SOLUTION
    x_hat, scale, gamma = cache
    dgamma = np.sum(dout * x_hat, axis=(0, 2, 3))
    dbeta = np.sum(dout, axis=(0, 2, 3))
    rows = x_hat.reshape(len(scale), -1)  # (N*G, C/G*H*W)
    dx_hat = (dout * gamma[:, None, None]).reshape(rows.shape)
    in_mean = dx_hat.mean(axis=1, keepdims=True)
    in_var = rows * np.mean(dx_hat * rows, axis=1, keepdims=True)
    dx = scale * (dx_hat - in_mean - in_var)
    return dx.reshape(dout.shape), dgamma, dbeta
    ### END SOLUTION


# %% [markdown]
# Try it on the picture:

# %%
x = np.array([[0.0, 0.0], [4.0, 4.0]]).reshape(1, 2, 1, 2)
gamma, beta = np.array([2.0, 3.0]), np.array([5.0, 1.0])
out, cache = group_norm_forward(x, gamma, beta, 1, eps=0.0)
dx, dgamma, dbeta = group_norm_backward(np.eye(4)[0].reshape(1, 2, 1, 2), cache)
print(out.ravel(), dx.ravel(), dgamma, dbeta, sep="\n")

# %% check="group_norm_forward" points=1
# 1 point. Shown: by hand, G = 1 and 2, small variance. Hidden: random maps, from layer to instance.
x = np.array([[0.0, 0.0], [4.0, 4.0]]).reshape(1, 2, 1, 2)
gamma, beta = np.array([2.0, 3.0]), np.array([5.0, 1.0])
out, _ = group_norm_forward(x, gamma, beta, 1, eps=0.0)
check.same(np.reshape(out, -1), [3.0, 3.0, 4.0, 4.0], "G = 1", hint="One mean for the picture: 2.")
out, _ = group_norm_forward(x, gamma, beta, 2)
check.same(np.reshape(out, -1), [5.0, 5.0, 1.0, 1.0], "G = 2", hint="Here out is beta.")
x = np.array([0.0, 4.0, 10.0, 50.0]).reshape(1, 4, 1, 1)
out, _ = group_norm_forward(x, np.ones(4), np.zeros(4), 2, eps=0.0)
check.same(
    np.reshape(out, -1),
    [-1.0, 1.0, -1.0, 1.0],
    "four channels, G = 2",
    hint="Channels 0 and 1 have mean 2 and deviation 2; channels 2 and 3 have 30 and 20.",
)
x = np.array([-0.1, 0.1]).reshape(1, 1, 1, 2)
out, _ = group_norm_forward(x, np.ones(1), np.zeros(1), 1, eps=0.03)
check.same(np.reshape(out, -1), [-0.5, 0.5], "variance 0.01", hint="0.1 / sqrt(0.01 + 0.03) = 0.5")
### BEGIN HIDDEN TESTS
from autograder.judging import inputs, judge

for x, gamma, beta, G in inputs.group_norm(judge.rng()):
    judge.forward("group_norm_forward", group_norm_forward, x[:1], gamma, beta, G, 1e-2)
judge.forward("group_norm_forward", group_norm_forward, x[:1], gamma, beta, G)
### END HIDDEN TESTS

# %% check="group_norm_forward" part="alone" points=1
# 1 point. Shown: a picture comes out the same, alone and in a batch. Hidden: random batches.
x = np.array([0.0, 4.0, 10.0, 50.0, -7.0, -7.0, 3.0, 1.0]).reshape(2, 4, 1, 1)
together, _ = group_norm_forward(x, np.ones(4), np.zeros(4), 2)
for n in range(2):
    alone, _ = group_norm_forward(x[n : n + 1], np.ones(4), np.zeros(4), 2)
    check.same(np.asarray(together)[n], np.asarray(alone)[0], f"picture {n} in its batch, and alone")
### BEGIN HIDDEN TESTS
from autograder.judging import inputs, judge

for x, gamma, beta, G in inputs.group_norm(judge.rng()):
    judge.forward("group_norm_forward", group_norm_forward, x, gamma, beta, G, 1e-2)
### END HIDDEN TESTS

# %% check="group_norm_backward" part="dgamma_dbeta" points=1
# 1 point. Shown: the picture by hand. Hidden: random batches.
x = np.array([[0.0, 0.0], [4.0, 4.0]]).reshape(1, 2, 1, 2)
x = np.concatenate([x, x + 1])  # a second picture: x_hat is the same
_, cache = group_norm_forward(x, np.array([2.0, 3.0]), np.zeros(2), 1, eps=0.0)
dout = np.arange(1.0, 9.0).reshape(2, 2, 1, 2)
_, dgamma, dbeta = group_norm_backward(dout, cache)
check.same(dgamma, [-14.0, 22.0], "dgamma", hint="-1 - 2 - 5 - 6, and 3 + 4 + 7 + 8.")
check.same(dbeta, [14.0, 22.0], "dbeta", hint="One for each channel, over all pictures and places.")
### BEGIN HIDDEN TESTS
from autograder.judging import inputs, judge

pair = ("group_norm_forward", "group_norm_backward"), (group_norm_forward, group_norm_backward)
results = ("dx", "dgamma", "dbeta")
for only in ("dgamma", "dbeta"):
    for case in inputs.group_norm(judge.rng()):
        judge.backward(*pair, *case, 1e-2, results=results, only=only)
    with judge.derived("group_norm_backward"):
        for case in inputs.no_slope_group_norm(judge.rng()):
            judge.backward(*pair, *case, 1e-2, results=results, only=only)
### END HIDDEN TESTS

# %% check="group_norm_backward" points=2
# 2 points. Shown: by hand, then one that crosses channels. Hidden: batches of small variance.
x = np.array([[0.0, 0.0], [4.0, 4.0]]).reshape(1, 2, 1, 2)
_, cache = group_norm_forward(x, np.array([2.0, 3.0]), np.zeros(2), 1, eps=0.0)
dx, _, _ = group_norm_backward(np.eye(4)[0].reshape(1, 2, 1, 2), cache)
check.same(np.reshape(dx, -1), [0.5, -0.5, 0.0, 0.0], "dx", hint="The table, times gamma 2.")
x = np.array([[0.0, 4.0], [0.0, 4.0]]).reshape(1, 2, 1, 2)
_, cache = group_norm_forward(x, np.array([2.0, 3.0]), np.zeros(2), 1, eps=0.0)
dx, _, _ = group_norm_backward(np.eye(4)[0].reshape(1, 2, 1, 2), cache)
check.same(
    np.reshape(dx, -1),
    [0.5, 0.0, -0.5, 0.0],
    "dx of two equal channels",
    hint="dx_hat is [2, 0, 0, 0]: gamma first, then the means. They reach channel 1, too.",
)
### BEGIN HIDDEN TESTS
from autograder.judging import inputs, judge

pair = ("group_norm_forward", "group_norm_backward"), (group_norm_forward, group_norm_backward)
results = ("dx", "dgamma", "dbeta")
for case in inputs.group_norm(judge.rng()):
    judge.backward(*pair, *case, 1e-2, results=results, only="dx")
with judge.derived("group_norm_backward"):
    for case in inputs.no_slope_group_norm(judge.rng()):
        judge.backward(*pair, *case, 1e-2, results=results, only="dx")
### END HIDDEN TESTS

# %% [markdown]
# **Going further**, without points. How much does the batch matter? Take eight random pictures, and see
# what the first pixel of the first becomes: alone, and among two, four and eight of them.

# %%
maps, ones, zeros = rng.normal(size=(8, 4, 5, 5)), np.ones(4), np.zeros(4)
for n in (1, 2, 4, 8):
    batch = spatial_batchnorm_forward(maps[:n], ones, zeros, (zeros, ones))[0][0]
    group = group_norm_forward(maps[:n], ones, zeros, 2)[0][0]
    print(f"N = {n}: batch norm {batch[0, 0, 0]:.3f}, group norm {group[0, 0, 0]:.3f}")

# %% [markdown]
# Batch norm, in training, gives another answer for every batch; group norm always gives the same.
# Nets that are trained with one or two large pictures at a time use group norm. Layer norm has
# become the layer of the transformers, where it is taken over the features of one word or piece of
# picture at a time.
#
# **Take away.** The four layers share one formula. What differs is who shares a mean; if it is not
# the batch, training and test time are the same.

# %% [markdown]
# ## 8. Drop some activations
#
# Units can come to rely on each other: one makes a mistake, and another has learned to repair just
# that one. On new pictures the pair fails: the net does well on the pictures of its training, and
# badly on others. That is **overfitting**. **Dropout** breaks up such pairs. In every training step
# it keeps each activation with probability $p$ and sets the others to zero. AlexNet does so in its
# fully-connected layers, with $p = 0.5$.
#
# **Predict before you run.** A layer has 4096 units, all with activation 1, and $p = 0.5$. The next
# layer adds them up. About what does it get in training? And at test time, when nothing is dropped?
#
# <!-- guess 08/dropout
# number | in training, about | 2048 | within 3 %
# number | at test time | 4096
# -->
#
# <details><summary>Answer</summary>
#
# About 2048 in training, 4096 at test time: twice as much as the next layer has ever seen.
#
# </details>
#
# The remedy is called **inverted** dropout. What is kept is scaled by $1/p$, so that the sum stays
# as it was, on average:
#
# $$\text{mask}_i = \begin{cases} 1/p & \text{if } \text{random}_i < p \\ 0 & \text{otherwise}
# \end{cases} \qquad \text{out}_i = x_i \cdot \text{mask}_i$$
#
# Then there is nothing to do at test time: `x` passes as it is. And backward? The slope of each
# output is its mask, so $\text{dx}_i = \text{dout}_i \cdot \text{mask}_i$, with the mask of the
# forward pass.

# %% [markdown]
# A check needs the same random numbers as you. So the mask is made from a seed, in exactly this
# way, one number between 0 and 1 for each activation:

# %%
np.random.default_rng(8).random(4).round(2)

# %% [markdown]
# With $p = 0.8$ the second is dropped, since 0.99 is not below 0.8. The others are multiplied
# by $1/0.8 = 1.25$. In a picture, for the activations 1, 2, 3, 4:

# %% tags=["plot"] alt="Three rows of four cells. x is 1, 2, 3, 4. Below each a random number: 0.33, 0.99, 0.32, 0.79; the second is not below 0.8. out is 1.25, 0, 3.75, 5."
x, random = np.array([1.0, 2, 3, 4]), np.random.default_rng(8).random(4).round(2)
axis = drawing.canvas(10.5, 4, "Dropout with p = 0.8")
for top, name, row, fill in (
    (0.2, "x", x, drawing.PALE_BLUE),
    (1.4, "random, seed 8", random, drawing.PALE_GREY),
    (2.6, "out", x * (random < 0.8) / 0.8, drawing.PALE_GREEN),
):
    axis.text(5.2, top + 0.5, name, ha="right", va="center")
    drawing.cells(axis, row, 5.5, top, fill, size=8)
plt.show()

# %% [markdown]
# > **If you know other libraries.** Here `p` **keeps**, as in CS231n. In PyTorch it **drops**: our
# > $p = 0.8$ is `Dropout(0.2)` there. At $p = 0.5$ both drop half, and nobody notices which is
# > meant.
#
# ### Exercise 5: `dropout_forward` and `dropout_backward` (3 points)
#
# By hand: with seed 8 and $p = 0.8$, $[1, 2, 3, 4]$ becomes $[1.25, 0, 3.75, 5]$. What passes as it
# is at test time sends `dout` back as it is.


# %% exercise="dropout_forward"
def dropout_forward(x, p, seed, train=True):
    """Keep each activation with probability p, and scale what is kept by 1 / p.

    Args:
        x: any shape, floating point.
        p: probability to keep, above 0, at most 1.
        seed: of the mask: keep where np.random.default_rng(seed).random(x.shape) < p.
        train: when not training, x passes as it is.

    Returns:
        out: the shape of x.
        cache: whatever dropout_backward will need.
    """
    ### BEGIN SOLUTION
    if train:
        keep = np.random.default_rng(seed).random(x.shape) < p
        mask = keep / p
    else:
        mask = np.ones(x.shape)
    return x * mask, mask
    ### END SOLUTION


def dropout_backward(dout, cache):
    """Send the gradient through what was kept.

    Args:
        dout: gradient of the loss with respect to out, any shape.
        cache: from dropout_forward.

    Returns:
        dx: the shape of dout.
    """
    ### BEGIN SOLUTION
    mask = cache
    return dout * mask
    ### END SOLUTION


# %% [markdown]
# Try it with one mask, then take the mean over a thousand masks. It should be close to `x`:

# %%
x = np.array([1.0, 2, 3, 4])
out, cache = dropout_forward(x, 0.8, seed=8)
print(out, dropout_backward(np.array([10.0, 20, 30, 40]), cache))
print(np.mean([dropout_forward(x, 0.8, seed)[0] for seed in range(1000)], axis=0))

# %% check="dropout_forward" points=1
# 1 point. Training. Shown: seed 8. Hidden: other shapes, seeds and probabilities.
one, two = (dropout_forward(np.ones((4, 50)), 0.5, 8)[0] for _ in range(2))
check.same(
    np.array_equal(one, two),
    True,
    "the same mask twice with seed 8",
    hint="Where do your random numbers begin?",
)
check.same(
    dropout_forward(np.ones((2, 3)), 0.5, 8)[0],
    [[2.0, 0.0, 2.0], [0.0, 0.0, 2.0]],
    "ones of shape 2 x 3, seed 8, p = 0.5",
    hint="Every number has a random number of its own, between 0 and 1.",
)
check.same(
    dropout_forward(np.array([1.0, 2.0, 3.0, 4.0]), 0.8, 8)[0],
    [1.25, 0.0, 3.75, 5.0],
    "seed 8, p = 0.8",
    hint="Kept where the random number is below p, and then divided by p.",
)
### BEGIN HIDDEN TESTS
from autograder.judging import judge

random = judge.rng()
for shape, p in (((40,), 0.3), ((5, 7), 0.8), ((2, 3, 4, 5), 0.6), ((6, 2), 1.0)):
    x, seed = random.normal(size=shape), int(random.integers(1000))
    judge.forward("dropout_forward", dropout_forward, x, p, seed)
### END HIDDEN TESTS

# %% check="dropout_forward" part="test" points=1
# 1 point. Test time. Shown: nothing is dropped or scaled. Hidden: other shapes and probabilities.
four = np.array([1.0, 2.0, 3.0, 4.0])
check.same(dropout_forward(four, 0.8, 8, False)[0], four, "test time", hint="x passes as it is.")
### BEGIN HIDDEN TESTS
from autograder.judging import judge

random = judge.rng()
for shape, p in (((40,), 0.3), ((5, 7), 0.8), ((2, 3, 4, 5), 0.6)):
    x, seed = random.normal(size=shape), int(random.integers(1000))
    judge.forward("dropout_forward", dropout_forward, x, p, seed, train=False)
### END HIDDEN TESTS

# %% check="dropout_backward" points=1
# 1 point. Shown: the mask of seed 8. Hidden: other shapes, seeds and probabilities, both modes.
caches = [dropout_forward(np.ones((4, 50)), 0.5, 8)[1] for _ in range(2)]
one, two = (dropout_backward(np.ones((4, 50)), cache) for cache in caches)
check.same(
    np.array_equal(one, two),
    True,
    "the same dx twice with seed 8",
    hint="Whose mask is it: that of forward, or a new one?",
)
_, cache = dropout_forward(np.array([1.0, 2.0, 3.0, 4.0]), 0.8, 8)
dx = dropout_backward(np.array([10.0, 20.0, 30.0, 40.0]), cache)
check.same(dx, [12.5, 0.0, 37.5, 50.0], "dx", hint="The same mask as forward, with its 1 / p.")
### BEGIN HIDDEN TESTS
from autograder.judging import inputs, judge

random = judge.rng()
names, pair = ("dropout_forward", "dropout_backward"), (dropout_forward, dropout_backward)
for shape, p in (((40,), 0.3), ((5, 7), 0.8), ((2, 3, 4, 5), 0.6)):
    for train in (True, False):
        x, seed = random.normal(size=shape), int(random.integers(1000))
        judge.backward(names, pair, x, p, seed, train)
with judge.derived("dropout_backward"):
    for shape in ((5, 7), (100_000,)):
        judge.backward(names, pair, inputs.FAR * random.normal(size=shape), 0.6, 5)
### END HIDDEN TESTS

# %% [markdown]
# **Going further**, without points.
#
# **Predict before you run.** Somebody trains a net and gives every step the seed 8. What does she
# get instead of dropout?
#
# <!-- guess 08/seed
# choice | she gets | dropout all the same | * a smaller net | a net that learns nothing
# -->
#
# <details><summary>Answer</summary>
#
# A smaller net. The same units are dropped in every step and never learn; the others never have to
# do without each other. At test time the untrained ones join in.
#
# </details>

# %% [markdown]
# **Take away.** Dropout makes each unit useful by itself; the factor $1/p$ belongs to training, so
# that testing needs nothing.

# %% [markdown]
# ## 9. In your own words
#
# A friend has a net with batch norm after each of its affine layers, the last one included. On her
# test pictures, in batches of 100, it is right nine times out of ten. She puts it into an app,
# where the pictures come one at a time. Now it gives the same answer to every picture.
#
# What has she forgotten? Why are all answers alike? And why did the batches of 100 not show it? Two
# to four sentences. (2 points, graded by hand)

# %% [markdown] answer="one_at_a_time" points=2
# She has left the net in training mode, `train=True`. A batch of one is its own mean, so
# $x - \text{mean}$ is 0, and `out` is `beta` for every picture: the scores no longer depend on the
# input. In a batch of 100 the mean and the variance are close to the running ones, so the answers
# were nearly right, although each of them depended on the other 99 pictures.
#
# **Rubric**
#
# - **2 points:** training mode; x minus its own mean is 0, so out is beta; the statistics of 100
#   pictures are near the running ones.
# - **1 point:** two of the three.
# - **0 points:** "the running mean was never stored", which would spoil batches of 100 as well.

# %% [markdown]
# ## 10. Break the grader
#
# **Going further**, without points.
#
# These three pass every check of this lesson, as far as it is shown, and are wrong. Find an input on
# which each differs from the right layer, with as few numbers as you can. All arrays count: `gamma`,
# `beta` and the two of `running`, too. `eps` is at least $10^{-5}$, so that rounding decides nothing.

# %% tags=["experiment"]
from convbook.puzzle import puzzle

broken = puzzle("08")
print(broken)

# %% [markdown]
# Ask about the first:

# %% tags=["experiment"]
one = np.ones(1)
broken.found(1, np.array([[0.0], [4.0]]), one, one, (one, one))

# %% [markdown]
# There it is right, to five digits. Change the input, then go on to the other two.
#
# <details><summary>Hint</summary>
#
# What does a layer hand back besides `out`? How many channels does the check of
# `spatial_batchnorm_backward` give a gradient to? And is an argument afterwards what it was before?
#
# </details>
#
# **Take away.** What a function returns is not all that it does: look at the statistics that it keeps,
# and at the arguments that it was lent.

# %% [markdown]
# ## Summary
#
# | letter | meaning |
# |---|---|
# | $N, D$ | rows of the batch, features; for maps $D = C$ and a row is a pixel |
# | $N, C, H, W$ | pictures in the batch, channels, height, width |
# | $n, k, \alpha, \beta$ | neighbourhood and constants of `lrn_forward`: chosen, not learned |
# | mean, var, `running` | statistics of the batch, and the pair that is kept for test time |
# | `x_hat`, $\hat{x}$ | `x` with mean 0 and deviation 1 |
# | `gamma`, `beta` | scale and shift, learned, shape $(D,)$ |
# | $G$ | groups of channels in group norm |
# | `eps` | added to the variance, inside the root |
# | $p$ | probability to keep in dropout |
#
# - Activations shrink or grow with depth, unless something keeps them in range.
# - Batch norm does so with the statistics of the batch; at test time with running ones.
# - Its gradient goes three ways: directly, through the mean, through the variance.
# - For feature maps, one mean and one variance per channel.
# - Layer, instance and group norm take them within a picture, and need no batch.
# - Dropout keeps with probability $p$ and scales by $1/p$, in training only.
#
# Lesson 09 puts all layers together and trains a ConvNet.

# %% [markdown]
# ## Read on
#
# - Kaiming He, Xiangyu Zhang, Shaoqing Ren, Jian Sun, *Delving Deep into Rectifiers: Surpassing
#   Human-Level Performance on ImageNet Classification*, 2015: section 1, derived in full.
# - Sergey Ioffe, Christian Szegedy, *Batch Normalization: Accelerating Deep Network Training by
#   Reducing Internal Covariate Shift*, 2015: the paper itself, easy to read after this lesson.
# - Shibani Santurkar, Dimitris Tsipras, Andrew Ilyas, Aleksander Madry, *How Does Batch Normalization
#   Help Optimization?*, 2018: tries the first explanation, and offers another.
# - Yuxin Wu, Kaiming He, *Group Normalization*, 2018: the four layers compared.
# - Nitish Srivastava and others, *Dropout: A Simple Way to Prevent Neural Networks from
#   Overfitting*, 2014: why it works, and how it was found.

# %% [markdown]
# ## An open question
#
# Why does batch norm help? Its authors said that a layer learns badly while its inputs keep
# shifting. In 2018 others added noise that made the inputs shift more, and batch norm helped all the
# same; they found a smoother loss instead. Since then deep nets have been trained well without any
# normalisation, with much care. What does it do that care has to make up for?
