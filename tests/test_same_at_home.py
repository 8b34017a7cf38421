"""What a student is told at home is what the grader gives, on the same notebook."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import nbgraders
import pytest
import sample_class
from cells import named
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from machine import SANDBOX, needs
from nbformat import NotebookNode
from nbgrader.api import Gradebook

from autograder.airlock import Airlock
from autograder.classroom.grade import grade_class
from autograder.classroom.room import class_at
from autograder.course import Lesson, lessons
from autograder.grading.airlocks import open_airlock
from autograder.grading.grade import grade
from autograder.handin import submission
from convbook import earlier, layers, notebook
from convbook.desk import handin, known, progress
from convbook.handout.reconcile import brought_back
from convbook.running import process

LESSON = lessons()["02_convolution"]
# Without a sandbox student code has all that is installed, and sees every file.
pytestmark = [pytest.mark.slow, needs("sandbox")]


@pytest.fixture(scope="module")
def airlock() -> Iterator[Airlock]:
    with open_airlock(LESSON, SANDBOX) as opened:
        yield opened


def first(source: str, cells: NotebookNode, tags: tuple[str, ...] = ()) -> None:
    """Put a cell of the student's own before everything else of code."""
    place = next(i for i, c in enumerate(cells.cells) if c.cell_type == "code") + 1
    cell = nbformat.v4.new_code_cell(source, metadata={"tags": list(tags)})
    cells.cells.insert(place, cell)


def own(before: str, then: str = "") -> Callable[[NotebookNode], None]:
    """A cell before everything, and a line at the start of an exercise's cell."""

    def change(cells: NotebookNode) -> None:
        first(before, cells)
        if then:
            cell = named(cells, "conv_forward")
            cell.source = f"{then}\n{cell.source}"

    return change


def split(cells: NotebookNode) -> None:
    """An exercise's cell in two, both with its name."""
    place = next(i for i, c in enumerate(cells.cells) if c is named(cells, "conv_forward"))
    half = nbformat.from_dict(cells.cells[place])
    half.source = "HELPER = 1"
    cells.cells.insert(place, half)


def check_first(cells: NotebookNode) -> None:
    """A check moved up, before its exercise."""
    check = named(cells, "check-conv_forward")
    cells.cells.remove(check)
    cells.cells.insert(2, check)


def wide(cells: NotebookNode) -> None:
    """Numbers of extended precision, as a careful student may return them."""
    named(cells, "conv_forward").source += """

narrow = conv_forward
def conv_forward(*args, **kwargs):
    out, cache = narrow(*args, **kwargs)
    return out.astype(np.longdouble), cache"""


def broken(cells: NotebookNode) -> None:
    named(cells, "conv_forward").source = "def conv_forward(x, w, b:\n    return (x"


def helper_in_a_plot(cells: NotebookNode) -> None:
    first("def helper(x): return x", cells, ("plot",))
    cell = named(cells, "conv_forward")
    cell.source = f"helper(1)\n{cell.source}"


def other_line_ends(cells: NotebookNode) -> None:
    for cell in cells.cells:
        cell.source = cell.source.replace("\n", "\r\n")


def blank_lines(cells: NotebookNode) -> None:
    for cell in cells.cells:
        cell.source += "\n\n   \n"


def all_in_one(cells: NotebookNode) -> None:
    first, *rest = [named(cells, name) for name in LESSON.exercises]
    first.source = "\n\n".join(cell.source for cell in (first, *rest))
    cells.cells = [c for c in cells.cells if not any(c is other for other in rest)]


def renamed(cells: NotebookNode) -> None:
    for name in LESSON.exercises:
        named(cells, name).metadata["nbgrader"]["grade_id"] = f"cell-{name}"


def far_below(cells: NotebookNode) -> None:
    for name in LESSON.exercises:
        cell = named(cells, name)
        cells.cells.insert(cells.cells.index(cell) + 3, nbformat.v4.new_code_cell(cell.source))
        cell.source = named(LESSON.released, name).source


