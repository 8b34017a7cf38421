"""Known mistakes of lesson 13: threads that go too far, meet unannounced, or ask for too much."""

from autograder.mistakes import Mistake


# Of every kernel that counts its threads along one axis.
def _guards(exercise: str) -> list[Mistake]:
    return [
        Mistake("no guard", None, exercise,
            symptom="threads too many write past the end of the array",
            hint="Which threads have no number?",
            edits=[("    if (i >= n) return;\n", "")]),
        Mistake("guard off by one", None, exercise,
            symptom="one thread too many writes",
            hint="Is element n one of the n elements?",
            edits=[("if (i >= n)", "if (i > n)")]),
    ]


def _blocks_forgotten(exercise: str) -> Mistake:
    return Mistake("blocks forgotten", None, exercise,
        symptom="every block works on the same numbers",
        hint="Which thread is thread 0 of block 1?",
        edits=[("blockIdx.x * blockDim.x + threadIdx.x", "threadIdx.x")])


_RELU = [
    *_guards("relu_kernel"),
    _blocks_forgotten("relu_kernel"),
    Mistake("grid for block", None, "relu_kernel",
        symptom="right where there are as many blocks as threads in a block",
        hint="How many threads lie before block 1?",
        edits=[("blockIdx.x * blockDim.x", "blockIdx.x * gridDim.x")]),
    Mistake("the smaller one", None, "relu_kernel",
        symptom="what is positive becomes 0",
        hint="What is ReLU of 5?",
        edits=[("fmaxf", "fminf")]),
    Mistake("one thread does it all", None, "relu_kernel",
        symptom="the values are right, and one thread does all the work",
        hint="How many numbers should one thread make?",
        edits=[
            (
                "    if (i >= n) return;\n    out[i] = fmaxf(x[i], 0.0f);",
                "    if (i == 0) for (int j = 0; j < n; j++) out[j] = fmaxf(x[j], 0.0f);",
            )
        ]),
]

_REVERSE = [
    Mistake("no guard", None, "reverse_kernel",
        symptom="threads too many write before the array",
        hint="Where does thread n write?",
        edits=[("    if (i >= n) return;\n", "")]),
    Mistake("one too far", None, "reverse_kernel",
        symptom="thread 0 writes element n",
        hint="What is the number of the last element?",
        edits=[("out[n - 1 - i]", "out[n - i]")]),
    Mistake("not turned", None, "reverse_kernel",
        symptom="a copy",
        hint="Where does thread 0 write?",
        edits=[("out[n - 1 - i]", "out[i]")]),
    Mistake("each block turned by itself", None, "reverse_kernel",
        symptom="right for a single full block",
        hint="In which block is the last number, and in which will it be?",
        edits=[("out[n - 1 - i]", "out[blockIdx.x * blockDim.x + blockDim.x - 1 - threadIdx.x]")]),
    _blocks_forgotten("reverse_kernel"),
]

_PAD = [
    Mistake("one axis guarded", None, "pad_kernel",
        symptom="threads to the right of a row write into the next one",
        hint="Which threads have no pixel along x?",
        edits=[("if (i >= H + 2 * P || j >= W + 2 * P) return;", "if (i >= H + 2 * P) return;")]),
    Mistake("guard of the small picture", None, "pad_kernel",
        symptom="the last rows and columns are never written",
        hint="How many rows has out?",
        edits=[("i >= H + 2 * P || j >= W + 2 * P", "i >= H || j >= W")]),
    Mistake("width of the small picture", None, "pad_kernel",
        symptom="each row begins too early",
        hint="How many numbers lie between two rows of out?",
        edits=[("out[i * (W + 2 * P) + j]", "out[i * W + j]")]),
    Mistake("padding is read", None, "pad_kernel",
        symptom="reads outside x",
        hint="What must a thread do that has no pixel in x?",
        edits=[("inside ? x[row * W + col] : 0.0f", "x[row * W + col]")]),
    Mistake("only the rows are looked at", None, "pad_kernel",
        symptom="the border left and right holds pixels of the neighbouring rows",
        hint="Which pixel lies to the left of a row's first?",
        edits=[(" && col >= 0 && col < W;", ";")]),
    Mistake("not moved by the padding", None, "pad_kernel",
        symptom="the picture stands in the corner",
        hint="Where in out is pixel (0, 0) of x?",
        edits=[("row = i - P, col = j - P", "row = i, col = j")]),
    Mistake("x and y changed about", None, "pad_kernel",
        symptom="right where the grid is as wide as it is high",
        hint="Which of x and y counts columns?",
        edits=[
            (
                "int j = blockIdx.x * blockDim.x + threadIdx.x;",
                "int i = blockIdx.x * blockDim.x + threadIdx.x;",
            ),
            (
                "int i = blockIdx.y * blockDim.y + threadIdx.y;",
                "int j = blockIdx.y * blockDim.y + threadIdx.y;",
            ),
        ]),
]

