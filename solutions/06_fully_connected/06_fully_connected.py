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
# # 06 Fully connected is convolution
#
# A convolution layer looks through small windows. A fully-connected layer looks at everything. They
# seem to be opposites. In this lesson you turn each into the other, number by number, and get
# something out of it: a net made for small pictures that reads large ones.
#
# **You will** write the fully-connected layer and two losses; write a convolution out as one huge
# matrix; turn a fully-connected layer into filters; slide a whole net over a picture; and find out
# when that is the same as cutting the picture up.
#
# **You will learn** how scores become probabilities and a loss, why a loss must not compute
# $e^{1000}$, what a convolution leaves out, and what zero padding does to a net that slides.
#
# **You need** `conv_forward` of lesson 02, backward functions from lesson 03, pools from lesson 05.
#
# | section | exercise | points | minutes | difficulty |
# |---|---|---|---|---|
# | 1 | `affine_forward`, `affine_backward` | 3 | 8 | easy |
# | 2 | `softmax_loss` | 4 | 10 | medium |
# | 3 | `svm_loss` | 2 | 6 | medium |
# | 4 | `conv_to_fc` | 4 | 9 | hard |
# | 5 | `fc_to_conv` | 1 | 2 | easy |
# | 6 | `half_stride` | 3 | 8 | medium |
# | 7 | `crop_gap` | 2 | 5 | medium |
# | 8 | `average_map` | 1 | 2 | easy |
# | 9 | a written answer, graded by hand | 2 | 5 | medium |
#
# Plan about 90 minutes. A check is folded to one line, which says what it is worth and what it tries;
# a click opens it. It shows part of the test; grading uses further random input, so a green check is
# a good sign and not yet the grade.
# In grading all sizes may differ, no function may change its arguments, and besides Python's own
# library only NumPy and Matplotlib can be imported.

# %% given="setup"
import matplotlib.pyplot as plt
import numpy as np

from convbook import check, data, demo, drawing, living, plot
from convbook.earlier import conv_forward, max_pool_forward

rng = np.random.default_rng(6)

# %% tags=["guess"]
# What you guessed wrong in lesson 04 comes back here, and otherwise nothing: press Shift+Enter.
from convbook import guess

guess.again("06")

# %% [markdown]
# ## 1. Everything meets everything
#
# A **fully-connected** layer, FC for short, has $M$ units. Each unit has one weight for every
# number of the input, and adds up all the products. There is no window and no place: the $D$
# numbers of a picture stand in one long row.
#
# $$\text{out}_{n,m} = b_m + \sum_{d=0}^{D-1} x_{n,d} \; w_{d,m}$$
#
# That is one matrix product, $x\,w + b$, once every picture has been reshaped to a row. For a
# picture of shape $(C, H, W)$ the row has $D = C \cdot H \cdot W$ numbers: channel by channel, and
# inside a channel row by row. The product and the bias together are called an **affine** map.
#
# **Predict before you run.** Ten units look at a batch of shape (8, 3, 32, 32). What are the shapes
# of `w` and `out`? How many weights does one unit have?
#
# <!-- guess 06/units
# shape | of `w` | 3072, 10
# shape | of `out` | 8, 10
# number | weights of one unit | 3072
# -->
#
# <details><summary>Answer</summary>
#
# `w` is (3072, 10), `out` is (8, 10). One unit has $32 \cdot 32 \cdot 3 = 3072$ weights, and a
# bias.
#
# </details>

# %% [markdown]
# Take one tiny picture and two units. The first adds everything up; the second takes the first
# pixel minus the last.

# %%
x = np.array([[[[1.0, 2.0], [3.0, 4.0]]]])  # (1, 1, 2, 2)
w = np.array([[1.0, 1.0], [1.0, 0.0], [1.0, 0.0], [1.0, -1.0]])  # (4, 2)
print(x.reshape(1, 4))
print(x.reshape(1, 4) @ w)

# %% [markdown]
# And back? Ask as in lesson 03: where is each number used? The input $x_{n,d}$ meets all the
# weights of row $d$. The weight $w_{d,m}$ meets input $d$ of every picture. The bias $b_m$ stands
# in output $m$ of every picture. So
#
# $$\text{dx}_{n,d} = \sum_m \text{dout}_{n,m} \, w_{d,m} \qquad
# \text{dw}_{d,m} = \sum_n x_{n,d} \, \text{dout}_{n,m} \qquad
# \text{db}_m = \sum_n \text{dout}_{n,m}$$
#
# Two more matrix products, and a sum. `dx` must come back in the shape of `x`, not as rows.
#
# ### Exercise 1: `affine_forward` and `affine_backward` (3 points)
#
# As in lesson 03, a gradient that is measured instead of derived earns no points.
#
# By hand: the picture above with $b = [0.5, 0]$ gives $[10.5, -3]$. Send back
# $\text{dout} = [1, 10]$. The first pixel stood under the weights 1 and 1, so it gets
# $1 \cdot 1 + 10 \cdot 1 = 11$. The last stood under 1 and $-1$, and gets $1 - 10 = -9$.


# %% exercise="affine_forward" withholds="conv_backward conv_weight_gradients"
def affine_forward(x, w, b):
    """Connect every unit to every input.

    Args:
        x: inputs, shape (N, ...), with D numbers for each of the N.
        w: weights, shape (D, M).
        b: one bias per unit, shape (M,).

    Returns:
        out: shape (N, M).
        cache: whatever affine_backward will need.
    """
    ### BEGIN SOLUTION
    rows = x.reshape(len(x), -1)  # (N, D)
    return rows @ w + b, (x, w)
    ### END SOLUTION


def affine_backward(dout, cache):
    """Send the gradient back along every connection.

    Args:
        dout: gradient with respect to out, shape (N, M).
        cache: from affine_forward.

    Returns:
        dx: gradient with respect to x, shape (N, ...).
        dw: gradient with respect to w, shape (D, M).
        db: gradient with respect to b, shape (M,).
    """
    ### BEGIN SOLUTION
    x, w = cache
    rows = x.reshape(len(x), -1)  # (N, D)
    dx = (dout @ w.T).reshape(x.shape)
    dw = rows.T @ dout
    db = dout.sum(axis=0)
    return dx, dw, db
    ### END SOLUTION


# %% [markdown]
# Try it forward and backward:

# %%
out, cache = affine_forward(x, w, np.array([0.5, 0.0]))
print(out)
for gradient in affine_backward(np.array([[1.0, 10.0]]), cache):
    print(gradient.tolist())

# %% check="affine_forward" points=1
# 1 point. Shown: the tiny picture, and a batch of three. Hidden: random batches of any shape.
tiny = np.array([[[[1.0, 2.0], [3.0, 4.0]]]])
units = np.array([[1.0, 1.0], [1.0, 0.0], [1.0, 0.0], [1.0, -1.0]])
out, _ = affine_forward(tiny, units, np.array([0.5, 0.0]))
check.same(out, [[10.5, -3.0]], "out")
batch = np.arange(12.0).reshape(3, 2, 2)
out, _ = affine_forward(batch, units[:, :1], np.zeros(1))
check.same(
    out, [[6.0], [22.0], [38.0]], "sums of three pictures", hint="Each has a row of its own."
)
### BEGIN HIDDEN TESTS
from autograder.judging import judge

random = judge.rng()
for shape, M in (((2, 3, 4, 5), 7), ((3, 8), 2), ((4, 2, 3), 5), ((1, 5, 2, 3), 4)):
    D = int(np.prod(shape[1:]))
    x, w, b = random.normal(size=shape), random.normal(size=(D, M)), random.normal(size=M)
    judge.forward("affine_forward", affine_forward, x, w, b)
### END HIDDEN TESTS

# %% check="affine_backward" part="dx" points=1
# 1 point. Shown: the tiny picture. Hidden: random batches, with your own cache.
tiny = np.array([[[[1.0, 2.0], [3.0, 4.0]]]])
units = np.array([[1.0, 1.0], [1.0, 0.0], [1.0, 0.0], [1.0, -1.0]])
_, cache = affine_forward(tiny, units, np.zeros(2))
dx, _, _ = affine_backward(np.array([[1.0, 10.0]]), cache)
check.same(dx, [[[[11.0, 1.0], [1.0, -9.0]]]], "dx", hint="It has the shape of x, not of a row.")
### BEGIN HIDDEN TESTS
from autograder.judging import inputs, judge

random = judge.rng()
for shape, M in (((2, 3, 4, 5), 7), ((3, 8), 2), ((4, 2, 3), 5), ((5, 1, 2, 3), 4)):
    D = int(np.prod(shape[1:]))
    x, w, b = random.normal(size=shape), random.normal(size=(D, M)), random.normal(size=M)
    dout = random.normal(size=(len(x), M))
    _, own = judge.reference("affine_forward")(x, w, b)
    expected, _, _ = judge.reference("affine_backward")(dout, own)
    dx, _, _ = affine_backward(dout.copy(), affine_forward(x, w, b)[1])
    check.same(dx, expected, f"dx for x of shape {shape}, {M} units")
