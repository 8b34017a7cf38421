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
# # 03 Push gradients back
#
# To train a network you must know, for each weight, how the loss changes when the weight does. The
# loss is at the end and the weights are in the middle. In this lesson you carry the answer from the
# end back to the middle, through a ReLU and through your convolution layer.
#
# **You will** measure gradients, derive them, and check the one against the other; write
# `conv_backward` for every stride and padding; and use it to find a filter that is hidden from you.
#
# **You will learn** the chain rule, where each gradient goes, why `dx` flips the filter and `dw`
# does not, and how to test a million derivatives with two forward passes.
#
# **You need** `conv_forward` of lesson 02, and the derivative of a product.
#
# | section | exercise | points | minutes | difficulty |
# |---|---|---|---|---|
# | 2 | `numerical_gradient` | 2 | 10 | medium |
# | 3 | `relu_forward`, `relu_backward` | 2 | 3 | easy |
# | 4 | a written answer, graded by hand | 2 | 5 | medium |
# | 5 | `conv_backward` | 10 | 21 | hard |
# | 6 | `dx_by_full_convolution` | 2 | 7 | medium |
# | 6 | `dx_at_stride` | 2 | 7 | medium |
# | 8 | `projection_check` | 2 | 4 | easy |
#
# Plan about 80 minutes; what is marked as going further takes five more, and the painting of
# section 9 and all of section 10 as long as you like. `slide`, below, is your layer of lesson 02,
# or the given one if yours is not finished; the set-up cell says which. As before, grading uses
# further random input. In grading all sizes may differ, no function may change its arguments, and
# besides Python's own library only NumPy and Matplotlib can be imported.

# %% given="setup"
import matplotlib.pyplot as plt
import numpy as np

from convbook import check, data, demo, drawing, living, plot
from convbook.earlier import conv_forward as slide

rng = np.random.default_rng(3)

# %% tags=["guess"]
# What you guessed wrong in lesson 01 comes back here, and otherwise nothing: press Shift+Enter.
from convbook import guess

guess.again("03")

# %% [markdown]
# ## 1. The chain rule
#
# A number somewhere in the middle of a network moves a little. How far does the loss move?
#
# Begin with a network that fits in your head. It has two inputs and three nodes:
#
# $$s = x + y \qquad m = x \cdot s \qquad L = m^2$$
#
# With $x = 2$ and $y = 1$, forward: $s = 3$, $m = 6$, $L = 36$.
#
# Now go backward, one node at a time. A node knows its own slopes, the **local** ones. From behind
# it hears the slope of $L$ with respect to its output, the **upstream gradient**. It multiplies.
#
# - **The square.** The slope of $m^2$ is $2m = 12$. If $m$ moves by $h$, then $L$ moves by $12 h$.
# - **The product.** If $s$ moves by $h$, then $m$ moves by $x h = 2h$, and $L$ by
#   $12 \cdot 2h = 24h$. If the factor $x$ moves, $m$ moves by $s h = 3h$, and $L$ by $36h$.
# - **The sum.** It moves as far as $x$ does, and as far as $y$ does: both local slopes are 1. So it
#   passes the 24 on to each.
#
# **Predict before you run.** The product says 36 to $x$, and the sum says 24. What is the slope of
# $L$ with respect to $x$: 24, 36, 60, or their product?
#
# <!-- guess 03/twice
# choice | the slope is | 24 | 36 | * 60 | 864
# -->
#
# <details><summary>Answer</summary>
#
# It is 60. Move $x$ by $h$, and both things happen. The product becomes
# $(x + h)(s + h) = xs + (s + x)\,h + h^2$. The two effects add up: $3h + 2h = 5h$, times 12. The
# $h^2$ does not count: for $h = 0.001$ it is a millionth.
#
# </details>
#
# The picture has the values above the wires, and what comes back below them:

# %% tags=["plot"] alt="A circuit: x = 2 and y = 1 go into a sum, s = 3; x and s into a product, m = 6; m into a square, L = 36. Below the wires the gradients: 1 at L, 12 at m, 24 at s, 24 at y, and 36 and 24 on the two wires of x."
drawing.circuit("Values go forward, gradients come back")

# %% [markdown]
# Two wires leave $x$, and two numbers come back: 36 and 24. In code, forward and then backward:

# %%
x, y = 2.0, 1.0
s = x + y
m = x * s
L = m**2

dm = 2 * m  # the slope of the square
ds = dm * x  # upstream times local
dx = dm * s + ds * 1  # two ways lead from x to L
dy = ds * 1
print(dx, dy)

# %% [markdown]
# The same for a layer. It computes `out` from `x`; other layers follow, and at the very end stands
# the loss $L$. Somebody has already found how $L$ changes with each entry of `out`, and hands you an
# array of the shape of `out`. This course calls the upstream gradient `dout`. You owe them `dx`: how
# $L$ changes with each entry of `x`.

# %% tags=["plot"] alt="Four boxes in a row, joined by arrows: x, a layer, out, the loss L. Below, an arrow leads from L through other layers to dout, from there to the layer, and on to dx."
drawing.chain("What a layer is given, and what it owes")

# %% [markdown]
# Look at the lower row: `dout` comes in from the right, and `dx` leaves to the left, where it is
# the `dout` of the layer before.
#
# Move one entry $x_i$ by $h$. Each $\text{out}_k$ then moves by $h$ times its local slope
# $\partial\, \text{out}_k / \partial x_i$. Each of these moves takes $L$ along, by
# $\text{dout}_k$ times as much, and small moves add up. Divide by $h$:
#
# $$\text{dx}_i = \sum_k \text{dout}_k \cdot \frac{\partial\, \text{out}_k}{\partial x_i}$$
#
# This is the **chain rule**. Along each way from $x_i$ to $L$ multiply the slopes, and add up all
# ways. To compute it layer by layer, from the end to the beginning, is called **backpropagation**.
#
# The table of all the local slopes is the layer's **Jacobian**. Nobody writes it down: for a
# photograph it would have billions of entries. A backward function computes the sums and not the
# table.
#
# The same formula comes out for a much simpler loss, with `dout` as fixed weights. So as far as
# your layer can tell, the loss is
#
# $$L(x) = \sum_k \text{out}_k(x) \cdot \text{dout}_k$$
#
# **Take away.** Upstream times local, added up over all ways.

# %% [markdown]
# ## 2. Measure a slope
#
# You have derived 60. Is it right? A slope can also be measured, without any thought. Move one number
# of `x` a little, by $h$, and look at what $L$ does:
#
# $$\text{forward: } \frac{L(x + h) - L(x)}{h} \qquad \text{central: } \frac{L(x + h) - L(x - h)}{2h}$$
#
# **Predict before you run.** Take $L(x) = x^2$ at $x = 3$, with a coarse $h = 0.1$. The true slope
# is 6. What do the two formulas give?
#
# <!-- guess 03/coarse
# number | forward | 6.1
# number | central | 6
# -->

# %%
L, h = (lambda x: x**2), 0.1
print((L(3 + h) - L(3)) / h)
print((L(3 + h) - L(3 - h)) / (2 * h))

# %% [markdown]
# The forward difference is off by $h$, because the parabola bends. The central one is exact, except for
# rounding: what the bend adds on the right, it adds on the left as well, and the difference does not
# see it.
#
# ### Exercise 1: `numerical_gradient` (2 points)
#
# Use central differences, one number of `x` at a time.
#
# By hand: $f(x) = x^2$ for each of the two numbers in $x = [3, 1]$, and $\text{dout} = [1, 10]$. Then
# $L = x_0^2 + 10 x_1^2$, and the gradient is $[6, 20]$.
#
# `x` must be the same afterwards, to the last bit. Beware of adding $h$ and taking it away again:
# in floating point, `(x + h) - h` is often not quite `x`.
#
# <details><summary>Hint</summary>
#
# `for i in np.ndindex(x.shape)` runs through the indices of an array of any shape. Make two copies
# of `x`, and change entry `i` in each.
#
# </details>


