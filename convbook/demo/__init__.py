"""Demos for notebooks, slides and exported pages: one frame, no kernel, no network.

In come sizes, arrays or a log; out comes a `Demo`, an HTML page with all that it needs.
"""

from convbook.demo.filters import laboratory
from convbook.demo.layers import (
    backward,
    convolution,
    fc_to_conv,
    im2col,
    max_pooling,
    receptive_field,
    windows,
)
from convbook.demo.net import activations
from convbook.demo.page import Demo
from convbook.demo.recognition import recognition
from convbook.demo.threads import race
from convbook.demo.timeline import timeline
from convbook.demo.training import training

__all__ = [
    "Demo",
    "activations",
    "backward",
    "convolution",
    "fc_to_conv",
    "im2col",
    "laboratory",
    "max_pooling",
    "race",
    "receptive_field",
    "recognition",
    "timeline",
    "training",
    "windows",
]
