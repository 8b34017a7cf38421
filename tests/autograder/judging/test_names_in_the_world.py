"""Mistakes that strangers made, written as they write: each has its name, and never a wrong one."""

import naming
import pytest

from autograder.course import lessons
from autograder.judging import judge, rehearse, signs

CONV = """
def conv_forward(X, kernels, bias, stride=1, pad=0, dilation=1):
    n_im, n_ch, h, wd = X.shape
    n_k, _, kh, kw = kernels.shape
    bad = [1 for s, k in ((h, kh), (wd, kw)) if (s + 2 * pad - k) % stride or k > s + 2 * pad]
    if bad:
        raise ValueError("bad size")
    padded = np.zeros((n_im, n_ch, h + 2 * pad, wd + 2 * pad))
    padded[:, :, pad:pad + h, pad:pad + wd] = X
    oh, ow = (h + 2 * pad - kh) // stride + 1, (wd + 2 * pad - kw) // stride + 1
    res = np.zeros((n_im, n_k, oh, ow))
    for a in range(n_im):
        for k in range(n_k):
            for r in range(oh):
                for c in range(ow):
                    piece = padded[a, :, r * stride:r * stride + kh, c * stride:c * stride + kw]
                    res[a, k, r, c] = (piece * kernels[k]).sum() + bias[k]
    return res, {"anything": (X, kernels, bias)}
"""
REFUSAL = CONV[CONV.index("    bad") : CONV.index("    padded")]
BACK = """
def conv_forward(x, w, b, stride=1, pad=0):
    return slide(x, w, b, stride, pad)[0], [x, w, pad, stride]


def conv_backward(dout, cache):
    x, w, pad, stride = cache
    xp = np.pad(x, ((0,) * 2, (0,) * 2, (pad,) * 2, (pad,) * 2))
    gx, gw = np.zeros(xp.shape), np.zeros(w.shape)
    kh, kw = w.shape[2], w.shape[3]
    for r in range(dout.shape[2]):
        for c in range(dout.shape[3]):
            d = dout[:, :, r, c]
            rows, cols = slice(r * stride, r * stride + kh), slice(c * stride, c * stride + kw)
            sl = slice(None), slice(None), rows, cols
            gw += np.einsum("nf,ncij->fcij", d, xp[sl])
            gx[sl] += np.einsum("nf,fcij->ncij", d, w)
    return gx[:, :, pad:gx.shape[2] - pad, pad:gx.shape[3] - pad], gw, dout.sum((0, 2, 3))
"""
CROP = "return gx[:, :, pad:gx.shape[2] - pad, pad:gx.shape[3] - pad], gw"
POOL = """
def max_pool_forward(x, HH=2, WW=2, stride=2):
    n, c, h, w = x.shape
    oh, ow = 1 + (h - HH) // stride, 1 + (w - WW) // stride
    if HH > h or WW > w or (oh - 1) * stride + HH != h or (ow - 1) * stride + WW != w:
        raise ValueError
    def top(r, k):
        return x[:, :, r * stride:r * stride + HH, k * stride:k * stride + WW].max((2, 3))
    out = np.stack([np.stack([top(r, k) for k in range(ow)], -1) for r in range(oh)], 2)
    return out, (x, HH, WW, stride)


def max_pool_backward(dout, cache):
    x, HH, WW, stride = cache
    dx = np.zeros(x.shape)
    for i, c, r, k in np.ndindex(dout.shape):
        part = x[i, c, r * stride:r * stride + HH, k * stride:k * stride + WW]
        u, v = np.unravel_index(part.argmax(), part.shape)
        dx[i, c, r * stride + u, k * stride + v] += dout[i, c, r, k]
    return dx
"""
NORM = """
def batchnorm_forward(x, gamma, beta, running, train=True, momentum=0.9, eps=1e-5):
    mu, sig = (np.mean(x, 0), np.var(x, 0)) if train else running
    xh = (x - mu) / np.sqrt(sig + eps)
    new = running
    if train:
        new = tuple(momentum * r + (1 - momentum) * s for r, s in zip(running, (mu, sig)))
    return gamma * xh + beta, dict(xh=xh, g=gamma, s=sig, e=eps), new


def batchnorm_backward(dout, cache):
    xh, g = cache["xh"], cache["g"]
    m = dout.shape[0]
    dg, db = (dout * xh).sum(0), dout.sum(0)
    return g / np.sqrt(cache["s"] + cache["e"]) / m * (m * dout - db - xh * dg), dg, db
"""
DROP = """
def dropout_forward(x, p, seed, train=True):
    m = (np.random.default_rng(seed).random(x.shape) < p) / p if train else 1.0
    return x * m, m


def dropout_backward(dout, cache):
    return cache * dout
"""
LOSS = """
def softmax_loss(scores, y):
    p = np.exp(scores - np.max(scores, axis=1)[:, None])
    p = p / np.sum(p, axis=1)[:, None]
    loss = np.mean([-np.log(p[i, y[i]]) for i in range(len(y))])
    p[range(len(y)), y] -= 1
    return loss, p / len(y)
"""


def other(text: str, *edits: tuple[str, str]) -> str:
    for old, new in edits:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def told(lesson: str, cell: str, source: str) -> set[str]:
    """Return the names that the grader tells of a cell."""
    known = lessons()[lesson]
    judge.begin(known.name, 5)
    names = rehearse.student(known, {cell: source})
    found = set()
    for check in (c for c in known.checks if c.exercise in known.functions[cell]):
        error = rehearse.run(check, names)
        if error is None:
            judge.passed(check.id)
        else:
            found.add(naming.told(check, names, error))
    return {name for name in found if name}