# %% exercise="numerical_gradient" withholds="measured_gradient gradient"
def numerical_gradient(f, x, dout, h=1e-5):
    """Measure the gradient of sum(f(x) * dout) by central differences.

    Args:
        f: a function of x; returns an array of the shape of dout, or a number.
        x: where to measure, any shape, float64. Left as it was.
        dout: weights of the outputs in the loss.
        h: the step, in the unit of x.

    Returns:
        dx: the shape of x.
    """
    ### BEGIN SOLUTION
    dx = np.empty(x.shape)
    for i in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[i] += h
        down[i] -= h
        dx[i] = np.sum((f(up) - f(down)) * dout) / (2 * h)
    return dx
    ### END SOLUTION


# %% [markdown]
# Try it on the two squares; on the circuit of section 1, which should give 60 and 24; and on a
# function whose output has another shape than `x`:

# %%
print(numerical_gradient(lambda x: x**2, np.array([3.0, 1.0]), np.array([1.0, 10.0])))
circuit = lambda x: (x[0] * (x[0] + x[1])) ** 2
print(numerical_gradient(circuit, np.array([2.0, 1.0]), 1.0))
column_sums = lambda x: x.sum(axis=0)
print(numerical_gradient(column_sums, np.ones((2, 3)), np.array([1.0, 10.0, 100.0])))

# %% check="numerical_gradient" points=2
# 2 points. Shown: the squares, column sums, a coarse step. Hidden: random functions and shapes.
two = np.array([3.0, 1.0])
dx = numerical_gradient(lambda x: x**2, two, np.array([1.0, 10.0]))
check.same(dx, [6.0, 20.0], "two squares", hint="Weigh each output with its dout, then add.")
hundreds = np.array([1.0, 10.0, 100.0])
dx = numerical_gradient(lambda x: x.sum(axis=0), np.ones((2, 3)), hundreds)
check.same(dx, [[1.0, 10.0, 100.0]] * 2, "column sums", hint="Move one number of x at a time.")
dx = numerical_gradient(lambda x: x**3, two, np.ones(2), 0.5)
check.same(dx, [27.25, 3.25], "cubes, h=0.5", hint="(3.5**3 - 2.5**3) / 1 = 27.25")
small = np.array([1e-7, 3e-7])
numerical_gradient(lambda x: x**2, small, np.ones(2))
check.same(small, [1e-7, 3e-7], "x afterwards", "x[i] += h writes into x.", rtol=0, atol=0)
### BEGIN HIDDEN TESTS
from autograder.judging import judge

random = judge.rng()
A, B = random.normal(size=(4, 3)), random.normal(size=(5, 2))
functions = {
    (4, 5): lambda x: np.exp(A @ x[:, :2] @ B.T / 4),
    (5,): lambda x: B @ np.sin(x).sum(axis=0)[:2],
    (4,): lambda x: A @ (x[:, 0] ** 2 + x[:, 1]),
}
for shape, f in functions.items():
    for h in (1e-5, 1e-4, 0.1):
        dout = random.normal(size=shape)
        judge.value(
            "numerical_gradient", numerical_gradient, f, random.normal(size=(3, 4)), dout, h
        )
for shape in ((2, 1, 3), (7,)):
    x = random.normal(size=shape)
    judge.value("numerical_gradient", numerical_gradient, lambda x: np.sum(x**3), x, -2.5)
### END HIDDEN TESTS

# %% [markdown]
# How small should $h$ be? The formula is exact in the limit $h \to 0$.
#
# **Predict before you run.** Is a smaller $h$ always better? Sketch the error of both formulas as
# $h$ falls from 1 to $10^{-13}$.
#
# <!-- guess 03/step
# choice | a smaller `h` is | always better | * better only down to some size | always worse
# curve | the error of the forward difference | step h 1e-13 .. 1 log | error 1e-12 .. 1 log | 1e-13 7e-4, 1e-8 5e-9, 1 0.47
# curve | the error of the central difference | step h 1e-13 .. 1 log | error 1e-12 .. 1 log | 1e-13 2e-4, 1e-5 1e-11, 1 0.086
# -->

# %% tags=["experiment"] alt="A plot with two logarithmic axes: the error of a measured slope against the step h. The error of forward differences is least near 1e-8, that of central differences, below 1e-11, near 1e-5. To both sides both grow."
steps = 10.0 ** np.arange(-13, 0.5, 0.5)
one = np.array([1.0])
forward = [abs((np.sin(1 + h) - np.sin(1)) / h - np.cos(1)) for h in steps]
central = [abs(numerical_gradient(np.sin, one, one, h)[0] - np.cos(1)) for h in steps]
plt.loglog(steps, forward, "o-", label="forward difference")
plt.loglog(steps, central, "s-", label="central difference")
plt.title("Measured slope of sin at 1: too large a step, and too small")
plt.xlabel("step h")
plt.ylabel("error of the slope")
plt.legend()
plt.show()

# %% [markdown]
# Read both curves from the right. Each tenfold smaller $h$ makes the forward error ten times smaller,
# and the central error a hundred times. Then the curves turn. $L(x + h)$ and $L(x - h)$ agree in so
# many digits that little is left of their difference, and rounding, about $10^{-16}$, is divided by
# a tiny $h$. For central differences the best step is near $10^{-5}$. That is the default above.
#
# **Take away.** Central differences with $h = 10^{-5}$ give a slope to about ten digits.

# %% [markdown]
# ## 3. A gate
#
# The rectifier, ReLU, replaces negative numbers by zero: $\text{out} = \max(x, 0)$. It is the
# nonlinearity between most layers of this course. What does it do to a gradient?
#
# Where $x$ is positive, `out` follows $x$ one for one, so the gradient passes unchanged. Where $x$
# is negative, `out` stays 0 whatever $x$ does, so nothing passes. Forward, ReLU looks at $x$.
# Backward, it looks at $x$ again, never at the sign of `dout`.
#
# **Predict before you run.** $x = [-1, 2, 3]$ and $\text{dout} = [10, -20, 30]$. What is `dx`?
#
# <!-- guess 03/relu
# row | `dx` | 0, -20, 30
# -->
#
# <details><summary>Answer</summary>
#
# The gate is shut for $-1$ and open for 2 and 3, so $\text{dx} = [0, -20, 30]$.
#
# </details>
#
# ### Exercise 2: `relu_forward` and `relu_backward` (2 points)
#
# Derive the gradients, here and in all lessons that follow. What measures slopes earns no points:
# grading also tries it next to huge numbers, where no slope can be measured, and on many thousands
# of numbers, where measuring takes too long.
#
# By hand: the three numbers of the prediction.
#
# The two functions share a `cache`. Put into it what the way back will need; no check looks inside.
# Exactly at $x = 0$ there is a kink, and the slope is a matter of taste: 0 and 1 are both accepted.
# Neither `x` nor `dout` may change, as other layers may still need them.


# %% exercise="relu_forward"
def relu_forward(x):
    """Replace negative numbers by zero.

    Args:
        x: any shape.

    Returns:
        out: the shape of x.
        cache: whatever relu_backward will need.
    """
    ### BEGIN SOLUTION
    return np.maximum(x, 0), x
    ### END SOLUTION


def relu_backward(dout, cache):
    """Let the gradient through where x was positive.

    Args:
        dout: gradient with respect to out, any shape.
        cache: from relu_forward.

    Returns:
        dx: the shape of dout.
    """
    ### BEGIN SOLUTION
    x = cache
    return dout * (x > 0)
    ### END SOLUTION


# %% [markdown]
# Try it:

# %%
out, cache = relu_forward(np.array([-1.0, 2.0, 3.0]))
print(out, relu_backward(np.array([10.0, -20.0, 30.0]), cache))

# %% check="relu_forward" points=1
# 1 point. Shown: three numbers. Hidden: random arrays.
three = np.array([-1.0, 2.0, 3.0])
out, _ = relu_forward(three)
check.same(out, [0.0, 2.0, 3.0], "out")
check.same(three, [-1.0, 2.0, 3.0], "x afterwards", hint="x[x < 0] = 0 writes into x.")
### BEGIN HIDDEN TESTS
from autograder.judging import judge

random = judge.rng()
for shape in ((7,), (3, 4), (2, 3, 4, 5)):
    judge.forward("relu_forward", relu_forward, random.normal(scale=5, size=shape))
### END HIDDEN TESTS

