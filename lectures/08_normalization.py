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
    conv_forward,
    dropout_forward,
    numerical_gradient,
    relu_backward,
    relu_forward,
    softmax_loss,
    spatial_batchnorm_forward,
)

rng = np.random.default_rng(8)
START = np.zeros(50), np.ones(50)
STARTS = {"smaller": 0.5, "between": 1, "larger": 2}  # what a layer makes of the size


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


def ten_layers(x, factor, normalised=False):
    """Maps after each of ten convolutions with ReLU; `factor` is what a layer makes of the size."""
    random, maps = np.random.default_rng(5), [x]
    for _ in range(10):
        C = maps[-1].shape[1]
        w = random.normal(scale=factor * np.sqrt(2 / (9 * C)), size=(24, C, 3, 3))
        out = conv_forward(maps[-1], w, np.zeros(24), pad=1)[0]
        if normalised:
            still = np.zeros(24), np.ones(24)
            out = spatial_batchnorm_forward(out, np.ones(24), np.zeros(24), still)[0]
        maps.append(relu_forward(out)[0])
    return maps


def liveliest(maps):
    """The map that varies most, of maps (1, C, H, W)."""
    return maps[0, maps[0].var(axis=(1, 2)).argmax()]


def loss_curve(s, normalised, rate=0.05, steps=200):
    """The losses of a net with ten layers; they end where a loss is no number."""
    random = np.random.default_rng(8)
    ws = [random.normal(scale=s, size=(50, 50)) for _ in range(10)]
    ws.append(random.normal(scale=0.2, size=(50, 5)))
    norms, losses = [(np.ones(50), np.zeros(50)) for _ in range(10)], []
    for _ in range(steps):
        batch = random.integers(len(x_pieces), size=100)
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
        if not np.isfinite(loss):
            break
        dout, dw, _ = affine_backward(dout, last)
        ws[10] = ws[10] - rate * dw
        for k in range(9, -1, -1):
            affine, statistics, relu = caches[k]
            arrived = relu_backward(dout, relu)
            if normalised:
                arrived, dgamma, dbeta = batchnorm_backward(arrived, statistics)
                norms[k] = norms[k][0] - rate * dgamma, norms[k][1] - rate * dbeta
            dout, dw, _ = affine_backward(arrived, affine)
            ws[k] = ws[k] - rate * dw
    return losses


TOGETHER = {  # which maps share the mean of the nearest one on the right, of picture n, channel c
    "batch norm": lambda n, c: c == 3,
    "layer norm": lambda n, c: n == 0,
    "instance norm": lambda n, c: n == 0 and c == 3,
    "group norm, G = 2": lambda n, c: n == 0 and c > 1,
}


def shared_cube(axis, left, together):
    """Draw three pictures, one behind the other, of four channels; dark what is together."""
    back, right, down = np.array([0.6, -0.6]), np.array([1, 0]), np.array([0, 1])
    corner = np.array([left, 2.0])
    faces = [(corner + c * right + h * down, right, down, 0, c) for c in range(4) for h in range(3)]
    for n in range(3):
        faces += [(corner + c * right + n * back, right, back, n, c) for c in range(4)]
        faces += [(corner + 4 * right + n * back + h * down, back, down, n, 3) for h in range(3)]
    for start, one, other, n, c in faces:
        edges = [start, start + one, start + one + other, start + other]
        fill = "C0" if together(n, c) else "C9"
        axis.add_patch(plt.Polygon(edges, facecolor=fill, edgecolor="C4", linewidth=1))


eye = data.photo("chelsea")[:, :, 24:224:2, 60:260:2]
centred_eye = (eye - eye.mean()) / eye.std()

# %% [markdown] slide
# # Keep activations in range
#
# Lecture 08: normalisation and dropout

# %% [markdown] notes
# (1 min) Today: layers that keep activations in range, and one that keeps them apart. The next
# slide is the reason.

# %% [markdown] question
# ## Where has the eye gone?
#
# Ten convolutions, one set of random filters, three **sizes**.

# %% picture
"""An eye of a cat, and in three rows what a net makes of it after 1, 3, 5, 7 and 10 layers, all in
the same shades of grey. In the first row the maps are darker from layer to layer, and black at the
end. In the second the eye can be seen up to the last. In the third the maps turn white."""
figure, axes = plt.subplots(3, 6, figsize=(13, 3.9))
shown = 1, 3, 5, 7, 10
for line, (name, factor) in zip(axes, STARTS.items(), strict=True):
    maps = ten_layers(centred_eye, factor)
    line[0].imshow(eye[0, :, 28:73].transpose(1, 2, 0), aspect="auto")
    line[0].set_ylabel(name)
    for axis, layer in zip(line[1:], shown, strict=True):
        axis.imshow(liveliest(maps[layer])[28:73], cmap="gray", vmin=0, vmax=4, aspect="auto")