_BIAS = [
    *_guards("bias_relu_kernel"),
    Mistake("the map's number not wrapped", None, "bias_relu_kernel",
        symptom="right for one picture, out of bounds for the second",
        hint="How many biases are there, and how many maps has the batch?",
        edits=[("i / P % F", "i / P")]),
    Mistake("the pixel's number for the map's", None, "bias_relu_kernel",
        symptom="each pixel gets another bias",
        hint="How many neighbouring numbers share a bias?",
        edits=[("i / P % F", "i % F")]),
    Mistake("cut off before the bias", None, "bias_relu_kernel",
        symptom="negative numbers come out",
        hint="What comes first, the bias or the ReLU?",
        edits=[("fmaxf(x[i] + b[i / P % F], 0.0f)", "fmaxf(x[i], 0.0f) + b[i / P % F]")]),
    _blocks_forgotten("bias_relu_kernel"),
]

_BLUR = [
    Mistake("no barrier", None, "blur_kernel",
        symptom="threads read what a neighbour has not loaded yet",
        hint="When is the neighbour's number there?",
        edits=[("    __syncthreads();\n", "")]),
    Mistake("an early return", None, "blur_kernel",
        symptom="threads without a number never come to the barrier",
        hint="Who waits for a thread that has returned?",
        edits=[
            ("    s[t + 1] = i < n ? x[i] : 0.0f;", "    if (i >= n) return;\n    s[t + 1] = x[i];")
        ]),
    Mistake("the halo forgotten", None, "blur_kernel",
        symptom="nobody has written the ends of s",
        hint="Who loads the number to the left of the block's first?",
        edits=[
            ("    if (t == 0) s[0] = i > 0 ? x[i - 1] : 0.0f;\n", ""),
            ("    if (t == 7) s[9] = i + 1 < n ? x[i + 1] : 0.0f;\n", ""),
        ]),
    Mistake("a halo of zeros", None, "blur_kernel",
        symptom="right for a single block",
        hint="What lies to the left of block 1?",
        edits=[
            ("s[0] = i > 0 ? x[i - 1] : 0.0f", "s[0] = 0.0f"),
            ("s[9] = i + 1 < n ? x[i + 1] : 0.0f", "s[9] = 0.0f"),
        ]),
    Mistake("the left end is read", None, "blur_kernel",
        symptom="element -1 is read",
        hint="What lies to the left of the first number?",
        edits=[("i > 0 ? x[i - 1] : 0.0f", "x[i - 1]")]),
    Mistake("the right end is read", None, "blur_kernel",
        symptom="element n is read",
        hint="What lies to the right of the last number?",
        edits=[("i + 1 < n ? x[i + 1] : 0.0f", "x[i + 1]")]),
    Mistake("no sharing", None, "blur_kernel",
        symptom="the values are right, with three loads for each number",
        hint="How often is each number loaded?",
        edits=[
            (
                "0.25f * s[t] + 0.5f * s[t + 1] + 0.25f * s[t + 2]",
                "0.25f * (i > 0 ? x[i - 1] : 0.0f) + 0.5f * x[i]"
                " + 0.25f * (i + 1 < n ? x[i + 1] : 0.0f)",
            )
        ]),
    Mistake("a weight too heavy", None, "blur_kernel",
        symptom="a line of ones does not stay ones",
        hint="What do the three weights add up to?",
        edits=[("+ 0.25f * s[t + 2]", "+ 0.5f * s[t + 2]")]),
]

