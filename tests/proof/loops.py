"""Answers that loop where the exercise is to go through whole arrays, or call what has them."""

from autograder.course import Lesson, lessons

POOL_BY_PLACES = """
def max_pool_im2col(x, HH=2, WW=2, stride=2):
    N, C, H, W = x.shape
    out = np.empty((N, C, pooled_size(H, HH, stride), pooled_size(W, WW, stride)))
    for n, c, i, j in np.ndindex(out.shape):
        top, left = i * stride, j * stride
        out[n, c, i, j] = x[n, c, top : top + HH, left : left + WW].max()
    return out
"""
PIXELS = """
def conv_1x1(x, w, b):
    N, C, H, W = x.shape
    out = np.zeros((N, w.shape[0], H, W))
    for n in range(N):
        for i in range(H):
            for j in range(W):
                for f in range(w.shape[0]):
                    out[n, f, i, j] = np.dot(w[f, :, 0, 0], x[n, :, i, j]) + b[f]
    return out
"""


ASKED = """
def dx_by_full_convolution(dout, w):
    (N, F, H_out, W_out), (_, C, HH, WW) = dout.shape, w.shape
    x = np.zeros((N, C, H_out + HH - 1, W_out + WW - 1))
    return conv_backward(dout, (x, w, np.zeros(F), 1, 0))[0]
"""
PLACES = """
def dx_by_full_convolution(dout, w):
    (N, F, H_out, W_out), (_, C, HH, WW) = dout.shape, w.shape
    dx = np.zeros((N, C, H_out + HH - 1, W_out + WW - 1))
    for n, f, i, j in np.ndindex(dout.shape):
        dx[n, :, i : i + HH, j : j + WW] += dout[n, f, i, j] * w[f]
    return dx
"""
ASKED_AT_STRIDE = """
def dx_at_stride(dout, w, stride):
    (N, F, H_out, W_out), (_, C, HH, WW) = dout.shape, w.shape
    x = np.zeros((N, C, (H_out - 1) * stride + HH, (W_out - 1) * stride + WW))
    return conv_backward(dout, conv_forward(x, w, np.zeros(F), stride)[1])[0]
"""
PLACES_AT_STRIDE = """
def dx_at_stride(dout, w, stride):
    (N, F, H_out, W_out), (_, C, HH, WW) = dout.shape, w.shape
    dx = np.zeros((N, C, (H_out - 1) * stride + HH, (W_out - 1) * stride + WW))
    for n, f, i, j in np.ndindex(dout.shape):
        top, left = i * stride, j * stride
        dx[n, :, top : top + HH, left : left + WW] += dout[n, f, i, j] * w[f]
    return dx
"""


def answers(lesson: Lesson) -> list[tuple[str, str, str]]:
    """Return exercise, name and cell of each answer that loops in a lesson."""
    if lesson.name == "03_backprop":
        return [
            ("dx_by_full_convolution", "conv_backward is called", ASKED),
            ("dx_by_full_convolution", "places one by one", PLACES),
            ("dx_at_stride", "conv_backward is called at a stride", ASKED_AT_STRIDE),
            ("dx_at_stride", "places one by one at a stride", PLACES_AT_STRIDE),
        ]
    if lesson.name == "04_im2col":
        return [("conv_forward_im2col", "the loops of lessons 02 and 03", _old_layer())]
    if lesson.name == "05_pooling":
        return [("max_pool_im2col", "places one by one", POOL_BY_PLACES)]
    if lesson.name == "07_one_by_one_and_dilated":
        return [("conv_1x1", "pixels one by one", PIXELS)]
    return []


def _old_layer() -> str:
    """Write the layer of lesson 04 with the cells of the lessons before it."""
    forward = lessons()["02_convolution"].solutions["conv_forward"]
    backward = lessons()["03_backprop"].solutions["conv_forward"].partition("def conv_backward")[2]
    cell = (
        f"{forward}\n\ndef conv_backward{backward}\n\n"
        "def conv_forward_im2col(x, w, b, stride=1, pad=0):\n"
        "    return conv_forward(x, w, b, stride, pad)[0], (x, w, b, stride, pad)\n\n\n"
        "conv_backward_im2col = conv_backward\n"
    )
    return cell
