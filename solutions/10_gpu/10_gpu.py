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
# # 10 The same layers on a GPU
#
# A graphics processor, or GPU, has thousands of small arithmetic units and a memory of its own.
# CuPy gives that memory NumPy's names: `cupy.zeros`, `cupy.exp`, `x @ w`. So how much of your code
# has to change? Less than you think in the layers, and more than you think around them.
#
# **You will** port the layers of lessons 02 to 06 so that one source runs on both processors; write
# a training loop that hardly talks to the GPU; measure time where a stopwatch lies; upload a batch
# while the GPU works on another; and train with numbers of half the size.
#
# **You will learn** what moves data and what waits; why a loop over pictures is among the worst
# things you can do; how to read a timeline; and what limits a layer: arithmetic or memory.
#
# **You need** the layers of lessons 02 to 06, and no GPU.
#
# | section | exercise | points | minutes | difficulty |
# |---|---|---|---|---|
# | 1 | `predictions` | 1 | 3 | medium |
# | 2 | `get_array_module`, `to_device` | 1 | 3 | easy |
# | 3 | `softmax_loss` | 2 | 7 | medium |
# | 4 | `conv_forward`, `conv_backward` | 4 | 9 | medium |
# | 6 | `train` | 3 | 6 | medium |
# | 7 | `gpu_time` | 2 | 5 | easy |
# | 8 | `run_ahead` | 3 | 8 | hard |
# | 9 | `scaled_step` | 2 | 5 | medium |
# | 10 | `roofline` | 2 | 4 | easy |
# | 12 | a written answer, graded by hand | 2 | 5 | medium |
#
# Plan about 90 minutes. The end of section 9 and section 11, marked as going further, take eight
# more. Much of an exercise's cell is given: write what is missing in the place of each
# `raise NotImplementedError`. A check is folded to one line, which says what it is worth and
# what it tries; a click opens it. It shows part of the test; grading uses further random input, so
# a green check is a good sign and not yet the grade. In grading all sizes may differ, no function
# may change its arguments, and besides Python's own library only NumPy and Matplotlib can be
# imported.

# %% given="setup"
import matplotlib.pyplot as plt
import numpy as np

from convbook import check, data, demo, drawing, gpu, living
from convbook.gpu import cupy as cp
from convbook.gpu import cupyx, tiers

# %% [markdown]
# What can this machine show?

# %%
print(tiers.banner())

# %% tags=["guess"]
# What you guessed wrong in lesson 08 comes back here, and otherwise nothing: press Shift+Enter.
from convbook import guess

guess.again("10")

# %% [markdown]
# Every check says which of these it used. `[cpu-sim]` is a **simulated device**: NumPy's values
# under CuPy's rules, in a memory that your code reaches only by counted transfers, and with a clock
# of its own. `[gpu]` is a real one. Points come from the first, wherever you are.
#
# A pass without a GPU shows that the values are right, and that nothing moves or waits that should
# not. The times of the simulated device follow from a few round numbers. They show who waits for
# whom, and nothing about the speed of a card.

# %% [markdown]
# ## 1. Two memories
#
# The GPU computes with what lies in its own memory. An array gets there by a **transfer** over a
# bus:

# %% tags=["plot"] alt="Two boxes. Left the host, NumPy: a processor and its memory. Right the device, CuPy: thousands of small units, 50 tera-operations a second, and its own memory, 2 TB a second. Between them a bus, 40 GB a second, with an upload and a download."
drawing.two_memories("Two memories and a narrow road")

# %% [markdown]
# The numbers are assumed, of the right size for a large card, and easy to divide by. Look at the
# two bandwidths: what the GPU reads in a second from its own memory takes the bus 50 seconds.
#
# And the GPU works by itself. NumPy returns when the work is done, CuPy returns when the work is
# *ordered*. The order is called a **launch**. Only when the processor wants a value back does it
# have to **wait**.

# %% tags=["plot"] alt="Two rows over time. The processor makes three short launches, goes on with other work, then waits in float(total). The GPU starts a little later and runs three long kernels one after the other. The wait ends with the third kernel."
drawing.orders("total = (x * 2 + 1).sum(), then float(total)")

# %% [markdown]
# Look at the upper row: three short orders, and the processor is free. It waits only at the end,
# where Python wants to know the number. What a launch lets the GPU do is called a **kernel**.
#
# The next cells count this on the simulated device, also where there is a GPU, because only the
# simulated one counts.

# %%
with gpu.simulated():
    x = cp.asarray(np.array([[1.0, -2.0, 3.0], [4.0, 5.0, -6.0]], dtype=np.float32))
with gpu.simulated(), gpu.counting() as seen:
    y = x * 2 + 1
    total = y.sum()
print(seen)

# %% [markdown]
# Three launches, no transfer, no wait, no array of float64; the new arrays took 48 bytes at most.
# `total` is an array of no dimensions, in the GPU's memory. Nobody knows yet what it holds.
# `float(total)` asks, and pays:

# %%
with gpu.simulated(), gpu.counting() as seen:
    value = float(total)
print(value, seen)

# %% [markdown]
# **Predict before you run.** `x` lies on the device, float32, with 2 x 3 numbers as above. What
# does each line do?
#
# | | line |
# |---|---|
# | a | `np.maximum(x, 0)` |
# | b | `x + np.ones((2, 3), np.float32)` |
# | c | `float(x.sum())` |
# | d | `x[np.array([0, 0])]` |
# | e | `np.asarray(x)` |
# | f | `np.where(x < 0, 0, x)` |
# | g | `x[x < 0]` |
# | h | `x.reshape(-1)` |
#
# There are four answers. It `"raises"`. It `"uploads"` something. It `"waits"` for a value. Or it
# `"runs"`: nothing of the three.
#
# ### Exercise 1: `predictions` (1 point)
#
# Three lines are answered. Write the other five down, and then try them.
#
# <details><summary>Hint</summary>
#
# How many numbers does each result have? Where the processor must know that before it can continue,
# it has to wait. And CuPy never moves an array to the GPU for you when you compute with it, but it
# does so with an index.
#
# </details>


# %% exercise="predictions"
def predictions():
    """Say what each of the lines a to h does on the GPU.

    Returns:
        A dict from the letter to "runs", "uploads", "waits" or "raises".
    """
    answers = {"a": "runs", "c": "waits", "e": "raises"}
    # b, d, f, g and h
    ### BEGIN SOLUTION
    answers |= {
        "b": "raises",
        "d": "uploads",  # the index
        "f": "runs",  # as many numbers as x has
        "g": "waits",  # how many are negative?
        "h": "runs",  # a view: no launch at all
    }
    ### END SOLUTION
    return answers


# %% [markdown]
# Try a line here, with the counters around it:

# %%
with gpu.simulated(), gpu.counting() as seen:
    np.maximum(x, 0)
print(seen)

# %% check="predictions" points=1
# 1 point. Shown: lines a, c and e, how often each word. Hidden: by the device's own counters.
answers = predictions()
check.same(sorted(answers), list("abcdefgh"), "the letters")
check.same(answers["a"], "runs", "a, np.maximum(x, 0)")
check.same(answers["c"], "waits", "c, float(x.sum())")
check.same(answers["e"], "raises", "e, np.asarray(x)")
words = [list(answers.values()).count(word) for word in ("runs", "uploads", "waits", "raises")]
check.same(words, [3, 1, 2, 2], "how many run, upload, wait and raise")


### BEGIN HIDDEN TESTS
from autograder.judging import judge

lines = {
    "b": lambda x: x + np.ones((2, 3), np.float32),
    "c": lambda x: float(x.sum()),
    "d": lambda x: x[np.array([0, 0])],
    "f": lambda x: np.where(x < 0, 0, x),
    "g": lambda x: x[x < 0],
    "h": lambda x: x.reshape(-1),
}
truths = []
with gpu.simulated():
    for line in lines.values():
        x = cp.asarray(np.array([[1.0, -2.0, 3.0], [4.0, 5.0, -6.0]], dtype=np.float32))
        with gpu.counting() as seen:
            try:
                line(x)
                truth = "waits" if seen.waits else "uploads" if seen.uploads else "runs"
            except (TypeError, ValueError):
                truth = "raises"
        truths.append(truth)
judge.choices("lines b, c, d, f, g and h", [answers[letter] for letter in lines], truths)
### END HIDDEN TESTS

# %% [markdown]
# A mask as an index waits on the left of `=`, too: for `x[x < 0] = 0` CuPy counts the places first.
#
# **Take away.** CuPy raises where an array would have to move unasked, and stays silent where it
# uploads an index or waits for a number.

# %% [markdown]
# ## 2. One source for both
#
# `np.exp(x)` on a device array works, because NumPy sees whose array it is and calls CuPy.
# `np.zeros(3)` cannot know: there is no array to look at. So code for both asks the data first, and
# calls the answer `xp`:
#
#     xp = get_array_module(x)
#     out = xp.zeros(x.shape, dtype=x.dtype)
#
# **Predict before you run.** `x` is on the device and `w` is still on the host. Which module should
# `get_array_module(x, w)` return? And what happens at the next `x @ w`?
#
# <!-- guess 10/mixed
# choice | `get_array_module(x, w)` should return | `np` | * `cp`
# choice | `x @ w` then | uploads `w` and runs | downloads `x` and runs | * raises a `TypeError`
# -->
#
# <details><summary>Answer</summary>
#
# CuPy's: one device array is enough. Then `x @ w` raises a `TypeError`, and that is right. The
# error names the forgotten upload, where NumPy's answer would hide it.
#
# </details>
#
# ### Exercise 2: `get_array_module`, `to_device` (1 point)
#
# Two small functions; `to_host` is there. `cp.asarray` uploads, but `to_device` must not copy what
# is on the device already.
#
# By hand: for one NumPy array, `to_device` costs one upload; for what it returned, none.



