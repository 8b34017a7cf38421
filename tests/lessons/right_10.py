"""Right answers to lesson 10, written as different people would."""

RIGHT = {
    "predictions": [
        """
def predictions():
    return dict(zip("abcdefgh", "runs raises waits uploads raises runs waits runs".split()))
""",
        """
def predictions():
    answers = {letter: "runs" for letter in "hfa"}
    answers.update(b="raises", e="raises")
    answers.update(c="waits", g="waits")
    answers["d"] = "uploads"
    return answers
""",
    ],
    "get_array_module": [
        """
def get_array_module(*arrays):
    return cp.get_array_module(*arrays)

def to_device(x):
    return x if isinstance(x, cp.ndarray) else cp.array(x)

def to_host(x):
    return cp.asnumpy(x)
""",
        """
def get_array_module(*arrays):
    for array in arrays:
        if isinstance(array, cp.ndarray):
            return cp
    return np

def to_device(x):
    if get_array_module(x) is np:
        x = cp.asarray(x)
    return x

def to_host(x):
    return x.get() if hasattr(x, "get") else x
""",
    ],
    "softmax_loss": [
        """
def softmax_loss(scores, y):
    xp = get_array_module(scores)
    N, C = scores.shape
    p = xp.exp(scores - xp.max(scores, axis=1)[:, None])
    p = p / p.sum(axis=1)[:, None]
    hot = (xp.arange(C)[None, :] == y[:, None]).astype(scores.dtype)
    shifted = scores - scores.max(axis=1, keepdims=True)
    logs = shifted - xp.log(xp.exp(shifted).sum(axis=1, keepdims=True))
    return -(hot * logs).sum() / N, (p - hot) / N
""",
        """
def softmax_loss(scores, y):
    xp = get_array_module(scores)
    top = scores.max(axis=1, keepdims=True)
    total = top + xp.log(xp.exp(scores - top).sum(axis=1, keepdims=True))
    picked = xp.take_along_axis(scores, y[:, None], axis=1)
    grad = xp.exp(scores - total)
    grad[xp.arange(len(y)), y] -= 1
    grad /= len(y)
    return (total - picked).mean(), grad
""",
    ],
    "conv_forward": [
        """
def conv_forward(x, w, b, stride=1, pad=0):
    xp = get_array_module(x)
    N, C, H, W = x.shape
    F, C, HH, WW = w.shape
    H_out, left_h = divmod(H + 2 * pad - HH, stride)
    W_out, left_w = divmod(W + 2 * pad - WW, stride)
    if left_h or left_w or H_out < 0 or W_out < 0:
        raise ValueError("does not fit")
    H_out, W_out = H_out + 1, W_out + 1
    x_pad = xp.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)])
    out = xp.zeros((N, F, H_out, W_out), dtype=x.dtype)
    for u in range(HH):
        for v in range(WW):
            seen = x_pad[:, :, u:u + stride * H_out:stride, v:v + stride * W_out:stride]
            out += xp.einsum("nchw,fc->nfhw", seen, w[:, :, u, v])
    return out + b[:, None, None], (x_pad, x.shape, w, stride, pad)

def conv_backward(dout, cache):
    x_pad, shape, w, stride, pad = cache
    xp = get_array_module(dout)
    HH, WW = w.shape[2:]
    H_out, W_out = dout.shape[2:]
    dx_pad, dw = xp.zeros_like(x_pad), xp.zeros_like(w)
    for u in range(HH):
        for v in range(WW):
            rows = slice(u, u + stride * H_out, stride)
            cols = slice(v, v + stride * W_out, stride)
            dw[:, :, u, v] = xp.einsum("nfhw,nchw->fc", dout, x_pad[:, :, rows, cols])
            dx_pad[:, :, rows, cols] += xp.einsum("nfhw,fc->nchw", dout, w[:, :, u, v])
    dx = dx_pad[:, :, pad:pad + shape[2], pad:pad + shape[3]]
    return dx, dw, xp.sum(dout, axis=(0, 2, 3))
""",
        """
def conv_forward(x, w, b, stride=1, pad=0):
    xp = get_array_module(x)
    for size, window in zip(x.shape[2:], w.shape[2:]):
        if size + 2 * pad < window or (size + 2 * pad - window) % stride:
            raise ValueError((size, window, stride, pad))
    x_pad = xp.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    view = xp.lib.stride_tricks.sliding_window_view(x_pad, w.shape[2:], axis=(2, 3))
    view = view[:, :, ::stride, ::stride]
    out = xp.tensordot(view, w, axes=((1, 4, 5), (1, 2, 3)))
    return (out + b).transpose(0, 3, 1, 2), (x, view, w, stride, pad)

def conv_backward(dout, cache):
    x, view, w, stride, pad = cache
    xp = get_array_module(dout)
    dw = xp.tensordot(dout, view, axes=((0, 2, 3), (0, 2, 3)))
    H_out, W_out = dout.shape[2:]
    H, W = x.shape[2:]
    dx = xp.zeros((len(x), x.shape[1], H + 2 * pad, W + 2 * pad), dtype=x.dtype)
    for u in range(w.shape[2]):
        for v in range(w.shape[3]):
            share = xp.tensordot(dout, w[:, :, u, v], axes=((1,), (0,))).transpose(0, 3, 1, 2)
            dx[:, :, u:u + H_out * stride:stride, v:v + W_out * stride:stride] += share
    return dx[:, :, pad:H + pad, pad:W + pad], dw, dout.sum(axis=0).sum(axis=1).sum(axis=1)
""",
    ],
    "train": [
        """
def train(X, y, w, b, steps, batch, rate, every):
    X, y, w, b = cp.asarray(X), cp.asarray(y), cp.array(w), cp.array(b)
    kept = []
    for s in range(steps):
        at = (s * batch) % X.shape[0]
        scores, cache = affine_forward(X[at:at + batch], w, b)
        loss, d = softmax_loss(scores, y[at:at + batch])
        if not s % every:
            kept.append(loss)
        _, dw, db = affine_backward(d, cache)
        w -= rate * dw
        b -= rate * db
    return [float(loss) for loss in kept], w.get(), b.get()
""",
        """
def train(X, y, w, b, steps, batch, rate, every):
    there = [to_device(a) for a in (X, y)]
    w, b = to_device(w), to_device(b)
    losses, start = [], 0
    for s in range(steps):
        x, labels = (a[start:start + batch] for a in there)
        out, cache = affine_forward(x, w, b)
        loss, dout = softmax_loss(out, labels)
        grads = affine_backward(dout, cache)[1:]
        w, b = (p - g * rate for p, g in zip((w, b), grads))
        if s in range(0, steps, every):
            losses += [loss]
        start = (start + batch) % len(X)
    return cp.stack(losses).tolist(), cp.asnumpy(w), cp.asnumpy(b)
""",
    ],
    "gpu_time": [
        """
def gpu_time(f, repeat=10):
    for _ in range(3):
        f()
    cp.cuda.Device().synchronize()
    begin = gpu.clock()
    for _ in range(repeat):
        f()
    cp.cuda.Device().synchronize()
    return (gpu.clock() - begin) * 1000 / repeat
""",
        """
def gpu_time(f, repeat=10):
    f()
    cp.cuda.Stream.null.synchronize()
    total = 0.0
    for _ in range(repeat):
        a, b = cp.cuda.Event(), cp.cuda.Event()
        a.record()
        f()
        b.record()
        b.synchronize()
        total += cp.cuda.get_elapsed_time(a, b)
    return total / repeat
""",
    ],
    "run_ahead": [
        """
def run_ahead(X, batch, work):
    host = cupyx.empty_like_pinned(X)
    np.copyto(host, X)
    up, here = cp.cuda.Stream(non_blocking=True), cp.cuda.get_current_stream()
    pair = [cp.empty(X[:batch].shape, X.dtype), cp.empty(X[:batch].shape, X.dtype)]
    arrived, read = [cp.cuda.Event(), cp.cuda.Event()], [cp.cuda.Event(), cp.cuda.Event()]
    for event in read:
        event.record(here)

    def send(k):
        up.wait_event(read[k % 2])
        pair[k % 2].set(host[k * batch:(k + 1) * batch], up)
        arrived[k % 2].record(up)

    out = []
    send(0)
    for k in range(len(X) // batch):
        if (k + 1) * batch < len(X):
            send(k + 1)
        here.wait_event(arrived[k % 2])
        out.append(work(pair[k % 2]))
        read[k % 2].record(here)
    return out
""",
        """
def run_ahead(X, batch, work):
    pages = [cupyx.zeros_pinned((batch,) + X.shape[1:], X.dtype) for _ in range(0, len(X), batch)]
    for number, page in enumerate(pages):
        page[:] = X[number * batch:(number + 1) * batch]
    copying = cp.cuda.Stream(non_blocking=True)
    computing = cp.cuda.Stream.null
    copying.wait_event(computing.record())
    now, then = cp.empty(pages[0].shape, X.dtype), cp.empty(pages[0].shape, X.dtype)
    results, last = [], None
    for page in pages:
        if last is not None:
            copying.wait_event(last)
        with copying:
            now.set(page)
            there = copying.record()
        computing.wait_event(there)
        last, before = computing.record(), last
        results.append(work(now))
        now, then = then, now
    return results
""",
    ],
    "scaled_step": [
        """
def scaled_step(w, gradient, scale, rate):
    xp = get_array_module(w)
    g = gradient(w.astype(np.float16), scale).astype(np.float32)
    bad = (xp.isinf(g) | xp.isnan(g)).any()
    return w - xp.where(bad, 0, g * (rate / scale)).astype(np.float32)
""",
        """
def scaled_step(w, gradient, scale, rate):
    xp = get_array_module(w)
    got = gradient(w.astype("float16"), scale)
    step = got.astype("float32")
    step *= 1 / scale
    step *= rate
    fine = (abs(got) < np.inf).all()
    return xp.where(fine, xp.subtract(w, step), w)
""",
    ],
    "roofline": [
        """
def roofline(N, C, F, H, W, HH, WW, peak, bandwidth, size=4):
    places = N * H * W
    flops = 2.0 * places * F * C * HH * WW
    moved = size * (places * (C + F) + F * C * HH * WW)
    slow = flops / moved < peak / bandwidth
    seconds = moved / bandwidth if slow else flops / peak
    return seconds * 1e3, flops / moved, "memory" if slow else "arithmetic"
""",
        """
def roofline(N, C, F, H, W, HH, WW, peak, bandwidth, size=4):
    flops = N * F * H * W * (C * HH * WW) * 2
    sizes = np.array([N * C * H * W, F * C * HH * WW, N * F * H * W], dtype=float)
    intensity = flops / (size * sizes.sum())
    attained = min(peak, intensity * bandwidth)
    return 1000 * flops / attained, intensity, "memory" if attained < peak else "arithmetic"
""",
    ],
}
