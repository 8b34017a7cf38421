"""Right answers to lesson 02, written as different people would."""

RIGHT = {
    "correlate1d": [
        """
def correlate1d(x, w, stride=1, pad=0):
    padded = [0.0] * pad + list(x) + [0.0] * pad
    places = (len(padded) - len(w)) / stride + 1
    if places != int(places) or places < 1:
        raise ValueError("does not fit")
    out = []
    for i in range(int(places)):
        total = 0.0
        for k in range(len(w)):
            total += padded[i * stride + k] * w[k]
        out.append(total)
    return out
""",
        """
def correlate1d(x, w, stride=1, pad=0):
    x_pad = np.concatenate([np.zeros(pad), x, np.zeros(pad)])
    if len(x_pad) < len(w) or (len(x_pad) - len(w)) % stride != 0:
        raise ValueError((len(x), len(w), stride, pad))
    windows = np.lib.stride_tricks.sliding_window_view(x_pad, len(w))[::stride]
    return (windows @ w).astype(np.float32)
""",
    ],
    "correlate2d": [
        """
def correlate2d(x, w):
    (H, W), (HH, WW) = x.shape, w.shape

    def stop(i, j):
        return sum(x[i + u, j + v] * w[u, v] for u in range(HH) for v in range(WW))

    return [[stop(i, j) for j in range(W - WW + 1)] for i in range(H - HH + 1)]
""",
        """
def correlate2d(x, w):
    windows = np.lib.stride_tricks.sliding_window_view(x, w.shape)
    return np.einsum("ijuv,uv->ij", windows, w)
""",
    ],
    "volume_entry": [
        """
def volume_entry(X, filters, biases, i, j, k, stride=2):
    total = biases[k]
    for u in range(filters[k].shape[0]):
        for v in range(filters[k].shape[1]):
            for d in range(X.shape[2]):
                total += X[i * stride + u, j * stride + v, d] * filters[k][u, v, d]
    return total
""",
        """
def volume_entry(X, filters, biases, i, j, k, stride=2):
    F = filters[k].shape[0]
    box = X[i * stride :, j * stride :][:F, :F]
    return np.float32(np.vdot(box, filters[k]) + biases[k])
""",
    ],
    "conv_forward": [
        """
def conv_forward(x, w, b, stride=1, pad=0, dilation=1):
    N, C, H, W = x.shape
    F, C, HH, WW = w.shape
    rows, cols = (H + 2 * pad - HH) / stride + 1, (W + 2 * pad - WW) / stride + 1
    if rows != int(rows) or cols != int(cols) or rows < 1 or cols < 1:
        raise ValueError("the filter does not fit")
    x_pad = np.zeros((N, C, H + 2 * pad, W + 2 * pad))
    x_pad[:, :, pad : pad + H, pad : pad + W] = x
    out = np.zeros((N, F, int(rows), int(cols)))
    for n in range(N):
        for f in range(F):
            for i in range(int(rows)):
                for j in range(int(cols)):
                    out[n, f, i, j] = b[f]
                    for c in range(C):
                        rows_seen = x_pad[n, c, i * stride : i * stride + HH]
                        seen = rows_seen[:, j * stride : j * stride + WW]
                        out[n, f, i, j] += (seen * w[f, c]).sum()
    return out, None
""",
        """
def conv_forward(x, w, b, stride=1, pad=0, dilation=1):
    HH, WW = w.shape[2:]
    x_pad = np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)])
    if min(x_pad.shape[2] - HH, x_pad.shape[3] - WW) < 0:
        raise ValueError("too small")
    if (x_pad.shape[2] - HH) % stride or (x_pad.shape[3] - WW) % stride:
        raise ValueError("does not fit")
    windows = np.lib.stride_tricks.sliding_window_view(x_pad, (HH, WW), axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride]
    out = np.einsum("ncijuv,fcuv->nfij", windows, w, optimize=True) + b[None, :, None, None]
    return out, {"x": x, "w": w, "windows": windows}
""",
        """
def conv_forward(x, w, b, stride=1, pad=0, dilation=1):
    x, w, b = (np.asarray(a, dtype=np.float32) for a in (x, w, b))
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    room = np.array([H + 2 * pad - HH, W + 2 * pad - WW])
    if (room < 0).any() or (room % stride).any():
        raise ValueError("sizes")
    h, v = (H + 2 * pad - HH) // stride + 1, (W + 2 * pad - WW) // stride + 1
    x_pad = np.pad(x, ((0,), (0,), (pad,), (pad,)))
    out = np.broadcast_to(b[:, None, None], (N, F, h, v)).copy()
    for i in range(HH):
        for j in range(WW):
            seen = x_pad[:, :, i : i + h * stride : stride, j : j + v * stride : stride]
            out += np.tensordot(seen, w[:, :, i, j], (1, 1)).transpose(0, 3, 1, 2)
    return out, (x_pad, w)
""",
        """
def conv_forward(x, w, b, stride=1, pad=0, dilation=1):
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    (H, W), (HH, WW) = x_pad.shape[2:], w.shape[2:]
    if H < HH or W < WW or (H - HH) % stride or (W - WW) % stride:
        raise ValueError("does not fit")
    spectrum = np.einsum(
        "ncij,fcij->nfij", np.fft.rfft2(x_pad), np.conj(np.fft.rfft2(w, (H, W)))
    )
    every_place = np.fft.irfft2(spectrum, (H, W))[:, :, : H - HH + 1, : W - WW + 1]
    return every_place[:, :, ::stride, ::stride] + b.reshape(-1, 1, 1), [x, w, b, stride, pad]
""",
    ],
    "locally_connected_forward": [
        """
def locally_connected_forward(x, w, b, stride=1):
    H_out, W_out, F, C, HH, WW = w.shape
    out = np.zeros((x.shape[0], F, H_out, W_out))
    for n in range(x.shape[0]):
        for f in range(F):
            for i in range(H_out):
                for j in range(W_out):
                    seen = x[n, :, i * stride : i * stride + HH, j * stride : j * stride + WW]
                    out[n, f, i, j] = (seen * w[i, j, f]).sum() + b[f, i, j]
    return out
""",
        """
def locally_connected_forward(x, w, b, stride=1):
    HH, WW = w.shape[4:]
    windows = np.lib.stride_tricks.sliding_window_view(x, (HH, WW), axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride][:, :, : w.shape[0], : w.shape[1]]
    return np.einsum("ncijuv,ijfcuv->nfij", windows, w) + b
""",
    ],
    "shift_gap": [
        """
def shift_gap(layer, x, rows, cols):
    before = np.array(layer(x[..., rows:, cols:]))
    after = np.array(layer(x))[..., rows:, cols:]
    return float(abs(before - after).max())
""",
        """
def shift_gap(layer, x, rows, cols):
    moved = layer(x.copy()[:, :, rows:, cols:].copy())
    whole = layer(x)
    largest = 0.0
    for n, f, i, j in np.ndindex(moved.shape):
        largest = max(largest, abs(moved[n, f, i, j] - whole[n, f, i + rows, j + cols]))
    return largest
""",
    ],
    "edge_filters": [
        """
def edge_filters():
    w = np.zeros((2, 1, 3, 3))
    w[0, 0, :, 0], w[0, 0, :, 2] = -1, 1
    w[1, 0, 0, :], w[1, 0, 2, :] = -1, 1
    return w
""",
        """
def edge_filters():
    smooth, change = np.array([3, 10, 3]) / 16, np.array([-1, 0, 1])
    return np.stack([np.outer(smooth, change), np.outer(change, smooth)]).reshape(2, 1, 3, 3)
""",
    ],
    "blur_and_sharpen": [
        """
def blur_and_sharpen():
    w = np.ones((2, 1, 3, 3)) / 9
    w[1] = -w[1]
    w[1, 0, 1, 1] += 2
    return w
""",
        """
def blur_and_sharpen():
    mean = [1] * 9
    sharp = [-1, -1, -1, -1, 17, -1, -1, -1, -1]
    return np.array([mean, sharp]).reshape(2, 1, 3, 3) / 9
""",
    ],
}