# %% check="relu_backward" points=1
# 1 point. Shown: the gate by hand. Hidden: random arrays, with your own cache.
_, cache = relu_forward(np.array([-1.0, 2.0, 3.0]))
dout = np.array([10.0, -20.0, 30.0])
check.same(
    relu_backward(dout, cache),
    [0.0, -20.0, 30.0],
    "dx",
    hint="The sign of x opens the gate, not the sign of dout.",
)
check.same(dout, [10.0, -20.0, 30.0], "dout afterwards", hint="dout[...] = 0 writes into dout.")
### BEGIN HIDDEN TESTS
from autograder.judging import inputs, judge

random = judge.rng()
for shape in ((7,), (3, 4), (2, 3, 4, 5)):
    x = random.normal(scale=5, size=shape)
    judge.backward(("relu_forward", "relu_backward"), (relu_forward, relu_backward), x)
with judge.derived("relu_backward"):
    x = inputs.FAR * random.normal(size=(3, 4))
    judge.backward(("relu_forward", "relu_backward"), (relu_forward, relu_backward), x)
### END HIDDEN TESTS

# %% [markdown]
# Four numbers, forward and backward:

# %% tags=["plot"] alt="Four columns. x is 3, -2, 4, -1 and out is 3, 0, 4, 0. Below, dout is 5, 7, -1, 2 and dx is 5, 0, -1, 0: what stands in the first and the third column comes through."
drawing.gate("The gate is open where x is positive")

# %% [markdown]
# Look at the third column. Its `dout` is negative and passes, since its `x` is positive.
#
# Close to the kink it is the measurement that goes wrong, not your gradient: within $h$ of zero it
# blends the two sides. So gradient checks keep away from kinks, and a single bad number in a
# thousand may be no more than an $x$ next to zero.
#
# **Take away.** ReLU backward is a gate: it lets `dout` through where `x` was positive.

# %% [markdown]
# ## 4. Along a line, with pencil and paper
#
# Now the convolution, in its smallest form: three numbers `x`, a filter `w` of two, a bias `b`.
#
# $$\text{out}_0 = x_0 w_0 + x_1 w_1 + b \qquad \text{out}_1 = x_1 w_0 + x_2 w_1 + b$$
#
# What is $\text{dx}_1$? Find every place where $x_1$ is used. It is in $\text{out}_0$ with the
# factor $w_1$, and in $\text{out}_1$ with the factor $w_0$. Each of the two sends its own gradient
# back, and they add up:
#
# $$\text{dx}_1 = \text{dout}_0 \, w_1 + \text{dout}_1 \, w_0$$
#
# That is the chain rule, with two ways from $x_1$ to $L$.
#
# **Predict before you run.** With $w = [3, 5]$ and $\text{dout} = [10, 1]$, what are the three numbers
# of `dx`? Why does the bias not matter?
#
# <!-- guess 03/line
# row | `dx` | 30, 53, 5
# choice | the bias does not matter, since | it is small | * it shifts `out` by as much whatever `x` is | its gradient is 0
# -->

# %%
w, dout = np.array([3.0, 5.0]), np.array([10.0, 1.0])
line = lambda x: x[:-1] * w[0] + x[1:] * w[1]
print(numerical_gradient(line, np.array([2.0, 0.0, 1.0]), dout))

# %% [markdown]
# The middle one is $10 \cdot 5 + 1 \cdot 3 = 53$; the ends are $10 \cdot 3$ and $1 \cdot 5$. The bias
# does not matter, because it stays the same while `x` moves.
#
# **Your turn, in writing.** Take four numbers: $\text{out}_i = x_i w_0 + x_{i+1} w_1 + b$ for
# $i = 0, 1, 2$. Write down $\text{dx}_0$ to $\text{dx}_3$, $\text{dw}_0$, $\text{dw}_1$ and $\text{db}$
# in symbols. Then look at their pattern. A well-known lecture note says that the backward pass of a
# convolution, for both the data and the weights, is a convolution with flipped filters. For which of
# the two is it so, and what is the other? (2 points, graded by hand)

# %% [markdown] answer="by_hand" points=2
# $\text{dx}_0 = \text{dout}_0 w_0$, $\;\text{dx}_1 = \text{dout}_0 w_1 + \text{dout}_1 w_0$,
# $\;\text{dx}_2 = \text{dout}_1 w_1 + \text{dout}_2 w_0$, $\;\text{dx}_3 = \text{dout}_2 w_1$.
#
# $\text{dw}_0 = \text{dout}_0 x_0 + \text{dout}_1 x_1 + \text{dout}_2 x_2$,
# $\;\text{dw}_1 = \text{dout}_0 x_1 + \text{dout}_1 x_2 + \text{dout}_2 x_3$,
# $\;\text{db} = \text{dout}_0 + \text{dout}_1 + \text{dout}_2$.
#
# The note is right for the data. Put a zero on either side of dout and slide the flipped filter
# $[w_1, w_0]$ over $[0, \text{dout}_0, \text{dout}_1, \text{dout}_2, 0]$: that is dx. In each term the
# indices of dout and w add up to the index of dx. For the weights nothing is flipped: dw is dout
# slid over x as it is, a correlation. There the index of x is that of dout plus that of dw.
#
# **Rubric**
#
# - **2 points:** all seven gradients, and: flipped for the data, a correlation for the weights.
# - **1 point:** the gradients alone, or the sentence alone with at most two slips in the
#   gradients.
# - **0 points:** "both are flipped", repeating the note.

# %% [markdown]
# **Take away.** To find a gradient, find every place where the number is used, and add.

# %% [markdown]
# ## 5. Back through the layer
#
# One entry of the output is a dot product of a window with a filter, plus a bias. When its gradient
# `dout[n, f, i, j]` comes back, three things happen:
#
# - the window of `x` that it saw gets `dout[n, f, i, j]` times the filter;
# - the filter gets `dout[n, f, i, j]` times that window;
# - the bias gets `dout[n, f, i, j]`.
#
# Windows overlap and the filter is used at every place. So each share is **added** to what is there.
#
# Watch it. Each step takes one entry of `dout`, here with stride 2 and padding 1. Step with the arrow
# keys.

# %% tags=["demo"]
demo.backward()

# %% [markdown]
# The last step cuts the padding off: those zeros are not part of `x`, and their gradient is
# dropped.
#
# **Predict before you run.** Let `dout` be zero except for a single 1 at $(i, j) = (0, 1)$. What do
# `dx`, `dw` and `db` look like?
#
# <!-- guess 03/single
# choice | `dx` holds | * one copy of the filter, upright | one copy of the filter, flipped | that window of `x`
# choice | `dw` is | the filter | * that window of `x` | all of `x`
# number | `db` | 1
# -->
#
# <details><summary>Answer</summary>
#
# `dx` is zero except for one copy of the filter, upright, at the window of $(0, 1)$. `dw` is that
# window of `x`. `db` is 1. When your layer is wrong, this is the `dout` to try: each gradient can
# be read off.
#
# </details>
#
# ### Exercise 3: `conv_backward` (10 points)
#
# Four nested loops again, over the entries of `dout`. The forward function is there already: it asks
# your layer of lesson 02 for `out`, and makes a cache for this lesson. Change the cache if you like.
#
# By hand: a 3 x 3 picture of the numbers 0 to 8, the filter
# $\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}$, and a `dout` of four ones. The middle pixel was in
# all four windows, once under each weight, so its gradient is $1 + 2 + 3 + 4 = 10$. The first
# weight met the pixels 0, 1, 3 and 4, so its gradient is 8. And `db` is 4.
#
# Four checks follow. You can earn them one by one: return `None` for what you have not written yet.
# Those of `dw` and `dx` keep to stride 1 without padding; that of `db` and the last one do not.
#
# <details><summary>Hint</summary>
#
# Begin with zeros of the shape of the padded `x`. Add to windows of it, at the place where
# `conv_forward` reads them. Cut the padding off last. `a[p:-p]` is empty for `p = 0`; count both
# ends from the front, `a[p : p + H]`.
#
# </details>


