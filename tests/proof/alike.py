"""Pairs of known mistakes that no check tells apart, each with the reason."""

PAST_THE_END = "the emulator stops both at the first element past the end"

ALIKE: dict[tuple[str, str], dict[tuple[str, str], str]] = {
    ("04_im2col", "col2im"): {
        ("assigns", "fancy index with +="): "both keep the last copy of each pixel: one function",
    },
    ("12_transfer", "loss_and_grads"): {
        (
            "ReLU left out on the way back",
            "gradient of the ReLU taken of its output's sign at 0",
        ): "a ReLU's output is never negative, so both let every gradient pass: one function",
    },
    ("13_kernels", "relu_kernel"): {
        ("no guard", "guard off by one"): PAST_THE_END,
        ("blocks forgotten", "grid for block"): "the emulator stops at the first number that two"
        " blocks write, which is the same",
    },
    ("13_kernels", "reverse_kernel"): {
        ("no guard", "guard off by one"): "the emulator stops both at the last element before the"
        " array",
    },
    ("13_kernels", "block_sum_kernel"): {
        ("no barrier", "the barrier after the sum"): "in the first round thread 0 reads what nobody"
        " has loaded yet",
        ("one barrier before all rounds", "the neighbour is added"): "the emulator stops where"
        " thread 1 writes what thread 0 has read, and says no more",
    },
    ("13_kernels", "corrections"): {
        ("a barrier for the bins", "+= for ++"): "thread 1 meets thread 0 at the same bin",
    },
}
