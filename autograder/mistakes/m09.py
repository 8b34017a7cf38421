"""Known mistakes of lesson 09: patterns, layers as objects, weights, steps and the loop."""

from autograder.mistakes import Mistake

PATTERN = [
    Mistake(
        "outer brackets before inner ones",
        None,
        "parse_pattern",
        symptom="nested brackets are not written out",
        hint="Which pair of brackets has no brackets inside?",
        edits=[(r"\[([^\[\]]*)\]", r"\[(.*)\]")],
    ),
    Mistake(
        "empty names kept",
        None,
        "parse_pattern",
        symptom="empty names where a part stands zero times, or without a pool",
        hint="What is between two arrows when a part stands zero times?",
        edits=[
            (" if name.strip()]\n    for name", "]\n    for name"),
            ('if name not in ("INPUT"', 'if name not in ("", "INPUT"'),
        ],
    ),
    Mistake(
        "brackets repeated without an arrow",
        None,
        "parse_pattern",
        symptom="two layers run together where a part ends and begins again",
        hint="What stands between two repetitions?",
        edits=[
            ('" -> ".join([body] * times)', "body * times"),
        ],
    ),
    Mistake(
        "always a pool",
        None,
        "parse_pattern",
        symptom="POOL? is a pool even where pool is False",
        hint="Which argument is never used?",
        edits=[('"POOL" if pool else ""', '"POOL"')],
    ),
    Mistake(
        "K up to 3",
        None,
        "parse_pattern",
        symptom="K = 3 is accepted",
        hint="One of the bounds is a < and not a <=.",
        edits=[("0 <= K < 3):", "0 <= K <= 3):")],
    ),
    Mistake(
        "N up to 2",
        None,
        "parse_pattern",
        symptom="N = 3 is refused",
        hint="One of the bounds is a <= and not a <.",
        edits=[
            ("0 <= N <= 3 and M >= 0 and 0 <= K < 3):", "0 <= N < 3 and M >= 0 and 0 <= K < 3):")
        ],
    ),
    Mistake(
        "bounds not checked",
        None,
        "parse_pattern",
        symptom="no ValueError where N, M or K is out of bounds",
        hint="What should -1 convolutions mean?",
        edits=[("if not (0 <= N <= 3 and M >= 0 and 0 <= K < 3):", "if False:")],
    ),
    Mistake(
        "unknown layers accepted",
        None,
        "parse_pattern",
        symptom="no ValueError for a layer nobody knows or a stray bracket",
        hint="Compare each name with the five that there are.",
        edits=[
            ('if name not in ("INPUT", "CONV", "RELU", "POOL", "FC"):', "if False:"),
        ],
    ),
    Mistake(
        "numbers in patterns not read",
        None,
        "parse_pattern",
        symptom="[...]*2 is not written out",
        hint="A number stands for itself.",
        edits=[(r"([NMK]|\d+)", "([NMK])")],
    ),
    Mistake(
        "only the first block",
        None,
        "parse_pattern",
        symptom="M stands once, whatever its value",
        hint="Which count is never used?",
        edits=[('"M": M,', '"M": min(M, 1),')],
    ),
]

LAYER = [
    Mistake(
        "settings forgotten",
        None,
        "Layer",
        symptom="padding and stride have no effect",
        hint="What happens to **how?",
        edits=[(", **self.how)", ")")],
    ),
    Mistake(
        "cache shared by all layers",
        None,
        "Layer",
        symptom="a layer goes back with the cache of another",
        hint="Does the cache belong to the class, or to the object?",
        edits=[
            ("out, self.cache =", "out, Layer.cache ="),
            ("(dout, self.cache)", "(dout, Layer.cache)"),
        ],
    ),
    Mistake(
        "first cache kept for ever",
        None,
        "Layer",
        symptom="the gradients are those of the first batch",
        hint="Which batch does the cache belong to?",
        edits=[
            (
                "        return out\n        ### END SOLUTION\n\n    def backward",
                "        self.kept = getattr(self, 'kept', self.cache)\n        return out\n"
                "        ### END SOLUTION\n\n    def backward",
            ),
            ("(dout, self.cache)", "(dout, self.kept)"),
        ],
    ),
    Mistake(
        "dx among the gradients",
        None,
        "Layer",
        symptom="grads begins with dx, one entry too many",
        hint="How many parameters are there, and how many grads?",
        edits=[
            (
                "dx, *self.grads = result if isinstance(result, tuple) else (result,)",
                "self.grads = result if isinstance(result, tuple) else (result,)\n"
                "        dx = self.grads[0]",
            )
        ],
    ),
    Mistake(
        "gradients in the wrong order",
        None,
        "Layer",
        symptom="db stands where dw is meant",
        hint="grads has the order of params.",
        edits=[
            (
                "        return dx\n",
                "        self.grads = self.grads[::-1]\n        return dx\n",
            )
        ],
    ),
    Mistake(
        "all gradients returned",
        None,
        "Layer",
        symptom="backward returns a tuple where dx is meant",
        hint="What does the layer in front need?",
        edits=[("        return dx\n", "        return result\n")],
    ),
    Mistake(
        "gradients add up over calls",
        None,
        "Layer",
        symptom="grads grows with every backward pass",
        hint="Whose gradients are kept when a second batch comes?",
        edits=[
            (
                "        return dx\n",
                "        self.sum = [a + b for a, b in zip(getattr(self, 'sum', self.grads),"
                " self.grads)] if hasattr(self, 'sum') else self.grads\n"
                "        self.grads = self.sum\n        return dx\n",
            )
        ],
    ),
]

