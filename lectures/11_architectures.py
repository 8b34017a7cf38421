# %% run
import matplotlib.pyplot as plt
import numpy as np

from convbook import demo, drawing

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
# second place of 2012 was no ConvNet. Two more are in the lesson: NiN (2013) has 1 x 1
# convolutions, and the mean of a map for large FC layers; in DenseNet (2016) a layer sees the maps
# of all before it.

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
#
# Are the large FC layers needed? No: NiN (Lin and others, 2013) takes the mean of each map, and
# GoogLeNet had 0.6 per cent more right answers when average pooling took their place.

# %% [markdown] slide
# ## Will it fit?
#
# Training needs memory from three sources, 4 bytes a number:
#
# 1. **Activations**, kept for the way back, and their gradients: grow with the batch. All at once,
#    that is the peak of a program that lets nothing go.
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
# lower the batch. Those are cards of 2016. On 24 and 80 GB, an RTX 4090 and an H100, it is 196 and
# 687 pictures.

# %% [markdown] slide
# ## Which peak?

# %% picture
"""A plot of memory during one step of VGG-16 with one picture. Forward it rises to 58 MB. On the
way back it rises to 116 MB where all is kept; where each is let go it stays below 60 and falls."""
kept = np.cumsum(values)
back = range(len(values) - 1, 0, -1)
keeps_all = [kept[-1] + sum(values[k - 1 :]) for k in back]
lets_go = [kept[k] + values[k] + values[k - 1] for k in back]
figure, axis = plt.subplots(figsize=(11, 5.2))
for name, after, line in (("all is kept", keeps_all, "--"), ("each is let go", lets_go, "-")):
    memory = np.array([*kept, *after]) * 4 / 1024**2
    axis.plot(memory, line, label=f"{name}: at most {memory.max():.0f} MB")
axis.axvline(len(values) - 1, color="C4", linestyle=":")
axis.set_xlabel("layers done, forward and then backward")
axis.set_ylabel("memory for one picture, MB")
axis.legend()

# %% [markdown] notes
# (3 min) On the way back a layer takes the gradient of its output and makes that of its input.
# Then nobody needs its output any more. Who lets go has the peak about the turn, the dotted line:
# half of the other, and about twice the batch. PyTorch does; the notebook's functions count the
# dashed line.

# %% [markdown] slide
# ## Inception: four ways at once

# %% picture
"""From x, 192 by 28 by 28, four paths: 1x1 with 64 filters; 1x1 with 96, then 3x3 with 128; 1x1
with 16,
then 5x5 with 32; a 3x3 pool, then 1x1 with 32. They meet in CONCAT, 256 by 28 by 28."""
four = [["1x1, 64"], ["1x1, 96", "3x3, 128"], ["1x1, 16", "5x5, 32"], ["pool 3x3", "1x1, 32"]]
drawing.paths("x\n192 x 28 x 28", four, "CONCAT\n256 x 28 x 28")

# %% [markdown] notes
# (4 min) Heights and widths agree, depths add up: 64 plus 128 plus 32 plus 32 is 256. The third
# path has 3,072 plus 12,800, that is 15,872 weights; 5 x 5 straight on 192 channels would have
# 153,600. The narrow 1 x 1 layer makes it about ten times as cheap.
#
# With an empty path CONCAT keeps what came in and puts new maps on top: DenseNet. Inception-v4
# (Szegedy and others, 2016) has three kinds of modules, and a variant with skips around them.

# %% [markdown] slide
# ## A skip
#
# $$\text{out} = \text{ReLU}(x + f(x))$$
#
# Where $f(x) = 0$, only the ReLU is left. **All shapes must agree.**

# %% picture
"""From x two paths: CONV, RELU, CONV; and a line without any layer. They meet in ADD, and a RELU
follows."""
drawing.paths("x", [["CONV 3x3", "RELU", "CONV 3x3"], []], "ADD", ["RELU"])

# %% [markdown] notes
# (4 min) ResNet has a batch norm after each CONV. A block has only to learn what to change. On
# the way back the sum gives its gradient to both paths: one goes through f, the other goes straight
# on, whatever the weights of f are. Ask the room what a gate of the last ReLU does to both.
#
# Identity Mappings (He and others, 2016) puts batch norm and ReLU in front of each convolution and
# nothing after the sum: pre-activation. Then the lower line is free from end to end, and 1001
# layers learn.

# %% [markdown] question
# ## Is deeper better?
#
# A deep net could do what a shallow one does: let its further layers do nothing. Is its loss on the
# **training** pictures then at most that of the shallow one?

# %% [markdown] answer
# If it found that, yes. Plain nets do not find it: 56 layers had a larger training error than 20
# (He and others, 2015). This is **degradation**, and no overfitting.

# %% [markdown] notes
# (3 min) Let the room vote before the answer. Then show it on the next slide, in small.

# %% [markdown] slide
# ## Deeper is worse, unless there is a way around

# %% picture
"""A plot of the loss on training pictures against 3, 9 and 21 convolutions. Plain nets: 0.73, 0.90
and 2.07, near the line of a net that knows nothing. With skips 0.68, 0.64 and 0.65."""
# Mean of three seeds each: lesson 11, section 8.
CONVOLUTIONS = [3, 9, 21]
LOSSES = {"plain": ((0.73, 0.90, 2.07), "s--"), "with skips": ((0.68, 0.64, 0.65), "o-")}
figure, axis = plt.subplots(figsize=(11, 5.4))
for name, (losses, line) in LOSSES.items():
    axis.plot(CONVOLUTIONS, losses, line, label=name)
axis.axhline(np.log(10), color="C4", linestyle=":", label="ln 10: knows nothing")
axis.set_xticks(CONVOLUTIONS)
axis.set_ylim(0)
axis.set_xlabel("convolutions, one after the other")
axis.set_ylabel("loss on training pictures")
axis.legend()

# %% [markdown] notes
# (4 min) From the notebook: 1000 pictures of clothes at 7 x 7 pixels, 100 steps, three seeds. The
# plain net of 21 convolutions learns next to nothing. At other rates it is the worst as well, and
# with batch norm in both kinds the order is the same.
#
# What is not shown: that depth helps. These pictures are too small for that.

# %% [markdown] slide
# ## Today's notebook
#
# - Take any net apart; find the largest batch; an Inception module and a residual block, forward
#   and backward; nets that get deeper: 20 points, about two hours.
#
# **Take away**
#
# - Memory sits in the first layers, weights in the first FC.
# - Activations grow with the batch, parameters do not.
# - A net is a list of layers, and a path in it is a net again.
# - A deeper net can hold more, and without a way around it learns less.

# %% [markdown] notes
# (2 min) In practice one takes a trained net and goes on from there. That is lecture 12.