# %% exercise="conv_forward" withholds="conv_weight_gradients"
def conv_forward(x, w, b, stride=1, pad=0):
    """Convolve as in lesson 02, and keep what the way back needs.

    Args:
        x: pictures, shape (N, C, H, W).
        w: filters, shape (F, C, HH, WW).
        b: one bias per filter, shape (F,).
        stride: pixels between neighbouring windows.
        pad: rows and columns of zeros on every side.

    Returns:
        out: feature maps, shape (N, F, H_out, W_out).
        cache: whatever conv_backward will need.

    Raises:
        ValueError: the windows do not end at the edge.
    """
    out, _ = slide(x, w, b, stride, pad)
    cache = (x, w, b, stride, pad)
    return out, cache


def conv_backward(dout, cache):
    """Send the gradient of the output back to pictures, filters and biases.

    Args:
        dout: gradient with respect to out, shape (N, F, H_out, W_out).
        cache: from conv_forward.

    Returns:
        dx: gradient with respect to x, shape (N, C, H, W).
        dw: gradient with respect to w, shape (F, C, HH, WW).
        db: gradient with respect to b, shape (F,).
    """
    ### BEGIN SOLUTION
    x, w, b, stride, pad = cache
    H, W = x.shape[2:]
    HH, WW = w.shape[2:]
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    dx_pad, dw, db = np.zeros(x_pad.shape), np.zeros(w.shape), np.zeros(b.shape)
    for n, f, i, j in np.ndindex(dout.shape):
        top, left = i * stride, j * stride
        window = x_pad[n, :, top : top + HH, left : left + WW]  # (C, HH, WW)
        dx_pad[n, :, top : top + HH, left : left + WW] += dout[n, f, i, j] * w[f]
        dw[f] += dout[n, f, i, j] * window
        db[f] += dout[n, f, i, j]
    dx = dx_pad[:, :, pad : pad + H, pad : pad + W]
    return dx, dw, db
    ### END SOLUTION


# %% [markdown]
# Try it on the ones, and then against the measurement. Rounding leaves about $10^{-9}$:

# %%
x, w, b = np.arange(9.0).reshape(1, 1, 3, 3), np.array([[[[1.0, 2.0], [3.0, 4.0]]]]), np.zeros(1)
_, cache = conv_forward(x, w, b)
dx, dw, db = conv_backward(np.ones((1, 1, 2, 2)), cache)
print(dx[0, 0], dw[0, 0], db, sep="\n")
measured = numerical_gradient(lambda x: conv_forward(x, w, b)[0], x, np.ones((1, 1, 2, 2)))
print(np.max(np.abs(dx - measured)))

# %% check="conv_backward" part="db" points=1
# 1 point. Shown: three pictures, two filters. Hidden: random input.
x, w = np.ones((3, 1, 3, 3)), np.ones((2, 1, 2, 2))
_, cache = conv_forward(x, w, np.zeros(2))
dout = np.ones((3, 2, 2, 2)) * np.array([1.0, 10.0])[:, None, None]
_, _, db = conv_backward(dout, cache)
check.same(db, [12.0, 120.0], "db", hint="Filter f adds its bias in every picture, at every place.")
### BEGIN HIDDEN TESTS
from autograder.judging import inputs, judge

for x, w, b, how in inputs.conv(judge.rng()):
    out, own = judge.reference("conv_forward")(x, w, b, **how)
    dout = judge.rng().normal(size=out.shape)
    _, _, expected = judge.reference("conv_backward")(dout, own)
    _, _, db = conv_backward(dout, conv_forward(x, w, b, **how)[1])
    check.same(db, expected, f"db for x {x.shape}, w {w.shape}, {how}")
pair = ("conv_forward", "conv_backward"), (conv_forward, conv_backward)
with judge.derived("conv_backward"):
    for case in inputs.no_slope_conv(judge.rng()):
        judge.backward(*pair, *case, results=("dx", "dw", "db"), only="db")
### END HIDDEN TESTS

# %% check="conv_backward" part="dw" points=3
# 3 points. Stride 1 and no padding. Shown: one place, then all four. Hidden: random input.
x, w = np.arange(9.0).reshape(1, 1, 3, 3), np.array([[[[1.0, 2.0], [3.0, 4.0]]]])
_, cache = conv_forward(x, w, np.zeros(1))
_, dw, _ = conv_backward(np.array([[[[0.0, 0.0], [1.0, 0.0]]]]), cache)
check.same(dw, [[[[3.0, 4.0], [6.0, 7.0]]]], "dw of place (1, 0)", hint="It is the window of x.")
_, dw, _ = conv_backward(np.ones((1, 1, 2, 2)), cache)
check.same(dw, [[[[8.0, 12.0], [20.0, 24.0]]]], "dw of all places", hint="Add up, don't replace.")
### BEGIN HIDDEN TESTS
from autograder.judging import inputs, judge

for x, w, b, how in inputs.conv(judge.rng()):
    if how["stride"] == 1 and how["pad"] == 0:
        out, own = judge.reference("conv_forward")(x, w, b, **how)
        dout = judge.rng().normal(size=out.shape)
        _, expected, _ = judge.reference("conv_backward")(dout, own)
        _, dw, _ = conv_backward(dout, conv_forward(x, w, b, **how)[1])
        check.same(dw, expected, f"dw for x {x.shape}, w {w.shape}")
pair = ("conv_forward", "conv_backward"), (conv_forward, conv_backward)
with judge.derived("conv_backward"):
    for case in inputs.no_slope_conv(judge.rng()):
        judge.backward(*pair, *case, results=("dx", "dw", "db"), only="dw")
### END HIDDEN TESTS

# %% check="conv_backward" part="dx" points=3
# 3 points. Stride 1 and no padding. Shown: one place, then all four. Hidden: random input.
x, w = np.arange(9.0).reshape(1, 1, 3, 3), np.array([[[[1.0, 2.0], [3.0, 4.0]]]])
_, cache = conv_forward(x, w, np.zeros(1))
dx, _, _ = conv_backward(np.array([[[[0.0, 1.0], [0.0, 0.0]]]]), cache)
expected = [[[[0.0, 1.0, 2.0], [0.0, 3.0, 4.0], [0.0, 0.0, 0.0]]]]
check.same(dx, expected, "dx of place (0, 1)", hint="It is the filter, upright, at that window.")
dx, _, _ = conv_backward(np.ones((1, 1, 2, 2)), cache)
expected = [[[[1.0, 3.0, 2.0], [4.0, 10.0, 6.0], [3.0, 7.0, 4.0]]]]
check.same(dx, expected, "dx of all places", hint="Where windows overlap, their shares add up.")
### BEGIN HIDDEN TESTS
from autograder.judging import inputs, judge

for x, w, b, how in inputs.conv(judge.rng()):
    if how["stride"] == 1 and how["pad"] == 0:
        out, own = judge.reference("conv_forward")(x, w, b, **how)
        dout = judge.rng().normal(size=out.shape)
        expected, _, _ = judge.reference("conv_backward")(dout, own)
        dx, _, _ = conv_backward(dout, conv_forward(x, w, b, **how)[1])
        check.same(dx, expected, f"dx for x {x.shape}, w {w.shape}")
pair = ("conv_forward", "conv_backward"), (conv_forward, conv_backward)
with judge.derived("conv_backward"):
    for case in inputs.no_slope_conv(judge.rng()):
        judge.backward(*pair, *case, results=("dx", "dw", "db"), only="dx")
### END HIDDEN TESTS

# %% check="conv_backward" part="stride_pad" points=3
# 3 points. Shown: how many windows see each pixel. Hidden: strides and paddings up to 3.
_, cache = conv_forward(np.ones((1, 1, 3, 5)), np.ones((1, 1, 3, 3)), np.zeros(1), 2, 1)
dx, dw, _ = conv_backward(np.ones((1, 1, 2, 3)), cache)
check.same(
    dx,
    [[[[1.0, 2.0, 1.0, 2.0, 1.0], [2.0, 4.0, 2.0, 4.0, 2.0], [1.0, 2.0, 1.0, 2.0, 1.0]]]],
    "dx at stride 2, padding 1",
    hint="The windows start at rows 0, 2 and columns 0, 2, 4 of the padded x. Cut off the padding.",
)
expected = [[[[2.0, 3.0, 2.0], [4.0, 6.0, 4.0], [2.0, 3.0, 2.0]]]]
check.same(dw, expected, "dw at stride 2, padding 1", hint="The windows are those of the padded x.")
### BEGIN HIDDEN TESTS
from autograder.judging import inputs, judge