for axis, name in zip(axes[0], ("picture", *(f"layer {k}" for k in shown)), strict=True):
    axis.set_title(name)
for axis in axes.flat:
    axis.set(xticks=[], yticks=[])
figure.tight_layout(pad=0.3)

# %% [markdown] answer
# Each layer halves or doubles it: ten make $1/1024$, or 1024.

# %% [markdown] notes
# (3 min) Let the room look first. A map is the one of 24 that varies most, black is 0 and white 4
# or more, in every row alike. Nobody has trained anything: these nets have just begun.
#
# Then ask which of the three can learn. Nothing can be learned from black or from white: what does
# not come forward does not come back either. Two numbers will explain it: 2 and ten.

# %% [markdown] slide halves
# ## A layer multiplies the size
#
# $D$ units with a ReLU, weights with mean 0 and standard deviation $s$.
#
# - A unit adds up $D$ products. Inputs of mean square $q$ give sums of mean square $D s^2 q$.
# - Half of the sums are negative. The ReLU sets them to zero.
#
# $$q \;\to\; \frac{D s^2}{2} \, q$$

# %% picture
"""A histogram of the sums of 50 units over 2000 pieces of photographs: a hill around 0. Its left
half, the negative sums, is grey, its right half blue."""
sums = (x_pieces @ rng.normal(scale=0.2, size=(50, 50))).ravel()
figure, axis = plt.subplots(figsize=(6.2, 5.6))
edges = np.linspace(-4, 4, 49)
for part, colour in ((sums[sums < 0], "C4"), (sums[sums > 0], "C0")):
    axis.hist(part, edges, weights=np.full(part.size, 100 / sums.size), color=colour)
axis.set_ylim(0, 9)
axis.text(-3.9, 8.8, "the ReLU\nmakes 0\nof these", va="top", color="C4")
axis.text(3.9, 8.8, "and keeps\nthese", va="top", ha="right", color="C0")
axis.set(title="What 50 units add up, s = 0.2", xlabel="sum", ylabel="share in %")
figure.tight_layout()

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
# alpha = 0.0001, beta = 0.75: alone, an activation comes out as 52 at most, for x = 200, and
# smaller again beyond. PyTorch divides alpha by n, and its k is 1 unless you say otherwise.
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
# Each feature learns a scale and a shift:
# $\text{out}_n = \text{gamma} \cdot \hat{x}_n + \text{beta}$

# %% picture
"""A grey map: what one filter of a trained net makes of a cat's face. Beside it three histograms of
its numbers. As they are, x lies to the left of 0 and is narrow. x_hat lies around 0, with deviation
1. out lies around 1, with deviation one half."""
photos4 = data.pretrained("photos4")
face = data.photo("chelsea")[:, :, :288:2, 60:348:2] - photos4.mean
seen = conv_forward(face, photos4.params["w1"][[8]], photos4.params["b1"][[8]], pad=2)[0]
pixels = seen.reshape(-1, 1)
pixels_hat = batchnorm_forward(pixels, np.ones(1), np.zeros(1), (np.zeros(1), np.ones(1)))[0]
figure, axes = plt.subplots(1, 4, figsize=(12.5, 3.9), width_ratios=[1.1, 1, 1, 1])
axes[0].imshow(seen[0, 0], cmap="gray")
axes[0].set_axis_off()
axes[0].set_title("the map of one filter")
for axis, values, name, colour in (
    (axes[1], pixels, "x", "C0"),
    (axes[2], pixels_hat, "x_hat", "C2"),
    (axes[3], 0.5 * pixels_hat + 1, "out: gamma 0.5, beta 1", "C2"),
):
    share = np.full(values.shape, 100 / values.size)
    axis.hist(values, np.linspace(-4, 4, 49), weights=share, color=[colour])
    axis.axvline(values.mean(), color="C1", linestyle="--")
    axis.set(title=name, xlabel=f"mean {abs(values.mean()):.2f}, deviation {values.std():.2f}")
    axis.set_yticks([])
    axis.set_xticks(range(-4, 5, 2))
axes[1].set_ylabel("share")
figure.tight_layout()

