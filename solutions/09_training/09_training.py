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
# # 09 Train a ConvNet
#
# You have written every layer. Now they become one net, and the net learns to tell ten kinds of
# pictures apart. Most of the work is in finding out, before the long run, whether anything is
# wrong.
#
# **You will** read a pattern of layers and build a net from it; check the gradient of the whole
# net; write three ways to take a step; write a training loop that can be stopped and resumed; and
# look at what the net has learned and where it goes wrong.
#
# **You will learn** which three quick tests come before every training, what momentum and Adam add
# to a plain step, and how much a ConvNet gains over a linear classifier.
#
# **You need** the layers of lessons 03, 05, 06 and 07, forward and backward, and `softmax_loss`.
#
# | section | exercise | points |
# |---|---|---|
# | 1 | `parse_pattern` | 3 |
# | 2 | `Layer` | 2 |
# | 3 | `Sequential`, `loss_and_grads` | 3 |
# | 4 | `draw_weights` | 2 |
# | 5 | `slope_gap` | 2 |
# | 6 | `sgd`, `momentum`, `adam` | 4 |
# | 7 | `batch_rows`, `train` | 3 |
# | 9 | `confusion_matrix` | 1 |
# | 10 | a written answer, graded by hand | 2 |
#
# Plan about 90 minutes. The set-up cell says whose layers the net will use. A check is folded to
# one line, which says what it is worth and what it tries; a click opens it. It shows part of the
# test; grading uses further random input, so a green check is a good sign and not yet the grade. In
# grading all sizes may differ, and no function may change the arrays, lists and dicts that it is
# handed. Besides Python's own library only NumPy and Matplotlib can be imported.

# %% given="setup"
import re
import tempfile
import time
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from convbook import check, data, demo, layers, plot
from convbook.earlier import (
    affine_backward,
    affine_forward,
    conv_backward,
    conv_forward,
    max_pool_backward,
    max_pool_forward,
    relu_backward,
    relu_forward,
    softmax_loss,
)


def own_pair(name):
    """Return forward and backward of a layer, from the lessons before this one."""
    return {
        "CONV": (conv_forward, conv_backward),
        "RELU": (relu_forward, relu_backward),
        "POOL": (max_pool_forward, max_pool_backward),
        "FC": (affine_forward, affine_backward),
    }[name]


def quick_pair(name):
    """Return forward and backward of a given layer: the same results, without loops."""
    return {
        "CONV": (layers.conv_forward, layers.conv_backward),
        "RELU": (layers.relu_forward, layers.relu_backward),
        "POOL": (layers.max_pool_forward, layers.max_pool_backward),
        "FC": (layers.affine_forward, layers.affine_backward),
    }[name]


# %% [markdown]
# ## 1. One pattern for many nets
#
# Most ConvNets repeat the same few steps: some convolutions, each with its ReLU, then a pool; all
# this several times; then fully-connected layers. Written as a pattern:
#
#     INPUT -> [[CONV -> RELU]*N -> POOL?]*M -> [FC -> RELU]*K -> FC
#
# An arrow means "then". `[...]*N` means "N times". The question mark says that the pool may be left
# out. Usually $0 \le N \le 3$, $M \ge 0$ and $0 \le K < 3$. These bounds are habits, not laws of
# nature. VGG-16 has $N = 2$ in its first two blocks, $N = 3$ in the other three, and $K = 2$.
#
# **Predict before you run.** Take $N = 2$, $M = 3$, $K = 2$, with pools. How many layers have
# weights? And what is left of the pattern when $M = 0$ and $K = 0$?
#
# <details><summary>Answer</summary>
#
# $N \cdot M = 6$ convolutions, $K = 2$ fully-connected layers and the last one: nine.
#
# With $M = K = 0$ only `INPUT -> FC` is left. One matrix between picture and scores: a **linear
# classifier**.
#
# </details>

# %% [markdown]
# How do you read nested brackets? Start with the innermost pair, one without brackets inside. Write
# out its contents. Then there is one pair fewer. For $N = 2$ the first step gives:

# %%
inner = re.search(r"\[([^\[\]]*)\]\*([NMK])", "INPUT -> [[CONV -> RELU]*N -> POOL?]*M -> FC")
print(f"{inner[0]!r} is {inner[1]!r}, {inner[2]} times")
" -> ".join([inner[1]] * 2)

# %% [markdown]
# ### Exercise 1: `parse_pattern` (3 points)
#
# By hand, $N = 2$, $M = 1$, $K = 1$ gives nine names: INPUT, CONV, RELU, CONV, RELU, POOL, FC,
# RELU, FC.
#
# A number stands for itself: `[CONV -> RELU]*2` is written out twice. Brackets may be nested to any
# depth, and spaces mean nothing. Numbers out of bounds raise a `ValueError` that says what was
# wrong. So does a pattern with an unknown layer, or with a bracket that is never closed or never
# opened.
#
# <details><summary>Hint</summary>
#
# Repeat the step above while there is a match. Zero times leaves an empty text between two arrows:
# drop it. After that, anything that is not one of the five names is an error, and a stray bracket
# shows itself as an unknown name.
#
# </details>


# %% exercise="parse_pattern"
def parse_pattern(pattern, N=1, M=1, K=0, pool=True):
    """Write a pattern of layers out.

    Args:
        pattern: names of layers with arrows between them; [...]*N, [...]*M, [...]*K or [...]*2
            repeats, and POOL? is a pool only if `pool` says so.
        N: convolutions before a pool, from 0 to 3.
        M: blocks, 0 or more.
        K: hidden fully-connected layers, from 0 to 2.
        pool: whether POOL? is a pool.

    Returns:
        The names in order, a list of INPUT, CONV, RELU, POOL and FC.

    Raises:
        ValueError: N, M or K is out of bounds, or the pattern cannot be read.
    """
    ### BEGIN SOLUTION
    if not (0 <= N <= 3 and M >= 0 and 0 <= K < 3):
        raise ValueError(f"0 <= N <= 3, M >= 0 and 0 <= K < 3 are needed, got {N=}, {M=}, {K=}")
    counts = {"N": N, "M": M, "K": K}
    text = pattern.replace("POOL?", "POOL" if pool else "")
    while match := re.search(r"\[([^\[\]]*)\]\*([NMK]|\d+)", text):
        body, times = match.groups()
        times = counts[times] if times in counts else int(times)
        text = text.replace(match[0], " -> ".join([body] * times))
    names = [name.strip() for name in text.split("->") if name.strip()]
    for name in names:
        if name not in ("INPUT", "CONV", "RELU", "POOL", "FC"):
            raise ValueError(f"no layer {name!r} in {pattern!r}")
    return names
    ### END SOLUTION


# %% [markdown]
# Try it. A small net, then a linear classifier:

# %%
PATTERN = "INPUT -> [[CONV -> RELU]*N -> POOL?]*M -> [FC -> RELU]*K -> FC"
print(parse_pattern(PATTERN, N=2, M=1, K=1))
print(parse_pattern(PATTERN, M=0))

# %% check="parse_pattern" points=2
# 2 points. Shown: the nine names, no pool, nothing at all. Hidden: other numbers, other patterns.
usual = "INPUT -> [[CONV -> RELU]*N -> POOL?]*M -> [FC -> RELU]*K -> FC"
nine = ["INPUT", "CONV", "RELU", "CONV", "RELU", "POOL", "FC", "RELU", "FC"]
check.same(parse_pattern(usual, 2, 1, 1), nine, "N=2, M=1, K=1")
check.same(parse_pattern(usual, 1, 1, 0, False), ["INPUT", "CONV", "RELU", "FC"], "without pool")
check.same(
    parse_pattern(usual, 3, 0, 0),
    ["INPUT", "FC"],
    "M=0, K=0",
    hint="Zero times leaves nothing but arrows: drop what is empty between them.",
)
### BEGIN HIDDEN TESTS
from autograder.judging import judge

random = judge.rng()
for N, M, K in ((2, 3, 2), (3, 1, 0), (0, 2, 1), (1, 0, 2), (1, 5, 0), (0, 0, 0)):
    pool = bool(random.integers(2))
    judge.value("parse_pattern", parse_pattern, usual, N=N, M=M, K=K, pool=pool)
for pattern in (
    "INPUT -> [CONV -> RELU -> POOL]*2 -> FC -> RELU -> FC",
    "INPUT->[[CONV->RELU]*2->POOL]*3->[FC->RELU]*K->FC",
    "INPUT -> [[[CONV]*2 -> RELU]*N -> POOL?]*M -> FC",
    "INPUT -> FC",
    "INPUT -> CONV -> [RELU -> CONV]*K -> POOL? -> [CONV -> RELU]*N -> FC",
):
    N, M, K = (int(k) for k in random.permutation([1, 2, 0]))
    judge.value("parse_pattern", parse_pattern, pattern, N, M, K, True)
    judge.value("parse_pattern", parse_pattern, pattern, N, M, K, False)
### END HIDDEN TESTS

# %% check="parse_pattern" part="bounds" points=1
# 1 point. Shown: N too large, a layer nobody knows. Hidden: every bound, broken brackets.
usual = "INPUT -> [[CONV -> RELU]*N -> POOL?]*M -> [FC -> RELU]*K -> FC"
check.raises(ValueError, lambda: parse_pattern(usual, 4, 1, 0), "N=4")
check.raises(ValueError, lambda: parse_pattern("INPUT -> CONF -> FC"), "CONF")
check.same(len(parse_pattern(usual, 3, 1, 2)), 13, "the number of names for N=3, M=1, K=2")
### BEGIN HIDDEN TESTS
from autograder.judging import judge

far = int(judge.rng().integers(4, 9))
for N, M, K in ((-1, 1, 0), (far, 2, 1), (1, -1, 0), (1, 1, 3), (1, 1, -1), (2, 1, far)):
    judge.refuses(ValueError, "parse_pattern", parse_pattern, usual, N, M, K)
for broken in ("INPUT -> [CONV -> RELU*N -> FC", "INPUT -> CONV -> RELU]*N -> FC", "INPUT -> fc"):
    judge.refuses(ValueError, "parse_pattern", parse_pattern, broken)
judge.value("parse_pattern", parse_pattern, usual, 3, 2, 2)
judge.value("parse_pattern", parse_pattern, usual, 0, 0, 0)
### END HIDDEN TESTS

# %% [markdown]
# **Take away.** Three numbers describe a plain ConvNet; with $M = K = 0$ it is a linear classifier.

