"""Known mistakes of lesson 04: windows into columns and back, the layer as a product."""

from autograder.mistakes import Mistake

_STRIDED_ROWS = "slice(u, u + stride * H_out, stride)"
_STRIDED_COLUMNS = "slice(v, v + stride * W_out, stride)"
_PADDING = "((0, 0), (0, 0), (pad, pad), (pad, pad))"
_SIZES = "H_out, W_out = output_size(H, HH, stride, pad), output_size(W, WW, stride, pad)"
_ORDER = "np.empty((C, HH, WW, N, H_out, W_out)"

_IM2COL = [
    Mistake("rows in the order u, v, c", 57, "im2col",
        symptom="right for grey pictures, the rows of several channels are mixed",
        hint="Does the second number of a filter belong to the next channel, or to the next v?",
        edits=[
            (_ORDER, "np.empty((HH, WW, C, N, H_out, W_out)"),
            ("cols[:, u, v] =", "cols[u, v] ="),
        ]),
    Mistake("windows read column by column", 54, "im2col",
        symptom="every window is transposed",
        hint="Does u or v run faster down a column?",
        edits=[
            (_ORDER, "np.empty((C, WW, HH, N, H_out, W_out)"),
            ("cols[:, u, v] =", "cols[:, v, u] ="),
        ]),
    Mistake("pictures run fastest from column to column", 59, "im2col",
        symptom="right for one picture; with more, their windows take turns",
        hint="The windows of a picture stay together: which of n, i, j runs slowest?",
        edits=[
            (_ORDER, "np.empty((C, HH, WW, H_out, W_out, N)"),
            (".transpose(1, 0, 2, 3)", ".transpose(1, 2, 3, 0)"),
        ]),
    Mistake("column index i * H_out + j", 60, "im2col",
        symptom="right where the output is square",
        hint="How many windows stand in one row of the output?",
        code="""
def im2col(x, HH, WW, stride=1, pad=0):
    N, C, H, W = x.shape
    H_out, W_out = output_size(H, HH, stride, pad), output_size(W, WW, stride, pad)
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    cols = np.zeros((C * HH * WW, N * H_out * W_out))
    for n, i, j in np.ndindex(N, H_out, W_out):
        top, left = i * stride, j * stride
        window = x_pad[n, :, top : top + HH, left : left + WW]
        cols[:, n * H_out * W_out + i * H_out + j] = window.ravel()
    return cols
"""),
    Mistake("columns of the output run slower than rows", 60, "im2col",
        symptom="the windows come in the wrong order",
        hint="Which of i and j runs faster from column to column?",
        edits=[
            (_ORDER, "np.empty((C, HH, WW, N, W_out, H_out)"),
            (".transpose(1, 0, 2, 3)", ".transpose(1, 0, 3, 2)"),
        ]),
    Mistake("every picture writes over the one before", 18, "im2col",
        symptom="right for one picture; with more, only one of them is there",
        hint="Where does picture n begin in the matrix?",
        code="""
def im2col(x, HH, WW, stride=1, pad=0):
    N, C, H, W = x.shape
    H_out, W_out = output_size(H, HH, stride, pad), output_size(W, WW, stride, pad)
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    cols = np.zeros((C * HH * WW, N * H_out * W_out))
    for n, i, j in np.ndindex(N, H_out, W_out):
        top, left = i * stride, j * stride
        window = x_pad[n, :, top : top + HH, left : left + WW]
        cols[:, i * W_out + j] = window.ravel()
    return cols
"""),
    Mistake("rows and columns of the matrix changed places", None, "im2col",
        symptom="the transpose of what is wanted",
        hint="A window becomes a column.",
        edits=[
            ("return cols.reshape(", "return cols.reshape("),
            (
                "(C * HH * WW, N * H_out * W_out)\n    ### END",
                "(C * HH * WW, N * H_out * W_out).T\n    ### END",
            ),
        ]),
    Mistake("stride ignored", 5, "im2col",
        symptom="right shape, right at stride 1",
        hint="How far apart do two neighbouring windows start?",
        edits=[(_STRIDED_ROWS, "slice(u, u + H_out)"), (_STRIDED_COLUMNS, "slice(v, v + W_out)")]),
    Mistake("stride missing on one axis", 6, "im2col",
        symptom="right at stride 1, and in the first column of windows",
        hint="Rows and columns move alike.",
        edits=[(_STRIDED_COLUMNS, "slice(v, v + W_out)")]),
    Mistake("pads all four axes", 7, "im2col",
        symptom="too many numbers, or an error",
        hint="Which axes of x are the picture's?",
        edits=[(_PADDING, "pad")]),
    Mistake("pads one side only", 9, "im2col",
        symptom="moved by the padding",
        hint="Padding goes on every side.",
        edits=[(_PADDING, "((0, 0), (0, 0), (0, 2 * pad), (0, 2 * pad))")]),
    Mistake("edge padding", 10, "im2col",
        symptom="wrong at the border only",
        hint="What does the padding consist of?",
        edits=[(f"{_PADDING})", f'{_PADDING}, mode="edge")')]),
    Mistake("padding hard-coded", 11, "im2col",
        symptom="right at padding 1 only",
        hint="Which argument is never used?",
        edits=[("N, C, H, W = x.shape", "N, C, H, W = x.shape\n    pad = 1")]),
    Mistake("height used as the window's width", 17, "im2col",
        symptom="too few or too many rows where the window is not square",
        hint="A window has a height and a width.",
        edits=[("N, C, H, W = x.shape", "N, C, H, W = x.shape\n    WW = HH")]),
    Mistake("square output assumed", 15, "im2col",
        symptom="wrong shape where the picture is not square",
        hint="Height and width have their own number of stops.",
        edits=[(_SIZES, "H_out = W_out = output_size(H, HH, stride, pad)")]),
    Mistake("only channel 0", 20, "im2col",
        symptom="too few rows, right for grey pictures",
        hint="A column holds the window of all channels.",
        edits=[("N, C, H, W = x.shape", "x = x[:, :1]\n    N, C, H, W = x.shape")]),
    Mistake("a size that does not fit is accepted", 25, "im2col",
        symptom="no ValueError where the windows do not end at the edge",
        hint="What does output_size do that your own formula does not?",
        edits=[
            (
                _SIZES,
                "H_out = (H - HH + 2 * pad) // stride + 1\n"
                "    W_out = (W - WW + 2 * pad) // stride + 1",
            )
        ]),
]

