"""Known mistakes of lesson 07: 1 x 1 filters, dilation, receptive fields, stacks."""

from autograder.mistakes import Mistake

ONE_BY_ONE = [
    Mistake("1 x 1 as a scalar", 67, "conv_1x1",
        symptom="channels are scaled, not mixed",
        hint="Every output is a dot product over all channels of its pixel.",
        code="""
def conv_1x1(x, w, b):
    F, C = w.shape[:2]
    out = [w[f, f % C, 0, 0] * x[:, f % C] + b[f] for f in range(F)]
    return np.stack(out, axis=1)
"""),
    Mistake("reshape without transpose", None, "conv_1x1",
        symptom="right shape, wrong values: a row holds numbers of several pixels",
        hint="Which axis must be the last one before you reshape?",
        edits=[("x.transpose(0, 2, 3, 1).reshape(", "x.reshape(")]),
    Mistake("reshape back without transpose", 59, "conv_1x1",
        symptom="the right values in the wrong places",
        hint="The rows are ordered by picture, row, column. Where do the filters stand?",
        edits=[(".reshape(N, H, W, F).transpose(0, 3, 1, 2)", ".reshape(N, F, H, W)")]),
    Mistake("output left depth last", None, "conv_1x1",
        symptom="the shape is (N, H, W, F)",
        hint="Arrays are NCHW here.",
        edits=[(".transpose(0, 3, 1, 2)", "")]),
    Mistake("reshaped for transposed", 58, "conv_1x1",
        symptom="the weights are shuffled, but for one filter or one channel",
        hint="Does a reshape of w to (C, F) move rows to columns?",
        edits=[("w.reshape(F, C).T", "w.reshape(C, F)")]),
    Mistake("bias forgotten", 2, "conv_1x1",
        symptom="every feature map is off by its bias",
        hint="Which argument is never used?",
        edits=[(".T, b)", ".T, 0 * b)")]),
    Mistake("sums over the batch", 18, "conv_1x1",
        symptom="all pictures of the batch get the same answer",
        hint="One output belongs to one picture.",
        edits=[("pixels = x.transpose", "pixels = (0 * x + x.sum(axis=0)).transpose")]),
    Mistake("only channel 0", 20, "conv_1x1",
        symptom="right for grey pictures only",
        hint="A pixel has C numbers.",
        edits=[
            ("reshape(N * H * W, C)", "reshape(N * H * W, C)[:, :1]"),
            ("w.reshape(F, C).T", "w.reshape(F, C)[:, :1].T"),
        ]),
    Mistake("mean instead of sum", 21, "conv_1x1",
        symptom="too small by the factor C, but for the bias",
        hint="A dot product adds up its products.",
        edits=[(".T, b)", ".T / C, b)")]),
    Mistake("height and width changed places", 16, "conv_1x1",
        symptom="right values, wrong places where the picture is not square",
        hint="In which order did the pixels become rows?",
        edits=[
            (
                ".reshape(N, H, W, F).transpose(0, 3, 1, 2)",
                ".reshape(N, W, H, F).transpose(0, 3, 2, 1)",
            )
        ]),
]

_FORTH = "in np.ndindex(out.shape):\n"
_BACK = "in np.ndindex(dout.shape):\n"
_ROWS = "        rows = slice(i * stride, i * stride + HH_reach, dilation)\n"
_COLS = "        cols = slice(j * stride, j * stride + WW_reach, dilation)\n"
_ROOM = "H_room, W_room = H - HH_reach + 2 * pad, W - WW_reach + 2 * pad"
_START = "N, _, H, W = x.shape\n"
_REFUSED = "if min(H_room, W_room) < 0 or H_room % stride or W_room % stride:"
_REACH_BACK = """WW = w.shape[2:]
    HH_reach, WW_reach = dilation * (HH - 1) + 1, dilation * (WW - 1) + 1
"""
_REACH = """WW = w.shape
    HH_reach, WW_reach = dilation * (HH - 1) + 1, dilation * (WW - 1) + 1
"""
_PADDED_FORTH = """    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    out = """
_PADDED_BACK = """    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    dx_pad"""
_DOT = "np.sum(x_pad[n, :, rows, cols] * w[f])"