pair = ("conv_forward", "conv_backward"), (conv_forward, conv_backward)
three = ("dx", "dw", "db")
for only in ("dx", "dw"):  # db has a check of its own
    for x, w, b, how in inputs.conv(judge.rng()):
        judge.backward(*pair, x, w, b, results=three, only=only, **how)
    for N, C, H, W, F, HH, WW, stride, pad in (
        (2, 1, 7, 10, 3, 3, 6, 3, 1),
        (1, 2, 2, 6, 3, 4, 2, 2, 3),
    ):
        x, w = judge.rng().normal(size=(N, C, H, W)), judge.rng().normal(size=(F, C, HH, WW))
        judge.backward(*pair, x, w, np.zeros(F), stride, pad, results=three, only=only)
    with judge.derived("conv_backward"):
        for case in inputs.no_slope_conv(judge.rng()):
            judge.backward(*pair, *case, results=three, only=only)
### END HIDDEN TESTS

# %% [markdown]
# Now look at it. In lesson 02 you slid an F over a single point, and it came out rotated by 180
# degrees. What comes back from a single point?

# %% tags=["plot"] alt="Three pictures: dout with one light cell; its dx, an upright F; and the dx of two entries, two Fs that overlap in one lighter cell."
letter = np.array([[1.0, 1, 1], [1, 0, 0], [1, 1, 0], [1, 0, 0], [1, 0, 0]])  # an F
_, cache = conv_forward(np.zeros((1, 1, 11, 9)), letter[None, None], np.zeros(1))
one, two = np.zeros((2, 1, 1, 7, 7))
one[0, 0, 1, 1] = 1.0
two[0, 0, 1, 1] = two[0, 0, 3, 2] = 1.0
plot.maps(
    [one[0, 0], conv_backward(one, cache)[0][0, 0], conv_backward(two, cache)[0][0, 0]],
    ["dout: one entry", "its dx", "dx of two entries"],
    "Every entry of dout stamps the filter onto dx",
)

# %% [markdown]
# The F is upright; it fills the window that its entry of `dout` had seen. Two entries leave two Fs,
# and the pixel that they share is lighter: the shares add up. Each picture has a grey scale of its
# own. So an entry of 1 is white in the second, and grey in the third, where white is 2.
#
# **Where does a net look?** Take the net of lesson 01 and a picture. Let `dout` be 1 at the largest
# score and 0 at the others, and send it back through all layers. What arrives at the pixels says how
# much each of them would change that score. Drawn as a picture it is called a **saliency map**. Your
# own CONV and RELU carry the gradient; FC and POOL are the course's.

# %% tags=["demo"]
living.net(conv_forward, conv_backward, relu_forward, relu_backward).show(
    data.photo("chelsea"), at=(17, 62)
)

# %% [markdown]
# Look at the map beside the eye. It is light in the eye and dark on most of the fur: there a pixel
# may change, and the score stays what it is. Move the frame to the other eye, and to the nose.
#
# **Take away.** Forward reads windows; backward writes to the same windows, and adds.

# %% [markdown]
# ## 6. `dx` is a convolution, and this time a real one
#
# The F was upright. In lesson 02 a filter that comes out upright was the sign of a true
# convolution, the one that flips. Is `dx` a convolution of `dout` with `w`?
#
# Take stride 1 and no padding. Which outputs did pixel $x_{p,q}$ reach? It stood under the weight
# $w_{u,v}$ in the window that starts at row $p - u$, column $q - v$. So
#
# $$\text{dx}_{p,q} = \sum_{u,v} \text{dout}_{p-u,\,q-v} \; w_{u,v}$$
#
# The minus signs are the flip. To compute this with a layer that cannot flip, flip the filter
# beforehand. One thing is left: near the edge, $p - u$ falls outside `dout`. What is not there is
# zero, so pad `dout` with zeros, as far as the filter can reach.
#
# **Predict before you run.** `dout` is 5 x 6 and the filter 3 x 4. How many rows and columns of zeros
# does `dout` need on each side so that the result is as large as `x`? How large is `x`?
#
# <!-- guess 03/full
# row | rows and columns of zeros on each side | 2, 3
# shape | of `x`, `(H, W)` | 7, 9
# -->
#
# <details><summary>Answer</summary>
#
# $HH - 1 = 2$ rows and $WW - 1 = 3$ columns: the first stop touches `dout` with just one corner of the
# filter. `x` is 7 x 9, since forward $7 - 3 + 1 = 5$ and $9 - 4 + 1 = 6$.
#
# </details>
#
# A filter that stops wherever it touches the picture at all makes a **full** convolution.
#
# And the channels? Forward, filter $f$ takes $C$ channels to channel $f$ of the output. Backward, `dx`
# has $C$ channels and each collects from all $F$ filters. The first two axes of `w` change places.

# %% [markdown]
# ### Exercise 4: `dx_by_full_convolution` (2 points)
#
# Write it without any loop of your own: pad `dout`, flip `w`, call `conv_forward`. `conv_backward`
# has the answer already; do not call it.
#
# By hand: if `dout` is a single number 1, it must give the filter itself. The full convolution sees
# that 1 first with the last weight of the flipped filter, which is the first weight of `w`.


# %% exercise="dx_by_full_convolution"
def dx_by_full_convolution(dout, w):
    """Find dx of a layer with stride 1 and no padding, by calling conv_forward.

    Args:
        dout: gradient with respect to out, shape (N, F, H_out, W_out).
        w: filters, shape (F, C, HH, WW).

    Returns:
        dx: shape (N, C, H_out + HH - 1, W_out + WW - 1).
    """
    ### BEGIN SOLUTION
    _, C, HH, WW = w.shape
    dout_pad = np.pad(dout, ((0, 0), (0, 0), (HH - 1, HH - 1), (WW - 1, WW - 1)))
    w_back = w[:, :, ::-1, ::-1].transpose(1, 0, 2, 3)  # (C, F, HH, WW)
    dx, _ = conv_forward(dout_pad, w_back, np.zeros(C))
    return dx
    ### END SOLUTION


# %% [markdown]
# Try it on the single 1, and on the four ones of section 5:

# %%
w = np.array([[[[1.0, 2.0], [3.0, 4.0]]]])
print(dx_by_full_convolution(np.ones((1, 1, 1, 1)), w)[0, 0])
print(dx_by_full_convolution(np.ones((1, 1, 2, 2)), w)[0, 0])

# %% check="dx_by_full_convolution" points=2
# 2 points. Shown: a single 1, the four ones, two channels. Hidden: random input, not square.
w = np.array([[[[1.0, 2.0], [3.0, 4.0]]]])
dx = dx_by_full_convolution(np.ones((1, 1, 1, 1)), w)
check.same(dx, w, "dx of a single 1", hint="4 3 2 1 means that the filter was not flipped.")
dx = dx_by_full_convolution(np.ones((1, 1, 2, 2)), w)
expected = [[[[1.0, 3.0, 2.0], [4.0, 10.0, 6.0], [3.0, 7.0, 4.0]]]]
check.same(dx, expected, "dx of four ones")
w = np.array([[[[1.0, 2.0]], [[3.0, 4.0]]]])  # (1, 2, 1, 2): one filter, two channels
dx = dx_by_full_convolution(np.array([[[[1.0, 10.0]]]]), w)
expected = [[[[1.0, 12.0, 20.0]], [[3.0, 34.0, 40.0]]]]
check.same(dx, expected, "dx for two channels", hint="Swap the first two axes of w; WW - 1 = 1.")
### BEGIN HIDDEN TESTS
from autograder.judging import judge

random = judge.rng()
for N, F, C, H_out, W_out, HH, WW in (
    (2, 4, 3, 3, 5, 3, 2),
    (1, 3, 2, 4, 2, 2, 4),
    (3, 2, 5, 2, 3, 1, 3),
    (2, 3, 3, 5, 4, 3, 3),
):
    dout, w = random.normal(size=(N, F, H_out, W_out)), random.normal(size=(F, C, HH, WW))
    judge.value("dx_by_full_convolution", dx_by_full_convolution, dout, w)
