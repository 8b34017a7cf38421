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

# Where each function is written for the first time.
LESSON = {
    "conv_forward": "02_convolution",
    "relu_forward": "03_backprop",
    "relu_backward": "03_backprop",
    "conv_backward": "03_backprop",
    "numerical_gradient": "03_backprop",
    "max_pool_forward": "05_pooling",
    "max_pool_backward": "05_pooling",
    "avg_pool_forward": "05_pooling",
    "avg_pool_backward": "05_pooling",
}


def __getattr__(name: str) -> Any:
    if name not in LESSON:
        raise AttributeError(f"convbook.earlier has no {name}; it has {', '.join(sorted(LESSON))}")
    return take(name, Path.cwd().parent)


def take(name: str, folder: Path) -> Any:
    """Take a function from the student's earlier notebook, or the given layer.

    Args:
        name: the function, one of LESSON.
        folder: the folder that holds the lessons' folders.

    Returns:
        The function. One printed line says whose it is.
    """
    lesson = LESSON[name]
    path = folder / lesson / f"{lesson}.ipynb"
    function, problem = _own(name, path)
    if function is None:
        print(f"{name}: the given layer ({problem}).")
        return getattr(layers, name)
    print(f"{name}: your own, from {lesson}.")
    return function


def _own(name: str, path: Path) -> tuple[Any, str]:
    """Return the student's function, or None and the reason why not."""
    if not path.exists():
        return None, f"there is no {path.stem} beside this notebook"
    from convbook import notebook  # needs nbformat, which is not there while grading

    try:
        cells = notebook.read(path)
    except notebook.NotebookError:
        return None, f"{path.name} cannot be read"
    with contextlib.redirect_stdout(io.StringIO()):
        names = notebook.load_functions(cells, path.stem)
        if name not in names:
            return None, f"{path.stem} does not define it"
        for cell in notebook.checks_of(cells, name):
            try:
                exec(cell.source, dict(names))
            except NotImplementedError:
                return None, f"yours in {path.stem} is not written yet"
            except Exception:
                return None, f"yours in {path.stem} does not pass its check"
    return names[name], ""
