"""Known mistakes of lesson 08: local response normalisation, batch norm, dropout."""

from autograder.mistakes import Mistake

# Lines of the solutions that mistakes change.
_NEAR = "x[:, max(0, c - n // 2) : c + n // 2 + 1]"
_DIVIDE = "x[:, c] / (k + alpha * total) ** beta"
_SCALE = "scale = 1 / np.sqrt(var + eps)"
_STATISTICS = "mean, var = x.mean(axis=0), x.var(axis=0)"
_MIX = "running = keep * running[0] + add * mean, keep * running[1] + add * var"
_OUT = "out = gamma * x_hat + beta"
_DX = "dx = dx_hat * scale + dmean / N + dvar * 2 * (x - mean) / N"
_DVAR = "dvar = -0.5 * scale**3 * np.sum(dx_hat * (x - mean), axis=0)"
_TO_ROWS = "rows = x.transpose(0, 2, 3, 1).reshape(-1, C)"
_TO_MAPS = "out = out.reshape(N, H, W, C).transpose(0, 3, 1, 2)"
_DTO_ROWS = "drows = dout.transpose(0, 2, 3, 1).reshape(-1, C)"
_DTO_MAPS = "dx = dx.reshape(N, H, W, C).transpose(0, 3, 1, 2)"
_DRAW = "keep = np.random.default_rng(seed).random(x.shape) < p"
_UNMASKED = "mask = np.ones(x.shape)"
# Both spatial functions without those of exercise 2; MEAN_AXES and COUNT are filled in.
_SPATIAL = """\
def spatial_batchnorm_forward(x, gamma, beta, running, train=True, momentum=0.9, eps=1e-5):
    mean, var = (r[:, None, None] for r in running)
    if train:
        mean, var = x.mean(axis=MEAN_AXES, keepdims=True), x.var(axis=MEAN_AXES, keepdims=True)
        running = tuple(
            momentum * old + (1 - momentum) * new.mean(axis=(0, 2, 3))
            for old, new in zip(running, (mean, var), strict=True)
        )
    scale = 1 / np.sqrt(var + eps)
    x_hat = (x - mean) * scale
    out = gamma[:, None, None] * x_hat + beta[:, None, None]
    return out, (x_hat, gamma[:, None, None] * scale), running


def spatial_batchnorm_backward(dout, cache):
    x_hat, factor = cache
    N, _, H, W = dout.shape
    count = COUNT
    dgamma, dbeta = (dout * x_hat).sum(axis=(0, 2, 3)), dout.sum(axis=(0, 2, 3))
    shares = dbeta[:, None, None] + x_hat * dgamma[:, None, None]
    return factor * (dout - shares / count), dgamma, dbeta
"""


def _spatial(mean_axes: str, count: str) -> str:
    return _SPATIAL.replace("MEAN_AXES", mean_axes).replace("COUNT", count)


