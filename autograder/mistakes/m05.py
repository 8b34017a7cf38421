"""Known mistakes of lesson 05: max, average and L2 pooling, and what can take a pool's place."""

from autograder.mistakes import Mistake

# Lines of the solutions that mistakes change.
_SIZES = "H_out, W_out = (H - HH) // stride + 1, (W - WW) // stride + 1"
_REFUSAL = """\
    if H < HH or W < WW or (H - HH) % stride or (W - WW) % stride:
        raise ValueError(f"a window of {HH} x {WW} does not fit {H} x {W}: stride={stride}")
"""
_CORNER = "top, left = i * stride, j * stride"
_WINDOW = "x[:, :, top : top + HH, left : left + WW]"
_MAX = "window.max(axis=(2, 3))"
_MAX_CACHE = "return out, (x.shape, switches, WW, stride)"
_MAX_UNPACK = "shape, switches, WW, stride = cache"
_WINNER = "u, v = divmod(switches[n, c, i, j], WW)"
_ADD_WINNER = "dx[n, c, i * stride + u, j * stride + v] += dout[n, c, i, j]"

_MAX_FORWARD = [
    Mistake(
        "output size H // stride",
        43,
        "max_pool_forward",
        symptom="right for 2 x 2 with stride 2, the wrong shape where windows overlap",
        hint="The size is (H - HH)/stride + 1; when does that equal H/stride?",
        edits=[(_SIZES, "H_out, W_out = H // stride, W // stride")],
    ),
    Mistake(
        "output size H // HH",
        43,
        "max_pool_forward",
        symptom="the wrong shape wherever the stride is not the window",
        hint="The size is (H - HH)/stride + 1; when does that equal H/HH?",
        edits=[(_SIZES, "H_out, W_out = H // HH, W // WW")],
    ),
    Mistake(
        "window as large as the stride",
        44,
        "max_pool_forward",
        symptom="right where the window is as large as the stride, wrong elsewhere",
        hint="Which arguments say how large a window is, and which how far it moves?",
        edits=[(_WINDOW, "x[:, :, top : top + stride, left : left + stride]")],
    ),
    Mistake(
        "height used for the width",
        45,
        "max_pool_forward",
        symptom="right for square windows, wrong for others",
        hint="Does your function use WW for the columns?",
        edits=[("left : left + WW", "left : left + HH")],
    ),
    Mistake(
        "height used for the width everywhere",
        45,
        "max_pool_forward",
        symptom="right for square windows, the wrong shape for others",
        hint="Does your function use WW at all?",
        edits=[
            (_SIZES, "H_out, W_out = (H - HH) // stride + 1, (W - HH) // stride + 1"),
            ("left : left + WW", "left : left + HH"),
        ],
    ),
    Mistake(
        "square output assumed",
        45,
        "max_pool_forward",
        symptom="right for square maps, the wrong shape for others",
        hint="Rows and columns are counted separately.",
        edits=[(_SIZES, "H_out = W_out = (H - HH) // stride + 1")],
    ),
    Mistake(
        "maximum across channels",
        46,
        "max_pool_forward",
        symptom="all channels of the output are equal",
        hint="Which axes is the maximum taken over?",
        edits=[(_MAX, "window.max(axis=(1, 2, 3))[:, None]")],
    ),
    Mistake(
        "maximum across the batch",
        None,
        "max_pool_forward",
        symptom="all pictures of the output are equal",
        hint="Which axes is the maximum taken over?",
        edits=[(_MAX, "window.max(axis=(0, 2, 3))[None]")],
    ),
    Mistake(
        "search starts from zero",
        47,
        "max_pool_forward",
        symptom="windows of negative numbers give 0",
        hint="What is the largest number of a window in which all are negative?",
        edits=[(_MAX, "np.maximum(window.max(axis=(2, 3)), 0)")],
    ),
    Mistake(
        "padded with zeros",
        47,
        "max_pool_forward",
        symptom="sizes that do not fit are accepted, and the last windows see zeros",
        hint="A pool has no padding: what should happen to a size that does not fit?",
        edits=[
            (_REFUSAL, "    x = np.pad(x, ((0, 0), (0, 0), (0, HH - 1), (0, WW - 1)))\n"),
            (_SIZES, "H_out, W_out = -(-(H - HH) // stride) + 1, -(-(W - WW) // stride) + 1"),
        ],
    ),
    Mistake(
        "stride ignored in the index",
        None,
        "max_pool_forward",
        symptom="right at out[0, 0], and everywhere for stride 1",
        hint="At which row does the window of output row i start?",
        edits=[(_CORNER, "top, left = i, j")],
    ),
    Mistake(
        "stride used for the rows only",
        None,
        "max_pool_forward",
        symptom="the first column is right, the others are not",
        hint="At which column does the window of output column j start?",
        edits=[(_CORNER, "top, left = i * stride, j")],
    ),
    Mistake(
        "window moved by its own size",
        44,
        "max_pool_forward",
        symptom="right where the window is as large as the stride, wrong elsewhere",
        hint="Which argument says how far a window moves?",
        edits=[(_CORNER, "top, left = i * HH, j * WW")],
    ),
    Mistake(
        "what does not fit is accepted",
        None,
        "max_pool_forward",
        symptom="the last rows or columns are dropped without a word",
        hint="Test the division for a remainder, along both axes.",
        edits=[(_REFUSAL, "")],
    ),
    Mistake(
        "fit tested along the height only",
        None,
        "max_pool_forward",
        symptom="a width that does not fit is accepted",
        hint="Test the division for a remainder along both axes.",
        edits=[(" or (W - WW) % stride", "")],
    ),
    Mistake(
        "mean in place of the maximum",
        None,
        "max_pool_forward",
        symptom="every value is too small",
        hint="Which number of the window is kept?",
        edits=[(_MAX, "window.mean(axis=(2, 3))")],
    ),
    Mistake(
        "largest in size, whatever the sign",
        None,
        "max_pool_forward",
        symptom="negative numbers of large size win over small ones",
        hint="Is -7 larger than -2?",
        edits=[(_MAX, "np.abs(window).max(axis=(2, 3))")],
    ),
    Mistake(
        "cache forgotten",
        None,
        "max_pool_forward",
        symptom="one result where two are expected",
        hint="The function returns two things.",
        edits=[(_MAX_CACHE, "return out")],
    ),
]