_SUM = [
    Mistake("no barrier", None, "block_sum_kernel",
        symptom="threads add what is not there yet",
        hint="Who has written the number that your thread adds?",
        edits=[("        __syncthreads();\n", "")]),
    Mistake("one barrier before all rounds", None, "block_sum_kernel",
        symptom="a round reads what the round before has not written yet",
        hint="How many rounds are there, and how many barriers?",
        edits=[
            ("        __syncthreads();\n", ""),
            ("    for (int half", "    __syncthreads();\n    for (int half"),
        ]),
    Mistake("a barrier for those who add", None, "block_sum_kernel",
        symptom="half the threads never come to the barrier",
        hint="Do all 64 threads come by this barrier?",
        edits=[
            (
                "        __syncthreads();\n        if (t < half) part[t] += part[t + half];",
                "        if (t < half) { __syncthreads(); part[t] += part[t + half]; }",
            )
        ]),
    Mistake("an early return", None, "block_sum_kernel",
        symptom="threads without a number never come to the barrier",
        hint="Who waits for a thread that has returned?",
        edits=[("part[t] = i < n ? x[i] : 0.0f;", "if (i >= n) return;\n    part[t] = x[i];")]),
    Mistake("no zero for the others", None, "block_sum_kernel",
        symptom="shared memory that nobody has written is added up",
        hint="What does part hold where there is no number?",
        edits=[("part[t] = i < n ? x[i] : 0.0f;", "if (i < n) part[t] = x[i];")]),
    Mistake("all threads add", None, "block_sum_kernel",
        symptom="a number is read and changed in the same round",
        hint="Which threads have something to do in a round?",
        edits=[("if (t < half) part", "if (t + half < 64) part")]),
    Mistake("the last round left out", None, "block_sum_kernel",
        symptom="only the even numbers are added",
        hint="How many sums are left when half is 1?",
        edits=[("half > 0", "half > 1")]),
    Mistake("one thread adds", None, "block_sum_kernel",
        symptom="the sum is right, and 63 threads wait for one",
        hint="How many additions does thread 0 make?",
        edits=[
            (
                "    for (int half = 32; half > 0; half /= 2) {\n        __syncthreads();\n"
                "        if (t < half) part[t] += part[t + half];\n    }\n"
                "    if (t == 0) out[blockIdx.x] = part[0];",
                "    __syncthreads();\n    float sum = 0.0f;\n"
                "    if (t == 0) for (int j = 0; j < 64; j++) sum += part[j];\n"
                "    if (t == 0) out[blockIdx.x] = sum;",
            )
        ]),
]

_GRADIENT = [
    Mistake("+= for atomicAdd", None, "bias_gradient_kernel",
        symptom="threads overwrite each other's sums",
        hint="How many steps is +=?",
        edits=[("atomicAdd(&db[i / P % F], dout[i]);", "db[i / P % F] += dout[i];")]),
    Mistake("the last one wins", None, "bias_gradient_kernel",
        symptom="each map gets a single number",
        hint="What happens to what stood there before?",
        edits=[("atomicAdd(&db[i / P % F], dout[i]);", "db[i / P % F] = dout[i];")]),
    Mistake("no guard", None, "bias_gradient_kernel",
        symptom="threads too many read past the end of the array",
        hint="Which threads have no number?",
        edits=[("    if (i >= n) return;\n", "")]),
    Mistake("the map's number not wrapped", None, "bias_gradient_kernel",
        symptom="right for one picture, out of bounds for the second",
        hint="How many sums are there, and how many maps has the batch?",
        edits=[("i / P % F", "i / P")]),
    Mistake("the pixel's number for the map's", None, "bias_gradient_kernel",
        symptom="each pixel goes to another sum",
        hint="How many neighbouring numbers belong to one map?",
        edits=[("i / P % F", "i % F")]),
    Mistake("counted, not added", None, "bias_gradient_kernel",
        symptom="the number of gradients",
        hint="What is added to db?",
        edits=[(", dout[i]);", ", 1.0f);")]),
    Mistake("one thread for each map", None, "bias_gradient_kernel",
        symptom="the sums are right, and most threads have nothing to do",
        hint="How many numbers should one thread read?",
        edits=[
            (
                "    if (i >= n) return;\n    atomicAdd(&db[i / P % F], dout[i]);",
                "    if (i >= F) return;\n    float sum = 0.0f;\n"
                "    for (int j = 0; j < n; j++) if (j / P % F == i) sum += dout[j];\n"
                "    db[i] = sum;",
            )
        ]),
]