FORWARD = [
    Mistake("dilation off by one", 65, "conv_forward",
        symptom="dilation 1 leaves a pixel out already",
        hint="Dilation counts the pixels from one weight to the next, not the pixels between them.",
        edits=[(_START, _START + "    dilation += 1\n")]),
    Mistake("dilation off by one, the other way", 65, "conv_forward",
        symptom="dilation 2 gives what dilation 1 should",
        hint="At dilation 2, how many pixels are from one weight to the next?",
        edits=[(_START, _START + "    dilation = max(1, dilation - 1)\n")]),
    Mistake("output size from F, not from the reach", 66, "conv_forward",
        symptom="an error, or zeros at the end: the last windows hang over the edge",
        hint="From its first row to its last, how many rows does the filter reach over?",
        edits=[(_ROOM, "H_room, W_room = H - HH + 2 * pad, W - WW + 2 * pad")]),
    Mistake("output size from F, tail left zero", 66, "conv_forward",
        symptom="too many rows and columns, the last of them zero",
        hint="From its first row to its last, how many rows does the filter reach over?",
        edits=[
            (_ROOM, "H_room, W_room = H - HH + 2 * pad, W - WW + 2 * pad"),
            ("np.empty((N, F", "np.zeros((N, F"),
            (
                _FORTH + _ROWS + _COLS,
                _FORTH
                + _ROWS
                + _COLS
                + "        if x_pad[n, :, rows, cols].shape[1:] != (HH, WW):\n"
                + "            continue\n",
            ),
        ]),
    Mistake("reach is D times F", 66, "conv_forward",
        symptom="too few rows and columns as soon as dilation is 2",
        hint="Between HH weights there are HH - 1 steps.",
        edits=[(_REACH, _REACH.replace("(HH - 1) + 1", "HH").replace("(WW - 1) + 1", "WW"))]),
    Mistake("dilation ignored", None, "conv_forward",
        symptom="right at dilation 1 only",
        hint="Which argument is never used?",
        edits=[(_START, _START + "    dilation = 1\n")]),
    Mistake("dilation on rows only", None, "conv_forward",
        symptom="the window's columns lie side by side",
        hint="Rows and columns are pulled apart alike.",
        edits=[
            (_REACH, _REACH.replace("dilation * (WW - 1) + 1", "WW")),
            (_FORTH + _ROWS + _COLS, _FORTH + _ROWS + _COLS.replace(", dilation", "")),
        ]),
    Mistake("window dilated, size not", None, "conv_forward",
        symptom="the window is cut off before its last weight",
        hint="Where does the slice end that holds HH rows, dilation apart?",
        edits=[
            (
                _FORTH + _ROWS + _COLS,
                _FORTH + (_ROWS + _COLS).replace("HH_reach", "HH").replace("WW_reach", "WW"),
            ),
            (
                _DOT,
                "np.sum((s := x_pad[n, :, rows, cols]) * w[f, :, : s.shape[1], : s.shape[2]])",
            ),
        ]),
    Mistake("dilation moves the window", None, "conv_forward",
        symptom="the windows are too far apart where dilation is not 1",
        hint="Stride moves the window; what does dilation do?",
        edits=[
            (_START, _START + "    stride = stride * dilation\n"),
        ]),
    Mistake("pixels of the picture left out", None, "conv_forward",
        symptom="a small picture convolved without holes: too few outputs",
        hint="Neighbouring windows start at neighbouring pixels, whatever the dilation.",
        edits=[(_START, "x = x[:, :, ::dilation, ::dilation]\n    dilation = 1\n    " + _START)]),
    Mistake("padding multiplied by dilation", None, "conv_forward",
        symptom="too many rows and columns where there is padding",
        hint="Padding counts pixels.",
        edits=[(_START, _START + "    pad = pad * dilation\n")]),
    Mistake("kernel flipped", 1, "conv_forward",
        symptom="all values wrong, except for 1 x 1 filters",
        hint="This layer does not turn its filter.",
        edits=[(_DOT, _DOT.replace("w[f]", "w[f, :, ::-1, ::-1]"))]),
    Mistake("bias forgotten", 2, "conv_forward",
        symptom="every feature map is off by its bias",
        hint="Which argument is never used?",
        edits=[(" + b[f]", "")]),
    Mistake("bias added inside the sum", 3, "conv_forward",
        symptom="the bias counts once for every weight",
        hint="How often does the bias come in the formula?",
        edits=[(_DOT + " + b[f]", "np.sum(x_pad[n, :, rows, cols] * w[f] + b[f])")]),
    Mistake("stride ignored in the index", 5, "conv_forward",
        symptom="right shape, right at stride 1",
        hint="Where does the window of output i start?",
        edits=[(_FORTH + _ROWS + _COLS, _FORTH + (_ROWS + _COLS).replace(" * stride", ""))]),
    Mistake("stride missing on one axis", 6, "conv_forward",
        symptom="only the first column is right",
        hint="Rows and columns move alike.",
        edits=[(_FORTH + _ROWS + _COLS, _FORTH + _ROWS + _COLS.replace(" * stride", ""))]),
    Mistake("pads one side only", 9, "conv_forward",
        symptom="moved by the padding",
        hint="Padding goes on every side.",
        edits=[
            (
                _PADDED_FORTH,
                _PADDED_FORTH.replace("(pad, pad), (pad, pad)", "(0, 2 * pad), (0, 2 * pad)"),
            )
        ]),
    Mistake("padding counted once", 12, "conv_forward",
        symptom="too few rows and columns",
        hint="On how many sides of a row is padding?",
        edits=[(_ROOM, _ROOM.replace("2 * pad", "pad"))]),
    Mistake("no +1", 13, "conv_forward",
        symptom="the last row and column are missing",
        hint="How many stops has a filter as large as the picture?",
        edits=[
            ("H_room // stride + 1, W_room // stride + 1", "H_room // stride, W_room // stride")
        ]),
    Mistake("square output assumed", 15, "conv_forward",
        symptom="wrong shape where the picture is not square",
        hint="Height and width have their own formulas.",
        edits=[("H_room // stride + 1, W_room // stride + 1", "*(2 * [H_room // stride + 1])")]),
    Mistake("height used as the window's width", 17, "conv_forward",
        symptom="an error or wrong values where the filter is not square",
        hint="A filter has a height and a width.",
        edits=[(_FORTH + _ROWS + _COLS, _FORTH + _ROWS + _COLS.replace("WW_reach", "HH_reach"))]),
    Mistake("only channel 0", 20, "conv_forward",
        symptom="right for grey pictures only",
        hint="The window goes through all channels.",
        edits=[(_DOT, "np.sum(x_pad[n, 0, rows, cols] * w[f, 0])")]),
    Mistake("a size that does not fit is accepted", 25, "conv_forward",
        symptom="no ValueError where the windows do not end at the edge",
        hint="What should happen when the division leaves a remainder?",
        edits=[(_REFUSED, "if min(H_room, W_room) < 0:")]),
    Mistake("fit checked for the filter without holes", 25, "conv_forward",
        symptom="sizes are refused that fit, or accepted that do not",
        hint="Which size has to fit: that of the weights, or that from end to end?",
        edits=[
            (_REFUSED, "if (H - HH + 2 * pad) % stride or (W - WW + 2 * pad) % stride:"),
        ]),
]

