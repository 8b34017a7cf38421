"""The course's grade of each student, and what is missing for it."""

from collections.abc import Mapping
from dataclasses import dataclass

from autograder.classroom import counting
from autograder.classroom.counting import rounded
from autograder.course import CourseError
from autograder.handin.roster import Student
from autograder.report import export
from autograder.report.export import Row
from autograder.report.grades import Column, Grades


@dataclass(frozen=True)
class Standing:
    """Where one student stands.

    Attributes:
        who: the student.
        grade: in percent, not rounded; None where a time of handing in cannot be read.
        dropped: the lessons that do not count as the lowest.
        missing: the lessons that count and were not handed in.
        waits: those in which something waits for a person's points, and gives none yet.
        unread: those of which nobody can tell when they came.
    """

    who: Student
    grade: float | None
    dropped: tuple[str, ...]
    missing: tuple[str, ...]
    waits: tuple[str, ...]
    unread: tuple[str, ...]


@dataclass(frozen=True)
class Standings:
    """The course's grades of a class.

    Attributes:
        rows: a student each.
        most: percent, that a student gets who has every point.
        counted: lesson to the points that it gives, of those that count and were graded.
        ungraded: the lessons that have a weight and of which nothing was graded.
    """

    rows: list[Standing]
    most: float
    counted: dict[str, float]
    ungraded: list[str]


def standings(grades: Grades) -> Standings:
    """Work out the course's grade of each student.

    Raises:
        CourseError: no lesson that counts was graded.
    """
    rules = grades.rules.counting
    counted = {x: most for x, most in grades.lessons.items() if rules.weight(x, most) and most}
    try:
        most, _ = rules.grade(counted, counted)
    except ValueError as error:
        raise CourseError(f"there is no course's grade yet: {error}") from None
    rows = [_standing(grades, counted, who) for who in grades.students]
    return Standings(rows, most, counted, [x for x in rules.weights if x not in counted])


def _standing(grades: Grades, counted: Mapping[str, float], who: Student) -> Standing:
    rules, keys = grades.rules.counting, {lesson: (who.student, lesson) for lesson in counted}
    entries = {x: grades.entries[key] for x, key in keys.items() if key in grades.entries}
    unread = tuple(lesson for lesson, key in keys.items() if key in grades.unread)
    grade, dropped = rules.grade(counted, {x: entry.score for x, entry in entries.items()})
    absent = (x for x in counted if x not in entries and x not in unread and x not in rules.bonus)
    waits = tuple(lesson for lesson, entry in entries.items() if entry.waits)
    if unread:
        return Standing(who, None, (), tuple(absent), waits, unread)
    return Standing(who, grade, dropped, tuple(absent), waits, ())


def text(grades: Grades, kind: str) -> tuple[str, list[str]]:
    """Return the file for one of `export.PLATFORMS` or 'csv'; as `export.text`.

    Raises:
        CourseError: no lesson that counts was graded.
    """
    found = standings(grades)
    notes = export.look_at(grades)
    if found.ungraded:
        notes.append(f"nothing was graded of {', '.join(found.ungraded)}: left out until it is")
    if kind == "csv":
        return export.written(_plain(grades, found)), notes
    scores = {row.who.student: row.grade for row in found.rows if row.grade is not None}
    column = Column(counting.COURSE, 100.0, scores)
    rows, more = export.PLATFORMS[kind](grades, [column])
    return export.written(rows), more + notes


def _plain(grades: Grades, found: Standings) -> list[Row]:
    """Lay out a row for each student, with the points of each lesson that counts."""
    own, ends = ["student", "name", "id", "email", "grade", "max_grade"], _ENDS
    rows = [[*own, *found.counted, *ends]]
    for row in found.rows:
        who, keys = row.who, [(row.who.student, lesson) for lesson in found.counted]
        scores = [rounded(grades.entries[k].score) if k in grades.entries else "" for k in keys]
        grade = "" if row.grade is None else rounded(row.grade)
        lists = (row.dropped, row.missing, row.waits, row.unread)
        rows.append(
            [who.student, who.name, who.id, who.email, grade, rounded(found.most), *scores]
            + [" ".join(lessons) for lessons in lists]
        )
    return rows


_ENDS = ("dropped", "not_handed_in", "waits_for_a_person", "no_time")