_CORRECTIONS = [
    Mistake("a barrier for the bins", None, "corrections",
        symptom="the race stays",
        hint="Do two threads that meet at one bin lie in one block?",
        edits=[("atomicAdd(&out[bin], 1);", "out[bin]++; __syncthreads();")]),
    Mistake("the line's number from 0", None, "corrections",
        symptom="the new line stands in the wrong place",
        hint="What number has the first line?",
        edits=[('"bins": (5,', '"bins": (4,')]),
    Mistake("+= for ++", None, "corrections",
        symptom="the race stays",
        hint="How many steps is +=?",
        edits=[("atomicAdd(&out[bin], 1);", "out[bin] += 1;")]),
    Mistake("a guard that lets one through", None, "corrections",
        symptom="element n is still written",
        hint="Is element n one of the n elements?",
        edits=[("if (i >= n) return;", "if (i >= n + 1) return;")]),
    Mistake("a guard that stops the last one", None, "corrections",
        symptom="the last number is not added",
        hint="Does thread n - 1 have a number?",
        edits=[("if (i >= n) return;", "if (i >= n - 1) return;")]),
    Mistake("a barrier for those who compare", None, "corrections",
        symptom="half the threads never come to the barrier",
        hint="Do all 64 threads come by this barrier?",
        edits=[
            (
                "if (t < half) part[t] = fmaxf(part[t], part[t + half]); __syncthreads();",
                "if (t < half) { part[t] = fmaxf(part[t], part[t + half]); __syncthreads(); }",
            )
        ]),
    Mistake("the barrier after the loop", None, "corrections",
        symptom="a round reads what the round before has not written yet",
        hint="How many rounds are there, and how many barriers?",
        edits=[
            (
                '"largest": (7, "if (t < half) part[t] = fmaxf(part[t], part[t + half]);'
                ' __syncthreads();"',
                '"largest": (8, "} __syncthreads();"',
            )
        ]),
]

_IM2COL = [
    Mistake("no guard", None, "im2col_kernel",
        symptom="threads too many write past the end of the array",
        hint="Which threads have no number?",
        edits=[("    if (n >= C * HH * WW * H_out * W_out) return;\n", "")]),
    Mistake("stride forgotten", None, "im2col_kernel",
        symptom="right at stride 1",
        hint="Where does the second window begin?",
        edits=[
            (
                "row = i * stride + u - pad, col = j * stride + v - pad",
                "row = i + u - pad, col = j + v - pad",
            )
        ]),
    Mistake("padding forgotten", None, "im2col_kernel",
        symptom="right without padding",
        hint="Which pixel does the first window begin with, if there is padding?",
        edits=[
            (
                "row = i * stride + u - pad, col = j * stride + v - pad",
                "row = i * stride + u, col = j * stride + v",
            )
        ]),
    Mistake("padding is read", None, "im2col_kernel",
        symptom="reads outside the picture",
        hint="What must a thread do whose pixel lies in the padding?",
        edits=[
            (
                "cols[n] = inside ? x[(c * H + row) * W + col] : 0.0f;",
                "cols[n] = x[(c * H + row) * W + col];",
            )
        ]),
    Mistake("only the rows are guarded", None, "im2col_kernel",
        symptom="the padding left and right holds pixels of the neighbouring rows",
        hint="Which pixel lies to the left of a row's first?",
        edits=[(" && col >= 0 && col < W;", ";")]),
    Mistake("height used for the width", None, "im2col_kernel",
        symptom="right for square windows",
        hint="How many columns has a window?",
        edits=[
            ("u = element / WW % HH, v = element % WW", "u = element / HH % HH, v = element % HH")
        ]),
    Mistake("the patch's element fastest", None, "im2col_kernel",
        symptom="the values are right, and most of what memory sends is thrown away",
        hint="Where do two neighbouring threads write?",
        edits=[
            (
                "int place = n % (H_out * W_out), element = n / (H_out * W_out);",
                "int element = n % (C * HH * WW), place = n / (C * HH * WW);\n"
                "    n = element * H_out * W_out + place;",
            )
        ]),
]