_ADD_DX = "dx_pad[n, :, rows, cols] += dout[n, f, i, j] * w[f]"
_ADD_DW = "dw[f] += dout[n, f, i, j] * x_pad[n, :, rows, cols]"
_ADD_DB = "db[f] += dout[n, f, i, j]"
_CUT = "dx_pad[:, :, pad : pad + H, pad : pad + W]"

BACKWARD = [
    Mistake("dilation forgotten on the way back", None, "conv_forward",
        symptom="the gradients lie side by side where the filter has holes",
        hint="Backward writes where forward has read.",
        edits=[
            (_REACH_BACK, "WW = w.shape[2:]\n    dilation = 1\n    HH_reach, WW_reach = HH, WW\n")
        ]),
    Mistake("dilation off by one on the way back", 65, "conv_forward",
        symptom="the holes are too wide, and windows hang over the edge",
        hint="Backward writes where forward has read.",
        edits=[
            (
                _REACH_BACK,
                "WW = w.shape[2:]\n    dilation += 1\n" + _REACH_BACK.split("\n")[1] + "\n",
            )
        ]),
    Mistake("dilation on rows only, on the way back", None, "conv_forward",
        symptom="the gradient's columns lie side by side",
        hint="Rows and columns are pulled apart alike.",
        edits=[
            (_REACH_BACK, _REACH_BACK.replace("dilation * (WW - 1) + 1", "WW")),
            (_BACK + _ROWS + _COLS, _BACK + _ROWS + _COLS.replace(", dilation", "")),
        ]),
    Mistake("the holes get a gradient, too", None, "conv_forward",
        symptom="dx is nowhere zero between the weights",
        hint="Does a pixel that the filter skips change the output?",
        edits=[
            (
                _ADD_DX,
                "wide = w[f].repeat(dilation, 1).repeat(dilation, 2)[:, :HH_reach, :WW_reach]\n"
                "        dense = dx_pad[n, :, rows.start : rows.stop, cols.start : cols.stop]\n"
                "        dense += dout[n, f, i, j] * wide",
            )
        ]),
    Mistake("crop from -p at p = 0", 26, "conv_forward",
        symptom="dx is empty without padding",
        hint="What is a[0:-0]?",
        edits=[(_CUT, "dx_pad[:, :, pad:-pad, pad:-pad]")]),
    Mistake("crop hard-coded", 27, "conv_forward",
        symptom="right at padding 1 only",
        hint="How wide is the padding?",
        edits=[(_CUT, "dx_pad[:, :, 1:-1, 1:-1]")]),
    Mistake("not cropped", 28, "conv_forward",
        symptom="dx has the shape of the padded picture",
        hint="The zeros of the padding are no part of x.",
        edits=[(_CUT, "dx_pad")]),
    Mistake("crops top left", 29, "conv_forward",
        symptom="dx is moved by the padding",
        hint="On which sides is padding?",
        edits=[(_CUT, "dx_pad[:, :, :H, :W]")]),
    Mistake("dx assigned, not added", 30, "conv_forward",
        symptom="where windows overlap only the last one counts",
        hint="A pixel in several windows collects from all of them.",
        edits=[(_ADD_DX, _ADD_DX.replace("+=", "="))]),
    Mistake("dw assigned, not added", 31, "conv_forward",
        symptom="only the last place counts",
        hint="A weight is used at every place.",
        edits=[(_ADD_DW, _ADD_DW.replace("+=", "="))]),
    Mistake("kernel flipped in dx", 32, "conv_forward",
        symptom="one entry of dout leaves the filter turned",
        hint="Set one entry of dout to 1: dx must be the filter, upright.",
        edits=[(_ADD_DX, _ADD_DX.replace("w[f]", "w[f, :, ::-1, ::-1]"))]),
    Mistake("window flipped in dw", 33, "conv_forward",
        symptom="one entry of dout leaves the window turned",
        hint="Set one entry of dout to 1: dw must be the window, upright.",
        edits=[(_ADD_DW, _ADD_DW + "[:, ::-1, ::-1]")]),
    Mistake("stride ignored on the way back", 34, "conv_forward",
        symptom="right at stride 1",
        hint="Where did the window of output i start?",
        edits=[(_BACK + _ROWS + _COLS, _BACK + (_ROWS + _COLS).replace(" * stride", ""))]),
    Mistake("stride missing on one axis on the way back", 35, "conv_forward",
        symptom="right at stride 1",
        hint="Rows and columns move alike.",
        edits=[(_BACK + _ROWS + _COLS, _BACK + _ROWS + _COLS.replace(" * stride", ""))]),
    Mistake("dw from the picture without its padding", 36, "conv_forward",
        symptom="dw is moved by the padding",
        hint="The windows are those of the padded picture.",
        edits=[
            (
                _PADDED_BACK,
                _PADDED_BACK.replace("(pad, pad), (pad, pad)", "(0, 2 * pad), (0, 2 * pad)"),
            )
        ]),
    Mistake("dw from one picture", 37, "conv_forward",
        symptom="right for a batch of one",
        hint="All pictures of the batch use the weights.",
        edits=[(_ADD_DW, _ADD_DW.replace("dout[n", "(n == 0) * dout[n"))]),
    Mistake("dw divided by N", 38, "conv_forward",
        symptom="dw is too small by the factor N",
        hint="Sums have no mean in them.",
        edits=[("return dx, dw, db", "return dx, dw / len(x), db")]),
    Mistake("db for each picture", 39, "conv_forward",
        symptom="db has shape (N, F)",
        hint="There is one bias for each filter.",
        edits=[("return dx, dw, db", "return dx, dw, dout.sum(axis=(2, 3))")]),
    Mistake("db as a mean", 40, "conv_forward",
        symptom="db is too small",
        hint="Every output adds the bias once.",
        edits=[("return dx, dw, db", "return dx, dw, dout.mean(axis=(0, 2, 3))")]),
    Mistake("db over all filters", 41, "conv_forward",
        symptom="all entries of db are alike",
        hint="A filter's bias goes into its own maps only.",
        edits=[(_ADD_DB, "db += dout[n, f, i, j]")]),
]

