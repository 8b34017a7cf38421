"""What a student wrote is never thrown away in silence: cells that lost name or kind are known."""

from collections.abc import Callable

import nbformat
import pytest
import sample_class
from cells import named
from nbformat import NotebookNode

from autograder.course import Lesson, lesson_of, lessons
from autograder.grading.grade import Grade
from autograder.handin import reader, submission
from convbook import notebook
from convbook.handout.reconcile import brought_back

LESSON = lessons()["02_convolution"]
ANSWER = "answer-why_flip"
BECAUSE = "Because a convolution turns the filter."


@pytest.fixture
def work() -> NotebookNode:
    """Lesson 02 with every answer right."""
    cells = sample_class.solved(LESSON)
    named(cells, ANSWER).source = BECAUSE
    return cells


def markdown(text: str) -> NotebookNode:
    return nbformat.v4.new_markdown_cell(text)


def anew(cells: NotebookNode) -> None:
    """The exercise's cell deleted, and written anew in a plain cell below its check."""
    own = named(cells, "conv_forward")
    cells.cells.remove(own)
    place = cells.cells.index(named(cells, "check-conv_forward"))
    cells.cells.insert(place, nbformat.v4.new_code_cell(own.source))


def anew_in_two(cells: NotebookNode) -> None:
    """Two attempts in plain cells: the last counts, as it does in a notebook."""
    own = named(cells, "conv_forward")
    place = cells.cells.index(own)
    first = "def conv_forward(*args, **kwargs):\n    return 0"
    cells.cells[place : place + 1] = [
        nbformat.v4.new_code_cell(text) for text in (first, own.source)
    ]


def anew_by_assignment(cells: NotebookNode) -> None:
    own = named(cells, "conv_forward")
    text = own.source.replace("def conv_forward(", "def mine(") + "\n\nconv_forward = mine"
    cells.cells[cells.cells.index(own)] = nbformat.v4.new_code_cell(text)


def made_markdown(cells: NotebookNode) -> None:
    own = named(cells, "conv_forward")
    text = nbformat.v4.new_markdown_cell(own.source, metadata=own.metadata)
    cells.cells[cells.cells.index(own)] = text


def all_lost(cells: NotebookNode) -> None:
    for cell in cells.cells:
        cell.metadata = NotebookNode()


def names_lost_but_one(cells: NotebookNode) -> None:
    for cell in cells.cells:
        if notebook.grade_id(cell) != "conv_forward":
            cell.metadata.pop("nbgrader", None)


CODE: dict[str, tuple[Callable[[NotebookNode], None], str]] = {
    "written anew": (anew, "conv_forward had lost its name: it was known by its function"),
    "written anew, twice": (anew_in_two, "conv_forward had lost its name"),
    "under a name of one's own": (anew_by_assignment, "conv_forward had lost its name"),
    "made Markdown": (made_markdown, "conv_forward was made Markdown: it is taken as code"),
    "all metadata lost": (all_lost, "cells had lost their names: they were known by their text"),
    "all names but one": (names_lost_but_one, "cells had lost their names"),
}


@pytest.mark.slow
@pytest.mark.parametrize("case", CODE.values(), ids=CODE)
def test_right_code_keeps_its_points(
    case: tuple, work: NotebookNode, graded: Callable[[NotebookNode], Grade]
) -> None:
    change, said = case
    change(work)
    result = graded(work)
    assert result.score == 20, [(c.id, c.message) for c in result.checks if c.score < c.points]
    assert any(said in note for note in result.notes), result.notes
    assert not any("deleted" in note for note in result.notes)


def below(text: str, kind: Callable[[str], NotebookNode] = markdown) -> Callable:
    """The answer in the cell below an untouched answer's cell."""

    def change(cells: NotebookNode) -> None:
        cell = named(cells, ANSWER)
        cell.source = named(LESSON.released, ANSWER).source
        cells.cells.insert(cells.cells.index(cell) + 1, kind(text))

    return change


def answered_anew(cells: NotebookNode) -> None:
    cell = named(cells, ANSWER)
    cells.cells[cells.cells.index(cell)] = markdown(cell.source)


def made_code(cells: NotebookNode) -> None:
    cell = named(cells, ANSWER)
    code = nbformat.v4.new_code_cell(cell.source, metadata=cell.metadata)
    cells.cells[cells.cells.index(cell)] = code


TEXT: dict[str, tuple[Callable[[NotebookNode], None], str]] = {
    "in the cell below": (below(BECAUSE), "the answer stood in the cell below"),
    "below, in a cell of code": (
        below(BECAUSE, nbformat.v4.new_code_cell),
        "the answer stood in the cell below",
    ),
    "written anew": (answered_anew, "the student's own text is taken for it"),
    "made code": (made_code, "answer-why_flip was made code: it is taken as Markdown"),
    "all metadata lost": (all_lost, "the student's own text is taken for it"),
}


@pytest.mark.parametrize("case", TEXT.values(), ids=TEXT)
def test_a_written_answer_reaches_who_grades_it(case: tuple, work: NotebookNode) -> None:
    change, said = case
    change(work)
    made = submission.reconcile(reader.parse(nbformat.writes(work)), LESSON)
    cell = named(made.cells, ANSWER)
    assert (cell.source, cell.cell_type) == (BECAUSE, "markdown")
    assert any(said in note for note in made.notes), made.notes
    assert sum(BECAUSE in c.source for c in made.cells.cells) == 1


