"""Right answers to lesson 13, written as different people would."""

RIGHT = {
    "relu_kernel": [
        '''
def relu_kernel():
    return r"""
extern "C" __global__ void relu(const float *x, float *out, int n)
{
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x)
        out[i] = x[i] > 0 ? x[i] : 0;
}
"""
''',
        '''
def relu_kernel():
    return r"""
__device__ float cut(float v) { return max(v, 0.0f); }
extern "C" __global__ void relu(const float* __restrict__ x, float* out, const int n) {
    const int i = threadIdx.x + blockDim.x * blockIdx.x;
    if (i < n) out[i] = cut(x[i]);
}
"""
''',
    ],
    "reverse_kernel": [
        '''
def reverse_kernel():
    return r"""
extern "C" __global__ void reverse(const float* x, float* out, int n) {
    int i = n - 1 - (int)(blockIdx.x * blockDim.x + threadIdx.x);
    if (i < 0) return;
    out[n - 1 - i] = x[i];
}
"""
''',
        '''
def reverse_kernel():
    return r"""
extern "C" __global__ void reverse(const float* x, float* out, int n) {
    int i = blockDim.x * blockIdx.x + threadIdx.x;
    const float* last = x + n - 1;
    if (i < n) *(out + i) = *(last - i);
}
"""
''',
    ],
    "pad_kernel": [
        '''
def pad_kernel():
    return r"""
extern "C" __global__ void pad(const float* x, float* out, int H, int W, int P) {
    int col = threadIdx.x + blockIdx.x * blockDim.x, row = threadIdx.y + blockIdx.y * blockDim.y;
    int wide = W + P + P, high = H + P + P;
    if (row < high && col < wide) {
        float v = 0;
        if (row >= P && row < H + P && col >= P && col < W + P) v = x[(row - P) * W + (col - P)];
        out[row * wide + col] = v;
    }
}
"""
''',
        '''
def pad_kernel():
    return r"""
extern "C" __global__ void pad(const float* x, float* out, int H, int W, int P) {
    int j = (int)(blockIdx.x * blockDim.x + threadIdx.x) - P;
    int i = (int)(blockIdx.y * blockDim.y + threadIdx.y) - P;
    if (i >= H + P || j >= W + P) return;
    bool outside = i < 0 || j < 0 || i >= H || j >= W;
    out[(i + P) * (W + 2 * P) + j + P] = outside ? 0.0f : __ldg(x + i * W + j);
}
"""
''',
    ],
    "blur_kernel": [
        '''
def blur_kernel():
    return r"""
extern "C" __global__ void blur(const float* x, float* out, int n) {
    __shared__ float near[8 + 2];
    int first = blockIdx.x * 8 - 1;
    for (int k = threadIdx.x; k < 10; k += 8) {
        int place = first + k;
        near[k] = (place >= 0 && place < n) ? x[place] : 0;
    }
    __syncthreads();
    int i = blockIdx.x * blockDim.x + threadIdx.x, k = threadIdx.x + 1;
    if (i >= n) return;
    out[i] = (near[k - 1] + 2 * near[k] + near[k + 1]) / 4;
}
"""
''',
        '''
def blur_kernel():
    return r"""
extern "C" __global__ void blur(const float* x, float* out, int n) {
    __shared__ float left, mid[8], right;
    int t = threadIdx.x, i = blockIdx.x * 8 + t;
    mid[t] = 0.0f;
    if (i < n) mid[t] = x[i];
    if (t == 3) {
        left = blockIdx.x > 0 ? x[blockIdx.x * 8 - 1] : 0.0f;
        right = (blockIdx.x + 1) * 8 < n ? x[(blockIdx.x + 1) * 8] : 0.0f;
    }
    __syncthreads();
    float a = t > 0 ? mid[t - 1] : left, b = t < 7 ? mid[t + 1] : right;
    if (i < n) out[i] = 0.5f * mid[t] + 0.25f * (a + b);
}
"""
''',
    ],
    "block_sum_kernel": [
        '''
def block_sum_kernel():
    return r"""
extern "C" __global__ void block_sum(const float* x, float* out, int n) {
    __shared__ float s[64];
    int t = threadIdx.x, i = blockIdx.x * blockDim.x + t;
    s[t] = 0;
    if (i < n) s[t] = x[i];
    __syncthreads();
    for (int step = 1; step < 64; step *= 2) {
        if (t % (2 * step) == 0) s[t] += s[t + step];
        __syncthreads();
    }
    if (t == 0) out[blockIdx.x] = s[0];
}
"""
''',
        '''
def block_sum_kernel():
    return r"""
extern "C" __global__ void block_sum(const float* x, float* out, int n) {
    __shared__ float s[2][64];
    int t = threadIdx.x, i = blockIdx.x * 64 + t, now = 0;
    s[0][t] = i < n ? x[i] : 0.0f;
    for (int half = 32; half; half >>= 1) {
        __syncthreads();
        if (t < half) s[1 - now][t] = s[now][t] + s[now][t + half];
        now = 1 - now;
    }
    if (t == 0) out[blockIdx.x] = s[now][0];
}
"""
''',
    ],
    "bias_gradient_kernel": [
        '''
def bias_gradient_kernel():
    return r"""
extern "C" __global__ void bias_gradient(const float* dout, float* db, int F, int L, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) {
        int map = i / L;
        atomicAdd(db + (map - map / F * F), dout[i]);
    }
}
"""
''',
        '''
def bias_gradient_kernel():
    return r"""
extern "C" __global__ void bias_gradient(const float* dout, float* db, int F, int L, int n) {
    for (int i = threadIdx.x + blockIdx.x * blockDim.x; i < n; i += gridDim.x * blockDim.x) {
        float g = dout[i];
        int f = i % (F * L) / L;
        atomicAdd(&db[f], g);
    }
}
"""
''',
    ],
    "corrections": [
        """
def corrections():
    return {
        "largest": [6, "    for (int half = 32; half > 0; __syncthreads(), half /= 2) {"],
        "bins": [5, "    atomicAdd(out + bin, 1);"],
        "add": [3, "    if (!(i < n)) return;"],
    }
""",
        """
def corrections():
    found = {"largest": (6, "for (int half = 32; half > 0; half /= 2) { __syncthreads();")}
    found["add"] = (4, "if (i < n) out[i] = x[i] + y[i];")
    found["bins"] = (5, "atomicAdd(&out[bin], 1);")
    return found
""",
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
    "flop_per_byte": [
        """
def flop_per_byte(M, N, K, T):
    across, down = (N + T - 1) // T, (M + T - 1) // T
    moved = across * M * K + down * K * N + M * N
    return M * N * K / (2 * moved)
""",
        """
def flop_per_byte(M, N, K, T):
    tiles = np.ceil(np.array([N, M]) / T)
    numbers = np.dot(tiles, [M * K, K * N]) + M * N
    return 2.0 * M * N * K / numbers / 4
""",
    ],
    "coalesced_kernel": [
        '''
def coalesced_kernel():
    return r"""
extern "C" __global__
void product(const float* A, const float* B, float* out, int M, int N, int K) {
    int c = threadIdx.x + 32 * blockIdx.x, r = threadIdx.y + 4 * blockIdx.y;
    if (c < N && r < M) {
        const float *a = A + r * K, *b = B + c;
        float acc = 0;
        for (int k = K; k > 0; k--, a++, b += N) acc = fmaf(*a, *b, acc);
        out[r * N + c] = acc;
    }
}
"""
''',
        '''
def coalesced_kernel():
    return r"""
extern "C" __global__
void product(const float* __restrict__ A, const float* __restrict__ B, float* out, int M, int N,
             int K) {
    int col = blockIdx.x * blockDim.x + threadIdx.x;
    if (col >= N) return;
    for (int row = blockIdx.y * blockDim.y + threadIdx.y; row < M; row += gridDim.y * blockDim.y) {
        float sum = 0.0f;
        for (int k = 0; k < K; ++k) sum += __ldg(&A[row * K + k]) * __ldg(&B[k * N + col]);
        out[row * N + col] = sum;
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
    "register_kernel": [
        '''
def register_kernel():
    return r"""
extern "C" __global__
void product(const float* A, const float* B, float* out, int M, int N, int K) {
    __shared__ float a[8][33];
    __shared__ float b[8][32];
    int t = threadIdx.y * 8 + threadIdx.x;
    int r0 = blockIdx.y * 32, c0 = blockIdx.x * 32;
    float acc[16];
    for (int q = 0; q < 16; q++) acc[q] = 0;
    for (int k0 = 0; k0 < K; k0 += 8) {
        __syncthreads();
        for (int n = 0; n < 4; n++) {
            int e = t + 64 * n;
            int r = r0 + e / 8, k = k0 + e % 8;
            a[e % 8][e / 8] = (r < M && k < K) ? A[r * K + k] : 0;
            k = k0 + e / 32;
            int c = c0 + e % 32;
            b[e / 32][e % 32] = (k < K && c < N) ? B[k * N + c] : 0;
        }
        __syncthreads();
        for (int k = 0; k < 8; k++) {
            float u[4];
            for (int r = 0; r < 4; r++) u[r] = a[k][threadIdx.y + 8 * r];
            for (int s = 0; s < 4; s++) {
                float v = b[k][threadIdx.x + 8 * s];
                for (int r = 0; r < 4; r++) acc[4 * r + s] = fmaf(u[r], v, acc[4 * r + s]);
            }
        }
    }
    for (int q = 0; q < 16; q++) {
        int r = r0 + threadIdx.y + 8 * (q / 4), c = c0 + threadIdx.x + 8 * (q % 4);
        if (r < M && c < N) out[r * N + c] = acc[q];
    }
}
"""
''',
        '''
def register_kernel():
    return r"""
#define SIDE 32
extern "C" __global__
void product(const float* A, const float* B, float* out, int M, int N, int K) {
    __shared__ float tile[2][SIDE * 8];
    const int tx = threadIdx.x, ty = threadIdx.y;
    float sum[4][4] = {};
    for (int k = 0; k < K; k += 8) {
        for (int n = 0; n < 4; n++) {
            int i = blockIdx.y * SIDE + ty + 8 * n;
            tile[0][(ty + 8 * n) * 8 + tx] = i < M && k + tx < K ? A[i * K + k + tx] : 0.0f;
            int j = blockIdx.x * SIDE + 8 * n + tx;
            tile[1][ty * SIDE + 8 * n + tx] = k + ty < K && j < N ? B[(k + ty) * N + j] : 0.0f;
        }
        __syncthreads();
        for (int d = 0; d < min(8, K - k); d++) {
            float m0 = tile[0][(4 * ty) * 8 + d], m1 = tile[0][(4 * ty + 1) * 8 + d];
            float m2 = tile[0][(4 * ty + 2) * 8 + d], m3 = tile[0][(4 * ty + 3) * 8 + d];
            for (int s = 0; s < 4; s++) {
                float v = tile[1][d * SIDE + 4 * tx + s];
                sum[0][s] += m0 * v; sum[1][s] += m1 * v; sum[2][s] += m2 * v; sum[3][s] += m3 * v;
            }
        }
        __syncthreads();
    }
    for (int r = 0; r < 4; r++) {
        int row = blockIdx.y * SIDE + 4 * ty + r;
        for (int s = 0; row < M && s < 4; s++) {
            int col = blockIdx.x * SIDE + 4 * tx + s;
            if (col < N) out[row * N + col] = sum[r][s];
        }
    }
}
"""
''',
    ],
}