_SPLIT_X = "np.split(x, groups, axis=1)"
_HANDED = "conv_forward(*part, stride, pad, dilation)"
_DOUTS = "np.split(dout, len(cache), axis=1)"

GROUPS = [
    Mistake("channels dealt out in turn", None, "grouped_forward",
        symptom="group 0 sees channels 0, 2, 4 where it should see the first half",
        hint="In which order are the channels cut into parts?",
        edits=[
            (_SPLIT_X, "[x[:, g::groups] for g in range(groups)]"),
            (
                "np.concatenate(dx, axis=1)",
                "np.stack(dx, axis=2).reshape(len(dout), -1, *dx[0].shape[2:])",
            ),
        ]),
    Mistake("all filters see the first channels", None, "grouped_forward",
        symptom="right in the first group, and where there is only one",
        hint="Which channels does the last filter see?",
        edits=[(_SPLIT_X, _SPLIT_X + "[:1] * groups")]),
    Mistake("pictures cut into groups, not channels", None, "grouped_forward",
        symptom="an error, or wrong depths",
        hint="Which axis of x are the channels?",
        edits=[(_SPLIT_X, "np.array_split(x, groups)")]),
    Mistake("filters dealt out in turn", None, "grouped_forward",
        symptom="right for one filter in each group",
        hint="Which filters belong to group 0: every second one, or the first half?",
        edits=[
            ("np.split(w, groups)", "[w[g::groups] for g in range(groups)]"),
            ("np.split(b, groups)", "[b[g::groups] for g in range(groups)]"),
        ]),
    Mistake("biases of the first group for all", None, "grouped_forward",
        symptom="right for equal biases",
        hint="Biases are cut into parts as well.",
        edits=[("np.split(b, groups)", "np.split(b, groups)[:1] * groups")]),
    Mistake("groups added up", None, "grouped_forward",
        symptom="too few feature maps",
        hint="Every filter has a feature map of its own: the parts stand side by side.",
        edits=[("np.concatenate(outs, axis=1)", "sum(outs)")]),
    Mistake("stride, padding and dilation not handed on", None, "grouped_forward",
        symptom="right at stride 1, without padding and dilation",
        hint="Which arguments does conv_forward get?",
        edits=[(_HANDED, "conv_forward(*part)")]),
    Mistake("dilation not handed on", None, "grouped_forward",
        symptom="right at dilation 1 only",
        hint="Which arguments does conv_forward get?",
        edits=[(_HANDED, "conv_forward(*part, stride, pad)")]),
    Mistake("dx of the groups added up", None, "grouped_forward",
        symptom="dx has too few channels",
        hint="Each group has its own channels of x.",
        edits=[("np.concatenate(dx, axis=1)", "sum(dx)")]),
    Mistake("dw put side by side in depth", None, "grouped_forward",
        symptom="dw has the wrong shape",
        hint="What is the shape of w, and which of its axes are the filters?",
        edits=[("np.concatenate(dw)", "np.concatenate(dw, axis=1)")]),
    Mistake("every group gets the first part of dout", None, "grouped_forward",
        symptom="the gradients of the first group are right",
        hint="Which feature maps did a group make?",
        edits=[(_DOUTS, _DOUTS + "[:1] * len(cache)")]),
    Mistake("dout dealt out in turn", None, "grouped_forward",
        symptom="right for one filter in each group",
        hint="In which order did the forward pass put the feature maps?",
        edits=[(_DOUTS, "[dout[:, g :: len(cache)] for g in range(len(cache))]")]),
]