CONV_02, BACK_03, POOL_05 = ("02_convolution", "conv_forward"), ("03_backprop", "conv_forward"), (
    "05_pooling", "max_pool_forward")  # fmt: skip
NORM_08, DROP_08 = (
    ("08_normalization", "batchnorm_forward"),
    ("08_normalization", "dropout_forward"),
)
LOSS_06 = ("06_fully_connected", "softmax_loss")
CASES = {
    "a size that does not fit": (CONV_02, other(CONV, (REFUSAL, "")),
        "a size that does not fit is accepted"),
    "the same in a pool": (POOL_05, other(POOL, ("        raise ValueError\n", "        pass\n")),
        "what does not fit is accepted"),
    "one size, wrong shape": (CONV_02, other(CONV, (REFUSAL, ""), (
        "(wd + 2 * pad - kw) // stride + 1", "(h + 2 * pad - kh) // stride + 1")),
        "square output assumed|right only for square pictures"),
    "one size, an exception": (CONV_02, other(CONV, ("kh, kw = kernels.shape",
        "kh, _ = kernels.shape\n    kw = kh")), "height used as the window's width"),
    "a word misspelt": (CONV_02, other(CONV, ("np.zeros((n_im, n_k", "np.zeroes((n_im, n_k")),
        signs.UNDEFINED),
    "nothing is filled in": (CONV_02, other(CONV, ("res[a, k, r, c] =", "res2 =")),
        signs.NOT_FINISHED),
    "the first window alone": (CONV_02, other(CONV, ("    return res,",
        "    keep = res[0, 0, 0, 0]\n    res[:] = 0\n    res[0, 0, 0, 0] = keep\n    return res,")),
        signs.NOT_FINISHED),
    "a size by /": (CONV_02, other(CONV, ("- kh) // stride + 1,", "- kh) / stride + 1,")),
        signs.NOT_WHOLE),
    "index // stride": (CONV_02, other(CONV, ("range(oh)", "range(0, oh, stride)"),
        ("range(ow)", "range(0, ow, stride)"), ("r * stride:r * stride + kh", "r:r + kh"),
        ("c * stride:c * stride + kw", "c:c + kw"), ("res[a, k, r, c]",
        "res[a, k, r // stride, c // stride]")), "right only at stride 1|loops over the picture"),
    "a crop on the wrong axes": (BACK_03, other(BACK, (CROP, "return gx[pad:-pad, pad:-pad], gw")),
        "cropped along the wrong axes|crop -p"),
    "a crop that is assigned": (BACK_03, other(BACK, (CROP,
        "z = np.zeros_like(x)\n    z[:] = gx[:, :, pad:-pad, pad:-pad]\n    return z, gw")),
        "crop -p at padding 0|right only with padding"),
    "cropped twice": (BACK_03, other(BACK, (CROP,
        "return gx[:, :, 2 * pad:gx.shape[2] - 2 * pad, 2 * pad:gx.shape[3] - 2 * pad], gw")),
        "cropped twice|right only without padding"),
    "an axis is kept": (NORM_08, other(NORM, ("(dout * xh).sum(0), dout.sum(0)",
        "(dout * xh).sum(0, keepdims=True), dout.sum(0, keepdims=True)")), signs.AN_AXIS),
    "eps outside the root when testing": (NORM_08, other(NORM, ("np.sqrt(sig + eps)",
        "(np.sqrt(sig + eps) if train else np.sqrt(sig) + eps)")), "eps outside the root at test"),
    "for two dimensions": (DROP_08, other(DROP, ("    m = (", "    n, d = x.shape\n    m = (")),
        "for two dimensions only|right only for x of two axes"),
    "a small number in the logarithm": (LOSS_06, other(LOSS,
        ("p[i, y[i]])", "p[i, y[i]] + 1e-10)")), "a small number inside the logarithm"),
    "an assertion": (CONV_02, other(CONV, ('raise ValueError("bad size")', "assert False")),
        signs.OTHER_ERROR),
}  # fmt: skip
# What they were called, and are not: what is shown could not tell them apart.
NEVER = {
    "padding never applied": (CONV_02, other(CONV, ("padded[:, :, pad:pad + h, pad:pad + wd] = X",
        "padded[:] = np.resize(X, padded.shape)")), "edge padding"),
    "dw of zeros": (BACK_03, other(BACK, ("gw += ", "gw2 = ")), "dw replaced, not added"),
    "the window's sides swapped": (POOL_05, other(POOL, ("    n, c, h, w = x.shape\n",
        "    n, c, h, w = x.shape\n    HH, WW = WW, HH\n")), "window as large as the stride"),
    "a mask that is not scaled": (DROP_08, other(DROP, ("< p) / p if", "< p) if")),
        "gradient not masked"),
    "one shift, through probabilities": (LOSS_06, other(LOSS, ("np.max(scores, axis=1)[:, None]",
        "np.max(scores)")), "no shift"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_what_strangers_do_wrong_has_its_name(case: str) -> None:
    (lesson, cell), source, names = CASES[case]
    found = told(lesson, cell, source)
    assert any(name in one for name in names.split("|") for one in found), found


@pytest.mark.parametrize("case", NEVER)
def test_what_looks_alike_is_not_called_so(case: str) -> None:
    (lesson, cell), source, name = NEVER[case]
    assert not any(name in one for one in told(lesson, cell, source))


@pytest.mark.parametrize(
    ("place", "source"),
    [(CONV_02, CONV), (BACK_03, BACK), (POOL_05, POOL), (NORM_08, NORM), (DROP_08, DROP)],
)
def test_what_they_are_made_from_is_right(place: tuple[str, str], source: str) -> None:
    lesson = lessons()[place[0]]
    results = rehearse.rehearse(lesson, {place[1]: source}, seed=5)
    assert {check: error for check, error in results.items() if error} == {}