# %% [markdown]
# ## 2. A layer that remembers
#
# Your layers are pairs of functions, and between the two you had to carry the cache. With twenty
# layers that is twenty caches. So let an object carry it.
#
# A `Layer` holds a pair of functions and its parameters. `forward` calls the first function and
# keeps the cache. `backward` calls the second with that cache, keeps the gradients of the
# parameters and returns `dx`. It does not know what it is: the same few lines serve for CONV, RELU,
# POOL and FC.
#
# **Predict before you run.** `conv_backward` returns three gradients, `relu_backward` one. What
# must `grads` be after the backward pass of a ReLU?
#
# <details><summary>Answer</summary>
#
# An empty list. `grads` belongs to `params`, one for one, and a ReLU has no parameters.
#
# </details>

# %% [markdown]
# An FC layer with two inputs and one unit, worked out: $1 \cdot 3 + 2 \cdot 4 + 0.5 = 11.5$.

# %%
x, w, b = np.array([[1.0, 2.0]]), np.array([[3.0], [4.0]]), np.array([0.5])
out, cache = affine_forward(x, w, b)
print(out, [gradient.tolist() for gradient in affine_backward(np.array([[10.0]]), cache)])

# %% [markdown]
# ### Exercise 2: `Layer` (2 points)
#
# By hand, for `dout` $= 10$: `dx` is 10 times the weights, $[30, 40]$. `dw` is 10 times the input,
# $[10, 20]$. And `db` is 10.
#
# Below the class stands a small function that is ready. It sends something through a layer and
# back, and the check uses it.
#
# <details><summary>Hint</summary>
#
# `forward(x, *self.params, **self.how)` hands over weights, biases and settings, if there are any.
# A result that is a tuple starts with `dx`; the rest are gradients of parameters.
#
# </details>


# %% exercise="Layer"
class Layer:
    """A layer as an object: a pair of functions, parameters, and the cache between the two.

    Attributes:
        params: list of arrays: [w, b], or [] for a layer without weights.
        grads: after backward, the gradient of each of params, a list in the same order.
    """

    def __init__(self, forward, backward, params=(), **how):
        """Make a layer.

        Args:
            forward: a function of (x, *params, **how) that returns (out, cache).
            backward: a function of (dout, cache) that returns dx, or (dx, dw, db).
            params: list of arrays.
            **how: settings for forward, such as pad=1.
        """
        ### BEGIN SOLUTION
        self.functions = forward, backward
        self.params = list(params)
        self.how = how
        ### END SOLUTION

    def forward(self, x):
        """Return the output for x, and keep the cache."""
        ### BEGIN SOLUTION
        out, self.cache = self.functions[0](x, *self.params, **self.how)
        return out
        ### END SOLUTION

    def backward(self, dout):
        """Return dx for dout, and keep the gradients of the parameters in grads."""
        ### BEGIN SOLUTION
        result = self.functions[1](dout, self.cache)
        dx, *self.grads = result if isinstance(result, tuple) else (result,)
        return dx
        ### END SOLUTION


def there_and_back(layer, x, dout):
    """Send x forward and dout back; return out, dx and the layer's gradients."""
    out = layer.forward(x)
    dx = layer.backward(dout)
    return out, dx, layer.grads


# %% [markdown]
# Try it: the unit from above, then a ReLU, which blocks the gradient where `x` is negative.

# %%
fc = Layer(affine_forward, affine_backward, [w, b])
print(there_and_back(fc, x, np.array([[10.0]])))
relu = Layer(relu_forward, relu_backward)
print(there_and_back(relu, np.array([-1.0, 2.0]), np.array([5.0, 7.0])))

# %% check="Layer" points=1
# 1 point. Shown: forward, and padding handed on. Hidden: random layers of all four kinds.
w, b = np.array([[3.0], [4.0]]), np.array([0.5])
fc = Layer(affine_forward, affine_backward, [w, b])
check.same(fc.forward(np.array([[1.0, 2.0]])), [[11.5]], "FC")
check.same(fc.params, [w, b], "params")
conv = Layer(conv_forward, conv_backward, [np.ones((1, 1, 3, 3)), np.zeros(1)], pad=1)
check.same(
    conv.forward(np.ones((1, 1, 2, 2))),
    np.full((1, 1, 2, 2), 4.0),
    "CONV, pad=1",
    hint="Where does pad=1 go? See **how.",
)
### BEGIN HIDDEN TESTS
from autograder.judging import judge

random = judge.rng()
x, w, b = (random.normal(size=shape) for shape in ((2, 3, 6, 8), (4, 3, 3, 3), 4))
for pair, params, how in (
    ((conv_forward, conv_backward), [w, b], {"pad": 2}),
    ((max_pool_forward, max_pool_backward), [], {}),
    ((max_pool_forward, max_pool_backward), [], {"HH": 3, "WW": 2, "stride": 1}),
    ((relu_forward, relu_backward), [], {}),
):
    expected = pair[0](x, *params, **how)[0]
    check.same(Layer(*pair, params, **how).forward(x), expected, "out")
### END HIDDEN TESTS

# %% check="there_and_back" points=1
# 1 point. Shown: the unit and the ReLU, both ways. Hidden: random layers, two of them in turns.
w, b = np.array([[3.0], [4.0]]), np.array([0.5])
fc = Layer(affine_forward, affine_backward, [w, b])
out, dx, grads = there_and_back(fc, np.array([[1.0, 2.0]]), np.array([[10.0]]))
check.same(dx, [[30.0, 40.0]], "dx")
check.same(grads, [np.array([[10.0], [20.0]]), np.array([10.0])], "grads")
relu = Layer(relu_forward, relu_backward)
out, dx, grads = there_and_back(relu, np.array([-1.0, 2.0]), np.array([5.0, 7.0]))
check.same(dx, [0.0, 7.0], "dx of the ReLU")
check.same(len(grads), 0, "the number of gradients of the ReLU")
fc.forward(np.array([[5.0, 6.0]]))
relu.forward(np.array([1.0, -1.0]))
check.same(fc.backward(np.array([[2.0]])), [[6.0, 8.0]], "dx, once more")
check.same(
    fc.grads,
    [np.array([[10.0], [12.0]]), np.array([2.0])],
    "grads, once more",
    hint="Each layer keeps a cache of its own, that of its last forward. Grads do not add up.",
)
### BEGIN HIDDEN TESTS
from autograder.judging import judge

random = judge.rng()
x, w, b = (random.normal(size=shape) for shape in ((2, 3, 6, 8), (4, 3, 3, 3), 4))
for pair, params, how in (
    ((conv_forward, conv_backward), [w, b], {"pad": 2}),
    ((max_pool_forward, max_pool_backward), [], {"HH": 3, "WW": 2, "stride": 1}),
    ((affine_forward, affine_backward), [random.normal(size=(144, 5)), random.normal(size=5)], {}),
):
    out, cache = pair[0](x, *params, **how)
    dout = random.normal(size=out.shape)
    result = pair[1](dout, cache)
    dx, *grads = result if isinstance(result, tuple) else (result,)
    layer, other = Layer(*pair, params, **how), Layer(*pair, params, **how)
    layer.forward(x[::-1])  # an earlier batch, which must be forgotten
    layer.forward(x)
    other.forward(-x)
    check.same(layer.backward(dout), dx, "dx")
    check.same(layer.grads, grads, "grads")
    other.backward(-dout)
    check.same(layer.grads, grads, "grads, after another layer went back")
    check.same(there_and_back(layer, x, dout), [out, dx, grads], "there and back")
### END HIDDEN TESTS

# %% [markdown]
# **Take away.** A layer is two functions and a memory.

# %% [markdown]
# ## 3. A net is a list of layers
#
# Forward through a net: each layer gets what the one before it gave. Backward: the same list from
# its end, each layer gets the `dx` of the one behind it. That is the chain rule of lesson 03, layer
# by layer.
#
# **Predict before you run.** Two layers of one weight each, without bias: $x = 2$ is multiplied by
# $w_0 = 3$ and then by $w_1 = 5$. What comes out? For `dout` $= 1$, what are the gradients of
# $w_0$, $w_1$ and $x$?
#
# <details><summary>Answer</summary>
#
# $2 \cdot 3 \cdot 5 = 30$. The gradient of each factor is the product of the others: 10, 6 and 15.
#
# </details>

# %%
first, second = 2.0 * 3.0, 2.0 * 3.0 * 5.0
dsecond = 1.0
print("w1:", dsecond * first, "  w0:", dsecond * 5.0 * 2.0, "  x:", dsecond * 5.0 * 3.0)

# %% [markdown]
# The optimizer will not want to know about layers. It wants one list of parameters and one list of
# gradients. `net.params` gives all parameters in order, and `net.params = new` hands them back to
# the layers, two to one with weights and none to one without.
#
# ### Exercise 3: `Sequential` and `loss_and_grads` (3 points)
#
# A property is a method that is read like an attribute. Its lines with `@` are written for you. In
# `loss_and_grads`, go forward, take `softmax_loss`, go backward.
#
# By hand: with all weights zero every class gets the same probability, $1/10$ for ten classes. So
# the loss is $-\log(1/10) = \log 10 = 2.303$, whatever the picture.


# %% exercise="Sequential"
class Sequential:
    """A net: layers one behind the other, in the list `layers`."""

    def __init__(self, layers):
        """Make a net of a list of layers, the first one first."""
        ### BEGIN SOLUTION
        self.layers = layers
        ### END SOLUTION

    def forward(self, x):
        """Send x through all layers and return what the last one gives."""
        ### BEGIN SOLUTION
        for layer in self.layers:
            x = layer.forward(x)
        return x
        ### END SOLUTION

    def backward(self, dout):
        """Send dout back through all layers and return the gradient of the input."""
        ### BEGIN SOLUTION
        for layer in reversed(self.layers):
            dout = layer.backward(dout)
        return dout
        ### END SOLUTION

    @property
    def params(self):
        """All parameters, one list of arrays, those of the first layer first."""
        ### BEGIN SOLUTION
        return [p for layer in self.layers for p in layer.params]
        ### END SOLUTION

    @params.setter
    def params(self, params):
        """Give each layer its part of a list like the one that params returns."""
        ### BEGIN SOLUTION
        left = iter(params)
        for layer in self.layers:
            layer.params = [next(left) for _ in layer.params]
        ### END SOLUTION

    @property
    def grads(self):
        """After backward: the gradients of params, in the same order."""
        ### BEGIN SOLUTION
        return [dp for layer in self.layers for dp in layer.grads]
        ### END SOLUTION


def loss_and_grads(net, x, y):
    """Compute the softmax loss of a batch and its gradients.

    Args:
        net: a Sequential that ends in class scores.
        x: pictures, shape (N, C, H, W).
        y: their classes, shape (N,).

    Returns:
        loss: a number.
        grads: the gradients of net.params, a list of arrays.
    """
    ### BEGIN SOLUTION
    loss, dscores = softmax_loss(net.forward(x), y)
    net.backward(dscores)
    return loss, net.grads
    ### END SOLUTION