# %% [markdown] fragment
# `eps` stands **inside** the root: $0.1/\sqrt{0.01 + 0.03} = 0.5$.

# %% [markdown] notes
# (3 min) The map is of the trained net that opened lesson 01, over the whole face; each of its
# pixels is a row. From left to right: moved and stretched, then moved and stretched again. Why?
# Mean 0 and deviation 1 may not be what the next layer needs. Because now the scale is one number
# that is learned, and does not hang on all weights before it.
#
# eps saves a feature that is the same in all rows. At variance 1 nobody notices an eps of 0.00001,
# nor where it stands; so test it where it counts. The feature -0.1, 0.1 has the variance 0.01; with
# eps 0.03 the root is 0.2. Beside the root it would be 0.1 over 0.13 here.

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

# %% [markdown] slide halves
# ## Measure it
#
# Central differences, as in lesson 03.
#
# The second row gets a gradient, although it is no part of the first output.
#
# **Batch norm makes the rows of a batch depend on each other.**


# %% code
def f(x):
    return (x - x.mean()) / x.std()


x = np.array([0.0, 0, 4, 4])
dout = np.array([1.0, 0, 0, 0])
dx = numerical_gradient(f, x, dout)

# %% picture
"""Two rows of four cells. dout is 1, 0, 0, 0. dx is 0.25, minus 0.25, 0, 0; its first two cells are
marked."""
axis = draw.canvas(6.1, 2.6, inch=0.9)
for top, row, on, name in ((0, dout, [], "dout"), (1.5, dx, [(0, 0), (0, 1)], "dx")):
    draw.cells(axis, [row.round(4) + 0], 2, top, fill="C8", on=on, strong="C3", size=18)
    axis.text(1.8, top + 0.5, name, ha="right", va="center", fontsize=18)

# %% [markdown] notes
# (3 min) Central differences, as in lesson 03. A quarter and minus a quarter: the sum is 0, as it
# has to be. Rows 2 and 3 get nothing here by chance of these numbers, not by law.

# %% [markdown] slide
# ## Three ways from a row to the loss

# %% picture
"""Left, a diagram. From x one arrow leads straight to x_hat, one to the mean, one to the variance.
The mean and the variance lead to x_hat as well, and x_hat leads to out. Right, bars for four rows:
the shares on the three ways, and lines at their sums: 0.25, minus 0.25, 0, 0."""
drawing.ways()
figure = plt.gcf()
figure.set_size_inches(13, 5.4)
figure.axes[0].set_position((0, 0, 0.56, 0.92))
axis, rows = figure.add_axes((0.65, 0.13, 0.35, 0.76)), np.arange(4)
shares = {
    "directly": np.array([0.5, 0, 0, 0]),
    "in the mean": np.full(4, -0.125),
    "in the variance": np.array([-0.125, -0.125, 0.125, 0.125]),
}
assert np.allclose(sum(shares.values()), dx, atol=1e-6)
for k, (name, share) in enumerate(shares.items()):
    axis.bar(rows + 0.25 * (k - 1), share, 0.23, color=f"C{k}", label=name)
for row, total in enumerate(dx.round(4)):
    axis.hlines(total, row - 0.42, row + 0.42, color="C3", linewidth=4, label="" if row else "dx")
axis.axhline(0, color="C4", linewidth=1)
axis.set(title="The shares of [0, 0, 4, 4]", xlabel="row", ylabel="gradient", xticks=rows)
axis.legend()

# %% [markdown] notes
# (4 min) Find every place where a row of x is used. Backward, a gradient comes back along every
# arrow, and the three shares add up: the rule of lesson 03. Directly: 0.5, 0, 0, 0. In the mean:
# minus 0.125 for each. In the variance: minus 0.125 twice, then 0.125 twice. The purple lines are
# what was measured: each is the sum of its three bars.
#
# How to compute a share is the notebook's. The mean is used inside the variance as well; ask why
# that adds nothing.

# %% [markdown] slide
# ## Six nets of ten layers

