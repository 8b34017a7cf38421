"""Known mistakes of lesson 09: layers as objects, steps, the loop, augmentation and search."""

from autograder.mistakes import Mistake

LAYER = [
    Mistake("settings forgotten", None, "Layer",
        symptom="padding and stride have no effect",
        hint="What happens to **how?",
        edits=[
            ("out, self.cache = function(x, *self.params, **self.how)",
             "out, self.cache = function(x, *self.params)"),
            ("train, **self.how)", "train)"),
        ]),
    Mistake("dx among the gradients", None, "Layer",
        symptom="grads begins with dx, one entry too many",
        hint="How many parameters are there, and how many grads?",
        edits=[
            (
                "dx, *self.grads = result if isinstance(result, tuple) else (result,)",
                "self.grads = result if isinstance(result, tuple) else (result,)\n"
                "        dx = self.grads[0]",
            )
        ]),
    Mistake("gradients in the wrong order", None, "Layer",
        symptom="db stands where dw is meant",
        hint="grads has the order of params.",
        edits=[
            (
                "        return dx\n",
                "        self.grads = self.grads[::-1]\n        return dx\n",
            )
        ]),
    Mistake("all gradients returned", None, "Layer",
        symptom="backward returns a tuple where dx is meant",
        hint="What does the layer in front need?",
        edits=[("        return dx\n", "        return result\n")]),
    Mistake("gradients add up over calls", None, "Layer",
        symptom="grads grows with every backward pass",
        hint="Whose gradients are kept when a second batch comes?",
        edits=[
            (
                "        return dx\n",
                "        self.sum = [a + b for a, b in zip(getattr(self, 'sum', self.grads),"
                " self.grads)] if hasattr(self, 'sum') else self.grads\n"
                "        self.grads = self.sum\n        return dx\n",
            )
        ]),
    Mistake("running numbers not kept", None, "Layer",
        symptom="every batch begins with the first running mean",
        hint="What is the third result, and who needs it next time?",
        edits=[("out, self.cache, self.running = result", "out, self.cache, _ = result")]),
    Mistake("always in training", None, "Layer",
        symptom="batch norm takes the batch's own mean at test time",
        hint="Who is told the mode?",
        edits=[("self.running, train,", "self.running, True,")]),
    Mistake("never in training", None, "Layer",
        symptom="batch norm takes its running mean in training",
        hint="Who is told the mode?",
        edits=[("self.running, train,", "self.running, False,")]),
    Mistake("running before the parameters", None, "Layer",
        symptom="gamma and beta are taken for something else",
        hint="What stands where in spatial_batchnorm_forward's list?",
        edits=[
            ("*self.params, self.running, train, **", "self.running, train, *self.params, **")
        ]),
]

NET = [
    Mistake("backward in forward order", None, "Sequential",
        symptom="the gradient enters the first layer",
        hint="Which layer does dout reach first?",
        edits=[("for layer in reversed(self.layers):", "for layer in self.layers:")]),
    Mistake("every layer gets dout", None, "Sequential",
        symptom="the gradient does not go from layer to layer",
        hint="What does each layer get, and from whom?",
        edits=[
            ("dout = layer.backward(dout)", "dx = layer.backward(dout)"),
            ("return dout", "return dx"),
        ]),
    Mistake("scores and labels changed places", None, "Sequential",
        symptom="an exception in softmax_loss",
        hint="Look at the order of softmax_loss's arguments.",
        edits=[("softmax_loss(net.forward(x, train=True), y)", "softmax_loss(y, net.forward(x))")]),
    Mistake("backward forgotten", None, "Sequential",
        symptom="no gradients, or those of the batch before",
        hint="When are the gradients made?",
        edits=[("    net.backward(dscores)\n", "")]),
    Mistake("goes back with a gradient of ones", None, "Sequential",
        symptom="the gradients are those of the sum of the scores",
        hint="softmax_loss returns two things.",
        edits=[("net.backward(dscores)", "net.backward(np.ones_like(dscores))")]),
    Mistake("divided by N once more", 38, "Sequential",
        symptom="every gradient is too small by the factor N",
        hint="softmax_loss is an average already.",
        edits=[("net.backward(dscores)", "net.backward(dscores / len(x))")]),
    Mistake("loss at test time", None, "Sequential",
        symptom="no unit is dropped in training",
        hint="In which mode is a loss computed whose gradient is wanted?",
        edits=[("net.forward(x, train=True)", "net.forward(x)")]),
]