with judge.without("dx_by_full_convolution", dx_by_full_convolution, "conv_backward"):
    judge.value("dx_by_full_convolution", dx_by_full_convolution, dout, w)
dout, w = random.normal(size=(32, 16, 26, 26)), random.normal(size=(16, 8, 3, 3))
judge.no_loops("dx_by_full_convolution", dx_by_full_convolution, (dout, w))
### END HIDDEN TESTS

# %% [markdown]
# And with a stride? At stride 2 the windows start two pixels apart. The stops in between are left
# out. Think of it in two steps: a layer with stride 1, and then every second row and column of its
# output is kept. What is thrown away cannot change the loss. So its gradient is 0.
#
# Go backward in the reverse order. First put those zeros back between the entries of `dout`. Then
# the stride is 1, and for that you have a function.
#
# **Predict before you run.** In a row, a filter of three, $w = [1, 2, 3]$, has stopped twice with
# stride 2, and $\text{dout} = [1, 10]$. How wide is `x`? What is `dout` with its zeros, and what is
# `dx`?
#
# <!-- guess 03/stride
# number | the width of `x` | 5
# row | `dout` with its zeros | 1, 0, 10
# row | `dx` | 1, 2, 13, 20, 30
# -->
#
# <details><summary>Answer</summary>
#
# The windows start at 0 and 2 and are three wide: `x` has 5 pixels. One stop was left out, so
# `dout` becomes $[1, 0, 10]$. And $\text{dx} = [1, 2, 3 + 10, 20, 30]$: the two stamps of the filter
# share the middle pixel.
#
# </details>
#
# ### Exercise 5: `dx_at_stride` (2 points)
#
# Write it for any stride, without padding: put $S - 1$ zeros between neighbours, along rows and
# along columns, and call `dx_by_full_convolution`. Use no loop of your own, do not call
# `conv_backward`, and do not measure: grading also tries it on many thousands of pixels.
#
# By hand: the row above.
#
# <details><summary>Hint</summary>
#
# A slice with a step can be written to, too. After `a = np.zeros(3)` and `a[::2] = [1, 10]` the
# array `a` is $[1, 0, 10]$.
#
# </details>


# %% exercise="dx_at_stride"
def dx_at_stride(dout, w, stride):
    """Find dx of a layer without padding, by putting zeros between the entries of dout.

    Args:
        dout: gradient with respect to out, shape (N, F, H_out, W_out).
        w: filters, shape (F, C, HH, WW).
        stride: pixels between neighbouring windows.

    Returns:
        dx: shape (N, C, (H_out - 1) * stride + HH, (W_out - 1) * stride + WW).
    """
    ### BEGIN SOLUTION
    N, F, H_out, W_out = dout.shape
    apart = np.zeros((N, F, (H_out - 1) * stride + 1, (W_out - 1) * stride + 1))
    apart[:, :, ::stride, ::stride] = dout
    return dx_by_full_convolution(apart, w)
    ### END SOLUTION


# %% [markdown]
# Try it on the row, then on two rows. `conv_backward` must give the same for the two:

# %%
w = np.array([[[[1.0, 2.0, 3.0]]]])
print(dx_at_stride(np.array([[[[1.0, 10.0]]]]), w, 2)[0, 0])
print(dx_at_stride(np.array([[[[1.0, 10.0], [2.0, 20.0]]]]), w, 2)[0, 0])
_, cache = conv_forward(np.zeros((1, 1, 3, 5)), w, np.zeros(1), stride=2)
print(conv_backward(np.array([[[[1.0, 10.0], [2.0, 20.0]]]]), cache)[0][0, 0])

# %% check="dx_at_stride" points=2
# 2 points. Shown: the row, a column at stride 3, stride 1. Hidden: random input, not square.
w = np.array([[[[1.0, 2.0, 3.0]]]])
dx = dx_at_stride(np.array([[[[1.0, 10.0]]]]), w, 2)
check.same(dx, [[[[1.0, 2.0, 13.0, 20.0, 30.0]]]], "dx of the row", hint="dout is 1, 0, 10 then.")
column = dx_at_stride(np.array([[[[1.0], [10.0]]]]), np.array([[[[1.0], [2.0]]]]), 3)
expected = [[[[1.0], [2.0], [0.0], [10.0], [20.0]]]]
check.same(column, expected, "dx of a column at stride 3", hint="Two zeros between neighbours.")
w = np.array([[[[1.0, 2.0]], [[3.0, 4.0]]]])  # (1, 2, 1, 2): one filter, two channels
dx = dx_at_stride(np.array([[[[1.0, 10.0]]]]), w, 1)
check.same(dx, [[[[1.0, 12.0, 20.0]], [[3.0, 34.0, 40.0]]]], "stride 1", hint="No zeros at all.")
### BEGIN HIDDEN TESTS
from autograder.judging import judge

random = judge.rng()
for N, F, C, H_out, W_out, HH, WW, stride in (
    (2, 4, 3, 3, 5, 3, 2, 2),
    (1, 3, 2, 4, 2, 2, 4, 3),
    (3, 2, 5, 2, 3, 1, 3, 2),
    (2, 3, 4, 3, 4, 3, 5, 1),
):
    dout, w = random.normal(size=(N, F, H_out, W_out)), random.normal(size=(F, C, HH, WW))
    judge.value("dx_at_stride", dx_at_stride, dout, w, stride)
with judge.without("dx_at_stride", dx_at_stride, "conv_backward"):
    judge.value("dx_at_stride", dx_at_stride, dout, w, 2)
with judge.derived("dx_at_stride"):
    dout, w = random.normal(size=(2, 8, 12, 12)), random.normal(size=(8, 4, 3, 3))
    judge.no_loops("dx_at_stride", dx_at_stride, (dout, w, 2))
dout, w = random.normal(size=(32, 16, 26, 26)), random.normal(size=(16, 2, 2, 2))
judge.no_loops("dx_at_stride", dx_at_stride, (dout, w, 2))
### END HIDDEN TESTS

# %% [markdown]
# The row once more, as a picture:

# %% tags=["plot"] alt="Three rows of numbers. dout is 1 and 10. With zeros it is 0, 0, 1, 0, 10, 0, 0, and the flipped filter 3, 2, 1 slides along it. dx is 1, 2, 13, 20, 30."
drawing.between_zeros("One zero between for stride 2, two around for the full convolution")

# %% [markdown]
# Look at the sizes: two numbers went in, and five came out. A layer that computes this forward, to
# make a small map larger, is a **transposed convolution**. Lesson 07 comes back to it.
#
# **Take away.** `dx` is `dout`, spread by the stride, padded in full, correlated with the flipped
# filters.

# %% [markdown]
# ## 7. `dw` is what all places say together
#
# In lesson 02 you gave every place a filter of its own. For such a layer the gradient of a filter is
# simple: the filter of place $(i, j)$ is used once in each picture, on one window. It gets `dout` there
# times that window, added up over the pictures of the batch.
#
# Sharing means that all these filters are one and the same. A number that is used in many places
# collects from all of them. So the `dw` of the convolution is the sum of what the places say.
#
# **Predict before you run.** A 3 x 3 picture holds the numbers 0 to 8, the filter is 2 x 2 and
# `dout` is four ones. What does the place $(1, 1)$ say? And what is the sum over the four places?
#
# <!-- guess 03/places
# row | what `(1, 1)` says, row by row | 4, 5, 7, 8
# row | the sum, row by row | 8, 12, 20, 24
# -->
#
# <details><summary>Answer</summary>
#
# Its window: $\begin{pmatrix} 4 & 5 \\ 7 & 8 \end{pmatrix}$. The sum is
# $\begin{pmatrix} 8 & 12 \\ 20 & 24 \end{pmatrix}$, as in section 5.
#
# </details>

# %%
x, dout = np.arange(9.0).reshape(3, 3), np.ones((2, 2))
places = [dout[i, j] * x[i : i + 2, j : j + 2] for i, j in np.ndindex(2, 2)]
print(places[3], sum(places), sep="\n")

