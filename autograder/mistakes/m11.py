"""Known mistakes of lesson 11: counting layers and nets, memory, Inception, residual blocks."""

from autograder.mistakes import Mistake

_ROOM = "room = size - F + 2 * P"
_STOPS = 'return (room + (-room % S if policy == "pad" else 0)) // S + 1'
_SHAPE = 'row["shape"] = numbers.get("K", C), stops(H, numbers), stops(W, numbers)'

ROW = [
    Mistake("padding counted once", 12, "layer_row",
        symptom="too few rows and columns wherever there is padding",
        hint="On how many sides of a row is padding?",
        edits=[(_ROOM, "room = size - F + P")]),
    Mistake("no +1", 13, "layer_row",
        symptom="one row and one column too few",
        hint="How many stops has a window as large as its input?",
        edits=[(_STOPS, _STOPS.removesuffix(" + 1"))]),
    Mistake("stride ignored", 5, "layer_row",
        symptom="right at stride 1 only",
        hint="How far apart are two neighbouring stops?",
        edits=[(_STOPS, "return room + 1")]),
    Mistake("square output assumed", 15, "layer_row",
        symptom="wrong where the picture is not square",
        hint="Height and width have their own stops.",
        edits=[
            (_SHAPE, 'row["shape"] = numbers.get("K", C), stops(H, numbers), stops(H, numbers)')
        ]),
    Mistake("height and width changed places", 16, "layer_row",
        symptom="wrong where the picture is not square",
        hint="Which comes first in a shape, height or width?",
        edits=[
            (_SHAPE, 'row["shape"] = numbers.get("K", C), stops(W, numbers), stops(H, numbers)')
        ]),
    Mistake("a size that does not fit is accepted", 25, "layer_row",
        symptom='no ValueError where a window does not fit and the policy is "raise"',
        hint="What happens where no policy is written?",
        edits=[('if room < 0 or (policy == "raise" and room % S):', "if room < 0:")]),
    Mistake("pad treated as crop", None, "layer_row",
        symptom="GoogLeNet's first pool leaves 55 rows, not 56",
        hint="Which of the policies rounds up?",
        edits=[(_STOPS, "return room // S + 1")]),
    Mistake("crop treated as pad", None, "layer_row",
        symptom="ResNet's first layer leaves 113 rows, not 112",
        hint="Which of the policies rounds down?",
        edits=[(_STOPS, 'return (room + (-room % S if policy != "raise" else 0)) // S + 1')]),
    Mistake("a window longer than its input accepted", None, "layer_row",
        symptom="no ValueError under crop or pad for a window that fits not even once",
        hint="Which policy mends a window that is too long?",
        edits=[
            (
                'if room < 0 or (policy == "raise" and room % S):',
                'if policy == "raise" and (room < 0 or room % S):',
            )
        ]),
    Mistake("a filter as a bar", None, "layer_row",
        symptom="F weights for each channel where F * F are",
        hint="A filter has a height and a width.",
        edits=[('numbers["F"] ** 2', 'numbers["F"]')]),
    Mistake("groups ignored", None, "layer_row",
        symptom="AlexNet's second CONV has twice its weights",
        hint="How much of the depth does a filter of a group see?",
        edits=[('(C // numbers.get("groups", 1))', "C")]),
    Mistake("groups divide the filters as well", None, "layer_row",
        symptom="a quarter of the weights with two groups",
        hint="With two groups there are still K filters.",
        edits=[
            (
                '(C // numbers.get("groups", 1)) * K',
                '(C // numbers.get("groups", 1)) * (K // numbers.get("groups", 1))',
            )
        ]),
    Mistake("bias flag ignored", 2, "layer_row",
        symptom="biases where the layer has none",
        hint="What does bias=False say?",
        edits=[('K if numbers.get("bias", True) else 0', "K")]),
    Mistake("biases of the input's depth", 4, "layer_row",
        symptom="one bias for each input channel",
        hint="To what is a bias added: to an input or to an output?",
        edits=[('K if numbers.get("bias", True) else 0', 'C if numbers.get("bias", True) else 0')]),
    Mistake("batch norm has no parameters", None, "layer_row",
        symptom="gamma and beta are not counted",
        hint="Which numbers does a batch norm learn?",
        edits=[('row["weights"] = row["biases"] = C', "pass")]),
    Mistake("FC sees the depth only", None, "layer_row",
        symptom="C * M weights in FC",
        hint="How many numbers are in a volume?",
        edits=[('row["multiply_adds"] = C * H * W * K', 'row["multiply_adds"] = C * K')]),
    Mistake("multiply-adds at the places of the input", None, "layer_row",
        symptom="too many multiply-adds wherever the output is smaller than the input",
        hint="At which places is a weight used: those of the input or those of the output?",
        edits=[('row["weights"] * H_out * W_out', 'row["weights"] * H * W')]),
    Mistake("biases among the multiply-adds", None, "layer_row",
        symptom="too many multiply-adds where a CONV has biases",
        hint="What is a bias multiplied by?",
        edits=[
            (
                'row["weights"] * H_out * W_out',
                '(row["weights"] + row["biases"]) * H_out * W_out',
            )
        ]),
    Mistake("multiply-adds of one place", None, "layer_row",
        symptom="as many multiply-adds as weights",
        hint="How often is each weight used?",
        edits=[('row["weights"] * H_out * W_out', 'row["weights"]')]),
    Mistake("RELU counted", None, "layer_row",
        symptom="activations of a RELU are not 0",
        hint="Where can a RELU put its result?",
        edits=[('if kind != "RELU":', "if kind:")]),
    Mistake("norms do not count", None, "layer_row",
        symptom="activations of LRN and BN are 0",
        hint="Which kind is the only one whose activations count 0?",
        edits=[('if kind != "RELU":', 'if kind not in ("RELU", "LRN", "BN"):')]),
    Mistake("activations of the input", None, "layer_row",
        symptom="the activations are those of the layer before",
        hint="Which volume does the layer put out?",
        edits=[
            (
                'row["activations"] = K * H_out * W_out',
                'row["activations"] = C * H * W or K * H_out * W_out',
            )
        ]),
    Mistake("unknown kind accepted", None, "layer_row",
        symptom="no ValueError for a kind that does not exist",
        hint="What should happen to a misspelled layer?",
        edits=[('raise ValueError(f"there is no layer {kind!r}")', "return row")]),
]

