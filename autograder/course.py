"""The course as the grader knows it: its lessons, their cells, checks and reference solutions.

The solution notebooks are the manifest: which cells count, for how much, and what a check says is
read from them, never from what a student hands in.
"""

import ast
import os
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from types import CodeType
from typing import Any

from autograder import dropped, plan
from autograder.plan import CourseError as CourseError
from autograder.released import released
from autograder.shown import one_line
from convbook import earlier, notebook
from convbook.handout.lesson import Handout
from convbook.handout.lesson import lesson_of as belongs_to
from convbook.notebook import Node

COURSE_ID = "convbook"  # what nbgrader calls it


@dataclass(frozen=True)
class Check:
    """A graded cell.

    Attributes:
        id: its name in nbgrader, for example 'check-conv_forward-stride'.
        exercise: the function or question it is about.
        points: the most it can give.
        source: the cell's text, hidden checks included.
        manual: whether a person grades it.
    """

    id: str
    exercise: str
    points: float
    source: str
    manual: bool

    @property
    def shown(self) -> "Check":
        """What a student has of it."""
        return replace(self, source=notebook.public(self.source))


class Lesson:
    """One assignment, read from its solution notebook.

    Attributes:
        path: of that notebook.
        name: its name.
        without: the exercises and written answers that give no points in this course.
    """

    def __init__(self, path: Path, without: tuple[str, ...] = ()) -> None:
        self.path, self.name = path, path.stem
        self.without = without

    @cached_property
    def notebook(self) -> Node:
        """The solution notebook, as this course counts its points."""
        if not self.without:
            return notebook.load(self.path)
        whole = Lesson(self.path)
        try:
            return dropped.without(whole.notebook, self.without, whole.functions)
        except CourseError as error:
            where = f"{plan.FILE}, without, {self.name}"
            raise CourseError(f"{where}: {one_line(error, 300)}") from None

    @cached_property
    def checks(self) -> tuple[Check, ...]:
        """Every graded cell, in the notebook's order."""
        return tuple(_check(cell) for cell in self.notebook.cells if _mark(cell).get("grade"))

    @cached_property
    def exercises(self) -> tuple[str, ...]:
        """The names of the cells a student writes code in, in order."""
        return tuple(
            notebook.grade_id(cell)
            for cell in self.notebook.cells
            if cell.cell_type == "code" and _mark(cell).get("solution")
        )

    @cached_property
    def solutions(self) -> dict[str, str]:
        """The solution of each exercise: the text of its cell."""
        return {name: self.cells[name].source for name in self.exercises}

    @cached_property
    def functions(self) -> dict[str, frozenset[str]]:
        """The top-level names that each exercise's cell defines."""
        return {name: frozenset(defined(text)) for name, text in self.solutions.items()}

    @cached_property
    def student_names(self) -> frozenset[str]:
        """The top-level names that the exercise cells define: the functions that are graded."""
        return frozenset().union(*self.functions.values())

    @cached_property
    def asked(self) -> frozenset[str]:
        """The functions that are left blank for the student to write."""
        return frozenset().union(*self.handout.asked.values())

    @cached_property
    def withheld(self) -> frozenset[str]:
        """The given layers that are not there while the lesson is graded.

        They are what it asks for, and what an exercise `withholds`: another layer that gives the
        same answer.
        """
        others = (c.metadata["withholds"] for c in self.notebook.cells if "withholds" in c.metadata)
        return self.asked.union(*(names.split() for names in others))

    @cached_property
    def given(self) -> tuple[str, ...]:
        """The sources of the locked cells that set things up, in order."""
        return tuple(
            cell.source
            for cell in self.notebook.cells
            if cell.cell_type == "code" and notebook.grade_id(cell).startswith(notebook.GIVEN)
        )

    @cached_property
    def imported(self) -> tuple[str, ...]:
        """The modules of convbook that the given cells import."""
        trees = (ast.parse(_without_magics(source)) for source in self.given)
        found = (s for tree in trees for s in ast.walk(tree) if isinstance(s, ast.ImportFrom))
        names: list[str] = []
        for statement in found:
            if statement.module == "convbook":
                names += [f"convbook.{alias.name}" for alias in statement.names]
            elif (statement.module or "").startswith("convbook."):
                names.append(str(statement.module))
        return tuple(dict.fromkeys(names))

    @cached_property
    def order(self) -> tuple[str, ...]:
        """The names of all cells that the lesson's manifest knows, in order."""
        return tuple(self.cells)

    @cached_property
    def released(self) -> Node:
        """The notebook that students are given, made from the solution notebook."""
        return released(self.notebook)

    @cached_property
    def handout(self) -> Handout:
        """The lesson as students have it."""
        return Handout(self.name, self.released)

    @cached_property
    def cells(self) -> dict[str, Node]:
        """The cells that have names, in order, hidden checks included."""
        return notebook.by_name(self.notebook)

    @property
    def texts(self) -> frozenset[str]:
        """The texts by which a notebook is known whose cells have lost their names."""
        return self.handout.texts

    def reference(self) -> dict[str, Any]:
        """Load the solution's functions and the imports they need."""
        earlier.given_only = True  # no student's notebook is ever read in this process
        names: dict[str, Any] = {"__name__": f"solution of {self.name}"}
        for code in self._definitions:
            with suppress(Exception):  # one that needs what is not run here
                exec(code, names)
        return names

    @cached_property  # a solution is loaded again and again while a class is graded
    def _definitions(self) -> tuple[CodeType, ...]:
        """The solution's imports, definitions and constants: nothing that runs or shows."""
        return tuple(
            compile(ast.Module([statement], type_ignores=[]), f"<{self.name}, cell {n}>", "exec")
            for n, cell in enumerate(self.notebook.cells, start=1)
            if cell.cell_type == "code"
            and not (notebook.is_check(cell) or notebook.is_shown_only(cell))
            for statement in ast.parse(_without_magics(cell.source)).body
            if _is_definition(statement)
        )

    @property
    def max_score(self) -> float:
        """The points that checks give; written answers come on top."""
        return sum(check.points for check in self.checks if not check.manual)


