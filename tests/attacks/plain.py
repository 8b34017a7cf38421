"""Grade cases by plain nbgrader, its own settings and its own Execute, each case in a guard.

The notebooks, the hidden tests and the students are those that our grader gets. nbgrader's time
limit of a cell is lowered for the suite, as ours is. Feedback pages are made for the cases that are
about them.
"""

import compileall
import shutil
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from queue import SimpleQueue

import autograder
import convbook
from attacks import target
from attacks.case import LEFT, PLACES, Case, put, text
from attacks.case import notebook as filled_in
from attacks.facts import Facts
from attacks.guard import GIVEN, SCRATCH, Guard

LIMIT_SECONDS = 150.0  # for a case as a whole; then the guard ends it
CELL_SECONDS = 12  # nbgrader's own limit, 30 s unless told otherwise
CONFIG = f"""\
c = get_config()
c.CourseDirectory.course_id = "target"
c.CourseDirectory.root = "{SCRATCH}/course"
c.CourseDirectory.db_url = "sqlite:///{SCRATCH}/course/gradebook.db"
c.ClearSolutions.code_stub = {{"python": "raise NotImplementedError"}}
c.Execute.timeout = {CELL_SECONDS}
c.Execute.iopub_timeout = {CELL_SECONDS}
"""


def run(
    cases: Sequence[Case], folder: Path, workers: int = 2, say: Callable[[str], None] = print
) -> dict[str, Facts]:
    """Grade each case, followed by an honest student, and return what was found.

    Args:
        cases: whose names are all different.
        folder: an empty folder.
        workers: how many guards at a time.
        say: is told the name of each case as it is done.
    """
    built = target.build(folder / "built")
    given = folder / "given"
    given.mkdir()
    guards: SimpleQueue[Guard] = SimpleQueue()

    def one(case: Case) -> Facts:
        place = given / f"{cases.index(case):03}"
        shutil.copytree(given / "template", place, symlinks=True)
        _hand_in(case, place / "submitted")
        guard = guards.get()
        try:
            facts = _grade(case, place, guard)
        finally:
            guards.put(guard)
        shutil.rmtree(place)
        say(case.name)
        return facts

    with ExitStack() as stack:
        for _ in range(workers):
            guards.put(stack.enter_context(Guard(given)))
        stack.enter_context(target.chosen(built, folder / "home"))
        _template(built, given / "template", guards)
        pool = stack.enter_context(ThreadPoolExecutor(workers))
        return dict(zip([case.name for case in cases], pool.map(one, cases), strict=True))


def _template(built: Path, template: Path, guards: SimpleQueue) -> None:
    """Lay out what every case starts from: a course with one student graded."""
    template.mkdir()
    shutil.copytree(built / "solutions", template / "source")
    shutil.copytree(built / "solutions", template / "solutions")  # where the judge looks
    shutil.copytree(built / "notebooks", template / "notebooks")
    for package in (autograder, convbook):
        source = Path(str(package.__file__)).parent
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(source, template / "site" / source.name, ignore=ignored)
    # jsonschema would use it if it were there, for a format that no notebook has; it takes 3 s.
    slow = template / "site" / "rfc3987_syntax.py"
    slow.write_text("raise ImportError('left out: slow to import')", encoding="utf-8")
    compileall.compile_dir(template / "site", quiet=1)
    (template / "nbgrader_config.py").write_text(CONFIG, encoding="utf-8")
    put(template / "submitted" / "ada" / target.LESSON, text(filled_in()))
    guard = guards.get()
    request = {"given": f"{GIVEN}/template", "lesson": target.LESSON, "prepare": True}
    made = guard.ask(request, LIMIT_SECONDS)
    guards.put(guard)
    if made.get("score") != target.FULL:
        raise RuntimeError(
            f"plain nbgrader does not grade an honest notebook:\n{made.get('log', made)}"
        )
    (template / "gradebook.db").write_bytes(bytes.fromhex(made["book"]))
    shutil.rmtree(template / "submitted")


def _hand_in(case: Case, submitted: Path) -> None:
    """Write the submissions of the attacker and of the honest student who is graded next."""
    case.make(submitted / "mallory" / target.LESSON)
    honest = filled_in(affine_forward=target.WRONG["affine_forward"])
    put(submitted / "zoe" / target.LESSON, text(honest))


def _grade(case: Case, place: Path, guard: Guard) -> Facts:
    request = {
        "given": f"{GIVEN}/{place.name}",
        "lesson": target.LESSON,
        "left": LEFT,
        "places": list(PLACES.values()),
        "page": case.page,
    }
    begun = time.monotonic()
    try:
        facts = Facts(**guard.ask(request, LIMIT_SECONDS))
    except (TimeoutError, ValueError, TypeError, OSError) as error:
        facts = Facts(faults=[f"the guard ended: {error}"])
    facts.seconds = time.monotonic() - begun
    return facts
