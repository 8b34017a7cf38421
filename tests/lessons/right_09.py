"""Right answers to lesson 09, written as different people would."""

STOPPED = """

def train_stopped(f, run, steps, update, rate, last):
    def stopped(params, running, t):
        if t == last:
            raise KeyboardInterrupt
        return f(params, running, t)

    try:
        return train(stopped, run, steps, update, rate)
    except KeyboardInterrupt:
        return None
"""

BOTH_WAYS = """

def there_and_back(layer, x, dout):
    out = layer.forward(x)
    dx = layer.backward(dout)
    return out, dx, layer.grads
"""

RUNNING = """
    @property
    def running(self):
        return [layer.running for layer in self.layers]

    @running.setter
    def running(self, running):
        for layer, its in zip(self.layers, running, strict=True):
            layer.running = its
"""

RIGHT = {
    "Layer": [
        """
class Layer:
    grads = []

    def __init__(self, forward, backward, params=(), running=None, **how):
        self.f, self.b, self.params, self.how = forward, backward, params, how
        self.running = running

    def forward(self, x, train=False):
        more = () if self.running is None else (self.running, train)
        result = self.f(x, *self.params, *more, **self.how)
        self.cache = result[1]
        if more:
            self.running = result[2]
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
    def __init__(self, forward, backward, params=(), running=None, **settings):
        self.params = [p for p in params]
        self.grads = [None] * len(self.params)
        self.running = running
        self.memory = []

        def run(x, train):
            if self.running is not None:
                settings["running"], settings["train"] = self.running, train
            out, *self.memory = forward(x, *self.params, **settings)
            self.running = self.memory[1] if len(self.memory) > 1 else None
            return out

        def run_back(dout):
            gradients = backward(dout, self.memory[0])
            if isinstance(gradients, np.ndarray):
                return gradients
            dx, dw, db = gradients
            self.grads = [dw, db]
            return dx

        self.run, self.run_back = run, run_back

    def forward(self, x, train=False):
        return self.run(x, train)

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

    def forward(self, x, train=False):
        for i in range(len(self.layers)):
            x = self.layers[i].forward(x, train=train)
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
"""
        + RUNNING
        + """

def loss_and_grads(net, x, y):
    scores = net.forward(x, True)
    loss, dscores = softmax_loss(scores, y)
    net.backward(dscores)
    return float(loss), list(net.grads)
""",
        """
class Sequential:
    def __init__(self, layers):
        self.layers = layers
        self.first, self.rest = (layers[0], Sequential(layers[1:])) if layers else (None, None)

    def forward(self, x, train=False):
        return x if self.first is None else self.rest.forward(self.first.forward(x, train), train)

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
"""
        + RUNNING
        + """

def loss_and_grads(net, x, y):
    loss, dout = softmax_loss(net.forward(x, train=True), y)
    net.backward(dout)
    return np.float64(loss), tuple(net.grads)
""",
    ],
    "adam": [
        """
def adam(w, dw, state, rate=1e-3, decay=0.0, beta1=0.9, beta2=0.999, eps=1e-8):
    if not state:
        state = {"m": np.zeros(w.shape), "s": np.zeros(w.shape), "t": 0}
    m = state["m"] + (1 - beta1) * (dw - state["m"])
    s = state["s"] + (1 - beta2) * (dw * dw - state["s"])
    t = state["t"] + 1
    step = rate * (m / (1 - beta1**t)) / (np.sqrt(s / (1 - beta2**t)) + eps)
    return (1 - rate * decay) * w - step, {"m": m, "s": s, "t": t}
""",
        """
def adam(w, dw, state, rate=1e-3, decay=0.0, beta1=0.9, beta2=0.999, eps=1e-8):
    new = {"t": 1, "m": (1 - beta1) * dw, "s": (1 - beta2) * np.square(dw)}
    for key, beta in (("m", beta1), ("s", beta2)):
        if key in state:
            new[key] = new[key] + beta * state[key]
    new["t"] += state.get("t", 0)
    w = w - rate * decay * w
    root = (1 - beta2 ** new["t"]) ** 0.5
    rate = rate * root / (1 - beta1 ** new["t"])
    return w - rate * new["m"] / (new["s"] ** 0.5 + eps * root), new
""",
    ],
    "train": [
        """
def train(f, run, steps, update, rate):
    run = {key: list(value) for key, value in run.items()}
    while len(run["losses"]) < steps:
        try:
            t = len(run["losses"])
            loss, grads, running = f(run["params"], run["running"], t)
            params, states = [], []
            for w, dw, state in zip(run["params"], grads, run["states"]):
                w, state = update(w, dw, state, rate(t))
                params.append(w)
                states.append(state)
        except KeyboardInterrupt:
            break
        losses = run["losses"] + [loss]
        run = {"params": params, "states": states, "running": running, "losses": losses}
    return run
"""
        + STOPPED,
        """
def train(f, run, steps, update, rate):
    params, states, running, losses = (
        run[key] for key in ("params", "states", "running", "losses")
    )
    try:
        for t in range(len(losses), steps):
            loss, grads, after = f(params, running, t)
            pairs = [update(*three, rate(t)) for three in zip(params, grads, states)]
            params, states, running, losses = (
                [w for w, _ in pairs], [s for _, s in pairs], after, [*losses, float(loss)]
            )
    except KeyboardInterrupt:
        print("stopped")
    return {"params": params, "states": states, "running": running, "losses": losses}
"""
        + STOPPED,
    ],
    "augment": [
        """
def augment(x, flip, shift):
    out = np.zeros_like(x)
    H, W = x.shape[2:]
    for n in range(len(x)):
        picture = x[n, :, :, ::-1] if flip[n] else x[n]
        d, r = (int(k) for k in shift[n])
        out[n, :, max(d, 0) : H + min(d, 0), max(r, 0) : W + min(r, 0)] = picture[
            :, max(-d, 0) : H + min(-d, 0), max(-r, 0) : W + min(-r, 0)
        ]
    return out
""",
        """
def augment(x, flip, shift):
    x = x.copy()
    x[flip] = x[flip, :, :, ::-1]
    for n, (down, right) in enumerate(shift):
        x[n] = np.roll(x[n], (down, right), axis=(1, 2))
        if down > 0:
            x[n, :, :down] = 0
        if down < 0:
            x[n, :, down:] = 0
        if right > 0:
            x[n, :, :, :right] = 0
        if right < 0:
            x[n, :, :, right:] = 0
    return x
""",
        """
def augment(x, flip, shift):
    N, C, H, W = x.shape
    out = [[[[0.0] * W for _ in range(H)] for _ in range(C)] for _ in range(N)]
    for n, c, i, j in np.ndindex(N, C, H, W):
        row, column = i - shift[n][0], j - shift[n][1]
        if 0 <= row < H and 0 <= column < W:
            out[n][c][i][j] = x[n, c, row, W - 1 - column if flip[n] else column]
    return np.array(out)
""",
    ],
    "search": [
        """
def search(score, low, high, tries, seed=0):
    rng = np.random.default_rng(seed)
    good, blown = [], []
    for u in rng.uniform(np.log(low), np.log(high), size=tries):
        rate = np.exp(u)
        result = score(rate)
        (blown if np.isnan(result) else good).append((rate, result))
    good.sort(key=lambda pair: pair[1], reverse=True)
    return good + blown
""",
        """
def search(score, low, high, tries, seed=0):
    rates = np.exp(np.random.default_rng(seed).uniform(np.log(low), np.log(high), size=tries))
    scores = np.array([score(rate) for rate in rates])
    order = np.argsort(-scores)  # nan goes to the end
    return [[rates[k], scores[k]] for k in order]
""",
    ],
}
