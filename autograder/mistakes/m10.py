"""Known mistakes of lesson 10: data that moves unasked, too many launches, waits, lost digits."""

from autograder.mistakes import Mistake


def _told(name: str, letter: str, right: str, wrong: str, hint: str) -> Mistake:
    return Mistake(name, None, "predictions",
               symptom=f"line {letter} is foretold wrongly",
               hint=hint,
               edits=[(f'"{letter}": "{right}"', f'"{letter}": "{wrong}"')])


_PREDICTIONS = [
    _told(
        "NumPy's functions raise", "a", "runs", "raises", "Whom does NumPy ask before it computes?"
    ),
    _told(
        "arrays are uploaded unasked",
        "b",
        "raises",
        "uploads",
        "Does CuPy move an array for you when you compute with it?",
    ),
    _told(
        "a number comes back for nothing",
        "c",
        "waits",
        "runs",
        "What must the processor know before it can go on?",
    ),
    _told("an index needs no upload", "d", "uploads", "runs", "Where does the index lie?"),
    _told(
        "asarray downloads", "e", "raises", "waits", "Try it: what does the error propose instead?"
    ),
    _told(
        "np.where waits",
        "f",
        "runs",
        "waits",
        "How many numbers has the result? Does that depend on the values of x?",
    ),
    _told("a mask read runs on", "g", "waits", "runs", "How many numbers has the result?"),
    _told("a view is uploaded", "h", "runs", "uploads", "Does a reshape copy anything here?"),
]

_MODULE = [
    Mistake("the first array decides", None, "get_array_module",
        symptom="right where the device array stands first",
        hint="What if the first array is NumPy's and the second is not?",
        edits=[
            (
                "if any(isinstance(array, cp.ndarray) for array in arrays)",
                "if isinstance(arrays[0], cp.ndarray)",
            )
        ]),
    Mistake("all arrays must be on the device", None, "get_array_module",
        symptom="NumPy for a mixture of both",
        hint="How many device arrays are enough?",
        edits=[("if any(", "if all(")]),
    Mistake("a copy of what is there", None, "get_array_module",
        symptom="to_device copies an array that is on the device already",
        hint="What should to_device do with an array of the device?",
        edits=[("return cp.asarray(x)  #", "return cp.array(x)  #")]),
    Mistake("there and back", None, "get_array_module",
        symptom="to_device downloads before it uploads",
        hint="How many transfers does an array on the device need?",
        edits=[("return cp.asarray(x)  #", "return cp.asarray(cp.asnumpy(x))  #")]),
    Mistake("to_host leaves it there", None, "get_array_module",
        symptom="to_host gives a device array back",
        hint="Which function of CuPy downloads?",
        edits=[("return cp.asnumpy(x) if isinstance(x, cp.ndarray) else x", "return x")]),
    Mistake("always float32", None, "get_array_module",
        symptom="whole numbers come back as floats",
        hint="Should a transfer change what kind of numbers they are?",
        edits=[("return cp.asarray(x)  #", "return cp.asarray(x, dtype=cp.float32)  #")]),
    Mistake("always CuPy", None, "get_array_module",
        symptom="NumPy arrays get CuPy's functions",
        hint="What should come out for two NumPy arrays?",
        edits=[
            (
                "return cp if any(isinstance(array, cp.ndarray) for array in arrays) else np",
                "return cp",
            )
        ]),
]