_FACTOR = "HH * WW * windows / (H * W)"

_MEMORY = [
    Mistake("stride ignored", 5, "memory_factor",
        symptom="right at stride 1 only",
        hint="How many windows are there at stride 4?",
        edits=[
            ("output_size(H, HH, stride, pad)", "output_size(H, HH, 1, pad)"),
            ("output_size(W, WW, stride, pad)", "output_size(W, WW, 1, pad)"),
        ]),
    Mistake("padding ignored", None, "memory_factor",
        symptom="too small where there is padding, or an error",
        hint="Padding makes room for more windows.",
        edits=[
            ("output_size(H, HH, stride, pad)", "(H - HH) // stride + 1"),
            ("output_size(W, WW, stride, pad)", "(W - WW) // stride + 1"),
        ]),
    Mistake("padding counted as the picture's", None, "memory_factor",
        symptom="too small where there is padding",
        hint="How many numbers is im2col given?",
        edits=[("(H * W)", "((H + 2 * pad) * (W + 2 * pad))")]),
    Mistake("far from the border everywhere", None, "memory_factor",
        symptom="a little too large: 7.56 for AlexNet's first layer",
        hint="Pixels near the border lie in fewer windows.",
        edits=[(_FACTOR, "HH * WW / stride**2")]),
    Mistake("upside down", None, "memory_factor",
        symptom="one over what is wanted",
        hint="Numbers in cols for each number in x.",
        edits=[(_FACTOR, "H * W / (HH * WW * windows)")]),
    Mistake("square output assumed", 15, "memory_factor",
        symptom="right for square pictures with square windows",
        hint="Height and width have their own number of stops.",
        edits=[
            ("output_size(W, WW, stride, pad)", "output_size(H, HH, stride, pad)"),
        ]),
    Mistake("channels counted on one side", None, "memory_factor",
        symptom="too large by the number of channels",
        hint="Both x and cols hold all channels.",
        edits=[(_FACTOR, "HH * WW * x_shape[1] * windows / (H * W)")]),
    Mistake("whole numbers divided", None, "memory_factor",
        symptom="7 where 7.1 is wanted",
        hint="What does // do to the rest?",
        edits=[("windows / (H * W)", "windows // (H * W)")]),
]