_MAX_BACKWARD = [
    Mistake(
        "overlapping windows assign",
        48,
        "max_pool_forward",
        symptom="right for windows side by side; a pixel that wins twice keeps the last gradient",
        hint="What happens to a pixel that wins two windows?",
        edits=[("j * stride + v] += dout", "j * stride + v] = dout")],
    ),
    Mistake(
        "every tied maximum gets the full gradient",
        49,
        "max_pool_forward",
        symptom="sum(dx) exceeds sum(dout) where values tie",
        hint="How much must dx add up to in a window of equal numbers?",
        edits=[
            (_MAX_CACHE, "return out, (x, out, HH, WW, stride)"),
            (_MAX_UNPACK, "x, out, HH, WW, stride = cache"),
            ("dx = np.zeros(shape)", "dx = np.zeros(x.shape)"),
            (
                _WINNER,
                "box = np.s_[n, c, i * stride : i * stride + HH, j * stride : j * stride + WW]",
            ),
            (_ADD_WINNER, "dx[box] += (x[box] == out[n, c, i, j]) * dout[n, c, i, j]"),
        ],
    ),
    Mistake(
        "switch unravelled with the height",
        50,
        "max_pool_forward",
        symptom="right for square windows; otherwise the gradient goes to the wrong pixel",
        hint="How many numbers has a row of the window?",
        edits=[
            (_MAX_CACHE, "return out, (x.shape, switches, HH, stride)"),
            (_MAX_UNPACK, "shape, switches, HH, stride = cache"),
            (_WINNER, "u, v = divmod(switches[n, c, i, j], HH)"),
        ],
    ),
    Mistake(
        "multiplied by the maximum",
        51,
        "max_pool_forward",
        symptom="each gradient is too large by the factor out",
        hint="If the winner rises by 0.1, by how much does the output rise?",
        edits=[
            (_MAX_CACHE, "return out, (x.shape, switches, WW, stride, out)"),
            (_MAX_UNPACK, "shape, switches, WW, stride, out = cache"),
            (_ADD_WINNER, f"{_ADD_WINNER} * out[n, c, i, j]"),
        ],
    ),
    Mistake(
        "spread evenly over the window",
        52,
        "max_pool_forward",
        symptom="all pixels of a window get the same",
        hint="If a loser rises a little, what happens to the output?",
        edits=[
            (_MAX_CACHE, "return out, (x.shape, HH, WW, stride)"),
            (_MAX_UNPACK, "shape, HH, WW, stride = cache"),
            (
                _WINNER,
                "box = np.s_[n, c, i * stride : i * stride + HH, j * stride : j * stride + WW]",
            ),
            (_ADD_WINNER, "dx[box] += dout[n, c, i, j] / (HH * WW)"),
        ],
    ),
    Mistake(
        "maximum of the map, not of the window",
        53,
        "max_pool_forward",
        symptom="one pixel of each map gets everything",
        hint="Where is the maximum of this window, counted from its corner?",
        edits=[
            (_MAX_CACHE, "return out, (x, stride)"),
            (_MAX_UNPACK, "x, stride = cache"),
            ("dx = np.zeros(shape)", "dx = np.zeros(x.shape)"),
            (_WINNER, "u, v = divmod(x[n, c].argmax(), x.shape[3])"),
            (_ADD_WINNER, "dx[n, c, u, v] += dout[n, c, i, j]"),
        ],
    ),
    Mistake(
        "winner counted from the corner of the map",
        53,
        "max_pool_forward",
        symptom="all gradients land in the top left window",
        hint="Where in the map does the window of output i, j start?",
        edits=[(_ADD_WINNER, "dx[n, c, u, v] += dout[n, c, i, j]")],
    ),
    Mistake(
        "stride ignored on the way back",
        None,
        "max_pool_forward",
        symptom="right for stride 1; otherwise all is too far to the top left",
        hint="Where in the map does the window of output i, j start?",
        edits=[(_ADD_WINNER, "dx[n, c, i + u, j + v] += dout[n, c, i, j]")],
    ),
    Mistake(
        "row and column of the winner swapped",
        None,
        "max_pool_forward",
        symptom="gradients are mirrored inside their windows",
        hint="Is k // WW the row or the column?",
        edits=[(_WINNER, "v, u = divmod(switches[n, c, i, j], WW)")],
    ),
    Mistake(
        "gradient always to the corner",
        None,
        "max_pool_forward",
        symptom="the top left pixel of each window gets everything",
        hint="Which pixel of the window has won?",
        edits=[(_WINNER, "u, v = 0, 0")],
    ),
    Mistake(
        "incoming gradient left out",
        None,
        "max_pool_forward",
        symptom="every winner gets 1, whatever dout is",
        hint="Which argument does your function never use?",
        edits=[("+= dout[n, c, i, j]", "+= 1.0")],
    ),
    Mistake(
        "winners of the first channel used for all",
        None,
        "max_pool_forward",
        symptom="right for one channel",
        hint="Every channel has switches of its own.",
        edits=[(_WINNER, "u, v = divmod(switches[n, 0, i, j], WW)")],
    ),
]