_LRN = [
    Mistake("neighbours in the picture, not in depth", None, "lrn_forward",
        symptom="rows of the map are mixed where channels should be",
        hint="Which axis of x is the depth?",
        code="""\
def lrn_forward(x, n=5, k=2.0, alpha=1e-4, beta=0.75):
    out = np.empty(x.shape)
    for i in range(x.shape[2]):
        near = x[:, :, max(0, i - n // 2) : i + n // 2 + 1]
        total = np.sum(near**2, axis=2)
        out[:, :, i] = x[:, :, i] / (k + alpha * total) ** beta
    return out
"""),
    Mistake("sum of values, not of squares", None, "lrn_forward",
        symptom="positive and negative neighbours cancel",
        hint="What is squared in the formula?",
        edits=[("np.sum(near**2, axis=1)", "np.sum(near, axis=1)")]),
    Mistake("square of the sum", None, "lrn_forward",
        symptom="right where a neighbourhood has one channel only",
        hint="Which comes first, the square or the sum?",
        edits=[("np.sum(near**2, axis=1)", "np.sum(near, axis=1) ** 2")]),
    Mistake("slice starts below 0", None, "lrn_forward",
        symptom="the first channels see the wrong neighbours, or none",
        hint="What does x[:, -2:3] select?",
        edits=[("max(0, c - n // 2)", "c - n // 2")]),
    Mistake("neighbourhood goes round", None, "lrn_forward",
        symptom="wrong at the first and last channels only",
        hint="What are the neighbours of the first channel?",
        edits=[(_NEAR, "x.take(range(c - n // 2, c + n // 2 + 1), axis=1, mode='wrap')")]),
    Mistake("last neighbour missing", None, "lrn_forward",
        symptom="the neighbourhood has n - 1 channels",
        hint="Where does a slice end?",
        edits=[("c + n // 2 + 1]", "c + n // 2]")]),
    Mistake("neighbourhood on one side", None, "lrn_forward",
        symptom="a channel sees those after it and none before",
        hint="Channel c stands in the middle of its neighbourhood.",
        edits=[(_NEAR, "x[:, c : c + n]")]),
    Mistake("neighbourhood twice as wide", None, "lrn_forward",
        symptom="a channel sees n others on each side",
        hint="n counts all channels of the neighbourhood.",
        edits=[(_NEAR, "x[:, max(0, c - n) : c + n + 1]")]),
    Mistake("alpha divided by n", None, "lrn_forward",
        symptom="PyTorch's formula: the sum of squares counts n times too little",
        hint="Does the formula take the sum of the squares, or their mean?",
        edits=[("alpha * total", "alpha / n * total")]),
    Mistake("k missing", None, "lrn_forward",
        symptom="too large, and not a number where all neighbours are 0",
        hint="Which argument is never used?",
        edits=[("(k + alpha * total)", "(alpha * total)")]),
    Mistake("k outside the power", None, "lrn_forward",
        symptom="the divisor is k + (...) ** beta",
        hint="What does beta apply to?",
        edits=[("(k + alpha * total) ** beta", "(k + (alpha * total) ** beta)")]),
    Mistake("root for any beta", None, "lrn_forward",
        symptom="right for beta = 0.5 only",
        hint="Which argument is never used?",
        edits=[(_DIVIDE, "x[:, c] / np.sqrt(k + alpha * total)")]),
    Mistake("AlexNet's numbers hard-coded", None, "lrn_forward",
        symptom="right for n = 5, k = 2, alpha = 1e-4 and beta = 0.75 only",
        hint="Do you use the arguments?",
        edits=[
            (
                "out = np.empty(x.shape)",
                "out = np.empty(x.shape)\n    n, k, alpha, beta = 5, 2, 1e-4, 0.75",
            )
        ]),
    Mistake("neighbours that are normalised already", None, "lrn_forward",
        symptom="the first channel is right, later ones are too large",
        hint="The squares are those of x. What do you write into?",
        edits=[("out = np.empty(x.shape)", "x = out = x.copy()")]),
]

