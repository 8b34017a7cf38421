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
# # 11 LeNet to ResNet
#
# A few networks changed the field, and their names are still in daily use: LeNet, AlexNet, VGG,
# GoogLeNet, ResNet. What is in them? You know every layer already. So you can take the nets apart,
# count what each layer holds and costs, and see why they look as they do.
#
# **You will** count what the layers of these nets hold and cost; find out what it takes to train one,
# and how many pictures fit into a GPU at a time; put an Inception module and a residual block
# together; and train nets of growing depth, with skips and without.
#
# **You will learn** where a net has its weights, where it needs its memory, and why these are
# different places; how GoogLeNet came to be small; and why more layers can make a net worse.
#
# **You need** the specs and policies of lesson 01, the layers of lessons 02 to 08, and the backward
# pass of lesson 03.
#
# | section | exercise | points | minutes | difficulty |
# |---|---|---|---|---|
# | 2 | `layer_row` | 4 | 9 | medium |
# | 3 | `layer_table` | 4 | 8 | hard |
# | 4 | `totals` | 1 | 2 | easy |
# | 5 | `training_memory`, `largest_batch` | 4 | 10 | medium |
# | 6 | `inception_forward` | 2 | 5 | easy |
# | 7 | `residual_forward`, `residual_backward` | 5 | 10 | medium |
# | 10 | a written answer, graded by hand | 2 | 7 | medium |
#
# Plan about 90 minutes. Section 9 and the ends of sections 5, 6 and 7, marked as going further, take
# twenty minutes more. A check is folded to one line, which says what it is worth and what it tries;
# a click opens it. It shows part of the test; grading uses further random input, so a green check is
# a good sign and not yet the grade. In grading all sizes may differ, no function may change its
# arguments, and besides Python's own library only NumPy and Matplotlib can be imported.
#
# The set-up cell says whose layers of earlier lessons sections 6 to 9 will use.

# %% given="setup"
import time

import matplotlib.pyplot as plt
import numpy as np

from convbook import check, data, drawing, layers, living, nets, plot
from convbook.earlier import (
    affine_backward,
    affine_forward,
    conv_backward,
    conv_forward,
    lrn_forward,
    max_pool_backward,
    max_pool_forward,
    relu_backward,
    relu_forward,
    softmax_loss,
)

COLUMNS = ("activations", "weights", "biases", "multiply_adds")
rng = np.random.default_rng(11)

# %% tags=["guess"]
# What you guessed wrong in lesson 09 comes back here, and otherwise nothing: press Shift+Enter.
from convbook import guess

guess.again("11")

# %% [markdown]
# ## 1. Twenty years in one table
#
# | year | net | what was new |
# |---|---|---|
# | 1990s | LeNet | the first ConvNets in use; they read digits |
# | 2012 | AlexNet | wider, on two GPUs, with ReLU; the ImageNet contest, top-5 error 16 % |
# | 2013 | ZF Net | smaller filters and a smaller stride in the first layer; a wider middle |
# | 2013 | NiN | 1 x 1 convolutions between the others; no large FC layers: each class is the mean of a map |
# | 2014 | GoogLeNet | the Inception module; average pooling in place of large FC layers |
# | 2014 | VGG | 3 x 3 convolutions and 2 x 2 pools throughout; depth matters |
# | 2015 | ResNet | skips and batch norm; no large FC layers either; 18 to 152 layers |
# | 2016 | DenseNet | each layer sees the maps of all layers before it |
#
# A top-5 error counts a picture as wrong if its class is not among the five best guesses. The second
# place of 2012, which was no ConvNet, had 26 %.
#
# The nets come as specs in the form of lesson 01: a list of pairs of a kind and a dict. LeNet-5 of
# 1998 is short enough to read whole.

# %%
for kind, numbers in nets.spec("lenet5"):
    print(kind, numbers)

# %% [markdown]
# Here are all kinds that this lesson needs. A number with an equals sign may be missing from the
# dict, and then has this value.
#
# | kind | numbers | what it puts out |
# |---|---|---|
# | INPUT | $C, H, W$ | the picture |
# | CONV | $K, F, S, P$, `groups=1`, `bias=True`, `policy="raise"` | $K$ feature maps |
# | POOL | $F, S$, `P=0`, `policy="raise"` | the depth stays |
# | RELU | none | the shape stays |
# | LRN, BN | none | the shape stays; local response norm and batch norm of lesson 08 |
# | FC | $M$ | $(M, 1, 1)$ |
# | CONCAT, ADD | `paths`, a list of specs without INPUT | section 3 |
#
# Two things are new. With `groups=2` the filters are split into two halves, and so is the depth of
# the input. Each half of the filters sees its own half of the depth. AlexNet's two GPUs were such
# groups: two **columns** that met in a few layers only.
#
# And `policy` is that of lesson 01: what to do if a window does not fit. Our own layers refuse. Some
# published nets did not. ResNet crops, GoogLeNet's pools pad, and to count their rows you must do as
# they do.
#
# **Predict before you run.** ResNet begins with $F = 7$, $S = 2$, $P = 3$ on 224 pixels and crops.
# GoogLeNet pools 112 pixels with $F = 3$, $S = 2$ and pads. How many rows come out?
#
# <!-- guess 11/borders
# number | rows after ResNet's first layer | 112
# number | rows after GoogLeNet's pool | 56
# -->
#
# <details><summary>Answer</summary>
#
# $(224 - 7 + 6)/2 + 1 = 112.5$, cropped to 112. $(112 - 3)/2 + 1 = 55.5$, padded to 56.
#
# </details>

# %%
(224 - 7 + 6) / 2 + 1, (112 - 3) / 2 + 1

# %% [markdown]
# There are no half rows: 112.5 is cropped to 112, and 55.5 padded to 56.
#
# **Take away.** A published net is not fully described before its borders are.

# %% [markdown]
# ## 2. One layer, one row
#
# Four numbers say what a layer holds and what it costs.
#
# - **Activations**: the numbers it puts out and that training must keep, $C \cdot H \cdot W$ of its
#   output; the picture, INPUT, counts as well. A RELU can overwrite its input, so it counts 0.
# - **Weights** and **biases**. A CONV has
#   $F \cdot F \cdot \frac{C}{\text{groups}} \cdot K$ weights and $K$ biases, or none with
#   `bias=False`. An FC has $C \cdot H \cdot W \cdot M$ and $M$. A BN scales and shifts each channel:
#   $C$ weights, its gammas, and $C$ biases, its betas. All the others have none.
# - **Multiply-adds**: how often a product is added up for one picture. A CONV uses each of its
#   weights once at every place of its output, an FC uses each once. The other kinds do so little
#   that they count 0.
#
# **Predict before you run.** LeNet-5 reads grey pictures of 32 x 32. Its first layer has $K = 6$,
# $F = 5$, $S = 1$, $P = 0$. What are its four numbers?
#
# <!-- guess 11/lenet
# number | activations | 4704
# number | weights | 150
# number | biases | 6
# number | multiply-adds | 117600
# -->
#
# <details><summary>Answer</summary>
#
# The output is 6 x 28 x 28: 4704 activations. There are $5 \cdot 5 \cdot 1 \cdot 6 = 150$ weights
# and 6 biases. Each weight is used at $28 \cdot 28 = 784$ places: $150 \cdot 784 = 117600$
# multiply-adds.
#
# </details>

# %%
6 * 28 * 28, 5 * 5 * 1 * 6, 6, 150 * 28 * 28

# %% [markdown]
# The stops of a window are those of lesson 01, by the layer's policy, so they are given.

# %% given="stops"
def stops(size, numbers):
    """Count the stops of a window along a line of the given size."""
    F, S, P = numbers["F"], numbers["S"], numbers.get("P", 0)
    policy = numbers.get("policy", "raise")
    room = size - F + 2 * P
    if room < 0 or (policy == "raise" and room % S):
        raise ValueError(f"({size} - {F} + 2*{P})/{S} + 1 = {room / S + 1:g}: it does not fit")
    return (room + (-room % S if policy == "pad" else 0)) // S + 1


# %% [markdown]
# ### Exercise 1: `layer_row` (4 points)
#
# Complete the row of one layer, a dict. It begins with zeros, and the shape is found for you. What
# does a CONV hold and cost, what an FC, and how much does a layer put out?
#
# By hand: over a volume of 4 x 5 x 7, a CONV with $K = 6$, $F = 3$, $S = 1$, $P = 1$ and `groups=2`
# has $3 \cdot 3 \cdot 2 \cdot 6 = 108$ weights. Without groups it has 216. Its output is 6 x 5 x 7.