NET = [
    Mistake(
        "backward in forward order",
        None,
        "Sequential",
        symptom="the gradient enters the first layer",
        hint="Which layer does dout reach first?",
        edits=[("for layer in reversed(self.layers):", "for layer in self.layers:")],
    ),
    Mistake(
        "gradients of the last layer first",
        None,
        "Sequential",
        symptom="grads is in another order than params",
        hint="Both lists begin with the first layer.",
        edits=[
            (
                "[dp for layer in self.layers for dp in layer.grads]",
                "[dp for layer in reversed(self.layers) for dp in layer.grads]",
            )
        ],
    ),
    Mistake(
        "every layer gets dout",
        None,
        "Sequential",
        symptom="the gradient does not go from layer to layer",
        hint="What does each layer get, and from whom?",
        edits=[
            ("dout = layer.backward(dout)", "dx = layer.backward(dout)"),
            ("return dout", "return dx"),
        ],
    ),
    Mistake(
        "new parameters not handed to the layers",
        None,
        "Sequential",
        symptom="the net goes on with its old parameters",
        hint="Where do the layers look for their parameters?",
        edits=[
            (
                "layer.params = [next(left) for _ in layer.params]",
                "self.own = [next(left) for _ in layer.params]",
            )
        ],
    ),
    Mistake(
        "each layer gets the first parameters",
        None,
        "Sequential",
        symptom="all layers have the parameters of the first",
        hint="Which parameters has the second layer?",
        edits=[
            (
                "        for layer in self.layers:\n            layer.params = [next(left)",
                "        for layer in self.layers:\n            left = iter(params)\n"
                "            layer.params = [next(left)",
            )
        ],
    ),
    Mistake(
        "lists of lists",
        None,
        "Sequential",
        symptom="grads has an entry for each layer, not for each parameter",
        hint="The optimizer does not want to know about layers.",
        edits=[
            (
                "[dp for layer in self.layers for dp in layer.grads]",
                "[layer.grads for layer in self.layers]",
            )
        ],
    ),
    Mistake(
        "scores and labels changed places",
        None,
        "Sequential",
        symptom="an exception in softmax_loss",
        hint="Look at the order of softmax_loss's arguments.",
        edits=[("softmax_loss(net.forward(x), y)", "softmax_loss(y, net.forward(x))")],
    ),
    Mistake(
        "backward forgotten",
        None,
        "Sequential",
        symptom="no gradients, or those of the batch before",
        hint="When are the gradients made?",
        edits=[("    net.backward(dscores)\n", "")],
    ),
    Mistake(
        "goes back with a gradient of ones",
        None,
        "Sequential",
        symptom="the gradients are those of the sum of the scores",
        hint="softmax_loss returns two things.",
        edits=[("net.backward(dscores)", "net.backward(np.ones_like(dscores))")],
    ),
    Mistake(
        "divided by N once more",
        38,
        "Sequential",
        symptom="every gradient is too small by the factor N",
        hint="softmax_loss is an average already.",
        edits=[("net.backward(dscores)", "net.backward(dscores / len(x))")],
    ),
]

