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
    Mistake("guard off by one", None, "reverse_kernel",
        symptom="thread n writes before the array",
        hint="Is element n one of the n elements?",
        edits=[("if (i >= n)", "if (i > n)")]),
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
]

_BLUR = [
    Mistake("no barrier", None, "blur_kernel",
        symptom="threads read what a neighbour has not loaded yet",
        hint="When is the neighbour's number there?",
        edits=[("    __syncthreads();\n", "")]),
    Mistake("an early return", None, "blur_kernel",
        symptom="threads without a number never come to the barrier",
        hint="Who waits for a thread that has returned?",
        edits=[("    __syncthreads();\n", "    if (i >= n) return;\n    __syncthreads();\n")]),
    Mistake("the right end forgotten", None, "blur_kernel",
        symptom="nobody has written the right end of s",
        hint="Who loads the number to the right of the block's last?",
        edits=[("    if (t == 7) s[9] = i + 1 < n ? x[i + 1] : 0.0f;\n", "")]),
    Mistake("a right end of zero", None, "blur_kernel",
        symptom="right for a single block",
        hint="What lies to the right of block 0?",
        edits=[("s[9] = i + 1 < n ? x[i + 1] : 0.0f", "s[9] = 0.0f")]),
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
    Mistake("all threads add", None, "block_sum_kernel",
        symptom="a number is read and changed in the same round",
        hint="Which threads have something to do in a round?",
        edits=[("if (t < half) part", "if (t + half < 64) part")]),
    Mistake("the barrier after the sum", None, "block_sum_kernel",
        symptom="the first round reads what nobody has loaded yet",
        hint="Who has loaded the number that your thread adds in the first round?",
        edits=[
            (
                "        __syncthreads();\n        if (t < half) part[t] += part[t + half];",
                "        if (t < half) part[t] += part[t + half];\n        __syncthreads();",
            )
        ]),
    Mistake("the neighbour is added", None, "block_sum_kernel",
        symptom="a thread reads what its neighbour changes",
        hint="Which number does thread 1 add in the first round?",
        edits=[("part[t] += part[t + half]", "part[t] += part[t + 1]")]),
    Mistake("added to the upper half", None, "block_sum_kernel",
        symptom="the sum of a block is its first number",
        hint="Where must the sums lie that the next round adds?",
        edits=[("part[t] += part[t + half]", "part[t + half] += part[t]")]),
    Mistake("the half is put, not added", None, "block_sum_kernel",
        symptom="the sum of a block is a single number",
        hint="What happens to what stood there before?",
        edits=[("part[t] += part[t + half]", "part[t] = part[t + half]")]),
]