ADAM = [
    Mistake("no correction", None, "adam",
        symptom="the first steps are several times too long",
        hint="Both means start at 0 and are too small at first.",
        edits=[("m / (1 - beta1**t), s / (1 - beta2**t)", "m, s")]),
    Mistake("changes w in place", None, "adam",
        symptom="the caller's array changes",
        hint="w -= ... works on the caller's array.",
        edits=[("    w = w - rate * step\n", "    w -= rate * step\n")]),
    Mistake("up the slope", None, "adam",
        symptom="the step has the wrong sign",
        hint="The gradient says where the loss rises.",
        edits=[("w = w - rate * step", "w = w + rate * step")]),
    Mistake("eps inside the root", None, "adam",
        symptom="wrong where eps counts",
        hint="eps is added to the root.",
        edits=[("(np.sqrt(s_hat) + eps)", "np.sqrt(s_hat + eps)")]),
    Mistake("eps missing", 69, "adam",
        symptom="nan where the gradient is 0",
        hint="What is 0 / 0?",
        edits=[("(np.sqrt(s_hat) + eps)", "np.sqrt(s_hat)")]),
    Mistake("gradient not squared", None, "adam",
        symptom="the root of a negative number",
        hint="s is a mean of squares.",
        edits=[("dw**2", "dw")]),
    Mistake("betas changed places", None, "adam",
        symptom="m and s run at each other's pace",
        hint="Which beta belongs to m?",
        edits=[
            ("m = beta1 * m", "m = beta2 * m"),
            ("(1 - beta1) * dw", "(1 - beta2) * dw"),
            ("s = beta2 * s", "s = beta1 * s"),
            ("(1 - beta2) * dw**2", "(1 - beta1) * dw**2"),
        ]),
    Mistake("corrected means kept", None, "adam",
        symptom="the state holds m_hat and s_hat; wrong from the second step on",
        hint="The correction is for the step, not for the memory.",
        edits=[
            ("m_hat, s_hat = m /", "m, s = m /"),
            ("step = m_hat / (np.sqrt(s_hat) + eps)", "step = m / (np.sqrt(s) + eps)"),
        ]),
    Mistake("root forgotten", None, "adam",
        symptom="divided by s itself",
        hint="s has the unit of a square.",
        edits=[("(np.sqrt(s_hat) + eps)", "(s_hat + eps)")]),
    Mistake("changes the state in place", None, "adam",
        symptom="the state that was handed in changes",
        hint="m *= beta1 works on the caller's array.",
        edits=[
            (
                "    m = beta1 * m + (1 - beta1) * dw\n",
                "    m *= beta1\n    m += (1 - beta1) * dw\n",
            )
        ]),
    Mistake("decay in the gradient", None, "adam",
        symptom="the decay is divided by the root of s, like the gradient",
        hint="The decay stands beside the step.",
        edits=[
            ("    m = beta1 * m", "    dw = dw + decay * w\n    m = beta1 * m"),
            (" + eps) + decay * w\n", " + eps)\n"),
        ]),
    Mistake("decay not used", None, "adam",
        symptom="the weights do not shrink",
        hint="Which argument is never used?",
        edits=[(" + decay * w", "")]),
    Mistake("decay without the rate", None, "adam",
        symptom="the weights shrink too fast, whatever the rate",
        hint="What stands inside the brackets of the formula?",
        edits=[(" + decay * w", ""), ("= w - rate * step", "= w - rate * step - decay * w")]),
    Mistake("decay of the new weight", None, "adam",
        symptom="the weight shrinks after the step, not beside it",
        hint="Which w does the decay belong to: the one before the step, or the one after?",
        edits=[
            (" + decay * w\n", "\n"),
            ("w = w - rate * step\n", "w = (w - rate * step) * (1 - rate * decay)\n"),
        ]),
    Mistake("weights grow", None, "adam",
        symptom="the decay has the wrong sign",
        hint="With a gradient of 0, which way should a weight of 4 go?",
        edits=[("+ decay * w", "- decay * w")]),
    Mistake("decay by the sign", None, "adam",
        symptom="large and small weights shrink by as much",
        hint="How far does a weight of 4 shrink, and one of 1?",
        edits=[("+ decay * w", "+ decay * np.sign(w)")]),
]

