"""Convolution and pooling the textbook way, to compare with: written for the benchmark alone.

Columns of the whole batch are picked out with index arrays, as the CS231n course does it, and the
gradient is put back with np.add.at.
"""

from typing import Any

import numpy as np


def conv_forward(
    x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int = 1, pad: int = 0
) -> tuple[np.ndarray, Any]:
    """Convolve x (N, C, H, W) with w (F, C, HH, WW): out (N, F, H_out, W_out) and a cache."""
    N, F = len(x), len(w)
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    where = _indices(x_pad.shape, w.shape, stride)
    cols = x_pad[:, *where]  # (N, C*HH*WW, H_out*W_out)
    cols = cols.transpose(1, 2, 0).reshape(w[0].size, -1)  # (C*HH*WW, H_out*W_out*N)
    out = w.reshape(F, -1) @ cols + b[:, None]
    H_out = (x_pad.shape[2] - w.shape[2]) // stride + 1
    out = out.reshape(F, H_out, -1, N).transpose(3, 0, 1, 2)
    return out, (x_pad.shape, cols, w, where, pad)


def conv_backward(dout: np.ndarray, cache: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return dx, dw and db for dout (N, F, H_out, W_out)."""
    shape, cols, w, where, pad = cache
    N, F = dout.shape[:2]
    rows = dout.transpose(1, 2, 3, 0).reshape(F, -1)
    dcols = (w.reshape(F, -1).T @ rows).reshape(w[0].size, -1, N).transpose(2, 0, 1)
    dx_pad = np.zeros(shape, dtype=dout.dtype)
    np.add.at(dx_pad, (slice(None), *where), dcols)
    dx = dx_pad[:, :, pad : shape[2] - pad, pad : shape[3] - pad]
    return dx, (rows @ cols.T).reshape(w.shape), rows.sum(axis=1)


def max_pool_forward(x: np.ndarray, HH: int, WW: int, stride: int) -> tuple[np.ndarray, Any]:
    """Pool x (N, C, H, W) as a convolution's columns: out (N, C, H_out, W_out) and a cache."""
    N, C, H, W = x.shape
    single = x.reshape(N * C, 1, H, W)
    where = _indices(single.shape, (1, 1, HH, WW), stride)
    cols = single[:, *where].transpose(1, 2, 0).reshape(HH * WW, -1)
    best = cols.argmax(axis=0)
    out = cols[best, np.arange(len(best))]
    out = out.reshape((H - HH) // stride + 1, -1, N, C).transpose(2, 3, 0, 1)
    return out, (x.shape, cols, best, where)


def max_pool_backward(dout: np.ndarray, cache: Any) -> np.ndarray:
    """Return dx for dout (N, C, H_out, W_out)."""
    (N, C, H, W), cols, best, where = cache
    dcols = np.zeros_like(cols)
    dcols[best, np.arange(len(best))] = dout.transpose(2, 3, 0, 1).ravel()
    dcols = dcols.reshape(len(cols), -1, N * C).transpose(2, 0, 1)
    dx = np.zeros((N * C, 1, H, W), dtype=dout.dtype)
    np.add.at(dx, (slice(None), *where), dcols)
    return dx.reshape(N, C, H, W)


def _indices(shape: tuple, w_shape: tuple, stride: int) -> tuple:
    """Channel, row and column of every tap (rows) of every window (columns)."""
    C, HH, WW = w_shape[1:]
    H_out, W_out = ((s - k) // stride + 1 for s, k in zip(shape[2:], (HH, WW), strict=True))
    i0, j0 = np.tile(np.repeat(np.arange(HH), WW), C), np.tile(np.arange(WW), HH * C)
    i1, j1 = np.repeat(np.arange(H_out), W_out) * stride, np.tile(np.arange(W_out), H_out) * stride
    k = np.repeat(np.arange(C), HH * WW)[:, None]
    return k, i0[:, None] + i1, j0[:, None] + j1
