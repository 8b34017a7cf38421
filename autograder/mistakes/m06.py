"""Known mistakes of lesson 06: FC layers, losses, and layers turned into one another."""

from autograder.mistakes import Mistake

_ROWS = "    rows = x.reshape(len(x), -1)  # (N, D)\n    return rows"
_SHIFT = "scores - scores.max(axis=1, keepdims=True)"
_LOG_P = "log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))"
_P = "p = np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)"
_UNSHIFTED = f"shifted = scores\n    {_P}"
_ONE_SHIFT = f"shifted = scores - scores.max()\n    {_P}"
_SMALL = "1e-5 1e-6 1e-7 1e-9 1e-10 1e-12 1e-15 1e-20 2.220446049250313e-16".split()
_SOFT_LOSS = "loss = -np.sum(log_p[rows, y]) / N"


def _through_p(start: str) -> list[list[tuple[str, str]]]:
    """Write the loss through probabilities: with their logarithm, and without."""
    logarithms = (
        "log_p = np.log(p)",
        "log_p = shifted - np.log(np.exp(shifted).sum(axis=1))[:, None]",
    )
    return [
        [(_LOG_P, f"{start}\n    {log_p}"), ("dscores = np.exp(log_p)", "dscores = p")]
        for log_p in logarithms
    ]


_AFFINE = [
    Mistake("bias forgotten", 2, "affine_forward",
        symptom="off by the bias of each unit",
        hint="Which argument is never used?",
        edits=[("rows @ w + b", "rows @ w")]),
    Mistake("x not flattened", 54, "affine_forward",
        symptom="an error, or the wrong shape, where x is a batch of feature maps",
        hint="How many numbers has each input, whatever its shape?",
        edits=[("rows = x.reshape(len(x), -1)  # (N, D)\n    return", "rows = x\n    return")],
        also=[
            [
                ("rows = x.reshape(len(x), -1)  # (N, D)\n    return", "rows = x\n    return"),
                ("rows = x.reshape(len(x), -1)  # (N, D)\n    dx", "rows = x\n    dx"),
            ]
        ]),
    Mistake("x not flattened for dw", 54, "affine_forward",
        symptom="dw has the wrong shape where x is a batch of feature maps",
        hint="dw has the shape of w: (D, M).",
        edits=[("dw = rows.T @ dout", "dw = x.T @ dout")]),
    Mistake("pictures reshaped to columns", 54, "affine_forward",
        symptom="right for a single picture, numbers of several pictures mixed in a batch",
        hint="Each picture must become one row, whole.",
        edits=[(_ROWS, "    rows = x.reshape(-1, len(x)).T\n    return rows")]),
    Mistake("Fortran order", 54, "affine_forward",
        symptom="right for flat input, wrong for pictures",
        hint="The last axis should change fastest.",
        edits=[(_ROWS, '    rows = x.reshape(len(x), -1, order="F")\n    return rows')]),
    Mistake("dx left flat", 55, "affine_forward",
        symptom="dx has the shape (N, D)",
        hint="dx has the shape of x.",
        edits=[("(dout @ w.T).reshape(x.shape)", "dout @ w.T")]),
    Mistake("db summed over the units", 56, "affine_forward",
        symptom="db has one number for each picture",
        hint="There is one bias for each unit.",
        edits=[("dout.sum(axis=0)", "dout.sum(axis=1)")]),
    Mistake("db keeps an axis", 56, "affine_forward",
        symptom="db has the shape (1, M)",
        hint="Right values, one axis too many: is there a keepdims?",
        edits=[("dout.sum(axis=0)", "dout.sum(axis=0, keepdims=True)")]),
    Mistake("db is one number", 41, "affine_forward",
        symptom="db is the total over all units",
        hint="There is one bias for each unit.",
        edits=[("dout.sum(axis=0)", "dout.sum()")]),
    Mistake("db averaged", 40, "affine_forward",
        symptom="db is too small by the factor N",
        hint="A bias that is used N times collects N times.",
        edits=[("dout.sum(axis=0)", "dout.mean(axis=0)")]),
    Mistake("dw divided by the batch size", 38, "affine_forward",
        symptom="dw is too small by the factor N",
        hint="The loss divides by N; does the layer have to?",
        edits=[("dw = rows.T @ dout", "dw = rows.T @ dout / len(x)")]),
    Mistake("dw from one picture", 37, "affine_forward",
        symptom="right for a batch of one",
        hint="Every picture of the batch uses the weights.",
        edits=[("dw = rows.T @ dout", "dw = rows[:1].T @ dout[:1]")]),
    Mistake("pictures reshaped to columns on the way back", 54, "affine_forward",
        symptom="dw is right for a batch of one",
        hint="Is x.reshape(D, N) the transpose of x.reshape(N, D)?",
        edits=[("dw = rows.T @ dout", "dw = x.reshape(-1, len(x)) @ dout")]),
]

