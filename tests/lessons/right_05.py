"""Right answers to lesson 05, written as different people would."""

# A tie goes to its first winner; switches are counted over the whole map.
MAX_SCATTERED = """
def max_pool_forward(x, HH=2, WW=2, stride=2):
    H, W = x.shape[2:]
    if H < HH or W < WW or (H - HH) % stride or (W - WW) % stride:
        raise ValueError("does not fit")
    view = np.lib.stride_tricks.sliding_window_view(x, (HH, WW), axis=(2, 3))
    view = view[:, :, ::stride, ::stride]  # (N, C, H_out, W_out, HH, WW)
    flat = view.reshape(*view.shape[:4], HH * WW)
    u, v = np.unravel_index(flat.argmax(axis=4), (HH, WW))
    rows = np.arange(view.shape[2])[:, None] * stride + u
    cols = np.arange(view.shape[3]) * stride + v
    return flat.max(axis=4), {"shape": x.shape, "rows": rows, "cols": cols}

def max_pool_backward(dout, cache):
    dx = np.zeros(cache["shape"])
    n, c = np.ogrid[: dout.shape[0], : dout.shape[1]]
    np.add.at(dx, (n[..., None, None], c[..., None, None], cache["rows"], cache["cols"]), dout)
    return dx
"""

# A tie is shared evenly.
MAX_SHARED = """
def max_pool_forward(x, HH=2, WW=2, stride=2):
    N, C, H, W = x.shape
    H_out, W_out = (H - HH) / stride + 1, (W - WW) / stride + 1
    if min(H_out, W_out) < 1 or H_out % 1 or W_out % 1:
        raise ValueError(f"{H_out} x {W_out} windows")
    out = np.zeros((N, C, int(H_out), int(W_out)))
    for n in range(N):
        for c in range(C):
            for i in range(int(H_out)):
                for j in range(int(W_out)):
                    best = -np.inf
                    for u in range(HH):
                        for v in range(WW):
                            best = max(best, x[n, c, i * stride + u, j * stride + v])
                    out[n, c, i, j] = best
    return out, (x, out, HH, WW, stride)

def max_pool_backward(dout, cache):
    x, out, HH, WW, stride = cache
    dx = np.zeros_like(x)
    for (n, c, i, j), gradient in np.ndenumerate(dout):
        rows = slice(i * stride, i * stride + HH)
        cols = slice(j * stride, j * stride + WW)
        winners = x[n, c, rows, cols] == out[n, c, i, j]
        dx[n, c, rows, cols] += gradient * winners / winners.sum()
    return dx
"""

# A tie goes to its last winner; single precision.
MAX_LAST = """
def max_pool_forward(x, HH=2, WW=2, stride=2):
    N, C, H, W = x.shape
    if any(size < 0 or size % stride for size in (H - HH, W - WW)):
        raise ValueError("the last window would hang over the edge")
    shape = N, C, (H - HH) // stride + 1, (W - WW) // stride + 1
    out = np.full(shape, -np.inf, dtype=np.float32)
    switch = np.zeros(shape, dtype=np.int8)
    single = x.astype(np.float32)
    for k in range(HH * WW):
        u, v = k // WW, k % WW
        seen = single[:, :, u : u + stride * shape[2] : stride, v : v + stride * shape[3] : stride]
        switch[seen >= out] = k
        out = np.maximum(out, seen)
    return [out, [x.shape, switch, HH, WW, stride]]

def max_pool_backward(dout, cache):
    shape, switch, HH, WW, stride = cache
    dx = np.zeros(shape, dtype=np.float32)
    H_out, W_out = dout.shape[2:]
    for u in range(HH):
        for v in range(WW):
            view = dx[:, :, u : u + stride * H_out : stride, v : v + stride * W_out : stride]
            view += np.where(switch == u * WW + v, dout, 0)
    return dx
"""

AVG_TAPS = """
def avg_pool_forward(x, HH=2, WW=2, stride=2):
    H_out, W_out = pooled_size(x.shape[2], HH, stride), pooled_size(x.shape[3], WW, stride)
    out = 0
    for u in range(HH):
        for v in range(WW):
            out = out + x[:, :, u :: stride, v :: stride][:, :, :H_out, :W_out] / (HH * WW)
    return out, (x.shape, HH, WW, stride)

def avg_pool_backward(dout, cache):
    (N, C, H, W), HH, WW, stride = cache
    dx = np.zeros((N, C, H, W), dtype=np.float32)
    for n, c, i, j in np.ndindex(dout.shape):
        for u in range(HH):
            for v in range(WW):
                dx[n, c, i * stride + u, j * stride + v] += dout[n, c, i, j] / HH / WW
    return dx
"""

# A pool is a matrix product along the rows and one along the columns.
AVG_MATRICES = """
def pooling_matrix(size, window, stride):
    if (size - window) % stride or size < window:
        raise ValueError("does not fit")
    rows = (size - window) // stride + 1
    matrix = np.zeros((rows, size))
    for i in range(rows):
        matrix[i, i * stride : i * stride + window] = 1 / window
    return matrix

def avg_pool_forward(x, HH=2, WW=2, stride=2):
    down, across = pooling_matrix(x.shape[2], HH, stride), pooling_matrix(x.shape[3], WW, stride)
    return np.einsum("ih,nchw,jw->ncij", down, x, across), (down, across)

def avg_pool_backward(dout, cache):
    down, across = cache
    return np.einsum("ih,ncij,jw->nchw", down, dout, across)
"""

