"""Where the processor time of grading goes: what one more submission costs, part by part.

    python bench/where.py

The sample class of lesson 02 is graded with few and with many students in this process; what the
many cost more, divided by how many more they are, leaves out the start.
"""

import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import soak
import tree

from autograder.classroom import grade, gradebook, late, record
from autograder.classroom.room import Classroom, class_at
from autograder.feedback import write
from autograder.grading import task
from autograder.handin import submission

FEW, MANY = 10, 60
spent: Counter[str] = Counter()


def main() -> None:
    for module, name, part in (
        (submission, "in_folder", "find and read the file, hash it"),
        (submission, "understand", "read the notebook, put the lesson's checks in"),
        (task, "grade", "talk to the sandbox, number cells, keep outputs"),
        (Classroom, "keep", "write the graded notebook"),
        (record.Ledger, "append", "seal the record"),
        (gradebook.Book, "save", "gradebook"),
        (gradebook.Book, "annotate", "points and comments for the page"),
    ):
        setattr(module, name, timed(getattr(module, name), part))
    graded(FEW)  # loads what is loaded once
    few, many = graded(FEW), graded(MANY)
    each = {part: (many[part] - few[part]) / (MANY - FEW) for part in many}
    total = sum(each.pop(part) for part in (OURS, PAGES)) + each[SANDBOX] + each[MAKER]
    each["rest: threads, sockets, waiting"] = total - sum(each.values())
    print(f"{tree.machine()}; one more submission of the sample class, feedback page included.\n")
    print("| | ms of the processor | |", "|---|---:|---:|", sep="\n")
    for part, seconds in sorted(each.items(), key=lambda pair: -pair[1]):
        print(f"| {part} | {1000 * seconds:.1f} | {seconds / total:.0%} |")
    print(f"| together | {1000 * total:.0f} | |")


OURS, PAGES = "this process as it grades", "this process as pages are made"
SANDBOX = "sandbox: the student's process and the checker's"
MAKER = "feedback page, in a process of its own"


def timed(function: Callable[..., Any], part: str) -> Callable[..., Any]:
    """Add up the processor time of a function, in whichever thread it runs."""

    def run(*args: Any, **kwargs: Any) -> Any:
        start = time.thread_time()
        try:
            return function(*args, **kwargs)
        finally:
            spent[part] += time.thread_time() - start

    return run


def graded(students: int) -> dict[str, float]:
    """Grade a class; return the processor seconds of each part, of us and of the sandbox."""
    spent.clear()
    with tempfile.TemporaryDirectory(prefix="where-") as name:
        room = class_at(Path(name))
        soak.hand_in(room.submitted, students)
        with took(OURS, SANDBOX):
            for _ in grade.grade_class(room, []):
                pass
            late.enter(room)
        with took(PAGES, MAKER):
            for _ in write.write_feedback(room, []):
                pass
        return dict(spent)


@contextmanager
def took(ours: str, others: str) -> Iterator[None]:
    """Add up the processor time of this process, and of all others."""
    own, everyone = time.process_time(), tree.used()
    yield
    tree.wait_for_all()
    spent[ours] += time.process_time() - own
    spent[others] += tree.used() - everyone - spent[ours]


if __name__ == "__main__":
    main()
