"""Convolution as one matrix product for each picture: filters times columns.

A column holds the numbers that one window sees. The columns of a whole batch would need much
memory, and be gone from the processor's cache before they are used. So a small buffer takes those
of a few pictures at a time, and backward fills it again.
"""

from collections.abc import Iterator

import numpy as np

from convbook.layers.windows import output_size, tap

Cache = tuple[np.ndarray, np.ndarray, int, int, int]
Shape = tuple[int, ...]
Pads = tuple[int, int]  # rows of zeros above and below, columns of zeros left and right

BUFFER_BYTES = 1 << 20  # about what stays in a core's cache


def conv_forward(
    x: np.ndarray,
    w: np.ndarray,
    b: np.ndarray,
    stride: int = 1,
    pad: int = 0,
    dilation: int = 1,
    groups: int = 1,
) -> tuple[np.ndarray, Cache]:
    """Slide each filter over each picture and take a dot product at every stop.

    Args:
        x: pictures, shape (N, C, H, W).
        w: filters, shape (F, C / groups, HH, WW).
        b: one bias per filter, shape (F,).
        stride: pixels between neighbouring windows.
        pad: rows and columns of zeros on every side.
        dilation: pixels between neighbouring taps; 1 means none are left out, as in PyTorch.
        groups: parts into which channels and filters are cut; a filter sees its own part's channels
            alone. 1 means that it sees all, C that each sees one, as in a depthwise convolution.

    Returns:
        out: feature maps, shape (N, F, H_out, W_out).
        cache: what conv_backward needs.

    Raises:
        ValueError: the windows do not end at the edge, or the depths do not fit.
    """
    C, (F, depth) = x.shape[1], w.shape[:2]
    if depth * groups != C or F % groups:
        raise ValueError(
            f"{F} filters of depth {depth} do not fit {C} channels in {groups} groups:"
            f" {depth} * {groups} must be {C}, and {F} a multiple of {groups}"
        )
    return _correlate(x, w, b, stride, (pad, pad), dilation), (x, w, stride, pad, dilation)