pair = ("affine_forward", "affine_backward"), (affine_forward, affine_backward)
with judge.derived("affine_backward"):
    for case in inputs.no_slope_affine(random):
        judge.backward(*pair, *case, results=("dx", "dw", "db"), only="dx")
### END HIDDEN TESTS

# %% check="affine_backward" part="dw_db" points=1
# 1 point. Shown: the tiny picture, twice in a batch. Hidden: random batches.
twice = np.array([[[[1.0, 2.0], [3.0, 4.0]]], [[[1.0, 2.0], [3.0, 4.0]]]])
_, cache = affine_forward(twice, np.zeros((4, 2)), np.zeros(2))
_, dw, db = affine_backward(np.array([[1.0, 10.0], [100.0, 0.0]]), cache)
expected = [[101.0, 10.0], [202.0, 20.0], [303.0, 30.0], [404.0, 40.0]]
check.same(dw, expected, "dw", hint="dw[d, m] adds up x[n, d] * dout[n, m] over the batch.")
check.same(db, [101.0, 10.0], "db", hint="Each bias is used once for every picture.")
### BEGIN HIDDEN TESTS
from autograder.judging import inputs, judge

pair = ("affine_forward", "affine_backward"), (affine_forward, affine_backward)
for shape, M in (((2, 3, 4, 5), 7), ((3, 8), 2), ((4, 2, 3), 5), ((5, 1, 2, 3), 4)):
    D, random = int(np.prod(shape[1:])), judge.rng()
    x, w, b = random.normal(size=shape), random.normal(size=(D, M)), random.normal(size=M)
    for only in ("dw", "db"):
        judge.backward(*pair, x, w, b, results=("dx", "dw", "db"), only=only)
with judge.derived("affine_backward"):
    for case in inputs.no_slope_affine(judge.rng()):
        for only in ("dw", "db"):
            judge.backward(*pair, *case, results=("dx", "dw", "db"), only=only)
### END HIDDEN TESTS

# %% [markdown]
# PyTorch stores these weights the other way round, one row for each unit, in the shape $(M, D)$.
#
# With FC the living net is yours from the pixels to the scores, if your earlier layers pass their
# checks. Each score is a sum of 192 products, one for each number of POOL 3. Draw a white spot in the
# frame, small, then larger, and watch the four scores.

# %% tags=["demo"]
living.net(affine_forward, affine_backward).show(data.photo("chelsea"), at=(17, 62))

# %% [markdown]
# **Take away.** A fully-connected layer is a matrix product, and so are its gradients.

# %% [markdown]
# ## 2. How wrong is it?
#
# The last layer of a classifier has one unit for each class. Its outputs are the **scores**, or
# logits. They can be any numbers: the larger the score, the more likely the class. To train, one
# must say in a single number how bad the scores are. Let $y_n$ be the right class of picture $n$.
#
# The **softmax** turns scores into probabilities: make them positive, then divide by their sum. The
# loss is the negative logarithm of the right class's probability, averaged over the batch:
#
# $$p_{n,m} = \frac{e^{s_{n,m}}}{\sum_k e^{s_{n,k}}} \qquad
# L = -\frac{1}{N} \sum_n \ln p_{n,\,y_n}$$
#
# If the right class has probability 1, its loss is 0. Each time the probability is halved, the loss
# grows by $\ln 2 = 0.69$, and towards probability 0 it has no bound: to be sure and wrong is the
# worst. If all $M$ classes are equally likely, the loss is $\ln M$: for ten classes 2.303. Remember
# that number. A net that has learned nothing yet, and scores all classes alike, shows it.
#
# This loss is called **cross-entropy**, or the softmax loss. The name comes from $-\sum_m q_m \ln
# p_m$, which measures how badly the probabilities $p$ foretell events whose probabilities are $q$.
# Here we know what happened: $q_m$ is 1 at the right class and 0 elsewhere, and one term is left.
#
# **Predict before you run.** One picture has the scores $[0, \ln 3]$. What are the two
# probabilities? What is the loss if class 0 is right?
#
# <!-- guess 06/softmax
# row | the two probabilities | 0.25, 0.75
# number | the loss | 1.386 | within 2 %
# -->

# %%
scores = np.array([[0.0, np.log(3)]])
p = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
print(p, -np.log(p[0, 0]), np.log(4))

# %% [markdown]
# How does this loss change with a score? Write the logarithm of the fraction out, as
# $-\ln p_y = \ln \sum_k e^{s_k} - s_y$. The slope of the first part with respect to $s_m$ is
# $e^{s_m} / \sum_k e^{s_k}$, and that is $p_m$ again. The slope of $-s_y$ is $-1$ at the right
# class. So the gradient is the probability, minus 1 at the right class:
#
# $$\text{dscores}_{n,m} = \frac{1}{N} \left( p_{n,m} - [\,m = y_n\,] \right)$$
#
# Here it is $[\tfrac14 - 1, \tfrac34] = [-\tfrac34, \tfrac34]$:

# %% tags=["plot"] alt="Three rows of two bars, for class 0, which is right, and class 1. Scores: 0 and 1.10. Probabilities: 0.25 and 0.75. Gradient: -0.75 and 0.75."
rows = {"scores": scores[0], "p": p[0], "dscores": p[0] - [1, 0]}
drawing.bars(rows, ["class 0 (right)", "class 1"], "Two scores, and what softmax makes of them")

# %% [markdown]
# Look at the last row. A step of training goes against the gradient: it lowers the score of class
# 1, which is too probable, and raises that of class 0. Every row of `dscores` adds up to 0.
#
# **Large scores.** Now let the scores be $[1000, 0, -1000]$. What does the formula do?

# %%
with np.errstate(all="ignore"):
    large = np.exp(np.array([1000.0, 0.0, -1000.0]))
    print(large, large / large.sum(), -np.log(large / large.sum()))

# %% [markdown]
# $e^{1000}$ is larger than any floating-point number, so it becomes infinite. Infinity divided by
# infinity is `nan`, not a number. After the next step of training, so are the weights.
#
# Two observations help. First, adding the same number to all scores of a picture changes no
# probability: $e^{s+a} = e^a e^s$, and $e^a$ cancels. So subtract the largest score of **each
# picture**. Then all exponents are at most 0. Second, never take the logarithm of a probability
# that has become 0. Take it on paper first:
#
# $$\ln p_{n,m} = s_{n,m} - \ln \sum_k e^{s_{n,k}}$$
#
# ### Exercise 2: `softmax_loss` (4 points)
#
# By hand: a batch of two pictures, $[0, \ln 3]$ with right class 0 and $[0, 0]$ with right class 1.
# Their losses are $\ln 4$ and $\ln 2$. The average is $\tfrac12 \ln 8 = 1.04$. And for
# $[1000, 0, -1000]$ with right class 2 the loss is $1000 - (-1000) = 2000$.
#
# You can earn the points one by one: return `None` for a gradient that you have not written yet.
#
# <details><summary>Hint</summary>
#
# `scores.max(axis=1, keepdims=True)` has shape (N, 1). With `rows = np.arange(N)`,
# `log_p[rows, y]` takes one number from each row.
#
# </details>


# %% exercise="softmax_loss"
def softmax_loss(scores, y):
    """Average the negative logarithm of the right class's probability.

    Args:
        scores: one for each picture and class, shape (N, M), of any size. Left as they are.
        y: right classes, whole numbers below M, shape (N,).

    Returns:
        loss: the average over the batch, a number.
        dscores: its gradient with respect to scores, shape (N, M).
    """
    ### BEGIN SOLUTION
    N = len(scores)
    rows = np.arange(N)
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    loss = -np.sum(log_p[rows, y]) / N
    dscores = np.exp(log_p)
    dscores[rows, y] -= 1
    return loss, dscores / N
    ### END SOLUTION


# %% [markdown]
# Try it on the batch of two, then on scores that overflow:

# %%
print(*softmax_loss(np.array([[0.0, np.log(3)], [0.0, 0.0]]), np.array([0, 1])))
print(*softmax_loss(np.array([[1000.0, 0.0, -1000.0]]), np.array([2])))

# %% check="softmax_loss" part="loss" points=1
# 1 point. Shown: the batch of two, and ten equal scores. Hidden: random scores.
pair = np.array([[0.0, np.log(3)], [0.0, 0.0]])
loss, _ = softmax_loss(pair.copy(), np.array([0, 1]))
check.same(loss, np.log(8) / 2, "loss of two pictures", hint="An average over pictures.")
loss, _ = softmax_loss(np.zeros((4, 10)), np.array([3, 1, 4, 1]))
check.same(loss, np.log(10), "loss of ten equal scores")
### BEGIN HIDDEN TESTS
from autograder.judging import judge