WEIGHTS = [
    Mistake(
        "channels not updated",
        None,
        "draw_weights",
        symptom="the second convolution has the depth of the picture",
        hint="How deep is the volume behind a convolution?",
        edits=[("            C = F\n", "")],
    ),
    Mistake(
        "1 / D for 2 / D",
        None,
        "draw_weights",
        symptom="the filters are too small by the root of 2",
        hint="A ReLU drops half of what comes.",
        edits=[("np.sqrt(2 / (9 * C))", "np.sqrt(1 / (9 * C))")],
    ),
    Mistake(
        "variance for deviation",
        None,
        "draw_weights",
        symptom="the filters are far too small",
        hint="rng.normal wants a standard deviation.",
        edits=[("np.sqrt(2 / (9 * C))", "2 / (9 * C)")],
    ),
    Mistake(
        "filters counted as inputs",
        None,
        "draw_weights",
        symptom="the deviation follows the number of filters",
        hint="D is the number of inputs of one unit.",
        edits=[("np.sqrt(2 / (9 * C))", "np.sqrt(2 / (9 * F))")],
    ),
    Mistake(
        "area of the filter forgotten",
        None,
        "draw_weights",
        symptom="the filters are too large by the factor 3",
        hint="How many numbers does a 3 x 3 filter see?",
        edits=[("np.sqrt(2 / (9 * C))", "np.sqrt(2 / C)")],
    ),
    Mistake(
        "pools forgotten",
        None,
        "draw_weights",
        symptom="the FC layer expects maps of the full size",
        hint="What does a pool leave of height and width?",
        edits=[("            H, W = H // 2, W // 2\n", "")],
    ),
    Mistake(
        "odd sizes accepted",
        25,
        "draw_weights",
        symptom="no ValueError where a pool does not fit",
        hint="What should a pool do with 7 rows?",
        edits=[("if H % 2 or W % 2:", "if False:")],
    ),
    Mistake(
        "only the height checked",
        45,
        "draw_weights",
        symptom="an odd width is accepted",
        hint="A picture has a height and a width.",
        edits=[("if H % 2 or W % 2:", "if H % 2:")],
    ),
    Mistake(
        "last layer not divided",
        None,
        "draw_weights",
        symptom="the last layer is ten times too large",
        hint="A fresh net should not be sure of anything.",
        edits=[("    weights[-1][0] = weights[-1][0] / 10\n", "")],
    ),
    Mistake(
        "a fresh generator for every layer",
        None,
        "draw_weights",
        symptom="all layers begin with the same random numbers",
        hint="One generator, made once.",
        edits=[("        entry = []\n", "        entry, rng = [], np.random.default_rng(seed)\n")],
    ),
    Mistake(
        "weights transposed",
        None,
        "draw_weights",
        symptom="FC weights of shape (M, D)",
        hint="FC weights are (D, M) in this course.",
        edits=[("(D, M))", "(M, D))")],
    ),
    Mistake(
        "biases drawn at random",
        None,
        "draw_weights",
        symptom="the biases are not zero",
        hint="Biases need no drawing.",
        edits=[("np.zeros(F)]", "rng.normal(0, 0.1, F)]")],
    ),
]

GAP = [
    Mistake(
        "one-sided difference",
        None,
        "slope_gap",
        symptom="a gap that grows with h",
        hint="One step to each side.",
        edits=[
            ("down = f([p - h * v for", "down = f([p for"),
            (
                "for p, v in zip(params, vs, strict=True)])\n    numeric",
                "for p in params])\n    numeric",
            ),
            ("/ (2 * h)", "/ h"),
        ],
    ),
    Mistake(
        "divided by h, not 2h",
        None,
        "slope_gap",
        symptom="the gap of right gradients is a half",
        hint="How far apart are the two points?",
        edits=[("(up - down) / (2 * h)", "(up - down) / h")],
    ),
    Mistake(
        "sign lost",
        None,
        "slope_gap",
        symptom="gradients with the wrong sign pass",
        hint="When do you take the absolute value?",
        edits=[("abs(numeric - analytic) /", "abs(abs(numeric) - abs(analytic)) /")],
    ),
    Mistake(
        "not relative",
        None,
        "slope_gap",
        symptom="the gap depends on the direction's length",
        hint="Divide by the larger of the two.",
        edits=[(" / max(abs(numeric), abs(analytic), 1e-12)", "")],
    ),
    Mistake(
        "divided by the numeric slope",
        None,
        "slope_gap",
        symptom="too large where the analytic slope is the larger one",
        hint="Divide by the larger of the two.",
        edits=[("max(abs(numeric), abs(analytic), 1e-12)", "max(abs(numeric), 1e-12)")],
    ),
    Mistake(
        "only the first array",
        None,
        "slope_gap",
        symptom="wrong gradients of later arrays pass",
        hint="How many arrays does the direction have?",
        edits=[
            (
                "sum(np.sum(dp * v) for dp, v in zip(grads, vs, strict=True))",
                "np.sum(grads[0] * vs[0])",
            )
        ],
    ),
    Mistake(
        "another direction for each side",
        None,
        "slope_gap",
        symptom="right gradients have a large gap",
        hint="Forward and back along the same line.",
        edits=[
            (
                "down = f([p - h * v for p, v in zip(params, vs, strict=True)])",
                "down = f([p - h * rng.normal(size=p.shape) for p in params])",
            ),
        ],
    ),
    Mistake(
        "a direction of ones",
        None,
        "slope_gap",
        symptom="another gap than that of the seed's direction",
        hint="Draw the direction.",
        edits=[
            (
                "vs = [rng.normal(size=p.shape) for p in params]",
                "vs = [np.ones(p.shape) for p in params]",
            )
        ],
    ),
]

