"""Every lesson: right answers keep their points, known mistakes lose them, blanks have none.

These run in this process, without the sandbox; tests/autograder grades through it.
"""

import ast
from html import escape

import nbformat
import numpy as np
import pytest
import right
from cells import named
from machine import lesson_params
from nbclient import NotebookClient

from autograder import mistakes
from autograder.build.names import bound
from autograder.course import Lesson, lessons
from autograder.judging import alike, judge, rehearse
from autograder.judging.outcomes import Outcomes, Watch
from convbook import notebook

SEEDS = (11, 12, 13)
MAX_SECONDS = 600  # of one cell: it hangs; a machine may be busy with something else

LESSONS = list(lessons().values())
COMPILED = {"13_kernels": [pytest.mark.slow]}  # what runs its kernels waits for a compiler
SOLUTIONS = [
    pytest.param(*param.values, id=param.id, marks=[*param.marks, *COMPILED.get(param.id, [])])
    for param in lesson_params()
]
MISTAKES = [
    pytest.param(*param.values, mistake, marks=[*param.marks, *COMPILED.get(param.id, [])])
    for param in lesson_params()
    for mistake in mistakes.forms(param.id)
]


def failures(lesson: Lesson, cells: dict[str, str], seed: int) -> dict[str, Exception]:
    results = rehearse.rehearse(lesson, cells, seed)
    return {name: error for name, error in results.items() if error}


def lesson_id(value: object) -> str:
    return value.name.replace(" ", "_") if hasattr(value, "name") else str(value)


@pytest.mark.parametrize("lesson", SOLUTIONS)
def test_the_solution_passes_every_check(lesson: Lesson) -> None:
    for seed in SEEDS:
        assert failures(lesson, {}, seed) == {}


@pytest.mark.parametrize("lesson", LESSONS, ids=lesson_id)
def test_a_blank_fails_every_check_by_not_implemented_error(lesson: Lesson) -> None:
    blank = {c: named(lesson.released, c).source for c in lesson.exercises}
    results = rehearse.rehearse(lesson, blank, seed=1)
    assert {name: type(error) for name, error in results.items()} == dict.fromkeys(
        results, NotImplementedError
    )


@pytest.mark.parametrize(("lesson", "mistake"), MISTAKES, ids=lesson_id)
def test_a_known_mistake_loses_points(lesson: Lesson, mistake: mistakes.Mistake) -> None:
    own = lesson.functions[mistake.exercise]
    checks = [c for c in lesson.checks if c.exercise in own and not c.manual]
    wrong = {mistake.exercise: mistakes.source(mistake, lesson)}
    for seed in SEEDS:
        judge.begin(lesson.name, seed)
        names = rehearse.student(lesson, wrong)
        assert any(rehearse.run(check, names) for check in checks), f"seed {seed}"


@pytest.mark.slow
@pytest.mark.parametrize(("lesson", "mistake"), MISTAKES, ids=lesson_id)
def test_a_known_mistake_comes_to_the_same_unless_it_draws(
    lesson: Lesson, mistake: mistakes.Mistake
) -> None:
    """The search for a name gives up the others at the first statement that differs."""
    own = lesson.functions[mistake.exercise]
    checks = [c for c in lesson.checks if c.exercise in own and not c.manual]
    names = rehearse.student(lesson, {mistake.exercise: mistakes.source(mistake, lesson)})
    judge.begin(lesson.name, SEEDS[0])
    one, again = ([rehearse.to_the_end(c, names, Watch()).outcomes for c in checks] for _ in "ab")
    same = all(map(is_as_before, one, again))
    assert same is not mistake.draws


def is_as_before(one: Outcomes, again: Outcomes) -> bool:
    """Tell whether all statements of a check fail as before; what cannot be compared does."""
    return one.keys() == again.keys() and all(
        error is again[place]
        or alike.likeness(error, again[place])
        or not alike.likeness(error, error)
        for place, error in one.items()
    )


@pytest.mark.long
@pytest.mark.parametrize("lesson", lesson_params())
def test_right_versions_keep_all_points(lesson: Lesson) -> None:
    for exercise, versions in right.versions(lesson).items():
        for style, source in versions.items():  # make proof takes more seeds
            assert failures(lesson, {exercise: source}, SEEDS[0]) == {}, f"{exercise}, {style}"


