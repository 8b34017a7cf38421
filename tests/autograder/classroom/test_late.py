"""Late days: the policy file and its errors, how days are counted and paid, what is entered."""

import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.classroom import gradebook, late, policy, record
from autograder.classroom.policy import Policy
from autograder.classroom.room import Classroom, class_at
from autograder.course import CourseError, lessons
from autograder.grading.grade import blank
from autograder.handin import roster

SECOND, THIRD, FIFTH = "02_convolution", "03_backprop", "05_pooling"
DUE = datetime(2026, 10, 12, 22, 0, tzinfo=UTC)
WEEK = timedelta(weeks=1)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
GOOD = """
percent_per_day = 10
cap = 50
grace = 15
free_days = 3

[deadlines]
02_convolution = 2026-10-13T00:00:00+02:00
"03_backprop" = 2026-10-19T22:00:00Z

[extensions.ada]  # was ill
02_convolution = 2026-10-20T00:00:00+02:00

[extensions."bo.b"]
03_backprop = 2026-10-20T22:00:00Z
"""


def read(folder: Path, text: str) -> Policy:
    (folder / policy.FILE).write_text(text, encoding="utf-8")
    found = policy.read(folder, lessons())
    assert found is not None
    return found


def rules(**values: object) -> Policy:
    deadlines = {SECOND: DUE, THIRD: DUE + WEEK, FIFTH: DUE + 2 * WEEK}
    given_ = {"extensions": {}, "percent_per_day": 10.0} | values
    return Policy(deadlines, **given_)  # type: ignore[arg-type]


def test_a_policy_is_read_in_utc(tmp_path: Path) -> None:
    found = read(tmp_path, GOOD)
    assert found == Policy(
        {SECOND: DUE, THIRD: DUE + WEEK},
        {("ada", SECOND): DUE + WEEK, ("bo.b", THIRD): DUE + WEEK + DAY},
        percent_per_day=10,
        cap=50,
        grace=timedelta(minutes=15),
        free_days=3,
    )
    assert found.due("ada", SECOND) == DUE + WEEK
    assert found.due("zoe", SECOND) == DUE
    assert found.due("zoe", FIFTH) is None


def test_a_mark_that_an_editor_put_before_the_text_does_no_harm(tmp_path: Path) -> None:
    assert read(tmp_path, "\ufeffcap = 50\n").cap == 50


def test_no_policy_is_no_policy(tmp_path: Path) -> None:
    assert policy.read(tmp_path, lessons()) is None


BAD = {
    "free_days = 3\ncap = = 5\n": r"line 2: Invalid value in 'cap = = 5'. Write NAME = VALUE,",
    "[deadlines]\n02_convolution = 2026-10-12 23:59\n": "line 2: .* a time as 2026-10-12T23:59:00",
    "[extensions.ada@x.org]\n": 'line 1: .* in quotes, "ada@x.org"; see docs/class.md',
    "cap = 1\ncap = 2\n": "line 2: Cannot overwrite a value in 'cap = 2'",
    'cap = "1': "policy.toml: Unterminated string",
    "[extensions.bo.b]\n02_convolution = 2026-10-13T00:00:00Z\n": r'quotes: \[extensions."bo.b"\]',
    "\nfree_dyas = 3\n": "line 2: there is no free_dyas; there are percent_per_day, cap, grace",
    "cap = 101\n": "line 1: cap is between 0 and 100, not 101",
    "cap = -1\n": "line 1: cap is between 0 and 100, not -1",
    "grace = true\n": "line 1: grace is a number, not True",
    'grace = "15 minutes"\n': "line 1: grace is a number, not '15 minutes'",
    "percent_per_day = nan\n": "line 1: percent_per_day is between",
    "free_days = 1.5\n": "line 1: free_days are whole days",
    "deadlines = 3\n": r"line 1: deadlines is a table: write \[deadlines\]",
    "[deadlines]\n\n02_convolution = 2026-10-13T00:00:00\n": "line 3: which time zone. Write 2026",
    "[deadlines]\n02_convolution = 2026-10-13\n": "line 2: a deadline is a time like 2026",
    "[deadlines]\n'02_convolution' = 'noon'\n": "line 2: a deadline is a time like 2026",
    "[deadlines]\n2_conv = 2026-10-13T00:00:00Z\n": "line 2: no lesson 2_conv; there are 01",
    f"{GOOD}\n[extensions.zoe]\n05_pooling = 2026-10-20T00:00:00Z\n": "line 18: 05_pooling has no",
    f"{GOOD}\n[extensions.zoe]\n02_convolution = 2026-10-01T00:00:00Z\n": "line 18: is before the",
    f"{GOOD}\n[extensions]\nzoe = 3\n": "line 18: extensions.zoe is a table",
    "[deadlines]\n02_convolution = 2026-13-45T00:00:00Z\n": "line 2: ",
    "[deadlines.02_convolution]\nall = 2026-10-13T00:00:00Z\n": "line 1: a deadline is a time like",
    "[extensions.ada]\nx = 1\n": "line 2: no lesson x",
}


