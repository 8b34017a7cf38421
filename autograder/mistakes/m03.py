"""Known mistakes of lesson 03: measured gradients, ReLU, and the backward pass of convolution."""

from autograder.mistakes import Mistake

_SHRUNK = "dx = dx_pad[:, :, pad : pad + H, pad : pad + W]"
_PLACE = "top : top + HH, left : left + WW"
_STOP = "top, left = i * stride, j * stride"
_ADD_DX = f"dx_pad[n, :, {_PLACE}] += dout[n, f, i, j] * w[f]"
_ADD_DW = "dw[f] += dout[n, f, i, j] * window"
_BACK = "w_back = w[:, :, ::-1, ::-1].transpose(1, 0, 2, 3)"
_PADDED = "((0, 0), (0, 0), (HH - 1, HH - 1), (WW - 1, WW - 1))"

_NUMERICAL = [
    Mistake("forward difference", None, "numerical_gradient",
        symptom="every slope is off by about h times half the second derivative",
        hint="A central difference looks h to the right and h to the left.",
        edits=[("        down[i] -= h\n", ""), ("(2 * h)", "h")]),
    Mistake("backward difference", None, "numerical_gradient",
        symptom="every slope is off by about h times half the second derivative",
        hint="A central difference looks h to the right and h to the left.",
        edits=[("        up[i] += h\n", ""), ("(2 * h)", "h")]),
    Mistake("divided by h", None, "numerical_gradient",
        symptom="every slope is twice too large",
        hint="How far apart are the two points that you compare?",
        edits=[("(2 * h)", "h")]),
    Mistake("not divided by the step", None, "numerical_gradient",
        symptom="every slope is 2 * h times too small",
        hint="A slope is a difference of the loss per unit of x.",
        edits=[(" / (2 * h)", "")]),
    Mistake("divided by 2, times h", None, "numerical_gradient",
        symptom="every slope is h * h times too small",
        hint="a / 2 * h divides by 2 and multiplies by h: mind the brackets.",
        edits=[("(2 * h)", "2 * h")]),
    Mistake("sign of the slope", None, "numerical_gradient",
        symptom="every slope has the wrong sign",
        hint="What is the loss to the right, less the loss to the left?",
        edits=[("f(up) - f(down)", "f(down) - f(up)")]),
    Mistake("dout forgotten", None, "numerical_gradient",
        symptom="right only where dout is 1",
        hint="Which argument does your function never use?",
        edits=[("(f(up) - f(down)) * dout", "f(up) - f(down)")]),
    Mistake("dout of the same index as x", None, "numerical_gradient",
        symptom="right only where each output depends on one input",
        hint="One number of x can move many outputs. All of them belong to the loss.",
        code="""
def numerical_gradient(f, x, dout, h=1e-5):
    dx = np.empty(x.shape)
    for i in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[i] += h
        down[i] -= h
        dx[i] = ((f(up) - f(down)) * dout)[i] / (2 * h)
    return dx
"""),
    Mistake("mean over the outputs", None, "numerical_gradient",
        symptom="every slope is too small by the number of outputs",
        hint="The loss is the sum of out * dout.",
        edits=[("np.sum", "np.mean")]),
    Mistake("all of x moved at once", None, "numerical_gradient",
        symptom="every entry holds the sum of all slopes",
        hint="Move one number of x and leave the others where they are.",
        edits=[("up[i] += h", "up += h"), ("down[i] -= h", "down -= h")]),
    Mistake("only the first axis looped", None, "numerical_gradient",
        symptom="each row holds the sum of its slopes",
        hint="x[i] is a whole row where x has two axes: look at np.ndindex.",
        edits=[("np.ndindex(x.shape)", "range(len(x))")]),
    Mistake("x not put back", None, "numerical_gradient",
        symptom="x has moved by h afterwards, and later slopes are taken elsewhere",
        hint="Are up and down copies of x, or x itself?",
        edits=[("up, down = x.copy(), x.copy()", "up, down = x.copy(), x")]),
    Mistake("x put back by arithmetic", None, "numerical_gradient",
        symptom="x differs afterwards in its last bits",
        hint="(x + h) - h need not be x. Keep the old number, or work on a copy.",
        code="""
def numerical_gradient(f, x, dout, h=1e-5):
    dx = np.empty(x.shape)
    for i in np.ndindex(x.shape):
        x[i] += h
        up = np.sum(f(x) * dout)
        x[i] -= 2 * h
        down = np.sum(f(x) * dout)
        x[i] += h
        dx[i] = (up - down) / (2 * h)
    return dx
"""),
    Mistake("step hard-coded", None, "numerical_gradient",
        symptom="the argument h changes nothing",
        hint="Which argument does your function never use?",
        edits=[("    dx = np.empty(x.shape)\n", "    h = 1e-5\n    dx = np.empty(x.shape)\n")]),
    Mistake("gradient left flat", None, "numerical_gradient",
        symptom="right values in one long row",
        hint="dx has the shape of x.",
        edits=[("return dx", "return dx.reshape(-1)")]),
]