LOOP = [
    Mistake("states not kept", None, "train",
        symptom="momentum is at rest again in every step",
        hint="What does update return besides w?",
        edits=[
            ('"states": list(states),', '"states": run["states"],'),
        ]),
    Mistake("loss list changed in place", None, "train",
        symptom="the run that was handed in grows",
        hint="append works on the caller's list.",
        edits=[
            (
                "            run = {\n",
                '            run["losses"].append(loss)\n            run = {\n',
            ),
            ('[*run["losses"], loss]', 'run["losses"]'),
        ]),
    Mistake("the run changed in place", None, "train",
        symptom="the run that was handed in is the run that comes back",
        hint="run[...] = ... works on the caller's dict.",
        edits=[("            run = {\n", "            run |= {\n")]),
    Mistake("only the last loss kept", None, "train",
        symptom="a run has one loss, however long it is",
        hint="What does a run that is resumed know of the steps before?",
        edits=[('[*run["losses"], loss]', "[loss]")]),
    Mistake("parameters not kept", None, "train",
        symptom="every step begins where the first one did",
        hint="Which parameters does f get in step 2?",
        edits=[('"params": list(params),', '"params": run["params"],')]),
    Mistake("step number not handed on", None, "train",
        symptom="every step sees the first mini-batch",
        hint="What does f do with t?",
        edits=[('f(run["params"], run["running"], t)', 'f(run["params"], run["running"], 0)')]),
    Mistake("one state for all", None, "train",
        symptom="every parameter gets the first one's state",
        hint="Each array has a state of its own.",
        edits=[
            (
                'zip(run["params"], grads, run["states"], strict=True)',
                'zip(run["params"], grads, run["states"][:1] * len(grads))',
            )
        ]),
    Mistake("running numbers not kept", None, "train",
        symptom="every step begins with the first running numbers",
        hint="What does f return besides loss and gradients?",
        edits=[('"running": running,', '"running": run["running"],')]),
    Mistake("rate of the first step for all", None, "train",
        symptom="the rate never changes",
        hint="rate is a function: of what?",
        edits=[("rate(t)) for", "rate(0)) for")]),
]

