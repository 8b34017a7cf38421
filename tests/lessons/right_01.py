"""Right answers to lesson 01, written as different people would."""

# Given with the exercise; the check tries all sizes with it.
EVERY_SIZE = """
def every_size(most):
    sizes = []
    for w, f, s, P in np.ndindex(most, most, most, most + 1):
        try:
            sizes.append(conv_output_size(w + 1, f + 1, s + 1, P))
        except ValueError:
            sizes.append(None)
    return sizes
"""

RIGHT = {
    "fc_weights": [
        """
def fc_weights(shape, units):
    return np.prod(shape) * units
""",
        """
def fc_weights(shape, units):
    return np.zeros((*shape, units), dtype=bool).size
""",
        """
def fc_weights(shape, units):
    weights = units
    for size in shape:
        weights *= size
    return weights
""",
    ],
    "column_and_slice": [
        """
def column_and_slice(X, x, y, d):
    H, W, D = X.shape
    column = np.array([X[x, y, k] for k in range(D)])
    plane = [[X[i, j, d] for j in range(W)] for i in range(H)]
    return column, plane
""",
        """
def column_and_slice(X, x, y, d):
    return [X[x][y].copy(), np.take(X, d, axis=-1)]
""",
    ],
    "to_nchw": [
        """
def to_nchw(volumes):
    H, W, D = volumes[0].shape
    batch = np.empty((len(volumes), D, H, W))
    for n, volume in enumerate(volumes):
        for d in range(D):
            batch[n, d] = volume[:, :, d]
    return batch.astype(volumes[0].dtype)
""",
        """
def to_nchw(volumes):
    return np.einsum("nhwc->nchw", np.array(volumes))
""",
        """
def to_nchw(volumes):
    return np.stack([np.moveaxis(volume, -1, 0) for volume in volumes])
""",
    ],
    "conv_output_size": [
        """
def conv_output_size(W, F, S=1, P=0, policy="raise"):
    size = (W - F + 2 * P) / S + 1
    if size < 1:
        raise ValueError("too long")
    if policy == "raise" and size != int(size):
        raise ValueError(f"{size} is no whole number")
    if policy == "pad":
        return int(np.ceil(size))
    if policy not in ("raise", "crop"):
        raise ValueError(policy)
    return int(np.floor(size))
"""
        + EVERY_SIZE,
        """
def conv_output_size(W, F, S=1, P=0, policy="raise"):
    stops, start = 0, 0
    while start + F <= W + 2 * P:
        stops, start, end = stops + 1, start + S, start + F
    if stops == 0 or policy not in {"crop", "pad", "raise"}:
        raise ValueError((W, F, S, P, policy))
    if end < W + 2 * P and policy != "crop":
        if policy == "raise":
            raise ValueError("something is left over")
        stops += 1
    return stops
"""
        + EVERY_SIZE,
        """
def conv_output_size(W, F, S=1, P=0, policy="raise"):
    whole, rest = np.divmod(np.int64(W + 2 * P - F), S)
    if whole < 0:
        raise ValueError("the window is too long")
    match policy:
        case "raise" if rest:
            raise ValueError("does not fit")
        case "raise" | "crop":
            return whole + 1
        case "pad":
            return whole + 1 + (rest > 0).astype(int)
    raise ValueError("policy")
"""
        + EVERY_SIZE,
    ],
    "same_padding": [
        """
def same_padding(F):
    half, odd = divmod(F, 2)
    if not odd:
        raise ValueError(F)
    return half
""",
        """
def same_padding(F):
    for P in range(F):
        if 100 - F + 2 * P + 1 == 100:
            return P
    raise ValueError("even")
""",
    ],
    "find_sizes": [
        """
def find_sizes(W_out, F, S, widths, pads, policy="raise"):
    def size(W, P):
        try:
            return conv_output_size(W, F, S, P, policy)
        except ValueError:
            return None

    return [(W, P) for P in pads for W in widths if size(W, P) == W_out]
""",
        """
def find_sizes(W_out, F, S, widths, pads, policy="raise"):
    pairs = []
    for P in reversed(pads):
        for W in widths:
            room = W - F + 2 * P
            whole = {"raise": W_out - 1, "crop": room // S, "pad": -(-room // S)}[policy]
            if room >= 0 and whole == W_out - 1 and (policy != "raise" or room == whole * S):
                pairs.append([W, P])
    return pairs
""",
    ],
    "conv_numbers": [
        """
def conv_numbers(shape, K, F, S, P):
    C, H, W = shape
    rows, cols = ((size - F + 2 * P) // S + 1 for size in (H, W))
    weights = np.ones((K, C, F, F)).size
    return [K * rows * cols, weights + K, (weights + K) * rows * cols]
""",
        """
def conv_numbers(shape, K, F, S, P):
    out = (K, *(conv_output_size(size, F, S, P) for size in shape[1:]))
    neurons = np.prod(out)
    per_neuron = F**2 * shape[0] + 1
    return neurons, np.int64(K * per_neuron), neurons * per_neuron
""",
    ],
    "layer_facts": [
        """
def layer_facts(kind):
    if kind == "CONV":
        return True, ["P", "S", "F", "K"]
    elif kind == "POOL":
        return False, ("S", "F")
    elif kind == "FC":
        return True, {"M"}
    elif kind == "RELU":
        return False, ()
    raise ValueError(kind)
""",
        """
def layer_facts(kind):
    letters = {"CONV": "KFSP", "RELU": "", "POOL": "FS", "FC": "M"}
    try:
        return np.bool_(kind in ("CONV", "FC")), list(letters[kind])
    except KeyError:
        raise ValueError("no such layer") from None
""",
    ],
    "trace_shapes": [
        """
def trace_shapes(spec):
    result = []
    for i in range(len(spec)):
        kind, n = spec[i]
        where = f"{kind} at {i}: "
        if i == 0:
            if kind != "INPUT":
                raise ValueError(where + "no INPUT")
            C, H, W = n["C"], n["H"], n["W"]
        elif kind == "CONV" or kind == "POOL":
            pad = n["P"] if kind == "CONV" else 0
            C = n["K"] if kind == "CONV" else C
            try:
                H = conv_output_size(H, n["F"], n["S"], pad)
                W = conv_output_size(W, n["F"], n["S"], pad)
            except ValueError:
                raise ValueError(where + "does not fit")
        elif kind == "FC":
            C, H, W = n["M"], 1, 1
        elif kind != "RELU":
            raise ValueError(where + "unknown")
        result.append([C, H, W])
    return result
""",
        """
def trace_shapes(spec):
    steps = {
        "INPUT": lambda shape, C, H, W: (C, H, W),
        "CONV": lambda shape, K, F, S, P: (K, *window(shape, F, S, P)),
        "RELU": lambda shape: shape,
        "POOL": lambda shape, F, S: (shape[0], *window(shape, F, S, 0)),
        "FC": lambda shape, M: (M, 1, 1),
    }
    shapes = [None]
    for place, (kind, numbers) in enumerate(spec):
        if kind not in steps or (place == 0) != (kind == "INPUT"):
            raise ValueError(f"layer {place}: no {kind} here")
        try:
            shapes.append(steps[kind](shapes[-1], **numbers))
        except ValueError as error:
            raise ValueError(f"layer {place} is a {kind}: {error}") from error
    return np.array(shapes[1:])

def window(shape, F, S, P):
    for size in shape[1:]:
        yield conv_output_size(size, F, S, P)
""",
    ],
}
