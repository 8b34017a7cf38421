"""Known mistakes of lesson 11: counting layers and nets, memory, Inception, residual blocks."""

from autograder.mistakes import Mistake

ROW = [
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
    Mistake("activations of the input", None, "layer_row",
        symptom="the activations are those of the layer before",
        hint="Which volume does the layer put out?",
        edits=[
            (
                'row["activations"] = K * H_out * W_out',
                'row["activations"] = C * H * W or K * H_out * W_out',
            )
        ]),
]

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
    Mistake("the end of a path is its beginning", None, "layer_table",
        symptom="what a path does to the shape is lost",
        hint="Which row of a path's table has the shape at its end?",
        edits=[('ends.append(inner[-1]["shape"])', 'ends.append(inner[0]["shape"])')]),
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
    Mistake("biases forgotten", 2, "training_memory",
        symptom="too few parameters",
        hint="Parameters are weights and biases.",
        edits=[(_PARAMETERS, '4 * copies[optimizer] * sums["weights"]')]),
    Mistake("next batch is one picture", None, "training_memory",
        symptom="the rest does not grow with the batch",
        hint="How many pictures are loaded at a time?",
        edits=[(_REST, '4 * table[0]["activations"]')]),
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
    Mistake("paths in another order", None, "inception_forward",
        symptom="right maps in wrong places",
        hint="In which order does the table name the paths?",
        edits=[("[first, second, third, fourth]", "[fourth, third, second, first]")]),
    Mistake("paths 2 and 3 changed about", None, "inception_forward",
        symptom="right maps in wrong places, or an error",
        hint="In which order does the table name the paths?",
        edits=[("[first, second, third, fourth]", "[first, third, second, fourth]")]),
    Mistake("paths added up", None, "inception_forward",
        symptom="one map where four should be, or an error",
        hint="What becomes of the depth where paths are put on top of each other?",
        edits=[
            (
                "np.concatenate([first, second, third, fourth], axis=1)",
                "first + second + third + fourth",
            )
        ]),
    Mistake("maps beside each other", None, "inception_forward",
        symptom="maps four times as wide, or an error",
        hint="Along which axis do maps lie on top of each other?",
        edits=[("fourth], axis=1)", "fourth], axis=3)")]),
    Mistake("1 x 1 in front left out", None, "inception_forward",
        symptom="right where there is one channel and a weight of 1, else an error",
        hint="How many convolutions has path 2?",
        edits=[('conv_relu(conv_relu(x, "3x3 reduce"), "3x3"', 'conv_relu(x, "3x3"')]),
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
    Mistake("gradient through f only", None, "residual_forward",
        symptom="dx lacks what came around",
        hint="How often was x used?",
        edits=[("return dx + daround, grads", "return dx, grads")]),
    Mistake("gradient around only", None, "residual_forward",
        symptom="dx lacks what came through f",
        hint="How often was x used?",
        edits=[("return dx + daround, grads", "return daround + 0 * dx, grads")]),
    Mistake("ReLU between the convolutions forgotten on the way back", None, "residual_forward",
        symptom="dx and the gradients of conv1 are wrong",
        hint="Every layer of the way there has its turn on the way back.",
        edits=[("    dhidden = relu_backward(dhidden, relu1)\n", "")]),
    Mistake("dout changed", 100, "residual_forward",
        symptom="dx is right, and dout is another array afterwards",
        hint="Does somebody else still need dout?",
        edits=[
            (
                "dsum = relu_backward(dout, relu2)",
                "dsum = relu_backward(dout, relu2)\n    dout[...] = dsum",
            )
        ]),
    Mistake("second convolution sees x", None, "residual_forward",
        symptom="the first convolution is left out",
        hint="What does the second convolution take: x, or what the first has made?",
        edits=[("conv_forward(hidden, w2, b2, pad=1)", "conv_forward(x, w2, b2, pad=1)")]),
    Mistake("last ReLU forgotten on the way back", None, "residual_forward",
        symptom="dx gets gradient where the output is 0",
        hint="Which layer does the gradient meet first on its way back?",
        edits=[("dsum = relu_backward(dout, relu2)", "dsum = dout")]),
    Mistake("gradients of the convolutions exchanged", None, "residual_forward",
        symptom="dw of conv1 and conv2 have changed places",
        hint="Which convolution does the gradient meet first on its way back?",
        edits=[
            ("dhidden, dw2, db2 =", "dhidden, dw1, db1 ="),
            ("dx, dw1, db1 =", "dx, dw2, db2 ="),
        ]),
]

MISTAKES = [*ROW, *TABLE, *TOTALS, *MEMORY, *BATCH, *INCEPTION, *BLOCK]
