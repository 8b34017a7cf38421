"""Known mistakes of lesson 10: data that moves unasked, too many launches, waits, lost digits."""

from autograder.mistakes import Mistake


def _told(name: str, letter: str, right: str, wrong: str, hint: str) -> Mistake:
    return Mistake(name, None, "predictions",
               symptom=f"line {letter} is foretold wrongly",
               hint=hint,
               edits=[(f'"{letter}": "{right}"', f'"{letter}": "{wrong}"')])


_PREDICTIONS = [
    _told(
        "arrays are uploaded unasked",
        "b",
        "raises",
        "uploads",
        "Does CuPy move an array for you when you compute with it?",
    ),
    _told("an index needs no upload", "d", "uploads", "runs", "Where does the index lie?"),
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
    Mistake("gradient not divided", None, "softmax_loss",
        symptom="dscores is too large by the number of pictures",
        hint="The loss is a mean. What does that do to its gradient?",
        edits=[("dscores / N", "dscores")]),
    Mistake("a mask in float64", None, "softmax_loss",
        symptom="dscores becomes float64",
        hint="What dtype has eye if you do not say?",
        edits=[("dscores[right] -= 1\n", "dscores = dscores - xp.eye(scores.shape[1])[y]\n")]),
    Mistake("the classes on the host", None, "softmax_loss",
        symptom="the right classes are downloaded at every call",
        hint="Where do the right classes lie, and who needs them there?",
        edits=[("right = xp.arange(N), y", "right = xp.arange(N), xp.asarray(cp.asnumpy(y))")]),
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
    Mistake("gradient of overlaps overwritten", None, "conv_forward",
        symptom="dx has the last tap's share alone where windows overlap",
        hint="A pixel is seen by several taps. What happens to the shares of the others?",
        edits=[
            (
                "place += share",
                "place[...] = share",
            )
        ]),
    Mistake("a look at the largest value", None, "conv_forward",
        symptom="the host waits in the middle of the layer",
        hint="Which line asks for the value of a device array?",
        edits=[(_COLS, _COLS + "    assert abs(out).max() < 1e30\n")]),
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
                "    return cp.cuda.get_elapsed_time(start, end) / repeat",
                "    begin = gpu.clock()\n    for _ in range(repeat):\n        f()\n"
                "    return 1000 * (gpu.clock() - begin) / repeat",
            )
        ]),
    Mistake("compiling counted", None, "gpu_time",
        symptom="too long by the compiler's time over repeat",
        hint="What does the very first call do besides?",
        edits=[("    f()  # compiles\n", "")]),
    Mistake("not waited for", None, "gpu_time",
        symptom="CuPy says that the device is not ready",
        hint="Has the GPU reached the second mark?",
        edits=[("    end.synchronize()\n", "")]),
    Mistake("the first mark before the first call", None, "gpu_time",
        symptom="one call too many, and the compiler's time, are counted",
        hint="What lies between your marks?",
        edits=[
            ("    f()  # compiles\n", ""),
            ("    start.record()\n", "    start.record()\n    f()\n"),
        ]),
    Mistake("the second mark before the calls", None, "gpu_time",
        symptom="nothing lies between the marks",
        hint="What lies between your marks?",
        edits=[("    start.record()\n", "    start.record()\n    end.record()\n"),
               ("    end.record()\n    end.synchronize()\n", "    end.synchronize()\n")]),
]

_FREE = "        copying.wait_event(free[k % 2])\n"
_ARRIVED = "        computing.wait_event(copying.record())  # it has arrived\n"
_DONE = "        free[k % 2] = computing.record()\n"
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
        edits=[(_FREE, "")],
        also=[
            [
                ("        results.append(work(buffers[k % 2]))\n", ""),
                (_DONE, _DONE + "        results.append(work(buffers[k % 2]))\n"),
            ]
        ]),
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
                "        part = pinned[k * batch : (k + 1) * batch]\n",
                "        part = pinned[k % 2]\n"
                "        part[...] = X[k * batch : (k + 1) * batch]\n",
            ),
        ]),
    Mistake("an array for each batch", None, "run_ahead",
        symptom="all of X lies on the device",
        hint="How many batches may be on the device at a time?",
        edits=[("for _ in range(2)]", "for _ in range(len(X) // batch)]"),
               ("        buffers[k % 2].set(", "        buffers[k].set("),
               ("work(buffers[k % 2])", "work(buffers[k])")]),
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
]

MISTAKES = [
    *_PREDICTIONS,
    *_MODULE,
    *_SOFTMAX,
    *_CONV,
    *_TRAIN,
    *_TIME,
    *_AHEAD,
    *_SCALED,
    *_ROOFLINE,
]