random = judge.rng()
for N, M in ((5, 3), (2, 7), (1, 4), (6, 2)):
    scores, y = random.normal(scale=3, size=(N, M)), random.integers(M, size=N)
    expected, _ = judge.reference("softmax_loss")(scores, y)
    loss, _ = softmax_loss(scores.copy(), y)
    check.same(loss, expected, f"loss for scores of shape {(N, M)}")
### END HIDDEN TESTS

# %% check="softmax_loss" part="gradient" points=2
# 2 points. Shown: the batch of two, against a measured slope. Hidden: random scores.
pair, right = np.array([[0.0, np.log(3)], [0.0, 0.0]]), np.array([0, 1])
before = pair.copy()
_, dscores = softmax_loss(pair, right)
expected = [[-0.375, 0.375], [0.25, -0.25]]
check.same(dscores, expected, "dscores", hint="(1/4 - 1)/2 = -0.375: minus 1 at y, divided by N.")
check.same(pair, before, "scores afterwards", hint="scores -= ... writes into scores.")
check.gradient(lambda s: softmax_loss(s, right)[0], pair, dscores, name="dscores")
### BEGIN HIDDEN TESTS
from autograder.judging import inputs, judge

random = judge.rng()
for N, M in ((5, 3), (2, 7), (1, 4), (6, 2)):
    scores, y = random.normal(scale=3, size=(N, M)), random.integers(M, size=N)
    judge.value("softmax_loss", softmax_loss, scores, y)
with judge.derived("softmax_loss"):
    scores, y = inputs.no_slope_scores(random)
    _, expected = judge.reference("softmax_loss")(scores, y)
    _, dscores = softmax_loss(scores.copy(), y)
    check.same(dscores[1:], expected[1:], "dscores")
### END HIDDEN TESTS

# %% check="softmax_loss" part="large" points=1
# 1 point. Shown: scores of 1000 and -1000, right and wrong. Hidden: more of them.
large = np.array([[1000.0, 0.0, -1000.0], [-1000.0, -1000.0, -3000.0]])
loss, dscores = softmax_loss(large, np.array([2, 0]))
check.same(
    loss,
    (2000 + np.log(2)) / 2,
    "loss of large scores",
    hint="Shift each row by its own maximum, and write the logarithm of the fraction out.",
)
check.same(dscores, [[0.5, 0.0, -0.5], [-0.25, 0.25, 0.0]], "dscores of large scores")
### BEGIN HIDDEN TESTS
from autograder.judging import judge

random = judge.rng()
for N, M in ((4, 3), (3, 5), (7, 2)):
    signs, y = random.choice([-1000.0, 1000.0], size=(N, M)), random.integers(M, size=N)
    signs[0], signs[1] = 1000, -1000  # far apart, so that no shift does for the whole batch
    judge.value("softmax_loss", softmax_loss, signs + random.normal(size=(N, M)), y)
    wrong = np.full((N, M), -1000.0)
    wrong[np.arange(N), (y + 1) % M] = 1000
    judge.value("softmax_loss", softmax_loss, wrong, y)
    judge.value("softmax_loss", softmax_loss, -wrong, y)
### END HIDDEN TESTS

# %% [markdown]
# **Take away.** The gradient is the softmax, minus 1 at the right class. Subtract each row's
# maximum before you exponentiate.

# %% [markdown]
# ## 3. Good enough
#
# Softmax is never content. However far the right class is ahead, a little more would still lower
# the loss. The **SVM loss**, or hinge loss, asks for a margin of 1 and no more:
#
# $$L = \frac{1}{N} \sum_n \sum_{m \ne y_n} \max(0,\; s_{n,m} - s_{n,\,y_n} + 1)$$
#
# A wrong class costs something unless it stays at least 1 below the right one.
#
# **Predict before you run.** The scores are $[3, 5, 1]$ and class 0 is right. What does class 1
# cost? Class 2? And what would class 0 cost if the sum forgot to leave it out?
#
# <!-- guess 06/hinge
# number | class 1 | 3
# number | class 2 | 0
# number | class 0, if it were not left out | 1
# -->

# %%
scores = np.array([3.0, 5.0, 1.0])
print(np.maximum(0, scores - scores[0] + 1))

# %% [markdown]
# Class 2 is behind by 2 and costs nothing. Class 0 would cost 1, always: that is why it is left out.
#
# For the gradient look at each term. If it is positive, it rises with $s_{n,m}$ and falls with
# $s_{n,\,y_n}$, each with slope 1. So a wrong class gets 1 if it costs something. The right class
# gets $-1$ for **each** of those.
#
# ### Exercise 3: `svm_loss` (2 points)
#
# By hand: $[3, 5, 1]$ with class 0 gives the loss 3 and the gradient $[-1, 1, 0]$. And $[2, 2, 2]$
# with class 2 costs 1 twice: the loss is 2, the gradient $[1, 1, -2]$.


# %% exercise="svm_loss"
def svm_loss(scores, y):
    """Average what the wrong classes lack to a margin of 1 below the right one.

    Args:
        scores: one for each picture and class, shape (N, M). Left as they are.
        y: right classes, whole numbers below M, shape (N,).

    Returns:
        loss: the sum over classes, averaged over the batch, a number.
        dscores: its gradient with respect to scores, shape (N, M).
    """
    N = len(scores)
    rows = np.arange(N)
    # Set margins, shape (N, M): what each wrong class costs, and 0 for the right one.
    ### BEGIN SOLUTION
    margins = np.maximum(0, scores - scores[rows, y][:, None] + 1)
    margins[rows, y] = 0
    ### END SOLUTION
    loss = np.sum(margins) / N
    # Set dscores, shape (N, M): the slope of that sum, not yet divided by N.
    ### BEGIN SOLUTION
    dscores = (margins > 0).astype(float)
    dscores[rows, y] = -dscores.sum(axis=1)
    ### END SOLUTION
    return loss, dscores / N


# %% [markdown]
# Try it on each of the two, then on both in one batch:

# %%
print(*svm_loss(np.array([[3.0, 5.0, 1.0]]), np.array([0])))
print(*svm_loss(np.array([[2.0, 2.0, 2.0]]), np.array([2])))
print(*svm_loss(np.array([[3.0, 5.0, 1.0], [2.0, 2.0, 2.0]]), np.array([0, 2])))

# %% check="svm_loss" points=2
# 2 points. Shown: the two by hand, large scores. Hidden: random scores, also of +-1000.
both, right = np.array([[3.0, 5.0, 1.0], [2.0, 2.0, 2.0]]), np.array([0, 2])
loss, dscores = svm_loss(both, right)
check.same(loss, 2.5, "loss", hint="(3 + 2)/2: the right class itself costs nothing.")
expected = [[-0.5, 0.5, 0.0], [0.5, 0.5, -1.0]]
check.same(dscores, expected, "dscores", hint="The right class pays for each class that costs.")
check.gradient(lambda s: svm_loss(s, right)[0], both, dscores, name="dscores")
loss, dscores = svm_loss(np.array([[1000.0, 0.0, -1000.0]]), np.array([2]))
check.same(loss, 3002.0, "loss of large scores", hint="2001 + 1001")
check.same(dscores, [[1.0, 1.0, -2.0]], "dscores of large scores")
### BEGIN HIDDEN TESTS
from autograder.judging import inputs, judge

random = judge.rng()
for N, M, scale in ((5, 3, 1.0), (2, 7, 2.0), (1, 4, 1.0), (6, 2, 3.0), (4, 5, 0.1)):
    scores, y = random.normal(scale=scale, size=(N, M)), random.integers(M, size=N)
    judge.value("svm_loss", svm_loss, scores, y)
    large = random.choice([-1000.0, 1000.0], size=(N, M)) + scores
    judge.value("svm_loss", svm_loss, large, y)
with judge.derived("svm_loss"):
    scores, y = inputs.no_slope_scores(random)
    _, expected = judge.reference("svm_loss")(scores, y)
    _, dscores = svm_loss(scores.copy(), y)
    check.same(dscores[1:], expected[1:], "dscores")
### END HIDDEN TESTS

# %% [markdown]
# Look at both losses for two classes, as the right class falls behind or goes ahead.

# %% tags=["plot"] alt="A plot of two losses against the lead of the right class, -4 to 4. Both fall; the SVM loss reaches 0 at a lead of 1 and stays there, the softmax loss passes 0.69 at 0 and comes close to 0."
leads = np.linspace(-4, 4, 81)
for loss, line in ((softmax_loss, "-"), (svm_loss, "--")):
    values = [loss(np.array([[lead, 0.0]]), np.array([0]))[0] for lead in leads]
    plt.plot(leads, values, line, label=loss.__name__)