@pytest.mark.parametrize("text", BAD)
def test_a_bad_policy_is_refused_with_its_line(text: str, tmp_path: Path) -> None:
    with pytest.raises(CourseError) as caught:
        read(tmp_path, text)
    said = str(caught.value)
    assert re.search(BAD[text], said), said
    assert policy.FILE in said and "\n" not in said


@pytest.mark.parametrize(
    ("over", "days"),
    [
        (-HOUR, 0),
        (timedelta(0), 0),
        (timedelta(minutes=15), 0),
        (timedelta(minutes=15, seconds=1), 1),
        (DAY, 1),
        (DAY + timedelta(seconds=1), 2),
        (10 * DAY, 10),
    ],
)
def test_a_day_counts_as_soon_as_it_has_begun(over: timedelta, days: int) -> None:
    found = late.late(rules(grace=timedelta(minutes=15)), "ada", {SECOND: DUE + over})
    assert found[SECOND].days == days
    assert found[SECOND].percent == 10 * days


def test_the_cap_is_the_most_it_costs() -> None:
    found = late.late(rules(cap=50.0), "ada", {SECOND: DUE + 30 * DAY})
    assert found[SECOND].percent == 50


def test_free_days_go_to_the_earliest_deadline_first() -> None:
    times = {FIFTH: DUE + 2 * WEEK + DAY, SECOND: DUE + DAY, THIRD: DUE + WEEK + 3 * DAY}
    found = late.late(rules(free_days=3), "ada", times)
    assert list(found) == [SECOND, THIRD, FIFTH]
    assert {lesson: (x.days, x.free, x.percent) for lesson, x in found.items()} == {
        SECOND: (1, 1, 0),
        THIRD: (3, 2, 10),
        FIFTH: (1, 0, 10),
    }


def test_an_extension_moves_a_students_own_deadline() -> None:
    given_ = rules(extensions={("ada", SECOND): DUE + WEEK})
    times = {SECOND: DUE + WEEK}
    assert late.late(given_, "ada", times)[SECOND].days == 0
    assert late.late(given_, "bo", times)[SECOND].days == 7


def test_other_zones_are_other_ways_of_saying_the_same_time() -> None:
    from datetime import timezone

    tokyo = (DUE + HOUR).astimezone(timezone(9 * HOUR))
    assert late.late(rules(), "ada", {SECOND: tokyo})[SECOND].days == 1
    assert late.late(rules(), "ada", {SECOND: tokyo - HOUR})[SECOND].days == 0


