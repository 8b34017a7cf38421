"""Windows over a padded feature map: the one idea that convolution and pooling share."""

import numpy as np


def output_size(size: int, window: int, stride: int, pad: int = 0, dilation: int = 1) -> int:
    """Count the places where a window fits along one axis: (size - reach + 2 pad) / stride + 1.

    Args:
        size: pixels of the input along the axis.
        window: pixels of the window.
        stride: pixels between neighbouring windows.
        pad: pixels of padding on each side.
        dilation: pixels between neighbouring taps of the window; 1 means none are left out.

    Raises:
        ValueError: the windows do not end at the edge.
    """
    reach = dilation * (window - 1) + 1
    room = size + 2 * pad - reach
    if room < 0 or room % stride:
        raise ValueError(
            f"a window of {reach} does not fit: ({size} - {reach} + 2*{pad})/{stride} + 1"
            f" = {room / stride + 1:.4g} is not a whole number of at least 1"
        )
    return room // stride + 1


def pad_map(x: np.ndarray, pad: int, value: float = 0.0) -> np.ndarray:
    """Put `pad` rows and columns of one value around each feature map of x (N, C, H, W)."""
    return np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), constant_values=value)


def tap(x: np.ndarray, i: int, j: int, H_out: int, W_out: int, stride: int) -> np.ndarray:
    """View the pixel that every window sees at its row i and column j.

    Args:
        x: feature maps, padded, shape (N, C, H, W).
        i: row inside the window, in pixels of x.
        j: column inside the window, in pixels of x.
        H_out: windows along the height.
        W_out: windows along the width.
        stride: pixels between neighbouring windows.

    Returns:
        A view of x, shape (N, C, H_out, W_out).
    """
    return x[:, :, i : i + stride * H_out : stride, j : j + stride * W_out : stride]