_WEIGHTS = "F * (C // groups) * HH * WW"

PRICE = [
    Mistake("groups ignored", None, "conv_cost",
        symptom="right for one group only",
        hint="How deep is a filter in a grouped layer?",
        edits=[(_WEIGHTS, "F * C * HH * WW")]),
    Mistake("filters divided by the groups as well", None, "conv_cost",
        symptom="too few weights where there are groups",
        hint="How many filters does the whole layer have?",
        edits=[(_WEIGHTS, "(F // groups) * (C // groups) * HH * WW")]),
    Mistake("multiplied by the groups", None, "conv_cost",
        symptom="groups make the layer dearer",
        hint="Does a filter see more channels or fewer when there are groups?",
        edits=[(_WEIGHTS, "F * C * groups * HH * WW")]),
    Mistake("weights of one filter only", None, "conv_cost",
        symptom="too few by the factor F",
        hint="A layer has F filters.",
        edits=[(_WEIGHTS, "(C // groups) * HH * WW")]),
    Mistake("biases counted", None, "conv_cost",
        symptom="F weights too many",
        hint="Are biases asked for?",
        edits=[(_WEIGHTS, _WEIGHTS + " + F")]),
    Mistake("square output assumed", 15, "conv_cost",
        symptom="products are right for square outputs",
        hint="How many places does the output have?",
        edits=[("weights * H_out * W_out", "weights * H_out**2")]),
    Mistake("additions counted, too", None, "conv_cost",
        symptom="products are twice as many",
        hint="Which operations are asked for?",
        edits=[("weights * H_out * W_out", "2 * weights * H_out * W_out")]),
]