plt.title("What one picture costs, with two classes")
plt.xlabel("lead: score of the right class minus score of the other")
plt.ylabel("loss")
plt.legend()
plt.show()

# %% [markdown]
# Far to the left both are straight lines, or nearly, of slope $-1$: a bad mistake costs in
# proportion. At a lead of 1 the SVM loss reaches 0 and stays there. The softmax loss comes closer
# and closer to 0.
#
# PyTorch's `cross_entropy` is this softmax loss. Its `multi_margin_loss` divides by the number of
# classes as well.
#
# **Take away.** The SVM loss stops asking at a margin of 1; the softmax loss never does.

# %% [markdown]
# ## 4. A convolution with all its zeros
#
# Each output of a convolution is a sum of products of inputs and weights, plus a bias. So is each
# output of an FC layer. The difference is that a filter does not look at the pixels outside its
# window. But not looking at a pixel and looking at it with weight 0 are the same.
#
# So a convolution layer **is** an FC layer, with $D = C \cdot H \cdot W$ inputs and $M = F \cdot
# H_{\text{out}} \cdot W_{\text{out}}$ units, where $F$ counts filters, as in lesson 02. Column $m$
# of its matrix belongs to one output. It holds the filter, at the pixels of that output's window,
# and zeros elsewhere.
#
# Along a line you can see all of it. Four numbers, the filter $[1, 2]$, three outputs:

# %%
line_matrix = np.array([[1.0, 0, 0], [2, 1, 0], [0, 2, 1], [0, 0, 2]])  # (D, M) = (4, 3)
print(np.array([5.0, 0.0, 1.0, 1.0]) @ line_matrix)

# %% [markdown]
# Transposed, with a row for each output, the matrix shows how the filter moves:

# %% tags=["plot"] alt="The filter 1, 2, and the matrix of 3 rows and 4 columns that does the same. In each row 1 and 2 stand out, one place further to the right than in the row above; all else is 0."
window = [(i, i + k) for i in range(3) for k in range(2)]
names = ("filter", "line_matrix.T")
drawing.two_maps(([[1, 2]], line_matrix.T), names, ((), window), "A filter, and its matrix")

# %% [markdown]
# Each row is the one above it, moved one place to the right. Every diagonal holds a single number,
# here as in `line_matrix`. Such a matrix is called a **Toeplitz** matrix.
#
# **Predict before you run.** A 4 x 4 picture with one channel meets one 3 x 3 filter, stride 1, no
# padding. What is the shape of the matrix? How many of its entries are not 0? How many different
# numbers are among those, at most?
#
# <!-- guess 06/toeplitz
# shape | of the matrix, inputs first | 16, 4
# number | entries that are not 0 | 36
# number | different numbers among them | 9
# -->
#
# <details><summary>Answer</summary>
#
# There are 16 inputs and $2 \cdot 2 = 4$ outputs, so 16 x 4 = 64 entries. Each column holds the
# filter once: $4 \cdot 9 = 36$ entries are not 0, and 28 are. Only 9 different numbers occur: that
# is the sharing of weights.
#
# </details>
#
# ### Exercise 4: `conv_to_fc` (4 points)
#
# Write the matrix and its bias. The loop over filters and places is given. The outputs are numbered
# as `out.reshape(N, -1)` takes them: filter by filter, and inside a filter row by row. By hand: a 2
# x 3 picture and the filter $\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}$ have two outputs, so two
# columns: $[1, 2, 0, 3, 4, 0]$ and $[0, 1, 2, 0, 3, 4]$.
#
# <details><summary>Hint</summary>
#
# Begin with zeros of shape $(C, H + 2P, W + 2P, F, H_{\text{out}}, W_{\text{out}})$: six axes are
# easier than two. What the filter puts on the padding meets zeros only, so cut it off. Reshape last.
#
# </details>
#
# <details><summary>Another way</summary>
#
# What does the layer answer to a picture that is 0 except for a single 1, at input $d$? Row $d$ of
# the matrix. So let `conv_forward` answer $D$ such pictures at once, without the loop.
#
# </details>


# %% exercise="conv_to_fc"
def conv_to_fc(w, b, H, W, stride=1, pad=0):
    """Write a convolution layer as a fully-connected layer.

    Args:
        w: filters, shape (F, C, HH, WW).
        b: one bias per filter, shape (F,).
        H: height of the pictures.
        W: width of the pictures.
        stride: pixels between neighbouring windows; the windows end at the edge.
        pad: rows and columns of zeros on every side.

    Returns:
        w_fc: weights, shape (C * H * W, F * H_out * W_out).
        b_fc: biases, shape (F * H_out * W_out,).
    """
    F, C, HH, WW = w.shape
    H_out, W_out = (H - HH + 2 * pad) // stride + 1, (W - WW + 2 * pad) // stride + 1
    # Set w_fc to zeros, with room for the padding.
    ### BEGIN SOLUTION
    w_fc = np.zeros((C, H + 2 * pad, W + 2 * pad, F, H_out, W_out))
    ### END SOLUTION
    for f, i, j in np.ndindex(F, H_out, W_out):
        # Put w[f] into w_fc where window (i, j) lies.
        ### BEGIN SOLUTION
        top, left = i * stride, j * stride
        w_fc[:, top : top + HH, left : left + WW, f, i, j] = w[f]
        ### END SOLUTION
    # Cut the padding off. Return w_fc as a matrix, and b_fc.
    ### BEGIN SOLUTION
    w_fc = w_fc[:, pad : pad + H, pad : pad + W]
    return w_fc.reshape(C * H * W, F * H_out * W_out), np.repeat(b, H_out * W_out)
    ### END SOLUTION


# %% [markdown]
# Try it on the two columns. Then let a random layer answer both ways:

# %%
print(conv_to_fc(np.array([[[[1.0, 2.0], [3.0, 4.0]]]]), np.zeros(1), 2, 3)[0].T)
pictures, w, b = rng.normal(size=(2, 3, 5, 7)), rng.normal(size=(4, 3, 3, 3)), rng.normal(size=4)
out, _ = conv_forward(pictures, w, b, stride=2, pad=1)
by_fc, _ = affine_forward(pictures, *conv_to_fc(w, b, 5, 7, stride=2, pad=1))
print(np.max(np.abs(by_fc.reshape(out.shape) - out)))

# %% check="conv_to_fc" points=2
# 2 points. Stride 1 and no padding. Shown: the two columns, two filters. Hidden: random layers.
corner = np.array([[[[1.0, 2.0], [3.0, 4.0]]]])
w_fc, b_fc = conv_to_fc(corner, np.array([0.5]), 2, 3)
columns = np.array([[1.0, 2, 0, 3, 4, 0], [0, 1, 2, 0, 3, 4]])
check.same(w_fc, columns.T, "w_fc", hint="One column for each output, one row for each input.")
check.same(b_fc, [0.5, 0.5], "b_fc")
pixels = np.array([1.0, 2.0, 3.0, 4.0]).reshape(2, 2, 1, 1)  # two filters, two channels, 1 x 1
w_fc, b_fc = conv_to_fc(pixels, np.array([5.0, 6.0]), 1, 2)
expected = [[1.0, 0, 3, 0], [0, 1, 0, 3], [2, 0, 4, 0], [0, 2, 0, 4]]
check.same(w_fc, expected, "w_fc of two filters", hint="Inputs go channel by channel.")
check.same(b_fc, [5.0, 5, 6, 6], "b_fc of two filters", hint="Outputs go filter by filter.")
### BEGIN HIDDEN TESTS
from autograder.judging import inputs, judge

for x, w, b, how in inputs.conv(judge.rng()):
    if how["stride"] == 1 and how["pad"] == 0:
        judge.value("conv_to_fc", conv_to_fc, w, b, x.shape[2], x.shape[3])
### END HIDDEN TESTS

# %% check="conv_to_fc" part="stride_pad" points=2
# 2 points. Shown: a column and a line with stride 2 and padding 1. Hidden: both up to 3.
ramp = np.zeros((1, 1, 3, 3))
ramp[0, 0, 1] = [1.0, 2.0, 3.0]
expected = [[2.0, 0, 0], [3, 1, 0], [0, 2, 0], [0, 3, 1], [0, 0, 2]]
w_fc, _ = conv_to_fc(ramp.swapaxes(2, 3), np.zeros(1), 5, 1, stride=2, pad=1)
check.same(w_fc, expected, "w_fc of a column", hint="The first window begins above the picture.")
w_fc, _ = conv_to_fc(ramp, np.zeros(1), 1, 5, stride=2, pad=1)
check.same(w_fc, expected, "w_fc", hint="The first window begins on the padding: its 1 meets a 0.")
### BEGIN HIDDEN TESTS
from autograder.judging import inputs, judge