CHANGES: dict[str, Callable[[NotebookNode], None]] = {
    "nothing": lambda cells: None,
    "a question": own("import numpy as np\nnp.pad?"),
    "two questions": own("import numpy as np\n??np.pad"),
    "a shell": own("f = !ls"),
    "a shell alone": own("!echo hello"),
    "a measurement": own("t = %timeit -o -n1 -r1 1 + 1"),
    "a cell of HTML": own("%%html\n<b>not Python</b>"),
    "a line that begins with a remainder": own("x = (7\n% 4)\nassert x == 3"),
    "await": own("import asyncio\nawait asyncio.sleep(0)"),
    "a constant of lists": own("NONE = [(0, 0), (0, 0)]", "assert NONE[0] == (0, 0)"),
    "a lambda": own("size = lambda n: n", "size(3)"),
    "a try at the top": own("try:\n    import nothing_at_all\nexcept ImportError:\n    A = 1", "A"),
    "an if at the top": own("if True:\n    def twice(x): return 2 * x", "twice(1)"),
    "a call at the top": own("from functools import partial\ntwice = partial(pow, 2)", "twice(2)"),
    "a cell that fails": own("1 / 0"),
    "a syntax error beside": own("def f(:"),
    "an exit": own("exit()"),
    "a package that grading has not": own("import scipy", "import scipy"),
    "another one": own("import tqdm", "from tqdm import tqdm"),
    "a module beside the notebook": own("import beside", "import beside"),
    "a file beside the notebook": own("text = open('beside.py').read()", "text.strip()"),
    "a module that a cell writes": own("%%writefile helper.py\nA = 1", "import helper\nhelper.A"),
    "a file that a cell writes": own("open('x.txt', 'w').write('1')", "open('x.txt').read()"),
    "the end of Python": own("import os\nos._exit(0)"),
    "line ends of another system": other_line_ends,
    "blank lines at the end of each cell": blank_lines,
    "all exercises in one cell": all_in_one,
    "exercises renamed": renamed,
    "exercises far below what they were written in": far_below,
    "extended precision": wide,
    "a syntax error": broken,
    "a helper in a plot": helper_in_a_plot,
    "a cell split in two": split,
    "a check before its exercise": check_first,
}
# These run one by one here; test_every_door_gives_the_same takes all of them, as a class.
ALONE = (
    "a question",
    "an exit",
    "a module beside the notebook",
    "the end of Python",
    "all exercises in one cell",
    "a syntax error",
)


@pytest.mark.parametrize("change", [CHANGES[name] for name in ALONE], ids=ALONE)
def test_points_on_shown_checks(
    change: Callable[[NotebookNode], None], airlock: Airlock, tmp_path: Path
) -> None:
    cells = sample_class.solved(LESSON)
    change(cells)
    path = tmp_path / f"{LESSON.name}.ipynb"
    nbformat.write(cells, path)
    (tmp_path / "beside.py").write_text("answer = 42\n")
    theirs = grade(submission.read(path, LESSON), airlock)
    ours = progress.of(path)
    assert (ours.points, ours.most) == (theirs.score, theirs.max_score), ours.todo
    assert not any(problem.breaks for problem in handin.problems(path))


@pytest.mark.long
def test_every_door_gives_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The class, nbgrader's own autograde, the home page, and what a later lesson takes."""
    monkeypatch.setattr(earlier, "given_only", False)
    course = nbgraders.checkout(tmp_path, LESSON.name)
    room, home = class_at(course / "class"), {}
    for number, (name, change) in enumerate(CHANGES.items()):
        cells = sample_class.solved(LESSON)
        change(cells)
        path = room.submitted / f"s{number:02}" / LESSON.name / f"{LESSON.name}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(cells, path)
        capsys.readouterr()
        taken = earlier.take("conv_forward", "03_backprop", path.parents[1])
        (seen,) = known.look([path])
        checks = [c.points for c in LESSON.checks if c.exercise == "conv_forward"]
        own = taken is not layers.conv_forward
        # Taking a function runs its cells here: they write no files, and must not end this Python.
        if name not in ("a module that a cell writes", "the end of Python"):
            assert own == (seen.points > seen.most - min(checks)), capsys.readouterr().out
        home[f"s{number:02}"] = seen.points
    ours = {g.student: g.grade.score for g in grade_class(room, [LESSON.name], SANDBOX)}
    assert ours == home
    shutil.rmtree(room.results / "autograded")
    (room.results / "gradebook.db").unlink()
    for command in (["generate_assignment", "--force"], ["autograde"]):
        done = nbgraders.run(course, *command, LESSON.name)
        assert done.returncode == 0, done.stderr
    with Gradebook(room.db_url) as book:
        found = book.assignment_submissions(LESSON.name)
        assert {s.student.id: s.score for s in found} == home


@pytest.mark.parametrize("lesson", lessons().values(), ids=lambda lesson: lesson.name)
def test_every_solution_has_all_points_at_home_too(lesson: Lesson, tmp_path: Path) -> None:
    path = tmp_path / f"{lesson.name}.ipynb"
    nbformat.write(sample_class.solved(lesson), path)
    found = progress.of(path, seconds=300)  # kernels compile, and a busy machine takes its time
    assert found.points + found.not_run == found.most == lesson.max_score, found.todo


@pytest.mark.long
@pytest.mark.parametrize("name", sample_class.LESSONS)
def test_what_is_red_at_home_is_red_in_grading(name: str, tmp_path: Path) -> None:
    """The ten of the sample class, check by check; grading tries more than what is shown."""
    lesson = lessons()[name]
    with open_airlock(lesson, SANDBOX) as opened:
        for student in sample_class.STUDENTS:
            path = sample_class.hand_in(tmp_path, student, name)
            if student == "jan":  # whose file was cut off
                assert any(problem.breaks for problem in handin.problems(path))
                continue
            cells = notebook.read(path)
            brought_back(cells)
            home, _ = process.outcomes(cells.cells, 60)
            for check in grade(submission.read(path, lesson), opened).checks:
                if check.score == check.points:
                    assert home[check.id] == process.RIGHT, (student, check.id)


