"""Read an assignment's notebook: its cells by name.

The cells carry nbgrader's metadata. An exercise is a solution cell named after its function; a
check is a locked cell named `check-FUNCTION` or `check-FUNCTION-PART`.
"""

from __future__ import annotations

import ast
import json
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from convbook import outputs

if TYPE_CHECKING:
    from nbformat import NotebookNode

CHECK, GIVEN, ANSWER = "check-", "given-", "answer-"
LOCKED = (CHECK, GIVEN)  # what students do not write in
KINDS = {"code": "code", "markdown": "Markdown", "raw": "raw text"}
MAX_CELLS = 2000
MAX_BYTES = 64 << 20  # of a file that is handed in
MOST_BUILT = 20 << 20  # of its text without outputs, which has some 50 kB
MAX_ATTACHMENTS, MAX_NAME = 50, 200  # pictures pasted into one text; characters of one's name
MAX_POINTS = 1e6  # of one cell
MOST_READ = 300_000  # characters that IPython is to read for one cell, again and again
# Cells with one of these tags show something; no grade and no later cell depends on them.
SHOW_TAGS = frozenset({"demo", "experiment", "guess", "plot"})
_HIDDEN = re.compile(r"^[ \t]*### BEGIN HIDDEN TESTS.*?### END HIDDEN TESTS[ \t]*\n?", re.S | re.M)


class NotebookError(Exception):
    """A file that cannot be read as a notebook; the text says why, in one line."""


class Node(dict[str, Any]):
    """A part of a notebook: its items are attributes too, as nbformat has them.

    nbformat itself takes long to load, and whoever wants one notebook graded would wait for it.
    """

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None

    def __setattr__(self, name: str, value: Any) -> None:
        self[name] = value


Cells: TypeAlias = "Node | NotebookNode"  # a notebook, or one of its cells


def nodes(value: Any) -> Any:
    """Return a copy of plain data in which each dict is a Node."""
    if isinstance(value, dict):
        return Node((key, nodes(item)) for key, item in value.items())
    return [nodes(item) for item in value] if isinstance(value, (list, tuple)) else value


def load(path: Path) -> Node:
    """Read a notebook of the course's own, as it is, without its outputs."""
    notebook = nodes(json.loads(path.read_text(encoding="utf-8")))
    for cell in notebook.cells:
        cell.source = "".join(cell.source)
        if cell.cell_type == "code":
            cell.outputs = []
    return notebook


def lessons_in(folder: Path) -> list[Path]:
    """Find the notebooks of the lessons in a folder, in their order."""
    return sorted(p for p in folder.glob("*/*.ipynb") if p.stem == p.parent.name)


def read(path: Path | str) -> Node:
    """Read a notebook as the grader reads what is handed in; see `parse`.

    Raises:
        NotebookError: the file is missing, too large, or no notebook.
    """
    try:
        if Path(path).stat().st_size > MAX_BYTES:
            raise NotebookError(f"larger than {MAX_BYTES >> 20} MiB")
        return parse(Path(path).read_bytes())
    except FileNotFoundError:
        raise NotebookError(f"{path}: no such file") from None
    except OSError as error:
        raise NotebookError(f"{path}: cannot be read ({type(error).__name__})") from None
    except NotebookError as error:
        raise NotebookError(f"{path}: {error}") from None