_MEAN = f"{_WINDOW}.mean(axis=(2, 3))"
_AVG_CACHE = "return out, (x.shape, HH, WW, stride)"
_SHARE = "dout[:, :, i, j] / (HH * WW)"
_BACK_CORNER = "row, col = i * stride, j * stride"
_BACK_WINDOW = "dx[:, :, row : row + HH, col : col + WW]"

_AVG_FORWARD = [
    Mistake(
        "sum in place of the mean",
        None,
        "avg_pool_forward",
        symptom="every value is HH * WW times too large",
        hint="A mean is a sum divided by how many there are.",
        edits=[(_MEAN, f"{_WINDOW}.sum(axis=(2, 3))")],
    ),
    Mistake(
        "divided by the stride squared",
        None,
        "avg_pool_forward",
        symptom="right where the window is as large as the stride, else off by a constant factor",
        hint="How many numbers are in a window?",
        edits=[(_MEAN, f"{_WINDOW}.sum(axis=(2, 3)) / stride**2")],
    ),
    Mistake(
        "divided by HH squared",
        45,
        "avg_pool_forward",
        symptom="right for square windows, else off by the factor WW/HH",
        hint="How many numbers are in a window that is not square?",
        edits=[(_MEAN, f"{_WINDOW}.sum(axis=(2, 3)) / HH**2")],
    ),
    Mistake(
        "mean across channels",
        46,
        "avg_pool_forward",
        symptom="all channels of the output are equal",
        hint="Which axes is the mean taken over?",
        edits=[(_MEAN, f"{_WINDOW}.mean(axis=(1, 2, 3))[:, None]")],
    ),
    Mistake(
        "maximum in place of the mean",
        None,
        "avg_pool_forward",
        symptom="every value is too large",
        hint="All pixels of the window have the same say.",
        edits=[(_MEAN, f"{_WINDOW}.max(axis=(2, 3))")],
    ),
    Mistake(
        "window as large as the stride",
        44,
        "avg_pool_forward",
        symptom="right where the window is as large as the stride, wrong elsewhere",
        hint="Which arguments say how large a window is, and which how far it moves?",
        edits=[(_WINDOW, "x[:, :, top : top + stride, left : left + stride]")],
    ),
    Mistake(
        "output size H // stride",
        43,
        "avg_pool_forward",
        symptom="right for 2 x 2 with stride 2, the wrong shape where windows overlap",
        hint="pooled_size counts the stops.",
        edits=[
            ("pooled_size(H, HH, stride), pooled_size(W, WW, stride)", "H // stride, W // stride")
        ],
    ),
    Mistake(
        "whole numbers cut off",
        24,
        "avg_pool_forward",
        symptom="right for floating point; the means of whole numbers lose their fractions",
        hint="Which type has the array that you write into?",
        edits=[("pooled_size(W, WW, stride)))", "pooled_size(W, WW, stride)), dtype=x.dtype)")],
    ),
    Mistake(
        "stride ignored in the index",
        None,
        "avg_pool_forward",
        symptom="right at out[0, 0], and everywhere for stride 1",
        hint="At which row does the window of output row i start?",
        edits=[(_CORNER, "top, left = i, j")],
    ),
    Mistake(
        "what does not fit is accepted",
        None,
        "avg_pool_forward",
        symptom="the last rows or columns are dropped without a word",
        hint="pooled_size raises ValueError for you.",
        edits=[
            (
                "pooled_size(H, HH, stride), pooled_size(W, WW, stride)",
                "(H - HH) // stride + 1, (W - WW) // stride + 1",
            )
        ],
    ),
]