_RELU = [
    Mistake("written into x", None, "relu_forward",
        symptom="x has lost its negative numbers",
        hint="x[x < 0] = 0 changes the caller's x. Make a new array.",
        edits=[
            (
                "    return np.maximum(x, 0), x\n",
                "    cache = x.copy()\n    x[x < 0] = 0\n    return x, cache\n",
            )
        ]),
    Mistake("largest of all", None, "relu_forward",
        symptom="out is a single number",
        hint="np.max finds the largest number of an array; np.maximum compares entry by entry.",
        edits=[("np.maximum(x, 0), x", "np.max(x), x")]),
    Mistake("minimum", None, "relu_forward",
        symptom="positive numbers are zero, negative ones remain",
        hint="Which numbers should come through?",
        edits=[("np.maximum", "np.minimum")]),
    Mistake("absolute value", None, "relu_forward",
        symptom="negative numbers come out positive",
        hint="A negative number should come out as zero.",
        edits=[("np.maximum(x, 0)", "np.abs(x)")]),
    Mistake("the gate for the output", None, "relu_forward",
        symptom="out holds 0 and 1 only",
        hint="x > 0 says where the gate is open. What comes through it?",
        edits=[("np.maximum(x, 0), x", "(x > 0) * 1.0, x")]),
    Mistake("leaky", None, "relu_forward",
        symptom="negative numbers are small, not zero",
        hint="That is the leaky ReLU. This one is zero for every negative x.",
        edits=[("np.maximum(x, 0)", "np.maximum(x, 0.01 * x)")]),
    Mistake("written into dout", 100, "relu_forward",
        symptom="dout has changed after the call",
        hint="dout[x < 0] = 0 changes the caller's dout. Make a new array.",
        edits=[("    return dout * (x > 0)\n", "    dout[x <= 0] = 0\n    return dout\n")]),
    Mistake("gate of dout", None, "relu_forward",
        symptom="negative gradients are lost, and shut gates let positive ones pass",
        hint="The gate belongs to x. A negative gradient passes an open gate.",
        edits=[("(x > 0)", "(dout > 0)")]),
    Mistake("dout forgotten in relu_backward", None, "relu_forward",
        symptom="dx holds 0 and 1 only",
        hint="That is how out changes with x. How does the loss change with out?",
        edits=[("dout * (x > 0)", "(x > 0) * 1.0")]),
    Mistake("multiplied by x", None, "relu_forward",
        symptom="every gradient that passes is scaled by x",
        hint="Where the gate is open, out moves exactly as much as x.",
        edits=[("dout * (x > 0)", "dout * np.maximum(x, 0)")]),
    Mistake("gate turned round", None, "relu_forward",
        symptom="the gradient passes where x was negative",
        hint="For which sign of x does out move with x?",
        edits=[("(x > 0)", "(x < 0)")]),
    Mistake("no gate", None, "relu_forward",
        symptom="dx equals dout",
        hint="What does out do when a negative x moves a little?",
        edits=[("dout * (x > 0)", "dout.copy()")]),
]