# %% [markdown]
# Try it on the two weights. The biases are there and zero; their gradients are 5 and 1.

# %%
weights = [[np.array([[3.0]]), np.zeros(1)], [np.array([[5.0]]), np.zeros(1)]]
net = Sequential([Layer(affine_forward, affine_backward, pair) for pair in weights])
print(net.forward(np.array([[2.0]])), net.backward(np.array([[1.0]])))
print([dp.tolist() for dp in net.grads])

# %% check="Sequential" points=2
# 2 points. Shown: the two weights. Hidden: a random ConvNet, forward, backward and new parameters.
w0, w1, none = np.array([[3.0]]), np.array([[5.0]]), np.zeros(1)
functions = affine_forward, affine_backward
net = Sequential([Layer(*functions, [w0, none]), Layer(*functions, [w1, none])])
check.same(net.forward(np.array([[2.0]])), [[30.0]], "out")
check.same(net.backward(np.array([[1.0]])), [[15.0]], "dx")
check.same(
    net.grads,
    [np.array([[10.0]]), np.array([5.0]), np.array([[6.0]]), np.array([1.0])],
    "grads",
    hint="One list, the first layer first: w0, its bias, w1, its bias.",
)
net.params = [w1, none, w1, none]
check.same(net.forward(np.array([[2.0]])), [[50.0]], "out with new parameters")
### BEGIN HIDDEN TESTS
from autograder.judging import judge

random = judge.rng()
shapes = ((4, 2, 3, 3), 4, (3, 4, 3, 3), 3, (18, 5), 5)
old, new = ([random.normal(size=shape) for shape in shapes] for _ in range(2))


def make(one, whole):
    conv, relu = (conv_forward, conv_backward), one(relu_forward, relu_backward)
    first, second = one(*conv, old[:2], pad=1), one(*conv, old[2:4], pad=1)
    pool = one(max_pool_forward, max_pool_backward)
    return whole([first, relu, second, pool, one(affine_forward, affine_backward, old[4:])])


mine, right = make(Layer, Sequential), make(judge.reference("Layer"), judge.reference("Sequential"))
for params in (old, new):
    x, dout = random.normal(size=(3, 2, 4, 6)), random.normal(size=(3, 5))
    mine.params, right.params = params, params
    check.same(mine.params, params, "params")
    check.same(mine.forward(x), right.forward(x), "out")
    check.same(mine.backward(dout), right.backward(dout), "dx")
    check.same(mine.grads, right.grads, "grads")
### END HIDDEN TESTS

# %% check="loss_and_grads" points=1
# 1 point. Shown: all weights zero, ten classes. Hidden: a random net with a hidden layer.
x, y = np.ones((2, 1, 2, 2)), np.array([3, 7])
zero = [np.zeros((4, 10)), np.zeros(10)]
net = Sequential([Layer(affine_forward, affine_backward, zero)])
loss, grads = loss_and_grads(net, x, y)
check.same(loss, float(np.log(10)), "loss")
check.same(grads[1][[0, 3]], [0.1, -0.4], "db at classes 0 and 3")
### BEGIN HIDDEN TESTS
from autograder.judging import judge

random = judge.rng()
x, y = random.normal(size=(4, 2, 3, 1)), random.integers(0, 5, size=4)
params = [random.normal(size=shape) for shape in ((6, 7), 7, (7, 5), 5)]


def make(one, whole):
    first = one(affine_forward, affine_backward, params[:2])
    second = one(affine_forward, affine_backward, params[2:])
    return whole([first, one(relu_forward, relu_backward), second])


mine, right = make(Layer, Sequential), make(judge.reference("Layer"), judge.reference("Sequential"))
for scale in (1.0, -0.5):
    mine.params, right.params = ([scale * p for p in params] for _ in range(2))
    check.same(mine.params, [scale * p for p in params], "params")
    loss, grads = loss_and_grads(mine, x, y)
    expected, gradients = judge.reference("loss_and_grads")(right, x, y)
    check.same(loss, expected, "loss")
    check.same(grads, gradients, "grads")
### END HIDDEN TESTS

# %% [markdown]
# **Take away.** Forward in order, backward in reverse: the chain rule is a loop.
#
# > **If you know other libraries.** PyTorch has a `Sequential` of the same name. It writes down
# > what forward did and works backward out by itself; here the caches do that. Its
# > `CrossEntropyLoss` is our `softmax_loss`. Its `grad` adds up over calls until it is set to zero;
# > ours is made anew.

# %% [markdown]
# ## 4. Sizes, and weights to start from
#
# How large should the picture be, and how large the filters? A few rules serve for most nets.
#
# - The input can be divided by 2 many times: 32, 64, 96, 224, 384 or 512.
# - Filters are small, 3 x 3, with stride 1 and the padding that keeps the size: $P = (F - 1)/2 =
#   1$.
# - So convolutions never change the size. The pools do all the downsampling, by 2 each.
# - Where memory is short, the compromise is made in the first layer, whose maps are the largest: ZF
#   Net has 7 x 7 filters with stride 2 there, AlexNet 11 x 11 with stride 4.
#
# **Predict before you run.** How many pools fit into 32, into 224 and into 384? And into the 28 of
# Fashion-MNIST?
#
# <details><summary>Answer</summary>
#
# $32 = 2^5$: five. $224 = 2^5 \cdot 7$: five, and 7 x 7 is left. $384 = 2^7 \cdot 3$: seven, and
# 3 x 3 is left. $28 = 2^2 \cdot 7$: two.
#
# </details>
#
# Now the numbers in the filters. They start at random, or all filters would learn the same. Lesson
# 08 showed what happens when they start too small or too large. With a ReLU behind each layer, He
# initialisation keeps activations in range: mean 0 and standard deviation $\sqrt{2/D}$, where $D$
# is the number of inputs of one unit. A 3 x 3 filter over $C$ channels has $D = 9 C$.
#
# The last layer is special. It makes the scores, and a new net should not be sure of anything. So
# its weights are drawn in the same way and divided by 10.

# %%
print("a 3 x 3 filter over RGB:", np.sqrt(2 / 27))
print("an FC layer over 16 x 16 x 16:", np.sqrt(2 / 4096))

# %% [markdown]
# ### Exercise 4: `draw_weights` (2 points)
#
# Walk along the names and keep track of the shape $(C, H, W)$. By hand, for (3, 32, 32), 16 filters
# and 10 classes: CONV gets `w` of shape (16, 3, 3, 3) and 16 biases. RELU gets nothing. POOL gets
# nothing and leaves (16, 16, 16). FC gets (4096, 10) and 10 biases.
#
# A check needs the same random numbers as you. So draw from one generator, `rng =
# np.random.default_rng(seed)`, with `rng.normal(0, deviation, shape)`, layer by layer. Biases are
# zeros and need no drawing.
#
# A pool over an odd size is refused with a `ValueError`.


# %% exercise="draw_weights"
def draw_weights(names, shape, filters, units, seed=0):
    """Draw the first weights of a net with 3 x 3 filters, padding 1, and 2 x 2 pools.

    Args:
        names: from parse_pattern; the first is INPUT and the last FC.
        shape: of one picture, (C, H, W).
        filters: number of filters of each CONV, a list.
        units: number of units of each FC, a list; the last is the number of classes.
        seed: of the one generator that all weights come from.

    Returns:
        A list with an entry for each name after INPUT: [w, b] for CONV and FC, [] otherwise. Each w
        has mean 0 and deviation sqrt(2 / D), the last FC a tenth of that; each b is zero.

    Raises:
        ValueError: a pool meets an odd height or width.
    """
    ### BEGIN SOLUTION
    rng = np.random.default_rng(seed)
    C, H, W = shape
    filters, units, weights = list(filters), list(units), []
    for name in names[1:]:
        entry = []
        if name == "CONV":
            F = filters.pop(0)
            entry = [rng.normal(0, np.sqrt(2 / (9 * C)), (F, C, 3, 3)), np.zeros(F)]
            C = F
        elif name == "POOL":
            if H % 2 or W % 2:
                raise ValueError(f"a 2 x 2 pool does not fit {H} x {W}")
            H, W = H // 2, W // 2
        elif name == "FC":
            D, M = C * H * W, units.pop(0)
            entry = [rng.normal(0, np.sqrt(2 / D), (D, M)), np.zeros(M)]
            C, H, W = M, 1, 1
        weights.append(entry)
    weights[-1][0] = weights[-1][0] / 10
    return weights
    ### END SOLUTION


# %% [markdown]
# Try it on the net from above:

# %%
weights = draw_weights(["INPUT", "CONV", "RELU", "POOL", "FC"], (3, 32, 32), [16], [10])
for entry in weights:
    print([p.shape for p in entry], [round(float(p.std()), 4) for p in entry])

# %% check="draw_weights" points=2
# 2 points. Shown: shapes, deviations, a pool too many. Hidden: the numbers, for other nets.
names = ["INPUT", "CONV", "RELU", "POOL", "FC"]
weights = draw_weights(names, (3, 32, 32), [16], [10], 0)
shapes = [[list(p.shape) for p in entry] for entry in weights]
check.same(shapes, [[[16, 3, 3, 3], [16]], [], [], [[4096, 10], [10]]], "shapes")
check.same(float(weights[0][0].std()), 0.272, "deviation of the filters", atol=0.03)
check.same(float(weights[3][0].std()), 0.00221, "deviation of the last layer", rtol=0.03, atol=0.0)
pools = ["INPUT", "POOL", "POOL", "POOL", "FC"]
check.raises(ValueError, lambda: draw_weights(pools, (1, 28, 28), [], [10]), "28 x 28, three pools")
### BEGIN HIDDEN TESTS
from autograder.judging import judge

seed = int(judge.rng().integers(1000))
block, hidden = ["CONV", "RELU", "CONV", "RELU", "POOL"], ["FC", "RELU", "FC"]
for names, shape, filters, units in (
    (["INPUT", "FC"], (3, 5, 7), [], [4]),
    (["INPUT", *block, "FC"], (2, 4, 6), [3, 5], [7]),
    (["INPUT", *block, *block, *hidden], (1, 8, 12), [2, 3, 5, 4], [6, 9]),
    (["INPUT", "CONV", "RELU", *hidden], (3, 5, 3), [4], [7, 2]),
):
    judge.value("draw_weights", draw_weights, names, shape, filters, units, seed)
for shape in ((2, 4, 5), (2, 5, 4)):
    judge.refuses(
        ValueError, "draw_weights", draw_weights, ["INPUT", "POOL", "FC"], shape, [], [3], seed
    )
### END HIDDEN TESTS

# %% [markdown]
# Names and weights make a net. `own_pair` and `quick_pair` of the set-up cell say which functions
# do the work. Yours have loops and are right; the given ones are quick and will be used for
# training.


