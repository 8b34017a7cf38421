"""Functions from earlier lessons: `from convbook.earlier import conv_forward`.

Takes the student's own function where its notebook lies beside this one and passes its visible
check, and the given layer otherwise, saying which and why. While grading, it is always the given
layer: a mistake in an early lesson costs its points once.
"""

import contextlib
import io
from pathlib import Path
from typing import Any

from convbook import layers

# Which lesson teaches which functions; those of one line share a cache and are taken together.
TAUGHT = (
    ("02_convolution", ("conv_forward",)),
    ("03_backprop", ("numerical_gradient",)),
    ("03_backprop", ("relu_forward", "relu_backward")),
    ("03_backprop", ("conv_forward", "conv_backward")),
    ("04_im2col", ("conv_forward_im2col",)),
    ("05_pooling", ("max_pool_forward", "max_pool_backward")),
    ("05_pooling", ("avg_pool_forward", "avg_pool_backward")),
    ("06_fully_connected", ("affine_forward", "affine_backward")),
    ("06_fully_connected", ("softmax_loss",)),
    ("06_fully_connected", ("svm_loss",)),
    ("07_one_by_one_and_dilated", ("conv_forward", "conv_backward")),
    ("08_normalization", ("lrn_forward",)),
    ("08_normalization", ("batchnorm_forward", "batchnorm_backward")),
    ("08_normalization", ("spatial_batchnorm_forward", "spatial_batchnorm_backward")),
    ("08_normalization", ("dropout_forward", "dropout_backward")),
)

# What stands in where the given layer has another name.
GIVEN = {"conv_forward_im2col": "conv_forward"}

# The lesson whose notebook is being read; '' in a student's kernel, where the folder tells.
_reading = ""
# Set by what grades: hand out given layers only, and say nothing.
given_only = False


def __getattr__(name: str) -> Any:
    if not any(name in functions for _, functions in TAUGHT):
        known = sorted({function for _, functions in TAUGHT for function in functions})
        raise AttributeError(f"convbook.earlier has no {name}; it has {', '.join(known)}")
    return take(name, _reading or Path.cwd().name, Path.cwd().parent)


def take(name: str, lesson: str, folder: Path) -> Any:
    """Take a function from an earlier lesson: the student's own, or the given layer.

    Args:
        name: the function, one of TAUGHT.
        lesson: the lesson that wants it; it gets what was taught last before it.
        folder: the folder that holds the lessons' folders.

    Returns:
        The function. One printed line says whose it is.
    """
    given = getattr(layers, GIVEN.get(name, name))
    if given_only:
        return given
    before = [taught for taught in TAUGHT if name in taught[1] and taught[0] < lesson]
    if not before:
        print(f"{name}: the given layer.")
        return given
    source, together = before[-1]
    own, problem = _own(source, together, folder / source / f"{source}.ipynb")
    if own is None:
        print(f"{name}: the given layer ({problem}).")
        return given
    print(f"{name}: your own, from {source}.")
    return own[name]


def _own(lesson: str, functions: tuple[str, ...], path: Path) -> tuple[dict[str, Any] | None, str]:
    """Return the student's functions, all of them, or None and the reason why not."""
    global _reading
    if not path.exists():
        return None, f"there is no {lesson} beside this notebook"
    from convbook import notebook  # needs nbformat, which is not there while grading

    try:
        cells = notebook.read(path)
    except notebook.NotebookError:
        return None, f"{path.name} cannot be read"
    before, _reading = _reading, lesson
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            names = notebook.load_functions(cells, lesson)
            problems = (_problem(cells, names, function) for function in functions)
            problem = next(filter(None, problems), "")
    finally:
        _reading = before
    return (None, f"{problem} in your {lesson}") if problem else (names, "")


def _problem(cells: Any, names: dict[str, Any], function: str) -> str:
    """Say why a function cannot be used, or return ''. Its visible checks decide."""
    from convbook import notebook

    if function not in names:
        return f"there is no {function}"
    for cell in notebook.checks_of(cells, function):
        try:
            exec(notebook.public(cell.source), dict(names))
        except NotImplementedError:
            return f"{function} is not written yet"
        except Exception:
            return f"{function} does not pass its check"
    return ""
