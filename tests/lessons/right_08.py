"""Right answers to lesson 08, written as different people would."""

RIGHT = {
    "lrn_forward": [
        """
def lrn_forward(x, n=5, k=2.0, alpha=1e-4, beta=0.75):
    N, C, H, W = x.shape
    out = np.zeros((N, C, H, W))
    for b, c, i, j in np.ndindex(N, C, H, W):
        total = 0.0
        for other in range(c - n // 2, c + n // 2 + 1):
            if 0 <= other < C:
                total += x[b, other, i, j] ** 2
        out[b, c, i, j] = x[b, c, i, j] * (k + alpha * total) ** -beta
    return out
""",
        """
def lrn_forward(x, n=5, k=2.0, alpha=1e-4, beta=0.75):
    half = n // 2
    squares = np.pad(x**2, ((0, 0), (half, half), (0, 0), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(squares, n, axis=1)
    return (x / (k + alpha * windows.sum(axis=-1)) ** beta).astype(np.float32)
""",
        """
def lrn_forward(x, n=5, k=2.0, alpha=1e-4, beta=0.75):
    channel = np.arange(x.shape[1])
    near = abs(channel[:, None] - channel) <= n // 2
    return x / np.power(k + alpha * np.einsum("dc,nchw->ndhw", near, x * x), beta)
""",
    ],
    "batchnorm_forward": [
        # the short formula for dx, running statistics with an axis too many
        """
def batchnorm_forward(x, gamma, beta, running, train=True, momentum=0.9, eps=1e-5):
    if not train:
        return gamma * (x - running[0]) / np.sqrt(running[1] + eps) + beta, None, running
    mean, var = x.mean(axis=0, keepdims=True), x.var(axis=0, keepdims=True)
    scale = (var + eps) ** -0.5
    x_hat = (x - mean) * scale
    mixed = tuple(momentum * old + (1 - momentum) * new for old, new in zip(running, (mean, var)))
    return x_hat * gamma + beta, (x_hat, gamma * scale), mixed


def batchnorm_backward(dout, cache):
    x_hat, factor = cache
    dgamma, dbeta = (dout * x_hat).sum(0), dout.sum(0)
    dx = factor * (dout - dout.mean(0) - x_hat * (dout * x_hat).mean(0))
    return dx, dgamma, dbeta
""",
        # one feature at a time, with the whole matrix of slopes
        """
def batchnorm_forward(x, gamma, beta, running, train=True, momentum=0.9, eps=1e-5):
    N, D = x.shape
    out, mean, var = np.zeros((N, D)), np.array(running[0]), np.array(running[1])
    new_mean, new_var = mean.copy(), var.copy()
    for d in range(D):
        if train:
            mean[d] = sum(x[:, d]) / N
            var[d] = sum((x[:, d] - mean[d]) ** 2) / N
            new_mean[d] = momentum * new_mean[d] + (1 - momentum) * mean[d]
            new_var[d] = momentum * new_var[d] + (1 - momentum) * var[d]
        out[:, d] = gamma[d] * (x[:, d] - mean[d]) / np.sqrt(var[d] + eps) + beta[d]
    return out, {"x": x, "mean": mean, "std": np.sqrt(var + eps), "gamma": gamma}, [
        new_mean,
        new_var,
    ]


def batchnorm_backward(dout, cache):
    x, std, gamma = cache["x"], cache["std"], cache["gamma"]
    N, D = x.shape
    x_hat = (x - cache["mean"]) / std
    dx = np.zeros((N, D))
    for d in range(D):
        slopes = (np.eye(N) - 1 / N - np.outer(x_hat[:, d], x_hat[:, d]) / N) / std[d]
        dx[:, d] = gamma[d] * slopes @ dout[:, d]
    return dx, np.einsum("nd,nd->d", dout, x_hat), np.einsum("nd->d", dout)
""",
        # step by step through the graph, as CS231n draws it
        """
def batchnorm_forward(x, gamma, beta, running, train=True, momentum=0.9, eps=1e-5):
    if train:
        mu = 1 / len(x) * np.sum(x, axis=0)
        xmu = x - mu
        var = 1 / len(x) * np.sum(xmu**2, axis=0)
        running = (
            momentum * running[0] + (1 - momentum) * mu,
            momentum * running[1] + (1 - momentum) * var,
        )
    else:
        var = running[1]
        xmu = x - running[0]
    sqrtvar = np.sqrt(var + eps)
    ivar = 1 / sqrtvar
    xhat = xmu * ivar
    return gamma * xhat + beta, (xhat, gamma, xmu, ivar, sqrtvar, var, eps), running


def batchnorm_backward(dout, cache):
    xhat, gamma, xmu, ivar, sqrtvar, var, eps = cache
    N, D = dout.shape
    dbeta = np.sum(dout, axis=0)
    dgamma = np.sum(dout * xhat, axis=0)
    dxhat = dout * gamma
    divar = np.sum(dxhat * xmu, axis=0)
    dxmu1 = dxhat * ivar
    dsqrtvar = -1 / sqrtvar**2 * divar
    dvar = 0.5 / np.sqrt(var + eps) * dsqrtvar
    dsq = np.ones((N, D)) / N * dvar
    dxmu2 = 2 * xmu * dsq
    dx1 = dxmu1 + dxmu2
    dmu = -np.sum(dx1, axis=0)
    return dx1 + np.ones((N, D)) / N * dmu, dgamma, dbeta
""",
    ],
    "spatial_batchnorm_forward": [
        # without the functions of exercise 2
        """
def spatial_batchnorm_forward(x, gamma, beta, running, train=True, momentum=0.9, eps=1e-5):
    mean, var = running
    if train:
        mean, var = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3))
        running = (
            momentum * running[0] + (1 - momentum) * mean,
            momentum * running[1] + (1 - momentum) * var,
        )
    column = lambda a: a[:, None, None]
    x_hat = (x - column(mean)) / np.sqrt(column(var) + eps)
    cache = x_hat, column(gamma / np.sqrt(var + eps))
    return column(gamma) * x_hat + column(beta), cache, running


def spatial_batchnorm_backward(dout, cache):
    x_hat, factor = cache
    places = dict(axis=(0, 2, 3), keepdims=True)
    dx = dout - dout.mean(**places) - x_hat * (dout * x_hat).mean(**places)
    return factor * dx, (dout * x_hat).sum(axis=(0, 2, 3)), dout.sum(axis=(0, 2, 3))
""",
        # channels first, then turned
        """
def spatial_batchnorm_forward(x, gamma, beta, running, train=True, momentum=0.9, eps=1e-5):
    swapped = np.swapaxes(x, 0, 1)
    rows = swapped.reshape(x.shape[1], -1).T
    out, cache, running = batchnorm_forward(rows, gamma, beta, running, train, momentum, eps)
    return np.swapaxes(out.T.reshape(swapped.shape), 0, 1), (cache, swapped.shape), running


def spatial_batchnorm_backward(dout, cache):
    cache, shape = cache
    drows = np.swapaxes(dout, 0, 1).reshape(shape[0], -1).T
    dx, dgamma, dbeta = batchnorm_backward(drows, cache)
    return np.swapaxes(dx.T.reshape(shape), 0, 1), dgamma, dbeta
""",
        # one channel at a time
        """
def spatial_batchnorm_forward(x, gamma, beta, running, train=True, momentum=0.9, eps=1e-5):
    out, caches, means, variances = np.empty(x.shape), [], [], []
    for c in range(x.shape[1]):
        column = x[:, c].reshape(-1, 1)
        own = slice(c, c + 1)
        before = running[0][own], running[1][own]
        flat, cache, after = batchnorm_forward(
            column, gamma[own], beta[own], before, train, momentum, eps
        )
        out[:, c] = flat.reshape(x[:, c].shape)
        caches.append(cache)
        means.append(after[0][0])
        variances.append(after[1][0])
    return out, caches, (np.array(means), np.array(variances))


def spatial_batchnorm_backward(dout, cache):
    dx, dgamma, dbeta = np.empty(dout.shape), [], []
    for c, own in enumerate(cache):
        flat, dg, db = batchnorm_backward(dout[:, c].reshape(-1, 1), own)
        dx[:, c] = flat.reshape(dout[:, c].shape)
        dgamma.append(dg[0])
        dbeta.append(db[0])
    return dx, dgamma, dbeta
""",
    ],
    "group_norm_forward": [
        # five axes
        """
def group_norm_forward(x, gamma, beta, G, eps=1e-5):
    N, C, H, W = x.shape
    parts = x.reshape(N, G, C // G, H, W)
    mean = parts.mean(axis=(2, 3, 4), keepdims=True)
    std = np.sqrt(parts.var(axis=(2, 3, 4), keepdims=True) + eps)
    x_hat = (parts - mean) / std
    each = gamma.reshape(1, G, C // G, 1, 1)
    out = each * x_hat + beta.reshape(1, G, C // G, 1, 1)
    return out.reshape(N, C, H, W), {"x_hat": x_hat, "std": std, "gamma": each}


def group_norm_backward(dout, cache):
    x_hat, std, gamma = cache["x_hat"], cache["std"], cache["gamma"]
    group = dict(axis=(2, 3, 4), keepdims=True)
    d = dout.reshape(x_hat.shape)
    dgamma, dbeta = (d * x_hat).sum(axis=(0, 3, 4)).ravel(), dout.sum(3).sum(2).sum(0)
    d = d * gamma
    dx = d - d.mean(**group) - x_hat * (d * x_hat).mean(**group)
    return (dx / std).reshape(dout.shape), dgamma, dbeta
""",
        # one group of one picture at a time, by the three shares
        """
def group_norm_forward(x, gamma, beta, G, eps=1e-5):
    N, C = x.shape[:2]
    x_hat, parts = np.zeros(x.shape), []
    for n in range(N):
        for g in range(G):
            own = slice(g * C // G, (g + 1) * C // G)
            centred = x[n, own] - np.mean(x[n, own])
            std = (np.mean(centred**2) + eps) ** 0.5
            x_hat[n, own] = centred / std
            parts.append((n, own, centred, std))
    out = np.einsum("nchw,c->nchw", x_hat, gamma) + np.reshape(beta, (1, C, 1, 1))
    return out, (x_hat, gamma, parts)


def group_norm_backward(dout, cache):
    x_hat, gamma, parts = cache
    dx, wide = np.zeros(dout.shape), dout * np.reshape(gamma, (1, -1, 1, 1))
    for n, own, centred, std in parts:
        d, M = wide[n, own], centred.size
        dmean = -np.sum(d) / std
        dvar = -0.5 * np.sum(d * centred) / std**3
        dx[n, own] = d / std + dmean / M + dvar * 2 * centred / M
    return dx, np.einsum("nchw,nchw->c", dout, x_hat), np.einsum("nchw->c", dout)
""",
    ],
    "dropout_forward": [
        """
def dropout_forward(x, p, seed, train=True):
    if not train:
        return x, None
    dropped = np.random.default_rng(seed).random(x.shape) >= p
    out = x / p
    out[dropped] = 0
    return out, (dropped, p)


def dropout_backward(dout, cache):
    if cache is None:
        return dout
    dropped, p = cache
    return np.where(dropped, 0.0, dout / p)
""",
        """
def dropout_forward(x, p, seed, train=True):
    random = np.random.default_rng(seed)
    mask = np.array([random.random() < p for _ in range(x.size)]).reshape(x.shape)
    factor = 1 / p if train else 1.0
    mask = mask | (not train)
    return (x * mask * factor).astype(np.float32), {"mask": mask, "factor": factor}


def dropout_backward(dout, cache):
    return cache["factor"] * dout * cache["mask"]
""",
    ],
}