_CONV = [
    Mistake("crop -p at padding 0", 26, "conv_forward",
        symptom="dx is empty at padding 0",
        hint="a[0:-0] is a[0:0]. Count the end from the front: a[p : p + H].",
        edits=[(_SHRUNK, "dx = dx_pad[:, :, pad:-pad, pad:-pad]")],
        also=[
            [
                (
                    _SHRUNK,
                    "dx = np.zeros(x.shape)\n    dx[:] = dx_pad[:, :, pad:-pad, pad:-pad]",
                )
            ],
            [(_SHRUNK, "dx = dx_pad[:, :, pad:-pad, pad:-pad].reshape(x.shape)")],
        ]),
    Mistake("crop of 1, whatever the padding", 27, "conv_forward",
        symptom="dx has the right shape at padding 1 only",
        hint="How wide is the padding of dx? The cache knows it.",
        edits=[(_SHRUNK, "dx = dx_pad[:, :, 1:-1, 1:-1]")]),
    Mistake("padding left on dx", 28, "conv_forward",
        symptom="dx is larger than x by 2 * pad",
        hint="dx has the shape of x, not that of the padded x.",
        edits=[(_SHRUNK, "dx = dx_pad")]),
    Mistake("cropped at the top left", 29, "conv_forward",
        symptom="dx is shifted by pad rows and columns",
        hint="Pixel (0, 0) of x stands at (pad, pad) of the padded x.",
        edits=[(_SHRUNK, "dx = dx_pad[:, :, :H, :W]")]),
    Mistake("cropped along the wrong axes", None, "conv_forward",
        symptom="pictures and channels are missing from dx",
        hint="The padding lies along the last two axes of dx.",
        edits=[(_SHRUNK, "dx = dx_pad[pad:-pad, pad:-pad]")],
        also=[
            [(_SHRUNK, "dx = dx_pad[pad : pad + H, pad : pad + W]")],
            [(_SHRUNK, "dx = dx_pad[:, pad:-pad, pad:-pad]")],
        ]),
    Mistake("cropped twice", None, "conv_forward",
        symptom="dx is too small as soon as there is padding",
        hint="How many rows were added on each side, and how many do you take away?",
        edits=[(_SHRUNK, "dx = dx_pad[:, :, 2 * pad : H, 2 * pad : W]")],
        also=[
            [(_SHRUNK, "dx = dx_pad[:, :, 2 * pad : pad + H, 2 * pad : pad + W]")],
            [(_SHRUNK, "dx = dx_pad[:, :, pad : H, pad : W]")],
        ]),
    Mistake("dx replaced, not added", 30, "conv_forward",
        symptom="where windows overlap, only the last share is left",
        hint="A pixel in four windows gets four shares. What does = do to the first three?",
        edits=[(_ADD_DX, _ADD_DX.replace("+=", "="))],
        also=[
            [(_ADD_DX, _ADD_DX.replace("+=", "=").replace("dout[n, f, i, j] * w[f]",
                "np.tensordot(dout[n, :, i, j], w, axes=1)"))],
        ]),
    Mistake("dw replaced, not added", 31, "conv_forward",
        symptom="dw holds the share of the last place only",
        hint="A filter is used at every place. What does = do to the earlier shares?",
        edits=[(_ADD_DW, _ADD_DW.replace("+=", "="))]),
    Mistake("filter flipped in dx", 32, "conv_forward",
        symptom="a single 1 in dout leaves the filter rotated by 180 degrees",
        hint="Adding to windows needs no flip: weight (u, v) goes to pixel (u, v) of the window.",
        edits=[(_ADD_DX, _ADD_DX + "[:, ::-1, ::-1]")]),
    Mistake("window flipped in dw", 33, "conv_forward",
        symptom="dw is rotated by 180 degrees",
        hint="dw is a correlation: nothing is flipped.",
        edits=[(_ADD_DW, _ADD_DW + "[:, ::-1, ::-1]")]),
    Mistake("stride ignored", 34, "conv_forward",
        symptom="right at stride 1 only",
        hint="Where does the window of place (i, j) begin in conv_forward?",
        edits=[(_STOP, "top, left = i, j")]),
    Mistake("stride missing on one axis", 35, "conv_forward",
        symptom="right at stride 1 only; at larger strides the columns are wrong",
        hint="The stride counts for rows and for columns.",
        edits=[(_STOP, "top, left = i * stride, j")]),
    Mistake("dw from unpadded x", 36, "conv_forward",
        symptom="dw is wrong, or the shapes do not match, as soon as there is padding",
        hint="Which array did the filter see in conv_forward: x, or the padded x?",
        code="""
def conv_forward(x, w, b, stride=1, pad=0):
    out, _ = slide(x, w, b, stride, pad)
    return out, (x, w, b, stride, pad)


def conv_backward(dout, cache):
    x, w, b, stride, pad = cache
    H, W = x.shape[2:]
    HH, WW = w.shape[2:]
    dx_pad, dw = np.zeros(x.shape[:2] + (H + 2 * pad, W + 2 * pad)), np.zeros(w.shape)
    for n, f, i, j in np.ndindex(dout.shape):
        top, left = i * stride, j * stride
        dx_pad[n, :, top : top + HH, left : left + WW] += dout[n, f, i, j] * w[f]
        seen = x[n, :, top : top + HH, left : left + WW]
        dw[f, :, : seen.shape[1], : seen.shape[2]] += dout[n, f, i, j] * seen
    return dx_pad[:, :, pad : pad + H, pad : pad + W], dw, dout.sum(axis=(0, 2, 3))
"""),
    Mistake("dw from one picture", 37, "conv_forward",
        symptom="right for a batch of one picture",
        hint="Every picture of the batch used the filter.",
        edits=[(_ADD_DW, "dw[f] += (n == 0) * dout[n, f, i, j] * window")]),
    Mistake("dw divided by N", 38, "conv_forward",
        symptom="dw is too small by the number of pictures",
        hint="If the loss is a mean, dout has the 1/N in it already.",
        edits=[("return dx, dw, db", "return dx, dw / len(x), db")]),
    Mistake("dx divided by N", None, "conv_forward",
        symptom="dx is too small by the number of pictures",
        hint="If the loss is a mean, dout has the 1/N in it already.",
        edits=[("return dx, dw, db", "return dx / len(x), dw, db")]),
    Mistake("db summed over wrong axes", 39, "conv_forward",
        symptom="db has shape (N, F)",
        hint="One bias serves all pictures: three axes of dout are summed, one is left.",
        edits=[("return dx, dw, db", "return dx, dw, dout.sum(axis=(2, 3))")]),
    Mistake("db a mean", 40, "conv_forward",
        symptom="db is too small by N * H_out * W_out",
        hint="The shares add up; nobody divides by their number.",
        edits=[("return dx, dw, db", "return dx, dw, dout.mean(axis=(0, 2, 3))")]),
    Mistake("db a total over all filters", 41, "conv_forward",
        symptom="db is one number, or the same for every filter",
        hint="Filter f has its own bias, which only the map f of the output uses.",
        edits=[("db[f] += dout[n, f, i, j]", "db += dout[n, f, i, j]")]),
    Mistake("db counts the places", None, "conv_forward",
        symptom="db is N * H_out * W_out whatever dout is",
        hint="That is how out changes with b. How does the loss change with out?",
        edits=[("db[f] += dout[n, f, i, j]", "db[f] += 1")]),
    Mistake("the cache keeps a reshaped w", 42, "conv_forward",
        symptom="dw comes back in the shape (F, C * HH * WW)",
        hint="dw has the shape of w as conv_forward was given it.",
        code="""
def conv_forward(x, w, b, stride=1, pad=0):
    out, _ = slide(x, w, b, stride, pad)
    return out, (x, w.reshape(len(w), -1), w.shape[2:], stride, pad)


def conv_backward(dout, cache):
    x, rows, (HH, WW), stride, pad = cache
    C, H, W = x.shape[1:]
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    dx_pad, dw = np.zeros(x_pad.shape), np.zeros(rows.shape)
    for n, f, i, j in np.ndindex(dout.shape):
        top, left = i * stride, j * stride
        place = n, slice(None), slice(top, top + HH), slice(left, left + WW)
        dx_pad[place] += dout[n, f, i, j] * rows[f].reshape(C, HH, WW)
        dw[f] += dout[n, f, i, j] * x_pad[place].reshape(-1)
    return dx_pad[:, :, pad : pad + H, pad : pad + W], dw, dout.sum(axis=(0, 2, 3))
"""),
    Mistake("the cache keeps the padded x", 42, "conv_forward",
        symptom="dx has the shape of the padded x, and dw is taken from x padded twice",
        hint="Pad once: either before the cache is made, or after it is read.",
        edits=[
            (
                "cache = (x, w, b, stride, pad)",
                "x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))\n"
                "    cache = (x_pad, w, b, stride, pad)",
            )
        ]),
    Mistake("dout forgotten in dx", None, "conv_forward",
        symptom="dx is the same for every dout",
        hint="The share of a window is dout times the filter.",
        edits=[(_ADD_DX, _ADD_DX.replace("dout[n, f, i, j] * ", ""))]),
    Mistake("HH used for the width", 17, "conv_forward",
        symptom="right for square filters only",
        hint="A window is HH rows high and WW columns wide.",
        edits=[("    HH, WW = w.shape[2:]\n", "    HH = WW = w.shape[2]\n")],
        also=[
            [("    HH, WW = w.shape[2:]\n", "    HH = WW = w.shape[3]\n")],
            [("for n, f, i, j in np.ndindex(dout.shape):",
              "for n, f, i, j in np.ndindex(*dout.shape[:3], dout.shape[2]):")],
            [("for n, f, i, j in np.ndindex(dout.shape):",
              "for n, f, i, j in np.ndindex(*dout.shape[:3], min(dout.shape[2:])):")],
            [
                ("    H, W = x.shape[2:]\n", "    H = W = x.shape[2]\n"),
                ("    HH, WW = w.shape[2:]\n", "    HH = WW = w.shape[2]\n"),
            ],
        ]),
]