_AVG_BACKWARD = [
    Mistake(
        "gradient not divided",
        None,
        "avg_pool_forward",
        symptom="dx is HH * WW times too large",
        hint="If one pixel rises by 0.1, by how much does the mean rise?",
        edits=[(_SHARE, "dout[:, :, i, j]")],
    ),
    Mistake(
        "gradient divided by the stride squared",
        None,
        "avg_pool_forward",
        symptom="right where the window is as large as the stride, else off by a constant factor",
        hint="How many pixels share one gradient?",
        edits=[(_SHARE, "dout[:, :, i, j] / stride**2")],
    ),
    Mistake(
        "gradient divided by HH squared",
        45,
        "avg_pool_forward",
        symptom="right for square windows, else off by the factor WW/HH",
        hint="How many pixels share one gradient in a window that is not square?",
        edits=[(_SHARE, "dout[:, :, i, j] / HH**2")],
    ),
    Mistake(
        "overlapping windows assign",
        48,
        "avg_pool_forward",
        symptom="right for windows side by side; shared pixels keep the last gradient only",
        hint="What happens to a pixel that lies in two windows?",
        edits=[(f"{_BACK_WINDOW} +=", f"{_BACK_WINDOW} =")],
    ),
    Mistake(
        "whole gradient to one pixel",
        None,
        "avg_pool_forward",
        symptom="the top left pixel of each window gets everything, the others nothing",
        hint="Which pixels of the window move the mean?",
        edits=[
            (_BACK_WINDOW, "dx[:, :, row : row + 1, col : col + 1]"),
            (_SHARE, "dout[:, :, i, j]"),
        ],
    ),
    Mistake(
        "stride ignored on the way back",
        None,
        "avg_pool_forward",
        symptom="right for stride 1; otherwise all is too far to the top left",
        hint="Where in the map does the window of output i, j start?",
        edits=[(_BACK_CORNER, "row, col = i, j")],
    ),
    Mistake(
        "share in proportion to the value",
        None,
        "avg_pool_forward",
        symptom="dx depends on x",
        hint="Does the slope of a mean depend on the values?",
        edits=[
            (_AVG_CACHE, "return out, (x, HH, WW, stride)"),
            ("shape, HH, WW, stride = cache", "x, HH, WW, stride = cache"),
            ("dx = np.zeros(shape)", "dx = np.zeros(x.shape)"),
            (
                "+= share[:, :, None, None]",
                "+= share[:, :, None, None] * x[:, :, row : row + HH, col : col + WW]",
            ),
        ],
    ),
    Mistake(
        "shared by all channels",
        None,
        "avg_pool_forward",
        symptom="dx is too small by the number of channels",
        hint="A window belongs to one channel: how many numbers has it?",
        edits=[(_SHARE, "dout[:, :, i, j] / (HH * WW * shape[1])")],
    ),
]