def conv_backward(dout: np.ndarray, cache: Cache) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Send the gradient of the output back through every tap it came from.

    Args:
        dout: gradient of the loss with respect to out, shape (N, F, H_out, W_out).
        cache: from conv_forward.

    Returns:
        dx, dw, db: gradients, the shapes of x, w and b.
    """
    return _input_gradient(dout, cache), *conv_weight_gradients(dout, cache)


def conv_weight_gradients(dout: np.ndarray, cache: Cache) -> tuple[np.ndarray, np.ndarray]:
    """Return dw and db alone, which is all that the first layer of a net needs.

    Args:
        dout: gradient of the loss with respect to out, shape (N, F, H_out, W_out).
        cache: from conv_forward.
    """
    x, w, stride, pad, dilation = cache
    douts = _in_groups(dout, x.shape[1] // w.shape[1])  # (N, G, F/G, H_out*W_out)
    rows = w[0].size, w.shape[0] // douts.shape[1]
    dtype = np.result_type(dout, x)
    dw = np.zeros_like(w, shape=(douts.shape[1], *rows), dtype=dtype)
    for part, cols in _columns(x, w.shape, stride, (pad, pad), dilation):
        # Columns first: the product with the longer side in front is the faster one.
        dw += np.matmul(cols, douts[part].swapaxes(2, 3)).sum(axis=0)
    return dw.swapaxes(1, 2).reshape(w.shape), dout.sum(axis=(0, 2, 3))


def _correlate(
    x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int, pads: Pads, dilation: int
) -> np.ndarray:
    """Multiply filters and columns, picture by picture: shape (N, F, H_out, W_out)."""
    (N, C), (F, depth) = x.shape[:2], w.shape[:2]
    G = C // depth
    rows, bias = w.reshape(G, F // G, w[0].size), b.reshape(G, F // G, 1)
    H_out, W_out = _sizes(x, w.shape, stride, pads, dilation)
    dtype = np.result_type(x, w, b)
    out = np.empty_like(x, shape=(N, G, F // G, H_out * W_out), dtype=dtype)
    for part, cols in _columns(x, w.shape, stride, pads, dilation):
        np.matmul(rows, cols, out=out[part])
        out[part] += bias
    return out.reshape(N, F, H_out, W_out)  # (N, G, F/G, H_out*W_out) -> (N, F, H_out, W_out)


def _columns(
    x: np.ndarray, w_shape: Shape, stride: int, pads: Pads, dilation: int
) -> Iterator[tuple[slice, np.ndarray]]:
    """Write every window of a few pictures into the buffer, one tap of all windows at a time.

    Yields:
        Which pictures, and their columns, shape (n, groups, C/groups * HH * WW, H_out * W_out). The
        next step writes over them.
    """
    (N, C, H, W), (_, depth, HH, WW), (rows, columns) = x.shape, w_shape, pads
    H_out, W_out = _sizes(x, w_shape, stride, pads, dilation)
    parts = list(_parts(N, C * HH * WW * H_out * W_out * x.itemsize))
    n = parts[0].stop if parts else 0
    # The zeros around a picture are written once: every next picture takes the place of the last.
    x_pad = np.zeros_like(x, shape=(n, C, H + 2 * rows, W + 2 * columns))
    buffer = np.empty_like(x, shape=(n, C, HH, WW, H_out, W_out))
    for part in parts:
        seen, taps = x_pad[: part.stop - part.start], buffer[: part.stop - part.start]
        seen[:, :, rows : rows + H, columns : columns + W] = x[part]
        for i, j in np.ndindex(HH, WW):
            taps[:, :, i, j] = tap(seen, i * dilation, j * dilation, H_out, W_out, stride)
        yield part, taps.reshape(len(taps), C // depth, depth * HH * WW, H_out * W_out)


def _input_gradient(dout: np.ndarray, cache: Cache) -> np.ndarray:
    """Return dx: at stride 1 a full convolution with the turned filters, as in lesson 03."""
    x, w, stride, pad, dilation = cache
    F, depth, HH, WW = w.shape
    G = x.shape[1] // depth
    around = dilation * (HH - 1) - pad, dilation * (WW - 1) - pad
    if stride > 1 or min(around) < 0:
        return _spread(dout, cache)
    turned = w.reshape(G, F // G, depth, HH, WW).swapaxes(1, 2)[..., ::-1, ::-1]
    turned = turned.reshape(G * depth, F // G, HH, WW)  # each channel of x has its own filter
    return _correlate(dout, turned, np.zeros_like(w, shape=G * depth), 1, around, dilation)


def _spread(dout: np.ndarray, cache: Cache) -> np.ndarray:
    """Return dx for any stride: find the gradient of every column and add it where it came from."""
    x, w, stride, pad, dilation = cache
    (N, C, H, W), (F, depth, HH, WW), (H_out, W_out) = x.shape, w.shape, dout.shape[2:]
    G = C // depth
    rows = w.reshape(G, F // G, w[0].size).swapaxes(1, 2)  # (G, C/G*HH*WW, F/G)
    douts = _in_groups(dout, G)
    dtype = np.result_type(dout, w)
    dx_pad = np.zeros_like(x, shape=(N, C, H + 2 * pad, W + 2 * pad), dtype=dtype)
    for part in _parts(N, C * HH * WW * H_out * W_out * dtype.itemsize):
        dtaps = np.matmul(rows, douts[part]).reshape(-1, C, HH, WW, H_out, W_out)
        for i, j in np.ndindex(HH, WW):
            place = i * dilation, j * dilation, H_out, W_out, stride
            tap(dx_pad[part], *place)[...] += dtaps[:, :, i, j]
    return dx_pad[:, :, pad : pad + H, pad : pad + W]


def _in_groups(maps: np.ndarray, G: int) -> np.ndarray:
    """View feature maps (N, F, H, W) as (N, G, F/G, H*W)."""
    N, F, H, W = maps.shape
    return maps.reshape(N, G, F // G, H * W)


def _sizes(x: np.ndarray, w_shape: Shape, stride: int, pads: Pads, dilation: int) -> list[int]:
    sizes = zip(x.shape[2:], w_shape[2:], pads, strict=True)
    return [output_size(size, window, stride, pad, dilation) for size, window, pad in sizes]


def _parts(N: int, picture_bytes: int) -> Iterator[slice]:
    """Cut a batch of N into parts whose columns are about BUFFER_BYTES together."""
    n = max(1, BUFFER_BYTES // max(1, picture_bytes))
    return (slice(start, min(start + n, N)) for start in range(0, N, n))
