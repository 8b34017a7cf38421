"""Read an assignment's notebook: its cells by name, and the functions a student wrote in it.

The cells carry nbgrader's metadata. An exercise is a solution cell named after its function; a
check is a locked cell named `check-FUNCTION` or `check-FUNCTION-PART`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from types import CodeType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nbformat import NotebookNode

CHECK = "check-"
MAX_BYTES = 20 << 20  # of a file that is handed in; one without outputs has some 50 kB
# Cells with one of these tags show something; no grade and no later cell depends on them.
SHOW_TAGS = frozenset({"demo", "experiment", "plot"})
_HIDDEN = re.compile(r"^[ \t]*### BEGIN HIDDEN TESTS.*?### END HIDDEN TESTS[ \t]*\n?", re.S | re.M)


class NotebookError(Exception):
    """A file that cannot be read as a notebook; the text says why, in one line."""


def lessons_in(folder: Path) -> list[Path]:
    """Find the notebooks of the lessons in a folder, in their order."""
    return sorted(p for p in folder.glob("*/*.ipynb") if p.stem == p.parent.name)


def read(path: Path | str) -> NotebookNode:
    """Read a notebook file of nbformat 4.

    Raises:
        NotebookError: the file is missing, is not JSON, or is not a notebook.
    """
    import nbformat  # here, as who has the cells already does not need it

    try:
        text = Path(path).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise NotebookError(f"{path}: no such file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise NotebookError(f"{path}: cannot be read ({type(error).__name__})") from None
    try:
        notebook = nbformat.reads(text, as_version=4)
        nbformat.validate(notebook)
    except Exception as error:
        reason = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
        raise NotebookError(f"{path}: not a Jupyter notebook ({reason})") from None
    return notebook


def grade_id(cell: NotebookNode) -> str:
    """Return the nbgrader name of a cell, or '' where it has none."""
    mark = cell.metadata.get("nbgrader")
    name = mark.get("grade_id") if isinstance(mark, dict) else None
    return name if isinstance(name, str) else ""


def exercise_of(check_id: str) -> str:
    """Return the function that a check is about: 'conv_forward' of 'check-conv_forward-stride'."""
    return check_id.removeprefix(CHECK).split("-")[0]


def is_check(cell: NotebookNode) -> bool:
    """Tell whether a cell is a check, by its name."""
    return cell.cell_type == "code" and grade_id(cell).startswith(CHECK)


def is_shown_only(cell: NotebookNode) -> bool:
    """Tell whether a cell is a demo, an experiment or a plot, which grading leaves out."""
    return not SHOW_TAGS.isdisjoint(cell.metadata.get("tags", ()))


def checks_of(notebook: NotebookNode, exercise: str) -> list[NotebookNode]:
    """Return the check cells of one exercise, in order."""
    return [c for c in notebook.cells if is_check(c) and exercise_of(grade_id(c)) == exercise]


def public(source: str) -> str:
    """Return a check's text without its hidden part."""
    return _HIDDEN.sub("", source).rstrip()


def is_hidden(source: str, line: int) -> bool:
    """Tell whether a line of a check, counted from 1, belongs to its hidden part."""
    for part in _HIDDEN.finditer(source):
        first = source.count("\n", 0, part.start()) + 1
        if first <= line <= first + part[0].rstrip().count("\n"):
            return True
    return False


def load_functions(notebook: NotebookNode, name: str = "notebook") -> dict[str, Any]:
    """Run a notebook's imports, definitions and constants, and nothing else.

    Checks, calls, cells that only show something and cells that do not parse are left out, so this
    is quick and shows nothing. A definition that fails to run is left out too.

    Args:
        notebook: the notebook, nbformat 4.
        name: shown as the file in tracebacks.

    Returns:
        The names that were defined, with their values.
    """
    namespace: dict[str, Any] = {"__name__": name}
    for code in _definitions(notebook, name):
        try:
            exec(code, namespace)
        except Exception:
            continue
    return namespace


def _definitions(notebook: NotebookNode, name: str) -> Iterator[CodeType]:
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type != "code" or is_check(cell) or is_shown_only(cell):
            continue
        yield from _compiled(cell.source, f"<{name}, cell {number}>")


@lru_cache(maxsize=1024)  # a lesson's solution is loaded again and again while a class is graded
def _compiled(source: str, file: str) -> tuple[CodeType, ...]:
    try:
        statements = filter(_is_definition, ast.parse(_without_magics(source)).body)
        return tuple(compile(ast.Module([s], type_ignores=[]), file, "exec") for s in statements)
    except (SyntaxError, ValueError):
        return ()


def _is_definition(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Assign):  # a constant: EPS = 1e-5
        return isinstance(statement.value, (ast.Constant, ast.UnaryOp, ast.Tuple))
    return isinstance(statement, (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef))


def _without_magics(source: str) -> str:
    """Blank out IPython's % and ! lines, keeping the line numbers."""
    lines = source.split("\n")
    return "\n".join("" if line.lstrip().startswith(("%", "!")) else line for line in lines)
