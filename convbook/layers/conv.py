"""Convolution as one matrix product for each picture: filters times columns.

A column holds the numbers that one window sees. The columns of a whole batch would need much
memory, and be gone from the processor's cache before they are used. So a small buffer takes those
of a few pictures at a time, and backward fills it again.
"""

from collections.abc import Iterator
from functools import reduce

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from convbook.layers import winograd
from convbook.layers.batch import in_halves, parts
from convbook.layers.windows import output_size, tap

Cache = tuple[np.ndarray, np.ndarray, int, int, int]
Shape = tuple[int, ...]
Pads = tuple[int, int]  # rows of zeros above and below, columns of zeros left and right


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
        if groups == 1:
            raise ValueError(f"filters of depth {depth} do not fit {C} channels: it must be {C}")
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
    F, (N, _, H_out, W_out) = w.shape[0], dout.shape
    G = x.shape[1] // w.shape[1]
    maps = dout.reshape(N, G, F // G, H_out, W_out)
    dtype = np.result_type(dout.dtype, x.dtype)

    def of_half(half: slice) -> np.ndarray:
        dw = np.zeros_like(w, shape=(G, w[0].size, F // G), dtype=dtype)
        for part, cols in _columns(x[half], w.shape, stride, (pad, pad), dilation):
            wide = cols.shape[3] // H_out
            douts = np.zeros_like(dout, shape=(len(cols), G, F // G, H_out, wide))
            douts[..., :W_out] = maps[half][part]  # nothing comes from the windows too many
            douts = douts.reshape(len(cols), G, F // G, H_out * wide)
            # Columns first: the product with the longer side in front is the faster one.
            dw += np.matmul(cols, douts.swapaxes(2, 3)).sum(axis=0)
        return dw

    dw = reduce(np.add, in_halves(of_half, dout))  # (G, C/G*HH*WW, F/G)
    return dw.swapaxes(1, 2).reshape(w.shape), dout.sum(axis=(0, 2, 3))


def _correlate(
    x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int, pads: Pads, dilation: int
) -> np.ndarray:
    """Multiply filters and columns, picture by picture: shape (N, F, H_out, W_out)."""
    (N, C), (F, depth) = x.shape[:2], w.shape[:2]
    G = C // depth
    rows, bias = w.reshape(G, F // G, w[0].size), b.reshape(G, F // G, 1, 1)
    H_out, W_out = _sizes(x, w.shape, stride, pads, dilation)
    dtype = np.result_type(x.dtype, w.dtype, b.dtype)
    out = np.empty_like(x, shape=(N, F, H_out, W_out), dtype=dtype, order="C")
    if stride == dilation == 1 and winograd.pays(x, w, out):
        winograd.correlate(x, w, b, pads, out)
        return out
    grouped = out.reshape(N, G, F // G, H_out, W_out)

    def of_half(half: slice) -> None:
        for part, cols in _columns(x[half], w.shape, stride, pads, dilation):
            maps = np.matmul(rows, cols).reshape(len(cols), G, F // G, H_out, -1)
            np.add(maps[..., :W_out], bias, out=grouped[half][part])

    in_halves(of_half, max(x, out, key=np.size))
    return out


def _columns(
    x: np.ndarray, w_shape: Shape, stride: int, pads: Pads, dilation: int
) -> Iterator[tuple[slice, np.ndarray]]:
    """Write every window of a few pictures into the buffer.

    A picture lies in memory as one long line, row after row with zeros between them: those to the
    left of a row are those to the right of the row above. At stride 1 the columns also have the
    windows that straddle two rows, W_out of `wide` being real. So what all windows see at one tap
    is one stretch of the line, and copied at once. Who uses the columns leaves these windows out.

    Yields:
        Which pictures, and their columns, shape (n, groups, C/groups * HH * WW, H_out * wide). The
        next step writes over them.
    """
    (N, C, H, W), (F, depth, HH, WW), (above, left) = x.shape, w_shape, pads
    H_out, W_out = _sizes(x, w_shape, stride, pads, dilation)
    pitch = max(W + left, W_out, WW)  # from the start of a row to that of the next
    wide = pitch if stride == 1 else W_out
    steps = list(parts(N, (C * HH * WW + F) * H_out * wide * x.itemsize))
    n = steps[0].stop if steps else 0
    # The zeros around a picture are written once: every next picture takes the place of the last.
    rows = np.zeros_like(x, shape=(n, C, stride * H_out + dilation * HH, pitch))
    pictures = rows[:, :, above : above + H, left : left + W]
    windows = _windows(rows, (HH, WW), (H_out, wide), stride, dilation)
    buffer = np.empty_like(x, shape=windows.shape)
    for part in steps:
        few = slice(0, part.stop - part.start)
        pictures[few] = x[part]
        buffer[few] = windows[few]
        yield part, buffer[few].reshape(-1, C // depth, depth * HH * WW, H_out * wide)


def _windows(
    rows: np.ndarray, window: tuple[int, int], places: tuple[int, int], stride: int, dilation: int
) -> np.ndarray:
    """View rows (n, C, height, pitch) as windows: shape (n, C, HH, WW, H_out, wide).

    A window is a stretch of the line of rows: HH rows long, and WW numbers of each are kept.
    """
    (n, C, height, pitch), (HH, WW), (H_out, wide) = rows.shape, window, places
    line = rows.reshape(n, C, height * pitch)
    view = sliding_window_view(line, HH * dilation * pitch, axis=2)[:, :, : H_out * stride * pitch]
    view = view.reshape(n, C, H_out, stride * pitch, HH, dilation * pitch)
    view = view[:, :, :, : wide * stride : stride, :, : WW * dilation : dilation]
    return view.transpose(0, 1, 4, 5, 2, 3)


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
    dtype = np.result_type(dout.dtype, w.dtype)
    dx_pad = np.zeros_like(x, shape=(N, C, H + 2 * pad, W + 2 * pad), dtype=dtype)

    def of_half(half: slice) -> None:
        some = dx_pad[half]
        for part in parts(len(some), C * HH * WW * H_out * W_out * dtype.itemsize):
            dtaps = np.matmul(rows, douts[half][part]).reshape(-1, C, HH, WW, H_out, W_out)
            for i, j in np.ndindex(HH, WW):
                place = i * dilation, j * dilation, H_out, W_out, stride
                tap(some[part], *place)[...] += dtaps[:, :, i, j]

    in_halves(of_half, dout)
    return dx_pad[:, :, pad : pad + H, pad : pad + W]


def _in_groups(maps: np.ndarray, G: int) -> np.ndarray:
    """View feature maps (N, F, H, W) as (N, G, F/G, H*W)."""
    N, F, H, W = maps.shape
    return maps.reshape(N, G, F // G, H * W)


def _sizes(x: np.ndarray, w_shape: Shape, stride: int, pads: Pads, dilation: int) -> list[int]:
    sizes = zip(x.shape[2:], w_shape[2:], pads, strict=True)
    return [output_size(size, window, stride, pad, dilation) for size, window, pad in sizes]
