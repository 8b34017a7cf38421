"""Right answers to lesson 07, written in other ways than the solution."""

FILTER_BY_FILTER = """
def conv_1x1(x, w, b):
    N, C, H, W = x.shape
    out = np.zeros((N, len(w), H, W))
    for f in range(len(w)):
        for c in range(C):
            out[:, f] += w[f, c, 0, 0] * x[:, c]
        out[:, f] += b[f]
    return out
"""

ONE_EINSUM = """
def conv_1x1(x, w, b):
    return np.einsum("ncij,fcuv->nfij", x, w, optimize=True) + b[None, :, None, None]
"""

COLUMNS_IN_SINGLE_PRECISION = """
def conv_1x1(x, w, b):
    N, C, H, W = x.shape
    columns = x.reshape(N, C, H * W).astype(np.float32)
    out = np.float32(w).squeeze((2, 3)) @ columns + b[:, None].astype(np.float32)
    return out.reshape(N, -1, H, W)
"""

SIX_LOOPS = """
def conv_forward(x, w, b, stride=1, pad=0, dilation=1):
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    H_out = (H + 2 * pad - dilation * (HH - 1) - 1) / stride + 1
    W_out = (W + 2 * pad - dilation * (WW - 1) - 1) / stride + 1
    if H_out < 1 or W_out < 1 or H_out != int(H_out) or W_out != int(W_out):
        raise ValueError("does not fit")
    xp = np.zeros((N, C, H + 2 * pad, W + 2 * pad))
    xp[:, :, pad : pad + H, pad : pad + W] = x
    out = np.zeros((N, F, int(H_out), int(W_out)))
    for n in range(N):
        for f in range(F):
            for i in range(int(H_out)):
                for j in range(int(W_out)):
                    total = b[f]
                    for u in range(HH):
                        for v in range(WW):
                            p, q = i * stride + u * dilation, j * stride + v * dilation
                            total += np.dot(xp[n, :, p, q], w[f, :, u, v])
                    out[n, f, i, j] = total
    return out, {"x": x, "w": w, "stride": stride, "pad": pad, "dilation": dilation}


def conv_backward(dout, cache):
    x, w = cache["x"], cache["w"]
    stride, pad, dilation = cache["stride"], cache["pad"], cache["dilation"]
    N, C, H, W = x.shape
    dx, dw = np.zeros(x.shape), np.zeros(w.shape)
    for n, f, i, j in np.ndindex(*dout.shape):
        for u, v in np.ndindex(*w.shape[2:]):
            p, q = i * stride + u * dilation - pad, j * stride + v * dilation - pad
            if 0 <= p < H and 0 <= q < W:
                dx[n, :, p, q] += dout[n, f, i, j] * w[f, :, u, v]
                dw[f, :, u, v] += dout[n, f, i, j] * x[n, :, p, q]
    return dx, dw, np.einsum("nfij->f", dout)
"""

FILTER_WITH_ZEROS = """
def with_holes(w, dilation):
    F, C, HH, WW = w.shape
    wide = np.zeros((F, C, dilation * (HH - 1) + 1, dilation * (WW - 1) + 1))
    wide[:, :, ::dilation, ::dilation] = w
    return wide


def conv_forward(x, w, b, stride=1, pad=0, dilation=1):
    wide = with_holes(w, dilation)
    HH, WW = wide.shape[2:]
    x_pad = np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)])
    room = np.array(x_pad.shape[2:]) - (HH, WW)
    if room.min() < 0 or (room % stride).any():
        raise ValueError("sizes")
    windows = np.lib.stride_tricks.sliding_window_view(x_pad, (HH, WW), axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride]
    out = np.einsum("ncijuv,fcuv->nfij", windows, wide, optimize=True) + b[:, None, None]
    return out, (x_pad, wide, stride, pad, dilation)


def conv_backward(dout, cache):
    x_pad, wide, stride, pad, dilation = cache
    HH, WW = wide.shape[2:]
    dx, dw = np.zeros(x_pad.shape), np.zeros(wide.shape)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            box = np.s_[:, :, i * stride : i * stride + HH, j * stride : j * stride + WW]
            dx[box] += np.einsum("nf,fcuv->ncuv", dout[:, :, i, j], wide)
            dw += np.einsum("nf,ncuv->fcuv", dout[:, :, i, j], x_pad[box])
    H, W = x_pad.shape[2] - 2 * pad, x_pad.shape[3] - 2 * pad
    return (
        dx[:, :, pad : pad + H, pad : pad + W],
        dw[:, :, ::dilation, ::dilation],
        dout.sum((0, 2, 3)),
    )
"""

