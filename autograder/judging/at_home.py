"""Write what a notebook needs to name a mistake by itself: fingerprints of what is answered.

Of each known mistake and each check, what the shown part comes to is known: its input is fixed. The
name is sealed with that (`convbook.check.fingerprint`), so nobody reads it who has not made it.
"""

import hashlib
import json
from pathlib import Path
from types import TracebackType
from typing import Any

from autograder import mistakes
from autograder.course import Check, Lesson, chosen
from autograder.judging import rehearse, state
from autograder.mistakes import Mistake
from convbook.check import fingerprint, names

FOLDER = names.FOLDER.resolve()  # as the course's folder is: a link may lead to both
AT_MOST = 2  # mistakes that what is shown cannot tell apart: of more, none is named


def outdated(course: Path, wanted: list[str]) -> list[Lesson]:
    """Return the lessons whose files have to be written again.

    A course in another folder than its convbook has none: it does not write into a package. Nor
    has a lesson of which something is dropped: the names are those of the whole one.

    Args:
        course: its folder.
        wanted: the lessons to look at; all if empty.
    """
    if not FOLDER.is_relative_to(course):
        return []
    return [one for one in chosen(wanted) if not one.without and not is_up_to_date(one)]


def is_up_to_date(lesson: Lesson) -> bool:
    """Tell whether a lesson's file was made from its checks and mistakes as they are."""
    path = _path(lesson)
    return path.exists() and json.loads(path.read_text(encoding="utf-8"))["of"] == _made_of(lesson)


def write(lesson: Lesson) -> Path:
    """Write the file of a lesson anew, and return its path."""
    named: dict[str, str] = {}
    for print_, found in sorted(known(lesson).items()):
        if len(found) <= AT_MOST:
            text = json.dumps([[m.name, m.symptom, m.hint] for m in found.values()])
            named[fingerprint.place_of(print_)] = fingerprint.seal(text, print_)
    content = {"of": _made_of(lesson), "names": named}
    path = _path(lesson)
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(content, indent=0) + "\n", encoding="utf-8")
    return path


def known(lesson: Lesson) -> dict[str, dict[str, Mistake]]:
    """Return the mistakes of each fingerprint, by name: several where what is shown is alike."""
    state.begin(lesson.name, seed=0)
    found: dict[str, dict[str, Mistake]] = {}
    for mistake in mistakes.possible(lesson):
        cells = {mistake.exercise: mistakes.source(mistake, lesson)}
        for check in lesson.checks:
            if not check.manual and check.exercise in lesson.functions[mistake.exercise]:
                one, again = (_print_of(check, rehearse.student(lesson, cells)) for _ in "ab")
                if one is not None and one == again:  # else it draws numbers
                    found.setdefault(one, {}).setdefault(mistake.name, mistake)
    return found


def failure(
    check: Check, functions: dict[str, Any]
) -> tuple[BaseException, TracebackType | None] | None:
    """Return what the shown part of a check ends in, as it does in a notebook; None if it passes.

    The traceback is the one from the check's cell inwards.
    """
    error = rehearse.run(check.shown, functions)
    if error is None:
        return None
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename != f"<{check.id}>":
        trace = trace.tb_next
    return error, trace


def _print_of(check: Check, functions: dict[str, Any]) -> str | None:
    """Return the fingerprint of what the shown part of a check comes to, or None if it passes."""
    error, trace = failure(check, functions) or (None, None)
    if error is None or trace is None:
        return None
    return next(fingerprint.of_failure(check.shown.source, trace.tb_lineno, error), None)


def _path(lesson: Lesson) -> Path:
    return FOLDER / f"{lesson.name}.json"


def _made_of(lesson: Lesson) -> str:
    """Return a digest of the lesson and its known mistakes."""
    listed = Path(mistakes.__file__).with_name(f"m{lesson.name[:2]}.py")
    made_of = [lesson.path.read_bytes(), listed.read_bytes()]
    return hashlib.sha256(b"\0".join(made_of)).hexdigest()[:32]
