"""What people enter by hand, taken down in the record: points, the class's list, its rules.

Points given in Formgrader are recorded as they are saved. Other programs can write the gradebook,
students.csv and policy.toml: what has changed there since it was recorded is named by `autograder
verify`, and named and recorded when the class is next collected or graded.
"""

from typing import Any

from nbgrader.api import Assignment, BaseCell, Grade, SubmittedAssignment, SubmittedNotebook
from sqlalchemy import event, inspect, select

from autograder import disk
from autograder.classroom import gradebook, ledger, policy, record, written
from autograder.classroom.record import State
from autograder.classroom.room import Classroom
from autograder.course import CourseError, lessons
from autograder.grading import fingerprint
from autograder.handin import roster
from autograder.shown import one_line
from convbook import notebook

WAIT = 5  # seconds for another program to finish its line, while a person waits
_BY_HAND = {"manual_score", "extra_credit"}
_watched: list[Classroom] = []


def watch(room: Classroom) -> None:
    """Record the points that a person gives through nbgrader in this process.

    Where that cannot be done they are not given, and nbgrader says that they were not saved.

    Args:
        room: the class.
    """
    _watched[:] = [room]
    if not event.contains(Grade, "after_update", _saved):
        event.listen(Grade, "after_update", _saved)


def unwatch() -> None:
    """Record no more."""
    event.remove(Grade, "after_update", _saved)


def _saved(mapper: Any, connection: Any, grade: Any) -> None:
    """Take a grade down whose points a person has set, also to what they were."""
    if not _BY_HAND & inspect(grade).committed_state.keys():
        return
    whose = (
        select(SubmittedAssignment.student_id, Assignment.name, SubmittedNotebook.id)
        .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
        .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .where(SubmittedNotebook.id == grade.notebook_id)
    )
    student, lesson, _ = connection.execute(whose).one()
    cell = connection.execute(
        select(BaseCell.name).where(BaseCell.id == grade.cell_id)
    ).scalar_one()
    points = grade.manual_score, grade.extra_credit or 0.0
    (room,) = _watched
    is_answer = cell.startswith(notebook.ANSWER) and lesson in lessons()
    answer = written.key(room, student, lessons()[lesson], cell) if is_answer else ""
    record.enter(room.results, (student, lesson, cell), points, wait=WAIT, answer=answer)


def changes(room: Classroom, known: State) -> dict[str, str]:
    """Compare the class's list and rules with the record.

    Args:
        room: the class.
        known: what its record says.

    Returns:
        A line for each change, by student; '' is what does not concern one.
    """
    now, rules = _rows(room), _rules(room)
    if not known.has_class:
        unknown = f"{roster.FILE} and {policy.FILE} are not recorded yet: run autograder grade"
        return {"": unknown} if now or rules else {}
    said = {}
    if rules != known.policy:
        said[""] = f"{policy.FILE} is not as it was recorded"
    for student in sorted(now.keys() | known.students.keys()):
        before, after = known.students.get(student), now.get(student)
        if before != after:
            said[student] = f"{roster.FILE}: {student} {_change(before, after)}"
    return said


def take_down(room: Classroom) -> list[str]:
    """Record the class's list and its rules as they are now, once the class has a record.

    Returns:
        A line for each change of what was recorded before.
    """
    if not (room.results / ledger.LINES).exists():
        return []
    known = record.state(room.results)
    said = changes(room, known)
    if said:
        now = _rows(room)
        rows = {s: now.get(s) for s in now.keys() | known.students.keys()}
        changed = {s: row for s, row in rows.items() if row != known.students.get(s)}
        record.set_class(room.results, changed, _rules(room))
    named = {"", *known.students} if known.has_class else set()
    return [line for who, line in said.items() if who in named]


def take_down_points(room: Classroom) -> list[str]:
    """Record the points by hand that stand in the gradebook and were not recorded.

    What was given for a cell that the lesson has no longer stays recorded: it may come back.

    Returns:
        A line for each.
    """
    known = record.state(room.results)
    with gradebook.opened(room.db_url) as book:
        now, cells = book.by_hand(), book.cells()
    said = []
    for cell in sorted(now.keys() | {one for one in known.entered if one[1:] in cells}):
        points = now.get(cell, NOTHING)
        if points != known.entered.get(cell, NOTHING):
            record.enter(room.results, cell, points, record.SEEN)
            said.append(f"{', '.join(map(one_line, cell))}: {shown(*points)}, {_OUTSIDE}")
    return said


def seen(known: State) -> list[str]:
    """Return a line for each of the points by hand that nobody gave in Formgrader."""
    return [
        f"{', '.join(map(one_line, cell))}: {shown(*known.entered[cell])}, {_OUTSIDE}; seen {when}"
        for cell, when in known.seen.items()
    ]


def shown(manual: float | None, extra: float) -> str:
    """Say which points were given by hand."""
    points = "no points" if manual is None else f"{manual:g} points"
    return f"{points} by hand" + (f" and {extra:g} extra" if extra else "")


_OUTSIDE = "not entered in Formgrader"
NOTHING = None, 0.0


def _rows(room: Classroom) -> dict[str, list[str]]:
    """Return the class's list: folder to name, id and email."""
    return {s.student: [s.name, s.id, s.email] for s in roster.read(room.results).all()}


def _rules(room: Classroom) -> str:
    """Return the fingerprint of the class's rules; '' where there are none."""
    path = room.results / policy.FILE
    try:
        return fingerprint.content(disk.read(path, disk.WRITTEN_BY_HAND))
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise CourseError(f"{path}: {disk.why(error)}") from None


def _change(before: list[str] | None, after: list[str] | None) -> str:
    if before is None:
        return "is new since it was recorded"
    if after is None:
        return "was recorded and is gone"
    what = zip(("name", "id", "email"), before, after, strict=True)
    return " and ".join(f"had the {w} {a!r} and has {b!r}" for w, a, b in what if a != b)