for x, w, b, how in inputs.conv(judge.rng()):
    judge.value("conv_to_fc", conv_to_fc, w, b, *x.shape[2:], how["stride"], how["pad"])
### END HIDDEN TESTS

# %% [markdown]
# Now look at two of these matrices, for pictures of 5 x 6 and filters of 3 x 3. They are transposed
# again: a row is an output, so that the filter moves to the right.

# %% tags=["plot"] alt="Two matrices as coloured pictures, one row for each output. Left, one channel and one filter: a band along the diagonal, made of short bands; the rest is white. Right: four such pictures side by side."
one, two = rng.normal(size=(1, 1, 3, 3)), rng.normal(size=(2, 2, 3, 3))
figure, axes = plt.subplots(1, 2, figsize=(11, 3.2), width_ratios=[1, 2])
for axis, w in zip(axes, (one, two), strict=True):
    matrix = conv_to_fc(w, np.zeros(len(w)), 5, 6)[0].T  # (F * 3 * 4, C * 5 * 6)
    image = axis.imshow(matrix, cmap="RdBu", vmin=-2.5, vmax=2.5, aspect="auto")
    axis.set_xticks(np.arange(6, matrix.shape[1], 6) - 0.5, [], minor=True)
    axis.set_yticks(np.arange(4, matrix.shape[0], 4) - 0.5, [], minor=True)
    axis.grid(which="minor", color="0.8")
    axis.set(
        title=f"channels and filters: {len(w)}", xlabel="input number d", ylabel="output number m"
    )
figure.colorbar(image, ax=axes, label="weight; white is 0")
figure.suptitle("A convolution as a matrix", y=1.02)
plt.show()

# %% [markdown]
# The grid cuts the left matrix into 3 x 5 blocks. Each belongs to one of the 3 rows of the output
# and one of the 5 rows of the picture. Each block that is not white is a Toeplitz matrix, one row
# of the filter slid along one row of the picture. There are only three kinds of block, for the
# three rows of the filter, and they stand on diagonals too. The right matrix holds four such
# pictures: two filters, each over two channels.
#
# How large does this get? AlexNet's first layer takes 227 x 227 x 3 numbers to 55 x 55 x 96, with
# 96 filters of 11 x 11 x 3 and stride 4.
#
# **Predict before you run.** How many entries does its matrix have? Would it fit in memory? What
# fraction of the entries is not 0?
#
# <!-- guess 06/alexnet
# number | entries | 44892064800 | within 2 %
# choice | it would | fit | * not fit
# number | the fraction that is not 0 | 0.00235 | within 5 %
# -->

# %%
inputs, outputs = 3 * 227 * 227, 96 * 55 * 55
entries, used, distinct = inputs * outputs, 363 * outputs, 363 * 96
print(f"{entries:,} entries, {used:,} not 0, {distinct:,} different")

# %% [markdown]
# In float32 the entries take 167 GiB. One in 426 is not 0: these are the weights of a locally
# connected layer, one for each connection. The different ones are all that the convolution stores.
#
# **Take away.** A convolution is a fully-connected layer in which most weights are 0 and the others
# are shared.

# %% [markdown]
# ## 5. The other way round
#
# A convolution is a special FC layer. The surprise is that an FC layer is also a special
# convolution. Let the window be as large as the picture. Then there is one stop, and a filter is a
# dot product with everything: a unit.
#
# So an FC layer with $M$ units over a volume of $C \times H \times W$ is a convolution with $M$
# filters of $H \times W$, no padding, stride 1. Its output has the shape $(N, M, 1, 1)$.
#
# **Predict before you run.** VGG-16 ends with volumes of 7 x 7 x 512, and an FC layer of 4096 units
# looks at them. What are the filters of the convolution that computes the same? How many weights do
# they have? The next FC layer also has 4096 units. What are its filters?
#
# <!-- guess 06/vgg
# shape | of the filters | 4096, 512, 7, 7
# number | weights | 102760448
# shape | of the next layer's filters | 4096, 4096, 1, 1
# -->
#
# <details><summary>Answer</summary>
#
# In the letters of lesson 01, where $K$ counts filters and $F$ is the window: $F = 7$, $P = 0$, $S
# = 1$, $K = 4096$. That is an array of shape (4096, 512, 7, 7) with 102,760,448 weights, as many as
# before. The next layer looks at 1 x 1 x 4096, so its filters are (4096, 4096, 1, 1). The last one
# has 1000 classes: (1000, 4096, 1, 1).
#
# </details>
#
# ### Exercise 5: `fc_to_conv` (1 point)
#
# No number changes; each only gets a new place. By hand: two units over a 2 x 2 picture have the
# weights below, one column each. The first filter must be
# $\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}$.

# %%
w = np.array([[1.0, 10.0], [2.0, 20.0], [3.0, 30.0], [4.0, 40.0]])  # (D, M) = (4, 2)
w[:, 0]


# %% exercise="fc_to_conv"
def fc_to_conv(w, b, C, H, W):
    """Turn a fully-connected layer into a convolution.

    Args:
        w: weights, shape (C * H * W, M).
        b: one bias per unit, shape (M,).
        C: channels of the volume that the layer looks at.
        H: its height.
        W: its width.

    Returns:
        filters: shape (M, C, H, W).
        bias: shape (M,).
    """
    ### BEGIN SOLUTION
    return w.T.reshape(-1, C, H, W), b
    ### END SOLUTION


# %% [markdown]
# Try it on the two units, over the tiny picture of section 1. The last line has the answers of the
# convolution and of the FC layer:

# %%
x = np.array([[[[1.0, 2.0], [3.0, 4.0]]]])
filters, bias = fc_to_conv(w, np.array([0.5, 0.0]), 1, 2, 2)
print(filters)
print(conv_forward(x, filters, bias)[0].tolist(), affine_forward(x, w, bias)[0].tolist())