_FULL = [
    Mistake("filter not flipped", None, "dx_by_full_convolution",
        symptom="a single 1 in dout leaves the filter rotated by 180 degrees",
        hint="conv_forward does not flip. The sum for dx has minus signs.",
        edits=[(_BACK, "w_back = w.transpose(1, 0, 2, 3)")]),
    Mistake("rows flipped only", None, "dx_by_full_convolution",
        symptom="right for filters of one column",
        hint="Both p - u and q - v have a minus sign.",
        edits=[("[:, :, ::-1, ::-1]", "[:, :, ::-1]")]),
    Mistake("columns flipped only", None, "dx_by_full_convolution",
        symptom="right for filters of one row",
        hint="Both p - u and q - v have a minus sign.",
        edits=[("[:, :, ::-1, ::-1]", "[:, :, :, ::-1]")]),
    Mistake("height and width exchanged in w", None, "dx_by_full_convolution",
        symptom="right for symmetric filters only",
        hint="A transpose turns rows into columns. A flip reads both backwards.",
        edits=[("transpose(1, 0, 2, 3)", "transpose(1, 0, 3, 2)")]),
    Mistake("axes of w reshaped, not exchanged", None, "dx_by_full_convolution",
        symptom="right for one filter or one channel",
        hint="reshape keeps the order of the numbers; transpose exchanges axes.",
        edits=[("transpose(1, 0, 2, 3)", "reshape(C, -1, HH, WW)")]),
    Mistake("axes of w not exchanged", None, "dx_by_full_convolution",
        symptom="the channels do not match, or are mixed up",
        hint="dout has F channels and dx has C: what shape must the filters have?",
        edits=[(".transpose(1, 0, 2, 3)", "")]),
    Mistake("filters in reverse order", None, "dx_by_full_convolution",
        symptom="right for one filter and one channel",
        hint="Only height and width are flipped, not the order of filters or channels.",
        edits=[("w[:, :, ::-1, ::-1]", "w[::-1, ::-1, ::-1, ::-1]")]),
    Mistake("no padding of dout", None, "dx_by_full_convolution",
        symptom="dx is smaller than x",
        hint="dx is larger than dout. How far does the filter reach over the edge?",
        edits=[(_PADDED, "((0, 0), (0, 0), (0, 0), (0, 0))")]),
    Mistake("padding of HH - 1 on all sides", None, "dx_by_full_convolution",
        symptom="right shape for square filters only",
        hint="A filter that is wider than high reaches further to the sides.",
        edits=[(_PADDED, "((0, 0), (0, 0), (HH - 1, HH - 1), (HH - 1, HH - 1))")]),
    Mistake("padding that keeps the size", None, "dx_by_full_convolution",
        symptom="dx has the size of dout",
        hint="(F - 1)/2 on each side keeps the size. dx must grow by F - 1.",
        edits=[(_PADDED, "((0, 0), (0, 0), ((HH - 1) // 2, HH // 2), ((WW - 1) // 2, WW // 2))")]),
    Mistake("edge values for padding", None, "dx_by_full_convolution",
        symptom="wrong near the border",
        hint="Outside dout there are no outputs, so nothing comes back from there.",
        edits=[(_PADDED, _PADDED + ', mode="edge"')]),
]