def test_notes_of_ones_own_are_no_answer(work: NotebookNode) -> None:
    place = work.cells.index(named(work, ANSWER))
    work.cells.insert(place + 1, markdown("Remember to ask about this."))
    made = submission.reconcile(reader.parse(nbformat.writes(work)), LESSON)
    assert named(made.cells, ANSWER).source == BECAUSE
    assert made.notes == []


def test_the_lessons_own_text_below_is_no_answer() -> None:
    made = submission.reconcile(reader.parse(nbformat.writes(LESSON.released)), LESSON)
    assert named(made.cells, ANSWER).source == named(LESSON.released, ANSWER).source
    assert made.notes == []


@pytest.mark.parametrize("lesson", lessons().values(), ids=lambda lesson: lesson.name)
def test_each_lesson_is_known_without_names(lesson: Lesson) -> None:
    cells = sample_class.solved(lesson)
    all_lost(cells)
    parsed = reader.parse(nbformat.writes(cells))
    assert lesson_of(parsed).name == lesson.name
    made = submission.reconcile(parsed, lesson)
    assert not [note for note in made.notes if "deleted" in note]
    for name in lesson.exercises:
        assert named(made.cells, name).source == named(sample_class.solved(lesson), name).source


@pytest.mark.parametrize("lesson", lessons().values(), ids=lambda lesson: lesson.name)
@pytest.mark.parametrize("which", ["notebook", "released"])
def test_what_is_the_lessons_own_stays_as_it_is(lesson: Lesson, which: str) -> None:
    """A solution is graded before anybody is, and nbgrader reads a hand-in twice."""
    text = nbformat.writes(getattr(lesson, which))
    once = submission.reconcile(reader.parse(text), lesson)
    again = submission.reconcile(reader.parse(nbformat.writes(once.cells)), lesson)
    assert once.notes == again.notes == []
    for made in (once, again):
        assert [c.source for c in made.cells.cells if not notebook.is_check(c)] == [
            c.source for c in getattr(lesson, which).cells if not notebook.is_check(c)
        ]
        assert [c.source for c in made.cells.cells if notebook.is_check(c)] == [
            c.source for c in lesson.notebook.cells if notebook.is_check(c)
        ]


@pytest.mark.parametrize("lesson", lessons().values(), ids=lambda lesson: lesson.name)
def test_a_solution_at_home_runs_no_hidden_check(lesson: Lesson) -> None:
    cells = notebook.parse(nbformat.writes(lesson.notebook))
    found, notes = brought_back(cells)
    assert found and found.name == lesson.name and notes == []
    assert "HIDDEN" not in "".join(cell.source for cell in cells.cells)


def merged(cells: NotebookNode, first: str, second: str, bears: str) -> NotebookNode:
    """Make one cell of two, with all between them, as JupyterLab does it; return that cell."""
    at, end = (cells.cells.index(named(cells, name)) for name in (first, second))
    together = cells.cells[at : end + 1]
    cell = named(cells, bears)
    cell.source = "\n\n".join(c.source for c in together if c.cell_type == cell.cell_type)
    cells.cells[at : end + 1] = [cell]
    return cell


MERGED = {
    "an exercise with its check, as the exercise": ("correlate2d", "check-correlate2d", 0),
    "an exercise with its check, as the check": ("correlate2d", "check-correlate2d", 1),
    "the set-up with an exercise, as the set-up": ("given-setup", "correlate1d", 0),
    "the set-up with an exercise, as the exercise": ("given-setup", "correlate1d", 1),
    "two exercises and the check between, as the first": ("correlate1d", "correlate2d", 0),
    "two exercises and the check between, as the second": ("correlate1d", "correlate2d", 1),
    "a check with the next exercise, as the check": ("check-correlate1d", "correlate2d", 0),
}


@pytest.mark.slow
@pytest.mark.parametrize("case", MERGED.values(), ids=MERGED)
def test_merged_cells_keep_their_points(
    case: tuple, work: NotebookNode, graded: Callable[[NotebookNode], Grade]
) -> None:
    first, second, bears = case
    merged(work, first, second, (first, second)[bears])
    result = graded(work)
    assert result.score == 20, (result.notes, result.to_text())
    assert result.notes


def test_an_answer_merged_with_the_text_before_it_is_found(work: NotebookNode) -> None:
    at = work.cells.index(named(work, ANSWER))
    before = work.cells[at - 1]
    assert before.cell_type == "markdown"
    before.source += f"\n\n{BECAUSE}"
    del work.cells[at]
    made = submission.reconcile(reader.parse(nbformat.writes(work)), LESSON)
    assert named(made.cells, ANSWER).source == BECAUSE


@pytest.mark.parametrize("lesson", lessons().values(), ids=lambda lesson: lesson.name)
def test_answers_whose_names_are_lost_stay_in_their_places(lesson: Lesson) -> None:
    cells = sample_class.solved(lesson)
    names = [n for n in lesson.order if n.startswith(notebook.ANSWER)]
    for name in names:
        named(cells, name).source = f"What I think of {name}."
    cells.cells.append(markdown("A note of mine, at the end."))
    all_lost(cells)
    made = submission.reconcile(reader.parse(nbformat.writes(cells)), lesson)
    for name in names:
        assert named(made.cells, name).source == f"What I think of {name}."


def test_a_stranger_is_not_taken_for_a_lesson() -> None:
    cells = [nbformat.v4.new_code_cell("import numpy as np"), markdown("# A title of mine")]
    parsed = reader.parse(nbformat.writes(nbformat.v4.new_notebook(cells=cells)))
    with pytest.raises(Exception, match="not a notebook of this course"):
        lesson_of(parsed)