SHIFTED_PRODUCTS = """
def conv_forward(x, w, b, stride=1, pad=0, dilation=1):
    x, w, b = (np.asarray(a, dtype=np.float32) for a in (x, w, b))
    N, _, H, W = x.shape
    F, _, HH, WW = w.shape
    sizes = []
    for size, taps in ((H, HH), (W, WW)):
        steps, rest = divmod(size + 2 * pad - dilation * (taps - 1) - 1, stride)
        if steps < 0 or rest:
            raise ValueError("does not fit")
        sizes.append(steps + 1)
    x_pad = np.pad(x, ((0,), (0,), (pad,), (pad,)))
    out = np.broadcast_to(b[:, None, None], (N, F, *sizes)).copy()
    for u in range(HH):
        for v in range(WW):
            seen = x_pad[:, :, u * dilation :: stride, v * dilation :: stride]
            seen = seen[:, :, : sizes[0], : sizes[1]]
            out += np.tensordot(seen, w[:, :, u, v], (1, 1)).transpose(0, 3, 1, 2)
    return out, [x.shape, x_pad, w, stride, pad, dilation]


def conv_backward(dout, cache):
    shape, x_pad, w, stride, pad, dilation = cache
    dx, dw = np.zeros(x_pad.shape), np.zeros(w.shape)
    H_out, W_out = dout.shape[2:]
    for u, v in np.ndindex(w.shape[2], w.shape[3]):
        rows = u * dilation + stride * np.arange(H_out)
        cols = v * dilation + stride * np.arange(W_out)
        seen = x_pad[:, :, rows[:, None], cols]
        dw[:, :, u, v] = np.einsum("nfij,ncij->fc", dout, seen)
        back = np.einsum("nfij,fc->ncij", dout, w[:, :, u, v])
        np.add.at(dx, np.s_[:, :, rows[:, None], cols], back)
    return dx[:, :, pad : pad + shape[2], pad : pad + shape[3]], dw, dout.sum(axis=(0, 2, 3))
"""

GROUP_BY_GROUP = """
def grouped_forward(x, w, b, groups, stride=1, pad=0, dilation=1):
    C, F = x.shape[1] // groups, len(w) // groups
    out, caches = None, []
    for g in range(groups):
        mine = slice(g * F, g * F + F)
        part, cache = conv_forward(
            x[:, g * C : g * C + C], w[mine], b[mine], stride=stride, pad=pad, dilation=dilation
        )
        out = part if out is None else np.append(out, part, axis=1)
        caches.append(cache)
    return out, (x.shape, w.shape, caches)


def grouped_backward(dout, cache):
    x_shape, w_shape, caches = cache
    C, F = x_shape[1] // len(caches), w_shape[0] // len(caches)
    dx, dw, db = np.zeros(x_shape), np.zeros(w_shape), np.zeros(w_shape[0])
    for g, own in enumerate(caches):
        mine = slice(g * F, (g + 1) * F)
        dx[:, g * C : (g + 1) * C], dw[mine], db[mine] = conv_backward(dout[:, mine], own)
    return dx, dw, db
"""

ONE_LAYER_WITH_ZEROS = """
def grouped_forward(x, w, b, groups, stride=1, pad=0, dilation=1):
    F, depth, HH, WW = w.shape
    who = np.kron(np.eye(groups), np.ones((F // groups, depth)))  # (F, C)
    wide = np.tile(w, (1, groups, 1, 1)) * who[:, :, None, None]
    out, cache = conv_forward(x, wide, b, stride, pad, dilation)
    return out, (cache, who.astype(bool), w.shape)


def grouped_backward(dout, cache):
    cache, who, shape = cache
    dx, dw, db = conv_backward(dout, cache)
    return dx, dw[who].reshape(shape), db
"""

PRODUCT_OF_A_LIST = """
def conv_cost(F, C, HH, WW, H_out, W_out, groups=1):
    each = int(np.prod([F // groups, C // groups, HH, WW]))
    weights = sum(each for _ in range(groups))
    return [weights, W_out * H_out * weights]
"""

