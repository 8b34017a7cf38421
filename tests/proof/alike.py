"""Pairs of known mistakes that no check tells apart, each with the reason."""

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
}