def root() -> Path:
    """Return the course's folder: CONVBOOK_COURSE, or the checkout this package lies in."""
    named = os.environ.get("CONVBOOK_COURSE")
    folder = Path(named) if named else Path(__file__).resolve().parents[1]
    if not (folder / "solutions").is_dir():
        raise CourseError(
            f"{folder} holds no solutions/: set CONVBOOK_COURSE to the course's folder"
        )
    return folder.resolve()


@cache
def lessons() -> dict[str, Lesson]:
    """Find the lessons of the course: name to Lesson, in teaching order.

    Raises:
        CourseError: course.toml cannot be understood.
    """
    course = root()
    paths = sorted(p for p in course.glob("solutions/*/*.ipynb") if p.stem == p.parent.name)
    less = plan.read(course, [path.stem for path in paths]).without
    found = {path.stem: Lesson(path, less.get(path.stem, ())) for path in paths}
    for name in less:
        _ = found[name].notebook  # what is wrong is said before any work begins
    return found


def chosen(names: list[str]) -> list[Lesson]:
    """Return the lessons of these names, in their order; all if empty.

    Raises:
        CourseError: there is no lesson of a name.
    """
    known = lessons()
    unknown = [name for name in names if name not in known]
    if unknown:
        raise CourseError(f"no lesson {', '.join(unknown)}; there are {', '.join(known)}")
    return [known[name] for name in names] if names else list(known.values())


def lesson_of(cells: Node) -> Lesson:
    """Tell which lesson a notebook belongs to, by the names of its cells.

    Raises:
        CourseError: no lesson of the course has such cells.
    """
    found = belongs_to(cells, lessons().values())
    if found is None:
        raise CourseError(
            "not a notebook of this course: none of its cells has a name the course knows"
        )
    return found


def _is_definition(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Assign):  # a constant: EPS = 1e-5
        return isinstance(statement.value, (ast.Constant, ast.UnaryOp, ast.Tuple))
    return isinstance(statement, (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef))


def _without_magics(source: str) -> str:
    """Blank out IPython's % and ! lines, keeping the line numbers."""
    lines = source.split("\n")
    return "\n".join("" if line.lstrip().startswith(("%", "!")) else line for line in lines)


def defined(source: str) -> set[str]:
    """Return the names that a cell's own top-level statements define."""
    names: set[str] = set()
    for statement in ast.parse(source).body:
        if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
            names.add(statement.name)
        elif isinstance(statement, ast.Assign):
            names |= {t.id for t in statement.targets if isinstance(t, ast.Name)}
    return names


def _mark(cell: Node) -> dict[str, Any]:
    return cell.metadata.get("nbgrader", {})


def _check(cell: Node) -> Check:
    name = notebook.grade_id(cell)
    manual = bool(_mark(cell)["solution"])
    exercise = name.removeprefix("answer-") if manual else notebook.exercise_of(name)
    return Check(name, exercise, float(_mark(cell)["points"]), cell.source, manual)
