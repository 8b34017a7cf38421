"""The same hand-in gets the same points wherever it is graded, in a form that platforms know."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import sample_class
import schemas
from cells import named
from machine import SANDBOX

from autograder.airlock import SandboxError
from autograder.bundles import autolab, coursera, gradescope, prairielearn, text, work
from autograder.bundles.work import Checked, Work
from autograder.course import lessons

LESSON = "02_convolution"
MOST = 20.0  # points of its checks
POINTS: dict[str, Callable[[dict[str, Any]], float]] = {
    "gradescope": lambda found: (
        found["score"] if "score" in found else sum(t.get("score", 0) for t in found["tests"])
    ),
    "prairielearn": lambda found: found["score"] * MOST,
    "coursera": lambda found: found["fractionalScore"] * MOST,
    "autolab": lambda found: sum(found["scores"].values()),
}
FORMS = {
    "gradescope": (gradescope.of, schemas.GRADESCOPE),
    "prairielearn": (prairielearn.of, schemas.PRAIRIELEARN),
    "coursera": (coursera.of, schemas.COURSERA),
    "autolab": (autolab.of, schemas.AUTOLAB),
}


@pytest.mark.long
@pytest.mark.parametrize("name", POINTS)
@pytest.mark.parametrize("student", ["ada", "emil"])
def test_in_its_container_a_hand_in_gets_its_points(
    name: str, student: str, platform: Any, written: Callable[[str], bytes]
) -> None:
    found = platform(name).grade(written(student))
    assert POINTS[name](found) == pytest.approx(sample_class.SCORES[LESSON][student])
    if name != "autolab":  # whose results have no room for it; it is printed above them
        assert "Sandbox: user (weaker than bubblewrap" in json.dumps(found)


@pytest.fixture(scope="module")
def works(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Work]:
    """What the whole class came to, by the way that all platforms share."""
    folder = tmp_path_factory.mktemp("class")
    for student in sample_class.STUDENTS:
        sample_class.hand_in(folder, student)
    lesson = lessons()[LESSON]
    return {who: work.of(folder / who / LESSON, lesson, SANDBOX) for who in sample_class.STUDENTS}


@pytest.mark.long
@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("student", sample_class.STUDENTS)
def test_everybody_of_the_class_gets_the_same_points(
    name: str, student: str, works: dict[str, Work]
) -> None:
    write, schema = FORMS[name]
    found = write(works[student])
    jsonschema.validate(found, schema)
    assert POINTS[name](found) == pytest.approx(sample_class.SCORES[LESSON][student])


def test_what_students_have_is_shown_at_once_and_the_rest_later(works: dict[str, Work]) -> None:
    tests = gradescope.of(works["fay"])["tests"]
    checks = [check for check in lessons()[LESSON].checks if not check.manual]
    assert len(tests) == 2 * len(checks)
    for shown, whole in zip(tests[::2], tests[1::2], strict=True):
        assert shown["name"] == f"{whole['name']}, as your notebook has it"
        assert (shown["visibility"], whole["visibility"]) == ("visible", "after_published")
        assert "score" not in shown and "max_score" not in shown
    assert {w["name"]: w["max_score"] for w in tests[1::2]} == {c.id: c.points for c in checks}
    failed = next(test for test in tests[1::2] if test["status"] == "failed")
    assert "a size that does not fit is accepted" in failed["output"]


def test_a_hidden_part_that_fails_is_not_told_before(works: dict[str, Work]) -> None:
    test = Checked("check", 2.0, 0.0, "the hidden part differs", "", False, True)
    shown, whole = gradescope.of(Work(LESSON, "user", (test,), ()))["tests"]
    assert shown["status"] == "passed" and "hidden" not in shown["output"]
    assert whole["status"] == "failed" and whole["output"] == "the hidden part differs"


def test_right_for_what_is_shown_alone_is_passed_there_alone(tmp_path: Path) -> None:
    """Written for the numbers of the notebook, as somebody does who looks at nothing else."""
    lesson = lessons()[LESSON]
    cells = sample_class.solved(lesson)
    named(cells, "correlate1d").source += """
_right = correlate1d
def correlate1d(x, *args, **kwargs):
    out = _right(x, *args, **kwargs)
    return out if np.all(np.asarray(x) % 1 == 0) else out + 1
"""
    (tmp_path / f"{LESSON}.ipynb").write_text(sample_class.text(cells))
    found = work.of(tmp_path, lesson, SANDBOX)
    test = next(test for test in found.tests if test.name == "check-correlate1d")
    assert not test.passed and test.shown_passed and test.said and not test.shown_said


def test_prairielearn_keeps_below_a_megabyte() -> None:
    tests = tuple(Checked(f"t{n}", 1.0, 0.0, "é" * 8000, "", False, False) for n in range(200))
    found = prairielearn.of(Work(LESSON, "user", tests, ()))
    assert len(json.dumps(found)) < prairielearn.MOST
    assert len(text.of(Work(LESSON, "user", tests, ()))) <= text.MOST


BAD = {
    "nothing": {},
    "no notebook": {"notes.txt": b"x"},
    "empty": {f"{LESSON}.ipynb": b""},
    "no text": {f"{LESSON}.ipynb": bytes(range(256))},
    "a picture": {f"{LESSON}.ipynb": b"\x89PNG\r\n\x1a\n" + bytes(99)},
    "deep": {f"{LESSON}.ipynb": b"[" * 100_000},
    "another lesson": {"x.ipynb": None},
    "two": {"a.ipynb": b"{}", "b.ipynb": b"{}"},
    "no zip": {f"{LESSON}.zip": b"PK\x03\x04 cut off"},
}


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("what", BAD)
def test_what_cannot_be_read_says_what_to_do(what: str, name: str, tmp_path: Path) -> None:
    for file, content in BAD[what].items():
        other = sample_class.blank(lessons()["05_pooling"], "").encode()
        (tmp_path / file).write_bytes(other if content is None else content)
    found = work.of(tmp_path, lessons()[LESSON], SANDBOX)
    write, schema = FORMS[name]
    results = write(found)
    jsonschema.validate(results, schema)
    assert POINTS[name](results) == 0 and not found.readable
    said = text.of(found)
    assert "Hand in 02_convolution.ipynb" in said and len(found.notes) == 2
    assert all("\n" not in note for note in found.notes)


def test_what_stops_the_grader_is_a_result_and_what_is_no_students_doing_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = sample_class.hand_in(tmp_path, "ada")

    def stumble(error: Exception) -> None:
        def grade(*args: object) -> None:
            raise error

        monkeypatch.setattr(work, "grade", grade)

    stumble(ZeroDivisionError("in a place\nthat nobody thought of"))
    found = work.of(path.parent, lessons()[LESSON], SANDBOX)
    assert found.notes[0] == (
        "it stopped the grader (ZeroDivisionError: in a place that nobody thought of)"
    )
    for error in (SandboxError("a fork server has ended"), OSError("no space")):
        stumble(error)
        with pytest.raises(type(error)):
            work.of(path.parent, lessons()[LESSON], SANDBOX)


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    place = tmp_path / "submission"
    place.mkdir()
    (place / f"{LESSON}.ipynb").symlink_to(lessons()[LESSON].path)
    found = work.of(place, lessons()[LESSON], SANDBOX)
    assert not found.readable and "is a link" in found.notes[0]
    place.rename(tmp_path / "real")
    place.symlink_to(tmp_path / "nowhere")
    assert not work.of(place, lessons()[LESSON], SANDBOX).readable
