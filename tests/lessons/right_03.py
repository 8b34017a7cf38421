"""Right answers to lesson 03, written in other ways than the solution."""

FLAT_LOOP = """
def numerical_gradient(f, x, dout, h=1e-5):
    slopes = []
    for k in range(x.size):
        step = np.zeros(x.size)
        step[k] = h
        step = step.reshape(x.shape)
        up = np.sum(f(x + step) * dout)
        down = np.sum(f(x - step) * dout)
        slopes.append((up - down) / (2 * h))
    return np.array(slopes).reshape(x.shape)
"""

PUT_BACK = """
def numerical_gradient(f, x, dout, h=1e-5):
    dx = np.zeros_like(x)
    it = np.nditer(x, flags=["multi_index"])
    while not it.finished:
        i = it.multi_index
        old = x[i]
        x[i] = old + h
        up = np.array(f(x))
        x[i] = old - h
        down = np.array(f(x))
        x[i] = old
        dx[i] = np.vdot(up - down, np.broadcast_to(dout, up.shape)) / 2 / h
        it.iternext()
    return dx
"""

SINGLE_PRECISION = """
def numerical_gradient(f, x, dout, h=1e-5):
    point = x.copy()
    dx = np.empty(x.shape, dtype=np.float32)
    for i, old in np.ndenumerate(x):
        point[i] = old + h
        up = np.sum(f(point) * dout)
        point[i] = old - h
        down = np.sum(f(point) * dout)
        point[i] = old
        dx[i] = 0.5 * (up - down) / h
    return dx
"""

MASK = """
def relu_forward(x):
    mask = x > 0
    return np.where(mask, x, 0.0), mask


def relu_backward(dout, cache):
    return np.where(cache, dout, 0.0)
"""

OPEN_AT_ZERO = """
def relu_forward(x):
    out = x.copy()
    out[out < 0] = 0
    return out, {"x": x.copy()}


def relu_backward(dout, cache):
    dx = dout.copy()
    dx[cache["x"] < 0] = 0
    return dx
"""

FROM_OUT = """
def relu_forward(x):
    out = (x * (x > 0)).astype(np.float32)
    return [out, out]


def relu_backward(dout, cache):
    return (np.sign(cache) * dout).astype(np.float32)
"""

WINDOWS = """
def conv_forward(x, w, b, stride=1, pad=0):
    HH, WW = w.shape[2:]
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    windows = np.lib.stride_tricks.sliding_window_view(x_pad, (HH, WW), axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride]  # (N, C, H_out, W_out, HH, WW)
    out = np.einsum("ncijuv,fcuv->nfij", windows, w) + b[:, None, None]
    return out, {"x": x, "w": w, "windows": windows, "stride": stride, "pad": pad}


def conv_backward(dout, cache):
    x, w, stride, pad = cache["x"], cache["w"], cache["stride"], cache["pad"]
    N, C, H, W = x.shape
    HH, WW = w.shape[2:]
    H_out, W_out = dout.shape[2:]
    dw = np.einsum("nfij,ncijuv->fcuv", dout, cache["windows"])
    dx = np.zeros((N, C, H + 2 * pad, W + 2 * pad))
    for u in range(HH):
        for v in range(WW):
            share = np.einsum("nfij,fc->ncij", dout, w[:, :, u, v])
            dx[:, :, u : u + H_out * stride : stride, v : v + W_out * stride : stride] += share
    return dx[:, :, pad : H + pad, pad : W + pad], dw, dout.sum(axis=(0, 2, 3))
"""

COLUMNS = """
def places(x_shape, HH, WW, stride, pad):
    N, C, H, W = x_shape
    rows = np.arange(0, H + 2 * pad - HH + 1, stride)[:, None] + np.arange(HH)  # (H_out, HH)
    cols = np.arange(0, W + 2 * pad - WW + 1, stride)[:, None] + np.arange(WW)  # (W_out, WW)
    return rows[:, None, :, None], cols[None, :, None, :]


def conv_forward(x, w, b, stride=1, pad=0):
    out, _ = slide(x, w, b, stride, pad)
    return out, (x, w, stride, pad)


def conv_backward(dout, cache):
    x, w, stride, pad = cache
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    rows, cols = places(x.shape, HH, WW, stride, pad)
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    windows = x_pad[:, :, rows, cols]  # (N, C, H_out, W_out, HH, WW)
    dw = np.tensordot(dout, windows, axes=([0, 2, 3], [0, 2, 3]))
    dx_pad = np.zeros_like(x_pad)
    shares = np.tensordot(dout, w, axes=(1, 0)).transpose(0, 3, 1, 2, 4, 5)
    np.add.at(dx_pad, (slice(None), slice(None), rows, cols), shares)
    dx = dx_pad[:, :, pad:-pad, pad:-pad] if pad else dx_pad
    return [dx, dw, np.einsum("nfij->f", dout)]
"""