_LARGE = "H_out, W_out = (H - 1) * stride + HH - 2 * pad, (W - 1) * stride + WW - 2 * pad"
_RUN_BACK = "out, _, _ = conv_backward(x, cache)"
_LAID_DOWN = """
def conv_transpose(x, w, stride=1, pad=0):
    N, C, H, W = x.shape
    _, F, HH, WW = w.shape
    out = np.zeros((N, F, (H - 1) * stride + HH, (W - 1) * stride + WW))
    for n, i, j in np.ndindex(N, H, W):
        stamp = np.tensordot(x[n, :, i, j], w, axes=1)
        out[n, :, i * stride : i * stride + HH, j * stride : j * stride + WW] += stamp
    return out[:, :, pad : out.shape[2] - pad, pad : out.shape[3] - pad]
"""

UPSAMPLED = [
    Mistake("kernel flipped", 1, "conv_transpose",
        symptom="each number of the map lays the filter down turned",
        hint="For a map with a single 1 the output must be the filter, upright.",
        edits=[(_RUN_BACK, _RUN_BACK.replace("x, cache", "x[:, :, ::-1, ::-1], cache")
            + "\n    out = out[:, :, ::-1, ::-1]")]),
    Mistake("overlaps overwritten", 30, "conv_transpose",
        symptom="where filters overlap only the last one counts",
        hint="What overlaps adds up.",
        code=_LAID_DOWN.replace("+= stamp", "= stamp")),
    Mistake("stride ignored", None, "conv_transpose",
        symptom="right at stride 1: the map hardly grows",
        hint="How far apart do neighbours of the map lay their filters down?",
        edits=[(_LARGE, "stride = 1\n    " + _LARGE)]),
    Mistake("stride times the size", None, "conv_transpose",
        symptom="wrong size, or an error in conv_forward",
        hint="Between H filters there are H - 1 steps.",
        edits=[(_LARGE, "H_out, W_out = H * stride, W * stride")]),
    Mistake("padding added, not cut off", None, "conv_transpose",
        symptom="too large by four times the padding",
        hint="dx loses the frame that x_pad had.",
        edits=[(_LARGE, _LARGE.replace("- 2 * pad", "+ 2 * pad"))]),
    Mistake("padding cut off on one side", 29, "conv_transpose",
        symptom="right size, moved by the padding",
        hint="On how many sides is something cut off?",
        code=_LAID_DOWN.replace("pad : out.shape[2] - pad, pad : out.shape[3] - pad",
            ": out.shape[2] - 2 * pad, : out.shape[3] - 2 * pad")),
    Mistake("crop from -p at p = 0", 26, "conv_transpose",
        symptom="empty without padding",
        hint="What is a[0:-0]?",
        code=_LAID_DOWN.replace("pad : out.shape[2] - pad, pad : out.shape[3] - pad",
            "pad:-pad, pad:-pad")),
    Mistake("filters read as if the layer led the other way", None, "conv_transpose",
        symptom="an error, or the wrong number of maps",
        hint="w has shape (C, F, HH, WW): which axis belongs to the channels of x?",
        edits=[("_, F, HH, WW = w.shape", "w = w.swapaxes(0, 1)\n    _, F, HH, WW = w.shape")]),
    Mistake("only channel 0", 20, "conv_transpose",
        symptom="right for maps with one channel",
        hint="All channels lay their filters down, and all are added up.",
        edits=[(_RUN_BACK, _RUN_BACK.replace("x, cache", "x[:, :1], cache"))]),
    Mistake("convolved, not transposed", None, "conv_transpose",
        symptom="the map gets smaller",
        hint="Which pass of a convolution makes a map larger?",
        code="""
def conv_transpose(x, w, stride=1, pad=0):
    F = w.shape[1]
    out, _ = conv_forward(x, w.swapaxes(0, 1), np.zeros(F), stride, pad)
    return out
"""),
]

