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
# a training loop that hardly talks to the GPU; measure time where a stopwatch lies; and write
# three kernels in CUDA C, the language of the GPU itself.
#
# **You will learn** what moves data and what waits; why a loop over pictures is among the worst
# things you can do; what a race is, and why a wrong program can give the right answer a thousand
# times.
#
# **You need** the layers of lessons 02 to 06 and im2col of lesson 04. You need no GPU.
#
# | section | exercise | points |
# |---|---|---|
# | 1 | `predictions` | 1 |
# | 2 | `get_array_module`, `to_device`, `to_host` | 1 |
# | 3 | `affine_forward`, `affine_backward`, `softmax_loss` | 2 |
# | 4 | `conv_forward`, `conv_backward` | 3 |
# | 5 | `max_pool_forward`, `max_pool_backward` | 2 |
# | 6 | `train` | 2 |
# | 7 | `gpu_time` | 2 |
# | 8 | `bias_relu_kernel` | 1 |
# | 9 | `im2col_kernel` | 2 |
# | 10 | `product_kernel` | 2 |
# | 11 | `corrections` | 1 |
# | 12 | `roofline` | 1 |
# | 13 | a challenge | 0 |
# | 14 | a written answer, graded by hand | 2 |
#
# Plan about 90 minutes. A check is folded to one line, which says what it is worth and what it
# tries; a click opens it. It shows part of the test; grading uses further random input, so a green
# check is a good sign and not yet the grade. In grading all sizes may differ, no function may
# change its arguments, and besides Python's own library only NumPy and Matplotlib can be imported.

# %% given="setup"
import matplotlib.pyplot as plt
import numpy as np

from convbook import check, cuda, gpu
from convbook.cuda import tiers as kernels
from convbook.gpu import cupy as cp
from convbook.gpu import tiers

# %% [markdown]
# What can this machine show?

# %%
print(kernels.banner())

# %% [markdown]
# Every check says which of these it used. `[cpu-sim]` is a **simulated device**: NumPy's values
# under CuPy's rules, in a memory that your code reaches by counted transfers alone. `[emulator]`
# runs CUDA C on the processor, one thread after the other, and watches every access. `[nvrtc]` is
# NVIDIA's own compiler. `[gpu]` is a real one. Points come from the first two, wherever you are.
#
# A pass without a GPU shows that the values are right, and that nothing moves or waits that should
# not. It shows nothing about speed.

# %% [markdown]
# ## 1. Two memories
#
# The GPU computes with what lies in its own memory. An array gets there by a **transfer** over a
# bus that is some fifty times slower than that memory. And the GPU works by itself: NumPy returns
# when the work is done, CuPy returns when the work is *ordered*. The order is called a **launch**.
# Only when the processor wants a value back does it have to **wait**. The next cells use the
# simulated device, also where there is a GPU, because only the simulated one counts.

# %%
with gpu.simulated():
    x = cp.asarray(np.array([[1.0, -2.0, 3.0], [4.0, 5.0, -6.0]], dtype=np.float32))
with gpu.simulated(), gpu.counting() as seen:
    y = x * 2 + 1
    total = y.sum()
print(seen)

# %% [markdown]
# Three launches, no transfer, no wait: `total` is an array of no dimensions, in the GPU's memory.
# Nobody knows yet what it holds. `float(total)` asks, and pays:

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
# | f | `x[x < 0] = 0` |
# | g | `x[x < 0]` |
# | h | `x.reshape(-1)` |
#
# There are four answers. It `"raises"`. It `"uploads"` something. It `"waits"` for a value. Or it
# `"runs"`: nothing of the three.
#
# ### Exercise 1: `predictions` (1 point)
#
# Write your eight answers down, and then try the lines.
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
    ### BEGIN SOLUTION
    return {
        "a": "runs",  # NumPy hands the call over to CuPy
        "b": "raises",
        "c": "waits",
        "d": "uploads",  # the index
        "e": "raises",
        "f": "runs",  # a masked write needs no size
        "g": "waits",  # how many are negative?
        "h": "runs",  # a view: no launch at all
    }
    ### END SOLUTION


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


def masked_write(x):
    x[x < 0] = 0


