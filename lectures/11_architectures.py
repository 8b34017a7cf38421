# %% run
import matplotlib.pyplot as plt
import numpy as np

from autograder.slides import draw
from convbook import demo

# VGG-16 as its own short list: the filters of each CONV of 3 x 3, and P for a pool.
VGG = [64, 64, "P", 128, 128, "P", 256, 256, 256, "P", 512, 512, 512, "P", 512, 512, 512, "P"]
side, depth = 224, 3
names, values, weights, biases = ["INPUT"], [3 * 224 * 224], [0], [0]
for what in VGG:
    side = side // 2 if what == "P" else side
    names.append("POOL" if what == "P" else f"CONV {what}")
    weights.append(0 if what == "P" else 9 * depth * what)
    biases.append(0 if what == "P" else what)
    depth = depth if what == "P" else what
    values.append(side * side * depth)
for before, after in [(7 * 7 * 512, 4096), (4096, 4096), (4096, 1000)]:
    names.append(f"FC {after}")
    values.append(after)
    weights.append(before * after)
    biases.append(after)
assert sum(values) == 15_237_608
assert sum(weights) == 138_344_128
assert sum(weights) + sum(biases) == 138_357_544

# %% [markdown] slide
# # LeNet to ResNet
#
# Lecture 11: take the famous nets apart

# %% [markdown] notes
# (1 min) You know every layer already. Today we count: where are the weights, where is the memory,
# and why do these nets look as they do?

# %% [markdown] slide
# ## Twenty years in one table
#
# | year | net | what was new |
# |---|---|---|
# | 1990s | LeNet | in use; it reads digits |
# | 2012 | AlexNet | ReLU, two GPUs; top-5 error 16 % against 26 % |
# | 2013 | ZF Net | smaller filters and stride first, a wider middle |
# | 2014 | GoogLeNet | Inception; average pooling for large FC layers |
# | 2014 | VGG | 3 x 3 and 2 x 2 throughout; depth |
# | 2015 | ResNet | skips, batch norm, no large FC |

# %% [markdown] notes
# (4 min) Top-5: a picture counts as wrong if its class is not among the five best guesses. The
# second place of 2012 was no ConvNet.

# %% [markdown] slide
# ## Four numbers for a layer
#
# LeNet-5 reads 1 x 32 x 32. First CONV: $K = 6$, $F = 5$, $S = 1$, $P = 0$
#
# | | | |
# |---|---|---|
# | activations | $6 \cdot 28 \cdot 28$ | 4,704 |
# | weights | $5 \cdot 5 \cdot 1 \cdot 6$ | 150 |
# | biases | $K$ | 6 |
# | multiply-adds | $150 \cdot 784$ | 117,600 |

# %% [markdown] notes
# (4 min) A weight is stored once and used at each of 28 times 28 places. So its cost in memory and
# its cost in time have little to do with each other.

# %% [markdown] question
# ## The border decides
#
# ResNet: 224 pixels, $F = 7$, $S = 2$, $P = 3$, and it crops. GoogLeNet pools 112 with $F = 3$,
# $S = 2$, and pads. How many rows?

# %% [markdown] answer
# $(224 - 7 + 6)/2 + 1 = 112.5$, cropped to 112. $(112 - 3)/2 + 1 = 55.5$, padded to 56.

# %% [markdown] notes
# (3 min) A published net is not fully described before its borders are. Our own layers refuse what
# does not fit; some published nets did not.

# %% [markdown] slide
# ## Try a size

# %% demo
demo.windows(W=11, F=3, S=2, P=0)

# %% [markdown] notes
# (3 min) Take AlexNet's pool, F = 3 with stride 2, over 11 numbers: 5 windows. Make the line 12
# long and it does not fit: crop or pad?

# %% [markdown] slide
# ## VGG-16: memory early, weights late

# %% picture
"""Two bar charts of the layers of VGG-16, from the input at the top. Activations: the first two
CONV
layers are the longest, 3.2 million each. Weights: one bar dwarfs all others, the first FC, 103
million."""
figure, axes = plt.subplots(1, 2, figsize=(12, 5.8), sharey=True)
places = np.arange(len(names))
axes[0].barh(places, np.array(values) / 1e6, color="C0")
axes[1].barh(places, np.array(weights) / 1e6, color="C1")
first = [k for k in places[1:] if names[k] not in ("POOL", names[k - 1])]  # of layers in a row
axes[0].set_yticks(first, [names[k] for k in first], fontsize=14)
axes[0].invert_yaxis()
axes[0].set_title("activations")
axes[1].set_title("weights")
for axis in axes:
    axis.set_xlabel("millions")
axes[0].set_ylabel("layer")
figure.tight_layout()

# %% [markdown] notes
# (5 min) A name stands at the first of several like layers; a short bar before a name is a pool,
# the topmost the input. The first two CONV layers hold 42 per cent of all activations and have
# 38,592 weights. The first FC holds 102,760,448 weights, 74 per cent of the net, and 4,096
# activations.
#
# So a compromise for memory is made in the first layer: ZF Net 7 x 7 with stride 2, AlexNet 11 x 11
# with stride 4.

