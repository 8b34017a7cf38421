"""Right answers to lesson 11, written as different people would."""

RIGHT = {
    "layer_row": [
        # one case after the other, rounding by math
        """
import math


def layer_row(kind, numbers, shape):
    row = {"kind": kind, "shape": shape} | dict.fromkeys(COLUMNS, 0)
    if kind == "RELU":
        return row
    if kind == "INPUT":
        C, H, W = numbers["C"], numbers["H"], numbers["W"]
        row.update(shape=(C, H, W), activations=C * H * W)
        return row
    C, H, W = shape
    if kind in ("LRN", "BN"):
        row["activations"] = C * H * W
        if kind == "BN":
            row["weights"], row["biases"] = C, C
        return row
    if kind == "FC":
        M = numbers["M"]
        row.update(shape=(M, 1, 1), activations=M, weights=C * H * W * M, biases=M)
        row["multiply_adds"] = row["weights"]
        return row
    if kind not in ("CONV", "POOL"):
        raise ValueError(kind)
    sizes = []
    for size in (H, W):
        line = size + 2 * numbers.get("P", 0)
        if line < numbers["F"]:
            raise ValueError("the window is too long")
        exact = (line - numbers["F"]) / numbers["S"] + 1
        policy = numbers.get("policy", "raise")
        if policy == "raise" and exact != int(exact):
            raise ValueError(f"{exact} stops")
        sizes.append(math.ceil(exact) if policy == "pad" else math.floor(exact))
    depth = numbers["K"] if kind == "CONV" else C
    row["shape"] = (depth, *sizes)
    row["activations"] = depth * sizes[0] * sizes[1]
    if kind == "CONV":
        per_filter = numbers["F"] * numbers["F"] * C // numbers.get("groups", 1)
        row["weights"] = per_filter * depth
        row["biases"] = depth * int(numbers.get("bias", True))
        row["multiply_adds"] = per_filter * row["activations"]
    return row
""",
        # numpy, a table of functions
        """
def layer_row(kind, numbers, shape):
    def window(numbers, shape, K):
        F, S = numbers["F"], numbers["S"]
        lines = np.array(shape[1:]) + 2 * numbers.get("P", 0) - F
        policy = numbers.get("policy", "raise")
        if (lines < 0).any() or (policy == "raise" and (lines % S).any()):
            raise ValueError(f"{kind} does not fit {shape}")
        steps = -(-lines // S) if policy == "pad" else lines // S
        return (K, *(int(s) + 1 for s in steps))

    def conv():
        behind = window(numbers, shape, numbers["K"])
        F, K = numbers["F"], numbers["K"]
        w = K * F * F * shape[0] // numbers.get("groups", 1)
        return behind, w, K if numbers.get("bias", True) else 0, w * behind[1] * behind[2]

    def full():
        w = int(np.prod(shape)) * numbers["M"]
        return (numbers["M"], 1, 1), w, numbers["M"], w

    rules = {
        "INPUT": lambda: ((numbers["C"], numbers["H"], numbers["W"]), 0, 0, 0),
        "CONV": conv,
        "POOL": lambda: (window(numbers, shape, shape[0]), 0, 0, 0),
        "RELU": lambda: (shape, 0, 0, 0),
        "LRN": lambda: (shape, 0, 0, 0),
        "BN": lambda: (shape, shape[0], shape[0], 0),
        "FC": full,
    }
    if kind not in rules:
        raise ValueError("unknown layer " + kind)
    behind, w, b, work = rules[kind]()
    kept = 0 if kind == "RELU" else int(np.prod(behind))
    return {
        "multiply_adds": work, "biases": b, "weights": w, "activations": kept,
        "shape": tuple(behind), "kind": kind,
    }
""",
    ],
    "layer_table": [
        # a walk that carries the shape along
        """
def layer_table(spec):
    def walk(layers, shape):
        rows = []
        for kind, numbers in layers:
            if "paths" in numbers:
                ends = []
                for path in numbers["paths"]:
                    inside, end = walk(path, shape)
                    rows.extend(inside)
                    ends.append(tuple(end))
                shape = join(kind, ends)
                row = {"kind": kind, "shape": shape}
                for column in COLUMNS:
                    row[column] = 0
                rows.append(row)
            else:
                rows.append(layer_row(kind, numbers, shape))
                shape = rows[-1]["shape"]
        return rows, shape

    def join(kind, ends):
        for C, H, W in ends:
            if (H, W) != ends[0][1:]:
                raise ValueError("heights and widths")
            if kind == "ADD" and C != ends[0][0]:
                raise ValueError("depths")
        if kind == "ADD":
            return ends[0]
        return sum(C for C, H, W in ends), ends[0][1], ends[0][2]

    return walk(spec, None)[0]
""",
        # from the last layer to the first
        """
def layer_table(spec):
    if not spec:
        return []
    before = layer_table(spec[:-1])
    kind, numbers = spec[-1]
    shape = before[-1]["shape"] if before else None
    if kind not in ("CONCAT", "ADD"):
        return [*before, layer_row(kind, numbers, shape)]
    begin = ("INPUT", dict(zip(("C", "H", "W"), shape)))
    tables = [layer_table([begin] + list(path)) for path in numbers["paths"]]
    ends = np.array([table[-1]["shape"] for table in tables])
    same = (ends == ends[0]).all(axis=0)
    if not same[1:].all() or (kind == "ADD" and not same[0]):
        raise ValueError("the paths do not meet")
    C = int(ends[:, 0].sum()) if kind == "CONCAT" else int(ends[0, 0])
    inner = [row for table in tables for row in table[1:]]
    last = dict(kind=kind, shape=(C, int(ends[0, 1]), int(ends[0, 2])))
    return before + inner + [{**last, **{column: 0 for column in COLUMNS}}]
""",
    ],
    "totals": [
        """
def totals(table):
    sums = dict.fromkeys([*COLUMNS, "parameters"], 0)
    for row in table:
        for column in COLUMNS:
            sums[column] += row[column]
        sums["parameters"] += row["weights"] + row["biases"]
    return sums
""",
        """
def totals(table):
    matrix = np.array([[row[column] for column in COLUMNS] for row in table], dtype=np.int64)
    a, w, b, m = matrix.sum(axis=0)
    return {"activations": a, "weights": w, "biases": b, "multiply_adds": m, "parameters": w + b}
""",
    ],
    "training_memory": [
        """
def training_memory(spec, batch, optimizer):
    if optimizer == "sgd":
        copies = 2
    elif optimizer == "momentum":
        copies = 3
    elif optimizer == "adam":
        copies = 4
    else:
        raise ValueError(optimizer)
    A = P = 0
    for row in layer_table(spec):
        A += row["activations"]
        P += row["weights"] + row["biases"]
    _, numbers = spec[0]
    picture = numbers["C"] * numbers["H"] * numbers["W"]
    return {
        "activations": 8 * A * batch,
        "parameters": 4 * P * copies,
        "rest": picture * batch * 4,
    }
""",
        """
def training_memory(spec, batch, optimizer):
    kept = ["sgd", "momentum", "adam"].index(optimizer)  # ValueError where it is not there
    table = layer_table(spec)
    size = np.dtype(np.float32).itemsize
    sums = totals(table)
    x = np.prod(table[0]["shape"])
    return dict(
        parameters=size * (2 + kept) * sums["parameters"],
        activations=size * batch * (sums["activations"] + sums["activations"]),
        rest=size * batch * int(x),
    )
""",
    ],
    "largest_batch": [
        # halving
        """
def largest_batch(spec, optimizer, gigabytes):
    def fits(batch):
        return sum(training_memory(spec, batch, optimizer).values()) <= gigabytes * 1024**3

    low, high = 0, 1
    while fits(high):
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return low
""",
        # by source
        """
def largest_batch(spec, optimizer, gigabytes):
    one = training_memory(spec, 1, optimizer)
    free = gigabytes * 2**30 - one["parameters"]
    if free < 0:
        return 0
    return int(np.floor(free / (one["activations"] + one["rest"])))
""",
    ],
    "inception_forward": [
        # maps written into their places, a pool by hand
        """
def inception_forward(x, params):
    N, C, H, W = x.shape
    names = ["1x1", "3x3", "5x5", "pool 1x1"]
    depths = [params[name][0].shape[0] for name in names]
    out = np.zeros((N, sum(depths), H, W))
    bordered = np.full((N, C, H + 2, W + 2), x.min() - 1)
    bordered[:, :, 1:-1, 1:-1] = x
    pooled = np.zeros_like(x)
    for i in range(H):
        for j in range(W):
            pooled[:, :, i, j] = bordered[:, :, i : i + 3, j : j + 3].max(axis=(2, 3))
    thin3 = np.maximum(conv_forward(x, *params["3x3 reduce"])[0], 0)
    thin5 = np.maximum(conv_forward(x, *params["5x5 reduce"])[0], 0)
    start = 0
    for name, maps, pad in zip(names, [x, thin3, thin5, pooled], [0, 1, 2, 0]):
        w, b = params[name]
        out[:, start : start + len(w)] = np.maximum(conv_forward(maps, w, b, 1, pad)[0], 0)
        start += len(w)
    return out
""",
        # 1 x 1 as a matrix product, float32
        """
def inception_forward(x, params):
    def mix(maps, name):
        w, b = params[name]
        return np.maximum(np.einsum("nchw,fc->nfhw", maps, w[:, :, 0, 0]) + b[:, None, None], 0)

    def slide(maps, name):
        w, b = params[name]
        side = w.shape[2]
        around = [(0, 0), (0, 0), (side // 2, side // 2), (side // 2, side // 2)]
        windows = np.lib.stride_tricks.sliding_window_view(
            np.pad(maps, around), (side, side), axis=(2, 3)
        )
        return np.maximum(np.einsum("ncijuv,fcuv->nfij", windows, w) + b[:, None, None], 0)

    tall = np.pad(x, [(0, 0), (0, 0), (1, 1), (1, 1)], mode="edge")
    pooled = np.lib.stride_tricks.sliding_window_view(tall, (3, 3), axis=(2, 3)).max(axis=(4, 5))
    out = np.hstack([
        mix(x, "1x1"),
        slide(mix(x, "3x3 reduce"), "3x3"),
        slide(mix(x, "5x5 reduce"), "5x5"),
        mix(pooled, "pool 1x1"),
    ])
    return out.astype(np.float32)
""",
    ],
    "residual_forward": [
        # masks in place of relu layers, a dict as cache
        """
def residual_forward(x, params, stride=1):
    cache = {}
    a, cache["conv1"] = conv_forward(x, *params["conv1"], stride, 1)
    cache["on1"] = a > 0
    f, cache["conv2"] = conv_forward(a * cache["on1"], *params["conv2"], 1, 1)
    if "shortcut" in params:
        skip, cache["shortcut"] = conv_forward(x, *params["shortcut"], stride, 0)
    else:
        skip = x
    total = f + skip
    cache["on2"] = total > 0
    return total * cache["on2"], cache


def residual_backward(dout, cache):
    grads = {}
    dtotal = dout * cache["on2"]
    da, *grads["conv2"] = conv_backward(dtotal, cache["conv2"])
    dx, *grads["conv1"] = conv_backward(da * cache["on1"], cache["conv1"])
    if "shortcut" in cache:
        dskip, *grads["shortcut"] = conv_backward(dtotal, cache["shortcut"])
        return dx + dskip, grads
    return dx + dtotal, grads
""",
        # everything again on the way back, nothing kept but the arguments
        """
def residual_forward(x, params, stride=1):
    return run(x, params, stride)[0], (x, params, stride)


def run(x, params, stride):
    h, c1 = conv_forward(x, params["conv1"][0], params["conv1"][1], stride=stride, pad=1)
    a, r1 = relu_forward(h)
    f, c2 = conv_forward(a, params["conv2"][0], params["conv2"][1], stride=1, pad=1)
    c3 = None
    if params.get("shortcut") is not None:
        x, c3 = conv_forward(x, params["shortcut"][0], params["shortcut"][1], stride=stride)
    out, r2 = relu_forward(x + f)
    return out, c1, r1, c2, c3, r2


def residual_backward(dout, cache):
    _, c1, r1, c2, c3, r2 = run(*cache)
    dsum = relu_backward(dout, r2)
    back = conv_backward(dsum, c2)
    front = conv_backward(relu_backward(back[0], r1), c1)
    grads = {"conv2": (back[1], back[2]), "conv1": (front[1], front[2])}
    if c3 is None:
        return front[0] + dsum, grads
    around = conv_backward(dsum, c3)
    grads["shortcut"] = around[1:]
    return np.add(front[0], around[0]), grads
""",
    ],
}
