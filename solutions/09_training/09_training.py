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
# You have written every layer. Now they become one net, and it learns to tell ten kinds of pictures
# apart. Most of the work is in finding out, before the long run, whether anything is wrong; and
# after it, whether the net has learned or only memorised.
#
# **You will** make a layer an object and a net a list of layers; write the backward pass of the whole
# net, the step of Adam, and that of a training loop which can be stopped and resumed; change
# pictures at random; and search for a good learning rate.
#
# **You will learn** which three quick tests come before every training, how overfitting shows, what
# helps against it, and how much a ConvNet gains over a linear classifier.
#
# **You need** the layers of lessons 03, 05, 06 and 07, forward and backward, and `softmax_loss`; and
# what batch norm and dropout of lesson 08 do.
#
# | section | exercise | points | minutes | difficulty |
# |---|---|---|---|---|
# | 2 | `Layer` | 4 | 10 | medium |
# | 3 | `Sequential`, `loss_and_grads` | 3 | 7 | easy |
# | 6 | `adam` | 3 | 9 | easy |
# | 7 | `train` | 5 | 12 | hard |
# | 9 | `augment` | 3 | 7 | medium |
# | 10 | `search` | 2 | 5 | easy |
# | 13 | a written answer, graded by hand | 2 | 5 | medium |
#
# Plan about 90 minutes. What is marked as going further, in sections 5, 6, 9 and 12, takes twenty
# more. Each exercise is begun for you: a comment says what is missing, and your lines take the
# place of the `raise` below it. The set-up cell says whose layers the net will use. A check is folded;
# a click opens it. It shows part of the test; grading uses further random input, so a green check is
# a good sign and not yet the grade. In grading all sizes may differ, and no function may change the
# arrays, lists and dicts that it is handed. Besides Python's own library only NumPy and Matplotlib
# can be imported.

# %% given="setup"
import tempfile
import time
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from convbook import check, data, demo, layers, living, plot
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
from convbook.layers import (
    dropout_backward,
    dropout_forward,
    spatial_batchnorm_backward,
    spatial_batchnorm_forward,
)


def drop_in_turn(x, running, train, p):
    """Drop with the mask of seed running[0]; in training the next call has the next seed."""
    out, mask = dropout_forward(x, p, int(running[0]), train)
    return out, mask, (int(running[0]) + train,)


def own_pair(name):
    """Return forward and backward of a layer: your own, but for batch norm and dropout."""
    return {
        "CONV": (conv_forward, conv_backward),
        "NORM": (spatial_batchnorm_forward, spatial_batchnorm_backward),
        "RELU": (relu_forward, relu_backward),
        "POOL": (max_pool_forward, max_pool_backward),
        "DROP": (drop_in_turn, dropout_backward),
        "FC": (affine_forward, affine_backward),
    }[name]


def quick_pair(name):
    """Return forward and backward of a given layer: the same results, without loops."""
    return {
        "CONV": (layers.conv_forward, layers.conv_backward),
        "NORM": (spatial_batchnorm_forward, spatial_batchnorm_backward),
        "RELU": (layers.relu_forward, layers.relu_backward),
        "POOL": (layers.max_pool_forward, layers.max_pool_backward),
        "DROP": (drop_in_turn, dropout_backward),
        "FC": (layers.affine_forward, layers.affine_backward),
    }[name]


# %% tags=["guess"]
# What you guessed wrong in lesson 07 comes back here, and otherwise nothing: press Shift+Enter.
from convbook import guess

guess.again("09")

# %% [markdown]
# ## 1. One pattern for many nets
#
# Most ConvNets repeat the same few steps. Written as a pattern:
#
#     INPUT -> [[CONV -> RELU]*N -> POOL?]*M -> [FC -> RELU]*K -> FC
#
# `[...]*N` means "N times", and the question mark that the pool may be left out. Usually
# $0 \le N \le 3$, $M \ge 0$ and $0 \le K < 3$. These bounds are habits, not laws of nature. VGG-16 has
# $N = 2$ in its first two blocks, $N = 3$ in the other three, and $K = 2$.
#
# **Predict before you run.** Take $N = 2$, $M = 3$, $K = 2$, with pools. How many layers have
# weights? And what is left of the pattern when $M = 0$ and $K = 0$?
#
# <!-- guess 09/pattern
# number | layers with weights | 9
# choice | with `M = 0` and `K = 0` there is left | nothing that learns | * a linear classifier | a convolution and a linear classifier | a net with one hidden layer
# -->
#
# <details><summary>Answer</summary>
#
# $N \cdot M = 6$ convolutions, $K = 2$ fully-connected layers and the last one: nine.
#
# With $M = K = 0$ only `INPUT -> FC` is left. One matrix between picture and scores: a **linear
# classifier**.
#
# </details>
#
# Python's lists know the same asterisk, and a plus joins them. So the pattern looks much the same in
# code. $N = 2$, $M = 1$, $K = 1$ gives nine names:

# %%
def layer_names(N=1, M=1, K=0, pool=True):
    """Write the pattern of layers out: a list of INPUT, CONV, RELU, POOL and FC."""
    if not (0 <= N <= 3 and M >= 0 and 0 <= K < 3):
        raise ValueError(f"0 <= N <= 3, M >= 0 and 0 <= K < 3 are needed, got {N=}, {M=}, {K=}")
    block = ["CONV", "RELU"] * N + (["POOL"] if pool else [])
    return ["INPUT"] + block * M + ["FC", "RELU"] * K + ["FC"]


print(layer_names(N=2, M=1, K=1))
print(layer_names(M=0))

# %% [markdown]
# **Take away.** Three numbers describe a plain ConvNet; with $M = K = 0$ it is a linear classifier.

# %% [markdown]
# ## 2. A layer that remembers
#
# Your layers are pairs of functions, and between the two you had to carry the cache. With twenty
# layers that is twenty caches. So let an object carry it.
#
# A `Layer` holds the pair and its parameters. `forward` calls the first function and keeps the cache.
# `backward` calls the second with that cache, keeps the gradients of the parameters and returns
# `dx`. It does not know what it is: the same few lines serve for CONV, RELU, POOL and FC.
#
# **Predict before you run.** `conv_backward` returns three gradients, `relu_backward` one. What
# must `grads` be after the backward pass of a ReLU?
#
# <!-- guess 09/grads
# choice | `grads` must be | `[dx]` | * an empty list | `[0, 0]` | `None`
# -->
#
# <details><summary>Answer</summary>
#
# An empty list. `grads` belongs to `params`, one for one, and a ReLU has no parameters.
#
# </details>

# %% [markdown]
# Two layers of lesson 08 do one thing in training and another when the net is used, at **test
# time**. Batch norm takes the mean and the variance of the batch in training, its running ones at
# test time. Dropout drops in training only. So `forward` needs a mode, `train`: `True` or `False`.
#
# Both also remember numbers from one batch to the next, `running`. For batch norm these are the mean
# and the variance. For dropout it is the seed of its next mask, or every step would drop the same
# units. Such numbers are not parameters, for no gradient leads to them. The function gets them with
# the mode and returns them anew:
#
#     out, cache, running = spatial_batchnorm_forward(x, gamma, beta, running, train)
#
# Dropout has the same form in `drop_in_turn` of the set-up cell.
#
# **Predict before you run.** A batch norm of one channel has gamma 1, beta 0 and `running` (0, 1).
# Two pictures of one pixel come, 1 and 3. What are `out` and `running` in training, if 0.9 of
# `running` is kept? And at test time?
#
# <!-- guess 09/modes
# row | `out` in training | -1, 1
# row | `out` at test time | 1, 3
# row | `running` after training | 0.2, 1
# row | `running` after test time | 0, 1
# -->
#
# <details><summary>Answer</summary>
#
# In training the mean is 2 and the variance 1: `out` is $-1$ and $1$, and `running` becomes
# $(0.9 \cdot 0 + 0.1 \cdot 2,\; 0.9 \cdot 1 + 0.1 \cdot 1) = (0.2, 1)$. At test time the mean is 0
# and the variance 1: `out` is 1 and 3, and `running` stays as it is.
#
# </details>

# %% [markdown]
# ### Exercise 1: `Layer` (4 points)
#
# Write `forward`, for layers without running numbers and with them, and `backward`.
#
# By hand, an FC layer with the inputs 1 and 2, the weights 3 and 4 and the bias 0.5: `out` is
# $1 \cdot 3 + 2 \cdot 4 + 0.5 = 11.5$. For `dout` $= 10$, `dx` is 10 times the weights, $[30, 40]$,
# `dw` 10 times the input, $[10, 20]$, and `db` is 10. For batch norm, the numbers of the answer above.
#
# A layer without running numbers has `running=None`. Its function knows nothing of modes and does
# the same in both. Below the class, `there_and_back` is ready; a check uses it.
#
# <details><summary>Hint</summary>
#
# In a call, `*` hands over what is in a list and `**` what is in a dict, even if that is nothing. A
# result of backward that is a tuple starts with `dx`; the rest are gradients of parameters.
#
# </details>


# %% exercise="Layer"
class Layer:
    """A layer as an object: a pair of functions, parameters, and the cache between the two.

    Attributes:
        params: list of arrays: [w, b], or [] for a layer without weights.
        grads: after backward, the gradient of each of params, a list in the same order.
        running: what the layer keeps from batch to batch, a tuple; None for most layers.
    """

    def __init__(self, forward, backward, params=(), running=None, **how):
        """Make a layer.

        Args:
            forward: a function of (x, *params, **how) that returns (out, cache). Where `running`
                is not None, of (x, *params, running, train, **how), and it returns (out, cache,
                running).
            backward: a function of (dout, cache) that returns dx, or (dx, dw, db).
            params: list of arrays.
            running: numbers to begin with, a tuple, or None.
            **how: settings for forward, such as pad=1.
        """
        self.functions = forward, backward
        self.params = list(params)
        self.running = running
        self.how = how

    def forward(self, x, train=False):
        """Return the output for x, in training or at test time; keep the cache and running."""
        function = self.functions[0]
        if self.running is None:
            # out, of x, the parameters and the settings; and the cache, for self.cache.
            ### BEGIN SOLUTION
            out, self.cache = function(x, *self.params, **self.how)
            ### END SOLUTION
        else:
            # The same, with the running numbers and the mode; and new numbers, for self.running.
            ### BEGIN SOLUTION
            result = function(x, *self.params, self.running, train, **self.how)
            out, self.cache, self.running = result
            ### END SOLUTION
        return out

    def backward(self, dout):
        """Return dx for dout, and keep the gradients of the parameters in grads."""
        result = self.functions[1](dout, self.cache)
        # dx to return; and the gradients of the parameters, a list, for self.grads.
        ### BEGIN SOLUTION
        dx, *self.grads = result if isinstance(result, tuple) else (result,)
        return dx
        ### END SOLUTION


def there_and_back(layer, x, dout):
    """Send x forward and dout back; return out, dx and the layer's gradients."""
    out = layer.forward(x)
    dx = layer.backward(dout)
    return out, dx, layer.grads


# %% [markdown]
# Try it: the unit, a ReLU, which blocks the gradient where `x` is negative, and the batch norm in
# training.