# %% exercise="get_array_module"
def get_array_module(*arrays):
    """Return the module whose functions fit the arrays.

    Args:
        *arrays: NumPy's, CuPy's, or both.

    Returns:
        `cp` if one of them is on the device, else `np`.
    """
    ### BEGIN SOLUTION
    return cp if any(isinstance(array, cp.ndarray) for array in arrays) else np
    ### END SOLUTION


def to_device(x):
    """Return x on the device: itself if it is there, else a copy there.

    Args:
        x: an array of NumPy or CuPy, any shape.
    """
    ### BEGIN SOLUTION
    return cp.asarray(x)  # what is there already comes back as it is
    ### END SOLUTION


def to_host(x):
    """Return x as a NumPy array: itself if it is one, else a copy.

    Args:
        x: an array of NumPy or CuPy, any shape.
    """
    return cp.asnumpy(x) if isinstance(x, cp.ndarray) else x


# %% [markdown]
# Try it: one upload, one download.

# %%
host = np.arange(6, dtype=np.float32)
with gpu.simulated(), gpu.counting() as seen:
    there = to_device(to_device(host))
    back = to_host(to_host(there))
print(get_array_module(host).__name__, get_array_module(host, there).__name__, back, seen)

# %% check="get_array_module" points=1
# 1 point. Shown: one array there and back. Hidden: other types and mixed arguments.
for tier in tiers.each():
    host = np.array([3.0, 4.0], dtype=np.float32)
    with gpu.counting() as seen:
        there = to_device(host)
    check.same(isinstance(there, cp.ndarray), True, f"{tier} to_device gives a device array")
    tiers.counts(seen, "to_device", uploads=1, downloads=0)
    with gpu.counting() as seen:
        again = to_device(there)
        untouched = to_host(host)
    tiers.counts(seen, "once more", uploads=0, downloads=0, launches=0)
    with gpu.counting() as seen:
        back = to_host(again)
    tiers.counts(seen, "to_host", downloads=1)
    check.same(back, host, f"{tier} there and back")
    check.same(untouched, host, f"{tier} to_host of a NumPy array")
    beside = get_array_module(there, host).zeros(2)
    check.same(isinstance(beside, cp.ndarray), True, f"{tier} zeros, the device array first")
    on_device = get_array_module(host, there).zeros(2)
    check.same(isinstance(on_device, cp.ndarray), True, f"{tier} zeros beside a device array")
    on_host = get_array_module(host).zeros(2)
    check.same(isinstance(on_host, cp.ndarray), False, f"{tier} zeros beside a NumPy array")
### BEGIN HIDDEN TESTS
from autograder.judging import judge

for tier in tiers.each():
    for kind in (np.float32, np.float64, np.int32, bool):
        host = judge.rng().integers(0, 5, size=(3, 2)).astype(kind)
        there = to_device(host)
        check.same(str(there.dtype), str(host.dtype), f"{tier} dtype on the device")
        check.same(to_host(there), host, f"{tier} there and back")
    none = get_array_module(host, host).ones(3)
    check.same(isinstance(none, cp.ndarray), False, f"{tier} ones beside two NumPy arrays")
    first = get_array_module(there, host).ones(3)
    check.same(isinstance(first, cp.ndarray), True, f"{tier} ones, the device array first")
    last = get_array_module(host, host, there).ones(3)
    check.same(isinstance(last, cp.ndarray), True, f"{tier} ones, the device array last")
### END HIDDEN TESTS

# %% [markdown]
# **Take away.** Ask the data where it lies, once, at the top of the function.

# %% [markdown]
# ## 3. Fully connected, and the loss
#
# Which lines of lesson 06 run on a device as they are? In the layer, all of them:


# %% given="affine"
def affine_forward(x, w, b):
    """Multiply every picture's numbers by the weights, and add the biases.

    Args:
        x: shape (N, ...), D numbers for each picture.
        w: weights, shape (D, M).
        b: biases, shape (M,).

    Returns:
        out: shape (N, M), where x is.
        cache: x and w.
    """
    out = x.reshape(len(x), -1) @ w + b
    return out, (x, w)


def affine_backward(dout, cache):
    """Send the gradient back through affine_forward.

    Args:
        dout: gradient of the loss with respect to out, shape (N, M).
        cache: from affine_forward.

    Returns:
        dx, dw, db: gradients, the shapes of x, w and b.
    """
    x, w = cache
    rows = x.reshape(len(x), -1)
    return (dout @ w.T).reshape(x.shape), rows.T @ dout, dout.sum(axis=0)


# %% [markdown]
# Not one line names NumPy. `@`, `reshape` and `sum` belong to the array, so the work is done where
# the array lies. With the loss it is another matter. Here is its end, as most people write it:
#
#     loss = float(-np.log(p[np.arange(N), y]).mean())
#     p[np.arange(N), y] -= 1
#
# **Predict before you run.** All arrays lie on the device. Which of the calls will stop? Which will
# work and cost something?
#
# <!-- guess 10/calls
# choice | `np.log` | * runs and costs nothing more | uploads something | waits | stops with an error
# choice | `np.arange(N)` as an index | runs and costs nothing more | * uploads something | waits | stops with an error
# choice | `float` | runs and costs nothing more | uploads something | * waits | stops with an error
# -->
#
# <details><summary>Answer</summary>
#
# `np.log` is handed over to CuPy and runs. `np.arange(N)` makes a host array: as an index it is
# uploaded at every call, silently. `float` waits until the GPU has caught up, at every step of the
# training. It is the only line that needs the value, and the training does not need it.
#
# </details>
#
# ### Exercise 3: `softmax_loss` (2 points)
#
# Write the end anew. Nothing may be uploaded, downloaded or waited for, and nothing may become
# float64. So the loss stays on the device. It is finite for scores in the thousands too, also where
# the right class lies far behind: the lines that are given take the logarithm on paper, as in
# lesson 06.
#
# By hand: two equal scores give the loss $\log 2 = 0.693$.


# %% exercise="softmax_loss"
def softmax_loss(scores, y):
    """Measure how far the scores are from the right classes.

    Args:
        scores: shape (N, C).
        y: the right classes, shape (N,), whole numbers, where scores is.

    Returns:
        loss: the mean over the batch of -log of the right class's probability, an array of no
            dimensions, where scores is.
        dscores: its gradient, shape (N, C).
    """
    xp = get_array_module(scores)
    N = len(scores)
    shifted = scores - scores.max(axis=1, keepdims=True)
    logs = shifted - xp.log(xp.exp(shifted).sum(axis=1, keepdims=True))  # of the probabilities
    # the loss: the mean of -logs at the right classes
    # dscores: the probabilities, less 1 at the right classes, over N
    ### BEGIN SOLUTION
    right = xp.arange(N), y
    dscores = xp.exp(logs)
    dscores[right] -= 1
    return -logs[right].mean(), dscores / N
    ### END SOLUTION


# %% [markdown]
# Try it on both sides. The counters must show only launches.

# %%
scores, y = np.zeros((1, 2), dtype=np.float32), np.array([1])
print(*softmax_loss(scores, y))
with gpu.simulated():
    scores, y = map(to_device, (scores, y))
with gpu.simulated(), gpu.counting() as seen:
    loss, dscores = softmax_loss(scores, y)
print(loss, dscores, seen)

# %% check="softmax_loss" points=2
# 2 points. Shown: equal and large scores. Hidden: random ones; nothing may move or wait.
scores, y = np.zeros((1, 2), dtype=np.float32), np.array([1])
for tier in tiers.each():
    given = cp.asarray(scores), cp.asarray(y)
    with gpu.counting() as seen:
        loss, dscores = softmax_loss(*given)
    tiers.quiet(seen, "softmax_loss")
    tiers.same(loss, np.log(2.0), f"{tier} loss")
    tiers.same(dscores, [[0.5, -0.5]], f"{tier} dscores")
    wrong = cp.asarray(np.array([[0, 1000]], dtype=np.float32))
    loss, _ = softmax_loss(wrong, cp.asarray(np.array([0])))
    tiers.same(loss, 1000.0, f"{tier} loss, a wrong class at 1000", hint="Never take the log of 0.")
    for high, name in (([[1000, 0]], "one large score"), ([[1000, 0], [0, 0]], "and small ones")):
        scores = cp.asarray(np.array(high, dtype=np.float32))
        loss, dscores = softmax_loss(scores, cp.asarray(np.arange(len(high))))
        tiers.same(loss, np.log(len(high)) / len(high), f"{tier} loss, {name}")
        tiers.same(scores, high, f"{tier} scores, {name}", hint="They stay as they were.")
    tiers.same(
        dscores, [[0, 0], [0.25, -0.25]], f"{tier} dscores of two", hint="The loss is a mean."
    )
### BEGIN HIDDEN TESTS
from autograder.judging import judge

for tier in tiers.each():
    for size, spread in (((4, 6), 1), ((7, 3), 10), ((2, 5), 1000)):
        scores = (spread * judge.rng().normal(size=size)).astype(np.float32)
        scores[0] -= 300  # one picture far from the others
        y = judge.rng().integers(0, size[1], size[0])
        loss, grad = judge.reference("softmax_loss")(scores.astype(np.float64), y)
        given = cp.asarray(scores), cp.asarray(y)
        with gpu.counting() as seen:
            got, dscores = softmax_loss(*given)
        tiers.quiet(seen, "softmax_loss")
        tiers.same(got, loss, f"{tier} loss")
        tiers.same(dscores, grad, f"{tier} dscores")
        tiers.same(given[0], scores, f"{tier} scores, which must stay as they were")
### END HIDDEN TESTS

# %% [markdown]
# **Take away.** A number that only a person reads should stay on the device until the person asks.