_AFFINE = [
    Mistake("biases forgotten", None, "affine_forward",
        symptom="every output is off by its bias",
        hint="Which argument does your function never use?",
        edits=[("@ w + b\n", "@ w\n")]),
    Mistake("through the host", None, "affine_forward",
        symptom="the values are right, and everything moves twice",
        hint="Which call brings the numbers to the processor?",
        edits=[
            (
                "    out = x.reshape(len(x), -1) @ w + b\n",
                "    out = cp.asarray(cp.asnumpy(x.reshape(len(x), -1)) @ cp.asnumpy(w)) + b\n",
            )
        ]),
    Mistake("dx keeps its rows", None, "affine_forward",
        symptom="dx has the shape of the rows, not of x",
        hint="Which shape had x before it was made into rows?",
        edits=[("(dout @ w.T).reshape(x.shape)", "dout @ w.T")]),
    Mistake("db is the mean", None, "affine_forward",
        symptom="db is too small by the number of pictures",
        hint="Does each picture's share count once or 1/N times?",
        edits=[("dout.sum(axis=0)", "dout.mean(axis=0)")]),
    Mistake("float64 ones", None, "affine_forward",
        symptom="db is computed in float64",
        hint="What dtype has cp.ones if you do not say?",
        edits=[("dout.sum(axis=0)", "get_array_module(dout).ones(len(dout)) @ dout")]),
    Mistake("weights not transposed", None, "affine_forward",
        symptom="an error, or a dx of another size",
        hint="Write the shapes of dout and w side by side: which sides must meet?",
        edits=[("dout @ w.T", "dout @ w")]),
]

_SOFTMAX = [
    Mistake("index made on the host", None, "softmax_loss",
        symptom="the index of the rows is uploaded at every call",
        hint="Where does np.arange make its array?",
        edits=[("right = xp.arange(N), y", "right = np.arange(N), y")]),
    Mistake("the loss as a float", None, "softmax_loss",
        symptom="the host waits for the loss at every call",
        hint="Who needs the loss as a number, and when?",
        edits=[
            (
                "return -logs[right].mean(), dscores / N",
                "return float(-logs[right].mean()), dscores / N",
            )
        ]),
    Mistake("not shifted", None, "softmax_loss",
        symptom="large scores overflow",
        hint="What is exp(1000) in float32?",
        edits=[("shifted = scores - scores.max(axis=1, keepdims=True)", "shifted = scores")]),
    Mistake("one shift for the whole batch", None, "softmax_loss",
        symptom="right for scores of similar size; a picture with small scores underflows",
        hint="Whose largest score should be taken off a picture's scores?",
        edits=[("scores.max(axis=1, keepdims=True)", "scores.max()")]),
    Mistake("gradient not divided", None, "softmax_loss",
        symptom="dscores is too large by the number of pictures",
        hint="The loss is a mean. What does that do to its gradient?",
        edits=[("dscores / N", "dscores")]),
    Mistake("the scores are changed", None, "softmax_loss",
        symptom="the caller's scores are shifted",
        hint="Does -= make a new array?",
        edits=[
            (
                "    shifted = scores - scores.max(axis=1, keepdims=True)\n",
                "    scores -= scores.max(axis=1, keepdims=True)\n    shifted = scores\n",
            )
        ]),
    Mistake("a mask in float64", None, "softmax_loss",
        symptom="dscores becomes float64",
        hint="What dtype has eye if you do not say?",
        edits=[("dscores[right] -= 1\n", "dscores = dscores - xp.eye(scores.shape[1])[y]\n")]),
    Mistake("loss is the sum", None, "softmax_loss",
        symptom="the loss is too large by the number of pictures",
        hint="Sum or mean?",
        edits=[("-logs[right].mean()", "-logs[right].sum()")]),
]

