"""Name the mistake behind a failed check, by making each known mistake on the very same input.

A check that failed has been run to its end (`outcomes`). A known mistake fits where it passes what
the submission passed, in this check and in the others of its exercise, and fails as it failed. One
that leaves nothing open is named: "this is a known mistake". Two at once are tried where none alone
does. What explains the failure that is shown, and leaves something else open, "looks like" it; so
do two that fit equally well, and two at once.

Where no known mistake fits, it is said what can be seen: that the code is not finished or misspelt
(`signs`), or under which circumstances it is right (`circumstances`). Else nothing is said.

A right function that calls a wrong one fails too, and one that is wrong fails more than one check.
So what was found before comes first, in another exercise and then in the same: where that explains
the failure, nothing else is looked for.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations, islice

from autograder import mistakes
from autograder.course import Check, Lesson
from autograder.judging import circumstances, signs
from autograder.judging.fits import Fit, Made, Search
from autograder.judging.outcomes import Watch, failing
from autograder.judging.state import SoFar
from autograder.mistakes import Mistake

AT_MOST = 2  # more than this explain nothing
# Seconds of the processor for two mistakes at once: with one that comes near, and any two.
NEAR, ANY = 1.0, 0.7


@dataclass(frozen=True)
class Diagnosis:
    """What explains a failure.

    Attributes:
        name: of the mistake, or of several with "or" or "and" between them.
        text: a line that says what it is, and one with a hint.
        mistakes: the mistakes themselves.
    """

    name: str
    text: str
    mistakes: tuple[Mistake, ...] = ()


def diagnose(
    lesson: Lesson,
    check_id: str,
    watch: Watch,
    so_far: SoFar | None = None,
    late: Callable[[], bool] = lambda: False,
) -> Diagnosis | None:
    """Find the known mistakes that fail a check just as a student's function did.

    Args:
        lesson: the lesson being graded; the judge has begun it, with its seed.
        check_id: the check that failed.
        watch: what has watched its statements, run to the end.
        so_far: what the checks before it came to.
        late: tells whether to stop, whatever the search has taken.
    """
    theirs = watch.outcomes
    if not failing(theirs):
        return None
    so_far = so_far or SoFar()
    check = next(c for c in lesson.checks if c.id == check_id)
    search = Search(lesson, check, theirs, so_far, late)
    found = _found(search, check, watch)
    search.end()
    so_far.outcomes[check_id] = theirs
    return found


def _found(search: Search, check: Check, watch: Watch) -> Diagnosis | None:
    """Look for what explains a failure, the likeliest first."""
    lesson, so_far = search.lesson, search.so_far
    known = mistakes.possible(lesson)
    here = [m for m in known if check.exercise in lesson.functions[m.exercise]]
    elsewhere = [m for m in so_far.named if m not in here]
    again = [m for m in here if m in so_far.named]
    for some in (elsewhere, again, [m for m in here if m not in again]):
        if whole := list(search.explaining((m,) for m in some)):
            return _told(search, check, whole)
    if sign := signs.name(check.id, (error for error in watch.outcomes.values() if error)):
        return Diagnosis(sign[0], f"  This is what one sees: {sign[0]}.\n  Hint: {sign[1]}")
    before, alone = (list(search.fits((m,) for m in some)) for some in (elsewhere, here))
    if both := _told(search, check, _at_once(search, [*before, *alone], here, so_far.named)):
        return both
    if only := circumstances.only(watch.calls):
        return Diagnosis(f"right only {only}", f"  It is right {only}, and in no other call.")
    if part := _partly(search, before) or _partly(search, alone):
        return _told(search, check, part, sure=False)
    if check.exercise in so_far.unexplained:
        return None  # it would be as long in vain
    so_far.unexplained |= lesson.functions[here[0].exercise] if here else set()
    return _told(search, check, _any_two(search, here))


def _at_once(
    search: Search, near: list[Fit], here: list[Mistake], named: list[Mistake]
) -> list[Fit]:
    """Find what explains all together with a mistake that comes near, or with all named before."""
    search.within(NEAR)
    near = sorted(near, key=lambda fit: len(fit.clashes) - len(fit.agrees))
    bases = [*(fit.made for fit in near), *([tuple(named)] if len(named) > 1 else [])]
    candidates = ((*base, m) for base in bases for m in here if m not in base)
    return list(search.explaining(candidates))


def _any_two(search: Search, here: list[Mistake]) -> list[Fit]:
    """Find two mistakes that explain all together, if it takes no long search."""
    search.within(ANY)
    return list(islice(search.explaining(combinations(here, 2)), 1))


def _partly(search: Search, alone: list[Fit]) -> list[Fit]:
    """Return those that explain the failure that is shown; something else is wrong besides."""
    clear = [fit for fit in alone if not fit.clashes and search.failed[0] in fit.agrees]
    return [fit for fit in clear if fit.exactly] or clear


def _told(search: Search, check: Check, fits: list[Fit], sure: bool = True) -> Diagnosis | None:
    """Write what explains a failure; not sure, more is wrong than that."""
    closest = max((fit.closely for fit in fits), default=0)
    by_name = {frozenset(m.name for m in fit.made): fit for fit in fits if fit.closely == closest}
    too_many = {names for names in by_name if any(fewer < names for fewer in by_name)}
    by_name = {names: fit for names, fit in by_name.items() if names not in too_many}
    if not 0 < len(by_name) <= AT_MOST:
        return None
    made = next(iter(by_name.values())).made
    what = "a known mistake" if len(made) == 1 else "two known mistakes"
    is_it = sure and len(by_name) == len(made) == 1 and not search.was_cut_short
    lead = f"This is {what}" if is_it else f"This looks like {what}"
    there = made[0].exercise
    where = "" if check.exercise in search.lesson.functions[there] else f" of {there}"
    said = "; or ".join(_said(fit.made) for fit in by_name.values())
    hint = f"\n  Hint: {made[0].hint}" if len(by_name) == 1 else ""  # two may contradict each other
    found = tuple(mistake for fit in by_name.values() for mistake in fit.made)
    name = " or ".join(fit.name for fit in by_name.values())
    return Diagnosis(name, f"  {lead}{where}: {said}.{hint}", found)


def _said(made: Made) -> str:
    return "; and ".join(f"{one.name} ({one.symptom})" for one in made)
