"""Known mistakes of lesson 12, Don't train from scratch."""

from autograder.mistakes import Mistake

_STEP = "velocity[name] = momentum * velocity[name] - rate * grads[name]"
_WEIGHTS = '"w4": np.zeros((D, M), dtype)'

_FEATURES = [
    Mistake(
        "ReLU forgotten",
        None,
        "features",
        symptom="negative numbers come out of a block",
        hint="What follows each convolution?",
        edits=[("        x, _ = relu_forward(x)\n", "")],
    ),
    Mistake(
        "no ReLU after the last block",
        None,
        "features",
        symptom="right until the last block, which keeps negative numbers",
        hint="Every block ends in the same way, the last one too.",
        edits=[
            (
                "        x, _ = relu_forward(x)\n",
                "        x = x * (x > 0) if k < blocks else x\n",
            )
        ],
    ),
    Mistake(
        "stride ignored",
        5,
        "features",
        symptom="the volumes are too large",
        hint="Does every convolution move by one pixel?",
        edits=[(", stride=STRIDES[k - 1]", "")],
    ),
    Mistake(
        "stride of the next block",
        None,
        "features",
        symptom="the second block has the third's stride",
        hint="Blocks count from 1, places in a tuple from 0.",
        edits=[("stride=STRIDES[k - 1]", "stride=STRIDES[min(k, 2)]")],
    ),
    Mistake(
        "bias forgotten",
        2,
        "features",
        symptom="right only where the biases are 0",
        hint="Each block has two arrays.",
        edits=[('params[f"b{k}"]', '0 * params[f"b{k}"]')],
    ),
    Mistake(
        "blocks ignored",
        None,
        "features",
        symptom="all three blocks run, whatever was asked for",
        hint="Which argument is never used?",
        edits=[("range(1, blocks + 1)", "range(1, 4)")],
    ),
    Mistake(
        "one block too few",
        13,
        "features",
        symptom="the last block is missing",
        hint="Does range go up to its end?",
        edits=[("range(1, blocks + 1)", "range(1, blocks)")],
    ),
    Mistake(
        "padded to keep the size",
        11,
        "features",
        symptom="the volumes are too large, or a window does not fit",
        hint="How much padding does this net have?",
        edits=[("stride=STRIDES[k - 1]", "stride=STRIDES[k - 1], pad=1")],
    ),
    Mistake(
        "features flattened",
        55,
        "features",
        symptom="right numbers in one long row",
        hint="Who needs the places of the features later?",
        edits=[("    return x", "    return x.reshape(len(x), -1)")],
    ),
]

_FORWARD = [
    Mistake(
        "ReLU on the scores",
        22,
        "forward",
        symptom="negative scores have become 0",
        hint="May a class have a negative score?",
        edits=[("    return scores", "    return np.maximum(scores, 0)")],
    ),
    Mistake(
        "probabilities for scores",
        None,
        "forward",
        symptom="each row adds up to 1",
        hint="The loss takes scores, and makes probabilities itself.",
        edits=[
            (
                "    return scores",
                "    p = np.exp(scores - scores.max(axis=1, keepdims=True))\n"
                "    return p / p.sum(axis=1, keepdims=True)",
            )
        ],
    ),
    Mistake(
        "bias forgotten",
        2,
        "forward",
        symptom="each class is off by its bias",
        hint="The head has two arrays.",
        edits=[('params["b4"]', '0 * params["b4"]')],
    ),
    Mistake(
        "the best class, not the scores",
        None,
        "forward",
        symptom="one whole number for each picture",
        hint="How many numbers does a picture get?",
        edits=[("    return scores", "    return scores.argmax(axis=1)")],
    ),
    Mistake(
        "features in Fortran order",
        54,
        "forward",
        symptom="right only for features of 1 x 1",
        hint="In which order does reshape go through a volume?",
        edits=[
            (
                "affine_forward(features(params, x), ",
                "affine_forward(features(params, x).transpose(0, 3, 2, 1), ",
            )
        ],
    ),
    Mistake(
        "channels last",
        64,
        "forward",
        symptom="right numbers meet the wrong weights",
        hint="Is the volume (C, H, W) or (H, W, C)?",
        edits=[
            (
                "affine_forward(features(params, x), ",
                "affine_forward(features(params, x).transpose(0, 2, 3, 1), ",
            )
        ],
    ),
]