@pytest.mark.parametrize("name", right.LAYERS)
def test_each_layer_has_six_right_versions(name: str) -> None:
    versions = right.versions(lessons()[name])
    assert [e for e in right.LAYERS[name] if len(versions[e]) < right.STYLES] == []


def test_a_form_changes_the_answer_and_leaves_the_cache() -> None:
    lesson = lessons()["03_backprop"]
    x, w, b = np.ones((1, 2, 3, 3)), np.ones((2, 2, 2, 2)), np.zeros(2)
    made = {}
    for form in right.FORMS:
        cell = right.in_form(lesson, "conv_forward", form)
        names = rehearse.student(lesson, {"conv_forward": cell})
        out, cache = names["conv_forward"](x, w, b)
        assert cache[0] is x
        made[form] = [out, *names["conv_backward"](np.ones((1, 2, 2, 2)), cache)]
    assert {part.dtype for part in made["float32"]} == {np.dtype(np.float32)}
    assert not made["Fortran order"][0].flags.c_contiguous
    assert not any(p.flags.c_contiguous or p.flags.f_contiguous for p in made["strided view"][:3])
    assert all(isinstance(part, list) for part in made["list of lists"])


@pytest.mark.parametrize("lesson", LESSONS, ids=lesson_id)
def test_each_exercise_has_five_mistakes_and_two_right_versions(lesson: Lesson) -> None:
    known = mistakes.known(lesson.name)
    for exercise in lesson.exercises:
        assert sum(m.exercise == exercise for m in known) >= 5, exercise
        assert len(right.written(lesson)[exercise]) >= 2, exercise
    names = [(m.exercise, m.name) for m in known]
    assert len(names) == len(set(names))
    assert all(m.symptom and m.hint.endswith((".", "?")) for m in known)


@pytest.mark.parametrize("lesson", LESSONS, ids=lesson_id)
def test_written_answers_have_a_rubric_that_students_do_not_see(lesson: Lesson) -> None:
    answers = [c for c in lesson.notebook.cells if notebook.grade_id(c).startswith("answer-")]
    assert answers
    for cell in answers:
        assert [f"**{n}" in cell.source for n in ("2 points:", "1 point:", "0 points:")] == [
            True
        ] * 3
    assert not any("Rubric" in cell.source for cell in lesson.released.cells)


@pytest.mark.parametrize("lesson", LESSONS, ids=lesson_id)
def test_no_cell_takes_the_name_of_a_module_of_the_set_up_cell(lesson: Lesson) -> None:
    """A student goes back and runs a section again, after a later one."""
    imports = [n for source in lesson.given for n in ast.walk(ast.parse(source))]
    modules = {
        alias.asname or alias.name
        for node in imports
        if isinstance(node, ast.Import) or getattr(node, "module", "") == "convbook"
        for alias in node.names
    }
    later = [c for c in lesson.released.cells if c.cell_type == "code"]
    later = [c.source for c in later if not notebook.grade_id(c).startswith("given-")]
    assert modules
    assert [(name, source) for source in later for name in modules & bound(source)] == []


@pytest.mark.long
@pytest.mark.parametrize("lesson", lesson_params())
def test_the_solution_notebook_runs(lesson: Lesson) -> None:
    """Run as JupyterLab does, pictures and experiments too."""
    cells = nbformat.from_dict(lesson.notebook)
    client = NotebookClient(
        cells, timeout=MAX_SECONDS, resources={"metadata": {"path": str(lesson.path.parent)}}
    )
    client.execute()
    shown = [o for c in cells.cells if c.cell_type == "code" for o in c.outputs]
    for cell in cells.cells:
        if "alt" in cell.metadata:  # it reaches those who cannot see the plot
            plots = [o.data.get("text/html", "") for o in cell.outputs if "data" in o]
            assert any(f'alt="{escape(cell.metadata.alt)}"' in plot for plot in plots), cell.source
    assert [o.text for o in shown if o.get("name") == "stderr"] == []