# %%
def build_net(names, weights, pair=own_pair, dtype=float):
    """Make a net of names and weights."""
    made = []
    for name, params in zip(names[1:], weights, strict=True):
        how = {"pad": 1} if name == "CONV" else {}
        made.append(Layer(*pair(name), [p.astype(dtype) for p in params], **how))
    return Sequential(made)


# %% [markdown]
# **The first test of every net.** Before any training its loss is known. A net that favours no
# class gives each of $C$ classes the probability $1/C$, so the first loss is about $\log C$.
#
# **Predict before you run.** What is it for 10 classes, for 6, and for the 1000 of ImageNet? And
# what if the last layer is not divided by 10?
#
# <details><summary>Answer</summary>
#
# 2.303, 1.792 and 6.908. With larger weights in the last layer the net is sure of something before
# it has seen anything, and it is mostly wrong: the loss is higher.
#
# </details>

# %% tags=["experiment"]
names = parse_pattern(PATTERN, N=1, M=1)
pictures = np.random.default_rng(9).normal(size=(100, 3, 8, 8))
for K in (6, 10, 1000):
    y = np.arange(100) % K
    weights = draw_weights(names, (3, 8, 8), [8], [K])
    small = loss_and_grads(build_net(names, weights, quick_pair), pictures, y)[0]
    weights[-1][0] = 10 * weights[-1][0]
    large = loss_and_grads(build_net(names, weights, quick_pair), pictures, y)[0]
    print(f"{K:4} classes: log C = {np.log(K):.3f}, first loss {small:.3f}, undivided {large:.3f}")

# %% [markdown]
# > **If you know other libraries.** PyTorch's layers draw first weights of their own, by another
# > rule and smaller than He's. The last layer is treated like the others.
#
# **Take away.** Small filters, size kept, pools halve; and the first loss is $\log C$, or something
# is wrong.

# %% [markdown]
# ## 5. Is the whole gradient right?
#
# **The second test of every net.** Each layer passed its own check. The net as a whole can still be
# wrong: a layer left out on the way back, two gradients in the wrong order.
#
# A net has thousands of parameters, too many to measure one by one. So go one small step $h$ along
# a random direction $v$ in all parameters at once, and one back. How fast does the loss $f$ change?
# Measured, and according to the gradients:
#
# $$\text{numeric} = \frac{f(p + h v) - f(p - h v)}{2 h} \qquad
# \text{analytic} = \sum_k \sum_i dp_{k,i} \; v_{k,i}$$
#
# where $k$ counts the arrays of parameters and $i$ the numbers in each. Compare them by their gap:
#
# $$\text{gap} = \frac{|\text{numeric} - \text{analytic}|}
# {\max(|\text{numeric}|, |\text{analytic}|)}$$
#
# **Predict before you run.** Let $f = p^2$ with one parameter $p = 3$. The gradient is 6. What gap
# does a wrong gradient of 5 give, and does it depend on $v$?
#
# <details><summary>Answer</summary>
#
# numeric is $6 v$, analytic is $5 v$: the gap is $1/6 = 0.167$, for every $v$.
#
# </details>

# %%
p, h, v = 3.0, 1e-5, 0.7
numeric = ((p + h * v) ** 2 - (p - h * v) ** 2) / (2 * h)
abs(numeric - 5 * v) / abs(numeric)

# %% [markdown]
# ### Exercise 5: `slope_gap` (2 points)
#
# Draw the directions from `np.random.default_rng(seed)` with `rng.normal(size=...)`, one for each
# array in order. By hand, as above: 0 for the right gradient and $1/6$ for the wrong one. Where
# both slopes are 0, the gap is 0.


# %% exercise="slope_gap"
def slope_gap(f, params, grads, seed=0, h=1e-5):
    """Measure how far gradients are from the slope along one random direction.

    Args:
        f: a function of a list like params that returns a loss.
        params: list of arrays.
        grads: the gradient of f for each of them.
        seed: of the direction.
        h: length of the step to either side.

    Returns:
        |numeric - analytic| / max(|numeric|, |analytic|), a number; 0 if both slopes are 0.
    """
    ### BEGIN SOLUTION
    rng = np.random.default_rng(seed)
    vs = [rng.normal(size=p.shape) for p in params]
    up = f([p + h * v for p, v in zip(params, vs, strict=True)])
    down = f([p - h * v for p, v in zip(params, vs, strict=True)])
    numeric = (up - down) / (2 * h)
    analytic = sum(np.sum(dp * v) for dp, v in zip(grads, vs, strict=True))
    return float(abs(numeric - analytic) / max(abs(numeric), abs(analytic), 1e-12))
    ### END SOLUTION


# %% [markdown]
# Try it on the parabola, then on a whole net with your own layers: two convolutions, a pool, a
# hidden layer. The last line spoils one gradient.

# %%
square = lambda params: float(np.sum(params[0] ** 2))
print([slope_gap(square, [np.array([3.0])], [np.array([dp])]) for dp in (6.0, 5.0)])

names = parse_pattern(PATTERN, N=2, M=1, K=1)
net = build_net(names, draw_weights(names, (2, 4, 6), [3, 4], [5, 3]))
x, y = np.random.default_rng(5).normal(size=(2, 2, 4, 6)), np.array([0, 2])


def loss_of_params(params):
    net.params = params
    return loss_and_grads(net, x, y)[0]


params, (_, grads) = net.params, loss_and_grads(net, x, y)
print(slope_gap(loss_of_params, params, grads))
print(slope_gap(loss_of_params, params, [2 * grads[0], *grads[1:]]))

# %% check="slope_gap" points=2
# 2 points. Shown: the parabola, two arrays. Hidden: several arrays, right and wrong gradients.
square = lambda params: float(np.sum(params[0] ** 2))
three = [np.array([3.0])]
check.same(slope_gap(square, three, [np.array([6.0])]), 0.0, "the gap for 6")
check.same(slope_gap(square, three, [np.array([5.0])]), 1 / 6, "the gap for 5")
check.same(slope_gap(square, three, [np.array([7.0])]), 1 / 7, "the gap for 7")
flat = slope_gap(lambda params: 1.0, three, [np.array([0.0])])
check.same(flat, 0.0, "the gap of a constant")
check.same(slope_gap(square, three, [np.array([-6.0])]), 2.0, "the gap for -6")
lowest = slope_gap(square, [np.array([0.0])], [np.array([0.0])])
check.same(lowest, 0.0, "the gap at the lowest point", hint="Step to both sides: up and down.")
squares = lambda params: float(np.sum(params[0] ** 2) + np.sum(params[1] ** 2))
arrays = [np.array([3.0]), np.array([4.0])]
gap = slope_gap(squares, arrays, [np.array([6.0]), np.array([8.0])])
check.same(gap, 0.0, "the gap of two arrays", hint="Every array belongs to the slope.")
gap = slope_gap(squares, arrays, [np.array([8.0]), np.array([6.0])])
check.same(bool(gap > 0.1), True, "6 and 8 exchanged make a gap", hint="The direction is random.")
### BEGIN HIDDEN TESTS
from autograder.judging import judge

random = judge.rng()


def bend(params):
    return sum(float(np.sum(p**3 + (k + 1) * p)) for k, p in enumerate(params))


for shapes in (((3, 2), (4,)), ((2, 3, 1), (1,), (5, 2))):
    params = [random.normal(size=shape) for shape in shapes]
    grads = [3 * p**2 + (k + 1) for k, p in enumerate(params)]
    wrong = [grads[0], *(1.5 * dp for dp in grads[1:])]
    for given in (grads, wrong, [-dp for dp in grads]):
        seed = int(random.integers(1000))
        judge.value("slope_gap", slope_gap, bend, params, given, seed)
        judge.value("slope_gap", slope_gap, bend, params, given, seed, 0.1)
        judge.value("slope_gap", slope_gap, bend, params, given, seed=seed, h=0.3)
### END HIDDEN TESTS

# %% [markdown]
# How small a gap is small enough, and which $h$ is best? Try many, once in float64 and once in
# float32, with gradients that are right.
#
# **Predict before you run.** Why should a very small $h$ be bad?
#
# <details><summary>Answer</summary>
#
# The two losses are then so alike that their difference is mostly rounding, and it is divided by
# something tiny.
#
# </details>

# %% tags=["experiment", "plot"] alt="A plot with two logarithmic axes: slope_gap against h. In float64 the gap has a valley with 1e-10 at h = 1e-6; in float32 a narrow one with 1e-4 at 1e-3."
weights = draw_weights(names, (2, 4, 6), [3, 4], [5, 3])
steps = 10.0 ** np.arange(-11, 0)
for dtype, line in ((np.float32, "s--"), (np.float64, "o-")):
    net = build_net(names, weights, quick_pair, dtype)
    params, grads = net.params, loss_and_grads(net, x.astype(dtype), y)[1]

    def loss_with(new, net=net, dtype=dtype):
        net.params = [p.astype(dtype) for p in new]
        return loss_and_grads(net, x.astype(dtype), y)[0]

    gaps = [max(slope_gap(loss_with, params, grads, s, h) for s in range(3)) for h in steps]
    plt.loglog(steps, np.maximum(gaps, 1e-12), line, label=np.dtype(dtype).name)
plt.title("Gap of right gradients: too large a step, or too small")
plt.xlabel("h")
plt.ylabel("slope_gap, the worst of three directions")
plt.legend()
plt.show()

# %% [markdown]
# Look at the two valleys. In float64 the gap falls to about $10^{-10}$ at $h = 10^{-6}$, and stays
# below $10^{-6}$ from $10^{-8}$ to $10^{-4}$. Further left rounding takes over; further right the
# curve of the loss does, and here and there a ReLU or a maximum switches within the step. In
# float32 the valley is narrow and ends at $10^{-4}$, near $h = 10^{-3}$. That is still enough to
# see a gradient that is off by a tenth, and too coarse for a small mistake. So check gradients in
# float64, with $h$ near $10^{-5}$, and train in float32. As a rule, a gap below $10^{-6}$ is right
# and one above $10^{-3}$ is wrong; in between, look for a kink nearby.
#
# **Take away.** One random direction tests all parameters of a net at once.