CHANGES = [
    Mistake("wraps around", None, "augment",
        symptom="what leaves on one side comes back on the other",
        hint="np.roll wraps around; what should move in is zero.",
        edits=[
            (
                "x_pad[n, :, P - down : P - down + H, P - right : P - right + W]",
                "np.roll(mirrored[n], (down, right), axis=(1, 2))",
            )
        ]),
    Mistake("shifted the other way", None, "augment",
        symptom="pictures move up and to the left where they should go down and to the right",
        hint="Where does the window begin if the picture is to move down?",
        edits=[
            ("P - down : P - down + H", "P + down : P + down + H"),
            ("P - right : P - right + W", "P + right : P + right + W"),
        ]),
    Mistake("down and right exchanged", None, "augment",
        symptom="pictures move sideways where they should go down",
        hint="Which of the two numbers of shift is which?",
        edits=[
            (
                "P - down : P - down + H, P - right : P - right + W",
                "P - right : P - right + H, P - down : P - down + W",
            )
        ]),
    Mistake("the window begins at the shift", None, "augment",
        symptom="a picture without a shift is moved too, where others are shifted",
        hint="Where does the window begin if nothing is to move?",
        edits=[
            (
                "P - down : P - down + H, P - right : P - right + W",
                "down : down + H, right : right + W",
            )
        ]),
    Mistake("all pictures mirrored", None, "augment",
        symptom="a picture is mirrored whatever its flip",
        hint="Which argument is never used?",
        edits=[("np.where(flip[:, None, None, None], x[:, :, :, ::-1], x)", "x[:, :, :, ::-1]")]),
    Mistake("upside down", None, "augment",
        symptom="rows are exchanged, not columns",
        hint="Which axis is left and right?",
        edits=[("x[:, :, :, ::-1]", "x[:, :, ::-1]")]),
    Mistake("colours mirrored", None, "augment",
        symptom="channels are exchanged",
        hint="Which axis is left and right?",
        edits=[("x[:, :, :, ::-1]", "x[:, ::-1]")]),
    Mistake("one flip for all", None, "augment",
        symptom="one flip decides for all pictures",
        hint="Each picture has a flip of its own.",
        edits=[("np.where(flip[:, None, None, None],", "np.where(flip[0],")]),
    Mistake("flip not used", None, "augment",
        symptom="no picture is mirrored",
        hint="Which argument is never used?",
        edits=[("np.where(flip[:, None, None, None], x[:, :, :, ::-1], x)", "x")]),
    Mistake("changes the pictures in place", None, "augment",
        symptom="the pictures that were handed in change",
        hint="x[flip] = ... works on the caller's array.",
        edits=[
            (
                "    mirrored = np.where(flip[:, None, None, None], x[:, :, :, ::-1], x)\n",
                "    x[flip] = x[flip][:, :, :, ::-1]\n    mirrored = x\n",
            )
        ]),
]

TRIES = [
    Mistake("rates drawn uniformly", None, "search",
        symptom="nearly all rates are large",
        hint="What is uniform: the rate, or its logarithm?",
        edits=[("np.exp(rng.uniform(np.log(low), np.log(high), size=tries))",
                "rng.uniform(low, high, size=tries)")]),
    Mistake("logarithms for rates", None, "search",
        symptom="the rates are negative",
        hint="What has to be done with the logarithm that was drawn?",
        edits=[("np.exp(rng.uniform(np.log(low), np.log(high), size=tries))",
                "rng.uniform(np.log(low), np.log(high), size=tries)")]),
    Mistake("ten to the power of a natural logarithm", None, "search",
        symptom="the rates leave their bounds",
        hint="Which power undoes np.log?",
        edits=[("np.exp(rng.uniform", "10 ** (rng.uniform")]),
    Mistake("a grid", None, "search",
        symptom="the rates are evenly spaced, whatever the seed",
        hint="The rates are drawn at random.",
        edits=[("np.exp(rng.uniform(np.log(low), np.log(high), size=tries))",
                "np.geomspace(low, high, tries)")]),
    Mistake("pairs the wrong way round", None, "search",
        symptom="score and rate have changed places",
        hint="A pair is (rate, score).",
        edits=[("(float(rate), score(float(rate)))", "(score(float(rate)), float(rate))")]),
    Mistake("nan left out", None, "search",
        symptom="runs that blew up are missing",
        hint="Everything that was tried is returned.",
        edits=[
            (
                "score(float(rate))) for rate in rates]\n",
                "score(float(rate))) for rate in rates]\n"
                "    tried = [pair for pair in tried if pair[1] == pair[1]]\n",
            )
        ]),
    Mistake("score called twice", None, "search",
        symptom="each net is trained twice",
        hint="Keep the score when you have it.",
        edits=[
            ("score(float(rate))) for rate in rates]",
             "score(float(rate))) for rate in rates if score(float(rate)) is not None]")
        ]),
]

MISTAKES = [
    *LAYER,
    *NET,
    *ADAM,
    *LOOP,
    *CHANGES,
    *TRIES,
]
