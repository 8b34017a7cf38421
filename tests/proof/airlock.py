"""Hand in a sample of the known mistakes, and the solution, through the real airlock.

    PYTHONPATH=tests python tests/proof/airlock.py 3                    three of each lesson
    PYTHONPATH=tests python tests/proof/airlock.py 99 02_convolution    all of one lesson

Each submission has one known mistake and is otherwise right. Fails where less than 95 % are named,
where another is blamed, or where a right submission loses points or is told anything.
"""

import random
import sys
from collections.abc import Iterator

import nbformat
from machine import SANDBOX
from naming import is_named

from autograder import mistakes
from autograder.airlock import Airlock
from autograder.course import Lesson, lessons
from autograder.grading.airlocks import open_airlock
from autograder.grading.grade import Grade, grade
from autograder.handin import reader, submission
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
    parsed = reader.parse(handed_in(lesson, cells))
    return grade(submission.reconcile(parsed, lesson), airlock)


def tried(lesson: Lesson, count: int) -> Iterator[tuple[bool, list[str]]]:
    """Hand in known mistakes of a lesson; say of each whether it is named, and what is wrong."""
    known = mistakes.known(lesson.name)
    drawn = random.Random(lesson.name).sample(known, min(count, len(known)))
    with open_airlock(lesson, SANDBOX) as airlock:
        right = graded(lesson, {}, airlock)
        if right.score < right.max_score or any(check.mistake for check in right.checks):
            raise SystemExit(
                f"{lesson.name}: the solution is refused or blamed:\n{right.to_text()}"
            )
        for mistake in drawn:
            cells = {mistake.exercise: mistakes.source(mistake, lesson)}
            result = graded(lesson, cells, airlock)
            told = {check.mistake for check in result.checks if check.mistake}
            others = {name for name in told if not is_named(name, mistake)}
            what = f"{lesson.name}, {mistake.exercise}, {mistake.name}"
            print(f"{what}: told {'; '.join(sorted(told)) or 'nothing'}", flush=True)
            wrong = [f"{what}: told {other}, seed {result.seed}" for other in sorted(others)]
            if result.score == result.max_score:
                wrong.append(f"{what}: keeps its points, seed {result.seed}")
            yield bool(told - others), wrong


def main(count: int, names: list[str]) -> int:
    results = [one for name in names or lessons() for one in tried(lessons()[name], count)]
    named = sum(is_told for is_told, _ in results)
    wrong = [line for _, lines in results for line in lines]
    print(f"{named} of {len(results)} named, sandbox: {SANDBOX}")
    print(*(wrong or ["all lose points, none is blamed wrongly"]), sep="\n")
    return 0 if named >= NAMED * len(results) and not wrong else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2:]))