PADDED_CACHE = """
class Kept:
    pass


def conv_forward(x, w, b, stride=1, pad=0):
    kept = Kept()
    kept.x = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    kept.w, kept.stride, kept.pad = w, stride, pad
    return slide(x, w, b, stride, pad)[0], kept


def conv_backward(dout, cache):
    w, stride, pad = cache.w, cache.stride, cache.pad
    F, C, HH, WW = w.shape
    dx, dw = np.zeros_like(cache.x), np.zeros_like(w)
    for n in range(dout.shape[0]):
        for i in range(dout.shape[2]):
            for j in range(dout.shape[3]):
                rows = slice(i * stride, i * stride + HH)
                cols = slice(j * stride, j * stride + WW)
                for f in range(F):
                    for c in range(C):
                        dx[n, c, rows, cols] += w[f, c] * dout[n, f, i, j]
                        dw[f, c] += cache.x[n, c, rows, cols] * dout[n, f, i, j]
    H, W = dx.shape[2] - 2 * pad, dx.shape[3] - 2 * pad
    db = dout.swapaxes(0, 1).reshape(F, -1).sum(axis=1)
    dx = dx[:, :, pad : pad + H, pad : pad + W]
    return dx.astype(np.float32), dw.astype(np.float32), db.astype(np.float32)
"""

TURNED_DOUT = """
def dx_by_full_convolution(dout, w):
    C, HH, WW = w.shape[1:]
    rows, cols = HH - 1, WW - 1
    turned = np.pad(dout[:, :, ::-1, ::-1], [(0, 0), (0, 0), (rows, rows), (cols, cols)])
    dx, _ = conv_forward(turned, np.swapaxes(w, 0, 1), np.zeros(C))
    return dx[:, :, ::-1, ::-1]
"""

BY_EINSUM = """
def dx_by_full_convolution(dout, w):
    N, F, H_out, W_out = dout.shape
    _, C, HH, WW = w.shape
    big = np.zeros((N, F, H_out + 2 * HH - 2, W_out + 2 * WW - 2))
    big[:, :, HH - 1 : HH - 1 + H_out, WW - 1 : WW - 1 + W_out] = dout
    windows = np.lib.stride_tricks.sliding_window_view(big, (HH, WW), axis=(2, 3))
    return np.einsum("nfpquv,fcuv->ncpq", windows, np.flip(w, (2, 3))).astype(np.float32)
"""

BY_THE_SUM = """
def dx_by_full_convolution(dout, w):
    N, F, H_out, W_out = dout.shape
    _, C, HH, WW = w.shape
    dx = np.zeros((N, C, H_out + HH - 1, W_out + WW - 1))
    for p, q in np.ndindex(dx.shape[2:]):
        for u, v in np.ndindex(HH, WW):
            if 0 <= p - u < H_out and 0 <= q - v < W_out:
                dx[:, :, p, q] += dout[:, :, p - u, q - v] @ w[:, :, u, v]
    return dx
"""

BY_KRON = """
def dx_at_stride(dout, w, stride):
    one = np.zeros((stride, stride))
    one[0, 0] = 1.0
    last = stride - 1
    apart = np.kron(dout, one)
    apart = apart[:, :, : apart.shape[2] - last, : apart.shape[3] - last]
    return dx_by_full_convolution(apart, w)
"""

BY_RESHAPE = """
def dx_at_stride(dout, w, stride):
    N, F, H_out, W_out = dout.shape
    C, HH, WW = w.shape[1:]
    wide = np.zeros((N, F, H_out, stride, W_out, stride), dtype=np.float32)
    wide[:, :, :, 0, :, 0] = dout
    wide = wide.reshape(N, F, H_out * stride, W_out * stride)
    behind = stride - 1
    rows, columns = (HH - 1, HH - 1), (WW - 1, WW - 1)
    cut = wide[:, :, : H_out * stride - behind, : W_out * stride - behind]
    padded = np.pad(cut, ((0, 0), (0, 0), rows, columns))
    return conv_forward(padded, np.flip(w, (2, 3)).swapaxes(0, 1), np.zeros(C))[0]
"""

BY_INSERT = """
def dx_at_stride(dout, w, stride):
    for axis in (2, 3):
        between = np.repeat(np.arange(1, dout.shape[axis]), stride - 1)
        dout = np.insert(dout, between, 0.0, axis=axis)
    return dx_by_full_convolution(dout, w)
"""

DOT = """
def projection_check(f, x, dx, dout, v, h=1e-5):
    analytic = float(dx.ravel() @ v.ravel())
    up = float(np.sum(np.asarray(f(x + h * v)) * dout))
    down = float(np.sum(np.asarray(f(x - h * v)) * dout))
    return [analytic, (up - down) / (2 * h)]
"""

ALONG_A_LINE = """
def projection_check(f, x, dx, dout, v, h=1e-5):
    def loss(t):
        return np.sum(f(x + t * v) * dout)

    slope = numerical_gradient(loss, np.zeros(()), 1.0, h)
    return np.array([np.einsum("i,i", dx.reshape(-1), v.reshape(-1)), slope[()]])
"""

RIGHT = {
    "numerical_gradient": [FLAT_LOOP, PUT_BACK, SINGLE_PRECISION],
    "relu_forward": [MASK, OPEN_AT_ZERO, FROM_OUT],
    "conv_forward": [WINDOWS, COLUMNS, PADDED_CACHE],
    "dx_by_full_convolution": [TURNED_DOUT, BY_EINSUM, BY_THE_SUM],
    "dx_at_stride": [BY_KRON, BY_RESHAPE, BY_INSERT],
    "projection_check": [DOT, ALONG_A_LINE],
}
