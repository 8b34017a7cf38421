"""Right answers to lesson 09, written as different people would."""

STOPPED = """

def train_stopped(f, run, steps, update, last):
    def stopped(params, t):
        if t == last:
            raise KeyboardInterrupt
        return f(params, t)

    try:
        return train(stopped, run, steps, update)
    except KeyboardInterrupt:
        return None
"""

BOTH_WAYS = """

def there_and_back(layer, x, dout):
    out = layer.forward(x)
    dx = layer.backward(dout)
    return out, dx, layer.grads
"""

RIGHT = {
    "parse_pattern": [
        """
def parse_pattern(pattern, N=1, M=1, K=0, pool=True):
    for letter, value, most in (("N", N, 3), ("M", M, 10**9), ("K", K, 2)):
        if value < 0 or value > most:
            raise ValueError(f"{letter} is {value}")
    tokens = re.findall(r"->|\\[|\\]\\*\\w+|[A-Z]+[?]?|\\S", pattern)
    stack = [[]]
    for token in tokens:
        if token == "->":
            continue
        if token == "[":
            stack.append([])
        elif token.startswith("]"):
            if len(stack) < 2 or len(token) < 3:
                raise ValueError("bracket")
            count = token[2:]
            if count in "NMK":
                count = {"N": N, "M": M, "K": K}[count]
            body = stack.pop()
            stack[-1] += body * int(count)
        elif token == "POOL?":
            stack[-1] += ["POOL"] * pool
        elif token in {"INPUT", "CONV", "RELU", "POOL", "FC"}:
            stack[-1].append(token)
        else:
            raise ValueError("unknown layer " + token)
    if len(stack) != 1:
        raise ValueError("a bracket is not closed")
    return stack[0]
""",
        """
def parse_pattern(pattern, N=1, M=1, K=0, pool=True):
    assert_ok = N in (0, 1, 2, 3) and K in (0, 1, 2) and M >= 0
    if not assert_ok:
        raise ValueError((N, M, K))
    text = "".join(pattern.split())
    text = text.replace("POOL?", "POOL" if pool else "NONE")
    for letter, value in {"N": N, "M": M, "K": K}.items():
        text = text.replace("]*" + letter, f"]*{value}")
    while "[" in text:
        left = text.rindex("[")
        right = text.find("]*", left)
        if right < 0:
            raise ValueError("no closing bracket")
        end = right + 2
        while end < len(text) and text[end].isdigit():
            end += 1
        times = int(text[right + 2 : end])
        block = "->".join(times * [text[left + 1 : right]]) or "NONE"
        text = text[:left] + block + text[end:]
    names = [name for name in text.split("->") if name != "NONE"]
    if set(names) - {"INPUT", "CONV", "RELU", "POOL", "FC"}:
        raise ValueError("unknown layer")
    return names
""",
    ],
    "Layer": [
        """
class Layer:
    grads = []

    def __init__(self, forward, backward, params=(), **how):
        self.f, self.b, self.params, self.how = forward, backward, params, how

    def forward(self, x):
        result = self.f(x, *self.params, **self.how)
        self.cache = result[1]
        return result[0]

    def backward(self, dout):
        back = self.b(dout, self.cache)
        if len(self.params) == 0:
            self.grads = []
            return back
        self.grads = list(back[1:])
        return back[0]
"""
        + BOTH_WAYS,
        """
class Layer:
    def __init__(self, forward, backward, params=(), **settings):
        self.params = [p for p in params]
        self.grads = [None] * len(self.params)
        self.memory = []

        def run(x):
            out, cache = forward(x, *self.params, **settings)
            self.memory = [cache]
            return out

        def run_back(dout):
            gradients = backward(dout, self.memory[0])
            if isinstance(gradients, np.ndarray):
                return gradients
            dx, dw, db = gradients
            self.grads = [dw, db]
            return dx

        self.run, self.run_back = run, run_back

    def forward(self, x):
        return self.run(x)

    def backward(self, dout):
        return self.run_back(dout)
"""
        + BOTH_WAYS,
    ],
    "Sequential": [
        """
class Sequential:
    def __init__(self, layers):
        self.layers = list(layers)

    def forward(self, x):
        for i in range(len(self.layers)):
            x = self.layers[i].forward(x)
        return x

    def backward(self, dout):
        for i in range(len(self.layers) - 1, -1, -1):
            dout = self.layers[i].backward(dout)
        return dout

    @property
    def params(self):
        out = []
        for layer in self.layers:
            out.extend(layer.params)
        return out

    @params.setter
    def params(self, params):
        start = 0
        for layer in self.layers:
            end = start + len(layer.params)
            layer.params = list(params[start:end])
            start = end

    @property
    def grads(self):
        return sum((list(layer.grads) for layer in self.layers), [])


def loss_and_grads(net, x, y):
    scores = net.forward(x)
    loss, dscores = softmax_loss(scores, y)
    net.backward(dscores)
    return float(loss), list(net.grads)
""",
        """
class Sequential:
    def __init__(self, layers):
        self.first, self.rest = (layers[0], Sequential(layers[1:])) if layers else (None, None)

    def forward(self, x):
        return x if self.first is None else self.rest.forward(self.first.forward(x))

    def backward(self, dout):
        return dout if self.first is None else self.first.backward(self.rest.backward(dout))

    @property
    def params(self):
        return [] if self.first is None else [*self.first.params, *self.rest.params]

    @params.setter
    def params(self, params):
        if self.first is not None:
            k = len(self.first.params)
            self.first.params, self.rest.params = params[:k], params[k:]

    @property
    def grads(self):
        return [] if self.first is None else [*self.first.grads, *self.rest.grads]


def loss_and_grads(net, x, y):
    loss, dout = softmax_loss(net.forward(x), y)
    net.backward(dout)
    return np.float64(loss), tuple(net.grads)
""",
    ],
    "draw_weights": [
        """
def draw_weights(names, shape, filters, units, seed=0):
    rng = np.random.default_rng(seed)
    depth, height, width = shape
    out, convs, fcs = [], 0, 0
    for place, name in enumerate(names):
        if name == "INPUT":
            continue
        if name == "CONV":
            size = (filters[convs], depth, 3, 3)
            out.append([rng.normal(0, (2 / np.prod(size[1:])) ** 0.5, size), np.zeros(size[0])])
            depth, convs = filters[convs], convs + 1
        elif name == "FC":
            D = depth * height * width
            scale = (2 / D) ** 0.5 / (10 if place == len(names) - 1 else 1)
            out.append([rng.normal(0, scale, (D, units[fcs])), np.zeros(units[fcs])])
            depth, height, width, fcs = units[fcs], 1, 1, fcs + 1
        else:
            out.append([])
            if name == "POOL":
                if height % 2 == 1 or width % 2 == 1:
                    raise ValueError("odd")
                height //= 2
                width //= 2
    return out
""",
        """
def draw_weights(names, shape, filters, units, seed=0):
    rng = np.random.default_rng(seed)

    def he(D, size):
        return rng.normal(0, np.sqrt(2.0 / D), size=size)

    def walk(names, C, H, W, filters, units):
        if not names:
            return []
        name, *names = names
        if name == "CONV":
            pair = [he(9 * C, (filters[0], C, 3, 3)), np.zeros(filters[0])]
            return [pair, *walk(names, filters[0], H, W, filters[1:], units)]
        if name == "FC":
            w = he(C * H * W, (C * H * W, units[0])) * (1 if names else 0.1)
            return [[w, np.zeros(units[0])], *walk(names, units[0], 1, 1, filters, units[1:])]
        if name == "POOL":
            if (H * W) % 2 or H % 2 or W % 2:
                raise ValueError("does not fit")
            H, W = H // 2, W // 2
        return [[], *walk(names, C, H, W, filters, units)]

    return walk(list(names)[1:], *shape, list(filters), list(units))
""",
    ],
    "slope_gap": [
        """
def slope_gap(f, params, grads, seed=0, h=1e-5):
    rng = np.random.default_rng(seed)
    plus, minus, analytic = [], [], 0.0
    for p, dp in zip(params, grads):
        v = rng.normal(size=p.shape)
        plus.append(p + h * v)
        minus.append(p - h * v)
        analytic += (dp * v).sum()
    numeric = (f(plus) - f(minus)) / 2 / h
    larger = max(abs(numeric), abs(analytic))
    return 0.0 if larger == 0 else abs(numeric - analytic) / larger
""",
        """
def slope_gap(f, params, grads, seed=0, h=1e-5):
    random = np.random.default_rng(seed)
    v = [random.normal(size=np.shape(p)) for p in params]
    loss = lambda step: f([p + step * d for p, d in zip(params, v)])
    slopes = np.array([(loss(h) - loss(-h)) / (2 * h), sum(map(np.vdot, grads, v))])
    return np.ptp(slopes) / (np.abs(slopes).max() + 1e-30)
""",
    ],
    "sgd": [
        """
def sgd(w, dw, state, rate=0.1):
    step = -rate * dw
    return w + step, {}
""",
        """
def sgd(w, dw, state, rate=0.1):
    w = w.copy()
    w -= rate * dw
    return w, dict(state)
""",
    ],
    "momentum": [
        """
def momentum(w, dw, state, rate=0.1, mu=0.9):
    v = state["v"] if "v" in state else 0.0 * w
    v = mu * v - rate * dw
    return w + v, {"v": v}
""",
        """
def momentum(w, dw, state, rate=0.1, mu=0.9):
    new = -rate * dw
    if state:
        new = new + mu * state["v"]
    state = dict(state)
    state["v"] = new
    return np.add(w, new), state
""",
    ],
    "adam": [
        """
def adam(w, dw, state, rate=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    if not state:
        state = {"m": np.zeros(w.shape), "s": np.zeros(w.shape), "t": 0}
    m = state["m"] + (1 - beta1) * (dw - state["m"])
    s = state["s"] + (1 - beta2) * (dw * dw - state["s"])
    t = state["t"] + 1
    step = rate * (m / (1 - beta1**t)) / (np.sqrt(s / (1 - beta2**t)) + eps)
    return w - step, {"m": m, "s": s, "t": t}
""",
        """
def adam(w, dw, state, rate=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    new = {"t": 1, "m": (1 - beta1) * dw, "s": (1 - beta2) * np.square(dw)}
    for key, beta in (("m", beta1), ("s", beta2)):
        if key in state:
            new[key] = new[key] + beta * state[key]
    new["t"] += state.get("t", 0)
    root = (1 - beta2 ** new["t"]) ** 0.5
    rate = rate * root / (1 - beta1 ** new["t"])
    return w - rate * new["m"] / (new["s"] ** 0.5 + eps * root), new
""",
    ],
    "batch_rows": [
        """
def batch_rows(N, batch, t, seed=0):
    per_epoch = N // batch
    rng = np.random.default_rng([seed, t // per_epoch])
    first = (t % per_epoch) * batch
    return rng.permutation(N)[first : first + batch]
""",
        """
def batch_rows(N, batch, t, seed=0):
    steps = int(N / batch)
    epoch = 0
    while t >= steps:
        t, epoch = t - steps, epoch + 1
    order = np.random.default_rng((seed, epoch)).permutation(N)
    return [int(n) for n in order[: steps * batch].reshape(steps, batch)[t]]
""",
    ],
    "train": [
        """
def train(f, run, steps, update):
    run = {key: list(value) for key, value in run.items()}
    while len(run["losses"]) < steps:
        try:
            loss, grads = f(run["params"], len(run["losses"]))
            params, states = [], []
            for w, dw, state in zip(run["params"], grads, run["states"]):
                w, state = update(w, dw, state)
                params.append(w)
                states.append(state)
        except KeyboardInterrupt:
            break
        run = {"params": params, "states": states, "losses": run["losses"] + [loss]}
    return run
"""
        + STOPPED,
        """
def train(f, run, steps, update):
    run = dict(run)
    try:
        for t in range(len(run["losses"]), steps):
            loss, grads = f(run["params"], t)
            pairs = [update(*three) for three in zip(run["params"], grads, run["states"])]
            w, s = zip(*pairs)
            run = {"params": list(w), "states": list(s), "losses": [*run["losses"], float(loss)]}
    except KeyboardInterrupt:
        print("stopped")
    return run
"""
        + STOPPED,
    ],
    "confusion_matrix": [
        """
def confusion_matrix(y, guess, K):
    counts = [[0] * K for _ in range(K)]
    for i, j in zip(y, guess):
        counts[i][j] += 1
    return counts
""",
        """
def confusion_matrix(y, guess, K):
    return np.bincount(K * y + guess, minlength=K * K).reshape(K, K)
""",
        """
def confusion_matrix(y, guess, K):
    rows, columns = np.eye(K, dtype=int)[y], np.eye(K, dtype=int)[guess]
    return rows.T @ columns
""",
    ],
}
