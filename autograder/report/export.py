"""Grades as a CSV file: for Canvas's and Moodle's gradebook import, or with all there is to know.

Points are those of the gradebook, given by hand or by checks, less what lateness costs, and never
below 0. What was not handed in is empty for Canvas and '-' for Moodle. Both take that as no grade,
also where they had one before.
"""

import csv
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from nbgrader.api import (
    Assignment,
    Grade,
    Gradebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.plugins import ExportPlugin
from sqlalchemy import Integer, cast, func

from autograder.classroom import database, gradebook, late
from autograder.classroom.late import Key
from autograder.classroom.room import Classroom, class_at
from autograder.handin import left, roster
from autograder.handin.left import Left
from autograder.handin.spreadsheet import harmless

Row = list[str]
POSSIBLE = "    Points Possible"  # with the spaces of Canvas's own export


@dataclass(frozen=True)
class Entry:
    """One submission's grade.

    Attributes:
        handed_in: when, in UTC, as text; '' where that is not known.
        points: of checks and by hand, before lateness.
        penalty: points that lateness costs.
        waits: whether something in it still waits for a person's grade.
        late: how late it is, with the reason; '' where there is no deadline.
    """

    handed_in: str
    points: float
    penalty: float
    waits: bool
    late: str = ""

    @property
    def score(self) -> float:
        return max(0.0, self.points - self.penalty)


@dataclass(frozen=True)
class Grades:
    """The grades of a class.

    Attributes:
        students: who, in the order of their folders.
        lessons: lesson to the points that it gives.
        due: lesson to its deadline in UTC, as text; '' where it has none.
        entries: student and lesson to what was handed in.
        unread: student and lesson to why nobody can tell when it came; they have no entry.
        left: what came in and could not be used.
    """

    students: list[roster.Student]
    lessons: dict[str, float]
    due: dict[str, str]
    entries: dict[Key, Entry]
    unread: dict[Key, str] = field(default_factory=dict)
    left: tuple[Left, ...] = ()

    def score(self, student: str, lesson: str, missing: str) -> str:
        """Return the points of a student as text."""
        entry = self.entries.get((student, lesson))
        return _number(entry.score) if entry else missing


def of_class(room: Classroom, only: Iterable[str] = (), who: Iterable[str] = ()) -> Grades:
    """Read the grades of a class, with lateness as it is now; arguments as for `read`.

    Raises:
        CourseError: the class's list or rules are not in order.
    """
    times = late.enter(room)
    with gradebook.opened(room.db_url) as book:
        found = read(book.api, roster.read(room.results), only, who)
    entries = {
        key: replace(
            entry, late=late.UNTOLD if key in times.untold else str(times.lates.get(key, ""))
        )
        for key, entry in found.entries.items()
        if key not in times.unread
    }
    return replace(found, entries=entries, unread=times.unread, left=tuple(left.read(room.results)))


def read(
    api: Gradebook, students: roster.Roster, only: Iterable[str] = (), who: Iterable[str] = ()
) -> Grades:
    """Read the grades that a gradebook holds.

    Args:
        api: the open gradebook.
        students: who is who.
        only: lessons; all that are in the gradebook if empty.
        who: students; all if empty.
    """
    only, who = set(only), set(who)
    names = {id for (id,) in api.db.query(Student.id)} | {s.student for s in students.all()}
    wanted = sorted(names & who if who else names)
    lessons = [x for x in api.assignments if not only or x.name in only]
    lessons.sort(key=lambda x: x.name)
    return Grades(
        [students.of(name) for name in wanted],
        {x.name: x.max_score for x in lessons},
        {x.name: _time(x.duedate) for x in lessons},
        {
            (row.student_id, row.name): Entry(
                _time(row.timestamp), row.points or 0.0, row.penalty or 0.0, bool(row.waits)
            )
            for row in _rows(api)
        },
    )


def _rows(api: Gradebook) -> Any:
    return (
        api.db.query(
            SubmittedAssignment.student_id,
            Assignment.name,
            SubmittedAssignment.timestamp,
            func.sum(Grade.score).label("points"),
            func.max(SubmittedNotebook.late_submission_penalty).label("penalty"),
            func.sum(cast(Grade.needs_manual_grade, Integer)).label("waits"),
        )
        .select_from(SubmittedAssignment)
        .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
        .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Grade, Grade.notebook_id == SubmittedNotebook.id)
        .group_by(SubmittedAssignment.id, Assignment.name)
    )