_GRADIENT = [
    Mistake("+= for atomicAdd", None, "bias_gradient_kernel",
        symptom="threads overwrite each other's sums",
        hint="How many steps is +=?",
        edits=[("atomicAdd(&db[i / L % F], dout[i]);", "db[i / L % F] += dout[i];")]),
    Mistake("the last one wins", None, "bias_gradient_kernel",
        symptom="each map gets a single number",
        hint="What happens to what stood there before?",
        edits=[("atomicAdd(&db[i / L % F], dout[i]);", "db[i / L % F] = dout[i];")]),
    Mistake("the map's number not wrapped", None, "bias_gradient_kernel",
        symptom="right for one picture, out of bounds for the second",
        hint="How many sums are there, and how many maps has the batch?",
        edits=[("i / L % F", "i / L")]),
    Mistake("the pixel's number for the map's", None, "bias_gradient_kernel",
        symptom="each pixel goes to another sum",
        hint="How many neighbouring numbers belong to one map?",
        edits=[("i / L % F", "i % F")]),
    Mistake("counted, not added", None, "bias_gradient_kernel",
        symptom="the number of gradients",
        hint="What is added to db?",
        edits=[(", dout[i]);", ", 1.0f);")]),
    Mistake("one thread for each map", None, "bias_gradient_kernel",
        symptom="the sums are right, and most threads have nothing to do",
        hint="How many numbers should one thread read?",
        edits=[
            (
                "    atomicAdd(&db[i / L % F], dout[i]);",
                "    if (i >= F) return;\n    float sum = 0.0f;\n"
                "    for (int j = 0; j < n; j++) if (j / L % F == i) sum += dout[j];\n"
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
    Mistake("as many places as elements", None, "im2col_kernel",
        symptom="right where a patch has as many numbers as there are places",
        hint="How many numbers has a row of cols?",
        edits=[
            (
                "int place = n % (H_out * W_out), element = n / (H_out * W_out);",
                "int place = n % (C * HH * WW), element = n / (C * HH * WW);",
            )
        ]),
    Mistake("place and element changed about", None, "im2col_kernel",
        symptom="the columns lie along the rows, as far as they fit",
        hint="By what is n divided, and what remains?",
        edits=[
            (
                "int place = n % (H_out * W_out), element = n / (H_out * W_out);",
                "int element = n % (H_out * W_out), place = n / (H_out * W_out);",
            )
        ]),
    Mistake("the row of the patch not wrapped", None, "im2col_kernel",
        symptom="right for one channel",
        hint="How large can u be?",
        edits=[("u = element / WW % HH", "u = element / WW")]),
    Mistake("the channel fastest", None, "im2col_kernel",
        symptom="right for one channel",
        hint="Which elements come first: those of one channel, or those of one place?",
        edits=[
            (
                "int c = element / (HH * WW), u = element / WW % HH, v = element % WW;",
                "int c = element % C, u = element / C / WW, v = element / C % WW;",
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
                "        __syncthreads();\n        for (int j",
                "        if (row >= M || col >= N) return;\n"
                "        __syncthreads();\n        for (int j",
            )
        ]),
    Mistake("a tile loaded without a guard", None, "product_kernel",
        symptom="reads outside B, where K is no multiple of 8",
        hint="What does the last tile hold where B has ended?",
        edits=[("k + ty < K && col < N ? B[(k + ty) * N + col] : 0.0f", "B[(k + ty) * N + col]")]),
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
]

_REGISTER = [
    Mistake("registers not used", None, "register_kernel",
        symptom="the values are right, with four times the loads from shared memory",
        hint="How often is each number of the tile read by one thread?",
        edits=[
            (
                "sum[r][s] += mine[r] * other[s];",
                "sum[r][s] += a[ty + 8 * r][j] * b[j][tx + 8 * s];",
            )
        ]),
    Mistake("columns of the neighbours", None, "register_kernel",
        symptom="the columns of a tile come out in each other's place",
        hint="Which columns does the thread with tx = 1 write?",
        edits=[("other[s] = b[j][tx + 8 * s]", "other[s] = b[j][tx + s]")]),
    Mistake("columns in a run", None, "register_kernel",
        symptom="a thread makes the columns of others",
        hint="How far apart are the columns of one thread?",
        edits=[("other[s] = b[j][tx + 8 * s]", "other[s] = b[j][4 * tx + s]")]),
    Mistake("rows for columns", None, "register_kernel",
        symptom="right where ty equals tx",
        hint="Which of tx and ty counts columns?",
        edits=[("b[j][tx + 8 * s]", "b[j][ty + 8 * s]")]),
    Mistake("the last product alone", None, "register_kernel",
        symptom="what was added before is lost",
        hint="What happens to what stood there before?",
        edits=[("sum[r][s] += mine", "sum[r][s] = mine")]),
    Mistake("four products of sixteen", None, "register_kernel",
        symptom="only the diagonal of each thread's share is made",
        hint="How many products do four rows and four columns make?",
        edits=[
            (
                "                for (int s = 0; s < E; s++) sum[r][s] += mine[r] * other[s];",
                "                sum[r][r] += mine[r] * other[r];",
            )
        ]),
    Mistake("tile of b turned", None, "register_kernel",
        symptom="an index that the tile does not have",
        hint="Which number of b meets mine[r]: one of its row j, or of its column j?",
        edits=[("b[j][tx + 8 * s]", "b[tx + 8 * s][j]")]),
]

MISTAKES = [
    *_RELU,
    *_REVERSE,
    *_PAD,
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
