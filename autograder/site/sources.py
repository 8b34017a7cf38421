"""What Sphinx reads: the lessons with their demos, and pages of Markdown."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
import nbformat
from nbformat import NotebookNode

from autograder import asking
from autograder.course import Lesson
from autograder.plan import Plan
from autograder.slides.source import Deck
from convbook import demo, notebook
from convbook.demo import Demo
from convbook.desk.progress import title_of
from convbook.guess import asked, result

# Pages of docs/ that go, in the order in which they are listed.
STUDENTS = ("gpu",)
TEACHERS = (
    *("teaching", "giving-out", "site", "class", "platforms", "scale"),
    *("cluster/ssh", "cluster/slurm", "cluster/kubernetes", "security"),
)
ALONE = ("self-study", "zero-install")
DOCS = (*STUDENTS, *TEACHERS, *ALONE)

_LINK = re.compile(r"(?<!!)\[([^\]]+)\]\(([^)\s]+)\)")
_DEMO = re.compile(r"demo\.([a-z]\w*)\(\)")
_MINUTES = re.compile(r"Plan about (\d+) minutes")
_templates = jinja2.Environment(
    loader=jinja2.PackageLoader("autograder.site"), trim_blocks=True, lstrip_blocks=True
)


@dataclass(frozen=True)
class Page:
    """A lesson of the website.

    Attributes:
        name: of the lesson.
        title: its heading.
        question: the paragraph below the heading, as Markdown.
        points: the most that it gives.
        minutes: that it takes, '' where it does not say.
        cells: its notebook as students get it, with the demos as output.
        demos: those that it shows.
    """

    name: str
    title: str
    question: str
    points: float
    minutes: str
    cells: NotebookNode
    demos: tuple[Demo, ...]


def page(lesson: Lesson, deck: bool) -> Page:
    """Make the page of a lesson.

    Args:
        lesson: the lesson.
        deck: whether there are slides for it.
    """
    cells = nbformat.from_dict(lesson.released)
    title = title_of(cells, lesson.name)
    opening = cells.cells[0].source
    demos = tuple(filter(None, map(_shown, cells.cells)))
    cells.cells[0].source = opening.replace("\n", f"\n\n{_actions(lesson.name, deck)}\n", 1)
    cells.cells = [cell for cell in cells.cells if not asking.AGAIN.search(cell.source)]
    for cell in cells.cells:
        _fold(cell)
        _mark(cell)
    minutes = _MINUTES.search(opening)
    return Page(
        lesson.name,
        title,
        next(iter(opening.split("\n\n")[1:]), ""),
        sum(check.points for check in lesson.checks),
        minutes[1] if minutes else "",
        cells,
        demos,
    )


def _shown(cell: NotebookNode) -> Demo | None:
    """Put the demo of a cell below it, where it has one."""
    called = _DEMO.fullmatch(cell.source)
    if not called:
        return None
    shown: Demo = getattr(demo, called[1])()
    data = {"text/html": shown.iframe(), "text/plain": shown.summary}
    cell.outputs = [nbformat.v4.new_output("display_data", data)]
    return shown


def _fold(cell: NotebookNode) -> None:
    """Turn a cell that asks for a guess into the folded answer: a page has no kernel to ask."""
    asks = asking.NAMED.search(cell.source) if cell.cell_type == "code" else None
    question = asked.question(asks[1]) if asks else None
    if question:
        cell.cell_type = "markdown"
        cell.source = result.folded(question.parts, question.answer)
        for key in ("outputs", "execution_count"):
            cell.pop(key, None)


def _actions(name: str, deck: bool) -> str:
    links = [f'<a href="../given/{name}.ipynb" download>Notebook</a>']
    if deck:
        links.insert(0, f'<a href="../slides/{name}.html">Slides</a>')
    return f'<p class="actions">{" ".join(links)}</p>\n'


def _mark(cell: NotebookNode) -> None:
    """Tell the style sheet what a cell is for."""
    mark = cell.metadata.get("nbgrader", {})
    if cell.cell_type == "markdown":
        if mark.get("solution"):
            cell.source = '<p class="own-words">Your answer, in the notebook</p>'
        return
    kind = "exercise" if mark.get("solution") else "check" if notebook.is_check(cell) else ""
    if kind:
        cell.metadata["tags"] = [*cell.metadata.get("tags", ()), kind]


def write(
    folder: Path, course: Path, plan: Plan, readme: str, pages: list[Page], decks: list[Deck]
) -> None:
    """Write all that Sphinx reads.

    Args:
        folder: where it goes.
        course: the course's folder.
        plan: what the course is called, and which lessons are given out.
        readme: what students are given to read first.
        pages: of the lessons.
        decks: the slides.
    """
    known = {f"{name}.md" for name in DOCS}
    for name in DOCS:
        text = (course / "docs" / f"{name}.md").read_text(encoding="utf-8")
        _put(folder / "docs" / f"{name}.md", linked(text, known, name.count("/")))
    for each in pages:
        _put(folder / "lessons" / f"{each.name}.ipynb", nbformat.writes(each.cells))
    values: Mapping[str, Any] = {
        "course": plan,
        "pages": pages,
        "decks": decks,
        "first_demo": next((shown for each in pages for shown in each.demos), None),
        "students": STUDENTS,
        "teachers": TEACHERS,
        "alone": ALONE,
        "setup": linked(readme[readme.index("\n## ") :], set()),
    }
    _templates.filters["frame"] = _frame
    some = {"demos": any(each.demos for each in pages), "slides": bool(decks)}
    for name in ("index", "start", *(name for name, there in some.items() if there)):
        _put(folder / f"{name}.md", _templates.get_template(f"{name}.md.j2").render(values))


def _frame(shown: Demo) -> str:
    """Return a demo on one line: Markdown's HTML ends at an empty one."""
    return shown.iframe().replace("\n", "&#10;")


def linked(text: str, known: set[str], depth: int = 0) -> str:
    """Return Markdown whose links to files that are not on the website are plain text.

    A link that says the name of a file will say the title of its page.

    Args:
        text: the Markdown.
        known: the files that are there, as seen from docs/.
        depth: how many folders below docs/ the text lies.
    """

    def link(found: re.Match[str]) -> str:
        target = found[2].partition("#")[0]
        if depth:
            target = target.removeprefix("../") if target.startswith("../") else f"/{target}"
        there = not target or target in known or found[2].startswith(("https://", "http://"))
        if not there:
            return found[1]
        return f"[]({found[2]})" if found[1].endswith(".md") else found[0]

    return _LINK.sub(link, text)


def _put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