_COPIES = "copies = cols.reshape(C, HH, WW, N, H_out, W_out)"
_CROP = "return x_pad[:, :, pad : pad + H, pad : pad + W]"
_ADD = "x_pad[:, :, rows, columns] += copies"
_LOOPS = """
def col2im(cols, x_shape, HH, WW, stride=1, pad=0):
    N, C, H, W = x_shape
    H_out, W_out = output_size(H, HH, stride, pad), output_size(W, WW, stride, pad)
    x_pad = np.zeros((N, C, H + 2 * pad, W + 2 * pad))
    for n, i, j in np.ndindex(N, H_out, W_out):
        top, left = i * stride, j * stride
        column = cols[:, COLUMN]
        x_pad[n, :, top : top + HH, left : left + WW] += column.reshape(C, HH, WW)
    return x_pad[:, :, pad : pad + H, pad : pad + W]
"""

_COL2IM = [
    Mistake("assigns", 61, "col2im",
        symptom="where windows overlap, one copy replaces the others",
        hint="What should happen to the two copies of one pixel?",
        edits=[("rows, columns] += copies", "rows, columns] = copies")]),
    Mistake("fancy index with +=", 62, "col2im",
        symptom="where windows overlap, only one copy counts",
        hint="a[[0, 0]] += 1 adds 1 once: np.add.at adds twice.",
        code="""
def col2im(cols, x_shape, HH, WW, stride=1, pad=0):
    N, C, H, W = x_shape
    H_pad, W_pad = H + 2 * pad, W + 2 * pad
    numbers = np.arange(float(N * C * H_pad * W_pad)).reshape(N, C, H_pad, W_pad)
    places = im2col(numbers, HH, WW, stride).astype(int)
    x_pad = np.zeros(numbers.size)
    x_pad[places] += cols
    return x_pad.reshape(N, C, H_pad, W_pad)[:, :, pad : pad + H, pad : pad + W]
"""),
    Mistake("mean of the copies", None, "col2im",
        symptom="im2col is undone, and the gradient is too small",
        hint="A number that is used twice gets both gradients.",
        edits=[
            (
                "    for u, v in np.ndindex(HH, WW):",
                "    count = x_pad * 0\n    for u, v in np.ndindex(HH, WW):",
            ),
            (
                "        x_pad[:, :, rows, columns] +=",
                "        count[:, :, rows, columns] += 1\n        x_pad[:, :, rows, columns] +=",
            ),
            (
                f"    {_CROP}",
                f"    x_pad = x_pad / np.maximum(count, 1)\n    {_CROP}",
            ),
        ]),
    Mistake("rows read in the order u, v, c", 57, "col2im",
        symptom="right for grey pictures",
        hint="The rows of cols are ordered c, u, v.",
        edits=[
            (_COPIES, "copies = cols.reshape(HH, WW, C, N, H_out, W_out)"),
            ("copies[:, u, v]", "copies[u, v]"),
        ]),
    Mistake("columns read as if pictures ran fastest", 59, "col2im",
        symptom="right for one picture",
        hint="The columns are ordered n, i, j: all windows of picture 0 come first.",
        edits=[
            (_COPIES, "copies = cols.reshape(C, HH, WW, H_out, W_out, N)"),
            (".transpose(1, 0, 2, 3)", ".transpose(3, 0, 1, 2)"),
        ]),
    Mistake("column index i * H_out + j", 60, "col2im",
        symptom="right where the output is square",
        hint="How many windows stand in one row of the output?",
        code=_LOOPS.replace("COLUMN", "n * H_out * W_out + i * H_out + j")),
    Mistake("every picture reads the columns of the first", 18, "col2im",
        symptom="all pictures are alike",
        hint="Where does picture n begin in the matrix?",
        code=_LOOPS.replace("COLUMN", "i * W_out + j")),
    Mistake("stride ignored", 34, "col2im",
        symptom="right at stride 1, windows too close to each other",
        hint="Which argument says where the next window starts?",
        edits=[(_STRIDED_ROWS, "slice(u, u + H_out)"), (_STRIDED_COLUMNS, "slice(v, v + W_out)")]),
    Mistake("stride missing on one axis", 35, "col2im",
        symptom="right at stride 1",
        hint="Rows and columns move alike.",
        edits=[(_STRIDED_ROWS, "slice(u, u + H_out)")]),
    Mistake("cropped with pad : -pad", 26, "col2im",
        symptom="nothing is left without padding",
        hint="What is a[0:-0]?",
        edits=[(_CROP, "return x_pad[:, :, pad:-pad, pad:-pad]")]),
    Mistake("crop hard-coded", 27, "col2im",
        symptom="right at padding 1 only",
        hint="How many rows of padding are there?",
        edits=[(_CROP, "return x_pad[:, :, 1:-1, 1:-1]")]),
    Mistake("padding not cut off", 28, "col2im",
        symptom="too large where there is padding",
        hint="What shape has x?",
        edits=[(_CROP, "return x_pad")]),
    Mistake("cut at the top left", 29, "col2im",
        symptom="moved by the padding",
        hint="Padding lies on every side.",
        edits=[(_CROP, "return x_pad[:, :, :H, :W]")]),
]