# %% exercise="layer_row"
def layer_row(kind, numbers, shape):
    """Count what one layer holds and costs.

    Args:
        kind: "INPUT", "CONV", "POOL", "RELU", "LRN", "BN" or "FC".
        numbers: the layer's dict, as in the table of section 1.
        shape: of the volume before it, (C, H, W); None for INPUT.

    Returns:
        A dict with "kind", "shape", which is the (C, H, W) after the layer, and the four whole
        numbers of COLUMNS.

    Raises:
        ValueError: a size does not fit, or the kind is unknown.
    """
    row = {"kind": kind, "shape": shape} | dict.fromkeys(COLUMNS, 0)
    if kind not in ("INPUT", "CONV", "POOL", "RELU", "LRN", "BN", "FC"):
        raise ValueError(f"there is no layer {kind!r}")
    C, H, W = shape or (0, 0, 0)
    if kind == "INPUT":
        row["shape"] = numbers["C"], numbers["H"], numbers["W"]
    elif kind in ("CONV", "POOL"):
        row["shape"] = numbers.get("K", C), stops(H, numbers), stops(W, numbers)
    elif kind == "FC":
        row["shape"] = numbers["M"], 1, 1
    K, H_out, W_out = row["shape"]
    if kind == "CONV":
        # its weights, biases and multiply_adds
        ### BEGIN SOLUTION
        row["weights"] = numbers["F"] ** 2 * (C // numbers.get("groups", 1)) * K
        row["biases"] = K if numbers.get("bias", True) else 0
        row["multiply_adds"] = row["weights"] * H_out * W_out
        ### END SOLUTION
    elif kind == "FC":
        # the same of M = K units
        ### BEGIN SOLUTION
        row["weights"] = row["multiply_adds"] = C * H * W * K
        row["biases"] = K
        ### END SOLUTION
    elif kind == "BN":
        row["weights"] = row["biases"] = C
    if kind != "RELU":
        # its activations
        ### BEGIN SOLUTION
        row["activations"] = K * H_out * W_out
        ### END SOLUTION
    return row


# %% [markdown]
# Try it on one group and on two, then on the first layer of LeNet-5:

# %%
for groups in (1, 2):
    numbers = {"K": 6, "F": 3, "S": 1, "P": 1, "groups": groups}
    print(groups, layer_row("CONV", numbers, (4, 5, 7))["weights"])
layer_row("CONV", {"K": 6, "F": 5, "S": 1, "P": 0}, (1, 32, 32))

# %% check="layer_row" part="parameters" points=2
# 2 points. Weights and biases. Shown: groups, BN, FC. Hidden: random layers, and their shapes.
check.raises(ValueError, lambda: layer_row("SOUP", {}, (5, 3, 4)), "a layer SOUP")
two = layer_row("CONV", {"K": 6, "F": 3, "S": 1, "P": 1, "groups": 2}, (4, 5, 7))
check.same(two["shape"], (6, 5, 7), "the shape in two groups")
check.same(two["weights"], 108, "weights in two groups", hint="Each filter sees half the depth.")
check.same(two["biases"], 6, "biases in two groups")
bare = layer_row("CONV", {"K": 6, "F": 3, "S": 1, "P": 1, "bias": False}, (4, 5, 7))
check.same(bare["weights"], 216, "weights without groups")
check.same(bare["biases"], 0, "biases with bias=False")
full = layer_row("FC", {"M": 9}, (5, 3, 4))
check.same((full["weights"], full["biases"]), (540, 9), "weights and biases of FC")
norm = layer_row("BN", {}, (5, 3, 4))
check.same((norm["weights"], norm["biases"]), (5, 5), "gammas and betas of BN")
### BEGIN HIDDEN TESTS
from autograder.judging import judge

KEYS, reference = ("shape", "weights", "biases"), judge.reference("layer_row")
for F, S, P, more in (
    (3, 1, 0, {}),
    (5, 2, 1, {"groups": 2}),
    (1, 1, 0, {"bias": False}),
    (4, 1, 2, {"groups": 3, "bias": False}),
    (3, 2, 1, {"bias": True, "groups": 1}),
):
    a, b, h, w = (judge.rng().permutation(9)[:4] + 2).tolist()
    numbers, shape = {"K": 6 * a, "F": F, "S": S, "P": P, **more}, (6 * b, 5 + S * h, 5 + S * w)
    numbers["policy"] = "crop"
    row, wanted = layer_row("CONV", numbers, shape), reference("CONV", numbers, shape)
    check.same({k: row[k] for k in KEYS}, {k: wanted[k] for k in KEYS}, f"CONV with {numbers}")
for kind in ("FC", "BN", "LRN", "POOL", "RELU", "INPUT"):
    C, H, W, M = (judge.rng().permutation(9)[:4] + 2).tolist()
    numbers = {"FC": {"M": M}, "POOL": {"F": 2, "S": 3, "policy": "pad"}}.get(kind, {})
    numbers |= {"C": C, "H": H, "W": W} if kind == "INPUT" else {}
    row, wanted = layer_row(kind, numbers, (C, H, W)), reference(kind, numbers, (C, H, W))
    check.same({k: row[k] for k in KEYS}, {k: wanted[k] for k in KEYS}, f"{kind} with {numbers}")
### END HIDDEN TESTS

# %% check="layer_row" part="work" points=2
# 2 points. Activations and multiply-adds. Shown: LeNet's first, RELU, BN. Hidden: random layers.
first = layer_row("CONV", {"K": 6, "F": 5, "S": 1, "P": 0}, (1, 32, 32))
check.same(first["activations"], 4704, "activations of LeNet's first layer")
check.same(
    first["multiply_adds"],
    117_600,
    "multiply-adds of LeNet's first layer",
    hint="Each of the 150 weights is used once at every place of the output.",
)
check.same(layer_row("RELU", {}, (5, 3, 4))["activations"], 0, "activations of RELU")
check.same(layer_row("BN", {}, (5, 3, 4))["activations"], 60, "activations of BN")
### BEGIN HIDDEN TESTS
from autograder.judging import judge

KEYS, reference = ("activations", "multiply_adds"), judge.reference("layer_row")
for kind, numbers in (
    ("INPUT", {"C": 3, "H": 8, "W": 5}),
    ("CONV", {"K": 10, "F": 3, "S": 2, "P": 1, "policy": "crop"}),
    ("CONV", {"K": 4, "F": 5, "S": 1, "P": 0, "groups": 2, "bias": False}),
    ("POOL", {"F": 2, "S": 3, "policy": "crop"}),
    ("FC", {"M": 17}),
    ("BN", {}),
    ("LRN", {}),
    ("RELU", {}),
):
    C, H, W = (judge.rng().permutation(9)[:3] + 5).tolist()
    shape = None if kind == "INPUT" else (2 * C, H, W)
    row, wanted = layer_row(kind, numbers, shape), reference(kind, numbers, shape)
    check.same({k: row[k] for k in KEYS}, {k: wanted[k] for k in KEYS}, f"{kind} over {shape}")
### END HIDDEN TESTS

# %% [markdown]
# **Take away.** A weight of a CONV is stored once and used at every place. Its cost in memory and
# its cost in time have little to do with each other.

# %% [markdown]
# ## 3. A net, and nets with paths
#
# LeNet, AlexNet and VGG are chains: the volume after one layer goes into the next. In GoogLeNet and
# ResNet a volume goes several ways at once, and the ways meet again.
#
# **CONCAT** puts the ends of its paths on top of each other. Heights and widths must agree; the
# depths add up. This is the **Inception module** of GoogLeNet:

# %% tags=["plot"] alt="From x, 192 x 28 x 28, four paths: 1x1 with 64 filters; 1x1 with 96, then 3x3 with 128; 1x1 with 16, then 5x5 with 32; a pool of 3x3, then 1x1 with 32. They meet in CONCAT, 256 x 28 x 28."
four = [["1x1, 64"], ["1x1, 96", "3x3, 128"], ["1x1, 16", "5x5, 32"], ["pool 3x3", "1x1, 32"]]
drawing.paths("x\n192 x 28 x 28", four, "CONCAT\n256 x 28 x 28", title="An Inception module")

# %% [markdown]
# Add up the filters at the ends of the four paths: $64 + 128 + 32 + 32 = 256$.
#
# **ADD** adds the ends of its paths, number by number, so all shapes must be the same. This is the
# **residual block** of ResNet. Its second path is empty: there the volume arrives as it was.

# %% tags=["plot"] alt="From x, 64 x 56 x 56, two paths: CONV, BN, RELU, CONV, BN; and a line without any layer. They meet in ADD, 64 x 56 x 56, and a RELU follows."
two = [["CONV 3x3", "BN", "RELU", "CONV 3x3", "BN"], []]
drawing.paths("x\n64 x 56 x 56", two, "ADD\n64 x 56 x 56", ["RELU"], "A residual block")

# %% [markdown]
# Follow the lower line: nothing is done to $x$ there. It is called a **skip connection** or a
# shortcut.
#
# CONCAT can have an empty path as well. Then new maps are put on top of those that came in, and
# nothing is lost. A net of such layers is a DenseNet (Huang and others, 2016).
#
# CONCAT and ADD need no memory of their own: a path can write its end where it will be read. In the
# spec each is a layer like any other, and its `paths` are specs without INPUT.
#
# **Predict before you run.** In the Inception module, 16 filters of 1 x 1 make the volume thin
# before the 5 x 5 filters. How many weights does this path have? And with 5 x 5 filters straight on
# the 192 channels?
#
# <!-- guess 11/reduce
# number | weights of this path | 15872
# number | straight on the 192 channels | 153600
# -->
#
# <details><summary>Answer</summary>
#
# $192 \cdot 16 + 25 \cdot 16 \cdot 32 = 3072 + 12800 = 15872$. Straight on:
# $25 \cdot 192 \cdot 32 = 153600$, about ten times as many.
#
# </details>

# %%
192 * 16 + 25 * 16 * 32, 25 * 192 * 32

# %% [markdown]
# ### Exercise 2: `layer_table` (4 points)
#
# Return the rows of all layers, in the order of the spec. For CONCAT and ADD, first come the rows of
# the first path, then those of the second, and so on. Then comes the row of CONCAT or ADD itself, with
# its shape and four zeros. Where paths do not fit together, raise `ValueError`. The paths are yours,
# and where they meet; the rest is given.
#
# By hand: over an input of 2 x 3 x 4, a CONCAT of `[]` and of one CONV with $K = 5$, $F = 1$ gives
# three rows: INPUT, CONV with 5 x 3 x 4, CONCAT with $2 + 5 = 7$, so 7 x 3 x 4.
#
# <details><summary>Hint</summary>
#
# A path is a net of its own. Put an INPUT of the right shape before it and call `layer_table`. The
# first row that comes back is that INPUT: leave it out of the table. The last one has the shape
# at the path's end, even if the path is empty.
#
# </details>


# %% exercise="layer_table"
def layer_table(spec):
    """Count what every layer of a net holds and costs.

    Args:
        spec: a list of pairs (kind, numbers), INPUT first.

    Returns:
        A list of rows as layer_row returns them, those of paths before their CONCAT or ADD.

    Raises:
        ValueError: a size does not fit, or the ends of paths do not.
    """
    rows = []
    for kind, numbers in spec:
        shape = rows[-1]["shape"] if rows else None
        if kind not in ("CONCAT", "ADD"):
            rows.append(layer_row(kind, numbers, shape))
            continue
        C, H, W = shape
        ends = []  # the shape at the end of each path
        # go through the paths: their rows, and their ends
        ### BEGIN SOLUTION
        for path in numbers["paths"]:
            inner = layer_table([("INPUT", {"C": C, "H": H, "W": W}), *path])
            rows += inner[1:]
            ends.append(inner[-1]["shape"])
        ### END SOLUTION
        if len({end[1:] for end in ends}) > 1 or (kind == "ADD" and len(set(ends)) > 1):
            raise ValueError(f"{kind}: the ends of the paths are {ends}")
        # the depth where they meet, of CONCAT or of ADD
        ### BEGIN SOLUTION
        depth = sum(end[0] for end in ends) if kind == "CONCAT" else ends[0][0]
        ### END SOLUTION
        joined = {"kind": kind, "shape": (depth, *ends[0][1:])}
        rows.append(joined | dict.fromkeys(COLUMNS, 0))
    return rows


# %% [markdown]
# Try it on the two paths by hand, then on AlexNet. `nets.show` prints a table and leaves the RELU
# rows out.

# %%
one = ("CONV", {"K": 5, "F": 1, "S": 1, "P": 0})
fork = [("INPUT", {"C": 2, "H": 3, "W": 4}), ("CONCAT", {"paths": [[], [one]]})]
nets.show(layer_table(fork))
print()
nets.show(layer_table(nets.spec("alexnet")))

# %% check="layer_table" part="paths" points=2
# 2 points. Paths. Shown: the fork by hand, and one that does not fit. Hidden: random paths in paths.
one = ("CONV", {"K": 5, "F": 1, "S": 1, "P": 0})
begin = ("INPUT", {"C": 2, "H": 3, "W": 4})
table = layer_table([begin, ("CONCAT", {"paths": [[], [one]]})])
check.same([row["kind"] for row in table], ["INPUT", "CONV", "CONCAT"], "the kinds of the fork")
check.same(table[2]["shape"], (7, 3, 4), "the shape after the fork")
check.same([table[2][column] for column in COLUMNS], [0, 0, 0, 0], "the numbers of CONCAT")
low = ("CONV", {"K": 5, "F": 3, "S": 1, "P": 0})
check.raises(
    ValueError,
    lambda: layer_table([begin, ("CONCAT", {"paths": [[low], [one]]})]),
    "5 x 1 x 2 beside 5 x 3 x 4",
)
check.raises(
    ValueError,
    lambda: layer_table([begin, ("ADD", {"paths": [[], [one]]})]),
    "2 x 3 x 4 added to 5 x 3 x 4",
    hint="ADD needs equal shapes, CONCAT equal heights and widths.",
)
### BEGIN HIDDEN TESTS
from autograder.judging import judge


def conv(K, F=1, S=1, P=0):
    return ("CONV", {"K": K, "F": F, "S": S, "P": P})


for H, W in ((9, 13), (7, 5)):
    C, a, b, c = (judge.rng().permutation(20)[:4] + 2).tolist()
    begin, relu = ("INPUT", {"C": C, "H": H, "W": W}), ("RELU", {})
    skip = ("ADD", {"paths": [[conv(a), relu, conv(C, 3, 1, 1)], []]})
    mixed = ("CONCAT", {"paths": [[conv(a)], [skip, conv(b, 3, 1, 1), relu], []]})
    down = ("ADD", {"paths": [[conv(c, 3, 2, 1)], [conv(c, 1, 2)], [conv(c, 5, 2, 2)]]})
    judge.value("layer_table", layer_table, [begin, skip, relu, conv(b)])
    judge.value("layer_table", layer_table, [begin, mixed, down, relu, ("FC", {"M": 8})])
    low = ("CONCAT", {"paths": [[conv(a)], [conv(a, 3, 2, 1)]]})
    judge.refuses(ValueError, "layer_table", layer_table, [begin, low])
    low = ("ADD", {"paths": [[conv(C, 1, 2)], []]})
    judge.refuses(ValueError, "layer_table", layer_table, [begin, low])
# Equal widths, 3 and 3, and different heights, 4 and 5.
uneven = [
    ("INPUT", {"C": 2, "H": 9, "W": 7}),
    ("CONCAT", {"paths": [[conv(4, 3, 2)], [conv(4, 5)]]}),
]
judge.refuses(ValueError, "layer_table", layer_table, uneven)
### END HIDDEN TESTS

# %% check="layer_table" part="nets" points=2
# 2 points. Whole nets. Shown: an Inception module. Hidden: VGG-16, GoogLeNet, ResNet-18 and -50.
module = [("INPUT", {"C": 192, "H": 28, "W": 28}), nets.inception(64, 96, 128, 16, 32, 32)]
table = layer_table(module)
check.same(table[-1]["shape"], (256, 28, 28), "the shape after the module")
check.same(sum(row["weights"] for row in table), 163_328, "weights of the module")
### BEGIN HIDDEN TESTS
from autograder.judging import judge

for name in ("vgg16", "googlenet", "googlenet_bn", "resnet18", "resnet50"):
    judge.value("layer_table", layer_table, nets.spec(name), hint=f"The net is {name}.")
### END HIDDEN TESTS

# %% [markdown]
# The Inception module of the picture has 163,328 weights. The table in GoogLeNet's paper says 159K.
# It counts in units of 1024: $163328/1024 = 159.5$.
#
# How many pools does AlexNet have, and how many VGG-16? How large is the last volume before the first
# FC of each?

# %%
for name in ("alexnet", "vgg16"):
    table = layer_table(nets.spec(name))
    pools = [row["shape"] for row in table if row["kind"] == "POOL"]
    print(name, len(pools), "pools; the last leaves", pools[-1])

# %% [markdown]
# Three, which end at 6 x 6 with depth 256; five, which end at 7 x 7 with depth 512. They are often
# mixed up.
#
# **Take away.** A net is a list of layers, and a path in it is a net again.

# %% [markdown]
# ## 4. Add it up
#
# A table is long; its sums are what people quote. **Parameters** are weights and biases together.
#
# ### Exercise 3: `totals` (1 point)
#
# By hand: LeNet's first CONV and POOL. The CONV has 4704 activations, 150 weights, 6 biases and
# 117,600 multiply-adds. The POOL halves the sides: $6 \cdot 14 \cdot 14 = 1176$ activations and
# nothing else. Together they have 5880 activations and 156 parameters.


# %% exercise="totals"
def totals(table):
    """Add up the columns of a layer table.

    Args:
        table: a list of rows, dicts with the keys of COLUMNS and others.

    Returns:
        A dict with the sum of each of COLUMNS, and "parameters", weights and biases together.
    """
    ### BEGIN SOLUTION
    sums = {column: sum(row[column] for row in table) for column in COLUMNS}
    return sums | {"parameters": sums["weights"] + sums["biases"]}
    ### END SOLUTION


# %% [markdown]
# Try it on VGG-16:

# %%
totals(layer_table(nets.spec("vgg16")))

# %% check="totals" points=1
# 1 point. Shown: three rows, then two of LeNet-5. Hidden: random tables.
three = [
    {"kind": "FC", **dict(zip(COLUMNS, (k, 10 * k, 100 * k, 0), strict=True))} for k in (1, 2, 4)
]
check.same(totals(three)["activations"], 7, "the activations of three rows")
conv = {"activations": 4704, "weights": 150, "biases": 6, "multiply_adds": 117_600}
pool = {"activations": 1176, "weights": 0, "biases": 0, "multiply_adds": 0}
sums = totals([{"kind": "CONV", **conv}, {"kind": "POOL", **pool}])
check.same(
    sums,
    {**conv, "activations": 5880, "parameters": 156},
    "the sums of two rows",
    hint="Besides the four columns there is one more key, parameters.",
)
### BEGIN HIDDEN TESTS
from autograder.judging import judge

for rows in (1, 4, 9):
    table = []
    for _ in range(rows):
        values = judge.rng().integers(0, 10**7, size=4).tolist()
        table.append(
            {"kind": "CONV", "shape": (2, 3, 4), **dict(zip(COLUMNS, values, strict=True))}
        )
    judge.value("totals", totals, table)
### END HIDDEN TESTS

# %% [markdown]
# The living net of lesson 01 is a spec, too, and a small one. Which of its layers does most of the
# multiplying?

# %%
small = [("INPUT", {"C": 3, "H": 32, "W": 32})]
for F in (5, 3, 3):
    block = ("CONV", {"K": 12, "F": F, "S": 1, "P": F // 2}), ("RELU", {}), ("POOL", {"F": 2, "S": 2})
    small += block
table = layer_table([*small, ("FC", {"M": 4})])
print([(row["kind"], row["multiply_adds"]) for row in table if row["multiply_adds"]])
print(totals(table)["parameters"], "parameters")

# %% [markdown]
# The first: 921,600 of 1,337,088, seven in ten, on 900 of the 4300 parameters. Its filters are used
# at 1024 places; the 768 weights of the FC layer once each.
#
# Here it is at work. Move the frame and look at the twelve maps of the first CONV: each of their
# pixels takes 75 multiply-adds, at every stop anew.

# %% tags=["demo"]
living.net().show(data.photo("chelsea"), at=(17, 62))  # row and column where the frame begins

# %% [markdown]
# **Find the mistake.** Some copies of a well-known lecture note list the rows of VGG-16 and write
# below them: 24M values, 93 MB for each picture. The rows are right. What is the sum really, in
# units of 1024 · 1024 bytes, with 4 bytes a number?

# %%
15_237_608, 15_237_608 * 4 / 1024**2

# %% [markdown]
# 15,237,608 values, 58.1 MiB. The sum below the rows is wrong, and it has been copied for years.
#
# Now the picture: where are the activations of VGG-16, and where are its weights?

# %% tags=["plot"] alt="Bars for the layers of VGG-16, twice. Left, activations in millions: longest in the first two CONV layers. Right, weights in millions: one long bar, the first FC, and little elsewhere."
table = [row for row in layer_table(nets.spec("vgg16")) if row["kind"] != "RELU"]
figure, axes = plt.subplots(1, 2, figsize=(10, 5), sharey=True)
places = np.arange(len(table))
for axis, column in zip(axes, ("activations", "weights"), strict=True):
    axis.barh(places, [row[column] / 1e6 for row in table])
    axis.set_xlabel(f"{column}, millions")
    axis.set_title(column)
axes[0].set_yticks(places, [f"{row['kind']} {row['shape'][0]}" for row in table], fontsize=8)
axes[0].set_ylabel("layer and its depth, from the picture to the scores")
axes[0].invert_yaxis()
figure.suptitle("VGG-16: memory sits early, weights sit late")
figure.tight_layout()
plt.show()

# %% [markdown]
# Look at the two long bars at the upper left: the first two CONV layers hold 42 % of all
# activations and have 38,592 weights. Then look at the one long bar on the right: the first FC
# holds 102,760,448 weights, 74 % of the net, and 4096 activations.
#
# So memory is saved in the first layer. ZF Net takes 7 x 7 with stride 2 there and AlexNet 11 x 11
# with stride 4. All volumes after it are smaller.
#
# And the other nets? Here they are side by side.

# %% tags=["experiment"] alt="A plot with two logarithmic axes: parameters against multiply-adds, a disc for each of seven nets. LeNet-5 is far down left, VGG-16 top right; ResNet-50 has the largest disc."
labels = {  # where each name stands beside its disc, in points
    "lenet5": (0, 10),
    "alexnet": (-30, 8),
    "zfnet": (20, 12),
    "vgg16": (0, 18),
    "googlenet": (-40, -12),
    "resnet18": (42, -4),
    "resnet50": (48, 0),
}
plt.figure(figsize=(8, 5))
print("net            parameters   multiply-adds activations")
for name, offset in labels.items():
    sums = totals(layer_table(nets.spec(name)))
    x, y = sums["multiply_adds"] / 1e6, sums["parameters"] / 1e6
    plt.scatter(x, y, s=20 + sums["activations"] / 4e4, alpha=0.6)
    plt.annotate(name, (x, y), offset, textcoords="offset points", ha="center", fontsize=9)
    print(
        f"{name:10} {sums['parameters']:14,} {sums['multiply_adds']:15,} {sums['activations']:11,}"
    )
plt.loglog()
plt.margins(0.15)
plt.title("What a net costs (area of the disc: activations)")
plt.xlabel("multiply-adds for one picture, millions")
plt.ylabel("parameters, millions")
plt.show()

# %% [markdown]
# Look at AlexNet and GoogLeNet: GoogLeNet has about a ninth of the parameters and does twice the
# work. Look at VGG-16: top right, with a large disc as well. ResNet-50 is deeper than VGG-16 and
# costs about a quarter of its multiply-adds, but it has to keep more activations, for its batch
# norm.
#
# Beware of round numbers. Each of these depends on the variant:
#
# | net | variant | parameters |
# |---|---|---|
# | LeNet-5 | every filter sees all maps, pools without weights | 61,706 |
# | | 1998: many filters see some maps only, pools with weights | 60,000 |
# | AlexNet | 2012: two columns, `groups=2` in three layers | 60,965,224 |
# | | one column with fewer filters, as in torchvision | 61,100,840 |
# | | one column with all filters, as you drew it in lesson 01 | 62,378,344 |
# | ZF Net | 384, 384 and 256 filters in the middle | 62,357,608 |
# | | 512, 1024 and 512 | 107,627,624 |
# | VGG-16 | with biases | 138,357,544 |
# | | without | 138,344,128 |
# | GoogLeNet | 2014 | 6,998,552 |
# | | 2014, without its FC | 5,973,552 |
# | | batch norm, and 3 x 3 for 5 x 5, as in torchvision | 6,624,904 |
# | ResNet | 18 | 11,689,512 |
# | | 50 | 25,557,032 |
# | DenseNet | 121, as in torchvision | 7,978,856 |
#
# **Find the mistake.** One often reads that GoogLeNet has 4 million parameters. Is there a variant
# in the table for it?
#
# <details><summary>Answer</summary>
#
# No. It is 5 to 7 million: the paper itself says twelve times fewer than AlexNet, which would be 5,
# and counting gives 6 to 7.
#
# </details>
#
# And are the large FC layers needed? NiN did without them (Lin and others, 2013): its last
# convolution makes a map for each class, and the score is the mean of the map. GoogLeNet put
# average pooling in their place and had 0.6 % **more** right answers (Szegedy and others, 2014).
# They can be removed without loss, and since then nets are built without them.
#
# **Take away.** Memory sits in the first layers, weights in the first FC.

# %% [markdown]
# ## 5. Will it fit?
#
# Training needs memory from three sources. Each number takes 4 bytes, as float32. What has to fit
# is the **peak**: the most that is needed at any one moment.
#
# 1. **Activations.** The backward pass needs them all, so they are kept, and each gets a gradient
#    of the same size: $2 A$ numbers for one picture, if the table has $A$. A batch of $N$ takes $N$
#    times as much. (At test time two neighbouring volumes are enough, and the input of a skip until
#    it is added.)
# 2. **Parameters.** Each has its value and its gradient. Momentum keeps one more number for each,
#    Adam two. So `"sgd"` has 2 copies, `"momentum"` 3 and `"adam"` 4.
# 3. **The rest.** Mainly the pictures of the next batch, which are loaded while this one is being
#    processed: $N$ inputs.
#
# (Nobody needs the gradient of the pictures themselves. We count it all the same; for VGG-16 that
# is half a percent.)
#
# Bytes divided by 1024 are KB, again by 1024 MB, and again GB: memory is sold by these names. So MB
# is here what lesson 07 calls MiB.
#
# **Predict before you run.** VGG-16 has 138 million parameters and 15.2 million activations. How many
# GB do the parameters take with momentum? How many MB do the activations of one picture take, with
# their gradients?
#
# <!-- guess 11/memory
# number | GB of parameters, with momentum | 1.55 | within 10 %
# number | MB of activations, with gradients | 116 | within 10 %
# -->

# %%
sums = totals(layer_table(nets.spec("vgg16")))
3 * sums["parameters"] * 4 / 1024**3, 2 * sums["activations"] * 4 / 1024**2

# %% [markdown]
# About one and a half GB, once; and 116 MB for every picture.
#
# ### Exercise 4: `training_memory` (2 points)
#
# Return the bytes of each source. By hand: a net of INPUT with 2 x 3 x 5 and FC with $M = 4$ has
# $30 + 4 = 34$ activations and $120 + 4 = 124$ parameters. With $N = 10$ and momentum that makes
# $2 \cdot 34 \cdot 10 \cdot 4 = 2720$ bytes, $3 \cdot 124 \cdot 4 = 1488$ and
# $30 \cdot 10 \cdot 4 = 1200$.


# %% exercise="training_memory"
def training_memory(spec, batch, optimizer):
    """Find the memory that training takes, by its three sources.

    Args:
        spec: a net, as in layer_table.
        batch: pictures in a batch, N.
        optimizer: "sgd", "momentum" or "adam".

    Returns:
        A dict of bytes, for float32: "activations", "parameters" and "rest".

    Raises:
        ValueError: the optimizer is unknown.
    """
    copies = {"sgd": 2, "momentum": 3, "adam": 4}
    if optimizer not in copies:
        raise ValueError(f"no optimizer {optimizer!r}; there are {', '.join(copies)}")
    table = layer_table(spec)
    sums = totals(table)
    # the three sources, in bytes
    ### BEGIN SOLUTION
    return {
        "activations": 4 * 2 * sums["activations"] * batch,
        "parameters": 4 * copies[optimizer] * sums["parameters"],
        "rest": 4 * table[0]["activations"] * batch,
    }
    ### END SOLUTION


# %% [markdown]
# Try it on VGG-16 with 32 pictures:

# %%
for source, size in training_memory(nets.spec("vgg16"), 32, "momentum").items():
    print(f"{source:12} {size / 1024**3:6.3f} GB")

# %% check="training_memory" points=2
# 2 points. Shown: the small net. Hidden: famous and random nets, batches and optimizers.
# A mistake in layer_table or totals costs its points once.
tiny = [("INPUT", {"C": 2, "H": 3, "W": 5}), ("FC", {"M": 4})]
check.same(
    training_memory(tiny, 10, "momentum"),
    {"activations": 2720, "parameters": 1488, "rest": 1200},
    "the small net",
)
check.same(training_memory(tiny, 10, "sgd")["parameters"], 992, "its parameters with sgd")
check.raises(ValueError, lambda: training_memory(tiny, 10, "magic"), "an optimizer magic")
### BEGIN HIDDEN TESTS
from autograder.judging import judge

for name, optimizer in (
    ("alexnet", "adam"),
    ("vgg16", "momentum"),
    ("lenet5", "sgd"),
    ("resnet18", "adam"),
):
    batch, spec = int(judge.rng().integers(2, 300)), nets.spec(name)
    judge.value("training_memory", training_memory, spec, batch, optimizer)
C, H, W, M = (judge.rng().permutation(9)[:4] + 2).tolist()
tiny = [("INPUT", {"C": C, "H": H, "W": W}), ("RELU", {}), ("FC", {"M": M})]
for optimizer in ("sgd", "momentum", "adam"):
    judge.value("training_memory", training_memory, tiny, 7, optimizer)
### END HIDDEN TESTS

# %% [markdown]
# **Predict before you run.** If it does not fit, lower the batch. How many pictures can VGG-16 train
# on at a time in 3 GB, with momentum? Parameters take 1.5 GB. One picture takes 117 MB, its place in
# the next batch included.
#
# <!-- guess 11/batch
# number | pictures | 12 | within 10 %
# -->
#
# <details><summary>Answer</summary>
#
# About 1.5 GB are left, that is 1490 MB or so: 12 pictures.
#
# </details>
#
# ### Exercise 5: `largest_batch` (2 points)
#
# Find the largest batch whose three sources together take no more than the memory. If not even one
# picture fits, the answer is 0.
#
# By hand: INPUT with 1 x 1024 x 1024 and FC with $M = 1$. There are $1024 \cdot 1024$ weights and a
# bias. With momentum they take 12 MB and a few bytes. A picture takes 8 MB as activations with
# gradients and 4 MB in the next batch: 12 MB again. One GB is 1024 MB, or 85.3 times 12 MB. One of
# these goes to the parameters, so 84 pictures fit.
#
# Trying 1, 2, 3 and so on takes too long for a net like LeNet-5. The memory is a straight line in the
# batch, and its value at 0 is given below.


# %% exercise="largest_batch"
def largest_batch(spec, optimizer, gigabytes):
    """Find the largest batch with which training fits into a memory.

    Args:
        spec: a net, as in layer_table.
        optimizer: "sgd", "momentum" or "adam".
        gigabytes: the memory, in units of 1024**3 bytes.

    Returns:
        Pictures in the batch, an int; 0 if not even one fits.
    """
    fixed = sum(training_memory(spec, 0, optimizer).values())  # without any picture
    # what each picture adds, and how many of them fit into what is left
    ### BEGIN SOLUTION
    each = sum(training_memory(spec, 1, optimizer).values()) - fixed
    room = int(gigabytes * 1024**3) - fixed
    return max(0, room // each)
    ### END SOLUTION


# %% [markdown]
# Try it on VGG-16, with GPUs of 3, 4, 6 and 12 GB:

# %%
[largest_batch(nets.spec("vgg16"), "momentum", gigabytes) for gigabytes in (3, 4, 6, 12)]

# %% check="largest_batch" points=2
# 2 points. Shown: the net by hand, and one too large. Hidden: nets with 3, 4, 6 and 12 GB.
# A mistake in training_memory costs its points once.
flat = [("INPUT", {"C": 1, "H": 1024, "W": 1024}), ("CONV", {"K": 1, "F": 1, "S": 1, "P": 0})]
check.same(
    largest_batch(flat, "momentum", 0.5),
    25,
    "pictures with one weight in 0.5 GB",
    hint="A picture takes 16 MB with its gradients and 4 MB in the next batch. 512 / 20 = 25.6.",
)
big = [("INPUT", {"C": 1, "H": 1024, "W": 1024}), ("FC", {"M": 1})]
check.same(largest_batch(big, "momentum", 1), 84, "pictures of 1024 x 1024 in 1 GB")
wide = [("INPUT", {"C": 1, "H": 1000, "W": 1000}), ("FC", {"M": 1000})]
check.same(
    largest_batch(wide, "momentum", 3),
    0,
    "a billion weights in 3 GB",
    hint="Three copies of a billion numbers take 11 GB: nothing is left, and no batch is negative.",
)
### BEGIN HIDDEN TESTS
from autograder.judging import judge

# Pictures larger than all parameters together.
large = [("INPUT", {"C": 3, "H": 300, "W": 200}), ("CONV", {"K": 4, "F": 3, "S": 1, "P": 1})]
for name, optimizer, gigabytes in (
    ("large pictures", "sgd", 3),
    ("vgg16", "momentum", 3),
    ("vgg16", "adam", 4),
    ("resnet50", "momentum", 6),
    ("alexnet", "sgd", 12),
    ("zfnet_wide", "adam", 1),
    ("lenet5", "adam", 4),
):
    spec = large if name == "large pictures" else nets.spec(name)
    judge.value("largest_batch", largest_batch, spec, optimizer, gigabytes)
### END HIDDEN TESTS

# %% [markdown]
# And the experiment: five nets on six GPUs. Those of 3, 4, 6 and 12 GB are of 2016, when most of
# these nets were new. Later came cards for games with 24 GB (an RTX 4090), and cards made for
# training with 80 (an A100 or H100).

# %% tags=["experiment"] alt="A plot of the largest batch against memory, 3 to 80 GB, both axes logarithmic, for five nets. AlexNet is on top, with 208 to 7141 pictures; VGG-16 and ResNet-50 are lowest, with 12 to 687."
sizes = [3, 4, 6, 12, 24, 80]
for name, mark in zip(
    ["alexnet", "googlenet", "resnet18", "resnet50", "vgg16"], "os^Dv", strict=True
):
    batches = [largest_batch(nets.spec(name), "momentum", size) for size in sizes]
    print(f"{name:10}", *(f"{batch:5}" for batch in batches))
    plt.loglog(sizes, batches, mark + "-", label=name)
plt.xticks(sizes, sizes)
plt.minorticks_off()
plt.title("The largest batch that fits, with momentum")
plt.xlabel("memory, GB")
plt.ylabel("pictures in a batch")
plt.legend()
plt.show()

# %% [markdown]
# Look at VGG-16 at the left: it bends. In 3 GB half of the memory goes to the parameters, so twice
# the memory gives three times the batch, 12 and 39. In 24 and 80 GB the parameters hardly matter:
# the batch grows with the memory. The line of ResNet-50 is nearly straight from the start, because
# its parameters are few and its activations many.
#
# A real library also needs more than this: space for columns as in lesson 04, and some hundred MB
# for itself. The count is a first guess.
#
# **Take away.** Activations grow with the batch, parameters do not. If it does not fit, lower the
# batch.
#
# **Going further**, without points: which peak is it? We counted as if all activations and all their
# gradients were there at once. Now follow one step. Forward, volume after volume is kept. Backward,
# a layer takes the gradient of its output and makes that of its input. After that nobody needs its
# output again, neither the numbers nor their gradient. A program can let both go.
#
# **Predict before you run.** One picture goes through VGG-16, forward and back. Everything is let
# go as soon as it can be. Is the peak near $2 A$, that is 116 MB? When is it reached?
#
# <!-- guess 11/peak
# choice | the peak is | near 116 MB | * near 58 MB | near 29 MB
# choice | it is reached | at the last step, back at the picture | halfway forward | * about the turn from forward to backward
# -->
#
# <details><summary>Answer</summary>
#
# It is near $A$, 58 MB, and is reached about the turn: all activations are kept then, and the last
# layers, with their gradients, are small. Later on more is let go than is made.
#
# </details>

# %% tags=["plot"] alt="A plot of memory during one training step of VGG-16 with one picture. Forward it rises to 58 MB. On the way back it rises to 116 MB if everything is kept, and stays below 60 MB and falls to 26 if each volume is let go."
sizes = [row["activations"] for row in layer_table(nets.spec("vgg16")) if row["activations"]]
kept = np.cumsum(sizes)  # after each layer, on the way forward
back = range(len(sizes) - 1, 0, -1)  # the layer whose turn it is on the way back
keeps_all = [kept[-1] + sum(sizes[k - 1 :]) for k in back]
lets_go = [kept[k] + sizes[k] + sizes[k - 1] for k in back]  # and two gradients
for name, after, line in (("all is kept", keeps_all, "--"), ("each is let go", lets_go, "-")):
    memory = np.array([*kept, *after]) * 4 / 1024**2
    plt.plot(memory, line, label=f"{name}: at most {memory.max():.1f} MB")
plt.axvline(len(sizes) - 1, color="gray", linestyle=":", label="from here on backward")
plt.title("Activations and their gradients in one step of VGG-16")
plt.xlabel("layers done, forward and then backward")
plt.ylabel("memory for one picture, MB")
plt.legend()
plt.show()

# %% [markdown]
# Look at the solid line. It is level about the turn, at no more than 59.5 MB, and then falls: going
# back, a layer lets go of more than it makes. So its peak is half of the other, and about twice the
# batch fits. A library such as PyTorch works like this. `training_memory` and `largest_batch` count
# the dashed line, and so err on the safe side.

# %% [markdown]
# ## 6. Four ways at once
#
# Now run what section 3 has drawn. Which filter size is best at a given depth of the net: 1, 3 or
# 5? An Inception module does not choose. It runs all of them, with a pool as the fourth, and puts
# the maps on top of each other. Every convolution is followed by a ReLU, and all keep the height and
# width.
#
# | path | first | then |
# |---|---|---|
# | 1 | `"1x1"` | |
# | 2 | `"3x3 reduce"`, 1 x 1 | `"3x3"`, padding 1 |
# | 3 | `"5x5 reduce"`, 1 x 1 | `"5x5"`, padding 2 |
# | 4 | max pool, $F = 3$, $S = 1$, $P = 1$ | `"pool 1x1"` |
#
# **Predict before you run.** Your `max_pool_forward` has no padding, so the pool's border must be
# put on beforehand. What should be in it? Think of a corner window over $-1$ and $-2$.
#
# <!-- guess 11/border
# choice | in the border there should be | zeros | the mean of the picture | * minus infinity
# -->
#
# <details><summary>Answer</summary>
#
# With zeros in the border the corner would answer 0, which is nowhere in the picture. A border of
# $-\infty$ never wins. After a ReLU nothing is negative and zeros would do, but a layer should be
# right everywhere.
#
# </details>

# %%
line = np.array([-1.0, -2.0])
np.pad(line, 1).max(), np.pad(line, 1, constant_values=-np.inf).max()

# %% [markdown]
# ### Exercise 6: `inception_forward` (2 points)
#
# By hand: the picture is one row, $[1, 2, 3]$. All filters are ones, all biases 0, one filter in
# each place. Path 1 gives $[1, 2, 3]$. Path 2 adds up three neighbours: $[3, 6, 5]$. Path 3 adds up
# five: $[6, 6, 6]$. Path 4 gives the largest of three: $[2, 3, 3]$. Four maps come out, in this
# order.


# %% exercise="inception_forward"
def inception_forward(x, params):
    """Run an Inception module.

    Args:
        x: feature maps, shape (N, C, H, W).
        params: filters and bias (w, b) of each convolution, as conv_forward takes them: a dict with
            "1x1", "3x3 reduce", "3x3", "5x5 reduce", "5x5" and "pool 1x1".

    Returns:
        out: the maps of the four paths, shape (N, K, H, W), K the sum of their filters.
    """
    bordered = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)), constant_values=-np.inf)
    pooled, _ = max_pool_forward(bordered, 3, 3, 1)  # (N, C, H, W)

    def conv_relu(maps, name, pad=0):
        w, b = params[name]
        return relu_forward(conv_forward(maps, w, b, pad=pad)[0])[0]

    first = conv_relu(x, "1x1")
    # the other three paths, and all four on top of each other
    ### BEGIN SOLUTION
    second = conv_relu(conv_relu(x, "3x3 reduce"), "3x3", pad=1)
    third = conv_relu(conv_relu(x, "5x5 reduce"), "5x5", pad=2)
    fourth = conv_relu(pooled, "pool 1x1")
    return np.concatenate([first, second, third, fourth], axis=1)
    ### END SOLUTION


# %% [markdown]
# Try it on the row:

# %%
SIDES = {"1x1": 1, "3x3 reduce": 1, "3x3": 3, "5x5 reduce": 1, "5x5": 5, "pool 1x1": 1}
ones = {name: (np.ones((1, 1, F, F)), np.zeros(1)) for name, F in SIDES.items()}
print(inception_forward(np.array([[[[1.0, 2.0, 3.0]]]]), ones)[0, :, 0])

# %% check="inception_forward" points=2
# 2 points. Shown: the row, and a negative one. Hidden: random modules, any sign, all sizes different.
sides = {"1x1": 1, "3x3 reduce": 1, "3x3": 3, "5x5 reduce": 1, "5x5": 5, "pool 1x1": 1}
params = {name: (np.ones((1, 1, F, F)), np.zeros(1)) for name, F in sides.items()}
row = np.array([[[[1.0, 2.0, 3.0]]]])
check.same(
    inception_forward(row, params)[0, :, 0],
    [[1.0, 2.0, 3.0], [3.0, 6.0, 5.0], [6.0, 6.0, 6.0], [2.0, 3.0, 3.0]],
    "the row",
)
params["pool 1x1"] = (-np.ones((1, 1, 1, 1)), np.zeros(1))
check.same(
    inception_forward(-row, params)[0, 3, 0],
    [1.0, 1.0, 2.0],
    "path 4 of the negative row, with a weight of -1",
    hint="Its pool gives -1, -1, -2. A border of zeros would win.",
)
### BEGIN HIDDEN TESTS
from autograder.judging import judge

for (N, C, H, W), filters in (
    ((2, 3, 5, 7), (2, 3, 4, 2, 1, 5)),
    ((3, 4, 6, 5), (1, 2, 3, 4, 2, 1)),
    ((1, 5, 4, 3), (3, 1, 2, 3, 4, 2)),
):
    K1, R3, K3, R5, K5, KP = filters
    params = {}
    for name, shape in (
        ("1x1", (K1, C, 1, 1)),
        ("3x3 reduce", (R3, C, 1, 1)),
        ("3x3", (K3, R3, 3, 3)),
        ("5x5 reduce", (R5, C, 1, 1)),
        ("5x5", (K5, R5, 5, 5)),
        ("pool 1x1", (KP, C, 1, 1)),
    ):
        params[name] = (judge.rng().normal(size=shape), judge.rng().normal(size=shape[0]))
    x = judge.rng().normal(size=(N, C, H, W))
    judge.value("inception_forward", inception_forward, x, params)
    judge.value("inception_forward", inception_forward, -1 - np.abs(x), params)
### END HIDDEN TESTS

# %% [markdown]
# Such modules grew for some years. Inception-v4 (Szegedy and others, 2016) has three kinds of them,
# with 7 x 7 filters split into 1 x 7 and 7 x 1. Its paper also puts skips around the modules, and
# finds that they then learn faster. Why should a skip help?
#
# **Take away.** Instead of choosing a filter size, run them all, and keep it cheap by 1 x 1 filters
# in front.
#
# **Going further**, without points: and back? `x` goes into four paths, so four gradients arrive at
# it and are added. `dout` holds the four paths' maps on top of each other; it is cut where they were
# joined.
#
# There is no cache this time. Section 5 has shown that caches take most of the memory. So the
# backward function gets `x` and runs the module once more, with its caches, which are gone when it
# is done. PyTorch calls this checkpointing. It costs one more forward pass and saves what a module
# keeps.
#
# **Predict before you run.** The row $[1, 2, 3]$ again, with ones everywhere, and a `dout` of ones.
# How large is the gradient at each of the three places?
#
# <!-- guess 11/four
# row | the gradient | 6, 8, 8
# -->
#
# <details><summary>Answer</summary>
#
# Count in how many outputs each number is. Path 1: $[1, 1, 1]$. Path 2: the middle one is seen
# three times, $[2, 3, 2]$. Path 3: five wide, so all see all, $[3, 3, 3]$. Path 4: the maxima are
# 2, 3 and 3, so $[0, 1, 2]$. Together $[6, 8, 8]$.
#
# </details>

# %%
np.sum([[1, 1, 1], [2, 3, 2], [3, 3, 3], [0, 1, 2]], axis=0)

# %% [markdown]
# The function below does it. From the last line of the forward pass to its first, each
# `..._forward` becomes its `..._backward`. `np.split` undoes `np.concatenate`: it wants the places
# where to cut. The pool's border was put on by hand, so its gradient is cut off by hand.


# %% tags=["experiment"]
def inception_backward(dout, x, params):
    """Send the gradient back through an Inception module, which is run again for its caches.

    Args:
        dout: gradient of the loss with respect to out, shape (N, K, H, W).
        x, params: as inception_forward took them.

    Returns:
        dx: gradient with respect to x, shape (N, C, H, W).
        grads: gradients (dw, db) of each convolution, a dict with the keys of params.
    """
    grads = {}

    def conv_relu(maps, name, pad=0):
        w, b = params[name]
        out, conv = conv_forward(maps, w, b, pad=pad)
        out, relu = relu_forward(out)
        return out, (conv, relu)

    def back(dout, name, cache):
        conv, relu = cache
        dmaps, dw, db = conv_backward(relu_backward(dout, relu), conv)
        grads[name] = dw, db
        return dmaps

    bordered = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)), constant_values=-np.inf)
    pooled, pool = max_pool_forward(bordered, 3, 3, 1)  # (N, C, H, W)
    thin3, reduce3 = conv_relu(x, "3x3 reduce")
    thin5, reduce5 = conv_relu(x, "5x5 reduce")
    last = {
        "1x1": conv_relu(x, "1x1")[1],
        "3x3": conv_relu(thin3, "3x3", pad=1)[1],
        "5x5": conv_relu(thin5, "5x5", pad=2)[1],
        "pool 1x1": conv_relu(pooled, "pool 1x1")[1],
    }

    cuts = np.cumsum([len(params[name][0]) for name in last])[:-1]
    parts = zip(last, np.split(dout, cuts, axis=1), strict=True)
    dmaps = {name: back(part, name, last[name]) for name, part in parts}
    dx = dmaps["1x1"]
    dx = dx + back(dmaps["3x3"], "3x3 reduce", reduce3)
    dx = dx + back(dmaps["5x5"], "5x5 reduce", reduce5)
    dx = dx + max_pool_backward(dmaps["pool 1x1"], pool)[:, :, 1:-1, 1:-1]
    return dx, grads


