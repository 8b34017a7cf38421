"""Demos for notebooks, slides and exported pages: one frame, no kernel, no network."""

from convbook.demo.layers import backward, convolution, im2col, max_pooling
from convbook.demo.page import Demo

__all__ = ["Demo", "backward", "convolution", "im2col", "max_pooling"]
