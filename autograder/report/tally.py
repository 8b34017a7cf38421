"""Count what a class came to in a lesson: one student's work at a time, nothing large is kept."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from math import sqrt

from autograder.course import Lesson
from autograder.grading.grade import CheckResult
from autograder.report.read import Work
from autograder.shown import one_line

FEWEST = 20  # students; a discrimination from fewer says nothing
EXAMPLES = 5  # students named for a mistake
WORDS = 160  # characters of a message

# What an exercise came to, the best first. An exercise is as bad as the worst of its checks.
OUTCOMES = ("right", "partly right", "wrong", "error", "not written")
# Why a student needs a look, the most urgent first.
UNREADABLE = "could not be graded"
NO_TIME = "when it came is not known"
ABSENT = "not handed in"
UNPROTECTED = "graded without a sandbox"
LIMIT = "met a limit"
ERROR = "stopped with an error"
NOT_RUN = "not run on this machine"
OURS = "judged with a function of the lesson's own"
CHANGED = "given cells were changed"
LATE = "late"
REASONS = (UNREADABLE, NO_TIME, ABSENT, UNPROTECTED, LIMIT, ERROR, NOT_RUN, OURS, CHANGED, LATE)


@dataclass
class Exercise:
    """Sums over a class for one exercise: enough for its difficulty and discrimination.

    Attributes:
        name: the function or question.
        points: the most it can give.
        outcomes: how many students had each outcome.
    """

    name: str
    points: float
    outcomes: Counter[str] = field(default_factory=Counter)
    count: int = 0
    _x: float = 0.0  # sums of this exercise's points, of the rest's, of squares and products
    _y: float = 0.0
    _xx: float = 0.0
    _yy: float = 0.0
    _xy: float = 0.0

    def add(self, score: float, rest: float, outcome: str) -> None:
        """Count one student.

        Args:
            score: points for this exercise.
            rest: points for all the others.
            outcome: one of OUTCOMES.
        """
        self.count += 1
        self.outcomes[outcome] += 1
        self._x += score
        self._y += rest
        self._xx += score * score
        self._yy += rest * rest
        self._xy += score * rest

    @property
    def share(self) -> float | None:
        """The difficulty: what part of the points the class got; 1 is easy."""
        return self._x / (self.count * self.points) if self.count and self.points else None

    @property
    def discrimination(self) -> float | None:
        """How this exercise goes with the others: the correlation of its points with the rest.

        None under FEWEST students, and where all have the same points.
        """
        if self.count < FEWEST:
            return None
        n = self.count
        spread_x, spread_y = n * self._xx - self._x**2, n * self._yy - self._y**2
        if min(spread_x, spread_y) <= 1e-9 * n:
            return None
        return (n * self._xy - self._x * self._y) / sqrt(spread_x * spread_y)


@dataclass
class Mistake:
    """How many students made a mistake in an exercise, and the first of them.

    Attributes:
        exercise: its name.
        name: of the mistake; of failures without one, what their first lines have in common.
        said: what the check said to the first of them: the call that failed, and how.
        count: of students.
        examples: the first of them, each with the check that failed.
    """

    exercise: str
    name: str
    said: str = ""
    count: int = 0
    examples: list[tuple[str, str]] = field(default_factory=list)  # student, check

    def add(self, student: str, check: str) -> None:
        self.count += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append((student, check))


@dataclass(frozen=True)
class Row:
    """A student's line.

    Attributes:
        student: the student's id.
        score: points of the checks.
        by_hand: points of the written answers, or None where they wait for a person.
        penalty: points taken off for lateness.
        hours: before the due date; less than 0 is late; None where it cannot be said.
        looks: why somebody should look: pairs of a reason and what was found.
        has_page: whether there can be a feedback page.
    """

    student: str
    score: float
    by_hand: float | None
    penalty: float
    hours: float | None
    looks: tuple[tuple[str, str], ...]
    has_page: bool

    @property
    def total(self) -> float:
        return max(0.0, self.score + (self.by_hand or 0.0) - self.penalty)


class Tally:
    """What a class came to in one lesson.

    Attributes:
        lesson: the lesson.
        exercises: name to sums, in the lesson's order.
        scores: points of the checks of each student who could be graded.
        hours: before the due date, of each whose time is known.
        mistakes: by exercise and name.
        unexplained: failures that look alike, by exercise and what their messages begin with.
        rows: a line for each student.
        waiting: how many written answers wait for points.
    """

    def __init__(self, lesson: Lesson) -> None:
        self.lesson = lesson
        self.exercises: dict[str, Exercise] = {}
        for check in lesson.checks:
            if not check.manual:
                exercise = self.exercises.setdefault(check.exercise, Exercise(check.exercise, 0.0))
                exercise.points += check.points
        self.scores: list[float] = []
        self.hours: list[float] = []
        self.mistakes: dict[tuple[str, str], Mistake] = {}
        self.unexplained: dict[tuple[str, str], Mistake] = {}
        self.rows: list[Row] = []
        self.waiting = 0

    def add(self, work: Work) -> None:
        """Count one student's work."""
        points = {r.id: work.by_hand.get(r.id, r.score) for r in work.results}
        checked = [r for r in work.results if r.status != "manual"]
        score = sum(points[r.id] for r in checked)
        answers = [r for r in work.results if r.status == "manual" and r.message == ""]
        waiting = sum(r.id not in work.by_hand for r in answers)
        self.waiting += waiting
        if work.results:
            self.scores.append(score)
        for name, exercise in self.exercises.items():
            own = [r for r in checked if r.exercise == name]
            if own:
                part = sum(points[r.id] for r in own)
                exercise.add(part, score - part, _outcome(own))
        self._count_mistakes(work.student, checked)
        hours = _hours(work)
        if hours is not None:
            self.hours.append(hours)
        by_hand = sum(points[r.id] for r in work.results if r.status == "manual")
        self.rows.append(
            Row(
                work.student,
                score,
                None if waiting else by_hand,
                work.penalty,
                hours,
                tuple(_looks(work, hours)),
                bool(work.results or work.problem),
            )
        )

    def add_absent(self, students: Iterable[str]) -> None:
        """Add the students who handed in nothing: those of a class that are not counted yet."""
        there = {row.student for row in self.rows}
        for student in students:
            if student not in there:
                looks = ((ABSENT, ""),)
                self.rows.append(Row(student, 0.0, 0.0, 0.0, None, looks, False))
        self.rows.sort(key=lambda row: row.student)

    def needing(self, reason: str) -> list[tuple[Row, str]]:
        """Return who needs a look for one reason, and what was found."""
        return [(row, text) for row in self.rows for why, text in row.looks if why == reason]

    def _count_mistakes(self, student: str, checked: list[CheckResult]) -> None:
        """Count each mistake once a student, however many checks it fails."""
        seen: set[tuple[str, str]] = set()
        named = {r.exercise for r in checked if r.mistake}
        for result in checked:
            if result.status not in ("fail", "error") and not result.mistake:
                continue
            if result.mistake:
                key, counts = (result.exercise, result.mistake), self.mistakes
            elif result.exercise not in named:
                key, counts = (result.exercise, _kind(result.message)), self.unexplained
            else:
                continue
            if key not in seen:
                seen.add(key)
                said = _first_failure(result.message)
                counts.setdefault(key, Mistake(*key, said)).add(student, result.id)