_ROOT = "np.sqrt(np.sum(window**2, axis=(2, 3)))"
_RATE = "rate = dout / np.where(out > 0, out, 1.0)"
_QUIET = 'with np.errstate(invalid="ignore", divide="ignore")'
_ADD_L2 = "dx[box] += x[box] * rate[:, :, i, j, None, None]"

_L2_FORWARD = [
    Mistake(
        "root forgotten",
        None,
        "l2_pool_forward",
        symptom="every value is the square of what it should be",
        hint="9 + 16 + 144 is 169, and the length is 13.",
        edits=[(_ROOT, "np.sum(window**2, axis=(2, 3))")],
    ),
    Mistake(
        "mean of squares",
        None,
        "l2_pool_forward",
        symptom="every value is too small by the root of HH * WW",
        hint="A length adds up squares; nothing is divided.",
        edits=[(_ROOT, "np.sqrt(np.mean(window**2, axis=(2, 3)))")],
    ),
    Mistake(
        "sum of sizes",
        None,
        "l2_pool_forward",
        symptom="every value is too large: 3 and 4 give 7",
        hint="Square, add, take the root.",
        edits=[(_ROOT, "np.sum(np.abs(window), axis=(2, 3))")],
    ),
    Mistake(
        "square of the sum",
        None,
        "l2_pool_forward",
        symptom="numbers of different sign cancel each other",
        hint="Square each number first, then add.",
        edits=[(_ROOT, "np.sqrt(np.sum(window, axis=(2, 3)) ** 2)")],
    ),
    Mistake(
        "length across channels",
        46,
        "l2_pool_forward",
        symptom="all channels of the output are equal",
        hint="Which axes is the sum taken over?",
        edits=[(_ROOT, "np.sqrt(np.sum(window**2, axis=(1, 2, 3)))[:, None]")],
    ),
    Mistake(
        "norm of the window as a matrix",
        None,
        "l2_pool_forward",
        symptom="right for windows of one row or column, too small elsewhere",
        hint="Over two axes, ord=2 is the spectral norm of a matrix, and that is no length.",
        edits=[(_ROOT, "np.linalg.norm(window, ord=2, axis=(2, 3))")],
    ),
    Mistake(
        "height used for the width",
        45,
        "l2_pool_forward",
        symptom="right for square windows, wrong for others",
        hint="Does your function use WW for the columns?",
        edits=[("left : left + WW", "left : left + HH")],
    ),
    Mistake(
        "window as large as the stride",
        44,
        "l2_pool_forward",
        symptom="right where the window is as large as the stride, wrong elsewhere",
        hint="Which arguments say how large a window is, and which how far it moves?",
        edits=[(_WINDOW, "x[:, :, top : top + stride, left : left + stride]")],
    ),
    Mistake(
        "whole numbers cut off",
        24,
        "l2_pool_forward",
        symptom="right for floating point; the lengths of whole numbers lose their fractions",
        hint="Which type has the array that you write into?",
        edits=[("pooled_size(W, WW, stride)))", "pooled_size(W, WW, stride)), dtype=x.dtype)")],
    ),
]