_COLS = "    out = cols @ w.reshape(F, -1).T + b\n"
_CONV = [
    Mistake("padding made on the host", None, "conv_forward",
        symptom="the padded picture cannot be filled from the device",
        hint="Where does np.zeros make its array?",
        edits=[
            (
                "    x_pad = xp.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))\n",
                "    x_pad = np.zeros((N, C, H + 2 * pad, W + 2 * pad), dtype=x.dtype)\n"
                "    x_pad[:, :, pad : pad + H, pad : pad + W] = x\n",
            )
        ]),
    Mistake("a loop over pictures", None, "conv_forward",
        symptom="the launches grow with the batch",
        hint="How many launches are there for N = 2, and how many for N = 5?",
        edits=[
            (
                _COLS,
                "    pictures = cols.reshape(N, H_out * W_out, -1)\n"
                "    parts = [picture @ w.reshape(F, -1).T for picture in pictures]\n"
                "    out = xp.concatenate(parts) + b\n",
            )
        ]),
    Mistake("dx made in float64", None, "conv_forward",
        symptom="dx is float64, twice the memory",
        hint="What dtype has zeros if you do not say?",
        edits=[(", dtype=dout.dtype)", ")")]),
    Mistake("stride forgotten", 39, "conv_forward",
        symptom="right at stride 1 alone",
        hint="Which windows does a layer with stride 2 look at?",
        edits=[("windows[:, :, ::stride, ::stride]", "windows[:, :, ::1, ::1]")]),
    Mistake("filters not in the order of the patch", None, "conv_forward",
        symptom="right shape, wrong numbers wherever there are several channels",
        hint="In which order does a row of cols hold channels, rows and columns?",
        edits=[(".transpose(0, 2, 3, 1, 4, 5)", ".transpose(0, 2, 3, 4, 5, 1)")]),
    Mistake("gradient of overlaps overwritten", None, "conv_forward",
        symptom="dx has the last tap's share alone where windows overlap",
        hint="A pixel is seen by several taps. What happens to the shares of the others?",
        edits=[
            (
                "place += dcols[:, :, :, :, u, v].transpose(0, 3, 1, 2)",
                "place[...] = dcols[:, :, :, :, u, v].transpose(0, 3, 1, 2)",
            )
        ]),
    Mistake("padding left on dx", None, "conv_forward",
        symptom="dx has the size of the padded picture",
        hint="Which shape must dx have?",
        edits=[("dx = dx_pad[:, :, pad : pad + H, pad : pad + W]", "dx = dx_pad")]),
    Mistake("padding cut off from the end", None, "conv_forward",
        symptom="an empty dx without padding",
        hint="What is a[p:-p] for p = 0?",
        edits=[("dx_pad[:, :, pad : pad + H, pad : pad + W]", "dx_pad[:, :, pad:-pad, pad:-pad]")]),
    Mistake("what does not fit is cut off", 38, "conv_forward",
        symptom="no error where the windows do not end at the edge",
        hint="What should a layer do with a column that no window reaches?",
        edits=[
            ("if min(rooms) < 0 or rooms[0] % stride or rooms[1] % stride:", "if min(rooms) < 0:")
        ]),
    Mistake("db over the batch alone", None, "conv_forward",
        symptom="db is the mean over the places, not their sum",
        hint="In how many places does a bias act?",
        edits=[("rows.sum(axis=0)", "rows.sum(axis=0) / (H_out * W_out)")]),
    Mistake("a look at the largest value", None, "conv_forward",
        symptom="the host waits in the middle of the layer",
        hint="Which line asks for the value of a device array?",
        edits=[(_COLS, _COLS + "    assert abs(out).max() < 1e30\n")]),
]