_FLOP = [
    Mistake("products alone", None, "flop_per_byte",
        symptom="half the operations",
        hint="What is done with each product?",
        edits=[("return 2 * M * N * K", "return M * N * K")]),
    Mistake("numbers for bytes", None, "flop_per_byte",
        symptom="four times as many for each number as for each byte",
        hint="How many bytes has a float32?",
        edits=[("/ (4 * (loads + M * N))", "/ (loads + M * N)")]),
    Mistake("stores not counted", None, "flop_per_byte",
        symptom="too few bytes",
        hint="Is the result written anywhere?",
        edits=[("(loads + M * N)", "loads")]),
    Mistake("the last tile left out", None, "flop_per_byte",
        symptom="right where the sizes are multiples of T",
        hint="How many tiles of 8 cover 9 columns?",
        edits=[("-(-N // T) + K * N * -(-M // T)", "(N // T or 1) + K * N * (M // T or 1)")]),
    Mistake("each matrix loaded once", None, "flop_per_byte",
        symptom="the least that must move, whatever the tile",
        hint="How many tiles need the first row of A?",
        edits=[("M * K * -(-N // T) + K * N * -(-M // T)", "M * K + K * N")]),
    Mistake("the tiles of the wrong axis", None, "flop_per_byte",
        symptom="right for square results",
        hint="Which tiles need the first row of A: those beside each other, or those below?",
        edits=[
            ("M * K * -(-N // T) + K * N * -(-M // T)", "M * K * -(-M // T) + K * N * -(-N // T)")
        ]),
]

_COALESCED = [
    Mistake("x counts rows", None, "coalesced_kernel",
        symptom="part of out is never written, and the warps read down the columns",
        hint="Which of x and y counts columns?",
        edits=[
            (
                "int col = blockIdx.x * blockDim.x + threadIdx.x;",
                "int row = blockIdx.x * blockDim.x + threadIdx.x;",
            ),
            (
                "int row = blockIdx.y * blockDim.y + threadIdx.y;",
                "int col = blockIdx.y * blockDim.y + threadIdx.y;",
            ),
        ]),
    Mistake("one axis guarded", None, "coalesced_kernel",
        symptom="threads to the right of a row write into the next one",
        hint="Which threads have no output along x?",
        edits=[("if (row >= M || col >= N) return;", "if (row >= M) return;")]),
    Mistake("B read along its rows", None, "coalesced_kernel",
        symptom="right for matrices that equal their transpose",
        hint="Which index of B does the sum run over?",
        edits=[("B[k * N + col]", "B[col * K + k]")]),
    Mistake("rows of A too short", None, "coalesced_kernel",
        symptom="right where N equals K",
        hint="How many numbers has a row of A?",
        edits=[("A[row * K + k]", "A[row * N + k]")]),
    Mistake("one step too far", None, "coalesced_kernel",
        symptom="reads past the end of A",
        hint="What is the last k?",
        edits=[("k < K", "k <= K")]),
    Mistake("the sum starts anywhere", None, "coalesced_kernel",
        symptom="what stood in out is added",
        hint="What is the sum of no products?",
        edits=[("float sum = 0.0f;", "float sum = out[row * N + col];")]),
]

