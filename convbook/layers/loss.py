"""Losses of a batch of class scores, with their gradients."""

import numpy as np


def softmax_loss(scores: np.ndarray, y: np.ndarray) -> tuple[float, np.ndarray]:
    """Average the negative logarithm of the right class's probability.

    Args:
        scores: logits, shape (N, C); of any size, as each row is shifted by its maximum.
        y: right classes, whole numbers below C, shape (N,).

    Returns:
        loss: the average over the batch.
        dscores: its gradient, shape (N, C).
    """
    N = len(scores)
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    dscores = np.exp(log_p)
    dscores[np.arange(N), y] -= 1
    return float(-log_p[np.arange(N), y].mean()), dscores / N


def svm_loss(scores: np.ndarray, y: np.ndarray) -> tuple[float, np.ndarray]:
    """Average the hinge loss: what each wrong class lacks to a margin of 1 below the right one.

    Args:
        scores: shape (N, C).
        y: right classes, whole numbers below C, shape (N,).

    Returns:
        loss: the average over the batch.
        dscores: its gradient, shape (N, C).
    """
    N = len(scores)
    rows = np.arange(N)
    margins = np.maximum(0, scores - scores[rows, y][:, None] + 1)
    margins[rows, y] = 0
    dscores = (margins > 0).astype(scores.dtype)
    dscores[rows, y] = -dscores.sum(axis=1)
    return float(margins.sum() / N), dscores / N
