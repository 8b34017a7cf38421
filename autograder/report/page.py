"""Write the report: HTML files that load nothing and hold all they show."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jinja2

from autograder import disk, mistakes
from autograder.classroom.counting import rounded
from autograder.classroom.room import Classroom
from autograder.course import CourseError, Lesson
from autograder.handin import left, roster
from autograder.report import course, plots, similar, tally
from autograder.report.grades import Grades
from autograder.report.similar import Pair
from autograder.report.tally import Tally
from autograder.shown import one_line

FOLDER = "report"
PAIRS = "similar"  # below it: the pages of pairs
MOST_MISTAKES = 12
MOST_NAMED = 40  # students listed for one reason; the table of all students marks every one

_templates = jinja2.Environment(
    loader=jinja2.PackageLoader("autograder.report"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)


class Writer:
    """Writes the pages of a class's report into its folder report/."""

    def __init__(self, room: Classroom) -> None:
        self._room = room
        self._listed = roster.read(room.results)
        self.folder = room.results / FOLDER

    def lesson(self, counted: Tally, pairs: list[Pair] | None, has_due: bool) -> Iterator[Path]:
        """Write the page of one lesson, and a page for each pair.

        Args:
            counted: what the class came to.
            pairs: whose code is much alike; None where the class is too small to tell.
            has_due: whether the gradebook has a due date for the lesson.

        Yields:
            The path of each page.
        """
        name = counted.lesson.name
        for old in (self.folder / PAIRS).glob(f"{name}-*.html"):
            disk.remove(old, below=self._room.results)
        links = []
        for number, pair in enumerate(pairs or [], start=1):
            path = self.folder / PAIRS / f"{name}-{number}.html"
            yield self._write(path, "pair.html.j2", {"lesson": name, "pair": pair})
            links.append((pair, f"{PAIRS}/{path.name}"))
        content = _content(counted) | {
            "has_due": has_due,
            "pairs": links if pairs is not None else None,
            "fewest_similar": similar.FEWEST,
            "link": self._link,
        }
        yield self._write(self.folder / f"{name}.html", "lesson.html.j2", content)

    def course(self, tallies: list[Tally]) -> Path:
        """Write the page of the course, of what was counted in each lesson."""
        students: dict[str, dict[str, tally.Row]] = {}
        for counted in tallies:
            for row in counted.rows:
                students.setdefault(row.student, {})[counted.lesson.name] = row
        spread = [
            (t.lesson.name, [100 * s / t.lesson.max_score for s in t.scores])
            for t in tallies
            if t.scores
        ]
        exercises = [
            (t.lesson.name, e) for t in tallies for e in t.exercises.values() if e.share is not None
        ]
        named = [
            (t.lesson.name, m, _symptom(t.lesson, m))
            for t in tallies
            for m in tally.commonest(t.mistakes.values(), MOST_MISTAKES)
        ]
        content = {
            "tallies": tallies,
            "plot": plots.course(spread) if spread else "",
            "hardest": sorted(exercises, key=lambda pair: pair[1].share or 0)[:MOST_MISTAKES],
            "mistakes": sorted(named, key=lambda entry: -entry[1].count)[:MOST_MISTAKES],
            "students": sorted(students.items()),
            "left": left.read(self._room.results),
            "absent": tally.ABSENT,
            "median": _median,
        }
        return self._write(self.folder / "index.html", "course.html.j2", content)

    def grades(self, grades: Grades) -> Path:
        """Write the page of the course's grade."""
        content: dict[str, Any] = {"rules": grades.rules.counting, "entries": grades.entries}
        try:
            content["found"] = course.standings(grades)
        except CourseError as error:
            content["problem"] = str(error)
        return self._write(self.folder / "grades.html", "grades.html.j2", content)

    def _link(self, student: str, lesson: str, check: str = "") -> str:
        """Return the address of a student's feedback page from a lesson's page; '' for none."""
        page = self._room.feedback / student / lesson / f"{lesson}.html"
        if not page.is_file():
            return ""
        parts = (self._room.feedback.name, student, lesson, page.name)
        anchor = f"#{quote(check, safe='')}" if check else ""
        return "../" + "/".join(quote(os.fsencode(part), safe="") for part in parts) + anchor

    def _who(self, student: str) -> str:
        """Return a student's name, and the folder where that is another."""
        name = self._listed.of(student).name
        return _clean(student if name == student else f"{name} ({student})")

    def _write(self, path: Path, template: str, content: dict[str, Any]) -> Path:
        tools = {"clean": _clean, "percent": _percent, "who": self._who, "rounded": rounded}
        text = _templates.get_template(template).render(content | tools)
        disk.write(path, text.encode("utf-8"), below=self._room.results)
        return path


def _content(counted: Tally) -> dict[str, Any]:
    """Prepare what a lesson's page shows."""
    lesson, exercises = counted.lesson, list(counted.exercises.values())
    named = tally.commonest(counted.mistakes.values(), MOST_MISTAKES)
    enough = len(counted.scores) >= tally.FEWEST
    return {
        "lesson": lesson,
        "tally": counted,
        "median": _median(counted.scores),
        "mean": sum(counted.scores) / max(1, len(counted.scores)),
        "scores": plots.scores(counted.scores, lesson.max_score) if counted.scores else "",
        "outcomes": plots.outcomes(exercises) if counted.scores else "",
        "times": plots.times(counted.hours) if counted.hours else "",
        "exercises": exercises,
        "columns": tally.OUTCOMES,
        "enough": enough,
        "fewest": tally.FEWEST,
        "mistakes": [(mistake, _symptom(lesson, mistake)) for mistake in named],
        "unexplained": tally.commonest(counted.unexplained.values(), MOST_MISTAKES),
        "looks": [(why, counted.needing(why)) for why in tally.REASONS],
        "most_named": MOST_NAMED,
    }


def _symptom(lesson: Lesson, mistake: tally.Mistake) -> str:
    """Return what one sees of a known mistake, a clause; '' where two may explain it."""
    cells = [cell for cell, names in lesson.functions.items() if mistake.exercise in names]
    found = (m for m in mistakes.known(lesson.name) if m.exercise in cells)
    return next((m.symptom for m in found if m.name == mistake.name), "")


def _median(values: list[float]) -> float | None:
    ordered = sorted(values)
    if not ordered:
        return None
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def _clean(text: str) -> str:
    """Return a student's name or message without what could turn the text around it."""
    return one_line(text, 200) or "(a name of spaces only)"


def _percent(part: float | None) -> str:
    return "" if part is None else f"{100 * part:.0f} %"
