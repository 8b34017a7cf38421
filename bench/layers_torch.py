"""What bench/layers.py measures, by PyTorch: what layers_ways.OfModule makes of a module."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from layers_ways import Way

F = torch.nn.functional


def conv(stride: int, pad: int) -> Way:
    """A convolution of (x, w, b)."""
    return _way(lambda x, w, b: F.conv2d(x, w, b, stride, pad))


def pool(window: int) -> Way:
    """Max pooling of (x,) at stride 2."""
    return _way(lambda x: F.max_pool2d(x, window, 2))


def step() -> Way:
    """The training step of (x, y, *weights); gradients of the weights alone."""
    return _way(_loss, learned=slice(2, None))


def _way(f: Callable[..., Any], learned: slice = slice(None)) -> Way:
    """Make a way of a function of tensors; gradients for those inputs that are learned."""

    def forward(*arrays: np.ndarray) -> tuple[np.ndarray, Any]:
        tensors = [torch.from_numpy(a) for a in arrays]  # shares memory: no time for a copy
        for tensor in tensors[learned]:
            tensor.requires_grad_()
        out = f(*tensors)
        return out.detach().numpy(), out

    return forward, lambda dout, out: out.backward(torch.from_numpy(np.asarray(dout)))


def _loss(x: Any, y: Any, *weights: Any) -> Any:
    """The loss of [CONV-RELU-CONV-RELU-POOL]x2-FC, without biases."""
    for number, w in enumerate(weights[:-1]):
        x = F.relu(F.conv2d(x, w, padding=1))
        x = F.max_pool2d(x, 2) if number % 2 else x
    return F.cross_entropy(x.flatten(1) @ weights[-1], y)