def commonest(counts: Iterable[Mistake], most: int) -> list[Mistake]:
    """Return what most students did, the commonest first."""
    return sorted(counts, key=lambda m: (-m.count, m.exercise, m.name))[:most]


def _outcome(results: list[CheckResult]) -> str:
    """Say in one word what a student's checks of one exercise came to."""
    statuses = {result.status for result in results}
    if statuses == {"pass"}:
        return "right"
    if statuses & {"error", "timeout"}:
        return "error"
    if statuses == {"missing"}:
        return "not written"
    return "partly right" if any(result.score for result in results) else "wrong"


def _hours(work: Work) -> float | None:
    if work.handed_in is None or work.due is None:
        return None
    return (work.due - work.handed_in).total_seconds() / 3600


def _looks(work: Work, hours: float | None) -> Iterable[tuple[str, str]]:
    """Say why a student needs a look, and what was found."""
    if work.no_time is not None:
        yield NO_TIME, one_line(work.no_time, 3 * WORDS)
    if work.problem:
        yield UNREADABLE, one_line(work.problem, WORDS)
        return
    if work.sandbox == "none":
        yield UNPROTECTED, ""
    for result in work.results:
        text = one_line(f"{result.id}: {result.message}", WORDS)
        if result.status == "timeout" or "limit met" in result.message:
            yield LIMIT, text
        elif result.status == "error":
            yield ERROR, text
        elif result.status == "not-run":
            yield NOT_RUN, text
        elif result.status == "pass" and result.message:
            yield OURS, text
    if work.notes:
        yield CHANGED, one_line("; ".join(work.notes), WORDS)
    if work.late and work.late.days:
        yield LATE, str(work.late)
    elif work.late is None and hours is not None and hours < 0:
        yield LATE, f"by {_span(-hours)}"


def _span(hours: float) -> str:
    """Write a time as a reader would: minutes, hours or days."""
    if hours < 1:
        return f"{max(1, round(hours * 60))} min"
    return f"{hours:.0f} h" if hours < 48 else f"{hours / 24:.0f} days"


def _first_failure(message: str) -> str:
    """Return the lines of a message that say which call failed, and how."""
    lines = message.removeprefix("Not yet: ").split("\n")
    return "\n".join(one_line(line, WORDS) for line in lines[:2])


def _kind(message: str) -> str:
    """Return how a message begins, with its numbers left out, to count what is alike."""
    return re.sub(r"\d[\d.e+-]*", "…", _first_failure(message).replace("\n", " "))