# %% check="fc_to_conv" points=1
# 1 point. Shown: two channels, two units, a wider picture. Hidden: random layers.
counting, _ = fc_to_conv(np.arange(12.0)[:, None], np.zeros(1), 2, 2, 3)
check.same(
    counting, np.arange(12.0).reshape(1, 2, 2, 3), "two channels", hint="Channel by channel."
)
units = np.array([[1.0, 10.0], [2.0, 20.0], [3.0, 30.0], [4.0, 40.0]])
filters, bias = fc_to_conv(units, np.array([0.5, 0.0]), 1, 2, 2)
expected = [[[[1.0, 2], [3, 4]]], [[[10, 20], [30, 40]]]]
check.same(filters, expected, "filters", hint="A filter is a column of w, not a row.")
check.same(bias, [0.5, 0.0], "bias")
wide = np.array([[[[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]]])
out, _ = conv_forward(wide, np.asarray(filters), np.asarray(bias))
check.same(out, [[[[1.5, 4.5]], [[10.0, 40.0]]]], "over a wider picture")
### BEGIN HIDDEN TESTS
from autograder.judging import judge

random = judge.rng()
for C, H, W, M in ((3, 2, 4, 5), (2, 5, 3, 1), (1, 4, 2, 3), (7, 1, 1, 4), (4, 3, 3, 2)):
    w, b = random.normal(size=(C * H * W, M)), random.normal(size=M)
    judge.value("fc_to_conv", fc_to_conv, w, b, C, H, W)
### END HIDDEN TESTS

# %% [markdown]
# With PyTorch's weights, which are $(M, D)$ already, no transpose is needed. Where a library keeps
# channels last, rows run in another order, and `reshape` alone would mix them up.
#
# What is it good for? The FC layer was made for pictures of one size. The filters can **slide**.
# Over a larger picture they give a map, and each cell of the map is the FC layer's answer to one
# crop.
#
# Below, an FC layer for crops of 3 x 3 becomes two filters and slides over 7 x 7, with stride 2.
# Step with the arrow keys. Tap a pixel, and see which cells have it in their crop. Up and down
# arrows follow one weight.

# %% tags=["demo"]
demo.fc_to_conv()

# %% [markdown]
# Now with a photograph. Cut out a cat's eye, the left one in the picture, 14 x 21 pixels in three
# colours. Make it the weights of an FC layer with one unit: subtract the mean of each colour, so
# that brightness does not count, and scale it so that the eye itself scores 1.
#
# **Predict before you run.** Turn it into a filter and slide it over the whole cat. Where is the
# score 1? Will the other eye get a high score, too?
#
# <!-- guess 06/eye
# box | the crop that scores 1 | photo chelsea 100 x 151 step 3 | 32:46, 46:67
# choice | the other eye scores | about 0 | about a quarter | * about three quarters | 1
# -->

# %% tags=["plot"] alt="Three pictures: a cat; the eye on the left, enlarged; and a grey map of scores with two bright spots, one for each eye."
cat = data.photo("chelsea")[:, :, ::3, ::3]  # (1, 3, 100, 151)
eye = cat[:, :, 32:46, 46:67]
template = eye - eye.mean(axis=(2, 3), keepdims=True)
w_eye = (template / np.sum(template**2)).reshape(-1, 1)  # (882, 1)
print("the eye scores", affine_forward(eye, w_eye, np.zeros(1))[0])
score_map, _ = conv_forward(cat, *fc_to_conv(w_eye, np.zeros(1), 3, 14, 21))
print(f"cell (32, 46): {score_map[0, 0, 32, 46]:.2f}, cell (38, 92): {score_map[0, 0, 38, 92]:.2f}")
plot.maps(
    [cat[0].transpose(1, 2, 0), eye[0].transpose(1, 2, 0), score_map[0, 0]],
    ["the cat", "what the unit knows", "its score, crop by crop"],
    "A fully-connected unit, slid over a picture",
)

# %% [markdown]
# Look at the map on the right. It has two bright spots. The brightest is the eye itself. A cell of
# the map belongs to the crop that begins there, and the eye was cut out from row 32 and column 46
# on. The second spot is the other eye, which the unit has never seen. No crop away from the eyes
# scores above 0.51. The map has only 87 x 131 cells and is drawn as large as the cat, so the spots
# do not lie quite where the eyes do.
#
# **Take away.** An FC layer is a convolution whose filters are as large as its input.

# %% [markdown]
# ## 6. A net that slides
#
# What holds for a layer holds for a whole net. Convolutions and pools do not care how large their
# input is. Only the first FC layer did. Convert the FC layers, and the net takes any picture that
# is large enough. Such a net is called **fully convolutional**.
#
# VGG-16 halves the picture five times, a factor of 32: $224/32 = 7$. Then come its FC layers, over
# 7 x 7 x 512.
#
# **Predict before you run.** You give the converted net a picture of 384 x 384. How large is the
# last volume before the FC layers? How large is the map of scores, for 1000 classes?
#
# <!-- guess 06/slides
# row | the last volume, `H, W, C` | 12, 12, 512
# row | the map of scores, `H, W, C` | 6, 6, 1000
# -->

# %%
for side in (224, 384):
    rows = side // 32  # after five halvings
    print(f"{side} -> {rows} x {rows} x 512 -> {rows - 7 + 1} x {rows - 7 + 1} x 1000")

# %% [markdown]
# In one pass the net has looked at 36 crops of 224 x 224, each 32 pixels from the next. One by one,
# they have $36 \cdot 224^2 = 1{,}806{,}336$ pixels. The large picture has $384^2 = 147{,}456$. For
# the convolutions it is 12.25 times less work, because neighbouring crops share most of their
# pixels. The FC layers still answer 36 times.
#
# Here is a net small enough to run. Two convolutions of 3 x 3, each with ReLU and a pool, then an
# FC layer of 5 units over 4 x 4 x 6. `pads` is the zero padding of the two convolutions.


# %% given="features"
def features(x, pads=(0, 0)):
    """Two convolutions of 3 x 3, each with ReLU and a 2 x 2 pool: (N, 3, H, W) to (N, 6, h, w)."""
    draw = np.random.default_rng(6)
    for (F, C), pad in zip(((4, 3), (6, 4)), pads, strict=True):
        w = draw.normal(size=(F, C, 3, 3)) / 3
        x, _ = conv_forward(x, w, np.zeros(F), pad=pad)
        x, _ = max_pool_forward(np.maximum(x, 0))
    return x


# %% [markdown]
# Without padding 22 pixels become 20, 10, 8 and 4. So the net was made for crops of 22 x 22. Its
# two pools halve twice: neighbouring cells of the map are 4 pixels apart. Over 34 x 46 pixels of
# the cat it gives $(34 - 22)/4 + 1 = 4$ rows and $(46 - 22)/4 + 1 = 7$ columns.

# %%
draw = np.random.default_rng(7)
w_fc, b_fc = draw.normal(size=(4 * 4 * 6, 5)) / 5, draw.normal(size=5)
filters, bias = fc_to_conv(w_fc, b_fc, 6, 4, 4)


def little_net(x, pads=(0, 0)):
    return conv_forward(features(x, pads), filters, bias)[0]


face = data.photo("chelsea")[:, :, ::3, ::3][:, :, 24:58, 40:86]  # (1, 3, 34, 46)
print(affine_forward(features(face[:, :, :22, :22]), w_fc, b_fc)[0])
print(little_net(face)[:, :, 0, 0])
print(little_net(face[:, :, :22, :22]).shape, little_net(face).shape)

# %% [markdown]
# Cell (0, 0) of the map is the FC net's answer to the crop at the top left.
#
# ### A finer map
#
# Cells of VGG's map are 32 pixels apart, and nothing in the net can change that. But the picture
# can be shifted. Leave out its first 16 rows, run the net again, and the cells of the new map lie
# halfway between the old. What is left over at the far side, less than a stride, is cut off.
#
# **Predict before you run.** For a map with one cell every 16 pixels you need passes with the
# shifts (0, 0), (16, 0), (0, 16) and (16, 16), rows first. A picture of 384 shifted by 16 has 368
# pixels. How many cells does the map of each pass have?
#
# <!-- guess 06/shifted
# row | cells of the four passes | 36, 30, 30, 25
# -->
#
# <details><summary>Answer</summary>
#
# $(368 - 224)/32 + 1 = 5.5$, so 5: the last 16 pixels do not fit. The passes have
# $6 \cdot 6 = 36$, $5 \cdot 6 = 30$, $6 \cdot 5 = 30$ and $5 \cdot 5 = 25$ cells. Together they are
# 121, and $(384 - 224)/16 + 1 = 11$: exactly a map of 11 x 11.
#
# </details>
#
# **Find the mistake.** A well-known lecture note gets stride 16 by "forwarding the converted
# ConvNet twice": once over the picture, and once over the picture shifted by 16 pixels along both
# width and height. How much of the map does that fill? Set `stride` 2 and `passes` 2 in the demo of
# section 5 to see it on a small scale.
#
# <details><summary>Answer</summary>
#
# $36 + 25 = 61$ of 121 cells: a checkerboard. A shift along both axes fills the cells with odd row
# **and** odd column. Those with one odd and one even need two more passes.
#
# </details>
#
# ### Exercise 6: `half_stride` (3 points)
#
# Run a net four times and interleave the maps. A net may refuse a picture that does not fit, so cut
# off what is left over before you call it. By hand: let the "net" see crops of one pixel with
# stride 2, `net = lambda x: x[:, :, ::2, ::2]`. Over 3 x 3 pixels the passes give $4 + 2 + 2 + 1 =
# 9$ cells, and interleaved they are the picture itself.
#
# <details><summary>Hint</summary>
#
# How many whole strides go into `n - size`? The cells of the pass that is shifted in rows belong to
# `out[:, :, 1::2, 0::2]`.
#
# </details>


# %% exercise="half_stride"
def half_stride(net, x, size, stride):
    """Interleave the maps of four shifted passes, so that cells lie half a stride apart.

    Args:
        net: a function from pictures to score maps, (N, C, H, W) to (N, M, h, w). It may raise
            ValueError where (H - size) / stride or (W - size) / stride is not a whole number.
        x: pictures, shape (N, C, H, W); H - size and W - size are multiples of stride / 2, and
            at least stride.
        size: side of the crop that one cell sees, in pixels.
        stride: pixels between neighbouring cells of the net's map, an even number.

    Returns:
        The finer map, shape (N, M, (H - size) / (stride / 2) + 1, (W - size) / (stride / 2) + 1).
        net is called four times, no more.
    """
    half = stride // 2
    maps = {}
    for a, b in np.ndindex(2, 2):
        # Shift x by a * half rows and b * half columns, and cut it. Set maps[a, b] to the net's map.
        ### BEGIN SOLUTION
        shifted = x[:, :, a * half :, b * half :]
        H, W = (size + (n - size) // stride * stride for n in shifted.shape[2:])
        maps[a, b] = net(shifted[:, :, :H, :W])
        ### END SOLUTION
    N, M, h, w = maps[0, 0].shape
    out = np.empty((N, M, h + maps[1, 1].shape[2], w + maps[1, 1].shape[3]))
    for a, b in maps:
        # Put the cells of maps[a, b] where they belong in out.
        ### BEGIN SOLUTION
        out[:, :, a::2, b::2] = maps[a, b]
        ### END SOLUTION
    return out


# %% [markdown]
# Try it on the nine pixels, then on the little net. There 4 x 7 cells become 7 x 13.

# %%
print(half_stride(lambda x: x[:, :, ::2, ::2], np.arange(9.0).reshape(1, 1, 3, 3), 1, 2))
print(half_stride(little_net, face, 22, 4).shape)

# %% check="half_stride" points=2
# 2 points. Shown: nets that leave out what does not fit. Hidden: random nets and pictures.
counting = np.arange(12.0).reshape(1, 1, 3, 4)
out = half_stride(lambda x: x[:, :, ::2, ::2], counting, 1, 2)
check.same(out, counting, "crops of one pixel", hint="The pass shifted in rows has the odd rows.")
line = np.array([[[[1.0, 20.0, 300.0, 4000.0, 50_000.0, 600_000.0]] * 4]])  # (1, 1, 4, 6)
whole = lambda x: x[:, :, : (x.shape[2] - 2) // 2 * 2 + 2, : (x.shape[3] - 2) // 2 * 2 + 2]
sums = lambda x: conv_forward(whole(x), np.ones((1, 1, 2, 2)), np.zeros(1), stride=2)[0]
check.same(
    half_stride(sums, line, 2, 2),
    [[[[42.0, 640.0, 8600.0, 108_000.0, 1_300_000.0]] * 3]],
    "sums of 2 x 2",
    hint="Half a stride is one pixel here: 2 * (1 + 20), then 2 * (20 + 300), and so on.",
)
### BEGIN HIDDEN TESTS
from autograder.judging import inputs, judge

for x, w, b, size, stride in inputs.half_stride(judge.rng()):

    def net(x, w=w, b=b, F=size, S=stride):
        H, W = (F + (n - F) // S * S for n in x.shape[2:])
        return conv_forward(x[:, :, :H, :W], w, b, stride=S)[0]

    judge.value("half_stride", half_stride, net, x, size, stride)
### END HIDDEN TESTS

# %% check="half_stride" part="cut" points=1
# 1 point. Shown: a net that refuses what does not fit, with VGG's sizes. Hidden: random nets.
sizes = []


def corners(x):  # a net for crops of 224, stride 32: it answers with the crop's first pixel
    if (x.shape[2] - 224) % 32 or (x.shape[3] - 224) % 32:
        raise ValueError(f"a net of stride 32 for crops of 224 does not fit {x.shape[2:]}")
    scores = x[:, :, : x.shape[2] - 223 : 32, : x.shape[3] - 223 : 32]
    sizes.append(scores.shape[2] * scores.shape[3])
    return scores


large = np.arange(384.0 * 384).reshape(1, 1, 384, 384)
out = half_stride(corners, large, 224, 32)
check.same(out, large[:, :, :161:16, :161:16], "the map of 11 x 11")
check.same(sorted(sizes), [25, 30, 30, 36], "cells of each pass", hint="Four passes, no more.")
### BEGIN HIDDEN TESTS
from autograder.judging import inputs, judge

for x, w, b, size, stride in inputs.half_stride(judge.rng()):
    net = lambda x, w=w, b=b, S=stride: conv_forward(x, w, b, stride=S)[0]
    judge.value("half_stride", half_stride, net, x, size, stride)
### END HIDDEN TESTS

# %% [markdown]
# Which pass filled which cell? Here the passes are numbered 1 to 4 in the order of their shifts
# above, in a map of 5 x 5. Pass 2 is shifted in rows.

# %% tags=["plot"] alt="Two maps of 5 x 5 cells. With two passes, 1 and 4, the filled cells are a checkerboard; with four, every cell has the number of its pass."
four = 1 + np.arange(5)[:, None] % 2 + 2 * (np.arange(5) % 2)  # (5, 5)
two = np.where((four == 1) | (four == 4), four, np.nan)
filled = [tuple(place) for place in np.argwhere(two > 0)]
drawing.two_maps((two, four), ("1 and 4 alone", "all four"), (filled, ()), "Who fills which cell")

# %% [markdown]
# Passes 1 and 4, shifted along both axes or not at all, leave every second cell empty.
#
# **Take away.** A converted net answers many crops in one pass. Half the stride takes four passes.

# %% [markdown]
# ## 7. The same as the crops?
#
# It is often said that the map holds exactly the scores that the net would give to the crops, one
# by one. For the cat's eye that was true. Is it true for every net?
#
# Think about what a cell of the map knows. In the little net it depends on 22 x 22 pixels, and
# these are its crop. Now give both convolutions a padding of 1, as VGG does. Then 16 pixels become
# 16, 8, 8 and 4, and the net is made for crops of 16 x 16. But the windows are as large as before.
# A cell still depends on 22 x 22 places.
#
# **Predict before you run.** A cell depends on 22 x 22 places, and its crop has 16 x 16. So 3 rows
# and columns on each side lie outside the crop. What stands there when the net gets the crop alone?
# What stands there when it slides over the large picture?
#
# <!-- guess 06/outside
# choice | with the crop alone, there stand | pixels of the picture | * zeros
# choice | on the large picture, there stand | * pixels of the picture | zeros
# -->
#
# <details><summary>Answer</summary>
#
# The crop alone meets the zeros of the padding there. The map meets them only at the edge of the
# large picture; elsewhere it meets the pixels around the crop.
#
# </details>

# %% [markdown]
# ### Exercise 7: `crop_gap` (2 points)
#
# Measure it: run the net once on the whole picture, then on every crop by itself, and return the
# largest difference. By hand: `net = lambda x: x` with crops of one pixel and stride 1 has no gap.
# `net = lambda x: x - x.mean()` has one: on a crop of one pixel it answers 0, and on the picture
# $[0, 4]$ it answers $[-2, 2]$. The gap is 2.


# %% exercise="crop_gap"
def crop_gap(net, x, size, stride):
    """Measure how far a net's map is from its answers to the crops, one by one.

    Args:
        net: a function from pictures to score maps, (N, C, H, W) to (N, M, h, w); for a picture
            of size x size the map is 1 x 1.
        x: pictures, shape (N, C, H, W).
        size: side of a crop, in pixels.
        stride: pixels between neighbouring crops, which are neighbouring cells of the map.

    Returns:
        The largest |cell of the map - score of its crop|, a number.
    """
    scores = net(x)  # (N, M, h, w)
    gap = 0.0
    for i, j in np.ndindex(scores.shape[2:]):
        # Compare scores[:, :, i, j] with what the net says to its crop, and keep the largest gap.
        ### BEGIN SOLUTION
        top, left = i * stride, j * stride
        alone = net(x[:, :, top : top + size, left : left + size])  # (N, M, 1, 1)
        gap = max(gap, np.max(np.abs(scores[:, :, i, j] - alone[:, :, 0, 0])))
        ### END SOLUTION
    return gap


# %% [markdown]
# Try it on the little net, without padding. Rounding may leave about $10^{-15}$.

# %%
crop_gap(little_net, face, 22, 4)

# %% check="crop_gap" points=2
# 2 points. Shown: means, and zeros that the crop does not see. Hidden: random nets.
pixels = np.array([[[[0.0, 4.0]]]])
check.same(float(crop_gap(lambda x: x, pixels, 1, 1)), 0.0, "each pixel by itself")
check.same(float(crop_gap(lambda x: x - x.mean(), pixels, 1, 1)), 2.0, "minus the mean")
pictures = np.array([[[[3.0, 3.0, 3.0]]], [[[0.0, 9.0, 6.0]]]])  # (2, 1, 1, 3)
centre = lambda x: x - x.mean(axis=(2, 3), keepdims=True)
check.same(
    float(crop_gap(centre, pictures, 1, 1)),
    5.0,
    "two pictures, each minus its mean",
    hint="A pixel alone gets 0. The second map is -5, 4, 1: the largest distance counts.",
)
blocks = np.array([[[[1.0, 2, 3, 4, 5]] * 3]])  # (1, 1, 3, 5)
padded_sums = lambda x: conv_forward(x, np.ones((1, 1, 3, 3)), np.zeros(1), 2, 1)[0]
check.same(
    float(crop_gap(padded_sums, blocks, 1, 2)),
    15.0,
    "sums of 3 x 3 with padding 1, crops of one pixel",
    hint="In the middle the map has (2 + 3 + 4) * 2 = 18, and the crop alone is 3.",
)
### BEGIN HIDDEN TESTS
from autograder.judging import judge

random = judge.rng()
for N, C, M, pad, stride, size, H, W in (
    (2, 3, 4, 1, 2, 5, 9, 13),
    (1, 2, 3, 0, 2, 7, 11, 9),
    (2, 1, 2, 1, 3, 7, 13, 10),
):
    first, last = random.normal(size=(3, C, 3, 3)), random.normal(size=(M, 3, 3, 3))

    def net(x, sign=1.0, first=first, last=last, pad=pad, stride=stride):
        x, _ = conv_forward(x, first, np.zeros(3), stride, pad)
        return sign * conv_forward(x, last, np.zeros(len(last)))[0]

    # One picture is brighter than the other: first the last one, then the first.
    x = random.normal(size=(N, C, H, W)) * np.linspace(1, 9, N)[:, None, None, None]
    judge.value("crop_gap", crop_gap, net, x, size, stride)
    mirrored = x[::-1].copy()
    judge.value("crop_gap", crop_gap, lambda x, net=net: net(x, -1.0), mirrored, size, stride)
### END HIDDEN TESTS

# %% [markdown]
# And the experiment. Five nets with the same weights, each with the crop size for which its
# features are 4 x 4. In the last one nothing is padded inside the net. Instead the picture gets a
# border of 3 zeros first, and is cut into crops afterwards.
#
# **Predict before you run.** For which of them is the gap 0?
#
# <!-- guess 06/which
# choice | the gap is 0 for | all five | the first alone | * the first and the last | none
# -->

# %% tags=["experiment"] alt="Bars of crop_gap for five nets. It is 0 without padding and where the picture was padded before it was cut, and 0.5 to 2 where a convolution is padded."
cases = {  # name: padding of the two convolutions, crop, border around the picture
    "no padding": ((0, 0), 22, 0),
    "second convolution padded": ((0, 1), 18, 0),
    "first convolution padded": ((1, 0), 20, 0),
    "both padded": ((1, 1), 16, 0),
    "picture padded, then cut": ((0, 0), 22, 3),
}
gaps = []
for pads, size, border in cases.values():
    picture = np.pad(face, ((0, 0), (0, 0), (border, border), (border, border)))
    H, W = (size + (n - size) // 4 * 4 for n in picture.shape[2:])
    net = lambda x, pads=pads: little_net(x, pads)
    gaps.append(crop_gap(net, picture[:, :, :H, :W], size, 4))
plt.barh(list(cases), gaps)
plt.gca().invert_yaxis()
plt.title("With zero padding inside the net, the map differs from the crops")
plt.xlabel("crop_gap")
plt.ylabel("net")
plt.show()
spread = np.std(little_net(face), axis=(2, 3)).mean()
print(f"largest gap {max(gaps):.1f}; scores of a class vary by {spread:.1f} from crop to crop")

# %% [markdown]
# Two bars are missing: there the gap is 0, except for rounding. They belong to the nets without
# zero padding inside. One padded layer is enough to make the map differ from the crops. With both
# padded the gap is three times what the scores of a class vary from crop to crop. A border around
# the picture does no harm: there the crops are cut out afterwards, and see the same zeros as the map
# does.
#
# So for VGG-16, which pads all thirteen convolutions, the map is **not** what the crops would get.
# That need not be bad: where a crop by itself sees zeros, the map sees the picture.
#
# **Take away.** The map equals the crops only if nothing is padded inside the net.

# %% [markdown]
# ## 8. One answer for one picture
#
# A map of 6 x 6 x 1000 says what is where. But the question was what the picture shows, and that
# takes one score for each class. The simplest way is to average the map, class by class, which is
# called **global average pooling**. Each class then has the mean of its scores over all crops.
# GoogLeNet and ResNet do it inside the net, in place of the large FC layers (Lin and others, 2013).
#
# **Predict before you run.** A map of shape (2, 1000, 6, 6) is averaged. What is the shape of the
# result? Does it depend on the size of the picture?
#
# <!-- guess 06/average
# shape | of the result | 2, 1000
# choice | the size of the picture | changes it | * does not change it
# -->
#
# <details><summary>Answer</summary>
#
# (2, 1000), for pictures of any size. These are scores as an FC layer gives them: `softmax_loss`
# takes them as they are.
#
# </details>
#
# ### Exercise 8: `average_map` (1 point)
#
# By hand: the map $\begin{pmatrix} 1 & 2 \\ 3 & 6 \end{pmatrix}$ has the mean $12/4 = 3$.


# %% exercise="average_map"
def average_map(scores):
    """Average a map of scores over all its cells.

    Args:
        scores: shape (N, M, h, w).

    Returns:
        One score for each picture and class, shape (N, M).
    """
    ### BEGIN SOLUTION
    return scores.mean(axis=(2, 3))
    ### END SOLUTION


# %% [markdown]
# Try it on that map, and on the cat's face:

# %%
print(average_map(np.array([[[[1.0, 2.0], [3.0, 6.0]]]])))
print(average_map(little_net(face)))

# %% check="average_map" points=1
# 1 point. Shown: two classes. Hidden: random maps.
scores = np.array([[[[1.0, 2.0], [3.0, 6.0]], [[0.0, 0.0], [0.0, 8.0]]]])  # (1, 2, 2, 2)
check.same(average_map(scores), [[3.0, 2.0]], "two classes", hint="The mean, class by class.")
### BEGIN HIDDEN TESTS
from autograder.judging import judge

for shape in ((2, 5, 3, 4), (3, 2, 6, 1), (1, 4, 1, 1), (4, 3, 2, 7)):
    judge.value("average_map", average_map, judge.rng().normal(size=shape))
### END HIDDEN TESTS

# %% [markdown]
# Before nets were converted, pictures were classified by averaging over a few crops; AlexNet used
# ten. The map gives an average over many crops for the price of one pass.
#
# **Take away.** Slide, then average: one net, pictures of any size.

# %% [markdown]
# ## 9. In your own words
#
# A friend has converted the FC layers of VGG-16 and runs the net on a picture of 384 x 384. She
# compares cell (0, 0) of the map with the score of the crop of 224 x 224 at the top left. They
# differ by a few percent. She thinks that her `fc_to_conv` is wrong. Could it be right all the
# same? Where would the difference come from? And with which picture could she test `fc_to_conv` for
# certain? A few sentences. (2 points, graded by hand)

# %% [markdown] answer="converted_vgg" points=2
# It could be right. VGG-16 pads its convolutions with zeros. When the crop goes through the net
# alone, zeros stand along its right and bottom edge in every layer. When the net slides over the
# large picture, the rest of the picture stands there. (At the top and left the crop lies on the
# edge of the picture and sees zeros both ways.) To test `fc_to_conv` she gives both nets a picture
# of exactly 224 x 224. The map is then 1 x 1 and must equal the scores of the FC net, except for
# rounding. Testing the layer alone, on random volumes of 7 x 7 x 512, would do just as well.
#
# **Rubric**
#
# - **2 points:** zero padding inside the net is the reason, and a test that settles it: 224 x
#   224, or the layer alone.
# - **1 point:** one of the two.
# - **0 points:** "rounding", which does not make a few percent.

# %% [markdown]
# ## Summary
#
# | letter | meaning |
# |---|---|
# | $N, C, H, W$ | pictures in the batch, channels, height, width |
# | $D, M$ | inputs and units of an FC layer; $M$ is also the number of classes |
# | $F, HH, WW$ | filters, their height and width |
# | $s$, $p$, $y$ | `scores`, their softmax, the right classes |
# | `w_fc`, `b_fc` | weights $(D, M)$ and biases $(M,)$ of an FC layer |
# | `filters`, `bias` | the same layer as a convolution, $(M, C, H, W)$ and $(M,)$ |
#
# - An FC layer is $x\,w + b$. A convolution is one whose matrix is mostly 0, with shared weights.
# - An FC layer over $C \times H \times W$ is a convolution with filters of that size.
# - Over 384 x 384 a converted VGG-16 gives 6 x 6 x 1000; four shifted passes give 11 x 11 x 1000.
# - The map equals the crops only without zero padding inside the net.
# - Subtract each row's maximum before you exponentiate.
#
# Lesson 07 makes the filters as small as they get, 1 x 1, and then stretches them.

# %% [markdown]
# ## Read on
#
# - Pierre Sermanet, David Eigen, Xiang Zhang, Michael Mathieu, Rob Fergus and Yann LeCun, *OverFeat:
#   Integrated Recognition, Localization and Detection using Convolutional Networks*, 2013. A net that
#   slides, and finer maps by shifts.
# - Jonathan Long, Evan Shelhamer and Trevor Darrell, *Fully Convolutional Networks for Semantic
#   Segmentation*, 2015. The map as the answer: a class for every pixel.
# - Min Lin, Qiang Chen and Shuicheng Yan, *Network In Network*, 2013. Global average pooling.
# - Jason Weston and Chris Watkins, *Support Vector Machines for Multi-Class Pattern Recognition*, 1999.
#   Where the sum of section 3 comes from.
# - Md Amirul Islam, Sen Jia and Neil Bruce, *How Much Position Information Do Convolutional Neural
#   Networks Encode?*, 2020. What else zero padding does: it tells a net where it is.

# %% [markdown]
# ## An open question
#
# Why cross-entropy? Nearly every classifier is trained with it, and no theory says that it is the
# best. Nets that were trained with a squared error instead did as well on many tasks (Hui and
# Belkin, 2020). Both losses can be driven almost to 0 by the same net, on the same pictures, and
# what the net then says about new pictures differs. What a loss teaches beyond the fit, and which
# one a task wants, nobody can say beforehand.