dx, grads = inception_backward(np.ones((1, 4, 1, 3)), np.array([[[[1.0, 2.0, 3.0]]]]), ones)
print(dx.ravel(), list(grads))

# %% [markdown]
# ## 7. Add what came in
#
# Deeper nets should be better: let the further layers do nothing, and the net is as good as before.
# But doing nothing is hard to learn for a layer that begins with random weights. Nets of 56 plain
# layers had a larger error than nets of 20, on the training pictures too.
#
# ResNet makes doing nothing the easy case. A block computes what to **add** to its input:
#
# $$\text{out} = \text{ReLU}\big(f(x) + x\big) \qquad
# f(x) = \text{conv}_2\big(\text{ReLU}(\text{conv}_1(x))\big)$$
#
# With all weights zero, $f(x) = 0$, and what comes in goes out (if it is not negative, as after a
# ReLU). Where $f$ changes the shape, the shortcut needs a 1 x 1 convolution with the same stride.
# ResNet has a batch norm after every convolution; we leave it out here, to see the skip alone.
#
# **Predict before you run.** Both convolutions have a single weight that is not zero, in the middle:
# 1 in the first, 2 in the second. What does the block make of $x = [1, -2, 3]$?
#
# <!-- guess 11/skip
# row | what comes out | 3, 0, 9
# -->
#
# <details><summary>Answer</summary>
#
# $\text{conv}_1$ gives $[1, -2, 3]$, the ReLU $[1, 0, 3]$, and $\text{conv}_2$ $[2, 0, 6]$. Now add
# $x$: $[3, -2, 9]$. The last ReLU makes it $[3, 0, 9]$.
#
# </details>