# %% picture
"""Two plots of the loss over 200 steps. Without batch norm s = 0.2 learns; s = 0.1 stays on the
line of guessing at 1.61, and an arrow at the upper left says that the loss of s = 0.4 is no number
after a few steps. With batch norm all three fall well below that line."""
figure, axes = plt.subplots(1, 2, figsize=(13, 5.6), sharey=True)
styles = {0.1: ("C0", ":"), 0.2: ("C1", "-"), 0.4: ("C2", "--")}
for axis, normalised in zip(axes, (False, True), strict=True):
    axis.axhline(np.log(5), color="C4", linewidth=1)
    for s, (colour, style) in styles.items():
        with np.errstate(all="ignore"):  # one net grows until its numbers are no numbers
            losses = loss_curve(s, normalised)
        if len(losses) < 200:
            axis.annotate(
                f"s = {s}: no number after {len(losses) - 1} steps", (3, 2.1), (20, 2.0),
                color=colour, arrowprops={"arrowstyle": "-|>", "color": colour, "linewidth": 2},
            )  # fmt: skip
            continue
        smooth = np.convolve(losses, np.ones(10) / 10, "valid")
        axis.plot(np.arange(10, 201), smooth, color=colour, linestyle=style, label=f"s = {s}")
    axis.set(title=f"{'with' if normalised else 'without'} batch norm", xlabel="step")
    axis.set_ylim(0.9, 2.1)
axes[0].legend(loc="lower left")
axes[1].legend(loc="upper right")
axes[1].text(200, np.log(5) + 0.02, "guessing", ha="right", color="C4")
axes[0].set_ylabel("loss, mean of ten steps")
figure.tight_layout()

# %% [markdown] notes
# (4 min) From which of five photographs does a piece come? Guessing costs log 5 = 1.61, the grey
# line. Left: with 0.1 hardly any gradient reaches the first weights: it vanishes. With 0.4 the
# first loss is in the hundreds or thousands, and a few steps later it is no number: the gradient
# explodes, and there is nothing to draw. Right: all three learn.
#
# Batch norm does not make a net cleverer. It makes it less particular about how its weights begin,
# and, next slide, how large its steps may be. ResNet has it after every convolution.

# %% [markdown] slide
# ## Which steps can it live with?

# %% picture
"""The loss after 100 steps against eight learning rates from 0.001 to 3, without and with batch
norm. Without it the loss is lowest at 0.1, and crosses at the upper edge say that there is none at
the two largest rates. With it the loss lies well below guessing from 0.01 on, up to 3."""
rates = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3]
figure, axis = plt.subplots(figsize=(12, 5.6))
axis.axhline(np.log(5), color="C4", linewidth=1)
axis.text(3, np.log(5) + 0.02, "guessing", ha="right", color="C4")
for normalised, colour, style in ((False, "C1", "o--"), (True, "C0", "s-")):
    with np.errstate(all="ignore"):
        ends = np.array([np.mean(loss_curve(0.2, normalised, rate, 100)[-20:]) for rate in rates])
    name = f"{'with' if normalised else 'without'} batch norm"
    axis.semilogx(rates, ends, style, color=colour, label=name)
    lost = [rate for rate, end in zip(rates, ends, strict=True) if not np.isfinite(end)]
    axis.plot(lost, [2.0] * len(lost), "x", color=colour, markersize=14, markeredgewidth=3)
axis.text(1.7, 2.08, "no number", ha="center", color="C1")
axis.set(xlabel="learning rate", ylabel="loss, mean of the last 20 steps", ylim=(0.9, 2.2))
axis.set_title("Ten layers, s = 0.2, 100 steps: sixteen nets")
axis.legend(loc="lower left")
figure.tight_layout()

# %% [markdown] notes
# (3 min) Both nets begin well, at s = 0.2. Before the slide: which rates will each survive? Without
# batch norm 0.1 is about as far as one can go; at 1 the loss is no number within five steps. With
# it every rate from 0.01 to 3 works, and ends below the other net's best. Only at the smallest it
# is no help: a hundred tiny steps do not lead far.
#
# The notebook lets them guess first, and takes 200 steps.

# %% [markdown] question
# ## Who shares a mean?
#
# $N, C, H, W$ are 8, 16, 32, 32, and $G$ is 4. How many means?

# %% picture
"""Four boxes, each with three pictures one behind the other, four channels side by side and places
from top to bottom. What shares the mean of the marked cell is dark. Batch norm: one channel of all
pictures. Layer norm: one picture. Instance norm: one channel of one picture. Group norm: two
neighbouring channels of one picture."""
axis = draw.canvas(28.2, 7.2, inch=0.5)
for k, (name, together) in enumerate(TOGETHER.items()):
    shared_cube(axis, 2.2 + 6.6 * k, together)
    axis.text(4.2 + 6.6 * k, 6.1, name, ha="center", va="top", fontsize=18)
axis.text(4.2, 5.5, "C", ha="center", va="center", fontsize=18)
axis.text(2.0, 3.5, "H, W", ha="right", va="center", fontsize=18)
axis.text(2.8, 0.9, "N", ha="right", va="center", fontsize=18)