# %% [markdown] question
# ## Find the mistake
#
# Some copies of a well-known note list the rows of VGG-16 and write below them: 24M values, 93 MB
# for each picture. The rows sum to 15,237,608. How many MiB is that?

# %% [markdown] answer
# $15{,}237{,}608 \cdot 4 / 1024^2 = 58.1$ MiB. The rows are right, the sum is wrong.

# %% [markdown] notes
# (3 min) Four bytes a number in float32. With their gradients it is 116 MiB. The parameters are
# 138,344,128 weights, 138,357,544 with the biases.

# %% [markdown] slide
# ## Beware of round numbers
#
# | net | variant | parameters |
# |---|---|---|
# | AlexNet | 2012, two columns | 60,965,224 |
# | AlexNet | one column, as in torchvision | 61,100,840 |
# | VGG-16 | with biases | 138,357,544 |
# | GoogLeNet | 2014 | 6,998,552 |
# | GoogLeNet | without its FC | 5,973,552 |
# | ResNet-50 | torchvision | 25,557,032 |

# %% [markdown] notes
# (3 min) One often reads 4 million for GoogLeNet. No variant has that: it is 5 to 7 million.
#
# AlexNet has three pools and ends at 6 x 6 x 256; VGG-16 has five and ends at 7 x 7 x 512.

# %% [markdown] slide
# ## Will it fit?
#
# Training needs memory from three sources, 4 bytes a number:
#
# 1. **Activations**, kept for the way back, and their gradients: grow with the batch.
# 2. **Parameters**, value and gradient; momentum adds one copy, Adam two.
# 3. **The rest**, above all the pictures of the next batch.
#
# VGG-16 with momentum: 1.5 GB once, and 117 MB for every picture.

# %% [markdown] notes
# (4 min) Divide by 1024 for KB, MB, GB. At test time nothing has to be kept. A real library needs
# more: space for columns, and some hundred MB for itself.

# %% [markdown] question
# ## VGG-16 on 3 GB
#
# With momentum. About how many pictures fit into a batch? And on 6 GB?

# %% [markdown] answer
# About 1490 MB are left: 12 pictures. On 6 GB there are 39: twice the memory, three times the
# batch.

# %% [markdown] notes
# (3 min) Half of the small card goes to the parameters, and they do not grow. If it does not fit,
# lower the batch.

# %% [markdown] slide
# ## Inception: four ways at once

# %% picture
"""From x, 192 by 28 by 28, four paths: 1x1 with 64 filters; 1x1 with 96, then 3x3 with 128; 1x1
with 16,
then 5x5 with 32; a 3x3 pool, then 1x1 with 32. They meet in CONCAT, 256 by 28 by 28."""
axis = draw.canvas(17, 7)
paths = [("1x1, 64", ""), ("1x1, 96", "3x3, 128"), ("1x1, 16", "5x5, 32"), ("pool 3x3", "1x1, 32")]
box = {"boxstyle": "round", "facecolor": "C5", "edgecolor": "C4"}
axis.text(8.5, 0.6, "x: 192 x 28 x 28", ha="center", va="center")
axis.text(8.5, 6.4, "CONCAT: 256 x 28 x 28", ha="center", va="center")
for k, (first, then) in enumerate(paths):
    place = 2.5 + 4 * k
    draw.arrow(axis, (8.5, 1.0), (place, 2.0))
    axis.text(place, 2.5, first, ha="center", va="center", bbox=box)
    if then:
        draw.arrow(axis, (place, 3.0), (place, 3.8))
        axis.text(place, 4.3, then, ha="center", va="center", bbox=box)
    if not then:
        axis.plot([place, place], [3.0, 4.9], color="C4")
    draw.arrow(axis, (place, 4.9), (8.5 + 0.3 * (place - 8.5), 6.0))

# %% [markdown] notes
# (4 min) Heights and widths agree, depths add up: 64 plus 128 plus 32 plus 32 is 256. The third
# path has 3,072 plus 12,800, that is 15,872 weights; 5 x 5 straight on 192 channels would have
# 153,600. The narrow 1 x 1 layer makes it about ten times as cheap.

# %% [markdown] slide
# ## A skip
#
# $$\text{out} = \text{ReLU}(x + f(x))$$
#
# $f$: CONV, BN, RELU, CONV, BN. Where $f(x) = 0$, the block is a ReLU and nothing more.
#
# **All shapes must agree**, or the numbers cannot be added.

# %% [markdown] notes
# (4 min) A block has only to learn what to change. On the way back the sum gives its gradient to
# both paths: one goes through f, the other goes straight on, whatever the weights of f are. Ask
# the room what a gate of the last ReLU does to both.

# %% [markdown] slide
# ## Today's notebook
#
# - Take any net apart; find the largest batch; an Inception module and a residual block, forward
#   and backward; a photograph through AlexNet: 20 points, about 90 minutes.
#
# **Take away**
#
# - Memory sits in the first layers, weights in the first FC.
# - Activations grow with the batch, parameters do not.
# - A net is a list of layers, and a path in it is a net again.

# %% [markdown] notes
# (2 min) In practice one takes a trained net and goes on from there. That is lecture 12.
