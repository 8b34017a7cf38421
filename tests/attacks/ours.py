"""Grade cases as `autograder grade` does: one class, one airlock, real bubblewrap."""

import json
import shutil
import time
from collections.abc import Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from unittest import mock

from attacks import target
from attacks.case import LEFT, PLACES, Case, put, text
from attacks.case import notebook as filled_in
from attacks.facts import Facts, Listeners, changes, left_files, processes, snapshot
from autograder.airlock import Limits
from autograder.classroom import gradebook
from autograder.classroom.grade import Graded, grade_class
from autograder.classroom.room import Classroom, class_at
from autograder.course import Lesson
from autograder.feedback.write import write_feedback
from autograder.report.table import table

MIB = 1 << 20
# As in a real grading, but soon met.
LIMITS = Limits(
    call_seconds=1.5,
    check_seconds=4,
    cell_seconds=2.5,
    session_seconds=40,
    memory_bytes=1024 * MIB,
    processes=16,
    file_bytes=8 * MIB,
    disk_bytes=16 * MIB,
    disk_files=512,
    output_bytes=64 << 10,
)
NEXT_HONEST = 10.0  # the honest student has one of two halves right
# Near each limit, in time of the processor: with a neighbour that takes more than his part of it,
# and on the clock, it is over. It takes that time once, as the suite's limits are soon met.
SLOW = """
import time
left = [1.0]
def work(seconds):
    begun = time.process_time()
    while time.process_time() - begun < seconds: pass
work(1.5)
"""
SLOW_SCALE = """
def scale(x, a):
    if left: work(left.pop())
    return a * x
"""
GROUP = 4  # attackers before each honest student
FIRST = "0-first"  # an honest student before everybody: then all that runs all the time is there
REAP_SECONDS = 5.0


def run(cases: Sequence[Case], folder: Path) -> dict[str, Facts]:
    """Grade all cases, honest students among them, and return what was found.

    Args:
        cases: whose names are all different.
        folder: an empty folder for the course, the class and its results.
    """
    course = target.build(folder / "course")
    found: dict[str, Facts] = {}
    with ExitStack() as stack:
        lesson = stack.enter_context(target.chosen(course, folder / "home"))
        stack.enter_context(mock.patch("autograder.airlock.airlock.Limits", lambda: LIMITS))
        tcp, udp, abstract = PLACES.values()
        listeners = stack.enter_context(Listeners(int(tcp), int(udp), abstract))
        todo = list(cases)
        while todo:  # a second round only if a case stopped the class
            room = class_at(folder / "class")
            _hand_in(todo, room)
            _grade(todo, room, lesson, listeners, found, folder)
            todo = [case for case in todo if case.name not in found]
            if todo:
                shutil.rmtree(room.results)
    return found


def beside(cases: Sequence[Case], folder: Path) -> dict[str, float]:
    """Grade an honest slow notebook beside each case, two at a time; return its points by case.

    Args:
        cases, folder: as for `run`.
    """
    course = target.build(folder / "course")
    with ExitStack() as stack:
        lesson = stack.enter_context(target.chosen(course, folder / "home"))
        stack.enter_context(mock.patch("autograder.airlock.airlock.Limits", lambda: LIMITS))
        room = class_at(folder / "class")
        slow = text(filled_in(first=SLOW, scale=SLOW_SCALE))
        for number, case in enumerate(cases):
            case.make(room.submitted / f"{number:03}-attacker" / target.LESSON)
            put(room.submitted / f"{number:03}-slow" / target.LESSON, slow)
        results = {r.student: r for r in grade_class(room, [lesson.name], workers=2)}
    grades = {n: results.get(f"{n:03}-slow") for n in range(len(cases))}
    return {
        case.name: grades[n].grade.score if isinstance(grades[n], Graded) else 0.0
        for n, case in enumerate(cases)
    }


def _attacker(number: int) -> str:
    return f"{number // GROUP:03}-attacker-{number % GROUP}"


def _next(number: int) -> str:
    return f"{number // GROUP:03}-next"


def _hand_in(cases: Sequence[Case], room: Classroom) -> None:
    honest = text(filled_in(affine_forward=target.WRONG["affine_forward"]))
    for number, case in enumerate(cases):
        case.make(room.submitted / _attacker(number) / target.LESSON)
        put(room.submitted / _next(number) / target.LESSON, honest)
    put(room.submitted / FIRST / target.LESSON, honest)


def _grade(
    cases: Sequence[Case],
    room: Classroom,
    lesson: Lesson,
    listeners: Listeners,
    found: dict[str, Facts],
    folder: Path,
) -> None:
    """Grade the class until its end, or until a case stops it, which then is that case's fault."""
    kept = (folder / "course", folder / "home", room.submitted)
    before = snapshot(*kept)
    grading = grade_class(room, [lesson.name], workers=1)
    with closing(grading):
        if next(grading).grade.score != NEXT_HONEST:
            raise RuntimeError("an honest notebook does not get its points")
        base = processes()
        for number, case in enumerate(cases):
            begun = time.monotonic()
            facts = found[case.name] = Facts()
            last = number % GROUP == GROUP - 1 or number == len(cases) - 1
            try:
                _take(facts, next(grading))
                facts.seconds = time.monotonic() - begun
                after = next(grading) if last else None
            except Exception as error:
                facts.faults.append(f"the class stopped: {type(error).__name__}: {error}")
                return
            if after is not None and after.grade.score != NEXT_HONEST:
                facts.faults.append(f"the next student got {after.grade.score:g}")
            facts.faults += listeners.heard() + left_files(LEFT)
            facts.faults += _left_running(base)
            now = snapshot(*kept)
            facts.faults += changes(before, now, folder)
            before = now
    _compare_gradebook(cases, room, found)
    _read_pages(cases, room, found)


def _take(facts: Facts, result: Graded) -> None:
    grade = result.grade
    facts.score = grade.score
    facts.why = list(grade.notes)
    if any(not line.isprintable() for line in [*table([result]), *grade.to_text().split("\n")]):
        facts.faults.append("a line for the terminal steers it")
    outputs = [cell.get("outputs", []) for cell in grade.cells.cells]
    facts.said = json.dumps([grade.to_dict(), outputs], default=str)


def _left_running(base: set[int]) -> list[str]:
    """Say how many processes are there that were not; the kernel gets a moment to end them."""
    deadline = time.monotonic() + REAP_SECONDS
    while (extra := processes() - base) and time.monotonic() < deadline:
        time.sleep(0.02)
    return [f"{len(extra)} processes were left running"] if extra else []


def _compare_gradebook(cases: Sequence[Case], room: Classroom, found: dict[str, Facts]) -> None:
    with gradebook.opened(room.db_url) as book:
        scores = book.scores(target.LESSON)
    for number, case in enumerate(cases):
        due = {_attacker(number): found[case.name].score, _next(number): NEXT_HONEST}
        if any(scores.get(student) != score for student, score in due.items()):
            found[case.name].faults.append("the gradebook says otherwise")


def _read_pages(cases: Sequence[Case], room: Classroom, found: dict[str, Facts]) -> None:
    pages = {page.student: page for page in write_feedback(room, [target.LESSON])}
    for number, case in enumerate(cases):
        page = pages.get(_attacker(number))
        if page is None or page.problem:
            said = page.problem if page else "there is none"
            found[case.name].faults.append(f"no whole feedback page: {said}")
        else:
            found[case.name].page = page.path.read_text(encoding="utf-8")