# A pool is a convolution of each channel: in the frequencies.
AVG_FREQUENCIES = """
def avg_pool_forward(x, HH=2, WW=2, stride=2):
    H, W = x.shape[2:]
    pooled_size(H, HH, stride), pooled_size(W, WW, stride)
    window = np.fft.rfft2(np.full((HH, WW), 1 / (HH * WW)), (H, W))
    every = np.fft.irfft2(np.fft.rfft2(x) * window.conj(), (H, W))
    out = every[:, :, : H - HH + 1 : stride, : W - WW + 1 : stride]
    return out, (x.shape, window, stride)

def avg_pool_backward(dout, cache):
    shape, window, stride = cache
    spread = np.zeros(shape)
    spread[:, :, : dout.shape[2] * stride : stride, : dout.shape[3] * stride : stride] = dout
    return np.fft.irfft2(np.fft.rfft2(spread) * window, shape[2:])
"""

L2_NORM = """
def l2_pool_forward(x, HH=2, WW=2, stride=2):
    pooled_size(x.shape[2], HH, stride), pooled_size(x.shape[3], WW, stride)
    view = np.lib.stride_tricks.sliding_window_view(x, (HH, WW), axis=(2, 3))
    out = np.linalg.norm(view[:, :, ::stride, ::stride], axis=(4, 5))
    return out, (x, out, HH, WW, stride)

def l2_pool_backward(dout, cache):
    x, out, HH, WW, stride = cache
    rate = np.zeros(out.shape)
    np.divide(dout, out, out=rate, where=out != 0)
    dx = np.zeros(x.shape)
    for n, c, i, j in np.ndindex(out.shape):
        for u in range(i * stride, i * stride + HH):
            for v in range(j * stride, j * stride + WW):
                dx[n, c, u, v] += x[n, c, u, v] * rate[n, c, i, j]
    return dx
"""

# A tiny number under the root keeps 0/0 away.
L2_BY_SQUARES = """
def l2_pool_forward(x, HH=2, WW=2, stride=2):
    H_out, W_out = pooled_size(x.shape[2], HH, stride), pooled_size(x.shape[3], WW, stride)
    squares = np.zeros((*x.shape[:2], H_out, W_out))
    for u, v in np.ndindex(HH, WW):
        squares += x[:, :, u : u + stride * H_out : stride, v : v + stride * W_out : stride] ** 2.0
    return np.sqrt(squares), (x, np.sqrt(squares + 1e-12), HH, WW, stride)

def l2_pool_backward(dout, cache):
    x, out, HH, WW, stride = cache
    weight = np.zeros(x.shape)
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            place = np.s_[:, :, i * stride : i * stride + HH, j * stride : j * stride + WW]
            weight[place] += (dout / out)[:, :, i : i + 1, j : j + 1]
    return (weight * x).astype(np.float32)
"""

IM2COL_BY_CHANNEL = """
def max_pool_im2col(x, HH=2, WW=2, stride=2):
    N, C, H, W = x.shape
    out = []
    for c in range(C):
        best = np.max(columns(x[:, c : c + 1], HH, WW, stride), axis=0)
        out.append(best.reshape(N, pooled_size(H, HH, stride), -1))
    return np.stack(out, axis=1)
"""

IM2COL_SPLIT_ROWS = """
def max_pool_im2col(x, HH=2, WW=2, stride=2):
    N, C = x.shape[:2]
    H_out = pooled_size(x.shape[2], HH, stride)
    matrix = columns(x, HH, WW, stride).reshape(C, HH * WW, -1)  # windows of each channel
    best = matrix.max(axis=1).reshape(C, N, H_out, -1)
    return best.swapaxes(0, 1).astype(np.float32)
"""

IM2COL_WITHOUT_COLUMNS = """
def max_pool_im2col(x, HH=2, WW=2, stride=2):
    view = np.lib.stride_tricks.sliding_window_view(x, (HH, WW), axis=(2, 3))
    return view[:, :, ::stride, ::stride].max(axis=(-2, -1))
"""

WEIGHTS_EYE = """
def avg_pool_weights(C, HH, WW):
    return np.eye(C)[:, :, None, None] * np.full((HH, WW), 1 / (HH * WW), dtype=np.float32)
"""

WEIGHTS_LISTS = """
def avg_pool_weights(C, HH, WW):
    share = [[1 / HH / WW for _ in range(WW)] for _ in range(HH)]
    none = [[0.0] * WW for _ in range(HH)]
    return [[share if f == c else none for c in range(C)] for f in range(C)]
"""

WEIGHTS_EINSUM = """
def avg_pool_weights(C, HH, WW):
    w = np.zeros((C, C, HH, WW))
    np.einsum("cchw->chw", w)[...] = 1.0 / (HH * WW)
    return w
"""

