"""Right answers to lesson 06, written as different people would."""

RIGHT = {
    "affine_forward": [
        """
def affine_forward(x, w, b):
    N, M = x.shape[0], w.shape[1]
    out = np.zeros((N, M))
    for n in range(N):
        row = x[n].flatten()
        for m in range(M):
            out[n, m] = np.dot(row, w[:, m]) + b[m]
    return out, {"x": x, "w": w}

def affine_backward(dout, cache):
    x, w = cache["x"], cache["w"]
    dx, dw, db = np.zeros(x.shape), np.zeros(w.shape), np.zeros(w.shape[1])
    for n in range(len(x)):
        for m in range(w.shape[1]):
            dx[n] += dout[n, m] * w[:, m].reshape(x.shape[1:])
            dw[:, m] += dout[n, m] * x[n].ravel()
            db[m] += dout[n, m]
    return dx, dw, db
""",
        """
def affine_forward(x, w, b):
    flat = np.reshape(x, (x.shape[0], np.prod(x.shape[1:]))).astype(np.float32)
    return np.einsum("nd,dm->nm", flat, w) + b[None], (x.shape, flat, w, b)

def affine_backward(dout, cache):
    shape, flat, w, b = cache
    dx = np.einsum("nm,dm->nd", dout, w).reshape(shape)
    return [dx, np.tensordot(flat, dout, axes=(0, 0)), np.ones(len(dout)) @ dout]
""",
        """
def affine_forward(x, w, b):
    together = np.vstack([w, b])  # the bias is the weight of a constant 1
    rows = np.column_stack([x.reshape(len(x), -1), np.ones(len(x))])
    return rows @ together, {"rows": rows, "together": together, "shape": x.shape}

def affine_backward(dout, cache):
    dtogether = cache["rows"].T @ dout
    drows = dout @ cache["together"].T
    return drows[:, :-1].reshape(cache["shape"]), dtogether[:-1], dtogether[-1]
""",
    ],
    "softmax_loss": [
        """
def softmax_loss(scores, y):
    N, M = scores.shape
    loss, dscores = 0.0, np.zeros((N, M))
    for n in range(N):
        s = scores[n] - max(scores[n])
        total = sum(np.exp(s))
        loss += np.log(total) - s[y[n]]
        for m in range(M):
            dscores[n, m] = (np.exp(s[m]) / total - (m == y[n])) / N
    return loss / N, dscores
""",
        """
def softmax_loss(scores, y):
    right = np.eye(scores.shape[1])[y]
    log_sum = np.logaddexp.reduce(scores, axis=1)[:, None]
    p = np.exp(scores - log_sum)
    return np.mean(log_sum[:, 0] - (scores * right).sum(axis=1)), (p - right) / len(y)
""",
        """
def softmax_loss(scores, y):
    s = scores.copy()
    s -= np.amax(s, axis=1).reshape(-1, 1)
    e = np.exp(s)
    Z = e.sum(axis=1)
    d = e / Z[:, None]
    for n, label in enumerate(y):
        d[n, label] -= 1
    return np.average(np.log(Z) - np.take_along_axis(s, y[:, None], 1)[:, 0]), d / s.shape[0]
""",
    ],
    "svm_loss": [
        """
def svm_loss(scores, y):
    N, M = scores.shape
    loss, dscores = 0.0, np.zeros((N, M))
    for n in range(N):
        for m in range(M):
            margin = scores[n, m] - scores[n, y[n]] + 1
            if m != y[n] and margin > 0:
                loss += margin / N
                dscores[n, m] += 1 / N
                dscores[n, y[n]] -= 1 / N
    return loss, dscores
""",
        """
def svm_loss(scores, y):
    right = np.eye(scores.shape[1], dtype=bool)[y]
    margins = (scores + 1 - scores[right][:, None]) * ~right
    costs = margins > 0
    dscores = costs - right * costs.sum(axis=1, keepdims=True)
    return (margins * costs).sum(axis=1).mean(), dscores / len(scores)
""",
    ],
    "conv_to_fc": [
        """
def conv_to_fc(w, b, H, W, stride=1, pad=0):
    D = w.shape[1] * H * W
    impulses = np.eye(D).reshape(D, w.shape[1], H, W)
    out, _ = conv_forward(impulses, w, np.zeros(len(w)), stride, pad)
    bias, _ = conv_forward(np.zeros((1, w.shape[1], H, W)), w, b, stride, pad)
    return out.reshape(D, -1), bias.ravel()
""",
        """
def conv_to_fc(w, b, H, W, stride=1, pad=0):
    F, C, HH, WW = w.shape
    rows, cols = (H + 2 * pad - HH) // stride + 1, (W + 2 * pad - WW) // stride + 1
    matrix, bias = np.zeros((C * H * W, F * rows * cols)), []
    m = 0
    for f in range(F):
        for i in range(rows):
            for j in range(cols):
                for c, u, v in np.ndindex(C, HH, WW):
                    p, q = i * stride + u - pad, j * stride + v - pad
                    if 0 <= p < H and 0 <= q < W:
                        matrix[(c * H + p) * W + q, m] = w[f, c, u, v]
                bias.append(b[f])
                m += 1
    return matrix, bias
""",
    ],
    "fc_to_conv": [
        """
def fc_to_conv(w, b, C, H, W):
    M = w.shape[1]
    filters = np.zeros((M, C, H, W))
    for m in range(M):
        for c in range(C):
            for i in range(H):
                for j in range(W):
                    filters[m, c, i, j] = w[c * H * W + i * W + j, m]
    return filters, b.copy()
""",
        """
def fc_to_conv(w, b, C, H, W):
    return np.moveaxis(w.reshape(C, H, W, len(b)), -1, 0), list(b)
""",
        """
def fc_to_conv(w, b, C, H, W):
    return np.stack([column.reshape(C, H, W) for column in w.T]).astype(np.float32), b
""",
    ],
    "half_stride": [
        """
def half_stride(net, x, size, stride):
    half = stride // 2
    N, C, H, W = x.shape
    rows, cols = (H - size) // half + 1, (W - size) // half + 1
    out = None
    for a in (0, half):
        for b in (0, half):
            h = (H - a - size) // stride + 1
            w = (W - b - size) // stride + 1
            bottom, right = a + (h - 1) * stride + size, b + (w - 1) * stride + size
            scores = net(x[:, :, a:bottom, b:right].copy())
            if out is None:
                out = np.zeros((N, scores.shape[1], rows, cols))
            for i in range(h):
                for j in range(w):
                    out[:, :, 2 * i + a // half, 2 * j + b // half] = scores[:, :, i, j]
    return out
""",
        """
def half_stride(net, x, size, stride):
    def run(a, b):
        part = x[:, :, a:, b:]
        drop = [(n - size) % stride for n in part.shape[2:]]
        return net(part[:, :, : part.shape[2] - drop[0], : part.shape[3] - drop[1]])

    def mix(first, second, axis):
        n = first.shape[axis] + second.shape[axis]
        order = np.argsort(np.r_[0 : 2 * first.shape[axis] : 2, 1 : 2 * second.shape[axis] : 2])
        assert len(order) == n
        return np.take(np.concatenate([first, second], axis=axis), order, axis=axis)

    s = stride // 2
    return mix(mix(run(0, 0), run(0, s), 3), mix(run(s, 0), run(s, s), 3), 2)
""",
    ],
    "crop_gap": [
        """
def crop_gap(net, x, size, stride):
    whole = np.array(net(x))
    alone = np.empty(whole.shape)
    for i in range(whole.shape[2]):
        for j in range(whole.shape[3]):
            rows = slice(i * stride, i * stride + size)
            cols = slice(j * stride, j * stride + size)
            alone[:, :, i : i + 1, j : j + 1] = net(x[:, :, rows, cols])
    return float(np.abs(whole - alone).max())
""",
        """
def crop_gap(net, x, size, stride):
    scores = net(x)

    def alone(i, j):
        return net(x[..., i * stride :, j * stride :][..., :size, :size])[..., 0, 0]

    places = np.ndindex(*scores.shape[2:])
    return np.max([abs(alone(i, j) - scores[..., i, j]) for i, j in places])
""",
    ],
    "average_map": [
        """
def average_map(scores):
    N, M, h, w = scores.shape
    return scores.reshape(N, M, h * w).sum(axis=-1) / (h * w)
""",
        """
def average_map(scores):
    return [[float(np.mean(cells)) for cells in picture] for picture in scores]
""",
    ],
}
