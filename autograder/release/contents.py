"""All files that students are given, by their paths: nothing is there that is not named here."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from string import Template

import nbformat
from nbformat import NotebookNode

from autograder.build.source import text_of
from autograder.course import Lesson
from autograder.plan import Plan
from autograder.release import lock, wheel
from convbook import notebook
from convbook.desk.progress import title_of
from convbook.handout import first
from convbook.notebook import Cells

STUDENT = Path(__file__).parent / "student"
AS_THEY_ARE = ("scripts/setup.py", *wheel.LICENCES)  # where they are in the course, too
# Files of student/ to their names: Git would heed these names there.
WRITTEN = {
    "setup.sh": "setup.sh",
    "setup.bat": "setup.bat",
    "gitignore": ".gitignore",
    "gitattributes": ".gitattributes",
}
WORKFLOW = ".github/workflows/checks.yml"
TERMS = ("NOTICE", "licences/")  # of the data, which lie in the wheel

PUSHED = """\
On GitHub each push runs the same checks. Under "Actions", the summary of a run says what differs.
"""


def build(
    course: Path, plan: Plan, lessons: Mapping[str, Lesson], address: str, github: bool = False
) -> dict[str, bytes]:
    """Build everything that is given out.

    Args:
        course: the course's folder.
        plan: what it is called, and which lessons are given out.
        lessons: all lessons by name.
        address: from where the wheel can be downloaded, or ''.
        github: whether GitHub is to run the checks that lessons show.

    Returns:
        The content of each file by its path, in the order of the paths.
    """
    released = {name: lessons[name].released for name in plan.lessons}
    name, content = wheel.build(course, {n: text_of(r).encode() for n, r in released.items()})
    found = {name: content, "requirements.lock": lock.for_students(course).encode()}
    for lesson, cells in released.items():
        found[f"notebooks/{lesson}/{lesson}.ipynb"] = text_of(with_first(cells, address)).encode()
    found |= {path: (course / path).read_bytes() for path in AS_THEY_ARE}
    terms = {n: c for n, c in wheel.data(course).items() if n.startswith(TERMS)}
    found |= {f"data/{name}": content for name, content in terms.items()}
    found |= {goes: _written(STUDENT / name) for name, goes in WRITTEN.items()}
    if github:
        found[WORKFLOW] = _written(STUDENT / "checks.yml")
    found["README.md"] = _readme(plan, released, github).encode()
    return dict(sorted(found.items()))


def with_first(cells: Cells, address: str) -> NotebookNode:
    """Return a released notebook with the cell that installs convbook where it is missing.

    Args:
        cells: the notebook, which stays as it is.
        address: from where the wheel can be downloaded, or ''.
    """
    given = nbformat.from_dict(cells)
    code = next(n for n, cell in enumerate(given.cells) if cell.cell_type == "code")
    locked = {"deletable": False, "editable": False, "jupyter": {"source_hidden": True}}
    cell = nbformat.v4.new_code_cell(first.text(address), metadata=locked, id="install-convbook")
    given.cells.insert(code, cell)
    return given


def _written(path: Path) -> bytes:
    """Read a file of student/; what Windows runs has its line ends."""
    content = path.read_bytes()
    return content.replace(b"\n", b"\r\n") if path.suffix == ".bat" else content


def _readme(plan: Plan, released: Mapping[str, Cells], github: bool) -> str:
    lines = [
        f"- [{title_of(notebook.parse(text_of(cells)), name)}](notebooks/{name}/{name}.ipynb)"
        for name, cells in released.items()
    ]
    text = (STUDENT / "README.md").read_text(encoding="utf-8")
    example = f"{plan.lessons[0]}/{plan.lessons[0]}.ipynb"
    pushed = f"\n{PUSHED}" if github else ""
    return Template(text).substitute(
        name=plan.name, lessons="\n".join(lines), example=example, pushed=pushed
    )