_JOIN = 'raise ValueError(f"{kind}: the ends of the paths are {ends}")'
_DEPTH = 'depth = sum(end[0] for end in ends) if kind == "CONCAT" else ends[0][0]'

TABLE = [
    Mistake("the INPUT of every path kept", None, "layer_table",
        symptom="an INPUT too many for every path",
        hint="Which row of a path's table was put there by you?",
        edits=[("rows += inner[1:]", "rows += inner")]),
    Mistake("paths one after the other", None, "layer_table",
        symptom="the second path sees the end of the first",
        hint="Which volume do all paths start from?",
        edits=[
            (
                'ends.append(inner[-1]["shape"])',
                'ends.append(inner[-1]["shape"])\n            C, H, W = ends[-1]',
            )
        ]),
    Mistake("CONCAT keeps the depth", None, "layer_table",
        symptom="the depth after CONCAT is that of one path",
        hint="How deep are several volumes on top of each other?",
        edits=[(_DEPTH, "depth = ends[0][0]")]),
    Mistake("ADD adds up the depths", None, "layer_table",
        symptom="the depth after ADD doubles",
        hint="What is the shape of a sum of two arrays?",
        edits=[(_DEPTH, "depth = sum(end[0] for end in ends)")]),
    Mistake("rows of paths left out", None, "layer_table",
        symptom="only the rows of CONCAT and ADD, without what is in them",
        hint="Where are the weights of the paths?",
        edits=[("rows += inner[1:]", "pass")]),
    Mistake("paths that do not fit accepted", 25, "layer_table",
        symptom="no ValueError where ends have different shapes",
        hint="What should happen where two ends cannot be joined?",
        edits=[(_JOIN, "pass")]),
    Mistake("ADD of different depths accepted", None, "layer_table",
        symptom="no ValueError where depths differ under ADD",
        hint="Can arrays of different depths be added?",
        edits=[(' or (kind == "ADD" and len(set(ends)) > 1)', "")]),
    Mistake("activations counted again where paths meet", None, "layer_table",
        symptom="CONCAT and ADD have activations",
        hint="Who has counted the ends of the paths already?",
        edits=[
            (
                "dict.fromkeys(COLUMNS, 0))",
                'dict.fromkeys(COLUMNS, 0) | {"activations": depth * ends[0][1] * ends[0][2]})',
            )
        ]),
    Mistake("INPUT left out", None, "layer_table",
        symptom="a row too few",
        hint="The picture takes memory, too.",
        edits=[("    return rows", "    return rows[1:] if len(rows) > 1 else rows")]),
]