_SOFTMAX = [
    Mistake("sum over the batch", 87, "softmax_loss",
        symptom="probabilities of a class add up to 1, not those of a picture",
        hint="Which axis are the classes?",
        edits=[(_LOG_P, "log_p = shifted - np.log(np.exp(shifted).sum(axis=0, keepdims=True))")]),
    Mistake("loss not divided by N", 88, "softmax_loss",
        symptom="the loss grows with the batch",
        hint="The loss is an average over the pictures.",
        edits=[(_SOFT_LOSS, "loss = -np.sum(log_p[rows, y])")]),
    Mistake("gradient not divided by N", 88, "softmax_loss",
        symptom="the gradient is too large by the factor N",
        hint="The loss is an average; what does that do to each slope?",
        edits=[("dscores / N", "dscores")]),
    Mistake("no -1 at the label", 89, "softmax_loss",
        symptom="wrong at the right class only, one entry in each row",
        hint="What must each row of dscores add up to?",
        edits=[("dscores[rows, y] -= 1", "pass")]),
    Mistake("-1 at every class", 89, "softmax_loss",
        symptom="every entry of dscores is negative",
        hint="dscores[:, y] takes whole columns. What takes one number from each row?",
        edits=[("dscores[rows, y] -= 1", "dscores[:, y] -= 1")]),
    Mistake("sign of the loss", 90, "softmax_loss",
        symptom="the loss is negative",
        hint="The logarithm of a probability is negative.",
        edits=[("loss = -np.sum", "loss = np.sum")]),
    Mistake("sign of the gradient", 90, "softmax_loss",
        symptom="the gradient points the other way",
        hint="Does the loss rise or fall with the score of the right class?",
        edits=[("return loss, dscores / N", "return loss, -dscores / N")]),
    Mistake("no shift", 91, "softmax_loss",
        symptom="nan for large scores",
        hint="What is np.exp(1000)?",
        edits=[(_SHIFT, "scores")],
        also=_through_p(_UNSHIFTED)),
    Mistake("one shift for the whole batch", 92, "softmax_loss",
        symptom="nan where rows are far apart",
        hint="A picture of small scores beside one of large scores: what is left of its sum?",
        edits=[(_SHIFT, "scores - scores.max()")],
        also=_through_p(_ONE_SHIFT)),
    Mistake("logarithm of a probability", 93, "softmax_loss",
        symptom="the loss is inf where the right class is far behind",
        hint="A tiny probability becomes 0. Take the logarithm on paper first.",
        edits=[(_LOG_P, "log_p = np.log(np.exp(shifted) / np.exp(shifted).sum(axis=1)[:, None])")]),
    Mistake("a small number inside the logarithm", 93, "softmax_loss",
        symptom="the loss stops at 18 where it should go on",
        hint="How large can the loss become, if its logarithm never sees less than 1e-8?",
        edits=[
            (
                _LOG_P,
                "log_p = np.log(np.exp(shifted) / np.exp(shifted).sum(axis=1)[:, None] + 1e-8)",
            )
        ],
        also=[
            [
                (
                    _LOG_P,
                    "log_p = np.log(np.exp(shifted) / np.exp(shifted).sum(axis=1)[:, None]"
                    f" + {small})",
                )
            ]
            for small in _SMALL
        ]),
    Mistake("scores changed in place", 94, "softmax_loss",
        symptom="the scores are shifted afterwards",
        hint="-= writes into the array that was handed in.",
        edits=[
            (
                "shifted = scores - scores.max(axis=1, keepdims=True)",
                "scores -= scores.max(axis=1, keepdims=True)\n    shifted = scores",
            )
        ]),
]

