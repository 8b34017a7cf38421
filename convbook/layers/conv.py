"""Convolution as K x K shifted matrix products: one for each tap of the window."""

import numpy as np

from convbook.layers.windows import output_size, pad_map, tap

Cache = tuple[np.ndarray, np.ndarray, int, int, int]


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
    F, _, HH, WW = w.shape
    H_out = output_size(H, HH, stride, pad, dilation)
    W_out = output_size(W, WW, stride, pad, dilation)
    x_pad = pad_map(x, pad)
    out = np.zeros((F, N, H_out, W_out), dtype=np.result_type(x, w, b))
    for i, j in np.ndindex(HH, WW):
        seen = tap(x_pad, i * dilation, j * dilation, H_out, W_out, stride)
        out += np.tensordot(w[:, :, i, j], seen, axes=(1, 1))  # (F, C) x (N, C, ..) -> (F, N, ..)
    out += b[:, None, None, None]
    return out.transpose(1, 0, 2, 3), (x, w, stride, pad, dilation)


def conv_backward(dout: np.ndarray, cache: Cache) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Send the gradient of the output back through every tap it came from.

    Args:
        dout: gradient of the loss with respect to out, shape (N, F, H_out, W_out).
        cache: from conv_forward.

    Returns:
        dx, dw, db: gradients, the shapes of x, w and b.
    """
    x, w, stride, pad, dilation = cache
    H, W = x.shape[2:]
    HH, WW = w.shape[2:]
    H_out, W_out = dout.shape[2:]
    x_pad = pad_map(x, pad)
    dx_pad = np.zeros_like(x_pad)
    dw = np.empty_like(w)
    for i, j in np.ndindex(HH, WW):
        place = i * dilation, j * dilation, H_out, W_out, stride
        dw[:, :, i, j] = np.tensordot(dout, tap(x_pad, *place), axes=((0, 2, 3), (0, 2, 3)))
        back = np.tensordot(w[:, :, i, j], dout, axes=(0, 1))  # (C, N, H_out, W_out)
        tap(dx_pad, *place)[...] += back.transpose(1, 0, 2, 3)
    dx = dx_pad[:, :, pad : pad + H, pad : pad + W]
    return dx, dw, dout.sum(axis=(0, 2, 3))
