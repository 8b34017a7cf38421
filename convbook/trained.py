"""The trained net that lessons 01 and 02 look into, run layer by layer."""

import numpy as np

from convbook import layers
from convbook.data import Net

KINDS = ("INPUT", *("CONV", "RELU", "POOL") * 3, "FC")


def volumes(net: Net, x: np.ndarray) -> list[np.ndarray]:
    """Run "photos4", and keep the volume after each of its layers, KINDS.

    Args:
        net: its weights, from `data.pretrained("photos4")`.
        x: pictures, shape (N, 3, H, W), values from 0 to 1. Up to the last POOL any size that can
            be halved three times will do; FC needs 32 x 32 and is left out for others.

    Returns:
        The pictures, and the output of each layer, (N, K, H, W); that of FC is (N, M, 1, 1).
    """
    boxes, x = [x], x - net.mean
    for k in (1, 2, 3):
        w, b = net.params[f"w{k}"], net.params[f"b{k}"]
        x, _ = layers.conv_forward(x, w, b, pad=w.shape[2] // 2)  # keeps the size
        boxes.append(x)
        x, _ = layers.relu_forward(x)
        boxes.append(x)
        x, _ = layers.max_pool_forward(x)  # halves it
        boxes.append(x)
    if x.shape[2:] == (4, 4):
        scores, _ = layers.affine_forward(x, net.params["w4"], net.params["b4"])  # (N, M)
        boxes.append(scores[:, :, None, None])
    return boxes