# %% [markdown]
# The four places and their sum:

# %% tags=["plot"] alt="A picture of 3 x 3 with the numbers 0 to 8; its four windows of 2 x 2 with plus signs between them; and their sum, dw, which is 8, 12, 20, 24."
drawing.places("Each place says its window; dw is the sum")

# %% [markdown]
# Look at the first number of each window: 0, 1, 3 and 4 add up to 8. Written out, the sum is
# $\text{dw}_{u,v} = \sum_{i,j} \text{dout}_{i,j} \; x_{i+u,\,j+v}$. Compare it with the formula of
# `correlate2d` in lesson 02. It is the same, with `dout` in the place of the filter, and plus signs
# only. Nothing is flipped.
#
# **Going further**, without points: so `conv_forward` can find `dw`, too, in one call. `dout` is the
# filter now; and since the sum runs over pictures, pictures play the part of channels. Which axes
# of `x`, of `dout` and of the result must change places?

# %% [markdown]
# **Take away.** `dw` is a correlation of `x` with `dout`, without a flip: the sum over all places.

# %% [markdown]
# ## 8. Test every derivative at once
#
# **Predict before you run.** A batch of shape (8, 3, 32, 32) goes through your layer. How many
# forward passes does `numerical_gradient` need for its `dx`?
#
# <!-- guess 03/passes
# number | forward passes | 49152
# -->
#
# <details><summary>Answer</summary>
#
# There are $8 \cdot 3 \cdot 32 \cdot 32 = 24576$ numbers and two passes for each: 49152.
#
# </details>
#
# There is a shorter way. Move **all** numbers at once, along a direction `v` of the shape of `x`. The
# loss then changes at the rate
#
# $$\frac{L(x + h v) - L(x - h v)}{2h} \approx \sum_k \text{dx}_k \, v_k$$
#
# The left side is measured, with two forward passes. The right side uses the gradient that you
# derived. If `dx` is right the two agree.
#
# By hand: $f(x) = x^2$ at $x = [3, 1]$ with $\text{dout} = [1, 1]$ has $\text{dx} = [6, 2]$. Along
# $v = [1, 2]$ the slope is $6 \cdot 1 + 2 \cdot 2 = 10$. Somebody who claims $\text{dx} = [6, 3]$ says
# 12 and is found out. Along $v = [1, 0]$ the same mistake would go unseen.
#
# ### Exercise 6: `projection_check` (2 points)
#
# Return both slopes, first the one that `dx` predicts, then the measured one. Leave the verdict to
# whoever calls.


# %% exercise="projection_check"
def projection_check(f, x, dx, dout, v, h=1e-5):
    """Compare a gradient with the measured slope along one direction.

    Args:
        f: a function of x; returns an array of the shape of dout, or a number.
        x: where to measure, any shape, float64. Left as it was.
        dx: the gradient to be tested, the shape of x.
        dout: weights of the outputs in the loss sum(f(x) * dout).
        v: the direction, the shape of x, of any length.
        h: the step, in units of v.

    Returns:
        analytic: the slope along v according to dx, a number.
        numeric: the slope along v by a central difference, a number.
    """
    ### BEGIN SOLUTION
    analytic = np.sum(dx * v)
    numeric = np.sum((f(x + h * v) - f(x - h * v)) * dout) / (2 * h)
    return analytic, numeric
    ### END SOLUTION


# %% [markdown]
# Try it with the right gradient, then with the wrong one:

# %%
square = lambda x: x**2
x, v = np.array([3.0, 1.0]), np.array([1.0, 2.0])
print(*projection_check(square, x, np.array([6.0, 2.0]), np.ones(2), v))
print(*projection_check(square, x, np.array([6.0, 3.0]), np.ones(2), v))

# %% check="projection_check" points=2
# 2 points. Shown: a right and a wrong gradient, a dout, a coarse step. Hidden: random functions.
x, v = np.array([3.0, 1.0]), np.array([1.0, 2.0])
square, ones = (lambda x: x**2), np.ones(2)
good = projection_check(square, x, np.array([6.0, 2.0]), ones, v)
check.same(good, [10.0, 10.0], "right dx")
check.same(x, [3.0, 1.0], "x afterwards", "x += h * v writes into x.", rtol=0, atol=0)
bad = projection_check(square, x, np.array([6.0, 3.0]), ones, v)
check.same(bad, [12.0, 10.0], "wrong dx", hint="First what dx says, then what is measured.")
weighed = projection_check(square, x, np.array([6.0, 20.0]), np.array([1.0, 10.0]), v)
check.same(weighed, [46.0, 46.0], "dout = [1, 10]", hint="dx has dout in it; f(x) has not.")
coarse = projection_check(lambda x: x**3, x, np.array([27.0, 3.0]), ones, v, 0.5)
check.same(coarse, [33.0, 35.25], "cubes, h=0.5", hint="A central difference: divide by 2 * h.")
### BEGIN HIDDEN TESTS
from autograder.judging import judge

random = judge.rng()
A, B = random.normal(size=(4, 3)), random.normal(size=(5, 2))
functions = {
    (4, 5): lambda x: np.exp(A @ x[:, :2] @ B.T / 4),
    (5,): lambda x: B @ np.sin(x).sum(axis=0)[:2],
    (): lambda x: np.sum(x**3),
}
for shape, f in functions.items():
    for h in (1e-5, 0.1):
        x, dx, v = random.normal(size=(3, 3, 4))
        dout = random.normal(size=shape) if shape else -2.5
        judge.value("projection_check", projection_check, f, x, dx, dout, 3 * v, h)
### END HIDDEN TESTS

# %% [markdown]
# One direction can miss an error that happens to lie across it. A random direction almost never
# does. Here are fifty of them: for your `dx`, and for the `dx` of somebody who flipped the filter.

# %% tags=["experiment"] alt="A plot of measured against predicted slopes in fifty directions. All circles, for the right dx, lie on the diagonal; the crosses, for a flipped filter, are scattered."
x, w, b = rng.normal(size=(2, 3, 8, 9)), rng.normal(size=(4, 3, 3, 3)), np.zeros(4)
dout = rng.normal(size=(2, 4, 6, 7))
right = conv_backward(dout, conv_forward(x, w, b)[1])[0]
flipped = conv_backward(dout, conv_forward(x, w[:, :, ::-1, ::-1], b)[1])[0]
f = lambda x: conv_forward(x, w, b)[0]
for dx, mark, label in ((flipped, "x", "filter flipped"), (right, "o", "your dx")):
    pairs = [projection_check(f, x, dx, dout, rng.normal(size=x.shape)) for _ in range(50)]
    plt.plot(*zip(*pairs, strict=True), mark, label=label)
plt.axline((0, 0), slope=1, color="gray", linewidth=1)
plt.title("Fifty random directions: a right gradient stays on the line")
plt.xlabel("slope that dx predicts")
plt.ylabel("measured slope")
plt.legend()
plt.show()

# %% [markdown]
# Look at the line where both slopes are equal. Every circle lies on it. Of the crosses hardly any
# do: a wrong gradient gives itself away in a single direction. The checks of this course test large
# layers in this way, as the library HIPS autograd tests its own.
#
# **Take away.** Two forward passes along a random direction test all of `dx`.