_FORWARD = [
    Mistake("eps outside the root", 68, "batchnorm_forward",
        symptom="seen at small variance only",
        hint="What stands under the root?",
        edits=[(_SCALE, "scale = 1 / (np.sqrt(var) + eps)")]),
    Mistake("eps missing", 69, "batchnorm_forward",
        symptom="seen at small variance; not a number where a feature is constant",
        hint="Which argument is never used?",
        edits=[(_SCALE, "scale = 1 / np.sqrt(var)")]),
    Mistake("eps twice", 70, "batchnorm_forward",
        symptom="seen at small variance only",
        hint="How often does eps come in the formula?",
        edits=[(_SCALE, "scale = 1 / np.sqrt(var + eps + eps)")]),
    Mistake("eps hard-coded", None, "batchnorm_forward",
        symptom="right for one eps only",
        hint="Which argument is never used?",
        edits=[(_SCALE, "scale = 1 / np.sqrt(var + 1e-5)")],
        also=[
            [(_SCALE, f"scale = 1 / np.sqrt(var + {eps})")] for eps in ("1e-8", "1e-7", "1e-6")]),
    Mistake("divides by the variance", None, "batchnorm_forward",
        symptom="wrong by the factor of the deviation",
        hint="Variance or deviation?",
        edits=[(_SCALE, "scale = 1 / (var + eps)")]),
    Mistake("variance with N - 1", 71, "batchnorm_forward",
        symptom="too small by the factor of the root of (N - 1)/N, but for eps",
        hint="By what is the sum of squares divided?",
        edits=[("x.var(axis=0)", "x.var(axis=0, ddof=1)")]),
    Mistake("running variance with N - 1", 71, "batchnorm_forward",
        symptom="PyTorch's running variance: out is right in training",
        hint="By what is the sum of squares divided, in the running variance as well?",
        edits=[("add * var", "add * var * len(x) / max(len(x) - 1, 1)")]),
    Mistake("statistics of each row", 72, "batchnorm_forward",
        symptom="every row has mean 0, where every column should",
        hint="A feature is a column: along which axis is its mean?",
        edits=[(_STATISTICS, "mean, var = x.T.mean(axis=0)[:, None], x.T.var(axis=0)[:, None]")]),
    Mistake("one mean for all features", 72, "batchnorm_forward",
        symptom="features keep their differences",
        hint="How many means are there?",
        edits=[(_STATISTICS, "mean, var = x.mean() + 0 * x[0], x.var() + 0 * x[0]")]),
    Mistake("beta before gamma", 73, "batchnorm_forward",
        symptom="the shift is gamma * beta",
        hint="First scale, then shift.",
        edits=[(_OUT, "out = gamma * (x_hat + beta)")]),
    Mistake("x changed in place", None, "batchnorm_forward",
        symptom="out is right, and x has lost its mean",
        hint="What does -= do to an array that somebody else still needs?",
        edits=[
            ("x_hat = (x - mean) * scale\n    out =", "x -= mean\n    x_hat = x * scale\n    out =")
        ]),
    Mistake("gamma and beta forgotten", None, "batchnorm_forward",
        symptom="every feature has mean 0 and deviation 1",
        hint="Which arguments are never used?",
        edits=[(_OUT, "out = x_hat")]),
    Mistake("batch's statistics at test time", 80, "batchnorm_forward",
        symptom="a single row gives beta at test time",
        hint="Which mean and variance belong to test time?",
        edits=[
            ("    if train:\n        mean, var", "    if True:\n        mean, var"),
            (
                "        keep, add = momentum, 1 - momentum\n        running",
                "    if train:\n        keep, add = momentum, 1 - momentum\n        running",
            ),
        ]),
    Mistake("no eps at test time", 80, "batchnorm_forward",
        symptom="right in training, wrong at test time where the variance is small",
        hint="Does eps come in the formula for test time?",
        edits=[(_SCALE, "scale = 1 / np.sqrt(var + (eps if train else 0))")]),
    Mistake("eps outside the root at test time", 80, "batchnorm_forward",
        symptom="right in training, wrong at test time where the variance is small",
        hint="Is eps under the root in both modes?",
        edits=[(_SCALE, f"{_SCALE} if train else 1 / (np.sqrt(var) + eps)")]),
    Mistake("test time moves the running statistics", 80, "batchnorm_forward",
        symptom="running changes when not training",
        hint="When is running allowed to move?",
        edits=[
            (
                _SCALE,
                _SCALE + "\n    if not train:\n        running ="
                " momentum * mean + (1 - momentum) * x.mean(axis=0), var",
            )
        ]),
    Mistake("no gamma and beta at test time", 80, "batchnorm_forward",
        symptom="right in training; x_hat at test time",
        hint="The layer's scale and shift belong to both modes.",
        edits=[(_OUT, "out = gamma * x_hat + beta if train else x_hat")]),
    Mistake("running statistics not saved", 81, "batchnorm_forward",
        symptom="running stays where it began",
        hint="What does the function return as running?",
        edits=[(_MIX, "pass")]),
    Mistake("deviation saved as variance", 81, "batchnorm_forward",
        symptom="running mean right, running variance wrong",
        hint="What is under the root at test time?",
        edits=[("keep * running[1] + add * var", "keep * running[1] + add * np.sqrt(var)")]),
    Mistake("eps saved with the variance", 70, "batchnorm_forward",
        symptom="the running variance is too large, and eps counts twice at test time",
        hint="Is eps a part of the variance?",
        edits=[("add * var", "add * (var + eps)")]),
    Mistake("momentum swapped", 82, "batchnorm_forward",
        symptom="running jumps to the new statistics: PyTorch's momentum",
        hint="Which share does momentum keep, the old or the new?",
        edits=[("keep, add = momentum, 1 - momentum", "keep, add = 1 - momentum, momentum")]),
    Mistake("running replaced", 82, "batchnorm_forward",
        symptom="running holds the last batch alone",
        hint="What becomes of the batches before?",
        edits=[(_MIX, "running = mean, var")]),
]