_COUNT = "return col2im(cols, ones.shape, HH, WW, stride, pad)[0, 0]"
_ALONG = """
def cover_count(H, W, HH, WW, stride=1, pad=0):
    def along(size, window):
        count = np.zeros(size + 2 * pad)
        for i in range(output_size(size, window, stride, pad)):
            count[i * stride : i * stride + window] += 1
        return count[pad : pad + size]

    return RETURN
"""

_COVER = [
    Mistake("covered or not", 61, "cover_count",
        symptom="1 everywhere",
        hint="How many windows cover the middle of 5 x 5?",
        edits=[(_COUNT, _COUNT.replace("return ", "return 1.0 * (") + " > 0)")]),
    Mistake("stride ignored", 5, "cover_count",
        symptom="right at stride 1 only",
        hint="Which argument is never used?",
        edits=[
            ("im2col(ones, HH, WW, stride, pad)", "im2col(ones, HH, WW, 1, pad)"),
            ("ones.shape, HH, WW, stride, pad)", "ones.shape, HH, WW, 1, pad)"),
        ]),
    Mistake("padding ignored", None, "cover_count",
        symptom="too small at the border where there is padding",
        hint="Windows that begin in the padding cover pixels, too.",
        edits=[
            ("im2col(ones, HH, WW, stride, pad)", "im2col(ones, HH, WW, stride)"),
            ("ones.shape, HH, WW, stride, pad)", "ones.shape, HH, WW, stride)"),
        ]),
    Mistake("padding counted", 28, "cover_count",
        symptom="too large: rows and columns of padding are there",
        hint="The result has the shape of the picture.",
        code=_ALONG.replace("count[pad : pad + size]", "count").replace(
            "RETURN", "np.outer(along(H, HH), along(W, WW))"
        )),
    Mistake("height used for width", 17, "cover_count",
        symptom="right for square windows",
        hint="A window has a height and a width.",
        code=_ALONG.replace("RETURN", "np.outer(along(H, HH), along(W, HH))")),
    Mistake("rows and columns added", None, "cover_count",
        symptom="6 in the middle of 5 x 5, where it is 9",
        hint="Three rows of windows, three columns: how many windows?",
        code=_ALONG.replace("RETURN", "np.add.outer(along(H, HH), along(W, WW))")),
    Mistake("axes for pictures and channels left", None, "cover_count",
        symptom="shape (1, 1, H, W)",
        hint="All pictures and channels are covered alike: take one.",
        edits=[(_COUNT, _COUNT.removesuffix("[0, 0]"))]),
    Mistake("rows and columns changed places", 16, "cover_count",
        symptom="transposed",
        hint="The first axis is the height.",
        edits=[(_COUNT, f"{_COUNT}.T")]),
]