# %%
x = np.array([1.0, -2.0, 3.0])
np.maximum(2 * np.maximum(x, 0) + x, 0)

# %% [markdown]
# And backward? $x$ is used twice, so its two gradients add up, as in lesson 03. Let `dout` be
# $[1, 1, 1]$. After the last ReLU $[1, 0, 1]$ is left. It goes around as it is, and through $f$ it
# becomes $[2, 0, 2]$. So $\text{dx} = [3, 0, 3]$. Check it: at $x = 1$ the output is
# $2 \cdot 1 + 1$, three times the input.
#
# ### Exercise 7: `residual_forward` and `residual_backward` (5 points)
#
# Both stand in one cell, because they share the cache. As in lesson 03, a gradient that is measured
# instead of derived earns no points. The 3 x 3 convolutions have padding 1; `stride` is that of the
# first one and of the shortcut. A shortcut is there only if `params` has the key `"shortcut"`.
#
# The convolutions of this course refuse what does not fit. So a stride of 2 goes with odd sizes
# here, where ResNet itself has even ones and crops.
#
# <details><summary>Hint for the backward pass</summary>
#
# Go through the forward function from its last line to its first. Every `..._forward` becomes its
# `..._backward` with its own cache. Where two things were added, the gradient goes to both.
#
# </details>