def canvas(grades: Grades) -> tuple[list[Row], list[str]]:
    """Lay out for Canvas: Grades, Import. A lesson is found by the title of its assignment there,
    a student by the number, or where there is none by login and name.

    Returns:
        The rows, and what to look at before they are imported.
    """
    head = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *grades.lessons]
    most = [POSSIBLE, "", "", "", "", *map(_number, grades.lessons.values())]
    rows = [head, most]
    for who in grades.students:
        login = "" if who.id else who.email or who.student
        scores = [grades.score(who.student, lesson, "") for lesson in grades.lessons]
        rows.append([who.name, who.id, "", login, "", *scores])
    without = sum(not who.id.isdigit() for who in grades.students)
    notes = [f"{without} without a Canvas number in {roster.FILE}: found by login or name, or not"]
    return rows, notes if without else []


def moodle(grades: Grades) -> tuple[list[Row], list[str]]:
    """Lay out for Moodle: Grades, Import, CSV file; map "Email address" to it, or another column.

    Returns:
        As for `canvas`.
    """
    head = ["Full name", "Username", "ID number", "Email address"]
    rows = [head + [f"Assignment: {lesson} (Real)" for lesson in grades.lessons]]
    for who in grades.students:
        scores = [grades.score(who.student, lesson, "-") for lesson in grades.lessons]
        rows.append([who.name, who.student, who.id, who.email, *scores])
    without = sum(not who.email for who in grades.students)
    notes = [
        f"{without} without an email in {roster.FILE}: fill it in, or map another column that all"
        " have; Moodle takes nothing from a file with somebody whom it cannot find"
    ]
    return rows, notes if without else []


def plain(grades: Grades) -> tuple[list[Row], list[str]]:
    """Lay out a row for each student and lesson, with all there is to know.

    Returns:
        As for `canvas`.
    """
    head = "student,name,id,email,lesson,deadline,handed_in,points,penalty,score,max_score,remark"
    rows = [head.split(",")]
    for who in grades.students:
        for lesson, most in grades.lessons.items():
            entry = grades.entries.get((who.student, lesson))
            own = [who.student, who.name, who.id, who.email, lesson, grades.due[lesson]]
            if entry:
                points = map(_number, (entry.points, entry.penalty, entry.score))
                rows.append([*own, entry.handed_in, *points, _number(most), entry.late])
            else:
                remark = grades.unread.get((who.student, lesson), "nothing was handed in")
                rows.append([*own, "", "", "", "", _number(most), remark])
    rows += [[*[""] * 11, f"not used: {one}"] for one in grades.left]
    return rows, []


FORMATS: dict[str, Callable[[Grades], tuple[list[Row], list[str]]]] = {
    "canvas": canvas,
    "moodle": moodle,
    "csv": plain,
}


def text(grades: Grades, kind: str) -> tuple[str, list[str]]:
    """Return the file in one of `FORMATS`, and what to look at before it is imported."""
    rows, notes = FORMATS[kind](grades)
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    head = rows[0]
    writer.writerow(head)
    for row in rows[1:]:
        writer.writerow(cell if cell == POSSIBLE else harmless(cell) for cell in row)
    waiting = sum(entry.waits for entry in grades.entries.values())
    if waiting:
        notes.append(f"{waiting} submissions wait for a grade by hand (Formgrader)")
    notes += [f"no grade of {key[0]}, {key[1]}: {why}" for key, why in grades.unread.items()]
    if grades.left:
        notes.append(f"{len(grades.left)} files that came in could not be used: see {left.FILE}")
    return file.getvalue(), notes


def _number(value: float) -> str:
    return f"{round(value, 2):g}"


def _time(when: Any) -> str:
    return f"{when:%Y-%m-%d %H:%M:%S} UTC" if when else ""


class _Export(ExportPlugin):
    """nbgrader's export in one of our formats."""

    kind = ""

    def export(self, gradebook_: Gradebook) -> None:
        db_url = database.whole(gradebook_.engine.url)
        room = class_at(database.results(db_url), db_url=db_url)
        grades = of_class(room, map(str, self.assignment), map(str, self.student))
        content, notes = text(grades, self.kind)
        path = Path(self.to or "grades.csv")
        path.write_text(content, encoding="utf-8")
        self.log.info("Wrote %s", path)
        for note in notes:
            self.log.warning(note)


class CanvasExport(_Export):
    """For `nbgrader export --exporter autograder.report.export.CanvasExport`."""

    kind = "canvas"


class MoodleExport(_Export):
    """For `nbgrader export --exporter autograder.report.export.MoodleExport`."""

    kind = "moodle"