# %% [markdown]
# ## 9. Gradients at work: find a hidden filter
#
# **Going further**, without points.
#
# What is a gradient good for? It says in which direction the loss grows. So walk the other way.
#
# A filter is hidden from you. You have a picture, and the map that the hidden filter makes of it,
# the **target**. Begin with a filter of zeros and look at how far its map is from the target:
#
# $$L = \frac{1}{2n} \sum_k (\text{out}_k - \text{target}_k)^2 \qquad
# \text{dout} = \frac{\text{out} - \text{target}}{n}$$
#
# for $n$ outputs. `conv_backward` turns this `dout` into `dw`. Then take one step against `dw`, and
# begin again:
#
# $$w \leftarrow w - \text{rate} \cdot \text{dw}$$
#
# This is **gradient descent**, and the factor is the **learning rate**.
#
# By hand: one pixel $x = 2$, one weight $w = 0$, and the target is 6, so the hidden weight is 3. Then
# $\text{out} = 0$, $L = 18$, $\text{dout} = -6$ and $\text{dw} = -6 \cdot 2 = -12$. With a rate of 0.1
# the weight becomes 1.2, and $L = 3.6^2/2 = 6.48$.
#
# **Predict before you run.** Which rate finds the 3 in one step? What happens at a rate of 0.5, and
# what at 1?
#
# <!-- guess 03/rate
# number | the rate that needs one step | 0.25
# choice | at 0.5 the weight | comes nearer, slowly | * jumps to and fro for ever | runs away
# choice | at 1 the weight | comes nearer, slowly | jumps to and fro for ever | * runs away
# -->
#
# <details><summary>Answer</summary>
#
# A rate of 0.25, as $0.25 \cdot 12 = 3$. At 0.5 the weight becomes 6: as far off as before, on the
# other side. The next step goes back to 0, and so on for ever. At 1 it becomes 12, then $-24$: each
# step makes it worse.
#
# </details>
#
# Now with your layer. The picture is noise, and the hidden filter is the F: 1 on the letter, $-1$
# beside it. Watch the losses:

# %% tags=["experiment"] alt="The loss against the step on a logarithmic axis, for three learning rates. At 0.1 it falls slowly along a straight line, at 0.5 fast along a steeper one, and at 2 it falls for two steps and then grows."
noise, hidden = rng.normal(size=(1, 1, 20, 20)), 2 * letter[None, None] - 1  # hidden: (1, 1, 5, 3)


def descend(target, rate, steps=20):
    """Find a filter by gradient descent; return the filters and the losses of all steps."""
    w, filters, losses = np.zeros(hidden.shape), [], []
    for _ in range(steps):
        out, cache = conv_forward(noise, w, np.zeros(1))
        filters.append(w[0, 0])
        losses.append(np.mean((out - target) ** 2) / 2)
        _, dw, _ = conv_backward((out - target) / out.size, cache)
        w = w - rate * dw
    return filters, losses


target = conv_forward(noise, hidden, np.zeros(1))[0]
for rate, mark in ((0.1, "o-"), (0.5, "s-"), (2.0, "^-")):
    plt.semilogy(descend(target, rate)[1], mark, label=f"learning rate {rate}")
plt.title("Gradient descent on one filter")
plt.xlabel("step")
plt.xticks(range(0, 20, 5))
plt.ylabel("loss")
plt.legend()
plt.show()

# %% [markdown]
# Look at the two curves that fall. On this axis they are nearly straight: each step leaves about
# the same fraction of the loss. A larger rate is faster, up to a point. Beyond it steps overshoot, as
# the weight by hand did. At a rate of 2 a step goes too far in some directions only. So the loss
# still falls twice. Then those directions take over, and it grows.
#
# Lesson 02 said that a layer that learns its filter does not care about the flip. Put it to the
# test: let the target be made by a true convolution, which flips the F.

# %% tags=["experiment"] alt="Four filters of 5 x 3. The hidden one is an F. After two steps a blurred F can be seen; after 19 steps the F is sharp. The last one, from a target made with the flip, is an F rotated by 180 degrees."
filters, _ = descend(target, 0.5)
flipped = conv_forward(noise, hidden[:, :, ::-1, ::-1], np.zeros(1))[0]
plot.maps(
    [hidden[0, 0], filters[2], filters[19], descend(flipped, 0.5)[0][19]],
    ["hidden", "after 2 steps", "after 19 steps", "target with a flip"],
    "The filter that gradient descent finds",
)

# %% [markdown]
# Look at the last one: the same loop, the same layer, and it has found the F rotated by 180 degrees.
# Nobody told it about the flip.
#
# Now paint the map yourself. Below, the target is a map of vertical edges. Press Start, and your
# `conv_backward` finds the filter, over a photograph this time. Raise the rate until it diverges.
# Then wipe the target, paint light along the outline of the head and dark beside it, and see which
# filter comes closest. Where you paint nothing, any number will do.

# %% tags=["demo"]
living.paint(conv_forward, conv_backward)

# %% [markdown]
# Two more things to try. Take a corner of a photograph instead of the noise. Neighbouring
# pixels are alike there, and the descent takes far longer; in a bright corner a rate of 0.5 is even
# too large. Or keep the filter and descend on the picture, with `dx`.
#
# **Take away.** To make a loss smaller, step against its gradient. That is all of training;
# lesson 09 does it for a whole network.

# %% [markdown]
# ## 10. Break the grader
#
# **Going further**, without points.
#
# A check tries a few inputs. What else would pass it? Here are three functions that pass every check
# of this lesson, as far as it is shown. All three are wrong, each by a mistake that people make. Find
# an input on which each differs from the right function. The fewer numbers its arrays have, the
# better.

# %% tags=["experiment"]
from convbook.puzzle import puzzle

broken = puzzle("03")
print(broken)

# %% [markdown]
# Ask about the first, with one picture of one pixel. It gets your `dout` together with its own cache:

# %% tags=["experiment"]
x, w, b = np.ones((1, 1, 1, 1)), np.ones((1, 1, 1, 1)), np.zeros(1)
broken.found(1, x, w, b, dout=np.ones((1, 1, 1, 1)))

# %% [markdown]
# There it is right. Change the input and run the cell again. You can call the function yourself, as
# `broken[1].conv_backward`; its text is sealed.
#
# <details><summary>Hint</summary>
#
# Open the four checks of `conv_backward`, and that of `dx_by_full_convolution`. How many pictures,
# channels and filters are there? Is any filter not square?
#
# </details>
#
# **Take away.** A check that passes says that a few inputs do not tell you from right. Vary what can
# vary: every size, and no two the same.

# %% [markdown]
# ## Summary
#
# | letter | meaning |
# |---|---|
# | $L$ | the loss, one number; as a layer sees it, `sum(out * dout)` |
# | `dout` | how $L$ changes with each entry of `out` |
# | `dx`, `dw`, `db` | how $L$ changes with each entry of `x`, `w`, `b`; of the same shapes |
# | `cache` | what the forward function keeps for the backward function |
# | $h$, `v` | a small step, and a direction for it |
# | $N, C, H, W$ | pictures in the batch, channels, height, width |
# | $F, HH, WW$ | filters, and their height and width |
# | $S, P$ | `stride` and `pad` |
# | rate | the learning rate: how far a step of gradient descent goes |
#
# - The chain rule: multiply the slopes along each way to the loss, and add up all ways.
# - Measured gradients are slow and need no thought. Derived ones are fast. Each checks the other.
# - What is used in several places collects its gradient from all of them.
# - `dx` is a full convolution of `dout` with the filters, with zeros between for a stride; `dw` is a
#   correlation of `x` with `dout`, `db` a sum.
#
# Your layer works in both directions, and it is slow. Lesson 04 lays the windows out as the columns
# of one big matrix, and a single product does the work of the loops.

# %% [markdown]
# ## Read on
#
# - David E. Rumelhart, Geoffrey E. Hinton and Ronald J. Williams, *Learning representations by
#   back-propagating errors*, 1986: four pages that made the method known.
# - Yann LeCun, Léon Bottou, Yoshua Bengio and Patrick Haffner, *Gradient-based learning applied to
#   document recognition*, 1998: a system of many modules, trained end to end.
# - Vincent Dumoulin and Francesco Visin, *A guide to convolution arithmetic for deep learning*, 2016:
#   pictures of strides, zeros in between, and transposed convolutions.
# - Atılım Güneş Baydin, Barak A. Pearlmutter, Alexey Andreyevich Radul and Jeffrey Mark Siskind,
#   *Automatic differentiation in machine learning: a survey*, 2018: how programs derive programs.
# - Timothy P. Lillicrap, Adam Santoro, Luke Marris, Colin J. Akerman and Geoffrey Hinton,
#   *Backpropagation and the brain*, 2020: for the question below.

# %% [markdown]
# ## An open question
#
# Going back, your layer uses the same weights as going forward. A synapse carries signals one way,
# and nobody has seen it tell its strength to a second one that leads back. Yet brains learn, in many
# layers. Do they compute anything like `dx`, and if so, how? There are proposals, some of which work in
# simulations. None has been confirmed.