_SVM = [
    Mistake("the right class counted", None, "svm_loss",
        symptom="the loss is too large by 1",
        hint="The sum leaves one class out.",
        edits=[("    margins[rows, y] = 0\n", "")]),
    Mistake("no margin", None, "svm_loss",
        symptom="classes just behind the right one cost nothing",
        hint="How far ahead must the right class be?",
        edits=[("[:, None] + 1)", "[:, None])")]),
    Mistake("-1 at the label", 89, "svm_loss",
        symptom="wrong at the right class where several classes cost something",
        hint="In how many terms does the right class's score stand?",
        edits=[("-dscores.sum(axis=1)", "-1.0 * (dscores.sum(axis=1) > 0)")]),
    Mistake("nothing at the label", 89, "svm_loss",
        symptom="wrong at the right class only",
        hint="What must each row of dscores add up to?",
        edits=[("    dscores[rows, y] = -dscores.sum(axis=1)\n", "")]),
    Mistake("sign", 90, "svm_loss",
        symptom="the gradient points the other way",
        hint="Does the loss rise or fall with the score of the right class?",
        edits=[("(margins > 0)", "-1.0 * (margins > 0)")]),
    Mistake("scores changed in place", 94, "svm_loss",
        symptom="the scores are shifted afterwards",
        hint="-= writes into the array that was handed in.",
        edits=[
            (
                "margins = np.maximum(0, scores - scores[rows, y][:, None] + 1)",
                "scores -= scores[rows, y][:, None]\n    margins = np.maximum(0, scores + 1)",
            )
        ]),
]

_MATRIX = [
    Mistake("kernel flipped", 1, "conv_to_fc",
        symptom="the filter stands upside down in every column",
        hint="The layer is a correlation: no flip.",
        edits=[("f, i, j] = w[f]", "f, i, j] = w[f, :, ::-1, ::-1]")]),
    Mistake("stride ignored in the index", 5, "conv_to_fc",
        symptom="right at stride 1 only",
        hint="Where does the window of output i start?",
        edits=[("i * stride, j * stride", "i, j")]),
    Mistake("stride missing on one axis", 6, "conv_to_fc",
        symptom="right in the first column of outputs only",
        hint="Rows and columns move alike.",
        edits=[("i * stride, j * stride", "i * stride, j")]),
    Mistake("padding not cut off", 28, "conv_to_fc",
        symptom="too many rows in the matrix",
        hint="The padding is no input of the layer.",
        edits=[
            ("    w_fc = w_fc[:, pad : pad + H, pad : pad + W]\n", ""),
            ("w_fc.reshape(C * H * W,", "w_fc.reshape(-1,"),
        ]),
    Mistake("padding cut off at one side", 29, "conv_to_fc",
        symptom="moved by the padding",
        hint="Padding goes on every side: where does the picture begin?",
        edits=[("[:, pad : pad + H, pad : pad + W]", "[:, :H, :W]")]),
    Mistake("matrix transposed", 63, "conv_to_fc",
        symptom="one row for each output",
        hint="FC weights have the shape (D, M): one column for each unit.",
        edits=[
            (
                "w_fc.reshape(C * H * W, F * H_out * W_out)",
                "w_fc.reshape(C * H * W, F * H_out * W_out).T",
            )
        ]),
    Mistake("biases in turn", None, "conv_to_fc",
        symptom="right for one filter, biases mixed up for several",
        hint="All outputs of the first filter come first. np.repeat or np.tile?",
        edits=[("np.repeat(b, H_out * W_out)", "np.tile(b, H_out * W_out)")]),
    Mistake("bias not repeated", None, "conv_to_fc",
        symptom="one bias for each filter, not for each unit",
        hint="How many units has the layer?",
        edits=[("np.repeat(b, H_out * W_out)", "b")]),
    Mistake("channels last", 64, "conv_to_fc",
        symptom="right for one channel only",
        hint="x.reshape(N, -1) goes channel by channel.",
        edits=[
            (
                "return w_fc.reshape(C * H * W,",
                "w_fc = w_fc.transpose(1, 2, 0, 3, 4, 5)\n    return w_fc.reshape(C * H * W,",
            )
        ]),
    Mistake("filters last", 64, "conv_to_fc",
        symptom="right for one filter only",
        hint="out.reshape(N, -1) goes filter by filter.",
        edits=[
            (
                "return w_fc.reshape(C * H * W,",
                "w_fc = w_fc.transpose(0, 1, 2, 4, 5, 3)\n    return w_fc.reshape(C * H * W,",
            )
        ]),
]

