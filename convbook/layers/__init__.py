"""The course's own layers, for lessons that build on one the student has not written yet.

No layer calls one that another lesson asks for: while that lesson is graded, it is not there.
"""

from convbook.layers.activation import relu_backward, relu_forward
from convbook.layers.conv import conv_backward, conv_forward, conv_weight_gradients
from convbook.layers.fc import affine_backward, affine_forward
from convbook.layers.gradient import numerical_gradient
from convbook.layers.loss import softmax_loss, svm_loss
from convbook.layers.norm import (
    batchnorm_backward,
    batchnorm_forward,
    dropout_backward,
    dropout_forward,
    lrn_forward,
    spatial_batchnorm_backward,
    spatial_batchnorm_forward,
)
from convbook.layers.pool import (
    avg_pool_backward,
    avg_pool_forward,
    max_pool_backward,
    max_pool_forward,
)

__all__ = [
    "affine_backward",
    "affine_forward",
    "avg_pool_backward",
    "avg_pool_forward",
    "batchnorm_backward",
    "batchnorm_forward",
    "conv_backward",
    "conv_forward",
    "conv_weight_gradients",
    "dropout_backward",
    "dropout_forward",
    "lrn_forward",
    "max_pool_backward",
    "max_pool_forward",
    "numerical_gradient",
    "relu_backward",
    "relu_forward",
    "softmax_loss",
    "spatial_batchnorm_backward",
    "spatial_batchnorm_forward",
    "svm_loss",
]
