"""The course's own layers, for lessons that build on one the student has not written yet."""

from convbook.layers.activation import relu_backward, relu_forward
from convbook.layers.conv import conv_backward, conv_forward
from convbook.layers.gradient import numerical_gradient
from convbook.layers.pool import (
    avg_pool_backward,
    avg_pool_forward,
    max_pool_backward,
    max_pool_forward,
)

__all__ = [
    "avg_pool_backward",
    "avg_pool_forward",
    "conv_backward",
    "conv_forward",
    "max_pool_backward",
    "max_pool_forward",
    "numerical_gradient",
    "relu_backward",
    "relu_forward",
]