_L2_BACKWARD = [
    Mistake(
        "not divided by out",
        None,
        "l2_pool_forward",
        symptom="dx is too large by the factor out",
        hint="What is the slope of a root?",
        edits=[(_RATE, "rate = dout")],
    ),
    Mistake(
        "twice x",
        None,
        "l2_pool_forward",
        symptom="dx is twice too large",
        hint="The 2 of the square cancels the 2 of the root.",
        edits=[(_ADD_L2, f"{_ADD_L2} * 2")],
    ),
    Mistake(
        "half of x / out",
        None,
        "l2_pool_forward",
        symptom="dx is half of what it should be",
        hint="The 2 of the square cancels the 2 of the root.",
        edits=[(_ADD_L2, f"{_ADD_L2} / 2")],
    ),
    Mistake(
        "nan for a window of zeros",
        None,
        "l2_pool_forward",
        symptom="nan wherever a window holds zeros only",
        hint="What is 0/0?",
        edits=[
            (_RATE, f"{_QUIET}:\n        rate = dout / out"),
            (_ADD_L2, f"{_QUIET}:\n            {_ADD_L2}"),
        ],
    ),
    Mistake(
        "overlapping windows assign",
        48,
        "l2_pool_forward",
        symptom="right for windows side by side; shared pixels keep the last gradient only",
        hint="What happens to a pixel that lies in two windows?",
        edits=[("dx[box] += x[box]", "dx[box] = x[box]")],
    ),
    Mistake(
        "sign lost",
        None,
        "l2_pool_forward",
        symptom="negative pixels get a gradient of the wrong sign",
        hint="If a negative pixel rises, does the length rise or fall?",
        edits=[("dx[box] += x[box]", "dx[box] += np.abs(x[box])")],
    ),
    Mistake(
        "shared evenly",
        None,
        "l2_pool_forward",
        symptom="all pixels of a window get the same",
        hint="Which pixel moves the length most?",
        edits=[(_ADD_L2, "dx[box] += dout[:, :, i, j, None, None] / (HH * WW)")],
    ),
    Mistake(
        "all to the largest",
        None,
        "l2_pool_forward",
        symptom="one pixel of each window gets everything",
        hint="Do the smaller pixels not move the length at all?",
        edits=[
            (
                _ADD_L2,
                "won = x[box] == x[box].max(axis=(2, 3), keepdims=True)\n"
                "        dx[box] += won * dout[:, :, i, j, None, None]",
            )
        ],
    ),
    Mistake(
        "divided by the square of out",
        None,
        "l2_pool_forward",
        symptom="dx is too small by the factor out",
        hint="Measure the slope at the 12 of the window that gives 13.",
        edits=[(_RATE, "rate = dout / np.where(out > 0, out, 1.0) ** 2")],
    ),
    Mistake(
        "incoming gradient left out",
        None,
        "l2_pool_forward",
        symptom="dx is x / out, whatever dout is",
        hint="Which argument does your function never use?",
        edits=[(_RATE, "rate = 1 / np.where(out > 0, out, 1.0)")],
    ),
]

_MATRIX = "columns(x.reshape(N * C, 1, H, W), HH, WW, stride)"
_BEST = "matrix.max(axis=0).reshape(N, C, H_out, W_out)"
_IM2COL_SIZES = "H_out, W_out = pooled_size(H, HH, stride), pooled_size(W, WW, stride)"

