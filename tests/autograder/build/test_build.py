"""The builder: repeatable, lossless both ways, and strict about what must not be released."""

import re
import shutil
from pathlib import Path

import nbformat
import pytest

from autograder import course
from autograder.build import lint, marks, run, source
from autograder.build.names import origins
from autograder.course import Check, CourseError, Lesson, lessons
from convbook import notebook
from convbook.check import results

LESSON = "02_convolution"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A course with one lesson, free to be changed."""
    root = course.root()
    for part in ("solutions", "notebooks"):
        shutil.copytree(root / part / LESSON, tmp_path / part / LESSON)
    shutil.copy(root / "nbgrader_config.py", tmp_path)
    return tmp_path


def solution(copy: Path) -> Path:
    return copy / "solutions" / LESSON / f"{LESSON}.ipynb"


def released(copy: Path) -> Path:
    return copy / "notebooks" / LESSON / f"{LESSON}.ipynb"


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) >= 1, old
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_what_is_committed_is_what_the_sources_build() -> None:
    assert list(run.check(course.root(), [])) == []


def test_two_builds_are_equal_to_the_byte(copy: Path) -> None:
    before = solution(copy).read_bytes(), released(copy).read_bytes()
    solution(copy).unlink()
    released(copy).unlink()
    assert len(list(run.build(copy, []))) == 4  # with what is to be guessed
    assert (solution(copy).read_bytes(), released(copy).read_bytes()) == before
    assert list(run.build(copy, [])) == []


@pytest.mark.parametrize("lesson", lessons().values(), ids=lambda lesson: lesson.name)
def test_a_notebook_and_its_source_say_the_same(lesson: Lesson) -> None:
    text = lesson.path.with_suffix(".py").read_text(encoding="utf-8")
    built = source.to_notebook(text, lesson.name)
    again = source.to_notebook(source.to_source(built), lesson.name)
    assert source.text_of(again) == source.text_of(built)


def test_an_edit_by_hand_is_neither_overwritten_nor_lost(copy: Path) -> None:
    edit(solution(copy), "Slide a filter", "Glide a filter")
    assert any("edited by hand" in finding for finding in run.check(copy, []))
    with pytest.raises(CourseError, match="autograder import"):
        list(run.build(copy, []))
    run.import_edit(copy, LESSON)
    assert "# # 02 Glide a filter" in solution(copy).with_suffix(".py").read_text(encoding="utf-8")
    assert len(list(run.build(copy, []))) == 3
    assert list(run.check(copy, [])) == []


def test_a_notebook_that_was_worked_in_is_not_overwritten(copy: Path) -> None:
    edit(released(copy), "raise NotImplementedError", "return 1")
    edit(solution(copy).with_suffix(".py"), "Slide a filter", "Glide a filter")
    with pytest.raises(CourseError, match="was worked in"):
        list(run.build(copy, []))
    assert "return 1" in released(copy).read_text(encoding="utf-8")


def test_running_a_notebook_is_no_edit(copy: Path) -> None:
    notebook = nbformat.read(solution(copy), as_version=4)
    code = next(cell for cell in notebook.cells if cell.cell_type == "code")
    code.outputs = [nbformat.v4.new_output("stream", text="ran")]
    nbformat.write(notebook, solution(copy))
    findings = list(run.check(copy, []))
    assert any("stored output" in finding for finding in findings)
    assert list(run.build(copy, [])) != []
    assert list(run.check(copy, [])) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('check="correlate2d" points=3', 'check="correlate2d" points=4', "21 points"),
        ('exercise="correlate2d"', 'exercise="correlate1d"', "stands 2 times"),
        ('check="correlate2d"', 'check="correlate3d"', "no exercise cell defines correlate3d"),
        ("rng = np.random.default_rng(2)", "correlate1d = None", "which an exercise asks for"),
        ("corner = np.array", "centre = np.array", "corner comes from nowhere"),
    ],
)
def test_the_lint_finds(copy: Path, old: str, new: str, said: str) -> None:
    text = solution(copy).with_suffix(".py")
    edit(text, old, new)
    findings = findings_of(text)
    assert any(said in finding for finding in findings), findings


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("`correlate2d` (3 points)", "`correlate2d` (4 points)", "end in (3 points)"),
        ("`correlate2d` (3 points)", "`correlate2d`", "end in (3 points)"),
        ("`shift_gap` (1 point)", "`shift_gap` (1 points)", "end in (1 point)"),
        ("`conv_forward` (7 points)", "`correlate2d` (3 points)", "0 headings"),
        ("| `conv_forward` | 7 |", "| `conv_forward` | 6 |", "`conv_forward` has 6"),
        (
            "# | 6 | `shift_gap` | 1 | 4 | easy |\n",
            "",
            "0 rows of the table of points name `shift_gap`",
        ),
        ("by hand | 2 |", "by hand | 3 |", "has 3, its cells give 2"),
        ("a written answer, graded by hand", "`f`", "says 'graded by hand'"),
        ("# 3 points. Shown: the impulse", "# Shown: the impulse", "says nothing, points= gives 3"),
        ("(2 points, graded", "(graded", "the question above it says nothing"),
        ("- **2 points:**", "- **3 points:**", "its rubric says 3 points, points= gives 2"),
        ('part="fit" points=1', 'part="fit" points=0.5', "end in (6.5 points)"),
        ('answer="why_flip" points=2', 'answer="why_flip" points=1', "points= gives 1 point"),
        (
            "| minutes | difficulty |",
            "| minutes |",
            "its difficulty '' is none of easy, medium, hard",
        ),
        ("| 23 | hard |", "| 23 | very |", "its difficulty 'very' is none of easy, medium, hard"),
        ("| 23 | hard |", "| 23 |", "its difficulty '' is none of easy, medium, hard"),
    ],
)
def test_points_that_the_text_names_follow_the_source(
    copy: Path, old: str, new: str, said: str
) -> None:
    text = solution(copy).with_suffix(".py")
    assert findings_of(text) == []
    edit(text, old, new)
    findings = findings_of(text)
    assert any(said in finding for finding in findings), findings


@pytest.mark.parametrize(
    ("minutes", "said"),
    [("7", ""), ("", ""), ("some", "'some' are no whole minutes"), ("90", "and 90 planned in all")],
)
def test_minutes_stand_in_a_column_of_the_table(copy: Path, minutes: str, said: str) -> None:
    text = solution(copy).with_suffix(".py")
    edit(text, "| 23 | hard |", f"| {minutes} | hard |")
    findings = findings_of(text)
    assert said in findings[0] if said else findings == [], findings


def test_a_table_may_say_no_minutes(copy: Path) -> None:
    text = solution(copy).with_suffix(".py")
    edit(text, "| points | minutes | difficulty |", "| points | difficulty |")
    rows = re.sub(r"\| \d+ \| (easy|medium|hard) \|", r"| \1 |", text.read_text(encoding="utf-8"))
    text.write_text(rows, encoding="utf-8")
    assert findings_of(text) == []


def test_each_name_of_a_check_has_an_origin() -> None:
    source = "y = np.ones(3)\ncheck.same([int(correlate1d(y, v)) for v in y], elsewhere, 'a')"
    item = Check("check-x", "correlate1d", 1.0, source, manual=False)
    assert origins(item, lessons()["02_convolution"]) == {
        "check": "a given cell",
        "correlate1d": "the student",
        "elsewhere": "",
        "int": "Python",
        "np": "a given cell",
        "y": "the check",
    }


@pytest.mark.parametrize(
    "loops",
    [
        "[v for v in range(3) if [w for w in (v,)]]",
        "{v for v in range(3) if {w for w in (v,)}}",
        "{v: w for v in range(3) for w in range(v)}",
        "max(v for v in range(3) if [w for w in (v,)])",
    ],
)
def test_a_comprehension_keeps_its_variables_to_itself(loops: str) -> None:
    """Under every Python: since 3.12 only a generator has a scope of its own."""
    item = Check("check-x", "correlate1d", 1.0, f"seen = {loops}\nseen, v, w", manual=False)
    found = origins(item, lessons()["02_convolution"])
    assert (found["seen"], found["v"], found["w"]) == ("the check", "", "")


def test_a_check_that_ends_in_a_number_must_say_float(copy: Path) -> None:
    text = solution(copy).with_suffix(".py")
    head, tail = text.read_text(encoding="utf-8").split('# %% check="shift_gap"')
    end = tail.index("# %% [markdown]")
    text.write_text(
        f'{head}# %% check="shift_gap"{tail[:end]}0.5\n\n{tail[end:]}', encoding="utf-8"
    )
    assert any("float(score)" in finding for finding in findings_of(text))
    edit(text, "0.5\n\n# %% [markdown]", "float(0.5)\n\n# %% [markdown]")
    assert findings_of(text) == []


def findings_of(text: Path) -> list[str]:
    notebook = source.to_notebook(text.read_text(encoding="utf-8"), text.stem)
    lesson = Lesson(text.with_suffix(".ipynb"))
    lesson.notebook = notebook
    return list(lint.lint(lesson, notebook))


def test_a_release_with_a_solution_or_a_hidden_check_is_found() -> None:
    lesson = lessons()[LESSON]
    assert list(lint.lint_released(lesson.released)) == []
    found = " ".join(lint.lint_released(lesson.notebook))
    assert "BEGIN SOLUTION" in found
    assert "BEGIN HIDDEN" in found
    assert "uses the autograder" in found


@pytest.mark.parametrize(
    ("metadata", "said"),
    [
        ({"check": "f"}, "needs points="),
        ({"exercise": "f", "points": 2}, "has no points="),
        ({"check": "f", "exercise": "f", "points": 2}, "keep one"),
    ],
)
def test_a_mark_that_makes_no_sense_is_refused(metadata: dict, said: str) -> None:
    with pytest.raises(marks.MarkError, match=said):
        marks.expand(metadata)


def test_the_code_of_checks_is_folded_in_what_students_get_and_in_nothing_else(copy: Path) -> None:
    released(copy).unlink()
    list(run.build(copy, []))
    built = nbformat.read(released(copy), as_version=4)
    for cells in (built, lessons()[LESSON].released):
        hidden = [c for c in cells.cells if c.metadata.get("jupyter") == {"source_hidden": True}]
        checks = [c for c in hidden if notebook.is_check(c)]
        assert checks == [c for c in cells.cells if notebook.is_check(c)] != []
        assert all(results.WORTH.match(cell.source) for cell in checks), "the line that is shown"
        asks = [c for c in hidden if c not in checks]
        assert asks and all(c.source.startswith("# Your guess: press") for c in asks)
    assert '"jupyter"' not in solution(copy).read_text(encoding="utf-8")


def test_a_check_that_was_folded_in_an_edited_solution_stays_out_of_the_source() -> None:
    expanded = marks.expand({"check": "f", "points": 3})
    folded = expanded | {"jupyter": {"source_hidden": True}}
    assert marks.contract(folded) == {"check": "f", "points": 3}


@pytest.mark.parametrize(
    "metadata",
    [
        {"exercise": "f"},
        {"check": "f", "points": 3},
        {"check": "f", "part": "edge", "points": 3},
        {"given": "setup"},
        {"answer": "why", "points": 2},
        {"tags": ["demo"]},
    ],
)
def test_marks_expand_and_contract(metadata: dict) -> None:
    assert marks.contract(marks.expand(metadata)) == metadata


def test_an_unknown_lesson_is_an_error(copy: Path) -> None:
    with pytest.raises(CourseError, match="no lesson 99_none; there are 02_convolution"):
        list(run.build(copy, ["99_none"]))