_BACKWARD = [
    Mistake("statistics treated as constants", 74, "batchnorm_forward",
        symptom="dx does not add up to 0",
        hint="Does the mean change when one x does?",
        edits=[(_DX, "dx = dx_hat * scale")]),
    Mistake("no path through the mean", 74, "batchnorm_forward",
        symptom="dx does not add up to 0",
        hint="Does the mean change when one x does?",
        edits=[(_DX, "dx = dx_hat * scale + dvar * 2 * (x - mean) / N")]),
    Mistake("no path through the variance", 75, "batchnorm_forward",
        symptom="dx adds up to 0 and is still wrong",
        hint="How many shares has the table?",
        edits=[(_DX, "dx = dx_hat * scale + dmean / N")]),
    Mistake("2/N missing", 76, "batchnorm_forward",
        symptom="the share of the variance is wrong by a constant factor",
        hint="What is the slope of a mean of squares?",
        edits=[("dvar * 2 * (x - mean) / N", "dvar * (x - mean)")]),
    Mistake("2 missing", 76, "batchnorm_forward",
        symptom="the share of the variance is half of what it should be",
        hint="What is the slope of a square?",
        edits=[("dvar * 2 * (x - mean) / N", "dvar * (x - mean) / N")]),
    Mistake("1/N missing in the mean", 76, "batchnorm_forward",
        symptom="dx adds up to something N times too large",
        hint="How much does the mean rise when one x rises by 1?",
        edits=[("dmean / N", "dmean")]),
    Mistake("dvar summed over features", 77, "batchnorm_forward",
        symptom="right for a single feature only",
        hint="Each feature has its own variance.",
        edits=[(_DVAR, "dvar = np.sum(-0.5 * scale**3 * dx_hat * (x - mean))")]),
    Mistake("gamma missing in dx", None, "batchnorm_forward",
        symptom="dx is right where gamma is 1",
        hint="What lies between x_hat and out?",
        edits=[("dx_hat = dout * gamma", "dx_hat = dout")]),
    Mistake("eps missing in backward", 69, "batchnorm_forward",
        symptom="forward right, dx wrong where the variance is small",
        hint="Does backward divide by the same root as forward?",
        edits=[
            (
                "x, mean, scale, gamma = cache",
                "x, mean, scale, gamma = cache\n    scale = 1 / x.std(axis=0)",
            )
        ]),
    Mistake("dgamma with x", 78, "batchnorm_forward",
        symptom="dgamma grows with the mean of x",
        hint="With what is gamma multiplied in the forward pass?",
        edits=[("dgamma = np.sum(dout * x_hat, axis=0)", "dgamma = np.sum(dout * x, axis=0)")]),
    Mistake("dgamma as a mean", None, "batchnorm_forward",
        symptom="dgamma is N times too small",
        hint="Gamma is used in every row: their shares add up.",
        edits=[("dgamma = np.sum(", "dgamma = np.mean(")]),
    Mistake("dgamma and dbeta summed over everything", None, "batchnorm_forward",
        symptom="one number for all features",
        hint="Each feature has its own gamma and beta: over which axis is the sum?",
        edits=[
            ("dgamma = np.sum(dout * x_hat, axis=0)", "dgamma = np.sum(dout * x_hat)"),
            ("dbeta = np.sum(dout, axis=0)", "dbeta = np.sum(dout)"),
        ]),
    Mistake("dbeta times gamma", 79, "batchnorm_forward",
        symptom="dbeta is right where gamma is 1",
        hint="How much does out rise when beta rises by 1?",
        edits=[("dbeta = np.sum(dout, axis=0)", "dbeta = np.sum(dout * gamma, axis=0)")]),
    Mistake("dbeta summed over features", None, "batchnorm_forward",
        symptom="dbeta has shape (N,)",
        hint="There is one beta for each feature.",
        edits=[("dbeta = np.sum(dout, axis=0)", "dbeta = np.sum(dout, axis=1)")]),
    Mistake("dgamma and dbeta swapped", None, "batchnorm_forward",
        symptom="each stands in the place of the other",
        hint="In which order are the gradients returned?",
        edits=[("return dx, dgamma, dbeta", "return dx, dbeta, dgamma")]),
]