_POOL = [
    Mistake("every maximum gets the gradient", None, "max_pool_backward",
        symptom="too much gradient where there are ties",
        hint="What if two pixels of a window are equally large?",
        edits=[
            (
                "        place += dout * (switches == k)\n",
                "        place += dout * (switches <= k)\n",
            )
        ]),
    Mistake("the gradient is shared by the window", None, "max_pool_backward",
        symptom="every pixel of a window gets an equal part",
        hint="Which pixels of a window change the output?",
        edits=[("dout * (switches == k)", "dout * np.float32(1 / (HH * WW))")]),
    Mistake("stride is the window's size", 44, "max_pool_backward",
        symptom="right where the stride is the window's size",
        hint="Which argument says how far the window moves?",
        edits=[("dx[:, :, u : u + stride * H_out : stride, v : v + stride * W_out : stride]",
                "dx[:, :, u : u + HH * H_out : HH, v : v + WW * W_out : WW]")]),
    Mistake("height used for the width", 45, "max_pool_backward",
        symptom="right for square windows",
        hint="How many columns has a window?",
        edits=[("divmod(k, WW)", "divmod(k, HH)")]),
    Mistake("overlapping windows overwrite", None, "max_pool_backward",
        symptom="right where windows do not overlap",
        hint="A pixel can win in two windows. What must its gradient be?",
        edits=[("place += dout * (switches == k)", "place[...] = dout * (switches == k)")]),
    Mistake("a mask is read", None, "max_pool_backward",
        symptom="the values are right, and the host waits at every tap",
        hint="How many numbers has dout[mask]? Who must know that?",
        edits=[
            (
                "        place += dout * (switches == k)\n",
                "        mask = switches == k\n        place[mask] += dout[mask]\n",
            )
        ]),
    Mistake("dx made in float64", None, "max_pool_backward",
        symptom="dx is float64, twice the memory",
        hint="What dtype has zeros if you do not say?",
        edits=[("xp.zeros(shape, dtype=dout.dtype)", "xp.zeros(shape)")]),
    Mistake("switches in NumPy", None, "max_pool_backward",
        symptom="the switches are downloaded",
        hint="Where do the switches lie, and where do you compare them?",
        edits=[("    H_out, W_out = dout.shape[2:]\n    dx = xp.zeros(shape",
                "    switches = xp.asarray(cp.asnumpy(switches))\n"
                "    H_out, W_out = dout.shape[2:]\n    dx = xp.zeros(shape")]),
]

_TRAIN = [
    Mistake("each batch is uploaded", None, "train",
        symptom="uploads grow with the steps",
        hint="How often must a picture travel?",
        edits=[
            ("X, y, w, b = map(to_device, (X, y, w, b))", "y, w, b = map(to_device, (y, w, b))"),
            ("affine_forward(X[part], w, b)", "affine_forward(to_device(X[part]), w, b)"),
        ]),
    Mistake("a wait for each loss", None, "train",
        symptom="the GPU runs out of orders whenever a loss is wanted",
        hint="What does float() of a number on the device make the host do?",
        edits=[
            ("losses.append(loss)  # it stays on the device", "losses.append(float(loss))"),
            ("[float(loss) for loss in losses]", "losses"),
        ]),
    Mistake("a look whether the loss is finite", None, "train",
        symptom="the host waits at every step",
        hint="Who must know the value at an if?",
        edits=[
            (
                "        _, dw, db = affine_backward(dscores, cache)\n",
                "        _, dw, db = affine_backward(dscores, cache)\n"
                "        if not cp.isfinite(loss):\n"
                "            break\n",
            )
        ]),
    Mistake("the loss at every step", None, "train",
        symptom="downloads grow with the steps",
        hint="Which losses were asked for?",
        edits=[
            (
                "        loss, dscores = softmax_loss(scores, y[part])\n",
                "        loss, dscores = softmax_loss(scores, y[part])\n"
                "        loss = float(loss)\n",
            )
        ]),
    Mistake("the same batch again and again", None, "train",
        symptom="only the first pictures are used",
        hint="Which pictures does step 1 take?",
        edits=[("start = step * batch % len(X)", "start = 0")]),
    Mistake("the batches move by one", None, "train",
        symptom="the second batch begins with the second picture",
        hint="How far does the start move from one step to the next?",
        edits=[("start = step * batch % len(X)", "start = step % len(X)")]),
    Mistake("uphill", None, "train",
        symptom="the loss grows",
        hint="In which direction does the loss fall?",
        edits=[("w - rate * dw, b - rate * db", "w + rate * dw, b + rate * db")]),
    Mistake("biases are not learned", None, "train",
        symptom="b comes back as it went in",
        hint="Which of the parameters does your step change?",
        edits=[("w, b = w - rate * dw, b - rate * db", "w = w - rate * dw")]),
    Mistake("the rate as a float64 array", None, "train",
        symptom="the weights become float64",
        hint="What kind of number is your rate by the time it meets the gradient?",
        edits=[
            ("w - rate * dw, b - rate * db", "w - np.float64(rate) * dw, b - np.float64(rate) * db")
        ]),
    Mistake("one loss late", None, "train",
        symptom="the loss of step every - 1 in place of step 0",
        hint="Is the loss of step 0 wanted?",
        edits=[("if step % every == 0:", "if (step + 1) % every == 0:")]),
    Mistake("the weights stay there", None, "train",
        symptom="w and b are device arrays",
        hint="Where should the trained weights lie?",
        edits=[(", to_host(w), to_host(b)\n", ", w, b\n")]),
]