PLAIN = [
    Mistake(
        "up the slope",
        None,
        "sgd",
        symptom="the step has the wrong sign",
        hint="The gradient says where the loss rises.",
        edits=[("w - rate * dw", "w + rate * dw")],
    ),
    Mistake(
        "changes w in place",
        None,
        "sgd",
        symptom="the caller's array changes",
        hint="w -= ... works on the caller's array.",
        edits=[("return w - rate * dw, state", "w -= rate * dw\n    return w, state")],
    ),
    Mistake(
        "rate not used",
        None,
        "sgd",
        symptom="the rate has no effect",
        hint="Which argument is never used?",
        edits=[("rate * dw", "0.1 * dw")],
    ),
    Mistake(
        "no state returned",
        None,
        "sgd",
        symptom="one result where two are expected",
        hint="What does the loop need besides w?",
        edits=[("return w - rate * dw, state", "return w - rate * dw")],
    ),
    Mistake(
        "only the sign",
        None,
        "sgd",
        symptom="all steps have the same length",
        hint="The step is proportional to the gradient.",
        edits=[("rate * dw", "rate * np.sign(dw)")],
    ),
    Mistake(
        "weights shrink",
        None,
        "sgd",
        symptom="w is multiplied by 1 - rate as well",
        hint="What is multiplied by the rate?",
        edits=[("w - rate * dw", "w - rate * (w + dw)")],
    ),
]

SPEED = [
    Mistake(
        "velocity not kept",
        None,
        "momentum",
        symptom="every step is the first one",
        hint="What must the next call get?",
        edits=[('{"v": v}\n    ### END', "{}\n    ### END")],
    ),
    Mistake(
        "old velocity for the step",
        None,
        "momentum",
        symptom="w lags one step behind",
        hint="First v, then w.",
        edits=[("return w + v,", 'return w + state.get("v", np.zeros_like(w)),')],
    ),
    Mistake(
        "running mean",
        None,
        "momentum",
        symptom="the gradient counts with 1 - mu",
        hint="In this formula the gradient is not multiplied by 1 - mu.",
        edits=[("- rate * dw", "- (1 - mu) * rate * dw")],
    ),
    Mistake(
        "rate outside the velocity",
        None,
        "momentum",
        symptom="v is larger by the factor 1 / rate: PyTorch's way",
        hint="Which of the two lines holds the rate?",
        edits=[("- rate * dw", "- dw"), ("return w + v,", "return w + rate * v,")],
    ),
    Mistake(
        "up the slope",
        None,
        "momentum",
        symptom="the step has the wrong sign",
        hint="The gradient says where the loss rises.",
        edits=[("- rate * dw", "+ rate * dw")],
    ),
    Mistake(
        "mu not used",
        None,
        "momentum",
        symptom="mu has no effect",
        hint="Which argument is never used?",
        edits=[("v = mu *", "v = 0.9 *")],
    ),
    Mistake(
        "changes the velocity in place",
        None,
        "momentum",
        symptom="the state that was handed in changes",
        hint="v *= mu works on the caller's array.",
        edits=[
            (
                'v = mu * state.get("v", np.zeros_like(w)) - rate * dw',
                'v = state.get("v", np.zeros_like(w))\n    v *= mu\n    v -= rate * dw',
            )
        ],
    ),
    Mistake(
        "mu and rate changed places",
        None,
        "momentum",
        symptom="the velocity is multiplied by the rate",
        hint="Which of the two says how much is kept?",
        edits=[("v = mu *", "v = rate *"), ("- rate * dw", "- mu * dw")],
    ),
]

