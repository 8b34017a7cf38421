"""Functions from earlier lessons: `from convbook.earlier import conv_forward`.

Takes the student's own function where its notebook lies beside this one and passes its visible
check, and the given layer otherwise, saying which and why. While grading, it is always the given
layer: a mistake in an early lesson costs its points once.
"""

from functools import cache
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

SECONDS = 60.0  # for all cells that lead to a function

# The folder of the lesson whose notebook is being read; None in a student's kernel: it is this one.
_reading: Path | None = None
# Set by what grades: hand out given layers only, and say nothing.
given_only = False


def __getattr__(name: str) -> Any:
    if not any(name in functions for _, functions in TAUGHT):
        known = sorted({function for _, functions in TAUGHT for function in functions})
        raise AttributeError(f"convbook.earlier has no {name}; it has {', '.join(known)}")
    here = _reading or Path.cwd()
    return take(name, here.name, here.parent)


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
    found, problem = own(source, together, folder)
    if found is None:
        print(f"{name}: the given layer ({problem}).")
        return given
    print(f"{name}: your own, from {source}.")
    return found[name]


def is_reading() -> bool:
    """Tell whether the cells of an earlier lesson run now, for the sake of a function in them."""
    return _reading is not None


def own(source: str, functions: tuple[str, ...], folder: Path) -> tuple[dict[str, Any] | None, str]:
    """Return the student's functions of a lesson where all pass, or None and why not.

    Args:
        source: the lesson that asks for them.
        functions: their names.
        folder: the folder that holds the lessons' folders.
    """
    if given_only:
        return None, "grading takes given layers"
    return _own(source, functions, folder / source / f"{source}.ipynb")


def _own(lesson: str, functions: tuple[str, ...], path: Path) -> tuple[dict[str, Any] | None, str]:
    """Return the student's functions, all of them, or None and the reason why not."""
    if not path.exists():
        return None, f"there is no {lesson} beside this notebook"
    try:
        content = path.read_bytes()
    except OSError:
        return None, f"{path.name} cannot be read"
    return _loaded(path.absolute().parent, functions, content)


@cache  # two functions of a lesson are often taken in one line
def _loaded(
    place: Path, functions: tuple[str, ...], content: bytes
) -> tuple[dict[str, Any] | None, str]:
    """Do it with the notebook's bytes, and the folder where it lies."""
    global _reading
    lesson = place.name
    from convbook import notebook  # here and below: grading takes given layers, and needs none
    from convbook.handout.reconcile import brought_back

    try:
        cells = notebook.parse(content)
    except notebook.NotebookError:
        return None, f"{lesson}.ipynb cannot be read"
    brought_back(cells)
    needed = _leading_to(functions, cells.cells)
    if problem := _problem(functions, needed):
        return None, f"{problem} in your {lesson}"
    from convbook.running import live

    before, _reading = _reading, place
    try:
        names = live.load(needed, lesson)
    finally:
        _reading = before
    lost = next((name for name in functions if name not in names), "")
    return (None, f"there is no {lost} in your {lesson}") if lost else (names, "")


def _leading_to(functions: tuple[str, ...], cells: list[Any]) -> list[Any]:
    """Return the cells up to the last check of some functions, without the checks of others."""
    from convbook import notebook

    kept, last = [], 0
    for cell in cells:
        ours = notebook.exercise_of(notebook.grade_id(cell)) in functions
        if ours or not notebook.is_check(cell):
            kept.append(cell)
            last = len(kept) if ours else last
    return kept[:last]


def _problem(functions: tuple[str, ...], cells: list[Any]) -> str:
    """Say why functions cannot be used, or return ''. Their visible checks decide."""
    from convbook import notebook
    from convbook.running import process

    said = {
        process.BLANK: "{} is not written yet",
        process.MISSING: "there is no {}",
        process.WRONG: "{} does not pass its check",
        process.ENDED: "{} ends Python",
    }
    found, stopped = process.outcomes(cells, SECONDS)
    ends = next((where for where in found if found[where] == process.LOST), "")
    if ends:  # it would end this one, too
        return f"{ends.removeprefix(process.FAILED).strip()} ends Python"
    for check in filter(notebook.is_check, cells):
        name = notebook.grade_id(check)
        function, outcome = notebook.exercise_of(name), found.get(name)
        if outcome is None:
            return f"{found.get(process.AT, 'the first cell')} {stopped}"
        if outcome in said:
            return said[outcome].format(function)
    return ""