_TIME = [
    Mistake("a stopwatch around the calls", None, "gpu_time",
        symptom="the time that ordering takes",
        hint="Has the GPU begun when your function returns?",
        edits=[
            (
                "    return cp.cuda.get_elapsed_time(start, end) / repeat\n",
                "    begin = gpu.clock()\n    for _ in range(repeat):\n        f()\n"
                "    return 1000 * (gpu.clock() - begin) / repeat\n",
            )
        ]),
    Mistake("compiling counted", None, "gpu_time",
        symptom="too long by the compiler's time over repeat",
        hint="What does the very first call do besides?",
        edits=[("    f()  # compiles\n", "")],
        also=[
            [
                ("    f()  # compiles\n", "    total = 0\n"),
                (
                    "    start.record()\n    for _ in range(repeat):\n",
                    "    for _ in range(repeat):\n        start.record()\n",
                ),
                (
                    "    end.record()\n    end.synchronize()\n"
                    "    return cp.cuda.get_elapsed_time(start, end)",
                    "        end.record()\n        end.synchronize()\n"
                    "        total += cp.cuda.get_elapsed_time(start, end)\n    return total",
                ),
            ]
        ]),
    Mistake("not waited for", None, "gpu_time",
        symptom="CuPy says that the device is not ready",
        hint="Has the GPU reached the second mark?",
        edits=[("    end.synchronize()\n", "")]),
    Mistake("not divided", None, "gpu_time",
        symptom="repeat times too long",
        hint="For how many calls is the time between the marks?",
        edits=[("get_elapsed_time(start, end) / repeat", "get_elapsed_time(start, end)")]),
    Mistake("the marks in the wrong order", None, "gpu_time",
        symptom="a negative time",
        hint="Which mark comes first?",
        edits=[("get_elapsed_time(start, end)", "get_elapsed_time(end, start)")]),
    Mistake("the first mark before the first call", None, "gpu_time",
        symptom="one call too many, and the compiler's time, are counted",
        hint="What lies between your marks?",
        edits=[
            ("    f()  # compiles\n", ""),
            ("    start.record()\n", "    start.record()\n    f()\n"),
        ]),
    Mistake("seconds", None, "gpu_time",
        symptom="a thousand times too small",
        hint="In which unit does get_elapsed_time answer?",
        edits=[
            (
                "get_elapsed_time(start, end) / repeat",
                "get_elapsed_time(start, end) / repeat / 1000",
            )
        ]),
]

