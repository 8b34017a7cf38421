"""Which names the simulated CuPy has, and which of them it can compute.

The names are the real CuPy's (surface.json, written by scripts/gpu/surface.py). What can be
computed is a list of its own: functions of arrays that touch no file and take no function.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

SURFACE: dict[str, Any] = json.loads(
    (Path(__file__).parent / "surface.json").read_text(encoding="utf-8")
)
VERSION = SURFACE["version"]

UNWRITTEN = frozenset(("empty", "empty_like"))  # memory is taken, and no kernel runs
CREATING = frozenset("zeros ones empty full arange eye identity linspace".split())
FUNCTIONS = CREATING | frozenset(
    """zeros_like ones_like empty_like full_like tri tril triu diag diagonal copy astype
    reshape ravel transpose swapaxes moveaxis rollaxis squeeze expand_dims broadcast_to
    broadcast_arrays concatenate concat stack vstack hstack dstack column_stack split array_split
    hsplit vsplit dsplit tile repeat flip fliplr flipud rot90 roll pad permute_dims
    sum prod mean std var max min amax amin argmax argmin any all cumsum cumprod ptp median
    average nansum nanmean nanmax nanmin count_nonzero bincount histogram clip round around where
    take take_along_axis put_along_axis choose nonzero argwhere flatnonzero unique sort argsort
    searchsorted partition dot matmul vdot inner outer tensordot einsum kron trace diff cross
    isclose allclose array_equal meshgrid indices unravel_index ravel_multi_index atleast_1d
    atleast_2d atleast_3d may_share_memory shape ndim size interp convolve correlate
    logspace isin nan_to_num delete append digitize linalg.norm
    lib.stride_tricks.sliding_window_view""".split()
)
METHODS = frozenset(
    """all any argmax argmin argsort astype choose clip compress conj copy cumprod cumsum diagonal
    dot fill flatten max mean min nonzero prod put ravel repeat reshape round searchsorted sort
    squeeze std sum swapaxes take trace transpose var""".split()
)
# Their result's size depends on the values, or is a value that Python looks at.
WAITING = frozenset(
    """nonzero argwhere flatnonzero unique array_equal allclose compress extract bincount
    unravel_index nanmax nanmin""".split()
)
RANDOM = frozenset(
    """rand randn random random_sample uniform normal standard_normal randint permutation
    choice""".split()
)
# What to write in the place of something that CuPy has and the simulated device does not.
INSTEAD = {
    "RawKernel": "CUDA C runs in the emulator, convbook.cuda",
    "RawModule": "CUDA C runs in the emulator, convbook.cuda",
    "ReductionKernel": "cp.fuse with a sum or a max does the same",
    "load": "upload what NumPy loads: cp.asarray(np.load(...))",
    "save": "save what is downloaded: np.save(..., cp.asnumpy(x))",
    "PinnedMemoryPool": "cupyx.empty_pinned gives pinned memory",
    "alloc_pinned_memory": "cupyx.empty_pinned gives pinned memory",
    "Graph": "cp.fuse makes one launch of several",
    "scatter_add": "cp.add.at(a, index, values) does the same",
    "begin_capture": "cp.fuse makes one launch of several",
    "device": "there is one device, cp.cuda.Device(0)",
    "data": "there are no addresses here",
    "strides": "there are no addresses here",
    "view": "astype makes another dtype",
}
UFUNCS = frozenset(n for n in SURFACE[""] if isinstance(getattr(np, n, None), np.ufunc))


def lacks(path: str) -> str:
    """Return the sentence on a name that CuPy has and the simulated device lacks.

    Args:
        path: such as "cupy.linalg.svd" or "ndarray.view".
    """
    short = path.rpartition(".")[2]
    instead = INSTEAD.get(short, "compute it on the host, or run this where there is a GPU")
    return f"CuPy {VERSION} has {path}; the simulated device does not know it. Instead: {instead}."


def function(name: str) -> Callable[..., Any]:
    """Return NumPy's function of that name, if the device can compute it."""
    if name not in FUNCTIONS:
        raise AttributeError(lacks(name))
    found: Any = np
    for part in name.split("."):
        found = getattr(found, part)
    return found


def ufunc(name: str) -> np.ufunc:
    """Return NumPy's ufunc of that name, if CuPy has it."""
    if name not in UFUNCS:
        raise AttributeError(f"CuPy {VERSION} has no ufunc {name}")
    return getattr(np, name)


def random(rng: np.random.Generator, name: str) -> Callable[..., Any]:
    """Return a function of cupy.random; its numbers are not CuPy's."""
    if name not in RANDOM:
        raise AttributeError(lacks(f"random.{name}"))
    if name in ("rand", "randn"):
        draw = rng.random if name == "rand" else rng.standard_normal
        return lambda *shape: np.asarray(draw(shape))
    return getattr(rng, {"randint": "integers", "random_sample": "random"}.get(name, name))