# %% [markdown]
# ## 6. Three ways to take a step
#
# The gradient says where the loss rises. How should you walk?
#
# **SGD**, stochastic gradient descent, takes a step straight down, of length `rate` times the
# gradient. `rate` is called the **learning rate**: $w \leftarrow w - \text{rate} \cdot dw$.
#
# It has a weakness. In a narrow valley the gradient points across, hardly along. The steps jump
# from wall to wall. **Momentum** remembers a velocity $v$. What changes its sign cancels out, and
# what keeps its sign adds up:
#
# $$v \leftarrow \mu \, v - \text{rate} \cdot dw \qquad w \leftarrow w + v$$
#
# **Predict before you run.** Let $w = 1$, rate 0.1, and let the gradient be 0.5 at every step.
# Where is $w$ after one and after two steps of SGD? Of momentum with $\mu = 0.9$, starting at rest?
# And how long do momentum's steps become if this goes on?
#
# <details><summary>Answer</summary>
#
# SGD: 0.95 and 0.9. Momentum: $v = -0.05$, then $-0.045 - 0.05 = -0.095$; so 0.95 and 0.855. In the
# end $v$ no longer changes: $v = 0.9 v - 0.05$ gives $v = -0.5$, ten times SGD's step.
#
# </details>

# %%
w, v = 1.0, 0.0
for _ in range(2):
    v = 0.9 * v - 0.1 * 0.5
    w = w + v
    print(round(v, 4), round(w, 4))

# %% [markdown]
# ### Exercise 6: `sgd` and `momentum` (2 points)
#
# Both take one array of parameters, its gradient and a `state`, and return new ones. The state is a
# dict, empty at first: SGD needs none, momentum keeps `{"v": ...}`.
#
# They are **pure** functions: what they are given stays as it was. `w -= ...` would change the
# caller's array; write `w - ...`.


# %% exercise="sgd"
def sgd(w, dw, state, rate=0.1):
    """Take a step down the gradient.

    Args:
        w: parameters, any shape.
        dw: their gradient.
        state: a dict; not used.
        rate: step for a gradient of 1.

    Returns:
        The new w, and the state as it was.
    """
    ### BEGIN SOLUTION
    return w - rate * dw, state
    ### END SOLUTION


# %% exercise="momentum"
def momentum(w, dw, state, rate=0.1, mu=0.9):
    """Take a step with momentum.

    Args:
        w: parameters, any shape.
        dw: their gradient.
        state: {"v": velocity}, or {} at rest.
        rate: how much a gradient changes the velocity.
        mu: share of the velocity that is kept.

    Returns:
        The new w, and the new state {"v": velocity}.
    """
    ### BEGIN SOLUTION
    v = mu * state.get("v", np.zeros_like(w)) - rate * dw
    return w + v, {"v": v}
    ### END SOLUTION


# %% [markdown]
# Try them: two steps each.

# %%
for update in (sgd, momentum):
    w, state = np.array([1.0]), {}
    for _ in range(2):
        w, state = update(w, np.array([0.5]), state)
        print(update.__name__, w, state)

# %% check="sgd" points=1
# 1 point. Shown: one step, and that nothing is changed in place. Hidden: random steps.
w, dw = np.array([1.0, -2.0]), np.array([0.5, 0.0])
new, state = sgd(w, dw, {}, 0.1)
check.same(new, [0.95, -2.0], "w after a step")
check.same(w, [1.0, -2.0], "the old w", hint="w -= ... changes the caller's array.")
### BEGIN HIDDEN TESTS
from autograder.judging import judge

random = judge.rng()
for shape in ((4,), (3, 2), (2, 3, 1, 4)):
    w, dw, rate = random.normal(size=shape), random.normal(size=shape), float(random.random())
    judge.value("sgd", sgd, w, dw, {}, rate)
    judge.value("sgd", sgd, w, dw, {}, rate=2 * rate)
judge.value("sgd", sgd, w, dw, {})
### END HIDDEN TESTS

# %% check="momentum" points=1
# 1 point. Shown: two steps with the same gradient. Hidden: random steps, other rates and mu.
w, dw = np.array([1.0]), np.array([0.5])
one, state = momentum(w, dw, {}, 0.1)
check.same(one, [0.95], "w after one step")
check.same(state, {"v": np.array([-0.05])}, "state after one step")
two, state = momentum(one, dw, state, 0.1)
check.same(two, [0.855], "w after two steps", hint="v = 0.9 * -0.05 - 0.1 * 0.5")
### BEGIN HIDDEN TESTS
from autograder.judging import judge

random = judge.rng()
for shape in ((4,), (3, 2), (2, 3, 1, 4)):
    w, dw, v = (random.normal(size=shape) for _ in range(3))
    rate, mu = (float(number) for number in random.uniform(0.1, 0.8, size=2))
    judge.value("momentum", momentum, w, dw, {}, rate, mu)
    judge.value("momentum", momentum, w, dw, {"v": v}, rate, mu)
judge.value("momentum", momentum, w, dw, {"v": v})
### END HIDDEN TESTS

# %% [markdown]
# **Adam** goes one step further. It keeps a running mean $m$ of the gradient and a running mean $s$
# of its square, and divides the one by the root of the other. So a weight takes steps of about the
# same length, whether its gradients are large or small.
#
# $$m \leftarrow \beta_1 m + (1 - \beta_1) \, dw \qquad
# s \leftarrow \beta_2 s + (1 - \beta_2) \, dw^2$$
#
# Both start at 0, so at first both are too small. After $t$ steps, counted from 1, they are too
# small by the factors $1 - \beta_1^t$ and $1 - \beta_2^t$. Divide by them:
#
# $$\hat m = \frac{m}{1 - \beta_1^t} \qquad \hat s = \frac{s}{1 - \beta_2^t} \qquad
# w \leftarrow w - \text{rate} \cdot \frac{\hat m}{\sqrt{\hat s} + \text{eps}}$$
#
# **Predict before you run.** $w = 1$, $dw = 0.5$, rate 0.1, $\beta_1 = 0.9$, $\beta_2 = 0.999$.
# Where is $w$ after the first step? And with a gradient of 500 in place of 0.5?
#
# <details><summary>Answer</summary>
#
# $m = 0.05$, $\hat m = 0.05/0.1 = 0.5$. $s = 0.00025$, $\hat s = 0.00025/0.001 = 0.25$, and its
# root is 0.5. So $w = 1 - 0.1 \cdot 0.5/0.5 = 0.9$. With 500 it is the same: Adam's first step has
# length `rate`, whatever the gradient.
#
# Without the division the step would be $0.05/\sqrt{0.00025} = 3.16$ times as long.
#
# </details>

# %%
m, s = 0.1 * 0.5, 0.001 * 0.5**2
print(round(m / (1 - 0.9), 4), round(s / (1 - 0.999), 4))
print(1 - 0.1 * (m / 0.1) / np.sqrt(s / 0.001))

# %% [markdown]
# ### Exercise 7: `adam` (2 points)
#
# The state is `{"m": ..., "s": ..., "t": ...}`, or `{}` before the first step. `t` is a whole
# number, the steps taken so far. By hand, as above: 0.9 after one step; and 0.8 after two with the
# same gradient.