_FREE = "        copying.wait_event(free[k % 2])\n"
_ARRIVED = "        computing.wait_event(copying.record())  # it has arrived\n"
_AHEAD = [
    Mistake("memory that can move", None, "run_ahead",
        symptom="the host copies each batch, and the timeline is too long",
        hint="What does the host do with numbers that do not lie in pinned memory?",
        edits=[("cupyx.empty_pinned(X.shape, X.dtype)", "np.empty(X.shape, X.dtype)")]),
    Mistake("a stream that the first one holds up", None, "run_ahead",
        symptom="the values are right, and nothing overlaps",
        hint="Which streams does the default stream wait for?",
        edits=[("cp.cuda.Stream(non_blocking=True)", "cp.cuda.Stream()")]),
    Mistake("one stream for all", None, "run_ahead",
        symptom="the values are right, and nothing overlaps",
        hint="Which queue does your upload go to?",
        edits=[(", stream=copying)", ")")]),
    Mistake("nobody waits for the upload", None, "run_ahead",
        symptom="a race: the work may begin before its batch has arrived",
        hint="How does the computing stream know that the batch is there?",
        edits=[(_ARRIVED, "        copying.record()\n")]),
    Mistake("nobody waits for the work", None, "run_ahead",
        symptom="a race: a batch is overwritten while it may still be read",
        hint="When may the next upload go into the same array?",
        edits=[(_FREE, "")]),
    Mistake("the host waits for the upload", None, "run_ahead",
        symptom="no race, and the host stands still at each batch",
        hint="Who should wait for the upload: the host or the computing stream?",
        edits=[(_ARRIVED, "        copying.synchronize()\n")]),
    Mistake("waits for the work just ordered", None, "run_ahead",
        symptom="each upload waits for the work before it: nothing overlaps",
        hint="Which work read the array that the next upload goes into?",
        edits=[(_FREE, "        copying.wait_event(free[(k + 1) % 2])\n")]),
    Mistake("pinned memory filled again too soon", None, "run_ahead",
        symptom="the next batch is written where the bus may still be reading",
        hint="Who makes the host wait before it writes into the same pinned array again?",
        edits=[
            ("empty_pinned(X.shape, X.dtype)", "empty_pinned((2, batch, *X.shape[1:]), X.dtype)"),
            ("    pinned[...] = X\n", ""),
            (
                "        buffers[k % 2].set(pinned[k * batch : (k + 1) * batch], stream=copying)\n",
                "        pinned[k % 2] = X[k * batch : (k + 1) * batch]\n"
                "        buffers[k % 2].set(pinned[k % 2], stream=copying)\n",
            ),
        ]),
    Mistake("an array for each batch", None, "run_ahead",
        symptom="all of X lies on the device",
        hint="How many batches may be on the device at a time?",
        edits=[("for _ in range(2)]", "for _ in range(len(X) // batch)]"),
               ("        buffers[k % 2].set(", "        buffers[k].set("),
               ("work(buffers[k % 2])", "work(buffers[k])")]),
    Mistake("the first batch again and again", None, "run_ahead",
        symptom="every result is that of the first batch",
        hint="Which rows go up for batch k?",
        edits=[("pinned[k * batch : (k + 1) * batch]", "pinned[:batch]")]),
    Mistake("always float32", None, "run_ahead",
        symptom="whole numbers cannot be uploaded",
        hint="Which kind of numbers has X?",
        edits=[("empty_pinned(X.shape, X.dtype)", "empty_pinned(X.shape, np.float32)")]),
]

_SCALED = [
    Mistake("divided in float16", None, "scaled_step",
        symptom="what the scale has saved becomes 0 again",
        hint="What kind of number is your gradient when it is divided by the scale?",
        edits=[("scaled.astype(xp.float32) / scale", "scaled / scale")],
        also=[[("scaled.astype(xp.float32) / scale", "(scaled / scale).astype(xp.float32)")]]),
    Mistake("weights in float16", None, "scaled_step",
        symptom="small steps are lost, and the weights come back less exact",
        hint="What is 1 + 0.0001 in float16?",
        edits=[
            (
                "return xp.where(good, w - rate * (scaled.astype(xp.float32) / scale), w)",
                "w = w.astype(xp.float16)\n"
                "    step = (rate * (scaled.astype(xp.float32) / scale)).astype(xp.float16)\n"
                "    return xp.where(good, w - step, w).astype(xp.float32)",
            )
        ]),
    Mistake("the function gets float32", None, "scaled_step",
        symptom="the layers compute in float32, and nothing is gained",
        hint="Which kind of numbers is the function promised?",
        edits=[("gradient(w.astype(xp.float16), scale)", "gradient(w, scale)")]),
    Mistake("not divided by the scale", None, "scaled_step",
        symptom="the step is too long by the scale",
        hint="How much larger than the loss's gradient is what the function returns?",
        edits=[("(scaled.astype(xp.float32) / scale)", "scaled.astype(xp.float32)")]),
    Mistake("scaled twice", None, "scaled_step",
        symptom="the gradient is multiplied by the scale where it should be divided",
        hint="Does the function multiply by the scale, or do you?",
        edits=[("scaled.astype(xp.float32) / scale", "scaled.astype(xp.float32) * scale")]),
    Mistake("infinite steps are taken", None, "scaled_step",
        symptom="the weights become infinite where the scale is too large",
        hint="What should happen if a gradient is infinite?",
        edits=[("return xp.where(good, w - rate * (scaled.astype(xp.float32) / scale), w)",
                "return w - rate * (scaled.astype(xp.float32) / scale)")]),
    Mistake("only the infinite numbers are left out", None, "scaled_step",
        symptom="the other weights take their step",
        hint="Is the step left out for one weight, or for all of them?",
        edits=[("xp.isfinite(scaled).all()", "xp.isfinite(scaled)")]),
    Mistake("infinity alone", None, "scaled_step",
        symptom="a gradient that is no number makes weights that are none",
        hint="Is nan infinite?",
        edits=[("xp.isfinite(scaled).all()", "~xp.isinf(scaled).any()")]),
    Mistake("the host decides", None, "scaled_step",
        symptom="the values are right, and the host waits for each step",
        hint="Who must know the value at an if?",
        edits=[("return xp.where(good, w - rate * (scaled.astype(xp.float32) / scale), w)",
                "return w - rate * (scaled.astype(xp.float32) / scale) if good else w")]),
    Mistake("uphill", None, "scaled_step",
        symptom="the weights move along the gradient",
        hint="In which direction does the loss fall?",
        edits=[("w - rate * (scaled", "w + rate * (scaled")]),
]