def test_a_syntax_error_is_told_as_one(airlock: Airlock, tmp_path: Path) -> None:
    cells = sample_class.solved(LESSON)
    broken(cells)
    path = tmp_path / f"{LESSON.name}.ipynb"
    nbformat.write(cells, path)
    theirs = grade(submission.read(path, LESSON), airlock)
    said = next(c.message for c in theirs.checks if c.id == "check-conv_forward")
    assert said.startswith("conv_forward: a syntax error in line ")
    assert progress.of(path).todo.startswith("conv_forward has a syntax error in line ")


# What people and their editors do to a notebook; each takes it, and a number that chooses where.
def moved(cells: NotebookNode, n: int) -> None:
    cell = cells.cells.pop(n % len(cells.cells))
    cells.cells.insert(n // 100 % (len(cells.cells) + 1), cell)


def cut_in_two(cells: NotebookNode, n: int) -> None:
    own = [c for c in cells.cells if notebook.grade_id(c) in LESSON.exercises]
    if not own:  # all names are lost
        return
    cell = own[n % len(own)]
    half = nbformat.from_dict(cell)
    half.source = f"PART_{n} = {n}"
    cells.cells.insert(cells.cells.index(cell), half)


def noted(cells: NotebookNode, n: int) -> None:
    cells.cells.insert(n % len(cells.cells), nbformat.v4.new_markdown_cell(f"note {n}"))


def tried_out(cells: NotebookNode, n: int) -> None:
    source = ("%time 1 + 1", "correlate1d?", "1 / 0", "!ls", "y = [1, 2", "print('a')")[n % 6]
    cells.cells.insert(n % len(cells.cells), nbformat.v4.new_code_cell(source))


def of_another_kind(cells: NotebookNode, n: int) -> None:
    """A named cell is made Markdown, or code."""
    named_cells = [c for c in cells.cells if notebook.grade_id(c)]
    if not named_cells:
        return
    cell = named_cells[n % len(named_cells)]
    make = nbformat.v4.new_code_cell if cell.cell_type != "code" else nbformat.v4.new_markdown_cell
    cells.cells[cells.cells.index(cell)] = make(cell.source, metadata=cell.metadata)


def blanked(cells: NotebookNode, n: int) -> None:
    name = LESSON.exercises[n % len(LESSON.exercises)]
    for cell in cells.cells:
        if notebook.grade_id(cell) == name:
            cell.source = named(LESSON.released, name).source


def emptied(cells: NotebookNode, n: int) -> None:
    name = LESSON.exercises[n % len(LESSON.exercises)]
    cells.cells = [c for c in cells.cells if notebook.grade_id(c) != name]


def metadata_lost(cells: NotebookNode, n: int) -> None:
    """All metadata lost, or those of one cell."""
    for i, cell in enumerate(cells.cells):
        if n % 4 == 0 or i == n % len(cells.cells):
            cell.metadata = NotebookNode()


def merged(cells: NotebookNode, n: int) -> None:
    """Two cells of code that follow each other, made one, as JupyterLab does it."""
    at = n % (len(cells.cells) - 1)
    first, second = cells.cells[at : at + 2]
    if first.cell_type == second.cell_type == "code":
        bears = (first, second)[n // 1000 % 2]
        bears.source = f"{first.source}\n\n{second.source}"
        cells.cells[at : at + 2] = [bears]


def written_below(cells: NotebookNode, n: int) -> None:
    """An exercise's cell left as it was given, and the answer in the cell below it."""
    name = LESSON.exercises[n % len(LESSON.exercises)]
    for cell in [c for c in cells.cells if notebook.grade_id(c) == name]:
        at = cells.cells.index(cell) + 1
        cells.cells.insert(at, nbformat.v4.new_code_cell(cell.source))
        cell.source = named(LESSON.released, name).source


def copied(cells: NotebookNode, n: int) -> None:
    cell = nbformat.from_dict(cells.cells[n % len(cells.cells)])
    cells.cells.append(cell)


STEPS = [
    moved, cut_in_two, noted, tried_out, of_another_kind, blanked, emptied, copied,
    metadata_lost, merged, written_below,
]  # fmt: skip


@pytest.mark.long
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 10_000)), min_size=1, max_size=5))
def test_whatever_was_done_to_it(
    airlock: Airlock, tmp_path_factory: pytest.TempPathFactory, steps: list
) -> None:
    """A check that is red at home and green in grading, or the other way round, is our fault."""
    cells = sample_class.solved(LESSON)
    for change, n in steps:
        change(cells, n)
    path = tmp_path_factory.mktemp("drawn") / f"{LESSON.name}.ipynb"
    nbformat.write(cells, path)
    theirs = grade(submission.read(path, LESSON), airlock)
    ours = progress.of(path)
    assert ours.points == theirs.score, (ours.todo, theirs.to_text())