_FILTERS = [
    Mistake("no transpose", 63, "fc_to_conv",
        symptom="right for one unit, weights of all units mixed for several",
        hint="The weights of one unit stand in a column. reshape goes along rows.",
        edits=[("w.T.reshape", "w.reshape")]),
    Mistake("channels last", 64, "fc_to_conv",
        symptom="right for one channel only",
        hint="In which order did x.reshape(N, -1) take the numbers of a volume?",
        edits=[("w.T.reshape(-1, C, H, W)", "w.T.reshape(-1, H, W, C).transpose(0, 3, 1, 2)")]),
    Mistake("height and width changed places", 16, "fc_to_conv",
        symptom="wrong shape where the volume is not square",
        hint="Which axis comes first, height or width?",
        edits=[("reshape(-1, C, H, W)", "reshape(-1, C, W, H)")]),
    Mistake("rows and columns of the filters changed places", 16, "fc_to_conv",
        symptom="every filter is transposed",
        hint="Inside a channel the numbers go row by row.",
        edits=[("reshape(-1, C, H, W)", "reshape(-1, C, W, H).transpose(0, 1, 3, 2)")]),
    Mistake("filters flipped", 1, "fc_to_conv",
        symptom="every filter is rotated by 180 degrees",
        hint="The layer is a correlation: no flip.",
        edits=[("reshape(-1, C, H, W)", "reshape(-1, C, H, W)[:, :, ::-1, ::-1]")]),
    Mistake("Fortran order", 54, "fc_to_conv",
        symptom="right for volumes of 1 x 1 only",
        hint="The last axis should change fastest.",
        edits=[("reshape(-1, C, H, W)", 'reshape((-1, C, H, W), order="F")')]),
    Mistake("bias forgotten", 2, "fc_to_conv",
        symptom="the bias is 0",
        hint="The units keep their biases.",
        edits=[("reshape(-1, C, H, W), b", "reshape(-1, C, H, W), np.zeros(len(b))")]),
]

_HALF = [
    Mistake("the rest not cut off", 25, "half_stride",
        symptom="the net refuses the shifted picture",
        hint="Of a shifted picture less than a stride is left over. The net minds.",
        edits=[("net(shifted[:, :, :H, :W])", "net(shifted)")]),
    Mistake("rows and columns changed places", 16, "half_stride",
        symptom="the maps of two passes stand in each other's place",
        hint="A pass that is shifted in rows fills odd rows.",
        edits=[("out[:, :, a::2, b::2]", "out[:, :, b::2, a::2]")]),
    Mistake("shifted by one pixel", None, "half_stride",
        symptom="right for stride 2 only",
        hint="How many pixels is half a stride?",
        edits=[("x[:, :, a * half :, b * half :]", "x[:, :, a:, b:]")]),
    Mistake("side by side instead of interleaved", None, "half_stride",
        symptom="the right numbers in the wrong places",
        hint="A cell of the shifted pass lies between two cells of the first.",
        edits=[
            (
                "        out[:, :, a::2, b::2] = maps[a, b]",
                "        rows = slice(h, None) if a else slice(h)\n"
                "        cols = slice(w, None) if b else slice(w)\n"
                "        out[:, :, rows, cols] = maps[a, b]",
            )
        ]),
    Mistake("zeros put in at the near side", None, "half_stride",
        symptom="the picture is shifted the other way",
        hint="Leave rows out at the top; what is left over at the bottom is cut off.",
        edits=[
            (
                "x[:, :, a * half :, b * half :]",
                "np.pad(x, ((0, 0), (0, 0), (a * half, 0), (b * half, 0)))"
                "[:, :, : x.shape[2], : x.shape[3]]",
            )
        ]),
]