# %% exercise="residual_forward"
def residual_forward(x, params, stride=1):
    """Run a residual block of two 3 x 3 convolutions.

    Args:
        x: feature maps, shape (N, C, H, W).
        params: filters and bias (w, b) of each convolution: a dict with "conv1" (K, C, 3, 3),
            "conv2" (K, K, 3, 3), and where the shape changes "shortcut" (K, C, 1, 1).
        stride: of conv1 and of the shortcut.

    Returns:
        out: shape (N, K, H_out, W_out).
        cache: whatever residual_backward will need.
    """
    w1, b1 = params["conv1"]
    w2, b2 = params["conv2"]
    around, shortcut = x, None
    if "shortcut" in params:
        w, b = params["shortcut"]
        around, shortcut = conv_forward(x, w, b, stride=stride)
    hidden, conv1 = conv_forward(x, w1, b1, stride=stride, pad=1)
    hidden, relu1 = relu_forward(hidden)
    # the second convolution, which gives f and conv2; then out and relu2
    ### BEGIN SOLUTION
    f, conv2 = conv_forward(hidden, w2, b2, pad=1)
    out, relu2 = relu_forward(f + around)
    ### END SOLUTION
    return out, (conv1, relu1, conv2, shortcut, relu2)


def residual_backward(dout, cache):
    """Send the gradient back through the block and around it.

    Args:
        dout: gradient of the loss with respect to out, shape (N, K, H_out, W_out).
        cache: from residual_forward.

    Returns:
        dx: gradient with respect to x, shape (N, C, H, W).
        grads: gradients (dw, db) of each convolution, a dict with the keys of params.
    """
    conv1, relu1, conv2, shortcut, relu2 = cache
    # from the last line to the first: dsum before the last ReLU, then dw2, db2, and dx, dw1, db1
    ### BEGIN SOLUTION
    dsum = relu_backward(dout, relu2)
    dhidden, dw2, db2 = conv_backward(dsum, conv2)
    dhidden = relu_backward(dhidden, relu1)
    dx, dw1, db1 = conv_backward(dhidden, conv1)
    ### END SOLUTION
    grads = {"conv1": (dw1, db1), "conv2": (dw2, db2)}
    daround = dsum
    if shortcut is not None:
        daround, dw, db = conv_backward(dsum, shortcut)
        grads["shortcut"] = (dw, db)
    # dx came through f, daround came around: what arrives at x?
    ### BEGIN SOLUTION
    return dx + daround, grads
    ### END SOLUTION


