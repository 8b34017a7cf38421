"""Convolution as one matrix product for each picture: filters times columns.

A column holds the numbers that one window sees. The columns of a whole batch would need much
memory, and be gone from the processor's cache before they are used. So a small buffer takes those
of a few pictures at a time, and backward fills it again.
"""

from collections.abc import Iterator

import numpy as np

from convbook.layers.windows import output_size, pad_map, tap

Cache = tuple[np.ndarray, np.ndarray, int, int, int]
Shape = tuple[int, ...]

BUFFER_BYTES = 1 << 20  # about what stays in a core's cache


def conv_forward(
    x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int = 1, pad: int = 0, dilation: int = 1
) -> tuple[np.ndarray, Cache]:
    """Slide each filter over each picture and take a dot product at every stop.

    Args:
        x: pictures, shape (N, C, H, W).
        w: filters, shape (F, C, HH, WW).
        b: one bias per filter, shape (F,).
        stride: pixels between neighbouring windows.
        pad: rows and columns of zeros on every side.
        dilation: pixels between neighbouring taps; 1 means none are left out, as in PyTorch.

    Returns:
        out: feature maps, shape (N, F, H_out, W_out).
        cache: what conv_backward needs.

    Raises:
        ValueError: the windows do not end at the edge.
    """
    N, _, H, W = x.shape
    F, C, HH, WW = w.shape
    H_out = output_size(H, HH, stride, pad, dilation)
    W_out = output_size(W, WW, stride, pad, dilation)
    x_pad = pad_map(x, pad)
    rows = w.reshape(F, -1)  # (F, C, HH, WW) -> (F, C*HH*WW)
    out = np.empty((N, F, H_out * W_out), dtype=np.result_type(x, w, b))
    cols = _buffer(x, C * HH * WW, H_out * W_out)
    for part in _parts(N, len(cols)):
        np.matmul(rows, _fill(cols, x_pad[part], w.shape, H_out, stride, dilation), out=out[part])
    out += b[:, None]
    return out.reshape(N, F, H_out, W_out), (x, w, stride, pad, dilation)


def conv_backward(dout: np.ndarray, cache: Cache) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Send the gradient of the output back through every tap it came from.

    Args:
        dout: gradient of the loss with respect to out, shape (N, F, H_out, W_out).
        cache: from conv_forward.

    Returns:
        dx, dw, db: gradients, the shapes of x, w and b.
    """
    x, w, stride, pad, dilation = cache
    N, F, H_out, W_out = dout.shape
    _, C, HH, WW = w.shape
    H, W = x.shape[2:]
    x_pad = pad_map(x, pad)
    dx_pad = np.zeros(x_pad.shape, dtype=np.result_type(dout, w))
    rows = w.reshape(F, -1)  # (F, C, HH, WW) -> (F, C*HH*WW)
    drows = np.zeros((F, C * HH * WW), dtype=np.result_type(dout, x))
    douts = dout.reshape(N, F, H_out * W_out)
    cols = _buffer(x, C * HH * WW, H_out * W_out)
    for part in _parts(N, len(cols)):
        seen = _fill(cols, x_pad[part], w.shape, H_out, stride, dilation)
        drows += np.matmul(douts[part], seen.transpose(0, 2, 1)).sum(axis=0)
        dcols = np.matmul(rows.T, douts[part])  # (n, C*HH*WW, H_out*W_out)
        dtaps = dcols.reshape(-1, C, HH, WW, H_out, W_out)
        for i, j in np.ndindex(HH, WW):
            place = i * dilation, j * dilation, H_out, W_out, stride
            tap(dx_pad[part], *place)[...] += dtaps[:, :, i, j]
    dx = dx_pad[:, :, pad : pad + H, pad : pad + W]
    return dx, drows.reshape(w.shape), dout.sum(axis=(0, 2, 3))


def _buffer(x: np.ndarray, rows: int, places: int) -> np.ndarray:
    """Make room for the columns of a few pictures, about BUFFER_BYTES: shape (n, rows, places)."""
    together = BUFFER_BYTES // (rows * places * x.itemsize)
    return np.empty((min(max(1, together), max(1, len(x))), rows, places), dtype=x.dtype)


def _parts(N: int, together: int) -> Iterator[slice]:
    """Cut a batch of N into parts of so many pictures."""
    return (slice(n, min(n + together, N)) for n in range(0, N, together))


def _fill(
    cols: np.ndarray, x_pad: np.ndarray, w_shape: Shape, H_out: int, stride: int, dilation: int
) -> np.ndarray:
    """Write every window of a few pictures into the buffer, one tap of all windows at a time.

    Returns:
        The part of the buffer that they need, shape (n, C * HH * WW, H_out * W_out).
    """
    _, C, HH, WW = w_shape
    n, W_out = len(x_pad), cols.shape[2] // H_out
    taps = cols[:n].reshape(n, C, HH, WW, H_out, W_out)
    for i, j in np.ndindex(HH, WW):
        taps[:, :, i, j] = tap(x_pad, i * dilation, j * dilation, H_out, W_out, stride)
    return cols[:n]