PLACE_BY_PLACE = """
def conv_cost(F, C, HH, WW, H_out, W_out, groups=1):
    one_output = C * HH * WW // groups
    products = F * H_out * W_out * one_output
    return products // (H_out * W_out), products
"""

LAID_DOWN = """
def conv_transpose(x, w, stride=1, pad=0):
    N, C, H, W = x.shape
    _, F, HH, WW = w.shape
    out = np.zeros((N, F, (H - 1) * stride + HH, (W - 1) * stride + WW))
    for i in range(H):
        for j in range(W):
            for c in range(C):
                stamp = x[:, c, i, j][:, None, None, None] * w[c]
                out[:, :, i * stride : i * stride + HH, j * stride : j * stride + WW] += stamp
    return out[:, :, pad : out.shape[2] - pad, pad : out.shape[3] - pad]
"""

ZEROS_BETWEEN = """
def conv_transpose(x, w, stride=1, pad=0):
    N, C, H, W = x.shape
    _, F, HH, WW = w.shape
    spread = np.zeros((N, C, (H - 1) * stride + 1, (W - 1) * stride + 1))
    spread[:, :, ::stride, ::stride] = x
    spread = np.pad(spread, ((0, 0), (0, 0), (HH - 1, HH - 1), (WW - 1, WW - 1)))
    turned = w.transpose(1, 0, 2, 3)[:, :, ::-1, ::-1]
    out, _ = conv_forward(spread, turned, np.zeros(F))
    H_out, W_out = out.shape[2:]
    return out[:, :, pad : H_out - pad, pad : W_out - pad].astype(np.float32)
"""

FROM_THE_OUTPUT_DOWN = """
def receptive_field(layers):
    size, jump = 1, 1
    for F, S, D in reversed(layers):
        size = (size - 1) * S + (D * (F - 1) + 1)
        jump = jump * S
    return size, jump
"""

AS_A_SUM = """
def receptive_field(layers):
    strides = np.array([S for F, S, D in layers], dtype=int)
    jumps = np.concatenate([[1], np.cumprod(strides)]).astype(int)
    reaches = [D * (F - 1) for F, S, D in layers]
    return [1 + sum(int(r * j) for r, j in zip(reaches, jumps)), int(jumps[-1])]
"""

FOUR_SUMS = """
def collapse(w1, b1, w2, b2):
    G, C, HH1, WW1 = w1.shape
    F, _, HH2, WW2 = w2.shape
    w, b = np.zeros((F, C, HH1 + HH2 - 1, WW1 + WW2 - 1)), np.array(b2, dtype=float)
    for f in range(F):
        for g in range(G):
            b[f] += np.sum(w2[f, g]) * b1[g]
            for p in range(HH1):
                for q in range(WW1):
                    for u in range(HH2):
                        for v in range(WW2):
                            w[f, :, p + u, q + v] += w1[g, :, p, q] * w2[f, g, u, v]
    return w, b
"""

BY_PROBING = """
def collapse(w1, b1, w2, b2):
    G, C, HH1, WW1 = w1.shape
    F, _, HH2, WW2 = w2.shape
    full = np.pad(w1, [(0, 0), (0, 0), (HH2 - 1, HH2 - 1), (WW2 - 1, WW2 - 1)])
    windows = np.lib.stride_tricks.sliding_window_view(full, (HH2, WW2), axis=(2, 3))
    w = np.einsum("gcpquv,fguv->fcpq", windows, w2[:, :, ::-1, ::-1])
    return w, b2 + np.einsum("fguv,g->f", w2, b1)
"""

RIGHT = {
    "conv_1x1": [FILTER_BY_FILTER, ONE_EINSUM, COLUMNS_IN_SINGLE_PRECISION],
    "conv_forward": [SIX_LOOPS, FILTER_WITH_ZEROS, SHIFTED_PRODUCTS],
    "grouped_forward": [GROUP_BY_GROUP, ONE_LAYER_WITH_ZEROS],
    "conv_cost": [PRODUCT_OF_A_LIST, PLACE_BY_PLACE],
    "conv_transpose": [LAID_DOWN, ZEROS_BETWEEN],
    "receptive_field": [FROM_THE_OUTPUT_DOWN, AS_A_SUM],
    "collapse": [FOUR_SUMS, BY_PROBING],
}