_CONVERT = [
    Mistake(
        "no transpose",
        63,
        "convert_head",
        symptom="the weights of all units are mixed",
        hint="The weights of one unit stand in a column. reshape goes along rows.",
        edits=[('params["w4"].T.reshape', 'params["w4"].reshape')],
    ),
    Mistake(
        "channels last",
        64,
        "convert_head",
        symptom="right for one channel only",
        hint="In which order did the head take the numbers of the volume?",
        edits=[("reshape(-1, F, h, w)", "reshape(-1, h, w, F).transpose(0, 3, 1, 2)")],
    ),
    Mistake(
        "height and width changed places",
        16,
        "convert_head",
        symptom="wrong shape where the volume is not square",
        hint="Which axis comes first, height or width?",
        edits=[("reshape(-1, F, h, w)", "reshape(-1, F, w, h)")],
    ),
    Mistake(
        "filters flipped",
        1,
        "convert_head",
        symptom="every filter is turned by half a circle",
        hint="The layer is a correlation: no flip.",
        edits=[("reshape(-1, F, h, w)", "reshape(-1, F, h, w)[:, :, ::-1, ::-1]")],
    ),
    Mistake(
        "Fortran order",
        54,
        "convert_head",
        symptom="right for volumes of 1 x 1 only",
        hint="The last axis should change fastest.",
        edits=[("reshape(-1, F, h, w)", 'reshape((-1, F, h, w), order="F")')],
    ),
    Mistake(
        "the old dict changed",
        42,
        "convert_head",
        symptom="the net that was handed in has lost its matrix",
        hint="Who else uses params? Make a dict of your own.",
        edits=[('return {**params, "w4": filters}', 'params["w4"] = filters\n    return params')],
    ),
    Mistake(
        "only the head returned",
        None,
        "convert_head",
        symptom="the blocks are missing",
        hint="A net without blocks has nothing to look at.",
        edits=[('{**params, "w4": filters}', '{"w4": filters, "b4": params["b4"]}')],
    ),
]

_MAP = [
    Mistake(
        "bias forgotten",
        2,
        "class_map",
        symptom="each map is off by its bias",
        hint="The units keep their biases.",
        edits=[('converted["b4"])', '0 * converted["b4"])')],
    ),
    Mistake(
        "head moves by the net's stride",
        None,
        "class_map",
        symptom="every fourth cell only, or a window does not fit",
        hint="The features are already four pixels apart.",
        edits=[('converted["b4"])', 'converted["b4"], 4)')],
    ),
    Mistake(
        "head padded",
        11,
        "class_map",
        symptom="the map is larger by a border",
        hint="Was there padding when the head was a matrix?",
        edits=[('converted["b4"])', 'converted["b4"], pad=1)')],
    ),
    Mistake(
        "ReLU on the scores",
        22,
        "class_map",
        symptom="negative scores have become 0",
        hint="May a class have a negative score?",
        edits=[("    return scores", "    return np.maximum(scores, 0)")],
    ),
    Mistake(
        "averaged over the map",
        21,
        "class_map",
        symptom="one score for each picture and class, no map",
        hint="The question is what is where.",
        edits=[("    return scores", "    return scores.mean(axis=(2, 3))")],
    ),
    Mistake(
        "the best class, not the scores",
        None,
        "class_map",
        symptom="one whole number for each cell",
        hint="How many numbers does a cell have?",
        edits=[("    return scores", "    return scores.argmax(axis=1)")],
    ),
    Mistake(
        "filters flipped",
        1,
        "class_map",
        symptom="wrong but where the filters are 1 x 1",
        hint="The layer is a correlation: no flip.",
        edits=[('converted["w4"],', 'converted["w4"][:, :, ::-1, ::-1],')],
    ),
]

