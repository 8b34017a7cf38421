"""Right answers to lesson 12, written as different people would."""

RIGHT = {
    "features": [
        """
def features(params, x, blocks=3):
    out = x
    if blocks >= 1:
        out = np.maximum(conv_forward(out, params["w1"], params["b1"], 2)[0], 0)
    if blocks >= 2:
        out = np.maximum(conv_forward(out, params["w2"], params["b2"], 2)[0], 0)
    if blocks >= 3:
        out = np.maximum(conv_forward(out, params["w3"], params["b3"], 1)[0], 0)
    return out
""",
        """
def features(params, x, blocks=3):
    if blocks == 0:
        return x
    w, b, s = params["w%d" % blocks], params["b%d" % blocks], STRIDES[blocks - 1]
    below = features(params, x, blocks - 1)
    windows = np.lib.stride_tricks.sliding_window_view(below, w.shape[2:], axis=(2, 3))
    out = np.einsum("nchwij,fcij->nfhw", windows[:, :, ::s, ::s], w) + b[:, None, None]
    return out * (out > 0)
""",
    ],
    "forward": [
        """
def forward(params, x):
    f = features(params, x)
    return f.reshape(x.shape[0], -1).dot(params["w4"]) + params["b4"]
""",
        """
def forward(params, x):
    w = params["w4"]
    rows = []
    for f in features(params, x, 3):
        rows.append([f.flatten() @ w[:, m] + params["b4"][m] for m in range(w.shape[1])])
    return np.array(rows)
""",
    ],
    "convert_head": [
        """
def convert_head(params, h, w):
    F = params["w3"].shape[0]
    M = params["w4"].shape[1]
    out = params.copy()
    out["w4"] = np.moveaxis(params["w4"].reshape(F, h, w, M), 3, 0)
    return out
""",
        """
def convert_head(params, h, w):
    new = {name: array.copy() for name, array in params.items()}
    D, M = new["w4"].shape
    filters = np.empty((M, D // (h * w), h, w))
    for m in range(M):
        filters[m] = params["w4"][:, m].reshape(-1, h, w)
    new["w4"] = filters
    return new
""",
    ],
    "class_map": [
        """
def class_map(converted, x):
    f = features(converted, x)
    w, b = converted["w4"], converted["b4"]
    h, v = w.shape[2:]
    out = np.empty((len(x), len(w), f.shape[2] - h + 1, f.shape[3] - v + 1))
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            crop = f[:, :, i : i + h, j : j + v].reshape(len(x), -1)
            out[:, :, i, j] = crop @ w.reshape(len(w), -1).T + b
    return out
""",
        """
def class_map(converted, x):
    maps = features(converted, x.astype(np.float64), 3)
    return conv_forward(maps, converted["w4"], converted["b4"], stride=1, pad=0)[0]
""",
    ],
    "new_head": [
        """
def new_head(params, M):
    out = {}
    for name in params:
        out[name] = params[name].copy()
    out["w4"] = np.zeros((len(params["w4"]), M))
    out["b4"] = np.zeros(M)
    return out
""",
        """
def new_head(params, M):
    trunk = {name: array for name, array in params.items() if not name.endswith("4")}
    w = params["w4"]
    return dict(trunk, w4=0 * np.repeat(w[:, :1], M, axis=1), b4=np.zeros((M,)))
""",
    ],
    "train_head": [
        """
def train_head(f, y, M, rate, steps):
    rows = f.reshape(len(f), -1)
    right = np.eye(M)[y]
    w, b, losses = np.zeros((rows.shape[1], M)), np.zeros(M), []
    for step in range(steps):
        s = rows @ w + b
        s = s - s.max(axis=1, keepdims=True)
        p = np.exp(s) / np.exp(s).sum(axis=1, keepdims=True)
        losses.append(-np.mean(np.log(p[np.arange(len(y)), y])))
        w -= rate * rows.T @ (p - right) / len(y)
        b -= rate * (p - right).mean(axis=0)
    return w, b, losses
""",
        """
def train_head(f, y, M, rate, steps):
    D = np.prod(f.shape[1:])
    theta = [np.zeros((D, M)), np.zeros(M)]
    history = np.zeros(steps)
    for t in range(steps):
        out, cache = affine_forward(f, *theta)
        history[t], dout = softmax_loss(out, y)
        gradient = affine_backward(dout, cache)[1:]
        theta = [p - rate * g for p, g in zip(theta, gradient)]
    return theta[0], theta[1], list(history)
""",
    ],
    "loss_and_grads": [
        """
def loss_and_grads(params, x, y, first):
    grads, conv_caches, relu_caches = {}, {}, {}
    h = x
    for k in [1, 2, 3]:
        if k >= first:
            w, b = params["w%d" % k], params["b%d" % k]
            h, conv_caches[k] = conv_forward(h, w, b, STRIDES[k - 1])
            h, relu_caches[k] = relu_forward(h)
        else:
            grads["w%d" % k] = np.zeros(params["w%d" % k].shape)
            grads["b%d" % k] = np.zeros(params["b%d" % k].shape)
    scores, cache = affine_forward(h, params["w4"], params["b4"])
    loss, dscores = softmax_loss(scores, y)
    dh, grads["w4"], grads["b4"] = affine_backward(dscores, cache)
    for k in [3, 2, 1]:
        if k >= first:
            dh = relu_backward(dh, relu_caches[k])
            dh, grads["w%d" % k], grads["b%d" % k] = conv_backward(dh, conv_caches[k])
    return loss, grads
""",
        """
def loss_and_grads(params, x, y, first):
    def back(k, x):
        if k == 4:
            scores, cache = affine_forward(x, params["w4"], params["b4"])
            loss, dout = softmax_loss(scores, y)
            dx, dw, db = affine_backward(dout, cache)
            return loss, dx, {"w4": dw, "b4": db}
        w, b = params[f"w{k}"], params[f"b{k}"]
        out, cache = conv_forward(x, w, b, stride=STRIDES[k - 1])
        loss, dout, grads = back(k + 1, np.maximum(out, 0))
        dx, dw, db = conv_backward(dout * (out > 0), cache)
        return loss, dx, {**grads, f"w{k}": dw, f"b{k}": db}

    loss, _, grads = back(first, x)
    return loss, {n: grads[n] if n in grads else 0.0 * a for n, a in params.items()}
""",
    ],
    "update": [
        """
def update(params, velocity, grads, rates, momentum=0.9):
    new_params, new_velocity = {}, {}
    for name, p in params.items():
        rate, v = rates[int(name[1:]) - 1], velocity[name]
        if rate == 0:
            new_params[name], new_velocity[name] = p.copy(), v.copy()
        else:
            new_velocity[name] = momentum * v - rate * grads[name]
            new_params[name] = p + new_velocity[name]
    return new_params, new_velocity
""",
        """
def update(params, velocity, grads, rates, momentum=0.9):
    p = {name: np.array(array) for name, array in params.items()}
    v = {name: np.array(array) for name, array in velocity.items()}
    for block, rate in enumerate(rates, start=1):
        if not rate:
            continue
        for name in p:
            if name.endswith(str(block)):
                v[name] *= momentum
                v[name] -= rate * grads[name]
                p[name] += v[name]
    return [p, v]
""",
    ],
}