# %% [markdown]
# Try it on the row, forward and backward:


# %%
def middle(weight):
    """Make one 3 x 3 filter with a single weight in its middle, and a bias of 0."""
    return np.pad([[[[weight]]]], ((0, 0), (0, 0), (1, 1), (1, 1))), np.zeros(1)


out, cache = residual_forward(
    np.array([[[[1.0, -2.0, 3.0]]]]), {"conv1": middle(1.0), "conv2": middle(2.0)}
)
dx, grads = residual_backward(np.ones((1, 1, 1, 3)), cache)
print(out.ravel(), dx.ravel())

# %% check="residual_forward" points=2
# 2 points. Shown: the row, weights of zero, of -2. Hidden: random blocks, with and without a shortcut.
delta = np.zeros((1, 1, 3, 3))
delta[0, 0, 1, 1] = 1.0
row = np.array([[[[1.0, -2.0, 3.0]]]])
block = {"conv1": (delta, np.zeros(1)), "conv2": (2 * delta, np.zeros(1))}
check.same(residual_forward(row, block)[0], [[[[3.0, 0.0, 9.0]]]], "the row")
idle = {"conv1": (0 * delta, np.zeros(1)), "conv2": (0 * delta, np.zeros(1))}
check.same(
    residual_forward(np.abs(row), idle)[0],
    [[[[1.0, 2.0, 3.0]]]],
    "a block with weights of zero",
    hint="What comes in goes out: it is added after the second convolution.",
)
against = {"conv1": (delta, np.zeros(1)), "conv2": (-2 * delta, np.zeros(1))}
check.same(
    residual_forward(row, against)[0],
    [[[[0.0, 0.0, 0.0]]]],
    "a block with weights 1 and -2",
    hint="A ReLU after the first convolution, and one after the sum: 1 - 2, -2 + 0, 3 - 6.",
)
### BEGIN HIDDEN TESTS
from autograder.judging import judge

for N, C, H, W, K, stride in ((2, 3, 5, 6, 3, 1), (3, 2, 4, 5, 4, 1), (2, 3, 7, 9, 5, 2)):
    params = {
        "conv1": (judge.rng().normal(size=(K, C, 3, 3)), judge.rng().normal(size=K)),
        "conv2": (judge.rng().normal(size=(K, K, 3, 3)), judge.rng().normal(size=K)),
    }
    if K != C:
        params["shortcut"] = judge.rng().normal(size=(K, C, 1, 1)), judge.rng().normal(size=K)
    x = judge.rng().normal(size=(N, C, H, W)) * 5
    judge.forward("residual_forward", residual_forward, x, params, stride)
### END HIDDEN TESTS

