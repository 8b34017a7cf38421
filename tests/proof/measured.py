"""Answers to backward exercises that measure a slope, in the ways in which people do that.

Each is a cell: the lesson's own forward function, and a backward one that calls it again and again.
"""

from collections.abc import Iterator

from autograder.course import Check, Lesson

# Lesson, exercise: forward and backward function, and which arguments of forward have gradients.
PAIRS = {
    ("03_backprop", "relu_forward"): ("relu_forward", "relu_backward", 1),
    ("03_backprop", "conv_forward"): ("conv_forward", "conv_backward", 3),
    ("04_im2col", "conv_forward_im2col"): ("conv_forward_im2col", "conv_backward_im2col", 3),
    ("05_pooling", "max_pool_forward"): ("max_pool_forward", "max_pool_backward", 1),
    ("05_pooling", "avg_pool_forward"): ("avg_pool_forward", "avg_pool_backward", 1),
    ("05_pooling", "l2_pool_forward"): ("l2_pool_forward", "l2_pool_backward", 1),
    ("05_pooling", "blur_pool_forward"): ("blur_pool_forward", "blur_pool_backward", 1),
    ("06_fully_connected", "affine_forward"): ("affine_forward", "affine_backward", 3),
    ("07_one_by_one_and_dilated", "conv_forward"): ("conv_forward", "conv_backward", 3),
    ("07_one_by_one_and_dilated", "grouped_forward"): ("grouped_forward", "grouped_backward", 3),
    ("08_normalization", "batchnorm_forward"): ("batchnorm_forward", "batchnorm_backward", 3),
    ("08_normalization", "spatial_batchnorm_forward"): (
        "spatial_batchnorm_forward",
        "spatial_batchnorm_backward",
        3,
    ),
    ("08_normalization", "group_norm_forward"): ("group_norm_forward", "group_norm_backward", 3),
    ("08_normalization", "dropout_forward"): ("dropout_forward", "dropout_backward", 1),
    ("11_architectures", "residual_forward"): ("residual_forward", "residual_backward", 1),
}
# Functions that return a loss and its gradient with respect to their first argument.
LOSSES = {("06_fully_connected", "softmax_loss"), ("06_fully_connected", "svm_loss")}

# Functions that return dx alone, and no cache: what is measured takes too long.
ALONE = {("03_backprop", "dx_at_stride")}

LESSONS = {name for name, _ in {*PAIRS, *LOSSES, *ALONE}}
OF_THE_LOSS = ("-loss", "-large")  # the parts that look at it alone, or at scores of 1000

# How one entry of dx is found: f is a function of x, and e has a single 1. The last two need a
# function that is linear in x, and where the sum begins.
WAYS = {
    "central differences": "((f(x + 1e-5 * e) - f(x - 1e-5 * e)) * dout).sum() / 2e-5",
    "forward differences": "((f(x + 1e-7 * e) - f(x)) * dout).sum() / 1e-7",
    "small steps": "((f(x + 1e-4 * e) - f(x - 1e-4 * e)) * dout).sum() / 2e-4",
    "steps of 1": "((f(x + e) - f(x - e)) * dout).sum() / 2",
    "unit vectors": "((f(e) - f(0 * x)) * dout).sum()",  # without a bias, where there is one
}
PAIR = """

own_{forward} = {forward}


def {forward}(*args, **how):
    out, _, *rest = own_{forward}(*args, **how)
    return (out, (args, how), *rest)


def {backward}(dout, cache):
    args, how = cache
    args = {args}
    gradients = []
    for k in range({count}):
        f = lambda x: own_{forward}(*args[:k], x, *args[k + 1 :], **how)[0]
        gradients.append(slopes_of(f, args[k], dout))
    return gradients[0] if {count} == 1 else tuple(gradients)
"""
LOSS = """

own_loss = {name}


def {name}(scores, y):
    f = lambda scores: np.asarray(own_loss(scores, y)[0])
    return own_loss(scores, y)[0], slopes_of(f, scores, np.float64(1.0))
"""
MEASURE = """

def slopes_of(f, x, dout):
    dx = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        e = np.zeros(x.shape)
        e[i] = 1.0
        dx[i] = {way}
    return dx
"""
PARTS = """

def slopes_of_params(forward, params, dout):
    grads = {}
    for name in params:
        def of(part, k, name=name):
            changed = [part if j == k else p for j, p in enumerate(params[name])]
            return forward(params | {name: tuple(changed)})
        grads[name] = tuple(
            slopes_of(lambda part, k=k: of(part, k), params[name][k], dout) for k in (0, 1)
        )
    return grads
"""
RESIDUAL = f"""{PARTS}

def residual_backward(dout, cache):
    (x, params, *rest), how = cache
    f = lambda x, params: own_residual_forward(x, params, *rest, **how)[0]
    dx = slopes_of(lambda x: f(x, params), x, dout)
    return dx, slopes_of_params(lambda params: f(x, params), params, dout)
"""
AT_STRIDE = """

def dx_at_stride(dout, w, stride):
    (N, _, H_out, W_out), (_, C, HH, WW) = dout.shape, w.shape
    x = np.zeros((N, C, (H_out - 1) * stride + HH, (W_out - 1) * stride + WW))
    return slopes_of(lambda x: conv_forward(x, w, np.zeros(len(w)), stride)[0], x, dout)
"""


def answers(lesson: Lesson) -> Iterator[tuple[str, str, str]]:
    """Give the exercise, the way, and the cell, for every exercise with a gradient to derive."""
    for exercise in lesson.exercises:
        for way, formula in WAYS.items():
            if (lesson.name, exercise) in PAIRS:
                forward, backward, count = PAIRS[lesson.name, exercise]
                end = PAIR.format(
                    forward=forward, backward=backward, count=count, args=_args(forward, way)
                )
                end += RESIDUAL if exercise == "residual_forward" else ""
            elif (lesson.name, exercise) in ALONE:
                end = AT_STRIDE
            elif (lesson.name, exercise) in LOSSES:
                end = LOSS.format(name=exercise)
            else:
                continue
            cell = lesson.solutions[exercise] + MEASURE.format(way=formula) + end
            yield exercise, way, cell


def checks(lesson: Lesson, exercise: str) -> list[Check]:
    """Return the checks of the gradient that an exercise asks for."""
    if (lesson.name, exercise) in LOSSES:
        return [
            c for c in lesson.checks if c.exercise == exercise and not c.id.endswith(OF_THE_LOSS)
        ]
    if (lesson.name, exercise) in ALONE:
        return [c for c in lesson.checks if c.exercise == exercise]
    _, backward, _ = PAIRS[lesson.name, exercise]
    return [c for c in lesson.checks if c.exercise == backward]


def _args(forward: str, way: str) -> str:
    """Return what the forward function is measured with; unit vectors need a layer without bias."""
    has_bias = forward.startswith(("conv", "affine"))
    return "(*args[:2], 0 * args[2], *args[3:])" if has_bias and way == "unit vectors" else "args"