_GAP = [
    Mistake("stride ignored", 5, "crop_gap",
        symptom="a gap where there is none, at every stride but 1",
        hint="How far apart are the crops of two neighbouring cells?",
        edits=[("i * stride, j * stride", "i, j")]),
    Mistake("rows and columns changed places", 16, "crop_gap",
        symptom="a gap where there is none, away from the diagonal",
        hint="Cell (i, j) begins at row i * stride.",
        edits=[("top, left = i * stride, j * stride", "left, top = i * stride, j * stride")]),
    Mistake("sign kept", None, "crop_gap",
        symptom="a gap below zero counts as none",
        hint="A difference may be negative.",
        edits=[
            (
                "np.max(np.abs(scores[:, :, i, j] - alone[:, :, 0, 0]))",
                "np.max(scores[:, :, i, j] - alone[:, :, 0, 0])",
            )
        ]),
    Mistake("the last cell decides", 31, "crop_gap",
        symptom="too small where an earlier cell differs more",
        hint="Keep the largest gap that you have seen.",
        edits=[("gap = max(gap, np.max(", "gap = (np.max(")]),
    Mistake("mean instead of the largest", None, "crop_gap",
        symptom="too small where the gap is uneven",
        hint="One bad cell is enough.",
        edits=[("np.max(np.abs(", "np.mean(np.abs(")]),
    Mistake("only one picture", 37, "crop_gap",
        symptom="too small where other pictures differ more",
        hint="The batch may hold several pictures.",
        edits=[
            (
                "np.abs(scores[:, :, i, j] - alone[:, :, 0, 0])",
                "np.abs(scores[0, :, i, j] - alone[0, :, 0, 0])",
            )
        ]),
]

_AVERAGE = [
    Mistake("sum instead of mean", 21, "average_map",
        symptom="too large by the number of cells",
        hint="Does a larger picture get larger scores?",
        edits=[("scores.mean(", "scores.sum(")]),
    Mistake("averages over classes", 46, "average_map",
        symptom="one number for each column, not for each class",
        hint="Which axes are the map's?",
        edits=[("axis=(2, 3)", "axis=(1, 2)")]),
    Mistake("averages over the batch", 18, "average_map",
        symptom="one answer for all pictures",
        hint="Each picture has an answer of its own.",
        edits=[("axis=(2, 3)", "axis=(0, 2, 3)")]),
    Mistake("axes kept", 56, "average_map",
        symptom="shape (N, M, 1, 1)",
        hint="Right values, two axes too many: is there a keepdims?",
        edits=[("axis=(2, 3)", "axis=(2, 3), keepdims=True")]),
    Mistake("maximum instead of mean", None, "average_map",
        symptom="the best cell speaks for all",
        hint="Every crop has a say.",
        edits=[("scores.mean(", "scores.max(")]),
    Mistake("only the last axis", 6, "average_map",
        symptom="one number for each row of the map",
        hint="A map has rows and columns.",
        edits=[("axis=(2, 3)", "axis=3")]),
]

MISTAKES = [
    *_AFFINE,
    *_SOFTMAX,
    *_SVM,
    *_MATRIX,
    *_FILTERS,
    *_HALF,
    *_GAP,
    *_AVERAGE,
]