@given(
    hours=st.lists(st.integers(-100, 1000), min_size=3, max_size=3),
    free=st.integers(0, 9),
    cap=st.floats(0, 100),
)
def test_free_days_are_never_overspent_nor_wasted(hours: list[int], free: int, cap: float) -> None:
    lessons_ = (SECOND, THIRD, FIFTH)
    given_ = rules(free_days=free, cap=cap)
    times = {x: given_.deadlines[x] + h * HOUR for x, h in zip(lessons_, hours, strict=True)}
    found = late.late(given_, "ada", times).values()
    days = sum(x.days for x in found)
    assert sum(x.free for x in found) == min(free, days)
    assert all(0 <= x.free <= x.days and 0 <= x.percent <= cap for x in found)
    # Handing in later never costs less in all.
    later = late.late(given_, "ada", times | {THIRD: times[THIRD] + DAY}).values()
    assert sum(x.days - x.free for x in later) >= sum(x.days - x.free for x in found)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three students whose lessons have been graded: nobody has a point yet."""
    folder = tmp_path_factory.mktemp("class")
    (folder / roster.FILE).write_text("student,name\nada,Ada Lovelace\nbo.b,Bo Derek\ncy,Cy\n")
    with gradebook.opened(class_at(folder).db_url) as book:
        for lesson, due in ((SECOND, DUE), (THIRD, DUE + WEEK)):
            book.register(lessons()[lesson])
            for student, over in (("ada", DAY), ("bo.b", -HOUR), ("cy", None)):
                when = due + over if over is not None else None
                book.save(student, blank(lessons()[lesson], "nothing"), when)
    return folder


@pytest.fixture
def room(made: Path, tmp_path: Path) -> Classroom:
    return class_at(shutil.copytree(made, tmp_path / "class"))


def entered(room: Classroom) -> dict[tuple[str, str], float]:
    with gradebook.opened(room.db_url) as book:
        found = [s for a in book.api.assignments for s in a.submissions]
        return {(s.student.id, s.assignment.name): s.late_submission_penalty for s in found}


def test_penalties_deadlines_and_extensions_are_entered(room: Classroom) -> None:
    (room.results / policy.FILE).write_text(GOOD.replace("free_days = 3", "free_days = 0"))
    found = late.enter(room)
    assert (found.unread, found.moved) == ({}, [])
    assert str(found.lates["ada", THIRD]) == (
        "1 day late: came 2026-10-20 22:00 UTC, was due 2026-10-19 22:00 UTC, 10 % off (2.2 points)"
    )
    most = {x: sum(c.points for c in lessons()[x].checks) for x in (SECOND, THIRD)}
    found = entered(room)
    assert found.pop(("ada", THIRD)) == pytest.approx(0.1 * most[THIRD])
    assert set(found.values()) == {0.0}  # ada has an extension, bo was in time, cy has no time
    with gradebook.opened(room.db_url) as book:
        assignment = book.api.find_assignment(SECOND)
        assert assignment.duedate == DUE.replace(tzinfo=None)
        ada = book.api.find_submission(SECOND, "ada")
        assert ada.duedate == (DUE + WEEK).replace(tzinfo=None)
        assert ada.total_seconds_late == 0


def test_a_changed_policy_changes_what_was_entered(room: Classroom) -> None:
    file = room.results / policy.FILE
    file.write_text(GOOD.replace("free_days = 3", "free_days = 0"))
    late.enter(room)
    before = entered(room)
    file.write_text(GOOD)  # with three free days nobody pays
    late.enter(room)
    assert set(entered(room).values()) == {0.0} != set(before.values())
    file.write_text(GOOD.split("[extensions.ada]")[0])
    late.enter(room)
    with gradebook.opened(room.db_url) as book:
        assert book.api.find_submission(SECOND, "ada").extension is None


def test_a_student_of_the_policy_who_is_not_there_is_an_error(room: Classroom) -> None:
    text = GOOD.replace('[extensions."bo.b"]', '[extensions."bo.p"]')
    (room.results / policy.FILE).write_text(text)
    said = "policy.toml, line 14: there is no student bo.p: is bo.b meant?"
    with pytest.raises(CourseError, match=re.escape(said)):
        late.enter(room)
    with pytest.raises(CourseError, match=r"there is no student zz: add a row to students.csv"):
        (room.results / policy.FILE).write_text(text.replace("bo.p", "zz"))
        late.enter(room)


def test_who_handed_in_is_in_the_class_without_a_list(room: Classroom) -> None:
    (room.results / roster.FILE).unlink()
    for student in ("ada", "bo.b"):
        (room.submitted / student / SECOND).mkdir(parents=True)
    (room.results / policy.FILE).write_text(GOOD)
    assert ("bo.b", THIRD) in late.enter(room).lates


def test_why_it_is_late_is_said_in_the_zone_of_the_deadline(room: Classroom) -> None:
    rules_ = read(room.results, GOOD)
    found = late.late(rules_, "cy", {SECOND: DUE + 3 * DAY + HOUR})[SECOND]
    assert str(found) == (
        "4 days late: came 2026-10-16 01:00 +02:00, was due 2026-10-13 00:00 +02:00,"
        " 3 free days spent, 10 % off (2.2 points)"
    )
    found = late.late(rules_, "cy", {SECOND: DUE + HOUR / 6})[SECOND]
    assert str(found).startswith("in time: came") and str(found).endswith("within the grace")
    found = late.late(rules_, "cy", {SECOND: DUE + DAY})[SECOND]
    assert str(found).endswith("1 free day spent, nothing off")


def test_a_policy_that_is_taken_away_takes_all_that_it_entered_away(room: Classroom) -> None:
    (room.results / policy.FILE).write_text(GOOD)
    record.set_class(room.results, {}, "seal of the policy")
    late.enter(room)
    (room.results / policy.FILE).write_text("percent_per_day = 10\n")  # no deadline any more
    late.enter(room)
    assert set(entered(room).values()) == {0.0}
    (room.results / policy.FILE).write_text(GOOD)
    late.enter(room)
    (room.results / policy.FILE).unlink()
    assert late.enter(room).lates == {}
    with gradebook.opened(room.db_url) as book:
        assert [a.duedate for a in book.api.assignments] == [None, None]
        assert book.api.find_submission(SECOND, "ada").extension is None
    assert set(entered(room).values()) == {0.0}


def test_without_a_policy_what_nbgrader_has_stays(room: Classroom) -> None:
    with gradebook.opened(room.db_url) as book:
        book.api.find_assignment(SECOND).duedate = datetime(2020, 1, 1)
        book.api.db.commit()
    assert late.enter(room).lates == {}
    with gradebook.opened(room.db_url) as book:
        assert book.api.find_assignment(SECOND).duedate == datetime(2020, 1, 1)