# %% check="residual_backward" points=3
# 3 points. Shown: the row, and slopes measured. Hidden: random blocks, every gradient.
delta = np.zeros((1, 1, 3, 3))
delta[0, 0, 1, 1] = 1.0
row = np.array([[[[1.0, -2.0, 3.0]]]])
block = {"conv1": (delta, np.zeros(1)), "conv2": (2 * delta, np.zeros(1))}
dx, grads = residual_backward(np.ones((1, 1, 1, 3)), residual_forward(row, block)[1])
check.same(
    dx,
    [[[[3.0, 0.0, 3.0]]]],
    "dx of the row",
    hint="Two gradients arrive at x: [1, 0, 1] around f and [2, 0, 2] through it.",
)
check.same(sorted(grads), ["conv1", "conv2"], "the keys of grads")
lifted = {"conv1": (delta, np.zeros(1)), "conv2": (-2 * delta, np.array([10.0]))}
dout = np.ones((1, 1, 1, 3))
dx, grads = residual_backward(dout, residual_forward(row, lifted)[1])
check.same(
    dx,
    [[[[-1.0, 1.0, -1.0]]]],
    "dx with weights 1 and -2, and a bias of 10",
    hint="1 - 2 where the first ReLU was open, 1 where it was not.",
)
check.same([grads[name][1][0] for name in ("conv1", "conv2")], [-4.0, 3.0], "db of both")
check.same(dout, np.ones((1, 1, 1, 3)), "dout afterwards", hint="Work on a copy.")
down = {"conv1": (delta + 0.1, np.ones(1)), "conv2": (2 * delta - 0.1, np.ones(1))}
down["shortcut"] = np.full((1, 1, 1, 1), 0.5), np.ones(1)
x = np.arange(15.0).reshape(1, 1, 3, 5)
dx, grads = residual_backward(np.ones((1, 1, 2, 3)), residual_forward(x, down, 2)[1])
check.same(sorted(grads), ["conv1", "conv2", "shortcut"], "the keys of grads with a shortcut")
check.gradient(lambda point: residual_forward(point, down, 2)[0], x, dx, name="dx with a shortcut")
### BEGIN HIDDEN TESTS
from autograder.judging import inputs, judge

pair = ("residual_forward", "residual_backward")
for N, C, H, W, K, stride in ((2, 3, 5, 6, 3, 1), (3, 2, 4, 5, 4, 1), (2, 3, 7, 9, 5, 2)):
    params = {
        "conv1": (judge.rng().normal(size=(K, C, 3, 3)), judge.rng().normal(size=K)),
        "conv2": (judge.rng().normal(size=(K, K, 3, 3)), judge.rng().normal(size=K)),
    }
    if K != C:
        params["shortcut"] = judge.rng().normal(size=(K, C, 1, 1)), judge.rng().normal(size=K)
    x = judge.rng().normal(size=(N, C, H, W)) * 5
    judge.backward(
        pair, (residual_forward, residual_backward), x, params, stride, results=("dx", "grads")
    )
    with judge.derived("residual_backward"):
        far = {name: (w, inputs.FAR * b) for name, (w, b) in params.items()}
        judge.backward(
            pair,
            (residual_forward, residual_backward),
            inputs.FAR * x,
            far,
            stride,
            results=("dx", "grads"),
        )
### END HIDDEN TESTS

# %% [markdown]
# What is it good for? Stack 20 blocks with weights half as large as those that keep the
# activations in range. Send a gradient back and see what arrives at each block. The plain blocks
# are the same, with a shortcut of zeros, so that nothing gets around.

# %% tags=["experiment"] alt="A plot of the size of dx against the blocks it has come through, 1 to 20, on a logarithmic axis. Without skips it falls to 1e-13; with skips it stays near 1."
C, depth = 4, 20
nothing = np.zeros((C, C, 1, 1)), np.zeros(C)
start, push = np.abs(rng.normal(size=(1, C, 8, 8))), rng.normal(size=(1, C, 8, 8))
for name, shortcut, line in (("plain", {"shortcut": nothing}, "s--"), ("with skips", {}, "o-")):
    drawn = np.random.default_rng(4)
    x, dx, caches, sizes = start, push, [], []
    for _ in range(depth):
        w = 0.5 * np.sqrt(2 / (9 * C)) * drawn.normal(size=(2, C, C, 3, 3))
        block = {"conv1": (w[0], np.zeros(C)), "conv2": (w[1], np.zeros(C)), **shortcut}
        x, cache = residual_forward(x, block)
        caches.append(cache)
    for cache in reversed(caches):
        dx, _ = residual_backward(dx, cache)
        sizes.append(np.sqrt(np.mean(dx**2)))
    plt.semilogy(range(1, depth + 1), sizes, line, label=name)
plt.title("The gradient finds its way around the layers")
plt.xticks(range(0, depth + 1, 5))
plt.xlabel("blocks the gradient has come through")
plt.ylabel("size of dx (root mean square)")
plt.legend()
plt.show()

# %% [markdown]
# Look at the squares: with every plain block the gradient loses about the same part of its size, and
# the first layers learn next to nothing. The round marks stay: on the way around a block nothing is
# multiplied.
#
# **Take away.** A residual block learns what to add. Its skip carries the gradient to the first
# layer.
#
# **Going further**, without points: two other residual blocks. The first is for depth. The block
# above has two 3 x 3 convolutions, say with 64 channels. A **bottleneck** for 256 channels goes from
# 256 to 64 by 1 x 1, stays at 64 by 3 x 3, and goes back to 256 by 1 x 1.
#
# **Predict before you run.** Which of the two has more weights?
#
# <!-- guess 11/bottleneck
# choice | more weights are in | * the block of two 3 x 3 | the bottleneck | neither
# -->

# %%
2 * 9 * 64 * 64, 256 * 64 + 9 * 64 * 64 + 64 * 256

# %% [markdown]
# The bottleneck has fewer, with four times the channels. ResNet-50 is made of it.
#
# The second puts the layers in another order. In the block of 2015 a ReLU follows the sum, so the
# skip is not quite free: what is negative is lost. *Identity Mappings* (He and others, 2016) puts
# batch norm and ReLU in front of each convolution and nothing after the sum. This is
# **pre-activation**.

# %% tags=["plot"] alt="From x two paths: BN, RELU, CONV, BN, RELU, CONV; and a line without any layer. They meet in ADD, and nothing follows."
before = [["BN", "RELU", "CONV 3x3", "BN", "RELU", "CONV 3x3"], []]
drawing.paths("x", before, "ADD", title="A residual block with pre-activation")

# %% [markdown]
# Follow the lower line through a stack of such blocks: from the first to the last there are nothing
# but sums on it. The paper trains nets of 1001 layers that way.

# %% [markdown]
# ## 8. Is deeper better?
#
# So far we have said that plain nets get worse with depth. Now see it, on nets that are small enough
# to train here: a convolution with 8 filters, then 1, 4 or 10 blocks, then a fully-connected layer.
# The deepest has 21 convolutions. They learn 1000 pictures of clothes in ten classes, averaged down
# to 7 x 7 pixels.
#
# One function draws a net. A plain block is your residual block with a shortcut of zeros, which is
# never trained. With a skip the second convolution of each block starts at zero. So all these nets
# start as the same net: their blocks do nothing. A plain block cannot start there, for nothing would
# come through. All its weights are drawn with the variance $2/D$, where $D$ counts the weights of a
# filter.

# %% tags=["experiment"]
# training takes many small convolutions: from here on the given ones, without loops
conv_forward, conv_backward = layers.conv_forward, layers.conv_backward

fashion = data.load("fashion")
pictures = data.centred(fashion.x_train[:1000], fashion.mean)
pictures = pictures.reshape(1000, 1, 7, 4, 7, 4).mean(axis=(3, 5))  # (1000, 1, 7, 7)
pictures, labels = pictures / pictures.std(), fashion.y_train[:1000]
nothing = np.zeros((8, 8, 1, 1), np.float32), np.zeros(8, np.float32)


def drawn_net(blocks, skips, rng):
    """Draw the first convolution, the blocks, and a head of zeros."""

    def conv(C, scale=1.0):
        w = scale * np.sqrt(2 / (9 * C)) * rng.normal(size=(8, C, 3, 3))
        return [w.astype(np.float32), np.zeros(8, np.float32)]

    def block():
        if skips:
            return {"conv1": conv(8), "conv2": conv(8, 0.0)}
        return {"conv1": conv(8), "conv2": conv(8), "shortcut": nothing}

    head = [np.zeros((8 * 7 * 7, 10), np.float32), np.zeros(10, np.float32)]
    return conv(1), [block() for _ in range(blocks)], head


# %% [markdown]
# Another trains it with momentum. It runs your blocks forward and then back, and returns the mean
# loss of the last 20 steps. That is the loss on training pictures.


# %% tags=["experiment"]
def final_loss(blocks, skips, seed, steps=100, rate=0.01):
    rng = np.random.default_rng(seed)
    first, middle, head = drawn_net(blocks, skips, rng)
    trained = [first, head, *(block[name] for block in middle for name in ("conv1", "conv2"))]
    speed = [[np.zeros_like(a) for a in pair] for pair in trained]
    losses = []
    for _ in range(steps):
        rows = rng.integers(len(labels), size=20)
        x, conv = conv_forward(pictures[rows], *first, pad=1)
        x, relu = relu_forward(x)
        caches = []
        for block in middle:
            x, cache = residual_forward(x, block)
            caches.append(cache)
        scores, cache = affine_forward(x, *head)
        loss, dscores = softmax_loss(scores, labels[rows])
        losses.append(loss)
        dx, *dhead = affine_backward(dscores.astype(np.float32), cache)
        grads = []
        for cache in reversed(caches):
            dx, of_block = residual_backward(dx, cache)
            grads = [of_block["conv1"], of_block["conv2"], *grads]
        _, *dfirst = conv_backward(relu_backward(dx, relu), conv)
        for pair, v, g in zip(trained, speed, [dfirst, dhead, *grads], strict=True):
            for k in (0, 1):
                v[k] = 0.9 * v[k] - rate * g[k]
                pair[k] += v[k]
    return np.mean(losses[-20:])


# %% [markdown]
# **Predict before you run.** Three seeds, three depths, with skips and without. A net that knows
# nothing has a loss of $\ln 10 = 2.3$. Draw both curves. It takes about half a minute.
#
# <!-- guess 11/deeper
# curve | plain | convolutions 3 .. 21 | loss 0 .. 2.5 | 3 0.73, 9 0.9, 21 2.07 | within 15 %
# curve | with skips | convolutions 3 .. 21 | loss 0 .. 2.5 | 3 0.66, 21 0.66 | within 15 %
# -->

# %% tags=["experiment"] alt="A plot of the loss on training pictures against 3, 9 and 21 convolutions. Plain nets: 0.73, 0.90 and 2.07, near the line of a net that knows nothing. With skips it stays near 0.66."
depths, seeds = (1, 4, 10), (0, 1, 2)
for skips, line in ((False, "s--"), (True, "o-")):
    name = "with skips" if skips else "plain"
    losses = np.array([[final_loss(depth, skips, seed) for seed in seeds] for depth in depths])
    for depth, row in zip(depths, losses, strict=True):
        print(f"{name}, {2 * depth + 1} convolutions: loss", *(f"{loss:.2f}" for loss in row))
    mean, deep = losses.mean(axis=1), 2 * np.array(depths) + 1
    plt.errorbar(deep, mean, losses.std(axis=1), fmt=line, capsize=4, label=name)