_AT_STRIDE = [
    Mistake("no zeros between", None, "dx_at_stride",
        symptom="right at stride 1 only; at larger strides dx is too small",
        hint="Between neighbours of dout there are stops that were left out.",
        edits=[("dx_by_full_convolution(apart, w)", "dx_by_full_convolution(dout, w)")]),
    Mistake("as many zeros as the stride", None, "dx_at_stride",
        symptom="dx is too large, and the stamps of the filter lie too far apart",
        hint="From one entry of dout to the next it is stride steps: how many zeros lie between?",
        edits=[
            (
                "(H_out - 1) * stride + 1, (W_out - 1) * stride + 1",
                "(H_out - 1) * (stride + 1) + 1, (W_out - 1) * (stride + 1) + 1",
            ),
            ("::stride, ::stride", ":: stride + 1, :: stride + 1"),
        ]),
    Mistake("zeros after the last entry, too", None, "dx_at_stride",
        symptom="dx has stride - 1 rows and columns too many, all zeros",
        hint="Zeros belong between neighbours. The last entry has none to its right.",
        edits=[
            (
                "(H_out - 1) * stride + 1, (W_out - 1) * stride + 1",
                "H_out * stride, W_out * stride",
            )
        ],
        also=[
            [
                (
                    "(H_out - 1) * stride + 1, (W_out - 1) * stride + 1",
                    "(H_out - 1) * stride + stride, (W_out - 1) * stride + stride",
                )
            ]
        ]),
    Mistake("zeros along the width only", None, "dx_at_stride",
        symptom="dx has too few rows",
        hint="The windows are stride rows apart, too.",
        edits=[("(H_out - 1) * stride + 1, ", "H_out, "), ("::stride, ::stride", ":, ::stride")]),
    Mistake("zeros along the height only", None, "dx_at_stride",
        symptom="dx has too few columns",
        hint="The windows are stride columns apart, too.",
        edits=[("(W_out - 1) * stride + 1)", "W_out)"), ("::stride, ::stride", "::stride, :")]),
    Mistake("entries repeated", None, "dx_at_stride",
        symptom="the stamps of the filter overlap where zeros should keep them apart",
        hint="What was left out did not change the loss: what is its gradient?",
        edits=[
            (
                "    apart[:, :, ::stride, ::stride] = dout\n",
                "    apart[...] = dout.repeat(stride, 2).repeat(stride, 3)"
                "[:, :, : apart.shape[2], : apart.shape[3]]\n",
            )
        ]),
    Mistake("filter flipped twice", None, "dx_at_stride",
        symptom="a single 1 in dout leaves the filter rotated by 180 degrees",
        hint="dx_by_full_convolution flips the filter already.",
        edits=[("dx_by_full_convolution(apart, w)",
                "dx_by_full_convolution(apart, w[:, :, ::-1, ::-1])")]),
    Mistake("stride fixed at 2", None, "dx_at_stride",
        symptom="right at stride 2 only",
        hint="Which argument does your function never use?",
        edits=[("    N, F, H_out", "    stride = 2\n    N, F, H_out")]),
    Mistake("every second pixel of dx kept", None, "dx_at_stride",
        symptom="dx is smaller than the picture that the layer saw",
        hint="A stride thins the outputs, not the pixels. What must be spread?",
        edits=[("return dx_by_full_convolution(apart, w)",
                "return dx_by_full_convolution(dout, w)[:, :, ::stride, ::stride]")]),
]