_MAPS = [
    Mistake("reshape without transpose", 83, "spatial_batchnorm_forward",
        symptom="pixels are counted off as if they were channels",
        hint="What stands in the first column after your reshape?",
        edits=[
            (_TO_ROWS, "rows = x.reshape(-1, C)"),
            (_TO_MAPS, "out = out.reshape(N, C, H, W)"),
            (_DTO_ROWS, "drows = dout.reshape(-1, C)"),
            (_DTO_MAPS, "dx = dx.reshape(N, C, H, W)"),
        ]),
    Mistake("dout reshaped without transpose", 83, "spatial_batchnorm_forward",
        symptom="forward right, every gradient wrong",
        hint="dout takes the same way as x.",
        edits=[(_DTO_ROWS, "drows = dout.reshape(-1, C)")]),
    Mistake("one mean for every pixel", 84, "spatial_batchnorm_forward",
        symptom="each place is normalised by itself",
        hint="How many means are there for C channels?",
        code=_spatial("0", "N")),
    Mistake("one mean for every picture", 84, "spatial_batchnorm_forward",
        symptom="each picture is normalised by itself, as instance norm does",
        hint="Over which axes is the mean taken?",
        code=_spatial("(2, 3)", "H * W")),
    Mistake("channels mixed", 84, "spatial_batchnorm_forward",
        symptom="all channels of a picture share a mean, as in layer norm",
        hint="Each channel has a mean of its own.",
        code=_spatial("(1, 2, 3)", "H * W")),
    Mistake("reshaped back without transpose", 85, "spatial_batchnorm_forward",
        symptom="right values in wrong places",
        hint="On the way back the axes are still N, H, W, C.",
        edits=[(_TO_MAPS, "out = out.reshape(N, C, H, W)")]),
    Mistake("dx reshaped back without transpose", 85, "spatial_batchnorm_forward",
        symptom="dx has the right values in wrong places",
        hint="On the way back the axes are still N, H, W, C.",
        edits=[(_DTO_MAPS, "dx = dx.reshape(N, C, H, W)")]),
    Mistake("back with the wrong transpose", 85, "spatial_batchnorm_forward",
        symptom="wrong shape, or height and width changed places",
        hint="Write down the order of the axes before and after each transpose.",
        edits=[(_TO_MAPS, "out = out.reshape(N, H, W, C).transpose(0, 3, 2, 1)")]),
    Mistake("N for N * H * W", 86, "spatial_batchnorm_forward",
        symptom="forward right, dx wrong",
        hint="Over how many numbers is each mean?",
        code=_spatial("(0, 2, 3)", "N")),
    Mistake("always training", 80, "spatial_batchnorm_forward",
        symptom="batch's statistics at test time",
        hint="Which arguments does your function hand on?",
        edits=[("running, train, momentum, eps)", "running, True, momentum, eps)")]),
    Mistake("momentum and eps not handed on", None, "spatial_batchnorm_forward",
        symptom="right for the default values only",
        hint="Which arguments does your function hand on?",
        edits=[("running, train, momentum, eps)", "running, train)")]),
]