TOTALS = [
    Mistake("biases not among the parameters", 2, "totals",
        symptom="parameters are the weights alone",
        hint="Does training find the biases, too?",
        edits=[('sums["weights"] + sums["biases"]', 'sums["weights"]')]),
    Mistake("parameters missing", None, "totals",
        symptom="a key is missing",
        hint="There are four columns, and one key more.",
        edits=[(' | {"parameters": sums["weights"] + sums["biases"]}', "")]),
    Mistake("last row instead of the sum", None, "totals",
        symptom="the numbers of the last layer",
        hint="What should happen to the row before?",
        edits=[("sum(row[column] for row in table)", "[row[column] for row in table][-1]")]),
    Mistake("first row left out", None, "totals",
        symptom="too small by the first row",
        hint="With which row does your sum begin?",
        edits=[("for row in table)", "for row in table[1:])")]),
    Mistake("mean instead of sum", 21, "totals",
        symptom="too small by the number of rows",
        hint="The net has all of its layers at once.",
        edits=[
            ("sum(row[column] for row in table)", "sum(row[column] for row in table) // len(table)")
        ]),
]

_ACTIVATIONS = '4 * 2 * sums["activations"] * batch'
_PARAMETERS = '4 * copies[optimizer] * sums["parameters"]'
_REST = '4 * table[0]["activations"] * batch'

MEMORY = [
    Mistake("gradients of the activations forgotten", None, "training_memory",
        symptom="half the activations",
        hint="Which arrays does the way back make?",
        edits=[(_ACTIVATIONS, '4 * sums["activations"] * batch')]),
    Mistake("one picture instead of a batch", None, "training_memory",
        symptom="activations do not grow with the batch",
        hint="Which argument is never used?",
        edits=[(_ACTIVATIONS, '4 * 2 * sums["activations"]')]),
    Mistake("numbers counted instead of bytes", None, "training_memory",
        symptom="a quarter of the bytes",
        hint="How many bytes has a float32?",
        edits=[
            (_ACTIVATIONS, '2 * sums["activations"] * batch'),
            (_PARAMETERS, 'copies[optimizer] * sums["parameters"]'),
            (_REST, 'table[0]["activations"] * batch'),
        ]),
    Mistake("eight bytes a number", None, "training_memory",
        symptom="twice the bytes",
        hint="The course trains in float32.",
        edits=[
            (_ACTIVATIONS, '8 * 2 * sums["activations"] * batch'),
            (_PARAMETERS, '8 * copies[optimizer] * sums["parameters"]'),
            (_REST, '8 * table[0]["activations"] * batch'),
        ]),
    Mistake("parameters multiplied by the batch", None, "training_memory",
        symptom="parameters grow with the batch",
        hint="How many copies of a filter does a batch need?",
        edits=[(_PARAMETERS, '4 * copies[optimizer] * sums["parameters"] * batch')]),
    Mistake("gradient of the parameters forgotten", None, "training_memory",
        symptom="one copy of the parameters too few",
        hint="What does the optimizer multiply by the learning rate?",
        edits=[('{"sgd": 2, "momentum": 3, "adam": 4}', '{"sgd": 1, "momentum": 2, "adam": 3}')]),
    Mistake("momentum and Adam alike", None, "training_memory",
        symptom="right for sgd and momentum",
        hint="Adam keeps a mean of the gradients, and one of their squares.",
        edits=[('"adam": 4', '"adam": 3')]),
    Mistake("biases forgotten", 2, "training_memory",
        symptom="too few parameters",
        hint="Parameters are weights and biases.",
        edits=[(_PARAMETERS, '4 * copies[optimizer] * sums["weights"]')]),
    Mistake("next batch is one picture", None, "training_memory",
        symptom="the rest does not grow with the batch",
        hint="How many pictures are loaded at a time?",
        edits=[(_REST, '4 * table[0]["activations"]')]),
    Mistake("unknown optimizer accepted", None, "training_memory",
        symptom="no ValueError for an optimizer that does not exist",
        hint="What should happen to a misspelled optimizer?",
        edits=[
            ("if optimizer not in copies:", "if False:"),
            ("copies[optimizer]", "copies.get(optimizer, 3)"),
        ]),
]