def parse(content: bytes | str) -> Node:
    """Rebuild a notebook from what nobody vouches for.

    Of each cell, kind, text, name, points, tags, number and the pictures pasted into its text are
    kept, and nothing else. What nbformat would complain about and a reader understands is read: a
    missing or a needless key, an id in an old format, a mark at the start of the file. A named cell
    is of the kind that its name says.

    Args:
        content: the file's bytes or text.

    Raises:
        NotebookError: it is no notebook.
    """
    text = content if isinstance(content, str) else _decoded(content)
    if len(text) > MOST_BUILT:
        text = outputs.left_out(text)
    if len(text) > MOST_BUILT:
        raise NotebookError(f"larger than {MOST_BUILT >> 20} MiB without its outputs")
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError):
        raise NotebookError(_CONFLICT if _CONFLICTS.search(text) else _NO_JSON) from None
    if isinstance(raw, dict) and raw.get("nbformat") in (1, 2, 3):
        raw = _upgraded(raw)
    if not isinstance(raw, dict) or not isinstance(raw.get("cells"), list):
        raise NotebookError("not a notebook (it has no list of cells)")
    if len(raw["cells"]) > MAX_CELLS:
        raise NotebookError(f"has {len(raw['cells'])} cells, more than {MAX_CELLS}")
    cells = [_cell(cell, number) for number, cell in enumerate(raw["cells"], start=1)]
    return Node(cells=cells, metadata=Node(), nbformat=4, nbformat_minor=5)


_NO_JSON = "not a notebook (it is not valid JSON)"
_CONFLICT = "not a notebook (marks of a git conflict stand in it: settle the conflict, and save)"
_CONFLICTS = re.compile(r"^(<{7}|={7}|>{7})(\s|$)", re.MULTILINE)


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NotebookError("not a notebook (it is not UTF-8)") from None


def _upgraded(raw: dict[str, Any]) -> Any:
    import nbformat  # here, as hardly anybody has a notebook of before 2015

    try:
        return nbformat.convert(nbformat.from_dict(raw), 4)
    except Exception:
        raise NotebookError("a notebook of an old format that cannot be converted") from None


def _cell(raw: Any, number: int) -> Node:
    """Rebuild one cell from what JSON holds."""
    source = _joined(raw.get("source", "")) if isinstance(raw, dict) else None
    if source is None or raw.get("cell_type") not in ("code", "markdown", "raw"):
        raise NotebookError(f"not a notebook (cell {number} is malformed)")
    source = source.encode("utf-8", "replace").decode("utf-8").replace("\r\n", "\n")
    cell = Node(cell_type=raw["cell_type"], id=f"cell-{number}", metadata=Node(), source=source)
    metadata = raw.get("metadata")
    if isinstance(metadata, dict):
        cell.metadata |= _mark(metadata.get("nbgrader")) | _tags(metadata.get("tags"))
    kind = kind_of(grade_id(cell)) or cell.cell_type
    if kind != cell.cell_type:
        cell.metadata["nbgrader"]["was"] = cell.cell_type
        cell.cell_type = kind
    if kind == "code":
        count = raw.get("execution_count")
        cell |= {"execution_count": count if type(count) is int else None, "outputs": []}
    elif kind == "markdown" and (pasted := _attachments(raw.get("attachments"))):
        cell["attachments"] = pasted
    return cell


def _attachments(raw: Any) -> Node:
    """Return what was pasted into a text: by name, then by what it claims to be, its Base64."""
    kept = Node()
    for name, bundle in raw.items() if isinstance(raw, dict) else ():
        if isinstance(bundle, dict) and len(name) <= MAX_NAME and len(kept) < MAX_ATTACHMENTS:
            texts = {kind: _joined(value) for kind, value in bundle.items()}
            kept[_whole(name)] = Node((k, v) for k, v in texts.items() if v is not None)
    return kept


def _joined(value: Any) -> str | None:
    """Return a text that JSON holds as a text or as lines of it; None where it is neither."""
    if isinstance(value, list) and all(isinstance(line, str) for line in value):
        value = "".join(value)
    return value if isinstance(value, str) else None