_ROOFLINE = [
    Mistake("products alone", None, "roofline",
        symptom="half the operations",
        hint="What is done with each product?",
        edits=[("operations = 2 * N", "operations = N")]),
    Mistake("always float32", None, "roofline",
        symptom="four bytes for each number, whatever its size",
        hint="How many bytes has a float16?",
        edits=[("moved = size * (", "moved = 4 * (")]),
    Mistake("numbers for bytes", None, "roofline",
        symptom="each number counts as one byte",
        hint="How many bytes has a float32?",
        edits=[("moved = size * (", "moved = (")]),
    Mistake("the sum of both times", None, "roofline",
        symptom="too long",
        hint="Can a GPU compute while it moves?",
        edits=[("1000 * max(compute, move)", "1000 * (compute + move)")]),
    Mistake("the shorter time", None, "roofline",
        symptom="too short",
        hint="Can the layer be done before the slower of the two?",
        edits=[("1000 * max(compute, move)", "1000 * min(compute, move)")]),
    Mistake("seconds", None, "roofline",
        symptom="a thousand times too small",
        hint="In which unit is the answer wanted?",
        edits=[("1000 * max(compute, move)", "max(compute, move)")]),
    Mistake("bytes for each operation", None, "roofline",
        symptom="the intensity is upside down",
        hint="Is a layer with many operations for each byte intense or not?",
        edits=[("operations / moved", "moved / operations")]),
    Mistake("operations for each number", None, "roofline",
        symptom="the intensity does not depend on the size of a number",
        hint="Does the intensity count numbers or bytes?",
        edits=[("operations / moved", "operations / (moved / size)")]),
    Mistake("out not counted", None, "roofline",
        symptom="too few bytes",
        hint="Is the result written anywhere?",
        edits=[(" + N * F * H * W)", ")")]),
    Mistake("weights read for each picture", None, "roofline",
        symptom="too many bytes",
        hint="How often must the filters be read at least?",
        edits=[("F * C * HH * WW + N", "N * F * C * HH * WW + N")]),
    Mistake("limits the wrong way round", None, "roofline",
        symptom="arithmetic for memory",
        hint="Which of the two takes longer?",
        edits=[("if compute > move", "if compute < move")]),
]

MISTAKES = [
    *_PREDICTIONS,
    *_MODULE,
    *_AFFINE,
    *_SOFTMAX,
    *_CONV,
    *_POOL,
    *_TRAIN,
    *_TIME,
    *_AHEAD,
    *_SCALED,
    *_ROOFLINE,
]