BATCH = [
    Mistake("rounded up", None, "largest_batch",
        symptom="one picture more than fits",
        hint="Does the last part of a picture fit?",
        edits=[("room // each)", "-(-room // each))")]),
    Mistake("rounded to the nearest", None, "largest_batch",
        symptom="one picture more than fits, in about half of all cases",
        hint="Does the last part of a picture fit?",
        edits=[("room // each)", "round(room / each))")]),
    Mistake("next batch left out", None, "largest_batch",
        symptom="too many pictures, above all for nets of few layers",
        hint="Which two of the three sources grow with the batch?",
        edits=[
            (
                "each = sum(training_memory(spec, 1, optimizer).values()) - fixed",
                'each = training_memory(spec, 1, optimizer)["activations"]',
            )
        ],
        also=[  # or it is counted for one picture, whatever the batch
            [
                (
                    "each = sum(training_memory(spec, 1, optimizer).values()) - fixed",
                    "each, _, rest = training_memory(spec, 1, optimizer).values()",
                ),
                ("int(gigabytes * 1024**3) - fixed", "int(gigabytes * 1024**3) - fixed - rest"),
            ]
        ]),
    Mistake("a GB of a billion bytes", None, "largest_batch",
        symptom="about 7 % too few",
        hint="By what does one divide bytes to get KB?",
        edits=[("int(gigabytes * 1024**3)", "int(gigabytes * 1000**3)")]),
    Mistake("parameters forgotten", None, "largest_batch",
        symptom="too many pictures, above all for VGG-16",
        hint="What is in the memory before the first picture?",
        edits=[("int(gigabytes * 1024**3) - fixed", "int(gigabytes * 1024**3)")]),
    Mistake("parameters counted for every picture", None, "largest_batch",
        symptom="far too few pictures",
        hint="What grows with the batch, and what does not?",
        edits=[(".values()) - fixed", ".values())")]),
    Mistake("negative batch", None, "largest_batch",
        symptom="a batch below zero where the parameters alone do not fit",
        hint="What is the smallest batch there is?",
        edits=[("max(0, room // each)", "room // each")]),
    Mistake("at least one picture", None, "largest_batch",
        symptom="one picture where not even one fits",
        hint="What if the parameters alone are too large?",
        edits=[("max(0, room // each)", "max(1, room // each)")]),
]

INCEPTION = [
    Mistake("pool bordered by zeros", 47, "inception_forward",
        symptom="path 4 is wrong where the maps are negative",
        hint="Which number never wins a maximum?",
        edits=[("constant_values=-np.inf", "constant_values=0.0")]),
    Mistake("paths in another order", None, "inception_forward",
        symptom="right maps in wrong places",
        hint="In which order does the table name the paths?",
        edits=[("np.concatenate(paths, axis=1)", "np.concatenate(paths[::-1], axis=1)")]),
    Mistake("ReLU missing", None, "inception_forward",
        symptom="negative numbers come out",
        hint="What follows every convolution?",
        edits=[
            (
                "relu_forward(conv_forward(maps, w, b, pad=pad)[0])[0]",
                "conv_forward(maps, w, b, pad=pad)[0]",
            )
        ]),
    Mistake("ReLU at the end only", None, "inception_forward",
        symptom="paths 2 and 3 are wrong: no ReLU after their first convolution",
        hint="How many ReLU layers are on path 2?",
        edits=[
            (
                "relu_forward(conv_forward(maps, w, b, pad=pad)[0])[0]",
                "conv_forward(maps, w, b, pad=pad)[0]",
            ),
            (
                "return np.concatenate(paths, axis=1)",
                "return np.maximum(np.concatenate(paths, 1), 0)",
            ),
        ]),
    Mistake("5 x 5 padded by 1", 11, "inception_forward",
        symptom="an error: the maps of path 3 are smaller than the others",
        hint="Which padding keeps the size for 5 x 5?",
        edits=[('"5x5", pad=2', '"5x5", pad=1')]),
    Mistake("convolution of the fourth path forgotten", None, "inception_forward",
        symptom="path 4 has the input's depth",
        hint="What comes after the pool?",
        edits=[('conv_relu(pooled, "pool 1x1")', "pooled")]),
    Mistake("fourth path without its pool", None, "inception_forward",
        symptom="path 4 is a 1 x 1 convolution of x",
        hint="What comes before the last convolution?",
        edits=[('conv_relu(pooled, "pool 1x1")', 'conv_relu(x, "pool 1x1")')]),
    Mistake("pool of 2 x 2", 44, "inception_forward",
        symptom="path 4 looks at four pixels, not nine",
        hint="How large is the window of the pool?",
        edits=[
            (
                "max_pool_forward(bordered, 3, 3, 1)",
                "max_pool_forward(bordered[:, :, 1:, 1:], 2, 2, 1)",
            )
        ]),
]