_ROWS_OF = "rows = x.reshape(N * G, -1)"
_OF_ROWS = (
    "mean, var = rows.mean(axis=1, keepdims=True), rows.var(axis=1, keepdims=True)"
)
_OUT_OF = "out = gamma[:, None, None] * x_hat + beta[:, None, None]"
_DX_OF = "dx = scale * (dx_hat - in_mean - in_var)"
_DX_HAT_OF = "dx_hat = (dout * gamma[:, None, None]).reshape(rows.shape)"
_DGAMMA_OF = "dgamma = np.sum(dout * x_hat, axis=(0, 2, 3))"
_DBETA_OF = "dbeta = np.sum(dout, axis=(0, 2, 3))"

_GROUPS = [
    Mistake("eps outside the root", 68, "group_norm_forward",
        symptom="seen at small variance only",
        hint="What stands under the root?",
        edits=[(_SCALE, "scale = 1 / (np.sqrt(var) + eps)")]),
    Mistake("eps missing", 69, "group_norm_forward",
        symptom="seen at small variance; not a number where a group is constant",
        hint="Which argument is never used?",
        edits=[(_SCALE, "scale = 1 / np.sqrt(var)")]),
    Mistake("divides by the variance", None, "group_norm_forward",
        symptom="wrong by the factor of the deviation",
        hint="Variance or deviation?",
        edits=[(_SCALE, "scale = 1 / (var + eps)")]),
    Mistake("variance with N - 1", 71, "group_norm_forward",
        symptom="too small, most of all in small groups",
        hint="By what is the sum of squares divided?",
        edits=[("rows.var(axis=1, keepdims=True)", "rows.var(axis=1, keepdims=True, ddof=1)")]),
    Mistake("channels dealt out in turn", None, "group_norm_forward",
        symptom="right for layer norm and instance norm",
        hint="Which channels make up the first group: neighbours, or every second one?",
        edits=[
            (
                _ROWS_OF,
                "turned = x.reshape(N, -1, G, *x.shape[2:]).swapaxes(1, 2)\n"
                "    rows = turned.reshape(N * G, -1)",
            ),
            (
                "x_hat = ((rows - mean) * scale).reshape(x.shape)",
                "x_hat = ((rows - mean) * scale).reshape(turned.shape)\n"
                "    x_hat = x_hat.swapaxes(1, 2).reshape(x.shape)",
            ),
        ]),
    Mistake("groups of G channels", None, "group_norm_forward",
        symptom="right where there are as many groups as channels in a group",
        hint="Is G the number of groups, or that of the channels in one?",
        edits=[(_ROWS_OF, "rows = x.reshape(N * (x.shape[1] // G), -1)")]),
    Mistake("layer norm, whatever G is", 84, "group_norm_forward",
        symptom="right at G = 1",
        hint="Which argument is never used?",
        edits=[(_ROWS_OF, "rows = x.reshape(N, -1)")]),
    Mistake("instance norm, whatever G is", 84, "group_norm_forward",
        symptom="right at G = C",
        hint="Which argument is never used?",
        edits=[(_ROWS_OF, "rows = x.reshape(N * x.shape[1], -1)")]),
    Mistake("statistics of the batch", 84, "group_norm_forward",
        symptom="right for a single picture: pictures share a mean",
        hint="Who shares a mean in group norm: may two pictures?",
        edits=[
            (
                _OF_ROWS,
                "mean, var = rows.reshape(N, G, -1).mean(axis=(0, 2)), "
                "rows.reshape(N, G, -1).var(axis=(0, 2))\n"
                "    mean, var = np.tile(mean, N)[:, None], np.tile(var, N)[:, None]",
            )
        ]),
    Mistake("gamma and beta forgotten", None, "group_norm_forward",
        symptom="every group has mean 0 and deviation 1",
        hint="Which arguments are never used?",
        edits=[(_OUT_OF, "out = x_hat")]),
    Mistake("beta before gamma", 73, "group_norm_forward",
        symptom="the shift is gamma * beta",
        hint="First scale, then shift.",
        edits=[(_OUT_OF, "out = gamma[:, None, None] * (x_hat + beta[:, None, None])")]),
    Mistake("gamma along the columns", None, "group_norm_forward",
        symptom="an error, or channels scaled by the wrong numbers",
        hint="NumPy lays a shape of (C,) along the last axis. Which axis are the channels?",
        edits=[(_OUT_OF, "out = gamma * x_hat + beta")]),
    Mistake("statistics treated as constants", 74, "group_norm_forward",
        symptom="dx of a group does not add up to 0",
        hint="Does the mean change when one x does?",
        edits=[(_DX_OF, "dx = scale * dx_hat")]),
    Mistake("no path through the mean", 74, "group_norm_forward",
        symptom="dx of a group does not add up to 0",
        hint="Does the mean change when one x does?",
        edits=[(_DX_OF, "dx = scale * (dx_hat - in_var)")]),
    Mistake("no path through the variance", 75, "group_norm_forward",
        symptom="dx adds up to 0 and is still wrong",
        hint="How many shares has the table?",
        edits=[(_DX_OF, "dx = scale * (dx_hat - in_mean)")]),
    Mistake("sums for means", 76, "group_norm_forward",
        symptom="dx adds up to something far too large",
        hint="How much does a mean rise when one x rises by 1?",
        edits=[(_DX_OF, "dx = scale * (dx_hat - rows.shape[1] * (in_mean + in_var))")]),
    Mistake("gamma missing in dx", None, "group_norm_forward",
        symptom="dx is right where gamma is 1",
        hint="What lies between x_hat and out?",
        edits=[(_DX_HAT_OF, "dx_hat = dout.reshape(rows.shape)")]),
    Mistake("gamma last, as in batch norm", None, "group_norm_forward",
        symptom="dx is right where the channels of a group have the same gamma",
        hint="May gamma be pulled out of a mean over channels with different ones?",
        edits=[
            (_DX_HAT_OF, "dx_hat = dout.reshape(rows.shape)"),
            (_DX_OF, _DX_OF + "\n    dx = dx.reshape(dout.shape) * gamma[:, None, None]"),
        ]),
    Mistake("dgamma for each picture", None, "group_norm_forward",
        symptom="dgamma has shape (N, C)",
        hint="All pictures use the same gamma: their shares add up.",
        edits=[(_DGAMMA_OF, _DGAMMA_OF.replace("(0, 2, 3)", "(2, 3)"))]),
    Mistake("dgamma and dbeta as means", None, "group_norm_forward",
        symptom="too small by the number of places",
        hint="Gamma is used at every place: the shares add up.",
        edits=[
            (_DGAMMA_OF, _DGAMMA_OF.replace("np.sum", "np.mean")),
            (_DBETA_OF, _DBETA_OF.replace("np.sum", "np.mean")),
        ]),
    Mistake("dbeta times gamma", 79, "group_norm_forward",
        symptom="dbeta is right where gamma is 1",
        hint="How much does out rise when beta rises by 1?",
        edits=[(_DBETA_OF, "dbeta = gamma * np.sum(dout, axis=(0, 2, 3))")]),
]

