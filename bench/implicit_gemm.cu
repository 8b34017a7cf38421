// The challenge of lesson 13: a convolution without columns. Stride 1, any padding, float32.
//
// out (F, P) = w (F, K) times cols (K, P), with K = C*HH*WW and P = N*H_out*W_out; but nobody writes
// cols. A block makes 64 x 64 outputs from tiles of 8 along K, and each of its 256 threads 4 x 4.
#define TILE 64
#define DEPTH 8
#define EACH 4

extern "C" __global__ __launch_bounds__(256)
void implicit_gemm(const float* x, const float* w, float* out, int N, int C, int H, int W, int F,
                   int HH, int WW, int pad, int H_out, int W_out) {
    __shared__ float a[DEPTH][TILE];
    __shared__ float b[DEPTH][TILE];
    int K = C * HH * WW, places = H_out * W_out, P = N * places;
    int t = threadIdx.x, row = t / 16 * EACH, col = t % 16 * EACH;
    int first_f = blockIdx.y * TILE, first_p = blockIdx.x * TILE;
    float sum[EACH][EACH] = {};
    for (int k0 = 0; k0 < K; k0 += DEPTH) {
        for (int e = t; e < DEPTH * TILE; e += 256) {
            int f = first_f + e / DEPTH, k = k0 + e % DEPTH;
            a[e % DEPTH][e / DEPTH] = f < F && k < K ? w[f * K + k] : 0.0f;
        }
        for (int e = t; e < DEPTH * TILE; e += 256) {
            int k = k0 + e / TILE, p = first_p + e % TILE;
            float pixel = 0.0f;
            if (k < K && p < P) {
                int c = k / (HH * WW), u = k / WW % HH, v = k % WW;
                int n = p / places, i = p % places / W_out + u - pad, j = p % W_out + v - pad;
                if (i >= 0 && i < H && j >= 0 && j < W) pixel = x[((n * C + c) * H + i) * W + j];
            }
            b[e / TILE][e % TILE] = pixel;
        }
        __syncthreads();
        for (int k = 0; k < DEPTH; k++) {
            float mine[EACH];
            #pragma unroll
            for (int r = 0; r < EACH; r++) mine[r] = a[k][row + r];
            #pragma unroll
            for (int s = 0; s < EACH; s++) {
                float other = b[k][col + s];
                #pragma unroll
                for (int r = 0; r < EACH; r++) sum[r][s] += mine[r] * other;
            }
        }
        __syncthreads();
    }
    for (int r = 0; r < EACH; r++)
        for (int s = 0; s < EACH; s++) {
            int f = first_f + row + r, p = first_p + col + s;
            if (f < F && p < P) out[(p / places * F + f) * places + p % places] = sum[r][s];
        }
}
