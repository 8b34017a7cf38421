"""The feedback page of one graded notebook."""

import base64
import binascii
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
from nbformat import NotebookNode

from autograder.feedback import picture
from autograder.pages import html
from convbook import notebook

TEMPLATES = Path(__file__).parent / "templates"
PNG = b"\x89PNG\r\n\x1a\n"
WORDS = {
    "pass": "passed",
    "partial": "partly right",
    "fail": "not yet",
    "error": "stopped with an error",
    "timeout": "took too long",
    "missing": "not written yet",
    "not-run": "not run",
    "manual": "graded by hand",
}

_templates = jinja2.Environment(
    loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True
)


@dataclass(frozen=True)
class Row:
    """One line of the page's table of points."""

    id: str
    label: str
    score: float | None
    points: float
    status: str
    message: str


def page(cells: NotebookNode, title: str) -> str:
    """Write the page.

    Args:
        cells: the graded notebook. Graded cells carry their result in metadata.convbook; the
            gradebook's points and comments, where there is one, in metadata.nbgrader.
        title: of the page.
    """
    rows = [_row(cell) for cell in cells.cells if _mark(cell).get("grade")]
    return _templates.get_template("feedback.html.j2").render(
        title=title,
        score=sum(row.score or 0 for row in rows),
        max_score=sum(row.points for row in rows),
        rows=rows,
        cells=[_shown(cell) for cell in cells.cells],
        styles=html.code_styles(),
    )


def _row(cell: NotebookNode) -> Row:
    mark, result = _mark(cell), cell.metadata.get("convbook", {})
    status = result.get("status", "manual")
    score = mark.get("score", None if status == "manual" else result.get("score"))
    name = notebook.grade_id(cell)
    label = name.partition("-")[2].replace("-", ", ")
    return Row(name, label, score, mark["points"], WORDS[status], result.get("message", ""))


def _shown(cell: NotebookNode) -> dict[str, Any]:
    """Prepare one cell: what kind it is, its HTML, its outputs, and its result where it has one."""
    shown: dict[str, Any] = {"kind": cell.cell_type, "comment": _mark(cell).get("comment")}
    if _mark(cell).get("grade"):
        shown["row"] = _row(cell)
    if cell.cell_type != "code":
        return shown | {"body": html.markdown(cell.source)}
    if notebook.is_check(cell):
        return shown | {
            "kind": "check",
            "body": html.code(notebook.public(cell.source)),
            "outputs": [],
            "picture": picture.of(cell),
        }
    outputs = [output for output in map(_output, cell.outputs) if output]
    return shown | {"body": html.code(cell.source), "outputs": outputs}


def _output(output: NotebookNode) -> dict[str, str] | None:
    """Keep text and pictures; everything else could carry something that runs."""
    if output.output_type == "stream":
        return {"text": html.plain(output.text)}
    if output.output_type == "error":
        return {"text": html.plain("\n".join(output.traceback)), "error": "yes"}
    picture = output.data.get("image/png")
    if picture is not None and _is_png(picture):
        return {"png": "".join(picture.split())}
    text = output.data.get("text/plain")
    return {"text": html.plain(text)} if isinstance(text, str) else None


def _is_png(data: Any) -> bool:
    try:
        return base64.b64decode("".join(data.split()), validate=True).startswith(PNG)
    except (AttributeError, ValueError, binascii.Error):
        return False


def _mark(cell: NotebookNode) -> dict[str, Any]:
    return cell.metadata.get("nbgrader", {})
