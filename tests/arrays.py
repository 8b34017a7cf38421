"""Arrays for tests."""

import numpy as np


def frozen(*arrays: np.ndarray) -> tuple[np.ndarray, ...]:
    """Make arrays that raise when they are written to."""
    for array in arrays:
        array.flags.writeable = False
    return arrays