# %% [markdown]
# ## 4. Convolution
#
# Lesson 02 filled `out` number by number. On a GPU each of these lines is a launch, and a launch
# costs some microseconds, whether it computes one number or a million. The simulated device counts
# one for each call that makes new numbers:


# %%
def picture_by_picture(x, w):
    return cp.stack([(picture * w).sum() for picture in x])


with gpu.simulated():
    w = cp.ones((3, 5, 5), dtype=np.float32)
    for N in (2, 8):
        x = cp.ones((N, 3, 5, 5), dtype=np.float32)
        with gpu.counting() as seen:
            picture_by_picture(x, w)
        print(f"N = {N}: {seen}")

# %% [markdown]
# **Predict before you run.** How many launches will it be for 64 pictures? And how should the
# number depend on $N$ in a good layer?
#
# <!-- guess 10/launches
# number | launches for 64 pictures | 129
# choice | in a good layer the number | grows like `N` | grows more slowly than `N` | * does not depend on `N`
# -->
#
# <details><summary>Answer</summary>
#
# $2 \cdot 64 + 1 = 129$. In a good layer it does not depend on $N$ at all.
#
# </details>
#
# `columns` of lesson 05 had no loop. `xp.lib.stride_tricks.sliding_window_view(x, (HH, WW), axis=(2, 3))`
# has the shape (N, C, H_out, W_out, HH, WW), all windows at stride 1. It is a **view** and copies
# nothing; only the `reshape` after it writes the columns, in one launch.
#
# ### Exercise 4: `conv_forward`, `conv_backward` (4 points)
#
# The sizes, the `ValueError` for what does not fit, and the matrix products are those of lesson 04.
# Write the windows forward, the zeros and the sum backward, for every stride and padding. Nothing
# may move, wait or become float64. No loop may run over pictures or places; a loop over the
# $HH \cdot WW$ taps of the filter is fine.
#
# By hand: the numbers 1 to 9 in 3 x 3, under a filter of four ones, give 12, 16, 24, 28.
#
# <details><summary>Hint</summary>
#
# Backward, column $(n, i, j)$ of tap $(u, v)$ goes to `dx_pad[n, :, i*stride + u, j*stride + v]`.
# For one tap and all $n, i, j$ at once this is a slice with steps: `u : u + stride*H_out : stride`.
#
# </details>


# %% exercise="conv_forward" withholds="conv_weight_gradients"
def conv_forward(x, w, b, stride=1, pad=0):
    """Convolve a batch of pictures with a bank of filters, on the host or on the device.

    Args:
        x: pictures, shape (N, C, H, W).
        w: filters, shape (F, C, HH, WW).
        b: one bias per filter, shape (F,).
        stride: pixels between neighbouring windows.
        pad: rows and columns of zeros on every side.

    Returns:
        out: feature maps, shape (N, F, H_out, W_out), where x is.
        cache: whatever conv_backward will need.

    Raises:
        ValueError: the windows do not end at the edge.
    """
    xp = get_array_module(x)
    (N, C, H, W), (F, _, HH, WW) = x.shape, w.shape
    rooms = H - HH + 2 * pad, W - WW + 2 * pad
    if min(rooms) < 0 or rooms[0] % stride or rooms[1] % stride:
        raise ValueError(f"{HH} x {WW} does not fit {H} x {W}: stride={stride}, pad={pad}")
    H_out, W_out = rooms[0] // stride + 1, rooms[1] // stride + 1
    # windows: a view of the padded x at this stride, shape (N, C, H_out, W_out, HH, WW)
    ### BEGIN SOLUTION
    x_pad = xp.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    windows = xp.lib.stride_tricks.sliding_window_view(x_pad, (HH, WW), axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride]
    ### END SOLUTION
    cols = windows.transpose(0, 2, 3, 1, 4, 5).reshape(N * H_out * W_out, C * HH * WW)
    out = cols @ w.reshape(F, -1).T + b
    out = out.reshape(N, H_out, W_out, F).transpose(0, 3, 1, 2)
    return out, (x.shape, cols, w, stride, pad)


def conv_backward(dout, cache):
    """Send the gradient back through conv_forward.

    Args:
        dout: gradient of the loss with respect to out, shape (N, F, H_out, W_out).
        cache: from conv_forward.

    Returns:
        dx, dw, db: gradients, the shapes of x, w and b.
    """
    (N, C, H, W), cols, w, stride, pad = cache
    xp = get_array_module(dout)
    F, _, HH, WW = w.shape
    H_out, W_out = dout.shape[2:]
    rows = dout.transpose(0, 2, 3, 1).reshape(-1, F)  # (N*H_out*W_out, F)
    dcols = (rows @ w.reshape(F, -1)).reshape(N, H_out, W_out, C, HH, WW)
    # dx_pad: zeros, in the size of the padded x
    ### BEGIN SOLUTION
    dx_pad = xp.zeros((N, C, H + 2 * pad, W + 2 * pad), dtype=dout.dtype)
    ### END SOLUTION
    for u in range(HH):
        for v in range(WW):
            share = dcols[:, :, :, :, u, v].transpose(0, 3, 1, 2)  # (N, C, H_out, W_out)
            # add the share of this tap, for all pictures and places at once
            ### BEGIN SOLUTION
            place = dx_pad[:, :, u : u + stride * H_out : stride, v : v + stride * W_out : stride]
            place += share
            ### END SOLUTION
    dx = dx_pad[:, :, pad : pad + H, pad : pad + W]
    return dx, (rows.T @ cols).reshape(w.shape), rows.sum(axis=0)


# %% [markdown]
# Try it, and look at the launches for two batch sizes:

# %%
nine = np.arange(1, 10, dtype=np.float32).reshape(1, 1, 3, 3)
w, b = np.ones((1, 1, 2, 2), dtype=np.float32), np.zeros(1, dtype=np.float32)
print(conv_forward(nine, w, b)[0])
for N in (2, 8):
    with gpu.simulated():
        given = [cp.asarray(a) for a in (np.repeat(nine, N, axis=0), w, b)]
    with gpu.simulated(), gpu.counting() as seen:
        out, cache = conv_forward(*given)
    print(f"N = {N}: {seen}")

# %% check="conv_forward" points=2
# 2 points. Shown: nine numbers, what does not fit, launches. Hidden: random shapes.
nine = np.arange(1, 10, dtype=np.float32).reshape(1, 1, 3, 3)
w, b = np.ones((1, 1, 2, 2), dtype=np.float32), np.zeros(1, dtype=np.float32)
check.same(conv_forward(nine, w, b)[0], [[[[12.0, 16.0], [24.0, 28.0]]]], "out on the host")
check.raises(ValueError, lambda: conv_forward(nine, w, b, 2), "stride 2")
for tier in tiers.each():
    launches = []
    for N in (2, 5):
        given = [cp.asarray(a) for a in (np.repeat(nine, N, axis=0), w, b)]
        with gpu.counting() as seen:
            out, _ = conv_forward(*given)
        tiers.quiet(seen, f"conv_forward, N = {N}")
        launches.append(seen.launches)
    tiers.same(out[0], [[[12.0, 16.0], [24.0, 28.0]]], f"{tier} out")
    check.same(launches[1], launches[0], f"{tier} launches for N = 5 and N = 2")
### BEGIN HIDDEN TESTS
from autograder.judging import inputs, judge

for x, w, b, how in inputs.conv(judge.rng()):
    x, w, b = (a.astype(np.float32) for a in (x, w, b))
    expected = judge.reference("conv_forward")(x, w, b, **how)[0]
    for tier in tiers.each():
        given = [cp.asarray(a) for a in (x, w, b)]
        with gpu.counting() as seen:
            out, _ = conv_forward(*given, **how)
        tiers.quiet(seen, "conv_forward")
        tiers.same(out, expected, f"{tier} out at {how}")
        for before, after, name in zip((x, w, b), given, "xwb", strict=True):
            tiers.same(after, before, f"{tier} {name}, which must stay as it was")
x = np.ones((1, 1, 6, 5), dtype=np.float32)
for stride, pad, side in ((2, 0, 3), (3, 0, 3), (1, 0, 6), (3, 1, 3)):
    judge.refuses(
        ValueError,
        "conv_forward",
        conv_forward,
        x,
        np.ones((1, 1, side, side)),
        x[0, 0, 0, :1],
        stride,
        pad,
    )
### END HIDDEN TESTS

# %% check="conv_forward" part="backward" points=2
# 2 points. Shown: the gradient of a sum, by hand. Hidden: random shapes, strides and padding.
nine = np.arange(1, 10, dtype=np.float32).reshape(1, 1, 3, 3)
w, b = np.ones((1, 1, 2, 2), dtype=np.float32), np.zeros(1, dtype=np.float32)
for tier in tiers.each():
    launches = []
    for N in (2, 5):
        given = [cp.asarray(a) for a in (np.repeat(nine, N, axis=0), w, b)]
        out, cache = conv_forward(*given)
        dout = cp.ones(out.shape, dtype=np.float32)
        with gpu.counting() as seen:
            dx, dw, db = conv_backward(dout, cache)
        tiers.quiet(seen, f"conv_backward, N = {N}")
        launches.append(seen.launches)
    covered = [[[1.0, 2.0, 1.0], [2.0, 4.0, 2.0], [1.0, 2.0, 1.0]]]
    tiers.same(dx[0], covered, f"{tier} dx", "How many windows see the middle?")
    tiers.same(dw, [[[[60.0, 80.0], [120.0, 140.0]]]], f"{tier} dw")
    tiers.same(db, [20.0], f"{tier} db")
    check.same(launches[1], launches[0], f"{tier} launches for N = 5 and N = 2")
### BEGIN HIDDEN TESTS
from autograder.judging import inputs, judge