_GAP = "abs(np.sum(f(x) * y) - np.sum(x * back(y)))"

_ADJOINT = [
    Mistake("sign kept", None, "adjoint_gap",
        symptom="below zero where the second sum is larger",
        hint="A distance is never negative.",
        edits=[(_GAP, _GAP.removeprefix("abs"))]),
    Mistake("means instead of sums", None, "adjoint_gap",
        symptom="a gap where there is none, as x and y have different sizes",
        hint="The identity holds for sums of products.",
        edits=[(_GAP, _GAP.replace("np.sum", "np.mean"))]),
    Mistake("only the first axis summed", None, "adjoint_gap",
        symptom="an array, or an error, in place of a number",
        hint="sum of a picture adds up all of its axes, if nothing else is asked for.",
        edits=[(_GAP, "abs(sum(f(x) * y) - sum(x * back(y)))")]),
    Mistake("there and back compared with x", None, "adjoint_gap",
        symptom="asks whether back is the inverse",
        hint="An adjoint is no inverse. Which four things stand in the identity?",
        edits=[(_GAP, "np.sum(np.abs(back(f(x)) - x))")]),
    Mistake("products forgotten", None, "adjoint_gap",
        symptom="right where x and y are ones",
        hint="Each side is a sum of products.",
        edits=[(_GAP, "abs(np.sum(f(x)) - np.sum(back(y)))")]),
    Mistake("lengths compared", None, "adjoint_gap",
        symptom="compares x with f(x) and y with back(y)",
        hint="On the left f(x) meets y, on the right x meets back(y).",
        edits=[(_GAP, "abs(np.sum(f(x) * f(x)) - np.sum(back(y) * back(y)))")]),
    Mistake("yes or no", None, "adjoint_gap",
        symptom="0 or 1 in place of the gap",
        hint="How far apart are the two sums?",
        edits=[(_GAP, "float(not np.isclose(np.sum(f(x) * y), np.sum(x * back(y))))")]),
]

_PRODUCT = "w.reshape(F, -1) @ cols"
_FOLD = "product.reshape(F, N, H_out, W_out).transpose(1, 0, 2, 3)"
_COLS = "cols = im2col(x, HH, WW, stride, pad)"
_UNFOLD = "D = dout.transpose(1, 0, 2, 3).reshape(F, -1)"
_BACK = "dcols = w.reshape(F, -1).T @ D"