lines = {
    "b": lambda x: x + np.ones((2, 3), np.float32),
    "c": lambda x: float(x.sum()),
    "d": lambda x: x[np.array([0, 0])],
    "f": masked_write,
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
# <details><summary>Answer</summary>
#
# CuPy's: one device array is enough. Then `x @ w` raises a `TypeError`, and that is right. The
# error names the forgotten upload, where NumPy's answer would hide it.
#
# </details>
#
# ### Exercise 2: `get_array_module`, `to_device`, `to_host` (1 point)
#
# Three small functions. `to_device` must not copy what is there already, and `to_host` neither.
#
# By hand: for one NumPy array, `to_device` costs one upload; for what it returned, none.
#
# <details><summary>Hint</summary>
#
# `isinstance(x, cp.ndarray)` says where an array lies. `cp.asarray` uploads, `cp.asnumpy`
# downloads.
#
# </details>


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
    ### BEGIN SOLUTION
    return cp.asnumpy(x) if isinstance(x, cp.ndarray) else x
    ### END SOLUTION


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
#
# Libraries that serve more than two array packages ask differently: `array_namespace(x)`, from the
# package array-api-compat. The idea is the same.

# %% [markdown]
# ## 3. Fully connected, and the loss
#
# Here are the layers of lesson 06 as most people write them:
#
#     out = np.dot(x, w) + b
#     ...
#     p[np.arange(N), y] -= 1
#     loss = float(-np.log(p[np.arange(N), y]).mean())
#
# **Predict before you run.** All arrays lie on the device. Which of the calls will stop? Which will
# work and cost something?
#
# <details><summary>Answer</summary>
#
# `np.dot` is handed over to CuPy and runs. `np.arange(N)` makes a host array: as an index it is
# uploaded at every call, silently. `float` waits until the GPU has caught up, at every step of the
# training. It is the only line that needs the value, and the training does not need it.
#
# </details>
#
# ### Exercise 3: `affine_forward`, `affine_backward`, `softmax_loss` (2 points)
#
# Port the three. Nothing may be uploaded, downloaded or waited for, and nothing may become float64.
# So the loss stays on the device. It is finite for scores in the thousands too, also where the right
# class lies far behind: the lines above take the logarithm of 0 there. Lesson 06 takes it on paper.
#
# By hand: $x = [1, 2]$, $w = [1, 3]$ as a column, $b = 10$ give $1 + 6 + 10 = 17$. And two equal
# scores give the loss $\log 2 = 0.693$.


# %% exercise="affine_forward"
def affine_forward(x, w, b):
    """Multiply every picture's numbers by the weights, and add the biases.

    Args:
        x: shape (N, ...), D numbers for each picture.
        w: weights, shape (D, M).
        b: biases, shape (M,).

    Returns:
        out: shape (N, M), where x is.
        cache: whatever affine_backward will need.
    """
    ### BEGIN SOLUTION
    out = x.reshape(len(x), -1) @ w + b
    return out, (x, w)
    ### END SOLUTION


def affine_backward(dout, cache):
    """Send the gradient back through affine_forward.

    Args:
        dout: gradient of the loss with respect to out, shape (N, M).
        cache: from affine_forward.

    Returns:
        dx, dw, db: gradients, the shapes of x, w and b.
    """
    ### BEGIN SOLUTION
    x, w = cache
    rows = x.reshape(len(x), -1)
    return (dout @ w.T).reshape(x.shape), rows.T @ dout, dout.sum(axis=0)
    ### END SOLUTION


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
    ### BEGIN SOLUTION
    xp = get_array_module(scores)
    N = len(scores)
    right = xp.arange(N), y
    shifted = scores - scores.max(axis=1, keepdims=True)
    logs = shifted - xp.log(xp.exp(shifted).sum(axis=1, keepdims=True))
    dscores = xp.exp(logs)
    dscores[right] -= 1
    return -logs[right].mean(), dscores / N
    ### END SOLUTION


# %% [markdown]
# Try it on both sides. The second line of counters must show launches alone.

# %%
x, w, b = (np.array(v, dtype=np.float32) for v in ([[1, 2]], [[1], [3]], [10]))
print(affine_forward(x, w, b)[0])
with gpu.simulated():
    x, w, b = map(to_device, (x, w, b))
with gpu.simulated(), gpu.counting() as seen:
    out, _ = affine_forward(x, w, b)
print(out, seen)

# %% check="affine_forward" points=1
# 1 point. Shown: the product by hand, on the host and on the device. Hidden: random batches.
x, w, b = (np.array(v, dtype=np.float32) for v in ([[1, 2]], [[1], [3]], [10]))
one = np.ones((1, 1), dtype=np.float32)
check.same(affine_forward(x, w, b)[0], [[17.0]], "out on the host")
for tier in tiers.each():
    given = [cp.asarray(a) for a in (x, w, b, one)]
    with gpu.counting() as seen:
        out, cache = affine_forward(*given[:3])
        dx, dw, db = affine_backward(given[3], cache)
    tiers.quiet(seen, "affine")
    tiers.same(out, [[17.0]], f"{tier} out")
    tiers.same(dx, [[1.0, 3.0]], f"{tier} dx")
    tiers.same(dw, [[1.0], [2.0]], f"{tier} dw")
    tiers.same(db, [1.0], f"{tier} db")
### BEGIN HIDDEN TESTS
from autograder.judging import judge

for tier in tiers.each():
    for shape, M in (((5, 7), 3), ((3, 2, 4, 5), 6), ((1, 4), 2)):
        x = judge.rng().normal(size=shape).astype(np.float32)
        w = judge.rng().normal(size=(x[0].size, M)).astype(np.float32)
        b, dout = (judge.rng().normal(size=s).astype(np.float32) for s in ((M,), (len(x), M)))
        expected, own = judge.reference("affine_forward")(x, w, b)
        grads = judge.reference("affine_backward")(dout, own)
        given = [cp.asarray(a) for a in (x, w, b, dout)]
        with gpu.counting() as seen:
            out, cache = affine_forward(*given[:3])
            back = affine_backward(given[3], cache)
        tiers.quiet(seen, "affine")
        tiers.same(out, expected, f"{tier} out")
        for name, got, want in zip(("dx", "dw", "db"), back, grads, strict=True):
            tiers.same(got, want, f"{tier} {name}")
### END HIDDEN TESTS

# %% check="softmax_loss" points=1
# 1 point. Shown: equal and large scores. Hidden: random ones; nothing may move or wait.
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
# costs some microseconds, whether it computes one number or a million. So a loop over pictures
# spends nearly all of its time on launches. The simulated device counts them, so you can see it
# here:


# %%
def column_by_column(x, w):
    return cp.stack([(picture * w).sum() for picture in x])


with gpu.simulated():
    w = cp.ones((3, 5, 5), dtype=np.float32)
    for N in (2, 8):
        x = cp.ones((N, 3, 5, 5), dtype=np.float32)
        with gpu.counting() as seen:
            column_by_column(x, w)
        print(f"N = {N}: {seen}")

# %% [markdown]
# **Predict before you run.** How many launches will it be for 64 pictures? And how should the
# number depend on $N$ in a good layer?
#
# <details><summary>Answer</summary>
#
# $2 \cdot 64 + 1 = 129$. In a good layer it does not depend on $N$ at all.
#
# </details>
#
# The im2col of lesson 04 needs no loop over places: `sliding_window_view` is a **view**. It copies
# nothing; only the `reshape` after it writes the columns, in one launch.
#
# ### Exercise 4: `conv_forward`, `conv_backward` (3 points)
#
# Write both, for every stride and padding. Nothing may move, wait or become float64. No loop may run
# over pictures or places; a loop over the $HH \cdot WW$ taps of the filter is fine. What does not
# fit raises `ValueError`, as in lesson 02, and so does a filter larger than the padded picture.
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
    ### BEGIN SOLUTION
    xp = get_array_module(x)
    (N, C, H, W), (F, _, HH, WW) = x.shape, w.shape
    rooms = H - HH + 2 * pad, W - WW + 2 * pad
    if min(rooms) < 0 or rooms[0] % stride or rooms[1] % stride:
        raise ValueError(f"{HH} x {WW} does not fit {H} x {W}: stride={stride}, pad={pad}")
    H_out, W_out = rooms[0] // stride + 1, rooms[1] // stride + 1
    x_pad = xp.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    windows = xp.lib.stride_tricks.sliding_window_view(x_pad, (HH, WW), axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride].transpose(0, 2, 3, 1, 4, 5)
    cols = windows.reshape(N * H_out * W_out, C * HH * WW)
    out = cols @ w.reshape(F, -1).T + b
    out = out.reshape(N, H_out, W_out, F).transpose(0, 3, 1, 2)
    return out, (x.shape, cols, w, stride, pad)
    ### END SOLUTION


def conv_backward(dout, cache):
    """Send the gradient back through conv_forward.

    Args:
        dout: gradient of the loss with respect to out, shape (N, F, H_out, W_out).
        cache: from conv_forward.

    Returns:
        dx, dw, db: gradients, the shapes of x, w and b.
    """
    ### BEGIN SOLUTION
    (N, C, H, W), cols, w, stride, pad = cache
    xp = get_array_module(dout)
    F, _, HH, WW = w.shape
    H_out, W_out = dout.shape[2:]
    rows = dout.transpose(0, 2, 3, 1).reshape(-1, F)  # (N*H_out*W_out, F)
    dcols = (rows @ w.reshape(F, -1)).reshape(N, H_out, W_out, C, HH, WW)
    dx_pad = xp.zeros((N, C, H + 2 * pad, W + 2 * pad), dtype=dout.dtype)
    for u in range(HH):
        for v in range(WW):
            place = dx_pad[:, :, u : u + stride * H_out : stride, v : v + stride * W_out : stride]
            place += dcols[:, :, :, :, u, v].transpose(0, 3, 1, 2)
    dx = dx_pad[:, :, pad : pad + H, pad : pad + W]
    return dx, (rows.T @ cols).reshape(w.shape), rows.sum(axis=0)
    ### END SOLUTION


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

# %% check="conv_forward" points=1.5
# 1.5 points. Shown: nine numbers, what does not fit, launches. Hidden: random shapes.
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

# %% check="conv_forward" part="backward" points=1.5
# 1.5 points. Shown: the gradient of a sum, by hand. Hidden: random shapes, strides and padding.
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
            back = conv_backward(there, cache)
        tiers.quiet(seen, "conv_backward")
        for name, got, want in zip(("dx", "dw", "db"), back, grads, strict=True):
            tiers.same(got, want, f"{tier} {name} at {how}")
### END HIDDEN TESTS

# %% [markdown]
# **Take away.** A good layer needs as many launches for a thousand pictures as for one.

# %% [markdown]
# ## 5. Max pooling
#
# The switch of lesson 05 says which pixel of a window won. Here is a way to use it that looks
# natural:
#
#     dx[windows == out] = dout[...]
#
# **Predict before you run.** A mask on the left of `=` does not wait, as you saw in section 1. What
# is wrong with this line in spite of it?
#
# <details><summary>Answer</summary>
#
# In a window with two equal maxima both pixels match. Each would get the whole gradient, or the
# counts of left and right would not even agree. The switch has to pick one: the first.
#
# </details>
#
# ### Exercise 5: `max_pool_forward`, `max_pool_backward` (2 points)
#
# Windows may overlap. Of equal values the first wins, row by row. Nothing may move, wait or become
# float64, and no loop may run over pictures or places.
#
# By hand: four ones in a 2 x 2 window, and `dout` $= 5$, give `dx` $= [[5, 0], [0, 0]]$.
#
# <details><summary>Hint</summary>
#
# `argmax` along the last axis gives the first of equal values. Then go over the taps, as in
# `conv_backward`: tap $k$ gets `dout * (switches == k)`.
#
# </details>


# %% exercise="max_pool_forward"
def max_pool_forward(x, HH=2, WW=2, stride=2):
    """Keep the largest value of every window, on the host or on the device.

    Args:
        x: feature maps, shape (N, C, H, W).
        HH: height of the window.
        WW: width of the window.
        stride: pixels between neighbouring windows. The windows fit.

    Returns:
        out: shape (N, C, H_out, W_out), where x is.
        cache: whatever max_pool_backward will need.
    """
    ### BEGIN SOLUTION
    xp = get_array_module(x)
    windows = xp.lib.stride_tricks.sliding_window_view(x, (HH, WW), axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride]
    flat = windows.reshape(*windows.shape[:4], HH * WW)  # (N, C, H_out, W_out, HH*WW)
    return flat.max(axis=-1), (x.shape, flat.argmax(axis=-1), HH, WW, stride)
    ### END SOLUTION


def max_pool_backward(dout, cache):
    """Send each gradient to the pixel that was the largest; of equal ones, to the first.

    Args:
        dout: gradient with respect to out, shape (N, C, H_out, W_out).
        cache: from max_pool_forward.

    Returns:
        dx: shape (N, C, H, W).
    """
    ### BEGIN SOLUTION
    shape, switches, HH, WW, stride = cache
    xp = get_array_module(dout)
    H_out, W_out = dout.shape[2:]
    dx = xp.zeros(shape, dtype=dout.dtype)
    for k in range(HH * WW):
        u, v = divmod(k, WW)
        place = dx[:, :, u : u + stride * H_out : stride, v : v + stride * W_out : stride]
        place += dout * (switches == k)
    return dx
    ### END SOLUTION


# %% [markdown]
# Try it on the four ones:

# %%
with gpu.simulated():
    x = cp.ones((1, 1, 2, 2), dtype=np.float32)
with gpu.simulated(), gpu.counting() as seen:
    out, cache = max_pool_forward(x)
    dx = max_pool_backward(5 * out, cache)
print(seen)
print(dx)

# %% check="max_pool_forward" points=1
# 1 point. Shown: one window, and the launches. Hidden: random windows that overlap.
x = np.array([[[[1, 7, 2, 0], [3, 4, 8, 5]]]], dtype=np.float32)
for tier in tiers.each():
    launches = []
    for N in (1, 6):
        there = cp.asarray(np.repeat(x, N, axis=0))
        with gpu.counting() as seen:
            out, _ = max_pool_forward(there)
        tiers.quiet(seen, f"max_pool_forward, N = {N}")
        launches.append(seen.launches)
    tiers.same(out[0], [[[7.0, 8.0]]], f"{tier} out")
    check.same(launches[1], launches[0], f"{tier} launches for N = 6 and N = 1")
    out, _ = max_pool_forward(cp.asarray(x), 2, 2, 1)
    tiers.same(out, [[[[7.0, 8.0, 8.0]]]], f"{tier} out, stride 1")
### BEGIN HIDDEN TESTS
from autograder.judging import inputs, judge

for x, *how in inputs.pool(judge.rng()):
    x = x.astype(np.float32)
    expected = judge.reference("max_pool_forward")(x, *how)[0]
    for tier in tiers.each():
        there = cp.asarray(x)
        with gpu.counting() as seen:
            out, _ = max_pool_forward(there, *how)
        tiers.quiet(seen, "max_pool_forward")
        tiers.same(out, expected, f"{tier} out at HH, WW, stride = {how}")
### END HIDDEN TESTS

# %% check="max_pool_forward" part="backward" points=1
# 1 point. Shown: the tie by hand, a row. Hidden: random windows that overlap, with ties.
for tier in tiers.each():
    out, cache = max_pool_forward(cp.ones((1, 1, 2, 2), dtype=np.float32))
    dout = 5 * out
    with gpu.counting() as seen:
        dx = max_pool_backward(dout, cache)
    tiers.quiet(seen, "max_pool_backward")
    tiers.same(dx, [[[[5.0, 0.0], [0.0, 0.0]]]], f"{tier} dx")
    row = cp.asarray(np.array([[[[1, 7, 2, 6]]]], dtype=np.float32))
    out, cache = max_pool_forward(row, 1, 2, 1)
    dx = max_pool_backward(cp.ones((1, 1, 1, 3), dtype=np.float32), cache)
    tiers.same(dx, [[[[0.0, 2.0, 0.0, 1.0]]]], f"{tier} dx of windows that overlap")
### BEGIN HIDDEN TESTS
from autograder.judging import inputs, judge

for x, *how in inputs.pool(judge.rng()):
    x = x.astype(np.float32)
    out, own = judge.reference("max_pool_forward")(x, *how)
    dout = judge.rng().normal(size=out.shape).astype(np.float32)
    expected = judge.reference("max_pool_backward")(dout, own)
    for tier in tiers.each():
        _, cache = max_pool_forward(cp.asarray(x), *how)
        there = cp.asarray(dout)
        with gpu.counting() as seen:
            dx = max_pool_backward(there, cache)
        tiers.quiet(seen, "max_pool_backward")
        tiers.same(dx, expected, f"{tier} dx at HH, WW, stride = {how}")
### END HIDDEN TESTS

# %% [markdown]
# **Take away.** A switch is a number on the device like any other. Compare it there.

# %% [markdown]
# ## 6. A training loop that stays away
#
# The layers are quiet now. The loop around them is where most programs lose their time: it uploads
# every batch, and prints the loss at every step.
#
# **Predict before you run.** 1000 steps, the loss at every hundredth. How many transfers are
# needed, if all the data fits on the device?
#
# <details><summary>Answer</summary>
#
# Four uploads at the start: pictures, classes, weights, biases. Ten losses. At the end two
# downloads: weights and biases. A batch is a slice of what is there, and a slice is a view.
#
# </details>
#
# ### Exercise 6: `train` (2 points)
#
# Train a linear classifier by plain gradient descent. Step $s$ takes the `batch` pictures from
# number $s \cdot \text{batch} \bmod N$ on; $N$ is a multiple of `batch`. All of it is float32.
#
# By hand: 10 steps, every fifth loss: 4 uploads, $2 + 2 = 4$ downloads, 4 waits. Fewer downloads
# are fine, too. And the first loss of weights that are all zero, for two classes, is
# $\log 2 = 0.693$.


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
    ### BEGIN SOLUTION
    X, y, w, b = map(to_device, (X, y, w, b))
    losses = []
    for step in range(steps):
        start = step * batch % len(X)
        part = slice(start, start + batch)
        scores, cache = affine_forward(X[part], w, b)
        loss, dscores = softmax_loss(scores, y[part])
        _, dw, db = affine_backward(dscores, cache)
        w, b = w - rate * dw, b - rate * db
        if step % every == 0:
            losses.append(float(loss))
    return losses, to_host(w), to_host(b)
    ### END SOLUTION


# %% [markdown]
# Try it on two clouds of points:

# %%
rng = np.random.default_rng(10)
y = rng.integers(0, 2, 64)
X = (rng.normal(size=(64, 3)) + 2 * y[:, None]).astype(np.float32)
w, b = np.zeros((3, 2), dtype=np.float32), np.zeros(2, dtype=np.float32)
with gpu.simulated(), gpu.counting() as seen:
    losses, w, b = train(X, y, w, b, steps=200, batch=16, rate=0.1, every=50)
print([round(loss, 3) for loss in losses])
print(seen)

# %% check="train" points=2
# 2 points. Shown: first loss and counters of ten steps. Hidden: random data, and the weights.
y = np.array([0, 1, 0, 1])
X = np.array([[1, 0], [0, 1], [2, 0], [0, 2]], dtype=np.float32)
zero = np.zeros((2, 2), dtype=np.float32), np.zeros(2, dtype=np.float32)
for tier in tiers.each():
    with gpu.counting() as seen:
        losses, w, b = train(X, y, *zero, steps=10, batch=2, rate=0.5, every=5)
    tiers.counts(seen, "ten steps", uploads=4, float64=0)
    tiers.at_most(seen.downloads, 4, "downloads of ten steps")
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
        check.same([float(v) for v in losses], wanted[0], f"{tier} losses", rtol=1e-4, atol=1e-5)
        check.same(
            w1.astype(np.float64), wanted[1].astype(np.float64), f"{tier} w", rtol=1e-4, atol=1e-5
        )
        check.same(
            b1.astype(np.float64), wanted[2].astype(np.float64), f"{tier} b", rtol=1e-4, atol=1e-5
        )
### END HIDDEN TESTS

# %% [markdown]
# **Take away.** Upload once. Ask rarely.

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
# The first reading is the compiler's, the second is what it costs to *order* the work. Neither of
# the two is 20 ms.
#
# The GPU has marks of its own for this, **events**. `start.record()` puts a mark into the queue
# behind what was ordered so far. `cp.cuda.get_elapsed_time(start, end)` gives the milliseconds
# between two marks, and raises where the GPU has not come to the second one yet.
#
# **Predict before you run.** Which three things must a good measurement do that the stopwatch above
# did not?
#
# <details><summary>Answer</summary>
#
# Call once before, so that compiling is over. Wait until the end mark is reached. And repeat,
# because one launch is short; then divide.
#
# </details>
#
# ### Exercise 7: `gpu_time` (2 points)
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
    ### BEGIN SOLUTION
    f()  # compiles
    start, end = cp.cuda.Event(), cp.cuda.Event()
    start.record()
    for _ in range(repeat):
        f()
    end.record()
    end.synchronize()
    return cp.cuda.get_elapsed_time(start, end) / repeat
    ### END SOLUTION


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
# ## 8. A kernel of your own
#
# Every call of CuPy launches a **kernel**: a small program that thousands of threads run at once,
# each on its own number. It is written in CUDA C. A thread knows who it is: `threadIdx.x` within
# its **block**, `blockIdx.x` within the **grid** of blocks, and each block has `blockDim.x`
# threads. So
#
#     int i = blockIdx.x * blockDim.x + threadIdx.x;
#
# counts all threads from 0. **Predict before you run.** There are 10 numbers, and blocks of 4
# threads. How many blocks are needed? How many threads have nothing to do, and what must they not
# do?
#
# <details><summary>Answer</summary>
#
# Three blocks, 12 threads. Two have no number. They must not read or write: element 10 belongs to
# somebody else. So each kernel starts with a **guard**, `if (i >= n) return;`.
#
# </details>
#
# Here is one that doubles every number. `cuda.emulate` runs its threads one after the other and
# looks at every access. On a GPU, `cupy.RawKernel(source, "twice")` runs the very same text.

# %%
twice = r"""
extern "C" __global__ void twice(const float* x, float* out, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) return;
    out[i] = 2.0f * x[i];
}
"""
if cuda.compiler():
    x = np.arange(10, dtype=np.float32)
    print(cuda.emulate(twice, "twice", (3,), (4,), (x, np.zeros_like(x), 10)).arrays[1])
    bad = twice.replace("if (i >= n) return;", "")
    print(cuda.emulate(bad, "twice", (3,), (4,), (x, np.zeros_like(x), 10)).fault.text)

# %% [markdown]
# ### Exercise 8: `bias_relu_kernel` (1 point)
#
# After a convolution come the biases and the ReLU: two launches, which read and write every number
# twice. One kernel does both. It gets `x` with $N \cdot F \cdot P$ numbers, $P$ of them for each
# feature map, and `b` with $F$.
#
# By hand: with $F = 2$ and $P = 3$, number 7 is the second of map $7 // 3 = 2$, and $2 \bmod 2 =
# 0$: it gets `b[0]`.


# %% exercise="bias_relu_kernel"
def bias_relu_kernel():
    """Write the kernel that adds each map's bias and cuts off what is negative.

    Returns:
        CUDA C, with a kernel
        bias_relu(const float* x, const float* b, float* out, int F, int P, int n):
        out[i] = max(x[i] + b[map of i], 0) for all i < n, one thread for each number.
    """
    ### BEGIN SOLUTION
    return r"""
extern "C" __global__
void bias_relu(const float* x, const float* b, float* out, int F, int P, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) return;
    out[i] = fmaxf(x[i] + b[i / P % F], 0.0f);
}
"""
    ### END SOLUTION


# %% check="bias_relu_kernel" points=1
# 1 point. Shown: two maps of three numbers. Hidden: odd sizes, and every access.
x = np.array([[[1, -2, 3], [4, -5, 6]]], dtype=np.float32)
b = np.array([10, -5], dtype=np.float32)
given = (x, b, np.zeros_like(x), 2, 3, 6)
expected = [[[11, 8, 13], [0, 0, 1]]]
ran = kernels.runs(bias_relu_kernel(), "bias_relu", (2,), (4,), given, {2: expected})
### BEGIN HIDDEN TESTS
from autograder.judging import judge

for N, F, P in ((3, 4, 5), (2, 1, 7), (1, 5, 9)):
    x = judge.rng().normal(size=(N, F, P)).astype(np.float32)
    b = judge.rng().normal(size=F).astype(np.float32)
    given = (x, b, np.full_like(x, 9), F, P, x.size)
    wanted = np.maximum(x + b[:, None], 0)
    kernels.runs(bias_relu_kernel(), "bias_relu", (x.size // 8 + 1,), (8,), given, {2: wanted})
### END HIDDEN TESTS

# %% [markdown]
# **Take away.** One thread for each output, and a guard for those too many.

# %% [markdown]
# ## 9. Neighbours read neighbours
#
# 32 threads work in step; they are called a **warp**. When they read 32 neighbouring numbers,
# memory sends four pieces of 32 bytes, and all of it is used. When they read 32 numbers far apart,
# it sends 32 pieces and seven eighths are thrown away. The emulator counts the pieces,
# `sectors_per_request`.
#
# **Predict before you run.** In im2col, thread $i$ writes one element of `cols`, which has the
# shape $(C \cdot HH \cdot WW, H_{out} \cdot W_{out})$. Which index should change fastest from
# thread to thread: the one of the patch's element, or the one of the place?
#
# <details><summary>Answer</summary>
#
# The place. Neighbouring places read neighbouring pixels and write neighbouring numbers of one row.
# With the patch's element fastest, each write lands in another row.
#
# </details>
#
# ### Exercise 9: `im2col_kernel` (2 points)
#
# One picture, any stride and padding. A pixel in the padding is 0, and must not be read. There may
# be at most 8 sectors per request.
#
# By hand: a 4 x 4 picture and a 3 x 3 window without padding give a 9 x 4 matrix: 36 threads.
# Thread 5 is element $5 // 4 = 1$ of the patch, at place $5 \bmod 4 = 1$: $u, v = 0, 1$ and $i, j =
# 0, 1$. It reads `x[0, 2]`.


# %% exercise="im2col_kernel"
def im2col_kernel():
    """Write the kernel that makes the columns of one picture.

    Returns:
        CUDA C, with a kernel
        im2col(const float* x, float* cols, int C, int H, int W, int HH, int WW, int stride, int pad,
               int H_out, int W_out):
        x is (C, H, W), cols is (C*HH*WW, H_out*W_out), one thread for each number of cols.
    """
    ### BEGIN SOLUTION
    return r"""
extern "C" __global__
void im2col(const float* x, float* cols, int C, int H, int W, int HH, int WW, int stride, int pad,
            int H_out, int W_out) {
    int n = blockIdx.x * blockDim.x + threadIdx.x;
    if (n >= C * HH * WW * H_out * W_out) return;
    int place = n % (H_out * W_out), element = n / (H_out * W_out);
    int i = place / W_out, j = place % W_out;
    int c = element / (HH * WW), u = element / WW % HH, v = element % WW;
    int row = i * stride + u - pad, col = j * stride + v - pad;
    bool inside = row >= 0 && row < H && col >= 0 && col < W;
    cols[n] = inside ? x[(c * H + row) * W + col] : 0.0f;
}
"""
    ### END SOLUTION


# %% check="im2col_kernel" points=2
# 2 points. Shown: a 4 x 4 picture, and sectors on 3 x 16 x 16. Hidden: strides, padding, sizes.
def columns(x, HH, WW, stride, pad):
    x_pad = np.pad(x, ((0, 0), (pad, pad), (pad, pad)))
    windows = np.lib.stride_tricks.sliding_window_view(x_pad, (HH, WW), axis=(1, 2))
    windows = windows[:, ::stride, ::stride]
    H_out, W_out = windows.shape[1:3]
    cols = windows.transpose(0, 3, 4, 1, 2).reshape(-1, H_out * W_out)
    return cols, (*x.shape, HH, WW, stride, pad, H_out, W_out)


def try_it(x, *how):
    cols, sizes = columns(x, *how)
    given = (x, np.full_like(cols, 9), *sizes)
    grid = (cols.size // 64 + 1,)
    return kernels.runs(im2col_kernel(), "im2col", grid, (64,), given, {1: cols})


picture = np.arange(16, dtype=np.float32).reshape(1, 4, 4)
try_it(picture, 3, 3, 1, 0)
ran = try_it(np.ones((3, 16, 16), dtype=np.float32), 3, 3, 1, 1)
tiers.at_most(ran.sectors_per_request, 8, "sectors per request")
### BEGIN HIDDEN TESTS
from autograder.judging import judge

for shape, *how in (((2, 5, 6), 3, 2, 2, 1), ((3, 6, 4), 2, 3, 1, 2), ((1, 8, 9), 1, 1, 1, 0)):
    try_it(judge.rng().normal(size=shape).astype(np.float32), *how)
### END HIDDEN TESTS

# %% [markdown]
# What does it look like where it goes wrong? Two kernels below copy a matrix of 64 x 64 and turn it
# upside down. They write the same numbers. In the first, neighbouring threads take neighbours in a
# row, in the second, neighbours in a column:

# %% tags=["experiment"]
by_rows = r"""
extern "C" __global__ void upside_down(const float* x, float* out, int side) {
    int n = blockIdx.x * blockDim.x + threadIdx.x;
    if (n >= side * side) return;
    int row = n / side, column = n % side;
    out[(side - 1 - row) * side + column] = x[row * side + column];
}
"""
by_columns = by_rows.replace("row = n / side, column = n % side", "row = n % side, column = n / side")
x = np.arange(4096, dtype=np.float32)
if cuda.compiler():
    for name, source in (("along rows", by_rows), ("down columns", by_columns)):
        ran = cuda.emulate(source, "upside_down", (64,), (64,), (x, np.zeros_like(x), 64))
        assert np.array_equal(ran.arrays[1].reshape(64, 64), x.reshape(64, 64)[::-1])
        print(f"{name}: {ran.sectors_per_request:.1f} sectors per request")

# %% [markdown]
# Look at the factor between the two: down the columns every number costs a piece of its own. What
# your im2col takes was printed by its check.
#
# **Take away.** Let the fastest index of the thread be the fastest index of the memory.

# %% [markdown]
# ## 10. Tiles in shared memory
#
# A product of matrices reads every number of `A` once for each column of `B`. The same numbers are
# fetched again and again. A block can do better: its threads load a small **tile** of each matrix
# into **shared memory**, which is near, and all of them use it. `__shared__ float a[8][8];`
# declares such a tile. In a block of 8 x 8 threads `threadIdx.y` is a thread's row and
# `threadIdx.x` its column; `blockIdx.y` and `blockIdx.x` count the blocks in the same way.
#
# All threads must have loaded before the first one reads, and all must have read before the first
# one loads the next tile. `__syncthreads()` is the place where they wait for each other: a
# **barrier**. Without it two threads touch one number in an order that nobody knows. That is a
# **race**. A race may give the right answer a thousand times.
#
# **Predict before you run.** `A` and `B` are 16 x 16. Without tiles, each of the 256 threads reads
# 32 numbers: 8192 loads. How many are there with tiles of 8 x 8?
#
# <details><summary>Answer</summary>
#
# Each number of `A` is loaded once for each of the two tiles along the columns of the result, and
# each of `B` once for each of the two along its rows: $2 \cdot 256 + 2 \cdot 256 = 1024$. An
# eighth: the side of the tile.
#
# </details>
#
# ### Exercise 10: `product_kernel` (2 points)
#
# Blocks are 8 x 8, and the sizes need not be multiples of 8. No thread may return before the last
# barrier. There may be no more loads from global memory than tiles need.
#
# <details><summary>Hint</summary>
#
# A thread whose number lies outside the matrix puts a 0 into its tile, and takes part in everything
# else. Only the last write needs a guard.
#
# </details>


# %% exercise="product_kernel"
def product_kernel():
    """Write the kernel that multiplies two matrices by tiles in shared memory.

    Returns:
        CUDA C, with a kernel
        product(const float* A, const float* B, float* out, int M, int N, int K):
        A is (M, K), B is (K, N), out is (M, N). Blocks are 8 x 8; blockIdx.x counts tiles of columns
        of out, blockIdx.y tiles of rows.
    """
    ### BEGIN SOLUTION
    return r"""
#define T 8
extern "C" __global__
void product(const float* A, const float* B, float* out, int M, int N, int K) {
    __shared__ float a[T][T];
    __shared__ float b[T][T];
    int tx = threadIdx.x, ty = threadIdx.y;
    int row = blockIdx.y * T + ty, col = blockIdx.x * T + tx;
    float sum = 0.0f;
    for (int k = 0; k < K; k += T) {
        a[ty][tx] = row < M && k + tx < K ? A[row * K + k + tx] : 0.0f;
        b[ty][tx] = k + ty < K && col < N ? B[(k + ty) * N + col] : 0.0f;
        __syncthreads();
        for (int j = 0; j < T; j++) sum += a[ty][j] * b[j][tx];
        __syncthreads();
    }
    if (row < M && col < N) out[row * N + col] = sum;
}
"""
    ### END SOLUTION


# %% check="product_kernel" points=2
# 2 points. Shown: 16 x 16 by 16 x 16, and 1024 loads. Hidden: other sizes, many orders of threads.
def multiply(A, B):
    (M, K), N = A.shape, B.shape[1]
    given = (A, B, np.full((M, N), 9, dtype=np.float32), M, N, K)
    grid = (-(-N // 8), -(-M // 8))
    ran = kernels.runs(product_kernel(), "product", grid, (8, 8), given, {2: A @ B})
    most = M * K * grid[0] + K * N * grid[1]
    tiers.at_most(ran.loads, most, "loads from global memory")


numbers = np.arange(256, dtype=np.float32).reshape(16, 16) / 64
multiply(numbers, numbers.T.copy())
### BEGIN HIDDEN TESTS
from autograder.judging import judge

for M, K, N in ((5, 13, 9), (8, 3, 17), (19, 8, 2)):
    A, B = (judge.rng().normal(size=s).astype(np.float32) for s in ((M, K), (K, N)))
    multiply(A, B)
### END HIDDEN TESTS

# %% [markdown]
# **Take away.** Load once, share, wait for each other twice.

# %% [markdown]
# ## 11. Find the mistake
#
# Three kernels, each with one mistake. The first counts how often each class occurs. The second
# adds two rows of numbers. The third adds up the numbers of a block, by halves.

# %% given="suspects"
suspects = {
    "votes": r"""extern "C" __global__ void votes(const int* label, int* out, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n)
        out[label[i]] += 1;
}
""",
    "add": r"""extern "C" __global__ void add(const float* x, const float* y, float* out, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i > n) return;
    out[i] = x[i] + y[i];
}
""",
    "total": r"""extern "C" __global__ void total(const float* x, float* out, int n) {
    __shared__ float part[64];
    int t = threadIdx.x, i = blockIdx.x * 64 + t;
    if (i >= n) return;
    part[t] = x[i];
    for (int half = 32; half > 0; half /= 2) {
        __syncthreads();
        if (t < half) part[t] += part[t + half];
    }
    if (t == 0) out[blockIdx.x] = part[0];
}
""",
}

# %% [markdown]
# Let the emulator look at the first one. It names two threads and a line:

# %%
if cuda.compiler():
    label = np.array([0, 1, 1, 2, 1], dtype=np.int32)
    ran = cuda.emulate(suspects["votes"], "votes", (2,), (4,), (label, np.zeros(3, np.int32), 5))
    print(ran.fault.text)

# %% [markdown]
# **Predict before you run.** The numbers that `votes` gives on one processor, thread after thread,
# are right. On a GPU nearly all votes of a class can be lost. What is wrong with it?
#
# ### Exercise 11: `corrections` (1 point)
#
# For each kernel, the number of the wrong line, counted from 1, and the line as it should be. In
# `total` a thread without a number must stay: let it contribute a 0. There the line after the wrong
# one changes too: write both as one line.
#
# <details><summary>Hint</summary>
#
# `a += 1` reads, adds and writes, and other threads may come in between. CUDA's `atomicAdd(&a, 1)`
# does the same in one step.
#
# </details>


# %% exercise="corrections"
def corrections():
    """Say which line of each suspect is wrong, and what should stand there.

    Returns:
        A dict from "votes", "add" and "total" to a pair: the number of the wrong line, counted from
        1, and the new line. For "total" the new line stands for lines 4 and 5.
    """
    ### BEGIN SOLUTION
    return {
        "votes": (4, "atomicAdd(&out[label[i]], 1);"),
        "add": (3, "if (i >= n) return;"),
        "total": (4, "part[t] = i < n ? x[i] : 0.0f;"),
    }
    ### END SOLUTION


# %% check="corrections" points=1
# 1 point. Shown: each on few numbers. Hidden: on others.
def corrected(name):
    number, text = corrections()[name]
    lines = suspects[name].splitlines()
    check.same(
        isinstance(number, int) and 1 <= number <= len(lines), True, f"{name}: a line number"
    )
    lines[number - 1] = text
    if name == "total":
        del lines[number]
    return "\n".join(lines)


check.same(sorted(corrections()), ["add", "total", "votes"], "the names")
label = np.array([0, 1, 1, 2, 1], dtype=np.int32)
given = (label, np.zeros(3, dtype=np.int32), 5)
kernels.runs(corrected("votes"), "votes", (2,), (4,), given, {1: [1, 3, 1]})
x, y = np.array([[1, 2, 3], [10, 20, 30]], dtype=np.float32)
given = (x, y, np.zeros(3, dtype=np.float32), 3)
kernels.runs(corrected("add"), "add", (1,), (4,), given, {2: [11, 22, 33]})
given = (x, np.zeros(1, dtype=np.float32), 3)
ran = kernels.runs(corrected("total"), "total", (1,), (64,), given, {1: [6]})
### BEGIN HIDDEN TESTS
from autograder.judging import judge

label = judge.rng().integers(0, 7, 50).astype(np.int32)
given = (label, np.zeros(7, dtype=np.int32), 50)
kernels.runs(corrected("votes"), "votes", (7,), (8,), given, {1: np.bincount(label, minlength=7)})
for n in (8, 13):
    x, y = judge.rng().normal(size=(2, n)).astype(np.float32)
    given = (x, y, np.zeros(n, dtype=np.float32), n)
    kernels.runs(corrected("add"), "add", (n // 4 + 1,), (4,), given, {2: x + y})
for n in (64, 100):
    x = judge.rng().normal(size=n).astype(np.float32)
    given = (x, np.zeros(2, dtype=np.float32), n)
    sums = [x[:64].sum(), x[64:].sum()]
    kernels.runs(corrected("total"), "total", (2,), (64,), given, {1: sums})
### END HIDDEN TESTS

# %% [markdown]
# **Take away.** A right answer does not show that a kernel is right. What every thread touched
# does.

# %% [markdown]
# ## 12. What limits a layer?
#
# The operations that a GPU can compute in a second are its **peak**, the bytes that it can move its
# **bandwidth**. A layer needs at least the longer of the two times:
#
# $$t = \max\left(\frac{\text{operations}}{\text{peak}}, \frac{\text{bytes}}{\text{bandwidth}}\right)$$
#
# A convolution at stride 1 that keeps the size makes $2 N F H W \cdot C \cdot HH \cdot WW$
# operations, a product and a sum each. It must read `x` and `w` and write `out` at least once, 4
# bytes for each number.
#
# **Predict before you run.** $N = 64$ pictures, $C = F = 64$, 56 x 56, on a GPU with 50
# Tera-operations and 2 TB a second. Which of the two limits a 1 x 1 convolution, and which a 3 x 3
# one?
#
# <details><summary>Answer</summary>
#
# 1 x 1: $2 \cdot 64 \cdot 64 \cdot 56^2 \cdot 64 = 1.64$ Giga-operations take 0.033 ms; 102.8 MB
# take 0.051 ms: memory. 3 x 3: nine times the operations, 0.296 ms, and hardly more bytes:
# arithmetic.
#
# </details>
#
# ### Exercise 12: `roofline` (1 point)


# %% exercise="roofline"
def roofline(N, C, F, H, W, HH, WW, peak, bandwidth):
    """Estimate the least time of a convolution at stride 1 that keeps the size, in float32.

    Args:
        N, C, F: pictures, channels, filters.
        H, W: height and width of a picture, and of a feature map.
        HH, WW: height and width of a filter.
        peak: operations in a second.
        bandwidth: bytes in a second.

    Returns:
        milliseconds: the least time.
        limit: "arithmetic" or "memory", whichever takes longer.
    """
    ### BEGIN SOLUTION
    operations = 2 * N * F * H * W * C * HH * WW
    moved = 4 * (N * C * H * W + F * C * HH * WW + N * F * H * W)
    compute, move = operations / peak, moved / bandwidth
    return 1000 * max(compute, move), "arithmetic" if compute > move else "memory"
    ### END SOLUTION


# %%
for side in (1, 3, 5):
    print(side, roofline(64, 64, 64, 56, 56, side, side, peak=50e12, bandwidth=2e12))

# %% check="roofline" points=1
# 1 point. Shown: a layer by hand. Hidden: random layers and GPUs.
milliseconds, limit = roofline(1, 1, 1, 10, 10, 3, 3, 1e6, 1e6)
check.same(float(milliseconds), 1.8, "milliseconds for 1800 operations at a million a second")
check.same(limit, "arithmetic", "the limit")
milliseconds, limit = roofline(1, 1, 1, 10, 10, 1, 1, 1e6, 1e5)
check.same(float(milliseconds), 8.04, "milliseconds for 804 bytes at 100,000 a second")
check.same(limit, "memory", "the limit")
### BEGIN HIDDEN TESTS
from autograder.judging import judge

for _ in range(6):
    N, C, F, H, W, HH, WW = (int(v) for v in judge.rng().integers(1, 60, size=7))
    peak, bandwidth = 10.0 ** judge.rng().uniform(11, 14), 10.0 ** judge.rng().uniform(11, 12.5)
    judge.value("roofline", roofline, N, C, F, H, W, HH, WW, peak, bandwidth)
    judge.value("roofline", roofline, N, C, F, H, W, HH, WW, 1e18, bandwidth)
### END HIDDEN TESTS

# %% tags=["plot"] alt="A plot with two logarithmic axes: milliseconds against the side of the filter, 1 to 11. The time to move the bytes hardly rises; the least time equals it at 1 x 1, and rises steeply from there."
sides = range(1, 12)
times = [roofline(64, 64, 64, 56, 56, s, s, 50e12, 2e12)[0] for s in sides]
bytes_only = [roofline(64, 64, 64, 56, 56, s, s, 1e30, 2e12)[0] for s in sides]
plt.loglog(sides, times, "o-", label="least time")
plt.loglog(sides, bytes_only, "s--", label="time to move the bytes")
plt.title("Only the smallest filter is limited by memory")
plt.xlabel("height and width of the filter, pixels")
plt.ylabel("milliseconds")
plt.legend()
plt.show()

# %% [markdown]
# Look at the left end: at 1 x 1 the two curves meet. From 3 x 3 on, the time grows with the
# arithmetic alone, and moving the bytes is a small part of it.
#
# **Take away.** Before you make a kernel faster, ask which of its two times is the longer one.

# %% [markdown]
# ## 13. A challenge
#
# im2col writes every pixel $HH \cdot WW$ times, and reads it again. A **fused** kernel makes no
# columns: each block loads the pixels of its tile straight into shared memory, as the product of
# section 10 would find them in `cols`. Libraries call this an implicit GEMM. Write one, for stride
# 1, and let the emulator look at it. There are no points for it.

# %% tags=["experiment"]
fused = r"""
// implicit_gemm(const float* x, const float* w, float* out, int C, int H, int W, int F, int HH, int WW)
"""

# %% [markdown]
# ## 14. In your own words
#
# A friend writes: "My convolution takes 0.004 ms on the GPU and 40 ms on the processor. Ten
# thousand times faster." He measured with a stopwatch around one call. What did he measure, how
# should he measure, and what would your checks on a machine without a GPU have told him about his
# speed? Three or four sentences. (2 points, graded by hand)

# %% [markdown] answer="stopwatch" points=2
# He measured how long it takes to order the work: CuPy returns before the GPU has begun. He should
# call once to compile, record an event before and behind several calls, wait for the second, and
# divide the time between them. The checks here would have told him nothing about speed. They show
# that the values are right, that nothing moves or waits, and how many launches and loads there are.
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
# | upload, download | a transfer to the device, and back |
# | launch, wait | to order work; to do nothing until it is done |
# | `xp` | the module that fits an array: `np` or `cp` |
# | thread, block, grid | one number's worth of work; threads that share memory; all blocks |
# | warp, sector | 32 threads in step; 32 bytes of memory |
# | barrier, race | where threads wait for each other; what happens where they do not |
#
# - Layers ask their data where it lies, and neither move nor wait.
# - The number of launches must not grow with the batch.
# - A right answer does not prove a kernel. Looking at every access does.
#
# Lesson 11 takes the famous networks apart, and asks how many pictures fit into such a memory.