for x, w, b, how in inputs.conv(judge.rng()):
    x, w, b = (a.astype(np.float32) for a in (x, w, b))
    out, own = judge.reference("conv_forward")(x, w, b, **how)
    dout = judge.rng().normal(size=out.shape).astype(np.float32)
    grads = judge.reference("conv_backward")(dout, own)
    for tier in tiers.each():
        _, cache = conv_forward(*(cp.asarray(a) for a in (x, w, b)), **how)
        there = cp.asarray(dout)
        with gpu.counting() as seen:
            dx, dw, db = conv_backward(there, cache)
        tiers.quiet(seen, "conv_backward")
        tiers.same(dx, grads[0], f"{tier} dx at {how}")
        tiers.same(dw, grads[1], f"{tier} dw at {how}")
        tiers.same(db, grads[2], f"{tier} db at {how}")
### END HIDDEN TESTS

# %% [markdown]
# **Take away.** A good layer needs as many launches for a thousand pictures as for one.

# %% [markdown]
# ## 5. Max pooling
#
# Forward, max pooling is the same view and a maximum. The switch of lesson 05, the number of the
# pixel that won, is an `argmax`.


# %% given="pooling"
def max_pool_forward(x, HH=2, WW=2, stride=2):
    """Keep the largest value of every window, on the host or on the device.

    Args:
        x: feature maps, shape (N, C, H, W).
        HH: height of the window.
        WW: width of the window.
        stride: pixels between neighbouring windows. The windows fit.

    Returns:
        out: shape (N, C, H_out, W_out), where x is.
        cache: the shape of x, the switches, HH, WW and stride.
    """
    xp = get_array_module(x)
    windows = xp.lib.stride_tricks.sliding_window_view(x, (HH, WW), axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride]
    flat = windows.reshape(*windows.shape[:4], HH * WW)  # (N, C, H_out, W_out, HH*WW)
    return flat.max(axis=-1), (x.shape, flat.argmax(axis=-1), HH, WW, stride)


# %% [markdown]
# Backward, with the maxima still at hand, the idea might be, in short:
#
#     dx[windows == out] = dout[...]
#
# **Predict before you run.** The mask makes the host wait. What else is wrong with the idea?
#
# <!-- guess 10/mask
# choice | besides the wait | nothing else is wrong | * in a window two equal maxima both match | the mask lies on the host | `dx` becomes float64
# -->
#
# <details><summary>Answer</summary>
#
# In a window with two equal maxima both pixels match. Each would get the whole gradient, or the
# counts of left and right would not even agree. The switch has to pick one: the first.
#
# </details>
#
# So the switches themselves are compared, tap by tap, as in `conv_backward`. Nothing moves, and
# nothing waits. The pixels of a window are counted row by row: number $k$ lies in row `k // WW`,
# column `k % WW`.


# %% given="switches"
def max_pool_backward(dout, cache):
    """Send each gradient to the pixel that was the largest; of equal ones, to the first.

    Args:
        dout: gradient with respect to out, shape (N, C, H_out, W_out).
        cache: from max_pool_forward.

    Returns:
        dx: shape (N, C, H, W).
    """
    shape, switches, HH, WW, stride = cache
    H_out, W_out = dout.shape[2:]
    dx = get_array_module(dout).zeros(shape, dtype=dout.dtype)
    for k in range(HH * WW):
        u, v = divmod(k, WW)
        place = dx[:, :, u : u + stride * H_out : stride, v : v + stride * W_out : stride]
        place += dout * (switches == k)
    return dx


# %% [markdown]
# Four ones in a 2 x 2 window, and `dout` $= 5$: where does the 5 go?

# %%
with gpu.simulated():
    x = cp.ones((1, 1, 2, 2), dtype=np.float32)
with gpu.simulated(), gpu.counting() as seen:
    out, cache = max_pool_forward(x)
    dx = max_pool_backward(5 * out, cache)
print(dx, seen)

# %% [markdown]
# The living net knows nothing of devices: it hands each layer a NumPy array. This lesson's layers
# ask the array where it lives, so they work for it as they are. The net calls the given ones yours,
# too. Move the frame.

# %% tags=["demo"]
own = conv_forward, conv_backward, max_pool_forward, max_pool_backward, affine_forward, affine_backward
living.net(*own).show(data.photo("chelsea"), at=(17, 62))

# %% [markdown]
# **Take away.** A switch is a number on the device like any other. Compare it there.

# %% [markdown]
# ## 6. A training loop that stays away
#
# The layers are quiet now. The loop around them is where most programs lose their time. This one
# uploads each batch when its turn comes, and notes each loss.


# %% given="slow"
def train_slowly(X, y, w, b, steps, batch, rate):
    """Train a linear classifier on the device, and wait for it at every step."""
    w, b = to_device(w), to_device(b)
    losses = []
    for step in range(steps):
        start = step * batch % len(X)
        part = slice(start, start + batch)
        scores, cache = affine_forward(to_device(X[part]), w, b)
        loss, dscores = softmax_loss(scores, to_device(y[part]))
        _, dw, db = affine_backward(dscores, cache)
        w, b = w - rate * dw, b - rate * db
        losses.append(float(loss))
    return losses, to_host(w), to_host(b)


# %% [markdown]
# The simulated device keeps a log of all that it was asked to do, and a table of what each thing
# costs, for a smaller card than that of section 1. An order takes the host 5 µs, the bus carries 20
# GB/s, and a kernel takes 10 µs. From both follows who was busy when: a **timeline**. Here are twelve
# steps with 128 rows of 1024 numbers each:

# %% tags=["demo"]
rng = np.random.default_rng(10)
y = rng.integers(0, 2, 512)
X = (rng.normal(size=(512, 1024)) + 0.1 * y[:, None]).astype(np.float32)
zero = np.zeros((1024, 2), dtype=np.float32), np.zeros(2, dtype=np.float32)
with gpu.simulated(kernel_ms=0.01), gpu.counting() as seen:
    train_slowly(X, y, *zero, steps=12, batch=128, rate=0.01)
demo.timeline(seen)

# %% [markdown]
# Look at the GPU's row. There is a gap after every step. The host has waited for the loss, and only
# then does it copy the next batch (to pinned memory: see section 8) and send it; all that while the
# GPU has nothing to do. Move in the picture, and pull the sliders: what if the bus were ten times as
# slow?
#
# **Predict before you run.** 1000 steps, the loss at every hundredth. How many transfers are
# needed, if all the data fits on the device? And where should the waits be?
#
# <!-- guess 10/transfers
# number | uploads | 4
# number | downloads, if each loss comes by itself | 12
# choice | the waits should be | after each step | after each hundredth step | * after the last step
# -->
#
# <details><summary>Answer</summary>
#
# Four uploads at the start: pictures, classes, weights, biases. A batch is a slice of what is there,
# and a slice is a view. At the end ten losses, or one array of ten, and the weights and biases. The
# waits belong after the last step: a loss is a number on the device like any other, and can stay
# there.
#
# </details>
#
# ### Exercise 6: `train` (3 points)
#
# The step is that of `train_slowly`. Write what goes up, which losses are kept, and what comes back.
# Step $s$ takes the `batch` pictures from number $s \cdot \text{batch} \bmod N$ on; $N$ is a
# multiple of `batch`. All of it is float32.
#
# The check reads your timeline. From its first kernel to its last the GPU must never stand still for
# want of an order. So nothing may be waited for before the last step is ordered.
#
# By hand: 10 steps, every fifth loss: 4 uploads, and at most $2 + 2 = 4$ downloads. And the first
# loss of weights that are all zero, for two classes, is $\log 2 = 0.693$.


# %% exercise="train"
def train(X, y, w, b, steps, batch, rate, every):
    """Train a linear classifier on the device.

    Args:
        X: pictures, shape (N, D), float32, on the host.
        y: their classes, shape (N,), whole numbers, on the host.
        w: first weights, shape (D, C), float32, on the host.
        b: first biases, shape (C,), float32, on the host.
        steps: how many steps of gradient descent.
        batch: pictures in a step.
        rate: the learning rate.
        every: the loss of step 0, `every`, 2 * `every` and so on is wanted.

    Returns:
        losses: a list of numbers.
        w, b: the trained weights and biases, on the host.
    """
    # what goes up
    ### BEGIN SOLUTION
    X, y, w, b = map(to_device, (X, y, w, b))
    ### END SOLUTION
    losses = []
    for step in range(steps):
        start = step * batch % len(X)
        part = slice(start, start + batch)
        scores, cache = affine_forward(X[part], w, b)
        loss, dscores = softmax_loss(scores, y[part])
        _, dw, db = affine_backward(dscores, cache)
        w, b = w - rate * dw, b - rate * db
        # which losses are kept
        ### BEGIN SOLUTION
        if step % every == 0:
            losses.append(loss)  # it stays on the device
        ### END SOLUTION
    # what comes back
    ### BEGIN SOLUTION
    return [float(loss) for loss in losses], to_host(w), to_host(b)
    ### END SOLUTION


# %% [markdown]
# Try it on the same rows:

# %% tags=["demo"]
with gpu.simulated(kernel_ms=0.01), gpu.counting() as seen:
    losses, w, b = train(X, y, *zero, steps=12, batch=128, rate=0.01, every=4)
print([round(loss, 3) for loss in losses])
demo.timeline(seen)

# %% [markdown]
# Compare the GPU's row with the one above. All rows went up once, at the start. And the host, which
# waited at every step, is far ahead of the GPU.