# %% [markdown] answer
# Batch norm 16, layer norm 8, instance norm 128, group norm 32.

# %% [markdown] notes
# (4 min) Dark is what shares one mean. 16 means over 8192 numbers each, 8 over 16384, 128 over
# 1024, 32 over 4096. For maps a channel is a feature, and every pixel of every picture is a row,
# for one filter made the whole map. With a mean for every pixel each place would be shifted in its
# own way; move the picture, and the answer would no longer move along. x.reshape(-1, C) has the
# right shape and mixes channels: a shape is no proof.
#
# In the other three nothing dark lies in two pictures. Nothing to remember, and training and test
# time are the same. G = 1 is layer norm, G = C instance norm: one function in the notebook.

# %% [markdown] question
# ## Keep some, and scale them
#
# **Dropout** keeps an activation with probability $p$, times $1/p$. Somebody gives every step the
# seed 8. What has she got?

# %% picture
"""Four units of a layer, each with its activation, a random number and its output. The second,
whose random number 0.99 is not below 0.8, is crossed out and gives 0. The others, 1, 3 and 4, come
out as 1.25, 3.75 and 5."""
x = np.array([1.0, 2, 3, 4])
axis = draw.canvas(19, 5.4, inch=0.55)
random = np.random.default_rng(8).random(4).round(2)
out = dropout_forward(x, 0.8, seed=8)[0]
for top, row, fill, name in (
    (0.2, x, "C5", "x"),
    (2.2, random, "C9", "random, seed 8"),
    (4.2, out, "C7", "out, p = 0.8"),
):
    axis.text(5.4, top + 0.5, name, ha="right", va="center", fontsize=20)
    for k, value in enumerate(row):
        draw.cells(axis, [value], 6 + 2.2 * k, top, fill=fill, size=18)
        if top < 4:
            draw.arrow(axis, (6.5 + 2.2 * k, top + 1.1), (6.5 + 2.2 * k, top + 1.9))
axis.plot([8.3, 9.1], [3.25, 4.15], color="C1", linewidth=5)
axis.plot([9.1, 8.3], [3.25, 4.15], color="C1", linewidth=5)
axis.text(15, 2.7, "0.99 is not\nbelow 0.8", va="center", fontsize=20, color="C1")

# %% [markdown] answer
# A smaller net: the same units are dropped in every step.

# %% [markdown] notes
# (4 min) Units come to rely on each other; dropout breaks up such pairs. AlexNet does it in its
# fully-connected layers, with p = 0.5. Add up 4096 ones at p = 0.5: about 2048 in training, 4096 at
# test time; so what is kept grows, here by 1 / 0.8 = 1.25. Scaled in training, it is called
# inverted dropout, and at test time x passes as it is. Our p keeps, PyTorch's drops: our 0.8 is
# Dropout(0.2) there. At 0.5 nobody notices which is meant.
#
# The seed: the units that are dropped never learn, the units that stay never have to do without
# each other, and at test time the untrained ones join in. A seed makes a test repeatable; in
# training every step needs another.

# %% [markdown] slide halves
# ## Now you can keep it in range
#
# - say what ten layers make of a size;
# - normalise a batch, forward and back: `dx` adds up to 0;
# - answer for one picture;
# - choose who shares a mean;
# - drop units, and scale the rest.
#
# LRN, batch norm, group norm, dropout: 20 points. A written answer: 2.

# %% picture
"""Two rows of three maps after ten layers: without batch norm one is black, one shows an eye and
one is white. With batch norm all three show the same eye."""
figure, axes = plt.subplots(2, 3, figsize=(6.4, 5.2))
for line, normalised in zip(axes, (False, True), strict=True):
    for axis, (name, factor) in zip(line, STARTS.items(), strict=True):
        maps = ten_layers(centred_eye, factor, normalised)
        axis.imshow(liveliest(maps[10]), cmap="gray", vmin=0, vmax=4)
        axis.set(xticks=[], yticks=[], title="" if normalised else name)
    line[0].set_ylabel(f"{'with' if normalised else 'without'}\nbatch norm")
figure.suptitle("The eye, ten layers deep")
figure.tight_layout()

# %% [markdown] notes
# (2 min) The filters of the first slide once more, the same ones. Batch norm divides the size out
# again, and so the lower three are the same picture.
#
# The written answer is about a net that works in batches of a hundred and fails in an app. Do not
# solve it here. Advise writing the forward function of batch norm first, and its backward one after
# section 4.