# %% exercise="adam"
def adam(w, dw, state, rate=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """Take a step of Adam (Kingma and Ba 2014).

    Args:
        w: parameters, any shape.
        dw: their gradient.
        state: {"m": running mean, "s": running mean of squares, "t": steps so far}, or {}.
        rate: length of the first step.
        beta1: share of m that is kept.
        beta2: share of s that is kept.
        eps: added to the root, so that nothing is divided by 0.

    Returns:
        The new w, and the new state.
    """
    ### BEGIN SOLUTION
    t = state.get("t", 0) + 1
    m = beta1 * state.get("m", np.zeros_like(w)) + (1 - beta1) * dw
    s = beta2 * state.get("s", np.zeros_like(w)) + (1 - beta2) * dw**2
    m_hat, s_hat = m / (1 - beta1**t), s / (1 - beta2**t)
    return w - rate * m_hat / (np.sqrt(s_hat) + eps), {"m": m, "s": s, "t": t}
    ### END SOLUTION


# %% [markdown]
# Try two steps with the gradients 0.5 and 500. Both weights move alike:

# %%
w, state = np.array([1.0, 1.0]), {}
for _ in range(2):
    w, state = adam(w, np.array([0.5, 500.0]), state, rate=0.1)
    print(w, state["t"])

# %% check="adam" points=2
# 2 points. Shown: two steps by hand, a gradient of 0. Hidden: random states, all arguments.
w, dw = np.array([1.0, 3.0]), np.array([0.5, 0.0])
one, state = adam(w, dw, {}, 0.1)
check.same(one, [0.9, 3.0], "w after one step")
check.same(
    state,
    {"m": np.array([0.05, 0.0]), "s": np.array([0.00025, 0.0]), "t": 1},
    "state",
    rtol=1e-9,
    atol=1e-9,
    hint="What is kept is m and s themselves, not the corrected ones.",
)
two, state = adam(one, dw, state, 0.1)
check.same(two, [0.8, 3.0], "w after two steps", hint="t is now 2.")
### BEGIN HIDDEN TESTS
from autograder.judging import judge

random = judge.rng()
for shape in ((4,), (3, 2), (2, 3, 1, 4)):
    w, dw, m = (random.normal(size=shape) for _ in range(3))
    state = {"m": m, "s": random.uniform(0.1, 2, size=shape), "t": int(random.integers(1, 5))}
    rate, beta1, beta2, eps = (float(number) for number in random.uniform(0.2, 0.8, size=4))
    judge.value("adam", adam, w, dw, {}, rate)
    judge.value("adam", adam, w, dw, {}, rate, beta1, beta2, eps)
    judge.value("adam", adam, w, dw, state, rate, beta1, beta2, eps)
    judge.value("adam", adam, w, np.zeros(shape), {}, rate)
### END HIDDEN TESTS

# %% [markdown]
# Now see them walk. The loss $(w_0^2 + 50 \, w_1^2)/2$ is a valley, fifty times as steep across as
# along. All three start at the same place and take 30 steps.

# %% tags=["experiment", "plot"] alt="Contour lines of a narrow valley, and three paths to its middle. SGD jumps from wall to wall and comes two thirds of the way; momentum swings and overshoots; Adam cuts down at an angle."
across, along = np.meshgrid(np.linspace(-1.6, 1.6, 80), np.linspace(-4.6, 1.6, 80))
levels = 10.0 ** np.arange(-0.5, 2, 0.5)
plt.figure(figsize=(8, 4))
plt.contour(along, across, (along**2 + 50 * across**2) / 2, levels, colors="lightgrey")
for update, rate, line in ((sgd, 0.036, "o-"), (momentum, 0.01, "s-"), (adam, 0.2, "^-")):
    path, state = [np.array([-4.0, 1.0])], {}
    for _ in range(30):
        w, state = update(path[-1], path[-1] * [1, 50], state, rate)
        path.append(w)
    plt.plot(*np.transpose(path), line, markersize=3, linewidth=1, label=update.__name__)
plt.title("Three ways through a narrow valley")
plt.xlabel("w[0], along the valley")
plt.ylabel("w[1], across")
plt.legend()
plt.show()

# %% [markdown]
# Look at the first steps. SGD jumps from wall to wall and hardly gets forward; a longer step would
# throw it out of the valley. Momentum swings from side to side too, but along the valley it gathers
# speed and overtakes. Adam does not see the walls: its first steps are as long along as across, and
# so it cuts down at an angle. Both get there sooner, and both overshoot.
#
# > **If you know other libraries.** PyTorch's SGD writes momentum as $v \leftarrow \mu v + dw$ and
# > $w \leftarrow w - \text{rate} \cdot v$. At a fixed rate the steps are the same. Its optimizers
# > change the parameters in place; ours return new ones.
#
# **Take away.** Momentum adds up what keeps its direction; Adam makes all weights walk at one pace.

# %% [markdown]
# ## 7. A loop that can be stopped
#
# A step should not wait for all 5000 pictures. It takes a **mini-batch** of 50, so the gradient is
# a little wrong and a hundred times cheaper. Once every picture has been seen, an **epoch** is
# over; then the pictures are shuffled anew.
#
# **Predict before you run.** 5000 pictures, batches of 50: how many steps does an epoch have? How
# often is a picture seen in 200 steps? And how many steps does an epoch have with 10 pictures and
# batches of 4?
#
# <details><summary>Answer</summary>
#
# 100 steps; twice. With 10 and 4 there are two whole batches, and two pictures wait for the next
# epoch, when the order is another one.
#
# </details>
#
# We want step $t$ to be the same whether the run was stopped before it or not. So its pictures must
# follow from $t$ alone. The order of an epoch comes from a generator of its own, made of the seed
# and the epoch's number:

# %%
for epoch in range(3):
    print(epoch, np.random.default_rng([0, epoch]).permutation(10))

# %% [markdown]
# ### Exercise 8: `batch_rows` (1 point)
#
# By hand, for 10 pictures in batches of 4: step 0 takes the first four numbers of epoch 0, step 1
# the next four. Step 5 is the second of epoch 2: numbers 4 to 7 of the last line above.


# %% exercise="batch_rows"
def batch_rows(N, batch, t, seed=0):
    """Say which pictures a step sees.

    Args:
        N: number of pictures.
        batch: pictures in a step; an epoch has as many whole batches as there are.
        t: the step, counted from 0.
        seed: of the orders; epoch e has that of np.random.default_rng([seed, e]).permutation(N).

    Returns:
        The numbers of the pictures, shape (batch,).
    """
    ### BEGIN SOLUTION
    epoch, i = divmod(t, N // batch)
    order = np.random.default_rng([seed, epoch]).permutation(N)
    return order[i * batch : (i + 1) * batch]
    ### END SOLUTION


# %% [markdown]
# Try it: three epochs of two steps.

# %%
for t in range(6):
    print(t, batch_rows(10, 4, t))

# %% check="batch_rows" points=1
# 1 point. Shown: steps 0 and 5 of ten pictures. Hidden: other sizes, steps and seeds.
order = [np.random.default_rng([0, epoch]).permutation(10) for epoch in range(3)]
check.same(batch_rows(10, 4, 0), order[0][:4], "step 0")
check.same(batch_rows(10, 4, 5), order[2][4:8], "step 5", hint="5 is epoch 2, batch 1.")
### BEGIN HIDDEN TESTS
from autograder.judging import judge

for N, batch in ((10, 4), (21, 7), (50, 8), (6, 6), (9, 1)):
    seed = int(judge.rng().integers(1000))
    for t in (0, 1, 3, 8, 25):
        judge.value("batch_rows", batch_rows, N, batch, t, seed)
judge.value("batch_rows", batch_rows, 12, 5, 7)
### END HIDDEN TESTS

# %% [markdown]
# > **If you know other libraries.** PyTorch's `DataLoader` does this with `shuffle=True` and
# > `drop_last=True`. Resuming at the same picture after a stop needs more than that.
#
# **Take away.** An epoch goes through the pictures once, in an order that follows from seed and
# epoch.
#
# Now the loop. All there is to know about a run goes into one dict:
#
# | key | value |
# |---|---|
# | `"params"` | the parameters, a list of arrays |
# | `"states"` | the optimizer's state for each of them, a list of dicts |
# | `"losses"` | the loss of every step so far, a list of numbers |
#
# The number of steps taken is `len(run["losses"])`, so a run knows where it stands. `train` takes a
# run and gives back a run. To resume, hand it the run again.
#
# The loop does not need to know what it trains. It gets a function `f(params, t)` that returns loss
# and gradients for the mini-batch of step $t$.
#
# **Predict before you run.** You press the stop button of the notebook, the black square. Python
# raises `KeyboardInterrupt` wherever it happens to be. What is lost if nobody catches it?
#
# <details><summary>Answer</summary>
#
# All steps since the cell was started: the exception leaves the function, and its variables go with
# it.
#
# </details>

# %% [markdown]
# The parabola $f = p^2$ again, by hand. From $p = 8$ with SGD and rate 0.25, each step halves $p$:
# $8 - 0.25 \cdot 16 = 4$. The losses are 64, 16, 4.

# %%
p = 8.0
for _ in range(3):
    print(f"loss {p**2:g}, dp {2 * p:g}")
    p = p - 0.25 * 2 * p

# %% [markdown]
# ### Exercise 9: `train` (2 points)
#
# Start at step `len(run["losses"])` and end when there are `steps` losses in all. Catch
# `KeyboardInterrupt` and return the run as it stood after its last whole step. The run that was
# handed in stays as it was.
#
# Below it is `train_stopped`, which is given: it presses the stop button for you, at a step of your
# choice.
#
# <details><summary>Hint</summary>
#
# Put the new parameters, states and losses in place in one statement. A stop then comes before it
# or after it.
#
# </details>


# %% exercise="train"
def train(f, run, steps, update):
    """Train until a run has so many steps, or until it is stopped.

    Args:
        f: a function of (params, t) that returns loss and gradients of step t.
        run: {"params": list of arrays, "states": list of dicts, "losses": list of numbers}.
        steps: number of steps in all, those already in run included.
        update: a function of (w, dw, state) that returns new w and state, such as sgd.

    Returns:
        The new run, of the same form. After a KeyboardInterrupt: the run so far.
    """
    ### BEGIN SOLUTION
    params, states, losses = run["params"], run["states"], run["losses"]
    try:
        for t in range(len(losses), steps):
            loss, grads = f(params, t)
            moved = [update(w, dw, s) for w, dw, s in zip(params, grads, states, strict=True)]
            params, states, losses = [m[0] for m in moved], [m[1] for m in moved], [*losses, loss]
    except KeyboardInterrupt:
        pass
    return {"params": params, "states": states, "losses": losses}
    ### END SOLUTION


def train_stopped(f, run, steps, update, last):
    """Train, and press the stop button at step `last`; None if train does not catch it."""

    def stopped(params, t):
        if t == last:
            raise KeyboardInterrupt
        return f(params, t)

    try:
        return train(stopped, run, steps, update)
    except KeyboardInterrupt:
        return None


# %% [markdown]
# Try it on the parabola: stopped after two steps, and resumed up to three.

# %%
parabola = lambda params, t: (float(np.sum(params[0] ** 2)), [2 * params[0]])
quarter = lambda w, dw, state: sgd(w, dw, state, 0.25)
run = {"params": [np.array([8.0])], "states": [{}], "losses": []}
run = train_stopped(parabola, run, 3, quarter, last=2)
print(run)
print(train(parabola, run, 3, quarter))

# %% check="train" points=1
# 1 point. Shown: three steps on the parabola. Hidden: several arrays, states, and resuming.
parabola = lambda params, t: (float(np.sum(params[0] ** 2)), [2 * params[0]])
quarter = lambda w, dw, state: (w - 0.25 * dw, {})
run = {"params": [np.array([8.0])], "states": [{}], "losses": []}
done = train(parabola, run, 3, quarter)
check.same(done["losses"], [64.0, 16.0, 4.0], "losses")
check.same(done["params"], [np.array([1.0])], "params")
check.same(len(run["losses"]), 0, "steps in the run handed in", hint="Work on a copy.")
### BEGIN HIDDEN TESTS
from autograder.judging import judge

random = judge.rng()
slopes = random.normal(size=9)


def bowl(params, t):
    loss = sum(float(np.sum((p - slopes[t]) ** 2)) for p in params)
    return loss, [2 * (p - slopes[t]) for p in params]


def swing(w, dw, state):
    v = 0.5 * state.get("v", np.zeros_like(w)) - 0.1 * dw
    return w + v, {"v": v}


run = {"params": [random.normal(size=s) for s in ((2, 3), 4)], "states": [{}, {}], "losses": []}
half = judge.reference("train")(bowl, run, 3, swing)
for begun, steps in ((run, 1), (run, 7), (half, 7), (half, 3), (half, 4)):
    judge.value("train", train, bowl, begun, steps, swing)
### END HIDDEN TESTS

# %% check="train" part="stop" points=1
# 1 point. Shown: stopped before step 2, and resumed. Hidden: other runs, stopped at any step.
parabola = lambda params, t: (float(np.sum(params[0] ** 2)), [2 * params[0]])
quarter = lambda w, dw, state: (w - 0.25 * dw, {})
run = {"params": [np.array([8.0])], "states": [{}], "losses": []}
half = train_stopped(parabola, run, 3, quarter, 2)
check.same(
    half,
    {"params": [np.array([2.0])], "states": [{}], "losses": [64.0, 16.0]},
    "the run when stopped",
    hint="KeyboardInterrupt ends the loop, and the run so far is returned.",
)
check.same(train(parabola, half, 3, quarter)["losses"], [64.0, 16.0, 4.0], "losses, resumed")
### BEGIN HIDDEN TESTS
from autograder.judging import judge

random = judge.rng()
slopes = random.normal(size=9)


def bowl(params, t):
    loss = sum(float(np.sum((p - slopes[t]) ** 2)) for p in params)
    return loss, [2 * (p - slopes[t]) for p in params]


def swing(w, dw, state):
    v = 0.5 * state.get("v", np.zeros_like(w)) - 0.1 * dw
    return w + v, {"v": v}


run = {"params": [random.normal(size=s) for s in ((2, 3), 4)], "states": [{}, {}], "losses": []}
whole = judge.reference("train")(bowl, run, 6, swing)
for last in (0, 1, 4):
    half = train_stopped(bowl, run, 6, swing, last)
    check.same(half, judge.reference("train")(bowl, run, last, swing), "the run when stopped")
    check.same(train(bowl, half, 6, swing), whole, "the run when resumed")
### END HIDDEN TESTS

# %% [markdown]
# Three small helpers join net and loop. `loss_of` makes the function `f` of a net and its pictures,
# `fresh` starts a run, and `watched` shows a bar with the loss and the time that is left.


# %%
def loss_of(net, x, y, batch=50):
    """Make f(params, t): loss and gradients of a net on its mini-batch t."""

    def f(params, t):
        rows = batch_rows(len(x), batch, t)
        net.params = params
        return loss_and_grads(net, x[rows], y[rows])

    return f


def fresh(net):
    """Start a run with a net's parameters."""
    return {"params": net.params, "states": [{} for _ in net.params], "losses": []}


# %% tags=["experiment"]
from IPython.display import display


def watched(f, steps):
    """Wrap f so that every fifth step moves a progress bar."""
    begun = []  # time and number of the first step
    line = display({"text/plain": ""}, raw=True, display_id=True)

    def shown(params, t):
        begun.extend([time.monotonic(), t] if not begun else [])
        loss, grads = f(params, t)
        left = (time.monotonic() - begun[0]) / (t + 1 - begun[1]) * (steps - t - 1)
        bar = ("#" * (30 * (t + 1) // steps)).ljust(30, ".")
        if t % 5 == 0 or t + 1 == steps:
            text = f"{bar} step {t + 1} of {steps}, loss {loss:.3f}, {left:.0f} s left"
            line.update({"text/plain": text}, raw=True)
        return loss, grads

    return shown


# %% [markdown]
# A run that takes a night should survive a power cut. It consists of nothing but arrays and
# numbers, so it fits into an `.npz` file. Nothing is pickled, so nothing in such a file can run as
# a program.


# %%
def save_run(path, run):
    """Write a run to a file of plain arrays."""
    arrays = {f"params {i}": p for i, p in enumerate(run["params"])}
    for i, state in enumerate(run["states"]):
        arrays |= {f"states {i} {key}": value for key, value in state.items()}
    np.savez(path, losses=run["losses"], **arrays)


def load_run(path):
    """Read a run from a file that save_run wrote."""
    with np.load(path, allow_pickle=False) as file:
        params = [file[f"params {i}"] for i in range(sum("params" in name for name in file))]
        states = [{} for _ in params]
        for _, i, key in (name.split() for name in file if "states" in name):
            value = file[f"states {i} {key}"]
            states[int(i)][key] = value if value.shape == params[int(i)].shape else value.item()
        return {"params": params, "states": states, "losses": file["losses"].tolist()}


# %% [markdown]
# **The third test of every net.** Give it 20 pictures and let it learn them by heart. A net with
# thousands of weights can do that in seconds. If it cannot, it will not learn 5000 either, and you
# know before the long run.
#
# **Predict before you run.** The pictures have ten classes. Where does the curve of the loss begin,
# and where should it end?
#
# <details><summary>Answer</summary>
#
# It begins at $\log 10 = 2.303$ and ends near 0.
#
# </details>
#
# The run below is stopped before step 20, written to a file, read again and resumed. Beside it the
# same run goes through without a stop.

# %% tags=["experiment", "plot"]
emoji = data.load("emoji10")
x_train, x_test = (data.centred(x, emoji.mean) for x in (emoji.x_train, emoji.x_test))
names = parse_pattern(PATTERN, N=1, M=2)
weights = draw_weights(names, (3, 32, 32), [16, 32], [10])
net = build_net(names, weights, quick_pair, np.float32)
f, small_adam = loss_of(net, x_train[:20], emoji.y_train[:20], 20), lambda *a: adam(*a, 1e-3)
whole = train(watched(f, 40), fresh(net), 40, small_adam)

net = build_net(names, weights, quick_pair, np.float32)
f = loss_of(net, x_train[:20], emoji.y_train[:20], 20)
half = train_stopped(watched(f, 40), fresh(net), 40, small_adam, last=20)
path = Path(tempfile.mkdtemp()) / "twenty_pictures.npz"
save_run(path, half)
resumed = train(watched(f, 40), load_run(path), 40, small_adam)
print("largest difference:", np.abs(np.subtract(whole["losses"], resumed["losses"])).max())

# %% tags=["experiment", "plot"] alt="A plot of the loss of twenty pictures over 40 steps, on a logarithmic axis. It falls from log 10 to nearly 0. The part after the stop lies exactly on the run without a stop."
plt.semilogy(whole["losses"], linewidth=6, color="lightgrey", label="without a stop")
plt.semilogy(range(20), half["losses"], label="until it was stopped")
plt.semilogy(range(20, 40), resumed["losses"][20:], "--", label="resumed from the file")
plt.axhline(np.log(10), color="black", linewidth=0.5, label="log 10")
plt.title("Twenty pictures, learned by heart")
plt.xlabel("step")
plt.ylabel("loss")
plt.legend()
plt.show()

# %% [markdown]
# Look at the left end: the curve begins on the thin line, at $\log 10$. It falls to nearly nothing:
# all twenty are known. And the dashed part lies in the grey band. The stop has left no trace.
#
# **Take away.** First loss $\log C$, gradient gap tiny, twenty pictures by heart: then train.

# %% [markdown]
# ## 8. Train
#
# Look at your pictures before you train on them. Three sets that the course ships suit this lesson.
# Emoji-10 has colour pictures of 32 x 32: emoji on pieces of photographs, ten classes. It is
# artwork on photographs and no photograph of a dog. It is about as hard as 5000 pictures of
# CIFAR-10, and an emoji that is in the test pictures is never in the training pictures.

# %% tags=["plot"] alt="Ten rows of small pictures: emoji of animals, buildings, clothing, faces, flags, food, hands, persons, plants and vehicles, each on a piece of a photograph."
plot.montage(emoji.x_train, emoji.y_train, emoji.classes, "Emoji-10: artwork on photographs")

# %% [markdown]
# Fashion-MNIST has real pictures of clothes, grey, 28 x 28. The patterns are made by code, 8 x 8,
# and small enough for quick trials.

# %% tags=["plot"] alt="Two sheets: ten rows of grey pictures of clothes, shoes and bags; six rows of small patterns, bars in several directions and checkers."
fashion, patterns = data.load("fashion"), data.load("patterns")
plot.montage(fashion.x_train, fashion.y_train, fashion.classes, "Fashion-MNIST")
plot.montage(patterns.x_train, patterns.y_train, patterns.classes, "Bars and checkers")

# %% [markdown]
# Two more: patches of textures, 16 x 16, cut from photographs, and the photographs themselves. Look
# at the rows: wood and fur have stripes that differ in width, a patch of coat and one of sky hardly
# differ at all.

# %% tags=["plot"] alt="Two sheets: rows of small grey patches of textures such as grass, wood, fur, hair and sky; and five photographs, an astronaut, a man with a camera, a cat, a cup of coffee and a rocket."
textures = data.load("textures")
plot.montage(textures.x_train, textures.y_train, textures.classes, "Textures, without brightness")
names = ["astronaut", "camera", "chelsea", "coffee", "rocket"]
photos = [data.photo(name)[0].transpose(1, 2, 0) for name in names]  # (H, W, C)
plot.maps(photos, names, "Five photographs")

# %% [markdown]
# Try the three optimizers on the patterns first; a run takes a second. Which learning rate suits
# which? Each has one that was found by trying.

# %% tags=["experiment", "plot"] alt="A plot of the loss over 120 steps for SGD, momentum and Adam. All begin at log 6; momentum and Adam are near 0 when SGD is still on its way."
x = data.centred(patterns.x_train, patterns.mean)
names = parse_pattern(PATTERN, N=1, M=2)
weights = draw_weights(names, (1, 8, 8), [8, 16], [6])
for update, rate in ((sgd, 0.1), (momentum, 0.1), (adam, 0.005)):
    net = build_net(names, weights, quick_pair, np.float32)
    step = lambda w, dw, state, update=update, rate=rate: update(w, dw, state, rate)
    run = train(loss_of(net, x, patterns.y_train, 40), fresh(net), 120, step)
    plt.plot(run["losses"], label=f"{update.__name__}, rate {rate}")
plt.axhline(np.log(6), color="black", linewidth=0.5, label="log 6")
plt.title("Three optimizers on bars and checkers")
plt.xlabel("step")
plt.ylabel("loss of the mini-batch")
plt.legend()
plt.show()

# %% [markdown]
# All three leave from $\log 6 = 1.792$. SGD is still on its way when the others have arrived.
# Momentum has the same rate as SGD; the velocity does the rest. With other rates the order may be
# another.
#
# Now Emoji-10, and a question worth 20 seconds: what is a ConvNet good for? Compare it with a
# linear classifier on the same pixels: `INPUT -> FC` against CONV 16 - POOL - CONV 32 - POOL - FC,
# both with Adam, both for 200 steps of 50 pictures.
#
# **Predict before you run.** Guessing is right in 10 % of the test pictures. What do you expect of
# the linear classifier, and what of the ConvNet?

# %% tags=["experiment"]
steps = 200


def prepare(filters):
    """Build a net for Emoji-10, with so many filters before each pool."""
    names = parse_pattern(PATTERN, N=1, M=len(filters))
    return build_net(names, draw_weights(names, (3, 32, 32), filters, [10]), quick_pair, np.float32)


def scores_of(net, x):
    """Score many pictures, a hundred at a time; shape (N, classes)."""
    return np.concatenate([net.forward(x[i : i + 100]) for i in range(0, len(x), 100)])


nets = {"linear": prepare([]), "ConvNet": prepare([16, 32])}
runs = {name: fresh(net) for name, net in nets.items()}
rates = {"linear": 1e-3, "ConvNet": 2e-3}

# %% [markdown]
# The next cell trains. Stop it with the black square if you like, and run it again: it resumes
# where it was.

# %% tags=["experiment"]
for name, net in nets.items():
    f = watched(loss_of(net, x_train, emoji.y_train), steps)
    runs[name] = train(f, runs[name], steps, lambda *a, rate=rates[name]: adam(*a, rate))
    net.params = runs[name]["params"]

# %% tags=["experiment", "plot"] alt="A plot of the loss over 200 steps. The linear classifier stays near 2; the ConvNet falls further. The legend gives the test pictures right: above a quarter, and about half."
for name, net in nets.items():
    right = np.mean(scores_of(net, x_test).argmax(axis=1) == emoji.y_test)
    losses = np.array(runs[name]["losses"])
    smooth = [losses[max(0, t - 9) : t + 1].mean() for t in range(len(losses))]
    (line,) = plt.plot(smooth, label=f"{name}: {right:.0%} of the test pictures right")
    plt.plot(losses, color=line.get_color(), alpha=0.25)
plt.axhline(np.log(10), color="black", linewidth=0.5, label="log 10")
plt.title("Emoji-10: a linear classifier and a ConvNet")
plt.xlabel("step")
plt.ylabel("loss: each mini-batch, and the mean of the last ten")
plt.legend()
plt.show()

# %% [markdown]
# Look at the two curves. Both begin at $\log 10$, and Adam's first long steps lift them before they
# fall. The linear classifier gains a little and stays there, with somewhat more than a quarter of
# the test pictures right. The ConvNet goes on falling and gets about half of them right. It has
# 25,578 parameters, the linear one 30,730. It wins with fewer weights, not with more.
#
# **Take away.** Filters that are shared over the picture see a thing wherever it is; a matrix does
# not.

# %% [markdown]
# ## 9. What has it learned?
#
# Begin with the first layer. Its filters see the three colours, so each can be shown as a small
# picture of 3 x 3 pixels. Grey means no weight.

# %% tags=["plot"] alt="Sixteen filters of 3 x 3 pixels in colour, without a pattern."
before = draw_weights(["INPUT", "CONV", "FC"], (3, 32, 32), [16], [10])[0][0]
after = nets["ConvNet"].layers[0].params[0]
print(f"size of the change: {np.linalg.norm(after - before) / np.linalg.norm(before):.0%}")
plot.filters(after, "The sixteen filters of the first layer, after training")

# %% [markdown]
# Confetti. The change is small beside the random start, so what you see is mostly the start. A net
# does not need pretty filters to be right half of the time.
#
# To see what filters can become, make the start small, the filters larger and the pictures simple:
# twelve filters of 5 x 5 on bars and checkers. A pool over the whole map follows, so a filter has
# to find its pattern somewhere, no matter where. Your `Layer` takes other sizes without a change.
#
# **Predict before you run.** What will the filters look like?

# %% tags=["experiment", "plot"] alt="Twelve filters of 5 x 5 pixels, twice. Before training they are noise; after it they show bars, upright, level and slanting, and checkers."
small = np.random.default_rng(3)
start = [
    small.normal(0, 0.02, (12, 1, 5, 5)),
    np.zeros(12),
    small.normal(0, 0.1, (12, 6)),
    np.zeros(6),
]
start = [p.astype(np.float32) for p in start]
conv = Layer(*quick_pair("CONV"), start[:2])
pool = Layer(*quick_pair("POOL"), HH=4, WW=4, stride=1)  # maps of 4 x 4: one window
net = Sequential([conv, Layer(*quick_pair("RELU")), pool, Layer(*quick_pair("FC"), start[2:])])
x, x_new = (data.centred(p, patterns.mean) for p in (patterns.x_train, patterns.x_test))
run = train(loss_of(net, x, patterns.y_train, 40), fresh(net), 240, lambda *a: adam(*a, 0.01))
net.params = run["params"]
right = np.mean(net.forward(x_new).argmax(axis=1) == patterns.y_test)
plot.filters(start[0], "Twelve filters before training")
plot.filters(run["params"][0], f"After training: {right:.0%} of new pictures right")

# %% [markdown]
# Look at the second picture. The confetti is gone. There are bars, upright, level and slanting, and
# checkers: each filter has become a piece of what it is to find. A dot product is largest with the
# thing itself.
#
# Now send one picture through and look at every layer. Each column is a layer, each small picture
# one of its feature maps.

# %% tags=["plot"] alt="A picture, then eight maps for each of six layers, and bars of ten scores. The maps get coarser from layer to layer; the highest score is that of the right class."
n = int(np.flatnonzero(scores_of(nets["ConvNet"], x_test).argmax(axis=1) == emoji.y_test)[0])
maps, titles = x_test[n : n + 1], ["CONV", "RELU", "POOL", "CONV", "RELU", "POOL"]
columns = []
for layer in nets["ConvNet"].layers:
    maps = layer.forward(maps)
    columns.append(maps[0])
picture = emoji.x_test[n].transpose(1, 2, 0)  # (H, W, C)
plot.activations(
    picture, columns[:-1], titles, columns[-1], emoji.classes, "One picture, layer by layer"
)

# %% [markdown]
# Look from left to right. The first maps are the picture again, each with something stressed. ReLU
# turns what is negative black, sometimes a whole map: that filter has found nothing here. Each pool
# makes the maps coarser. In the last column nobody would recognise the picture, and from it alone
# (all 32 maps, of which eight are shown) the ten scores are made.
#
# A deeper net, trained beforehand for all ten classes, computes below as you choose pictures; find
# the two that it gets wrong.

# %% tags=["demo"]
demo.activations()

# %% [markdown]
# Where does the net go wrong? Counting right answers does not tell. A **confusion matrix** does:
# row $i$, column $j$ counts the pictures of class $i$ that were taken for class $j$.
#
# **Predict before you run.** Five pictures have the classes $[0, 0, 1, 2, 2]$ and the guesses are
# $[0, 1, 1, 2, 0]$. Which entries of the 3 x 3 matrix are not zero? Where are the right answers?
#
# <details><summary>Answer</summary>
#
# $\begin{pmatrix} 1 & 1 & 0 \\ 0 & 1 & 0 \\ 1 & 0 & 1 \end{pmatrix}$. Three right answers stand on
# the diagonal. One picture of class 0 was taken for class 1, one of class 2 for class 0.
#
# </details>

# %%
list(zip([0, 0, 1, 2, 2], [0, 1, 1, 2, 0], strict=True))

# %% [markdown]
# ### Exercise 10: `confusion_matrix` (1 point)
#
# Each row of the matrix adds up to the number of pictures of its class. By hand: the matrix of the
# answer above. Mind pairs that occur twice: `counts[y, guess] += 1` on whole arrays counts them
# once. `np.add.at` counts them all.


# %% exercise="confusion_matrix"
def confusion_matrix(y, guess, K):
    """Count which classes are taken for which.

    Args:
        y: right classes, shape (N,).
        guess: guessed classes, shape (N,).
        K: number of classes.

    Returns:
        counts: whole numbers, shape (K, K); row by class, column by guess.
    """
    ### BEGIN SOLUTION
    counts = np.zeros((K, K), dtype=int)
    np.add.at(counts, (y, guess), 1)
    return counts
    ### END SOLUTION


# %% [markdown]
# Try it on the five pictures:

# %%
print(confusion_matrix(np.array([0, 0, 1, 2, 2]), np.array([0, 1, 1, 2, 0]), 3))

# %% check="confusion_matrix" points=1
# 1 point. Shown: the five pictures. Hidden: random guesses, many of each pair, classes never seen.
y, guess = np.array([0, 0, 1, 2, 2]), np.array([0, 1, 1, 2, 0])
check.same(confusion_matrix(y, guess, 3), [[1, 1, 0], [0, 1, 0], [1, 0, 1]], "counts")
twice = confusion_matrix(np.array([1, 1, 1]), np.array([0, 0, 1]), 2)
check.same(twice, [[0, 0], [2, 1]], "a pair that comes twice")
### BEGIN HIDDEN TESTS
from autograder.judging import judge

random = judge.rng()
for N, K in ((40, 3), (7, 6), (100, 10)):
    y, guess = random.integers(0, K - 1, size=N), random.integers(0, K, size=N)
    judge.value("confusion_matrix", confusion_matrix, y, guess, K)
### END HIDDEN TESTS

# %% [markdown]
# And the thousand test pictures:

# %% tags=["plot"] alt="A table of 10 x 10 counts, class by guess, as a coloured picture. The diagonal is brightest; a few fields beside it are bright, too."
scores = scores_of(nets["ConvNet"], x_test)
guess = scores.argmax(axis=1)
plot.confusion(
    confusion_matrix(emoji.y_test, guess, 10), emoji.classes, "What is taken for what, ConvNet"
)

# %% [markdown]
# Look for bright fields beside the diagonal: they are pairs of classes that the net mixes up. Some
# of the mistakes are easy to forgive. The next cell takes from each class the mistake that the net
# was surest of, and shows four of them.

# %% tags=["plot"] alt="Four pictures that the net was sure of, and wrong: above each its class and what it was taken for. Three of them are green."
sure = scores.max(axis=1) - scores[np.arange(len(scores)), emoji.y_test]  # 0 where it is right
worst = [np.argmax(sure * (emoji.y_test == k)) for k in range(10)]
worst = sorted(worst, key=lambda n: -sure[n])[:4]
plot.maps(
    [emoji.x_test[n].transpose(1, 2, 0) for n in worst],
    [f"{emoji.classes[emoji.y_test[n]]}, taken for {emoji.classes[guess[n]]}" for n in worst],
    "Sure, and wrong",
)

# %% [markdown]
# Much of what the net goes by is colour. It readily takes a green thing for a plant.
#
# **Take away.** One number says how good a net is; a matrix and a few pictures say what to do next.

# %% [markdown]
# ## 10. In your own words
#
# Three friends train nets for ten classes and ask you for help.
#
# 1. The first loss is 8.9.
# 2. The first loss is 2.30 and the gradient gap is $10^{-9}$. But after 500 steps on 20 pictures
#    the loss is still 2.30.
# 3. The loss on the training pictures is 0.02. Of the test pictures 48 % are right.
#
# For each: is it a bug, and where would you look first? One or two sentences each. (2 points,
# graded by hand)

# %% [markdown] answer="three_friends" points=2
# 1. It should be $\log 10 = 2.3$. The net is sure of wrong answers before it has learned anything:
# the first weights are too large, above all the last layer's, or the pictures were not scaled and
# run from 0 to 255.
#
# 2. The gradients are right, so the bug is in the step or the loop: the rate is far too small, or
#    the new weights never get back into the net. I would check whether the parameters change at
#    all.
#
# 3. This is not a bug. The net knows its training pictures by heart, and does not carry over to new
#    ones: it **overfits**. More pictures, a smaller net, dropout, or stopping earlier may help.
#
# **Rubric**
#
# - **2 points:** three diagnoses, each with a place to look.
# - **1 point:** two of them.
# - **0 points:** "a smaller rate" for all three.

# %% [markdown]
# ## Summary
#
# | letter | meaning |
# |---|---|
# | $N, M, K$ in the pattern | convolutions before a pool, blocks, hidden FC layers |
# | $N, C, H, W$ of arrays | pictures, channels, height, width; in $\log C$ the classes |
# | $D$, `units` | inputs of one unit; number of units of each FC layer |
# | `params`, `grads` | all parameters of a net, and their gradients, in one order |
# | $p$, $v$, $h$ | parameters, a random direction, the length of a step (section 5) |
# | `rate`, $\mu$, $v$ | length of a step, share of the velocity kept, velocity (section 6) |
# | $m, s, t$ | Adam's running means and its number of steps |
# | `run` | parameters, states and losses: all that is needed to resume |
#
# - A ConvNet is a pattern of few letters; the first loss is $\log C$.
# - Three tests come before training: first loss, gradient gap, twenty pictures by heart.
# - Momentum and Adam remember gradients; pure functions make a run easy to stop and to resume.
# - A ConvNet beats a linear classifier with fewer weights.
#
# Lesson 10 moves the same layers to a GPU.