_HEAD = [
    Mistake(
        "the old dict changed",
        42,
        "new_head",
        symptom="the net that was handed in has lost its head",
        hint="Who else uses params? Make a dict of your own.",
        edits=[
            (
                f'return {{**params, {_WEIGHTS}, "b4": np.zeros(M, dtype)}}',
                f'params.update({{{_WEIGHTS}, "b4": np.zeros(M, dtype)}})\n    return params',
            )
        ],
    ),
    Mistake(
        "one row for each class",
        63,
        "new_head",
        symptom="rows and columns of w4 have changed places",
        hint="The shape of FC weights is (D, M).",
        edits=[("np.zeros((D, M), dtype)", "np.zeros((M, D), dtype)")],
    ),
    Mistake(
        "old biases kept",
        None,
        "new_head",
        symptom="b4 has one number for each old class",
        hint="A head is two arrays.",
        edits=[(', "b4": np.zeros(M, dtype)', "")],
    ),
    Mistake(
        "old weights emptied, shape kept",
        None,
        "new_head",
        symptom="w4 has as many columns as before",
        hint="How many units does the new head have?",
        edits=[("np.zeros((D, M), dtype)", 'np.zeros_like(params["w4"])')],
    ),
    Mistake(
        "head drawn at random",
        None,
        "new_head",
        symptom="the first loss is not the logarithm of the number of classes",
        hint="A head may start at zero.",
        edits=[("np.zeros((D, M), dtype)", "0.01 * np.random.default_rng().normal(size=(D, M))")],
    ),
    Mistake(
        "only the head returned",
        None,
        "new_head",
        symptom="the blocks are missing",
        hint="What is kept in a transfer?",
        edits=[("{**params, ", "{")],
    ),
    Mistake(
        "blocks emptied too",
        None,
        "new_head",
        symptom="all arrays are zero",
        hint="What is kept in a transfer?",
        edits=[("{**params, ", "{**{name: 0 * p for name, p in params.items()}, ")],
    ),
]

_TRAIN = [
    Mistake(
        "sign",
        90,
        "train_head",
        symptom="the loss rises from step to step",
        hint="A step goes against the gradient.",
        edits=[("w - rate * dw, b - rate * db", "w + rate * dw, b + rate * db")],
    ),
    Mistake(
        "bias not trained",
        2,
        "train_head",
        symptom="b stays 0",
        hint="The head has two arrays.",
        edits=[("w - rate * dw, b - rate * db", "w - rate * dw, b")],
    ),
    Mistake(
        "rate ignored",
        None,
        "train_head",
        symptom="right at rate 1 only",
        hint="Which argument is never used?",
        edits=[("w - rate * dw, b - rate * db", "w - dw, b - db")],
    ),
    Mistake(
        "gradient not averaged",
        88,
        "train_head",
        symptom="steps are too long by the number of pictures",
        hint="softmax_loss has divided by N once. Is that undone somewhere?",
        edits=[("affine_backward(dscores, cache)", "affine_backward(len(y) * dscores, cache)")],
    ),
    Mistake(
        "divided by N twice",
        38,
        "train_head",
        symptom="steps are too short by the number of pictures",
        hint="softmax_loss has divided by N already.",
        edits=[("affine_backward(dscores, cache)", "affine_backward(dscores / len(y), cache)")],
    ),
    Mistake(
        "losses after the steps",
        None,
        "train_head",
        symptom="the loss at the start is missing from the list",
        hint="What is the loss before the first step?",
        edits=[
            (
                "losses.append(loss)",
                "losses.append(softmax_loss(f.reshape(len(y), -1) @ w + b, y)[0])",
            )
        ],
    ),
    Mistake(
        "one step too few",
        13,
        "train_head",
        symptom="the last step is missing",
        hint="Count the steps of your loop.",
        edits=[("range(steps)", "range(1, steps)")],
    ),
    Mistake(
        "started at random",
        None,
        "train_head",
        symptom="the first loss is not ln M",
        hint="Where should the head start?",
        edits=[
            (
                "np.zeros((f[0].size, M)), np.zeros(M)",
                "0.1 * np.random.default_rng().normal(size=(f[0].size, M)), np.zeros(M)",
            )
        ],
    ),
    Mistake(
        "one picture a step",
        37,
        "train_head",
        symptom="each step sees one picture",
        hint="How many pictures does a step look at?",
        edits=[
            (
                "    for _ in range(steps):\n        scores, cache = affine_forward(f, w, b)",
                "    every, labels = f, y\n    for t in range(steps):\n"
                "        n = t % len(labels)\n        f, y = every[n : n + 1], labels[n : n + 1]\n"
                "        scores, cache = affine_forward(f, w, b)",
            )
        ],
    ),
]