plt.axhline(np.log(10), color="gray", linestyle=":", label="ln 10, a net that knows nothing")
plt.title("Deeper is worse, unless there is a way around\n(bars: deviation of three seeds)")
plt.xticks(deep)
plt.xlabel("convolutions, one after the other")
plt.ylabel("loss on training pictures after 100 steps")
plt.ylim(0)
plt.legend()
plt.show()

# %% [markdown]
# Look at the squares. The plain net of 9 convolutions has a larger loss than that of 3, and the one
# of 21 has learned next to nothing: 2.07, where knowing nothing is 2.3. These are training pictures,
# so it is not overfitting. The deep net cannot even find what the shallow one has found, although it
# could hold it. This is **degradation**. The round marks stay between 0.6 and 0.7 at any depth.
#
# What is not shown? That depth helps. The deep net with skips is no worse here, and no better: for 7
# x 7 pixels 3 convolutions are enough.
#
# Is it the learning rate? We also tried 0.001, 0.003 and 0.03, with one seed and 150 steps: the plain
# net of 21 layers is the worst each time. Is it the start, which was not the same? We gave both kinds
# batch norm after every convolution, drew both alike and trained for 150 steps. The plain nets came
# to 0.48, 0.67 and 1.08 (means of two seeds), those with skips to 0.47, 0.49 and 0.62. Only at a rate
# of 0.03 do both deep nets fail.
#
# He and others (2015) saw the same on CIFAR-10, trained to the end: nets of 56 plain layers were worse
# than nets of 20. With skips their deeper nets were also the better ones, up to 110 layers.
#
# **Take away.** A deeper net can hold more, and without a way around it learns less.

# %% [markdown]
# ## 9. A photograph through AlexNet
#
# **Going further**, without points.
#
# Now put your layers together. No layer is missing: you have `conv_forward`, `relu_forward`,
# `lrn_forward`, `max_pool_forward` and `affine_forward`. The weights are drawn at random, by a fixed
# seed, so the scores will mean nothing. All 61 million of them do their work all the same.
#
# AlexNet's convolutions put out 650,080 numbers, and each is a dot product. Four loops take about
# ten seconds for them. So the cell asks for your `conv_forward_im2col` of lesson 04 instead.
#
# **Predict before you run.** Which layer has the most multiply-adds? How long will it take? Look at
# the table of section 3.
#
# <!-- guess 11/most
# choice | the most multiply-adds are in | the first CONV | * the second CONV | the last CONV | the first FC
# -->

# %% tags=["experiment"]
from convbook.earlier import conv_forward_im2col as conv

photo = data.photo("chelsea")[:, :, 20:247, 110:337].astype(np.float32)  # (1, 3, 227, 227)


def grouped(x, w, b, S, P, groups):
    """Convolve each group of channels with its own filters."""
    parts = zip(np.split(x, groups, axis=1), np.split(w, groups), np.split(b, groups), strict=True)
    return np.concatenate([conv(*part, S, P)[0] for part in parts], axis=1)


def drawn(shape, D):
    """Draw weights with the variance 2/D, which keeps the activations in range."""
    return rng.standard_normal(shape, dtype=np.float32) * np.float32(np.sqrt(2 / D))


# %% [markdown]
# The next function turns one layer of the spec into a function of `x`.


# %% tags=["experiment"]
def build(kind, numbers, shape):
    """Return one layer as a function of x, with random weights; shape is that before it."""
    if kind == "CONV":
        K, F, S, P = (numbers[key] for key in "KFSP")
        groups = numbers.get("groups", 1)
        C = shape[0] // groups
        w, b = drawn((K, C, F, F), C * F * F), np.zeros(K, np.float32)
        return lambda x: grouped(x, w, b, S, P, groups)
    if kind == "FC":
        D, M = int(np.prod(shape)), numbers["M"]
        w, b = drawn((D, M), D), np.zeros(M, np.float32)
        return lambda x: affine_forward(x, w, b)[0]
    if kind == "POOL":
        return lambda x: max_pool_forward(x, numbers["F"], numbers["F"], numbers["S"])[0]
    return {"LRN": lrn_forward, "RELU": lambda x: relu_forward(x)[0]}[kind]


# %% [markdown]
# Send 227 x 227 pixels of a cat's face through all of them. Drawing the weights takes a
# second or two; the times are those of the layers alone.

# %% tags=["experiment"]
spec = nets.spec("alexnet")
shapes = [row["shape"] for row in layer_table(spec)]
run = [build(*layer, shape) for layer, shape in zip(spec[1:], shapes, strict=False)]
x, total = photo - photo.mean(), 0.0
for (kind, _), layer, shape in zip(spec[1:], run, shapes[1:], strict=True):
    begin = time.perf_counter()
    x = layer(x).astype(np.float32)
    took = time.perf_counter() - begin
    total += took
    note = "" if x.size == np.prod(shape) else f"your table says {shape}"
    print(f"{kind:5} {' x '.join(map(str, x.shape[1:])):14} {1000 * took:8.1f} ms {note}")
print(f"{total:.2f} seconds in all; five best of 1000:", np.argsort(-x[0])[:5])

# %% [markdown]
# Look at the shapes: they are those of your table, from 96 x 55 x 55 to 1000 scores. Then look at the
# second CONV. It has the most multiply-adds, 224 million, six times those of the first FC. Yet it has
# a hundredth of the weights: it uses each 729 times, the FC each once. To do 38 million products,
# the FC has to fetch 38 million weights, 151 million bytes. Divide the multiply-adds of
# each by its time: which layer does more of them in a second on your machine?
#
# What leaves the first layer can still be looked at. Here are its three strongest maps, for filters
# drawn anew.

# %% tags=["plot"] alt="A photograph of a cat, and three grey maps of 55 x 55 in which the cat can be recognised."
w, b = drawn((96, 3, 11, 11), 363), np.zeros(96, np.float32)
first = relu_forward(conv(photo - photo.mean(), w, b, 4, 0)[0])[0]  # (1, 96, 55, 55)
strong = np.argsort(-first[0].std(axis=(1, 2)))[:3]
plot.maps(
    [photo[0].transpose(1, 2, 0), *first[0, strong]],
    ["227 x 227 pixels", *(f"map {f}, 55 x 55" for f in strong)],
    "After AlexNet's first layer, with random filters",
)

# %% [markdown]
# Look at the three maps: even random filters leave the cat in its place. What a trained first layer
# does better is to choose its filters.
#
# Nobody trains such a net for a new task from random weights if it can be helped. Lesson 12 takes
# one that has been trained.
#
# **Take away.** You can now read, count and run any of these nets.

# %% [markdown]
# ## 10. In your own words
#
# A friend trains VGG-16 with momentum and batches of 32 on a GPU of 4 GB. It does not fit. She knows
# that the first FC layer holds 74 % of the weights, so she takes it out: the last pool now feeds the
# second FC layer of 4096. How much memory does that save, and why so little? Name one change that
# does make it fit, and say with numbers why. Esc, then B, opens a cell for your sums. (2 points,
# graded by hand)

# %% [markdown] answer="make_it_fit" points=2
# The layer after it now sees 25,088 inputs in place of 4096, so it has the same 102,760,448
# weights. What is saved is one layer of 4096 x 4096: 16.8 million parameters, with momentum 0.19 GB
# of 5.2 GB. The activations, 3.6 GB, stay. What helps: a smaller batch, as activations are
# proportional to it; 21 pictures fit. Or average pooling over the last 7 x 7 in place of the large
# FC layers, as in GoogLeNet: 15.2 million parameters are left, 0.17 GB in place of 1.55 GB, and 3.8
# GB in all. Or a stride of 2 in the first layer, as in ZF Net, which makes nearly all activations a
# quarter. Plain SGD alone saves 0.5 GB and is not enough.
#
# **Rubric**
#
# - **2 points:** the second FC becomes as large, activations stay, and a change that makes it fit,
#   with numbers.
# - **1 point:** one of the two parts, or the change without numbers.
# - **0 points:** "74 % of the memory", taking weights for memory.

# %% [markdown]
# ## Summary
#
# | letter | meaning |
# |---|---|
# | $N, C, H, W$ | pictures in the batch, channels, height, width |
# | $K, F, S, P$ | filters of a CONV, side of a window, stride, padding |
# | $M$ | units of an FC layer |
# | `groups` | parts into which filters and channels are split |
# | `spec`, `paths` | a net as a list of pairs; nets inside a net |
# | $A$ | activations of one picture |
#
# - One row per layer: shape, activations, weights, biases, multiply-adds.
# - VGG-16 has 138 million parameters and 15 million activations. Memory sits early, weights sit in
#   the first FC.
# - Training keeps activations with their gradients, 2 to 4 copies of the parameters, and the next
#   batch.
# - Inception runs several filter sizes side by side, and 1 x 1 filters keep it cheap.
# - A residual block adds to its input. The gradient goes through and around.
# - Plain nets get worse with depth, on their training pictures too. With skips they do not.
#
# Lesson 12 takes a trained net, cuts off its head and teaches it something new.

# %% [markdown]
# ## Read on
#
# - Min Lin, Qiang Chen and Shuicheng Yan, *Network In Network*, 2013. 1 x 1 convolutions, and means
#   of maps in place of fully-connected layers.
# - Kaiming He, Xiangyu Zhang, Shaoqing Ren and Jian Sun, *Deep Residual Learning for Image
#   Recognition*, 2015. The block of section 7, and section 8 with nets of 20 to 1202 layers.
# - Kaiming He, Xiangyu Zhang, Shaoqing Ren and Jian Sun, *Identity Mappings in Deep Residual
#   Networks*, 2016. What may stand on the skip: best nothing.
# - Christian Szegedy, Sergey Ioffe, Vincent Vanhoucke and Alex Alemi, *Inception-v4,
#   Inception-ResNet and the Impact of Residual Connections on Learning*, 2016. Modules with and
#   without skips, side by side.
# - Tianqi Chen, Bing Xu, Chiyuan Zhang and Carlos Guestrin, *Training Deep Nets with Sublinear Memory
#   Cost*, 2016. How far one gets by computing again what was let go.

# %% [markdown]
# ## An open question
#
# Why do skips help? The gradient of section 7 is one account. But the plain nets of the ResNet paper
# had batch norm, their gradients had not vanished, and they got worse all the same. Others say that a
# net with skips is many shallow nets in one (Veit and others, 2016), or that skips make the loss
# smoother (Li and others, 2018). Plain nets of 10,000 layers can be trained if their start is chosen
# with great care (Xiao and others, 2018). Nobody can yet say, for a given task, how deep a net should
# be.