FIELD = [
    Mistake("adds F, not F - 1", None, "receptive_field",
        symptom="too wide by a pixel or more for each layer",
        hint="How many steps lead from the first of F weights to the last?",
        edits=[("(F - 1)", "F")]),
    Mistake("multiplies the sizes", None, "receptive_field",
        symptom="two 3 x 3 layers seem to see 9 x 9",
        hint="The windows of neighbouring outputs overlap.",
        edits=[("size += (F - 1) * D * jump", "size *= (F - 1) * D + 1")]),
    Mistake("earlier strides ignored", 5, "receptive_field",
        symptom="right at stride 1 only",
        hint="How far apart, in pixels of the input, are the outputs that a layer sees?",
        edits=[(" * D * jump", " * D")]),
    Mistake("stride takes effect in its own layer", None, "receptive_field",
        symptom="too wide for a single layer with a stride",
        hint="Does one window get wider when the next one starts further on?",
        edits=[
            (
                "size += (F - 1) * D * jump\n        jump *= S",
                "jump *= S\n        size += (F - 1) * D * jump",
            )
        ]),
    Mistake("only the stride of the layer before", None, "receptive_field",
        symptom="right for two layers, too small after several strides",
        hint="Two strides of 2, one after the other: how far apart are neighbours?",
        edits=[("jump *= S", "jump = S")]),
    Mistake("strides added", None, "receptive_field",
        symptom="jump is too small or too large after several strides",
        hint="Two strides of 3, one after the other: how far apart are neighbours?",
        edits=[("jump *= S", "jump += S - 1")]),
    Mistake("layers from the last to the first", None, "receptive_field",
        symptom="right at stride 1, and where all layers are alike",
        hint="Which layers does a stride make wider, earlier or later ones?",
        edits=[("in layers:", "in reversed(layers):")]),
    Mistake("dilation ignored", None, "receptive_field",
        symptom="right at dilation 1 only",
        hint="Which number of the triple is never used?",
        edits=[(" * D * jump", " * jump")]),
    Mistake("dilation off by one", 65, "receptive_field",
        symptom="too wide, at dilation 1 already",
        hint="Dilation 1 leaves no pixel out.",
        edits=[(" * D * jump", " * (D + 1) * jump")]),
    Mistake("dilation times F", 66, "receptive_field",
        symptom="too wide where dilation is not 1",
        hint="F weights, and how many steps between them?",
        edits=[("(F - 1) * D * jump", "(F * D - 1) * jump")]),
]