ADAM = [
    Mistake(
        "no correction",
        None,
        "adam",
        symptom="the first steps are several times too long",
        hint="Both means start at 0 and are too small at first.",
        edits=[("m / (1 - beta1**t), s / (1 - beta2**t)", "m, s")],
    ),
    Mistake(
        "t counted from 0",
        None,
        "adam",
        symptom="nan at the first step",
        hint="What is 1 - beta ** 0?",
        edits=[('state.get("t", 0) + 1', 'state.get("t", -1) + 1')],
    ),
    Mistake(
        "t never grows",
        None,
        "adam",
        symptom="only the first step is right",
        hint="How many steps have been taken after two?",
        edits=[('"t": t}', '"t": 0}')],
    ),
    Mistake(
        "eps inside the root",
        None,
        "adam",
        symptom="wrong where eps counts",
        hint="eps is added to the root.",
        edits=[("(np.sqrt(s_hat) + eps)", "np.sqrt(s_hat + eps)")],
    ),
    Mistake(
        "eps missing",
        69,
        "adam",
        symptom="nan where the gradient is 0",
        hint="What is 0 / 0?",
        edits=[("(np.sqrt(s_hat) + eps)", "np.sqrt(s_hat)")],
    ),
    Mistake(
        "gradient not squared",
        None,
        "adam",
        symptom="the root of a negative number",
        hint="s is a mean of squares.",
        edits=[("dw**2", "dw")],
    ),
    Mistake(
        "betas changed places",
        None,
        "adam",
        symptom="m and s run at each other's pace",
        hint="Which beta belongs to m?",
        edits=[
            ("m = beta1 * state", "m = beta2 * state"),
            ("(1 - beta1) * dw", "(1 - beta2) * dw"),
            ("s = beta2 * state", "s = beta1 * state"),
            ("(1 - beta2) * dw**2", "(1 - beta1) * dw**2"),
        ],
    ),
    Mistake(
        "corrected means kept",
        None,
        "adam",
        symptom="the state holds m_hat and s_hat; wrong from the second step on",
        hint="The correction is for the step, not for the memory.",
        edits=[('{"m": m, "s": s,', '{"m": m_hat, "s": s_hat,')],
    ),
    Mistake(
        "root forgotten",
        None,
        "adam",
        symptom="divided by s itself",
        hint="s has the unit of a square.",
        edits=[("(np.sqrt(s_hat) + eps)", "(s_hat + eps)")],
    ),
    Mistake(
        "changes the state in place",
        None,
        "adam",
        symptom="the state that was handed in changes",
        hint="Make a new dict.",
        edits=[
            (
                '    return w - rate * m_hat / (np.sqrt(s_hat) + eps), {"m": m, "s": s, "t": t}',
                "    state.update(m=m, s=s, t=t)\n"
                "    return w - rate * m_hat / (np.sqrt(s_hat) + eps), state",
            )
        ],
    ),
]

BATCH = [
    Mistake(
        "never shuffled anew",
        None,
        "batch_rows",
        symptom="every epoch has the order of the first",
        hint="What does the epoch's number do?",
        edits=[("default_rng([seed, epoch])", "default_rng([seed, 0])")],
    ),
    Mistake(
        "not shuffled",
        None,
        "batch_rows",
        symptom="the pictures come in their own order",
        hint="What is the order of an epoch?",
        edits=[("np.random.default_rng([seed, epoch]).permutation(N)", "np.arange(N)")],
    ),
    Mistake(
        "step within the epoch forgotten",
        None,
        "batch_rows",
        symptom="only the first epoch is right; later batches are empty",
        hint="The second epoch begins at the front again.",
        edits=[("order[i * batch : (i + 1) * batch]", "order[t * batch : (t + 1) * batch]")],
    ),
    Mistake(
        "an incomplete batch at the end",
        None,
        "batch_rows",
        symptom="a smaller batch closes each epoch",
        hint="How many whole batches are there?",
        edits=[("divmod(t, N // batch)", "divmod(t, -(-N // batch))")],
    ),
    Mistake(
        "batches overlap",
        None,
        "batch_rows",
        symptom="neighbouring batches share pictures",
        hint="Where does batch 1 start?",
        edits=[("order[i * batch : (i + 1) * batch]", "order[i : i + batch]")],
    ),
    Mistake(
        "drawn with replacement",
        None,
        "batch_rows",
        symptom="some pictures come twice in an epoch, others never",
        hint="An epoch sees every picture once.",
        edits=[("permutation(N)\n    return", "integers(N, size=N)\n    return")],
    ),
    Mistake(
        "seed not used",
        None,
        "batch_rows",
        symptom="every seed gives the same orders",
        hint="Which argument is never used?",
        edits=[("default_rng([seed, epoch])", "default_rng([0, epoch])")],
    ),
]