_IM2COL = [
    Mistake(
        "maximum across channels",
        46,
        "max_pool_im2col",
        symptom="all channels of the output are equal",
        hint="What does one column hold: a window of one channel, or of all?",
        edits=[
            (_MATRIX, "columns(x, HH, WW, stride)"),
            (
                _BEST,
                "np.repeat(matrix.max(axis=0).reshape(N, 1, H_out, W_out), C, axis=1)",
            ),
        ],
    ),
    Mistake(
        "channels left in the columns",
        46,
        "max_pool_im2col",
        symptom="too few numbers for the shape of the output",
        hint="How many columns are there, and how many numbers has the output?",
        edits=[(_MATRIX, "columns(x, HH, WW, stride)")],
    ),
    Mistake(
        "maximum along the rows",
        None,
        "max_pool_im2col",
        symptom="one number for each place of the window",
        hint="A window is a column: along which axis does one walk down it?",
        edits=[("matrix.max(axis=0)", "matrix.max(axis=1)")],
    ),
    Mistake(
        "columns read as if channels came last",
        59,
        "max_pool_im2col",
        symptom="the right values in the wrong places",
        hint="Which axis changes slowest from column to column?",
        edits=[
            (
                _BEST,
                "matrix.max(axis=0).reshape(N, H_out, W_out, C).transpose(0, 3, 1, 2)",
            )
        ],
    ),
    Mistake(
        "pictures and channels swapped",
        59,
        "max_pool_im2col",
        symptom="the right values in the wrong pictures and channels",
        hint="In what order do n and c stand after the first reshape?",
        edits=[
            (_BEST, "matrix.max(axis=0).reshape(C, N, H_out, W_out).transpose(1, 0, 2, 3)"),
        ],
    ),
    Mistake(
        "height and width of the window swapped",
        45,
        "max_pool_im2col",
        symptom="right for square windows",
        hint="In which order does columns take HH and WW?",
        edits=[(_MATRIX, "columns(x.reshape(N * C, 1, H, W), WW, HH, stride)")],
    ),
    Mistake(
        "stride left at 2",
        None,
        "max_pool_im2col",
        symptom="right for stride 2 only",
        hint="Which argument does your function never use?",
        edits=[
            (_MATRIX, "columns(x.reshape(N * C, 1, H, W), HH, WW, 2)"),
            (_IM2COL_SIZES, "H_out, W_out = pooled_size(H, HH, 2), pooled_size(W, WW, 2)"),
        ],
    ),
    Mistake(
        "output size H // stride",
        43,
        "max_pool_im2col",
        symptom="right for 2 x 2 with stride 2, no reshape possible where windows overlap",
        hint="pooled_size counts the stops.",
        edits=[(_IM2COL_SIZES, "H_out, W_out = H // stride, W // stride")],
    ),
    Mistake(
        "starts from zero",
        47,
        "max_pool_im2col",
        symptom="windows of negative numbers give 0",
        hint="What is the largest number of a column in which all are negative?",
        edits=[("matrix.max(axis=0)", "matrix.max(axis=0, initial=0)")],
    ),
    Mistake(
        "mean of the columns",
        None,
        "max_pool_im2col",
        symptom="every value is too small",
        hint="Which number of a column is kept?",
        edits=[("matrix.max(axis=0)", "matrix.mean(axis=0)")],
    ),
]

_WEIGHT = "w[c, c] = 1 / (HH * WW)"

_WEIGHTS = [
    Mistake(
        "channels mixed",
        None,
        "avg_pool_weights",
        symptom="every output channel is the sum of all channels' means",
        hint="Which channel may filter f look at?",
        edits=[(_WEIGHT, "w[c] = 1 / (HH * WW)")],
    ),
    Mistake(
        "mean over all channels",
        46,
        "avg_pool_weights",
        symptom="every output channel is the mean of all channels",
        hint="Which channel may filter f look at?",
        edits=[(_WEIGHT, "w[c] = 1 / (C * HH * WW)")],
    ),
    Mistake(
        "ones for weights",
        None,
        "avg_pool_weights",
        symptom="sums in place of means",
        hint="The weights of one filter add up to 1.",
        edits=[(_WEIGHT, "w[c, c] = 1")],
    ),
    Mistake(
        "divided by HH squared",
        45,
        "avg_pool_weights",
        symptom="right for square windows only",
        hint="How many numbers has a window that is not square?",
        edits=[(_WEIGHT, "w[c, c] = 1 / HH**2")],
    ),
    Mistake(
        "one weight for each window",
        None,
        "avg_pool_weights",
        symptom="each filter looks at the top left pixel only",
        hint="How many weights of a filter are not 0?",
        edits=[(_WEIGHT, "w[c, c, 0, 0] = 1 / (HH * WW)")],
    ),
    Mistake(
        "height and width swapped",
        45,
        "avg_pool_weights",
        symptom="right for square windows, the wrong shape for others",
        hint="A filter has shape (C, HH, WW).",
        edits=[("np.zeros((C, C, HH, WW))", "np.zeros((C, C, WW, HH))")],
    ),
    Mistake(
        "stored without the zeros",
        None,
        "avg_pool_weights",
        symptom="shape (C, 1, HH, WW), as libraries store a depthwise convolution",
        hint="conv_forward wants as many channels in w as in x.",
        edits=[("    return w\n", "    return np.full((C, 1, HH, WW), 1 / (HH * WW))\n")],
    ),
    Mistake(
        "whole-number weights",
        24,
        "avg_pool_weights",
        symptom="all weights are 0",
        hint="Which type has the array that you write into?",
        edits=[("np.zeros((C, C, HH, WW))", "np.zeros((C, C, HH, WW), dtype=int)")],
    ),
]