_GRADS = [
    Mistake(
        "names of frozen arrays missing",
        None,
        "loss_and_grads",
        symptom="the dict has no entry for what is frozen",
        hint="For how many arrays is a gradient asked?",
        edits=[("{name: np.zeros_like(array) for name, array in params.items()}", "{}")],
    ),
    Mistake(
        "only the head has gradients",
        None,
        "loss_and_grads",
        symptom="open blocks have a gradient of 0",
        hint="The gradient of the features goes further back.",
        edits=[("for k, conv, relu in reversed(caches):", "for k, conv, relu in caches[:0]:")],
    ),
    Mistake(
        "ReLU left out on the way back",
        None,
        "loss_and_grads",
        symptom="the gradient also goes where a feature is 0",
        hint="Each step forward has its step back.",
        edits=[("        dout = relu_backward(dout, relu)\n", "")],
    ),
    Mistake(
        "blocks back in the order of forward",
        None,
        "loss_and_grads",
        symptom="right where one block is open",
        hint="Who comes first on the way back?",
        edits=[("reversed(caches)", "caches")],
    ),
    Mistake(
        "all three blocks run",
        None,
        "loss_and_grads",
        symptom="right for first=1 only",
        hint="x is what block first is given. Which blocks has it seen already?",
        edits=[("range(first, 4)", "range(1, 4)")],
    ),
    Mistake(
        "starts one block too late",
        None,
        "loss_and_grads",
        symptom="block first is left out",
        hint="Is block first frozen or open?",
        edits=[("range(first, 4)", "range(first + 1, 4)")],
    ),
    Mistake(
        "stride of the next block",
        None,
        "loss_and_grads",
        symptom="the second block has the third's stride",
        hint="Blocks count from 1, places in a tuple from 0.",
        edits=[("stride=STRIDES[k - 1]", "stride=STRIDES[min(k, 2)]")],
    ),
    Mistake(
        "divided by N twice",
        38,
        "loss_and_grads",
        symptom="all gradients are too small by the number of pictures",
        hint="softmax_loss has divided by N already.",
        edits=[("affine_backward(dout, head)", "affine_backward(dout / len(y), head)")],
    ),
    Mistake(
        "bias of the head without gradient",
        None,
        "loss_and_grads",
        symptom="b4 never learns",
        hint="affine_backward returns three gradients. Where does the third go?",
        edits=[('grads["b4"] = affine', "_ = affine")],
    ),
    Mistake(
        "gradient of the ReLU taken of its output's sign at 0",
        101,
        "loss_and_grads",
        symptom="the gradient also goes where a feature is 0",
        hint="The output of a ReLU is never below 0. Where must the gradient stop?",
        edits=[
            ("dout = relu_backward(dout, relu)", "dout = dout * (np.maximum(relu, 0) >= 0)"),
        ],
    ),
    Mistake(
        "the lowest open block without gradient",
        None,
        "loss_and_grads",
        symptom="block first has a gradient of 0",
        hint="Where does the gradient stop: above the first open block, or below it?",
        edits=[("reversed(caches)", "reversed(caches[1:])")],
    ),
]