# %% check="train" points=3
# 3 points. Shown: ten steps, their counters and their timeline. Hidden: random data.
y = np.array([0, 1, 0, 1])
X = np.array([[1, 0], [0, 1], [2, 0], [0, 2]], dtype=np.float32)
zero = np.zeros((2, 2), dtype=np.float32), np.zeros(2, dtype=np.float32)
for tier in tiers.each():
    with gpu.counting() as seen:
        losses, w, b = train(X, y, *zero, steps=10, batch=2, rate=0.5, every=5)
    tiers.counts(seen, "ten steps", uploads=4, float64=0)
    tiers.at_most(seen.downloads, 4, "downloads of ten steps")
    tiers.steady(seen, "ten steps")
    check.same(len(losses), 2, f"{tier} number of losses")
    check.same(losses[0], float(np.log(2)), f"{tier} first loss", rtol=1e-5)
    _, w, b = train(X, np.array([0, 0, 1, 1]), *zero, steps=2, batch=2, rate=1.0, every=5)
    p = 1 / (1 + np.exp(-2))  # of class 0, which is wrong for the second batch
    check.same(w, [[0.25 - p, p - 0.25]] * 2, f"{tier} w after two steps", rtol=1e-4)
    check.same(b, [0.5 - p, p - 0.5], f"{tier} b after two steps", rtol=1e-4)
    check.same(isinstance(w, np.ndarray), True, f"{tier} w is on the host again")
### BEGIN HIDDEN TESTS
from autograder.judging import judge

for N, D, C, batch, steps, every in ((12, 5, 3, 4, 7, 2), (9, 2, 4, 3, 5, 5), (8, 3, 2, 8, 4, 1)):
    X = judge.rng().normal(size=(N, D)).astype(np.float32)
    y = judge.rng().integers(0, C, N)
    w, b = (judge.rng().normal(size=s).astype(np.float32) for s in ((D, C), (C,)))
    wanted = judge.reference("train")(X, y, w, b, steps, batch, 0.3, every)
    for tier in tiers.each():
        with gpu.counting() as seen:
            losses, w1, b1 = train(X, y, w, b, steps, batch, 0.3, every)
        tiers.counts(seen, f"{steps} steps", uploads=4, float64=0)
        tiers.at_most(seen.downloads, len(wanted[0]) + 2, f"downloads of {steps} steps")
        tiers.steady(seen, f"{steps} steps")
        check.same([float(v) for v in losses], wanted[0], f"{tier} losses", rtol=1e-4, atol=1e-5)
        check.same(
            w1.astype(np.float64), wanted[1].astype(np.float64), f"{tier} w", rtol=1e-4, atol=1e-5
        )
        check.same(
            b1.astype(np.float64), wanted[2].astype(np.float64), f"{tier} b", rtol=1e-4, atol=1e-5
        )
### END HIDDEN TESTS

# %% [markdown]
# **Take away.** Upload once. Ask at the end.

# %% [markdown]
# ## 7. A stopwatch that lies
#
# How long does a kernel take? The device of the next cell takes 20 ms for each launch, and 50 ms
# once to compile it. Its clock is simulated, so the numbers are the same on every machine.

# %%
with gpu.simulated(kernel_ms=20, compile_ms=50):
    x = cp.ones(3, dtype=np.float32)
    cp.cuda.Device().synchronize()
    for attempt in (1, 2):
        start = gpu.clock()
        cp.exp(x)
        print(f"stopwatch around call {attempt}: {1000 * (gpu.clock() - start):.3f} ms")

# %% [markdown]
# The first reading is the compiler's, the second is what it costs to *order* the work.
#
# The GPU has marks of its own for this, **events**. `start = cp.cuda.Event()` makes one, and
# `start.record()` puts it into the queue after what was ordered so far.
# `cp.cuda.get_elapsed_time(start, end)` gives the milliseconds between two marks, and raises where
# the GPU has not come to the second one yet; `end.synchronize()` waits until it has.
#
# **Predict before you run.** Which three things must a good measurement do that the stopwatch above
# did not?
#
# <!-- guess 10/stopwatch
# choice | it must | repeat, take the mean, subtract what the stopwatch takes | call once before, repeat, take the shortest reading | * call once before, wait for the end, repeat
# -->
#
# <details><summary>Answer</summary>
#
# Call once before, so that compiling is over. Wait until the end mark is reached:
# `end.synchronize()`. And repeat, because one launch is short; then divide.
#
# </details>
#
# ### Exercise 7: `gpu_time` (2 points)
#
# The calls and the division are there. Write what belongs before them and after.
#
# By hand: on that device `gpu_time(lambda: cp.exp(x))` is 20 ms, give or take what ordering costs.


# %% exercise="gpu_time"
def gpu_time(f, repeat=10):
    """Measure how long the GPU works on a call.

    Args:
        f: a function without arguments that orders work.
        repeat: how many calls to measure.

    Returns:
        Milliseconds for one call, compiling left out.
    """
    start, end = cp.cuda.Event(), cp.cuda.Event()
    # before the calls
    ### BEGIN SOLUTION
    f()  # compiles
    start.record()
    ### END SOLUTION
    for _ in range(repeat):
        f()
    # after them
    ### BEGIN SOLUTION
    end.record()
    end.synchronize()
    ### END SOLUTION
    return cp.cuda.get_elapsed_time(start, end) / repeat


# %%
with gpu.simulated(kernel_ms=20, compile_ms=50):
    x = cp.ones(3, dtype=np.float32)
    print(f"{gpu_time(lambda: cp.exp(x)):.2f} ms")

# %% check="gpu_time" points=2
# 2 points. Shown: one kernel of 20 ms. Hidden: other devices, several kernels in a call.
with gpu.simulated(kernel_ms=20, compile_ms=50):
    x = cp.ones(3, dtype=np.float32)
    cp.cuda.Device().synchronize()
    took = float(gpu_time(lambda: cp.exp(x)))
check.same(took, 20.0, "[cpu-sim] milliseconds of gpu_time", rtol=0.02)
### BEGIN HIDDEN TESTS
from autograder.judging import judge

for many in (1, 3):
    kernel_ms, compile_ms = (float(v) for v in judge.rng().uniform(5, 80, size=2))
    with gpu.simulated(kernel_ms=kernel_ms, compile_ms=compile_ms):
        x = cp.ones(3, dtype=np.float32)
        work = lambda x=x, many=many: [cp.exp(x) for _ in range(many)]
        with gpu.counting() as seen:
            took = float(gpu_time(work, 20))
    text = f"[cpu-sim] milliseconds of gpu_time for {many} kernels of {kernel_ms:.2f} ms and repeat=20"
    check.same(took, many * kernel_ms, text, rtol=0.02)
    check.same(seen.launches >= 20 * many, True, "20 calls are measured")
### END HIDDEN TESTS

# %% [markdown]
# **Take away.** Warm up, mark, repeat, wait, divide.

# %% [markdown]
# ## 8. Upload while it computes
#
# What if the pictures do not fit into the GPU's memory? Then each batch has to travel. Say the bus
# takes 2 ms for a batch and the GPU computes on it for 3 ms.
#
# **Predict before you run.** How long do four batches take, one thing after the other? And if the
# next batch travels while the GPU works on this one?
#
# <!-- guess 10/overlap
# number | milliseconds, one thing after the other | 20
# number | milliseconds, if the next batch travels meanwhile | 14
# -->
#
# <details><summary>Answer</summary>
#
# $4 \cdot (2 + 3) = 20$ ms. Overlapped, only the first upload is in the way: $2 + 4 \cdot 3 = 14$
# ms. The bus costs nothing any more, as long as it is faster than the GPU.
#
# </details>
#
# Here is the first way. `work` stands for a forward pass.


# %% given="in_turn"
def run_in_turn(X, batch, work):
    """Upload a batch, work on it, and take the next one."""
    return [work(cp.asarray(X[start : start + batch])) for start in range(0, len(X), batch)]


# %% [markdown]
# Let the work be one kernel of 30 µs:

# %% tags=["demo"]
many = np.ones((1024, 1024), dtype=np.float32)
with gpu.simulated(kernel_ms=0.03), gpu.counting() as seen:
    run_in_turn(many, 128, lambda x: x.sum(axis=1))
demo.timeline(seen)

# %% [markdown]
# Look for a moment at which bus and GPU are both busy. You will not find one, for two reasons.
#
# **The host's memory can move.** The operating system may shift it about, so the bus cannot read it
# by itself. The host first copies the numbers into **pinned** memory, which stays where it is.
# `cupyx.empty_pinned(shape, dtype)` gives a NumPy array there. What lies in it travels without the
# host.
#
# **A queue has an order.** All that you order goes into one queue, called a **stream**, and is done
# one after the other: upload, kernel, upload, kernel. A second stream runs beside the first. But now
# nobody keeps them in step, and the GPU may compute with a batch that is still on its way. That is a
# **race**. An event keeps them in step: one stream records it, the other waits for it. The host does
# not.
#
# | line | what it does |
# |---|---|
# | `copying = cp.cuda.Stream(non_blocking=True)` | makes a second stream, which the first one does not hold up |
# | `computing = cp.cuda.get_current_stream()` | the stream that kernels go to |
# | `buffer.set(part, stream=copying)` | orders an upload into an array that is on the device already |
# | `event = copying.record()` | puts a mark after all that the stream was given so far |
# | `computing.wait_event(event)` | what comes next on the stream begins when the mark is reached |
#
# ### Exercise 8: `run_ahead` (3 points)
#
# Do what `run_in_turn` does, overlapped. Two arrays on the device are made once and used in turns.
# They are given, and so are the pinned memory and the second stream. Write what happens in a turn.
# Two things have to be awaited: work on a batch waits for its upload, and the next upload into the
# same array waits for the work on what was in it.
#
# The check reads your timeline. All uploads must come from pinned memory, on a stream of their own.
# The whole may take a fifth longer than the best possible time. For 8 batches of 26 µs on the bus
# and 30 µs on the GPU the best is $26 + 8 \cdot 30 = 266$ µs. The host may not wait, no race may be left,
# and the arrays on the device at one time may take no more than two batches and the results.
#
# <details><summary>Hint</summary>
#
# Let `copying` wait until the array is free; set; record; let `computing` wait for that. After the
# work, record on `computing`: then the array is free again.
#
# </details>