_STAND_IN = 'layer = ("conv", C, F, S, 0)'
_COST = "added += C * (F * F * C + 1)"

_REPLACE = [
    Mistake(
        "stride left at 1",
        None,
        "replace_pools",
        symptom="the sizes after the new layer are too large",
        hint="Who makes the map smaller when the pool is gone?",
        edits=[(_STAND_IN, 'layer = ("conv", C, F, 1, 0)')],
    ),
    Mistake(
        "padded to keep the size",
        None,
        "replace_pools",
        symptom="the sizes after the new layer are not those of the pool",
        hint="A pool has no padding.",
        edits=[(_STAND_IN, 'layer = ("conv", C, F, S, (F - 1) // 2)')],
    ),
    Mistake(
        "always 3 x 3",
        None,
        "replace_pools",
        symptom="the new window is not the pool's",
        hint="Which number of the pool says how large its window is?",
        edits=[(_STAND_IN, 'layer = ("conv", C, 3, S, 0)')],
    ),
    Mistake(
        "window and stride swapped",
        None,
        "replace_pools",
        symptom="right where window and stride are equal",
        hint="A convolution is written with F before S.",
        edits=[(_STAND_IN, 'layer = ("conv", C, S, F, 0)')],
    ),
    Mistake(
        "channels of the input throughout",
        None,
        "replace_pools",
        symptom="every new layer has as many filters as the net's input has channels",
        hint="How many channels leave the convolution before the pool?",
        edits=[("            C = layer[1]\n", "            pass\n")],
    ),
    Mistake(
        "biases forgotten",
        2,
        "replace_pools",
        symptom="added is too small by one for each new filter",
        hint="What does each filter have besides its weights?",
        edits=[(_COST, "added += C * F * F * C")],
    ),
    Mistake(
        "one filter counted",
        None,
        "replace_pools",
        symptom="added is too small by the factor C",
        hint="How many filters has the new layer?",
        edits=[(_COST, "added += F * F * C + 1")],
    ),
    Mistake(
        "one channel in each filter",
        None,
        "replace_pools",
        symptom="added is as small as for a depthwise convolution",
        hint="How deep is a filter?",
        edits=[(_COST, "added += C * (F * F + 1)")],
    ),
    Mistake(
        "one bias for the layer",
        None,
        "replace_pools",
        symptom="added is too small by C - 1 for each new layer",
        hint="Each filter has a bias of its own.",
        edits=[(_COST, "added += C * F * F * C + 1")],
    ),
    Mistake(
        "last pool counted only",
        None,
        "replace_pools",
        symptom="right for a net with one pool",
        hint="What happens to the number when the next pool comes?",
        edits=[("added +=", "added =")],
    ),
    Mistake(
        "other layers dropped",
        None,
        "replace_pools",
        symptom="the ReLUs are gone",
        hint="Every layer that is no pool stays as it is.",
        edits=[
            (
                "        new_spec.append(layer)\n",
                '        if layer[0] == "conv":\n            new_spec.append(layer)\n',
            )
        ],
    ),
]

MISTAKES = [
    *_MAX_FORWARD,
    *_MAX_BACKWARD,
    *_AVG_FORWARD,
    *_AVG_BACKWARD,
    *_L2_FORWARD,
    *_L2_BACKWARD,
    *_IM2COL,
    *_WEIGHTS,
    *_REPLACE,
]
