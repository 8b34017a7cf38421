"""Right answers to lesson 04, written as different people would."""

RIGHT = {
    "im2col": [
        """
def im2col(x, HH, WW, stride=1, pad=0):
    N, C, H, W = x.shape
    H_out, W_out = output_size(H, HH, stride, pad), output_size(W, WW, stride, pad)
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    cols = np.zeros((C * HH * WW, N * H_out * W_out))
    for n in range(N):
        for i in range(H_out):
            for j in range(W_out):
                top, left = i * stride, j * stride
                window = x_pad[n, :, top : top + HH, left : left + WW]
                cols[:, (n * H_out + i) * W_out + j] = window.ravel()
    return cols
""",
        """
def im2col(x, HH, WW, stride=1, pad=0):
    x_pad = np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)])
    rows, columns = x_pad.shape[2] - HH, x_pad.shape[3] - WW
    if min(rows, columns) < 0 or rows % stride or columns % stride:
        raise ValueError("does not fit")
    windows = np.lib.stride_tricks.sliding_window_view(x_pad, (HH, WW), axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride]
    return np.einsum("ncijuv->cuvnij", windows).reshape(x.shape[1] * HH * WW, -1)
""",
        """
def im2col(x, HH, WW, stride=1, pad=0):
    N, C, H, W = x.shape
    H_out, W_out = output_size(H, HH, stride, pad), output_size(W, WW, stride, pad)
    x_pad = np.pad(x.astype(np.float32), ((0,), (0,), (pad,), (pad,)))
    c, u, v = (a.reshape(-1, 1) for a in np.indices((C, HH, WW)))
    n, i, j = (a.reshape(1, -1) for a in np.indices((N, H_out, W_out)))
    return x_pad[n, c, i * stride + u, j * stride + v]
""",
        """
def im2col(x, HH, WW, stride=1, pad=0):
    N, C, H, W = x.shape
    x_pad = np.zeros((N, C, H + 2 * pad, W + 2 * pad))
    x_pad[:, :, pad : pad + H, pad : pad + W] = x
    tops = range(0, stride * output_size(H, HH, stride, pad), stride)
    lefts = range(0, stride * output_size(W, WW, stride, pad), stride)
    windows = [
        x_pad[n, :, top : top + HH, left : left + WW].flatten()
        for n in range(N) for top in tops for left in lefts
    ]
    return np.array(windows).T
""",
    ],
    "memory_factor": [
        """
def memory_factor(x_shape, HH, WW, stride=1, pad=0):
    x = np.zeros(x_shape)
    return im2col(x, HH, WW, stride, pad).size / x.size
""",
        """
def memory_factor(x_shape, HH, WW, stride=1, pad=0):
    N, C, H, W = x_shape
    rows = C * HH * WW
    H_out, W_out = (H + 2 * pad - HH) / stride + 1, (W + 2 * pad - WW) / stride + 1
    return np.float64(rows * N * H_out * W_out / (N * C * H * W))
""",
    ],
    "col2im": [
        """
def col2im(cols, x_shape, HH, WW, stride=1, pad=0):
    N, C, H, W = x_shape
    H_out, W_out = output_size(H, HH, stride, pad), output_size(W, WW, stride, pad)
    x_pad = np.zeros((N, C, H + 2 * pad, W + 2 * pad))
    column = 0
    for n in range(N):
        for top in range(0, H_out * stride, stride):
            for left in range(0, W_out * stride, stride):
                window = cols[:, column].reshape(C, HH, WW)
                x_pad[n, :, top : top + HH, left : left + WW] += window
                column += 1
    return x_pad[:, :, pad : pad + H, pad : pad + W]
""",
        """
def col2im(cols, x_shape, HH, WW, stride=1, pad=0):
    N, C, H, W = x_shape
    H_out, W_out = output_size(H, HH, stride, pad), output_size(W, WW, stride, pad)
    x_pad = np.zeros((N, C, H + 2 * pad, W + 2 * pad), dtype=np.float32)
    c, u, v = (a.reshape(-1, 1) for a in np.indices((C, HH, WW)))
    n, i, j = (a.reshape(1, -1) for a in np.indices((N, H_out, W_out)))
    np.add.at(x_pad, (n, c, i * stride + u, j * stride + v), cols)
    return x_pad[:, :, pad:-pad, pad:-pad] if pad else x_pad
""",
        """
def col2im(cols, x_shape, HH, WW, stride=1, pad=0):
    size = int(np.prod(x_shape))
    numbers = np.arange(1.0, size + 1).reshape(x_shape)  # 0 is left for the padding
    places = im2col(numbers, HH, WW, stride, pad).round().astype(int)
    total = np.bincount(places.ravel(), weights=cols.ravel(), minlength=size + 1)
    return total[1:].reshape(x_shape)
""",
    ],
    "cover_count": [
        """
def cover_count(H, W, HH, WW, stride=1, pad=0):
    count = np.zeros((H + 2 * pad, W + 2 * pad))
    for top in range(0, H + 2 * pad - HH + 1, stride):
        for left in range(0, W + 2 * pad - WW + 1, stride):
            count[top : top + HH, left : left + WW] += 1
    return count[pad : pad + H, pad : pad + W]
""",
        """
def cover_count(H, W, HH, WW, stride=1, pad=0):
    def along(size, window):
        starts = np.arange(output_size(size, window, stride, pad)) * stride - pad
        pixels = np.arange(size)[:, None]
        return ((starts <= pixels) & (pixels < starts + window)).sum(axis=1)

    return np.outer(along(H, HH), along(W, WW)).astype(np.float32)
""",
        """
def cover_count(H, W, HH, WW, stride=1, pad=0):
    H_out, W_out = output_size(H, HH, stride, pad), output_size(W, WW, stride, pad)
    return col2im(np.ones((HH * WW, H_out * W_out)), (1, 1, H, W), HH, WW, stride, pad)[0, 0]
""",
    ],
    "adjoint_gap": [
        """
def adjoint_gap(f, back, x, y):
    left = np.vdot(f(x), y)
    right = np.vdot(x, back(y))
    return float(np.abs(left - right))
""",
        """
def adjoint_gap(f, back, x, y):
    gap = (x * back(y)).sum() - (f(x) * y).sum()
    return gap if gap > 0 else -gap
""",
    ],
    "conv_forward_im2col": [
        """
def conv_forward_im2col(x, w, b, stride=1, pad=0):
    N, _, H, W = x.shape
    F, _, HH, WW = w.shape
    H_out, W_out = output_size(H, HH, stride, pad), output_size(W, WW, stride, pad)
    out = np.zeros((N, F, H_out, W_out))
    for n in range(N):
        cols = im2col(x[n : n + 1], HH, WW, stride, pad)
        out[n] = (w.reshape(F, -1) @ cols).reshape(F, H_out, W_out) + b.reshape(F, 1, 1)
    return out, {"x": x, "w": w, "stride": stride, "pad": pad}


def conv_backward_im2col(dout, cache):
    x, w, stride, pad = cache["x"], cache["w"], cache["stride"], cache["pad"]
    F, _, HH, WW = w.shape
    dx, dw, db = np.zeros(x.shape), np.zeros(w.shape), np.zeros(F)
    for n in range(len(x)):
        cols = im2col(x[n : n + 1], HH, WW, stride, pad)
        D = dout[n].reshape(F, -1)
        dw += (D @ cols.T).reshape(w.shape)
        db += D.sum(axis=1)
        dcols = w.reshape(F, -1).T @ D
        dx[n] = col2im(dcols, (1, *x.shape[1:]), HH, WW, stride, pad)[0]
    return dx, dw, db
""",
        """
def conv_forward_im2col(x, w, b, stride=1, pad=0):
    x, w, b = (a.astype(np.float32) for a in (x, w, b))
    F, C, HH, WW = w.shape
    H_out = output_size(x.shape[2], HH, stride, pad)
    cols = im2col(x, HH, WW, stride, pad)
    rows = (cols.T @ w.reshape(F, C * HH * WW).T + b).reshape(len(x), H_out, -1, F)
    return np.moveaxis(rows, 3, 1), (x.shape, cols, w, stride, pad)


def conv_backward_im2col(dout, cache):
    x_shape, cols, w, stride, pad = cache
    F, C, HH, WW = w.shape
    rows = np.moveaxis(dout, 1, 3).reshape(-1, F)
    dw = (cols @ rows).T.reshape(F, C, HH, WW)
    dx = col2im((rows @ w.reshape(F, -1)).T, x_shape, HH, WW, stride, pad)
    return [dx, dw, dout.sum((0, 2, 3))]
""",
        """
def conv_forward_im2col(x, w, b, stride=1, pad=0):
    N = x.shape[0]
    F, _, HH, WW = w.shape
    H_out = output_size(x.shape[2], HH, stride, pad)
    W_out = output_size(x.shape[3], WW, stride, pad)
    cols = im2col(x, HH, WW, stride, pad)
    weights = np.concatenate([w.reshape(F, -1), b.reshape(F, 1)], axis=1)
    product = weights @ np.vstack([cols, np.ones((1, cols.shape[1]))])
    cache = {"cols": cols, "w": w, "how": (x.shape, HH, WW, stride, pad)}
    return np.einsum("fnij->nfij", product.reshape(F, N, H_out, W_out)), cache


def conv_backward_im2col(dout, cache):
    cols, w = cache["cols"], cache["w"]
    D = np.swapaxes(dout, 0, 1).reshape(w.shape[0], -1)
    dw = np.einsum("fl,kl->fk", D, cols).reshape(w.shape)
    dcols = np.einsum("fk,fl->kl", w.reshape(w.shape[0], -1), D)
    return col2im(dcols, *cache["how"]), dw, D @ np.ones(D.shape[1])
""",
    ],
}
