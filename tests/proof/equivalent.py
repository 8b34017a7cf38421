"""Mutants that are the same function as the solution, each with the reason.

PATTERNS hold for every lesson; EQUIVALENT maps (lesson, exercise) to what the mutant made of a line,
and says why no check can tell.
"""

import re

PATTERNS = {
    re.compile(
        r"reshape\(.*(- 2|~1)\b"
    ): "NumPy takes any negative number for the size that is left over",
    re.compile(r"^raise ValueError\(f"): "nobody compares the words of an error",
}

_DILATION = "lesson 02 does not use dilation yet"
_NAMES = "the kinds of a layer are two interned words; no other lies between them"

_GIVEN = "the line is given, students do not write it"
_ENDS = "there are two paths at least, and by then they are known to fit"
_PAIRS = "the lists have one length"
_KINDS = "the kinds of a layer are a few interned words; no other lies between them"
_FRAME = "a larger frame is cut off again"
_ONE = "that axis has length 1"
_MAPS = "the four maps share their sizes"

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
    ("05_pooling", "l2_pool_forward"): {
        "slope = x[box] / np.where(length > 0, length, 2.0)  # where the length is 0, so is x": (
            "the other factor is 0 there"
        ),
        "slope = x[box] / np.where(length != 0, length, 1.0)  # where the length is 0, so is x": (
            "a root is never negative"
        ),
    },
    ("05_pooling", "replace_pools"): {
        'if layer[0] is "conv":': _NAMES,
        'elif layer[0] is "pool":': _NAMES,
        'if layer[0] <= "conv":': _NAMES,
        'elif layer[0] <= "pool":': _NAMES,
    },
    ("01_volumes", "conv_output_size"): {
        'if room < 0 or (policy >= "raise" and room % S):': _NAMES,
        'if room < 0 or (policy is "raise" and room % S):': _NAMES,
        'missing = -room % S if policy >= "pad" else 0  # zeros that fill one more window': _NAMES,
        'missing = -room % S if policy is "pad" else 0  # zeros that fill one more window': _NAMES,
    },
    ("01_volumes", "same_padding"): {"if F % 2 <= 0:": "a remainder is never negative"},
    ("01_volumes", "trace_shapes"): {
        'if kind is "INPUT":': _NAMES,
        'if kind is "RELU":': _NAMES,
        'if kind is "FC":': _NAMES,
    },
    ("01_volumes", "find_sizes"): {"if size is W_out:": "small whole numbers are one object"},
    ("04_im2col", "col2im"): {
        "x_pad = np.zeros((N, C, H + 3 * pad, W + 2 * pad), dtype=cols.dtype)": _FRAME,
        "x_pad = np.zeros((N, C, H + 2 * pad, W + 3 * pad), dtype=cols.dtype)": _FRAME,
        "x_pad = np.zeros((N, C, H << 2 * pad, W + 2 * pad), dtype=cols.dtype)": _FRAME,
        "x_pad = np.zeros((N, C, H + 2 * pad, W << 2 * pad), dtype=cols.dtype)": _FRAME,
        "x_pad = np.zeros((N, C, H + 2 << pad, W + 2 * pad), dtype=cols.dtype)": _FRAME,
        "x_pad = np.zeros((N, C, H + 2 * pad, W + 2 << pad), dtype=cols.dtype)": _FRAME,
        "x_pad = np.zeros((N, C, H + 2 ** pad, W + 2 * pad), dtype=cols.dtype)": _FRAME,
        "x_pad = np.zeros((N, C, H + 2 * pad, W + 2 ** pad), dtype=cols.dtype)": _FRAME,
    },
    ("04_im2col", "cover_count"): {
        "ones = np.ones(( 2, 1, H, W))": "one picture is read",
        "ones = np.ones((1, 2, H, W))": "one channel is read",
        "return col2im(cols, ones.shape, HH, WW, stride, pad)[ -1, 0]": _ONE,
        "return col2im(cols, ones.shape, HH, WW, stride, pad)[0, -1]": _ONE,
    },
    ("06_fully_connected", "svm_loss"): {
        "dscores = (margins != 0).astype(float)": "a margin is never negative",
    },
    ("06_fully_connected", "conv_to_fc"): {
        "w_fc = np.zeros((C, H + 3 * pad, W + 2 * pad, F, H_out, W_out))": _FRAME,
        "w_fc = np.zeros((C, H + 2 * pad, W + 3 * pad, F, H_out, W_out))": _FRAME,
        "w_fc = np.zeros((C, H << 2 * pad, W + 2 * pad, F, H_out, W_out))": _FRAME,
        "w_fc = np.zeros((C, H + 2 * pad, W << 2 * pad, F, H_out, W_out))": _FRAME,
        "w_fc = np.zeros((C, H + 2 << pad, W + 2 * pad, F, H_out, W_out))": _FRAME,
        "w_fc = np.zeros((C, H + 2 * pad, W + 2 << pad, F, H_out, W_out))": _FRAME,
        "w_fc = np.zeros((C, H + 2 ** pad, W + 2 * pad, F, H_out, W_out))": _FRAME,
        "w_fc = np.zeros((C, H + 2 * pad, W + 2 ** pad, F, H_out, W_out))": _FRAME,
    },
    ("06_fully_connected", "half_stride"): {
        "out = np.empty((N, M, h + maps[1, 0].shape[2], w + maps[1, 1].shape[3]))": _MAPS,
        "out = np.empty((N, M, h + maps[1, 1].shape[2], w + maps[ 0, 1].shape[3]))": _MAPS,
    },
    ("06_fully_connected", "crop_gap"): {
        "gap = -1.0": "a distance is at least 0",
        "gap = max(gap, np.max(np.abs(scores[:, :, i, j] - alone[:, :, -1, 0])))": _ONE,
        "gap = max(gap, np.max(np.abs(scores[:, :, i, j] - alone[:, :, 0, -1])))": _ONE,
    },
    ("07_one_by_one_and_dilated", "conv_forward"): {
        "x_pad = np.pad(x, ((0, 1), (0, 0), (pad, pad), (pad, pad)))": "N is read from x",
    },
    ("07_one_by_one_and_dilated", "grouped_forward"): {
        "pairs = [conv_forward(*part, stride, pad, dilation) for part in zip(*parts, strict=False)]": (
            _PAIRS
        ),
        "outs, caches = zip(*pairs, strict=False)": _PAIRS,
        "gradients = [conv_backward(*part) for part in zip(douts, cache, strict=False)]": _PAIRS,
        "dx, dw, db = zip(*gradients, strict=False)": _PAIRS,
    },
    ("08_normalization", "lrn_forward"): {
        "def lrn_forward(x, n= 4, k=2.0, alpha=1e-4, beta=0.75):": "half of it, rounded down, is 2",
    },
    ("08_normalization", "dropout_forward"): {
        "keep = np.random.default_rng(seed).random(x.shape) <= p": "a draw is never exactly p",
    },
    ("09_training", "Sequential"): {
        "def running(self, running):": _GIVEN,
        "for layer, its in zip(self.layers, running, strict=False):": _GIVEN,
        "for layer, its in []:": _GIVEN,
    },
    ("09_training", "adam"): {
        "def adam(w, dw, state, rate= 1.001, decay=0.0, beta1=0.9, beta2=0.999, eps=1e-8):": _GIVEN,
        "def adam(w, dw, state, rate= -0.999, decay=0.0, beta1=0.9, beta2=0.999, eps=1e-8):": _GIVEN,
    },
    ("09_training", "train"): {
        "except CosmicRayTestingException:": "that of train_stopped, which is given",
        "if t >= last:": _GIVEN,
        "if t is last:": _GIVEN,
        'parts = zip(run["params"], grads, run["states"], strict=False)': _PAIRS,
        "params, states = zip(*(update(*part, rate(t)) for part in parts), strict=False)": _PAIRS,
    },
    ("09_training", "augment"): {
        "x_pad = np.pad(mirrored, ((0, 1), (0, 0), (P, P), (P, P)))": "a picture too many, unread",
    },
    ("10_gpu", "conv_forward"): {
        "if min(rooms) < -1 or rooms[0] % stride or rooms[1] % stride:": (
            "sliding_window_view refuses a filter that is larger by one"
        ),
        "dx_pad = xp.zeros((N, C, H + 3 * pad, W + 2 * pad), dtype=dout.dtype)": _FRAME,
        "dx_pad = xp.zeros((N, C, H + 2 * pad, W + 3 * pad), dtype=dout.dtype)": _FRAME,
        "dx_pad = xp.zeros((N, C, H << 2 * pad, W + 2 * pad), dtype=dout.dtype)": _FRAME,
        "dx_pad = xp.zeros((N, C, H + 2 * pad, W << 2 * pad), dtype=dout.dtype)": _FRAME,
        "dx_pad = xp.zeros((N, C, H + 2 << pad, W + 2 * pad), dtype=dout.dtype)": _FRAME,
        "dx_pad = xp.zeros((N, C, H + 2 * pad, W + 2 << pad), dtype=dout.dtype)": _FRAME,
        "dx_pad = xp.zeros((N, C, H + 2 ** pad, W + 2 * pad), dtype=dout.dtype)": _FRAME,
        "dx_pad = xp.zeros((N, C, H + 2 * pad, W + 2 ** pad), dtype=dout.dtype)": _FRAME,
    },
    ("10_gpu", "train"): {"if step % every <= 0:": "a remainder is never negative"},
    ("10_gpu", "gpu_time"): {
        "def gpu_time(f, repeat= 11):": _GIVEN,
        "def gpu_time(f, repeat= 9):": _GIVEN,
    },
    ("10_gpu", "run_ahead"): {
        "free = [computing.record()] * 3  # for each array, the mark from which on it is free": (
            "the third is never used"
        ),
    },
    ("10_gpu", "roofline"): {
        'limit = "arithmetic" if compute >= move else "memory"': (
            "where both take as long, either is right"
        ),
    },
    ("12_transfer", "train_head"): {
        "w, b = np.zeros((f[ -1].size, M)), np.zeros(M)": "pictures have one size",
    },
    ("12_transfer", "update"): {
        "if rate != 0:": "a rate is never negative",
        "rate = rates[int(name[1]) - 1]": "a name has two characters",
        "rate = rates[int(name[+1]) - 1]": "a name has two characters",
    },
    ("11_architectures", "layer_row"): {
        "C, H, W = shape or ( 1, 0, 0)": "the input's own row does not use them",
        "C, H, W = shape or ( -1, 0, 0)": "the input's own row does not use them",
        "C, H, W = shape or (0, 1, 0)": "the input's own row does not use them",
        "C, H, W = shape or (0, -1, 0)": "the input's own row does not use them",
        "C, H, W = shape or (0, 0, 1)": "the input's own row does not use them",
        "C, H, W = shape or (0, 0, -1)": "the input's own row does not use them",
        'if kind is "INPUT":': _KINDS,
        'elif kind is "FC":': _KINDS,
        'if kind is "CONV":': _KINDS,
        'elif kind is "BN":': _KINDS,
        'elif kind <= "BN":': _KINDS,
        'if kind is not "RELU":': _KINDS,
        'if kind < "RELU":': _KINDS,
    },
    ("11_architectures", "layer_table"): {
        'depth = sum(end[0] for end in ends) if kind == "CONCAT" else ends[ 1][0]': _ENDS,
        'depth = sum(end[0] for end in ends) if kind == "CONCAT" else ends[ -1][0]': _ENDS,
        'joined = {"kind": kind, "shape": (depth, *ends[ 1][1:])}': _ENDS,
        'joined = {"kind": kind, "shape": (depth, *ends[ -1][1:])}': _ENDS,
        'depth = sum(end[0] for end in ends) if kind >= "CONCAT" else ends[0][0]': _KINDS,
        'depth = sum(end[0] for end in ends) if kind is "CONCAT" else ends[0][0]': _KINDS,
        'if len({end[1:] for end in ends}) > 1 or (kind is "ADD" and len(set(ends)) > 1):': _KINDS,
        'if len({end[1:] for end in ends}) > 1 or (kind <= "ADD" and len(set(ends)) > 1):': _KINDS,
        'if len({end[1:] for end in ends}) != 1 or (kind == "ADD" and len(set(ends)) > 1):': _ENDS,
        'if len({end[1:] for end in ends}) > 1 or (kind == "ADD" and len(set(ends)) != 1):': _ENDS,
    },
}