INCEPTION_BACK = [
    Mistake("gradient of the fourth path left out", None, "inception_backward",
        symptom="dx is too small where x is a maximum",
        hint="How many paths does x go into?",
        edits=[
            (
                'dx = dx + max_pool_backward(dmaps["pool 1x1"], pool)[:, :, 1:-1, 1:-1]',
                'max_pool_backward(dmaps["pool 1x1"], pool)',
            )
        ]),
    Mistake("last path only", 30, "inception_backward",
        symptom="dx is what comes through the pool, and nothing else",
        hint="Four gradients arrive at x. What becomes of them?",
        edits=[
            (
                'dx = dx + max_pool_backward(dmaps["pool 1x1"]',
                'dx = max_pool_backward(dmaps["pool 1x1"]',
            )
        ]),
    Mistake("border of the pool not cut off", 28, "inception_backward",
        symptom="an error: the fourth gradient is larger than x",
        hint="The border was put on before the pool. Where does its gradient go?",
        edits=[("pool)[:, :, 1:-1, 1:-1]", "pool)")]),
    Mistake("border cut off at one side", 29, "inception_backward",
        symptom="the fourth gradient is shifted by one",
        hint="On how many sides was the border put on?",
        edits=[("pool)[:, :, 1:-1, 1:-1]", "pool)[:, :, 2:, 2:]")]),
    Mistake("dout cut in equal parts", None, "inception_backward",
        symptom="right if every path has as many filters as the others",
        hint="How many maps does each path give?",
        edits=[("np.split(dout, cuts, axis=1)", "np.array_split(dout, 4, axis=1)")]),
    Mistake("dout cut in another order", None, "inception_backward",
        symptom="each path gets another path's gradient",
        hint="In which order does forward join the paths?",
        edits=[
            (
                "cuts = np.cumsum([len(params[name][0]) for name in last])[:-1]",
                "last = dict(reversed(last.items()))\n"
                "    cuts = np.cumsum([len(params[name][0]) for name in last])[:-1]",
            )
        ]),
    Mistake("ReLU forgotten on the way back", None, "inception_backward",
        symptom="gradients also come through where a map was negative",
        hint="What stands after every convolution, and what does it let back?",
        edits=[("conv_backward(relu_backward(dout, relu), conv)", "conv_backward(dout, conv)")]),
    Mistake("1 x 1 in front left out on the way back", None, "inception_backward",
        symptom="an error, or dx without the weights of 3x3 reduce",
        hint="Path 2 has two convolutions. Through how many does the gradient go?",
        edits=[
            (
                'dx = dx + back(dmaps["3x3"], "3x3 reduce", reduce3)',
                'back(dmaps["3x3"], "3x3 reduce", reduce3)\n'
                '    dx = dx + dmaps["3x3"].sum(axis=1, keepdims=True)',
            )
        ]),
    Mistake("pool bordered by zeros", 47, "inception_backward",
        symptom="where maps are negative the gradient is lost in the border",
        hint="Which number never wins a maximum?",
        edits=[("constant_values=-np.inf", "constant_values=0.0")]),
]

