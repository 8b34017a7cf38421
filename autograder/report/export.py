"""Grades as a CSV file: for Canvas's and Moodle's gradebook import, or with all there is to know.

Points are those of the gradebook, given by hand or by checks, less what lateness costs, and never
below 0; they have two decimals, a half is rounded upwards. What was not handed in is empty for
Canvas and '-' for Moodle. Both take that as no grade, also where they had one before.
"""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.plugins import ExportPlugin

from autograder.classroom import database, policy
from autograder.classroom.counting import COURSE, rounded
from autograder.classroom.room import class_at
from autograder.handin import left, roster
from autograder.handin.spreadsheet import harmless
from autograder.report.grades import Column, Grades, of_class

Row = list[str]
POSSIBLE = "    Points Possible"  # with the spaces of Canvas's own export


def canvas(grades: Grades, columns: list[Column]) -> tuple[list[Row], list[str]]:
    """Lay out for Canvas: Grades, Import. A column is found by its title there, a student by the
    number, or where there is none by login and name.

    Returns:
        The rows, and what to look at before they are imported.
    """
    titles, notes = _titles(grades, "canvas", columns, "{}")
    head = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *titles]
    rows = [head, [POSSIBLE, "", "", "", "", *(rounded(column.most) for column in columns)]]
    for who in grades.students:
        login = "" if who.id else who.email or who.student
        rows.append([who.name, who.id, "", login, "", *_scores(columns, who, "")])
    without = sum(not who.id.isdigit() for who in grades.students)
    if without:
        said = f"{without} without a Canvas number in {roster.FILE}: found by login or name, or not"
        notes.insert(0, said)
    return rows, notes


def moodle(grades: Grades, columns: list[Column]) -> tuple[list[Row], list[str]]:
    """Lay out for Moodle: Grades, Import, CSV file; map "Email address" to it, or another column.

    Returns:
        As for `canvas`.
    """
    titles, notes = _titles(grades, "moodle", columns, "Assignment: {} (Real)")
    rows = [["Full name", "Username", "ID number", "Email address", *titles]]
    for who in grades.students:
        rows.append([who.name, who.student, who.id, who.email, *_scores(columns, who, "-")])
    without = sum(not who.email for who in grades.students)
    if without:
        notes.insert(
            0,
            f"{without} without an email in {roster.FILE}: fill it in, or map another column that"
            " all have; Moodle takes nothing from a file with somebody whom it cannot find",
        )
    return rows, notes


def _titles(
    grades: Grades, platform: str, columns: list[Column], usual: str
) -> tuple[list[str], list[str]]:
    """Return what columns are called, and what to look at."""
    found = grades.rules.titles.get(platform, {})
    names = {x.name: usual.format(x.name) for x in columns} | {COURSE: "Course grade"} | found
    lacking = [column.name for column in columns if column.name not in found]
    said = f"without a title in [{platform}] of {policy.FILE}: {', '.join(lacking)}"
    return [names[column.name] for column in columns], [said] if found and lacking else []


def _scores(columns: list[Column], who: roster.Student, missing: str) -> Iterator[str]:
    for column in columns:
        score = column.scores.get(who.student)
        yield missing if score is None else rounded(score)


def plain(grades: Grades) -> list[Row]:
    """Lay out a row for each student and lesson, with all there is to know."""
    head = "student,name,id,email,lesson,deadline,handed_in,points,penalty,score,max_score,remark"
    rows = [head.split(",")]
    for who in grades.students:
        for lesson, most in grades.lessons.items():
            entry = grades.entries.get((who.student, lesson))
            own = [who.student, who.name, who.id, who.email, lesson, grades.due[lesson]]
            if entry:
                points = map(rounded, (entry.points, entry.penalty, entry.score))
                rows.append([*own, entry.handed_in, *points, rounded(most), entry.late])
            else:
                remark = grades.unread.get((who.student, lesson), "nothing was handed in")
                rows.append([*own, "", "", "", "", rounded(most), remark])
    rows += [[*[""] * 11, f"not used: {one}"] for one in grades.left]
    return rows


PLATFORMS = {"canvas": canvas, "moodle": moodle}


def text(grades: Grades, kind: str) -> tuple[str, list[str]]:
    """Return the file for one of `PLATFORMS` or 'csv', and what to look at before an import."""
    if kind == "csv":
        return written(plain(grades)), look_at(grades)
    rows, notes = PLATFORMS[kind](grades, grades.columns())
    return written(rows), notes + look_at(grades)


def written(rows: list[Row]) -> str:
    """Return rows as a CSV file, without a formula in any cell but those of the first line."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    head = rows[0]
    writer.writerow(head)
    for row in rows[1:]:
        writer.writerow(cell if cell == POSSIBLE else harmless(cell) for cell in row)
    return file.getvalue()


def look_at(grades: Grades) -> list[str]:
    """Return what to look at in the grades of a class."""
    notes = []
    waiting = sum(entry.waits for entry in grades.entries.values())
    if waiting:
        notes.append(f"{waiting} submissions wait for a grade by hand (Formgrader)")
    notes += [f"no grade of {key[0]}, {key[1]}: {why}" for key, why in grades.unread.items()]
    if grades.left:
        notes.append(f"{len(grades.left)} files that came in could not be used: see {left.FILE}")
    return notes


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