_STAMP = "np.tensordot(w2[:, :, u, v], w1, axes=1)"

MERGED = [
    Mistake("correlated, not convolved", 1, "collapse",
        symptom="the line gives 4, 11, 6",
        hint="The indices of the two weights add up to the index of the result.",
        edits=[(_STAMP, "np.tensordot(w2[:, :, HH2 - 1 - u, WW2 - 1 - v], w1, axes=1)")]),
    Mistake("assigned, not added", 30, "collapse",
        symptom="where the copies overlap only the last one counts",
        hint="Several pairs of weights lead to the same pixel.",
        edits=[("+= stamp", "= stamp")]),
    Mistake("second layer's input channels mixed up", None, "collapse",
        symptom="an error, or wrong where the layers have several filters",
        hint="Over which axis of w2 do you sum, and over which of w1?",
        edits=[
            (_STAMP, "w2[:, :, u, v].sum(axis=1)[:, None, None, None] * w1.sum(axis=0)"),
        ]),
    Mistake("only the first filter of the first layer", 20, "collapse",
        symptom="right where the first layer has one filter",
        hint="The second layer sees all maps of the first.",
        edits=[(_STAMP, "np.tensordot(w2[:, :1, u, v], w1[:1], axes=1)")]),
    Mistake("height and width changed places", 16, "collapse",
        symptom="wrong where the filters are not square",
        hint="Which axis of w2 counts rows?",
        edits=[
            ("for u, v in np.ndindex(HH2, WW2)", "for v, u in np.ndindex(WW2, HH2)"),
            ("u : u + HH1, v : v + WW1", "v : v + HH1, u : u + WW1"),
            (
                "np.zeros((F, C, HH1 + HH2 - 1, WW1 + WW2 - 1))",
                "np.zeros((F, C, HH1 + WW2 - 1, WW1 + HH2 - 1))",
            ),
        ]),
    Mistake("size without the overlap", None, "collapse",
        symptom="a row and a column of zeros too many",
        hint="Two 3 x 3 filters make one of 5 x 5.",
        edits=[
            (
                "np.zeros((F, C, HH1 + HH2 - 1, WW1 + WW2 - 1))",
                "np.zeros((F, C, HH1 + HH2, WW1 + WW2))",
            )
        ]),
    Mistake("bias of the first layer forgotten", 2, "collapse",
        symptom="the weights are right, b is b2",
        hint="What does the second layer make of a first layer whose weights are zero?",
        edits=[("b2 + w2.sum(axis=(2, 3)) @ b1", "b2.copy()")]),
    Mistake("bias of the first layer counted once", None, "collapse",
        symptom="b1 is not multiplied by all weights of the second layer",
        hint="How many values of the first layer does one output see?",
        edits=[("w2.sum(axis=(2, 3)) @ b1", "w2[:, :, 0, 0] @ b1")]),
    Mistake("biases added", None, "collapse",
        symptom="the second layer's weights are missing from b",
        hint="The second layer multiplies what it gets, biases too.",
        edits=[("b2 + w2.sum(axis=(2, 3)) @ b1", "b2 + b1.sum()")]),
]

MISTAKES = [
    *ONE_BY_ONE,
    *FORWARD,
    *BACKWARD,
    *GROUPS,
    *PRICE,
    *UPSAMPLED,
    *FIELD,
    *MERGED,
]