def _whole(text: str) -> str:
    """Return text without half characters, which nothing can write into a file."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _mark(raw: Any) -> dict[str, Any]:
    """Return what nbgrader says of a cell: its name and its points."""
    if not isinstance(raw, dict) or not isinstance(raw.get("grade_id"), str) or not raw["grade_id"]:
        return {}
    mark = Node(grade_id=_whole(raw["grade_id"]))
    if type(raw.get("points")) in (int, float) and abs(raw["points"]) <= MAX_POINTS:
        mark["points"] = raw["points"]
    return {"nbgrader": mark}


def _tags(raw: Any) -> dict[str, Any]:
    """Return the tags that say what a cell is for."""
    tags = raw if isinstance(raw, list) else []
    ours = SHOW_TAGS.intersection(tag for tag in tags if isinstance(tag, str))
    return {"tags": sorted(ours)} if ours else {}


def kind_of(name: str) -> str:
    """Return the kind of a lesson's cell by its name, whatever an editor made of it, or ''."""
    if name.startswith(ANSWER):
        return "markdown"
    return "code" if name.startswith(LOCKED) or name.isidentifier() else ""


def grade_id(cell: Cells) -> str:
    """Return the nbgrader name of a cell, or '' where it has none."""
    mark = cell.metadata.get("nbgrader")
    name = mark.get("grade_id") if isinstance(mark, dict) else None
    return name if isinstance(name, str) else ""


def by_name(notebook: Cells) -> dict[str, Any]:
    """Return the cells that have names, in order."""
    return {grade_id(cell): cell for cell in notebook.cells if grade_id(cell)}


def exercise_of(check_id: str) -> str:
    """Return the function that a check is about: 'conv_forward' of 'check-conv_forward-stride'."""
    return check_id.removeprefix(CHECK).split("-")[0]


def is_check(cell: Cells) -> bool:
    """Tell whether a cell is a check, by its name."""
    return cell.cell_type == "code" and grade_id(cell).startswith(CHECK)


def is_shown_only(cell: Cells) -> bool:
    """Tell whether a cell is a demo, an experiment, a guess or a plot, which grading leaves out."""
    return not SHOW_TAGS.isdisjoint(cell.metadata.get("tags", ()))


def of_code(cells: list[Any]) -> Iterator[Any]:
    """Yield the cells in which there is code."""
    return (cell for cell in cells if cell.cell_type == "code" and cell.source.strip())


def run_by_grading(cells: list[Any]) -> Iterator[Any]:
    """Yield the cells of code that grading runs: all but those that only show something."""
    return (cell for cell in of_code(cells) if not is_shown_only(cell))


def checks_of(notebook: Cells, exercise: str) -> list[Any]:
    """Return the check cells of one exercise, in order."""
    return [c for c in notebook.cells if is_check(c) and exercise_of(grade_id(c)) == exercise]


def public(source: str) -> str:
    """Return a check's text without its hidden part."""
    return _HIDDEN.sub("", source).rstrip()


def first_hidden(source: str) -> float:
    """Return the first line of a check's hidden part, counted from 1; infinity without one."""
    found = _HIDDEN.search(source)
    return source.count("\n", 0, found.start()) + 1 if found else math.inf


def syntax_error(source: str) -> str:
    """Say what is wrong with a cell's syntax, and in which line, or return ''.

    Args:
        source: the cell's text: Python, and what IPython understands besides.
    """
    from IPython.core.inputtransformer2 import TransformerManager

    try:
        _parsed(source)
        return ""
    except _BROKEN as error:
        plain = error  # IPython may know more
    if len(source) * (1 + sum(map(source.count, "%!?"))) > MOST_READ:
        return ""  # IPython reads a cell anew after each magic: many in a long one take for ever
    try:
        text = TransformerManager().transform_cell(source)
        if text.rstrip() == source.rstrip():
            raise plain
        _parsed(text)
    except _TOO_DEEP:
        return "it is nested too deeply for Python"
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        where = f" in line {line}" if line else ""
        return f"a syntax error{where} ({getattr(error, 'msg', error)})"
    return ""


_TOO_DEEP = (MemoryError, RecursionError)
_BROKEN = (SyntaxError, ValueError, *_TOO_DEEP)


def _parsed(source: str) -> None:
    compile(source, "<cell>", "exec", ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