_DROPOUT = [
    Mistake("not inverted", 95, "dropout_forward",
        symptom="too small by the factor p in training",
        hint="What keeps the sum as it was, on average?",
        edits=[("mask = keep / p", "mask = keep")]),
    Mistake("scaled at test time", 95, "dropout_forward",
        symptom="p times too small in both modes: dropout as it was first published",
        hint="Inverted dropout does nothing at test time.",
        edits=[
            ("mask = keep / p", "mask = keep"),
            (_UNMASKED, "mask = np.full(x.shape, p)"),
        ]),
    Mistake("scaled in both modes", 95, "dropout_forward",
        symptom="right in training, 1/p times too large at test time",
        hint="Inverted dropout does nothing at test time.",
        edits=[(_UNMASKED, "mask = np.full(x.shape, 1 / p)")],
        also=[
            [(_UNMASKED, "mask = np.full(x.shape, p)")]]),
    Mistake("scaled by 1 - p", 96, "dropout_forward",
        symptom="the right activations are kept, with the wrong factor",
        hint="Which share is kept, p or 1 - p?",
        edits=[("mask = keep / p", "mask = keep / (1 - p + 1e-12)")],
        also=[
            [("mask = keep / p", "mask = keep / (1 - p)")],
            [("mask = keep / p", "mask = keep * p")],
        ]),
    Mistake("for two dimensions only", None, "dropout_forward",
        symptom="an error for feature maps",
        hint="x may have any shape: x.shape knows it.",
        edits=[
            (
                _DRAW,
                "N, D = x.shape\n        keep = np.random.default_rng(seed).random((N, D)) < p",
            )
        ]),
    Mistake("no way back at test time", None, "dropout_forward",
        symptom="an error in backward after a forward pass at test time",
        hint="What is in the cache when nothing is dropped?",
        edits=[(_UNMASKED, "return x, None")]),
    Mistake("divided by the share that was kept", None, "dropout_forward",
        symptom="nearly right, and not a number where nothing is kept",
        hint="The factor is 1 / p, whatever the random numbers are.",
        edits=[("mask = keep / p", "mask = keep / keep.mean()")]),
    Mistake("p drops", 96, "dropout_forward",
        symptom="PyTorch's meaning of p: kept and dropped have changed places",
        hint="Does p say how much is kept or how much is dropped?",
        edits=[(_DRAW, "keep = np.random.default_rng(seed).random(x.shape) > p")]),
    Mistake("p drops and scales", 96, "dropout_forward",
        symptom="PyTorch's meaning of p, scaled by 1 / (1 - p)",
        hint="Does p say how much is kept or how much is dropped?",
        edits=[
            (_DRAW, "keep = np.random.default_rng(seed).random(x.shape) >= p"),
            ("mask = keep / p", "mask = keep / (1 - p + 1e-12)"),
        ]),
    Mistake("normal for uniform random numbers", 97, "dropout_forward",
        symptom="more is kept than p says",
        hint="Which numbers lie evenly between 0 and 1?",
        edits=[(_DRAW, "keep = np.random.default_rng(seed).normal(size=x.shape) < p")]),
    Mistake("one mask for the batch", 98, "dropout_forward",
        symptom="the same units are dropped in every row",
        hint="One random number for each activation: what is its shape?",
        edits=[
            (_DRAW, "keep = np.random.default_rng(seed).random(x.shape[1:]) < p"),
            ("mask = keep / p", "mask = np.ones(x.shape) * keep / p"),
        ]),
    Mistake("mask at test time", 99, "dropout_forward",
        symptom="activations are dropped when not training",
        hint="What should happen to x at test time?",
        edits=[(_UNMASKED, "mask = (np.random.default_rng(seed).random(x.shape) < p) / p")]),
    Mistake("x changed in place", None, "dropout_forward",
        symptom="out is right, and x has been masked too",
        hint="What does *= do to an array that somebody else still needs?",
        edits=[("return x * mask, mask", "x *= mask\n    return x, mask")]),
    Mistake("seed ignored", None, "dropout_forward",
        symptom="another mask at every call",
        hint="Which argument is never used?",
        edits=[(_DRAW, "keep = np.random.default_rng().random(x.shape) < p")],
        draws=True),
    Mistake("gradient not scaled", 95, "dropout_forward",
        symptom="dx is 0 in the right places, and too small elsewhere",
        hint="The slope of an output is the whole mask, its factor included.",
        edits=[("return dout * mask", "return dout * (mask > 0)")]),
    Mistake("gradient not masked", None, "dropout_forward",
        symptom="dropped activations get a gradient",
        hint="Did a dropped activation have any part in the output?",
        edits=[("return dout * mask", "return dout")]),
    Mistake("a fresh mask in backward", None, "dropout_forward",
        symptom="dx is 0 in other places than out",
        hint="Which mask had the forward pass?",
        edits=[
            (
                "return dout * mask",
                "return dout * (np.random.default_rng().random(dout.shape) < 0.5) / 0.5",
            )
        ],
        draws=True),
]

MISTAKES = [*_LRN, *_FORWARD, *_BACKWARD, *_MAPS, *_GROUPS, *_DROPOUT]
