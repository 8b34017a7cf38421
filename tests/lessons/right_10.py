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
    "affine_forward": [
        """
def affine_forward(x, w, b):
    N = x.shape[0]
    flat = x.reshape((N, w.shape[0]))
    return np.dot(flat, w) + b, (x.shape, flat, w)

def affine_backward(dout, cache):
    shape, flat, w = cache
    dx = np.dot(dout, w.T).reshape(shape)
    dw = np.dot(flat.T, dout)
    return dx, dw, np.sum(dout, axis=0)
""",
        """
def affine_forward(x, w, b):
    xp = get_array_module(x)
    out = xp.einsum("nd,dm->nm", x.reshape(len(x), -1), w)
    out += b
    return out, {"x": x, "w": w}

def affine_backward(dout, cache):
    xp = get_array_module(dout)
    x, w = cache["x"], cache["w"]
    dx = xp.einsum("nm,dm->nd", dout, w)
    dw = xp.einsum("nd,nm->dm", x.reshape(len(x), -1), dout)
    return [dx.reshape(x.shape), dw, xp.ones(len(x), dtype=dout.dtype) @ dout]
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
    "max_pool_forward": [
        """
def max_pool_forward(x, HH=2, WW=2, stride=2):
    xp = get_array_module(x)
    H_out, W_out = (x.shape[2] - HH) // stride + 1, (x.shape[3] - WW) // stride + 1
    taps = xp.stack([x[:, :, u:u + stride * H_out:stride, v:v + stride * W_out:stride]
                     for u in range(HH) for v in range(WW)])
    return taps.max(axis=0), (x, taps, HH, WW, stride)

def max_pool_backward(dout, cache):
    x, taps, HH, WW, stride = cache
    xp = get_array_module(dout)
    H_out, W_out = dout.shape[2:]
    dx = xp.zeros_like(x)
    winner = taps.argmax(axis=0)
    for number in range(HH * WW):
        u, v = number // WW, number % WW
        dx[:, :, u:u + stride * H_out:stride, v:v + stride * W_out:stride] += xp.where(
            winner == number, dout, 0)
    return dx
""",
        """
def max_pool_forward(x, HH=2, WW=2, stride=2):
    H_out, W_out = (x.shape[2] - HH) // stride + 1, (x.shape[3] - WW) // stride + 1
    out = x[:, :, :stride * H_out:stride, :stride * W_out:stride].copy()
    for u in range(HH):
        for v in range(WW):
            out = np.maximum(out, x[:, :, u:u + stride * H_out:stride, v:v + stride * W_out:stride])
    return out, (x, out, HH, WW, stride)

def max_pool_backward(dout, cache):
    x, out, HH, WW, stride = cache
    H_out, W_out = out.shape[2:]
    dx, left = x * 0, dout.copy()
    for u in range(HH):
        for v in range(WW):
            rows, cols = slice(u, u + stride * H_out, stride), slice(v, v + stride * W_out, stride)
            share = left * (x[:, :, rows, cols] == out)
            dx[:, :, rows, cols] += share
            left = left - share
    return dx
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
            losses += [loss.item()]
        start = (start + batch) % len(X)
    return losses, cp.asnumpy(w), cp.asnumpy(b)
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
    "bias_relu_kernel": [
        '''
def bias_relu_kernel():
    return """
extern "C" __global__
void bias_relu(const float *x, const float *b, float *out, int F, int P, int n)
{
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x) {
        float v = x[i] + b[(i / P) % F];
        out[i] = v > 0 ? v : 0;
    }
}
"""
''',
        '''
def bias_relu_kernel():
    return r"""
__device__ float relu(float v) { return max(v, 0.0f); }
extern "C" __global__
void bias_relu(const float* __restrict__ x, const float* __restrict__ b, float* out,
               int F, int P, int n) {
    const int i = threadIdx.x + blockDim.x * blockIdx.x;
    if (i < n) {
        int map = i / P;
        out[i] = relu(x[i] + b[map - map / F * F]);
    }
}
"""
''',
    ],
    "im2col_kernel": [
        '''
def im2col_kernel():
    return """
extern "C" __global__ void im2col(const float* x, float* cols, int C, int H, int W, int HH, int WW,
                                  int stride, int pad, int H_out, int W_out) {
    int t = blockIdx.x * blockDim.x + threadIdx.x;
    if (t >= C * HH * WW * H_out * W_out) return;
    int j = t % W_out; int rest = t / W_out;
    int i = rest % H_out; rest /= H_out;
    int v = rest % WW; rest /= WW;
    int u = rest % HH; int c = rest / HH;
    int y = i * stride + u - pad, z = j * stride + v - pad;
    float value = 0;
    if (0 <= y && y < H && 0 <= z && z < W) value = x[c * H * W + y * W + z];
    cols[t] = value;
}
"""
''',
        '''
def im2col_kernel():
    return """
extern "C" __global__ void im2col(const float* x, float* cols, int C, int H, int W, int HH, int WW,
                                  int stride, int pad, int H_out, int W_out) {
    int n = C * HH * WW * H_out * W_out, P = H_out * W_out;
    for (int t = blockIdx.x * blockDim.x + threadIdx.x; t < n; t += blockDim.x * gridDim.x) {
        int e = t / P, p = t - e * P;
        int c = e / (HH * WW), k = e % (HH * WW);
        int row = p / W_out * stride + k / WW - pad;
        int col = p % W_out * stride + k % WW - pad;
        if (row < 0 || row >= H || col < 0 || col >= W) cols[t] = 0.0f;
        else cols[t] = __ldg(&x[(c * H + row) * W + col]);
    }
}
"""
''',
    ],
    "product_kernel": [
        '''
def product_kernel():
    return """
extern "C" __global__
void product(const float* A, const float* B, float* out, int M, int N, int K) {
    __shared__ float tileA[8][8 + 1];
    __shared__ float tileB[8][8 + 1];
    int r = blockIdx.y * 8 + threadIdx.y, c = blockIdx.x * 8 + threadIdx.x;
    float acc = 0;
    for (int t = 0; t < (K + 7) / 8; ++t) {
        int ka = t * 8 + threadIdx.x, kb = t * 8 + threadIdx.y;
        if (r < M && ka < K) tileA[threadIdx.y][threadIdx.x] = A[r * K + ka];
        else tileA[threadIdx.y][threadIdx.x] = 0;
        if (c < N && kb < K) tileB[threadIdx.y][threadIdx.x] = B[kb * N + c];
        else tileB[threadIdx.y][threadIdx.x] = 0;
        __syncthreads();
        #pragma unroll
        for (int k = 0; k < 8; ++k) acc += tileA[threadIdx.y][k] * tileB[k][threadIdx.x];
        __syncthreads();
    }
    if (r < M && c < N) out[r * N + c] = acc;
}
"""
''',
        '''
def product_kernel():
    return """
extern "C" __global__
void product(const float* A, const float* B, float* out, int M, int N, int K) {
    __shared__ float s[2][64];
    int tx = threadIdx.x, ty = threadIdx.y, me = ty * 8 + tx;
    int row = blockIdx.y * 8 + ty, col = blockIdx.x * 8 + tx;
    float sum = 0;
    for (int k = 0; k < K; k += 8) {
        __syncthreads();
        s[0][me] = (row < M && k + tx < K) ? A[row * K + k + tx] : 0;
        s[1][me] = (col < N && k + ty < K) ? B[(k + ty) * N + col] : 0;
        __syncthreads();
        for (int j = 0; j < min(8, K - k); j++) sum = fmaf(s[0][ty * 8 + j], s[1][j * 8 + tx], sum);
    }
    if (row >= M || col >= N) return;
    out[row * N + col] = sum;
}
"""
''',
    ],
    "corrections": [
        """
def corrections():
    return {
        "total": [4, "    float mine = 0; if (i < n) mine = x[i]; part[t] = mine;"],
        "votes": [4, "        atomicAdd(out + label[i], 1);"],
        "add": [3, "    if (!(i < n)) return;"],
    }
""",
        """
def corrections():
    found = {"votes": (4, "atomicAdd(&out[label[i]], 1);")}
    found["add"] = (3, "if (n <= i) return;")
    found["total"] = (4, "if (i < n) part[t] = x[i]; else part[t] = 0;")
    return found
""",
    ],
    "roofline": [
        """
def roofline(N, C, F, H, W, HH, WW, peak, bandwidth):
    places = N * H * W
    t_math = 2.0 * places * F * C * HH * WW / peak * 1e3
    t_move = 4.0 * (places * (C + F) + F * C * HH * WW) / bandwidth * 1e3
    return (t_math, "arithmetic") if t_math > t_move else (t_move, "memory")
""",
        """
def roofline(N, C, F, H, W, HH, WW, peak, bandwidth):
    flops = N * F * H * W * (C * HH * WW) * 2
    sizes = np.array([N * C * H * W, F * C * HH * WW, N * F * H * W], dtype=float)
    seconds = {"arithmetic": flops / peak, "memory": 4 * sizes.sum() / bandwidth}
    limit = max(seconds, key=seconds.get)
    return seconds[limit] * 1000, limit
""",
    ],
}
