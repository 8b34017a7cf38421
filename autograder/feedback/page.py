"""The feedback page of one graded notebook."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jinja2

from autograder import shown
from autograder.feedback import picture
from autograder.pages import html
from autograder.pictures import PictureError
from convbook import notebook
from convbook.notebook import Node
from convbook.points import said

TEMPLATES = Path(__file__).parent / "templates"
MOST_BYTES = 6 << 20  # of all that a page shows of a notebook; an ordinary page has some 200 kB
MOST_OUTPUTS = 50  # of one cell
ELEMENT = 100  # bytes that each output and cell costs besides what is in it
SECONDS = 4.0  # of the processor, for all texts and code; an ordinary page takes some 0.1 s
FULL = f"[This is left out: a page shows no more than {MOST_BYTES >> 20} MiB of a notebook.]"
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


@dataclass
class Part:
    """Cells of the notebook, in one frame, and what the grader says below them."""

    cells: list[dict[str, Any]] = field(default_factory=list)
    row: Row | None = None
    picture: dict[str, Any] | None = None
    comment: str = ""


def page(cells: Node, title: str, problem: str = "") -> str:
    """Write the page.

    Args:
        cells: the graded notebook. Graded cells carry their result in metadata.convbook; the
            gradebook's points and comments, where there is one, in metadata.nbgrader. Its own
            metadata.handed_in, where there is one, has the student's name, when it came in, what
            lateness takes off, and the score that is left.
        title: of the page.
        problem: why not all is shown, or ''.
    """
    rows = [_row(cell) for cell in cells.cells if _mark(cell).get("grade")]
    return _templates.get_template("feedback.html.j2").render(
        title=title,
        total=_total(rows),
        handed_in=_handed_in(cells),
        rows=rows,
        problem=problem,
        parts=_parts(cells),
        styles=html.code_styles(),
    )


def _total(rows: list[Row]) -> str:
    """Say the points of a notebook; written answers count once all of them are graded."""
    written = [row for row in rows if row.status == WORDS["manual"]]
    checks = [row for row in rows if row.status != WORDS["manual"]]
    given = [row.score for row in written]
    return said(
        sum(row.score or 0 for row in checks),
        sum(row.points for row in checks),
        sum(row.points for row in written),
        None if None in given else sum(score or 0 for score in given),
    )


def _handed_in(cells: Node) -> dict[str, Any]:
    """Return whose a notebook is, when it came in, and what lateness takes off."""
    said = cells.get("metadata", {}).get("handed_in", {})
    return said | {name: shown.one_line(said.get(name, "")) for name in ("student", "when")}


def _row(cell: Node) -> Row:
    mark, result = _mark(cell), cell.metadata.get("convbook", {})
    status = result.get("status", "manual")
    score = mark.get("score", None if status == "manual" else result.get("score"))
    name = notebook.grade_id(cell)
    label = name.partition("-")[2].replace("-", ", ")
    message = shown.plain(result.get("message", ""), html.MAX_TEXT)
    return Row(name, label, score, mark["points"], WORDS[status], message)


def _parts(cells: Node) -> list[Part]:
    """Part a notebook after each cell of which the grader says something."""
    space, parts = _Space(), [Part()]
    for cell in cells.cells:
        parts[-1].cells.append(_shown(cell, space))
        comment = shown.plain(_mark(cell).get("comment") or "", html.MAX_TEXT)
        if _mark(cell).get("grade") or comment:
            parts[-1].row = _row(cell) if _mark(cell).get("grade") else None
            parts[-1].picture = picture.of(cell) if notebook.is_check(cell) else None
            parts[-1].comment = comment
            parts.append(Part())
    return [part for part in parts if part.cells]


class _Space:
    """What is left of a page's bytes and of the time to make it."""

    def __init__(self) -> None:
        self._bytes = MOST_BYTES
        self._seconds = SECONDS

    def of(self, text: str, render: Callable[[float], str]) -> str:
        """Return what is made of a text, if there is room for it.

        Args:
            text: what it is made of; nothing is made where this alone is too long.
            render: makes it within so many seconds.
        """
        made = None
        if len(text) + ELEMENT <= self._bytes:
            begun = time.process_time()
            made = render(max(0.0, min(html.SECONDS, self._seconds)))
            self._seconds -= time.process_time() - begun
        if made is None or len(made) + ELEMENT > self._bytes:
            return f"<em>{FULL}</em>"
        self._bytes -= len(made) + ELEMENT
        return made


def _shown(cell: Node, space: _Space) -> dict[str, Any]:
    """Prepare one cell: what kind it is, its HTML, its outputs."""
    name = notebook.grade_id(cell) if _mark(cell).get("grade") else ""
    if cell.cell_type != "code":
        pictures = cell.get("attachments")
        body = space.of(cell.source, lambda s: html.markdown(cell.source, pictures, s))
        return {"kind": "text", "name": name, "body": body}
    is_check = notebook.is_check(cell)
    source = notebook.public(cell.source) if is_check else cell.source
    body = space.of(source, lambda seconds: html.code(source, seconds))
    outputs = [] if is_check else cell.outputs
    made = [output for output in (_output(o, space) for o in outputs[:MOST_OUTPUTS]) if output]
    if len(outputs) > MOST_OUTPUTS:
        made.append({"text": f"... {len(outputs) - MOST_OUTPUTS} more outputs"})
    return {"kind": "code", "name": name, "body": body, "outputs": made}


def _output(output: Node, space: _Space) -> dict[str, str] | None:
    """Keep text and pictures; everything else could carry something that runs."""
    if output.output_type == "stream":
        return {"text": _text(output.text, space)}
    if output.output_type == "error":
        return {"text": _text("\n".join(output.traceback), space), "error": "yes"}
    content, text = output.data.get("image/png"), output.data.get("text/plain")
    if content is not None:
        try:
            return {"picture": space.of(content, lambda seconds: html.picture(content))}
        except PictureError as error:
            return {"text": _text(f"[a picture is left out: {error}]", space)}
    return {"text": _text(text, space)} if isinstance(text, str) else None


def _text(text: str, space: _Space) -> str:
    return space.of("", lambda seconds: html.plain(text))


def _mark(cell: Node) -> dict[str, Any]:
    return cell.metadata.get("nbgrader", {})