_FORWARD = [
    Mistake("filters of shape (C * HH * WW, F) by reshape", 58, "conv_forward_im2col",
        symptom="right for one filter; with more, their weights are mixed",
        hint="A reshape keeps the order of the numbers. Whose weights stand in a row?",
        edits=[(_PRODUCT, "w.reshape(-1, F).T @ cols")]),
    Mistake("a size that does not fit is accepted", 25, "conv_forward_im2col",
        symptom="no ValueError where the windows do not end at the edge",
        hint="Which of your functions looks whether the windows fit?",
        code="""
def conv_forward_im2col(x, w, b, stride=1, pad=0):
    N, _, H, W = x.shape
    F, _, HH, WW = w.shape
    more = [(H + 2 * pad - HH) % stride, (W + 2 * pad - WW) % stride]
    H, W = H - more[0], W - more[1]
    cut = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))[:, :, : H + 2 * pad, : W + 2 * pad]
    H_out, W_out = (H + 2 * pad - HH) // stride + 1, (W + 2 * pad - WW) // stride + 1
    cols = im2col(cut, HH, WW, stride, 0)
    product = w.reshape(F, -1) @ cols + b[:, None]
    out = product.reshape(F, N, H_out, W_out).transpose(1, 0, 2, 3)
    return out, (x.shape, cols, w, stride, pad)


def conv_backward_im2col(dout, cache):
    x_shape, cols, w, stride, pad = cache
    F, _, HH, WW = w.shape
    flat = dout.transpose(1, 0, 2, 3).reshape(F, -1)
    dx = col2im(w.reshape(F, -1).T @ flat, x_shape, HH, WW, stride, pad)
    return dx, (flat @ cols.T).reshape(w.shape), flat.sum(axis=1)
"""),
    Mistake("product folded to (N, F)", 59, "conv_forward_im2col",
        symptom="the right values in the wrong places, unless N or F is 1",
        hint="Which axis comes first in the product, filters or pictures?",
        edits=[(_FOLD, "product.reshape(N, F, H_out, W_out)")]),
    Mistake("product folded as if pictures ran fastest", 59, "conv_forward_im2col",
        symptom="the right values in the wrong places, unless N is 1",
        hint="In a row of the product, all of picture 0 comes first.",
        edits=[(_FOLD, "product.reshape(F, H_out, W_out, N).transpose(3, 0, 1, 2)")]),
    Mistake("product folded to W_out, H_out", 60, "conv_forward_im2col",
        symptom="wrong shape, or mixed rows, unless the output is square",
        hint="In a row of the product, j runs fastest.",
        edits=[(_FOLD, "product.reshape(F, N, W_out, H_out).transpose(1, 0, 3, 2)")]),
    Mistake("filters in the order u, v, c", 57, "conv_forward_im2col",
        symptom="right for grey pictures",
        hint="Down a column of cols: in which order do c, u and v run?",
        edits=[(_PRODUCT, "w.transpose(0, 2, 3, 1).reshape(F, -1) @ cols")]),
    Mistake("filters in Fortran order", 54, "conv_forward_im2col",
        symptom="the weights of a filter are in the wrong order",
        hint="Which index of w runs fastest, the first or the last?",
        edits=[(_PRODUCT, 'w.reshape(F, -1, order="F") @ cols')]),
    Mistake("bias forgotten", 2, "conv_forward_im2col",
        symptom="every feature map is off by its bias",
        hint="Which argument is never used?",
        edits=[(" + b[:, None]", "")]),
    Mistake("bias added to the filters", 3, "conv_forward_im2col",
        symptom="the bias counts once for every number in the window",
        hint="How often does the bias come in the formula?",
        edits=[
            (_PRODUCT, "(w.reshape(F, -1) + b[:, None]) @ cols"),
            (" + b[:, None]  #", "  #"),
        ]),
    Mistake("kernel flipped", 1, "conv_forward_im2col",
        symptom="all values wrong, except for 1 x 1 filters",
        hint="This layer does not turn its filter.",
        edits=[(_PRODUCT, "w[:, :, ::-1, ::-1].reshape(F, -1) @ cols")]),
    Mistake("stride not passed on", 5, "conv_forward_im2col",
        symptom="an error at every stride but 1",
        hint="im2col has a default for stride.",
        edits=[(_COLS, "cols = im2col(x, HH, WW, pad=pad)")]),
    Mistake("padding not passed on", None, "conv_forward_im2col",
        symptom="an error wherever there is padding",
        hint="im2col has a default for pad.",
        edits=[(_COLS, "cols = im2col(x, HH, WW, stride)")]),
    Mistake("ReLU inside the layer", 22, "conv_forward_im2col",
        symptom="negative outputs are zero",
        hint="The formula has no maximum in it.",
        edits=[(_FOLD, f"np.maximum({_FOLD}, 0)")]),
]

