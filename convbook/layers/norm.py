"""Normalisation and dropout: what keeps activations in range, and apart."""

import numpy as np

# The running mean and variance of each feature, shape (D,) each.
Running = tuple[np.ndarray, np.ndarray]
Cache = tuple[np.ndarray, np.ndarray, np.ndarray]


def lrn_forward(
    x: np.ndarray, n: int = 5, k: float = 2.0, alpha: float = 1e-4, beta: float = 0.75
) -> np.ndarray:
    """Divide each activation by a measure of its neighbours in depth, as AlexNet does.

    Args:
        x: feature maps, shape (N, C, H, W).
        n: channels in the neighbourhood, odd, centred; fewer at the first and last channels.
        k, alpha, beta: the divisor is (k + alpha * sum of squares) ** beta.

    Returns:
        Shape (N, C, H, W).
    """
    C = x.shape[1]
    half = n // 2
    squares = np.pad(x**2, ((0, 0), (half, half), (0, 0), (0, 0)))
    total = sum(squares[:, i : i + C] for i in range(n))
    return x / (k + alpha * total) ** beta


def batchnorm_forward(
    x: np.ndarray,
    gamma: np.ndarray,
    beta: np.ndarray,
    running: Running,
    train: bool = True,
    momentum: float = 0.9,
    eps: float = 1e-5,
) -> tuple[np.ndarray, Cache, Running]:
    """Give each feature mean beta and standard deviation gamma over the batch.

    Args:
        x: shape (N, D).
        gamma, beta: scale and shift of each feature, shape (D,).
        running: mean and variance seen so far; used in place of the batch's when not training.
        train: use the statistics of this batch, and move the running ones towards them.
        momentum: the share of the old running statistics that is kept.
        eps: added to the variance.

    Returns:
        out: shape (N, D).
        cache: what batchnorm_backward needs.
        running: the new running mean and variance; the old ones when not training.
    """
    axes = _others(x)
    mean, var = (x.mean(axis=axes), x.var(axis=axes)) if train else running
    scale = 1 / np.sqrt(var + eps)
    x_hat = (x - _beside(mean, x)) * _beside(scale, x)
    if train:
        old_mean, old_var = running
        keep, take = momentum, 1 - momentum
        running = keep * old_mean + take * mean, keep * old_var + take * var
    return _beside(gamma, x) * x_hat + _beside(beta, x), (x_hat, gamma, scale), running


def batchnorm_backward(dout: np.ndarray, cache: Cache) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Send the gradient back, also through the mean and the variance of the batch.

    Args:
        dout: gradient of the loss with respect to out, shape (N, D).
        cache: from batchnorm_forward in training.

    Returns:
        dx, dgamma, dbeta: gradients, the shapes of x, gamma and beta.
    """
    x_hat, gamma, scale = cache
    axes, samples = _others(dout), dout.size // len(gamma)
    dgamma, dbeta = (dout * x_hat).sum(axis=axes), dout.sum(axis=axes)
    means = (_beside(dbeta, dout) + x_hat * _beside(dgamma, dout)) / samples
    return _beside(gamma * scale, dout) * (dout - means), dgamma, dbeta


def spatial_batchnorm_forward(
    x: np.ndarray,
    gamma: np.ndarray,
    beta: np.ndarray,
    running: Running,
    train: bool = True,
    momentum: float = 0.9,
    eps: float = 1e-5,
) -> tuple[np.ndarray, Cache, Running]:
    """Normalise each channel over the batch and all places; every pixel counts as a sample.

    Arguments and results as batchnorm_forward, with x and out of shape (N, C, H, W) and D = C.
    """
    return batchnorm_forward(x, gamma, beta, running, train, momentum, eps)


def spatial_batchnorm_backward(
    dout: np.ndarray, cache: Cache
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Send the gradient back through spatial_batchnorm_forward; dout (N, C, H, W)."""
    return batchnorm_backward(dout, cache)


def dropout_forward(
    x: np.ndarray, p: float, seed: int, train: bool = True
) -> tuple[np.ndarray, np.ndarray]:
    """Keep each activation with probability p, and scale what is kept by 1 / p.

    Args:
        x: any shape.
        p: probability to keep, above 0, at most 1; PyTorch's p is the probability to drop.
        seed: of the mask, np.random.default_rng(seed).random(x.shape) < p.
        train: when not training, x passes as it is.

    Returns:
        out: the shape of x.
        cache: what dropout_backward needs.
    """
    mask = np.ones_like(x)
    if train:
        kept = np.random.default_rng(seed).random(x.shape) < p
        mask = np.asarray(kept.astype(x.dtype) / x.dtype.type(p), like=x)
    return x * mask, mask


def dropout_backward(dout: np.ndarray, cache: np.ndarray) -> np.ndarray:
    """Send the gradient through what was kept.

    Args:
        dout: gradient of the loss with respect to out.
        cache: from dropout_forward.

    Returns:
        dx: the shape of dout.
    """
    return dout * cache


def _others(x: np.ndarray) -> tuple[int, ...]:
    """Return all axes but that of the features: (0,) of rows, (0, 2, 3) of maps."""
    return (0, *range(2, x.ndim))


def _beside(v: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Give numbers of features, (D,), the shape in which they meet x."""
    return v.reshape(-1, *[1] * (x.ndim - 2))  # (D,) for rows, (C, 1, 1) for maps