_UPDATE = [
    Mistake(
        "frozen arrays roll on",
        None,
        "update",
        symptom="a velocity left over moves what is frozen",
        hint="What is frozen takes no part in the step at all.",
        edits=[("if rate > 0:", "if True:")],
    ),
    Mistake(
        "velocity of frozen arrays fades",
        None,
        "update",
        symptom="the velocity of a frozen array changes",
        hint="Frozen means that nothing changes.",
        edits=[
            (
                "        if rate > 0:\n",
                "        if rate == 0:\n            velocity[name] = momentum * velocity[name]\n"
                "        if rate > 0:\n",
            )
        ],
    ),
    Mistake(
        "velocity of frozen arrays set to 0",
        None,
        "update",
        symptom="the velocity of a frozen array is gone",
        hint="Frozen means that nothing changes.",
        edits=[
            (
                "        if rate > 0:\n",
                "        if rate == 0:\n            velocity[name] = 0 * velocity[name]\n"
                "        if rate > 0:\n",
            )
        ],
    ),
    Mistake(
        "one rate for all",
        None,
        "update",
        symptom="every block has the rate of the head",
        hint="Whose rate is it? The name says which block.",
        edits=[("rates[int(name[-1]) - 1]", "rates[-1]")],
    ),
    Mistake(
        "rate of the next block",
        None,
        "update",
        symptom="the rates are moved by one block",
        hint="Blocks count from 1, places in a tuple from 0.",
        edits=[("rates[int(name[-1]) - 1]", "rates[int(name[-1]) % len(rates)]")],
    ),
    Mistake(
        "sign",
        90,
        "update",
        symptom="the step goes up the slope",
        hint="A step goes against the gradient.",
        edits=[("- rate * grads[name]", "+ rate * grads[name]")],
    ),
    Mistake(
        "no momentum",
        None,
        "update",
        symptom="right for arrays at rest only",
        hint="What is kept of the old velocity?",
        edits=[("momentum * velocity[name] - rate", "-rate")],
    ),
    Mistake(
        "momentum for its default",
        None,
        "update",
        symptom="right for a momentum of 0.9 only",
        hint="Which argument is never used?",
        edits=[("momentum * velocity[name] -", "0.9 * velocity[name] -")],
    ),
    Mistake(
        "weighted as an average",
        82,
        "update",
        symptom="the gradient counts a tenth",
        hint="The formula takes the gradient whole.",
        edits=[("- rate * grads[name]", "- (1 - momentum) * rate * grads[name]")],
    ),
    Mistake(
        "velocity without the rate",
        None,
        "update",
        symptom="velocities are those of PyTorch's SGD",
        hint="In this formula the rate is inside the velocity.",
        edits=[
            (_STEP, "velocity[name] = momentum * velocity[name] + grads[name]"),
            ("params[name] + velocity[name]", "params[name] - rate * velocity[name]"),
        ],
    ),
    Mistake(
        "the old velocity moves the array",
        None,
        "update",
        symptom="each array moves by its velocity of the step before",
        hint="Which comes first, the new velocity or the move?",
        edits=[
            (
                f"            {_STEP}\n            params[name] = params[name] + velocity[name]\n",
                f"            params[name] = params[name] + velocity[name]\n            {_STEP}\n",
            )
        ],
    ),
    Mistake(
        "biases left out",
        None,
        "update",
        symptom="biases do not move",
        hint="Which arrays belong to a block?",
        edits=[("if rate > 0:", 'if rate > 0 and name[0] == "w":')],
    ),
    Mistake(
        "arrays changed in place",
        94,
        "update",
        symptom="the arrays that were handed in have moved",
        hint="A new dict may hold the old arrays, and += writes into them.",
        edits=[("params[name] = params[name] + velocity[name]", "params[name] += velocity[name]")],
    ),
]

MISTAKES = [
    *_FEATURES,
    *_FORWARD,
    *_CONVERT,
    *_MAP,
    *_HEAD,
    *_TRAIN,
    *_GRADS,
    *_UPDATE,
]