_BACKWARD = [
    Mistake("transpose by reshape", 58, "conv_forward_im2col",
        symptom="dx is right for one filter only",
        hint="A reshape keeps the order of the numbers, a transpose changes it.",
        edits=[(_BACK, "dcols = w.reshape(-1, F) @ D")]),
    Mistake("dout reshaped without changing axes", 59, "conv_forward_im2col",
        symptom="all gradients wrong unless N or F is 1",
        hint="dout begins with N and D with F: a reshape does not move numbers.",
        edits=[(_UNFOLD, "D = dout.reshape(F, -1)")]),
    Mistake("dout unfolded as if pictures ran fastest", 59, "conv_forward_im2col",
        symptom="dx and dw wrong unless N is 1, db right",
        hint="The columns of D stand in the order of the columns of cols.",
        edits=[(_UNFOLD, "D = dout.transpose(1, 2, 3, 0).reshape(F, -1)")]),
    Mistake("dout unfolded column by column", 60, "conv_forward_im2col",
        symptom="dx and dw wrong where the output is no single row or column, db right",
        hint="The columns of D stand in the order of the columns of cols.",
        edits=[(_UNFOLD, "D = dout.transpose(1, 0, 3, 2).reshape(F, -1)")]),
    Mistake("dw left as a matrix", 42, "conv_forward_im2col",
        symptom="dw has shape (F, C * HH * WW)",
        hint="What shape has w?",
        edits=[("(D @ cols.T).reshape(w.shape)", "D @ cols.T")]),
    Mistake("dw divided by N", 38, "conv_forward_im2col",
        symptom="dw too small by the number of pictures",
        hint="The loss has divided by N already, if anything did.",
        edits=[("(D @ cols.T).reshape(w.shape)", "(D @ cols.T).reshape(w.shape) / len(dout)")]),
    Mistake("dw in the order u, v, c", 57, "conv_forward_im2col",
        symptom="dw right for grey pictures",
        hint="Along a row of dw: in which order do c, u and v run?",
        edits=[
            (
                "(D @ cols.T).reshape(w.shape)",
                "(D @ cols.T).reshape(F, HH, WW, -1).transpose(0, 3, 1, 2)",
            )
        ]),
    Mistake("db of every picture", 39, "conv_forward_im2col",
        symptom="db has shape (N, F)",
        hint="The bias is used in all pictures.",
        edits=[("db = D.sum(axis=1)", "db = dout.sum(axis=(2, 3))")]),
    Mistake("mean for db", 40, "conv_forward_im2col",
        symptom="db too small",
        hint="The bias is added at every place, so it gets every gradient.",
        edits=[("D.sum(axis=1)", "D.mean(axis=1)")]),
    Mistake("db over all filters", 41, "conv_forward_im2col",
        symptom="all entries of db are equal",
        hint="Each filter has a bias of its own.",
        edits=[("D.sum(axis=1)", "np.full(F, D.sum())")]),
    Mistake("stride not passed on to col2im", 34, "conv_forward_im2col",
        symptom="dx wrong at every stride but 1",
        hint="col2im has a default for stride.",
        edits=[
            (
                "col2im(dcols, x_shape, HH, WW, stride, pad)",
                "col2im(dcols, x_shape, HH, WW, 1, pad)",
            )
        ]),
    Mistake("padding not passed on to col2im", 28, "conv_forward_im2col",
        symptom="dx wrong wherever there is padding",
        hint="col2im has a default for pad.",
        edits=[
            (
                "col2im(dcols, x_shape, HH, WW, stride, pad)",
                "col2im(dcols, x_shape, HH, WW, stride)",
            )
        ]),
    Mistake("dx left as columns", 55, "conv_forward_im2col",
        symptom="dx has the shape of cols",
        hint="What turns columns into a picture?",
        edits=[("col2im(dcols, x_shape, HH, WW, stride, pad)", "dcols")]),
    Mistake("flipped filters in dx", 32, "conv_forward_im2col",
        symptom="dx wrong, except for 1 x 1 filters",
        hint="col2im puts each number back where it was taken from. Nothing is left to flip.",
        edits=[(_BACK, "dcols = w[:, :, ::-1, ::-1].reshape(F, -1).T @ D")]),
]

MISTAKES = [*_IM2COL, *_MEMORY, *_COL2IM, *_COVER, *_ADJOINT, *_FORWARD, *_BACKWARD]