BLOCK = [
    Mistake("no skip", None, "residual_forward",
        symptom="f(x) alone: a block with weights of zero gives zeros",
        hint="What is added to f(x)?",
        edits=[("relu_forward(f + around)", "relu_forward(f)")]),
    Mistake("skip added after the last ReLU", None, "residual_forward",
        symptom="negative numbers of x come out",
        hint="What stands inside the bracket of the last ReLU?",
        edits=[
            (
                "out, relu2 = relu_forward(f + around)",
                "out, relu2 = relu_forward(f)\n    out = out + around",
            )
        ]),
    Mistake("ReLU between the convolutions missing", None, "residual_forward",
        symptom="wrong where conv1 is negative",
        hint="How many ReLU layers are in the formula of f?",
        edits=[
            (
                "hidden, relu1 = relu_forward(hidden)",
                "_, relu1 = relu_forward(np.ones(hidden.shape))",
            )
        ]),
    Mistake("last ReLU missing", None, "residual_forward",
        symptom="negative numbers come out",
        hint="What is done to the sum?",
        edits=[
            (
                "out, relu2 = relu_forward(f + around)",
                "out = f + around\n    relu2 = relu_forward(np.ones(out.shape))[1]",
            )
        ]),
    Mistake("ReLU on the second convolution before the sum", 22, "residual_forward",
        symptom="f(x) is never negative: the block can only add",
        hint="Where is the second ReLU: before or after the sum?",
        edits=[("relu_forward(f + around)", "relu_forward(np.maximum(f, 0) + around)")]),
    Mistake("stride at both convolutions", None, "residual_forward",
        symptom="an error where the stride is 2",
        hint="Which convolution has the stride?",
        edits=[("conv_forward(hidden, w2, b2, pad=1)", "conv_forward(hidden, w2, b2, stride, 1)")]),
    Mistake("stride of the shortcut forgotten", 5, "residual_forward",
        symptom="an error where the stride is 2",
        hint="Two volumes of different size cannot be added.",
        edits=[("conv_forward(x, w, b, stride=stride)", "conv_forward(x, w, b)")]),
    Mistake("shortcut sees the first convolution's output", None, "residual_forward",
        symptom="right without a shortcut of its own, wrong or an error with one",
        hint="Where does the shortcut begin?",
        edits=[("conv_forward(x, w, b, stride=stride)", "conv_forward(hidden, w, b)")]),
    Mistake("gradient through f only", None, "residual_forward",
        symptom="dx lacks what came around",
        hint="How often was x used?",
        edits=[("return dx + daround, grads", "return dx, grads")]),
    Mistake("gradient around only", None, "residual_forward",
        symptom="dx lacks what came through f",
        hint="How often was x used?",
        edits=[("return dx + daround, grads", "return daround + 0 * dx, grads")]),
    Mistake("skip's gradient taken before the last ReLU", None, "residual_forward",
        symptom="dx gets gradient where the output is 0",
        hint="Which layer does the gradient meet first on its way back?",
        edits=[
            ("daround = dsum\n", "daround = dout\n"),
            ("conv_backward(dsum, shortcut)", "conv_backward(dout, shortcut)"),
        ],
        also=[[("daround = dsum\n", "daround = dout\n")]]),
    Mistake("ReLU between the convolutions forgotten on the way back", None, "residual_forward",
        symptom="dx and the gradients of conv1 are wrong",
        hint="Every layer of the way there has its turn on the way back.",
        edits=[("    dhidden = relu_backward(dhidden, relu1)\n", "")]),
    Mistake("gradients of the shortcut forgotten", None, "residual_forward",
        symptom="grads has no shortcut",
        hint="Which filters have been used?",
        edits=[('        grads["shortcut"] = (dw, db)\n', "")]),
    Mistake("gradients of the convolutions exchanged", None, "residual_forward",
        symptom="dw of conv1 and conv2 have changed places",
        hint="Which convolution does the gradient meet first on its way back?",
        edits=[
            (
                '{"conv1": (dw1, db1), "conv2": (dw2, db2)}',
                '{"conv1": (dw2, db2), "conv2": (dw1, db1)}',
            )
        ]),
    Mistake("dout changed", 100, "residual_forward",
        symptom="dx is right, and dout is another array afterwards",
        hint="Does somebody else still need dout?",
        edits=[
            (
                "dsum = relu_backward(dout, relu2)",
                "dsum = relu_backward(dout, relu2)\n    dout[...] = dsum",
            )
        ]),
]

MISTAKES = [*ROW, *TABLE, *TOTALS, *MEMORY, *BATCH, *INCEPTION, *INCEPTION_BACK, *BLOCK]