LOOP = [
    Mistake(
        "starts over",
        None,
        "train",
        symptom="a run that is gone on with begins at step 0",
        hint="How many steps has the run already?",
        edits=[("range(len(losses), steps)", "range(steps)")],
    ),
    Mistake(
        "so many steps more",
        None,
        "train",
        symptom="steps counts on top of those already taken",
        hint="steps is the number in all.",
        edits=[("range(len(losses), steps)", "range(len(losses), len(losses) + steps)")],
    ),
    Mistake(
        "states not kept",
        None,
        "train",
        symptom="momentum is at rest again in every step",
        hint="What does update return besides w?",
        edits=[
            (
                "params, states, losses = [m[0] for m in moved], [m[1] for m in moved], [*losses,",
                "params, losses = [m[0] for m in moved], [*losses,",
            ),
        ],
    ),
    Mistake(
        "the stop is not caught",
        None,
        "train",
        symptom="KeyboardInterrupt leaves the function, and the run is lost",
        hint="try, and except which exception?",
        edits=[
            ("except KeyboardInterrupt:\n        pass", "except ZeroDivisionError:\n        pass")
        ],
    ),
    Mistake(
        "everything is lost on a stop",
        None,
        "train",
        symptom="a stopped run comes back as it was handed in",
        hint="Which run is returned after a stop?",
        edits=[("        pass\n", "        return run\n")],
    ),
    Mistake(
        "loss list changed in place",
        None,
        "train",
        symptom="the run that was handed in grows",
        hint="append works on the caller's list.",
        edits=[
            ("[m[1] for m in moved], [*losses, loss]", "[m[1] for m in moved], losses"),
            ("            moved = [", "            losses.append(loss)\n            moved = ["),
        ],
    ),
    Mistake(
        "one step too many",
        None,
        "train",
        symptom="one loss more than asked for",
        hint="Count the losses of a run of one step.",
        edits=[("range(len(losses), steps)", "range(len(losses), steps + 1)")],
    ),
    Mistake(
        "step number not handed on",
        None,
        "train",
        symptom="every step sees the first mini-batch",
        hint="What does f do with t?",
        edits=[("f(params, t)\n            moved", "f(params, 0)\n            moved")],
    ),
    Mistake(
        "one state for all",
        None,
        "train",
        symptom="every parameter gets the first one's state",
        hint="Each array has a state of its own.",
        edits=[
            (
                "zip(params, grads, states, strict=True)",
                "zip(params, grads, states[:1] * len(params))",
            )
        ],
    ),
]

COUNTS = [
    Mistake(
        "rows and columns changed places",
        None,
        "confusion_matrix",
        symptom="the matrix is transposed",
        hint="Rows are classes, columns guesses.",
        edits=[("(y, guess), 1", "(guess, y), 1")],
    ),
    Mistake(
        "pairs that come twice counted once",
        62,
        "confusion_matrix",
        symptom="no count is larger than 1",
        hint="counts[y, guess] += 1 adds to each place once.",
        edits=[("np.add.at(counts, (y, guess), 1)", "counts[y, guess] += 1")],
    ),
    Mistake(
        "shares for counts",
        None,
        "confusion_matrix",
        symptom="each row adds up to 1",
        hint="Count, and do not divide.",
        edits=[
            (
                "    return counts\n",
                "    return counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)\n",
            )
        ],
    ),
    Mistake(
        "only mistakes counted",
        None,
        "confusion_matrix",
        symptom="the diagonal is zero",
        hint="Right answers count, too.",
        edits=[("(y, guess), 1)", "(y, guess), y != guess)")],
    ),
    Mistake(
        "size taken from the labels",
        None,
        "confusion_matrix",
        symptom="too small, or an IndexError, where a class does not occur",
        hint="K says how many classes there are.",
        edits=[("    counts = np.zeros", "    K = y.max() + 1\n    counts = np.zeros")],
    ),
]

MISTAKES = [
    *PATTERN,
    *LAYER,
    *NET,
    *WEIGHTS,
    *GAP,
    *PLAIN,
    *SPEED,
    *ADAM,
    *BATCH,
    *LOOP,
    *COUNTS,
]
