"""Mutants that are the same function as the solution, each with the reason.

(lesson, exercise) to what the mutant made of a line, and why no check can tell.
"""

_DILATION = "lesson 02 does not use dilation yet"
_NAMES = "the kinds of a layer are two interned words; no other lies between them"

EQUIVALENT: dict[tuple[str, str], dict[str, str]] = {
    ("02_convolution", "conv_forward"): {
        "def conv_forward(x, w, b, stride=1, pad=0, dilation= 2):": _DILATION,
        "def conv_forward(x, w, b, stride=1, pad=0, dilation= 0):": _DILATION,
        "x_pad = np.pad(x, ((0, 1), (0, 0), (pad, pad), (pad, pad)))": "N is read from x",
    },
    ("03_backprop", "relu_forward"): {
        "return dout * (x >= 0)": "the gradient at 0 is a convention, either is right",
    },
    ("03_backprop", "projection_check"): {
        "def projection_check(f, x, dx, dout, v, h= 1.00001):": "the step is the student's choice",
        "def projection_check(f, x, dx, dout, v, h= -0.99999):": "the step is the student's choice",
    },
    ("05_pooling", "max_pool_forward"): {
        "switches[:, :, i, j] = window.reshape(N, C, - 2).argmax(axis=2)": "NumPy takes any negative",
        "switches[:, :, i, j] = window.reshape(N, C, ~1).argmax(axis=2)": "NumPy takes any negative",
    },
    ("05_pooling", "l2_pool_forward"): {
        "rate = dout / np.where(out > 0, out, 2.0)  # where out is 0, so is every x of the window": (
            "the other factor is 0 there"
        ),
        "rate = dout / np.where(out != 0, out, 1.0)  # where out is 0, so is every x of the window": (
            "a root is never negative"
        ),
    },
    ("05_pooling", "replace_pools"): {
        'if layer[0] is "conv":': _NAMES,
        'elif layer[0] is "pool":': _NAMES,
        'if layer[0] <= "conv":': _NAMES,
        'elif layer[0] <= "pool":': _NAMES,
    },
}
