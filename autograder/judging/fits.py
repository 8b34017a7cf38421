"""Make known mistakes on the input of a check, and tell how they fit what a submission came to."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from autograder import mistakes
from autograder.course import Check, Lesson
from autograder.judging import alike, outcomes, rehearse
from autograder.judging.outcomes import Watch
from autograder.judging.state import Outcomes, Place, SoFar
from autograder.mistakes import Mistake

# Of the processor, for replays: a busy machine names no less.
SECONDS = 3.0  # of single mistakes, for one check
ALL = 12.0  # for all checks of a submission

Made = tuple[Mistake, ...]  # mistakes that are made at once


@dataclass(frozen=True)
class Fit:
    """How mistakes fit what a submission came to.

    Attributes:
        made: the mistakes, one or two.
        agrees: the statements that they fail as the submission did.
        exactly: those of them where an answer or the words of an exception are the same.
        closely: how many agree in all that there is to see.
        clashes: the statements that both fail, each in its own way.
    """

    made: Made
    agrees: frozenset[Place]
    exactly: frozenset[Place]
    closely: int
    clashes: frozenset[Place]

    @property
    def name(self) -> str:
        """The names of its mistakes."""
        return " and ".join(mistake.name for mistake in self.made)


class Search:
    """Tries known mistakes on one check, until its time is over.

    Attributes:
        failed: the statements that failed.
        was_cut_short: whether the time did not last for all that was to be tried.
    """

    def __init__(
        self,
        lesson: Lesson,
        check: Check,
        theirs: Outcomes,
        so_far: SoFar,
        late: Callable[[], bool],
    ) -> None:
        self.lesson, self.check, self.theirs, self.late = lesson, check, theirs, late
        self.failed = outcomes.failing(theirs)
        self.begun = time.thread_time()
        self.was_cut_short = False
        self.so_far = so_far
        self.within(SECONDS)

    def within(self, seconds: float) -> None:
        """Begin a part of the search that may take so long."""
        now = time.thread_time()
        left = ALL - self.so_far.seconds - (now - self.begun)
        self.ends = now + min(seconds, left)

    def end(self) -> None:
        """Charge the submission with what the search took."""
        self.so_far.seconds += time.thread_time() - self.begun

    def explaining(self, candidates: Iterable[Made]) -> Iterator[Fit]:
        """Yield those that leave nothing open; two mistakes must agree in more than classes."""
        for fit in self.fits(candidates, whole=True):
            needed = 1 if len(fit.made) == 1 else (len(self.failed) + 1) // 2
            if fit.agrees.issuperset(self.failed) and len(fit.exactly) >= needed:
                yield fit

    def fits(self, candidates: Iterable[Made], whole: bool = False) -> Iterator[Fit]:
        """Yield those that fail nothing that was passed, and something just as it failed.

        Args:
            candidates: what is made on purpose, one after the other.
            whole: give up one that passes what has failed, which leaves that open, or that fails it
                in another way.
        """
        for made in candidates:
            if time.thread_time() > self.ends or self.late():
                self.was_cut_short = True
                return
            fit = self._fit(made, whole)
            if fit is not None and fit.agrees and self._suits(made):
                yield fit

    def _fit(self, made: Made, whole: bool) -> Fit | None:
        compare = _Compare(self.theirs, whole, repeats=not any(one.draws for one in made))
        try:
            rehearse.to_the_end(self.check, self._names(made), compare)
        except (_IsAnother, Exception):  # or two that cannot be made at once
            return None
        found = compare.found
        exactly = frozenset(place for place, how in found.items() if how >= alike.EXACTLY)
        roughly = frozenset(place for place, how in found.items() if how == alike.ROUGHLY)
        not_at_all = frozenset(found) - exactly - roughly
        closely = sum(how == alike.CLOSELY for how in found.values())
        if exactly and not_at_all:
            drawn = self._drawn(made, compare.outcomes)
            exactly, not_at_all = exactly | drawn, not_at_all - drawn
        return Fit(made, exactly | roughly, exactly, closely, not_at_all)

    def _drawn(self, made: Made, ours: Outcomes) -> frozenset[Place]:
        """Return the statements that mistakes fail in another way each time: they draw numbers."""
        again = rehearse.to_the_end(self.check, self._names(made), Watch())
        pairs = ((place, error, again.outcomes.get(place)) for place, error in ours.items())
        return frozenset(
            place
            for place, one, other in pairs
            if one is not None and other is not None and not alike.likeness(one, other)
        )

    def _suits(self, made: Made) -> bool:
        """Tell whether mistakes pass the checks that the submission passed, and fail as it failed.

        Only the checks of their own exercises count, and not what was named before.
        """
        names, named = self._names(made), self.so_far.named
        own = frozenset().union(*(self.lesson.functions[one.exercise] for one in made))
        checks = [check for check in self.lesson.checks if check.exercise in own]
        if any(rehearse.run(check, names) for check in checks if check.id in self.so_far.passed):
            return False
        if all(one in named for one in made):
            return True
        failed = [check for check in checks if check.id in self.so_far.outcomes]
        return not any(self._clashes(check, names) for check in failed)

    def _clashes(self, check: Check, names: dict[str, object]) -> bool:
        """Tell whether mistakes fail a check in another way than the submission did before."""
        compare = _Compare(self.so_far.outcomes[check.id])
        try:
            rehearse.to_the_end(check, names, compare)
        except _IsAnother:
            return True
        return alike.NOT in compare.found.values()

    def _names(self, made: Made) -> dict[str, object]:
        return rehearse.student(self.lesson, mistakes.cells(made, self.lesson))


class _IsAnother(BaseException):
    """A known mistake fails where the submission passed, or leaves open what is to be explained.

    Most mistakes are given up so at the first statement that failed, so a search is short.
    """


class _Compare(Watch):
    """Compares the outcomes of a known mistake with those of a submission, as they come."""

    def __init__(self, theirs: Outcomes, whole: bool = False, repeats: bool = False) -> None:
        super().__init__()
        self.theirs, self.whole, self.repeats = theirs, whole, repeats
        self.found: dict[Place, int] = {}

    def note(self, place: Place, error: Exception | None) -> None:
        super().note(place, error)
        theirs = self.theirs.get(place)
        if place not in self.theirs or error is theirs is None:
            return
        if theirs is None or (error is None and self.whole):
            raise _IsAnother
        if error is None:
            return
        self.found[place] = alike.likeness(theirs, error)
        if self.found[place] == alike.NOT and self._is_final(error):
            raise _IsAnother

    def _is_final(self, error: Exception) -> bool:
        """Tell whether a failure rules the mistake out: it is the same again, and comparable."""
        return self.whole and self.repeats and alike.likeness(error, error) != alike.NOT
