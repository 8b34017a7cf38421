"""Prove the checks: print a table for every lesson, and fail where a bar is not met.

    make proof                            all lessons, every number as docs/checks.md has it
    PYTHONPATH=tests/lessons python tests/proof 02_convolution --seeds 20

Nothing is graded: everything runs in this process, without the sandbox.
"""

import argparse
import multiprocessing
import resource
import sys
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

import alike
import known
import mutants
import numpy as np
from known import Exercise
from mutants import Mutants

from autograder.course import lessons

MUTANTS_CAUGHT = 0.98
NAMED = 0.95
SEEN = 2 / 3
RIGHT_PER_SEED = 5  # the solution gets this many seeds for each one of a mistake's
MEMORY = 6 * 2**30  # a mutant may ask for any amount
HEAD = "| exercise | known | lose points | seen before | named | the same | mutants caught |"


@dataclass
class Proof:
    """What was found for one lesson."""

    lesson: str
    seeds: int
    exercises: list[Exercise]
    mutants: dict[str, Mutants]
    wrong: list[str]
    drawing: int
    refused: list[str]
    right: int

    def table(self) -> list[str]:
        """Return the lesson's rows in Markdown, with what was found below them."""
        head = [f"**{self.lesson}**", "", HEAD, "|---" * 7 + "|"]
        rows = [_row(e, self.mutants[e.name]) for e in self.exercises]
        return [*head, *rows, "", *(f"- {note}" for note in self._notes()), ""]

    def _notes(self) -> Iterator[str]:
        for problem in self.wrong:
            yield f"the solution fails {problem}"
        for refusal in self.refused:
            yield f"a right version is refused by {refusal}"
        for e in self.exercises:
            for missed in e.missed:
                yield f"{e.name}: keeps its points: {missed}"
            for one in e.unseen:
                yield f"{e.name}: not seen before: {one}"
            for one in e.unnamed:
                yield f"{e.name}: not named: {one}"
            for blamed in e.blamed:
                yield f"{e.name}: another is blamed: {blamed}"
            for one, other in e.same:
                reason = alike.ALIKE.get((self.lesson, e.name), {}).get((one, other), "NOT LISTED")
                yield f"{e.name}: the same: {one}; {other}: {reason}"
            for line in self.mutants[e.name].survived:
                yield f"{e.name}: survives: `{line}`"


def prove(task: tuple[str, int]) -> Proof:
    """Measure one lesson."""
    name, seeds = task
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    lesson = lessons()[name]
    wrong, drawing = known.always_right(lesson, seeds * RIGHT_PER_SEED)
    found = {exercise: mutants.measure(lesson, exercise) for exercise in lesson.exercises}
    return Proof(
        name, seeds, known.measure(lesson, seeds), found, wrong, drawing, *known.refused(lesson)
    )


def failures(proofs: list[Proof]) -> list[str]:
    """Say which bars are not met: mutants by lesson, what is seen by exercise, names over all."""
    exercises = [e for proof in proofs for e in proof.exercises]
    total = sum(e.known for e in exercises)
    named = 1 - sum(len(e.unnamed) for e in exercises) / total
    seen = 1 - sum(len(e.unseen) for e in exercises) / total
    print(f"{total} known mistakes: {named:.1%} named, {seen:.1%} seen before handing in")
    low = [] if named >= NAMED else [f"known mistakes named: {named:.1%}"]
    for proof in proofs:
        made = sum(m.made - m.equivalent for m in proof.mutants.values())
        caught = made - sum(len(m.survived) for m in proof.mutants.values())
        print(f"{proof.lesson}: {caught} of {made} mutants caught")
        if caught < MUTANTS_CAUGHT * made:
            low.append(f"{proof.lesson}: mutants caught")
        low += proof.wrong + [f"{proof.lesson}: right, and refused: {one}" for one in proof.refused]
        for e in proof.exercises:
            if len(e.unseen) > (1 - SEEN) * e.known + 1e-9:
                low.append(f"{proof.lesson}, {e.name}: seen before handing in")
            low += [f"{e.name}: keeps its points: {missed}" for missed in e.missed]
            low += [f"{e.name}: another is blamed: {blamed}" for blamed in e.blamed]
            low += [f"{e.name}: not listed as the same: {pair}" for pair in e.unlisted]
    return low


def _row(e: Exercise, m: Mutants) -> str:
    wrong = m.made - m.equivalent
    caught = f"{wrong - len(m.survived)} of {wrong}"
    lose = e.known - len(e.missed)
    seen, named = e.known - len(e.unseen), e.known - len(e.unnamed)
    cells = (f"`{e.name}`", e.known, lose, seen, named, len(e.same), caught)
    return "| " + " | ".join(map(str, cells)) + " |"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lessons", nargs="*", default=list(lessons()))
    parser.add_argument("--seeds", type=int, default=200, help="for each known mistake")
    args = parser.parse_args()
    with multiprocessing.Pool(2) as pool:
        proofs = []
        for proof in pool.imap(prove, [(name, args.seeds) for name in args.lessons]):
            print(*proof.table(), sep="\n", flush=True)
            proofs.append(proof)
    right = args.seeds * RIGHT_PER_SEED
    versions = sum(proof.right for proof in proofs)
    print(f"{versions} right versions, {len(known.RIGHT_SEEDS)} seeds for each.")
    settled = sum(e.settled for proof in proofs for e in proof.exercises)
    print(f"Seeds: {args.seeds} for each known mistake, {right} for each solution.")
    print(f"{settled} mistakes fail before anything is drawn, so one seed stands for all.")
    failed = failures(proofs)
    print(*(f"not met: {what}" for what in failed), sep="\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