_PROJECTION = [
    Mistake("forward difference", None, "projection_check",
        symptom="the measured slope is off by about h times half the curvature",
        hint="A central difference looks along v and against v.",
        edits=[("f(x - h * v)) * dout) / (2 * h)", "f(x)) * dout) / h")]),
    Mistake("divided by h", None, "projection_check",
        symptom="the measured slope is twice too large",
        hint="How far apart are the two points that you compare?",
        edits=[("(2 * h)", "h")]),
    Mistake("dout forgotten", None, "projection_check",
        symptom="the measured slope is right only where dout is 1",
        hint="f returns out. The loss is the sum of out * dout.",
        edits=[("v)) * dout)", "v)))")]),
    Mistake("dout twice", None, "projection_check",
        symptom="the slope of dx is right only where dout is 1",
        hint="dx is the gradient of the loss: dout is in it already.",
        edits=[("np.sum(dx * v)", "np.sum(dx * dout * v)")]),
    Mistake("v missing in the slope of dx", None, "projection_check",
        symptom="the slope of dx does not depend on the direction",
        hint="A number that moves twice as far counts twice.",
        edits=[("np.sum(dx * v)", "np.sum(dx)")]),
    Mistake("v missing in the step", None, "projection_check",
        symptom="the measured slope does not depend on the direction",
        hint="The step goes along v: each number of x moves by h times its own v.",
        edits=[("f(x + h * v) - f(x - h * v)", "f(x + h) - f(x - h)")]),
    Mistake("v shortened to length 1", None, "projection_check",
        symptom="both slopes are too small by the length of v",
        hint="Take v as it is; the step is in units of v.",
        edits=[
            ("    analytic =", "    v = v / np.linalg.norm(v)\n    analytic ="),
        ]),
    Mistake("order of the results", None, "projection_check",
        symptom="the two slopes have changed places",
        hint="First what dx says, then what is measured.",
        edits=[("return analytic, numeric", "return numeric, analytic")]),
    Mistake("one slope for both", None, "projection_check",
        symptom="the two slopes agree even for a wrong dx",
        hint="The first slope must come from dx and v alone.",
        edits=[("return analytic, numeric", "return numeric, numeric")]),
    Mistake("only the difference", None, "projection_check",
        symptom="one number comes back where two are asked for",
        hint="Return both slopes, and leave the verdict to the caller.",
        edits=[("return analytic, numeric", "return abs(analytic - numeric)")]),
    Mistake("x moved in place", None, "projection_check",
        symptom="x differs after the call",
        hint="x += h * v changes the caller's x. x + h * v makes a new array.",
        edits=[
            (
                "    numeric = np.sum((f(x + h * v) - f(x - h * v)) * dout) / (2 * h)\n",
                "    x += h * v\n    up = f(x)\n    x -= 2 * h * v\n"
                "    numeric = np.sum((up - f(x)) * dout) / (2 * h)\n",
            )
        ]),
]

MISTAKES = [*_NUMERICAL, *_RELU, *_CONV, *_FULL, *_AT_STRIDE, *_PROJECTION]