REPLACE_GENERATED = """
def replace_pools(spec, C):
    def depth(k):
        before = [layer[1] for layer in spec[:k] if layer[0] == "conv"]
        return before[-1] if before else C

    new_spec = [
        ["conv", depth(k), layer[1], layer[2], 0] if layer[0] == "pool" else list(layer)
        for k, layer in enumerate(spec)
    ]
    sizes = [(depth(k), layer[1]) for k, layer in enumerate(spec) if layer[0] == "pool"]
    return new_spec, sum(F**2 * K**2 + K for K, F in sizes)
"""

REPLACE_RECURSIVE = """
def replace_pools(spec, C):
    if not spec:
        return [], 0
    kind, *numbers = spec[0]
    layer, cost = spec[0], 0
    if kind == "conv":
        C = numbers[0]
    if kind == "pool":
        F, S = numbers
        layer = ("conv", C, F, S, 0)
        cost = int(np.prod((C, C, F, F))) + C
    rest, more = replace_pools(spec[1:], C)
    return [layer, *rest], cost + more
"""

# The weights from another book, tap by tap; single precision.
BLUR_TAPS = """
from math import comb

def taps(HH, WW):
    for u in range(HH):
        for v in range(WW):
            yield u, v, comb(HH - 1, u) * comb(WW - 1, v) / 2 ** (HH + WW - 2)

def blur_pool_forward(x, HH=3, WW=3, stride=2):
    H_out, W_out = pooled_size(x.shape[2], HH, stride), pooled_size(x.shape[3], WW, stride)
    out = np.zeros((*x.shape[:2], H_out, W_out), dtype=np.float32)
    for u, v, weight in taps(HH, WW):
        out += weight * x[:, :, u :: stride, v :: stride][:, :, :H_out, :W_out]
    return out, (x.shape, HH, WW, stride)

def blur_pool_backward(dout, cache):
    shape, HH, WW, stride = cache
    dx = np.zeros(shape)
    H_out, W_out = dout.shape[2:]
    for u, v, weight in taps(HH, WW):
        dx[:, :, u : u + stride * H_out : stride, v : v + stride * W_out : stride] += weight * dout
    return dx
"""

# A matrix product along the rows and one along the columns.
BLUR_MATRICES = """
def blur_matrix(size, window, stride):
    rows = pooled_size(size, window, stride)
    matrix = np.zeros((rows, size))
    for i in range(rows):
        matrix[i, i * stride : i * stride + window] = binomial(window)
    return matrix

def blur_pool_forward(x, HH=3, WW=3, stride=2):
    down, across = blur_matrix(x.shape[2], HH, stride), blur_matrix(x.shape[3], WW, stride)
    return np.einsum("ih,nchw,jw->ncij", down, x, across), {"down": down, "across": across}

def blur_pool_backward(dout, cache):
    return np.einsum("ih,ncij,jw->nchw", cache["down"], dout, cache["across"])
"""

# The mean of two neighbours, taken again and again; then every so many are kept.
BLUR_AGAIN = """
def blur_pool_forward(x, HH=3, WW=3, stride=2):
    pooled_size(x.shape[2], HH, stride), pooled_size(x.shape[3], WW, stride)
    shape, out = x.shape, x * 1.0
    for _ in range(HH - 1):
        out = (out[:, :, 1:] + out[:, :, :-1]) / 2
    for _ in range(WW - 1):
        out = (out[..., 1:] + out[..., :-1]) / 2
    return out[:, :, ::stride, ::stride], [shape, HH, WW, stride]

def blur_pool_backward(dout, cache):
    (N, C, H, W), HH, WW, stride = cache
    dx = np.zeros((N, C, H - HH + 1, W - WW + 1))
    dx[:, :, ::stride, ::stride] = dout
    for _ in range(WW - 1):
        wide = np.pad(dx, ((0, 0), (0, 0), (0, 0), (1, 1)))
        dx = (wide[..., 1:] + wide[..., :-1]) / 2
    for _ in range(HH - 1):
        tall = np.pad(dx, ((0, 0), (0, 0), (1, 1), (0, 0)))
        dx = (tall[:, :, 1:] + tall[:, :, :-1]) / 2
    return dx
"""

RIGHT = {
    "max_pool_forward": [MAX_SCATTERED, MAX_SHARED, MAX_LAST],
    "avg_pool_forward": [AVG_TAPS, AVG_MATRICES, AVG_FREQUENCIES],
    "l2_pool_forward": [L2_NORM, L2_BY_SQUARES],
    "max_pool_im2col": [IM2COL_BY_CHANNEL, IM2COL_SPLIT_ROWS, IM2COL_WITHOUT_COLUMNS],
    "avg_pool_weights": [WEIGHTS_EYE, WEIGHTS_LISTS, WEIGHTS_EINSUM],
    "replace_pools": [REPLACE_GENERATED, REPLACE_RECURSIVE],
    "blur_pool_forward": [BLUR_TAPS, BLUR_MATRICES, BLUR_AGAIN],
}