# %%
fc = Layer(affine_forward, affine_backward, [np.array([[3.0], [4.0]]), np.array([0.5])])
print(there_and_back(fc, np.array([[1.0, 2.0]]), np.array([[10.0]])))
relu = Layer(relu_forward, relu_backward)
print(there_and_back(relu, np.array([-1.0, 2.0]), np.array([5.0, 7.0])))
norm = Layer(*own_pair("NORM"), [np.ones(1), np.zeros(1)], (np.zeros(1), np.ones(1)))
two = np.array([1.0, 3.0]).reshape(2, 1, 1, 1)
print(norm.forward(two, train=True).ravel().round(3), norm.running)

# %% check="Layer" points=1
# 1 point. Shown: forward, and padding handed on. Hidden: random layers of all four kinds.
w, b = np.array([[3.0], [4.0]]), np.array([0.5])
fc = Layer(affine_forward, affine_backward, [w, b])
check.same(fc.forward(np.array([[1.0, 2.0]])), [[11.5]], "FC")
check.same(fc.params, [w, b], "params")
conv = Layer(conv_forward, conv_backward, [np.ones((1, 1, 3, 3)), np.zeros(1)], pad=1)
check.same(
    conv.forward(np.ones((1, 1, 2, 2)), train=True),
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
    for train in (False, True):
        check.same(Layer(*pair, params, **how).forward(x, train), expected, "out")
### END HIDDEN TESTS

# %% check="there_and_back" points=2
# 2 points. Shown: the unit and the ReLU, both ways. Hidden: random layers, two of them in turns.
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

# %% check="Layer" part="modes" points=1
# 1 point. Shown: batch norm on 1 and 3, in both modes. Hidden: random batches, and dropout.
pair = spatial_batchnorm_forward, spatial_batchnorm_backward
two = np.array([1.0, 3.0]).reshape(2, 1, 1, 1)
norm = Layer(*pair, [np.ones(1), np.zeros(1)], (np.zeros(1), np.ones(1)))
check.same(norm.forward(two).ravel(), [1.0, 3.0], "out at test time", rtol=1e-4)
check.same(norm.forward(two, train=True).ravel(), [-1.0, 1.0], "out in training", rtol=1e-4)
check.same(norm.running[0], [0.2], "running mean", hint="The third result is the new running.")
check.same(norm.forward(two).ravel(), [0.8, 2.8], "out at test time, with it", rtol=1e-4)
### BEGIN HIDDEN TESTS
from autograder.judging import judge

random = judge.rng()
x, gamma, beta, mean = (random.normal(size=shape) for shape in ((4, 3, 2, 5), 3, 3, 3))
begun = mean, random.uniform(0.5, 2, size=3)
for functions, params, running, how in (
    (pair, [gamma, beta], begun, {}),
    (pair, [gamma, beta], begun, {"momentum": 0.5}),
    ((drop_in_turn, dropout_backward), [], (int(random.integers(100)),), {"p": 0.6}),
):
    layer = Layer(*functions, params, running, **how)
    for train in (True, True, False, True):
        out, cache, running = functions[0](x, *params, running, train, **how)
        check.same(layer.forward(x, train), out, "out")
        check.same(list(layer.running), list(running), "running")
        if train:
            result = functions[1](x, cache)
            dx, *grads = result if isinstance(result, tuple) else (result,)
            check.same(layer.backward(x), dx, "dx")
            check.same(list(layer.grads), grads, "grads")
### END HIDDEN TESTS

# %% [markdown]
# **Take away.** A layer is two functions and a memory; some also need to know whether the net is
# being trained.
#
# > **If you know other libraries.** A PyTorch module is told its mode once, by `net.train()` or
# > `net.eval()`. What we call running numbers it calls buffers.

# %% [markdown]
# ## 3. A net is a list of layers
#
# Forward, each layer gets what the one before it gave. Backward, each gets the `dx` of the one after
# it, from the end of the list to its beginning: the chain rule of lesson 03, layer by layer.
#
# **Predict before you run.** Two layers of one weight each, without bias: $x = 2$ is multiplied by
# $w_0 = 3$ and then by $w_1 = 5$. What comes out? For `dout` $= 1$, what are the gradients of
# $w_0$, $w_1$ and $x$?
#
# <!-- guess 09/chain
# number | what comes out | 30
# row | the gradients of `w0`, `w1` and `x` | 10, 6, 15
# -->
#
# <details><summary>Answer</summary>
#
# $2 \cdot 3 \cdot 5 = 30$. The gradient of each factor is the product of the others: 10, 6 and 15.
#
# </details>

# %% [markdown]
# An optimizer knows nothing of layers. It wants one list of parameters and one of gradients.
# `net.params` gives all parameters in order, and `net.params = new` hands them back to the layers,
# two to one with weights and none to one without. `net.grads` has the same order.
#
# ### Exercise 2: `Sequential` and `loss_and_grads` (3 points)
#
# In the class only `backward` is missing. In `loss_and_grads`, go forward in training mode, take
# `softmax_loss`, go backward. `softmax_loss(scores, y)` returns the loss and `dscores`,
# its gradient.
#
# By hand: with all weights zero each of ten classes gets the probability $1/10$. So the loss is
# $-\log(1/10) = \log 10 = 2.303$, whatever the picture.


# %% exercise="Sequential"
class Sequential:
    """A net: layers one after the other, in the list `layers`."""

    def __init__(self, layers):
        """Make a net of a list of layers, the first one first."""
        self.layers = list(layers)

    def forward(self, x, train=False):
        """Send x through all layers, in training or at test time; return what the last gives."""
        for layer in self.layers:
            x = layer.forward(x, train)
        return x

    def backward(self, dout):
        """Send dout back through all layers and return the gradient of the input."""
        ### BEGIN SOLUTION
        for layer in reversed(self.layers):
            dout = layer.backward(dout)
        return dout
        ### END SOLUTION

    @property  # a method that is read like an attribute
    def params(self):
        """All parameters, one list of arrays, those of the first layer first."""
        return [p for layer in self.layers for p in layer.params]

    @params.setter
    def params(self, params):
        """Give each layer its part of a list like the one that params returns."""
        left = iter(params)
        for layer in self.layers:
            layer.params = [next(left) for _ in layer.params]

    @property
    def grads(self):
        """After backward: the gradients of params, in the same order."""
        return [dp for layer in self.layers for dp in layer.grads]

    @property
    def running(self):
        """The running numbers of each layer, a list of tuples and None."""
        return [layer.running for layer in self.layers]

    @running.setter
    def running(self, running):
        """Give each layer its running numbers."""
        for layer, its in zip(self.layers, running, strict=True):
            layer.running = its


def loss_and_grads(net, x, y):
    """Compute the softmax loss of a batch in training mode, and its gradients.

    Args:
        net: a Sequential that ends in class scores.
        x: pictures, shape (N, C, H, W).
        y: their classes, shape (N,).

    Returns:
        loss: a number.
        grads: the gradients of net.params, a list of arrays.
    """
    # loss, a number; and the way back, after which the net has its gradients.
    ### BEGIN SOLUTION
    loss, dscores = softmax_loss(net.forward(x, train=True), y)
    net.backward(dscores)
    ### END SOLUTION
    return loss, net.grads


# %% [markdown]
# Try it on the two weights, 3 and 5. The biases are zero; their gradients are 5 and 1.

# %%
weights = [[np.array([[3.0]]), np.zeros(1)], [np.array([[5.0]]), np.zeros(1)]]
net = Sequential([Layer(affine_forward, affine_backward, pair) for pair in weights])
print(net.forward(np.array([[2.0]])), net.backward(np.array([[1.0]])))
print([dp.tolist() for dp in net.grads])

# %% check="Sequential" points=2
# 2 points. Shown: the two weights. Hidden: a random ConvNet in both modes, and new parameters.
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
drop = Sequential([Layer(drop_in_turn, dropout_backward, running=(8,), p=0.5)])
check.same(drop.forward(np.ones((1, 4))), np.ones((1, 4)), "dropout at test time")
check.same(
    drop.forward(np.ones((1, 4)), train=True),
    dropout_forward(np.ones((1, 4)), 0.5, 8)[0],
    "dropout in training",
    hint="Each layer is told the mode.",
)
### BEGIN HIDDEN TESTS
from autograder.judging import judge

random = judge.rng()
shapes = ((4, 2, 3, 3), 4, 4, 4, (3, 4, 3, 3), 3, (18, 5), 5)
old, new = ([random.normal(size=shape) for shape in shapes] for _ in range(2))


def make(one, whole):
    conv, relu = (conv_forward, conv_backward), one(relu_forward, relu_backward)
    first, second = one(*conv, old[:2], pad=1), one(*conv, old[4:6], pad=1)
    begun = np.zeros(4), np.ones(4)
    norm = one(spatial_batchnorm_forward, spatial_batchnorm_backward, old[2:4], begun)
    pool = one(max_pool_forward, max_pool_backward)
    drop = one(drop_in_turn, dropout_backward, running=(3,), p=0.7)
    last = one(affine_forward, affine_backward, old[6:])
    return whole([first, norm, relu, second, pool, drop, last])


mine, right = make(Layer, Sequential), make(judge.reference("Layer"), judge.reference("Sequential"))
for params in (old, new):
    x, dout = random.normal(size=(3, 2, 4, 6)), random.normal(size=(3, 5))
    mine.params, right.params = params, params
    check.same(mine.params, params, "params")
    check.same(mine.forward(x, True), right.forward(x, True), "out in training")
    check.same(mine.backward(dout), right.backward(dout), "dx")
    check.same(mine.grads, right.grads, "grads")
    check.same(mine.forward(x), right.forward(x), "out at test time")
### END HIDDEN TESTS

# %% check="loss_and_grads" points=1
# 1 point. Shown: all weights zero, ten classes. Hidden: random nets, one of them with dropout.
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


def make(one, whole, p):
    first = one(affine_forward, affine_backward, params[:2])
    middle = one(relu_forward, relu_backward), one(drop_in_turn, dropout_backward, [], (5,), p=p)
    second = one(affine_forward, affine_backward, params[2:])
    return whole([first, *middle, second])


for p, scale in ((1.0, 1.0), (1.0, -0.5), (0.5, 1.0)):
    mine = make(Layer, Sequential, p)
    right = make(judge.reference("Layer"), judge.reference("Sequential"), p)
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
# > **If you know other libraries.** PyTorch has a `Sequential`, too. Its `CrossEntropyLoss` is our
# > `softmax_loss`. Its `grad` adds up over calls until it is set to zero; ours is made anew.

# %% [markdown]
# ## 4. Sizes, and weights to start from
#
# How large should the picture be, and how large the filters? A few rules serve for most nets.
#
# - The input can be divided by 2 many times: 32, 64, 96, 224, 384 or 512. Five pools fit into
#   $224 = 2^5 \cdot 7$, and 7 x 7 is left.
# - Filters are small, 3 x 3, with stride 1 and the padding that keeps the size: $P = (F - 1)/2 =
#   1$. The pools do all the downsampling, by 2 each.
# - Where memory is short, the compromise is made in the first layer, whose maps are the largest: ZF
#   Net has 7 x 7 filters with stride 2 there, AlexNet 11 x 11 with stride 4.
#
# The numbers in the filters start at random, or all filters would learn the same. With a ReLU after
# each layer, the He initialisation of lesson 08 keeps activations in range: mean 0 and standard
# deviation $\sqrt{2/D}$, where $D$ is the number of inputs of one unit, $9 C$ for a 3 x 3 filter over
# $C$ channels. The last layer makes the scores, and a new net should not be sure of anything. So its
# weights are divided by 10.
#
# Two functions are given. `draw_weights` walks along the names and keeps track of the shape $(C, H,
# W)$ on its way. `build_net` makes a net of names and weights. Your own layers have loops and are
# right; those of `quick_pair` are quick, and will be used for training.


# %%
def draw_weights(names, shape, filters, units, seed=0):
    """Draw first parameters, a list for each name after INPUT; shape is (C, H, W)."""
    rng = np.random.default_rng(seed)
    (C, H, W), filters, units, weights = shape, iter(filters), iter(units), []
    for name in names[1:]:
        params = []
        if name == "CONV":
            F = next(filters)
            params = [rng.normal(0, np.sqrt(2 / (9 * C)), (F, C, 3, 3)), np.zeros(F)]
            C = F
        elif name == "NORM":
            params = [np.ones(C), np.zeros(C)]
        elif name == "POOL":
            H, W = H // 2, W // 2
        elif name == "FC":
            D, C, H, W = C * H * W, next(units), 1, 1
            params = [rng.normal(0, np.sqrt(2 / D), (D, C)), np.zeros(C)]
        weights.append(params)
    weights[-1][0] = weights[-1][0] / 10
    return weights


def build_net(names, weights, pair=own_pair, dtype=float):
    """Make a net of names and weights."""
    made = []
    for name, params in zip(names[1:], weights, strict=True):
        params = [p.astype(dtype) for p in params]
        running = None
        if name == "NORM":  # begin with mean 0 and variance 1
            running = np.zeros_like(params[0]), np.ones_like(params[0])
        elif name == "DROP":  # begin with the mask of seed 0
            running = (0,)
        how = {"CONV": {"pad": 1}, "DROP": {"p": 0.5}}
        made.append(Layer(*pair(name), params, running, **how.get(name, {})))
    return Sequential(made)


# %% [markdown]
# Try them on the net that section 11 will train, with batch norm after each convolution. Up to
# chance, the standard deviation of the filters should be $\sqrt{2/27} = 0.272$ and $\sqrt{2/72} =
# 0.167$, for $D$ is $9 \cdot 3$ and $9 \cdot 8$. That of the FC layer, with $16 \cdot 8 \cdot 8 = 1024$
# inputs, should be a tenth of $\sqrt{2/1024} = 0.044$.

# %%
names = layer_names(N=1, M=2)
normed = [n for name in names for n in ([name, "NORM"] if name == "CONV" else [name])]
print(normed)
for params in draw_weights(normed, (3, 32, 32), [8, 16], [10]):
    print([p.shape for p in params], [round(float(p.std()), 4) for p in params])

# %% [markdown]
# **The first test of every net.** A net that favours no class gives each of $C$ classes the
# probability $1/C$, so the first loss is about $\log C$.
#
# **Predict before you run.** What is it for 10 classes, for 6, and for the 1000 of ImageNet? And
# what if the last layer is not divided by 10?
#
# <!-- guess 09/first
# row | for 10, 6 and 1000 classes | 2.303, 1.792, 6.908
# choice | with a last layer that is not divided | the loss is lower | it stays the same | * it is higher
# -->
#
# <details><summary>Answer</summary>
#
# 2.303, 1.792 and 6.908. With larger weights in the last layer the net is sure of something before
# it has seen anything, and it is mostly wrong: the loss is higher.
#
# </details>

# %% tags=["experiment"]
names = layer_names(N=1, M=1)
pictures = np.random.default_rng(9).normal(size=(100, 3, 8, 8))
for K in (6, 10, 1000):
    y = np.arange(100) % K
    weights = draw_weights(names, (3, 8, 8), [8], [K])
    small = loss_and_grads(build_net(names, weights, quick_pair), pictures, y)[0]
    weights[-1][0] = 10 * weights[-1][0]
    large = loss_and_grads(build_net(names, weights, quick_pair), pictures, y)[0]
    print(f"{K:4} classes: log C = {np.log(K):.3f}, first loss {small:.3f}, undivided {large:.3f}")

# %% [markdown]
# **Take away.** Small filters, size kept, pools halve; and the first loss is $\log C$, or something
# is wrong.

# %% [markdown]
# ## 5. Is the whole gradient right?
#
# **The second test of every net.** Each layer passed its own check. The net as a whole can still be
# wrong: a layer left out on the way back, two gradients in the wrong order.
#
# Thousands of parameters are too many to measure one by one. So go one small step $h$ along a random
# direction $v$ in all parameters at once, and one back, as you did for a single layer in lesson 03.
# How fast does the loss $f$ change? Measured, and according to the gradients:
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
# <!-- guess 09/gap
# number | the gap | 1/6
# choice | with another `v` the gap is | larger or smaller | * the same | of the other sign
# -->
#
# <details><summary>Answer</summary>
#
# numeric is $6 v$, analytic is $5 v$: the gap is $1/6 = 0.167$, for every $v$.
#
# </details>

# %% [markdown]
# The direction has as many arrays as there are arrays of parameters:


# %%
def slope_gap(f, params, grads, seed=0, h=1e-5):
    """Measure how far gradients are from the slope along one random direction; 0 if both are 0."""
    rng = np.random.default_rng(seed)
    vs = [rng.normal(size=p.shape) for p in params]
    up = f([p + h * v for p, v in zip(params, vs, strict=True)])
    down = f([p - h * v for p, v in zip(params, vs, strict=True)])
    numeric = (up - down) / (2 * h)
    analytic = sum(np.sum(dp * v) for dp, v in zip(grads, vs, strict=True))
    return float(abs(numeric - analytic) / max(abs(numeric), abs(analytic), 1e-12))


# %% [markdown]
# Try it on the parabola, then on a whole net of your own layers and your own `backward`: a
# convolution, batch norm, dropout and a hidden layer. Each time the loss is measured, `running` is
# set back, so that both sides drop the same units. The last line doubles one of the right gradients.

# %%
square = lambda params: float(np.sum(params[0] ** 2))
for dp in (6.0, 5.0):
    print(f"{slope_gap(square, [np.array([3.0])], [np.array([dp])]):.3g}")

names = ["INPUT", "CONV", "NORM", "RELU", "POOL", "FC", "RELU", "DROP", "FC"]
net = build_net(names, draw_weights(names, (2, 4, 6), [4], [8, 3]))
x, y = np.random.default_rng(5).normal(size=(4, 2, 4, 6)), np.array([0, 2, 1, 1])
begun = net.running


def loss_of_params(params):
    net.params, net.running = params, begun
    return loss_and_grads(net, x, y)[0]


params, (_, grads) = net.params, loss_and_grads(net, x, y)
for given in (grads, [*grads[:-1], 2 * grads[-1]]):
    print(f"{slope_gap(loss_of_params, params, given):.3g}")

# %% [markdown]
# How small a gap is small enough? In float64 and with $h$ near $10^{-5}$, a gap below $10^{-6}$ is
# right and one above $10^{-3}$ is wrong. In between, try other directions: a kink is near some of
# them, a mistake is in nearly all.
#
# **Take away.** One random direction tests all parameters of a net at once.
#
# **Going further**, without points: why that $h$, and why float64? Try many steps in both types, with
# gradients that are right.

# %% tags=["experiment", "plot"] alt="A plot with two logarithmic axes: slope_gap against h. In float64 the gap has a valley, 1e-10 deep at h = 1e-6. In float32 it is below a hundredth only for h = 1e-4 and 1e-3."
names = layer_names(N=2, M=1, K=1)
weights = draw_weights(names, (2, 4, 6), [3, 4], [5, 3])
x, y = np.random.default_rng(5).normal(size=(2, 2, 4, 6)), np.array([0, 2])
steps = 10.0 ** np.arange(-11, 0)
for dtype, line in ((np.float32, "s--"), (np.float64, "o-")):
    net = build_net(names, weights, quick_pair, dtype)
    params, grads = net.params, loss_and_grads(net, x.astype(dtype), y)[1]

    def loss_with(new, net=net, dtype=dtype):
        net.params = [p.astype(dtype) for p in new]
        return loss_and_grads(net, x.astype(dtype), y)[0]

    gaps = [max(slope_gap(loss_with, params, grads, s, h) for s in range(3)) for h in steps]
    plt.loglog(steps, np.maximum(gaps, 1e-12), line, label=np.dtype(dtype).name)
    print(np.dtype(dtype).name, *(f"{gap:.0e}" for gap in gaps))
plt.title("Gap of right gradients: too large a step, or too small")
plt.xlabel("h")
plt.ylabel("slope_gap, the worst of three directions")
plt.legend()
plt.show()

# %% [markdown]
# Look at the two valleys. In float64 the gap falls to about $10^{-10}$ at $h = 10^{-6}$, and stays
# below $10^{-6}$ from $10^{-9}$ to $10^{-4}$. Further left the two losses are so alike that their
# difference is mostly rounding. Further right the loss bends, and here and there a ReLU or a maximum
# switches within the step.
#
# In float32 the valley is narrow and shallow: the gap is about $10^{-3}$ for $h$ between $10^{-4}$
# and $10^{-3}$. There a gradient that is off by a tenth can be told from a right one, and a small
# mistake cannot.

# %% [markdown]
# ## 6. How to take a step
#
# The gradient says where the loss rises. How should you walk?
#
# **SGD**, stochastic gradient descent, takes a step straight down, of length `rate` times the
# gradient. `rate` is called the **learning rate**: $w \leftarrow w - \text{rate} \cdot dw$.


# %% given="sgd"
def sgd(w, dw, state, rate):
    """Take a step down the gradient; return the new w and the state, which is not used."""
    return w - rate * dw, state


# %% [markdown]
# It has a weakness. In a narrow valley the gradient points across, hardly along. The steps jump
# from wall to wall. **Momentum** remembers a velocity $v$. What changes its sign cancels out, and
# what keeps its sign adds up:
#
# $$v \leftarrow \mu \, v - \text{rate} \cdot dw \qquad w \leftarrow w + v$$
#
# **Predict before you run.** $w = 1$, the rate is 0.1, and the gradient 0.5 at every step. Where is
# $w$ after one and after two steps of SGD? Of momentum with $\mu = 0.9$, starting at rest? How long
# do momentum's steps become if this goes on?
#
# <!-- guess 09/momentum
# row | `w` after one and two steps of SGD | 0.95, 0.9
# row | after one and two of momentum | 0.95, 0.855
# number | how long momentum's steps become | 0.5
# -->
#
# <details><summary>Answer</summary>
#
# SGD: 0.95 and 0.9. Momentum: $v = -0.05$, then $-0.045 - 0.05 = -0.095$; so 0.95 and 0.855. In the
# end $v$ no longer changes: $v = 0.9 v - 0.05$ gives $v = -0.5$, ten times SGD's step.
#
# </details>

# %% [markdown]
# A step takes one array of parameters, its gradient and a `state`, and returns new ones. The state is
# a dict, empty at first; momentum keeps its velocity there. Steps are **pure** functions: what they
# are given stays as it was. `w += ...` would change the caller's array; write `w + ...`.


# %%
def momentum(w, dw, state, rate=0.1, mu=0.9):
    """Take a step with momentum; return the new w, and the new state {"v": velocity}."""
    v = mu * state.get("v", np.zeros_like(w)) - rate * dw
    return w + v, {"v": v}


w, state = np.array([1.0]), {}
for _ in range(2):
    w, state = momentum(w, np.array([0.5]), state)
    print(w, state)

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
# <!-- guess 09/adam
# number | `w` after the first step | 0.9
# number | with a gradient of 500 | 0.9
# -->
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

# %% [markdown]
# **Weight decay.** A net that may use large weights can draw a sharp border around each training
# picture. So let every weight shrink a little in every step, unless its gradient pulls it back:
#
# $$w \leftarrow w - \text{rate} \cdot \left( \frac{\hat m}{\sqrt{\hat s} + \text{eps}} +
# \text{decay} \cdot w \right)$$
#
# An older way adds $\text{decay} \cdot w$ to the gradient. Adam would divide it by $\sqrt{\hat s}$, and
# weights with large gradients would hardly shrink. Beside the step, as here, all shrink at one pace;
# Adam is then called **AdamW**.
#
# ### Exercise 3: `adam` (3 points)
#
# The state is `{"m": ..., "s": ..., "t": ...}`, or `{}` before the first step. It is taken apart for
# you, and `t` counts this step already. By hand, as above: 0.9 after one step, and 0.8 after two
# with the same gradient. With a decay of 0.5 the first step leads to $1 - 0.1 \cdot (1 + 0.5) =
# 0.85$.


# %% exercise="adam"
def adam(w, dw, state, rate=1e-3, decay=0.0, beta1=0.9, beta2=0.999, eps=1e-8):
    """Take a step of Adam with weight decay (Kingma and Ba 2014, Loshchilov and Hutter 2017).

    Args:
        w: parameters, any shape.
        dw: their gradient.
        state: {"m": running mean, "s": running mean of squares, "t": steps so far}, or {}.
        rate: length of the first step.
        decay: the share of w, times rate, by which w shrinks beside the step.
        beta1: share of m that is kept.
        beta2: share of s that is kept.
        eps: added to the root, so that nothing is divided by 0.

    Returns:
        The new w, and the new state.
    """
    t = state.get("t", 0) + 1
    m, s = state.get("m", np.zeros_like(w)), state.get("s", np.zeros_like(w))
    # The new m, s and w, each of the shape of w. What has a hat is for the step alone.
    ### BEGIN SOLUTION
    m = beta1 * m + (1 - beta1) * dw
    s = beta2 * s + (1 - beta2) * dw**2
    m_hat, s_hat = m / (1 - beta1**t), s / (1 - beta2**t)
    step = m_hat / (np.sqrt(s_hat) + eps) + decay * w
    w = w - rate * step
    ### END SOLUTION
    return w, {"m": m, "s": s, "t": t}


# %% [markdown]
# Try two steps with the gradients 0.5 and 500. Both weights move alike. Then one with decay:

# %%
w, state = np.array([1.0, 1.0]), {}
for _ in range(2):
    w, state = adam(w, np.array([0.5, 500.0]), state, rate=0.1)
    print(w, state["t"])
print(adam(np.array([1.0]), np.array([0.5]), {}, rate=0.1, decay=0.5)[0])

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
    judge.value("adam", adam, w, dw, {}, rate, 0.0, beta1, beta2, eps)
    judge.value("adam", adam, w, dw, state, rate, 0.0, beta1, beta2, eps)
    judge.value("adam", adam, w, np.zeros(shape), {}, rate)
### END HIDDEN TESTS

# %% check="adam" part="decay" points=1
# 1 point. Shown: a decay of 0.5, and a gradient of 0. Hidden: any decay, at any step.
w = np.array([1.0, 4.0])
new, state = adam(w, np.array([0.5, 0.0]), {}, 0.1, 0.5)
check.same(new, [0.85, 3.8], "w after one step", hint="The second weight: 4 - 0.1 * 0.5 * 4.")
check.same(w, [1.0, 4.0], "the old w")
check.same(state["m"], [0.05, 0.0], "m", hint="The decay stands beside the step, not in m.")
### BEGIN HIDDEN TESTS
from autograder.judging import judge

random = judge.rng()
for shape in ((4,), (3, 2), (2, 3, 1, 4)):
    w, dw, m = (random.normal(size=shape) for _ in range(3))
    state = {"m": m, "s": random.uniform(0.1, 2, size=shape), "t": int(random.integers(1, 5))}
    rate, decay = (float(number) for number in random.uniform(0.2, 0.8, size=2))
    for begun in ({}, state):
        plain, kept = adam(w, dw, begun, rate)
        new, same = adam(w, dw, begun, rate, decay)
        check.same(new, plain - rate * decay * w, "w with decay")
        check.same(same, kept, "state with decay")
### END HIDDEN TESTS

# %% [markdown]
# The rate need not stay the same. Long steps are good for finding the valley, short ones for coming
# to rest at its bottom. A **schedule** says what the rate of step $t$ is, from here on counted
# from 0. A common one begins with a **warm-up**, while Adam's means still rest on few gradients: a
# few steps in which the rate rises evenly, $\text{rate} \cdot (t + 1)/\text{warmup}$. Then it
# follows half a wave of the cosine down to 0:
#
# $$\text{rate} \cdot \frac{1 + \cos(\pi \cdot \text{done})}{2} \qquad
# \text{done} = \frac{t - \text{warmup}}{\text{steps} - \text{warmup}}$$
#
# **Predict before you run.** The largest rate is 0.4, there are 10 steps, and 2 of them are the
# warm-up. What is the rate of the steps 0, 1, 2 and 6?
#
# <!-- guess 09/cosine
# row | the rates of steps 0, 1, 2 and 6 | 0.2, 0.4, 0.4, 0.2
# -->
#
# <details><summary>Answer</summary>
#
# 0.2 and 0.4 in the warm-up. Step 2 has $\text{done} = 0$, and the cosine is 1: 0.4. Step 6 has
# $\text{done} = \tfrac12$, and the cosine is 0: half of it, 0.2.
#
# </details>


# %%
def cosine_rate(t, steps, rate, warmup=0):
    """Return the learning rate of step t, counted from 0: a warm-up, then half a wave down to 0."""
    if t < warmup:
        return rate * (t + 1) / warmup
    done = (t - warmup) / (steps - warmup)
    return rate * (1 + np.cos(np.pi * done)) / 2


print([round(float(cosine_rate(t, 10, 0.4, 2)), 3) for t in range(10)])

# %% [markdown]
# **Take away.** Momentum adds up what keeps its direction; Adam makes all weights walk at one pace;
# a schedule shortens the steps towards the end.

# %% [markdown]
# **Going further**, without points: see the three walk. The loss $(w_0^2 + 50 \, w_1^2)/2$ is a valley,
# fifty times as steep across as along. All start at the same place and take 30 steps.

# %% tags=["experiment", "plot"] alt="Contour lines of a narrow valley, and three paths to its middle. SGD jumps from wall to wall and comes two thirds of the way; momentum swings and overshoots; Adam cuts down at an angle."
across, along = np.meshgrid(np.linspace(-1.6, 1.6, 80), np.linspace(-4.6, 1.6, 80))
levels = 10.0 ** np.arange(-0.5, 2, 0.5)
plt.figure(figsize=(8, 4))
plt.contour(along, across, (along**2 + 50 * across**2) / 2, levels, colors="grey", linewidths=0.5)
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
# Look at the first steps. SGD jumps from wall to wall and hardly gets forward. Momentum swings too,
# but along the valley it gathers speed. Adam does not see the walls: its first steps are as long
# along as across. Both get there sooner, and both overshoot.

# %% [markdown]
# ## 7. A loop that can be stopped
#
# A step should not wait for all 5000 pictures. It takes a **mini-batch** of 50, so the gradient is
# a little wrong and a hundred times cheaper. Once every picture has been seen, an **epoch** is
# over, and they are shuffled anew. Pictures that do not fill a batch are left out of that epoch.
#
# **Predict before you run.** 5000 pictures, batches of 50: how many steps does an epoch have? How
# often is a picture seen in 200 steps? And how many steps does an epoch of 10 pictures have, in
# batches of 4?
#
# <!-- guess 09/epoch
# number | steps in an epoch | 100
# number | how often a picture is seen in 200 | 2
# number | steps with 10 pictures, batches of 4 | 2
# -->
#
# <details><summary>Answer</summary>
#
# 100 steps; twice. With 10 and 4 there are two whole batches. The two pictures left out come in
# another epoch, when the order is another one.
#
# </details>
#
# Step $t$ is to be the same whether the run was stopped before it or not. So its pictures must follow
# from $t$ alone. The order of an epoch comes from a generator of its own, made of the seed and the
# epoch's number:


# %%
def batch_rows(N, batch, t, seed=0):
    """Say which of N pictures step t sees, counted from 0; shape (batch,)."""
    epoch, i = divmod(t, N // batch)  # an epoch has as many whole batches as there are
    order = np.random.default_rng([seed, epoch]).permutation(N)
    return order[i * batch : (i + 1) * batch]


for t in range(6):
    print(t, batch_rows(10, 4, t))

# %% [markdown]
# Now the loop. All there is to know about a run goes into one dict:
#
# | key | value |
# |---|---|
# | `"params"` | the parameters, a list of arrays |
# | `"states"` | the optimizer's state for each of them, a list of dicts |
# | `"running"` | the running numbers of each layer, a list of tuples and `None` |
# | `"losses"` | the loss of every step so far, a list of numbers |
#
# The number of steps taken is `len(run["losses"])`, so a run knows where it stands. `train` takes a
# run and gives back a run. To resume, hand it the run again.
#
# The loop does not know what it trains. It gets a function `f(params, running, t)` that returns
# loss, gradients and the new running numbers for the mini-batch of step $t$; a step to take, such as
# `adam`; and a function `rate(t)`.
#
# The stop button, the notebook's black square, makes Python raise `KeyboardInterrupt` wherever it
# happens to be. If nobody catches it, all steps since the cell was started are lost.
#
# ### Exercise 4: `train` (5 points)
#
# Start, end and stop are given: begin at step `len(run["losses"])`, end when there are `steps` losses
# in all, catch the stop button. Write the step. `run` always has to be the run as it stood after its
# last whole step, and the run that was handed in stays as it was.
#
# By hand, the parabola $f = p^2$ from $p = 8$ with SGD and rate 0.25: each step halves $p$, as
# $8 - 0.25 \cdot 16 = 4$. The losses are 64, 16, 4. `train_stopped`, below, presses the stop button for
# you, at a step of your choice.
#
# <details><summary>Hint</summary>
#
# Make a new dict of the new parameters, states, running numbers and losses, and call it `run` in one
# statement. A stop then comes before it or after it.
#
# </details>


# %% exercise="train"
def train(f, run, steps, update, rate):
    """Train until a run has so many steps, or until it is stopped.

    Args:
        f: a function of (params, running, t) that returns loss, gradients and new running numbers
            of step t.
        run: {"params": list of arrays, "states": list of dicts, "running": list of tuples and
            None, "losses": list of numbers}.
        steps: number of steps in all, those already in run included.
        update: a function of (w, dw, state, rate) that returns new w and state, such as sgd.
        rate: a function of t that returns the learning rate of step t.

    Returns:
        The new run, of the same form. After a KeyboardInterrupt: the run so far.
    """
    try:
        for t in range(len(run["losses"]), steps):
            # Ask f; take a step for each array of parameters, with its gradient and its state; and
            # put a new run, with four new values, in the place of the old one.
            ### BEGIN SOLUTION
            loss, grads, running = f(run["params"], run["running"], t)
            parts = zip(run["params"], grads, run["states"], strict=True)
            params, states = zip(*(update(*part, rate(t)) for part in parts), strict=True)
            run = {
                "params": list(params),
                "states": list(states),
                "running": running,
                "losses": [*run["losses"], loss],
            }
            ### END SOLUTION
    except KeyboardInterrupt:
        pass  # the stop button: what run holds is returned
    return run


def train_stopped(f, run, steps, update, rate, last):
    """Train, and press the stop button at step `last`; None if train does not catch it."""

    def stopped(params, running, t):
        if t == last:
            raise KeyboardInterrupt
        return f(params, running, t)

    try:
        return train(stopped, run, steps, update, rate)
    except KeyboardInterrupt:
        return None


# %% [markdown]
# Try it on the parabola: stopped after two steps, and resumed up to three. In place of running
# numbers it counts its calls.

# %%
def parabola(params, running, t):
    return float(np.sum(params[0] ** 2)), [2 * params[0]], [(running[0][0] + 1,)]


run = {"params": [np.array([8.0])], "states": [{}], "running": [(0,)], "losses": []}
run = train_stopped(parabola, run, 3, sgd, lambda t: 0.25, last=2)
print(run)
print(train(parabola, run, 3, sgd, lambda t: 0.25))

# %% check="train" points=3
# 3 points. Shown: three steps on the parabola. Hidden: several arrays, states, rates, and resuming.
parabola = lambda params, running, t: (
    float(np.sum(params[0] ** 2)),
    [2 * params[0]],
    [(running[0][0] + 1,)],
)
run = {"params": [np.array([8.0])], "states": [{}], "running": [(0,)], "losses": []}
done = train(parabola, run, 3, sgd, lambda t: 0.25)
check.same(done["losses"], [64.0, 16.0, 4.0], "losses")
check.same(done["params"], [np.array([1.0])], "params")
check.same(list(done["running"][0]), [3], "calls, kept as running numbers")
check.same(len(run["losses"]), 0, "steps in the run handed in", hint="Make a new dict.")
done = train(parabola, run, 2, sgd, lambda t: [0.25, 0.5][t])
check.same(done["params"], [np.array([0.0])], "params with rates 0.25 and 0.5")
### BEGIN HIDDEN TESTS
from autograder.judging import judge

random = judge.rng()
slopes = random.normal(size=12)


def bowl(params, running, t):
    loss = sum(float(np.sum((p - slopes[t]) ** 2)) for p in params)
    return loss, [2 * (p - slopes[t]) for p in params], [None, (0.5 * running[1][0] + slopes[t],)]


def swing(w, dw, state, rate):
    v = 0.5 * state.get("v", np.zeros_like(w)) - rate * dw
    return w + v, {"v": v}


params = [random.normal(size=s) for s in ((2, 3), 4)]
run = {"params": params, "states": [{}, {}], "running": [None, (1.0,)], "losses": []}
fall = lambda t: 0.1 / (t + 1)
half = judge.reference("train")(bowl, run, 3, swing, fall)
for begun, steps in ((run, 1), (run, 7), (half, 7), (half, 3), (half, 4)):
    expected = judge.reference("train")(bowl, begun, steps, swing, fall)
    done = train(bowl, begun, steps, swing, fall)
    for key in ("params", "states", "losses"):
        check.same(list(done[key]), expected[key], key)
    check.same(done["running"][1][0], expected["running"][1][0], "running")
check.same(len(half["losses"]), 3, "steps in the run handed in")
### END HIDDEN TESTS

# %% check="train" part="stop" points=2
# 2 points. Shown: stopped before step 2, and resumed. Hidden: other runs, stopped at any step.
parabola = lambda params, running, t: (
    float(np.sum(params[0] ** 2)),
    [2 * params[0]],
    [(running[0][0] + 1,)],
)
run = {"params": [np.array([8.0])], "states": [{}], "running": [(0,)], "losses": []}
half = train_stopped(parabola, run, 3, sgd, lambda t: 0.25, 2)
check.same(
    half,
    {"params": [np.array([2.0])], "states": [{}], "running": [(2,)], "losses": [64.0, 16.0]},
    "the run when stopped",
    hint="When the stop comes, run has to hold the step before.",
)
done = train(parabola, half, 3, sgd, lambda t: 0.25)
check.same(done["losses"], [64.0, 16.0, 4.0], "losses, resumed")
### BEGIN HIDDEN TESTS
from autograder.judging import judge

random = judge.rng()
slopes = random.normal(size=12)


def bowl(params, running, t):
    loss = sum(float(np.sum((p - slopes[t]) ** 2)) for p in params)
    return loss, [2 * (p - slopes[t]) for p in params], [(0.5 * running[0][0] + slopes[t],)]


def swing(w, dw, state, rate):
    v = 0.5 * state.get("v", np.zeros_like(w)) - rate * dw
    return w + v, {"v": v}


params = [random.normal(size=s) for s in ((2, 3), 4)]
run = {"params": params, "states": [{}, {}], "running": [(1.0,)], "losses": []}
fall = lambda t: 0.1 / (t + 1)
whole = judge.reference("train")(bowl, run, 6, swing, fall)
for last in (0, 1, 4):
    half = train_stopped(bowl, run, 6, swing, fall, last)
    expected = judge.reference("train")(bowl, run, last, swing, fall)
    check.same(half, expected, "the run when stopped")
    check.same(train(bowl, half, 6, swing, fall), whole, "the run when resumed")
### END HIDDEN TESTS

# %% [markdown]
# `loss_of` makes the function `f` of a net and its pictures, `fresh` starts a run, and `watched`
# shows a bar with the loss and the time that is left.


# %%
def loss_of(net, x, y, batch=50, change=lambda x, t: x):
    """Make f(params, running, t) of a net; `change` may change the pictures of step t."""

    def f(params, running, t):
        rows = batch_rows(len(x), batch, t)
        net.params, net.running = params, running
        loss, grads = loss_and_grads(net, change(x[rows], t), y[rows])
        return loss, grads, net.running

    return f


def fresh(net):
    """Start a run with a net's parameters and running numbers."""
    states = [{} for _ in net.params]
    return {"params": net.params, "states": states, "running": net.running, "losses": []}


# %% tags=["experiment"]
from IPython.display import display


def watched(f, steps):
    """Wrap f so that every fifth step moves a progress bar."""
    begun = []  # time and number of the first step
    line = display({"text/plain": ""}, raw=True, display_id=True)

    def shown(params, running, t):
        begun.extend([time.monotonic(), t] if not begun else [])
        result = f(params, running, t)
        left = (time.monotonic() - begun[0]) / (t + 1 - begun[1]) * (steps - t - 1)
        bar = ("#" * (30 * (t + 1) // steps)).ljust(30, ".")
        if t % 5 == 0 or t + 1 == steps:
            text = f"{bar} step {t + 1} of {steps}, loss {result[0]:.3f}, {left:.0f} s left"
            line.update({"text/plain": text}, raw=True)
        return result

    return shown


# %% [markdown]
# A run that takes a night should survive a power cut. It is nothing but arrays and numbers, so it
# fits into an `.npz` file. Nothing is pickled, so nothing in it can run as a program. The running
# numbers belong to it: without them batch norm would begin anew at mean 0, and dropout would repeat
# its first masks.


# %%
def save_run(path, run):
    """Write a run to a file of plain arrays."""
    arrays = {f"params {i}": p for i, p in enumerate(run["params"])}
    for i, state in enumerate(run["states"]):
        arrays |= {f"states {i} {key}": value for key, value in state.items()}
    for i, running in enumerate(run["running"]):
        arrays |= {f"running {i} {j}": value for j, value in enumerate(running or ())}
    np.savez(path, losses=run["losses"], layers=len(run["running"]), **arrays)


def load_run(path):
    """Read a run from a file that save_run wrote."""
    with np.load(path, allow_pickle=False) as file:
        params = [file[f"params {i}"] for i in range(sum("params" in name for name in file))]
        states, running = [{} for _ in params], [()] * int(file["layers"])
        for part, i, key in (name.split() for name in file if name.count(" ") == 2):
            value = file[f"{part} {i} {key}"]
            value = value if value.ndim else value.item()  # a number
            if part == "states":
                states[int(i)][key] = value
            else:
                running[int(i)] += (value,)
        losses, running = file["losses"].tolist(), [r or None for r in running]
        return {"params": params, "states": states, "running": running, "losses": losses}


# %% [markdown]
# **The third test of every net.** Give it 20 pictures and let it learn them by heart. A net with
# thousands of weights does that in seconds. If it cannot, it will not learn 5000 either, and you
# know before the long run.
#
# The run below is stopped before step 20, written to a file, read again and resumed; beside it the
# same run without a stop. The net has batch norm and dropout, so there is much to keep.

# %% tags=["experiment"]
emoji = data.load("emoji10")
x_all = data.centred(emoji.x_train, emoji.mean)
names = [*normed[:-1], "DROP", "FC"]
weights = draw_weights(names, (3, 32, 32), [8, 16], [10])


def twenty_pictures():
    """Return a new net's f for the first twenty pictures, and its fresh run."""
    net = build_net(names, weights, quick_pair, np.float32)
    return watched(loss_of(net, x_all[:20], emoji.y_train[:20], 20), 40), fresh(net)


whole = train(*twenty_pictures(), 40, adam, lambda t: 3e-3)
half = train_stopped(*twenty_pictures(), 40, adam, lambda t: 3e-3, last=20)
path = Path(tempfile.mkdtemp()) / "twenty_pictures.npz"
save_run(path, half)
f, _ = twenty_pictures()
resumed = train(f, load_run(path), 40, adam, lambda t: 3e-3)
print("largest difference:", np.abs(np.subtract(whole["losses"], resumed["losses"])).max())

# %% tags=["experiment", "plot"] alt="A plot of the loss of twenty pictures over 40 steps, on a logarithmic axis. It falls from log 10 to below a hundredth. The part after the stop lies exactly on the run without a stop."
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
# Look at the left end: the curve begins at the thin line, $\log 10$. It falls to nearly nothing. And
# the dashed part lies in the grey band: the stop has left no trace.
#
# **Take away.** First loss $\log C$, gradient gap tiny, twenty pictures by heart: then train.

# %% [markdown]
# ## 8. Learned, or learned by heart?
#
# Look at your pictures before you train on them. Emoji-10 has colour pictures of 32 x 32 in ten
# classes: artwork on pieces of photographs. It is about as hard as 5000 pictures of CIFAR-10.

# %% tags=["plot"] alt="Ten rows of small pictures: emoji of animals, buildings, clothing, faces, flags, food, hands, persons, plants and vehicles, each on a piece of a photograph."
plot.montage(emoji.x_train, emoji.y_train, emoji.classes, "Emoji-10: artwork on photographs")

# %% [markdown]
# You have seen a net learn twenty pictures by heart. Such a net has a tiny loss and knows nothing.
# So hold some of the 5000 pictures back, 500 of them, and never train on them. They are the
# **validation set**. What the net does on them tells which of two rates is better, how long to
# train, and whether it learns or only memorises.
#
# There are 1000 test pictures besides. Why not use those? Whoever compares twenty nets on some
# pictures and keeps the best has chosen one that suits these pictures, a little by luck. Of twenty
# nets that guess at 100 questions of yes or no, the best has about 59 right. So the test pictures
# stay in their drawer until section 11. They are looked at once, when nothing more will be changed.

# %%
order = np.random.default_rng(0).permutation(len(x_all))
held, kept = order[:500], order[500:]
print(len(held), "held out,", len(kept), "to train on")

# %% [markdown]
# `look` says how a run does on some pictures, at test time. `train_and_look` trains in pieces and
# looks after each. It can do so because a run can be resumed.


# %%
def scores_of(net, x):
    """Score many pictures, a hundred at a time; shape (N, classes)."""
    return np.concatenate([net.forward(x[i : i + 100]) for i in range(0, len(x), 100)])


def look(net, run, rows):
    """Return loss and share of right answers on some of the 5000 pictures, at test time."""
    net.params, net.running = run["params"], run["running"]
    scores, y = scores_of(net, x_all[rows]), emoji.y_train[rows]
    return softmax_loss(scores, y)[0], np.mean(scores.argmax(axis=1) == y)


def train_and_look(net, f, steps, rate, rows, update=adam, every=25):
    """Train, and look at 250 of the pictures that are trained on and at the 500 held out."""
    run, seen, f = fresh(net), [], watched(f, steps)
    for t in range(every, steps + 1, every):
        run = train(f, run, t, update, rate)
        if len(run["losses"]) < t:
            break  # somebody has pressed the stop button
        seen.append([t, *look(net, run, rows[:250]), *look(net, run, held)])
    return run, np.array(seen).T  # steps, then loss and share on both


# %% [markdown]
# A picture shows both curves, dashed for 250 of the pictures trained on.


# %%
def plot_curves(runs, title):
    """Plot loss and share of right answers, trained on and held out, of some runs."""
    figure, axes = plt.subplots(1, 2, figsize=(9, 4), layout="constrained")
    for (name, (t, *values)), mark in zip(runs.items(), "os^", strict=False):
        for axis, on_trained, on_held in zip(axes, values[:2], values[2:], strict=True):
            (line,) = axis.plot(t, on_trained, f"{mark}--", label=f"{name}: trained on")
            axis.plot(t, on_held, f"{mark}-", color=line.get_color(), label=f"{name}: held out")
    axes[0].set(title="loss", xlabel="step", ylabel="loss at test time", ylim=0)
    axes[1].set(title="right answers", xlabel="step", ylabel="share", ylim=(0, 1.02))
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
    figure.suptitle(title)


# %% [markdown]
# To see learning by heart at its worst, train on 500 pictures only, without anything that would help
# against it.

# %% tags=["experiment"]
few = kept[:500]
x_few, y_few = x_all[few], emoji.y_train[few]


def new_net(*extra):
    """Make the net CONV 8 - POOL - CONV 16 - POOL - FC with batch norm, and perhaps more layers."""
    names = [*normed[:-1], *extra, "FC"]
    weights = draw_weights(names, (3, 32, 32), [8, 16], [10])
    return build_net(names, weights, quick_pair, np.float32)


# %% [markdown]
# **Predict before you run.** In 200 steps of 50 the net sees each of the 500 pictures twenty times.
# How does the loss go on these 500? And on the 500 that are held out?
#
# <!-- guess 09/overfit
# curve | the loss on the 500 it is trained on | step 0 .. 200 | loss 0 .. 3 | 0 2.3, 25 1.33, 50 0.79, 75 0.37, 100 0.22, 125 0.11, 150 0.06, 200 0.03
# curve | the loss on the 500 held out | step 0 .. 200 | loss 0 .. 3 | 0 2.3, 25 1.86, 50 1.83, 75 1.79, 100 2.09, 125 2.1, 150 2.22, 175 2.33, 200 2.39
# -->

# %% tags=["experiment", "plot"] alt="Two plots over 200 steps. Left, the loss: on the pictures trained on it falls from 1.4 to nearly 0; on those held out it falls a little to 1.8 at step 75, then rises to 2.4. Right, the share of right answers: 100 per cent of those trained on, about 45 of those held out."
net = new_net()
curves = {"plain": train_and_look(net, loss_of(net, x_few, y_few), 200, lambda t: 5e-3, few)[1]}
plot_curves(curves, "Five hundred pictures, seen twenty times each")
plt.show()
print("loss on those held out:", *curves["plain"][3].round(2))

# %% [markdown]
# Look at the left plot. The dashed curve falls to nearly 0. The other falls for 75 steps, then turns
# and rises: from there on, what the net learns about these 500 does not hold for others. This is
# **overfitting**. On the right, all of those trained on are right in the end, and not half of those
# held out. That share stays while the loss rises: the net is not wrong more often, it is surer when
# it is wrong.
#
# One remedy needs no work, **early stopping**: stop at step 75, where the loss on those held out is
# lowest.
#
# **Take away.** The training loss says that the net can learn; only pictures held out say whether
# it has.

# %% [markdown]
# ## 9. What helps against overfitting
#
# More pictures help most. Where there are none, make some: a cat that looks to the left is still a
# cat when it looks to the right, or stands two pixels lower. So change each picture at random, and
# in each epoch anew. This is called **augmentation**. With each change you tell the net what does not
# matter. Not every change is allowed: a mirrored b is a d.
#
# **Predict before you run.** With flips and shifts of up to two pixels in both directions, how many
# versions of a picture are there?
#
# <!-- guess 09/versions
# number | versions of a picture | 50
# -->
#
# <details><summary>Answer</summary>
#
# $2 \cdot 5 \cdot 5 = 50$. They resemble each other, so they are worth less than 50 new pictures.
#
# </details>
#
# ### Exercise 5: `augment` (3 points)
#
# Each picture is first mirrored, left and right exchanged, if its `flip` says so. Then it is shifted
# by its `shift`, so many pixels down and so many to the right; negative numbers go up and to the
# left. What moves in from outside is zero, which is the mean colour, for the pictures are centred.
#
# By hand: $\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}$ mirrored is
# $\begin{pmatrix} 2 & 1 \\ 4 & 3 \end{pmatrix}$. Shifted by $(1, 0)$ it is
# $\begin{pmatrix} 0 & 0 \\ 1 & 2 \end{pmatrix}$, by $(0, -1)$ it is
# $\begin{pmatrix} 2 & 0 \\ 4 & 0 \end{pmatrix}$. Mirrored and then shifted by $(0, -1)$ it is
# $\begin{pmatrix} 1 & 0 \\ 3 & 0 \end{pmatrix}$.
#
# <details><summary>Hint</summary>
#
# Without a shift the window begins at $(P, P)$. To move a picture down, begin higher.
#
# </details>


# %% exercise="augment"
def augment(x, flip, shift):
    """Mirror and shift pictures, each in its own way.

    Args:
        x: pictures, shape (N, C, H, W).
        flip: whether to mirror each, shape (N,), True or False.
        shift: pixels down and to the right for each, whole numbers, smaller than the picture,
            shape (N, 2).

    Returns:
        The changed pictures, shape (N, C, H, W); zero where there was nothing.
    """
    H, W = x.shape[2:]
    P = int(np.abs(shift).max())  # so wide is the frame of zeros: the longest shift
    # mirrored: x, with the pictures that say so mirrored; shape (N, C, H, W).
    ### BEGIN SOLUTION
    mirrored = np.where(flip[:, None, None, None], x[:, :, :, ::-1], x)
    ### END SOLUTION
    x_pad = np.pad(mirrored, ((0, 0), (0, 0), (P, P), (P, P)))
    out = np.empty_like(x)
    for n, (down, right) in enumerate(shift):
        # out[n]: a window of H x W of x_pad[n]; shape (C, H, W).
        ### BEGIN SOLUTION
        out[n] = x_pad[n, :, P - down : P - down + H, P - right : P - right + W]
        ### END SOLUTION
    return out


# %% [markdown]
# Try it on the four numbers, then on a picture. `changed` has a generator for each step, so a resumed
# run draws the same.


# %%
def changed(x, t, most=2):
    """Mirror each picture of step t with probability 1/2, and shift it by up to `most` pixels."""
    rng = np.random.default_rng([1, t])
    return augment(x, rng.random(len(x)) < 0.5, rng.integers(-most, most + 1, size=(len(x), 2)))


four = np.array([[1.0, 2.0], [3.0, 4.0]]).reshape(1, 1, 2, 2)
print(augment(four, np.array([True]), np.array([[0, -1]]))[0, 0])

# %% tags=["plot"] alt="Four small pictures of a horse: the original and three versions, two of them mirrored, each moved by a few pixels, with strips of plain colour where nothing was."
versions = [x_all[:1], *(changed(x_all[:1], t, most=6) for t in range(3))]
pictures = [np.clip(v[0] + emoji.mean, 0, 1).transpose(1, 2, 0) for v in versions]  # (H, W, C)
plot.maps(pictures, ["as it is", *(f"step {t}" for t in range(3))], "One picture, changed at random")

# %% check="augment" points=1
# 1 point. Shown: the four numbers, flips and shifts of one picture. Hidden: other sizes.
four = np.array([[1.0, 2.0], [3.0, 4.0]]).reshape(1, 1, 2, 2)
yes, no = np.array([True]), np.array([False])
check.same(augment(four, yes, np.array([[0, 0]]))[0, 0], [[2.0, 1.0], [4.0, 3.0]], "mirrored")
check.same(augment(four, no, np.array([[1, 0]]))[0, 0], [[0.0, 0.0], [1.0, 2.0]], "down by 1")
check.same(
    augment(four, no, np.array([[0, -1]]))[0, 0],
    [[2.0, 0.0], [4.0, 0.0]],
    "left by 1",
    hint="What leaves on one side does not come back on the other.",
)
check.same(augment(four, yes, np.array([[0, -1]]))[0, 0], [[1.0, 0.0], [3.0, 0.0]], "both")
### BEGIN HIDDEN TESTS
from autograder.judging import judge

random = judge.rng()
for C, H, W in ((1, 4, 6), (3, 7, 5)):
    x = random.normal(size=(1, C, H, W))
    for down, right in ((2, 0), (-3, 0), (0, 3), (0, -2), (2, -3), (0, 0)):
        for flip in (True, False):
            judge.value("augment", augment, x, np.array([flip]), np.array([[down, right]]))
### END HIDDEN TESTS

# %% check="augment" part="each" points=2
# 2 points. Shown: two pictures, one of them mirrored. Hidden: many pictures, each in its own way.
two = np.arange(1.0, 9.0).reshape(2, 1, 2, 2)
out = augment(two, np.array([False, True]), np.array([[1, 0], [0, 1]]))
check.same(out[0, 0], [[0.0, 0.0], [1.0, 2.0]], "the first, down by 1")
check.same(out[1, 0], [[0.0, 6.0], [0.0, 8.0]], "the second, mirrored, right by 1")
check.same(two[1, 0], [[5.0, 6.0], [7.0, 8.0]], "the pictures handed in")
### BEGIN HIDDEN TESTS
from autograder.judging import judge

random = judge.rng()
for N, C, H, W in ((9, 2, 5, 4), (20, 3, 6, 8)):
    x, flip = random.normal(size=(N, C, H, W)), random.random(N) < 0.5
    judge.value("augment", augment, x, flip, random.integers(-3, 4, size=(N, 2)))
### END HIDDEN TESTS

# %% [markdown]
# Three more remedies are at hand. Dropout before the last layer: a net that has to make do with half
# of its numbers at a time finds it harder to learn by heart. Weight decay, of the weights only;
# biases, gamma and beta are few and do no harm. A decay of 0.2 is large, because the run is short: in
# 200 steps it takes a tenth off a weight. And the falling rate of section 6.
#
# **Predict before you run.** The same 500 pictures, the same 200 steps, now with augmentation,
# dropout, weight decay and a falling rate. What happens to the dashed curve, and what to the other?
#
# <!-- guess 09/remedies
# choice | the dashed curve, of those trained on | falls to nearly 0 sooner | falls to nearly 0 as before | * stays well above 0
# choice | the other, of those held out | falls to nearly 0, too | still turns and rises | * no longer turns
# -->


# %% tags=["experiment", "plot"] alt="Two plots over 200 steps, without and with remedies. Left, the loss: with them it falls to 0.9 on the pictures trained on and to 1.5 on those held out, where it stays. Right, the share of right answers: with them about 77 per cent of those trained on and 52 of those held out, without them 100 and 45."
def with_decay(w, dw, state, rate):
    """Take a step of adam; decay what has more than one axis: weights, not biases."""
    return adam(w, dw, state, rate, decay=0.2 if w.ndim > 1 else 0.0)


net, falling = new_net("DROP"), lambda t: float(cosine_rate(t, 200, 5e-3, warmup=10))
f = loss_of(net, x_few, y_few, change=changed)
curves["helped"] = train_and_look(net, f, 200, falling, few, with_decay)[1]
plot_curves(curves, "The same 500 pictures, with four remedies")
plt.show()
for name, (_, _, on_trained, _, on_held) in curves.items():
    print(f"{name}: {on_trained[-1]:.0%} of those trained on, {on_held[-1]:.0%} of those held out")

# %% [markdown]
# Look at the two curves of each pair. They have come closer. Of the pictures trained on three quarters
# are right in place of all, and more of those held out. Their loss no longer turns: it ends near 1.5
# and not at 2.4.
#
# **Take away.** Augmentation, dropout and weight decay make learning by heart harder; what is left
# to learn is what the pictures have in common.
#
# **Going further**, without points: which of the four remedies has helped most? Take one away at a
# time, and look at the pictures held out.

# %% [markdown]
# ## 10. Search for the rate
#
# The learning rate is the most important number that you choose, and nobody knows it beforehand. So
# try several, for a few steps each, and compare them on the validation set.
#
# What counts is its order of magnitude: from 0.001 to 0.002 is as far as from 0.1 to 0.2. So draw its
# logarithm uniformly. Such a draw is called **log-uniform**:
#
# $$\text{rate} = e^u \qquad u \text{ uniform between } \log \text{low} \text{ and } \log \text{high}$$
#
# **Predict before you run.** Draw 1000 rates between 0.0001 and 1. How many are below 0.01 if the
# rate itself is drawn uniformly? And if its logarithm is?
#
# <!-- guess 09/log
# number | below 0.01, the rate drawn uniformly | 10 | within 20 %
# number | below 0.01, its logarithm drawn uniformly | 500 | within 10 %
# -->
#
# <details><summary>Answer</summary>
#
# About 10, for 0.01 is a hundredth of the way. And about 500: 0.01 is two powers of ten from either
# end.
#
# </details>

# %%
rng = np.random.default_rng(0)
print((rng.uniform(1e-4, 1, size=1000) < 0.01).sum())
print((np.exp(rng.uniform(np.log(1e-4), np.log(1), size=1000)) < 0.01).sum())

# %% [markdown]
# ### Exercise 6: `search` (2 points)
#
# Draw all rates at once from `rng`, log-uniformly, as above. Call `score` once for each: it trains a
# net, and that takes long.
#
# Everything that was tried is returned, and not only the best: whoever sees that the best rate was the
# largest one knows that the search ended too early. The last line, which is given, puts the best
# first. A run that blew up has the score `nan`, which is neither larger nor smaller than any number;
# it comes last.
#
# By hand, with a score of 1 - rate: the smallest rate comes first.


# %% exercise="search"
def search(score, low, high, tries, seed=0):
    """Try learning rates, drawn log-uniformly.

    Args:
        score: a function of a rate that returns how good it is, a number: the larger the better;
            nan where the run blew up.
        low, high: bounds of the rates.
        tries: number of rates.
        seed: of the rates.

    Returns:
        What was tried, a list of pairs (rate, score), the best first, every nan last.
    """
    rng = np.random.default_rng(seed)
    # tried: a list of pairs (rate, score), as they were drawn.
    ### BEGIN SOLUTION
    rates = np.exp(rng.uniform(np.log(low), np.log(high), size=tries))
    tried = [(float(rate), score(float(rate))) for rate in rates]
    ### END SOLUTION
    return sorted(tried, key=lambda pair: (np.isnan(pair[1]), -pair[1]))


# %% [markdown]
# Try it with a score that is best at 0.01 and blows up above 0.3:

# %%
made_up = lambda rate: float("nan") if rate > 0.3 else -abs(np.log10(rate) + 2)
for rate, score in search(made_up, 1e-4, 1, 6):
    print(f"{rate:.5f}  {score:.2f}")

# %% check="search" points=1
# 1 point. Shown: six rates, the smallest first. Hidden: other bounds, seeds and scores.
tried = search(lambda rate: 1 - rate, 1e-4, 1, 6)
drawn = np.exp(np.random.default_rng(0).uniform(np.log(1e-4), np.log(1), size=6))
check.same([rate for rate, _ in tried], np.sort(drawn), "rates", hint="The logarithm is uniform.")
check.same([score for _, score in tried], 1 - np.sort(drawn), "scores")
### BEGIN HIDDEN TESTS
from autograder.judging import judge

random = judge.rng()
for tries in (1, 5, 12):
    low, seed = float(random.uniform(1e-6, 1e-3)), int(random.integers(1000))
    top = float(random.uniform(np.log(low), 0))
    near = lambda rate, top=top: -abs(np.log(rate) - top)
    judge.value("search", search, near, low, 1000 * low, tries, seed)
    judge.value("search", search, lambda rate: 3 * rate, low, 2.0, tries, seed=seed)
judge.value("search", search, lambda rate: -rate, 0.01, 0.1, 4)
### END HIDDEN TESTS

# %% check="search" part="nan" points=1
# 1 point. Shown: a score that blows up, called once for each rate. Hidden: other such scores.
called = []


def blows_up(rate):
    called.append(rate)
    return float("nan") if rate > 0.01 else rate


tried = search(blows_up, 1e-4, 1, 6)
check.same(len(called), 6, "calls of score", hint="A run takes long: once for each rate.")
finite = [rate for rate, score in tried if score == score]
check.same([rate for rate, _ in tried[: len(finite)]], finite, "the rates that did not blow up")
check.same(finite, np.sort(finite)[::-1], "the best of them", hint="The larger score comes first.")
check.same(len(tried), 6, "all that was tried, nan too")
### BEGIN HIDDEN TESTS
from autograder.judging import judge


def uneven(rate, part, worth):
    worth[rate] = float("nan") if (1000 * rate) % 1 < part else float(np.sin(1e4 * rate))
    return worth[rate]


for part in (0.2, 0.5, 0.8):
    seed, worth = int(judge.rng().integers(1000)), {}
    tried = search(lambda rate, p=part, w=worth: uneven(rate, p, w), 1e-4, 1, 15, seed)
    check.same(len(worth), 15, "rates tried")
    check.same([rate for rate, _ in tried if rate not in worth], [], "rates that were not tried")
    finite = sorted((score for score in worth.values() if score == score), reverse=True)
    check.same([score for _, score in tried[: len(finite)]], finite, "the best first")
    check.same(all(score != score for _, score in tried[len(finite) :]), True, "nan last")
### END HIDDEN TESTS

# %% [markdown]
# Now two nets for Emoji-10: a linear classifier, `INPUT -> FC`, and the ConvNet from above, each with
# eight rates, for 25 steps each. The score is the share right of the 500 held out.
#
# **Predict before you run.** Do both nets want the same rate?
#
# <!-- guess 09/rates
# choice | the ConvNet wants | a smaller rate than the linear classifier | the same | * a larger one
# -->

# %% tags=["experiment", "plot"] alt="A plot of right answers of 500 held out against the rate, from 0.0002 to 0.08, on a logarithmic axis. Both curves rise and fall. The linear classifier is best, 29 per cent, at 0.001; the ConvNet, 37 per cent, at 0.003, and no better than guessing above 0.05."
def new_linear():
    """Make a linear classifier for Emoji-10."""
    names = layer_names(M=0)
    weights = draw_weights(names, (3, 32, 32), [], [10])
    return build_net(names, weights, quick_pair, np.float32)


def held_out_score(make, rate, steps=25):
    """Train a new net for a few steps, and return its share of right answers on those held out."""
    net = make()
    f = loss_of(net, x_kept, y_kept)
    return look(net, train(f, fresh(net), steps, adam, lambda t: float(rate)), held)[1]


x_kept, y_kept, best = x_all[kept], emoji.y_train[kept], {}
for name, make, mark in (("linear", new_linear, "s"), ("ConvNet", new_net, "o")):
    tried = search(lambda rate, make=make: held_out_score(make, rate), 1e-4, 1e-1, 8, seed=4)
    best[name] = tried[0][0]
    plt.semilogx(*np.transpose(sorted(tried)), f"{mark}-", label=f"{name}, best {best[name]:.1g}")
    print(name, *(f"{rate:.1g}: {share:.0%}" for rate, share in tried))
plt.axhline(0.1, color="black", linewidth=0.5, label="guessing")
plt.title("Eight rates for two nets, 25 steps each")
plt.xlabel("learning rate")
plt.ylabel("right answers, of 500 held out")
plt.ylim(0)
plt.legend()
plt.show()

# %% [markdown]
# Look at the two hills. Both have their top inside, so the range was wide enough. The ConvNet wants
# about 0.003: ten times less is slow, and twenty times more is no better than guessing. The linear
# classifier wants less. The tops are flat, and 500 pictures do not tell 37 % from 35 %: a share
# $q$ of $N$ pictures has the standard deviation $\sqrt{q(1 - q)/N}$, here $\sqrt{0.37 \cdot 0.63/500} =
# 0.02$. So what has been found is the order of magnitude.
#
# **Take away.** Draw the logarithm, compare on pictures held out, and look at all that was tried.

# %% [markdown]
# ## 11. Train, and open the drawer
#
# Both nets train on the 4500, each with the rate that was found for it, a warm-up and the cosine. The
# ConvNet has 11,690 parameters, the linear classifier 30,730.

# %% tags=["experiment"]
steps = 300
nets = {"linear": new_linear(), "ConvNet": new_net()}
runs = {name: fresh(net) for name, net in nets.items()}

# %% [markdown]
# The next cell trains. Stop it with the black square if you like, and run it again: it resumes
# where it was.

# %% tags=["experiment"]
for name, net in nets.items():
    f = watched(loss_of(net, x_kept, y_kept), steps)
    falling = lambda t, name=name: float(cosine_rate(t, steps, best[name], warmup=20))
    runs[name] = train(f, runs[name], steps, adam, falling)
    print(f"{name}: {look(net, runs[name], held)[1]:.0%} of those held out are right")

# %% [markdown]
# Nothing more will be changed. Now the test pictures, once.
#
# **Predict before you run.** Will the share of right answers be the same on the test pictures? One
# thing to know: the 500 were drawn from the training pictures at random. Most emoji come in several
# of these, on other backgrounds, turned and in other sizes. An emoji of the test pictures is in no
# training picture.
#
# <!-- guess 09/drawer
# choice | on the test pictures the share is | higher | the same, give or take chance | * lower
# -->
#
# <details><summary>Answer</summary>
#
# Lower. Most of the 500 show an emoji that the net has seen, on another background. The test
# pictures show new ones.
#
# </details>

# %% tags=["experiment", "plot"] alt="A plot of the loss over 300 steps. The linear classifier ends at 1.75, the ConvNet near 1. The legend gives the test pictures right: 28.6 and 50.0 per cent."
x_test = data.centred(emoji.x_test, emoji.mean)
for name, net in nets.items():
    share = np.mean(scores_of(net, x_test).argmax(axis=1) == emoji.y_test)
    losses = np.array(runs[name]["losses"])
    smooth = [losses[max(0, t - 19) : t + 1].mean() for t in range(len(losses))]
    plt.plot(smooth, label=f"{name}: {share:.1%} of the test pictures right")
plt.axhline(np.log(10), color="black", linewidth=0.5, label="log 10")
plt.title("Emoji-10: a linear classifier and a ConvNet")
plt.xlabel("step")
plt.ylabel("loss, the mean of the last twenty mini-batches")
plt.legend()
plt.show()

# %% [markdown]
# Look at the two curves first. Both begin at $\log 10$. The linear classifier gains a little and
# stays there; the ConvNet goes on falling. Then look at the legend. Of the pictures held out 31 % and
# 59 % were right, of the test pictures 29 % and 50 %. The ConvNet wins with little more than a third
# of the parameters. And it loses nine percentage points on emoji that it has never seen. To ask that
# harder question beforehand, hold out whole emoji, not single pictures. In medicine, where each
# patient has many pictures, whole patients are held out.
#
# What you must not do now is go back, change something and look again. After a few rounds the test
# pictures would be a second validation set.
#
# **Take away.** Filters that are shared over the picture see a thing wherever it is; a matrix does
# not. And a validation set answers the question that it asks, and no other.

# %% [markdown]
# ## 12. What has it learned?
#
# **Going further**, without points: four looks at the trained net, ten minutes in all.
#
# Send one picture through and look at every layer. Each column is a layer, each small picture one
# of its feature maps.

# %% tags=["plot"] alt="A picture, then eight maps for each of six layers, and bars of ten scores. The maps get coarser from layer to layer; the highest score is that of the right class."
n = int(np.flatnonzero(scores_of(nets["ConvNet"], x_test).argmax(axis=1) == emoji.y_test)[0])
maps, columns, titles = x_test[n : n + 1], [], ["CONV", "RELU", "POOL", "CONV", "RELU", "POOL"]
for name, layer in zip(normed[1:], nets["ConvNet"].layers, strict=True):
    maps = layer.forward(maps)
    if name != "NORM":
        columns.append(maps[0])
picture = emoji.x_test[n].transpose(1, 2, 0)  # (H, W, C)
plot.activations(
    picture, columns[:-1], titles, columns[-1], emoji.classes, "One picture, layer by layer"
)

# %% [markdown]
# Look from left to right. The first maps are the picture again, each with something stressed. ReLU
# turns what is negative black, sometimes nearly a whole map: that filter has found nothing here.
# Each pool makes the maps coarser. In the last column nobody would recognise the picture, and from
# it alone (all 16 maps, of which eight are shown) the ten scores are made.
#
# Now the living net is the one that you have trained. Draw on a picture, or put in one of your own;
# the map of where it looks comes from your own `backward`.

# %% tags=["demo"]
living.trained(nets["ConvNet"], normed[1:], emoji.mean, emoji.classes, emoji.x_test[n:]).show()

# %% [markdown]
# A deeper net, trained beforehand for all ten classes, computes below as you choose pictures; find
# the two that it gets wrong.

# %% tags=["demo"]
demo.activations()

# %% [markdown]
# Where does the net go wrong? Counting right answers does not tell. A **confusion matrix** does:
# row $i$, column $j$ counts the pictures of class $i$ that were taken for class $j$. Right answers
# stand on the diagonal, and each row adds up to the number of pictures of its class.
#
# Five pictures of the classes $[0, 0, 1, 2, 2]$, and the guesses $[0, 1, 1, 2, 0]$:


# %%
def confusion_matrix(y, guess, K):
    """Count which of K classes are taken for which; shape (K, K), row by class."""
    counts = np.zeros((K, K), dtype=int)
    np.add.at(counts, (y, guess), 1)  # counts[y, guess] += 1 would count equal pairs once
    return counts


print(confusion_matrix([0, 0, 1, 2, 2], [0, 1, 1, 2, 0], 3))

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

# %% tags=["plot"] alt="Four pictures that the net was sure of, and wrong, each with its class and what it was taken for: a green shirt for a plant, a green face for a flag, a hand for a person, green leaves for a flag."
sure = scores.max(axis=1) - scores[np.arange(len(scores)), emoji.y_test]  # 0 where it is right
worst = [np.argmax(sure * (emoji.y_test == k)) for k in range(10)]
worst = sorted(worst, key=lambda n: -sure[n])[:4]
plot.maps(
    [emoji.x_test[n].transpose(1, 2, 0) for n in worst],
    [f"{emoji.classes[emoji.y_test[n]]}, taken for {emoji.classes[guess[n]]}" for n in worst],
    "Sure, and wrong",
)

# %% [markdown]
# Much of what the net goes by is colour. A green shirt is a plant to it, and a green face is no face.
#
# Last, what do filters become? Those of 3 x 3 pixels are too small to be looked at. So make them
# larger, their start small and the pictures simple: twelve filters of 5 x 5 on bars and checkers,
# small grey pictures made by code. A pool over the whole map follows, so a filter has to find its
# pattern somewhere, no matter where. Your `Layer` takes other sizes without a change. What will the
# filters look like?

# %% tags=["experiment", "plot"] alt="Twelve filters of 5 x 5 pixels, twice. Before training they are noise; after it they show bars, upright, level and slanting, and checkers."
patterns, small = data.load("patterns"), np.random.default_rng(3)
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
run = train(loss_of(net, x, patterns.y_train, 40), fresh(net), 240, adam, lambda t: 0.01)
net.params = run["params"]
right = np.mean(net.forward(x_new).argmax(axis=1) == patterns.y_test)
plot.filters(start[0], "Twelve filters before training")
plot.filters(run["params"][0], f"After training: {right:.0%} of new pictures right")

# %% [markdown]
# Look at the second picture. The noise is gone. There are bars, upright, level and slanting, and
# checkers: each filter has become a piece of what it is to find. A dot product is largest with the
# thing itself.
#
# **Take away.** One number says how good a net is; a matrix and a few pictures say what to do next.

# %% [markdown]
# ## 13. In your own words
#
# Three friends train nets for ten classes and ask you for help.
#
# 1. The first loss is 8.9.
# 2. The first loss is 2.30 and the gradient gap is $10^{-9}$. But after 500 steps on 20 pictures
#    the loss is still 2.30.
# 3. The loss on the training pictures is 0.02. Of the pictures held out 48 % are right.
#
# For each: is it a bug, and where would you look first? One or two sentences each. For two of the
# three you get 1 point. (2 points, graded by hand)

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
#    ones: it **overfits**. Augmentation, dropout, weight decay, more pictures, a smaller net, or
#    stopping earlier may help; the pictures held out say which.
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
# | `params`, `grads` | all parameters of a net, and their gradients, in one order |
# | `running`, `train` | what a layer keeps from batch to batch; whether the net is being trained |
# | $p$, $v$, $h$ | parameters, a random direction, the length of a step (section 5) |
# | `rate`, $\mu$, $v$ | length of a step, share of the velocity kept, velocity (section 6) |
# | $m, s, t$; decay | Adam's running means and its number of steps; how fast weights shrink |
# | `run` | parameters, states, running numbers and losses: all that is needed to resume |
# | `kept`, `held` | pictures to train on, pictures held out to validate on |
#
# - A ConvNet is a pattern of few letters; the first loss is $\log C$.
# - Three tests come before training: first loss, gradient gap, twenty pictures by heart.
# - Momentum and Adam remember gradients; pure functions make a run easy to stop and to resume.
# - Where the loss falls on the pictures trained on and rises on those held out, the net overfits.
# - Choose on the validation set; look at the test pictures once.
#
# Lesson 10 moves the same layers to a GPU.

# %% [markdown]
# ## Read on
#
# - Andrej Karpathy, *A Recipe for Training Neural Networks*, 2019: the tests of this lesson, and
#   many more, in the order in which to do them.
# - Diederik Kingma, Jimmy Ba, *Adam: A Method for Stochastic Optimization*, 2014: section 2 is
#   your exercise.
# - Ilya Loshchilov, Frank Hutter, *Decoupled Weight Decay Regularization*, 2017: why the decay
#   stands beside Adam's step.
# - James Bergstra, Yoshua Bengio, *Random Search for Hyper-Parameter Optimization*, 2012: why to draw
#   rates at random rather than from a grid.
# - Chiyuan Zhang, Samy Bengio, Moritz Hardt, Benjamin Recht, Oriol Vinyals, *Understanding Deep
#   Learning Requires Rethinking Generalization*, 2016: nets that learn random labels by heart.

# %% [markdown]
# ## An open question
#
# Exchange all labels of a large set of pictures at random. There is nothing left to understand, and
# a large ConvNet still learns all of them by heart. With the right labels it could do the same, and
# learns instead something that holds for new pictures. What makes it prefer the rule to the list?
# Not the number of its weights, and hardly weight decay. There are partial answers, and no theory
# that tells from a net and its pictures how well it will do.