_PRODUCT = [
    Mistake("no first barrier", None, "product_kernel",
        symptom="threads read a tile that is not full yet",
        hint="Who has loaded the numbers that your thread reads?",
        edits=[("        __syncthreads();\n        for (int j", "        for (int j")]),
    Mistake("no second barrier", None, "product_kernel",
        symptom="a fast thread loads the next tile while a slow one reads",
        hint="When may the next tile be loaded?",
        edits=[("a[ty][j] * b[j][tx];\n        __syncthreads();", "a[ty][j] * b[j][tx];")]),
    Mistake("an early return", None, "product_kernel",
        symptom="threads outside the matrix never come to the barrier",
        hint="Who else needs a thread that has no number of its own?",
        edits=[
            (
                "    float sum = 0.0f;",
                "    if (row >= M || col >= N) return;\n    float sum = 0.0f;",
            )
        ]),
    Mistake("tiles loaded without a guard", None, "product_kernel",
        symptom="reads outside A, where K is no multiple of 8",
        hint="What does the last tile hold where A has ended?",
        edits=[("row < M && k + tx < K ? A[row * K + k + tx] : 0.0f", "A[row * K + k + tx]")]),
    Mistake("no tiles", None, "product_kernel",
        symptom="the values are right, with eight times the loads",
        hint="How often is each number of A read?",
        edits=[
            (
                "sum += a[ty][j] * b[j][tx];",
                "if (row < M && col < N && k + j < K)\n"
                "            sum += A[row * K + k + j] * B[(k + j) * N + col];",
            )
        ]),
    Mistake("tile of B turned", None, "product_kernel",
        symptom="right for matrices that equal their transpose",
        hint="Which number of B's tile meets a[ty][j]?",
        edits=[("a[ty][j] * b[j][tx]", "a[ty][j] * b[tx][j]")]),
    Mistake("one step too far", None, "product_kernel",
        symptom="an index that the tile does not have",
        hint="How many columns has a tile?",
        edits=[("j < T; j++", "j <= T; j++")]),
    Mistake("only the first tile", None, "product_kernel",
        symptom="right for K up to 8",
        hint="How many tiles lie along K?",
        edits=[("k < K; k += T", "k < T; k += T")]),
]

_REGISTER = [
    Mistake("no first barrier", None, "register_kernel",
        symptom="threads read a tile that is not full yet",
        hint="Who has loaded the numbers that your thread reads?",
        edits=[("        __syncthreads();\n        for (int j", "        for (int j")]),
    Mistake("no second barrier", None, "register_kernel",
        symptom="a fast thread loads the next tile while a slow one reads",
        hint="When may the next tile be loaded?",
        edits=[("        }\n        __syncthreads();\n    }", "        }\n    }")]),
    Mistake("registers not used", None, "register_kernel",
        symptom="the values are right, with four times the loads from shared memory",
        hint="How often is each number of the tile read by one thread?",
        edits=[
            (
                "sum[r][s] += mine[r] * other[s];",
                "sum[r][s] += a[ty + 8 * r][j] * b[j][tx + 8 * s];",
            )
        ]),
    Mistake("a quarter of the tile", None, "register_kernel",
        symptom="most of the tile is never loaded",
        hint="How many numbers has the tile, and how many threads the block?",
        edits=[
            ("for (int e = t; e < T * D; e += 64)", "for (int e = t; e < 64; e += 64)"),
            ("for (int e = t; e < D * T; e += 64)", "for (int e = t; e < 64; e += 64)"),
        ]),
    Mistake("every thread loads everything", None, "register_kernel",
        symptom="64 times the loads, and threads write over each other",
        hint="Which numbers of the tile does thread t load?",
        edits=[("for (int e = t; e < T * D; e += 64)", "for (int e = 0; e < T * D; e++)")]),
    Mistake("outputs of the neighbours", None, "register_kernel",
        symptom="threads write into each other's outputs",
        hint="Which rows has the thread with ty = 0, and which the one with ty = 1?",
        edits=[
            (
                "int row = top + ty + 8 * r, col = left + tx + 8 * s;",
                "int row = top + ty + r, col = left + tx + s;",
            )
        ]),
    Mistake("the rest of K is read", None, "register_kernel",
        symptom="reads numbers of the next row, or outside A",
        hint="What does the last tile hold where A has ended?",
        edits=[("top + i < M && k + j < K ?", "top + i < M ?")]),
    Mistake("no guard at the end", None, "register_kernel",
        symptom="writes outside out",
        hint="Which outputs of the last tile are there?",
        edits=[("            if (row < M && col < N) out", "            out")]),
]

MISTAKES = [
    *_RELU,
    *_REVERSE,
    *_PAD,
    *_BIAS,
    *_BLUR,
    *_SUM,
    *_GRADIENT,
    *_CORRECTIONS,
    *_IM2COL,
    *_FLOP,
    *_COALESCED,
    *_PRODUCT,
    *_REGISTER,
]