# %% exercise="run_ahead"
def run_ahead(X, batch, work):
    """Let the bus upload a batch while the GPU works on the one before.

    Args:
        X: shape (N, ...), on the host; N is a multiple of batch.
        batch: rows at a time.
        work: a function that orders work on the current stream. It takes an array of the device
            with batch rows, and returns another.

    Returns:
        A list of what work returned, batch by batch.
    """
    pinned = cupyx.empty_pinned(X.shape, X.dtype)
    pinned[...] = X
    copying = cp.cuda.Stream(non_blocking=True)
    computing = cp.cuda.get_current_stream()
    buffers = [cp.empty((batch, *X.shape[1:]), dtype=X.dtype) for _ in range(2)]
    free = [computing.record()] * 2  # for each array, the mark from which on it is free
    results = []
    for k in range(len(X) // batch):
        part = pinned[k * batch : (k + 1) * batch]
        # order the upload of part into buffers[k % 2]; who waits for what?
        ### BEGIN SOLUTION
        copying.wait_event(free[k % 2])
        buffers[k % 2].set(part, stream=copying)
        computing.wait_event(copying.record())  # it has arrived
        ### END SOLUTION
        results.append(work(buffers[k % 2]))
        # from when on is buffers[k % 2] free?
        ### BEGIN SOLUTION
        free[k % 2] = computing.record()
        ### END SOLUTION
    return results


# %% [markdown]
# Try it. Compare the total with the one above, and look for the time that bus and GPU are busy
# together:

# %% tags=["demo"]
with gpu.simulated(kernel_ms=0.03), gpu.counting() as seen:
    results = run_ahead(many, 128, lambda x: x.sum(axis=1))
demo.timeline(seen)

# %% check="run_ahead" points=3
# 3 points. Shown: 8 and 4 batches of 512 KB, their timeline. Hidden: other shapes, times and types.
def overlapped(X, batch, kernel_ms):
    expected = [2 * X[start : start + batch] for start in range(0, len(X), batch)]
    before = X.copy()
    for tier in tiers.each():
        results = run_ahead(X, batch, lambda part: part * 2)
        check.same(len(results), len(expected), f"{tier} how many results")
        for k, (result, wanted) in enumerate(zip(results, expected, strict=True)):
            tiers.same(result, wanted, f"{tier} result of batch {k}")
    check.same(X, before, "X, which must stay as it was")
    with gpu.simulated(kernel_ms=kernel_ms), gpu.counting() as seen:
        results = run_ahead(X, batch, lambda part: part * 2)
    tiers.counts(seen, "run_ahead", waits=0)
    tiers.beside(seen, "run_ahead")
    tiers.ordered(seen, "run_ahead")
    tiers.at_most(seen.peak, 2 * X[:batch].nbytes + X.nbytes, "bytes on the device at one time")
    up, work = 1000 * X[:batch].nbytes / seen.costs.bus, kernel_ms
    best = up + work + (len(expected) - 1) * max(up, work)
    tiers.at_most(gpu.times(seen).total, 1.2 * best, "milliseconds by the timeline")


rows = np.arange(1024, dtype=np.float32)[:, None] + np.zeros(1024, dtype=np.float32)
for part in (rows, rows[:512]):
    overlapped(part, 128, kernel_ms=0.03)
### BEGIN HIDDEN TESTS
from autograder.judging import judge

overlapped(judge.rng().integers(0, 99, size=(700, 1024)), 100, 0.06)
for shape, batch, kernel_ms in (
    ((6, 64, 2048), 1, 0.04),
    ((1200, 512), 150, 0.025),
    ((512, 512), 512, 0.05),
):
    overlapped(judge.rng().normal(size=shape).astype(np.float32), batch, kernel_ms)
### END HIDDEN TESTS

# %% [markdown]
# Why two arrays made once, and not a new one for each batch? CuPy gives freed memory out again at
# once, to the next upload, while the other stream may still be reading it. That is a race, too.
#
# One thing is missing from the new total: this clock does not see how NumPy fills pinned memory. That
# takes 0.42 ms here, as the eight copies did before. Pinning pays where the same pictures travel in
# every epoch, or are read from the disk into pinned memory.
#
# **Take away.** Pin, use two streams, keep them in step by events, and let the host only order.

# %% [markdown]
# ## 9. Half the bytes
#
# A float32 takes 4 bytes. Does a network need them all? Beside its ordinary units a GPU has **tensor
# cores**, which multiply small matrices of short numbers. According to the data sheet of NVIDIA's
# A100, plain float32 makes 19.5 Tera-operations a second. Its tensor cores make 156 with the numbers
# called TF32, and 312 with float16: eight and sixteen times as many.
#
# A number has one bit for its sign. The bits of its **exponent** say how large or small it can be,
# those of its **mantissa** how exact it is:

# %% tags=["plot"] alt="Four rows of bits, one for each kind of number. After the sign, float32 has 8 bits of exponent and 23 of mantissa, TF32 8 and 10, bfloat16 8 and 7, float16 5 and 10."
kinds = {"float32": (8, 23), "TF32": (8, 10), "bfloat16": (8, 7), "float16": (5, 10)}
drawing.formats(kinds, "Bits of exponent (orange) and mantissa (blue)")

# %% [markdown]
# Look at the orange parts. TF32 and bfloat16 reach as far as float32; float16 does not.
#
# **TF32** costs no change of the code. The numbers stay float32 in memory. Only where a matrix
# product enters the tensor cores, the last 13 bits of each number are rounded away; the sums stay
# float32. CuPy does so if the environment variable `CUPY_TF32` is 1 when Python starts. Three digits
# remain, and training gets along with that: the gradient of one batch is a rough guess anyway.
#
# **float16** halves the bytes as well, and there the trouble starts. Its largest number is 65504.
# Its smallest above zero is $2^{-24}$, about 0.00000006.
#
# **Predict before you run.** What are `np.float16(1e-8)`, `np.float16(70000)`, and
# `np.float16(1) + np.float16(0.0001)`?
#
# <!-- guess 10/float16
# number | `np.float16(1e-8)` | 0
# choice | `np.float16(70000)` | 65504 | 70000 | * infinity | an error
# number | `np.float16(1) + np.float16(0.0001)` | 1
# -->
#
# <details><summary>Answer</summary>
#
# 0, infinity, and 1. After 1 the next float16 is 1.00098.
#
# </details>
#
# A gradient of $10^{-8}$ is nothing unusual, because a loss is a mean. Think of a net that gives
# each pixel of a 224 x 224 picture a class: every score has a share of $1/50{,}176$ in the loss.
# Here are 50,176 points in two clouds, a classifier that your `train` has trained, and the
# gradients of its scores:

# %% tags=["plot"] alt="Two histograms of the powers of two of the gradients, with a line at minus 25. Without scaling a quarter of the gradients lies left of the line and becomes 0 in float16. Times 4096 the same hill lies 12 powers further to the right, and nearly nothing is left of the line."
rng = np.random.default_rng(9)
N = 224 * 224
y = rng.integers(0, 2, N)
X = (rng.normal(size=(N, 3)) + 2 * y[:, None]).astype(np.float32)
zero = np.zeros((3, 2), dtype=np.float32), np.zeros(2, dtype=np.float32)
with gpu.simulated():
    _, w, b = train(X, y, *zero, steps=200, batch=256, rate=0.5, every=200)
_, dscores = softmax_loss(affine_forward(X, w, b)[0], y)
sizes = np.abs(dscores[dscores != 0])
for scale, colour in ((1, "C0"), (4096, "C1")):
    lost = np.mean((scale * sizes).astype(np.float16) == 0)
    label = f"times {scale}: {100 * lost:.0f} % become 0"
    plt.hist(np.log2(scale * sizes), bins=60, alpha=0.6, color=colour, label=label)
plt.axvline(-25, color="C3", linestyle="--", label="below: 0 in float16")
plt.margins(y=0.4)  # room for the legend
plt.title("Gradients of 50,176 places, and what float16 makes of them")
plt.xlabel("power of two")
plt.ylabel("how many")
plt.legend()
plt.show()

# %% [markdown]
# Look left of the line, which stands at half of $2^{-24}$: what is smaller is rounded to 0. A quarter
# of the gradients is lost. The cure moves the hill. Multiply the loss by a number $S$ before the
# backward pass. By the chain rule all gradients are $S$ times as large. Divide them by $S$ again
# when they are float32. This is **loss scaling**.
#
# If $S$ is too large, a gradient leaves the range at the other end and becomes infinite. Then the
# step is left out, all of it, and $S$ is halved for the next one.
#
# The weights have a trouble of their own: $1 + 0.0001$ was $1$. So the weights stay float32, as
# **master weights**, and the layers get a float16 copy of them. Layers in float16, weights and
# steps in float32: together this is called **mixed precision**.
#
# ### Exercise 9: `scaled_step` (2 points)
#
# Take one step of gradient descent. The gradient comes from a function that you are handed. It gets
# the weights as float16 and the scale, and returns the gradient of `scale` times the loss, in
# float16. Where any number of it is infinite or not a number (NaN), the weights come back as they
# were. The caller's array stays as it was, and nothing may move, wait or become float64.
#
# By hand: $w = 1$, the gradient is $2^{-26}$ and the rate $2^{24}$. With $S = 1$ float16 makes 0 of
# the gradient and nothing happens. With $S = 2^{10}$ the function returns $2^{-16}$, which float16
# can hold; divided by $S$ and times the rate it is $\tfrac14$, and $w$ becomes $\tfrac34$.
#
# <details><summary>Hint</summary>
#
# An `if` would have to know the value: it waits. `xp.where(good, new, old)` chooses on the device,
# and `xp.isfinite(g).all()` is an array there.
#
# </details>


# %% exercise="scaled_step"
def scaled_step(w, gradient, scale, rate):
    """Take one step of gradient descent, with the gradient in float16 and the weights in float32.

    Args:
        w: master weights, float32, any shape, on the host or on the device.
        gradient: a function of the weights in float16 and the scale. It returns the gradient of
            the loss times the scale: float16, the shape of w, where w is.
        scale: what the loss is multiplied by, a power of two.
        rate: the learning rate.

    Returns:
        The new weights, float32, where w is; as they were if a number of the gradient is not finite.
    """
    xp = get_array_module(w)
    scaled = gradient(w.astype(xp.float16), scale)
    # good: an array of no dimensions, true where all numbers are finite. Then the new weights.
    ### BEGIN SOLUTION
    good = xp.isfinite(scaled).all()
    return xp.where(good, w - rate * (scaled.astype(xp.float32) / scale), w)
    ### END SOLUTION


# %% [markdown]
# Try it with three scales. The last one is too large, and $w$ stays.



# %%
def times_tiny(w, scale):
    return (scale * tiny).astype(np.float16)


with gpu.simulated():
    w = cp.ones(1, dtype=np.float32)
    tiny = cp.full(1, 2.0**-26, dtype=np.float32)
with gpu.simulated(), gpu.counting() as seen:
    results = [scaled_step(w, times_tiny, S, 2.0**24) for S in (1, 2.0**10, 2.0**44)]
print(*results, seen)

# %% check="scaled_step" points=2
# 2 points. Shown: three scales by hand, a small step. Hidden: random weights, infinities in one place.
for tier in tiers.each():
    w = cp.ones(2, dtype=np.float32)
    sizes = cp.asarray(np.array([2.0**-26, 0], dtype=np.float32))
    kinds = []

    def tiny(copy, scale, sizes=sizes, kinds=kinds):
        kinds.append(str(copy.dtype))
        return (sizes * scale).astype(np.float16)

    for power, first in ((0, 1.0), (10, 0.75), (44, 1.0)):
        with gpu.counting() as seen:
            new = scaled_step(w, tiny, 2.0**power, 2.0**24)
        tiers.quiet(seen, f"scaled_step, S = 2**{power}")
        tiers.same(new, [first, 1.0], f"{tier} weights with S = 2**{power}")
        check.same(str(new.dtype), "float32", f"{tier} dtype of the weights")
    check.same(kinds[0], "float16", f"{tier} dtype of what the function gets")
    tiers.same(w, [1.0, 1.0], f"{tier} the caller's weights", hint="They stay as they were.")
    new = scaled_step(w, lambda copy, scale: cp.full(2, scale, dtype=np.float16), 1.0, 2.0**-12)
    moved = float((w - new)[0]) * 2**12
    check.same(moved, 1.0, f"{tier} a small step, times 4096", hint="Subtract it in float32.")
### BEGIN HIDDEN TESTS
from autograder.judging import judge

for tier in tiers.each():
    for shape in ((3, 4), (5,), (2, 3, 2, 2)):
        start = judge.rng().normal(size=shape).astype(np.float32)
        slopes = (judge.rng().normal(size=shape) * 2.0**-20).astype(np.float32)
        rate = float(judge.rng().uniform(0.1, 0.9)) * 2.0**18
        for place, scale in (((), 2.0**12), ((0,) * len(shape), 2.0**12), ((-1,) * len(shape), 2.0**40)):
            scaled = (slopes * np.float32(scale)).clip(-60000, 60000).astype(np.float16)
            if place:
                scaled[place] = np.nan if scale < 2**20 else -np.inf
            w, there = cp.asarray(start), cp.asarray(scaled)
            with gpu.counting() as seen:
                new = scaled_step(w, lambda copy, S, there=there: there, scale, rate)
            tiers.quiet(seen, "scaled_step")
            wanted = start if place else start - rate * (scaled.astype(np.float32) / scale)
            what = "one gradient is not finite" if place else "all gradients are finite"
            tiers.same(new, wanted, f"{tier} weights where {what}")
            check.same(str(new.dtype), "float32", f"{tier} dtype of the weights")
            tiers.same(w, start, f"{tier} the caller's weights, which stay as they were")
### END HIDDEN TESTS

# %% [markdown]
# **Take away.** Layers in half, weights and steps in float32, and a scale that keeps the gradients
# inside the range.
#
# **Going further**, without points. PyTorch's scaler begins with $S = 65{,}536$, and doubles it again
# after 2000 good steps. bfloat16 needs no scaling: its exponent reaches as far as that of float32. It
# pays in digits. The next bfloat16 after 1 is 1.0078.
#
# How much does TF32 lose? A simulated device has no tensor cores, but the rounding can be imitated:


# %%
def tf32(x):
    """Round float32 numbers to the 10 bits of mantissa that TF32 keeps."""
    bits = x.view(np.int32) + 0x1000  # half of the last bit that stays
    return (bits & ~0x1FFF).view(np.float32)


A, B = rng.normal(size=(2, 64, 64)).astype(np.float32)
exact = A.astype(np.float64) @ B
for name, product in (("float32", A @ B), ("TF32", tf32(A) @ tf32(B))):
    worst = abs(product - exact).max() / abs(exact).max()
    print(f"{name}: wrong by up to {worst:.0e} of the largest")

# %% [markdown]
# ## 10. What limits a layer?
#
# The operations that a GPU can compute in a second are its **peak**, the bytes that it can move its
# **bandwidth**. A layer needs at least the longer of the two times:
#
# $$t = \max\left(\frac{\text{operations}}{\text{peak}}, \frac{\text{bytes}}{\text{bandwidth}}\right)$$
#
# A convolution at stride 1 that keeps the size makes $2 N F H W \cdot C \cdot HH \cdot WW$
# operations, a product and a sum each. It must read `x` and `w` and write `out` at least once, 4
# bytes for each number in float32, and 2 in float16.
#
# **Predict before you run.** $N = 64$ pictures, $C = F = 64$, 56 x 56, on a GPU with 50
# Tera-operations and 2 TB a second. Which of the two limits a 1 x 1 convolution in float32, and
# which a 3 x 3 one?
#
# <!-- guess 10/limits
# choice | the 1 x 1 convolution is limited by | arithmetic | * memory
# choice | the 3 x 3 one by | * arithmetic | memory
# -->
#
# <details><summary>Answer</summary>
#
# 1 x 1: $2 \cdot 64 \cdot 64 \cdot 56^2 \cdot 64 = 1.64$ Giga-operations take 0.033 ms; 102.8 MB
# take 0.051 ms: memory. 3 x 3: nine times the operations, 0.296 ms, and hardly more bytes:
# arithmetic.
#
# </details>
#
# One number tells the same faster. The floating-point operations for each byte, FLOP/byte, are the
# layer's **arithmetic intensity**: for 1 x 1 it is 1.64 Giga-operations over 0.1028 GB, 16, and for
# 3 x 3 it is 144. The GPU has such a number, too: in the time of one byte it makes $50 / 2 = 25$
# operations. A layer below 25 waits for memory, one above it for arithmetic. Where the two meet is
# called the **ridge**.
#
# ### Exercise 10: `roofline` (2 points)
#
# By hand: the 1 x 1 layer above takes 0.051 ms, has 16 FLOP/byte, and is limited by memory. If both
# times are equal, either word is right.


# %% exercise="roofline"
def roofline(N, C, F, H, W, HH, WW, peak, bandwidth, size=4):
    """Estimate the least time of a convolution at stride 1 that keeps the size.

    Args:
        N, C, F: pictures, channels, filters.
        H, W: height and width of a picture, and of a feature map.
        HH, WW: height and width of a filter.
        peak: operations in a second.
        bandwidth: bytes in a second.
        size: bytes of a number, 4 for float32 and TF32, 2 for float16.

    Returns:
        milliseconds: the least time.
        intensity: operations for each byte.
        limit: "arithmetic" or "memory", whichever takes longer.
    """
    operations = 2 * N * F * H * W * C * HH * WW
    # moved: the bytes of x, w and out. compute, move: the two times, in seconds.
    ### BEGIN SOLUTION
    moved = size * (N * C * H * W + F * C * HH * WW + N * F * H * W)
    compute, move = operations / peak, moved / bandwidth
    ### END SOLUTION
    limit = "arithmetic" if compute > move else "memory"
    # the three results
    ### BEGIN SOLUTION
    return 1000 * max(compute, move), operations / moved, limit
    ### END SOLUTION


# %% [markdown]
# Try it on the two layers above:

# %%
layer = {"N": 64, "C": 64, "F": 64, "H": 56, "W": 56}
for side in (1, 3):
    print(side, roofline(**layer, HH=side, WW=side, peak=50e12, bandwidth=2e12))

# %% check="roofline" points=2
# 2 points. Shown: a layer by hand, in both sizes. Hidden: random layers and GPUs.
milliseconds, intensity, limit = roofline(1, 1, 1, 10, 10, 3, 3, 1e6, 1e6)
check.same(float(milliseconds), 1.8, "milliseconds for 1800 operations at a million a second")
check.same(float(intensity), 1800 / 836, "intensity: 1800 operations for 836 bytes")
check.same(limit, "arithmetic", "the limit")
milliseconds, intensity, limit = roofline(1, 1, 1, 10, 10, 1, 1, 1e6, 1e5)
check.same(float(milliseconds), 8.04, "milliseconds for 804 bytes at 100,000 a second")
check.same(float(intensity), 200 / 804, "intensity: 200 operations for 804 bytes")
check.same(limit, "memory", "the limit")
milliseconds, intensity, limit = roofline(1, 1, 1, 10, 10, 1, 1, 1e6, 1e5, 2)
check.same(float(milliseconds), 4.02, "milliseconds for 402 bytes, 2 for each number")
check.same(float(intensity), 200 / 402, "intensity: 200 operations for 402 bytes")
### BEGIN HIDDEN TESTS
from autograder.judging import judge

for size in (4, 2, 4, 2, 8, 1):
    N, C, F, H, W, HH, WW = (int(v) for v in judge.rng().integers(1, 60, size=7))
    peak, bandwidth = 10.0 ** judge.rng().uniform(11, 14), 10.0 ** judge.rng().uniform(11, 12.5)
    judge.value("roofline", roofline, N, C, F, H, W, HH, WW, peak, bandwidth, size)
    judge.value("roofline", roofline, N, C, F, H, W, HH, WW, 1e18, bandwidth, size)
### END HIDDEN TESTS

# %% [markdown]
# **Predict before you run.** Suppose the tensor cores of that GPU make 400 Tera-operations with
# TF32 and 800 with float16; the memory is as fast as before. Where are the ridges now? What limits
# the 3 x 3 layer then?
#
# <!-- guess 10/ridges
# row | the ridges of TF32 and float16 | 200, 400
# choice | with TF32 the 3 x 3 layer is limited by | arithmetic | * memory
# choice | in float16 by | arithmetic | * memory
# -->
#
# <details><summary>Answer</summary>
#
# At 200 and at 400. With TF32 the layer moves the same bytes, and its 144 lie below 200: memory. In
# float16 it has half the bytes, 288, and 288 lie below 400: memory again.
#
# </details>
#
# A plot of speed in FLOP a second, FLOP/s, against FLOP/byte shows all of it at once. The slope is
# the memory, the flat roof the arithmetic, and so the plot is called a **roofline**:

# %% tags=["plot"] alt="A plot with two logarithmic axes, Tera-FLOP/s against FLOP/byte. One slope leads to three flat roofs: float32 at 50 from 25 FLOP/byte on, TF32 at 400 from 200 on, float16 at 800 from 400 on. Of the layers with filters of 1, 3 and 7, the 3 by 3 lies on the flat roof in float32, and on the slope in TF32 and float16."
kinds = {"float16": (800e12, 2, "^"), "TF32": (400e12, 4, "s"), "float32": (50e12, 4, "o")}
bandwidth = 2e12
plt.loglog([5, 400], [10, 800], color="gray")  # 2 Tera-FLOP/s for each FLOP/byte
for name, (peak, size, mark) in kinds.items():
    (roof,) = plt.loglog([peak / bandwidth, 4000], [peak / 1e12] * 2, label=name)
    for side in (1, 3, 7):
        intensity = roofline(**layer, HH=side, WW=side, peak=peak, bandwidth=bandwidth, size=size)[1]
        height = min(peak, intensity * bandwidth) / 1e12
        plt.loglog(intensity, height, mark, color=roof.get_color())
        plt.annotate(f"{side} x {side}", (intensity, height), (6, -12), textcoords="offset points")
plt.title("The faster the arithmetic, the further to the right its roof")
plt.xlabel("FLOP/byte")
plt.ylabel("Tera-FLOP/s")
plt.legend(loc="lower right")
plt.show()

# %% [markdown]
# Follow the 3 x 3 layer. In float32 it lies on the flat part. On tensor cores it slides down to the
# slope: it is nearly six times as fast with TF32, and not eight. There a faster multiplier would
# gain nothing, and a byte saved is time saved.
#
# **Take away.** What limits a layer depends on the card and on the precision. Before you make
# something faster, ask which of its two times is the longer one.

# %% [markdown]
# ## 11. Fewer launches, shared arrays
#
# **Going further**, without points: five more things of CuPy.
#
# **Several operations, one kernel.** `np.maximum(x + b, 0)` is two launches, and each reads and
# writes all numbers. That is far to the left of the ridge. `cp.fuse` makes one kernel of such a
# function. `cp.ElementwiseKernel` makes one of a line that you write yourself, in the language CUDA
# C:


# %%
def bias_relu(x, b):
    return cp.maximum(x + b, 0)


with gpu.simulated():
    fused = cp.fuse()(bias_relu)
    kernel = cp.ElementwiseKernel(
        "float32 x, float32 b", "float32 out", "out = max(x + b, 0.0f)", "bias_relu"
    )
    x, b = cp.ones((4, 3), dtype=np.float32), cp.asarray([-2, 0, 1], dtype=np.float32)
    for name, f in (("plain", bias_relu), ("fused", fused), ("own", kernel)):
        with gpu.counting() as seen:
            out = f(x, b)
        print(name, out[0], "launches", seen.launches)

# %% [markdown]
# Two launches, one, and one. In lesson 13 you write whole kernels, and decide what each thread of
# the GPU does.
#
# **A pool of memory.** Asking the GPU for memory is slow, so CuPy keeps what is freed and gives it
# out again. Other programs see the kept memory as used, until `free_all_blocks` returns it:

# %%
with gpu.simulated(costs=gpu.Costs()):  # another device, whose pool is empty
    pool = cp.get_default_memory_pool()
    x = cp.ones((256, 1024), dtype=np.float32)  # 1 MiB
    print("in use", pool.used_bytes(), "held", pool.total_bytes())
    del x
    print("in use", pool.used_bytes(), "held", pool.total_bytes())
    pool.free_all_blocks()
    print("in use", pool.used_bytes(), "held", pool.total_bytes())

# %% [markdown]
# **A stopwatch, ready-made.** CuPy has your `gpu_time` with both clocks, `CPU` for the orders and `GPU-0` for the work:

# %%
with gpu.simulated(kernel_ms=20):
    x = cp.ones(3, dtype=np.float32)
    print(cupyx.profiler.benchmark(cp.exp, (x,), n_repeat=10))

# %% [markdown]
# **One array, two libraries.** PyTorch, JAX and CuPy can look at the same memory of the GPU, without
# a copy, by a protocol called DLPack: `torch.from_dlpack(x)` takes an array of CuPy, and
# `cp.from_dlpack(tensor)` a tensor of PyTorch. What one of them writes, the other reads:

# %%
with gpu.simulated(), gpu.counting() as seen:
    x = cp.zeros(3, dtype=np.float32)
    same = cp.from_dlpack(x)
    same[0] = 7
print(x, seen)

# %% [markdown]
# **One source, many libraries.** The array API is a list of names that NumPy, CuPy, PyTorch and
# others have agreed on: `permute_dims`, `concat`, `take`. Code that keeps to them asks
# `xp = array_namespace(x)`, from the package array-api-compat, as yours asks `get_array_module`.
#
# **Take away.** Where memory is the limit, fewer kernels are fewer bytes.

# %% [markdown]
# ## 12. In your own words
#
# A friend writes: "My convolution takes 0.004 ms on the GPU and 40 ms on the processor. Ten
# thousand times faster." He measured with a stopwatch around one call. What did he measure, how
# should he measure, and what would your checks on a machine without a GPU have told him about his
# speed? Three or four sentences. (2 points, graded by hand)

# %% [markdown] answer="stopwatch" points=2
# He measured how long it takes to order the work: CuPy returns before the GPU has begun. He should
# call once to compile, record an event before and after several calls, wait for the second, and
# divide the time between them. The checks here would have told him nothing about speed. They show
# that the values are right, that nothing moves or waits, and how many launches there are; their
# timeline is made of round numbers.
#
# **Rubric**
#
# - **2 points:** he measured the ordering, a right measurement (warm up, events or waiting,
#   repeat), and: nothing about speed.
# - **1 point:** two of the three.
# - **0 points:** "the GPU is that fast", or "measure several times" without waiting.

# %% [markdown]
# What was not run on this machine?

# %%
print(tiers.summary())

# %% [markdown]
# ## Summary
#
# | word | meaning |
# |---|---|
# | host, device | the processor and the GPU, each with a memory of its own |
# | launch, kernel | an order; what it lets the GPU do |
# | `xp` | the module that fits an array: `np` or `cp` |
# | stream, event | a queue of work; a mark in it |
# | pinned memory | memory of the host that the bus can read by itself |
# | loss scaling, $S$ | the loss times $S$, so that gradients stay within float16 |
# | arithmetic intensity, ridge | operations for each byte, of a layer; where memory and arithmetic take as long |
#
# - Layers ask their data where it lies, and neither move nor wait.
# - The number of launches must not grow with the batch.
# - Whoever orders should not wait; bus and GPU can work at the same time.
# - Half the bytes are half the time where memory is the limit, if the gradients survive.
#
# Lesson 11 takes the famous networks apart, and asks how many pictures fit into such a memory.

# %% [markdown]
# ## Read on
#
# - Ryosuke Okuta, Yuya Unno, Daisuke Nishino, Shohei Hido and Crissman Loomis, *CuPy: A
#   NumPy-Compatible Library for NVIDIA GPU Calculations*, 2017. By its authors.
# - Samuel Williams, Andrew Waterman and David Patterson, *Roofline: An Insightful Visual Performance
#   Model for Multicore Architectures*, 2009. Section 10 from its source.
# - Paulius Micikevicius and others, *Mixed Precision Training*, 2018. Master weights and loss scaling,
#   with the histograms of real nets.
# - Sharan Chetlur and others, *cuDNN: Efficient Primitives for Deep Learning*, 2014. How the library
#   behind most frameworks computes a convolution.
# - Alex Krizhevsky, *One weird trick for parallelizing convolutional neural networks*, 2014. What
#   changes when there are several GPUs.

# %% [markdown]
# ## An open question
#
# How few bits does training need? float16 and bfloat16 were met with doubt and are the rule now, and
# nets have been trained with most products in 8 bits, some in 4. Each time it took new rules for
# scaling, found by trial. Nobody can say beforehand, for a given net and given data, which numbers
# may be rounded how far before it learns less, or where the end is.
