"""Hand in a sample of the known mistakes, and the solution, through the real airlock.

    PYTHONPATH=tests python tests/proof/airlock.py 3      three mistakes of each lesson

Each submission has one known mistake and is otherwise right. Fails where less than 95 % are named,
or where a right submission loses points or is told anything.
"""

import random
import sys

import nbformat
from sandbox import SANDBOX

from autograder import mistakes, submission
from autograder.airlock import Airlock
from autograder.course import Lesson, lessons
from autograder.grade import Grade, grade, open_airlock
from convbook import notebook

NAMED = 0.95


def handed_in(lesson: Lesson, cells: dict[str, str]) -> str:
    """Return a notebook with every answer right, but for some cells."""
    book = nbformat.from_dict(lesson.released)
    for cell in book.cells:
        name = notebook.grade_id(cell)
        if name in lesson.exercises:
            cell.source = cells.get(name, lesson.solutions[name])
    return nbformat.writes(book, version=4)


def graded(lesson: Lesson, cells: dict[str, str], airlock: Airlock) -> Grade:
    parsed = submission.parse(handed_in(lesson, cells))
    return grade(submission.reconcile(parsed, lesson), airlock)


def main(count: int, names: list[str]) -> int:
    tried, named, wrong = 0, 0, []
    for lesson in (lessons()[name] for name in names or lessons()):
        drawn = random.Random(lesson.name).sample(mistakes.known(lesson.name), count)
        with open_airlock(lesson, SANDBOX) as airlock:
            right = graded(lesson, {}, airlock)
            if right.score < right.max_score or any(check.mistake for check in right.checks):
                wrong.append(f"{lesson.name}: the solution has {right.score:g} points")
            for mistake in drawn:
                cells = {mistake.exercise: mistakes.source(mistake, lesson)}
                found = {c.mistake for c in graded(lesson, cells, airlock).checks if c.mistake}
                tried += 1
                ok = any(mistake.name in name for name in found)
                named += ok
                told = "; ".join(sorted(found)) or "nothing"
                print(f"{lesson.name}, {mistake.exercise}, {mistake.name}: told {told}", flush=True)
    print(f"{named} of {tried} named; right submissions refused or blamed: {wrong or 'none'}")
    return 0 if named >= NAMED * tried and not wrong else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2:]))
